//! What a group says, and what all share: proportions and their tests, as the production system of Polis computes
//! them (Small et al. 2021, "Polis: scaling deliberation by mapping high dimensional opinion spaces").

use crate::votes::{Tally, Vote};

/// One-sided 90 % point of the normal distribution.
pub(crate) const SIGNIFICANT: f64 = 1.2816;
/// Most statements in each list.
pub(crate) const LISTED: usize = 5;
/// What a statement about the person weighs when the next statement is drawn: 7 squared.
pub(crate) const META_PRIORITY: f64 = 49.0;

/// Share of successes with one success and one failure added: (a + 1) ÷ (n + 2).
pub(crate) fn share(successes: u32, seen: u32) -> f64 {
    (f64::from(successes) + 1.0) / (f64::from(seen) + 2.0)
}

/// How far a share is from one half: z = 2 √(n + 1) ((a + 1) ÷ (n + 1) − ½).
pub(crate) fn one_share(successes: u32, seen: u32) -> f64 {
    let (a, n) = (f64::from(successes) + 1.0, f64::from(seen) + 1.0);
    2.0 * n.sqrt() * (a / n - 0.5)
}

/// How far two shares are from each other: two-proportion z with 1 added to all four counts; 0 where all agree.
pub(crate) fn two_shares(inside: (u32, u32), outside: (u32, u32)) -> f64 {
    let plus = |count: u32| f64::from(count) + 1.0;
    let (a, n) = (plus(inside.0), plus(inside.1));
    let (b, m) = (plus(outside.0), plus(outside.1));
    let pooled = (a + b) / (n + m);
    let spread = pooled * (1.0 - pooled) * (1.0 / n + 1.0 / m);
    if spread > 0.0 { (a / n - b / m) / spread.sqrt() } else { 0.0 }
}

/// What one group says to one statement, one side of it, beside all other groups.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Side {
    pub(crate) vote: Vote,
    pub(crate) successes: u32,
    pub(crate) seen: u32,
    /// Share in the group.
    pub(crate) share: f64,
    /// Test of that share against one half.
    pub(crate) share_z: f64,
    /// Share in the group ÷ share outside.
    pub(crate) ratio: f64,
    /// Test of the two shares against each other.
    pub(crate) ratio_z: f64,
}

impl Side {
    pub(crate) fn of(vote: Vote, inside: Tally, outside: Tally) -> Self {
        let count = |tally: Tally| if vote == Vote::Agree { tally.agree } else { tally.disagree };
        let (successes, seen) = (count(inside), inside.seen());
        let share_inside = share(successes, seen);
        Self {
            vote,
            successes,
            seen,
            share: share_inside,
            share_z: one_share(successes, seen),
            ratio: share_inside / share(count(outside), outside.seen()),
            ratio_z: two_shares((successes, seen), (count(outside), outside.seen())),
        }
    }

    /// Both tests succeed.
    pub(crate) fn passes(&self) -> bool {
        self.ratio_z > SIGNIFICANT && self.share_z > SIGNIFICANT
    }

    /// What representative statements are ordered by.
    pub(crate) fn weight(&self) -> f64 {
        self.ratio * self.ratio_z * self.share * self.share_z
    }
}

/// How strongly a statement should be shown next: those that people take sides on and agree with, that move people on
/// the map, and new ones. 49 for a statement about the person.
///
/// [(1 − (P + 1) ÷ (S + 2)) · (E + 1) · (A + 1) ÷ (S + 2) · (1 + 8 · 2^(−S ÷ 5))]², with A agrees, P passes, S all
/// answers, E extremity (Polis; the newness factor is 9 for a statement that nobody has seen and 2 after 15 answers).
pub fn priority(tally: Tally, extremity: f64, meta: bool) -> f64 {
    if meta {
        return META_PRIORITY;
    }
    let seen = tally.seen();
    let importance = (1.0 - share(tally.pass, seen)) * (extremity + 1.0) * share(tally.agree, seen);
    let newness = 1.0 + 8.0 * (-f64::from(seen) / 5.0).exp2();
    (importance * newness).powi(2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tests_have_their_known_values() {
        // 15 of 24 beside 56 of 71 (with 1 taken off each beforehand): z = −1.518 in the textbook example.
        assert!((two_shares((14, 23), (55, 70)) + 1.61).abs() < 0.02);
        assert_eq!(two_shares((3, 3), (5, 5)), 0.0);
        assert!((one_share(29, 49) - 2.0 * 50.0_f64.sqrt() * 0.1).abs() < 1e-12);
        assert_eq!(share(0, 0), 0.5);
    }

    #[test]
    fn priority_of_new_meta_and_passed_statements() {
        let tally = |agree, disagree, pass| Tally { agree, disagree, pass };
        assert!((priority(tally(0, 0, 0), 0.0, false) - (0.5_f64 * 0.5 * 9.0).powi(2)).abs() < 1e-12);
        assert_eq!(priority(tally(9, 9, 9), 3.0, true), 49.0);
        assert!(priority(tally(20, 0, 0), 1.0, false) > priority(tally(20, 0, 20), 1.0, false));
        assert!(priority(tally(20, 0, 0), 2.0, false) > priority(tally(20, 0, 0), 1.0, false));
    }
}
