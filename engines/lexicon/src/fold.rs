//! One form for what people write in several: width, case, traditional characters, accents.

use std::sync::LazyLock;

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// Pairs of a traditional character and the simplified one, one pair a line (OpenCC, see `data/README.md`).
static PAIRS: &str = include_str!("../data/traditional.txt");

/// Where the table begins and ends: CJK extension A to the end of the main block.
const FIRST: u32 = 0x3400;
const LAST: u32 = 0x9FFF;

/// The simplified form at each place from [`FIRST`]; the character itself where there is none.
static SIMPLIFIED: LazyLock<Vec<char>> = LazyLock::new(|| {
    let mut table: Vec<char> = (FIRST..=LAST).filter_map(char::from_u32).collect();
    for line in PAIRS.lines() {
        let mut pair = line.chars();
        if let (Some(from), Some(to)) = (pair.next(), pair.next())
            && let Some(place) = place(from).and_then(|place| table.get_mut(place))
        {
            *place = to;
        }
    }
    table
});

fn place(c: char) -> Option<usize> {
    usize::try_from(u32::from(c).checked_sub(FIRST)?).ok()
}

/// The form in which texts are compared and indexed: full and half width (NFKC), letter case, traditional and
/// simplified characters, and accents on Latin letters are made one; control characters become blanks, invisible ones go.
///
/// Each 汉字 is folded by itself, never by its neighbours, so that a piece of a text folds to a piece of the folded text.
/// Folding twice changes nothing.
pub fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    let simplified = &*SIMPLIFIED;
    // Nearly all text is made of characters that normalisation treats one by one; the rest goes the long way.
    if text.chars().all(|c| simple(c, simplified, &mut folded)) {
        return folded;
    }
    folded.clear();
    let lower: String = text.nfkc().flat_map(char::to_lowercase).collect();
    for c in lower.nfkc() {
        if !simple(c, simplified, &mut folded) {
            push_rare(c, &mut folded);
        }
    }
    folded
}

/// Folds a character that does not depend on its neighbours; `false` if this is none, then nothing was pushed.
fn simple(c: char, simplified: &[char], folded: &mut String) -> bool {
    match c {
        ' '..='~' => folded.push(c.to_ascii_lowercase()),
        '\u{4E00}'..='\u{9FFF}' | '\u{3400}'..='\u{4DBF}' => {
            folded.push(place(c).and_then(|place| simplified.get(place)).copied().unwrap_or(c));
        }
        '\0'..='\u{1F}' | '\u{7F}'..='\u{A0}' | '\u{3000}' => folded.push(' '),
        '、' | '。' | '《' | '》' | '「' | '」' | '『' | '』' | '【' | '】' | '〇' | '“' | '”' | '—'
        | '·' => folded.push(c),
        '‘' | '’' => folded.push('\''),
        // Full width: the same characters at a fixed distance.
        '\u{FF01}'..='\u{FF5E}' => match char::from_u32(u32::from(c) - 0xFEE0) {
            Some(narrow) => folded.push(narrow.to_ascii_lowercase()),
            None => return false,
        },
        '…' => folded.push_str("..."),
        _ => return false,
    }
    true
}

/// Folds a character of the long way, already normalised and in lower case.
fn push_rare(c: char, folded: &mut String) {
    match c {
        // Soft hyphen, zero-width characters, direction marks, variation selectors, byte order mark, tags.
        '\u{AD}'
        | '\u{200B}'..='\u{200F}'
        | '\u{202A}'..='\u{202E}'
        | '\u{2060}'..='\u{206F}'
        | '\u{FE00}'..='\u{FE0F}'
        | '\u{FEFF}'
        | '\u{E0000}'..='\u{E0FFF}' => {}
        '\u{2028}' | '\u{2029}' => folded.push(' '),
        // Latin letters with accents: the letter.
        '\u{C0}'..='\u{24F}' | '\u{1E00}'..='\u{1EFF}' => {
            folded.extend(std::iter::once(c).nfd().filter(|c| !is_combining_mark(*c)))
        }
        c if is_combining_mark(c) => {}
        c => folded.push(c),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_of_one_text_become_one() {
        for (written, folded) in [
            ("ＡＢＣ１２３", "abc123"),
            ("路燈壞了，請儘快維修", "路灯坏了,请尽快维修"),
            ("Café Zürich ŁÓDŹ", "cafe zurich łodz"),
            ("cafe\u{301}", "cafe"),
            ("一\u{200B}二\u{FEFF}三", "一二三"),
            ("第一行\r\n第二行\t末", "第一行  第二行 末"),
            ("①㈱㎡½", "1(株)m21⁄2"),
            ("臺灣　臺北", "台湾 台北"),
            ("⼀⽔", "一水"),
            ("İstanbul STRASSE", "istanbul strasse"),
            ("resident’s", "resident's"),
            ("", ""),
        ] {
            assert_eq!(fold(written), folded, "{written}");
        }
    }

    #[test]
    fn the_table_covers_the_common_traditional_characters() {
        assert_eq!(
            fold("萬與專業東絲兩嚴喪個豐臨為麗舉麼義烏樂喬習鄉書買亂爭虧雲亞產"),
            "万与专业东丝两严丧个丰临为丽举么义乌乐乔习乡书买乱争亏云亚产"
        );
    }
}
