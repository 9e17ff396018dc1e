//! Keeps the node number of this process, and the floor below which it may commit ids.
//!
//! Each process that makes ids holds a number of its own, leased for a minute at a time. Before a commit carries an
//! id above the floor, the floor is raised in a transaction of its own that also looks whether the number is still
//! held. Whoever takes the number over starts above the highest floor, so no id is ever made twice,
//! whatever the clocks do and however long a process sleeps.

use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering};
use std::time::Duration;

use deadpool_postgres::ClientWrapper;
use gongzhi_kernel::{Fault, FaultKind, IMPORT_NODE, Id, World, kinds};
use tokio::sync::Mutex;

use super::OpenPostgresError;
use super::connect::Connector;
use super::trouble::{self, Remedy};
use crate::store::OpenError;

/// How long a number is held without being renewed.
const LEASE: Duration = Duration::from_secs(60);
/// How often it is renewed.
const RENEW: Duration = Duration::from_secs(15);
/// How often the floor is raised ahead of the ids, so that commits need not wait for it.
const TICK: Duration = Duration::from_secs(3);
/// How far ahead of the last id: ten seconds of ids. After a crash the next process starts that much in the future.
const AHEAD: i64 = 10_000 << 12;
/// How long nothing is committed after a number was lost: what was under way with it must have ended.
const SETTLE: Duration = Duration::from_secs(5);
/// How often a transaction of the keeper is tried again when another was faster.
const TRIES: u32 = 20;

/// Microseconds since the epoch by the server's clock, which all processes share.
macro_rules! server_now {
    () => {
        "CAST(extract(epoch FROM clock_timestamp()) * 1000000 AS BIGINT)"
    };
}

/// The number that this process holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Held {
    node: u8,
    holder: i64,
    fence: i64,
}

impl Held {
    fn name(node: u8) -> String {
        format!("node/{node}")
    }
}

/// Keeps number and floor on a connection of its own, so that it never waits for the pool.
pub(super) struct Keeper {
    connector: Connector,
    world: World,
    state: Mutex<State>,
    /// Ids up to here may be committed.
    reserved: AtomicI64,
    /// Grows when the number changes: a unit of work that began before must not commit.
    generation: AtomicU64,
    lost: AtomicBool,
    /// The number has been given back; there will be no other.
    left: AtomicBool,
    node: AtomicI64,
}

struct State {
    client: Option<ClientWrapper>,
    held: Held,
}

impl Keeper {
    /// Takes a free number.
    pub(super) async fn take(connector: &Connector, world: &World) -> Result<Self, OpenError> {
        let client = connector.connection().await.map_err(|error| OpenPostgresError::connecting(&error))?;
        let (held, floor) = wait_for_number(&client, world).await?;
        world.ids.assume(held.node, floor);
        Ok(Self {
            connector: connector.clone(),
            world: world.clone(),
            state: Mutex::new(State { client: Some(client), held }),
            reserved: AtomicI64::new(floor),
            generation: AtomicU64::new(0),
            lost: AtomicBool::new(false),
            left: AtomicBool::new(false),
            node: AtomicI64::new(i64::from(held.node)),
        })
    }

    pub(super) fn node(&self) -> u8 {
        u8::try_from(self.node.load(Ordering::Relaxed)).unwrap_or(0)
    }

    /// Under which number a unit of work begins.
    pub(super) fn generation(&self) -> u64 {
        self.generation.load(Ordering::Acquire)
    }

    /// Makes sure that the ids made so far may be committed by a unit of work of this generation.
    pub(super) async fn cover(&self, generation: u64) -> Result<(), Fault> {
        if self.left.load(Ordering::Acquire) {
            return Err(stopping());
        }
        let high = self.world.ids.high_water();
        if self.lost.load(Ordering::Acquire) || generation != self.generation() {
            return Err(lost());
        }
        if high <= self.reserved.load(Ordering::Acquire) {
            return Ok(());
        }
        self.reserve(high, generation).await
    }

    async fn reserve(&self, high: i64, generation: u64) -> Result<(), Fault> {
        let mut state = self.state.lock().await;
        if generation != self.generation() {
            return Err(lost());
        }
        if self.left.load(Ordering::Acquire) {
            return Err(stopping());
        }
        if high <= self.reserved.load(Ordering::Acquire) {
            return Ok(());
        }
        let now = Id::<kinds::Event>::first_at(self.world.clock.now()).get();
        let floor = high.max(now).saturating_add(AHEAD);
        let held = state.held;
        let name = Held::name(held.node);
        let node = i64::from(held.node);
        let raised = self
            .run(
                &mut state,
                "INSERT INTO id_floor (node, floor)
                   SELECT CAST($4 AS BIGINT), CAST($5 AS BIGINT) FROM lease WHERE name = $1 AND holder = $2 AND fence = $3
                 ON CONFLICT (node) DO UPDATE SET floor = greatest(id_floor.floor, excluded.floor)",
                &[&name, &held.holder, &held.fence, &node, &floor],
            )
            .await?;
        if raised == 0 {
            self.lost.store(true, Ordering::Release);
            return Err(lost());
        }
        self.reserved.store(floor, Ordering::Release);
        Ok(())
    }

