//! The bridging score: how well a statement is received beyond what people's camps explain.
//!
//! Each answer r (1 agree, ½ pass, 0 disagree) is explained as r = μ + i_u + i_n + f_u · f_n: a general level, how
//! friendly the person is, how well the statement is received by all, and how its camp meets the person's. The score
//! of a statement is i_n. As in Community Notes (Wojcik et al. 2022, "Birdwatch: crowd wisdom and bridging
//! algorithms"), with λ_i = 0.15 and λ_f = 0.03, we minimise
//!
//! mean (r − μ − i_u − i_n − f_u f_n)² + λ_i (μ² + mean i_u² + mean i_n²) + λ_f (mean f_u² + mean f_n²)
//!
//! where the means of the second part run over people and statements. Solved by alternating exact least squares, which
//! starts from the places on the map, so that no chance is involved.

use crate::moments::LEFT_OUT;
use crate::num::real;
use crate::votes::Votes;

/// λ_i.
const LEVEL: f64 = 0.15;
/// λ_f.
const CAMP: f64 = 0.03;
/// Rounds from a cold start at most.
const ROUNDS: usize = 200;
/// The largest change of a score at which it ends.
const STILL: f64 = 1e-5;
/// Fewer votes than this are not worth a second thread.
const WORTH_A_THREAD: usize = 100_000;

/// What has been found, by index of the table: a start for the next time.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Bridge {
    mean: f64,
    /// Level and camp of each person.
    people: Vec<(f64, f64)>,
    /// Level and camp of each statement.
    pub(crate) statements: Vec<(f64, f64)>,
}

/// Sums of the normal equations of one statement.
#[derive(Debug, Clone, Copy, Default)]
struct Sums {
    count: f64,
    camp: f64,
    camp_square: f64,
    /// Of answers less the level of the person.
    rest: f64,
    rest_camp: f64,
}

#[derive(Clone, Copy)]
struct Ridges {
    person: (f64, f64),
    statement: (f64, f64),
}

impl Bridge {
    /// From the places of the people along the first axis.
    pub(crate) fn start(camps: &[f64], statements: usize) -> Self {
        let square = camps.iter().map(|x| x * x).sum::<f64>() / real(camps.len()).max(1.0);
        let scale = if square > 0.0 { square.sqrt().recip() } else { 0.0 };
        Self {
            mean: 0.5,
            people: camps.iter().map(|x| (0.0, x * scale)).collect(),
            statements: vec![(0.0, 0.0); statements],
        }
    }

    /// Makes room for somebody who came between.
    pub(crate) fn insert_person(&mut self, row: usize) {
        self.people.insert(row.min(self.people.len()), (0.0, 0.0));
    }

    /// Makes room for a statement that came between.
    pub(crate) fn insert_statement(&mut self, column: usize) {
        self.statements.insert(column.min(self.statements.len()), (0.0, 0.0));
    }

    /// Solves for the votes of these rows on these columns (`at` says which). At most `rounds` rounds, if given.
    pub(crate) fn solve(&mut self, votes: &Votes, rows: &[(u32, u8)], at: &[u32], rounds: Option<usize>) {
        let counted = |row: u32| {
            votes.row(row as usize).0.iter().filter(|column| at[**column as usize] != LEFT_OUT).count()
        };
        let (mut answers, mut people) = (0, 0);
        for (row, _) in rows {
            let count = counted(*row);
            answers += count;
            people += usize::from(count > 0);
        }
        let statements = at.iter().filter(|position| **position != LEFT_OUT).count();
        if answers == 0 {
            self.statements.fill((0.0, 0.0));
            return;
        }
        let per_person = real(answers) / real(people.max(1));
        let per_statement = real(answers) / real(statements.max(1));
        let ridges = Ridges {
            person: (LEVEL * per_person, CAMP * per_person),
            statement: (LEVEL * per_statement, CAMP * per_statement),
        };
        for round in 0..rounds.unwrap_or(ROUNDS).min(ROUNDS) {
            // From a cold start the first round keeps the people as they are: they are the start.
            let sums = self.people_then_sums(votes, rows, at, ridges, round > 0 || rounds.is_some());
            let before: Vec<f64> = self.statements.iter().map(|statement| statement.0).collect();
            self.statements_then_mean(&sums, answers, ridges);
            self.balance(rows, at, people, statements);
            let moved = self.statements.iter().zip(&before).map(|(now, before)| (now.0 - before).abs());
            if round > 1 && moved.fold(0.0, f64::max) < STILL {
                break;
            }
        }
    }

