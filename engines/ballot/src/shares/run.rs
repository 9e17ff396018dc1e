//! One run of the method of equal shares with a given share for each voter.
//!
//! Every price is an exact fraction. Whole numbers in fixed point stand beside them only to save work: for each ballot
//! an upper bound of what it has left, and from these for each project a lower bound of its price. A project is passed
//! over in a round only if that bound is above a price that is known exactly; whatever is left is priced exactly.
//! So the bounds may be as coarse as they like, and the outcome is the same.

use std::cmp::Ordering;
use std::collections::BTreeSet;

use num_bigint::BigUint;

use super::Utility;
use super::market::{Market, NEVER, Stake};
use crate::{Lots, Refused};

/// A price in fixed point that nobody can pay.
const UNPAYABLE: u64 = u64::MAX;

/// What came of a run. Prices have one denominator in common.
#[derive(Debug, Clone)]
pub(super) struct Ledger {
    /// The share of each voter, over `den`.
    pub(super) share: BigUint,
    /// The denominator of all amounts.
    pub(super) den: BigUint,
    /// What was bought, in order, with the price of a point, over `den`.
    pub(super) bought: Vec<(usize, BigUint)>,
    /// For each ballot: in which round it paid the last that it had, or [`NEVER`].
    pub(super) broke_at: Vec<u32>,
    /// What each ballot has paid in full: rounds and points, rows as in the market.
    paid: Vec<(u32, u32)>,
    paid_len: Vec<u32>,
}

impl Ledger {
    /// The full payments of a ballot: round and points.
    pub(super) fn payments(&self, starts: &[usize], ballot: usize) -> &[(u32, u32)] {
        let from = starts.get(ballot).copied().unwrap_or(0);
        let len = self.paid_len.get(ballot).map_or(0, |len| *len as usize);
        self.paid.get(from..from + len).unwrap_or(&[])
    }

    /// What a voter of the ballot has, over `den`; what has been paid at last is not looked at.
    pub(super) fn left(&self, starts: &[usize], ballot: usize) -> BigUint {
        let mut left = self.share.clone();
        for (round, points) in self.payments(starts, ballot) {
            if let Some((_, price)) = self.bought.get(*round as usize) {
                left -= price * *points;
            }
        }
        left
    }
}

/// An exact price of one point: `num / (den · rich)`, where `den` is the ledger's.
struct Price {
    project: usize,
    num: BigUint,
    rich: u64,
    /// Ballots that pay all they have.
    poor: Vec<u32>,
}

/// The working space of runs, kept from one to the next.
pub(super) struct Run<'m, 'e> {
    market: &'m Market<'e>,
    utility: Utility,
    /// Fixed point: this many bits after the point, so that what all voters have together fits into 63 bits.
    scale: u32,
    /// It does not fit even without any: then there are no bounds, and everything is priced exactly.
    blind: bool,
    /// For each ballot the most that each of its voters can have left, in fixed point; 0 is exact.
    most: Vec<u64>,
    /// By how much `most` can be too high.
    slack: u64,
    /// Lower bounds of the prices of a point, in fixed point.
    bound: Vec<u64>,
    /// Whether the bound is of this round.
    fresh: Vec<bool>,
    stakes: Vec<Stake>,
    ranges: Vec<(usize, usize)>,
    open: Vec<usize>,
    pub(super) ledger: Ledger,
}

impl<'m, 'e> Run<'m, 'e> {
    pub(super) fn new(market: &'m Market<'e>, utility: Utility) -> Self {
        let (ballots, projects) = (market.ballots, market.ranges.len());
        Self {
            market,
            utility,
            scale: 0,
            blind: false,
            most: vec![0; ballots],
            slack: 0,
            bound: vec![0; projects],
            fresh: vec![false; projects],
            stakes: market.stakes.clone(),
            ranges: market.ranges.clone(),
            open: Vec::new(),
            ledger: Ledger {
                share: BigUint::default(),
                den: BigUint::default(),
                bought: Vec::new(),
                broke_at: vec![NEVER; ballots],
                paid: vec![(0, 0); market.stakes.len()],
                paid_len: vec![0; ballots],
            },
        }
    }

