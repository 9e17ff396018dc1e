//! Units of work: opening a log, sealing events, signing what is sealed, beginning a successor.

mod keys;
mod sealing;
mod witnessing;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use gongzhi_kernel::{EventId, Fault, Subject, Timestamp};
use gongzhi_store::{Follower, Store, Tx, params};
use tokio::sync::{Notify, watch};

use crate::guard::{Home, Refused};
use crate::log::tiles::Tiles;
use crate::log::tree::{self, Hash};
use crate::log::{Checkpoint, Note};
use crate::model::{Log, Signed};
use crate::rules::{Scope, opening};
use crate::signer::{Signer, Signing};
use crate::store as sql;
use crate::witness::{Trouble, WitnessAddress, WitnessStanding};
pub(crate) use sealing::Append;
use sealing::Sealing;

/// Least time between two signatures: a burst of events shares one.
const BETWEEN_SIGNATURES: Duration = Duration::from_millis(500);
/// How long the signer waits at most before it looks again, for what other processes have sealed.
const LOOK_AGAIN: Duration = Duration::from_millis(500);
/// How often the right to sign is renewed.
const RENEW: Duration = gongzhi_store::lease::RENEW;
/// How long the signer waits after a fault.
const AFTER_A_FAULT: Duration = Duration::from_secs(5);

/// What a log is opened with.
#[derive(Debug, Clone, Default)]
pub struct Setup {
    /// The folder of its key and guard.
    pub home: PathBuf,
    /// The name of a new log: its address without the scheme.
    pub origin: String,
    /// Which events are sealed.
    pub scope: Scope,
    /// Who is asked to sign beside the log.
    pub witnesses: Vec<WitnessAddress>,
    /// Where its keys are, if not in its folder.
    pub signing: Signing,
}

/// The log of a city. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Ledger(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    store: Store,
    home: Home,
    scope: Scope,
    state: Mutex<State>,
    grown: Notify,
    witnesses: Vec<WitnessAddress>,
    /// What keeps witnesses from signing, by their keys.
    troubles: Mutex<BTreeMap<String, Trouble>>,
    /// Changes with each signature of this process.
    published: watch::Sender<()>,
    /// Whether it is this process that signs.
    signs: AtomicBool,
}

/// Which log grows, and whether it may.
#[derive(Debug, Clone, Default)]
pub(crate) struct State {
    pub(crate) log: i64,
    pub(crate) origin: String,
    pub(crate) vkey: String,
    /// The key that signed before, while both sign.
    pub(crate) previous: Option<String>,
    /// Who signs, the newest key first.
    signers: Vec<Signer>,
    pub(crate) refused: Option<Refused>,
}

/// The state that is to be signed next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Due {
    pub(crate) log: i64,
    pub(crate) before: Option<Checkpoint>,
    pub(crate) checkpoint: Checkpoint,
    /// When the oldest event in it was recorded that no checkpoint covers.
    pub(crate) waiting_since: Option<Timestamp>,
}

impl Ledger {
    /// Opens the log of a city, and begins one where there is none. A log that may not be continued is opened all the
    /// same, for reading; [`Ledger::standing`] says why.
    pub async fn open(store: Store, setup: Setup) -> Result<Self, Fault> {
        let Setup { home, origin, scope, witnesses, signing } = setup;
        let home = Home::open(&home)?;
        let state = match store.read(|tx| sql::last_log(tx)).await? {
            Some(log) => existing(&store, &home, &log, &signing).await?,
            None => begin(&store, &home, &origin, &signing).await?,
        };
        if let Some(refused) = &state.refused {
            tracing::error!(reason = %refused, "the public log is not continued");
        }
        Ok(Self(Arc::new(Inner {
            store,
            home,
            scope,
            state: Mutex::new(state),
            grown: Notify::new(),
            witnesses,
            troubles: Mutex::default(),
            published: watch::Sender::new(()),
            signs: AtomicBool::new(false),
        })))
    }

    /// Freezes the log of a city and begins its successor, whose first entry names it. For a city whose database was
    /// restored to an older state or whose key is lost; nobody may serve it meanwhile.
    pub async fn succeed(
        store: &Store,
        home: &Path,
        origin: &str,
        signing: &Signing,
    ) -> Result<Checkpoint, Fault> {
        let home = Home::open(home)?;
        keys::alone(store, successor(store, &home, origin, signing)).await
    }

    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn log(&self) -> i64 {
        self.state().log
    }

    /// The store behind it.
    pub fn store(&self) -> &Store {
        &self.0.store
    }

