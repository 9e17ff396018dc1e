//! The journal and its followers.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use gongzhi_kernel::{Event, Fault, Subject, commitment};
use gongzhi_store::followers::{catch_up, rebuild};
use gongzhi_store::{Engine, Follower, Position, Store, Tx, params};

use crate::{event, store};

gongzhi_store::statements! {
    /// What the follower has seen; a second time would be a doubled key.
    SEE = "INSERT INTO seen (event, place) SELECT CAST($1 AS BIGINT), count(*) FROM seen";
    /// In which order.
    SEEN = "SELECT event FROM seen ORDER BY place";
    /// Nothing any more.
    FORGET = "DELETE FROM seen";
}

on_both_engines! {
    events_come_back_as_they_were_recorded,
    of_two_with_the_same_revision_one_fails,
    followers_take_each_event_once_and_in_order,
    a_follower_that_fails_keeps_nothing_and_goes_on_later,
    a_follower_is_rebuilt_from_the_beginning,
    two_runners_of_one_follower_take_each_event_once,
    a_replay_meets_every_subject,
    growth_is_told_after_the_commit_and_only_then,
}

/// Writes down what it sees, in its own table.
#[derive(Default)]
struct Witness {
    fails_once: AtomicBool,
    moved: AtomicUsize,
}

impl Follower for Witness {
    fn name(&self) -> &'static str {
        "suite.witness"
    }
    fn follow(&self, tx: &mut dyn Tx, events: &[Event]) -> Result<(), Fault> {
        for event in events {
            tx.execute(&SEE, params![event.id])?;
        }
        if self.fails_once.swap(false, Ordering::Relaxed) {
            Err(Fault::internal("on purpose"))
        } else {
            Ok(())
        }
    }
    fn reset(&self, tx: &mut dyn Tx) -> Result<(), Fault> {
        tx.execute(&FORGET, &[]).map(|_| ())
    }
    fn moved(&self) {
        self.moved.fetch_add(1, Ordering::Relaxed);
    }
}

fn witness() -> Arc<dyn Follower> {
    Arc::new(Witness::default())
}

async fn seen(store: &Store) -> Vec<i64> {
    store.read(|tx| tx.all(&SEEN, &[], |row| row.int(0))).await.unwrap()
}

async fn journal(store: &Store) -> Vec<i64> {
    let (events, _) = store.read(|tx| tx.events_after(Position::default(), 100_000)).await.unwrap();
    events.into_iter().map(|event| event.id.get()).collect()
}

/// Takes in until nothing is left. On PostgreSQL other tests on the same server may hold the horizon back for a moment.
async fn settle(store: &Store, follower: &Arc<dyn Follower>, wanted: usize) -> usize {
    let mut taken = 0;
    for _ in 0..400 {
        taken += catch_up(store, follower).await.unwrap();
        if taken >= wanted {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(25)).await;
    }
    taken
}

async fn events_come_back_as_they_were_recorded(engine: Engine) {
    let store = store(engine).await;
    let mut first = event(7, 1);
    first.public = serde_json::json!({ "area": "示例", "n": 1.5, "list": [1, null, "x"] });
    first.sealed = Some(serde_json::json!({ "phone": "19900000000", "text": "楼下 🏮" }));
    first.actor = gongzhi_kernel::Actor::Official {
        person: gongzhi_kernel::Id::new(3).unwrap(),
        organ: gongzhi_kernel::Id::new(4).unwrap(),
        head: true,
    };
    let given = first.clone();
    let id = store.write(move |tx| tx.record(first.clone())).await.unwrap();
    store.write(|tx| tx.record(event(7, 2))).await.unwrap();
    let subject = Subject { kind: "suite".into(), id: 7 };
    let asked = subject.clone();
    let (history, last, none) = store
        .read(move |tx| {
            let none = tx.last_revision(&Subject { kind: "suite".into(), id: 8 })?;
            Ok::<_, Fault>((tx.history(&asked)?, tx.last_revision(&asked)?, none))
        })
        .await
        .unwrap();
    assert_eq!((history.len(), last, none), (2, 2, 0));
    let kept = &history[0];
    assert_eq!((kept.id, kept.kind.as_str(), &kept.subject, kept.revision), (id, given.kind, &subject, 1));
    assert_eq!((kept.at, &kept.actor), (given.at, &given.actor));
    assert_eq!((&kept.public, &kept.sealed), (&given.public, &given.sealed));
    assert_eq!(kept.commitment.as_ref().map(String::len), Some(64));
    assert_eq!((history[1].revision, &history[1].sealed, &history[1].commitment), (2, &None, &None));
    // The commitment can be opened with the salt, and with nothing else.
    let (salt, text) = store
        .read(|tx| tx.one(&SALT, params![7_i64], |row| Ok((row.bytes(0)?.to_vec(), row.string(1)?))))
        .await
        .unwrap()
        .unwrap();
    assert_eq!(salt.len(), 16);
    assert_eq!(kept.commitment.as_deref(), Some(commitment(&salt, &text).as_str()));
}

mod salt {
    gongzhi_store::statements! {
        /// What opens a commitment.
        SALT = "SELECT salt, sealed FROM journal WHERE subject = $1 AND revision = 1";
    }
}
use salt::SALT;

async fn of_two_with_the_same_revision_one_fails(engine: Engine) {
    let store = store(engine).await;
    store.write(|tx| tx.record(event(1, 1))).await.unwrap();
    let (a, b) =
        tokio::join!(store.write(|tx| tx.record(event(1, 2))), store.write(|tx| tx.record(event(1, 2))));
    assert!(a.is_ok() != b.is_ok(), "{a:?} {b:?}");
    assert_eq!(store.read(|tx| tx.journal_length()).await.unwrap(), 2);
}

