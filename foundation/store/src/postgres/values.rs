//! The store's plain values as PostgreSQL sends and receives them.

use std::error::Error;
use std::fmt;

use bytes::BytesMut;
use gongzhi_kernel::Fault;
use tokio_postgres::types::{Format, FromSql, IsNull, ToSql, Type, to_sql_checked};

use crate::{Param, Row, Value};

/// A parameter on its way to the server, which has inferred the type.
pub(super) struct Bound<'a>(pub(super) Param<'a>);

impl fmt::Debug for Bound<'_> {
    /// The driver prints parameters at its debug level; what people wrote has no place in a log.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.0 {
            Param::Null => "nothing",
            Param::Int(_) => "a whole number",
            Param::Real(_) => "a figure",
            Param::Text(_) => "text",
            Param::Bytes(_) => "bytes",
        })
    }
}

impl ToSql for Bound<'_> {
    fn to_sql(&self, ty: &Type, out: &mut BytesMut) -> Result<IsNull, Box<dyn Error + Sync + Send>> {
        let unfit = || format!("{self:?} does not fit a parameter of type {ty}; write a CAST").into();
        match self.0 {
            Param::Null => Ok(IsNull::Yes),
            Param::Int(value) => match *ty {
                Type::INT8 => value.to_sql(ty, out),
                Type::INT4 => i32::try_from(value)?.to_sql(ty, out),
                Type::INT2 => i16::try_from(value)?.to_sql(ty, out),
                #[expect(
                    clippy::cast_precision_loss,
                    reason = "a whole number for a figure, as SQLite takes it"
                )]
                Type::FLOAT8 => (value as f64).to_sql(ty, out),
                _ => Err(unfit()),
            },
            Param::Real(value) => match *ty {
                Type::FLOAT8 => value.to_sql(ty, out),
                _ => Err(unfit()),
            },
            Param::Text(value) => match *ty {
                Type::TEXT | Type::VARCHAR | Type::BPCHAR | Type::NAME | Type::UNKNOWN => {
                    if value.contains('\0') {
                        return Err("text holds the character U+0000, which PostgreSQL cannot keep".into());
                    }
                    value.to_sql(ty, out)
                }
                _ => Err(unfit()),
            },
            Param::Bytes(value) => match *ty {
                Type::BYTEA => value.to_sql(ty, out),
                _ => Err(unfit()),
            },
        }
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    fn encode_format(&self, _: &Type) -> Format {
        Format::Binary
    }

    to_sql_checked!();
}

/// A row of the server's answer.
pub(super) struct PgRow(pub(super) tokio_postgres::Row);

impl Row for PgRow {
    fn value(&self, column: usize) -> Result<Value<'_>, Fault> {
        let Some(about) = self.0.columns().get(column) else {
            return Err(Fault::internal(format!("the answer has no column {column}")));
        };
        fn or_null<'a, T>(
            read: Result<Option<T>, tokio_postgres::Error>,
            into: impl FnOnce(T) -> Value<'a>,
        ) -> Result<Value<'a>, tokio_postgres::Error> {
            read.map(|value| value.map_or(Value::Null, into))
        }
        let row = &self.0;
        let read = match *about.type_() {
            Type::INT8 => or_null(row.try_get(column), Value::Int),
            Type::INT4 => {
                or_null(row.try_get::<_, Option<i32>>(column), |value| Value::Int(i64::from(value)))
            }
            Type::INT2 => {
                or_null(row.try_get::<_, Option<i16>>(column), |value| Value::Int(i64::from(value)))
            }
            Type::BOOL => {
                or_null(row.try_get::<_, Option<bool>>(column), |value| Value::Int(i64::from(value)))
            }
            Type::FLOAT8 => or_null(row.try_get(column), Value::Real),
            Type::FLOAT4 => {
                or_null(row.try_get::<_, Option<f32>>(column), |value| Value::Real(f64::from(value)))
            }
            Type::NUMERIC => or_null(row.try_get::<_, Option<Numeric>>(column), |value| value.0),
            Type::TEXT | Type::VARCHAR | Type::BPCHAR | Type::NAME | Type::UNKNOWN => {
                or_null(row.try_get(column), Value::Text)
            }
            Type::BYTEA => or_null(row.try_get(column), Value::Bytes),
            ref other => {
                return Err(Fault::internal(format!(
                    "column {column} has the type {other}, which the store does not read; write a CAST"
                )));
            }
        };
        read.map_err(|error| Fault::corrupt(format!("column {column} cannot be read")).because(error))
    }
}

