//! The SQL of the counters that the follower of `figures` keeps.

use gongzhi_kernel::Fault;
use gongzhi_store::{Tx, params};

gongzhi_store::statements! {
    /// Adds to a counter.
    ADD = "INSERT INTO appeal_figure (day, name, bucket, count) VALUES ($1, $2, $3, $4)
        ON CONFLICT (day, name, bucket) DO UPDATE SET count = appeal_figure.count + excluded.count";
    /// The counters of some days.
    BETWEEN = "SELECT day, name, bucket, count FROM appeal_figure WHERE day >= $1 AND day <= $2
        ORDER BY day, name, bucket";
    /// Empties the counters.
    CLEAR = "DELETE FROM appeal_figure";
}

/// A counter: its day (0: what stands now), name and bucket, and what it stands at or is to be raised by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Counter {
    /// Days since 1970-01-01 in the city's calendar; 0 for what stands now.
    pub day: i64,
    /// What is counted.
    pub name: String,
    /// Which group of it.
    pub bucket: i64,
    /// How many.
    pub count: i64,
}

/// Adds to a counter.
pub fn add(tx: &mut dyn Tx, day: i64, name: &str, bucket: i64, by: i64) -> Result<(), Fault> {
    tx.execute(&ADD, params![day, name, bucket, by]).map(|_| ())
}

/// The counters of the days from `first` to `last`.
pub fn between(tx: &mut dyn Tx, first: i64, last: i64) -> Result<Vec<Counter>, Fault> {
    tx.all(&BETWEEN, params![first, last], |row| {
        Ok(Counter { day: row.int(0)?, name: row.string(1)?, bucket: row.int(2)?, count: row.int(3)? })
    })
}
