//! Operations that read.

use axum::extract::State;
use axum::response::IntoResponse;
use gongzhi_kernel::{ActorKind, AppealId, FieldError, Refusal};
use gongzhi_web::{Answer, Json, Path, Problem, Query, Visit};
use http::{HeaderValue, header};
use serde::Deserialize;

use super::act::number;
use super::types::{
    AppealBody, AreaBody, CategoryBody, DeskBody, FiguresBody, ListBody, OrganBody, PageBody, PointBody,
    StepBody, SummaryBody, TimelineBody, TrackBody, TrackedBody,
};
use crate::actions::{Appeals, TrackingCode};
use crate::pages::{Pair, Wanted, names};
use crate::queries::{Desk, DeskFilter, MOST, Place};

/// How many appeals a page has.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Size {
    limit: Option<usize>,
}

/// A page of the appeals that everybody may see, the newest first.
#[utoipa::path(
    get, path = "/api/v1/appeals", tag = "appeals", operation_id = "list_appeals",
    params(
        ("q" = Option<String>, Query, description = "Words that title, text or answer hold, all of them; or a number", example = "路灯"),
        ("status" = Option<String>, Query, description = "`open`, `answered` or `closed`", example = "open"),
        ("kind" = Option<String>, Query, description = "`inquiry`, `help`, `complaint`, `report` or `suggestion`"),
        ("category" = Option<String>, Query, description = "Id or code of a category; those below it count"),
        ("area" = Option<String>, Query, description = "Id or code of an area; those in it count"),
        ("organ" = Option<String>, Query, description = "Id or code of the organ that has or had it"),
        ("late" = Option<String>, Query, description = "`yes`: only those past a promise"),
        ("before" = Option<String>, Query, description = "Older than this number"),
        ("after" = Option<String>, Query, description = "Newer than this number"),
        ("limit" = Option<u32>, Query, description = "How many, 1 to 200; 20 where it is left out", example = 20),
    ),
    responses(
        (status = 200, description = "A page", body = PageBody, headers(("link" = String, description = "Addresses of the neighbouring pages"))),
        (status = 422, description = "A filter has no such value", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(super) async fn list(
    visit: Visit,
    State(appeals): State<Appeals>,
    Query(wanted): Query<Wanted>,
    Query(size): Query<Size>,
) -> Answer {
    let size = size.limit.unwrap_or(crate::queries::PAGE);
    if !(1..=MOST).contains(&size) {
        return Err(
            Refusal::fields(vec![FieldError::new("limit", "api-bad-limit").with("most", MOST)]).into()
        );
    }
    let filter = crate::queries::ListFilter { size, ..wanted.filter(&appeals)? };
    let found = appeals.list(&filter, wanted.from()?).await?;
    let names = names(&appeals);
    let address = wanted.address("/api/v1/appeals");
    let limit = if size == crate::queries::PAGE { String::new() } else { format!("limit={size}&") };
    let next = found.older.map(|id| format!("{address}{limit}before={id}"));
    let previous = found.newer.map(|id| format!("{address}{limit}after={id}"));
    let links: Vec<String> = [("next", &next), ("prev", &previous)]
        .into_iter()
        .filter_map(|(rel, href)| href.as_ref().map(|href| format!("<{href}>; rel=\"{rel}\"")))
        .collect();
    let items = found.items.iter().map(|item| SummaryBody::new(&names, item)).collect();
    let mut response = visit.public_json(&PageBody { items, next, previous })?;
    if let Some(links) = Some(links.join(", ")).filter(|links| !links.is_empty())
        && let Ok(links) = HeaderValue::from_str(&links)
    {
        response.headers_mut().insert(header::LINK, links);
    }
    Ok(response)
}

/// One appeal, as the caller may see it.
#[utoipa::path(
    get, path = "/api/v1/appeals/{number}", tag = "appeals", operation_id = "get_appeal",
    params(("number" = String, Path, description = "Sixteen digits", example = "0098304512345678")),
    responses(
        (status = 200, description = "The appeal", body = AppealBody),
        (status = 404, description = "No such appeal, or not for this actor to know", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(super) async fn one(visit: Visit, State(appeals): State<Appeals>, Path(path): Path<String>) -> Answer {
    let case = appeals.case(visit.context(), number(&path)?, None).await?;
    let body = AppealBody::new(&names(&appeals), &case);
    if case.full { Ok(Json(body).into_response()) } else { visit.public_json(&body) }
}

/// What happened to an appeal, the oldest first, as the caller may see it.
#[utoipa::path(
    get, path = "/api/v1/appeals/{number}/timeline", tag = "appeals", operation_id = "get_timeline",
    params(("number" = String, Path, description = "Sixteen digits", example = "0098304512345678")),
    responses(
        (status = 200, description = "The steps", body = TimelineBody),
        (status = 404, description = "No such appeal, or not for this actor to know", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(super) async fn timeline(
    visit: Visit,
    State(appeals): State<Appeals>,
    Path(path): Path<String>,
) -> Answer {
    let case = appeals.case(visit.context(), number(&path)?, None).await?;
    let names = names(&appeals);
    let body = TimelineBody { items: case.timeline.iter().map(|knot| StepBody::new(&names, knot)).collect() };
    if case.full { Ok(Json(body).into_response()) } else { visit.public_json(&body) }
}

/// An appeal with its history, by number and tracking code: what the reporter sees.
///
/// The code travels in the body, never in an address. Which of the two was wrong is not said.
#[utoipa::path(
    post, path = "/api/v1/appeals/track", tag = "appeals", operation_id = "track_appeal",
    request_body = TrackBody,
    responses(
        (status = 200, description = "The appeal and its history", body = TrackedBody),
        (status = 400, description = "Not readable as JSON", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "Number or code is wrong", body = Problem, content_type = "application/problem+json"),
        (status = 415, description = "Not sent as application/json", body = Problem, content_type = "application/problem+json"),
        (status = 413, description = "Too large", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "Some fields must be changed", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(super) async fn track(
    visit: Visit,
    State(appeals): State<Appeals>,
    Json(body): Json<TrackBody>,
) -> Answer {
    let wrong = || Refusal::not_found("appeal-track-wrong");
    let pair = Pair::typed(&body.number, &body.tracking_code).ok_or_else(wrong)?;
    let case = pair.look_up(&visit, &appeals).await?;
    let names = names(&appeals);
    let timeline = case.timeline.iter().map(|knot| StepBody::new(&names, knot)).collect();
    Ok(Json(TrackedBody { appeal: AppealBody::new(&names, &case), timeline }).into_response())
}

/// The appeal after a step, as whoever took the step may see it.
pub(super) async fn answer_with(
    visit: &Visit,
    appeals: &Appeals,
    id: AppealId,
    code: Option<TrackingCode>,
) -> Answer {
    let case = appeals.case(visit.context(), id, code).await?;
    Ok(Json(AppealBody::new(&names(appeals), &case)).into_response())
}

/// Which queue, and from where.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct DeskWanted {
    queue: String,
    after: String,
    limit: Option<usize>,
}

/// A page of the caller's queue by deadline, with the counts of all queues: an official's own organ, or the dispatchers' desk.
#[utoipa::path(
    get, path = "/api/v1/desk", tag = "work", operation_id = "get_desk",
    params(
        ("queue" = Option<String>, Query, description = "`all`, `to_dispatch`, `to_accept`, `in_work`, `due_soon`, `overdue` or `returned`"),
        ("after" = Option<String>, Query, description = "The `next` of the page before"),
        ("limit" = Option<u32>, Query, description = "How many, 1 to 200; 20 where it is left out"),
    ),
    responses(
        (status = 200, description = "A page of the queue", body = DeskBody),
        (status = 401, description = "Sign in first", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "Not for this actor", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "No such queue or place", body = Problem, content_type = "application/problem+json"),
    ),
    security(("bearer" = []), ("cookie" = []))
)]
pub(super) async fn desk(
    visit: Visit,
    State(appeals): State<Appeals>,
    Query(wanted): Query<DeskWanted>,
) -> Answer {
    let refused = |field: &'static str, value: &str| {
        let value: String = value.chars().take(40).collect();
        Refusal::fields(vec![FieldError::new(field, "api-bad-filter").with("value", value)])
    };
    let filter = match wanted.queue.as_str() {
        "" => DeskFilter::All,
        word => DeskFilter::from_word(word).ok_or_else(|| refused("queue", word))?,
    };
    let after = match wanted.after.as_str() {
        "" => None,
        text => Some(text.parse::<Place>().map_err(|_| refused("after", text))?),
    };
    let size = wanted.limit.unwrap_or(crate::queries::PAGE);
    if !(1..=MOST).contains(&size) {
        return Err(
            Refusal::fields(vec![FieldError::new("limit", "api-bad-limit").with("most", MOST)]).into()
        );
    }
    let desk = match (visit.actor().kind(), visit.actor().organ()) {
        (ActorKind::Official, Some(organ)) => Desk::Organ(organ),
        _ => Desk::Dispatchers,
    };
    let found = appeals.desk(visit.context(), desk, filter, after, size).await?;
    Ok(Json(DeskBody::new(&names(&appeals), &found)).into_response())
}

/// The categories that new appeals may have, by code.
#[utoipa::path(
    get, path = "/api/v1/categories", tag = "city", operation_id = "list_categories",
    responses(
        (status = 200, description = "The categories", body = ListBody<CategoryBody>),
    )
)]
pub(super) async fn categories(visit: Visit, State(appeals): State<Appeals>) -> Answer {
    let books = appeals.books();
    let mut items: Vec<CategoryBody> = books
        .categories
        .iter()
        .filter(|category| category.active)
        .map(|category| CategoryBody {
            id: category.id.to_string(),
            code: category.code.clone(),
            name: (&category.name).into(),
            parent: category.parent.map(|parent| parent.to_string()),
            urgency: category.urgency,
        })
        .collect();
    items.sort_by(|a, b| a.code.cmp(&b.code));
    visit.public_json(&ListBody { items })
}

/// The areas of the city as they are today, each before those that lie in it.
#[utoipa::path(
    get, path = "/api/v1/areas", tag = "city", operation_id = "list_areas",
    responses(
        (status = 200, description = "The areas", body = ListBody<AreaBody>),
    )
)]
pub(super) async fn areas(visit: Visit, State(appeals): State<Appeals>) -> Answer {
    let directory = appeals.directory();
    let items = directory
        .areas()
        .filter(|area| area.valid_at(visit.now()))
        .map(|area| AreaBody {
            id: area.id.to_string(),
            code: area.code.clone(),
            level: area.level.word().to_owned(),
            name: (&area.name).into(),
            parent: area.parent.map(|parent| parent.to_string()),
            centre: area.centre.map(|point| PointBody { lat: point.lat, lon: point.lon }),
        })
        .collect();
    visit.public_json(&ListBody::<AreaBody> { items })
}

