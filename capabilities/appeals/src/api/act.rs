//! Operations that change something. Each reads its body, calls one action, and answers with what came of it.

use axum::extract::State;
use axum::response::IntoResponse;
use gongzhi_kernel::{AppealId, FieldError, Refusal};
use gongzhi_web::{Answer, IdempotencyKey, Json, Path, Problem, Visit, WebError};
use http::{HeaderValue, StatusCode, header};

use super::problems::{ReporterProblems, StaffProblems};
use super::read::answer_with;
use super::types::{
    AnswerBody, AppealBody, AppraiseBody, ContactBody, DispatchBody, NewAppeal, PlainBody, PurposeBody,
    ReceiptBody, ReopenBody, ReporterBody, ReturnBody, WithdrawBody,
};
use crate::actions::{Appeals, Said, TrackingCode};
use crate::pages::{names, parse_number};

pub(super) fn number(text: &str) -> Result<AppealId, WebError> {
    parse_number(text).ok_or_else(|| Refusal::not_found("appeal-not-found").into())
}

/// The code, if one was given: a text that is none is not the right one.
pub(super) fn code(text: Option<&str>) -> Result<Option<TrackingCode>, WebError> {
    match text.map(str::trim).filter(|text| !text.is_empty()) {
        None => Ok(None),
        Some(text) => match text.parse() {
            Ok(code) => Ok(Some(code)),
            Err(_) => Err(Refusal::not_found("appeal-track-wrong").into()),
        },
    }
}

/// Submits an appeal.
///
/// It is durable before this answers. With an `Idempotency-Key` the same appeal sent again gets the same receipt, and a
/// different one with the same key is refused with 409.
#[utoipa::path(
    post, path = "/api/v1/appeals", tag = "appeals", operation_id = "submit_appeal",
    request_body = NewAppeal,
    params(("Idempotency-Key" = Option<String>, Header, description = "One to 200 visible ASCII characters", example = "5f0c7a2e-1")),
    responses(
        (status = 201, description = "Taken in", body = ReceiptBody, headers(("location" = String, description = "Where it is read"))),
        (status = 400, description = "Not readable as JSON", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "Not for this actor", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "The key was used for another appeal", body = Problem, content_type = "application/problem+json"),
        (status = 413, description = "Too large", body = Problem, content_type = "application/problem+json"),
        (status = 415, description = "Not sent as application/json", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "Some fields must be changed", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(super) async fn submit(
    visit: Visit,
    State(appeals): State<Appeals>,
    IdempotencyKey(key): IdempotencyKey,
    Json(body): Json<NewAppeal>,
) -> Answer {
    let submit = body.read(&names(&appeals))?;
    let receipt = appeals.submit(visit.context(), submit, key.as_deref()).await?;
    let place = format!("/api/v1/appeals/{}", receipt.number);
    let mut response = Json(ReceiptBody::from(&receipt)).into_response();
    *response.status_mut() = StatusCode::CREATED;
    if let Ok(place) = HeaderValue::from_str(&place) {
        response.headers_mut().insert(header::LOCATION, place);
    }
    Ok(response)
}

/// Sends an appeal to an organ, for the first time or after a return.
#[utoipa::path(
    post, path = "/api/v1/appeals/{number}/dispatch", tag = "work", operation_id = "dispatch_appeal",
    params(("number" = String, Path, description = "Sixteen digits", example = "0098304512345678")),
    request_body = DispatchBody,
    responses((status = 200, description = "Sent", body = AppealBody), StaffProblems),
    security(("bearer" = []), ("cookie" = []))
)]
pub(super) async fn dispatch(
    visit: Visit,
    State(appeals): State<Appeals>,
    Path(path): Path<String>,
    Json(body): Json<DispatchBody>,
) -> Answer {
    let id = number(&path)?;
    let directory = appeals.directory();
    let known = body
        .organ
        .parse()
        .ok()
        .and_then(|organ| directory.organ(organ))
        .or_else(|| directory.organ_by_code(&body.organ));
    let organ = known.ok_or_else(|| Refusal::fields(vec![FieldError::new("organ", "error-organ")]))?.id;
    appeals.dispatch(visit.context(), id, body.revision, organ, &body.note).await?;
    answer_with(&visit, &appeals, id, None).await
}