    /// Signs what has been sealed since the last signature; `None` where there is nothing new or the log is refused.
    pub async fn sign(&self) -> Result<Option<Signed>, Fault> {
        let Some(due) = self.due().await? else { return Ok(None) };
        // The guard must never know of entries that a power cut can still take: the log would look older than what was
        // signed, and refuse to go on.
        self.0.store.flushed().await?;
        self.guard(&due).await?;
        self.publish(&due).await.map(Some)
    }

    /// What is to be signed, compared with what was signed last.
    pub(crate) async fn due(&self) -> Result<Option<Due>, Fault> {
        let State { log, refused, signers, .. } = self.state().clone();
        if refused.is_some() || signers.is_empty() {
            return Ok(None);
        }
        let guarded = match self.0.home.guarded() {
            Ok(guarded) => guarded,
            Err(refused) => {
                self.refuse(refused);
                return Ok(None);
            }
        };
        let before = guarded.clone();
        let found = self.0.store.read(move |tx| {
            let Some(row) = sql::last_log(tx)? else {
                return Err(Fault::corrupt("the row of the log is gone"));
            };
            let signed = sql::last_checkpoint(tx, log)?.map_or(0, |signed| signed.size);
            if let Err(refused) = compare(tx, &row, signed, guarded.as_ref())? {
                return Ok(Err(refused));
            }
            if row.size <= signed {
                return Ok(Ok(None));
            }
            let root = sql::edge(tx, log, row.size)?.root();
            let oldest = sql::entries(tx, log, signed, signed + 1)?.into_iter().next();
            let waiting_since =
                oldest.and_then(|entry| EventId::new(entry.event)).map(gongzhi_kernel::Id::made_at);
            let checkpoint = Checkpoint { origin: row.origin, size: row.size, root };
            Ok(Ok(Some(Due { log, before, checkpoint, waiting_since })))
        });
        match found.await? {
            Ok(due) => Ok(due),
            Err(refused) => {
                self.refuse(refused);
                Ok(None)
            }
        }
    }

    /// Sets the guard; before every signature.
    pub(crate) async fn guard(&self, due: &Due) -> Result<(), Fault> {
        let (home, before, to) = (self.0.home.clone(), due.before.clone(), due.checkpoint.clone());
        match tokio::task::spawn_blocking(move || home.advance(before.as_ref(), &to)).await {
            Ok(outcome) => outcome,
            Err(error) => Err(Fault::internal("setting the guard panicked").because(error)),
        }
    }

    /// Signs and keeps the checkpoint. The signature of the same state is the same one, however often it is made.
    pub(crate) async fn publish(&self, due: &Due) -> Result<Signed, Fault> {
        let signers = self.state().signers.clone();
        let text = due.checkpoint.to_string();
        let note = match tokio::task::spawn_blocking(move || sign_all(&signers, text)).await {
            Ok(note) => note?.to_string(),
            Err(error) => return Err(Fault::internal("signing panicked").because(error)),
        };
        let at = self.0.store.world().clock.now();
        let signed = Signed { size: due.checkpoint.size, at, note };
        let (log, kept) = (due.log, signed.clone());
        self.0.store.write(move |tx| sql::keep_checkpoint(tx, log, kept.size, kept.at, &kept.note)).await?;
        if let Some(since) = due.waiting_since {
            metrics::histogram!("gongzhi_ledger_seconds_to_checkpoint").record(at.since(since).as_secs_f64());
        }
        self.0.published.send_replace(());
        Ok(signed)
    }

    /// The public keys of the witnesses that are asked.
    pub(crate) fn witness_keys(&self) -> Vec<String> {
        self.0.witnesses.iter().map(|witness| witness.key.to_string()).collect()
    }

    /// The witnesses with what each has signed last, in the order of [`Ledger::witness_keys`].
    pub(crate) fn witnesses_with(&self, last: Vec<Option<(u64, Timestamp)>>) -> Vec<WitnessStanding> {
        let troubles = self.0.troubles.lock().unwrap_or_else(PoisonError::into_inner);
        let standing = |(witness, last): (&WitnessAddress, Option<(u64, Timestamp)>)| WitnessStanding {
            name: witness.key.name().to_owned(),
            size: last.map_or(0, |(size, _)| size),
            at: last.map(|(_, at)| at),
            trouble: troubles.get(&witness.key.to_string()).cloned(),
        };
        self.0.witnesses.iter().zip(last).map(standing).collect()
    }

