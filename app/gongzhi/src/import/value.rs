//! Values of a mapping: texts with columns in them, look-ups, fallbacks.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;

use serde::Deserialize;
use serde::de::{self, MapAccess, SeqAccess, Visitor, value::MapAccessDeserializer};

use super::reader::Header;

/// A value as the mapping writes it: a text, a rule, or several of which the first that gives something counts.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum RawValue {
    Text(String),
    Rule(Box<RawRule>),
    FirstOf(Vec<RawValue>),
}

/// A value that is worked on before it is used.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawRule {
    /// What to begin with.
    from: RawValue,
    /// Only in rows where this says something.
    when: Option<RawValue>,
    /// The first of these beginnings that fits is cut off.
    #[serde(default)]
    strip_start: Vec<String>,
    /// Texts that mean nothing.
    #[serde(default)]
    ignore: Vec<String>,
    /// Whatever it says, if it says something, this.
    present: Option<String>,
    /// Pairs: what it may contain, and what that means; the first that fits counts.
    #[serde(default)]
    contains: Vec<(String, String)>,
    /// What each text means; letter case makes no difference.
    #[serde(default)]
    map: BTreeMap<String, String>,
    /// The name of a shared table under `[lookup]`.
    lookup: Option<String>,
    /// Where there is nothing, or no entry for it.
    otherwise: Option<RawValue>,
}

impl<'de> Deserialize<'de> for RawValue {
    fn deserialize<D: de::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Any;
        impl<'de> Visitor<'de> for Any {
            type Value = RawValue;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a text such as \"{Column}\", a table such as { from = \"{Column}\", map = { … } }, or a list of these")
            }
            fn visit_str<E: de::Error>(self, text: &str) -> Result<RawValue, E> {
                Ok(RawValue::Text(text.to_owned()))
            }
            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<RawValue, A::Error> {
                RawRule::deserialize(MapAccessDeserializer::new(map))
                    .map(|rule| RawValue::Rule(Box::new(rule)))
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<RawValue, A::Error> {
                let mut values = Vec::new();
                while let Some(value) = list.next_element()? {
                    values.push(value);
                }
                if values.is_empty() {
                    return Err(de::Error::custom("an empty list gives nothing"));
                }
                Ok(RawValue::FirstOf(values))
            }
        }
        deserializer.deserialize_any(Any)
    }
}

/// Shared look-up tables of a mapping.
pub(super) type Lookups = BTreeMap<String, BTreeMap<String, String>>;

/// What is wrong with a value in the mapping; the field is named by the caller.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ValueError(pub(super) String);

/// A value that knows where its columns stand.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Value {
    Template(Template),
    Rule(Box<Rule>),
    FirstOf(Vec<Value>),
}

#[derive(Debug, Clone, PartialEq)]
pub(super) struct Rule {
    from: Value,
    when: Option<Value>,
    strip_start: Vec<String>,
    /// In lower case.
    ignore: Vec<String>,
    present: Option<String>,
    /// The first in lower case.
    contains: Vec<(String, String)>,
    /// By lower case; `None` where the value means itself.
    map: Option<BTreeMap<String, String>>,
    otherwise: Option<Value>,
}

/// A text that the mapping has no entry for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unmapped(pub String);

