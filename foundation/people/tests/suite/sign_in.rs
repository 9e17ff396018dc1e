//! Sign-in, sessions, locks.

use gongzhi_kernel::{Actor, RefusalKind, Role};
use gongzhi_people::{NewPassword, NewPerson, PasswordHash, SignIn, actions};
use gongzhi_store::followers;
use std::sync::Arc;

use crate::house::{House, PASSWORD, refused};

const MINUTE: u64 = 60;
const HOUR: u64 = 60 * MINUTE;
const DAY: u64 = 24 * HOUR;

pub(crate) async fn a_day_in_the_office(house: House) {
    let lin = house.person("lin", &[(house.society, Role::Member), (house.office, Role::Head)]).await;
    let attempt = SignIn { device: Some("Firefox 149\u{7} on Linux"), ..SignIn::new(" LIN ", PASSWORD) };
    let first = house.people.sign_in(&house.visitor(), attempt).await.unwrap();
    assert_eq!(first.token.len(), 43);
    let session = &first.session;
    // The staff role comes first; both are there to choose from.
    assert_eq!(session.actor, Actor::Official { person: lin, organ: house.office, head: true });
    assert_eq!(session.memberships.len(), 2);
    assert_eq!(session.device.as_deref(), Some("Firefox 149 on Linux"));

    let acting = house.acting(session.actor.clone());
    let member = session.memberships.iter().find(|held| held.role == Role::Member).unwrap().id;
    house.people.act_as(&acting, session.id, Some(member)).await.unwrap();
    let seen = house.people.session(&first.token, house.store.world().clock.now()).await.unwrap().unwrap();
    assert_eq!(seen.actor, Actor::OrganisationMember { person: lin, organ: house.society });
    house.people.act_as(&acting, session.id, None).await.unwrap();
    let seen = house.people.session(&first.token, house.store.world().clock.now()).await.unwrap().unwrap();
    assert_eq!(seen.actor, Actor::Resident { person: lin });

    // Nobody acts in what is not theirs, nor in somebody else's session.
    let wu = house.person("wu", &[(house.hotline, Role::Operator)]).await;
    let wus = house.sign_in("wu").await;
    let foreign = wus.session.memberships[0].id;
    assert_eq!(
        refused(house.people.act_as(&acting, session.id, Some(foreign)).await).key,
        "people-membership-not-found"
    );
    assert_eq!(
        refused(house.people.act_as(&house.acting(Actor::Resident { person: wu }), session.id, None).await)
            .key,
        "people-sign-in-first"
    );

    // Signing in again in the same browser ends the session before.
    let again = SignIn { replaces: Some(&first.token), ..SignIn::new("lin", PASSWORD) };
    let second = house.people.sign_in(&house.visitor(), again).await.unwrap();
    assert_ne!(second.token, first.token);
    assert!(!house.lives(&first.token).await);
    assert!(house.lives(&second.token).await);
    house.people.sign_out(&acting, &second.token).await.unwrap();
    assert!(!house.lives(&second.token).await);
    // Signing out twice is signing out once.
    house.people.sign_out(&acting, &second.token).await.unwrap();
    house.is_sound().await;
}

pub(crate) async fn wrong_attempts_slow_down_and_lock(house: House) {
    house.person("lin", &[]).await;
    for login in ["lin", "nobody"] {
        for attempt in 1..=5 {
            let refusal =
                refused(house.people.sign_in(&house.visitor(), SignIn::new(login, "not the password")).await);
            assert_eq!(
                (refusal.kind, refusal.key),
                (RefusalKind::Unauthenticated, "people-sign-in-wrong"),
                "{attempt}"
            );
        }
        // The fifth locks, for a minute; whether the name exists does not show.
        let refusal = refused(house.people.sign_in(&house.visitor(), SignIn::new(login, PASSWORD)).await);
        assert_eq!((refusal.kind, refusal.key), (RefusalKind::TooMany, "people-sign-in-locked"));
        assert_eq!(refusal.args, [("minutes", "1".to_owned())]);
    }
    house.later(61);
    refused(house.people.sign_in(&house.visitor(), SignIn::new("lin", "wrong again, sadly")).await);
    let refusal = refused(house.people.sign_in(&house.visitor(), SignIn::new("lin", PASSWORD)).await);
    assert_eq!(refusal.args, [("minutes", "2".to_owned())]);
    house.later(2 * MINUTE + 1);
    house.sign_in("lin").await;
    // The count starts again.
    refused(house.people.sign_in(&house.visitor(), SignIn::new("lin", "wrong once more")).await);
    house.sign_in("lin").await;
    let kinds = house.kinds().await;
    assert_eq!(kinds.iter().filter(|kind| *kind == "sign_in.refused").count(), 12);
    assert_eq!(kinds.iter().filter(|kind| *kind == "sign_in.cleared").count(), 2);
    house.is_sound().await;
}

