//! What a client sends along: names and texts, in the address or in a form. An empty one counts as absent.

use std::time::Duration;

use gongzhi_kernel::{Refusal, RefusalKind, Timestamp};
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;

/// How far two dates may lie apart.
const SPAN: Duration = Duration::from_secs(90 * 24 * 3600);

/// A request that cannot be understood, or asks what cannot be.
pub(super) fn invalid(key: &'static str) -> Refusal {
    Refusal::new(RefusalKind::Invalid, key)
}

/// What was sent, short enough to be repeated in a sentence.
pub(super) fn shortened(text: &str) -> String {
    text.chars().take(40).collect()
}

/// What a client sent along.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Params(Vec<(String, String)>);

impl Params {
    /// From an address or a form.
    pub(super) fn read(text: &[u8]) -> Result<Self, Refusal> {
        let pairs: Vec<(String, String)> =
            serde_html_form::from_bytes(text).map_err(|_| invalid("error-form-unreadable"))?;
        Ok(Self::of(pairs))
    }

    /// From names and texts.
    pub(super) fn of(pairs: Vec<(String, String)>) -> Self {
        let trimmed = pairs.into_iter().map(|(name, value)| (name, value.trim().to_owned()));
        Self(trimmed.filter(|(_, value)| !value.is_empty()).collect())
    }

    /// The first value of a name.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// All values of a name: repeated, or with commas between them.
    pub(super) fn list(&self, name: &str) -> Vec<&str> {
        let values = self.0.iter().filter(|(known, _)| known == name);
        values.flat_map(|(_, value)| value.split(',')).map(str::trim).filter(|one| !one.is_empty()).collect()
    }

    /// The first name that begins so.
    pub(super) fn beginning(&self, start: &str) -> Option<&str> {
        self.0.iter().find(|(name, _)| name.starts_with(start)).map(|(name, _)| name.as_str())
    }

    /// Whether it says yes.
    pub(super) fn flag(&self, name: &str) -> bool {
        self.get(name).is_some_and(|value| matches!(value, "true" | "1" | "yes"))
    }

    /// A whole number between two others.
    pub(super) fn whole(&self, name: &'static str, least: i64, most: i64) -> Result<Option<i64>, Refusal> {
        let Some(text) = self.get(name) else { return Ok(None) };
        let number = text.parse::<i64>().ok().filter(|number| (least..=most).contains(number));
        number.map(Some).ok_or_else(|| {
            invalid("open311-number").with("name", name).with("least", least).with("most", most)
        })
    }

    /// A moment.
    pub(super) fn moment(&self, name: &'static str, zone: &TimeZone) -> Result<Option<Timestamp>, Refusal> {
        let Some(text) = self.get(name) else { return Ok(None) };
        let read = moment(text, zone).map(Some);
        read.ok_or_else(|| invalid("open311-date").with("name", name).with("value", shortened(text)))
    }

    /// The stretch of time between two names: at most 90 days, and the last 90 where nothing is said.
    pub(super) fn stretch(
        &self,
        names: [&'static str; 2],
        zone: &TimeZone,
        now: Timestamp,
    ) -> Result<(Timestamp, Timestamp), Refusal> {
        let [start, end] = names;
        let (from, to) = match (self.moment(start, zone)?, self.moment(end, zone)?) {
            (None, None) => (now - SPAN, now),
            (Some(from), None) => (from, from + SPAN),
            (None, Some(to)) => (to - SPAN, to),
            (Some(from), Some(to)) => (from, to),
        };
        if from > to {
            return Err(invalid("open311-dates-order").with("start", start).with("end", end));
        }
        if to.since(from) > SPAN {
            return Err(invalid("open311-dates-span").with("start", start).with("end", end));
        }
        Ok((from, to))
    }
}

/// A moment as W3C writes it. Without a zone it is the city's; a day alone is its beginning. A `+` that a client forgot to
/// escape arrives as a blank.
fn moment(text: &str, zone: &TimeZone) -> Option<Timestamp> {
    if text.len() > 40 {
        return None;
    }
    let mended = match text.rsplit_once(' ') {
        Some((before, after)) if before.contains('T') && after.len() >= 4 => format!("{before}+{after}"),
        _ => text.to_owned(),
    };
    if let Ok(at) = mended.parse::<jiff::Timestamp>() {
        return Some(Timestamp::from_jiff(at));
    }
    let local = mended.parse::<DateTime>().or_else(|_| mended.parse::<Date>().map(|day| day.at(0, 0, 0, 0)));
    Some(Timestamp::from_jiff(local.ok()?.to_zoned_datetime(zone.clone()).ok()?.timestamp()))
}

/// A moment as clients read it: with the zone, without parts of a second.
pub(super) fn told(at: Timestamp, zone: &TimeZone) -> String {
    at.in_zone(zone).strftime("%Y-%m-%dT%H:%M:%S%:z").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_read_as_clients_write_them() {
        let zone = TimeZone::get("Asia/Shanghai").unwrap();
        let at: Timestamp = "2026-03-01T00:00:00Z".parse().unwrap();
        for text in [
            "2026-03-01T00:00:00Z",
            "2026-03-01T08:00:00+08:00",
            "2026-03-01T08:00:00 08:00",
            "2026-02-28T16:00:00-08:00",
            "2026-03-01T08:00:00",
            "2026-03-01 08:00:00",
            "2026-03-01T00:00:00.000Z",
        ] {
            assert_eq!(moment(text, &zone), Some(at), "{text}");
        }
        assert_eq!(moment("2026-03-01", &zone), moment("2026-02-28T16:00:00Z", &zone));
        for text in
            ["", "yesterday", "2026-13-01", "03/01/2026", "1", "-", "T ", "9999-99-99T99:99:99Z", "你好"]
        {
            assert_eq!(moment(text, &zone), None, "{text}");
        }
        assert_eq!(told(at + Duration::from_millis(999), &zone), "2026-03-01T08:00:00+08:00");
    }

    #[test]
    fn an_empty_parameter_is_an_absent_one() {
        let params = Params::read(b"a=&b=1,2&b=%203&c=%20&page=0").unwrap();
        assert_eq!((params.get("a"), params.get("c"), params.list("b")), (None, None, vec!["1", "2", "3"]));
        assert_eq!(params.whole("page", 1, 9).unwrap_err().key, "open311-number");
        assert_eq!(params.whole("a", 1, 9), Ok(None));
    }

    #[test]
    fn a_stretch_of_time_is_at_most_ninety_days() {
        let now: Timestamp = "2026-06-01T00:00:00Z".parse().unwrap();
        let ask = |text: &str| {
            Params::read(text.as_bytes()).unwrap().stretch(["start_date", "end_date"], &TimeZone::UTC, now)
        };
        assert_eq!(ask("").unwrap(), (now - SPAN, now));
        assert!(ask("start_date=2020-01-01").is_ok());
        assert!(ask("start_date=2026-01-01&end_date=2026-04-01").is_ok());
        let refused = |text| ask(text).unwrap_err().key;
        assert_eq!(refused("start_date=2026-01-01&end_date=2026-04-02"), "open311-dates-span");
        assert_eq!(refused("start_date=2026-01-02&end_date=2026-01-01"), "open311-dates-order");
        assert_eq!(refused("end_date=soon"), "open311-date");
        assert!(ask("end_date=-009999-01-03T00:00:00Z").is_ok());
        assert!(ask("start_date=9999-12-30T00:00:00Z").is_ok());
    }
}
