//! The picture of all areas and organs that pages and capabilities look things up in.

use std::collections::HashMap;

use gongzhi_kernel::{AreaId, Fault, Locale, OrganId, Timestamp};
use gongzhi_store::Tx;

use crate::model::{Area, AreaLevel, Organ, OrganKind};
use crate::store;

/// The trees are not deeper than this; a longer way up is a ring.
const DEPTH_MOST: usize = 32;

/// An unchanging picture of all areas and organs. Look-ups cost a hash; the trees are in the order of codes.
#[derive(Debug, Default)]
pub struct Directory {
    version: i64,
    organs: HashMap<OrganId, Organ>,
    organ_codes: HashMap<String, OrganId>,
    organ_order: Vec<OrganId>,
    organ_children: HashMap<Option<OrganId>, Vec<OrganId>>,
    organs_of_area: HashMap<AreaId, Vec<OrganId>>,
    areas: HashMap<AreaId, Area>,
    area_codes: HashMap<String, AreaId>,
    area_order: Vec<AreaId>,
    area_children: HashMap<Option<AreaId>, Vec<AreaId>>,
}

impl Directory {
    /// Reads it as this unit of work sees it; a picture of what a bulk seeding has just written, for instance.
    ///
    /// # Errors
    /// A fault of the store.
    pub fn read(tx: &mut dyn Tx) -> Result<Self, Fault> {
        let version = store::directory_version(tx)?;
        let mut organs = store::organs(tx)?;
        let mut areas = store::areas(tx)?;
        organs.sort_by(|a, b| a.code.cmp(&b.code));
        areas.sort_by(|a, b| (&a.code, a.id).cmp(&(&b.code, b.id)));
        let mut directory = Self { version, ..Self::default() };
        for area in areas {
            directory.area_order.push(area.id);
            if area.valid_to.is_none() {
                directory.area_codes.insert(area.code.clone(), area.id);
                directory.area_children.entry(area.parent).or_default().push(area.id);
            }
            directory.areas.insert(area.id, area);
        }
        for organ in organs {
            directory.organ_order.push(organ.id);
            directory.organ_codes.insert(organ.code.clone(), organ.id);
            if organ.active {
                directory.organ_children.entry(organ.parent).or_default().push(organ.id);
                if let Some(area) = organ.area {
                    directory.organs_of_area.entry(area).or_default().push(organ.id);
                }
            }
            directory.organs.insert(organ.id, organ);
        }
        Ok(directory)
    }

    /// Counts the changes of organs and areas: two pictures with the same number are the same.
    pub fn version(&self) -> i64 {
        self.version
    }

    /// An organ, dissolved ones too.
    pub fn organ(&self, id: OrganId) -> Option<&Organ> {
        self.organs.get(&id)
    }

    /// The organ with this code, dissolved ones too.
    pub fn organ_by_code(&self, code: &str) -> Option<&Organ> {
        self.organ(*self.organ_codes.get(code)?)
    }

    /// All organs, dissolved ones too, in the order of codes.
    pub fn organs(&self) -> impl Iterator<Item = &Organ> {
        self.organ_order.iter().filter_map(|id| self.organs.get(id))
    }

    /// The organs of a kind that are not dissolved, in the order of codes.
    pub fn organs_of_kind(&self, kind: OrganKind) -> impl Iterator<Item = &Organ> {
        self.organs().filter(move |organ| organ.active && organ.kind == kind)
    }

    /// The organs directly below one, or those at the top; not dissolved, in the order of codes.
    pub fn organs_below(&self, parent: Option<OrganId>) -> impl Iterator<Item = &Organ> {
        self.organ_children.get(&parent).into_iter().flatten().filter_map(|id| self.organs.get(id))
    }

    /// The organs above one, the nearest first.
    pub fn organs_above(&self, id: OrganId) -> impl Iterator<Item = &Organ> {
        let first = self.organ(id).and_then(|organ| organ.parent).and_then(|parent| self.organ(parent));
        std::iter::successors(first, |organ| self.organ(organ.parent?)).take(DEPTH_MOST)
    }

    /// Whether an organ is `above` itself or lies below it.
    pub fn organ_is_within(&self, id: OrganId, above: OrganId) -> bool {
        id == above || self.organs_above(id).any(|organ| organ.id == above)
    }

    /// The organs that are responsible for exactly this area; not dissolved, in the order of codes.
    pub fn organs_of_area(&self, area: AreaId) -> impl Iterator<Item = &Organ> {
        self.organs_of_area.get(&area).into_iter().flatten().filter_map(|id| self.organs.get(id))
    }

