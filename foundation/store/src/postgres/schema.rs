//! The schema: made and brought up to date statement by statement, each step whole or not at all.

use deadpool_postgres::ClientWrapper;
use tokio_postgres::error::SqlState;

use super::OpenPostgresError;
use super::connect::Connector;
use super::trouble::{self, Remedy};
use crate::migrate::{self, Migration, Migrations, Taken};
use crate::store::OpenError;

/// The oldest server that is still mended, and the one that the tests run on.
const LEAST_VERSION: i32 = 15;
/// How often a step is tried again when another process brings the same schema up to date.
const TRIES: u32 = 20;

/// Looks whether the server will do, makes the schema, takes the steps. Answers what is added to the server's
/// transaction numbers.
pub(super) async fn prepare(connector: &Connector, migrations: &[Migrations]) -> Result<i64, OpenError> {
    let client = connector
        .for_schema_changes()
        .connection()
        .await
        .map_err(|error| OpenPostgresError::connecting(&error))?;
    examine(&client, connector.schema()).await?;
    let mut all = vec![migrate::OWN];
    all.extend_from_slice(migrations);
    let mut tries = 0;
    loop {
        match take_next(&client, &all).await {
            Ok(true) => tries = 0,
            Ok(false) => return journal_base(&client).await,
            Err(Step::Refused(error)) => return Err(error),
            Err(Step::Failed { what, error }) => {
                tries += 1;
                if tries >= TRIES || !others_at_work(&error) {
                    return Err(OpenError::Fault(trouble::fault(what, &error)));
                }
                tokio::time::sleep(std::time::Duration::from_millis(20 * u64::from(tries))).await;
            }
        }
    }
}

async fn examine(client: &ClientWrapper, schema: Option<&str>) -> Result<(), OpenError> {
    let unreadable =
        |error: tokio_postgres::Error| OpenError::Fault(trouble::fault("cannot look at the server", &error));
    let about = client
        .query_one(
            "SELECT CAST(current_setting('server_version_num') AS INT) / 10000, current_setting('server_encoding'),
               current_setting('fsync'), pg_is_in_recovery(), CAST(current_database() AS TEXT), CAST(current_user AS TEXT)",
            &[],
        )
        .await
        .map_err(unreadable)?;
    let version: i32 = about.get(0);
    if version < LEAST_VERSION {
        return Err(OpenPostgresError::OldServer { found: version, least: LEAST_VERSION }.into());
    }
    let encoding: String = about.get(1);
    if encoding != "UTF8" {
        return Err(OpenPostgresError::Encoding { found: encoding }.into());
    }
    if about.get::<_, String>(2) == "off" {
        tracing::warn!("the server runs with fsync=off: a power cut loses what was acknowledged");
    }
    if about.get(3) {
        return Err(OpenPostgresError::Replica.into());
    }
    let (database, user): (String, String) = (about.get(4), about.get(5));
    if let Some(schema) = schema {
        let there = client
            .query_opt("SELECT 1 FROM pg_catalog.pg_namespace WHERE nspname = $1", &[&schema])
            .await
            .map_err(unreadable)?;
        if there.is_none() {
            let made = client.batch_execute(&format!("CREATE SCHEMA IF NOT EXISTS \"{schema}\"")).await;
            match made {
                Ok(()) => {}
                // Another process was faster.
                Err(error) if others_at_work(&error) => {}
                Err(error) if error.code() == Some(&SqlState::INSUFFICIENT_PRIVILEGE) => {
                    return Err(
                        OpenPostgresError::Privilege { database, user, schema: schema.to_owned() }.into()
                    );
                }
                Err(error) => return Err(OpenError::Fault(trouble::fault("cannot make the schema", &error))),
            }
        }
    }
    Ok(())
}

/// Whether the error comes from another process that makes the same things at the same time.
fn others_at_work(error: &tokio_postgres::Error) -> bool {
    trouble::remedy(error) == Remedy::Again
        || matches!(
            error.code(),
            Some(&SqlState::DUPLICATE_TABLE | &SqlState::DUPLICATE_SCHEMA | &SqlState::UNIQUE_VIOLATION)
        )
}

enum Step {
    Refused(OpenError),
    Failed { what: String, error: tokio_postgres::Error },
}

