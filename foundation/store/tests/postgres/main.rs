//! What can only go wrong on a server: late commits, lost connections, lost node numbers, another server.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod encrypted;
mod proxy;

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use gongzhi_kernel::{Actor, Event, Fault, FaultKind, NewEvent, Subject, World};
use gongzhi_store::followers::catch_up;
use gongzhi_store::testing::{self, TestStore};
use gongzhi_store::{
    Follower, Location, Migration, Migrations, OpenError, PostgresLocation, Store, Tx, params,
};

static STEPS: [Migration; 1] = [Migration {
    name: "0001_suite",
    sqlite: "",
    postgres: "CREATE TABLE account (id BIGINT NOT NULL, amount BIGINT NOT NULL, PRIMARY KEY (id));
        CREATE TABLE seen (nth BIGINT NOT NULL, event BIGINT NOT NULL, PRIMARY KEY (nth));
        CREATE UNIQUE INDEX seen_event ON seen (event);",
}];
const SUITE: Migrations = Migrations { owner: "suite", steps: &STEPS };

gongzhi_store::statements! {
    /// An account.
    OPEN = "INSERT INTO account (id, amount) VALUES ($1, $2)";
    /// More in it.
    ADD = "UPDATE account SET amount = amount + $2 WHERE id = $1";
    /// What is in it.
    AMOUNT = "SELECT amount FROM account WHERE id = $1";
    /// There is no such table.
    NOWHERE = "SELECT n FROM nowhere";
    /// The process of this connection.
    BACKEND = "SELECT CAST(pg_backend_pid() AS BIGINT)";
    /// What the follower has seen.
    SEE = "INSERT INTO seen (nth, event) SELECT count(*), CAST($1 AS BIGINT) FROM seen";
    /// In which order.
    SEEN = "SELECT event FROM seen ORDER BY nth";
    /// Nothing any more.
    FORGET = "DELETE FROM seen";
}

/// A statement that fails with this code, as the server's own do.
fn failing(code: &'static str) -> &'static gongzhi_store::Statement {
    let sql = format!("DO $do$ BEGIN RAISE EXCEPTION 'on purpose' USING ERRCODE = '{code}'; END $do$");
    let sql: &'static str = Box::leak(sql.into_boxed_str());
    Box::leak(Box::new(gongzhi_store::Statement { name: "failing", sqlite: "", postgres: sql }))
}

fn place(store: &TestStore) -> &PostgresLocation {
    match store.location() {
        Location::Postgres(location) => location,
        Location::Folder(_) => panic!("this store lies on a server"),
    }
}

/// A connection beside the store, as an administrator or another program has it.
async fn beside(store: &TestStore) -> tokio_postgres::Client {
    let (client, connection) =
        tokio_postgres::connect(&place(store).url, tokio_postgres::NoTls).await.unwrap();
    tokio::spawn(connection);
    let schema = place(store).schema.clone().unwrap();
    client.batch_execute(&format!("SET search_path = \"{schema}\"")).await.unwrap();
    client
}

fn event(subject: i64) -> NewEvent {
    NewEvent {
        kind: "suite.changed",
        subject: Subject { kind: "suite".into(), id: subject },
        revision: 1,
        at: testing::start(),
        actor: Actor::System,
        public: serde_json::json!({}),
        sealed: None,
    }
}

struct Witness;

impl Follower for Witness {
    fn name(&self) -> &'static str {
        "suite.witness"
    }
    fn follow(&self, tx: &mut dyn Tx, events: &[Event]) -> Result<(), Fault> {
        events.iter().try_for_each(|event| tx.execute(&SEE, params![event.subject.id]).map(|_| ()))
    }
    fn reset(&self, tx: &mut dyn Tx) -> Result<(), Fault> {
        tx.execute(&FORGET, &[]).map(|_| ())
    }
}

async fn seen(store: &Store) -> Vec<i64> {
    store.read(|tx| tx.all(&SEEN, &[], |row| row.int(0))).await.unwrap()
}

async fn amount(store: &Store, id: i64) -> Option<i64> {
    store.read(move |tx| tx.one(&AMOUNT, params![id], |row| row.int(0))).await.unwrap()
}

