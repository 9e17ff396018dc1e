//! The dispatch catalogue: edited as lines, tried out on the cases of late, then adopted.

use askama::Template;
use axum::extract::State;
use axum::response::IntoResponse;
use gongzhi_kernel::Timestamp;
use gongzhi_web::{Answer, Form, Query, Shell, Tone, Typed, Visit, WebError};
use serde::Deserialize;

use super::{VersionView, Wanted};
use crate::actions::{Appeals, TRIAL_DAYS};
use crate::catalogue::lines;
use crate::catalogue::trial::Trial;

/// So many lines of a trial's outcome are shown.
const SHOWN: usize = 30;

/// One line in words.
#[derive(Debug, Clone)]
pub(crate) struct LineView {
    pub(crate) category: String,
    pub(crate) area: String,
    pub(crate) organ: String,
}

/// Cases that would go elsewhere.
#[derive(Debug, Clone)]
pub(crate) struct MoveView {
    pub(crate) from: String,
    pub(crate) to: String,
    pub(crate) cases: i64,
    pub(crate) example: String,
}

/// Cases that would have no organ.
#[derive(Debug, Clone)]
pub(crate) struct StrandedView {
    pub(crate) category: String,
    pub(crate) area: String,
    pub(crate) cases: i64,
    pub(crate) example: String,
}

/// What came of a trial.
#[derive(Debug, Clone)]
pub(crate) struct TrialView {
    pub(crate) summary: String,
    pub(crate) moves: Vec<MoveView>,
    /// How many further ones there are.
    pub(crate) more_moves: i64,
    pub(crate) stranded: Vec<StrandedView>,
    pub(crate) stranded_line: String,
}

#[derive(Debug, Template)]
#[template(path = "appeals/books_catalogue.html")]
pub(crate) struct CataloguePage {
    pub(crate) shell: Shell,
    pub(crate) number: i64,
    pub(crate) from: Option<Timestamp>,
    pub(crate) text: String,
    pub(crate) lines: Vec<LineView>,
    pub(crate) versions: Vec<VersionView>,
    pub(crate) trial: Option<TrialView>,
    pub(crate) keeper: bool,
}

/// A version to be tried or adopted.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Edited {
    lines: String,
    effective: String,
}

fn page(
    visit: &Visit,
    appeals: &Appeals,
    wanted: Option<i64>,
    shell: Shell,
    trial: Option<&Trial>,
) -> Result<CataloguePage, WebError> {
    appeals.may_read_books(visit.context())?;
    let (names, now) = (super::super::names(appeals), visit.now());
    let books = &names.books;
    let in_force = books.catalogue(now).map_or(0, |catalogue| catalogue.version);
    let number = wanted.unwrap_or(in_force);
    let chosen = books.catalogues().find(|(_, catalogue)| catalogue.version == number);
    if wanted.is_some() && chosen.is_none() {
        return Err(WebError::no_such_page());
    }
    let text = chosen.map_or_else(String::new, |(_, catalogue)| {
        lines::write(catalogue.entries(), &books.categories, &names.directory)
    });
    let organ = |id| match id {
        Some(id) => names.organ(&shell, Some(id)),
        None => shell.t("books-to-dispatcher").into_owned(),
    };
    let any_category = |id| match id {
        Some(id) => names.category_path(&shell, Some(id)),
        None => shell.t("books-any-category").into_owned(),
    };
    let lines = chosen.map_or_else(Vec::new, |(_, catalogue)| {
        catalogue
            .entries()
            .map(|entry| LineView {
                category: any_category(entry.category),
                area: names.area(&shell, entry.area),
                organ: organ(Some(entry.organ)),
            })
            .collect()
    });
    let all = books.catalogues().map(|(from, catalogue)| (catalogue.version, *from));
    let versions = super::versions("/books/catalogue", all, in_force, now);
    let trial = trial.map(|trial| TrialView {
        summary: shell
            .ta(
                "books-trial-summary",
                &[
                    ("days", &i64::from(TRIAL_DAYS)),
                    ("cases", &trial.cases),
                    ("same", &trial.same),
                    ("moved", &(trial.cases - trial.same)),
                ],
            )
            .into_owned(),
        moves: trial
            .moves
            .iter()
            .take(SHOWN)
            .map(|one| MoveView {
                from: organ(one.from),
                to: organ(one.to),
                cases: one.cases,
                example: one.example.to_string(),
            })
            .collect(),
        more_moves: super::count(trial.moves.len().saturating_sub(SHOWN)),
        stranded: trial
            .stranded
            .iter()
            .take(SHOWN)
            .map(|group| StrandedView {
                category: any_category(group.category),
                area: names.area(&shell, group.area),
                cases: group.cases,
                example: group.newest.to_string(),
            })
            .collect(),
        stranded_line: shell.t1("books-trial-stranded", "count", trial.stranded_cases()).into_owned(),
    });
    let from = chosen.map(|(from, _)| *from);
    let keeper = appeals.may_keep_books(visit.context());
    Ok(CataloguePage { number, from, text, lines, versions, trial, keeper, shell })
}

/// The catalogue in force, or another version.
pub(crate) async fn show(
    visit: Visit,
    State(appeals): State<Appeals>,
    Query(wanted): Query<Wanted>,
) -> Answer {
    let page = page(&visit, &appeals, wanted.number()?, visit.shell("books-catalogue"), None)?;
    visit.page(&page)
}

/// Tries the lines out, and shows them again with what came of it.
pub(crate) async fn try_out(visit: Visit, State(appeals): State<Appeals>, form: Form<Edited>) -> Answer {
    match appeals.try_catalogue(visit.context(), &form.value.lines).await {
        Ok(trial) => {
            let shell = visit.shell("books-catalogue").prefill(form.typed);
            let page = page(&visit, &appeals, None, shell, Some(&trial))?;
            visit.page(&page)
        }
        Err(failure) => again(&visit, &appeals, form.typed, failure.into(), None),
    }
}

/// Adopts the lines.
pub(crate) async fn adopt(visit: Visit, State(appeals): State<Appeals>, form: Form<Edited>) -> Answer {
    let zone = appeals.books().rulebook(visit.now())?.time_zone();
    let done = match super::effective(&form.value.effective, zone, visit.now()) {
        Ok(from) => appeals.adopt_catalogue(visit.context(), &form.value.lines, from).await,
        Err(refusal) => Err(refusal.into()),
    };
    match done {
        Ok(version) => Ok(visit
            .see_other("/books/catalogue")
            .saying(Tone::Good, "books-adopted")
            .with("n", version)
            .into_response()),
        Err(failure) => {
            // With which cases it would strand, where that is why.
            let trial = appeals.try_catalogue(visit.context(), &form.value.lines).await.ok();
            again(&visit, &appeals, form.typed, failure.into(), trial.as_ref())
        }
    }
}

fn again(visit: &Visit, appeals: &Appeals, typed: Typed, error: WebError, trial: Option<&Trial>) -> Answer {
    let refusal = visit.refused(error)?;
    let shell = visit.shell("books-catalogue").refill(typed, refusal);
    let page = page(visit, appeals, None, shell, trial)?;
    visit.page_with(http::StatusCode::UNPROCESSABLE_ENTITY, &page)
}
