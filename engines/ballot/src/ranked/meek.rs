//! Meek's single transferable vote, after the Reference Meek Rule of the Proportional Representation Foundation: whole
//! numbers in billionths of a vote, rounded as that rule says, so that every count gives the same result everywhere.

use super::{ordered, seats};
use crate::{Election, Lots, Refused};

/// Billionths.
const UNIT: u64 = 1_000_000_000;
/// Below this total surplus the round is settled: a millionth of a vote.
const OMEGA: u128 = 1_000;

/// A round of the count, at its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MeekRound {
    /// What was needed, in billionths of a vote.
    pub quota: u64,
    /// Votes by place, in billionths.
    pub votes: Vec<u64>,
    /// Who was elected in it.
    pub elected: Vec<usize>,
    /// Who was defeated at its end.
    pub defeated: Option<usize>,
}

/// What came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Meek {
    /// The rounds.
    pub rounds: Vec<MeekRound>,
    /// Who was elected, in order.
    pub winners: Vec<usize>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Hopeful,
    Elected,
    Defeated,
}

/// Counts so many seats. Whoever is within the remaining surplus of the lowest ties with it; the lot decides whom it meets.
///
/// # Errors
/// Ballots without an order; no seats; a tie that needs a lot.
pub fn stv_meek(election: &Election, many: usize, lots: &mut Lots) -> Result<Meek, Refused> {
    ordered(election)?;
    let vacancies = seats(many)?;
    let projects = election.projects().len();
    let mut state = vec![State::Hopeful; projects];
    let mut keep = vec![UNIT; projects];
    let mut result = Meek { rounds: Vec::new(), winners: Vec::new() };
    loop {
        let hopeful = state.iter().filter(|one| **one == State::Hopeful).count();
        if result.winners.len() >= many || result.winners.len() + hopeful <= many {
            break;
        }
        let mut before: Option<u128> = None;
        loop {
            let votes = distribute(election, &keep);
            let total: u128 = votes.iter().map(|votes| u128::from(*votes)).sum();
            let quota = u64::try_from(total / (u128::from(vacancies) + 1) + 1).unwrap_or(u64::MAX);
            let mut elected: Vec<usize> =
                (0..projects).filter(|one| state[*one] == State::Hopeful && votes[*one] >= quota).collect();
            elected
                .sort_by(|a, b| votes[*b].cmp(&votes[*a]).then_with(|| election.id(*a).cmp(election.id(*b))));
            for one in &elected {
                state[*one] = State::Elected;
            }
            let (mut above, mut below) = (0_u128, 0_u128);
            for one in (0..projects).filter(|one| state[*one] == State::Elected) {
                above += u128::from(votes[one].saturating_sub(quota));
                below += u128::from(quota.saturating_sub(votes[one]));
            }
            let surplus = above.saturating_sub(below);
            if !elected.is_empty() {
                result.winners.extend_from_slice(&elected);
                result.rounds.push(MeekRound { quota, votes, elected, defeated: None });
                break;
            }
            if surplus < OMEGA || before.is_some_and(|before| surplus >= before) {
                let hopefuls = || (0..projects).filter(|one| state[*one] == State::Hopeful);
                let least = hopefuls().map(|one| votes[one]).min().ok_or(Refused::NothingToChoose)?;
                let tied: Vec<usize> =
                    hopefuls().filter(|one| u128::from(votes[*one]) <= u128::from(least) + surplus).collect();
                let low = match tied.as_slice() {
                    [one] => *one,
                    several => lots.draw(election, several)?,
                };
                state[low] = State::Defeated;
                keep[low] = 0;
                result.rounds.push(MeekRound { quota, votes, elected, defeated: Some(low) });
                break;
            }
            before = Some(surplus);
            for one in (0..projects).filter(|one| state[*one] == State::Elected) {
                let kept = (u128::from(keep[one]) * u128::from(quota)).div_ceil(u128::from(UNIT));
                let kept = (kept * u128::from(UNIT)).div_ceil(u128::from(votes[one].max(1)));
                keep[one] = u64::try_from(kept).unwrap_or(UNIT).min(UNIT);
            }
        }
    }
    if result.winners.len() < many {
        let votes = distribute(election, &keep);
        let mut rest: Vec<usize> = (0..projects).filter(|one| state[*one] == State::Hopeful).collect();
        rest.sort_by(|a, b| votes[*b].cmp(&votes[*a]).then_with(|| election.id(*a).cmp(election.id(*b))));
        result.winners.extend_from_slice(&rest);
        result.rounds.push(MeekRound { quota: 0, votes, elected: rest, defeated: None });
    }
    Ok(result)
}

/// Each ballot gives everybody on it, in order, the kept part of what is left of its one vote, rounded up.
fn distribute(election: &Election, keep: &[u64]) -> Vec<u64> {
    let mut votes = vec![0_u64; keep.len()];
    for ballot in election.ballots() {
        let mut weight = UNIT;
        for choice in &ballot.choices {
            let part = (weight * keep[choice.project]).div_ceil(UNIT);
            votes[choice.project] += part * ballot.voters;
            weight -= part;
            if weight == 0 {
                break;
            }
        }
    }
    votes
}
