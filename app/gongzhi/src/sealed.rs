//! Which events go into the public log, and which do not: every kind of the house is named here once.
//!
//! An entry of the log can never be taken back. What happens to a person's account, sign-ins and memberships tells about
//! that person even without a name, so it stays out; free texts go in as salted commitments only.

use gongzhi_appeals::actions::{books, clients};
use gongzhi_appeals::rules::{files, follow};
use gongzhi_appeals::{events, indicators, open311};
use gongzhi_ledger::{Public, Scope};
use gongzhi_people::events as people;

/// Free texts in public parts, by kind.
const TEXTS: &[(&str, &[&str])] = &[("appeal.answered", &["reply"])];

/// What is public about a city itself: its offices, areas, categories and rules.
const CITY: [&str; 9] = [
    people::ORGAN_ESTABLISHED,
    people::ORGAN_CHANGED,
    people::AREA_ADDED,
    people::AREA_CHANGED,
    people::AREA_ENDED,
    books::CATEGORY_ESTABLISHED,
    books::CATEGORY_CHANGED,
    books::RULEBOOK_ADOPTED,
    books::CATALOGUE_ADOPTED,
];

/// What tells about persons: among them who follows a case, and clients of the interface, who may be persons.
const PERSONAL: [&str; 25] = [
    follow::JOINED,
    follow::LEFT,
    clients::REGISTERED,
    clients::REVOKED,
    open311::REQUEST_TAKEN,
    people::PERSON_REGISTERED,
    people::PERSON_CHANGED,
    people::PERSON_PASSWORD_SET,
    people::PERSON_SUSPENDED,
    people::PERSON_RESTORED,
    people::PERSON_SECOND_FACTOR_SET,
    people::PERSON_SECOND_FACTOR_REMOVED,
    people::PERSON_RECOVERY_CODES_MADE,
    people::PERSON_RECOVERY_CODE_USED,
    people::PERSON_DATA_COPIED,
    people::PERSON_ERASED,
    people::MEMBERSHIP_GRANTED,
    people::MEMBERSHIP_REVOKED,
    people::SESSION_STARTED,
    people::SESSION_SWITCHED,
    people::SESSION_ENDED,
    people::SIGN_IN_REFUSED,
    people::SIGN_IN_CLEARED,
    gongzhi_people::audit::AUDIT_SEARCHED,
    gongzhi_people::audit::AUDIT_EXPORTED,
];

/// What happens beside a case: readings of its reporter, notes, files by their hash, and whether it counts.
const BESIDE: [&str; 7] = [
    files::ATTACHED,
    files::SHOWN,
    files::HIDDEN,
    events::REPORTER_READ,
    events::NOTE_WRITTEN,
    indicators::EXCLUSION_ASKED,
    indicators::EXCLUSION_REVIEWED,
];

/// Every kind that is sealed in the public log.
fn sealed_kinds() -> impl Iterator<Item = &'static str> {
    CITY.into_iter().chain(events::KINDS).chain(events::TASK_KINDS).chain(BESIDE)
}

/// The scope of the public log.
pub(crate) fn scope() -> Scope {
    let sealed = sealed_kinds().map(|kind| Public {
        kind,
        texts: TEXTS.iter().find(|(with_texts, _)| *with_texts == kind).map_or(&[], |(_, texts)| texts),
    });
    Scope::new(sealed, PERSONAL)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn somebody_has_decided_about_every_kind_of_event() {
        let scope = scope();
        let cases = events::KINDS.into_iter().chain(events::TASK_KINDS).chain(BESIDE);
        for kind in gongzhi_people::EVENT_KINDS.into_iter().chain(cases) {
            assert!(scope.knows(kind), "{kind} is neither sealed nor left out");
        }
        for kind in sealed_kinds() {
            assert!(gongzhi_ledger::has_words(kind), "{kind} has no words in the ledger's pages");
        }
        for kind in PERSONAL {
            assert!(!CITY.contains(&kind), "{kind}");
        }
    }
}
