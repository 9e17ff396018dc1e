//! The steps of a case after it has come in, by people and by the clock.

use gongzhi_kernel::{
    Actor, AppealId, Context, Failure, Fault, FieldError, Locale, OrganId, Refusal, Timestamp,
};
use gongzhi_people::{Directory, Resource};
use gongzhi_store::{TimerHandler, Tx};

use super::books::{Books, may_receive};
use super::{Appeals, TrackingCode, find_readable, search_tokens, tasks};
use crate::events::AppealEvent;
use crate::model::{Appeal, Appraisal, AppraisedBy, ContactWay, Phase, Stage, TaskKind};
use crate::rules::{Command, NewTask, apply, decide};
use crate::store;

/// The kind of an appeal's one timer: its next deadline, or the day on which it closes by itself.
pub const CLOCK: &str = "appeal.clock";

/// Sets the appeal's timer to its next moment. A new appeal has none to take away.
pub(super) fn set_clock(tx: &mut dyn Tx, appeal: &Appeal, new: bool) -> Result<(), Fault> {
    match appeal.next_strike() {
        Some(at) => tx.schedule(CLOCK, appeal.id.get(), at),
        None if new => Ok(()),
        None => tx.cancel(CLOCK, appeal.id.get()),
    }
}

/// Keeps what the events of an appeal that is already there have made of it, and records them.
pub fn keep_events(
    tx: &mut dyn Tx,
    actor: &Actor,
    appeal: Appeal,
    events: &[AppealEvent],
) -> Result<Appeal, Fault> {
    if events.is_empty() {
        return Ok(appeal);
    }
    let after = events
        .iter()
        .try_fold(appeal, |appeal, event| apply(Some(appeal), event))
        .map_err(|bad| Fault::internal("the rules decided what cannot happen").because(bad))?;
    store::update(tx, &after)?;
    for event in events {
        tx.record(event.to_journal(actor.clone())?)?;
    }
    set_clock(tx, &after, false)?;
    Ok(after)
}

/// Carries a command out on an appeal that is already there: rules, row, events and clock, without asking a policy.
/// The text index is the caller's: only an answer changes it.
pub fn carry_out(
    tx: &mut dyn Tx,
    books: &Books,
    actor: &Actor,
    now: Timestamp,
    appeal: Appeal,
    command: &Command,
) -> Result<Appeal, Failure> {
    let events = decide(Some(&appeal), command, books.rulebook(now)?, now)?;
    Ok(keep_events(tx, actor, appeal, &events)?)
}

/// Refuses a form that was filled in before somebody else took a step. Deadlines that passed meanwhile do not count.
pub(super) fn require_untouched(appeal: &Appeal, expected: Option<i64>) -> Result<(), Refusal> {
    match expected {
        Some(expected) if appeal.touched > expected => Err(Refusal::conflict("appeal-changed-meanwhile")
            .with("state", appeal.state.name().word())
            .with("at", appeal.state.since().unwrap_or(appeal.submitted_at))
            .with("revision", appeal.revision)),
        _ => Ok(()),
    }
}

/// One step that somebody wants to take.
struct Step {
    id: AppealId,
    expected: Option<i64>,
    action: &'static str,
    code: Option<TrackingCode>,
    command: Command,
    /// The tokens of the appeal after an answer.
    tokens: Option<Vec<String>>,
}

impl Appeals {
    async fn step(&self, context: &Context, step: Step) -> Result<Appeal, Failure> {
        let (books, policies, context) = (self.books(), self.policies().clone(), context.clone());
        let directory = self.directory();
        let word = step.command.word();
        let done: Result<Appeal, Failure> = self
            .store()
            .write(move |tx| {
                let (appeal, resource) =
                    find_readable(tx, &policies, &directory, &context.actor, step.id, step.code.as_ref())?;
                policies.require(&context.actor, step.action, &resource)?;
                require_untouched(&appeal, step.expected)?;
                let after = carry_out(tx, &books, &context.actor, context.now, appeal, &step.command)?;
                follow(tx, &books, &directory, &context, &after, &step.command)?;
                if let Some(tokens) = &step.tokens {
                    let words = store::search_words(&after, tokens, &books.categories, &directory);
                    tx.index_words(after.id.get(), &words)?;
                }
                Ok(after)
            })
            .await;
        let outcome = if done.is_ok() { "done" } else { "not done" };
        metrics::counter!("gongzhi_appeals_steps", "step" => word, "outcome" => outcome).increment(1);
        done
    }

