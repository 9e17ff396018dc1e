//! One rule by its name, from ballots to a decision.

use std::fmt;
use std::str::FromStr;

use thiserror::Error;

use crate::account::Account;
use crate::greedy::{self, Greedy};
use crate::{Election, Lot, Lots, Terms, phragmen, ranked, shares};

/// A rule that people know by name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Rule {
    /// Equal shares, as it is: a part of the budget may be left.
    EqualShares,
    /// Equal shares, and greedy with what is left.
    EqualSharesUtilitarian,
    /// Equal shares with Add1 until the next step would overspend.
    EqualSharesAdd1,
    /// The same, unless more voters prefer the greedy outcome.
    EqualSharesAdd1Comparison,
    /// By points, passing over what does not fit.
    Greedy,
    /// By points, ending at the first that does not fit.
    GreedyNoSkip,
    /// Phragmén's sequential rule.
    Phragmen,
    /// Instant run-off, one seat.
    Irv,
    /// Single transferable vote, Scottish rules.
    StvScottish,
    /// Single transferable vote, Meek.
    StvMeek,
    /// Schulze's Condorcet rule.
    Schulze,
}

impl Rule {
    /// All of them, in the order in which they are compared.
    pub const ALL: [Self; 11] = [
        Self::EqualShares,
        Self::EqualSharesUtilitarian,
        Self::EqualSharesAdd1,
        Self::EqualSharesAdd1Comparison,
        Self::Greedy,
        Self::GreedyNoSkip,
        Self::Phragmen,
        Self::Irv,
        Self::StvScottish,
        Self::StvMeek,
        Self::Schulze,
    ];

    /// Its name on the command line and in answers.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::EqualShares => "equal-shares",
            Self::EqualSharesUtilitarian => "equal-shares-utilitarian",
            Self::EqualSharesAdd1 => "equal-shares-add1",
            Self::EqualSharesAdd1Comparison => "equal-shares-add1-comparison",
            Self::Greedy => "greedy",
            Self::GreedyNoSkip => "greedy-no-skip",
            Self::Phragmen => "phragmen",
            Self::Irv => "irv",
            Self::StvScottish => "stv-scottish",
            Self::StvMeek => "stv-meek",
            Self::Schulze => "schulze",
        }
    }

    /// Whether it spends a budget; else it fills seats and looks at no cost.
    #[must_use]
    pub const fn spends(self) -> bool {
        !matches!(self, Self::Irv | Self::StvScottish | Self::StvMeek | Self::Schulze)
    }
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// There is no rule of this name.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("there is no rule called {0}")]
pub struct NoSuchRule(pub String);

impl FromStr for Rule {
    type Err = NoSuchRule;

    fn from_str(name: &str) -> Result<Self, NoSuchRule> {
        Self::ALL.into_iter().find(|rule| rule.name() == name).ok_or_else(|| NoSuchRule(name.to_owned()))
    }
}

/// Why a rule gives no outcome.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum Refused {
    /// Nothing but a lot can decide, and there is no seed.
    #[error("{} are equal in everything: only a lot can decide between them", .0.join(", "))]
    LotNeeded(Vec<String>),
    /// The ballots have no order.
    #[error("these ballots have no order, and the rule needs ranked ones")]
    NotRanked,
    /// There is nobody to choose.
    #[error("there is nothing to choose from")]
    NothingToChoose,
    /// Nobody is to be chosen.
    #[error("there is no seat to fill")]
    NoSeats,
    /// More projects than a rule for seats can compare with each other.
    #[error("there are more than {0} candidates, too many to compare each with each")]
    TooManyCandidates(usize),
    /// Add1 with a step of 0.
    #[error("Add1 needs a step of at least 1")]
    NoStep,
    /// Add1 does not come to an end.
    #[error("Add1 has not ended after {0} steps: take a larger step")]
    TooManySteps(u64),
}

/// What a decision may depend on beside the ballots.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Options {
    /// Utility, smallest share of votes, steps of Add1.
    pub terms: Terms,
    /// Only projects with at least so many points take part in greedy.
    pub threshold: u64,
    /// Seats of the rules that fill seats; instant run-off always has one.
    pub seats: usize,
    /// For lots.
    pub seed: Option<u64>,
}

impl Default for Options {
    fn default() -> Self {
        Self { terms: Terms::default(), threshold: 0, seats: 1, seed: None }
    }
}

/// A decision.
#[derive(Debug, Clone)]
pub struct Outcome {
    /// By which rule.
    pub rule: Rule,
    /// Who wins, by place, in the order in which they were chosen.
    pub winners: Vec<usize>,
    /// What they cost.
    pub cost: u64,
    /// What is left of the budget; less than nothing only where a rule fills seats and looks at no cost.
    pub unspent: i64,
    /// How many people voted.
    pub voters: u64,
    /// How many of them got nothing that they voted for.
    pub voters_without_winner: u64,
    /// The lots that were drawn on the way.
    pub lots: Vec<Lot>,
    /// How it came about.
    pub account: Account,
}

/// Which outcome more voters prefer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Comparison {
    /// Voters who get more from equal shares.
    pub prefer_shares: u64,
    /// Voters who get more from greedy.
    pub prefer_greedy: u64,
}

