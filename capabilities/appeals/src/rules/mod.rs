//! The decisions, pure: what may be done with an appeal now, and what follows from it.
//!
//! [`decide`] takes the appeal, a command, the rulebook and the time and answers with events or a refusal;
//! [`apply`] folds an event into the appeal. Neither knows of a store or a clock. Who may give a command is not asked
//! here but in `policies/appeals.cedar`.

mod apply;
pub mod files;
pub mod follow;
mod history;
pub mod text;

use gongzhi_kernel::{AppealId, AreaId, FieldError, OrganId, PersonId, Refusal, RefusalKind, Timestamp};

use crate::events::{
    AcceptedPublic, AnsweredPublic, AnsweredSealed, AppealEvent, AppraisedPublic, AppraisedSealed, Change,
    ClosedPublic, ContactedPublic, DispatchedPublic, NoteSealed, Nothing, OverduePublic, Parts, ReasonSealed,
    ReopenedPublic, ReturnedPublic, SubmittedPublic, SubmittedSealed, WithdrawnPublic,
};
use crate::model::{
    Appeal, Appraisal, CategoryId, Channel, Closing, ContactWay, DispatchedBy, Kind, Phase, Place, Reporter,
    State, StateName, Urgency, Visibility, WrongState,
};
use crate::rulebook::Rulebook;

pub use apply::{BadHistory, apply, fold};
pub use history::{ImportedAppeal, ImportedState, history};

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
    /// The clock struck: a deadline has passed, or the case closes by itself.
    Strike,
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
            Self::Strike => "strike",
        }
    }
}

/// Every refusal that the rules give, by the key of its sentence.
pub const REFUSALS: [&str; 8] = [
    "appeal-not-found",
    "appeal-already-there",
    "appeal-wrong-state",
    "appeal-return-spent",
    "appeal-return-late",
    "appeal-reopen-spent",
    "appeal-reopen-late",
    "appeal-reopen-unowned",
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
        (None, Command::Submit(submission)) => (submission.id, 0, submit(submission, rulebook, now)?),
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
        Command::Dispatch { organ, note } => {
            appeal.state.dispatch(*organ, now).map_err(wrong)?;
            let note = checked_note("note", note, rulebook)?;
            let ruled = appeal.returns > 0 && appeal.returns >= rulebook.returns.cap;
            let first = appeal.dispatched_at.is_none();
            let deadlines = first.then(|| rulebook.deadlines(appeal.urgency, now));
            let by = DispatchedBy::Dispatcher;
            let public = DispatchedPublic { organ: *organ, by, ruled, deadlines, catalogue: None };
            Ok(vec![Change::Dispatched(Parts { public, sealed: NoteSealed { note } })])
        }
        Command::Accept => {
            let state = appeal.state.accept(now).map_err(wrong)?;
            let public =
                AcceptedPublic { organ: owner(state)?, in_time: in_time(appeal.deadlines.accept, now) };
            Ok(vec![Change::Accepted(Parts { public, sealed: Nothing {} })])
        }
        Command::Contact { way, note } => {
            let state = appeal.state.contact(now).map_err(wrong)?;
            let note = checked_note("note", note, rulebook)?;
            let in_time = in_time(appeal.deadlines.contact, now);
            let public = ContactedPublic { organ: owner(state)?, way: *way, in_time };
            Ok(vec![Change::Contacted(Parts { public, sealed: NoteSealed { note } })])
        }
        Command::Return { reason } => send_back(appeal, reason, command, rulebook, now),
        Command::Answer { reply } => answer(appeal, reply, command, rulebook, now),
        Command::Appraise { appraisal, comment, again } => {
            let said = Said { appraisal: *appraisal, comment, again: again.as_deref() };
            appraise(appeal, &said, command, rulebook, now)
        }
        Command::Reopen { reason } => {
            appeal.state.reopen(now).map_err(|wrong| match wrong.0 {
                State::Appraised { organ: None, .. } => Refusal::conflict("appeal-reopen-unowned"),
                _ => wrong_state(wrong, command),
            })?;
            if appeal.appraise_by.is_some_and(|until| now > until) {
                return Err(Refusal::conflict("appeal-reopen-late"));
            }
            Ok(vec![reopened(appeal, reason, rulebook, now)?])
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
        Command::Strike => Ok(strike(appeal, now)),
    }
}

