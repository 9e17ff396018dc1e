//! 开放数据: all public cases as CSV, JSON and GeoJSON, without personal data. An answer is streamed, a page of rows at a time,
//! so that it costs the same memory however long it is.

use askama::Template;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use futures_util::stream;
use gongzhi_kernel::{AppealId, LocalText, Timestamp};
use gongzhi_web::{Answer, Query, Shell, Visit};
use http::header;
use jiff::civil::Date;
use serde::Deserialize;
use serde_json::{Value, json};

use super::wrong;
use crate::actions::Appeals;
use crate::pages::Names;
use crate::store::open_data::{self, OpenCase};

/// Rows that are read at a time.
const PAGE: i64 = 500;
/// The longest stretch of one answer, in days.
const SPAN: i32 = 366;
/// The stretch where none is asked for, in days.
const USUAL: i32 = 31;

/// The fields, in the order of the CSV; their meaning stands in the locale files as `open-data-…`.
pub(crate) const FIELDS: [&str; 28] = [
    "number",
    "kind",
    "channel",
    "urgency",
    "state",
    "category_code",
    "category",
    "category_en",
    "district",
    "street",
    "organ_code",
    "organ",
    "organ_en",
    "lat",
    "lon",
    "submitted_at",
    "dispatched_at",
    "accepted_at",
    "contacted_at",
    "answered_at",
    "reopened_at",
    "closed_at",
    "accept_due",
    "contact_due",
    "answer_due",
    "returns",
    "solved",
    "satisfied",
];

/// From when to when, as days of the city's calendar.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Wanted {
    from: String,
    to: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Format {
    Csv,
    Json,
    GeoJson,
}

/// A row in the order of [`FIELDS`].
fn values(case: &OpenCase, names: &Names) -> [Value; 28] {
    let directory = &names.directory;
    let category = case.category.and_then(|id| names.categories().get(id));
    let organ = case.organ.and_then(|id| directory.organ(id));
    let area = |id: Option<gongzhi_kernel::AreaId>| {
        let known = id.and_then(|id| directory.area(id));
        json!(known.map(|area| area.name.get(gongzhi_kernel::Locale::ZhCn)))
    };
    let zh = |name: Option<&LocalText>| json!(name.map(|name| name.get(gongzhi_kernel::Locale::ZhCn)));
    let en = |name: Option<&LocalText>| json!(name.map(|name| name.get(gongzhi_kernel::Locale::En)));
    let at = |at: Option<Timestamp>| json!(at.map(|at| at.to_string()));
    [
        json!(case.id.to_string()),
        json!(case.kind),
        json!(case.channel),
        json!(case.urgency),
        json!(case.state),
        json!(category.map(|category| &category.code)),
        zh(category.map(|category| &category.name)),
        en(category.map(|category| &category.name)),
        area(case.district),
        area(case.street),
        json!(organ.map(|organ| &organ.code)),
        zh(organ.map(|organ| &organ.name)),
        en(organ.map(|organ| &organ.name)),
        json!(case.cell.map(|cell| cell.lat)),
        json!(case.cell.map(|cell| cell.lon)),
        at(Some(case.submitted_at)),
        at(case.dispatched_at),
        at(case.accepted_at),
        at(case.contacted_at),
        at(case.answered_at),
        at(case.reopened_at),
        at(case.closed_at),
        at(case.deadlines.accept),
        at(case.deadlines.contact),
        at(case.deadlines.answer),
        json!(case.returns),
        json!(case.appraisal.map(|said| said.solved)),
        json!(case.appraisal.map(|said| said.satisfied)),
    ]
}

fn object(case: &OpenCase, names: &Names) -> Value {
    let fields = FIELDS.iter().zip(values(case, names));
    Value::Object(fields.map(|(name, value)| ((*name).to_owned(), value)).collect())
}

impl Format {
    fn begin(self) -> String {
        match self {
            Self::Csv => format!("\u{feff}{}\r\n", FIELDS.join(",")),
            Self::Json => "[".to_owned(),
            Self::GeoJson => "{\"type\":\"FeatureCollection\",\"features\":[".to_owned(),
        }
    }

    fn end(self) -> &'static str {
        match self {
            Self::Csv => "",
            Self::Json => "]\n",
            Self::GeoJson => "]}\n",
        }
    }

    fn row(self, case: &OpenCase, names: &Names, first: bool) -> String {
        let comma = if first { "" } else { ",\n" };
        match self {
            Self::Csv => {
                let fields = values(case, names).map(|value| match value {
                    Value::Null => String::new(),
                    Value::String(text) => super::export::field(&text),
                    other => other.to_string(),
                });
                format!("{}\r\n", fields.join(","))
            }
            Self::Json => format!("{comma}{}", object(case, names)),
            Self::GeoJson => {
                let geometry =
                    case.cell.map(|cell| json!({ "type": "Point", "coordinates": [cell.lon, cell.lat] }));
                let feature = json!({
                    "type": "Feature",
                    "id": case.id.to_string(),
                    "geometry": geometry,
                    "properties": object(case, names),
                });
                format!("{comma}{feature}")
            }
        }
    }

    fn kind(self) -> &'static str {
        match self {
            Self::Csv => "text/csv; charset=utf-8",
            Self::Json => "application/json",
            Self::GeoJson => "application/geo+json",
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Csv => "cases.csv",
            Self::Json => "cases.json",
            Self::GeoJson => "cases.geojson",
        }
    }
}

