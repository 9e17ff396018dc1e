//! The map exactly as the production system of Polis computes it, with its quirks, for comparison.
//!
//! Production is not a function of the votes: it goes on from what it computed before. Somebody who once belonged to
//! the conversation stays in it, k-means begins with the last clusters, and a new number of groups must win four times
//! in a row. So there is a [`State`], which is empty at first; with the state that production had, the outputs
//! are equal. Every quirk that the default mode leaves out is kept: moderated statements are set to 0 for
//! everybody and still count, banned people stay, group k-means stops after 20 rounds.

use std::collections::{BTreeMap, BTreeSet};

use crate::cluster::{Spot, one_silhouette};
use crate::eigen::length;
use crate::map::{Consensus, FILL_TO, Frame, Group, Map, Representative, Shared, StatementOnMap};
use crate::moments::{Moments, positions};
use crate::num::{index, real};
use crate::select::{listed, sides};
use crate::stats::{LISTED, SIGNIFICANT, Side, one_share, priority, share};
use crate::votes::{Moderation, PersonId, Tally, Vote, Votes};

/// Votes that somebody needs to belong to the conversation.
const ENOUGH: usize = 7;
/// Base clusters at most.
const BASE: usize = 100;
/// Rounds of k-means for base clusters.
const BASE_ROUNDS: usize = 100;
/// Rounds of k-means for groups: its setting never reaches the function, so that the default holds.
const GROUP_ROUNDS: usize = 20;
/// Centres that move less than this have settled.
const SETTLED: f64 = 0.01;
/// How often a new number of groups must win.
const BUFFER: u32 = 4;

/// What production remembers from one computation to the next.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct State {
    /// Who belongs to the conversation, for good.
    pub members: BTreeSet<PersonId>,
    /// Base clusters by their numbers.
    pub base: BTreeMap<u32, Vec<PersonId>>,
    /// For each number of groups the base clusters of each group.
    pub groups: BTreeMap<usize, Vec<Vec<u32>>>,
    /// The number of groups that is shown.
    pub shown: Option<usize>,
    /// The number of groups that won last, and how often in a row.
    pub last: Option<(usize, u32)>,
}

/// Some points that belong together.
#[derive(Debug, Clone, PartialEq)]
struct Cluster {
    id: u32,
    members: Vec<usize>,
    centre: Spot,
}

/// Points with their weights.
struct Points<'a> {
    spots: &'a [Spot],
    weights: Option<&'a [f64]>,
}

/// The map that production shows for these votes, from what it remembered; `state` is brought up to date.
pub fn map(votes: &Votes, moderation: &Moderation, state: &mut State) -> Map {
    let frame = frame(votes, moderation);
    let moments = Moments::fits(votes).then(|| Moments::of(votes, &frame.people));
    let places = frame.places(0.0, moments.as_ref());
    join(votes, state);
    let rows: Vec<usize> =
        (0..votes.people().len()).filter(|row| state.members.contains(&votes.people()[*row])).collect();
    let spots: Vec<Spot> = rows.iter().map(|row| places.spots[*row]).collect();

    let base = base_clusters(votes, &rows, &spots, state);
    let centres: Vec<Spot> = base.iter().map(|cluster| cluster.centre).collect();
    let weights: Vec<f64> = base.iter().map(|cluster| real(cluster.members.len())).collect();
    let mut tried: Vec<(usize, f64, Vec<Cluster>)> = Vec::new();
    if !base.is_empty() {
        for k in 2..=5.min(2 + base.len() / 12) {
            let points = Points { spots: &centres, weights: Some(&weights) };
            let last = state.groups.get(&k).map(|groups| group_members(groups, &base));
            let groups = k_means(&points, k, last.as_deref(), GROUP_ROUNDS);
            tried.push((k, silhouette(&centres, &groups), groups));
        }
    }
    let shown = smooth(&tried, state);
    state.base = base
        .iter()
        .map(|cluster| (cluster.id, cluster.members.iter().map(|at| votes.people()[rows[*at]]).collect()))
        .collect();
    state.groups = tried
        .iter()
        .map(|(k, _, groups)| {
            let ids = |group: &Cluster| group.members.iter().map(|at| base[*at].id).collect();
            (*k, groups.iter().map(ids).collect())
        })
        .collect();

    let chosen = tried.iter().find(|(k, ..)| Some(*k) == shown);
    let groups: &[Cluster] = chosen.map_or(&[], |(.., groups)| groups);
    let mut group_of = vec![None; votes.people().len()];
    for (at, group) in groups.iter().enumerate() {
        for row in group.members.iter().flat_map(|at| &base[*at].members).map(|at| rows[*at]) {
            group_of[row] = Some(index(at));
        }
    }
    let (all, by_group) = frame.tallies(&group_of, groups.len());
    let bridge = frame.bridge(&places, None);
    let mut statements = frame.statements(moderation, &places, &all, &by_group, &bridge);
    for statement in &mut statements {
        let grouped = statement.by_group.iter().fold(Tally::default(), |sum, tally| sum.plus(*tally));
        statement.priority = priority(grouped, statement.extremity, statement.meta);
    }
    let open: Vec<&StatementOnMap> = statements
        .iter()
        .filter(|statement| !statement.meta && !moderation.out.contains(&statement.id))
        .collect();
    let groups = groups
        .iter()
        .enumerate()
        .map(|(at, group)| Group {
            id: index(at),
            size: index(group_of.iter().filter(|of| **of == Some(index(at))).count()),
            x: group.centre.0,
            y: group.centre.1,
            silhouette: mean_of(&silhouettes_of(&centres, groups, at)),
            representative: representative(&open, at),
        })
        .collect();
    Map {
        people: frame.people_on_map(&places, &group_of),
        groups,
        consensus: Consensus {
            agree: majority(&open, |tally| tally.agree),
            disagree: majority(&open, |tally| tally.disagree),
        },
        statements,
        silhouette: chosen.map_or(0.0, |(_, silhouette, _)| *silhouette),
        tried: tried.iter().map(|(k, silhouette, _)| (*k, *silhouette)).collect(),
        explained: places.axes.explained,
    }
}

