//! Changing the key of a log: for a while the old and the new one both sign, and the log itself tells of it.

use gongzhi_kernel::{Fault, FaultKind, Subject};
use gongzhi_store::{Store, Tx, params};

use super::sealing::Append;
use super::{Ledger, compare};
use crate::guard::{Home, Refused};
use crate::model::{KeyChange, Log};
use crate::rules::{key_changed, key_ended};
use crate::signer::{Signer, Signing};
use crate::store as sql;

impl Ledger {
    /// Gives the log a new key: that of the command of `signing`, or one made here. From the next start both sign, until
    /// [`Ledger::end_rotation`]. Nobody may serve the city meanwhile.
    pub async fn rotate(
        store: &Store,
        home: &std::path::Path,
        signing: &Signing,
    ) -> Result<KeyChange, Fault> {
        let home = Home::open(home)?;
        alone(store, change_key(store, &home, signing)).await
    }

    /// Ends the time in which two keys sign; the key that does so no longer. Nobody may serve the city meanwhile.
    pub async fn end_rotation(
        store: &Store,
        home: &std::path::Path,
        signing: &Signing,
    ) -> Result<String, Fault> {
        let home = Home::open(home)?;
        alone(store, end_key(store, &home, signing)).await
    }
}

/// Does something while nobody else signs.
pub(super) async fn alone<T>(
    store: &Store,
    work: impl Future<Output = Result<T, Fault>>,
) -> Result<T, Fault> {
    let Some(lease) = store.lease("ledger").await? else {
        return Err(Fault::new(FaultKind::Busy, "the city is being served: stop it first, then try again"));
    };
    let outcome = work.await;
    let given_back = lease.give_back().await;
    let outcome = outcome?;
    given_back.map(|()| outcome)
}

async fn change_key(store: &Store, home: &Home, signing: &Signing) -> Result<KeyChange, Fault> {
    let log = continued(store, home).await?;
    home.finish_rotation(&log.vkey)?;
    let of_log = |signer: &Signer| signer.verifier().to_string() == log.vkey;
    let previous = signing.previous(home, &log.origin)?;
    if previous.as_ref().is_some_and(|signer| !of_log(signer)) {
        return Err(Fault::internal(
            "the last change of the key has not ended, and three keys are too many: end it with --end first",
        ));
    }
    let next = match &signing.command {
        Some(command) => Signer::command(command, &log.origin)?,
        None => Signer::Key(home.next_key(store.world(), &log.origin)?),
    };
    if of_log(&next) {
        return Err(Fault::internal(
            "this is the key that signs already; name the command of another one with `ledger_signer`",
        ));
    }
    let old = previous.or(home.key()?.map(Signer::Key)).filter(of_log).ok_or_else(|| {
            Fault::internal(format!(
                "the key that has signed so far is neither in {} nor that of `ledger_signer_previous`: both must sign for a while",
                home.folder().display()
            ))
        })?;
    let change =
        KeyChange { origin: log.origin, from: old.verifier().to_string(), to: next.verifier().to_string() };
    let told = change.clone();
    let write = move |tx: &mut dyn Tx| {
        let now = tx.world().clock.now();
        append(tx, log.id, log.size, &key_changed(&told, now))?;
        tx.execute(&sql::SET_KEY, params![log.id, &told.to]).map(|_| ())
    };
    store.write(write).await?;
    // The new key takes its place only now; a power cut in between is made good at the next start.
    store.flushed().await?;
    home.finish_rotation(&change.to)?;
    Ok(change)
}

async fn end_key(store: &Store, home: &Home, signing: &Signing) -> Result<String, Fault> {
    let log = continued(store, home).await?;
    home.finish_rotation(&log.vkey)?;
    let previous = signing.previous(home, &log.origin)?.map(|signer| signer.verifier().to_string());
    let Some(old) = previous.filter(|key| *key != log.vkey) else {
        return Err(Fault::internal("one key signs: there is nothing to end"));
    };
    let told = old.clone();
    let write = move |tx: &mut dyn Tx| {
        let now = tx.world().clock.now();
        append(tx, log.id, log.size, &key_ended(&log.origin, &told, now))
    };
    store.write(write).await?;
    store.flushed().await?;
    home.retire(&old)?;
    Ok(old)
}

/// The log of a city, if it may be continued.
async fn continued(store: &Store, home: &Home) -> Result<Log, Fault> {
    let guarded = home.guarded().map_err(|refused| Fault::internal(refused.to_string()))?;
    let file = home.guard_file();
    let read = move |tx: &mut dyn Tx| {
        let Some(log) = sql::last_log(tx)? else {
            return Err(Fault::internal("this city has no log yet; serve it once"));
        };
        let signed = sql::last_checkpoint(tx, log.id)?.map_or(0, |signed| signed.size);
        let compared = if signed > 0 && guarded.is_none() {
            Err(Refused::NoGuard { file })
        } else {
            compare(tx, &log, signed, guarded.as_ref())?
        };
        compared.map_err(|refused| Fault::internal(refused.to_string()))?;
        Ok::<_, Fault>(log)
    };
    store.read(read).await
}

/// Appends an entry of the log's own.
fn append(tx: &mut dyn Tx, log: i64, size: u64, leaf: &str) -> Result<(), Fault> {
    let now = tx.world().clock.now();
    let mut sealing = Append::new(tx, log, size)?;
    sealing.push(0, &Subject { kind: "ledger".into(), id: log }, now, leaf, &[])?;
    sealing.finish()
}
