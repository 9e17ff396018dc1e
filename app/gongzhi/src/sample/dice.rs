//! Chance that follows from a seed, so that the sample city is the same wherever it is made.

/// A source of chance (SplitMix64, Steele, Lea and Flood 2014). For samples only, never for secrets.
#[derive(Debug, Clone)]
pub(crate) struct Dice(u64);

impl Dice {
    /// The dice of one thing: the `nth` of its kind in the city with this seed.
    pub(crate) fn new(seed: u64, nth: u64) -> Self {
        let mut dice = Self(seed ^ nth.wrapping_mul(0xd6e8_feb8_6659_fd93));
        dice.next();
        dice
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// From 0 to below `limit`; 0 where there is nothing to choose from.
    pub(crate) fn below(&mut self, limit: u64) -> u64 {
        // High half of the product: even enough for a sample.
        let product = u128::from(self.next()) * u128::from(limit);
        u64::try_from(product >> 64).unwrap_or(0)
    }

    /// From `low` to `high`, both included.
    pub(crate) fn between(&mut self, low: u64, high: u64) -> u64 {
        low + self.below(high.saturating_sub(low) + 1)
    }

    /// A place in a list of this length.
    pub(crate) fn place(&mut self, length: usize) -> usize {
        usize::try_from(self.below(u64::try_from(length).unwrap_or(u64::MAX))).unwrap_or(0)
    }

    /// One of several; the list must not be empty (the tables are checked when they are read).
    pub(crate) fn pick<'a, T>(&mut self, list: &'a [T]) -> &'a T {
        &list[self.place(list.len())]
    }

    /// `true` in so many of a thousand cases.
    pub(crate) fn per_mille(&mut self, share: u64) -> bool {
        self.below(1000) < share
    }

    /// From 0.0 to below 1.0.
    pub(crate) fn fraction(&mut self) -> f64 {
        #[expect(clippy::cast_precision_loss, reason = "53 bits fit exactly")]
        let fraction = (self.next() >> 11) as f64 / (1_u64 << 53) as f64;
        fraction
    }

    /// A place in a list of weights; heavier ones more often.
    pub(crate) fn weighted(&mut self, weights: impl IntoIterator<Item = u64> + Clone) -> usize {
        let total: u64 = weights.clone().into_iter().sum();
        let mut rest = self.below(total);
        for (place, weight) in weights.into_iter().enumerate() {
            if rest < weight {
                return place;
            }
            rest -= weight;
        }
        0
    }

    /// Minutes until something happens that takes `mean` minutes on average: mostly sooner, sometimes much later,
    /// never more than six times the mean.
    pub(crate) fn minutes(&mut self, mean: u64) -> u64 {
        let stretch = -(1.0 - self.fraction()).ln();
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "between 0 and 6000 by construction"
        )]
        let per_mille = (stretch.clamp(0.0, 6.0) * 1000.0) as u64;
        (mean * per_mille / 1000).max(1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_falls_the_same_way() {
        let rolls = |nth| (0..20).map(|_| Dice::new(7, nth).below(1000)).collect::<Vec<_>>();
        assert_eq!(rolls(1), rolls(1));
        assert_ne!(Dice::new(7, 1).below(1 << 40), Dice::new(7, 2).below(1 << 40));
    }

    #[test]
    fn chance_is_fair_enough() {
        let mut dice = Dice::new(1, 1);
        let mut counts = [0_u32; 3];
        for _ in 0..10_000 {
            counts[dice.weighted([1, 2, 7])] += 1;
        }
        assert!((800..1200).contains(&counts[0]) && (6700..7300).contains(&counts[2]), "{counts:?}");
        let mean = (0..10_000).map(|_| dice.minutes(100)).sum::<u64>() / 10_000;
        assert!((90..110).contains(&mean), "{mean}");
        assert!((0..1000).all(|_| (3..=5).contains(&dice.between(3, 5))));
    }
}
