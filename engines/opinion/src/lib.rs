//! The opinion map.

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
