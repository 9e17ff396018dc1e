//! What is to happen later: a table of due things that survives a restart.

use gongzhi_kernel::{Fault, Timestamp};

use crate::{Tx, params};

crate::statements! {
    /// A timer, or another moment for it.
    SET = "INSERT INTO timer (subject, kind, due) VALUES ($1, $2, $3)
        ON CONFLICT (subject, kind) DO UPDATE SET due = excluded.due";
    /// No timer any more.
    CANCEL = "DELETE FROM timer WHERE subject = $1 AND kind = $2";
    /// None of a subject's timers any more.
    CANCEL_ALL = "DELETE FROM timer WHERE subject = $1";
    /// Takes a timer that is still due at this moment.
    TAKE = "DELETE FROM timer WHERE subject = $1 AND kind = $2 AND due = $3";
    /// What is due, the longest due first.
    DUE = "SELECT subject, kind, due FROM timer WHERE due <= $1 ORDER BY due, subject LIMIT 200";
    /// When the next is due.
    NEXT_DUE = "SELECT min(due) FROM timer";
}

/// Something to be done when a timer is due.
pub trait TimerHandler: Send + Sync {
    /// The kind of timer that it answers, such as `appeal.lapse`.
    fn kind(&self) -> &'static str;

    /// Does it, in the unit of work that takes the timer away: once, whatever happens.
    fn fire(&self, tx: &mut dyn Tx, now: Timestamp, subject: i64) -> Result<(), Fault>;
}

/// A due timer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Due {
    /// Whose.
    pub subject: i64,
    /// Of which kind.
    pub kind: String,
    /// Since when.
    pub due: Timestamp,
}

impl dyn Tx + '_ {
    /// Sets the timer of this kind for a subject; an earlier one is moved.
    pub fn schedule(&mut self, kind: &str, subject: i64, due: Timestamp) -> Result<(), Fault> {
        self.execute(&SET, params![subject, kind, due]).map(|_| ())
    }

    /// Takes the timer of this kind away, if there is one.
    pub fn cancel(&mut self, kind: &str, subject: i64) -> Result<(), Fault> {
        self.execute(&CANCEL, params![subject, kind]).map(|_| ())
    }

    /// Takes all timers of a subject away.
    pub fn cancel_all(&mut self, subject: i64) -> Result<(), Fault> {
        self.execute(&CANCEL_ALL, params![subject]).map(|_| ())
    }

    /// What is due at `now`, the longest due first; at most 200.
    pub fn due_timers(&mut self, now: Timestamp) -> Result<Vec<Due>, Fault> {
        self.all(&DUE, params![now], |row| {
            Ok(Due { subject: row.int(0)?, kind: row.string(1)?, due: row.time(2)? })
        })
    }

    /// When the next timer is due.
    pub fn next_due(&mut self) -> Result<Option<Timestamp>, Fault> {
        Ok(self.one(&NEXT_DUE, &[], |row| row.opt_time(0))?.flatten())
    }

    /// Takes a due timer; `false` if it has been moved, cancelled or taken since it was seen.
    pub(crate) fn take_timer(&mut self, due: &Due) -> Result<bool, Fault> {
        Ok(self.execute(&TAKE, params![due.subject, &due.kind, due.due])? > 0)
    }
}
