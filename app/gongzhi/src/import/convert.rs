//! From a row to a case, by the mapping: pure.

use std::borrow::Cow;
use std::time::Duration;

use gongzhi_appeals::model::{Channel, Kind, Urgency, Visibility};
use gongzhi_appeals::rules::ImportedState;
use gongzhi_kernel::{LocalText, Point, Timestamp};
use gongzhi_people::{AreaLevel, OrganKind};

use super::coordinates::from_gcj02;
use super::mapping::{Coordinates, Mapping, Naming, Unknown, one_of, state_of};
use super::value::{Unmapped, Value};

/// Longest keys: they stand in an index.
const KEY_MOST: usize = 200;
/// Longest names of areas, organs and categories.
const NAME_MOST: usize = 120;
/// Longest codes that are made of areas, and of organs and categories.
const AREA_CODE_MOST: usize = 32;
const CODE_MOST: usize = 64;

/// How a row names an area, organ or category.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Named {
    /// Its code in the city, or one made from source and name.
    pub(super) code: String,
    pub(super) name: LocalText,
}

/// What a row says, in the words of the platform. Areas, organs and categories are still names.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Request {
    pub(super) key: String,
    pub(super) kind: Kind,
    pub(super) channel: Channel,
    pub(super) urgency: Urgency,
    pub(super) visibility: Visibility,
    /// The widest first; empty where the row names none.
    pub(super) category: Vec<Named>,
    /// The widest first; empty where the row names none.
    pub(super) area: Vec<(AreaLevel, Named)>,
    pub(super) organ: Option<(OrganKind, Named)>,
    pub(super) address: String,
    pub(super) point: Option<Point>,
    pub(super) title: String,
    pub(super) text: String,
    pub(super) reply: String,
    pub(super) state: ImportedState,
    pub(super) submitted_at: Timestamp,
    pub(super) dispatched_at: Option<Timestamp>,
    pub(super) accepted_at: Option<Timestamp>,
    pub(super) contacted_at: Option<Timestamp>,
    pub(super) answered_at: Option<Timestamp>,
    pub(super) closed_at: Option<Timestamp>,
    pub(super) due: Option<Timestamp>,
}

/// Why a row is not taken: a sentence for whoever mends the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Reason(pub(super) String);

fn reason(field: &str, what: impl std::fmt::Display) -> Reason {
    Reason(format!("{field}: {what}"))
}

