//! Reads the open-data export of Polis: `votes.csv`, `participants-votes.csv`, and the moderation in `comments.csv`.

mod csv;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use crate::votes::{Moderation, PersonId, StatementId, TooMany, Vote, Votes};
use csv::{LONGEST, Row, Rows, unquoted, without_mark};

/// Most faulty rows that are kept with their reasons; all are counted.
const KEPT: usize = 1000;

/// Which export a text is, told by its first line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// One vote a row: `timestamp,datetime,comment-id,voter-id,vote`.
    Votes,
    /// One person a row, one column for each statement: `participant,group-id,…,n-disagree,0,1,2 …`.
    Participants,
}

/// A row that could not be taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// Line on which it begins, from 1.
    pub line: u64,
    /// Why.
    pub reason: String,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: {}", self.line, self.reason)
    }
}

/// Why nothing could be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unreadable {
    /// There is no first line.
    Empty,
    /// The first line belongs to no export that is known.
    Header(String),
    /// More votes than a table can hold.
    TooMany,
    /// The row that begins on this line is longer than any export has.
    TooLong(u64),
}

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("there is no first line with the names of the columns"),
            Self::Header(missing) => write!(f, "the first line is of no known export: {missing}"),
            Self::TooMany => TooMany.fmt(f),
            Self::TooLong(line) => write!(f, "line {line}: a row is longer than {} MB", LONGEST >> 20),
        }
    }
}

impl std::error::Error for Unreadable {}

impl From<TooMany> for Unreadable {
    fn from(_: TooMany) -> Self {
        Self::TooMany
    }
}

/// What has been read.
#[derive(Debug, Clone, PartialEq)]
pub struct Export {
    /// Which form it had.
    pub form: Form,
    /// The votes, one for each person and statement: the latest.
    pub votes: Votes,
    /// Rows that held votes.
    pub rows: u64,
    /// Rows (or fields of a row) that could not be taken: the first thousand.
    pub faults: Vec<Fault>,
    /// How many there were in all.
    pub faulty: u64,
    /// Group of each person in the export, where it names one.
    pub groups: BTreeMap<PersonId, u32>,
}

/// Reads a whole `votes.csv` or `participants-votes.csv`; as [`Reader`], which takes it in parts.
///
/// # Errors
/// Where the first line is missing or belongs to neither, beyond [`Votes::MOST`] votes, and for a row of more than 16 MB.
pub fn read(bytes: &[u8]) -> Result<Export, Unreadable> {
    let mut reader = Reader::default();
    reader.push(bytes)?;
    reader.finish()
}

/// Reads `votes.csv` or `participants-votes.csv` in parts, so that a large file need not lie in memory. Bytes that are no
/// UTF-8 are a fault of their field only.
///
/// Of several votes of one person on one statement the one with the latest `timestamp` counts; where they are at the
/// same instant and differ, nobody can say which was meant, and they count as a pass. So the order of rows is free.
#[derive(Debug, Default)]
pub struct Reader {
    /// The beginning of a row that goes on in the next part.
    left: Vec<u8>,
    lines: u64,
    begun: bool,
    table: Option<Table>,
}

/// What has been read so far.
#[derive(Debug)]
enum Table {
    Votes(Long),
    Participants(Wide),
}

impl Reader {
    /// Takes the next part; it may end anywhere.
    ///
    /// # Errors
    /// As [`read`]; nothing can be read after one.
    pub fn push(&mut self, part: &[u8]) -> Result<(), Unreadable> {
        self.take(part, false)
    }

    /// What has been read.
    ///
    /// # Errors
    /// As [`read`].
    pub fn finish(mut self) -> Result<Export, Unreadable> {
        self.take(&[], true)?;
        match self.table.ok_or(Unreadable::Empty)? {
            Table::Votes(table) => table.finish(),
            Table::Participants(table) => table.finish(),
        }
    }

