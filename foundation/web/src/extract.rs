//! What handlers take from a request. Whatever cannot be taken is refused with a sentence that says what to change.

use axum::body::{Body, Bytes};
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::response::{IntoResponse, Response};
use gongzhi_kernel::{Fault, FieldError, Refusal, RefusalKind};
use http::request::Parts;
use http::{HeaderMap, HeaderValue, StatusCode, header};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::answer::WebError;
use crate::visit::Visit;

/// The name of the field that carries the form token.
pub(crate) const FORM_TOKEN: &str = "form_token";

/// What was typed into a form, field by field, as it came: to show it again.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Typed(Vec<(String, String)>);

impl Typed {
    /// From pairs, for samples and tests.
    pub fn new<N: Into<String>, V: Into<String>>(pairs: impl IntoIterator<Item = (N, V)>) -> Self {
        Self(pairs.into_iter().map(|(name, value)| (name.into(), value.into())).collect())
    }

    /// The first value of a field.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(field, _)| field == name).map(|(_, value)| value.as_str())
    }

    /// All values of a field: boxes that are ticked.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter(move |(field, _)| field == name).map(|(_, value)| value.as_str())
    }
}

/// A form that was sent: its values, and what was typed. The origin and the form token have been checked.
#[derive(Debug, Clone)]
pub struct Form<T> {
    /// The values.
    pub value: T,
    /// What was typed, to show the same form again.
    pub typed: Typed,
}

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Form<T> {
    type Rejection = WebError;

    async fn from_request(request: Request, _: &S) -> Result<Self, WebError> {
        let visit = request.extensions().get::<Visit>().cloned();
        if !is_kind(request.headers(), "application/x-www-form-urlencoded") {
            return Err(unsupported("error-form-kind"));
        }
        let bytes = body(request).await?;
        let pairs: Vec<(String, String)> = serde_html_form::from_bytes(&bytes)
            .map_err(|_| Refusal::new(RefusalKind::Invalid, "error-form-unreadable"))?;
        let token = pairs.iter().find(|(name, _)| name == FORM_TOKEN).map_or("", |(_, value)| value.as_str());
        if !visit.is_some_and(|visit| visit.is_form_token(token)) {
            return Err(Refusal::forbidden("error-form-token").into());
        }
        let deserializer = serde_html_form::Deserializer::from_bytes(&bytes);
        let value = serde_path_to_error::deserialize(deserializer).map_err(|error| field_refusal(&error))?;
        let typed = Typed(pairs.into_iter().filter(|(name, _)| name != FORM_TOKEN).collect());
        Ok(Self { value, typed })
    }
}

/// A form without fields of its own: a single button.
#[derive(Debug, Clone, Copy, Default, serde::Deserialize)]
pub struct NoFields {}

/// A JSON body, or a JSON answer.
#[derive(Debug, Clone)]
pub struct Json<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Json<T> {
    type Rejection = WebError;

    async fn from_request(request: Request, _: &S) -> Result<Self, WebError> {
        if !is_kind(request.headers(), "application/json") {
            return Err(unsupported("error-json-kind"));
        }
        let bytes = body(request).await?;
        let mut deserializer = serde_json::Deserializer::from_slice(&bytes);
        let value =
            serde_path_to_error::deserialize(&mut deserializer).map_err(|error| json_refusal(&error))?;
        deserializer.end().map_err(|error| syntax_refusal(&error))?;
        Ok(Self(value))
    }
}

impl<T: Serialize> IntoResponse for Json<T> {
    fn into_response(self) -> Response {
        match serde_json::to_vec(&self.0) {
            Ok(body) => {
                let mut response = Response::new(Body::from(body));
                let headers = response.headers_mut();
                headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
                headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
                response
            }
            Err(error) => {
                WebError::from(Fault::internal("cannot write the answer").because(error)).into_response()
            }
        }
    }
}

/// The query of the address.
#[derive(Debug, Clone, Copy)]
pub struct Query<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Query<T> {
    type Rejection = WebError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, WebError> {
        let query = parts.uri.query().unwrap_or_default();
        let deserializer = serde_html_form::Deserializer::from_bytes(query.as_bytes());
        serde_path_to_error::deserialize(deserializer).map(Self).map_err(|error| field_refusal(&error).into())
    }
}

/// The parameters of the path. Text that is no such number is a page that does not exist.
#[derive(Debug, Clone, Copy)]
pub struct Path<T>(pub T);

impl<T: DeserializeOwned + Send, S: Send + Sync> FromRequestParts<S> for Path<T> {
    type Rejection = WebError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, WebError> {
        match axum::extract::Path::<T>::from_request_parts(parts, state).await {
            Ok(axum::extract::Path(value)) => Ok(Self(value)),
            Err(rejection) if rejection.status().is_server_error() => {
                Err(Fault::internal("a handler takes a parameter that its path does not have")
                    .because(rejection)
                    .into())
            }
            Err(_) => Err(WebError::no_such_page()),
        }
    }
}

/// The `Idempotency-Key` header: the same key with the same body gives the same answer, once.
/// One to 200 visible ASCII characters; absent is `None`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdempotencyKey(pub Option<String>);

