//! Who has said what: the sparse table of votes, always in one canonical order.

use std::collections::BTreeSet;
use std::fmt;

use crate::num::index;

/// Number of a person, as the conversation knows them.
pub type PersonId = u64;

/// Number of a statement, as the conversation knows it.
pub type StatementId = u64;

/// What somebody says to a statement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Vote {
    /// −1
    Disagree,
    /// 0: has seen it and takes no side.
    Pass,
    /// +1
    Agree,
}

impl Vote {
    /// −1, 0 or +1.
    pub fn value(self) -> i8 {
        match self {
            Self::Disagree => -1,
            Self::Pass => 0,
            Self::Agree => 1,
        }
    }

    /// The vote of a number: its sign.
    pub fn of(value: i8) -> Self {
        match value {
            ..=-1 => Self::Disagree,
            0 => Self::Pass,
            1.. => Self::Agree,
        }
    }
}

/// How often each answer was given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash)]
pub struct Tally {
    /// How many agree.
    pub agree: u32,
    /// How many disagree.
    pub disagree: u32,
    /// How many pass.
    pub pass: u32,
}

impl Tally {
    /// All who have seen it and answered.
    pub fn seen(self) -> u32 {
        self.agree.saturating_add(self.disagree).saturating_add(self.pass)
    }

    pub(crate) fn plus(self, other: Self) -> Self {
        Self {
            agree: self.agree + other.agree,
            disagree: self.disagree + other.disagree,
            pass: self.pass + other.pass,
        }
    }
}

/// More votes than the table can number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TooMany;

impl fmt::Display for TooMany {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a conversation holds at most {} votes", Votes::MOST)
    }
}

impl std::error::Error for TooMany {}

/// What moderation has decided. It changes what is computed, never the votes.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Moderation {
    /// Statements taken out.
    pub out: BTreeSet<StatementId>,
    /// Statements about the person, not the matter ("I live here"): they shape no place and no group.
    pub meta: BTreeSet<StatementId>,
    /// People who were taken out, with all their votes.
    pub banned: BTreeSet<PersonId>,
}

/// The table of votes: for each person, in the order of their numbers, the statements that they have voted on, in the
/// order of theirs. One vote for each pair. Memory grows with the votes: 5 bytes each.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Votes {
    people: Vec<PersonId>,
    statements: Vec<StatementId>,
    /// Where the votes of a person begin; one more than there are people.
    starts: Vec<u32>,
    columns: Vec<u32>,
    values: Vec<i8>,
}

impl Votes {
    /// Most votes that one conversation may have.
    pub const MOST: usize = i32::MAX as usize;

    /// The table of these votes; of two for the same pair the later one counts.
    pub fn collect(votes: impl IntoIterator<Item = (PersonId, StatementId, Vote)>) -> Result<Self, TooMany> {
        let votes: Vec<(PersonId, StatementId, Vote)> = votes.into_iter().collect();
        Self::table(&votes, |vote| *vote)
    }

    /// The table of these rows, whatever they hold beside the vote.
    pub(crate) fn table<T>(
        rows: &[T],
        vote: impl Fn(&T) -> (PersonId, StatementId, Vote),
    ) -> Result<Self, TooMany> {
        if rows.len() > Self::MOST {
            return Err(TooMany);
        }
        let people = distinct(rows.iter().map(|row| vote(row).0));
        let statements = distinct(rows.iter().map(|row| vote(row).1));
        let (person_at, statement_at) = (Numbering::of(&people), Numbering::of(&statements));
        // Counting sort by statement, then by person: stable, so that the later vote comes last.
        let mut ends = counted(rows, statements.len(), |row| statement_at.index(vote(row).1));
        let mut place = counted(rows, people.len(), |row| person_at.index(vote(row).0));
        let mut starts = place.clone();
        starts.push(index(rows.len()));
        let mut by_statement = vec![(0_u32, 0_i8); rows.len()];
        for row in rows {
            let (person, statement, vote) = vote(row);
            let slot = &mut ends[statement_at.index(statement)];
            by_statement[*slot as usize] = (index(person_at.index(person)), vote.value());
            *slot += 1;
        }
        let mut columns = vec![0_u32; rows.len()];
        let mut values = vec![0_i8; rows.len()];
        let mut from = 0;
        for (column, end) in ends.into_iter().enumerate() {
            for (person, value) in &by_statement[std::mem::replace(&mut from, end as usize)..end as usize] {
                let slot = &mut place[*person as usize];
                columns[*slot as usize] = index(column);
                values[*slot as usize] = *value;
                *slot += 1;
            }
        }
        let mut table = Self { people, statements, starts, columns, values };
        table.keep_last();
        Ok(table)
    }

