//! The fold: an appeal is what its events say. Serves the write path and every replay of the journal.

use crate::events::{AppealEvent, Change, SubmittedPublic, SubmittedSealed};
use crate::model::{Appeal, Deadlines, Moves, Overdue, Pause, Phase, Place, State, WrongState};

/// Events that cannot have happened in this order.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadHistory {
    /// The first event is not the submission, or a later one is.
    #[error("an appeal begins with its submission, once")]
    Beginning,
    /// A revision is missing or doubled.
    #[error("revision {found} does not follow revision {before}")]
    Gap {
        /// The revision before.
        before: i64,
        /// The one found.
        found: i64,
    },
    /// An event of another appeal.
    #[error("an event of another appeal")]
    OtherAppeal,
    /// A step that the state does not allow.
    #[error("revision {revision} {wrong}")]
    Step {
        /// Which event.
        revision: i64,
        /// Why not.
        wrong: WrongState,
    },
}

/// The appeal after the event. Histories from other systems may leave steps out; every other history may not.
pub fn apply(appeal: Option<Appeal>, event: &AppealEvent) -> Result<Appeal, BadHistory> {
    let mut appeal = match (appeal, &event.change) {
        (None, Change::Submitted(parts)) if event.revision == 1 => {
            return Ok(submitted(event, &parts.public, &parts.sealed));
        }
        (None, _) | (Some(_), Change::Submitted(_)) => return Err(BadHistory::Beginning),
        (Some(appeal), _) => appeal,
    };
    if event.appeal != appeal.id {
        return Err(BadHistory::OtherAppeal);
    }
    if event.revision != appeal.revision + 1 {
        return Err(BadHistory::Gap { before: appeal.revision, found: event.revision });
    }
    let at = event.at;
    appeal.state = next_state(&appeal, event)?;
    appeal.revision = event.revision;
    let by_the_clock = matches!(event.change, Change::Overdue(_) | Change::Reminded(_));
    if !by_the_clock {
        appeal.touched = event.revision;
    }
    match &event.change {
        Change::Submitted(_) => {}
        Change::Dispatched(parts) => {
            appeal.dispatched_at.get_or_insert(at);
            appeal.last_dispatch = Some(at);
            appeal.accepted_at = None;
            if let Some(deadlines) = parts.public.deadlines {
                appeal.deadlines = deadlines;
                appeal.moves.reminders = parts.public.reminders;
            }
            appeal.ruled |= parts.public.ruled;
        }
        Change::Accepted(_) => appeal.accepted_at = Some(at),
        Change::Contacted(_) => appeal.contacted_at = Some(at),
        Change::Returned(parts) => {
            appeal.returns = parts.public.count;
        }
        Change::Answered(parts) => {
            appeal.answered_at = Some(at);
            appeal.appraise_by = parts.public.appraise_by;
            let replies = [&parts.public.reply, &parts.sealed.reply];
            appeal.reply = replies.into_iter().find(|reply| !reply.is_empty()).cloned().unwrap_or_default();
        }
        Change::Appraised(parts) => {
            appeal.appraisal = Some(parts.public.appraisal);
            appeal.appraise_by = parts.public.appraise_by;
        }
        Change::Reopened(parts) => {
            appeal.round = parts.public.round;
            appeal.deadlines = parts.public.deadlines;
            appeal.rulebook = parts.public.rulebook;
            appeal.last_dispatch = Some(at);
            appeal.reopened_at = Some(at);
            appeal.accepted_at = None;
            appeal.contacted_at = None;
            appeal.appraise_by = None;
            appeal.overdue = Overdue::default();
            appeal.moves = Moves {
                reminders: parts.public.reminders,
                transfers: appeal.moves.transfers,
                ..Moves::default()
            };
        }
        Change::Withdrawn(_) | Change::Closed(_) => {
            appeal.closed_at = Some(at);
            appeal.appraise_by = None;
        }
        Change::Overdue(parts) => appeal.overdue = appeal.overdue.with(parts.public.stage),
        Change::Reminded(parts) => appeal.moves.reminders.set(parts.public.stage, None),
        Change::Transferred(parts) => {
            appeal.last_dispatch = Some(at);
            appeal.accepted_at = None;
            appeal.moves.transfers = parts.public.count;
        }
        Change::Extended(parts) => {
            let public = &parts.public;
            appeal.moves.pause = public.pause.map(|given| Pause {
                ground: given.ground,
                since: at,
                until: given.until,
                before: appeal.deadlines,
            });
            appeal.moves.extensions = public.count;
            appeal.moves.reminders = public.reminders;
            appeal.deadlines = public.deadlines;
        }
        Change::Resumed(parts) => {
            appeal.moves.pause = None;
            appeal.moves.reminders = parts.public.reminders;
            appeal.deadlines = parts.public.deadlines;
        }
        Change::Merged(parts) => appeal.moves.merged_into = Some(parts.public.into),
        Change::Split(_) => appeal.moves.merged_into = None,
    }
    if appeal.state.phase() != Phase::Open {
        appeal.moves.pause = None;
    }
    // A merged case keeps its reminders: it may be split off again.
    if appeal.moves.merged_into.is_none() || appeal.state.phase() != Phase::Open {
        let pending = appeal.pending();
        appeal.moves.reminders.keep(pending);
    }
    Ok(appeal)
}

