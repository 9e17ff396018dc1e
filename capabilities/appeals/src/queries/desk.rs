//! Desks: the queues of those who must act, by deadline, with their counts.

use std::time::Duration;

use gongzhi_kernel::{AppealId, Context, Failure, OrganId};
use gongzhi_people::Resource;

use super::{and_one, page_size};
use crate::actions::Appeals;
use crate::model::StateName;
use crate::store::lists::{self, DeskCount, Item, QueueAsked};
use crate::store::tasks;

/// What counts as due soon.
const SOON: Duration = Duration::from_secs(24 * 3600);

/// Whose queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Desk {
    /// The dispatchers': cases that the catalogue names no organ for, and cases that were sent back.
    Dispatchers,
    /// An organ's.
    Organ(OrganId),
}

/// Which cases of a desk.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum DeskFilter {
    /// All.
    #[default]
    All,
    /// 待派单: on the dispatchers' desk, new ones.
    ToDispatch,
    /// 待签收: sent to the organ and not yet accepted.
    ToAccept,
    /// 办理中: accepted.
    InWork,
    /// 即将到期: something is due within a day.
    DueSoon,
    /// 已逾期: something was promised for an earlier time.
    Overdue,
    /// 退单: on the dispatchers' desk those sent back; on an organ's, those it has sent back that still wait.
    Returned,
    /// 我的: on an organ's desk, those that the official who looks works.
    Mine,
    /// 督办: pressed by the level above, or to be looked at again after an answer to that.
    Supervised,
    /// 吹哨: a street calls, or a department has reported and is to be scored.
    Whistle,
    /// 待协同: asked for help, for time, for a decision.
    Asked,
}

impl DeskFilter {
    /// All filters, in the order in which they are offered.
    pub const ALL: [Self; 11] = [
        Self::All,
        Self::ToDispatch,
        Self::ToAccept,
        Self::InWork,
        Self::DueSoon,
        Self::Overdue,
        Self::Returned,
        Self::Mine,
        Self::Supervised,
        Self::Whistle,
        Self::Asked,
    ];

    /// Its word in addresses.
    pub const fn word(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::ToDispatch => "to_dispatch",
            Self::ToAccept => "to_accept",
            Self::InWork => "in_work",
            Self::DueSoon => "due_soon",
            Self::Overdue => "overdue",
            Self::Returned => "returned",
            Self::Mine => "mine",
            Self::Supervised => "supervised",
            Self::Whistle => "whistle",
            Self::Asked => "asked",
        }
    }

    /// The filter of a word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|filter| filter.word() == word)
    }
}

/// A place in a queue, from which the next page goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// The deadline, in microseconds.
    pub due: i64,
    /// The number.
    pub id: AppealId,
}

impl std::fmt::Display for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}.{}", self.due, self.id.get())
    }
}

impl std::str::FromStr for Place {
    type Err = gongzhi_kernel::BadId;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (due, id) = text.split_once('.').ok_or(gongzhi_kernel::BadId)?;
        Ok(Self { due: due.parse().map_err(|_| gongzhi_kernel::BadId)?, id: id.parse()? })
    }
}

/// How many cases wait on a desk.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct DeskCounts {
    /// All of the desk.
    pub all: i64,
    /// See [`DeskFilter::ToDispatch`].
    pub to_dispatch: i64,
    /// See [`DeskFilter::ToAccept`].
    pub to_accept: i64,
    /// See [`DeskFilter::InWork`].
    pub in_work: i64,
    /// See [`DeskFilter::DueSoon`].
    pub due_soon: i64,
    /// See [`DeskFilter::Overdue`].
    pub overdue: i64,
    /// See [`DeskFilter::Returned`].
    pub returned: i64,
    /// See [`DeskFilter::Mine`].
    pub mine: i64,
    /// See [`DeskFilter::Supervised`].
    pub supervised: i64,
    /// See [`DeskFilter::Whistle`].
    pub whistle: i64,
    /// See [`DeskFilter::Asked`].
    pub asked: i64,
}

impl DeskCounts {
    /// The count of a filter.
    pub fn of(&self, filter: DeskFilter) -> i64 {
        match filter {
            DeskFilter::All => self.all,
            DeskFilter::ToDispatch => self.to_dispatch,
            DeskFilter::ToAccept => self.to_accept,
            DeskFilter::InWork => self.in_work,
            DeskFilter::DueSoon => self.due_soon,
            DeskFilter::Overdue => self.overdue,
            DeskFilter::Returned => self.returned,
            DeskFilter::Mine => self.mine,
            DeskFilter::Supervised => self.supervised,
            DeskFilter::Whistle => self.whistle,
            DeskFilter::Asked => self.asked,
        }
    }

