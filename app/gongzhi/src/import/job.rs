//! One import from the first row to the last.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use gongzhi_appeals::Appeals;
use gongzhi_appeals::actions::import::{Imported, ReadyImport, import_appeals, ready};
use gongzhi_appeals::rules::ImportedAppeal;
use gongzhi_kernel::{Fault, Refusal, Timestamp, World};
use serde::Serialize;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

use super::RequestsArgs;
use super::convert::{Reason, Request, convert};
use super::mapping::{Mapping, MappingError};
use super::places::{Ids, Made, Places};
use super::progress::Progress;
use super::reader::{self, BadRow, Meter, RawRow, ReadError, Rows};
use super::rejects::{self, Rejects};
use crate::compose;
use crate::say::Trouble;

/// Rows in one unit of work: enough that the commit costs little, few enough that others get between.
const BATCH: usize = 512;
/// Batches that may wait for the next stage.
const WAITING: usize = 3;

/// What became of the rows.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub(super) struct Report {
    /// Rows of the file.
    pub(super) read: u64,
    /// Now in the city.
    pub(super) imported: u64,
    /// In the city before.
    pub(super) already_there: u64,
    /// Not taken.
    pub(super) rejected: u64,
    /// Areas, organs and categories that they needed.
    pub(super) made: Made,
}

/// How it ended.
#[derive(Debug)]
pub(super) struct Ended {
    pub(super) report: Report,
    /// Whether the whole file was read; not if somebody stopped it.
    pub(super) complete: bool,
    pub(super) took: Duration,
}

/// Why it cannot begin.
#[derive(Debug)]
pub(super) enum CannotBegin {
    Read(ReadError),
    Mapping(MappingError),
}

/// A row of the file: where it stands, what it says, what became of it.
#[derive(Debug)]
struct Row {
    line: u64,
    raw: RawRow,
    outcome: Result<Request, Reason>,
}

/// Rows that go together, and how far the file was read with them.
#[derive(Debug)]
struct Batch {
    rows: Vec<Row>,
    bytes: u64,
}

/// An import that has looked at its file.
pub(super) struct Job {
    mapping: Arc<Mapping>,
    rows: Option<Rows>,
    meter: Meter,
    length: u64,
    first: u64,
    /// Whether the file is one of rejected rows.
    again: bool,
    rejects: Rejects,
    sentences: HashMap<&'static str, String>,
}

impl Job {
    pub(super) fn open(file: &Path, mut mapping: Mapping, args: &RequestsArgs) -> Result<Self, CannotBegin> {
        let (rows, meter, length) = reader::open(file, &mapping.format).map_err(CannotBegin::Read)?;
        mapping.bind(rows.header()).map_err(CannotBegin::Mapping)?;
        let side: PathBuf = args.rejected.clone().unwrap_or_else(|| rejects::beside(file));
        let columns = rows.header().names();
        let again = columns.starts_with(&reader::REJECTED_COLUMNS);
        Ok(Self {
            rejects: Rejects::new(side, &columns),
            mapping: Arc::new(mapping),
            rows: Some(rows),
            meter,
            length,
            first: args.first.unwrap_or(u64::MAX),
            again,
            sentences: HashMap::new(),
        })
    }

    pub(super) fn source(&self) -> &str {
        &self.mapping.source
    }

    pub(super) fn rejected_path(&self) -> &Path {
        self.rejects.path()
    }

    pub(super) fn first_rejected(&self) -> &[(u64, String)] {
        self.rejects.first()
    }

    /// Imports into a city, or only checks where there is none.
    pub(super) async fn run(&mut self, appeals: Option<&Appeals>, watched: bool) -> Result<Ended, Trouble> {
        let mut progress = Progress::new(self.length, watched);
        let stop = Arc::new(AtomicBool::new(false));
        let (sender, mut batches) = mpsc::channel(WAITING);
        let Some(rows) = self.rows.take() else { return Err(Fault::internal("an import runs once").into()) };
        let reading = {
            let (mapping, meter, stop, first) =
                (Arc::clone(&self.mapping), self.meter.clone(), Arc::clone(&stop), self.first);
            tokio::task::spawn_blocking(move || read_all(rows, &mapping, &meter, &stop, first, &sender))
        };
        let mut report = Report::default();
        let worked = self.work(appeals, &mut batches, &mut report, &mut progress, &stop).await;
        // Whatever happened, the reader must not wait for somebody to take its rows.
        batches.close();
        let read =
            reading.await.map_err(|error| Fault::internal("the reader stopped by itself").because(error))?;
        let took = progress.end();
        self.rejects.finish().map_err(|error| self.cannot_write(&error))?;
        worked?;
        read.map_err(|error| {
            Trouble::new(format!("the file cannot be read further after {} rows: {error}", report.read))
                .way_out("the rows before are imported; get the whole file and run the same command again")
        })?;
        let told = report.imported + report.already_there + report.rejected;
        if told != report.read || report.rejected != self.rejects.count() {
            return Err(Fault::internal(format!(
                "{} rows were read, but {told} are accounted for",
                report.read
            ))
            .into());
        }
        Ok(Ended { report, complete: !stop.load(Ordering::Relaxed), took })
    }

