//! The types of an appeal: what it is about, who may see it, where it stands and by when the next step is due.

mod file;
mod moves;
mod state;
mod task;
mod words;

use gongzhi_kernel::{AppealId, AreaId, Id, OrganId, PersonId, Point, Timestamp};
use serde::{Deserialize, Serialize};

pub use file::{AddedBy, AppealFile, FileId, FileMark, KeptFile, Media, PhotoParts};
pub use moves::{Moves, Pause, Reminders};
pub use state::{State, StateName, WrongState};
pub use task::{Exclusion, Happening, Note, NoteKind, Task, TaskId, TaskKind, TaskMark, TaskState, Terms};
pub use words::{
    AppraisedBy, Channel, Closing, ContactWay, DispatchedBy, Kind, PauseGround, Phase, Stage, Urgency,
    Visibility,
};

/// Mark of the ids of categories; never made.
#[derive(Debug)]
pub enum CategoryMark {}

/// Id of a category of the tree (诉求分类).
pub type CategoryId = Id<CategoryMark>;

/// Where the matter is.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Place {
    /// The smallest area that is known.
    pub area: Option<AreaId>,
    /// In words: a road and number, a building, a crossing. Empty where none was given.
    pub address: String,
    /// On the map.
    pub point: Option<Point>,
}

/// How to reach the reporter. Kept apart from the appeal; every reading of it is an event.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Reporter {
    /// The name they gave.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// Telephone number.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub phone: String,
    /// E-mail address.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub email: String,
}

impl Reporter {
    /// Whether nothing was given.
    pub fn is_empty(&self) -> bool {
        self.name.is_empty() && self.phone.is_empty() && self.email.is_empty()
    }
}

/// By when each stage is due, counted from the first dispatch of the round; bouncing never moves them.
/// A history from another system may know only some.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Deadlines {
    /// 签收时限.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub accept: Option<Timestamp>,
    /// 首次联系时限.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contact: Option<Timestamp>,
    /// 答复时限.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answer: Option<Timestamp>,
}

impl Deadlines {
    /// The deadline of a stage; that of the dispatch stands elsewhere.
    pub fn of(&self, stage: Stage) -> Option<Timestamp> {
        match stage {
            Stage::Dispatch => None,
            Stage::Accept => self.accept,
            Stage::Contact => self.contact,
            Stage::Answer => self.answer,
        }
    }

    /// Sets the deadline of a stage; that of the dispatch stands elsewhere.
    pub(crate) fn set(&mut self, stage: Stage, due: Option<Timestamp>) {
        match stage {
            Stage::Dispatch => {}
            Stage::Accept => self.accept = due,
            Stage::Contact => self.contact = due,
            Stage::Answer => self.answer = due,
        }
    }
}

/// The stages that were not done in time in the present round.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Overdue(u8);

impl Overdue {
    fn bit(stage: Stage) -> u8 {
        match stage {
            Stage::Dispatch => 1,
            Stage::Accept => 2,
            Stage::Contact => 4,
            Stage::Answer => 8,
        }
    }

    /// With this stage.
    #[must_use]
    pub fn with(self, stage: Stage) -> Self {
        Self(self.0 | Self::bit(stage))
    }

    /// Whether this stage was not done in time.
    pub fn has(self, stage: Stage) -> bool {
        self.0 & Self::bit(stage) != 0
    }

    /// Whether every stage was done in time so far.
    pub fn is_none(self) -> bool {
        self.0 == 0
    }

    /// The stages, in their order.
    pub fn stages(self) -> impl Iterator<Item = Stage> {
        Stage::ALL.iter().copied().filter(move |stage| self.has(*stage))
    }

    /// As the store keeps it.
    pub fn bits(self) -> i64 {
        i64::from(self.0)
    }

    /// From the store; bits of no stage are passed over.
    pub fn from_bits(bits: i64) -> Self {
        Self(u8::try_from(bits & 0xf).unwrap_or(0))
    }
}

/// What the reporter says of the answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Appraisal {
    /// 是否解决.
    pub solved: bool,
    /// 满意度, 1 (very dissatisfied) to 5 (very satisfied).
    pub satisfied: u8,
    /// 是否被联系: whether they were contacted, as they remember it; `None` where they did not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contacted: Option<bool>,
    /// Who gave it.
    pub by: AppraisedBy,
}

/// The system and key an imported appeal has there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Source {
    /// The system, such as `boston-311`.
    pub name: String,
    /// Its number there.
    pub key: String,
}

