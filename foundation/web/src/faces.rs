//! Errors in words: a page for people that says the way out, problem+json (RFC 9457) for machines.

use askama::Template;
use axum::response::{IntoResponse, Response};
use gongzhi_kernel::{Failure, FaultKind, Locale};
use http::{HeaderValue, Method, StatusCode, header};
use serde::{Deserialize, Serialize};

use crate::answer::{Redirect, Tone, WebError, html};
use crate::routes::Face;
use crate::shell::Shell;
use crate::visit::Visit;

/// An error as machines read it (RFC 9457).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Problem {
    /// Address of a page that explains this kind of error.
    #[schema(example = "https://city.example/api/problems/appeal-not-found")]
    pub r#type: String,
    /// The kind of error: stable, for programs.
    #[schema(example = "appeal-not-found")]
    pub code: String,
    /// What this status means, in the caller's language.
    pub title: String,
    /// The HTTP status.
    #[schema(example = 404)]
    pub status: u16,
    /// What happened and what to change, in the caller's language.
    pub detail: String,
    /// The number of the request in the server's log.
    pub instance: String,
    /// The fields that must be changed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<ProblemField>,
}

/// One field that must be changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct ProblemField {
    /// Its name in the body: `text`, `place.lat`.
    #[schema(example = "place.lat")]
    pub field: String,
    /// What is wrong: stable, for programs.
    #[schema(example = "error-field-missing")]
    pub code: String,
    /// What to change, in the caller's language.
    pub detail: String,
}

impl Problem {
    /// The problem that an error is, in this visitor's language.
    pub(crate) fn new(visit: &Visit, error: &WebError) -> Self {
        let (site, locale) = (visit.site(), visit.locale());
        let (code, detail) = match &*error.failure {
            Failure::Refused(refusal) => (refusal.key, site.texts().refusal(locale, refusal).into_owned()),
            Failure::Fault(fault) => {
                let key = fault_key(fault.kind);
                (key, site.texts().t(locale, key).into_owned())
            }
        };
        let fields = match &*error.failure {
            Failure::Refused(refusal) => refusal.fields.as_slice(),
            Failure::Fault(_) => &[],
        };
        Self {
            r#type: format!("{}/api/problems/{code}", site.config().base_url),
            code: code.to_owned(),
            title: title(visit, error.status).into_owned(),
            status: error.status.as_u16(),
            detail,
            instance: visit.request_id().to_owned(),
            errors: fields
                .iter()
                .map(|field| ProblemField {
                    field: field.field.to_string(),
                    code: field.key.to_owned(),
                    detail: site.texts().field(locale, field).into_owned(),
                })
                .collect(),
        }
    }
}

fn fault_key(kind: FaultKind) -> &'static str {
    match kind {
        FaultKind::Full => "error-full",
        FaultKind::Busy => "error-busy",
        FaultKind::Corrupt | FaultKind::Internal => "error-fault",
    }
}

fn title(visit: &Visit, status: StatusCode) -> std::borrow::Cow<'_, str> {
    let known = [400, 401, 403, 404, 405, 409, 413, 415, 422, 429, 431, 500, 503, 507];
    let code = if known.contains(&status.as_u16()) {
        status.as_u16()
    } else if status.is_server_error() {
        500
    } else {
        400
    };
    visit.t(&format!("error-{code}-title"))
}

/// The page of an error.
#[derive(Debug, Template)]
#[template(path = "pages/error.html")]
pub(crate) struct ErrorPage {
    pub(crate) shell: Shell,
    pub(crate) status: u16,
    pub(crate) sentence: String,
    pub(crate) fields: Vec<(String, String)>,
    /// Whether the same address may work later.
    pub(crate) retry: bool,
    /// Whether the way out is to sign in.
    pub(crate) sign_in: bool,
    /// Whether the number of the request helps.
    pub(crate) ours: bool,
}

/// Puts an error into words. Faults are logged with their whole chain; nothing of it is shown.
pub(crate) fn say(visit: &Visit, face: Face, error: &WebError) -> Response {
    log(error);
    let mut response = match face {
        Face::Api => problem(visit, error),
        Face::Page if error.sign_in && visit.method() == Method::GET => to_sign_in(visit),
        Face::Page => page(visit, error),
    };
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    if let Some(allow) = &error.allow {
        headers.insert(header::ALLOW, allow.clone());
    }
    if let Some(seconds) = error.retry_after {
        headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    response
}

fn log(error: &WebError) {
    let Failure::Fault(fault) = &*error.failure else { return };
    match fault.kind {
        FaultKind::Busy => tracing::warn!(kind = "busy", "{fault:?}"),
        FaultKind::Full => tracing::error!(kind = "full", "{fault:?}"),
        FaultKind::Corrupt => tracing::error!(kind = "corrupt", "{fault:?}"),
        FaultKind::Internal => tracing::error!(kind = "internal", "{fault:?}"),
    }
}

fn problem(visit: &Visit, error: &WebError) -> Response {
    let problem = Problem::new(visit, error);
    // Strings and numbers always serialise; an empty body would still carry the status.
    let body = serde_json::to_vec(&problem).unwrap_or_default();
    let mut response = (error.status, body).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
    headers.insert(header::CONTENT_LANGUAGE, HeaderValue::from_static(visit.locale().tag()));
    if error.status == StatusCode::UNAUTHORIZED {
        headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
    }
    response
}

/// Somebody who must sign in first is led there, and back afterwards.
fn to_sign_in(visit: &Visit) -> Response {
    let mut here = visit.path().to_owned();
    if !visit.query().is_empty() {
        here.push('?');
        here.push_str(visit.query());
    }
    let to = format!("/sign-in?next={}", crate::url_part(&here));
    Redirect::to(to).saying(Tone::Calm, "sign-in-needed").into_response()
}

fn page(visit: &Visit, error: &WebError) -> Response {
    let (site, locale) = (visit.site(), visit.locale());
    let (sentence, fields) = match &*error.failure {
        Failure::Refused(refusal) => {
            let fields = refusal
                .fields
                .iter()
                .map(|field| (field.field.to_string(), site.texts().field(locale, field).into_owned()));
            (site.texts().refusal(locale, refusal).into_owned(), fields.collect())
        }
        Failure::Fault(fault) => (site.texts().t(locale, fault_key(fault.kind)).into_owned(), Vec::new()),
    };
    let template = ErrorPage {
        shell: visit.shell_titled(title(visit, error.status)).sign_in_to("/"),
        status: error.status.as_u16(),
        sentence,
        fields,
        retry: matches!(error.status.as_u16(), 429 | 503 | 507) && visit.method() == Method::GET,
        sign_in: error.sign_in,
        ours: matches!(*error.failure, Failure::Fault(_)),
    };
    match template.render() {
        Ok(body) => html(error.status, body),
        Err(render) => {
            tracing::error!(error = %render, "the error page itself cannot be rendered");
            (error.status, plain(locale)).into_response()
        }
    }
}

/// What is said when nothing else can be said.
fn plain(locale: Locale) -> &'static str {
    match locale {
        Locale::ZhCn => "出错了，请稍后再试。",
        Locale::En => "Something went wrong. Please try again later.",
    }
}
