//! The rulebook (办理规则): every period, cap and limit of the city, versioned, each version with the moment from
//! which it holds. Nothing of it is a constant in code; the first version of a new city is `rulebook/default.toml`.

mod calendar;
mod files;
mod period;

use std::collections::BTreeMap;

use gongzhi_kernel::{FieldError, Timestamp};
use serde::{Deserialize, Serialize};

use crate::indicators::Weights;
use crate::model::{
    Deadlines, Kind, PauseGround, Reminders, Stage, StateName, TaskKind, Urgency, Visibility,
};

pub use calendar::{Calendar, Days, Hours, MissingYear, Year};
pub use files::FileRules;
pub use period::Period;

/// The text of the first version.
pub const DEFAULT: &str = include_str!("../../rulebook/default.toml");

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

/// When those who must act are reminded (提醒); at the deadline itself `appeal.overdue` says so.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReminderRules {
    /// How much of a period is left when its reminder comes, in hundredths; 0 reminds of nothing.
    pub left: u8,
}

/// Handing a case on without the dispatcher (转办).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TransferRules {
    /// How often in all; 0 allows none.
    pub cap: u8,
}

/// More time (延期) and a standing clock (暂停计时); both only after the level above has approved.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExtensionRules {
    /// How often a round may be extended or paused in all; 0 allows none.
    pub cap: u8,
    /// The most that one extension gives.
    pub longest: Period,
    /// How soon the level above decides.
    pub decide_within: Period,
    /// The grounds on which a clock may stand still, each with the longest time.
    #[serde(default)]
    pub pauses: BTreeMap<PauseGround, Period>,
}

/// What may be asked beside a case (协同事项), and how soon it is answered.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TaskRules {
    /// Whether a case whose answer is overdue is supervised by the level above at once.
    #[serde(default)]
    pub supervise_overdue: bool,
    /// 第三方: the code of the organ that reviews appraisals; empty where nobody does.
    #[serde(default)]
    pub reviewer: String,
    /// The period of each kind; a kind that is not here cannot be asked.
    #[serde(default)]
    pub within: BTreeMap<TaskKind, Period>,
}

