//! Areas, organs and categories that rows name: found in the city, or made.

use std::collections::HashMap;
use std::sync::Arc;

use gongzhi_appeals::Appeals;
use gongzhi_appeals::actions::books::{self, Books, NewCategory};
use gongzhi_appeals::model::{CategoryId, Urgency};
use gongzhi_kernel::{AreaId, Context, Failure, LocalText, OrganId, Timestamp};
use gongzhi_people::actions as people_actions;
use gongzhi_people::{AreaLevel, Directory, NewArea, NewOrgan, OrganKind};
use serde::Serialize;

use super::convert::{Named, Request, unknown_of};
use super::mapping::{Mapping, Unknown};
use crate::compose;
use crate::say::Trouble;

/// 2000-01-01T00:00:00Z: areas made by an import are as old as the oldest case that there can be.
const AREAS_SINCE_MILLIS: i64 = 946_684_800_000;

/// What an import has made.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub(super) struct Made {
    pub(super) areas: u64,
    pub(super) organs: u64,
    pub(super) categories: u64,
}

/// The ids that a row's names stand for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Ids {
    pub(super) area: Option<AreaId>,
    pub(super) organ: Option<OrganId>,
    pub(super) category: Option<CategoryId>,
}

/// What is known of a name: what it stands for, or why a row with it cannot be taken.
type Known<T> = Result<Option<T>, String>;

/// Looks names up; each is looked for once.
#[derive(Debug)]
pub(super) struct Places {
    appeals: Appeals,
    directory: Arc<Directory>,
    books: Arc<Books>,
    areas: HashMap<String, Known<AreaId>>,
    organs: HashMap<String, Known<OrganId>>,
    categories: HashMap<String, Known<CategoryId>>,
    pub(super) made: Made,
}

/// The path of names as one key. No name holds this sign: names are cleaned of control characters.
fn path_key<'a>(path: impl Iterator<Item = &'a Named>) -> String {
    let mut key = String::new();
    for named in path {
        key.push_str(&named.code);
        key.push('\u{1f}');
    }
    key
}

fn area_key(path: &[(AreaLevel, Named)]) -> String {
    path_key(path.iter().map(|(_, named)| named))
}

fn same_name(name: &LocalText, wanted: &LocalText) -> bool {
    name.zh == wanted.zh
        || name.en.as_deref() == Some(wanted.zh.as_str())
        || (wanted.en.is_some() && name.en == wanted.en)
}

/// What a batch names that is not known yet.
#[derive(Debug, Clone, Default)]
struct Missing {
    areas: Vec<Vec<(AreaLevel, Named)>>,
    organs: Vec<(OrganKind, Named)>,
    categories: Vec<Vec<Named>>,
}

impl Missing {
    fn is_empty(&self) -> bool {
        self.areas.is_empty() && self.organs.is_empty() && self.categories.is_empty()
    }
}

/// What became of it.
#[derive(Debug, Default)]
struct Found {
    areas: Vec<(String, Known<AreaId>)>,
    organs: Vec<(String, Known<OrganId>)>,
    categories: Vec<(String, Known<CategoryId>)>,
    made: Made,
}

/// What the mapping says of unknown names.
#[derive(Debug, Clone, Copy)]
struct Rules {
    area: Unknown,
    organ: Unknown,
    category: Unknown,
}

impl Places {
    pub(super) fn new(appeals: Appeals) -> Self {
        Self {
            directory: appeals.directory(),
            books: appeals.books(),
            appeals,
            areas: HashMap::new(),
            organs: HashMap::new(),
            categories: HashMap::new(),
            made: Made::default(),
        }
    }

    /// The present picture of areas and organs: it has all that [`Places::learn`] has made.
    pub(super) fn directory(&self) -> &Arc<Directory> {
        &self.directory
    }

    /// The present picture of categories.
    pub(super) fn books(&self) -> &Arc<Books> {
        &self.books
    }

