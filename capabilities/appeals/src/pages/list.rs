//! 大家的事: the public list with search, filters and cursors; and 问一问, the same over what has been answered.

use askama::Template;
use axum::extract::State;
use gongzhi_kernel::{FieldError, Refusal};
use gongzhi_web::{Answer, Query, Shell, Visit};
use serde::Deserialize;

use super::card_view::CardView;
use super::names::query_part;
use super::select::{self, Group, Item as Choice};
use super::tracking::parse_number;
use crate::actions::Appeals;
use crate::model::{Kind, Phase};
use crate::queries::{From, ListFilter, PAGE};

/// The filters as they stand in the address. What is no known value is refused with its name.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Wanted {
    pub(crate) q: String,
    pub(crate) status: String,
    pub(crate) kind: String,
    pub(crate) category: String,
    pub(crate) area: String,
    pub(crate) organ: String,
    pub(crate) late: String,
    pub(crate) before: String,
    pub(crate) after: String,
}

/// The filters for the template.
#[derive(Debug, Clone)]
pub(crate) struct FilterView {
    pub(crate) q: String,
    pub(crate) late: bool,
}

/// One list to choose from.
#[derive(Debug, Clone)]
pub(crate) struct SelectView {
    pub(crate) name: &'static str,
    pub(crate) label: String,
    pub(crate) groups: Vec<Group>,
}

#[derive(Debug, Template)]
#[template(path = "appeals/list.html")]
pub(crate) struct ListPage {
    pub(crate) shell: Shell,
    pub(crate) lead: String,
    pub(crate) action: &'static str,
    pub(crate) filter: FilterView,
    pub(crate) filtered: bool,
    pub(crate) selects: Vec<SelectView>,
    pub(crate) cards: Vec<CardView>,
    pub(crate) newer: Option<String>,
    pub(crate) older: Option<String>,
}

impl Wanted {
    /// What the list is asked, or which value is none.
    pub(crate) fn filter(&self, appeals: &Appeals) -> Result<ListFilter, Refusal> {
        let (books, directory) = (appeals.books(), appeals.directory());
        let mut errors = Vec::new();
        let mut wrong = |field: &'static str, value: &str| {
            errors.push(
                FieldError::new(field, "api-bad-filter").with("value", super::names::excerpt(value, 40)),
            );
        };
        let mut filter = ListFilter { words: self.q.clone(), size: PAGE, ..ListFilter::default() };
        if !self.status.is_empty() {
            filter.phase = Phase::from_word(&self.status);
            if filter.phase.is_none() {
                wrong("status", &self.status);
            }
        }
        if !self.kind.is_empty() {
            filter.kind = Kind::from_word(&self.kind);
            if filter.kind.is_none() {
                wrong("kind", &self.kind);
            }
        }
        if !self.category.is_empty() {
            let by_code = || books.categories.by_code(&self.category);
            let known = self.category.parse().ok().and_then(|id| books.categories.get(id)).or_else(by_code);
            filter.category = known.map(|category| category.id);
            if filter.category.is_none() {
                wrong("category", &self.category);
            }
        }
        if !self.area.is_empty() {
            let known = self
                .area
                .parse()
                .ok()
                .and_then(|id| directory.area(id))
                .or_else(|| directory.area_by_code(&self.area));
            filter.area = known.map(|area| area.id);
            if filter.area.is_none() {
                wrong("area", &self.area);
            }
        }
        if !self.organ.is_empty() {
            let known = self
                .organ
                .parse()
                .ok()
                .and_then(|id| directory.organ(id))
                .or_else(|| directory.organ_by_code(&self.organ));
            filter.organ = known.map(|organ| organ.id);
            if filter.organ.is_none() {
                wrong("organ", &self.organ);
            }
        }
        match self.late.as_str() {
            "" | "no" | "false" => {}
            "yes" | "true" | "1" => filter.late = true,
            other => wrong("late", other),
        }
        if errors.is_empty() { Ok(filter) } else { Err(Refusal::fields(errors)) }
    }

    /// Where the page begins.
    pub(crate) fn from(&self) -> Result<From, Refusal> {
        let cursor = |field: &'static str, text: &str| {
            parse_number(text).ok_or_else(|| Refusal::fields(vec![FieldError::new(field, "api-bad-cursor")]))
        };
        match (self.before.as_str(), self.after.as_str()) {
            ("", "") => Ok(From::Older(None)),
            (before, "") => Ok(From::Older(Some(cursor("before", before)?))),
            ("", after) => Ok(From::Newer(cursor("after", after)?)),
            _ => Err(Refusal::fields(vec![FieldError::new("after", "api-bad-cursor")])),
        }
    }

    /// The filters again as an address's query, without the place in the list; begins with `?` and ends so that
    /// more may follow.
    pub(crate) fn address(&self, path: &str) -> String {
        let pairs = [
            ("q", &self.q),
            ("status", &self.status),
            ("kind", &self.kind),
            ("category", &self.category),
            ("area", &self.area),
            ("organ", &self.organ),
            ("late", &self.late),
        ];
        let mut address = format!("{path}?");
        for (name, value) in pairs {
            if !value.is_empty() {
                address.push_str(name);
                address.push('=');
                address.push_str(&query_part(value));
                address.push('&');
            }
        }
        address
    }
}

