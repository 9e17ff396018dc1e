//! Sign-in and sessions.

use std::sync::Arc;

use gongzhi_kernel::{
    Context, Failure, Fault, FieldError, PersonId, Refusal, RefusalKind, SessionId, Timestamp,
};

use super::People;
use super::factors::Begun;
use crate::actions::sessions::{self as session_actions, NewSession};
use crate::events::EndReason;
use crate::login::{fold_login, login_digest};
use crate::model::{MembershipId, Person, Session, SignIn, SignedIn};
use crate::password::PasswordHash;
use crate::sessions::{new_token, token_digest};
use crate::store;

/// The most that is kept of what a browser says of itself.
const DEVICE_MOST: usize = 200;
/// What a sign-in finds before the password is looked at.
pub(super) struct Attempt {
    pub(super) digest: String,
    person: Option<Person>,
    hash: Option<PasswordHash>,
}

impl People {
    pub(super) async fn attempt(&self, context: &Context, login: &str) -> Result<Attempt, Failure> {
        let digest = login_digest(login);
        let folded = fold_login(login);
        let now = context.now;
        self.0
            .store
            .read(move |tx| {
                session_actions::check_not_locked(store::guard(tx, &digest)?.as_ref(), now)?;
                let person = match &folded {
                    Some(login) => store::person_by_login(tx, login)?,
                    None => None,
                };
                let hash = match &person {
                    Some(person) => store::credential(tx, person.id)?,
                    None => None,
                };
                Ok::<_, Failure>(Attempt { digest, person, hash })
            })
            .await
    }

    pub(super) async fn verify(&self, attempt: &Attempt, password: &str) -> Result<bool, Failure> {
        self.0.passwords.verify(password.to_owned(), attempt.hash.clone()).await
    }

    pub(super) async fn count_failure(
        &self,
        context: &Context,
        digest: String,
        person: Option<PersonId>,
    ) -> Result<(), Failure> {
        let (context, locks) = (context.clone(), self.0.locks);
        self.0
            .store
            .write(move |tx| session_actions::count_failure(tx, &context, &digest, person, &locks))
            .await
    }

    /// Signs somebody in with name, password and, where one is asked for, the code of their authenticator. Takes as long
    /// for a sign-in name that does not exist, and answers the same.
    ///
    /// # Errors
    /// `people-sign-in-wrong` (401), `people-sign-in-locked` and `people-sign-in-busy` (429), and, for whoever knows
    /// the password, `people-suspended` and `people-second-factor-first` (403), the field `code`.
    pub async fn sign_in(&self, context: &Context, attempt: SignIn<'_>) -> Result<SignedIn, Failure> {
        match self.begin_sign_in(context, attempt).await? {
            Begun::In(signed_in) => Ok(signed_in),
            Begun::CodeNeeded(step) => match attempt.code {
                Some(code) => self.finish_sign_in(context, &step, code, attempt.replaces).await,
                None => {
                    Err(Refusal::fields(vec![FieldError::new("code", "people-code-missing-here")]).into())
                }
            },
            Begun::SetUpNeeded(_) => Err(Refusal::forbidden("people-second-factor-first").into()),
        }
    }

    /// The first step of a sign-in: name and password. Signs in where nothing more is asked for.
    ///
    /// # Errors
    /// As [`Self::sign_in`], but for the second factor.
    pub async fn begin_sign_in(&self, context: &Context, attempt: SignIn<'_>) -> Result<Begun, Failure> {
        let wrong = || Failure::from(Refusal::new(RefusalKind::Unauthenticated, "people-sign-in-wrong"));
        let found = self.attempt(context, attempt.login).await?;
        let right = self.verify(&found, attempt.password).await?;
        let Attempt { digest, person, hash } = found;
        let whose = person.as_ref().map(|person| person.id);
        let (Some(person), Some(hash), true) = (person, hash, right) else {
            self.count_failure(context, digest, whose).await?;
            return Err(wrong());
        };
        if !person.active {
            return Err(Refusal::forbidden("people-suspended").into());
        }
        let better = match hash.is_outdated() {
            true => Some(self.0.passwords.hash(attempt.password.to_owned(), context.random()).await?),
            false => None,
        };

        let token = new_token(context);
        let replaces = attempt.replaces.and_then(token_digest);
        let device = attempt
            .device
            .map(|device| device.chars().filter(|c| !c.is_control()).take(DEVICE_MOST).collect::<String>());
        let (people, work_context, new) = (self.clone(), context.clone(), token.clone());
        let begun = self
            .0
            .store
            .write(move |tx| {
                let context = &work_context;
                // Many guesses at once all passed the first look: those after the one that locked are refused here,
                // right or not.
                session_actions::check_not_locked(store::guard(tx, &digest)?.as_ref(), context.now)?;
                let person = store::person(tx, person.id)?
                    .filter(|person| person.active)
                    .ok_or_else(|| Refusal::forbidden("people-suspended"))?;
                if store::credential(tx, person.id)?.as_ref() != Some(&hash) {
                    return Err(Refusal::new(RefusalKind::Unauthenticated, "people-sign-in-wrong").into());
                }
                if let Some(better) = &better {
                    store::save_credential(tx, person.id, better)?;
                }
                // The count of failures goes on until the sign-in is done: a password alone does not clear it.
                if let Some(step) = people.next_step(tx, context, &person, &digest, device.as_deref())? {
                    return Ok(Err(step));
                }
                session_actions::clear_failures(tx, context, &digest)?;
                let new = NewSession {
                    token: &new,
                    device: device.as_deref(),
                    replaces: replaces.as_deref(),
                    second: false,
                };
                session_actions::open(tx, context, &person, &new, &people.0.sessions).map(Ok::<_, Begun>)
            })
            .await?;
        Ok(match begun {
            Ok(done) => Begun::In(self.signed_in(token, done)),
            Err(step) => step,
        })
    }

