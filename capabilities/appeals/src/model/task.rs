//! What runs beside a case (协同事项): an organ asks another for help, for time, for a decision. The case itself goes on.
//!
//! The pictures of these edges are in `docs/states/task.md`; a test holds the two against each other.

use gongzhi_kernel::{AppealId, Id, OrganId, PersonId, Timestamp};
use serde::{Deserialize, Serialize};

use super::PauseGround;
use super::words::words;
use crate::rulebook::Period;

/// Mark of the ids of tasks; never made.
#[derive(Debug)]
pub enum TaskMark {}

/// Id of a task.
pub type TaskId = Id<TaskMark>;

words! {
    /// What is asked.
    TaskKind {
        /// 协办: another organ helps and reports back.
        Assist = "assist",
        /// 吹哨报到: a street or community calls a department, which must report; both are scored.
        Whistle = "whistle",
        /// 延期申请、暂停计时申请: the level above decides.
        Extension = "extension",
        /// 督办: the level above presses; at overdue it goes up the tree of organs.
        Supervision = "supervision",
        /// 会商: several organs meet; the minutes (纪要) say what was agreed.
        Consultation = "consultation",
        /// 领导包案: a second handling needs a named senior.
        Senior = "senior",
        /// 分办: which official works the case.
        Assignment = "assignment",
        /// 回访: the hotline centre calls the reporter.
        CallBack = "call_back",
        /// 评价申诉: the organ says that an appraisal is not about its work; a third party decides.
        Review = "review",
    }
}

words! {
    /// Where a task stands.
    TaskState {
        /// 待办: somebody must act.
        Open = "open",
        /// 已报到、已回复: done, as they say.
        Reported = "reported",
        /// 已打分: the caller has scored it.
        Rated = "rated",
        /// 同意.
        Approved = "approved",
        /// 不同意.
        Refused = "refused",
        /// 解除督办.
        Lifted = "lifted",
        /// 取消.
        Cancelled = "cancelled",
        /// 剔除: not counted, with a reason.
        Excluded = "excluded",
    }
}

words! {
    /// What happens to a task.
    Happening {
        /// It is asked.
        Opened = "opened",
        /// It is done, as they say.
        Reported = "reported",
        /// The caller scores it.
        Rated = "rated",
        /// The level above, or the third party, agrees.
        Approved = "approved",
        /// It does not.
        Refused = "refused",
        /// The supervisor is content.
        Lifted = "lifted",
        /// The supervisor is not.
        Pressed = "pressed",
        /// Nobody acted in time: the next level up.
        Escalated = "escalated",
        /// Whoever asked no longer needs it.
        Cancelled = "cancelled",
        /// A call that reached nobody.
        Tried = "tried",
        /// It is not counted.
        Excluded = "excluded",
    }
}

words! {
    /// Why a case is not counted in the rates (剔除原因).
    Exclusion {
        /// 无法联系: the reporter could not be reached.
        Unreachable = "unreachable",
        /// 诉求不合理: what was asked cannot be granted by law.
        Unreasonable = "unreasonable",
        /// 超出职责: no organ of the city may act.
        OutOfScope = "out_of_scope",
    }
}

impl TaskKind {
    /// The state after something has happened; `None` where it cannot.
    pub const fn after(self, state: TaskState, what: Happening) -> Option<TaskState> {
        use Happening as H;
        use TaskKind as K;
        use TaskState as S;
        Some(match (self, state, what) {
            (
                K::Assist | K::Whistle | K::Supervision | K::Consultation | K::Senior | K::CallBack,
                S::Open,
                H::Reported,
            ) => S::Reported,
            (K::Whistle, S::Reported, H::Rated) => S::Rated,
            (K::Extension | K::Review, S::Open, H::Approved) => S::Approved,
            (K::Extension | K::Review, S::Open, H::Refused) => S::Refused,
            (K::Supervision, S::Reported, H::Lifted) => S::Lifted,
            (K::Supervision, S::Reported, H::Pressed) | (K::Supervision, S::Open, H::Escalated) => S::Open,
            (K::CallBack, S::Open, H::Tried) => S::Open,
            (K::CallBack, S::Open, H::Excluded) => S::Excluded,
            (
                K::Assist
                | K::Whistle
                | K::Extension
                | K::Supervision
                | K::Consultation
                | K::Assignment
                | K::Review,
                S::Open,
                H::Cancelled,
            ) => S::Cancelled,
            _ => return None,
        })
    }
}

/// What is asked of the level above.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Terms {
    /// On which ground the clock shall stand still; `None`: more time for the answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ground: Option<PauseGround>,
    /// How long.
    pub period: Period,
}

/// A task beside a case: the fold of its events.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Task {
    /// Its id.
    pub id: TaskId,
    /// Of which case.
    pub appeal: AppealId,
    /// What is asked.
    pub kind: TaskKind,
    /// How many events it has.
    pub revision: i64,
    /// Where it stands.
    pub state: TaskState,
    /// Which organ asks; after an escalation the one that presses now.
    pub from: OrganId,
    /// Which organ must act.
    pub organ: OrganId,
    /// Which organs are invited besides.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub invited: Vec<OrganId>,
    /// Which person is named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub person: Option<PersonId>,
    /// In which round of the case.
    pub round: u8,
    /// What is asked of the level above.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub terms: Option<Terms>,
    /// Since when.
    pub opened_at: Timestamp,
    /// By when.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due: Option<Timestamp>,
    /// When they last said that it is done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub done_at: Option<Timestamp>,
    /// Whether that was in time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub in_time: Option<bool>,
    /// How often it went up the tree, or how many calls reached nobody.
    #[serde(default)]
    pub count: u8,
    /// 1 to 5, as the caller scores it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub score: Option<u8>,
    /// Why it is not counted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exclusion: Option<Exclusion>,
    /// What was asked, in words.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub text: String,
    /// What was answered last, in words.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub reply: String,
}

impl Task {
    /// The organs that must act now, the first of them by the deadline.
    pub fn desks(&self) -> Vec<OrganId> {
        match (self.kind, self.state) {
            (TaskKind::Consultation, TaskState::Open) => {
                let mut desks = vec![self.organ];
                desks.extend(self.invited.iter().copied().filter(|organ| *organ != self.organ));
                desks
            }
            (_, TaskState::Open) => vec![self.organ],
            (TaskKind::Whistle | TaskKind::Supervision, TaskState::Reported) => vec![self.from],
            _ => Vec::new(),
        }
    }

    /// Whether an organ has something to do with it.
    pub fn concerns(&self, organ: OrganId) -> bool {
        self.organ == organ || self.from == organ || self.invited.contains(&organ)
    }

    /// Whether it was not done by its deadline.
    pub fn is_late(&self, now: Timestamp) -> bool {
        self.state == TaskState::Open && self.due.is_some_and(|due| due < now)
    }
}

words! {
    /// What is written down beside a case; never public.
    NoteKind {
        /// 内部备注.
        Note = "note",
        /// 通话记录: a call with the reporter, or an attempt.
        Call = "call",
        /// 答复草稿; the last one counts.
        Draft = "draft",
    }
}

/// Something written down beside a case (内部备注), by those who handle it and for them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// The subject of its one event.
    pub id: i64,
    /// What it is.
    pub kind: NoteKind,
    /// By which organ.
    pub organ: OrganId,
    /// By whom.
    pub person: PersonId,
    /// When.
    pub at: Timestamp,
    /// Of a call: whether somebody answered.
    pub reached: bool,
    /// In words.
    pub text: String,
}