impl Value {
    /// Reads the value; the columns are looked for by [`Value::bind`].
    pub(super) fn new(raw: &RawValue, lookups: &Lookups) -> Result<Self, ValueError> {
        Ok(match raw {
            RawValue::Text(text) => Self::Template(Template::parse(text)?),
            RawValue::FirstOf(values) => {
                Self::FirstOf(values.iter().map(|value| Self::new(value, lookups)).collect::<Result<_, _>>()?)
            }
            RawValue::Rule(raw) => {
                let mut map: BTreeMap<String, String> = BTreeMap::new();
                if let Some(name) = &raw.lookup {
                    let table = lookups.get(name).ok_or_else(|| {
                        let known: Vec<&str> = lookups.keys().map(String::as_str).collect();
                        ValueError(format!(
                            "there is no table [lookup.{name}]{}",
                            among("; there is", &known)
                        ))
                    })?;
                    map.extend(table.iter().map(|(from, to)| (from.trim().to_lowercase(), to.clone())));
                }
                map.extend(raw.map.iter().map(|(from, to)| (from.trim().to_lowercase(), to.clone())));
                let mapped = raw.lookup.is_some() || !raw.map.is_empty();
                if [raw.present.is_some(), !raw.contains.is_empty(), mapped]
                    .iter()
                    .filter(|used| **used)
                    .count()
                    > 1
                {
                    return Err(ValueError(
                        "use only one of `present`, `contains` and `map` or `lookup`".to_owned(),
                    ));
                }
                Self::Rule(Box::new(Rule {
                    from: Self::new(&raw.from, lookups)?,
                    when: raw.when.as_ref().map(|value| Self::new(value, lookups)).transpose()?,
                    strip_start: raw.strip_start.clone(),
                    ignore: raw.ignore.iter().map(|text| text.trim().to_lowercase()).collect(),
                    present: raw.present.clone(),
                    contains: raw
                        .contains
                        .iter()
                        .map(|(part, to)| (part.to_lowercase(), to.clone()))
                        .collect(),
                    map: mapped.then_some(map),
                    otherwise: raw.otherwise.as_ref().map(|value| Self::new(value, lookups)).transpose()?,
                }))
            }
        })
    }

    /// Finds the columns in the header of a file.
    pub(super) fn bind(&mut self, header: &Header) -> Result<(), ValueError> {
        match self {
            Self::Template(template) => template.bind(header),
            Self::FirstOf(values) => values.iter_mut().try_for_each(|value| value.bind(header)),
            Self::Rule(rule) => {
                rule.from.bind(header)?;
                rule.when.as_mut().map_or(Ok(()), |value| value.bind(header))?;
                rule.otherwise.as_mut().map_or(Ok(()), |value| value.bind(header))
            }
        }
    }

    /// Every text that the value can give without a column: what can be examined before a file is read.
    pub(super) fn constants<'a>(&'a self, found: &mut Vec<&'a str>) {
        match self {
            Self::Template(template) => found.extend(template.constant()),
            Self::FirstOf(values) => values.iter().for_each(|value| value.constants(found)),
            Self::Rule(rule) => {
                found.extend(rule.present.as_deref());
                found.extend(rule.contains.iter().map(|(_, to)| to.as_str()));
                found.extend(rule.map.iter().flat_map(BTreeMap::values).map(String::as_str));
                // A text that is looked up is not itself the result.
                if rule.present.is_none() && rule.contains.is_empty() && rule.map.is_none() {
                    rule.from.constants(found);
                }
                if let Some(otherwise) = &rule.otherwise {
                    otherwise.constants(found);
                }
            }
        }
    }

    /// The value in a row, trimmed; empty where the row says nothing.
    ///
    /// # Errors
    /// A text that the mapping has no entry for.
    pub(super) fn read<'a>(&'a self, row: &[Cow<'a, str>]) -> Result<Cow<'a, str>, Unmapped> {
        match self {
            Self::Template(template) => Ok(template.read(row)),
            Self::FirstOf(values) => {
                for value in values {
                    let text = value.read(row)?;
                    if !text.is_empty() {
                        return Ok(text);
                    }
                }
                Ok(Cow::Borrowed(""))
            }
            Self::Rule(rule) => rule.read(row),
        }
    }
}

impl Rule {
    fn read<'a>(&'a self, row: &[Cow<'a, str>]) -> Result<Cow<'a, str>, Unmapped> {
        let mut text = match &self.when {
            Some(when) if when.read(row)?.is_empty() => Cow::Borrowed(""),
            _ => self.from.read(row)?,
        };
        if let Some(start) = self.strip_start.iter().find(|start| text.starts_with(start.as_str())) {
            text = Cow::Owned(text.get(start.len()..).unwrap_or_default().trim().to_owned());
        }
        let nothing = text.is_empty() || self.ignore.iter().any(|ignored| same(&text, ignored));
        let found: Option<&'a str> = if nothing {
            None
        } else if let Some(present) = &self.present {
            Some(present)
        } else if !self.contains.is_empty() {
            let text = text.to_lowercase();
            self.contains.iter().find(|(part, _)| text.contains(part.as_str())).map(|(_, to)| to.as_str())
        } else if let Some(map) = &self.map {
            map.get(text.as_ref()).or_else(|| map.get(&text.to_lowercase())).map(String::as_str)
        } else {
            return Ok(text);
        };
        match (found, &self.otherwise) {
            (Some(found), _) => Ok(Cow::Borrowed(found)),
            (None, Some(otherwise)) => otherwise.read(row),
            (None, None) if nothing => Ok(Cow::Borrowed("")),
            (None, None) => Err(Unmapped(text.into_owned())),
        }
    }
}