    /// The organ of a kind that is responsible for an area or the nearest area around it: the street office of a grid.
    pub fn organ_for(&self, area: AreaId, kind: OrganKind) -> Option<&Organ> {
        std::iter::once(area)
            .chain(self.ancestors(area).map(|area| area.id))
            .find_map(|area| self.organs_of_area(area).find(|organ| organ.kind == kind))
    }

    /// A version of an area, ended ones too.
    pub fn area(&self, id: AreaId) -> Option<&Area> {
        self.areas.get(&id)
    }

    /// The area that has this code and has not ended.
    pub fn area_by_code(&self, code: &str) -> Option<&Area> {
        self.area(*self.area_codes.get(code)?)
    }

    /// The area that had this code at a moment: for histories that are told later.
    pub fn area_by_code_at(&self, code: &str, at: Timestamp) -> Option<&Area> {
        let start = self
            .area_order
            .partition_point(|id| self.areas.get(id).is_some_and(|area| area.code.as_str() < code));
        let same_code = self.area_order.get(start..)?.iter().filter_map(|id| self.areas.get(id));
        same_code.take_while(|area| area.code == code).find(|area| area.valid_at(at))
    }

    /// All versions of all areas, in the order of codes.
    pub fn areas(&self) -> impl Iterator<Item = &Area> {
        self.area_order.iter().filter_map(|id| self.areas.get(id))
    }

    /// The areas of a level that have not ended, in the order of codes.
    pub fn areas_at(&self, level: AreaLevel) -> impl Iterator<Item = &Area> {
        self.areas().filter(move |area| area.level == level && area.valid_to.is_none())
    }

    /// The areas that lie directly in one, or those that lie in none; not ended, in the order of codes.
    pub fn children(&self, parent: Option<AreaId>) -> impl Iterator<Item = &Area> {
        self.area_children.get(&parent).into_iter().flatten().filter_map(|id| self.areas.get(id))
    }

    /// The areas around one, the nearest first.
    pub fn ancestors(&self, id: AreaId) -> impl Iterator<Item = &Area> {
        let first = self.area(id).and_then(|area| area.parent).and_then(|parent| self.area(parent));
        std::iter::successors(first, |area| self.area(area.parent?)).take(DEPTH_MOST)
    }

    /// All areas that lie in one at any depth, without itself; not ended, each before those that lie in it.
    pub fn descendants(&self, id: AreaId) -> Vec<&Area> {
        let mut found = Vec::new();
        let mut open: Vec<&Area> = self.children(Some(id)).collect();
        open.reverse();
        while let Some(area) = open.pop() {
            found.push(area);
            let from = open.len();
            open.extend(self.children(Some(area.id)));
            open.get_mut(from..).unwrap_or_default().reverse();
        }
        found
    }

    /// Whether an area is `around` itself or lies in it.
    pub fn area_is_within(&self, id: AreaId, around: AreaId) -> bool {
        id == around || self.ancestors(id).any(|area| area.id == around)
    }

    /// The area around one (or itself) at a level.
    pub fn area_at(&self, id: AreaId, level: AreaLevel) -> Option<&Area> {
        self.area(id).into_iter().chain(self.ancestors(id)).find(|area| area.level == level)
    }

    /// What has become of an area: itself while it has not ended, else those that took over, in turn.
    pub fn today(&self, id: AreaId) -> Vec<&Area> {
        let mut found: Vec<&Area> = Vec::new();
        let mut seen = std::collections::HashSet::new();
        let mut open = vec![id];
        while let Some(id) = open.pop() {
            let Some(area) = self.area(id).filter(|area| seen.insert(area.id)) else { continue };
            if area.valid_to.is_none() {
                found.push(area);
            } else {
                open.extend(&area.successors);
            }
        }
        found.sort_by(|a, b| a.code.cmp(&b.code));
        found
    }

    /// The names from the widest area below the city down to this one, as an address is read: `西城区柳荫街道`, `Willow Street, West District`.
    pub fn address(&self, id: AreaId, locale: Locale) -> String {
        let Some(area) = self.area(id) else { return String::new() };
        let mut names = vec![area.name(locale)];
        names.extend(
            self.ancestors(id).filter(|above| above.level > AreaLevel::City).map(|above| above.name(locale)),
        );
        match locale {
            Locale::ZhCn => {
                names.reverse();
                names.concat()
            }
            Locale::En => names.join(", "),
        }
    }
}
