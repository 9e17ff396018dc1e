//! What happens around every request, in one place: request id, limits, the visit, words for errors, security headers,
//! figures and the log. Nothing here looks at queries or bodies, so nothing personal reaches the log.

use std::collections::BTreeSet;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Instant;

use axum::extract::{DefaultBodyLimit, MatchedPath, Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use futures_util::FutureExt;
use gongzhi_kernel::{Fault, Refusal, RefusalKind};
use http::{HeaderMap, HeaderName, HeaderValue, Method, header};
use tokio::sync::{Semaphore, SemaphorePermit};
use tracing::Instrument;

use crate::answer::{Unsaid, WebError};
use crate::faces;
use crate::routes::{Face, Marked};
use crate::site::Site;
use crate::visit::{Credential, Visit};

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Nothing from elsewhere, no inline script or style, no frames, forms only to this site.
const CONTENT_SECURITY: &str = "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data:; \
    connect-src 'self'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'";

/// What a browser may ask the device for: the place where somebody reports from, nothing else.
const PERMISSIONS: &str = "geolocation=(self), camera=(), microphone=(), payment=(), usb=(), \
    accelerometer=(), gyroscope=(), magnetometer=(), midi=(), serial=(), hid=(), display-capture=()";

/// The state of the edge.
#[derive(Debug, Clone)]
pub(crate) struct Edge {
    pub(crate) site: Site,
    /// As many permits as requests may be in work at once.
    pub(crate) seats: Arc<Semaphore>,
    /// As many permits as requests that may carry files may be in work at once.
    pub(crate) uploads: Arc<Semaphore>,
    /// The paths whose forms may carry files.
    pub(crate) files: Arc<BTreeSet<&'static str>>,
}

impl Edge {
    /// Whether a request may carry files: it is sent to a path that takes them, in the form that carries them.
    fn takes_files(&self, request: &Request) -> bool {
        let path = request.extensions().get::<MatchedPath>();
        request.method() == Method::POST
            && crate::extract::is_kind(request.headers(), "multipart/form-data")
            && path.is_some_and(|path| self.files.contains(path.as_str()))
    }
}

pub(crate) async fn around(State(edge): State<Edge>, request: Request, next: Next) -> Response {
    let began = Instant::now();
    let method = request.method().clone();
    let route = request.extensions().get::<MatchedPath>().cloned();
    let id = request_id(&edge.site, request.headers());
    let template = route.as_ref().map_or("unmatched", MatchedPath::as_str).to_owned();
    let span = tracing::info_span!("request", id = &*id, method = %known(&method), route = template);
    let work = serve(&edge, request, next, Arc::clone(&id));
    let mut response = work.instrument(span.clone()).await;

    seal(&edge.site, &mut response, &id);
    let seconds = began.elapsed().as_secs_f64();
    let status = response.status();
    let labels = [
        ("method", known(&method).to_owned()),
        ("route", template.clone()),
        ("status", status.as_str().to_owned()),
    ];
    metrics::counter!("gongzhi_http_requests_total", &labels).increment(1);
    metrics::histogram!("gongzhi_http_seconds", "route" => template).record(seconds);
    span.in_scope(|| tell(status, seconds));
    response
}

/// From here on a request is slow enough to be told, in seconds.
const SLOW: f64 = 1.0;

/// One line about a request. What went well stands in the figures; the log tells it only to those who ask for detail.
fn tell(status: http::StatusCode, seconds: f64) {
    let (status, ms) = (status.as_u16(), (seconds * 100_000.0).round() / 100.0);
    if status >= 500 || seconds > SLOW {
        tracing::warn!(target: "gongzhi::request", status, ms, "answered");
    } else {
        tracing::debug!(target: "gongzhi::request", status, ms, "answered");
    }
}

async fn serve(edge: &Edge, request: Request, next: Next, id: Arc<str>) -> Response {
    let (mut parts, body) = request.into_parts();
    let path_face = face_of(&parts.uri, &parts.headers);
    let (visit, looked_up) = Visit::begin(&edge.site, &parts, id).await;
    parts.extensions.insert(visit.clone());
    let request = Request::from_parts(parts, body);

    let admitted = looked_up.map_err(WebError::from).and_then(|()| admit(edge, &visit, &request, path_face));
    let mut response = match admitted {
        Ok(seats) => answer(edge, request, next, seats).await,
        Err(error) => error.into_response(),
    };
    let face = response.extensions().get::<Marked>().map_or(path_face, |marked| marked.0);
    if let Some(Unsaid(error)) = response.extensions_mut().remove::<Unsaid>() {
        response = faces::say(&visit, face, &error);
    }
    visit.finish(&mut response);
    response
}

/// The seats that a request holds while it is in work.
struct Seats<'a> {
    _any: SemaphorePermit<'a>,
    /// Only of one that may carry files.
    upload: Option<SemaphorePermit<'a>>,
}

