//! Cutting text into words: the likeliest path through the dictionary, as in jieba (without its guesses at unknown words).

use crate::dictionary::{Cost, UNKNOWN, words_at};
use crate::fold::fold;

/// Whether a character is written without blanks between words: 汉字, 〇 and 々.
pub(crate) fn is_han(c: char) -> bool {
    matches!(
        c,
        '\u{4E00}'..='\u{9FFF}'
            | '\u{3400}'..='\u{4DBF}'
            | '\u{F900}'..='\u{FAFF}'
            | '\u{20000}'..='\u{323AF}'
            | '〇'
            | '々'
    )
}

/// Whether a character may stand in a token: letters and figures, as both text indexes take them.
pub(crate) fn is_word(c: char) -> bool {
    // Encircled letters of these blocks count as alphabetic, but the indexes take them for signs.
    c.is_ascii_alphanumeric()
        || (!c.is_ascii()
            && c.is_alphanumeric()
            && !matches!(c, '\u{1F100}'..='\u{1F1FF}' | '\u{24B6}'..='\u{24E9}'))
}

/// A stretch of folded text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Run<'a> {
    /// 汉字 without a break.
    Han(&'a str),
    /// Letters and figures without a break.
    Latin(&'a str),
    /// What stands between.
    Between(&'a str),
}

/// The stretches of a folded text, in order, nothing left out.
pub(crate) fn runs(text: &str) -> impl Iterator<Item = Run<'_>> {
    let kind = |c: char| if is_han(c) { 0 } else { 1 + u8::from(!is_word(c)) };
    let mut rest = text;
    std::iter::from_fn(move || {
        let first = kind(rest.chars().next()?);
        let end = rest.char_indices().find(|(_, c)| kind(*c) != first).map_or(rest.len(), |(at, _)| at);
        let (run, after) = rest.split_at(end);
        rest = after;
        Some(match first {
            0 => Run::Han(run),
            1 => Run::Latin(run),
            _ => Run::Between(run),
        })
    })
}

/// The best way on from one character of a run.
#[derive(Clone, Copy)]
struct Step {
    /// Cost from here to the end of the run.
    cost: Cost,
    /// Bytes of the word that begins here.
    bytes: usize,
}

/// Calls `each(word)` for the words of a run of 汉字, in order.
pub(crate) fn cut<'a>(run: &'a str, mut each: impl FnMut(&'a str)) {
    // From the end, so that the best rest is known at every character; indexed by byte, one entry past the end.
    let mut best: Vec<Option<Step>> = vec![None; run.len() + 1];
    let cost_from =
        |best: &[Option<Step>], at: usize| best.get(at).copied().flatten().map_or(0, |step| step.cost);
    for (at, c) in run.char_indices().rev() {
        let single = c.len_utf8();
        let mut step = Step { cost: UNKNOWN.saturating_add(cost_from(&best, at + single)), bytes: single };
        let mut known = false;
        words_at(run.get(at..).unwrap_or_default(), |_, bytes, cost| {
            let whole = cost.saturating_add(cost_from(&best, at + bytes));
            // Of equal ones the longer, and a known character rather than an unknown one.
            if !known || whole <= step.cost {
                step = Step { cost: whole, bytes };
            }
            known = true;
        });
        if let Some(place) = best.get_mut(at) {
            *place = Some(step);
        }
    }
    let mut at = 0;
    while let Some(Some(step)) = best.get(at) {
        let end = at + step.bytes;
        each(run.get(at..end).unwrap_or_default());
        at = end;
    }
}

/// The words of a text in order, folded: Chinese ones along the likeliest path, Latin words and numbers whole, signs left out.
///
/// For counting and classifying; for searching see [`crate::tokens_for_query`].
pub fn segment(text: &str) -> Vec<String> {
    let folded = fold(text);
    let mut words = Vec::new();
    for run in runs(&folded) {
        match run {
            Run::Han(run) => cut(run, |word| words.push(word.to_owned())),
            Run::Latin(word) => words.push(word.to_owned()),
            Run::Between(_) => {}
        }
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_leave_nothing_out() {
        let text = "a3区:地铁2号线,ok";
        let joined: String = runs(text)
            .map(|run| match run {
                Run::Han(t) | Run::Latin(t) | Run::Between(t) => t,
            })
            .collect();
        assert_eq!(joined, text);
    }

    #[test]
    fn cuts_as_people_read() {
        for (text, words) in [
            ("小区垃圾分类没人管", "小区 垃圾分类 没 人 管"),
            ("南京市长江大桥", "南京市 长江大桥"),
            ("渣土车夜间施工噪音扰民", "渣土车 夜间 施工 噪音 扰民"),
            ("加装电梯的公摊面积", "加装 电梯 的 公摊 面积"),
            ("A3区地鐵2號線", "a3 区 地铁 2 号 线"),
            ("The street light is out", "the street light is out"),
            ("。，！", ""),
        ] {
            assert_eq!(segment(text).join(" "), words, "{text}");
        }
    }

    #[test]
    fn a_very_long_run_is_cut_without_overflow() {
        let long = "龘".repeat(200_000);
        assert_eq!(segment(&long).len(), 200_000);
    }
}
