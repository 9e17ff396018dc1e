//! The store of one city, whichever engine is behind it.

use std::path::PathBuf;
use std::sync::Arc;

use gongzhi_kernel::{Fault, World};
use tokio::sync::watch;

use crate::blobs::{BlobLocation, Blobs};
use crate::migrate::{Migrations, SchemaError};
use crate::postgres::{OpenPostgresError, PostgresEngine, PostgresLocation};
use crate::sqlite::{SqliteEngine, SqliteOptions};
use crate::{Engine, Tx};

/// Where the data of a city lies.
#[derive(Debug, Clone)]
pub enum Location {
    /// In a folder of this machine.
    Folder(SqliteOptions),
    /// On a PostgreSQL server.
    Postgres(PostgresLocation),
}

/// Why a store does not open; each says the way out.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The SQLite that was compiled in is too old.
    #[error(
        "this binary carries SQLite {found}; 3.51.3 or later is needed, earlier ones can corrupt data: build it again with a newer one"
    )]
    OldSqlite {
        /// Its version.
        found: String,
    },
    /// The folder cannot be used.
    #[error("cannot use the data folder {}: {error}; make it writable for this user or name another with --data", folder.display())]
    Folder {
        /// The folder.
        folder: PathBuf,
        /// What the system says.
        error: std::io::Error,
    },
    /// The file belongs to another program.
    #[error("{} is a database of another program; name another folder with --data", file.display())]
    NotOurs {
        /// The file.
        file: PathBuf,
    },
    /// The file is damaged.
    #[error("{} is damaged ({finding}); move it away and restore the last backup with `gongzhi restore`", file.display())]
    Corrupt {
        /// The file.
        file: PathBuf,
        /// What was found.
        finding: String,
    },
    /// The data and this version do not fit together.
    #[error(transparent)]
    Schema(#[from] SchemaError),
    /// The server cannot be used.
    #[error(transparent)]
    Postgres(#[from] OpenPostgresError),
    /// Anything else.
    #[error("cannot open the store: {0:?}")]
    Fault(Fault),
}

enum Backend {
    Sqlite(SqliteEngine),
    Postgres(PostgresEngine),
}

struct Inner {
    backend: Backend,
    blobs: Blobs,
    world: World,
    grown: watch::Sender<u64>,
}

/// The store of one city. Cheap to clone.
#[derive(Clone)]
pub struct Store(Arc<Inner>);

impl std::fmt::Debug for Store {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Store({:?})", self.engine())
    }
}

impl Store {
    /// Opens the store, makes it if it is not there, and brings its schema up to date.
    pub async fn open(
        location: Location,
        world: World,
        migrations: &[Migrations],
    ) -> Result<Self, OpenError> {
        let (grown, _) = watch::channel(0);
        let (backend, blobs) = match location {
            Location::Folder(options) => {
                let blobs = BlobLocation::Folder(options.folder.join("blobs"));
                let (world, grown, migrations) = (world.clone(), grown.clone(), migrations.to_vec());
                let opened = tokio::task::spawn_blocking(move || {
                    SqliteEngine::open(options, world, &migrations, grown)
                })
                .await;
                let engine = opened.map_err(|error| {
                    OpenError::Fault(Fault::internal("opening the store panicked").because(error))
                })??;
                (Backend::Sqlite(engine), blobs)
            }
            Location::Postgres(location) => {
                let engine =
                    PostgresEngine::open(&location, world.clone(), migrations, grown.clone()).await?;
                (Backend::Postgres(engine), location.blobs)
            }
        };
        let blobs = Blobs::open(&blobs, &world).await.map_err(OpenError::Fault)?;
        Ok(Self(Arc::new(Inner { backend, blobs, world, grown })))
    }

