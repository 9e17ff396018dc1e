//! Erasing an account, and noting that a copy was taken.

use gongzhi_kernel::{Context, Failure, PersonId, Refusal};
use gongzhi_store::Tx;

use super::{become_, nothing, persons, sessions};
use crate::events::{self, EndReason, Folded};
use crate::model::Person;
use crate::store;

pub(crate) fn data_copied(tx: &mut dyn Tx, context: &Context, id: PersonId) -> Result<(), Failure> {
    let person = persons::known(tx, id)?;
    let subject = person.subject();
    let what = (events::PERSON_DATA_COPIED, nothing(), None);
    let person: Person = become_(tx, context, Some(person), subject, what)?;
    Ok(store::save_person(tx, &person)?)
}

/// Erases an account: sessions, password, authenticator and recovery codes go; the row keeps no name, sign-in name or
/// telephone; the sealed parts of the person's events are erased with their salts, so that nobody can find out what
/// they said, and the journal and the public log verify as before. What others keep of the person by its id (an appeal
/// that they reported) stays with what it belongs to.
///
/// # Errors
/// Refused where there is no such person, or they hold a role: it is taken back first.
pub fn erase_person(tx: &mut dyn Tx, context: &Context, id: PersonId) -> Result<(), Failure> {
    let person = persons::known(tx, id)?;
    if !store::memberships_of(tx, id)?.is_empty() {
        return Err(Refusal::conflict("people-erase-roles").into());
    }
    sessions::end_all_of(tx, context, id, EndReason::Erased, None)?;
    store::factors::delete_steps_of(tx, id)?;
    store::factors::delete_second_factor(tx, id)?;
    store::delete_credential(tx, id)?;
    let subject = person.subject();
    let what = (events::PERSON_ERASED, nothing(), None);
    let person: Person = become_(tx, context, Some(person), subject.clone(), what)?;
    store::save_person(tx, &person)?;
    tx.erase_sealed(&subject)?;
    Ok(())
}
