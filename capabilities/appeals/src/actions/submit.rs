//! Intake: an appeal comes in, gets its number and code and, where the catalogue names an organ, is dispatched in
//! the same unit of work. The hot path: everything that can be worked out beforehand is, outside the writer.

use std::sync::atomic::Ordering;

use gongzhi_kernel::{
    AppealId, AreaId, Context, Failure, Fault, FieldError, OrganId, Point, Refusal, Timestamp,
};
use gongzhi_people::Resource;
use gongzhi_store::{Entry, Tx, Words, params};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::code::hex;
use super::steps::set_clock;
use super::{Appeals, TrackingCode};
use crate::events::{AppealEvent, Change};
use crate::model::{Appeal, CategoryId, Channel, Deadlines, Kind, Place, Reporter, Urgency, Visibility};
use crate::rules::{Command, Submission, decide, fold};
use crate::store;

/// How often old receipts are swept, in microseconds.
const SWEEP_EVERY: i64 = 60_000_000;

/// What somebody says when they submit an appeal.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Submit {
    /// What is asked for.
    pub kind: Kind,
    /// How it comes in.
    pub channel: Channel,
    /// How soon it must be answered; taken from staff only, else the category says.
    pub urgency: Option<Urgency>,
    /// Who may see it; `None`: as the rulebook says.
    pub visibility: Option<Visibility>,
    /// What it is about.
    pub category: Option<CategoryId>,
    /// Where.
    pub area: Option<AreaId>,
    /// Where, in words.
    pub address: String,
    /// Where, on the map.
    pub point: Option<Point>,
    /// In one line; empty: the first sentence of the text.
    pub title: String,
    /// In full.
    pub text: String,
    /// How to reach the reporter.
    pub reporter: Reporter,
}

impl Submit {
    /// With this text and nothing else said.
    pub fn new(kind: Kind, channel: Channel, text: impl Into<String>) -> Self {
        Self {
            kind,
            channel,
            urgency: None,
            visibility: None,
            category: None,
            area: None,
            address: String::new(),
            point: None,
            title: String::new(),
            text: text.into(),
            reporter: Reporter::default(),
        }
    }
}

/// What the reporter is given. The code is shown this once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt {
    /// The number: sixteen digits when printed.
    pub number: AppealId,
    /// The tracking code.
    pub code: TrackingCode,
    /// When it came in.
    pub at: Timestamp,
    /// The organ that it was sent to; `None`: a dispatcher will name one.
    pub organ: Option<OrganId>,
    /// By when a dispatcher will name one.
    pub dispatch_due: Option<Timestamp>,
    /// By when each stage is due, once it has been sent.
    pub deadlines: Deadlines,
    /// Who may see it.
    pub visibility: Visibility,
    /// Whether this receipt had been given before, for the same key.
    pub repeated: bool,
}

/// A receipt as it is kept for its key: without the code.
#[derive(Debug, Serialize, Deserialize)]
struct KeptReceipt {
    at: Timestamp,
    organ: Option<OrganId>,
    dispatch_due: Option<Timestamp>,
    deadlines: Deadlines,
    visibility: Visibility,
}

impl Receipt {
    fn of(appeal: &Appeal, code: TrackingCode) -> Self {
        Self {
            number: appeal.id,
            code,
            at: appeal.submitted_at,
            organ: appeal.organ(),
            dispatch_due: appeal.dispatch_due.filter(|_| appeal.organ().is_none()),
            deadlines: appeal.deadlines,
            visibility: appeal.visibility,
            repeated: false,
        }
    }

    fn kept(&self) -> Result<String, Fault> {
        let kept = KeptReceipt {
            at: self.at,
            organ: self.organ,
            dispatch_due: self.dispatch_due,
            deadlines: self.deadlines,
            visibility: self.visibility,
        };
        serde_json::to_string(&kept).map_err(|error| Fault::internal("cannot write a receipt").because(error))
    }
}

/// The tokens under which an appeal is found. Its address only if everybody may see it: a search must not
/// find out what a page does not show.
pub fn search_tokens(appeal: &Appeal) -> Vec<String> {
    let mut text = String::with_capacity(appeal.title.len() + appeal.text.len() + appeal.reply.len() + 64);
    for part in [&appeal.title, &appeal.text, &appeal.reply] {
        text.push_str(part);
        text.push('\n');
    }
    if appeal.visibility == Visibility::Public {
        text.push_str(&appeal.place.address);
    }
    gongzhi_lexicon::tokens_for_index(&text)
}