    /// Runs with a share of `num / den` for each voter and stops early when what is bought costs more than `stop_above`.
    /// Returns what was bought costs together.
    pub(super) fn go(
        &mut self,
        num: u128,
        den: u64,
        stop_above: u64,
        lots: &mut Lots,
    ) -> Result<u64, Refused> {
        self.begin(num, den);
        let mut cost = 0_u64;
        while let Some(price) = self.choose(lots)? {
            cost = cost.saturating_add(self.market.election.cost(price.project));
            self.buy(price);
            if cost > stop_above {
                break;
            }
        }
        Ok(cost)
    }

    fn begin(&mut self, num: u128, den: u64) {
        let den_wide = u128::from(den.max(1));
        // What all have together, with a part for each for rounding up.
        let bits = 128 - (num + den_wide).leading_zeros();
        self.blind = bits > 63;
        self.scale = 63_u32.saturating_sub(bits);
        let most = if self.blind { u128::MAX } else { (num << self.scale).div_ceil(den_wide) };
        self.most.fill(u64::try_from(most).unwrap_or(u64::MAX));
        self.slack = if self.blind { u64::MAX } else { 1 };
        self.ranges.copy_from_slice(&self.market.ranges);
        self.ledger.share = BigUint::from(num);
        self.ledger.den = BigUint::from(den);
        self.ledger.bought.clear();
        self.ledger.broke_at.fill(NEVER);
        self.ledger.paid_len.fill(0);
        self.open.clear();
        self.open.extend_from_slice(&self.market.entered);
        for project in &self.open {
            // Whatever enters costs no more than all have together.
            let cost = u128::from(self.market.election.cost(*project)) << self.scale;
            let points = u128::from(self.market.election.support(*project).points.max(1));
            let bound = u64::try_from(cost / points).unwrap_or(0);
            self.bound[*project] = if self.blind { 0 } else { bound };
        }
    }

    /// What the price of a point is divided by, so that projects compare by what a unit of utility costs.
    fn worth(&self, project: usize) -> u64 {
        match self.utility {
            Utility::Cost => self.market.election.cost(project).max(1),
            Utility::Cardinality => 1,
        }
    }

    /// Compares two bounds per unit of utility.
    fn by_bound(&self, a: usize, b: usize) -> Ordering {
        let left = u128::from(self.bound[a]) * u128::from(self.worth(b));
        let right = u128::from(self.bound[b]) * u128::from(self.worth(a));
        left.cmp(&right)
    }

    /// The next purchase: the lowest price for a unit of utility, ties by the stated rule.
    fn choose(&mut self, lots: &mut Lots) -> Result<Option<Price>, Refused> {
        for project in &self.open {
            self.fresh[*project] = false;
        }
        let mut best = loop {
            let mut order = std::mem::take(&mut self.open);
            order.retain(|project| self.bound[*project] != UNPAYABLE);
            order.sort_by(|a, b| self.by_bound(*a, *b));
            self.open = order;
            // The likeliest: the lowest bound after looking closely at all that were lower before.
            let mut likeliest: Option<usize> = None;
            for at in 0..self.open.len() {
                let project = self.open[at];
                if likeliest.is_some_and(|one| self.by_bound(project, one) == Ordering::Greater) {
                    break;
                }
                let enough = likeliest.map(|one| self.limit_for(project, (self.bound[one], self.worth(one))));
                self.refine(project, enough);
                if likeliest.is_none_or(|one| self.by_bound(project, one) == Ordering::Less) {
                    likeliest = Some(project);
                }
            }
            let Some(project) = likeliest else { return Ok(None) };
            match self.price(project) {
                Some(price) => break price,
                // Its supporters cannot pay it any more, and they never have more later.
                None => self.bound[project] = UNPAYABLE,
            }
        };
        let mut tied = vec![best.project];
        let mut prices = Vec::new();
        let mut limit = self.ceiling(&best);
        for at in 0..self.open.len() {
            let project = self.open[at];
            if tied.contains(&project) || self.bound[project] > self.limit_for(project, limit) {
                continue;
            }
            let enough = self.limit_for(project, limit);
            self.refine(project, Some(enough));
            if self.bound[project] > enough {
                continue;
            }
            let Some(price) = self.price(project) else {
                self.bound[project] = UNPAYABLE;
                continue;
            };
            match self.compare(&price, &best) {
                Ordering::Less => {
                    limit = self.ceiling(&price);
                    tied = vec![project];
                    prices.clear();
                    best = price;
                }
                Ordering::Equal => {
                    tied.push(project);
                    prices.push(price);
                }
                Ordering::Greater => {}
            }
        }
        let winner = if tied.len() == 1 { best.project } else { lots.best(self.market.election, &tied)? };
        if winner != best.project
            && let Some(at) = prices.iter().position(|price| price.project == winner)
        {
            best = prices.swap_remove(at);
        }
        Ok(Some(best))
    }

