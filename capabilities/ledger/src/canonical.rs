//! Canonical JSON (RFC 8785): one text for one value, so that everybody hashes the same bytes.

use std::fmt::Write as _;

use serde_json::{Map, Number, Value};

/// The canonical text of a value.
pub fn canonical(value: &Value) -> String {
    let mut text = String::new();
    write(value, &mut text);
    text
}

fn write(value: &Value, into: &mut String) {
    match value {
        Value::Null => into.push_str("null"),
        Value::Bool(flag) => into.push_str(if *flag { "true" } else { "false" }),
        Value::Number(number) => write_number(number, into),
        Value::String(text) => write_string(text, into),
        Value::Array(values) => {
            into.push('[');
            for (place, value) in values.iter().enumerate() {
                if place > 0 {
                    into.push(',');
                }
                write(value, into);
            }
            into.push(']');
        }
        Value::Object(fields) => write_object(fields, into),
    }
}

/// Fields in the order of their UTF-16 code units (section 3.2.3).
fn write_object(fields: &Map<String, Value>, into: &mut String) {
    let mut sorted: Vec<(&String, &Value)> = fields.iter().collect();
    // Bytes and code units sort alike but for what lies beyond the basic plane.
    if fields.keys().all(|key| key.is_ascii()) {
        sorted.sort_unstable_by_key(|(key, _)| *key);
    } else {
        sorted.sort_by(|(one, _), (other, _)| one.encode_utf16().cmp(other.encode_utf16()));
    }
    into.push('{');
    for (place, (key, value)) in sorted.into_iter().enumerate() {
        if place > 0 {
            into.push(',');
        }
        write_string(key, into);
        into.push(':');
        write(value, into);
    }
    into.push('}');
}

fn write_string(text: &str, into: &mut String) {
    into.push('"');
    for c in text.chars() {
        match c {
            '"' => into.push_str("\\\""),
            '\\' => into.push_str("\\\\"),
            '\u{8}' => into.push_str("\\b"),
            '\t' => into.push_str("\\t"),
            '\n' => into.push_str("\\n"),
            '\u{c}' => into.push_str("\\f"),
            '\r' => into.push_str("\\r"),
            // Writing into a string cannot fail.
            c if c < ' ' => _ = write!(into, "\\u{:04x}", u32::from(c)),
            c => into.push(c),
        }
    }
    into.push('"');
}

/// Largest whole number up to which every one has a double of its own.
const EXACT: u64 = 1 << 53;

/// Numbers are doubles and written as ECMAScript writes them (section 3.2.2.3).
fn write_number(number: &Number, into: &mut String) {
    if let Some(whole) = number.as_i64()
        && whole.unsigned_abs() <= EXACT
    {
        _ = write!(into, "{whole}");
        return;
    }
    // JSON has no number that is not finite.
    write_double(number.as_f64().unwrap_or_default(), into);
}

