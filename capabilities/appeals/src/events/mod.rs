//! What can happen to an appeal. These fields are a contract: other capabilities, the open log and every replay of the
//! journal read them, so a field may be added but never renamed, removed or given another meaning. Golden samples of
//! each kind stand in `tests/snapshots`.
//!
//! Each event has a public part, safe for the open log, and a sealed part with everything that may name or betray
//! a person: texts, places, reasons, notes. Of a confidential appeal the area and the answer are sealed as well.
//!
//! | kind | 中文 | public | sealed |
//! |---|---|---|---|
//! | `appeal.submitted` | 提交 | kind, channel, urgency, visibility, category, area, dispatch_due, rulebook, source | title, text, address, point, reporter, contact, track (and area) |
//! | `appeal.dispatched` | 派单 | organ, by, ruled, deadlines (first dispatch of a round), catalogue | note |
//! | `appeal.accepted` | 签收受理 | organ, in_time | – |
//! | `appeal.contacted` | 首次联系 | organ, way, in_time | note |
//! | `appeal.returned` | 退单 | organ, count | reason |
//! | `appeal.answered` | 答复 | organ, round, seconds, in_time, appraise_by, reply | (reply) |
//! | `appeal.appraised` | 评价 | organ, round, solved, satisfied, contacted, by, appraise_by | comment |
//! | `appeal.reopened` | 重办 | organ, round, deadlines, rulebook | reason |
//! | `appeal.withdrawn` | 撤回 | organ | reason |
//! | `appeal.closed` | 办结 | organ, how, from | – |
//! | `appeal.overdue` | 逾期 | organ, stage, due | – |
//! | `appeal.reminded` | 提醒 | organ, stage, due: before the deadline; at the deadline itself comes `appeal.overdue` | – |
//! | `appeal.transferred` | 转办 | from, organ, count | reason |
//! | `appeal.extended` | 延期、暂停计时 | organ, deadlines, reminders, count, pause (ground, until), task | – |
//! | `appeal.resumed` | 恢复计时 | organ, ground, deadlines, reminders | – |
//! | `appeal.merged` | 并单 | into | reason |
//! | `appeal.split` | 拆单 | from | reason |
//!
//! What organs ask of one another beside a case has events of its own: see [`TASK_KINDS`].
//!
//! Files are subjects of their own, `appeal_file`, so that adding one never stands in the way of the case (`rules/files.rs`):
//! `appeal_file.attached` (添加附件; public: appeal, by, organ, media, length, sealed: name, blob, photo),
//! `appeal_file.shown` (公开附件; public: appeal, blob), `appeal_file.hidden` (撤下附件; public: appeal).
//!
//! So are those whose matter a case is as well, `appeal_follower` (`rules/follow.rs`): `appeal_follower.joined` (跟进; public: appeal,
//! sealed: person, track), `appeal_follower.left` (不再跟进; public: appeal).
//!
//! Reading who reported is an event of its own subject, `appeal_reporter`, so that it never stands in the way of the
//! case: `appeal.reporter_read` (查看反映人信息; public: organ, sealed: purpose, fields). So are exclusions from the indicators, of the
//! subject `appeal_exclusion`: see [`crate::indicators::EXCLUSION_ASKED`].

mod moves;
mod tasks;

use gongzhi_kernel::{
    Actor, AppealId, AreaId, Event, EventKind, Fault, NewEvent, OrganId, PersonId, Point, Subject, Timestamp,
};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::model::{
    Appraisal, CategoryId, Channel, Closing, ContactWay, Deadlines, DispatchedBy, Kind, Phase, Reminders,
    Reporter, Source, Stage, Urgency, Visibility,
};

pub use moves::{
    ExtendedPublic, MergedPublic, PauseGiven, RemindedPublic, ResumedPublic, SplitPublic, TransferredPublic,
};
pub use tasks::{
    NOTE_SUBJECT, NOTE_WRITTEN, TASK_APPROVED, TASK_CANCELLED, TASK_ESCALATED, TASK_EXCLUDED, TASK_KINDS,
    TASK_LIFTED, TASK_OPENED, TASK_PRESSED, TASK_RATED, TASK_REFUSED, TASK_REPORTED, TASK_SUBJECT,
    TASK_TRIED, TaskEvent, TaskPublic, TaskSealed,
};

/// The kind of subject of an appeal's events.
pub const SUBJECT: &str = "appeal";
/// The kind of subject of readings of a reporter's identity; its id is the appeal's.
pub const REPORTER_SUBJECT: &str = "appeal_reporter";
/// The kind of event of such a reading.
pub const REPORTER_READ: EventKind = "appeal.reporter_read";

