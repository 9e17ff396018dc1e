//! 办理规则与目录: the books that everybody's work follows. Staff read them, the administrator adopts new versions; nothing
//! is overwritten, each version holds from its own moment.

pub(super) mod catalogue;
pub(super) mod categories;
pub(super) mod rulebook;

use askama::Template;
use axum::extract::State;
use gongzhi_kernel::{ActorKind, FieldError, Refusal, Timestamp};
use gongzhi_web::{Access, Answer, Routes, Shell, Visit, WebError};
use jiff::tz::TimeZone;
use serde::Deserialize;

use crate::actions::Appeals;

/// Who works by the books.
pub(crate) const READERS: Access =
    Access::Kinds(&[ActorKind::Official, ActorKind::Operator, ActorKind::Auditor, ActorKind::Administrator]);
/// Who keeps them.
const KEEPERS: Access = Access::Kinds(&[ActorKind::Administrator]);

/// The routes of the books.
pub(super) fn routes(routes: Routes<Appeals>) -> Routes<Appeals> {
    routes
        .get("/books", READERS, show)
        .get("/books/rulebook", READERS, rulebook::show)
        .post("/books/rulebook", KEEPERS, rulebook::adopt)
        .get("/books/categories", READERS, categories::show)
        .post("/books/categories", KEEPERS, categories::add)
        .get("/books/categories/{id}", KEEPERS, categories::one)
        .post("/books/categories/{id}", KEEPERS, categories::change)
        .get("/books/catalogue", READERS, catalogue::show)
        .post("/books/catalogue", KEEPERS, catalogue::adopt)
        .post("/books/catalogue/trial", KEEPERS, catalogue::try_out)
}

/// One version of a book.
#[derive(Debug, Clone)]
pub(crate) struct VersionView {
    pub(crate) number: i64,
    pub(crate) from: Timestamp,
    pub(crate) href: String,
    pub(crate) in_force: bool,
    pub(crate) to_come: bool,
}

/// Which version of a book.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Wanted {
    version: String,
}

impl Wanted {
    /// Its number; `None`: the one in force.
    fn number(&self) -> Result<Option<i64>, WebError> {
        match self.version.as_str() {
            "" => Ok(None),
            text => text.parse().map(Some).map_err(|_| WebError::no_such_page()),
        }
    }
}

/// The versions of a book, the newest first.
fn versions(
    path: &str,
    all: impl Iterator<Item = (i64, Timestamp)>,
    in_force: i64,
    now: Timestamp,
) -> Vec<VersionView> {
    let mut versions: Vec<VersionView> = all
        .map(|(number, from)| VersionView {
            number,
            from,
            href: format!("{path}?version={number}"),
            in_force: number == in_force,
            to_come: from > now,
        })
        .collect();
    versions.reverse();
    versions
}

/// One book in the overview.
#[derive(Debug, Clone)]
pub(crate) struct BookView {
    pub(crate) href: &'static str,
    pub(crate) icon: &'static str,
    pub(crate) name: String,
    pub(crate) line: String,
}

#[derive(Debug, Template)]
#[template(path = "appeals/books.html")]
pub(crate) struct BooksPage {
    pub(crate) shell: Shell,
    pub(crate) books: Vec<BookView>,
}

/// The overview.
async fn show(visit: Visit, State(appeals): State<Appeals>) -> Answer {
    appeals.may_read_books(visit.context())?;
    let (books, now) = (appeals.books(), visit.now());
    let shell = visit.shell("books-title");
    let rulebook = books.rulebook(now)?.version;
    let catalogue = books.catalogue(now).map_or(0, |catalogue| catalogue.len());
    let book =
        |href, icon, key: &str, line: String| BookView { href, icon, name: shell.t(key).into_owned(), line };
    let views = vec![
        book(
            "/books/rulebook",
            "clock",
            "books-rulebook",
            shell.t1("books-rulebook-line", "version", rulebook).into_owned(),
        ),
        book(
            "/books/categories",
            "tag",
            "books-categories",
            shell.t1("books-categories-line", "count", count(books.categories.len())).into_owned(),
        ),
        book(
            "/books/catalogue",
            "send",
            "books-catalogue",
            shell.t1("books-catalogue-line", "count", count(catalogue)).into_owned(),
        ),
    ];
    visit.page(&BooksPage { books: views, shell })
}

fn count(number: usize) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// The moment that a form names in the city's time; nothing stands for at once.
fn effective(text: &str, zone: TimeZone, now: Timestamp) -> Result<Timestamp, Refusal> {
    let text = text.trim();
    if text.is_empty() {
        return Ok(now);
    }
    let wrong = || Refusal::fields(vec![FieldError::new("effective", "books-effective-wrong")]);
    let local: jiff::civil::DateTime = text.parse().map_err(|_| wrong())?;
    let there = local.to_zoned_datetime(zone).map_err(|_| wrong())?;
    Ok(Timestamp::from_jiff(there.timestamp()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_read_in_the_citys_time() {
        let now = Timestamp::from_millis(1_000);
        let zone = || TimeZone::get("Asia/Shanghai").unwrap();
        assert_eq!(effective(" ", zone(), now).unwrap(), now);
        let read = effective("2026-12-01T08:00", zone(), now).unwrap();
        assert_eq!(read.to_string(), "2026-12-01T00:00:00Z");
        for wrong in ["tomorrow", "2026-13-01T08:00", "2026-12-01T25:00", "99999-01-01T00:00"] {
            assert!(effective(wrong, zone(), now).is_err(), "{wrong}");
        }
    }
}
