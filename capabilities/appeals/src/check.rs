//! Holds the rows against the journal: replays the events of every appeal and compares, a page at a time.

use std::collections::BTreeMap;

use gongzhi_kernel::{AppealId, Event, Fault, Subject};
use gongzhi_people::{CheckReport, Difference, Directory};
use gongzhi_store::{Tx, params};

use crate::actions::books::Books;
use crate::actions::clients::{self as keys, CLIENT_SUBJECT};
use crate::events::{AppealEvent, Change, SUBJECT, TASK_SUBJECT, TaskEvent};
use crate::indicators::{EXCLUSION_SUBJECT, exclusion};
use crate::model::{Appeal, Reporter};
use crate::open311::REQUEST_SUBJECT;
use crate::rules::files::{FILE_SUBJECT, fold_file};
use crate::rules::follow::{FOLLOWER_SUBJECT, fold_follower};
use crate::rules::{apply_task, fold};
use crate::store::{self, files as file_rows, follow as follow_rows, indicators, open311};

/// The most differences that are listed; more are only counted in a last line.
const LISTED: usize = 1000;

/// Compares every appeal's row, its repeated columns and its reporter's record with the fold of its events, and
/// looks for events without a row.
pub fn check(tx: &mut dyn Tx) -> Result<CheckReport, Fault> {
    let mut report = CheckReport::default();
    let (books, directory) = (Books::read(tx)?, Directory::read(tx)?);
    let mut unlisted = 0_u64;
    let mut after = 0;
    while let Some((events, end)) = tx.subjects_after(after)? {
        let mut stories: BTreeMap<i64, Vec<Event>> = BTreeMap::new();
        for event in events.into_iter().filter(|event| event.subject.kind == SUBJECT) {
            stories.entry(event.subject.id).or_default().push(event);
        }
        let mut rows = rows_between(tx, after, end, &books, &directory)?;
        let mut reporters = store::reporters_between(tx, after, end)?;
        for (id, story) in stories {
            report.checked += 1;
            let found = compare(&story, rows.remove(&id), reporters.remove(&id))?;
            for what in found {
                list(&mut report, &mut unlisted, id, what);
            }
        }
        for (id, _) in rows {
            list(&mut report, &mut unlisted, id, "has a row and no events".into());
        }
        for (id, _) in reporters {
            list(&mut report, &mut unlisted, id, "has a reporter and no events".into());
        }
        after = end;
    }
    clients(tx, &mut report, &mut unlisted)?;
    exclusions(tx, &mut report, &mut unlisted)?;
    beside(tx, &mut report, &mut unlisted)?;
    // Rows beyond the last event.
    for (id, _) in rows_between(tx, after, i64::MAX, &books, &directory)? {
        list(&mut report, &mut unlisted, id, "has a row and no events".into());
    }
    brought(tx, &mut report, &mut unlisted)?;
    files(tx, &mut report, &mut unlisted)?;
    followers(tx, &mut report, &mut unlisted)?;
    if unlisted > 0 {
        list(&mut report, &mut 0, 0, format!("{unlisted} more differences are not listed"));
    }
    Ok(report)
}

/// Compares every client of Open311 with its events.
fn clients(tx: &mut dyn Tx, report: &mut CheckReport, unlisted: &mut u64) -> Result<(), Fault> {
    for client in open311::clients(tx)? {
        report.checked += 1;
        let events = tx.history(&Subject::new(CLIENT_SUBJECT, client.id))?;
        // What has been erased from its event cannot be compared any more.
        if keys::fold(&events).ok().flatten().as_ref() != Some(&client) {
            list(report, unlisted, client.id.get(), "is a client that differs from its events".into());
        }
    }
    Ok(())
}

/// Compares every exclusion with its events.
fn exclusions(tx: &mut dyn Tx, report: &mut CheckReport, unlisted: &mut u64) -> Result<(), Fault> {
    let mut after = 0;
    loop {
        let rows = indicators::exclusions_after(tx, after)?;
        let Some(last) = rows.last() else { return Ok(()) };
        after = last.id.get();
        for row in rows {
            report.checked += 1;
            let events = tx.history(&Subject::new(EXCLUSION_SUBJECT, row.id))?;
            if exclusion::fold(&events).as_ref() != Some(&row) {
                list(report, unlisted, row.appeal.get(), "is left out otherwise than its events say".into());
            }
        }
    }
}

/// Compares every task with the fold of its events.
fn beside(tx: &mut dyn Tx, report: &mut CheckReport, unlisted: &mut u64) -> Result<(), Fault> {
    let mut after = 0;
    loop {
        let tasks = store::tasks::tasks_after(tx, after)?;
        let Some(last) = tasks.last() else { return Ok(()) };
        after = last.id.get();
        for task in tasks {
            report.checked += 1;
            let events = tx.history(&Subject::new(TASK_SUBJECT, task.id))?;
            let told = events.iter().map(TaskEvent::from_journal).collect::<Result<Vec<_>, _>>();
            let folded = told.ok().and_then(|told| {
                let each = told.iter().try_fold(None, |task, event| apply_task(task, event).map(Some));
                each.ok().flatten()
            });
            if folded.as_ref() != Some(&task) {
                list(report, unlisted, task.appeal.get(), "has a task that differs from its events".into());
            }
        }
    }
}

