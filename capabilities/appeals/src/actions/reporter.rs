//! Who reported: read only for a purpose, and every reading is an event that the reporter can see.

use gongzhi_kernel::{
    Actor, AppealId, Context, Event, Failure, Fault, NewEvent, Refusal, Subject, Timestamp,
};
use gongzhi_store::params;
use serde_json::json;

use super::{Appeals, TrackingCode, find_readable};
use crate::events::{REPORTER_READ, REPORTER_SUBJECT};
use crate::model::Reporter;
use crate::rules::checked_reason;
use crate::store;

/// One reading of who reported.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reading {
    /// When.
    pub at: Timestamp,
    /// Who read it.
    pub actor: Actor,
    /// What for, in their words; empty where it has been erased.
    pub purpose: String,
}

fn reading(event: &Event) -> Reading {
    let purpose =
        event.sealed.as_ref().and_then(|sealed| sealed.get("purpose")).and_then(|text| text.as_str());
    Reading { at: event.at, actor: event.actor.clone(), purpose: purpose.unwrap_or_default().to_owned() }
}

impl Appeals {
    /// How to reach the reporter, for a purpose that is recorded. Refused with the field `purpose`, or with
    /// `appeal-no-reporter` where none was given.
    pub async fn read_reporter(
        &self,
        context: &Context,
        id: AppealId,
        purpose: &str,
    ) -> Result<Reporter, Failure> {
        let (policies, directory, context) = (self.policies().clone(), self.directory(), context.clone());
        let purpose = checked_reason("purpose", purpose, self.books().rulebook(context.now)?)?;
        self.store()
            .write(move |tx| {
                let (appeal, resource) = find_readable(tx, &policies, &directory, &context.actor, id, None)?;
                policies.require(&context.actor, "appeal.read_reporter", &resource)?;
                let record = store::reporter(tx, appeal.id)?
                    .ok_or_else(|| Refusal::not_found("appeal-no-reporter"))?;
                let readings = record.readings + 1;
                tx.execute(&store::COUNT_READING, params![appeal.id, readings])?;
                tx.record(NewEvent {
                    kind: REPORTER_READ,
                    subject: Subject { kind: REPORTER_SUBJECT.into(), id: record.id },
                    revision: readings,
                    at: context.now,
                    actor: context.actor.clone(),
                    public: json!({ "appeal": appeal.id, "organ": context.actor.organ() }),
                    sealed: Some(json!({ "purpose": purpose })),
                })?;
                Ok(record.reporter)
            })
            .await
    }

    /// Who has read who reported, the latest first: for the reporter (by account or code) and auditors.
    pub async fn readings(
        &self,
        context: &Context,
        id: AppealId,
        code: Option<TrackingCode>,
    ) -> Result<Vec<Reading>, Failure> {
        let (policies, directory, actor) = (self.policies().clone(), self.directory(), context.actor.clone());
        self.store()
            .read(move |tx| {
                let (appeal, resource) = find_readable(tx, &policies, &directory, &actor, id, code.as_ref())?;
                policies.require(&actor, "appeal.see_readings", &resource)?;
                let Some(record) = store::reporter(tx, appeal.id)? else { return Ok(Vec::new()) };
                let events = tx.history(&Subject { kind: REPORTER_SUBJECT.into(), id: record.id })?;
                Ok(events.iter().rev().map(reading).collect())
            })
            .await
    }

    /// Whether there is a reporter that could be read, without reading.
    pub async fn has_reporter(&self, id: AppealId) -> Result<bool, Fault> {
        self.store().read(move |tx| Ok(store::reporter(tx, id)?.is_some())).await
    }
}
