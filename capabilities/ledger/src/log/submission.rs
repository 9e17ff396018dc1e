//! What a log sends to a witness (C2SP tlog-witness, `add-checkpoint`): from which size, the proof, the checkpoint.

use std::fmt;

use super::note::{Note, NoteError, Signature};
use super::tree::Hash;
use super::{base64, decimal, hash_from_base64};

/// More hashes no proof may have.
const STEPS: usize = 63;
/// Largest submission, in bytes: 63 hashes and a checkpoint with its signatures.
pub const SUBMISSION_LIMIT: usize = 64 * 1024;
/// The content type of the size that a witness answers where it remembers another one.
pub const SIZE_TYPE: &str = "text/x.tlog.size";

/// A checkpoint for a witness.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Submission {
    /// The size that the witness has cosigned last, as far as the log knows.
    pub old: u64,
    /// That the tree of that size is the beginning of the present one.
    pub proof: Vec<Hash>,
    /// The signed checkpoint.
    pub checkpoint: Note,
}

impl Submission {
    /// Reads a submission; nothing in it is verified yet.
    pub fn parse(text: &str) -> Result<Self, NoteError> {
        use NoteError::Malformed;
        if text.len() > SUBMISSION_LIMIT {
            return Err(Malformed("it is larger than 64 KiB"));
        }
        let (head, note) = text.split_once("\n\n").ok_or(Malformed("it has no checkpoint"))?;
        let mut lines = head.split('\n');
        let old = lines
            .next()
            .and_then(|line| line.strip_prefix("old "))
            .and_then(decimal)
            .ok_or(Malformed("its first line is not `old` and a size"))?;
        let proof: Vec<Hash> = lines
            .take(STEPS + 1)
            .map(|line| hash_from_base64(line).ok_or(Malformed("a line of its proof is no hash")))
            .collect::<Result<_, _>>()?;
        if proof.len() > STEPS {
            return Err(Malformed("its proof has more than 63 hashes"));
        }
        Ok(Self { old, proof, checkpoint: Note::parse(note)? })
    }
}

impl fmt::Display for Submission {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "old {}", self.old)?;
        for hash in &self.proof {
            writeln!(f, "{}", base64(hash))?;
        }
        write!(f, "\n{}", self.checkpoint)
    }
}

/// The lines that a witness answers with.
pub fn signatures_of(answer: &str) -> Result<Vec<Signature>, NoteError> {
    let lines = answer.strip_suffix('\n').ok_or(NoteError::Malformed("it does not end with a line feed"))?;
    lines.split('\n').map(Signature::parse).collect()
}

/// The size that a witness answers with where it remembers another one.
pub fn size_of(answer: &str) -> Option<u64> {
    decimal(answer.strip_suffix('\n')?)
}