    fn take(&mut self, part: &[u8], last: bool) -> Result<(), Unreadable> {
        let mut joined = std::mem::take(&mut self.left);
        let mut text = if joined.is_empty() {
            part
        } else {
            joined.extend_from_slice(part);
            joined.as_slice()
        };
        if !self.begun {
            if text.len() < 3 && !last {
                self.left = text.to_vec();
                return Ok(());
            }
            self.begun = true;
            text = without_mark(text);
        }
        let mut rows = Rows::part(text, self.lines + 1, last);
        for row in &mut rows {
            match &mut self.table {
                None => self.table = Some(table_of(row)?),
                Some(Table::Votes(table)) => table.take(row)?,
                Some(Table::Participants(table)) => table.take(row)?,
            }
        }
        if rows.too_long {
            return Err(Unreadable::TooLong(rows.line));
        }
        self.lines = rows.line - 1;
        self.left = rows.rest.to_vec();
        Ok(())
    }
}

/// The table that the first line announces.
fn table_of(row: Row) -> Result<Table, Unreadable> {
    let header = names(Some(row))?;
    let has = |name: &str| header.iter().position(|known| known == name);
    match (has("comment-id"), has("voter-id"), has("vote"), has("participant")) {
        (Some(statement), Some(person), Some(vote), _) => Ok(Table::Votes(Long {
            width: header.len(),
            statement,
            person,
            vote,
            time: has("timestamp"),
            found: Vec::new(),
            faults: Faults::default(),
        })),
        (_, _, _, Some(person)) => Wide::of(&header, person, has("group-id")).map(Table::Participants),
        _ => Err(Unreadable::Header(format!(
            "`comment-id`, `voter-id`, `vote` make votes.csv, `participant` makes participants-votes.csv; found: {}",
            shortened(&header.join(","))
        ))),
    }
}

/// What `comments.csv` tells: the texts of the statements, and which were moderated out (`moderated` is −1).
///
/// # Errors
/// Where the first line is missing or has no `comment-id`.
pub fn read_statements(bytes: &[u8]) -> Result<Statements, Unreadable> {
    let mut rows = Rows::of(bytes);
    let header = names(rows.next())?;
    let has = |name: &str| header.iter().position(|known| known == name);
    let Some(id) = has("comment-id") else {
        return Err(Unreadable::Header(format!(
            "`comment-id` makes comments.csv; found: {}",
            shortened(&header.join(","))
        )));
    };
    let mut found = Statements::default();
    let mut faults = Faults::default();
    for Row { line, fields } in rows {
        let fields = match fields {
            Ok(fields) => fields,
            Err(reason) => {
                faults.add(line, reason.to_owned());
                continue;
            }
        };
        let field = |at: Option<usize>| at.and_then(|at| fields.get(at)).copied().unwrap_or_default();
        match number(field(Some(id)), "comment-id") {
            Ok(id) => {
                if field(has("moderated")).trim_ascii() == b"-1" {
                    found.out.insert(id);
                }
                if let Some(text) = unquoted(field(has("comment-body"))).filter(|text| !text.is_empty()) {
                    found.texts.insert(id, text);
                }
                if matches!(field(has("is-meta")).trim_ascii(), b"true" | b"1" | b"t") {
                    found.meta.insert(id);
                }
            }
            Err(reason) => faults.add(line, reason),
        }
    }
    (found.faults, found.faulty) = (faults.kept, faults.count);
    Ok(found)
}

/// Statements as `comments.csv` tells them.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Statements {
    /// What they say.
    pub texts: BTreeMap<StatementId, String>,
    /// Those that were moderated out.
    pub out: BTreeSet<StatementId>,
    /// Those about the person.
    pub meta: BTreeSet<StatementId>,
    /// Rows that could not be taken: the first thousand.
    pub faults: Vec<Fault>,
    /// How many there were in all.
    pub faulty: u64,
}

impl Statements {
    /// As moderation of a map.
    pub fn moderation(&self) -> Moderation {
        Moderation { out: self.out.clone(), meta: self.meta.clone(), banned: BTreeSet::new() }
    }
}

