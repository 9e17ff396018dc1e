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

/// Where the entry of such a number stands.
pub(crate) fn parse_position(number: &str) -> Option<u64> {
    let plain = number.len() <= 15 && number.bytes().all(|byte| byte.is_ascii_digit());
    plain.then(|| number.parse::<u64>().ok()?.checked_sub(1)).flatten()
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
    ("ledger.opened", "ledger-kind-opened"),
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
    lines: Vec<Line>,
    newer: Option<String>,
    older: Option<String>,
}

/// Where a page of the log begins, and what a reader has seen before.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Wanted {
    before: String,
}

/// The log: its newest checkpoint and its entries, the newest first.
pub(super) async fn log(visit: Visit, State(ledger): State<Ledger>, Query(wanted): Query<Wanted>) -> Answer {
    let standing = ledger.standing().await?;
    let size = standing.newest.as_ref().map_or(0, |signed| signed.size);
    let end = match wanted.before.as_str() {
        "" => size,
        before => parse_position(before).ok_or_else(WebError::no_such_page)?.min(size),
    };
    let first = end.saturating_sub(PAGE);
    let entries = ledger.entries(first, end).await?;
    let shell = visit.shell("ledger-title");
    let lines = entries.iter().rev().map(|entry| Line::new(&shell, entry, size)).collect();
    let root = root_of(&standing);
    let page = LogPage {
        size: group(size),
        root,
        lines,
        newer: (end < size).then(|| match end + PAGE {
            next if next >= size => "/ledger".to_owned(),
            next => format!("/ledger?before={}", position(next)),
        }),
        older: (first > 0).then(|| format!("/ledger?before={}", position(first))),
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
    has_receipt: bool,
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
    visit.public_page(&EntryPage { shell, line, leaf, has_receipt: true })
}

#[derive(Debug, Template)]
#[template(path = "ledger/subject.html")]
struct SubjectPage {
    shell: Shell,
    lines: Vec<Line>,
    back: String,
    standing: Standing,
}

/// Everything that is sealed about an appeal.
pub(super) async fn subject(
    visit: Visit,
    State(ledger): State<Ledger>,
    Path((kind, id)): Path<(String, String)>,
) -> Answer {
    // Only what has a page of its own leads here; everything else is found in the log.
    let id: AppealId =
        (kind == "appeal").then(|| id.parse().ok()).flatten().ok_or_else(WebError::no_such_page)?;
    let mut entries = ledger.of_subject(kind, id.get()).await?;
    entries.extend(ledger.of_subject("appeal_reporter".to_owned(), id.get()).await?);
    entries.sort_by_key(|entry| entry.seq);
    if entries.is_empty() {
        return Err(WebError::no_such_page());
    }
    let standing = ledger.standing().await?;
    let covered = standing.newest.as_ref().map_or(0, |signed| signed.size);
    let shell = visit.shell("ledger-subject-title");
    let lines = entries.iter().map(|entry| Line::new(&shell, entry, covered)).collect();
    visit.public_page(&SubjectPage { shell, lines, back: format!("/appeals/{id}"), standing })
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
