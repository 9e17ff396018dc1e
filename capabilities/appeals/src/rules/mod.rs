//! The decisions, pure: what may be done with an appeal now, and what follows from it.
//!
//! [`decide`] takes the appeal, a command, the rulebook and the time and answers with events or a refusal;
//! [`apply`] folds an event into the appeal. Neither knows of a store or a clock. Who may give a command is not asked
//! here but in `policies/appeals.cedar`.

mod answers;
mod apply;
mod clock;
pub mod files;
pub mod follow;
mod handing;
mod history;
mod intake;
mod task;
pub mod text;

use gongzhi_kernel::{AppealId, AreaId, FieldError, OrganId, PersonId, Refusal, RefusalKind, Timestamp};

use crate::events::{
    AcceptedPublic, AnsweredSealed, AppealEvent, Change, ContactedPublic, NoteSealed, Nothing, Parts,
    ReasonSealed, WithdrawnPublic,
};
use crate::model::{
    Appeal, Appraisal, CategoryId, Channel, ContactWay, Kind, PauseGround, Place, Reporter, State, StateName,
    Urgency, Visibility, WrongState,
};
use crate::rulebook::{Period, Rulebook};

pub use answers::{is_dissatisfied, rounds_left};
pub use apply::{BadHistory, apply, fold};
pub use history::{ImportedAppeal, ImportedState, history};
pub use task::{
    BadTask, NewTask, TASK_FIELD_ERRORS, TASK_REFUSALS, TaskStep, apply_task, open_task, step_task,
};

/// A new appeal, with everything about it that had to be looked up.
#[derive(Debug, Clone, PartialEq)]
pub struct Submission {
    /// Its id.
    pub id: AppealId,
    /// What is asked for.
    pub kind: Kind,
    /// How it came in.
    pub channel: Channel,
    /// How soon it must be answered.
    pub urgency: Urgency,
    /// Who may see it, if the reporter chose.
    pub visibility: Option<Visibility>,
    /// What it is about.
    pub category: Option<CategoryId>,
    /// Where.
    pub place: Place,
    /// In one line; empty: the first sentence of the text.
    pub title: String,
    /// In full.
    pub text: String,
    /// The reporter, if signed in.
    pub reporter: Option<PersonId>,
    /// How to reach the reporter.
    pub contact: Reporter,
    /// Salted SHA-256 of the tracking code, hexadecimal.
    pub track: String,
    /// The organ that the catalogue names, and the version of the catalogue.
    pub named: Option<(OrganId, i64)>,
}

/// What somebody, or the clock, wants done.
#[derive(Debug, Clone, PartialEq)]
pub enum Command {
    /// 提交.
    Submit(Box<Submission>),
    /// 派单 by a dispatcher.
    Dispatch {
        /// To which organ.
        organ: OrganId,
        /// What it should know.
        note: String,
    },
    /// 签收受理.
    Accept,
    /// 首次联系.
    Contact {
        /// How.
        way: ContactWay,
        /// What was said.
        note: String,
    },
    /// 退单.
    Return {
        /// Why it is not this organ's duty.
        reason: String,
    },
    /// 答复.
    Answer {
        /// The answer.
        reply: String,
    },
    /// 评价, and at once 重办 if `again` says why.
    Appraise {
        /// What is said of the answer.
        appraisal: Appraisal,
        /// In the reporter's words.
        comment: String,
        /// Why it must be handled again; only with a dissatisfied appraisal.
        again: Option<String>,
    },
    /// 重办 after a dissatisfied appraisal.
    Reopen {
        /// What is still wrong.
        reason: String,
    },
    /// 撤回.
    Withdraw {
        /// Why; may be empty.
        reason: String,
    },
    /// 并单答复: the case that this one is merged into has been answered.
    AnswerWith {
        /// By which organ.
        organ: OrganId,
        /// The answer.
        reply: String,
    },
    /// 转办.
    Transfer {
        /// To which organ.
        organ: OrganId,
        /// Why.
        reason: String,
    },
    /// 延期 or 暂停计时, approved by the level above.
    Extend(Grant),
    /// 恢复计时.
    Resume,
    /// 并单.
    Merge {
        /// The case that it is handled and answered with.
        into: AppealId,
        /// Why.
        reason: String,
    },
    /// 拆单.
    Split {
        /// Why.
        reason: String,
    },
    /// The clock struck: a reminder or a deadline is due, a standing clock goes on, or the case closes by itself.
    Strike,
}

/// What the level above has approved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Grant {
    /// The request.
    pub task: i64,
    /// On which ground the clock stands still; `None`: more time for the answer.
    pub ground: Option<PauseGround>,
    /// How long.
    pub period: Period,
}

