//! The ledger (账本): a public log that proves that nothing was hidden, changed or back-dated.
//!
//! ```text
//! Ledger::open(store, home, origin, scope)   one log for a city; key and fork guard lie in `home`
//!   .follower()        seals the journal: event → entry → tiles, exactly once, in the order of the journal
//!   .keep_signing()    a checkpoint within two seconds of the event, never one that does not continue the last
//!   .receipt .tile .entries .of_subject .standing      what pages and others' tools read
//! Ledger::succeed      freezes a log that may not go on, and begins one whose first entry names it
//! audit::verify        rebuilds a whole log from its entries and compares everything
//! ```
//!
//! | where | what |
//! |---|---|
//! | `log/` | the formats, pure: tree, tiles, notes, checkpoints, receipts |
//! | `canonical.rs`, `leaf.rs` | what of an event is sealed, and in which bytes |
//! | `guard.rs` | key and fork guard: two tiny files outside of the database and of every backup |
//! | `sealing.rs` | the follower: events become entries and tiles |
//! | `ledger.rs` | opening, signing, reading |
//! | `audit.rs` | verifying a log from outside |
//! | `store.rs` | the SQL |
//! | `pages/` | the log for people and for others' tools |
//!
//! It follows the public parts of events only and knows no capability by name: which kinds are sealed, the composition says.

pub mod audit;
pub mod canonical;
pub mod guard;
mod leaf;
mod ledger;
pub mod log;
mod pages;
mod sealing;
pub mod store;

pub use guard::Refused;
pub use leaf::{Public, Scope};
pub use ledger::{Given, Ledger, Standing};
pub use pages::{TEXTS, install, routes};

/// The schema of this crate.
pub const MIGRATIONS: gongzhi_store::Migrations = gongzhi_store::migrations!("ledger", "0001_ledger");

#[cfg(test)]
mod tests;
