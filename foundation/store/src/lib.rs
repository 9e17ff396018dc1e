//! Units of work on SQLite and PostgreSQL, and what follows a commit.
//!
//! ```text
//! store.write(|tx| …).await   one unit of work, durable when it answers
//! store.read(|tx| …).await    one consistent view
//! tx.record(event)            the journal: nothing changes without an event
//! tx.index_text / schedule    text index, timers: in the same unit of work
//! Follower, TimerHandler      what runs after a commit, each with its durable cursor
//! ```

mod statement;
mod tx;

pub use statement::Statement;
pub use tx::{Engine, Param, Row, Tx, Value};
