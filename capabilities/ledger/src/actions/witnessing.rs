//! Asking witnesses to sign. Each is asked by a task of its own, so that one that hangs or lies holds nobody up.

use std::sync::PoisonError;
use std::sync::atomic::Ordering;
use std::time::Duration;

use gongzhi_kernel::{Fault, Timestamp};
use gongzhi_store::Tx;
use http::StatusCode;
use tokio::sync::watch;
use tokio::task::JoinSet;

use super::{LOOK_AGAIN, Ledger};
use crate::log::submission::{SUBMISSION_LIMIT, signatures_of, size_of};
use crate::log::tiles::Tiles;
use crate::log::{Note, NoteError, Submission, tree};
use crate::model::{Cosigned, Signed};
use crate::store as sql;
use crate::witness::{Trouble, WitnessAddress};

/// How long a witness may take to answer.
const PATIENCE: Duration = Duration::from_secs(5);
/// How long a witness is left alone after a failure, at first and at most; doubled each time.
const FIRST_PAUSE: Duration = Duration::from_secs(1);
const LONGEST_PAUSE: Duration = Duration::from_secs(60);
/// How far the clock of a witness may be ahead.
const CLOCKS_DIFFER: u64 = 120;

/// What is sent next to a witness.
struct Task {
    log: i64,
    signed: Signed,
    old: u64,
    last: Option<Timestamp>,
    submission: Submission,
}

/// Why nothing came of asking.
enum Failed {
    Trouble(Trouble),
    Fault(Fault),
}

impl From<Trouble> for Failed {
    fn from(trouble: Trouble) -> Self {
        Self::Trouble(trouble)
    }
}

impl From<Fault> for Failed {
    fn from(fault: Fault) -> Self {
        Self::Fault(fault)
    }
}

impl Ledger {
    /// Asks the witnesses of this log to sign each newest checkpoint, until `stop` turns true. Only the process that
    /// signs asks.
    pub async fn keep_witnessed(self, mut stop: watch::Receiver<bool>) {
        if self.0.witnesses.is_empty() {
            return;
        }
        // Somebody else in this process may have chosen it already, and then chose the same.
        let _chosen_already = rustls::crypto::ring::default_provider().install_default();
        // No redirect is followed: only those hosts are asked that somebody has named.
        let client = reqwest::Client::builder().timeout(PATIENCE).redirect(reqwest::redirect::Policy::none());
        let client = match client.build() {
            Ok(client) => client,
            Err(error) => {
                tracing::error!(%error, "the witnesses of the public log cannot be asked");
                return;
            }
        };
        let mut tasks = JoinSet::new();
        for witness in self.0.witnesses.clone() {
            tasks.spawn(self.clone().ask_always(witness, client.clone()));
        }
        // Whoever would say stop is gone: that says it too.
        let _told_or_gone = stop.wait_for(|stop| *stop).await.map(|stop| *stop);
        tasks.shutdown().await;
    }

    async fn ask_always(self, witness: WitnessAddress, client: reqwest::Client) {
        let mut published = self.0.published.subscribe();
        let mut pause = Duration::ZERO;
        loop {
            tokio::time::sleep(pause).await;
            published.mark_unchanged();
            let outcome = if self.0.signs.load(Ordering::Relaxed) {
                self.ask(&witness, &client).await
            } else {
                Ok(false)
            };
            let trouble = match outcome {
                // Whoever has signed is asked again at once, since there may be more meanwhile.
                Ok(asked) => {
                    pause = Duration::ZERO;
                    if asked {
                        self.note_trouble(&witness, None);
                        continue;
                    }
                    None
                }
                Err(Failed::Trouble(trouble)) => Some(trouble),
                Err(Failed::Fault(fault)) => {
                    tracing::error!(error = ?fault, witness = witness.key.name(), "what a witness is sent or has answered could not be read or kept");
                    pause = FIRST_PAUSE;
                    continue;
                }
            };
            if let Some(trouble) = trouble {
                self.note_trouble(&witness, Some(trouble));
                pause = (pause * 2).clamp(FIRST_PAUSE, LONGEST_PAUSE);
                continue;
            }
            // Either something new was signed here, or it is time to look what another process has signed.
            let _signed_or_elapsed = tokio::time::timeout(LOOK_AGAIN, published.changed()).await;
        }
    }

    /// Remembers what keeps a witness from signing, and says it once.
    fn note_trouble(&self, witness: &WitnessAddress, trouble: Option<Trouble>) {
        let name = witness.key.name();
        if let Some(trouble) = &trouble {
            metrics::counter!("gongzhi_ledger_witness_failures", "witness" => name.to_owned(), "reason" => trouble.word())
                .increment(1);
        }
        let mut troubles = self.0.troubles.lock().unwrap_or_else(PoisonError::into_inner);
        let before = match &trouble {
            Some(trouble) => troubles.insert(witness.key.to_string(), trouble.clone()),
            None => troubles.remove(&witness.key.to_string()),
        };
        drop(troubles);
        match trouble {
            Some(trouble) if before.as_ref() != Some(&trouble) => {
                tracing::warn!(witness = name, reason = %trouble, "a witness does not sign the public log");
            }
            None if before.is_some() => tracing::info!(witness = name, "the witness signs again"),
            _ => {}
        }
    }