/// Everybody and everything; what moderation took out counts as answered with 0.
fn frame<'a>(votes: &'a Votes, moderation: &Moderation) -> Frame<'a> {
    let all: Vec<u32> = (0..votes.statements().len()).map(index).collect();
    let columns: Vec<u32> = all
        .iter()
        .copied()
        .filter(|column| {
            let id = votes.statements()[*column as usize];
            !moderation.out.contains(&id) && !moderation.meta.contains(&id)
        })
        .collect();
    Frame {
        votes,
        people: (0..votes.people().len()).map(|row| (index(row), 1)).collect(),
        at: positions(all.len(), &columns),
        zeroed: all.len() - columns.len(),
        columns,
        shown: all,
    }
}

/// Those who have voted enough join; below 15 the most active others too.
fn join(votes: &Votes, state: &mut State) {
    let needed = ENOUGH.min(votes.statements().len());
    let counts: Vec<(usize, PersonId)> =
        votes.people().iter().enumerate().map(|(row, person)| (votes.row(row).0.len(), *person)).collect();
    state.members.extend(counts.iter().filter(|(count, _)| *count >= needed).map(|(_, person)| *person));
    if state.members.len() < FILL_TO {
        let mut others: Vec<(usize, PersonId)> =
            counts.into_iter().filter(|(_, person)| !state.members.contains(person)).collect();
        others.sort_by_key(|(count, _)| std::cmp::Reverse(*count));
        let missing = FILL_TO - state.members.len();
        state.members.extend(others.into_iter().take(missing).map(|(_, person)| person));
    }
}

fn base_clusters(votes: &Votes, rows: &[usize], spots: &[Spot], state: &State) -> Vec<Cluster> {
    let at: BTreeMap<PersonId, usize> =
        rows.iter().enumerate().map(|(at, row)| (votes.people()[*row], at)).collect();
    let last: Vec<(u32, Vec<usize>)> = state
        .base
        .iter()
        .map(|(id, people)| (*id, people.iter().filter_map(|person| at.get(person).copied()).collect()))
        .collect();
    let points = Points { spots, weights: None };
    k_means(&points, BASE, (!last.is_empty()).then_some(&last), BASE_ROUNDS)
}

fn group_members(groups: &[Vec<u32>], base: &[Cluster]) -> Vec<(u32, Vec<usize>)> {
    let at: BTreeMap<u32, usize> = base.iter().enumerate().map(|(at, cluster)| (cluster.id, at)).collect();
    let members = |ids: &Vec<u32>| ids.iter().filter_map(|id| at.get(id).copied()).collect();
    groups.iter().enumerate().map(|(id, ids)| (index(id), members(ids))).collect()
}

