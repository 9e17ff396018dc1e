//! 回访名单: whom operators are to call, and what came of it.

use askama::Template;
use axum::extract::State;
use axum::response::IntoResponse;
use gongzhi_kernel::{RefusalKind, Timestamp};
use gongzhi_web::{Answer, Form, Path, Query, Shell, Tone, Visit, WebError};
use serde::Deserialize;

use super::tracking::grouped;
use super::work::number;
use super::work_tasks::{Beside, Pick};
use crate::actions::Appeals;
use crate::model::{Exclusion, Happening};
use crate::rules::TaskStep;

/// A reporter to be called back.
#[derive(Debug, Clone)]
pub(crate) struct CallLine {
    pub(crate) href: String,
    pub(crate) number: String,
    pub(crate) number_plain: String,
    pub(crate) title: String,
    pub(crate) organ: String,
    pub(crate) answered_at: Option<Timestamp>,
    pub(crate) tried: u8,
}

#[derive(Debug, Template)]
#[template(path = "appeals/work_calls.html")]
pub(crate) struct CallsPage {
    pub(crate) shell: Shell,
    pub(crate) calls: Vec<CallLine>,
    pub(crate) exclusions: Vec<Pick>,
    pub(crate) more: Option<String>,
}

/// Where the list goes on.
#[derive(Debug, Default, Clone, Deserialize)]
#[serde(default)]
pub(crate) struct CallsWanted {
    after: String,
}

async fn calls_page(
    visit: &Visit,
    appeals: &Appeals,
    wanted: &CallsWanted,
    shell: Shell,
) -> Result<CallsPage, WebError> {
    let names = super::names(appeals);
    let (calls, next) = appeals.calls(visit.context(), wanted.after.parse().ok(), 30).await?;
    let exclusions = Exclusion::ALL.iter().map(|exclusion| Pick {
        value: exclusion.word().to_owned(),
        label: shell.t(format!("exclusion-{exclusion}")).into_owned(),
    });
    let lines = calls.into_iter().map(|call| CallLine {
        href: format!("/work/{}", call.item.id),
        number: grouped(call.item.id),
        number_plain: call.item.id.to_string(),
        title: super::case_view::title(&shell, &call.item.title),
        organ: names.organ(&shell, call.item.organ),
        answered_at: call.item.answered_at,
        tried: call.tried,
    });
    let (calls, exclusions) = (lines.collect(), exclusions.collect());
    Ok(CallsPage { calls, exclusions, more: next.map(|id| format!("/work-calls?after={id}")), shell })
}

/// 回访名单.
pub(crate) async fn calls(
    visit: Visit,
    State(appeals): State<Appeals>,
    Query(wanted): Query<CallsWanted>,
) -> Answer {
    let page = calls_page(&visit, &appeals, &wanted, visit.shell("calls-title")).await?;
    visit.page(&page)
}

/// A call that reached nobody, or a case that is not counted.
pub(crate) async fn call_outcome(
    visit: Visit,
    State(appeals): State<Appeals>,
    Path(path): Path<String>,
    form: Form<Beside>,
) -> Answer {
    let id = number(&path)?;
    let exclusion = Exclusion::from_word(&form.value.exclusion);
    let what = if form.value.what == "excluded" { Happening::Excluded } else { Happening::Tried };
    let step = TaskStep { exclusion, ..TaskStep::new(what, &form.value.text) };
    match appeals.call_log(visit.context(), id, step).await {
        Ok(_) => Ok(visit.see_other("/work-calls").saying(Tone::Good, "calls-kept").into_response()),
        Err(failure) => {
            let refusal = visit.refused(failure)?;
            let status = match refusal.kind {
                RefusalKind::Conflict => http::StatusCode::CONFLICT,
                _ => http::StatusCode::UNPROCESSABLE_ENTITY,
            };
            let shell = visit.shell("calls-title").refill(form.typed, refusal);
            let page = calls_page(&visit, &appeals, &CallsWanted::default(), shell).await?;
            visit.page_with(status, &page)
        }
    }
}
