//! The rulebook: periods, caps and limits as text that is checked before it is adopted.

use askama::Template;
use axum::extract::State;
use axum::response::IntoResponse;
use gongzhi_kernel::{Fault, Timestamp};
use gongzhi_web::{Answer, Form, Query, Shell, Tone, Visit, WebError};
use serde::Deserialize;

use super::{VersionView, Wanted};
use crate::actions::Appeals;
use crate::rulebook::Rulebook;

#[derive(Debug, Template)]
#[template(path = "appeals/books_rulebook.html")]
pub(crate) struct RulebookPage {
    pub(crate) shell: Shell,
    pub(crate) number: i64,
    pub(crate) from: Timestamp,
    pub(crate) body: String,
    pub(crate) versions: Vec<VersionView>,
    pub(crate) keeper: bool,
}

/// A version to be adopted.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Adoption {
    body: String,
    effective: String,
}

async fn page(
    visit: &Visit,
    appeals: &Appeals,
    wanted: Option<i64>,
    shell: Shell,
) -> Result<RulebookPage, WebError> {
    appeals.may_read_books(visit.context())?;
    let (books, now) = (appeals.books(), visit.now());
    let in_force = books.rulebook(now)?.version;
    let number = wanted.unwrap_or(in_force);
    let (from, rulebook) = books
        .rulebooks
        .iter()
        .find(|(_, rulebook)| rulebook.version == number)
        .ok_or_else(WebError::no_such_page)?;
    let plain = Rulebook { version: 0, ..(**rulebook).clone() };
    let body =
        toml::to_string(&plain).map_err(|error| Fault::internal("cannot write a rulebook").because(error))?;
    let all = books.rulebooks.iter().map(|(from, rulebook)| (rulebook.version, *from));
    let versions = super::versions("/books/rulebook", all, in_force, now);
    Ok(RulebookPage {
        number,
        from: *from,
        body,
        versions,
        keeper: appeals.may_keep_books(visit.context()),
        shell,
    })
}

/// The version in force, or another.
pub(crate) async fn show(
    visit: Visit,
    State(appeals): State<Appeals>,
    Query(wanted): Query<Wanted>,
) -> Answer {
    let page = page(&visit, &appeals, wanted.number()?, visit.shell("books-rulebook")).await?;
    visit.page(&page)
}

/// Adopts a version.
pub(crate) async fn adopt(visit: Visit, State(appeals): State<Appeals>, form: Form<Adoption>) -> Answer {
    let zone = appeals.books().rulebook(visit.now())?.time_zone();
    let done = match super::effective(&form.value.effective, zone, visit.now()) {
        Ok(from) => appeals.adopt_rulebook(visit.context(), &form.value.body, from).await,
        Err(refusal) => Err(refusal.into()),
    };
    match done {
        Ok(version) => Ok(visit
            .see_other("/books/rulebook")
            .saying(Tone::Good, "books-adopted")
            .with("n", version)
            .into_response()),
        Err(failure) => {
            let refusal = visit.refused(failure)?;
            let shell = visit.shell("books-rulebook").refill(form.typed, refusal);
            let page = page(&visit, &appeals, None, shell).await?;
            visit.page_with(http::StatusCode::UNPROCESSABLE_ENTITY, &page)
        }
    }
}
