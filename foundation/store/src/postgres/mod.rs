//! The server engine: each unit of work is a serializable transaction on a connection of its own.

mod connect;
mod keeper;
mod schema;
mod trouble;
mod tx;
mod values;

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use deadpool_postgres::{ClientWrapper, Object, Pool, PoolError, Runtime, TimeoutType};
use gongzhi_kernel::{Fault, FaultKind, World};
use tokio::runtime::Handle;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::Tx;
use crate::migrate::Migrations;
use crate::store::OpenError;
use keeper::Keeper;
use trouble::Remedy;
use tx::PgTx;

pub use connect::{PostgresLocation, masked};

/// How often a unit of work is run at most before it is given up.
const MOST_RUNS: u32 = 20;
/// After this many runs in vain it runs alone in this process.
const RUNS_BESIDE_OTHERS: u32 = 4;
/// How often a broken connection is replaced for one unit of work.
const MOST_RECONNECTIONS: u32 = 3;
/// How long to wait for a free connection.
const WAIT: Duration = Duration::from_secs(10);

/// Why a city on a server does not open; each says the way out.
#[derive(Debug, thiserror::Error)]
pub enum OpenPostgresError {
    /// The address cannot be read.
    #[error(
        "`{url}` is no PostgreSQL address ({why}); write it like postgres://user:password@host:5432/database"
    )]
    Address {
        /// The address, without the password.
        url: String,
        /// What is wrong with it.
        why: String,
    },
    /// The name of the schema would need quoting, or is the server's own.
    #[error(
        "`{schema}` cannot name a schema; take small letters, digits and `_`, beginning with a letter, not `pg_`"
    )]
    SchemaName {
        /// The name.
        schema: String,
    },
    /// No connection.
    #[error(
        "cannot connect to PostgreSQL: {why}; look whether the server runs, and whether address, user and password are right"
    )]
    Connect {
        /// What the server or the system says.
        why: String,
    },
    /// The connection cannot be encrypted.
    #[error(
        "the connection to PostgreSQL cannot be encrypted: {why}; name the certificate of the server's authority with sslrootcert=FILE in the address, or write sslmode=disable in a network that you trust"
    )]
    Certificate {
        /// Why.
        why: String,
    },
    /// Too old a server.
    #[error("the server is PostgreSQL {found}; {least} or later is needed: upgrade it")]
    OldServer {
        /// Its version.
        found: i32,
        /// The oldest that will do.
        least: i32,
    },
    /// Another encoding.
    #[error("the database is encoded in {found}; make one with ENCODING 'UTF8'")]
    Encoding {
        /// Its encoding.
        found: String,
    },
    /// The server only follows another one.
    #[error("this server is a replica and cannot write; name the primary server")]
    Replica,
    /// The user may not make a schema.
    #[error(
        "the user {user} may not make the schema {schema}; let an administrator run: CREATE SCHEMA {schema} AUTHORIZATION {user} (or GRANT CREATE ON DATABASE {database} TO {user})"
    )]
    Privilege {
        /// The database.
        database: String,
        /// The user.
        user: String,
        /// The schema.
        schema: String,
    },
    /// No node number is left.
    #[error(
        "{most} processes already use this city at once; stop one, or wait a minute if some have just been killed"
    )]
    TooManyProcesses {
        /// How many may.
        most: u8,
    },
}

impl OpenPostgresError {
    /// What the driver says of a connection that was not made.
    fn connecting(error: &tokio_postgres::Error) -> Self {
        let why = trouble::said(error);
        // The driver does not say the kind in any other way.
        if error.to_string().contains("TLS") { Self::Certificate { why } } else { Self::Connect { why } }
    }
}

struct Shared {
    pool: Pool,
    keeper: Keeper,
    world: World,
    runtime: Handle,
    base: i64,
    grown: watch::Sender<u64>,
    /// Held shared by every run; held alone by one that was in vain too often, so that it is sure to get through.
    turnstile: RwLock<()>,
    /// Spreads the waits of units of work that are in one another's way.
    spread: AtomicU64,
}

/// A city on a server.
pub(crate) struct PostgresEngine {
    shared: Arc<Shared>,
    tending: JoinHandle<()>,
}

