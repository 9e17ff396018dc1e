//! Sealing personal data where it is kept. What seals is put in when a store is opened; without it everything stays as
//! it was typed, which is right for trials only.

use std::fmt::Debug;
use std::sync::{Arc, PoisonError, RwLock};

use crate::Fault;

/// What a sealed text begins with: a character that no text of people begins with.
const MARK: char = '\u{1}';

/// Where a sealed value stands, such as `journal` of an event. What was sealed for one place opens at no other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place<'a> {
    /// Which column or part.
    pub what: &'a str,
    /// Whose row.
    pub row: i64,
}

impl<'a> Place<'a> {
    /// The place.
    pub fn new(what: &'a str, row: i64) -> Self {
        Self { what, row }
    }
}

/// Keys and what is done with them.
pub trait Keyring: Send + Sync + Debug {
    /// Seals with the newest key; `random` are bytes used once.
    ///
    /// # Errors
    /// A fault of the cipher.
    fn seal(&self, place: Place<'_>, plain: &str, random: [u8; 32]) -> Result<String, Fault>;

    /// Opens what any key of the ring has sealed for this place.
    ///
    /// # Errors
    /// A fault where the key is unknown, or the text was changed or put elsewhere.
    fn open(&self, place: Place<'_>, sealed: &str) -> Result<String, Fault>;

    /// A keyed hash by which a value is found again without being kept in the open.
    fn digest(&self, what: &str, plain: &str) -> String;

    /// Whether the newest key has sealed it.
    fn is_current(&self, sealed: &str) -> bool;
}

/// The keys of one city, once its store is open. Cheap to clone; all clones share the ring.
#[derive(Debug, Clone, Default)]
pub struct Vault(Arc<RwLock<Option<Arc<dyn Keyring>>>>);

impl Vault {
    fn ring(&self) -> Option<Arc<dyn Keyring>> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Puts a ring in, or another in its place.
    pub fn assume(&self, ring: Arc<dyn Keyring>) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = Some(ring);
    }

    /// Whether there are keys.
    pub fn is_open(&self) -> bool {
        self.ring().is_some()
    }

    /// The text as it is to be kept; `random` gives bytes that are used once.
    ///
    /// # Errors
    /// A fault of the cipher.
    pub fn seal(
        &self,
        place: Place<'_>,
        plain: &str,
        random: impl FnOnce() -> [u8; 32],
    ) -> Result<String, Fault> {
        match self.ring() {
            Some(ring) => Ok(format!("{MARK}{}", ring.seal(place, plain, random())?)),
            None => Ok(plain.to_owned()),
        }
    }

    /// The text as it was typed. What was kept before there were keys is given back as it is.
    ///
    /// # Errors
    /// A fault where it is sealed and cannot be opened.
    pub fn open(&self, place: Place<'_>, kept: String) -> Result<String, Fault> {
        let Some(sealed) = kept.strip_prefix(MARK) else { return Ok(kept) };
        match self.ring() {
            Some(ring) => ring.open(place, sealed),
            None => Err(Fault::corrupt("personal data is sealed and the city's keys are not there")),
        }
    }

    /// By what a value is found again; the value itself where there are no keys.
    pub fn digest(&self, what: &str, plain: &str) -> String {
        self.ring().map_or_else(|| plain.to_owned(), |ring| ring.digest(what, plain))
    }

    /// Whether a kept text should be sealed anew: it is open, or an older key has sealed it.
    pub fn is_outdated(&self, kept: &str) -> bool {
        self.ring().is_some_and(|ring| kept.strip_prefix(MARK).is_none_or(|sealed| !ring.is_current(sealed)))
    }
}
