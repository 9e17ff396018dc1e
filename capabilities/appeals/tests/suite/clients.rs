//! What clients of Open311 read, and who keeps their keys, on both engines.

use std::time::Duration;

use gongzhi_appeals::actions::clients::NewClient;
use gongzhi_appeals::store::open311::Asked;
use gongzhi_kernel::{Actor, Clock as _, RefusalKind};

use crate::house::{House, refused};

pub(crate) async fn clients_read_what_is_public_and_what_has_changed(house: House) {
    let start = house.store.clock.now();
    let first = house.answered().await.number;
    house.later(60);
    let second =
        house.submit(gongzhi_appeals::Submit { category: Some(house.lighting), ..house.noise() }).await;
    house.later(60);
    house.count().await;
    let now = house.store.clock.now();
    let all =
        Asked { from: start, to: now, open: None, categories: None, changed: None, limit: 10, offset: 0 };
    let find = async |asked: Asked| -> Vec<i64> {
        let found = house.appeals.public_appeals(asked, true).await.unwrap();
        found.iter().map(|one| one.appeal.id.get()).collect()
    };
    let (first, second) = (first.get(), second.number.get());
    assert_eq!(find(all.clone()).await, [second, first]);
    assert_eq!(find(Asked { open: Some(false), ..all.clone() }).await, [first]);
    assert_eq!(find(Asked { categories: Some(vec![house.lighting]), ..all.clone() }).await, [second]);
    let both = Some(vec![house.noise, house.lighting]);
    assert_eq!(find(Asked { categories: both, offset: 1, ..all.clone() }).await, [first]);
    let changed = Some((start + Duration::from_secs(1800), now));
    assert_eq!(find(Asked { changed, ..all.clone() }).await, [second]);
    assert_eq!(find(Asked { from: start + Duration::from_secs(1800), ..all }).await, [second]);
    let steps = house.appeals.public_steps(start, start + Duration::from_secs(60), 10, 0).await.unwrap();
    let kinds: Vec<&str> = steps.iter().map(|step| step.knot.kind).collect();
    assert_eq!(kinds, ["appeal.submitted", "appeal.dispatched", "appeal.accepted", "appeal.answered"]);
}

pub(crate) async fn keys_are_kept_by_administrators(house: House) {
    let new = NewClient { name: "随手拍".into(), contact: String::new(), per_minute: 3 };
    for context in [house.visitor(), house.official(house.office), house.operator(), house.auditor()] {
        let refusal = refused(house.appeals.register_client(&context, new.clone()).await);
        assert!(matches!(refusal.kind, RefusalKind::Forbidden | RefusalKind::Unauthenticated));
    }
    let admin = house.acting(Actor::Administrator { person: house.operator, organ: house.hotline });
    let (client, key) = house.appeals.register_client(&admin, new).await.unwrap();
    assert!(!client.key_hash.contains(&key) && key.len() == 32);
    assert_eq!(house.appeals.clients(&admin).await.unwrap(), std::slice::from_ref(&client));
    let revoked = house.appeals.revoke_client(&admin, client.id).await.unwrap();
    assert_eq!((revoked.revision, revoked.revoked_at), (2, Some(admin.now)));
    let again = refused(house.appeals.revoke_client(&admin, client.id).await);
    assert_eq!(again.key, "open311-client-revoked");
    house.is_sound().await;
}
