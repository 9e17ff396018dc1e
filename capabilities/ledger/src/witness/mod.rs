//! A witness (见证人): somebody else who signs a log's checkpoints, each only after it has seen that it continues the last.
//! It needs no city: any organisation or group of residents runs one, for as many logs as it likes.
//!
//! ```text
//! Witness::open(folder, name, logs, world)   its key and, for each log, the last checkpoint that it signed
//!   .add(submission)                         compared, kept durably, then cosigned; or why not
//! routes(witness)                            the same over HTTP (C2SP tlog-witness)
//! ```

mod address;
mod serve;

use std::collections::BTreeMap;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use gongzhi_kernel::{Fault, World};
use sha2::{Digest, Sha256};

use crate::guard::{failed, make_folder, read_secret, replace, write_secret};
use crate::log::tree::{self, empty_root};
use crate::log::{Checkpoint, Note, NoteError, Signature, SignerKey, Submission, VerifierKey};
use crate::rules::hex;

pub use address::{AddressError, Trouble, WitnessAddress, WitnessStanding};
pub use serve::routes;

/// A witness.
#[derive(Debug)]
pub struct Witness {
    folder: PathBuf,
    key: SignerKey,
    /// Keys of each log by its name: more than one while a log changes its key.
    logs: BTreeMap<String, Vec<VerifierKey>>,
    world: World,
    /// One submission at a time: comparing and setting are one step.
    turn: Mutex<()>,
    /// Held as long as the witness runs: two with one memory would sign two histories.
    _alone: File,
}

/// Why a witness does not sign. Each is one answer of the protocol.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotCosigned {
    /// It is not written as it must be.
    #[error("this is no submission: {0}")]
    Malformed(NoteError),
    /// The checkpoint is older than what the log says was signed.
    #[error("the checkpoint has {size} entries, fewer than the {old} that it is to continue")]
    Backwards {
        /// The old size in the submission.
        old: u64,
        /// The size of the checkpoint.
        size: u64,
    },
    /// This witness does not follow such a log.
    #[error("this witness does not know a log named {0}")]
    UnknownLog(String),
    /// No known key of the log has signed it.
    #[error("no known key of {0} has signed it")]
    UnknownKey(String),
    /// The witness remembers another size.
    #[error("this witness has signed {size} entries last")]
    OtherSize {
        /// Which.
        size: u64,
    },
    /// The same size with another root: the log is forked.
    #[error(
        "this witness has signed another root for {size} entries: the log was forked; its checkpoint is kept as a proof"
    )]
    OtherRoot {
        /// The size.
        size: u64,
    },
    /// The proof proves nothing.
    #[error("the checkpoint does not continue what was signed: {0}")]
    Proof(tree::Mismatch),
}

