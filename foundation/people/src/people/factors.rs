//! The second factor: sign-ins in two steps, the authenticator, recovery codes, and showing once more who one is.

use std::sync::Arc;
use std::time::Duration;

use gongzhi_kernel::{
    Actor, Context, Failure, Fault, FieldError, PersonId, Refusal, RefusalKind, SessionId, Timestamp,
};
use gongzhi_store::Tx;
use sha2::{Digest, Sha256};

use super::People;
use crate::actions::sessions::{self as session_actions, NewSession};
use crate::actions::{self, factors as factor_actions};
use crate::model::{Membership, Person, Session, SignedIn};
use crate::sessions::{new_token, token_digest};
use crate::store::factors::{self, Step};
use crate::{store, totp};

/// Who must show a second factor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Required {
    /// Whoever has set one up.
    #[default]
    OfNobody,
    /// Everybody who holds a staff role; they set one up at the next sign-in.
    OfStaff,
}

/// How second factors are asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FactorRules {
    /// Of whom.
    pub required: Required,
    /// How long a sign-in may stay between its steps: 10 minutes.
    pub step_lives: Duration,
    /// Wrong answers after which it begins anew: 5.
    pub tries: i64,
    /// How long it counts as a short while ago that somebody showed who they are: 10 minutes.
    pub recent: Duration,
}

impl Default for FactorRules {
    fn default() -> Self {
        Self {
            required: Required::OfNobody,
            step_lives: Duration::from_secs(600),
            tries: 5,
            recent: Duration::from_secs(600),
        }
    }
}

/// What came of name and password.
#[derive(Debug)]
pub enum Begun {
    /// Signed in.
    In(SignedIn),
    /// A code of the authenticator is asked for; the token of the sign-in under way.
    CodeNeeded(String),
    /// They must set up an authenticator first; the token of the sign-in under way.
    SetUpNeeded(String),
}

/// An authenticator that is being set up.
#[derive(Clone)]
pub struct SetUp {
    /// The secret as apps take it, in groups of four.
    pub secret: String,
    /// The address in the QR code.
    pub address: String,
}

impl std::fmt::Debug for SetUp {
    /// Without the secret.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SetUp(…)")
    }
}

/// What somebody has to sign in with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Factors {
    /// Whether there is an authenticator.
    pub authenticator: bool,
    /// Recovery codes that are left.
    pub recovery_codes: i64,
    /// Whether their role demands an authenticator.
    pub required: bool,
}

pub(super) const CODE: &str = "code";
pub(super) const SET_UP: &str = "set_up";
const CHANGE: &str = "change";

fn over() -> Failure {
    Refusal::new(RefusalKind::Unauthenticated, "people-step-over").into()
}

fn wrong_code() -> Failure {
    Refusal::fields(vec![FieldError::new("code", "people-code-wrong")]).into()
}

impl FactorRules {
    pub(super) fn demands(&self, memberships: &[Membership]) -> bool {
        self.required == Required::OfStaff && memberships.iter().any(Membership::is_staff)
    }
}

/// What became of an answer, to be told after the commit that counts it.
enum Answered<T> {
    Right(T),
    Wrong,
}

impl<T> Answered<T> {
    fn told(self) -> Result<T, Failure> {
        match self {
            Self::Right(value) => Ok(value),
            Self::Wrong => Err(wrong_code()),
        }
    }
}

/// A living sign-in of this kind, and whose it is.
fn living(tx: &mut dyn Tx, key: &str, waits_for: &str, now: Timestamp) -> Result<(Step, Person), Failure> {
    let step = factors::step(tx, key)?.filter(|step| step.waits_for == waits_for && now < step.expires_at);
    let step = step.ok_or_else(over)?;
    let person = match step.person {
        Some(id) => store::person(tx, id)?.filter(|person| person.active),
        None => None,
    };
    Ok((step, person.ok_or_else(over)?))
}