/// Takes the next step in a transaction of its own; `false` when there is none left.
async fn take_next(client: &ClientWrapper, all: &[Migrations]) -> Result<bool, Step> {
    let failed = |what: &str| {
        let what = what.to_owned();
        move |error| Step::Failed { what, error }
    };
    client.batch_execute("BEGIN ISOLATION LEVEL READ COMMITTED").await.map_err(failed("cannot begin"))?;
    let outcome = in_transaction(client, all).await;
    match outcome {
        Ok(more) => {
            client.batch_execute("COMMIT").await.map_err(failed("the schema step was not committed"))?;
            Ok(more)
        }
        Err(step) => {
            if let Err(error) = client.batch_execute("ROLLBACK").await {
                tracing::warn!(error = %trouble::said(&error), "a schema step could not be rolled back; the server does so when the connection ends");
            }
            Err(step)
        }
    }
}

async fn in_transaction(client: &ClientWrapper, all: &[Migrations]) -> Result<bool, Step> {
    let failed = |what: &'static str| move |error| Step::Failed { what: what.to_owned(), error };
    client
        .batch_execute(
            "CREATE TABLE IF NOT EXISTS migration (
               owner TEXT NOT NULL, name TEXT NOT NULL, hash TEXT NOT NULL, PRIMARY KEY (owner, name));
             LOCK TABLE migration IN SHARE ROW EXCLUSIVE MODE",
        )
        .await
        .map_err(failed("cannot make the table of the schema steps"))?;
    let taken: Vec<Taken> = client
        .query("SELECT owner, name, hash FROM migration", &[])
        .await
        .map_err(failed("cannot read the schema steps"))?
        .iter()
        .map(|row| Taken { owner: row.get(0), name: row.get(1), hash: row.get(2) })
        .collect();
    let pending =
        migrate::pending(all, &taken, |step| step.postgres).map_err(|error| Step::Refused(error.into()))?;
    let Some((owner, step)) = pending.first() else { return Ok(false) };
    take(client, owner, step).await?;
    Ok(pending.len() > 1)
}

async fn take(client: &ClientWrapper, owner: &str, step: &Migration) -> Result<(), Step> {
    let failed = |error| Step::Failed { what: format!("schema step {owner}/{} failed", step.name), error };
    for statement in migrate::statements(step.postgres) {
        client.batch_execute(&statement).await.map_err(failed)?;
    }
    client
        .execute(
            "INSERT INTO migration (owner, name, hash) VALUES ($1, $2, $3)",
            &[&owner, &step.name, &migrate::hash(step.postgres)],
        )
        .await
        .map_err(failed)?;
    tracing::info!(owner, step = step.name, "schema step taken");
    Ok(())
}

/// What is added to the server's transaction numbers. A database that was restored into another server brings
/// a journal with higher numbers than that server has reached: new commits must still come after the old ones.
async fn journal_base(client: &ClientWrapper) -> Result<i64, OpenError> {
    let mut tries = 0;
    loop {
        match raise_base(client).await {
            Ok(base) => return Ok(base),
            Err(error) if tries < TRIES && others_at_work(&error) => {
                tries += 1;
                tokio::time::sleep(std::time::Duration::from_millis(20 * u64::from(tries))).await;
            }
            Err(error) => {
                return Err(OpenError::Fault(trouble::fault(
                    "cannot compare the journal with the server",
                    &error,
                )));
            }
        }
    }
}

async fn raise_base(client: &ClientWrapper) -> Result<i64, tokio_postgres::Error> {
    // One statement, one snapshot: what it sees in the journal was numbered below the snapshot's end.
    let row = client
        .query_one(
            "WITH kept AS (SELECT coalesce(max(base), 0) AS base FROM journal_base),
                  last AS (SELECT coalesce(max(txn), 0) AS txn FROM journal)
             SELECT kept.base, last.txn,
               last.txn >= kept.base + CAST(CAST(pg_snapshot_xmax(pg_current_snapshot()) AS TEXT) AS BIGINT)
             FROM kept, last",
            &[],
        )
        .await?;
    let (base, last, restored): (i64, i64, bool) = (row.get(0), row.get(1), row.get(2));
    if !restored {
        return Ok(base);
    }
    client
        .execute("INSERT INTO journal_base (base) VALUES ($1) ON CONFLICT (base) DO NOTHING", &[&last])
        .await?;
    tracing::info!(base = last, "the journal comes from another server; its numbers go on above the last");
    Ok(last)
}
