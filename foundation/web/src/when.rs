//! Times as people say them.

use std::time::Duration;

use gongzhi_kernel::Timestamp;

use crate::answer::Tone;
use crate::components::Badge;
use crate::shell::Shell;

const MINUTE: i64 = 60;
const HOUR: i64 = 3600;
const DAY: i64 = 86_400;

/// 刚刚, 5 分钟前, 3 小时前, 昨天 14:20, 3月2日; the same ahead.
pub(crate) fn relative(shell: &Shell, at: Timestamp) -> String {
    let zone = &shell.visit().site().config().zone;
    let now = shell.visit().now();
    let ahead = now.seconds_until(at);
    let away = ahead.abs();
    let word = |past: &'static str, future: &'static str| if ahead > 0 { future } else { past };
    if away < MINUTE {
        return shell.t("time-now").into_owned();
    }
    if away < HOUR {
        return shell.t1(word("time-minutes-ago", "time-in-minutes"), "n", away / MINUTE).into_owned();
    }
    if away < 12 * HOUR {
        return shell.t1(word("time-hours-ago", "time-in-hours"), "n", away / HOUR).into_owned();
    }
    let (then, today) = (at.in_zone(zone), now.in_zone(zone));
    let clock = then.strftime("%H:%M").to_string();
    let days = then.date().since(today.date()).map_or(i64::MAX, |span| i64::from(span.get_days()));
    match days {
        0 => shell.t1("time-today", "clock", clock).into_owned(),
        -1 => shell.t1("time-yesterday", "clock", clock).into_owned(),
        1 => shell.t1("time-tomorrow", "clock", clock).into_owned(),
        -7..=-2 => shell.t1("time-days-ago", "n", -days).into_owned(),
        2..=7 => shell.t1("time-in-days", "n", days).into_owned(),
        _ => day(shell, at),
    }
}

/// 2026年3月2日 09:00.
pub(crate) fn exact(shell: &Shell, at: Timestamp) -> String {
    let then = at.in_zone(&shell.visit().site().config().zone);
    let date = date_words(shell, &then, true);
    shell.t2("time-date-clock", "date", date, "clock", then.strftime("%H:%M").to_string()).into_owned()
}

/// 3月2日, with the year where it is another one.
pub(crate) fn day(shell: &Shell, at: Timestamp) -> String {
    let zone = &shell.visit().site().config().zone;
    let then = at.in_zone(zone);
    let year = then.year() != shell.visit().now().in_zone(zone).year();
    date_words(shell, &then, year)
}

fn date_words(shell: &Shell, then: &jiff::ZonedDateTime, with_year: bool) -> String {
    let month = shell.t(format!("time-month-{}", then.month())).into_owned();
    let (day, year) = (then.day().to_string(), then.year().to_string());
    if with_year {
        shell.ta("time-date-year", &[("day", &day), ("month", &month), ("year", &year)]).into_owned()
    } else {
        shell.t2("time-date", "day", day, "month", month).into_owned()
    }
}

/// 2 天 3 小时; at least one minute.
pub(crate) fn length(shell: &Shell, length: Duration) -> String {
    let seconds = i64::try_from(length.as_secs()).unwrap_or(i64::MAX);
    let (days, hours, minutes) = (seconds / DAY, seconds % DAY / HOUR, seconds % HOUR / MINUTE);
    let unit = |key: &str, n: i64| shell.t1(key, "n", n).into_owned();
    let (large, small) = match (days, hours) {
        (0, 0) => (unit("time-minutes", minutes.max(1)), None),
        (0, _) => (unit("time-hours", hours), (minutes > 0).then(|| unit("time-minutes", minutes))),
        // Beyond three days nobody asks for the hours.
        (1..=3, 1..) => (unit("time-days", days), Some(unit("time-hours", hours))),
        _ => (unit("time-days", days), None),
    };
    match small {
        None => large,
        Some(small) => shell.t2("time-two-units", "large", large, "small", small).into_owned(),
    }
}

/// 还剩 2 天, 剩 3 小时 (soon), 超期 5 小时.
pub(crate) fn deadline(shell: &Shell, due: Timestamp) -> Badge {
    let left = shell.visit().now().seconds_until(due);
    let words = length(shell, Duration::from_secs(left.unsigned_abs()));
    if left < 0 {
        Badge::new(Tone::Bad, shell.t1("time-overdue", "length", words).into_owned())
    } else if left < DAY {
        Badge::new(Tone::Warn, shell.t1("time-left", "length", words).into_owned())
    } else {
        Badge::new(Tone::Calm, shell.t1("time-left", "length", words).into_owned()).icon("clock")
    }
}
