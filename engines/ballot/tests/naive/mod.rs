//! The rules once more, as plainly as they can be said: one voter after the other, no bounds, no merging, fractions
//! throughout. Slow, and easy to read against the definitions.
#![allow(dead_code)]

use std::cmp::Ordering;
use std::ops::{Add, Div, Mul, Sub};

use gongzhi_ballot::{Choice, Election, Lots, Utility};
use num_bigint::BigInt;

/// A fraction.
#[derive(Debug, Clone)]
pub struct Frac(BigInt, BigInt);

pub fn frac(whole: u64) -> Frac {
    Frac(BigInt::from(whole), BigInt::from(1))
}

/// In lowest terms.
fn reduced(num: BigInt, den: BigInt) -> Frac {
    let (mut a, mut b) = (num.clone(), den.clone());
    while b != BigInt::from(0) {
        let rest = &a % &b;
        a = b;
        b = rest;
    }
    Frac(num / &a, den / a)
}

impl Add for Frac {
    type Output = Frac;
    fn add(self, other: Frac) -> Frac {
        reduced(self.0 * &other.1 + other.0 * &self.1, self.1 * other.1)
    }
}
impl Sub for Frac {
    type Output = Frac;
    fn sub(self, other: Frac) -> Frac {
        reduced(self.0 * &other.1 - other.0 * &self.1, self.1 * other.1)
    }
}
impl Mul for Frac {
    type Output = Frac;
    fn mul(self, other: Frac) -> Frac {
        reduced(self.0 * other.0, self.1 * other.1)
    }
}
impl Div for Frac {
    type Output = Frac;
    fn div(self, other: Frac) -> Frac {
        reduced(self.0 * other.1, self.1 * other.0)
    }
}
impl PartialEq for Frac {
    fn eq(&self, other: &Frac) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}
impl Eq for Frac {}
impl PartialOrd for Frac {
    fn partial_cmp(&self, other: &Frac) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}
impl Ord for Frac {
    fn cmp(&self, other: &Frac) -> Ordering {
        // Below the line stands nothing negative.
        (&self.0 * &other.1).cmp(&(&other.0 * &self.1))
    }
}

/// An election, one ballot for each voter.
pub struct Naive<'e> {
    pub election: &'e Election,
    pub ballots: Vec<Vec<Choice>>,
    pub lot: Vec<usize>,
}

impl<'e> Naive<'e> {
    pub fn new(election: &'e Election, seed: u64) -> Self {
        let ballots = (0_usize..)
            .map_while(|place| election.ballot_of(place))
            .map(|at| election.ballots()[at].choices.clone())
            .collect();
        let order = Lots::with_seed(seed).order(election).unwrap();
        let mut lot = vec![0; order.len()];
        for (place, project) in order.into_iter().enumerate() {
            lot[project] = place;
        }
        Self { election, ballots, lot }
    }

    pub fn projects(&self) -> usize {
        self.election.projects().len()
    }

    pub fn points(&self, voter: usize, project: usize) -> u64 {
        self.ballots[voter]
            .iter()
            .find(|choice| choice.project == project)
            .map_or(0, |choice| u64::from(choice.points))
    }

    pub fn votes(&self, project: usize) -> usize {
        (0..self.ballots.len()).filter(|voter| self.points(*voter, project) > 0).count()
    }

    /// Lower cost, more votes, lot.
    fn key(&self, project: usize) -> (u64, std::cmp::Reverse<usize>, usize) {
        (self.election.cost(project), std::cmp::Reverse(self.votes(project)), self.lot[project])
    }

    pub fn utility(&self, utility: Utility, voter: usize, project: usize) -> u64 {
        let points = self.points(voter, project);
        match utility {
            Utility::Cost => points * self.election.cost(project),
            Utility::Cardinality => points,
        }
    }

    /// Equal shares with this share for each voter.
    pub fn equal_shares(&self, utility: Utility, share: &Frac) -> Vec<usize> {
        self.equal_shares_and_left(utility, share).0
    }

    /// The same, with what each voter has left.
    pub fn equal_shares_and_left(&self, utility: Utility, share: &Frac) -> (Vec<usize>, Vec<Frac>) {
        let mut left: Vec<Frac> = self.ballots.iter().map(|_| share.clone()).collect();
        let mut winners: Vec<usize> = Vec::new();
        loop {
            let mut best: Option<(Frac, usize)> = None;
            for project in (0..self.projects()).filter(|one| !winners.contains(one)) {
                if self.election.cost(project) > self.election.budget() {
                    continue;
                }
                let Some(price) = self.price(utility, project, &left) else { continue };
                let better = best.as_ref().is_none_or(|(least, of)| {
                    price.cmp(least).then_with(|| self.key(project).cmp(&self.key(*of))) == Ordering::Less
                });
                if better {
                    best = Some((price, project));
                }
            }
            let Some((price, project)) = best else { return (winners, left) };
            for (voter, left) in left.iter_mut().enumerate() {
                let full = price.clone() * frac(self.utility(utility, voter, project));
                *left = left.clone() - full.min(left.clone());
            }
            winners.push(project);
        }
    }

