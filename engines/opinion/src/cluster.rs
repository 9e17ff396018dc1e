//! Groups on the map: k-means for each small k, and the silhouette that chooses among them.
//!
//! k-means++ (Arthur and Vassilvitskii 2007) with seeded restarts, Lloyd's iteration to its end, silhouettes by
//! Rousseeuw 1987. Points are sorted by their coordinates first, so that neither the order nor the numbers of people
//! can change the outcome. Of many people the cells of a fine grid stand for them while starts are tried and, above
//! [`EXACT`], in the silhouette; membership is always settled on the people themselves.

use std::collections::BTreeMap;

use crate::eigen::length;
use crate::num::{Dice, index, real};

/// A place on the map.
pub(crate) type Spot = (f64, f64);

/// Up to so many people the silhouette is computed over all pairs.
pub(crate) const EXACT: usize = 2000;
/// Up to so many people starts are tried on the people themselves.
const SMALL: usize = 400;
/// Cells along each side of the grid.
const CELLS: f64 = 40.0;
/// Starts for each k.
const STARTS: u64 = 10;
/// Most groups that are ever tried.
pub(crate) const MOST: usize = 12;
/// Rounds of Lloyd's iteration; it ends by itself long before.
const ROUNDS: usize = 200;

/// One division into k groups, largest group first.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Clustering {
    pub(crate) centres: Vec<Spot>,
    /// Group of each point, in the order in which points were given.
    pub(crate) labels: Vec<u32>,
    pub(crate) sizes: Vec<usize>,
    /// Mean over all people.
    pub(crate) silhouette: f64,
    /// Mean over the people of each group.
    pub(crate) silhouettes: Vec<f64>,
}

/// Weighted points: people, or cells that stand for them.
struct Nodes {
    spots: Vec<Spot>,
    weights: Vec<f64>,
}

/// Largest k that is tried: as the production system does, at most 2 + ⌊n/12⌋.
pub(crate) fn most_groups(people: usize, max: usize) -> usize {
    max.min(MOST).min(2 + people / 12)
}

/// The divisions into 2, 3, … at most `max` groups, as far as there are different places; one group only where all
/// stand in one place; none without people.
pub(crate) fn divisions(points: &[Spot], max: usize, seed: u64) -> Vec<Clustering> {
    let mut placed: Vec<(Spot, u32)> =
        points.iter().enumerate().map(|(at, spot)| (*spot, index(at))).collect();
    placed.sort_unstable_by(|(a, i), (b, j)| a.0.total_cmp(&b.0).then(a.1.total_cmp(&b.1)).then(i.cmp(j)));
    let (sorted, order): (Vec<Spot>, Vec<u32>) = placed.into_iter().unzip();
    let mut different = sorted.clone();
    different.dedup();
    if different.is_empty() {
        return Vec::new();
    }
    let most = max.min(different.len());
    if most < 2 {
        return vec![single(&sorted)];
    }
    let people = Nodes { weights: vec![1.0; sorted.len()], spots: sorted };
    let grid = (people.spots.len() > SMALL).then(|| cells(&people.spots));
    let one = |k: usize| settle(&people, best_start(grid.as_ref().unwrap_or(&people), k, seed));
    let found: Vec<Vec<Spot>> = if people.spots.len() > EXACT {
        // Each k by itself, every other one by a second thread: the division of work changes nothing.
        std::thread::scope(|scope| {
            let odd = scope.spawn(|| (3..=most).step_by(2).map(one).collect::<Vec<_>>());
            let even: Vec<_> = (2..=most).step_by(2).map(one).collect();
            match odd.join() {
                Ok(odd) => {
                    let (mut even, mut odd) = (even.into_iter(), odd.into_iter());
                    (2..=most).filter_map(|k| if k % 2 == 0 { even.next() } else { odd.next() }).collect()
                }
                Err(panic) => std::panic::resume_unwind(panic),
            }
        })
    } else {
        (2..=most).map(one).collect()
    };
    let labels: Vec<Vec<u32>> = found.iter().map(|centres| assign(&people.spots, centres)).collect();
    let scores = match &grid {
        Some(grid) if people.spots.len() > EXACT => {
            let labels: Vec<Vec<u32>> = found.iter().map(|centres| assign(&grid.spots, centres)).collect();
            silhouettes(grid, &labels, &found)
        }
        _ => silhouettes(&people, &labels, &found),
    };
    found
        .into_iter()
        .zip(labels)
        .zip(scores)
        .map(|((centres, labels), (silhouette, silhouettes))| {
            arrange(centres, &labels, silhouette, &silhouettes, &order)
        })
        .collect()
}

