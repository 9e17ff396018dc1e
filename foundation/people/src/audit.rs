//! The audit trail: sign-ins, accounts, permissions, readings of personal data, exports and administration, as an auditor
//! searches them.
//!
//! It is a picture of the journal, kept by a follower from the public parts of events. The journal itself is what cannot
//! be changed unseen: rows are held against it, and it only grows.

use gongzhi_kernel::{Event, EventId, EventKind, Fault, OrganId, PersonId, Timestamp};
use gongzhi_store::{Follower, Tx};
use serde_json::Value;

use crate::store;

/// Somebody searched the audit trail.
pub const AUDIT_SEARCHED: EventKind = "audit.searched";
/// Somebody took a part of the audit trail out.
pub const AUDIT_EXPORTED: EventKind = "audit.exported";

/// What an entry is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Section {
    /// 登录: sign-ins, those that failed, and how sessions ended.
    SignIn,
    /// 账户: who is registered, passwords, second factors, suspensions.
    Account,
    /// 权限: roles given and taken back, clients of the interface.
    Permission,
    /// 查阅: readings of personal data and of this trail, and what was taken out.
    Reading,
    /// 管理: organs, areas, rules and categories.
    Administration,
}

impl Section {
    /// All sections.
    pub const ALL: [Self; 5] =
        [Self::SignIn, Self::Account, Self::Permission, Self::Reading, Self::Administration];

    /// The word in addresses and the store.
    pub fn word(self) -> &'static str {
        match self {
            Self::SignIn => "sign-in",
            Self::Account => "account",
            Self::Permission => "permission",
            Self::Reading => "reading",
            Self::Administration => "administration",
        }
    }

    /// The section of a word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|section| section.word() == word)
    }

    /// The section of a kind of event; `None` where it is not for the audit trail.
    pub fn of(kind: &str) -> Option<Self> {
        let (subject, what) = kind.split_once('.')?;
        match subject {
            "session" | "sign_in" => Some(Self::SignIn),
            "person" => Some(Self::Account),
            "membership" | "api_client" => Some(Self::Permission),
            "audit" => Some(Self::Reading),
            "organ" | "area" | "category" | "appeal_rulebook" | "appeal_catalogue" => {
                Some(Self::Administration)
            }
            _ if what.ends_with("_read") || what.ends_with("_exported") => Some(Self::Reading),
            _ => None,
        }
    }
}

/// One entry.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// The event of the journal.
    pub event: EventId,
    /// When.
    pub at: Timestamp,
    /// The kind of event.
    pub kind: String,
    /// What it is about.
    pub section: Section,
    /// As what somebody acted.
    pub actor_kind: String,
    /// Who.
    pub person: Option<PersonId>,
    /// For which organ.
    pub organ: Option<OrganId>,
    /// What it was done to.
    pub subject_kind: String,
    /// Its id.
    pub subject: i64,
    /// What the event tells publicly.
    pub told: Value,
}

/// What is searched for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Search {
    /// Of this section only.
    pub section: Option<Section>,
    /// What this person did.
    pub person: Option<PersonId>,
    /// From here on.
    pub from: Option<Timestamp>,
    /// Before this.
    pub to: Option<Timestamp>,
    /// Older than this entry.
    pub before: Option<EventId>,
}

/// Keeps the trail.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Trail;

impl Follower for Trail {
    fn name(&self) -> &'static str {
        "people.audit"
    }

    fn follow(&self, tx: &mut dyn Tx, events: &[Event]) -> Result<(), Fault> {
        for event in events {
            if let Some(section) = Section::of(&event.kind) {
                store::audit::insert(tx, section, event)?;
            }
        }
        Ok(())
    }

    fn reset(&self, tx: &mut dyn Tx) -> Result<(), Fault> {
        store::audit::forget(tx)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_this_crate_is_in_a_section() {
        for kind in crate::EVENT_KINDS {
            assert!(Section::of(kind).is_some(), "{kind}");
        }
        assert_eq!(Section::of("appeal.reporter_read"), Some(Section::Reading));
        assert_eq!(Section::of("appeal.submitted"), None);
        assert_eq!(Section::of("odd"), None);
        for section in Section::ALL {
            assert_eq!(Section::from_word(section.word()), Some(section));
        }
    }
}
