//! Instant run-off: the last one leaves, and the ballots go on to whom they name next, until one has more than half.

use super::{by_earlier_stages, ordered};
use crate::{Election, Lots, Refused};

/// One round.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IrvRound {
    /// Votes of each project in this round, by place; 0 for whoever has left.
    pub votes: Vec<u64>,
    /// Ballots that name nobody who is still in.
    pub exhausted: u64,
    /// Who leaves at its end. More than one only where together they have less than the next, so that their order is no
    /// matter.
    pub leave: Vec<usize>,
}

/// What came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Irv {
    /// The rounds.
    pub rounds: Vec<IrvRound>,
    /// Who has more than half of the ballots that still name somebody.
    pub winner: usize,
}

/// Instant run-off. Of those who tie for the last place whoever had fewer votes in the latest round in which they
/// differed leaves, then the lot decides.
///
/// # Errors
/// Ballots without an order; a tie that needs a lot.
pub fn irv(election: &Election, lots: &mut Lots) -> Result<Irv, Refused> {
    ordered(election)?;
    let many = election.projects().len();
    let mut left: Vec<bool> = (0..many).map(|one| election.support(one).votes > 0).collect();
    let mut at = vec![0_usize; election.ballots().len()];
    let mut history: Vec<Vec<u64>> = Vec::new();
    let mut rounds = Vec::new();
    loop {
        let mut votes = vec![0_u64; many];
        let mut exhausted = 0_u64;
        for (ballot, at) in election.ballots().iter().zip(&mut at) {
            while ballot.choices.get(*at).is_some_and(|choice| !left[choice.project]) {
                *at += 1;
            }
            match ballot.choices.get(*at) {
                Some(choice) => votes[choice.project] += ballot.voters,
                None => exhausted += ballot.voters,
            }
        }
        let alive: u64 = votes.iter().sum();
        let mut running: Vec<usize> = (0..many).filter(|one| left[*one]).collect();
        let leader = running.iter().copied().find(|one| votes[*one] * 2 > alive);
        if let Some(winner) = leader.or(if running.len() == 1 { running.first().copied() } else { None }) {
            rounds.push(IrvRound { votes, exhausted, leave: Vec::new() });
            return Ok(Irv { rounds, winner });
        }
        running.sort_by_key(|one| votes[*one]);
        let Some(last) = running.first().copied() else { return Err(Refused::NothingToChoose) };
        let tied: Vec<usize> = running.iter().copied().filter(|one| votes[*one] == votes[last]).collect();
        let together: u64 = tied.iter().map(|one| votes[*one]).sum();
        let leave = match running.get(tied.len()) {
            Some(next) if together < votes[*next] => tied,
            _ => vec![by_earlier_stages(election, tied, &history, false, lots)?],
        };
        for one in &leave {
            left[*one] = false;
        }
        history.push(votes.clone());
        rounds.push(IrvRound { votes, exhausted, leave });
    }
}
