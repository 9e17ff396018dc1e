//! Real conversations (CC BY 4.0, not part of the repository): our groups beside those of the production system.
//!
//! `GONGZHI_TEST_DATA=… cargo nextest run -p gongzhi-opinion --run-ignored all`
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stderr, missing_docs)]

use std::path::PathBuf;

use gongzhi_opinion::{Map, Moderation, Options, adjusted_rand_index, polis};

fn data() -> Option<PathBuf> {
    let folder = std::env::var_os("GONGZHI_TEST_DATA").map_or_else(
        || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data"),
        PathBuf::from,
    );
    if folder.is_dir() {
        return Some(folder);
    }
    eprintln!("skipped: {} is not there (GONGZHI_TEST_DATA)", folder.display());
    None
}

/// Adjusted Rand index of our groups with those that production had, over the people in both.
fn agreement(map: &Map, production: &std::collections::BTreeMap<u64, u32>) -> f64 {
    let (ours, theirs): (Vec<u32>, Vec<u32>) =
        map.people.iter().filter_map(|place| Some((place.group?, *production.get(&place.person)?))).unzip();
    adjusted_rand_index(&ours, &theirs)
}

#[test]
#[ignore = "needs GONGZHI_TEST_DATA"]
fn groups_agree_with_production_at_least_as_the_reference_engine_does() {
    let Some(data) = data() else { return };
    // The reference engine (red-dwarf 0.4.0, moderation as in comments.csv): 0.424 (0.56 with base clusters), 0.122,
    // 0.954, 0.0947.
    let wanted = [
        ("american-assembly.bowling-green", 0.56),
        ("london.youth.policing", 0.1218),
        ("scoop-hivemind.biodiversity", 0.95),
        ("scoop-hivemind.ubi", 0.0946),
    ];
    for (name, least) in wanted {
        let folder = data.join("polis").join(name);
        let read = |file: &str| std::fs::read(folder.join(file)).unwrap();
        let export = polis::read(&read("participants-votes.csv")).unwrap();
        assert_eq!(export.faulty, 0);
        let statements = polis::read_statements(&read("comments.csv")).unwrap();
        // Moderation hardly matters to the groups; without it they agree as well.
        for moderation in [statements.moderation(), Moderation::default()] {
            let map = Map::of(&export.votes, &moderation, &Options::default());
            let found = agreement(&map, &export.groups);
            let sizes: Vec<u32> = map.groups.iter().map(|group| group.size).collect();
            eprintln!("{name}: {found:.4}, sizes {sizes:?}, tried {:.3?}", map.tried);
            assert!(found >= least, "{name}: {found} < {least}");
        }
        if folder.join("votes.csv").exists() {
            let other = polis::read(&read("votes.csv")).unwrap();
            assert_eq!(other.votes, export.votes, "{name}: both exports hold the same votes");
        }
    }
}
