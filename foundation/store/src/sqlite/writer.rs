//! The one writer: many jobs, one commit, answers only after the commit has reached the disk.
//!
//! ```text
//! writer    | jobs, COMMIT of n | jobs, COMMIT of n + 1    | …
//! flusher                       | flush of n │ answers of n| flush of n + 1 │ …
//! ```
//!
//! A commit writes the write-ahead log, and a second thread flushes that log while the writer is at the next commit.
//! So a waiting disk does not idle a processor, and what is answered is as durable as with `synchronous=FULL`, which
//! would flush the same file inside `COMMIT`. A reader may see a commit a few milliseconds before it is flushed;
//! whoever acts on it by writing is answered after a later flush of the same log, which covers both, and whoever acts outside
//! the store waits for [`Store::flushed`](crate::Store::flushed).

use std::fs::File;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, SyncSender, TryRecvError, TrySendError, sync_channel};
use std::thread::JoinHandle;

use gongzhi_kernel::{Fault, FaultKind, World};
use rusqlite::{Connection, ErrorCode};
use tokio::sync::{oneshot, watch};

use super::Checkpoints;
use super::tx::{SqliteTx, fault};
use crate::text::{self, Text};
use crate::{Tx, journal, params};

/// Jobs in one commit: enough to share the flush to disk, few enough that the first does not wait long.
const BATCH: usize = 256;
/// Jobs that may wait; a further one is told to come back later.
const WAITING: usize = 8192;

/// Something to be done in a commit and answered after it.
trait Job: Send {
    /// Does it; `true` if its changes are to be kept.
    fn run(&mut self, tx: &mut dyn Tx) -> bool;
    /// Says that it has failed after all.
    fn fail(&mut self, fault: Fault);
    /// Answers. `lost` tells that the commit itself failed.
    fn answer(self: Box<Self>, lost: Option<(FaultKind, &str)>);
}

struct TypedJob<T, E, F> {
    work: F,
    outcome: Option<Result<T, E>>,
    reply: oneshot::Sender<Result<T, E>>,
}

impl<T, E, F> Job for TypedJob<T, E, F>
where
    T: Send,
    E: From<Fault> + Send,
    F: FnMut(&mut dyn Tx) -> Result<T, E> + Send,
{
    fn run(&mut self, tx: &mut dyn Tx) -> bool {
        let outcome = catch_unwind(AssertUnwindSafe(|| (self.work)(tx)))
            .unwrap_or_else(|_| Err(Fault::internal("a unit of work panicked").into()));
        let keep = outcome.is_ok();
        self.outcome = Some(outcome);
        keep
    }

    fn fail(&mut self, fault: Fault) {
        self.outcome = Some(Err(fault.into()));
    }

    fn answer(self: Box<Self>, lost: Option<(FaultKind, &str)>) {
        let outcome = match (lost, self.outcome) {
            // What a job refused stands, whatever became of the commit.
            (_, Some(Err(refused))) => Err(refused),
            (None, Some(Ok(done))) => Ok(done),
            (Some((kind, why)), _) => Err(Fault::new(kind, why.to_owned()).into()),
            (None, None) => Err(Fault::internal("the unit of work was not run").into()),
        };
        // The caller may have gone away; what was committed stays committed.
        let _gone = self.reply.send(outcome);
    }
}

/// The way to the writer thread.
pub(super) struct Writer {
    jobs: Option<SyncSender<Box<dyn Job>>>,
    threads: Vec<JoinHandle<()>>,
}

pub(super) struct WriterParts {
    pub(super) connection: Connection,
    /// The write-ahead log; `None`: answers do not wait for the disk.
    pub(super) log: Option<File>,
    pub(super) world: World,
    pub(super) node: u8,
    pub(super) grown: watch::Sender<u64>,
    pub(super) checkpoints: Checkpoints,
}

impl Writer {
    pub(super) fn start(mut parts: WriterParts) -> Result<Self, Fault> {
        let cannot = |error| Fault::internal("cannot start the writer threads").because(error);
        let (jobs, queue) = sync_channel(WAITING);
        // No room in between: while one commit is being flushed the writer makes one other, not many small ones.
        let (done, commits) = sync_channel(0);
        let (log, grown) = (parts.log.take(), parts.grown.clone());
        let flusher = std::thread::Builder::new()
            .name("sqlite-flusher".into())
            .spawn(move || flush_and_answer(log.as_ref(), &commits, &grown))
            .map_err(cannot)?;
        let writer = std::thread::Builder::new()
            .name("sqlite-writer".into())
            .spawn(move || run(&parts, &queue, &done))
            .map_err(cannot)?;
        Ok(Self { jobs: Some(jobs), threads: vec![writer, flusher] })
    }

