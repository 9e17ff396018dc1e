//! The opinion map: what people share and where they differ, from their votes on statements. Pure: no I/O, no clock, no
//! ambient randomness, no dependencies.
//!
//! ```
//! use gongzhi_opinion::{Map, Moderation, Options, Vote, Votes};
//!
//! // Two camps of ten: all agree with statement 1, on the others they differ.
//! let votes = Votes::collect((0..20).flat_map(|person| {
//!     (1..=8).map(move |statement| {
//!         let vote = if statement == 1 || person % 2 == 0 { Vote::Agree } else { Vote::Disagree };
//!         (person, statement, vote)
//!     })
//! }))?;
//! let map = Map::of(&votes, &Moderation::default(), &Options::default());
//! assert_eq!(map.groups.len(), 2);
//! assert_eq!(map.consensus.agree[0].statement, 1);
//! let standing = map.standing(&votes, 3).expect("has voted");
//! assert_ne!(standing.reasons[0].statement, 1);
//! # Ok::<(), gongzhi_opinion::TooMany>(())
//! ```
//!
//! | where | what |
//! |---|---|
//! | [`Votes`], [`Moderation`] | who has said what; what moderation has decided |
//! | [`Map`] | places, groups, statements, consensus; [`Map::standing`] tells somebody why they stand where they stand |
//! | [`Stability`] | how much of the number of groups and of the groups is chance |
//! | [`Session`] | takes votes as they come and keeps the map current |
//! | [`parity`] | the map exactly as the production system of Polis computes it |
//! | [`polis`] | reads the open-data export of Polis |
//! | [`picture`] | the map in plain text and as SVG |
//!
//! The same votes give the same map to the last bit, in whatever order they come: all sums run in the order of
//! the numbers of people and statements, groups are sought among places sorted by their coordinates, and chance comes from
//! a seed. The mathematics stand in the README.

mod bridging;
mod cluster;
mod eigen;
mod map;
mod moments;
mod num;
pub mod parity;
pub mod picture;
pub mod polis;
mod select;
mod session;
mod stability;
mod standing;
mod stats;
mod votes;

pub use cluster::adjusted_rand_index;
pub use map::{Consensus, Group, Map, Options, Place, Representative, Shared, StatementOnMap};
pub use session::Session;
pub use stability::Stability;
pub use standing::{Reason, Standing};
pub use stats::priority;
pub use votes::{Moderation, PersonId, StatementId, Tally, TooMany, Vote, Votes};

/// Keeps the examples of the README true.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