    /// Of equal columns in a row the last stays.
    fn keep_last(&mut self) {
        let mut kept = 0;
        for row in 0..self.people.len() {
            let (from, to) = (self.starts[row] as usize, self.starts[row + 1] as usize);
            self.starts[row] = index(kept);
            for at in from..to {
                if at + 1 < to && self.columns[at] == self.columns[at + 1] {
                    continue;
                }
                self.columns[kept] = self.columns[at];
                self.values[kept] = self.values[at];
                kept += 1;
            }
        }
        if let Some(last) = self.starts.last_mut() {
            *last = index(kept);
        }
        self.columns.truncate(kept);
        self.values.truncate(kept);
    }

    /// Those who have voted, in the order of their numbers.
    pub fn people(&self) -> &[PersonId] {
        &self.people
    }

    /// The statements that were voted on, in the order of their numbers.
    pub fn statements(&self) -> &[StatementId] {
        &self.statements
    }

    /// How many votes there are.
    pub fn len(&self) -> usize {
        self.columns.len()
    }

    /// Whether nobody has voted.
    pub fn is_empty(&self) -> bool {
        self.columns.is_empty()
    }

    /// All votes, person by person.
    pub fn iter(&self) -> impl Iterator<Item = (PersonId, StatementId, Vote)> + '_ {
        self.people.iter().enumerate().flat_map(move |(row, person)| {
            let (columns, values) = self.row(row);
            columns
                .iter()
                .zip(values)
                .map(move |(column, value)| (*person, self.statements[*column as usize], Vote::of(*value)))
        })
    }

    /// The votes of one person, in the order of the statements; none for somebody unknown.
    pub fn of(&self, person: PersonId) -> impl Iterator<Item = (StatementId, Vote)> + '_ {
        let row = self.people.binary_search(&person).ok();
        let (columns, values) = row.map_or((&[][..], &[][..]), |row| self.row(row));
        columns
            .iter()
            .zip(values)
            .map(|(column, value)| (self.statements[*column as usize], Vote::of(*value)))
    }

    /// Statement indices and values of a person by index.
    pub(crate) fn row(&self, row: usize) -> (&[u32], &[i8]) {
        let range = self.starts[row] as usize..self.starts[row + 1] as usize;
        (&self.columns[range.clone()], &self.values[range])
    }

    /// Makes an empty row for somebody new; the row is told also for somebody known.
    pub(crate) fn add_person(&mut self, person: PersonId) -> Result<usize, usize> {
        let row = match self.people.binary_search(&person) {
            Ok(row) => return Ok(row),
            Err(row) => row,
        };
        if self.starts.is_empty() {
            self.starts.push(0);
        }
        self.people.insert(row, person);
        self.starts.insert(row, self.starts[row]);
        Err(row)
    }

    /// Makes a column for a new statement; the column is told also for a known one.
    pub(crate) fn add_statement(&mut self, statement: StatementId) -> Result<usize, usize> {
        let column = match self.statements.binary_search(&statement) {
            Ok(column) => return Ok(column),
            Err(column) => column,
        };
        self.statements.insert(column, statement);
        let first = index(column);
        for later in &mut self.columns {
            *later += u32::from(*later >= first);
        }
        Err(column)
    }

    /// Sets one vote and tells the former one. Moves what stands behind it: for single votes, not for many.
    pub(crate) fn set(&mut self, row: usize, column: usize, value: i8) -> Option<i8> {
        let start = self.starts[row] as usize;
        let wanted = index(column);
        match self.row(row).0.binary_search(&wanted) {
            Ok(at) => Some(std::mem::replace(&mut self.values[start + at], value)),
            Err(at) => {
                self.columns.insert(start + at, wanted);
                self.values.insert(start + at, value);
                for later in &mut self.starts[row + 1..] {
                    *later += 1;
                }
                None
            }
        }
    }
}

