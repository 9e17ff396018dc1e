//! The fork guard: what was signed last, in a tiny file of its own, compared and set before every signature.
//!
//! A log forks when it signs two different histories, and the usual way to it is innocent: a database is restored from
//! yesterday's backup and goes on. So the last signed state lies outside of the database and of every backup, beside the
//! key, and nothing is signed that does not continue it.

use std::fs::File;
use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};

use gongzhi_kernel::{Fault, FaultKind, World};

use crate::log::{Checkpoint, SignerKey};

/// Why a log is not signed any more. Each says what to do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// The database knows of a log whose key is not here.
    #[error("the key of the log {origin} is not in {}; put its files `key` and `guard` back where they were, or, if they are lost or this database was restored elsewhere, begin a successor: gongzhi ledger successor", folder.display())]
    NoKey {
        /// Which log.
        origin: String,
        /// Where its key should lie.
        folder: PathBuf,
    },
    /// The key here is that of another log.
    #[error("the key in {} (or that of `ledger_signer`) is not that of the log {origin}; name the folder of its key, change the key with gongzhi ledger rotate, or begin a successor in an empty folder: gongzhi ledger successor", folder.display())]
    OtherKey {
        /// Which log.
        origin: String,
        /// Where the key lies.
        folder: PathBuf,
    },
    /// There is a key, and what it signed last is not known.
    #[error("what was signed last is not known: {} is missing or damaged; put the file back, or freeze this log and begin a successor: gongzhi ledger successor", file.display())]
    NoGuard {
        /// The file.
        file: PathBuf,
    },
    /// The database is older than what was signed.
    #[error(
        "{guarded} entries were signed and this database has {size}: it was restored to an older state, and to go on would fork the log; bring the newer database back, or freeze this log and begin a successor: gongzhi ledger successor"
    )]
    Older {
        /// How many entries were signed.
        guarded: u64,
        /// How many the database has.
        size: u64,
    },
    /// The database tells another history than what was signed.
    #[error(
        "the first {size} entries are not those that were signed: this database tells another history; bring the right one back, or freeze this log and begin a successor: gongzhi ledger successor"
    )]
    Forked {
        /// How many entries were signed.
        size: u64,
    },
}

/// Where key and guard lie.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Home {
    folder: PathBuf,
}

pub(crate) fn failed(what: &str, path: &Path, error: std::io::Error) -> Fault {
    let kind = match error.kind() {
        std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded => FaultKind::Full,
        _ => FaultKind::Internal,
    };
    Fault::new(kind, format!("cannot {what} {}", path.display())).because(error)
}

fn make_key(world: &World, origin: &str) -> Result<SignerKey, Fault> {
    let mut seed = [0; 32];
    world.entropy.fill(&mut seed);
    SignerKey::of_log(origin, &seed)
        .map_err(|error| Fault::internal(format!("`{origin}` cannot name a log")).because(error))
}

/// Makes a folder that this user alone can read.
pub(crate) fn make_folder(folder: &Path) -> Result<(), Fault> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder).map_err(|error| failed("make the folder", folder, error))
}

/// A secret key in its file; `None` where there is no file. Refused where others on the machine can read it.
pub(crate) fn read_secret(path: &Path) -> Result<Option<SignerKey>, Fault> {
    let mut file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(failed("read the key", path, error)),
    };
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = file.metadata().map_err(|error| failed("look at", path, error))?.permissions().mode();
        if mode & 0o077 != 0 {
            return Err(Fault::internal(format!(
                "others on this machine can read the key; chmod 600 {}, and take a new key if somebody may have",
                path.display()
            )));
        }
    }
    let mut text = String::new();
    file.read_to_string(&mut text).map_err(|error| failed("read the key", path, error))?;
    let key = text.parse().map_err(|error: crate::log::NoteError| {
        Fault::internal(format!("{} holds no key", path.display())).because(error)
    })?;
    Ok(Some(key))
}

/// Keeps a new key, durably; refused where there is one.
pub(crate) fn write_secret(path: &Path, key: &SignerKey) -> Result<(), Fault> {
    let mut options = File::options();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path).map_err(|error| failed("write the key", path, error))?;
    writeln!(file, "{}", key.secret_text())
        .and_then(|()| file.sync_all())
        .and_then(|()| sync_folder_of(path))
        .map_err(|error| failed("write the key", path, error))
}

/// Puts these bytes in the place of a file: after a power cut it holds the old ones or the new ones.
pub(crate) fn replace(path: &Path, bytes: &[u8]) -> Result<(), Fault> {
    let mut half = path.as_os_str().to_owned();
    half.push(".new");
    let half = PathBuf::from(half);
    let written = File::create(&half).and_then(|mut file| {
        file.write_all(bytes)?;
        file.sync_all()
    });
    written
        .and_then(|()| std::fs::rename(&half, path))
        .and_then(|()| sync_folder_of(path))
        .map_err(|error| failed("write", path, error))
}

/// Makes the names in the folder of a file survive a power cut.
fn sync_folder_of(path: &Path) -> std::io::Result<()> {
    match path.parent() {
        Some(folder) => File::open(folder)?.sync_all(),
        None => Ok(()),
    }
}

