//! One suite of behaviours, run on both engines: what holds on one holds on the other.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use gongzhi_kernel::{Actor, Fault, NewEvent, Subject};
use gongzhi_store::testing::TestStore;
use gongzhi_store::{Engine, Migration, Migrations, params, testing};

/// Makes of each story one test on each engine.
macro_rules! on_both_engines {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {
        mod on_sqlite {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $name() { super::$name(gongzhi_store::Engine::Sqlite).await })+
        }
        mod on_postgres {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $name() { super::$name(gongzhi_store::Engine::Postgres).await })+
        }
    };
}

mod ids;
mod journal;
mod opening;
mod runners;
mod schema;
mod text;
mod timers;
mod units;
mod vault;

static STEPS: [Migration; 1] = [Migration {
    name: "0001_suite",
    sqlite: "-- What the suite writes.
        CREATE TABLE account (id BIGINT NOT NULL, amount BIGINT NOT NULL, PRIMARY KEY (id));
        CREATE TABLE seen (event BIGINT NOT NULL, place BIGINT NOT NULL, PRIMARY KEY (event));
        CREATE TABLE fired (nth BIGINT NOT NULL, kind TEXT NOT NULL, subject BIGINT NOT NULL, PRIMARY KEY (nth));
        CREATE TABLE anything (id BIGINT NOT NULL, whole BIGINT, figure DOUBLE PRECISION, words TEXT, raw BLOB, PRIMARY KEY (id));",
    postgres: "-- What the suite writes.
        CREATE TABLE account (id BIGINT NOT NULL, amount BIGINT NOT NULL, PRIMARY KEY (id));
        CREATE TABLE seen (event BIGINT NOT NULL, place BIGINT NOT NULL, PRIMARY KEY (event));
        CREATE TABLE fired (nth BIGINT NOT NULL, kind TEXT NOT NULL, subject BIGINT NOT NULL, PRIMARY KEY (nth));
        CREATE TABLE anything (id BIGINT NOT NULL, whole BIGINT, figure DOUBLE PRECISION, words TEXT, raw BYTEA, PRIMARY KEY (id));",
}];

/// The tables of the suite.
pub(crate) const SUITE: Migrations = Migrations { owner: "suite", steps: &STEPS };

gongzhi_store::statements! {
    /// An account.
    OPEN_ACCOUNT = "INSERT INTO account (id, amount) VALUES ($1, $2)";
    /// What is in it.
    AMOUNT = "SELECT amount FROM account WHERE id = $1";
    /// Another amount.
    SET_AMOUNT = "UPDATE account SET amount = $2 WHERE id = $1";
    /// How many accounts there are.
    ACCOUNTS = "SELECT count(*) FROM account";
    /// All that is in all of them.
    TOTAL = "SELECT coalesce(sum(amount), 0), avg(amount), max(amount), EXISTS (SELECT 1 FROM account) FROM account";
}

/// An empty store with the tables of the suite.
pub(crate) async fn store(engine: Engine) -> TestStore {
    testing::on(engine, &[SUITE]).await.unwrap()
}

/// A change of a subject.
pub(crate) fn event(subject: i64, revision: i64) -> NewEvent {
    NewEvent {
        kind: "suite.changed",
        subject: Subject { kind: "suite".into(), id: subject },
        revision,
        at: testing::start(),
        actor: Actor::System,
        public: serde_json::json!({ "n": revision }),
        sealed: None,
    }
}

/// What is in an account.
pub(crate) async fn amount(store: &gongzhi_store::Store, id: i64) -> Option<i64> {
    store.read(move |tx| tx.one(&AMOUNT, params![id], |row| row.int(0))).await.unwrap()
}

/// How many accounts there are.
pub(crate) async fn accounts(store: &gongzhi_store::Store) -> i64 {
    let count = store.read(|tx| tx.one(&ACCOUNTS, &[], |row| row.int(0))).await;
    Result::<_, Fault>::unwrap(count).unwrap()
}
