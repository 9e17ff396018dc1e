//! What moves a case without changing what is asked: reminders, hand-overs, more time, merging.

use gongzhi_kernel::{AppealId, OrganId, Timestamp};
use serde::{Deserialize, Serialize};

use crate::model::{Deadlines, PauseGround, Reminders, Stage};

/// Public part of `appeal.reminded`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RemindedPublic {
    /// The organ that must act; none while a dispatcher must.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub organ: Option<OrganId>,
    /// What is still to be done.
    pub stage: Stage,
    /// By when.
    pub due: Timestamp,
}

/// Public part of `appeal.transferred`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TransferredPublic {
    /// Which organ had it.
    pub from: OrganId,
    /// Which has it now.
    pub organ: OrganId,
    /// How often it has now been handed on.
    pub count: u8,
}

/// A clock that stands still, as it was approved.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct PauseGiven {
    /// On which ground.
    pub ground: PauseGround,
    /// Until when at the latest.
    pub until: Timestamp,
}

/// Public part of `appeal.extended`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ExtendedPublic {
    /// The organ that had asked for it.
    pub organ: OrganId,
    /// By when each stage is due now.
    pub deadlines: Deadlines,
    /// When to remind of them.
    #[serde(default, skip_serializing_if = "Reminders::is_none")]
    pub reminders: Reminders,
    /// How often this round has now been extended or paused.
    pub count: u8,
    /// Whether the clock stands still meanwhile.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pause: Option<PauseGiven>,
    /// The request that was approved.
    pub task: i64,
}

/// Public part of `appeal.resumed`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ResumedPublic {
    /// The organ that has it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub organ: Option<OrganId>,
    /// On which ground the clock stood still.
    pub ground: PauseGround,
    /// By when each stage is due now; never later than before.
    pub deadlines: Deadlines,
    /// When to remind of them.
    #[serde(default, skip_serializing_if = "Reminders::is_none")]
    pub reminders: Reminders,
}

/// Public part of `appeal.merged`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MergedPublic {
    /// The case that it is handled and answered with.
    pub into: AppealId,
}

/// Public part of `appeal.split`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SplitPublic {
    /// The case that it was merged into.
    pub from: AppealId,
}