/// A case from a row.
///
/// # Errors
/// The reason why the row cannot be taken.
pub(super) fn convert<'a>(mapping: &'a Mapping, row: &[Cow<'a, str>]) -> Result<Request, Reason> {
    let fields = &mapping.fields;
    let text = |field: &str, value: &'a Option<Value>| read(field, value.as_ref(), row);
    let time =
        |field: &str, value: &'a Option<Value>| {
            let text = read(field, value.as_ref(), row)?;
            if text.is_empty() {
                return Ok(None);
            }
            mapping.times.read(&text).map(Some).ok_or_else(|| {
                reason(field, format!("“{text}” is no time in any of the formats of the mapping"))
            })
        };

    let key = text("key", &fields.key)?;
    if key.is_empty() {
        return Err(reason("key", "is empty"));
    }
    if key.chars().count() > KEY_MOST {
        return Err(reason("key", format!("is longer than {KEY_MOST} characters")));
    }
    let submitted_at =
        time("submitted", &fields.submitted)?.ok_or_else(|| reason("submitted", "is empty"))?;
    let (title, body) = (text("title", &fields.title)?, text("text", &fields.text)?);
    if title.is_empty() && body.is_empty() {
        return Err(reason("text", "neither title nor text says anything"));
    }
    let reply = text("reply", &fields.reply)?;
    let mut steps = [
        ("submitted", Some(submitted_at)),
        ("dispatched", time("dispatched", &fields.dispatched)?),
        ("accepted", time("accepted", &fields.accepted)?),
        ("contacted", time("contacted", &fields.contacted)?),
        ("answered", time("answered", &fields.answered)?),
        ("closed", time("closed", &fields.closed)?),
    ];
    let [_, _, _, _, (_, answered_at), (_, closed_at)] = steps;
    let state = match word("state", fields.state.as_ref(), row, state_of, &["open", "answered", "closed"])? {
        Some(state) => state,
        // A file that does not tell the state tells it by what it holds.
        None if closed_at.is_some() => ImportedState::Closed,
        None if answered_at.is_some() => ImportedState::Answered,
        None => ImportedState::Open,
    };
    if state == ImportedState::Open {
        // What an open case says of its end is not its end.
        let [.., (_, answered_at), (_, closed_at)] = &mut steps;
        (*answered_at, *closed_at) = (None, None);
    }
    in_order(&mut steps, mapping.slack)?;
    let [_, (_, dispatched_at), (_, accepted_at), (_, contacted_at), (_, answered_at), (_, closed_at)] =
        steps;
    let request = Request {
        kind: word("kind", fields.kind.as_ref(), row, Kind::from_word, &[])?.unwrap_or(Kind::Help),
        channel: word("channel", fields.channel.as_ref(), row, Channel::from_word, &[])?
            .unwrap_or(Channel::Import),
        urgency: word("urgency", fields.urgency.as_ref(), row, Urgency::from_word, &[])?
            .unwrap_or(Urgency::Ordinary),
        visibility: word("visibility", fields.visibility.as_ref(), row, Visibility::from_word, &[])?
            .unwrap_or(Visibility::ReporterAnonymous),
        category: match &mapping.category {
            Some(tree) => {
                levels(mapping, "category", tree.levels.iter().map(|(level, naming)| (*level, naming)), row)?
                    .into_iter()
                    .map(|((), named)| named)
                    .collect()
            }
            None => Vec::new(),
        },
        area: match &mapping.area {
            Some(tree) => {
                levels(mapping, "area", tree.levels.iter().map(|(level, naming)| (*level, naming)), row)?
            }
            None => Vec::new(),
        },
        organ: match &mapping.organ {
            Some(organ) => {
                let mut path = Vec::new();
                named(mapping, "organ", &organ.naming, &mut path, row)?.map(|named| (organ.kind, named))
            }
            None => None,
        },
        address: text("address", &fields.address)?.into_owned(),
        point: point(mapping, row)?,
        dispatched_at,
        accepted_at,
        contacted_at,
        due: time("due", &fields.due)?,
        key: key.into_owned(),
        title: title.into_owned(),
        text: body.into_owned(),
        reply: reply.into_owned(),
        state,
        submitted_at,
        answered_at,
        closed_at,
    };
    match request.state {
        ImportedState::Answered if request.answered_at.is_none() && request.closed_at.is_none() => {
            Err(reason("answered", "the state is answered, but there is no time of it"))
        }
        ImportedState::Closed if request.answered_at.is_none() && request.closed_at.is_none() => {
            Err(reason("closed", "the state is closed, but there is no time of it"))
        }
        _ => Ok(request),
    }
}

