//! What the rest of the house calls: the policy is asked, then one unit of work is done.

use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use gongzhi_kernel::{
    Actor, AreaId, Context, Failure, Fault, OrganId, PersonId, Refusal, RefusalKind, Role, SessionId,
    Timestamp,
};
use gongzhi_store::{Store, TimerHandler, Tx};
use tokio::sync::watch;

use crate::actions::{self, AreaImport, AreaRow, sessions as session_actions};
use crate::directory::Directory;
use crate::events::EndReason;
use crate::login::{fold_login, login_digest};
use crate::model::{
    Area, AreaChange, Membership, MembershipId, NewArea, NewOrgan, NewPerson, Organ, OrganChange, Person,
    PersonChange, Session, SignIn, SignedIn,
};
use crate::password::{PasswordHash, PasswordPool, check_password};
use crate::policies::{Policies, Resource};
use crate::sessions::{LockRules, SessionCache, SessionRules, new_token, token_digest};
use crate::store;

/// The most that is kept of what a browser says of itself.
const DEVICE_MOST: usize = 200;
/// How often the picture of organs and areas is compared with the store when no event has been recorded here.
const LOOK_AGAIN: Duration = Duration::from_secs(5);
/// How long changes are gathered before the picture is compared.
const GATHER: Duration = Duration::from_millis(200);

/// A new password and how it is asked for.
#[derive(Clone, Copy)]
pub struct NewPassword<'a> {
    /// The new one, as typed.
    pub new: &'a str,
    /// The present one, as typed; needed from whoever changes their own.
    pub present: Option<&'a str>,
    /// The session that goes on; all others of the person end.
    pub keep: Option<SessionId>,
}

impl std::fmt::Debug for NewPassword<'_> {
    /// Without the passwords.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("NewPassword").field("keep", &self.keep).finish_non_exhaustive()
    }
}

struct Inner {
    store: Store,
    policies: Policies,
    passwords: PasswordPool,
    sessions: SessionRules,
    locks: LockRules,
    cache: SessionCache,
    directory: RwLock<Arc<Directory>>,
}

/// Persons, organs, areas, memberships and sessions of one city. Cheap to clone.
#[derive(Clone)]
pub struct People(Arc<Inner>);

impl std::fmt::Debug for People {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("People").field("policies", &self.0.policies).finish_non_exhaustive()
    }
}

/// What a sign-in finds before the password is looked at.
struct Attempt {
    digest: String,
    person: Option<Person>,
    hash: Option<PasswordHash>,
}

impl People {
    /// Opens with the usual rules for sessions and locks.
    ///
    /// # Errors
    /// A fault of the store.
    pub async fn open(store: Store, policies: Policies) -> Result<Self, Fault> {
        Self::open_with(store, policies, SessionRules::default(), LockRules::default()).await
    }

    /// Opens with rules of the city's own.
    ///
    /// # Errors
    /// A fault of the store.
    pub async fn open_with(
        store: Store,
        policies: Policies,
        sessions: SessionRules,
        locks: LockRules,
    ) -> Result<Self, Fault> {
        let directory = store.read(|tx| Directory::read(tx)).await?;
        let passwords = PasswordPool::new();
        let warming = passwords.clone();
        tokio::spawn(async move {
            if let Err(error) = warming.warm_up().await {
                tracing::error!(error = ?error, "the threads for passwords do not work");
            }
        });
        Ok(Self(Arc::new(Inner {
            store,
            policies,
            passwords,
            sessions,
            locks,
            cache: SessionCache::default(),
            directory: RwLock::new(Arc::new(directory)),
        })))
    }

    /// The policies that it was opened with.
    pub fn policies(&self) -> &Policies {
        &self.0.policies
    }

    /// The handlers of this crate's timers, for the runners of the application.
    pub fn timer_handlers(&self) -> Vec<Arc<dyn TimerHandler>> {
        vec![Arc::new(session_actions::SessionExpiry)]
    }

    // ---- organs and areas

