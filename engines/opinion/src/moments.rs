//! Whole-number co-moments of the statements: for every pair how many people voted on both and what they said.
//!
//! From them the covariance matrix follows exactly, whatever the order of the votes, and one more vote changes only
//! the pairs of that person.

use crate::num::{index, real};
use crate::votes::Votes;

/// Sums over the people who voted on both statements of a pair: how many, of products, of first, of second values.
type Pair = [i32; 4];

/// Fewer votes than this are not worth a second thread.
const WORTH_A_THREAD: usize = 40_000;

/// The upper triangle of pairs, row by row, with the diagonal.
#[derive(Debug, Clone)]
pub(crate) struct Moments {
    width: usize,
    pairs: Vec<Pair>,
}

impl Moments {
    /// Whether the triangle stays within a fixed multiple of the votes; else the sparse table itself is used.
    pub(crate) fn fits(votes: &Votes) -> bool {
        let width = votes.statements().len();
        width.saturating_mul(width + 1) / 2 <= votes.len().saturating_mul(4) + (1 << 16)
    }

    /// Of the votes of some people, each counted so many times.
    pub(crate) fn of(votes: &Votes, people: &[(u32, u8)]) -> Self {
        let width = votes.statements().len();
        let (first, second) = people.split_at(people.len() / 2);
        if votes.len() < WORTH_A_THREAD {
            return Self::count(votes, width, people);
        }
        // Whole numbers: the sum is the same however it is split.
        std::thread::scope(|scope| {
            let other = scope.spawn(|| Self::count(votes, width, second));
            let mut sum = Self::count(votes, width, first);
            match other.join() {
                Ok(rest) => {
                    for (into, from) in sum.pairs.iter_mut().zip(&rest.pairs) {
                        for (into, from) in into.iter_mut().zip(from) {
                            *into = into.wrapping_add(*from);
                        }
                    }
                    sum
                }
                Err(panic) => std::panic::resume_unwind(panic),
            }
        })
    }

    fn count(votes: &Votes, width: usize, people: &[(u32, u8)]) -> Self {
        let mut sum = Self { width, pairs: vec![[0; 4]; width * (width + 1) / 2] };
        for (row, times) in people {
            let (columns, values) = votes.row(*row as usize);
            let times = i32::from(*times);
            for (at, (a, x)) in columns.iter().zip(values).enumerate() {
                let x = i32::from(*x);
                let row = sum.row(*a as usize);
                let base = *a as usize;
                for (b, y) in columns[at..].iter().zip(&values[at..]) {
                    let y = i32::from(*y);
                    // No sum can pass the number of people times 255 copies; checks here would cost half the speed.
                    let pair = &mut row[*b as usize - base];
                    pair[0] = pair[0].wrapping_add(times);
                    pair[1] = pair[1].wrapping_add(times * x * y);
                    pair[2] = pair[2].wrapping_add(times * x);
                    pair[3] = pair[3].wrapping_add(times * y);
                }
            }
        }
        sum
    }

    fn row(&mut self, a: usize) -> &mut [Pair] {
        let start = a * self.width - a * a.saturating_sub(1) / 2;
        &mut self.pairs[start..start + self.width - a]
    }

    /// Adds (`times` 1) or takes away (−1) what one vote contributes beside the other votes of its person and itself.
    pub(crate) fn change(&mut self, others: (&[u32], &[i8]), column: usize, value: i8, times: i32) {
        let x = i32::from(value);
        let one = |pair: &mut Pair, x: i32, y: i32| {
            pair[0] += times;
            pair[1] += times * x * y;
            pair[2] += times * x;
            pair[3] += times * y;
        };
        for (b, y) in others.0.iter().zip(others.1) {
            let (b, y) = (*b as usize, i32::from(*y));
            match b.cmp(&column) {
                std::cmp::Ordering::Greater => one(&mut self.row(column)[b - column], x, y),
                std::cmp::Ordering::Less => one(&mut self.row(b)[column - b], y, x),
                std::cmp::Ordering::Equal => {}
            }
        }
        one(&mut self.row(column)[0], x, x);
    }

