//! The pages of appeals. A handler reads the form, calls one action or query, and renders; it decides nothing.

mod books;
mod card_view;
mod case;
mod case_view;
mod clients;
mod files;
mod follow;
mod home;
mod list;
mod names;
mod receipt;
mod report;
mod select;
mod track;
mod tracking;
mod watch;
mod work;
mod work_calls;
mod work_several;
mod work_tabs;
mod work_tasks;

use std::sync::Arc;

use gongzhi_kernel::ActorKind;
use gongzhi_web::{Access, Door, NavItem, Routes, Site, SiteBuilder, TextPiece};

pub(crate) use files::new_files;
pub use home::keep_live;
pub(crate) use list::Wanted;
pub(crate) use names::Names;
pub(crate) use tracking::{Pair, parse_number};

use crate::actions::Appeals;
use home::{Home, Part};

/// The texts of this crate.
pub const TEXTS: TextPiece = TextPiece {
    name: "appeals",
    zh: concat!(include_str!("../../locales/zh-CN.ftl"), "\n", include_str!("../../locales/work.zh-CN.ftl")),
    en: concat!(include_str!("../../locales/en.ftl"), "\n", include_str!("../../locales/work.en.ftl")),
};

/// The live topic of the home page's counters.
pub const LIVE: &str = "figures";

/// Who has a workbench.
pub(crate) const STAFF: Access =
    Access::Kinds(&[ActorKind::Official, ActorKind::Operator, ActorKind::Auditor]);
/// Who works cases.
pub(crate) const HANDLERS: Access = Access::Kinds(&[ActorKind::Official]);
/// Who dispatches and calls back.
pub(crate) const DISPATCHERS: Access = Access::Kinds(&[ActorKind::Operator]);
/// Who may ask who reported.
pub(crate) const CALLERS: Access = Access::Kinds(&[ActorKind::Official, ActorKind::Operator]);

/// Who keeps the system running.
pub(crate) const ADMINISTRATORS: Access = Access::Kinds(&[ActorKind::Administrator]);

/// Adds texts, navigation, doors and the parts of the home page to a site.
#[must_use]
pub fn install(site: SiteBuilder, appeals: &Appeals) -> SiteBuilder {
    let nav = |key, href, icon, access, order| NavItem { key, href, icon, access, order };
    let door = |key, hint_key, href, icon, order| Door { key, hint_key, href, icon, order };
    let mut site = site
        .texts(TEXTS)
        .nav(nav("appeals-nav-report", "/appeals/new", "pen", Access::Anyone, 10))
        .nav(nav("appeals-nav-list", "/appeals", "list", Access::Anyone, 20))
        .nav(nav("appeals-nav-track", "/track", "search", Access::Anyone, 30))
        .nav(nav("appeals-nav-work", "/work", "clock", STAFF, 40))
        .nav(nav("appeals-nav-watch", "/watch", "chart", STAFF, 50))
        .nav(nav("appeals-nav-books", "/books", "document", books::READERS, 60))
        .nav(nav("appeals-nav-clients", "/admin/open311", "lock", ADMINISTRATORS, 80))
        .door(door("door-report", "door-report-hint", "/appeals/new", "pen", 10))
        .door(door("door-track", "door-track-hint", "/track", "search", 20))
        .door(door("door-ask", "door-ask-hint", "/ask", "question", 30));
    for part in [Part::Hero, Part::Figures, Part::Recent, Part::Kept] {
        site = site.home(Arc::new(Home { appeals: appeals.clone(), part }));
    }
    site
}

/// The routes of the pages. Declares the live topic.
pub(crate) fn routes(site: &Site, appeals: &Appeals) -> Routes {
    site.live().declare(LIVE);
    watch::routes(books::routes(Routes::new()))
        .get("/appeals", Access::Anyone, list::show)
        .get("/ask", Access::Anyone, list::ask)
        .get("/appeals/new", Access::Anyone, report::show)
        .post_with_files("/appeals/new", Access::Anyone, report::send)
        .get("/appeals/new/files/{file}", Access::Anyone, files::waiting)
        .get("/appeals/new/communities", Access::Anyone, report::communities)
        .post("/appeals/new/similar", Access::Anyone, report::similar)
        .get("/track/receipt", Access::Anyone, receipt::show)
        .get("/appeals/{number}", Access::Anyone, case::show)
        .get("/appeals/{number}/follow", Access::Anyone, follow::ask)
        .post("/appeals/{number}/follow", Access::Anyone, follow::begin)
        .get("/appeals/{number}/followed", Access::Anyone, follow::done)
        .post("/appeals/{number}/unfollow", Access::Anyone, follow::end)
        .get("/appeals/{number}/files/{file}", Access::Anyone, files::one)
        .get("/appeals/{number}/files/{file}/small", Access::Anyone, files::small)
        .get("/track", Access::Anyone, track::show)
        .post("/track", Access::Anyone, track::look)
        .post("/track/leave", Access::Anyone, track::leave)
        .get("/track/case", Access::Anyone, track::case)
        .post("/track/case/appraise", Access::Anyone, track::appraise)
        .post("/track/case/reopen", Access::Anyone, track::reopen)
        .post("/track/case/withdraw", Access::Anyone, track::withdraw)
        .post_with_files("/track/case/files", Access::Anyone, track::add_files)
        .get("/mine/{number}", Access::SignedIn, track::own_case)
        .post("/mine/{number}/appraise", Access::SignedIn, track::own_appraise)
        .post("/mine/{number}/reopen", Access::SignedIn, track::own_reopen)
        .post("/mine/{number}/withdraw", Access::SignedIn, track::own_withdraw)
        .post_with_files("/mine/{number}/files", Access::SignedIn, track::own_add_files)
        .get("/work", STAFF, work::queue)
        .get("/work/{number}", STAFF, work::case)
        .post("/work/{number}/dispatch", DISPATCHERS, work::dispatch)
        .post("/work/{number}/appraise", DISPATCHERS, work::call_back)
        .post("/work/{number}/accept", HANDLERS, work::accept)
        .post("/work/{number}/contact", HANDLERS, work::contact)
        .post("/work/{number}/answer", HANDLERS, work::answer)
        .post("/work/{number}/return", HANDLERS, work::send_back)
        .post("/work/{number}/reporter", CALLERS, work::read_reporter)
        .post_with_files("/work/{number}/files", CALLERS, files::add_by_staff)
        .post("/work/{number}/files/{file}", CALLERS, files::decide)
        .post("/work/{number}/ask", CALLERS, work_tasks::ask)
        .post("/work/{number}/tasks/{id}", CALLERS, work_tasks::act_on)
        .post("/work/{number}/note", CALLERS, work_tasks::note)
        .post("/work/{number}/draft", HANDLERS, work_tasks::draft)
        .post("/work-several", HANDLERS, work_several::several)
        .get("/work-calls", DISPATCHERS, work_calls::calls)
        .post("/work-calls/{number}", DISPATCHERS, work_calls::call_outcome)
        .get("/admin/open311", ADMINISTRATORS, clients::show)
        .post("/admin/open311", ADMINISTRATORS, clients::register)
        .post("/admin/open311/{id}/revoke", ADMINISTRATORS, clients::revoke)
        .with_state(appeals.clone())
}

/// Names of organs, areas and categories as they are now.
pub(crate) fn names(appeals: &Appeals) -> Names {
    Names { directory: appeals.directory(), books: appeals.books() }
}
