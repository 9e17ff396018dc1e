//! What is read.

use axum::extract::State;
use axum::response::Response;
use gongzhi_kernel::{AppealId, Failure, Refusal};
use gongzhi_people::AreaLevel;
use gongzhi_web::{Path, Visit, WebError};

use super::answer;
use super::params::{Params, invalid, shortened, told};
use super::shape::Words;
use super::wire::{Document, Format, Value};
use crate::actions::Appeals;
use crate::queries::PublicAppeal;
use crate::store::open311::Asked;

/// The most requests of an answer, and how many without a word about it.
const MOST: i64 = 1_000;
/// The most requests of an answer that tells the story of each.
const MOST_EXTENDED: i64 = 200;
/// The last page that can be asked for.
const LAST_PAGE: i64 = 10_000;
/// Where the standard stands.
const SPECIFICATION: &str = "http://wiki.open311.org/GeoReport_v2";
/// When what clients see of this interface last changed.
const CHANGESET: &str = "2026-11-23T00:00:00+08:00";

type Outcome = Result<Document, Failure>;

/// What the address asks, once it is clear that it asks this city.
pub(super) fn asked(visit: &Visit, appeals: &Appeals) -> Result<Params, Failure> {
    let params = Params::read(visit.query().as_bytes())?;
    in_jurisdiction(visit, appeals, &params)?;
    Ok(params)
}

/// There is one jurisdiction: the city. It goes by its host and by the code of its area.
pub(super) fn in_jurisdiction(visit: &Visit, appeals: &Appeals, params: &Params) -> Result<(), Failure> {
    let Some(wanted) = params.get("jurisdiction_id") else { return Ok(()) };
    let host = host(visit);
    let named = host == wanted || host.split(':').next() == Some(wanted);
    if named || appeals.directory().areas_at(AreaLevel::City).any(|city| city.code == wanted) {
        return Ok(());
    }
    Err(Refusal::not_found("open311-jurisdiction").with("value", shortened(wanted)).into())
}

fn host(visit: &Visit) -> &str {
    let base = &visit.site().config().base_url;
    base.split_once("://").map_or(base.as_str(), |(_, host)| host)
}

pub(super) async fn nothing(visit: Visit) -> Response {
    answer(&visit, Err(Refusal::not_found("open311-no-such-address").into()))
}

pub(super) async fn discovery(visit: Visit) -> Response {
    let base = &visit.site().config().base_url;
    let formats = [Format::Xml, Format::Json].map(|format| Value::Text(format.media_type().to_owned()));
    let endpoint = Value::Record(vec![
        ("specification", Value::text(SPECIFICATION)),
        ("url", Value::text(format!("{base}/open311/v2"))),
        ("changeset", Value::text(CHANGESET)),
        ("type", Value::text(if visit.site().config().sample { "test" } else { "production" })),
        ("formats", Some(Value::List("format", formats.to_vec()))),
    ]);
    let city = visit.site().config().city.get(visit.locale()).to_owned();
    let texts = visit.ta("open311-contact", &[("city", &city), ("url", &format!("{base}/"))]).into_owned();
    let key = visit.ta("open311-key-service", &[("url", &format!("{base}/"))]).into_owned();
    let value = Value::Record(vec![
        ("changeset", Value::text(CHANGESET)),
        ("contact", Value::text(texts)),
        ("key_service", Value::text(key)),
        ("endpoints", Some(Value::List("endpoint", vec![endpoint]))),
    ]);
    answer(&visit, Ok(Document::new("discovery", value)))
}

pub(super) async fn services(visit: Visit, State(appeals): State<Appeals>) -> Response {
    let outcome = || -> Outcome {
        let params = asked(&visit, &appeals)?;
        let words = Words::new(&visit, &appeals);
        let tree = words.names.categories();
        let group = match params.get("group").or_else(|| params.get("group_id")) {
            None => None,
            Some(code) => Some(tree.by_code(code).ok_or_else(|| no_such("open311-no-such-group", code))?.id),
        };
        let within = |id| group.is_none_or(|group| tree.path_up(id).contains(&group));
        let all = words.services().into_iter().filter(|category| within(category.id));
        let all = all.map(|category| words.service(category)).collect();
        Ok(Document::new("services", Value::List("service", all)))
    };
    answer(&visit, outcome())
}

fn no_such(key: &'static str, value: &str) -> Refusal {
    Refusal::not_found(key).with("value", shortened(value))
}

