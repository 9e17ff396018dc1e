//! The city's books: rulebook, categories, dispatch catalogue. One picture of them serves all look-ups; every
//! change is an event.

use std::collections::BTreeMap;
use std::sync::Arc;

use gongzhi_kernel::{
    AreaId, Context, EventKind, Failure, Fault, LocalText, NewEvent, OrganId, Refusal, RefusalKind, Subject,
    Timestamp,
};
use gongzhi_people::{Directory, OrganKind};
use gongzhi_store::Tx;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::catalogue::trial::{CaseGroup, Trial};
use crate::catalogue::{Catalogue, Categories, Category, Entry};
use crate::model::{CategoryId, Urgency};
use crate::rulebook::{self, Rulebook, RulebookError, Rulebooks};
use crate::store::books as sql;

/// A category was added. Public: id, code, name, parent, urgency, active.
pub const CATEGORY_ESTABLISHED: EventKind = "category.established";
/// A category was renamed, or taken out of use or into it again. Public: as above, all of it.
pub const CATEGORY_CHANGED: EventKind = "category.changed";
/// A version of the rulebook was adopted. Public: version, effective, body (TOML).
pub const RULEBOOK_ADOPTED: EventKind = "appeal_rulebook.adopted";
/// A version of the dispatch catalogue was adopted. Public: version, effective, entries.
pub const CATALOGUE_ADOPTED: EventKind = "appeal_catalogue.adopted";

/// The kind of subject of a category's events.
pub const CATEGORY_SUBJECT: &str = "category";
/// The kind of subject of a rulebook's event.
pub const RULEBOOK_SUBJECT: &str = "appeal_rulebook";
/// The kind of subject of a catalogue's event.
pub const CATALOGUE_SUBJECT: &str = "appeal_catalogue";

/// A picture of all books at one moment.
#[derive(Debug, Clone, Default)]
pub struct Books {
    /// Versions of the rulebook.
    pub rulebooks: Rulebooks,
    /// The category tree.
    pub categories: Categories,
    /// How often each category has been changed.
    revisions: BTreeMap<CategoryId, i64>,
    /// Versions of the dispatch catalogue, by the moment from which they hold.
    catalogues: Vec<(Timestamp, Arc<Catalogue>)>,
    pub(crate) stamp: sql::Stamp,
}

impl Books {
    /// Reads all books.
    pub fn read(tx: &mut dyn Tx) -> Result<Self, Fault> {
        let categories = sql::categories(tx)?;
        let mut catalogues = sql::catalogues(tx)?;
        catalogues.sort_by_key(|(from, catalogue)| (*from, catalogue.version));
        Ok(Self {
            rulebooks: sql::rulebooks(tx)?,
            revisions: categories.iter().map(|(category, revision)| (category.id, *revision)).collect(),
            categories: Categories::new(categories.into_iter().map(|(category, _)| category)),
            catalogues,
            stamp: sql::stamp(tx)?,
        })
    }

    /// The rulebook that holds at `at`.
    pub fn rulebook(&self, at: Timestamp) -> Result<&Arc<Rulebook>, Fault> {
        self.rulebooks.at(at).ok_or_else(|| Fault::corrupt("the city has no rulebook"))
    }

    /// The dispatch catalogue that holds at `at`; before any holds, the first. `None` where none has been adopted.
    pub fn catalogue(&self, at: Timestamp) -> Option<&Arc<Catalogue>> {
        let in_force = self.catalogues.iter().rev().find(|(from, _)| *from <= at);
        in_force.or_else(|| self.catalogues.first()).map(|(_, catalogue)| catalogue)
    }

    /// Every version of the dispatch catalogue with the moment from which it holds.
    pub fn catalogues(&self) -> impl Iterator<Item = &(Timestamp, Arc<Catalogue>)> {
        self.catalogues.iter()
    }

    /// The organ that the catalogue names for a case, with the catalogue's version. Dissolved organs are not named.
    pub fn organ_for(
        &self,
        directory: &Directory,
        category: Option<CategoryId>,
        area: Option<AreaId>,
        at: Timestamp,
    ) -> Option<(OrganId, i64)> {
        let catalogue = self.catalogue(at)?;
        let organ = self.organ_under(catalogue, directory, category, area)?;
        Some((organ, catalogue.version))
    }

