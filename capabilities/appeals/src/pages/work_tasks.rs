//! What runs beside a case, on the workbench: who was asked for what, notes, calls, and the forms for all of it.

use axum::extract::State;
use axum::response::IntoResponse;
use gongzhi_kernel::{ActorKind, AppealId, Failure, OrganId, Refusal, RefusalKind, Timestamp};
use gongzhi_people::OrganKind;
use gongzhi_web::{Answer, Badge, Form, Path, Shell, Tone, Visit, WebError};
use serde::Deserialize;

use super::case_view::{left_or_over, nearness};
use super::names::{Names, state_words};
use super::select::{self, Group};
use super::tracking::{grouped, parse_number};
use super::work::{Around, Wanted, number, show, wrong_field};
use crate::actions::{Appeals, Ask};
use crate::model::{Exclusion, Happening, NoteKind, PauseGround, Task, TaskId, TaskKind, TaskState, Terms};
use crate::queries::{self, Joined};
use crate::rulebook::Period;
use crate::rules::TaskStep;

/// Something that may be done about a task.
#[derive(Debug, Clone)]
pub(crate) struct ActView {
    pub(crate) what: &'static str,
    pub(crate) label: String,
    pub(crate) words: bool,
    pub(crate) needed: bool,
    pub(crate) score: bool,
    pub(crate) person: bool,
}

/// A task.
#[derive(Debug, Clone)]
pub(crate) struct TaskLine {
    pub(crate) id: String,
    pub(crate) revision: i64,
    pub(crate) title: String,
    pub(crate) badge: Badge,
    pub(crate) who: String,
    pub(crate) clock: Option<(Badge, Timestamp)>,
    pub(crate) at: Timestamp,
    pub(crate) lines: Vec<String>,
    pub(crate) text: String,
    pub(crate) reply: String,
    pub(crate) acts: Vec<ActView>,
}

/// A note or a call.
#[derive(Debug, Clone)]
pub(crate) struct NoteLine {
    pub(crate) head: String,
    pub(crate) at: Timestamp,
    pub(crate) text: String,
}

/// A case that is handled with another.
#[derive(Debug, Clone)]
pub(crate) struct JoinedLine {
    pub(crate) href: String,
    pub(crate) number: String,
    pub(crate) title: String,
    pub(crate) state: String,
}

/// A choice of a list.
#[derive(Debug, Clone)]
pub(crate) struct Pick {
    pub(crate) value: String,
    pub(crate) label: String,
}

/// A form that asks something.
#[derive(Debug, Clone)]
pub(crate) struct AskForm {
    pub(crate) word: &'static str,
    pub(crate) icon: &'static str,
    pub(crate) title: String,
    pub(crate) hint: String,
    pub(crate) organs: u8,
    pub(crate) days: bool,
    pub(crate) ground: bool,
    pub(crate) person: bool,
    pub(crate) number: bool,
    pub(crate) words: bool,
    pub(crate) open: bool,
    pub(crate) typed: String,
}

/// Everything beside a case.
#[derive(Debug, Clone, Default)]
pub(crate) struct BesideView {
    pub(crate) tasks: Vec<TaskLine>,
    pub(crate) notes: Vec<NoteLine>,
    pub(crate) draft: String,
    pub(crate) into: Option<JoinedLine>,
    pub(crate) merged: Vec<JoinedLine>,
    pub(crate) forms: Vec<AskForm>,
    pub(crate) organs: Vec<Group>,
    pub(crate) colleagues: Vec<Pick>,
    pub(crate) grounds: Vec<Pick>,
    pub(crate) texts: Vec<Pick>,
    pub(crate) may_note: bool,
    pub(crate) may_resume: bool,
}

impl BesideView {
    /// Whether there is nothing to show and nothing to do.
    pub(crate) fn is_none(&self) -> bool {
        self.tasks.is_empty()
            && self.notes.is_empty()
            && self.forms.is_empty()
            && self.into.is_none()
            && self.merged.is_empty()
            && !self.may_note
    }
}

