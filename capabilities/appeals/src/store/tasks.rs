//! The SQL of what runs beside a case: tasks, merged cases, notes.

use gongzhi_kernel::{AppealId, Fault, OrganId, PersonId, Timestamp};
use gongzhi_store::{Tx, params};

use super::NEVER;
use super::lists::{Item, item_columns, read_item};
use crate::model::{Note, NoteKind, Task, TaskId, TaskKind};

gongzhi_store::statements! {
    /// One task.
    TASK = "SELECT body FROM appeal_task WHERE id = $1";
    /// The tasks of a case, the oldest first.
    TASKS_OF = "SELECT body FROM appeal_task WHERE appeal = $1 ORDER BY id";
    /// A page of tasks, for the check.
    TASKS_AFTER = "SELECT body FROM appeal_task WHERE id > $1 ORDER BY id LIMIT 1000";
    /// Keeps a task.
    SAVE_TASK = "INSERT INTO appeal_task (id, appeal, kind, state, revision, person, body)
        VALUES ($1, $2, $3, $4, $5, $6, $7)
        ON CONFLICT (id) DO UPDATE SET state = excluded.state, revision = excluded.revision,
            person = excluded.person, body = excluded.body";
    /// Takes a task from all desks.
    CLEAR_DESKS = "DELETE FROM appeal_task_desk WHERE task = $1";
    /// Lays a task on a desk.
    LAY = "INSERT INTO appeal_task_desk (organ, queue, due, appeal, task) VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT (organ, queue, due, appeal, task) DO NOTHING";
    /// The cases that lie on a desk for a task, by the task's deadline.
    QUEUE = (concat!(item_columns!(), ", d.due FROM appeal_task_desk d JOIN appeal a ON a.id = d.appeal
        WHERE d.organ = $1 AND d.queue = $2 AND (d.due, d.appeal) > ($3, $4) ORDER BY d.due, d.appeal LIMIT $5"));
    /// How many tasks lie on a desk.
    QUEUE_COUNTS = "SELECT queue, count(*) FROM appeal_task_desk WHERE organ = $1 GROUP BY queue";
    /// The cases that one official works, by their next deadline.
    MINE = (concat!(item_columns!(), ", a.desk_due FROM appeal_task t JOIN appeal a ON a.id = t.appeal
        WHERE t.person = $1 AND t.kind = 'assignment' AND t.state = 'open' AND a.desk IS NOT NULL AND a.desk <> 0
            AND a.organ = $2 AND (a.desk_due, a.id) > ($3, $4)
        ORDER BY a.desk_due, a.id LIMIT $5"));
    /// How many cases one official works.
    MINE_COUNT = "SELECT count(*) FROM appeal_task t JOIN appeal a ON a.id = t.appeal
        WHERE t.person = $1 AND t.kind = 'assignment' AND t.state = 'open' AND a.desk IS NOT NULL AND a.desk <> 0
            AND a.organ = $2";

    /// The cases that are handled with this one.
    MERGED_INTO = "SELECT appeal FROM appeal_merged WHERE into_appeal = $1 ORDER BY appeal";
    /// Keeps that a case is handled with another.
    MERGE = "INSERT INTO appeal_merged (appeal, into_appeal) VALUES ($1, $2)";
    /// Forgets it.
    SPLIT = "DELETE FROM appeal_merged WHERE appeal = $1";

    /// The notes of a case, the oldest first.
    NOTES_OF = "SELECT id, kind, organ, person, at, reached, text FROM appeal_note WHERE appeal = $1 ORDER BY id";
    /// Keeps a note.
    INSERT_NOTE = "INSERT INTO appeal_note (id, appeal, kind, organ, person, at, reached, text)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    /// Forgets the draft of a case.
    DROP_DRAFT = "DELETE FROM appeal_note WHERE appeal = $1 AND kind = 'draft'";
    /// The cases whose reporters are to be called back, the first to lapse first.
    CALLS = (concat!(item_columns!(), ", a.id FROM appeal a
        WHERE a.phase = 'answered' AND a.state = 'answered' AND a.id > $1
            AND NOT EXISTS (SELECT 1 FROM appeal_task t WHERE t.appeal = a.id AND t.kind = 'call_back'
                AND t.state = 'excluded')
        ORDER BY a.id LIMIT $2"));
}

fn task_of(row: &dyn gongzhi_store::Row) -> Result<Task, Fault> {
    row.json(0)
}

/// One task.
pub fn task(tx: &mut dyn Tx, id: TaskId) -> Result<Option<Task>, Fault> {
    tx.one(&TASK, params![id], task_of)
}

/// The tasks of a case, the oldest first.
pub fn tasks_of(tx: &mut dyn Tx, appeal: AppealId) -> Result<Vec<Task>, Fault> {
    tx.all(&TASKS_OF, params![appeal], task_of)
}

/// A page of tasks, for the check.
pub fn tasks_after(tx: &mut dyn Tx, after: i64) -> Result<Vec<Task>, Fault> {
    tx.all(&TASKS_AFTER, params![after], task_of)
}

/// The queue in which a task of this kind lies.
pub const fn queue_of(kind: TaskKind) -> &'static str {
    match kind {
        TaskKind::Whistle => "whistle",
        TaskKind::Supervision => "supervised",
        TaskKind::Assist
        | TaskKind::Extension
        | TaskKind::Consultation
        | TaskKind::Senior
        | TaskKind::Review => "asked",
        TaskKind::Assignment | TaskKind::CallBack => "",
    }
}

/// Keeps what an event has made of a task, and lays it on the desks of those who must act.
pub fn save_task(tx: &mut dyn Tx, task: &Task) -> Result<(), Fault> {
    let body =
        serde_json::to_string(task).map_err(|error| Fault::internal("cannot write a task").because(error))?;
    tx.execute(
        &SAVE_TASK,
        params![
            task.id,
            task.appeal,
            task.kind.word(),
            task.state.word(),
            task.revision,
            task.person,
            body.as_str()
        ],
    )?;
    tx.execute(&CLEAR_DESKS, params![task.id])?;
    let queue = queue_of(task.kind);
    if !queue.is_empty() {
        let due = task.due.map_or(NEVER, Timestamp::as_micros);
        for organ in task.desks() {
            tx.execute(&LAY, params![organ, queue, due, task.appeal, task.id])?;
        }
    }
    Ok(())
}

/// Takes a task from all desks: the case is over.
pub fn clear_desks(tx: &mut dyn Tx, task: TaskId) -> Result<(), Fault> {
    tx.execute(&CLEAR_DESKS, params![task]).map(|_| ())
}

/// The cases that lie on an organ's desk for tasks of this queue.
pub fn queue(
    tx: &mut dyn Tx,
    organ: OrganId,
    queue: &str,
    after: (i64, i64),
    limit: i64,
) -> Result<Vec<Item>, Fault> {
    tx.all(&QUEUE, params![organ, queue, after.0, after.1, limit], |row| {
        Ok(Item { place: Some(row.int(23)?), ..read_item(row)? })
    })
}

/// How many tasks of each queue lie on an organ's desk.
pub fn queue_counts(tx: &mut dyn Tx, organ: OrganId) -> Result<Vec<(String, i64)>, Fault> {
    tx.all(&QUEUE_COUNTS, params![organ], |row| Ok((row.string(0)?, row.int(1)?)))
}

/// The cases that an official works for an organ.
pub fn mine(
    tx: &mut dyn Tx,
    person: PersonId,
    organ: OrganId,
    after: (i64, i64),
    limit: i64,
) -> Result<Vec<Item>, Fault> {
    tx.all(&MINE, params![person, organ, after.0, after.1, limit], read_item)
}

/// How many cases an official works for an organ.
pub fn mine_count(tx: &mut dyn Tx, person: PersonId, organ: OrganId) -> Result<i64, Fault> {
    Ok(tx.one(&MINE_COUNT, params![person, organ], |row| row.int(0))?.unwrap_or(0))
}

/// The cases whose reporters are to be called back, from a number on.
pub fn calls(tx: &mut dyn Tx, after: i64, limit: i64) -> Result<Vec<Item>, Fault> {
    tx.all(&CALLS, params![after, limit], read_item)
}

/// The cases that are handled with this one.
pub fn merged_into(tx: &mut dyn Tx, appeal: AppealId) -> Result<Vec<AppealId>, Fault> {
    tx.all(&MERGED_INTO, params![appeal], |row| row.id(0))
}

/// Keeps that a case is handled with another, or by itself again.
pub fn set_merged(tx: &mut dyn Tx, appeal: AppealId, into: Option<AppealId>) -> Result<(), Fault> {
    match into {
        Some(into) => tx.execute(&MERGE, params![appeal, into]),
        None => tx.execute(&SPLIT, params![appeal]),
    }
    .map(|_| ())
}

/// Keeps a note; a draft replaces the one before.
pub fn insert_note(tx: &mut dyn Tx, appeal: AppealId, note: &Note) -> Result<(), Fault> {
    if note.kind == NoteKind::Draft {
        tx.execute(&DROP_DRAFT, params![appeal])?;
        if note.text.is_empty() {
            return Ok(());
        }
    }
    tx.execute(
        &INSERT_NOTE,
        params![
            note.id,
            appeal,
            note.kind.word(),
            note.organ,
            note.person,
            note.at,
            note.reached,
            note.text.as_str()
        ],
    )
    .map(|_| ())
}

/// The notes of a case, the oldest first.
pub fn notes_of(tx: &mut dyn Tx, appeal: AppealId) -> Result<Vec<Note>, Fault> {
    tx.all(&NOTES_OF, params![appeal], |row| {
        Ok(Note {
            id: row.int(0)?,
            kind: super::word(row, 1, NoteKind::from_word)?,
            organ: row.id(2)?,
            person: row.id(3)?,
            at: row.time(4)?,
            reached: row.flag(5)?,
            text: row.string(6)?,
        })
    })
}
