//! A step for several cases at once, with what came of it for each.

use axum::extract::State;
use gongzhi_kernel::Refusal;
use gongzhi_web::{Answer, Form, Tone, Visit};
use serde::Deserialize;

use super::tracking::{grouped, parse_number};
use super::work::{Wanted, page};
use crate::actions::{Appeals, Ask};
use crate::model::TaskKind;

/// What came of a step for one of several cases.
#[derive(Debug, Clone)]
pub(crate) struct Outcome {
    pub(crate) href: String,
    pub(crate) number: String,
    pub(crate) tone: Tone,
    pub(crate) say: String,
}

impl Outcome {
    pub(crate) fn icon(&self) -> &'static str {
        if self.tone == Tone::Good { "check" } else { "alert" }
    }
}

/// The fields of a step for several cases.
#[derive(Debug, Default, Clone, Deserialize)]
#[serde(default)]
pub(crate) struct Several {
    tab: String,
    case: Vec<String>,
    pub(super) what: String,
}

/// A step for several cases at once, with what came of it for each.
pub(crate) async fn several(visit: Visit, State(appeals): State<Appeals>, form: Form<Several>) -> Answer {
    let shell = visit.shell("work-title");
    let mut outcomes = Vec::new();
    let person = visit.actor().person();
    for text in form.value.case.iter().take(200) {
        let Some(id) = parse_number(text) else { continue };
        let done = match form.value.what.as_str() {
            "accept" => appeals.accept(visit.context(), id, None).await.map(|_| ()),
            "take" => {
                let ask = Ask { person, ..Ask::default() };
                appeals.ask(visit.context(), id, None, TaskKind::Assignment, ask).await.map(|_| ())
            }
            _ => Err(Refusal::conflict("task-not-allowed").into()),
        };
        let (tone, say) = match done {
            Ok(()) => (Tone::Good, shell.t("work-several-done").into_owned()),
            Err(failure) => (
                Tone::Bad,
                visit.site().texts().refusal(shell.locale(), &visit.refused(failure)?).into_owned(),
            ),
        };
        outcomes.push(Outcome { href: format!("/work/{id}"), number: grouped(id), tone, say });
    }
    let mut page = page(&visit, &appeals, &Wanted::on(&form.value.tab), shell, None).await?;
    page.outcomes = outcomes;
    visit.page(&page)
}
