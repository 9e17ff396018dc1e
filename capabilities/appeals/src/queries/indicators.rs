//! What is watched: dashboards from the counters, and each number down to its cases.

use std::collections::BTreeMap;

use gongzhi_kernel::{
    Actor, AppealId, AreaId, Context, Failure, Fault, Id, OrganId, Refusal, Subject, Timestamp,
};
use gongzhi_people::{AreaLevel, Directory, Resource};
use gongzhi_store::Tx;
use jiff::tz::TimeZone;

use crate::actions::{Appeals, Standing, resource};
use crate::events::SUBJECT;
use crate::indicators::{Case, Counts, EXCLUSION_SUBJECT, Indicator, LeftOut, Month, Weights};
use crate::model::{CategoryId, StateName};
use crate::store::indicators::{self as sql, Cell, Dimension};
use crate::store::lists::{self, Asked, From};

/// Over how many months a trend goes, the month in question among them.
pub const TREND: i64 = 12;
/// How many cases a page of the explanation shows.
const CASES: usize = 25;
/// How many cases are looked at for one page before it is cut and continued.
const LOOKED_AT: usize = 500;

/// What a dashboard is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// The whole city.
    City,
    /// A district: all of its streets.
    District(AreaId),
    /// A street.
    Street(AreaId),
    /// An organ: a department, a street office.
    Organ(OrganId),
}

/// What is counted of one member: an organ, a street, a category; `None` for what names none.
pub type Part<K> = (Option<Id<K>>, Counts);

/// The figures of a scope in a month.
#[derive(Debug, Clone)]
pub struct Dashboard {
    /// What it is about.
    pub scope: Scope,
    /// Which month.
    pub month: Month,
    /// The month of the city's calendar that is now.
    pub newest: Month,
    /// Which version of the rulebook the weights are from.
    pub rulebook: i64,
    /// The weights.
    pub weights: Weights,
    /// Twelve months up to this one, the oldest first; the last is the month itself.
    pub trend: Vec<(Month, Counts)>,
    /// The whole city in this month: what a part is compared with.
    pub city: Counts,
    /// By organ.
    pub organs: Vec<Part<gongzhi_kernel::kinds::Organ>>,
    /// By organ in the month before.
    pub organs_before: BTreeMap<i64, Counts>,
    /// By street.
    pub streets: Vec<Part<gongzhi_kernel::kinds::Area>>,
    /// By top category.
    pub categories: Vec<Part<crate::model::CategoryMark>>,
    /// By top category in the month before.
    pub categories_before: BTreeMap<i64, Counts>,
}

impl Dashboard {
    /// What is counted in the month.
    pub fn now(&self) -> Counts {
        self.trend.last().map(|(_, counts)| *counts).unwrap_or_default()
    }

    /// What was counted in the month before.
    pub fn before(&self) -> Counts {
        self.trend.iter().rev().nth(1).map(|(_, counts)| *counts).unwrap_or_default()
    }
}

/// Which of the cases behind a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Which {
    /// Those in the denominator.
    Counted,
    /// Of them, those that add nothing to the numerator, or not all they could.
    Missed,
    /// Those that were left out, with the reason.
    Excluded,
}

impl Which {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Counted, Self::Missed, Self::Excluded];

    /// Its word in addresses.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Counted => "counted",
            Self::Missed => "missed",
            Self::Excluded => "excluded",
        }
    }

    /// The choice of a word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.word() == word)
    }
}

/// What a case adds to a number: hundredths and denominator; or why nothing.
pub type Adds = Result<(i64, i64), LeftOut>;

/// A case behind a number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WatchedCase {
    /// Its number.
    pub id: AppealId,
    /// Its title, if this actor may see the case.
    pub title: Option<String>,
    /// What it is about.
    pub category: Option<CategoryId>,
    /// Where it stands.
    pub state: StateName,
    /// When it came in.
    pub submitted_at: Timestamp,
    /// What it adds: hundredths and denominator; or why nothing.
    pub adds: Adds,
}

/// A page of the cases behind a number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WatchedCases {
    /// The cases, newest first.
    pub cases: Vec<WatchedCase>,
    /// From where older ones go on; `None` at the end.
    pub older: Option<AppealId>,
}

