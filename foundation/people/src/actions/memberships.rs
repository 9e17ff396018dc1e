//! Memberships: given and taken back.

use gongzhi_kernel::{Context, Failure, OrganId, PersonId, Refusal, Role, Subject};
use gongzhi_store::Tx;

use super::{become_, nothing, organs, persons, sessions, value};
use crate::events::{self, EndReason, Folded, MembershipGranted, OfPerson};
use crate::model::{Membership, MembershipId};
use crate::store;

/// Gives a person a role in an organ; a role that they hold already is left as it is.
///
/// # Errors
/// Refused where person or organ are unknown, the organ is dissolved, or its kind has no such role.
pub fn grant(
    tx: &mut dyn Tx,
    context: &Context,
    person: PersonId,
    organ: OrganId,
    role: Role,
) -> Result<MembershipId, Failure> {
    let person = persons::known(tx, person)?;
    let organ = organs::known(tx, organ)?;
    if !organ.active {
        return Err(Refusal::conflict("people-organ-dissolved").into());
    }
    if !organ.kind.allows(role) {
        return Err(Refusal::conflict("people-role-not-here").with("role", role.word()).into());
    }
    if let Some(held) = store::held(tx, person.id, organ.id, role)? {
        return Ok(held.id);
    }
    let id: MembershipId = context.id();
    let public = value(&MembershipGranted { organ: organ.id, role })?;
    let sealed = value(&OfPerson { person: person.id })?;
    let what = (events::MEMBERSHIP_GRANTED, public, Some(sealed));
    let membership: Membership = become_(tx, context, None, Subject::new(Membership::SUBJECT, id), what)?;
    store::save_membership(tx, &membership)?;
    Ok(id)
}

/// Takes a role back and ends the sessions in which it is acted in; one already taken back is left as it is.
///
/// # Errors
/// Refused where there is no such membership.
pub fn revoke(tx: &mut dyn Tx, context: &Context, id: MembershipId) -> Result<(), Failure> {
    let membership =
        store::membership(tx, id)?.ok_or_else(|| Refusal::not_found("people-membership-not-found"))?;
    if membership.revoked_at.is_some() {
        return Ok(());
    }
    let person = membership.person;
    let sealed = value(&OfPerson { person })?;
    let subject = membership.subject();
    let what = (events::MEMBERSHIP_REVOKED, nothing(), Some(sealed));
    let membership = become_(tx, context, Some(membership), subject, what)?;
    store::save_membership(tx, &membership)?;
    for living in store::sessions_of(tx, person)? {
        if living.row.membership == Some(id) {
            sessions::end(tx, context, living.row, EndReason::MembershipRevoked)?;
        }
    }
    Ok(())
}
