//! Following a case that is one's own matter as well.

use axum::extract::State;
use axum::response::IntoResponse;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use gongzhi_web::{Answer, IdempotencyKey, Json, Path, Problem, Visit};
use http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::act::{code, number};
use super::problems::ReporterProblems;
use crate::actions::Appeals;

/// What a follower is given.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct FollowedBody {
    /// The case's number.
    #[schema(example = "0098304512345678")]
    pub number: String,
    /// A code of their own; shown this once.
    #[schema(example = "7K3QM-9XWPD")]
    pub tracking_code: String,
    /// How many follow it now.
    pub followers: i64,
}

/// How many follow a case.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
pub struct FollowersBody {
    /// How many.
    pub followers: i64,
}

/// Nothing: that they follow is all that is said.
#[derive(Debug, Clone, Copy, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct FollowBody {}

/// By what somebody who is not signed in is known.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct UnfollowBody {
    /// Their code; left out by somebody who is signed in.
    pub tracking_code: Option<String>,
}

/// Follows a public case instead of reporting the same again.
///
/// With an `Idempotency-Key` that is random the same request sent again is the same follower.
#[utoipa::path(
    post, path = "/api/v1/appeals/{number}/follow", tag = "appeals", operation_id = "follow_appeal",
    params(
        ("number" = String, Path, description = "Sixteen digits", example = "0098304512345678"),
        ("Idempotency-Key" = Option<String>, Header, description = "One to 200 visible ASCII characters", example = "5f0c7a2e-1"),
    ),
    request_body = FollowBody,
    responses((status = 201, description = "Followed", body = FollowedBody), ReporterProblems)
)]
pub(super) async fn follow(
    visit: Visit,
    State(appeals): State<Appeals>,
    Path(path): Path<String>,
    IdempotencyKey(key): IdempotencyKey,
    Json(FollowBody {}): Json<FollowBody>,
) -> Answer {
    let id = number(&path)?;
    let key = key.unwrap_or_else(|| URL_SAFE_NO_PAD.encode(visit.context().random::<16>()));
    let followed = appeals.follow(visit.context(), id, &key).await?;
    let body = FollowedBody {
        number: followed.number.to_string(),
        tracking_code: followed.code.to_string(),
        followers: appeals.followers_of(id).await?,
    };
    let mut response = Json(body).into_response();
    *response.status_mut() = StatusCode::CREATED;
    Ok(response)
}

/// Follows no longer.
#[utoipa::path(
    post, path = "/api/v1/appeals/{number}/unfollow", tag = "appeals", operation_id = "unfollow_appeal",
    params(("number" = String, Path, description = "Sixteen digits", example = "0098304512345678")),
    request_body = UnfollowBody,
    responses((status = 200, description = "Ended", body = FollowersBody), ReporterProblems)
)]
pub(super) async fn unfollow(
    visit: Visit,
    State(appeals): State<Appeals>,
    Path(path): Path<String>,
    Json(body): Json<UnfollowBody>,
) -> Answer {
    let (id, code) = (number(&path)?, code(body.tracking_code.as_deref())?);
    appeals.unfollow(visit.context(), id, code).await?;
    Ok(Json(FollowersBody { followers: appeals.followers_of(id).await? }).into_response())
}

/// How many follow an appeal.
#[utoipa::path(
    get, path = "/api/v1/appeals/{number}/followers", tag = "appeals", operation_id = "count_followers",
    params(("number" = String, Path, description = "Sixteen digits", example = "0098304512345678")),
    responses(
        (status = 200, description = "How many", body = FollowersBody),
        (status = 404, description = "No such appeal, or not for this actor to know", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(super) async fn count(visit: Visit, State(appeals): State<Appeals>, Path(path): Path<String>) -> Answer {
    let id = number(&path)?;
    appeals.case(visit.context(), id, None).await?;
    visit.public_json(&FollowersBody { followers: appeals.followers_of(id).await? })
}