    /// The organ that this catalogue names for a case. Dissolved organs are not named.
    pub fn organ_under(
        &self,
        catalogue: &Catalogue,
        directory: &Directory,
        category: Option<CategoryId>,
        area: Option<AreaId>,
    ) -> Option<OrganId> {
        let category_up = category.map_or_else(Vec::new, |id| self.categories.path_up(id));
        let above = area.into_iter().flat_map(|id| directory.ancestors(id).map(|area| area.id));
        let area_up: Vec<AreaId> = area.into_iter().chain(above).collect();
        let organ = catalogue.organ_for(&category_up, &area_up)?;
        directory.organ(organ).filter(|organ| may_receive(organ)).map(|organ| organ.id)
    }

    /// What the cases since `since` would have met under another catalogue.
    pub(crate) fn try_catalogue(
        &self,
        tx: &mut dyn Tx,
        directory: &Directory,
        candidate: &Catalogue,
        since: Timestamp,
        now: Timestamp,
    ) -> Result<Trial, Fault> {
        let present = self.catalogue(now).cloned().unwrap_or_default();
        let named = |catalogue: &Catalogue, group: &CaseGroup| {
            self.organ_under(catalogue, directory, group.category, group.area)
        };
        let groups = sql::case_groups(tx, since)?;
        Ok(Trial::run(groups, |group| named(&present, group), |group| named(candidate, group)))
    }

    /// The names of a category and those above it, the widest first.
    pub fn category_path(&self, id: CategoryId) -> Vec<&LocalText> {
        let mut names: Vec<&LocalText> = self
            .categories
            .path_up(id)
            .into_iter()
            .filter_map(|id| self.categories.get(id).map(|category| &category.name))
            .collect();
        names.reverse();
        names
    }
}

/// Whether cases can be sent to an organ: it exists today, and it is one of government.
pub fn may_receive(organ: &gongzhi_people::Organ) -> bool {
    organ.active && !matches!(organ.kind, OrganKind::SocialOrganisation | OrganKind::Court)
}

/// What it takes to establish a category, or all of it that may be changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewCategory {
    /// Its code in the city's scheme: unique.
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

fn value(part: &impl Serialize) -> Result<Value, Fault> {
    serde_json::to_value(part).map_err(|error| Fault::internal("cannot write an event").because(error))
}

