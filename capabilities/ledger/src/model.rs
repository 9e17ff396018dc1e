//! The types: a log, its entries, what was signed.

use gongzhi_kernel::Timestamp;

use crate::guard::Refused;
use crate::log::Receipt;
use crate::witness::WitnessStanding;

/// A log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Log {
    /// Its number in this city: 1, and one more for each successor.
    pub id: i64,
    /// Its name.
    pub origin: String,
    /// Its public key.
    pub vkey: String,
    /// When it was opened.
    pub opened: Timestamp,
    /// How many entries it has.
    pub size: u64,
}

/// An entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Where it stands, from 0.
    pub seq: u64,
    /// The event in the journal; 0 for the entry that opens a log.
    pub event: i64,
    /// What it is about.
    pub subject_kind: String,
    /// Its id.
    pub subject: i64,
    /// When it was sealed.
    pub sealed_at: Timestamp,
    /// The canonical text that is hashed.
    pub leaf: String,
}

/// A signed checkpoint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signed {
    /// How many entries it covers.
    pub size: u64,
    /// When it was signed.
    pub at: Timestamp,
    /// The note.
    pub note: String,
}

/// The signature of a witness.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cosigned {
    /// Its public key.
    pub witness: String,
    /// When it signed, by its own clock.
    pub at: Timestamp,
    /// The line under the note.
    pub line: String,
}

/// A log got another key; for a while both sign.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyChange {
    /// The log.
    pub origin: String,
    /// The public key so far.
    pub from: String,
    /// The new one.
    pub to: String,
}

/// What stands sealed about a subject.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SubjectSeal {
    /// Its last entry.
    pub seq: u64,
    /// When that was sealed.
    pub sealed_at: Timestamp,
    /// How many entries it has.
    pub count: i64,
    /// How many witnesses have signed its last entry.
    pub witnesses: usize,
}

/// What the log shows of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// Its name.
    pub origin: String,
    /// Its public key; empty where there is none.
    pub vkey: String,
    /// The public key that signed before, while both sign.
    pub previous: Option<String>,
    /// The newest checkpoint, with the signatures of witnesses that have come in.
    pub newest: Option<Signed>,
    /// The witnesses that are asked.
    pub witnesses: Vec<WitnessStanding>,
    /// Why nothing more is sealed or signed.
    pub refused: Option<Refused>,
}

impl Standing {
    /// How many witnesses have signed at least so many entries.
    pub fn behind(&self, size: u64) -> usize {
        self.witnesses.iter().filter(|witness| witness.size >= size).count()
    }
}

/// A receipt for one entry, and what people call it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Given {
    /// Where the entry stands, from 0.
    pub seq: u64,
    /// The receipt (C2SP tlog-proof); its extra data holds the entry.
    pub receipt: Receipt,
}
