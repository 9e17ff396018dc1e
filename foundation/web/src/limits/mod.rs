//! How often one address may do a thing: sign in, write, ask for its account back.
//!
//! Counted in memory, for each process by itself: what must hold across processes and restarts (the lock of a sign-in
//! name) is counted in the store, by people. Nothing here reaches the journal: whoever floods the city must not be able
//! to fill its disk with the record of it. The figures tell how often it happened.

mod address;

use std::collections::HashMap;
use std::fmt;
use std::hash::Hash;
use std::str::FromStr;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use gongzhi_kernel::{Refusal, RefusalKind, Timestamp};

pub use self::address::{Address, Peer, Proxies, ProxiesError};

/// So many in so long, such as `3/1m`; or as many as anybody likes: `off`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Allowance(Option<(u32, Duration)>);

/// A text that is no [`Allowance`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("write how many in how long, such as 3/1m, 30/1h or 600/10s; or off")]
pub struct AllowanceError;

impl Allowance {
    /// No limit.
    pub const OFF: Self = Self(None);

    /// So many in so many seconds.
    pub const fn new(count: u32, seconds: u64) -> Self {
        Self(Some((count, Duration::from_secs(seconds))))
    }
}

impl FromStr for Allowance {
    type Err = AllowanceError;

    fn from_str(text: &str) -> Result<Self, AllowanceError> {
        if text == "off" {
            return Ok(Self::OFF);
        }
        let (count, time) = text.split_once('/').ok_or(AllowanceError)?;
        let count: u32 = count.trim().parse().map_err(|_| AllowanceError)?;
        let time = time.trim();
        let digits = time.trim_end_matches(|c: char| c.is_ascii_alphabetic());
        let number: u64 =
            if digits.is_empty() { Ok(1) } else { digits.parse() }.map_err(|_| AllowanceError)?;
        let unit = match &time[digits.len()..] {
            "s" => 1,
            "m" | "min" => 60,
            "h" => 3600,
            "d" => 86_400,
            _ => return Err(AllowanceError),
        };
        let seconds = number.checked_mul(unit).filter(|seconds| (1..=31 * 86_400).contains(seconds));
        match (count, seconds) {
            (1.., Some(seconds)) => Ok(Self::new(count, seconds)),
            _ => Err(AllowanceError),
        }
    }
}

impl fmt::Display for Allowance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Some((count, time)) => write!(f, "{count}/{}s", time.as_secs()),
            None => f.write_str("off"),
        }
    }
}

/// How many are remembered at once; a city's worth of addresses in a minute is far below.
const REMEMBERED: usize = 65_536;

/// Counts one thing by key: after `count` at once, one more each `time / count` (the generic cell rate algorithm, as in
/// ITU-T I.371: one number for each key, and the wait is known exactly).
#[derive(Debug)]
pub struct Limiter<K> {
    allowance: Allowance,
    /// When the key will have used up nothing, in microseconds.
    until: Mutex<HashMap<K, i64>>,
}

impl<K: Hash + Eq> Limiter<K> {
    /// With nothing used up.
    pub fn new(allowance: Allowance) -> Self {
        Self { allowance, until: Mutex::new(HashMap::new()) }
    }

    fn until(&self) -> MutexGuard<'_, HashMap<K, i64>> {
        self.until.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn step(&self) -> Option<(i64, i64)> {
        let (count, time) = self.allowance.0?;
        let whole = i64::try_from(time.as_micros()).unwrap_or(i64::MAX);
        Some((whole, (whole / i64::from(count)).max(1)))
    }

    /// Uses one up.
    ///
    /// # Errors
    /// The time after which there is one again.
    pub fn take(&self, key: K, now: Timestamp) -> Result<(), Duration> {
        let Some((whole, step)) = self.step() else { return Ok(()) };
        let now = now.as_micros();
        let mut until = self.until();
        let free = until.get(&key).copied().unwrap_or(now).max(now);
        let wait = free.saturating_add(step).saturating_sub(now.saturating_add(whole));
        if wait > 0 {
            return Err(Duration::from_micros(u64::try_from(wait).unwrap_or(0)));
        }
        if until.len() >= REMEMBERED && !until.contains_key(&key) {
            until.retain(|_, until| *until > now);
            if until.len() >= REMEMBERED {
                until.clear();
            }
        }
        until.insert(key, free.saturating_add(step));
        Ok(())
    }

    /// Gives one back: it was no guess after all.
    pub fn give_back(&self, key: &K) {
        let Some((_, step)) = self.step() else { return };
        if let Some(until) = self.until().get_mut(key) {
            *until = until.saturating_sub(step);
        }
    }
}

