//! The JSON interface of appeals: the same actions and queries as the pages. Errors are problem+json.

mod act;
mod files;
mod follow;
mod problems;
mod read;
mod tasks;
mod types;

use gongzhi_web::{Access, Routes};
use utoipa::OpenApi as _;

use crate::actions::Appeals;
use crate::pages::{CALLERS, DISPATCHERS, HANDLERS, STAFF};

pub use files::{FileBody, FilesBody, NewFilesBody, ShowBody};
pub use follow::{FollowBody, FollowedBody, FollowersBody, UnfollowBody};
pub use tasks::{AskBody, MergeBody, NoteBody, TaskBody, TaskStepBody, TasksBody, TransferBody};
pub use types::*;

/// The description of these operations.
#[derive(utoipa::OpenApi)]
#[openapi(
    paths(
        act::submit,
        read::list,
        read::one,
        read::timeline,
        read::track,
        read::categories,
        read::areas,
        read::organs,
        read::figures,
        read::desk,
        act::dispatch,
        act::accept,
        act::contact,
        act::answer,
        act::send_back,
        act::appraise,
        act::call_back,
        act::reopen,
        act::withdraw,
        act::read_reporter,
        follow::follow,
        follow::unfollow,
        follow::count,
        files::list,
        files::add,
        files::show,
        tasks::list,
        tasks::ask,
        tasks::step,
        tasks::transfer,
        tasks::resume,
        tasks::merge,
        tasks::split,
        tasks::note,
        tasks::call_log,
    ),
    components(schemas(
        AppealBody, AreaBody, CategoryBody, FiguresBody, NewAppeal, OrganBody, PageBody, ReceiptBody, ReporterBody,
        SummaryBody, TimelineBody, TrackBody, TrackedBody, DeskBody, TaskBody, TasksBody,
        FileBody, FilesBody, NewFilesBody, ShowBody, FollowBody, FollowedBody, FollowersBody,
        UnfollowBody
    )),
    tags(
        (name = "appeals", description = "Appeals: report, follow, appraise"),
        (name = "work", description = "The steps of those who must act"),
        (name = "city", description = "Categories, areas, organs and figures")
    )
)]
struct Described;

/// The routes of the interface.
pub fn routes(appeals: &Appeals) -> Routes {
    Routes::new()
        .api_post("/api/v1/appeals", Access::Anyone, act::submit)
        .api_get("/api/v1/appeals", Access::Anyone, read::list)
        .api_post("/api/v1/appeals/track", Access::Anyone, read::track)
        .api_get("/api/v1/appeals/{number}", Access::Anyone, read::one)
        .api_get("/api/v1/appeals/{number}/timeline", Access::Anyone, read::timeline)
        .api_post("/api/v1/appeals/{number}/appraise", Access::Anyone, act::appraise)
        .api_post("/api/v1/appeals/{number}/reopen", Access::Anyone, act::reopen)
        .api_post("/api/v1/appeals/{number}/withdraw", Access::Anyone, act::withdraw)
        .api_post("/api/v1/appeals/{number}/dispatch", DISPATCHERS, act::dispatch)
        .api_post("/api/v1/appeals/{number}/call-back", DISPATCHERS, act::call_back)
        .api_post("/api/v1/appeals/{number}/accept", HANDLERS, act::accept)
        .api_post("/api/v1/appeals/{number}/contact", HANDLERS, act::contact)
        .api_post("/api/v1/appeals/{number}/answer", HANDLERS, act::answer)
        .api_post("/api/v1/appeals/{number}/return", HANDLERS, act::send_back)
        .api_post("/api/v1/appeals/{number}/reporter", CALLERS, act::read_reporter)
        .api_post("/api/v1/appeals/{number}/follow", Access::Anyone, follow::follow)
        .api_post("/api/v1/appeals/{number}/unfollow", Access::Anyone, follow::unfollow)
        .api_get("/api/v1/appeals/{number}/followers", Access::Anyone, follow::count)
        .api_get("/api/v1/appeals/{number}/files", Access::Anyone, files::list)
        .api_post_files("/api/v1/appeals/{number}/files", Access::Anyone, files::add)
        .api_post("/api/v1/appeals/{number}/files/{file}/show", CALLERS, files::show)
        .api_get("/api/v1/appeals/{number}/tasks", STAFF, tasks::list)
        .api_post("/api/v1/appeals/{number}/tasks", CALLERS, tasks::ask)
        .api_post("/api/v1/tasks/{id}", CALLERS, tasks::step)
        .api_post("/api/v1/appeals/{number}/transfer", HANDLERS, tasks::transfer)
        .api_post("/api/v1/appeals/{number}/resume", HANDLERS, tasks::resume)
        .api_post("/api/v1/appeals/{number}/merge", DISPATCHERS, tasks::merge)
        .api_post("/api/v1/appeals/{number}/split", DISPATCHERS, tasks::split)
        .api_post("/api/v1/appeals/{number}/notes", CALLERS, tasks::note)
        .api_post("/api/v1/appeals/{number}/call-log", DISPATCHERS, tasks::call_log)
        .api_get("/api/v1/desk", STAFF, read::desk)
        .api_get("/api/v1/categories", Access::Anyone, read::categories)
        .api_get("/api/v1/areas", Access::Anyone, read::areas)
        .api_get("/api/v1/organs", Access::Anyone, read::organs)
        .api_get("/api/v1/figures", Access::Anyone, read::figures)
        .openapi(Described::openapi())
        .with_state(appeals.clone())
}
