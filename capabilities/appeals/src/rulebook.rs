//! The rulebook (办理规则): every period, cap and limit of the city, versioned, each version with the moment from
//! which it holds. Nothing of it is a constant in code; the first version of a new city is `rulebook/default.toml`.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use gongzhi_kernel::{FieldError, Timestamp};
use gongzhi_media::DocumentKind;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::indicators::Weights;
use crate::model::{AddedBy, Deadlines, Kind, Urgency, Visibility};

/// The text of the first version.
pub const DEFAULT: &str = include_str!("../rulebook/default.toml");

/// A length of time in the rulebook: whole minutes, hours or days of 24 hours, written `30m`, `2h`, `7d`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Period(u32);

impl Period {
    /// So many minutes.
    pub const fn minutes(minutes: u32) -> Self {
        Self(minutes)
    }

    /// As the standard library counts it.
    pub fn duration(self) -> Duration {
        Duration::from_secs(u64::from(self.0) * 60)
    }
}

impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            minutes if minutes != 0 && minutes % 1440 == 0 => write!(f, "{}d", minutes / 1440),
            minutes if minutes != 0 && minutes % 60 == 0 => write!(f, "{}h", minutes / 60),
            minutes => write!(f, "{minutes}m"),
        }
    }
}

impl FromStr for Period {
    type Err = &'static str;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        const WRONG: &str =
            "a period is a whole number and m, h or d, such as 30m, 2h or 7d, up to ten years";
        let unit = text.chars().last().ok_or(WRONG)?;
        let minutes_each = match unit {
            'm' => 1_u32,
            'h' => 60,
            'd' => 1440,
            _ => return Err(WRONG),
        };
        let number = &text[..text.len() - unit.len_utf8()];
        if number.is_empty() || !number.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(WRONG);
        }
        let minutes = number.parse::<u32>().ok().and_then(|n| n.checked_mul(minutes_each)).ok_or(WRONG)?;
        if minutes > 3660 * 1440 { Err(WRONG) } else { Ok(Self(minutes)) }
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

/// The periods of one urgency, from the first dispatch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Periods {
    /// 签收.
    pub accept: Period,
    /// 首次联系.
    pub contact: Period,
    /// 答复.
    pub answer: Period,
}

/// How organs may send cases back (退单).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReturnRules {
    /// How often a case may be sent back in all.
    pub cap: u8,
    /// How long after each dispatch.
    pub within: Period,
}

/// How reporters appraise (评价) and ask again (重办).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AppraisalRules {
    /// How long after the answer an appraisal is taken; then the case closes by itself.
    pub within: Period,
    /// The highest of the five levels that counts as dissatisfied.
    pub dissatisfied_up_to: u8,
    /// How often a dissatisfied reporter may have the case handled again.
    pub reopenings: u8,
    /// How long after the appraisal.
    pub reopen_within: Period,
}

/// Who sees what.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VisibilityRules {
    /// Where the reporter chooses none.
    pub default: Visibility,
    /// Kinds that are always confidential.
    pub confidential_kinds: Vec<Kind>,
}

/// How receipts are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReceiptRules {
    /// How long the same idempotency key answers with the same receipt.
    pub kept: Period,
}

/// How long a text may be, in characters after cleaning.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Limit {
    /// At least; 0 lets it be empty.
    pub min: usize,
    /// At most.
    pub max: usize,
}

impl Limit {
    /// Adds what is wrong with the length of a text to `errors`.
    pub fn check(self, field: &'static str, text: &str, errors: &mut Vec<FieldError>) {
        let length = text.chars().count();
        if length == 0 && self.min > 0 {
            errors.push(FieldError::new(field, "error-required"));
        } else if length < self.min {
            errors
                .push(FieldError::new(field, "error-too-short").with("min", self.min).with("length", length));
        } else if length > self.max {
            errors
                .push(FieldError::new(field, "error-too-long").with("max", self.max).with("length", length));
        }
    }
}

/// Which files are taken (附件).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FileRules {
    /// How many the reporter may add to a case.
    pub reporter: usize,
    /// How many those who handle it may add.
    pub organ: usize,
    /// How many with one form.
    pub at_once: usize,
    /// The largest photo, in bytes as it is sent.
    pub photo_bytes: usize,
    /// The largest document, in bytes.
    pub document_bytes: usize,
    /// The most pixels of a photo.
    pub pixels: u64,
    /// The longer side of a photo as it is kept, in pixels.
    pub side: u32,
    /// The longer side of its small twin.
    pub small_side: u32,
    /// Quality of both, 1 to 100.
    pub quality: u8,
    /// The documents that are taken, by the endings of their names.
    pub documents: Vec<String>,
    /// How long files of a report that is not yet sent are kept.
    pub waiting: Period,
    /// How many such files are kept in all.
    pub waiting_most: i64,
}

