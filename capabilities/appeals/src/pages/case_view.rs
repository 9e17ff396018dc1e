//! A case as a page shows it: what is asked, where it stands, what was promised, what happened.

use std::time::Duration;

use gongzhi_kernel::{OrganId, Timestamp};
use gongzhi_web::{Badge, Knot, Shell, Tone};

use super::names::{Names, state_look, state_words};
use super::tracking::grouped;
use crate::events::{AppealEvent, Change};
use crate::model::{Appeal, Closing, Deadlines, DispatchedBy, Phase, Stage, State, StateName, Visibility};

/// For whom the page is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Audience {
    /// Everybody: nothing that is sealed.
    Public,
    /// Who reported it: their own words, none of the notes inside government.
    Reporter,
    /// Those who handle it: everything but who reported.
    Staff,
}

/// What is promised next, or how the last promise was kept.
#[derive(Debug, Clone)]
pub(crate) struct PromiseView {
    pub(crate) tone: Tone,
    pub(crate) title: String,
    pub(crate) clock: String,
    pub(crate) line: String,
    pub(crate) due: Option<Timestamp>,
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
    /// From the appeal and its history, the oldest event first.
    pub(crate) fn new(shell: &Shell, names: &Names, appeal: &Appeal, history: &[AppealEvent], audience: Audience) -> Self {
        let state = appeal.state.name();
        let (tone, icon) = state_look(state);
        Self {
            number: grouped(appeal.id),
            number_plain: appeal.id.to_string(),
            revision: appeal.touched,
            title: title(shell, appeal),
            text: appeal.text.clone(),
            kind: shell.t(format!("kind-{}", appeal.kind)).into_owned(),
            category: names.category_path(shell, appeal.category),
            badge: shell.badge(tone, state_words(shell, state)).icon(icon),
            say: say(shell, names, appeal),
            second: appeal.round > 1,
            organ: names.organ(shell, appeal.organ()),
            promise: promise(shell, names, appeal),
            answers: answers(shell, names, history),
            appraisal: appraisal(shell, appeal, history, audience),
            knots: knots(shell, names, appeal, history, audience),
            facts: facts(shell, names, appeal, audience),
        }
    }
}

/// The title; words where there is none.
pub(crate) fn title(shell: &Shell, appeal: &Appeal) -> String {
    if appeal.title.is_empty() { shell.t("appeals-untitled").into_owned() } else { appeal.title.clone() }
}