/// Whether a code of the authenticator, or a recovery code, was typed; uses it up.
fn uses_up(tx: &mut dyn Tx, context: &Context, person: &Person, typed: &str) -> Result<bool, Failure> {
    let Some(kept) = factors::second_factor(tx, person.id)? else { return Ok(false) };
    if let Some(step) = totp::matched(&kept.secret, typed, context.now, kept.last_step) {
        return Ok(factors::use_step(tx, person.id, step)?);
    }
    let Some(digest) = recovery_digest(tx, person.id, typed) else { return Ok(false) };
    if !factors::use_recovery_code(tx, person.id, &digest)? {
        return Ok(false);
    }
    factor_actions::recovery_code_used(tx, context, person.id)?;
    Ok(true)
}

/// Crockford's alphabet: without I, L, O and U.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/// Characters of a recovery code: 50 random bits.
const RECOVERY_LENGTH: usize = 10;
/// How many are made at once.
const RECOVERY_COUNT: usize = 10;

/// By what a recovery code is found; `None` where it cannot be one.
fn recovery_digest(tx: &dyn Tx, person: PersonId, typed: &str) -> Option<String> {
    let folded: String = typed
        .chars()
        .filter(|c| !c.is_whitespace() && *c != '-')
        .map(|c| match c.to_ascii_uppercase() {
            'O' => '0',
            'I' | 'L' => '1',
            other => other,
        })
        .collect();
    let usable = folded.len() == RECOVERY_LENGTH && folded.bytes().all(|byte| ALPHABET.contains(&byte));
    usable.then(|| {
        let mut hash = Sha256::new();
        hash.update(b"gongzhi recovery code\0");
        hash.update(person.to_string().as_bytes());
        hash.update(folded.as_bytes());
        tx.find_by("recovery_code", &factors::hex(&hash.finalize()))
    })
}

/// Makes new recovery codes in place of the old ones: shown once, kept as digests.
fn make_recovery_codes(tx: &mut dyn Tx, context: &Context, person: PersonId) -> Result<Vec<String>, Failure> {
    let mut codes = Vec::new();
    for _ in 0..RECOVERY_COUNT {
        let bytes: [u8; RECOVERY_LENGTH] = context.random();
        let letters: String = bytes.iter().map(|byte| char::from(ALPHABET[usize::from(byte & 31)])).collect();
        codes.push(format!("{}-{}", &letters[..5], &letters[5..]));
    }
    let digests: Vec<String> = codes.iter().filter_map(|code| recovery_digest(tx, person, code)).collect();
    factors::replace_recovery_codes(tx, person, &digests)?;
    Ok(codes)
}

fn set_up_of(secret: &[u8], issuer: &str, login: &str) -> SetUp {
    let text = totp::base32(secret);
    let grouped: Vec<&str> =
        (0..text.len()).step_by(4).map(|at| &text[at..(at + 4).min(text.len())]).collect();
    let part = |text: &str| -> String {
        text.bytes()
            .map(|byte| match byte {
                b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                    char::from(byte).to_string()
                }
                _ => format!("%{byte:02X}"),
            })
            .collect()
    };
    let (issuer, login) = (part(issuer), part(login));
    SetUp {
        secret: grouped.join(" "),
        address: format!("otpauth://totp/{issuer}:{login}?secret={text}&issuer={issuer}"),
    }
}

impl People {
    /// What is asked for next in a sign-in whose password was right.
    pub(super) fn next_step(
        &self,
        tx: &mut dyn Tx,
        context: &Context,
        person: &Person,
        login_digest: &str,
        device: Option<&str>,
    ) -> Result<Option<Begun>, Failure> {
        let rules = &self.0.factors;
        let has = factors::has_second_factor(tx, person.id)?;
        if !has && !rules.demands(&store::memberships_of(tx, person.id)?) {
            return Ok(None);
        }
        let waits_for = if has { CODE } else { SET_UP };
        let token = self.keep_step(tx, context, person.id, login_digest, waits_for, device)?;
        Ok(Some(if has { Begun::CodeNeeded(token) } else { Begun::SetUpNeeded(token) }))
    }

