//! The category tree (诉求分类) and the dispatch catalogue (派单目录): category × area → organ. Pure; both are
//! stored, and each version of the catalogue holds from its own moment. `lines` is the catalogue as people edit it, `trial`
//! what the cases of late would have met under another one.

pub mod lines;
pub mod trial;

use std::collections::{BTreeMap, BTreeSet};

use gongzhi_kernel::{AreaId, LocalText, OrganId, Refusal, RefusalKind};
use serde::{Deserialize, Serialize};

use crate::model::{CategoryId, Urgency};

/// The deepest level of the category tree; the store keeps one column for each.
pub const DEPTH: usize = 3;

/// A category.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Category {
    /// Its id.
    pub id: CategoryId,
    /// Its code in the city's scheme; unique.
    pub code: String,
    /// What people call it.
    pub name: LocalText,
    /// The category above it.
    pub parent: Option<CategoryId>,
    /// The urgency of its cases where nobody says otherwise.
    pub urgency: Urgency,
    /// Whether new cases may have it.
    pub active: bool,
}

/// The category tree, for look-ups.
#[derive(Debug, Clone, Default)]
pub struct Categories {
    by_id: BTreeMap<CategoryId, Category>,
    by_code: BTreeMap<String, CategoryId>,
    children: BTreeMap<Option<CategoryId>, Vec<CategoryId>>,
}

impl Categories {
    /// From all categories.
    pub fn new(all: impl IntoIterator<Item = Category>) -> Self {
        let mut tree = Self::default();
        for category in all {
            tree.put(category);
        }
        tree
    }

    /// Adds a category, or puts it in the place of the one with its id.
    pub fn put(&mut self, category: Category) {
        if let Some(old) = self.by_id.get(&category.id) {
            self.by_code.remove(&old.code);
            if let Some(siblings) = self.children.get_mut(&old.parent) {
                siblings.retain(|id| *id != category.id);
            }
        }
        self.by_code.insert(category.code.clone(), category.id);
        let siblings = self.children.entry(category.parent).or_default();
        siblings.push(category.id);
        self.by_id.insert(category.id, category);
        let by_id = &self.by_id;
        siblings.sort_by(|a, b| by_id.get(a).map(|c| &c.code).cmp(&by_id.get(b).map(|c| &c.code)));
    }

    /// The category with this id.
    pub fn get(&self, id: CategoryId) -> Option<&Category> {
        self.by_id.get(&id)
    }

    /// The category with this code.
    pub fn by_code(&self, code: &str) -> Option<&Category> {
        self.by_code.get(code).and_then(|id| self.by_id.get(id))
    }

    /// The categories below one, or the top ones, by code.
    pub fn children(&self, parent: Option<CategoryId>) -> impl Iterator<Item = &Category> {
        self.children.get(&parent).into_iter().flatten().filter_map(|id| self.by_id.get(id))
    }

    /// All categories, by id.
    pub fn iter(&self) -> impl Iterator<Item = &Category> {
        self.by_id.values()
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.by_id.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.by_id.is_empty()
    }

    /// The category and those above it, from the most special to the most general.
    pub fn path_up(&self, id: CategoryId) -> Vec<CategoryId> {
        let mut path = Vec::with_capacity(DEPTH);
        let mut next = Some(id);
        while let Some(category) = next.and_then(|id| self.by_id.get(&id)) {
            path.push(category.id);
            // The tree is kept shallow and free of rings by `may_stand`; the bound only guards a damaged table.
            if path.len() > DEPTH {
                break;
            }
            next = category.parent;
        }
        path
    }

    /// The ids on the levels from the top: what the store keeps, so that a list of any subtree has its index.
    pub fn levels(&self, id: Option<CategoryId>) -> [Option<CategoryId>; DEPTH] {
        let mut levels = [None; DEPTH];
        let path = id.map_or_else(Vec::new, |id| self.path_up(id));
        for (level, id) in levels.iter_mut().zip(path.into_iter().rev()) {
            *level = Some(id);
        }
        levels
    }