/// A new number of groups is shown when it has won often enough in a row.
fn smooth(tried: &[(usize, f64, Vec<Cluster>)], state: &mut State) -> Option<usize> {
    let mut best: Option<(usize, f64)> = None;
    for (k, silhouette, _) in tried {
        if best.is_none_or(|(_, most)| *silhouette >= most) {
            best = Some((*k, *silhouette));
        }
    }
    let (k, _) = best?;
    let times = match state.last {
        Some((last, times)) if last == k => times + 1,
        _ => 1,
    };
    state.last = Some((k, times));
    // A number that the data no longer allow cannot be shown.
    let before = state.shown.filter(|shown| tried.iter().any(|(k, ..)| k == shown));
    state.shown = if times >= BUFFER { Some(k) } else { before.or(Some(k)) };
    state.shown
}

impl Points<'_> {
    fn weight(&self, at: usize) -> f64 {
        self.weights.and_then(|weights| weights.get(at).copied()).unwrap_or(1.0)
    }

    fn centre(&self, members: &[usize]) -> Option<Spot> {
        let (mut x, mut y, mut all) = (0.0, 0.0, 0.0);
        for at in members {
            let weight = self.weight(*at);
            x += weight * self.spots[*at].0;
            y += weight * self.spots[*at].1;
            all += weight;
        }
        (all > 0.0).then(|| (x / all, y / all))
    }
}

fn distance(a: Spot, b: Spot) -> f64 {
    length(a.0 - b.0, a.1 - b.1)
}

/// k-means from the last clusters, or from the first different points.
fn k_means(points: &Points, k: usize, last: Option<&[(u32, Vec<usize>)]>, rounds: usize) -> Vec<Cluster> {
    let mut clusters = match last {
        Some(last) => go_on(points, k, last),
        None => first_points(points, k),
    };
    for round in 0..=rounds {
        let next = step(points, &clusters);
        let settled = settled(&clusters, &next);
        clusters = next;
        if settled || round == rounds {
            break;
        }
    }
    clusters.sort_by_key(|cluster| cluster.id);
    clusters
}

fn first_points(points: &Points, k: usize) -> Vec<Cluster> {
    let mut starts: Vec<Spot> = Vec::new();
    for spot in points.spots {
        if starts.len() == k {
            break;
        }
        if !starts.contains(spot) {
            starts.push(*spot);
        }
    }
    starts
        .into_iter()
        .enumerate()
        .map(|(id, centre)| Cluster { id: index(id), members: Vec::new(), centre })
        .collect()
}

/// The last clusters where their people now stand: empty ones go, equal ones are joined, and while there are too few
/// the point farthest from all centres gets its own.
fn go_on(points: &Points, k: usize, last: &[(u32, Vec<usize>)]) -> Vec<Cluster> {
    let mut clusters: Vec<Cluster> = Vec::new();
    for (id, members) in last {
        let Some(centre) = points.centre(members) else { continue };
        match clusters.iter_mut().find(|cluster| cluster.centre == centre) {
            Some(same) => same.members.extend(members),
            None => clusters.push(Cluster { id: *id, members: members.clone(), centre }),
        }
    }
    if clusters.is_empty() {
        return first_points(points, k);
    }
    let mut different: Vec<Spot> = points.spots.to_vec();
    different.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.total_cmp(&b.1)));
    different.dedup();
    while clusters.len() < k.min(different.len()) {
        let mut farthest: Option<(f64, usize)> = None;
        for (at, spot) in points.spots.iter().enumerate() {
            let near = clusters.iter().map(|c| distance(*spot, c.centre)).fold(f64::INFINITY, f64::min);
            if farthest.is_none_or(|(most, _)| near >= most) {
                farthest = Some((near, at));
            }
        }
        let Some((_, at)) = farthest.filter(|(most, _)| *most > 0.0) else { break };
        for cluster in &mut clusters {
            cluster.members.retain(|member| *member != at);
            if let Some(centre) = points.centre(&cluster.members) {
                cluster.centre = centre;
            }
        }
        let id = clusters.iter().map(|cluster| cluster.id).max().unwrap_or(0).saturating_add(1);
        clusters.push(Cluster { id, members: vec![at], centre: points.spots[at] });
    }
    clusters
}

/// Everybody to the nearest centre (of equals the last), then centres to their people; empty clusters go.
fn step(points: &Points, clusters: &[Cluster]) -> Vec<Cluster> {
    let mut members = vec![Vec::new(); clusters.len()];
    for (at, spot) in points.spots.iter().enumerate() {
        let mut best = (0, f64::INFINITY);
        for (number, cluster) in clusters.iter().enumerate() {
            let away = distance(*spot, cluster.centre);
            if away <= best.1 {
                best = (number, away);
            }
        }
        if let Some(members) = members.get_mut(best.0) {
            members.push(at);
        }
    }
    clusters
        .iter()
        .zip(members)
        .filter_map(|(cluster, members)| {
            let centre = points.centre(&members)?;
            Some(Cluster { id: cluster.id, members, centre })
        })
        .collect()
}