impl PostgresEngine {
    pub(crate) async fn open(
        location: &PostgresLocation,
        world: World,
        migrations: &[Migrations],
        grown: watch::Sender<u64>,
    ) -> Result<Self, OpenError> {
        let connector = connect::Connector::new(location)?;
        let base = schema::prepare(&connector, migrations).await?;
        let manager = deadpool_postgres::Manager::from_connect(
            connector.config().clone(),
            connector.clone(),
            deadpool_postgres::ManagerConfig { recycling_method: deadpool_postgres::RecyclingMethod::Fast },
        );
        let pool = Pool::builder(manager)
            .max_size(location.max_connections.max(1))
            .runtime(Runtime::Tokio1)
            .wait_timeout(Some(WAIT))
            .create_timeout(Some(WAIT))
            .recycle_timeout(Some(WAIT))
            .build()
            .map_err(|error| {
                OpenError::Fault(Fault::internal("cannot make the pool of connections").because(error))
            })?;
        let keeper = Keeper::take(&connector, &world).await?;
        let shared = Arc::new(Shared {
            pool,
            keeper,
            world,
            runtime: Handle::current(),
            base,
            grown,
            turnstile: RwLock::new(()),
            spread: AtomicU64::new(1),
        });
        let kept = Arc::clone(&shared);
        let tending = tokio::spawn(async move { kept.keeper.tend().await });
        Ok(Self { shared, tending })
    }