/// What is asked of the cases behind a number.
#[derive(Debug, Clone, Copy)]
pub struct AskedCases {
    /// What it is about.
    pub scope: Scope,
    /// Which number.
    pub indicator: Indicator,
    /// Of which month.
    pub month: Month,
    /// Which cases.
    pub which: Which,
    /// Older than this one.
    pub before: Option<AppealId>,
}

fn streets_of(directory: &Directory, scope: Scope) -> Vec<AreaId> {
    match scope {
        Scope::Street(street) => vec![street],
        Scope::District(district) => directory
            .descendants(district)
            .into_iter()
            .filter(|area| area.level == AreaLevel::Street)
            .map(|area| area.id)
            .collect(),
        Scope::City | Scope::Organ(_) => Vec::new(),
    }
}

/// Parts in the order of how much came in.
fn parts<K>(sums: BTreeMap<i64, Counts>) -> Vec<Part<K>> {
    let mut all: Vec<Part<K>> = sums
        .into_iter()
        .filter(|(_, counts)| !counts.is_zero())
        .map(|(id, counts)| (Id::new(id), counts))
        .collect();
    all.sort_by_key(|(id, counts)| (id.is_none(), std::cmp::Reverse(counts.received), id.map(Id::get)));
    all
}

/// The sums of a scope, as they are read.
#[derive(Default)]
struct Read {
    months: BTreeMap<Month, Counts>,
    organs: [BTreeMap<i64, Counts>; 2],
    streets: BTreeMap<i64, Counts>,
    categories: [BTreeMap<i64, Counts>; 2],
}

impl Read {
    fn cell(&mut self, month: Month, (cell, counts): (Cell, Counts)) {
        *self.months.entry(cell.month).or_default() += counts;
        let slot = match month.number() - cell.month.number() {
            0 => {
                *self.streets.entry(cell.street).or_default() += counts;
                0
            }
            1 => 1,
            _ => return,
        };
        if let (Some(organs), Some(categories)) = (self.organs.get_mut(slot), self.categories.get_mut(slot)) {
            *organs.entry(cell.organ).or_default() += counts;
            *categories.entry(cell.category).or_default() += counts;
        }
    }

    fn city(tx: &mut dyn Tx, month: Month, top: impl Fn(i64) -> i64) -> Result<Self, Fault> {
        let mut read = Self::default();
        read.months.extend(sql::trend(tx, month.before(TREND - 1), month)?);
        for (slot, at) in [(0, month), (1, month.before(1))] {
            if let Some(organs) = read.organs.get_mut(slot) {
                let rows = sql::totals(tx, Dimension::Organ, at, at)?;
                organs.extend(rows.into_iter().map(|(_, member, counts)| (member, counts)));
            }
            if let Some(categories) = read.categories.get_mut(slot) {
                for (_, member, counts) in sql::totals(tx, Dimension::Category, at, at)? {
                    *categories.entry(top(member)).or_default() += counts;
                }
            }
        }
        let rows = sql::totals(tx, Dimension::Street, month, month)?;
        read.streets.extend(rows.into_iter().map(|(_, member, counts)| (member, counts)));
        Ok(read)
    }

    fn cells(tx: &mut dyn Tx, scope: Scope, streets: &[AreaId], month: Month) -> Result<Self, Fault> {
        let (from, mut read) = (month.before(TREND - 1), Self::default());
        if let Scope::Organ(organ) = scope {
            for cell in sql::organ_cells(tx, organ.get(), from, month)? {
                read.cell(month, cell);
            }
        }
        for street in streets {
            for cell in sql::street_cells(tx, street.get(), from, month)? {
                read.cell(month, cell);
            }
        }
        Ok(read)
    }
}

impl Appeals {
    /// What a policy may know of a dashboard: whether it is the whole city's, and whether it is of the actor's own organ,
    /// of one below it, or of an area within its own.
    fn watched(&self, actor: &Actor, scope: Scope) -> Resource {
        let directory = self.directory();
        let own = actor.organ().is_some_and(|mine| match scope {
            Scope::City => false,
            Scope::Organ(organ) => directory.organ_is_within(organ, mine),
            Scope::District(area) | Scope::Street(area) => directory
                .organ(mine)
                .and_then(|organ| organ.area)
                .is_some_and(|around| directory.area_is_within(area, around)),
        });
        Resource::class("watched").flag("whole", scope == Scope::City).flag("own", own)
    }

