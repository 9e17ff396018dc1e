//! Persons and what they hold.

use gongzhi_kernel::{
    Actor, Context, Failure, Fault, FieldError, OrganId, PersonId, Refusal, Role, SessionId,
};

use super::People;
use crate::actions::{self, sessions as session_actions};
use crate::login::fold_login;
use crate::model::{Membership, MembershipId, NewPerson, Person, PersonChange};
use crate::password::check_password;
use crate::policies::Resource;
use crate::store;

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

impl People {
    /// The person as a resource of policies: whether an auditor or administrator is behind it decides who may touch it.
    pub(super) async fn person_resource(&self, id: PersonId) -> Result<Resource, Failure> {
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

    pub(super) async fn require_of_person(
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
            errors.push(FieldError::new("login", "people-login-unusable"));
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

    /// Changes name, sign-in name and telephone. Action `person.change`.
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
        let mut digest = None;
        if context.actor.person() == Some(id) {
            let attempt = self.attempt(context, &login).await?;
            let right = self.verify(&attempt, password.present.unwrap_or_default()).await?;
            if !right {
                self.count_failure(context, attempt.digest, Some(id)).await?;
                let error = FieldError::new("present", "people-password-wrong");
                return Err(Refusal::fields(vec![error]).into());
            }
            digest = Some(attempt.digest);
        }
        let hash = self.0.passwords.hash(password.new.to_owned(), context.random()).await?;
        let keep = password.keep;
        let context = context.clone();
        self.0
            .store
            .write(move |tx| {
                if let Some(digest) = &digest {
                    // As at sign-in: of many guesses at once, those after the one that locked are refused, right or not.
                    session_actions::check_not_locked(store::guard(tx, digest)?.as_ref(), context.now)?;
                    session_actions::clear_failures(tx, &context, digest)?;
                }
                actions::set_password_hash(tx, &context, id, &hash, keep)
            })
            .await?;
        self.0.cache.forget_person(id);
        Ok(())
    }

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
}
