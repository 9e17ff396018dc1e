//! The pages. Entries are counted from 1 for people and from 0 in the log's own files.

use askama::Template;
use axum::extract::State;
use gongzhi_kernel::{AppealId, Timestamp};
use gongzhi_web::{Answer, Path, Query, Shell, Visit, WebError};
use serde::Deserialize;
use serde_json::Value;

use crate::Ledger;
use crate::log::{Checkpoint, Note, base64};
use crate::model::{Entry, Standing};

/// Entries on a page.
const PAGE: u64 = 30;

/// The number that people read: the first entry is 1.
pub(crate) fn position(seq: u64) -> String {
    (seq + 1).to_string()
}

/// A number of entries.
fn parse_count(number: &str) -> Option<u64> {
    let plain = number.len() <= 15 && number.bytes().all(|byte| byte.is_ascii_digit());
    plain.then(|| number.parse().ok()).flatten()
}

/// Where the entry of such a number stands.
pub(crate) fn parse_position(number: &str) -> Option<u64> {
    parse_count(number)?.checked_sub(1)
}

/// The appeal that an address names: only what has a page of its own has one here too; everything else is found in the log.
pub(crate) fn appeal(kind: &str, id: &str) -> Option<AppealId> {
    (kind == "appeal").then(|| id.parse().ok()).flatten()
}

/// An entry as a line.
#[derive(Debug)]
pub(super) struct Line {
    number: String,
    shown: String,
    what: String,
    at: Timestamp,
    about: String,
    subject: Option<String>,
    covered: bool,
}

impl Line {
    fn new(shell: &Shell, entry: &Entry, covered: u64) -> Self {
        let value: Value = serde_json::from_str(&entry.leaf).unwrap_or_default();
        let kind = value.get("kind").and_then(Value::as_str).unwrap_or_default().to_owned();
        let number = position(entry.seq);
        let subject = entry.subject_kind == "appeal" || entry.subject_kind == "appeal_reporter";
        Self {
            shown: group(entry.seq + 1),
            number,
            what: kind_in_words(shell, &kind),
            at: entry.sealed_at,
            about: if subject { format!("{:016}", entry.subject) } else { String::new() },
            subject: subject.then(|| format!("/ledger/subject/appeal/{:016}", entry.subject)),
            covered: entry.seq < covered,
        }
    }
}

