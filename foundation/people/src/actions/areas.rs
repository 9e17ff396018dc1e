//! Areas: added, corrected, ended, and a whole division taken in.

use std::collections::{BTreeMap, BTreeSet};

use gongzhi_kernel::{AreaId, Context, Failure, FieldError, LocalText, Point, Refusal, Subject, Timestamp};
use gongzhi_store::Tx;

use super::{become_, clean_code, clean_names, value};
use crate::events::{self, AreaAdded, AreaChanged, AreaEnded, Folded};
use crate::model::{Area, AreaChange, AreaLevel, NewArea, code_above};
use crate::store;

const CODE_MOST: usize = 32;

fn known(tx: &mut dyn Tx, id: AreaId) -> Result<Area, Failure> {
    Ok(store::area(tx, id)?.ok_or_else(|| Refusal::not_found("people-area-not-found"))?)
}

fn check_parent(
    tx: &mut dyn Tx,
    parent: Option<AreaId>,
    level: AreaLevel,
    at: Timestamp,
    errors: &mut Vec<FieldError>,
) -> Result<(), Failure> {
    let Some(parent) = parent else { return Ok(()) };
    match store::area(tx, parent)? {
        None => errors.push(FieldError::new("parent", "people-area-not-found")),
        Some(area) if area.level >= level => {
            errors.push(FieldError::new("parent", "people-area-parent-not-wider"))
        }
        Some(area) if area.valid_to.is_some_and(|to| to <= at) => {
            errors.push(FieldError::new("parent", "people-area-ended"));
        }
        Some(_) => {}
    }
    Ok(())
}

/// Adds a version of an area.
///
/// # Errors
/// Refused with the fields at fault: `code` (unusable, or another area has it), `name`, `parent` (unknown, ended or not wider).
pub fn add_area(tx: &mut dyn Tx, context: &Context, new: &NewArea) -> Result<AreaId, Failure> {
    let mut errors = Vec::new();
    let code = clean_code(&new.code, CODE_MOST, &mut errors);
    let name = clean_names(&new.name, &mut errors);
    if errors.is_empty() && store::area_by_code(tx, &code)?.is_some() {
        errors.push(FieldError::new("code", "people-code-taken"));
    }
    check_parent(tx, new.parent, new.level, new.valid_from, &mut errors)?;
    if !errors.is_empty() {
        return Err(Refusal::fields(errors).into());
    }
    let id: AreaId = context.id();
    let public = value(&AreaAdded {
        code,
        level: new.level,
        name,
        parent: new.parent,
        valid_from: new.valid_from,
        centre: new.centre,
    })?;
    let area: Area =
        become_(tx, context, None, Subject::new(Area::SUBJECT, id), (events::AREA_ADDED, public, None))?;
    store::save_area(tx, &area)?;
    Ok(id)
}

/// Corrects an area without a new version: its name, what it lies in, its middle. Nothing is recorded where nothing changes.
///
/// # Errors
/// Refused with the fields at fault, or where there is no such area.
pub fn change_area(
    tx: &mut dyn Tx,
    context: &Context,
    id: AreaId,
    change: &AreaChange,
) -> Result<Area, Failure> {
    let area = known(tx, id)?;
    let mut errors = Vec::new();
    let name = clean_names(&change.name, &mut errors);
    if change.parent != area.parent {
        check_parent(tx, change.parent, area.level, context.now, &mut errors)?;
    }
    if !errors.is_empty() {
        return Err(Refusal::fields(errors).into());
    }
    if area.name == name && area.parent == change.parent && area.centre == change.centre {
        return Ok(area);
    }
    let public = value(&AreaChanged { name, parent: change.parent, centre: change.centre })?;
    let subject = area.subject();
    let area = become_(tx, context, Some(area), subject, (events::AREA_CHANGED, public, None))?;
    store::save_area(tx, &area)?;
    Ok(area)
}

/// Ends an area at `valid_to`; `successors` take over from it.
///
/// # Errors
/// Refused where it is unknown, has ended, would end before it began, still holds areas, or a successor is unknown.
pub fn end_area(
    tx: &mut dyn Tx,
    context: &Context,
    id: AreaId,
    valid_to: Timestamp,
    successors: &[AreaId],
) -> Result<Area, Failure> {
    let area = known(tx, id)?;
    if area.valid_to.is_some() {
        return Err(Refusal::conflict("people-area-ended").into());
    }
    if valid_to < area.valid_from {
        return Err(Refusal::conflict("people-area-ends-before-it-begins").into());
    }
    if store::areas_within(tx, id)? > 0 {
        return Err(Refusal::conflict("people-area-not-empty").into());
    }
    let successors: BTreeSet<AreaId> = successors.iter().copied().collect();
    for successor in &successors {
        if *successor == id || store::area(tx, *successor)?.is_none() {
            return Err(Refusal::conflict("people-area-successor-unknown").into());
        }
    }
    let public = value(&AreaEnded { valid_to, successors: successors.into_iter().collect() })?;
    let subject = area.subject();
    let area = become_(tx, context, Some(area), subject, (events::AREA_ENDED, public, None))?;
    store::save_area(tx, &area)?;
    Ok(area)
}

/// One row of a division that is taken in.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct AreaRow {
    /// Its line in the file, for the report.
    pub line: u64,
    /// The code.
    pub code: String,
    /// The level; where it is missing, that of the code.
    pub level: Option<AreaLevel>,
    /// The name; an English one that is missing is kept as it was.
    pub name: LocalText,
    /// The code of the area that it lies in; where it is missing, that of the digits.
    pub parent: Option<String>,
    /// A point in its middle; where it is missing, as it was.
    pub centre: Option<Point>,
    /// Codes of the areas that it takes over from; they end.
    pub former: Vec<String>,
}

