//! Time-ordered ids that fit into 53 bits, so that JavaScript and JSON hold them exactly.
//!
//! Layout, from the top: 41 bits milliseconds since 2000-01-01T00:00:00Z (until 2069), 7 bits sequence, 5 bits node.
//! One maker for all kinds: an id names one thing in the whole city, whatever its kind.

use std::fmt;
use std::marker::PhantomData;
use std::str::FromStr;
use std::sync::atomic::{AtomicI64, Ordering};

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::Timestamp;

/// Milliseconds from the Unix epoch to 2000-01-01T00:00:00Z.
const EPOCH_MS: i64 = 946_684_800_000;
const NODE_BITS: u32 = 5;
const SEQUENCE_BITS: u32 = 7;
const MAX_ID: i64 = (1 << 53) - 1;

/// How many nodes may make ids at the same time.
pub const NODES: u8 = 1 << NODE_BITS;
/// The node number kept for imports, whose ids carry a time in the past.
pub const IMPORT_NODE: u8 = NODES - 1;

/// An id of something of kind `K`. Ordered by the time at which it was made.
pub struct Id<K>(i64, PhantomData<fn() -> K>);

impl<K> Id<K> {
    /// The id with this number. Numbers outside `1..2^53` are refused.
    pub fn new(raw: i64) -> Option<Self> {
        (1..=MAX_ID).contains(&raw).then_some(Self(raw, PhantomData))
    }

    /// The number itself, for the store.
    pub fn get(self) -> i64 {
        self.0
    }

    /// The time at which it was made, to the millisecond.
    pub fn made_at(self) -> Timestamp {
        Timestamp::from_millis((self.0 >> (NODE_BITS + SEQUENCE_BITS)) + EPOCH_MS)
    }

    /// The smallest id that could have been made at `at`: a bound for queries by time.
    pub fn first_at(at: Timestamp) -> Self {
        let ms = (at.as_millis() - EPOCH_MS).clamp(0, MAX_ID >> (NODE_BITS + SEQUENCE_BITS));
        Self((ms << (NODE_BITS + SEQUENCE_BITS)).max(1), PhantomData)
    }

    /// An id for something that happened at `at` and is told only now (import): `nth` tells apart
    /// what happened in the same millisecond. `None` where `nth` has no room or `at` is before the year 2000 or after 2069.
    pub fn at(at: Timestamp, nth: u8, node: u8) -> Option<Self> {
        let ms = at.as_millis() - EPOCH_MS;
        let fits = (0..=MAX_ID >> (NODE_BITS + SEQUENCE_BITS)).contains(&ms);
        if !fits || nth >= 1 << SEQUENCE_BITS || node >= NODES {
            return None;
        }
        Self::new((((ms << SEQUENCE_BITS) | i64::from(nth)) << NODE_BITS) | i64::from(node))
    }
}

impl<K> Clone for Id<K> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<K> Copy for Id<K> {}
impl<K> PartialEq for Id<K> {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}
impl<K> Eq for Id<K> {}
impl<K> PartialOrd for Id<K> {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}
impl<K> Ord for Id<K> {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.0.cmp(&other.0)
    }
}
impl<K> std::hash::Hash for Id<K> {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.0.hash(state);
    }
}
impl<K> fmt::Debug for Id<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
impl<K> fmt::Display for Id<K> {
    /// Sixteen digits, as it is printed on receipts and written in addresses.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016}", self.0)
    }
}
impl<K> FromStr for Id<K> {
    type Err = BadId;
    /// Digits; blanks and hyphens between them are passed over, so that a number may be typed as it was read out.
    fn from_str(text: &str) -> Result<Self, BadId> {
        let digits: String = text.chars().filter(|c| !matches!(c, ' ' | '-' | '\u{3000}')).collect();
        if digits.is_empty() || digits.len() > 16 || !digits.bytes().all(|b| b.is_ascii_digit()) {
            return Err(BadId);
        }
        digits.parse().ok().and_then(Self::new).ok_or(BadId)
    }
}
impl<K> Serialize for Id<K> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_i64(self.0)
    }
}
impl<'de, K> Deserialize<'de> for Id<K> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let raw = i64::deserialize(deserializer)?;
        Self::new(raw).ok_or_else(|| serde::de::Error::custom("an id is a whole number from 1 to 2^53-1"))
    }
}

/// Text that is no id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a number has up to sixteen digits and nothing else")]
pub struct BadId;

/// Marks of the kinds; never made.
pub mod kinds {
    /// An appeal (诉求).
    #[derive(Debug)]
    pub enum Appeal {}
    /// An area of the division tree (区划).
    #[derive(Debug)]
    pub enum Area {}
    /// An event in the journal.
    #[derive(Debug)]
    pub enum Event {}
    /// An organ or organisation.
    #[derive(Debug)]
    pub enum Organ {}
    /// A natural person.
    #[derive(Debug)]
    pub enum Person {}
    /// A signed-in session.
    #[derive(Debug)]
    pub enum Session {}
    /// A timer.
    #[derive(Debug)]
    pub enum Timer {}
}

