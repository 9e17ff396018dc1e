//! What the clock does, and what may be done to it. A deadline moves later in one way only: by an approved extension.

use gongzhi_kernel::{Refusal, Timestamp};

use super::handing::require_single;
use super::{Command, Grant, owner, wrong_state};
use crate::events::{
    Change, ClosedPublic, ExtendedPublic, Nothing, OverduePublic, Parts, PauseGiven, RemindedPublic,
    ResumedPublic,
};
use crate::model::{Appeal, Closing, Deadlines, Pause, Phase, Reminders, Stage, State, WrongState};
use crate::rulebook::Rulebook;

pub(super) fn strike(appeal: &Appeal, now: Timestamp) -> Vec<Change> {
    if appeal.next_strike().is_none_or(|at| at > now) {
        return Vec::new();
    }
    if appeal.state.phase() == Phase::Answered {
        return vec![closed(appeal.state, Closing::Lapsed)];
    }
    let mut changes = Vec::new();
    if let Some(pause) = appeal.moves.pause.filter(|pause| pause.until <= now) {
        changes.push(resumed(appeal, &pause, now));
    }
    let reminded = appeal.pending().iter().filter_map(|stage| {
        let due = appeal.due(*stage).filter(|due| *due > now)?;
        appeal.moves.reminders.of(*stage).filter(|at| *at <= now)?;
        let public = RemindedPublic { organ: appeal.organ(), stage: *stage, due };
        Some(Change::Reminded(Parts { public, sealed: Nothing {} }))
    });
    changes.extend(reminded);
    let passed = appeal.pending().iter().filter_map(|stage| {
        let due = appeal.due(*stage).filter(|due| *due <= now)?;
        (!appeal.overdue.has(*stage)).then_some((*stage, due))
    });
    changes.extend(passed.map(|(stage, due)| {
        let public = OverduePublic { organ: appeal.organ(), stage, due };
        Change::Overdue(Parts { public, sealed: Nothing {} })
    }));
    changes
}

pub(super) fn closed(state: State, how: Closing) -> Change {
    let public = ClosedPublic { organ: state.organ(), how, from: state.phase() };
    Change::Closed(Parts { public, sealed: Nothing {} })
}

/// The stages whose deadlines can still be kept.
fn keepable(appeal: &Appeal) -> impl Iterator<Item = (Stage, Timestamp)> {
    let pending = appeal.pending().iter().filter(|stage| !appeal.overdue.has(**stage));
    pending.filter_map(|stage| Some((*stage, appeal.due(*stage)?)))
}

/// Whether an organ may ask for more time, or for its clock to stand still, on these terms.
pub(super) fn may_extend(
    appeal: &Appeal,
    grant: &Grant,
    command: &Command,
    rulebook: &Rulebook,
    now: Timestamp,
) -> Result<(), Refusal> {
    if appeal.state.phase() != Phase::Open || appeal.dispatched_at.is_none() {
        return Err(wrong_state(WrongState(appeal.state), command));
    }
    require_single(appeal)?;
    let cap = rulebook.extensions.cap;
    if appeal.moves.extensions >= cap {
        return Err(Refusal::conflict("appeal-extension-spent").with("cap", cap));
    }
    if appeal.moves.pause.is_some() {
        return Err(Refusal::conflict("appeal-paused"));
    }
    if !keepable(appeal).any(|(stage, due)| stage == Stage::Answer && due > now) {
        return Err(Refusal::conflict("appeal-extension-late"));
    }
    let longest = match grant.ground {
        None => Some(rulebook.extensions.longest),
        Some(ground) => rulebook.extensions.pauses.get(&ground).copied(),
    };
    let Some(longest) = longest else {
        return Err(Refusal::conflict("appeal-pause-unnamed"));
    };
    if rulebook.after(now, grant.period)? > rulebook.after(now, longest)? || grant.period.is_none() {
        return Err(Refusal::conflict("appeal-extension-long").with("longest", longest));
    }
    Ok(())
}

/// 延期 and 暂停计时, as the level above has approved it.
pub(super) fn extend(
    appeal: &Appeal,
    grant: &Grant,
    command: &Command,
    rulebook: &Rulebook,
    now: Timestamp,
) -> Result<Vec<Change>, Refusal> {
    may_extend(appeal, grant, command, rulebook, now)?;
    let mut deadlines = appeal.deadlines;
    let pause = match grant.ground {
        None => {
            let due = appeal.deadlines.answer.unwrap_or(now);
            deadlines.answer = Some(rulebook.after(due, grant.period)?);
            None
        }
        Some(ground) => {
            let until = rulebook.after(now, grant.period)?;
            for (stage, due) in keepable(appeal).filter(|(_, due)| *due > now) {
                deadlines.set(stage, Some(due + until.since(now)));
            }
            Some(PauseGiven { ground, until })
        }
    };
    let public = ExtendedPublic {
        organ: owner(appeal.state)?,
        reminders: reminders_until(appeal, &deadlines, rulebook, now),
        deadlines,
        count: appeal.moves.extensions.saturating_add(1),
        pause,
        task: grant.task,
    };
    Ok(vec![Change::Extended(Box::new(Parts { public, sealed: Nothing {} }))])
}

/// New deadlines have new reminders; what stays keeps its own.
fn reminders_until(appeal: &Appeal, deadlines: &Deadlines, rulebook: &Rulebook, now: Timestamp) -> Reminders {
    let mut reminders = appeal.moves.reminders;
    for (stage, due) in keepable(appeal) {
        let moved = deadlines.of(stage).filter(|new| *new != due);
        if let Some(new) = moved {
            reminders.set(stage, rulebook.reminder(now, new));
        }
    }
    reminders
}

/// 恢复计时: what the clock stood still too long for is taken away again.
pub(super) fn resumed(appeal: &Appeal, pause: &Pause, now: Timestamp) -> Change {
    let stood = now.min(pause.until).since(pause.since);
    let mut deadlines = appeal.deadlines;
    let mut reminders = appeal.moves.reminders;
    for (stage, due) in keepable(appeal) {
        let Some(before) = pause.before.of(stage).filter(|before| *before != due) else { continue };
        let earlier = (before + stood).min(due);
        // Never so near that nobody could have been reminded of it.
        reminders.set(stage, reminders.of(stage).map(|at| at.min(earlier)).filter(|_| earlier > now));
        deadlines.set(stage, Some(earlier));
    }
    let public = ResumedPublic { organ: appeal.organ(), ground: pause.ground, deadlines, reminders };
    Change::Resumed(Box::new(Parts { public, sealed: Nothing {} }))
}

pub(super) fn resume(appeal: &Appeal, command: &Command, now: Timestamp) -> Result<Vec<Change>, Refusal> {
    if appeal.state.phase() != Phase::Open {
        return Err(wrong_state(WrongState(appeal.state), command));
    }
    match appeal.moves.pause {
        Some(pause) => Ok(vec![resumed(appeal, &pause, now)]),
        None => Err(Refusal::conflict("appeal-not-paused")),
    }
}
