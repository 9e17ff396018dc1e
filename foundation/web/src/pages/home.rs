//! Home and the pages that explain the house.

use askama::Template;
use axum::extract::State;

use super::House;
use crate::answer::Answer;
use crate::shell::Shell;
use crate::visit::Visit;

#[derive(Debug, Template)]
#[template(path = "pages/home.html")]
pub(crate) struct HomePage {
    pub(crate) shell: Shell,
    /// HTML of the capabilities, rendered by their own templates.
    pub(crate) parts: Vec<String>,
}

/// The home page: the parts of the capabilities; in the elder edition three doors.
pub(crate) async fn home(visit: Visit, State(house): State<House>) -> Answer {
    let shell = visit.shell("welcome-title").describing(visit.ta("welcome-lead", &[("city", &city(&visit))]));
    let elder = shell.is_elder();
    let mut parts = Vec::new();
    for part in house.site.home() {
        if elder && !part.in_elder_edition() {
            continue;
        }
        parts.extend(part.render(&visit).await?);
    }
    // Not public: the form in it carries the visitor's own token.
    visit.page(&HomePage { shell, parts })
}

fn city(visit: &Visit) -> String {
    visit.site().config().city.get(visit.locale()).to_owned()
}

/// A page of a few paragraphs.
#[derive(Debug, Template)]
#[template(path = "pages/info.html")]
pub(crate) struct InfoPage {
    pub(crate) shell: Shell,
    pub(crate) lead: &'static str,
    /// Keys of heading and text; the heading may be empty.
    pub(crate) parts: &'static [(&'static str, &'static str)],
}

pub(crate) async fn help(visit: Visit) -> Answer {
    let parts = &[
        ("help-report-title", "help-report"),
        ("help-follow-title", "help-follow"),
        ("help-appraise-title", "help-appraise"),
        ("", "help-danger"),
    ];
    visit.public_page(&InfoPage { shell: visit.shell("help-title"), lead: "help-lead", parts })
}

pub(crate) async fn accessibility(visit: Visit) -> Answer {
    let parts = &[
        ("", "accessibility-1"),
        ("", "accessibility-2"),
        ("", "accessibility-3"),
        ("", "accessibility-4"),
        ("", "accessibility-way"),
    ];
    visit.public_page(&InfoPage {
        shell: visit.shell("accessibility-title"),
        lead: "accessibility-lead",
        parts,
    })
}

pub(crate) async fn privacy(visit: Visit) -> Answer {
    let parts = &[("", "privacy-1"), ("", "privacy-2"), ("", "privacy-3"), ("", "privacy-4")];
    visit.public_page(&InfoPage { shell: visit.shell("privacy-title"), lead: "privacy-lead", parts })
}