    pub(crate) async fn write<T, E, F>(&self, work: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<Fault> + Send + 'static,
        F: Fn(&mut dyn Tx) -> Result<T, E> + Send + 'static,
    {
        let client = self.shared.connection().await?;
        let shared = Arc::clone(&self.shared);
        match tokio::task::spawn_blocking(move || shared.write(client, &work)).await {
            Ok(outcome) => outcome,
            Err(error) => Err(Fault::internal("a unit of work panicked").because(error).into()),
        }
    }

    pub(crate) async fn read<T, E, F>(&self, work: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<Fault> + Send + 'static,
        F: FnOnce(&mut dyn Tx) -> Result<T, E> + Send + 'static,
    {
        let client = self.shared.connection().await?;
        let shared = Arc::clone(&self.shared);
        match tokio::task::spawn_blocking(move || shared.read(client, work)).await {
            Ok(outcome) => outcome,
            Err(error) => Err(Fault::internal("a reader panicked").because(error).into()),
        }
    }

    pub(crate) fn node(&self) -> u8 {
        self.shared.keeper.node()
    }

    /// Gives the node number back; nothing can be written afterwards.
    pub(crate) async fn leave(&self) -> Result<(), Fault> {
        self.tending.abort();
        self.shared.keeper.leave().await
    }
}

impl Drop for PostgresEngine {
    fn drop(&mut self) {
        self.tending.abort();
    }
}

/// How a run of a unit of work ended.
enum Run<T, E> {
    Done(Result<T, E>),
    /// Nothing was committed; another run may do better.
    InVain(Remedy, Fault),
}

impl Shared {
    async fn connection(&self) -> Result<Object, Fault> {
        self.pool.get().await.map_err(|error| match error {
            PoolError::Backend(error) => {
                let mut fault = trouble::fault("no connection to the database", &error);
                if fault.kind == FaultKind::Internal {
                    fault.kind = FaultKind::Busy;
                }
                fault
            }
            PoolError::Timeout(TimeoutType::Wait) => {
                Fault::new(FaultKind::Busy, "all connections to the database are at work")
            }
            other => Fault::new(FaultKind::Busy, "no connection to the database").because(other),
        })
    }

    fn write<T, E: From<Fault>>(
        &self,
        mut client: Object,
        work: &dyn Fn(&mut dyn Tx) -> Result<T, E>,
    ) -> Result<T, E> {
        let (mut runs, mut doubled, mut reconnections) = (0, 0, 0);
        loop {
            runs += 1;
            let outcome = if runs <= RUNS_BESIDE_OTHERS {
                let _beside_others = self.turnstile.read().unwrap_or_else(PoisonError::into_inner);
                self.run(&client, work)
            } else {
                let _alone = self.turnstile.write().unwrap_or_else(PoisonError::into_inner);
                self.run(&client, work)
            };
            let (remedy, fault) = match outcome {
                Run::Done(result) => return result,
                Run::InVain(remedy, fault) => (remedy, fault),
            };
            match remedy {
                Remedy::Again if runs < MOST_RUNS => {
                    metrics::counter!("gongzhi_store_reruns").increment(1);
                    std::thread::sleep(self.pause(runs));
                }
                Remedy::Again => {
                    let given_up = Fault::new(
                        FaultKind::Busy,
                        "other units of work were faster each time; nothing was saved",
                    );
                    return Err(given_up.because(fault).into());
                }
                Remedy::AgainOnce if doubled == 0 => doubled += 1,
                Remedy::Reconnect if reconnections < MOST_RECONNECTIONS => {
                    reconnections += 1;
                    drop(Object::take(client));
                    std::thread::sleep(Duration::from_millis(50) * reconnections);
                    client = self.runtime.block_on(self.connection())?;
                }
                Remedy::AgainOnce | Remedy::Reconnect | Remedy::Tell(_) => return Err(fault.into()),
            }
        }
    }

    /// Longer with every run, and not the same for two that met.
    fn pause(&self, runs: u32) -> Duration {
        let step = self.spread.fetch_add(0x9E37_79B9_7F4A_7C15, Ordering::Relaxed);
        let longest = 1_000_u64 << runs.min(6);
        Duration::from_micros(longest / 4 + (step >> 32) % longest)
    }

    fn run<T, E: From<Fault>>(
        &self,
        client: &Object,
        work: &dyn Fn(&mut dyn Tx) -> Result<T, E>,
    ) -> Run<T, E> {
        let client: &ClientWrapper = client;
        let generation = self.keeper.generation();
        if let Err(error) = self.runtime.block_on(client.batch_execute("BEGIN ISOLATION LEVEL SERIALIZABLE"))
        {
            return Run::InVain(
                trouble::remedy(&error),
                trouble::fault("a unit of work could not begin", &error),
            );
        }
        let mut tx = PgTx::new(client, &self.runtime, &self.world, self.base);
        let outcome = catch_unwind(AssertUnwindSafe(|| work(&mut tx)));
        let (failed, grew) = (tx.failed.take(), tx.grew);
        let value = match (outcome, failed) {
            (Err(panic), _) => {
                self.roll_back(client);
                tracing::error!(panic = message(&*panic), "a unit of work panicked");
                return Run::Done(Err(Fault::internal("a unit of work panicked").into()));
            }
            // What the closure concluded from a view that could not be kept counts for nothing.
            (Ok(_), Some((remedy @ (Remedy::Again | Remedy::AgainOnce | Remedy::Reconnect), fault))) => {
                self.roll_back(client);
                return Run::InVain(remedy, fault);
            }
            (Ok(Err(refused)), _) => {
                self.roll_back(client);
                return Run::Done(Err(refused));
            }
            // A closure may pass over a fault; the server has given the whole transaction up all the same.
            (Ok(Ok(_)), Some((_, fault))) => {
                self.roll_back(client);
                return Run::Done(Err(fault.into()));
            }
            (Ok(Ok(value)), None) => value,
        };
        if let Err(fault) = self.runtime.block_on(self.keeper.cover(generation)) {
            self.roll_back(client);
            return Run::Done(Err(fault.into()));
        }
        if let Err(error) = self.runtime.block_on(client.batch_execute("COMMIT")) {
            if !trouble::surely_not_committed(&error) {
                let unknown = "the connection broke while the commit was under way: whether it was saved is not known; \
                               look before you try again";
                return Run::Done(Err(trouble::fault(unknown, &error).into()));
            }
            return Run::InVain(trouble::remedy(&error), trouble::fault("the commit was refused", &error));
        }
        if grew {
            self.grown.send_modify(|count| *count += 1);
        }
        Run::Done(Ok(value))
    }

    fn read<T, E: From<Fault>>(
        &self,
        mut client: Object,
        work: impl FnOnce(&mut dyn Tx) -> Result<T, E>,
    ) -> Result<T, E> {
        let mut reconnections = 0;
        while let Err(error) =
            self.runtime.block_on(client.batch_execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"))
        {
            if trouble::remedy(&error) != Remedy::Reconnect || reconnections >= MOST_RECONNECTIONS {
                return Err(trouble::fault("a view of the data could not begin", &error).into());
            }
            reconnections += 1;
            drop(Object::take(client));
            client = self.runtime.block_on(self.connection())?;
        }
        let mut tx = PgTx::new(&client, &self.runtime, &self.world, self.base);
        let outcome = catch_unwind(AssertUnwindSafe(|| work(&mut tx)));
        let failed = tx.failed.take();
        self.roll_back(&client);
        match (outcome, failed) {
            (Ok(Ok(_)), Some((_, fault))) => Err(fault.into()),
            (Ok(result), _) => result,
            (Err(panic), _) => {
                tracing::error!(panic = message(&*panic), "a reader panicked");
                Err(Fault::internal("a reader panicked").into())
            }
        }
    }

    /// Undoes the transaction. Where that fails the connection is gone, and the server undoes it by itself; a
    /// connection that is gone does not return to the pool.
    fn roll_back(&self, client: &ClientWrapper) {
        if let Err(error) = self.runtime.block_on(client.batch_execute("ROLLBACK")) {
            tracing::warn!(error = %trouble::said(&error), "a unit of work could not be rolled back; its connection is given up");
        }
    }
}

/// What a panic says.
fn message(panic: &(dyn Any + Send)) -> &str {
    panic
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| panic.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("without a message")
}