    /// Sum of values and number of votes of a statement.
    pub(crate) fn total(&self, column: usize) -> (i32, i32) {
        let at = column * self.width - column * column.saturating_sub(1) / 2;
        self.pairs.get(at).map_or((0, 0), |pair| (pair[2], pair[0]))
    }

    /// The scatter matrix of these statements about their means, missing votes at the mean: dense, row by row.
    pub(crate) fn scatter(&self, columns: &[u32], means: &[f64]) -> Vec<f64> {
        let side = columns.len();
        let mut matrix = vec![0.0; side * side];
        for (i, a) in columns.iter().enumerate() {
            let a = *a as usize;
            let start = a * self.width - a * a.saturating_sub(1) / 2;
            for (j, b) in columns.iter().enumerate().skip(i) {
                let [count, product, first, second] = self.pairs[start + *b as usize - a].map(f64::from);
                let sum = product - means[i] * second - means[j] * first + means[i] * means[j] * count;
                matrix[i * side + j] = sum;
                matrix[j * side + i] = sum;
            }
        }
        matrix
    }
}

/// A symmetric matrix, as something that can be multiplied with a vector.
pub(crate) enum Scatter<'a> {
    /// Row by row.
    Dense { side: usize, matrix: Vec<f64> },
    /// Through the votes themselves: for very many statements.
    Sparse { votes: &'a Votes, people: &'a [(u32, u8)], at: Vec<u32>, means: &'a [f64] },
}

/// Marks a statement that is not looked at.
pub(crate) const LEFT_OUT: u32 = u32::MAX;

impl<'a> Scatter<'a> {
    /// Of these statements (`columns` ascending, with their means) over these people.
    pub(crate) fn of(
        votes: &'a Votes,
        people: &'a [(u32, u8)],
        columns: &[u32],
        means: &'a [f64],
        moments: Option<&Moments>,
    ) -> Self {
        match moments {
            Some(moments) => Self::Dense { side: columns.len(), matrix: moments.scatter(columns, means) },
            None => Self::Sparse { votes, people, at: positions(votes.statements().len(), columns), means },
        }
    }

    pub(crate) fn side(&self) -> usize {
        match self {
            Self::Dense { side, .. } => *side,
            Self::Sparse { means, .. } => means.len(),
        }
    }

    /// Sum of the diagonal: all variance.
    pub(crate) fn trace(&self) -> f64 {
        match self {
            Self::Dense { side, matrix } => (0..*side).map(|i| matrix[i * side + i]).sum(),
            Self::Sparse { votes, people, at, means } => {
                let mut sum = 0.0;
                each_row(votes, people, at, means, |times, row| {
                    sum += times * row.iter().map(|(_, x)| x * x).sum::<f64>();
                });
                sum
            }
        }
    }

    /// Into `result`: the matrix times `vector`.
    pub(crate) fn times(&self, vector: &[f64], result: &mut [f64]) {
        match self {
            Self::Dense { side, matrix } => {
                for (out, row) in result.iter_mut().zip(matrix.chunks_exact((*side).max(1))) {
                    *out = dot(row, vector);
                }
            }
            Self::Sparse { votes, people, at, means } => {
                result.fill(0.0);
                each_row(votes, people, at, means, |times, row| {
                    let along = times * row.iter().map(|(at, x)| x * vector[*at]).sum::<f64>();
                    for (at, x) in row {
                        result[*at] += along * x;
                    }
                });
            }
        }
    }
}

/// Where each statement of the table stands among those that are looked at.
pub(crate) fn positions(width: usize, columns: &[u32]) -> Vec<u32> {
    let mut at = vec![LEFT_OUT; width];
    for (position, column) in columns.iter().enumerate() {
        at[*column as usize] = index(position);
    }
    at
}

fn each_row(
    votes: &Votes,
    people: &[(u32, u8)],
    at: &[u32],
    means: &[f64],
    mut each: impl FnMut(f64, &[(usize, f64)]),
) {
    let mut row = Vec::new();
    for (person, times) in people {
        row.clear();
        let (columns, values) = votes.row(*person as usize);
        for (column, value) in columns.iter().zip(values) {
            let position = at[*column as usize];
            if position != LEFT_OUT {
                let position = position as usize;
                row.push((position, f64::from(*value) - means[position]));
            }
        }
        each(f64::from(*times), &row);
    }
}

