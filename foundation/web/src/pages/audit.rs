//! The audit trail, for auditors: who signed in, who was given what, who read whose data, who changed the city.

use std::fmt::Write as _;

use askama::Template;
use axum::extract::State;
use axum::response::IntoResponse;
use gongzhi_kernel::{EventId, FieldError, Id, Refusal, Timestamp};
use gongzhi_people::Found;
use gongzhi_people::audit::{Entry, Search, Section};
use http::{HeaderValue, StatusCode, header};
use serde::Deserialize;

use super::House;
use crate::answer::Answer;
use crate::extract::{Form, Query, Typed};
use crate::shell::Shell;
use crate::visit::Visit;

/// Entries on a page.
const PAGE: i64 = 50;

#[derive(Debug, Template)]
#[template(path = "pages/audit.html")]
pub(crate) struct AuditPage {
    pub(crate) shell: Shell,
    pub(crate) asked: Asked,
    pub(crate) sections: Vec<(&'static str, String)>,
    pub(crate) rows: Vec<Line>,
    pub(crate) older: Option<String>,
}

/// One entry as it is read.
#[derive(Debug)]
pub(crate) struct Line {
    pub(crate) at: Timestamp,
    pub(crate) what: String,
    pub(crate) who: String,
    pub(crate) told: String,
}

/// What is searched for, as it was typed.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Asked {
    pub(crate) section: String,
    pub(crate) login: String,
    pub(crate) from: String,
    pub(crate) to: String,
    before: String,
}

impl Asked {
    fn address(&self, before: EventId) -> String {
        let part = crate::url_part;
        format!(
            "/audit?section={}&login={}&from={}&to={}&before={before}",
            part(&self.section),
            part(&self.login),
            part(&self.from),
            part(&self.to),
        )
    }
}

/// A day of the city's calendar: its beginning, or that of the next day.
fn day(
    visit: &Visit,
    field: &'static str,
    typed: &str,
    after: bool,
) -> Result<Option<Timestamp>, FieldError> {
    let typed = typed.trim();
    if typed.is_empty() {
        return Ok(None);
    }
    let wrong = || FieldError::new(field, "audit-day-unreadable");
    let date: jiff::civil::Date = typed.parse().map_err(|_| wrong())?;
    let date = if after { date.tomorrow().map_err(|_| wrong())? } else { date };
    let begins = date.to_zoned_datetime(visit.site().config().zone.clone()).map_err(|_| wrong())?;
    Ok(Some(Timestamp::from_jiff(begins.timestamp())))
}

async fn search(visit: &Visit, house: &House, asked: &Asked) -> Answer<Result<Search, Refusal>> {
    let mut errors = Vec::new();
    let mut taken = |outcome: Result<Option<Timestamp>, FieldError>| match outcome {
        Ok(moment) => moment,
        Err(error) => {
            errors.push(error);
            None
        }
    };
    let from = taken(day(visit, "from", &asked.from, false));
    let to = taken(day(visit, "to", &asked.to, true));
    let login = asked.login.trim();
    let mut person = None;
    if !login.is_empty() {
        person = house.site.people().audited(visit.context(), login).await?;
        if person.is_none() {
            errors.push(FieldError::new("login", "audit-login-unknown"));
        }
    }
    if !errors.is_empty() {
        return Ok(Err(Refusal::fields(errors)));
    }
    let before = asked.before.parse::<EventId>().ok();
    Ok(Ok(Search { section: Section::from_word(&asked.section), person, from, to, before }))
}

pub(crate) async fn show(visit: Visit, State(house): State<House>, Query(asked): Query<Asked>) -> Answer {
    let mut shell = visit.shell("audit-title");
    let (mut status, mut found) = (StatusCode::OK, Found::default());
    match search(&visit, &house, &asked).await? {
        Ok(search) => found = house.site.people().audit(visit.context(), search, PAGE).await?,
        Err(refusal) => {
            status = StatusCode::UNPROCESSABLE_ENTITY;
            let typed = [("login", &asked.login), ("from", &asked.from), ("to", &asked.to)];
            shell = shell.refill(Typed::new(typed.map(|(name, value)| (name, value.as_str()))), refusal);
        }
    }
    let older = found.entries.last().filter(|_| found.more).map(|last| asked.address(last.event));
    let rows = found.entries.iter().map(|entry| line(&visit, &house, &found, entry)).collect();
    let sections = Section::ALL
        .iter()
        .map(|section| (section.word(), visit.t(&format!("audit-section-{}", section.word())).into_owned()))
        .collect();
    visit.page_with(status, &AuditPage { shell, asked, sections, rows, older })
}