pub(crate) async fn many_guesses_at_once_are_counted_one_by_one(house: House) {
    house.person("lin", &[]).await;
    let guesses: Vec<_> = (0..12)
        .map(|guess| {
            let (people, context) = (house.people.clone(), house.visitor());
            tokio::spawn(async move {
                let typed = format!("guess number {guess}");
                people.sign_in(&context, SignIn::new("lin", &typed)).await.err()
            })
        })
        .collect();
    for guess in guesses {
        assert!(guess.await.unwrap().is_some());
    }
    let refusal = refused(house.people.sign_in(&house.visitor(), SignIn::new("lin", PASSWORD)).await);
    assert_eq!(refusal.key, "people-sign-in-locked");
    house.is_sound().await;
}

pub(crate) async fn sessions_end_when_idle_and_at_their_limit(house: House) {
    house.person("staff", &[(house.office, Role::Handler)]).await;
    house.person("resident", &[(house.society, Role::Member)]).await;

    // Idle: staff half an hour, residents a month.
    let staff = house.sign_in("staff").await.token;
    let resident = house.sign_in("resident").await.token;
    house.later(29 * MINUTE);
    assert!(house.lives(&staff).await);
    house.later(29 * MINUTE);
    assert!(house.lives(&staff).await, "being seen keeps it alive");
    house.later(31 * MINUTE);
    assert!(!house.lives(&staff).await);
    house.later(29 * DAY);
    assert!(house.lives(&resident).await);
    house.later(30 * DAY);
    assert!(!house.lives(&resident).await);

    // At the longest: staff twelve hours, residents ninety days.
    let staff = house.sign_in("staff").await.token;
    for _ in 0..24 {
        house.later(29 * MINUTE);
        assert!(house.lives(&staff).await);
    }
    house.later(25 * MINUTE);
    assert!(!house.lives(&staff).await);
    let resident = house.sign_in("resident").await.token;
    for _ in 0..8 {
        house.later(10 * DAY);
        assert!(house.lives(&resident).await);
    }
    house.later(11 * DAY);
    assert!(!house.lives(&resident).await);
}

pub(crate) async fn revocation_takes_effect_at_once(house: House) {
    let lin = house.person("lin", &[(house.office, Role::Handler)]).await;
    let system = house.system();
    let own = house.acting(Actor::Resident { person: lin });

    let (kept, revoked) = (house.sign_in("lin").await, house.sign_in("lin").await);
    assert!(house.lives(&revoked.token).await && house.lives(&kept.token).await);
    assert_eq!(house.people.sessions_of(&own, lin).await.unwrap().len(), 2);
    house.people.revoke_session(&own, revoked.session.id).await.unwrap();
    assert!(!house.lives(&revoked.token).await);
    assert!(house.lives(&kept.token).await);
    // Of somebody else's session it is not even said that there is one.
    let wu = house.person("wu", &[]).await;
    let stranger = house.acting(Actor::Resident { person: wu });
    assert_eq!(
        refused(house.people.revoke_session(&stranger, kept.session.id).await).key,
        "people-session-not-found"
    );

    // A role taken back ends the sessions in which it is acted in.
    let membership = kept.session.acting_in.unwrap();
    house.people.revoke(&system, membership).await.unwrap();
    assert!(!house.lives(&kept.token).await);
    let later = house.sign_in("lin").await;
    assert_eq!(later.session.actor, Actor::Resident { person: lin });

    // A suspended person is out, and stays out.
    house.people.suspend_person(&system, lin).await.unwrap();
    assert!(!house.lives(&later.token).await);
    assert_eq!(
        refused(house.people.sign_in(&house.visitor(), SignIn::new("lin", PASSWORD)).await).key,
        "people-suspended"
    );
    assert_eq!(
        refused(house.people.sign_in(&house.visitor(), SignIn::new("lin", "not the password")).await).key,
        "people-sign-in-wrong"
    );
    house.people.restore_person(&system, lin).await.unwrap();
    house.sign_in("lin").await;
    house.is_sound().await;
}