/// A number with gaps, as it is read: 12,345.
fn group(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// Whether a kind of event has words of its own on these pages.
pub fn has_words(kind: &str) -> bool {
    KINDS.iter().any(|(known, _)| *known == kind)
}

/// Kinds that have words of their own; others are shown as they are called in the log.
const KINDS: &[(&str, &str)] = &[
    ("appeal.submitted", "ledger-kind-submitted"),
    ("appeal.dispatched", "ledger-kind-dispatched"),
    ("appeal.accepted", "ledger-kind-accepted"),
    ("appeal.contacted", "ledger-kind-contacted"),
    ("appeal.returned", "ledger-kind-returned"),
    ("appeal.answered", "ledger-kind-answered"),
    ("appeal.appraised", "ledger-kind-appraised"),
    ("appeal.reopened", "ledger-kind-reopened"),
    ("appeal.withdrawn", "ledger-kind-withdrawn"),
    ("appeal.closed", "ledger-kind-closed"),
    ("appeal.overdue", "ledger-kind-overdue"),
    ("appeal.reporter_read", "ledger-kind-reporter-read"),
    ("appeal.reminded", "ledger-kind-reminded"),
    ("appeal.transferred", "ledger-kind-transferred"),
    ("appeal.extended", "ledger-kind-extended"),
    ("appeal.resumed", "ledger-kind-resumed"),
    ("appeal.merged", "ledger-kind-merged"),
    ("appeal.split", "ledger-kind-split"),
    ("appeal.exclusion_asked", "ledger-kind-exclusion-asked"),
    ("appeal.exclusion_reviewed", "ledger-kind-exclusion-reviewed"),
    ("appeal_task.opened", "ledger-kind-task-opened"),
    ("appeal_task.reported", "ledger-kind-task-reported"),
    ("appeal_task.rated", "ledger-kind-task-rated"),
    ("appeal_task.approved", "ledger-kind-task-approved"),
    ("appeal_task.refused", "ledger-kind-task-refused"),
    ("appeal_task.lifted", "ledger-kind-task-lifted"),
    ("appeal_task.pressed", "ledger-kind-task-pressed"),
    ("appeal_task.escalated", "ledger-kind-task-escalated"),
    ("appeal_task.cancelled", "ledger-kind-task-cancelled"),
    ("appeal_task.tried", "ledger-kind-task-tried"),
    ("appeal_task.excluded", "ledger-kind-task-excluded"),
    ("appeal_note.written", "ledger-kind-note"),
    ("appeal_file.attached", "ledger-kind-file-attached"),
    ("appeal_file.shown", "ledger-kind-file-shown"),
    ("appeal_file.hidden", "ledger-kind-file-hidden"),
    ("ledger.opened", "ledger-kind-opened"),
    ("ledger.key_changed", "ledger-kind-key-changed"),
    ("ledger.key_ended", "ledger-kind-key-ended"),
    ("organ.established", "ledger-kind-organ"),
    ("organ.changed", "ledger-kind-organ-changed"),
    ("area.added", "ledger-kind-area"),
    ("area.changed", "ledger-kind-area-changed"),
    ("area.ended", "ledger-kind-area-ended"),
    ("category.established", "ledger-kind-category"),
    ("category.changed", "ledger-kind-category-changed"),
    ("appeal_rulebook.adopted", "ledger-kind-rulebook"),
    ("appeal_catalogue.adopted", "ledger-kind-catalogue"),
];

fn kind_in_words(shell: &Shell, kind: &str) -> String {
    match KINDS.iter().find(|(known, _)| *known == kind) {
        Some((_, key)) => shell.t(key).into_owned(),
        None => kind.to_owned(),
    }
}

#[derive(Debug, Template)]
#[template(path = "ledger/log.html")]
struct LogPage {
    shell: Shell,
    standing: Standing,
    size: String,
    root: String,
    /// How many witnesses have signed the newest checkpoint.
    behind: usize,
    /// Each witness with how many entries it has signed, and when.
    witnesses: Vec<(String, String, Option<Timestamp>)>,
    /// What a reader had seen before, and how many entries have come since.
    since: Option<(String, u64)>,
    /// The address that shows next time what has come since now.
    next_time: String,
    lines: Vec<Line>,
    newer: Option<String>,
    older: Option<String>,
}

/// Where a page of the log begins, and how many entries a reader had seen before. The reader keeps that, not we: it stands
/// in the address.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Wanted {
    before: String,
    since: String,
}

/// The log: its newest checkpoint and its entries, the newest first.
pub(super) async fn log(visit: Visit, State(ledger): State<Ledger>, Query(wanted): Query<Wanted>) -> Answer {
    let standing = ledger.standing().await?;
    let size = standing.newest.as_ref().map_or(0, |signed| signed.size);
    let end = match wanted.before.as_str() {
        "" => size,
        before => parse_position(before).ok_or_else(WebError::no_such_page)?.min(size),
    };
    let seen = match wanted.since.as_str() {
        "" => None,
        // What somebody says to have seen is never more than there is.
        since => Some(parse_count(since).ok_or_else(WebError::no_such_page)?.min(size)),
    };
    let lowest = seen.unwrap_or_default();
    let first = end.saturating_sub(PAGE).max(lowest).min(end);
    let address = |before: Option<u64>| {
        let since = seen.map(|seen| format!("since={seen}"));
        let before = before.map(|before| format!("before={}", position(before)));
        let query: Vec<String> = since.into_iter().chain(before).collect();
        if query.is_empty() { "/ledger".to_owned() } else { format!("/ledger?{}", query.join("&")) }
    };
    let entries = ledger.entries(first, end).await?;
    let shell = visit.shell("ledger-title");
    let lines = entries.iter().rev().map(|entry| Line::new(&shell, entry, size)).collect();
    let root = root_of(&standing);
    let page = LogPage {
        size: group(size),
        root,
        behind: standing.behind(size.max(1)),
        witnesses: standing
            .witnesses
            .iter()
            .map(|witness| (witness.name.clone(), group(witness.size), witness.at))
            .collect(),
        lines,
        newer: (end < size).then(|| match end + PAGE {
            next if next >= size => address(None),
            next => address(Some(next)),
        }),
        older: (first > lowest).then(|| address(Some(first))),
        since: seen.map(|seen| (group(seen), size - seen)),
        next_time: format!("/ledger?since={size}"),
        standing,
        shell,
    };
    visit.public_page(&page)
}

