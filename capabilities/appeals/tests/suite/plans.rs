//! How the embedded engine goes about lists and queues: by an index in the order of the page, never by sorting or by
//! reading the whole table.

use gongzhi_appeals::store::{self, lists};
use gongzhi_store::{Param, Statement};

use crate::house::open;

async fn plan(store: &gongzhi_store::Store, statement: &'static Statement) -> Vec<String> {
    let asked = (1..=64).take_while(|n| statement.sqlite.contains(&format!("${n}"))).count();
    let sqlite: &'static str = format!("EXPLAIN QUERY PLAN {}", statement.sqlite).leak();
    let explain: &'static Statement =
        Box::leak(Box::new(Statement { name: statement.name, sqlite, postgres: statement.postgres }));
    store
        .read(move |tx| tx.all(explain, &vec![Param::Null; asked], |row| row.string(3)))
        .await
        .map_err(|fault| format!("{}: {fault:?}", statement.name))
        .unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_page_costs_the_same_however_deep_it_lies() {
    let house = open(gongzhi_store::Engine::Sqlite).await;
    let mut seen = 0;
    for statement in lists::statements() {
        let name = statement.name.rsplit("::").next().unwrap();
        let steps = plan(&house.store, statement).await;
        let told = steps.join("; ");
        assert!(!told.contains("TEMP B-TREE") || name == "COUNTS", "{name} sorts: {told}");
        let searched = match name {
            "OLDER" => "SEARCH a USING INTEGER PRIMARY KEY (rowid<?)".to_owned(),
            "NEWER" => "SEARCH a USING INTEGER PRIMARY KEY (rowid>?)".to_owned(),
            "QUEUE" => "USING INDEX appeal_desk (desk=? AND desk_due>?)".to_owned(),
            "COUNTS" | "RETURNED_BY" => "INDEX appeal_desk (desk=?".to_owned(),
            // The text index itself hands its rows over in order, on from the cursor.
            "OLDER_TEXT" => ":M1<; SEARCH a USING INTEGER PRIMARY KEY (rowid=?)".to_owned(),
            "NEWER_TEXT" => ":M1>; SEARCH a USING INTEGER PRIMARY KEY (rowid=?)".to_owned(),
            "OLDER_LATE" => "USING INDEX appeal_late (id<?)".to_owned(),
            "NEWER_LATE" => "USING INDEX appeal_late (id>?)".to_owned(),
            _ => {
                let (direction, by) = name.split_once('_').unwrap();
                let by = by.to_lowercase();
                let index = if by == "reporter" { "reporter_id".to_owned() } else { by.clone() };
                let way = if direction == "OLDER" { '<' } else { '>' };
                format!("USING INDEX appeal_{index} ({by}=? AND id{way}?)")
            }
        };
        assert!(told.contains(&searched), "{name}: {told}");
        seen += 1;
    }
    assert_eq!(seen, 15);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_other_statement_goes_by_a_key() {
    let house = open(gongzhi_store::Engine::Sqlite).await;
    for statement in store::statements() {
        for step in plan(&house.store, statement).await {
            assert!(!step.starts_with("SCAN appeal"), "{}: {step}", statement.name);
        }
    }
}
