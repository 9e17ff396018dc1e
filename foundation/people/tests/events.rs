//! The contract of this crate's events: a golden sample of each kind, with what is public and what is sealed.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use std::collections::BTreeSet;
use std::sync::Arc;

use gongzhi_kernel::{Actor, Clock as _, LocalText, Locale, Point, Role};
use gongzhi_people::{
    AreaChange, AreaLevel, EVENT_KINDS, MIGRATIONS, NewArea, NewOrgan, NewPassword, NewPerson, OrganChange,
    OrganKind, People, PersonChange, Policies, SignIn,
};
use gongzhi_store::{followers, testing};

mod authenticator;
use serde_json::json;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_kind_has_a_golden_sample() {
    let store = testing::sqlite(&[MIGRATIONS]).await.unwrap();
    let people = People::open(store.clone(), Policies::new(&[]).unwrap()).await.unwrap();
    let system = store.world().context(Actor::System, Locale::default());
    let visitor = store.world().context(Actor::Visitor, Locale::default());
    let start = testing::start();

    let area = |code: &str| NewArea {
        code: code.into(),
        level: AreaLevel::Street,
        name: LocalText::new("柳荫街道", "Willow Street"),
        parent: None,
        valid_from: start,
        centre: Point::new(39.93, 116.37),
    };
    let old = people.add_area(&system, area("110102001000")).await.unwrap();
    let new = people.add_area(&system, area("110102002000")).await.unwrap();
    let renamed = AreaChange { name: LocalText::only("柳荫里街道"), parent: None, centre: None };
    people.change_area(&system, new, renamed).await.unwrap();
    people.end_area(&system, old, start, vec![new]).await.unwrap();

    let office = NewOrgan {
        code: "lyj".into(),
        kind: OrganKind::Street,
        name: LocalText::new("柳荫街道办事处", "Willow Street Office"),
        parent: None,
        area: Some(old),
    };
    let office = people.establish_organ(&system, office).await.unwrap();
    let moved = OrganChange {
        code: "lyj".into(),
        name: LocalText::new("柳荫街道办事处", "Willow Street Office"),
        parent: None,
        area: Some(new),
        active: true,
    };
    people.change_organ(&system, office, moved).await.unwrap();

    let lin =
        NewPerson { name: "林 静".into(), login: Some("lin".into()), phone: Some("13800000000".into()) };
    let lin = people.register_person(&system, lin).await.unwrap();
    let change = PersonChange { name: "林静".into(), login: None, phone: None };
    people.change_person(&system, lin, change).await.unwrap();
    let password = "kettle-harbour-91";
    people
        .set_password(&system, lin, NewPassword { new: password, present: None, keep: None })
        .await
        .unwrap();
    let membership = people.grant(&system, lin, office, Role::Handler).await.unwrap();
    people.sign_in(&visitor, SignIn::new("lin", "not the password")).await.unwrap_err();
    let attempt = SignIn { device: Some("Firefox on Linux"), ..SignIn::new("lin", password) };
    let session = people.sign_in(&visitor, attempt).await.unwrap().session;
    let acting = store.world().context(session.actor.clone(), Locale::default());
    people.act_as(&acting, session.id, None).await.unwrap();
    let step = people.begin_change(&acting, &session).await.unwrap();
    let app = authenticator::App::with(&people.set_up(&acting, &step, "x").await.unwrap().secret);
    let shown = app.shows(store.clock.now());
    let codes = people.finish_change(&acting, &session, &step, &shown).await.unwrap();
    people.prove(&acting, &session, &codes[0]).await.unwrap();
    people.new_recovery_codes(&acting, &session).await.unwrap();
    people.remove_second_factor(&acting, &session).await.unwrap();
    let auditor = Actor::Auditor { person: lin, organ: office };
    let auditing = store.world().context(auditor, Locale::default());
    let search = gongzhi_people::audit::Search { person: Some(lin), ..Default::default() };
    people.audit(&auditing, search, 10).await.unwrap();
    people.export_audit(&auditing, Default::default()).await.unwrap();
    people.copy_my_data(&acting, &session).await.unwrap();
    people.suspend_person(&system, lin).await.unwrap();
    people.restore_person(&system, lin).await.unwrap();
    people.revoke(&system, membership).await.unwrap();
    let leaving = NewPerson { name: "周晓".into(), login: Some("zhou".into()), phone: None };
    let zhou = people.sign_up(&visitor, leaving, password).await.unwrap();
    let session = people.sign_in(&visitor, SignIn::new("zhou", password)).await.unwrap().session;
    let own = store.world().context(Actor::Resident { person: zhou }, Locale::default());
    people.erase_me(&own, &session).await.unwrap();
    followers::fire_due(&store, &Arc::new(people.timer_handlers())).await.unwrap();

    let (events, _) = store.read(|tx| tx.events_after(Default::default(), 1000)).await.unwrap();
    let mut seen = BTreeSet::new();
    let mut samples = Vec::new();
    for event in events {
        if seen.insert(event.kind.clone()) {
            assert_eq!(event.sealed, None, "followers are not handed sealed parts");
            let whole = store.read(move |tx| tx.history(&event.subject)).await.unwrap();
            let event = whole.into_iter().find(|known| known.id == event.id).unwrap();
            samples.push(json!({
                "kind": event.kind,
                "subject": event.subject.kind,
                "revision": event.revision,
                "actor": event.actor,
                "public": event.public,
                "sealed": event.sealed,
            }));
        }
    }
    assert_eq!(seen, EVENT_KINDS.iter().map(ToString::to_string).collect());
    insta::assert_json_snapshot!("events", samples);
}
