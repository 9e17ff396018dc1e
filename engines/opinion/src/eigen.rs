//! The two directions of largest variance of a symmetric matrix, by the Lanczos method.
//!
//! Lanczos 1950 with full reorthogonalisation; the small tridiagonal problem by the implicit QL method (Golub and
//! Van Loan, Matrix Computations, §8.3). Small matrices are followed to their full dimension, so that equal
//! eigenvalues are found as often as they occur.

use crate::moments::{Scatter, dot};
use crate::num::{Dice, real};

/// Up to this size the whole space is spanned.
const SPAN_ALL: usize = 64;
/// Largest number of steps for larger ones.
const MOST_STEPS: usize = 400;
/// The residual, relative to the largest eigenvalue, at which a direction counts as found.
const RESIDUAL: f64 = 1e-13;

/// Directions with their eigenvalues, largest first; each direction has length 1, or is zero where there is none.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Axes {
    pub(crate) directions: [Vec<f64>; 2],
    pub(crate) values: [f64; 2],
    /// Share of all variance that each explains.
    pub(crate) explained: [f64; 2],
}

/// The two leading directions of this matrix.
pub(crate) fn leading(matrix: &Scatter) -> Axes {
    let side = matrix.side();
    let trace = matrix.trace();
    let mut axes =
        Axes { directions: [vec![0.0; side], vec![0.0; side]], values: [0.0; 2], explained: [0.0; 2] };
    if side == 0 || trace.partial_cmp(&0.0) != Some(std::cmp::Ordering::Greater) {
        return axes;
    }
    let steps = if side <= SPAN_ALL { side } else { side.min(MOST_STEPS) };
    let mut basis: Vec<Vec<f64>> = Vec::with_capacity(steps);
    let (mut diagonal, mut beside) = (Vec::new(), Vec::new());
    let mut dice = Dice::new(0x0050_1A7E);
    let mut product = vec![0.0; side];
    let Some(mut next) = fresh(side, &basis, &mut dice) else { return axes };
    let mut check = 16;
    loop {
        matrix.times(&next, &mut product);
        let along = dot(&next, &product);
        basis.push(std::mem::take(&mut next));
        diagonal.push(along);
        orthogonalise(&mut product, &basis);
        let length = dot(&product, &product).sqrt();
        let done = basis.len() == steps;
        let broken = length <= trace * 1e-14;
        if done || (side > SPAN_ALL && !broken && basis.len() >= check) {
            check += 4;
            let found = tridiagonal(&diagonal, &beside);
            let top = found.first().map_or(0.0, |pair| pair.0);
            let close = |pair: &(f64, Vec<f64>)| {
                length * pair.1.last().map_or(0.0, |last| last.abs()) <= RESIDUAL * top
            };
            if done || found.iter().take(2).all(close) {
                for (slot, (value, weights)) in found.into_iter().take(2).enumerate() {
                    // What is not distinguishable from rounding is no direction.
                    if value <= trace * 1e-12 {
                        continue;
                    }
                    let mut direction = vec![0.0; side];
                    for (weight, vector) in weights.iter().zip(&basis) {
                        for (sum, x) in direction.iter_mut().zip(vector) {
                            *sum += weight * x;
                        }
                    }
                    normalise(&mut direction);
                    face(&mut direction);
                    axes.directions[slot] = direction;
                    axes.values[slot] = value;
                    axes.explained[slot] = value / trace;
                }
                return axes;
            }
        }
        if broken {
            // The space so far is closed: go on from somewhere outside of it.
            beside.push(0.0);
            match fresh(side, &basis, &mut dice) {
                Some(vector) => next = vector,
                None => next = vec![0.0; side],
            }
        } else {
            beside.push(length);
            next = product.iter().map(|x| x / length).collect();
        }
    }
}

/// A unit vector at a right angle to all of these.
fn fresh(side: usize, basis: &[Vec<f64>], dice: &mut Dice) -> Option<Vec<f64>> {
    for _ in 0..8 {
        let mut vector: Vec<f64> = (0..side).map(|_| dice.share() - 0.5).collect();
        normalise(&mut vector);
        orthogonalise(&mut vector, basis);
        if dot(&vector, &vector).sqrt() > 1e-8 {
            normalise(&mut vector);
            orthogonalise(&mut vector, basis);
            normalise(&mut vector);
            return Some(vector);
        }
    }
    None
}

/// Takes away what lies along the basis; twice, which is enough (Kahan and Parlett).
fn orthogonalise(vector: &mut [f64], basis: &[Vec<f64>]) {
    for _ in 0..2 {
        for known in basis {
            let along = dot(known, vector);
            for (x, y) in vector.iter_mut().zip(known) {
                *x -= along * y;
            }
        }
    }
}

fn normalise(vector: &mut [f64]) {
    let length = dot(vector, vector).sqrt();
    if length > 0.0 {
        for x in vector {
            *x /= length;
        }
    }
}

/// Of the two opposite directions the one whose largest component is positive: the side of those who agree with the
/// statement that divides most. Near-ties go to the first, so that rounding does not turn the map over.
fn face(direction: &mut [f64]) {
    let most = direction.iter().fold(0.0_f64, |most, x| most.max(x.abs()));
    let first = direction.iter().find(|x| x.abs() >= most * (1.0 - 1e-9));
    if first.is_some_and(|x| *x < 0.0) {
        for x in direction {
            *x = -*x;
        }
    }
}

