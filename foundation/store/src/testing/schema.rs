//! Looks at the schema that the migrations have made.

use std::collections::BTreeMap;

use gongzhi_kernel::Fault;

use super::TestStore;
use crate::Location;

/// A table, as far as both engines can tell of it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Table {
    /// Name, class of the type (`whole`, `figure`, `text`, `bytes`), whether it must hold something; in the order of the table.
    pub columns: Vec<(String, String, bool)>,
    /// The columns of the primary key, in its order.
    pub primary_key: Vec<String>,
    /// The columns of each other unique index.
    pub unique: Vec<Vec<String>>,
    /// The columns of each index that is not unique.
    pub indexes: Vec<Vec<String>>,
}

/// All tables but the text index: it is a virtual table with its own shadow tables on SQLite and a column of lexemes on
/// PostgreSQL, and only what it finds need be the same.
pub async fn tables(store: &TestStore) -> Result<BTreeMap<String, Table>, Fault> {
    let failed = || Fault::internal("cannot look at the schema of the test");
    let mut found = match store.location() {
        Location::Folder(options) => of_sqlite(&options.file()).map_err(|error| failed().because(error))?,
        Location::Postgres(location) => {
            let schema = location.schema.as_deref().unwrap_or("public");
            of_postgres(&location.url, schema).await.map_err(|error| failed().because(error))?
        }
    };
    for table in found.values_mut() {
        table.unique.sort();
        table.indexes.sort();
        for (_, declared, _) in &mut table.columns {
            *declared = class(declared);
        }
    }
    Ok(found)
}

/// Where the two trees of migrations end in different schemas; one line for each table. A type that only one engine
/// has, and a table without a primary key, count as well.
pub(super) fn differences(
    sqlite: &BTreeMap<String, Table>,
    postgres: &BTreeMap<String, Table>,
) -> Vec<String> {
    let mut found = Vec::new();
    for name in sqlite.keys().chain(postgres.keys().filter(|name| !sqlite.contains_key(*name))) {
        match (sqlite.get(name), postgres.get(name)) {
            (Some(a), Some(b)) if a == b => {
                if a.primary_key.is_empty() {
                    found.push(format!("{name} has no primary key"));
                }
                for (column, class, _) in &a.columns {
                    if !["whole", "figure", "text", "bytes"].contains(&class.as_str()) {
                        found.push(format!("{name}.{column} is of the type {class}, which is not portable"));
                    }
                }
            }
            (a, b) => found.push(format!("{name} differs:\n  sqlite   {a:?}\n  postgres {b:?}")),
        }
    }
    found
}

fn class(declared: &str) -> String {
    match declared.to_ascii_uppercase().as_str() {
        // INTEGER: a primary key that is the row's own number on SQLite.
        "BIGINT" | "INTEGER" => "whole",
        "DOUBLE PRECISION" => "figure",
        "TEXT" => "text",
        "BLOB" | "BYTEA" => "bytes",
        _ => declared,
    }
    .to_owned()
}

fn of_sqlite(file: &std::path::Path) -> rusqlite::Result<BTreeMap<String, Table>> {
    let connection = rusqlite::Connection::open(file)?;
    let strings = |sql: &str, argument: &str| -> rusqlite::Result<Vec<String>> {
        connection.prepare(sql)?.query_map([argument], |row| row.get(0))?.collect()
    };
    let names = strings(
        "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'text_index%' AND name NOT LIKE ?1",
        "sqlite_%",
    )?;
    let mut tables = BTreeMap::new();
    for name in names {
        let columns = connection
            .prepare("SELECT name, type, \"notnull\" FROM pragma_table_info(?1) ORDER BY cid")?
            .query_map([&name], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?
            .collect::<rusqlite::Result<_>>()?;
        let primary_key = strings("SELECT name FROM pragma_table_info(?1) WHERE pk > 0 ORDER BY pk", &name)?;
        let listed = |unique: u8| -> rusqlite::Result<Vec<Vec<String>>> {
            let sql = format!(
                "SELECT name FROM pragma_index_list(?1) WHERE origin <> 'pk' AND \"unique\" = {unique}"
            );
            strings(&sql, &name)?
                .iter()
                .map(|index| strings("SELECT name FROM pragma_index_info(?1) ORDER BY seqno", index))
                .collect()
        };
        let (unique, indexes) = (listed(1)?, listed(0)?);
        tables.insert(name, Table { columns, primary_key, unique, indexes });
    }
    Ok(tables)
}

async fn of_postgres(url: &str, schema: &str) -> Result<BTreeMap<String, Table>, tokio_postgres::Error> {
    let (client, connection) = tokio_postgres::connect(url, tokio_postgres::NoTls).await?;
    let driving = tokio::spawn(connection);
    let columns = client
        .query(
            "SELECT CAST(table_name AS TEXT), CAST(column_name AS TEXT), CAST(data_type AS TEXT), is_nullable = 'NO'
             FROM information_schema.columns WHERE table_schema = $1 AND table_name <> 'text_index'
             ORDER BY table_name, ordinal_position",
            &[&schema],
        )
        .await?;
    let mut tables: BTreeMap<String, Table> = BTreeMap::new();
    for row in columns {
        tables.entry(row.get(0)).or_default().columns.push((row.get(1), row.get(2), row.get(3)));
    }
    let indexes = client
        .query(
            "SELECT CAST(t.relname AS TEXT), i.indisprimary, i.indisunique,
               (SELECT array_agg(coalesce(CAST(a.attname AS TEXT), 'expression') ORDER BY k.nth)
                FROM unnest(i.indkey) WITH ORDINALITY AS k(attnum, nth)
                LEFT JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = k.attnum AND k.attnum > 0)
             FROM pg_index i JOIN pg_class t ON t.oid = i.indrelid JOIN pg_namespace n ON n.oid = t.relnamespace
             WHERE n.nspname = $1 AND t.relname <> 'text_index'",
            &[&schema],
        )
        .await?;
    for row in indexes {
        let table = tables.entry(row.get(0)).or_default();
        let columns: Vec<String> = row.get(3);
        match (row.get(1), row.get(2)) {
            (true, _) => table.primary_key = columns,
            (false, true) => table.unique.push(columns),
            (false, false) => table.indexes.push(columns),
        }
    }
    driving.abort();
    Ok(tables)
}
