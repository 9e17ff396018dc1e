//! The SQL of rulebooks, categories and dispatch catalogues.

use std::sync::Arc;

use gongzhi_kernel::{AppealId, Fault, LocalText, Timestamp};
use gongzhi_store::{Row, Tx, params};

use crate::catalogue::trial::CaseGroup;
use crate::catalogue::{Catalogue, Category, Entry};
use crate::model::Urgency;
use crate::rulebook::{Rulebook, Rulebooks};

gongzhi_store::statements! {
    /// All categories.
    CATEGORIES = "SELECT id, code, name_zh, name_en, parent, urgency, active, revision FROM category ORDER BY id";
    /// Keeps a category.
    SAVE_CATEGORY = "INSERT INTO category (id, code, name_zh, name_en, parent, urgency, active, revision)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
        ON CONFLICT (id) DO UPDATE SET code = excluded.code, name_zh = excluded.name_zh, name_en = excluded.name_en,
            parent = excluded.parent, urgency = excluded.urgency, active = excluded.active,
            revision = excluded.revision";
    /// All versions of the rulebook.
    RULEBOOKS = "SELECT version, effective, body FROM appeal_rulebook ORDER BY version";
    /// A new version of the rulebook.
    INSERT_RULEBOOK = "INSERT INTO appeal_rulebook (version, id, effective, body) VALUES ($1, $2, $3, $4)";
    /// All versions of the dispatch catalogue.
    CATALOGUES = "SELECT version, effective, body FROM appeal_catalogue ORDER BY version";
    /// A new version of the dispatch catalogue.
    INSERT_CATALOGUE = "INSERT INTO appeal_catalogue (version, id, effective, body) VALUES ($1, $2, $3, $4)";
    /// The cases since an id, by category and area.
    CASE_GROUPS = "SELECT category, area, count(*), max(id) FROM appeal WHERE id >= $1 GROUP BY category, area";
    /// What tells whether another process has changed a book.
    STAMP = "SELECT coalesce((SELECT max(version) FROM appeal_rulebook), 0),
        coalesce((SELECT max(version) FROM appeal_catalogue), 0),
        (SELECT count(*) FROM category), coalesce((SELECT CAST(sum(revision) AS BIGINT) FROM category), 0)";
}

/// Changes with every change of a book.
pub type Stamp = [i64; 4];

/// What tells whether another process has changed a book.
pub fn stamp(tx: &mut dyn Tx) -> Result<Stamp, Fault> {
    let stamp = tx.one(&STAMP, &[], |row| Ok([row.int(0)?, row.int(1)?, row.int(2)?, row.int(3)?]))?;
    Ok(stamp.unwrap_or_default())
}

fn read_category(row: &dyn Row) -> Result<(Category, i64), Fault> {
    let urgency = row.text(5)?;
    let category = Category {
        id: row.id(0)?,
        code: row.string(1)?,
        name: LocalText { zh: row.string(2)?, en: row.opt_string(3)? },
        parent: row.opt_id(4)?,
        urgency: Urgency::from_word(urgency)
            .ok_or_else(|| Fault::corrupt(format!("`{urgency}` is no urgency")))?,
        active: row.flag(6)?,
    };
    Ok((category, row.int(7)?))
}

/// All categories with the revision of each.
pub fn categories(tx: &mut dyn Tx) -> Result<Vec<(Category, i64)>, Fault> {
    tx.all(&CATEGORIES, &[], read_category)
}

/// Keeps a category.
pub fn save_category(tx: &mut dyn Tx, category: &Category, revision: i64) -> Result<(), Fault> {
    tx.execute(
        &SAVE_CATEGORY,
        params![
            category.id,
            &category.code,
            &category.name.zh,
            category.name.en.as_ref(),
            category.parent,
            category.urgency.word(),
            category.active,
            revision,
        ],
    )
    .map(|_| ())
}

/// All versions of the rulebook.
pub fn rulebooks(tx: &mut dyn Tx) -> Result<Rulebooks, Fault> {
    let versions = tx.all(&RULEBOOKS, &[], |row| {
        let version = row.int(0)?;
        let rulebook = Rulebook::parse(row.text(2)?)
            .map_err(|error| Fault::corrupt(format!("rulebook {version} cannot be read")).because(error))?;
        Ok((row.time(1)?, Arc::new(Rulebook { version, ..rulebook })))
    })?;
    Ok(Rulebooks::new(versions))
}

/// Keeps a new version of the rulebook.
pub fn insert_rulebook(
    tx: &mut dyn Tx,
    version: i64,
    id: i64,
    effective: Timestamp,
    body: &str,
) -> Result<(), Fault> {
    tx.execute(&INSERT_RULEBOOK, params![version, id, effective, body]).map(|_| ())
}

/// All versions of the dispatch catalogue with the moments from which they hold.
pub fn catalogues(tx: &mut dyn Tx) -> Result<Vec<(Timestamp, Arc<Catalogue>)>, Fault> {
    tx.all(&CATALOGUES, &[], |row| {
        let version = row.int(0)?;
        let entries: Vec<Entry> = row.json(2)?;
        let catalogue = Catalogue::new(version, &entries).map_err(|refusal| {
            Fault::corrupt(format!("catalogue {version} cannot be read")).because(refusal)
        })?;
        Ok((row.time(1)?, Arc::new(catalogue)))
    })
}

/// Keeps a new version of the dispatch catalogue.
pub fn insert_catalogue(
    tx: &mut dyn Tx,
    version: i64,
    id: i64,
    effective: Timestamp,
    entries: &[Entry],
) -> Result<(), Fault> {
    let body = serde_json::to_string(entries)
        .map_err(|error| Fault::internal("cannot write a catalogue").because(error))?;
    tx.execute(&INSERT_CATALOGUE, params![version, id, effective, &body]).map(|_| ())
}

/// The cases that came in since `since`, by category and area.
pub fn case_groups(tx: &mut dyn Tx, since: Timestamp) -> Result<Vec<CaseGroup>, Fault> {
    tx.all(&CASE_GROUPS, params![AppealId::first_at(since)], |row| {
        Ok(CaseGroup {
            category: row.opt_id(0)?,
            area: row.opt_id(1)?,
            cases: row.int(2)?,
            newest: row.id(3)?,
        })
    })
}