pub(crate) async fn a_new_password_ends_other_sessions(house: House) {
    let lin = house.person("lin", &[]).await;
    let (here, elsewhere) = (house.sign_in("lin").await, house.sign_in("lin").await);
    let own = house.acting(Actor::Resident { person: lin });
    let new = NewPassword {
        new: "tram 17 at dusk",
        present: Some("not the password"),
        keep: Some(here.session.id),
    };
    let refusal = refused(house.people.set_password(&own, lin, new).await);
    assert_eq!((&*refusal.fields[0].field, refusal.fields[0].key), ("present", "people-password-wrong"));
    assert_eq!(
        refused(house.people.set_password(&own, lin, NewPassword { new: "short", ..new }).await).fields[0]
            .key,
        "people-password-too-short"
    );
    house.people.set_password(&own, lin, NewPassword { present: Some(PASSWORD), ..new }).await.unwrap();
    assert!(house.lives(&here.token).await);
    assert!(!house.lives(&elsewhere.token).await);
    refused(house.people.sign_in(&house.visitor(), SignIn::new("lin", PASSWORD)).await);
    house.people.sign_in(&house.visitor(), SignIn::new("lin", "tram 17 at dusk")).await.unwrap();
    house.is_sound().await;
}

gongzhi_store::statements! {
    /// The hash that is kept.
    KEPT = "SELECT hash FROM credential";
}

pub(crate) async fn an_old_hash_is_made_anew(house: House) {
    let lin = house.person("lin", &[]).await;
    // "river by the mill" with 1 MiB and one pass.
    let weak = argon2::Params::new(1024, 1, 1, None).unwrap();
    let old = argon2::Argon2::new(argon2::Algorithm::Argon2id, argon2::Version::V0x13, weak);
    let old = argon2::PasswordHasher::hash_password_with_salt(&old, b"river by the mill", &[1; 16]).unwrap();
    let old = PasswordHash::parse(&old.to_string()).unwrap();
    let context = house.system();
    house.store.write(move |tx| actions::set_password_hash(tx, &context, lin, &old, None)).await.unwrap();
    house.people.sign_in(&house.visitor(), SignIn::new("lin", "river by the mill")).await.unwrap();
    let kept = house.store.read(|tx| tx.one(&KEPT, &[], |row| row.string(0))).await.unwrap().unwrap();
    assert!(kept.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{kept}");
    house.people.sign_in(&house.visitor(), SignIn::new("lin", "river by the mill")).await.unwrap();
    house.is_sound().await;
}

pub(crate) async fn a_visitor_signs_up(house: House) {
    let new = NewPerson { name: "周 晓".into(), login: Some("zhou".into()), phone: None };
    let visitor = house.visitor();
    let refusal =
        refused(house.people.sign_up(&visitor, NewPerson { login: None, ..new.clone() }, "zhou").await);
    let fields: Vec<_> = refusal.fields.iter().map(|error| (&*error.field, error.key)).collect();
    assert_eq!(fields, [("login", "people-login-unusable"), ("password", "people-password-too-short")]);
    let id = house.people.sign_up(&visitor, new, PASSWORD).await.unwrap();
    let signed_in = house.sign_in("zhou").await;
    assert_eq!(signed_in.session.actor, Actor::Resident { person: id });
    house.is_sound().await;
}

pub(crate) async fn sessions_that_reached_their_limit_are_taken_away(house: House) {
    house.person("lin", &[(house.office, Role::Handler)]).await;
    let early = house.sign_in("lin").await;
    house.later(6 * HOUR);
    let late = house.sign_in("lin").await;
    house.people.sign_out(&house.visitor(), &late.token).await.unwrap();
    house.later(6 * HOUR);
    let handlers = Arc::new(house.people.timer_handlers());
    assert_eq!(followers::fire_due(&house.store, &handlers).await.unwrap(), 1);
    house.later(12 * HOUR);
    assert_eq!(followers::fire_due(&house.store, &handlers).await.unwrap(), 0);
    let ended = house
        .store
        .read(move |tx| tx.history(&gongzhi_kernel::Subject::new("session", early.session.id)))
        .await;
    let last = ended.unwrap().pop().unwrap();
    assert_eq!(
        (last.kind.as_str(), &last.public["reason"]),
        ("session.ended", &serde_json::json!("expired"))
    );
    house.is_sound().await;
}