    fn keep_step(
        &self,
        tx: &mut dyn Tx,
        context: &Context,
        person: PersonId,
        login_digest: &str,
        waits_for: &str,
        device: Option<&str>,
    ) -> Result<String, Failure> {
        let token = new_token(context);
        let key = token_digest(&token).ok_or_else(|| Fault::internal("a new token is not a token"))?;
        let carried = (waits_for != CODE).then(|| factors::hex(&context.random::<{ totp::SECRET }>()));
        let step = Step {
            waits_for: waits_for.to_owned(),
            person: Some(person),
            login_digest: login_digest.to_owned(),
            carried,
            code_digest: None,
            tries: 0,
            device: device.map(str::to_owned),
            expires_at: context.now + self.0.factors.step_lives,
        };
        factors::save_step(tx, &key, &step, context.now)?;
        Ok(token)
    }

    /// Counts a wrong code as a failed sign-in, and ends the sign-in under way after too many.
    fn count_wrong(&self, tx: &mut dyn Tx, context: &Context, key: &str, step: &Step) -> Result<(), Failure> {
        session_actions::count_failure(tx, context, &step.login_digest, step.person, &self.0.locks)?;
        if step.tries + 1 >= self.0.factors.tries {
            factors::delete_step(tx, key)?;
        } else {
            factors::count_try(tx, key)?;
        }
        Ok(())
    }

    /// Goes on with a sign-in by a code of the authenticator, or a recovery code.
    ///
    /// # Errors
    /// `people-step-over` (401) where it has to begin anew, `people-sign-in-locked` (429), the field `code`.
    pub async fn finish_sign_in(
        &self,
        context: &Context,
        token: &str,
        typed: &str,
        replaces: Option<&str>,
    ) -> Result<SignedIn, Failure> {
        let key = token_digest(token).ok_or_else(over)?;
        let session_token = new_token(context);
        let (people, work, typed) = (self.clone(), context.clone(), typed.to_owned());
        let (replaces, new) = (replaces.and_then(token_digest), session_token.clone());
        let done = self
            .0
            .store
            .write(move |tx| {
                let (step, person) = living(tx, &key, CODE, work.now)?;
                session_actions::check_not_locked(store::guard(tx, &step.login_digest)?.as_ref(), work.now)?;
                if !uses_up(tx, &work, &person, &typed)? {
                    people.count_wrong(tx, &work, &key, &step)?;
                    return Ok(Answered::Wrong);
                }
                people
                    .end_step(tx, &work, &key, &step, &person, &new, replaces.as_deref())
                    .map(Answered::Right)
            })
            .await?
            .told()?;
        Ok(self.signed_in(session_token, done))
    }

    /// The step is done: the count of failures begins anew, and the session starts.
    #[expect(clippy::too_many_arguments, reason = "what a sign-in is made of")]
    fn end_step(
        &self,
        tx: &mut dyn Tx,
        context: &Context,
        key: &str,
        step: &Step,
        person: &Person,
        token: &str,
        replaces: Option<&str>,
    ) -> Result<(Session, Option<SessionId>), Failure> {
        if !factors::delete_step(tx, key)? {
            return Err(over());
        }
        session_actions::clear_failures(tx, context, &step.login_digest)?;
        let new = NewSession { token, device: step.device.as_deref(), replaces, second: true };
        session_actions::open(tx, context, person, &new, &self.0.sessions)
    }

    pub(super) fn signed_in(
        &self,
        token: String,
        (session, replaced): (Session, Option<SessionId>),
    ) -> SignedIn {
        if let Some(replaced) = replaced {
            self.0.cache.forget(replaced);
        }
        SignedIn { token, session: Arc::new(session) }
    }

    /// The authenticator that a sign-in waits for; `issuer` is what the app shows.
    ///
    /// # Errors
    /// `people-step-over` (401).
    pub async fn set_up(&self, context: &Context, token: &str, issuer: &str) -> Result<SetUp, Failure> {
        let key = token_digest(token).ok_or_else(over)?;
        let (now, issuer) = (context.now, issuer.to_owned());
        self.0
            .store
            .read(move |tx| {
                let found = factors::step(tx, &key)?.map(|step| step.waits_for).unwrap_or_default();
                let waits_for = if found == CHANGE { CHANGE } else { SET_UP };
                let (step, person) = living(tx, &key, waits_for, now)?;
                let secret = factors::unhex(step.carried.as_deref().unwrap_or_default())?;
                Ok(set_up_of(&secret, &issuer, person.login.as_deref().unwrap_or(&person.name)))
            })
            .await
    }