impl Default for FileRules {
    /// As they are shipped: for rulebooks that were adopted before files were taken.
    fn default() -> Self {
        Self {
            reporter: 12,
            organ: 30,
            at_once: 6,
            photo_bytes: 15_000_000,
            document_bytes: 15_000_000,
            pixels: 64_000_000,
            side: 2048,
            small_side: 360,
            quality: 82,
            documents: DocumentKind::ALL.iter().map(|kind| kind.ending().to_owned()).collect(),
            waiting: Period(1440),
            waiting_most: 5000,
        }
    }
}

impl FileRules {
    /// How many files a side may add to a case.
    pub fn most(&self, by: AddedBy) -> usize {
        match by {
            AddedBy::Reporter => self.reporter,
            AddedBy::Organ => self.organ,
        }
    }

    /// The limits for looking at one.
    pub fn limits(&self) -> gongzhi_media::Limits {
        gongzhi_media::Limits {
            photo_bytes: self.photo_bytes,
            document_bytes: self.document_bytes,
            pixels: self.pixels,
            side: self.side,
            small_side: self.small_side,
            quality: self.quality,
        }
    }

    fn check(&self) -> Result<(), RulebookError> {
        let sound = self.reporter <= 100
            && self.organ <= 100
            && (1..=20).contains(&self.at_once)
            && (10_000..=50_000_000).contains(&self.photo_bytes)
            && (10_000..=50_000_000).contains(&self.document_bytes)
            && (100_000..=200_000_000).contains(&self.pixels)
            && (400..=8000).contains(&self.side)
            && (50..=1000).contains(&self.small_side)
            && (30..=100).contains(&self.quality)
            && self.documents.iter().all(|ending| DocumentKind::from_ending(ending).is_some())
            && self.waiting.0 >= 10
            && (0..=1_000_000).contains(&self.waiting_most);
        if sound {
            return Ok(());
        }
        Err(RulebookError::Unsound(
            "[files] needs counts up to 100, at_once 1 to 20, 10000 to 50000000 bytes, 100000 to 200000000 pixels, \
             side 400 to 8000, small_side 50 to 1000, quality 30 to 100, known documents, waiting from 10m and \
             waiting_most up to 1000000"
                .into(),
        ))
    }
}

/// How long texts may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Limits {
    /// Title of an appeal; empty ones are taken from the text.
    pub title: Limit,
    /// Text of an appeal.
    pub text: Limit,
    /// Place in words.
    pub address: Limit,
    /// Name of the reporter.
    pub name: Limit,
    /// Telephone number or e-mail address.
    pub contact: Limit,
    /// Answer of the organ.
    pub reply: Limit,
    /// Reason of a return, a reopening or for reading who reported.
    pub reason: Limit,
    /// Notes and comments.
    pub note: Limit,
}

/// One version of the rules.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rulebook {
    /// Its number; 0 for text that is not yet adopted.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub version: i64,
    /// The city's time zone, as in the IANA database.
    pub zone: String,
    /// How soon a dispatcher names an organ.
    pub dispatch: Period,
    /// The periods of each urgency.
    pub deadlines: BTreeMap<Urgency, Periods>,
    /// 退单.
    pub returns: ReturnRules,
    /// 评价 and 重办.
    pub appraisal: AppraisalRules,
    /// Who sees what.
    pub visibility: VisibilityRules,
    /// 考核权重. A version from before there were any takes those of the shipped text.
    #[serde(default = "shipped_weights")]
    pub indicators: Weights,
    /// Receipts.
    pub receipts: ReceiptRules,
    /// Photos and documents.
    #[serde(default)]
    pub files: FileRules,
    /// Lengths of texts.
    pub limits: Limits,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks for a reference")]
fn is_zero(version: &i64) -> bool {
    *version == 0
}

