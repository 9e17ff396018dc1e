//! 看板: what is watched. Staff's dashboards, each number down to its cases, report, big screen, exports, exclusions; and
//! the public page on how the city keeps its promises, open data and feeds.

mod cases;
mod dashboard;
mod exclusions;
mod export;
mod feeds;
mod league;
mod open_data;
mod promises;
mod view;
mod xlsx;

use gongzhi_kernel::{ActorKind, AreaId, FieldError, OrganId, Refusal};
use gongzhi_people::AreaLevel;
use gongzhi_web::{Access, Routes, Shell};
use serde::Deserialize;

use super::{DISPATCHERS, Names, STAFF};
use crate::actions::Appeals;
use crate::indicators::Month;
use crate::queries::Scope;

/// Who sees which cases are left out of the indicators.
const REVIEWERS: Access = Access::Kinds(&[ActorKind::Operator, ActorKind::Auditor]);

/// The routes of what is watched.
pub(super) fn routes(routes: Routes<Appeals>) -> Routes<Appeals> {
    routes
        .get("/promises", Access::Anyone, promises::show)
        .get("/open-data", Access::Anyone, open_data::show)
        .get("/open-data/cases.csv", Access::Anyone, open_data::csv)
        .get("/open-data/cases.json", Access::Anyone, open_data::json)
        .get("/open-data/cases.geojson", Access::Anyone, open_data::geojson)
        .get("/feeds/appeals.atom", Access::Anyone, feeds::matters)
        .get("/feeds/appeals/{number}", Access::Anyone, feeds::matter)
        .get("/watch", STAFF, dashboard::show)
        .get("/watch/report", STAFF, dashboard::report)
        .get("/watch/screen", STAFF, dashboard::screen)
        .get("/watch/cases", STAFF, cases::show)
        .get("/watch/export.csv", STAFF, export::csv)
        .get("/watch/export.xlsx", STAFF, export::xlsx)
        .get("/watch/exclusions", REVIEWERS, exclusions::show)
        .post("/watch/exclusions", DISPATCHERS, exclusions::ask)
        .post("/watch/exclusions/review", DISPATCHERS, exclusions::review)
}

/// What a dashboard is asked for, as it stands in the address.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Wanted {
    month: String,
    scope: String,
    indicator: String,
    which: String,
    before: String,
}

impl Wanted {
    /// The month; `None`: the present one.
    fn month(&self) -> Result<Option<Month>, Refusal> {
        match self.month.as_str() {
            "" => Ok(None),
            text => text.parse().map(Some).map_err(|_| wrong("month", text)),
        }
    }

    /// What it is about: `area-…`, `organ-…`, or nothing for the whole city.
    fn scope(&self, appeals: &Appeals) -> Result<Scope, Refusal> {
        let directory = appeals.directory();
        let text = self.scope.as_str();
        if text.is_empty() {
            return Ok(Scope::City);
        }
        let no_such = || wrong("scope", text);
        if let Some(id) = text.strip_prefix("organ-") {
            let id: OrganId = id.parse().map_err(|_| no_such())?;
            return directory.organ(id).map(|organ| Scope::Organ(organ.id)).ok_or_else(no_such);
        }
        let id: AreaId = text.strip_prefix("area-").and_then(|id| id.parse().ok()).ok_or_else(no_such)?;
        match directory.area(id).map(|area| area.level) {
            Some(AreaLevel::District) => Ok(Scope::District(id)),
            Some(AreaLevel::Street) => Ok(Scope::Street(id)),
            Some(AreaLevel::City) => Ok(Scope::City),
            _ => Err(no_such()),
        }
    }
}

fn wrong(field: &'static str, value: &str) -> Refusal {
    let value = super::names::excerpt(value, 40);
    Refusal::fields(vec![FieldError::new(field, "api-bad-filter").with("value", value)])
}

/// A scope as it stands in addresses.
fn scope_word(scope: Scope) -> String {
    match scope {
        Scope::City => String::new(),
        Scope::District(area) | Scope::Street(area) => format!("area-{area}"),
        Scope::Organ(organ) => format!("organ-{organ}"),
    }
}

/// A scope in words.
fn scope_name(shell: &Shell, names: &Names, scope: Scope) -> String {
    match scope {
        Scope::City => shell.t("appeals-city-wide").into_owned(),
        Scope::District(area) | Scope::Street(area) => names.area(shell, Some(area)),
        Scope::Organ(organ) => names.organ(shell, Some(organ)),
    }
}

/// The address of a page on a scope and month.
fn address(path: &str, scope: Scope, month: Month) -> String {
    match scope_word(scope) {
        word if word.is_empty() => format!("{path}?month={month}"),
        word => format!("{path}?month={month}&scope={word}"),
    }
}

/// A month in words.
fn month_words(shell: &Shell, month: Month) -> String {
    let (year, number) = month.parts();
    let name = shell.t(format!("month-{number}")).into_owned();
    shell.t2("watch-month", "year", year.to_string(), "month", name).into_owned()
}
