//! The dictionary: words and what they cost, in a finite-state map that is read where it lies in the binary.
//!
//! Only the pages that texts touch are ever in memory, and a table of 160 KiB that tells for each 汉字 where in the map the
//! words lie that begin with it: the first three bytes of a word are looked up millions of times as often as they change.

use std::sync::LazyLock;

use fst::raw::{CompiledAddr, Fst, Node, Output};

static DATA: &[u8] = include_bytes!("../data/words.fst");

/// `None` only if the file in the binary were no map; a test reads it whole.
static WORDS: LazyLock<Option<Fst<&'static [u8]>>> = LazyLock::new(|| Fst::new(DATA).ok());

/// What a word costs: 32 × −ln(its share of all words). Rare words cost more.
pub(crate) type Cost = u32;

/// The cost of a character that is not in the dictionary: that of a word seen once.
pub(crate) const UNKNOWN: Cost = 573;

/// The characters of the table: the main block of CJK.
const FIRST: char = '\u{4E00}';
const LAST: char = '\u{9FFF}';

/// Where the map goes on after a character, and what it has cost so far.
type Start = Option<(u32, u32)>;

static STARTS: LazyLock<Vec<Start>> = LazyLock::new(|| {
    let Some(words) = &*WORDS else { return Vec::new() };
    (FIRST..=LAST)
        .map(|c| {
            let (node, cost) = follow(words, words.root(), Output::zero(), c)?;
            Some((u32::try_from(node.addr()).ok()?, u32::try_from(cost.value()).ok()?))
        })
        .collect()
});

/// Goes on by one character.
fn follow<'w>(
    words: &'w Fst<&'static [u8]>,
    mut node: Node<'w>,
    mut cost: Output,
    c: char,
) -> Option<(Node<'w>, Output)> {
    for byte in c.encode_utf8(&mut [0; 4]).bytes() {
        let transition = node.transition(node.find_input(byte)?);
        cost = cost.cat(transition.out);
        node = words.node(transition.addr);
    }
    Some((node, cost))
}

/// Goes on from the beginning by one character.
fn start(words: &'static Fst<&'static [u8]>, c: char) -> Option<(Node<'static>, Output)> {
    if !(FIRST..=LAST).contains(&c) {
        return follow(words, words.root(), Output::zero(), c);
    }
    let place = usize::try_from(u32::from(c) - u32::from(FIRST)).ok()?;
    let (address, cost) = STARTS.get(place).copied().flatten()?;
    Some((words.node(CompiledAddr::try_from(address).ok()?), Output::new(u64::from(cost))))
}

/// Calls `each(characters, bytes, cost)` for every word that `text` begins with, shortest first.
pub(crate) fn words_at(text: &str, mut each: impl FnMut(usize, usize, Cost)) {
    let Some(words) = &*WORDS else { return };
    let mut before = None;
    let mut characters = 0;
    for (at, c) in text.char_indices() {
        let end = at + c.len_utf8();
        let next = match before {
            None => start(words, c),
            Some((node, cost)) => follow(words, node, cost, c),
        };
        let Some((node, cost)) = next else { return };
        before = next;
        characters += 1;
        if node.is_final() {
            each(characters, end, Cost::try_from(cost.cat(node.final_output()).value()).unwrap_or(UNKNOWN));
        }
        if node.is_empty() {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_in_the_binary_is_a_whole_map() {
        let words = WORDS.as_ref().unwrap();
        words.verify().unwrap();
        assert!(words.len() > 150_000, "{}", words.len());
    }

    #[test]
    fn all_beginnings_that_are_words() {
        let mut found = Vec::new();
        words_at("垃圾分类投放", |characters, bytes, _| found.push((characters, bytes)));
        assert_eq!(found, [(1, 3), (2, 6), (4, 12)]);
    }

    #[test]
    fn frequent_words_cost_less() {
        let cost = |word: &str| {
            let mut of_whole = None;
            words_at(word, |_, bytes, cost| of_whole = (bytes == word.len()).then_some(cost));
            of_whole.unwrap()
        };
        assert!(cost("我们") < cost("居委会"));
        assert!(cost("居委会") < UNKNOWN);
    }
}
