//! Counts worked out by hand.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs, unreachable_pub)]

mod world;

use gongzhi_ballot::ranked::{StageKind, approval, irv, schulze, stv_meek, stv_scottish};
use gongzhi_ballot::{Election, Lots, Refused, Rule, decide};

/// So many ballots with these letters in order.
fn ranked(candidates: usize, ballots: &[(usize, &str)]) -> Election {
    let order = |text: &str| text.bytes().map(|byte| usize::from(byte - b'a')).collect::<Vec<usize>>();
    let all = ballots.iter().flat_map(|(many, text)| std::iter::repeat_n(order(text), *many));
    Election::ranked(1, world::projects(&vec![1; candidates]), 0, all).unwrap()
}

#[test]
fn a_surplus_goes_on_at_its_value_cut_to_five_places() {
    // Ten ballots, two seats: a quota of 4. The surplus of 3 of a is worth 3/7 = 0.42857 on each of seven papers.
    let election = ranked(3, &[(7, "ab"), (1, "b"), (2, "c")]);
    let count = stv_scottish(&election, 2, &mut Lots::none()).unwrap();
    assert_eq!(count.quota, 4);
    assert_eq!(count.stages[0].votes, [700_000, 100_000, 200_000]);
    assert_eq!(
        (count.stages[0].kind, count.stages[0].elected.as_slice()),
        (StageKind::First, [0].as_slice())
    );
    assert_eq!(count.stages[1].kind, StageKind::Surplus(0));
    assert_eq!(count.stages[1].votes, [400_000, 100_000 + 7 * 42_857, 200_000]);
    assert_eq!(count.stages[2].kind, StageKind::Excluded(2));
    assert_eq!(count.winners, [0, 1]);
}

#[test]
fn papers_of_second_hand_go_on_at_a_part_of_their_value() {
    // 24 ballots, three seats: a quota of 7. a has 12, a surplus of 5, each paper 5/12 = 0.41666. b then has
    // 4 + 12 · 0.41666 = 8.99992, a surplus of 1.99992; a paper from a is now worth 1.99992 · 0.41666 / 8.99992 = 0.09258,
    // one of its own 1.99992 / 8.99992 = 0.22221.
    let election = ranked(4, &[(12, "abc"), (4, "bd"), (3, "c"), (5, "d")]);
    let count = stv_scottish(&election, 3, &mut Lots::none()).unwrap();
    assert_eq!(count.quota, 7);
    assert_eq!(count.stages[1].votes, [700_000, 899_992, 300_000, 500_000]);
    assert_eq!(count.stages[2].kind, StageKind::Surplus(1));
    assert_eq!(count.stages[2].votes, [700_000, 700_000, 300_000 + 12 * 9_258, 500_000 + 4 * 22_221]);
    assert_eq!(count.winners, [0, 1, 3]);
}

#[test]
fn ties_look_back_and_then_ask_for_the_lot() {
    // After the exclusion of d, b and c have three each; before it c had fewer, so c is excluded.
    let election = ranked(4, &[(5, "a"), (3, "b"), (2, "c"), (1, "dc")]);
    let count = stv_scottish(&election, 1, &mut Lots::none()).unwrap();
    let excluded: Vec<StageKind> = count.stages.iter().map(|stage| stage.kind).collect();
    assert_eq!(excluded[1..3], [StageKind::Excluded(3), StageKind::Excluded(2)]);
    let even = ranked(3, &[(3, "a"), (2, "b"), (2, "c")]);
    let refused = stv_scottish(&even, 1, &mut Lots::none()).unwrap_err();
    assert_eq!(refused, Refused::LotNeeded(vec!["p1".into(), "p2".into()]));
    let mut lots = Lots::with_seed(5);
    assert_eq!(stv_scottish(&even, 1, &mut lots).unwrap().winners.len(), 1);
    assert_eq!(lots.drawn()[0].between, [1, 2]);
}

