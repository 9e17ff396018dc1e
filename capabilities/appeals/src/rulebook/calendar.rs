//! The city's working calendar (工作日历): office hours, and for every year its holidays and the weekends that are worked
//! instead (调休). Data of the rulebook, not of the code: a year that is not in it is not guessed.
//!
//! Periods are counted as 民法典 art. 201 and 203 say: in hours from the moment itself; in days without the day on which
//! it begins, to the close of business of the last one.

use std::collections::{BTreeMap, BTreeSet};
use std::str::FromStr;
use std::time::Duration;

use gongzhi_kernel::{Refusal, Timestamp};
use jiff::civil::{Date, Time, Weekday};
use jiff::tz::TimeZone;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::Period;

/// A span of office hours, written `09:00-12:00`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Hours {
    /// When the doors open.
    pub from: Time,
    /// When they close.
    pub to: Time,
}

/// One day or several on end, written `2026-05-01` or `2026-05-01/2026-05-05`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Days {
    /// The first.
    pub first: Date,
    /// The last.
    pub last: Date,
}

/// What differs in one year from the plain week.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Year {
    /// Where it was published.
    pub source: String,
    /// 放假: days off.
    pub holidays: Vec<Days>,
    /// 调休上班: weekends that are worked.
    #[serde(default)]
    pub workdays: Vec<Days>,
}

/// Office hours and years.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Calendar {
    /// 办公时间, in order.
    #[serde(default)]
    pub hours: Vec<Hours>,
    /// By year.
    #[serde(default, with = "by_year")]
    pub years: BTreeMap<i16, Year>,
}

/// TOML writes the years as words.
mod by_year {
    use super::{BTreeMap, Deserialize, Deserializer, Serialize, Serializer, Year};

    pub(super) fn serialize<S: Serializer>(
        years: &BTreeMap<i16, Year>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        let words: BTreeMap<String, &Year> =
            years.iter().map(|(year, told)| (year.to_string(), told)).collect();
        words.serialize(serializer)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<BTreeMap<i16, Year>, D::Error> {
        let words = BTreeMap::<String, Year>::deserialize(deserializer)?;
        let year = |(word, told): (String, Year)| match word.parse() {
            Ok(year) => Ok((year, told)),
            Err(_) => Err(serde::de::Error::custom(format!("`{word}` is no year"))),
        };
        words.into_iter().map(year).collect()
    }
}

/// The calendar does not say which days of this year are worked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the calendar does not hold the year {0}")]
pub struct MissingYear(pub i16);

impl From<MissingYear> for Refusal {
    fn from(MissingYear(year): MissingYear) -> Self {
        Self::conflict("calendar-year-missing").with("year", year)
    }
}

impl Calendar {
    /// What is wrong with it, in words for who writes it.
    pub(super) fn check(&self) -> Result<(), String> {
        let mut before = None;
        for hours in &self.hours {
            if hours.from >= hours.to || before.is_some_and(|before| before > hours.from) {
                return Err("calendar.hours must follow one another".into());
            }
            before = Some(hours.to);
        }
        for (number, year) in &self.years {
            let days = year.holidays.iter().chain(&year.workdays);
            if year.source.trim().is_empty() {
                return Err(format!("calendar.years.{number} needs its source"));
            }
            if days.clone().any(|days| {
                days.first > days.last || days.last.year() != *number || days.first.year() != *number
            }) {
                return Err(format!(
                    "calendar.years.{number} holds days of that year only, the earlier first"
                ));
            }
            let off: BTreeSet<Date> = year.holidays.iter().flat_map(|days| days.iter()).collect();
            if year
                .workdays
                .iter()
                .flat_map(|days| days.iter())
                .any(|day| off.contains(&day) || !is_weekend(day))
            {
                return Err(format!("calendar.years.{number}.workdays are weekends that are no holidays"));
            }
        }
        Ok(())
    }

