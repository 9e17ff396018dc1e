//! Files of appeals: listing them, adding some as `multipart/form-data`, and deciding which everybody may see.

use axum::extract::State;
use axum::response::IntoResponse;
use gongzhi_kernel::{AppealId, Refusal, Timestamp};
use gongzhi_web::{Answer, Json, Parts, Path, Problem, Visit, WebError};
use http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::act::{code, number};
use super::problems::{ReporterProblems, StaffProblems};
use crate::actions::Appeals;
use crate::model::{AppealFile, Media};
use crate::pages::new_files;

/// A photo or document of an appeal.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct FileBody {
    /// Its number.
    #[schema(example = "0098304512345679")]
    pub id: String,
    /// `photo`, or the ending of a document's name.
    #[schema(example = "photo")]
    pub media: String,
    /// What its sender calls it; only for those who may see everything of the case.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Bytes.
    pub length: i64,
    /// Who added it: `reporter` or `organ`.
    pub by: String,
    /// When it was added.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    /// Whether somebody in office has found it fit for everybody.
    pub shown: bool,
    /// Width of a photo in pixels.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub width: Option<u32>,
    /// Height of a photo in pixels.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub height: Option<u32>,
    /// Where it is read.
    #[schema(example = "/appeals/0098304512345678/files/0098304512345679")]
    pub href: String,
}

/// The files of an appeal, the oldest first.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct FilesBody {
    /// The files.
    pub items: Vec<FileBody>,
}

/// Files to be added, as `multipart/form-data`.
#[derive(Debug, Clone, ToSchema)]
pub struct NewFilesBody {
    /// The code on the receipt, for a reporter who is not signed in.
    pub tracking_code: Option<String>,
    /// Photos (JPEG, PNG, WebP) or documents; told by what they hold.
    #[schema(value_type = Vec<String>, format = Binary)]
    pub files: Vec<Vec<u8>>,
}

/// Whether everybody may see a file.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ShowBody {
    /// Whether it is fit: no face, number plate or house number.
    pub shown: bool,
}

impl FileBody {
    fn new(file: &AppealFile, full: bool) -> Self {
        let (width, height) = match file.file.media {
            Media::Photo(parts) => (Some(parts.width), Some(parts.height)),
            Media::Document(_) => (None, None),
        };
        Self {
            id: file.id.to_string(),
            media: file.file.media.word().to_owned(),
            name: full.then(|| file.file.name.clone()),
            length: file.file.length,
            by: file.by.word().to_owned(),
            at: file.at,
            shown: file.shown,
            width,
            height,
            href: format!("/appeals/{}/files/{}", file.appeal, file.id),
        }
    }
}

/// The files of an appeal, as the caller may see them.
#[utoipa::path(
    get, path = "/api/v1/appeals/{number}/files", tag = "appeals", operation_id = "list_files",
    params(("number" = String, Path, description = "Sixteen digits", example = "0098304512345678")),
    responses(
        (status = 200, description = "The files", body = FilesBody),
        (status = 404, description = "No such appeal, or not for this actor to know", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(super) async fn list(visit: Visit, State(appeals): State<Appeals>, Path(path): Path<String>) -> Answer {
    let id = number(&path)?;
    let case = appeals.case(visit.context(), id, None).await?;
    let files = appeals.files(visit.context(), id, None).await?;
    let items = files.iter().map(|file| FileBody::new(file, case.full)).collect();
    Ok(Json(FilesBody { items }).into_response())
}

/// Adds photos or documents to an appeal: its reporter, or those who handle it.
///
/// Photos are encoded again, upright and without what the camera wrote into them; documents are handed out as downloads only.
#[utoipa::path(
    post, path = "/api/v1/appeals/{number}/files", tag = "appeals", operation_id = "add_files",
    params(("number" = String, Path, description = "Sixteen digits", example = "0098304512345678")),
    request_body(content = NewFilesBody, content_type = "multipart/form-data"),
    responses(
        (status = 201, description = "Added", body = FilesBody),
        (status = 429, description = "More files wait for their reports than can be kept", body = Problem, content_type = "application/problem+json"),
        ReporterProblems
    )
)]
pub(super) async fn add(
    visit: Visit,
    State(appeals): State<Appeals>,
    Path(path): Path<String>,
    parts: Parts,
) -> Answer {
    let id: AppealId = number(&path)?;
    let given = parts.pairs.iter().find(|(name, _)| name == "tracking_code").map(|(_, value)| value.as_str());
    let code = code(given)?;
    let added = appeals.attach(visit.context(), id, code, new_files(parts.files)).await?;
    let items = added.iter().map(|file| FileBody::new(file, true)).collect();
    let mut response = Json(FilesBody { items }).into_response();
    *response.status_mut() = StatusCode::CREATED;
    Ok(response)
}

/// Decides whether everybody may see a file.
#[utoipa::path(
    post, path = "/api/v1/appeals/{number}/files/{file}/show", tag = "work", operation_id = "show_file",
    params(
        ("number" = String, Path, description = "Sixteen digits", example = "0098304512345678"),
        ("file" = String, Path, description = "Sixteen digits", example = "0098304512345679"),
    ),
    request_body = ShowBody,
    responses((status = 200, description = "Decided", body = FileBody), StaffProblems),
    security(("bearer" = []), ("cookie" = []))
)]
pub(super) async fn show(
    visit: Visit,
    State(appeals): State<Appeals>,
    Path((path, file)): Path<(String, String)>,
    Json(body): Json<ShowBody>,
) -> Answer {
    let id = number(&path)?;
    let file = file.parse().map_err(|_| WebError::from(Refusal::not_found("file-not-found")))?;
    let file = appeals.show_file(visit.context(), id, file, body.shown).await?;
    Ok(Json(FileBody::new(&file, true)).into_response())
}