    pub(super) async fn write<T, E, F>(&self, work: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<Fault> + Send + 'static,
        F: FnMut(&mut dyn Tx) -> Result<T, E> + Send + 'static,
    {
        let (reply, answer) = oneshot::channel();
        let stopped = || E::from(Fault::new(FaultKind::Busy, "the store is stopping"));
        let jobs = self.jobs.as_ref().ok_or_else(stopped)?;
        match jobs.try_send(Box::new(TypedJob { work, outcome: None, reply })) {
            Ok(()) => {}
            Err(TrySendError::Full(_)) => {
                return Err(Fault::new(FaultKind::Busy, "too many units of work are waiting").into());
            }
            Err(TrySendError::Disconnected(_)) => return Err(stopped()),
        }
        answer.await.unwrap_or_else(|_| Err(stopped()))
    }
}

impl Drop for Writer {
    /// Finishes what waits, then ends.
    fn drop(&mut self) {
        self.jobs = None;
        for thread in self.threads.drain(..) {
            if thread.join().is_err() {
                tracing::error!("a writer thread panicked");
            }
        }
    }
}

/// What has been committed, and waits for its flush.
struct Committed {
    jobs: Vec<Box<dyn Job>>,
    /// Why the commit failed, where it did.
    lost: Option<(FaultKind, String)>,
    /// Whether the journal grew.
    grew: bool,
}

fn run(parts: &WriterParts, queue: &Receiver<Box<dyn Job>>, done: &SyncSender<Committed>) {
    let mut floor = 0;
    let mut keeper = LogKeeper::default();
    while let Ok(first) = queue.recv() {
        let mut jobs: Vec<Box<dyn Job>> = Vec::with_capacity(64);
        jobs.push(first);
        while jobs.len() < BATCH {
            match queue.try_recv() {
                Ok(job) => jobs.push(job),
                Err(TryRecvError::Empty | TryRecvError::Disconnected) => break,
            }
        }
        metrics::histogram!("gongzhi_commit_jobs").record(u32::try_from(jobs.len()).unwrap_or(u32::MAX));
        let outcome = commit(parts, &mut jobs, &mut floor);
        if let Err(error) = &outcome {
            tracing::error!(error = ?error, jobs = jobs.len(), "a commit failed, nothing of it was kept");
        }
        let grew = *outcome.as_ref().unwrap_or(&false);
        let lost = outcome.err().map(|error| (error.kind, error.to_string()));
        if done.send(Committed { jobs, lost, grew }).is_err() {
            tracing::error!("the flusher is gone; nothing can be made durable");
            return;
        }
        keeper.mind(parts);
    }
}

/// Makes commits durable in their order, and only then answers those whose jobs they hold.
fn flush_and_answer(log: Option<&File>, commits: &Receiver<Committed>, grown: &watch::Sender<u64>) {
    while let Ok(committed) = commits.recv() {
        if let Some(log) = log
            && committed.lost.is_none()
            && let Err(error) = log.sync_data()
        {
            stop_unflushed(&error);
        }
        for job in committed.jobs {
            job.answer(committed.lost.as_ref().map(|(kind, why)| (*kind, why.as_str())));
        }
        if committed.grew {
            grown.send_modify(|count| *count += 1);
        }
    }
}

/// One commit for all jobs; whether the journal grew.
///
/// Nearly every job is kept, so they first run without savepoints, which would copy each page that a job touches. Only if
/// one is refused after it has written, all are undone and run again, each in its savepoint.
fn commit(parts: &WriterParts, batch: &mut [Box<dyn Job>], floor: &mut i64) -> Result<bool, Fault> {
    let connection = &parts.connection;
    run_sql(connection, "BEGIN IMMEDIATE")?;
    let filled = fill(parts, batch, *floor, Undo::All).and_then(|filled| {
        if filled.is_some() {
            return Ok(filled);
        }
        run_sql(connection, "ROLLBACK")?;
        run_sql(connection, "BEGIN IMMEDIATE")?;
        // A job that was alone has been undone, and its answer stands.
        let rest = if batch.len() == 1 { &mut [] } else { &mut *batch };
        fill(parts, rest, *floor, Undo::Job)
    });
    let kept = filled.and_then(|filled| {
        let Filled { grew, floor: raised } =
            filled.ok_or_else(|| Fault::internal("a job could not be undone by itself"))?;
        run_sql(connection, "COMMIT")?;
        // Only now: a floor that was not committed covers nothing.
        *floor = raised;
        Ok(grew)
    });
    if kept.is_err() && !connection.is_autocommit() {
        // Where even the rollback fails the next BEGIN says so.
        let _said_by_the_next_begin = run_sql(connection, "ROLLBACK");
    }
    kept
}

/// How what a refused job has written is undone.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Undo {
    /// With all others.
    All,
    /// By its own savepoint.
    Job,
}

