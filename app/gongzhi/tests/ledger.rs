//! The public log as people check it: over the network, from a copy, by a receipt.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

use gongzhi::Running;
use gongzhi::config::{Inputs, Settings};

async fn run(folder: &Path, words: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_gongzhi"));
    for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("GONGZHI_")) {
        command.env_remove(name);
    }
    command.env("LC_ALL", "en_US.UTF-8").current_dir(folder).stdin(Stdio::null()).args(words);
    tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap()
}

fn text(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn anybody_can_check_the_log_of_a_city() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    let made = run(here, &["demo", "--no-serve", "--cases", "40", "--data", "city"]).await;
    assert!(made.status.success(), "{}", text(&made));
    let inputs = Inputs {
        flags: [("data", here.join("city").display().to_string()), ("listen", "127.0.0.1:0".to_owned())]
            .into(),
        ..Inputs::default()
    };
    let config = Settings::resolve(inputs).unwrap().config().unwrap();
    let running = Running::start(&config, Vec::new()).await.unwrap();
    let ledger = running.city.ledger.clone().unwrap();
    let begun = Instant::now();
    // Everything of the sample is sealed before long.
    let size = loop {
        let (size, cursor, last) = {
            let size = ledger.newest().await.unwrap().map_or(0, |signed| signed.size);
            let (cursor, length) = running
                .city
                .store
                .read(|tx| Ok::<_, gongzhi_kernel::Fault>((tx.cursor("ledger")?, tx.journal_length()?)))
                .await
                .unwrap();
            (size, cursor, length)
        };
        if size > 100 && cursor.id > 0 && i64::try_from(size).unwrap() > last / 2 {
            break size;
        }
        assert!(begun.elapsed() < Duration::from_secs(60), "the log does not grow: {size} of {last}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    };
    let address = format!("http://{}/ledger", running.address);
    let verified = run(here, &["ledger", "verify", &address, "--keep", "then", "--json"]).await;
    assert!(verified.status.success(), "{}", text(&verified));
    let report: serde_json::Value = serde_json::from_slice(&verified.stdout).unwrap();
    assert!(report["entries"].as_u64().unwrap() >= size);
    let key = report["key"].as_str().unwrap().to_owned();
    let again = run(here, &["ledger", "verify", &address, "--key", &key, "--old", "then"]).await;
    assert!(again.status.success() && text(&again).contains("still stands there"), "{}", text(&again));

    let receipt = ledger.receipt(7).await.unwrap().unwrap().receipt.to_string();
    std::fs::write(here.join("mine.tlog-proof"), &receipt).unwrap();
    std::fs::write(here.join("key"), format!("{key}\n")).unwrap();
    let proved = run(here, &["ledger", "prove", "mine.tlog-proof", "--key", "key"]).await;
    assert!(text(&proved).contains("as number 8 of"), "{}", text(&proved));
    std::fs::write(here.join("forged.tlog-proof"), receipt.replace("index 7", "index 6")).unwrap();
    let forged = run(here, &["ledger", "prove", "forged.tlog-proof", "--key", "key"]).await;
    assert_eq!(forged.status.code(), Some(1));
    assert!(text(&forged).contains("does not stand in the log"), "{}", text(&forged));
    let nonsense = run(here, &["ledger", "prove", "key", "--key", "key"]).await;
    assert!(text(&nonsense).contains("no receipt"), "{}", text(&nonsense));

    // While it is served nobody can begin a successor.
    let busy = run(here, &["ledger", "successor", "--data", "city"]).await;
    assert!(!busy.status.success() && text(&busy).contains("stop it first"), "{}", text(&busy));
    running.stop().await.unwrap();
    // No backup holds key or guard; a city out of one is read, and its log refuses to go on until a successor begins.
    assert!(run(here, &["backup", "--data", "city", "city.tar"]).await.status.success());
    assert!(run(here, &["restore", "--data", "other", "city.tar"]).await.status.success());
    assert!(!here.join("other/ledger").exists());
    let inputs = Inputs {
        flags: [("data", here.join("other").display().to_string()), ("listen", "127.0.0.1:0".to_owned())]
            .into(),
        ..Inputs::default()
    };
    let config = Settings::resolve(inputs).unwrap().config().unwrap();
    let running = Running::start(&config, Vec::new()).await.unwrap();
    let refused = running.city.ledger.clone().unwrap().standing().await.unwrap().refused.unwrap();
    assert!(refused.to_string().contains("gongzhi ledger successor"), "{refused}");
    running.stop().await.unwrap();
    let begun = run(here, &["ledger", "successor", "--data", "other"]).await;
    assert!(begun.status.success() && text(&begun).contains("is frozen at"), "{}", text(&begun));
    let running = Running::start(&config, Vec::new()).await.unwrap();
    let standing = running.city.ledger.clone().unwrap().standing().await.unwrap();
    assert_eq!(standing.refused, None);
    assert!(standing.origin.ends_with("/ledger/2"), "{}", standing.origin);
    running.stop().await.unwrap();
}