/// What a city allows one address, and whom it believes about addresses.
#[derive(Debug, Clone)]
pub struct LimitRules {
    /// Sign-ins that fail, by address. Those that succeed are not counted: a whole office signs in from one.
    pub sign_in: Allowance,
    /// Requests that change something, by address.
    pub writes: Allowance,
    /// The proxies that are believed when they say for whom they ask.
    pub proxies: Proxies,
}

impl Default for LimitRules {
    fn default() -> Self {
        Self { sign_in: Allowance::new(3, 60), writes: Allowance::new(600, 60), proxies: Proxies::default() }
    }
}

/// The counts of one running site.
#[derive(Debug)]
pub(crate) struct Limits {
    sign_in: Limiter<Address>,
    writes: Limiter<Address>,
}

impl Limits {
    pub(crate) fn new(rules: &LimitRules) -> Self {
        Self { sign_in: Limiter::new(rules.sign_in), writes: Limiter::new(rules.writes) }
    }

    /// Counts a request that changes something.
    pub(crate) fn writes(&self, from: Option<Address>, now: Timestamp) -> Result<(), Refusal> {
        let Some(address) = from else { return Ok(()) };
        self.writes.take(address, now).map_err(|wait| too_many("writes", "error-too-many-writes", wait))
    }

    /// Counts an attempt to sign in; [`Self::signed_in`] gives it back where it succeeds.
    pub(crate) fn sign_in(&self, from: Option<Address>, now: Timestamp) -> Result<(), Refusal> {
        let Some(address) = from else { return Ok(()) };
        self.sign_in.take(address, now).map_err(|wait| too_many("sign_in", "error-too-many-sign-ins", wait))
    }

    /// The attempt was no guess.
    pub(crate) fn signed_in(&self, from: Option<Address>) {
        if let Some(address) = from {
            self.sign_in.give_back(&address);
        }
    }
}

/// The refusal of whoever came too often, with the wait in whole seconds.
fn too_many(what: &'static str, key: &'static str, wait: Duration) -> Refusal {
    metrics::counter!("gongzhi_limited_total", "limit" => what).increment(1);
    let seconds = wait.as_micros().div_ceil(1_000_000).max(1);
    Refusal::new(RefusalKind::TooMany, key).with("seconds", seconds)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: u64) -> Timestamp {
        Timestamp::EPOCH + Duration::from_secs(seconds)
    }

    #[test]
    fn allowances_are_read_and_written() {
        for (text, said) in [
            ("3/1m", "3/60s"),
            ("30/h", "30/3600s"),
            ("600/10s", "600/10s"),
            ("1/1d", "1/86400s"),
            ("off", "off"),
        ] {
            assert_eq!(text.parse::<Allowance>().unwrap().to_string(), said);
            assert_eq!(said.parse::<Allowance>().unwrap().to_string(), said);
        }
        for bad in [
            "",
            "3",
            "3/",
            "0/1m",
            "3/0s",
            "3/1",
            "x/1m",
            "3/1y",
            "-1/1m",
            "3/99999999999999999999d",
            "3/32d",
        ] {
            assert!(bad.parse::<Allowance>().is_err(), "{bad}");
        }
    }

    #[test]
    fn three_at_once_and_then_one_each_twenty_seconds() {
        let limiter = Limiter::new(Allowance::new(3, 60));
        for _ in 0..3 {
            assert_eq!(limiter.take("a", at(100)), Ok(()));
        }
        assert_eq!(limiter.take("a", at(100)), Err(Duration::from_secs(20)));
        assert_eq!(limiter.take("b", at(100)), Ok(()));
        assert_eq!(limiter.take("a", at(119)), Err(Duration::from_secs(1)));
        assert_eq!(limiter.take("a", at(120)), Ok(()));
        assert!(limiter.take("a", at(120)).is_err());
        limiter.give_back(&"a");
        assert_eq!(limiter.take("a", at(120)), Ok(()));
        // A refused attempt does not lengthen the wait.
        assert_eq!(limiter.take("a", at(130)), Err(Duration::from_secs(10)));
        assert_eq!(limiter.take("a", at(130)), Err(Duration::from_secs(10)));
    }

    #[test]
    fn a_clock_that_goes_back_locks_nobody_out_for_longer_than_the_rule() {
        let limiter = Limiter::new(Allowance::new(1, 60));
        assert_eq!(limiter.take("a", at(1000)), Ok(()));
        assert!(limiter.take("a", at(10)).is_err());
        assert_eq!(limiter.take("a", at(1060)), Ok(()));
    }

    #[test]
    fn memory_is_bounded() {
        let limiter = Limiter::new(Allowance::new(1, 60));
        for key in 0..200_000_u32 {
            assert_eq!(limiter.take(key, at(1)), Ok(()));
        }
        assert!(limiter.until().len() <= REMEMBERED);
        assert!(Limiter::new(Allowance::OFF).take(1, at(1)).is_ok());
    }
}