/// The division with the highest silhouette; of equals the one with fewer groups.
pub(crate) fn best(divisions: &[Clustering]) -> Option<usize> {
    let mut best: Option<usize> = None;
    for (at, division) in divisions.iter().enumerate() {
        if best.is_none_or(|best| division.silhouette > divisions[best].silhouette + 1e-12) {
            best = Some(at);
        }
    }
    best
}

fn single(sorted: &[Spot]) -> Clustering {
    let people = real(sorted.len());
    let sum = sorted.iter().fold((0.0, 0.0), |sum, spot| (sum.0 + spot.0, sum.1 + spot.1));
    Clustering {
        centres: vec![(sum.0 / people, sum.1 / people)],
        labels: vec![0; sorted.len()],
        sizes: vec![sorted.len()],
        silhouette: 0.0,
        silhouettes: vec![0.0],
    }
}

/// Numbers groups by size, then from right to left, and gives labels in the order of the caller.
fn arrange(
    centres: Vec<Spot>,
    labels: &[u32],
    silhouette: f64,
    silhouettes: &[f64],
    order: &[u32],
) -> Clustering {
    let mut sizes = vec![0_usize; centres.len()];
    for label in labels {
        sizes[*label as usize] += 1;
    }
    let mut rank: Vec<usize> = (0..centres.len()).collect();
    rank.sort_by(|a, b| {
        let (one, other) = (centres[*a], centres[*b]);
        sizes[*b].cmp(&sizes[*a]).then(other.0.total_cmp(&one.0)).then(other.1.total_cmp(&one.1))
    });
    let mut number = vec![0_u32; centres.len()];
    for (new, old) in rank.iter().enumerate() {
        number[*old] = index(new);
    }
    let mut given = vec![0_u32; labels.len()];
    for (at, label) in order.iter().zip(labels) {
        given[*at as usize] = number[*label as usize];
    }
    Clustering {
        centres: rank.iter().map(|old| centres[*old]).collect(),
        labels: given,
        sizes: rank.iter().map(|old| sizes[*old]).collect(),
        silhouette,
        silhouettes: rank.iter().map(|old| silhouettes[*old]).collect(),
    }
}

/// The cells of a grid over all points, each at the mean of its people.
fn cells(points: &[Spot]) -> Nodes {
    let bounds = |along: fn(&Spot) -> f64| {
        points
            .iter()
            .map(along)
            .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), at| (low.min(at), high.max(at)))
    };
    let (x, y) = (bounds(|spot| spot.0), bounds(|spot| spot.1));
    let side = ((x.1 - x.0).max(y.1 - y.0) / CELLS).max(f64::MIN_POSITIVE);
    let cell = |at: f64, low: f64| {
        // At most CELLS, since `side` is a part of the longer extent.
        #[expect(clippy::cast_possible_truncation, reason = "a whole number from 0 to CELLS")]
        let cell = ((at - low) / side).floor().clamp(0.0, CELLS) as i32;
        cell
    };
    let mut sums: BTreeMap<(i32, i32), (f64, f64, f64)> = BTreeMap::new();
    for spot in points {
        let sum = sums.entry((cell(spot.0, x.0), cell(spot.1, y.0))).or_default();
        *sum = (sum.0 + spot.0, sum.1 + spot.1, sum.2 + 1.0);
    }
    let (spots, weights) = sums.into_values().map(|(x, y, count)| ((x / count, y / count), count)).unzip();
    Nodes { spots, weights }
}

