//! Staff's dashboard of the city, a district, a street or an organ; the same as a report for paper and as a big screen.

use askama::Template;
use axum::extract::State;
use gongzhi_people::AreaLevel;
use gongzhi_web::{Answer, Query, Shell, Visit, WebError};

use super::view::{self, FigureView, TableView};
use super::{Wanted, address, month_words, scope_word};
use crate::actions::Appeals;
use crate::pages::Names;
use crate::pages::select::{Group, Item};
use crate::queries::{Dashboard, Scope};

/// A way on to something beside the dashboard.
#[derive(Debug, Clone)]
pub(crate) struct Way {
    pub(crate) href: String,
    pub(crate) icon: &'static str,
    pub(crate) label: String,
}

/// What dashboard, report and screen have in common.
#[derive(Debug, Clone)]
pub(crate) struct Shown {
    pub(crate) title: String,
    pub(crate) sentence: String,
    pub(crate) left_out: String,
    pub(crate) figures: Vec<FigureView>,
    pub(crate) tables: Vec<TableView>,
}

impl Shown {
    fn new(shell: &Shell, names: &Names, dashboard: &Dashboard) -> Self {
        Self {
            title: view::title(shell, names, dashboard),
            sentence: view::sentence(shell, dashboard),
            left_out: view::left_out(shell, dashboard),
            figures: view::figures(shell, dashboard),
            tables: view::tables(shell, names, dashboard),
        }
    }
}

#[derive(Debug, Template)]
#[template(path = "appeals/watch_dashboard.html")]
pub(crate) struct DashboardPage {
    pub(crate) shell: Shell,
    pub(crate) shown: Shown,
    pub(crate) month: String,
    pub(crate) newest: String,
    pub(crate) earlier: String,
    pub(crate) later: Option<String>,
    pub(crate) scopes: Vec<Group>,
    pub(crate) ways: Vec<Way>,
    pub(crate) rulebook: i64,
}

#[derive(Debug, Template)]
#[template(path = "appeals/watch_report.html")]
pub(crate) struct ReportPage {
    pub(crate) shell: Shell,
    pub(crate) shown: Shown,
    pub(crate) back: String,
    pub(crate) made: gongzhi_kernel::Timestamp,
    pub(crate) rulebook: i64,
}

#[derive(Debug, Template)]
#[template(path = "appeals/watch_screen.html")]
pub(crate) struct ScreenPage {
    pub(crate) shell: Shell,
    pub(crate) shown: Shown,
    pub(crate) back: String,
}

/// The scopes that this actor may choose from.
fn scopes(visit: &Visit, appeals: &Appeals, shell: &Shell, names: &Names, chosen: Scope) -> Vec<Group> {
    let item =
        |scope: Scope, label: String| Item { value: scope_word(scope), label, chosen: scope == chosen };
    let may = |scope: &Scope| appeals.may_watch(visit.context(), *scope).is_ok();
    let city = Group {
        options: vec![item(Scope::City, shell.t("appeals-city-wide").into_owned())],
        ..Group::default()
    };
    let mut areas = Vec::new();
    for district in names.directory.areas_at(AreaLevel::District) {
        let scope = Scope::District(district.id);
        if may(&scope) {
            areas.push(item(scope, shell.name(&district.name).to_owned()));
        }
        for street in names.directory.children(Some(district.id)) {
            let scope = Scope::Street(street.id);
            if street.level == AreaLevel::Street && may(&scope) {
                areas.push(item(scope, names.area(shell, Some(street.id))));
            }
        }
    }
    let organs = names.directory.organs().filter(|organ| organ.active);
    let organs = organs
        .map(|organ| (Scope::Organ(organ.id), shell.name(&organ.name).to_owned()))
        .filter(|(scope, _)| may(scope))
        .map(|(scope, name)| item(scope, name))
        .collect();
    let group = |key: &str, options| Group { label: shell.t(key).into_owned(), options, open: false };
    [city, group("watch-scope-areas", areas), group("watch-scope-organs", organs)]
        .into_iter()
        .filter(|group| !group.options.is_empty())
        .collect()
}

async fn read(visit: &Visit, appeals: &Appeals, wanted: &Wanted) -> Result<Dashboard, WebError> {
    let scope = wanted.scope(appeals)?;
    Ok(appeals.dashboard(visit.context(), scope, wanted.month()?).await?)
}

/// The dashboard.
pub(crate) async fn show(
    visit: Visit,
    State(appeals): State<Appeals>,
    Query(wanted): Query<Wanted>,
) -> Answer {
    let dashboard = read(&visit, &appeals, &wanted).await?;
    let (shell, names) = (visit.shell("watch-title"), crate::pages::names(&appeals));
    let (scope, month) = (dashboard.scope, dashboard.month);
    let way = |path: &str, icon, key: &str| Way {
        href: address(path, scope, month),
        icon,
        label: shell.t(key).into_owned(),
    };
    let mut ways = vec![
        way("/watch/report", "print", "watch-report"),
        way("/watch/screen", "device", "watch-screen"),
        way("/watch/export.xlsx", "down", "watch-xlsx"),
        way("/watch/export.csv", "down", "watch-csv"),
    ];
    if super::REVIEWERS.admits(visit.actor().kind()) {
        ways.push(Way {
            href: "/watch/exclusions".into(),
            icon: "filter",
            label: shell.t("watch-exclusions").into_owned(),
        });
    }
    let later = month.before(-1);
    let page = DashboardPage {
        month: month.to_string(),
        newest: dashboard.newest.to_string(),
        earlier: address("/watch", scope, month.before(1)),
        later: (later <= dashboard.newest).then(|| address("/watch", scope, later)),
        scopes: scopes(&visit, &appeals, &shell, &names, scope),
        ways,
        rulebook: dashboard.rulebook,
        shown: Shown::new(&shell, &names, &dashboard),
        shell,
    };
    visit.page(&page)
}

/// The monthly report, for paper.
pub(crate) async fn report(
    visit: Visit,
    State(appeals): State<Appeals>,
    Query(wanted): Query<Wanted>,
) -> Answer {
    let dashboard = read(&visit, &appeals, &wanted).await?;
    let (shell, names) = (visit.shell("watch-report"), crate::pages::names(&appeals));
    let page = ReportPage {
        shown: Shown::new(&shell, &names, &dashboard),
        back: address("/watch", dashboard.scope, dashboard.month),
        made: visit.now(),
        rulebook: dashboard.rulebook,
        shell,
    };
    visit.page(&page)
}

/// The big screen: the present month, read anew every minute.
pub(crate) async fn screen(
    visit: Visit,
    State(appeals): State<Appeals>,
    Query(wanted): Query<Wanted>,
) -> Answer {
    let dashboard = read(&visit, &appeals, &wanted).await?;
    let (shell, names) = (visit.shell("watch-screen"), crate::pages::names(&appeals));
    let mut shown = Shown::new(&shell, &names, &dashboard);
    shown.title = format!(
        "{} · {}",
        super::scope_name(&shell, &names, dashboard.scope),
        month_words(&shell, dashboard.month)
    );
    shown.tables.retain(|table| table.chart.is_some());
    let back = address("/watch", dashboard.scope, dashboard.month);
    visit.page(&ScreenPage { shown, back, shell })
}