    /// Whether the offices are open on a day.
    pub fn is_worked(&self, day: Date) -> Result<bool, MissingYear> {
        let year = self.years.get(&day.year()).ok_or(MissingYear(day.year()))?;
        let within = |days: &[Days]| days.iter().any(|days| days.first <= day && day <= days.last);
        Ok(within(&year.workdays) || !(is_weekend(day) || within(&year.holidays)))
    }

    /// The moment a period after `from`.
    pub(super) fn after(
        &self,
        zone: &TimeZone,
        from: Timestamp,
        period: Period,
    ) -> Result<Timestamp, MissingYear> {
        match period {
            Period::Plain(minutes) => Ok(from + Duration::from_secs(u64::from(minutes) * 60)),
            Period::WorkingDays(count) => {
                let mut day = from.in_zone(zone).date();
                let mut left = count;
                while left > 0 {
                    day = next(day)?;
                    left -= u32::from(self.is_worked(day)?);
                }
                let close = self.hours.last().map_or(Time::MAX, |hours| hours.to);
                Ok(moment(zone, day, close)?.max(from))
            }
            Period::WorkingMinutes(minutes) => {
                let mut left = Duration::from_secs(u64::from(minutes) * 60);
                let mut day = from.in_zone(zone).date();
                loop {
                    let open = self.is_worked(day)?;
                    for hours in self.hours.iter().filter(|_| open) {
                        let opens = moment(zone, day, hours.from)?.max(from);
                        let closes = moment(zone, day, hours.to)?;
                        let span = closes.since(opens);
                        if left <= span && opens <= closes {
                            return Ok(opens + left);
                        }
                        left = left.saturating_sub(span);
                    }
                    day = next(day)?;
                }
            }
        }
    }
}

impl Days {
    fn iter(self) -> impl Iterator<Item = Date> {
        std::iter::successors(Some(self.first), |day| day.tomorrow().ok())
            .take_while(move |day| *day <= self.last)
    }
}

fn is_weekend(day: Date) -> bool {
    matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday)
}

fn next(day: Date) -> Result<Date, MissingYear> {
    day.tomorrow().map_err(|_| MissingYear(day.year().saturating_add(1)))
}

/// The moment of a wall clock; in the hour that a change of the clock leaves out, the one after it.
fn moment(zone: &TimeZone, day: Date, time: Time) -> Result<Timestamp, MissingYear> {
    let at = zone.to_timestamp(day.to_datetime(time)).map_err(|_| MissingYear(day.year()))?;
    Ok(Timestamp::from_jiff(at))
}

impl std::fmt::Display for Hours {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let clock = |time: Time| format!("{:02}:{:02}", time.hour(), time.minute());
        write!(f, "{}-{}", clock(self.from), clock(self.to))
    }
}

impl FromStr for Hours {
    type Err = &'static str;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        const WRONG: &str = "office hours are written 09:00-12:00";
        let clock = |text: &str| {
            let (hour, minute) = text.split_once(':')?;
            Time::new(hour.parse().ok()?, minute.parse().ok()?, 0, 0).ok()
        };
        let (from, to) = text.split_once('-').ok_or(WRONG)?;
        Ok(Self { from: clock(from).ok_or(WRONG)?, to: clock(to).ok_or(WRONG)? })
    }
}

impl std::fmt::Display for Days {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.first == self.last {
            write!(f, "{}", self.first)
        } else {
            write!(f, "{}/{}", self.first, self.last)
        }
    }
}

impl FromStr for Days {
    type Err = &'static str;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        const WRONG: &str = "days are written 2026-05-01 or 2026-05-01/2026-05-05";
        let day = |text: &str| text.parse::<Date>().map_err(|_| WRONG);
        match text.split_once('/') {
            Some((first, last)) => Ok(Self { first: day(first)?, last: day(last)? }),
            None => day(text).map(|day| Self { first: day, last: day }),
        }
    }
}

macro_rules! written {
    ($($name:ident),+) => {$(
        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }
        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
            }
        }
    )+};
}
written!(Hours, Days);

#[cfg(test)]
mod tests {
    use super::super::{DEFAULT, Rulebook};
    use super::*;

