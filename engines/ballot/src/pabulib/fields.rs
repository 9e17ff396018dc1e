//! The fields of a line: separated by `;`, in quotation marks where they hold one.

use std::borrow::Cow;

/// Cuts a line. A quotation mark that is never closed is an ordinary character.
pub(super) fn split(line: &str) -> Vec<Cow<'_, str>> {
    let mut fields = Vec::new();
    let mut rest = line;
    loop {
        let (field, after) = one(rest);
        fields.push(field);
        match after {
            Some(after) => rest = after,
            None => return fields,
        }
    }
}

/// The first field, and what stands behind its separator.
fn one(text: &str) -> (Cow<'_, str>, Option<&str>) {
    if let Some(inside) = text.strip_prefix('"')
        && let Some((quoted, after)) = quoted(inside)
    {
        let (tail, after) = plain(after);
        let mut field = quoted;
        field.push_str(tail);
        return (Cow::Owned(field.trim().to_owned()), after);
    }
    let (field, after) = plain(text);
    (Cow::Borrowed(field.trim()), after)
}

fn plain(text: &str) -> (&str, Option<&str>) {
    match text.split_once(';') {
        Some((field, after)) => (field, Some(after)),
        None => (text, None),
    }
}

/// What stands up to the closing mark, with doubled marks made single, and what follows.
fn quoted(text: &str) -> Option<(String, &str)> {
    let mut field = String::new();
    let mut rest = text;
    loop {
        let (part, after) = rest.split_once('"')?;
        field.push_str(part);
        match after.strip_prefix('"') {
            Some(more) => {
                field.push('"');
                rest = more;
            }
            None => return Some((field, after)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::split;

    #[test]
    fn fields_are_cut_as_spreadsheets_write_them() {
        assert_eq!(split("a;b;;c"), ["a", "b", "", "c"]);
        assert_eq!(split(" a ; b"), ["a", "b"]);
        assert_eq!(split("1;\"x;y \"\"z\"\"\";2"), ["1", "x;y \"z\"", "2"]);
        assert_eq!(split("\"Szlak\" murali;7"), ["Szlak murali", "7"]);
        assert_eq!(split("\"never closed;7"), ["\"never closed", "7"]);
        assert_eq!(split(""), [""]);
    }
}