fn is_false(value: &bool) -> bool {
    !*value
}

/// Public part of `appeal.submitted`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SubmittedPublic {
    /// What is asked for.
    pub kind: Kind,
    /// How it came in.
    pub channel: Channel,
    /// How soon it must be answered.
    pub urgency: Urgency,
    /// Who may see it.
    pub visibility: Visibility,
    /// What it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub category: Option<CategoryId>,
    /// Where; of a confidential appeal it is sealed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub area: Option<AreaId>,
    /// By when a dispatcher must name an organ.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dispatch_due: Option<Timestamp>,
    /// When to remind of it.
    #[serde(default, skip_serializing_if = "Reminders::is_none")]
    pub reminders: Reminders,
    /// The version of the rulebook that it was taken in under; 0 for imported ones.
    pub rulebook: i64,
    /// Where it was imported from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<Source>,
}

/// Sealed part of `appeal.submitted`.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct SubmittedSealed {
    /// In one line.
    pub title: String,
    /// In full.
    pub text: String,
    /// Where, in words.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub address: String,
    /// Where, on the map.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub point: Option<Point>,
    /// Where, if the appeal is confidential.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub area: Option<AreaId>,
    /// The reporter, if they were signed in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reporter: Option<PersonId>,
    /// How to reach the reporter.
    #[serde(skip_serializing_if = "Reporter::is_empty")]
    pub contact: Reporter,
    /// Salted SHA-256 of the tracking code, hexadecimal.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub track: String,
}

/// Public part of `appeal.dispatched`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DispatchedPublic {
    /// To which organ.
    pub organ: OrganId,
    /// Who named it.
    pub by: DispatchedBy,
    /// Whether it is the final ruling: it cannot be sent back any more.
    #[serde(default, skip_serializing_if = "is_false")]
    pub ruled: bool,
    /// Set by the first dispatch only; being sent back does not move them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deadlines: Option<Deadlines>,
    /// When to remind of them.
    #[serde(default, skip_serializing_if = "Reminders::is_none")]
    pub reminders: Reminders,
    /// The version of the catalogue, if it named the organ.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub catalogue: Option<i64>,
}

/// A sealed part that is one note.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct NoteSealed {
    /// In the words of who did it; may be empty.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub note: String,
}

/// A sealed part that is one reason.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct ReasonSealed {
    /// In the words of who did it.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub reason: String,
}

/// Public part of `appeal.accepted`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AcceptedPublic {
    /// By which organ.
    pub organ: OrganId,
    /// Whether by its deadline; absent where none is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub in_time: Option<bool>,
}

/// Public part of `appeal.contacted`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ContactedPublic {
    /// By which organ.
    pub organ: OrganId,
    /// How.
    pub way: ContactWay,
    /// Whether by its deadline; absent where none is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub in_time: Option<bool>,
}

/// Public part of `appeal.returned`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ReturnedPublic {
    /// Which organ sent it back.
    pub organ: OrganId,
    /// How often it has now been sent back.
    pub count: u8,
}

/// Public part of `appeal.answered`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AnsweredPublic {
    /// By which organ; an imported answer may name none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub organ: Option<OrganId>,
    /// 1, or 2 for the second handling.
    pub round: u8,
    /// Seconds since the appeal was submitted or, in the second round, reopened.
    pub seconds: i64,
    /// Whether by its deadline; absent where none is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub in_time: Option<bool>,
    /// Until when the reporter may appraise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub appraise_by: Option<Timestamp>,
    /// The answer, unless the appeal is confidential.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub reply: String,
}

/// Sealed part of `appeal.answered`.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct AnsweredSealed {
    /// The answer to a confidential appeal.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub reply: String,
}

/// Public part of `appeal.appraised`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AppraisedPublic {
    /// The organ that had answered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub organ: Option<OrganId>,
    /// Which round's answer.
    pub round: u8,
    /// What was said.
    #[serde(flatten)]
    pub appraisal: Appraisal,
    /// Until when a dissatisfied reporter may still ask for a second handling.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub appraise_by: Option<Timestamp>,
}

/// Sealed part of `appeal.appraised`.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct AppraisedSealed {
    /// In the reporter's words; may be empty.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub comment: String,
}

/// Public part of `appeal.reopened`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ReopenedPublic {
    /// The organ that must handle it again.
    pub organ: OrganId,
    /// Which round begins.
    pub round: u8,
    /// By when each stage of the new round is due.
    pub deadlines: Deadlines,
    /// When to remind of them.
    #[serde(default, skip_serializing_if = "Reminders::is_none")]
    pub reminders: Reminders,
    /// The version of the rulebook that they come from.
    pub rulebook: i64,
}