/// Sees that no step is before the one that it follows. Within `slack` two clocks of the other system may differ: then
/// both happened at the same moment.
fn in_order(steps: &mut [(&'static str, Option<Timestamp>)], slack: Duration) -> Result<(), Reason> {
    let mut before: Option<(&str, Timestamp)> = None;
    for (name, at) in steps {
        let Some(at) = at else { continue };
        if let Some((earlier, earliest)) = before
            && *at < earliest
        {
            if earliest.since(*at) > slack {
                return Err(reason(name, format!("{at} is before {earlier} {earliest}")));
            }
            *at = earliest;
        }
        before = Some((name, *at));
    }
    Ok(())
}

fn read<'a>(field: &str, value: Option<&'a Value>, row: &[Cow<'a, str>]) -> Result<Cow<'a, str>, Reason> {
    match value {
        None => Ok(Cow::Borrowed("")),
        Some(value) => value.read(row).map_err(|Unmapped(text)| {
            reason(
                field,
                format!("the mapping has no entry for “{text}” (add it, or give the field an `otherwise`)"),
            )
        }),
    }
}

fn word<T>(
    field: &str,
    value: Option<&Value>,
    row: &[Cow<'_, str>],
    from_word: impl Fn(&str) -> Option<T>,
    allowed: &[&str],
) -> Result<Option<T>, Reason> {
    let text = read(field, value, row)?;
    if text.is_empty() {
        return Ok(None);
    }
    let lower = text.to_lowercase();
    from_word(&lower).map(Some).ok_or_else(|| {
        let what = if allowed.is_empty() {
            format!("“{text}” is no word for it (give the field a `map`)")
        } else {
            one_of(&text, allowed)
        };
        reason(field, what)
    })
}

fn point(mapping: &Mapping, row: &[Cow<'_, str>]) -> Result<Option<Point>, Reason> {
    let latitude = read("latitude", mapping.fields.latitude.as_ref(), row)?;
    let longitude = read("longitude", mapping.fields.longitude.as_ref(), row)?;
    if latitude.is_empty() || longitude.is_empty() {
        return Ok(None);
    }
    let figure = |field: &str, text: &str| {
        text.parse::<f64>().map_err(|_| reason(field, format!("“{text}” is no figure")))
    };
    let (lat, lon) = (figure("latitude", &latitude)?, figure("longitude", &longitude)?);
    // Nothing happens at 0, 0: it is what many systems write for a place they do not know.
    if lat == 0.0 && lon == 0.0 {
        return Ok(None);
    }
    let (lat, lon) = match mapping.coordinates {
        Coordinates::Wgs84 => (lat, lon),
        Coordinates::Gcj02 => from_gcj02(lat, lon),
    };
    Point::new(lat, lon)
        .map(Some)
        .ok_or_else(|| reason("latitude", format!("{latitude}, {longitude} is no place on the earth")))
}

/// The levels that the row names, down to the first that it does not.
fn levels<'m, L>(
    mapping: &Mapping,
    field: &str,
    wanted: impl Iterator<Item = (L, &'m Naming)>,
    row: &[Cow<'_, str>],
) -> Result<Vec<(L, Named)>, Reason> {
    let mut found = Vec::new();
    let mut path = Vec::new();
    for (level, naming) in wanted {
        match named(mapping, field, naming, &mut path, row)? {
            Some(named) => found.push((level, named)),
            None => break,
        }
    }
    Ok(found)
}

/// `path`: the names of the levels above; this one's is added.
fn named(
    mapping: &Mapping,
    field: &str,
    naming: &Naming,
    path: &mut Vec<String>,
    row: &[Cow<'_, str>],
) -> Result<Option<Named>, Reason> {
    let name = read(field, Some(&naming.name), row)?;
    let code = read(field, naming.code.as_ref(), row)?;
    let name = if name.is_empty() { code.clone() } else { name };
    if name.is_empty() {
        return Ok(None);
    }
    let name: String = name.split_whitespace().collect::<Vec<_>>().join(" ");
    if name.chars().count() > NAME_MOST {
        return Err(reason(field, format!("the name “{name}” is longer than {NAME_MOST} characters")));
    }
    let name_en = read(field, naming.name_en.as_ref(), row)?;
    path.push(name.clone());
    let most = if field == "area" { AREA_CODE_MOST } else { CODE_MOST };
    let code = if code.is_empty() { made_code(&mapping.source, path, most) } else { sound_code(&code) };
    let en = (!name_en.is_empty()).then(|| name_en.into_owned());
    Ok(Some(Named { code, name: LocalText { zh: name, en } }))
}

/// A code from source and names: letters and figures of the names, as much as there is room for; where there is not
/// enough, the rest as a short hash, so that no two become one.
fn made_code(source: &str, path: &[String], most: usize) -> String {
    let mut code = source.to_owned();
    for name in path {
        code.push('.');
        let folded = gongzhi_lexicon::fold(name);
        let words = folded.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
        for (at, word) in words.enumerate() {
            if at > 0 {
                code.push('-');
            }
            code.push_str(word);
        }
    }
    if code.chars().count() <= most {
        return code;
    }
    let hash = fnv(&code);
    let start: String = code.chars().take(most.saturating_sub(9)).collect();
    format!("{}-{:08x}", start.trim_end_matches(['-', '.']), (hash >> 32) ^ (hash & 0xffff_ffff))
}

/// A code of the file, with a hyphen for signs that codes of the city cannot have.
fn sound_code(code: &str) -> String {
    let sound = |c: char| if c.is_alphanumeric() || matches!(c, '.' | '_' | '-' | ':') { c } else { '-' };
    code.chars().map(sound).collect()
}

/// Fowler–Noll–Vo, 64 bits: short, and the same on every machine and in every version.
fn fnv(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    })
}

/// What the mapping says of something that the city does not have.
pub(super) fn unknown_of(mapping: &Mapping, field: &str) -> Unknown {
    match field {
        "area" => mapping.area.as_ref().map(|tree| tree.unknown),
        "category" => mapping.category.as_ref().map(|tree| tree.unknown),
        _ => mapping.organ.as_ref().map(|organ| organ.unknown),
    }
    .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::super::reader::Header;
    use super::*;
    use jiff::tz::TimeZone;

    const MAPPING: &str = r#"
source = "town"
[time]
zone = "Asia/Shanghai"
slack = 60
[row]
key = "{编号}"
submitted = "{来电时间}"
answered = "{答复时间}"
text = "{内容}"
title = "{标题}"
reply = "{答复}"
address = "{地址}"
latitude = "{纬度}"
longitude = "{经度}"
due = "{期限}"
kind = { from = "{类型}", map = { "投诉" = "complaint", "咨询" = "inquiry" }, otherwise = "help" }
urgency = { from = "{急}", map = { "是" = "danger" } }
[organ]
name = "{单位}"
[[area.levels]]
level = "district"
name = "{区}"
[[area.levels]]
level = "street"
name = "{街道}"
code = "{街道代码}"
[[category.levels]]
name = "{大类}"
[[category.levels]]
name = "{小类}"
"#;
    const COLUMNS: [&str; 18] = [
        "编号",
        "来电时间",
        "答复时间",
        "标题",
        "内容",
        "答复",
        "地址",
        "纬度",
        "经度",
        "期限",
        "类型",
        "急",
        "单位",
        "区",
        "街道",
        "街道代码",
        "大类",
        "小类",
    ];
    const ROW: [&str; 18] = [
        "A-1",
        "2026-03-01 09:30",
        "2026-03-02 10:00",
        "",
        "路灯不亮",
        "已修好",
        "文昌路1号",
        "30.5",
        "121.2",
        "2026-03-08",
        "投诉",
        "",
        "城管局",
        "松照区",
        "梧桐里街道",
        "990101001000",
        "市容",
        "",
    ];

    fn converted(change: &[(&str, &str)]) -> Result<Request, String> {
        let mut mapping = Mapping::parse(MAPPING, &TimeZone::UTC).unwrap();
        mapping.bind(&Header::new(COLUMNS.map(str::to_owned).to_vec())).unwrap();
        let mut row: Vec<Cow<'_, str>> = ROW.iter().map(|cell| Cow::Borrowed(*cell)).collect();
        for (column, cell) in change {
            row[COLUMNS.iter().position(|known| known == column).unwrap()] = Cow::Borrowed(cell);
        }
        convert(&mapping, &row).map_err(|Reason(why)| why)
    }

    #[test]
    fn a_row_becomes_a_case() {
        let case = converted(&[]).unwrap();
        assert_eq!((case.key.as_str(), case.kind, case.urgency), ("A-1", Kind::Complaint, Urgency::Ordinary));
        assert_eq!(case.submitted_at.to_string(), "2026-03-01T01:30:00Z");
        assert_eq!(case.due.unwrap().to_string(), "2026-03-07T16:00:00Z");
        assert_eq!(
            (case.state, case.text.as_str(), case.reply.as_str()),
            (ImportedState::Answered, "路灯不亮", "已修好")
        );
        assert_eq!(case.point, Point::new(30.5, 121.2));
        let (kind, organ) = case.organ.unwrap();
        assert_eq!((kind, organ.code.as_str()), (OrganKind::Department, "town.城管局"));
        let areas: Vec<(AreaLevel, &str, &str)> = case
            .area
            .iter()
            .map(|(level, named)| (*level, named.code.as_str(), named.name.zh.as_str()))
            .collect();
        assert_eq!(
            areas,
            [
                (AreaLevel::District, "town.松照区", "松照区"),
                (AreaLevel::Street, "990101001000", "梧桐里街道")
            ]
        );
        assert_eq!(case.category.iter().map(|named| named.code.as_str()).collect::<Vec<_>>(), ["town.市容"]);
    }

    #[test]
    fn what_is_left_out_stays_out() {
        let case = converted(&[
            ("答复时间", ""),
            ("纬度", "0"),
            ("经度", "0.0"),
            ("单位", ""),
            ("区", ""),
            ("类型", "表扬"),
        ])
        .unwrap();
        assert_eq!((case.state, case.point, case.kind), (ImportedState::Open, None, Kind::Help));
        assert!(case.organ.is_none());
        assert!(case.area.is_empty(), "a street without its district would hang in the air");
    }

    #[test]
    fn rows_that_cannot_be_taken_say_why() {
        for (change, part) in [
            (&[("编号", " ")][..], "key: is empty"),
            (&[("来电时间", "")], "submitted: is empty"),
            (&[("来电时间", "昨天")], "submitted: “昨天” is no time"),
            (&[("内容", ""), ("标题", "")], "text: neither"),
            (
                &[("答复时间", "2026-02-28 23:00")],
                "answered: 2026-02-28T15:00:00Z is before submitted 2026-03-01T01:30:00Z",
            ),
            (&[("急", "很急")], "urgency: the mapping has no entry for “很急”"),
            (&[("纬度", "北纬30")], "latitude: “北纬30” is no figure"),
            (&[("纬度", "121.2"), ("经度", "30.5")], "latitude: 121.2, 30.5 is no place"),
        ] {
            let why = converted(change).unwrap_err();
            assert!(why.starts_with(part), "{change:?}: {why}");
        }
    }

    #[test]
    fn clocks_of_one_system_may_differ_a_little() {
        let case = converted(&[("答复时间", "2026-03-01 09:29:15")]).unwrap();
        assert_eq!(case.answered_at, Some(case.submitted_at));
        assert!(converted(&[("答复时间", "2026-03-01 09:28:59")]).is_err());
    }

    #[test]
    fn codes_of_the_file_are_made_sound() {
        let case = converted(&[("街道代码", "9901 01/001")]).unwrap();
        assert_eq!(case.area[1].1.code, "9901-01-001");
    }

    #[test]
    fn made_codes_are_short_and_distinct() {
        let code = |names: &[&str]| {
            made_code(
                "boston-311",
                &names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>(),
                AREA_CODE_MOST,
            )
        };
        assert_eq!(code(&["Dorchester"]), "boston-311.dorchester");
        assert_eq!(code(&["Downtown / Financial"]), "boston-311.downtown-financial");
        let long = code(&["South Boston / South Boston Waterfront"]);
        assert_eq!(long.chars().count(), AREA_CODE_MOST);
        assert!(!code(&["Downtown quarters of old"]).contains("--"));
        assert_ne!(long, code(&["South Boston / South Boston Waterfronts"]));
        assert_eq!(long, code(&["South Boston / South Boston Waterfront"]));
    }

    #[test]
    fn nothing_that_is_no_row_panics() {
        let mut mapping = Mapping::parse(MAPPING, &TimeZone::UTC).unwrap();
        assert!(convert(&mapping, &[]).is_err(), "no column has been found yet");
        mapping.bind(&Header::new(COLUMNS.map(str::to_owned).to_vec())).unwrap();
        assert!(convert(&mapping, &[Cow::Borrowed("A-1")]).is_err());
    }
}
