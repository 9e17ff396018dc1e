//! A log from event to proof on both engines, and everything that may go wrong with it.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use gongzhi_kernel::{Actor, EventKind, NewEvent, OrganId, PersonId, Subject, World};
use gongzhi_store::testing::{self, TestStore};
use gongzhi_store::{Engine, Follower, Location, SqliteOptions, Store, followers};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::actions::Append;
use crate::audit::{self, Problem};
use crate::guard::{Home, Refused};
use crate::log::{Address, Note, SignerKey, VerifierKey};
use crate::signer::Signing;
use crate::witness::WitnessAddress;
use crate::{Ledger, Public, Scope, Setup, store as sql};

mod keys;
mod witnesses;
use keys::{a_command_may_sign, a_key_is_changed_while_both_sign};
use witnesses::{
    a_witness_remembers_more_than_a_city, an_answer_that_was_lost_is_asked_for_again,
    witnesses_hold_nobody_up,
};

const ORIGIN: &str = "city.example/ledger";

struct House {
    store: TestStore,
    home: TempDir,
    ledger: Ledger,
}

fn scope() -> Scope {
    let sealed = |kind, texts| Public { kind, texts };
    Scope::new([sealed("thing.said", &["reply"][..]), sealed("thing.done", &[])], ["person.seen"])
}

fn setup(home: &Path, witnesses: Vec<WitnessAddress>) -> Setup {
    Setup { home: home.to_owned(), origin: ORIGIN.into(), scope: scope(), witnesses, ..Setup::default() }
}

async fn open(engine: Engine) -> House {
    let store = testing::on(engine, &[crate::MIGRATIONS]).await.unwrap();
    let home = tempfile::tempdir().unwrap();
    let ledger = Ledger::open(store.clone(), setup(home.path(), Vec::new())).await.unwrap();
    House { store, home, ledger }
}

fn event(kind: EventKind, id: i64, public: Value) -> NewEvent {
    NewEvent {
        kind,
        subject: Subject { kind: "appeal".into(), id },
        revision: 1,
        at: testing::start(),
        actor: Actor::Official {
            person: PersonId::new(4711).unwrap(),
            organ: OrganId::new(12).unwrap(),
            head: false,
        },
        public,
        sealed: Some(json!({ "name": "王芳" })),
    }
}

/// Records `count` events from the subject `first` on, and lets the log seal them.
async fn happen(store: &Store, ledger: &Ledger, first: i64, count: i64) {
    store
        .write(move |tx| {
            for id in first..first + count {
                tx.record(event("thing.done", id, json!({ "n": id, "half": 0.5 })))?;
            }
            Ok::<_, gongzhi_kernel::Fault>(())
        })
        .await
        .unwrap();
    seal(store, ledger).await.unwrap();
}

