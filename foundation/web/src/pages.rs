//! The pages of the house itself: home, sign-in, account, help, the API's reader page.

mod account;
pub(crate) mod api;
mod audit;
mod home;
mod my_data;
mod second_step;
mod security;
mod sign_in;

use std::sync::Arc;

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use gongzhi_kernel::{ActorKind, Fault};
use http::{HeaderValue, header};

use crate::answer::{Answer, WebError};
use crate::extract::Path;
use crate::routes::{Access, Routes};
use crate::site::Site;
use crate::visit::Visit;

/// What the pages of the house share.
#[derive(Clone)]
pub(crate) struct House {
    site: Site,
    document: Arc<api::Document>,
}

/// The routes of this crate.
pub(crate) fn routes(site: &Site, openapi: &utoipa::openapi::OpenApi) -> Result<Routes, Fault> {
    let house = House { site: site.clone(), document: Arc::new(api::Document::new(openapi)?) };
    let routes = Routes::new()
        .get("/", Access::Anyone, home::home)
        .get("/help", Access::Anyone, home::help)
        .get("/accessibility", Access::Anyone, home::accessibility)
        .get("/privacy", Access::Anyone, home::privacy)
        .get("/sign-in", Access::Anyone, sign_in::show)
        .post("/sign-in", Access::Anyone, sign_in::send)
        .get("/sign-in/code", Access::Anyone, second_step::show_code)
        .post("/sign-in/code", Access::Anyone, second_step::send_code)
        .get("/sign-in/set-up", Access::Anyone, second_step::show_set_up)
        .post("/sign-in/set-up", Access::Anyone, second_step::send_set_up)
        .post("/sign-out", Access::Anyone, sign_in::leave)
        .get("/account", Access::SignedIn, account::show)
        .post("/account/acting", Access::SignedIn, account::act_as)
        .post("/account/sessions/{id}/end", Access::SignedIn, account::end_session)
        .get("/account/security", Access::SignedIn, security::show)
        .get("/account/data", Access::SignedIn, my_data::show)
        .post("/account/data/copy", Access::SignedIn, my_data::copy)
        .post("/account/data/correct", Access::SignedIn, my_data::correct)
        .post("/account/data/erase", Access::SignedIn, my_data::erase)
        .get("/account/prove", Access::SignedIn, security::ask_proof)
        .post("/account/prove", Access::SignedIn, security::prove)
        .post("/account/password", Access::SignedIn, security::set_password)
        .post("/account/authenticator", Access::SignedIn, security::begin_change)
        .get("/account/authenticator", Access::SignedIn, security::show_change)
        .post("/account/authenticator/code", Access::SignedIn, security::finish_change)
        .post("/account/authenticator/remove", Access::SignedIn, security::remove)
        .post("/account/recovery-codes", Access::SignedIn, security::new_recovery_codes)
        .get("/audit", Access::Kinds(&[ActorKind::Auditor]), audit::show)
        .post("/audit/export", Access::Kinds(&[ActorKind::Auditor]), audit::export)
        .get("/api", Access::Anyone, api::reader)
        .get("/api/problems/{code}", Access::Anyone, api::problem)
        .api_get("/api/openapi.json", Access::Anyone, api::openapi)
        .api_post("/api/v1/sessions", Access::Anyone, api::sign_in)
        .api_delete("/api/v1/session", Access::SignedIn, api::sign_out)
        .api_get("/api/v1/me", Access::SignedIn, api::who_am_i)
        .api_get("/live/{topic}", Access::Anyone, live)
        .get("/robots.txt", Access::Anyone, robots);
    Ok(routes.with_state(house))
}

/// Live events of a topic.
async fn live(State(house): State<House>, Path(topic): Path<String>) -> Result<Response, WebError> {
    house.site.live().listen(&topic)
}

/// Search engines may read what is public; the ways of switching the view are no pages of their own.
async fn robots(_: Visit) -> Answer {
    let text = "User-agent: *\nDisallow: /account\nDisallow: /sign-in\nDisallow: /*?*lang=\nDisallow: /*?*theme=\nDisallow: /*?*edition=\n";
    Ok(([(header::CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"))], text)
        .into_response())
}
