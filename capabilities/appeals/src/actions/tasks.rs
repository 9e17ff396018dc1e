//! What runs beside a case, as units of work: ask, act, hand on, merge, write down.

use gongzhi_kernel::{
    Actor, AppealId, Context, Failure, Fault, FieldError, Locale, NewEvent, OrganId, PersonId, Refusal,
    RefusalKind, Subject, Timestamp,
};
use gongzhi_people::{Directory, OrganKind, Resource};
use gongzhi_store::{TimerHandler, Tx};
use serde_json::json;

use super::books::{Books, may_receive};
use super::steps::{carry_out, require_untouched};
use super::{Appeals, find_readable};
use crate::events::{NOTE_SUBJECT, NOTE_WRITTEN, TaskEvent};
use crate::model::{Appeal, Happening, Note, NoteKind, Phase, Task, TaskId, TaskKind, TaskState, Terms};
use crate::rules::{Command, Grant, NewTask, TaskStep, apply_task, open_task, step_task};
use crate::store::{self, tasks as sql};

/// The kind of a supervision's timer: when it goes up the tree.
pub const SUPERVISION: &str = "appeal_task.supervision";

/// What somebody asks beside a case.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Ask {
    /// Of which organs; of those that assist or are whistled for each gets a task of its own.
    pub organs: Vec<OrganId>,
    /// Which person is named.
    pub person: Option<PersonId>,
    /// What is asked of the level above.
    pub terms: Option<Terms>,
    /// In words.
    pub text: String,
}

/// The policy's action for asking.
const fn action_of(kind: TaskKind) -> &'static str {
    match kind {
        TaskKind::Supervision => "appeal.supervise",
        TaskKind::CallBack => "appeal.call_back",
        TaskKind::Assist
        | TaskKind::Whistle
        | TaskKind::Extension
        | TaskKind::Consultation
        | TaskKind::Senior
        | TaskKind::Assignment
        | TaskKind::Review => "appeal.ask",
    }
}

/// The policy's action for what is done about a task.
const fn action_to(what: Happening) -> &'static str {
    match what {
        Happening::Opened | Happening::Reported | Happening::Tried | Happening::Excluded => {
            "appeal_task.report"
        }
        Happening::Approved | Happening::Refused => "appeal_task.decide",
        Happening::Rated
        | Happening::Lifted
        | Happening::Pressed
        | Happening::Escalated
        | Happening::Cancelled => "appeal_task.settle",
    }
}

/// What a policy may know of a task.
pub fn task_resource(task: &Task) -> Resource {
    Resource::new("appeal_task", task.id).organ("from", task.from).organ("organ", task.organ)
}

/// The organ above; where there is none, the hotline centre.
pub fn level_above(directory: &Directory, organ: OrganId) -> Option<OrganId> {
    let above = directory.organs_above(organ).find(|above| above.active).map(|above| above.id);
    above.or_else(|| directory.organs_of_kind(OrganKind::HotlineCentre).next().map(|centre| centre.id))
}

/// Keeps what an event has made of a task, records it, and sets its timer.
pub fn keep_task(
    tx: &mut dyn Tx,
    actor: &Actor,
    before: Option<Task>,
    event: &TaskEvent,
) -> Result<Task, Fault> {
    let task = apply_task(before, event)
        .map_err(|bad| Fault::internal("the rules decided what cannot happen").because(bad))?;
    sql::save_task(tx, &task)?;
    tx.record(event.to_journal(actor.clone())?)?;
    if task.kind == TaskKind::Supervision {
        match task.due.filter(|_| task.state == TaskState::Open) {
            Some(due) => tx.schedule(SUPERVISION, task.id.get(), due)?,
            None => tx.cancel(SUPERVISION, task.id.get())?,
        }
    }
    Ok(task)
}