/// The appeal after all its events, oldest first.
pub fn fold<'a>(events: impl IntoIterator<Item = &'a AppealEvent>) -> Result<Option<Appeal>, BadHistory> {
    events.into_iter().try_fold(None, |appeal, event| apply(appeal, event).map(Some))
}

fn submitted(event: &AppealEvent, public: &SubmittedPublic, sealed: &SubmittedSealed) -> Appeal {
    Appeal {
        id: event.appeal,
        revision: event.revision,
        touched: event.revision,
        kind: public.kind,
        channel: public.channel,
        urgency: public.urgency,
        visibility: public.visibility,
        category: public.category,
        place: Place {
            area: public.area.or(sealed.area),
            address: sealed.address.clone(),
            point: sealed.point,
        },
        title: sealed.title.clone(),
        text: sealed.text.clone(),
        reporter: sealed.reporter,
        track: sealed.track.clone(),
        state: State::Submitted,
        round: 1,
        returns: 0,
        ruled: false,
        submitted_at: event.at,
        dispatch_due: public.dispatch_due,
        dispatched_at: None,
        last_dispatch: None,
        reopened_at: None,
        accepted_at: None,
        contacted_at: None,
        answered_at: None,
        closed_at: None,
        deadlines: Deadlines::default(),
        overdue: Overdue::default(),
        reply: String::new(),
        appraisal: None,
        appraise_by: None,
        rulebook: public.rulebook,
        source: public.source.clone(),
        moves: Moves { reminders: public.reminders, ..Moves::default() },
    }
}

fn next_state(appeal: &Appeal, event: &AppealEvent) -> Result<State, BadHistory> {
    let (state, at) = (appeal.state, event.at);
    let organ = state.organ();
    // Each arm: the step as the states allow it, and what a history with gaps says instead.
    let (step, told) = match &event.change {
        Change::Submitted(_) => return Err(BadHistory::Beginning),
        Change::Overdue(_)
        | Change::Reminded(_)
        | Change::Extended(_)
        | Change::Resumed(_)
        | Change::Merged(_)
        | Change::Split(_) => return Ok(state),
        Change::Dispatched(parts) => {
            let organ = parts.public.organ;
            (state.dispatch(organ, at), State::Dispatched { organ, at })
        }
        Change::Accepted(parts) => (state.accept(at), State::Accepted { organ: parts.public.organ, at }),
        Change::Contacted(parts) => (state.contact(at), State::Contacted { organ: parts.public.organ, at }),
        Change::Returned(parts) => (state.send_back(at), State::Returned { by: parts.public.organ, at }),
        Change::Transferred(parts) => {
            let organ = parts.public.organ;
            (state.transfer(organ, at), State::Dispatched { organ, at })
        }
        Change::Answered(parts) if appeal.moves.merged_into.is_some() => match parts.public.organ {
            Some(organ) => (state.answer_with(organ, at), State::Answered { organ: Some(organ), at }),
            None => (state.answer(at), State::Answered { organ: None, at }),
        },
        Change::Answered(parts) => (state.answer(at), State::Answered { organ: parts.public.organ, at }),
        Change::Appraised(_) => (state.appraise(at), State::Appraised { organ, at }),
        Change::Reopened(parts) => (state.reopen(at), State::Dispatched { organ: parts.public.organ, at }),
        Change::Withdrawn(_) => (state.withdraw(at), State::Withdrawn { organ, at }),
        Change::Closed(parts) => {
            let how = parts.public.how;
            (state.close(how, at), State::Closed { organ: parts.public.organ, at, how })
        }
    };
    match step {
        Ok(state) => Ok(state),
        Err(_) if appeal.source.is_some() && state.phase() != crate::model::Phase::Closed => Ok(told),
        Err(wrong) => Err(BadHistory::Step { revision: event.revision, wrong }),
    }
}