    /// One statement as a serializable transaction, on a fresh connection if the last one broke.
    async fn run(
        &self,
        state: &mut State,
        sql: &'static str,
        params: &[&(dyn tokio_postgres::types::ToSql + Sync)],
    ) -> Result<u64, Fault> {
        let mut tries = 0;
        loop {
            let client = match state.client.take() {
                Some(client) if !client.is_closed() => client,
                _ => self
                    .connector
                    .connection()
                    .await
                    .map_err(|error| trouble::fault("no connection for the node number", &error))?,
            };
            let outcome = async {
                let prepared = client.prepare_cached(sql).await?;
                client.execute(&prepared, params).await
            }
            .await;
            match outcome {
                Ok(count) => {
                    state.client = Some(client);
                    return Ok(count);
                }
                Err(error) => {
                    tries += 1;
                    let again = matches!(
                        trouble::remedy(&error),
                        Remedy::Again | Remedy::AgainOnce | Remedy::Reconnect
                    );
                    if !again || tries >= TRIES {
                        return Err(trouble::fault("the node number could not be kept", &error));
                    }
                    if trouble::remedy(&error) != Remedy::Reconnect {
                        state.client = Some(client);
                    }
                    tokio::time::sleep(Duration::from_millis(u64::from(tries))).await;
                }
            }
        }
    }

    /// Renews the number and raises the floor ahead of the ids, for as long as the store lives.
    pub(super) async fn tend(&self) {
        let mut renewed = tokio::time::Instant::now();
        let mut seen = self.world.ids.high_water();
        loop {
            tokio::time::sleep(TICK).await;
            if self.lost.load(Ordering::Acquire) {
                self.take_another().await;
                continue;
            }
            let high = self.world.ids.high_water();
            if high != seen {
                seen = high;
                // Ahead of need; a commit that needs it now asks by itself and answers for the fault.
                let wanted = high.saturating_add(AHEAD / 2);
                if let Err(error) = self.reserve(wanted, self.generation()).await {
                    tracing::warn!(error = ?error, "the floor of the ids could not be raised");
                }
            }
            if renewed.elapsed() >= RENEW {
                match self.renew().await {
                    Ok(true) => renewed = tokio::time::Instant::now(),
                    Ok(false) => self.lost.store(true, Ordering::Release),
                    Err(error) => tracing::warn!(error = ?error, "the node number could not be renewed"),
                }
            }
        }
    }

    async fn renew(&self) -> Result<bool, Fault> {
        let mut state = self.state.lock().await;
        let held = state.held;
        let name = Held::name(held.node);
        let span = micros(LEASE);
        let renewed = self
            .run(
                &mut state,
                concat!(
                    "UPDATE lease SET until = ",
                    server_now!(),
                    " + $4 WHERE name = $1 AND holder = $2 AND fence = $3"
                ),
                &[&name, &held.holder, &held.fence, &span],
            )
            .await?;
        Ok(renewed == 1)
    }

    /// After the number was lost: another one, once everything that began with the old one has ended.
    async fn take_another(&self) {
        tracing::error!(
            "another process has taken the node number; nothing is saved until this one has a new number"
        );
        self.generation.fetch_add(1, Ordering::AcqRel);
        tokio::time::sleep(SETTLE).await;
        let mut state = self.state.lock().await;
        let taken = async {
            let client =
                self.connector.connection().await.map_err(|error| OpenPostgresError::connecting(&error))?;
            let (held, floor) = wait_for_number(&client, &self.world).await?;
            Ok::<_, OpenError>((client, held, floor))
        };
        match taken.await {
            Ok((client, held, floor)) => {
                *state = State { client: Some(client), held };
                self.world.ids.assume(held.node, floor);
                self.node.store(i64::from(held.node), Ordering::Relaxed);
                self.reserved.store(floor, Ordering::Release);
                self.generation.fetch_add(1, Ordering::AcqRel);
                self.lost.store(false, Ordering::Release);
                tracing::info!(node = held.node, "this process has a new node number");
            }
            Err(error) => {
                tracing::error!(error = %error, "no node number could be taken; it will be tried again")
            }
        }
    }