/// An appeal (诉求): the fold of its events. Who reported it stands elsewhere ([`Reporter`]).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Appeal {
    /// Its id; printed as sixteen digits it is the number on the receipt.
    pub id: AppealId,
    /// How many events it has.
    pub revision: i64,
    /// The last revision that somebody's step made; deadlines that pass do not count. What a form is held against.
    pub touched: i64,
    /// What is asked for.
    pub kind: Kind,
    /// How it came in.
    pub channel: Channel,
    /// How soon it must be answered.
    pub urgency: Urgency,
    /// Who may see it.
    pub visibility: Visibility,
    /// What it is about.
    pub category: Option<CategoryId>,
    /// Where.
    pub place: Place,
    /// In one line.
    pub title: String,
    /// In full.
    pub text: String,
    /// The reporter, if they were signed in.
    pub reporter: Option<PersonId>,
    /// Salted SHA-256 of the tracking code, hexadecimal; empty where there is no code.
    pub track: String,
    /// Where it stands.
    pub state: State,
    /// 1, or 2 after a reopening.
    pub round: u8,
    /// How often organs have sent it back.
    pub returns: u8,
    /// Whether a dispatcher has ruled finally which organ must act.
    pub ruled: bool,
    /// When it came in.
    pub submitted_at: Timestamp,
    /// By when a dispatcher must name an organ.
    pub dispatch_due: Option<Timestamp>,
    /// When it was first sent to an organ.
    pub dispatched_at: Option<Timestamp>,
    /// When it was last sent to an organ, or reopened: the time to send it back is counted from here.
    pub last_dispatch: Option<Timestamp>,
    /// When the second round began.
    pub reopened_at: Option<Timestamp>,
    /// When it was accepted since the last dispatch.
    pub accepted_at: Option<Timestamp>,
    /// When the reporter was first spoken with in this round.
    pub contacted_at: Option<Timestamp>,
    /// When it was last answered.
    pub answered_at: Option<Timestamp>,
    /// When nothing more would happen.
    pub closed_at: Option<Timestamp>,
    /// By when each stage of this round is due.
    pub deadlines: Deadlines,
    /// Stages of this round that were not done in time.
    pub overdue: Overdue,
    /// The last answer; empty before.
    pub reply: String,
    /// What the reporter said of the last answer.
    pub appraisal: Option<Appraisal>,
    /// Until when the reporter may appraise or, dissatisfied, ask again; then it closes by itself.
    pub appraise_by: Option<Timestamp>,
    /// The version of the rulebook that its present deadlines come from; 0 for imported ones.
    pub rulebook: i64,
    /// Where it was imported from.
    pub source: Option<Source>,
    /// What moves it without changing its state.
    #[serde(default, skip_serializing_if = "Moves::is_none")]
    pub moves: Moves,
}

impl Appeal {
    /// The organ that has it, or had it last.
    pub fn organ(&self) -> Option<OrganId> {
        self.state.organ()
    }

    /// The deadline of a stage.
    pub fn due(&self, stage: Stage) -> Option<Timestamp> {
        match stage {
            Stage::Dispatch => self.dispatch_due,
            stage => self.deadlines.of(stage),
        }
    }

    /// The stages that are still to be done in this state, in their order. Of a merged case none: the other one is worked.
    pub fn pending(&self) -> &'static [Stage] {
        if self.moves.merged_into.is_some() {
            return &[];
        }
        match self.state.name() {
            StateName::Submitted => &[Stage::Dispatch],
            StateName::Dispatched | StateName::Returned => &[Stage::Accept, Stage::Contact, Stage::Answer],
            StateName::Accepted => &[Stage::Contact, Stage::Answer],
            StateName::Contacted => &[Stage::Answer],
            StateName::Answered | StateName::Appraised | StateName::Closed | StateName::Withdrawn => &[],
        }
    }

    /// The next promise: the earliest deadline of a stage still to be done, passed or not.
    pub fn next_due(&self) -> Option<(Stage, Timestamp)> {
        self.pending()
            .iter()
            .filter_map(|stage| Some((*stage, self.due(*stage)?)))
            .min_by_key(|(_, due)| *due)
    }

    /// When the present round began: with the submission or with the reopening.
    pub fn round_began(&self) -> Timestamp {
        self.reopened_at.unwrap_or(self.submitted_at)
    }

    /// Whether a stage that is still to be done was promised for an earlier time.
    pub fn is_late(&self) -> bool {
        self.pending().iter().any(|stage| self.overdue.has(*stage))
    }

    /// When the clock strikes next: a reminder or a deadline is due, a standing clock goes on, or the case closes by itself.
    pub fn next_strike(&self) -> Option<Timestamp> {
        match self.state.phase() {
            Phase::Open => {
                let pending = self.pending().iter().filter(|stage| !self.overdue.has(**stage));
                let moments = pending.flat_map(|stage| [self.due(*stage), self.moves.reminders.of(*stage)]);
                moments.flatten().chain(self.moves.pause.map(|pause| pause.until)).min()
            }
            Phase::Answered => self.appraise_by,
            Phase::Closed => None,
        }
    }
}