    /// 派单: sends the case to an organ, for the first time or after a return. For dispatchers.
    ///
    /// All steps: `expected` is the revision that the form showed; refused with `appeal-changed-meanwhile`
    /// (state, at, revision) if somebody has taken a step since, `appeal-wrong-state` (state, command) if the state does
    /// not allow it, `appeal-not-found` where the case is not theirs to see.
    pub async fn dispatch(
        &self,
        context: &Context,
        id: AppealId,
        expected: Option<i64>,
        organ: OrganId,
        note: &str,
    ) -> Result<Appeal, Failure> {
        if !self.directory().organ(organ).is_some_and(may_receive) {
            return Err(Refusal::fields(vec![FieldError::new("organ", "error-organ")]).into());
        }
        let command = Command::Dispatch { organ, note: note.to_owned() };
        let action = "appeal.dispatch";
        self.step(context, Step { id, expected, action, code: None, command, tokens: None }).await
    }

    /// 签收受理: the organ takes the case.
    pub async fn accept(
        &self,
        context: &Context,
        id: AppealId,
        expected: Option<i64>,
    ) -> Result<Appeal, Failure> {
        let action = "appeal.accept";
        self.step(context, Step { id, expected, action, code: None, command: Command::Accept, tokens: None })
            .await
    }

    /// 首次联系: the organ has spoken with the reporter.
    pub async fn contact(
        &self,
        context: &Context,
        id: AppealId,
        expected: Option<i64>,
        way: ContactWay,
        note: &str,
    ) -> Result<Appeal, Failure> {
        let command = Command::Contact { way, note: note.to_owned() };
        let action = "appeal.contact";
        self.step(context, Step { id, expected, action, code: None, command, tokens: None }).await
    }

    /// 退单: the organ sends the case back to the dispatcher. Also refused with `appeal-return-spent` (cap) and
    /// `appeal-return-late` (within).
    pub async fn return_(
        &self,
        context: &Context,
        id: AppealId,
        expected: Option<i64>,
        reason: &str,
    ) -> Result<Appeal, Failure> {
        let command = Command::Return { reason: reason.to_owned() };
        let action = "appeal.return";
        self.step(context, Step { id, expected, action, code: None, command, tokens: None }).await
    }

    /// 答复: the organ answers.
    pub async fn answer(
        &self,
        context: &Context,
        id: AppealId,
        expected: Option<i64>,
        reply: &str,
    ) -> Result<Appeal, Failure> {
        let (policies, directory, actor) = (self.policies().clone(), self.directory(), context.actor.clone());
        // Title, text and place never change, so the words can be found before the unit of work begins.
        let found: Result<Appeal, Failure> = self
            .store()
            .read(move |tx| {
                find_readable(tx, &policies, &directory, &actor, id, None).map(|(appeal, _)| appeal)
            })
            .await;
        let answered = Appeal { reply: crate::rules::text::clean_text(reply), ..found? };
        let command = Command::Answer { reply: reply.to_owned() };
        let step = Step {
            id,
            expected,
            action: "appeal.answer",
            code: None,
            command,
            tokens: Some(search_tokens(&answered)),
        };
        self.step(context, step).await
    }

