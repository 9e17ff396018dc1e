//! Both trees of migrations end in the same schema.

use gongzhi_store::{Engine, Migration, Migrations, Store, testing};

use crate::{SUITE, store};

#[tokio::test]
async fn both_trees_end_in_the_same_schema() {
    let tables = testing::tables(&testing::sqlite(&[SUITE]).await.unwrap()).await.unwrap();
    assert!(
        tables.contains_key("journal") && tables.contains_key("account") && tables.contains_key("migration")
    );
    assert_eq!(tables["journal"].unique, [["subject", "revision"]]);
    assert_eq!(testing::schema_differences(&[SUITE]).await.unwrap(), Vec::<String>::new());
}

static UNLIKE: [Migration; 1] = [Migration {
    name: "0001_unlike",
    sqlite: "CREATE TABLE a (id BIGINT NOT NULL, n BIGINT, PRIMARY KEY (id));
        CREATE TABLE b (id BIGINT NOT NULL, n BIGINT NOT NULL, PRIMARY KEY (id));
        CREATE TABLE c (id BIGINT NOT NULL, n TEXT, PRIMARY KEY (id));
        CREATE TABLE d (id BIGINT NOT NULL, n BIGINT, PRIMARY KEY (id));
        CREATE UNIQUE INDEX d_n ON d (n);
        CREATE TABLE e (id BIGINT NOT NULL, PRIMARY KEY (id));
        CREATE TABLE f (id BIGINT NOT NULL);
        CREATE TABLE g (x BIGINT NOT NULL, y BIGINT NOT NULL, PRIMARY KEY (x, y));",
    postgres: "CREATE TABLE a (id BIGINT NOT NULL, m BIGINT, PRIMARY KEY (id));
        CREATE TABLE b (id BIGINT NOT NULL, n BIGINT, PRIMARY KEY (id));
        CREATE TABLE c (id BIGINT NOT NULL, n BIGINT, PRIMARY KEY (id));
        CREATE TABLE d (id BIGINT NOT NULL, n BIGINT, PRIMARY KEY (id));
        CREATE INDEX d_n ON d (n);
        CREATE TABLE f (id BIGINT NOT NULL);
        CREATE TABLE g (x BIGINT NOT NULL, y BIGINT NOT NULL, PRIMARY KEY (y, x));",
}];

/// The comparison itself would find every kind of difference.
#[tokio::test]
async fn the_comparison_finds_differences() {
    let found = testing::schema_differences(&[Migrations { owner: "unlike", steps: &UNLIKE }]).await.unwrap();
    let names: Vec<&str> = found.iter().filter_map(|line| line.split(' ').next()).collect();
    assert_eq!(names, ["a", "b", "c", "d", "e", "f", "g"], "{found:?}");
}

#[tokio::test]
async fn the_engines_say_which_they_are() {
    for engine in [Engine::Sqlite, Engine::Postgres] {
        let store = store(engine).await;
        let inside = store.read(|tx| Ok::<_, gongzhi_kernel::Fault>(tx.engine())).await.unwrap();
        assert_eq!((Store::engine(&store), inside), (engine, engine));
    }
}
