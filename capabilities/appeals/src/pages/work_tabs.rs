//! The queues of the workbench.

use gongzhi_kernel::ActorKind;
use gongzhi_web::{Shell, Tone, Visit};

use crate::queries::{Desk, DeskCounts, DeskFilter};

/// One queue.
#[derive(Debug, Clone)]
pub(crate) struct TabView {
    pub(crate) href: String,
    pub(crate) label: String,
    pub(crate) current: bool,
    pub(crate) tone: Tone,
    pub(crate) count: Option<String>,
}

/// The desk of whoever looks: an organ's own, or the dispatchers'.
pub(super) fn desk(visit: &Visit) -> Desk {
    match (visit.actor().kind(), visit.actor().organ()) {
        (ActorKind::Official, Some(organ)) => Desk::Organ(organ),
        _ => Desk::Dispatchers,
    }
}

/// The queues of a desk, in their order.
pub(super) fn filters(desk: Desk) -> &'static [DeskFilter] {
    match desk {
        Desk::Organ(_) => &[
            DeskFilter::ToAccept,
            DeskFilter::InWork,
            DeskFilter::DueSoon,
            DeskFilter::Overdue,
            DeskFilter::Mine,
            DeskFilter::Supervised,
            DeskFilter::Whistle,
            DeskFilter::Asked,
            DeskFilter::Returned,
        ],
        Desk::Dispatchers => &[
            DeskFilter::ToDispatch,
            DeskFilter::Returned,
            DeskFilter::DueSoon,
            DeskFilter::Overdue,
            DeskFilter::Supervised,
            DeskFilter::Asked,
        ],
    }
}

fn tab_key(filter: DeskFilter) -> &'static str {
    match filter {
        DeskFilter::All => "work-tab-all",
        DeskFilter::ToDispatch => "work-tab-dispatch",
        DeskFilter::ToAccept => "work-tab-accept",
        DeskFilter::InWork => "work-tab-work",
        DeskFilter::DueSoon => "work-tab-soon",
        DeskFilter::Overdue => "work-tab-late",
        DeskFilter::Returned => "work-tab-returned",
        DeskFilter::Mine => "work-tab-mine",
        DeskFilter::Supervised => "work-tab-supervised",
        DeskFilter::Whistle => "work-tab-whistle",
        DeskFilter::Asked => "work-tab-asked",
    }
}

fn tab_tone(filter: DeskFilter, count: i64) -> Tone {
    match filter {
        DeskFilter::Overdue if count > 0 => Tone::Bad,
        DeskFilter::DueSoon | DeskFilter::Supervised if count > 0 => Tone::Warn,
        _ => Tone::Calm,
    }
}

pub(super) fn tabs(shell: &Shell, desk: Desk, chosen: DeskFilter, counts: &DeskCounts) -> Vec<TabView> {
    filters(desk)
        .iter()
        .map(|filter| {
            let count = counts.of(*filter);
            TabView {
                href: format!("/work?tab={}", filter.word()),
                label: shell.t(tab_key(*filter)).into_owned(),
                current: *filter == chosen,
                tone: tab_tone(*filter, count),
                count: Some(shell.number(count)),
            }
        })
        .collect()
}
