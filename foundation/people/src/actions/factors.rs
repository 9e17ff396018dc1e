//! What the journal tells of second factors: that they were set, used and taken away, never their secrets.

use gongzhi_kernel::{Context, EventKind, Failure, PersonId, Refusal};
use gongzhi_store::Tx;

use super::{become_, nothing, persons};
use crate::events::{self, Folded};
use crate::model::Person;
use crate::store;

fn happened(tx: &mut dyn Tx, context: &Context, id: PersonId, kind: EventKind) -> Result<(), Failure> {
    let person = persons::known(tx, id)?;
    let subject = person.subject();
    let person: Person = become_(tx, context, Some(person), subject, (kind, nothing(), None))?;
    Ok(store::save_person(tx, &person)?)
}

pub(crate) fn second_factor_set(tx: &mut dyn Tx, context: &Context, id: PersonId) -> Result<(), Failure> {
    happened(tx, context, id, events::PERSON_SECOND_FACTOR_SET)
}

pub(crate) fn recovery_codes_made(tx: &mut dyn Tx, context: &Context, id: PersonId) -> Result<(), Failure> {
    happened(tx, context, id, events::PERSON_RECOVERY_CODES_MADE)
}

pub(crate) fn recovery_code_used(tx: &mut dyn Tx, context: &Context, id: PersonId) -> Result<(), Failure> {
    happened(tx, context, id, events::PERSON_RECOVERY_CODE_USED)
}

/// As [`remove_second_factor`], for somebody who has lost it: their sessions end too.
///
/// # Errors
/// As [`remove_second_factor`].
pub fn reset_second_factor(tx: &mut dyn Tx, context: &Context, id: PersonId) -> Result<(), Failure> {
    remove_second_factor(tx, context, id)?;
    super::sessions::end_all_of(tx, context, id, events::EndReason::SecondFactorSet, None)
}

/// Takes the authenticator of a person away, with their recovery codes.
///
/// # Errors
/// Refused where there is none, or no such person.
pub fn remove_second_factor(tx: &mut dyn Tx, context: &Context, id: PersonId) -> Result<(), Failure> {
    if !store::factors::delete_second_factor(tx, id)? {
        return Err(Refusal::conflict("people-no-second-factor").into());
    }
    store::factors::delete_steps_of(tx, id)?;
    happened(tx, context, id, events::PERSON_SECOND_FACTOR_REMOVED)
}
