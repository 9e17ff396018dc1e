//! 剔除: asked for by one operator, decided by another.

use askama::Template;
use axum::extract::State;
use axum::response::IntoResponse;
use gongzhi_kernel::{Failure, FieldError, Refusal, RefusalKind, Timestamp};
use gongzhi_web::{Answer, Choice, Form, Shell, Tone, Visit};
use serde::Deserialize;

use crate::actions::Appeals;
use crate::indicators::Exclusion;
use crate::pages::DISPATCHERS;
use crate::pages::tracking::parse_number;

/// An exclusion that waits.
#[derive(Debug, Clone)]
pub(crate) struct WaitingView {
    pub(crate) number: String,
    pub(crate) reason: String,
    pub(crate) note: String,
    pub(crate) asked_at: Timestamp,
    pub(crate) own: bool,
}

#[derive(Debug, Template)]
#[template(path = "appeals/watch_exclusions.html")]
pub(crate) struct ExclusionsPage {
    pub(crate) shell: Shell,
    pub(crate) waiting: Vec<WaitingView>,
    pub(crate) reasons: Vec<Choice>,
    pub(crate) keeper: bool,
}

/// What is asked.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Asked {
    number: String,
    reason: String,
    note: String,
}

/// What is decided.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Reviewed {
    number: String,
    decision: String,
    note: String,
}

async fn page(visit: &Visit, appeals: &Appeals, shell: Shell) -> Result<ExclusionsPage, Failure> {
    let me = visit.actor().person();
    let waiting = appeals.waiting_exclusions(visit.context()).await?;
    let waiting = waiting
        .into_iter()
        .map(|one| WaitingView {
            number: one.record.appeal.to_string(),
            reason: shell.t(format!("exclusion-{}", one.record.reason.word())).into_owned(),
            note: one.note,
            asked_at: one.record.asked_at,
            own: me.is_some() && me == one.record.asked_by,
        })
        .collect();
    let reasons = Exclusion::ALL
        .iter()
        .map(|one| Choice::new(one.word(), shell.t(format!("exclusion-{}", one.word())).into_owned()))
        .collect();
    Ok(ExclusionsPage { waiting, reasons, keeper: DISPATCHERS.admits(visit.actor().kind()), shell })
}

/// What waits for a decision.
pub(crate) async fn show(visit: Visit, State(appeals): State<Appeals>) -> Answer {
    let page = page(&visit, &appeals, visit.shell("watch-exclusions")).await?;
    visit.page(&page)
}

async fn done(
    visit: Visit,
    appeals: &Appeals,
    outcome: Result<(), Failure>,
    typed: gongzhi_web::Typed,
    key: &'static str,
) -> Answer {
    match outcome {
        Ok(()) => Ok(visit.see_other("/watch/exclusions").saying(Tone::Good, key).into_response()),
        Err(failure) => {
            let refusal = visit.refused(failure)?;
            let shell = visit.shell("watch-exclusions").refill(typed, refusal);
            let page = page(&visit, appeals, shell).await?;
            visit.page_with(http::StatusCode::UNPROCESSABLE_ENTITY, &page)
        }
    }
}

/// Asks for one.
pub(crate) async fn ask(visit: Visit, State(appeals): State<Appeals>, form: Form<Asked>) -> Answer {
    let wrong = |field: &'static str, key| Err(Refusal::fields(vec![FieldError::new(field, key)]).into());
    let unknown = || Refusal::fields(vec![FieldError::new("number", "exclusion-no-such-case")]);
    let outcome: Result<(), Failure> =
        match (parse_number(&form.value.number), Exclusion::from_word(&form.value.reason)) {
            (None, _) => wrong("number", "exclusion-number"),
            (_, None) => wrong("reason", "error-required"),
            (Some(number), Some(reason)) => {
                match appeals.ask_exclusion(visit.context(), number, reason, &form.value.note).await {
                    Err(Failure::Refused(refusal)) if refusal.kind == RefusalKind::NotFound => {
                        Err(unknown().into())
                    }
                    outcome => outcome,
                }
            }
        };
    done(visit, &appeals, outcome, form.typed, "exclusion-asked").await
}

/// Decides on one.
pub(crate) async fn review(visit: Visit, State(appeals): State<Appeals>, form: Form<Reviewed>) -> Answer {
    let granted = match form.value.decision.as_str() {
        "grant" => Some(true),
        "refuse" => Some(false),
        _ => None,
    };
    let wrong = |field: &'static str, key| Err(Refusal::fields(vec![FieldError::new(field, key)]).into());
    let outcome = match (parse_number(&form.value.number), granted) {
        (None, _) => wrong("number", "exclusion-number"),
        (_, None) => wrong("decision", "error-required"),
        (Some(number), Some(granted)) => {
            appeals.review_exclusion(visit.context(), number, granted, &form.value.note).await
        }
    };
    // Several forms stand on the page; what was typed belongs to one of them and is not filled into the others.
    done(visit, &appeals, outcome, gongzhi_web::Typed::default(), "exclusion-reviewed").await
}