    /// One unit of work: everything in it happens, or nothing. Answers after it is durable.
    ///
    /// `Err` undoes this unit of work alone. The closure may be run more than once (PostgreSQL, when another
    /// one was faster), so it must not act on anything but `tx`.
    pub async fn write<T, E, F>(&self, work: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<Fault> + Send + 'static,
        F: Fn(&mut dyn Tx) -> Result<T, E> + Send + Sync + 'static,
    {
        match &self.0.backend {
            Backend::Sqlite(engine) => engine.write(work).await,
            Backend::Postgres(engine) => engine.write(work).await,
        }
    }

    /// Answers when all that a reader has seen until now is on the disk: before anything is done outside the store because
    /// of what was read. On SQLite a reader may see a commit some milliseconds before it is flushed.
    pub async fn flushed(&self) -> Result<(), Fault> {
        match &self.0.backend {
            // Answers come in the order of commits, so this one follows the flush of all before it.
            Backend::Sqlite(engine) => engine.write(|_| Ok(())).await,
            Backend::Postgres(_) => Ok(()),
        }
    }

    /// One consistent view of the data; nothing can be written in it.
    pub async fn read<T, E, F>(&self, work: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<Fault> + Send + 'static,
        F: FnOnce(&mut dyn Tx) -> Result<T, E> + Send + 'static,
    {
        match &self.0.backend {
            Backend::Sqlite(engine) => engine.read(work).await,
            Backend::Postgres(engine) => engine.read(work).await,
        }
    }

    /// Clock, randomness and ids of this city.
    pub fn world(&self) -> &World {
        &self.0.world
    }

    /// Which engine is behind it.
    pub fn engine(&self) -> Engine {
        match &self.0.backend {
            Backend::Sqlite(_) => Engine::Sqlite,
            Backend::Postgres(_) => Engine::Postgres,
        }
    }

    /// The node number in the ids made by this process.
    pub fn node(&self) -> u8 {
        match &self.0.backend {
            Backend::Sqlite(engine) => engine.node(),
            Backend::Postgres(engine) => engine.node(),
        }
    }

    /// The files that people attach.
    pub fn blobs(&self) -> &Blobs {
        &self.0.blobs
    }

    /// Gives back what other processes wait for, at the end of this one. Nothing can be written afterwards.
    pub async fn leave(&self) -> Result<(), Fault> {
        match &self.0.backend {
            // The system gives the lock of the node number back by itself.
            Backend::Sqlite(engine) => {
                let options = engine.options().clone();
                blocking(move || SqliteEngine::bring_in(&options)).await
            }
            Backend::Postgres(engine) => engine.leave().await,
        }
    }

    /// Ticks after commits of this process that recorded events.
    pub fn grown(&self) -> watch::Receiver<u64> {
        self.0.grown.subscribe()
    }

    /// Copies the database, consistent and while others go on working, into a new file.
    pub async fn copy_to(&self, target: PathBuf) -> Result<(), Fault> {
        match &self.0.backend {
            Backend::Sqlite(engine) => {
                let file = engine.options().file();
                blocking(move || SqliteEngine::copy_to(&file, &target)).await
            }
            Backend::Postgres(_) => Err(Fault::internal("a city on a server is copied with pg_dump")),
        }
    }

    /// Examines the files of the engine; the findings, none if they are sound.
    pub async fn integrity(&self) -> Result<Vec<String>, Fault> {
        match &self.0.backend {
            Backend::Sqlite(engine) => {
                let file = engine.options().file();
                blocking(move || SqliteEngine::integrity(&file)).await
            }
            // The server looks after its files by itself.
            Backend::Postgres(_) => Ok(Vec::new()),
        }
    }

    /// The folder of the data, where the engine has one.
    pub fn folder(&self) -> Option<&std::path::Path> {
        match &self.0.backend {
            Backend::Sqlite(engine) => Some(&engine.options().folder),
            Backend::Postgres(_) => None,
        }
    }
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Fault> + Send + 'static,
) -> Result<T, Fault> {
    match tokio::task::spawn_blocking(work).await {
        Ok(outcome) => outcome,
        Err(error) => Err(Fault::internal("a blocking task panicked").because(error)),
    }
}
