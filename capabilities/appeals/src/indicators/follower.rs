//! Keeps the counters: folds each case, and moves what it adds from where it stood to where it stands.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use gongzhi_kernel::{AppealId, Event, Fault, Id, OrganId, Subject};
use gongzhi_store::{Follower, Tx};
use jiff::tz::TimeZone;

use super::{Case, Counts, EXCLUSION_SUBJECT, Month, subject_of};
use crate::actions::Appeals;
use crate::events::SUBJECT;
use crate::store::indicators::{self as sql, Cell, Dimension};

/// The name of the follower.
const NAME: &str = "appeals.indicators";

/// Follows the journal and keeps the counters of the indicators. A case costs one small row while it is open and one
/// addition to a cell and three totals each time that what it adds has changed; a step adds everything up before it writes.
#[derive(Debug)]
pub struct IndicatorsFollower(Appeals);

impl IndicatorsFollower {
    /// For the appeals of a city.
    pub fn new(appeals: Appeals) -> Self {
        Self(appeals)
    }
}

/// A case in hand: as the counters have it, and as it is now.
struct InHand {
    street: i64,
    top: i64,
    counted: Option<Case>,
    now: Option<Case>,
    /// Whether it has a row among the open cases.
    kept: bool,
    closed: bool,
}

/// What is to be added.
#[derive(Default)]
struct Sums {
    cells: BTreeMap<Cell, Counts>,
    totals: BTreeMap<(Dimension, Month, i64), Counts>,
}

impl Sums {
    fn move_case(&mut self, hand: &InHand, zone: &TimeZone) {
        let mut put = |case: &Case, sign: bool| {
            let month = Month::of(case.submitted_at(), zone);
            let category = case.category().map_or(0, Id::get);
            for (organ, counts) in case.counts() {
                let organ = organ.map_or(0, OrganId::get);
                let by = if sign { counts } else { Counts::default() - counts };
                let cell = Cell { street: hand.street, month, organ, category: hand.top };
                *self.cells.entry(cell).or_default() += by;
                for (dimension, member) in [
                    (Dimension::Organ, organ),
                    (Dimension::Street, hand.street),
                    (Dimension::Category, category),
                ] {
                    *self.totals.entry((dimension, month, member)).or_default() += by;
                }
            }
        };
        if let Some(case) = &hand.counted {
            put(case, false);
        }
        if let Some(case) = &hand.now {
            put(case, true);
        }
    }

    fn write(self, tx: &mut dyn Tx) -> Result<(), Fault> {
        for (cell, counts) in self.cells.into_iter().filter(|(_, counts)| !counts.is_zero()) {
            sql::add_cell(tx, cell, &counts)?;
        }
        for ((dimension, month, member), counts) in self.totals {
            if !counts.is_zero() {
                sql::add_total(tx, dimension, month, member, &counts)?;
            }
        }
        Ok(())
    }
}

/// The case before an event: as it is kept, or folded again from the journal if it was closed.
fn take_in_hand(tx: &mut dyn Tx, appeal: AppealId, event: &Event) -> Result<InHand, Fault> {
    if event.kind == "appeal.submitted" {
        let (street, top) = sql::place(tx, appeal)?;
        // The street of a confidential case is sealed, and so is what it adds to a street.
        let street = if event.public.get("area").is_some() { street } else { 0 };
        return Ok(InHand { street, top, counted: None, now: None, kept: false, closed: false });
    }
    if let Some((street, top, body)) = sql::open_case(tx, appeal)? {
        let case = Case::from_text(&body)?;
        return Ok(InHand {
            street,
            top,
            now: Some(case.clone()),
            counted: Some(case),
            kept: true,
            closed: false,
        });
    }
    // Nothing can be decided about an exclusion before it was asked for, and from then on the case is kept: what is
    // folded here had none.
    let before: Vec<Event> = tx
        .history(&Subject::new(SUBJECT, appeal))?
        .into_iter()
        .filter(|other| event.subject.kind == EXCLUSION_SUBJECT || other.revision < event.revision)
        .collect();
    let case = Case::fold(before.iter().map(|event| (&*event.kind, event.at, &event.public)))
        .ok_or_else(|| Fault::corrupt("an appeal of the journal has no submission"))?;
    let (street, top) = sql::place(tx, appeal)?;
    let street = if case.area().is_some() { street } else { 0 };
    Ok(InHand { street, top, now: Some(case.clone()), counted: Some(case), kept: false, closed: true })
}

impl Follower for IndicatorsFollower {
    fn name(&self) -> &'static str {
        NAME
    }

    fn follow(&self, tx: &mut dyn Tx, events: &[Event]) -> Result<(), Fault> {
        let zone = self.0.books().rulebook(tx.world().clock.now())?.time_zone();
        let mut hands: BTreeMap<AppealId, InHand> = BTreeMap::new();
        for event in events {
            let Some(appeal) = subject_of(&event.subject, &event.public) else { continue };
            let hand = match hands.entry(appeal) {
                Entry::Occupied(known) => known.into_mut(),
                Entry::Vacant(free) => free.insert(take_in_hand(tx, appeal, event)?),
            };
            match (&mut hand.now, event.kind.as_str()) {
                (now @ None, "appeal.submitted") => *now = Some(Case::submitted(event.at, &event.public)),
                (None, _) => return Err(Fault::corrupt("an appeal does not begin with its submission")),
                (Some(case), kind) => case.take(kind, &event.public),
            }
            // Of a closed case nothing changes any more, but for an exclusion, which is kept with the case from then on.
            hand.closed = match event.kind.as_str() {
                "appeal.closed" | "appeal.withdrawn" => true,
                _ if event.subject.kind == EXCLUSION_SUBJECT => false,
                _ => hand.closed,
            };
        }
        let mut sums = Sums::default();
        for (appeal, hand) in &hands {
            sums.move_case(hand, &zone);
            let Some(case) = &hand.now else { continue };
            for (organ, _) in case.counts() {
                if let Some(organ) = organ.filter(|organ| case.organ() != Some(*organ)) {
                    sql::keep_past(tx, organ, *appeal)?;
                }
            }
            if hand.closed && case.excluded().is_none() {
                if hand.kept {
                    sql::forget_case(tx, *appeal)?;
                }
            } else if !hand.kept || hand.counted != hand.now {
                sql::keep_case(tx, *appeal, hand.street, hand.top, &case.to_text()?)?;
            }
        }
        sums.write(tx)
    }

    fn reset(&self, tx: &mut dyn Tx) -> Result<(), Fault> {
        sql::clear(tx)
    }
}
