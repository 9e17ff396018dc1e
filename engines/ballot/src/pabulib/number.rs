//! Numbers in files: whole ones and decimals, kept exactly.

use super::What;

/// Digits after the point that are taken.
const MOST_DECIMALS: u32 = 6;

/// A number as it stands: `digits · 10^-decimals`, without zeros at the end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Decimal {
    digits: u64,
    pub(super) decimals: u32,
    /// It was written with a comma.
    pub(super) comma: bool,
}

impl Decimal {
    /// Reads `12`, `12.50` and, oddly, `12,50`.
    pub(super) fn read(field: &'static str, text: &str) -> Result<Self, What> {
        let text = text.trim();
        let wrong = || What::NotANumber { field, value: shown(text) };
        let large = || What::TooLarge { field, value: shown(text) };
        let (negative, unsigned) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text.strip_prefix('+').unwrap_or(text)),
        };
        let comma = unsigned.contains(',');
        let (whole, part) = unsigned.split_once(['.', ',']).unwrap_or((unsigned, ""));
        let all_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        if (whole.is_empty() && part.is_empty()) || !all_digits(whole) || !all_digits(part) {
            return Err(wrong());
        }
        let part = part.trim_end_matches('0');
        let decimals = u32::try_from(part.len()).map_err(|_| large())?;
        if decimals > MOST_DECIMALS {
            return Err(large());
        }
        let mut digits = 0_u64;
        for byte in whole.bytes().chain(part.bytes()) {
            digits = digits
                .checked_mul(10)
                .and_then(|digits| digits.checked_add(u64::from(byte - b'0')))
                .filter(|digits| *digits < crate::LIMIT)
                .ok_or_else(large)?;
        }
        if negative && digits > 0 {
            return Err(What::Negative { field, value: shown(text) });
        }
        Ok(Self { digits, decimals, comma })
    }

    /// In units of `10^-decimals`, if that is below 2^63; `decimals` is not less than its own.
    pub(super) fn units(self, field: &'static str, decimals: u32) -> Result<u64, What> {
        let factor = 10_u64.checked_pow(decimals.saturating_sub(self.decimals));
        factor
            .and_then(|factor| self.digits.checked_mul(factor))
            .filter(|units| *units < crate::LIMIT)
            .ok_or(What::TooLarge { field, value: self.digits.to_string() })
    }
}

/// At most so much of what stands in a file is repeated in a message.
pub(super) fn shown(text: &str) -> String {
    let mut short: String = text.chars().take(60).collect();
    if short.len() < text.len() {
        short.push('…');
    }
    short
}

/// An amount in units of `10^-decimals`, as people write it.
pub(super) fn money(amount: i64, decimals: u32) -> String {
    let sign = if amount < 0 { "-" } else { "" };
    let digits = amount.unsigned_abs().to_string();
    let decimals = decimals as usize;
    if decimals == 0 {
        return format!("{sign}{digits}");
    }
    let digits = format!("{digits:0>width$}", width = decimals + 1);
    let (whole, part) = digits.split_at(digits.len() - decimals);
    format!("{sign}{whole}.{part}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn units(text: &str, decimals: u32) -> Result<u64, What> {
        Decimal::read("cost", text).and_then(|number| number.units("cost", decimals))
    }

    #[test]
    fn numbers_are_read_exactly_or_refused() {
        assert_eq!(units("1200", 0), Ok(1200));
        assert_eq!(units("12.50", 2), Ok(1250));
        assert_eq!(units("12,5", 1), Ok(125));
        assert_eq!(Decimal::read("cost", "40000.0").unwrap().decimals, 0);
        assert_eq!(units("-0", 0), Ok(0));
        for wrong in ["", "x", "1e5", "1.2.3", "--1", "1 000", ".", "NaN"] {
            assert!(matches!(units(wrong, 0), Err(What::NotANumber { .. })), "{wrong}");
        }
        assert!(matches!(units("-1", 0), Err(What::Negative { .. })));
        for large in ["9223372036854775808", "99999999999999999999999999", "1.1234567"] {
            assert!(matches!(units(large, 0), Err(What::TooLarge { .. })), "{large}");
        }
        assert!(matches!(units("9223372036854775807", 1), Err(What::TooLarge { .. })));
        assert_eq!(units("9223372036854775807", 0), Ok(9_223_372_036_854_775_807));
    }

    #[test]
    fn money_is_written_as_people_write_it() {
        assert_eq!(money(1250, 2), "12.50");
        assert_eq!(money(-5, 2), "-0.05");
        assert_eq!(money(7, 0), "7");
    }
}