    fn refuse(&self, refused: Refused) {
        tracing::error!(reason = %refused, "the public log is not continued");
        metrics::counter!("gongzhi_ledger_refused").increment(1);
        self.state().refused = Some(refused);
    }

    /// Signs what is sealed until `stop` turns true. Of several processes one does, by a lease.
    pub async fn keep_signing(self, mut stop: watch::Receiver<bool>) {
        let mut held: Option<(gongzhi_store::Lease, std::time::Instant)> = None;
        loop {
            let wait = match self.sign_in_turn(&mut held).await {
                Ok(true) => BETWEEN_SIGNATURES,
                Ok(false) => Duration::ZERO,
                Err(error) => {
                    tracing::error!(error = ?error, "the public log could not be signed");
                    AFTER_A_FAULT
                }
            };
            let work = async {
                tokio::time::sleep(wait).await;
                // Either something was sealed here, or it is time to look for what others have sealed.
                let _sealed_or_elapsed = tokio::time::timeout(LOOK_AGAIN, self.0.grown.notified()).await;
            };
            tokio::select! {
                () = work => {}
                _ = stop.wait_for(|stop| *stop) => break,
            }
        }
        // What the last followers have sealed is signed before the process ends.
        if held.is_some()
            && let Err(error) = self.sign().await
        {
            tracing::warn!(error = ?error, "the last entries of the public log are signed at the next start");
        }
        if let Some((lease, _)) = held
            && let Err(error) = lease.give_back().await
        {
            tracing::warn!(error = ?error, "the lease of the log could not be given back; it runs out by itself");
        }
    }

    /// Signs if it is this process's turn; whether anything was signed.
    async fn sign_in_turn(
        &self,
        held: &mut Option<(gongzhi_store::Lease, std::time::Instant)>,
    ) -> Result<bool, Fault> {
        match held {
            None => {
                *held = self.0.store.lease("ledger").await?.map(|lease| (lease, std::time::Instant::now()));
            }
            Some((lease, renewed)) if renewed.elapsed() >= RENEW => {
                if lease.renew().await? {
                    *renewed = std::time::Instant::now();
                } else {
                    *held = None;
                }
            }
            Some(_) => {}
        }
        self.0.signs.store(held.is_some(), Ordering::Relaxed);
        if held.is_none() { Ok(false) } else { Ok(self.sign().await?.is_some()) }
    }

    pub(crate) fn scope(&self) -> &Scope {
        &self.0.scope
    }

    /// Wakes the signer.
    pub(crate) fn has_grown(&self) {
        self.0.grown.notify_one();
    }

    /// What follows the journal and seals it.
    pub fn follower(&self) -> Arc<dyn Follower> {
        Arc::new(Sealing(self.clone()))
    }
}

async fn successor(store: &Store, home: &Home, origin: &str, signing: &Signing) -> Result<Checkpoint, Fault> {
    let old = store.read(|tx| sql::last_log(tx)).await?;
    let Some(old) = old else { return Err(Fault::internal("this city has no log yet; serve it once")) };
    let log = old.id;
    let signed = match home.last_of(log)? {
        Some(signed) => signed,
        None => {
            let newest = store.read(move |tx| sql::last_checkpoint(tx, log)).await?;
            let note = newest.and_then(|signed| Note::parse(&signed.note).ok());
            note.and_then(|note| Checkpoint::parse(&note.text).ok()).unwrap_or_else(|| Checkpoint {
                origin: old.origin.clone(),
                size: 0,
                root: tree::empty_root(),
            })
        }
    };
    home.put_aside(log)?;
    let origin = format!("{origin}/{}", log + 1);
    let signer = match &signing.command {
        Some(command) => Signer::command(command, &origin)?,
        None => Signer::Key(home.new_key(store.world(), &origin)?),
    };
    insert_log(store, log + 1, &signer, Some(signed.clone())).await?;
    Ok(signed)
}

/// Signs with every key; the newest one must sign. One that signed before and does so no longer is told, and holds nobody up.
fn sign_all(signers: &[Signer], text: String) -> Result<Note, Fault> {
    let Some((newest, before)) = signers.split_first() else {
        return Err(Fault::internal("the log has no key"));
    };
    let mut signatures = vec![newest.sign(&text)?];
    for signer in before {
        match signer.sign(&text) {
            Ok(signature) => signatures.push(signature),
            Err(error) => {
                metrics::counter!("gongzhi_ledger_previous_key_failures").increment(1);
                tracing::error!(error = ?error, "the key that signed before does not sign any more");
            }
        }
    }
    Ok(Note { text, signatures })
}