#[derive(Debug, Default)]
struct Faults {
    kept: Vec<Fault>,
    count: u64,
}

impl Faults {
    fn add(&mut self, line: u64, reason: String) {
        self.count += 1;
        if self.kept.len() < KEPT {
            self.kept.push(Fault { line, reason });
        }
    }
}

fn names(row: Option<Row>) -> Result<Vec<String>, Unreadable> {
    let fields = row.ok_or(Unreadable::Empty)?.fields;
    let fields = fields.map_err(|reason| Unreadable::Header(reason.to_owned()))?;
    Ok(fields.iter().map(|field| String::from_utf8_lossy(field).trim().to_ascii_lowercase()).collect())
}

/// At most 80 characters of a text that somebody else has written.
fn shortened(text: &str) -> String {
    let mut short: String = text.chars().take(80).collect();
    if short.len() < text.len() {
        short.push('…');
    }
    short
}

fn shown(field: &[u8]) -> String {
    shortened(&String::from_utf8_lossy(field))
}

fn number(field: &[u8], name: &str) -> Result<u64, String> {
    digits(field.trim_ascii()).ok_or_else(|| match field.trim_ascii() {
        b"" => format!("`{name}` is empty"),
        other => format!("`{name}` is no number: {}", shown(other)),
    })
}

/// A number of digits only, without sign; none where it is larger than 2^64 − 1.
fn digits(field: &[u8]) -> Option<u64> {
    if field.is_empty() {
        return None;
    }
    field.iter().try_fold(0_u64, |sum, byte| {
        byte.is_ascii_digit().then_some(())?;
        sum.checked_mul(10)?.checked_add(u64::from(byte - b'0'))
    })
}

fn vote(field: &[u8]) -> Option<Vote> {
    match field.trim_ascii() {
        b"1" | b"1.0" | b"+1" => Some(Vote::Agree),
        b"0" | b"0.0" | b"-0.0" => Some(Vote::Pass),
        b"-1" | b"-1.0" => Some(Vote::Disagree),
        _ => None,
    }
}

/// The fields of a row, as many as there are columns.
fn complete<'a>(fields: Result<Vec<&'a [u8]>, &'static str>, width: usize) -> Result<Vec<&'a [u8]>, String> {
    let fields = fields?;
    if fields.len() == width {
        Ok(fields)
    } else {
        Err(format!("has {} fields instead of {width}", fields.len()))
    }
}

/// One vote a row.
#[derive(Debug)]
struct Long {
    width: usize,
    statement: usize,
    person: usize,
    vote: usize,
    time: Option<usize>,
    found: Vec<(PersonId, StatementId, u64, Vote)>,
    faults: Faults,
}

impl Long {
    fn take(&mut self, Row { line, fields }: Row) -> Result<(), Unreadable> {
        let row = complete(fields, self.width).and_then(|fields| {
            let time = match self.time {
                Some(at) => number(fields[at], "timestamp")?,
                // Without times the later row counts.
                None => line,
            };
            let cast = fields[self.vote];
            let cast = vote(cast).ok_or_else(|| format!("`vote` is none of 1, 0, -1: {}", shown(cast)))?;
            let person = number(fields[self.person], "voter-id")?;
            Ok((person, number(fields[self.statement], "comment-id")?, time, cast))
        });
        match row {
            Ok(row) => self.found.push(row),
            Err(reason) => self.faults.add(line, reason),
        }
        if self.found.len() > Votes::MOST { Err(Unreadable::TooMany) } else { Ok(()) }
    }

