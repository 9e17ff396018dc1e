//! A case as a page shows it: what is asked, where it stands, what was promised, what happened.

use std::time::Duration;

use gongzhi_kernel::Timestamp;
use gongzhi_web::{Badge, Knot, Shell, Tone};

use super::names::{Names, state_look, state_words};
use super::tracking::grouped;
use crate::model::{Closing, DispatchedBy, Phase, Stage, StateName};
use crate::queries::{self, Who};

/// For whom the page is. What each may read the query has decided already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Audience {
    /// Everybody.
    Public,
    /// Who reported it.
    Reporter,
    /// Those who handle it.
    Staff,
}

impl Audience {
    pub(crate) fn of(case: &queries::CaseView) -> Self {
        match (case.own, case.full) {
            (true, _) => Self::Reporter,
            (false, true) => Self::Staff,
            (false, false) => Self::Public,
        }
    }
}

/// What is promised next, or how the last promise was kept.
#[derive(Debug, Clone)]
pub(crate) struct PromiseView {
    pub(crate) tone: Tone,
    pub(crate) title: String,
    pub(crate) clock: String,
    pub(crate) line: String,
    pub(crate) due: Option<Timestamp>,
    /// Whether to say from when the clock runs: not before it does.
    pub(crate) runs: bool,
}

/// An answer.
#[derive(Debug, Clone)]
pub(crate) struct AnswerView {
    pub(crate) title: String,
    pub(crate) text: String,
    pub(crate) organ: String,
    pub(crate) at: Timestamp,
}

/// What the reporter said of the answer.
#[derive(Debug, Clone)]
pub(crate) struct AppraisalView {
    pub(crate) tone: Tone,
    pub(crate) solved: String,
    pub(crate) satisfied: String,
    pub(crate) comment: String,
}

/// One deadline for the workbench.
#[derive(Debug, Clone)]
pub(crate) struct ClockView {
    pub(crate) stage: String,
    pub(crate) tone: Tone,
    pub(crate) say: String,
    pub(crate) due: Timestamp,
}

/// A case.
#[derive(Debug, Clone)]
pub(crate) struct CaseView {
    pub(crate) number: String,
    pub(crate) number_plain: String,
    pub(crate) revision: i64,
    pub(crate) title: String,
    pub(crate) text: String,
    /// Where a picture of it lies, as the client that brought it said.
    pub(crate) media_url: Option<String>,
    pub(crate) kind: String,
    pub(crate) category: String,
    pub(crate) badge: Badge,
    pub(crate) say: String,
    pub(crate) second: bool,
    pub(crate) organ: String,
    pub(crate) promise: Option<PromiseView>,
    pub(crate) answers: Vec<AnswerView>,
    pub(crate) appraisal: Option<AppraisalView>,
    pub(crate) knots: Vec<Knot>,
    pub(crate) facts: Vec<(String, String)>,
}

impl CaseView {
    /// In the reader's words.
    pub(crate) fn new(shell: &Shell, names: &Names, case: &queries::CaseView) -> Self {
        let (tone, icon) = state_look(case.state);
        Self {
            number: grouped(case.id),
            number_plain: case.id.to_string(),
            revision: case.revision,
            title: title(shell, &case.title),
            text: case.text.clone(),
            media_url: case.media_url.clone(),
            kind: shell.t(format!("kind-{}", case.kind)).into_owned(),
            category: names.category_path(shell, case.category),
            badge: shell.badge(tone, state_words(shell, case.state)).icon(icon),
            say: say(shell, names, case),
            second: case.round > 1,
            organ: names.organ(shell, case.organ),
            promise: promise(shell, case),
            answers: answers(shell, names, case),
            appraisal: appraisal(shell, case),
            knots: knots(shell, names, case),
            facts: facts(shell, names, case),
        }
    }
}

/// The title; words where there is none.
pub(crate) fn title(shell: &Shell, title: &str) -> String {
    if title.is_empty() { shell.t("appeals-untitled").into_owned() } else { title.to_owned() }
}

/// How it was closed, if it was.
fn closing(case: &queries::CaseView) -> Option<Closing> {
    case.timeline.iter().rev().find_map(|knot| knot.closing)
}

fn closing_words(shell: &Shell, how: Closing) -> String {
    shell.t(format!("state-closed-{how}-say")).into_owned()
}

/// Where it stands, in one sentence.
fn say(shell: &Shell, names: &Names, case: &queries::CaseView) -> String {
    match closing(case) {
        Some(how) if case.state == StateName::Closed => closing_words(shell, how),
        _ => {
            let organ = names.organ(shell, case.organ);
            shell.t1(format!("state-{}-say", case.state.word()), "organ", organ).into_owned()
        }
    }
}

