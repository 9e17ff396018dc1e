//! Files: what is read, and every way in which one can be wrong, with the line and the sentence.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use gongzhi_ballot::pabulib::{File, MOST_PROBLEMS, Problem, What};
use gongzhi_ballot::{Kind, Options, Rule, Terms, decide};
use proptest::prelude::*;

const GOOD: &str = "META
key;value
description;Invented
num_projects;3
num_votes;4
budget;1000
vote_type;approval
rule;greedy
PROJECTS
project_id;cost;votes;name;selected
park;600;2;\"Park; with pond\";1
library;400;2;Library;0
bridge;700;1;Bridge;0
VOTES
voter_id;vote;age
v1;park,bridge;30
v2;park;41
v3;library;19
v4;library;77
";

fn parse(text: &str) -> Result<File, Vec<Problem>> {
    File::parse(text.as_bytes())
}

/// The good file with one piece replaced.
fn with(piece: &str, by: &str) -> String {
    assert!(GOOD.contains(piece), "{piece}");
    GOOD.replacen(piece, by, 1)
}

#[track_caller]
fn refused(text: &str, line: u64, says: &str) {
    let problems = parse(text).expect_err("it was taken");
    let first = &problems[0];
    assert_eq!(first.line, line, "{first}");
    assert!(first.to_string().contains(says), "{first}");
}

#[test]
fn a_file_is_read() {
    for text in [GOOD.to_owned(), GOOD.replace('\n', "\r\n"), format!("\u{feff}{GOOD}")] {
        let file = parse(&text).unwrap();
        let election = &file.election;
        assert_eq!((election.kind(), election.budget(), election.voters()), (Kind::Approval, 1000, 4));
        assert_eq!(file.names, ["Park; with pond", "Library", "Bridge"]);
        assert_eq!(file.voters, ["v1", "v2", "v3", "v4"]);
        assert_eq!(file.official, Some(vec![0]));
        assert_eq!(file.meta["description"], "Invented");
        assert_eq!(election.ballots().len(), 3, "two said the same");
        assert_eq!(election.ballot_of(2), election.ballot_of(3));
        assert_eq!(file.oddities, []);
        let outcome = decide(election, Rule::Greedy, &Options::default()).unwrap();
        assert_eq!(outcome.winners, [1, 0], "two votes each: the cheaper first");
    }
}

#[test]
fn other_ballots_are_read() {
    let ordinal = parse(&with("approval", "ordinal\nmax_length;3")).unwrap();
    let first = &ordinal.election.ballots()[0].choices;
    assert_eq!((first[0].points, first[1].points), (3, 2), "points from max_length down");
    let points = GOOD
        .replace("vote_type;approval", "vote_type;cumulative")
        .replace("voter_id;vote;age", "voter_id;vote;points")
        .replace("bridge;30", "bridge;3,0")
        .replace("park;41", "park;1.5")
        .replace("library;19", "library;2")
        .replace("library;77", "library;1");
    let file = parse(&points).unwrap();
    assert_eq!(file.election.support(0).points, 45, "tenths of a point");
    assert_eq!((file.point_decimals, file.threshold()), (1, None));
    let bar = parse(&points.replace("rule;greedy", "min_project_score_threshold;3")).unwrap();
    assert_eq!(bar.threshold(), Some(30), "three points are thirty tenths");
    assert_eq!(file.election.support(2).votes, 0, "no points, no vote");
    let one = parse(&with("approval", "choose-1").replace("park,bridge", "park")).unwrap();
    assert_eq!(one.election.kind(), Kind::ChooseOne);
    assert!(parse(GOOD.split_once("key;value\n").map(|(a, b)| format!("{a}{b}")).unwrap().as_str()).is_ok());
}

#[test]
fn money_may_have_decimals() {
    let file = parse(&with("budget;1000", "budget;1000.50").replace(";600;", ";600.25;")).unwrap();
    assert_eq!((file.decimals, file.election.budget(), file.election.cost(0)), (2, 100_050, 60_025));
    assert_eq!(file.money(100_050), "1000.50");
}

