//! Counts as real numbers, and a small generator of seeded random numbers.

/// A count as a real number; exact below 2^53, which no count here reaches.
#[expect(clippy::cast_precision_loss, reason = "counts of votes and people stay far below 2^53")]
pub(crate) fn real(count: usize) -> f64 {
    count as f64
}

/// An index as it is stored. [`crate::Votes`] refuses more than `u32::MAX` people, statements or votes before any
/// index is made, so the other arm is never taken.
pub(crate) fn index(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}

/// SplitMix64 (Steele, Lea and Flood 2014): small, fast, the same on every machine.
#[derive(Debug, Clone)]
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// Another, unrelated sequence for each purpose and round.
    pub(crate) fn of(seed: u64, purpose: u64, round: u64) -> Self {
        let mut dice = Self(seed ^ purpose.wrapping_mul(0xD6E8_FEB8_6659_FD93));
        let first = dice.next();
        Self(first ^ round.wrapping_mul(0xA076_1D64_78BD_642F))
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// In [0, 1), with 53 random bits.
    #[expect(clippy::cast_precision_loss, reason = "53 bits fit into the mantissa")]
    pub(crate) fn share(&mut self) -> f64 {
        (self.next() >> 11) as f64 * (1.0 / 9_007_199_254_740_992.0)
    }

    /// In 0..bound; 0 for a bound of 0. The bias of taking the high half of a product is below 2^-32 here.
    pub(crate) fn below(&mut self, bound: u32) -> u32 {
        let product = u64::from(u32::try_from(self.next() >> 32).unwrap_or(0)) * u64::from(bound);
        u32::try_from(product >> 32).unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dice_stay_in_their_range_and_repeat() {
        let mut dice = Dice::new(7);
        let mut sum = 0.0;
        for _ in 0..10_000 {
            let share = dice.share();
            assert!((0.0..1.0).contains(&share));
            assert!(dice.below(6) < 6);
            sum += share;
        }
        assert!((sum / 10_000.0 - 0.5).abs() < 0.02);
        assert_eq!(Dice::new(1).next(), Dice::new(1).next());
        assert_ne!(Dice::of(1, 2, 3).next(), Dice::of(1, 2, 4).next());
        assert_ne!(Dice::of(1, 2, 3).next(), Dice::of(1, 3, 3).next());
    }
}