/// How near a deadline is, as a tone.
pub(crate) fn nearness(now: Timestamp, due: Timestamp) -> Tone {
    match now.seconds_until(due) {
        ..0 => Tone::Bad,
        0..86_400 => Tone::Warn,
        _ => Tone::Calm,
    }
}

fn span(shell: &Shell, from: Timestamp, to: Timestamp) -> String {
    shell.length(to.since(from))
}

/// 还有 2 天 or 已超 3 小时.
pub(crate) fn left_or_over(shell: &Shell, due: Timestamp) -> String {
    let now = shell.visit().now();
    if due < now {
        shell.t1("clock-over", "span", span(shell, due, now)).into_owned()
    } else {
        shell.t1("clock-left", "span", span(shell, now, due)).into_owned()
    }
}

fn stage_words(shell: &Shell, stage: Stage) -> String {
    shell.t(format!("stage-{stage}")).into_owned()
}

fn due(case: &queries::CaseView, stage: Stage) -> Option<Timestamp> {
    match stage {
        Stage::Dispatch => case.next_due.filter(|(next, _)| *next == Stage::Dispatch).map(|(_, due)| due),
        Stage::Accept => case.deadlines.accept,
        Stage::Contact => case.deadlines.contact,
        Stage::Answer => case.deadlines.answer,
    }
}

/// The stages that are still to be done.
fn pending(case: &queries::CaseView) -> &'static [Stage] {
    match case.state {
        _ if case.moves.merged_into.is_some() => &[],
        StateName::Submitted => &[Stage::Dispatch],
        StateName::Dispatched | StateName::Returned => &[Stage::Accept, Stage::Contact, Stage::Answer],
        StateName::Accepted => &[Stage::Contact, Stage::Answer],
        StateName::Contacted => &[Stage::Answer],
        StateName::Answered | StateName::Appraised | StateName::Closed | StateName::Withdrawn => &[],
    }
}

fn promise(shell: &Shell, case: &queries::CaseView) -> Option<PromiseView> {
    let now = shell.visit().now();
    if let Some((stage, due)) = case.next_due {
        let title = shell.t(if due < now { "case-promise-late" } else { "case-promise" }).into_owned();
        let line = shell.t1("case-promise-line", "stage", stage_words(shell, stage)).into_owned();
        return Some(PromiseView {
            tone: nearness(now, due),
            title,
            clock: left_or_over(shell, due),
            line,
            due: Some(due),
            runs: stage != Stage::Dispatch,
        });
    }
    if case.state == StateName::Withdrawn || case.state.phase() == Phase::Open {
        return None;
    }
    let answered = case.timeline.iter().rev().find(|knot| knot.kind == "appeal.answered")?;
    let promised = answered.promised?;
    let kept = answered.in_time?;
    let took = seconds_words(shell, answered.took);
    let allowed = seconds_words(shell, answered.took + answered.at.seconds_until(promised));
    Some(PromiseView {
        tone: if kept { Tone::Good } else { Tone::Bad },
        title: shell.t(if kept { "case-promise-done" } else { "case-promise-missed" }).into_owned(),
        clock: shell.t1("clock-took", "span", &took).into_owned(),
        line: shell.t1("case-promise-allowed", "promise", allowed).into_owned(),
        due: None,
        runs: true,
    })
}

fn answers(shell: &Shell, names: &Names, case: &queries::CaseView) -> Vec<AnswerView> {
    let answered =
        case.timeline.iter().rev().filter(|knot| knot.kind == "appeal.answered" && !knot.text.is_empty());
    answered
        .map(|knot| {
            let organ = names.organ(shell, knot.organ);
            let key = if knot.round > 1 { "case-answer-round" } else { "case-answer-of" };
            AnswerView {
                title: shell.t1(key, "organ", &organ).into_owned(),
                text: knot.text.clone(),
                organ,
                at: knot.at,
            }
        })
        .collect()
}

fn appraisal(shell: &Shell, case: &queries::CaseView) -> Option<AppraisalView> {
    let said = case.appraisal?;
    let comment =
        case.timeline.iter().rev().find(|knot| knot.appraisal.is_some()).map(|knot| knot.text.clone());
    Some(AppraisalView {
        tone: if said.solved { Tone::Good } else { Tone::Bad },
        solved: solved_words(shell, said.solved),
        satisfied: satisfied_words(shell, said.satisfied),
        comment: comment.unwrap_or_default(),
    })
}

fn solved_words(shell: &Shell, solved: bool) -> String {
    shell.t(if solved { "case-appraisal-solved" } else { "case-appraisal-unsolved" }).into_owned()
}

