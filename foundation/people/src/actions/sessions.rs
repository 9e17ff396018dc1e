//! Sessions and failed sign-ins.

use gongzhi_kernel::{
    Actor, Context, Failure, Fault, Locale, PersonId, Refusal, RefusalKind, SessionId, Subject, Timestamp,
};
use gongzhi_store::{TimerHandler, Tx};

use super::{become_, happen, nothing, value};
use crate::events::{
    self, EndReason, Folded, GuardRow, OfPerson, SessionEnded, SessionRow, SessionStarted, SessionSwitched,
    SignInRefused,
};
use crate::model::{Membership, MembershipId, Person, Session, SignInGuardId};
use crate::sessions::{LockRules, SessionRules, token_digest};
use crate::store::{self, Living};

/// The kind of timer that takes away sessions that have reached their limit.
pub(crate) const EXPIRY: &str = "people.session_expiry";

/// The membership that somebody acts in who has just signed in: the oldest that makes them staff, else the oldest.
fn first_choice(memberships: &[Membership]) -> Option<&Membership> {
    memberships.iter().find(|membership| membership.is_staff()).or_else(|| memberships.first())
}

fn actor_in(person: PersonId, membership: Option<&Membership>) -> Actor {
    membership.map_or(Actor::Resident { person }, Membership::actor)
}

/// A session as requests see it; `None` where it has reached a limit or the person is suspended.
pub(crate) fn view(
    tx: &mut dyn Tx,
    living: &Living,
    rules: &SessionRules,
    now: Timestamp,
) -> Result<Option<Session>, Fault> {
    let row = &living.row;
    let Some(person) = store::person(tx, row.person)?.filter(|person| person.active) else { return Ok(None) };
    let memberships = store::memberships_of(tx, row.person)?;
    let membership = memberships.iter().find(|membership| Some(membership.id) == row.membership);
    if row.membership.is_some() && membership.is_none() {
        return Ok(None);
    }
    let staff = memberships.iter().any(Membership::is_staff);
    let (proven_at, second) = store::factors::proof(tx, row.id)?.unwrap_or((row.started_at, false));
    let session = Session {
        id: row.id,
        person: row.person,
        name: person.name,
        actor: actor_in(row.person, membership),
        acting_in: row.membership,
        ends_at: row.started_at + rules.limits(staff).absolute,
        memberships,
        device: row.device.clone(),
        started_at: row.started_at,
        last_seen_at: living.last_seen_at,
        proven_at,
        second,
    };
    Ok(rules.is_alive(&session, now).then_some(session))
}

/// Starts a session under the digest of its token.
pub(crate) fn start(
    tx: &mut dyn Tx,
    context: &Context,
    person: &Person,
    token_digest: &str,
    device: Option<&str>,
    rules: &SessionRules,
) -> Result<SessionRow, Failure> {
    let memberships = store::memberships_of(tx, person.id)?;
    let chosen = first_choice(&memberships);
    let id: SessionId = context.id();
    let sealed = value(&SessionStarted {
        person: person.id,
        membership: chosen.map(|membership| membership.id),
        device: device.map(str::to_owned),
    })?;
    let context = context.acting_as(actor_in(person.id, chosen));
    let what = (events::SESSION_STARTED, nothing(), Some(sealed));
    let row: SessionRow = become_(tx, &context, None, Subject::new(SessionRow::SUBJECT, id), what)?;
    store::insert_session(tx, &row, token_digest)?;
    let staff = memberships.iter().any(Membership::is_staff);
    tx.schedule(EXPIRY, id.get(), row.started_at + rules.limits(staff).absolute)?;
    Ok(row)
}

/// What a session is made of besides the person.
pub(crate) struct NewSession<'a> {
    /// Its token; the digest is kept.
    pub(crate) token: &'a str,
    /// What the browser says of itself.
    pub(crate) device: Option<&'a str>,
    /// The digest of the token that the same browser had before.
    pub(crate) replaces: Option<&'a str>,
    /// Whether a second factor was shown.
    pub(crate) second: bool,
}

/// Starts a session in place of the one that the browser had; which one that was.
pub(crate) fn open(
    tx: &mut dyn Tx,
    context: &Context,
    person: &Person,
    new: &NewSession<'_>,
    rules: &SessionRules,
) -> Result<(Session, Option<SessionId>), Failure> {
    let token_key = token_digest(new.token).ok_or_else(|| Fault::internal("a new token is not a token"))?;
    let replaced = match new.replaces {
        Some(key) => store::session_by_token(tx, key)?.map(|living| living.row),
        None => None,
    };
    let replaced_id = replaced.as_ref().map(|row| row.id);
    if let Some(row) = replaced {
        end(tx, context, row, EndReason::Replaced)?;
    }
    let row = start(tx, context, person, &token_key, new.device, rules)?;
    if new.second {
        store::factors::save_proof(tx, row.id, row.started_at, true)?;
    }
    let living = Living { last_seen_at: row.started_at, row };
    let session = view(tx, &living, rules, context.now)?
        .ok_or_else(|| Fault::internal("a new session is over already"))?;
    Ok((session, replaced_id))
}

