//! Words that carry no matter of their own.

/// 汉字 that as single words are only particles, pronouns or links; not indexed alone or in a chance pair.
/// Characters that name things or places (上, 中, 里, 大, 水 …) are not among them.
pub(crate) fn is_particle(c: char) -> bool {
    matches!(
        c,
        '的' | '了'
            | '着'
            | '吗'
            | '呢'
            | '吧'
            | '啊'
            | '呀'
            | '哦'
            | '嗯'
            | '嘛'
            | '么'
            | '之'
            | '与'
            | '及'
            | '或'
            | '而'
            | '且'
            | '也'
            | '都'
            | '就'
            | '还'
            | '又'
            | '才'
            | '但'
            | '其'
            | '被'
            | '把'
            | '让'
            | '您'
            | '你'
            | '我'
            | '他'
            | '她'
            | '它'
            | '们'
            | '这'
            | '那'
            | '是'
            | '在'
            | '和'
            | '很'
            | '则'
            | '于'
            | '以'
            | '并'
            | '已'
            | '因'
            | '故'
            | '该'
            | '得'
            | '地'
            | '对'
            | '从'
            | '向'
            | '由'
            | '将'
            | '会'
            | '要'
            | '请'
            | '有'
            | '到'
            | '个'
            | '为'
            | '所'
            | '即'
            | '如'
            | '若'
            | '却'
            | '乃'
    )
}

/// Latin particles; neither indexed nor asked for. No single letters: they name buildings and blocks.
pub(crate) fn is_latin_particle(word: &str) -> bool {
    matches!(
        word,
        "the"
            | "an"
            | "of"
            | "and"
            | "or"
            | "to"
            | "in"
            | "on"
            | "at"
            | "is"
            | "are"
            | "was"
            | "were"
            | "be"
            | "been"
            | "it"
            | "its"
            | "for"
            | "by"
            | "with"
            | "as"
            | "that"
            | "this"
            | "from"
    )
}

/// Chinese words of asking and pointing. They are indexed (they are in the dictionary), but a query that says more
/// does not insist on them: 「请问路灯怎么报修」 asks for 路灯 and 报修.
pub(crate) fn is_filler(word: &str) -> bool {
    matches!(
        word,
        "请问"
            | "怎么"
            | "怎样"
            | "怎么办"
            | "什么"
            | "为什么"
            | "为何"
            | "如何"
            | "是否"
            | "有没有"
            | "是不是"
            | "能不能"
            | "可不可以"
            | "可以"
            | "我们"
            | "你们"
            | "他们"
            | "咱们"
            | "大家"
            | "这个"
            | "那个"
            | "这里"
            | "那里"
            | "哪里"
            | "哪个"
            | "哪些"
            | "一个"
            | "一下"
            | "没有"
            | "已经"
            | "还是"
            | "但是"
            | "因为"
            | "所以"
            | "如果"
            | "以及"
            | "关于"
            | "希望"
            | "谢谢"
            | "你好"
            | "您好"
    )
}
