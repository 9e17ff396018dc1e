//! The account of a decision, for those who live with it: who paid for what, and why the next project did not fit.

use crate::greedy::Look;
use crate::phragmen::Phragmen;
use crate::ranked::{Irv, Meek, Schulze, Scottish};
use crate::rule::Comparison;
use crate::{Election, Exact, Outcome, Shares};

/// How a decision came about, by the kind of rule.
#[derive(Debug, Clone)]
pub enum Account {
    /// Supporters bought it.
    Shares {
        /// The purchases and payments.
        shares: Shares,
        /// What greedy did with the rest of the budget.
        completion: Vec<Look>,
        /// What voters would rather have, where it was asked.
        comparison: Option<Comparison>,
    },
    /// From the most points down.
    Greedy {
        /// What was looked at, in order.
        looks: Vec<Look>,
        /// What voters would rather have, where it was asked.
        comparison: Option<Comparison>,
    },
    /// Money was earned until it was enough.
    Phragmen(Phragmen),
    /// Rounds of a run-off.
    Irv(Irv),
    /// Stages of a count.
    Scottish(Scottish),
    /// Rounds of a count.
    Meek(Meek),
    /// Pairwise victories.
    Schulze(Schulze),
}

/// Why a project was not chosen.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum WhyNot {
    /// Nobody voted for it.
    NoVotes,
    /// It costs more than the whole budget.
    DearerThanBudget,
    /// It did not get the votes or points that were asked for to take part.
    BelowThreshold,
    /// What its supporters had left together was less than its cost.
    SupportersLack {
        /// What they had left.
        left: Exact,
        /// What was missing.
        missing: Exact,
    },
    /// When its turn came less was left of the budget than it costs.
    DidNotFit {
        /// What was left.
        left: u64,
    },
    /// The rule had ended before its turn came: at this project, which did not fit.
    EndedBefore {
        /// Where it ended.
        at: usize,
    },
    /// Others had more votes on the way.
    Outvoted,
}

impl Outcome {
    /// Why a project was not chosen; `None` if it was.
    #[must_use]
    pub fn why_not(&self, election: &Election, terms: &crate::Terms, project: usize) -> Option<WhyNot> {
        if self.winners.contains(&project) {
            return None;
        }
        if election.support(project).votes == 0 {
            return Some(WhyNot::NoVotes);
        }
        if self.rule.spends() {
            if election.cost(project) > election.budget() {
                return Some(WhyNot::DearerThanBudget);
            }
            if !terms.enters(election, project) {
                return Some(WhyNot::BelowThreshold);
            }
        }
        Some(match &self.account {
            Account::Shares { shares, completion, .. } => {
                match completion.iter().find(|look| look.project == project) {
                    Some(look) => WhyNot::DidNotFit { left: look.left },
                    None => {
                        let left = shares.left_for(election, project);
                        let missing = Exact::from(election.cost(project)).less(&left);
                        WhyNot::SupportersLack { left, missing }
                    }
                }
            }
            Account::Greedy { looks, .. } => match looks.iter().find(|look| look.project == project) {
                Some(look) => WhyNot::DidNotFit { left: look.left },
                None => match looks.last().filter(|look| !look.taken) {
                    Some(last) => WhyNot::EndedBefore { at: last.project },
                    None => WhyNot::BelowThreshold,
                },
            },
            Account::Phragmen(phragmen) => match phragmen.stopped_at {
                Some(at) if at == project => {
                    WhyNot::DidNotFit { left: election.budget().saturating_sub(self.cost) }
                }
                Some(at) => WhyNot::EndedBefore { at },
                None => WhyNot::BelowThreshold,
            },
            Account::Irv(_) | Account::Scottish(_) | Account::Meek(_) | Account::Schulze(_) => {
                WhyNot::Outvoted
            }
        })
    }
}