/// The part of a path with its ending taken off.
fn stem(file: &str) -> Result<&str, Refusal> {
    Format::stem(file)
        .filter(|stem| !stem.is_empty())
        .ok_or_else(|| Refusal::not_found("open311-no-such-address"))
}

pub(super) async fn service(
    visit: Visit,
    State(appeals): State<Appeals>,
    file: Result<Path<String>, WebError>,
) -> Response {
    let outcome = || -> Outcome {
        asked(&visit, &appeals)?;
        let file = part(file)?;
        let code = stem(&file)?;
        let words = Words::new(&visit, &appeals);
        let known = words.names.categories().by_code(code).filter(|category| words.is_service(category));
        let category = known.ok_or_else(|| no_such("open311-no-such-service", code))?;
        // `metadata` is false for all: a service asks no questions of its own.
        let value = Value::Record(vec![
            ("service_code", Value::text(&category.code)),
            ("attributes", Some(Value::List("attribute", Vec::new()))),
        ]);
        Ok(Document::new("service_definition", value))
    };
    answer(&visit, outcome())
}

fn part(file: Result<Path<String>, WebError>) -> Result<String, Refusal> {
    // A path that is no text is the address of nothing.
    file.map(|Path(file)| file).map_err(|_| Refusal::not_found("open311-no-such-address"))
}

fn group_of(words: &Words<'_>, category: &crate::catalogue::Category, whole: bool) -> Value {
    let tree = words.names.categories();
    let mut fields =
        vec![("group_id", Value::text(&category.code)), ("group_name", Value::text(words.name(category)))];
    if whole {
        let members = words.services().into_iter().filter(|one| tree.path_up(one.id).contains(&category.id));
        let members = members.map(|one| words.service(one)).collect();
        fields.push(("services", Some(Value::List("service", members))));
    }
    Value::Record(fields)
}

pub(super) async fn groups(visit: Visit, State(appeals): State<Appeals>) -> Response {
    let outcome = || -> Outcome {
        asked(&visit, &appeals)?;
        let words = Words::new(&visit, &appeals);
        let tops = words.names.categories().children(None).filter(|top| top.active);
        let all = tops.map(|top| group_of(&words, top, false)).collect();
        Ok(Document::new("groups", Value::List("group", all)))
    };
    answer(&visit, outcome())
}

pub(super) async fn group(
    visit: Visit,
    State(appeals): State<Appeals>,
    file: Result<Path<String>, WebError>,
) -> Response {
    let outcome = || -> Outcome {
        asked(&visit, &appeals)?;
        let file = part(file)?;
        let code = stem(&file)?;
        let words = Words::new(&visit, &appeals);
        let known = words.names.categories().by_code(code).filter(|top| top.parent.is_none() && top.active);
        let top = known.ok_or_else(|| no_such("open311-no-such-group", code))?;
        Ok(Document::new("groups", Value::List("group", vec![group_of(&words, top, true)])))
    };
    answer(&visit, outcome())
}

/// Limit and offset of a page.
fn page(params: &Params, most: i64) -> Result<(i64, i64), Refusal> {
    let size = params.whole("page_size", 1, MOST)?.unwrap_or(most).min(most);
    let page = params.whole("page", 1, LAST_PAGE)?.unwrap_or(1);
    Ok((size, (page - 1) * size))
}

/// Numbers as clients send them; one that is none names no request.
fn numbers(texts: &[&str]) -> Result<Vec<AppealId>, Refusal> {
    if i64::try_from(texts.len()).unwrap_or(i64::MAX) > MOST_EXTENDED {
        return Err(invalid("open311-too-many-ids").with("most", MOST_EXTENDED));
    }
    texts
        .iter()
        .map(|text| crate::pages::parse_number(text).ok_or_else(|| no_such("open311-no-such-request", text)))
        .collect()
}