impl Command {
    /// Its word in refusals, policies and metrics.
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Submit(_) => "submit",
            Self::Dispatch { .. } => "dispatch",
            Self::Accept => "accept",
            Self::Contact { .. } => "contact",
            Self::Return { .. } => "return",
            Self::Answer { .. } => "answer",
            Self::Appraise { .. } => "appraise",
            Self::Reopen { .. } => "reopen",
            Self::Withdraw { .. } => "withdraw",
            Self::AnswerWith { .. } => "answer_with",
            Self::Transfer { .. } => "transfer",
            Self::Extend(_) => "extend",
            Self::Resume => "resume",
            Self::Merge { .. } => "merge",
            Self::Split { .. } => "split",
            Self::Strike => "strike",
        }
    }
}

/// Every refusal that the rules give, by the key of its sentence.
pub const REFUSALS: [&str; 22] = [
    "appeal-not-found",
    "appeal-already-there",
    "appeal-wrong-state",
    "appeal-return-spent",
    "appeal-return-late",
    "appeal-reopen-spent",
    "appeal-reopen-late",
    "appeal-reopen-unowned",
    "appeal-merged",
    "appeal-not-merged",
    "appeal-merge-itself",
    "appeal-transfer-spent",
    "appeal-transfer-same",
    "appeal-transfer-down",
    "appeal-merge-lead",
    "appeal-extension-spent",
    "appeal-extension-late",
    "appeal-extension-long",
    "appeal-pause-unnamed",
    "appeal-paused",
    "appeal-not-paused",
    "calendar-year-missing",
];

/// Every error of a field that the rules give, by the key of its sentence.
pub const FIELD_ERRORS: [&str; 8] = [
    "error-required",
    "error-too-short",
    "error-too-long",
    "error-phone",
    "error-email",
    "error-satisfied",
    "error-again",
    "error-place",
];

/// What follows from a command, or why it cannot be done. The events carry the next revisions and the time `now`.
/// A strike of the clock that comes too early is answered with no event.
pub fn decide(
    appeal: Option<&Appeal>,
    command: &Command,
    rulebook: &Rulebook,
    now: Timestamp,
) -> Result<Vec<AppealEvent>, Refusal> {
    let (id, before, changes) = match (appeal, command) {
        (None, Command::Submit(submission)) => (submission.id, 0, intake::submit(submission, rulebook, now)?),
        (Some(_), Command::Submit(_)) => return Err(Refusal::conflict("appeal-already-there")),
        (None, _) => return Err(Refusal::not_found("appeal-not-found")),
        (Some(appeal), command) => (appeal.id, appeal.revision, next(appeal, command, rulebook, now)?),
    };
    let numbered = changes.into_iter().zip(before + 1..);
    Ok(numbered.map(|(change, revision)| AppealEvent { appeal: id, revision, at: now, change }).collect())
}

fn next(
    appeal: &Appeal,
    command: &Command,
    rulebook: &Rulebook,
    now: Timestamp,
) -> Result<Vec<Change>, Refusal> {
    let wrong = |wrong: WrongState| wrong_state(wrong, command);
    match command {
        Command::Submit(_) => Err(Refusal::conflict("appeal-already-there")),
        Command::Dispatch { organ, note } => handing::dispatch(appeal, *organ, note, command, rulebook, now),
        Command::Accept => {
            let state = appeal.state.accept(now).map_err(wrong)?;
            handing::require_single(appeal)?;
            let public =
                AcceptedPublic { organ: owner(state)?, in_time: in_time(appeal.deadlines.accept, now) };
            Ok(vec![Change::Accepted(Parts { public, sealed: Nothing {} })])
        }
        Command::Contact { way, note } => {
            let state = appeal.state.contact(now).map_err(wrong)?;
            handing::require_single(appeal)?;
            let note = checked_note("note", note, rulebook)?;
            let in_time = in_time(appeal.deadlines.contact, now);
            let public = ContactedPublic { organ: owner(state)?, way: *way, in_time };
            Ok(vec![Change::Contacted(Parts { public, sealed: NoteSealed { note } })])
        }
        Command::Return { reason } => handing::send_back(appeal, reason, command, rulebook, now),
        Command::Answer { reply } => answers::answer(appeal, reply, command, rulebook, now),
        Command::Appraise { appraisal, comment, again } => {
            let said = answers::Said { appraisal: *appraisal, comment, again: again.as_deref() };
            answers::appraise(appeal, &said, command, rulebook, now)
        }
        Command::Reopen { reason } => {
            appeal.state.reopen(now).map_err(|wrong| match wrong.0 {
                State::Appraised { organ: None, .. } => Refusal::conflict("appeal-reopen-unowned"),
                _ => wrong_state(wrong, command),
            })?;
            if appeal.appraise_by.is_some_and(|until| now > until) {
                return Err(Refusal::conflict("appeal-reopen-late"));
            }
            Ok(vec![answers::reopened(appeal, reason, rulebook, now)?])
        }
        Command::Withdraw { reason } => {
            let state = appeal.state.withdraw(now).map_err(wrong)?;
            let mut errors = Vec::new();
            let reason = text::clean_text(reason);
            rulebook.limits.note.check("reason", &reason, &mut errors);
            refuse_fields(errors)?;
            let public = WithdrawnPublic { organ: state.organ() };
            Ok(vec![Change::Withdrawn(Parts { public, sealed: ReasonSealed { reason } })])
        }
        Command::AnswerWith { organ, reply } => {
            answers::answer_with(appeal, *organ, reply, command, rulebook, now)
        }
        Command::Transfer { organ, reason } => {
            handing::transfer(appeal, *organ, reason, command, rulebook, now)
        }
        Command::Extend(grant) => clock::extend(appeal, grant, command, rulebook, now),
        Command::Resume => clock::resume(appeal, command, now),
        Command::Merge { into, reason } => handing::merge(appeal, *into, reason, command, rulebook),
        Command::Split { reason } => handing::split(appeal, reason, command, rulebook),
        Command::Strike => Ok(clock::strike(appeal, now)),
    }
}

