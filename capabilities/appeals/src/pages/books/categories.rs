//! The category tree: what people choose from when they report.

use askama::Template;
use axum::extract::State;
use axum::response::IntoResponse;
use gongzhi_kernel::{LocalText, Refusal};
use gongzhi_web::{Answer, Choice, Form, Path, Shell, Tone, Visit, WebError};
use serde::Deserialize;

use crate::actions::Appeals;
use crate::actions::books::NewCategory;
use crate::catalogue::{Categories, Category, DEPTH};
use crate::model::{CategoryId, Urgency};

/// One category in the tree.
#[derive(Debug, Clone)]
pub(crate) struct RowView {
    pub(crate) href: String,
    pub(crate) code: String,
    pub(crate) zh: String,
    pub(crate) en: String,
    pub(crate) urgency: String,
    pub(crate) active: bool,
    /// 0 at the top.
    pub(crate) level: usize,
}

#[derive(Debug, Template)]
#[template(path = "appeals/books_categories.html")]
pub(crate) struct CategoriesPage {
    pub(crate) shell: Shell,
    pub(crate) rows: Vec<RowView>,
    pub(crate) parents: Vec<Choice>,
    pub(crate) urgencies: Vec<Choice>,
    pub(crate) keeper: bool,
}

#[derive(Debug, Template)]
#[template(path = "appeals/books_category.html")]
pub(crate) struct CategoryPage {
    pub(crate) shell: Shell,
    pub(crate) action: String,
    pub(crate) path: String,
    pub(crate) category: Category,
    /// `yes`, or nothing: as its box sends it.
    pub(crate) offered: &'static str,
    pub(crate) urgencies: Vec<Choice>,
}

/// A category as a form says it.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Filled {
    code: String,
    name_zh: String,
    name_en: String,
    parent: String,
    urgency: String,
    active: String,
}

impl Filled {
    fn category(&self, parent: Option<CategoryId>, active: bool) -> NewCategory {
        let english = self.name_en.trim();
        NewCategory {
            code: self.code.clone(),
            name: LocalText {
                zh: self.name_zh.clone(),
                en: (!english.is_empty()).then(|| english.to_owned()),
            },
            parent,
            urgency: Urgency::from_word(&self.urgency).unwrap_or(Urgency::Ordinary),
            active,
        }
    }
}

fn urgencies(shell: &Shell) -> Vec<Choice> {
    let choice =
        |urgency: &Urgency| Choice::new(urgency.word(), shell.t(format!("urgency-{}", urgency.word())));
    Urgency::ALL.iter().map(choice).collect()
}

/// The tree from the top, each category before those below it.
fn walk<'t>(
    tree: &'t Categories,
    parent: Option<CategoryId>,
    level: usize,
    rows: &mut Vec<(usize, &'t Category)>,
) {
    for category in tree.children(parent) {
        rows.push((level, category));
        if level < DEPTH {
            walk(tree, Some(category.id), level + 1, rows);
        }
    }
}

fn page(visit: &Visit, appeals: &Appeals, shell: Shell) -> Result<CategoriesPage, WebError> {
    appeals.may_read_books(visit.context())?;
    let books = appeals.books();
    let mut tree = Vec::new();
    walk(&books.categories, None, 0, &mut tree);
    let rows = tree
        .iter()
        .map(|(level, category)| RowView {
            href: format!("/books/categories/{}", category.id),
            code: category.code.clone(),
            zh: category.name.zh.clone(),
            en: category.name.en.clone().unwrap_or_default(),
            urgency: shell.t(format!("urgency-{}", category.urgency.word())).into_owned(),
            active: category.active,
            level: *level,
        })
        .collect();
    let mut parents = vec![Choice::new("", shell.t("books-category-top"))];
    parents.extend(tree.iter().filter(|(level, _)| level + 1 < DEPTH).map(|(level, category)| {
        let indent = if *level == 0 { "" } else { "　" };
        Choice::new(category.id.to_string(), format!("{indent}{}", shell.name(&category.name)))
    }));
    let urgencies = urgencies(&shell);
    Ok(CategoriesPage { rows, parents, urgencies, keeper: appeals.may_keep_books(visit.context()), shell })
}

/// The tree.
pub(crate) async fn show(visit: Visit, State(appeals): State<Appeals>) -> Answer {
    let page = page(&visit, &appeals, visit.shell("books-categories"))?;
    visit.page(&page)
}

/// Adds a category.
pub(crate) async fn add(visit: Visit, State(appeals): State<Appeals>, form: Form<Filled>) -> Answer {
    let parent = match form.value.parent.as_str() {
        "" => Ok(None),
        text => text.parse().map(Some).map_err(|_| {
            Refusal::new(gongzhi_kernel::RefusalKind::Invalid, "category-parent-unknown")
                .with("code", &form.value.code)
        }),
    };
    let done = match parent {
        Ok(parent) => appeals.establish_category(visit.context(), form.value.category(parent, true)).await,
        Err(refusal) => Err(refusal.into()),
    };
    match done {
        Ok(_) => Ok(visit
            .see_other("/books/categories")
            .saying(Tone::Good, "books-category-added")
            .with("name", form.value.name_zh)
            .into_response()),
        Err(failure) => {
            let refusal = visit.refused(failure)?;
            let shell = visit.shell("books-categories").refill(form.typed, refusal);
            let page = page(&visit, &appeals, shell)?;
            visit.page_with(http::StatusCode::UNPROCESSABLE_ENTITY, &page)
        }
    }
}

fn find(appeals: &Appeals, id: &str) -> Result<Category, WebError> {
    let known = id.parse().ok().and_then(|id| appeals.books().categories.get(id).cloned());
    known.ok_or_else(WebError::no_such_page)
}

fn one_page(appeals: &Appeals, shell: Shell, category: Category) -> CategoryPage {
    CategoryPage {
        action: format!("/books/categories/{}", category.id),
        path: super::super::names(appeals).category_path(&shell, Some(category.id)),
        urgencies: urgencies(&shell),
        offered: if category.active { "yes" } else { "" },
        category,
        shell,
    }
}

/// One category, to be changed.
pub(crate) async fn one(visit: Visit, State(appeals): State<Appeals>, Path(id): Path<String>) -> Answer {
    appeals.may_read_books(visit.context())?;
    let category = find(&appeals, &id)?;
    visit.page(&one_page(&appeals, visit.shell("books-category-change"), category))
}

/// Changes a category.
pub(crate) async fn change(
    visit: Visit,
    State(appeals): State<Appeals>,
    Path(id): Path<String>,
    form: Form<Filled>,
) -> Answer {
    let category = find(&appeals, &id)?;
    let change = form.value.category(category.parent, form.value.active == "yes");
    match appeals.change_category(visit.context(), category.id, change).await {
        Ok(()) => Ok(visit
            .see_other("/books/categories")
            .saying(Tone::Good, "books-category-changed")
            .with("name", form.value.name_zh)
            .into_response()),
        Err(failure) => {
            let refusal = visit.refused(failure)?;
            let shell = visit.shell("books-category-change").refill(form.typed, refusal);
            visit.page_with(http::StatusCode::UNPROCESSABLE_ENTITY, &one_page(&appeals, shell, category))
        }
    }
}
