//! An appeal in a list: where it stands, what it is about, where, when, and how it was answered.

use gongzhi_kernel::Timestamp;
use gongzhi_web::{Badge, Shell, Tone};

use super::case_view::{nearness, title};
use super::names::{Names, excerpt, state_look, state_words};
use crate::queries::{self, Item};

/// How much of an answer a card shows, in characters.
const EXCERPT: usize = 90;

/// A card.
#[derive(Debug, Clone)]
pub(crate) struct CardView {
    pub(crate) href: String,
    pub(crate) title: String,
    pub(crate) badge: Badge,
    /// The next deadline, while it is open.
    pub(crate) due: Option<Timestamp>,
    pub(crate) kind: String,
    pub(crate) category: String,
    pub(crate) place: String,
    pub(crate) at: Timestamp,
    pub(crate) reply_head: String,
    pub(crate) reply: String,
    /// The number with which a report that is being written says that it is this matter; none where it is no such page.
    pub(crate) same: Option<String>,
    /// How many follow it, in a sentence; empty where it is not told.
    pub(crate) followers: String,
}

impl CardView {
    /// For everybody.
    pub(crate) fn new(shell: &Shell, names: &Names, item: &Item) -> Self {
        let (tone, icon) = state_look(item.state);
        let reply = excerpt(&item.reply, EXCERPT);
        let reply_head = if reply.is_empty() {
            String::new()
        } else {
            shell.t1("list-answer-of", "organ", names.organ(shell, item.organ)).into_owned()
        };
        Self {
            href: format!("/appeals/{}", item.id),
            title: title(shell, &item.title),
            badge: shell.badge(tone, state_words(shell, item.state)).icon(icon),
            due: item.next_due.map(|(_, due)| due),
            kind: shell.t(format!("kind-{}", item.kind)).into_owned(),
            category: names.category(shell, item.category),
            place: names.area_short(shell, item.area),
            at: item.submitted_at,
            reply_head,
            reply,
            same: None,
            followers: String::new(),
        }
    }

    /// Of one case, for everybody.
    pub(crate) fn of_case(shell: &Shell, names: &Names, case: &queries::CaseView) -> Self {
        let (tone, icon) = state_look(case.state);
        let reply = excerpt(&case.reply, EXCERPT);
        let reply_head = if reply.is_empty() {
            String::new()
        } else {
            shell.t1("list-answer-of", "organ", names.organ(shell, case.organ)).into_owned()
        };
        Self {
            href: format!("/appeals/{}", case.id),
            title: title(shell, &case.title),
            badge: shell.badge(tone, state_words(shell, case.state)).icon(icon),
            due: case.next_due.map(|(_, due)| due),
            kind: shell.t(format!("kind-{}", case.kind)).into_owned(),
            category: names.category(shell, case.category),
            place: names.area_short(shell, case.area),
            at: case.submitted_at,
            reply_head,
            reply,
            same: None,
            followers: String::new(),
        }
    }
}

/// A row of a queue.
#[derive(Debug, Clone)]
pub(crate) struct RowView {
    pub(crate) number: String,
    pub(crate) href: String,
    pub(crate) current: bool,
    pub(crate) tone: Tone,
    pub(crate) badge: Badge,
    pub(crate) due: Option<Timestamp>,
    pub(crate) stage: String,
    pub(crate) title: String,
    pub(crate) kind: String,
    pub(crate) category: String,
    pub(crate) place: String,
}

impl RowView {
    /// For those who must act.
    pub(crate) fn new(shell: &Shell, names: &Names, item: &Item, href: String, current: bool) -> Self {
        let (look, icon) = state_look(item.state);
        let next = item.next_due;
        Self {
            number: item.id.to_string(),
            href,
            current,
            tone: next.map_or(look, |(_, due)| nearness(shell.visit().now(), due)),
            badge: shell.badge(look, state_words(shell, item.state)).icon(icon),
            due: next.map(|(_, due)| due),
            stage: next.map_or_else(String::new, |(stage, _)| {
                shell.t(format!("stage-{}", stage.word())).into_owned()
            }),
            title: title(shell, &item.title),
            kind: shell.t(format!("kind-{}", item.kind)).into_owned(),
            category: names.category(shell, item.category),
            place: names.area_short(shell, item.area),
        }
    }
}
