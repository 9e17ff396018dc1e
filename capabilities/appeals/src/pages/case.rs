//! One case as everybody may see it.

use askama::Template;
use axum::extract::State;
use gongzhi_web::{Answer, Path, Shell, Tone, Visit, WebError};

use super::case_view::{Audience, CaseView};
use super::names::excerpt;
use super::tracking::parse_number;
use crate::actions::Appeals;

#[derive(Debug, Template)]
#[template(path = "appeals/case.html")]
pub(crate) struct CasePage {
    pub(crate) shell: Shell,
    pub(crate) case: CaseView,
    pub(crate) staff: bool,
}

/// The page of a number.
pub(crate) async fn show(visit: Visit, State(appeals): State<Appeals>, Path(number): Path<String>) -> Answer {
    let number = parse_number(&number).ok_or_else(WebError::no_such_page)?;
    let found = appeals.case(visit.context(), number).await?;
    let names = super::names(&appeals);
    let audience = if !found.full {
        Audience::Public
    } else if visit.actor().is_staff() {
        Audience::Staff
    } else {
        Audience::Reporter
    };
    let title = if found.appeal.title.is_empty() { visit.t("appeals-untitled").into_owned() } else { found.appeal.title.clone() };
    let shell = visit.shell_titled(title).describing(excerpt(&found.appeal.text, 120));
    let case = CaseView::new(&shell, &names, &found.appeal, &found.history, audience);
    let staff = audience == Audience::Staff;
    visit.public_page(&CasePage { shell, case, staff })
}
