//! The figures of the home page: kept as counters by a follower of the journal, so that they cost the same at ten
//! thousand and at ten million cases. It reads the public parts of events only.

use std::collections::BTreeMap;

use gongzhi_kernel::{Event, Fault, Timestamp};
use gongzhi_store::{Follower, Tx};
use jiff::tz::TimeZone;
use serde_json::Value;

use crate::actions::Appeals;
use crate::model::Phase;
use crate::store::figures as sql;

/// The counters that say how things stand now.
const NOW: i64 = 0;
/// Over how many days, today among them, the typical time to an answer is taken.
const WINDOW: i64 = 30;

/// The figures of the home page.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Figures {
    /// Appeals received today.
    pub received_today: i64,
    /// Appeals answered today.
    pub answered_today: i64,
    /// Appeals on which somebody in government must act.
    pub open: i64,
    /// Appeals that are answered and may be appraised.
    pub answered: i64,
    /// Appeals that are closed or withdrawn.
    pub closed: i64,
    /// Appeals answered in the last thirty days.
    pub answered_lately: i64,
    /// Of those, the ones whose deadline is known.
    pub promised_lately: i64,
    /// Of those, the ones answered by their deadline.
    pub kept_lately: i64,
    /// The median time to an answer in the last thirty days, in days; `None` where nothing was answered.
    pub typical_days: Option<f64>,
}

/// The day of the city's calendar, counted from 1970-01-01.
pub fn day_of(at: Timestamp, zone: &TimeZone) -> i64 {
    let date = at.in_zone(zone).date();
    let epoch = jiff::civil::Date::constant(1970, 1, 1);
    i64::from((date - epoch).get_days())
}

/// Times to an answer are counted in buckets: by the hour for three days, then by the day.
fn bucket(seconds: i64) -> i64 {
    let hours = seconds.max(0) / 3600;
    if hours < 72 { hours } else { 69 + hours / 24 }
}

/// The middle of a bucket, in days.
#[expect(clippy::cast_precision_loss, reason = "buckets are small")]
fn middle(bucket: i64) -> f64 {
    if bucket < 72 { (bucket as f64 + 0.5) / 24.0 } else { (bucket - 69) as f64 + 0.5 }
}

impl Figures {
    /// Reads the figures at `now`.
    pub fn read(tx: &mut dyn Tx, zone: &TimeZone, now: Timestamp) -> Result<Self, Fault> {
        let today = day_of(now, zone);
        let mut figures = Self::default();
        for counter in sql::between(tx, NOW, NOW)? {
            match counter.name.as_str() {
                "open" => figures.open = counter.count,
                "answered" => figures.answered = counter.count,
                "closed" => figures.closed = counter.count,
                _ => {}
            }
        }
        let mut times: BTreeMap<i64, i64> = BTreeMap::new();
        for counter in sql::between(tx, today - WINDOW + 1, today)? {
            let is_today = counter.day == today;
            match counter.name.as_str() {
                "received" if is_today => figures.received_today += counter.count,
                "time" => {
                    figures.answered_lately += counter.count;
                    figures.answered_today += if is_today { counter.count } else { 0 };
                    *times.entry(counter.bucket).or_default() += counter.count;
                }
                "promise" => {
                    figures.promised_lately += counter.count;
                    figures.kept_lately += if counter.bucket == 1 { counter.count } else { 0 };
                }
                _ => {}
            }
        }
        let mut seen = 0;
        figures.typical_days = times
            .iter()
            .find(|(_, count)| {
                seen += **count;
                seen * 2 >= figures.answered_lately
            })
            .map(|(bucket, _)| middle(*bucket));
        Ok(figures)
    }
}

/// Keeps the counters.
#[derive(Debug)]
pub struct FiguresFollower(Appeals);

impl FiguresFollower {
    /// For the appeals of a city.
    pub fn new(appeals: Appeals) -> Self {
        Self(appeals)
    }
}

type Changes = BTreeMap<(i64, &'static str, i64), i64>;

fn stand(changes: &mut Changes, phase: Phase, by: i64) {
    *changes.entry((NOW, phase.word(), 0)).or_default() += by;
}

/// What an event adds to the counters.
fn count(changes: &mut Changes, event: &Event, zone: &TimeZone) -> Result<(), Fault> {
    let public = |name: &str| event.public.get(name);
    let day = || day_of(event.at, zone);
    match event.kind.as_str() {
        "appeal.submitted" => {
            *changes.entry((day(), "received", 0)).or_default() += 1;
            stand(changes, Phase::Open, 1);
        }
        "appeal.answered" => {
            let seconds = public("seconds").and_then(Value::as_i64).unwrap_or(0);
            *changes.entry((day(), "time", bucket(seconds))).or_default() += 1;
            if let Some(kept) = public("in_time").and_then(Value::as_bool) {
                *changes.entry((day(), "promise", i64::from(kept))).or_default() += 1;
            }
            stand(changes, Phase::Open, -1);
            stand(changes, Phase::Answered, 1);
        }
        "appeal.reopened" => {
            stand(changes, Phase::Answered, -1);
            stand(changes, Phase::Open, 1);
        }
        "appeal.withdrawn" => {
            stand(changes, Phase::Open, -1);
            stand(changes, Phase::Closed, 1);
        }
        "appeal.closed" => {
            let from = public("from").and_then(Value::as_str).and_then(Phase::from_word);
            let from = from.ok_or_else(|| Fault::corrupt("an `appeal.closed` does not say from where"))?;
            stand(changes, from, -1);
            stand(changes, Phase::Closed, 1);
        }
        _ => {}
    }
    Ok(())
}

impl Follower for FiguresFollower {
    fn name(&self) -> &'static str {
        "appeals.figures"
    }

    fn follow(&self, tx: &mut dyn Tx, events: &[Event]) -> Result<(), Fault> {
        let zone = self.0.books().rulebook(tx.world().clock.now())?.time_zone();
        let mut changes = Changes::new();
        for event in events {
            count(&mut changes, event, &zone)?;
        }
        for ((day, name, bucket), by) in changes {
            if by != 0 {
                sql::add(tx, day, name, bucket, by)?;
            }
        }
        Ok(())
    }

    fn reset(&self, tx: &mut dyn Tx) -> Result<(), Fault> {
        tx.execute(&sql::CLEAR, &[]).map(|_| ())
    }

    fn moved(&self) {
        self.0.counted();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_the_citys_day() {
        let shanghai = TimeZone::get("Asia/Shanghai").unwrap();
        let at = |text: &str| day_of(text.parse().unwrap(), &shanghai);
        assert_eq!(at("1970-01-01T00:00:00Z"), 0);
        assert_eq!(at("2026-03-01T15:59:59Z") + 1, at("2026-03-01T16:00:00Z"));
    }

    #[test]
    fn buckets_grow_with_time_and_know_their_middle() {
        let hour = 3600;
        assert_eq!(bucket(-5), 0);
        assert_eq!(bucket(71 * hour + 3599), 71);
        assert_eq!(bucket(72 * hour), 72);
        assert_eq!(bucket(96 * hour), 73);
        assert!((middle(72) - 3.5).abs() < 1e-9);
        assert!((middle(36) - 36.5 / 24.0).abs() < 1e-9);
    }
}