    /// A price in fixed point, cut off; [`UNPAYABLE`] if it is that high.
    fn floor(&self, price: &Price) -> u64 {
        let floor = (&price.num << self.scale) / (&self.ledger.den * price.rich);
        u64::try_from(floor).unwrap_or(UNPAYABLE)
    }

    /// The price of the best in fixed point, rounded up, and for how much utility.
    fn ceiling(&self, price: &Price) -> (u64, u64) {
        (self.floor(price).saturating_add(1), self.worth(price.project))
    }

    /// A bound above this means: surely dearer than this price for this much utility.
    fn limit_for(&self, project: usize, (price, worth): (u64, u64)) -> u64 {
        let limit = u128::from(price) * u128::from(self.worth(project)) / u128::from(worth) + 1;
        u64::try_from(limit).unwrap_or(UNPAYABLE).min(UNPAYABLE - 1)
    }

    fn compare(&self, a: &Price, b: &Price) -> Ordering {
        let left = &a.num * b.rich * self.worth(b.project);
        let right = &b.num * a.rich * self.worth(a.project);
        left.cmp(&right)
    }

    /// Raises the lower bound of a price to what the upper bounds of the ballots say; stops when it is above `enough`.
    ///
    /// For any threshold below the price, taking those for poor who have less, and all others for able to pay in full,
    /// gives a price that is not above the true one: so each step is a lower bound again.
    fn refine(&mut self, project: usize, enough: Option<u64>) {
        if self.blind || self.fresh[project] {
            return;
        }
        let cost = self.market.election.cost(project) << self.scale;
        loop {
            let bound = self.bound[project];
            let (from, to) = self.ranges[project];
            let (mut poor, mut rich, mut broke) = (0_u64, 0_u64, 0_usize);
            for stake in &self.stakes[from..to] {
                let most = self.most[stake.ballot as usize];
                let (voters, points) = (u64::from(stake.voters), u64::from(stake.points));
                // Who is poor is as good as random, and a wrong guess of the processor costs more than both sums: no
                // branch. Neither sum can grow beyond 63 bits: what all have together, and all points of the project.
                let if_poor = u64::from(most < bound.saturating_mul(points)).wrapping_neg();
                poor = poor.wrapping_add(most.wrapping_mul(voters) & if_poor);
                rich = rich.wrapping_add(voters.wrapping_mul(points) & !if_poor);
                broke = broke.wrapping_add(usize::from(most == 0));
            }
            if broke * 4 > to - from {
                self.purge(project);
            }
            if rich == 0 {
                self.fresh[project] = true;
                if poor < cost {
                    self.bound[project] = UNPAYABLE;
                }
                return;
            }
            let next = cost.saturating_sub(poor) / rich;
            if next <= bound {
                self.fresh[project] = true;
                return;
            }
            self.bound[project] = next;
            if enough.is_some_and(|enough| next > enough) {
                return;
            }
        }
    }

    /// Passes over supporters who have nothing left, until the next run.
    fn purge(&mut self, project: usize) {
        let (from, to) = self.ranges[project];
        let mut kept = from;
        for at in from..to {
            if self.most[self.stakes[at].ballot as usize] > 0 {
                self.stakes.swap(kept, at);
                kept += 1;
            }
        }
        self.ranges[project] = (from, kept);
    }

