//! What the disk and SQLite can do at most: a bare loop that writes the same rows, in batches of 100, into a copy of the
//! same database with the same settings.

use std::path::Path;
use std::time::Instant;

use rusqlite::types::Value;
use rusqlite::{Connection, params_from_iter};

/// Appeals in one commit of the loop.
const BATCH: usize = 100;

/// The new rows of one table, in the order of its key.
struct Rows {
    insert: String,
    rows: Vec<Vec<Value>>,
}

/// Appeals per second of the bare loop. `after` is the database that holds the appeals, `before` the same one before they
/// came; `before` is written into.
pub(crate) fn rate(before: &Path, after: &Path, appeals: usize) -> f64 {
    let tables = new_rows(before, after, appeals);
    let mut connection = Connection::open(before).expect("the copy");
    connection.pragma_update(None, "journal_mode", "WAL").expect("WAL");
    connection.pragma_update(None, "synchronous", "FULL").expect("FULL");
    connection.pragma_update(None, "cache_size", -16_384).expect("the same cache");
    connection.set_prepared_statement_cache_capacity(64);
    let batches = appeals.div_ceil(BATCH);
    let began = Instant::now();
    for batch in 0..batches {
        let unit = connection.transaction().expect("BEGIN");
        for table in &tables {
            let part = table.rows.len() * batch / batches..table.rows.len() * (batch + 1) / batches;
            let mut insert = unit.prepare_cached(&table.insert).expect("the insert");
            for row in &table.rows[part] {
                insert.execute(params_from_iter(row)).expect("a row");
            }
        }
        unit.commit().expect("COMMIT");
    }
    appeals as f64 / began.elapsed().as_secs_f64()
}

fn new_rows(before: &Path, after: &Path, appeals: usize) -> Vec<Rows> {
    let connection = Connection::open(after).expect("the database");
    connection.execute("ATTACH ?1 AS old", [before.display().to_string()]).expect("the copy");
    let names = strings(
        &connection,
        "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name",
    );
    let mut tables = Vec::new();
    for name in names {
        let columns = strings(&connection, &format!("SELECT name FROM pragma_table_info('{name}')"));
        let count = columns.len();
        let mut statement = connection
            .prepare(&format!(
                "SELECT * FROM main.\"{name}\" EXCEPT SELECT * FROM old.\"{name}\" ORDER BY 1, 2"
            ))
            .or_else(|_| {
                connection
                    .prepare(&format!("SELECT * FROM main.\"{name}\" EXCEPT SELECT * FROM old.\"{name}\""))
            })
            .expect("the new rows");
        let rows: Vec<Vec<Value>> = statement
            .query_map([], |row| (0..count).map(|column| row.get(column)).collect())
            .and_then(Iterator::collect)
            .expect("the new rows");
        // Cursors, counters and floors change in place; only what each appeal adds is written again.
        if rows.len() >= appeals - appeals / 10 {
            let places = (1..=count).map(|n| format!("?{n}")).collect::<Vec<_>>().join(", ");
            println!("  {name}: {} rows", rows.len());
            // Of rows that change in place the last form is written, over an earlier one if there is one.
            tables
                .push(Rows { insert: format!("INSERT OR REPLACE INTO \"{name}\" VALUES ({places})"), rows });
        }
    }
    let texts = new_texts(&connection);
    println!("  text_index: {} rows", texts.len());
    tables.push(Rows {
        insert: "INSERT INTO text_index (rowid, tokens) VALUES (?1, ?2)".to_owned(),
        rows: texts,
    });
    tables
}

/// The index keeps no texts; its vocabulary tells which tokens each one had.
fn new_texts(connection: &Connection) -> Vec<Vec<Value>> {
    connection
        .execute_batch(
            "CREATE VIRTUAL TABLE temp.words USING fts5vocab('main', 'text_index', 'instance');
             CREATE VIRTUAL TABLE temp.old_words USING fts5vocab('old', 'text_index', 'row');",
        )
        .expect("the vocabulary");
    let mut statement = connection
        .prepare(
            "SELECT doc, group_concat(term, ' ') FROM temp.words
             WHERE doc NOT IN (SELECT id FROM old.text_index_docsize) GROUP BY doc ORDER BY doc",
        )
        .expect("the texts");
    statement
        .query_map([], |row| Ok(vec![row.get(0)?, row.get(1)?]))
        .and_then(Iterator::collect)
        .expect("the texts")
}

fn strings(connection: &Connection, sql: &str) -> Vec<String> {
    connection
        .prepare(sql)
        .expect("the question")
        .query_map([], |row| row.get(0))
        .and_then(Iterator::collect)
        .expect("names")
}