/// A row that was not taken in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RejectedArea {
    /// Its line in the file; 0 for an area of the city that could not be ended.
    pub line: u64,
    /// Its code.
    pub code: String,
    /// Key of the sentence in the locale files.
    pub key: &'static str,
}

/// What taking in a division has done.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AreaImport {
    /// Areas added.
    pub added: u64,
    /// Areas corrected.
    pub changed: u64,
    /// Areas ended.
    pub ended: u64,
    /// Areas that were as the file says.
    pub unchanged: u64,
    /// Rows that were not taken in.
    pub rejected: Vec<RejectedArea>,
}

/// The refusal's key for the report; a fault goes on.
fn key_of(failure: Failure) -> Result<&'static str, Failure> {
    match failure {
        Failure::Refused(refusal) => Ok(refusal.fields.first().map_or(refusal.key, |field| field.key)),
        Failure::Fault(fault) => Err(Failure::Fault(fault)),
    }
}

/// Takes in a division as it is valid from `valid_from`. The order of the rows does not matter. What is as the
/// file says is left alone, so a second run changes nothing. With `complete`, areas that the file does not have end.
///
/// # Errors
/// A fault; rows that cannot be taken in are in the report, the others are taken in.
pub fn import_areas(
    tx: &mut dyn Tx,
    context: &Context,
    rows: &[AreaRow],
    valid_from: Timestamp,
    complete: bool,
) -> Result<AreaImport, Failure> {
    let mut report = AreaImport::default();
    let mut living: BTreeMap<String, Area> = store::areas(tx)?
        .into_iter()
        .filter(|area| area.valid_to.is_none())
        .map(|area| (area.code.clone(), area))
        .collect();
    let mut named: BTreeSet<String> = BTreeSet::new();
    let mut ending: BTreeMap<AreaId, BTreeSet<AreaId>> = BTreeMap::new();

    let mut ordered: Vec<(AreaLevel, &AreaRow)> = Vec::with_capacity(rows.len());
    for row in rows {
        match row.level.or_else(|| AreaLevel::of_code(row.code.trim())) {
            Some(level) => ordered.push((level, row)),
            None => report.reject(row.line, &row.code, "people-area-level-unknown"),
        }
    }
    ordered.sort_by_key(|(level, row)| (*level, row.line));

    for (level, row) in ordered {
        let code = row.code.trim().to_owned();
        if !named.insert(code.clone()) {
            report.reject(row.line, &code, "people-area-twice");
            continue;
        }
        let parent_code = row.parent.clone().filter(|parent| !parent.trim().is_empty());
        let parent = match parent_code.clone().or_else(|| code_above(&code)) {
            None => None,
            Some(above) => match living.get(above.trim()) {
                Some(area) => Some(area.id),
                // A city's file begins at its city: what lies in nothing that is known is a root.
                None if parent_code.is_none() && !living.values().any(|area| area.level < level) => None,
                None => {
                    report.reject(row.line, &code, "people-area-parent-missing");
                    continue;
                }
            },
        };
        let outcome = match living.get(&code) {
            Some(area) if area.level != level => {
                report.reject(row.line, &code, "people-area-level-changed");
                continue;
            }
            Some(area) => {
                let name = LocalText {
                    zh: row.name.zh.clone(),
                    en: row.name.en.clone().or_else(|| area.name.en.clone()),
                };
                let change = AreaChange { name, parent, centre: row.centre.or(area.centre) };
                let before = area.revision;
                change_area(tx, context, area.id, &change).map(|area| {
                    if area.revision == before {
                        report.unchanged += 1;
                    } else {
                        report.changed += 1;
                    }
                    area.id
                })
            }
            None => {
                let new = NewArea {
                    code: code.clone(),
                    level,
                    name: row.name.clone(),
                    parent,
                    valid_from,
                    centre: row.centre,
                };
                add_area(tx, context, &new).inspect(|_| report.added += 1)
            }
        };
        match outcome {
            Ok(id) => {
                for former in row.former.iter().map(|former| former.trim()).filter(|former| **former != code)
                {
                    if let Some(area) = living.get(former) {
                        ending.entry(area.id).or_default().insert(id);
                    }
                }
                living.insert(code, known(tx, id)?);
            }
            Err(failure) => {
                let key = key_of(failure)?;
                report.reject(row.line, &code, key);
            }
        }
    }

    // The narrowest end first: an area that still holds others cannot end.
    let mut leaving: Vec<&Area> = living
        .values()
        .filter(|area| ending.contains_key(&area.id) || (complete && !named.contains(&area.code)))
        .collect();
    leaving.sort_by_key(|area| std::cmp::Reverse(area.level));
    for area in leaving {
        let successors: Vec<AreaId> = ending.get(&area.id).into_iter().flatten().copied().collect();
        match end_area(tx, context, area.id, valid_from, &successors) {
            Ok(_) => report.ended += 1,
            Err(failure) => {
                let key = key_of(failure)?;
                report.reject(0, &area.code, key);
            }
        }
    }
    Ok(report)
}

impl AreaImport {
    fn reject(&mut self, line: u64, code: &str, key: &'static str) {
        self.rejected.push(RejectedArea { line, code: code.to_owned(), key });
    }
}