/// ECMA-262, Number::toString: the shortest digits that read back as the same double, laid out by the exponent.
fn write_double(value: f64, into: &mut String) {
    if value == 0.0 {
        into.push('0');
        return;
    }
    // What serde_json writes are the shortest digits, of two equally near ones the even, as the standard wants them.
    let shortest = Number::from_f64(value.abs()).map(|number| number.to_string()).unwrap_or_default();
    let (mantissa, exponent) = shortest.split_once('e').unwrap_or((&shortest, "0"));
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let all = format!("{whole}{fraction}");
    let leading = all.len() - all.trim_start_matches('0').len();
    let digits = all.trim_matches('0');
    // The point stands after this many digits.
    let before = i32::try_from(whole.len()).unwrap_or_default() - i32::try_from(leading).unwrap_or_default();
    let point = exponent.parse::<i32>().unwrap_or_default() + before;
    let count = i32::try_from(digits.len()).unwrap_or(i32::MAX);
    if value < 0.0 {
        into.push('-');
    }
    let zeros = |n: i32| "0".repeat(usize::try_from(n).unwrap_or_default());
    if count <= point && point <= 21 {
        into.push_str(digits);
        into.push_str(&zeros(point - count));
    } else if 0 < point && point <= 21 {
        let (whole, rest) = digits.split_at(usize::try_from(point).unwrap_or_default());
        _ = write!(into, "{whole}.{rest}");
    } else if -6 < point && point <= 0 {
        _ = write!(into, "0.{}{digits}", zeros(-point));
    } else {
        let (first, rest) = digits.split_at(1);
        let dot = if rest.is_empty() { "" } else { "." };
        let sign = if point > 0 { '+' } else { '-' };
        _ = write!(into, "{first}{dot}{rest}e{sign}{}", (point - 1).abs());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn doubles_are_written_as_the_standard_lists_them() {
        // RFC 8785, appendix B: the bits of a double and its text.
        for (bits, text) in [
            (0x0000_0000_0000_0000_u64, "0"),
            (0x8000_0000_0000_0000, "0"),
            (0x0000_0000_0000_0001, "5e-324"),
            (0x8000_0000_0000_0001, "-5e-324"),
            (0x7fef_ffff_ffff_ffff, "1.7976931348623157e+308"),
            (0x4340_0000_0000_0000, "9007199254740992"),
            (0xc340_0000_0000_0000, "-9007199254740992"),
            (0x4430_0000_0000_0000, "295147905179352830000"),
            (0x44b5_2d02_c7e1_4af5, "9.999999999999997e+22"),
            (0x44b5_2d02_c7e1_4af6, "1e+23"),
            (0x44b5_2d02_c7e1_4af7, "1.0000000000000001e+23"),
            (0x444b_1ae4_d6e2_ef4e, "999999999999999700000"),
            (0x444b_1ae4_d6e2_ef4f, "999999999999999900000"),
            (0x444b_1ae4_d6e2_ef50, "1e+21"),
            (0x3eb0_c6f7_a0b5_ed8c, "9.999999999999997e-7"),
            (0x3eb0_c6f7_a0b5_ed8d, "0.000001"),
            (0x41b3_de43_5555_5553, "333333333.3333332"),
            (0x41b3_de43_5555_5557, "333333333.33333343"),
            (0xbecb_f647_612f_3696, "-0.0000033333333333333333"),
            (0x4314_3ff3_c1cb_0959, "1424953923781206.2"),
        ] {
            let mut written = String::new();
            write_double(f64::from_bits(bits), &mut written);
            assert_eq!(written, text, "{bits:x}");
        }
    }

    #[test]
    fn fields_are_sorted_by_code_units_and_strings_escaped_in_one_way() {
        // RFC 8785, section 3.2.3: the order of these keys.
        let value = json!({
            "\u{20ac}": "Euro Sign", "\r": "Carriage Return", "\u{fb33}": "Hebrew Letter Dalet With Dagesh",
            "1": "One", "\u{1f600}": "Emoji: Grinning Face", "\u{80}": "Control", "\u{f6}": "Latin Small Letter O With Diaeresis",
        });
        let text = canonical(&value);
        let order = ["Carriage", "One", "Control", "Latin", "Euro", "Emoji", "Hebrew"];
        let places: Vec<usize> = order.iter().map(|word| text.find(word).unwrap()).collect();
        assert!(places.is_sorted(), "{text}");
        // Section 3.2.4: the sample value.
        let value = json!({
            "numbers": [333_333_333.333_333_3_f64, 1E30_f64, 4.50, 2e-3, 0.000_000_000_000_000_000_000_000_001_f64],
            "string": "\u{20ac}$\u{f}\u{a}A'B\"\\\\\"/",
            "literals": [null, true, false],
        });
        assert_eq!(
            canonical(&value),
            r#"{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"string":"€$\u000f\nA'B\"\\\\\"/"}"#
        );
    }

    #[test]
    fn numbers_beyond_the_exact_ones_are_doubles() {
        assert_eq!(canonical(&json!(9_007_199_254_740_993_u64)), "9007199254740992");
        assert_eq!(canonical(&json!(i64::MIN)), "-9223372036854776000");
        assert_eq!(canonical(&json!(u64::MAX)), "18446744073709552000");
    }
}
