//! `gongzhi ballot`, asked from outside as people ask it.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use std::path::Path;
use std::process::{Command, Output, Stdio};

use serde_json::{Value, json};

/// Six people want park and bridge, four the library; the city built the park.
const BUDGET: &str = "META
key;value
unit;Invented
instance;2026
num_projects;3
num_votes;10
budget;1000
vote_type;approval
rule;greedy
currency;CNY
PROJECTS
project_id;cost;votes;name;selected
park;600;6;公园;1
library;400;4;Library;0
bridge;700;6;Bridge;0
VOTES
voter_id;vote
v1;park,bridge
v2;park,bridge
v3;park,bridge
v4;park,bridge
v5;park,bridge
v6;park,bridge
v7;library
v8;library
v9;library
v10;library
";

fn run(folder: &Path, words: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_gongzhi"));
    for (name, _) in std::env::vars() {
        if name.starts_with("GONGZHI_") {
            command.env_remove(name);
        }
    }
    command.current_dir(folder).stdin(Stdio::null()).args(words).output().unwrap()
}

fn out(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn err(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

/// A folder with this file in it.
fn folder(name: &str, text: impl AsRef<[u8]>) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join(name), text).unwrap();
    folder
}

#[track_caller]
fn done(output: Output) -> String {
    assert_eq!(output.status.code(), Some(0), "{}{}", out(&output), err(&output));
    out(&output)
}

#[test]
fn an_outcome_is_answered_to_machines_in_one_shape() {
    let folder = folder("budget.pb", BUDGET);
    let said = done(run(folder.path(), &["ballot", "budget.pb", "--rule", "equal-shares", "--json"]));
    assert_eq!(
        serde_json::from_str::<Value>(&said).unwrap(),
        json!({
            "rule": "equal-shares", "winners": ["park", "library"], "cost": 1000, "unspent": 0,
            "voters": 10, "voters_without_winner": 0,
            "official": { "winners": ["park"], "same": false },
        })
    );
    let said = done(run(folder.path(), &["ballot", "budget.pb", "--all-rules", "--json"]));
    let all: Vec<Value> = serde_json::from_str(&said).unwrap();
    let rules: Vec<&str> = all.iter().map(|one| one["rule"].as_str().unwrap()).collect();
    assert_eq!(
        rules,
        [
            "equal-shares",
            "equal-shares-utilitarian",
            "equal-shares-add1",
            "equal-shares-add1-comparison",
            "greedy",
            "greedy-no-skip",
            "phragmen",
            "irv",
            "stv-scottish",
            "stv-meek",
            "schulze"
        ]
    );
    assert!(all[7]["error"].as_str().unwrap().contains("ranked"));
    assert_eq!(all[5]["winners"], json!(["park"]), "the bridge does not fit, and there it ends");
    assert_eq!(all[5]["official"]["same"], json!(true));
    // Money with decimals stays a number, and a file that announces nothing says so.
    let cents =
        BUDGET.replace("park;600;", "park;600.25;").replace("Library;0", "Library;").replace(";1\n", ";0\n");
    std::fs::write(folder.path().join("cents.pb"), cents.replace(";selected", ";chosen")).unwrap();
    let said = done(run(folder.path(), &["ballot", "cents.pb", "--rule", "greedy", "--json"]));
    let answer: Value = serde_json::from_str(&said).unwrap();
    assert_eq!((&answer["cost"], &answer["official"]), (&json!(600.25), &Value::Null));
}

#[test]
fn people_are_told_who_paid_why_not_and_what_differs() {
    let folder = folder("budget.pb", BUDGET);
    let said = done(run(folder.path(), &["ballot", "budget.pb", "--rule", "equal-shares"]));
    for part in [
        "Invented, 2026: 3 projects, 10 voters, budget 1000 CNY",
        "2 chosen, cost 1000, unspent 0",
        "6 paid 100.00 each",
        "its supporters had 0.00 left together; 700.00 were missing",
        "0 of 10 voters (0.0 %) got nothing",
        "chosen here and not there: library",
    ] {
        assert!(said.contains(part), "{part} is not in {said}");
    }
    // A step of Add1 is a unit of money, whatever the smallest coin in the file.
    for (name, cost) in [("whole.pb", "700"), ("coins.pb", "700.25")] {
        std::fs::write(folder.path().join(name), BUDGET.replace(";700;", &format!(";{cost};"))).unwrap();
        let said = done(run(folder.path(), &["ballot", name, "--rule", "equal-shares-add1"]));
        assert!(said.contains("raised the share 116 times; once more, bridge would"), "{said}");
    }
    let words = ["ballot", "whole.pb", "--rule", "equal-shares-add1", "--step", "10"];
    assert!(done(run(folder.path(), &words)).contains("raised the share 11 times"));
    // Without --rule the file's own: greedy, as announced but for the library, which still fits.
    let said = done(run(folder.path(), &["ballot", "budget.pb"]));
    assert!(said.contains("\ngreedy: ") && said.contains("when its turn came 400 were left"), "{said}");
    let said = done(run(folder.path(), &["ballot", "budget.pb", "--all-rules"]));
    assert!(
        said.contains("greedy-no-skip") && said.contains("the same") && said.contains("all rules"),
        "{said}"
    );
}

#[test]
fn what_cannot_be_decided_is_said_in_a_sentence() {
    let folder = folder("budget.pb", BUDGET);
    let refused = |words: &[&str], code: i32, says: &str| {
        let output = run(folder.path(), &[&["ballot"], words].concat());
        let said = err(&output);
        assert_eq!(output.status.code(), Some(code), "{words:?}: {}{said}", out(&output));
        assert!(said.contains(says) && !said.contains("panicked"), "{words:?}: {said}");
    };
    refused(&["budget.pb", "--rule", "irv"], 1, "needs ranked ones");
    refused(&["budget.pb", "--rule", "dice"], 2, "equal-shares-add1-comparison");
    refused(&["budget.pb", "--rule", "irv", "--all-rules"], 2, "--all-rules");
    refused(&["nowhere.pb"], 1, "cannot read nowhere.pb");
    refused(&[], 2, "FILE.pb");
    let wrong = [
        ("zero.pb", BUDGET.replace("budget;1000", "budget;0"), "zero.pb:7: the budget is zero"),
        ("cost.pb", BUDGET.replace(";600;", ";-600;"), "cost.pb:13: cost: -600 is below zero"),
        (
            "vote.pb",
            BUDGET.replace("v7;library", "v7;school"),
            "vote.pb:24: voter v7 votes for project school",
        ),
        ("twice.pb", BUDGET.replace("v8;", "v7;"), "twice.pb:25: voter v7 a second time"),
        ("empty.pb", BUDGET.replace("v9;library", "v9;"), "empty.pb:26: the ballot of voter v9 is empty"),
    ];
    for (name, text, says) in &wrong {
        std::fs::write(folder.path().join(name), text).unwrap();
        refused(&[name], 1, says);
    }
    std::fs::write(folder.path().join("bytes.pb"), [BUDGET.as_bytes(), b"v11;\xff\n"].concat()).unwrap();
    refused(&["bytes.pb"], 1, "bytes.pb:28: this is not UTF-8");
    let output = run(folder.path(), &["ballot", "zero.pb", "--json"]);
    let said: Value = serde_json::from_str(&out(&output)).unwrap();
    assert_eq!(said["problems"], json!([{ "line": 7, "reason": "the budget is zero" }]));
    assert!(said["error"].is_string() && said["way_out"].is_string());
    assert_eq!(output.status.code(), Some(1));
}