fn square(a: Spot, b: Spot) -> f64 {
    let (x, y) = (a.0 - b.0, a.1 - b.1);
    x * x + y * y
}

/// The nearest centre and the square of its distance; of equals the first.
pub(crate) fn nearest(spot: Spot, centres: &[Spot]) -> (u32, f64) {
    let mut best = (0, f64::INFINITY);
    for (at, centre) in centres.iter().enumerate() {
        let distance = square(spot, *centre);
        if distance < best.1 {
            best = (index(at), distance);
        }
    }
    best
}

fn assign(spots: &[Spot], centres: &[Spot]) -> Vec<u32> {
    spots.iter().map(|spot| nearest(*spot, centres).0).collect()
}

/// Lloyd's iteration from the best of several starts.
fn best_start(nodes: &Nodes, k: usize, seed: u64) -> Vec<Spot> {
    let mut best: (f64, Vec<Spot>) = (f64::INFINITY, Vec::new());
    for round in 0..STARTS {
        let mut dice = Dice::of(seed, u64::from(index(k)), round);
        let centres = settle(nodes, spread(nodes, k, &mut dice));
        let spent: f64 = nodes
            .spots
            .iter()
            .zip(&nodes.weights)
            .map(|(spot, weight)| weight * nearest(*spot, &centres).1)
            .sum();
        if spent < best.0 * (1.0 - 1e-12) || best.1.is_empty() {
            best = (spent, centres);
        }
    }
    best.1
}

/// k-means++: each start is drawn in proportion to the square of the distance from those before.
fn spread(nodes: &Nodes, k: usize, dice: &mut Dice) -> Vec<Spot> {
    let draw = |shares: &[f64], dice: &mut Dice| {
        let all: f64 = shares.iter().sum();
        let mut left = dice.share() * all;
        let mut last = 0;
        for (at, share) in shares.iter().enumerate() {
            if *share > 0.0 {
                last = at;
                left -= share;
                if left < 0.0 {
                    break;
                }
            }
        }
        nodes.spots[last]
    };
    let mut centres = vec![draw(&nodes.weights, dice)];
    let mut shares: Vec<f64> = vec![f64::INFINITY; nodes.spots.len()];
    while centres.len() < k {
        let newest = centres[centres.len() - 1];
        let mut weighted = Vec::with_capacity(shares.len());
        for ((share, spot), weight) in shares.iter_mut().zip(&nodes.spots).zip(&nodes.weights) {
            *share = share.min(square(*spot, newest));
            weighted.push(*share * weight);
        }
        centres.push(draw(&weighted, dice));
    }
    centres
}

/// Lloyd's iteration until nothing moves. A centre that nobody is nearest to stays where it is.
fn settle(nodes: &Nodes, mut centres: Vec<Spot>) -> Vec<Spot> {
    let mut labels: Vec<u32> = Vec::new();
    for _ in 0..ROUNDS {
        let mut sums = vec![(0.0, 0.0, 0.0); centres.len()];
        let mut changed = labels.len() != nodes.spots.len();
        labels.resize(nodes.spots.len(), u32::MAX);
        for ((spot, weight), label) in nodes.spots.iter().zip(&nodes.weights).zip(&mut labels) {
            let (now, _) = nearest(*spot, &centres);
            changed |= std::mem::replace(label, now) != now;
            let sum = &mut sums[now as usize];
            *sum = (sum.0 + weight * spot.0, sum.1 + weight * spot.1, sum.2 + weight);
        }
        if !changed {
            break;
        }
        for (centre, (x, y, weight)) in centres.iter_mut().zip(sums) {
            if weight > 0.0 {
                *centre = (x / weight, y / weight);
            }
        }
    }
    centres
}

