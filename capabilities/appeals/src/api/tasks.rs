//! Operations on what runs beside a case: ask, act, hand on, merge, split, write down. Each calls one action.

use axum::extract::State;
use axum::response::IntoResponse;
use gongzhi_kernel::{FieldError, OrganId, Refusal, Timestamp};
use gongzhi_web::{Answer, Json, Path, Visit, WebError};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::act::number;
use super::problems::StaffProblems;
use super::read::answer_with;
use super::types::{AppealBody, PlainBody, ReturnBody};
use crate::actions::{Appeals, Ask};
use crate::model::{Exclusion, Happening, NoteKind, PauseGround, Task, TaskId, TaskKind, TaskState, Terms};
use crate::rules::TaskStep;

/// What is asked beside a case.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AskBody {
    /// See [`AppealBody::revision`]; left out: whatever happened meanwhile.
    #[serde(default)]
    pub revision: Option<i64>,
    /// What is asked.
    pub kind: TaskKind,
    /// Ids or codes of the organs that are asked or invited.
    #[serde(default)]
    #[schema(example = json!(["lighting"]))]
    pub organs: Vec<String>,
    /// Id of the person who is named.
    #[serde(default)]
    pub person: Option<String>,
    /// Of an extension: how long, such as `3d` or `2wd`.
    #[serde(default)]
    #[schema(example = "3d")]
    pub period: Option<String>,
    /// Of an extension: on which ground the clock shall stand still; left out: more time for the answer.
    #[serde(default)]
    pub ground: Option<PauseGround>,
    /// Why, and what is wanted.
    #[serde(default)]
    pub text: String,
}

/// What is done about a task.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TaskStepBody {
    /// See [`TaskBody::revision`]; left out: whatever happened meanwhile.
    #[serde(default)]
    pub revision: Option<i64>,
    /// What: `reported`, `rated`, `approved`, `refused`, `lifted`, `pressed`, `cancelled`, `tried`, `excluded`.
    pub what: Happening,
    /// In words.
    #[serde(default)]
    pub text: String,
    /// Id of the senior who is named.
    #[serde(default)]
    pub person: Option<String>,
    /// 1 to 5, for a whistle.
    #[serde(default)]
    #[schema(minimum = 1, maximum = 5)]
    pub score: Option<u8>,
    /// Why a call is not counted.
    #[serde(default)]
    pub exclusion: Option<Exclusion>,
}

/// A task beside a case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TaskBody {
    /// Its id, sixteen digits.
    #[schema(example = "0098304512000009")]
    pub id: String,
    /// Number of the case.
    #[schema(example = "0098304512345678")]
    pub appeal: String,
    /// What to send with the next step.
    pub revision: i64,
    /// What is asked.
    pub kind: TaskKind,
    /// Where it stands.
    pub state: TaskState,
    /// Id of the organ that asks.
    pub from: String,
    /// Id of the organ that must act.
    pub organ: String,
    /// By when.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub due: Option<Timestamp>,
    /// Whether it was done in time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub in_time: Option<bool>,
    /// 1 to 5, as the caller scored it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub score: Option<u8>,
    /// What was asked, in words.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub text: String,
    /// What was answered last, in words.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub reply: String,
}

impl From<&Task> for TaskBody {
    fn from(task: &Task) -> Self {
        Self {
            id: task.id.to_string(),
            appeal: task.appeal.to_string(),
            revision: task.revision,
            kind: task.kind,
            state: task.state,
            from: task.from.to_string(),
            organ: task.organ.to_string(),
            due: task.due,
            in_time: task.in_time,
            score: task.score,
            text: task.text.clone(),
            reply: task.reply.clone(),
        }
    }
}

/// Tasks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TasksBody {
    /// The latest first.
    pub items: Vec<TaskBody>,
}

/// To whom a case is handed on, and why.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TransferBody {
    /// See [`AppealBody::revision`]; left out: whatever happened meanwhile.
    #[serde(default)]
    pub revision: Option<i64>,
    /// Id or code of the organ.
    #[schema(example = "lighting")]
    pub organ: String,
    /// Why.
    pub reason: String,
}

/// With which case it is handled, and why.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MergeBody {
    /// See [`AppealBody::revision`]; left out: whatever happened meanwhile.
    #[serde(default)]
    pub revision: Option<i64>,
    /// Number of the case that leads.
    #[schema(example = "0098304512345678")]
    pub into: String,
    /// Why.
    pub reason: String,
}

