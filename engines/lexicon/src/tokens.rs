//! Tokens for the text index and for queries.

use crate::dictionary::words_at;
use crate::fold::fold;
use crate::particles::{is_filler, is_latin_particle, is_particle};
use crate::segment::{Run, cut, runs};

/// Longer words and numbers are cut to this many characters, in texts and queries alike.
pub const MAX_TOKEN_CHARS: usize = 64;

/// A query asks for at most so many tokens; what stands behind them does not narrow it further.
pub const MAX_QUERY_TOKENS: usize = 32;

/// Numbers and names such as `2026-03-01` are also joined, piece by piece, up to this many pieces.
const MAX_CHAIN: usize = 5;

/// The tokens under which a text is found, each once, in a fixed order. Each consists of letters and figures only.
///
/// From 汉字: every dictionary word at every place, every pair of neighbours that is no word, every character;
/// without particles. From the rest: words and numbers whole; parts linked by `-`, `_`, `/`, `.` or `'` also joined
/// (`gz`, `2026`, `gz2026`); groups of digits as telephone and case numbers are read out, also joined.
pub fn tokens_for_index(text: &str) -> Vec<String> {
    let folded = fold(text);
    let runs: Vec<Run<'_>> = runs(&folded).collect();
    let mut tokens: Vec<&str> = Vec::with_capacity(folded.len() / 2);
    let mut joined: Vec<String> = Vec::new();
    for (at, run) in runs.iter().enumerate() {
        match run {
            Run::Han(run) => han_for_index(run, &mut tokens),
            Run::Latin(word) => {
                if !is_latin_particle(word) {
                    tokens.push(cap(word));
                }
                let rest = runs.get(at..).unwrap_or_default();
                let chain = chain(rest, MAX_CHAIN);
                for parts in 2..=chain.len() {
                    joined.push(join(chain.get(..parts).unwrap_or_default()));
                }
                if let Some(groups) = spoken_number(rest) {
                    joined.push(join(&groups));
                }
            }
            Run::Between(_) => {}
        }
    }
    tokens.extend(joined.iter().map(String::as_str));
    tokens.sort_unstable();
    tokens.dedup();
    tokens.into_iter().map(str::to_owned).collect()
}

/// The tokens of a query, each once, in the order of the query; a text answers it if it has them all.
/// Empty if the query holds nothing that could be looked for (only signs or particles).
///
/// Every piece of a text, cut between 汉字 and at the edges of words and numbers, gives only tokens that
/// [`tokens_for_index`] gives for the text.
pub fn tokens_for_query(text: &str) -> Vec<String> {
    let folded = fold(text);
    let all: Vec<Run<'_>> = runs(&folded).collect();
    let mut tokens: Vec<String> = Vec::new();
    let mut fillers: Vec<String> = Vec::new();
    let mut rest = all.as_slice();
    while let Some(run) = rest.first() {
        let mut passed = 1;
        match run {
            Run::Han(run) => han_for_query(run, &mut tokens, &mut fillers),
            Run::Latin(_) => {
                if let Some(groups) = spoken_number(rest) {
                    passed = groups.len() * 2 - 1;
                    tokens.push(join(&groups));
                } else {
                    let parts = chain(rest, usize::MAX);
                    passed = parts.len() * 2 - 1;
                    let links = rest.get(..passed).unwrap_or_default();
                    if is_identifier(&parts, links) {
                        tokens.push(join(&parts));
                    } else {
                        tokens.extend(
                            parts
                                .iter()
                                .filter(|part| !is_latin_particle(part))
                                .map(|part| cap(part).to_owned()),
                        );
                    }
                }
            }
            Run::Between(_) => {}
        }
        rest = rest.get(passed..).unwrap_or_default();
    }
    if tokens.is_empty() {
        tokens = fillers;
    }
    let mut once: Vec<String> = Vec::with_capacity(tokens.len().min(MAX_QUERY_TOKENS));
    for token in tokens {
        if once.len() == MAX_QUERY_TOKENS {
            break;
        }
        if !once.contains(&token) {
            once.push(token);
        }
    }
    once
}

