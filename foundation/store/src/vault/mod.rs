//! Personal data is kept sealed: the sealed parts of the journal, and the columns that crates name.
//!
//! ```text
//! master key    a file of its own (0600), or what a command of the operator prints; never in the database or a backup
//!   └ wraps     the keys of the table `vault_key`: one that seals, one that finds again; older ones still open
//! ```
//!
//! Sealing is bound to the place ([`Place`](gongzhi_kernel::Place)), so that nobody can move a sealed telephone to
//! another row. Keys are changed by `gongzhi keys rotate`: a new key is laid down a minute before anybody seals with it, every process
//! reads it meanwhile, and then everything is sealed anew.

mod keys;
mod suite;

use std::sync::Arc;
use std::time::Duration;

use gongzhi_kernel::{Fault, Keyring, Place, Timestamp};

pub use self::keys::{KeySource, MasterKey};
pub use self::suite::{Aes256Gcm, CipherSuite};
use crate::{Row, Store, Tx, params};

crate::statements! {
    /// All keys, the oldest first.
    KEYS = "SELECT id, suite, purpose, wrapped, begins_at FROM vault_key ORDER BY id";
    /// One more key.
    INSERT_KEY = "INSERT INTO vault_key (id, suite, purpose, wrapped, begins_at) VALUES ($1, $2, $3, $4, $5)";
    /// The same key under another master key.
    REWRAP_KEY = "UPDATE vault_key SET wrapped = $2 WHERE id = $1";
    /// Sealed parts of the journal, a page after a place.
    JOURNAL_PAGE = "SELECT txn, id, sealed FROM journal WHERE (txn, id) > ($1, $2) AND sealed IS NOT NULL
        ORDER BY txn, id LIMIT 500";
    /// A sealed part, sealed anew; its commitment is of what it says and stays.
    RESEAL_EVENT = "UPDATE journal SET sealed = $3 WHERE txn = $1 AND id = $2";
}

/// How long before it is used a new key is laid down, so that every process has read it: a minute.
pub const LEAD: Duration = Duration::from_secs(60);
/// How often processes look for new keys.
pub const LOOK: Duration = Duration::from_secs(20);

/// Why the keys of a city cannot be used; each says the way out.
#[derive(Debug, thiserror::Error)]
pub enum VaultError {
    /// The file cannot be used.
    #[error("cannot use the key file {file}: {why}")]
    File {
        /// Which.
        file: String,
        /// What is wrong.
        why: String,
    },
    /// The file is not there and the city has sealed data.
    #[error(
        "the personal data of this city is sealed, and its key file {file} is not there; put it back from where you keep it (backups do not hold it), or name it with `keys`"
    )]
    Missing {
        /// Where it should be.
        file: String,
    },
    /// The command gives no key.
    #[error("the command that should print the city's key does not: {why}")]
    Command {
        /// What happened.
        why: String,
    },
    /// Not the key of this city.
    #[error(
        "{from} holds a key, but not the one that sealed this city's data; name the right one with `keys`"
    )]
    Wrong {
        /// Where it came from.
        from: String,
    },
    /// Sealed with a suite that this program does not carry.
    #[error("this city's data is sealed with {suite}, which this program does not carry")]
    Suite {
        /// Its name.
        suite: String,
    },
    /// A fault of the store.
    #[error(transparent)]
    Fault(#[from] Fault),
}

/// A key as the table has it.
struct Kept {
    id: i64,
    suite: String,
    purpose: String,
    wrapped: String,
    begins_at: Timestamp,
}

fn read_key(row: &dyn Row) -> Result<Kept, Fault> {
    Ok(Kept {
        id: row.int(0)?,
        suite: row.string(1)?,
        purpose: row.string(2)?,
        wrapped: row.string(3)?,
        begins_at: row.time(4)?,
    })
}

/// What a key is for.
const SEALS: &str = "seal";
/// What a key is for.
const FINDS: &str = "find";

/// The keys of a city, unwrapped.
#[derive(Debug)]
struct Ring {
    suite: Arc<dyn CipherSuite>,
    /// That seal: id and key, the oldest first.
    seals: Vec<(i64, MasterKey)>,
    /// The one to seal with.
    newest: i64,
    finds: MasterKey,
}

impl Ring {
    fn key(&self, id: i64) -> Result<&[u8; 32], Fault> {
        let found = self.seals.iter().find(|(of, _)| *of == id);
        found
            .map(|(_, key)| key.bytes())
            .ok_or_else(|| Fault::corrupt("a text was sealed with a key that this process does not have"))
    }
}