    fn after(from: &str, period: &str) -> String {
        let book = Rulebook::parse(DEFAULT).unwrap();
        let from: Timestamp = from.parse().unwrap();
        let until = book.after(from, period.parse().unwrap()).unwrap();
        let wall = until.in_zone(&book.time_zone());
        format!("{} {}", wall.date(), &wall.time().to_string()[..5])
    }

    #[test]
    fn moved_holidays_are_counted_as_the_notices_say() {
        // Before the Spring Festival of 2026: Saturday 14 and Saturday 28 February are worked, 15 to 23 are off.
        assert_eq!(after("2026-02-13T10:00:00+08:00", "1wd"), "2026-02-14 17:30");
        assert_eq!(after("2026-02-13T10:00:00+08:00", "2wd"), "2026-02-24 17:30");
        assert_eq!(after("2026-02-14T23:00:00+08:00", "5wd"), "2026-02-28 17:30");
        assert_eq!(after("2026-02-18T12:00:00+08:00", "1wd"), "2026-02-24 17:30");
        // National Day and Mid-Autumn of 2025: off from 1 to 8 October, Saturday 11 is worked.
        assert_eq!(after("2025-09-30T16:00:00+08:00", "3wd"), "2025-10-11 17:30");
        assert_eq!(after("2025-10-10T16:00:00+08:00", "2wd"), "2025-10-13 17:30");
    }

    #[test]
    fn working_hours_run_while_the_doors_are_open() {
        assert_eq!(after("2026-03-02T09:00:00+08:00", "2wh"), "2026-03-02 11:00");
        assert_eq!(after("2026-03-02T11:00:00+08:00", "2wh"), "2026-03-02 14:30");
        assert_eq!(after("2026-03-02T17:00:00+08:00", "1wh"), "2026-03-03 09:30");
        assert_eq!(after("2026-03-06T20:00:00+08:00", "4wh"), "2026-03-09 14:30");
        // No time at all is over at once, whether or not the doors are open.
        assert_eq!(after("2026-03-02T12:00:00+08:00", "0wm"), "2026-03-02 12:00");
    }

    #[test]
    fn days_run_by_the_wall_clock_of_the_city_whatever_the_zone_does() {
        let text = DEFAULT.replace("Asia/Shanghai", "Europe/Berlin");
        let book = Rulebook::parse(&text).unwrap();
        // The clocks go forward on 29 March 2026: a Friday evening to the close of Monday is an hour shorter.
        let from: Timestamp = "2026-03-27T18:00:00+01:00".parse().unwrap();
        let until = book.after(from, Period::WorkingDays(1)).unwrap();
        assert_eq!(until.to_string(), "2026-03-30T15:30:00Z");
    }

    #[test]
    fn a_year_that_is_not_there_is_not_guessed() {
        let book = Rulebook::parse(DEFAULT).unwrap();
        let from: Timestamp = "2026-12-31T10:00:00+08:00".parse().unwrap();
        assert_eq!(book.after(from, Period::WorkingDays(1)), Err(MissingYear(2027)));
        assert!(
            book.after(from, Period::minutes(10_000)).is_ok(),
            "what runs day and night needs no calendar"
        );
    }

    #[test]
    fn a_calendar_that_contradicts_itself_is_refused() {
        for (sound, broken) in [
            ("\"2026-02-14\", \"2026-02-28\"", "\"2026-02-16\""),
            ("\"2026-02-14\", \"2026-02-28\"", "\"2026-02-25\""),
            ("2026-06-19/2026-06-21", "2026-06-21/2026-06-19"),
            ("2026-06-19/2026-06-21", "2027-06-19"),
            ("\"09:00-12:00\", \"13:30-17:30\"", "\"13:30-17:30\", \"09:00-12:00\""),
            ("国办发明电〔2025〕7号", ""),
        ] {
            assert!(DEFAULT.contains(sound), "{sound}");
            assert!(Rulebook::parse(&DEFAULT.replace(sound, broken)).is_err(), "{broken}");
        }
    }
}