/// Id of an appeal.
pub type AppealId = Id<kinds::Appeal>;
/// Id of an area.
pub type AreaId = Id<kinds::Area>;
/// Id of an event.
pub type EventId = Id<kinds::Event>;
/// Id of an organ.
pub type OrganId = Id<kinds::Organ>;
/// Id of a person.
pub type PersonId = Id<kinds::Person>;
/// Id of a session.
pub type SessionId = Id<kinds::Session>;
/// Id of a timer.
pub type TimerId = Id<kinds::Timer>;

/// Makes the ids of one process. Never goes back, whatever the clock does; a burst borrows from the next milliseconds.
///
/// The store leases the node number and remembers a floor above every id that it has committed, so that a
/// restart with a clock that went back continues above it.
#[derive(Debug)]
pub struct IdMaker {
    node: AtomicI64,
    /// The last `(milliseconds << 7) | sequence`.
    last: AtomicI64,
}

impl IdMaker {
    /// A maker for `node` that starts above `floor`, an id made earlier or 0.
    pub fn new(node: u8, floor: i64) -> Self {
        Self { node: AtomicI64::new(i64::from(node % NODES)), last: AtomicI64::new(floor >> NODE_BITS) }
    }

    /// The next id at `now`.
    pub fn next<K>(&self, now: Timestamp) -> Id<K> {
        let wanted = ((now.as_millis() - EPOCH_MS).max(0)) << SEQUENCE_BITS;
        let step = |last: i64| Some(wanted.max(last + 1));
        // The closure never returns `None`, so both arms hold the value before the step.
        let (Ok(before) | Err(before)) = self.last.fetch_update(Ordering::Relaxed, Ordering::Relaxed, step);
        Id((wanted.max(before + 1) << NODE_BITS) | self.node.load(Ordering::Relaxed), PhantomData)
    }

    /// A number no smaller than any id made so far: what the store keeps as the floor.
    pub fn high_water(&self) -> i64 {
        ((self.last.load(Ordering::Relaxed)) << NODE_BITS) | (i64::from(NODES) - 1)
    }

    /// Takes a leased node number and the floor that the store has kept: the store calls it when it opens.
    pub fn assume(&self, node: u8, floor: i64) {
        self.node.store(i64::from(node % NODES), Ordering::Relaxed);
        self.last.fetch_max(floor >> NODE_BITS, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_grow_even_when_the_clock_goes_back() {
        let maker = IdMaker::new(3, 0);
        let late: AppealId = maker.next(Timestamp::from_millis(1_800_000_000_000));
        let back: AppealId = maker.next(Timestamp::from_millis(1_700_000_000_000));
        assert!(back > late);
        assert_eq!(back.get() & 31, 3);
    }

    #[test]
    fn a_burst_gives_distinct_ids_below_two_to_the_53() {
        let maker = IdMaker::new(0, 0);
        let now = Timestamp::from_millis(1_800_000_000_000);
        let made: std::collections::BTreeSet<i64> =
            (0..10_000).map(|_| maker.next::<kinds::Event>(now).get()).collect();
        assert_eq!(made.len(), 10_000);
        assert!(made.iter().all(|id| *id < 1 << 53));
    }

    #[test]
    fn an_id_tells_its_time_and_reads_back() {
        let at = Timestamp::from_millis(1_420_113_609_000);
        let id = AppealId::at(at, 5, IMPORT_NODE).unwrap();
        assert_eq!(id.made_at(), at);
        assert_eq!(id.to_string().parse::<AppealId>().unwrap(), id);
        let text = id.to_string();
        let spaced = format!("{} {} {} {}", &text[..4], &text[4..8], &text[8..12], &text[12..]);
        assert_eq!(spaced.parse::<AppealId>().unwrap(), id);
        assert!(AppealId::first_at(at) <= id);
    }

    #[test]
    fn what_is_no_number_is_refused() {
        for text in ["", "-", "12a", "0", "99999999999999999", "９", "9999999999999999"] {
            assert!(text.parse::<AppealId>().is_err(), "{text}");
        }
    }

    #[test]
    fn a_maker_continues_above_the_kept_floor() {
        let first = IdMaker::new(0, 0);
        let made: EventId = first.next(Timestamp::from_millis(1_900_000_000_000));
        let second = IdMaker::new(1, first.high_water());
        let next: EventId = second.next(Timestamp::from_millis(1_500_000_000_000));
        assert!(next > made);
    }
}