    /// Refuses those who may not see a dashboard.
    pub fn may_watch(&self, context: &Context, scope: Scope) -> Result<(), Refusal> {
        self.policies().require(&context.actor, "appeal.watch", &self.watched(&context.actor, scope))
    }

    /// The weights that held at the end of a month, and the version of the rulebook that they are from.
    pub fn weights_of(&self, month: Month, now: Timestamp) -> Result<(i64, Weights, TimeZone), Fault> {
        let books = self.books();
        let zone = books.rulebook(now)?.time_zone();
        let end =
            month.before(-1).begins(&zone).map_or(now, |end| Timestamp::from_micros(end.as_micros() - 1));
        let rulebook = books.rulebook(end.min(now))?;
        Ok((rulebook.version, rulebook.indicators.clone(), zone))
    }

    /// A dashboard; `None`: of the present month. Asks the policy.
    pub async fn dashboard(
        &self,
        context: &Context,
        scope: Scope,
        month: Option<Month>,
    ) -> Result<Dashboard, Failure> {
        self.may_watch(context, scope)?;
        Ok(self.figures_of(scope, month, context.now).await?)
    }

    /// The city's figures, as everybody may see them.
    pub async fn public_figures(&self, month: Option<Month>, now: Timestamp) -> Result<Dashboard, Fault> {
        self.figures_of(Scope::City, month, now).await
    }

    async fn figures_of(
        &self,
        scope: Scope,
        month: Option<Month>,
        now: Timestamp,
    ) -> Result<Dashboard, Fault> {
        let newest = Month::of(now, &self.books().rulebook(now)?.time_zone());
        let month = month.unwrap_or(newest).min(newest);
        let (rulebook, weights, _) = self.weights_of(month, now)?;
        let (directory, books) = (self.directory(), self.books());
        let read: (Read, Counts) = self
            .store()
            .read(move |tx| {
                let top = |id: i64| {
                    let [top, _, _] = books.categories.levels(Id::new(id));
                    top.map_or(0, Id::get)
                };
                let read = match scope {
                    Scope::City => Read::city(tx, month, top)?,
                    _ => Read::cells(tx, scope, &streets_of(&directory, scope), month)?,
                };
                let city = sql::trend(tx, month, month)?.into_iter().map(|(_, counts)| counts).sum();
                Ok::<_, Fault>((read, city))
            })
            .await?;
        let (mut read, city) = read;
        let trend = (0..TREND)
            .rev()
            .map(|back| (month.before(back), read.months.remove(&month.before(back)).unwrap_or_default()))
            .collect();
        let [organs, organs_before] = read.organs;
        let [categories, categories_before] = read.categories;
        Ok(Dashboard {
            scope,
            month,
            newest,
            rulebook,
            weights,
            trend,
            city,
            organs: parts(organs),
            organs_before,
            streets: parts(read.streets),
            categories: parts(categories),
            categories_before,
        })
    }