fn bound(place: Place<'_>) -> Vec<u8> {
    format!("{}\0{}", place.what, place.row).into_bytes()
}

impl Keyring for Ring {
    fn seal(&self, place: Place<'_>, plain: &str, random: [u8; 32]) -> Result<String, Fault> {
        let sealed = self.suite.seal(self.key(self.newest)?, random, &bound(place), plain.as_bytes())?;
        Ok(format!("{}.{}", self.newest, keys::base64(&sealed)))
    }

    fn open(&self, place: Place<'_>, sealed: &str) -> Result<String, Fault> {
        let changed = || Fault::corrupt("a sealed text cannot be read");
        let (id, text) = sealed.split_once('.').ok_or_else(changed)?;
        let id = id.parse::<i64>().map_err(|_| changed())?;
        let sealed = keys::unbase64(text).ok_or_else(changed)?;
        let plain = self.suite.open(self.key(id)?, &bound(place), &sealed)?;
        String::from_utf8(plain).map_err(|_| changed())
    }

    fn digest(&self, what: &str, plain: &str) -> String {
        keys::base64(&self.suite.digest(self.finds.bytes(), format!("{what}\0{plain}").as_bytes()))
    }

    fn is_current(&self, sealed: &str) -> bool {
        sealed.split_once('.').is_some_and(|(id, _)| id.parse() == Ok(self.newest))
    }
}

/// What kept keys are with a master key, at a moment.
fn unwrap(
    kept: &[Kept],
    suite: &Arc<dyn CipherSuite>,
    master: &MasterKey,
    from: &str,
    now: Timestamp,
) -> Result<Ring, VaultError> {
    let mut seals: Vec<(i64, MasterKey)> = Vec::new();
    let mut newest = None;
    let mut finds = None;
    for key in kept {
        if key.suite != suite.name() {
            return Err(VaultError::Suite { suite: key.suite.clone() });
        }
        let wrong = || VaultError::Wrong { from: from.to_owned() };
        let wrapped = keys::unbase64(&key.wrapped).ok_or_else(wrong)?;
        let place = Place::new("vault_key", key.id);
        let bytes = suite.open(master.bytes(), &bound(place), &wrapped).map_err(|_| wrong())?;
        let bytes: [u8; 32] = bytes.try_into().map_err(|_| wrong())?;
        if key.purpose == SEALS {
            seals.push((key.id, MasterKey::new(bytes)));
            // The first one seals from the start: there is no other.
            if newest.is_none() || key.begins_at <= now {
                newest = Some(key.id);
            }
        } else {
            finds = Some(MasterKey::new(bytes));
        }
    }
    let broken = || Fault::corrupt("the table of keys lacks one");
    Ok(Ring {
        suite: Arc::clone(suite),
        seals,
        newest: newest.ok_or_else(broken)?,
        finds: finds.ok_or_else(broken)?,
    })
}

/// Lays a new key down.
fn lay_down(
    tx: &mut dyn Tx,
    suite: &Arc<dyn CipherSuite>,
    master: &MasterKey,
    purpose: &'static str,
    begins_at: Timestamp,
) -> Result<(), Fault> {
    let world = tx.world().clone();
    let random = || {
        let mut bytes = [0; 32];
        world.entropy.fill(&mut bytes);
        bytes
    };
    let id: gongzhi_kernel::Id<VaultKey> = world.ids.next(world.clock.now());
    let place = Place::new("vault_key", id.get());
    let (key, once) = (random(), random());
    let wrapped = suite.seal(master.bytes(), once, &bound(place), &key)?;
    tx.execute(&INSERT_KEY, params![id, suite.name(), purpose, &keys::base64(&wrapped), begins_at])?;
    Ok(())
}

/// Marks ids of keys.
enum VaultKey {}

impl Store {
    /// Opens the vault: makes its keys where there are none, reads them with the master key, and from then on seals.
    /// Gives the key at hand, with which it is called again every [`LOOK`] to read new keys.
    ///
    /// # Errors
    /// See [`VaultError`].
    pub async fn unlock(&self, source: &KeySource) -> Result<KeySource, VaultError> {
        self.unlock_with(source, Arc::new(Aes256Gcm)).await
    }