    /// Asks a witness for its signature of the newest checkpoint; whether there was anything to sign.
    async fn ask(&self, witness: &WitnessAddress, client: &reqwest::Client) -> Result<bool, Failed> {
        let Some(mut task) = self.task(witness, None).await? else { return Ok(false) };
        let (mut status, mut answer) = post(client, witness, &task.submission).await?;
        if status == StatusCode::CONFLICT {
            // It remembers another size than we do: the proof is made for that one, once.
            let theirs = size_of(&answer).ok_or(Trouble::Unreadable("a conflict names no size"))?;
            let ours = task.signed.size;
            if theirs > ours {
                return Err(Trouble::Ahead { theirs, ours }.into());
            }
            if theirs == task.old {
                return Err(Trouble::OtherRoot { size: theirs }.into());
            }
            let Some(again) = self.task(witness, Some(theirs)).await? else { return Ok(false) };
            task = again;
            (status, answer) = post(client, witness, &task.submission).await?;
        }
        match status {
            StatusCode::OK => {}
            StatusCode::NOT_FOUND => return Err(Trouble::UnknownLog.into()),
            StatusCode::FORBIDDEN => return Err(Trouble::UnknownKey.into()),
            StatusCode::CONFLICT if task.old == task.signed.size => {
                return Err(Trouble::OtherRoot { size: task.old }.into());
            }
            StatusCode::UNPROCESSABLE_ENTITY => return Err(Trouble::OtherHistory { size: task.old }.into()),
            other => return Err(Trouble::Status(other.as_u16()).into()),
        }
        let now = self.0.store.world().clock.now();
        let cosigned = cosigned(witness, &task, &answer, now)?;
        let (log, size) = (task.log, task.signed.size);
        self.0.store.write(move |tx| sql::keep_cosignature(tx, log, size, &cosigned)).await?;
        metrics::counter!("gongzhi_ledger_cosignatures", "witness" => witness.key.name().to_owned())
            .increment(1);
        Ok(true)
    }

    /// What a witness is to sign next; `None` where it has signed everything. `theirs` is the size that it says it
    /// remembers, where that is not the one that we do.
    async fn task(&self, witness: &WitnessAddress, theirs: Option<u64>) -> Result<Option<Task>, Fault> {
        let (log, key) = (self.log(), witness.key.to_string());
        let read = move |tx: &mut dyn Tx| {
            let Some(signed) = sql::last_checkpoint(tx, log)? else { return Ok::<_, Fault>(None) };
            let last = sql::last_cosignature(tx, log, &key)?;
            let known = last.as_ref().map_or(0, |(size, _)| *size);
            if theirs.is_none() && known >= signed.size {
                return Ok(None);
            }
            let old = theirs.unwrap_or(known);
            let mut hashes = Tiles::new(sql::StoredTiles { tx, log }, signed.size);
            let Some(proof) = tree::consistency(&mut hashes, old, signed.size)? else { return Ok(None) };
            let checkpoint = Note::parse(&signed.note)
                .map_err(|error| Fault::corrupt("a checkpoint in the store cannot be read").because(error))?;
            let submission = Submission { old, proof, checkpoint };
            Ok(Some(Task { log, signed, old, last: last.map(|(_, at)| at), submission }))
        };
        self.0.store.read(read).await
    }
}

/// Posts a checkpoint and reads the answer, which is never larger than a submission.
async fn post(
    client: &reqwest::Client,
    witness: &WitnessAddress,
    submission: &Submission,
) -> Result<(StatusCode, String), Trouble> {
    let failed = |error: reqwest::Error| {
        if error.is_timeout() {
            Trouble::Silent(PATIENCE.as_secs())
        } else {
            Trouble::Unreachable(chain(&error.without_url()))
        }
    };
    let address = format!("{}/add-checkpoint", witness.url);
    let mut response = client.post(address).body(submission.to_string()).send().await.map_err(failed)?;
    let status = response.status();
    let mut bytes = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(failed)? {
        bytes.extend_from_slice(&chunk);
        if bytes.len() > SUBMISSION_LIMIT {
            return Err(Trouble::Unreadable("it is larger than any answer may be"));
        }
    }
    let text = String::from_utf8(bytes).map_err(|_| Trouble::Unreadable("it is no text"))?;
    Ok((status, text))
}

/// An error with its causes, in one line.
fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text.push_str(": ");
        text.push_str(&error.to_string());
        cause = error.source();
    }
    text
}

/// The cosignature in an answer, verified; signatures of others in it are passed over.
fn cosigned(
    witness: &WitnessAddress,
    task: &Task,
    answer: &str,
    now: Timestamp,
) -> Result<Cosigned, Trouble> {
    let signatures =
        signatures_of(answer).map_err(|_| Trouble::Unreadable("it is no line of a signature"))?;
    let key = &witness.key;
    let mine = signatures.into_iter().find(|line| line.name == key.name() && line.id == key.id());
    let mine = mine.ok_or(Trouble::Unsigned)?;
    let note = Note { text: task.submission.checkpoint.text.clone(), signatures: vec![mine.clone()] };
    let seconds = match key.verify(&note) {
        Ok(seconds) => seconds.unwrap_or_default(),
        Err(NoteError::Unsigned(_)) => return Err(Trouble::Unsigned),
        Err(_) => return Err(Trouble::False),
    };
    let here = u64::try_from(now.as_millis() / 1000).unwrap_or_default();
    if seconds > here.saturating_add(CLOCKS_DIFFER) {
        return Err(Trouble::Early(seconds - here));
    }
    let at = Timestamp::from_millis(i64::try_from(seconds).unwrap_or(i64::MAX).saturating_mul(1000));
    if task.last.is_some_and(|last| at < last) {
        return Err(Trouble::Late);
    }
    Ok(Cosigned { witness: key.to_string(), at, line: mine.to_string() })
}
