//! Schulze's Condorcet rule (Schulze 2011): whoever is not beaten along the strongest paths of pairwise victories.

use crate::{Election, Lots, Refused};

use super::{comparable, seats};

/// What came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Schulze {
    /// How many voters put the first above the second: `above[a][b]`, by place.
    pub above: Vec<Vec<u64>>,
    /// The strength of the strongest path, in winning votes: `paths[a][b]`.
    pub paths: Vec<Vec<u64>>,
    /// Who wins against everybody else, if anybody does.
    pub condorcet: Option<usize>,
    /// The winners, in order.
    pub winners: Vec<usize>,
}

/// The winners for so many seats. Ballots of any kind serve: more points are above fewer, whoever is not named is below all
/// who are. Of several who are not beaten the stated rule chooses: lower cost, then more votes, then the lot.
///
/// # Errors
/// No seats; a tie that needs a lot.
pub fn schulze(election: &Election, many: usize, lots: &mut Lots) -> Result<Schulze, Refused> {
    seats(many)?;
    comparable(election)?;
    let projects = election.projects().len();
    // Who names the first at all, less who puts the second at least as high.
    let mut above: Vec<Vec<u64>> =
        (0..projects).map(|one| vec![election.support(one).votes; projects]).collect();
    for ballot in election.ballots() {
        for a in &ballot.choices {
            for b in &ballot.choices {
                if b.points >= a.points {
                    above[a.project][b.project] -= ballot.voters;
                }
            }
        }
    }
    let mut paths: Vec<Vec<u64>> = (0..projects)
        .map(|a| (0..projects).map(|b| if above[a][b] > above[b][a] { above[a][b] } else { 0 }).collect())
        .collect();
    for over in 0..projects {
        let through = paths[over].clone();
        for (from, row) in paths.iter_mut().enumerate() {
            let first = row[over];
            if from == over || first == 0 {
                continue;
            }
            for (to, (best, second)) in row.iter_mut().zip(&through).enumerate() {
                if to != from {
                    *best = (*best).max(first.min(*second));
                }
            }
        }
    }
    let condorcet = (0..projects).find(|a| (0..projects).all(|b| b == *a || above[*a][b] > above[b][*a]));
    let mut left: Vec<usize> = (0..projects).collect();
    let mut winners = Vec::new();
    while winners.len() < many && !left.is_empty() {
        let unbeaten: Vec<usize> =
            left.iter().copied().filter(|a| left.iter().all(|b| paths[*b][*a] <= paths[*a][*b])).collect();
        let winner = match unbeaten.as_slice() {
            [one] => *one,
            several => lots.best(election, several)?,
        };
        left.retain(|one| *one != winner);
        winners.push(winner);
    }
    Ok(Schulze { above, paths, condorcet, winners })
}