fn line(visit: &Visit, house: &House, found: &Found, entry: &Entry) -> Line {
    let key = format!("audit-kind-{}", entry.kind.replace(['.', '_'], "-"));
    let what = if visit.site().texts().has(&key) { visit.t(&key).into_owned() } else { entry.kind.clone() };
    let role = visit.t(&format!("actor-{}", entry.actor_kind.replace('_', "-"))).into_owned();
    let name = entry.person.and_then(|person| found.names.get(&person));
    let organ = entry.organ.map(|organ| organ_name(visit, house, organ));
    let who = [name.cloned(), organ.filter(|organ| !organ.is_empty()), Some(role)];
    Line {
        at: entry.at,
        what,
        who: who.into_iter().flatten().collect::<Vec<_>>().join(" · "),
        told: told(visit, house, found, entry),
    }
}

fn organ_name(visit: &Visit, house: &House, organ: gongzhi_kernel::OrganId) -> String {
    let directory = house.site.people().directory();
    directory.organ(organ).map(|organ| organ.name.get(visit.locale()).to_owned()).unwrap_or_default()
}

/// What an entry tells besides who and what: whose account, which role, how often, why.
fn told(visit: &Visit, house: &House, found: &Found, entry: &Entry) -> String {
    let mut parts = Vec::new();
    if entry.subject_kind == "person"
        && let Some(name) = Id::new(entry.subject).and_then(|id| found.names.get(&id))
    {
        parts.push(name.clone());
    }
    let text = |field: &str| entry.told.get(field).and_then(|value| value.as_str());
    let number = |field: &str| entry.told.get(field).and_then(serde_json::Value::as_i64);
    let named = entry.told.get("name").and_then(|name| name.get("zh")).and_then(|name| name.as_str());
    parts.extend(named.or_else(|| text("name")).map(str::to_owned));
    if let Some(role) = text("role") {
        parts.push(visit.t(&format!("audit-role-{role}")).into_owned());
    }
    if entry.section == Section::Permission
        && let Some(organ) = number("organ").and_then(Id::new)
    {
        parts.push(organ_name(visit, house, organ));
    }
    if let Some(reason) = text("reason") {
        parts.push(visit.t(&format!("audit-reason-{}", reason.replace('_', "-"))).into_owned());
    }
    if let Some(failures) = number("failures") {
        parts.push(visit.ta("audit-failures", &[("n", &failures)]).into_owned());
    }
    if let Some(appeal) = number("appeal").and_then(Id::<gongzhi_kernel::kinds::Appeal>::new) {
        parts.push(visit.ta("audit-appeal", &[("number", &appeal.to_string())]).into_owned());
    }
    if let Some(entries) = number("entries") {
        parts.push(visit.ta("audit-entries", &[("n", &entries)]).into_owned());
    }
    parts.retain(|part| !part.is_empty());
    parts.join(" · ")
}

pub(crate) async fn export(visit: Visit, State(house): State<House>, form: Form<Asked>) -> Answer {
    let search = search(&visit, &house, &form.value).await??;
    let found = house.site.people().export_audit(visit.context(), search).await?;
    let mut text =
        String::from("\u{feff}time,event,section,kind,actor,person,name,organ,subject_kind,subject,told\r\n");
    for entry in &found.entries {
        let person = entry.person.map(|person| person.to_string()).unwrap_or_default();
        let name = entry.person.and_then(|person| found.names.get(&person)).cloned().unwrap_or_default();
        let organ = entry.organ.map(|organ| organ_name(&visit, &house, organ)).unwrap_or_default();
        let cells = [
            entry.at.to_string(),
            entry.event.to_string(),
            entry.section.word().to_owned(),
            entry.kind.clone(),
            entry.actor_kind.clone(),
            person,
            name,
            organ,
            entry.subject_kind.clone(),
            entry.subject.to_string(),
            entry.told.to_string(),
        ];
        // Writing into a string cannot fail.
        let _ = write!(text, "{}\r\n", cells.map(|cell| csv_cell(&cell)).join(","));
    }
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("text/csv; charset=utf-8")),
        (header::CONTENT_DISPOSITION, HeaderValue::from_static("attachment; filename=\"audit.csv\"")),
    ];
    Ok((headers, text).into_response())
}

/// A cell that no spreadsheet takes for a formula (OWASP: CSV injection).
fn csv_cell(text: &str) -> String {
    let risky = text.starts_with(['=', '+', '-', '@', '\t', '\r']);
    let text = if risky { format!("'{text}") } else { text.to_owned() };
    if text.contains(['"', ',', '\n', '\r']) { format!("\"{}\"", text.replace('"', "\"\"")) } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_is_text_and_nothing_else() {
        assert_eq!(csv_cell("王芳"), "王芳");
        assert_eq!(csv_cell("a,\"b\""), "\"a,\"\"b\"\"\"");
        assert_eq!(csv_cell("=HYPERLINK(1)"), "'=HYPERLINK(1)");
        assert_eq!(csv_cell("@x,y"), "\"'@x,y\"");
    }
}
