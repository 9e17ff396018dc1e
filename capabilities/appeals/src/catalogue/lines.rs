//! The dispatch catalogue as people edit it: one line for each rule, `category, area, organ` by their codes, as it is
//! copied from and pasted into any spreadsheet. An empty cell or `*` stands for any category, or for the whole city.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use gongzhi_kernel::{AreaId, FieldError, Refusal};
use gongzhi_people::Directory;

use super::{Categories, Entry};
use crate::actions::books::may_receive;
use crate::model::CategoryId;

/// The field of the form that holds the lines.
pub const FIELD: &str = "lines";
/// A catalogue has at most so many lines.
pub const MOST_LINES: usize = 20_000;
/// So many mistakes are told at once.
const MOST_ERRORS: usize = 20;

/// Every mistake that a line may hold, by the key of its sentence.
pub const MISTAKES: [&str; 7] = [
    "catalogue-line-cells",
    "catalogue-line-category",
    "catalogue-line-area",
    "catalogue-line-organ",
    "catalogue-line-doubled",
    "catalogue-no-line",
    "catalogue-too-many-lines",
];

/// Reads the lines. Empty lines and lines that begin with `#` are passed over. Refused with every mistake by its line.
pub fn read(text: &str, categories: &Categories, directory: &Directory) -> Result<Vec<Entry>, Refusal> {
    let mut entries = Vec::new();
    let mut errors: Vec<FieldError> = Vec::new();
    let mut seen: BTreeMap<(Option<CategoryId>, Option<AreaId>), usize> = BTreeMap::new();
    for (number, line) in text.lines().enumerate().map(|(at, line)| (at + 1, line.trim())) {
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        if entries.len() == MOST_LINES {
            errors.push(FieldError::new(FIELD, "catalogue-too-many-lines").with("most", MOST_LINES));
            break;
        }
        match read_line(line, categories, directory) {
            Ok(entry) => match seen.insert((entry.category, entry.area), number) {
                None => entries.push(entry),
                Some(first) => errors.push(
                    FieldError::new(FIELD, "catalogue-line-doubled")
                        .with("line", number)
                        .with("first", first),
                ),
            },
            Err((key, what)) => {
                errors.push(FieldError::new(FIELD, key).with("line", number).with("what", what));
            }
        }
        if errors.len() >= MOST_ERRORS {
            break;
        }
    }
    if entries.is_empty() && errors.is_empty() {
        errors.push(FieldError::new(FIELD, "catalogue-no-line"));
    }
    if errors.is_empty() { Ok(entries) } else { Err(Refusal::fields(errors)) }
}

/// One line, or its mistake and the words that it is in.
fn read_line(
    line: &str,
    categories: &Categories,
    directory: &Directory,
) -> Result<Entry, (&'static str, String)> {
    let cells: Vec<&str> =
        line.split(['\t', ',', '，', ';', '；']).map(|cell| cell.trim().trim_matches('"')).collect();
    let [category, area, organ] = cells.as_slice() else {
        return Err(("catalogue-line-cells", shortened(line)));
    };
    let any = |cell: &str| cell.is_empty() || cell == "*";
    let category = match *category {
        cell if any(cell) => None,
        code => Some(categories.by_code(code).ok_or(("catalogue-line-category", shortened(code)))?.id),
    };
    let area = match *area {
        cell if any(cell) => None,
        code => Some(directory.area_by_code(code).ok_or(("catalogue-line-area", shortened(code)))?.id),
    };
    let organ = directory
        .organ_by_code(organ)
        .filter(|organ| may_receive(organ))
        .ok_or(("catalogue-line-organ", shortened(organ)))?
        .id;
    Ok(Entry { category, area, organ })
}

/// So much of a text that a sentence can name it.
fn shortened(text: &str) -> String {
    text.chars().take(60).collect()
}

/// The lines of a catalogue, by the codes of category and area, the last resorts at the end.
pub fn write(
    entries: impl IntoIterator<Item = Entry>,
    categories: &Categories,
    directory: &Directory,
) -> String {
    let mut lines: Vec<[String; 3]> = entries
        .into_iter()
        .map(|entry| {
            let category = entry.category.and_then(|id| categories.get(id));
            let area = entry.area.and_then(|id| directory.area(id));
            [
                category.map_or_else(|| "*".to_owned(), |category| category.code.clone()),
                area.map_or_else(|| "*".to_owned(), |area| area.code.clone()),
                directory
                    .organ(entry.organ)
                    .map_or_else(|| entry.organ.to_string(), |organ| organ.code.clone()),
            ]
        })
        .collect();
    lines.sort_by(|a, b| {
        let key = |line: &[String; 3]| line.clone().map(|cell| (cell == "*", cell));
        key(a).cmp(&key(b))
    });
    let mut text = String::new();
    for [category, area, organ] in lines {
        // Writing to a string cannot fail.
        let _always_fits = writeln!(text, "{category}, {area}, {organ}");
    }
    text
}
