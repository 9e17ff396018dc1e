//! The receipt: number, tracking code, and what happens next with dates. Read while the browser keeps number and code.

use askama::Template;
use axum::extract::State;
use axum::response::IntoResponse;
use gongzhi_kernel::Timestamp;
use gongzhi_web::{Answer, Knot, Shell, Tone, Visit};
use http::HeaderMap;

use super::case_view::left_or_over;
use super::names::Names;
use super::tracking::{self, Pair};
use crate::actions::Appeals;
use crate::model::Stage;
use crate::queries::CaseView;

#[derive(Debug, Template)]
#[template(path = "appeals/receipt.html")]
pub(crate) struct ReceiptPage {
    pub(crate) shell: Shell,
    pub(crate) number: String,
    pub(crate) code: String,
    pub(crate) qr: String,
    pub(crate) copy_text: String,
    pub(crate) knots: Vec<Knot>,
}

impl ReceiptPage {
    pub(crate) fn new(
        shell: Shell,
        names: &Names,
        case: &CaseView,
        pair: Pair,
    ) -> Result<Self, gongzhi_kernel::Fault> {
        let base = &shell.visit().site().config().base_url;
        let address = format!("{base}/track?number={}", case.id);
        let (number, code) = (tracking::grouped(case.id), pair.code.to_string());
        let copy_text = shell
            .ta("receipt-copy-text", &[("number", &number), ("code", &code), ("address", &address)])
            .into_owned();
        Ok(Self {
            number,
            code,
            qr: gongzhi_web::qr::image(&address)?,
            copy_text,
            knots: next_steps(&shell, names, case),
            shell,
        })
    }
}

/// What happens next, with the dates that are promised.
fn next_steps(shell: &Shell, names: &Names, case: &CaseView) -> Vec<Knot> {
    let organ = names.organ(shell, case.organ);
    let dispatched =
        case.timeline.iter().find(|knot| knot.kind == "appeal.dispatched").map(|knot| shell.exact(knot.at));
    let step = |title: String, due: Option<Timestamp>| Knot {
        title,
        when: due.map(|due| shell.exact(due)),
        note: due.map(|due| left_or_over(shell, due)).unwrap_or_default(),
        tone: Some(Tone::Calm),
        ahead: true,
        ..Knot::default()
    };
    let mut knots = vec![Knot {
        title: shell.t("step-submitted").into_owned(),
        when: Some(shell.exact(case.submitted_at)),
        tone: Some(Tone::Good),
        ..Knot::default()
    }];
    if case.organ.is_some() {
        knots.push(Knot {
            title: shell.t1("receipt-next-dispatched", "organ", &organ).into_owned(),
            when: dispatched,
            tone: Some(Tone::Good),
            ..Knot::default()
        });
        knots
            .push(step(shell.t1("receipt-next-accept", "organ", &organ).into_owned(), case.deadlines.accept));
        knots.push(step(shell.t("receipt-next-contact").into_owned(), case.deadlines.contact));
        knots.push(step(shell.t("receipt-next-answer").into_owned(), case.deadlines.answer));
    } else {
        knots.push(step(
            shell.t("receipt-next-waiting").into_owned(),
            case.next_due.filter(|(stage, _)| *stage == Stage::Dispatch).map(|(_, due)| due),
        ));
        knots.push(step(shell.t("receipt-next-answer").into_owned(), None));
    }
    knots.push(step(shell.t("receipt-next-appraise").into_owned(), None));
    knots
}

/// The receipt of the appeal that the browser has just sent.
pub(crate) async fn show(visit: Visit, State(appeals): State<Appeals>, headers: HeaderMap) -> Answer {
    let Some(pair) = tracking::kept(&visit, &headers) else {
        return Ok(visit.see_other("/track").saying(Tone::Calm, "receipt-gone").into_response());
    };
    let case = pair.look_up(&visit, &appeals).await?;
    let page = ReceiptPage::new(visit.shell("receipt-title"), &super::names(&appeals), &case, pair)?;
    visit.page(&page)
}
