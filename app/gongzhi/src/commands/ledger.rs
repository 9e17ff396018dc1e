//! `gongzhi ledger`: a public log seen from outside, and the way out where one may not go on.

use std::path::Path;
use std::time::Duration;

use gongzhi_kernel::Timestamp;
use gongzhi_ledger::Ledger;
use gongzhi_ledger::audit::{self, Quorum};
use gongzhi_ledger::log::{Receipt, VerifierKey};

use crate::cli::{LedgerProveArgs, LedgerVerifyArgs};
use crate::compose;
use crate::config::Config;
use crate::say::{self, Trouble};

/// How long one file of a log may take.
const PATIENCE: Duration = Duration::from_secs(30);
/// Largest file of a log: 256 entries of 65,535 bytes, with their lengths.
const FILE_LIMIT: usize = 256 * (65_535 + 2);

/// Where the files of a log come from.
pub(super) enum Place {
    Folder(std::path::PathBuf),
    Site { base: String, client: reqwest::Client, runtime: tokio::runtime::Handle },
}

impl Place {
    pub(super) fn of(log: &str) -> Result<Self, Trouble> {
        if !log.starts_with("http://") && !log.starts_with("https://") {
            let folder = std::path::PathBuf::from(log);
            return if folder.is_dir() {
                Ok(Self::Folder(folder))
            } else {
                Err(Trouble::asked(format!("{log} is neither an address nor a folder"))
                    .way_out("name a log as https://city.example/ledger, or a folder with a copy of one"))
            };
        }
        // Somebody else in this process may have chosen it already, and then chose the same.
        let _chosen_already = rustls::crypto::ring::default_provider().install_default();
        let client = reqwest::Client::builder().timeout(PATIENCE).build();
        let client = client.map_err(|error| Trouble::new(format!("cannot ask over the network: {error}")))?;
        let base = log.trim_end_matches('/').to_owned();
        Ok(Self::Site { base, client, runtime: tokio::runtime::Handle::current() })
    }

    pub(super) fn get(&self, path: &str) -> Result<Vec<u8>, String> {
        match self {
            Self::Folder(folder) => std::fs::read(folder.join(path)).map_err(|error| error.to_string()),
            Self::Site { base, client, runtime } => {
                runtime.block_on(fetch(client, &format!("{base}/{path}")))
            }
        }
    }
}

async fn fetch(client: &reqwest::Client, address: &str) -> Result<Vec<u8>, String> {
    let said = |error: reqwest::Error| error.without_url().to_string();
    let mut response = client.get(address).send().await.map_err(said)?;
    if !response.status().is_success() {
        return Err(format!("the server answers {}", response.status()));
    }
    let mut bytes = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(said)? {
        bytes.extend_from_slice(&chunk);
        if bytes.len() > FILE_LIMIT {
            return Err("it is larger than any file of a log".to_owned());
        }
    }
    Ok(bytes)
}

/// A key as it stands on the command line: itself, or the file that it lies in.
pub(super) fn key(given: &str) -> Result<VerifierKey, Trouble> {
    let text = if Path::new(given).is_file() { std::fs::read_to_string(given)? } else { given.to_owned() };
    text.trim().parse().map_err(|error| {
        Trouble::asked(format!("{given}: {error}"))
            .way_out("the key of a log lies at its address under /key; a file with it will do")
    })
}

/// The key that a log names itself.
pub(super) fn key_of_log(place: &Place) -> Result<VerifierKey, Trouble> {
    let text = place.get("key").map_err(|why| Trouble::new(format!("its key cannot be fetched: {why}")))?;
    let text = String::from_utf8_lossy(&text).trim().to_owned();
    text.parse().map_err(|error| Trouble::new(format!("{error}")))
}

