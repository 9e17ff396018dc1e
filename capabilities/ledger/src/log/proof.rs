//! Receipts (C2SP tlog-proof): an entry, where it stands, the way to the root, and who has signed the root. Verified
//! without asking anybody.

use std::fmt;

use super::checkpoint::Checkpoint;
use super::note::{NOTE_LIMIT, Note, NoteError, VerifierKey};
use super::tree::{Hash, Mismatch, leaf_hash, verify_inclusion};
use super::{base64, decimal, from_base64, hash_from_base64};

/// First line of the format.
const HEAD: &str = "c2sp.org/tlog-proof@v1";
/// More hashes no path has.
const STEPS: usize = 64;

/// A proof that an entry stands in a log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt {
    /// What the application adds; the entry itself, in ours. Says nothing that is not verified.
    pub extra: Option<Vec<u8>>,
    /// Where the entry stands, from 0.
    pub index: u64,
    /// The way from the leaf to the root.
    pub path: Vec<Hash>,
    /// The checkpoint, with all its signatures.
    pub checkpoint: Note,
}

/// What a receipt has proved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verified {
    /// The log, its size and root at that time.
    pub checkpoint: Checkpoint,
    /// Witnesses of those asked about that stand behind it, each with when it signed, in seconds since 1970.
    pub witnesses: Vec<(String, u64)>,
}

/// Why a receipt proves nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReceiptError {
    /// It is not written as a receipt is.
    #[error("this is no receipt: {0}")]
    Malformed(&'static str),
    /// Its checkpoint cannot be believed.
    #[error("the checkpoint in the receipt: {0}")]
    Checkpoint(#[from] NoteError),
    /// The entry does not stand where it says.
    #[error("the entry does not stand in the log as the receipt says: {0}")]
    Proof(#[from] Mismatch),
}

impl Receipt {
    /// Reads a receipt; nothing in it is verified yet.
    pub fn parse(text: &str) -> Result<Self, ReceiptError> {
        use ReceiptError::Malformed;
        if text.len() > NOTE_LIMIT {
            return Err(Malformed("it is larger than a megabyte"));
        }
        let rest = text
            .strip_prefix(HEAD)
            .and_then(|rest| rest.strip_prefix('\n'))
            .ok_or(Malformed("its first line is not c2sp.org/tlog-proof@v1"))?;
        let (head, note) = rest.split_once("\n\n").ok_or(Malformed("it has no checkpoint"))?;
        let mut lines = head.split('\n').peekable();
        let extra = match lines.next_if(|line| line.starts_with("extra ")) {
            None => None,
            Some(line) => {
                let bytes = line.strip_prefix("extra ").and_then(from_base64);
                Some(bytes.ok_or(Malformed("its extra data is not base 64"))?)
            }
        };
        let index = lines
            .next()
            .and_then(|line| line.strip_prefix("index "))
            .and_then(decimal)
            .ok_or(Malformed("it does not say where the entry stands"))?;
        let path: Vec<Hash> = lines
            .take(STEPS + 1)
            .map(|line| hash_from_base64(line).ok_or(Malformed("a line of its path is no hash")))
            .collect::<Result<_, _>>()?;
        if path.len() > STEPS {
            return Err(Malformed("its path is longer than any can be"));
        }
        Ok(Self { extra, index, path, checkpoint: Note::parse(note)? })
    }

    /// Verifies that `entry` stands in the log whose key is given, and which of these witnesses stand behind it.
    pub fn verify(
        &self,
        entry: &[u8],
        log: &VerifierKey,
        witnesses: &[VerifierKey],
    ) -> Result<Verified, ReceiptError> {
        let checkpoint = Checkpoint::verified(&self.checkpoint, log)?;
        let seen = self.checkpoint.witnessed_by(witnesses)?;
        verify_inclusion(&leaf_hash(entry), self.index, checkpoint.size, &self.path, &checkpoint.root)?;
        Ok(Verified { checkpoint, witnesses: seen })
    }
}

impl fmt::Display for Receipt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{HEAD}")?;
        if let Some(extra) = &self.extra {
            writeln!(f, "extra {}", base64(extra))?;
        }
        writeln!(f, "index {}", self.index)?;
        for hash in &self.path {
            writeln!(f, "{}", base64(hash))?;
        }
        write!(f, "\n{}", self.checkpoint)
    }
}
