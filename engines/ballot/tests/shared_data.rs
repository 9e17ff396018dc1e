//! Whole real budgets against what the reference and the cities themselves decided. Run by `make data-test`.
//!
//! `golden/winners.json` holds which projects win, as computed with PyPI `pabutools` 1.2.3 (GPL-3.0; exact fractions,
//! ties by lower cost, then more votes), on files of Pabulib (pabulib.org, CC BY 4.0). No row of them is in here.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stderr, missing_docs)]

use std::collections::BTreeSet;
use std::path::PathBuf;

use gongzhi_ballot::pabulib::File;
use gongzhi_ballot::{Election, Options, Rule, Terms, Utility, decide};
use serde_json::Value;

fn golden() -> Value {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/golden/winners.json");
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

fn read(name: &str) -> Option<File> {
    let data = std::env::var_os("GONGZHI_TEST_DATA").map_or_else(
        || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data"),
        PathBuf::from,
    );
    let path = data.join("pabulib").join(format!("{name}.pb"));
    let Ok(bytes) = std::fs::read(&path) else {
        eprintln!("{name}: skipped, there is no {} (set GONGZHI_TEST_DATA)", path.display());
        return None;
    };
    Some(File::parse(&bytes).unwrap_or_else(|problems| panic!("{name}: {}", problems[0])))
}

fn ids(election: &Election, winners: &[usize]) -> BTreeSet<String> {
    winners.iter().map(|winner| election.id(*winner).to_owned()).collect()
}

fn expected(value: &Value) -> BTreeSet<String> {
    value.as_array().unwrap().iter().map(|id| id.as_str().unwrap().to_owned()).collect()
}

fn winners(file: &File, rule: Rule, utility: Utility) -> BTreeSet<String> {
    let options =
        Options { terms: Terms { utility, ..Terms::default() }, seed: Some(0), ..Options::default() };
    let outcome = decide(&file.election, rule, &options).unwrap();
    assert!(outcome.cost <= file.election.budget());
    ids(&file.election, &outcome.winners)
}

#[test]
#[ignore = "needs GONGZHI_TEST_DATA"]
fn every_shared_file_is_decided_as_the_reference_decides_it() {
    let rules = [
        ("greedy", Rule::Greedy, Utility::Cost),
        ("greedy-cardinality", Rule::Greedy, Utility::Cardinality),
        ("phragmen", Rule::Phragmen, Utility::Cost),
        ("equal-shares", Rule::EqualShares, Utility::Cost),
        ("equal-shares-cardinality", Rule::EqualShares, Utility::Cardinality),
        ("equal-shares-utilitarian", Rule::EqualSharesUtilitarian, Utility::Cost),
        ("equal-shares-add1", Rule::EqualSharesAdd1, Utility::Cost),
    ];
    let mut compared = 0;
    for (name, of_file) in golden()["files"].as_object().unwrap() {
        let Some(file) = read(name) else { continue };
        for (said, rule, utility) in rules {
            let expected = expected(&of_file[said]);
            assert_eq!(winners(&file, rule, utility), expected, "{name} by {said}");
            compared += 1;
        }
    }
    eprintln!("{compared} outcomes equal to the reference");
}

#[test]
#[ignore = "needs GONGZHI_TEST_DATA"]
fn cities_are_given_what_they_announced() {
    let cities = [
        ("Netherlands_Assen_2024", Rule::EqualSharesAdd1),
        ("Poland_Swiecie_2023", Rule::EqualSharesAdd1),
        ("Poland_Krakow_2024", Rule::Greedy),
        ("Poland_Warszawa_2021_Mokotow", Rule::Greedy),
    ];
    for (name, rule) in cities {
        let Some(file) = read(name) else { continue };
        let official = ids(&file.election, file.official.as_ref().unwrap());
        assert!(!official.is_empty());
        assert_eq!(winners(&file, rule, Utility::Cost), official, "{name} by {rule}");
    }
}
