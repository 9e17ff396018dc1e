//! The embedded engine: one writer thread with group commit, readers on their own connections.

mod tx;
mod writer;

use std::cell::Cell;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{SyncSender, sync_channel};

use gongzhi_kernel::{Fault, IMPORT_NODE, World};
use rusqlite::hooks::Wal;
use rusqlite::{Connection, OpenFlags};
use tokio::sync::{Semaphore, watch};

use crate::Tx;
use crate::migrate::{self, Migrations, Taken};
use crate::store::OpenError;
use tx::{SqliteTx, fault};
use writer::{Writer, WriterParts};

/// "GZG1": marks a file as ours.
const APPLICATION_ID: i32 = 0x475A_4731;
/// The first release without the defect that could corrupt a database in WAL mode.
const LEAST_VERSION: i32 = 3_051_003;
/// Pages in the write-ahead log (64 MB) from which on it is brought into the database: a page that was written many times
/// is brought in once, so a long log costs less than a short one.
const CHECKPOINT_PAGES: i32 = 16_000;
/// Files up to this size are examined whole at start; larger ones by `gongzhi check`.
const SMALL_FILE: u64 = 16 << 20;

thread_local! {
    /// Pages in the write-ahead log after the last commit of this thread's connection: the hook has no other way out.
    static WAL_PAGES: Cell<i32> = const { Cell::new(0) };
}

/// How the embedded engine is opened.
#[derive(Debug, Clone)]
pub struct SqliteOptions {
    /// The data folder; made if it is not there.
    pub folder: PathBuf,
    /// Connections for reading.
    pub readers: usize,
    /// Whether a commit waits for the disk. `false` loses acknowledged work in a power cut: for proving exactly that.
    pub durable: bool,
}

impl SqliteOptions {
    /// The usual ones.
    pub fn new(folder: impl Into<PathBuf>) -> Self {
        Self { folder: folder.into(), readers: 4, durable: true }
    }

    /// The database file.
    pub fn file(&self) -> PathBuf {
        self.folder.join("gongzhi.sqlite")
    }
}

pub(crate) struct SqliteEngine {
    writer: Writer,
    readers: Arc<Mutex<Vec<Connection>>>,
    free: Arc<Semaphore>,
    world: World,
    options: SqliteOptions,
    /// Held as long as this process uses its node number.
    _node: File,
    node: u8,
}

impl SqliteEngine {
    pub(crate) fn open(
        options: SqliteOptions,
        world: World,
        migrations: &[Migrations],
        grown: watch::Sender<u64>,
    ) -> Result<Self, OpenError> {
        let version = rusqlite::version_number();
        if version < LEAST_VERSION {
            return Err(OpenError::OldSqlite { found: rusqlite::version().to_owned() });
        }
        std::fs::create_dir_all(&options.folder)
            .map_err(|error| OpenError::Folder { folder: options.folder.clone(), error })?;
        let (node_file, node) = lease_node(&options.folder)?;
        let file = options.file();
        let connection = connect(&options, &file)?;
        examine(&connection, &file)?;
        migrate_all(&connection, &file, migrations)?;
        let floor: i64 = connection
            .query_row("SELECT coalesce(max(floor), 0) FROM id_floor", [], |row| row.get(0))
            .map_err(|error| OpenError::Fault(fault("cannot read the floor of the ids", error)))?;
        world.ids.assume(node, floor);
        let checkpoints = Checkpoints::start(&options, &file)?;
        let readers = (0..options.readers.max(1)).map(|_| reader(&file)).collect::<Result<Vec<_>, _>>()?;
        let free = Arc::new(Semaphore::new(readers.len()));
        let log = if options.durable { Some(open_log(&options)?) } else { None };
        // From here on the flusher does what FULL would do inside each commit.
        connection.pragma_update(None, "synchronous", "NORMAL").map_err(|error| not_ours_or(&file, error))?;
        let parts = WriterParts { connection, log, world: world.clone(), node, grown, checkpoints };
        let writer = Writer::start(parts).map_err(OpenError::Fault)?;
        Ok(Self {
            writer,
            readers: Arc::new(Mutex::new(readers)),
            free,
            world,
            options,
            _node: node_file,
            node,
        })
    }

