//! The opinion map of a conversation.

use std::collections::BTreeSet;

use crate::bridging::Bridge;
use crate::cluster::{self, Clustering, Spot};
use crate::eigen::{self, Axes, length, stretch};
use crate::moments::{LEFT_OUT, Moments, Scatter, means, positions};
use crate::num::{index, real};
use crate::select;
use crate::stats::priority;
use crate::votes::{Moderation, PersonId, StatementId, Tally, Vote, Votes};

/// What can be set. The defaults are those of the README.
#[derive(Debug, Clone, PartialEq)]
pub struct Options {
    /// Seed of the starts of k-means and of resampling; the same seed gives the same map.
    pub seed: u64,
    /// Votes that somebody needs to belong to a group (fewer where there are fewer statements).
    pub min_votes: u32,
    /// So many votes without opinion are added for everybody before a place is stretched outwards, so that somebody
    /// with few votes does not stand at the rim by chance.
    pub prior_votes: f64,
    /// Largest number of groups that is tried.
    pub max_groups: usize,
}

impl Default for Options {
    fn default() -> Self {
        Self { seed: 1, min_votes: 7, prior_votes: 15.0, max_groups: 5 }
    }
}

/// Fewer votes than this are not worth a second thread.
const WORTH_A_THREAD: usize = 400_000;

/// With fewer people than this who have voted enough, the most active others are added.
pub(crate) const FILL_TO: usize = 15;

/// Where everybody stands, which groups there are, what each says and what all share.
#[derive(Debug, Clone, PartialEq)]
pub struct Map {
    /// Everybody who has voted and is not banned, in the order of their numbers.
    pub people: Vec<Place>,
    /// The groups, largest first; `id` is the place in this list.
    pub groups: Vec<Group>,
    /// The statements that moderation has left in, in the order of their numbers.
    pub statements: Vec<StatementOnMap>,
    /// What all share.
    pub consensus: Consensus,
    /// Mean silhouette over all people in groups: −1 to 1, higher for clearer groups; 0 with fewer than two groups.
    pub silhouette: f64,
    /// Each number of groups that was tried, with its silhouette.
    pub tried: Vec<(usize, f64)>,
    /// Share of all variance of the votes that each axis shows.
    pub explained: [f64; 2],
}

/// Where somebody stands.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Place {
    /// Who.
    pub person: PersonId,
    /// Along the axis of largest difference.
    pub x: f64,
    /// Along the second.
    pub y: f64,
    /// On how many statements of the map they have voted.
    pub votes: u32,
    /// √(statements ÷ (votes + prior votes)): what the sum of their votes is stretched by.
    pub stretch: f64,
    /// Index of their group; none for those who have voted too little.
    pub group: Option<u32>,
}

/// People who vote alike.
#[derive(Debug, Clone, PartialEq)]
pub struct Group {
    /// 0 for the largest.
    pub id: u32,
    /// How many people.
    pub size: u32,
    /// Middle of the group.
    pub x: f64,
    /// Middle of the group.
    pub y: f64,
    /// Mean silhouette of its people.
    pub silhouette: f64,
    /// What sets it apart, most telling first, at most five.
    pub representative: Vec<Representative>,
}

/// A statement that sets a group apart.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Representative {
    /// Which.
    pub statement: StatementId,
    /// What the group says to it: agree or disagree.
    pub side: Vote,
    /// How many of the group say so.
    pub count: u32,
    /// How many of the group have answered.
    pub seen: u32,
    /// (count + 1) ÷ (seen + 2).
    pub share: f64,
    /// z of that share against one half.
    pub share_z: f64,
    /// That share ÷ the share outside the group.
    pub ratio: f64,
    /// z of the two shares against each other.
    pub ratio_z: f64,
    /// Whether both z pass 1.2816 (90 %, one-sided). Where none passes, the nearest is listed alone with `false`.
    pub significant: bool,
}

/// A statement, and what people say to it.
#[derive(Debug, Clone, PartialEq)]
pub struct StatementOnMap {
    /// Which.
    pub id: StatementId,
    /// Whether it is about the person and shapes no place.
    pub meta: bool,
    /// Mean of all votes, −1 to 1.
    pub centre: f64,
    /// How far a vote moves along each axis.
    pub along: [f64; 2],
    /// Where somebody would stand who has only agreed with this: √statements · (1 − centre) · along.
    pub x: f64,
    /// The same on the second axis.
    pub y: f64,
    /// Distance of that point from the middle: how far the statement sets people apart.
    pub extremity: f64,
    /// Answers of all.
    pub tally: Tally,
    /// Answers of each group.
    pub by_group: Vec<Tally>,
    /// Product over the groups of (agrees + 1) ÷ (answers + 2): near 1 only where every group agrees.
    pub group_consensus: f64,
    /// The same for disagreeing.
    pub group_dissent: f64,
    /// How well it is received beyond what camps explain (see the README): above 0 better than most.
    pub bridging: f64,
    /// Weight with which it is drawn as the next one to show.
    pub priority: f64,
}

