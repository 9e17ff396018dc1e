//! What sealing, proving and verifying cost: `cargo bench -p gongzhi-ledger`, on the machine at hand.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stdout, missing_docs)]
#![allow(clippy::cast_precision_loss, reason = "figures are printed with few digits")]

use std::collections::BTreeMap;
use std::time::Instant;

use gongzhi_kernel::{Actor, NewEvent, OrganId, PersonId, Subject, Timestamp};
use gongzhi_ledger::log::tiles::{Edge, Tiles, all_bundles, all_tiles, bytes_of};
use gongzhi_ledger::log::{leaf_hash, tree};
use gongzhi_ledger::{Ledger, MIGRATIONS, Public, Scope, Setup, audit, store as sql};
use gongzhi_store::{Store, followers, testing};
use serde_json::json;

/// Events that are sealed.
const EVENTS: i64 = 200_000;

fn rate(name: &str, count: f64, seconds: f64, unit: &str) {
    println!("{name}: {:.0} {unit}/s ({count:.0} in {seconds:.2} s)", count / seconds);
}

async fn record(store: &Store, first: i64, count: i64) {
    store
        .write(move |tx| {
            for id in first..first + count {
                let organ = OrganId::new(1 + id % 97).unwrap();
                tx.record(NewEvent {
                    kind: "appeal.answered",
                    subject: Subject { kind: "appeal".into(), id },
                    revision: 1,
                    at: Timestamp::from_millis(1_772_413_200_000 + id),
                    actor: Actor::Official { person: PersonId::new(7).unwrap(), organ, head: false },
                    public: json!({ "organ": organ, "round": 1, "seconds": 7200 + id, "in_time": true }),
                    sealed: Some(json!({ "reply": "已经处理" })),
                })?;
            }
            Ok::<_, gongzhi_kernel::Fault>(())
        })
        .await
        .unwrap();
}

/// Tiles of a log of so many entries, without the entries: what a proof reads.
async fn tall(store: &Store, log: i64, size: u64) {
    let mut edge = Edge::default();
    let mut full: Vec<(u32, u64, Vec<u8>)> = Vec::new();
    for n in 0..size {
        edge.push(leaf_hash(&n.to_be_bytes()), &mut |level, number, hashes| {
            full.push((level, number, bytes_of(hashes)));
        });
        if full.len() >= 2000 || n + 1 == size {
            let mut tiles = std::mem::take(&mut full);
            if n + 1 == size {
                tiles.extend(edge.partial().map(|(level, number, hashes)| (level, number, bytes_of(hashes))));
            }
            store
                .write(move |tx| {
                    tiles
                        .iter()
                        .try_for_each(|(level, number, bytes)| sql::put_tile(tx, log, *level, *number, bytes))
                })
                .await
                .unwrap();
        }
    }
    let root = edge.root();
    let mut slowest = 0.0_f64;
    let begun = Instant::now();
    const PROOFS: u64 = 2000;
    for n in 0..PROOFS {
        let index = (n * 2_654_435_761) % size;
        let one = Instant::now();
        let path = store
            .read(move |tx| tree::inclusion(&mut Tiles::new(sql::StoredTiles { tx, log }, size), index, size))
            .await
            .unwrap()
            .unwrap();
        slowest = slowest.max(one.elapsed().as_secs_f64());
        let leaf = leaf_hash(&index.to_be_bytes());
        tree::verify_inclusion(&leaf, index, size, &path, &root).unwrap();
    }
    let each = begun.elapsed().as_secs_f64() * 1000.0 / PROOFS as f64;
    println!("proof at {size} leaves: {each:.3} ms on average, {:.3} ms the slowest", slowest * 1000.0);
}

#[tokio::main]
async fn main() {
    let store = testing::sqlite(&[MIGRATIONS]).await.unwrap();
    let home = tempfile::tempdir().unwrap();
    let scope = Scope::new([Public { kind: "appeal.answered", texts: &[] }], []);
    let ledger = Ledger::open(
        store.clone(),
        Setup {
            home: home.path().to_owned(),
            origin: "bench.example/ledger".into(),
            scope,
            ..Setup::default()
        },
    )
    .await
    .unwrap();
    for first in (1..EVENTS).step_by(10_000) {
        record(&store, first, 10_000).await;
    }
    // What the store takes on the disk, as a copy without its log: pages that are in use.
    let size_of = async |name: &str| {
        let copy = home.path().join(name);
        store.copy_to(copy.clone()).await.unwrap();
        let size = std::fs::metadata(&copy).unwrap().len();
        std::fs::remove_file(&copy).unwrap();
        size
    };
    let before = size_of("before.db").await;
    let follower = ledger.follower();
    let begun = Instant::now();
    while followers::catch_up(&store, &follower).await.unwrap() > 0 {}
    let signed = ledger.sign().await.unwrap().unwrap();
    rate("sealed, durable, and signed", signed.size as f64, begun.elapsed().as_secs_f64(), "events");
    let grown = size_of("after.db").await.saturating_sub(before);

    let mut files: BTreeMap<String, Vec<u8>> =
        BTreeMap::from([("checkpoint".into(), signed.note.into_bytes())]);
    let mut entries = 0;
    for address in all_tiles(signed.size).chain(all_bundles(signed.size)) {
        let bytes = ledger.tile(address).await.unwrap().unwrap();
        entries += if address.level.is_none() { bytes.len() } else { 0 };
        files.insert(format!("tile/{address}"), bytes);
    }
    let bytes: usize = files.values().map(Vec::len).sum();
    let allowed = entries as f64 + 64.0 * signed.size as f64;
    println!("files of the log: {bytes} bytes, {:.2} of entries + 2 × 32 bytes each", bytes as f64 / allowed);
    println!(
        "database: grew by {grown} bytes, {:.2} of entries + 2 × 32 bytes each ({:.0} bytes an entry)",
        grown as f64 / allowed,
        entries as f64 / signed.size as f64
    );
    let key = ledger.standing().await.unwrap().vkey.parse().unwrap();
    let begun = Instant::now();
    let mut fetch = |path: &str| files.get(path).cloned().ok_or_else(|| path.to_owned());
    audit::verify(&mut fetch, &key, &audit::Quorum::default(), None, &mut |_, _| {}).unwrap();
    rate("verified from entries", signed.size as f64, begun.elapsed().as_secs_f64(), "entries");

    let (count, entry) = (1_000_000, vec![7_u8; entries / usize::try_from(signed.size).unwrap()]);
    let begun = Instant::now();
    for _ in 0..count {
        std::hint::black_box(leaf_hash(std::hint::black_box(&entry)));
    }
    rate("anchor: hashing such leaves alone", f64::from(count), begun.elapsed().as_secs_f64(), "leaves");
    for (log, size) in [(1001, 1_000_000), (1002, 10_000_000)] {
        tall(&store, log, size).await;
    }
}