impl<S: Send + Sync> FromRequestParts<S> for IdempotencyKey {
    type Rejection = WebError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, WebError> {
        let mut values = parts.headers.get_all("idempotency-key").iter();
        let Some(value) = values.next() else { return Ok(Self(None)) };
        let text = value.to_str().ok().map(str::trim).filter(|text| {
            (1..=200).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic())
        });
        match (text, values.next()) {
            (Some(text), None) => Ok(Self(Some(text.to_owned()))),
            _ => Err(Refusal::new(RefusalKind::Invalid, "error-idempotency-key").into()),
        }
    }
}

/// Reads the whole body within the limit that the outer layer has set.
async fn body(request: Request) -> Result<Bytes, WebError> {
    Bytes::from_request(request, &()).await.map_err(|rejection| {
        if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE {
            Refusal::new(RefusalKind::TooLarge, "error-too-large").into()
        } else {
            Refusal::new(RefusalKind::Invalid, "error-body-broken").into()
        }
    })
}

pub(crate) fn is_kind(headers: &HeaderMap, wanted: &str) -> bool {
    headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).is_some_and(|value| {
        value.split(';').next().is_some_and(|kind| kind.trim().eq_ignore_ascii_case(wanted))
    })
}

pub(crate) fn unsupported(key: &'static str) -> WebError {
    WebError::with_status(Refusal::new(RefusalKind::Invalid, key), StatusCode::UNSUPPORTED_MEDIA_TYPE)
}

fn json_refusal(error: &serde_path_to_error::Error<serde_json::Error>) -> Refusal {
    use serde_json::error::Category::{Eof, Io, Syntax};
    if matches!(error.inner().classify(), Syntax | Eof | Io) {
        return syntax_refusal(error.inner());
    }
    let path = error.path().to_string();
    // The position at the end says nothing that the path does not say better.
    let said = error.inner().to_string();
    let said = said.rsplit_once(" at line ").map_or(said.as_str(), |(said, _)| said).to_owned();
    let field = match missing_field(&said) {
        Some(name) if path == "." => name.to_owned(),
        Some(name) => format!("{path}.{name}"),
        None => path,
    };
    if missing_field(&said).is_some() {
        return Refusal::fields(vec![FieldError::new(field, "error-field-missing")]);
    }
    if field == "." {
        return Refusal::new(RefusalKind::Invalid, "error-json-shape").with("said", said);
    }
    Refusal::fields(vec![FieldError::new(field, "error-field-unreadable").with("said", said)])
}

fn syntax_refusal(error: &serde_json::Error) -> Refusal {
    Refusal::new(RefusalKind::Invalid, "error-json-unreadable")
        .with("line", error.line())
        .with("column", error.column())
}

pub(crate) fn field_refusal<E: std::fmt::Display>(error: &serde_path_to_error::Error<E>) -> Refusal {
    let said = error.inner().to_string();
    if let Some(name) = missing_field(&said) {
        return Refusal::fields(vec![FieldError::new(name.to_owned(), "error-field-missing")]);
    }
    let path = error.path().to_string();
    if path == "." {
        return Refusal::new(RefusalKind::Invalid, "error-form-unreadable");
    }
    Refusal::fields(vec![FieldError::new(path, "error-field-unreadable").with("said", said)])
}

/// The name in serde's "missing field `text`".
fn missing_field(said: &str) -> Option<&str> {
    said.strip_prefix("missing field `")?.split('`').next()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, serde::Deserialize)]
    #[expect(dead_code, reason = "only whether it can be read matters")]
    struct Sample {
        text: String,
        place: Option<Place>,
    }

    #[derive(Debug, serde::Deserialize)]
    #[expect(dead_code, reason = "only whether it can be read matters")]
    struct Place {
        lat: f64,
    }

    fn refusal(body: &str) -> Refusal {
        let mut deserializer = serde_json::Deserializer::from_str(body);
        json_refusal(&serde_path_to_error::deserialize::<_, Sample>(&mut deserializer).unwrap_err())
    }

    #[test]
    fn a_refused_body_names_its_field() {
        assert_eq!(refusal("{}").fields[0].field, "text");
        assert_eq!(refusal(r#"{"text":"a","place":{}}"#).fields[0].field, "place.lat");
        assert_eq!(refusal(r#"{"text":"a","place":{"lat":"x"}}"#).fields[0].field, "place.lat");
        assert_eq!(refusal(r#"{"text":3}"#).fields[0].key, "error-field-unreadable");
        assert_eq!(refusal("{").key, "error-json-unreadable");
        assert_eq!(refusal("[]").key, "error-json-shape");
    }

    #[tokio::test]
    async fn an_idempotency_key_is_one_visible_word() {
        async fn read(values: &[&[u8]]) -> Result<IdempotencyKey, WebError> {
            let mut request = Request::new(Body::empty());
            for value in values {
                request.headers_mut().append("idempotency-key", HeaderValue::from_bytes(value).unwrap());
            }
            IdempotencyKey::from_request_parts(&mut request.into_parts().0, &()).await
        }
        assert_eq!(read(&[]).await.unwrap(), IdempotencyKey(None));
        assert_eq!(read(&[b"abc-1"]).await.unwrap(), IdempotencyKey(Some("abc-1".to_owned())));
        for bad in [&[b"" as &[u8]][..], &[b"a b"], &[b"\xff"], &[&[b'a'; 201]], &[b"a", b"b"]] {
            assert_eq!(read(bad).await.unwrap_err().status(), 400);
        }
    }
}