/// The organ takes the appeal.
#[utoipa::path(
    post, path = "/api/v1/appeals/{number}/accept", tag = "work", operation_id = "accept_appeal",
    params(("number" = String, Path, description = "Sixteen digits", example = "0098304512345678")),
    request_body = PlainBody,
    responses((status = 200, description = "Accepted", body = AppealBody), StaffProblems),
    security(("bearer" = []), ("cookie" = []))
)]
pub(super) async fn accept(
    visit: Visit,
    State(appeals): State<Appeals>,
    Path(path): Path<String>,
    Json(body): Json<PlainBody>,
) -> Answer {
    let id = number(&path)?;
    appeals.accept(visit.context(), id, body.revision).await?;
    answer_with(&visit, &appeals, id, None).await
}

/// The organ has spoken with the reporter.
#[utoipa::path(
    post, path = "/api/v1/appeals/{number}/contact", tag = "work", operation_id = "contact_reporter",
    params(("number" = String, Path, description = "Sixteen digits", example = "0098304512345678")),
    request_body = ContactBody,
    responses((status = 200, description = "Written down", body = AppealBody), StaffProblems),
    security(("bearer" = []), ("cookie" = []))
)]
pub(super) async fn contact(
    visit: Visit,
    State(appeals): State<Appeals>,
    Path(path): Path<String>,
    Json(body): Json<ContactBody>,
) -> Answer {
    let id = number(&path)?;
    appeals.contact(visit.context(), id, body.revision, body.way, &body.note).await?;
    answer_with(&visit, &appeals, id, None).await
}

/// The organ answers.
#[utoipa::path(
    post, path = "/api/v1/appeals/{number}/answer", tag = "work", operation_id = "answer_appeal",
    params(("number" = String, Path, description = "Sixteen digits", example = "0098304512345678")),
    request_body = AnswerBody,
    responses((status = 200, description = "Answered", body = AppealBody), StaffProblems),
    security(("bearer" = []), ("cookie" = []))
)]
pub(super) async fn answer(
    visit: Visit,
    State(appeals): State<Appeals>,
    Path(path): Path<String>,
    Json(body): Json<AnswerBody>,
) -> Answer {
    let id = number(&path)?;
    appeals.answer(visit.context(), id, body.revision, &body.reply).await?;
    answer_with(&visit, &appeals, id, None).await
}

/// The organ sends the appeal back to the dispatcher.
#[utoipa::path(
    post, path = "/api/v1/appeals/{number}/return", tag = "work", operation_id = "return_appeal",
    params(("number" = String, Path, description = "Sixteen digits", example = "0098304512345678")),
    request_body = ReturnBody,
    responses((status = 200, description = "Sent back", body = AppealBody), StaffProblems),
    security(("bearer" = []), ("cookie" = []))
)]
pub(super) async fn send_back(
    visit: Visit,
    State(appeals): State<Appeals>,
    Path(path): Path<String>,
    Json(body): Json<ReturnBody>,
) -> Answer {
    let id = number(&path)?;
    appeals.return_(visit.context(), id, body.revision, &body.reason).await?;
    answer_with(&visit, &appeals, id, None).await
}

fn said(body: &AppraiseBody) -> Said {
    Said { solved: body.solved, satisfied: body.satisfied, contacted: body.contacted }
}