/// Mean silhouette, and that of each group, for several divisions at once: distances are computed once.
fn silhouettes(nodes: &Nodes, divisions: &[Vec<u32>], centres: &[Vec<Spot>]) -> Vec<(f64, Vec<f64>)> {
    // Nodes that are together in all divisions lie side by side.
    let mut order: Vec<usize> = (0..nodes.spots.len()).collect();
    let key = |at: usize| divisions.iter().map(move |labels| labels[at]);
    order.sort_by(|a, b| key(*a).cmp(key(*b)));
    let mut blocks: Vec<std::ops::Range<usize>> = Vec::new();
    for (place, at) in order.iter().enumerate() {
        match blocks.last_mut() {
            Some(block) if key(order[block.start]).eq(key(*at)) => block.end = place + 1,
            _ => blocks.push(place..place + 1),
        }
    }
    let xs: Vec<f64> = order.iter().map(|at| nodes.spots[*at].0).collect();
    let ys: Vec<f64> = order.iter().map(|at| nodes.spots[*at].1).collect();
    let weights: Vec<f64> = order.iter().map(|at| nodes.weights[*at]).collect();
    let masses: Vec<Vec<f64>> = divisions
        .iter()
        .zip(centres)
        .map(|(labels, centres)| {
            let mut masses = vec![0.0; centres.len()];
            for (label, weight) in labels.iter().zip(&nodes.weights) {
                masses[*label as usize] += weight;
            }
            masses
        })
        .collect();
    let mut scores: Vec<Vec<f64>> = centres.iter().map(|centres| vec![0.0; centres.len()]).collect();
    let mut to_block = vec![0.0; blocks.len()];
    for (place, at) in order.iter().enumerate() {
        let (x, y) = (xs[place], ys[place]);
        for (sum, block) in to_block.iter_mut().zip(&blocks) {
            *sum = distances(x, y, &xs[block.clone()], &ys[block.clone()], &weights[block.clone()]);
        }
        for (d, labels) in divisions.iter().enumerate() {
            let own = labels[*at] as usize;
            let mut sums = vec![0.0; masses[d].len()];
            for (sum, block) in to_block.iter().zip(&blocks) {
                sums[labels[order[block.start]] as usize] += sum;
            }
            scores[d][own] += weights[place] * one_silhouette(own, &sums, &masses[d]);
        }
    }
    scores
        .into_iter()
        .zip(masses)
        .map(|(scores, masses)| {
            let all: f64 = masses.iter().sum();
            let mean = scores.iter().sum::<f64>() / all.max(1.0);
            (mean, scores.iter().zip(&masses).map(|(sum, mass)| sum / mass.max(1.0)).collect())
        })
        .collect()
}

/// Of one person in the group `own`, from the sums of distances to all groups; 0 for somebody alone in a group.
pub(crate) fn one_silhouette(own: usize, sums: &[f64], masses: &[f64]) -> f64 {
    if masses[own] <= 1.0 {
        return 0.0;
    }
    let within = sums[own] / (masses[own] - 1.0);
    let beyond = sums
        .iter()
        .zip(masses)
        .enumerate()
        .filter(|(group, (_, mass))| *group != own && **mass > 0.0)
        .map(|(_, (sum, mass))| sum / mass)
        .fold(f64::INFINITY, f64::min);
    let larger = within.max(beyond);
    if larger > 0.0 && larger.is_finite() { (beyond - within) / larger } else { 0.0 }
}

