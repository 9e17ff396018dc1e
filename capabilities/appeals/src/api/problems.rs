//! What the operations that change something may refuse, for their description.

use gongzhi_web::Problem;

/// What a step of somebody who must act may be refused with.
#[derive(utoipa::IntoResponses)]
#[expect(dead_code, reason = "read by the description only")]
pub(super) enum StaffProblems {
    /// Not readable as JSON
    #[response(status = 400, content_type = "application/problem+json")]
    Unreadable(Problem),
    /// Sign in first
    #[response(status = 401, content_type = "application/problem+json")]
    Unknown(Problem),
    /// Not for this actor
    #[response(status = 403, content_type = "application/problem+json")]
    Forbidden(Problem),
    /// No such appeal, or not for this actor to know
    #[response(status = 404, content_type = "application/problem+json")]
    Missing(Problem),
    /// It no longer is as the request supposes
    #[response(status = 409, content_type = "application/problem+json")]
    Conflict(Problem),
    /// Too large
    #[response(status = 413, content_type = "application/problem+json")]
    TooLarge(Problem),
    /// Not sent as application/json
    #[response(status = 415, content_type = "application/problem+json")]
    Kind(Problem),
    /// Some fields must be changed
    #[response(status = 422, content_type = "application/problem+json")]
    Fields(Problem),
}

/// What a step of the reporter may be refused with.
#[derive(utoipa::IntoResponses)]
#[expect(dead_code, reason = "read by the description only")]
pub(super) enum ReporterProblems {
    /// Not readable as JSON
    #[response(status = 400, content_type = "application/problem+json")]
    Unreadable(Problem),
    /// Not for this actor
    #[response(status = 403, content_type = "application/problem+json")]
    Forbidden(Problem),
    /// No such appeal, or the code is wrong
    #[response(status = 404, content_type = "application/problem+json")]
    Missing(Problem),
    /// It no longer is as the request supposes
    #[response(status = 409, content_type = "application/problem+json")]
    Conflict(Problem),
    /// Too large
    #[response(status = 413, content_type = "application/problem+json")]
    TooLarge(Problem),
    /// Not sent as application/json
    #[response(status = 415, content_type = "application/problem+json")]
    Kind(Problem),
    /// Some fields must be changed
    #[response(status = 422, content_type = "application/problem+json")]
    Fields(Problem),
}