    /// The level of a category, 0 at the top.
    pub fn level(&self, id: CategoryId) -> Option<usize> {
        self.path_up(id).len().checked_sub(1)
    }

    /// Whether a category may stand where it says: parent known, not below itself, not too deep, code free.
    pub fn may_stand(&self, category: &Category) -> Result<(), Refusal> {
        let refuse = |key| Err(Refusal::new(RefusalKind::Invalid, key).with("code", &category.code));
        if category.code.trim().is_empty() || category.name.zh.trim().is_empty() {
            return refuse("category-unnamed");
        }
        if self.by_code.get(&category.code).is_some_and(|id| *id != category.id) {
            return refuse("category-code-taken");
        }
        if let Some(parent) = category.parent {
            let above = self.path_up(parent);
            if above.is_empty() {
                return refuse("category-parent-unknown");
            }
            if above.contains(&category.id) {
                return refuse("category-below-itself");
            }
            if above.len() + self.height(category.id) > DEPTH {
                return refuse("category-too-deep");
            }
        } else if self.height(category.id) > DEPTH {
            return refuse("category-too-deep");
        }
        Ok(())
    }

    /// How many levels a category and those below it take.
    fn height(&self, id: CategoryId) -> usize {
        1 + self.children(Some(id)).map(|child| self.height(child.id)).max().unwrap_or(0)
    }
}

/// One line of the dispatch catalogue. A line without a category is a last resort (兜底): it holds for any.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// Cases of this category and those below it; `None`: of any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub category: Option<CategoryId>,
    /// In this area and those below it; `None`: anywhere in the city.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub area: Option<AreaId>,
    /// Go to this organ.
    pub organ: OrganId,
}

/// A version of the dispatch catalogue, for look-ups.
#[derive(Debug, Clone, Default)]
pub struct Catalogue {
    /// Its number; 0 where nothing has been adopted yet.
    pub version: i64,
    lines: BTreeMap<(Option<CategoryId>, Option<AreaId>), OrganId>,
}

impl Catalogue {
    /// From its lines. Two lines for the same category and area are refused: nobody could tell which one holds.
    pub fn new(version: i64, entries: &[Entry]) -> Result<Self, Refusal> {
        let mut lines = BTreeMap::new();
        for entry in entries {
            if lines.insert((entry.category, entry.area), entry.organ).is_some() {
                return Err(Refusal::new(RefusalKind::Invalid, "catalogue-doubled-line")
                    .with("category", entry.category.map_or_else(String::new, |id| id.to_string()))
                    .with("area", entry.area.map_or_else(String::new, |id| id.to_string())));
            }
        }
        Ok(Self { version, lines })
    }

    /// The organ for a case. `category_up`: the category and those above it ([`Categories::path_up`]);
    /// `area_up`: the area and those above it, the most special first.
    ///
    /// The most special category that has any line decides; within it the most special area; a line without an
    /// area holds city-wide. Where no category has a line, the last resort of the most special area, then of the city.
    pub fn organ_for(&self, category_up: &[CategoryId], area_up: &[AreaId]) -> Option<OrganId> {
        let categories = category_up.iter().copied().map(Some).chain([None]);
        for category in categories {
            let areas = area_up.iter().copied().map(Some).chain([None]);
            for area in areas {
                if let Some(organ) = self.lines.get(&(category, area)) {
                    return Some(*organ);
                }
            }
        }
        None
    }

    /// The lines.
    pub fn entries(&self) -> impl Iterator<Item = Entry> {
        self.lines.iter().map(|(&(category, area), &organ)| Entry { category, area, organ })
    }

    /// How many lines.
    pub fn len(&self) -> usize {
        self.lines.len()
    }

    /// Whether it names no organ at all.
    pub fn is_empty(&self) -> bool {
        self.lines.is_empty()
    }

