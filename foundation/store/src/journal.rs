//! The journal: nothing changes without an event.

use gongzhi_kernel::{
    Actor, Event, EventId, EventKind, Fault, NewEvent, Place, Subject, Timestamp, Vault, World, commitment,
};

use crate::vault::JOURNAL;
use crate::{Param, Row, Tx, params};

crate::statements! {
    /// One more event.
    INSERT_EVENT = "INSERT INTO journal (txn, id, kind, subject_kind, subject, revision, at, actor, public, sealed, salt, commitment)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)";
    /// The events of one subject.
    HISTORY = "SELECT id, kind, subject_kind, subject, revision, at, actor, public, sealed, commitment
        FROM journal WHERE subject = $1 ORDER BY revision";
    /// The revision of a subject's last event.
    LAST_REVISION = "SELECT revision FROM journal WHERE subject = $1 ORDER BY revision DESC LIMIT 1";
    /// A page of subjects with all their events, for replays.
    SUBJECTS_AFTER = "SELECT id, kind, subject_kind, subject, revision, at, actor, public, sealed, commitment
        FROM journal WHERE subject > $1 AND subject <= $2 ORDER BY subject, revision";
    /// The last subject of such a page.
    SUBJECT_PAGE_END = "SELECT max(subject) FROM (
        SELECT subject FROM journal WHERE subject > $1 AND revision = 1 ORDER BY subject LIMIT 500) AS page";
    /// What a follower has not seen, without the sealed parts: what follows an event lives on what is public.
    /// On PostgreSQL only what no running transaction can still precede.
    AFTER = {
        sqlite: "SELECT id, kind, subject_kind, subject, revision, at, actor, public, NULL, commitment, txn
            FROM journal WHERE (txn, id) > ($1, $2) ORDER BY txn, id LIMIT $3",
        postgres: "SELECT id, kind, subject_kind, subject, revision, at, actor, public, CAST(NULL AS TEXT), commitment, txn
            FROM journal WHERE (txn, id) > ($1, $2)
              AND txn < CAST(CAST(pg_snapshot_xmin(pg_current_snapshot()) AS TEXT) AS BIGINT)
                + (SELECT coalesce(max(base), 0) FROM journal_base)
            ORDER BY txn, id LIMIT $3",
    };
    /// The last commit that the journal knows.
    LAST_TXN = "SELECT max(txn) FROM journal";
    /// A number above every id that this node has committed.
    RAISE_FLOOR = "INSERT INTO id_floor (node, floor) VALUES ($1, $2)
        ON CONFLICT (node) DO UPDATE SET floor = excluded.floor";
    /// The sealed parts of a subject are erased with their salts; their commitments stay.
    ERASE = "UPDATE journal SET sealed = NULL, salt = NULL WHERE subject = $1 AND sealed IS NOT NULL";
    /// How many events there are.
    COUNT = "SELECT count(*) FROM journal";
}

/// A place in the journal, after which a follower goes on.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    /// The commit.
    pub txn: i64,
    /// The event in it.
    pub id: i64,
}

/// An event as the journal has it; its sealed part is opened with the city's keys.
fn read_event(row: &dyn Row, vault: &Vault) -> Result<Event, Fault> {
    let id: EventId = row.id(0)?;
    let sealed = row
        .opt_string(8)?
        .map(|kept| {
            let text = vault.open(Place::new(JOURNAL, id.get()), kept)?;
            serde_json::from_str(&text)
                .map_err(|error| Fault::corrupt("the sealed part of an event is no json").because(error))
        })
        .transpose()?;
    Ok(Event {
        id,
        kind: row.string(1)?,
        subject: Subject { kind: row.string(2)?.into(), id: row.int(3)? },
        revision: row.int(4)?,
        at: row.time(5)?,
        actor: row.json::<Actor>(6)?,
        public: row.json(7)?,
        sealed,
        commitment: row.opt_string(9)?,
    })
}

/// An event in the words of the journal. Making them costs as much as writing them, so whoever is in a hurry makes
/// them before the unit of work, and [`Tx::record_entry`](dyn Tx::record_entry) writes them.
#[derive(Debug, Clone)]
pub struct Entry {
    kind: EventKind,
    subject: Subject,
    revision: i64,
    at: Timestamp,
    actor: String,
    public: String,
    sealed: Option<Sealed>,
}