fn submit(submission: &Submission, rulebook: &Rulebook, now: Timestamp) -> Result<Vec<Change>, Refusal> {
    let limits = &rulebook.limits;
    let body = text::clean_text(&submission.text);
    let mut title = text::clean_line(&submission.title);
    let address = text::clean_line(&submission.place.address);
    let contact = Reporter {
        name: text::clean_line(&submission.contact.name),
        phone: text::clean_line(&submission.contact.phone),
        email: text::clean_line(&submission.contact.email),
    };
    let mut errors = Vec::new();
    limits.text.check("text", &body, &mut errors);
    limits.title.check("title", &title, &mut errors);
    limits.address.check("address", &address, &mut errors);
    limits.name.check("name", &contact.name, &mut errors);
    limits.contact.check("phone", &contact.phone, &mut errors);
    limits.contact.check("email", &contact.email, &mut errors);
    text::check_phone("phone", &contact.phone, &mut errors);
    text::check_email("email", &contact.email, &mut errors);
    refuse_fields(errors)?;
    if title.is_empty() {
        title = text::title_of(&body, limits.title.max.clamp(1, 30));
    }

    let visibility = rulebook.visibility(submission.kind, submission.visibility);
    let (open_area, sealed_area) = area_parts(visibility, submission.place.area);
    let public = SubmittedPublic {
        kind: submission.kind,
        channel: submission.channel,
        urgency: submission.urgency,
        visibility,
        category: submission.category,
        area: open_area,
        dispatch_due: Some(now + rulebook.dispatch.duration()),
        rulebook: rulebook.version,
        source: None,
    };
    let sealed = SubmittedSealed {
        title,
        text: body,
        address,
        point: submission.place.point,
        area: sealed_area,
        reporter: submission.reporter,
        contact,
        track: submission.track.clone(),
    };
    let mut changes = vec![Change::Submitted(Box::new(Parts { public, sealed }))];
    if let Some((organ, catalogue)) = submission.named {
        let public = DispatchedPublic {
            organ,
            by: DispatchedBy::Catalogue,
            ruled: false,
            deadlines: Some(rulebook.deadlines(submission.urgency, now)),
            catalogue: Some(catalogue),
        };
        changes.push(Change::Dispatched(Parts { public, sealed: NoteSealed::default() }));
    }
    Ok(changes)
}

fn send_back(
    appeal: &Appeal,
    reason: &str,
    command: &Command,
    rulebook: &Rulebook,
    now: Timestamp,
) -> Result<Vec<Change>, Refusal> {
    let state = appeal.state.send_back(now).map_err(|wrong| wrong_state(wrong, command))?;
    let cap = rulebook.returns.cap;
    if appeal.ruled || appeal.returns >= cap {
        return Err(Refusal::conflict("appeal-return-spent").with("cap", cap));
    }
    // Counted from the dispatch to this organ, whether or not it has accepted meanwhile.
    let sent = match appeal.state {
        State::Accepted { .. } => appeal.last_dispatch,
        _ => appeal.state.since(),
    };
    if sent.is_some_and(|at| now > at + rulebook.returns.within.duration()) {
        return Err(Refusal::conflict("appeal-return-late").with("within", rulebook.returns.within));
    }
    let reason = checked_reason("reason", reason, rulebook)?;
    let public = ReturnedPublic { organ: owner(state)?, count: appeal.returns.saturating_add(1) };
    Ok(vec![Change::Returned(Parts { public, sealed: ReasonSealed { reason } })])
}

fn answer(
    appeal: &Appeal,
    reply: &str,
    command: &Command,
    rulebook: &Rulebook,
    now: Timestamp,
) -> Result<Vec<Change>, Refusal> {
    let state = appeal.state.answer(now).map_err(|wrong| wrong_state(wrong, command))?;
    let reply = text::clean_text(reply);
    let mut errors = Vec::new();
    rulebook.limits.reply.check("reply", &reply, &mut errors);
    refuse_fields(errors)?;
    let (reply, sealed) = reply_parts(appeal.visibility, reply);
    let public = AnsweredPublic {
        organ: state.organ(),
        round: appeal.round,
        seconds: appeal.round_began().seconds_until(now).max(0),
        in_time: in_time(appeal.deadlines.answer, now),
        appraise_by: Some(now + rulebook.appraisal.within.duration()),
        reply,
    };
    Ok(vec![Change::Answered(Box::new(Parts { public, sealed }))])
}

struct Said<'a> {
    appraisal: Appraisal,
    comment: &'a str,
    again: Option<&'a str>,
}

