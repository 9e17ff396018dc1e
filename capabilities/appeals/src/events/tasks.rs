//! What happens beside a case (协同事项): the events of a task, subject `appeal_task`.
//!
//! | kind | 中文 | public besides appeal and kind | sealed |
//! |---|---|---|---|
//! | `appeal_task.opened` | 发起 | from, organ, invited, round, due, terms | text, person |
//! | `appeal_task.reported` | 报到、回复 | in_time | text, person |
//! | `appeal_task.rated` | 打分 | score | text |
//! | `appeal_task.approved` | 同意 | – | text |
//! | `appeal_task.refused` | 不同意 | – | text |
//! | `appeal_task.lifted` | 解除督办 | – | text |
//! | `appeal_task.pressed` | 再次督办 | due | text |
//! | `appeal_task.escalated` | 升级督办 | from, due, count | – |
//! | `appeal_task.cancelled` | 取消 | – | text |
//! | `appeal_task.tried` | 未接通 | count, due | text |
//! | `appeal_task.excluded` | 剔除 | exclusion | text |
//!
//! What officials write down for themselves is `appeal_note.written` (记录备注; public: appeal, kind, organ, reached; sealed:
//! text), subject `appeal_note`.

use gongzhi_kernel::{
    Actor, AppealId, Event, EventKind, Fault, NewEvent, OrganId, PersonId, Subject, Timestamp,
};
use serde::{Deserialize, Serialize};

use crate::model::{Exclusion, Happening, TaskId, TaskKind, Terms};

/// The kind of subject of a task's events.
pub const TASK_SUBJECT: &str = "appeal_task";
/// The kind of subject of a note's one event.
pub const NOTE_SUBJECT: &str = "appeal_note";
/// See the words above.
pub const NOTE_WRITTEN: EventKind = "appeal_note.written";
/// See the table above.
pub const TASK_OPENED: EventKind = "appeal_task.opened";
/// See the table above.
pub const TASK_REPORTED: EventKind = "appeal_task.reported";
/// See the table above.
pub const TASK_RATED: EventKind = "appeal_task.rated";
/// See the table above.
pub const TASK_APPROVED: EventKind = "appeal_task.approved";
/// See the table above.
pub const TASK_REFUSED: EventKind = "appeal_task.refused";
/// See the table above.
pub const TASK_LIFTED: EventKind = "appeal_task.lifted";
/// See the table above.
pub const TASK_PRESSED: EventKind = "appeal_task.pressed";
/// See the table above.
pub const TASK_ESCALATED: EventKind = "appeal_task.escalated";
/// See the table above.
pub const TASK_CANCELLED: EventKind = "appeal_task.cancelled";
/// See the table above.
pub const TASK_TRIED: EventKind = "appeal_task.tried";
/// See the table above.
pub const TASK_EXCLUDED: EventKind = "appeal_task.excluded";

/// All kinds of events of a task.
pub const TASK_KINDS: [EventKind; 11] = [
    TASK_OPENED,
    TASK_REPORTED,
    TASK_RATED,
    TASK_APPROVED,
    TASK_REFUSED,
    TASK_LIFTED,
    TASK_PRESSED,
    TASK_ESCALATED,
    TASK_CANCELLED,
    TASK_TRIED,
    TASK_EXCLUDED,
];

const fn kind_of(what: Happening) -> EventKind {
    match what {
        Happening::Opened => TASK_OPENED,
        Happening::Reported => TASK_REPORTED,
        Happening::Rated => TASK_RATED,
        Happening::Approved => TASK_APPROVED,
        Happening::Refused => TASK_REFUSED,
        Happening::Lifted => TASK_LIFTED,
        Happening::Pressed => TASK_PRESSED,
        Happening::Escalated => TASK_ESCALATED,
        Happening::Cancelled => TASK_CANCELLED,
        Happening::Tried => TASK_TRIED,
        Happening::Excluded => TASK_EXCLUDED,
    }
}

/// Public part.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TaskPublic {
    /// Of which case.
    pub appeal: AppealId,
    /// What is asked.
    pub kind: TaskKind,
    /// Which organ asks or presses.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<OrganId>,
    /// Which organ must act.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub organ: Option<OrganId>,
    /// Which organs are invited besides.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub invited: Vec<OrganId>,
    /// In which round of the case.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub round: Option<u8>,
    /// By when.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due: Option<Timestamp>,
    /// What is asked of the level above.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub terms: Option<Terms>,
    /// Whether by its deadline.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub in_time: Option<bool>,
    /// How often it went up the tree, or how many calls reached nobody.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub count: Option<u8>,
    /// 1 to 5.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub score: Option<u8>,
    /// Why it is not counted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exclusion: Option<Exclusion>,
}

impl TaskPublic {
    /// Of this case and kind, saying nothing more.
    pub fn of(appeal: AppealId, kind: TaskKind) -> Self {
        Self {
            appeal,
            kind,
            from: None,
            organ: None,
            invited: Vec::new(),
            round: None,
            due: None,
            terms: None,
            in_time: None,
            count: None,
            score: None,
            exclusion: None,
        }
    }
}

/// Sealed part.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct TaskSealed {
    /// In words.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub text: String,
    /// Which person is named.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub person: Option<PersonId>,
}

/// An event of a task.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TaskEvent {
    /// Of which task.
    pub task: TaskId,
    /// Which of its events, from 1.
    pub revision: i64,
    /// When.
    pub at: Timestamp,
    /// What.
    pub what: Happening,
    /// Safe for the open log.
    pub public: TaskPublic,
    /// Texts and persons.
    pub sealed: TaskSealed,
}

impl TaskEvent {
    /// As the journal takes it in.
    pub fn to_journal(&self, actor: Actor) -> Result<NewEvent, Fault> {
        let value = |result: Result<serde_json::Value, serde_json::Error>| {
            result.map_err(|error| Fault::internal("cannot write an event").because(error))
        };
        let sealed = value(serde_json::to_value(&self.sealed))?;
        let something = sealed.as_object().is_some_and(|fields| !fields.is_empty());
        Ok(NewEvent {
            kind: kind_of(self.what),
            subject: Subject::new(TASK_SUBJECT, self.task),
            revision: self.revision,
            at: self.at,
            actor,
            public: value(serde_json::to_value(&self.public))?,
            sealed: something.then_some(sealed),
        })
    }

    /// As the journal holds it; a sealed part that has been erased reads as an empty one.
    pub fn from_journal(event: &Event) -> Result<Self, Fault> {
        let wrong = || Fault::corrupt(format!("event {} is none of a task", event.id));
        let task =
            TaskId::new(event.subject.id).filter(|_| event.subject.kind == TASK_SUBJECT).ok_or_else(wrong)?;
        let what =
            event.kind.split_once('.').and_then(|(_, word)| Happening::from_word(word)).ok_or_else(wrong)?;
        let sealed = match &event.sealed {
            Some(sealed) => TaskSealed::deserialize(sealed).map_err(|error| wrong().because(error))?,
            None => TaskSealed::default(),
        };
        Ok(Self {
            task,
            revision: event.revision,
            at: event.at,
            what,
            public: TaskPublic::deserialize(&event.public).map_err(|error| wrong().because(error))?,
            sealed,
        })
    }
}