/// Whether a text is `lower`, which is in lower case.
fn same(text: &str, lower: &str) -> bool {
    text == lower || (text.len() == lower.len() && text.to_lowercase() == lower)
}

/// A text with columns in it: `{Column}`; `{Column?}` where not every file has the column; `{A|B}` under whichever name
/// it has; `[ … ]` left out where a column in it is empty; `{{ }} [[ ]]` for the signs themselves.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Template(Vec<Part>);

#[derive(Debug, Clone, PartialEq)]
enum Part {
    Text(String),
    Column { names: Vec<String>, may_miss: bool, at: Option<usize> },
    Optional(Vec<Part>),
}

impl Template {
    pub(super) fn parse(text: &str) -> Result<Self, ValueError> {
        let mut parts = Vec::new();
        let mut optional: Option<Vec<Part>> = None;
        let mut rest = text.chars().peekable();
        let mut literal = String::new();
        let bad = |what: &str| ValueError(format!("“{text}”: {what}"));
        while let Some(c) = rest.next() {
            if matches!(c, '{' | '}' | '[' | ']') && rest.next_if_eq(&c).is_some() {
                literal.push(c);
                continue;
            }
            let target = optional.as_mut().unwrap_or(&mut parts);
            if matches!(c, '{' | '[' | ']') && !literal.is_empty() {
                target.push(Part::Text(std::mem::take(&mut literal)));
            }
            match c {
                '{' => {
                    let mut name = String::new();
                    loop {
                        match rest.next() {
                            Some('}') => break,
                            Some('{') | None => {
                                return Err(bad("a { has no } (write {{ for the sign itself)"));
                            }
                            Some(c) => name.push(c),
                        }
                    }
                    target.push(column(&name).ok_or_else(|| bad("there is no column name between { and }"))?);
                }
                '}' => return Err(bad("a } has no { (write }} for the sign itself)")),
                '[' if optional.is_some() => return Err(bad("[ ] cannot stand within [ ]")),
                '[' => optional = Some(Vec::new()),
                ']' => match optional.take() {
                    Some(within) if within.iter().any(|part| matches!(part, Part::Column { .. })) => {
                        parts.push(Part::Optional(within));
                    }
                    Some(_) => {
                        return Err(bad("[ ] without a column in it (write [[ ]] for the signs themselves)"));
                    }
                    None => return Err(bad("a ] has no [ (write ]] for the sign itself)")),
                },
                c => literal.push(c),
            }
        }
        if optional.is_some() {
            return Err(bad("a [ has no ] (write [[ for the sign itself)"));
        }
        if !literal.is_empty() {
            parts.push(Part::Text(literal));
        }
        Ok(Self(parts))
    }

    fn bind(&mut self, header: &Header) -> Result<(), ValueError> {
        bind(&mut self.0, header)
    }

    /// The whole text, if it has no column.
    fn constant(&self) -> Option<&str> {
        match self.0.as_slice() {
            [Part::Text(text)] => Some(text),
            _ => None,
        }
    }

