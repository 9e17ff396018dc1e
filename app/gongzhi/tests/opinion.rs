//! `gongzhi opinion`, asked from outside as people ask it.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use std::fmt::Write;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use serde_json::Value;

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

#[track_caller]
fn done(output: Output) -> String {
    assert_eq!(output.status.code(), Some(0), "{}{}", out(&output), err(&output));
    out(&output)
}

#[track_caller]
fn refused(output: &Output, code: i32) -> String {
    let said = err(output);
    assert_eq!(output.status.code(), Some(code), "{}{said}", out(output));
    assert!(said.lines().any(|line| line.starts_with("gongzhi: ") || line.starts_with("error: ")), "{said}");
    assert!(!said.contains("panicked"), "{said}");
    said
}

/// Votes of 40 people on 20 statements: even and odd ones differ on all but 0 (all agree) and 1 (all disagree).
fn cast() -> Vec<(u64, u64, i8)> {
    let mut state = 88_172_645_463_325_252_u64;
    let mut votes = Vec::new();
    for person in 0..40_u64 {
        for statement in 0..20_u64 {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            let slip = state.is_multiple_of(8);
            let vote = match statement {
                0 => 1,
                1 => -1,
                _ if person.is_multiple_of(2) != slip => 1,
                _ => -1,
            };
            votes.push((person, statement, vote));
        }
    }
    votes
}

fn long(votes: &[(u64, u64, i8)]) -> String {
    let mut text = "timestamp,datetime,comment-id,voter-id,vote\n".to_owned();
    for (at, (person, statement, vote)) in votes.iter().enumerate() {
        writeln!(text, "{},Mon,{statement},{person},{vote}", 1000 + at).unwrap();
    }
    text
}

fn wide(votes: &[(u64, u64, i8)]) -> String {
    let mut text = "participant,group-id,n-votes,n-agree,n-disagree".to_owned();
    (0..20).for_each(|statement| write!(text, ",{statement}").unwrap());
    for row in votes.chunks(20) {
        write!(text, "\n{},0,20,0,0", row[0].0).unwrap();
        row.iter().for_each(|vote| write!(text, ",{}", vote.2).unwrap());
    }
    text + "\n"
}

fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let votes = cast();
    std::fs::write(folder.path().join("votes.csv"), long(&votes)).unwrap();
    std::fs::write(folder.path().join("participants-votes.csv"), wide(&votes)).unwrap();
    std::fs::write(
        folder.path().join("comments.csv"),
        "timestamp,comment-id,moderated,comment-body\n1,0,1,公园晚上多开一小时\n1,1,1,\"取消早市,\n全部\"\n1,2,-1,广告\n",
    )
    .unwrap();
    folder
}

fn json(folder: &Path, words: &[&str]) -> Value {
    serde_json::from_str(&done(run(folder, words))).unwrap()
}

fn keys(value: &Value) -> Vec<&str> {
    value.as_object().unwrap().keys().map(String::as_str).collect()
}