fn han_for_index<'a>(run: &'a str, tokens: &mut Vec<&'a str>) {
    let mut next = run.char_indices().peekable();
    while let Some((at, c)) = next.next() {
        let rest = run.get(at..).unwrap_or_default();
        let mut pair_is_word = false;
        words_at(rest, |characters, bytes, _| {
            if characters > 1 {
                pair_is_word |= characters == 2;
                tokens.push(cap(rest.get(..bytes).unwrap_or_default()));
            }
        });
        if is_particle(c) {
            continue;
        }
        tokens.push(rest.get(..c.len_utf8()).unwrap_or_default());
        if let Some((_, neighbour)) =
            next.peek().filter(|(_, neighbour)| !pair_is_word && !is_particle(*neighbour))
        {
            tokens.push(rest.get(..c.len_utf8() + neighbour.len_utf8()).unwrap_or_default());
        }
    }
}

/// Words as they are; of neighbouring single characters (a name that is not in the dictionary) the pairs; a character alone.
fn han_for_query(run: &str, tokens: &mut Vec<String>, fillers: &mut Vec<String>) {
    // The single character before, and whether it already stands in a pair.
    let mut before: Option<(char, bool)> = None;
    let close = |before: &mut Option<(char, bool)>, tokens: &mut Vec<String>| {
        if let Some((c, false)) = before.take() {
            tokens.push(c.to_string());
        }
    };
    cut(run, |word| {
        let mut characters = word.chars();
        match (characters.next(), characters.next()) {
            (Some(c), None) if is_particle(c) => close(&mut before, tokens),
            (Some(c), None) => {
                before = match before.take() {
                    Some((left, _)) => {
                        tokens.push([left, c].into_iter().collect());
                        Some((c, true))
                    }
                    None => Some((c, false)),
                };
            }
            _ => {
                close(&mut before, tokens);
                if is_filler(word) {
                    fillers.push(word.to_owned());
                } else {
                    tokens.push(cap(word).to_owned());
                }
            }
        }
    });
    close(&mut before, tokens);
}

/// The linked words and numbers that begin here, this one first; at most `most`.
fn chain<'a>(runs: &[Run<'a>], most: usize) -> Vec<&'a str> {
    let mut parts = Vec::new();
    let mut rest = runs;
    while let [Run::Latin(word), after @ ..] = rest {
        parts.push(*word);
        match after {
            [Run::Between("-" | "_" | "/" | "." | "'"), further @ ..] if parts.len() < most => rest = further,
            _ => break,
        }
    }
    parts
}

/// Whether a query should ask for a whole chain joined: one with a figure in it that is linked by hyphens
/// (`GZ-2026`, `138-0013-8000`, `2026-03-01`), or an English short form (`don't`). Texts join no longer chains.
fn is_identifier(parts: &[&str], links: &[Run<'_>]) -> bool {
    let linked_by =
        |signs: &[&str]| links.iter().all(|run| !matches!(run, Run::Between(sign) if !signs.contains(sign)));
    let figures = parts.iter().any(|part| part.bytes().any(|byte| byte.is_ascii_digit()));
    (2..=MAX_CHAIN).contains(&parts.len()) && (linked_by(&["'"]) || (figures && linked_by(&["-", "_", "/"])))
}

/// A number in the groups in which it is read out: a mobile number 138 0013 8000, a case number in four groups of four.
fn spoken_number<'a>(runs: &[Run<'a>]) -> Option<Vec<&'a str>> {
    let group = |at: usize| match runs.get(at) {
        Some(Run::Latin(group)) if group.bytes().all(|byte| byte.is_ascii_digit()) => Some(*group),
        _ => None,
    };
    let spaced = |at: usize| matches!(runs.get(at), Some(Run::Between(" ")));
    let groups: Vec<&str> =
        (0..4).map_while(|nth| if nth == 0 || spaced(nth * 2 - 1) { group(nth * 2) } else { None }).collect();
    match groups.as_slice() {
        [a, b, c, d] if [a, b, c, d].iter().all(|group| group.len() == 4) => Some(groups),
        [a, b, c, ..] if a.len() == 3 && a.starts_with('1') && b.len() == 4 && c.len() == 4 => {
            Some(vec![*a, *b, *c])
        }
        _ => None,
    }
}

fn join(parts: &[&str]) -> String {
    parts.iter().flat_map(|part| part.chars()).take(MAX_TOKEN_CHARS).collect()
}

fn cap(word: &str) -> &str {
    match word.char_indices().nth(MAX_TOKEN_CHARS) {
        Some((end, _)) => word.get(..end).unwrap_or(word),
        None => word,
    }
}