impl Comparison {
    /// Whether greedy is taken: only if more voters prefer it.
    #[must_use]
    pub const fn greedy_wins(self) -> bool {
        self.prefer_greedy > self.prefer_shares
    }
}

/// Compares two outcomes by what each voter gets, which is nothing where nothing of theirs won.
#[must_use]
pub fn compare(election: &Election, terms: &Terms, shares: &[usize], greedy: &[usize]) -> Comparison {
    let mut worth = vec![(0_u64, 0_u64); election.projects().len()];
    let unit = |project: usize| match terms.utility {
        crate::Utility::Cost => election.cost(project),
        crate::Utility::Cardinality => 1,
    };
    for project in shares {
        worth[*project].0 = unit(*project);
    }
    for project in greedy {
        worth[*project].1 = unit(*project);
    }
    let mut comparison = Comparison { prefer_shares: 0, prefer_greedy: 0 };
    for ballot in election.ballots() {
        let (mut of_shares, mut of_greedy) = (0_u128, 0_u128);
        for choice in &ballot.choices {
            let (in_shares, in_greedy) = worth[choice.project];
            of_shares += u128::from(in_shares) * u128::from(choice.points);
            of_greedy += u128::from(in_greedy) * u128::from(choice.points);
        }
        match of_shares.cmp(&of_greedy) {
            std::cmp::Ordering::Greater => comparison.prefer_shares += ballot.voters,
            std::cmp::Ordering::Less => comparison.prefer_greedy += ballot.voters,
            std::cmp::Ordering::Equal => {}
        }
    }
    comparison
}

/// Decides.
///
/// # Errors
/// Why the rule gives no outcome.
pub fn decide(election: &Election, rule: Rule, options: &Options) -> Result<Outcome, Refused> {
    let mut lots = options.seed.map_or_else(Lots::none, Lots::with_seed);
    let terms = &options.terms;
    let how = |skip| Greedy {
        utility: terms.utility,
        skip,
        threshold: options.threshold,
        min_share: terms.min_share,
    };
    let (winners, account) = match rule {
        Rule::EqualShares => {
            let shares = shares::equal_shares(election, terms, &mut lots)?;
            (shares.winners(), Account::Shares { shares, completion: Vec::new(), comparison: None })
        }
        Rule::EqualSharesUtilitarian => {
            let shares = shares::equal_shares(election, terms, &mut lots)?;
            let mut winners = shares.winners();
            let completion = greedy::greedy(election, &how(true), &winners, &mut lots)?;
            winners.extend(greedy::taken(&completion));
            (winners, Account::Shares { shares, completion, comparison: None })
        }
        Rule::EqualSharesAdd1 => {
            let shares = shares::add_one(election, terms, &mut lots)?;
            (shares.winners(), Account::Shares { shares, completion: Vec::new(), comparison: None })
        }
        Rule::EqualSharesAdd1Comparison => {
            let shares = shares::add_one(election, terms, &mut lots)?;
            let looks = greedy::greedy(election, &how(true), &[], &mut lots)?;
            let (of_shares, of_greedy) = (shares.winners(), greedy::taken(&looks));
            let comparison = compare(election, terms, &of_shares, &of_greedy);
            if comparison.greedy_wins() {
                (of_greedy, Account::Greedy { looks, comparison: Some(comparison) })
            } else {
                (of_shares, Account::Shares { shares, completion: Vec::new(), comparison: Some(comparison) })
            }
        }
        Rule::Greedy | Rule::GreedyNoSkip => {
            let looks = greedy::greedy(election, &how(rule == Rule::Greedy), &[], &mut lots)?;
            (greedy::taken(&looks), Account::Greedy { looks, comparison: None })
        }
        Rule::Phragmen => {
            let phragmen = phragmen::phragmen(election, terms, &mut lots)?;
            (phragmen.winners(), Account::Phragmen(phragmen))
        }
        Rule::Irv => {
            let irv = ranked::irv(election, &mut lots)?;
            (vec![irv.winner], Account::Irv(irv))
        }
        Rule::StvScottish => {
            let count = ranked::stv_scottish(election, options.seats, &mut lots)?;
            (count.winners.clone(), Account::Scottish(count))
        }
        Rule::StvMeek => {
            let count = ranked::stv_meek(election, options.seats, &mut lots)?;
            (count.winners.clone(), Account::Meek(count))
        }
        Rule::Schulze => {
            let count = ranked::schulze(election, options.seats, &mut lots)?;
            (count.winners.clone(), Account::Schulze(count))
        }
    };
    let cost = election.total_cost(&winners);
    // Both are below 2^63.
    let signed = |amount: u64| i64::try_from(amount).unwrap_or(i64::MAX);
    Ok(Outcome {
        rule,
        cost,
        unspent: signed(election.budget()) - signed(cost),
        voters: election.voters(),
        voters_without_winner: election.voters_without(&winners),
        winners,
        lots: lots.into_drawn(),
        account,
    })
}

/// What each rule would choose, in the order of [`Rule::ALL`].
#[must_use]
pub fn decide_by_all(election: &Election, options: &Options) -> Vec<(Rule, Result<Outcome, Refused>)> {
    Rule::ALL.into_iter().map(|rule| (rule, decide(election, rule, options))).collect()
}