/// Sum of weighted distances, in two running sums.
fn distances(x: f64, y: f64, xs: &[f64], ys: &[f64], weights: &[f64]) -> f64 {
    let mut sums = [0.0; 2];
    let pairs = xs.chunks_exact(2).zip(ys.chunks_exact(2)).zip(weights.chunks_exact(2));
    for ((xs, ys), weights) in pairs {
        for (((sum, px), py), weight) in sums.iter_mut().zip(xs).zip(ys).zip(weights) {
            *sum += weight * length(x - px, y - py);
        }
    }
    if let (1, Some(px), Some(py), Some(weight)) = (xs.len() % 2, xs.last(), ys.last(), weights.last()) {
        sums[0] += weight * length(x - px, y - py);
    }
    sums[0] + sums[1]
}

/// Which of the second groups corresponds to each of the first, one to one, so that most people are in corresponding
/// groups; `shared[a][b]` counts the people in both. Exact up to 12 groups, which is more than are ever tried.
pub(crate) fn correspondence(shared: &[Vec<usize>], second: usize) -> Vec<Option<usize>> {
    let second = second.min(MOST);
    // best[set of used second groups] = (people, choices so far)
    let mut best: BTreeMap<u32, (usize, Vec<Option<usize>>)> = BTreeMap::from([(0, (0, Vec::new()))]);
    for row in shared.iter().take(MOST) {
        let mut next: BTreeMap<u32, (usize, Vec<Option<usize>>)> = BTreeMap::new();
        for (used, (people, choices)) in &best {
            let options = (0..second).filter(|b| used & (1 << b) == 0).map(Some).chain([None]);
            for choice in options {
                let people = people + choice.and_then(|b| row.get(b)).copied().unwrap_or(0);
                let used = used | choice.map_or(0, |b| 1 << b);
                if next.get(&used).is_none_or(|known| known.0 < people) {
                    let choices = choices.iter().copied().chain([choice]).collect();
                    next.insert(used, (people, choices));
                }
            }
        }
        best = next;
    }
    let mut found: Option<(usize, Vec<Option<usize>>)> = None;
    for (people, choices) in best.into_values() {
        if found.as_ref().is_none_or(|known| known.0 < people) {
            found = Some((people, choices));
        }
    }
    let mut choices = found.map_or_else(Vec::new, |found| found.1);
    choices.resize(shared.len(), None);
    choices
}