    fn read<'a>(&'a self, row: &[Cow<'a, str>]) -> Cow<'a, str> {
        match self.0.as_slice() {
            [] => Cow::Borrowed(""),
            [Part::Text(text)] => Cow::Borrowed(text.trim()),
            // By far the most common: one column as it is.
            [Part::Column { at, .. }] => match cell(row, *at) {
                Some(Cow::Borrowed(text)) => Cow::Borrowed(text.trim()),
                Some(Cow::Owned(text)) => Cow::Owned(text.trim().to_owned()),
                None => Cow::Borrowed(""),
            },
            parts => {
                let mut text = String::new();
                let mut any = false;
                write(parts, row, &mut text, &mut any);
                // A template whose columns are all empty says nothing, whatever stands between them.
                if any { Cow::Owned(text.trim().to_owned()) } else { Cow::Borrowed("") }
            }
        }
    }
}

fn column(text: &str) -> Option<Part> {
    let (names, may_miss) = match text.strip_suffix('?') {
        Some(names) => (names, true),
        None => (text, false),
    };
    let names: Vec<String> =
        names.split('|').map(str::trim).filter(|name| !name.is_empty()).map(str::to_owned).collect();
    (!names.is_empty()).then_some(Part::Column { names, may_miss, at: None })
}

fn bind(parts: &mut [Part], header: &Header) -> Result<(), ValueError> {
    for part in parts {
        match part {
            Part::Text(_) => {}
            Part::Optional(within) => bind(within, header)?,
            Part::Column { names, may_miss, at } => {
                *at = names.iter().find_map(|name| header.find(name));
                if at.is_none() && !*may_miss {
                    let name = names.join("|");
                    let close = names.iter().find_map(|name| header.closest(name));
                    let hint = close.map_or_else(String::new, |close| format!("; is “{close}” meant?"));
                    return Err(ValueError(format!(
                        "the file has no column “{name}”{hint}{} (write {{{name}?}} if not every file has it)",
                        among("; it has", &header.names())
                    )));
                }
            }
        }
    }
    Ok(())
}

fn cell<'r, 'a>(row: &'r [Cow<'a, str>], at: Option<usize>) -> Option<&'r Cow<'a, str>> {
    row.get(at?)
}

