//! Whole histories at once: cases of other systems, and samples. The writer is given rows and events that are
//! ready to be kept; everything else happens before.

use std::collections::BTreeMap;

use gongzhi_kernel::{
    Actor, AppealId, Fault, IMPORT_NODE, NewEvent, Refusal, RefusalKind, Subject, Timestamp,
};
use gongzhi_people::Directory;
use gongzhi_store::{Tx, params};

use super::search_tokens;
use super::steps::set_clock;
use super::submit::folded;
use crate::catalogue::Categories;
use crate::events::{AppealEvent, Change, SUBJECT};
use crate::model::{Appeal, Reporter};
use crate::rules::{self, ImportedAppeal};
use crate::store;

/// Ids made in one millisecond of another system's time.
const PER_MILLISECOND: i64 = 128;
const NODES: i64 = 32;
/// How far beyond its own time an id may be moved where a source gives whole days: one day, in milliseconds.
const FURTHEST: i64 = 86_400_000;

/// A case with its whole history, ready to be kept.
#[derive(Debug, Clone)]
pub struct ReadyCase {
    appeal: Appeal,
    events: Vec<NewEvent>,
    tokens: Vec<String>,
    contact: Reporter,
}

impl ReadyCase {
    /// From the events of a case, each with who did it. Segments the text: not in the writer.
    pub fn new(events: &[(Actor, AppealEvent)]) -> Result<Self, Fault> {
        let bare: Vec<AppealEvent> = events.iter().map(|(_, event)| event.clone()).collect();
        let appeal = folded(&bare)?;
        let contact = match bare.first().map(|event| &event.change) {
            Some(Change::Submitted(parts)) => parts.sealed.contact.clone(),
            _ => Reporter::default(),
        };
        let events =
            events.iter().map(|(actor, event)| event.to_journal(actor.clone())).collect::<Result<_, _>>()?;
        Ok(Self { tokens: search_tokens(&appeal), appeal, events, contact })
    }

    /// The case as it stands at the end of its history.
    pub fn appeal(&self) -> &Appeal {
        &self.appeal
    }

    /// The same case under another number.
    fn numbered(mut self, id: AppealId) -> Self {
        self.appeal.id = id;
        for event in &mut self.events {
            event.subject = Subject::new(SUBJECT, id);
        }
        self
    }
}

/// Keeps a case that is not there yet: row, events, text index and clock.
pub fn keep_case(
    tx: &mut dyn Tx,
    categories: &Categories,
    directory: &Directory,
    case: ReadyCase,
) -> Result<Appeal, Fault> {
    store::insert(tx, &case.appeal, categories, directory)?;
    if !case.contact.is_empty() {
        let world = tx.world();
        let id: AppealId = world.ids.next(world.clock.now());
        store::insert_reporter(tx, id, case.appeal.id, &case.contact)?;
    }
    for event in case.events {
        tx.record(event)?;
    }
    let words = store::search_words(&case.appeal, &case.tokens, categories, directory);
    tx.index_new(case.appeal.id.get(), &words)?;
    set_clock(tx, &case.appeal, true)?;
    Ok(case.appeal)
}

/// A case of another system, ready to be imported, or why it cannot be.
#[derive(Debug, Clone)]
pub struct ReadyImport {
    source: String,
    key: String,
    case: Result<ReadyCase, Refusal>,
}

impl ReadyImport {
    /// Why it cannot be imported, if that is known without the city.
    pub fn refusal(&self) -> Option<&Refusal> {
        self.case.as_ref().err()
    }
}

/// What became of a case of another system.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Imported {
    /// It is here now.
    New(AppealId),
    /// It had been imported before.
    Already(AppealId),
    /// It cannot be true or says nothing.
    Rejected(Refusal),
}