/// Eigenvalues with eigenvectors of a symmetric tridiagonal matrix, largest first.
fn tridiagonal(diagonal: &[f64], beside: &[f64]) -> Vec<(f64, Vec<f64>)> {
    let side = diagonal.len();
    let mut values = diagonal.to_vec();
    let mut off: Vec<f64> = beside.iter().copied().take(side.saturating_sub(1)).collect();
    off.resize(side, 0.0);
    // Row i of `vectors` is the i-th eigenvector.
    let mut vectors: Vec<Vec<f64>> = (0..side)
        .map(|i| {
            let mut row = vec![0.0; side];
            row[i] = 1.0;
            row
        })
        .collect();
    for low in 0..side {
        // 60 turns are far more than any matrix needs; a matrix with an infinite entry would never end.
        for _ in 0..60 {
            let mut high = low;
            while high + 1 < side {
                let scale = values[high].abs() + values[high + 1].abs();
                if off[high].abs() <= f64::EPSILON * scale {
                    break;
                }
                high += 1;
            }
            if high == low {
                break;
            }
            let half = (values[low + 1] - values[low]) / (2.0 * off[low]);
            let root = length(half, 1.0);
            let mut shift = values[high] - values[low] + off[low] / (half + root.copysign(half));
            let (mut sine, mut cosine, mut carried) = (1.0, 1.0, 0.0);
            let mut split = false;
            for i in (low..high).rev() {
                let (across, along) = (sine * off[i], cosine * off[i]);
                let radius = length(across, shift);
                off[i + 1] = radius;
                if radius == 0.0 {
                    values[i + 1] -= carried;
                    off[high] = 0.0;
                    split = true;
                    break;
                }
                sine = across / radius;
                cosine = shift / radius;
                shift = values[i + 1] - carried;
                let turned = (values[i] - shift) * sine + 2.0 * cosine * along;
                carried = sine * turned;
                values[i + 1] = shift + carried;
                shift = cosine * turned - along;
                let (first, second) = vectors.split_at_mut(i + 1);
                for (x, y) in first[i].iter_mut().zip(&mut second[0]) {
                    let (before, after) = (*x, *y);
                    *y = sine * before + cosine * after;
                    *x = cosine * before - sine * after;
                }
            }
            if split {
                continue;
            }
            values[low] -= carried;
            off[low] = shift;
            off[high] = 0.0;
        }
    }
    let mut pairs: Vec<(f64, Vec<f64>)> = values.into_iter().zip(vectors).collect();
    pairs.sort_by(|a, b| b.0.total_cmp(&a.0));
    pairs
}

/// Length of a point seen from the middle.
pub(crate) fn length(x: f64, y: f64) -> f64 {
    (x * x + y * y).sqrt()
}

/// √(statements ÷ (votes + prior)): how far somebody with few votes is moved outwards.
pub(crate) fn stretch(statements: usize, votes: usize, prior: f64) -> f64 {
    (real(statements) / (real(votes) + prior).max(1.0)).sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dense(rows: &[&[f64]]) -> Scatter {
        Scatter::Dense { side: rows.len(), matrix: rows.concat() }
    }

    #[test]
    fn a_known_matrix_has_its_known_directions() {
        let axes = leading(&dense(&[&[2.0, 1.0, 0.0], &[1.0, 2.0, 0.0], &[0.0, 0.0, 0.5]]));
        assert!((axes.values[0] - 3.0).abs() < 1e-12 && (axes.values[1] - 1.0).abs() < 1e-12);
        let half = 0.5_f64.sqrt();
        for (x, y) in axes.directions[0].iter().zip([half, half, 0.0]) {
            assert!((x - y).abs() < 1e-12);
        }
        assert!((axes.explained[0] - 3.0 / 4.5).abs() < 1e-12);
    }

    #[test]
    fn equal_eigenvalues_are_both_found() {
        let axes = leading(&dense(&[&[4.0, 0.0, 0.0], &[0.0, 1.0, 0.0], &[0.0, 0.0, 4.0]]));
        assert!(axes.values.iter().all(|value| (value - 4.0).abs() < 1e-12));
        assert!(dot(&axes.directions[0], &axes.directions[1]).abs() < 1e-12);
    }

    #[test]
    fn nothing_and_one_direction_only() {
        assert_eq!(leading(&dense(&[&[0.0, 0.0], &[0.0, 0.0]])).values, [0.0, 0.0]);
        assert_eq!(leading(&dense(&[])).directions, [vec![], vec![]] as [Vec<f64>; 2]);
        let axes = leading(&dense(&[&[1.0, -1.0], &[-1.0, 1.0]]));
        assert!((axes.values[0] - 2.0).abs() < 1e-12);
        assert_eq!(axes.values[1], 0.0);
        assert!(axes.directions[1].iter().all(|x| *x == 0.0));
    }

    #[test]
    fn a_large_random_matrix_is_solved_to_the_last_digits() {
        let side = 150;
        let mut dice = Dice::new(11);
        let factors: Vec<Vec<f64>> =
            (0..200).map(|_| (0..side).map(|_| dice.share() - 0.5).collect()).collect();
        let mut matrix = vec![0.0; side * side];
        for row in &factors {
            for i in 0..side {
                for j in 0..side {
                    matrix[i * side + j] += row[i] * row[j];
                }
            }
        }
        let scatter = Scatter::Dense { side, matrix };
        let axes = leading(&scatter);
        let mut product = vec![0.0; side];
        for (direction, value) in axes.directions.iter().zip(axes.values) {
            scatter.times(direction, &mut product);
            for (x, y) in product.iter().zip(direction) {
                assert!((x - value * y).abs() < 1e-10 * axes.values[0]);
            }
        }
        assert!(axes.values[0] > axes.values[1]);
    }
}