/// The commands of people that the state allows now, as far as state, caps and periods decide it.
pub fn possible(appeal: &Appeal, rulebook: &Rulebook, now: Timestamp) -> Vec<&'static str> {
    let reason = "r".repeat(rulebook.limits.reason.min.max(1));
    let reply = "r".repeat(rulebook.limits.reply.min.max(1));
    let appraisal =
        Appraisal { solved: true, satisfied: 5, contacted: None, by: crate::model::AppraisedBy::Reporter };
    let organ = appeal.organ().or_else(|| OrganId::new(1));
    let mut commands = vec![
        Command::Accept,
        Command::Contact { way: ContactWay::Phone, note: String::new() },
        Command::Return { reason: reason.clone() },
        Command::Answer { reply },
        Command::Appraise { appraisal, comment: String::new(), again: None },
        Command::Reopen { reason: reason.clone() },
        Command::Withdraw { reason: String::new() },
        Command::Extend(Grant { task: 0, ground: None, period: Period::minutes(1) }),
        Command::Resume,
        Command::Split { reason: reason.clone() },
    ];
    if let Some((nobody, one)) = OrganId::new(1).zip(AppealId::new(1)) {
        commands.push(Command::Transfer { organ: nobody, reason: reason.clone() });
        commands.push(Command::Merge { into: one, reason });
    }
    if let Some(organ) = organ {
        commands.insert(0, Command::Dispatch { organ, note: String::new() });
    }
    let allowed = commands.iter().filter(|command| decide(Some(appeal), command, rulebook, now).is_ok());
    allowed.map(Command::word).collect()
}

/// Whether an organ may ask for more time, or for its clock to stand still, on these terms; the level above decides.
pub fn may_extend(appeal: &Appeal, grant: Grant, rulebook: &Rulebook, now: Timestamp) -> Result<(), Refusal> {
    clock::may_extend(appeal, &grant, &Command::Extend(grant), rulebook, now)
}

fn wrong_state(WrongState(state): WrongState, command: &Command) -> Refusal {
    Refusal::conflict("appeal-wrong-state").with("state", state.name().word()).with("command", command.word())
}

/// The organ of a state that always has one.
fn owner(state: State) -> Result<OrganId, Refusal> {
    state.organ().ok_or_else(|| Refusal::conflict("appeal-reopen-unowned"))
}

fn in_time(due: Option<Timestamp>, now: Timestamp) -> Option<bool> {
    due.map(|due| now <= due)
}

fn area_parts(visibility: Visibility, area: Option<AreaId>) -> (Option<AreaId>, Option<AreaId>) {
    if visibility.is_public() { (area, None) } else { (None, area) }
}

fn reply_parts(visibility: Visibility, reply: String) -> (String, AnsweredSealed) {
    if visibility.is_public() {
        (reply, AnsweredSealed::default())
    } else {
        (String::new(), AnsweredSealed { reply })
    }
}

fn checked_note(field: &'static str, note: &str, rulebook: &Rulebook) -> Result<String, Refusal> {
    let note = text::clean_text(note);
    let mut errors = Vec::new();
    rulebook.limits.note.check(field, &note, &mut errors);
    refuse_fields(errors)?;
    Ok(note)
}

/// A reason as the journal keeps it, or what is wrong with its length.
pub fn checked_reason(field: &'static str, reason: &str, rulebook: &Rulebook) -> Result<String, Refusal> {
    let reason = text::clean_text(reason);
    let mut errors = Vec::new();
    rulebook.limits.reason.check(field, &reason, &mut errors);
    refuse_fields(errors)?;
    Ok(reason)
}

fn refuse_fields(errors: Vec<FieldError>) -> Result<(), Refusal> {
    if errors.is_empty() {
        Ok(())
    } else {
        Err(Refusal { kind: RefusalKind::Invalid, ..Refusal::fields(errors) })
    }
}

/// The states in the order of a case's life, for pages that draw it.
pub const STATES: [StateName; 9] = StateName::ALL;
