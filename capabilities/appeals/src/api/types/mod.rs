//! What machines send and read. Ids travel as text of sixteen digits: JavaScript rounds larger numbers in silence, and a
//! number on a receipt begins with zeros.

mod asked;
mod filled;

use gongzhi_kernel::{LocalText, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::actions::Receipt;
use crate::figures::Figures;
use crate::model::{
    AppraisedBy, Channel, Closing, ContactWay, Deadlines, DispatchedBy, Kind, Stage, StateName, Urgency,
    Visibility,
};

pub use asked::*;

/// A place on the earth, in WGS-84 degrees.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PointBody {
    /// Degrees north, −90 to 90.
    #[schema(example = 30.4123)]
    pub lat: f64,
    /// Degrees east, −180 to 180.
    #[schema(example = 121.0871)]
    pub lon: f64,
}

/// By when each stage is due; absent where it is not known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
pub struct DeadlinesBody {
    /// The organ accepts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime, example = "2026-03-02T03:00:00Z")]
    pub accept: Option<Timestamp>,
    /// The organ speaks with the reporter.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime, example = "2026-03-03T01:00:00Z")]
    pub contact: Option<Timestamp>,
    /// The organ answers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime, example = "2026-03-09T01:00:00Z")]
    pub answer: Option<Timestamp>,
}

impl From<Deadlines> for DeadlinesBody {
    fn from(from: Deadlines) -> Self {
        Self { accept: from.accept, contact: from.contact, answer: from.answer }
    }
}

/// A name in Chinese and, where somebody has written it, in English.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct NameBody {
    /// In Chinese.
    #[schema(example = "路灯照明")]
    pub zh: String,
    /// In English.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "Street lighting")]
    pub en: Option<String>,
}

impl From<&LocalText> for NameBody {
    fn from(from: &LocalText) -> Self {
        Self { zh: from.zh.clone(), en: from.en.clone() }
    }
}

/// Something with an id, a code and a name: an organ, an area, a category.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct NamedBody {
    /// Its id, sixteen digits.
    #[schema(example = "0098304512000000")]
    pub id: String,
    /// Its code; may change.
    #[schema(example = "lighting")]
    pub code: String,
    /// Its name.
    pub name: NameBody,
}

/// What the reporter is given.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ReceiptBody {
    /// The number, sixteen digits.
    #[schema(example = "0098304512345678")]
    pub number: String,
    /// The secret with which the reporter follows it. Only this answer shows it; the city keeps a hash.
    #[schema(example = "7K3QM-0ZR9T")]
    pub tracking_code: String,
    /// When it came in.
    #[schema(value_type = String, format = DateTime, example = "2026-03-02T01:00:00Z")]
    pub submitted_at: Timestamp,
    /// Id of the organ that it was sent to; absent: a dispatcher will name one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "0098304512000001")]
    pub organ: Option<String>,
    /// By when a dispatcher names an organ, where none is named yet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub dispatch_due: Option<Timestamp>,
    /// By when each stage is due, once it has been sent to an organ.
    pub deadlines: DeadlinesBody,
    /// Who may see it.
    pub visibility: Visibility,
}

impl From<&Receipt> for ReceiptBody {
    fn from(from: &Receipt) -> Self {
        Self {
            number: from.number.to_string(),
            tracking_code: from.code.to_string(),
            submitted_at: from.at,
            organ: from.organ.map(|organ| organ.to_string()),
            dispatch_due: from.dispatch_due,
            deadlines: from.deadlines.into(),
            visibility: from.visibility,
        }
    }
}

/// An appeal in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SummaryBody {
    /// The number, sixteen digits.
    #[schema(example = "0098304512345678")]
    pub number: String,
    /// What is asked for.
    pub kind: Kind,
    /// Where it stands.
    pub state: StateName,
    /// In one line.
    #[schema(example = "文昌巷路灯不亮")]
    pub title: String,
    /// What it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub category: Option<NamedBody>,
    /// Where.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub area: Option<NamedBody>,
    /// The organ that has it, or had it last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub organ: Option<NamedBody>,
    /// When it came in.
    #[schema(value_type = String, format = DateTime, example = "2026-03-02T01:00:00Z")]
    pub submitted_at: Timestamp,
    /// When it was last answered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub answered_at: Option<Timestamp>,
    /// What is promised next.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_due: Option<DueBody>,
    /// Whether something that is still to be done was promised for an earlier time.
    pub late: bool,
    /// 1, or 2 for the second handling.
    #[schema(example = 1)]
    pub round: u8,
    /// The beginning of the last answer; empty before.
    pub reply: String,
}