    fn finish(mut self) -> Result<Export, Unreadable> {
        let rows = u64::try_from(self.found.len()).unwrap_or(u64::MAX);
        // By pair, then time: what is last of each pair counts.
        self.found.sort_unstable_by_key(|row| (row.0, row.1, row.2));
        self.found.dedup_by(|row, last| {
            if (row.0, row.1) != (last.0, last.1) {
                return false;
            }
            if last.2 == row.2 && last.3 != row.3 {
                last.3 = Vote::Pass;
            } else {
                *last = *row;
            }
            true
        });
        let votes = Votes::table(&self.found, |row| (row.0, row.1, row.3))?;
        let Faults { kept: faults, count: faulty } = self.faults;
        Ok(Export { form: Form::Votes, votes, rows, faults, faulty, groups: BTreeMap::new() })
    }
}

/// One person a row.
#[derive(Debug)]
struct Wide {
    width: usize,
    person: usize,
    group: Option<usize>,
    statements: Vec<(usize, StatementId)>,
    people: BTreeSet<PersonId>,
    groups: BTreeMap<PersonId, u32>,
    found: Vec<(PersonId, StatementId, Vote)>,
    faults: Faults,
}

impl Wide {
    fn of(header: &[String], person: usize, group: Option<usize>) -> Result<Self, Unreadable> {
        let mut statements = Vec::new();
        let mut seen = BTreeSet::new();
        for (at, name) in header.iter().enumerate() {
            if let Some(id) = digits(name.as_bytes()) {
                if !seen.insert(id) {
                    return Err(Unreadable::Header(format!("statement {id} has two columns")));
                }
                statements.push((at, id));
            }
        }
        Ok(Self {
            width: header.len(),
            person,
            group,
            statements,
            people: BTreeSet::new(),
            groups: BTreeMap::new(),
            found: Vec::new(),
            faults: Faults::default(),
        })
    }

    fn take(&mut self, Row { line, fields }: Row) -> Result<(), Unreadable> {
        let row = complete(fields, self.width).and_then(|fields| {
            let person = number(fields[self.person], "participant")?;
            if !self.people.insert(person) {
                return Err(format!("participant {person} has a row already"));
            }
            Ok((person, fields))
        });
        let (person, fields) = match row {
            Ok(row) => row,
            Err(reason) => {
                self.faults.add(line, reason);
                return Ok(());
            }
        };
        if let Some(group) = self.group.and_then(|at| digits(fields[at].trim_ascii()))
            && let Ok(group) = u32::try_from(group)
        {
            self.groups.insert(person, group);
        }
        for (at, statement) in &self.statements {
            let cast = fields[*at];
            if cast.trim_ascii().is_empty() {
                continue;
            }
            match vote(cast) {
                Some(vote) => self.found.push((person, *statement, vote)),
                None => self
                    .faults
                    .add(line, format!("the vote on {statement} is none of 1, 0, -1: {}", shown(cast))),
            }
        }
        if self.found.len() > Votes::MOST { Err(Unreadable::TooMany) } else { Ok(()) }
    }