    /// 评价: the reporter, by account or code, says whether it is solved and how satisfied they are (1 to 5); with
    /// `again` a dissatisfied reporter asks at once for a second handling. Also refused with `appeal-reopen-spent` (times).
    #[expect(clippy::too_many_arguments, reason = "the fields of one form")]
    pub async fn appraise(
        &self,
        context: &Context,
        id: AppealId,
        expected: Option<i64>,
        code: Option<TrackingCode>,
        said: Said,
        comment: &str,
        again: Option<&str>,
    ) -> Result<Appeal, Failure> {
        let appraisal = said.by(AppraisedBy::Reporter);
        let command =
            Command::Appraise { appraisal, comment: comment.to_owned(), again: again.map(str::to_owned) };
        self.step(context, Step { id, expected, action: "appeal.appraise", code, command, tokens: None })
            .await
    }

    /// 回访评价: an operator writes down what the reporter said when called back.
    pub async fn call_back(
        &self,
        context: &Context,
        id: AppealId,
        expected: Option<i64>,
        said: Said,
        comment: &str,
        again: Option<&str>,
    ) -> Result<Appeal, Failure> {
        let appraisal = said.by(AppraisedBy::CallBack);
        let command =
            Command::Appraise { appraisal, comment: comment.to_owned(), again: again.map(str::to_owned) };
        let action = "appeal.call_back";
        self.step(context, Step { id, expected, action, code: None, command, tokens: None }).await
    }

    /// 重办: a dissatisfied reporter asks for a second handling, some days after the appraisal at the latest. Also
    /// refused with `appeal-reopen-late`.
    pub async fn reopen(
        &self,
        context: &Context,
        id: AppealId,
        expected: Option<i64>,
        code: Option<TrackingCode>,
        reason: &str,
    ) -> Result<Appeal, Failure> {
        let command = Command::Reopen { reason: reason.to_owned() };
        self.step(context, Step { id, expected, action: "appeal.reopen", code, command, tokens: None }).await
    }

    /// 撤回: the reporter takes the case back before it is answered.
    pub async fn withdraw(
        &self,
        context: &Context,
        id: AppealId,
        expected: Option<i64>,
        code: Option<TrackingCode>,
        reason: &str,
    ) -> Result<Appeal, Failure> {
        let command = Command::Withdraw { reason: reason.to_owned() };
        self.step(context, Step { id, expected, action: "appeal.withdraw", code, command, tokens: None })
            .await
    }

    /// What this actor may do with the case now: what the state allows and the policy permits, by the words of the
    /// commands (`dispatch`, `accept`, …, `call_back`). For buttons; the steps themselves ask again.
    pub fn open_to(
        &self,
        context: &Context,
        appeal: &Appeal,
        resource: &Resource,
    ) -> Result<Vec<&'static str>, Fault> {
        let books = self.books();
        let possible = crate::rules::possible(appeal, books.rulebook(context.now)?, context.now);
        let may = |action: &str| self.policies().permits(&context.actor, action, resource);
        let mut open = Vec::new();
        for word in possible {
            let action = match word {
                "dispatch" => "appeal.dispatch",
                "accept" => "appeal.accept",
                "contact" => "appeal.contact",
                "return" => "appeal.return",
                "answer" => "appeal.answer",
                "appraise" => "appeal.appraise",
                "reopen" => "appeal.reopen",
                "withdraw" => "appeal.withdraw",
                "transfer" => "appeal.transfer",
                "extend" | "resume" => "appeal.ask",
                "merge" | "split" => "appeal.merge",
                _ => continue,
            };
            if may(action) {
                open.push(word);
            }
            if word == "appraise" && may("appeal.call_back") {
                open.push("call_back");
            }
        }
        if may("appeal.note") {
            open.push("note");
        }
        if appeal.state.phase() == Phase::Open && appeal.moves.merged_into.is_none() {
            if appeal.organ().is_some() && may("appeal.supervise") {
                open.push("supervise");
            }
            if may("appeal.ask") {
                open.push("ask");
            }
        } else if appeal.appraisal.is_some() && may("appeal.ask") {
            open.push("review");
        }
        Ok(open)
    }
}

