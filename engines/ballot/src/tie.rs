//! Ties. The stated rule: lower cost, then more votes, then the lot; and a lot only with a seed that is recorded.

use crate::{Election, Refused};

/// The lots of one decision. The seed puts all projects into one order, once; a tie that nothing else breaks goes to
/// the first of the tied in that order. So whoever has the seed (drawn in public) can repeat every lot.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Lots {
    seed: Option<u64>,
    drawn: Vec<Lot>,
}

/// A lot that was drawn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lot {
    /// Between whom, by their places in the list of projects.
    pub between: Vec<usize>,
    /// On whom it fell.
    pub fell_on: usize,
    /// The seed.
    pub seed: u64,
}

impl Lots {
    /// No lots: a tie that needs one is refused, with the tied named.
    #[must_use]
    pub fn none() -> Self {
        Self::default()
    }

    /// Lots with this seed.
    #[must_use]
    pub fn with_seed(seed: u64) -> Self {
        Self { seed: Some(seed), drawn: Vec::new() }
    }

    /// The lots that were drawn, in order, each tie once.
    #[must_use]
    pub fn drawn(&self) -> &[Lot] {
        &self.drawn
    }

    /// The order into which the seed puts all projects, by place; `None` without a seed. It can be published beforehand.
    #[must_use]
    pub fn order(&self, election: &Election) -> Option<Vec<usize>> {
        let seed = self.seed?;
        let mut order: Vec<usize> = (0..election.projects().len()).collect();
        order.sort_by_key(|one| (Self::place(seed, election.id(*one)), election.id(*one)));
        Some(order)
    }

    pub(crate) fn forget(&mut self) {
        self.drawn.clear();
    }

    pub(crate) fn into_drawn(self) -> Vec<Lot> {
        self.drawn
    }

    /// The place in the order of the seed. It depends on the name alone, so that the order of the list is no matter.
    fn place(seed: u64, name: &str) -> u64 {
        // SplitMix64 (Steele, Lea, Flood 2014) over the bytes of the name.
        let mut state = seed;
        let mut mix = |input: u64| {
            state = (state ^ input).wrapping_add(0x9e37_79b9_7f4a_7c15);
            let mut z = state;
            z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            z ^= z >> 31;
            state = z;
            z
        };
        for byte in name.bytes() {
            mix(u64::from(byte));
        }
        mix(256)
    }

    /// One of `tied`, by lot.
    pub(crate) fn draw(&mut self, election: &Election, tied: &[usize]) -> Result<usize, Refused> {
        let Some(seed) = self.seed else {
            return Err(Refused::LotNeeded(tied.iter().map(|one| election.id(*one).to_owned()).collect()));
        };
        let fell_on = tied
            .iter()
            .copied()
            .min_by_key(|one| (Self::place(seed, election.id(*one)), election.id(*one)))
            .ok_or(Refused::NothingToChoose)?;
        let mut between = tied.to_vec();
        between.sort_unstable();
        let lot = Lot { between, fell_on, seed };
        if !self.drawn.contains(&lot) {
            self.drawn.push(lot);
        }
        Ok(fell_on)
    }

    /// One of `tied`: lower cost, then more votes, then the lot.
    pub(crate) fn best(&mut self, election: &Election, tied: &[usize]) -> Result<usize, Refused> {
        let key = |one: usize| (election.cost(one), std::cmp::Reverse(election.support(one).votes));
        let best = tied.iter().map(|one| key(*one)).min().ok_or(Refused::NothingToChoose)?;
        let left: Vec<usize> = tied.iter().copied().filter(|one| key(*one) == best).collect();
        match left.as_slice() {
            [one] => Ok(*one),
            many => self.draw(election, many),
        }
    }
}
