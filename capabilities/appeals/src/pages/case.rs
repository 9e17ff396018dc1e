//! One case as everybody may see it.

use askama::Template;
use axum::extract::State;
use gongzhi_kernel::Subject;
use gongzhi_web::{Answer, Card, Path, Shell, Tone, Visit, WebError};
use http::HeaderMap;

use super::case_view::{Audience, CaseView};
use super::files::{FilesView, Reader};
use super::follow::FollowView;
use super::names::excerpt;
use super::tracking::parse_number;
use crate::actions::Appeals;

#[derive(Debug, Template)]
#[template(path = "appeals/case.html")]
pub(crate) struct CasePage {
    pub(crate) shell: Shell,
    pub(crate) case: CaseView,
    pub(crate) staff: bool,
    pub(crate) seal: Option<Card>,
    pub(crate) files: FilesView,
    pub(crate) follow: FollowView,
}

/// The kind of the cards that tell where an appeal stands in the public log; whoever keeps one offers them.
const SEAL: &str = "seal:appeal";

/// The page of a number.
pub(crate) async fn show(
    visit: Visit,
    State(appeals): State<Appeals>,
    Path(number): Path<String>,
    headers: HeaderMap,
) -> Answer {
    let number = parse_number(&number).ok_or_else(WebError::no_such_page)?;
    let found = appeals.case(visit.context(), number, None).await?;
    let title =
        if found.title.is_empty() { visit.t("appeals-untitled").into_owned() } else { found.title.clone() };
    let shell = visit.shell_titled(title).describing(excerpt(&found.text, 120));
    let case = CaseView::new(&shell, &super::names(&appeals), &found);
    let staff = Audience::of(&found) == Audience::Staff;
    let seal = visit.site().card(visit.context(), &Subject::new(SEAL, number)).await?;
    let names = super::names(&appeals);
    let files = FilesView::of(&shell, &names, &appeals, number, None, Reader::Public).await?;
    let follow = FollowView::of(&shell, &appeals, &found, &headers).await?;
    visit.public_page(&CasePage { shell, case, staff, seal, files, follow })
}