fn selects(shell: &Shell, appeals: &Appeals, filter: &ListFilter, ask: bool) -> Vec<SelectView> {
    let names = super::names(appeals);
    let all = |key: &str, chosen: bool| Group {
        options: vec![Choice { value: String::new(), label: shell.t(key).into_owned(), chosen }],
        ..Group::default()
    };
    let words = |prefix: &str, words: Vec<(&str, bool)>, none: bool| {
        let mut group = all("list-filter-all", none);
        group.options.extend(words.into_iter().map(|(word, chosen)| Choice {
            value: word.to_owned(),
            label: shell.t(format!("{prefix}-{word}")).into_owned(),
            chosen,
        }));
        vec![group]
    };
    let kinds = Kind::ALL.iter().map(|kind| (kind.word(), filter.kind == Some(*kind))).collect();
    let phases = Phase::ALL.iter().map(|phase| (phase.word(), filter.phase == Some(*phase))).collect();
    let mut categories = vec![all("list-filter-all", filter.category.is_none())];
    categories.extend(select::categories(shell, &names, filter.category, true));
    let mut areas = vec![all("list-filter-all-area", filter.area.is_none())];
    areas.extend(select::streets(shell, &names, filter.area, true));
    let label = |key: &str| shell.t(key).into_owned();
    let mut selects = vec![
        SelectView {
            name: "kind",
            label: label("list-filter-kind"),
            groups: words("kind", kinds, filter.kind.is_none()),
        },
        SelectView { name: "category", label: label("list-filter-category"), groups: categories },
        SelectView { name: "area", label: label("list-filter-area"), groups: areas },
    ];
    if !ask {
        let state = SelectView {
            name: "status",
            label: label("list-filter-state"),
            groups: words("phase", phases, filter.phase.is_none()),
        };
        selects.insert(0, state);
    }
    selects
}

async fn render(visit: Visit, appeals: Appeals, wanted: Wanted, ask: bool) -> Answer {
    let (path, title, lead) = if ask {
        ("/ask", "list-ask-title", "list-ask-lead")
    } else {
        ("/appeals", "list-title", "list-lead")
    };
    let mut filter = wanted.filter(&appeals)?;
    let from = wanted.from()?;
    let shown = filter.clone();
    if ask {
        filter.answered = true;
    }
    let found = appeals.list(&filter, from).await?;
    let shell = visit.shell(title).describing(visit.t(lead));
    let names = super::names(&appeals);
    let cards: Vec<CardView> = found.items.iter().map(|item| CardView::new(&shell, &names, item)).collect();
    let address = wanted.address(path);
    let page = ListPage {
        lead: shell.t(lead).into_owned(),
        action: path,
        filtered: shown.phase.is_some()
            || shown.kind.is_some()
            || shown.category.is_some()
            || shown.area.is_some()
            || shown.late
            || shown.organ.is_some(),
        filter: FilterView { q: wanted.q.clone(), late: shown.late },
        selects: selects(&shell, &appeals, &shown, ask),
        cards,
        newer: found.newer.map(|id| format!("{address}after={id}")),
        older: found.older.map(|id| format!("{address}before={id}")),
        shell,
    };
    visit.public_page(&page)
}

/// The public list.
pub(crate) async fn show(
    visit: Visit,
    State(appeals): State<Appeals>,
    Query(wanted): Query<Wanted>,
) -> Answer {
    render(visit, appeals, wanted, false).await
}

/// What has been answered, to be searched by those who have a question.
pub(crate) async fn ask(
    visit: Visit,
    State(appeals): State<Appeals>,
    Query(wanted): Query<Wanted>,
) -> Answer {
    render(visit, appeals, wanted, true).await
}