/// The reporter says whether it is solved and how satisfied they are.
#[utoipa::path(
    post, path = "/api/v1/appeals/{number}/appraise", tag = "appeals", operation_id = "appraise_appeal",
    params(("number" = String, Path, description = "Sixteen digits", example = "0098304512345678")),
    request_body = AppraiseBody,
    responses((status = 200, description = "Appraised", body = AppealBody), ReporterProblems)
)]
pub(super) async fn appraise(
    visit: Visit,
    State(appeals): State<Appeals>,
    Path(path): Path<String>,
    Json(body): Json<AppraiseBody>,
) -> Answer {
    let (id, code) = (number(&path)?, code(body.tracking_code.as_deref())?);
    let again = body.again.as_deref();
    appeals.appraise(visit.context(), id, body.revision, code, said(&body), &body.comment, again).await?;
    answer_with(&visit, &appeals, id, code).await
}

/// An operator writes down what the reporter said when called back.
#[utoipa::path(
    post, path = "/api/v1/appeals/{number}/call-back", tag = "work", operation_id = "call_back",
    params(("number" = String, Path, description = "Sixteen digits", example = "0098304512345678")),
    request_body = AppraiseBody,
    responses((status = 200, description = "Appraised", body = AppealBody), StaffProblems),
    security(("bearer" = []), ("cookie" = []))
)]
pub(super) async fn call_back(
    visit: Visit,
    State(appeals): State<Appeals>,
    Path(path): Path<String>,
    Json(body): Json<AppraiseBody>,
) -> Answer {
    let id = number(&path)?;
    let again = body.again.as_deref();
    appeals.call_back(visit.context(), id, body.revision, said(&body), &body.comment, again).await?;
    answer_with(&visit, &appeals, id, None).await
}

/// A dissatisfied reporter asks for a second handling.
#[utoipa::path(
    post, path = "/api/v1/appeals/{number}/reopen", tag = "appeals", operation_id = "reopen_appeal",
    params(("number" = String, Path, description = "Sixteen digits", example = "0098304512345678")),
    request_body = ReopenBody,
    responses((status = 200, description = "Handled again", body = AppealBody), ReporterProblems)
)]
pub(super) async fn reopen(
    visit: Visit,
    State(appeals): State<Appeals>,
    Path(path): Path<String>,
    Json(body): Json<ReopenBody>,
) -> Answer {
    let (id, code) = (number(&path)?, code(body.tracking_code.as_deref())?);
    appeals.reopen(visit.context(), id, body.revision, code, &body.reason).await?;
    answer_with(&visit, &appeals, id, code).await
}

/// The reporter takes it back.
#[utoipa::path(
    post, path = "/api/v1/appeals/{number}/withdraw", tag = "appeals", operation_id = "withdraw_appeal",
    params(("number" = String, Path, description = "Sixteen digits", example = "0098304512345678")),
    request_body = WithdrawBody,
    responses((status = 200, description = "Taken back", body = AppealBody), ReporterProblems)
)]
pub(super) async fn withdraw(
    visit: Visit,
    State(appeals): State<Appeals>,
    Path(path): Path<String>,
    Json(body): Json<WithdrawBody>,
) -> Answer {
    let (id, code) = (number(&path)?, code(body.tracking_code.as_deref())?);
    appeals.withdraw(visit.context(), id, body.revision, code, &body.reason).await?;
    answer_with(&visit, &appeals, id, code).await
}

/// How to reach the reporter, for a purpose that is recorded and shown to them.
#[utoipa::path(
    post, path = "/api/v1/appeals/{number}/reporter", tag = "work", operation_id = "read_reporter",
    params(("number" = String, Path, description = "Sixteen digits", example = "0098304512345678")),
    request_body = PurposeBody,
    responses((status = 200, description = "Recorded, and shown", body = ReporterBody), StaffProblems),
    security(("bearer" = []), ("cookie" = []))
)]
pub(super) async fn read_reporter(
    visit: Visit,
    State(appeals): State<Appeals>,
    Path(path): Path<String>,
    Json(body): Json<PurposeBody>,
) -> Answer {
    let reporter = appeals.read_reporter(visit.context(), number(&path)?, &body.purpose).await?;
    let body = ReporterBody { name: reporter.name, phone: reporter.phone, email: reporter.email };
    Ok(Json(body).into_response())
}