    /// Finds or makes everything that these rows name.
    ///
    /// # Errors
    /// The store does not work; a name that cannot be used is told by [`Places::ids`].
    pub(super) async fn learn(
        &mut self,
        mapping: &Mapping,
        rows: impl Iterator<Item = &Request>,
    ) -> Result<(), Trouble> {
        let mut missing = Missing::default();
        let (mut areas, mut organs, mut categories) = (HashMap::new(), HashMap::new(), HashMap::new());
        for row in rows {
            if !row.area.is_empty() && !self.areas.contains_key(&area_key(&row.area)) {
                areas.insert(area_key(&row.area), row.area.clone());
            }
            if let Some((kind, organ)) = &row.organ
                && !self.organs.contains_key(&organ.code)
            {
                organs.insert(organ.code.clone(), (*kind, organ.clone()));
            }
            if !row.category.is_empty() && !self.categories.contains_key(&path_key(row.category.iter())) {
                categories.insert(path_key(row.category.iter()), row.category.clone());
            }
        }
        missing.areas = sorted(areas);
        missing.organs = sorted(organs);
        missing.categories = sorted(categories);
        if missing.is_empty() {
            return Ok(());
        }
        let rules = Rules {
            area: unknown_of(mapping, "area"),
            organ: unknown_of(mapping, "organ"),
            category: unknown_of(mapping, "category"),
        };
        let store = self.appeals.store();
        let context = compose::context(store);
        let found: Result<Found, Failure> = store
            .write(move |tx| {
                let mut directory = Directory::read(tx)?;
                let mut books = Books::read(tx)?;
                let mut found = Found::default();
                for path in &missing.areas {
                    let known = area(tx, &context, &mut directory, rules.area, path, &mut found.made)?;
                    found.areas.push((area_key(path), known));
                }
                for (kind, organ) in &missing.organs {
                    let known =
                        self::organ(tx, &context, &directory, rules.organ, *kind, organ, &mut found.made)?;
                    found.organs.push((organ.code.clone(), known));
                }
                for path in &missing.categories {
                    let known = category(tx, &context, &mut books, rules.category, path, &mut found.made)?;
                    found.categories.push((path_key(path.iter()), known));
                }
                Ok(found)
            })
            .await;
        let found = found.map_err(compose::trouble)?;
        self.areas.extend(found.areas);
        self.organs.extend(found.organs);
        self.categories.extend(found.categories);
        self.made.areas += found.made.areas;
        self.made.organs += found.made.organs;
        self.made.categories += found.made.categories;
        if found.made != Made::default() {
            self.appeals.people().refresh().await?;
            self.appeals.refresh().await?;
            self.directory = self.appeals.directory();
            self.books = self.appeals.books();
        }
        Ok(())
    }

    /// What the names of a row stand for, after [`Places::learn`].
    ///
    /// # Errors
    /// Why the row cannot be taken.
    pub(super) fn ids(&self, row: &Request) -> Result<Ids, String> {
        fn unlearnt<T>() -> Result<Option<T>, String> {
            Err("is not known".to_owned())
        }
        Ok(Ids {
            area: match row.area.as_slice() {
                [] => None,
                path => self.areas.get(&area_key(path)).cloned().unwrap_or_else(unlearnt)?,
            },
            organ: match &row.organ {
                None => None,
                Some((_, organ)) => self.organs.get(&organ.code).cloned().unwrap_or_else(unlearnt)?,
            },
            category: match row.category.as_slice() {
                [] => None,
                path => self.categories.get(&path_key(path.iter())).cloned().unwrap_or_else(unlearnt)?,
            },
        })
    }
}

/// In the order of the keys, so that two runs make the same in the same order.
fn sorted<T>(by_key: HashMap<String, T>) -> Vec<T> {
    let mut entries: Vec<(String, T)> = by_key.into_iter().collect();
    entries.sort_by(|(a, _), (b, _)| a.cmp(b));
    entries.into_iter().map(|(_, value)| value).collect()
}

/// What to do with an unknown name: go on and make it, or this.
fn unless_made<T>(
    unknown: Unknown,
    what: &str,
    name: &LocalText,
    present: Option<T>,
) -> Result<(), Known<T>> {
    match unknown {
        Unknown::Create => Ok(()),
        Unknown::Leave => Err(Ok(present)),
        Unknown::Reject => Err(Err(format!(
            "{what}: the city has no “{}” (add it, or write unknown = \"create\" or \"leave\" under [{what}] of the mapping)",
            name.zh
        ))),
    }
}

