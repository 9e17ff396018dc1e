//! Where an appeal stands. Each state carries what is true only in it; a transition consumes the state it leaves.
//!
//! The picture of these edges is `docs/states/appeal.md`; a test holds the two against each other.

use gongzhi_kernel::{OrganId, Timestamp};
use serde::{Deserialize, Serialize};

use super::{Closing, Phase};

/// Where an appeal stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum State {
    /// 待派单: received; a dispatcher must name an organ, because the catalogue names none.
    Submitted,
    /// 待签收: sent to an organ, which has not yet accepted it.
    Dispatched {
        /// To which organ.
        organ: OrganId,
        /// Since when.
        at: Timestamp,
    },
    /// 退单待审核: the organ has sent it back; a dispatcher must decide. The clock goes on.
    Returned {
        /// Which organ sent it back.
        by: OrganId,
        /// Since when.
        at: Timestamp,
    },
    /// 已受理: the organ works on it.
    Accepted {
        /// Which organ.
        organ: OrganId,
        /// Since when.
        at: Timestamp,
    },
    /// 已联系: the organ has spoken with the reporter and works on it.
    Contacted {
        /// Which organ.
        organ: OrganId,
        /// Since when.
        at: Timestamp,
    },
    /// 已答复: the reporter may appraise.
    Answered {
        /// Which organ answered; an imported answer may name none.
        organ: Option<OrganId>,
        /// Since when.
        at: Timestamp,
    },
    /// 已评价: appraised. Closed in the same breath, unless the reporter is dissatisfied and may still ask for a second handling.
    Appraised {
        /// Which organ had answered.
        organ: Option<OrganId>,
        /// Since when.
        at: Timestamp,
    },
    /// 已办结: nothing more will happen.
    Closed {
        /// Which organ had it last.
        organ: Option<OrganId>,
        /// Since when.
        at: Timestamp,
        /// Why.
        how: Closing,
    },
    /// 已撤回: the reporter took it back before it was answered.
    Withdrawn {
        /// Which organ had it then.
        organ: Option<OrganId>,
        /// Since when.
        at: Timestamp,
    },
}

/// The states without what they carry: for tables, the store and labels.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, utoipa::ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum StateName {
    /// See [`State::Submitted`].
    Submitted,
    /// See [`State::Dispatched`].
    Dispatched,
    /// See [`State::Returned`].
    Returned,
    /// See [`State::Accepted`].
    Accepted,
    /// See [`State::Contacted`].
    Contacted,
    /// See [`State::Answered`].
    Answered,
    /// See [`State::Appraised`].
    Appraised,
    /// See [`State::Closed`].
    Closed,
    /// See [`State::Withdrawn`].
    Withdrawn,
}

impl StateName {
    /// All of them, in the order of a case's life.
    pub const ALL: [Self; 9] = [
        Self::Submitted,
        Self::Dispatched,
        Self::Returned,
        Self::Accepted,
        Self::Contacted,
        Self::Answered,
        Self::Appraised,
        Self::Closed,
        Self::Withdrawn,
    ];

    /// The word in the store, in JSON and in message keys.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Submitted => "submitted",
            Self::Dispatched => "dispatched",
            Self::Returned => "returned",
            Self::Accepted => "accepted",
            Self::Contacted => "contacted",
            Self::Answered => "answered",
            Self::Appraised => "appraised",
            Self::Closed => "closed",
            Self::Withdrawn => "withdrawn",
        }
    }

    /// The state of a word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|name| name.word() == word)
    }

    /// The group that lists and counters put it in.
    pub const fn phase(self) -> Phase {
        match self {
            Self::Submitted | Self::Dispatched | Self::Returned | Self::Accepted | Self::Contacted => {
                Phase::Open
            }
            Self::Answered | Self::Appraised => Phase::Answered,
            Self::Closed | Self::Withdrawn => Phase::Closed,
        }
    }
}

/// The step cannot be taken from this state; the state is handed back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("cannot be done while the appeal is {}", .0.name().word())]
pub struct WrongState(pub State);

impl State {
    /// Which state, without what it carries.
    pub const fn name(&self) -> StateName {
        match self {
            Self::Submitted => StateName::Submitted,
            Self::Dispatched { .. } => StateName::Dispatched,
            Self::Returned { .. } => StateName::Returned,
            Self::Accepted { .. } => StateName::Accepted,
            Self::Contacted { .. } => StateName::Contacted,
            Self::Answered { .. } => StateName::Answered,
            Self::Appraised { .. } => StateName::Appraised,
            Self::Closed { .. } => StateName::Closed,
            Self::Withdrawn { .. } => StateName::Withdrawn,
        }
    }

    /// The group that lists and counters put it in.
    pub const fn phase(&self) -> Phase {
        self.name().phase()
    }