/// Public part of `appeal.withdrawn`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct WithdrawnPublic {
    /// The organ that had it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub organ: Option<OrganId>,
}

/// Public part of `appeal.closed`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ClosedPublic {
    /// The organ that had it last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub organ: Option<OrganId>,
    /// Why.
    pub how: Closing,
    /// Whether it was open or answered before.
    pub from: Phase,
}

/// Public part of `appeal.overdue`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OverduePublic {
    /// The organ that should have acted; none while a dispatcher should.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub organ: Option<OrganId>,
    /// What was not done in time.
    pub stage: Stage,
    /// By when it was due.
    pub due: Timestamp,
}

/// A sealed part without anything in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Nothing {}

/// An event in its two parts.
#[derive(Debug, Clone, PartialEq)]
pub struct Parts<P, S> {
    /// Safe for the open log.
    pub public: P,
    /// May name or betray a person. Empty in an event whose sealed part has been erased.
    pub sealed: S,
}

/// What happened.
#[derive(Debug, Clone, PartialEq)]
pub enum Change {
    /// 提交.
    Submitted(Box<Parts<SubmittedPublic, SubmittedSealed>>),
    /// 派单.
    Dispatched(Parts<DispatchedPublic, NoteSealed>),
    /// 签收受理.
    Accepted(Parts<AcceptedPublic, Nothing>),
    /// 首次联系.
    Contacted(Parts<ContactedPublic, NoteSealed>),
    /// 退单.
    Returned(Parts<ReturnedPublic, ReasonSealed>),
    /// 答复.
    Answered(Box<Parts<AnsweredPublic, AnsweredSealed>>),
    /// 评价.
    Appraised(Parts<AppraisedPublic, AppraisedSealed>),
    /// 重办.
    Reopened(Parts<ReopenedPublic, ReasonSealed>),
    /// 撤回.
    Withdrawn(Parts<WithdrawnPublic, ReasonSealed>),
    /// 办结.
    Closed(Parts<ClosedPublic, Nothing>),
    /// 逾期.
    Overdue(Parts<OverduePublic, Nothing>),
    /// 提醒.
    Reminded(Parts<RemindedPublic, Nothing>),
    /// 转办.
    Transferred(Parts<TransferredPublic, ReasonSealed>),
    /// 延期、暂停计时.
    Extended(Box<Parts<ExtendedPublic, Nothing>>),
    /// 恢复计时.
    Resumed(Box<Parts<ResumedPublic, Nothing>>),
    /// 并单.
    Merged(Parts<MergedPublic, ReasonSealed>),
    /// 拆单.
    Split(Parts<SplitPublic, ReasonSealed>),
}

/// All kinds of events of an appeal, in the order of a case's life.
pub const KINDS: [EventKind; 17] = [
    "appeal.submitted",
    "appeal.dispatched",
    "appeal.accepted",
    "appeal.contacted",
    "appeal.returned",
    "appeal.answered",
    "appeal.appraised",
    "appeal.reopened",
    "appeal.withdrawn",
    "appeal.closed",
    "appeal.overdue",
    "appeal.reminded",
    "appeal.transferred",
    "appeal.extended",
    "appeal.resumed",
    "appeal.merged",
    "appeal.split",
];

impl Change {
    /// The kind of the event.
    pub const fn kind(&self) -> EventKind {
        match self {
            Self::Submitted(_) => "appeal.submitted",
            Self::Dispatched(_) => "appeal.dispatched",
            Self::Accepted(_) => "appeal.accepted",
            Self::Contacted(_) => "appeal.contacted",
            Self::Returned(_) => "appeal.returned",
            Self::Answered(_) => "appeal.answered",
            Self::Appraised(_) => "appeal.appraised",
            Self::Reopened(_) => "appeal.reopened",
            Self::Withdrawn(_) => "appeal.withdrawn",
            Self::Closed(_) => "appeal.closed",
            Self::Overdue(_) => "appeal.overdue",
            Self::Reminded(_) => "appeal.reminded",
            Self::Transferred(_) => "appeal.transferred",
            Self::Extended(_) => "appeal.extended",
            Self::Resumed(_) => "appeal.resumed",
            Self::Merged(_) => "appeal.merged",
            Self::Split(_) => "appeal.split",
        }
    }