/// Something to write down beside a case.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NoteBody {
    /// What it is.
    pub kind: NoteKind,
    /// Of a call: whether somebody answered.
    #[serde(default)]
    pub reached: bool,
    /// In words.
    pub text: String,
}

fn organ(appeals: &Appeals, text: &str) -> Result<OrganId, WebError> {
    let directory = appeals.directory();
    let known = text.parse().ok().and_then(|organ| directory.organ(organ));
    let known = known.or_else(|| directory.organ_by_code(text)).map(|organ| organ.id);
    known.ok_or_else(|| Refusal::fields(vec![FieldError::new("organ", "error-organ")]).into())
}

/// What was asked beside an appeal, for those who handle it.
#[utoipa::path(
    get, path = "/api/v1/appeals/{number}/tasks", tag = "work", operation_id = "list_tasks",
    params(("number" = String, Path, description = "Sixteen digits", example = "0098304512345678")),
    responses((status = 200, description = "The tasks", body = TasksBody), StaffProblems),
    security(("bearer" = []), ("cookie" = []))
)]
pub(super) async fn list(visit: Visit, State(appeals): State<Appeals>, Path(path): Path<String>) -> Answer {
    let beside = appeals.beside(visit.context(), number(&path)?).await?;
    let items = beside.tasks.iter().map(|view| TaskBody::from(&view.task)).collect();
    Ok(Json(TasksBody { items }).into_response())
}

/// Asks for help, for time, for a decision, or names who works the appeal.
#[utoipa::path(
    post, path = "/api/v1/appeals/{number}/tasks", tag = "work", operation_id = "open_task",
    params(("number" = String, Path, description = "Sixteen digits", example = "0098304512345678")),
    request_body = AskBody,
    responses((status = 200, description = "Asked", body = TasksBody), StaffProblems),
    security(("bearer" = []), ("cookie" = []))
)]
pub(super) async fn ask(
    visit: Visit,
    State(appeals): State<Appeals>,
    Path(path): Path<String>,
    Json(body): Json<AskBody>,
) -> Answer {
    let wrong = |field: &'static str, key: &'static str| Refusal::fields(vec![FieldError::new(field, key)]);
    let organs = body.organs.iter().map(|text| organ(&appeals, text)).collect::<Result<Vec<_>, _>>()?;
    let person = match &body.person {
        None => None,
        Some(text) => Some(text.parse().map_err(|_| wrong("person", "error-person"))?),
    };
    let terms = match &body.period {
        None => None,
        Some(text) => {
            let period = text.parse().map_err(|_| wrong("period", "error-days"))?;
            Some(Terms { ground: body.ground, period })
        }
    };
    let ask = Ask { organs, person, terms, text: body.text.clone() };
    let tasks = appeals.ask(visit.context(), number(&path)?, body.revision, body.kind, ask).await?;
    Ok(Json(TasksBody { items: tasks.iter().map(TaskBody::from).collect() }).into_response())
}

/// Does something about a task: reports, scores, decides, lifts, presses, cancels.
#[utoipa::path(
    post, path = "/api/v1/tasks/{id}", tag = "work", operation_id = "act_on_task",
    params(("id" = String, Path, description = "Sixteen digits", example = "0098304512000009")),
    request_body = TaskStepBody,
    responses((status = 200, description = "Done", body = TaskBody), StaffProblems),
    security(("bearer" = []), ("cookie" = []))
)]
pub(super) async fn step(
    visit: Visit,
    State(appeals): State<Appeals>,
    Path(path): Path<String>,
    Json(body): Json<TaskStepBody>,
) -> Answer {
    let id: TaskId = path.parse().map_err(|_| Refusal::not_found("task-not-found"))?;
    let step = TaskStep {
        person: body.person.as_deref().and_then(|text| text.parse().ok()),
        score: body.score,
        exclusion: body.exclusion,
        ..TaskStep::new(body.what, &body.text)
    };
    let task = appeals.act(visit.context(), id, body.revision, step).await?;
    Ok(Json(TaskBody::from(&task)).into_response())
}

/// Hands the appeal on to another organ.
#[utoipa::path(
    post, path = "/api/v1/appeals/{number}/transfer", tag = "work", operation_id = "transfer_appeal",
    params(("number" = String, Path, description = "Sixteen digits", example = "0098304512345678")),
    request_body = TransferBody,
    responses((status = 204, description = "Handed on"), StaffProblems),
    security(("bearer" = []), ("cookie" = []))
)]
pub(super) async fn transfer(
    visit: Visit,
    State(appeals): State<Appeals>,
    Path(path): Path<String>,
    Json(body): Json<TransferBody>,
) -> Answer {
    let (id, to) = (number(&path)?, organ(&appeals, &body.organ)?);
    appeals.transfer(visit.context(), id, body.revision, to, &body.reason).await?;
    // Whoever has handed it on may no longer read it.
    Ok(http::StatusCode::NO_CONTENT.into_response())
}