#[test]
fn whatever_is_wrong_is_named_with_its_line() {
    refused(&with("budget;1000", "budget;0"), 6, "the budget is zero");
    refused(&with("budget;1000", "budget;-5"), 6, "budget: -5 is below zero");
    refused(&with("budget;1000", "budget;many"), 6, "`many` is no number");
    refused(&with("budget;1000", "budget;9223372036854775808"), 6, "is too large");
    refused(&with("budget;1000\n", ""), 1, "does not say `budget`");
    refused(&with("vote_type;approval\n", ""), 1, "does not say `vote_type`");
    refused(&with("approval", "guess"), 7, "vote_type `guess` is not known");
    refused(&with(";600;", ";-600;"), 11, "cost: -600 is below zero");
    refused(&with(";600;", ";;"), 11, "cost: `` is no number");
    refused(&with("library;400", "park;400"), 12, "project park a second time; it stands on line 11");
    refused(&with("bridge;700", ";700"), 13, "without project_id");
    refused(&with("v3;library", "v3;school"), 18, "voter v3 votes for project school, which there is not");
    refused(&with("v4;library", "v1;library"), 19, "voter v1 a second time; their vote stands on line 16");
    refused(&with("v2;park", "v2;"), 17, "the ballot of voter v2 is empty");
    refused(&with("v2;park", "v2;park,park"), 17, "names project park twice");
    refused(&with("v2;park", ";park"), 17, "without voter_id");
    refused(&with("approval", "choose-1"), 16, "more than one project");
    refused(&with("approval", "cumulative"), 15, "no column `points`");
    refused(&with("project_id;cost", "id;cost"), 10, "section PROJECTS has no column `project_id`");
    refused(&with("PROJECTS\n", ""), 18, "no section PROJECTS");
    refused(&with("VOTES\n", "META\n"), 14, "a second section META");
    refused(&format!("hello\n{GOOD}"), 1, "before the first section");
    refused("", 1, "no section META");
    refused(GOOD.split("v1;").next().unwrap(), 14, "there are no votes");
    let half = 1_u64 << 62;
    let sums = with(";600;", &format!(";{half};")).replace(";400;", &format!(";{half};"));
    refused(&sums, 12, "the costs add up to 2^63 or more");
    let points = GOOD
        .replace("vote_type;approval", "vote_type;scoring")
        .replace("voter_id;vote;age", "voter_id;vote;points")
        .replace("bridge;30", "bridge;1,2,3");
    refused(&points, 16, "names 2 projects and gives points 3 times");
    refused(&points.replace("1,2,3", "1,-2"), 16, "points: -2 is below zero");
    refused(&points.replace("1,2,3", "1,9999999999"), 16, "9999999999 is too large");
    refused(&points.replace("1,2,3", "0,0"), 16, "the ballot of voter v1 is empty");
}

#[test]
fn bytes_that_are_no_text_are_named_with_their_line() {
    let mut bytes = GOOD.as_bytes().to_vec();
    let at = GOOD.find("Library").unwrap();
    bytes[at] = 0xff;
    let problems = File::parse(&bytes).unwrap_err();
    assert_eq!(problems, [Problem { line: 12, what: What::NotUtf8 }]);
}

#[test]
fn all_that_is_wrong_is_told_at_once_up_to_a_limit() {
    let two = with(";600;", ";x;").replace("v4;library", "v3;library");
    let lines: Vec<u64> = parse(&two).unwrap_err().iter().map(|problem| problem.line).collect();
    assert_eq!(lines, [11, 19]);
    let many = format!("{GOOD}{}", (0..1000).map(|one| format!("w{one};nothing;1\n")).collect::<String>());
    assert_eq!(parse(&many).unwrap_err().len(), MOST_PROBLEMS);
}

#[test]
fn what_is_odd_is_told_and_taken() {
    let odd = |text: &str| -> Vec<String> {
        parse(text).unwrap().oddities.iter().map(ToString::to_string).collect()
    };
    assert_eq!(odd(&with("num_votes;4", "num_votes;5")), ["line 5: num_votes: the file says 5 and holds 4"]);
    assert_eq!(odd(&with("library;400;2", "library;400;3")).len(), 1);
    assert_eq!(
        odd(&with("bridge;700", "bridge;1001")),
        ["line 13: project bridge costs more than the whole budget"]
    );
    assert_eq!(odd(&with("bridge;700", "bridge;0")), ["line 13: project bridge costs nothing"]);
    assert_eq!(
        odd(&with("Library;0", "Library;1").replace(";400;", ";500;")).len(),
        1,
        "chosen above the budget"
    );
    assert_eq!(
        odd(&with("rule;greedy", "max_length;1")),
        ["line 16: voter v1 names 2 projects; allowed are 1 to 1"]
    );
    assert_eq!(
        odd(&with("budget;1000", "budget;1000,0")),
        ["line 6: budget: a comma, read as a decimal point"]
    );
    assert_eq!(odd(&with("PROJECTS\n", "\nPROJECTS\n")), ["line 9: an empty line"]);
}

proptest! {
    /// Any bytes, and any file with some bytes changed: read or refused with a sentence.
    #[test]
    fn nothing_panics(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        if let Err(problems) = File::parse(&bytes) {
            prop_assert!(!problems.is_empty() && problems.iter().all(|problem| problem.line > 0));
        }
    }

    #[test]
    fn no_change_to_a_file_panics(changes in proptest::collection::vec((0..GOOD.len(), "[;,\n\"0-9.a-z-]{0,4}"), 1..6)) {
        let mut text = GOOD.to_owned();
        for (at, by) in changes {
            let at = at.min(text.len());
            if text.is_char_boundary(at) {
                text.replace_range(at..(at + 1).min(text.len()), &by);
            }
        }
        match parse(&text) {
            Ok(file) => {
                let terms = Terms { most_steps: 500, ..Terms::default() };
                let options = Options { seed: Some(1), terms, ..Options::default() };
                for rule in Rule::ALL {
                    if let Ok(outcome) = decide(&file.election, rule, &options) {
                        prop_assert!(!rule.spends() || outcome.cost <= file.election.budget());
                    }
                }
            }
            Err(problems) => prop_assert!(!problems[0].to_string().is_empty()),
        }
    }
}