/// Opens a task inside the caller's unit of work, without asking a policy.
pub fn open(
    tx: &mut dyn Tx,
    books: &Books,
    actor: &Actor,
    now: Timestamp,
    appeal: &Appeal,
    new: &NewTask,
) -> Result<Task, Failure> {
    let others = sql::tasks_of(tx, appeal.id)?;
    let event = open_task(appeal, &others, new, books.rulebook(now)?, now)?;
    if new.kind == TaskKind::Assignment {
        let before = others.into_iter().filter(|task| task.kind == new.kind && task.state == TaskState::Open);
        for earlier in before.collect::<Vec<_>>() {
            let step = TaskStep::new(Happening::Cancelled, "");
            let event = step_task(&earlier, &step, books.rulebook(now)?, now)?;
            keep_task(tx, actor, Some(earlier), &event)?;
        }
    }
    Ok(keep_task(tx, actor, None, &event)?)
}

/// After a case is answered, taken back or closed nobody is asked any more; the records stay as they are.
pub(super) fn settle(tx: &mut dyn Tx, after: &Appeal) -> Result<(), Fault> {
    if after.state.phase() == Phase::Open {
        return Ok(());
    }
    for task in sql::tasks_of(tx, after.id)? {
        if !matches!(task.kind, TaskKind::Review | TaskKind::CallBack) && !task.desks().is_empty() {
            let scored = task.kind == TaskKind::Whistle && task.state == TaskState::Reported;
            if !scored {
                sql::clear_desks(tx, task.id)?;
                tx.cancel(SUPERVISION, task.id.get())?;
            }
        }
    }
    Ok(())
}

/// 超期督办: a case whose answer is overdue is supervised by the level above.
pub(super) fn supervise_overdue(
    tx: &mut dyn Tx,
    books: &Books,
    directory: &Directory,
    now: Timestamp,
    appeal: &Appeal,
) -> Result<(), Failure> {
    let rulebook = books.rulebook(now)?;
    let Some(organ) = appeal.organ().filter(|_| rulebook.tasks.supervise_overdue) else { return Ok(()) };
    let Some(from) = level_above(directory, organ) else { return Ok(()) };
    let context = tx.world().context(Actor::System, Locale::default()).at(now);
    let new = NewTask {
        id: context.id(),
        kind: TaskKind::Supervision,
        from,
        organ,
        invited: Vec::new(),
        person: None,
        terms: None,
        text: String::new(),
        by_clock: true,
    };
    let others = sql::tasks_of(tx, appeal.id)?;
    match open_task(appeal, &others, &new, rulebook, now) {
        Ok(event) => keep_task(tx, &Actor::System, None, &event).map(|_| ()).map_err(Failure::from),
        // It is supervised already, or this city supervises nothing.
        Err(refusal) if refusal.kind == RefusalKind::Conflict => Ok(()),
        Err(refusal) => Err(refusal.into()),
    }
}

impl Appeals {
    /// Asks something beside a case; the tasks that come of it. Refused by the policy, by the rules of tasks, and with
    /// `appeal-changed-meanwhile` where somebody has taken a step since `expected`.
    pub async fn ask(
        &self,
        context: &Context,
        id: AppealId,
        expected: Option<i64>,
        kind: TaskKind,
        ask: Ask,
    ) -> Result<Vec<Task>, Failure> {
        let (books, policies, directory) = (self.books(), self.policies().clone(), self.directory());
        let context = context.clone();
        self.store()
            .write(move |tx| {
                let (appeal, resource) = find_readable(tx, &policies, &directory, &context.actor, id, None)?;
                policies.require(&context.actor, action_of(kind), &resource)?;
                require_untouched(&appeal, expected)?;
                let new = addressed(&context, &books, &directory, &appeal, kind, &ask)?;
                new.iter()
                    .map(|new| open(tx, &books, &context.actor, context.now, &appeal, new))
                    .collect::<Result<Vec<Task>, Failure>>()
            })
            .await
    }

