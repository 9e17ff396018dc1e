//! The method of equal shares (Peters, Pierczyński and Skowron 2021): everybody is given the same part of the budget,
//! and the supporters of a project buy it together.

mod market;
mod run;

use num_bigint::BigUint;

use crate::{Election, Exact, Lots, Refused, Share};
use market::{Market, NEVER};
use run::{Ledger, Run};

/// What a project is worth to a voter who gives it points.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Utility {
    /// Its points times its cost: a larger project counts for more. Cities use this.
    #[default]
    Cost,
    /// Its points alone: every project counts alike.
    Cardinality,
}

/// Under which terms shares are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Terms {
    /// What a project is worth.
    pub utility: Utility,
    /// Only projects take part that at least this share of the voters gave something.
    pub min_share: Option<Share>,
    /// By how much Add1 raises the share of every voter in one step, in units of money.
    pub step: u64,
    /// Add1 gives up after so many steps, with an error.
    pub most_steps: u64,
}

impl Default for Terms {
    fn default() -> Self {
        Self { utility: Utility::Cost, min_share: None, step: 1, most_steps: 100_000 }
    }
}

impl Terms {
    /// Whether the project takes part: it fits into the budget and has the smallest share of votes that is asked for.
    #[must_use]
    pub fn enters(&self, election: &Election, project: usize) -> bool {
        election.cost(project) <= election.budget()
            && self
                .min_share
                .is_none_or(|share| share.reached(election.support(project).votes, election.voters()))
    }
}

/// A project that its supporters bought.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Purchase {
    /// Which.
    pub project: usize,
    /// What a point cost: who gave the project so many points paid so many times this, or all that they had.
    pub price: Exact,
    /// How many voters paid that in full.
    pub paid_in_full: u64,
    /// How many paid the last that they had.
    pub paid_their_last: u64,
    /// How many supporters had nothing left before.
    pub had_nothing: u64,
}

/// What came of the method of equal shares, with every payment.
#[derive(Debug, Clone)]
pub struct Shares {
    ledger: Ledger,
    starts: Vec<usize>,
    /// How often Add1 raised the share.
    pub steps: u64,
    /// What the step that Add1 did not take would have begun to buy, up to the project that overspends.
    pub next_step: Vec<usize>,
}

/// Equal shares with a share of budget ÷ voters for each. What it buys fits into the budget and often leaves a part of it.
///
/// # Errors
/// A tie that needs a lot, where `lots` has no seed.
pub fn equal_shares(election: &Election, terms: &Terms, lots: &mut Lots) -> Result<Shares, Refused> {
    let market = Market::new(election, |project| terms.enters(election, project));
    let mut run = Run::new(&market, terms.utility);
    run.go(u128::from(election.budget()), election.voters(), u64::MAX, lots)?;
    Ok(Shares { ledger: run.ledger, starts: market.starts, steps: 0, next_step: Vec::new() })
}

/// Equal shares with Add1: the share of every voter is raised by one step, and everything run again, **until the next
/// step would overspend**; the last outcome within the budget counts. Stopping as soon as nothing more would fit gives
/// other outcomes than cities announced.
///
/// # Errors
/// A tie that needs a lot; too many steps.
pub fn add_one(election: &Election, terms: &Terms, lots: &mut Lots) -> Result<Shares, Refused> {
    let market = Market::new(election, |project| terms.enters(election, project));
    let (budget, voters) = (election.budget(), election.voters());
    // With a share of all costs together everybody buys whatever they like: it never needs to be larger.
    let share = |steps: u64| {
        let added = u128::from(steps) * u128::from(terms.step);
        (added <= u128::from(u64::MAX)).then(|| u128::from(budget) + added * u128::from(voters))
    };
    let total: u64 = market.entered.iter().map(|project| election.cost(*project)).sum();
    let mut run = Run::new(&market, terms.utility);
    let mut steps = 0_u64;
    lots.forget();
    run.go(u128::from(budget), voters, u64::MAX, lots)?;
    let mut last = run.ledger.clone();
    let mut drawn = lots.clone();
    let mut next_step = Vec::new();
    if terms.step == 0 {
        return Err(Refused::NoStep);
    }
    while last.bought.len() < market.entered.len() {
        // If all of it fits nothing can overspend: larger and larger steps lead there sooner.
        let next = if total <= budget { steps.saturating_mul(2).max(1) } else { steps + 1 };
        if next > terms.most_steps && total > budget {
            return Err(Refused::TooManySteps(terms.most_steps));
        }
        let num = share(next).ok_or(Refused::TooManySteps(terms.most_steps))?;
        lots.forget();
        let cost = run.go(num, voters, budget, lots)?;
        if cost > budget {
            next_step = run.ledger.bought.iter().map(|(project, _)| *project).collect();
            break;
        }
        steps = next;
        std::mem::swap(&mut last, &mut run.ledger);
        drawn.clone_from(lots);
    }
    *lots = drawn;
    Ok(Shares { ledger: last, starts: market.starts, steps, next_step })
}