/// The numbers between which the wanted days lie.
fn bounds(appeals: &Appeals, wanted: &Wanted, now: Timestamp) -> Result<(i64, i64), gongzhi_web::WebError> {
    let zone = appeals.books().rulebook(now)?.time_zone();
    let day = |field: &'static str, text: &str, usual: Date| -> Result<Date, gongzhi_kernel::Refusal> {
        if text.is_empty() { Ok(usual) } else { text.parse().map_err(|_| wrong(field, text)) }
    };
    let today = now.in_zone(&zone).date();
    let to = day("to", &wanted.to, today)?;
    let usual = to.checked_sub(jiff::Span::new().days(USUAL - 1)).unwrap_or(to);
    let from = day("from", &wanted.from, usual)?;
    if from > to || (to - from).get_days() >= SPAN {
        return Err(wrong("from", &wanted.from).into());
    }
    let begins =
        |date: Date| date.to_zoned_datetime(zone.clone()).map(|at| Timestamp::from_jiff(at.timestamp()));
    let end = to.checked_add(jiff::Span::new().days(1)).unwrap_or(to);
    match (begins(from), begins(end)) {
        (Ok(from), Ok(end)) => Ok((AppealId::first_at(from).get() - 1, AppealId::first_at(end).get())),
        _ => Err(wrong("from", &wanted.from).into()),
    }
}

/// Where the stream stands.
struct Reading {
    appeals: Appeals,
    names: Names,
    format: Format,
    after: i64,
    before: i64,
    begun: bool,
    rows: bool,
    done: bool,
}

impl Reading {
    /// The next piece of the body; a fault ends the connection, so that nobody takes half of the rows for all of them.
    async fn next(mut self) -> Result<Option<(Bytes, Self)>, gongzhi_kernel::Fault> {
        if self.done {
            return Ok(None);
        }
        let mut piece = if self.begun { String::new() } else { self.format.begin() };
        self.begun = true;
        let (after, before) = (self.after, self.before);
        let found = self.appeals.store().read(move |tx| open_data::page(tx, after, before, PAGE)).await?;
        match found.last() {
            Some(last) => self.after = last.id.get(),
            None => {
                self.done = true;
                piece.push_str(self.format.end());
            }
        }
        for case in &found {
            piece.push_str(&self.format.row(case, &self.names, !self.rows));
            self.rows = true;
        }
        Ok(Some((Bytes::from(piece), self)))
    }
}

fn answer(
    visit: &Visit,
    appeals: &Appeals,
    wanted: &Wanted,
    format: Format,
) -> Result<Response, gongzhi_web::WebError> {
    let (after, before) = bounds(appeals, wanted, visit.now())?;
    let names = crate::pages::names(appeals);
    let reading = Reading {
        appeals: appeals.clone(),
        names,
        format,
        after,
        before,
        begun: false,
        rows: false,
        done: false,
    };
    let body = Body::from_stream(stream::try_unfold(reading, |reading| reading.next()));
    let headers = [
        (header::CONTENT_TYPE, format.kind().to_owned()),
        (header::CONTENT_DISPOSITION, format!("inline; filename=\"{}\"", format.name())),
        (header::CACHE_CONTROL, "public, max-age=300".to_owned()),
        (header::ACCESS_CONTROL_ALLOW_ORIGIN, "*".to_owned()),
    ];
    Ok((headers, body).into_response())
}

/// As CSV.
pub(crate) async fn csv(
    visit: Visit,
    State(appeals): State<Appeals>,
    Query(wanted): Query<Wanted>,
) -> Answer {
    answer(&visit, &appeals, &wanted, Format::Csv)
}

/// As JSON.
pub(crate) async fn json(
    visit: Visit,
    State(appeals): State<Appeals>,
    Query(wanted): Query<Wanted>,
) -> Answer {
    answer(&visit, &appeals, &wanted, Format::Json)
}

/// As GeoJSON (RFC 7946).
pub(crate) async fn geojson(
    visit: Visit,
    State(appeals): State<Appeals>,
    Query(wanted): Query<Wanted>,
) -> Answer {
    answer(&visit, &appeals, &wanted, Format::GeoJson)
}

/// A field and what it means.
#[derive(Debug, Clone)]
pub(crate) struct FieldView {
    pub(crate) name: &'static str,
    pub(crate) meaning: String,
}

#[derive(Debug, Template)]
#[template(path = "appeals/watch_open_data.html")]
pub(crate) struct OpenDataPage {
    pub(crate) shell: Shell,
    pub(crate) fields: Vec<FieldView>,
}

/// What there is, and what each field means.
pub(crate) async fn show(visit: Visit) -> Answer {
    let shell = visit.shell("open-data-title").describing(visit.t("open-data-lead"));
    let fields = FIELDS
        .iter()
        .map(|name| FieldView {
            name,
            meaning: shell.t(format!("open-data-{}", name.replace('_', "-"))).into_owned(),
        })
        .collect();
    visit.public_page(&OpenDataPage { fields, shell })
}