/// Sorted, each once.
fn distinct(ids: impl Iterator<Item = u64> + Clone) -> Vec<u64> {
    let (low, high, count) = ids
        .clone()
        .fold((u64::MAX, 0, 0_usize), |(low, high, count), id| (low.min(id), high.max(id), count + 1));
    // Dense numbers are ticked off; others are sorted.
    let span = usize::try_from(high.saturating_sub(low)).ok().filter(|span| span / 8 <= count);
    if let Some(span) = span {
        let mut seen = vec![false; span + 1];
        for id in ids {
            if let Some(seen) = usize::try_from(id - low).ok().and_then(|at| seen.get_mut(at)) {
                *seen = true;
            }
        }
        return (low..=high).zip(seen).filter(|(_, seen)| *seen).map(|(id, _)| id).collect();
    }
    // Neighbours are often equal, since votes come person by person or statement by statement.
    let mut last = None;
    let mut ids: Vec<u64> = ids.filter(|id| last.replace(*id) != Some(*id)).collect();
    ids.sort_unstable();
    ids.dedup();
    ids.shrink_to_fit();
    ids
}

/// From number to index: by a table where numbers are dense, else by search.
enum Numbering<'a> {
    Table(u64, Vec<u32>),
    Search(&'a [u64]),
}

impl<'a> Numbering<'a> {
    fn of(ids: &'a [u64]) -> Self {
        let (Some(first), Some(last)) = (ids.first(), ids.last()) else { return Self::Search(ids) };
        let Ok(span) = usize::try_from(last - first) else { return Self::Search(ids) };
        if span / 8 > ids.len() {
            return Self::Search(ids);
        }
        let mut table = vec![0; span + 1];
        for (at, id) in ids.iter().enumerate() {
            if let Some(slot) = usize::try_from(id - first).ok().and_then(|slot| table.get_mut(slot)) {
                *slot = index(at);
            }
        }
        Self::Table(*first, table)
    }

    fn index(&self, id: u64) -> usize {
        match self {
            Self::Table(first, table) => usize::try_from(id.wrapping_sub(*first))
                .ok()
                .and_then(|slot| table.get(slot))
                .map_or(0, |at| *at as usize),
            Self::Search(ids) => ids.binary_search(&id).unwrap_or(0),
        }
    }
}

/// Where each key begins when all are laid out in order.
fn counted<T>(items: &[T], keys: usize, key: impl Fn(&T) -> usize) -> Vec<u32> {
    let mut starts = vec![0_u32; keys];
    for item in items {
        starts[key(item)] += 1;
    }
    let mut sum = 0;
    for start in &mut starts {
        sum += std::mem::replace(start, sum);
    }
    starts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_later_vote_counts_and_all_is_in_order() {
        let votes = Votes::collect([
            (9, 3, Vote::Agree),
            (2, 1_000_000_000_000, Vote::Pass),
            (9, 1, Vote::Disagree),
            (9, 3, Vote::Disagree),
            (2, 3, Vote::Agree),
        ])
        .unwrap();
        assert_eq!(votes.people(), [2, 9]);
        assert_eq!(votes.statements(), [1, 3, 1_000_000_000_000]);
        assert_eq!(
            votes.iter().collect::<Vec<_>>(),
            [
                (2, 3, Vote::Agree),
                (2, 1_000_000_000_000, Vote::Pass),
                (9, 1, Vote::Disagree),
                (9, 3, Vote::Disagree)
            ]
        );
        assert_eq!(votes.of(9).count(), 2);
        assert_eq!(votes.of(5).count(), 0);
        assert!(Votes::collect([]).unwrap().is_empty());
    }

    #[test]
    fn one_vote_more_is_the_same_as_all_at_once() {
        let all = [(1, 1, Vote::Agree), (1, 5, Vote::Pass), (4, 1, Vote::Agree), (4, 5, Vote::Disagree)];
        let mut votes = Votes::collect([all[1], all[2], all[3]]).unwrap();
        assert_eq!(votes.set(0, 0, 1), None);
        assert_eq!(votes, Votes::collect(all).unwrap());
        assert_eq!(votes.set(1, 1, 0), Some(-1));
        assert_eq!(votes.of(4).last(), Some((5, Vote::Pass)));
        assert_eq!((votes.add_person(2), votes.add_person(4)), (Err(1), Ok(2)));
        assert_eq!((votes.add_statement(3), votes.add_statement(5)), (Err(1), Ok(2)));
        votes.set(1, 1, -1);
        let more = [(1, 1, Vote::Agree), (1, 5, Vote::Pass), (2, 3, Vote::Disagree), (4, 1, Vote::Agree)];
        assert_eq!(votes, Votes::collect(more.into_iter().chain([(4, 5, Vote::Pass)])).unwrap());
        let mut none = Votes::default();
        assert_eq!((none.add_person(1), none.add_statement(1)), (Err(0), Err(0)));
        none.set(0, 0, 1);
        assert_eq!(none, Votes::collect([(1, 1, Vote::Agree)]).unwrap());
    }
}