    /// The organs it names.
    pub fn organs(&self) -> BTreeSet<OrganId> {
        self.lines.values().copied().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn category(raw: i64, parent: Option<i64>) -> Category {
        Category {
            id: CategoryId::new(raw).unwrap(),
            code: format!("C{raw}"),
            name: LocalText::only(format!("类{raw}")),
            parent: parent.and_then(CategoryId::new),
            urgency: Urgency::Ordinary,
            active: true,
        }
    }

    fn entry(category: Option<i64>, area: Option<i64>, organ: i64) -> Entry {
        Entry {
            category: category.and_then(CategoryId::new),
            area: area.and_then(AreaId::new),
            organ: OrganId::new(organ).unwrap(),
        }
    }

    fn tree() -> Categories {
        Categories::new([
            category(1, None),
            category(11, Some(1)),
            category(111, Some(11)),
            category(2, None),
        ])
    }

    #[test]
    fn the_most_special_line_decides() {
        let tree = tree();
        let catalogue = Catalogue::new(
            1,
            &[
                entry(Some(11), None, 500),
                entry(Some(11), Some(70), 501),
                entry(Some(1), Some(77), 502),
                entry(None, Some(70), 503),
                entry(None, None, 504),
            ],
        )
        .unwrap();
        let areas = |ids: &[i64]| ids.iter().map(|id| AreaId::new(*id).unwrap()).collect::<Vec<_>>();
        let organ = |category: Option<i64>, area: &[i64]| {
            let up = category.map_or_else(Vec::new, |raw| tree.path_up(CategoryId::new(raw).unwrap()));
            catalogue.organ_for(&up, &areas(area)).map(OrganId::get)
        };
        // A line of the category's parent counts before a line of the grandparent in a closer area.
        assert_eq!(organ(Some(111), &[77, 7, 70]), Some(501));
        assert_eq!(organ(Some(111), &[8, 80]), Some(500));
        assert_eq!(organ(Some(1), &[77, 7, 70]), Some(502));
        assert_eq!(
            organ(Some(1), &[7, 70]),
            Some(503),
            "no line of the category here: the district's last resort"
        );
        assert_eq!(organ(Some(2), &[80]), Some(504));
        assert_eq!(organ(None, &[]), Some(504));
        assert_eq!(Catalogue::default().organ_for(&[], &[]), None);
    }

    #[test]
    fn a_doubled_line_is_refused() {
        let refusal = Catalogue::new(1, &[entry(Some(1), None, 5), entry(Some(1), None, 6)]).unwrap_err();
        assert_eq!(refusal.key, "catalogue-doubled-line");
    }

    #[test]
    fn levels_count_from_the_top() {
        let tree = tree();
        let levels = |raw: i64| tree.levels(CategoryId::new(raw)).map(|id| id.map(CategoryId::get));
        assert_eq!(levels(111), [Some(1), Some(11), Some(111)]);
        assert_eq!(levels(11), [Some(1), Some(11), None]);
        assert_eq!(tree.levels(None), [None; DEPTH]);
    }

    #[test]
    fn the_tree_stays_a_shallow_tree() {
        let tree = tree();
        let refused = |category: &Category| tree.may_stand(category).map_err(|refusal| refusal.key);
        assert_eq!(refused(&category(1111, Some(111))), Err("category-too-deep"));
        assert_eq!(refused(&category(1, Some(111))), Err("category-below-itself"));
        assert_eq!(refused(&category(1, Some(2))), Err("category-too-deep"), "its two levels come along");
        assert_eq!(refused(&category(3, Some(99))), Err("category-parent-unknown"));
        assert_eq!(refused(&Category { code: "C2".into(), ..category(3, None) }), Err("category-code-taken"));
        assert_eq!(refused(&category(12, Some(1))), Ok(()));
    }

    #[test]
    fn a_moved_category_leaves_its_old_place() {
        let mut tree = tree();
        tree.put(Category { code: "X".into(), ..category(11, Some(2)) });
        assert_eq!(tree.children(CategoryId::new(1)).count(), 0);
        assert_eq!(tree.children(CategoryId::new(2)).map(|c| c.id.get()).collect::<Vec<_>>(), [11]);
        assert!(tree.by_code("C11").is_none() && tree.by_code("X").is_some());
        assert_eq!(tree.len(), 4);
    }
}
