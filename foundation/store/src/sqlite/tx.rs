//! A unit of work on a SQLite connection.

use gongzhi_kernel::{Fault, FaultKind, World};
use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{Connection, ErrorCode, ToSql};

use crate::text::Text;
use crate::{Engine, Param, Row, Statement, Tx, Value, journal};

/// Names of the parameters: SQLite numbers `$2` by its first appearance, so they are bound by name.
const NAMES: [&str; 64] = [
    "$1", "$2", "$3", "$4", "$5", "$6", "$7", "$8", "$9", "$10", "$11", "$12", "$13", "$14", "$15", "$16",
    "$17", "$18", "$19", "$20", "$21", "$22", "$23", "$24", "$25", "$26", "$27", "$28", "$29", "$30", "$31",
    "$32", "$33", "$34", "$35", "$36", "$37", "$38", "$39", "$40", "$41", "$42", "$43", "$44", "$45", "$46",
    "$47", "$48", "$49", "$50", "$51", "$52", "$53", "$54", "$55", "$56", "$57", "$58", "$59", "$60", "$61",
    "$62", "$63", "$64",
];

/// Where a unit of work stands: the connection, and what waits for the end of the commit.
pub(crate) struct SqliteTx<'c> {
    connection: &'c Connection,
    world: &'c World,
    /// The number of this commit, once somebody has asked.
    commit: Option<i64>,
    /// Whether the journal grew.
    pub(crate) grew: bool,
    /// Changes of the text index; FTS5 would write a segment at every savepoint.
    pub(crate) texts: Vec<Text>,
    /// The first statement that failed: then the unit of work fails, even if it passes over that, as on PostgreSQL.
    pub(crate) failed: Option<(FaultKind, String)>,
    writable: bool,
}

impl<'c> SqliteTx<'c> {
    pub(crate) fn new(connection: &'c Connection, world: &'c World, writable: bool) -> Self {
        Self { connection, world, commit: None, grew: false, texts: Vec::new(), failed: None, writable }
    }
}

pub(crate) fn fault(what: impl Into<std::borrow::Cow<'static, str>>, error: rusqlite::Error) -> Fault {
    let kind = match &error {
        rusqlite::Error::SqliteFailure(code, _) => match code.code {
            ErrorCode::DiskFull => FaultKind::Full,
            ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked => FaultKind::Busy,
            ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase => FaultKind::Corrupt,
            _ => FaultKind::Internal,
        },
        _ => FaultKind::Internal,
    };
    Fault::new(kind, what).because(error)
}

struct Bound<'a>(Param<'a>);

impl ToSql for Bound<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self.0 {
            Param::Null => ValueRef::Null,
            Param::Int(value) => ValueRef::Integer(value),
            Param::Real(value) => ValueRef::Real(value),
            Param::Text(value) => ValueRef::Text(value.as_bytes()),
            Param::Bytes(value) => ValueRef::Blob(value),
        }))
    }
}

struct SqliteRow<'r, 's>(&'r rusqlite::Row<'s>);

impl Row for SqliteRow<'_, '_> {
    fn value(&self, column: usize) -> Result<Value<'_>, Fault> {
        let value = self.0.get_ref(column).map_err(|error| fault("cannot read a column", error))?;
        Ok(match value {
            ValueRef::Null => Value::Null,
            ValueRef::Integer(value) => Value::Int(value),
            ValueRef::Real(value) => Value::Real(value),
            ValueRef::Text(bytes) => Value::Text(
                std::str::from_utf8(bytes)
                    .map_err(|error| Fault::corrupt("a text in the database is not UTF-8").because(error))?,
            ),
            ValueRef::Blob(bytes) => Value::Bytes(bytes),
        })
    }
}

fn bind(statement: &mut rusqlite::CachedStatement<'_>, params: &[Param<'_>]) -> Result<(), Fault> {
    let wanted = statement.parameter_count();
    if params.len() != wanted || params.len() > NAMES.len() {
        return Err(Fault::internal(format!("{} parameters were given, {wanted} are needed", params.len())));
    }
    for (place, (param, name)) in params.iter().zip(NAMES).enumerate() {
        if matches!(param, Param::Text(text) if text.contains('\0')) {
            return Err(Fault::internal("text holds the character U+0000, which PostgreSQL cannot keep"));
        }
        // Nearly every statement names its parameters in their order.
        let index = match statement.parameter_name(place + 1) {
            Some(named) if named == name => place + 1,
            _ => statement
                .parameter_index(name)
                .map_err(|error| fault("cannot bind a parameter", error))?
                .ok_or_else(|| Fault::internal(format!("the statement has no parameter {name}")))?,
        };
        statement
            .raw_bind_parameter(index, Bound(*param))
            .map_err(|error| fault("cannot bind a parameter", error))?;
    }
    Ok(())
}

impl SqliteTx<'_> {
    /// Remembers that a statement has failed.
    fn note(&mut self, fault: Fault) -> Fault {
        self.failed.get_or_insert_with(|| (fault.kind, fault.to_string()));
        fault
    }

    fn run(&self, statement: &'static Statement, params: &[Param<'_>]) -> Result<usize, Fault> {
        let failed = |error| fault(format!("statement {} failed", statement.name), error);
        let mut prepared = self.connection.prepare_cached(statement.sqlite).map_err(failed)?;
        bind(&mut prepared, params)?;
        prepared.raw_execute().map_err(failed)
    }

    /// The outer result is that of the statement, the inner one that of the reading.
    fn read(
        &self,
        statement: &'static Statement,
        params: &[Param<'_>],
        each: &mut dyn FnMut(&dyn Row) -> Result<bool, Fault>,
    ) -> Result<Result<(), Fault>, Fault> {
        let failed = |error| fault(format!("statement {} failed", statement.name), error);
        let mut prepared = self.connection.prepare_cached(statement.sqlite).map_err(failed)?;
        bind(&mut prepared, params)?;
        let mut rows = prepared.raw_query();
        while let Some(row) = rows.next().map_err(failed)? {
            match each(&SqliteRow(row)) {
                Ok(true) => {}
                Ok(false) => break,
                Err(fault) => return Ok(Err(fault)),
            }
        }
        Ok(Ok(()))
    }
}

impl Tx for SqliteTx<'_> {
    fn engine(&self) -> Engine {
        Engine::Sqlite
    }

    fn world(&self) -> &World {
        self.world
    }

    fn execute(&mut self, statement: &'static Statement, params: &[Param<'_>]) -> Result<u64, Fault> {
        let changed = self.run(statement, params).map_err(|fault| self.note(fault))?;
        Ok(u64::try_from(changed).unwrap_or(u64::MAX))
    }

    fn query(
        &mut self,
        statement: &'static Statement,
        params: &[Param<'_>],
        each: &mut dyn FnMut(&dyn Row) -> Result<bool, Fault>,
    ) -> Result<(), Fault> {
        match self.read(statement, params, each) {
            Ok(read) => read,
            Err(fault) => Err(self.note(fault)),
        }
    }

    fn commit_number(&mut self) -> Result<i64, Fault> {
        if !self.writable {
            return Err(Fault::internal("a reader has no commit"));
        }
        if let Some(number) = self.commit {
            return Ok(number);
        }
        let tx: &mut dyn Tx = self;
        let number = tx.one(&journal::LAST_TXN, &[], |row| row.opt_int(0))?.flatten().unwrap_or(0) + 1;
        self.commit = Some(number);
        Ok(number)
    }

    fn journal_grew(&mut self) {
        self.grew = true;
    }

    fn defer_text(&mut self, text: Text) -> Option<Text> {
        self.texts.push(text);
        None
    }
}
