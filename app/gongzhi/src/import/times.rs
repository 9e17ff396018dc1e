//! Times as other systems write them.

use gongzhi_kernel::Timestamp;
use jiff::civil::DateTime;
use jiff::fmt::strtime::{self, BrokenDownTime};
use jiff::tz::TimeZone;

/// Reads times in one of several forms; a time without a zone is one of the wall clock in `zone`.
#[derive(Debug, Clone)]
pub(super) struct Times {
    forms: Vec<Form>,
    zone: TimeZone,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Form {
    /// `2026-03-01T09:30:00+08:00`, `2026-03-01 09:30`, `2026-03-01`.
    Iso,
    /// Seconds since 1970.
    Unix,
    /// Milliseconds since 1970.
    UnixMillis,
    /// As `strftime` writes it.
    Pattern(String),
}

impl Times {
    /// # Errors
    /// A form that cannot be used, with the reason.
    pub(super) fn new(forms: &[String], zone: TimeZone) -> Result<Self, String> {
        let read = |form: &String| match form.as_str() {
            "iso" => Ok(Form::Iso),
            "unix" => Ok(Form::Unix),
            "unix-ms" => Ok(Form::UnixMillis),
            pattern => sound(pattern).map(|()| Form::Pattern(pattern.to_owned())),
        };
        let forms: Vec<Form> = forms.iter().map(read).collect::<Result<_, _>>()?;
        Ok(Self { forms: if forms.is_empty() { vec![Form::Iso] } else { forms }, zone })
    }

    /// The moment that a text names; `None` if it names none in any of the forms.
    pub(super) fn read(&self, text: &str) -> Option<Timestamp> {
        self.forms.iter().find_map(|form| self.read_as(form, text))
    }

    fn read_as(&self, form: &Form, text: &str) -> Option<Timestamp> {
        match form {
            Form::Iso => {
                let zoned = text.parse::<jiff::Timestamp>().ok();
                zoned.map(Timestamp::from_jiff).or_else(|| self.at_wall_clock(text.parse().ok()?))
            }
            Form::Unix => {
                whole(text).and_then(|seconds| seconds.checked_mul(1_000_000)).map(Timestamp::from_micros)
            }
            Form::UnixMillis => whole(text).map(Timestamp::from_millis),
            Form::Pattern(pattern) => {
                let parts = strtime::parse(pattern, text).ok()?;
                match parts.offset() {
                    Some(_) => parts.to_timestamp().ok().map(Timestamp::from_jiff),
                    None => self.at_wall_clock(moment(&parts)?),
                }
            }
        }
    }

    /// Where the clock was put back, the first of the two moments; where it was put forward, as if it had not been.
    fn at_wall_clock(&self, at: DateTime) -> Option<Timestamp> {
        self.zone.to_timestamp(at).ok().map(Timestamp::from_jiff)
    }
}

fn moment(parts: &BrokenDownTime) -> Option<DateTime> {
    parts.to_datetime().ok()
}

fn whole(text: &str) -> Option<i64> {
    text.parse().ok()
}

/// Whether a pattern can name a moment: what it writes of one it must read back.
fn sound(pattern: &str) -> Result<(), String> {
    let example = jiff::civil::date(2026, 3, 1).at(14, 30, 15, 0);
    let zoned = example.to_zoned_datetime(TimeZone::UTC).map_err(|error| error.to_string())?;
    let way_out = "write it as strftime does, such as \"%Y-%m-%d %H:%M:%S\" or \"%m/%d/%Y %I:%M:%S %p\", or \"iso\", \"unix\", \"unix-ms\"";
    let unusable = |why: String| format!("“{pattern}” is no form of a time ({why}); {way_out}");
    let written = strtime::format(pattern, &zoned).map_err(|error| unusable(error.to_string()))?;
    let parts = strtime::parse(pattern, &written).map_err(|error| unusable(error.to_string()))?;
    let read = moment(&parts).ok_or_else(|| unusable("it does not name a whole date".to_owned()))?;
    // A form with hours of a half day but without the half reads the afternoon as the morning.
    if read.date() != example.date()
        || (read.time() != jiff::civil::Time::MIN && read.hour() != example.hour())
    {
        return Err(unusable(format!(
            "{} would be read as {}",
            example.strftime("%F %T"),
            read.strftime("%F %T")
        )));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn times(forms: &[&str], zone: &str) -> Times {
        let forms: Vec<String> = forms.iter().map(|form| (*form).to_owned()).collect();
        Times::new(&forms, TimeZone::get(zone).unwrap()).unwrap()
    }

    #[test]
    fn times_of_several_systems() {
        let boston = times(&["%m/%d/%Y %I:%M:%S %p", "%Y-%m-%d %H:%M:%S"], "America/New_York");
        let china = times(&[], "Asia/Shanghai");
        for (times, text, expected) in [
            (&boston, "01/01/2015 12:20:09 AM", Some("2015-01-01T05:20:09Z")),
            (&boston, "07/23/2015 10:51:00 PM", Some("2015-07-24T02:51:00Z")),
            (&boston, "2015-07-23 22:51:00", Some("2015-07-24T02:51:00Z")),
            // The hour that the clock skips, and the one that it has twice.
            (&boston, "03/08/2015 02:30:00 AM", Some("2015-03-08T07:30:00Z")),
            (&boston, "11/01/2015 01:30:00 AM", Some("2015-11-01T05:30:00Z")),
            (&boston, "13/01/2015 12:20:09 AM", None),
            (&boston, "", None),
            (&china, "2026-03-01 09:30:00", Some("2026-03-01T01:30:00Z")),
            (&china, "2026-03-01T09:30", Some("2026-03-01T01:30:00Z")),
            (&china, "2026-03-01", Some("2026-02-28T16:00:00Z")),
            (&china, "2026-03-01T09:30:00+09:00", Some("2026-03-01T00:30:00Z")),
            (&times(&["%Y/%m/%d"], "Asia/Shanghai"), "2026/3/1", Some("2026-02-28T16:00:00Z")),
            (
                &times(&["%Y年%m月%d日 %H:%M"], "Asia/Shanghai"),
                "2026年3月1日 9:30",
                Some("2026-03-01T01:30:00Z"),
            ),
            (
                &times(&["%Y-%m-%d %H:%M:%S %z"], "Asia/Shanghai"),
                "2026-03-01 09:30:00 +0000",
                Some("2026-03-01T09:30:00Z"),
            ),
            (&times(&["unix"], "UTC"), "1420113609", Some("2015-01-01T12:00:09Z")),
            (&times(&["unix-ms"], "UTC"), "1420113609000", Some("2015-01-01T12:00:09Z")),
            (&times(&["unix"], "UTC"), "9223372036854775807", None),
        ] {
            assert_eq!(times.read(text).map(|at| at.to_string()).as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn patterns_that_cannot_work_are_refused_before_a_row_is_read() {
        for pattern in ["%H:%M", "%Y-%m", "%Q", "%m/%d/%Y %I:%M:%S", "", "yyyy-mm-dd"] {
            let said = Times::new(&[pattern.to_owned()], TimeZone::UTC).unwrap_err();
            assert!(said.contains("strftime"), "{pattern}: {said}");
        }
    }
}
