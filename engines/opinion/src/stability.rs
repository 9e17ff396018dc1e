//! How much of the map is there by chance: the bootstrap (Efron 1979) over people.

use std::collections::BTreeMap;

use crate::cluster::{self, Spot, correspondence};
use crate::map::{Frame, Map, Options};
use crate::moments::Moments;
use crate::num::{Dice, index, real};
use crate::votes::{Moderation, Votes};

/// Most people in one resample, or so many for each statement, whichever is more: enough that what the axes and groups
/// owe to chance is seen, in a time that one waits for. With more of them, groups could only be steadier.
const PEOPLE: usize = 2000;
const PEOPLE_FOR_A_STATEMENT: usize = 4;
/// Sets this use of chance apart from others with the same seed.
const PURPOSE: u64 = 0xB007;

/// How stable the number of groups and the groups are.
#[derive(Debug, Clone, PartialEq)]
pub struct Stability {
    /// How often people were drawn anew, each of them as often as chance gave.
    pub resamples: u32,
    /// How many people were drawn each time: as many as there are, at most 2,000 or four for each statement.
    pub people: u32,
    /// How often each number of groups came out best.
    pub numbers: Vec<(usize, u32)>,
    /// Share of resamples in which the number of groups of the map came out best.
    pub same_number: f64,
    /// Share of people who keep their group, on average over the resamples (divided into as many groups as the map has).
    pub keep_group: f64,
    /// The same for each group of the map.
    pub by_group: Vec<f64>,
    /// Silhouette of the map less that of the next best number of groups: near 0 the number is a matter of chance.
    pub silhouette_gap: Option<f64>,
    /// The next best number of groups.
    pub next_number: Option<usize>,
}

/// What one resample has shown.
struct Round {
    number: usize,
    /// For each group of the map: people who were drawn, and those of them who kept it.
    kept: Vec<(usize, usize)>,
}

impl Stability {
    /// Of this map of these votes, by so many resamples (20 tell enough). With `options` as for the map.
    pub fn of(votes: &Votes, moderation: &Moderation, options: &Options, map: &Map, resamples: u32) -> Self {
        let frame = Frame::of(votes, moderation);
        let voters: Vec<u32> = frame
            .people
            .iter()
            .zip(&map.people)
            .filter(|(_, place)| place.votes > 0)
            .map(|((row, _), _)| *row)
            .collect();
        let most = PEOPLE.max(PEOPLE_FOR_A_STATEMENT * frame.columns.len());
        let drawn = voters.len().min(most);
        let task = Task { frame: &frame, voters: &voters, drawn, map, options };
        let rounds = task.all(resamples);
        let mut numbers: BTreeMap<usize, u32> = BTreeMap::new();
        let mut kept = vec![(0_usize, 0_usize); map.groups.len()];
        for round in &rounds {
            *numbers.entry(round.number).or_default() += 1;
            for (sum, one) in kept.iter_mut().zip(&round.kept) {
                *sum = (sum.0 + one.0, sum.1 + one.1);
            }
        }
        let share = |(seen, kept): (usize, usize)| if seen == 0 { 1.0 } else { real(kept) / real(seen) };
        let all = kept.iter().fold((0, 0), |sum, one| (sum.0 + one.0, sum.1 + one.1));
        let same = numbers.get(&map.groups.len()).copied().unwrap_or(0);
        let mut others: Vec<(usize, f64)> =
            map.tried.iter().copied().filter(|(k, _)| *k != map.groups.len()).collect();
        others.sort_by(|a, b| b.1.total_cmp(&a.1));
        let count = index(rounds.len());
        Self {
            resamples: count,
            people: index(drawn),
            same_number: if count == 0 { 1.0 } else { f64::from(same) / f64::from(count) },
            numbers: numbers.into_iter().collect(),
            keep_group: share(all),
            by_group: kept.into_iter().map(share).collect(),
            silhouette_gap: others.first().map(|(_, other)| map.silhouette - other),
            next_number: others.first().map(|(k, _)| *k),
        }
    }
}

struct Task<'a> {
    frame: &'a Frame<'a>,
    voters: &'a [u32],
    drawn: usize,
    map: &'a Map,
    options: &'a Options,
}

impl Task<'_> {
    /// All rounds, the even and the odd ones by a thread each; each has its own dice, so that the division is free.
    fn all(&self, resamples: u32) -> Vec<Round> {
        if self.drawn == 0 || self.map.groups.is_empty() {
            return Vec::new();
        }
        let of = |first: u32| -> Vec<Round> {
            (first..resamples).step_by(2).map(|round| self.round(u64::from(round))).collect()
        };
        let (mut even, odd) = std::thread::scope(|scope| {
            let odd = scope.spawn(|| of(1));
            let even = of(0);
            match odd.join() {
                Ok(odd) => (even, odd),
                Err(panic) => std::panic::resume_unwind(panic),
            }
        });
        even.extend(odd);
        even
    }

    fn round(&self, round: u64) -> Round {
        let mut dice = Dice::of(self.options.seed, PURPOSE, round);
        let mut times = vec![0_u8; self.voters.len()];
        for _ in 0..self.drawn {
            if let Some(count) = times.get_mut(dice.below(index(self.voters.len())) as usize) {
                *count = count.saturating_add(1);
            }
        }
        let people: Vec<(u32, u8)> = self
            .voters
            .iter()
            .zip(&times)
            .filter(|(_, times)| **times > 0)
            .map(|(row, times)| (*row, *times))
            .collect();
        let votes = self.frame.votes;
        let frame = Frame {
            votes,
            people,
            columns: self.frame.columns.clone(),
            at: self.frame.at.clone(),
            shown: Vec::new(),
            zeroed: 0,
        };
        let moments = Moments::fits(votes).then(|| Moments::by_one(votes, &frame.people));
        let places = frame.places(self.options.prior_votes.max(0.0), moments.as_ref());
        let grouped = frame.grouped(&places.counts, self.options.min_votes);
        // Somebody who was drawn twice stands there twice.
        let standing: Vec<usize> = grouped
            .iter()
            .flat_map(|at| std::iter::repeat_n(*at, usize::from(frame.people[*at].1)))
            .collect();
        let spots: Vec<Spot> = standing.iter().map(|at| places.spots[*at]).collect();
        let most = cluster::most_groups(spots.len(), self.options.max_groups);
        let divisions = cluster::divisions(&spots, most, self.options.seed);
        let number =
            cluster::best(&divisions).and_then(|at| divisions.get(at)).map_or(0, |best| best.centres.len());
        let groups = self.map.groups.len();
        let mut shared = vec![vec![0_usize; groups]; groups];
        if let Some(same) = divisions.iter().find(|division| division.centres.len() == groups) {
            for (at, label) in standing.iter().zip(&same.labels) {
                let person = votes.people()[frame.people[*at].0 as usize];
                if let Some(own) = self.map.place(person).and_then(|place| place.group) {
                    shared[own as usize][*label as usize] += 1;
                }
            }
        }
        let kept = correspondence(&shared, groups)
            .into_iter()
            .zip(&shared)
            .map(|(to, row)| (row.iter().sum(), to.map_or(0, |to| row[to])))
            .collect();
        Round { number, kept }
    }
}
