//! A witness over HTTP, as C2SP tlog-witness has it.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, Request, State};
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use http::{StatusCode, header};

use super::{AddError, NotCosigned, Witness};
use crate::log::Submission;
use crate::log::submission::{SIZE_TYPE, SUBMISSION_LIMIT};

/// How long a request may take from its head to its answer.
const PATIENCE: Duration = Duration::from_secs(10);

/// `POST /add-checkpoint`, and for people `GET /`: the key of the witness and the logs that it follows.
pub fn routes(witness: Arc<Witness>) -> Router {
    Router::new()
        .route("/add-checkpoint", post(add))
        .route("/", get(about))
        .layer(DefaultBodyLimit::max(SUBMISSION_LIMIT))
        .layer(from_fn(in_time))
        .with_state(witness)
}

async fn in_time(request: Request, next: Next) -> Response {
    match tokio::time::timeout(PATIENCE, next.run(request)).await {
        Ok(response) => response,
        Err(_) => (StatusCode::REQUEST_TIMEOUT, "this took too long\n").into_response(),
    }
}

async fn add(State(witness): State<Arc<Witness>>, body: Bytes) -> Response {
    let submission = std::str::from_utf8(&body)
        .map_err(|_| crate::log::NoteError::Malformed("it is no text"))
        .and_then(Submission::parse);
    let submission = match submission {
        Ok(submission) => submission,
        Err(error) => return refused(&NotCosigned::Malformed(error)),
    };
    match tokio::task::spawn_blocking(move || witness.add(&submission)).await {
        Ok(Ok(signature)) => format!("{signature}\n").into_response(),
        Ok(Err(AddError::Refused(why))) => refused(&why),
        Ok(Err(AddError::Fault(fault))) => faulty(&fault),
        Err(error) => faulty(&error),
    }
}

fn faulty(fault: &dyn std::fmt::Debug) -> Response {
    tracing::error!(error = ?fault, "a checkpoint could not be cosigned");
    (StatusCode::INTERNAL_SERVER_ERROR, "this witness cannot sign at the moment\n").into_response()
}

fn refused(why: &NotCosigned) -> Response {
    let status = match why {
        NotCosigned::Malformed(_) | NotCosigned::Backwards { .. } => StatusCode::BAD_REQUEST,
        NotCosigned::UnknownLog(_) => StatusCode::NOT_FOUND,
        NotCosigned::UnknownKey(_) => StatusCode::FORBIDDEN,
        NotCosigned::OtherSize { size } | NotCosigned::OtherRoot { size } => {
            return (StatusCode::CONFLICT, [(header::CONTENT_TYPE, SIZE_TYPE)], format!("{size}\n"))
                .into_response();
        }
        NotCosigned::Proof(_) => StatusCode::UNPROCESSABLE_ENTITY,
    };
    (status, format!("{why}\n")).into_response()
}

async fn about(State(witness): State<Arc<Witness>>) -> Response {
    match witness.logs() {
        Ok(logs) => {
            let mut text = format!("{}\n", witness.verifier());
            for (origin, size) in logs {
                text.push_str(&format!("{origin} {size}\n"));
            }
            text.into_response()
        }
        Err(fault) => faulty(&fault),
    }
}