    async fn work(
        &mut self,
        appeals: Option<&Appeals>,
        batches: &mut mpsc::Receiver<Batch>,
        report: &mut Report,
        progress: &mut Progress,
        stop: &AtomicBool,
    ) -> Result<(), Trouble> {
        let mut places = appeals.map(|appeals| Places::new(appeals.clone()));
        let now = appeals.map_or_else(World::system, |appeals| appeals.store().world().clone()).clock.now();
        // One batch is being written while the next is made ready.
        let mut writing: Option<Writing> = None;
        let mut interrupted = std::pin::pin!(tokio::signal::ctrl_c());
        let mut heard = false;
        loop {
            let batch = tokio::select! {
                batch = batches.recv() => batch,
                _ = &mut interrupted, if !heard => {
                    // The reader ends; what it has already read is still imported.
                    heard = true;
                    stop.store(true, Ordering::Relaxed);
                    continue;
                }
            };
            let Some(batch) = batch else { break };
            let ready = self.prepare(batch, places.as_mut(), now).await?;
            if let Some(before) = writing.take() {
                self.settle(before, report, progress).await?;
            }
            writing = Some(match (appeals, &places) {
                (Some(appeals), Some(places)) => ready.write(appeals, places),
                _ => ready.pass_over(),
            });
            if let Some(places) = &places {
                report.made = places.made;
            }
        }
        match writing.take() {
            Some(last) => self.settle(last, report, progress).await,
            None => Ok(()),
        }
    }

    /// Finds what the rows name, and works their histories out on another thread.
    async fn prepare(
        &self,
        batch: Batch,
        places: Option<&mut Places>,
        now: Timestamp,
    ) -> Result<Prepared, Trouble> {
        let ids: Vec<Result<Ids, String>> = match places {
            None => batch.rows.iter().map(|_| Ok(Ids::default())).collect(),
            Some(places) => {
                places
                    .learn(&self.mapping, batch.rows.iter().filter_map(|row| row.outcome.as_ref().ok()))
                    .await?;
                let ids_of = |row: &Row| {
                    row.outcome.as_ref().map_or_else(|_| Ok(Ids::default()), |request| places.ids(request))
                };
                batch.rows.iter().map(ids_of).collect()
            }
        };
        let source = self.mapping.source.clone();
        let working = tokio::task::spawn_blocking(move || {
            let mut prepared =
                Prepared { bytes: batch.bytes, rows: Vec::new(), rejected: Vec::new(), cases: Vec::new() };
            for (row, ids) in batch.rows.into_iter().zip(ids) {
                let told = match (row.outcome, ids) {
                    (Ok(request), Ok(ids)) => told(&source, request, ids),
                    (Err(Reason(why)), _) | (Ok(_), Err(why)) => {
                        prepared.rejected.push((row.line, row.raw, why));
                        continue;
                    }
                };
                prepared.cases.push(ready(&told, now)?);
                prepared.rows.push((row.line, row.raw));
            }
            Ok::<_, Fault>(prepared)
        });
        Ok(working
            .await
            .map_err(|error| Fault::internal("a batch could not be made ready").because(error))??)
    }

    /// Waits until a batch is durable, and counts what became of its rows.
    async fn settle(
        &mut self,
        writing: Writing,
        report: &mut Report,
        progress: &mut Progress,
    ) -> Result<(), Trouble> {
        let outcomes = writing
            .outcomes
            .await
            .map_err(|error| Fault::internal("the writer stopped by itself").because(error))??;
        let mut rejected = writing.rejected;
        report.read += u64::try_from(writing.rows.len() + rejected.len()).unwrap_or(0);
        for ((line, raw), outcome) in writing.rows.into_iter().zip(outcomes) {
            match outcome {
                Outcome::New => report.imported += 1,
                Outcome::Already => report.already_there += 1,
                Outcome::Rejected(refusal) => rejected.push((line, raw, self.sentence(&refusal))),
            }
        }
        // In the order of the file, whoever rejected them.
        rejected.sort_by_key(|(line, _, _)| *line);
        for (line, raw, why) in &rejected {
            self.reject(*line, why, raw, report)?;
        }
        progress.show(report.read, writing.bytes);
        Ok(())
    }

    fn reject(&mut self, line: u64, why: &str, raw: &RawRow, report: &mut Report) -> Result<(), Trouble> {
        self.rejects.add(line, why, raw, self.again).map_err(|error| self.cannot_write(&error))?;
        report.rejected += 1;
        Ok(())
    }