/// Compares what came in through clients with its events.
fn brought(tx: &mut dyn Tx, report: &mut CheckReport, unlisted: &mut u64) -> Result<(), Fault> {
    let mut after = 0;
    loop {
        let rows = open311::requests_after(tx, after)?;
        let Some(last) = rows.last() else { return Ok(()) };
        after = last.appeal.get();
        for row in rows {
            let events = tx.history(&Subject { kind: REQUEST_SUBJECT.into(), id: row.id })?;
            let told = events.first().filter(|_| events.len() == 1).is_some_and(|event| {
                let said = |part: Option<&serde_json::Value>, name: &str| {
                    part.and_then(|part| part.get(name)).cloned()
                };
                let (appeal, client) = (row.appeal.get(), row.client.get());
                said(Some(&event.public), "appeal") == Some(appeal.into())
                    && said(Some(&event.public), "client") == Some(client.into())
                    && said(event.sealed.as_ref(), "media_url") == row.media_url.clone().map(Into::into)
            });
            if !told {
                list(report, unlisted, row.appeal.get(), "came in otherwise than its events say".into());
            }
        }
    }
}

/// Compares every file of an appeal with its events.
fn files(tx: &mut dyn Tx, report: &mut CheckReport, unlisted: &mut u64) -> Result<(), Fault> {
    let mut after = 0;
    loop {
        let rows = file_rows::files_after(tx, after)?;
        let Some(last) = rows.last() else { return Ok(()) };
        after = last.id.get();
        for row in rows {
            report.checked += 1;
            let events = tx.history(&Subject::new(FILE_SUBJECT, row.id))?;
            if fold_file(&events).ok().flatten().as_ref() != Some(&row) {
                list(
                    report,
                    unlisted,
                    row.appeal.get(),
                    format!("has a file {} that differs from its events", row.id),
                );
            }
        }
    }
}

/// Compares everybody who follows a case with their events, and the counts with how many they are.
fn followers(tx: &mut dyn Tx, report: &mut CheckReport, unlisted: &mut u64) -> Result<(), Fault> {
    let mut after = 0;
    loop {
        let rows = follow_rows::after(tx, after)?;
        let Some(last) = rows.last() else { break };
        after = last.id.get();
        for row in rows {
            report.checked += 1;
            let events = tx.history(&Subject::new(FOLLOWER_SUBJECT, row.id))?;
            if fold_follower(&events).ok().flatten().as_ref() != Some(&row) {
                list(
                    report,
                    unlisted,
                    row.appeal.get(),
                    "has a follower that differs from its events".into(),
                );
            }
        }
    }
    for appeal in follow_rows::wrong_counts(tx)? {
        list(report, unlisted, appeal, "counts other followers than it has".into());
    }
    Ok(())
}

fn list(report: &mut CheckReport, unlisted: &mut u64, id: i64, what: String) {
    if report.differences.len() > LISTED {
        *unlisted += 1;
        return;
    }
    report.differences.push(Difference { subject: Subject { kind: SUBJECT.into(), id }, what });
}

/// A row, and whether the columns that it repeats are what they should be.
struct Kept {
    appeal: Appeal,
    repeats: Vec<&'static str>,
}

fn rows_between(
    tx: &mut dyn Tx,
    after: i64,
    end: i64,
    books: &Books,
    directory: &Directory,
) -> Result<BTreeMap<i64, Kept>, Fault> {
    let rows = tx.all(&store::AFTER, params![after, end], |row| {
        let appeal = store::read_appeal(row)?;
        let repeats = store::wrong_repeats(row, &appeal, &books.categories, directory)?;
        Ok((appeal.id.get(), Kept { appeal, repeats }))
    })?;
    Ok(rows.into_iter().collect())
}

fn compare(story: &[Event], kept: Option<Kept>, reporter: Option<Reporter>) -> Result<Vec<String>, Fault> {
    let mut told = Vec::with_capacity(story.len());
    for event in story {
        match AppealEvent::from_journal(event) {
            Ok(event) => told.push(event),
            Err(fault) => return Ok(vec![format!("event {} cannot be read: {fault}", event.id)]),
        }
    }
    let folded = match fold(&told) {
        Ok(folded) => folded,
        Err(bad) => return Ok(vec![format!("its events cannot have happened: {bad}")]),
    };
    let Some(folded) = folded else { return Ok(Vec::new()) };
    let mut found = Vec::new();
    match kept {
        None => found.push("has events and no row".to_owned()),
        Some(kept) => {
            for field in differing(&folded, &kept.appeal)? {
                found.push(format!("its row differs from its events in `{field}`"));
            }
            found.extend(
                kept.repeats.iter().map(|column| format!("its column `{column}` is not what it repeats")),
            );
        }
    }
    let left = match told.first().map(|event| &event.change) {
        Some(Change::Submitted(parts)) => parts.sealed.contact.clone(),
        _ => Reporter::default(),
    };
    if left != reporter.unwrap_or_default() {
        found.push("its reporter's record differs from its events".to_owned());
    }
    Ok(found)
}

/// The names of the fields in which two pictures of an appeal differ; never their contents.
fn differing(folded: &Appeal, kept: &Appeal) -> Result<Vec<String>, Fault> {
    if folded == kept {
        return Ok(Vec::new());
    }
    let fields = |appeal: &Appeal| {
        serde_json::to_value(appeal)
            .map_err(|error| Fault::internal("cannot compare an appeal").because(error))
    };
    let (folded, kept) = (fields(folded)?, fields(kept)?);
    let names = folded.as_object().into_iter().flatten();
    Ok(names
        .filter(|(name, value)| kept.get(name.as_str()) != Some(value))
        .map(|(name, _)| name.clone())
        .collect())
}

/// Whether one appeal's row is what its events say: for tests of single steps.
pub fn is_sound(tx: &mut dyn Tx, id: AppealId) -> Result<bool, Fault> {
    let events = tx.history(&Subject::new(SUBJECT, id))?;
    let told = events.iter().map(AppealEvent::from_journal).collect::<Result<Vec<_>, _>>()?;
    Ok(fold(&told).ok().flatten() == store::find(tx, id)?)
}