/// A promise.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DueBody {
    /// What is due.
    pub stage: Stage,
    /// By when.
    #[schema(value_type = String, format = DateTime, example = "2026-03-09T01:00:00Z")]
    pub by: Timestamp,
}

/// A page of a list, the newest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PageBody {
    /// The appeals.
    pub items: Vec<SummaryBody>,
    /// Address of the page of older ones; absent on the last page. Also as `Link: <…>; rel="next"`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "/api/v1/appeals?status=open&before=0098304512345678")]
    pub next: Option<String>,
    /// Address of the page of newer ones; absent on the first page. Also as `Link: <…>; rel="prev"`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub previous: Option<String>,
}

/// What the reporter said of the answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AppraisalBody {
    /// Whether it is solved.
    pub solved: bool,
    /// 1 (very dissatisfied) to 5 (very satisfied).
    #[schema(minimum = 1, maximum = 5, example = 4)]
    pub satisfied: u8,
    /// Whether they were contacted, as they remember it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contacted: Option<bool>,
    /// Who wrote it down.
    pub by: AppraisedBy,
}

/// An appeal, as far as the caller may see it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct AppealBody {
    /// The number, sixteen digits.
    #[schema(example = "0098304512345678")]
    pub number: String,
    /// For the `revision` of the next step: refused with 409 if somebody takes a step in between.
    #[schema(example = 2)]
    pub revision: i64,
    /// What is asked for.
    pub kind: Kind,
    /// How it came in.
    pub channel: Channel,
    /// How soon it must be answered.
    pub urgency: Urgency,
    /// Who may see it.
    pub visibility: Visibility,
    /// Where it stands.
    pub state: StateName,
    /// Why it was closed, if it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub closing: Option<Closing>,
    /// In one line.
    #[schema(example = "文昌巷路灯不亮")]
    pub title: String,
    /// In full.
    pub text: String,
    /// What it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub category: Option<NamedBody>,
    /// Where.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub area: Option<NamedBody>,
    /// Where, in words; absent where it is not for the caller.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub address: String,
    /// Where, on the map; absent where it is not for the caller.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub point: Option<PointBody>,
    /// The organ that has it, or had it last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub organ: Option<NamedBody>,
    /// When it came in.
    #[schema(value_type = String, format = DateTime, example = "2026-03-02T01:00:00Z")]
    pub submitted_at: Timestamp,
    /// By when each stage of this round is due.
    pub deadlines: DeadlinesBody,
    /// What is promised next.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_due: Option<DueBody>,
    /// The stages of this round that were not done in time.
    pub overdue: Vec<Stage>,
    /// 1, or 2 for the second handling.
    #[schema(example = 1)]
    pub round: u8,
    /// How often organs have sent it back.
    #[schema(example = 0)]
    pub returns: u8,
    /// When it was last answered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub answered_at: Option<Timestamp>,
    /// The last answer; empty before.
    pub reply: String,
    /// What the reporter said of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub appraisal: Option<AppraisalBody>,
    /// Until when the reporter may appraise or, dissatisfied, ask again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub appraise_by: Option<Timestamp>,
    /// Where it was imported from: the system's name and its number there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<SourceBody>,
}

/// Another system's number.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SourceBody {
    /// The system.
    #[schema(example = "boston-311")]
    pub name: String,
    /// Its number there.
    #[schema(example = "101001234567")]
    pub key: String,
}

/// One thing that happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct StepBody {
    /// What: `submitted`, `dispatched`, `accepted`, `contacted`, `returned`, `answered`, `appraised`, `reopened`, `withdrawn`,
    /// `closed`, `overdue`.
    #[schema(example = "accepted")]
    pub step: String,
    /// When.
    #[schema(value_type = String, format = DateTime, example = "2026-03-02T01:20:00Z")]
    pub at: Timestamp,
    /// The organ that did it, or that it was sent to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub organ: Option<NamedBody>,
    /// By when it was promised.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub promised: Option<Timestamp>,
    /// Seconds since the round began.
    #[schema(example = 1200)]
    pub took_seconds: i64,
    /// Whether it was done by then; absent where nothing was promised.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub in_time: Option<bool>,
    /// Which round it belongs to.
    #[schema(example = 1)]
    pub round: u8,
    /// What was not done in time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stage: Option<Stage>,
    /// Who named the organ.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<DispatchedBy>,
    /// How the reporter was spoken with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub way: Option<ContactWay>,
    /// Why it was closed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub closing: Option<Closing>,
    /// What was said, as far as the caller may read it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub text: String,
}

