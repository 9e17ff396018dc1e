//! `gongzhi keys`: the keys that seal personal data.

use std::time::Duration;

use gongzhi_store::vault::{KeySource, LEAD, LOOK};
use gongzhi_store::{Position, Store};

use crate::cli::KeysCommand;
use crate::compose;
use crate::config::Config;
use crate::say::{self, Trouble};

pub(crate) async fn run(config: &Config, command: &KeysCommand, json: bool) -> Result<(), Trouble> {
    let store = compose::open_existing(config).await?;
    let source = config.key_source();
    match command {
        KeysCommand::Rotate { stopped } => rotate(&store, &source, *stopped, json).await?,
        KeysCommand::Rewrap { to } => {
            let to: KeySource = to.parse().unwrap_or_else(|never| match never {});
            store.rewrap(&source, &to).await?;
            if json {
                say::json(&serde_json::json!({ "rewrapped": true, "keys": to.to_string() }))?;
            } else {
                say::line(format_args!(
                    "the keys of the city are wrapped by {to} from now on: name it with `keys`, restart, and put the old one away"
                ));
            }
        }
    }
    Ok(store.leave().await?)
}

async fn rotate(store: &Store, source: &KeySource, stopped: bool, json: bool) -> Result<(), Trouble> {
    let lead = if stopped { Duration::ZERO } else { LEAD };
    store.new_key(source, lead).await?;
    if !stopped {
        let wait = LEAD + LOOK + Duration::from_secs(5);
        say::aside(format_args!(
            "gongzhi: a new key is there; {} s until every process has read it",
            wait.as_secs()
        ));
        tokio::time::sleep(wait).await;
    }
    store.unlock(source).await?;
    let sealed = seal_anew(store).await?;
    if json {
        return say::json(&serde_json::json!({ "sealed": sealed }));
    }
    say::line(format_args!("{sealed} pieces of personal data are sealed with the new key"));
    Ok(())
}

/// Seals everything anew that an older key or none has sealed; how much that was.
async fn seal_anew(store: &Store) -> Result<u64, Trouble> {
    let mut sealed = 0;
    let mut place = Some(Position::default());
    while let Some(after) = place {
        let (next, done) = store.reseal_journal(after).await?;
        place = next;
        sealed += done;
    }
    let mut place = Some(gongzhi_people::Resealing::default());
    while let Some(after) = place {
        let (next, done) = store.write(move |tx| gongzhi_people::reseal(tx, after)).await?;
        place = next;
        sealed += done;
    }
    let mut place = Some(0);
    while let Some(after) = place {
        let (next, done) =
            store.write(move |tx| gongzhi_appeals::store::reporters::reseal(tx, after)).await?;
        place = next;
        sealed += done;
    }
    Ok(sealed)
}