/// NUMERIC, which PostgreSQL answers for `sum` and `avg` of whole numbers: a whole number where it is one, else a figure.
struct Numeric(Value<'static>);

impl<'a> FromSql<'a> for Numeric {
    fn from_sql(_: &Type, raw: &'a [u8]) -> Result<Self, Box<dyn Error + Sync + Send>> {
        numeric(raw).map(Self).ok_or_else(|| "a NUMERIC that is no finite number".into())
    }

    fn accepts(ty: &Type) -> bool {
        *ty == Type::NUMERIC
    }
}

/// Reads the wire form: count of digits, weight of the first, sign, scale, then digits to the base 10,000.
fn numeric(raw: &[u8]) -> Option<Value<'static>> {
    const NEGATIVE: u16 = 0x4000;
    let mut words = raw.chunks_exact(2).filter_map(|pair| Some(u16::from_be_bytes(pair.try_into().ok()?)));
    let count = usize::from(words.next()?);
    let weight = i32::from(words.next()?.cast_signed());
    let sign = words.next()?;
    let _scale = words.next()?;
    let digits: Vec<i64> = words.take(count).map(i64::from).collect();
    if digits.len() != count || (sign != 0 && sign != NEGATIVE) {
        return None;
    }
    let negative = sign == NEGATIVE;
    let whole = usize::try_from(weight + 1).unwrap_or(0);
    if digits.iter().skip(whole).all(|digit| *digit == 0) {
        let exact = (0..whole).try_fold(0_i64, |sum, at| {
            let digit = digits.get(at).copied().unwrap_or(0);
            sum.checked_mul(10_000)?.checked_add(if negative { -digit } else { digit })
        });
        if let Some(exact) = exact {
            return Some(Value::Int(exact));
        }
    }
    // Through text, so that the figure is the nearest one.
    let mut text = String::from(if negative { "-0" } else { "0" });
    for digit in &digits {
        text.push_str(&format!("{digit:04}"));
    }
    let exponent = 4 * (weight + 1 - i32::try_from(count).ok()?);
    text.push_str(&format!("e{exponent}"));
    text.parse().ok().map(Value::Real)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wire(weight: i16, sign: u16, digits: &[u16]) -> Vec<u8> {
        let mut raw = Vec::new();
        raw.extend(u16::try_from(digits.len()).unwrap().to_be_bytes());
        raw.extend(weight.to_be_bytes());
        raw.extend(sign.to_be_bytes());
        raw.extend(0_u16.to_be_bytes());
        for digit in digits {
            raw.extend(digit.to_be_bytes());
        }
        raw
    }

    #[test]
    fn sums_are_whole_numbers_and_averages_figures() {
        assert_eq!(numeric(&wire(0, 0, &[])), Some(Value::Int(0)));
        assert_eq!(numeric(&wire(1, 0, &[12, 3456])), Some(Value::Int(123_456)));
        assert_eq!(numeric(&wire(2, 0x4000, &[1])), Some(Value::Int(-100_000_000)));
        assert_eq!(numeric(&wire(0, 0, &[2, 5000])), Some(Value::Real(2.5)));
        assert_eq!(numeric(&wire(-1, 0x4000, &[1])), Some(Value::Real(-0.0001)));
        // 10^20 is no BIGINT.
        assert_eq!(numeric(&wire(5, 0, &[1])), Some(Value::Real(1e20)));
        assert_eq!(numeric(&wire(4, 0, &[922, 3372, 368, 5477, 5807])), Some(Value::Int(i64::MAX)));
        assert_eq!(numeric(&wire(4, 0x4000, &[922, 3372, 368, 5477, 5808])), Some(Value::Int(i64::MIN)));
    }

    #[test]
    fn what_is_no_number_is_refused() {
        assert_eq!(numeric(&wire(0, 0xC000, &[])), None);
        assert_eq!(numeric(&[0, 1, 0, 0]), None);
    }

    #[test]
    fn parameters_do_not_show_in_logs() {
        assert_eq!(format!("{:?}", Bound(Param::Text("张三"))), "text");
    }
}
