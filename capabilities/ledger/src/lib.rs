//! The ledger (账本): a public log that proves that nothing was hidden, changed or back-dated.
//!
//! ```text
//! Ledger::open(store, setup)   one log for a city; key and fork guard lie in a folder of their own
//!   .follower()        seals the journal: event → entry → tiles, exactly once, in the order of the journal
//!   .keep_signing()    a checkpoint within two seconds of the event, never one that does not continue the last
//!   .keep_witnessed()  asks the witnesses to sign each newest checkpoint; none of them can hold the log up
//!   .receipt .tile .entries .of_subject .standing      what pages and others' tools read
//! Ledger::succeed      freezes a log that may not go on, and begins one whose first entry names it
//! Ledger::rotate     gives a log another key; for a while both sign, and the log tells of it
//! audit::verify        rebuilds a whole log from its entries and compares everything
//! ```
//!
//! | where | what |
//! |---|---|
//! | `log/`, `canonical.rs` | the formats, pure: tree, tiles, notes, checkpoints, receipts; canonical JSON |
//! | `model.rs` | the types |
//! | `rules.rs` | what of an event is sealed, and in which words |
//! | `signer.rs` | who signs: a key in a file, or a command that has it sign elsewhere |
//! | `guard.rs` | key and fork guard: two tiny files outside of the database and of every backup |
//! | `actions/` | units of work: opening, sealing, signing, beginning a successor |
//! | `queries.rs` | what pages and tools read |
//! | `audit.rs` | verifying a log from outside |
//! | `witness/` | a witness, which needs no city, and what a city knows of those that it asks |
//! | `store.rs` | the SQL |
//! | `api.rs`, `pages/` | the log for others' tools and for people |
//!
//! There is no policy: everything in a public log is for everybody.
//!
//! It follows the public parts of events only and knows no capability by name: which kinds are sealed, the composition says.

pub mod actions;
mod api;
pub mod audit;
pub mod canonical;
pub mod guard;
pub mod log;
pub mod model;
mod pages;
mod queries;
mod rules;
pub mod signer;
pub mod store;
pub mod witness;

pub use actions::{Ledger, Setup};
pub use guard::Refused;
pub use model::{Given, KeyChange, Standing};
pub use pages::{TEXTS, has_words, install, routes};
pub use rules::{Public, Scope};

/// The schema of this crate.
pub const MIGRATIONS: gongzhi_store::Migrations =
    gongzhi_store::migrations!("ledger", "0001_ledger", "0002_witnesses");

#[cfg(test)]
mod tests;
