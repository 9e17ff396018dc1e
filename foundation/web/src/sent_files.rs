//! Forms that carry files: `multipart/form-data` as browsers send it, read whole within the limit of its route.

use axum::body::Bytes;
use axum::extract::multipart::{Multipart, MultipartError};
use axum::extract::{FromRequest, Request};
use gongzhi_kernel::{Refusal, RefusalKind};
use http::StatusCode;
use serde::de::DeserializeOwned;

use crate::answer::WebError;
use crate::extract::{FORM_TOKEN, Form, Typed, field_refusal, is_kind, unsupported};
use crate::url_part;
use crate::visit::Visit;

/// The most parts of a form: more is no form of ours.
const PARTS: usize = 200;

/// A file that came with a form. What it is, its bytes say; its name is only what somebody called it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SentFile {
    /// The field that it came in.
    pub field: String,
    /// What its sender calls it; may be empty.
    pub name: String,
    /// What it holds.
    pub bytes: Bytes,
}

/// A form that may carry files. Origin and form token have been checked. The route must be added with
/// [`crate::Routes::post_with_files`], which lets more bytes in than others.
#[derive(Debug, Clone)]
pub struct FormWithFiles<T> {
    /// The values.
    pub value: T,
    /// What was typed, to show the same form again.
    pub typed: Typed,
    /// The files, in their order; a field in which none was chosen sends none.
    pub files: Vec<SentFile>,
}

/// The parts of a multipart body without any look at a token: for clients with a key of their own.
#[derive(Debug, Clone, Default)]
pub struct Parts {
    /// Fields with texts, in their order.
    pub pairs: Vec<(String, String)>,
    /// Files, in their order.
    pub files: Vec<SentFile>,
}

fn broken(error: &MultipartError) -> WebError {
    if error.status() == StatusCode::PAYLOAD_TOO_LARGE {
        Refusal::new(RefusalKind::TooLarge, "error-too-large").into()
    } else {
        Refusal::new(RefusalKind::Invalid, "error-body-broken").into()
    }
}

impl<S: Send + Sync> FromRequest<S> for Parts {
    type Rejection = WebError;

    async fn from_request(request: Request, state: &S) -> Result<Self, WebError> {
        let unreadable = || Refusal::new(RefusalKind::Invalid, "error-form-unreadable");
        let mut multipart = Multipart::from_request(request, state).await.map_err(|_| unreadable())?;
        let mut parts = Self::default();
        while let Some(field) = multipart.next_field().await.map_err(|error| broken(&error))? {
            if parts.pairs.len() + parts.files.len() >= PARTS {
                return Err(unreadable().into());
            }
            let name = field.name().unwrap_or_default().to_owned();
            if let Some(file) = field.file_name().map(str::to_owned) {
                let bytes = field.bytes().await.map_err(|error| broken(&error))?;
                // A browser sends an empty part for a field in which nothing was chosen.
                if !(bytes.is_empty() && file.is_empty()) {
                    parts.files.push(SentFile { field: name, name: file, bytes });
                }
            } else {
                let text = field.bytes().await.map_err(|error| broken(&error))?;
                let text = String::from_utf8(text.to_vec()).map_err(|_| unreadable())?;
                parts.pairs.push((name, text));
            }
        }
        Ok(parts)
    }
}

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for FormWithFiles<T> {
    type Rejection = WebError;

    async fn from_request(request: Request, state: &S) -> Result<Self, WebError> {
        if is_kind(request.headers(), "application/x-www-form-urlencoded") {
            let Form { value, typed } = Form::from_request(request, state).await?;
            return Ok(Self { value, typed, files: Vec::new() });
        }
        if !is_kind(request.headers(), "multipart/form-data") {
            return Err(unsupported("error-form-kind"));
        }
        let visit = request.extensions().get::<Visit>().cloned();
        let Parts { pairs, files } = Parts::from_request(request, state).await?;
        let token = pairs.iter().find(|(name, _)| name == FORM_TOKEN).map_or("", |(_, value)| value.as_str());
        if !visit.is_some_and(|visit| visit.is_form_token(token)) {
            return Err(Refusal::forbidden("error-form-token").into());
        }
        // One reader of values for both kinds of forms: the texts are written as the other kind would carry them.
        let written: Vec<String> =
            pairs.iter().map(|(name, value)| format!("{}={}", url_part(name), url_part(value))).collect();
        let written = written.join("&");
        let deserializer = serde_html_form::Deserializer::from_bytes(written.as_bytes());
        let value = serde_path_to_error::deserialize(deserializer).map_err(|error| field_refusal(&error))?;
        let typed = Typed::new(pairs.into_iter().filter(|(name, _)| name != FORM_TOKEN));
        Ok(Self { value, typed, files })
    }
}