struct Filled {
    /// Whether the journal grew.
    grew: bool,
    /// The floor of the ids.
    floor: i64,
}

/// Does the jobs. `None` if one was refused that had written, and cannot be undone by itself.
fn fill(
    parts: &WriterParts,
    batch: &mut [Box<dyn Job>],
    floor: i64,
    undo: Undo,
) -> Result<Option<Filled>, Fault> {
    let connection = &parts.connection;
    let mut tx = SqliteTx::new(connection, &parts.world, true);
    for job in batch.iter_mut() {
        let (texts, grew, changes) = (tx.texts.len(), tx.grew, connection.total_changes());
        if undo == Undo::Job {
            run_sql(connection, "SAVEPOINT job")?;
        }
        let mut keep = job.run(&mut tx);
        if let Some((kind, what)) = tx.failed.take()
            && keep
        {
            job.fail(Fault::new(kind, what));
            keep = false;
        }
        if connection.is_autocommit() {
            // A full disk or a failed write makes SQLite give up the whole transaction, not only this job.
            return Err(Fault::new(FaultKind::Full, "the disk did not take the data; nothing was saved"));
        }
        if !keep {
            match undo {
                Undo::Job => run_sql(connection, "ROLLBACK TO job")?,
                Undo::All if connection.total_changes() != changes => return Ok(None),
                Undo::All => {}
            }
            tx.texts.truncate(texts);
            tx.grew = grew;
        }
        if undo == Undo::Job {
            run_sql(connection, "RELEASE job")?;
        }
    }
    let grew = tx.grew;
    for text in std::mem::take(&mut tx.texts) {
        match text {
            Text::New(subject, words) => Tx::execute(&mut tx, &text::PUT_NEW, params![subject, &words])?,
            Text::Put(subject, words) => Tx::execute(&mut tx, &text::PUT, params![subject, &words])?,
            Text::Remove(subject) => Tx::execute(&mut tx, &text::REMOVE, params![subject])?,
        };
    }
    // Kept a minute ahead, so that this is one more statement a minute, not one a commit.
    let high = parts.world.ids.high_water();
    if high >= floor {
        let ahead = high + (60_000 << 12);
        Tx::execute(&mut tx, &journal::RAISE_FLOOR, params![i64::from(parts.node), ahead])?;
        return Ok(Some(Filled { grew, floor: ahead }));
    }
    Ok(Some(Filled { grew, floor }))
}

fn run_sql(connection: &Connection, sql: &'static str) -> Result<(), Fault> {
    let outcome =
        connection.prepare_cached(sql).and_then(|mut statement| statement.raw_execute().map(|_| ()));
    outcome.map_err(|error| {
        exit_if_unsynced(&error);
        fault(format!("{sql} failed"), error)
    })
}

/// A failed flush leaves it unknown what is on the disk, and a second one may falsely succeed: the only safe
/// answer is to stop at once and to start again from what the disk really holds.
pub(super) fn exit_if_unsynced(error: &rusqlite::Error) {
    const IOERR_FSYNC: i32 = 10 | (4 << 8);
    const IOERR_DIR_FSYNC: i32 = 10 | (5 << 8);
    if let rusqlite::Error::SqliteFailure(code, _) = error
        && code.code == ErrorCode::SystemIoFailure
        && matches!(code.extended_code, IOERR_FSYNC | IOERR_DIR_FSYNC)
    {
        stop_unflushed(error);
    }
}

fn stop_unflushed(error: &dyn std::fmt::Display) -> ! {
    tracing::error!(%error, "the disk failed to flush; stopping at once: start again when the disk is sound");
    std::process::exit(74);
}

/// Keeps the write-ahead log short. A thread beside the writer brings in most of a long log; when it is done the writer
/// brings in the short rest that was written meanwhile, and so the log starts again from its beginning.
#[derive(Debug, Default)]
struct LogKeeper {
    /// Pages in the log when the checkpointer was last asked; 0 where the log has started again since.
    asked_at: i32,
    /// Whether it has been asked and the writer has not yet brought in the rest.
    waiting: bool,
}

impl LogKeeper {
    /// After a commit.
    fn mind(&mut self, parts: &WriterParts) {
        let pages = super::WAL_PAGES.with(std::cell::Cell::get);
        if pages < self.asked_at {
            self.asked_at = 0;
        }
        if self.waiting {
            if parts.checkpoints.idle() {
                super::checkpoint(&parts.connection);
                self.waiting = false;
            }
        } else if pages >= self.asked_at + super::CHECKPOINT_PAGES {
            self.asked_at = pages;
            self.waiting = parts.checkpoints.ask();
        }
    }
}