    /// Does something about a task; refused by the policy, with `task-wrong-state`, and with `task-changed-meanwhile`
    /// where somebody was faster. What the level above approves takes effect in the same unit of work.
    pub async fn act(
        &self,
        context: &Context,
        id: TaskId,
        expected: Option<i64>,
        step: TaskStep,
    ) -> Result<Task, Failure> {
        let (books, policies) = (self.books(), self.policies().clone());
        let context = context.clone();
        self.store()
            .write(move |tx| {
                let not_found = || Refusal::not_found("task-not-found");
                let task = sql::task(tx, id)?.ok_or_else(not_found)?;
                let resource = task_resource(&task);
                if !policies.permits(&context.actor, "appeal_task.read", &resource) {
                    return Err(not_found().into());
                }
                policies.require(&context.actor, action_to(step.what), &resource)?;
                if expected.is_some_and(|expected| expected != task.revision) {
                    return Err(Refusal::conflict("task-changed-meanwhile").into());
                }
                let appeal = store::find(tx, task.appeal)?.ok_or_else(not_found)?;
                let event = step_task(&task, &step, books.rulebook(context.now)?, context.now)?;
                let terms = task.terms.filter(|_| step.what == Happening::Approved);
                let after = keep_task(tx, &context.actor, Some(task), &event)?;
                if let (TaskKind::Extension, Some(terms)) = (after.kind, terms) {
                    let grant = Grant { task: id.get(), ground: terms.ground, period: terms.period };
                    carry_out(tx, &books, &context.actor, context.now, appeal, &Command::Extend(grant))?;
                }
                Ok(after)
            })
            .await
    }

    /// 转办: hands the case on to another organ. A department may not push it down to a street or community.
    pub async fn transfer(
        &self,
        context: &Context,
        id: AppealId,
        expected: Option<i64>,
        organ: OrganId,
        reason: &str,
    ) -> Result<Appeal, Failure> {
        let directory = self.directory();
        let Some(to) = directory.organ(organ).filter(|organ| may_receive(organ)) else {
            return Err(Refusal::fields(vec![FieldError::new("organ", "error-organ")]).into());
        };
        let from = context.actor.organ().and_then(|own| directory.organ(own));
        let grassroots = matches!(to.kind, OrganKind::Street | OrganKind::Community);
        if grassroots && from.is_some_and(|from| from.kind == OrganKind::Department) {
            return Err(Refusal::conflict("appeal-transfer-down").into());
        }
        let command = Command::Transfer { organ, reason: reason.to_owned() };
        self.command(context, id, expected, "appeal.transfer", command).await
    }

    /// 恢复计时: the standing clock runs again.
    pub async fn resume(
        &self,
        context: &Context,
        id: AppealId,
        expected: Option<i64>,
    ) -> Result<Appeal, Failure> {
        self.command(context, id, expected, "appeal.ask", Command::Resume).await
    }

    /// 并单: `id` is handled and answered with `into`, which must be open, in somebody's hands and merged with none.
    pub async fn merge(
        &self,
        context: &Context,
        id: AppealId,
        expected: Option<i64>,
        into: AppealId,
        reason: &str,
    ) -> Result<Appeal, Failure> {
        let (books, policies, directory) = (self.books(), self.policies().clone(), self.directory());
        let (context, reason) = (context.clone(), reason.to_owned());
        self.store()
            .write(move |tx| {
                let (appeal, resource) = find_readable(tx, &policies, &directory, &context.actor, id, None)?;
                policies.require(&context.actor, "appeal.merge", &resource)?;
                require_untouched(&appeal, expected)?;
                let (lead, lead_resource) =
                    find_readable(tx, &policies, &directory, &context.actor, into, None)?;
                policies.require(&context.actor, "appeal.merge", &lead_resource)?;
                let leads = !sql::merged_into(tx, id)?.is_empty();
                if leads || lead.state.phase() != Phase::Open || lead.moves.merged_into.is_some() {
                    return Err(Refusal::conflict("appeal-merge-lead").into());
                }
                let command = Command::Merge { into, reason: reason.clone() };
                let after = carry_out(tx, &books, &context.actor, context.now, appeal, &command)?;
                sql::set_merged(tx, id, Some(into))?;
                Ok(after)
            })
            .await
    }

    /// 拆单: it is handled by itself again.
    pub async fn split(
        &self,
        context: &Context,
        id: AppealId,
        expected: Option<i64>,
        reason: &str,
    ) -> Result<Appeal, Failure> {
        let command = Command::Split { reason: reason.to_owned() };
        self.command(context, id, expected, "appeal.merge", command).await
    }

