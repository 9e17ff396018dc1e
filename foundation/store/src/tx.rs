//! One unit of work, the same on both engines.

use gongzhi_kernel::{Fault, World};

use crate::Statement;
use crate::text::Text;

/// Which engine is behind a [`Tx`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Engine {
    /// The embedded one.
    Sqlite,
    /// A server.
    Postgres,
}

/// A value bound to a parameter. Booleans are 0 and 1; moments are microseconds; JSON is text.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Param<'a> {
    /// Nothing.
    Null,
    /// BIGINT.
    Int(i64),
    /// DOUBLE PRECISION.
    Real(f64),
    /// TEXT.
    Text(&'a str),
    /// BLOB or BYTEA.
    Bytes(&'a [u8]),
}

impl From<i64> for Param<'_> {
    fn from(value: i64) -> Self {
        Self::Int(value)
    }
}
impl From<bool> for Param<'_> {
    fn from(value: bool) -> Self {
        Self::Int(i64::from(value))
    }
}
impl From<f64> for Param<'_> {
    fn from(value: f64) -> Self {
        Self::Real(value)
    }
}
impl<'a> From<&'a str> for Param<'a> {
    fn from(value: &'a str) -> Self {
        Self::Text(value)
    }
}
impl<'a> From<&'a String> for Param<'a> {
    fn from(value: &'a String) -> Self {
        Self::Text(value)
    }
}
impl<'a> From<&'a [u8]> for Param<'a> {
    fn from(value: &'a [u8]) -> Self {
        Self::Bytes(value)
    }
}
impl<K> From<gongzhi_kernel::Id<K>> for Param<'_> {
    fn from(value: gongzhi_kernel::Id<K>) -> Self {
        Self::Int(value.get())
    }
}
impl From<gongzhi_kernel::Timestamp> for Param<'_> {
    fn from(value: gongzhi_kernel::Timestamp) -> Self {
        Self::Int(value.as_micros())
    }
}
impl<'a, T: Into<Param<'a>>> From<Option<T>> for Param<'a> {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