#[test]
fn machines_are_told_places_groups_statements_consensus_and_stability() {
    let folder = folder();
    let map = json(folder.path(), &["opinion", "votes.csv", "--json"]);
    assert_eq!(keys(&map), ["k", "people", "groups", "statements", "consensus", "stability"]);
    assert_eq!(map["k"], 2);
    assert_eq!(map["people"].as_array().unwrap().len(), 40);
    assert_eq!(keys(&map["people"][0]), ["id", "x", "y", "group"]);
    let group = |person: usize| &map["people"][person]["group"];
    assert_ne!(group(0), group(1));
    for person in 0..40 {
        assert_eq!(group(person), group(person % 2), "person {person}");
    }
    assert_eq!(keys(&map["groups"][0]), ["id", "size", "silhouette", "representative"]);
    assert_eq!(map["groups"][0]["size"], 20);
    assert_eq!(map["groups"][0]["representative"].as_array().unwrap().len(), 5);
    assert_eq!(keys(&map["groups"][0]["representative"][0]), ["statement", "side"]);
    assert_eq!(keys(&map["statements"][0]), ["id", "extremity", "group_consensus", "bridging", "priority"]);
    assert_eq!(map["consensus"], serde_json::json!({ "agree": [0], "disagree": [1] }));
    assert!(map["stability"]["keep_group"].as_f64().unwrap() > 0.9);
    // Both exports hold the same votes; the order of rows and a second run change nothing.
    assert_eq!(json(folder.path(), &["opinion", "participants-votes.csv", "--json"]), map);
    let mut votes = cast();
    votes.reverse();
    std::fs::write(folder.path().join("reversed.csv"), long(&votes)).unwrap();
    assert_eq!(json(folder.path(), &["opinion", "reversed.csv", "--json", "--seed", "1"]), map);
    let parity = json(folder.path(), &["opinion", "votes.csv", "--json", "--parity"]);
    assert_eq!(keys(&parity), keys(&map));
    assert_eq!((&parity["k"], &parity["stability"]["resamples"]), (&map["k"], &Value::from(0)));
}

#[test]
fn people_are_told_with_words_and_a_picture() {
    let folder = folder();
    let words = ["opinion", "votes.csv", "--comments", "comments.csv", "--svg", "map.svg"];
    let told = done(run(folder.path(), &words));
    for part in [
        "40 people, 19 statements, 800 votes",
        "1 statement was moderated out and left out",
        "2 groups of 40 people",
        "A · 20 people",
        "+ 0 公园晚上多开一小时: 40 of 40",
        "- 1 取消早市, 全部: 40 of 40",
        "What bridges best",
        "The map is in map.svg",
    ] {
        assert!(told.contains(part), "`{part}` is not in\n{told}");
    }
    assert!(!told.contains("广告"), "{told}");
    let svg = std::fs::read_to_string(folder.path().join("map.svg")).unwrap();
    assert!(svg.starts_with("<svg") && svg.trim_end().ends_with("</svg>"), "{svg}");
    assert!(svg.contains("<title>votes.csv</title>"));
}

#[test]
fn rows_that_cannot_be_taken_are_named_and_the_map_is_still_drawn() {
    let folder = folder();
    let mut text = long(&cast()).into_bytes();
    text.extend(b"1,Mon,x,3,1\n1,Mon,3,4,7\n1,Mon,3,\xff,1\n");
    std::fs::write(folder.path().join("votes.csv"), text).unwrap();
    let output = run(folder.path(), &["opinion", "votes.csv", "--json"]);
    let said = refused(&output, 1);
    assert!(said.contains("votes.csv:802: `comment-id` is no number: x"), "{said}");
    assert!(said.contains("votes.csv:803: `vote` is none of 1, 0, -1: 7"), "{said}");
    assert!(said.contains("votes.csv:804:") && said.contains("3 rows or votes were not taken"), "{said}");
    let map: Value = serde_json::from_str(&out(&output)).unwrap();
    assert_eq!(map["k"], 2);
}

#[test]
fn other_files_are_refused_with_the_way_out() {
    let folder = folder();
    let said = refused(&run(folder.path(), &["opinion", "missing.csv"]), 1);
    assert!(said.contains("cannot read missing.csv"), "{said}");
    let said = refused(&run(folder.path(), &["opinion", "comments.csv"]), 1);
    assert!(said.contains("participants-votes.csv"), "{said}");
    std::fs::write(folder.path().join("none.csv"), "timestamp,datetime,comment-id,voter-id,vote\n").unwrap();
    let said = refused(&run(folder.path(), &["opinion", "none.csv"]), 1);
    assert!(said.contains("no vote in none.csv"), "{said}");
    refused(&run(folder.path(), &["opinion"]), 2);
    refused(&run(folder.path(), &["opinion", "votes.csv", "--seed", "much"]), 2);
}
