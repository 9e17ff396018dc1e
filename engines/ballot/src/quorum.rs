//! Shares that must be reached, exactly: "two thirds" is two thirds.

use std::fmt;

/// A share such as two thirds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Share {
    num: u32,
    den: u32,
}

impl Share {
    /// `num / den`, or `None` if that is more than the whole or no share at all.
    #[must_use]
    pub const fn new(num: u32, den: u32) -> Option<Self> {
        if den == 0 || num > den { None } else { Some(Self { num, den }) }
    }

    /// Whether `part` of `whole` is this share or more.
    #[must_use]
    pub fn reached(self, part: u64, whole: u64) -> bool {
        u128::from(part) * u128::from(self.den) >= u128::from(whole) * u128::from(self.num)
    }

    /// Whether `part` of `whole` is more than this share.
    #[must_use]
    pub fn exceeded(self, part: u64, whole: u64) -> bool {
        u128::from(part) * u128::from(self.den) > u128::from(whole) * u128::from(self.num)
    }
}

impl fmt::Display for Share {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.num, self.den)
    }
}

/// What a part of a whole must come to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Bar {
    /// This share or more (以上, which includes the share itself: Civil Code, art. 1259).
    AtLeast(Share),
    /// More than this share (过半数 is more than one half).
    MoreThan(Share),
}

impl Bar {
    /// Whether `part` of `whole` passes. Nothing of nothing never passes.
    #[must_use]
    pub fn passed(self, part: u64, whole: u64) -> bool {
        whole > 0
            && match self {
                Self::AtLeast(share) => share.reached(part, whole),
                Self::MoreThan(share) => share.exceeded(part, whole),
            }
    }

    /// The smallest part of `whole` that passes; more than `whole` if none does.
    #[must_use]
    pub fn needs(self, whole: u64) -> u128 {
        let (share, more) = match self {
            Self::AtLeast(share) => (share, false),
            Self::MoreThan(share) => (share, true),
        };
        let product = u128::from(whole) * u128::from(share.num);
        let den = u128::from(share.den);
        let needs = if more { product / den + 1 } else { product.div_ceil(den) };
        needs.max(1)
    }
}

/// A quorum: how many of those who may take part must do so for a decision to count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Quorum {
    /// The share of those entitled that must take part.
    pub take_part: Bar,
    /// The share of those who take part that must be in favour; abstentions take part.
    pub in_favour: Bar,
}

/// How a vote with a quorum ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Verdict {
    /// Enough took part, and enough of them were in favour.
    Passed,
    /// Enough took part, too few of them were in favour.
    Rejected,
    /// Too few took part: nothing is decided.
    NoQuorum,
}

impl Quorum {
    /// How it ended.
    #[must_use]
    pub fn verdict(self, entitled: u64, took_part: u64, in_favour: u64) -> Verdict {
        if !self.take_part.passed(took_part, entitled) {
            Verdict::NoQuorum
        } else if self.in_favour.passed(in_favour, took_part) {
            Verdict::Passed
        } else {
            Verdict::Rejected
        }
    }
}
