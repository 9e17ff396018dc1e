//! How to reach reporters: a row beside the case, sealed, opened for a reading that is an event and for the check.

use std::collections::BTreeMap;

use gongzhi_kernel::{AppealId, Fault, Id, Place};
use gongzhi_store::{Tx, params};

use crate::model::Reporter;

gongzhi_store::statements! {
    /// How to reach the reporter of an appeal.
    REPORTER = "SELECT id, name, phone, email, readings FROM appeal_reporter WHERE appeal = $1";
    /// Keeps how to reach the reporter.
    INSERT_REPORTER = "INSERT INTO appeal_reporter (id, appeal, name, phone, email, readings)
        VALUES ($1, $2, $3, $4, $5, 0)";
    /// A page of reporters, for the check.
    REPORTERS = "SELECT appeal, name, phone, email FROM appeal_reporter WHERE appeal > $1 AND appeal <= $2
        ORDER BY appeal";
    /// A page of reporters, to be sealed anew.
    REPORTERS_AFTER = "SELECT appeal, name, phone, email FROM appeal_reporter WHERE appeal > $1 ORDER BY appeal LIMIT 200";
    /// The same reporter, sealed anew.
    RESEAL_REPORTER = "UPDATE appeal_reporter SET name = $2, phone = $3, email = $4 WHERE appeal = $1";
}

const NAME: &str = "appeal_reporter.name";
const PHONE: &str = "appeal_reporter.phone";
const EMAIL: &str = "appeal_reporter.email";

/// A reporter's record: its id, how to reach them, and how often it has been read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReporterRecord {
    /// The subject of its events.
    pub id: i64,
    /// How to reach them.
    pub reporter: Reporter,
    /// How often it has been read.
    pub readings: i64,
}

/// As it was typed. What was not given is kept as nothing, and says so.
fn opened(tx: &dyn Tx, appeal: i64, kept: Reporter) -> Result<Reporter, Fault> {
    let open = |place: &'static str, kept: String| tx.unseal(Place::new(place, appeal), kept);
    Ok(Reporter {
        name: open(NAME, kept.name)?,
        phone: open(PHONE, kept.phone)?,
        email: open(EMAIL, kept.email)?,
    })
}

/// As it is kept.
fn sealed(tx: &dyn Tx, appeal: i64, plain: &Reporter) -> Result<Reporter, Fault> {
    let seal = |place: &'static str, plain: &str| match plain {
        "" => Ok(String::new()),
        plain => tx.seal(Place::new(place, appeal), plain),
    };
    Ok(Reporter {
        name: seal(NAME, &plain.name)?,
        phone: seal(PHONE, &plain.phone)?,
        email: seal(EMAIL, &plain.email)?,
    })
}

/// The reporter's record of an appeal.
pub fn reporter(tx: &mut dyn Tx, appeal: AppealId) -> Result<Option<ReporterRecord>, Fault> {
    let found = tx.one(&REPORTER, params![appeal], |row| {
        let kept = Reporter { name: row.string(1)?, phone: row.string(2)?, email: row.string(3)? };
        Ok((row.int(0)?, kept, row.int(4)?))
    })?;
    let Some((id, kept, readings)) = found else { return Ok(None) };
    Ok(Some(ReporterRecord { id, reporter: opened(tx, appeal.get(), kept)?, readings }))
}

/// Keeps how to reach the reporter.
pub fn insert_reporter<K>(
    tx: &mut dyn Tx,
    id: Id<K>,
    appeal: AppealId,
    reporter: &Reporter,
) -> Result<(), Fault> {
    let Reporter { name, phone, email } = sealed(tx, appeal.get(), reporter)?;
    tx.execute(&INSERT_REPORTER, params![id, appeal, &name, &phone, &email]).map(|_| ())
}

/// The reporters of a stretch of appeals, for the check.
pub fn reporters_between(tx: &mut dyn Tx, after: i64, end: i64) -> Result<BTreeMap<i64, Reporter>, Fault> {
    let kept = tx.all(&REPORTERS, params![after, end], |row| {
        Ok((row.int(0)?, Reporter { name: row.string(1)?, phone: row.string(2)?, email: row.string(3)? }))
    })?;
    kept.into_iter().map(|(appeal, kept)| Ok((appeal, opened(tx, appeal, kept)?))).collect()
}

/// Seals the next page of reporters anew, where an older key or none has sealed them; the last of it (`None` at the end)
/// and how many were sealed.
///
/// # Errors
/// A fault of the store.
pub fn reseal(tx: &mut dyn Tx, after: i64) -> Result<(Option<i64>, u64), Fault> {
    let page = tx.all(&REPORTERS_AFTER, params![after], |row| {
        Ok((row.int(0)?, Reporter { name: row.string(1)?, phone: row.string(2)?, email: row.string(3)? }))
    })?;
    let (mut last, mut done) = (None, 0);
    let vault = tx.world().vault.clone();
    for (appeal, kept) in page {
        last = Some(appeal);
        let fields = [&kept.name, &kept.phone, &kept.email];
        if fields.into_iter().any(|field| !field.is_empty() && vault.is_outdated(field)) {
            let plain = opened(tx, appeal, kept)?;
            let Reporter { name, phone, email } = sealed(tx, appeal, &plain)?;
            tx.execute(&RESEAL_REPORTER, params![appeal, &name, &phone, &email])?;
            done += 1;
        }
    }
    Ok((last, done))
}