/// How many times its patience a city has for files: they come over slow networks, and photos are encoded again.
const FILES_PATIENCE: u32 = 6;

/// Refuses early what cannot be served: too much at once, too large, a token that is no longer good.
fn admit<'a>(edge: &'a Edge, visit: &Visit, request: &Request, face: Face) -> Result<Seats<'a>, WebError> {
    let seat = edge.seats.try_acquire().map_err(|_| WebError::busy(2))?;
    let files = edge.takes_files(request);
    let upload = if files { Some(edge.uploads.try_acquire().map_err(|_| WebError::busy(5))?) } else { None };
    let most = if files { edge.site.config().max_files } else { edge.site.config().max_body };
    let declared = request
        .headers()
        .get(header::CONTENT_LENGTH)
        .and_then(|value| value.to_str().ok()?.parse::<u64>().ok());
    if declared.is_some_and(|bytes| bytes > u64::try_from(most).unwrap_or(u64::MAX)) {
        return Err(Refusal::new(RefusalKind::TooLarge, "error-too-large").into());
    }
    if face == Face::Api && visit.credential() == Credential::Bearer && visit.is_stale() {
        return Err(Refusal::new(RefusalKind::Unauthenticated, "error-token-stale").into());
    }
    if !request.method().is_safe() {
        edge.site.limits().writes(visit.address(), visit.now())?;
    }
    Ok(Seats { _any: seat, upload })
}

/// Runs the handler: for so long and no longer, and a panic in it ends this request alone.
async fn answer(edge: &Edge, mut request: Request, next: Next, seats: Seats<'_>) -> Response {
    let mut patience = edge.site.config().patience;
    if seats.upload.is_some() {
        patience *= FILES_PATIENCE;
        // The limit that the outer layer has set is that of requests without files.
        DefaultBodyLimit::max(edge.site.config().max_files).apply(&mut request);
    }
    let work = AssertUnwindSafe(next.run(request)).catch_unwind();
    match tokio::time::timeout(patience, work).await {
        Ok(Ok(response)) => response,
        Ok(Err(panic)) => {
            let said = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
            let said = said.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_default();
            WebError::from(Fault::internal("a handler panicked").because(said)).into_response()
        }
        Err(_) => {
            WebError::from(Fault::new(gongzhi_kernel::FaultKind::Busy, "a request took longer than its time"))
                .into_response()
        }
    }
}

/// The id that a proxy has given, if it is sane, else a new one.
fn request_id(site: &Site, headers: &HeaderMap) -> Arc<str> {
    let given = headers.get(&REQUEST_ID).and_then(|value| value.to_str().ok()).filter(|id| {
        (8..=64).contains(&id.len())
            && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
    });
    match given {
        Some(id) => Arc::from(id),
        None => {
            let world = site.world();
            Arc::from(world.ids.next::<Asked>(world.clock.now()).to_string())
        }
    }
}

/// Marks ids of requests.
enum Asked {}

/// People or machines, told by the address alone: for what no route has answered.
fn face_of(uri: &http::Uri, headers: &HeaderMap) -> Face {
    if uri.path().starts_with("/api/") {
        return Face::Api;
    }
    let accept = headers.get(header::ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if accept.contains("json") && !accept.contains("text/html") { Face::Api } else { Face::Page }
}

/// The method as a label: invented ones must not make new series.
fn known(method: &Method) -> &str {
    match *method {
        Method::GET
        | Method::HEAD
        | Method::POST
        | Method::PUT
        | Method::DELETE
        | Method::PATCH
        | Method::OPTIONS => method.as_str(),
        _ => "other",
    }
}

/// The headers that every answer carries.
fn seal(site: &Site, response: &mut Response, id: &str) {
    let headers = response.headers_mut();
    if let Ok(id) = HeaderValue::from_str(id) {
        headers.insert(REQUEST_ID, id);
    }
    protect(headers, site.config().secure);
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
}

/// The security headers.
pub(crate) fn protect(headers: &mut HeaderMap, secure: bool) {
    const fn value(text: &'static str) -> HeaderValue {
        HeaderValue::from_static(text)
    }
    // A handler that hands out what strangers sent says something stricter.
    headers.entry(header::CONTENT_SECURITY_POLICY).or_insert(value(CONTENT_SECURITY));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, value("nosniff"));
    headers.insert(header::X_FRAME_OPTIONS, value("DENY"));
    headers.insert(header::REFERRER_POLICY, value("strict-origin-when-cross-origin"));
    headers.insert("cross-origin-opener-policy", value("same-origin"));
    headers.insert("cross-origin-resource-policy", value("same-origin"));
    headers.insert("permissions-policy", value(PERMISSIONS));
    if secure {
        headers.insert(header::STRICT_TRANSPORT_SECURITY, value("max-age=31536000"));
    }
}