/// The weights of the shipped text.
fn shipped_weights() -> Weights {
    #[derive(Deserialize)]
    struct Shipped {
        indicators: Weights,
    }
    // A test holds that the shipped text has them; equal steps can only appear if it did not.
    let even = Weights { satisfaction: [0, 25, 50, 75, 100], score: [34, 33, 33] };
    toml::from_str::<Shipped>(DEFAULT).map_or(even, |shipped| shipped.indicators)
}

/// Why a text is no rulebook.
#[derive(Debug, thiserror::Error)]
pub enum RulebookError {
    /// Not TOML of this shape; the message names line and field.
    #[error("the rulebook cannot be read")]
    Unreadable(#[from] toml::de::Error),
    /// Readable, but no case could be handled by it.
    #[error("the rulebook cannot be followed: {0}")]
    Unsound(String),
}

impl Rulebook {
    /// Reads and checks a rulebook.
    pub fn parse(text: &str) -> Result<Self, RulebookError> {
        let rulebook: Self = toml::from_str(text)?;
        rulebook.check()?;
        Ok(rulebook)
    }

    /// Whether cases can be handled by it.
    pub fn check(&self) -> Result<(), RulebookError> {
        let unsound = |what: String| Err(RulebookError::Unsound(what));
        if jiff::tz::TimeZone::get(&self.zone).is_err() {
            return unsound(format!("`{}` is no time zone", self.zone));
        }
        for urgency in Urgency::ALL {
            let Some(periods) = self.deadlines.get(urgency) else {
                return unsound(format!("[deadlines.{urgency}] is missing"));
            };
            if periods.accept.0 == 0 || periods.accept > periods.contact || periods.contact > periods.answer {
                return unsound(format!("[deadlines.{urgency}] needs 0 < accept <= contact <= answer"));
            }
        }
        if self.dispatch.0 == 0 || self.appraisal.within.0 == 0 || self.receipts.kept.0 == 0 {
            return unsound(
                "dispatch, appraisal.within and receipts.kept must be longer than nothing".into(),
            );
        }
        if !(1..=4).contains(&self.appraisal.dissatisfied_up_to) {
            return unsound("appraisal.dissatisfied_up_to is between 1 and 4".into());
        }
        if self.appraisal.reopenings > 1 {
            return unsound(
                "appraisal.reopenings is 0 or 1: after a second handling a case goes to supervision".into(),
            );
        }
        self.files.check()?;
        if !self.indicators.are_sound() {
            return unsound(
                "indicators.satisfaction needs five rising percents, indicators.score three that add up to 100".into(),
            );
        }
        let limits = [
            ("title", self.limits.title),
            ("text", self.limits.text),
            ("address", self.limits.address),
            ("name", self.limits.name),
            ("contact", self.limits.contact),
            ("reply", self.limits.reply),
            ("reason", self.limits.reason),
            ("note", self.limits.note),
        ];
        for (name, limit) in limits {
            if limit.min > limit.max || limit.max > 100_000 {
                return unsound(format!("limits.{name} needs min <= max <= 100000"));
            }
        }
        Ok(())
    }

    /// By when each stage is due for a case first dispatched at `from`.
    pub fn deadlines(&self, urgency: Urgency, from: Timestamp) -> Deadlines {
        // `check` has seen every urgency; a missing one promises nothing rather than something wrong.
        self.deadlines.get(&urgency).map_or_else(Deadlines::default, |periods| Deadlines {
            accept: Some(from + periods.accept.duration()),
            contact: Some(from + periods.contact.duration()),
            answer: Some(from + periods.answer.duration()),
        })
    }

    /// What a reporter's choice comes to for this kind.
    pub fn visibility(&self, kind: Kind, wanted: Option<Visibility>) -> Visibility {
        if self.visibility.confidential_kinds.contains(&kind) {
            Visibility::Confidential
        } else {
            wanted.unwrap_or(self.visibility.default)
        }
    }

    /// The city's time zone.
    pub fn time_zone(&self) -> jiff::tz::TimeZone {
        // `check` has looked it up; UTC can only appear if the zone data changed under a running city.
        jiff::tz::TimeZone::get(&self.zone).unwrap_or(jiff::tz::TimeZone::UTC)
    }
}

/// All versions, and which one holds when.
#[derive(Debug, Clone, Default)]
pub struct Rulebooks(Vec<(Timestamp, std::sync::Arc<Rulebook>)>);

impl Rulebooks {
    /// From versions with the moments from which they hold, in any order.
    pub fn new(mut versions: Vec<(Timestamp, std::sync::Arc<Rulebook>)>) -> Self {
        versions.sort_by_key(|(from, rulebook)| (*from, rulebook.version));
        Self(versions)
    }

