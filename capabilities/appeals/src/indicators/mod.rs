//! 考核指标: what the city measures itself by, defined once and computed from public events alone, so that anybody who
//! holds the public log can compute the same numbers. The formulas in words, with their sources: `docs/INDICATORS.md`.
//!
//! [`Case`] folds the public events of one appeal. [`Case::contribution`] says what it adds to one indicator: numerator,
//! denominator, or why it is left out. [`Case::counts`] says the same as sums for the counters, by organ; whatever the
//! weights of a period are, they are applied to the sums afterwards ([`Counts::rate`]). Every case counts once, in the
//! month in which it came in.

mod case;
mod counts;
pub mod exclusion;
mod follower;

use gongzhi_kernel::{EventKind, Timestamp};
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

pub use case::{Case, Contribution, subject_of};
pub use counts::{BUCKETS, Counts, Rate, bucket};
pub use follower::IndicatorsFollower;

/// 剔除: somebody has asked at the call-back that a case be left out of the three indicators of the call-back.
/// Subject `appeal_exclusion`; public: appeal, reason; sealed: note.
pub const EXCLUSION_ASKED: EventKind = "appeal.exclusion_asked";
/// 剔除审核: somebody else has decided on it. Public: appeal, reason, granted; sealed: note.
pub const EXCLUSION_REVIEWED: EventKind = "appeal.exclusion_reviewed";
/// The kind of subject of exclusions.
pub const EXCLUSION_SUBJECT: &str = "appeal_exclusion";

/// One of the seven figures of a dashboard.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Indicator {
    /// 响应率: contacted in time ÷ called back.
    Response,
    /// 解决率: solved ÷ (solved + not solved).
    Solution,
    /// 满意率: weighted satisfied ÷ appraised.
    Satisfaction,
    /// 及时接收率: accepted in time ÷ due to be accepted.
    Acceptance,
    /// 按时办结率: answered in time in every round ÷ due to be answered.
    OnTime,
    /// 回退率: sent back ÷ dispatched. The lower the better.
    Return,
    /// 重办率: handled again ÷ answered. The lower the better.
    Repeat,
}

impl Indicator {
    /// All of them, in the order of a dashboard.
    pub const ALL: [Self; 7] = [
        Self::Response,
        Self::Solution,
        Self::Satisfaction,
        Self::Acceptance,
        Self::OnTime,
        Self::Return,
        Self::Repeat,
    ];

    /// Its word in addresses, message keys and exports.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Response => "response",
            Self::Solution => "solution",
            Self::Satisfaction => "satisfaction",
            Self::Acceptance => "acceptance",
            Self::OnTime => "on_time",
            Self::Return => "return",
            Self::Repeat => "repeat",
        }
    }

    /// The indicator of a word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.word() == word)
    }

    /// Whether a higher share is the better one.
    pub const fn more_is_better(self) -> bool {
        !matches!(self, Self::Return | Self::Repeat)
    }

    /// Whether it comes from the call-back, so that an exclusion takes the case out of it.
    pub const fn of_call_back(self) -> bool {
        matches!(self, Self::Response | Self::Solution | Self::Satisfaction)
    }
}

/// 剔除原因: why a case is left out of the indicators of the call-back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Exclusion {
    /// 不合理诉求: what was asked for is against the law or cannot be done by anybody.
    Unreasonable,
    /// 超出职责: outside of what the city answers for.
    OutOfScope,
    /// 无法联系: the reporter could not be reached at the call-back.
    Unreachable,
}

impl Exclusion {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Unreasonable, Self::OutOfScope, Self::Unreachable];

    /// Its word in events, forms and message keys.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Unreasonable => "unreasonable",
            Self::OutOfScope => "out_of_scope",
            Self::Unreachable => "unreachable",
        }
    }

    /// The reason of a word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.word() == word)
    }
}

/// Why a case adds nothing to an indicator.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LeftOut {
    /// What it is about has not happened: not yet answered, not called back.
    NotYet,
    /// Nobody knows: a history from another system does not say.
    Unknown,
    /// 剔除, reviewed.
    Excluded(Exclusion),
}

