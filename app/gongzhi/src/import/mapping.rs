//! Mappings: which column of another system's file is what. Written in TOML; see `mappings/` for those that are shipped.

use std::collections::BTreeMap;
use std::time::Duration;

use gongzhi_appeals::model::{Channel, Kind, Urgency, Visibility};
use gongzhi_appeals::rules::ImportedState;
use gongzhi_people::{AreaLevel, OrganKind};
use jiff::tz::TimeZone;
use serde::Deserialize;

use super::reader::{self, Format, Header};
use super::times::Times;
use super::value::{Lookups, RawValue, Value, ValueError};

/// The mappings that are shipped, by name.
pub const SHIPPED: [(&str, &str); 3] = [
    ("boston-311", include_str!("../../mappings/boston-311.toml")),
    ("nyc-311", include_str!("../../mappings/nyc-311.toml")),
    ("messages-zh", include_str!("../../mappings/messages-zh.toml")),
];

/// What is wrong with a mapping.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MappingError {
    /// It is no TOML, or has fields that there are not; the message names line and column.
    #[error("{0}")]
    Unreadable(String),
    /// A field cannot be used.
    #[error("{field}: {what}")]
    Field {
        /// Where, such as `row.submitted`.
        field: String,
        /// What is wrong and the way out.
        what: String,
    },
}

fn wrong(field: impl Into<String>, what: impl Into<String>) -> MappingError {
    MappingError::Field { field: field.into(), what: what.into() }
}

/// What to do with an area, organ or category that the city does not have.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Unknown {
    /// Make it.
    #[default]
    Create,
    /// Do not take the row.
    Reject,
    /// Take the row without it.
    Leave,
}

/// In which system coordinates are given.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Coordinates {
    /// As satellites give them.
    #[default]
    Wgs84,
    /// As maps in mainland China show them: shifted by some hundred metres.
    Gcj02,
}