fn satisfied_words(shell: &Shell, level: u8) -> String {
    shell.t(format!("satisfied-{}", level.clamp(1, 5))).into_owned()
}

fn facts(shell: &Shell, names: &Names, case: &queries::CaseView) -> Vec<(String, String)> {
    let audience = Audience::of(case);
    let mut facts = vec![
        ("case-number", grouped(case.id)),
        ("case-submitted", shell.exact(case.submitted_at).words().to_owned()),
        (
            "case-organ",
            match case.organ {
                Some(_) => names.organ(shell, case.organ),
                None => state_words(shell, case.state),
            },
        ),
        ("case-area", names.area(shell, case.area)),
    ];
    if let Some(address) = &case.address {
        facts.push(("case-address", address.clone()));
    }
    if let Some(point) = case.point {
        let (lat, lon) = (format!("{:.5}", point.lat), format!("{:.5}", point.lon));
        facts.push(("case-position", shell.t2("case-coordinates", "lat", lat, "lon", lon).into_owned()));
    }
    facts.push((
        "case-channel",
        match &case.source {
            Some(source) => shell.t2("case-source", "name", &source.name, "key", &source.key).into_owned(),
            None => shell.t(format!("channel-{}", case.channel)).into_owned(),
        },
    ));
    if audience == Audience::Staff {
        facts.push(("case-urgency", shell.t(format!("urgency-{}", case.urgency)).into_owned()));
        if case.returns > 0 {
            facts.push(("work-tab-returned", shell.t1("work-returns", "n", case.returns).into_owned()));
        }
    }
    if audience != Audience::Public {
        facts.push(("case-visibility", shell.t(format!("visibility-{}", case.visibility)).into_owned()));
    }
    facts.into_iter().map(|(key, value)| (shell.t(key).into_owned(), value)).collect()
}

/// Every deadline of the present round, for those who must keep them.
pub(crate) fn clocks(shell: &Shell, case: &queries::CaseView) -> Vec<ClockView> {
    let now = shell.visit().now();
    let pending = pending(case);
    let done = |kind: &str| {
        case.timeline
            .iter()
            .rev()
            .find(|knot| knot.kind == kind && knot.round == case.round)
            .map(|knot| knot.at)
    };
    let stages = [
        (Stage::Dispatch, None),
        (Stage::Accept, done("appeal.accepted")),
        (Stage::Contact, done("appeal.contacted")),
        (Stage::Answer, done("appeal.answered")),
    ];
    stages
        .into_iter()
        .filter_map(|(stage, done)| {
            let due = due(case, stage)?;
            let (tone, say) = if pending.contains(&stage) {
                (nearness(now, due), left_or_over(shell, due))
            } else {
                match done {
                    Some(at) if at <= due => (Tone::Good, shell.t("clock-kept").into_owned()),
                    Some(at) => {
                        (Tone::Bad, shell.t1("clock-missed", "span", span(shell, due, at)).into_owned())
                    }
                    None => (Tone::Calm, shell.t("clock-paused").into_owned()),
                }
            };
            Some(ClockView { stage: stage_words(shell, stage), tone, say, due })
        })
        .collect()
}

/// What happened, and below it what is still to come.
fn knots(shell: &Shell, names: &Names, case: &queries::CaseView) -> Vec<Knot> {
    let mut knots: Vec<Knot> = case.timeline.iter().map(|told| knot(shell, names, told)).collect();
    for stage in pending(case) {
        let Some(due) = due(case, *stage) else { continue };
        knots.push(Knot {
            title: stage_words(shell, *stage),
            who: match stage {
                Stage::Dispatch => shell.t("receipt-next-waiting").into_owned(),
                _ if case.state == StateName::Returned => String::new(),
                _ => names.organ(shell, case.organ),
            },
            when: Some(shell.exact(due)),
            note: left_or_over(shell, due),
            tone: Some(nearness(shell.visit().now(), due)),
            ahead: true,
            ..Knot::default()
        });
    }
    knots
}

/// What has happened since somebody opened the page at `revision`.
pub(crate) fn changes(shell: &Shell, names: &Names, case: &queries::CaseView, revision: i64) -> Vec<Knot> {
    // Revisions count the knots from one.
    let seen = usize::try_from(revision).unwrap_or(0);
    case.timeline.iter().skip(seen).map(|told| knot(shell, names, told)).collect()
}

