//! Witnesses: one that does as the protocol says, and a city among such as lie, hang, and remember another past.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use axum::Router;
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use gongzhi_kernel::{Timestamp, World};
use gongzhi_store::testing;
use http::{StatusCode, header};
use tokio::net::TcpListener;

use super::{House, ORIGIN, event, setup, verify};
use crate::audit::{self, Problem, Quorum};
use crate::log::tree::{self, Hash, Hashes, leaf_hash, root_of};
use crate::log::{Checkpoint, Note, Signature, SignerKey, Submission, VerifierKey};
use crate::witness::{Trouble, Witness, WitnessAddress, routes};
use crate::{Ledger, log};

/// A log in memory.
struct Leaves(Vec<Hash>);

impl Hashes for Leaves {
    type Error = std::convert::Infallible;
    fn complete(&mut self, level: u32, index: u64) -> Result<Hash, Self::Error> {
        let first = usize::try_from(index << level).unwrap();
        Ok(root_of(&self.0[first..first + (1 << level)]))
    }
}

/// A log of so many numbers; another `salt`, another history.
fn leaves(count: u64, salt: &str) -> Leaves {
    Leaves((0..count).map(|n| leaf_hash(format!("{salt}{n}").as_bytes())).collect())
}

fn signed(signer: &SignerKey, origin: &str, size: u64, salt: &str) -> Note {
    let root = tree::root(&mut leaves(size, salt), size).unwrap();
    let text = Checkpoint { origin: origin.into(), size, root }.to_string();
    Note { signatures: vec![signer.sign(&text, 0)], text }
}

fn submission(signer: &SignerKey, old: u64, size: u64, salt: &str) -> Submission {
    let proof = tree::consistency(&mut leaves(size, salt), old, size).unwrap().unwrap_or_default();
    Submission { old, proof, checkpoint: signed(signer, signer.name(), size, salt) }
}

async fn listen(router: Router) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    format!("http://{address}")
}

fn client() -> reqwest::Client {
    let _chosen_already = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::new()
}

async fn send(url: &str, body: String) -> (u16, String, String) {
    let response = client().post(format!("{url}/add-checkpoint")).body(body).send().await.unwrap();
    let kind =
        response.headers().get(header::CONTENT_TYPE).map_or("", |kind| kind.to_str().unwrap()).to_owned();
    (response.status().as_u16(), kind, response.text().await.unwrap())
}