fn task_look(task: &Task, now: Timestamp) -> (Tone, &'static str) {
    match task.state {
        TaskState::Open if task.is_late(now) => (Tone::Bad, "alert"),
        TaskState::Open => (Tone::Warn, "clock"),
        TaskState::Reported if !task.desks().is_empty() => (Tone::Warn, "chat"),
        TaskState::Refused => (Tone::Bad, "close"),
        TaskState::Cancelled | TaskState::Excluded => (Tone::Calm, "close"),
        TaskState::Reported | TaskState::Rated | TaskState::Approved | TaskState::Lifted => {
            (Tone::Good, "check")
        }
    }
}

fn act(shell: &Shell, kind: TaskKind, what: Happening) -> ActView {
    let label = match (kind, what) {
        (TaskKind::Whistle | TaskKind::Consultation | TaskKind::Senior, Happening::Reported) => {
            format!("task-act-reported-{kind}")
        }
        (TaskKind::Extension | TaskKind::Review, Happening::Approved) => format!("task-act-approved-{kind}"),
        _ => format!("task-act-{what}"),
    };
    let needed = match what {
        Happening::Reported => kind != TaskKind::Senior,
        Happening::Refused | Happening::Pressed | Happening::Cancelled => kind != TaskKind::Assignment,
        _ => false,
    };
    ActView {
        what: what.word(),
        label: shell.t(label).into_owned(),
        words: kind != TaskKind::Assignment,
        needed,
        score: what == Happening::Rated,
        person: kind == TaskKind::Senior && what == Happening::Reported,
    }
}

fn task_line(shell: &Shell, names: &Names, beside: &queries::Beside, view: &queries::TaskView) -> TaskLine {
    let (task, now) = (&view.task, shell.visit().now());
    let organ = |id: OrganId| names.organ(shell, Some(id));
    let (tone, icon) = task_look(task, now);
    let who = if task.from == task.organ {
        organ(task.organ)
    } else {
        shell.t2("task-from-to", "from", organ(task.from), "to", organ(task.organ)).into_owned()
    };
    let mut lines = Vec::new();
    if let Some(name) = task.person.and_then(|person| beside.persons.get(&person)) {
        lines.push(shell.t1("task-person", "name", name).into_owned());
    }
    if !task.invited.is_empty() {
        let invited: Vec<String> = task.invited.iter().map(|id| organ(*id)).collect();
        lines.push(
            shell.t1("task-invited", "organs", invited.join(shell.t("task-comma").as_ref())).into_owned(),
        );
    }
    if let Some(terms) = task.terms {
        let period =
            terms.period.plain().map_or_else(|| terms.period.to_string(), |plain| shell.length(plain));
        lines.push(match terms.ground {
            Some(ground) => {
                let ground = shell.t(format!("pause-{ground}")).into_owned();
                shell.t2("task-terms-pause", "period", period, "ground", ground).into_owned()
            }
            None => shell.t1("task-terms-time", "period", period).into_owned(),
        });
    }
    if task.kind == TaskKind::Supervision && task.count > 0 {
        lines.push(shell.t1("task-escalated", "count", task.count).into_owned());
    }
    if let Some(score) = task.score {
        lines.push(shell.t1("task-scored", "score", score).into_owned());
    }
    if let Some(in_time) = task.in_time {
        lines.push(shell.t(if in_time { "task-in-time" } else { "task-late" }).into_owned());
    }
    if let Some(exclusion) = task.exclusion {
        lines.push(shell.t(format!("exclusion-{exclusion}")).into_owned());
    }
    let acts = view.open_to.iter().map(|what| act(shell, task.kind, *what));
    TaskLine {
        id: task.id.to_string(),
        revision: task.revision,
        title: shell.t(format!("task-{}", task.kind)).into_owned(),
        badge: shell.badge(tone, shell.t(format!("task-state-{}", task.state)).into_owned()).icon(icon),
        who,
        clock: task
            .due
            .filter(|_| task.state == TaskState::Open)
            .map(|due| (shell.badge(nearness(now, due), left_or_over(shell, due)), due)),
        at: task.opened_at,
        lines,
        text: task.text.clone(),
        reply: task.reply.clone(),
        acts: if task.kind == TaskKind::CallBack { Vec::new() } else { acts.collect() },
    }
}

fn joined(shell: &Shell, joined: &Joined) -> JoinedLine {
    JoinedLine {
        href: format!("/work/{}", joined.id),
        number: grouped(joined.id),
        title: super::case_view::title(shell, &joined.title),
        state: state_words(shell, joined.state),
    }
}