    /// As [`Self::unlock`], with a cipher suite of the operator's own.
    ///
    /// # Errors
    /// See [`VaultError`].
    pub async fn unlock_with(
        &self,
        source: &KeySource,
        suite: Arc<dyn CipherSuite>,
    ) -> Result<KeySource, VaultError> {
        let known = !self.read(|tx| tx.all(&KEYS, &[], read_key)).await?.is_empty();
        let master = source.master(known, self.world())?;
        let (making, under) = (Arc::clone(&suite), master.clone());
        let kept = self
            .write(move |tx| {
                if tx.all(&KEYS, &[], read_key)?.is_empty() {
                    let now = tx.world().clock.now();
                    lay_down(tx, &making, &under, SEALS, now)?;
                    lay_down(tx, &making, &under, FINDS, now)?;
                }
                tx.all(&KEYS, &[], read_key)
            })
            .await?;
        let ring = unwrap(&kept, &suite, &master, &source.to_string(), self.world().clock.now())?;
        self.world().vault.assume(Arc::new(ring));
        Ok(KeySource::Given(master))
    }

    /// Lays a new key down, which seals from `lead` on ([`LEAD`] while others serve); what is sealed stays as it is until it
    /// is sealed anew.
    ///
    /// # Errors
    /// See [`VaultError`].
    pub async fn new_key(&self, source: &KeySource, lead: Duration) -> Result<Timestamp, VaultError> {
        let suite: Arc<dyn CipherSuite> = Arc::new(Aes256Gcm);
        let master = source.master(true, self.world())?;
        let begins_at = self.world().clock.now() + lead;
        self.write(move |tx| lay_down(tx, &suite, &master, SEALS, begins_at)).await?;
        Ok(begins_at)
    }

    /// Wraps all keys under another master key; the data stays as it is.
    ///
    /// # Errors
    /// See [`VaultError`].
    pub async fn rewrap(&self, from: &KeySource, to: &KeySource) -> Result<(), VaultError> {
        let suite: Arc<dyn CipherSuite> = Arc::new(Aes256Gcm);
        let old = from.master(true, self.world())?;
        let new = to.master(false, self.world())?;
        let name = from.to_string();
        let kept = self.read(|tx| tx.all(&KEYS, &[], read_key)).await?;
        let mut wrapped = Vec::new();
        for key in kept {
            let place = bound(Place::new("vault_key", key.id));
            let plain = keys::unbase64(&key.wrapped)
                .and_then(|sealed| suite.open(old.bytes(), &place, &sealed).ok())
                .ok_or_else(|| VaultError::Wrong { from: name.clone() })?;
            let mut once = [0; 32];
            self.world().entropy.fill(&mut once);
            wrapped.push((key.id, keys::base64(&suite.seal(new.bytes(), once, &place, &plain)?)));
        }
        self.write(move |tx| {
            for (id, wrapped) in &wrapped {
                tx.execute(&REWRAP_KEY, params![*id, wrapped])?;
            }
            Ok::<_, Fault>(())
        })
        .await?;
        Ok(())
    }

    /// Seals the next page of the journal's sealed parts anew, where an older key or none has sealed them; the place to go
    /// on from, `None` at the end, and how many were sealed.
    ///
    /// # Errors
    /// A fault of the store.
    pub async fn reseal_journal(
        &self,
        after: crate::Position,
    ) -> Result<(Option<crate::Position>, u64), Fault> {
        self.write(move |tx| {
            let page = tx.all(&JOURNAL_PAGE, params![after.txn, after.id], |row| {
                Ok((row.int(0)?, row.int(1)?, row.string(2)?))
            })?;
            let (mut last, mut done) = (None, 0);
            let vault = tx.world().vault.clone();
            for (txn, id, kept) in page {
                last = Some(crate::Position { txn, id });
                if vault.is_outdated(&kept) {
                    let place = Place::new(JOURNAL, id);
                    let plain = vault.open(place, kept)?;
                    let sealed = tx.seal(place, &plain)?;
                    tx.execute(&RESEAL_EVENT, params![txn, id, &sealed])?;
                    done += 1;
                }
            }
            Ok((last, done))
        })
        .await
    }
}

/// The place of the journal's sealed parts; the row is the event's id.
pub(crate) const JOURNAL: &str = "journal";

impl dyn Tx + '_ {
    /// A text as it is to be kept at its place.
    ///
    /// # Errors
    /// A fault of the cipher.
    pub fn seal(&self, place: Place<'_>, plain: &str) -> Result<String, Fault> {
        let world = self.world();
        world.vault.seal(place, plain, || {
            let mut random = [0; 32];
            world.entropy.fill(&mut random);
            random
        })
    }

    /// A kept text as it was typed.
    ///
    /// # Errors
    /// A fault where it cannot be opened.
    pub fn unseal(&self, place: Place<'_>, kept: String) -> Result<String, Fault> {
        self.world().vault.open(place, kept)
    }

    /// By what a value is found again.
    pub fn find_by(&self, what: &str, plain: &str) -> String {
        self.world().vault.digest(what, plain)
    }
}
