//! Rules for one or more seats on ranked ballots. They look at the order on the ballots alone, not at costs.

mod irv;
mod meek;
mod schulze;
mod scottish;

pub use irv::{Irv, IrvRound, irv};
pub use meek::{Meek, MeekRound, stv_meek};
pub use schulze::{Schulze, schulze};
pub use scottish::{Scottish, Stage, StageKind, stv_scottish};

use crate::{Election, Kind, Lots, Refused};

/// So many candidates at most: rounds and pairs of them are kept, and their number grows with the square.
pub const MOST_CANDIDATES: usize = 2000;

/// Refuses more candidates than can be compared.
fn comparable(election: &Election) -> Result<(), Refused> {
    if election.projects().len() > MOST_CANDIDATES {
        return Err(Refused::TooManyCandidates(MOST_CANDIDATES));
    }
    Ok(())
}

/// Refuses ballots without an order.
fn ordered(election: &Election) -> Result<(), Refused> {
    match election.kind() {
        Kind::Ranked | Kind::ChooseOne => comparable(election),
        Kind::Approval | Kind::Points => Err(Refused::NotRanked),
    }
}

/// One of `tied` by what they had at the latest earlier stage at which they differed (`most`: who had most, else who had
/// least), and by lot among whoever is still equal at all of them.
fn by_earlier_stages(
    election: &Election,
    mut tied: Vec<usize>,
    stages: &[Vec<u64>],
    most: bool,
    lots: &mut Lots,
) -> Result<usize, Refused> {
    for stage in stages.iter().rev() {
        let of = |one: &usize| stage.get(*one).copied().unwrap_or(0);
        let (low, high) = (tied.iter().map(of).min(), tied.iter().map(of).max());
        if low != high {
            let wanted = if most { high } else { low };
            tied.retain(|one| Some(of(one)) == wanted);
        }
        if tied.len() == 1 {
            break;
        }
    }
    match tied.as_slice() {
        [one] => Ok(*one),
        many => lots.draw(election, many),
    }
}

/// Refuses no seats at all.
fn seats(seats: usize) -> Result<u64, Refused> {
    match u64::try_from(seats) {
        Ok(some) if some > 0 => Ok(some),
        _ => Err(Refused::NoSeats),
    }
}

/// The most voted for: approval with so many seats.
///
/// # Errors
/// A tie that needs a lot; no seats.
pub fn approval(election: &Election, many: usize, lots: &mut Lots) -> Result<Vec<usize>, Refused> {
    seats(many)?;
    let mut left: Vec<usize> =
        (0..election.projects().len()).filter(|one| election.support(*one).votes > 0).collect();
    let mut winners = Vec::new();
    while winners.len() < many {
        let Some(most) = left.iter().map(|one| election.support(*one).votes).max() else { break };
        let tied: Vec<usize> =
            left.iter().copied().filter(|one| election.support(*one).votes == most).collect();
        let winner = if tied.len() <= many - winners.len() {
            // All of them get in; their order is that of their names.
            tied.iter().copied().min_by_key(|one| election.id(*one)).ok_or(Refused::NothingToChoose)?
        } else {
            lots.best(election, &tied)?
        };
        left.retain(|one| *one != winner);
        winners.push(winner);
    }
    Ok(winners)
}