/// The witnesses that somebody has named, all of which are wanted where they do not say how many.
fn quorum(named: &[String], wanted: Option<usize>) -> Result<Quorum, Trouble> {
    let mut witnesses: Vec<VerifierKey> = Vec::new();
    for given in named {
        let witness = key(given)?;
        if !witness.is_witness() {
            return Err(Trouble::asked(format!("{given}: this is the key of a log, not of a witness")));
        }
        if witnesses.contains(&witness) {
            return Err(Trouble::asked(format!("{} is named twice", witness.name())));
        }
        witnesses.push(witness);
    }
    let wanted = wanted.unwrap_or(witnesses.len());
    if wanted > witnesses.len() {
        let named = witnesses.len();
        return Err(Trouble::asked(format!("{wanted} witnesses are wanted and {named} are named")));
    }
    Ok(Quorum { witnesses, wanted })
}

/// A witness that has signed, in words.
fn seen((name, seconds): &(String, u64)) -> String {
    let at = Timestamp::from_millis(i64::try_from(*seconds).unwrap_or_default().saturating_mul(1000));
    format!("{name}, {at}")
}

/// The newest checkpoint; where too few of the named witnesses have signed it yet, one that they have, if there is one
/// before long: a log shows each checkpoint a moment before its witnesses have signed it.
fn signed_checkpoint(place: &Place, quorum: &Quorum) -> Result<Vec<u8>, String> {
    const BETWEEN: Duration = Duration::from_millis(300);
    const AT_MOST: usize = 30;
    let mut bytes = place.get("checkpoint")?;
    for _ in 0..AT_MOST {
        let missing = matches!(quorum.of(&bytes), Err(audit::Problem::Witnesses { .. }));
        if !missing || matches!(place, Place::Folder(_)) {
            break;
        }
        std::thread::sleep(BETWEEN);
        bytes = place.get("checkpoint")?;
    }
    Ok(bytes)
}

struct Outcome {
    report: audit::Report,
    key: VerifierKey,
    checkpoint: Vec<u8>,
    seconds: f64,
}

pub(crate) async fn verify(args: &LedgerVerifyArgs, json: bool) -> Result<(), Trouble> {
    let known = args.key.as_deref().map(key).transpose()?;
    let trusted = known.is_some();
    let quorum = quorum(&args.witness, args.quorum)?;
    let old = args.old.as_deref().map(std::fs::read_to_string).transpose()?;
    let place = Place::of(&args.log)?;
    let outcome = super::backup::blocking(move || {
        let key = match known {
            Some(key) => key,
            None => key_of_log(&place)?,
        };
        let mut checkpoint = Vec::new();
        let begun = std::time::Instant::now();
        let mut fetch = |path: &str| {
            if path != "checkpoint" {
                return place.get(path);
            }
            checkpoint = signed_checkpoint(&place, &quorum)?;
            Ok(checkpoint.clone())
        };
        let report = audit::verify(&mut fetch, &key, &quorum, old.as_deref(), &mut |_, _| {});
        let report = report.map_err(|problem| Trouble::new(problem.to_string()))?;
        Ok(Outcome { report, key, checkpoint, seconds: begun.elapsed().as_secs_f64() })
    })
    .await?;
    if let Some(keep) = &args.keep {
        std::fs::write(keep, &outcome.checkpoint)?;
    }
    let Outcome { report, key, seconds, .. } = outcome;
    if json {
        return say::json(&serde_json::json!({
            "origin": report.checkpoint.origin, "entries": report.checkpoint.size, "tiles": report.tiles,
            "root": gongzhi_ledger::log::base64(&report.checkpoint.root), "key": key.to_string(),
            "key_was_given": trusted, "continues": report.continues, "seconds": seconds,
            "witnesses": report.witnesses.iter().map(seen).collect::<Vec<_>>(),
        }));
    }
    say::line(format_args!(
        "{}: {} entries and {} tiles are as they were signed ({seconds:.1} s)",
        report.checkpoint.origin, report.checkpoint.size, report.tiles
    ));
    if let Some(old) = report.continues {
        say::line(format_args!("what stood in it when it had {old} entries still stands there"));
    }
    for witness in &report.witnesses {
        say::line(format_args!("witness: {}", seen(witness)));
    }
    if !trusted {
        say::aside(format_args!(
            "the key was taken from the log itself; write it down, and give it with --key the next time:\n  {key}"
        ));
    }
    Ok(())
}