    /// Sets the authenticator up with its first code, and signs in; gives the recovery codes, which are shown once.
    ///
    /// # Errors
    /// As [`Self::finish_sign_in`].
    pub async fn finish_set_up(
        &self,
        context: &Context,
        token: &str,
        typed: &str,
        replaces: Option<&str>,
    ) -> Result<(SignedIn, Vec<String>), Failure> {
        let key = token_digest(token).ok_or_else(over)?;
        let session_token = new_token(context);
        let (people, work, typed) = (self.clone(), context.clone(), typed.to_owned());
        let (replaces, new) = (replaces.and_then(token_digest), session_token.clone());
        let (done, codes) = self
            .0
            .store
            .write(move |tx| {
                let (step, person) = living(tx, &key, SET_UP, work.now)?;
                session_actions::check_not_locked(store::guard(tx, &step.login_digest)?.as_ref(), work.now)?;
                let work = work.acting_as(Actor::Resident { person: person.id });
                let Some(codes) = people.take_in(tx, &work, &key, &step, &person, &typed)? else {
                    return Ok(Answered::Wrong);
                };
                let done = people.end_step(tx, &work, &key, &step, &person, &new, replaces.as_deref())?;
                Ok::<_, Failure>(Answered::Right((done, codes)))
            })
            .await?
            .told()?;
        Ok((self.signed_in(session_token, done), codes))
    }

    /// Keeps the authenticator of a step if this is a code of it.
    fn take_in(
        &self,
        tx: &mut dyn Tx,
        context: &Context,
        key: &str,
        step: &Step,
        person: &Person,
        typed: &str,
    ) -> Result<Option<Vec<String>>, Failure> {
        let secret = factors::unhex(step.carried.as_deref().unwrap_or_default())?;
        let Some(used) = totp::matched(&secret, typed, context.now, 0) else {
            self.count_wrong(tx, context, key, step)?;
            return Ok(None);
        };
        factors::save_second_factor(tx, person.id, &secret, used)?;
        factor_actions::second_factor_set(tx, context, person.id)?;
        make_recovery_codes(tx, context, person.id).map(Some)
    }

    /// What somebody has to sign in with.
    ///
    /// # Errors
    /// A fault of the store.
    pub async fn factors(&self, person: PersonId) -> Result<Factors, Fault> {
        let rules = self.0.factors;
        self.0
            .store
            .read(move |tx| {
                Ok(Factors {
                    authenticator: factors::has_second_factor(tx, person)?,
                    recovery_codes: factors::recovery_codes_left(tx, person)?,
                    required: rules.demands(&store::memberships_of(tx, person)?),
                })
            })
            .await
    }

    /// Refuses unless it was shown a short while ago who is there.
    ///
    /// # Errors
    /// `people-prove-first` (403).
    pub fn require_recent(&self, session: &Session, now: Timestamp) -> Result<(), Failure> {
        if now.since(session.proven_at) < self.0.factors.recent {
            return Ok(());
        }
        Err(Refusal::forbidden("people-prove-first").into())
    }

    /// Shows once more who is there: by a code where there is an authenticator, else by the password. Failures count as
    /// failed sign-ins.
    ///
    /// # Errors
    /// Refused with the field `code` or `password`, or while locked.
    pub async fn prove(&self, context: &Context, session: &Session, typed: &str) -> Result<(), Failure> {
        let (person, id, work) = (session.person, session.id, context.clone());
        let login = self.0.store.read(move |tx| store::person(tx, person)).await?;
        let login = login.and_then(|person| person.login).unwrap_or_default();
        // Failures count under the sign-in name; of somebody without one, under a text that can be none.
        let login = if login.is_empty() { format!("#{person}") } else { login };
        let attempt = self.attempt(context, &login).await?;
        let has = self.factors(person).await?.authenticator;
        let by_password = if has { false } else { self.verify(&attempt, typed).await? };
        let (people, digest, typed) = (self.clone(), attempt.digest, typed.to_owned());
        let outcome = self
            .0
            .store
            .write(move |tx| {
                session_actions::check_not_locked(store::guard(tx, &digest)?.as_ref(), work.now)?;
                let entry = actions::known_person(tx, person)?;
                let right = if has { uses_up(tx, &work, &entry, &typed)? } else { by_password };
                if !right {
                    session_actions::count_failure(tx, &work, &digest, Some(person), &people.0.locks)?;
                    return Ok::<_, Failure>(Answered::Wrong);
                }
                session_actions::clear_failures(tx, &work, &digest)?;
                factors::save_proof(tx, id, work.now, has)?;
                Ok(Answered::Right(()))
            })
            .await?;
        self.0.cache.forget(id);
        match outcome {
            Answered::Right(()) => Ok(()),
            Answered::Wrong if has => Err(wrong_code()),
            Answered::Wrong => {
                Err(Refusal::fields(vec![FieldError::new("password", "people-password-wrong")]).into())
            }
        }
    }