/// What all share.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Consensus {
    /// What they agree with.
    pub agree: Vec<Shared>,
    /// What they disagree with.
    pub disagree: Vec<Shared>,
}

/// A statement that all share, and why it is listed.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Shared {
    /// Which.
    pub statement: StatementId,
    /// How many say so.
    pub count: u32,
    /// How many have answered.
    pub seen: u32,
    /// (count + 1) ÷ (seen + 2).
    pub share: f64,
    /// z of that share against one half.
    pub z: f64,
    /// The same share in the group where it is lowest.
    pub lowest: f64,
}

impl Map {
    /// The map of these votes.
    pub fn of(votes: &Votes, moderation: &Moderation, options: &Options) -> Self {
        let frame = Frame::of(votes, moderation);
        let moments = Moments::fits(votes).then(|| Moments::of(votes, &frame.people));
        frame.map(moderation, options, moments.as_ref(), None).0
    }

    /// Where somebody stands; none for people without votes, and banned ones.
    pub fn place(&self, person: PersonId) -> Option<&Place> {
        let at = self.people.binary_search_by_key(&person, |place| place.person).ok()?;
        self.people.get(at)
    }

    /// A statement of the map.
    pub fn statement(&self, id: StatementId) -> Option<&StatementOnMap> {
        let at = self.statements.binary_search_by_key(&id, |statement| statement.id).ok()?;
        self.statements.get(at)
    }

    /// The statement to show next to somebody, of those they may see and have not answered: drawn in proportion to its
    /// priority by a number from 0 to 1 that the caller draws. A statement that nobody has answered counts as new.
    pub fn next_statement(&self, open: &[StatementId], drawn: f64) -> Option<StatementId> {
        let fresh = priority(Tally::default(), 0.0, false);
        let weight = |id: &StatementId| self.statement(*id).map_or(fresh, |statement| statement.priority);
        let all: f64 = open.iter().map(weight).sum();
        let mut left = all * drawn.clamp(0.0, 1.0);
        for id in open {
            left -= weight(id);
            if left < 0.0 {
                return Some(*id);
            }
        }
        open.last().copied()
    }
}

/// What is looked at: people who are not banned, statements that are not moderated out.
pub(crate) struct Frame<'a> {
    pub(crate) votes: &'a Votes,
    /// Index of each person, and how often it counts.
    pub(crate) people: Vec<(u32, u8)>,
    /// Statements that shape the map.
    pub(crate) columns: Vec<u32>,
    /// Where each stands among `columns`.
    pub(crate) at: Vec<u32>,
    /// Statements that are shown: also those about the person.
    pub(crate) shown: Vec<u32>,
    /// Statements that count as answered with 0 by everybody: only in parity mode.
    pub(crate) zeroed: usize,
}

/// Places of the people of a frame, in its order.
pub(crate) struct Places {
    pub(crate) axes: Axes,
    pub(crate) means: Vec<f64>,
    pub(crate) spots: Vec<Spot>,
    /// Votes that count, of each person.
    pub(crate) counts: Vec<u32>,
    /// Prior votes with which the places were stretched.
    pub(crate) prior: f64,
}

impl<'a> Frame<'a> {
    pub(crate) fn of(votes: &'a Votes, moderation: &Moderation) -> Self {
        let people: Vec<(u32, u8)> = votes
            .people()
            .iter()
            .enumerate()
            .filter(|(_, person)| !moderation.banned.contains(person))
            .map(|(row, _)| (index(row), 1))
            .collect();
        let without = |sets: [&BTreeSet<StatementId>; 2]| -> Vec<u32> {
            let statements = votes.statements().iter().enumerate();
            statements
                .filter(|(_, id)| !sets.iter().any(|set| set.contains(id)))
                .map(|(column, _)| index(column))
                .collect()
        };
        let shown = without([&moderation.out, &BTreeSet::new()]);
        let mut columns = without([&moderation.out, &moderation.meta]);
        if !moderation.banned.is_empty() {
            // What only banned people have answered counts no more than what nobody has answered.
            let mut answered = vec![false; votes.statements().len()];
            for (row, _) in &people {
                for column in votes.row(*row as usize).0 {
                    answered[*column as usize] = true;
                }
            }
            columns.retain(|column| answered[*column as usize]);
        }
        let at = positions(votes.statements().len(), &columns);
        Self { votes, people, columns, at, shown, zeroed: 0 }
    }

