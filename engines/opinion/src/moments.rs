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

/// So many passes over the votes cost as much as counting as many pairs for each of them.
const PASSES: usize = 80;

/// The upper triangle of pairs, row by row, with the diagonal.
#[derive(Debug, Clone)]
pub(crate) struct Moments {
    width: usize,
    pairs: Vec<Pair>,
}

impl Moments {
    /// Whether counting pairs is worth it: whether the triangle stays within a fixed multiple of the votes, and there
    /// are not far more pairs than votes. Else the sparse table itself is multiplied.
    pub(crate) fn fits(votes: &Votes) -> bool {
        let width = votes.statements().len();
        let room = width.saturating_mul(width + 1) / 2 <= votes.len().saturating_mul(4) + (1 << 16);
        let pairs = || -> usize {
            let of = |row: usize| votes.row(row).0.len();
            (0..votes.people().len()).map(|row| of(row).saturating_mul(of(row)) / 2).sum()
        };
        room && pairs() <= votes.len().saturating_mul(PASSES)
    }

    /// Of the votes of some people, each counted so many times; by one thread.
    pub(crate) fn by_one(votes: &Votes, people: &[(u32, u8)]) -> Self {
        Self::count(votes, votes.statements().len(), people)
    }

    /// Of the votes of some people, each counted so many times.
    pub(crate) fn of(votes: &Votes, people: &[(u32, u8)]) -> Self {
        if votes.len() < WORTH_A_THREAD {
            return Self::by_one(votes, people);
        }
        let width = votes.statements().len();
        let (first, second) = people.split_at(people.len() / 2);
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
        let mut sum = Self::empty(width);
        for (row, times) in people {
            let (columns, values) = votes.row(*row as usize);
            let times = i32::from(*times);
            for (at, (a, x)) in columns.iter().zip(values).enumerate() {
                let x = i32::from(*x);
                // What the pair gains for each value of the other vote, so that the inner loop only adds.
                let gains = [-1, 0, 1, 0].map(|y| [times, times * x * y, times * x, times * y]);
                let base = *a as usize;
                let row = sum.row(base);
                for (b, y) in columns[at..].iter().zip(&values[at..]) {
                    let gain = &gains[usize::from(y.wrapping_add(1).unsigned_abs() & 3)];
                    let pair = &mut row[*b as usize - base];
                    // No sum passes the number of people times 255; checks here would cost half the speed.
                    for (sum, gain) in pair.iter_mut().zip(gain) {
                        *sum = sum.wrapping_add(*gain);
                    }
                }
            }
        }
        sum
    }

    fn row(&mut self, a: usize) -> &mut [Pair] {
        let start = a * self.width - a * a.saturating_sub(1) / 2;
        &mut self.pairs[start..start + self.width - a]
    }

    /// Makes room for a statement that came between.
    pub(crate) fn insert_column(&mut self, column: usize) {
        let old = std::mem::replace(self, Self::empty(self.width + 1));
        let mut from = old.pairs.into_iter();
        for a in (0..self.width).filter(|a| *a != column) {
            for (b, into) in (a..).zip(self.row(a)) {
                if b != column {
                    *into = from.next().unwrap_or_default();
                }
            }
        }
    }

    fn empty(width: usize) -> Self {
        Self { width, pairs: vec![[0; 4]; width * (width + 1) / 2] }
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
pub(crate) enum Scatter {
    /// Row by row.
    Dense { side: usize, matrix: Vec<f64> },
    /// Through the votes themselves, each less its mean: for very many statements.
    Sparse { side: usize, rows: Vec<(u32, f64)>, columns: Vec<u32>, values: Vec<f64> },
}

/// Marks a statement that is not looked at.
pub(crate) const LEFT_OUT: u32 = u32::MAX;

impl Scatter {
    /// Of these statements (`columns` ascending, with their means) over these people.
    pub(crate) fn of(
        votes: &Votes,
        people: &[(u32, u8)],
        columns: &[u32],
        means: &[f64],
        moments: Option<&Moments>,
    ) -> Self {
        let side = columns.len();
        if let Some(moments) = moments {
            return Self::Dense { side, matrix: moments.scatter(columns, means) };
        }
        let at = positions(votes.statements().len(), columns);
        let (mut rows, mut columns, mut values) = (Vec::with_capacity(people.len()), Vec::new(), Vec::new());
        for (person, times) in people {
            let (voted, cast) = votes.row(*person as usize);
            for (column, value) in voted.iter().zip(cast) {
                let position = at[*column as usize];
                if position != LEFT_OUT {
                    columns.push(position);
                    values.push(f64::from(*value) - means[position as usize]);
                }
            }
            rows.push((index(columns.len()), f64::from(*times)));
        }
        Self::Sparse { side, rows, columns, values }
    }

    pub(crate) fn side(&self) -> usize {
        match self {
            Self::Dense { side, .. } | Self::Sparse { side, .. } => *side,
        }
    }

    /// Sum of the diagonal: all variance.
    pub(crate) fn trace(&self) -> f64 {
        match self {
            Self::Dense { side, matrix } => (0..*side).map(|i| matrix[i * side + i]).sum(),
            Self::Sparse { rows, values, .. } => {
                let mut from = 0;
                let square = |(to, times): &(u32, f64)| {
                    let row = &values[std::mem::replace(&mut from, *to as usize)..*to as usize];
                    times * dot(row, row)
                };
                rows.iter().map(square).sum()
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
            Self::Sparse { rows, columns, values, .. } => {
                result.fill(0.0);
                let mut from = 0;
                for (to, times) in rows {
                    let range = from..*to as usize;
                    from = range.end;
                    let (columns, values) = (&columns[range.clone()], &values[range]);
                    let along = times * gathered(columns, values, vector);
                    for (at, x) in columns.iter().zip(values) {
                        result[*at as usize] += along * x;
                    }
                }
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

/// The inner product of a sparse row with a vector, in four running sums.
fn gathered(columns: &[u32], values: &[f64], vector: &[f64]) -> f64 {
    let mut sums = [0.0; 4];
    let (column_blocks, value_blocks) = (columns.chunks_exact(4), values.chunks_exact(4));
    let rest = column_blocks.remainder().iter().zip(value_blocks.remainder());
    let rest: f64 = rest.map(|(at, x)| x * vector[*at as usize]).sum();
    for (columns, values) in column_blocks.zip(value_blocks) {
        for ((sum, at), x) in sums.iter_mut().zip(columns).zip(values) {
            *sum += x * vector[*at as usize];
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
        assert_eq!(votes.add_statement(50), Err(12));
        moments.insert_column(12);
        votes.set(5, 12, 1);
        moments.change(votes.row(5), 12, 1, 1);
        assert_eq!(moments.pairs, Moments::of(&votes, &people).pairs);
        let shifted: Vec<_> = votes.iter().map(|(person, id, vote)| (person, id + 1, vote)).collect();
        let mut votes = Votes::collect(shifted).unwrap();
        assert_eq!(votes.add_statement(0), Err(0));
        moments.insert_column(0);
        assert_eq!(moments.pairs, Moments::of(&votes, &people).pairs);
    }
}
