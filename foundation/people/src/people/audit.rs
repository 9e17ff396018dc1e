//! Searching the audit trail, and taking a part of it out; both leave an entry themselves.

use std::collections::BTreeMap;
use std::sync::Arc;

use gongzhi_kernel::{Context, EventKind, Failure, Fault, Id, NewEvent, PersonId, Subject};
use gongzhi_store::{Follower, Tx};
use serde_json::json;

use super::People;
use crate::audit::{self, Entry, Search, Section, Trail};
use crate::policies::Resource;
use crate::store;

/// Entries that are taken out at once at most.
pub const EXPORT_MOST: i64 = 50_000;

/// Marks ids of searches.
enum Looking {}

/// Entries with the names of the persons in them.
#[derive(Debug, Clone, Default)]
pub struct Found {
    /// The newest first.
    pub entries: Vec<Entry>,
    /// Names of those who acted and of those whom it was about.
    pub names: BTreeMap<PersonId, String>,
    /// Whether there are older ones.
    pub more: bool,
}

fn named(tx: &mut dyn Tx, entries: Vec<Entry>, more: bool) -> Result<Found, Fault> {
    let mut names = BTreeMap::new();
    for entry in &entries {
        let about = (entry.subject_kind == "person").then(|| Id::new(entry.subject)).flatten();
        for id in entry.person.into_iter().chain(about) {
            if let std::collections::btree_map::Entry::Vacant(place) = names.entry(id)
                && let Some(person) = store::person(tx, id)?
            {
                place.insert(person.name);
            }
        }
    }
    Ok(Found { entries, names, more })
}

fn looked(
    tx: &mut dyn Tx,
    context: &Context,
    kind: EventKind,
    search: &Search,
    count: usize,
) -> Result<(), Fault> {
    let id: Id<Looking> = context.id();
    tx.record(NewEvent {
        kind,
        subject: Subject::new("audit", id),
        revision: 1,
        at: context.now,
        actor: context.actor.clone(),
        public: json!({
            "section": search.section.map(Section::word),
            "from": search.from,
            "to": search.to,
            "entries": count,
        }),
        // Whose doings were looked at is about that person.
        sealed: search.person.map(|person| json!({ "person": person })),
    })?;
    Ok(())
}

impl People {
    /// The follower that keeps the audit trail.
    pub fn followers(&self) -> Vec<Arc<dyn Follower>> {
        vec![Arc::new(Trail)]
    }

    /// A page of the audit trail. A search for what one person did is an entry itself. Action `journal.read`.
    ///
    /// # Errors
    /// Refused to all but auditors.
    pub async fn audit(&self, context: &Context, search: Search, limit: i64) -> Result<Found, Failure> {
        self.0.policies.require(&context.actor, "journal.read", &Resource::city())?;
        let context = context.clone();
        let work = move |tx: &mut dyn Tx| {
            let mut entries = store::audit::search(tx, &search, limit.clamp(1, 200) + 1)?;
            let more = entries.len() > usize::try_from(limit).unwrap_or(usize::MAX);
            entries.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
            if search.person.is_some() {
                looked(tx, &context, audit::AUDIT_SEARCHED, &search, entries.len())?;
            }
            named(tx, entries, more)
        };
        Ok(match search.person {
            Some(_) => self.0.store.write(work).await?,
            None => self.0.store.read(work).await?,
        })
    }

    /// Takes a part of the audit trail out, at most [`EXPORT_MOST`] entries. Always an entry itself. Action `journal.read`.
    ///
    /// # Errors
    /// Refused to all but auditors.
    pub async fn export_audit(&self, context: &Context, search: Search) -> Result<Found, Failure> {
        self.0.policies.require(&context.actor, "journal.read", &Resource::city())?;
        let context = context.clone();
        let work = move |tx: &mut dyn Tx| {
            let entries = store::audit::search(tx, &search, EXPORT_MOST)?;
            looked(tx, &context, audit::AUDIT_EXPORTED, &search, entries.len())?;
            named(tx, entries, false)
        };
        Ok(self.0.store.write(work).await?)
    }

    /// The person whose sign-in name this is, for a search. Action `journal.read`.
    ///
    /// # Errors
    /// Refused to all but auditors.
    pub async fn audited(&self, context: &Context, login: &str) -> Result<Option<PersonId>, Failure> {
        self.0.policies.require(&context.actor, "journal.read", &Resource::city())?;
        let Some(login) = crate::fold_login(login) else { return Ok(None) };
        let found = self.0.store.read(move |tx| store::person_by_login(tx, &login)).await?;
        Ok(found.map(|person| person.id))
    }
}
