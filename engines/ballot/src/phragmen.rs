//! Phragmén's sequential rule for budgets: everybody earns money at the same pace, and as soon as the supporters of a
//! project have its cost together they buy it. It ends when what comes next does not fit into the budget.

use std::cmp::Ordering;

use num_bigint::BigInt;

use crate::{Election, Exact, Lots, Refused, Shares, Terms};

/// A purchase of Phragmén's rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moment {
    /// Which project.
    pub project: usize,
    /// What each voter had earned by then since the beginning.
    pub earned: Exact,
}

/// What came of it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Phragmen {
    /// The purchases, in order.
    pub bought: Vec<Moment>,
    /// The project that came next and did not fit.
    pub stopped_at: Option<usize>,
}

impl Phragmen {
    /// What was bought, in order.
    #[must_use]
    pub fn winners(&self) -> Vec<usize> {
        self.bought.iter().map(|moment| moment.project).collect()
    }
}

/// A project that is not yet bought. Its supporters have the cost together when each has earned
/// `(cost + what is gone) / votes`; what is gone are the moments at which its supporters spent everything.
struct Open {
    project: usize,
    /// How many supporters spent everything in which round; supporters who never did are not counted.
    spent: Vec<u64>,
    /// What supporters who never bought anything had at the beginning, over the common denominator.
    start: BigInt,
}

/// From nothing: nobody has money at the beginning.
///
/// # Errors
/// A tie that needs a lot.
pub fn phragmen(election: &Election, terms: &Terms, lots: &mut Lots) -> Result<Phragmen, Refused> {
    run(election, terms, None, lots)
}

/// Goes on where equal shares ended: everybody begins with what they have left, the outcome with what is bought.
///
/// # Errors
/// A tie that needs a lot.
pub fn complete(
    election: &Election,
    terms: &Terms,
    shares: &Shares,
    lots: &mut Lots,
) -> Result<Phragmen, Refused> {
    run(election, terms, Some(shares), lots)
}

fn run(
    election: &Election,
    terms: &Terms,
    shares: Option<&Shares>,
    lots: &mut Lots,
) -> Result<Phragmen, Refused> {
    let already = shares.map(Shares::winners).unwrap_or_default();
    let mut cost = election.total_cost(&already);
    let many = election.projects().len();
    // Amounts are whole numbers over this; it grows with each purchase.
    let mut den = BigInt::from(1);
    let mut starts = vec![BigInt::default(); election.ballots().len()];
    if let Some(shares) = shares {
        let lefts = shares.all_left();
        den = lefts.1.into();
        starts = lefts.0.into_iter().map(BigInt::from).collect();
    }
    let mut open: Vec<Open> = (0..many)
        .filter(|one| {
            election.support(*one).votes > 0 && terms.enters(election, *one) && !already.contains(one)
        })
        .map(|project| Open { project, spent: Vec::new(), start: BigInt::default() })
        .collect();
    let mut place = vec![usize::MAX; many];
    for (at, one) in open.iter().enumerate() {
        place[one.project] = at;
    }
    for (ballot, start) in election.ballots().iter().zip(&starts) {
        for choice in &ballot.choices {
            if let Some(one) = open.get_mut(place[choice.project]) {
                one.start += start * ballot.voters;
            }
        }
    }
    let mut round_of: Vec<Option<usize>> = vec![None; election.ballots().len()];
    let mut gone = vec![false; many];
    let mut moments: Vec<BigInt> = Vec::new();
    let mut result = Phragmen::default();
    loop {
        // Σ of what each needs, over `den · votes`: cost·den + Σ moments of spending − Σ starts.
        let mut best: Option<(BigInt, u64)> = None;
        let mut tied: Vec<usize> = Vec::new();
        for one in open.iter().filter(|one| !gone[one.project]) {
            let mut num = &den * election.cost(one.project) - &one.start;
            for (moment, count) in moments.iter().zip(&one.spent) {
                num += moment * *count;
            }
            let votes = election.support(one.project).votes;
            let order =
                best.as_ref().map_or(Ordering::Less, |(least, of)| (&num * *of).cmp(&(least * votes)));
            match order {
                Ordering::Less => {
                    best = Some((num, votes));
                    tied = vec![one.project];
                }
                Ordering::Equal => tied.push(one.project),
                Ordering::Greater => {}
            }
        }
        let Some((num, votes)) = best else { break };
        let left = election.budget().saturating_sub(cost);
        if let Some(dear) = tied
            .iter()
            .copied()
            .filter(|one| election.cost(*one) > left)
            .max_by_key(|one| election.cost(*one))
        {
            result.stopped_at = Some(dear);
            break;
        }
        let winner = lots.best(election, &tied)?;
        // From now on everything is over `den · votes`.
        for moment in &mut moments {
            *moment *= votes;
        }
        for start in &mut starts {
            *start *= votes;
        }
        for one in &mut open {
            one.start *= votes;
            one.spent.push(0);
        }
        den *= votes;
        let round = moments.len();
        for (at, ballot) in election.ballots().iter().enumerate() {
            if !ballot.choices.iter().any(|choice| choice.project == winner) {
                continue;
            }
            for choice in &ballot.choices {
                let Some(one) = open.get_mut(place[choice.project]) else { continue };
                match round_of[at] {
                    Some(before) => one.spent[before] -= ballot.voters,
                    None => one.start -= &starts[at] * ballot.voters,
                }
                one.spent[round] += ballot.voters;
            }
            round_of[at] = Some(round);
        }
        let earned = Exact::new(num.magnitude().clone(), den.magnitude().clone()).unwrap_or_else(Exact::zero);
        let earned = if num.sign() == num_bigint::Sign::Minus { Exact::zero() } else { earned };
        result.bought.push(Moment { project: winner, earned });
        moments.push(num);
        gone[winner] = true;
        cost += election.cost(winner);
    }
    Ok(result)
}