/// Adjusted Rand index of two divisions of the same people (Hubert and Arabie 1985): 1 for equal ones, about 0 for
/// unrelated ones.
pub fn adjusted_rand_index(one: &[u32], other: &[u32]) -> f64 {
    let pairs = |count: usize| real(count) * (real(count) - 1.0) / 2.0;
    let (mut both, mut left, mut right) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
    let people = one.len().min(other.len());
    for (a, b) in one.iter().zip(other) {
        *both.entry((a, b)).or_insert(0_usize) += 1;
        *left.entry(a).or_insert(0_usize) += 1;
        *right.entry(b).or_insert(0_usize) += 1;
    }
    let sum_both: f64 = both.values().map(|count| pairs(*count)).sum();
    let sum_left: f64 = left.values().map(|count| pairs(*count)).sum();
    let sum_right: f64 = right.values().map(|count| pairs(*count)).sum();
    let all = pairs(people);
    if all <= 0.0 {
        return 1.0;
    }
    let expected = sum_left * sum_right / all;
    let most = f64::midpoint(sum_left, sum_right);
    if (most - expected).abs() < f64::EPSILON { 1.0 } else { (sum_both - expected) / (most - expected) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn heaps(seed: u64, sizes: &[(f64, f64, usize)]) -> (Vec<Spot>, Vec<u32>) {
        let mut dice = Dice::new(seed);
        let mut points = Vec::new();
        let mut truth = Vec::new();
        for (group, (x, y, size)) in sizes.iter().enumerate() {
            for _ in 0..*size {
                let bump = |dice: &mut Dice| dice.share() + dice.share() + dice.share() - 1.5;
                points.push((x + bump(&mut dice), y + bump(&mut dice)));
                truth.push(index(group));
            }
        }
        (points, truth)
    }

    #[test]
    fn planted_heaps_are_found_small_and_large() {
        for scale in [10, 100, 1000] {
            let (points, truth) =
                heaps(5, &[(0.0, 0.0, 4 * scale), (6.0, 0.0, 2 * scale), (0.0, 6.0, scale)]);
            let divisions = divisions(&points, most_groups(points.len(), 5), 1);
            let best = &divisions[best(&divisions).unwrap()];
            assert_eq!(best.centres.len(), 3, "scale {scale}");
            assert!(adjusted_rand_index(&best.labels, &truth) > 0.999);
            assert_eq!(best.sizes, [4 * scale, 2 * scale, scale]);
        }
    }

    #[test]
    fn the_order_of_points_changes_nothing() {
        let (points, _) = heaps(9, &[(0.0, 0.0, 300), (2.0, 1.0, 200), (1.0, 3.0, 100)]);
        let backwards: Vec<Spot> = points.iter().rev().copied().collect();
        let (one, other) = (divisions(&points, 5, 1), divisions(&backwards, 5, 1));
        for (one, other) in one.iter().zip(&other) {
            assert_eq!(one.centres, other.centres);
            assert_eq!(one.silhouette.to_bits(), other.silhouette.to_bits());
            assert!(one.labels.iter().eq(other.labels.iter().rev()));
        }
    }

    #[test]
    fn the_silhouette_is_that_of_the_definition() {
        let (points, _) = heaps(2, &[(0.0, 0.0, 20), (2.0, 0.0, 15), (9.0, 9.0, 1)]);
        for division in divisions(&points, 5, 1) {
            let distance = |a: usize, b: usize| square(points[a], points[b]).sqrt();
            let mut sum = 0.0;
            for i in 0..points.len() {
                let mean_to = |group: u32| {
                    let others: Vec<f64> = (0..points.len())
                        .filter(|j| *j != i && division.labels[*j] == group)
                        .map(|j| distance(i, j))
                        .collect();
                    (!others.is_empty()).then(|| others.iter().sum::<f64>() / real(others.len()))
                };
                let own = division.labels[i];
                let Some(within) = mean_to(own) else { continue };
                let beyond = (0..index(division.centres.len()))
                    .filter(|group| *group != own)
                    .filter_map(mean_to)
                    .fold(f64::INFINITY, f64::min);
                sum += (beyond - within) / within.max(beyond);
            }
            assert!((division.silhouette - sum / real(points.len())).abs() < 1e-12);
        }
    }

    #[test]
    fn few_people_and_equal_places() {
        assert!(divisions(&[], 5, 1).is_empty());
        assert_eq!(divisions(&[(1.0, 1.0)], 2, 1)[0].sizes, [1]);
        assert_eq!(divisions(&[(1.0, 1.0); 9], 2, 1)[0].sizes, [9]);
        let two = divisions(&[(0.0, 0.0), (1.0, 0.0), (0.0, 0.0)], 5, 1);
        assert_eq!((two.len(), two[0].sizes.as_slice()), (1, &[2, 1][..]));
        assert!(two[0].silhouette.is_finite());
    }

    #[test]
    fn groups_correspond_so_that_most_people_stay() {
        assert_eq!(correspondence(&[vec![1, 9], vec![8, 7]], 2), [Some(1), Some(0)]);
        assert_eq!(correspondence(&[vec![0, 9], vec![0, 10], vec![5, 0]], 2), [None, Some(1), Some(0)]);
        assert_eq!(correspondence(&[], 3), []);
    }

    #[test]
    fn the_rand_index_knows_equal_and_unrelated() {
        assert_eq!(adjusted_rand_index(&[0, 0, 1, 1], &[1, 1, 0, 0]), 1.0);
        assert!(adjusted_rand_index(&[0, 0, 1, 1], &[0, 1, 0, 1]) < 0.0);
        assert_eq!(adjusted_rand_index(&[], &[]), 1.0);
    }
}