fn write(parts: &[Part], row: &[Cow<'_, str>], text: &mut String, any: &mut bool) {
    for part in parts {
        match part {
            Part::Text(literal) => text.push_str(literal),
            Part::Column { at, .. } => {
                let cell = cell(row, *at).map_or("", |cell| cell.trim());
                *any |= !cell.is_empty();
                text.push_str(cell);
            }
            Part::Optional(within) => {
                let full = within.iter().all(|part| match part {
                    Part::Column { at, .. } => cell(row, *at).is_some_and(|cell| !cell.trim().is_empty()),
                    _ => true,
                });
                if full {
                    write(within, row, text, any);
                }
            }
        }
    }
}

/// A list for a sentence: «; it has “A”, “B” and “C”»; empty for none.
pub(super) fn among(lead: &str, names: &[&str]) -> String {
    if names.is_empty() {
        return String::new();
    }
    let quoted: Vec<String> = names.iter().map(|name| format!("“{name}”")).collect();
    format!("{lead} {}", quoted.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn header() -> Header {
        Header::new(["Case ID", "TITLE", "Reason", "状态"].map(str::to_owned).to_vec())
    }

    fn row<'a>(cells: [&'a str; 4]) -> Vec<Cow<'a, str>> {
        cells.map(Cow::Borrowed).to_vec()
    }

    fn value(toml: &str) -> Result<Value, String> {
        #[derive(Deserialize)]
        struct Holder {
            v: RawValue,
            #[serde(default)]
            lookup: Lookups,
        }
        let holder: Holder = toml::from_str(toml).map_err(|error| error.to_string())?;
        let mut value = Value::new(&holder.v, &holder.lookup).map_err(|error| error.0)?;
        value.bind(&header()).map_err(|error| error.0)?;
        Ok(value)
    }

    fn read(toml: &str, cells: [&str; 4]) -> String {
        match value(toml).unwrap().read(&row(cells)) {
            Ok(text) => text.into_owned(),
            Err(Unmapped(text)) => format!("unmapped: {text}"),
        }
    }

    #[test]
    fn values_as_mappings_write_them() {
        for (toml, cells, expected) in [
            (r#"v = "{Case ID}""#, [" 7 ", "", "", ""], "7"),
            (r#"v = "{case_id}""#, ["7", "", "", ""], "7"),
            (r#"v = "{TITLE}: {Reason}""#, ["", "a", "b", ""], "a: b"),
            (r#"v = "{TITLE}: {Reason}""#, ["", "", "", ""], ""),
            (r#"v = "{TITLE}[ ({Reason})]""#, ["", "a", "", ""], "a"),
            (r#"v = "{TITLE}[ ({Reason})]""#, ["", "a", "b", ""], "a (b)"),
            (r#"v = "{{{TITLE}}} [[x]]""#, ["", "a", "", ""], "{a} [x]"),
            (r#"v = "{标题|TITLE}""#, ["", "a", "", ""], "a"),
            (r#"v = "{Missing?}""#, ["", "a", "", ""], ""),
            (r#"v = "fixed""#, ["", "", "", ""], "fixed"),
            (r#"v = ["{TITLE}", "{Reason}", "none"]"#, ["", "", "b", ""], "b"),
            (r#"v = ["{TITLE}", "{Reason}", "none"]"#, ["", " ", "", ""], "none"),
            (
                r#"v = { from = "{状态}", map = { "已办结" = "closed", OPEN = "open" } }"#,
                ["", "", "", "open"],
                "open",
            ),
            (
                r#"v = { from = "{状态}", map = { "已办结" = "closed" } }"#,
                ["", "", "", "处理中"],
                "unmapped: 处理中",
            ),
            (r#"v = { from = "{状态}", map = { "已办结" = "closed" } }"#, ["", "", "", ""], ""),
            (
                r#"v = { from = "{状态}", map = { "已办结" = "closed" }, otherwise = "open" }"#,
                ["", "", "", "x"],
                "open",
            ),
            (
                "v = { from = \"{状态}\", lookup = \"s\" }\n[lookup.s]\n\"已办结\" = \"closed\"",
                ["", "", "", "已办结"],
                "closed",
            ),
            (
                r#"v = { from = "{Reason}", present = "answered", otherwise = "open" }"#,
                ["", "", "b", ""],
                "answered",
            ),
            (
                r#"v = { from = "{Reason}", present = "answered", otherwise = "open" }"#,
                ["", "", "", ""],
                "open",
            ),
            (r#"v = { from = "{TITLE}", when = "{Reason}" }"#, ["", "a", "b", ""], "a"),
            (
                r#"v = { from = "{TITLE}", when = { from = "{Reason}", ignore = ["(0, 0)"] } }"#,
                ["", "a", "(0, 0)", ""],
                "",
            ),
            (
                r#"v = { from = "{TITLE}", ignore = ["printed"], otherwise = "{Reason}" }"#,
                ["", "PRINTED", "b", ""],
                "b",
            ),
            (
                r#"v = { from = "{TITLE}", strip_start = ["Case Closed", "Case"] }"#,
                ["", "Case Closed done", "", ""],
                "done",
            ),
            (
                r#"v = { from = "{TITLE}", contains = [["投诉", "complaint"], ["建议", "suggestion"]], otherwise = "help" }"#,
                ["", "我要投诉和建议", "", ""],
                "complaint",
            ),
        ] {
            assert_eq!(read(toml, cells), expected, "{toml}");
        }
    }

    #[test]
    fn what_is_wrong_is_said_with_the_way_out() {
        for (toml, part) in [
            (r#"v = "{TITEL}""#, "no column “TITEL”; is “TITLE” meant?; it has “Case ID”"),
            (r#"v = "{TITLE""#, "has no }"),
            (r#"v = "TITLE}""#, "has no {"),
            (r#"v = "[x]""#, "without a column"),
            (r#"v = "{}""#, "no column name"),
            (r#"v = []"#, "empty list"),
            (r#"v = 3"#, "a text such as"),
            (r#"v = { from = "{TITLE}", mapp = {} }"#, "mapp"),
            (r#"v = { from = "{TITLE}", lookup = "x" }"#, "[lookup.x]"),
            (r#"v = { from = "{TITLE}", present = "a", map = { b = "c" } }"#, "only one of"),
        ] {
            let said = value(toml).unwrap_err();
            assert!(said.contains(part), "{toml}: {said}");
        }
    }

    #[test]
    fn constants_are_known_before_a_file_is_read() {
        let value =
            value(r#"v = { from = "{TITLE}", map = { a = "x", b = "y" }, otherwise = "z" }"#).unwrap();
        let mut found = Vec::new();
        value.constants(&mut found);
        assert_eq!(found, ["x", "y", "z"]);
    }
}
