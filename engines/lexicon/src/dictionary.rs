//! The dictionary: words and what they cost, in a finite-state map that is read where it lies in the binary.
//!
//! No load time and no heap: only the pages that texts touch are ever in memory.

use std::sync::LazyLock;

use fst::raw::{Fst, Node, Output};

static DATA: &[u8] = include_bytes!("../data/words.fst");

/// `None` only if the file in the binary were no map; a test reads it whole.
static WORDS: LazyLock<Option<Fst<&'static [u8]>>> = LazyLock::new(|| Fst::new(DATA).ok());

/// What a word costs: 32 × −ln(its share of all words). Rare words cost more.
pub(crate) type Cost = u32;

/// The cost of a character that is not in the dictionary: that of a word seen once.
pub(crate) const UNKNOWN: Cost = 573;

/// Calls `each(characters, bytes, cost)` for every word that `text` begins with, shortest first.
pub(crate) fn words_at(text: &str, mut each: impl FnMut(usize, usize, Cost)) {
    let Some(words) = &*WORDS else { return };
    let mut node: Node<'_> = words.root();
    let mut cost = Output::zero();
    let mut characters = 0;
    for (at, c) in text.char_indices() {
        let end = at + c.len_utf8();
        for byte in text.as_bytes().get(at..end).unwrap_or_default() {
            let Some(index) = node.find_input(*byte) else { return };
            let transition = node.transition(index);
            cost = cost.cat(transition.out);
            node = words.node(transition.addr);
        }
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