/// Inner product in four running sums: always the same four, so always the same result.
pub(crate) fn dot(a: &[f64], b: &[f64]) -> f64 {
    let mut sums = [0.0; 4];
    let (a_blocks, b_blocks) = (a.chunks_exact(4), b.chunks_exact(4));
    let rest: f64 = a_blocks.remainder().iter().zip(b_blocks.remainder()).map(|(x, y)| x * y).sum();
    for (x, y) in a_blocks.zip(b_blocks) {
        for ((sum, x), y) in sums.iter_mut().zip(x).zip(y) {
            *sum += x * y;
        }
    }
    (sums[0] + sums[1]) + (sums[2] + sums[3]) + rest
}

/// The mean of what was said to each statement; 0 where nobody voted.
pub(crate) fn means(
    votes: &Votes,
    people: &[(u32, u8)],
    columns: &[u32],
    moments: Option<&Moments>,
) -> Vec<f64> {
    let mean = |sum: f64, count: f64| if count > 0.0 { sum / count } else { 0.0 };
    if let Some(moments) = moments {
        return columns
            .iter()
            .map(|column| {
                let (sum, count) = moments.total(*column as usize);
                mean(f64::from(sum), f64::from(count))
            })
            .collect();
    }
    let mut sums = vec![(0_i64, 0_usize); votes.statements().len()];
    for (person, times) in people {
        let (row, values) = votes.row(*person as usize);
        for (column, value) in row.iter().zip(values) {
            let sum = &mut sums[*column as usize];
            sum.0 += i64::from(*value) * i64::from(*times);
            sum.1 += usize::from(*times);
        }
    }
    columns
        .iter()
        .map(|column| {
            let (sum, count) = sums[*column as usize];
            let size = real(usize::try_from(sum.unsigned_abs()).unwrap_or(usize::MAX));
            mean(if sum < 0 { -size } else { size }, real(count))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Vote;
    use crate::num::Dice;

    fn some_votes() -> Votes {
        let mut dice = Dice::new(3);
        let mut all = Vec::new();
        for person in 0..60 {
            for statement in 0..12 {
                if dice.share() < 0.5 {
                    all.push((person, statement, Vote::of(i8::try_from(dice.below(3)).unwrap() - 1)));
                }
            }
        }
        Votes::collect(all).unwrap()
    }

    #[test]
    fn both_ways_to_the_scatter_matrix_agree() {
        let votes = some_votes();
        let people: Vec<(u32, u8)> = (0..60).map(|row| (row, u8::try_from(row % 3).unwrap())).collect();
        let columns: Vec<u32> = (0..12).filter(|column| column % 5 != 2).collect();
        let moments = Moments::of(&votes, &people);
        let (with, without) =
            (means(&votes, &people, &columns, Some(&moments)), means(&votes, &people, &columns, None));
        assert_eq!(with, without);
        let dense = Scatter::of(&votes, &people, &columns, &with, Some(&moments));
        let sparse = Scatter::of(&votes, &people, &columns, &with, None);
        assert!((dense.trace() - sparse.trace()).abs() < 1e-9);
        let vector: Vec<f64> = (0..columns.len()).map(|at| real(at).sin()).collect();
        let (mut one, mut other) = (vec![0.0; columns.len()], vec![0.0; columns.len()]);
        dense.times(&vector, &mut one);
        sparse.times(&vector, &mut other);
        for (one, other) in one.iter().zip(&other) {
            assert!((one - other).abs() < 1e-9, "{one} {other}");
        }
    }

    #[test]
    fn a_changed_vote_changes_the_moments_as_if_counted_anew() {
        let mut votes = some_votes();
        let people: Vec<(u32, u8)> = (0..60).map(|row| (row, 1)).collect();
        let mut moments = Moments::of(&votes, &people);
        for (row, column, value) in [(3, 4, 1), (3, 4, -1), (59, 0, 0), (0, 11, 1)] {
            if let Some(old) = votes.set(row, column, value) {
                moments.change(votes.row(row), column, old, -1);
            }
            moments.change(votes.row(row), column, value, 1);
        }
        assert_eq!(moments.pairs, Moments::of(&votes, &people).pairs);
    }
}