/// What happened, the oldest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TimelineBody {
    /// The steps.
    pub items: Vec<StepBody>,
}

/// A category.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CategoryBody {
    /// Its id, sixteen digits.
    #[schema(example = "0098304512000002")]
    pub id: String,
    /// Its code; unique.
    #[schema(example = "noise.construction")]
    pub code: String,
    /// Its name.
    pub name: NameBody,
    /// Id of the category above it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent: Option<String>,
    /// The urgency of its appeals where nobody says otherwise.
    pub urgency: Urgency,
}

/// An area.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct AreaBody {
    /// Its id, sixteen digits: the only lasting key.
    #[schema(example = "0098304512000003")]
    pub id: String,
    /// Its present code.
    #[schema(example = "990101001000")]
    pub code: String,
    /// Its level: `city`, `district`, `street`, `community`, `grid`.
    #[schema(example = "street")]
    pub level: String,
    /// Its name.
    pub name: NameBody,
    /// Id of the area that it lies in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent: Option<String>,
    /// A point in its middle.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub centre: Option<PointBody>,
}

/// An organ.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct OrganBody {
    /// Its id, sixteen digits.
    #[schema(example = "0098304512000001")]
    pub id: String,
    /// The city's own code for it.
    #[schema(example = "lighting")]
    pub code: String,
    /// What it is: `department`, `street`, `community`, …
    #[schema(example = "department")]
    pub kind: String,
    /// Its name.
    pub name: NameBody,
    /// Id of the organ above it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent: Option<String>,
    /// Id of the area that it is responsible for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub area: Option<String>,
}

/// A list without pages.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ListBody<T> {
    /// What there is.
    pub items: Vec<T>,
}

/// How the city does.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct FiguresBody {
    /// Received today, in the city's calendar.
    #[schema(example = 128)]
    pub received_today: i64,
    /// Answered today.
    #[schema(example = 117)]
    pub answered_today: i64,
    /// Somebody in government must act.
    #[schema(example = 342)]
    pub open: i64,
    /// Answered, and may be appraised.
    #[schema(example = 210)]
    pub answered: i64,
    /// Answered in the last thirty days.
    #[schema(example = 3120)]
    pub answered_lately: i64,
    /// Of those, with a known deadline.
    #[schema(example = 3100)]
    pub promised_lately: i64,
    /// Of those, answered by it.
    #[schema(example = 2981)]
    pub kept_lately: i64,
    /// The median time to an answer in the last thirty days, in days.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = 3.5)]
    pub typical_days: Option<f64>,
}

impl From<&Figures> for FiguresBody {
    fn from(from: &Figures) -> Self {
        Self {
            received_today: from.received_today,
            answered_today: from.answered_today,
            open: from.open,
            answered: from.answered,
            answered_lately: from.answered_lately,
            promised_lately: from.promised_lately,
            kept_lately: from.kept_lately,
            typical_days: from.typical_days,
        }
    }
}

/// The appeal with its history.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct TrackedBody {
    /// The appeal.
    pub appeal: AppealBody,
    /// What happened, the oldest first.
    pub timeline: Vec<StepBody>,
}

/// How many cases wait in each queue of a desk.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CountsBody {
    /// All of the desk.
    pub all: i64,
    /// Waiting for a dispatcher.
    pub to_dispatch: i64,
    /// Waiting to be accepted.
    pub to_accept: i64,
    /// Accepted.
    pub in_work: i64,
    /// Something is due within a day.
    pub due_soon: i64,
    /// Past a promise.
    pub overdue: i64,
    /// Sent back.
    pub returned: i64,
}

/// A page of a queue, the earliest deadline first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DeskBody {
    /// The appeals.
    pub items: Vec<SummaryBody>,
    /// What to send as `after` for the next page; absent on the last one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
    /// How many wait in each queue.
    pub counts: CountsBody,
}