pub(crate) fn prove(args: &LedgerProveArgs, json: bool) -> Result<(), Trouble> {
    let log = key(&args.key)?;
    let quorum = quorum(&args.witness, args.quorum)?;
    let text = std::fs::read_to_string(&args.receipt)
        .map_err(|error| Trouble::new(format!("{}: {error}", args.receipt.display())))?;
    let wrong = |error: gongzhi_ledger::log::ReceiptError| Trouble::new(error.to_string());
    let receipt = Receipt::parse(&text).map_err(wrong)?;
    let proved = audit::prove(&receipt, &log, &quorum.witnesses).map_err(wrong)?;
    quorum
        .check(&proved.verified.witnesses)
        .map_err(|problem| Trouble::new(format!("the receipt holds, but {problem}")))?;
    let checkpoint = &proved.verified.checkpoint;
    let signed: Vec<String> = proved.verified.witnesses.iter().map(seen).collect();
    if json {
        return say::json(&serde_json::json!({
            "origin": checkpoint.origin, "index": receipt.index, "size": checkpoint.size, "entry": proved.entry,
            "texts": proved.texts.iter().cloned().collect::<std::collections::BTreeMap<_, _>>(), "witnesses": signed,
        }));
    }
    say::line(format_args!(
        "the entry stands in {} as number {} of {}",
        checkpoint.origin,
        receipt.index + 1,
        checkpoint.size
    ));
    for witness in signed {
        say::line(format_args!("witness: {witness}"));
    }
    for (field, text) in &proved.texts {
        say::line(format_args!("{field}: {text}"));
    }
    let entry =
        serde_json::to_string_pretty(&proved.entry).map_err(|error| Trouble::new(error.to_string()))?;
    say::line(entry);
    Ok(())
}

/// The folder of the log's keys.
fn home(config: &Config) -> Result<&Path, Trouble> {
    config.ledger.as_deref().ok_or_else(|| {
        Trouble::asked("nobody has said where the key of the log lies")
            .way_out("name its folder with the setting `ledger`, or GONGZHI_LEDGER")
    })
}

pub(crate) async fn successor(config: &Config, json: bool) -> Result<(), Trouble> {
    let home = home(config)?;
    let store = compose::open_existing(config).await?;
    let address = config.base_url.clone().unwrap_or_else(|| format!("http://{}", config.listen));
    let old = Ledger::succeed(&store, home, &compose::log_name(&address), &config.signing).await?;
    store.leave().await?;
    if json {
        return say::json(&serde_json::json!({ "frozen": old.origin, "size": old.size }));
    }
    say::line(format_args!(
        "{} is frozen at {} entries; its successor begins when the city is served again. Tell those who verify it",
        old.origin, old.size
    ));
    Ok(())
}

pub(crate) async fn rotate(config: &Config, end: bool, json: bool) -> Result<(), Trouble> {
    let home = home(config)?;
    let store = compose::open_existing(config).await?;
    if end {
        let ended = Ledger::end_rotation(&store, home, &config.signing).await?;
        store.leave().await?;
        if json {
            return say::json(&serde_json::json!({ "ended": ended }));
        }
        say::line(format_args!("this key signs no longer:\n  {ended}"));
        return Ok(());
    }
    let change = Ledger::rotate(&store, home, &config.signing).await?;
    store.leave().await?;
    if json {
        let (from, to) = (change.from, change.to);
        return say::json(&serde_json::json!({ "origin": change.origin, "from": from, "to": to }));
    }
    say::line(format_args!(
        "{} has a new key; from the next start both sign:\n  new  {}\n  old  {}",
        change.origin, change.to, change.from
    ));
    say::aside(
        "tell the new key to witnesses and to everybody who verifies the log, and after some months: gongzhi ledger rotate --end",
    );
    Ok(())
}
