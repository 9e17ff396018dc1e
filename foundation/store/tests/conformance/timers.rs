//! Timers: once, in order, whatever comes between.

use std::sync::Arc;
use std::time::Duration;

use gongzhi_kernel::{Fault, Timestamp};
use gongzhi_store::followers::fire_due;
use gongzhi_store::{Engine, Store, TimerHandler, Tx, params, testing};

use crate::store;

gongzhi_store::statements! {
    /// What has been fired, with a number that tells the order.
    NOTE = "INSERT INTO fired (nth, kind, subject) SELECT count(*), CAST($1 AS TEXT), CAST($2 AS BIGINT) FROM fired";
    /// What has been fired, in order.
    NOTED = "SELECT kind, subject FROM fired ORDER BY nth";
}

on_both_engines! {
    timers_fire_once_and_in_order_across_a_restart,
    cancelled_and_moved_timers_do_not_fire,
    one_that_fails_does_not_hold_up_the_others,
    two_runners_fire_each_once,
    a_timer_may_set_the_next,
}

struct Noting(&'static str);

impl TimerHandler for Noting {
    fn kind(&self) -> &'static str {
        self.0
    }
    fn fire(&self, tx: &mut dyn Tx, _now: Timestamp, subject: i64) -> Result<(), Fault> {
        tx.execute(&NOTE, params![self.0, subject])?;
        if subject == 13 { Err(Fault::internal("on purpose")) } else { Ok(()) }
    }
}

/// Fires again in an hour, three times.
struct Again;

impl TimerHandler for Again {
    fn kind(&self) -> &'static str {
        "suite.again"
    }
    fn fire(&self, tx: &mut dyn Tx, now: Timestamp, subject: i64) -> Result<(), Fault> {
        tx.execute(&NOTE, params![self.kind(), subject])?;
        let times = tx.all(&NOTED, &[], |row| row.int(1))?.len();
        if times < 3 { tx.schedule(self.kind(), subject, now + Duration::from_secs(3600)) } else { Ok(()) }
    }
}

fn handlers() -> Arc<Vec<Arc<dyn TimerHandler>>> {
    Arc::new(vec![Arc::new(Noting("suite.a")), Arc::new(Noting("suite.b")), Arc::new(Again)])
}

async fn noted(store: &Store) -> Vec<(String, i64)> {
    store.read(|tx| tx.all(&NOTED, &[], |row| Ok((row.string(0)?, row.int(1)?)))).await.unwrap()
}

fn after(minutes: u64) -> Timestamp {
    testing::start() + Duration::from_secs(minutes * 60)
}

async fn timers_fire_once_and_in_order_across_a_restart(engine: Engine) {
    let store = store(engine).await;
    store
        .write(|tx| {
            tx.schedule("suite.a", 3, after(30))?;
            tx.schedule("suite.a", 1, after(10))?;
            tx.schedule("suite.b", 2, after(20))?;
            tx.schedule("suite.b", 9, after(600))
        })
        .await
        .unwrap();
    assert_eq!(fire_due(&store, &handlers()).await.unwrap(), 0);
    let store = store.reopen().await.unwrap();
    assert_eq!(store.read(|tx| tx.next_due()).await.unwrap(), Some(after(10)));
    store.clock.set(after(25));
    assert_eq!(fire_due(&store, &handlers()).await.unwrap(), 2);
    let store = store.reopen().await.unwrap();
    store.clock.set(after(60));
    assert_eq!(fire_due(&store, &handlers()).await.unwrap(), 1);
    assert_eq!(fire_due(&store, &handlers()).await.unwrap(), 0);
    let expected =
        [("suite.a", 1), ("suite.b", 2), ("suite.a", 3)].map(|(kind, subject)| (kind.to_owned(), subject));
    assert_eq!(noted(&store).await, expected);
    assert_eq!(store.read(|tx| tx.next_due()).await.unwrap(), Some(after(600)));
}

async fn cancelled_and_moved_timers_do_not_fire(engine: Engine) {
    let store = store(engine).await;
    store
        .write(|tx| {
            tx.schedule("suite.a", 1, after(1))?;
            tx.schedule("suite.b", 1, after(1))?;
            tx.schedule("suite.a", 2, after(1))?;
            tx.schedule("suite.a", 3, after(1))?;
            tx.schedule("suite.b", 3, after(1))
        })
        .await
        .unwrap();
    store
        .write(|tx| {
            tx.cancel("suite.a", 1)?;
            tx.cancel("suite.a", 77)?;
            tx.schedule("suite.a", 2, after(100))?;
            tx.cancel_all(3)
        })
        .await
        .unwrap();
    store.clock.set(after(50));
    assert_eq!(fire_due(&store, &handlers()).await.unwrap(), 1);
    assert_eq!(noted(&store).await, [("suite.b".to_owned(), 1)]);
    store.clock.set(after(100));
    assert_eq!(fire_due(&store, &handlers()).await.unwrap(), 1);
    assert_eq!(noted(&store).await.last(), Some(&("suite.a".to_owned(), 2)));
}

async fn one_that_fails_does_not_hold_up_the_others(engine: Engine) {
    let store = store(engine).await;
    store
        .write(|tx| {
            tx.schedule("suite.a", 13, after(1))?;
            tx.schedule("suite.unknown", 5, after(1))?;
            tx.schedule("suite.a", 14, after(2))
        })
        .await
        .unwrap();
    store.clock.set(after(5));
    assert_eq!(fire_due(&store, &handlers()).await.unwrap(), 1);
    assert_eq!(noted(&store).await, [("suite.a".to_owned(), 14)]);
    let due: Vec<i64> =
        store.read(|tx| tx.due_timers(after(5))).await.unwrap().into_iter().map(|due| due.subject).collect();
    assert_eq!(due, [5, 13]);
}

async fn two_runners_fire_each_once(engine: Engine) {
    let first = store(engine).await;
    let (second, clock) = first.another().await.unwrap();
    first
        .write(|tx| (100..160).try_for_each(|subject| tx.schedule("suite.a", subject, after(1))))
        .await
        .unwrap();
    first.clock.set(after(5));
    clock.set(after(5));
    let handlers = handlers();
    let (a, b) = tokio::join!(fire_due(&first, &handlers), fire_due(&second, &handlers));
    assert_eq!(a.unwrap() + b.unwrap(), 60);
    let mut subjects: Vec<i64> = noted(&first).await.into_iter().map(|(_, subject)| subject).collect();
    subjects.sort_unstable();
    assert_eq!(subjects, (100..160).collect::<Vec<_>>());
}

async fn a_timer_may_set_the_next(engine: Engine) {
    let store = store(engine).await;
    store.write(|tx| tx.schedule("suite.again", 1, after(1))).await.unwrap();
    for hour in 0..5 {
        store.clock.set(after(1 + hour * 60));
        fire_due(&store, &handlers()).await.unwrap();
    }
    assert_eq!(noted(&store).await.len(), 3);
    assert_eq!(store.read(|tx| tx.next_due()).await.unwrap(), None);
}