    /// The present picture of organs and areas: own changes at once, those of others within moments ([`Self::keep_fresh`]).
    pub fn directory(&self) -> Arc<Directory> {
        Arc::clone(&self.0.directory.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Reads the picture anew if anything has changed: after a bulk seeding with the functions of [`crate::actions`].
    ///
    /// # Errors
    /// A fault of the store.
    pub async fn refresh(&self) -> Result<(), Fault> {
        let seen = self.directory().version();
        let read = self
            .0
            .store
            .read(move |tx| {
                if store::directory_version(tx)? == seen {
                    return Ok::<_, Fault>(None);
                }
                Directory::read(tx).map(Some)
            })
            .await?;
        if let Some(directory) = read {
            let mut present = self.0.directory.write().unwrap_or_else(PoisonError::into_inner);
            // Another task may have read a later picture meanwhile.
            if directory.version() > present.version() {
                *present = Arc::new(directory);
            }
        }
        Ok(())
    }

    /// Keeps the picture of organs and areas fresh until `stop` turns true: a task of the application.
    pub async fn keep_fresh(self, mut stop: watch::Receiver<bool>) {
        let mut grown = self.0.store.grown();
        let work = async {
            loop {
                let _grown_or_elapsed = tokio::time::timeout(LOOK_AGAIN, grown.changed()).await;
                tokio::time::sleep(GATHER).await;
                if let Err(error) = self.refresh().await {
                    tracing::warn!(error = ?error, "the picture of organs and areas could not be read; the last one serves");
                }
            }
        };
        tokio::select! {
            () = work => {}
            _ = stop.wait_for(|stop| *stop) => {}
        }
    }

    /// Asks the policies, does one unit of work, and sees that the picture of organs and areas shows it.
    async fn change_tree<T: Send + 'static>(
        &self,
        context: &Context,
        action: &'static str,
        work: impl Fn(&mut dyn Tx, &Context) -> Result<T, Failure> + Send + Sync + 'static,
    ) -> Result<T, Failure> {
        self.0.policies.require(&context.actor, action, &Resource::city())?;
        let context = context.clone();
        let done = self.0.store.write(move |tx| work(tx, &context)).await?;
        self.refresh().await?;
        Ok(done)
    }

    /// Establishes an organ. Action `organ.establish`.
    ///
    /// # Errors
    /// See [`actions::establish_organ`].
    pub async fn establish_organ(&self, context: &Context, new: NewOrgan) -> Result<OrganId, Failure> {
        self.change_tree(context, "organ.establish", move |tx, context| {
            actions::establish_organ(tx, context, &new)
        })
        .await
    }

    /// Changes an organ. Action `organ.change`.
    ///
    /// # Errors
    /// See [`actions::change_organ`].
    pub async fn change_organ(
        &self,
        context: &Context,
        id: OrganId,
        change: OrganChange,
    ) -> Result<Organ, Failure> {
        self.change_tree(context, "organ.change", move |tx, context| {
            actions::change_organ(tx, context, id, &change)
        })
        .await
    }

    /// Adds an area. Action `area.manage`.
    ///
    /// # Errors
    /// See [`actions::add_area`].
    pub async fn add_area(&self, context: &Context, new: NewArea) -> Result<AreaId, Failure> {
        self.change_tree(context, "area.manage", move |tx, context| actions::add_area(tx, context, &new))
            .await
    }

    /// Corrects an area. Action `area.manage`.
    ///
    /// # Errors
    /// See [`actions::change_area`].
    pub async fn change_area(
        &self,
        context: &Context,
        id: AreaId,
        change: AreaChange,
    ) -> Result<Area, Failure> {
        self.change_tree(context, "area.manage", move |tx, context| {
            actions::change_area(tx, context, id, &change)
        })
        .await
    }

    /// Ends an area. Action `area.manage`.
    ///
    /// # Errors
    /// See [`actions::end_area`].
    pub async fn end_area(
        &self,
        context: &Context,
        id: AreaId,
        valid_to: Timestamp,
        successors: Vec<AreaId>,
    ) -> Result<Area, Failure> {
        self.change_tree(context, "area.manage", move |tx, context| {
            actions::end_area(tx, context, id, valid_to, &successors)
        })
        .await
    }

    /// Takes in a division. Action `area.manage`.
    ///
    /// # Errors
    /// See [`actions::import_areas`].
    pub async fn import_areas(
        &self,
        context: &Context,
        rows: Vec<AreaRow>,
        valid_from: Timestamp,
        complete: bool,
    ) -> Result<AreaImport, Failure> {
        self.change_tree(context, "area.manage", move |tx, context| {
            actions::import_areas(tx, context, &rows, valid_from, complete)
        })
        .await
    }

    // ---- persons

    /// The person as a resource of policies: whether an auditor or administrator is behind it decides who may touch it.
    async fn person_resource(&self, id: PersonId) -> Result<Resource, Failure> {
        let (known, held) = self
            .0
            .store
            .read(move |tx| {
                Ok::<_, Fault>((store::person(tx, id)?.is_some(), store::memberships_of(tx, id)?))
            })
            .await?;
        if !known {
            return Err(Refusal::not_found("people-person-not-found").into());
        }
        let guarded = held.iter().any(|held| matches!(held.role, Role::Auditor | Role::Administrator));
        Ok(Resource::new("person", id).flag("guarded", guarded))
    }

    async fn require_of_person(
        &self,
        context: &Context,
        action: &'static str,
        id: PersonId,
    ) -> Result<(), Failure> {
        match context.actor {
            // Whoever is not signed in must not learn which ids there are.
            Actor::Visitor => {
                self.0.policies.require(&context.actor, action, &Resource::new("person", id))?
            }
            _ => {
                let resource = self.person_resource(id).await?;
                self.0.policies.require(&context.actor, action, &resource)?;
            }
        }
        Ok(())
    }

    /// Registers a person. Action `person.sign_up` for a visitor who registers themselves, else `person.register`.
    ///
    /// # Errors
    /// See [`actions::register_person`].
    pub async fn register_person(&self, context: &Context, new: NewPerson) -> Result<PersonId, Failure> {
        let action = if context.actor == Actor::Visitor { "person.sign_up" } else { "person.register" };
        self.0.policies.require(&context.actor, action, &Resource::city())?;
        let context = context.clone();
        self.0.store.write(move |tx| actions::register_person(tx, &context, &new)).await
    }

    /// Registers a visitor with sign-in name and password, in one unit of work. Action `person.sign_up`.
    ///
    /// # Errors
    /// Refused with the fields at fault: those of [`actions::register_person`] and `password`.
    pub async fn sign_up(
        &self,
        context: &Context,
        new: NewPerson,
        password: &str,
    ) -> Result<PersonId, Failure> {
        self.0.policies.require(&context.actor, "person.sign_up", &Resource::city())?;
        let mut errors = Vec::new();
        if new.login.as_deref().is_none_or(|login| login.trim().is_empty()) {
            errors.push(gongzhi_kernel::FieldError::new("login", "people-login-unusable"));
        }
        let login = new.login.as_deref().and_then(fold_login);
        if let Err(refusal) = check_password(password, login.as_deref(), "password") {
            errors.extend(refusal.fields);
        }
        if !errors.is_empty() {
            return Err(Refusal::fields(errors).into());
        }
        let hash = self.0.passwords.hash(password.to_owned(), context.random()).await?;
        let context = context.clone();
        self.0
            .store
            .write(move |tx| {
                let id = actions::register_person(tx, &context, &new)?;
                let themselves = context.acting_as(Actor::Resident { person: id });
                actions::set_password_hash(tx, &themselves, id, &hash, None)?;
                Ok::<_, Failure>(id)
            })
            .await
    }

    /// A person's entry. Action `person.read`.
    ///
    /// # Errors
    /// Refused where it is not theirs to see, or unknown.
    pub async fn person(&self, context: &Context, id: PersonId) -> Result<Person, Failure> {
        self.require_of_person(context, "person.read", id).await?;
        let found = self.0.store.read(move |tx| store::person(tx, id)).await?;
        Ok(found.ok_or_else(|| Refusal::not_found("people-person-not-found"))?)
    }

    /// A page of persons, the newest first; `before` is the last of the page before. Action `person.list`.
    ///
    /// # Errors
    /// Refused where it is not theirs to see.
    pub async fn persons(
        &self,
        context: &Context,
        before: Option<PersonId>,
        limit: i64,
    ) -> Result<Vec<Person>, Failure> {
        self.0.policies.require(&context.actor, "person.list", &Resource::city())?;
        let before = before.map_or(i64::MAX, PersonId::get);
        Ok(self.0.store.read(move |tx| store::persons_before(tx, before, limit.clamp(1, 200))).await?)
    }

    /// The person with this sign-in name. Action `person.list`.
    ///
    /// # Errors
    /// Refused where it is not theirs to see.
    pub async fn person_by_login(&self, context: &Context, login: &str) -> Result<Option<Person>, Failure> {
        self.0.policies.require(&context.actor, "person.list", &Resource::city())?;
        let Some(login) = fold_login(login) else { return Ok(None) };
        Ok(self.0.store.read(move |tx| store::person_by_login(tx, &login)).await?)
    }

    /// Changes name and telephone. Action `person.change`.
    ///
    /// # Errors
    /// See [`actions::change_person`].
    pub async fn change_person(
        &self,
        context: &Context,
        id: PersonId,
        change: PersonChange,
    ) -> Result<Person, Failure> {
        self.require_of_person(context, "person.change", id).await?;
        let context = context.clone();
        let person = self.0.store.write(move |tx| actions::change_person(tx, &context, id, &change)).await?;
        self.0.cache.forget_person(id);
        Ok(person)
    }

    /// Suspends a person. Action `person.suspend`.
    ///
    /// # Errors
    /// See [`actions::suspend_person`].
    pub async fn suspend_person(&self, context: &Context, id: PersonId) -> Result<(), Failure> {
        self.require_of_person(context, "person.suspend", id).await?;
        let context = context.clone();
        self.0.store.write(move |tx| actions::suspend_person(tx, &context, id)).await?;
        self.0.cache.forget_person(id);
        Ok(())
    }

    /// Lets a suspended person in again. Action `person.restore`.
    ///
    /// # Errors
    /// See [`actions::restore_person`].
    pub async fn restore_person(&self, context: &Context, id: PersonId) -> Result<(), Failure> {
        self.require_of_person(context, "person.restore", id).await?;
        let context = context.clone();
        self.0.store.write(move |tx| actions::restore_person(tx, &context, id)).await
    }

    /// Sets a password; all sessions of the person end but the one to keep. Action `person.set_password`.
    /// Whoever changes their own says the present one, and failures count as failed sign-ins.
    ///
    /// # Errors
    /// Refused with the field at fault (`password`, `present`), while locked, or where it is not theirs to set.
    pub async fn set_password(
        &self,
        context: &Context,
        id: PersonId,
        password: NewPassword<'_>,
    ) -> Result<(), Failure> {
        self.require_of_person(context, "person.set_password", id).await?;
        let person = self.0.store.read(move |tx| store::person(tx, id)).await?;
        let login =
            person.and_then(|person| person.login).ok_or_else(|| Refusal::conflict("people-no-login"))?;
        check_password(password.new, Some(&login), "password")?;
        if context.actor.person() == Some(id) {
            let attempt = self.attempt(context, &login).await?;
            let right = self.verify(&attempt, password.present.unwrap_or_default()).await?;
            if !right {
                self.count_failure(context, attempt.digest).await?;
                let error = gongzhi_kernel::FieldError::new("present", "people-password-wrong");
                return Err(Refusal::fields(vec![error]).into());
            }
        }
        let hash = self.0.passwords.hash(password.new.to_owned(), context.random()).await?;
        let keep = password.keep;
        let context = context.clone();
        self.0.store.write(move |tx| actions::set_password_hash(tx, &context, id, &hash, keep)).await?;
        self.0.cache.forget_person(id);
        Ok(())
    }

    // ---- memberships

    /// Gives a role. Action `membership.grant`.
    ///
    /// # Errors
    /// See [`actions::grant`].
    pub async fn grant(
        &self,
        context: &Context,
        person: PersonId,
        organ: OrganId,
        role: Role,
    ) -> Result<MembershipId, Failure> {
        let resource = Resource::class("membership")
            .person("person", person)
            .organ("organ", organ)
            .word("role", role.word());
        self.0.policies.require(&context.actor, "membership.grant", &resource)?;
        let context = context.clone();
        let id = self.0.store.write(move |tx| actions::grant(tx, &context, person, organ, role)).await?;
        self.0.cache.forget_person(person);
        Ok(id)
    }

    /// Takes a role back. Action `membership.revoke`.
    ///
    /// # Errors
    /// See [`actions::revoke`].
    pub async fn revoke(&self, context: &Context, id: MembershipId) -> Result<(), Failure> {
        let found = self.0.store.read(move |tx| store::membership(tx, id)).await?;
        let Some(membership) = found else {
            return Err(Refusal::not_found("people-membership-not-found").into());
        };
        let resource = Resource::new("membership", id)
            .person("person", membership.person)
            .organ("organ", membership.organ)
            .word("role", membership.role.word());
        self.0.policies.require(&context.actor, "membership.revoke", &resource)?;
        let context = context.clone();
        self.0.store.write(move |tx| actions::revoke(tx, &context, id)).await?;
        self.0.cache.forget_person(membership.person);
        Ok(())
    }

    /// Who serves in an organ, with their entries. Action `membership.list`.
    ///
    /// # Errors
    /// Refused where it is not theirs to see.
    pub async fn members(
        &self,
        context: &Context,
        organ: OrganId,
    ) -> Result<Vec<(Membership, Person)>, Failure> {
        self.0.policies.require(&context.actor, "membership.list", &Resource::new("organ", organ))?;
        let found = self
            .0
            .store
            .read(move |tx| {
                let mut found = Vec::new();
                for membership in store::memberships_in(tx, organ)? {
                    let person = store::person(tx, membership.person)?
                        .ok_or_else(|| Fault::corrupt("a membership of nobody"))?;
                    found.push((membership, person));
                }
                Ok::<_, Fault>(found)
            })
            .await?;
        Ok(found)
    }

    /// What a person holds. Action `person.read`.
    ///
    /// # Errors
    /// Refused where it is not theirs to see.
    pub async fn memberships(&self, context: &Context, person: PersonId) -> Result<Vec<Membership>, Failure> {
        self.require_of_person(context, "person.read", person).await?;
        Ok(self.0.store.read(move |tx| store::memberships_of(tx, person)).await?)
    }

    // ---- sign-in and sessions

    async fn attempt(&self, context: &Context, login: &str) -> Result<Attempt, Failure> {
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

    async fn verify(&self, attempt: &Attempt, password: &str) -> Result<bool, Failure> {
        self.0.passwords.verify(password.to_owned(), attempt.hash.clone()).await
    }

    async fn count_failure(&self, context: &Context, digest: String) -> Result<(), Failure> {
        let (context, locks) = (context.clone(), self.0.locks);
        self.0.store.write(move |tx| session_actions::count_failure(tx, &context, &digest, &locks)).await
    }

    /// Signs somebody in. Takes as long for a sign-in name that does not exist, and answers the same.
    ///
    /// # Errors
    /// `people-sign-in-wrong` (401), `people-sign-in-locked` and `people-sign-in-busy` (429), and, for whoever knows
    /// the password, `people-suspended` (403).
    pub async fn sign_in(&self, context: &Context, attempt: SignIn<'_>) -> Result<SignedIn, Failure> {
        let wrong = || Failure::from(Refusal::new(RefusalKind::Unauthenticated, "people-sign-in-wrong"));
        let found = self.attempt(context, attempt.login).await?;
        let right = self.verify(&found, attempt.password).await?;
        let Attempt { digest, person, hash } = found;
        let (Some(person), Some(hash), true) = (person, hash, right) else {
            self.count_failure(context, digest).await?;
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
        let token_key = token_digest(&token).ok_or_else(|| Fault::internal("a new token is not a token"))?;
        let replaces = attempt.replaces.and_then(token_digest);
        let device = attempt
            .device
            .map(|device| device.chars().filter(|c| !c.is_control()).take(DEVICE_MOST).collect::<String>());
        let (rules, work_context) = (self.0.sessions, context.clone());
        let (session, replaced) = self
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
                session_actions::clear_failures(tx, context, &digest)?;
                let replaced = match &replaces {
                    Some(key) => store::session_by_token(tx, key)?.map(|living| living.row),
                    None => None,
                };
                let replaced_id = replaced.as_ref().map(|row| row.id);
                if let Some(row) = replaced {
                    session_actions::end(tx, context, row, EndReason::Replaced)?;
                }
                let row =
                    session_actions::start(tx, context, &person, &token_key, device.as_deref(), &rules)?;
                let living = store::Living { last_seen_at: row.started_at, row };
                let session = session_actions::view(tx, &living, &rules, context.now)?
                    .ok_or_else(|| Fault::internal("a new session is over already"))?;
                Ok::<_, Failure>((session, replaced_id))
            })
            .await?;
        if let Some(replaced) = replaced {
            self.0.cache.forget(replaced);
        }
        Ok(SignedIn { token, session: Arc::new(session) })
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
