//! What follows a commit: followers of the journal with their cursors, and timers.

use std::sync::Arc;
use std::time::{Duration, Instant};

use gongzhi_kernel::{Event, Fault};
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::journal::Position;
use crate::lease::{self, Lease};
use crate::timers::TimerHandler;
use crate::{Store, Tx, params};

/// Events that a follower takes in one unit of work.
const BATCH: i64 = 500;
/// How long a follower that has caught up gathers before it looks again: a burst is then one unit of work.
const GATHER: Duration = Duration::from_millis(20);
/// How long a follower that has caught up waits for more, while the journal goes on growing.
const PAUSE: Duration = Duration::from_millis(100);
/// How long it waits at most for a sign of growth; other processes give none.
const LOOK_AGAIN: Duration = Duration::from_millis(500);
/// How often another process looks whether the one that runs the followers has ended.
const LOOK_FOR_THE_LEAD: Duration = Duration::from_secs(2);
/// How long it waits after a fault, doubled each time up to [`LONGEST_WAIT`].
const FIRST_WAIT: Duration = Duration::from_millis(200);
const LONGEST_WAIT: Duration = Duration::from_secs(30);

crate::statements! {
    /// How far a follower has come.
    CURSOR = "SELECT txn, id FROM follower WHERE name = $1";
    /// How far it has come now.
    MOVE_CURSOR = "INSERT INTO follower (name, txn, id, updated) VALUES ($1, $2, $3, $4)
        ON CONFLICT (name) DO UPDATE SET txn = excluded.txn, id = excluded.id, updated = excluded.updated";
    /// Back to the beginning.
    FORGET_CURSOR = "DELETE FROM follower WHERE name = $1";
}

/// Follows the journal. Its effect and its cursor are one unit of work: each event takes effect exactly once.
pub trait Follower: Send + Sync {
    /// Its name, under which its cursor is kept.
    fn name(&self) -> &'static str;

    /// Takes the next events in; their sealed parts stay in the journal.
    fn follow(&self, tx: &mut dyn Tx, events: &[Event]) -> Result<(), Fault>;

    /// Empties its own tables, so that it can be rebuilt from the beginning of the journal.
    fn reset(&self, tx: &mut dyn Tx) -> Result<(), Fault>;

    /// Called after each commit that moved its cursor: for wakes that need not be durable (live pages).
    fn moved(&self) {}
}

impl dyn Tx + '_ {
    /// How far a follower has come.
    pub fn cursor(&mut self, name: &str) -> Result<Position, Fault> {
        Ok(self
            .one(&CURSOR, params![name], |row| Ok(Position { txn: row.int(0)?, id: row.int(1)? }))?
            .unwrap_or_default())
    }
}

/// Takes the next events in; how many. Reads outside the writer, so that commits of others do not wait for it.
pub async fn catch_up(store: &Store, follower: &Arc<dyn Follower>) -> Result<usize, Fault> {
    let name = follower.name();
    let (from, events, to) = store
        .read(move |tx| {
            let from = tx.cursor(name)?;
            let (events, to) = tx.events_after(from, BATCH)?;
            Ok::<_, Fault>((from, events, to))
        })
        .await?;
    if events.is_empty() {
        return Ok(0);
    }
    let count = events.len();
    let working = Arc::clone(follower);
    let moved = store
        .write(move |tx| {
            if tx.cursor(name)? != from {
                // Another runner was faster; what it has taken in is not taken in again.
                return Ok::<_, Fault>(false);
            }
            working.follow(tx, &events)?;
            let now = tx.world().clock.now();
            tx.execute(&MOVE_CURSOR, params![name, to.txn, to.id, now])?;
            Ok(true)
        })
        .await?;
    if moved {
        follower.moved();
    }
    Ok(count)
}

/// Empties a follower's tables and takes the whole journal in again; how many events.
pub async fn rebuild(store: &Store, follower: &Arc<dyn Follower>) -> Result<usize, Fault> {
    let working = Arc::clone(follower);
    store
        .write(move |tx| {
            working.reset(tx)?;
            tx.execute(&FORGET_CURSOR, params![working.name()]).map(|_| ())
        })
        .await?;
    let mut total = 0;
    loop {
        match catch_up(store, follower).await? {
            0 => return Ok(total),
            taken => total += taken,
        }
    }
}

/// Fires what is due; how many.
pub async fn fire_due(store: &Store, handlers: &Arc<Vec<Arc<dyn TimerHandler>>>) -> Result<usize, Fault> {
    let now = store.world().clock.now();
    let due = store.read(move |tx| tx.due_timers(now)).await?;
    let mut fired = 0;
    for timer in due {
        let handlers = Arc::clone(handlers);
        let done = store
            .write(move |tx| {
                let Some(handler) = handlers.iter().find(|handler| handler.kind() == timer.kind) else {
                    return Err(Fault::internal(format!("nobody answers timers of the kind {}", timer.kind)));
                };
                if !tx.take_timer(&timer)? {
                    return Ok(false);
                }
                handler.fire(tx, now, timer.subject)?;
                Ok(true)
            })
            .await;
        match done {
            Ok(done) => fired += usize::from(done),
            // One that cannot be fired must not hold up the others; it stays due and is tried again.
            Err(error) => tracing::error!(error = ?error, "a timer could not be fired"),
        }
    }
    Ok(fired)
}