/// The organs of the city that exist today, by code.
#[utoipa::path(
    get, path = "/api/v1/organs", tag = "city", operation_id = "list_organs",
    responses(
        (status = 200, description = "The organs", body = ListBody<OrganBody>),
    )
)]
pub(super) async fn organs(visit: Visit, State(appeals): State<Appeals>) -> Answer {
    let directory = appeals.directory();
    let items = directory
        .organs()
        .filter(|organ| organ.active)
        .map(|organ| OrganBody {
            id: organ.id.to_string(),
            code: organ.code.clone(),
            kind: organ.kind.word().to_owned(),
            name: (&organ.name).into(),
            parent: organ.parent.map(|parent| parent.to_string()),
            area: organ.area.map(|area| area.to_string()),
        })
        .collect();
    visit.public_json(&ListBody::<OrganBody> { items })
}

/// How the city does: the figures of the home page.
#[utoipa::path(
    get, path = "/api/v1/figures", tag = "city", operation_id = "get_figures",
    responses(
        (status = 200, description = "The figures", body = FiguresBody),
    )
)]
pub(super) async fn figures(visit: Visit, State(appeals): State<Appeals>) -> Answer {
    let figures = appeals.figures();
    let body = FiguresBody::from(&**figures.borrow());
    visit.public_json(&body)
}
