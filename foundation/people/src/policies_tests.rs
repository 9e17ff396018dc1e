//! Policies are read once, refused where they are wrong, and remembered decisions are Cedar's own.

use proptest::prelude::*;

use super::*;
use crate::matrix;

fn parcels(text: &'static str) -> PolicySource {
    PolicySource {
        name: "parcels",
        schema: r#"
            entity Parcel = { organ?: Organ, reporter?: Person, helpers: Set<Organ>, public: Bool, state: String, weight: Long };
            action "parcel.read" appliesTo { principal: [Visitor, Resident, Official, System], resource: [Parcel] };
        "#,
        text,
    }
}

const RULES: &str = r#"
    permit (principal, action == Action::"parcel.read", resource) when { resource.public };
    permit (principal is Official, action == Action::"parcel.read", resource)
      when { resource has organ && principal.organ == resource.organ };
    permit (principal is Official, action == Action::"parcel.read", resource)
      when { principal.head && resource.helpers.contains(principal.organ) };
    permit (principal is Resident, action == Action::"parcel.read", resource)
      when { resource has reporter && principal.person == resource.reporter };
    forbid (principal is Official, action == Action::"parcel.read", resource)
      when { resource.state == "sealed" && resource.weight > 3 };
"#;

fn parcel(organ: Option<OrganId>, reporter: Option<PersonId>, public: bool) -> Resource {
    Resource::new("parcel", matrix::subject::<()>())
        .organ("organ", organ)
        .person("reporter", reporter)
        .organs("helpers", [])
        .flag("public", public)
        .word("state", "open")
        .number("weight", 1)
}

#[test]
fn relations_decide() {
    let policies = Policies::new(&[parcels(RULES)]).unwrap();
    let (own, other) = (matrix::own_organ(), matrix::other_organ());
    let official = Actor::Official { person: matrix::oneself(), organ: own, head: false };
    let resident = Actor::Resident { person: matrix::oneself() };
    let may = |actor: &Actor, resource: Resource| policies.permits(actor, "parcel.read", &resource);
    assert!(may(&official, parcel(Some(own), None, false)));
    assert!(!may(&official, parcel(Some(other), None, false)));
    assert!(!may(&official, parcel(None, None, false)));
    assert!(may(&resident, parcel(None, Some(matrix::oneself()), false)));
    assert!(!may(&resident, parcel(None, Some(matrix::somebody()), false)));
    assert!(may(&Actor::Visitor, parcel(None, None, true)));
    // A kind of actor that the schema does not name for the action.
    assert!(!may(&Actor::Operator { person: matrix::oneself(), organ: own }, parcel(Some(own), None, true)));
}

#[test]
fn a_refusal_says_whether_signing_in_helps() {
    let policies = Policies::new(&[]).unwrap();
    let refusal = policies.require(&Actor::Visitor, "journal.read", &Resource::city()).unwrap_err();
    assert_eq!((refusal.kind, refusal.key), (RefusalKind::Unauthenticated, "people-sign-in-first"));
    let resident = Actor::Resident { person: matrix::oneself() };
    let refusal = policies.require(&resident, "journal.read", &Resource::city()).unwrap_err();
    assert_eq!((refusal.kind, refusal.key), (RefusalKind::Forbidden, "people-not-allowed"));
}

#[test]
fn questions_that_do_not_fit_the_schema_are_refused() {
    let policies = Policies::new(&[parcels(RULES)]).unwrap();
    let own = matrix::own_organ();
    let official = Actor::Official { person: matrix::oneself(), organ: own, head: true };
    let fits = parcel(Some(own), None, true);
    assert!(policies.permits(&official, "parcel.read", &fits));
    assert!(!policies.permits(&official, "parcel.burn", &fits));
    // Another kind of resource, a missing attribute, an attribute too many, one of another type.
    assert!(!policies.permits(&Actor::System, "parcel.read", &Resource::city()));
    assert!(!policies.permits(&official, "parcel.read", &Resource::class("parcel").flag("public", true)));
    assert!(!policies.permits(&official, "parcel.read", &fits.clone().flag("colour", true)));
    assert!(!policies.permits(&official, "parcel.read", &fits.word("organ", "ours")));
}

#[test]
fn policies_that_cannot_work_are_refused_when_they_are_built() {
    let refused = |text: &'static str| Policies::new(&[parcels(text)]).unwrap_err();
    assert!(matches!(refused("permit (principal"), PolicyError::Syntax { name: "parcels", .. }));
    let misspelt = r#"permit (principal is Official, action == Action::"parcel.read", resource) when { resource.colour };"#;
    assert!(matches!(refused(misspelt), PolicyError::Invalid(_)));
    let unknown = r#"permit (principal, action == Action::"parcel.burn", resource);"#;
    assert!(matches!(refused(unknown), PolicyError::Invalid(_)));
    for names_one in [
        r#"permit (principal == Resident::"7", action == Action::"parcel.read", resource);"#,
        r#"permit (principal, action == Action::"parcel.read", resource == Parcel::"7");"#,
        r#"permit (principal is Official, action == Action::"parcel.read", resource) when { principal.organ == Organ::"7" };"#,
    ] {
        assert!(matches!(refused(names_one), PolicyError::NamesOne { .. }), "{names_one}");
    }
    let template = r#"permit (principal == ?principal, action == Action::"parcel.read", resource);"#;
    assert!(matches!(refused(template), PolicyError::Unsupported(_)));
}

