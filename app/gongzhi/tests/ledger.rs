//! The public log as people check it: over the network, from a copy, by a receipt.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
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
    // Nor the key that personal data is sealed with: it is put back from where it is kept.
    assert!(!here.join("other/master.key").exists());
    std::fs::copy(here.join("city/master.key"), here.join("other/master.key")).unwrap();
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

/// A witness as a process of its own; its key and address.
fn witness(folder: &Path, name: &str, follow: &str) -> (Child, String, String) {
    let mut child = Command::new(env!("CARGO_BIN_EXE_gongzhi"))
        .current_dir(folder)
        .args(["ledger", "witness", "--name", name, "--follow", follow, "--folder"])
        .arg(name.replace('/', "-"))
        .args(["--listen", "127.0.0.1:0"])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let (key, url) = line.trim().split_once(' ').unwrap_or_else(|| panic!("{line}"));
    (child, key.to_owned(), url.to_owned())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn witnesses_stand_behind_the_log_of_a_city() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    let settings = |witnesses: String| {
        let flags = [("data", here.join("city").display().to_string()), ("listen", "127.0.0.1:0".to_owned())];
        let environment = [
            ("GONGZHI_WITNESSES".to_owned(), witnesses),
            ("GONGZHI_BASE_URL".to_owned(), "https://city.example".to_owned()),
        ];
        let inputs = Inputs { flags: flags.into(), environment: environment.into(), ..Inputs::default() };
        Settings::resolve(inputs).unwrap().config().unwrap()
    };
    // The key of the city comes with its first start; then the witnesses are told it, and the city is told them.
    let running = Running::start(&settings(String::new()), Vec::new()).await.unwrap();
    let key = running.city.ledger.clone().unwrap().standing().await.unwrap().vkey;
    running.stop().await.unwrap();
    std::fs::write(here.join("key"), &key).unwrap();
    let (mut one, one_key, one_url) = witness(here, "congress.example/witness", "key");
    let (mut other, other_key, other_url) = witness(here, "paper.example/w", &key);
    let config = settings(format!("{one_key} {one_url}; {other_key} {other_url}"));
    let running = Running::start(&config, Vec::new()).await.unwrap();
    let ledger = running.city.ledger.clone().unwrap();
    let begun = Instant::now();
    while ledger.standing().await.unwrap().behind(1) < 2 {
        assert!(begun.elapsed() < Duration::from_secs(30), "{:?}", ledger.standing().await.unwrap());
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let address = format!("http://{}/ledger", running.address);
    let named = ["--witness", &one_key, "--witness", &other_key];
    let verified = run(here, &[&["ledger", "verify", &address, "--key", "key"][..], &named].concat()).await;
    assert!(verified.status.success(), "{}", text(&verified));
    assert!(text(&verified).contains("witness: congress.example/witness, "), "{}", text(&verified));
    assert!(text(&verified).contains("witness: paper.example/w, "), "{}", text(&verified));
    let receipt = ledger.receipt(0).await.unwrap().unwrap().receipt.to_string();
    std::fs::write(here.join("mine.tlog-proof"), receipt).unwrap();
    let prove = ["ledger", "prove", "mine.tlog-proof", "--key", "key"];
    let proved = run(here, &[&prove[..], &named].concat()).await;
    assert!(
        proved.status.success() && text(&proved).contains("witness: paper.example/w, "),
        "{}",
        text(&proved)
    );
    // One that has not signed is missed, unless fewer are wanted.
    let (mut third, third_key, _) = witness(here, "nobody.example/w", &key);
    let with_third = [&prove[..], &named, &["--witness", &third_key]].concat();
    let missed = run(here, &with_third).await;
    assert_eq!(missed.status.code(), Some(1));
    assert!(text(&missed).contains("missing: nobody.example/w"), "{}", text(&missed));
    let enough = run(here, &[&with_third[..], &["--quorum", "2"]].concat()).await;
    assert!(enough.status.success(), "{}", text(&enough));
    let of_log = run(here, &[&prove[..], &["--witness", &key]].concat()).await;
    assert_eq!(of_log.status.code(), Some(2), "{}", text(&of_log));

    let page = reqwest::get(&address).await.unwrap().text().await.unwrap();
    assert!(page.contains("congress.example/witness"), "{page}");
    running.stop().await.unwrap();
    for child in [&mut one, &mut other, &mut third] {
        child.kill().unwrap();
        child.wait().unwrap();
    }
    // Killed and started again, it remembers.
    let (mut again, again_key, again_url) = witness(here, "paper.example/w", &key);
    assert_eq!(again_key, other_key);
    let about = reqwest::get(&again_url).await.unwrap().text().await.unwrap();
    assert!(about.contains("\ncity.example/ledger ") && !about.contains("ledger 0\n"), "{about}");
    again.kill().unwrap();
    again.wait().unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_key_of_a_city_is_changed() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    let flags = [("data", here.join("city").display().to_string()), ("listen", "127.0.0.1:0".to_owned())];
    let environment = [("GONGZHI_BASE_URL".to_owned(), "https://city.example".to_owned())];
    let inputs = Inputs { flags: flags.into(), environment: environment.into(), ..Inputs::default() };
    let config = Settings::resolve(inputs).unwrap().config().unwrap();
    let signed_by = async |keys: usize| {
        let running = Running::start(&config, Vec::new()).await.unwrap();
        let ledger = running.city.ledger.clone().unwrap();
        let begun = Instant::now();
        let signatures = |note: &str| note.lines().filter(|line| line.starts_with("— ")).count();
        while ledger.newest().await.unwrap().map_or(0, |signed| signatures(&signed.note)) != keys {
            assert!(begun.elapsed() < Duration::from_secs(30), "{:?}", ledger.standing().await.unwrap());
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        running
    };
    signed_by(1).await.stop().await.unwrap();
    let rotate = ["ledger", "rotate", "--data", "city", "--json"];
    let rotated = run(here, &rotate).await;
    assert!(rotated.status.success(), "{}", text(&rotated));
    let keys: serde_json::Value = serde_json::from_slice(&rotated.stdout).unwrap();
    let (old, new) = (keys["from"].as_str().unwrap(), keys["to"].as_str().unwrap());
    let running = signed_by(2).await;
    let address = format!("http://{}/ledger", running.address);
    for key in [old, new] {
        let verified = run(here, &["ledger", "verify", &address, "--key", key]).await;
        assert!(verified.status.success(), "{}", text(&verified));
    }
    let busy = run(here, &[&rotate[..], &["--end"]].concat()).await;
    assert!(!busy.status.success() && text(&busy).contains("stop it first"), "{}", text(&busy));
    running.stop().await.unwrap();
    let ended = run(here, &[&rotate[..], &["--end"]].concat()).await;
    assert!(ended.status.success(), "{}", text(&ended));
    let running = signed_by(1).await;
    let address = format!("http://{}/ledger", running.address);
    let by_old = run(here, &["ledger", "verify", &address, "--key", old]).await;
    assert_eq!(by_old.status.code(), Some(1));
    assert!(text(&by_old).contains("is not signed by"), "{}", text(&by_old));
    assert!(run(here, &["ledger", "verify", &address, "--key", new]).await.status.success());
    running.stop().await.unwrap();
}

/// What anybody computes from the public log is what the dashboard shows, month by month and count by count.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_indicators_follow_from_the_log_alone() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    let made = run(here, &["demo", "--no-serve", "--cases", "120", "--data", "city"]).await;
    assert!(made.status.success(), "{}", text(&made));
    let flags = [("data", here.join("city").display().to_string()), ("listen", "127.0.0.1:0".to_owned())];
    let inputs = Inputs { flags: flags.into(), ..Inputs::default() };
    let config = Settings::resolve(inputs).unwrap().config().unwrap();
    let running = Running::start(&config, Vec::new()).await.unwrap();
    let address = format!("http://{}/ledger", running.address);
    let begun = Instant::now();
    loop {
        let now = running.city.store.world().clock.now();
        let dashboard = running.city.appeals.public_figures(None, now).await.unwrap();
        let told = run(here, &["ledger", "indicators", &address, "--json"]).await;
        // Before the first signature there is no log yet.
        let told: serde_json::Value = serde_json::from_slice(&told.stdout).unwrap_or_default();
        let ours = |month: String| {
            let months = told["months"].as_array().map_or(&[][..], Vec::as_slice);
            months.iter().find(|found| found["month"] == month.as_str()).cloned()
        };
        let mut compared = 0;
        let equal = dashboard.trend.iter().all(|(month, counts)| {
            let Some(ours) = ours(month.to_string()) else { return counts.is_zero() };
            compared += i64::from(counts.received > 0);
            let names = gongzhi_appeals::indicators::Counts::NAMES.iter();
            names.zip(counts.values()).all(|(name, value)| ours["counts"][name] == value)
        });
        if equal && compared > 0 && told["cases"] == 120 {
            let shown = ours(dashboard.month.to_string()).map(|month| month["rates"].clone());
            for indicator in gongzhi_appeals::indicators::Indicator::ALL {
                let Some(shown) = &shown else { break };
                let rate = dashboard.city.rate(indicator, &dashboard.weights);
                let ours = &shown[indicator.word()];
                assert_eq!(ours["numerator_hundredths"], rate.hundredths, "{}", indicator.word());
                assert_eq!(ours["denominator"], rate.denominator, "{}", indicator.word());
            }
            assert_eq!(told["unread"], 0);
            break;
        }
        assert!(begun.elapsed() < Duration::from_secs(90), "{:?}\n{told}", dashboard.trend);
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
    running.stop().await.unwrap();
}
