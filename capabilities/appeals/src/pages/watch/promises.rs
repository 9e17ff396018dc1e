//! 承诺兑现: how the city keeps its promises, for everybody, without personal data.

use askama::Template;
use axum::extract::State;
use gongzhi_web::{Answer, Query, Shell, Visit};

use super::view::{self, FigureView, TableView};
use super::{Wanted, month_words};
use crate::actions::Appeals;

#[derive(Debug, Template)]
#[template(path = "appeals/watch_promises.html")]
pub(crate) struct PromisesPage {
    pub(crate) shell: Shell,
    pub(crate) month: String,
    pub(crate) sentence: String,
    pub(crate) left_out: String,
    pub(crate) figures: Vec<FigureView>,
    pub(crate) tables: Vec<TableView>,
    pub(crate) earlier: String,
    pub(crate) later: Option<String>,
}

/// The city's figures of a month.
pub(crate) async fn show(
    visit: Visit,
    State(appeals): State<Appeals>,
    Query(wanted): Query<Wanted>,
) -> Answer {
    let dashboard = appeals.public_figures(wanted.month()?, visit.now()).await?;
    let shell = visit.shell("promises-title").describing(visit.t("promises-lead"));
    let names = crate::pages::names(&appeals);
    let later = dashboard.month.before(-1);
    let page = PromisesPage {
        month: month_words(&shell, dashboard.month),
        sentence: view::sentence(&shell, &dashboard),
        left_out: view::left_out(&shell, &dashboard),
        figures: view::figures(&shell, &dashboard),
        tables: vec![
            view::times(&shell, &dashboard.now()),
            super::league::organs(&shell, &names, &dashboard, false),
        ],
        earlier: format!("/promises?month={}", dashboard.month.before(1)),
        later: (later <= dashboard.newest).then(|| format!("/promises?month={later}")),
        shell,
    };
    visit.public_page(&page)
}