    /// How many statements a place is stretched by.
    fn width(&self) -> usize {
        self.columns.len() + self.zeroed
    }

    pub(crate) fn places(&self, prior: f64, moments: Option<&Moments>) -> Places {
        let means = means(self.votes, &self.people, &self.columns, moments);
        let scatter = Scatter::of(self.votes, &self.people, &self.columns, &means, moments);
        let axes = eigen::leading(&scatter);
        let (spots, counts) = self.project(&means, &axes, prior);
        Places { axes, means, spots, counts, prior }
    }

    fn project(&self, means: &[f64], axes: &Axes, prior: f64) -> (Vec<Spot>, Vec<u32>) {
        let each = |(row, _): &(u32, u8)| {
            let (columns, values) = self.votes.row(*row as usize);
            let (mut x, mut y, mut count) = (0.0, 0.0, 0_usize);
            for (column, value) in columns.iter().zip(values) {
                let at = self.at[*column as usize];
                if at == LEFT_OUT {
                    continue;
                }
                let at = at as usize;
                let off = f64::from(*value) - means[at];
                x += off * axes.directions[0][at];
                y += off * axes.directions[1][at];
                count += 1;
            }
            let factor = stretch(self.width(), count + self.zeroed, prior);
            ((x * factor, y * factor), index(count))
        };
        let (first, second) = self.people.split_at(self.people.len() / 2);
        if self.votes.len() < WORTH_A_THREAD {
            return self.people.iter().map(each).unzip();
        }
        std::thread::scope(|scope| {
            let other = scope.spawn(|| second.iter().map(each).unzip());
            let (mut spots, mut counts): (Vec<Spot>, Vec<u32>) = first.iter().map(each).unzip();
            let (more_spots, more_counts): (Vec<Spot>, Vec<u32>) = match other.join() {
                Ok(second) => second,
                Err(panic) => std::panic::resume_unwind(panic),
            };
            spots.extend(more_spots);
            counts.extend(more_counts);
            (spots, counts)
        })
    }

    /// Positions in `people` of those who have voted enough to belong to a group.
    pub(crate) fn grouped(&self, counts: &[u32], min_votes: u32) -> Vec<usize> {
        let needed = min_votes.min(index(self.columns.len())).max(1);
        let mut enough: Vec<usize> = (0..counts.len()).filter(|at| counts[*at] >= needed).collect();
        if enough.len() < FILL_TO && enough.len() < counts.len() {
            // The most active others; all of those who have voted equally often as the last one.
            let mut sorted: Vec<u32> = counts.iter().copied().filter(|count| *count > 0).collect();
            sorted.sort_unstable_by(|a, b| b.cmp(a));
            if let Some(least) = sorted.get(FILL_TO - 1).or(sorted.last()) {
                enough = (0..counts.len()).filter(|at| counts[*at] >= *least.min(&needed)).collect();
            }
        }
        enough
    }

    pub(crate) fn map(
        &self,
        moderation: &Moderation,
        options: &Options,
        moments: Option<&Moments>,
        bridge: Option<Bridge>,
    ) -> (Map, Bridge) {
        let places = self.places(options.prior_votes.max(0.0), moments);
        let grouped = self.grouped(&places.counts, options.min_votes);
        let spots: Vec<Spot> = grouped.iter().map(|at| places.spots[*at]).collect();
        let most = cluster::most_groups(spots.len(), options.max_groups);
        let divisions = cluster::divisions(&spots, most, options.seed);
        let tried = divisions.iter().map(|found| (found.centres.len(), found.silhouette)).collect();
        let chosen = cluster::best(&divisions).and_then(|at| divisions.into_iter().nth(at));
        let mut groups = vec![None; self.people.len()];
        if let Some(chosen) = &chosen {
            for (at, label) in grouped.iter().zip(&chosen.labels) {
                groups[*at] = Some(*label);
            }
        }
        let count = chosen.as_ref().map_or(0, |chosen| chosen.centres.len());
        let (all, by_group) = self.tallies(&groups, count);
        let bridge = self.bridge(&places, bridge);
        let statements = self.statements(moderation, &places, &all, &by_group, &bridge);
        let map = Map {
            people: self.people_on_map(&places, &groups),
            groups: chosen.map_or_else(Vec::new, |chosen| describe(chosen, &statements)),
            consensus: select::shared_by_all(&statements),
            statements,
            silhouette: 0.0,
            tried,
            explained: places.axes.explained,
        };
        (with_silhouette(map), bridge)
    }

