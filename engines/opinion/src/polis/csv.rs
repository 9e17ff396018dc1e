//! Rows of comma-separated values (RFC 4180), with the line on which each begins. Tolerant of line ends and of a mark at
//! the beginning; strict about quotes.

/// A row, or what is wrong with it, and the line on which it begins (from 1).
pub(crate) struct Row<'a> {
    pub(crate) line: u64,
    pub(crate) fields: Result<Vec<&'a [u8]>, &'static str>,
}

/// Walks over the rows of a text. Quotes around a field are taken off; doubled quotes inside stay doubled, which no
/// field that is read here contains (only texts of statements do, and [`unquoted`] is there for those).
pub(crate) struct Rows<'a> {
    rest: &'a [u8],
    line: u64,
}

impl<'a> Rows<'a> {
    pub(crate) fn of(bytes: &'a [u8]) -> Self {
        Self { rest: bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes), line: 1 }
    }
}

impl<'a> Iterator for Rows<'a> {
    type Item = Row<'a>;

    fn next(&mut self) -> Option<Row<'a>> {
        loop {
            if self.rest.is_empty() {
                return None;
            }
            let line = self.line;
            let (end, lines, closed) = extent(self.rest);
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

/// Where the row ends, how many line breaks lie inside quotes, and whether all quotes are closed.
fn extent(text: &[u8]) -> (usize, u64, bool) {
    let (mut quoted, mut lines) = (false, 0);
    for (at, byte) in text.iter().enumerate() {
        match byte {
            b'"' => quoted = !quoted,
            b'\n' if quoted => lines += 1,
            b'\n' | b'\r' if !quoted => return (at, lines, true),
            _ => {}
        }
    }
    if !quoted {
        return (text.len(), lines, true);
    }
    // A mark that is never closed swallows no more than its own line.
    let end = text.iter().position(|byte| *byte == b'\n' || *byte == b'\r').unwrap_or(text.len());
    (end, 0, false)
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
