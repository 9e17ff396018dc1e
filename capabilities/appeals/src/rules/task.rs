//! What runs beside a case: who may be asked for what, and what follows. Who may ask is a matter of policy.

use gongzhi_kernel::{FieldError, OrganId, PersonId, Refusal, Timestamp};

use super::handing::require_single;
use super::{Grant, may_extend, refuse_fields, text};
use crate::events::{TaskEvent, TaskPublic, TaskSealed};
use crate::model::{
    Appeal, Exclusion, Happening, Phase, StateName, Task, TaskId, TaskKind, TaskState, Terms,
};
use crate::rulebook::Rulebook;

/// A task that somebody wants to be opened, with everything about it that had to be looked up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewTask {
    /// Its id.
    pub id: TaskId,
    /// What is asked.
    pub kind: TaskKind,
    /// Which organ asks.
    pub from: OrganId,
    /// Which organ must act.
    pub organ: OrganId,
    /// Which organs are invited besides.
    pub invited: Vec<OrganId>,
    /// Which person is named.
    pub person: Option<PersonId>,
    /// What is asked of the level above.
    pub terms: Option<Terms>,
    /// In words.
    pub text: String,
    /// Whether the clock asks, which has no words.
    pub by_clock: bool,
}

/// What somebody, or the clock, does about a task.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TaskStep {
    /// What.
    pub what: Happening,
    /// In words.
    pub text: String,
    /// Whom a second handling names.
    pub person: Option<PersonId>,
    /// How a whistle is scored.
    pub score: Option<u8>,
    /// Why a call is not counted.
    pub exclusion: Option<Exclusion>,
    /// Who presses now; with an escalation only.
    pub above: Option<OrganId>,
}

impl TaskStep {
    /// This, with words.
    pub fn new(what: Happening, text: &str) -> Self {
        Self { what, text: text.to_owned(), person: None, score: None, exclusion: None, above: None }
    }
}

/// Every refusal about tasks, by the key of its sentence.
pub const TASK_REFUSALS: [&str; 9] = [
    "task-not-found",
    "task-not-allowed",
    "task-wrong-state",
    "task-case-over",
    "task-not-itself",
    "task-already-open",
    "task-not-street",
    "task-no-reviewer",
    "task-changed-meanwhile",
];

/// Every error of a field of tasks, by the key of its sentence.
pub const TASK_FIELD_ERRORS: [&str; 4] = ["error-person", "error-score", "error-exclusion", "error-invited"];

/// Whether the words are needed: a reason for what is asked, an account of what was done.
fn needs_words(kind: TaskKind, what: Happening) -> bool {
    match what {
        Happening::Opened => !matches!(kind, TaskKind::Assignment | TaskKind::CallBack | TaskKind::Senior),
        Happening::Reported => !matches!(kind, TaskKind::Senior | TaskKind::CallBack),
        Happening::Refused | Happening::Pressed | Happening::Cancelled | Happening::Excluded => {
            kind != TaskKind::Assignment
        }
        Happening::Rated
        | Happening::Approved
        | Happening::Lifted
        | Happening::Tried
        | Happening::Escalated => false,
    }
}

fn words(
    kind: TaskKind,
    what: Happening,
    told: &str,
    rulebook: &Rulebook,
    errors: &mut Vec<FieldError>,
) -> String {
    let told = text::clean_text(told);
    let limit = if needs_words(kind, what) { rulebook.limits.reason } else { rulebook.limits.note };
    limit.check("text", &told, errors);
    told
}

fn may_stand(appeal: &Appeal, new: &NewTask) -> Result<(), Refusal> {
    let fits = match new.kind {
        TaskKind::CallBack => appeal.state.name() == StateName::Answered,
        TaskKind::Review => appeal.appraisal.is_some() && appeal.state.phase() != Phase::Open,
        _ => appeal.state.phase() == Phase::Open,
    };
    if !fits {
        return Err(Refusal::conflict("task-case-over").with("state", appeal.state.name().word()));
    }
    if new.kind == TaskKind::Review { Ok(()) } else { require_single(appeal) }
}