impl Shares {
    /// What was bought, in order.
    #[must_use]
    pub fn winners(&self) -> Vec<usize> {
        self.ledger.bought.iter().map(|(project, _)| *project).collect()
    }

    fn amount(&self, num: BigUint) -> Exact {
        Exact::new(num, self.ledger.den.clone()).unwrap_or_else(Exact::zero)
    }

    /// What each voter was given.
    #[must_use]
    pub fn share(&self) -> Exact {
        self.amount(self.ledger.share.clone())
    }

    fn payments(&self, ballot: usize) -> &[(u32, u32)] {
        self.ledger.payments(&self.starts, ballot)
    }

    /// The purchases, in order, with who paid how.
    #[must_use]
    pub fn purchases(&self, election: &Election) -> Vec<Purchase> {
        let mut purchases: Vec<Purchase> = self
            .ledger
            .bought
            .iter()
            .map(|(project, price)| Purchase {
                project: *project,
                price: self.amount(price.clone()),
                paid_in_full: 0,
                paid_their_last: 0,
                had_nothing: election.support(*project).votes,
            })
            .collect();
        for (at, ballot) in election.ballots().iter().enumerate() {
            for (round, _) in self.payments(at) {
                if let Some(purchase) = purchases.get_mut(*round as usize) {
                    purchase.paid_in_full += ballot.voters;
                    purchase.had_nothing -= ballot.voters;
                }
            }
            let broke = self.ledger.broke_at.get(at).copied().unwrap_or(NEVER);
            if let Some(purchase) = purchases.get_mut(broke as usize) {
                purchase.paid_their_last += ballot.voters;
                purchase.had_nothing -= ballot.voters;
            }
        }
        purchases
    }

    /// What a voter with this ballot paid for a project; nothing if it was not bought or they did not name it.
    #[must_use]
    pub fn paid(&self, ballot: usize, project: usize) -> Exact {
        let Some(round) = self.ledger.bought.iter().position(|(bought, _)| *bought == project) else {
            return Exact::zero();
        };
        let full = self.payments(ballot).iter().find(|(paid, _)| *paid as usize == round);
        if let (Some((_, points)), Some((_, price))) = (full, self.ledger.bought.get(round)) {
            return self.amount(price * *points);
        }
        if self.ledger.broke_at.get(ballot).is_some_and(|broke| *broke as usize == round) {
            return self.amount(self.ledger.left(&self.starts, ballot));
        }
        Exact::zero()
    }

    /// What a voter with this ballot has left.
    #[must_use]
    pub fn left(&self, ballot: usize) -> Exact {
        if self.ledger.broke_at.get(ballot).is_some_and(|broke| *broke != NEVER) {
            return Exact::zero();
        }
        self.amount(self.ledger.left(&self.starts, ballot))
    }

    /// What a voter with each ballot has left, over one common denominator.
    pub(crate) fn all_left(&self) -> (Vec<BigUint>, BigUint) {
        let broke = |ballot: usize| self.ledger.broke_at.get(ballot).is_some_and(|broke| *broke != NEVER);
        let left =
            |ballot| if broke(ballot) { BigUint::default() } else { self.ledger.left(&self.starts, ballot) };
        ((0..self.ledger.broke_at.len()).map(left).collect(), self.ledger.den.clone())
    }

    /// What the supporters of a project have left together.
    #[must_use]
    pub fn left_for(&self, election: &Election, project: usize) -> Exact {
        let mut left = BigUint::default();
        for (at, ballot) in election.ballots().iter().enumerate() {
            let broke = self.ledger.broke_at.get(at).is_some_and(|broke| *broke != NEVER);
            if !broke && ballot.choices.iter().any(|choice| choice.project == project) {
                left += self.ledger.left(&self.starts, at) * ballot.voters;
            }
        }
        self.amount(left)
    }
}