    /// The least ρ at which Σ min(left, ρ·utility) is the cost.
    fn price(&self, utility: Utility, project: usize, left: &[Frac]) -> Option<Frac> {
        let mut supporters: Vec<(Frac, Frac)> = (0..self.ballots.len())
            .filter(|voter| self.points(*voter, project) > 0)
            .map(|voter| (left[voter].clone(), frac(self.utility(utility, voter, project))))
            .collect();
        // Whoever is poorest for what it is worth to them pays all they have first.
        supporters.sort_by_key(|one| one.0.clone() / one.1.clone());
        let mut rest = frac(self.election.cost(project));
        for at in 0..supporters.len() {
            let worth = supporters[at..].iter().fold(frac(0), |sum, one| sum + one.1.clone());
            let price = rest.clone() / worth;
            if price.clone() * supporters[at].1.clone() <= supporters[at].0 {
                return Some(price);
            }
            rest = rest - supporters[at].0.clone();
        }
        None
    }

    fn cost(&self, winners: &[usize]) -> u64 {
        winners.iter().map(|winner| self.election.cost(*winner)).sum()
    }

    /// Add1 until the next step overspends, or everything that can be bought is.
    pub fn add_one(&self, utility: Utility, by: u64) -> Vec<usize> {
        let voters = u64::try_from(self.ballots.len()).unwrap();
        let share = |step: u64| frac(self.election.budget()) / frac(voters) + frac(step) * frac(by);
        let buyable = (0..self.projects())
            .filter(|one| self.votes(*one) > 0 && self.election.cost(*one) <= self.election.budget())
            .count();
        let mut winners = self.equal_shares(utility, &share(0));
        for step in 1.. {
            if winners.len() == buyable {
                break;
            }
            let next = self.equal_shares(utility, &share(step));
            if self.cost(&next) > self.election.budget() {
                break;
            }
            winners = next;
        }
        winners
    }

    pub fn greedy(&self, utility: Utility, skip: bool, already: &[usize]) -> Vec<usize> {
        let mut left = self.election.budget() - self.cost(already);
        let total = |project: usize| {
            let utility = (0..self.ballots.len()).map(|voter| self.utility(utility, voter, project)).sum();
            frac(utility) / frac(self.election.cost(project))
        };
        let mut order: Vec<usize> =
            (0..self.projects()).filter(|one| self.votes(*one) > 0 && !already.contains(one)).collect();
        order.sort_by(|a, b| total(*b).cmp(&total(*a)).then_with(|| self.key(*a).cmp(&self.key(*b))));
        let mut winners = Vec::new();
        for project in order {
            if self.election.cost(project) <= left {
                left -= self.election.cost(project);
                winners.push(project);
            } else if !skip {
                break;
            }
        }
        winners
    }

    /// Phragmén by loads: the load of the supporters after the purchase is made as small as possible.
    pub fn phragmen(&self) -> Vec<usize> {
        self.phragmen_from(Vec::new(), self.ballots.iter().map(|_| frac(0)).collect())
    }

    /// The same after these winners and with these loads; money that somebody has is a load below zero.
    pub fn phragmen_from(&self, mut winners: Vec<usize>, mut loads: Vec<Frac>) -> Vec<usize> {
        loop {
            let open: Vec<(Frac, usize)> = (0..self.projects())
                .filter(|one| {
                    !winners.contains(one)
                        && self.votes(*one) > 0
                        && self.election.cost(*one) <= self.election.budget()
                })
                .map(|one| {
                    let carried = (0..self.ballots.len())
                        .filter(|voter| self.points(*voter, one) > 0)
                        .fold(frac(self.election.cost(one)), |sum, voter| sum + loads[voter].clone());
                    (carried / frac(u64::try_from(self.votes(one)).unwrap()), one)
                })
                .collect();
            let Some(least) = open.iter().map(|(load, _)| load.clone()).min() else { return winners };
            let tied: Vec<usize> =
                open.into_iter().filter(|(load, _)| *load == least).map(|(_, one)| one).collect();
            let left = self.election.budget() - self.cost(&winners);
            if tied.iter().any(|one| self.election.cost(*one) > left) {
                return winners;
            }
            let winner = tied.into_iter().min_by_key(|one| self.key(*one)).unwrap();
            for (voter, load) in loads.iter_mut().enumerate() {
                if self.points(voter, winner) > 0 {
                    *load = least.clone();
                }
            }
            winners.push(winner);
        }
    }

