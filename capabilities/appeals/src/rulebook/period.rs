//! Lengths of time as the rulebook writes them.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A length of time in the rulebook: whole minutes, hours or days of 24 hours (`30m`, `2h`, `7d`), which run day and
/// night, or working hours and working days (`4wh`, `5wd`), which run by the city's calendar
/// ([`Calendar`](super::Calendar)).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Period {
    /// So many minutes, day and night.
    Plain(u32),
    /// 工作小时: minutes of office hours.
    WorkingMinutes(u32),
    /// 工作日.
    WorkingDays(u32),
}

impl Default for Period {
    fn default() -> Self {
        Self::Plain(0)
    }
}

/// Ten years: more is a slip of the pen.
const MOST_MINUTES: u32 = 3660 * 1440;
const MOST_WORKING_DAYS: u32 = 2600;

impl Period {
    /// So many minutes, day and night.
    pub const fn minutes(minutes: u32) -> Self {
        Self::Plain(minutes)
    }

    /// Whether it is no time at all.
    pub const fn is_none(self) -> bool {
        matches!(self, Self::Plain(0) | Self::WorkingMinutes(0) | Self::WorkingDays(0))
    }

    /// Whether it runs by the calendar.
    pub const fn is_working(self) -> bool {
        !matches!(self, Self::Plain(_))
    }

    /// As the standard library counts it, where it runs day and night.
    pub fn plain(self) -> Option<Duration> {
        match self {
            Self::Plain(minutes) => Some(Duration::from_secs(u64::from(minutes) * 60)),
            Self::WorkingMinutes(_) | Self::WorkingDays(_) => None,
        }
    }

    /// What it comes to at the least, in minutes, for comparisons before any date is known.
    pub(super) fn at_least(self) -> u64 {
        match self {
            Self::Plain(minutes) | Self::WorkingMinutes(minutes) => u64::from(minutes),
            // From the evening of one day to the close of the next.
            Self::WorkingDays(days) => u64::from(days) * 1440,
        }
    }
}

impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let clock = |minutes: u32, days: bool, mark: &str, f: &mut fmt::Formatter<'_>| match minutes {
            minutes if days && minutes != 0 && minutes % 1440 == 0 => write!(f, "{}{mark}d", minutes / 1440),
            minutes if minutes != 0 && minutes % 60 == 0 => write!(f, "{}{mark}h", minutes / 60),
            minutes => write!(f, "{minutes}{mark}m"),
        };
        match *self {
            Self::Plain(minutes) => clock(minutes, true, "", f),
            Self::WorkingMinutes(minutes) => clock(minutes, false, "w", f),
            Self::WorkingDays(days) => write!(f, "{days}wd"),
        }
    }
}

impl FromStr for Period {
    type Err = &'static str;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        const WRONG: &str = "a period is a whole number and m, h or d, such as 30m, 2h or 7d, or wh or wd for working \
            hours and days, such as 4wh or 5wd, up to ten years";
        let end = text.find(|c: char| !c.is_ascii_digit()).ok_or(WRONG)?;
        let (number, unit) = text.split_at(end);
        let number: u32 = number.parse().map_err(|_| WRONG)?;
        let times =
            |each: u32| number.checked_mul(each).filter(|minutes| *minutes <= MOST_MINUTES).ok_or(WRONG);
        match unit {
            "m" => times(1).map(Self::Plain),
            "h" => times(60).map(Self::Plain),
            "d" => times(1440).map(Self::Plain),
            "wm" => times(1).map(Self::WorkingMinutes),
            "wh" => times(60).map(Self::WorkingMinutes),
            "wd" if number <= MOST_WORKING_DAYS => Ok(Self::WorkingDays(number)),
            _ => Err(WRONG),
        }
    }
}

impl Serialize for Period {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Period {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}