/// The event that opens a task; `others` are the tasks that the case has already.
pub fn open_task(
    appeal: &Appeal,
    others: &[Task],
    new: &NewTask,
    rulebook: &Rulebook,
    now: Timestamp,
) -> Result<TaskEvent, Refusal> {
    may_stand(appeal, new)?;
    let mut errors = Vec::new();
    let text = if new.by_clock {
        String::new()
    } else {
        words(new.kind, Happening::Opened, &new.text, rulebook, &mut errors)
    };
    if new.kind == TaskKind::Assignment && new.person.is_none() {
        errors.push(FieldError::new("person", "error-person"));
    }
    if new.kind == TaskKind::Consultation && new.invited.is_empty() {
        errors.push(FieldError::new("invited", "error-invited"));
    }
    refuse_fields(errors)?;
    if matches!(new.kind, TaskKind::Assist | TaskKind::Whistle) && new.organ == new.from {
        return Err(Refusal::conflict("task-not-itself"));
    }
    let same = |task: &Task| {
        task.kind == new.kind
            && task.round == appeal.round
            && match new.kind {
                TaskKind::Assist | TaskKind::Whistle => {
                    task.organ == new.organ && task.state == TaskState::Open
                }
                TaskKind::Review => true,
                TaskKind::Assignment => false,
                _ => task.state == TaskState::Open,
            }
    };
    if others.iter().any(same) {
        return Err(Refusal::conflict("task-already-open"));
    }
    let within = match new.kind {
        TaskKind::Extension => {
            let terms = new.terms.ok_or_else(|| Refusal::conflict("task-not-allowed"))?;
            let grant = Grant { task: new.id.get(), ground: terms.ground, period: terms.period };
            may_extend(appeal, grant, rulebook, now)?;
            Some(rulebook.extensions.decide_within)
        }
        TaskKind::Assignment => None,
        kind => {
            let within = rulebook.tasks.within.get(&kind).copied();
            Some(within.ok_or_else(|| Refusal::conflict("task-not-allowed"))?)
        }
    };
    let due = within.map(|within| rulebook.after(now, within)).transpose()?;
    let public = TaskPublic {
        from: Some(new.from),
        organ: Some(new.organ),
        invited: new.invited.clone(),
        round: Some(appeal.round),
        due,
        terms: new.terms,
        ..TaskPublic::of(appeal.id, new.kind)
    };
    let sealed = TaskSealed { text, person: new.person };
    Ok(TaskEvent { task: new.id, revision: 1, at: now, what: Happening::Opened, public, sealed })
}

/// The event that follows from a step.
pub fn step_task(
    task: &Task,
    step: &TaskStep,
    rulebook: &Rulebook,
    now: Timestamp,
) -> Result<TaskEvent, Refusal> {
    if task.kind.after(task.state, step.what).is_none() {
        return Err(Refusal::conflict("task-wrong-state").with("state", task.state.word()));
    }
    let mut errors = Vec::new();
    let text = words(task.kind, step.what, &step.text, rulebook, &mut errors);
    let mut public = TaskPublic::of(task.appeal, task.kind);
    let again =
        |kind| rulebook.tasks.within.get(&kind).map(|within| rulebook.after(now, *within)).transpose();
    match step.what {
        Happening::Reported => {
            public.in_time = task.due.map(|due| now <= due);
            if task.kind == TaskKind::Senior && step.person.is_none() {
                errors.push(FieldError::new("person", "error-person"));
            }
        }
        Happening::Rated => match step.score {
            Some(score) if (1..=5).contains(&score) => public.score = Some(score),
            _ => errors.push(FieldError::new("score", "error-score")),
        },
        Happening::Excluded => match step.exclusion {
            Some(exclusion) => public.exclusion = Some(exclusion),
            None => errors.push(FieldError::new("exclusion", "error-exclusion")),
        },
        Happening::Tried => {
            public.count = Some(task.count.saturating_add(1));
            public.due = again(task.kind)?;
        }
        Happening::Pressed => public.due = again(task.kind)?,
        Happening::Escalated => {
            public.from = step.above;
            public.count = Some(task.count.saturating_add(1));
            public.due = again(task.kind)?;
        }
        Happening::Opened
        | Happening::Approved
        | Happening::Refused
        | Happening::Lifted
        | Happening::Cancelled => {}
    }
    refuse_fields(errors)?;
    let sealed = TaskSealed { text, person: step.person };
    Ok(TaskEvent { task: task.id, revision: task.revision + 1, at: now, what: step.what, public, sealed })
}

/// A task's events cannot have happened in this order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("revision {0} of a task cannot follow")]
pub struct BadTask(pub i64);

/// The task after the event.
pub fn apply_task(task: Option<Task>, event: &TaskEvent) -> Result<Task, BadTask> {
    let bad = || BadTask(event.revision);
    let public = &event.public;
    let Some(mut task) = task else {
        return match (event.what, public.from, public.organ) {
            (Happening::Opened, Some(from), Some(organ)) if event.revision == 1 => Ok(Task {
                id: event.task,
                appeal: public.appeal,
                kind: public.kind,
                revision: 1,
                state: TaskState::Open,
                from,
                organ,
                invited: public.invited.clone(),
                person: event.sealed.person,
                round: public.round.unwrap_or(1),
                terms: public.terms,
                opened_at: event.at,
                due: public.due,
                done_at: None,
                in_time: None,
                count: 0,
                score: None,
                exclusion: None,
                text: event.sealed.text.clone(),
                reply: String::new(),
            }),
            _ => Err(bad()),
        };
    };
    if event.revision != task.revision + 1 || event.task != task.id || public.appeal != task.appeal {
        return Err(bad());
    }
    task.state = task.kind.after(task.state, event.what).ok_or_else(bad)?;
    task.revision = event.revision;
    task.from = public.from.unwrap_or(task.from);
    task.due = public.due.or(task.due);
    task.in_time = public.in_time.or(task.in_time);
    task.count = public.count.unwrap_or(task.count);
    task.score = public.score.or(task.score);
    task.exclusion = public.exclusion.or(task.exclusion);
    task.person = event.sealed.person.or(task.person);
    if event.what == Happening::Reported {
        task.done_at = Some(event.at);
    }
    if !event.sealed.text.is_empty() {
        task.reply.clone_from(&event.sealed.text);
    }
    Ok(task)
}