/// The forms that this actor may use on this case.
fn forms(shell: &Shell, names: &Names, own: Option<OrganId>, case: &queries::CaseView) -> Vec<AskForm> {
    let may = |word: &str| case.open_to.contains(&word);
    let kind = own.and_then(|id| names.directory.organ(id)).map(|organ| organ.kind);
    let street = matches!(kind, Some(OrganKind::Street | OrganKind::Community));
    let typed = shell.typed("kind").unwrap_or_default();
    let plain = AskForm {
        word: "",
        icon: "people",
        title: String::new(),
        hint: String::new(),
        organs: 0,
        days: false,
        ground: false,
        person: false,
        number: false,
        words: true,
        open: false,
        typed: String::new(),
    };
    let mut forms = Vec::new();
    let mut offer = |word: &'static str, icon: &'static str, form: AskForm| {
        let open = typed == word;
        forms.push(AskForm {
            word,
            icon,
            title: shell.t(format!("ask-{word}")).into_owned(),
            hint: shell.t(format!("ask-{word}-hint")).into_owned(),
            open,
            typed: if open { shell.typed("text").unwrap_or_default().to_owned() } else { String::new() },
            ..form
        });
    };
    if may("ask") {
        offer("assignment", "person", AskForm { person: true, words: false, ..plain.clone() });
        offer("assist", "people", AskForm { organs: 1, ..plain.clone() });
        if street {
            offer("whistle", "bell", AskForm { organs: 1, ..plain.clone() });
        }
        offer("consultation", "chat", AskForm { organs: 3, ..plain.clone() });
    }
    if may("extend") {
        offer("extension", "clock", AskForm { days: true, ..plain.clone() });
        offer("pause", "pause", AskForm { days: true, ground: true, ..plain.clone() });
    }
    if may("transfer") {
        offer("transfer", "send", AskForm { organs: 1, ..plain.clone() });
    }
    if may("supervise") {
        offer("supervision", "alert", plain.clone());
    }
    if may("merge") {
        offer("merge", "plus", AskForm { number: true, ..plain.clone() });
    }
    if may("split") {
        offer("split", "close", plain.clone());
    }
    if may("review") {
        offer("review", "hand", plain);
    }
    forms
}

/// Everything beside a case, in the reader's words.
pub(super) async fn beside_view(
    visit: &Visit,
    appeals: &Appeals,
    shell: &Shell,
    names: &Names,
    case: &queries::CaseView,
) -> Result<BesideView, WebError> {
    let beside = appeals.beside(visit.context(), case.id).await?;
    let own = visit.actor().organ();
    let forms = forms(shell, names, own, case);
    let books = appeals.books();
    let rulebook = books.rulebook(visit.now())?;
    let named = beside
        .tasks
        .iter()
        .any(|view| view.task.kind == TaskKind::Senior && view.open_to.contains(&Happening::Reported));
    let mut colleagues = Vec::new();
    if let (Some(organ), ActorKind::Official) = (own, visit.actor().kind())
        && (named || forms.iter().any(|form| form.person))
    {
        let members = appeals.people().members(visit.context(), organ).await?;
        for (_, person) in members {
            let pick = Pick { value: person.id.to_string(), label: person.name.clone() };
            if !colleagues.iter().any(|known: &Pick| known.value == pick.value) {
                colleagues.push(pick);
            }
        }
    }
    let path = case.category.map_or_else(Vec::new, |id| books.categories.path_up(id));
    let codes: Vec<&str> = path
        .iter()
        .filter_map(|id| books.categories.get(*id))
        .map(|category| category.code.as_str())
        .collect();
    let fits = |told: &&crate::rulebook::StandardText| {
        (told.category.is_empty() || codes.contains(&told.category.as_str()))
            && (told.states.is_empty() || told.states.contains(&case.state))
    };
    let texts = rulebook.standard_texts.iter().filter(fits);
    let texts = texts.map(|told| Pick { value: told.text.clone(), label: told.title.clone() });
    let notes = beside.notes.iter().map(|note| {
        let who = beside.persons.get(&note.person).cloned().unwrap_or_default();
        let key = match (note.kind, note.reached) {
            (NoteKind::Call, true) => "note-call-reached",
            (NoteKind::Call, false) => "note-call-missed",
            (NoteKind::Note | NoteKind::Draft, _) => "note-by",
        };
        let organ = names.organ(shell, Some(note.organ));
        NoteLine {
            head: shell.t2(key, "name", who, "organ", organ).into_owned(),
            at: note.at,
            text: note.text.clone(),
        }
    });
    let grounds = PauseGround::ALL.iter().filter(|ground| rulebook.extensions.pauses.contains_key(ground));
    Ok(BesideView {
        tasks: beside.tasks.iter().map(|view| task_line(shell, names, &beside, view)).collect(),
        notes: notes.collect(),
        draft: beside.draft.clone(),
        into: beside.into.as_ref().map(|one| joined(shell, one)),
        merged: beside.merged.iter().map(|one| joined(shell, one)).collect(),
        organs: if forms.iter().any(|form| form.organs > 0) {
            select::organs(shell, names, None)
        } else {
            Vec::new()
        },
        grounds: grounds
            .map(|ground| Pick {
                value: ground.word().to_owned(),
                label: shell.t(format!("pause-{ground}")).into_owned(),
            })
            .collect(),
        colleagues,
        texts: if case.open_to.contains(&"answer") { texts.collect() } else { Vec::new() },
        may_note: case.open_to.contains(&"note"),
        may_resume: case.open_to.contains(&"resume"),
        forms,
    })
}

