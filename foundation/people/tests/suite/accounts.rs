//! Persons, roles, policies, and what the journal shows of them.

use gongzhi_kernel::{Actor, RefusalKind, Role, Subject};
use gongzhi_people::{NewPassword, NewPerson, PersonChange, actions, kinds};

use crate::house::{House, PASSWORD, hash, refused};

fn wang() -> NewPerson {
    NewPerson {
        name: " 王 磊 ".into(), login: Some("Wang.Lei".into()), phone: Some("010-6512 0000".into())
    }
}

pub(crate) async fn a_person_is_registered_once_under_a_sign_in_name(house: House) {
    let system = house.system();
    let id = house.people.register_person(&system, wang()).await.unwrap();
    let person = house.people.person(&system, id).await.unwrap();
    assert_eq!((person.name.as_str(), person.login.as_deref()), ("王 磊", Some("wang.lei")));
    assert_eq!(person.phone.as_deref(), Some("01065120000"));

    let again = NewPerson { login: Some("ＷＡＮＧ.lei".into()), ..wang() };
    let refusal = refused(house.people.register_person(&system, again).await);
    assert_eq!((refusal.kind, refusal.fields[0].key), (RefusalKind::Invalid, "people-login-taken"));

    let change = PersonChange { name: "王磊".into(), login: None, phone: None };
    let changed = house.people.change_person(&system, id, change.clone()).await.unwrap();
    assert_eq!((changed.name.as_str(), changed.phone, changed.revision), ("王磊", None, 2));
    assert_eq!(changed.login.as_deref(), Some("wang.lei"));
    // What is already so is not recorded again.
    assert_eq!(house.people.change_person(&system, id, change.clone()).await.unwrap().revision, 2);

    // Another sign-in name, unless it is somebody's.
    house.person("lin", &[]).await;
    let taken = PersonChange { login: Some("LIN".into()), ..change.clone() };
    assert_eq!(
        refused(house.people.change_person(&system, id, taken).await).fields[0].key,
        "people-login-taken"
    );
    let other = PersonChange { login: Some("王磊".into()), ..change };
    house.people.change_person(&system, id, other).await.unwrap();
    assert_eq!(house.people.person_by_login(&system, " 王磊").await.unwrap().unwrap().id, id);
    assert!(house.people.person_by_login(&system, "wang.lei").await.unwrap().is_none());
    house.is_sound().await;
}

pub(crate) async fn what_cannot_be_taken_names_its_field(house: House) {
    let bad = NewPerson { name: "  ".into(), login: Some("a b".into()), phone: Some("call me".into()) };
    let refusal = refused(house.people.register_person(&house.system(), bad).await);
    let fields: Vec<_> = refusal.fields.iter().map(|error| (&*error.field, error.key)).collect();
    assert_eq!(
        fields,
        [
            ("name", "people-name-missing"),
            ("phone", "people-phone-unusable"),
            ("login", "people-login-unusable"),
        ]
    );
    let journal = house.kinds().await;
    assert!(journal.iter().all(|kind| kind.starts_with("organ.")), "{journal:?}");
}

pub(crate) async fn nobody_passes_the_policies(house: House) {
    let lin = house.person("lin", &[(house.office, Role::Handler)]).await;
    let zhao = house.person("zhao", &[(house.office, Role::Administrator)]).await;
    let sun = house.person("sun", &[(house.office, Role::Auditor)]).await;
    let handler = house.acting(Actor::Official { person: lin, organ: house.office, head: false });
    let admin = house.acting(Actor::Administrator { person: zhao, organ: house.office });
    let visitor = house.visitor();

    let people = &house.people;
    assert_eq!(refused(people.register_person(&handler, wang()).await).kind, RefusalKind::Forbidden);
    assert_eq!(refused(people.person(&visitor, lin).await).kind, RefusalKind::Unauthenticated);
    assert_eq!(refused(people.person(&handler, zhao).await).kind, RefusalKind::Forbidden);
    assert_eq!(people.person(&handler, lin).await.unwrap().id, lin);
    // The administrator keeps accounts, but does not make auditors, nor takes their accounts over.
    assert_eq!(
        refused(people.grant(&admin, lin, house.office, Role::Auditor).await).key,
        "people-not-allowed"
    );
    let new = NewPassword { new: "another kettle 7", present: None, keep: None };
    assert_eq!(refused(people.set_password(&admin, sun, new).await).key, "people-not-allowed");
    people.set_password(&admin, lin, new).await.unwrap();
    assert_eq!(refused(people.suspend_person(&admin, zhao).await).key, "people-not-allowed");
    let head = people.grant(&admin, lin, house.office, Role::Head).await.unwrap();
    people.revoke(&admin, head).await.unwrap();
    // Being granted twice is being granted once.
    let first = people.grant(&admin, lin, house.hotline, Role::Operator).await.unwrap();
    assert_eq!(people.grant(&admin, lin, house.hotline, Role::Operator).await.unwrap(), first);
    house.is_sound().await;
}

