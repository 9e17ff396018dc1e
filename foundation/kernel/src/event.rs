//! What happened, as the journal keeps it.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::{Actor, EventId, Id, Timestamp};

/// The name of a kind of event, such as `appeal.submitted`. Its fields are a documented contract.
pub type EventKind = &'static str;

/// What an event is about: a kind such as `appeal`, and its id.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Subject {
    /// `appeal`, `person`, `organ`, `area` …
    pub kind: std::borrow::Cow<'static, str>,
    /// Its id.
    pub id: i64,
}

impl Subject {
    /// The subject with this id.
    pub fn new<K>(kind: &'static str, id: Id<K>) -> Self {
        Self { kind: kind.into(), id: id.get() }
    }
}

/// An event that is to be recorded in the present unit of work.
#[derive(Debug, Clone, PartialEq)]
pub struct NewEvent {
    /// Its kind.
    pub kind: EventKind,
    /// What it is about.
    pub subject: Subject,
    /// Which change of the subject this is: 1 for the first. `(subject, revision)` is unique, so that of two
    /// writers who started from the same state one gets a conflict.
    pub revision: i64,
    /// When it happened.
    pub at: Timestamp,
    /// Who did it.
    pub actor: Actor,
    /// Safe for the open log: no personal data.
    pub public: Value,
    /// Personal data: in the open log only as a salted commitment.
    pub sealed: Option<Value>,
}

/// An event as the journal holds it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Event {
    /// Its id; grows with time on one node.
    pub id: EventId,
    /// Its kind.
    pub kind: String,
    /// What it is about.
    pub subject: Subject,
    /// Which change of the subject this is.
    pub revision: i64,
    /// When it happened.
    pub at: Timestamp,
    /// Who did it.
    pub actor: Actor,
    /// Safe for the open log.
    pub public: Value,
    /// Personal data; `None` where there was none or it has been erased.
    pub sealed: Option<Value>,
    /// Salted commitment to the sealed part, hexadecimal; stays when the part is erased.
    pub commitment: Option<String>,
}

/// SHA-256(salt ‖ canonical text of the sealed part), hexadecimal. The salt is kept beside the sealed part and
/// erased with it, so that nobody can guess the part from the commitment afterwards.
pub fn commitment(salt: &[u8], sealed: &str) -> String {
    let mut hash = Sha256::new();
    hash.update(salt);
    hash.update(sealed.as_bytes());
    hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}