macro_rules! row_fields {
    ($($name:ident),+ $(,)?) => {
        /// What a row says of a case.
        #[derive(Debug, Clone, Deserialize)]
        #[serde(deny_unknown_fields)]
        pub(super) struct Fields<T> {
            $(pub(super) $name: Option<T>,)+
        }

        impl<T> Fields<T> {
            fn try_map<U>(self, mut each: impl FnMut(&'static str, T) -> Result<U, MappingError>) -> Result<Fields<U>, MappingError> {
                Ok(Fields { $($name: self.$name.map(|value| each(concat!("row.", stringify!($name)), value)).transpose()?,)+ })
            }

            fn each(&mut self, mut each: impl FnMut(&'static str, &mut T) -> Result<(), MappingError>) -> Result<(), MappingError> {
                $(if let Some(value) = &mut self.$name { each(concat!("row.", stringify!($name)), value)?; })+
                Ok(())
            }
        }
    };
}

row_fields! {
    key, title, text, reply, address, latitude, longitude,
    submitted, dispatched, accepted, contacted, answered, closed, due,
    kind, channel, urgency, visibility, state,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawMapping {
    source: String,
    #[serde(default)]
    about: String,
    #[serde(default)]
    file: Format,
    #[serde(default)]
    time: RawTime,
    #[serde(default)]
    coordinates: Coordinates,
    row: Fields<RawValue>,
    area: Option<RawTree>,
    category: Option<RawTree>,
    organ: Option<RawOrgan>,
    #[serde(default)]
    lookup: Lookups,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawTime {
    zone: Option<String>,
    #[serde(default)]
    formats: Vec<String>,
    #[serde(default)]
    slack: u32,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawTree {
    #[serde(default)]
    unknown: Unknown,
    levels: Vec<RawLevel>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawLevel {
    name: RawValue,
    name_en: Option<RawValue>,
    code: Option<RawValue>,
    level: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawOrgan {
    #[serde(default)]
    unknown: Unknown,
    name: RawValue,
    name_en: Option<RawValue>,
    code: Option<RawValue>,
    kind: Option<String>,
}

/// How something of the city is named in a row.
#[derive(Debug, Clone)]
pub(super) struct Naming {
    pub(super) name: Value,
    pub(super) name_en: Option<Value>,
    pub(super) code: Option<Value>,
}

/// Levels of a tree, the widest first.
#[derive(Debug, Clone)]
pub(super) struct Tree<L> {
    pub(super) unknown: Unknown,
    pub(super) levels: Vec<(L, Naming)>,
}

/// The organ of a row.
#[derive(Debug, Clone)]
pub(super) struct OrganRule {
    pub(super) unknown: Unknown,
    pub(super) naming: Naming,
    pub(super) kind: OrganKind,
}

/// A mapping that can be used.
#[derive(Debug, Clone)]
pub struct Mapping {
    /// The system that the rows come from; with the key of a row it tells whether the row is there already.
    pub source: String,
    /// What it is for.
    pub about: String,
    pub(super) format: Format,
    pub(super) times: Times,
    /// By how much clocks of the other system may differ.
    pub(super) slack: Duration,
    pub(super) coordinates: Coordinates,
    pub(super) fields: Fields<Value>,
    pub(super) area: Option<Tree<AreaLevel>>,
    pub(super) category: Option<Tree<()>>,
    pub(super) organ: Option<OrganRule>,
}

/// The words of a state of a row.
pub(super) fn state_of(word: &str) -> Option<ImportedState> {
    match word {
        "open" => Some(ImportedState::Open),
        "answered" => Some(ImportedState::Answered),
        "closed" => Some(ImportedState::Closed),
        _ => None,
    }
}

fn words<T: Copy>(all: &[T], word: impl Fn(T) -> &'static str) -> Vec<&'static str> {
    all.iter().map(|value| word(*value)).collect()
}

impl Mapping {
    /// Reads a mapping. `zone` is that of the city, for mappings that name none.
    ///
    /// # Errors
    /// What is wrong, with the line or the field and the way out.
    pub fn parse(text: &str, zone: &TimeZone) -> Result<Self, MappingError> {
        let raw: RawMapping = toml::from_str(text)
            .map_err(|error| MappingError::Unreadable(error.to_string().trim_end().to_owned()))?;
        let source = raw.source.trim().to_owned();
        if source.is_empty()
            || source.chars().count() > 20
            || !source.chars().all(|c| c.is_alphanumeric() || "-_.".contains(c))
        {
            return Err(wrong(
                "source",
                "give a short name such as \"boston-311\": up to 20 letters, figures, - _ .",
            ));
        }
        check_format(&raw.file)?;
        let zone = match &raw.time.zone {
            Some(name) => TimeZone::get(name)
                .map_err(|_| wrong("time.zone", format!("“{name}” is no time zone; write one such as \"Asia/Shanghai\" or \"America/New_York\"")))?,
            None => zone.clone(),
        };
        let times = Times::new(&raw.time.formats, zone).map_err(|what| wrong("time.formats", what))?;
        let lookups = raw.lookup;
        let value = |field: &str, raw: &RawValue| {
            Value::new(raw, &lookups).map_err(|ValueError(what)| wrong(field, what))
        };
        let naming = |field: &str, name: &RawValue, name_en: &Option<RawValue>, code: &Option<RawValue>| {
            let optional = |part: &str, raw: &Option<RawValue>| {
                raw.as_ref().map(|raw| value(&format!("{field}.{part}"), raw)).transpose()
            };
            Ok(Naming {
                name: value(&format!("{field}.name"), name)?,
                name_en: optional("name_en", name_en)?,
                code: optional("code", code)?,
            })
        };

        let mapping = Self {
            source,
            about: raw.about,
            format: raw.file,
            times,
            slack: Duration::from_secs(raw.time.slack.into()),
            coordinates: raw.coordinates,
            fields: raw.row.try_map(|field, raw| value(field, &raw))?,
            area: raw.area.map(|tree| {
                let level = |at: usize, raw: &RawLevel| {
                    let field = format!("area.levels[{at}]");
                    let word = raw.level.as_deref().unwrap_or_default();
                    let level = AreaLevel::from_word(word).ok_or_else(|| {
                        wrong(format!("{field}.level"), one_of(word, &words(AreaLevel::ALL, AreaLevel::word)))
                    })?;
                    Ok((level, naming(&field, &raw.name, &raw.name_en, &raw.code)?))
                };
                let levels: Vec<(AreaLevel, Naming)> =
                    tree.levels.iter().enumerate().map(|(at, raw)| level(at, raw)).collect::<Result<_, MappingError>>()?;
                if levels.is_empty() || !levels.iter().map(|(level, _)| *level).is_sorted_by(|a, b| a < b) {
                    return Err(wrong("area.levels", "list them from the widest, each level once: city, district, street, community, grid"));
                }
                Ok(Tree { unknown: tree.unknown, levels })
            })
            .transpose()?,
            category: raw.category.map(|tree| {
                let levels: Vec<((), Naming)> = tree.levels.iter().enumerate().map(|(at, raw)| {
                    let field = format!("category.levels[{at}]");
                    if raw.level.is_some() {
                        return Err(wrong(format!("{field}.level"), "categories have no names of levels; leave it out"));
                    }
                    Ok(((), naming(&field, &raw.name, &raw.name_en, &raw.code)?))
                }).collect::<Result<_, _>>()?;
                if levels.is_empty() || levels.len() > gongzhi_appeals::catalogue::DEPTH {
                    return Err(wrong("category.levels", format!("list one to {} of them, the widest first", gongzhi_appeals::catalogue::DEPTH)));
                }
                Ok(Tree { unknown: tree.unknown, levels })
            })
            .transpose()?,
            organ: raw.organ.map(|organ| {
                let word = organ.kind.as_deref().unwrap_or("department");
                let kind = OrganKind::from_word(word)
                    .ok_or_else(|| wrong("organ.kind", one_of(word, &words(OrganKind::ALL, OrganKind::word))))?;
                Ok(OrganRule { unknown: organ.unknown, naming: naming("organ", &organ.name, &organ.name_en, &organ.code)?, kind })
            })
            .transpose()?,
        };
        mapping.check()?;
        Ok(mapping)
    }

    /// What can be known to be wrong before a file is read.
    fn check(&self) -> Result<(), MappingError> {
        let fields = &self.fields;
        for (name, missing, why) in [
            (
                "row.key",
                fields.key.is_none(),
                "what tells one row from another; without it a second run would import everything twice",
            ),
            ("row.submitted", fields.submitted.is_none(), "when the case came in"),
            (
                "row.text",
                fields.text.is_none() && fields.title.is_none(),
                "what it is about; `row.title` or `row.text` or both",
            ),
        ] {
            if missing {
                return Err(wrong(name, format!("is missing: {why}")));
            }
        }
        if fields.latitude.is_some() != fields.longitude.is_some() {
            return Err(wrong("row.latitude", "comes together with row.longitude"));
        }
        let closed_lists: [(&str, &Option<Value>, Vec<&str>); 5] = [
            ("row.kind", &fields.kind, words(Kind::ALL, Kind::word)),
            ("row.channel", &fields.channel, words(Channel::ALL, Channel::word)),
            ("row.urgency", &fields.urgency, words(Urgency::ALL, Urgency::word)),
            ("row.visibility", &fields.visibility, words(Visibility::ALL, Visibility::word)),
            ("row.state", &fields.state, vec!["open", "answered", "closed"]),
        ];
        for (name, value, allowed) in closed_lists {
            let mut constants = Vec::new();
            if let Some(value) = value {
                value.constants(&mut constants);
            }
            if let Some(bad) = constants.iter().find(|word| !word.is_empty() && !allowed.contains(word)) {
                return Err(wrong(name, one_of(bad, &allowed)));
            }
        }
        Ok(())
    }

    /// Finds the columns in the header of a file.
    ///
    /// # Errors
    /// A column that the file does not have, with those that it has.
    pub(super) fn bind(&mut self, header: &Header) -> Result<(), MappingError> {
        let mut bind = |field: &str, value: &mut Value| {
            value.bind(header).map_err(|ValueError(what)| wrong(field, what))
        };
        self.fields.each(&mut bind)?;
        let named = |field: String, naming: &mut Naming| {
            bind(&format!("{field}.name"), &mut naming.name)?;
            naming.name_en.as_mut().map_or(Ok(()), |value| bind(&format!("{field}.name_en"), value))?;
            naming.code.as_mut().map_or(Ok(()), |value| bind(&format!("{field}.code"), value))
        };
        for (at, (_, level)) in self.area.iter_mut().flat_map(|tree| tree.levels.iter_mut().enumerate()) {
            named(format!("area.levels[{at}]"), level)?;
        }
        for (at, (_, level)) in self.category.iter_mut().flat_map(|tree| tree.levels.iter_mut().enumerate()) {
            named(format!("category.levels[{at}]"), level)?;
        }
        self.organ.as_mut().map_or(Ok(()), |organ| named("organ".to_owned(), &mut organ.naming))
    }
}

fn check_format(format: &Format) -> Result<(), MappingError> {
    if let Some(name) = &format.delimiter
        && reader::delimiter(name).is_none()
    {
        return Err(wrong("file.delimiter", one_of(name, &[",", ";", "|", "tab"])));
    }
    if let Some(name) = &format.encoding
        && reader::encoding(name).is_none()
    {
        return Err(wrong("file.encoding", one_of(name, &["utf-8", "gb18030"])));
    }
    Ok(())
}

/// «“x” is none of a, b, c».
pub(super) fn one_of(word: &str, allowed: &[&str]) -> String {
    if word.is_empty() {
        format!("is missing; give one of {}", allowed.join(", "))
    } else {
        format!("“{word}” is none of {}", allowed.join(", "))
    }
}

/// The text of a mapping that is shipped.
pub(super) fn shipped(name: &str) -> Option<&'static str> {
    SHIPPED.iter().find(|(known, _)| *known == name).map(|(_, text)| *text)
}

/// The names of the shipped mappings with what each is for.
pub(super) fn list() -> BTreeMap<&'static str, String> {
    let about =
        |text: &str| Mapping::parse(text, &TimeZone::UTC).map(|mapping| mapping.about).unwrap_or_default();
    SHIPPED.iter().map(|(name, text)| (*name, about(text))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const SMALL: &str = "source = \"x\"\n[row]\nkey = \"{ID}\"\nsubmitted = \"{Date}\"\ntext = \"{Text}\"\n";

    fn parse(text: &str) -> Result<Mapping, MappingError> {
        Mapping::parse(text, &TimeZone::UTC)
    }

    #[test]
    fn all_shipped_mappings_can_be_used() {
        for (name, text) in SHIPPED {
            let mapping = parse(text).unwrap_or_else(|error| panic!("{name}: {error}"));
            assert_eq!(mapping.source, name);
            assert!(!mapping.about.is_empty(), "{name} says nothing about itself");
        }
        assert_eq!(list().len(), SHIPPED.len());
    }

    #[test]
    fn a_mapping_needs_little() {
        let mapping = parse(SMALL).unwrap();
        assert!(mapping.area.is_none() && mapping.organ.is_none());
    }

    #[test]
    fn a_bad_mapping_says_where_and_what_to_do() {
        let with = |more: &str| format!("{SMALL}{more}\n");
        for (text, parts) in [
            ("source = x".to_owned(), &["line 1"][..]),
            (with("tittle = \"{T}\""), &["line 6", "tittle", "expected one of"]),
            (with("title = \"{T\""), &["row.title", "has no }"]),
            (with("kind = \"enquiry\""), &["row.kind", "“enquiry” is none of inquiry, help"]),
            (
                with("state = { from = \"{S}\", map = { Done = \"finished\" } }"),
                &["row.state", "“finished” is none of open"],
            ),
            (
                with("channel = { from = \"{S}\", lookup = \"channels\" }"),
                &["row.channel", "[lookup.channels]"],
            ),
            (with("latitude = \"{Lat}\""), &["row.latitude", "row.longitude"]),
            (with("[time]\nzone = \"Boston\""), &["time.zone", "America/New_York"]),
            (with("[time]\nformats = [\"%H\"]"), &["time.formats", "strftime"]),
            (with("[file]\ndelimiter = \"/\""), &["file.delimiter", "tab"]),
            (with("[file]\nencoding = \"latin9\""), &["file.encoding", "gb18030"]),
            (with("[organ]\nname = \"{O}\"\nkind = \"ministry\""), &["organ.kind", "department"]),
            (with("[organ]\nname = \"{O}\"\nunknown = \"make\""), &["line 8", "create"]),
            (with("[[area.levels]]\nname = \"{A}\""), &["area.levels[0].level", "district"]),
            (
                with(
                    "[[area.levels]]\nlevel = \"street\"\nname = \"{A}\"\n[[area.levels]]\nlevel = \"city\"\nname = \"{B}\"",
                ),
                &["area.levels", "widest"],
            ),
            (with("[category]\nlevels = []"), &["category.levels", "one to 3"]),
            (SMALL.replace("key = \"{ID}\"\n", ""), &["row.key", "missing"]),
            (SMALL.replace("\"x\"", "\"a b\""), &["source", "boston-311"]),
        ] {
            let said = parse(&text).unwrap_err().to_string();
            for part in parts {
                assert!(said.contains(part), "{text}\n→ {said}");
            }
        }
    }

    #[test]
    fn a_column_that_the_file_lacks_is_named_with_those_it_has() {
        let mut mapping = parse(SMALL).unwrap();
        let header = Header::new(["ID", "Dat", "Text"].map(str::to_owned).to_vec());
        let said = mapping.bind(&header).unwrap_err().to_string();
        assert!(
            said.contains("row.submitted") && said.contains("is “Dat” meant?") && said.contains("“Text”"),
            "{said}"
        );
    }
}