    /// The exact price of a point, or `None` if the supporters cannot pay the project together.
    ///
    /// Begins with those for poor who surely are, takes the rest for able to pay in full, and moves whoever turns out to
    /// have less than their part: the price only rises on the way, so whoever is poor once stays poor.
    fn price(&self, project: usize) -> Option<Price> {
        let (from, to) = self.ranges[project];
        let bound = self.bound[project];
        let need = &self.ledger.den * self.market.election.cost(project);
        let mut price = Price { project, num: BigUint::default(), rich: 0, poor: Vec::new() };
        let mut purse = Purse { shares: 0, spent: vec![0; self.ledger.bought.len()] };
        // The least that anybody rich has for a point: above the price nobody needs a second look.
        let mut least = u64::MAX;
        for stake in &self.stakes[from..to] {
            let most = self.most[stake.ballot as usize];
            let points = u64::from(stake.points);
            if most < bound.saturating_mul(points) {
                if most > 0 {
                    self.impoverish(*stake, &mut purse, &mut price);
                }
            } else if most > 0 {
                price.rich += u64::from(stake.voters) * points;
                let surely = most.saturating_sub(self.slack);
                least = least.min(if points == 1 { surely } else { surely / points });
            }
        }
        let mut moved: BTreeSet<u32> = BTreeSet::new();
        loop {
            if price.rich == 0 {
                return None;
            }
            let have = purse.worth(&self.ledger);
            price.num = if have < need { &need - have } else { BigUint::default() };
            let floor = self.floor(&price);
            if least > floor {
                return Some(price);
            }
            let rich = |stake: &&Stake| {
                let (most, points) = (self.most[stake.ballot as usize], u64::from(stake.points));
                most > 0 && most >= bound.saturating_mul(points) && !moved.contains(&stake.ballot)
            };
            let doubtful: Vec<Stake> = self.stakes[from..to].iter().filter(rich).copied().collect();
            let mut newly: BTreeSet<u32> = BTreeSet::new();
            for stake in doubtful {
                let (most, points) = (self.most[stake.ballot as usize], u64::from(stake.points));
                let poor = if most < floor.saturating_mul(points) {
                    true
                } else if most.saturating_sub(self.slack) / points > floor {
                    false
                } else {
                    let left = self.ledger.left(&self.market.starts, stake.ballot as usize);
                    left * price.rich < &price.num * points
                };
                if poor {
                    newly.insert(stake.ballot);
                }
            }
            if newly.is_empty() {
                return Some(price);
            }
            for stake in &self.stakes[from..to] {
                if newly.contains(&stake.ballot) {
                    self.impoverish(*stake, &mut purse, &mut price);
                    price.rich -= u64::from(stake.voters) * u64::from(stake.points);
                }
            }
            moved.append(&mut newly);
        }
    }

    fn impoverish(&self, stake: Stake, purse: &mut Purse, price: &mut Price) {
        let voters = u64::from(stake.voters);
        purse.shares += voters;
        for (round, points) in self.ledger.payments(&self.market.starts, stake.ballot as usize) {
            purse.spent[*round as usize] += voters * u64::from(*points);
        }
        price.poor.push(stake.ballot);
    }

    /// Takes the money and writes it down.
    fn buy(&mut self, price: Price) {
        let round = u32::try_from(self.ledger.bought.len()).unwrap_or(NEVER - 1);
        let floor = if self.blind { 0 } else { self.floor(&price) };
        for ballot in &price.poor {
            self.most[*ballot as usize] = 0;
            self.ledger.broke_at[*ballot as usize] = round;
        }
        let (from, to) = self.ranges[price.project];
        for at in from..to {
            let stake = self.stakes[at];
            let ballot = stake.ballot as usize;
            if self.most[ballot] == 0 {
                continue;
            }
            self.most[ballot] =
                self.most[ballot].saturating_sub(floor.saturating_mul(u64::from(stake.points)));
            let len = self.ledger.paid_len[ballot];
            self.ledger.paid[self.market.starts[ballot] + len as usize] = (round, stake.points);
            self.ledger.paid_len[ballot] = len + 1;
        }
        // Rounding the price down leaves at most one part in fixed point for each point of a purchase.
        self.slack = self.slack.saturating_add(self.market.most_points);
        self.ledger.den *= price.rich;
        self.ledger.share *= price.rich;
        for (_, earlier) in &mut self.ledger.bought {
            *earlier *= price.rich;
        }
        self.ledger.bought.push((price.project, price.num));
        self.open.retain(|project| *project != price.project);
    }
}

/// What the poor have together: so many shares, less so many points at the price of each round.
struct Purse {
    shares: u64,
    spent: Vec<u64>,
}

impl Purse {
    /// Over the ledger's denominator.
    fn worth(&self, ledger: &Ledger) -> BigUint {
        let mut have = &ledger.share * self.shares;
        for ((_, price), points) in ledger.bought.iter().zip(&self.spent) {
            if *points > 0 {
                have -= price * *points;
            }
        }
        have
    }
}