/// The weights of a period (权重), from the rulebook.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Weights {
    /// What each of the five levels counts in the satisfaction rate, from 1 (very dissatisfied) to 5, in percent.
    pub satisfaction: [u8; 5],
    /// What response, solution and satisfaction count in the overall score, in percent; together 100.
    pub score: [u8; 3],
}

impl Weights {
    /// Whether they can be applied: percents, not falling from one level to the next; the score's together 100.
    pub fn are_sound(&self) -> bool {
        let rising = self.satisfaction.windows(2).all(|pair| matches!(pair, [low, high] if low <= high));
        let score: u32 = self.score.iter().map(|weight| u32::from(*weight)).sum();
        rising && self.satisfaction.iter().all(|weight| *weight <= 100) && score == 100
    }
}

/// A month of the city's calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Month(i64);

impl Month {
    /// The month in which `at` lies.
    pub fn of(at: Timestamp, zone: &TimeZone) -> Self {
        let date = at.in_zone(zone).date();
        Self(i64::from(date.year()) * 12 + i64::from(date.month()) - 1)
    }

    /// From the store: months since the year 0.
    pub const fn from_number(number: i64) -> Self {
        Self(number)
    }

    /// For the store.
    pub const fn number(self) -> i64 {
        self.0
    }

    /// So many months before.
    #[must_use]
    pub const fn before(self, months: i64) -> Self {
        Self(self.0 - months)
    }

    /// The year and the month from 1 to 12.
    pub const fn parts(self) -> (i64, i64) {
        (self.0.div_euclid(12), self.0.rem_euclid(12) + 1)
    }

    /// When it begins; `None` beyond the calendar.
    pub fn begins(self, zone: &TimeZone) -> Option<Timestamp> {
        let (year, month) = self.parts();
        let date = jiff::civil::Date::new(i16::try_from(year).ok()?, i8::try_from(month).ok()?, 1).ok()?;
        Some(Timestamp::from_jiff(date.to_zoned_datetime(zone.clone()).ok()?.timestamp()))
    }
}

impl std::fmt::Display for Month {
    /// `2026-05`.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (year, month) = self.parts();
        write!(f, "{year:04}-{month:02}")
    }
}

impl std::str::FromStr for Month {
    type Err = NoMonth;
    fn from_str(text: &str) -> Result<Self, NoMonth> {
        let (year, month) = text.split_once('-').ok_or(NoMonth)?;
        let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        if year.len() != 4 || month.len() != 2 || !digits(year) || !digits(month) {
            return Err(NoMonth);
        }
        let (year, month): (i64, i64) =
            (year.parse().map_err(|_| NoMonth)?, month.parse().map_err(|_| NoMonth)?);
        if (1..=12).contains(&month) { Ok(Self(year * 12 + month - 1)) } else { Err(NoMonth) }
    }
}

/// The text names no month.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a month is written 2026-05")]
pub struct NoMonth;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_month_is_the_citys_and_reads_back() {
        let zone = TimeZone::get("Asia/Shanghai").unwrap();
        let at = |text: &str| Month::of(text.parse().unwrap(), &zone);
        assert_eq!(at("2026-03-31T15:59:59Z").to_string(), "2026-03");
        let april = at("2026-03-31T16:00:00Z");
        assert_eq!((april.to_string(), april.parts()), ("2026-04".into(), (2026, 4)));
        assert_eq!(april.begins(&zone).unwrap().to_string(), "2026-03-31T16:00:00Z");
        assert_eq!("2026-04".parse(), Ok(april));
        assert_eq!(april.before(4).to_string(), "2025-12");
        for wrong in ["2026-13", "2026-00", "26-04", "2026-4", "2026", "x", "+026-04"] {
            assert!(wrong.parse::<Month>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn weights_are_percents_that_rise_and_a_score_of_a_hundred() {
        let sound = Weights { satisfaction: [0, 30, 60, 80, 100], score: [10, 45, 45] };
        assert!(sound.are_sound());
        assert!(!Weights { satisfaction: [0, 30, 60, 50, 100], ..sound.clone() }.are_sound());
        assert!(!Weights { satisfaction: [0, 30, 60, 80, 101], ..sound.clone() }.are_sound());
        assert!(!Weights { score: [10, 45, 44], ..sound }.are_sound());
    }
}