    /// The version that holds at `at`: of those already in force the one with the latest beginning; before
    /// any is in force, the first.
    pub fn at(&self, at: Timestamp) -> Option<&std::sync::Arc<Rulebook>> {
        let in_force = self.0.iter().rev().find(|(from, _)| *from <= at);
        in_force.or_else(|| self.0.first()).map(|(_, rulebook)| rulebook)
    }

    /// The highest version number; 0 where there is none.
    pub fn newest(&self) -> i64 {
        self.0.iter().map(|(_, rulebook)| rulebook.version).max().unwrap_or(0)
    }

    /// Every version with the moment from which it holds.
    pub fn iter(&self) -> impl Iterator<Item = &(Timestamp, std::sync::Arc<Rulebook>)> {
        self.0.iter()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shipped_rulebook_can_be_followed() {
        let rulebook = Rulebook::parse(DEFAULT).unwrap();
        let from: Timestamp = "2026-03-02T01:00:00Z".parse().unwrap();
        let due = rulebook.deadlines(Urgency::Ordinary, from);
        assert_eq!(due.accept.unwrap().to_string(), "2026-03-02T03:00:00Z");
        assert_eq!(due.contact.unwrap().to_string(), "2026-03-03T01:00:00Z");
        assert_eq!(due.answer.unwrap().to_string(), "2026-03-09T01:00:00Z");
        let again = toml::to_string(&rulebook).unwrap();
        assert_eq!(Rulebook::parse(&again).unwrap(), rulebook);
    }

    #[test]
    fn a_version_without_weights_takes_the_shipped_ones() {
        let shipped = Rulebook::parse(DEFAULT).unwrap();
        let (before, rest) = DEFAULT.split_once("[indicators]").unwrap();
        let after = rest.split_once("\n#").unwrap().1;
        let older = Rulebook::parse(&format!("{before}\n#{after}")).unwrap();
        assert_eq!(older, shipped);
        assert_eq!(shipped.indicators.satisfaction, [0, 30, 60, 80, 100]);
    }

    #[test]
    fn periods_read_back_and_refuse_nonsense() {
        for text in ["30m", "2h", "7d", "90m", "0m"] {
            assert_eq!(text.parse::<Period>().unwrap().to_string(), text);
        }
        assert_eq!("120m".parse::<Period>().unwrap().to_string(), "2h");
        for text in ["", "h", "2", "-2h", "2 h", "99999999d", "2天", "2.5h", "天"] {
            assert!(text.parse::<Period>().is_err(), "{text}");
        }
    }

    #[test]
    fn a_rulebook_that_no_case_could_follow_is_refused() {
        let broken = [
            DEFAULT.replace("contact = \"24h\"", "contact = \"1h\""),
            DEFAULT.replace("Asia/Shanghai", "Asia/Nowhere"),
            DEFAULT.replace("[deadlines.complex]", "[deadlines.usual]"),
            DEFAULT.replace("dissatisfied_up_to = 2", "dissatisfied_up_to = 5"),
            DEFAULT.replace("reopenings = 1", "reopenings = 2"),
            DEFAULT.replace("text = { min = 4, max = 5000 }", "text = { min = 4, max = 3 }"),
            DEFAULT.replace("dispatch = \"2h\"", "dispatch = \"0h\""),
            DEFAULT.replace("cap = 2", "cap = 2\nsurprise = 3"),
            DEFAULT.replace("score = [10, 45, 45]", "score = [10, 45, 50]"),
        ];
        for text in broken {
            assert!(Rulebook::parse(&text).is_err(), "{text}");
        }
    }

    #[test]
    fn the_version_in_force_is_the_latest_begun() {
        let first = Rulebook { version: 1, ..Rulebook::parse(DEFAULT).unwrap() };
        let second = Rulebook { version: 2, ..first.clone() };
        let at = Timestamp::from_millis;
        let books = Rulebooks::new(vec![(at(2_000), second.into()), (at(1_000), first.into())]);
        assert_eq!(books.at(at(500)).unwrap().version, 1);
        assert_eq!(books.at(at(1_999)).unwrap().version, 1);
        assert_eq!(books.at(at(2_000)).unwrap().version, 2);
        assert_eq!(books.newest(), 2);
    }
}