/// Lets a standing clock run again.
#[utoipa::path(
    post, path = "/api/v1/appeals/{number}/resume", tag = "work", operation_id = "resume_clock",
    params(("number" = String, Path, description = "Sixteen digits", example = "0098304512345678")),
    request_body = PlainBody,
    responses((status = 200, description = "It runs", body = AppealBody), StaffProblems),
    security(("bearer" = []), ("cookie" = []))
)]
pub(super) async fn resume(
    visit: Visit,
    State(appeals): State<Appeals>,
    Path(path): Path<String>,
    Json(body): Json<PlainBody>,
) -> Answer {
    let id = number(&path)?;
    appeals.resume(visit.context(), id, body.revision).await?;
    answer_with(&visit, &appeals, id, None).await
}

/// Handles the appeal together with another: one answer for both.
#[utoipa::path(
    post, path = "/api/v1/appeals/{number}/merge", tag = "work", operation_id = "merge_appeal",
    params(("number" = String, Path, description = "Sixteen digits", example = "0098304512345678")),
    request_body = MergeBody,
    responses((status = 200, description = "Merged", body = AppealBody), StaffProblems),
    security(("bearer" = []), ("cookie" = []))
)]
pub(super) async fn merge(
    visit: Visit,
    State(appeals): State<Appeals>,
    Path(path): Path<String>,
    Json(body): Json<MergeBody>,
) -> Answer {
    let (id, into) = (number(&path)?, number(&body.into)?);
    appeals.merge(visit.context(), id, body.revision, into, &body.reason).await?;
    answer_with(&visit, &appeals, id, None).await
}

/// Handles the appeal by itself again.
#[utoipa::path(
    post, path = "/api/v1/appeals/{number}/split", tag = "work", operation_id = "split_appeal",
    params(("number" = String, Path, description = "Sixteen digits", example = "0098304512345678")),
    request_body = ReturnBody,
    responses((status = 200, description = "Split off", body = AppealBody), StaffProblems),
    security(("bearer" = []), ("cookie" = []))
)]
pub(super) async fn split(
    visit: Visit,
    State(appeals): State<Appeals>,
    Path(path): Path<String>,
    Json(body): Json<ReturnBody>,
) -> Answer {
    let id = number(&path)?;
    appeals.split(visit.context(), id, body.revision, &body.reason).await?;
    answer_with(&visit, &appeals, id, None).await
}

/// Writes a note, a call or a draft down, for those who handle the appeal.
#[utoipa::path(
    post, path = "/api/v1/appeals/{number}/notes", tag = "work", operation_id = "write_note",
    params(("number" = String, Path, description = "Sixteen digits", example = "0098304512345678")),
    request_body = NoteBody,
    responses((status = 204, description = "Written down"), StaffProblems),
    security(("bearer" = []), ("cookie" = []))
)]
pub(super) async fn note(
    visit: Visit,
    State(appeals): State<Appeals>,
    Path(path): Path<String>,
    Json(body): Json<NoteBody>,
) -> Answer {
    let id = number(&path)?;
    appeals.write_note(visit.context(), id, body.kind, body.reached, &body.text).await?;
    Ok(http::StatusCode::NO_CONTENT.into_response())
}

/// Writes down that a call back reached nobody, or that the appeal is not counted.
#[utoipa::path(
    post, path = "/api/v1/appeals/{number}/call-log", tag = "work", operation_id = "log_call_back",
    params(("number" = String, Path, description = "Sixteen digits", example = "0098304512345678")),
    request_body = TaskStepBody,
    responses((status = 200, description = "Written down", body = TaskBody), StaffProblems),
    security(("bearer" = []), ("cookie" = []))
)]
pub(super) async fn call_log(
    visit: Visit,
    State(appeals): State<Appeals>,
    Path(path): Path<String>,
    Json(body): Json<TaskStepBody>,
) -> Answer {
    let step = TaskStep { exclusion: body.exclusion, ..TaskStep::new(body.what, &body.text) };
    let task = appeals.call_log(visit.context(), number(&path)?, step).await?;
    Ok(Json(TaskBody::from(&task)).into_response())
}
