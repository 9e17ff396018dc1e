//! Read models for pages and API: what this actor may see, and nothing else.
//!
//! [`Appeals::list`] (public list, search), [`Appeals::mine`], [`Appeals::case`] and [`Appeals::track`] (one case with its
//! story), [`Appeals::public_appeals`] (Open311), [`Appeals::desk`] (the queues of those who must act), [`Appeals::figures`] (the home page).

mod case;
mod desk;
mod files;
mod indicators;
mod list;
mod open311;
mod tasks;

pub use case::{CaseView, Knot, Who};
pub use desk::{Desk, DeskCounts, DeskFilter, DeskPage, Place};
pub use indicators::{Adds, AskedCases, Dashboard, Part, Scope, TREND, WatchedCase, WatchedCases, Which};
pub use list::{ListFilter, ListPage};
pub use open311::{PublicAppeal, PublicStep};
pub use tasks::{Beside, CallItem, Joined, TaskView};

pub use crate::store::lists::{From, Item};

/// Cases on a page where the caller does not say.
pub const PAGE: usize = 20;
/// Cases on a page at most.
pub const MOST: usize = 200;

/// The size of a page as it will be.
pub(crate) fn page_size(wanted: usize) -> usize {
    wanted.clamp(1, MOST)
}

/// One more than the page, to see whether there is another.
pub(crate) fn and_one(size: usize) -> i64 {
    i64::try_from(size + 1).unwrap_or(i64::MAX)
}