    /// The bridging scores, from the last solution or from the places.
    pub(crate) fn bridge(&self, places: &Places, last: Option<Bridge>) -> Bridge {
        if let Some(mut bridge) = last.filter(|_| self.votes.len() >= WARM_FROM) {
            bridge.solve(self.votes, &self.people, &self.at, Some(WARM_ROUNDS));
            return bridge;
        }
        let mut camps = vec![0.0; self.votes.people().len()];
        for ((row, _), spot) in self.people.iter().zip(&places.spots) {
            camps[*row as usize] = spot.0;
        }
        let mut bridge = Bridge::start(&camps, self.votes.statements().len());
        bridge.solve(self.votes, &self.people, &self.at, None);
        bridge
    }

    pub(crate) fn people_on_map(&self, places: &Places, groups: &[Option<u32>]) -> Vec<Place> {
        let rows = self.people.iter().zip(&places.spots).zip(&places.counts).zip(groups);
        rows.map(|((((row, _), (x, y)), votes), group)| Place {
            person: self.votes.people()[*row as usize],
            x: *x,
            y: *y,
            votes: *votes,
            stretch: stretch(self.width(), *votes as usize + self.zeroed, places.prior),
            group: *group,
        })
        .collect()
    }

    /// Answers to each statement, of all people and of each group (statement by statement).
    pub(crate) fn tallies(&self, groups: &[Option<u32>], count: usize) -> (Vec<Tally>, Vec<Vec<Tally>>) {
        let width = self.votes.statements().len();
        // The last column is of those without a group.
        let mut table = vec![[0_u32; 4]; width * (count + 1)];
        for ((row, _), group) in self.people.iter().zip(groups) {
            let group = group.map_or(count, |group| group as usize);
            let (columns, values) = self.votes.row(*row as usize);
            for (column, value) in columns.iter().zip(values) {
                let answer = usize::from(value.wrapping_add(1).unsigned_abs() & 3);
                table[*column as usize * (count + 1) + group][answer] += 1;
            }
        }
        let table: Vec<Tally> =
            table.into_iter().map(|[disagree, pass, agree, _]| Tally { agree, disagree, pass }).collect();
        table
            .chunks_exact(count + 1)
            .map(|row| (row.iter().fold(Tally::default(), |sum, one| sum.plus(*one)), row[..count].to_vec()))
            .unzip()
    }

    pub(crate) fn statements(
        &self,
        moderation: &Moderation,
        places: &Places,
        all: &[Tally],
        by_group: &[Vec<Tally>],
        bridge: &Bridge,
    ) -> Vec<StatementOnMap> {
        let scale = real(self.width()).sqrt();
        let one = |column: &u32| {
            let column = *column as usize;
            let id = self.votes.statements()[column];
            let (centre, along) = match self.at[column] {
                LEFT_OUT => (0.0, [0.0; 2]),
                at => {
                    let at = at as usize;
                    (places.means[at], [places.axes.directions[0][at], places.axes.directions[1][at]])
                }
            };
            let (x, y) = (scale * (1.0 - centre) * along[0], scale * (1.0 - centre) * along[1]);
            let extremity = length(x, y);
            let meta = moderation.meta.contains(&id);
            let (tally, by_group) = (all[column], by_group[column].clone());
            StatementOnMap {
                id,
                meta,
                centre,
                along,
                x,
                y,
                extremity,
                group_consensus: select::product(&by_group, |tally| tally.agree),
                group_dissent: select::product(&by_group, |tally| tally.disagree),
                bridging: bridge.statements.get(column).map_or(0.0, |found| found.0),
                priority: priority(tally, extremity, meta),
                tally,
                by_group,
            }
        };
        self.shown.iter().map(one).collect()
    }
}

/// From so many votes on the bridging scores go on from the last ones, by one round for each map: one more vote changes
/// little there, and a fresh start would take longer than all the rest.
pub(crate) const WARM_FROM: usize = 250_000;
const WARM_ROUNDS: usize = 1;

fn describe(chosen: Clustering, statements: &[StatementOnMap]) -> Vec<Group> {
    let several = chosen.centres.len() > 1;
    (0..chosen.centres.len())
        .map(|at| Group {
            id: index(at),
            size: index(chosen.sizes[at]),
            x: chosen.centres[at].0,
            y: chosen.centres[at].1,
            silhouette: chosen.silhouettes[at],
            representative: if several { select::representative(statements, at) } else { Vec::new() },
        })
        .collect()
}

fn with_silhouette(mut map: Map) -> Map {
    map.silhouette =
        map.tried.iter().find(|(k, _)| *k == map.groups.len()).map_or(0.0, |(_, silhouette)| *silhouette);
    map
}