fn record<K>(
    tx: &mut dyn Tx,
    context: &Context,
    kind: EventKind,
    subject: (&'static str, gongzhi_kernel::Id<K>, i64),
    public: Value,
) -> Result<(), Fault> {
    let (subject_kind, id, revision) = subject;
    let event = NewEvent {
        kind,
        subject: Subject::new(subject_kind, id),
        revision,
        at: context.now,
        actor: context.actor.clone(),
        public,
        sealed: None,
    };
    tx.record(event).map(|_| ())
}

/// Adds a category. `books` takes it in as well, so that a caller may add many in one unit of work.
pub fn establish_category(
    tx: &mut dyn Tx,
    context: &Context,
    books: &mut Books,
    new: NewCategory,
) -> Result<CategoryId, Failure> {
    let id = context.id();
    keep_category(tx, context, books, id, new)?;
    Ok(id)
}

/// Changes a category: all of it but its place in the tree is replaced.
pub fn change_category(
    tx: &mut dyn Tx,
    context: &Context,
    books: &mut Books,
    id: CategoryId,
    change: NewCategory,
) -> Result<(), Failure> {
    let Some(known) = books.categories.get(id) else {
        return Err(Refusal::not_found("category-not-found").into());
    };
    if known.parent != change.parent {
        // Its cases are counted and listed under the categories above it: another place is another category.
        return Err(Refusal::conflict("category-moved").into());
    }
    keep_category(tx, context, books, id, change)
}

fn keep_category(
    tx: &mut dyn Tx,
    context: &Context,
    books: &mut Books,
    id: CategoryId,
    new: NewCategory,
) -> Result<(), Failure> {
    let name = LocalText {
        zh: crate::rules::text::clean_line(&new.name.zh),
        en: new.name.en.as_deref().map(crate::rules::text::clean_line).filter(|en| !en.is_empty()),
    };
    let code = crate::rules::text::clean_line(&new.code);
    let category = Category { id, code, name, parent: new.parent, urgency: new.urgency, active: new.active };
    books.categories.may_stand(&category)?;
    let revision = books.revisions.get(&id).copied().unwrap_or(0) + 1;
    let kind = if revision == 1 { CATEGORY_ESTABLISHED } else { CATEGORY_CHANGED };
    sql::save_category(tx, &category, revision)?;
    record(tx, context, kind, (CATEGORY_SUBJECT, id, revision), value(&category)?)?;
    books.revisions.insert(id, revision);
    books.categories.put(category);
    Ok(())
}

/// Adopts a rulebook that holds from `effective`; its version. Refused with `calendar-year-missing` (year) where its
/// calendar ends before a case of that moment would be due.
pub fn adopt_rulebook(
    tx: &mut dyn Tx,
    context: &Context,
    text: &str,
    effective: Timestamp,
) -> Result<i64, Failure> {
    let rulebook = Rulebook::parse(text).map_err(|error| {
        let what = match &error {
            RulebookError::Unreadable(cause) => cause.to_string(),
            RulebookError::Unsound(what) => what.clone(),
        };
        Refusal::new(RefusalKind::Invalid, "rulebook-unusable").with("what", what)
    })?;
    rulebook.reaches(effective).map_err(Refusal::from)?;
    let version = sql::rulebooks(tx)?.newest() + 1;
    let rulebook = Rulebook { version: 0, ..rulebook };
    let body = toml::to_string(&rulebook)
        .map_err(|error| Fault::internal("cannot write a rulebook").because(error))?;
    let id = context.id::<RulebookMark>();
    sql::insert_rulebook(tx, version, id.get(), effective, &body)?;
    let public = json!({ "version": version, "effective": effective, "body": body });
    record(tx, context, RULEBOOK_ADOPTED, (RULEBOOK_SUBJECT, id, 1), public)?;
    Ok(version)
}

/// Adopts a dispatch catalogue that holds from `effective`; its version. Refused where a line names what is not there.
pub fn adopt_catalogue(
    tx: &mut dyn Tx,
    context: &Context,
    directory: &Directory,
    categories: &Categories,
    entries: &[Entry],
    effective: Timestamp,
) -> Result<i64, Failure> {
    for (line, entry) in entries.iter().enumerate() {
        let refuse = |key| Err(Refusal::new(RefusalKind::Invalid, key).with("line", line + 1).into());
        if entry.category.is_some_and(|id| categories.get(id).is_none()) {
            return refuse("catalogue-unknown-category");
        }
        if entry.area.is_some_and(|id| directory.area(id).is_none()) {
            return refuse("catalogue-unknown-area");
        }
        if !directory.organ(entry.organ).is_some_and(may_receive) {
            return refuse("catalogue-unknown-organ");
        }
    }
    let version = sql::catalogues(tx)?.iter().map(|(_, catalogue)| catalogue.version).max().unwrap_or(0) + 1;
    Catalogue::new(version, entries)?;
    let id = context.id::<CatalogueMark>();
    sql::insert_catalogue(tx, version, id.get(), effective, entries)?;
    let public = json!({ "version": version, "effective": effective, "entries": value(&entries)? });
    record(tx, context, CATALOGUE_ADOPTED, (CATALOGUE_SUBJECT, id, 1), public)?;
    Ok(version)
}

/// Adopts the shipped rulebook in a city that has none.
pub(crate) fn begin(tx: &mut dyn Tx, context: &Context) -> Result<(), Failure> {
    if sql::rulebooks(tx)?.newest() == 0 {
        adopt_rulebook(tx, context, rulebook::DEFAULT, context.now)?;
    }
    Ok(())
}

#[derive(Debug)]
enum RulebookMark {}
#[derive(Debug)]
enum CatalogueMark {}

/// Every refusal about books, by the key of its sentence.
pub const REFUSALS: [&str; 14] = [
    "category-unnamed",
    "category-code-taken",
    "category-parent-unknown",
    "category-below-itself",
    "category-too-deep",
    "category-not-found",
    "category-moved",
    "rulebook-unusable",
    "catalogue-doubled-line",
    "catalogue-unknown-category",
    "catalogue-unknown-area",
    "catalogue-unknown-organ",
    "catalogue-strands-cases",
    "books-effective-past",
];