    /// Begins to set up an authenticator, or another one, from within a session. Needs a recent proof.
    ///
    /// # Errors
    /// `people-prove-first` (403).
    pub async fn begin_change(&self, context: &Context, session: &Session) -> Result<String, Failure> {
        self.require_recent(session, context.now)?;
        let (people, work, person) = (self.clone(), context.clone(), session.person);
        self.0
            .store
            .write(move |tx| {
                let entry = actions::known_person(tx, person)?;
                let digest = crate::login::login_digest(entry.login.as_deref().unwrap_or_default());
                people.keep_step(tx, &work, person, &digest, CHANGE, None)
            })
            .await
    }

    /// Ends what [`Self::begin_change`] began, with the first code; gives the recovery codes, which are shown once.
    ///
    /// # Errors
    /// As [`Self::finish_sign_in`].
    pub async fn finish_change(
        &self,
        context: &Context,
        session: &Session,
        token: &str,
        typed: &str,
    ) -> Result<Vec<String>, Failure> {
        let key = token_digest(token).ok_or_else(over)?;
        let (people, work, typed) = (self.clone(), context.clone(), typed.to_owned());
        let (whose, id) = (session.person, session.id);
        let codes = self
            .0
            .store
            .write(move |tx| {
                let (step, person) = living(tx, &key, CHANGE, work.now)?;
                if person.id != whose {
                    return Err(over());
                }
                let Some(codes) = people.take_in(tx, &work, &key, &step, &person, &typed)? else {
                    return Ok(Answered::Wrong);
                };
                factors::delete_step(tx, &key)?;
                factors::save_proof(tx, id, work.now, true)?;
                session_actions::end_all_of(tx, &work, whose, crate::EndReason::SecondFactorSet, Some(id))?;
                Ok::<_, Failure>(Answered::Right(codes))
            })
            .await?
            .told()?;
        self.0.cache.forget_person(whose);
        Ok(codes)
    }

    /// Makes new recovery codes in place of the old ones. Needs a recent proof.
    ///
    /// # Errors
    /// `people-prove-first` (403), `people-no-second-factor` (409).
    pub async fn new_recovery_codes(
        &self,
        context: &Context,
        session: &Session,
    ) -> Result<Vec<String>, Failure> {
        self.require_recent(session, context.now)?;
        let (work, person) = (context.clone(), session.person);
        self.0
            .store
            .write(move |tx| {
                if !factors::has_second_factor(tx, person)? {
                    return Err(Refusal::conflict("people-no-second-factor").into());
                }
                factor_actions::recovery_codes_made(tx, &work, person)?;
                make_recovery_codes(tx, &work, person)
            })
            .await
    }

    /// Takes the authenticator away. Needs a recent proof; refused to whom a role demands one.
    ///
    /// # Errors
    /// `people-prove-first` (403), `people-second-factor-demanded` (409), `people-no-second-factor` (409).
    pub async fn remove_second_factor(&self, context: &Context, session: &Session) -> Result<(), Failure> {
        self.require_recent(session, context.now)?;
        if self.0.factors.demands(&session.memberships) {
            return Err(Refusal::conflict("people-second-factor-demanded").into());
        }
        let (work, person) = (context.clone(), session.person);
        self.0.store.write(move |tx| factor_actions::remove_second_factor(tx, &work, person)).await
    }
}