    pub(crate) async fn write<T, E, F>(&self, work: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<Fault> + Send + 'static,
        F: FnMut(&mut dyn Tx) -> Result<T, E> + Send + 'static,
    {
        self.writer.write(work).await
    }

    pub(crate) async fn read<T, E, F>(&self, work: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<Fault> + Send + 'static,
        F: FnOnce(&mut dyn Tx) -> Result<T, E> + Send + 'static,
    {
        let permit = Arc::clone(&self.free)
            .acquire_owned()
            .await
            .map_err(|error| Fault::internal("the store is stopping").because(error))?;
        let (readers, world) = (Arc::clone(&self.readers), self.world.clone());
        let outcome = tokio::task::spawn_blocking(move || {
            let _permit = permit;
            let mut pool = Borrowed::take(&readers)?;
            pool.snapshot(&world, work)
        });
        match outcome.await {
            Ok(outcome) => outcome,
            Err(error) => Err(Fault::internal("a reader panicked").because(error).into()),
        }
    }

    pub(crate) fn node(&self) -> u8 {
        self.node
    }

    pub(crate) fn options(&self) -> &SqliteOptions {
        &self.options
    }

    /// A consistent copy while others go on writing. Blocks; call it from a blocking thread.
    pub(crate) fn copy_to(file: &Path, target: &Path) -> Result<(), Fault> {
        let failed = |error| fault("cannot copy the database", error);
        let source =
            reader(file).map_err(|error| Fault::internal("cannot open the database").because(error))?;
        let mut copy = Connection::open(target).map_err(failed)?;
        {
            let backup = rusqlite::backup::Backup::new(&source, &mut copy).map_err(failed)?;
            // All pages in one step: one snapshot, which in WAL mode holds up nobody.
            match backup.step(-1).map_err(failed)? {
                rusqlite::backup::StepResult::Done => {}
                _ => return Err(Fault::new(gongzhi_kernel::FaultKind::Busy, "the database is busy")),
            }
        }
        copy.pragma_update(None, "journal_mode", "DELETE").map_err(failed)?;
        copy.close().map_err(|(_, error)| failed(error))?;
        File::open(target)
            .and_then(|file| file.sync_all())
            .map_err(|error| Fault::internal("cannot flush the copy").because(error))
    }

    /// Brings the whole write-ahead log into the database and empties it, so that the folder at rest is one file and the next
    /// start has nothing to read again. Where others still read from the log it stays as it is. Blocks.
    pub(crate) fn bring_in(options: &SqliteOptions) -> Result<(), Fault> {
        let connection = connect(options, &options.file())
            .map_err(|error| Fault::internal("cannot open the database").because(error))?;
        // Waits for nobody: a process that goes on working on this folder must not be held up by one that leaves.
        connection
            .busy_timeout(std::time::Duration::ZERO)
            .map_err(|error| fault("cannot prepare to leave the database", error))?;
        connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(())).map_err(|error| {
            writer::exit_if_unsynced(&error);
            fault("cannot bring the write-ahead log into the database", error)
        })
    }

    /// Examines the whole file; the findings, none if it is sound.
    pub(crate) fn integrity(file: &Path) -> Result<Vec<String>, Fault> {
        let failed = |error| fault("cannot examine the database", error);
        let connection =
            reader(file).map_err(|error| Fault::internal("cannot open the database").because(error))?;
        let mut statement = connection.prepare("PRAGMA integrity_check(20)").map_err(failed)?;
        let found = statement
            .query_map([], |row| row.get::<_, String>(0))
            .and_then(Iterator::collect::<Result<Vec<_>, _>>)
            .map_err(failed)?;
        Ok(found.into_iter().filter(|line| line != "ok").collect())
    }
}

/// A reading connection that goes back to its place even after a panic.
struct Borrowed<'p> {
    pool: &'p Mutex<Vec<Connection>>,
    connection: Option<Connection>,
}

impl<'p> Borrowed<'p> {
    fn take(pool: &'p Mutex<Vec<Connection>>) -> Result<Self, Fault> {
        let connection = pool.lock().unwrap_or_else(std::sync::PoisonError::into_inner).pop();
        match connection {
            Some(connection) => Ok(Self { pool, connection: Some(connection) }),
            None => Err(Fault::internal("more readers than connections")),
        }
    }

    fn snapshot<T, E: From<Fault>>(
        &mut self,
        world: &World,
        work: impl FnOnce(&mut dyn Tx) -> Result<T, E>,
    ) -> Result<T, E> {
        let Some(connection) = &self.connection else {
            return Err(Fault::internal("the reader has no connection").into());
        };
        connection.execute_batch("BEGIN").map_err(|error| fault("cannot begin to read", error))?;
        let mut tx = SqliteTx::new(connection, world, false);
        let outcome = work(&mut tx);
        let failed = tx.failed.take();
        connection.execute_batch("COMMIT").map_err(|error| fault("cannot end reading", error))?;
        match failed {
            Some((kind, what)) if outcome.is_ok() => Err(Fault::new(kind, what).into()),
            _ => outcome,
        }
    }
}

