//! The words of a text, in Chinese and English, for indexing and searching. Pure: no I/O, no clock.
//!
//! ```
//! use gongzhi_lexicon::{tokens_for_index, tokens_for_query};
//!
//! let index = tokens_for_index("阳光花园３栋張偉反映：路燈壞了，编号 GZ-2026。");
//! for query in ["路灯", "阳光花园", "张伟", "gz-2026", "３棟"] {
//!     assert!(tokens_for_query(query).iter().all(|token| index.contains(token)), "{query}");
//! }
//! ```
//!
//! The promise behind it: **whatever stands in a text is found by it**. A query that is a piece of a text, cut
//! anywhere between 汉字 and at the edges of Latin words and numbers, gives only tokens that the text gives too. It
//! holds because every token of a Chinese text depends on its own characters alone, never on what stands beside
//! them: each dictionary word wherever it occurs, each pair of neighbouring characters that is no such word, and each character.
//! A query is cut into words once, along the likeliest path, so that it asks for few and telling tokens.

mod dictionary;
mod fold;
mod particles;
mod segment;
mod tokens;

pub use fold::fold;
pub use segment::segment;
pub use tokens::{MAX_QUERY_TOKENS, MAX_TOKEN_CHARS, tokens_for_index, tokens_for_query};

/// Touches the tables, so that the first search need not. Takes about a millisecond; call it from any thread, or never.
pub fn warm_up() {
    std::hint::black_box(tokens_for_query(&fold("請問路燈壞了找哪個部門")));
}

/// Keeps the examples of the README true.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