/// Follows until it has seen so many. Other tests on the same server may hold the horizon back for a moment.
async fn follow(store: &Store, wanted: usize) {
    let witness: Arc<dyn Follower> = Arc::new(Witness);
    for _ in 0..400 {
        catch_up(store, &witness).await.unwrap();
        if seen(store).await.len() >= wanted {
            return;
        }
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
    panic!("the follower has not seen {wanted} events");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_late_commit_is_never_passed_over() {
    let store = testing::postgres(&[SUITE]).await.unwrap();
    store.write(|tx| tx.record(event(1))).await.unwrap();
    follow(&store, 1).await;
    // This one has its number first and commits last.
    let late = beside(&store).await;
    late.batch_execute("BEGIN").await.unwrap();
    late.batch_execute(
        "INSERT INTO journal (txn, id, kind, subject_kind, subject, revision, at, actor, public)
         VALUES (CAST(CAST(pg_current_xact_id() AS TEXT) AS BIGINT), 5, 'suite.changed', 'suite', 2, 1, 0, '{\"kind\":\"system\"}', '{}')",
    )
    .await
    .unwrap();
    store.write(|tx| tx.record(event(3))).await.unwrap();
    store.write(|tx| tx.record(event(4))).await.unwrap();
    let witness: Arc<dyn Follower> = Arc::new(Witness);
    for _ in 0..5 {
        assert_eq!(
            catch_up(&store, &witness).await.unwrap(),
            0,
            "what comes after an open transaction must wait"
        );
    }
    late.batch_execute("COMMIT").await.unwrap();
    follow(&store, 4).await;
    assert_eq!(seen(&store).await, [1, 2, 3, 4]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_that_others_outrun_each_time_is_given_up() {
    let store = testing::postgres(&[SUITE]).await.unwrap();
    for code in ["40001", "40P01"] {
        let (faster, runs) = (failing(code), Arc::new(AtomicU32::new(0)));
        let counted = Arc::clone(&runs);
        let outcome = store
            .write(move |tx| {
                counted.fetch_add(1, Ordering::Relaxed);
                tx.execute(&OPEN, params![1_i64, 1_i64])?;
                // The closure may look at it as it likes: what it concludes from a view that broke counts for nothing.
                let _broken = tx.execute(faster, &[]);
                Ok::<_, Fault>(())
            })
            .await;
        assert_eq!(outcome.unwrap_err().kind, FaultKind::Busy);
        assert_eq!(runs.load(Ordering::Relaxed), 20);
    }
    assert_eq!(amount(&store, 1).await, None);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_kinds_of_fault_are_told_apart() {
    let store = testing::postgres(&[SUITE]).await.unwrap();
    for (code, kind) in [
        ("53100", FaultKind::Full),
        ("57014", FaultKind::Busy),
        ("55P03", FaultKind::Busy),
        ("XX001", FaultKind::Corrupt),
        ("22012", FaultKind::Internal),
    ] {
        let statement = failing(code);
        let outcome = store.write(move |tx| tx.execute(statement, &[])).await;
        assert_eq!(outcome.unwrap_err().kind, kind, "{code}");
    }
    // A fault names the statement and the constraint, never the values.
    store.write(|tx| tx.execute(&OPEN, params![424_242_i64, 1_i64])).await.unwrap();
    let runs = Arc::new(AtomicU32::new(0));
    let counted = Arc::clone(&runs);
    let doubled = store
        .write(move |tx| {
            counted.fetch_add(1, Ordering::Relaxed);
            tx.execute(&OPEN, params![424_242_i64, 1_i64])
        })
        .await
        .unwrap_err();
    let chain = format!("{doubled:?}");
    assert!(chain.contains("OPEN") && chain.contains("account_pkey") && !chain.contains("424242"), "{chain}");
    assert_eq!(runs.load(Ordering::Relaxed), 2, "once more, for one that was just taken by another");
    let unknown = store.read(|tx| tx.one(&NOWHERE, &[], |row| row.int(0))).await.unwrap_err();
    assert!(format!("{unknown:?}").contains("42P01"), "{unknown:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_that_loses_its_connection_before_the_commit_is_run_again() {
    let store = testing::postgres(&[SUITE]).await.unwrap();
    store.write(|tx| tx.execute(&OPEN, params![1_i64, 0_i64])).await.unwrap();
    let (told, pids) = std::sync::mpsc::sync_channel::<i64>(4);
    let (killed, go_on) = std::sync::mpsc::sync_channel::<()>(4);
    let go_on = std::sync::Mutex::new(go_on);
    let writer = (*store).clone();
    let writing = tokio::spawn(async move {
        writer
            .write(move |tx| {
                tx.execute(&ADD, params![1_i64, 1_i64])?;
                let pid = tx.one(&BACKEND, &[], |row| row.int(0))?.unwrap();
                told.send(pid).unwrap();
                go_on.lock().unwrap().recv().unwrap();
                tx.one(&AMOUNT, params![1_i64], |row| row.int(0))
            })
            .await
    });
    let pids = Arc::new(std::sync::Mutex::new(pids));
    let next = || {
        let pids = Arc::clone(&pids);
        tokio::task::spawn_blocking(move || pids.lock().unwrap().recv().unwrap())
    };
    let pid = i32::try_from(next().await.unwrap()).unwrap();
    let administrator = beside(&store).await;
    administrator.execute("SELECT pg_terminate_backend($1)", &[&pid]).await.unwrap();
    killed.send(()).unwrap();
    let second = i32::try_from(next().await.unwrap()).unwrap();
    assert_ne!(pid, second);
    killed.send(()).unwrap();
    assert_eq!(writing.await.unwrap().unwrap(), Some(1));
    assert_eq!(amount(&store, 1).await, Some(1));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_restarted_server_is_found_again() {
    let store = testing::postgres(&[SUITE]).await.unwrap();
    let tasks = (0..8_i64).map(|id| store.write(move |tx| tx.execute(&OPEN, params![id, 0_i64])));
    for done in futures_util::future::join_all(tasks).await {
        done.unwrap();
    }
    let proxied = proxy::Proxy::start(&place(&store).url).await;
    let through = open_through(&store, &proxied).await.unwrap();
    through.write(|tx| tx.execute(&ADD, params![1_i64, 1_i64])).await.unwrap();
    // All connections at once, the one that keeps the node number too.
    proxied.cut();
    through.write(|tx| tx.execute(&ADD, params![1_i64, 1_i64])).await.unwrap();
    proxied.cut();
    assert_eq!(amount(&through, 1).await, Some(2));
}

async fn open_through(store: &TestStore, proxy: &proxy::Proxy) -> Result<Store, OpenError> {
    let location = PostgresLocation { url: proxy.url(), ..place(store).clone() };
    let (world, _clock) = World::fixed(testing::start(), 5);
    Store::open(Location::Postgres(location), world, &[SUITE]).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_connection_that_dies_in_the_commit_leaves_it_open_and_says_so() {
    let store = testing::postgres(&[SUITE]).await.unwrap();
    store.write(|tx| tx.execute(&OPEN, params![1_i64, 0_i64])).await.unwrap();
    let proxy = proxy::Proxy::start(&place(&store).url).await;
    let through = open_through(&store, &proxy).await.unwrap();
    let runs = Arc::new(AtomicU32::new(0));
    for (arrives, expected) in [(true, 1), (false, 1)] {
        proxy.cut_at_commit(arrives);
        runs.store(0, Ordering::Relaxed);
        let counted = Arc::clone(&runs);
        let outcome = through
            .write(move |tx| {
                counted.fetch_add(1, Ordering::Relaxed);
                tx.execute(&ADD, params![1_i64, 1_i64])
            })
            .await;
        let fault = outcome.unwrap_err();
        assert!(fault.to_string().contains("not known"), "{fault:?}");
        assert_eq!(runs.load(Ordering::Relaxed), 1, "never run again behind the caller's back");
        // Whether the commit had arrived is known to the server alone.
        for _ in 0..100 {
            if amount(&store, 1).await == Some(expected) {
                break;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        assert_eq!(amount(&store, 1).await, Some(expected));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_number_given_back_is_taken_again_and_then_nothing_is_written() {
    let first = testing::postgres(&[SUITE]).await.unwrap();
    let (second, _clock) = first.another().await.unwrap();
    assert_eq!((first.node(), second.node()), (0, 1));
    second.leave().await.unwrap();
    let refused = second.write(|tx| {
        let id = tx.world().ids.next::<gongzhi_kernel::kinds::Appeal>(testing::start());
        tx.execute(&OPEN, params![id, 1_i64])
    });
    assert_eq!(refused.await.unwrap_err().kind, FaultKind::Busy);
    let (third, _clock) = first.another().await.unwrap();
    assert_eq!(third.node(), 1);
    // One that was killed keeps its number until the lease runs out.
    drop(third);
    let (fourth, _clock) = first.another().await.unwrap();
    assert_eq!(fourth.node(), 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_has_lost_the_number_saves_nothing_until_there_is_another() {
    let store = testing::postgres(&[SUITE]).await.unwrap();
    let node = store.node();
    store.write(|tx| tx.record(event(1))).await.unwrap();
    // As if this process had slept for long, and another had taken the number.
    let other = beside(&store).await;
    other
        .execute(
            "UPDATE lease SET holder = 7, fence = fence + 1, until = until + 100000000 WHERE name = $1",
            &[&format!("node/{node}")],
        )
        .await
        .unwrap();
    let kept: i64 = other.query_one("SELECT max(floor) FROM id_floor", &[]).await.unwrap().get(0);
    // Ids up to the floor are still its own: whoever took the number begins above.
    store.write(|tx| tx.record(event(2))).await.unwrap();
    // An hour later by its own clock: beyond the floor.
    store.clock.set(testing::start() + Duration::from_secs(3600));
    let refused = store.write(|tx| tx.record(event(3))).await.unwrap_err();
    assert_eq!(refused.kind, FaultKind::Busy);
    assert!(refused.to_string().contains("node number"), "{refused:?}");
    let highest: i64 = other.query_one("SELECT max(id) FROM journal", &[]).await.unwrap().get(0);
    assert!(highest <= kept);
    let begun = Instant::now();
    while store.write(|tx| tx.record(event(3))).await.is_err() {
        assert!(begun.elapsed() < Duration::from_secs(30), "it must take another number by itself");
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    assert_ne!(store.node(), node);
    assert_eq!(store.read(|tx| tx.journal_length()).await.unwrap(), 3);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_journal_from_another_server_goes_on_above_its_last_number() {
    let store = testing::postgres(&[SUITE]).await.unwrap();
    store.write(|tx| tx.record(event(1))).await.unwrap();
    follow(&store, 1).await;
    // As after a restore: the numbers come from a server that had counted much further.
    let administrator = beside(&store).await;
    administrator
        .batch_execute(
            "UPDATE journal SET txn = txn + 5000000000; UPDATE follower SET txn = txn + 5000000000",
        )
        .await
        .unwrap();
    let store = store.reopen().await.unwrap();
    store.write(|tx| tx.record(event(2))).await.unwrap();
    follow(&store, 2).await;
    let store = store.reopen().await.unwrap();
    store.write(|tx| tx.record(event(3))).await.unwrap();
    follow(&store, 3).await;
    assert_eq!(seen(&store).await, [1, 2, 3]);
    let bases: i64 = administrator.query_one("SELECT count(*) FROM journal_base", &[]).await.unwrap().get(0);
    assert_eq!(bases, 1);
}

#[tokio::test]
async fn what_cannot_be_used_is_refused_with_the_way_out() {
    let store = testing::postgres(&[]).await.unwrap();
    let open = |location: PostgresLocation| async {
        let (world, _clock) = World::fixed(testing::start(), 5);
        Store::open(Location::Postgres(location), world, &[]).await.unwrap_err().to_string()
    };
    let with = |change: &dyn Fn(&mut PostgresLocation)| {
        let mut location = place(&store).clone();
        change(&mut location);
        location
    };
    let nonsense = open(with(&|location| "mysql://x:geheim@y".clone_into(&mut location.url))).await;
    assert!(nonsense.contains("postgres://") && !nonsense.contains("geheim"), "{nonsense}");
    let name = open(with(&|location| location.schema = Some("x\"; DROP SCHEMA y".into()))).await;
    assert!(name.contains("cannot name a schema"), "{name}");
    let nobody =
        open(with(&|location| "host=/nonexistent user=x dbname=y".clone_into(&mut location.url))).await;
    assert!(nobody.contains("cannot connect"), "{nobody}");
    let certificate = open(with(&|location| {
        "postgres://x@db.example/y?sslmode=require".clone_into(&mut location.url);
        location.root_certificate = Some("/nonexistent.pem".into());
    }))
    .await;
    assert!(certificate.contains("/nonexistent.pem"), "{certificate}");
    let administrator = beside(&store).await;
    administrator.batch_execute("CREATE ROLE suite_reader LOGIN").await.ok();
    let forbidden = open(with(&|location| {
        location.url = location.url.replace("user=gongzhi", "user=suite_reader");
        location.schema = Some("suite_forbidden".into());
    }))
    .await;
    assert!(forbidden.contains("CREATE SCHEMA suite_forbidden AUTHORIZATION suite_reader"), "{forbidden}");
    // A database in another encoding.
    administrator
        .batch_execute("CREATE DATABASE suite_latin ENCODING 'LATIN1' LOCALE 'C' TEMPLATE template0")
        .await
        .ok();
    let latin =
        open(with(&|location| location.url = location.url.replace("dbname=postgres", "dbname=suite_latin")))
            .await;
    assert!(latin.contains("LATIN1") && latin.contains("UTF8"), "{latin}");
}