fn settled(before: &[Cluster], after: &[Cluster]) -> bool {
    let sorted = |clusters: &[Cluster]| {
        let mut centres: Vec<Spot> = clusters.iter().map(|cluster| cluster.centre).collect();
        centres.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.total_cmp(&b.1)));
        centres
    };
    sorted(before).into_iter().zip(sorted(after)).all(|(a, b)| distance(a, b) < SETTLED)
}

fn silhouette(centres: &[Spot], groups: &[Cluster]) -> f64 {
    let all: Vec<f64> = (0..groups.len()).flat_map(|at| silhouettes_of(centres, groups, at)).collect();
    mean_of(&all)
}

fn mean_of(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / real(values.len()).max(1.0)
}

/// Silhouettes of the base clusters of a group, each counted once however many people it stands for.
fn silhouettes_of(centres: &[Spot], groups: &[Cluster], own: usize) -> Vec<f64> {
    let masses: Vec<f64> = groups.iter().map(|group| real(group.members.len())).collect();
    let Some(group) = groups.get(own) else { return Vec::new() };
    group
        .members
        .iter()
        .map(|at| {
            let sum =
                |group: &Cluster| group.members.iter().map(|to| distance(centres[*at], centres[*to])).sum();
            let sums: Vec<f64> = groups.iter().map(sum).collect();
            one_silhouette(own, &sums, &masses)
        })
        .collect()
}

/// The statements that production lists for a group: the best agree first, then what passes the tests by weight.
fn representative(statements: &[&StatementOnMap], group: usize) -> Vec<Representative> {
    let chosen =
        |[agree, disagree]: [Side; 2]| if agree.ratio_z > disagree.ratio_z { agree } else { disagree };
    let mut sufficient: Vec<(u64, Side)> = Vec::new();
    let mut nearest: Option<(u64, Side)> = None;
    let mut best_agree: Option<(u64, [Side; 2])> = None;
    for statement in statements {
        let both = sides(statement, group);
        let [agree, disagree] = both;
        if agree.passes() || disagree.passes() {
            sufficient.push((statement.id, chosen(both)));
        }
        let z = agree.ratio_z.max(disagree.ratio_z);
        if sufficient.is_empty() && nearest.is_none_or(|(_, best)| z > best.ratio_z) {
            nearest = Some((statement.id, chosen(both)));
        }
        if agree.successes == 0 && disagree.successes == 0 {
            continue;
        }
        let better = match best_agree {
            Some((_, [best, _])) if best.ratio > 1.0 => agree.weight() > best.weight(),
            Some((_, [best, _])) => agree.share * agree.share_z > best.share * best.share_z,
            None => agree.share_z > SIGNIFICANT || (agree.ratio > 1.0 && agree.share > 0.5),
        };
        if better {
            best_agree = Some((statement.id, both));
        }
    }
    let finish = |(id, side): &(u64, Side)| listed(*id, side, side.passes());
    let head = best_agree.map(|(id, both)| (id, chosen(both)));
    if sufficient.is_empty() {
        return head.or(nearest).iter().map(finish).collect();
    }
    sufficient.retain(|(id, _)| head.is_none_or(|(best, _)| best != *id));
    sufficient.sort_by(|a, b| b.1.weight().total_cmp(&a.1.weight()));
    let list: Vec<(u64, Side)> = head.into_iter().chain(sufficient).take(LISTED).collect();
    let of = |vote: Vote| list.iter().filter(move |(_, side)| side.vote == vote);
    of(Vote::Agree).chain(of(Vote::Disagree)).map(finish).collect()
}

/// What more than half of all people say, significantly so: at most five, by share times z.
fn majority(statements: &[&StatementOnMap], count: fn(&Tally) -> u32) -> Vec<Shared> {
    let mut found: Vec<Shared> = statements
        .iter()
        .map(|statement| {
            let (successes, seen) = (count(&statement.tally), statement.tally.seen());
            let lowest = statement
                .by_group
                .iter()
                .map(|tally| share(count(tally), tally.seen()))
                .fold(share(successes, seen), f64::min);
            Shared {
                statement: statement.id,
                count: successes,
                seen,
                share: share(successes, seen),
                z: one_share(successes, seen),
                lowest,
            }
        })
        .filter(|shared| shared.share > 0.5 && shared.z > SIGNIFICANT)
        .collect();
    found.sort_by(|a, b| (b.share * b.z).total_cmp(&(a.share * a.z)));
    found.truncate(LISTED);
    found
}
