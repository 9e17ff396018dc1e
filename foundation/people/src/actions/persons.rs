//! Persons: registered, changed, suspended, given a password.

use gongzhi_kernel::{Context, Failure, FieldError, PersonId, Refusal, Subject};
use gongzhi_store::Tx;

use super::{become_, clean_name, nothing, sessions, value};
use crate::events::{self, EndReason, Folded, PersonChanged, PersonRegistered};
use crate::login::{fold_login, fold_phone};
use crate::model::{NewPerson, Person, PersonChange};
use crate::password::PasswordHash;
use crate::store;

const NAME_MOST: usize = 60;

fn clean_phone(phone: Option<&str>, errors: &mut Vec<FieldError>) -> Option<String> {
    let phone = phone.filter(|phone| !phone.trim().is_empty())?;
    let folded = fold_phone(phone);
    if folded.is_none() {
        errors.push(FieldError::new("phone", "people-phone-unusable"));
    }
    folded
}

/// Folds a sign-in name and notes what is wrong with it; `itself` may go on using it.
fn clean_login(
    tx: &mut dyn Tx,
    typed: Option<&str>,
    itself: Option<PersonId>,
    errors: &mut Vec<FieldError>,
) -> Result<Option<String>, Failure> {
    let Some(typed) = typed else { return Ok(None) };
    let Some(folded) = fold_login(typed) else {
        errors.push(FieldError::new("login", "people-login-unusable"));
        return Ok(None);
    };
    if store::person_by_login(tx, &folded)?.is_some_and(|other| Some(other.id) != itself) {
        errors.push(FieldError::new("login", "people-login-taken"));
    }
    Ok(Some(folded))
}

/// Loads a person, or refuses as unknown.
pub(crate) fn known(tx: &mut dyn Tx, id: PersonId) -> Result<Person, Failure> {
    Ok(store::person(tx, id)?.ok_or_else(|| Refusal::not_found("people-person-not-found"))?)
}

/// Registers a person; the password, if they sign in, is set apart from it ([`set_password_hash`]).
///
/// # Errors
/// Refused with the fields at fault: `name`, `login` (unusable or taken), `phone`.
pub fn register_person(tx: &mut dyn Tx, context: &Context, new: &NewPerson) -> Result<PersonId, Failure> {
    let mut errors = Vec::new();
    let name = clean_name(&new.name, "name", NAME_MOST, &mut errors);
    let phone = clean_phone(new.phone.as_deref(), &mut errors);
    let login = clean_login(tx, new.login.as_deref(), None, &mut errors)?;
    if !errors.is_empty() {
        return Err(Refusal::fields(errors).into());
    }
    let id: PersonId = context.id();
    let sealed = value(&PersonRegistered { name, login, phone })?;
    let subject = Subject::new(Person::SUBJECT, id);
    let person: Person =
        become_(tx, context, None, subject, (events::PERSON_REGISTERED, nothing(), Some(sealed)))?;
    store::save_person(tx, &person)?;
    Ok(id)
}

/// Changes name, sign-in name and telephone; nothing is recorded where nothing changes.
///
/// # Errors
/// Refused with the fields at fault, or where there is no such person.
pub fn change_person(
    tx: &mut dyn Tx,
    context: &Context,
    id: PersonId,
    change: &PersonChange,
) -> Result<Person, Failure> {
    let person = known(tx, id)?;
    let mut errors = Vec::new();
    let name = clean_name(&change.name, "name", NAME_MOST, &mut errors);
    let phone = clean_phone(change.phone.as_deref(), &mut errors);
    let login =
        clean_login(tx, change.login.as_deref(), Some(id), &mut errors)?.or_else(|| person.login.clone());
    if !errors.is_empty() {
        return Err(Refusal::fields(errors).into());
    }
    if person.name == name && person.login == login && person.phone == phone {
        return Ok(person);
    }
    let sealed = value(&PersonChanged { name, login, phone })?;
    let subject = person.subject();
    let person =
        become_(tx, context, Some(person), subject, (events::PERSON_CHANGED, nothing(), Some(sealed)))?;
    store::save_person(tx, &person)?;
    Ok(person)
}

/// Sets the password by its hash, made outside of the unit of work, and ends the person's sessions except `keep`.
///
/// # Errors
/// Refused where there is no such person, or they have no sign-in name.
pub fn set_password_hash(
    tx: &mut dyn Tx,
    context: &Context,
    id: PersonId,
    hash: &PasswordHash,
    keep: Option<gongzhi_kernel::SessionId>,
) -> Result<(), Failure> {
    let person = known(tx, id)?;
    if person.login.is_none() {
        return Err(Refusal::conflict("people-no-login").into());
    }
    let subject = person.subject();
    let person = become_(tx, context, Some(person), subject, (events::PERSON_PASSWORD_SET, nothing(), None))?;
    store::save_person(tx, &person)?;
    store::save_credential(tx, id, hash)?;
    sessions::end_all_of(tx, context, id, EndReason::PasswordSet, keep)?;
    Ok(())
}

/// Suspends a person: their sessions end and they cannot sign in until restored.
///
/// # Errors
/// Refused where there is no such person.
pub fn suspend_person(tx: &mut dyn Tx, context: &Context, id: PersonId) -> Result<(), Failure> {
    let person = known(tx, id)?;
    if !person.active {
        return Ok(());
    }
    let subject = person.subject();
    let person = become_(tx, context, Some(person), subject, (events::PERSON_SUSPENDED, nothing(), None))?;
    store::save_person(tx, &person)?;
    sessions::end_all_of(tx, context, id, EndReason::Suspended, None)?;
    Ok(())
}

/// Lets a suspended person sign in again.
///
/// # Errors
/// Refused where there is no such person.
pub fn restore_person(tx: &mut dyn Tx, context: &Context, id: PersonId) -> Result<(), Failure> {
    let person = known(tx, id)?;
    if person.active {
        return Ok(());
    }
    let subject = person.subject();
    let person = become_(tx, context, Some(person), subject, (events::PERSON_RESTORED, nothing(), None))?;
    store::save_person(tx, &person)?;
    Ok(())
}