/// The values of a statement: `params![id, "text", Some(3)]`.
#[macro_export]
macro_rules! params {
    ($($value:expr),* $(,)?) => { &[$($crate::Param::from($value)),*] as &[$crate::Param<'_>] };
}

/// A value read from a column.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Value<'a> {
    /// Nothing.
    Null,
    /// BIGINT.
    Int(i64),
    /// DOUBLE PRECISION.
    Real(f64),
    /// TEXT.
    Text(&'a str),
    /// BLOB or BYTEA.
    Bytes(&'a [u8]),
}

/// A row of an answer. Columns are counted from 0.
pub trait Row {
    /// The value of a column.
    fn value(&self, column: usize) -> Result<Value<'_>, Fault>;
}

impl dyn Row + '_ {
    fn unexpected(column: usize, wanted: &str) -> Fault {
        Fault::corrupt(format!("column {column} is not {wanted}"))
    }

    /// A whole number.
    pub fn int(&self, column: usize) -> Result<i64, Fault> {
        self.opt_int(column)?.ok_or_else(|| Self::unexpected(column, "a whole number"))
    }

    /// A whole number or nothing.
    pub fn opt_int(&self, column: usize) -> Result<Option<i64>, Fault> {
        match self.value(column)? {
            Value::Null => Ok(None),
            Value::Int(value) => Ok(Some(value)),
            _ => Err(Self::unexpected(column, "a whole number")),
        }
    }

    /// 0 or 1.
    pub fn flag(&self, column: usize) -> Result<bool, Fault> {
        Ok(self.int(column)? != 0)
    }

    /// A figure.
    pub fn real(&self, column: usize) -> Result<f64, Fault> {
        self.opt_real(column)?.ok_or_else(|| Self::unexpected(column, "a figure"))
    }

    /// A figure or nothing. SQLite gives a whole figure back as a whole number.
    pub fn opt_real(&self, column: usize) -> Result<Option<f64>, Fault> {
        match self.value(column)? {
            Value::Null => Ok(None),
            Value::Real(value) => Ok(Some(value)),
            #[expect(clippy::cast_precision_loss, reason = "only figures that were stored as whole ones")]
            Value::Int(value) => Ok(Some(value as f64)),
            _ => Err(Self::unexpected(column, "a figure")),
        }
    }

    /// Text.
    pub fn text(&self, column: usize) -> Result<&str, Fault> {
        self.opt_text(column)?.ok_or_else(|| Self::unexpected(column, "text"))
    }

    /// Text or nothing.
    pub fn opt_text(&self, column: usize) -> Result<Option<&str>, Fault> {
        match self.value(column)? {
            Value::Null => Ok(None),
            Value::Text(value) => Ok(Some(value)),
            _ => Err(Self::unexpected(column, "text")),
        }
    }

    /// Owned text.
    pub fn string(&self, column: usize) -> Result<String, Fault> {
        self.text(column).map(str::to_owned)
    }

    /// Owned text or nothing.
    pub fn opt_string(&self, column: usize) -> Result<Option<String>, Fault> {
        Ok(self.opt_text(column)?.map(str::to_owned))
    }

    /// Bytes.
    pub fn bytes(&self, column: usize) -> Result<&[u8], Fault> {
        self.opt_bytes(column)?.ok_or_else(|| Self::unexpected(column, "bytes"))
    }

    /// Bytes or nothing.
    pub fn opt_bytes(&self, column: usize) -> Result<Option<&[u8]>, Fault> {
        match self.value(column)? {
            Value::Null => Ok(None),
            Value::Bytes(value) => Ok(Some(value)),
            _ => Err(Self::unexpected(column, "bytes")),
        }
    }

    /// An id.
    pub fn id<K>(&self, column: usize) -> Result<gongzhi_kernel::Id<K>, Fault> {
        self.opt_id(column)?.ok_or_else(|| Self::unexpected(column, "an id"))
    }

    /// An id or nothing.
    pub fn opt_id<K>(&self, column: usize) -> Result<Option<gongzhi_kernel::Id<K>>, Fault> {
        match self.opt_int(column)? {
            None => Ok(None),
            Some(raw) => {
                gongzhi_kernel::Id::new(raw).map(Some).ok_or_else(|| Self::unexpected(column, "an id"))
            }
        }
    }

    /// A moment.
    pub fn time(&self, column: usize) -> Result<gongzhi_kernel::Timestamp, Fault> {
        Ok(gongzhi_kernel::Timestamp::from_micros(self.int(column)?))
    }

    /// A moment or nothing.
    pub fn opt_time(&self, column: usize) -> Result<Option<gongzhi_kernel::Timestamp>, Fault> {
        Ok(self.opt_int(column)?.map(gongzhi_kernel::Timestamp::from_micros))
    }

    /// A value kept as JSON text.
    pub fn json<T: serde::de::DeserializeOwned>(&self, column: usize) -> Result<T, Fault> {
        serde_json::from_str(self.text(column)?)
            .map_err(|error| Fault::corrupt(format!("column {column} holds unexpected json")).because(error))
    }

    /// A value kept as JSON text, or nothing.
    pub fn opt_json<T: serde::de::DeserializeOwned>(&self, column: usize) -> Result<Option<T>, Fault> {
        self.opt_text(column)?.map(|_| self.json(column)).transpose()
    }
}

/// A unit of work: everything in it happens, or nothing. The plain statements; comfort stands in `impl dyn Tx`.
pub trait Tx {
    /// Which engine.
    fn engine(&self) -> Engine;

    /// Clock, ids and randomness of this city.
    fn world(&self) -> &World;

    /// Runs a statement; how many rows it changed. A statement that fails makes the whole unit of work fail, even if its
    /// fault is passed over: PostgreSQL runs nothing more in such a transaction.
    fn execute(&mut self, statement: &'static Statement, params: &[Param<'_>]) -> Result<u64, Fault>;

    /// Runs a statement and hands over each row; return `Ok(false)` to stop early.
    fn query(
        &mut self,
        statement: &'static Statement,
        params: &[Param<'_>],
        each: &mut dyn FnMut(&dyn Row) -> Result<bool, Fault>,
    ) -> Result<(), Fault>;

    /// The number of this commit for the journal; grows with the order in which followers see commits.
    fn commit_number(&mut self) -> Result<i64, Fault>;

    /// Says that the journal grew, so that followers wake after the commit.
    fn journal_grew(&mut self);

    /// Keeps a change of the text index until the end of the commit, where the engine wants that; an engine that writes
    /// the index like any other table gives it back.
    fn defer_text(&mut self, text: Text) -> Option<Text>;
}

impl dyn Tx + '_ {
    /// All rows.
    pub fn all<T>(
        &mut self,
        statement: &'static Statement,
        params: &[Param<'_>],
        mut read: impl FnMut(&dyn Row) -> Result<T, Fault>,
    ) -> Result<Vec<T>, Fault> {
        let mut rows = Vec::new();
        self.query(statement, params, &mut |row| {
            rows.push(read(row)?);
            Ok(true)
        })?;
        Ok(rows)
    }

    /// The first row, if there is one.
    pub fn one<T>(
        &mut self,
        statement: &'static Statement,
        params: &[Param<'_>],
        mut read: impl FnMut(&dyn Row) -> Result<T, Fault>,
    ) -> Result<Option<T>, Fault> {
        let mut found = None;
        self.query(statement, params, &mut |row| {
            found = Some(read(row)?);
            Ok(false)
        })?;
        Ok(found)
    }
}
