//! What a handler answers: a page, a redirect, or an error that the outer layer puts into words
//! (a page for people, problem+json for machines).

use std::sync::Arc;

use axum::response::{IntoResponse, Response};
use gongzhi_kernel::{Failure, Fault, FaultKind, Refusal, RefusalKind};
use http::{HeaderValue, StatusCode, header};

use crate::visit::Flash;

/// What handlers return.
pub type Answer<T = Response> = Result<T, WebError>;

/// A failure on its way out. The outer layer renders it in the reader's language and in the right form.
#[derive(Debug)]
pub struct WebError {
    /// Boxed, so that the good way of every handler stays small.
    pub(crate) failure: Box<Failure>,
    pub(crate) status: StatusCode,
    /// Seconds after which it may work.
    pub(crate) retry_after: Option<u32>,
    /// Whether the way out is to sign in.
    pub(crate) sign_in: bool,
    /// The methods that would work, for 405.
    pub(crate) allow: Option<HeaderValue>,
}

impl WebError {
    pub(crate) fn with_status(failure: impl Into<Failure>, status: StatusCode) -> Self {
        Self { status, ..Self::from(failure.into()) }
    }

    /// The status that people and machines see.
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// There is no such page.
    pub fn no_such_page() -> Self {
        Refusal::not_found("error-no-such-page").into()
    }

    /// For this one must sign in first.
    pub fn sign_in_first() -> Self {
        Refusal::new(RefusalKind::Unauthenticated, "error-sign-in-first").into()
    }

    /// Not for this kind of actor.
    pub fn not_for_you() -> Self {
        Refusal::forbidden("error-not-for-you").into()
    }

    /// More than can be done at once; try again after so many seconds.
    pub fn busy(seconds: u32) -> Self {
        Self {
            retry_after: Some(seconds),
            ..Fault::new(FaultKind::Busy, "more requests than can be served at once").into()
        }
    }

    /// The refusal, if it is one: to show the same form again with what was typed.
    pub fn into_refusal(self) -> Result<Refusal, Self> {
        match *self.failure {
            Failure::Refused(refusal) => Ok(refusal),
            failure @ Failure::Fault(_) => Err(Self { failure: Box::new(failure), ..self }),
        }
    }
}

impl From<Failure> for WebError {
    fn from(failure: Failure) -> Self {
        let (status, retry_after) = match &failure {
            Failure::Refused(refusal) => match refusal.kind {
                RefusalKind::Invalid if refusal.fields.is_empty() => (StatusCode::BAD_REQUEST, None),
                RefusalKind::Invalid => (StatusCode::UNPROCESSABLE_ENTITY, None),
                RefusalKind::Unauthenticated => (StatusCode::UNAUTHORIZED, None),
                RefusalKind::Forbidden => (StatusCode::FORBIDDEN, None),
                RefusalKind::NotFound => (StatusCode::NOT_FOUND, None),
                RefusalKind::Conflict => (StatusCode::CONFLICT, None),
                RefusalKind::TooLarge => (StatusCode::PAYLOAD_TOO_LARGE, None),
                RefusalKind::TooMany => (StatusCode::TOO_MANY_REQUESTS, Some(wait_of(refusal))),
            },
            Failure::Fault(fault) => match fault.kind {
                FaultKind::Full => (StatusCode::INSUFFICIENT_STORAGE, Some(60)),
                FaultKind::Busy => (StatusCode::SERVICE_UNAVAILABLE, Some(2)),
                FaultKind::Corrupt | FaultKind::Internal => (StatusCode::INTERNAL_SERVER_ERROR, None),
            },
        };
        let sign_in = status == StatusCode::UNAUTHORIZED;
        Self { failure: Box::new(failure), status, retry_after, sign_in, allow: None }
    }
}

/// The seconds that a refusal asks to wait for; a minute where it does not say.
pub(crate) fn wait_of(refusal: &Refusal) -> u32 {
    let number = |wanted: &str| {
        refusal.args.iter().find(|(name, _)| *name == wanted).and_then(|(_, value)| value.parse::<u32>().ok())
    };
    number("seconds").or_else(|| number("minutes").map(|minutes| minutes.saturating_mul(60))).unwrap_or(60)
}

impl From<Refusal> for WebError {
    fn from(refusal: Refusal) -> Self {
        Failure::from(refusal).into()
    }
}