/// The fields of all forms beside a case.
#[derive(Debug, Default, Clone, Deserialize)]
#[serde(default)]
pub(crate) struct Beside {
    revision: String,
    tab: String,
    kind: String,
    organ: Vec<String>,
    person: String,
    days: String,
    ground: String,
    number: String,
    pub(super) text: String,
    pub(super) what: String,
    score: String,
    pub(super) exclusion: String,
    reached: String,
    reply: String,
}

impl Beside {
    fn wanted(&self) -> Wanted {
        Wanted::on(&self.tab)
    }

    fn revision(&self) -> Option<i64> {
        self.revision.parse().ok()
    }

    fn organs(&self) -> Result<Vec<OrganId>, Failure> {
        let chosen = self.organ.iter().filter(|text| !text.is_empty());
        chosen.map(|text| text.parse().map_err(|_| wrong_field("organ", "work-error-organ"))).collect()
    }

    fn terms(&self) -> Result<Terms, Failure> {
        let ground = match self.ground.as_str() {
            "" => None,
            word => {
                Some(PauseGround::from_word(word).ok_or_else(|| wrong_field("ground", "error-required"))?)
            }
        };
        let days: u32 = self.days.trim().parse().map_err(|_| wrong_field("days", "error-days"))?;
        let period =
            Period::minutes(days.checked_mul(1440).ok_or_else(|| wrong_field("days", "error-days"))?);
        Ok(Terms { ground, period })
    }
}

/// Back to the case with a sentence, or its forms again.
async fn finish(
    visit: &Visit,
    appeals: &Appeals,
    id: AppealId,
    form: Form<Beside>,
    done: Result<(), Failure>,
    sentence: &'static str,
) -> Answer {
    let wanted = form.value.wanted();
    match done {
        Ok(()) => {
            let may_read = appeals.case(visit.context(), id, None).await.is_ok_and(|case| case.full);
            let to = match (may_read, form.value.tab.is_empty()) {
                (false, _) => "/work".to_owned(),
                (true, true) => format!("/work/{id}"),
                (true, false) => format!("/work/{id}?tab={}", gongzhi_web::url_part(&form.value.tab)),
            };
            Ok(visit.see_other(to).saying(Tone::Good, sentence).into_response())
        }
        Err(failure) => {
            let refusal = visit.refused(failure)?;
            let since = (refusal.kind == RefusalKind::Conflict).then(|| form.value.revision()).flatten();
            let around = Around { again: Some((form.typed, refusal)), since, reporter: None };
            show(visit, appeals, id, &wanted, around).await
        }
    }
}

