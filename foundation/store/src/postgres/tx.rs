//! One unit of work on a connection.

use deadpool_postgres::ClientWrapper;
use futures_util::TryStreamExt;
use gongzhi_kernel::{Fault, World};
use tokio::runtime::Handle;

use super::trouble::{self, Remedy};
use super::values::{Bound, PgRow};
use crate::text::Text;
use crate::{Engine, Param, Row, Statement, Tx};

/// What has become of a unit of work besides its result.
pub(super) struct PgTx<'a> {
    client: &'a ClientWrapper,
    runtime: &'a Handle,
    world: &'a World,
    /// What is added to the server's transaction numbers; see `journal_base` in `schema.rs`.
    base: i64,
    number: Option<i64>,
    pub(super) grew: bool,
    /// The first error. The server runs nothing more in this transaction after it.
    pub(super) failed: Option<(Remedy, Fault)>,
}

impl<'a> PgTx<'a> {
    pub(super) fn new(client: &'a ClientWrapper, runtime: &'a Handle, world: &'a World, base: i64) -> Self {
        Self { client, runtime, world, base, number: None, grew: false, failed: None }
    }

    /// Notes the first error and hands a fault to the caller.
    fn fail(&mut self, statement: &'static Statement, error: &tokio_postgres::Error) -> Fault {
        let fault = || trouble::fault(format!("the statement {} did not succeed", statement.name), error);
        self.failed.get_or_insert_with(|| (trouble::remedy(error), fault()));
        fault()
    }

    fn still_sound(&self, statement: &'static Statement) -> Result<(), Fault> {
        match &self.failed {
            None => Ok(()),
            Some((_, first)) => Err(Fault::new(
                first.kind,
                format!(
                    "the statement {} was not run, because an earlier one of this unit of work failed",
                    statement.name
                ),
            )),
        }
    }
}

/// The server's number of this transaction; makes it one that writes.
static NUMBER: Statement = Statement {
    name: "number_of_the_commit",
    sqlite: "SELECT 0",
    postgres: "SELECT CAST(CAST(pg_current_xact_id() AS TEXT) AS BIGINT)",
};

impl Tx for PgTx<'_> {
    fn engine(&self) -> Engine {
        Engine::Postgres
    }

    fn world(&self) -> &World {
        self.world
    }

    fn execute(&mut self, statement: &'static Statement, params: &[Param<'_>]) -> Result<u64, Fault> {
        self.still_sound(statement)?;
        let client = self.client;
        let run = async {
            let prepared = client.prepare_cached(statement.postgres).await?;
            client.execute_raw(&prepared, params.iter().map(|param| Bound(*param))).await
        };
        self.runtime.block_on(run).map_err(|error| self.fail(statement, &error))
    }

    fn query(
        &mut self,
        statement: &'static Statement,
        params: &[Param<'_>],
        each: &mut dyn FnMut(&dyn Row) -> Result<bool, Fault>,
    ) -> Result<(), Fault> {
        self.still_sound(statement)?;
        let client = self.client;
        let run = async {
            let prepared = client.prepare_cached(statement.postgres).await?;
            let rows = client.query_raw(&prepared, params.iter().map(|param| Bound(*param))).await?;
            let mut rows = std::pin::pin!(rows);
            while let Some(row) = rows.try_next().await? {
                match each(&PgRow(row)) {
                    Ok(true) => {}
                    Ok(false) => break,
                    Err(fault) => return Ok(Err(fault)),
                }
            }
            Ok(Ok(()))
        };
        match self.runtime.block_on(run) {
            Ok(answer) => answer,
            Err(error) => Err(self.fail(statement, &error)),
        }
    }

    fn commit_number(&mut self) -> Result<i64, Fault> {
        if let Some(number) = self.number {
            return Ok(number);
        }
        let mut found = 0;
        self.query(&NUMBER, &[], &mut |row| {
            found = row.int(0)?;
            Ok(true)
        })?;
        let number = self.base.saturating_add(found);
        self.number = Some(number);
        Ok(number)
    }

    fn journal_grew(&mut self) {
        self.grew = true;
    }

    fn defer_text(&mut self, text: Text) -> Option<Text> {
        Some(text)
    }
}