impl Drop for Borrowed<'_> {
    fn drop(&mut self) {
        if let Some(connection) = self.connection.take() {
            if !connection.is_autocommit() {
                // After a panic the snapshot is still open; a connection that cannot end it must not be used again,
                // and the next BEGIN on it would say so.
                let _said_by_the_next_begin = connection.execute_batch("ROLLBACK");
            }
            self.pool.lock().unwrap_or_else(std::sync::PoisonError::into_inner).push(connection);
        }
    }
}

/// The first free node number, held by a lock on its file for as long as the process lives.
fn lease_node(folder: &Path) -> Result<(File, u8), OpenError> {
    for node in 0..IMPORT_NODE {
        let path = folder.join(format!("node-{node}.lock"));
        let failed = |error| OpenError::Folder { folder: folder.to_owned(), error };
        let file = File::options().create(true).truncate(false).write(true).open(&path).map_err(failed)?;
        match file.try_lock() {
            Ok(()) => return Ok((file, node)),
            Err(std::fs::TryLockError::WouldBlock) => {}
            Err(std::fs::TryLockError::Error(error)) => return Err(failed(error)),
        }
    }
    Err(OpenError::Fault(Fault::new(
        gongzhi_kernel::FaultKind::Busy,
        "too many processes use this data folder at once",
    )))
}

fn connect(options: &SqliteOptions, file: &Path) -> Result<Connection, OpenError> {
    let cannot = |error| not_ours_or(file, error);
    let mut connection = Connection::open(file).map_err(cannot)?;
    connection.busy_timeout(std::time::Duration::from_secs(10)).map_err(cannot)?;
    connection.pragma_update(None, "journal_mode", "WAL").map_err(cannot)?;
    connection
        .pragma_update(None, "synchronous", if options.durable { "FULL" } else { "NORMAL" })
        .map_err(cannot)?;
    connection.pragma_update(None, "wal_autocheckpoint", 0).map_err(cannot)?;
    connection.pragma_update(None, "cache_size", -16_384).map_err(cannot)?;
    connection.pragma_update(None, "temp_store", "MEMORY").map_err(cannot)?;
    connection.pragma_update(None, "trusted_schema", false).map_err(cannot)?;
    connection.set_prepared_statement_cache_capacity(256);
    connection
        .wal_hook(Some(|_: &mut Wal, pages| {
            WAL_PAGES.with(|seen| seen.set(pages));
            Ok(())
        }))
        .map_err(cannot)?;
    Ok(connection)
}

/// The write-ahead log, to be flushed. SQLite keeps the file for as long as any connection is open. Its name must be as
/// durable as its content, so the folder is flushed too.
fn open_log(options: &SqliteOptions) -> Result<File, OpenError> {
    let failed = |error| OpenError::Folder { folder: options.folder.clone(), error };
    let log = File::open(options.folder.join("gongzhi.sqlite-wal")).map_err(failed)?;
    File::open(&options.folder).and_then(|folder| folder.sync_all()).map_err(failed)?;
    Ok(log)
}

fn reader(file: &Path) -> Result<Connection, OpenError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let cannot = |error| not_ours_or(file, error);
    let connection = Connection::open_with_flags(file, flags).map_err(cannot)?;
    connection.busy_timeout(std::time::Duration::from_secs(10)).map_err(cannot)?;
    connection.pragma_update(None, "cache_size", -8_192).map_err(cannot)?;
    connection.pragma_update(None, "temp_store", "MEMORY").map_err(cannot)?;
    connection.set_prepared_statement_cache_capacity(256);
    Ok(connection)
}

fn not_ours_or(file: &Path, error: rusqlite::Error) -> OpenError {
    let fault = fault("cannot open the database", error);
    match fault.kind {
        gongzhi_kernel::FaultKind::Corrupt => {
            OpenError::Corrupt { file: file.to_owned(), finding: format!("{fault:?}") }
        }
        _ => OpenError::Fault(fault),
    }
}