/// Starts everything that follows commits; each runs until `stop` turns true.
///
/// Of several processes on one city only one runs followers and timers; another takes over when it ends. In the others
/// [`Follower::moved`] is called all the same, when they see that a cursor has moved.
pub fn start(
    store: &Store,
    followers: Vec<Arc<dyn Follower>>,
    handlers: Vec<Arc<dyn TimerHandler>>,
    stop: &watch::Receiver<bool>,
) -> Vec<JoinHandle<()>> {
    let (lead, leads) = watch::channel(false);
    let mut tasks = vec![tokio::spawn(take_the_lead(store.clone(), lead, stop.clone()))];
    for follower in followers {
        tasks.push(tokio::spawn(until(stop.clone(), run_follower(store.clone(), follower, leads.clone()))));
    }
    tasks.push(tokio::spawn(until(stop.clone(), run_timers(store.clone(), Arc::new(handlers), leads))));
    tasks
}

/// Does the work until `stop` turns true.
async fn until(mut stop: watch::Receiver<bool>, work: impl Future<Output = ()>) {
    tokio::select! {
        () = work => {}
        _ = stop.wait_for(|stop| *stop) => {}
    }
}

/// Holds the lease of the runners whenever it is free, and tells so.
async fn take_the_lead(store: Store, lead: watch::Sender<bool>, mut stop: watch::Receiver<bool>) {
    let mut held: Option<Lease> = None;
    let mut renewed = Instant::now();
    loop {
        match &held {
            None => match store.lease("runners").await {
                Ok(lease) => {
                    held = lease;
                    renewed = Instant::now();
                }
                Err(error) => {
                    tracing::warn!(error = ?error, "the lease of the runners could not be asked for")
                }
            },
            Some(lease) => match lease.renew().await {
                Ok(true) => renewed = Instant::now(),
                Ok(false) => held = None,
                Err(error) => {
                    tracing::warn!(error = ?error, "the lease of the runners could not be renewed");
                    if renewed.elapsed() > lease::TERM {
                        held = None;
                    }
                }
            },
        }
        let leads = held.is_some();
        lead.send_if_modified(|before| std::mem::replace(before, leads) != leads);
        let wait = if leads { lease::RENEW } else { LOOK_FOR_THE_LEAD };
        let stopped = tokio::time::timeout(wait, stop.wait_for(|stop| *stop)).await.is_ok();
        if stopped {
            break;
        }
    }
    lead.send_replace(false);
    if let Some(lease) = held
        && let Err(error) = lease.give_back().await
    {
        tracing::warn!(error = ?error, "the lease of the runners could not be given back; it runs out by itself");
    }
}

async fn run_follower(store: Store, follower: Arc<dyn Follower>, mut leads: watch::Receiver<bool>) {
    let mut grown = store.grown();
    let mut wait = FIRST_WAIT;
    let mut seen = None;
    loop {
        if !*leads.borrow() {
            // The process that leads moves the cursor; here only what stands in memory must learn of it.
            let name = follower.name();
            match store.read(move |tx| tx.cursor(name)).await {
                Ok(position) if seen != Some(position) => {
                    seen = Some(position);
                    follower.moved();
                }
                Ok(_) => {}
                Err(error) => {
                    tracing::warn!(follower = follower.name(), error = ?error, "a cursor could not be read")
                }
            }
            let _leads_or_elapsed = tokio::time::timeout(LOOK_AGAIN, leads.wait_for(|leads| *leads)).await;
            continue;
        }
        match catch_up(&store, &follower).await {
            Ok(0) => {
                wait = FIRST_WAIT;
                // Either the journal of this process grew, or it is time to look for others' events.
                let _grown_or_elapsed = tokio::time::timeout(LOOK_AGAIN, grown.changed()).await;
                tokio::time::sleep(GATHER).await;
            }
            Ok(taken) => {
                wait = FIRST_WAIT;
                // Under load a few large steps cost less than many small ones, and nobody sees the difference.
                if i64::try_from(taken).unwrap_or(i64::MAX) < BATCH {
                    tokio::time::sleep(PAUSE).await;
                }
            }
            Err(error) => {
                tracing::error!(follower = follower.name(), error = ?error, "a follower failed");
                metrics::counter!("gongzhi_follower_faults", "follower" => follower.name()).increment(1);
                tokio::time::sleep(wait).await;
                wait = (wait * 2).min(LONGEST_WAIT);
            }
        }
    }
}

async fn run_timers(
    store: Store,
    handlers: Arc<Vec<Arc<dyn TimerHandler>>>,
    mut leads: watch::Receiver<bool>,
) {
    loop {
        if leads.wait_for(|leads| *leads).await.is_err() {
            return;
        }
        match fire_due(&store, &handlers).await {
            Ok(0) => tokio::time::sleep(LOOK_AGAIN).await,
            Ok(_) => {}
            Err(error) => {
                tracing::error!(error = ?error, "the timers could not be read");
                tokio::time::sleep(LOOK_AGAIN).await;
            }
        }
    }
}
