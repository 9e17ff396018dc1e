//! The utilitarian greedy rule of most cities: by points (or by points for money), as long as the budget lasts.

use std::cmp::{Ordering, Reverse};

use crate::{Election, Lots, Refused, Share, Utility};

/// How greedy goes about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Greedy {
    /// By points ([`Utility::Cost`]: points × cost, divided by the cost) or by points for each unit of money.
    pub utility: Utility,
    /// Passes over what does not fit and goes on; else ends there.
    pub skip: bool,
    /// Only projects with at least so many points take part.
    pub threshold: u64,
    /// Only projects take part that at least this share of the voters gave something.
    pub min_share: Option<Share>,
}

impl Default for Greedy {
    fn default() -> Self {
        Self { utility: Utility::Cost, skip: true, threshold: 0, min_share: None }
    }
}

/// What greedy did with a project, in the order in which it looked at them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Look {
    /// Which project.
    pub project: usize,
    /// What was left of the budget before.
    pub left: u64,
    /// Whether it was taken.
    pub taken: bool,
}

/// Looks at the projects from the most points down and takes what fits into what is left of the budget after `already`,
/// which is a part of the outcome from the beginning. A project that nobody gave anything is never looked at.
///
/// # Errors
/// A tie that needs a lot.
pub fn greedy(
    election: &Election,
    how: &Greedy,
    already: &[usize],
    lots: &mut Lots,
) -> Result<Vec<Look>, Refused> {
    let mut left = election.budget().saturating_sub(election.total_cost(already));
    let mut order: Vec<usize> = (0..election.projects().len())
        .filter(|one| {
            let support = election.support(*one);
            support.votes > 0
                && support.points >= how.threshold
                && how.min_share.is_none_or(|share| share.reached(support.votes, election.voters()))
                && !already.contains(one)
        })
        .collect();
    let better = |a: usize, b: usize| -> Ordering {
        let points = |one: usize| u128::from(election.support(one).points);
        let cost = |one: usize| u128::from(election.cost(one));
        match how.utility {
            Utility::Cost => points(b).cmp(&points(a)),
            // Points for money: a costs less for the same, or gives more for the same.
            Utility::Cardinality => (points(b) * cost(a)).cmp(&(points(a) * cost(b))),
        }
    };
    let stated = |one: usize| (election.cost(one), Reverse(election.support(one).votes));
    order.sort_by(|a, b| better(*a, *b).then_with(|| stated(*a).cmp(&stated(*b))));
    let mut looks = Vec::with_capacity(order.len());
    let mut rest = order.as_slice();
    'groups: while let Some((first, _)) = rest.split_first() {
        let alike =
            |other: &usize| better(*first, *other) == Ordering::Equal && stated(*first) == stated(*other);
        let (group, after) = rest.split_at(rest.iter().take_while(|one| alike(one)).count().max(1));
        rest = after;
        let mut group = group.to_vec();
        while !group.is_empty() {
            let cost = group.first().map_or(0, |one| election.cost(*one));
            // Where all of them or none fit their order is no matter, and no lot is drawn.
            let all = u64::try_from(group.len())
                .ok()
                .and_then(|many| cost.checked_mul(many))
                .is_some_and(|all| all <= left);
            let project = if group.len() == 1 || all || cost > left {
                group.iter().copied().min_by_key(|one| election.id(*one)).ok_or(Refused::NothingToChoose)?
            } else {
                lots.draw(election, &group)?
            };
            group.retain(|one| *one != project);
            let taken = cost <= left;
            looks.push(Look { project, left, taken });
            if taken {
                left -= cost;
            } else if !how.skip {
                break 'groups;
            }
        }
    }
    Ok(looks)
}

/// What was taken.
#[must_use]
pub fn taken(looks: &[Look]) -> Vec<usize> {
    looks.iter().filter(|look| look.taken).map(|look| look.project).collect()
}