/// Asks something beside a case, hands it on, merges it or splits it off.
pub(crate) async fn ask(
    visit: Visit,
    State(appeals): State<Appeals>,
    Path(path): Path<String>,
    form: Form<Beside>,
) -> Answer {
    let id = number(&path)?;
    let asked = &form.value;
    let (context, revision) = (visit.context(), asked.revision());
    let organ = || {
        asked.organs().and_then(|organs| {
            organs.first().copied().ok_or_else(|| wrong_field("organ", "work-error-organ"))
        })
    };
    let done = match asked.kind.as_str() {
        "transfer" => match organ() {
            Ok(organ) => appeals.transfer(context, id, revision, organ, &asked.text).await.map(|_| ()),
            Err(failure) => Err(failure),
        },
        "merge" => match parse_number(&asked.number) {
            Some(into) => appeals.merge(context, id, revision, into, &asked.text).await.map(|_| ()),
            None => Err(wrong_field("number", "work-find-wrong")),
        },
        "split" => appeals.split(context, id, revision, &asked.text).await.map(|_| ()),
        "resume" => appeals.resume(context, id, revision).await.map(|_| ()),
        word => {
            let kind = if word == "pause" { Some(TaskKind::Extension) } else { TaskKind::from_word(word) };
            let kind = kind.filter(|kind| *kind != TaskKind::CallBack && *kind != TaskKind::Senior);
            match kind {
                None => Err(Refusal::conflict("task-not-allowed").into()),
                Some(kind) => asking(&visit, &appeals, id, kind, asked).await,
            }
        }
    };
    finish(&visit, &appeals, id, form, done, "work-asked").await
}

async fn asking(
    visit: &Visit,
    appeals: &Appeals,
    id: AppealId,
    kind: TaskKind,
    asked: &Beside,
) -> Result<(), Failure> {
    let terms = if kind == TaskKind::Extension { Some(asked.terms()?) } else { None };
    let person = asked.person.parse().ok();
    let ask = Ask { organs: asked.organs()?, person, terms, text: asked.text.clone() };
    appeals.ask(visit.context(), id, asked.revision(), kind, ask).await.map(|_| ())
}

/// Does something about a task.
pub(crate) async fn act_on(
    visit: Visit,
    State(appeals): State<Appeals>,
    Path((path, task)): Path<(String, String)>,
    form: Form<Beside>,
) -> Answer {
    let id = number(&path)?;
    let done = match (task.parse::<TaskId>(), Happening::from_word(&form.value.what)) {
        (Ok(task), Some(what)) if what != Happening::Opened && what != Happening::Escalated => {
            let step = TaskStep {
                person: form.value.person.parse().ok(),
                score: form.value.score.parse().ok(),
                exclusion: Exclusion::from_word(&form.value.exclusion),
                ..TaskStep::new(what, &form.value.text)
            };
            appeals.act(visit.context(), task, form.value.revision(), step).await.map(|_| ())
        }
        _ => Err(Refusal::not_found("task-not-found").into()),
    };
    // A task's revision is not the case's: what changed is on the page anyway.
    let form = Form { value: Beside { revision: String::new(), ..form.value }, typed: form.typed };
    finish(&visit, &appeals, id, form, done, "work-task-done").await
}

/// 答复草稿: keeps what was written so far, for everybody who handles the case.
pub(crate) async fn draft(
    visit: Visit,
    State(appeals): State<Appeals>,
    Path(path): Path<String>,
    form: Form<Beside>,
) -> Answer {
    let id = number(&path)?;
    let done = appeals.write_note(visit.context(), id, NoteKind::Draft, false, &form.value.reply).await;
    finish(&visit, &appeals, id, form, done, "work-draft-kept").await
}

/// 内部备注、通话记录.
pub(crate) async fn note(
    visit: Visit,
    State(appeals): State<Appeals>,
    Path(path): Path<String>,
    form: Form<Beside>,
) -> Answer {
    let id = number(&path)?;
    let asked = &form.value;
    let done = match NoteKind::from_word(&asked.kind).filter(|kind| *kind != NoteKind::Draft) {
        Some(kind) => {
            appeals.write_note(visit.context(), id, kind, asked.reached == "yes", &asked.text).await
        }
        None => Err(wrong_field("kind", "error-required")),
    };
    finish(&visit, &appeals, id, form, done, "work-noted").await
}
