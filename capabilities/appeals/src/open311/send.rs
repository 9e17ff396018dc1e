//! A report that comes in with a client's key: the same intake as everywhere.

use axum::body::Bytes;
use axum::extract::{FromRequest as _, Request, State};
use axum::response::Response;
use gongzhi_kernel::{EventKind, Failure, Fault, NewEvent, Point, Refusal, RefusalKind, Subject};
use gongzhi_store::Tx;
use gongzhi_web::{Parts, Visit};
use http::{StatusCode, header};
use serde_json::json;

use super::answer;
use super::params::{Params, invalid, shortened};
use super::read::{in_jurisdiction, moment_words};
use super::shape::Words;
use super::wire::{Document, Value};
use crate::actions::files::{NewFile, take};
use crate::actions::{Appeals, Receipt, Submit};
use crate::model::{AddedBy, Channel, Kind, Reporter};
use crate::pages::new_files;
use crate::store::open311 as sql;

/// The kind of subject of what came in through a client.
pub const REQUEST_SUBJECT: &str = "client_request";
/// An appeal came in through a client. Public: appeal, client; sealed: media_url.
pub const REQUEST_TAKEN: EventKind = "client_request.taken";

/// The longest description, in characters (GeoReport v2).
const DESCRIPTION: usize = 4_000;
/// The longest address of a picture, in characters.
const MEDIA_URL: usize = 1_000;

/// What was sent as a form, with the pictures that came in it.
async fn form(request: Request) -> Result<(Params, Vec<NewFile>), Failure> {
    let kind = request.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    let kind = kind.and_then(|kind| kind.split(';').next()).unwrap_or_default().trim().to_ascii_lowercase();
    if kind == "multipart/form-data" {
        let parts = Parts::from_request(request, &()).await.map_err(|error| match error.into_refusal() {
            Ok(refusal) => Failure::from(refusal),
            Err(_) => Fault::internal("a body could not be read").into(),
        })?;
        return Ok((Params::of(parts.pairs), new_files(parts.files)));
    }
    if kind != "application/x-www-form-urlencoded" {
        return Err(invalid("open311-media").into());
    }
    let body = Bytes::from_request(request, &()).await.map_err(|rejection| {
        if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE {
            Refusal::new(RefusalKind::TooLarge, "error-too-large")
        } else {
            invalid("error-body-broken")
        }
    })?;
    Ok((Params::read(&body)?, Vec::new()))
}

fn degrees(text: &str) -> Option<f64> {
    text.parse::<f64>().ok().filter(|degrees| degrees.is_finite())
}

/// The point, which two parameters give or neither.
fn point(params: &Params) -> Result<Option<Point>, Refusal> {
    let wrong = || invalid("open311-place-wrong");
    // Some clients send `lon` or `lng`, which the standard does not know.
    let east = params.get("long").or_else(|| params.get("lon")).or_else(|| params.get("lng"));
    match (params.get("lat"), east) {
        (None, None) => Ok(None),
        (Some(north), Some(east)) => {
            let (north, east) = (degrees(north).ok_or_else(wrong)?, degrees(east).ok_or_else(wrong)?);
            Point::new(north, east).map(Some).ok_or_else(wrong)
        }
        _ => Err(wrong()),
    }
}

fn media_url(params: &Params) -> Result<Option<String>, Refusal> {
    let Some(url) = params.get("media_url") else { return Ok(None) };
    let rest = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"));
    let sound = rest.is_some_and(|rest| !rest.is_empty() && !rest.starts_with('/'))
        && url.chars().count() <= MEDIA_URL
        && !url
            .contains(|c: char| c.is_whitespace() || c.is_control() || matches!(c, '"' | '<' | '>' | '\\'));
    if sound { Ok(Some(url.to_owned())) } else { Err(invalid("open311-media-url").with("most", MEDIA_URL)) }
}

