//! The SQL of those who follow a case, and of how many they are.

use gongzhi_kernel::{AppealId, Fault, PersonId};
use gongzhi_store::{Row, Tx, params};

use crate::rules::follow::CaseFollower;

macro_rules! columns {
    () => {
        "SELECT id, revision, appeal, person, track, at, left_at FROM appeal_follower"
    };
}

gongzhi_store::statements! {
    /// The follower of a code.
    BY_TRACK = (concat!(columns!(), " WHERE appeal = $1 AND track = $2"));
    /// A person who follows a case.
    BY_PERSON = (concat!(columns!(), " WHERE appeal = $1 AND person = $2 AND left_at IS NULL"));
    /// A page of followers, for the check.
    AFTER = (concat!(columns!(), " WHERE id > $1 ORDER BY id LIMIT 500"));
    /// A new follower, unless the code is there already.
    INSERT = "INSERT INTO appeal_follower (id, revision, appeal, person, track, at)
        VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (appeal, track) DO NOTHING";
    /// They follow no longer.
    LEAVE = "UPDATE appeal_follower SET left_at = $2, revision = $3 WHERE id = $1";
    /// One more, or one fewer.
    COUNT_ON = "INSERT INTO appeal_follow_count (appeal, followers) VALUES ($1, $2)
        ON CONFLICT (appeal) DO UPDATE SET followers = appeal_follow_count.followers + excluded.followers";
    /// How many follow a case.
    COUNT = "SELECT followers FROM appeal_follow_count WHERE appeal = $1";
    /// Counts that differ from the followers there are, for the check.
    WRONG_COUNTS = "SELECT c.appeal FROM appeal_follow_count c WHERE c.followers <> (SELECT COUNT(*)
        FROM appeal_follower f WHERE f.appeal = c.appeal AND f.left_at IS NULL) ORDER BY c.appeal LIMIT 100";
}

fn read(row: &dyn Row) -> Result<CaseFollower, Fault> {
    Ok(CaseFollower {
        id: row.id(0)?,
        revision: row.int(1)?,
        appeal: row.id(2)?,
        person: row.opt_id(3)?,
        track: row.string(4)?,
        at: row.time(5)?,
        left_at: row.opt_time(6)?,
    })
}

/// The follower of this code, whether or not they still follow.
pub fn by_track(tx: &mut dyn Tx, appeal: AppealId, track: &str) -> Result<Option<CaseFollower>, Fault> {
    tx.one(&BY_TRACK, params![appeal, track], read)
}

/// This person as a follower of the case.
pub fn by_person(tx: &mut dyn Tx, appeal: AppealId, person: PersonId) -> Result<Option<CaseFollower>, Fault> {
    tx.one(&BY_PERSON, params![appeal, person], read)
}

/// A page of followers after an id, for the check.
pub fn after(tx: &mut dyn Tx, id: i64) -> Result<Vec<CaseFollower>, Fault> {
    tx.all(&AFTER, params![id], read)
}

/// Keeps a new follower and counts them; whether they are new.
pub fn insert(tx: &mut dyn Tx, follower: &CaseFollower) -> Result<bool, Fault> {
    let CaseFollower { id, revision, appeal, person, track, at, left_at: _ } = follower;
    let new = tx.execute(&INSERT, params![*id, *revision, *appeal, *person, track, *at])? == 1;
    if new {
        tx.execute(&COUNT_ON, params![*appeal, 1_i64])?;
    }
    Ok(new)
}

/// Keeps that somebody follows no longer, and counts them no more.
pub fn leave(tx: &mut dyn Tx, follower: &CaseFollower) -> Result<(), Fault> {
    tx.execute(&LEAVE, params![follower.id, follower.left_at, follower.revision])?;
    tx.execute(&COUNT_ON, params![follower.appeal, -1_i64]).map(|_| ())
}

/// How many follow a case.
pub fn count(tx: &mut dyn Tx, appeal: AppealId) -> Result<i64, Fault> {
    Ok(tx.one(&COUNT, params![appeal], |row| row.int(0))?.unwrap_or(0))
}

/// Cases whose count is not what it should be.
pub fn wrong_counts(tx: &mut dyn Tx) -> Result<Vec<i64>, Fault> {
    tx.all(&WRONG_COUNTS, &[], |row| row.int(0))
}