/// 标准答复: a text that officials may begin with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StandardText {
    /// What officials choose it by.
    pub title: String,
    /// Code of the category that it is for, with all below it; empty: for all.
    #[serde(default)]
    pub category: String,
    /// The states in which it is offered; empty: in all.
    #[serde(default)]
    pub states: Vec<StateName>,
    /// The text.
    pub text: String,
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
    /// 工作日历. A city whose periods run day and night needs none.
    #[serde(default)]
    pub calendar: Calendar,
    /// 提醒.
    #[serde(default)]
    pub reminders: ReminderRules,
    /// 转办.
    #[serde(default)]
    pub transfers: TransferRules,
    /// 延期 and 暂停计时.
    #[serde(default)]
    pub extensions: ExtensionRules,
    /// 协同事项.
    #[serde(default)]
    pub tasks: TaskRules,
    /// 标准答复.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub standard_texts: Vec<StandardText>,
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
            let order = [periods.accept, periods.contact, periods.answer].map(Period::at_least);
            if periods.accept.is_none() || !order.is_sorted() {
                return unsound(format!("[deadlines.{urgency}] needs 0 < accept <= contact <= answer"));
            }
        }
        if self.dispatch.is_none() || self.appraisal.within.is_none() || self.receipts.kept.is_none() {
            return unsound(
                "dispatch, appraisal.within and receipts.kept must be longer than nothing".into(),
            );
        }
        if self.receipts.kept.is_working() {
            return unsound("receipts.kept runs day and night".into());
        }
        self.calendar.check().or_else(unsound)?;
        if self.calendar.hours.is_empty() && self.periods().any(Period::is_working) {
            return unsound(
                "calendar.hours says when the offices are open: periods in wh or wd need it".into(),
            );
        }
        if self.reminders.left > 90 {
            return unsound("reminders.left is between 0 and 90 hundredths".into());
        }
        if self.standard_texts.iter().any(|told| told.title.trim().is_empty() || told.text.trim().is_empty())
        {
            return unsound("each of standard_texts needs a title and a text".into());
        }
        if self.extensions.cap > 0
            && (self.extensions.longest.is_none() || self.extensions.decide_within.is_none())
        {
            return unsound(
                "extensions.longest and extensions.decide_within must be longer than nothing".into(),
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

    /// All periods that people must keep.
    fn periods(&self) -> impl Iterator<Item = Period> {
        let stages =
            self.deadlines.values().flat_map(|periods| [periods.accept, periods.contact, periods.answer]);
        let others = [
            self.dispatch,
            self.returns.within,
            self.appraisal.within,
            self.appraisal.reopen_within,
            self.extensions.longest,
            self.extensions.decide_within,
        ];
        let tasks = self.tasks.within.values().chain(self.extensions.pauses.values());
        stages.chain(others).chain(tasks.copied())
    }

    /// The moment a period after `from`, by the city's calendar and wall clock.
    pub fn after(&self, from: Timestamp, period: Period) -> Result<Timestamp, MissingYear> {
        match period.plain() {
            Some(plain) => Ok(from + plain),
            None => self.calendar.after(&self.time_zone(), from, period),
        }
    }

    /// Whether every promise that a case of this moment would be given can be counted.
    pub fn reaches(&self, from: Timestamp) -> Result<(), MissingYear> {
        self.periods().try_for_each(|period| self.after(from, period).map(|_| ()))
    }

    /// By when each stage is due for a case first dispatched at `from`.
    pub fn deadlines(&self, urgency: Urgency, from: Timestamp) -> Result<Deadlines, MissingYear> {
        // `check` has seen every urgency; a missing one promises nothing rather than something wrong.
        let Some(periods) = self.deadlines.get(&urgency) else { return Ok(Deadlines::default()) };
        // Periods of different kinds may cross on some days; a later stage is never due before an earlier one.
        let accept = self.after(from, periods.accept)?;
        let contact = self.after(from, periods.contact)?.max(accept);
        let answer = self.after(from, periods.answer)?.max(contact);
        Ok(Deadlines { accept: Some(accept), contact: Some(contact), answer: Some(answer) })
    }

    /// When to remind of a deadline that was promised at `from`; `None` where nobody is reminded.
    pub fn reminder(&self, from: Timestamp, due: Timestamp) -> Option<Timestamp> {
        let left = u32::from(self.reminders.left);
        (left > 0 && due > from).then(|| due - due.since(from) * left / 100)
    }

    /// When to remind of each stage that is due by `deadlines`.
    pub fn reminders(&self, from: Timestamp, deadlines: &Deadlines) -> Reminders {
        let mut reminders = Reminders::default();
        for stage in [Stage::Accept, Stage::Contact, Stage::Answer] {
            reminders.set(stage, deadlines.of(stage).and_then(|due| self.reminder(from, due)));
        }
        reminders
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
        let due = rulebook.deadlines(Urgency::Ordinary, from).unwrap();
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
        for text in ["30m", "2h", "7d", "90m", "0m", "5wd", "4wh", "90wm"] {
            assert_eq!(text.parse::<Period>().unwrap().to_string(), text);
        }
        assert_eq!("120m".parse::<Period>().unwrap().to_string(), "2h");
        for text in ["", "h", "2", "-2h", "2 h", "99999999d", "2天", "2.5h", "天", "2w", "9999999wd", "wd"]
        {
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
            DEFAULT.replace("score = [10, 45, 45]", "score = [10, 45, 50]"),
            DEFAULT.replacen("cap = 2", "cap = 2\nsurprise = 3", 1),
            DEFAULT.replace("kept = \"24h\"", "kept = \"1wd\""),
            DEFAULT.replace("dispatch = \"2h\"", "dispatch = \"2wh\"").replace("hours = [", "hours = [] # ["),
            DEFAULT.replace("left = 20", "left = 100"),
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
