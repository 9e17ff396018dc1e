//! Units of work: check what is asked, apply the event, keep the row, record the event. Each takes the transaction
//! of its caller, so that a sample city or an import makes thousands of rows in one commit; none asks a policy,
//! that is done by [`crate::People`] before it opens the transaction.

mod areas;
pub(crate) mod erasure;
pub(crate) mod factors;
mod memberships;
mod organs;
mod persons;
pub(crate) mod sessions;

pub use areas::{AreaImport, AreaRow, RejectedArea, add_area, change_area, end_area, import_areas};
pub use erasure::erase_person;
pub use factors::{remove_second_factor, reset_second_factor};
pub use memberships::{grant, revoke};
pub use organs::{change_organ, establish_organ};
pub(crate) use persons::known as known_person;
pub use persons::{change_person, register_person, restore_person, set_password_hash, suspend_person};

use gongzhi_kernel::{Context, EventKind, Fault, FieldError, LocalText, NewEvent, Subject};
use gongzhi_store::Tx;
use serde::Serialize;
use serde_json::{Value, json};

use crate::events::{Folded, Happening};

fn value(part: &impl Serialize) -> Result<Value, Fault> {
    serde_json::to_value(part)
        .map_err(|error| Fault::internal("cannot write an event as json").because(error))
}

/// Records an event of a row and gives the row after it; `None` when the event ends it.
fn happen<S: Folded>(
    tx: &mut dyn Tx,
    context: &Context,
    state: Option<S>,
    subject: Subject,
    what: (EventKind, Value, Option<Value>),
) -> Result<Option<S>, Fault> {
    let (kind, public, sealed) = what;
    let revision = state.as_ref().map_or(0, Folded::revision) + 1;
    let event =
        NewEvent { kind, subject, revision, at: context.now, actor: context.actor.clone(), public, sealed };
    let after = S::apply(state, Happening::from(&event))?;
    tx.record(event)?;
    Ok(after)
}

/// As [`happen`], for events that end nothing.
fn become_<S: Folded>(
    tx: &mut dyn Tx,
    context: &Context,
    state: Option<S>,
    subject: Subject,
    what: (EventKind, Value, Option<Value>),
) -> Result<S, Fault> {
    let kind = what.0;
    happen(tx, context, state, subject, what)?
        .ok_or_else(|| Fault::internal(format!("{kind} left nothing behind")))
}

fn nothing() -> Value {
    json!({})
}

/// Trims a name and notes what is wrong with it.
fn clean_name(name: &str, field: &'static str, most: usize, errors: &mut Vec<FieldError>) -> String {
    let name = name.split_whitespace().collect::<Vec<_>>().join(" ");
    if name.is_empty() {
        errors.push(FieldError::new(field, "people-name-missing"));
    } else if name.chars().count() > most {
        errors.push(FieldError::new(field, "people-name-too-long").with("max", most));
    } else if name.chars().any(char::is_control) {
        errors.push(FieldError::new(field, "people-name-unreadable"));
    }
    name
}

/// Trims a name in both languages and notes what is wrong with it; an empty English name is none.
fn clean_names(name: &LocalText, errors: &mut Vec<FieldError>) -> LocalText {
    const MOST: usize = 120;
    let zh = clean_name(&name.zh, "name", MOST, errors);
    let en = name
        .en
        .as_deref()
        .filter(|en| !en.trim().is_empty())
        .map(|en| clean_name(en, "name.en", MOST, errors));
    LocalText { zh, en }
}

/// Trims a code and notes what is wrong with it.
fn clean_code(code: &str, most: usize, errors: &mut Vec<FieldError>) -> String {
    let code = code.trim();
    if code.is_empty() {
        errors.push(FieldError::new("code", "people-code-missing"));
    } else if code.chars().count() > most
        || !code.chars().all(|c| c.is_alphanumeric() || matches!(c, '.' | '_' | '-' | ':'))
    {
        errors.push(FieldError::new("code", "people-code-unusable").with("max", most));
    }
    code.to_owned()
}
