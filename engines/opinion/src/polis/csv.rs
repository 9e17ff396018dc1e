//! Rows of comma-separated values (RFC 4180), with the line on which each begins. Tolerant of line ends and of a mark at
//! the beginning; strict about quotes.

/// A row, or what is wrong with it, and the line on which it begins (from 1).
pub(crate) struct Row<'a> {
    pub(crate) line: u64,
    pub(crate) fields: Result<Vec<&'a [u8]>, &'static str>,
}

/// Longest row, and farthest look for the end of a quotation, in bytes.
pub(crate) const LONGEST: usize = 1 << 24;

/// Walks over the rows of a text, or of a part of it. Quotes around a field are taken off; doubled quotes inside stay
/// doubled, which no field that is read here contains (only texts of statements do, and [`unquoted`] is there for those).
pub(crate) struct Rows<'a> {
    /// What has not been read: at the end of a part, the beginning of a row that goes on in the next.
    pub(crate) rest: &'a [u8],
    /// The line on which that begins.
    pub(crate) line: u64,
    /// Whether a row is longer than [`LONGEST`]; then nothing more is read.
    pub(crate) too_long: bool,
    last: bool,
}

impl<'a> Rows<'a> {
    /// Of a whole text.
    pub(crate) fn of(bytes: &'a [u8]) -> Self {
        Self::part(without_mark(bytes), 1, true)
    }

    /// Of a part that begins on this line; `last` where nothing follows.
    pub(crate) fn part(bytes: &'a [u8], line: u64, last: bool) -> Self {
        Self { rest: bytes, line, too_long: false, last }
    }
}

/// Without the mark that spreadsheets put at the beginning.
pub(crate) fn without_mark(bytes: &[u8]) -> &[u8] {
    bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes)
}

impl<'a> Iterator for Rows<'a> {
    type Item = Row<'a>;

    fn next(&mut self) -> Option<Row<'a>> {
        loop {
            if self.rest.is_empty() || self.too_long {
                return None;
            }
            let line = self.line;
            let (end, lines, closed) = match extent(self.rest, self.last) {
                Extent::Row { end, lines } => (end, lines, true),
                Extent::Open { end } => (end, 0, false),
                Extent::More => return None,
                Extent::TooLong => {
                    self.too_long = true;
                    return None;
                }
            };
            let (row, rest) = self.rest.split_at(end);
            self.rest = rest
                .strip_prefix(b"\r\n")
                .or(rest.strip_prefix(b"\n"))
                .or(rest.strip_prefix(b"\r"))
                .unwrap_or(rest);
            self.line += lines + 1;
            if !closed {
                return Some(Row { line, fields: Err("a quotation mark is not closed") });
            }
            if row.iter().all(u8::is_ascii_whitespace) {
                continue;
            }
            return Some(Row { line, fields: fields(row) });
        }
    }
}

/// Where a row ends.
enum Extent {
    /// Here, after so many line breaks inside quotes.
    Row { end: usize, lines: u64 },
    /// A quotation is never closed: it costs no more than its own line, which ends here.
    Open { end: usize },
    /// Only what follows tells.
    More,
    /// Beyond [`LONGEST`].
    TooLong,
}

fn extent(text: &[u8], last: bool) -> Extent {
    let window = &text[..text.len().min(LONGEST)];
    let (mut quoted, mut lines) = (false, 0);
    for (at, byte) in window.iter().enumerate() {
        match byte {
            b'"' => quoted = !quoted,
            b'\n' if quoted => lines += 1,
            // The other half of this line break may come with the next part.
            b'\r' if !quoted && !last && at + 1 == text.len() => return Extent::More,
            b'\n' | b'\r' if !quoted => return Extent::Row { end: at, lines },
            _ => {}
        }
    }
    let whole = window.len() == text.len();
    let line = || window.iter().position(|byte| *byte == b'\n' || *byte == b'\r');
    match (whole, last) {
        (true, false) => Extent::More,
        (true, true) if quoted => Extent::Open { end: line().unwrap_or(text.len()) },
        (true, true) => Extent::Row { end: text.len(), lines },
        (false, _) if quoted => line().map_or(Extent::TooLong, |end| Extent::Open { end }),
        (false, _) => Extent::TooLong,
    }
}

fn fields(row: &[u8]) -> Result<Vec<&[u8]>, &'static str> {
    let mut found = Vec::new();
    let mut rest = row;
    loop {
        if let Some(inside) = rest.strip_prefix(b"\"") {
            let close = closing(inside).ok_or("a quotation mark is not closed")?;
            found.push(&inside[..close]);
            rest = &inside[close + 1..];
            match rest.split_first() {
                None => return Ok(found),
                Some((b',', after)) => rest = after,
                Some(_) => return Err("something follows a closing quotation mark"),
            }
        } else {
            match rest.iter().position(|byte| *byte == b',') {
                Some(comma) => {
                    found.push(&rest[..comma]);
                    rest = &rest[comma + 1..];
                }
                None => {
                    found.push(rest);
                    return Ok(found);
                }
            }
        }
    }
}

/// The mark that ends a quoted field: the first that is not doubled.
fn closing(text: &[u8]) -> Option<usize> {
    let mut at = 0;
    while let Some(found) = text.get(at..)?.iter().position(|byte| *byte == b'"') {
        at += found;
        if text.get(at + 1) != Some(&b'"') {
            return Some(at);
        }
        at += 2;
    }
    None
}

/// The text of a field.
pub(crate) fn unquoted(field: &[u8]) -> Option<String> {
    Some(std::str::from_utf8(field).ok()?.replace("\"\"", "\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(text: &str) -> Vec<(u64, Result<Vec<String>, &'static str>)> {
        Rows::of(text.as_bytes())
            .map(|row| {
                let fields = row.fields.map(|fields| fields.iter().map(|f| unquoted(f).unwrap()).collect());
                (row.line, fields)
            })
            .collect()
    }

    fn ok(fields: &[&str]) -> Result<Vec<String>, &'static str> {
        Ok(fields.iter().map(ToString::to_string).collect())
    }

    #[test]
    fn rows_with_quotes_and_all_line_ends() {
        let text = "\u{feff}a,b\r\n1,\"x, \"\"y\"\"\nz\"\n\n2,\r3,\"\"";
        assert_eq!(
            rows(text),
            [(1, ok(&["a", "b"])), (2, ok(&["1", "x, \"y\"\nz"])), (5, ok(&["2", ""])), (6, ok(&["3", ""]))]
        );
    }

    #[test]
    fn broken_quotes_cost_one_row() {
        let found = rows("a\n\"b\nc\n\"d\"e,f\n");
        assert_eq!(found[0], (1, ok(&["a"])));
        assert!(found.iter().any(|row| row.1.is_err()));
        assert_eq!(
            rows("x\n\"open\ny\n"),
            [(1, ok(&["x"])), (2, Err("a quotation mark is not closed")), (3, ok(&["y"]))]
        );
        assert_eq!(rows("\"d\"e,f\n"), [(1, Err("something follows a closing quotation mark"))]);
    }
}