impl From<Fault> for WebError {
    fn from(fault: Fault) -> Self {
        Failure::from(fault).into()
    }
}

impl From<askama::Error> for WebError {
    fn from(error: askama::Error) -> Self {
        Fault::internal("cannot render the page").because(error).into()
    }
}

/// Marks a response that still has to be put into words.
#[derive(Debug, Clone)]
pub(crate) struct Unsaid(pub(crate) Arc<WebError>);

impl IntoResponse for WebError {
    fn into_response(self) -> Response {
        let mut response = self.status.into_response();
        response.extensions_mut().insert(Unsaid(Arc::new(self)));
        response
    }
}

/// How a sentence sounds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Tone {
    /// Done as asked.
    Good,
    /// Worth knowing.
    Calm,
    /// Soon due, or to be read with care.
    Warn,
    /// Overdue, urgent, refused.
    Bad,
}

impl Tone {
    /// The word in class names.
    pub fn word(self) -> &'static str {
        match self {
            Self::Good => "good",
            Self::Calm => "calm",
            Self::Warn => "warn",
            Self::Bad => "bad",
        }
    }

    /// The icon that goes with it.
    pub fn icon(self) -> &'static str {
        match self {
            Self::Good => "check",
            Self::Calm => "info",
            Self::Warn => "clock",
            Self::Bad => "alert",
        }
    }
}

/// After a form: look at this page instead (303). May carry one sentence for it.
#[derive(Debug, Clone)]
pub struct Redirect {
    to: String,
    pub(crate) flash: Option<Flash>,
}

impl Redirect {
    /// To a page of this site; an address elsewhere leads to the home page.
    pub fn to(path: impl Into<String>) -> Self {
        let path = path.into();
        let to = if is_local(&path) { path } else { "/".to_owned() };
        Self { to, flash: None }
    }

    /// With a sentence that the next page shows once.
    #[must_use]
    pub fn saying(mut self, tone: Tone, key: impl Into<String>) -> Self {
        self.flash = Some(Flash { tone, key: key.into(), args: Vec::new() });
        self
    }

    /// A value that the sentence names.
    #[must_use]
    pub fn with(mut self, name: impl Into<String>, value: impl ToString) -> Self {
        if let Some(flash) = &mut self.flash {
            flash.args.push((name.into(), value.to_string()));
        }
        self
    }
}

impl IntoResponse for Redirect {
    fn into_response(self) -> Response {
        let place = HeaderValue::from_str(&self.to).unwrap_or(HeaderValue::from_static("/"));
        let mut response = StatusCode::SEE_OTHER.into_response();
        response.headers_mut().insert(header::LOCATION, place);
        if let Some(flash) = self.flash {
            response.extensions_mut().insert(flash);
        }
        response
    }
}

/// Whether it is a path on this site: nothing that a browser would read as another host.
pub(crate) fn is_local(path: &str) -> bool {
    path.starts_with('/')
        && !path.starts_with("//")
        && !path.contains('\\')
        && path.bytes().all(|byte| byte > b' ' && byte != 0x7f)
}

/// A rendered page.
pub(crate) fn html(status: StatusCode, body: String) -> Response {
    (status, [(header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"))], body)
        .into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_paths_of_this_site_are_followed() {
        for good in ["/", "/appeals?lang=en#top", "/诉求"] {
            assert!(is_local(good), "{good}");
        }
        for bad in [
            "",
            "appeals",
            "//evil.example",
            "/\\evil.example",
            "https://evil.example",
            "/a\nb",
            "/a b",
            "\\/x",
        ] {
            assert!(!is_local(bad), "{bad}");
        }
    }

    #[test]
    fn each_failure_has_its_status() {
        let invalid = Refusal::new(RefusalKind::Invalid, "x");
        assert_eq!(WebError::from(invalid).status(), 400);
        let fields = Refusal::fields(vec![gongzhi_kernel::FieldError::new("a", "b")]);
        assert_eq!(WebError::from(fields).status(), 422);
        assert_eq!(WebError::from(Fault::new(FaultKind::Full, "x")).status(), 507);
        let many = WebError::from(Refusal::new(RefusalKind::TooMany, "x").with("seconds", 7));
        assert_eq!((many.status().as_u16(), many.retry_after), (429, Some(7)));
        let locked = WebError::from(Refusal::new(RefusalKind::TooMany, "x").with("minutes", 4));
        assert_eq!(locked.retry_after, Some(240));
    }
}