    /// The two parts as the journal keeps them.
    pub fn split(&self) -> Result<(Value, Option<Value>), Fault> {
        match self {
            Self::Submitted(parts) => write(parts),
            Self::Dispatched(parts) => write(parts),
            Self::Accepted(parts) => write(parts),
            Self::Contacted(parts) => write(parts),
            Self::Returned(parts) => write(parts),
            Self::Answered(parts) => write(parts),
            Self::Appraised(parts) => write(parts),
            Self::Reopened(parts) => write(parts),
            Self::Withdrawn(parts) => write(parts),
            Self::Closed(parts) => write(parts),
            Self::Overdue(parts) => write(parts),
            Self::Reminded(parts) => write(parts),
            Self::Transferred(parts) => write(parts),
            Self::Extended(parts) => write(parts),
            Self::Resumed(parts) => write(parts),
            Self::Merged(parts) => write(parts),
            Self::Split(parts) => write(parts),
        }
    }

    /// From the two parts. A sealed part that has been erased reads as an empty one.
    pub fn join(kind: &str, public: &Value, sealed: Option<&Value>) -> Result<Self, Fault> {
        Ok(match kind {
            "appeal.submitted" => Self::Submitted(Box::new(read(kind, public, sealed)?)),
            "appeal.dispatched" => Self::Dispatched(read(kind, public, sealed)?),
            "appeal.accepted" => Self::Accepted(read(kind, public, sealed)?),
            "appeal.contacted" => Self::Contacted(read(kind, public, sealed)?),
            "appeal.returned" => Self::Returned(read(kind, public, sealed)?),
            "appeal.answered" => Self::Answered(Box::new(read(kind, public, sealed)?)),
            "appeal.appraised" => Self::Appraised(read(kind, public, sealed)?),
            "appeal.reopened" => Self::Reopened(read(kind, public, sealed)?),
            "appeal.withdrawn" => Self::Withdrawn(read(kind, public, sealed)?),
            "appeal.closed" => Self::Closed(read(kind, public, sealed)?),
            "appeal.overdue" => Self::Overdue(read(kind, public, sealed)?),
            "appeal.reminded" => Self::Reminded(read(kind, public, sealed)?),
            "appeal.transferred" => Self::Transferred(read(kind, public, sealed)?),
            "appeal.extended" => Self::Extended(Box::new(read(kind, public, sealed)?)),
            "appeal.resumed" => Self::Resumed(Box::new(read(kind, public, sealed)?)),
            "appeal.merged" => Self::Merged(read(kind, public, sealed)?),
            "appeal.split" => Self::Split(read(kind, public, sealed)?),
            _ => return Err(Fault::corrupt(format!("`{kind}` is no event of an appeal"))),
        })
    }
}

fn write<P: Serialize, S: Serialize>(parts: &Parts<P, S>) -> Result<(Value, Option<Value>), Fault> {
    let value = |result: Result<Value, serde_json::Error>| {
        result.map_err(|error| Fault::internal("cannot write an event").because(error))
    };
    let public = value(serde_json::to_value(&parts.public))?;
    let sealed = value(serde_json::to_value(&parts.sealed))?;
    let something = sealed.as_object().is_some_and(|fields| !fields.is_empty());
    Ok((public, something.then_some(sealed)))
}

fn read<P: DeserializeOwned, S: DeserializeOwned + Default>(
    kind: &str,
    public: &Value,
    sealed: Option<&Value>,
) -> Result<Parts<P, S>, Fault> {
    let wrong = |error| Fault::corrupt(format!("`{kind}` is not as its contract says")).because(error);
    Ok(Parts {
        public: P::deserialize(public).map_err(wrong)?,
        sealed: sealed.map(S::deserialize).transpose().map_err(wrong)?.unwrap_or_default(),
    })
}

/// An event of an appeal.
#[derive(Debug, Clone, PartialEq)]
pub struct AppealEvent {
    /// Of which appeal.
    pub appeal: AppealId,
    /// Which of its events, from 1.
    pub revision: i64,
    /// When.
    pub at: Timestamp,
    /// What.
    pub change: Change,
}

impl AppealEvent {
    /// As the journal takes it in.
    pub fn to_journal(&self, actor: Actor) -> Result<NewEvent, Fault> {
        let (public, sealed) = self.change.split()?;
        Ok(NewEvent {
            kind: self.change.kind(),
            subject: Subject::new(SUBJECT, self.appeal),
            revision: self.revision,
            at: self.at,
            actor,
            public,
            sealed,
        })
    }

    /// As the journal holds it.
    pub fn from_journal(event: &Event) -> Result<Self, Fault> {
        let appeal = AppealId::new(event.subject.id)
            .filter(|_| event.subject.kind == SUBJECT)
            .ok_or_else(|| Fault::corrupt(format!("event {} is not about an appeal", event.id)))?;
        let change = Change::join(&event.kind, &event.public, event.sealed.as_ref())?;
        Ok(Self { appeal, revision: event.revision, at: event.at, change })
    }
}
