//! Opening: steps of the schema, what is newer, what is damaged.

use gongzhi_kernel::World;
use gongzhi_store::testing::{self, TestStore};
use gongzhi_store::{Engine, Location, Migration, Migrations, OpenError, Store, params};

use crate::{OPEN_ACCOUNT, SUITE, accounts, store};

on_both_engines! {
    opening_again_changes_nothing,
    a_step_that_fails_leaves_nothing_and_the_next_start_goes_on,
    data_of_a_newer_version_is_refused,
    a_rewritten_step_is_refused,
    several_may_open_an_empty_city_at_once,
    every_statement_can_be_prepared,
}

fn leaked(steps: Vec<Migration>) -> Migrations {
    Migrations { owner: "later", steps: Box::leak(steps.into_boxed_slice()) }
}

fn step(name: &'static str, sql: &'static str) -> Migration {
    Migration { name, sqlite: sql, postgres: sql }
}

async fn open(store: &TestStore, migrations: &[Migrations]) -> Result<Store, OpenError> {
    let (world, _clock) = World::fixed(testing::start(), 9);
    Store::open(store.location().clone(), world, migrations).await
}

async fn opening_again_changes_nothing(engine: Engine) {
    let store = store(engine).await;
    store.write(|tx| tx.execute(&OPEN_ACCOUNT, params![1_i64, 1_i64])).await.unwrap();
    let before = testing::tables(&store).await.unwrap();
    let mut store = store;
    for _ in 0..3 {
        store = store.reopen().await.unwrap();
    }
    assert_eq!(testing::tables(&store).await.unwrap(), before);
    assert_eq!(accounts(&store).await, 1);
}

async fn a_step_that_fails_leaves_nothing_and_the_next_start_goes_on(engine: Engine) {
    let store = store(engine).await;
    store.write(|tx| tx.execute(&OPEN_ACCOUNT, params![1_i64, 1_i64])).await.unwrap();
    let before = testing::tables(&store).await.unwrap();
    let broken = leaked(vec![step(
        "0001_broken",
        "CREATE TABLE half (id BIGINT NOT NULL, PRIMARY KEY (id));\nDELETE FROM account;\nINSERT INTO nowhere (id) VALUES (1);",
    )]);
    let refused = open(&store, &[SUITE, broken]).await;
    let sentence = refused.unwrap_err().to_string();
    assert!(sentence.contains("later/0001_broken"), "{sentence}");
    assert_eq!(testing::tables(&store).await.unwrap(), before);
    assert_eq!(accounts(&store).await, 1);
    let mended = leaked(vec![
        step("0001_broken", "CREATE TABLE half (id BIGINT NOT NULL, PRIMARY KEY (id));"),
        step("0002_more", "ALTER TABLE half ADD COLUMN note TEXT;"),
    ]);
    drop(open(&store, &[SUITE, mended]).await.unwrap());
    let after = testing::tables(&store).await.unwrap();
    assert_eq!(after.len(), before.len() + 1);
    drop(open(&store, &[SUITE, mended]).await.unwrap());
}

async fn data_of_a_newer_version_is_refused(engine: Engine) {
    let store = store(engine).await;
    let newer =
        leaked(vec![step("0001_newer", "CREATE TABLE newer (id BIGINT NOT NULL, PRIMARY KEY (id));")]);
    drop(open(&store, &[SUITE, newer]).await.unwrap());
    let sentence = open(&store, &[SUITE]).await.unwrap_err().to_string();
    assert!(sentence.contains("newer version") && sentence.contains("0001_newer"), "{sentence}");
}

