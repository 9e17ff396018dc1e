//! Who acts.

use serde::{Deserialize, Serialize};

use crate::{OrganId, PersonId};

/// What a membership lets a person do in an organ.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// 承办人员: works the organ's cases.
    Handler,
    /// 负责人: heads the organ; approves.
    Head,
    /// 话务员: takes calls and dispatches for the hotline centre.
    Operator,
    /// 监督人员: reads everything that is recorded, changes nothing.
    Auditor,
    /// 组织成员: member of a social organisation, lawyer, mediator, volunteer.
    Member,
    /// 系统管理员: keeps the system running; sees no case.
    Administrator,
}

impl Role {
    /// All roles, in the order of the policy matrix.
    pub const ALL: [Self; 6] =
        [Self::Handler, Self::Head, Self::Operator, Self::Auditor, Self::Member, Self::Administrator];

    /// The word in the store and in policies.
    pub fn word(self) -> &'static str {
        match self {
            Self::Handler => "handler",
            Self::Head => "head",
            Self::Operator => "operator",
            Self::Auditor => "auditor",
            Self::Member => "member",
            Self::Administrator => "administrator",
        }
    }

    /// The role of a word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.word() == word)
    }
}

/// Who acts, one variant per kind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Actor {
    /// Nobody signed in.
    Visitor,
    /// A person who speaks for themselves.
    Resident {
        /// Who.
        person: PersonId,
    },
    /// Somebody who works in an organ; `head` may approve.
    Official {
        /// Who.
        person: PersonId,
        /// Where.
        organ: OrganId,
        /// Whether they head it.
        head: bool,
    },
    /// A member of a social organisation.
    OrganisationMember {
        /// Who.
        person: PersonId,
        /// Of which.
        organ: OrganId,
    },
    /// A hotline operator and dispatcher.
    Operator {
        /// Who.
        person: PersonId,
        /// Of which hotline centre.
        organ: OrganId,
    },
    /// Somebody who reads everything that is recorded and changes nothing.
    Auditor {
        /// Who.
        person: PersonId,
        /// Of which organ.
        organ: OrganId,
    },
    /// Somebody who keeps the system running and sees no case.
    Administrator {
        /// Who.
        person: PersonId,
        /// Of which organ.
        organ: OrganId,
    },
    /// Gongzhi itself: timers, followers, imports.
    System,
}

/// The kinds of [`Actor`], for route tables and policies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ActorKind {
    /// See [`Actor::Visitor`].
    Visitor,
    /// See [`Actor::Resident`].
    Resident,
    /// See [`Actor::Official`].
    Official,
    /// See [`Actor::OrganisationMember`].
    OrganisationMember,
    /// See [`Actor::Operator`].
    Operator,
    /// See [`Actor::Auditor`].
    Auditor,
    /// See [`Actor::Administrator`].
    Administrator,
    /// See [`Actor::System`].
    System,
}

impl ActorKind {
    /// All kinds, in the order of the policy matrix.
    pub const ALL: [Self; 8] = [
        Self::Visitor,
        Self::Resident,
        Self::Official,
        Self::OrganisationMember,
        Self::Operator,
        Self::Auditor,
        Self::Administrator,
        Self::System,
    ];

    /// The word in policies, the journal and golden files.
    pub fn word(self) -> &'static str {
        match self {
            Self::Visitor => "visitor",
            Self::Resident => "resident",
            Self::Official => "official",
            Self::OrganisationMember => "organisation_member",
            Self::Operator => "operator",
            Self::Auditor => "auditor",
            Self::Administrator => "administrator",
            Self::System => "system",
        }
    }
}

impl Actor {
    /// The kind.
    pub fn kind(&self) -> ActorKind {
        match self {
            Self::Visitor => ActorKind::Visitor,
            Self::Resident { .. } => ActorKind::Resident,
            Self::Official { .. } => ActorKind::Official,
            Self::OrganisationMember { .. } => ActorKind::OrganisationMember,
            Self::Operator { .. } => ActorKind::Operator,
            Self::Auditor { .. } => ActorKind::Auditor,
            Self::Administrator { .. } => ActorKind::Administrator,
            Self::System => ActorKind::System,
        }
    }

    /// The person, if one is signed in.
    pub fn person(&self) -> Option<PersonId> {
        match self {
            Self::Visitor | Self::System => None,
            Self::Resident { person }
            | Self::Official { person, .. }
            | Self::OrganisationMember { person, .. }
            | Self::Operator { person, .. }
            | Self::Auditor { person, .. }
            | Self::Administrator { person, .. } => Some(*person),
        }
    }

    /// The organ they act for.
    pub fn organ(&self) -> Option<OrganId> {
        match self {
            Self::Visitor | Self::System | Self::Resident { .. } => None,
            Self::Official { organ, .. }
            | Self::OrganisationMember { organ, .. }
            | Self::Operator { organ, .. }
            | Self::Auditor { organ, .. }
            | Self::Administrator { organ, .. } => Some(*organ),
        }
    }

    /// Whether they work for government: officials, operators, auditors.
    pub fn is_staff(&self) -> bool {
        matches!(
            self.kind(),
            ActorKind::Official | ActorKind::Operator | ActorKind::Auditor | ActorKind::Administrator
        )
    }
}
