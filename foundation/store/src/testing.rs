//! Stores for tests: a temporary folder, a private PostgreSQL. Both stand in a fixed world.

mod cluster;
mod schema;

use std::ops::Deref;
use std::sync::Arc;

use gongzhi_kernel::{Entropy, Fault, FixedClock, OsEntropy, Timestamp, World};

use crate::blobs::BlobLocation;
use crate::{Engine, Location, Migrations, OpenError, PostgresLocation, SqliteOptions, Statement, Store};

pub use schema::{Table, tables};

/// The moment at which the clock of a test stands: 2026-03-02T01:00:00Z, a Monday morning in China.
pub fn start() -> Timestamp {
    Timestamp::from_millis(1_772_413_200_000)
}

/// A store that goes away with the test.
#[derive(Debug)]
pub struct TestStore {
    store: Store,
    /// The clock of its world.
    pub clock: Arc<FixedClock>,
    place: Place,
    migrations: Vec<Migrations>,
}

/// Where it lies; removed at the end.
#[derive(Debug)]
struct Place {
    location: Location,
    /// A schema on a server that goes on when the tests are over.
    left_behind: Option<(String, String)>,
    _folder: tempfile::TempDir,
}

impl Deref for TestStore {
    type Target = Store;
    fn deref(&self) -> &Store {
        &self.store
    }
}

impl TestStore {
    /// Where its data lies.
    pub fn location(&self) -> &Location {
        &self.place.location
    }

    /// Closes the store and opens it again, as after a restart: with its clock where it stood, and new randomness.
    pub async fn reopen(self) -> Result<Self, OpenError> {
        let Self { store, clock, place, migrations } = self;
        drop(store);
        use gongzhi_kernel::Clock;
        Self::open(place, migrations, clock.now(), 2).await
    }

    /// The same data as another process sees it: with a clock, ids and randomness of its own.
    pub async fn another(&self) -> Result<(Store, Arc<FixedClock>), OpenError> {
        use gongzhi_kernel::Clock;
        let (world, clock) = World::fixed(self.clock.now(), 3);
        Ok((Store::open(self.place.location.clone(), world, &self.migrations).await?, clock))
    }

    async fn open(
        place: Place,
        migrations: Vec<Migrations>,
        at: Timestamp,
        seed: u64,
    ) -> Result<Self, OpenError> {
        let (world, clock) = World::fixed(at, seed);
        let store = Store::open(place.location.clone(), world, &migrations).await?;
        Ok(Self { store, clock, place, migrations })
    }
}

/// An empty SQLite store in a temporary folder.
pub async fn sqlite(migrations: &[Migrations]) -> Result<TestStore, OpenError> {
    let folder = folder()?;
    let options = SqliteOptions { readers: 2, ..SqliteOptions::new(folder.path()) };
    let place = Place { location: Location::Folder(options), left_behind: None, _folder: folder };
    TestStore::open(place, migrations.to_vec(), start(), 1).await
}

/// An empty PostgreSQL store: a schema of its own on a private server, which is started if it does not run.
pub async fn postgres(migrations: &[Migrations]) -> Result<TestStore, OpenError> {
    let place = postgres_place().await?;
    TestStore::open(place, migrations.to_vec(), start(), 1).await
}

/// An empty store on this engine.
pub async fn on(engine: Engine, migrations: &[Migrations]) -> Result<TestStore, OpenError> {
    match engine {
        Engine::Sqlite => sqlite(migrations).await,
        Engine::Postgres => postgres(migrations).await,
    }
}

/// Where the two trees of these migrations end in different schemas; one line for each difference.
pub async fn schema_differences(migrations: &[Migrations]) -> Result<Vec<String>, OpenError> {
    let embedded = tables(&sqlite(migrations).await?).await.map_err(OpenError::Fault)?;
    let server = tables(&postgres(migrations).await?).await.map_err(OpenError::Fault)?;
    Ok(schema::differences(&embedded, &server))
}

/// What is wrong with statements: each is prepared on the engine of this store, with its tables as they are. One line
/// for each that cannot be.
pub async fn unprepared(
    store: &TestStore,
    statements: impl IntoIterator<Item = &'static Statement>,
) -> Result<Vec<String>, Fault> {
    let all = statements.into_iter();
    match store.location() {
        Location::Folder(options) => {
            let connection = rusqlite::Connection::open(options.file())
                .map_err(|error| Fault::internal("cannot open the database of the test").because(error))?;
            Ok(all
                .filter_map(|statement| {
                    connection
                        .prepare(statement.sqlite)
                        .err()
                        .map(|error| format!("{}: {error}", statement.name))
                })
                .collect())
        }
        Location::Postgres(location) => {
            let failed = |error: tokio_postgres::Error| {
                Fault::internal("cannot reach the database of the test").because(error)
            };
            let (client, connection) =
                tokio_postgres::connect(&location.url, tokio_postgres::NoTls).await.map_err(failed)?;
            let driving = tokio::spawn(connection);
            let schema = location.schema.as_deref().unwrap_or("public");
            client.batch_execute(&format!("SET search_path = \"{schema}\"")).await.map_err(failed)?;
            let mut found = Vec::new();
            for statement in all {
                if let Err(error) = client.prepare(statement.postgres).await {
                    let said =
                        error.as_db_error().map_or_else(|| error.to_string(), |db| db.message().to_owned());
                    found.push(format!("{}: {said}", statement.name));
                }
            }
            driving.abort();
            Ok(found)
        }
    }
}

fn folder() -> Result<tempfile::TempDir, OpenError> {
    let cannot = |error| OpenError::Folder { folder: std::env::temp_dir(), error };
    tempfile::Builder::new().prefix("gongzhi-test-").tempdir().map_err(cannot)
}

async fn postgres_place() -> Result<Place, OpenError> {
    let found = tokio::task::spawn_blocking(cluster::cluster).await;
    let cluster = found
        .map_err(|error| OpenError::Fault(Fault::internal("starting PostgreSQL panicked").because(error)))?
        .map_err(OpenError::Fault)?;
    let folder = folder()?;
    // Not from the world of the test: other tests have the same seed, and the same server.
    let mut bytes = [0; 8];
    OsEntropy.fill(&mut bytes);
    let schema = format!("test_{:016x}", u64::from_be_bytes(bytes));
    let left_behind = (!cluster.private).then(|| (cluster.url.clone(), schema.clone()));
    let location = PostgresLocation {
        schema: Some(schema),
        max_connections: 8,
        ..PostgresLocation::new(cluster.url, BlobLocation::Folder(folder.path().join("blobs")))
    };
    Ok(Place { location: Location::Postgres(location), left_behind, _folder: folder })
}

impl Drop for Place {
    /// Takes the schema away from a server that goes on. On a thread of its own: a test may end in the middle of a runtime.
    fn drop(&mut self) {
        let Some((url, schema)) = self.left_behind.take() else { return };
        let removed = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
            runtime.block_on(async {
                let (client, connection) = tokio_postgres::connect(&url, tokio_postgres::NoTls)
                    .await
                    .map_err(std::io::Error::other)?;
                let driving = tokio::spawn(connection);
                let gone = client.batch_execute(&format!("DROP SCHEMA IF EXISTS \"{schema}\" CASCADE")).await;
                driving.abort();
                gone.map_err(std::io::Error::other)
            })
        });
        if !matches!(removed.join(), Ok(Ok(()))) {
            tracing::warn!("the schema of a test could not be removed from the server");
        }
    }
}
