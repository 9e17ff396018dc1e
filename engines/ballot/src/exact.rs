//! Exact fractions: what a share, a price or a payment comes to, to the last part.

use std::cmp::Ordering;
use std::fmt;

use num_bigint::BigUint;

/// A fraction that is not negative, kept in lowest terms.
///
/// Prices of equal shares have denominators of hundreds of bits after a few purchases; nothing is ever rounded.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Exact {
    num: BigUint,
    den: BigUint,
}

fn is_zero(value: &BigUint) -> bool {
    value.bits() == 0
}

fn gcd(mut a: BigUint, mut b: BigUint) -> BigUint {
    while !is_zero(&b) {
        let rest = &a % &b;
        a = b;
        b = rest;
    }
    a
}

impl Exact {
    /// Nothing.
    #[must_use]
    pub fn zero() -> Self {
        Self { num: BigUint::default(), den: BigUint::from(1_u8) }
    }

    /// `num / den`, or `None` if `den` is 0.
    #[must_use]
    pub fn new(num: impl Into<BigUint>, den: impl Into<BigUint>) -> Option<Self> {
        let (num, den) = (num.into(), den.into());
        if is_zero(&den) {
            return None;
        }
        let common = gcd(num.clone(), den.clone());
        Some(Self { num: num / &common, den: den / common })
    }

    /// The number above the line.
    #[must_use]
    pub fn num(&self) -> &BigUint {
        &self.num
    }

    /// The number below the line, at least 1.
    #[must_use]
    pub fn den(&self) -> &BigUint {
        &self.den
    }

    /// Whether it is nothing.
    #[must_use]
    pub fn is_zero(&self) -> bool {
        is_zero(&self.num)
    }

    /// Whole times this.
    #[must_use]
    pub fn times(&self, whole: u64) -> Self {
        let common = gcd(BigUint::from(whole), self.den.clone());
        Self { num: &self.num * whole / &common, den: &self.den / common }
    }

    /// Both together.
    #[must_use]
    pub fn plus(&self, other: &Self) -> Self {
        let (num, den) = (&self.num * &other.den + &other.num * &self.den, &self.den * &other.den);
        let common = gcd(num.clone(), den.clone());
        Self { num: num / &common, den: den / common }
    }

    /// What is left of this without `other`; nothing if `other` is more.
    #[must_use]
    pub fn less(&self, other: &Self) -> Self {
        let (left, right) = (&self.num * &other.den, &other.num * &self.den);
        if left <= right {
            return Self::zero();
        }
        let (num, den) = (left - right, &self.den * &other.den);
        let common = gcd(num.clone(), den.clone());
        Self { num: num / &common, den: den / common }
    }

    /// As [`Exact::decimal`], rounded up: what is missing where the other part was cut off.
    #[must_use]
    pub fn decimal_up(&self, digits: u32) -> String {
        let parts = BigUint::from(10_u8).pow(digits);
        let up = (&self.num * &parts + &self.den - 1_u8) / &self.den;
        Self { num: up, den: parts }.decimal(digits)
    }

    /// For people: `digits` digits after the point, cut off and never rounded up. Nothing is decided on it.
    #[must_use]
    pub fn decimal(&self, digits: u32) -> String {
        let whole = &self.num / &self.den;
        if digits == 0 {
            return whole.to_string();
        }
        let mut text = format!("{whole}.");
        let mut rest = &self.num % &self.den;
        for _ in 0..digits {
            rest *= 10_u8;
            text.push_str(&(&rest / &self.den).to_string());
            rest %= &self.den;
        }
        text
    }
}

impl From<u64> for Exact {
    fn from(whole: u64) -> Self {
        Self { num: BigUint::from(whole), den: BigUint::from(1_u8) }
    }
}

impl Ord for Exact {
    fn cmp(&self, other: &Self) -> Ordering {
        (&self.num * &other.den).cmp(&(&other.num * &self.den))
    }
}

impl PartialOrd for Exact {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl fmt::Display for Exact {
    /// `7`, `87/7`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.num)?;
        if self.den > BigUint::from(1_u8) {
            write!(f, "/{}", self.den)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(num: u64, den: u64) -> Exact {
        Exact::new(num, den).unwrap()
    }

    #[test]
    fn fractions_are_kept_in_lowest_terms_and_compared_exactly() {
        assert_eq!(of(6, 4).to_string(), "3/2");
        assert_eq!(of(6, 3).to_string(), "2");
        assert_eq!(of(1, 3).plus(&of(1, 6)), of(1, 2));
        assert_eq!(of(1, 3).less(&of(1, 6)), of(1, 6));
        assert_eq!(of(1, 6).less(&of(1, 3)), Exact::zero());
        assert_eq!(of(5, 6).times(3), of(5, 2));
        assert!(of(1, 3) > of(333_333_333, 1_000_000_000));
        assert!(Exact::new(1_u8, 0_u8).is_none());
    }

    #[test]
    fn decimals_are_cut_off() {
        assert_eq!(of(2, 3).decimal(2), "0.66");
        assert_eq!(of(2, 3).decimal(0), "0");
        assert_eq!(of(5, 2).decimal(3), "2.500");
        assert_eq!((of(2, 3).decimal_up(2), of(5, 2).decimal_up(1)), ("0.67".to_owned(), "2.5".to_owned()));
        assert_eq!((of(2, 3).decimal_up(0), of(199, 100).decimal_up(1)), ("1".to_owned(), "2.0".to_owned()));
    }
}
