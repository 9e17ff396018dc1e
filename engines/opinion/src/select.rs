//! Which statements speak for a group, and which for all.

use crate::map::{Consensus, Representative, Shared, StatementOnMap};
use crate::stats::{LISTED, SIGNIFICANT, Side, one_share, share};
use crate::votes::{Tally, Vote};

/// Product over the groups of the smoothed share of one answer; 1 without groups.
pub(crate) fn product(by_group: &[Tally], count: impl Fn(&Tally) -> u32) -> f64 {
    by_group.iter().map(|tally| share(count(tally), tally.seen())).product()
}

/// Both sides of what a group says to a statement, beside all other groups.
pub(crate) fn sides(statement: &StatementOnMap, group: usize) -> [Side; 2] {
    let inside = statement.by_group.get(group).copied().unwrap_or_default();
    let outside = statement
        .by_group
        .iter()
        .enumerate()
        .filter(|(other, _)| *other != group)
        .fold(Tally::default(), |sum, (_, tally)| sum.plus(*tally));
    [Side::of(Vote::Agree, inside, outside), Side::of(Vote::Disagree, inside, outside)]
}

pub(crate) fn listed(statement: u64, side: &Side, significant: bool) -> Representative {
    Representative {
        statement,
        side: side.vote,
        count: side.successes,
        seen: side.seen,
        share: side.share,
        share_z: side.share_z,
        ratio: side.ratio,
        ratio_z: side.ratio_z,
        significant,
    }
}

/// What sets a group apart: the sides that pass both tests, most telling first, at most five. Where none passes, the
/// one that differs most from the others, marked as not significant.
pub(crate) fn representative(statements: &[StatementOnMap], group: usize) -> Vec<Representative> {
    let mut passing: Vec<(f64, Representative)> = Vec::new();
    let mut nearest: Option<Representative> = None;
    for statement in statements.iter().filter(|statement| !statement.meta) {
        for side in sides(statement, group) {
            if side.passes() {
                passing.push((side.weight(), listed(statement.id, &side, true)));
            }
            if side.successes > 0 && nearest.is_none_or(|best| side.ratio_z > best.ratio_z) {
                nearest = Some(listed(statement.id, &side, false));
            }
        }
    }
    // The sort is stable and statements come in their order: of equal ones the first statement stays first.
    passing.sort_by(|a, b| b.0.total_cmp(&a.0));
    if passing.is_empty() {
        return nearest.into_iter().collect();
    }
    passing.into_iter().take(LISTED).map(|(_, one)| one).collect()
}

/// What all share: most of all people say it, significantly so, and most of every group too. Ordered by the product
/// over the groups, at most five of each side.
pub(crate) fn shared_by_all(statements: &[StatementOnMap]) -> Consensus {
    let side = |count: fn(&Tally) -> u32| {
        let mut found: Vec<(f64, Shared)> = statements
            .iter()
            .filter(|statement| !statement.meta)
            .filter_map(|statement| {
                let (successes, seen) = (count(&statement.tally), statement.tally.seen());
                let lowest = statement
                    .by_group
                    .iter()
                    .map(|tally| share(count(tally), tally.seen()))
                    .fold(share(successes, seen), f64::min);
                let z = one_share(successes, seen);
                let shared = Shared {
                    statement: statement.id,
                    count: successes,
                    seen,
                    share: share(successes, seen),
                    z,
                    lowest,
                };
                (lowest > 0.5 && z > SIGNIFICANT)
                    .then(|| (product(&statement.by_group, count) * shared.share, shared))
            })
            .collect();
        found.sort_by(|a, b| b.0.total_cmp(&a.0));
        found.into_iter().take(LISTED).map(|(_, shared)| shared).collect()
    };
    Consensus { agree: side(|tally| tally.agree), disagree: side(|tally| tally.disagree) }
}