fn report(visit: &Visit, appeals: &Appeals, params: &Params) -> Result<Submit, Failure> {
    let words = Words::new(visit, appeals);
    let code = params.get("service_code").ok_or_else(|| invalid("open311-service-missing"))?;
    let known = words.names.categories().by_code(code).filter(|category| words.is_service(category));
    let service = known.ok_or_else(|| invalid("open311-no-such-service").with("value", shortened(code)))?;
    if let Some(name) = params.beginning("attribute[") {
        return Err(invalid("open311-attribute").with("name", shortened(name)).into());
    }
    let address = params.get("address_string").unwrap_or_default();
    let point = point(params)?;
    let area = match params.get("address_id") {
        None => None,
        Some(code) => {
            let known = words.names.directory.area_by_code_at(code, visit.now());
            Some(known.ok_or_else(|| invalid("open311-place-wrong"))?.id)
        }
    };
    if point.is_none() && address.is_empty() && area.is_none() {
        return Err(invalid("open311-place-missing").into());
    }
    // A report may be its service alone: then it says what the service is.
    let text = match params.get("description") {
        Some(text) => text.to_owned(),
        None => words.path(service.id).join(" › "),
    };
    let length = text.chars().count();
    if length > DESCRIPTION {
        let error = gongzhi_kernel::FieldError::new("description", "error-too-long");
        return Err(Refusal::fields(vec![error.with("max", DESCRIPTION).with("length", length)]).into());
    }
    let name = [params.get("first_name"), params.get("last_name")].into_iter().flatten();
    let reporter = Reporter {
        name: name.collect::<Vec<_>>().join(" "),
        phone: params.get("phone").unwrap_or_default().to_owned(),
        email: params.get("email").unwrap_or_default().to_owned(),
    };
    Ok(Submit {
        category: Some(service.id),
        area,
        address: address.to_owned(),
        point,
        reporter,
        ..Submit::new(Kind::Help, Channel::Open311, text)
    })
}

/// The code is shown this once: whoever sent the report follows it, appraises the answer or takes it back with it.
fn notice(visit: &Visit, receipt: &Receipt) -> String {
    let url = format!("{}/track", visit.site().config().base_url);
    let code = receipt.code.to_string();
    match receipt.deadlines.answer {
        Some(due) => {
            let due = moment_words(visit, due);
            visit.ta("open311-notice-due", &[("code", &code), ("url", &url), ("due", &due)]).into_owned()
        }
        None => visit.ta("open311-notice", &[("code", &code), ("url", &url)]).into_owned(),
    }
}

/// Keeps which client brought an appeal, in the same unit of work as the appeal.
fn keep(tx: &mut dyn Tx, context: &gongzhi_kernel::Context, brought: &sql::Brought) -> Result<(), Fault> {
    sql::insert_request(tx, brought)?;
    tx.record(NewEvent {
        kind: REQUEST_TAKEN,
        subject: Subject { kind: REQUEST_SUBJECT.into(), id: brought.id },
        revision: 1,
        at: context.now,
        actor: context.actor.clone(),
        public: json!({ "appeal": brought.appeal, "client": brought.client }),
        sealed: brought.media_url.as_ref().map(|url| json!({ "media_url": url })),
    })?;
    Ok(())
}

pub(super) async fn request(visit: Visit, State(appeals): State<Appeals>, request: Request) -> Response {
    let outcome = async {
        let (params, files) = form(request).await?;
        in_jurisdiction(&visit, &appeals, &params)?;
        let key = params.get("api_key").ok_or_else(|| Refusal::forbidden("open311-key-missing"))?;
        let client = appeals.client_of(key, visit.now()).await?;
        let submit = report(&visit, &appeals, &params)?;
        let media_url = media_url(&params)?;
        // Refused before its pictures are looked at, which costs.
        appeals.would_take(visit.context(), &submit)?;
        let waiting = match files.is_empty() {
            true => Vec::new(),
            false => appeals.receive_files(visit.context(), files).await?,
        };
        let tokens: Vec<String> = waiting.into_iter().map(|one| one.token).collect();
        let context = visit.context().clone();
        let id = context.id::<sql::ClientMark>().get();
        let also = move |tx: &mut dyn Tx, appeal| {
            let brought = sql::Brought { appeal, id, client: client.id, media_url: media_url.clone() };
            keep(tx, &context, &brought)?;
            take(tx, appeal, &tokens, AddedBy::Reporter, &context.actor, context.now).map(drop)
        };
        let receipt = appeals.submit_with(visit.context(), submit, None, also).await?;
        let value = Value::Record(vec![
            ("service_request_id", Value::text(receipt.number.to_string())),
            ("service_notice", Value::text(notice(&visit, &receipt))),
            ("account_id", None),
        ]);
        let mut document = Document::new("service_requests", Value::List("request", vec![value]));
        document.status = StatusCode::CREATED;
        Ok(document)
    };
    answer(&visit, outcome.await)
}
