//! Reads the open-data export of Polis: `votes.csv`, `participants-votes.csv`, and the moderation in `comments.csv`.

mod csv;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use crate::votes::{Moderation, PersonId, StatementId, TooMany, Vote, Votes};
use csv::{Row, Rows, unquoted};

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
}

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("there is no first line with the names of the columns"),
            Self::Header(missing) => write!(f, "the first line is of no known export: {missing}"),
            Self::TooMany => TooMany.fmt(f),
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

/// Reads `votes.csv` or `participants-votes.csv`. Bytes that are no UTF-8 are a fault of their field only.
///
/// Of several votes of one person on one statement the one with the latest `timestamp` counts; where they are at the
/// same instant and differ, nobody can say which was meant, and they count as a pass. So the order of rows is free.
///
/// # Errors
/// Where the first line is missing or belongs to neither, and beyond [`Votes::MOST`] votes.
pub fn read(bytes: &[u8]) -> Result<Export, Unreadable> {
    let mut rows = Rows::of(bytes);
    let header = names(rows.next())?;
    let has = |name: &str| header.iter().position(|known| known == name);
    match (has("comment-id"), has("voter-id"), has("vote"), has("participant")) {
        (Some(statement), Some(person), Some(vote), _) => {
            one_vote_a_row(rows, &header, [statement, person, vote], has("timestamp"))
        }
        (_, _, _, Some(person)) => one_person_a_row(rows, &header, person, has("group-id")),
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

#[derive(Default)]
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

fn one_vote_a_row(
    rows: Rows,
    header: &[String],
    [statement_at, person_at, vote_at]: [usize; 3],
    time_at: Option<usize>,
) -> Result<Export, Unreadable> {
    let mut faults = Faults::default();
    let mut found: Vec<(PersonId, StatementId, u64, Vote)> = Vec::new();
    for Row { line, fields } in rows {
        let row = fields.map_err(str::to_owned).and_then(|fields| {
            if fields.len() != header.len() {
                return Err(format!("has {} fields instead of {}", fields.len(), header.len()));
            }
            let time = match time_at {
                Some(at) => number(fields[at], "timestamp")?,
                // Without times the later row counts.
                None => line,
            };
            let cast = vote(fields[vote_at])
                .ok_or_else(|| format!("`vote` is none of 1, 0, -1: {}", shown(fields[vote_at])))?;
            let person = number(fields[person_at], "voter-id")?;
            Ok((person, number(fields[statement_at], "comment-id")?, time, cast))
        });
        match row {
            Ok(row) => found.push(row),
            Err(reason) => faults.add(line, reason),
        }
        if found.len() > Votes::MOST {
            return Err(Unreadable::TooMany);
        }
    }
    let rows = u64::try_from(found.len()).unwrap_or(u64::MAX);
    // By pair, then time: what is last of each pair counts.
    found.sort_unstable_by_key(|row| (row.0, row.1, row.2));
    found.dedup_by(|row, last| {
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
    let votes = Votes::table(&found, |row| (row.0, row.1, row.3))?;
    let (faults, faulty) = (faults.kept, faults.count);
    Ok(Export { form: Form::Votes, votes, rows, faults, faulty, groups: BTreeMap::new() })
}

fn one_person_a_row(
    rows: Rows,
    header: &[String],
    person_at: usize,
    group_at: Option<usize>,
) -> Result<Export, Unreadable> {
    let mut statements: Vec<(usize, StatementId)> = Vec::new();
    let mut seen = BTreeSet::new();
    for (at, name) in header.iter().enumerate() {
        if let Some(id) = digits(name.as_bytes()) {
            if !seen.insert(id) {
                return Err(Unreadable::Header(format!("statement {id} has two columns")));
            }
            statements.push((at, id));
        }
    }
    let mut faults = Faults::default();
    let mut found = Vec::new();
    let mut groups = BTreeMap::new();
    let mut people = BTreeSet::new();
    let mut count = 0;
    for Row { line, fields } in rows {
        let row = fields.map_err(str::to_owned).and_then(|fields| {
            if fields.len() != header.len() {
                return Err(format!("has {} fields instead of {}", fields.len(), header.len()));
            }
            let person = number(fields[person_at], "participant")?;
            if !people.insert(person) {
                return Err(format!("participant {person} has a row already"));
            }
            Ok((person, fields))
        });
        let (person, fields) = match row {
            Ok(row) => row,
            Err(reason) => {
                faults.add(line, reason);
                continue;
            }
        };
        count += 1;
        if let Some(group) = group_at.and_then(|at| digits(fields[at].trim_ascii()))
            && let Ok(group) = u32::try_from(group)
        {
            groups.insert(person, group);
        }
        for (at, statement) in &statements {
            if fields[*at].trim_ascii().is_empty() {
                continue;
            }
            match vote(fields[*at]) {
                Some(vote) => found.push((person, *statement, vote)),
                None => faults.add(
                    line,
                    format!("the vote on {statement} is none of 1, 0, -1: {}", shown(fields[*at])),
                ),
            }
        }
        if found.len() > Votes::MOST {
            return Err(Unreadable::TooMany);
        }
    }
    let votes = Votes::collect(found)?;
    let (faults, faulty) = (faults.kept, faults.count);
    Ok(Export { form: Form::Participants, votes, rows: count, faults, faulty, groups })
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
    fn moderation_and_texts_are_read() {
        let text =
            "timestamp,comment-id,moderated,comment-body\n1,4,-1,\"no, \"\"no\"\"\"\n1,5,1,yes\n1,z,1,yes\n";
        let found = read_statements(text.as_bytes()).unwrap();
        assert_eq!(found.out, BTreeSet::from([4]));
        assert_eq!(found.texts[&4], "no, \"no\"");
        assert_eq!((found.texts.len(), found.faults[0].line), (2, 4));
    }
}
