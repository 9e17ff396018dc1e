//! Work that one process at a time does.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use gongzhi_kernel::{Event, Fault, Timestamp};
use gongzhi_store::followers::start;
use gongzhi_store::{Engine, Follower, Store, TimerHandler, Tx, params};
use tokio::sync::watch;

use crate::journal::{FORGET, SEE, SEEN};
use crate::{event, store};

on_both_engines! {
    a_lease_is_held_by_one_and_given_back,
    who_has_lost_a_lease_finds_out_in_the_unit_of_work,
    one_process_runs_and_another_takes_over,
}

async fn a_lease_is_held_by_one_and_given_back(engine: Engine) {
    let first = store(engine).await;
    let (second, _clock) = first.another().await.unwrap();
    let lease = first.lease("suite").await.unwrap().unwrap();
    assert!(second.lease("suite").await.unwrap().is_none());
    assert!(second.lease("other").await.unwrap().is_some());
    assert!(lease.renew().await.unwrap());
    let proof = lease.proof();
    assert!(first.write(move |tx| proof.holds(tx)).await.unwrap());
    lease.give_back().await.unwrap();
    let taken = second.lease("suite").await.unwrap().unwrap();
    assert!(first.lease("suite").await.unwrap().is_none());
    taken.give_back().await.unwrap();
}

gongzhi_store::statements! {
    /// As if its time had run out.
    RUN_OUT = "UPDATE lease SET until = 1 WHERE name = $1";
}

async fn who_has_lost_a_lease_finds_out_in_the_unit_of_work(engine: Engine) {
    let first = store(engine).await;
    let lease = first.lease("suite").await.unwrap().unwrap();
    if engine == Engine::Sqlite {
        // Nobody can take the lock of a living process.
        assert!(lease.renew().await.unwrap());
        return;
    }
    let (second, _clock) = first.another().await.unwrap();
    first.write(|tx| tx.execute(&RUN_OUT, params!["suite"])).await.unwrap();
    let other = second.lease("suite").await.unwrap().unwrap();
    assert!(!lease.renew().await.unwrap());
    let proof = lease.proof();
    assert!(!first.write(move |tx| proof.holds(tx)).await.unwrap());
    assert!(other.renew().await.unwrap());
}

#[derive(Default)]
struct Counting(AtomicUsize);

impl Follower for Counting {
    fn name(&self) -> &'static str {
        "suite.counting"
    }
    fn follow(&self, tx: &mut dyn Tx, events: &[Event]) -> Result<(), Fault> {
        events.iter().try_for_each(|event| tx.execute(&SEE, params![event.id]).map(|_| ()))
    }
    fn reset(&self, tx: &mut dyn Tx) -> Result<(), Fault> {
        tx.execute(&FORGET, &[]).map(|_| ())
    }
    fn moved(&self) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }
}

#[derive(Default)]
struct Ringing(AtomicUsize);

impl TimerHandler for Ringing {
    fn kind(&self) -> &'static str {
        "suite.ring"
    }
    fn fire(&self, _tx: &mut dyn Tx, _now: Timestamp, _subject: i64) -> Result<(), Fault> {
        self.0.fetch_add(1, Ordering::SeqCst);
        Ok(())
    }
}

struct Process {
    counting: Arc<Counting>,
    ringing: Arc<Ringing>,
    stop: watch::Sender<bool>,
    tasks: Vec<tokio::task::JoinHandle<()>>,
}

fn run(store: &Store) -> Process {
    let (stop, stopped) = watch::channel(false);
    let (counting, ringing) = (Arc::new(Counting::default()), Arc::new(Ringing::default()));
    let tasks = start(
        store,
        vec![Arc::clone(&counting) as Arc<dyn Follower>],
        vec![Arc::clone(&ringing) as Arc<dyn TimerHandler>],
        &stopped,
    );
    Process { counting, ringing, stop, tasks }
}

async fn wait_until(what: &str, mut done: impl AsyncFnMut() -> bool) {
    for _ in 0..600 {
        if done().await {
            return;
        }
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
    panic!("{what}");
}

async fn one_process_runs_and_another_takes_over(engine: Engine) {
    let first = store(engine).await;
    let (second, clock) = first.another().await.unwrap();
    let leading = run(&first);
    first
        .write(|tx| {
            tx.schedule("suite.ring", 1, gongzhi_store::testing::start())?;
            tx.record(event(1, 1))
        })
        .await
        .unwrap();
    let seen =
        async |store: &Store| store.read(|tx| tx.all(&SEEN, &[], |row| row.int(0))).await.unwrap().len();
    wait_until("the first event is seen", async || seen(&first).await == 1).await;
    let waiting = run(&second);
    // Events of either process are taken in by the one that leads; the other's memory learns of it.
    second.write(|tx| tx.record(event(2, 1))).await.unwrap();
    wait_until("the other's event is seen", async || seen(&first).await == 2).await;
    wait_until("the process that waits has been told", async || {
        waiting.counting.0.load(Ordering::SeqCst) > 0
    })
    .await;
    wait_until("the timer rings", async || leading.ringing.0.load(Ordering::SeqCst) == 1).await;
    assert_eq!(waiting.ringing.0.load(Ordering::SeqCst), 0);
    leading.stop.send_replace(true);
    for task in leading.tasks {
        task.await.unwrap();
    }
    clock.set(gongzhi_store::testing::start() + Duration::from_secs(60));
    second
        .write(|tx| {
            tx.schedule("suite.ring", 2, gongzhi_store::testing::start())?;
            tx.record(event(3, 1))
        })
        .await
        .unwrap();
    wait_until("the other process has taken over", async || seen(&second).await == 3).await;
    wait_until("its timers ring", async || waiting.ringing.0.load(Ordering::SeqCst) == 1).await;
    assert_eq!(leading.ringing.0.load(Ordering::SeqCst), 1);
    waiting.stop.send_replace(true);
    for task in waiting.tasks {
        task.await.unwrap();
    }
}