async fn followers_take_each_event_once_and_in_order(engine: Engine) {
    let mut store = store(engine).await;
    let mut wanted = 0;
    for round in 0..4_i64 {
        let tasks: Vec<_> = (0..60_i64)
            .map(|nth| {
                let store = (*store).clone();
                let subject = round * 1000 + nth;
                tokio::spawn(async move {
                    store
                        .write(move |tx| {
                            tx.record(event(subject, 1))?;
                            tx.record(event(subject, 2))
                        })
                        .await
                })
            })
            .collect();
        // While they come in.
        let mut taken = catch_up(&store, &witness()).await.unwrap();
        for task in tasks {
            task.await.unwrap().unwrap();
        }
        wanted += 120;
        taken += settle(&store, &witness(), 120 - taken).await;
        assert_eq!(taken, 120);
        store = store.reopen().await.unwrap();
    }
    let seen = seen(&store).await;
    assert_eq!(seen.len(), wanted);
    assert_eq!(seen, journal(&store).await);
}

async fn a_follower_that_fails_keeps_nothing_and_goes_on_later(engine: Engine) {
    let store = store(engine).await;
    store.write(|tx| (1..=5).try_for_each(|nth| tx.record(event(nth, 1)).map(|_| ()))).await.unwrap();
    let witness = Arc::new(Witness::default());
    let follower = Arc::clone(&witness) as Arc<dyn Follower>;
    // Until the server's horizon has passed, there is nothing to fail at.
    witness.fails_once.store(true, Ordering::Relaxed);
    for _ in 0..400 {
        if catch_up(&store, &follower).await.is_err() {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(25)).await;
    }
    assert!(!witness.fails_once.load(Ordering::Relaxed));
    assert_eq!((seen(&store).await.len(), witness.moved.load(Ordering::Relaxed)), (0, 0));
    let store = store.reopen().await.unwrap();
    assert_eq!(settle(&store, &follower, 5).await, 5);
    assert_eq!((seen(&store).await.len(), witness.moved.load(Ordering::Relaxed)), (5, 1));
    assert_eq!(catch_up(&store, &follower).await.unwrap(), 0);
}

async fn a_follower_is_rebuilt_from_the_beginning(engine: Engine) {
    let store = store(engine).await;
    store.write(|tx| (1..=1200).try_for_each(|nth| tx.record(event(nth, 1)).map(|_| ()))).await.unwrap();
    assert_eq!(settle(&store, &witness(), 1200).await, 1200);
    let before = seen(&store).await;
    // Somebody has spoilt the follower's table.
    store.write(|tx| tx.execute(&FORGET, &[])).await.unwrap();
    assert_eq!(rebuild(&store, &witness()).await.unwrap(), 1200);
    assert_eq!(seen(&store).await, before);
}

async fn two_runners_of_one_follower_take_each_event_once(engine: Engine) {
    let first = store(engine).await;
    let (second, _clock) = first.another().await.unwrap();
    for round in 0..10_i64 {
        first
            .write(move |tx| (0..20).try_for_each(|nth| tx.record(event(round * 100 + nth, 1)).map(|_| ())))
            .await
            .unwrap();
        let follower = witness();
        let (a, b) = tokio::join!(catch_up(&first, &follower), catch_up(&second, &follower));
        a.unwrap();
        b.unwrap();
    }
    // Twice is impossible: the key would be doubled. Nothing may be missing either.
    for _ in 0..400 {
        if seen(&first).await.len() == 200 {
            break;
        }
        catch_up(&second, &witness()).await.unwrap();
        tokio::time::sleep(std::time::Duration::from_millis(25)).await;
    }
    assert_eq!(seen(&first).await, journal(&first).await);
}

async fn a_replay_meets_every_subject(engine: Engine) {
    let store = store(engine).await;
    store
        .write(|tx| {
            for subject in 1..=1203 {
                tx.record(event(subject, 1))?;
                if subject % 3 == 0 {
                    tx.record(event(subject, 2))?;
                }
            }
            Ok::<_, Fault>(())
        })
        .await
        .unwrap();
    let (mut after, mut subjects, mut events) = (0, 0, 0);
    while let Some((page, end)) = store.read(move |tx| tx.subjects_after(after)).await.unwrap() {
        let mut last = (after, 0);
        for event in &page {
            let expected = if event.subject.id == last.0 { last.1 + 1 } else { 1 };
            assert_eq!(event.revision, expected);
            subjects += usize::from(event.revision == 1);
            last = (event.subject.id, event.revision);
        }
        events += page.len();
        assert_eq!(last.0, end);
        after = end;
    }
    assert_eq!((subjects, events), (1203, 1203 + 401));
}

async fn growth_is_told_after_the_commit_and_only_then(engine: Engine) {
    let store = store(engine).await;
    let mut grown = store.grown();
    grown.mark_unchanged();
    store.write(|tx| tx.execute(&crate::OPEN_ACCOUNT, params![1_i64, 1_i64])).await.unwrap();
    let refused = store.write(|tx| {
        tx.record(event(1, 1))?;
        Err::<(), _>(Fault::internal("no"))
    });
    refused.await.unwrap_err();
    tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    assert!(!grown.has_changed().unwrap());
    store.write(|tx| tx.record(event(1, 1))).await.unwrap();
    tokio::time::timeout(std::time::Duration::from_secs(5), grown.changed()).await.unwrap().unwrap();
}
