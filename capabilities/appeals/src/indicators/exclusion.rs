//! 剔除: a case is left out of the indicators of the call-back. One operator asks for it with a reason, another decides;
//! both are events. [`ask`] and [`review`] are the rules.

use gongzhi_kernel::{
    AppealId, Context, Event, Failure, Fault, NewEvent, PersonId, Refusal, Subject, Timestamp,
};
use gongzhi_store::Tx;
use serde_json::{Value, json};

use super::{EXCLUSION_ASKED, EXCLUSION_REVIEWED, EXCLUSION_SUBJECT, Exclusion};
use crate::actions::{Appeals, find_readable};
use crate::model::{Appeal, Phase, StateName};
use crate::rules::checked_reason;
use crate::store::indicators::{self as sql, ExclusionRecord};

/// The refusals of this file.
pub const REFUSALS: [&str; 4] =
    ["exclusion-too-early", "exclusion-already", "exclusion-not-waiting", "exclusion-own"];

/// Whether an exclusion may be asked for now: once, after the answer.
pub fn ask(appeal: &Appeal, known: Option<&ExclusionRecord>) -> Result<(), Refusal> {
    if appeal.state.phase() == Phase::Open || appeal.state.name() == StateName::Withdrawn {
        return Err(Refusal::conflict("exclusion-too-early"));
    }
    if known.is_some() {
        return Err(Refusal::conflict("exclusion-already"));
    }
    Ok(())
}

/// The exclusion once it is decided: by somebody other than who asked, once.
pub fn review(
    known: Option<ExclusionRecord>,
    by: Option<PersonId>,
    granted: bool,
    now: Timestamp,
) -> Result<ExclusionRecord, Refusal> {
    let Some(waiting) = known.filter(|known| known.reviewed_at.is_none()) else {
        return Err(Refusal::conflict("exclusion-not-waiting"));
    };
    if by.is_some() && by == waiting.asked_by {
        return Err(Refusal::conflict("exclusion-own"));
    }
    Ok(ExclusionRecord {
        revision: waiting.revision + 1,
        reviewed_at: Some(now),
        granted: Some(granted),
        ..waiting
    })
}

/// The exclusion as its events tell it.
pub(crate) fn fold(events: &[Event]) -> Option<ExclusionRecord> {
    let mut record: Option<ExclusionRecord> = None;
    for event in events {
        let word = |name: &str| event.public.get(name).and_then(Value::as_str);
        record = match (record, event.kind.as_str()) {
            (None, EXCLUSION_ASKED) => Some(ExclusionRecord {
                id: gongzhi_kernel::Id::new(event.subject.id)?,
                revision: event.revision,
                appeal: super::subject_of(&event.subject, &event.public)?,
                reason: word("reason").and_then(Exclusion::from_word)?,
                asked_at: event.at,
                asked_by: event.actor.person(),
                reviewed_at: None,
                granted: None,
            }),
            (Some(record), EXCLUSION_REVIEWED) => Some(ExclusionRecord {
                revision: event.revision,
                reviewed_at: Some(event.at),
                granted: event.public.get("granted").and_then(Value::as_bool),
                ..record
            }),
            (record, _) => record,
        };
    }
    record
}

/// How many exclusions a page of the review shows.
const WAITING: i64 = 100;

/// An exclusion that waits for a review, with the words of who asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiting {
    /// The exclusion.
    pub record: ExclusionRecord,
    /// Why, in the words of who asked; empty where it has been erased.
    pub note: String,
}

impl Appeals {
    /// Asks that a case be left out of the indicators of the call-back. Refused with `exclusion-too-early`,
    /// `exclusion-already`, or the field `note`.
    pub async fn ask_exclusion(
        &self,
        context: &Context,
        number: AppealId,
        reason: Exclusion,
        note: &str,
    ) -> Result<(), Failure> {
        let (policies, directory, context) = (self.policies().clone(), self.directory(), context.clone());
        let note = checked_reason("note", note, self.books().rulebook(context.now)?)?;
        self.store()
            .write(move |tx| {
                let (appeal, resource) =
                    find_readable(tx, &policies, &directory, &context.actor, number, None)?;
                policies.require(&context.actor, "appeal.ask_exclusion", &resource)?;
                ask(&appeal, sql::exclusion(tx, number)?.as_ref())?;
                let record = ExclusionRecord {
                    id: tx.world().ids.next(context.now),
                    revision: 1,
                    appeal: number,
                    reason,
                    asked_at: context.now,
                    asked_by: context.actor.person(),
                    reviewed_at: None,
                    granted: None,
                };
                sql::keep_exclusion(tx, &record)?;
                let public = json!({ "appeal": number, "reason": reason });
                record_event(tx, &context, &record, EXCLUSION_ASKED, public, &note)
            })
            .await
    }

    /// Decides on an exclusion. Refused with `exclusion-not-waiting`, `exclusion-own`, or the field `note`.
    pub async fn review_exclusion(
        &self,
        context: &Context,
        number: AppealId,
        granted: bool,
        note: &str,
    ) -> Result<(), Failure> {
        let (policies, directory, context) = (self.policies().clone(), self.directory(), context.clone());
        let note = checked_reason("note", note, self.books().rulebook(context.now)?)?;
        self.store()
            .write(move |tx| {
                let (_, resource) = find_readable(tx, &policies, &directory, &context.actor, number, None)?;
                policies.require(&context.actor, "appeal.review_exclusion", &resource)?;
                let known = sql::exclusion(tx, number)?;
                let record = review(known, context.actor.person(), granted, context.now)?;
                sql::keep_exclusion(tx, &record)?;
                let public = json!({ "appeal": number, "reason": record.reason, "granted": granted });
                record_event(tx, &context, &record, EXCLUSION_REVIEWED, public, &note)
            })
            .await
    }

    /// Exclusions that wait for a review, oldest first: for those who may decide on them.
    pub async fn waiting_exclusions(&self, context: &Context) -> Result<Vec<Waiting>, Failure> {
        let (policies, actor) = (self.policies().clone(), context.actor.clone());
        policies.require(&actor, "appeal.see_exclusions", &gongzhi_people::Resource::city())?;
        let waiting: Result<Vec<Waiting>, Fault> = self
            .store()
            .read(move |tx| {
                let records = sql::waiting(tx, WAITING)?;
                let mut all = Vec::with_capacity(records.len());
                for record in records {
                    let events = tx.history(&Subject::new(EXCLUSION_SUBJECT, record.id))?;
                    let sealed = events.first().and_then(|event| event.sealed.as_ref());
                    let note = sealed.and_then(|sealed| sealed.get("note")).and_then(Value::as_str);
                    all.push(Waiting { record, note: note.unwrap_or_default().to_owned() });
                }
                Ok(all)
            })
            .await;
        Ok(waiting?)
    }
}

fn record_event(
    tx: &mut dyn Tx,
    context: &Context,
    record: &ExclusionRecord,
    kind: gongzhi_kernel::EventKind,
    public: Value,
    note: &str,
) -> Result<(), Failure> {
    tx.record(NewEvent {
        kind,
        subject: Subject::new(EXCLUSION_SUBJECT, record.id),
        revision: record.revision,
        at: context.now,
        actor: context.actor.clone(),
        public,
        sealed: Some(json!({ "note": note })),
    })?;
    Ok(())
}