pub(crate) async fn roles_fit_the_kind_of_organ(house: House) {
    let lin = house.person("lin", &[]).await;
    let system = house.system();
    for (organ, role) in
        [(house.office, Role::Operator), (house.office, Role::Member), (house.society, Role::Head)]
    {
        assert_eq!(refused(house.people.grant(&system, lin, organ, role).await).key, "people-role-not-here");
    }
    house.people.grant(&system, lin, house.society, Role::Member).await.unwrap();
    let members = house.people.members(&system, house.society).await.unwrap();
    assert_eq!(
        members.iter().map(|(held, person)| (held.role, person.id)).collect::<Vec<_>>(),
        [(Role::Member, lin)]
    );
}

pub(crate) async fn personal_data_is_sealed(house: House) {
    let id = house.people.register_person(&house.system(), wang()).await.unwrap();
    house
        .people
        .set_password(&house.system(), id, NewPassword { new: PASSWORD, present: None, keep: None })
        .await
        .unwrap();
    house.people.grant(&house.system(), id, house.office, Role::Handler).await.unwrap();
    let signed_in = house
        .people
        .sign_in(&house.visitor(), gongzhi_people::SignIn::new("wang.lei", PASSWORD))
        .await
        .unwrap();
    let events = house.journal().await;
    for event in &events {
        let public = event.public.to_string();
        for secret in ["王", "wang", "0106512", "person", PASSWORD] {
            assert!(!public.contains(secret), "{} shows {secret}: {public}", event.kind);
        }
        let sealed = event.sealed.as_ref().map(ToString::to_string).unwrap_or_default();
        for secret in [PASSWORD, "argon2", &signed_in.token] {
            assert!(!sealed.contains(secret), "{} holds {secret}", event.kind);
        }
    }
    assert!(events.iter().any(|event| event.kind == "session.started"));
}

gongzhi_store::statements! {
    /// A change without an event.
    RENAME = "UPDATE person SET name = 'somebody else'";
    /// A role without an event.
    SLIP_IN = "INSERT INTO membership (id, person, organ, role, granted_at, revoked_at, revision)
        VALUES (77, 78, 79, 'head', 0, NULL, 1)";
    /// A vanished organ.
    LOSE = "DELETE FROM organ WHERE code = 'dq'";
}

pub(crate) async fn the_check_finds_what_was_changed_behind_its_back(house: House) {
    let lin = house.person("lin", &[(house.office, Role::Handler)]).await;
    house.is_sound().await;
    house
        .store
        .write(|tx| {
            for statement in statements() {
                tx.execute(statement, &[])?;
            }
            Ok::<_, gongzhi_kernel::Fault>(())
        })
        .await
        .unwrap();
    let mut found: Vec<(Subject, String)> = house
        .check()
        .await
        .differences
        .into_iter()
        .map(|difference| (difference.subject, difference.what))
        .collect();
    found.sort();
    let slipped = gongzhi_kernel::Id::<kinds::Membership>::new(77).unwrap();
    assert_eq!(
        found,
        [
            (Subject::new("membership", slipped), "has a row and no event".to_owned()),
            (Subject::new("organ", house.society), "has events and no row".to_owned()),
            (Subject::new("person", lin), "is not what its 2 events say".to_owned()),
        ]
    );
}

pub(crate) async fn seeding_is_one_unit_of_work(house: House) {
    let context = house.system();
    let outcome = house
        .store
        .write(move |tx| {
            for n in 0..200 {
                let new =
                    NewPerson {
                        name: format!("居民{n}"), login: Some(format!("resident{n}")), phone: None
                    };
                let id = actions::register_person(tx, &context, &new)?;
                actions::set_password_hash(tx, &context, id, &hash(), None)?;
            }
            // The last one is refused: none of them is kept.
            let twice = NewPerson { name: "居民".into(), login: Some("resident7".into()), phone: None };
            actions::register_person(tx, &context, &twice)
        })
        .await;
    assert_eq!(refused(outcome).fields[0].key, "people-login-taken");
    assert!(house.people.persons(&house.system(), None, 10).await.unwrap().is_empty());
    house.is_sound().await;
}
