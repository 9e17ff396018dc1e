//! Parity mode beside recorded outputs of the production system of Polis (not part of the repository).
//!
//! `GONGZHI_TEST_DATA=… cargo nextest run -p gongzhi-opinion --run-ignored all`
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stderr, missing_docs)]

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use gongzhi_opinion::parity::{State, map};
use gongzhi_opinion::{Moderation, Vote, Votes};
use serde_json::Value;

fn data() -> Option<PathBuf> {
    let folder = std::env::var_os("GONGZHI_TEST_DATA").map_or_else(
        || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data"),
        PathBuf::from,
    );
    if folder.is_dir() {
        return Some(folder.join("polis-reference"));
    }
    eprintln!("skipped: {} is not there (GONGZHI_TEST_DATA)", folder.display());
    None
}

fn numbers(value: &Value) -> Vec<f64> {
    value.as_array().unwrap().iter().map(|x| x.as_f64().unwrap()).collect()
}

fn ids(value: &Value) -> Vec<u64> {
    value.as_array().unwrap().iter().map(|x| x.as_u64().unwrap()).collect()
}

fn near(what: &str, ours: f64, theirs: f64) {
    assert!((ours - theirs).abs() <= 1e-9, "{what}: {ours} instead of {theirs}");
}

/// From an empty state, or from what production remembered; `given` says which of it.
fn compare(folder: &Path, given: &str) {
    let read =
        |name: &str| -> Value { serde_json::from_slice(&std::fs::read(folder.join(name)).unwrap()).unwrap() };
    let (recorded, cast) = (read("math-pca2.json"), read("votes.json"));
    let votes = Votes::collect(cast.as_array().unwrap().iter().map(|vote| {
        let number = |name: &str| vote[name].as_u64().unwrap();
        let value = i8::try_from(vote["vote"].as_i64().unwrap()).unwrap();
        (number("participant_id"), number("statement_id"), Vote::of(value))
    }))
    .unwrap();
    let moderation = Moderation {
        out: ids(&recorded["mod-out"]).into_iter().collect(),
        meta: ids(&recorded["meta-tids"]).into_iter().collect(),
        banned: BTreeSet::new(),
    };
    let base: Vec<(u32, Vec<u64>)> = ids(&recorded["base-clusters"]["id"])
        .into_iter()
        .zip(recorded["base-clusters"]["members"].as_array().unwrap())
        .map(|(id, members)| (u32::try_from(id).unwrap(), ids(members)))
        .collect();
    let mut state = State::default();
    if given != "nothing" {
        state.members = ids(&recorded["in-conv"]).into_iter().collect();
    }
    if given == "its base clusters" {
        state.base = base.iter().cloned().collect();
    }
    let map = map(&votes, &moderation, &mut state);

    // Production keeps agree as −1, and the direction of its axes is that of a random start.
    let pca = &recorded["pca"];
    let tids = ids(&recorded["tids"]);
    let axes: Vec<Vec<f64>> = pca["comps"].as_array().unwrap().iter().map(numbers).collect();
    let ours = |axis: usize| tids.iter().map(move |id| (*id, axis));
    let along = |(id, axis): (u64, usize)| map.statement(id).unwrap().along[axis];
    let turn: Vec<f64> = (0..2)
        .map(|axis| ours(axis).zip(&axes[axis]).map(|(at, theirs)| along(at) * theirs).sum::<f64>().signum())
        .collect();
    for axis in 0..2 {
        for (at, theirs) in ours(axis).zip(&axes[axis]) {
            near("axis", turn[axis] * along(at), *theirs);
        }
    }
    for (id, theirs) in tids.iter().zip(numbers(&pca["center"])) {
        near("centre", -map.statement(*id).unwrap().centre, theirs);
    }
    for (id, theirs) in tids.iter().zip(numbers(&pca["comment-extremity"])) {
        near("extremity", map.statement(*id).unwrap().extremity, theirs);
    }
    let projection: Vec<Vec<f64>> =
        pca["comment-projection"].as_array().unwrap().iter().map(numbers).collect();
    for (at, id) in tids.iter().enumerate() {
        let statement = map.statement(*id).unwrap();
        near("statement x", -turn[0] * statement.x, projection[0][at]);
        near("statement y", -turn[1] * statement.y, projection[1][at]);
    }
    // Places, as far as production publishes them: the middles of base clusters.
    let (xs, ys) = (numbers(&recorded["base-clusters"]["x"]), numbers(&recorded["base-clusters"]["y"]));
    for ((_, members), (x, y)) in base.iter().zip(xs.iter().zip(&ys)) {
        let places: Vec<_> = members.iter().map(|person| map.place(*person).unwrap()).collect();
        let count = f64::from(u32::try_from(places.len()).unwrap());
        near("place x", -turn[0] * places.iter().map(|place| place.x).sum::<f64>() / count, *x);
        near("place y", -turn[1] * places.iter().map(|place| place.y).sum::<f64>() / count, *y);
    }

    // Groups: the same number and the same people. Ours are matched to theirs by their members.
    let by_id: BTreeMap<u32, &Vec<u64>> = base.iter().map(|(id, members)| (*id, members)).collect();
    let theirs: BTreeMap<u64, BTreeSet<u64>> = recorded["group-clusters"]
        .as_array()
        .unwrap()
        .iter()
        .map(|group| {
            let members = ids(&group["members"]);
            let people = members.iter().flat_map(|id| by_id[&u32::try_from(*id).unwrap()].iter().copied());
            (group["id"].as_u64().unwrap(), people.collect())
        })
        .collect();
    assert_eq!(map.groups.len(), theirs.len(), "k from {given}; tried {:?}", map.tried);
    // Which people begin as the first clusters is an accident of production that only its base clusters tell.
    if given != "its base clusters" {
        return;
    }
    let mut matched = BTreeMap::new();
    for (number, people) in &theirs {
        let any = people.first().unwrap();
        let ours = map.place(*any).unwrap().group.unwrap();
        let members: BTreeSet<u64> =
            map.people.iter().filter(|place| place.group == Some(ours)).map(|place| place.person).collect();
        assert_eq!(&members, people, "group {number} from {given}");
        matched.insert(*number, ours);
    }
    for (id, theirs) in recorded["group-aware-consensus"].as_object().unwrap() {
        let statement = map.statement(id.parse().unwrap()).unwrap();
        near("group-informed consensus", statement.group_consensus, theirs.as_f64().unwrap());
    }
    for (id, theirs) in recorded["comment-priorities"].as_object().unwrap() {
        near("priority", map.statement(id.parse().unwrap()).unwrap().priority, theirs.as_f64().unwrap());
    }
    for (number, theirs) in recorded["repness"].as_object().unwrap() {
        let group = &map.groups[matched[&number.parse::<u64>().unwrap()] as usize];
        let theirs = theirs.as_array().unwrap();
        assert_eq!(group.representative.len(), theirs.len());
        for (ours, theirs) in group.representative.iter().zip(theirs) {
            let side = if theirs["repful-for"] == "agree" { Vote::Agree } else { Vote::Disagree };
            assert_eq!((ours.statement, ours.side), (theirs["tid"].as_u64().unwrap(), side));
            assert_eq!(u64::from(ours.count), theirs["n-success"].as_u64().unwrap());
            assert_eq!(u64::from(ours.seen), theirs["n-trials"].as_u64().unwrap());
            near("p", ours.share, theirs["p-success"].as_f64().unwrap());
            near("p test", ours.share_z, theirs["p-test"].as_f64().unwrap());
            near("representativeness", ours.ratio, theirs["repness"].as_f64().unwrap());
            // Production shortens this one to single precision.
            assert!((ours.ratio_z - theirs["repness-test"].as_f64().unwrap()).abs() < 1e-6);
        }
    }
    for (side, ours) in [("agree", &map.consensus.agree), ("disagree", &map.consensus.disagree)] {
        let theirs = recorded["consensus"][side].as_array().unwrap();
        assert_eq!(ours.len(), theirs.len());
        for (ours, theirs) in ours.iter().zip(theirs) {
            assert_eq!(ours.statement, theirs["tid"].as_u64().unwrap(), "consensus {side}");
            assert_eq!(u64::from(ours.count), theirs["n-success"].as_u64().unwrap());
            near("consensus p", ours.share, theirs["p-success"].as_f64().unwrap());
            near("consensus test", ours.z, theirs["p-test"].as_f64().unwrap());
        }
    }
}

#[test]
#[ignore = "needs GONGZHI_TEST_DATA"]
fn conversations_are_reproduced_from_their_base_clusters() {
    let Some(data) = data() else { return };
    compare(&data.join("above-100-ptpts"), "its base clusters");
    compare(&data.join("25ptpt-3gp-no-strict-with-meta"), "its base clusters");
}

#[test]
#[ignore = "needs GONGZHI_TEST_DATA"]
fn axes_places_and_the_number_of_groups_need_no_state() {
    let Some(data) = data() else { return };
    compare(&data.join("25ptpt-3gp-no-strict-with-meta"), "nothing");
    // Here 32 people belong from a time when there were fewer statements.
    compare(&data.join("above-100-ptpts"), "its members");
}
