//! The receipt: number, tracking code, and what happens next with dates. Read while the browser keeps number and code.

use askama::Template;
use axum::extract::State;
use axum::response::IntoResponse;
use gongzhi_kernel::Timestamp;
use gongzhi_web::{Answer, Knot, Shell, Tone, Visit};
use http::HeaderMap;

use super::names::Names;
use super::tracking::{self, Pair};
use crate::actions::Appeals;
use crate::model::{Appeal, Stage};

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
    pub(crate) fn new(shell: Shell, names: &Names, appeal: &Appeal, pair: Pair) -> Result<Self, gongzhi_kernel::Fault> {
        let base = &shell.visit().site().config().base_url;
        let address = format!("{base}/track?number={}", appeal.id);
        let (number, code) = (tracking::grouped(appeal.id), pair.code.to_string());
        let copy_text = shell.ta("receipt-copy-text", &[("number", &number), ("code", &code), ("address", &address)]).into_owned();
        Ok(Self { number, code, qr: super::qr::image(&address)?, copy_text, knots: next_steps(&shell, names, appeal), shell })
    }
}

/// What happens next, with the dates that are promised.
fn next_steps(shell: &Shell, names: &Names, appeal: &Appeal) -> Vec<Knot> {
    let organ = names.organ(shell, appeal.organ());
    let step = |title: String, due: Option<Timestamp>| Knot {
        title,
        when: due.map(|due| shell.exact(due)),
        note: if due.is_some() { shell.t("receipt-next-by").into_owned() } else { String::new() },
        tone: Some(Tone::Calm),
        ahead: true,
        ..Knot::default()
    };
    let mut knots = vec![Knot {
        title: shell.t("step-submitted").into_owned(),
        when: Some(shell.exact(appeal.submitted_at)),
        tone: Some(Tone::Good),
        ..Knot::default()
    }];
    if appeal.organ().is_some() {
        knots.push(Knot {
            title: shell.t1("receipt-next-dispatched", "organ", &organ).into_owned(),
            when: appeal.dispatched_at.map(|at| shell.exact(at)),
            tone: Some(Tone::Good),
            ..Knot::default()
        });
        knots.push(step(shell.t1("receipt-next-accept", "organ", &organ).into_owned(), appeal.due(Stage::Accept)));
        knots.push(step(shell.t("receipt-next-contact").into_owned(), appeal.due(Stage::Contact)));
        knots.push(step(shell.t("receipt-next-answer").into_owned(), appeal.due(Stage::Answer)));
    } else {
        knots.push(step(shell.t("receipt-next-waiting").into_owned(), appeal.due(Stage::Dispatch)));
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
    let case = appeals.track(visit.context(), pair.number, pair.code).await?;
    let page = ReceiptPage::new(visit.shell("receipt-title"), &super::names(&appeals), &case.appeal, pair)?;
    visit.page(&page)
}