async fn found(visit: &Visit, appeals: &Appeals, params: &Params) -> Result<Vec<PublicAppeal>, Failure> {
    let extended = params.flag("extensions");
    let ids = params.list("service_request_id");
    if !ids.is_empty() {
        // What is named overrides whatever else is asked.
        return appeals.public_appeals_named(numbers(&ids)?, extended).await;
    }
    let zone = &visit.site().config().zone;
    let (limit, offset) = page(params, if extended { MOST_EXTENDED } else { MOST })?;
    let since = params.moment("updated_after", zone)?;
    let until = params.moment("updated_before", zone)?;
    let changed = (since.is_some() || until.is_some()).then(|| {
        let earliest = gongzhi_kernel::Timestamp::from_micros(0);
        (since.unwrap_or(earliest), until.unwrap_or(visit.now()))
    });
    let dated = params.get("start_date").is_some() || params.get("end_date").is_some();
    let (from, to) = if changed.is_some() && !dated {
        // What changed may be older than ninety days; how much is answered is bounded by the page.
        (gongzhi_kernel::Timestamp::from_micros(0), visit.now())
    } else {
        params.stretch(["start_date", "end_date"], zone, visit.now())?
    };
    let mut statuses = params.list("status");
    statuses.sort_unstable();
    statuses.dedup();
    let open = match statuses.as_slice() {
        [] | ["closed", "open"] => None,
        ["open"] => Some(true),
        ["closed"] => Some(false),
        [.., other] => return Err(invalid("open311-status").with("value", shortened(other)).into()),
    };
    let codes = params.list("service_code");
    let categories = if codes.is_empty() {
        None
    } else {
        let books = appeals.books();
        let known = codes.iter().map(|code| {
            let category = books.categories.by_code(code).map(|category| category.id);
            category.ok_or_else(|| no_such("open311-no-such-service", code))
        });
        Some(known.collect::<Result<Vec<_>, Refusal>>()?)
    };
    let asked = Asked { from, to, open, categories, changed, limit, offset };
    appeals.public_appeals(asked, extended).await
}

fn shown(visit: &Visit, appeals: &Appeals, found: &[PublicAppeal], extended: bool) -> Document {
    let words = Words::new(visit, appeals);
    let all = found.iter().map(|one| words.request(one, extended)).collect();
    Document::new("service_requests", Value::List("request", all))
}

pub(super) async fn requests(visit: Visit, State(appeals): State<Appeals>) -> Response {
    let outcome = async {
        let params = asked(&visit, &appeals)?;
        let found = found(&visit, &appeals, &params).await?;
        Ok(shown(&visit, &appeals, &found, params.flag("extensions")))
    };
    answer(&visit, outcome.await)
}

/// The appeal of a number in the path, if everybody may see it.
async fn named(
    appeals: &Appeals,
    file: Result<Path<String>, WebError>,
    extended: bool,
) -> Result<Vec<PublicAppeal>, Failure> {
    let file = part(file)?;
    let number = stem(&file)?;
    let found = appeals.public_appeals_named(numbers(&[number])?, extended).await?;
    if found.is_empty() {
        return Err(no_such("open311-no-such-request", number).into());
    }
    Ok(found)
}

pub(super) async fn request(
    visit: Visit,
    State(appeals): State<Appeals>,
    file: Result<Path<String>, WebError>,
) -> Response {
    let outcome = async {
        let extended = asked(&visit, &appeals)?.flag("extensions");
        let found = named(&appeals, file, extended).await?;
        Ok(shown(&visit, &appeals, &found, extended))
    };
    answer(&visit, outcome.await)
}

/// A number is given at once, so a token is never needed; a client that takes the number for one gets it back.
pub(super) async fn token(
    visit: Visit,
    State(appeals): State<Appeals>,
    file: Result<Path<String>, WebError>,
) -> Response {
    let outcome = async {
        asked(&visit, &appeals)?;
        let found = named(&appeals, file, false).await?;
        let all = found.iter().map(|one| {
            let number = one.appeal.id.to_string();
            Value::Record(vec![
                ("service_request_id", Value::text(number.clone())),
                ("token", Value::text(number)),
            ])
        });
        Ok(Document::new("service_requests", Value::List("request", all.collect())))
    };
    answer(&visit, outcome.await)
}

pub(super) async fn updates(visit: Visit, State(appeals): State<Appeals>) -> Response {
    let outcome = async {
        let params = asked(&visit, &appeals)?;
        let zone = &visit.site().config().zone;
        let (limit, offset) = page(&params, MOST_EXTENDED)?;
        let (from, to) = params.stretch(["start_date", "end_date"], zone, visit.now())?;
        let steps = appeals.public_steps(from, to, limit, offset).await?;
        let words = Words::new(&visit, &appeals);
        // A deadline that passes is no update of the case.
        let told = steps.iter().filter(|step| step.knot.kind != "appeal.overdue");
        let all = told.map(|step| words.update(step)).collect();
        Ok(Document::new("service_request_updates", Value::List("request_update", all)))
    };
    answer(&visit, outcome.await)
}

/// A moment as clients read it, in the zone of the city.
pub(super) fn moment_words(visit: &Visit, at: gongzhi_kernel::Timestamp) -> String {
    told(at, &visit.site().config().zone)
}