/// Whether the file is ours and sound, as far as that can be told in a moment.
fn examine(connection: &Connection, file: &Path) -> Result<(), OpenError> {
    let cannot = |error| not_ours_or(file, error);
    let application: i32 =
        connection.pragma_query_value(None, "application_id", |row| row.get(0)).map_err(cannot)?;
    let tables: i64 =
        connection.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0)).map_err(cannot)?;
    if tables > 0 && application != APPLICATION_ID {
        return Err(OpenError::NotOurs { file: file.to_owned() });
    }
    let size = std::fs::metadata(file).map(|meta| meta.len()).unwrap_or(0);
    if tables > 0 && size <= SMALL_FILE {
        let finding: String =
            connection.query_row("PRAGMA quick_check(1)", [], |row| row.get(0)).map_err(cannot)?;
        if finding != "ok" {
            return Err(OpenError::Corrupt { file: file.to_owned(), finding });
        }
    }
    Ok(())
}

fn migrate_all(connection: &Connection, file: &Path, migrations: &[Migrations]) -> Result<(), OpenError> {
    let cannot = |error| not_ours_or(file, error);
    // One process at a time; a second one finds the steps taken.
    connection.execute_batch("BEGIN IMMEDIATE").map_err(cannot)?;
    let outcome = take_steps(connection, migrations);
    let end = if outcome.is_ok() { "COMMIT" } else { "ROLLBACK" };
    connection.execute_batch(end).map_err(cannot)?;
    outcome
}

fn take_steps(connection: &Connection, migrations: &[Migrations]) -> Result<(), OpenError> {
    let cannot = |error| OpenError::Fault(fault("cannot bring the schema up to date", error));
    connection
        .execute_batch(
            "CREATE TABLE IF NOT EXISTS migration (
               owner TEXT NOT NULL, name TEXT NOT NULL, hash TEXT NOT NULL, PRIMARY KEY (owner, name))",
        )
        .map_err(cannot)?;
    let taken = connection
        .prepare("SELECT owner, name, hash FROM migration")
        .and_then(|mut statement| {
            statement
                .query_map([], |row| Ok(Taken { owner: row.get(0)?, name: row.get(1)?, hash: row.get(2)? }))?
                .collect::<Result<Vec<_>, _>>()
        })
        .map_err(cannot)?;
    let mut all = vec![migrate::OWN];
    all.extend_from_slice(migrations);
    for (owner, step) in migrate::pending(&all, &taken, |step| step.sqlite).map_err(OpenError::Schema)? {
        for statement in migrate::statements(step.sqlite) {
            connection.execute_batch(&statement).map_err(|error| {
                OpenError::Fault(fault(format!("schema step {owner}/{} failed", step.name), error))
            })?;
        }
        connection
            .execute(
                "INSERT INTO migration (owner, name, hash) VALUES (?1, ?2, ?3)",
                (owner, step.name, migrate::hash(step.sqlite)),
            )
            .map_err(cannot)?;
    }
    connection.pragma_update(None, "application_id", APPLICATION_ID).map_err(cannot)
}

/// The thread that brings the write-ahead log into the database beside the writer, so that no commit waits for it.
struct Checkpoints {
    asking: SyncSender<()>,
    busy: Arc<AtomicBool>,
}

impl Checkpoints {
    fn start(options: &SqliteOptions, file: &Path) -> Result<Self, OpenError> {
        let connection = connect(options, file)?;
        let (asking, asked) = sync_channel(1);
        let busy = Arc::new(AtomicBool::new(false));
        let at_work = Arc::clone(&busy);
        std::thread::Builder::new()
            .name("sqlite-checkpoint".into())
            .spawn(move || {
                // Ends when the writer has gone.
                while asked.recv().is_ok() {
                    checkpoint(&connection);
                    at_work.store(false, Ordering::Release);
                }
            })
            .map_err(|error| {
                OpenError::Fault(Fault::internal("cannot start the checkpoint thread").because(error))
            })?;
        Ok(Self { asking, busy })
    }

    /// Asks for one; whether it is on its way.
    fn ask(&self) -> bool {
        self.busy.store(true, Ordering::Release);
        self.asking.try_send(()).is_ok()
    }

    fn idle(&self) -> bool {
        !self.busy.load(Ordering::Acquire)
    }
}

fn checkpoint(connection: &Connection) {
    let outcome = connection.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |row| row.get::<_, i64>(2));
    if let Err(error) = outcome {
        writer::exit_if_unsynced(&error);
        tracing::warn!(error = %error, "the write-ahead log could not be brought into the database; it will be tried again");
    }
}
