//! Units of work on SQLite and PostgreSQL, and what follows a commit.
//!
//! ```text
//! store.write(|tx| …).await        one unit of work, durable when it answers
//! store.read(|tx| …).await         one consistent view
//! tx.record(event)                 the journal: nothing changes without an event
//! tx.index_text, tx.schedule       text index and timers, in the same unit of work
//! Follower, TimerHandler           what runs after a commit, each with its durable cursor
//! ```
//!
//! SQL stands in [`statements!`] of the crate that owns the tables, one text for both engines where it can be.

pub mod blobs;
pub mod followers;
pub mod journal;
pub mod lease;
mod migrate;
mod postgres;
mod sqlite;
mod statement;
mod store;
#[cfg(feature = "testing")]
pub mod testing;
pub mod text;
pub mod timers;
mod tx;
pub mod vault;

pub use followers::Follower;
pub use journal::{Entry, Position};
pub use lease::Lease;
pub use migrate::{Migration, Migrations, SchemaError};
pub use postgres::{OpenPostgresError, PostgresLocation, masked};
pub use sqlite::SqliteOptions;
pub use statement::Statement;
pub use store::{Location, OpenError, Store};
pub use text::Words;
pub use timers::TimerHandler;
pub use tx::{Engine, Param, Row, Tx, Value};
pub use vault::{KeySource, VaultError};

/// The version of SQLite that is compiled in.
pub fn sqlite_version() -> &'static str {
    rusqlite::version()
}

/// All statements of the store itself, for the test that prepares them on both engines.
pub fn statements() -> impl Iterator<Item = &'static Statement> {
    [
        journal::statements(),
        text::statements(),
        timers::statements(),
        followers::statements(),
        lease::statements(),
        vault::statements(),
    ]
    .into_iter()
    .flatten()
    .copied()
}