/// Every reason for which a case is rejected, by the key of its sentence.
pub const REJECTIONS: [&str; 6] = [
    "import-says-nothing",
    "import-without-time",
    "import-times-out-of-order",
    "import-in-the-future",
    "import-too-early",
    "import-too-many-at-once",
];

/// Works a case of another system out: its history, its events, its words. Not in the writer; `now` is the present.
pub fn ready(told: &ImportedAppeal, now: Timestamp) -> Result<ReadyImport, Fault> {
    let rejected = |key| Refusal::new(RefusalKind::Invalid, key);
    // A number for the time being; the writer gives the next free one of that moment.
    let case = match AppealId::at(told.submitted_at, 0, IMPORT_NODE) {
        None => Err(rejected("import-too-early")),
        Some(id) => match rules::history(id, told, now) {
            Err(refusal) => Err(refusal),
            Ok(events) => {
                let events: Vec<_> = events.into_iter().map(|event| (Actor::System, event)).collect();
                Ok(ReadyCase::new(&events)?)
            }
        },
    };
    Ok(ReadyImport { source: told.source.clone(), key: told.key.clone(), case })
}

/// Gives imported cases numbers from their own time, the next free one of each moment.
#[derive(Debug, Default)]
struct Numbers(BTreeMap<i64, i64>);

impl Numbers {
    /// The next free number at `at`.
    fn next(&mut self, tx: &mut dyn Tx, at: Timestamp) -> Result<Option<AppealId>, Fault> {
        let wanted = at.as_millis();
        let mut millis = wanted;
        loop {
            if millis - wanted > FURTHEST {
                return Ok(None);
            }
            let moment = Timestamp::from_millis(millis);
            let (first, end) =
                (AppealId::first_at(moment), AppealId::first_at(Timestamp::from_millis(millis + 1)));
            let used = match self.0.get(&millis) {
                Some(used) => *used,
                None => match store::last_id_between(tx, first, end)? {
                    Some(last) => (last.get() / NODES) % PER_MILLISECOND + 1,
                    None => 0,
                },
            };
            if used < PER_MILLISECOND {
                self.0.insert(millis, used + 1);
                let nth = u8::try_from(used)
                    .map_err(|error| Fault::internal("a number is out of its range").because(error))?;
                return Ok(AppealId::at(moment, nth, IMPORT_NODE));
            }
            self.0.insert(millis, used);
            millis += 1;
        }
    }
}

/// Imports a batch; what became of each, in its order. A second run imports nothing twice.
pub fn import_appeals(
    tx: &mut dyn Tx,
    categories: &Categories,
    directory: &Directory,
    batch: &[ReadyImport],
) -> Result<Vec<Imported>, Fault> {
    let mut numbers = Numbers::default();
    let mut outcomes = Vec::with_capacity(batch.len());
    for ready in batch {
        outcomes.push(import_one(tx, categories, directory, &mut numbers, ready)?);
    }
    Ok(outcomes)
}

fn import_one(
    tx: &mut dyn Tx,
    categories: &Categories,
    directory: &Directory,
    numbers: &mut Numbers,
    ready: &ReadyImport,
) -> Result<Imported, Fault> {
    let already =
        |tx: &mut dyn Tx| tx.one(&store::BY_SOURCE, params![&ready.source, &ready.key], |row| row.id(0));
    let case = match &ready.case {
        Ok(case) => case,
        Err(refusal) => return Ok(Imported::Rejected(refusal.clone())),
    };
    if let Some(id) = already(tx)? {
        return Ok(Imported::Already(id));
    }
    let Some(id) = numbers.next(tx, case.appeal.submitted_at)? else {
        let refusal = Refusal::new(RefusalKind::Invalid, "import-too-many-at-once");
        return Ok(Imported::Rejected(refusal));
    };
    tx.execute(&store::TAKE_SOURCE, params![&ready.source, &ready.key, id])?;
    keep_case(tx, categories, directory, case.clone().numbered(id))?;
    Ok(Imported::New(id))
}