    /// Gives the number back, and lowers the floor to what was really used.
    pub(super) async fn leave(&self) -> Result<(), Fault> {
        let mut state = self.state.lock().await;
        // Before the look at the last id: what is made later is not committed any more.
        self.left.store(true, Ordering::Release);
        let held = state.held;
        let (name, node) = (Held::name(held.node), i64::from(held.node));
        let high = self.world.ids.high_water();
        self.run(
            &mut state,
            "UPDATE id_floor SET floor = least(floor, $5) WHERE node = $4
               AND EXISTS (SELECT 1 FROM lease WHERE name = $1 AND holder = $2 AND fence = $3)",
            &[&name, &held.holder, &held.fence, &node, &high],
        )
        .await?;
        self.run(
            &mut state,
            "UPDATE lease SET until = 0 WHERE name = $1 AND holder = $2 AND fence = $3",
            &[&name, &held.holder, &held.fence],
        )
        .await
        .map(|_| ())
    }
}

fn lost() -> Fault {
    Fault::new(
        FaultKind::Busy,
        "this process has lost its node number and is taking another; nothing was saved",
    )
}

fn stopping() -> Fault {
    Fault::new(FaultKind::Busy, "the store is stopping; nothing was saved")
}

fn micros(span: Duration) -> i64 {
    i64::try_from(span.as_micros()).unwrap_or(i64::MAX)
}

async fn wait_for_number(client: &ClientWrapper, world: &World) -> Result<(Held, i64), OpenError> {
    let until = tokio::time::Instant::now() + LEASE + Duration::from_secs(5);
    let mut said = false;
    loop {
        if let Some(taken) = try_take(client, world).await? {
            return Ok(taken);
        }
        if tokio::time::Instant::now() >= until {
            return Err(OpenPostgresError::TooManyProcesses { most: IMPORT_NODE }.into());
        }
        if !said {
            tracing::warn!("all node numbers are held; waiting for one to run out");
            said = true;
        }
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
}

/// Takes a number: first one that was given back, then one never used, then the one that ran out first.
async fn try_take(client: &ClientWrapper, world: &World) -> Result<Option<(Held, i64)>, OpenError> {
    let mut tries = 0;
    loop {
        let outcome = take_in_transaction(client, world).await;
        let Err(error) = outcome else {
            return outcome.map_err(|error| OpenError::Fault(trouble::fault("no node number", &error)));
        };
        // The next BEGIN on a connection that cannot roll back fails and says so.
        let _said_by_the_next_begin = client.batch_execute("ROLLBACK").await;
        tries += 1;
        let again = matches!(trouble::remedy(&error), Remedy::Again | Remedy::AgainOnce);
        if !again || tries >= TRIES {
            return Err(OpenError::Fault(trouble::fault("no node number could be taken", &error)));
        }
        tokio::time::sleep(Duration::from_millis(u64::from(tries) * 5)).await;
    }
}

async fn take_in_transaction(
    client: &ClientWrapper,
    world: &World,
) -> Result<Option<(Held, i64)>, tokio_postgres::Error> {
    client.batch_execute("BEGIN ISOLATION LEVEL SERIALIZABLE").await?;
    let rows = client
        .query(
            concat!(
                "SELECT name, until, until < ",
                server_now!(),
                " FROM lease WHERE name LIKE 'node/%' ORDER BY until"
            ),
            &[],
        )
        .await?;
    let known: Vec<(String, i64, bool)> =
        rows.iter().map(|row| (row.get(0), row.get(1), row.get(2))).collect();
    let given_back = known.iter().find(|(_, until, _)| *until == 0).map(|(name, ..)| name.clone());
    let fresh =
        || (0..IMPORT_NODE).map(Held::name).find(|name| known.iter().all(|(taken, ..)| taken != name));
    let run_out = || known.iter().find(|(_, _, over)| *over).map(|(name, ..)| name.clone());
    let chosen = given_back.or_else(fresh).or_else(run_out);
    let Some((name, node)) = chosen.and_then(|name| {
        let node: u8 = name.strip_prefix("node/")?.parse().ok()?;
        Some((name, node))
    }) else {
        client.batch_execute("ROLLBACK").await?;
        return Ok(None);
    };
    let mut bytes = [0; 8];
    world.entropy.fill(&mut bytes);
    let holder = i64::from_be_bytes(bytes) >> 11 & ((1 << 53) - 1);
    let span = micros(LEASE);
    let fence: i64 = client
        .query_one(
            concat!(
                "INSERT INTO lease (name, holder, fence, until) VALUES ($1, $2, 1, ",
                server_now!(),
                " + $3)
                 ON CONFLICT (name) DO UPDATE
                   SET holder = excluded.holder, fence = lease.fence + 1, until = excluded.until
                 RETURNING fence"
            ),
            &[&name, &holder, &span],
        )
        .await?
        .get(0);
    let floor: i64 = client.query_one("SELECT coalesce(max(floor), 0) FROM id_floor", &[]).await?.get(0);
    client.batch_execute("COMMIT").await?;
    Ok(Some((Held { node, holder, fence }, floor)))
}