fn root_of(standing: &Standing) -> String {
    let note = standing.newest.as_ref().and_then(|signed| Note::parse(&signed.note).ok());
    note.and_then(|note| Checkpoint::parse(&note.text).ok())
        .map_or_else(String::new, |checkpoint| base64(&checkpoint.root))
}

#[derive(Debug, Template)]
#[template(path = "ledger/entry.html")]
struct EntryPage {
    shell: Shell,
    line: Line,
    leaf: String,
    /// How many witnesses have signed it.
    behind: usize,
}

/// One entry.
pub(super) async fn entry(visit: Visit, State(ledger): State<Ledger>, Path(number): Path<String>) -> Answer {
    let seq = parse_position(&number).ok_or_else(WebError::no_such_page)?;
    let entry = ledger.entries(seq, seq + 1).await?.into_iter().next();
    let entry = entry.ok_or_else(WebError::no_such_page)?;
    let value: Value = serde_json::from_str(&entry.leaf)
        .map_err(|error| gongzhi_kernel::Fault::corrupt("an entry is no JSON").because(error))?;
    let leaf = serde_json::to_string_pretty(&value)
        .map_err(|error| gongzhi_kernel::Fault::internal("cannot write an entry").because(error))?;
    let shell = visit.shell_titled(visit.ta("ledger-entry-title", &[("number", &group(seq + 1))]));
    let line = Line::new(&shell, &entry, seq + 1);
    let behind = ledger.standing().await?.behind(seq + 1);
    visit.public_page(&EntryPage { shell, line, leaf, behind })
}

#[derive(Debug, Template)]
#[template(path = "ledger/subject.html")]
struct SubjectPage {
    shell: Shell,
    lines: Vec<Line>,
    back: String,
    here: String,
    /// How many witnesses have signed all of it.
    behind: usize,
    has_receipt: bool,
    standing: Standing,
}

/// Everything that is sealed about an appeal.
pub(super) async fn subject(
    visit: Visit,
    State(ledger): State<Ledger>,
    Path((kind, id)): Path<(String, String)>,
) -> Answer {
    let id = appeal(&kind, &id).ok_or_else(WebError::no_such_page)?;
    let mut entries = ledger.of_subject(kind, id.get()).await?;
    entries.extend(ledger.of_subject("appeal_reporter".to_owned(), id.get()).await?);
    entries.sort_by_key(|entry| entry.seq);
    if entries.is_empty() {
        return Err(WebError::no_such_page());
    }
    let standing = ledger.standing().await?;
    let covered = standing.newest.as_ref().map_or(0, |signed| signed.size);
    let last = entries.iter().map(|entry| entry.seq).max().unwrap_or_default();
    let behind = standing.behind(last + 1);
    let here = format!("/ledger/subject/appeal/{id}");
    let has_receipt = entries.iter().any(|entry| entry.subject_kind == "appeal" && entry.seq < covered);
    let shell = visit.shell("ledger-subject-title");
    let lines = entries.iter().map(|entry| Line::new(&shell, entry, covered)).collect();
    let back = format!("/appeals/{id}");
    visit.public_page(&SubjectPage { shell, lines, back, here, behind, has_receipt, standing })
}

#[derive(Debug, Template)]
#[template(path = "ledger/verify.html")]
struct VerifyPage {
    shell: Shell,
    vkey: String,
}

/// The page on which a receipt is verified without asking anybody.
pub(super) async fn verify(visit: Visit, State(ledger): State<Ledger>) -> Answer {
    let vkey = ledger.standing().await?.vkey;
    visit.public_page(&VerifyPage { shell: visit.shell("ledger-verify-title"), vkey })
}