fn knot(shell: &Shell, names: &Names, told: &queries::Knot) -> Knot {
    let word = told.kind.rsplit('.').next().unwrap_or_default();
    let organ = |id| names.organ(shell, id);
    let who = match told.who {
        Who::Reporter => shell.t("step-by-reporter").into_owned(),
        Who::Organ(id) | Who::Hotline(id) => organ(Some(id)),
        Who::Gongzhi => String::new(),
    };
    let mut knot = Knot {
        title: shell.t(format!("step-{word}")).into_owned(),
        who,
        when: Some(shell.exact(told.at)),
        tone: Some(Tone::Calm),
        text: told.text.clone(),
        ..Knot::default()
    };
    match word {
        "dispatched" => {
            let key = if told.ruled { "step-to-final" } else { "step-to" };
            knot.who = shell.t1(key, "organ", organ(told.organ)).into_owned();
            knot.note = match told.dispatched_by {
                Some(DispatchedBy::Catalogue) => shell.t("step-by-catalogue").into_owned(),
                Some(DispatchedBy::Dispatcher) => shell.t("step-by-dispatcher").into_owned(),
                Some(DispatchedBy::Source) => shell.t("step-by-source").into_owned(),
                None => String::new(),
            };
        }
        "accepted" | "contacted" | "answered" => {
            if knot.who.is_empty() {
                knot.who = organ(told.organ);
            }
            (knot.note, knot.tone) = timed(shell, told);
            if word == "answered" {
                // It stands in full above.
                knot.text.clear();
            }
        }
        "returned" => knot.tone = Some(Tone::Warn),
        "appraised" => {
            if let Some(said) = told.appraisal {
                knot.note = format!(
                    "{} · {}",
                    solved_words(shell, said.solved),
                    satisfied_words(shell, said.satisfied)
                );
                knot.tone = Some(if said.solved { Tone::Good } else { Tone::Warn });
            }
        }
        "reopened" => {
            knot.note = shell.t("step-round").into_owned();
            knot.tone = Some(Tone::Warn);
        }
        "closed" => {
            knot.note = told.closing.map(|how| closing_words(shell, how)).unwrap_or_default();
            knot.tone = Some(Tone::Good);
        }
        "transferred" => {
            knot.who = shell.t1("step-to", "organ", organ(told.organ)).into_owned();
        }
        "extended" | "resumed" => {
            if let Some(ground) = told.ground {
                knot.title = shell.t(format!("step-{word}-paused")).into_owned();
                knot.note = shell.t(format!("pause-{ground}")).into_owned();
            }
            if let Some(until) = told.until {
                let until = shell.exact(until).words().to_owned();
                knot.note = [knot.note, shell.t1("step-until", "until", until).into_owned()]
                    .into_iter()
                    .filter(|note| !note.is_empty())
                    .collect::<Vec<_>>()
                    .join(" · ");
            }
            knot.tone = Some(Tone::Warn);
        }
        "merged" | "split" => {
            knot.note = told
                .other
                .map(|other| shell.t1("step-other", "number", grouped(other)).into_owned())
                .unwrap_or_default();
        }
        "reminded" => {
            knot.who = if told.organ.is_some() { organ(told.organ) } else { String::new() };
            knot.note = told
                .stage
                .map(|stage| shell.t1("step-reminded-stage", "stage", stage_words(shell, stage)).into_owned())
                .unwrap_or_default();
        }
        "overdue" => {
            knot.who = if told.organ.is_some() { organ(told.organ) } else { String::new() };
            knot.note = told
                .stage
                .map(|stage| shell.t1("step-overdue-stage", "stage", stage_words(shell, stage)).into_owned())
                .unwrap_or_default();
            knot.tone = Some(Tone::Bad);
        }
        _ => {}
    }
    knot
}

/// How long it took, and whether the promise was kept.
fn timed(shell: &Shell, told: &queries::Knot) -> (String, Option<Tone>) {
    let took = Some(shell.t1("step-took", "span", seconds_words(shell, told.took)).into_owned());
    let kept = match (told.in_time, told.promised) {
        (Some(true), _) => Some(shell.t("step-in-time").into_owned()),
        (Some(false), Some(promised)) if promised < told.at => {
            Some(shell.t1("clock-missed", "span", span(shell, promised, told.at)).into_owned())
        }
        (Some(false), _) => Some(shell.t("step-late").into_owned()),
        (None, _) => None,
    };
    let tone = match told.in_time {
        Some(true) => Tone::Good,
        Some(false) => Tone::Bad,
        None => Tone::Calm,
    };
    (kept.into_iter().chain(took).collect::<Vec<_>>().join(" · "), Some(tone))
}

/// A length of time in words, from seconds.
pub(crate) fn seconds_words(shell: &Shell, seconds: i64) -> String {
    shell.length(Duration::from_secs(u64::try_from(seconds).unwrap_or(0)))
}