/// A refusal makes rows with this name rejected; a fault ends the import.
fn or_reason<T>(what: &str, named: &Named, made: Result<T, Failure>) -> Result<Result<T, String>, Failure> {
    match made {
        Ok(made) => Ok(Ok(made)),
        Err(Failure::Refused(refusal)) => {
            let why = compose::trouble(Failure::Refused(refusal)).sentence;
            Ok(Err(format!("{what}: “{}” ({}) cannot be made: {why}", named.name.zh, named.code)))
        }
        Err(fault) => Err(fault),
    }
}

fn area(
    tx: &mut dyn gongzhi_store::Tx,
    context: &Context,
    directory: &mut Directory,
    unknown: Unknown,
    path: &[(AreaLevel, Named)],
    made: &mut Made,
) -> Result<Known<AreaId>, Failure> {
    let mut parent: Option<AreaId> = None;
    for (level, named) in path {
        let by_code = directory.area_by_code(&named.code).map(|area| area.id);
        let by_name = || {
            let mut below = directory.children(parent).filter(|area| area.level == *level);
            below.find(|area| same_name(&area.name, &named.name)).map(|area| area.id)
        };
        if let Some(id) = by_code.or_else(by_name) {
            parent = Some(id);
            continue;
        }
        if let Err(known) = unless_made(unknown, "area", &named.name, parent) {
            return Ok(known);
        }
        let new = NewArea {
            code: named.code.clone(),
            level: *level,
            name: named.name.clone(),
            parent,
            valid_from: Timestamp::from_millis(AREAS_SINCE_MILLIS),
            centre: None,
        };
        match or_reason("area", named, people_actions::add_area(tx, context, &new))? {
            Ok(id) => parent = Some(id),
            Err(why) => return Ok(Err(why)),
        }
        made.areas += 1;
        *directory = Directory::read(tx)?;
    }
    Ok(Ok(parent))
}

fn organ(
    tx: &mut dyn gongzhi_store::Tx,
    context: &Context,
    directory: &Directory,
    unknown: Unknown,
    kind: OrganKind,
    named: &Named,
    made: &mut Made,
) -> Result<Known<OrganId>, Failure> {
    let by_name = || directory.organs().find(|organ| organ.active && same_name(&organ.name, &named.name));
    if let Some(organ) = directory.organ_by_code(&named.code).or_else(by_name) {
        return Ok(Ok(Some(organ.id)));
    }
    if let Err(known) = unless_made(unknown, "organ", &named.name, None) {
        return Ok(known);
    }
    let new = NewOrgan { code: named.code.clone(), kind, name: named.name.clone(), parent: None, area: None };
    let outcome = or_reason("organ", named, people_actions::establish_organ(tx, context, &new))?;
    made.organs += u64::from(outcome.is_ok());
    Ok(outcome.map(Some))
}

fn category(
    tx: &mut dyn gongzhi_store::Tx,
    context: &Context,
    books: &mut Books,
    unknown: Unknown,
    path: &[Named],
    made: &mut Made,
) -> Result<Known<CategoryId>, Failure> {
    let mut parent: Option<CategoryId> = None;
    for named in path {
        let by_code = books.categories.by_code(&named.code).map(|category| category.id);
        let by_name = || {
            let mut below = books.categories.children(parent);
            below.find(|category| same_name(&category.name, &named.name)).map(|category| category.id)
        };
        if let Some(id) = by_code.or_else(by_name) {
            parent = Some(id);
            continue;
        }
        if let Err(known) = unless_made(unknown, "category", &named.name, parent) {
            return Ok(known);
        }
        let new = NewCategory {
            code: named.code.clone(),
            name: named.name.clone(),
            parent,
            urgency: Urgency::Ordinary,
            active: true,
        };
        match or_reason("category", named, books::establish_category(tx, context, books, new))? {
            Ok(id) => parent = Some(id),
            Err(why) => return Ok(Err(why)),
        }
        made.categories += 1;
    }
    Ok(Ok(parent))
}
