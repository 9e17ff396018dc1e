//! The API's own part: sessions for programs, the OpenAPI document and its reader page.

use askama::Template;
use axum::body::Body;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use gongzhi_kernel::{Fault, Timestamp};
use gongzhi_people::SignIn;
use http::{HeaderMap, HeaderValue, StatusCode, header};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::House;
use crate::answer::{Answer, WebError};
use crate::extract::{Json, Path};
use crate::faces::Problem;
use crate::openapi::{Operation, Reader, TypeShape};
use crate::shell::Shell;
use crate::visit::Visit;

/// The OpenAPI document as it is sent, and as the reader page shows it.
pub(crate) struct Document {
    json: String,
    tag: HeaderValue,
    reader: Reader,
}

impl Document {
    pub(crate) fn new(openapi: &utoipa::openapi::OpenApi) -> Result<Self, Fault> {
        let unreadable =
            |error: serde_json::Error| Fault::internal("cannot write the openapi document").because(error);
        let json = openapi.to_json().map_err(unreadable)?;
        let value: serde_json::Value = serde_json::from_str(&json).map_err(unreadable)?;
        let hash = Sha256::digest(json.as_bytes());
        let tag = HeaderValue::from_str(&format!("W/\"{}\"", URL_SAFE_NO_PAD.encode(&hash[..12])))
            .map_err(|error| Fault::internal("cannot write an etag").because(error))?;
        Ok(Self { json, tag, reader: Reader::new(&value) })
    }
}

pub(crate) async fn openapi(State(house): State<House>, headers: HeaderMap) -> Response {
    let document = &house.document;
    let known = headers.get(header::IF_NONE_MATCH) == Some(&document.tag);
    let mut response = if known {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        Response::new(Body::from(document.json.clone()))
    };
    let to = response.headers_mut();
    to.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    to.insert(header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=300"));
    to.insert(header::ETAG, document.tag.clone());
    response
}

#[derive(Debug, Template)]
#[template(path = "pages/api.html")]
pub(crate) struct ApiPage<'a> {
    pub(crate) shell: Shell,
    pub(crate) reader: &'a Reader,
}

impl ApiPage<'_> {
    fn operations(&self) -> &[Operation] {
        &self.reader.operations
    }

    fn types(&self) -> &[TypeShape] {
        &self.reader.types
    }
}

pub(crate) async fn reader(visit: Visit, State(house): State<House>) -> Answer {
    visit.public_page(&ApiPage { shell: visit.shell("api-title"), reader: &house.document.reader })
}

#[derive(Debug, Template)]
#[template(path = "pages/problem.html")]
pub(crate) struct ProblemPage {
    pub(crate) shell: Shell,
    pub(crate) sentence: String,
}

/// What an error code means.
pub(crate) async fn problem(visit: Visit, Path(code): Path<String>) -> Answer {
    if !visit.site().texts().has(&code) {
        return Err(WebError::no_such_page());
    }
    let shell = visit.shell_titled(visit.ta("problem-title", &[("code", &code)]));
    let sentence = visit.site().texts().outline(visit.locale(), &code);
    visit.public_page(&ProblemPage { shell, sentence })
}

/// Sign-in name and password.
#[derive(Deserialize, utoipa::ToSchema)]
pub(crate) struct Credentials {
    /// The sign-in name.
    login: String,
    /// The password.
    password: String,
    /// The six digits of the authenticator, or a recovery code, where the account signs in with two steps.
    #[serde(default)]
    code: Option<String>,
}

/// A session for a program.
#[derive(Serialize, utoipa::ToSchema)]
pub(crate) struct NewSession {
    /// Send it as `Authorization: Bearer …`. It is shown this once.
    token: String,
    /// When it ends at the latest.
    #[schema(value_type = String, format = DateTime)]
    ends_at: Timestamp,
    /// Whose it is.
    me: Me,
}

/// Who is signed in.
#[derive(Serialize, utoipa::ToSchema)]
pub(crate) struct Me {
    /// The person's id.
    #[schema(value_type = i64)]
    person: gongzhi_kernel::PersonId,
    /// The person's name.
    name: String,
    /// As what they act: `resident`, `official`, `operator` …
    kind: &'static str,
    /// The organ that they act for.
    #[schema(value_type = Option<i64>)]
    organ: Option<gongzhi_kernel::OrganId>,
    /// All organs that they hold a role in.
    memberships: Vec<MyMembership>,
}

/// A role in an organ.
#[derive(Serialize, utoipa::ToSchema)]
pub(crate) struct MyMembership {
    /// The organ's id.
    #[schema(value_type = i64)]
    organ: gongzhi_kernel::OrganId,
    /// The role: `handler`, `head`, `operator`, `auditor`, `member`, `administrator`.
    role: &'static str,
}

impl Me {
    fn of(session: &gongzhi_people::Session) -> Self {
        Self {
            person: session.person,
            name: session.name.clone(),
            kind: session.actor.kind().word(),
            organ: session.actor.organ(),
            memberships: session
                .memberships
                .iter()
                .map(|held| MyMembership { organ: held.organ, role: held.role.word() })
                .collect(),
        }
    }
}

/// Sign in: a token for a program
#[utoipa::path(
    post, path = "/api/v1/sessions", tag = "sessions", request_body = Credentials,
    responses(
        (status = 201, description = "The token", body = NewSession),
        (status = 400, description = "The body cannot be read", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "The account is suspended, or its role demands a second step that is not set up", body = Problem, content_type = "application/problem+json"),
        (status = 413, description = "Too large", body = Problem, content_type = "application/problem+json"),
        (status = 415, description = "Not JSON", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "A field is missing, or the code is asked for or wrong", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "Name or password are wrong", body = Problem, content_type = "application/problem+json"),
        (status = 429, description = "Too many attempts", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn sign_in(
    visit: Visit,
    State(house): State<House>,
    headers: HeaderMap,
    Json(credentials): Json<Credentials>,
) -> Answer {
    let device = headers.get(header::USER_AGENT).and_then(|value| value.to_str().ok());
    let code = credentials.code.as_deref();
    let attempt = SignIn { device, code, ..SignIn::new(&credentials.login, &credentials.password) };
    let signed_in =
        super::sign_in::within_limits(&visit, house.site.people().sign_in(visit.context(), attempt)).await?;
    let session = NewSession {
        ends_at: signed_in.session.ends_at,
        me: Me::of(&signed_in.session),
        token: signed_in.token,
    };
    Ok((StatusCode::CREATED, Json(session)).into_response())
}

/// Sign out: the token is no longer good
#[utoipa::path(
    delete, path = "/api/v1/session", tag = "sessions", security(("bearer" = []), ("cookie" = [])),
    responses(
        (status = 204, description = "Signed out"),
        (status = 401, description = "Nobody is signed in", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn sign_out(visit: Visit, State(house): State<House>) -> Answer {
    if let Some(token) = visit.token() {
        house.site.people().sign_out(visit.context(), token).await?;
    }
    let mut response = StatusCode::NO_CONTENT.into_response();
    visit.signed_out(&mut response);
    Ok(response)
}

/// Who is signed in
#[utoipa::path(
    get, path = "/api/v1/me", tag = "sessions", security(("bearer" = []), ("cookie" = [])),
    responses(
        (status = 200, description = "The person and the capacity in which they act", body = Me),
        (status = 401, description = "Nobody is signed in", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn who_am_i(visit: Visit) -> Answer<Json<Me>> {
    let session = visit.session().ok_or_else(WebError::sign_in_first)?;
    Ok(Json(Me::of(session)))
}