    async fn command(
        &self,
        context: &Context,
        id: AppealId,
        expected: Option<i64>,
        action: &'static str,
        command: Command,
    ) -> Result<Appeal, Failure> {
        let (books, policies, directory) = (self.books(), self.policies().clone(), self.directory());
        let context = context.clone();
        self.store()
            .write(move |tx| {
                let (appeal, resource) = find_readable(tx, &policies, &directory, &context.actor, id, None)?;
                policies.require(&context.actor, action, &resource)?;
                require_untouched(&appeal, expected)?;
                let after = carry_out(tx, &books, &context.actor, context.now, appeal, &command)?;
                if matches!(command, Command::Split { .. }) {
                    sql::set_merged(tx, id, None)?;
                }
                Ok(after)
            })
            .await
    }

    /// 内部备注、通话记录、答复草稿: writes something down beside a case, for those who handle it. An empty draft takes the
    /// draft away.
    pub async fn write_note(
        &self,
        context: &Context,
        id: AppealId,
        kind: NoteKind,
        reached: bool,
        text: &str,
    ) -> Result<(), Failure> {
        let (books, policies, directory) = (self.books(), self.policies().clone(), self.directory());
        let limits = books.rulebook(context.now)?.limits;
        let text = crate::rules::text::clean_text(text);
        let mut errors = Vec::new();
        if kind == NoteKind::Draft {
            crate::rulebook::Limit { min: 0, ..limits.reply }.check("reply", &text, &mut errors);
        } else {
            crate::rulebook::Limit { min: 1, ..limits.note }.check("text", &text, &mut errors);
        }
        if !errors.is_empty() {
            return Err(Refusal::fields(errors).into());
        }
        let context = context.clone();
        let (Some(organ), Some(person)) = (context.actor.organ(), context.actor.person()) else {
            return Err(Refusal::not_found("appeal-not-found").into());
        };
        self.store()
            .write(move |tx| {
                let (appeal, resource) = find_readable(tx, &policies, &directory, &context.actor, id, None)?;
                policies.require(&context.actor, "appeal.note", &resource)?;
                let id: TaskId = context.id();
                let note =
                    Note { id: id.get(), kind, organ, person, at: context.now, reached, text: text.clone() };
                sql::insert_note(tx, appeal.id, &note)?;
                tx.record(NewEvent {
                    kind: NOTE_WRITTEN,
                    subject: Subject { kind: NOTE_SUBJECT.into(), id: note.id },
                    revision: 1,
                    at: context.now,
                    actor: context.actor.clone(),
                    public: json!({ "appeal": appeal.id, "kind": kind, "organ": organ, "reached": reached }),
                    sealed: Some(json!({ "text": text })),
                })?;
                Ok(())
            })
            .await
    }

    /// 回访: writes down that a call reached nobody, or that the case is not counted. The first opens the task.
    pub async fn call_log(&self, context: &Context, id: AppealId, step: TaskStep) -> Result<Task, Failure> {
        let (books, policies, directory) = (self.books(), self.policies().clone(), self.directory());
        let context = context.clone();
        self.store()
            .write(move |tx| {
                let (appeal, resource) = find_readable(tx, &policies, &directory, &context.actor, id, None)?;
                policies.require(&context.actor, "appeal.call_back", &resource)?;
                let open_already = sql::tasks_of(tx, id)?
                    .into_iter()
                    .find(|task| task.kind == TaskKind::CallBack && task.state == TaskState::Open);
                let task = match open_already {
                    Some(task) => task,
                    None => {
                        let ask = Ask::default();
                        let new = addressed(&context, &books, &directory, &appeal, TaskKind::CallBack, &ask)?;
                        let new = new.first().ok_or_else(|| Refusal::conflict("task-not-allowed"))?;
                        open(tx, &books, &context.actor, context.now, &appeal, new)?
                    }
                };
                let event = step_task(&task, &step, books.rulebook(context.now)?, context.now)?;
                Ok(keep_task(tx, &context.actor, Some(task), &event)?)
            })
            .await
    }
}