    /// Moves along the directions that change no prediction to where the second part of the sum is least. Alternating
    /// squares alone creep along them for hundreds of rounds.
    fn balance(&mut self, rows: &[(u32, u8)], at: &[u32], people: usize, statements: usize) {
        let (people, statements) = (real(people).max(1.0), real(statements).max(1.0));
        // f_n + d with i_u − d f_u, then f_u + d with i_n − d f_n.
        let (mut product, mut square, mut camp) = (0.0, 0.0, 0.0);
        for (row, _) in rows {
            let (level, factor) = self.people[*row as usize];
            product += level * factor;
            square += factor * factor;
        }
        for (_, factor) in &self.statements {
            camp += factor;
        }
        let d = (LEVEL * product / people - CAMP * camp / statements) / (LEVEL * square / people + CAMP);
        for (row, _) in rows {
            let person = &mut self.people[*row as usize];
            person.0 -= d * person.1;
        }
        let open = |column: usize| at[column] != LEFT_OUT;
        (product, square, camp) = (0.0, 0.0, 0.0);
        for (column, (level, factor)) in self.statements.iter_mut().enumerate() {
            if open(column) {
                *factor += d;
                product += *level * *factor;
                square += *factor * *factor;
            }
        }
        for (row, _) in rows {
            camp += self.people[*row as usize].1;
        }
        let d = (LEVEL * product / statements - CAMP * camp / people) / (LEVEL * square / statements + CAMP);
        let (mut all_people, mut person_squares, mut all_statements, mut statement_squares) =
            (0.0, 0.0, 0.0, 0.0);
        for (column, (level, factor)) in self.statements.iter_mut().enumerate() {
            if open(column) {
                *level -= d * *factor;
                all_statements += *level;
                statement_squares += *factor * *factor;
            }
        }
        for (row, _) in rows {
            let person = &mut self.people[*row as usize];
            person.1 += d;
            all_people += person.0;
            person_squares += person.1 * person.1;
        }
        // Levels: μ + a + b with i_u − a, i_n − b; camps: f_u · c with f_n ÷ c.
        let (mean_people, mean_statements) = (all_people / people, all_statements / statements);
        let mean = (self.mean + mean_people + mean_statements) / 3.0;
        let (person_off, statement_off) = (mean_people - mean, mean_statements - mean);
        self.mean = mean;
        let (u, n) = (person_squares / people, statement_squares / statements);
        let scale = if u > 0.0 && n > 0.0 { (n / u).sqrt().sqrt() } else { 1.0 };
        for (row, _) in rows {
            let person = &mut self.people[*row as usize];
            *person = (person.0 - person_off, person.1 * scale);
        }
        for (column, statement) in self.statements.iter_mut().enumerate() {
            if open(column) {
                *statement = (statement.0 - statement_off, statement.1 / scale);
            }
        }
    }

    fn people_then_sums(
        &mut self,
        votes: &Votes,
        rows: &[(u32, u8)],
        at: &[u32],
        ridges: Ridges,
        move_people: bool,
    ) -> Vec<Sums> {
        let half = rows.len() / 2;
        let border = rows.get(half).map_or(0, |(row, _)| *row as usize);
        let (low, high) = self.people.split_at_mut(border);
        let part = Part { votes, at, mean: self.mean, statements: &self.statements, ridges, move_people };
        let (first, second) = if votes.len() < WORTH_A_THREAD {
            (part.run(&rows[..half], low, 0), part.run(&rows[half..], high, border))
        } else {
            std::thread::scope(|scope| {
                let other = scope.spawn(|| part.run(&rows[half..], high, border));
                let first = part.run(&rows[..half], low, 0);
                match other.join() {
                    Ok(second) => (first, second),
                    Err(panic) => std::panic::resume_unwind(panic),
                }
            })
        };
        first
            .into_iter()
            .zip(second)
            .map(|(a, b)| Sums {
                count: a.count + b.count,
                camp: a.camp + b.camp,
                camp_square: a.camp_square + b.camp_square,
                rest: a.rest + b.rest,
                rest_camp: a.rest_camp + b.rest_camp,
            })
            .collect()
    }

    fn statements_then_mean(&mut self, sums: &[Sums], answers: usize, ridges: Ridges) {
        let mut left = 0.0;
        for (statement, sums) in self.statements.iter_mut().zip(sums) {
            let rest = sums.rest - self.mean * sums.count;
            let rest_camp = sums.rest_camp - self.mean * sums.camp;
            *statement = two_by_two(
                (sums.count + ridges.statement.0, sums.camp, sums.camp_square + ridges.statement.1),
                (rest, rest_camp),
            );
            left += sums.rest - statement.0 * sums.count - statement.1 * sums.camp;
        }
        self.mean = left / (real(answers) * (1.0 + LEVEL));
    }
}

struct Part<'a> {
    votes: &'a Votes,
    at: &'a [u32],
    mean: f64,
    statements: &'a [(f64, f64)],
    ridges: Ridges,
    move_people: bool,
}

