//! 派单, 退单, 转办, 并单, 拆单: into whose hands a case comes. None of it moves a deadline.

use gongzhi_kernel::{AppealId, OrganId, Refusal, Timestamp};

use super::{Command, checked_note, checked_reason, owner, wrong_state};
use crate::events::{
    Change, DispatchedPublic, MergedPublic, NoteSealed, Parts, ReasonSealed, ReturnedPublic, SplitPublic,
    TransferredPublic,
};
use crate::model::{Appeal, DispatchedBy, Phase, Reminders, State, WrongState};
use crate::rulebook::Rulebook;

/// A merged case is in nobody's hands but those of the one that it is merged into.
pub(super) fn require_single(appeal: &Appeal) -> Result<(), Refusal> {
    match appeal.moves.merged_into {
        Some(_) => Err(Refusal::conflict("appeal-merged")),
        None => Ok(()),
    }
}

pub(super) fn dispatch(
    appeal: &Appeal,
    organ: OrganId,
    note: &str,
    command: &Command,
    rulebook: &Rulebook,
    now: Timestamp,
) -> Result<Vec<Change>, Refusal> {
    appeal.state.dispatch(organ, now).map_err(|wrong| wrong_state(wrong, command))?;
    require_single(appeal)?;
    let note = checked_note("note", note, rulebook)?;
    let ruled = appeal.returns > 0 && appeal.returns >= rulebook.returns.cap;
    let first = appeal.dispatched_at.is_none();
    let deadlines = first.then(|| rulebook.deadlines(appeal.urgency, now)).transpose()?;
    let reminders =
        deadlines.as_ref().map_or_else(Reminders::default, |deadlines| rulebook.reminders(now, deadlines));
    let by = DispatchedBy::Dispatcher;
    let public = DispatchedPublic { organ, by, ruled, deadlines, reminders, catalogue: None };
    Ok(vec![Change::Dispatched(Parts { public, sealed: NoteSealed { note } })])
}

pub(super) fn send_back(
    appeal: &Appeal,
    reason: &str,
    command: &Command,
    rulebook: &Rulebook,
    now: Timestamp,
) -> Result<Vec<Change>, Refusal> {
    let state = appeal.state.send_back(now).map_err(|wrong| wrong_state(wrong, command))?;
    require_single(appeal)?;
    let cap = rulebook.returns.cap;
    if appeal.ruled || appeal.returns >= cap {
        return Err(Refusal::conflict("appeal-return-spent").with("cap", cap));
    }
    // Counted from the dispatch to this organ, whether or not it has accepted meanwhile.
    let sent = match appeal.state {
        State::Accepted { .. } => appeal.last_dispatch,
        _ => appeal.state.since(),
    };
    let until = sent.map(|at| rulebook.after(at, rulebook.returns.within)).transpose()?;
    if until.is_some_and(|until| now > until) {
        return Err(Refusal::conflict("appeal-return-late").with("within", rulebook.returns.within));
    }
    let reason = checked_reason("reason", reason, rulebook)?;
    let public = ReturnedPublic { organ: owner(state)?, count: appeal.returns.saturating_add(1) };
    Ok(vec![Change::Returned(Parts { public, sealed: ReasonSealed { reason } })])
}

/// 转办: 首接负责 means that a hand-over is never silent: it has a reason, it is counted, and the clock goes on.
pub(super) fn transfer(
    appeal: &Appeal,
    organ: OrganId,
    reason: &str,
    command: &Command,
    rulebook: &Rulebook,
    now: Timestamp,
) -> Result<Vec<Change>, Refusal> {
    appeal.state.transfer(organ, now).map_err(|wrong| wrong_state(wrong, command))?;
    require_single(appeal)?;
    let from = owner(appeal.state)?;
    let cap = rulebook.transfers.cap;
    if appeal.ruled || appeal.moves.transfers >= cap {
        return Err(Refusal::conflict("appeal-transfer-spent").with("cap", cap));
    }
    if from == organ {
        return Err(Refusal::conflict("appeal-transfer-same"));
    }
    let reason = checked_reason("reason", reason, rulebook)?;
    let public = TransferredPublic { from, organ, count: appeal.moves.transfers.saturating_add(1) };
    Ok(vec![Change::Transferred(Parts { public, sealed: ReasonSealed { reason } })])
}

/// 并单. Whether the other one can take it is looked up by the caller: it must be open and not merged itself.
pub(super) fn merge(
    appeal: &Appeal,
    into: AppealId,
    reason: &str,
    command: &Command,
    rulebook: &Rulebook,
) -> Result<Vec<Change>, Refusal> {
    if appeal.state.phase() != Phase::Open {
        return Err(wrong_state(WrongState(appeal.state), command));
    }
    require_single(appeal)?;
    if into == appeal.id {
        return Err(Refusal::conflict("appeal-merge-itself"));
    }
    let reason = checked_reason("reason", reason, rulebook)?;
    Ok(vec![Change::Merged(Parts { public: MergedPublic { into }, sealed: ReasonSealed { reason } })])
}

/// 拆单: it is worked by itself again, by the deadlines that it had been promised.
pub(super) fn split(
    appeal: &Appeal,
    reason: &str,
    command: &Command,
    rulebook: &Rulebook,
) -> Result<Vec<Change>, Refusal> {
    if appeal.state.phase() != Phase::Open {
        return Err(wrong_state(WrongState(appeal.state), command));
    }
    let from = appeal.moves.merged_into.ok_or_else(|| Refusal::conflict("appeal-not-merged"))?;
    let reason = checked_reason("reason", reason, rulebook)?;
    Ok(vec![Change::Split(Parts { public: SplitPublic { from }, sealed: ReasonSealed { reason } })])
}
