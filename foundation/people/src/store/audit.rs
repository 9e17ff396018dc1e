//! The SQL of the audit trail.

use gongzhi_kernel::{Event, Fault};
use gongzhi_store::{Row, Tx, params};

use crate::audit::{Entry, Search, Section};

gongzhi_store::statements! {
    /// One more entry; the same event twice is one.
    INSERT_ENTRY = "INSERT INTO audit_entry (event, at, kind, section, actor_kind, person, organ, subject_kind, subject, told)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT (event) DO NOTHING";
    /// Nothing any more: it is made anew.
    FORGET = "DELETE FROM audit_entry";
    /// A page of what is searched for, the newest first. An empty section and person 0 are any.
    SEARCH = "SELECT event, at, kind, section, actor_kind, person, organ, subject_kind, subject, told FROM audit_entry
        WHERE event < $1 AND at >= $2 AND at < $3 AND ($4 = '' OR section = $4) AND ($5 = 0 OR person = $5)
        ORDER BY event DESC LIMIT $6";
}

pub(crate) fn insert(tx: &mut dyn Tx, section: Section, event: &Event) -> Result<(), Fault> {
    let told = event.public.to_string();
    let values = params![
        event.id,
        event.at,
        &event.kind,
        section.word(),
        event.actor.kind().word(),
        event.actor.person(),
        event.actor.organ(),
        &*event.subject.kind,
        event.subject.id,
        &told,
    ];
    tx.execute(&INSERT_ENTRY, values).map(|_| ())
}

pub(crate) fn forget(tx: &mut dyn Tx) -> Result<(), Fault> {
    tx.execute(&FORGET, &[]).map(|_| ())
}

fn read_entry(row: &dyn Row) -> Result<Entry, Fault> {
    let section = row.text(3)?;
    Ok(Entry {
        event: row.id(0)?,
        at: row.time(1)?,
        kind: row.string(2)?,
        section: Section::from_word(section)
            .ok_or_else(|| Fault::corrupt(format!("unknown section of the audit trail {section:?}")))?,
        actor_kind: row.string(4)?,
        person: row.opt_id(5)?,
        organ: row.opt_id(6)?,
        subject_kind: row.string(7)?,
        subject: row.int(8)?,
        told: row.json(9)?,
    })
}

pub(crate) fn search(tx: &mut dyn Tx, search: &Search, limit: i64) -> Result<Vec<Entry>, Fault> {
    let values = params![
        search.before.map_or(i64::MAX, gongzhi_kernel::Id::get),
        search.from.map_or(i64::MIN, gongzhi_kernel::Timestamp::as_micros),
        search.to.map_or(i64::MAX, gongzhi_kernel::Timestamp::as_micros),
        search.section.map_or("", Section::word),
        search.person.map_or(0, gongzhi_kernel::Id::get),
        limit,
    ];
    tx.all(&SEARCH, values, read_entry)
}
