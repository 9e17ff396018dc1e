//! Stores for tests: a temporary folder, a private PostgreSQL. Both stand in a fixed world.

use std::ops::Deref;
use std::sync::Arc;

use gongzhi_kernel::{FixedClock, Timestamp, World};

use crate::{Location, Migrations, OpenError, SqliteOptions, Store};

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
    _folder: tempfile::TempDir,
}

impl Deref for TestStore {
    type Target = Store;
    fn deref(&self) -> &Store {
        &self.store
    }
}

/// An empty SQLite store in a temporary folder.
pub async fn sqlite(migrations: &[Migrations]) -> Result<TestStore, OpenError> {
    let cannot = |error| OpenError::Folder { folder: std::env::temp_dir(), error };
    let folder = tempfile::Builder::new().prefix("gongzhi-test-").tempdir().map_err(cannot)?;
    let (world, clock) = World::fixed(start(), 1);
    let options = SqliteOptions { readers: 2, ..SqliteOptions::new(folder.path()) };
    let store = Store::open(Location::Folder(options), world, migrations).await?;
    Ok(TestStore { store, clock, _folder: folder })
}