#[test]
fn meek_keeps_a_quota_and_lets_go_of_the_rest_again_and_again() {
    // Nine ballots, two seats. a has 6 and keeps half, so b has 3 and c 2: b is elected, though by first preferences
    // it has none.
    let election = ranked(3, &[(6, "ab"), (3, "c")]);
    let count = stv_meek(&election, 2, &mut Lots::with_seed(1)).unwrap();
    assert!(count.winners.contains(&0));
    let election = ranked(4, &[(6, "ab"), (2, "c"), (1, "d")]);
    let count = stv_meek(&election, 2, &mut Lots::none()).unwrap();
    assert_eq!(count.winners, [0, 1]);
    assert_eq!(count.rounds[0].quota, 3_000_000_001);
    // Of one seat it is a run-off.
    let election = ranked(3, &[(4, "ac"), (3, "bc"), (2, "cb")]);
    assert_eq!(stv_meek(&election, 1, &mut Lots::none()).unwrap().winners, [1]);
    assert_eq!(irv(&election, &mut Lots::none()).unwrap().winner, 1);
}

#[test]
fn a_run_off_ends_with_more_than_half_of_who_still_names_somebody() {
    let election = ranked(4, &[(40, "a"), (35, "b"), (25, "cb"), (3, "d")]);
    let count = irv(&election, &mut Lots::none()).unwrap();
    assert_eq!(count.winner, 1);
    assert_eq!(count.rounds[0].leave, [3]);
    assert_eq!(count.rounds[1].leave, [2]);
    assert_eq!((count.rounds[2].votes[0], count.rounds[2].votes[1], count.rounds[2].exhausted), (40, 60, 3));
}

/// The example of Schulze's paper (2011, section 3.1): 45 voters, five candidates, the order e > a > c > b > d.
#[test]
fn schulze_ranks_the_example_of_the_paper() {
    let election = ranked(
        5,
        &[
            (5, "acbed"),
            (5, "adecb"),
            (8, "bedac"),
            (3, "cabed"),
            (7, "caebd"),
            (2, "cbade"),
            (7, "dceba"),
            (8, "ebadc"),
        ],
    );
    let count = schulze(&election, 5, &mut Lots::none()).unwrap();
    assert_eq!(count.above[0], [0, 20, 26, 30, 22]);
    assert_eq!(count.above[4][3], 31);
    assert_eq!(count.condorcet, None);
    assert_eq!(count.paths[4], [25, 28, 28, 31, 0]);
    assert_eq!(count.winners, [4, 0, 2, 1, 3]);
}

#[test]
fn approval_fills_seats_by_votes() {
    let election =
        Election::approval(1, world::projects(&[1; 4]), [vec![0, 1], vec![1, 2], vec![1, 0], vec![2]])
            .unwrap();
    assert_eq!(approval(&election, 1, &mut Lots::none()).unwrap(), [1]);
    assert_eq!(approval(&election, 3, &mut Lots::none()).unwrap(), [1, 0, 2]);
    assert_eq!(approval(&election, 9, &mut Lots::none()).unwrap().len(), 3);
    assert!(matches!(approval(&election, 2, &mut Lots::none()), Err(Refused::LotNeeded(_))));
    assert_eq!(approval(&election, 0, &mut Lots::none()), Err(Refused::NoSeats));
}

#[test]
fn ballots_without_an_order_are_refused_where_one_is_needed() {
    let election = Election::approval(1, world::projects(&[1, 1]), [vec![0, 1], vec![1]]).unwrap();
    for rule in [Rule::Irv, Rule::StvScottish, Rule::StvMeek] {
        let refused = decide(&election, rule, &Default::default()).unwrap_err();
        assert_eq!(refused, Refused::NotRanked, "{rule}");
        assert!(refused.to_string().contains("ranked"));
    }
    assert_eq!(decide(&election, Rule::Schulze, &Default::default()).unwrap().winners, [1]);
}

#[test]
fn more_candidates_than_can_be_compared_are_refused() {
    let many = gongzhi_ballot::ranked::MOST_CANDIDATES + 1;
    let election = Election::ranked(1, world::projects(&vec![1; many]), 0, [vec![0, 1], vec![1]]).unwrap();
    for rule in [Rule::Irv, Rule::StvScottish, Rule::StvMeek, Rule::Schulze] {
        let refused = decide(&election, rule, &Default::default()).unwrap_err();
        assert_eq!(refused, Refused::TooManyCandidates(many - 1), "{rule}");
    }
    assert_eq!(decide(&election, Rule::Greedy, &Default::default()).unwrap().winners, [1]);
}