/// Lets the log seal everything that happened. PostgreSQL shows a follower only what no running transaction, of this test
/// or of another, can still precede.
async fn seal(store: &Store, ledger: &Ledger) -> Result<(), gongzhi_kernel::Fault> {
    let follower = ledger.follower();
    let begun = std::time::Instant::now();
    loop {
        followers::catch_up(store, &follower).await?;
        let reached = store.read(|tx| {
            let (mut last, mut after) = (0, 0);
            while let Some((events, end)) = tx.subjects_after(after)? {
                last = events.iter().map(|event| event.id.get()).fold(last, i64::max);
                after = end;
            }
            Ok::<_, gongzhi_kernel::Fault>(tx.cursor("ledger")?.id >= last)
        });
        if reached.await? {
            return Ok(());
        }
        assert!(begun.elapsed() < Duration::from_secs(20), "the journal is not shown to its end");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

impl House {
    async fn happen(&self, first: i64, count: i64) {
        happen(&self.store, &self.ledger, first, count).await;
    }

    async fn key(&self) -> VerifierKey {
        self.ledger.standing().await.unwrap().vkey.parse().unwrap()
    }

    /// Everything that can be fetched, by its address.
    async fn files(&self) -> BTreeMap<String, Vec<u8>> {
        let newest = self.ledger.newest().await.unwrap().unwrap();
        let mut files = BTreeMap::from([("checkpoint".to_owned(), newest.note.into_bytes())]);
        let all =
            crate::log::tiles::all_tiles(newest.size).chain(crate::log::tiles::all_bundles(newest.size));
        for address in all {
            let bytes = self.ledger.tile(address).await.unwrap().unwrap();
            files.insert(format!("tile/{address}"), bytes);
        }
        files
    }

    async fn opened_again(&self) -> Ledger {
        Ledger::open(self.store.clone(), setup(self.home.path(), Vec::new())).await.unwrap()
    }
}

fn verify(
    files: &BTreeMap<String, Vec<u8>>,
    key: &VerifierKey,
    old: Option<&str>,
) -> Result<audit::Report, Problem> {
    let mut fetch = |path: &str| files.get(path).cloned().ok_or_else(|| "there is no such file".to_owned());
    audit::verify(&mut fetch, key, &audit::Quorum::default(), old, &mut |_, _| {})
}

async fn every_statement_can_be_prepared(house: House) {
    let unprepared = testing::unprepared(&house.store, sql::statements().iter().copied()).await.unwrap();
    assert_eq!(unprepared, Vec::<String>::new());
}

async fn what_happened_is_sealed_and_proved(house: House) {
    let sealed = json!({ "reply": "路灯已修好", "in_time": true });
    house
        .store
        .write(move |tx| {
            tx.record(event("thing.said", 70, sealed.clone()))?;
            let mut personal = event("person.seen", 71, json!({}));
            personal.subject.kind = "person".into();
            tx.record(personal)?;
            tx.record(event("nobody.thought.of.it", 72, json!({})))
        })
        .await
        .unwrap();
    house.happen(100, 700).await;
    let signed = house.ledger.sign().await.unwrap().unwrap();
    // The entry that opens the log, one that was said, seven hundred that were done.
    assert_eq!(signed.size, 702);
    assert_eq!(house.ledger.sign().await.unwrap(), None);
    let key = house.key().await;
    let mut leaves = Vec::new();
    let files = house.files().await;
    let mut fetch = |path: &str| files.get(path).cloned().ok_or_else(|| path.to_owned());
    let report = audit::verify(&mut fetch, &key, &audit::Quorum::default(), None, &mut |_, entry| {
        leaves.push(entry.to_vec())
    })
    .unwrap();
    assert_eq!((report.checkpoint.size, report.tiles), (702, 4));
    let first: Value = serde_json::from_slice(&leaves[0]).unwrap();
    assert_eq!((&first["kind"], &first["origin"]), (&json!("ledger.opened"), &json!(ORIGIN)));
    let text = String::from_utf8(leaves[1].clone()).unwrap();
    let said: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(said["by"], json!({ "kind": "official", "organ": 12 }));
    assert_eq!(said["public"]["in_time"], json!(true));
    assert_eq!(said["sealed"]["salted_sha256"].as_str().unwrap().len(), 64);
    assert_eq!(crate::canonical::canonical(&said), text);
    // Neither the person who acted, nor the sealed part, nor the text stands in it.
    for personal in ["4711", "王芳", "路灯"] {
        assert!(!text.contains(personal), "{text}");
    }

    // Its receipt tells the text; without its salt the receipt still proves the entry.
    let receipt = house.ledger.receipt(1).await.unwrap().unwrap().receipt;
    let again = crate::log::Receipt::parse(&receipt.to_string()).unwrap();
    let proved = audit::prove(&again, &key, &[]).unwrap();
    assert_eq!(proved.texts, [("reply".to_owned(), "路灯已修好".to_owned())]);
    let mut lied = receipt.clone();
    let extra = String::from_utf8(lied.extra.unwrap()).unwrap();
    lied.extra = Some(extra.replace("已修好", "不必修").into_bytes());
    assert!(audit::prove(&lied, &key, &[]).unwrap_err().to_string().contains("not the one that was sealed"));
    let erased = house.store.write(|tx| sql::erase_salts(tx, "appeal", 70)).await.unwrap();
    assert_eq!(erased, 1);
    let receipt = house.ledger.receipt(1).await.unwrap().unwrap().receipt;
    let proved = audit::prove(&receipt, &key, &[]).unwrap();
    assert_eq!((proved.entry, proved.texts.len()), (said, 0));
    assert_eq!(verify(&house.files().await, &key, None).unwrap().checkpoint.size, 702);

    // Each entry has its receipt, and beyond the checkpoint there is none.
    for seq in [0, 255, 256, 511, 512, 701] {
        let given = house.ledger.receipt(seq).await.unwrap().unwrap();
        audit::prove(&given.receipt, &key, &[]).unwrap();
    }
    assert_eq!(house.ledger.receipt(702).await.unwrap(), None);
    let beyond = Address { level: Some(0), index: 2, width: 191 };
    assert_eq!(house.ledger.tile(beyond).await.unwrap(), None);
    let of_subject = house.ledger.of_subject("appeal".into(), 70).await.unwrap();
    assert_eq!(of_subject.iter().map(|entry| entry.seq).collect::<Vec<_>>(), [1]);
}

async fn a_log_grows_and_remembers_its_past(house: House) {
    house.happen(1, 300).await;
    let first = house.ledger.sign().await.unwrap().unwrap();
    let then = house.files().await;
    house.happen(1000, 400).await;
    // Sealed and not yet signed: nobody is shown it.
    assert_eq!(house.files().await, then);
    let ledger = house.opened_again().await;
    ledger.sign().await.unwrap().unwrap();
    let now = house.files().await;
    let key = house.key().await;
    assert_eq!(verify(&now, &key, Some(&first.note)).unwrap().continues, Some(301));
    // What was fetched then is still there, the same bytes; partial tiles too.
    for (path, bytes) in then.iter().filter(|(path, _)| path.starts_with("tile/")) {
        let address = Address::parse(path.trim_start_matches("tile/")).unwrap();
        assert_eq!(ledger.tile(address).await.unwrap().as_ref(), Some(bytes), "{path}");
    }
    // The old state shown again is found out by whoever kept the newer checkpoint.
    let newest = String::from_utf8(now["checkpoint"].clone()).unwrap();
    assert_eq!(verify(&then, &key, Some(&newest)), Err(Problem::Shrunk { size: 301, old: 701 }));
}

async fn each_tampering_is_told_by_its_name(house: House) {
    house.happen(1, 600).await;
    house.ledger.sign().await.unwrap().unwrap();
    let good = house.files().await;
    let key = house.key().await;
    assert!(verify(&good, &key, None).is_ok());
    let changed = |path: &str, change: &dyn Fn(&mut Vec<u8>)| {
        let mut files = good.clone();
        change(files.get_mut(path).unwrap());
        verify(&files, &key, None).unwrap_err()
    };
    let flip = |at: usize| move |bytes: &mut Vec<u8>| bytes[at] ^= 1;
    assert_eq!(changed("tile/entries/001", &flip(50)), Problem::Entry { seq: 256 });
    assert_eq!(changed("tile/0/001", &flip(33)), Problem::Tile { path: "tile/0/001".into() });
    assert_eq!(changed("tile/1/000.p/2", &flip(3)), Problem::Tile { path: "tile/1/000.p/2".into() });
    let cut = |bytes: &mut Vec<u8>| bytes.truncate(bytes.len() - 1);
    assert_eq!(
        changed("tile/0/000", &cut),
        Problem::TileLength { path: "tile/0/000".into(), found: 8191, wanted: 8192 }
    );
    assert!(matches!(changed("tile/entries/002.p/89", &cut), Problem::Bundle { wanted: 89, .. }));
    let size = |bytes: &mut Vec<u8>| {
        *bytes = String::from_utf8(bytes.clone()).unwrap().replace("\n601\n", "\n600\n").into_bytes();
    };
    assert!(changed("checkpoint", &size).to_string().contains("is false"));
    let mut missing = good.clone();
    missing.remove("tile/0/001");
    assert!(matches!(verify(&missing, &key, None), Err(Problem::Fetch { path, .. }) if path == "tile/0/001"));
    let other = SignerKey::of_log(ORIGIN, &[9; 32]).unwrap().verifier();
    assert!(verify(&good, &other, None).unwrap_err().to_string().contains("not signed by"));

    // Whoever has the key can sign two histories, and whoever has kept a checkpoint can prove it.
    let signer = Home::open(house.home.path()).unwrap().key().unwrap().unwrap();
    let root = [5; 32];
    let text = crate::log::Checkpoint { origin: ORIGIN.into(), size: 400, root }.to_string();
    let forged = Note { signatures: vec![signer.sign(&text, 0)], text }.to_string();
    assert_eq!(verify(&good, &key, Some(&forged)), Err(Problem::Forked { old: 400 }));
    let text = crate::log::Checkpoint { origin: ORIGIN.into(), size: 601, root }.to_string();
    let mut rewritten = good.clone();
    let note = Note { signatures: vec![signer.sign(&text, 0)], text }.to_string();
    rewritten.insert("checkpoint".into(), note.into_bytes());
    assert_eq!(verify(&rewritten, &key, None), Err(Problem::Root));
}

async fn a_power_cut_at_any_step_neither_loses_nor_forks(house: House) {
    house.happen(1, 10).await;
    // Between entries and tiles, and between tiles and the size of the log: they are one unit of work, and none of it stays.
    for cut in 0..3 {
        let lost = house.store.write(move |tx| {
            let mut sealing = Append::new(tx, 1, 11)?;
            let subject = Subject { kind: "appeal".into(), id: 1 };
            for n in 0..300 {
                sealing.push(n, &subject, testing::start(), &format!("{{\"lost\":{n}}}"), &[])?;
            }
            match cut {
                0 => {}
                1 => sealing.put_tiles()?,
                _ => sealing.finish()?,
            }
            Err::<(), _>(gongzhi_kernel::Fault::internal("the power is cut"))
        });
        assert!(lost.await.is_err());
        let left = house
            .store
            .read(|tx| Ok::<_, gongzhi_kernel::Fault>((sql::last_log(tx)?, sql::entries(tx, 1, 11, 400)?)));
        let (log, entries) = left.await.unwrap();
        assert_eq!((log.unwrap().size, entries.len()), (11, 0));
    }
    // Between tiles and guard.
    assert!(house.ledger.due().await.unwrap().is_some());
    let ledger = house.opened_again().await;
    assert_eq!(ledger.standing().await.unwrap().refused, None);
    assert_eq!(ledger.sign().await.unwrap().unwrap().size, 11);
    // In the middle of writing the guard.
    house.happen(100, 10).await;
    std::fs::write(house.home.path().join("guard.new"), "city.exa").unwrap();
    let ledger = house.opened_again().await;
    // Between guard and signature.
    let due = ledger.due().await.unwrap().unwrap();
    ledger.guard(&due).await.unwrap();
    house.happen(200, 10).await;
    let ledger = house.opened_again().await;
    assert_eq!(ledger.standing().await.unwrap().refused, None);
    let newest = ledger.sign().await.unwrap().unwrap();
    assert_eq!(newest.size, 31);
    // Between signature and publication: the same state signed again is the same signature.
    let due = ledger.due().await.unwrap();
    assert_eq!(due, None);
    house.happen(300, 1).await;
    let due = ledger.due().await.unwrap().unwrap();
    ledger.guard(&due).await.unwrap();
    let once = ledger.publish(&due).await.unwrap();
    let twice = house.opened_again().await.publish(&due).await.unwrap();
    assert_eq!(once.note, twice.note);
    let key = house.key().await;
    assert!(verify(&house.files().await, &key, Some(&newest.note)).is_ok());
    // Two that sign with one key do not both get through.
    house.happen(400, 1).await;
    let (one, other) = (house.ledger.due().await.unwrap().unwrap(), ledger.due().await.unwrap().unwrap());
    house.ledger.guard(&one).await.unwrap();
    assert!(ledger.guard(&other).await.unwrap_err().to_string().contains("two processes"));
}

async fn without_key_or_guard_nothing_is_signed(house: House) {
    house.happen(1, 5).await;
    house.ledger.sign().await.unwrap().unwrap();
    let (key, guard) = (house.home.path().join("key"), house.home.path().join("guard"));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        assert_eq!(std::fs::metadata(&key).unwrap().permissions().mode() & 0o777, 0o600);
        std::fs::set_permissions(&key, std::fs::Permissions::from_mode(0o644)).unwrap();
        let refused =
            Ledger::open(house.store.clone(), setup(house.home.path(), Vec::new())).await.unwrap_err();
        assert!(refused.to_string().contains("chmod 600"), "{refused}");
        std::fs::set_permissions(&key, std::fs::Permissions::from_mode(0o600)).unwrap();
    }
    let last = std::fs::read(&guard).unwrap();
    std::fs::remove_file(&guard).unwrap();
    let ledger = house.opened_again().await;
    assert!(matches!(ledger.standing().await.unwrap().refused, Some(Refused::NoGuard { .. })));
    std::fs::write(&guard, "nonsense").unwrap();
    // One that is running notices it before its next signature.
    assert_eq!(house.ledger.sign().await.unwrap(), None);
    assert!(matches!(house.ledger.standing().await.unwrap().refused, Some(Refused::NoGuard { .. })));
    std::fs::write(&guard, &last).unwrap();
    assert_eq!(house.opened_again().await.standing().await.unwrap().refused, None);
    let secret = std::fs::read(&key).unwrap();
    std::fs::remove_file(&key).unwrap();
    let ledger = house.opened_again().await;
    assert!(matches!(ledger.standing().await.unwrap().refused, Some(Refused::NoKey { .. })));
    // It is read all the same, and seals nothing.
    assert!(ledger.newest().await.unwrap().is_some());
    house.store.write(|tx| tx.record(event("thing.done", 99, json!({})))).await.unwrap();
    assert!(seal(&house.store, &ledger).await.unwrap_err().to_string().contains("nothing is sealed"));
    let other = SignerKey::of_log(ORIGIN, &[1; 32]).unwrap();
    Home::open(house.home.path()).unwrap().keep_key(&other).unwrap();
    let ledger = house.opened_again().await;
    assert!(matches!(ledger.standing().await.unwrap().refused, Some(Refused::OtherKey { .. })));
    std::fs::write(&key, secret).unwrap();
    assert_eq!(house.opened_again().await.standing().await.unwrap().refused, None);
}

async fn what_is_sealed_is_never_rebuilt(house: House) {
    house.happen(1, 5).await;
    let follower: Arc<dyn Follower> = house.ledger.follower();
    assert!(followers::rebuild(&house.store, &follower).await.is_err());
    seal(&house.store, &house.ledger).await.unwrap();
    assert_eq!(house.ledger.sign().await.unwrap().unwrap().size, 6);
}

async fn a_checkpoint_follows_within_two_seconds(house: House) {
    let (stop, stopped) = tokio::sync::watch::channel(false);
    let mut tasks = followers::start(&house.store, vec![house.ledger.follower()], Vec::new(), &stopped);
    tasks.push(tokio::spawn(house.ledger.clone().keep_signing(stopped)));
    for id in 1..4 {
        let begun = std::time::Instant::now();
        house.store.write(move |tx| tx.record(event("thing.done", id, json!({})))).await.unwrap();
        let wanted = u64::try_from(id + 1).unwrap();
        while house.ledger.newest().await.unwrap().map_or(0, |signed| signed.size) < wanted {
            assert!(begun.elapsed() < Duration::from_secs(2), "no checkpoint two seconds after the event");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
    stop.send_replace(true);
    for task in tasks {
        task.await.unwrap();
    }
}

#[tokio::test]
async fn a_restored_database_does_not_go_on() {
    let house = open(Engine::Sqlite).await;
    house.happen(1, 300).await;
    house.ledger.sign().await.unwrap().unwrap();
    let copy = tempfile::tempdir().unwrap();
    let options = SqliteOptions::new(copy.path());
    house.store.copy_to(options.file()).await.unwrap();
    house.happen(1000, 100).await;
    let lost = house.ledger.sign().await.unwrap().unwrap();
    assert_eq!(lost.size, 401);

    // The copy of yesterday beside the guard of today.
    let world = World::fixed(testing::start(), 9).0;
    let store = Store::open(Location::Folder(options), world, &[crate::MIGRATIONS]).await.unwrap();
    let restored = async |home: &Path| Ledger::open(store.clone(), setup(home, Vec::new())).await;
    let ledger = restored(house.home.path()).await.unwrap();
    let refused = ledger.standing().await.unwrap().refused.unwrap();
    assert_eq!(refused, Refused::Older { guarded: 401, size: 301 });
    assert!(refused.to_string().contains("gongzhi ledger successor"));
    assert_eq!(ledger.sign().await.unwrap(), None);
    store.write(|tx| tx.record(event("thing.done", 5000, json!({})))).await.unwrap();
    assert!(seal(&store, &ledger).await.is_err());
    // On another machine, without the key.
    let elsewhere = tempfile::tempdir().unwrap();
    let refused = restored(elsewhere.path()).await.unwrap().standing().await.unwrap().refused;
    assert!(matches!(refused, Some(Refused::NoKey { .. })));
    // An empty database beside a guard.
    let empty = testing::sqlite(&[crate::MIGRATIONS]).await.unwrap();
    let ledger = Ledger::open(empty.clone(), setup(house.home.path(), Vec::new())).await.unwrap();
    assert_eq!(ledger.standing().await.unwrap().refused, Some(Refused::Older { guarded: 401, size: 0 }));

    // Had it sealed another history as long as the signed one, the root would tell.
    let home = Home::open(house.home.path()).unwrap();
    let guarded = home.guarded().unwrap().unwrap();
    let other = crate::log::Checkpoint { size: 300, root: [1; 32], ..guarded.clone() };
    home.advance(Some(&guarded), &other).unwrap();
    let ledger = restored(house.home.path()).await.unwrap();
    assert_eq!(ledger.standing().await.unwrap().refused, Some(Refused::Forked { size: 300 }));
    home.advance(Some(&other), &guarded).unwrap();

    // The way out: a successor whose first entry names what the old log had signed, more than this database knows.
    let named = Ledger::succeed(&store, house.home.path(), ORIGIN, &Signing::default()).await.unwrap();
    assert_eq!(named, guarded);
    let ledger = restored(house.home.path()).await.unwrap();
    let standing = ledger.standing().await.unwrap();
    assert_eq!((standing.origin.as_str(), standing.refused), ("city.example/ledger/2", None));
    seal(&store, &ledger).await.unwrap();
    // What the old one did not seal any more stands in the new one.
    assert_eq!(ledger.sign().await.unwrap().unwrap().size, 2);
    let entries = ledger.entries(0, 2).await.unwrap();
    let first: Value = serde_json::from_str(&entries[0].leaf).unwrap();
    assert_eq!(first["continues"]["size"], json!(401));
    assert_eq!(first["continues"]["root"], json!(crate::log::base64(&named.root)));
    assert_eq!(entries[1].subject, 5000);
}

#[tokio::test]
async fn what_is_too_long_stands_by_its_hash() {
    let house = open(Engine::Sqlite).await;
    house
        .store
        .write(|tx| tx.record(event("thing.done", 1, json!({ "list": vec!["公开"; 20_000] }))))
        .await
        .unwrap();
    house.happen(2, 1).await;
    house.ledger.sign().await.unwrap().unwrap();
    let entry = house.ledger.entries(1, 2).await.unwrap().remove(0);
    assert!(entry.leaf.len() < 1000);
    let value: Value = serde_json::from_str(&entry.leaf).unwrap();
    assert_eq!(value["public"]["sha256"].as_str().unwrap().len(), 64);
    assert!(verify(&house.files().await, &house.key().await, None).is_ok());
}

#[tokio::test]
async fn both_engines_end_in_the_same_schema() {
    assert_eq!(testing::schema_differences(&[crate::MIGRATIONS]).await.unwrap(), Vec::<String>::new());
}

#[test]
fn the_texts_have_both_languages() {
    let texts = gongzhi_web::Texts::new(&[crate::TEXTS]).unwrap();
    assert_eq!(texts.check(), Vec::<String>::new());
}

macro_rules! on_both {
    ($($story:ident,)+) => {
        mod sqlite {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $story() {
                super::$story(super::open(super::Engine::Sqlite).await).await;
            })+
        }
        mod postgres {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $story() {
                super::$story(super::open(super::Engine::Postgres).await).await;
            })+
        }
    };
}

on_both! {
    every_statement_can_be_prepared,
    what_happened_is_sealed_and_proved,
    a_log_grows_and_remembers_its_past,
    each_tampering_is_told_by_its_name,
    a_power_cut_at_any_step_neither_loses_nor_forks,
    without_key_or_guard_nothing_is_signed,
    what_is_sealed_is_never_rebuilt,
    a_checkpoint_follows_within_two_seconds,
    witnesses_hold_nobody_up,
    a_witness_remembers_more_than_a_city,
    an_answer_that_was_lost_is_asked_for_again,
    a_key_is_changed_while_both_sign,
    a_command_may_sign,
}