/// Whom a task goes to, by its kind.
fn addressed(
    context: &Context,
    books: &Books,
    directory: &Directory,
    appeal: &Appeal,
    kind: TaskKind,
    ask: &Ask,
) -> Result<Vec<NewTask>, Failure> {
    let own = context.actor.organ().ok_or_else(|| Refusal::not_found("appeal-not-found"))?;
    let holder = appeal.organ().unwrap_or(own);
    let wrong =
        |field: &'static str| Failure::from(Refusal::fields(vec![FieldError::new(field, "error-organ")]));
    let known = |organ: &OrganId| directory.organ(*organ).is_some_and(|organ| organ.active);
    let base = NewTask {
        id: context.id(),
        kind,
        from: own,
        organ: own,
        invited: Vec::new(),
        person: ask.person,
        terms: ask.terms,
        text: ask.text.clone(),
        by_clock: false,
    };
    let street = directory
        .organ(own)
        .is_some_and(|organ| matches!(organ.kind, OrganKind::Street | OrganKind::Community));
    Ok(match kind {
        TaskKind::Whistle if !street => return Err(Refusal::forbidden("task-not-street").into()),
        TaskKind::Assist | TaskKind::Whistle => {
            let whistle = kind == TaskKind::Whistle;
            let fits = |organ: &OrganId| {
                let department =
                    |id| directory.organ(id).is_some_and(|organ| organ.kind == OrganKind::Department);
                known(organ) && (!whistle || department(*organ))
            };
            if ask.organs.is_empty() || !ask.organs.iter().all(fits) {
                return Err(wrong("organs"));
            }
            let each = ask.organs.iter();
            each.map(|organ| NewTask { id: context.id(), organ: *organ, ..base.clone() }).collect()
        }
        TaskKind::Consultation => {
            if !ask.organs.iter().all(known) {
                return Err(wrong("organs"));
            }
            vec![NewTask { invited: ask.organs.clone(), ..base }]
        }
        TaskKind::Extension => {
            let organ =
                level_above(directory, holder).ok_or_else(|| Refusal::conflict("task-not-allowed"))?;
            vec![NewTask { organ, ..base }]
        }
        TaskKind::Supervision => vec![NewTask { organ: holder, ..base }],
        TaskKind::Senior | TaskKind::Assignment | TaskKind::CallBack => vec![base],
        TaskKind::Review => {
            let code = &books.rulebook(context.now)?.tasks.reviewer;
            let reviewer = directory.organ_by_code(code).filter(|organ| organ.active && organ.id != holder);
            let organ = reviewer.ok_or_else(|| Refusal::conflict("task-no-reviewer"))?.id;
            vec![NewTask { organ, ..base }]
        }
    })
}

/// Answers the timers of supervisions: what nobody has answered in time goes up the tree of organs.
#[derive(Debug)]
pub struct SupervisionHandler(Appeals);

impl SupervisionHandler {
    /// For the appeals of a city.
    pub fn new(appeals: Appeals) -> Self {
        Self(appeals)
    }
}

impl TimerHandler for SupervisionHandler {
    fn kind(&self) -> &'static str {
        SUPERVISION
    }

    fn fire(&self, tx: &mut dyn Tx, now: Timestamp, subject: i64) -> Result<(), Fault> {
        let id = TaskId::new(subject).ok_or_else(|| Fault::corrupt("a timer names no task"))?;
        let Some(task) = sql::task(tx, id)? else {
            return Err(Fault::corrupt(format!("a timer names the task {id}, which is not there")));
        };
        if task.state != TaskState::Open {
            return Ok(());
        }
        // At the top nobody is left to press: it stays there, overdue.
        let Some(above) = self.0.directory().organs_above(task.from).next().map(|organ| organ.id) else {
            return Ok(());
        };
        let (books, step) = (self.0.books(), TaskStep::new(Happening::Escalated, ""));
        let step = TaskStep { above: Some(above), ..step };
        let event = step_task(&task, &step, books.rulebook(now)?, now)
            .map_err(|refusal| Fault::internal("the clock is refused").because(refusal))?;
        keep_task(tx, &Actor::System, Some(task), &event).map(|_| ())
    }
}
