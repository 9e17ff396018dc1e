//! What moves a case without changing its state: hand-overs, more time, a clock that stands still, a case that it is
//! merged into.

use gongzhi_kernel::{AppealId, Timestamp};
use serde::{Deserialize, Serialize};

use super::{Deadlines, PauseGround, Stage};

/// When to remind of what is still to be done (提醒); a reminder that has been given is no longer here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Reminders {
    /// Of [`Stage::Dispatch`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dispatch: Option<Timestamp>,
    /// Of [`Stage::Accept`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub accept: Option<Timestamp>,
    /// Of [`Stage::Contact`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contact: Option<Timestamp>,
    /// Of [`Stage::Answer`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answer: Option<Timestamp>,
}

impl Reminders {
    fn slot(&mut self, stage: Stage) -> &mut Option<Timestamp> {
        match stage {
            Stage::Dispatch => &mut self.dispatch,
            Stage::Accept => &mut self.accept,
            Stage::Contact => &mut self.contact,
            Stage::Answer => &mut self.answer,
        }
    }

    /// When to remind of a stage.
    pub fn of(&self, stage: Stage) -> Option<Timestamp> {
        match stage {
            Stage::Dispatch => self.dispatch,
            Stage::Accept => self.accept,
            Stage::Contact => self.contact,
            Stage::Answer => self.answer,
        }
    }

    /// Sets when to remind of a stage, or takes it away.
    pub fn set(&mut self, stage: Stage, at: Option<Timestamp>) {
        *self.slot(stage) = at;
    }

    /// Without those that nobody can act on any more.
    pub(crate) fn keep(&mut self, pending: &[Stage]) {
        for stage in Stage::ALL.iter().filter(|stage| !pending.contains(stage)) {
            self.set(*stage, None);
        }
    }

    /// Whether there is none.
    pub fn is_none(&self) -> bool {
        *self == Self::default()
    }
}

/// A clock that stands still (暂停计时). The deadlines of the case already count the whole of it; going on earlier takes
/// the rest away again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pause {
    /// Why.
    pub ground: PauseGround,
    /// Since when.
    pub since: Timestamp,
    /// Until when at the latest.
    pub until: Timestamp,
    /// What was promised before.
    pub before: Deadlines,
}

/// See the head of this file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Moves {
    /// When to remind of what.
    #[serde(skip_serializing_if = "Reminders::is_none")]
    pub reminders: Reminders,
    /// How often it was handed on.
    #[serde(skip_serializing_if = "is_zero")]
    pub transfers: u8,
    /// How often this round was extended or paused.
    #[serde(skip_serializing_if = "is_zero")]
    pub extensions: u8,
    /// Whether its clock stands still.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pause: Option<Pause>,
    /// 并单: the case that it is handled and answered with.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub merged_into: Option<AppealId>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks for a reference")]
fn is_zero(count: &u8) -> bool {
    *count == 0
}

impl Moves {
    /// Whether nothing has moved.
    pub fn is_none(&self) -> bool {
        *self == Self::default()
    }
}