#[test]
fn a_policy_that_fails_while_it_is_evaluated_lets_nobody_through() {
    let overflowing = r#"
        permit (principal, action == Action::"parcel.read", resource);
        forbid (principal, action == Action::"parcel.read", resource) when { resource.weight * resource.weight > 9 };
    "#;
    // Cedar multiplies by constants only; a sum overflows as well.
    let overflowing = match Policies::new(&[parcels(overflowing)]) {
        Ok(policies) => policies,
        Err(_) => Policies::new(&[parcels(
            r#"
            permit (principal, action == Action::"parcel.read", resource);
            forbid (principal, action == Action::"parcel.read", resource) when { resource.weight + 1 < 0 };
            "#,
        )])
        .unwrap(),
    };
    let heavy = Resource::class("parcel").organs("helpers", []).flag("public", true).word("state", "open");
    assert!(overflowing.permits(&Actor::Visitor, "parcel.read", &heavy.clone().number("weight", 2)));
    assert!(!overflowing.permits(&Actor::Visitor, "parcel.read", &heavy.number("weight", i64::MAX)));
}

fn any_actor() -> impl Strategy<Value = Actor> {
    (0..8_usize, 1..4_i64, 4..7_i64, any::<bool>()).prop_map(|(kind, person, organ, head)| {
        let (person, organ) = (PersonId::new(person).unwrap(), OrganId::new(organ).unwrap());
        match ActorKind::ALL[kind] {
            ActorKind::Visitor => Actor::Visitor,
            ActorKind::Resident => Actor::Resident { person },
            ActorKind::Official => Actor::Official { person, organ, head },
            ActorKind::OrganisationMember => Actor::OrganisationMember { person, organ },
            ActorKind::Operator => Actor::Operator { person, organ },
            ActorKind::Auditor => Actor::Auditor { person, organ },
            ActorKind::Administrator => Actor::Administrator { person, organ },
            ActorKind::System => Actor::System,
        }
    })
}

fn any_parcel() -> impl Strategy<Value = Resource> {
    let organ = || proptest::option::of((4..7_i64).prop_map(|id| OrganId::new(id).unwrap()));
    let person = proptest::option::of((1..4_i64).prop_map(|id| PersonId::new(id).unwrap()));
    let helpers = proptest::collection::vec((4..7_i64).prop_map(|id| OrganId::new(id).unwrap()), 0..3);
    let word = prop_oneof![Just("open"), Just("sealed")];
    (7..9_i64, organ(), person, helpers, any::<bool>(), word, 0..6_i64).prop_map(
        |(id, organ, person, helpers, public, state, weight)| {
            Resource::new("parcel", Id::<()>::new(id).unwrap())
                .organ("organ", organ)
                .person("reporter", person)
                .organs("helpers", helpers)
                .flag("public", public)
                .word("state", state)
                .number("weight", weight)
        },
    )
}

/// One for all rounds, so that what one has asked is remembered in the next.
static SHARED: std::sync::LazyLock<Policies> =
    std::sync::LazyLock::new(|| Policies::new(&[parcels(RULES)]).unwrap());

proptest! {
    /// Whatever was asked before, a remembered decision is the one that Cedar gives for the very ids asked.
    #[test]
    fn remembered_decisions_are_cedars_own(questions in proptest::collection::vec((any_actor(), any_parcel()), 1..60)) {
        for (actor, resource) in &questions {
            let remembered = SHARED.permits(actor, "parcel.read", resource);
            let own = SHARED.permits_unremembered(actor, "parcel.read", resource).unwrap();
            prop_assert_eq!(remembered, own, "{:?} on {:?}", actor, resource);
        }
    }

    /// The same for persons as resources, where the id of the resource itself is compared.
    #[test]
    fn a_person_as_resource_is_compared_with_who_asks(actor in any_actor(), others in proptest::collection::vec(1..4_i64, 1..6)) {
        for id in others {
            let resource = Resource::new("person", PersonId::new(id).unwrap()).flag("guarded", false);
            for action in ["person.change", "person.suspend", "session.end"] {
                let own = SHARED.permits_unremembered(&actor, action, &resource).unwrap();
                prop_assert_eq!(SHARED.permits(&actor, action, &resource), own);
            }
        }
    }
}