/// Where it stands, in one sentence.
pub(crate) fn say(shell: &Shell, names: &Names, appeal: &Appeal) -> String {
    let organ = names.organ(shell, appeal.organ());
    let key = match appeal.state {
        State::Closed { how: Closing::Appraised, .. } => "state-closed-appraised-say",
        State::Closed { how: Closing::Lapsed, .. } => "state-closed-lapsed-say",
        State::Closed { how: Closing::AtSource, .. } => "state-closed-at_source-say",
        State::Submitted => "state-submitted-say",
        State::Dispatched { .. } => "state-dispatched-say",
        State::Returned { .. } => "state-returned-say",
        State::Accepted { .. } => "state-accepted-say",
        State::Contacted { .. } => "state-contacted-say",
        State::Answered { .. } => "state-answered-say",
        State::Appraised { .. } => "state-appraised-say",
        State::Withdrawn { .. } => "state-withdrawn-say",
    };
    shell.t1(key, "organ", organ).into_owned()
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
fn left_or_over(shell: &Shell, due: Timestamp) -> String {
    let now = shell.visit().now();
    if due < now {
        shell.t1("clock-over", "span", span(shell, due, now)).into_owned()
    } else {
        shell.t1("clock-left", "span", span(shell, now, due)).into_owned()
    }
}

fn stage_words(shell: &Shell, stage: Stage) -> String {
    shell.t(format!("stage-{}", stage.word())).into_owned()
}

fn promise(shell: &Shell, _names: &Names, appeal: &Appeal) -> Option<PromiseView> {
    let now = shell.visit().now();
    if let Some((stage, due)) = appeal.next_due() {
        let tone = nearness(now, due);
        let title = shell.t(if due < now { "case-promise-late" } else { "case-promise" }).into_owned();
        let line = shell.t1("case-promise-line", "stage", stage_words(shell, stage)).into_owned();
        return Some(PromiseView { tone, title, clock: left_or_over(shell, due), line, due: Some(due) });
    }
    let (answered, due) = (appeal.answered_at?, appeal.deadlines.answer?);
    if appeal.state.name() == StateName::Withdrawn || appeal.state.phase() == Phase::Open {
        return None;
    }
    let began = appeal.reopened_at.or(appeal.dispatched_at).unwrap_or(appeal.submitted_at);
    let kept = answered <= due;
    let (took, promised) = (span(shell, began, answered), span(shell, began, due));
    Some(PromiseView {
        tone: if kept { Tone::Good } else { Tone::Bad },
        title: shell.t(if kept { "case-promise-done" } else { "case-promise-missed" }).into_owned(),
        clock: shell.t1("clock-took", "span", &took).into_owned(),
        line: shell.t2("case-promise-answered-in", "span", &took, "promise", promised).into_owned(),
        due: None,
    })
}

fn answers(shell: &Shell, names: &Names, history: &[AppealEvent]) -> Vec<AnswerView> {
    let mut answers: Vec<AnswerView> = history
        .iter()
        .filter_map(|event| {
            let Change::Answered(parts) = &event.change else { return None };
            let text = if parts.public.reply.is_empty() { &parts.sealed.reply } else { &parts.public.reply };
            let organ = names.organ(shell, parts.public.organ);
            let key = if parts.public.round > 1 { "case-answer-round" } else { "case-answer-of" };
            (!text.is_empty()).then(|| AnswerView {
                title: shell.t1(key, "organ", &organ).into_owned(),
                text: text.clone(),
                organ,
                at: event.at,
            })
        })
        .collect();
    answers.reverse();
    answers
}

fn appraisal(shell: &Shell, appeal: &Appeal, history: &[AppealEvent], audience: Audience) -> Option<AppraisalView> {
    let said = appeal.appraisal?;
    let comment = history.iter().rev().find_map(|event| match &event.change {
        Change::Appraised(parts) => Some(parts.sealed.comment.clone()),
        _ => None,
    });
    Some(AppraisalView {
        tone: if said.solved { Tone::Good } else { Tone::Bad },
        solved: shell.t(if said.solved { "case-appraisal-solved" } else { "case-appraisal-unsolved" }).into_owned(),
        satisfied: shell.t(format!("satisfied-{}", said.satisfied)).into_owned(),
        comment: if audience == Audience::Public { String::new() } else { comment.unwrap_or_default() },
    })
}

fn facts(shell: &Shell, names: &Names, appeal: &Appeal, audience: Audience) -> Vec<(String, String)> {
    let exact_place = audience != Audience::Public || appeal.visibility == Visibility::Public;
    let mut facts = vec![("case-number", grouped(appeal.id))];
    facts.push(("case-submitted", shell.exact(appeal.submitted_at).words().to_owned()));
    facts.push(("case-organ", if appeal.organ().is_some() { names.organ(shell, appeal.organ()) } else { shell.t("state-submitted").into_owned() }));
    facts.push(("case-area", names.area(shell, appeal.place.area)));
    if exact_place && !appeal.place.address.is_empty() {
        facts.push(("case-address", appeal.place.address.clone()));
    }
    if let Some(point) = appeal.place.point.filter(|_| exact_place) {
        let (lat, lon) = (format!("{:.5}", point.lat), format!("{:.5}", point.lon));
        facts.push(("case-position", shell.t2("case-coordinates", "lat", lat, "lon", lon).into_owned()));
    }
    facts.push(("case-channel", shell.t(format!("channel-{}", appeal.channel)).into_owned()));
    if audience == Audience::Staff {
        facts.push(("case-urgency", shell.t(format!("urgency-{}", appeal.urgency)).into_owned()));
        if appeal.returns > 0 {
            facts.push(("work-tab-returned", shell.t1("work-returns", "n", appeal.returns).into_owned()));
        }
    }
    if audience != Audience::Public {
        facts.push(("case-visibility", shell.t(format!("visibility-{}", appeal.visibility)).into_owned()));
    }
    if let Some(source) = &appeal.source {
        facts.push(("case-channel", shell.t2("case-source", "name", &source.name, "key", &source.key).into_owned()));
    }
    facts.into_iter().map(|(key, value)| (shell.t(key).into_owned(), value)).collect()
}

/// Every deadline of the present round, for those who must keep them.
pub(crate) fn clocks(shell: &Shell, appeal: &Appeal) -> Vec<ClockView> {
    let now = shell.visit().now();
    let done = |stage| match stage {
        Stage::Dispatch => appeal.dispatched_at,
        Stage::Accept => appeal.accepted_at,
        Stage::Contact => appeal.contacted_at.or(appeal.answered_at),
        Stage::Answer => appeal.answered_at,
    };
    let pending = appeal.pending();
    Stage::ALL
        .iter()
        .filter_map(|stage| {
            let due = appeal.due(*stage)?;
            let (tone, say) = match done(*stage) {
                Some(at) if !pending.contains(stage) && at <= due => (Tone::Good, shell.t("clock-kept").into_owned()),
                Some(at) if !pending.contains(stage) => {
                    (Tone::Bad, shell.t1("clock-missed", "span", span(shell, due, at)).into_owned())
                }
                None if !pending.contains(stage) => (Tone::Calm, shell.t("clock-paused").into_owned()),
                _ => (nearness(now, due), left_or_over(shell, due)),
            };
            Some(ClockView { stage: stage_words(shell, *stage), tone, say, due })
        })
        .collect()
}

/// What the thread has to remember while it is told.
struct Told {
    began: Timestamp,
    dispatched: Option<Timestamp>,
    deadlines: Deadlines,
}

/// What happened, and below it what is still to come.
fn knots(shell: &Shell, names: &Names, appeal: &Appeal, history: &[AppealEvent], audience: Audience) -> Vec<Knot> {
    let mut told = Told { began: appeal.submitted_at, dispatched: None, deadlines: Deadlines::default() };
    let mut knots: Vec<Knot> = history.iter().map(|event| knot(shell, names, event, audience, &mut told)).collect();
    for stage in appeal.pending() {
        let Some(due) = appeal.due(*stage) else { continue };
        knots.push(Knot {
            title: stage_words(shell, *stage),
            who: match stage {
                Stage::Dispatch => shell.t("receipt-next-waiting").into_owned(),
                _ => names.organ(shell, appeal.organ()),
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

/// Events as knots without what is ahead: what changed since somebody opened the page.
pub(crate) fn changes(shell: &Shell, names: &Names, appeal: &Appeal, history: &[AppealEvent], after: i64) -> Vec<Knot> {
    let mut told = Told { began: appeal.submitted_at, dispatched: None, deadlines: Deadlines::default() };
    history
        .iter()
        .map(|event| (event.revision, knot(shell, names, event, Audience::Staff, &mut told)))
        .filter(|(revision, _)| *revision > after)
        .map(|(_, knot)| knot)
        .collect()
}

fn knot(shell: &Shell, names: &Names, event: &AppealEvent, audience: Audience, told: &mut Told) -> Knot {
    let word = event.change.kind().rsplit('.').next().unwrap_or_default();
    let mut knot = Knot {
        title: shell.t(format!("step-{word}")).into_owned(),
        when: Some(shell.exact(event.at)),
        tone: Some(Tone::Calm),
        ..Knot::default()
    };
    let staff = audience == Audience::Staff;
    let inside = audience != Audience::Public;
    let organ = |id: Option<OrganId>| names.organ(shell, id);
    match &event.change {
        Change::Submitted(parts) => {
            knot.who = shell.t(format!("channel-{}", parts.public.channel)).into_owned();
            told.began = event.at;
        }
        Change::Dispatched(parts) => {
            let key = if parts.public.ruled { "step-to-final" } else { "step-to" };
            knot.who = shell.t1(key, "organ", organ(Some(parts.public.organ))).into_owned();
            if staff {
                let by = match parts.public.by {
                    DispatchedBy::Catalogue => "step-by-catalogue",
                    DispatchedBy::Dispatcher => "step-by-dispatcher",
                    DispatchedBy::Source => "step-by-source",
                };
                knot.note = shell.t(by).into_owned();
                knot.text.clone_from(&parts.sealed.note);
            }
            told.dispatched = told.dispatched.or(Some(event.at));
            if let Some(deadlines) = parts.public.deadlines {
                told.deadlines = deadlines;
            }
        }
        Change::Accepted(parts) => {
            knot.who = organ(Some(parts.public.organ));
            timed(shell, &mut knot, event.at, told.dispatched, told.deadlines.accept, parts.public.in_time);
        }
        Change::Contacted(parts) => {
            knot.who = organ(Some(parts.public.organ));
            timed(shell, &mut knot, event.at, told.dispatched, told.deadlines.contact, parts.public.in_time);
            if staff {
                knot.text.clone_from(&parts.sealed.note);
            }
        }
        Change::Returned(parts) => {
            knot.who = organ(Some(parts.public.organ));
            knot.tone = Some(Tone::Warn);
            if staff {
                knot.text.clone_from(&parts.sealed.reason);
            }
        }
        Change::Answered(parts) => {
            knot.who = organ(parts.public.organ);
            timed(shell, &mut knot, event.at, told.dispatched.or(Some(told.began)), told.deadlines.answer, parts.public.in_time);
        }
        Change::Appraised(parts) => {
            let said = parts.public.appraisal;
            let solved = shell.t(if said.solved { "case-appraisal-solved" } else { "case-appraisal-unsolved" });
            knot.who = shell.t("step-by-reporter").into_owned();
            knot.note = format!("{solved} · {}", shell.t(format!("satisfied-{}", said.satisfied)));
            knot.tone = Some(if said.solved { Tone::Good } else { Tone::Warn });
            if inside {
                knot.text.clone_from(&parts.sealed.comment);
            }
        }
        Change::Reopened(parts) => {
            knot.who = shell.t("step-by-reporter").into_owned();
            knot.note = shell.t("step-round").into_owned();
            knot.tone = Some(Tone::Warn);
            if inside {
                knot.text.clone_from(&parts.sealed.reason);
            }
            told.began = event.at;
            told.dispatched = Some(event.at);
            told.deadlines = parts.public.deadlines;
        }
        Change::Withdrawn(parts) => {
            knot.who = shell.t("step-by-reporter").into_owned();
            if inside {
                knot.text.clone_from(&parts.sealed.reason);
            }
        }
        Change::Closed(parts) => {
            knot.note = match parts.public.how {
                Closing::Appraised => shell.t("state-closed-appraised-say"),
                Closing::Lapsed => shell.t("state-closed-lapsed-say"),
                Closing::AtSource => shell.t("state-closed-at_source-say"),
            }
            .into_owned();
            knot.tone = Some(Tone::Good);
        }
        Change::Overdue(parts) => {
            knot.who = parts.public.organ.map(|id| organ(Some(id))).unwrap_or_default();
            knot.note = shell.t1("step-overdue-stage", "stage", stage_words(shell, parts.public.stage)).into_owned();
            knot.tone = Some(Tone::Bad);
        }
    }
    knot
}

/// How long it took, and whether it was in time.
fn timed(shell: &Shell, knot: &mut Knot, at: Timestamp, from: Option<Timestamp>, due: Option<Timestamp>, in_time: Option<bool>) {
    let took = from.map(|from| shell.t1("step-took", "span", span(shell, from, at)).into_owned());
    let kept = match (in_time, due) {
        (Some(true), _) => Some(shell.t("step-in-time").into_owned()),
        (Some(false), Some(due)) if due < at => Some(shell.t1("clock-missed", "span", span(shell, due, at)).into_owned()),
        (Some(false), _) => Some(shell.t("step-late").into_owned()),
        (None, _) => None,
    };
    knot.note = [kept, took].into_iter().flatten().collect::<Vec<_>>().join(" · ");
    knot.tone = Some(match in_time {
        Some(true) => Tone::Good,
        Some(false) => Tone::Bad,
        None => Tone::Calm,
    });
}

/// A length of time in words, from seconds.
pub(crate) fn seconds_words(shell: &Shell, seconds: i64) -> String {
    shell.length(Duration::from_secs(u64::try_from(seconds).unwrap_or(0)))
}