    fn sum(counts: &[DeskCount], returned: Option<i64>) -> Self {
        let mut sum = Self::default();
        for count in counts {
            sum.all += count.all;
            sum.overdue += count.late;
            sum.due_soon += count.due_soon;
            match count.state {
                StateName::Submitted => sum.to_dispatch += count.all,
                StateName::Returned => sum.returned += count.all,
                StateName::Dispatched => sum.to_accept += count.all,
                StateName::Accepted | StateName::Contacted => sum.in_work += count.all,
                StateName::Answered | StateName::Appraised | StateName::Closed | StateName::Withdrawn => {}
            }
        }
        sum.returned = returned.unwrap_or(sum.returned);
        sum
    }
}

/// A page of a desk's queue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeskPage {
    /// The cases, the earliest deadline first.
    pub items: Vec<Item>,
    /// From where the queue goes on, if it does.
    pub next: Option<Place>,
    /// How many wait.
    pub counts: DeskCounts,
}

impl Appeals {
    /// A page of a desk's queue, by deadline, with the counts of all filters. Refused by the policy.
    pub async fn desk(
        &self,
        context: &Context,
        desk: Desk,
        filter: DeskFilter,
        after: Option<Place>,
        size: usize,
    ) -> Result<DeskPage, Failure> {
        match desk {
            Desk::Dispatchers => {
                self.policies().require(&context.actor, "appeal.dispatch_desk", &Resource::city())?;
            }
            Desk::Organ(organ) => {
                let resource = Resource::new("organ", organ);
                self.policies().require(&context.actor, "appeal.work_desk", &resource)?;
            }
        }
        let (size, soon) = (page_size(size), context.now + SOON);
        let own = match desk {
            Desk::Dispatchers => None,
            Desk::Organ(organ) => Some(organ),
        };
        // Tasks lie on the desk of the organ that somebody acts for; of the hotline centre on its own.
        let beside = own.or_else(|| context.actor.organ());
        let person = context.actor.person().filter(|_| own.is_some());
        let mut asked = QueueAsked::default();
        let mut queue = own;
        match filter {
            DeskFilter::All => {}
            DeskFilter::ToDispatch => asked.states = Some([StateName::Submitted; 2]),
            DeskFilter::ToAccept => asked.states = Some([StateName::Dispatched; 2]),
            DeskFilter::InWork => asked.states = Some([StateName::Accepted, StateName::Contacted]),
            DeskFilter::DueSoon => asked.due_until = Some(soon),
            DeskFilter::Overdue => asked.late = true,
            DeskFilter::Returned => {
                asked.states = Some([StateName::Returned; 2]);
                asked.organ = own;
                queue = None;
            }
            DeskFilter::Mine | DeskFilter::Supervised | DeskFilter::Whistle | DeskFilter::Asked => {}
        }
        self.store()
            .read(move |tx| {
                let after = after.map(|place| (place.due, place.id.get()));
                let from = after.unwrap_or((i64::MIN, 0));
                let mut items = match (filter, beside, person) {
                    (DeskFilter::Mine, Some(organ), Some(person)) => {
                        tasks::mine(tx, person, organ, from, and_one(size))?
                    }
                    (DeskFilter::Supervised | DeskFilter::Whistle | DeskFilter::Asked, Some(organ), _) => {
                        tasks::queue(tx, organ, filter.word(), from, and_one(size))?
                    }
                    (
                        DeskFilter::Mine | DeskFilter::Supervised | DeskFilter::Whistle | DeskFilter::Asked,
                        ..,
                    ) => Vec::new(),
                    _ => lists::queue(tx, queue, &asked, after, and_one(size))?,
                };
                let counts = lists::counts(tx, own, soon)?;
                let returned = own.map(|organ| lists::returned_by(tx, organ)).transpose()?;
                let more = items.len() > size;
                items.truncate(size);
                let place = |item: &Item| Some(Place { due: item.place?, id: item.id });
                let next = items.last().filter(|_| more).and_then(place);
                let mut counts = DeskCounts::sum(&counts, returned);
                for (queue, count) in
                    beside.map(|organ| tasks::queue_counts(tx, organ)).transpose()?.unwrap_or_default()
                {
                    match DeskFilter::from_word(&queue) {
                        Some(DeskFilter::Supervised) => counts.supervised = count,
                        Some(DeskFilter::Whistle) => counts.whistle = count,
                        Some(DeskFilter::Asked) => counts.asked = count,
                        _ => {}
                    }
                }
                if let (Some(organ), Some(person)) = (own, person) {
                    counts.mine = tasks::mine_count(tx, person, organ)?;
                }
                Ok(DeskPage { items, next, counts })
            })
            .await
    }
}
