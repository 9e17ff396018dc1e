//! How far the import is: a bar for people, plain lines for logs.

use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::say;

/// How often a line is printed where nobody watches.
const EVERY: Duration = Duration::from_secs(5);

#[derive(Debug)]
pub(super) struct Progress {
    started: Instant,
    /// Bytes of the file; 0 where not known.
    length: u64,
    bar: Option<ProgressBar>,
    last_line: Instant,
}

impl Progress {
    pub(super) fn new(length: u64, watched: bool) -> Self {
        let now = Instant::now();
        let bar = watched.then(|| {
            let bar = ProgressBar::with_draw_target(Some(length), ProgressDrawTarget::stderr_with_hz(5));
            // A template that cannot be read would be ours to mend; the plain bar serves meanwhile.
            if let Ok(style) = ProgressStyle::with_template("{bar:30} {percent:>3} %  {msg}") {
                bar.set_style(style.progress_chars("━╸ "));
            }
            bar
        });
        Self { started: now, length, bar, last_line: now }
    }

    /// `rows` are done, and `bytes` of the file are behind them.
    pub(super) fn show(&mut self, rows: u64, bytes: u64) {
        let elapsed = self.started.elapsed();
        let said = sentence(rows, bytes, self.length, elapsed);
        if let Some(bar) = &self.bar {
            bar.set_position(bytes.min(self.length));
            bar.set_message(said);
        } else if self.last_line.elapsed() >= EVERY {
            self.last_line = Instant::now();
            say::aside(format_args!("gongzhi: {} % {said}", share(bytes, self.length)));
        }
    }

    /// Takes the bar away; how long it took.
    pub(super) fn end(&mut self) -> Duration {
        if let Some(bar) = self.bar.take() {
            bar.finish_and_clear();
        }
        self.started.elapsed()
    }
}

fn share(bytes: u64, length: u64) -> u64 {
    (bytes.min(length) * 100).checked_div(length).unwrap_or(0)
}

fn sentence(rows: u64, bytes: u64, length: u64, elapsed: Duration) -> String {
    let mut said = format!("{} rows, {} a second", grouped(rows), grouped(rate(rows, elapsed)));
    if bytes > 0 && bytes < length {
        let left = elapsed.as_millis() * u128::from(length - bytes) / u128::from(bytes);
        said.push_str(&format!(
            ", {} left",
            spoken(Duration::from_millis(u64::try_from(left).unwrap_or(u64::MAX)))
        ));
    }
    said
}

/// Rows a second.
pub(super) fn rate(rows: u64, elapsed: Duration) -> u64 {
    u64::try_from(u128::from(rows) * 1000 / elapsed.as_millis().max(1)).unwrap_or(u64::MAX)
}

/// A number as people read it: 121,145.
pub(super) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() * 4 / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A time as people say it: 45 s, 2 min 05 s, 1 h 12 min.
pub(super) fn spoken(time: Duration) -> String {
    let seconds = time.as_secs() + u64::from(time.subsec_millis() >= 500);
    match seconds {
        0..60 => format!("{seconds} s"),
        60..3600 => format!("{} min {:02} s", seconds / 60, seconds % 60),
        _ => format!("{} h {:02} min", seconds / 3600, seconds % 3600 / 60),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_times_as_people_say_them() {
        assert_eq!(
            [0, 999, 1000, 121_145, 1_000_000].map(grouped),
            ["0", "999", "1,000", "121,145", "1,000,000"]
        );
        let said = [0, 1400, 59_600, 125_000, 4_320_000].map(|millis| spoken(Duration::from_millis(millis)));
        assert_eq!(said, ["0 s", "1 s", "1 min 00 s", "2 min 05 s", "1 h 12 min"]);
    }

    #[test]
    fn the_time_left_follows_from_the_part_that_is_done() {
        let ten = Duration::from_secs(10);
        assert_eq!(sentence(50_000, 250, 1000, ten), "50,000 rows, 5,000 a second, 30 s left");
        assert_eq!(sentence(50_000, 1000, 1000, ten), "50,000 rows, 5,000 a second");
        assert_eq!(sentence(0, 0, 0, Duration::ZERO), "0 rows, 0 a second");
        assert_eq!(share(5, 0), 0);
    }
}