/// The sealed part, and what the open log holds of it.
#[derive(Debug, Clone)]
struct Sealed {
    text: String,
    salt: [u8; 16],
    commitment: String,
}

impl Entry {
    /// The words of an event; the salt of its sealed part comes from the world's entropy.
    pub fn of(world: &World, event: &NewEvent) -> Result<Self, Fault> {
        let sealed = event.sealed.as_ref().map(|sealed| {
            let text = sealed.to_string();
            let mut salt = [0_u8; 16];
            world.entropy.fill(&mut salt);
            Sealed { commitment: commitment(&salt, &text), salt, text }
        });
        Ok(Self {
            kind: event.kind,
            subject: event.subject.clone(),
            revision: event.revision,
            at: event.at,
            actor: serde_json::to_string(&event.actor)
                .map_err(|error| Fault::internal("cannot write an actor as json").because(error))?,
            public: event.public.to_string(),
            sealed,
        })
    }
}

impl dyn Tx + '_ {
    /// Records an event in this unit of work. Of two writers that record the same revision of a subject one fails.
    pub fn record(&mut self, event: NewEvent) -> Result<EventId, Fault> {
        let entry = Entry::of(self.world(), &event)?;
        self.record_entry(&entry)
    }

    /// Records an event whose words were made ready before.
    pub fn record_entry(&mut self, entry: &Entry) -> Result<EventId, Fault> {
        let id: EventId = self.world().ids.next(self.world().clock.now());
        let txn = self.commit_number()?;
        let sealed = match &entry.sealed {
            Some(sealed) => Some(self.seal(Place::new(JOURNAL, id.get()), &sealed.text)?),
            None => None,
        };
        self.execute(
            &INSERT_EVENT,
            params![
                txn,
                id,
                entry.kind,
                &*entry.subject.kind,
                entry.subject.id,
                entry.revision,
                entry.at,
                &entry.actor,
                &entry.public,
                sealed.as_deref(),
                entry.sealed.as_ref().map(|sealed| Param::Bytes(&sealed.salt)),
                entry.sealed.as_ref().map(|sealed| sealed.commitment.as_str()),
            ],
        )?;
        self.journal_grew();
        Ok(id)
    }

    /// The events of a subject, oldest first.
    pub fn history(&mut self, subject: &Subject) -> Result<Vec<Event>, Fault> {
        let vault = self.world().vault.clone();
        self.all(&HISTORY, params![subject.id], |row| read_event(row, &vault))
    }

    /// The revision of a subject's last event; 0 where it has none.
    pub fn last_revision(&mut self, subject: &Subject) -> Result<i64, Fault> {
        Ok(self.one(&LAST_REVISION, params![subject.id], |row| row.int(0))?.unwrap_or(0))
    }

    /// The next events after `position`, at most `limit`, with the position of the last; without their sealed parts.
    pub fn events_after(&mut self, position: Position, limit: i64) -> Result<(Vec<Event>, Position), Fault> {
        let mut last = position;
        let vault = self.world().vault.clone();
        let events = self.all(&AFTER, params![position.txn, position.id, limit], |row| {
            let event = read_event(row, &vault)?;
            last = Position { txn: row.int(10)?, id: event.id.get() };
            Ok(event)
        })?;
        Ok((events, last))
    }

    /// Some hundred further subjects after the subject `after`, each with all its events by revision, and the last
    /// subject of the page: for replays in bounded memory. `None` at the end.
    pub fn subjects_after(&mut self, after: i64) -> Result<Option<(Vec<Event>, i64)>, Fault> {
        let Some(end) = self.one(&SUBJECT_PAGE_END, params![after], |row| row.opt_int(0))?.flatten() else {
            return Ok(None);
        };
        let vault = self.world().vault.clone();
        Ok(Some((self.all(&SUBJECTS_AFTER, params![after, end], |row| read_event(row, &vault))?, end)))
    }

    /// Erases the sealed parts of a subject's events, with their salts: nobody can tell any more what they said, and what the
    /// public log holds of them stays as it is. How many were erased. Copies in backups end with the backups.
    ///
    /// # Errors
    /// A fault of the store.
    pub fn erase_sealed(&mut self, subject: &Subject) -> Result<u64, Fault> {
        self.execute(&ERASE, params![subject.id])
    }

    /// How many events there are.
    pub fn journal_length(&mut self) -> Result<i64, Fault> {
        Ok(self.one(&COUNT, &[], |row| row.int(0))?.unwrap_or(0))
    }
}