fn appraise(
    appeal: &Appeal,
    said: &Said<'_>,
    command: &Command,
    rulebook: &Rulebook,
    now: Timestamp,
) -> Result<Vec<Change>, Refusal> {
    let state = appeal.state.appraise(now).map_err(|wrong| wrong_state(wrong, command))?;
    let comment = text::clean_text(said.comment);
    let mut errors = Vec::new();
    if !(1..=5).contains(&said.appraisal.satisfied) {
        errors.push(FieldError::new("satisfied", "error-satisfied"));
    }
    rulebook.limits.note.check("comment", &comment, &mut errors);
    let dissatisfied = is_dissatisfied(&said.appraisal, rulebook);
    if said.again.is_some() && !dissatisfied {
        errors.push(FieldError::new("again", "error-again"));
    }
    refuse_fields(errors)?;

    let may_reopen = dissatisfied && rounds_left(appeal, rulebook) && state.organ().is_some();
    let reopened = match said.again {
        None => None,
        Some(_) if !rounds_left(appeal, rulebook) => {
            return Err(Refusal::conflict("appeal-reopen-spent").with("times", rulebook.appraisal.reopenings));
        }
        Some(_) if state.organ().is_none() => return Err(Refusal::conflict("appeal-reopen-unowned")),
        Some(reason) => Some(reopened(&Appeal { state, ..appeal.clone() }, reason, rulebook, now)?),
    };
    let public = AppraisedPublic {
        organ: state.organ(),
        round: appeal.round,
        appraisal: said.appraisal,
        appraise_by: may_reopen.then(|| now + rulebook.appraisal.reopen_within.duration()),
    };
    let mut changes = vec![Change::Appraised(Parts { public, sealed: AppraisedSealed { comment } })];
    if let Some(reopened) = reopened {
        changes.push(reopened);
    } else if !may_reopen {
        changes.push(closed(state, Closing::Appraised));
    }
    Ok(changes)
}

fn reopened(appeal: &Appeal, reason: &str, rulebook: &Rulebook, now: Timestamp) -> Result<Change, Refusal> {
    if !rounds_left(appeal, rulebook) {
        return Err(Refusal::conflict("appeal-reopen-spent").with("times", rulebook.appraisal.reopenings));
    }
    let reason = checked_reason("reason", reason, rulebook)?;
    let public = ReopenedPublic {
        organ: owner(appeal.state)?,
        round: appeal.round.saturating_add(1),
        deadlines: rulebook.deadlines(appeal.urgency, now),
        rulebook: rulebook.version,
    };
    Ok(Change::Reopened(Parts { public, sealed: ReasonSealed { reason } }))
}

fn strike(appeal: &Appeal, now: Timestamp) -> Vec<Change> {
    if appeal.next_strike().is_none_or(|at| at > now) {
        return Vec::new();
    }
    if appeal.state.phase() == Phase::Answered {
        return vec![closed(appeal.state, Closing::Lapsed)];
    }
    let passed = appeal.pending().iter().filter_map(|stage| {
        let due = appeal.due(*stage).filter(|due| *due <= now)?;
        (!appeal.overdue.has(*stage)).then_some((*stage, due))
    });
    passed
        .map(|(stage, due)| {
            let public = OverduePublic { organ: appeal.organ(), stage, due };
            Change::Overdue(Parts { public, sealed: Nothing {} })
        })
        .collect()
}

fn closed(state: State, how: Closing) -> Change {
    let public = ClosedPublic { organ: state.organ(), how, from: state.phase() };
    Change::Closed(Parts { public, sealed: Nothing {} })
}

/// Whether the reporter may say that it must be handled again.
pub fn is_dissatisfied(appraisal: &Appraisal, rulebook: &Rulebook) -> bool {
    !appraisal.solved || appraisal.satisfied <= rulebook.appraisal.dissatisfied_up_to
}

/// Whether another round may follow the present one.
pub fn rounds_left(appeal: &Appeal, rulebook: &Rulebook) -> bool {
    appeal.round <= rulebook.appraisal.reopenings
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
        Command::Reopen { reason },
        Command::Withdraw { reason: String::new() },
    ];
    if let Some(organ) = organ {
        commands.insert(0, Command::Dispatch { organ, note: String::new() });
    }
    let allowed = commands.iter().filter(|command| decide(Some(appeal), command, rulebook, now).is_ok());
    allowed.map(Command::word).collect()
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