/// Everything about a new appeal that could be worked out outside the writer.
struct Prepared {
    appeal: Appeal,
    entries: Vec<Entry>,
    words: Words,
    contact: Reporter,
    receipt: Receipt,
    key: Option<PreparedKey>,
}

struct PreparedKey {
    key: String,
    key_hash: String,
    body_hash: String,
    salt: [u8; 16],
    kept: String,
}

impl Appeals {
    /// Takes an appeal in. With an idempotency key the same appeal sent again is answered with the same receipt,
    /// and another appeal with the same key is refused.
    ///
    /// Refused with `error-fields`, `appeal-key-used`, or by the policy.
    pub async fn submit(
        &self,
        context: &Context,
        submit: Submit,
        key: Option<&str>,
    ) -> Result<Receipt, Failure> {
        self.submit_with(context, submit, key, |_, _| Ok(())).await
    }

    /// The same, with something that is kept in the same unit of work as a new appeal.
    pub(crate) async fn submit_with(
        &self,
        context: &Context,
        submit: Submit,
        key: Option<&str>,
        also: impl Fn(&mut dyn Tx, AppealId) -> Result<(), Failure> + Send + Sync + 'static,
    ) -> Result<Receipt, Failure> {
        let prepared = self.prepare(context, &submit, key)?;
        let (books, directory) = (self.books(), self.directory());
        let now = context.now;
        let kept_since = now - books.rulebook(now)?.receipts.kept.plain().unwrap_or_default();
        let sweep = self.is_time_to_sweep(now);
        let receipt = self
            .store()
            .write(move |tx| {
                if sweep {
                    store::forget_receipts(tx, kept_since)?;
                }
                if let Some(key) = &prepared.key
                    && let Some(earlier) = take_key(tx, key, prepared.appeal.id)?
                {
                    return Ok(earlier);
                }
                store::insert(tx, &prepared.appeal, &books.categories, &directory)?;
                if !prepared.contact.is_empty() {
                    let world = tx.world();
                    let id: AppealId = world.ids.next(now);
                    store::insert_reporter(tx, id, prepared.appeal.id, &prepared.contact)?;
                }
                for entry in &prepared.entries {
                    tx.record_entry(entry)?;
                }
                tx.index_new(prepared.appeal.id.get(), &prepared.words)?;
                set_clock(tx, &prepared.appeal, true)?;
                also(tx, prepared.appeal.id)?;
                Ok::<_, Failure>(prepared.receipt.clone())
            })
            .await?;
        metrics::counter!("gongzhi_appeals_submitted").increment(u64::from(!receipt.repeated));
        Ok(receipt)
    }

    /// Whether such an appeal would be taken in, without taking it: for the page on which a report is checked.
    pub fn would_take(&self, context: &Context, submit: &Submit) -> Result<(), Failure> {
        self.prepare(context, submit, None).map(drop)
    }

    fn prepare(&self, context: &Context, submit: &Submit, key: Option<&str>) -> Result<Prepared, Failure> {
        let (books, directory, now) = (self.books(), self.directory(), context.now);
        let city = Resource::city();
        let for_another = matches!(
            submit.channel,
            Channel::Phone | Channel::WalkIn | Channel::Grid | Channel::Email | Channel::Import
        );
        let staff = self.policies().permits(&context.actor, "appeal.submit_for_another", &city);
        if for_another {
            self.policies().require(&context.actor, "appeal.submit_for_another", &city)?;
        } else {
            self.policies().require(&context.actor, "appeal.submit", &city)?;
        }

        let mut errors = Vec::new();
        let category = submit.category.and_then(|id| books.categories.get(id)).filter(|known| known.active);
        if submit.category.is_some() && category.is_none() {
            errors.push(FieldError::new("category", "error-category"));
        }
        if submit.area.is_some_and(|id| !directory.area(id).is_some_and(|area| area.valid_at(now))) {
            errors.push(FieldError::new("area", "error-area"));
        }

        let id: AppealId = context.id();
        let salt: [u8; 16] = context.random();
        let code = match key {
            Some(key) => TrackingCode::for_key(&salt, key),
            None => TrackingCode::from_bytes(context.random()),
        };
        let chosen = submit.urgency.filter(|_| staff);
        let submission = Submission {
            id,
            kind: submit.kind,
            channel: submit.channel,
            urgency: chosen.unwrap_or_else(|| category.map_or(Urgency::Ordinary, |known| known.urgency)),
            visibility: submit.visibility,
            category: submit.category,
            place: Place { area: submit.area, address: submit.address.clone(), point: submit.point },
            title: submit.title.clone(),
            text: submit.text.clone(),
            reporter: context.actor.person().filter(|_| !for_another),
            contact: submit.reporter.clone(),
            track: code.hash(id),
            named: books.organ_for(&directory, submit.category, submit.area, now),
        };
        let decided = decide(None, &Command::Submit(Box::new(submission)), books.rulebook(now)?, now);
        let events = match decided {
            Ok(events) if errors.is_empty() => events,
            Ok(_) => return Err(Refusal::fields(errors).into()),
            Err(mut refusal) => {
                refusal.fields.extend(errors);
                return Err(refusal.into());
            }
        };
        let appeal = folded(&events)?;
        let receipt = Receipt::of(&appeal, code);
        let contact = match events.first().map(|event| &event.change) {
            Some(Change::Submitted(parts)) => parts.sealed.contact.clone(),
            _ => Reporter::default(),
        };
        let key = match key {
            None => None,
            Some(key) => Some(PreparedKey {
                key: key.to_owned(),
                key_hash: hash_key(context, key),
                body_hash: hash_body(submit)?,
                salt,
                kept: receipt.kept()?,
            }),
        };
        let world = self.store().world();
        let entries = events
            .iter()
            .map(|event| Entry::of(world, &event.to_journal(context.actor.clone())?))
            .collect::<Result<_, Fault>>()?;
        let words = store::search_words(&appeal, &search_tokens(&appeal), &books.categories, &directory);
        Ok(Prepared { words, entries, contact, receipt, key, appeal })
    }

