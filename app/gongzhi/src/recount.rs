//! The indicators of a city from its public log alone: what anybody can compute who has the entries and nothing else. The
//! rules are those of the dashboard (`gongzhi_appeals::indicators`), fed with entries in the place of the journal.

use std::collections::BTreeMap;

use gongzhi_appeals::actions::books::RULEBOOK_ADOPTED;
use gongzhi_appeals::indicators::{Case, Counts, Month, Weights, subject_of};
use gongzhi_appeals::rulebook::Rulebook;
use gongzhi_kernel::{AppealId, Subject, Timestamp};
use jiff::tz::TimeZone;
use serde::Deserialize;
use serde_json::Value;

/// Of an entry, what the indicators need.
#[derive(Debug, Deserialize)]
struct Entry {
    kind: String,
    at: Timestamp,
    #[serde(default)]
    subject: Option<EntrySubject>,
    #[serde(default)]
    public: Value,
}

#[derive(Debug, Deserialize)]
struct EntrySubject {
    kind: String,
    id: String,
}

/// What has been read of a log so far.
#[derive(Debug, Default)]
pub struct Recount {
    cases: BTreeMap<AppealId, Case>,
    /// Rulebooks with when each begins to hold, in the order in which they were adopted.
    rulebooks: Vec<(Timestamp, Rulebook)>,
    /// Entries that are no JSON of this shape.
    unread: u64,
}

/// A month of a city.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MonthOfCity {
    /// Which.
    pub month: Month,
    /// The sums over its cases.
    pub counts: Counts,
    /// The weights that held at its end; `None` where the log knows of no rulebook.
    pub weights: Option<Weights>,
}

impl Recount {
    /// Takes in the next entry, in the order of the log.
    pub fn take(&mut self, entry: &[u8]) {
        let Ok(entry) = serde_json::from_slice::<Entry>(entry) else {
            self.unread += 1;
            return;
        };
        // The log's own entries are about no subject.
        let Some(subject) = entry.subject else { return };
        if entry.kind == RULEBOOK_ADOPTED {
            let effective = entry.public.get("effective").and_then(|at| Timestamp::deserialize(at).ok());
            let body = entry.public.get("body").and_then(Value::as_str);
            match (effective, body.map(Rulebook::parse)) {
                (Some(effective), Some(Ok(rulebook))) => self.rulebooks.push((effective, rulebook)),
                _ => self.unread += 1,
            }
            return;
        }
        let Ok(id) = subject.id.parse() else {
            self.unread += 1;
            return;
        };
        let Some(appeal) = subject_of(&Subject { kind: subject.kind.into(), id }, &entry.public) else {
            return;
        };
        match self.cases.get_mut(&appeal) {
            Some(case) => case.take(&entry.kind, &entry.public),
            None if entry.kind == "appeal.submitted" => {
                self.cases.insert(appeal, Case::submitted(entry.at, &entry.public));
            }
            // Its beginning stands in another log, which this one continues.
            None => {}
        }
    }

    /// How many cases the log tells of from their beginning.
    pub fn cases(&self) -> usize {
        self.cases.len()
    }

    /// How many entries could not be read.
    pub fn unread(&self) -> u64 {
        self.unread
    }

    /// The rulebook that held at a moment; before any held, the first.
    fn rulebook(&self, at: Timestamp) -> Option<&Rulebook> {
        // Of two that begin at one moment the one that was adopted later holds: `max_by_key` gives the last.
        let held = self.rulebooks.iter().filter(|(effective, _)| *effective <= at);
        let held = held.max_by_key(|(effective, _)| *effective);
        held.or_else(|| self.rulebooks.iter().min_by_key(|(effective, _)| *effective)).map(|(_, book)| book)
    }

    /// The zone of the city, by the newest rulebook that holds; `None` where the log knows of none.
    pub fn zone(&self, now: Timestamp) -> Option<TimeZone> {
        self.rulebook(now).map(Rulebook::time_zone)
    }

    /// Every month in which cases came in, the oldest first.
    pub fn months(&self, zone: &TimeZone, now: Timestamp) -> Vec<MonthOfCity> {
        let mut months: BTreeMap<Month, Counts> = BTreeMap::new();
        for case in self.cases.values() {
            let counts: Counts = case.counts().into_iter().map(|(_, counts)| counts).sum();
            *months.entry(Month::of(case.submitted_at(), zone)).or_default() += counts;
        }
        let of = |(month, counts): (Month, Counts)| {
            let end = month.before(-1).begins(zone);
            let last = end.map_or(now, |end| Timestamp::from_micros(end.as_micros() - 1)).min(now);
            let weights = self.rulebook(last).map(|rulebook| rulebook.indicators.clone());
            MonthOfCity { month, counts, weights }
        };
        months.into_iter().map(of).collect()
    }
}