/// Ends a session: it leaves the table and stays in the journal.
pub(crate) fn end(
    tx: &mut dyn Tx,
    context: &Context,
    row: SessionRow,
    reason: EndReason,
) -> Result<(), Failure> {
    let (id, subject) = (row.id, row.subject());
    let public = value(&SessionEnded { reason })?;
    happen(tx, context, Some(row), subject, (events::SESSION_ENDED, public, None))?;
    store::delete_session(tx, id)?;
    store::factors::delete_proof(tx, id)?;
    tx.cancel(EXPIRY, id.get())?;
    Ok(())
}

/// Ends all sessions of a person except `keep`.
pub(crate) fn end_all_of(
    tx: &mut dyn Tx,
    context: &Context,
    person: PersonId,
    reason: EndReason,
    keep: Option<SessionId>,
) -> Result<(), Failure> {
    for living in store::sessions_of(tx, person)? {
        if Some(living.row.id) != keep {
            end(tx, context, living.row, reason)?;
        }
    }
    Ok(())
}

/// Lets a session act in another membership, or for the person alone.
pub(crate) fn switch(
    tx: &mut dyn Tx,
    context: &Context,
    id: SessionId,
    membership: Option<MembershipId>,
) -> Result<(), Failure> {
    let living = store::session(tx, id)?
        .ok_or_else(|| Refusal::new(RefusalKind::Unauthenticated, "people-sign-in-first"))?;
    if living.row.membership == membership {
        return Ok(());
    }
    if let Some(wanted) = membership
        && !store::memberships_of(tx, living.row.person)?.iter().any(|held| held.id == wanted)
    {
        return Err(Refusal::not_found("people-membership-not-found").into());
    }
    let sealed = value(&SessionSwitched { membership })?;
    let subject = living.row.subject();
    let what = (events::SESSION_SWITCHED, nothing(), Some(sealed));
    let row: SessionRow = become_(tx, context, Some(living.row), subject, what)?;
    store::switch_session(tx, &row)?;
    Ok(())
}

/// Refuses while a sign-in name is locked.
pub(crate) fn check_not_locked(guard: Option<&GuardRow>, now: Timestamp) -> Result<(), Refusal> {
    match guard.and_then(|guard| guard.locked_until) {
        Some(until) if now < until => {
            let minutes = until.since(now).as_secs().div_ceil(60).max(1);
            Err(Refusal::new(RefusalKind::TooMany, "people-sign-in-locked").with("minutes", minutes))
        }
        _ => Ok(()),
    }
}

/// Counts a failed sign-in; whose it was is recorded where the sign-in name is somebody's.
pub(crate) fn count_failure(
    tx: &mut dyn Tx,
    context: &Context,
    login_digest: &str,
    person: Option<PersonId>,
    rules: &LockRules,
) -> Result<(), Failure> {
    let guard = store::guard(tx, login_digest)?;
    let recent = guard.as_ref().filter(|guard| context.now.since(guard.last_at) < rules.forget_after);
    let failures = recent.map_or(0, |guard| guard.failures).saturating_add(1);
    let locked_until = rules.lock_after(failures).map(|wait| context.now + wait);
    let id: SignInGuardId = guard.as_ref().map_or_else(|| context.id(), |guard| guard.id);
    let public = value(&SignInRefused { failures, locked_until })?;
    let sealed = person.map(|person| value(&OfPerson { person })).transpose()?;
    let what = (events::SIGN_IN_REFUSED, public, sealed);
    let guard: GuardRow = become_(tx, context, guard, Subject::new(GuardRow::SUBJECT, id), what)?;
    store::save_guard(tx, &guard, login_digest)?;
    Ok(())
}

/// Starts the count again after a sign-in that worked.
pub(crate) fn clear_failures(tx: &mut dyn Tx, context: &Context, login_digest: &str) -> Result<(), Failure> {
    let Some(guard) = store::guard(tx, login_digest)?.filter(|guard| guard.failures > 0) else {
        return Ok(());
    };
    let subject = guard.subject();
    let what = (events::SIGN_IN_CLEARED, nothing(), None);
    let guard: GuardRow = become_(tx, context, Some(guard), subject, what)?;
    store::save_guard(tx, &guard, login_digest)?;
    Ok(())
}

/// Takes away sessions that have reached their limit.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct SessionExpiry;

impl TimerHandler for SessionExpiry {
    fn kind(&self) -> &'static str {
        EXPIRY
    }

    fn fire(&self, tx: &mut dyn Tx, now: Timestamp, subject: i64) -> Result<(), Fault> {
        let id =
            SessionId::new(subject).ok_or_else(|| Fault::corrupt("a session timer has no session id"))?;
        let Some(living) = store::session(tx, id)? else { return Ok(()) };
        let context = tx.world().context(Actor::System, Locale::default()).at(now);
        end(tx, &context, living.row, EndReason::Expired).map_err(|failure| match failure {
            Failure::Fault(fault) => fault,
            Failure::Refused(refusal) => Fault::internal("a session could not be ended").because(refusal),
        })
    }
}
