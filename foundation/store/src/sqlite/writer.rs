//! The one writer: many jobs, one commit, answers only after it.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, SyncSender, TryRecvError, TrySendError, sync_channel};
use std::thread::JoinHandle;

use gongzhi_kernel::{Fault, FaultKind, World};
use rusqlite::{Connection, ErrorCode};
use tokio::sync::{oneshot, watch};

use super::tx::{SqliteTx, fault};
use crate::{Tx, journal, params, text};

/// Jobs in one commit: enough to share the flush to disk, few enough that the first does not wait long.
const BATCH: usize = 256;
/// Jobs that may wait; a further one is told to come back later.
const WAITING: usize = 8192;
/// From this many pages on, the writer helps to bring the write-ahead log into the database.
const LONG_WAL_PAGES: i32 = 16_000;

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
    thread: Option<JoinHandle<()>>,
}

pub(super) struct WriterParts {
    pub(super) connection: Connection,
    pub(super) world: World,
    pub(super) node: u8,
    pub(super) grown: watch::Sender<u64>,
    /// Asks the checkpointer to bring the write-ahead log in.
    pub(super) checkpoint: SyncSender<()>,
}

impl Writer {
    pub(super) fn start(parts: WriterParts) -> Result<Self, Fault> {
        let (jobs, queue) = sync_channel(WAITING);
        let thread = std::thread::Builder::new()
            .name("sqlite-writer".into())
            .spawn(move || run(&parts, &queue))
            .map_err(|error| Fault::internal("cannot start the writer thread").because(error))?;
        Ok(Self { jobs: Some(jobs), thread: Some(thread) })
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
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::error!("the writer thread panicked");
        }
    }
}

fn run(parts: &WriterParts, queue: &Receiver<Box<dyn Job>>) {
    let mut floor = 0;
    let mut batch: Vec<Box<dyn Job>> = Vec::with_capacity(BATCH);
    while let Ok(first) = queue.recv() {
        batch.push(first);
        while batch.len() < BATCH {
            match queue.try_recv() {
                Ok(job) => batch.push(job),
                Err(TryRecvError::Empty | TryRecvError::Disconnected) => break,
            }
        }
        metrics::histogram!("gongzhi_commit_jobs").record(u32::try_from(batch.len()).unwrap_or(u32::MAX));
        let outcome = commit(parts, &mut batch, &mut floor);
        if let Err(error) = &outcome {
            tracing::error!(error = ?error, jobs = batch.len(), "a commit failed, nothing of it was kept");
        }
        let lost = outcome.as_ref().err().map(|error| (error.kind, error.to_string()));
        for job in batch.drain(..) {
            job.answer(lost.as_ref().map(|(kind, why)| (*kind, why.as_str())));
        }
        if let Ok(true) = outcome {
            parts.grown.send_modify(|count| *count += 1);
        }
        help_with_long_log(parts);
    }
}

/// One commit for all jobs; whether the journal grew.
fn commit(parts: &WriterParts, batch: &mut [Box<dyn Job>], floor: &mut i64) -> Result<bool, Fault> {
    let connection = &parts.connection;
    run_sql(connection, "BEGIN IMMEDIATE")?;
    let kept = fill(parts, batch, *floor).and_then(|(grew, raised)| {
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

/// Does the jobs; whether the journal grew, and the floor of the ids.
fn fill(parts: &WriterParts, batch: &mut [Box<dyn Job>], floor: i64) -> Result<(bool, i64), Fault> {
    let connection = &parts.connection;
    let mut tx = SqliteTx::new(connection, &parts.world, true);
    for job in batch.iter_mut() {
        let (texts, grew) = (tx.texts.len(), tx.grew);
        run_sql(connection, "SAVEPOINT job")?;
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
            run_sql(connection, "ROLLBACK TO job")?;
            tx.texts.truncate(texts);
            tx.grew = grew;
        }
        run_sql(connection, "RELEASE job")?;
    }
    let grew = tx.grew;
    for (subject, tokens) in std::mem::take(&mut tx.texts) {
        match tokens {
            Some(tokens) => Tx::execute(&mut tx, &text::PUT, params![subject, &tokens])?,
            None => Tx::execute(&mut tx, &text::REMOVE, params![subject])?,
        };
    }
    // Kept a minute ahead, so that this is one more statement a minute, not one a commit.
    let high = parts.world.ids.high_water();
    if high >= floor {
        let ahead = high + (60_000 << 12);
        Tx::execute(&mut tx, &journal::RAISE_FLOOR, params![i64::from(parts.node), ahead])?;
        return Ok((grew, ahead));
    }
    Ok((grew, floor))
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
        tracing::error!("the disk failed to flush; stopping at once: start again when the disk is sound");
        std::process::exit(74);
    }
}

/// The checkpointer works beside the writer and may never quite catch up under load: when the log has grown long,
/// the writer brings the short rest in itself, so that the log starts again from its beginning.
fn help_with_long_log(parts: &WriterParts) {
    let pages = super::WAL_PAGES.with(std::cell::Cell::get);
    if pages > super::CHECKPOINT_PAGES {
        // A full channel means that one is already asked for.
        let _already_asked = parts.checkpoint.try_send(());
    }
    if pages > LONG_WAL_PAGES {
        super::checkpoint(&parts.connection);
    }
}