    /// Whether this intake should also sweep old receipts: about once a minute.
    fn is_time_to_sweep(&self, now: Timestamp) -> bool {
        let last = self.0.swept.load(Ordering::Relaxed);
        let now = now.as_micros();
        now - last >= SWEEP_EVERY
            && self.0.swept.compare_exchange(last, now, Ordering::Relaxed, Ordering::Relaxed).is_ok()
    }
}

/// The appeal that the rules' own events make.
pub(super) fn folded(events: &[AppealEvent]) -> Result<Appeal, Fault> {
    fold(events)
        .map_err(|bad| Fault::internal("the rules decided what cannot happen").because(bad))?
        .ok_or_else(|| Fault::internal("the rules decided on no event"))
}

/// A key counts per person, so that two people's keys never meet; visitors share one room of keys.
fn hash_key(context: &Context, key: &str) -> String {
    let mut hash = Sha256::new();
    hash.update(context.actor.person().map_or(0, |person| person.get()).to_le_bytes());
    hash.update(key.as_bytes());
    // Half of it tells keys apart as surely, and keeps the index of keys short.
    let mut hash = hex(&hash.finalize());
    hash.truncate(32);
    hash
}

fn hash_body(submit: &Submit) -> Result<String, Fault> {
    let body = serde_json::to_vec(submit)
        .map_err(|error| Fault::internal("cannot write a submission").because(error))?;
    Ok(hex(&Sha256::digest(&body)))
}

/// Takes the key, or finds what was answered to it.
fn take_key(tx: &mut dyn Tx, key: &PreparedKey, appeal: AppealId) -> Result<Option<Receipt>, Failure> {
    let salt = hex(&key.salt);
    let taken =
        tx.execute(&store::TAKE_KEY, params![&key.key_hash, &key.body_hash, &salt, appeal, &key.kept])?;
    if taken == 1 {
        return Ok(None);
    }
    let earlier = tx.one(&store::RECEIPT, params![&key.key_hash], |row| {
        Ok((row.string(0)?, row.string(1)?, row.id(2)?, row.json::<KeptReceipt>(3)?))
    })?;
    let (body_hash, salt, number, kept) =
        earlier.ok_or_else(|| Fault::internal("a taken key has no receipt"))?;
    if body_hash != key.body_hash {
        return Err(Refusal::conflict("appeal-key-used").into());
    }
    let salt = unhex(&salt).ok_or_else(|| Fault::corrupt("the salt of a receipt is no salt"))?;
    Ok(Some(Receipt {
        number,
        code: TrackingCode::for_key(&salt, &key.key),
        at: kept.at,
        organ: kept.organ,
        dispatch_due: kept.dispatch_due,
        deadlines: kept.deadlines,
        visibility: kept.visibility,
        repeated: true,
    }))
}

fn unhex(text: &str) -> Option<[u8; 16]> {
    let mut bytes = [0; 16];
    if text.len() != 32 {
        return None;
    }
    for (at, byte) in bytes.iter_mut().enumerate() {
        *byte = u8::from_str_radix(text.get(at * 2..at * 2 + 2)?, 16).ok()?;
    }
    Some(bytes)
}