/// What goes wrong in a witness.
#[derive(Debug, thiserror::Error)]
pub enum AddError {
    /// It does not sign.
    #[error(transparent)]
    Refused(#[from] NotCosigned),
    /// It cannot.
    #[error(transparent)]
    Fault(#[from] Fault),
}

impl Witness {
    /// Opens a witness in a folder of its own, and makes its key where there is none. `logs` are the keys of the logs
    /// that it follows; two keys with one name are both of the same log.
    pub fn open(folder: &Path, name: &str, logs: Vec<VerifierKey>, world: World) -> Result<Self, Fault> {
        make_folder(folder)?;
        let lock = folder.join("lock");
        let alone = File::create(&lock).map_err(|error| failed("write", &lock, error))?;
        alone.try_lock().map_err(|error| {
            Fault::new(
                gongzhi_kernel::FaultKind::Busy,
                format!("another witness is at work in {}", folder.display()),
            )
            .because(error)
        })?;
        let path = folder.join("key");
        let key = match read_secret(&path)? {
            Some(key) => key,
            None => {
                let mut seed = [0; 32];
                world.entropy.fill(&mut seed);
                let key = SignerKey::of_witness(name, &seed).map_err(|error| {
                    Fault::internal(format!("`{name}` cannot name a witness")).because(error)
                })?;
                write_secret(&path, &key)?;
                key
            }
        };
        if !key.verifier().is_witness() {
            return Err(Fault::internal(format!(
                "{} holds the key of a log; a witness needs a key of its own",
                path.display()
            )));
        }
        if key.name() != name {
            return Err(Fault::internal(format!(
                "the key in {} is that of {}, not of {name}",
                folder.display(),
                key.name()
            )));
        }
        let mut by_name: BTreeMap<String, Vec<VerifierKey>> = BTreeMap::new();
        for log in logs {
            by_name.entry(log.name().to_owned()).or_default().push(log);
        }
        let witness = Self {
            folder: folder.to_owned(),
            key,
            logs: by_name,
            world,
            turn: Mutex::new(()),
            _alone: alone,
        };
        // A memory that cannot be read is found at the start, not at the first checkpoint.
        for origin in witness.logs.keys() {
            witness.last(origin)?;
        }
        Ok(witness)
    }

    /// Its public key.
    pub fn verifier(&self) -> VerifierKey {
        self.key.verifier()
    }

    /// The logs that it follows, each with how many entries it has cosigned.
    pub fn logs(&self) -> Result<Vec<(String, u64)>, Fault> {
        self.logs
            .keys()
            .map(|origin| Ok((origin.clone(), self.last(origin)?.map_or(0, |last| last.size))))
            .collect()
    }

    /// Where the last checkpoint of a log is kept.
    fn memory(&self, origin: &str) -> PathBuf {
        self.folder.join(format!("{}.checkpoint", hex(&Sha256::digest(origin.as_bytes()))))
    }

    /// What was cosigned last; `None` where nothing was. A damaged memory is a fault: to begin anew could sign a fork.
    fn last(&self, origin: &str) -> Result<Option<Checkpoint>, Fault> {
        let path = self.memory(origin);
        let text = match std::fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(failed("read", &path, error)),
        };
        let checkpoint = Note::parse(&text)
            .and_then(|note| self.verifier().verify(&note).and_then(|_| Checkpoint::parse(&note.text)))
            .ok()
            .filter(|checkpoint| checkpoint.origin == origin);
        checkpoint.map(Some).ok_or_else(|| {
            Fault::corrupt(format!(
                "{} is not what this witness has signed last; without it nothing of {origin} can be signed: bring the file back",
                path.display()
            ))
        })
    }

    /// Compares a submission with what was signed last, keeps its checkpoint, and signs it: in this order, so that a
    /// signature that anybody has seen is never forgotten.
    pub fn add(&self, submission: &Submission) -> Result<Signature, AddError> {
        let note = &submission.checkpoint;
        let checkpoint = Checkpoint::parse(&note.text).map_err(NotCosigned::Malformed)?;
        let Some(keys) = self.logs.get(&checkpoint.origin) else {
            return Err(NotCosigned::UnknownLog(checkpoint.origin).into());
        };
        if !keys.iter().any(|key| key.verify(note).is_ok()) {
            return Err(NotCosigned::UnknownKey(checkpoint.origin).into());
        }
        let (old, size) = (submission.old, checkpoint.size);
        if old > size {
            return Err(NotCosigned::Backwards { old, size }.into());
        }
        let _turn = self.turn.lock().unwrap_or_else(PoisonError::into_inner);
        let last = self.last(&checkpoint.origin)?;
        let (last_size, last_root) = last.map_or_else(|| (0, empty_root()), |last| (last.size, last.root));
        if old != last_size {
            return Err(NotCosigned::OtherSize { size: last_size }.into());
        }
        if old == size && last_root != checkpoint.root {
            self.keep_evidence(&checkpoint, note)?;
            return Err(NotCosigned::OtherRoot { size }.into());
        }
        if let Err(mismatch) =
            tree::verify_consistency(old, &last_root, size, &checkpoint.root, &submission.proof)
        {
            self.keep_evidence(&checkpoint, note)?;
            return Err(NotCosigned::Proof(mismatch).into());
        }
        let seconds = u64::try_from(self.world.clock.now().as_millis() / 1000).unwrap_or_default();
        let signature = self.key.sign(&note.text, seconds);
        let known = keys.iter().filter(|key| key.verify(note).is_ok());
        let of_log = note.signatures.iter().filter(|signature| {
            known.clone().any(|key| signature.name == key.name() && signature.id == key.id())
        });
        let signatures = of_log.cloned().chain([signature.clone()]).collect();
        let kept = Note { text: note.text.clone(), signatures };
        replace(&self.memory(&checkpoint.origin), kept.to_string().as_bytes())?;
        Ok(signature)
    }

    /// Keeps a signed checkpoint that does not continue what was signed: it convicts whoever signed it. One for each
    /// log, the first: anybody who has got hold of such a checkpoint may send it again and again.
    fn keep_evidence(&self, checkpoint: &Checkpoint, note: &Note) -> Result<(), Fault> {
        let path = self.memory(&checkpoint.origin).with_extension("evidence");
        tracing::error!(origin = checkpoint.origin, size = checkpoint.size, evidence = %path.display(), "a checkpoint does not continue what was signed");
        if path.exists() { Ok(()) } else { replace(&path, note.to_string().as_bytes()) }
    }
}