    /// The cases behind a number, a page at a time. Asks the policy; titles only of cases that this actor may see.
    pub async fn watched_cases(&self, context: &Context, asked: AskedCases) -> Result<WatchedCases, Failure> {
        self.may_watch(context, asked.scope)?;
        let (_, weights, zone) = self.weights_of(asked.month, context.now)?;
        let bounds = (asked.month.begins(&zone), asked.month.before(-1).begins(&zone));
        let (Some(from), Some(to)) = bounds else {
            return Ok(WatchedCases { cases: Vec::new(), older: None });
        };
        // Numbers are made a moment before or after the time that the event tells.
        let margin = std::time::Duration::from_secs(60);
        let from = AppealId::first_at(Timestamp::from_micros(from.as_micros() - 60_000_000));
        let before = asked.before.unwrap_or(AppealId::first_at(to + margin));
        let (policies, actor, directory) = (self.policies().clone(), context.actor.clone(), self.directory());
        let found: Result<WatchedCases, Fault> = self
            .store()
            .read(move |tx| {
                let mut found = WatchedCases { cases: Vec::new(), older: None };
                let (mut before, mut looked_at) = (before, 0);
                loop {
                    let numbers = numbers(tx, asked.scope, before, from)?;
                    for number in &numbers {
                        if found.cases.len() == CASES || looked_at == LOOKED_AT {
                            found.older = Some(before);
                            return Ok(found);
                        }
                        looked_at += 1;
                        before = *number;
                        let Some((case, adds)) = look_at(tx, *number, &asked, &weights)? else { continue };
                        // A case of the district itself is in none of its streets, of which the district's figures are made.
                        let in_street = case.area().and_then(|id| directory.area_at(id, AreaLevel::Street));
                        let outside = matches!(asked.scope, Scope::District(_) | Scope::Street(_))
                            && in_street.is_none();
                        let another_month = Month::of(case.submitted_at(), &zone) != asked.month;
                        if outside || another_month || !is_wanted(asked.which, adds) {
                            continue;
                        }
                        let Some(appeal) = crate::store::find(tx, *number)? else { continue };
                        let seen =
                            policies.permits(&actor, "appeal.read", &resource(&appeal, Standing::default()));
                        found.cases.push(WatchedCase {
                            id: *number,
                            title: seen.then_some(appeal.title),
                            category: appeal.category,
                            state: appeal.state.name(),
                            submitted_at: appeal.submitted_at,
                            adds,
                        });
                    }
                    if numbers.is_empty() {
                        return Ok(found);
                    }
                }
            })
            .await;
        Ok(found?)
    }
}

/// Some numbers of a scope before one and from another on, newest first.
fn numbers(tx: &mut dyn Tx, scope: Scope, before: AppealId, from: AppealId) -> Result<Vec<AppealId>, Fault> {
    let limit = 100;
    let asked = match scope {
        Scope::City => return sql::numbers(tx, None, before, from, limit),
        Scope::Organ(organ) => return sql::numbers(tx, Some(organ), before, from, limit),
        Scope::District(area) => Asked { district: Some(area), ..Asked::default() },
        Scope::Street(area) => Asked { street: Some(area), ..Asked::default() },
    };
    let found = lists::page(tx, &asked, From::Older(Some(before)), limit)?;
    Ok(found.into_iter().map(|item| item.id).filter(|id| *id >= from).collect())
}

/// The case behind a number, and what it adds to the scope.
fn look_at(
    tx: &mut dyn Tx,
    number: AppealId,
    asked: &AskedCases,
    weights: &Weights,
) -> Result<Option<(Case, Adds)>, Fault> {
    let mut events = tx.history(&Subject::new(SUBJECT, number))?;
    if let Some(exclusion) = sql::exclusion(tx, number)? {
        events.extend(tx.history(&Subject::new(EXCLUSION_SUBJECT, exclusion.id))?);
    }
    let Some(case) = Case::fold(events.iter().map(|event| (&*event.kind, event.at, &event.public))) else {
        return Ok(None);
    };
    let adds = match case.contribution(asked.indicator, weights) {
        Err(left_out) => Err(left_out),
        Ok(parts) => {
            let of_scope = parts.into_iter().filter(|part| match asked.scope {
                Scope::Organ(organ) => part.organ == Some(organ),
                Scope::City | Scope::District(_) | Scope::Street(_) => true,
            });
            let (hundredths, denominator) =
                of_scope.fold((0, 0), |sum, part| (sum.0 + part.hundredths, sum.1 + part.denominator));
            if denominator == 0 { Err(LeftOut::NotYet) } else { Ok((hundredths, denominator)) }
        }
    };
    Ok(Some((case, adds)))
}

fn is_wanted(which: Which, adds: Adds) -> bool {
    match (which, adds) {
        (Which::Counted, Ok(_)) | (Which::Excluded, Err(LeftOut::Excluded(_))) => true,
        (Which::Missed, Ok((hundredths, denominator))) => hundredths < denominator * 100,
        _ => false,
    }
}