/// What a step brings with it: the merged cases are answered with this one, a second handling wants a senior, and nobody is
/// asked about a case that is over.
fn follow(
    tx: &mut dyn Tx,
    books: &Books,
    directory: &Directory,
    context: &Context,
    after: &Appeal,
    command: &Command,
) -> Result<(), Failure> {
    let again = matches!(command, Command::Reopen { .. } | Command::Appraise { again: Some(_), .. });
    if let (true, Some(organ)) = (again, after.organ()) {
        let new = NewTask {
            id: context.id(),
            kind: TaskKind::Senior,
            from: tasks::level_above(directory, organ).unwrap_or(organ),
            organ,
            invited: Vec::new(),
            person: None,
            terms: None,
            text: String::new(),
            by_clock: true,
        };
        if books.rulebook(context.now)?.tasks.within.contains_key(&TaskKind::Senior) {
            tasks::open(tx, books, &Actor::System, context.now, after, &new)?;
        }
    }
    if let Command::Answer { reply } = command {
        let organ = after.organ();
        for id in store::tasks::merged_into(tx, after.id)? {
            let Some(merged) = store::find(tx, id)?.filter(|merged| merged.state.phase() == Phase::Open)
            else {
                continue;
            };
            let Some(organ) = organ else { continue };
            let told = Command::AnswerWith { organ, reply: reply.clone() };
            let told = carry_out(tx, books, &context.actor, context.now, merged, &told)?;
            let words = store::search_words(&told, &search_tokens(&told), &books.categories, directory);
            tx.index_words(told.id.get(), &words)?;
            tasks::settle(tx, &told)?;
        }
    }
    Ok(tasks::settle(tx, after)?)
}

/// What the reporter says of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Said {
    /// 是否解决.
    pub solved: bool,
    /// 满意度, 1 to 5.
    pub satisfied: u8,
    /// 是否被联系, if they said.
    pub contacted: Option<bool>,
}

impl Said {
    fn by(self, by: AppraisedBy) -> Appraisal {
        Appraisal { solved: self.solved, satisfied: self.satisfied, contacted: self.contacted, by }
    }
}

/// Answers the timers of appeals: records the deadlines that have passed and closes what closes by itself.
#[derive(Debug)]
pub struct ClockHandler(Appeals);

impl ClockHandler {
    /// For the appeals of a city.
    pub fn new(appeals: Appeals) -> Self {
        Self(appeals)
    }
}

impl TimerHandler for ClockHandler {
    fn kind(&self) -> &'static str {
        CLOCK
    }

    fn fire(&self, tx: &mut dyn Tx, now: Timestamp, subject: i64) -> Result<(), Fault> {
        let id = AppealId::new(subject).ok_or_else(|| Fault::corrupt("a timer names no appeal"))?;
        let Some(appeal) = store::find(tx, id)? else {
            return Err(Fault::corrupt(format!("a timer names the appeal {id}, which is not there")));
        };
        let context = tx.world().context(Actor::System, Locale::default()).at(now);
        let books = self.0.books();
        let (before, late) = (appeal.revision, appeal.overdue.has(Stage::Answer));
        match carry_out(tx, &books, &context.actor, now, appeal, &Command::Strike) {
            // The clock struck early (the case moved on in the same moment): set it again.
            Ok(appeal) if appeal.revision == before => set_clock(tx, &appeal, false),
            Ok(appeal) if appeal.overdue.has(Stage::Answer) && !late => {
                let directory = self.0.directory();
                match tasks::supervise_overdue(tx, &books, &directory, now, &appeal) {
                    Ok(()) => Ok(()),
                    Err(Failure::Fault(fault)) => Err(fault),
                    Err(Failure::Refused(refusal)) => {
                        Err(Fault::internal("the clock is refused").because(refusal))
                    }
                }
            }
            Ok(after) => Ok(tasks::settle(tx, &after)?),
            Err(Failure::Fault(fault)) => Err(fault),
            Err(Failure::Refused(refusal)) => Err(Fault::internal("the clock is refused").because(refusal)),
        }
    }
}