async fn a_rewritten_step_is_refused(engine: Engine) {
    let store = store(engine).await;
    let first = leaked(vec![step("0001_x", "CREATE TABLE x (id BIGINT NOT NULL, PRIMARY KEY (id));")]);
    drop(open(&store, &[SUITE, first]).await.unwrap());
    let other =
        leaked(vec![step("0001_x", "CREATE TABLE x (id BIGINT NOT NULL, name TEXT, PRIMARY KEY (id));")]);
    assert!(matches!(open(&store, &[SUITE, other]).await, Err(OpenError::Schema(_))));
    // Notes and blank lines may change.
    let same =
        leaked(vec![step("0001_x", "-- A note.\n\nCREATE TABLE x (id BIGINT NOT NULL, PRIMARY KEY (id));")]);
    drop(open(&store, &[SUITE, same]).await.unwrap());
}

async fn several_may_open_an_empty_city_at_once(engine: Engine) {
    let store = testing::on(engine, &[]).await.unwrap();
    // Their own step is missing for all of them.
    let opened = futures_util::future::join_all((0..4).map(|_| open(&store, &[SUITE]))).await;
    let mut numbers: Vec<u8> = opened.into_iter().map(|store| store.unwrap().node()).collect();
    numbers.sort_unstable();
    numbers.dedup();
    assert_eq!(numbers.len(), 4);
}

async fn every_statement_can_be_prepared(engine: Engine) {
    let store = store(engine).await;
    let suite = [
        crate::statements(),
        crate::timers::statements(),
        crate::units::statements(),
        crate::journal::statements(),
        crate::runners::statements(),
    ];
    let all = gongzhi_store::statements().chain(suite.into_iter().flatten().copied());
    let unprepared = testing::unprepared(&store, all).await.unwrap();
    assert_eq!(unprepared, Vec::<String>::new());
    let wrong = testing::unprepared(&store, [&WRONG]).await.unwrap();
    assert_eq!(wrong.len(), 1);
}

static WRONG: gongzhi_store::Statement = gongzhi_store::Statement {
    name: "wrong",
    sqlite: "SELECT nothing FROM nowhere",
    postgres: "SELECT nothing FROM nowhere",
};

#[tokio::test]
async fn a_damaged_file_is_refused_with_the_way_out() {
    let store = testing::sqlite(&[SUITE]).await.unwrap();
    store
        .write(|tx| (0..2000_i64).try_for_each(|id| tx.execute(&OPEN_ACCOUNT, params![id, id]).map(|_| ())))
        .await
        .unwrap();
    let Location::Folder(options) = store.location() else { panic!("SQLite lies in a folder") };
    let copy = tempfile::tempdir().unwrap();
    let damaged = gongzhi_store::SqliteOptions::new(copy.path());
    // The header is kept, pages behind it are overwritten.
    store.copy_to(damaged.file()).await.unwrap();
    assert_ne!(options.file(), damaged.file());
    let mut bytes = std::fs::read(damaged.file()).unwrap();
    let length = bytes.len();
    bytes[8192..length].iter_mut().for_each(|byte| *byte ^= 0x5A);
    std::fs::write(damaged.file(), bytes).unwrap();
    let refused = Store::open(Location::Folder(damaged), World::fixed(testing::start(), 1).0, &[SUITE]).await;
    let sentence = refused.unwrap_err().to_string();
    assert!(sentence.contains("damaged") && sentence.contains("restore"), "{sentence}");
}

#[tokio::test]
async fn a_file_that_is_no_database_or_another_programs_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let options = gongzhi_store::SqliteOptions::new(folder.path());
    std::fs::write(options.file(), b"nothing like a database, but long enough to look at: ".repeat(200))
        .unwrap();
    let world = || World::fixed(testing::start(), 1).0;
    let refused = Store::open(Location::Folder(options.clone()), world(), &[]).await;
    assert!(matches!(refused, Err(OpenError::Corrupt { .. })), "{refused:?}");
    std::fs::remove_file(options.file()).unwrap();
    let other = rusqlite::Connection::open(options.file()).unwrap();
    other.execute_batch("CREATE TABLE theirs (x)").unwrap();
    drop(other);
    let refused = Store::open(Location::Folder(options), world(), &[]).await;
    assert!(matches!(refused, Err(OpenError::NotOurs { .. })), "{refused:?}");
}
