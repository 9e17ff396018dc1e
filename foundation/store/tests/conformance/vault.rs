//! Personal data is kept sealed, on both engines.

use std::os::unix::fs::PermissionsExt as _;
use std::time::Duration;

use gongzhi_kernel::{Fault, Place, Subject};
use gongzhi_store::vault::{KeySource, MasterKey, VaultError};
use gongzhi_store::{Engine, Position};

use crate::{event, store};

gongzhi_store::statements! {
    /// Sealed parts as they stand in the table.
    KEPT = "SELECT sealed, commitment FROM journal WHERE sealed IS NOT NULL ORDER BY subject, revision";
    /// Somebody moves a sealed part to another event.
    SWAP = "UPDATE journal SET sealed = (SELECT j.sealed FROM journal j WHERE j.subject = 2) WHERE subject = 1";
}

on_both_engines! {
    sealed_parts_are_sealed_and_say_the_same,
    a_new_key_seals_from_its_moment_on,
    the_wrong_key_or_none_opens_nothing,
    another_master_key_wraps_the_same_keys,
}

fn given(byte: u8) -> KeySource {
    KeySource::Given(MasterKey::new([byte; 32]))
}

fn with_phone(subject: i64) -> gongzhi_kernel::NewEvent {
    gongzhi_kernel::NewEvent {
        sealed: Some(serde_json::json!({ "phone": "19900000000" })),
        ..event(subject, 1)
    }
}

async fn kept(store: &gongzhi_store::Store) -> Vec<(String, String)> {
    store.read(|tx| tx.all(&KEPT, &[], |row| Ok((row.string(0)?, row.string(1)?)))).await.unwrap()
}

async fn phone(store: &gongzhi_store::Store, subject: i64) -> Result<String, Fault> {
    let subject = Subject { kind: "suite".into(), id: subject };
    let history = store.read(move |tx| tx.history(&subject)).await?;
    Ok(history[0].sealed.as_ref().unwrap()["phone"].as_str().unwrap().to_owned())
}

async fn sealed_parts_are_sealed_and_say_the_same(engine: Engine) {
    let store = store(engine).await;
    // What was kept before there were keys stays readable, until it is sealed.
    store.write(|tx| tx.record(with_phone(1))).await.unwrap();
    store.unlock(&given(1)).await.unwrap();
    store.write(|tx| tx.record(with_phone(2))).await.unwrap();
    let before = kept(&store).await;
    assert!(before[0].0.contains("19900000000") && !before[1].0.contains("19900000000"));
    for subject in [1, 2] {
        assert_eq!(phone(&store, subject).await.unwrap(), "19900000000");
    }
    let (mut place, mut sealed) = (Some(Position::default()), 0);
    while let Some(after) = place {
        let (next, done) = store.reseal_journal(after).await.unwrap();
        place = next;
        sealed += done;
    }
    assert_eq!(sealed, 1);
    let after = kept(&store).await;
    assert!(after.iter().all(|(sealed, _)| !sealed.contains("1990")));
    assert_eq!(
        (&after[0].1, &after[1]),
        (&before[0].1, &before[1]),
        "the commitment is of what it says, and stays"
    );
    assert_eq!(phone(&store, 1).await.unwrap(), "19900000000");

    // A sealed part is bound to its event.
    store.write(|tx| tx.execute(&SWAP, &[])).await.unwrap();
    assert!(phone(&store, 1).await.is_err() && phone(&store, 2).await.is_ok());
}

async fn a_new_key_seals_from_its_moment_on(engine: Engine) {
    let store = store(engine).await;
    store.unlock(&given(1)).await.unwrap();
    let (other, clock) = store.another().await.unwrap();
    other.unlock(&given(1)).await.unwrap();
    let text = |store: &gongzhi_store::Store| {
        let vault = store.world().vault.clone();
        vault.seal(Place::new("x", 1), "text", || [7; 32]).unwrap()
    };
    assert_eq!(text(&store), text(&other), "all processes have the same keys");
    store.new_key(&given(1), Duration::from_secs(60)).await.unwrap();
    for store in [&store as &gongzhi_store::Store, &other] {
        store.unlock(&given(1)).await.unwrap();
    }
    assert_eq!(text(&store), text(&other));
    // The moment comes for one process first: the other opens what it has sealed.
    use gongzhi_kernel::Clock as _;
    clock.set(clock.now() + Duration::from_secs(61));
    other.unlock(&given(1)).await.unwrap();
    let sealed = text(&other);
    assert_ne!(sealed, text(&store));
    assert_eq!(store.world().vault.open(Place::new("x", 1), sealed.clone()).unwrap(), "text");
    assert!(store.world().vault.open(Place::new("x", 2), sealed.clone()).is_err());
    assert!(other.world().vault.is_outdated(&text(&store)) && !other.world().vault.is_outdated(&sealed));
    // What is found by its hash is found by every process, with every key.
    assert_eq!(store.world().vault.digest("x", "1"), other.world().vault.digest("x", "1"));
    assert_ne!(store.world().vault.digest("x", "1"), store.world().vault.digest("y", "1"));
}

async fn the_wrong_key_or_none_opens_nothing(engine: Engine) {
    let store = store(engine).await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("keys/master.key");
    let source = KeySource::File(file.clone());
    store.unlock(&source).await.unwrap();
    assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    store.write(|tx| tx.record(with_phone(1))).await.unwrap();
    store.unlock(&source).await.unwrap();
    assert!(matches!(store.unlock(&given(2)).await, Err(VaultError::Wrong { .. })));

    let (locked, _) = store.another().await.unwrap();
    assert!(phone(&locked, 1).await.is_err(), "without keys nothing is read");
    let command = format!("command:cat {}", file.display());
    locked.unlock(&command.parse().unwrap()).await.unwrap();
    assert_eq!(phone(&locked, 1).await.unwrap(), "19900000000");
    for bad in ["command:echo no key", "command:exit 3"] {
        assert!(
            matches!(locked.unlock(&bad.parse().unwrap()).await, Err(VaultError::Command { .. })),
            "{bad}"
        );
    }

    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o644)).unwrap();
    assert!(matches!(store.unlock(&source).await, Err(VaultError::File { .. })));
    std::fs::remove_file(&file).unwrap();
    assert!(matches!(store.unlock(&source).await, Err(VaultError::Missing { .. })), "no second key is made");
    assert!(!file.exists());
}

async fn another_master_key_wraps_the_same_keys(engine: Engine) {
    let store = store(engine).await;
    store.unlock(&given(1)).await.unwrap();
    store.write(|tx| tx.record(with_phone(1))).await.unwrap();
    let before = kept(&store).await;
    assert!(store.rewrap(&given(9), &given(2)).await.is_err());
    store.rewrap(&given(1), &given(2)).await.unwrap();
    assert_eq!(kept(&store).await, before);
    let (other, _) = store.another().await.unwrap();
    assert!(matches!(other.unlock(&given(1)).await, Err(VaultError::Wrong { .. })));
    other.unlock(&given(2)).await.unwrap();
    assert_eq!(phone(&other, 1).await.unwrap(), "19900000000");
}