    fn finish(self) -> Result<Export, Unreadable> {
        let rows = u64::try_from(self.people.len()).unwrap_or(u64::MAX);
        let votes = Votes::table(&self.found, |row| *row)?;
        let Faults { kept: faults, count: faulty } = self.faults;
        Ok(Export { form: Form::Participants, votes, rows, faults, faulty, groups: self.groups })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn votes_are_read_in_any_order_of_rows() {
        let rows = ["5,Mon,1,7,1", "6,Mon,1,7,-1", "6,Mon,2,7,0", "9,Mon,2,8,1", "9,Mon,2,8,-1"];
        let text =
            |rows: &[&str]| format!("timestamp,datetime,comment-id,voter-id,vote\n{}\n", rows.join("\n"));
        let forwards = read(text(&rows).as_bytes()).unwrap();
        assert_eq!(
            forwards.votes.iter().collect::<Vec<_>>(),
            [(7, 1, Vote::Disagree), (7, 2, Vote::Pass), (8, 2, Vote::Pass)]
        );
        assert_eq!((forwards.form, forwards.rows, forwards.faulty), (Form::Votes, 5, 0));
        let backwards: Vec<&str> = rows.iter().rev().copied().collect();
        assert_eq!(read(text(&backwards).as_bytes()).unwrap().votes, forwards.votes);
    }

    #[test]
    fn people_are_read_with_their_groups() {
        let text = "participant,xid,group-id,n-votes,n-agree,n-disagree,0,5\n3,,1,2,1,1,1,-1\n4,,,1,0,0,,0\n";
        let export = read(text.as_bytes()).unwrap();
        assert_eq!(export.form, Form::Participants);
        assert_eq!(
            export.votes.iter().collect::<Vec<_>>(),
            [(3, 0, Vote::Agree), (3, 5, Vote::Disagree), (4, 5, Vote::Pass)]
        );
        assert_eq!(export.groups, BTreeMap::from([(3, 1)]));
    }

    #[test]
    fn faulty_rows_are_named_with_line_and_reason() {
        let text = b"timestamp,datetime,comment-id,voter-id,vote\n1,,2,3,1\n1,,x,3,1\n1,,2,3\n1,,2,,1\n1,,2,3,2\n1,,2,99999999999999999999999,1\n1,,2,\xff,1\n";
        let export = read(text).unwrap();
        let said: Vec<String> = export.faults.iter().map(ToString::to_string).collect();
        assert_eq!(
            said,
            [
                "line 3: `comment-id` is no number: x",
                "line 4: has 4 fields instead of 5",
                "line 5: `voter-id` is empty",
                "line 6: `vote` is none of 1, 0, -1: 2",
                "line 7: `voter-id` is no number: 99999999999999999999999",
                "line 8: `voter-id` is no number: \u{fffd}",
            ]
        );
        assert_eq!((export.votes.len(), export.faulty), (1, 6));
        let text = "participant,0\n1,1\n1,1\n2,7\n";
        let said: Vec<String> =
            read(text.as_bytes()).unwrap().faults.iter().map(ToString::to_string).collect();
        assert_eq!(
            said,
            ["line 3: participant 1 has a row already", "line 4: the vote on 0 is none of 1, 0, -1: 7"]
        );
    }

    #[test]
    fn other_files_are_refused_with_a_sentence() {
        assert_eq!(read(b""), Err(Unreadable::Empty));
        let said = read(b"a,b\n1,2\n").unwrap_err().to_string();
        assert!(said.contains("votes.csv") && said.contains("a,b"), "{said}");
        assert!(read(b"participant,1,1\n").unwrap_err().to_string().contains("two columns"));
        assert!(read_statements(b"x\n").is_err());
    }

    #[test]
    fn parts_may_end_anywhere() {
        let texts = [
            "\u{feff}timestamp,datetime,comment-id,voter-id,vote\r\n1,\"a\nb\",2,3,1\r\n\r\n2,,2,4,-1\r\n1,\"x,5,6\r\n9,,2,5,0",
            "participant,group-id,0,1\n1,0,1,-1\r2,1,,7\n\n3,,0,",
            "ab",
            "",
        ];
        for text in texts {
            let whole = read(text.as_bytes());
            for size in 1..=text.len().max(1) {
                let mut reader = Reader::default();
                let pushed = text.as_bytes().chunks(size).try_for_each(|part| reader.push(part));
                assert_eq!(pushed.and_then(|()| reader.finish()), whole, "{text:?} in parts of {size}");
            }
        }
        let long = format!("participant,0\n1,{}\n", "1".repeat(LONGEST));
        assert_eq!(read(long.as_bytes()), Err(Unreadable::TooLong(2)));
    }

    #[test]
    fn moderation_and_texts_are_read() {
        let text =
            "timestamp,comment-id,moderated,comment-body\n1,4,-1,\"no, \"\"no\"\"\"\n1,5,1,yes\n1,z,1,yes\n";
        let found = read_statements(text.as_bytes()).unwrap();
        assert_eq!(found.out, BTreeSet::from([4]));
        assert_eq!(found.texts[&4], "no, \"no\"");
        assert_eq!((found.texts.len(), found.faults[0].line), (2, 4));
    }
}
