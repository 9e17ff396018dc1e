//! 答复, 评价, 重办: what the organ says, and what the reporter says of it.

use gongzhi_kernel::{FieldError, OrganId, Refusal, Timestamp};

use super::clock::closed;
use super::{Command, checked_reason, in_time, owner, refuse_fields, reply_parts, text, wrong_state};
use crate::events::{
    AnsweredPublic, AppraisedPublic, AppraisedSealed, Change, Parts, ReasonSealed, ReopenedPublic,
};
use crate::model::{Appeal, Appraisal, Closing, State};
use crate::rulebook::Rulebook;

pub(super) fn answer(
    appeal: &Appeal,
    reply: &str,
    command: &Command,
    rulebook: &Rulebook,
    now: Timestamp,
) -> Result<Vec<Change>, Refusal> {
    if appeal.moves.merged_into.is_some() {
        return Err(Refusal::conflict("appeal-merged"));
    }
    let state = appeal.state.answer(now).map_err(|wrong| wrong_state(wrong, command))?;
    answered(appeal, state, reply, rulebook, now)
}

/// 并单答复: what the reporter of a merged case is told with the answer to the other.
pub(super) fn answer_with(
    appeal: &Appeal,
    organ: OrganId,
    reply: &str,
    command: &Command,
    rulebook: &Rulebook,
    now: Timestamp,
) -> Result<Vec<Change>, Refusal> {
    let state = appeal.state.answer_with(organ, now).map_err(|wrong| wrong_state(wrong, command))?;
    if appeal.moves.merged_into.is_none() {
        return Err(Refusal::conflict("appeal-not-merged"));
    }
    answered(appeal, state, reply, rulebook, now)
}

fn answered(
    appeal: &Appeal,
    state: State,
    reply: &str,
    rulebook: &Rulebook,
    now: Timestamp,
) -> Result<Vec<Change>, Refusal> {
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
        appraise_by: Some(rulebook.after(now, rulebook.appraisal.within)?),
        reply,
    };
    Ok(vec![Change::Answered(Box::new(Parts { public, sealed }))])
}

pub(super) struct Said<'a> {
    pub(super) appraisal: Appraisal,
    pub(super) comment: &'a str,
    pub(super) again: Option<&'a str>,
}

pub(super) fn appraise(
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
    let until = rulebook.after(now, rulebook.appraisal.reopen_within)?;
    let public = AppraisedPublic {
        organ: state.organ(),
        round: appeal.round,
        appraisal: said.appraisal,
        appraise_by: may_reopen.then_some(until),
    };
    let mut changes = vec![Change::Appraised(Parts { public, sealed: AppraisedSealed { comment } })];
    if let Some(reopened) = reopened {
        changes.push(reopened);
    } else if !may_reopen {
        changes.push(closed(state, Closing::Appraised));
    }
    Ok(changes)
}

pub(super) fn reopened(
    appeal: &Appeal,
    reason: &str,
    rulebook: &Rulebook,
    now: Timestamp,
) -> Result<Change, Refusal> {
    if !rounds_left(appeal, rulebook) {
        return Err(Refusal::conflict("appeal-reopen-spent").with("times", rulebook.appraisal.reopenings));
    }
    let reason = checked_reason("reason", reason, rulebook)?;
    let deadlines = rulebook.deadlines(appeal.urgency, now)?;
    let public = ReopenedPublic {
        organ: owner(appeal.state)?,
        round: appeal.round.saturating_add(1),
        deadlines,
        reminders: rulebook.reminders(now, &deadlines),
        rulebook: rulebook.version,
    };
    Ok(Change::Reopened(Parts { public, sealed: ReasonSealed { reason } }))
}

/// Whether the reporter may say that it must be handled again.
pub fn is_dissatisfied(appraisal: &Appraisal, rulebook: &Rulebook) -> bool {
    !appraisal.solved || appraisal.satisfied <= rulebook.appraisal.dissatisfied_up_to
}

/// Whether another round may follow the present one.
pub fn rounds_left(appeal: &Appeal, rulebook: &Rulebook) -> bool {
    appeal.round <= rulebook.appraisal.reopenings
}
