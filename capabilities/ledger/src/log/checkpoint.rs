//! Checkpoints (C2SP tlog-checkpoint): which log, how many entries, which root.

use std::fmt;

use super::note::{Note, NoteError, VerifierKey, is_name};
use super::tree::Hash;
use super::{base64, decimal, hash_from_base64};

/// The state of a log that was signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpoint {
    /// The name of the log; also that of its key.
    pub origin: String,
    /// How many entries it has.
    pub size: u64,
    /// The root of their tree.
    pub root: Hash,
}

impl Checkpoint {
    /// Reads the text of a checkpoint. Further lines are allowed and passed over.
    pub fn parse(text: &str) -> Result<Self, NoteError> {
        let mut lines = text.split('\n');
        let (Some(origin), Some(size), Some(root), Some(_)) =
            (lines.next(), lines.next(), lines.next(), lines.next())
        else {
            return Err(NoteError::Malformed("a checkpoint has three lines: log, size, root"));
        };
        if !is_name(origin) {
            return Err(NoteError::Malformed("the first line of a checkpoint is the name of its log"));
        }
        let size =
            decimal(size).ok_or(NoteError::Malformed("the second line of a checkpoint is a whole number"))?;
        let root = hash_from_base64(root)
            .ok_or(NoteError::Malformed("the third line of a checkpoint is a hash in base 64"))?;
        Ok(Self { origin: origin.to_owned(), size, root })
    }

    /// Reads a checkpoint that this log has signed.
    pub fn verified(note: &Note, log: &VerifierKey) -> Result<Self, NoteError> {
        log.verify(note)?;
        let checkpoint = Self::parse(&note.text)?;
        if checkpoint.origin == log.name() {
            Ok(checkpoint)
        } else {
            Err(NoteError::Malformed("the checkpoint is of another log than its key"))
        }
    }
}

impl fmt::Display for Checkpoint {
    /// The text that is signed, with its last line feed.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}\n{}\n{}\n", self.origin, self.size, base64(&self.root))
    }
}
