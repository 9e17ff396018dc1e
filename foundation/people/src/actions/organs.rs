//! Organs: established and changed.

use gongzhi_kernel::{Context, Failure, FieldError, OrganId, Refusal, Subject};
use gongzhi_store::Tx;

use super::{become_, clean_code, clean_names, value};
use crate::events::{self, Folded, OrganChanged, OrganEstablished};
use crate::model::{NewOrgan, Organ, OrganChange};
use crate::store;

const CODE_MOST: usize = 64;
/// The tree is not deeper than this; a longer way up is a ring.
const DEPTH_MOST: usize = 32;

/// Loads an organ, or refuses as unknown.
pub(crate) fn known(tx: &mut dyn Tx, id: OrganId) -> Result<Organ, Failure> {
    Ok(store::organ(tx, id)?.ok_or_else(|| Refusal::not_found("people-organ-not-found"))?)
}

/// Notes what is wrong with the place in the tree; `itself` is the organ that is to be put there.
fn check_place(
    tx: &mut dyn Tx,
    itself: Option<OrganId>,
    parent: Option<OrganId>,
    area: Option<gongzhi_kernel::AreaId>,
    errors: &mut Vec<FieldError>,
) -> Result<(), Failure> {
    let mut next = parent;
    for _ in 0..DEPTH_MOST {
        let Some(id) = next else { break };
        if Some(id) == itself {
            errors.push(FieldError::new("parent", "people-organ-within-itself"));
            break;
        }
        match store::organ(tx, id)? {
            None => {
                errors.push(FieldError::new("parent", "people-organ-not-found"));
                break;
            }
            Some(organ) => next = organ.parent,
        }
    }
    if let Some(area) = area
        && store::area(tx, area)?.is_none()
    {
        errors.push(FieldError::new("area", "people-area-not-found"));
    }
    Ok(())
}

/// Establishes an organ.
///
/// # Errors
/// Refused with the fields at fault: `code` (unusable or taken), `name`, `parent`, `area`.
pub fn establish_organ(tx: &mut dyn Tx, context: &Context, new: &NewOrgan) -> Result<OrganId, Failure> {
    let mut errors = Vec::new();
    let code = clean_code(&new.code, CODE_MOST, &mut errors);
    let name = clean_names(&new.name, &mut errors);
    if errors.is_empty() && store::organ_by_code(tx, &code)?.is_some() {
        errors.push(FieldError::new("code", "people-code-taken"));
    }
    check_place(tx, None, new.parent, new.area, &mut errors)?;
    if !errors.is_empty() {
        return Err(Refusal::fields(errors).into());
    }
    let id: OrganId = context.id();
    let public = value(&OrganEstablished { code, kind: new.kind, name, parent: new.parent, area: new.area })?;
    let organ: Organ = become_(
        tx,
        context,
        None,
        Subject::new(Organ::SUBJECT, id),
        (events::ORGAN_ESTABLISHED, public, None),
    )?;
    store::save_organ(tx, &organ)?;
    Ok(id)
}

/// Changes an organ; nothing is recorded where nothing changes.
///
/// # Errors
/// Refused with the fields at fault, or where there is no such organ.
pub fn change_organ(
    tx: &mut dyn Tx,
    context: &Context,
    id: OrganId,
    change: &OrganChange,
) -> Result<Organ, Failure> {
    let organ = known(tx, id)?;
    let mut errors = Vec::new();
    let code = clean_code(&change.code, CODE_MOST, &mut errors);
    let name = clean_names(&change.name, &mut errors);
    if errors.is_empty() && store::organ_by_code(tx, &code)?.is_some_and(|other| other.id != id) {
        errors.push(FieldError::new("code", "people-code-taken"));
    }
    check_place(tx, Some(id), change.parent, change.area, &mut errors)?;
    if !errors.is_empty() {
        return Err(Refusal::fields(errors).into());
    }
    let changed =
        OrganChanged { code, name, parent: change.parent, area: change.area, active: change.active };
    let same = OrganChanged {
        code: organ.code.clone(),
        name: organ.name.clone(),
        parent: organ.parent,
        area: organ.area,
        active: organ.active,
    };
    let public = value(&changed)?;
    if public == value(&same)? {
        return Ok(organ);
    }
    let subject = organ.subject();
    let organ = become_(tx, context, Some(organ), subject, (events::ORGAN_CHANGED, public, None))?;
    store::save_organ(tx, &organ)?;
    Ok(organ)
}
