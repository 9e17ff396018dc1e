//! The HTTP toolkit of the house, on one page.
//!
//! ```text
//! let site = Site::builder(store, people, SiteConfig::local("http://127.0.0.1:8080"))
//!     .texts(appeals::TEXTS).nav(NavItem{..}).door(Door{..}).home(part).cards(source).build()?;
//! let app  = App::new(&site, [appeals::routes(state)])?;      // app.router, app.routes (the table), app.openapi
//! serve(&site, listener, app.router, stop).await?;
//! ```
//!
//! **Routes.** A capability hands over `Routes`; every route says who may come and whether it answers people or machines:
//! ```text
//! Routes::new()
//!     .get("/appeals", Access::Anyone, pages::list)                       // a page
//!     .post("/appeals/{number}/accept", Access::Kinds(&[ActorKind::Official]), pages::accept)   // a form
//!     .api_post("/api/v1/appeals", Access::Anyone, api::submit)           // JSON; errors are problem+json
//!     .openapi(ApiDoc::openapi())
//!     .with_state(state)
//! ```
//!
//! **A handler** takes a [`Visit`] (who, when, in which language: `visit.context()` is what actions take), our own
//! [`Path`], [`Query`], [`Form`], [`Json`], [`IdempotencyKey`], and returns [`Answer`]; `?` turns any `Refusal`, `Fault` or
//! `Failure` into the right page or problem.
//! ```text
//! async fn submit(visit: Visit, State(appeals): State<Appeals>, form: Form<Report>) -> Answer {
//!     match appeals.submit(visit.context(), form.value.into()).await {
//!         Ok(receipt) => Ok(visit.see_other(format!("/appeals/{}", receipt.number)).saying(Tone::Good, "report-done").into_response()),
//!         Err(failure) => {
//!             let refusal = visit.refused(failure)?;               // faults go on as an error page
//!             let shell = visit.shell("report-title").refill(form.typed, refusal);
//!             visit.page_with(StatusCode::UNPROCESSABLE_ENTITY, &ReportPage { shell })
//!         }
//!     }
//! }
//! ```
//!
//! **A template** extends `shell.html`, has a field `shell: Shell`, and asks it for everything. In the crate's `askama.toml`:
//! `[general]` `dirs = ["templates", "../../foundation/web/templates"]` `whitespace = "minimize"` ("suppress" would glue class names together).
//! ```text
//! {% extends "shell.html" %}{% block main %}
//! <h1>{{ shell.title() }}</h1>
//! {{ shell.errors() }}
//! <form method="post">{{ shell.token() }}
//!   {{ shell.field("text", "report-text").hint("report-text-hint").area(6).limit(2000) }}
//!   <button class="button">{{ shell.icon("send") }}<span>{{ shell.t("report-send") }}</span></button>
//! </form>
//! {{ shell.time(appeal.at) }} {{ shell.deadline(appeal.due) }} {{ shell.badge(appeal.tone, appeal.state) }}
//! {{ shell.timeline(knots) }} {{ shell.details(rows) }} {{ shell.pager(newer.as_deref(), older.as_deref()) }}
//! {{ shell.empty("list-empty", "list-empty-hint") }} {{ shell.t1("answered-of", "n", count) }}
//! {% endblock %}
//! ```
//! Classes for layout: `.lead .stack .row .grid .two .panel .card .list .table .figures .button .button-quiet .button-danger .prose`;
//! see them all with `cargo run -p gongzhi-web --example gallery`.
//!
//! **Texts** are Fluent files with the same keys in both languages ([`TextPiece`]); [`Texts::check`] finds differences.
//! **Live events**: `site.live().declare("city")` at start, `site.live().publish("city", json)` after a commit; pages listen
//! with `<section data-live="city">… <strong data-figure="open">12</strong>`, whose figures the script updates from `/live/city`.
//! **Public answers** that may be kept by a browser: [`Visit::public_page`], [`Visit::public_json`] (ETag, 304).

mod answer;
mod app;
mod assets;
pub mod components;
mod cookies;
mod edge;
mod extract;
mod faces;
mod figures;
mod form_token;
mod limits;
mod live;
mod looks;
mod openapi;
mod pages;
mod routes;
mod sent_files;
mod serve;
mod shell;
mod site;
mod texts;
mod tls;
mod visit;
mod when;

pub mod qr;

pub use answer::{Answer, Redirect, Tone, WebError};
pub use app::{App, statements};
pub use assets::Assets;
pub use components::{Badge, Choice, Field, Knot, Moment};
pub use extract::{Form, IdempotencyKey, Json, NoFields, Path, Query, Typed};
pub use faces::{Problem, ProblemField};
pub use figures::{figures, keep_figures};
pub use limits::{Address, Allowance, AllowanceError, LimitRules, Limiter, Peer, Proxies, ProxiesError};
pub use live::{Live, RETRY};
pub use looks::{Edition, Theme};
pub use routes::{Access, Face, Route, Routes};
pub use sent_files::{FormWithFiles, Parts, SentFile};
pub use serve::{asked_to_stop, serve, serve_router};
pub use shell::{DoorView, Figure, FlashView, NavView, Of, Shell, Switch};
pub use site::{Card, CardSource, DemoSignIn, Door, HomePart, NavItem, Site, SiteBuilder, SiteConfig};
pub use texts::{TextArg, TextPiece, Texts, TextsError};
pub use tls::{Tls, TlsError};
pub use visit::{Credential, Flash, Visit};

/// The texts of this crate.
pub const TEXTS: TextPiece = TextPiece {
    name: "web",
    zh: include_str!("../locales/zh-CN.ftl"),
    en: include_str!("../locales/en.ftl"),
};

/// A text as one part of an address: `?next=` and the like.
pub fn url_part(text: &str) -> String {
    use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
    const KEPT: &AsciiSet =
        &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~').remove(b'/');
    utf8_percent_encode(text, KEPT).to_string()
}
