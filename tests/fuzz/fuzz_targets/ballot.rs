//! Any bytes as a Pabulib file: refused with lines and sentences, or decided by every rule without overspending. Never a panic.
#![no_main]

use gongzhi_ballot::pabulib::File;
use gongzhi_ballot::{Options, Refused, Rule, Terms, decide};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let file = match File::parse(bytes) {
        Ok(file) => file,
        Err(problems) => {
            assert!(!problems.is_empty());
            for problem in problems {
                assert!(problem.line > 0 && !problem.to_string().is_empty());
            }
            return;
        }
    };
    let election = &file.election;
    if election.projects().len() > 40 || election.voters() > 200 {
        return;
    }
    // A budget in the smallest coins can ask for more steps than anybody waits for.
    let terms = Terms { most_steps: 50, ..Terms::default() };
    let options = Options { seed: Some(1), seats: 2, terms, threshold: file.threshold().unwrap_or(0) };
    for rule in Rule::ALL {
        match decide(election, rule, &options) {
            Ok(outcome) => {
                assert!(!rule.spends() || outcome.cost <= election.budget());
                assert!(outcome.voters_without_winner <= outcome.voters);
                for project in 0..election.projects().len() {
                    let why = outcome.why_not(election, &terms, project);
                    assert_eq!(why.is_none(), outcome.winners.contains(&project));
                }
            }
            Err(refused) => {
                assert!(!matches!(refused, Refused::LotNeeded(_)), "there is a seed");
                assert!(!refused.to_string().is_empty());
            }
        }
    }
});