/// The first log of a city.
async fn begin(store: &Store, home: &Home, origin: &str, signing: &Signing) -> Result<State, Fault> {
    let refused = |refused| State { origin: origin.to_owned(), refused: Some(refused), ..State::default() };
    match home.guarded() {
        // Something was signed here, and the database knows nothing of it.
        Ok(Some(guarded)) => return Ok(refused(Refused::Older { guarded: guarded.size, size: 0 })),
        Ok(None) => {}
        Err(reason) => return Ok(refused(reason)),
    }
    let signer = match signing.current(home, origin)? {
        // The command, or a start that was cut off after the key.
        Some(signer) => signer,
        None => Signer::Key(home.new_key(store.world(), origin)?),
    };
    insert_log(store, 1, &signer, None).await?;
    let key = signer.verifier();
    Ok(State {
        log: 1,
        origin: key.name().to_owned(),
        vkey: key.to_string(),
        previous: None,
        signers: vec![signer],
        refused: None,
    })
}

async fn insert_log(
    store: &Store,
    log: i64,
    signer: &Signer,
    continues: Option<Checkpoint>,
) -> Result<(), Fault> {
    let key = signer.verifier();
    let (origin, vkey) = (key.name().to_owned(), key.to_string());
    let write = move |tx: &mut dyn Tx| {
        let now = tx.world().clock.now();
        tx.execute(&sql::INSERT_LOG, params![log, &origin, &vkey, now])?;
        let mut sealing = Append::new(tx, log, 0)?;
        sealing.push(
            0,
            &Subject { kind: "ledger".into(), id: log },
            now,
            &opening(&origin, now, continues.as_ref()),
            &[],
        )?;
        sealing.finish()
    };
    store.write(write).await
}

/// A log that is there already.
async fn existing(store: &Store, home: &Home, log: &Log, signing: &Signing) -> Result<State, Fault> {
    let mut state = State {
        log: log.id,
        origin: log.origin.clone(),
        vkey: log.vkey.clone(),
        previous: None,
        signers: Vec::new(),
        refused: None,
    };
    home.finish_rotation(&log.vkey)?;
    let folder = home.folder().to_owned();
    let Some(signer) = signing.current(home, &log.origin)? else {
        state.refused = Some(Refused::NoKey { origin: log.origin.clone(), folder });
        return Ok(state);
    };
    if signer.verifier().to_string() != log.vkey {
        state.refused = Some(Refused::OtherKey { origin: log.origin.clone(), folder });
        return Ok(state);
    }
    let previous = signing.previous(home, &log.origin)?;
    let previous = previous.filter(|previous| previous.verifier() != signer.verifier());
    state.previous = previous.as_ref().map(|signer| signer.verifier().to_string());
    state.signers = [signer].into_iter().chain(previous).collect();
    let guarded = match home.guarded() {
        Ok(guarded) => guarded,
        Err(refused) => {
            state.refused = Some(refused);
            return Ok(state);
        }
    };
    let (row, file) = (log.clone(), home.guard_file());
    let compared = store.read(move |tx| {
        let signed = sql::last_checkpoint(tx, row.id)?.map_or(0, |signed| signed.size);
        if signed > 0 && guarded.is_none() {
            return Ok::<_, Fault>(Err(Refused::NoGuard { file }));
        }
        compare(tx, &row, signed, guarded.as_ref())
    });
    state.refused = compared.await?.err();
    Ok(state)
}

/// Whether the database continues what was signed.
fn compare(
    tx: &mut dyn Tx,
    log: &Log,
    signed: u64,
    guarded: Option<&Checkpoint>,
) -> Result<Result<(), Refused>, Fault> {
    let Some(guarded) = guarded else {
        // Nothing was ever signed with this key; then no checkpoint can be in the database either.
        return Ok(if signed == 0 { Ok(()) } else { Err(Refused::Forked { size: signed }) });
    };
    if guarded.size > log.size {
        return Ok(Err(Refused::Older { guarded: guarded.size, size: log.size }));
    }
    let root = root_at(tx, log.id, log.size, guarded.size)?;
    let same = guarded.origin == log.origin && guarded.root == root;
    Ok(if same { Ok(()) } else { Err(Refused::Forked { size: guarded.size }) })
}

/// The root of the first `size` entries.
fn root_at(tx: &mut dyn Tx, log: i64, full: u64, size: u64) -> Result<Hash, Fault> {
    tree::root(&mut Tiles::new(sql::StoredTiles { tx, log }, full), size)
}
