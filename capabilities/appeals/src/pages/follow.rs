//! 这也是我的事: following a case instead of reporting it again.

use askama::Template;
use axum::extract::State;
use axum::response::IntoResponse;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use gongzhi_kernel::AppealId;
use gongzhi_web::{Answer, Form, NoFields, Path, Shell, Tone, Visit, WebError};
use http::HeaderMap;
use serde::Deserialize;

use super::card_view::CardView;
use super::tracking::{self, Pair, parse_number};
use crate::actions::Appeals;
use crate::actions::follow::Followed;
use crate::model::{Phase, StateName};
use crate::queries::CaseView;

/// What a case's page says of those who follow it.
#[derive(Debug, Clone, Default)]
pub(crate) struct FollowView {
    /// How many, in a sentence; empty where nobody does.
    pub(crate) count: String,
    /// Whether whoever reads this follows it.
    pub(crate) following: bool,
    /// Where one can begin to.
    pub(crate) begin: Option<String>,
    /// Where the form goes that ends it.
    pub(crate) end: String,
}

impl FollowView {
    pub(crate) async fn of(
        shell: &Shell,
        appeals: &Appeals,
        case: &CaseView,
        headers: &HeaderMap,
    ) -> Result<Self, WebError> {
        let visit = shell.visit();
        let code = kept(visit, headers, case.id);
        let following = appeals.follows(visit.context(), case.id, code).await?;
        let count = count_words(shell, appeals, case.id).await?;
        let open = !matches!(case.state, StateName::Closed | StateName::Withdrawn) && !case.own && !case.full;
        Ok(Self {
            count,
            following,
            begin: (open && !following).then(|| format!("/appeals/{}/follow", case.id)),
            end: format!("/appeals/{}/unfollow", case.id),
        })
    }
}

/// How many follow a case, in a sentence; empty where nobody does.
pub(crate) async fn count_words(shell: &Shell, appeals: &Appeals, id: AppealId) -> Result<String, WebError> {
    let count = appeals.followers_of(id).await?;
    Ok(if count > 0 { shell.t1("follow-count", "n", count).into_owned() } else { String::new() })
}

fn kept(visit: &Visit, headers: &HeaderMap, id: AppealId) -> Option<crate::actions::TrackingCode> {
    tracking::kept(visit, headers).filter(|pair| pair.number == id).map(|pair| pair.code)
}

#[derive(Debug, Template)]
#[template(path = "appeals/follow.html")]
struct FollowPage {
    shell: Shell,
    card: CardView,
    action: String,
    back: String,
    key: String,
    count: String,
}

#[derive(Debug, Template)]
#[template(path = "appeals/followed.html")]
struct FollowedPage {
    shell: Shell,
    card: CardView,
    number: String,
    code: Option<String>,
    copy_text: String,
    count: String,
}

async fn card(shell: &Shell, appeals: &Appeals, id: AppealId) -> Result<CardView, WebError> {
    // Who may not know of the case may not know of its card.
    let case = appeals.case(shell.visit().context(), id, None).await?;
    Ok(CardView::of_case(shell, &super::names(appeals), &case))
}

fn number(text: &str) -> Result<AppealId, WebError> {
    parse_number(text).ok_or_else(WebError::no_such_page)
}

/// Asks whether it is really the same.
pub(crate) async fn ask(visit: Visit, State(appeals): State<Appeals>, Path(path): Path<String>) -> Answer {
    let id = number(&path)?;
    let shell = visit.shell("follow-title");
    let page = FollowPage {
        card: card(&shell, &appeals, id).await?,
        action: format!("/appeals/{id}/follow"),
        back: format!("/appeals/{id}"),
        key: URL_SAFE_NO_PAD.encode(visit.context().random::<16>()),
        count: count_words(&shell, &appeals, id).await?,
        shell,
    };
    visit.page(&page)
}

/// The secret of the form.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Keyed {
    key: String,
}

/// Begins.
pub(crate) async fn begin(
    visit: Visit,
    State(appeals): State<Appeals>,
    Path(path): Path<String>,
    form: Form<Keyed>,
) -> Answer {
    let id = number(&path)?;
    if !(16..=100).contains(&form.value.key.len()) {
        return Ok(visit.see_other(format!("/appeals/{id}/follow")).into_response());
    }
    let followed = appeals.follow(visit.context(), id, &form.value.key).await?;
    Ok(to_receipt(&visit, followed))
}

/// On to number and code.
pub(crate) fn to_receipt(visit: &Visit, followed: Followed) -> axum::response::Response {
    let Followed { number, code } = followed;
    let mut response = visit.see_other(format!("/appeals/{number}/followed")).into_response();
    tracking::keep(visit, &mut response, &Pair { number, code });
    response
}

/// The number and the code of somebody who has just begun to follow.
pub(crate) async fn done(
    visit: Visit,
    State(appeals): State<Appeals>,
    Path(path): Path<String>,
    headers: HeaderMap,
) -> Answer {
    let id = number(&path)?;
    let code = kept(&visit, &headers, id);
    if !appeals.follows(visit.context(), id, code).await? {
        return Ok(visit.see_other(format!("/appeals/{id}")).into_response());
    }
    let shell = visit.shell("followed-title");
    let grouped = tracking::grouped(id);
    let code = code.map(|code| code.to_string());
    let address = format!("{}/appeals/{id}", visit.site().config().base_url);
    let copy_text = match &code {
        Some(code) => shell
            .ta("receipt-copy-text", &[("number", &grouped), ("code", code), ("address", &address)])
            .into_owned(),
        None => String::new(),
    };
    let page = FollowedPage {
        card: card(&shell, &appeals, id).await?,
        number: grouped,
        code,
        copy_text,
        count: count_words(&shell, &appeals, id).await?,
        shell,
    };
    visit.page(&page)
}

/// Ends.
pub(crate) async fn end(
    visit: Visit,
    State(appeals): State<Appeals>,
    Path(path): Path<String>,
    headers: HeaderMap,
    _: Form<NoFields>,
) -> Answer {
    let id = number(&path)?;
    let code = kept(&visit, &headers, id);
    appeals.unfollow(visit.context(), id, code).await?;
    let mut response =
        visit.see_other(format!("/appeals/{id}")).saying(Tone::Good, "follow-ended").into_response();
    if code.is_some() {
        tracking::forget(&visit, &mut response);
    }
    Ok(response)
}

/// Whether cards of a case in this phase offer to follow it.
pub(crate) fn is_offered(phase: Phase) -> bool {
    phase == Phase::Open
}