impl Home {
    /// The folder of key and guard; made where it is missing, readable by this user only.
    pub fn open(folder: &Path) -> Result<Self, Fault> {
        make_folder(folder)?;
        Ok(Self { folder: folder.to_owned() })
    }

    /// The folder.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    fn key_file(&self) -> PathBuf {
        self.folder.join("key")
    }

    /// The file of the guard.
    pub fn guard_file(&self) -> PathBuf {
        self.folder.join("guard")
    }

    /// The key; `None` where there is no file.
    pub fn key(&self) -> Result<Option<SignerKey>, Fault> {
        read_secret(&self.key_file())
    }

    /// Keeps a new key; refused where there is one.
    pub fn keep_key(&self, key: &SignerKey) -> Result<(), Fault> {
        write_secret(&self.key_file(), key)
    }

    /// Makes and keeps a new key.
    pub fn new_key(&self, world: &World, origin: &str) -> Result<SignerKey, Fault> {
        let key = make_key(world, origin)?;
        self.keep_key(&key)?;
        Ok(key)
    }

    /// The key that signed before; `None` where there is none.
    pub fn previous_key(&self) -> Result<Option<SignerKey>, Fault> {
        read_secret(&self.folder.join("key.previous"))
    }

    /// The key that will take the place of the present one, made where there is none yet.
    pub fn next_key(&self, world: &World, origin: &str) -> Result<SignerKey, Fault> {
        let path = self.folder.join("key.next");
        if let Some(key) = read_secret(&path)? {
            return Ok(key);
        }
        let key = make_key(world, origin)?;
        write_secret(&path, &key)?;
        Ok(key)
    }

    /// Puts the next key in its place, if the log has it already; the present one goes on beside it.
    pub fn finish_rotation(&self, vkey: &str) -> Result<(), Fault> {
        let (key, next) = (self.key_file(), self.folder.join("key.next"));
        if read_secret(&next)?.is_none_or(|next| next.verifier().to_string() != vkey) {
            return Ok(());
        }
        let move_on = |from: &Path, to: &Path| std::fs::rename(from, to);
        if key.exists() {
            let previous = self.folder.join("key.previous");
            move_on(&key, &previous).map_err(|error| failed("put aside", &key, error))?;
        }
        move_on(&next, &key)
            .and_then(|()| self.sync())
            .map_err(|error| failed("put in its place", &next, error))
    }

    /// Puts a key aside that signs no longer.
    pub fn retire(&self, vkey: &str) -> Result<(), Fault> {
        for file in [self.folder.join("key.previous"), self.key_file()] {
            if let Some(key) = read_secret(&file)?
                && key.verifier().to_string() == vkey
            {
                let mark: String = key.verifier().id().iter().map(|byte| format!("{byte:02x}")).collect();
                let aside = self.folder.join(format!("key.retired-{mark}"));
                return std::fs::rename(&file, &aside)
                    .and_then(|()| self.sync())
                    .map_err(|error| failed("put aside", &file, error));
            }
        }
        Ok(())
    }

    /// What was signed last; `None` where nothing was.
    pub fn guarded(&self) -> Result<Option<Checkpoint>, Refused> {
        let file = self.guard_file();
        match std::fs::read_to_string(&file) {
            Ok(text) => {
                let whole = text.ends_with('\n').then(|| Checkpoint::parse(&text).ok()).flatten();
                whole.map(Some).ok_or(Refused::NoGuard { file })
            }
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(_) => Err(Refused::NoGuard { file }),
        }
    }

    /// Sets what will be signed now, if what was signed last is still `before`. Durable when it answers: the signature
    /// comes after it, so that a power cut in between leaves a guard that is ahead of what anybody has seen, by a
    /// state which the database has.
    pub fn advance(&self, before: Option<&Checkpoint>, to: &Checkpoint) -> Result<(), Fault> {
        if self.guarded().map_err(|refused| Fault::internal(refused.to_string()))?.as_ref() != before {
            return Err(Fault::internal("somebody else has signed meanwhile: two processes use one key"));
        }
        replace(&self.guard_file(), to.to_string().as_bytes())
    }

    /// What was signed last of a log that is to be frozen, or already was when a power cut came.
    pub fn last_of(&self, log: i64) -> Result<Option<Checkpoint>, Fault> {
        for file in [self.guard_file(), self.folder.join(format!("guard.frozen-{log}"))] {
            match std::fs::read_to_string(&file) {
                // A damaged guard tells nothing; what the database has signed is then named.
                Ok(text) => return Ok(Checkpoint::parse(&text).ok()),
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
                Err(error) => return Err(failed("read", &file, error)),
            }
        }
        Ok(None)
    }

    /// Puts key and guard of a frozen log aside, under its number.
    pub fn put_aside(&self, log: i64) -> Result<(), Fault> {
        for name in ["key", "key.previous", "key.next", "guard"] {
            let (from, to) = (self.folder.join(name), self.folder.join(format!("{name}.frozen-{log}")));
            match std::fs::rename(&from, &to) {
                Ok(()) => {}
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
                Err(error) => return Err(failed("put aside", &from, error)),
            }
        }
        self.sync().map_err(|error| failed("write", &self.folder, error))
    }

    /// Makes names in the folder survive a power cut.
    fn sync(&self) -> std::io::Result<()> {
        File::open(&self.folder)?.sync_all()
    }
}