    /// The organ that has it, or had it last.
    pub const fn organ(&self) -> Option<OrganId> {
        match *self {
            Self::Submitted => None,
            Self::Dispatched { organ, .. }
            | Self::Returned { by: organ, .. }
            | Self::Accepted { organ, .. }
            | Self::Contacted { organ, .. } => Some(organ),
            Self::Answered { organ, .. }
            | Self::Appraised { organ, .. }
            | Self::Closed { organ, .. }
            | Self::Withdrawn { organ, .. } => organ,
        }
    }

    /// Since when; `None` before the first step.
    pub const fn since(&self) -> Option<Timestamp> {
        match *self {
            Self::Submitted => None,
            Self::Dispatched { at, .. }
            | Self::Returned { at, .. }
            | Self::Accepted { at, .. }
            | Self::Contacted { at, .. }
            | Self::Answered { at, .. }
            | Self::Appraised { at, .. }
            | Self::Closed { at, .. }
            | Self::Withdrawn { at, .. } => Some(at),
        }
    }

    /// 派单: to an organ, for the first time or after a return.
    pub fn dispatch(self, organ: OrganId, at: Timestamp) -> Result<Self, WrongState> {
        match self {
            Self::Submitted | Self::Returned { .. } => Ok(Self::Dispatched { organ, at }),
            other => Err(WrongState(other)),
        }
    }

    /// 签收: the organ takes it.
    pub fn accept(self, at: Timestamp) -> Result<Self, WrongState> {
        match self {
            Self::Dispatched { organ, .. } => Ok(Self::Accepted { organ, at }),
            other => Err(WrongState(other)),
        }
    }

    /// 退单: the organ sends it back to the dispatcher.
    pub fn send_back(self, at: Timestamp) -> Result<Self, WrongState> {
        match self {
            Self::Dispatched { organ, .. } | Self::Accepted { organ, .. } => {
                Ok(Self::Returned { by: organ, at })
            }
            other => Err(WrongState(other)),
        }
    }

    /// 首次联系: the organ has spoken with the reporter.
    pub fn contact(self, at: Timestamp) -> Result<Self, WrongState> {
        match self {
            Self::Accepted { organ, .. } => Ok(Self::Contacted { organ, at }),
            other => Err(WrongState(other)),
        }
    }

    /// 答复: the organ answers. Not every reporter can be contacted first: some leave no address.
    pub fn answer(self, at: Timestamp) -> Result<Self, WrongState> {
        match self {
            Self::Accepted { organ, .. } | Self::Contacted { organ, .. } => {
                Ok(Self::Answered { organ: Some(organ), at })
            }
            other => Err(WrongState(other)),
        }
    }

    /// 转办: the organ hands it to another, which must accept it.
    pub fn transfer(self, organ: OrganId, at: Timestamp) -> Result<Self, WrongState> {
        match self {
            Self::Dispatched { .. } | Self::Accepted { .. } | Self::Contacted { .. } => {
                Ok(Self::Dispatched { organ, at })
            }
            other => Err(WrongState(other)),
        }
    }

    /// 并单答复: a merged case is answered with the one that it is merged into, wherever it stood.
    pub fn answer_with(self, organ: OrganId, at: Timestamp) -> Result<Self, WrongState> {
        match self.phase() {
            Phase::Open => Ok(Self::Answered { organ: Some(organ), at }),
            Phase::Answered | Phase::Closed => Err(WrongState(self)),
        }
    }

    /// 评价: the reporter says whether it is solved.
    pub fn appraise(self, at: Timestamp) -> Result<Self, WrongState> {
        match self {
            Self::Answered { organ, .. } => Ok(Self::Appraised { organ, at }),
            other => Err(WrongState(other)),
        }
    }

    /// 重办: back to the organ that answered, for a second handling.
    pub fn reopen(self, at: Timestamp) -> Result<Self, WrongState> {
        match self {
            Self::Appraised { organ: Some(organ), .. } => Ok(Self::Dispatched { organ, at }),
            other => Err(WrongState(other)),
        }
    }

    /// 办结: nothing more will happen.
    pub fn close(self, how: Closing, at: Timestamp) -> Result<Self, WrongState> {
        match self {
            Self::Answered { organ, .. } | Self::Appraised { organ, .. } => {
                Ok(Self::Closed { organ, at, how })
            }
            other => Err(WrongState(other)),
        }
    }

    /// 撤回: the reporter takes it back.
    pub fn withdraw(self, at: Timestamp) -> Result<Self, WrongState> {
        match self.phase() {
            Phase::Open => Ok(Self::Withdrawn { organ: self.organ(), at }),
            Phase::Answered | Phase::Closed => Err(WrongState(self)),
        }
    }
}
