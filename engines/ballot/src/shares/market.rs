//! An election as the method of equal shares sees it: who can pay for what.

use crate::Election;

/// Nobody has gone broke yet.
pub(super) const NEVER: u32 = u32::MAX;

/// One supporter's part in a project.
#[derive(Debug, Clone, Copy)]
pub(super) struct Stake {
    /// Which ballot.
    pub(super) ballot: u32,
    /// How many voters cast it.
    pub(super) voters: u32,
    /// What the project is worth to it.
    pub(super) points: u32,
}

/// Everything that stays the same from one run to the next.
#[derive(Debug)]
pub(super) struct Market<'e> {
    pub(super) election: &'e Election,
    /// Which projects take part at all.
    pub(super) entered: Vec<usize>,
    /// For each project of the election: where its stakes begin and end.
    pub(super) ranges: Vec<(usize, usize)>,
    /// The stakes of all projects, one project after the other.
    pub(super) stakes: Vec<Stake>,
    /// How many ballots there are, each counted once.
    pub(super) ballots: usize,
    /// Where the choices of each ballot begin, in one row of them all; one more entry closes the last.
    pub(super) starts: Vec<usize>,
    /// The most points on any ballot.
    pub(super) most_points: u64,
}

impl<'e> Market<'e> {
    /// `enters` says which projects take part.
    pub(super) fn new(election: &'e Election, enters: impl Fn(usize) -> bool) -> Self {
        let projects = election.projects().len();
        let mut takes_part = vec![false; projects];
        let mut entered = Vec::new();
        for (place, takes) in takes_part.iter_mut().enumerate() {
            if election.support(place).votes > 0 && enters(place) {
                *takes = true;
                entered.push(place);
            }
        }
        let mut by_project: Vec<Vec<Stake>> = vec![Vec::new(); projects];
        let (mut starts, mut total, mut most_points) = (vec![0], 0, 1);
        for (at, ballot) in (0_u32..).zip(election.ballots()) {
            for choice in &ballot.choices {
                if takes_part.get(choice.project) == Some(&true)
                    && let Some(stakes) = by_project.get_mut(choice.project)
                {
                    // An election has no more than 2^32 voters.
                    let voters = u32::try_from(ballot.voters).unwrap_or(u32::MAX);
                    stakes.push(Stake { ballot: at, voters, points: choice.points });
                    most_points = most_points.max(u64::from(choice.points));
                    total += 1;
                }
            }
            starts.push(total);
        }
        let mut ranges = Vec::with_capacity(projects);
        let mut stakes = Vec::with_capacity(total);
        for one in by_project {
            let from = stakes.len();
            stakes.extend(one);
            ranges.push((from, stakes.len()));
        }
        let ballots = election.ballots().len();
        Self { election, entered, ranges, stakes, ballots, starts, most_points }
    }
}