    fn cannot_write(&self, error: &std::io::Error) -> Trouble {
        Trouble::new(format!("cannot write the rejected rows to {}: {error}", self.rejects.path().display()))
            .way_out("name another file with --rejected and run the command again: nothing is imported twice")
    }

    fn sentence(&mut self, refusal: &Refusal) -> String {
        self.sentences.entry(refusal.key).or_insert_with(|| compose::sentence(refusal.key)).clone()
    }
}

/// A batch that only the writer must still see.
struct Prepared {
    bytes: u64,
    rows: Vec<(u64, RawRow)>,
    rejected: Vec<(u64, RawRow, String)>,
    /// One for each of `rows`.
    cases: Vec<ReadyImport>,
}

/// A batch that is with the writer.
struct Writing {
    bytes: u64,
    rows: Vec<(u64, RawRow)>,
    rejected: Vec<(u64, RawRow, String)>,
    outcomes: JoinHandle<Result<Vec<Outcome>, Fault>>,
}

/// What became of a row.
enum Outcome {
    New,
    Already,
    Rejected(Refusal),
}

impl From<Imported> for Outcome {
    fn from(imported: Imported) -> Self {
        match imported {
            Imported::New(_) => Self::New,
            Imported::Already(_) => Self::Already,
            Imported::Rejected(refusal) => Self::Rejected(refusal),
        }
    }
}

impl Prepared {
    fn write(self, appeals: &Appeals, places: &Places) -> Writing {
        let store = appeals.store().clone();
        let (directory, books) = (Arc::clone(places.directory()), Arc::clone(places.books()));
        let cases = self.cases;
        let outcomes = tokio::spawn(async move {
            if cases.is_empty() {
                return Ok(Vec::new());
            }
            let imported: Vec<Imported> =
                store.write(move |tx| import_appeals(tx, &books.categories, &directory, &cases)).await?;
            Ok(imported.into_iter().map(Outcome::from).collect())
        });
        Writing { bytes: self.bytes, rows: self.rows, rejected: self.rejected, outcomes }
    }

    /// Of a dry run: nothing is written, but what could not be is told.
    fn pass_over(self) -> Writing {
        let would_be = |case: &ReadyImport| {
            case.refusal().map_or(Outcome::New, |refusal| Outcome::Rejected(refusal.clone()))
        };
        let outcomes: Vec<Outcome> = self.cases.iter().map(would_be).collect();
        let outcomes = tokio::spawn(async move { Ok(outcomes) });
        Writing { bytes: self.bytes, rows: self.rows, rejected: self.rejected, outcomes }
    }
}

fn told(source: &str, request: Request, ids: Ids) -> ImportedAppeal {
    ImportedAppeal {
        source: source.to_owned(),
        key: request.key,
        kind: request.kind,
        channel: request.channel,
        urgency: request.urgency,
        visibility: request.visibility,
        category: ids.category,
        area: ids.area,
        address: request.address,
        point: request.point,
        title: request.title,
        text: request.text,
        reply: request.reply,
        organ: ids.organ,
        state: request.state,
        submitted_at: request.submitted_at,
        dispatched_at: request.dispatched_at,
        accepted_at: request.accepted_at,
        contacted_at: request.contacted_at,
        answered_at: request.answered_at,
        closed_at: request.closed_at,
        due: request.due,
    }
}

/// Reads the file to its end, or until nobody takes the rows any more.
fn read_all(
    mut rows: Rows,
    mapping: &Mapping,
    meter: &Meter,
    stop: &AtomicBool,
    first: u64,
    sender: &mpsc::Sender<Batch>,
) -> Result<(), std::io::Error> {
    let mut batch = Vec::with_capacity(BATCH);
    let mut left = first;
    let columns = rows.header().len();
    let outcome = loop {
        if left == 0 || stop.load(Ordering::Relaxed) {
            break Ok(());
        }
        let (line, outcome) = match rows.next() {
            Ok(Some((line, cells))) => {
                let outcome = match cells {
                    Ok(cells) => convert(mapping, &cells),
                    Err(BadRow::Columns(count)) => Err(Reason(format!(
                        "the row has {count} columns, the first line of the file {columns}"
                    ))),
                    Err(BadRow::NotText(column)) => {
                        Err(Reason(format!("{column}: is not text in the encoding of the file")))
                    }
                };
                (line, outcome)
            }
            Ok(None) => break Ok(()),
            Err(error) => break Err(error),
        };
        batch.push(Row { line, raw: rows.last(), outcome });
        left -= 1;
        if batch.len() == BATCH {
            let full = std::mem::replace(&mut batch, Vec::with_capacity(BATCH));
            if sender.blocking_send(Batch { rows: full, bytes: meter.read() }).is_err() {
                return Ok(());
            }
        }
    };
    if !batch.is_empty() {
        // A receiver that is gone has told why itself.
        let _gone = sender.blocking_send(Batch { rows: batch, bytes: meter.read() });
    }
    outcome
}