fn world() -> World {
    World::fixed(testing::start(), 3).0
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_witness_answers_as_the_protocol_says() {
    let folder = tempfile::tempdir().unwrap();
    let log = SignerKey::of_log("example.com/log", &[1; 32]).unwrap();
    let stranger = SignerKey::of_log("example.com/log", &[2; 32]).unwrap();
    let unknown = SignerKey::of_log("example.com/other", &[1; 32]).unwrap();
    let open = || Witness::open(folder.path(), "witness.example/w", vec![log.verifier()], world());
    let witness = Arc::new(open().unwrap());
    let key = witness.verifier();
    let url = listen(routes(Arc::clone(&witness))).await;
    let status = async |submission: Submission| send(&url, submission.to_string()).await.0;

    assert_eq!(send(&url, "hello".into()).await.0, 400);
    assert_eq!(send(&url, submission(&log, 0, 3, "").to_string().replace("old 0", "old 00")).await.0, 400);
    assert_eq!(send(&url, "x".repeat(70_000)).await.0, 413);
    assert_eq!(status(submission(&unknown, 0, 10, "")).await, 404);
    assert_eq!(status(submission(&stranger, 0, 10, "")).await, 403);
    assert_eq!(status(submission(&log, 11, 10, "")).await, 400);
    let (code, kind, body) = send(&url, submission(&log, 5, 10, "").to_string()).await;
    assert_eq!((code, kind.as_str(), body.as_str()), (409, "text/x.tlog.size", "0\n"));
    let mut with_proof = submission(&log, 0, 10, "");
    with_proof.proof.push([0; 32]);
    assert_eq!(status(with_proof).await, 422);

    // The first checkpoint; another signature under it is passed over.
    let mut first = submission(&log, 0, 10, "");
    first.checkpoint.signatures.insert(0, stranger.sign(&first.checkpoint.text, 0));
    let (code, _, body) = send(&url, first.to_string()).await;
    assert_eq!(code, 200);
    let line = Signature::parse(body.strip_suffix('\n').unwrap()).unwrap();
    let note = Note { text: first.checkpoint.text.clone(), signatures: vec![line] };
    let seconds = u64::try_from(testing::start().as_millis() / 1000).unwrap();
    assert_eq!(key.verify(&note), Ok(Some(seconds)));
    // The same again is signed again; a proof from where it no longer is tells where it is.
    assert_eq!(status(submission(&log, 10, 10, "")).await, 200);
    assert_eq!(send(&url, submission(&log, 0, 12, "").to_string()).await.2, "10\n");
    // Forks, at the same size and later, and a proof that proves nothing.
    assert_eq!(status(submission(&log, 10, 10, "fork")).await, 409);
    assert_eq!(status(submission(&log, 10, 12, "fork")).await, 422);
    let mut cut = submission(&log, 10, 12, "");
    cut.proof.pop();
    assert_eq!(status(cut).await, 422);
    // The forked checkpoint that was seen first is kept, signed by the log: it convicts whoever holds its key.
    let evidence = std::fs::read_dir(folder.path()).unwrap().map(|file| file.unwrap().path());
    let evidence = evidence.into_iter().find(|path| path.extension().is_some_and(|end| end == "evidence"));
    let evidence = Note::parse(&std::fs::read_to_string(evidence.unwrap()).unwrap()).unwrap();
    assert_eq!(log.verifier().verify(&evidence), Ok(None));

    assert_eq!(status(submission(&log, 10, 12, "")).await, 200);
    // Of two that continue the same state one gets through, in whichever order they come.
    let (one, other) = tokio::join!(
        status(submission(&log, 12, 13, "")),
        send(&url, submission(&log, 12, 14, "").to_string())
    );
    assert!([(200, 409), (409, 200)].contains(&(one, other.0)), "{one} {other:?}");
    let about = client().get(&url).send().await.unwrap().text().await.unwrap();
    assert!(about.starts_with(&format!("{key}\nexample.com/log 1")), "{about}");

    // Two with one memory would sign two histories.
    assert!(open().unwrap_err().to_string().contains("another witness"));
}

#[test]
fn a_witness_remembers_and_never_begins_anew() {
    let folder = tempfile::tempdir().unwrap();
    let log = SignerKey::of_log("example.com/log", &[1; 32]).unwrap();
    let later = SignerKey::of_log("example.com/log", &[2; 32]).unwrap();
    let open = |keys: &[&SignerKey]| {
        let keys = keys.iter().map(|key| key.verifier()).collect();
        Witness::open(folder.path(), "witness.example/w", keys, world())
    };
    let refused = |witness: &Witness, submission| witness.add(&submission).unwrap_err().to_string();
    let witness = open(&[&log]).unwrap();
    let key = witness.verifier();
    witness.add(&submission(&log, 0, 10, "")).unwrap();
    drop(witness);
    // A power cut while the next one was written leaves half of it beside.
    let memory = std::fs::read_dir(folder.path()).unwrap().map(|file| file.unwrap().path());
    let memory =
        memory.into_iter().find(|path| path.extension().is_some_and(|end| end == "checkpoint")).unwrap();
    std::fs::write(format!("{}.new", memory.display()), "example.c").unwrap();
    let witness = open(&[&log, &later]).unwrap();
    assert_eq!(witness.verifier(), key);
    assert_eq!(witness.logs().unwrap(), [("example.com/log".to_owned(), 10)]);
    assert!(refused(&witness, submission(&log, 0, 12, "")).contains("has signed 10 entries last"));
    // While a log changes its key either is good.
    witness.add(&submission(&later, 10, 12, "")).unwrap();
    drop(witness);
    assert!(open(&[&log]).is_ok());
    // A memory that was changed is not believed, and nothing is signed from nothing.
    let good = std::fs::read_to_string(&memory).unwrap();
    for bad in [good.replace("\n12\n", "\n11\n"), good[..40].to_owned(), String::new()] {
        std::fs::write(&memory, bad).unwrap();
        assert!(open(&[&log]).unwrap_err().to_string().contains("bring the file back"));
    }
    std::fs::write(&memory, good).unwrap();
    assert!(Witness::open(folder.path(), "witness.example/other", vec![], world()).is_err());
}

/// What a false witness answers to a submission.
async fn impostor(answer: impl Fn(Submission) -> Response + Clone + Send + Sync + 'static) -> String {
    let handler = move |body: String| {
        let response = answer(Submission::parse(&body).unwrap());
        std::future::ready(response)
    };
    listen(Router::new().route("/add-checkpoint", post(handler))).await
}

fn now() -> u64 {
    u64::try_from(testing::start().as_millis() / 1000).unwrap()
}

/// The key of an impostor.
fn named(name: &str) -> SignerKey {
    SignerKey::of_witness(name, &[name.len().try_into().unwrap(); 32]).unwrap()
}

pub(super) async fn witnesses_hold_nobody_up(house: House) {
    let folder = tempfile::tempdir().unwrap();
    let key = house.key().await;
    let world = house.store.world().clone();
    let witness = |name: &str, logs: Vec<VerifierKey>| {
        let file = folder.path().join(name.replace('/', "-"));
        Arc::new(Witness::open(&file, name, logs, world.clone()).unwrap())
    };
    let at = |key: VerifierKey, url: String| WitnessAddress { key, url };

    let honest = witness("honest.example/w", vec![key.clone()]);
    let honest_url = listen(routes(Arc::clone(&honest))).await;
    let stranger = witness("stranger.example/w", vec![]);
    let other_key = SignerKey::of_log(ORIGIN, &[9; 32]).unwrap();
    let mistaken = witness("mistaken.example/w", vec![other_key.verifier()]);
    let asked = Arc::new(AtomicUsize::new(0));
    let mut witnesses = vec![
        at(honest.verifier(), honest_url.clone()),
        at(stranger.verifier(), listen(routes(Arc::clone(&stranger))).await),
        at(mistaken.verifier(), listen(routes(mistaken)).await),
    ];
    let mut expected: Vec<Option<&str>> = vec![None, Some("unknown_log"), Some("unknown_key")];
    let mut add = |name: &'static str, url: String, word: &'static str| {
        witnesses.push(at(named(name).verifier(), url));
        expected.push(Some(word));
    };
    let hanging = post(|| async {
        tokio::time::sleep(Duration::from_secs(600)).await;
        "too late"
    });
    add("hanging", listen(Router::new().route("/add-checkpoint", hanging)).await, "silent");
    add("unreachable", "http://127.0.0.1:9".to_owned(), "unreachable");
    let liar = impostor(move |sent| {
        format!("{}\n", named("liar").sign(&sent.checkpoint.text.replace(ORIGIN, "elsewhere"), now()))
            .into_response()
    });
    add("liar", liar.await, "false");
    let other = impostor(move |sent| {
        format!("{}\n", named("another").sign(&sent.checkpoint.text, now())).into_response()
    });
    add("somebody", other.await, "unsigned");
    let early = impostor(move |sent| {
        format!("{}\n", named("early-one").sign(&sent.checkpoint.text, now() + 1000)).into_response()
    });
    add("early-one", early.await, "early");
    let late = impostor(move |sent| {
        let at = if sent.old == 0 { now() - 10 } else { now() - 20 };
        format!("{}\n", named("late-answer").sign(&sent.checkpoint.text, at)).into_response()
    });
    add("late-answer", late.await, "late");
    add("nonsense-now", impostor(|_| "good morning".into_response()).await, "unreadable");
    add("endless-talker", impostor(|_| "x".repeat(100_000).into_response()).await, "unreadable");
    let ahead = impostor(|_| (StatusCode::CONFLICT, "99999\n").into_response());
    add("remembers-more", ahead.await, "ahead");
    let root = impostor(|sent| (StatusCode::CONFLICT, format!("{}\n", sent.old)).into_response());
    add("other-root-here", root.await, "other_root");
    let history = impostor(|_| StatusCode::UNPROCESSABLE_ENTITY.into_response());
    add("other-history-he", history.await, "other_history");
    add("broken-at-the-mo", impostor(|_| StatusCode::BAD_GATEWAY.into_response()).await, "status");
    // Who is sent on to another host is not followed there.
    let count = Arc::clone(&asked);
    let bait = impostor(move |_| {
        count.fetch_add(1, Ordering::SeqCst);
        StatusCode::OK.into_response()
    });
    let location = format!("{}/add-checkpoint", bait.await);
    let redirect = impostor(move |_| {
        (StatusCode::TEMPORARY_REDIRECT, [(header::LOCATION, location.clone())]).into_response()
    });
    add("sends-one-elsewhere", redirect.await, "status");

    let ledger = Ledger::open(house.store.clone(), setup(house.home.path(), witnesses)).await.unwrap();
    let (stop, stopped) = tokio::sync::watch::channel(false);
    let mut tasks =
        gongzhi_store::followers::start(&house.store, vec![ledger.follower()], Vec::new(), &stopped);
    tasks.push(tokio::spawn(ledger.clone().keep_signing(stopped.clone())));
    tasks.push(tokio::spawn(ledger.clone().keep_witnessed(stopped)));
    for id in 1..8 {
        let begun = Instant::now();
        house.store.write(move |tx| tx.record(event("thing.done", id, serde_json::json!({})))).await.unwrap();
        let wanted = u64::try_from(id + 1).unwrap();
        while ledger.newest().await.unwrap().map_or(0, |signed| signed.size) < wanted {
            assert!(begun.elapsed() < Duration::from_secs(2), "the checkpoint waits for a witness");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
    let begun = Instant::now();
    let standing = loop {
        let standing = ledger.standing().await.unwrap();
        let words: Vec<Option<&str>> =
            standing.witnesses.iter().map(|witness| witness.trouble.as_ref().map(Trouble::word)).collect();
        if words == expected && standing.behind(8) == 1 {
            break standing;
        }
        assert!(begun.elapsed() < Duration::from_secs(25), "{words:?}\n{expected:?}");
        tokio::time::sleep(Duration::from_millis(100)).await;
    };
    assert_eq!(asked.load(Ordering::SeqCst), 0);
    assert_eq!(
        (standing.witnesses[0].size, standing.witnesses[0].at),
        (8, Some(Timestamp::from_millis(i64::try_from(now()).unwrap() * 1000)))
    );
    // Each says what is the matter in its own words.
    let sentences: std::collections::BTreeSet<String> =
        standing.witnesses.iter().filter_map(|witness| Some(witness.trouble.as_ref()?.to_string())).collect();
    assert_eq!(sentences.len(), expected.len() - 1, "{sentences:?}");

    // The signature of the one that is honest stands under the checkpoint and in receipts, and is asked for by name.
    let note = standing.newest.clone().unwrap().note;
    let trusted = Quorum { witnesses: vec![honest.verifier()], wanted: 1 };
    assert_eq!(trusted.of(note.as_bytes()).unwrap().len(), 1);
    let receipt = ledger.receipt(3).await.unwrap().unwrap().receipt;
    let proved = audit::prove(&receipt, &key, &trusted.witnesses).unwrap();
    assert_eq!(proved.verified.witnesses, [("honest.example/w".to_owned(), now())]);
    let files = house.files().await;
    let mut fetch = |path: &str| files.get(path).cloned().ok_or_else(|| path.to_owned());
    let report = audit::verify(&mut fetch, &key, &trusted, None, &mut |_, _| {}).unwrap();
    assert_eq!(report.witnesses.len(), 1);
    let both = Quorum { witnesses: vec![honest.verifier(), stranger.verifier()], wanted: 2 };
    let missing = audit::verify(&mut fetch, &key, &both, None, &mut |_, _| {}).unwrap_err();
    assert!(matches!(missing, Problem::Witnesses { found: 1, wanted: 2, .. }));
    assert!(missing.to_string().ends_with("missing: stranger.example/w"), "{missing}");
    assert!(verify(&files, &key, None).is_ok());
    let seal = house.store.read({
        let ledger = ledger.clone();
        move |tx| ledger.seal_of(tx, "appeal", 2)
    });
    assert_eq!(seal.await.unwrap().unwrap().witnesses, 1);

    stop.send_replace(true);
    for task in tasks {
        task.await.unwrap();
    }
    // Old cosignatures go with their checkpoints; the last of each witness stays, and its checkpoint.
    for id in 100..210 {
        house.happen(id, 1).await;
        ledger.sign().await.unwrap().unwrap();
    }
    let standing = ledger.standing().await.unwrap();
    assert!(standing.witnesses[0].size >= 8);
    // Which checkpoint was the last for one who later signed wrongly depends on when it was asked.
    let last: Vec<u64> = standing.witnesses.iter().map(|witness| witness.size).collect();
    let nobodys: Vec<u64> = (1..8).filter(|size| !last.contains(size)).collect();
    assert!(nobodys.len() > 4, "{last:?}");
    for size in nobodys {
        let rows = house.store.read(move |tx| crate::store::cosignatures(tx, 1, size));
        assert_eq!(rows.await.unwrap(), [], "of the checkpoint of {size} entries");
    }
}

/// The power goes out after a witness has signed and before its answer is kept: it is asked again, from where it is.
pub(super) async fn an_answer_that_was_lost_is_asked_for_again(house: House) {
    let folder = tempfile::tempdir().unwrap();
    let key = house.key().await;
    let witness = Arc::new(
        Witness::open(folder.path(), "w.example/w", vec![key.clone()], house.store.world().clone()).unwrap(),
    );
    house.happen(1, 20).await;
    let signed = house.ledger.sign().await.unwrap().unwrap();
    let checkpoint = Note::parse(&signed.note).unwrap();
    witness.add(&Submission { old: 0, proof: Vec::new(), checkpoint }).unwrap();
    let address = WitnessAddress { key: witness.verifier(), url: listen(routes(Arc::clone(&witness))).await };
    let ledger = Ledger::open(house.store.clone(), setup(house.home.path(), vec![address])).await.unwrap();
    let (stop, stopped) = tokio::sync::watch::channel(false);
    let tasks = [
        tokio::spawn(ledger.clone().keep_signing(stopped.clone())),
        tokio::spawn(ledger.clone().keep_witnessed(stopped)),
    ];
    for (events, size) in [(0, 21), (30, 51)] {
        if events > 0 {
            house.happen(100, events).await;
        }
        let begun = Instant::now();
        while ledger.standing().await.unwrap().behind(size) == 0 {
            assert!(begun.elapsed() < Duration::from_secs(15), "{:?}", ledger.standing().await.unwrap());
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }
    stop.send_replace(true);
    for task in tasks {
        task.await.unwrap();
    }
}

/// A city whose database was put back, guard and all, is told by a witness that remembers more.
pub(super) async fn a_witness_remembers_more_than_a_city(house: House) {
    let folder = tempfile::tempdir().unwrap();
    let key = house.key().await;
    let witness = Arc::new(
        Witness::open(folder.path(), "w.example/w", vec![key.clone()], house.store.world().clone()).unwrap(),
    );
    let signer = crate::guard::Home::open(house.home.path()).unwrap().key().unwrap().unwrap();
    let lost = Submission { old: 0, proof: Vec::new(), checkpoint: signed(&signer, ORIGIN, 50, "lost") };
    witness.add(&lost).unwrap();
    let address = WitnessAddress { key: witness.verifier(), url: listen(routes(Arc::clone(&witness))).await };
    let ledger = Ledger::open(house.store.clone(), setup(house.home.path(), vec![address])).await.unwrap();
    let (stop, stopped) = tokio::sync::watch::channel(false);
    let tasks = [
        tokio::spawn(ledger.clone().keep_signing(stopped.clone())),
        tokio::spawn(ledger.clone().keep_witnessed(stopped)),
    ];
    let until = async |wanted: &Trouble| {
        let begun = Instant::now();
        loop {
            let trouble = ledger.standing().await.unwrap().witnesses.remove(0).trouble;
            if trouble.as_ref() == Some(wanted) {
                break;
            }
            assert!(begun.elapsed() < Duration::from_secs(15), "{trouble:?}");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    house.happen(1, 10).await;
    until(&Trouble::Ahead { theirs: 50, ours: 11 }).await;
    // Grown past what the witness remembers, the fork shows.
    house.happen(100, 90).await;
    until(&Trouble::OtherHistory { size: 50 }).await;
    stop.send_replace(true);
    for task in tasks {
        task.await.unwrap();
    }
}

#[test]
fn a_submission_is_read_as_it_was_written() {
    let signer = SignerKey::of_log("example.com/log", &[1; 32]).unwrap();
    let sent = submission(&signer, 5, 13, "");
    assert_eq!(Submission::parse(&sent.to_string()).unwrap(), sent);
    for bad in ["", "old 1", "old 01\n\nx", "old 5\nAAAA\n\nx\n1\ny\n\n— a AAAAAAAA\n", "new 5\n\n"] {
        assert!(Submission::parse(bad).is_err(), "{bad:?}");
    }
    let mut long = sent.clone();
    long.proof = vec![[0; 32]; 64];
    assert!(Submission::parse(&long.to_string()).is_err());
    assert_eq!(log::submission::size_of("20852014\n"), Some(20_852_014));
    for bad in ["", "5", "05\n", "-5\n", "5\n\n"] {
        assert_eq!(log::submission::size_of(bad), None, "{bad:?}");
    }
}
