//! The picture in `docs/states/appeal.md` against the rules.

use std::collections::BTreeSet;

use gongzhi_appeals::model::StateName;
use gongzhi_appeals::rules::decide;

use crate::samples::{Story, commands, days, in_state, minutes, rulebook, start, submit};

const PICTURE: &str = include_str!("../../../../docs/states/appeal.md");

/// What happens to a case without changing its state.
const BESIDE: [&str; 6] = ["overdue", "reminded", "extended", "resumed", "merged", "split"];

type Edge = (String, String, String);

/// The edges of the picture: from, to, event. The ends are told by `[*]`.
fn drawn() -> (BTreeSet<Edge>, BTreeSet<String>) {
    let picture = PICTURE.split("```mermaid").nth(1).unwrap().split("```").next().unwrap();
    let mut edges = BTreeSet::new();
    let mut ends = BTreeSet::new();
    for line in picture.lines().map(str::trim).filter(|line| line.contains("-->")) {
        let (from, rest) = line.split_once("-->").unwrap();
        match rest.split_once(':') {
            Some((to, event)) => {
                edges.insert((from.trim().into(), to.trim().into(), event.trim().into()));
            }
            None => {
                assert_eq!(rest.trim(), "[*]", "{line}");
                ends.insert(from.trim().to_owned());
            }
        }
    }
    (edges, ends)
}

/// The edges that the rules take, found by trying every command in every state, early and late.
fn taken() -> BTreeSet<Edge> {
    let mut edges = BTreeSet::new();
    let mut follow = |story: Story, command: &gongzhi_appeals::rules::Command| {
        for now in [start() + minutes(30), start() + days(400)] {
            let Ok(events) = decide(story.appeal.as_ref(), command, &rulebook(), now) else { continue };
            let mut appeal = story.appeal.clone();
            for event in &events {
                let from = appeal.as_ref().map_or("[*]", |appeal| appeal.state.name().word()).to_owned();
                let after = gongzhi_appeals::rules::apply(appeal, event).unwrap();
                let kind = event.change.kind().trim_start_matches("appeal.").to_owned();
                if BESIDE.contains(&kind.as_str()) {
                    assert_eq!(from, after.state.name().word(), "{kind} changes no state");
                } else {
                    edges.insert((from, after.state.name().word().to_owned(), kind));
                }
                appeal = Some(after);
            }
        }
    };
    follow(Story::default(), &submit(true));
    follow(Story::default(), &submit(false));
    for state in StateName::ALL {
        for command in commands() {
            follow(in_state(state), &command);
        }
    }
    edges
}

#[test]
fn the_picture_is_true() {
    let (drawn, _) = drawn();
    let taken = taken();
    let missing: Vec<_> = taken.difference(&drawn).collect();
    let invented: Vec<_> = drawn.difference(&taken).collect();
    assert!(missing.is_empty() && invented.is_empty(), "not drawn: {missing:?}; not possible: {invented:?}");
}

#[test]
fn what_ends_in_the_picture_ends() {
    let (edges, ends) = drawn();
    let left: BTreeSet<String> = edges.iter().map(|(from, ..)| from.clone()).collect();
    for state in StateName::ALL {
        assert_eq!(ends.contains(state.word()), !left.contains(state.word()), "{state:?}");
        assert!(PICTURE.contains(&format!("| `{}` |", state.word())), "{state:?} is not explained");
    }
}
