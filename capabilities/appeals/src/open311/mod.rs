//! Open311 GeoReport v2 under `/open311/v2`, in XML and JSON, over the same actions and queries as the pages: what
//! everybody may see, and reports that come in with a client's key. What the standard leaves open, and where clients
//! want something else than it says, stands in `docs/OPEN311.md`.
//!
//! | file | holds |
//! |---|---|
//! | `wire.rs` | one tree of values, written as XML or JSON |
//! | `params.rs` | what clients send: empty parameters, dates, stretches of time |
//! | `read.rs` | what is read: discovery, services, requests, tokens, updates, groups |
//! | `send.rs` | a report that comes in |
//! | `shape.rs` | an appeal as a service request |

mod params;
mod read;
mod send;
mod shape;
mod wire;

use axum::response::Response;
use gongzhi_kernel::{Event, Failure, Fault, Refusal, RefusalKind};
use gongzhi_store::{Follower, Tx, params};
use gongzhi_web::{Access, Routes, Visit, WebError};
use http::{HeaderValue, StatusCode, header};

use crate::actions::Appeals;
use crate::events::SUBJECT;
use crate::store::open311 as sql;
use wire::{Document, Format, Value};

pub use send::{REQUEST_SUBJECT, REQUEST_TAKEN};

/// What is refused here, by the key of its sentence.
pub const REFUSALS: [&str; 18] = [
    "open311-number",
    "open311-date",
    "open311-dates-order",
    "open311-dates-span",
    "open311-jurisdiction",
    "open311-no-such-address",
    "open311-no-such-service",
    "open311-no-such-group",
    "open311-no-such-request",
    "open311-status",
    "open311-too-many-ids",
    "open311-key-missing",
    "open311-service-missing",
    "open311-place-missing",
    "open311-place-wrong",
    "open311-attribute",
    "open311-media",
    "open311-media-url",
];

/// The routes of the protocol. They answer machines; their errors are the protocol's own.
pub fn routes(appeals: &Appeals) -> Routes {
    const ANYONE: Access = Access::Anyone;
    Routes::new()
        .api_get("/open311/discovery.json", ANYONE, read::discovery)
        .api_get("/open311/discovery.xml", ANYONE, read::discovery)
        .api_get("/open311/v2/discovery.json", ANYONE, read::discovery)
        .api_get("/open311/v2/discovery.xml", ANYONE, read::discovery)
        .api_get("/open311/v2/services.json", ANYONE, read::services)
        .api_get("/open311/v2/services.xml", ANYONE, read::services)
        .api_get("/open311/v2/services/{file}", ANYONE, read::service)
        .api_get("/open311/v2/groups.json", ANYONE, read::groups)
        .api_get("/open311/v2/groups.xml", ANYONE, read::groups)
        .api_get("/open311/v2/groups/{file}", ANYONE, read::group)
        .api_get("/open311/v2/requests.json", ANYONE, read::requests)
        .api_get("/open311/v2/requests.xml", ANYONE, read::requests)
        .api_post_files("/open311/v2/requests.json", ANYONE, send::request)
        .api_post_files("/open311/v2/requests.xml", ANYONE, send::request)
        .api_get("/open311/v2/requests/{file}", ANYONE, read::request)
        .api_get("/open311/v2/tokens/{file}", ANYONE, read::token)
        .api_get("/open311/v2/servicerequestupdates.json", ANYONE, read::updates)
        .api_get("/open311/v2/servicerequestupdates.xml", ANYONE, read::updates)
        .api_get("/open311/v2/{*rest}", ANYONE, read::nothing)
        .with_state(appeals.clone())
}

/// Writes an answer, or says in the protocol's words why there is none.
fn answer(visit: &Visit, outcome: Result<Document, Failure>) -> Response {
    let format = Format::of(visit.path());
    match outcome {
        Ok(document) => written(&document, format),
        Err(failure) => refused(visit, failure, format),
    }
}

fn written(document: &Document, format: Format) -> Response {
    use axum::response::IntoResponse as _;
    document.write(format).unwrap_or_else(|fault| WebError::from(fault).into_response())
}

fn refused(visit: &Visit, failure: Failure, format: Format) -> Response {
    let refusal = match failure {
        Failure::Refused(refusal) => refusal,
        // The outer layer logs a fault and says what can be said of it.
        Failure::Fault(fault) => {
            use axum::response::IntoResponse as _;
            return WebError::from(fault).into_response();
        }
    };
    let status = match refusal.kind {
        RefusalKind::NotFound => StatusCode::NOT_FOUND,
        RefusalKind::Forbidden | RefusalKind::Unauthenticated => StatusCode::FORBIDDEN,
        RefusalKind::TooMany => StatusCode::TOO_MANY_REQUESTS,
        RefusalKind::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
        RefusalKind::Invalid | RefusalKind::Conflict => StatusCode::BAD_REQUEST,
    };
    let document = Document { status, root: "errors", value: errors(visit, &refusal, status) };
    let mut response = written(&document, format);
    if status == StatusCode::TOO_MANY_REQUESTS {
        let seconds = refusal.args.iter().find(|(name, _)| *name == "seconds");
        let seconds = seconds.and_then(|(_, seconds)| seconds.parse::<u32>().ok()).unwrap_or(60);
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    response
}

fn errors(visit: &Visit, refusal: &Refusal, status: StatusCode) -> Value {
    let (texts, locale) = (visit.site().texts(), visit.locale());
    let error = |description: String| {
        Value::Record(vec![
            ("code", Some(Value::Whole(i64::from(status.as_u16())))),
            ("description", Value::text(description)),
        ])
    };
    let fields = refusal.fields.iter().map(|field| {
        let named = named(&field.field);
        error(format!("{named}: {}", texts.field(locale, field)))
    });
    let all: Vec<Value> = fields.collect();
    if all.is_empty() {
        return Value::List("error", vec![error(texts.refusal(locale, refusal).into_owned())]);
    }
    Value::List("error", all)
}

/// What the protocol calls a field.
fn named(field: &str) -> &str {
    match field {
        "text" => "description",
        "address" => "address_string",
        "area" => "address_id",
        "category" => "service_code",
        "name" => "first_name",
        "files" => "media",
        field => field,
    }
}

/// Keeps when each appeal last changed, so that clients can ask for what is new.
#[derive(Debug, Clone, Copy, Default)]
pub struct ChangesFollower;

impl Follower for ChangesFollower {
    fn name(&self) -> &'static str {
        "appeals.open311"
    }

    fn follow(&self, tx: &mut dyn Tx, events: &[Event]) -> Result<(), Fault> {
        for event in events.iter().filter(|event| event.subject.kind == SUBJECT) {
            tx.execute(&sql::CHANGED, params![event.subject.id, event.at])?;
        }
        Ok(())
    }

    fn reset(&self, tx: &mut dyn Tx) -> Result<(), Fault> {
        tx.execute(&sql::CLEAR_CHANGES, &[]).map(|_| ())
    }
}
