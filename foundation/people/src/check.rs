//! Holds the rows against the journal.

use gongzhi_kernel::{Event, Fault, Id, Subject};
use gongzhi_store::Tx;

use crate::events::{Folded, GuardRow, Happening, SessionRow};
use crate::model::{Area, Membership, Organ, Person};
use crate::store;

/// What a check found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CheckReport {
    /// Subjects compared.
    pub checked: u64,
    /// What differs.
    pub differences: Vec<Difference>,
}

/// A row that is not what its events say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// Whose row.
    pub subject: Subject,
    /// How it differs, in lower case without full stop; names no personal data.
    pub what: String,
}

/// Compares every row of this crate with the fold of its events, and looks for rows without events and events
/// without a row. Reads the whole journal; a caller who reads it anyway feeds [`Check`] itself.
///
/// # Errors
/// A fault of the store; what does not fit together is in the report.
pub fn check(tx: &mut dyn Tx) -> Result<CheckReport, Fault> {
    let mut check = Check::default();
    let mut after = 0;
    while let Some((events, last)) = tx.subjects_after(after)? {
        for of_one in events.chunk_by(|a, b| a.subject == b.subject) {
            check.subject(tx, of_one)?;
        }
        after = last;
    }
    check.finish(tx)
}

/// The check while the journal is read: first [`Self::subject`] for each subject, then [`Self::finish`].
#[derive(Debug, Default)]
pub struct Check {
    report: CheckReport,
}

impl Check {
    /// Compares one subject; `events` are all of its events by revision. Those of other crates are passed over.
    ///
    /// # Errors
    /// A fault of the store.
    pub fn subject(&mut self, tx: &mut dyn Tx, events: &[Event]) -> Result<(), Fault> {
        let Some(first) = events.first() else { return Ok(()) };
        match &*first.subject.kind {
            Person::SUBJECT => self.compare(tx, events, store::person),
            Organ::SUBJECT => self.compare(tx, events, store::organ),
            Area::SUBJECT => self.compare(tx, events, store::area),
            Membership::SUBJECT => self.compare(tx, events, store::membership),
            SessionRow::SUBJECT => {
                self.compare(tx, events, |tx, id| Ok(store::session(tx, id)?.map(|living| living.row)))
            }
            GuardRow::SUBJECT => self.compare(tx, events, store::guard_by_id),
            _ => Ok(()),
        }
    }

    fn compare<S: Folded, K>(
        &mut self,
        tx: &mut dyn Tx,
        events: &[Event],
        load: impl FnOnce(&mut dyn Tx, Id<K>) -> Result<Option<S>, Fault>,
    ) -> Result<(), Fault> {
        let Some(last) = events.last() else { return Ok(()) };
        self.report.checked += 1;
        let id =
            Id::new(last.subject.id).ok_or_else(|| Fault::corrupt("an event of a subject out of range"))?;
        let row = load(tx, id)?;

        // What has been erased cannot be replayed; that the row knows of the last change still can be held against it.
        if events.iter().any(|event| event.commitment.is_some() && event.sealed.is_none()) {
            if let Some(row) = row
                && row.revision() != last.revision
            {
                self.differs(
                    &last.subject,
                    format!("is at change {}, its events at {}", row.revision(), last.revision),
                );
            }
            return Ok(());
        }

        let mut folded: Option<S> = None;
        for (place, event) in (1_i64..).zip(events) {
            if event.revision != place {
                self.differs(&last.subject, format!("has no event of change {place}"));
                return Ok(());
            }
            folded = match S::apply(folded, Happening::from(event)) {
                Ok(folded) => folded,
                Err(fault) => {
                    self.differs(&last.subject, fault.to_string());
                    return Ok(());
                }
            };
        }
        match (&row, &folded) {
            (Some(row), Some(folded)) if row == folded => {}
            (None, None) => {}
            (Some(_), None) => self.differs(&last.subject, "has ended and still has a row".into()),
            (None, Some(_)) => self.differs(&last.subject, "has events and no row".into()),
            (Some(row), Some(_)) => {
                self.differs(&last.subject, format!("is not what its {} events say", row.revision()));
            }
        }
        Ok(())
    }

    fn differs(&mut self, subject: &Subject, what: String) {
        self.report.differences.push(Difference { subject: subject.clone(), what });
    }

    /// Looks for rows that no event speaks of, and gives the report.
    ///
    /// # Errors
    /// A fault of the store.
    pub fn finish(mut self, tx: &mut dyn Tx) -> Result<CheckReport, Fault> {
        let tables: [(&'static str, Ids); 6] = [
            (Person::SUBJECT, store::person_ids),
            (Organ::SUBJECT, store::organ_ids),
            (Area::SUBJECT, store::area_ids),
            (Membership::SUBJECT, store::membership_ids),
            (SessionRow::SUBJECT, store::session_ids),
            (GuardRow::SUBJECT, store::guard_ids),
        ];
        for (kind, ids) in tables {
            let mut after = 0;
            loop {
                let page = ids(tx, after)?;
                let Some(last) = page.last().copied() else { break };
                for id in page {
                    let subject = Subject { kind: kind.into(), id };
                    if tx.last_revision(&subject)? == 0 {
                        self.differs(&subject, "has a row and no event".into());
                    }
                }
                after = last;
            }
        }
        for person in store::stray_credentials(tx)? {
            let subject = Subject::new(Person::SUBJECT, person);
            self.differs(&subject, "has a password and no event of it, or the event and no password".into());
        }
        Ok(self.report)
    }
}

/// Reads a page of the ids of a table, after an id.
type Ids = fn(&mut dyn Tx, i64) -> Result<Vec<i64>, Fault>;
