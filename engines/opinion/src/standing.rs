//! Where somebody stands, and which of their votes put them there.

use crate::cluster::{Spot, correspondence};
use crate::eigen::length;
use crate::map::{Map, Place};
use crate::num::index;
use crate::votes::{PersonId, StatementId, Vote, Votes};

/// Where somebody stands and why.
#[derive(Debug, Clone, PartialEq)]
pub struct Standing {
    /// Where.
    pub place: Place,
    /// Distance to the middle of each group.
    pub distances: Vec<f64>,
    /// The group whose middle is nearest beside their own (or, without a group, nearest of all).
    pub next: Option<u32>,
    /// Their votes on statements of the map, the one with the strongest pull first.
    pub reasons: Vec<Reason>,
}

/// What one vote does to a place.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Reason {
    /// On which statement.
    pub statement: StatementId,
    /// What they said.
    pub vote: Vote,
    /// How far it moves them along the first axis; all of them sum up to `x`.
    pub x: f64,
    /// The same along the second axis.
    pub y: f64,
    /// How far it moves them from the next group towards their own: above 0 it keeps them where they are, below 0 it
    /// draws them over. Without a group, or with one group only: how far outwards.
    pub pull: f64,
}

impl Map {
    /// Where somebody stands and why; `votes` are those that the map was made of. None for somebody who is not on the map.
    pub fn standing(&self, votes: &Votes, person: PersonId) -> Option<Standing> {
        let place = *self.place(person)?;
        let distances: Vec<f64> =
            self.groups.iter().map(|group| length(place.x - group.x, place.y - group.y)).collect();
        let next = distances
            .iter()
            .enumerate()
            .filter(|(group, _)| place.group != Some(index(*group)))
            .min_by(|a, b| a.1.total_cmp(b.1))
            .map(|(group, _)| index(group));
        let middle = |group: Option<u32>| -> Option<Spot> {
            let group = self.groups.get(group? as usize)?;
            Some((group.x, group.y))
        };
        let (from, to) = match (middle(next), middle(place.group)) {
            (Some(next), Some(own)) => (next, own),
            _ => ((0.0, 0.0), (place.x, place.y)),
        };
        let way = (to.0 - from.0, to.1 - from.1);
        let far = length(way.0, way.1);
        let way = if far > 0.0 { (way.0 / far, way.1 / far) } else { (0.0, 0.0) };
        let mut reasons: Vec<Reason> = votes
            .of(person)
            .filter_map(|(id, vote)| {
                let statement = self.statement(id).filter(|statement| !statement.meta)?;
                let off = place.stretch * (f64::from(vote.value()) - statement.centre);
                let (x, y) = (off * statement.along[0], off * statement.along[1]);
                Some(Reason { statement: id, vote, x, y, pull: x * way.0 + y * way.1 })
            })
            .collect();
        reasons.sort_by(|a, b| b.pull.abs().total_cmp(&a.pull.abs()));
        Some(Standing { place, distances, next, reasons })
    }

    /// The same map, turned so that people look where they looked on an earlier one: axes are mirrored and groups
    /// numbered so that most people keep their side and their group. For pages that show a map again after more votes.
    #[must_use]
    pub fn facing(mut self, earlier: &Self) -> Self {
        let (mut along, mut groups) =
            ([0.0; 2], vec![vec![0_usize; earlier.groups.len()]; self.groups.len()]);
        for place in &self.people {
            let Some(before) = earlier.place(place.person) else { continue };
            along[0] += place.x * before.x;
            along[1] += place.y * before.y;
            if let (Some(now), Some(before)) = (place.group, before.group)
                && let Some(count) = groups.get_mut(now as usize).and_then(|row| row.get_mut(before as usize))
            {
                *count += 1;
            }
        }
        for (axis, along) in along.iter().enumerate() {
            if *along < 0.0 {
                self.mirror(axis);
            }
        }
        let found = correspondence(&groups, earlier.groups.len());
        let mut order: Vec<usize> = (0..self.groups.len()).collect();
        // Groups that are new come after those that were there, in their own order.
        order.sort_by_key(|group| (found[*group].unwrap_or(usize::MAX), *group));
        self.renumber(&order);
        self
    }

    fn mirror(&mut self, axis: usize) {
        let turn = |x: &mut f64, y: &mut f64| {
            let value = if axis == 0 { x } else { y };
            *value = -*value;
        };
        for place in &mut self.people {
            turn(&mut place.x, &mut place.y);
        }
        for group in &mut self.groups {
            turn(&mut group.x, &mut group.y);
        }
        for statement in &mut self.statements {
            turn(&mut statement.x, &mut statement.y);
            if let Some(along) = statement.along.get_mut(axis) {
                *along = -*along;
            }
        }
    }

    /// `order[new]` is the present number of a group.
    fn renumber(&mut self, order: &[usize]) {
        let mut number = vec![0_u32; order.len()];
        for (new, old) in order.iter().enumerate() {
            number[*old] = index(new);
        }
        for place in &mut self.people {
            place.group = place.group.and_then(|old| number.get(old as usize).copied());
        }
        let old = std::mem::take(&mut self.groups);
        self.groups = order.iter().filter_map(|at| old.get(*at).cloned()).collect();
        for (new, group) in self.groups.iter_mut().enumerate() {
            group.id = index(new);
        }
        for statement in &mut self.statements {
            let old = std::mem::take(&mut statement.by_group);
            statement.by_group = order.iter().filter_map(|at| old.get(*at).copied()).collect();
        }
    }
}