impl Part<'_> {
    /// `people` begins at the row `from`.
    fn run(&self, rows: &[(u32, u8)], people: &mut [(f64, f64)], from: usize) -> Vec<Sums> {
        let mut all = vec![Sums::default(); self.statements.len()];
        for (row, _) in rows {
            let row = *row as usize;
            let (columns, values) = self.votes.row(row);
            let Some(person) = people.get_mut(row - from) else { continue };
            let answers = || {
                columns.iter().zip(values).filter_map(|(column, value)| {
                    let column = *column as usize;
                    (self.at[column] != LEFT_OUT).then(|| (column, 0.5 * (f64::from(*value) + 1.0)))
                })
            };
            if self.move_people {
                let (level, camp) = self.ridges.person;
                let (mut a, mut b, mut c) = (level, 0.0, camp);
                let (mut e, mut f) = (0.0, 0.0);
                for (column, answer) in answers() {
                    let (level, camp) = self.statements[column];
                    let rest = answer - self.mean - level;
                    a += 1.0;
                    b += camp;
                    c += camp * camp;
                    e += rest;
                    f += rest * camp;
                }
                *person = two_by_two((a, b, c), (e, f));
            }
            let (level, camp) = *person;
            for (column, answer) in answers() {
                let sums = &mut all[column];
                let rest = answer - level;
                sums.count += 1.0;
                sums.camp += camp;
                sums.camp_square += camp * camp;
                sums.rest += rest;
                sums.rest_camp += rest * camp;
            }
        }
        all
    }
}

/// Solves a x + b y = e, b x + c y = f; the ridges keep the determinant above zero.
fn two_by_two((a, b, c): (f64, f64, f64), (e, f): (f64, f64)) -> (f64, f64) {
    let determinant = a * c - b * b;
    if determinant > 0.0 {
        ((e * c - f * b) / determinant, (a * f - b * e) / determinant)
    } else {
        (0.0, 0.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Vote;
    use crate::num::{Dice, index};

    /// Two camps that answer in opposite ways, but all agree with 0 and disagree with 1.
    fn conversation(people: u64) -> Votes {
        let mut dice = Dice::new(4);
        let mut cast = Vec::new();
        for person in 0..people {
            for statement in 0..12_u64 {
                let vote = match (statement, dice.below(10)) {
                    (_, 0) => Vote::Pass,
                    (0, _) => Vote::Agree,
                    (1, _) => Vote::Disagree,
                    (_, 1) => Vote::Agree,
                    _ if (person + statement) % 2 == 0 => Vote::Agree,
                    _ => Vote::Disagree,
                };
                if dice.below(3) > 0 {
                    cast.push((person, statement, vote));
                }
            }
        }
        Votes::collect(cast).unwrap()
    }

    fn solved(votes: &Votes) -> (Bridge, Vec<(u32, u8)>, Vec<u32>) {
        let rows: Vec<(u32, u8)> = (0..votes.people().len()).map(|row| (index(row), 1)).collect();
        let at: Vec<u32> = (0..votes.statements().len()).map(index).collect();
        let camps: Vec<f64> = votes.people().iter().map(|id| if id % 2 == 0 { 1.0 } else { -0.8 }).collect();
        let mut bridge = Bridge::start(&camps, at.len());
        bridge.solve(votes, &rows, &at, None);
        (bridge, rows, at)
    }

    /// What is minimised, from the definition.
    fn cost(bridge: &Bridge, votes: &Votes) -> f64 {
        let (mut errors, mut count) = (0.0, 0.0);
        for (row, (u, f)) in bridge.people.iter().enumerate() {
            let (columns, values) = votes.row(row);
            for (column, value) in columns.iter().zip(values) {
                let (n, g) = bridge.statements[*column as usize];
                let answer = (f64::from(*value) + 1.0) / 2.0;
                errors += (answer - bridge.mean - u - n - f * g).powi(2);
                count += 1.0;
            }
        }
        let mean = |all: &[(f64, f64)], of: fn(&(f64, f64)) -> f64| {
            all.iter().map(|one| of(one).powi(2)).sum::<f64>() / real(all.len())
        };
        errors / count
            + LEVEL
                * (bridge.mean.powi(2)
                    + mean(&bridge.people, |one| one.0)
                    + mean(&bridge.statements, |one| one.0))
            + CAMP * (mean(&bridge.people, |one| one.1) + mean(&bridge.statements, |one| one.1))
    }

    #[test]
    fn no_small_step_in_any_direction_is_better() {
        let votes = conversation(80);
        let (bridge, ..) = solved(&votes);
        let least = cost(&bridge, &votes);
        let mut dice = Dice::new(8);
        for _ in 0..200 {
            let mut other = bridge.clone();
            let mut step = || (dice.share() - 0.5) * 0.02;
            other.mean += step();
            for one in other.people.iter_mut().chain(&mut other.statements) {
                *one = (one.0 + step(), one.1 + step());
            }
            assert!(cost(&other, &votes) > least - 1e-9);
        }
        let score = |at: usize| bridge.statements[at].0;
        assert!((2..12).all(|at| score(0) > score(at) + 0.1 && score(at) > score(1) + 0.1));
    }

    #[test]
    fn going_on_after_one_more_vote_comes_near_a_fresh_start() {
        let mut votes = conversation(400);
        let (mut bridge, rows, at) = solved(&votes);
        votes.set(3, 5, -1);
        bridge.solve(&votes, &rows, &at, Some(1));
        let (fresh, ..) = solved(&votes);
        for (one, other) in bridge.statements.iter().zip(&fresh.statements) {
            assert!((one.0 - other.0).abs() < 0.001, "{one:?} {other:?}");
        }
    }
}