    /// The session of a token, if it lives. Notes that it was seen, at most once a minute.
    ///
    /// # Errors
    /// A fault of the store.
    pub async fn session(&self, token: &str, now: Timestamp) -> Result<Option<Arc<Session>>, Fault> {
        let rules = self.0.sessions;
        let Some(digest) = token_digest(token) else { return Ok(None) };
        let (kept, epoch) = self.0.cache.get(&digest, now, rules.stale_after);
        if let Some(session) = kept {
            return Ok(rules.is_alive(&session, now).then_some(session));
        }
        let key = digest.clone();
        let read = self
            .0
            .store
            .read(move |tx| match store::session_by_token(tx, &key)? {
                Some(living) => session_actions::view(tx, &living, &rules, now),
                None => Ok::<_, Fault>(None),
            })
            .await?;
        let Some(mut session) = read else { return Ok(None) };
        if now.since(session.last_seen_at) >= rules.note_every {
            let id = session.id;
            session.last_seen_at = now;
            if let Err(error) = self.0.store.write(move |tx| store::touch_session(tx, id, now)).await {
                // A full disk must not sign everybody out: reading goes on, the session only looks older than it is.
                tracing::warn!(error = ?error, "that a session was seen could not be noted");
            }
        }
        let session = Arc::new(session);
        self.0.cache.keep(digest, &session, now, rules.stale_after, epoch);
        Ok(Some(session))
    }

    /// Signs out: the session of the token ends. Nothing happens where there is none.
    ///
    /// # Errors
    /// A fault of the store.
    pub async fn sign_out(&self, context: &Context, token: &str) -> Result<(), Failure> {
        let Some(digest) = token_digest(token) else { return Ok(()) };
        let context = context.clone();
        let ended = self
            .0
            .store
            .write(move |tx| {
                let Some(living) = store::session_by_token(tx, &digest)? else {
                    return Ok::<_, Failure>(None);
                };
                let id = living.row.id;
                session_actions::end(tx, &context, living.row, EndReason::SignedOut)?;
                Ok(Some(id))
            })
            .await?;
        if let Some(id) = ended {
            self.0.cache.forget(id);
        }
        Ok(())
    }

    /// Lets the session act in another membership of its person, or (`None`) for the person alone.
    ///
    /// # Errors
    /// Refused where the membership is not theirs or the session is over.
    pub async fn act_as(
        &self,
        context: &Context,
        session: SessionId,
        membership: Option<MembershipId>,
    ) -> Result<(), Failure> {
        let context = context.clone();
        self.0
            .store
            .write(move |tx| {
                let owner = store::session(tx, session)?.map(|living| living.row.person);
                if owner.is_none() || owner != context.actor.person() {
                    return Err(Refusal::new(RefusalKind::Unauthenticated, "people-sign-in-first").into());
                }
                session_actions::switch(tx, &context, session, membership)
            })
            .await?;
        self.0.cache.forget(session);
        Ok(())
    }

    /// The living sessions of a person, the newest first. Action `session.list`.
    ///
    /// # Errors
    /// Refused where it is not theirs to see.
    pub async fn sessions_of(&self, context: &Context, person: PersonId) -> Result<Vec<Session>, Failure> {
        self.require_of_person(context, "session.list", person).await?;
        let (rules, now) = (self.0.sessions, context.now);
        let found = self
            .0
            .store
            .read(move |tx| {
                let mut found = Vec::new();
                for living in store::sessions_of(tx, person)? {
                    found.extend(session_actions::view(tx, &living, &rules, now)?);
                }
                Ok::<_, Fault>(found)
            })
            .await?;
        Ok(found)
    }

    /// Ends a session from the list. Action `session.end`.
    ///
    /// # Errors
    /// Refused where there is no such session or it is not theirs to end.
    pub async fn revoke_session(&self, context: &Context, id: SessionId) -> Result<(), Failure> {
        let unknown = || Failure::from(Refusal::not_found("people-session-not-found"));
        let found = self.0.store.read(move |tx| store::session(tx, id)).await?;
        let Some(living) = found else { return Err(unknown()) };
        let resource = self.person_resource(living.row.person).await?;
        if !self.0.policies.permits(&context.actor, "session.end", &resource) {
            return Err(unknown());
        }
        let context = context.clone();
        self.0
            .store
            .write(move |tx| match store::session(tx, id)? {
                Some(living) => session_actions::end(tx, &context, living.row, EndReason::Revoked),
                None => Ok(()),
            })
            .await?;
        self.0.cache.forget(id);
        Ok(())
    }
}