    /// Instant run-off.
    pub fn irv(&self) -> usize {
        let mut left: Vec<usize> = (0..self.projects()).filter(|one| self.votes(*one) > 0).collect();
        let mut history: Vec<Vec<usize>> = Vec::new();
        loop {
            let mut votes = vec![0; self.projects()];
            for ballot in &self.ballots {
                if let Some(first) = ballot.iter().find(|choice| left.contains(&choice.project)) {
                    votes[first.project] += 1;
                }
            }
            let alive: usize = votes.iter().sum();
            if let Some(winner) = left.iter().find(|one| votes[**one] * 2 > alive || left.len() == 1) {
                return *winner;
            }
            // All who tie for the last place leave at once if together they have less than whoever is next.
            let least = left.iter().map(|one| votes[*one]).min().unwrap();
            let tied: Vec<usize> = left.iter().copied().filter(|one| votes[*one] == least).collect();
            let next = left.iter().map(|one| votes[*one]).filter(|have| *have > least).min();
            if next.is_some_and(|next| least * tied.len() < next) {
                left.retain(|one| !tied.contains(one));
                history.push(votes);
                continue;
            }
            history.push(votes);
            // Fewest now, else fewest at the latest round in which they differ, else first in the lot.
            let last = *left
                .iter()
                .min_by_key(|one| {
                    let past: Vec<usize> = history.iter().rev().map(|votes| votes[**one]).collect();
                    (past, self.lot[**one])
                })
                .unwrap();
            left.retain(|one| *one != last);
        }
    }

    /// Who wins by the strongest paths, found by walking all of them.
    pub fn schulze_unbeaten(&self) -> Vec<usize> {
        let many = self.projects();
        let above = |a: usize, b: usize| {
            (0..self.ballots.len()).filter(|voter| self.points(*voter, a) > self.points(*voter, b)).count()
        };
        let link = |a: usize, b: usize| if above(a, b) > above(b, a) { above(a, b) } else { 0 };
        fn walk(
            at: usize,
            to: usize,
            width: usize,
            seen: &mut Vec<usize>,
            many: usize,
            link: &dyn Fn(usize, usize) -> usize,
        ) -> usize {
            if at == to {
                return width;
            }
            let mut best = 0;
            for next in 0..many {
                if !seen.contains(&next) && link(at, next) > 0 {
                    seen.push(next);
                    best = best.max(walk(next, to, width.min(link(at, next)), seen, many, link));
                    seen.pop();
                }
            }
            best
        }
        let path = |a: usize, b: usize| walk(a, b, usize::MAX, &mut vec![a], many, &link);
        (0..many).filter(|a| (0..many).all(|b| b == *a || path(*a, b) >= path(b, *a))).collect()
    }

    /// Scottish rules, every paper by itself, in hundred-thousandths of a vote.
    pub fn scottish(&self, seats: usize) -> Vec<usize> {
        const ONE: u64 = 100_000;
        let mut papers: Vec<(Vec<usize>, u64)> = self
            .ballots
            .iter()
            .map(|ballot| (ballot.iter().map(|choice| choice.project).collect(), ONE))
            .collect();
        let quota =
            (u64::try_from(self.ballots.len()).unwrap() / (u64::try_from(seats).unwrap() + 1) + 1) * ONE;
        let mut continuing: Vec<usize> = (0..self.projects()).collect();
        let (mut elected, mut waiting): (Vec<usize>, Vec<usize>) = (Vec::new(), Vec::new());
        let mut kept = vec![0_u64; self.projects()];
        let mut stages: Vec<Vec<u64>> = Vec::new();
        loop {
            // A paper counts for the first on it; those of whoever has let go of a surplus count no more.
            let mut votes = kept.clone();
            for (order, value) in &papers {
                if let Some(first) = order.first() {
                    votes[*first] += value;
                }
            }
            stages.push(votes.clone());
            let mut over: Vec<usize> =
                continuing.iter().copied().filter(|one| votes[*one] >= quota).collect();
            over.sort_by_key(|one| std::cmp::Reverse(votes[*one]));
            continuing.retain(|one| !over.contains(one));
            waiting.extend(over.iter().copied().filter(|one| votes[*one] > quota));
            elected.extend(over);
            if elected.len() >= seats || continuing.is_empty() {
                return elected;
            }
            if elected.len() + continuing.len() <= seats {
                elected.extend(continuing);
                return elected;
            }
            let past = |one: usize| stages.iter().rev().map(|votes| votes[one]).collect::<Vec<u64>>();
            let (from, value_of): (usize, Box<dyn Fn(u64) -> u64>) = if waiting.is_empty() {
                let last = *continuing.iter().min_by_key(|one| (past(**one), self.lot[**one])).unwrap();
                continuing.retain(|one| *one != last);
                (last, Box::new(|value| value))
            } else {
                let most = *waiting
                    .iter()
                    .min_by_key(|one| (std::cmp::Reverse(past(**one)), self.lot[**one]))
                    .unwrap();
                waiting.retain(|one| *one != most);
                kept[most] = quota;
                let total = votes[most];
                (most, Box::new(move |value| (total - quota) * value / total))
            };
            for (order, value) in &mut papers {
                if order.first() == Some(&from) {
                    order.retain(|one| continuing.contains(one));
                    *value = value_of(*value);
                } else {
                    // The others stay where they are.
                    let first = order.first().copied();
                    order.retain(|one| Some(*one) == first || *one != from);
                }
            }
        }
    }
}
