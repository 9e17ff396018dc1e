//! What every command is given besides its own words: who, when, in which language; and where ids and randomness come from.

use std::fmt::Debug;
use std::sync::Arc;
use std::sync::Mutex;

use sha2::{Digest, Sha256};

use crate::{Actor, Id, IdMaker, Locale, Timestamp, Vault};

/// Tells the time.
pub trait Clock: Send + Sync + Debug {
    /// Now.
    fn now(&self) -> Timestamp;
}

/// Gives random bytes.
pub trait Entropy: Send + Sync + Debug {
    /// Fills the buffer with bytes nobody can guess.
    fn fill(&self, bytes: &mut [u8]);
}

/// The machine's clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "the one place where the machine's clock is read")]
    fn now(&self) -> Timestamp {
        Timestamp::from_jiff(jiff::Timestamp::now())
    }
}

/// A clock that stands where it is put.
#[derive(Debug)]
pub struct FixedClock(Mutex<Timestamp>);

impl FixedClock {
    /// Standing at `at`.
    pub fn new(at: Timestamp) -> Self {
        Self(Mutex::new(at))
    }

    /// Puts it elsewhere.
    pub fn set(&self, at: Timestamp) {
        *self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner) = at;
    }
}

impl Clock for FixedClock {
    fn now(&self) -> Timestamp {
        *self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

/// The operating system's randomness.
#[derive(Debug, Clone, Copy, Default)]
pub struct OsEntropy;

impl Entropy for OsEntropy {
    #[expect(clippy::disallowed_methods, reason = "the one place where the system's randomness is read")]
    #[expect(clippy::panic, reason = "without randomness no secret may be made; the process must not go on")]
    fn fill(&self, bytes: &mut [u8]) {
        if let Err(error) = getrandom::fill(bytes) {
            panic!("the operating system gives no randomness: {error}");
        }
    }
}

/// Bytes that follow from a seed: for samples and tests, never for secrets.
#[derive(Debug)]
pub struct SeededEntropy(Mutex<(u64, u64)>);

impl SeededEntropy {
    /// From a seed.
    pub fn new(seed: u64) -> Self {
        Self(Mutex::new((seed, 0)))
    }
}

impl Entropy for SeededEntropy {
    fn fill(&self, bytes: &mut [u8]) {
        let mut state = self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        for chunk in bytes.chunks_mut(32) {
            let mut hash = Sha256::new();
            hash.update(state.0.to_le_bytes());
            hash.update(state.1.to_le_bytes());
            state.1 += 1;
            let block = hash.finalize();
            for (to, from) in chunk.iter_mut().zip(block.iter()) {
                *to = *from;
            }
        }
    }
}

/// Clock, randomness, ids and keys of one running city: shared by all contexts.
#[derive(Debug, Clone)]
pub struct World {
    /// Tells the time.
    pub clock: Arc<dyn Clock>,
    /// Gives random bytes.
    pub entropy: Arc<dyn Entropy>,
    /// Makes ids.
    pub ids: Arc<IdMaker>,
    /// Seals personal data, once a store has put the city's keys in.
    pub vault: Vault,
}

impl World {
    /// The machine's clock and randomness. The store raises the floor of the ids when it opens.
    pub fn system() -> Self {
        Self {
            clock: Arc::new(SystemClock),
            entropy: Arc::new(OsEntropy),
            ids: Arc::new(IdMaker::new(0, 0)),
            vault: Vault::default(),
        }
    }

    /// A clock that stands at `at`, and randomness that follows from `seed`: for tests and samples.
    pub fn fixed(at: Timestamp, seed: u64) -> (Self, Arc<FixedClock>) {
        let clock = Arc::new(FixedClock::new(at));
        let world = Self {
            clock: Arc::clone(&clock) as Arc<dyn Clock>,
            entropy: Arc::new(SeededEntropy::new(seed)),
            ids: Arc::new(IdMaker::new(0, 0)),
            vault: Vault::default(),
        };
        (world, clock)
    }

    /// A context for this actor, now.
    pub fn context(&self, actor: Actor, locale: Locale) -> Context {
        Context { actor, now: self.clock.now(), locale, world: self.clone() }
    }
}

/// Who asks, when, in which language. `now` stands still for the whole command.
#[derive(Debug, Clone)]
pub struct Context {
    /// Who.
    pub actor: Actor,
    /// When the command began.
    pub now: Timestamp,
    /// In which language they read.
    pub locale: Locale,
    world: World,
}

impl Context {
    /// A new id.
    pub fn id<K>(&self) -> Id<K> {
        self.world.ids.next(self.now)
    }

    /// `N` random bytes.
    pub fn random<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        self.world.entropy.fill(&mut bytes);
        bytes
    }

    /// Where clock, ids and randomness come from.
    pub fn world(&self) -> &World {
        &self.world
    }

    /// The same moment, for another actor.
    #[must_use]
    pub fn acting_as(&self, actor: Actor) -> Self {
        Self { actor, ..self.clone() }
    }

    /// The same actor at another moment: for imports and samples that tell of the past.
    #[must_use]
    pub fn at(&self, now: Timestamp) -> Self {
        Self { now, ..self.clone() }
    }
}
