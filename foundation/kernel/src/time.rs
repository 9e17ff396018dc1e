//! A moment, to the microsecond.

use std::fmt;
use std::ops::{Add, Sub};
use std::str::FromStr;
use std::time::Duration;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A moment in UTC: microseconds since the Unix epoch, between the years 0 and 9999.
/// Zones are applied at the border only ([`Timestamp::in_zone`]).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(i64);

/// Text or a number that is no moment between the years 0 and 9999.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a date and time with zone, such as 2026-03-01T09:30:00+08:00")]
pub struct TimestampError;

const MIN_MICROS: i64 = -62_167_219_200_000_000;
const MAX_MICROS: i64 = 253_402_207_200_000_000;

impl Timestamp {
    /// The Unix epoch.
    pub const EPOCH: Self = Self(0);

    /// From microseconds since the Unix epoch; clamped to the years 0 to 9999.
    pub fn from_micros(micros: i64) -> Self {
        Self(micros.clamp(MIN_MICROS, MAX_MICROS))
    }

    /// From milliseconds since the Unix epoch; clamped to the years 0 to 9999.
    pub fn from_millis(millis: i64) -> Self {
        Self::from_micros(millis.saturating_mul(1000))
    }

    /// Microseconds since the Unix epoch.
    pub fn as_micros(self) -> i64 {
        self.0
    }

    /// Milliseconds since the Unix epoch, rounded down.
    pub fn as_millis(self) -> i64 {
        self.0.div_euclid(1000)
    }

    /// The same moment for jiff.
    pub fn to_jiff(self) -> jiff::Timestamp {
        // In range by construction; the fallback cannot be reached and does not lie about it.
        jiff::Timestamp::from_microsecond(self.0).unwrap_or(jiff::Timestamp::UNIX_EPOCH)
    }

    /// From jiff, cut to the microsecond.
    pub fn from_jiff(at: jiff::Timestamp) -> Self {
        Self::from_micros(at.as_microsecond())
    }

    /// The wall clock in a zone.
    pub fn in_zone(self, zone: &jiff::tz::TimeZone) -> jiff::ZonedDateTime {
        self.to_jiff().to_zoned_datetime(zone.clone())
    }

    /// How long after `earlier`; zero if it is before.
    pub fn since(self, earlier: Self) -> Duration {
        Duration::from_micros(u64::try_from(self.0 - earlier.0).unwrap_or(0))
    }

    /// Seconds from `self` to `other`, negative when `other` is earlier.
    pub fn seconds_until(self, other: Self) -> i64 {
        (other.0 - self.0).div_euclid(1_000_000)
    }
}

impl Add<Duration> for Timestamp {
    type Output = Self;
    fn add(self, more: Duration) -> Self {
        Self::from_micros(self.0.saturating_add(i64::try_from(more.as_micros()).unwrap_or(i64::MAX)))
    }
}

impl Sub<Duration> for Timestamp {
    type Output = Self;
    fn sub(self, less: Duration) -> Self {
        Self::from_micros(self.0.saturating_sub(i64::try_from(less.as_micros()).unwrap_or(i64::MAX)))
    }
}

impl fmt::Display for Timestamp {
    /// RFC 3339 in UTC, as in the journal and in answers to machines.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.to_jiff(), f)
    }
}

impl fmt::Debug for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for Timestamp {
    type Err = TimestampError;
    fn from_str(text: &str) -> Result<Self, TimestampError> {
        text.parse::<jiff::Timestamp>().map(Self::from_jiff).map_err(|_| TimestampError)
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_zones_and_prints_utc() {
        let at: Timestamp = "2026-03-01T09:30:00.123456+08:00".parse().unwrap();
        assert_eq!(at.to_string(), "2026-03-01T01:30:00.123456Z");
        assert_eq!(serde_json::to_string(&at).unwrap().parse::<serde_json::Value>().unwrap(), at.to_string());
        assert!("2026-03-01".parse::<Timestamp>().is_err());
    }

    #[test]
    fn differences_never_wrap() {
        let a = Timestamp::from_micros(10);
        assert_eq!(a.since(Timestamp::from_micros(20)), Duration::ZERO);
        assert_eq!(Timestamp::from_micros(i64::MAX) + Duration::MAX, Timestamp::from_micros(i64::MAX));
        assert_eq!(Timestamp::from_micros(i64::MAX).to_jiff().as_microsecond(), MAX_MICROS);
        assert_eq!(Timestamp::from_micros(i64::MIN).to_jiff().as_microsecond(), MIN_MICROS);
    }
}
