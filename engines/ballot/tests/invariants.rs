//! What must hold for every election, whoever votes and whatever is voted on.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs, unreachable_pub)]

mod world;

use std::collections::BTreeSet;

use gongzhi_ballot::greedy::taken;
use gongzhi_ballot::{
    Choice, Election, Exact, Kind, Lots, Options, Refused, Rule, Share, Terms, Utility, WhyNot, decide,
    phragmen, shares,
};
use proptest::prelude::*;
use world::{Parts, SEED, any_parts, parts};

fn options() -> Options {
    Options { seed: Some(SEED), seats: 2, ..Options::default() }
}

/// The names of the winners, or why there are none.
fn winners(election: &Election, rule: Rule) -> Result<BTreeSet<String>, Refused> {
    let outcome = decide(election, rule, &options())?;
    Ok(outcome.winners.iter().map(|winner| election.id(*winner).to_owned()).collect())
}

/// Projects in another order; ballots follow.
fn renumbered(parts: &Parts, order: &[usize]) -> Parts {
    let place = |project: usize| order.iter().position(|one| *one == project).unwrap();
    Parts {
        projects: order.iter().map(|project| parts.projects[*project].clone()).collect(),
        ballots: parts
            .ballots
            .iter()
            .map(|ballot| ballot.iter().map(|one| Choice { project: place(one.project), ..*one }).collect())
            .collect(),
        ..parts.clone()
    }
}

fn shuffled() -> impl Strategy<Value = (Parts, Parts)> {
    any_parts(9, 6).prop_flat_map(|parts| {
        let order = Just((0..parts.projects.len()).collect::<Vec<usize>>()).prop_shuffle();
        let ballots = Just(parts.ballots.clone()).prop_shuffle();
        (Just(parts), order, ballots).prop_map(|(parts, order, ballots)| {
            (parts.clone(), renumbered(&Parts { ballots, ..parts }, &order))
        })
    })
}

/// What a voter gets from a set of projects.
fn worth(election: &Election, utility: Utility, choices: &[Choice], set: &[usize]) -> u64 {
    choices
        .iter()
        .filter(|choice| set.contains(&choice.project))
        .map(|choice| match utility {
            Utility::Cost => u64::from(choice.points) * election.cost(choice.project),
            Utility::Cardinality => u64::from(choice.points),
        })
        .sum()
}

/// Each purchase is paid to the last part by its supporters, nobody pays more than the price of their points or more than
/// their share, and whoever pays less pays the last that they had.
fn payments_are_right(election: &Election, step: u64) -> Result<(), TestCaseError> {
    for utility in [Utility::Cost, Utility::Cardinality] {
        let terms = Terms { utility, step, ..Terms::default() };
        for raised in [false, true] {
            let mut lots = Lots::with_seed(SEED);
            let got = if raised {
                shares::add_one(election, &terms, &mut lots).unwrap()
            } else {
                shares::equal_shares(election, &terms, &mut lots).unwrap()
            };
            let purchases = got.purchases(election);
            for purchase in &purchases {
                let mut sum = Exact::zero();
                for (at, ballot) in election.ballots().iter().enumerate() {
                    let paid = got.paid(at, purchase.project);
                    let points = ballot.choices.iter().find(|one| one.project == purchase.project);
                    let most = points.map_or_else(Exact::zero, |one| purchase.price.times(one.points.into()));
                    prop_assert!(paid <= most);
                    prop_assert!(paid == most || got.left(at).is_zero());
                    sum = sum.plus(&paid.times(ballot.voters));
                }
                prop_assert_eq!(sum, Exact::from(election.cost(purchase.project)));
                let supporters = purchase.paid_in_full + purchase.paid_their_last + purchase.had_nothing;
                prop_assert_eq!(supporters, election.support(purchase.project).votes);
            }
            for at in 0..election.ballots().len() {
                let paid = purchases
                    .iter()
                    .fold(Exact::zero(), |sum, purchase| sum.plus(&got.paid(at, purchase.project)));
                prop_assert_eq!(paid.plus(&got.left(at)), got.share());
            }
            // Whatever is left lies with people whose projects cannot be paid.
            for project in (0..election.projects().len()).filter(|one| !got.winners().contains(one)) {
                if election.support(project).votes > 0 && terms.enters(election, project) {
                    prop_assert!(got.left_for(election, project) < Exact::from(election.cost(project)));
                }
            }
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    /// Anonymity and neutrality: neither the order of the ballots nor that of the projects matters.
    #[test]
    fn neither_who_votes_nor_the_order_of_the_list_matters((one, other) in shuffled()) {
        let (one, other) = (one.election(), other.election());
        for rule in Rule::ALL {
            prop_assert_eq!(winners(&one, rule), winners(&other, rule), "{}", rule);
        }
    }

    #[test]
    fn nothing_is_overspent_and_everything_adds_up(parts in any_parts(9, 6)) {
        let election = parts.election();
        for rule in Rule::ALL {
            let Ok(outcome) = decide(&election, rule, &options()) else {
                prop_assert!(!rule.spends() && matches!(parts.kind, Kind::Approval | Kind::Points));
                continue;
            };
            let distinct: BTreeSet<usize> = outcome.winners.iter().copied().collect();
            prop_assert_eq!(distinct.len(), outcome.winners.len());
            prop_assert_eq!(outcome.cost, election.total_cost(&outcome.winners));
            prop_assert_eq!(i128::from(outcome.unspent), i128::from(election.budget()) - i128::from(outcome.cost));
            if rule.spends() {
                prop_assert!(outcome.cost <= election.budget(), "{} overspends", rule);
            }
            prop_assert!(outcome.voters_without_winner <= outcome.voters);
            for project in 0..election.projects().len() {
                let why = outcome.why_not(&election, &options().terms, project);
                prop_assert_eq!(why.is_none(), outcome.winners.contains(&project));
                if let Some(WhyNot::SupportersLack { left, missing }) = why {
                    prop_assert!(!missing.is_zero(), "{} by {}: {} left", project, rule, left);
                    prop_assert_eq!(left.plus(&missing), Exact::from(election.cost(project)));
                }
            }
        }
    }

    #[test]
    fn payments_are_what_the_definition_says(parts in any_parts(9, 6)) {
        payments_are_right(&parts.election(), 1)?;
    }

    #[test]
    fn payments_of_enormous_amounts_are_too((parts, bits) in world::enormous()) {
        payments_are_right(&parts.election(), 1 << (bits - 2))?;
    }

    /// Extended justified representation up to one project (Peters, Pierczyński and Skowron 2021): people who could pay
    /// for a set of projects with their part of the budget, all of whom give each of these at least so much, are not all left
    /// with less than that, even with one more project of the set.
    #[test]
    fn equal_shares_represent_every_cohesive_group_up_to_one_project(
        parts in any_parts(6, 4),
        cardinality in any::<bool>(),
    ) {
        let election = parts.election();
        let utility = if cardinality { Utility::Cardinality } else { Utility::Cost };
        let terms = Terms { utility, ..Terms::default() };
        let won = shares::equal_shares(&election, &terms, &mut Lots::with_seed(SEED)).unwrap().winners();
        let voters: Vec<&[Choice]> = (0..parts.ballots.len())
            .map(|voter| election.ballots()[election.ballot_of(voter).unwrap()].choices.as_slice())
            .collect();
        let members = |bits: usize, many: usize| (0..many).filter(move |at| bits >> at & 1 == 1).collect::<Vec<usize>>();
        for group in 1..1_usize << voters.len() {
            let group = members(group, voters.len());
            for set in 1..1_usize << election.projects().len() {
                let set = members(set, election.projects().len());
                let size = u64::try_from(group.len()).unwrap();
                if election.total_cost(&set) * election.voters() > size * election.budget() {
                    continue;
                }
                let least: u64 = set
                    .iter()
                    .map(|one| group.iter().map(|voter| worth(&election, utility, voters[*voter], &[*one])).min().unwrap())
                    .sum();
                let content = group.iter().any(|voter| {
                    let has = worth(&election, utility, voters[*voter], &won);
                    has >= least
                        || set.iter().filter(|one| !won.contains(one)).any(|one| {
                            has + worth(&election, utility, voters[*voter], &[*one]) > least
                        })
                });
                // A group that shares nothing is promised nothing.
                let shares_all = set
                    .iter()
                    .all(|one| group.iter().all(|voter| worth(&election, utility, voters[*voter], &[*one]) > 0));
                prop_assert!(content || !shares_all, "group {:?} deserves {:?}, won {:?}", group, set, won);
            }
        }
    }

    /// Greedy leaves nothing that would still fit; Phragmén earns steadily.
    #[test]
    fn the_other_budget_rules_keep_their_word(parts in any_parts(9, 6)) {
        let election = parts.election();
        let greedy = decide(&election, Rule::Greedy, &options()).unwrap();
        for project in (0..election.projects().len()).filter(|one| !greedy.winners.contains(one)) {
            let unspent = u64::try_from(greedy.unspent).unwrap();
            prop_assert!(election.support(project).votes == 0 || election.cost(project) > unspent);
        }
        let run = phragmen::phragmen(&election, &Terms::default(), &mut Lots::with_seed(SEED)).unwrap();
        for pair in run.bought.windows(2) {
            prop_assert!(pair[0].earned <= pair[1].earned);
        }
        // Going on with what equal shares left never takes anything back and never overspends.
        let first = shares::equal_shares(&election, &Terms::default(), &mut Lots::with_seed(SEED)).unwrap();
        let more = phragmen::complete(&election, &Terms::default(), &first, &mut Lots::with_seed(SEED)).unwrap();
        let all: Vec<usize> = first.winners().into_iter().chain(more.winners()).collect();
        prop_assert!(election.total_cost(&all) <= election.budget());
        prop_assert_eq!(all.iter().collect::<BTreeSet<_>>().len(), all.len());
    }

    /// Projects with too few votes have no part in it.
    #[test]
    fn the_smallest_share_of_votes_is_kept(parts in parts(Kind::Approval, 9, 6), percent in 0..=100_u32) {
        let election = parts.election();
        let share = Share::new(percent, 100).unwrap();
        let terms = Terms { min_share: Some(share), ..Terms::default() };
        let options = Options { terms, ..options() };
        for rule in Rule::ALL.into_iter().filter(|rule| rule.spends()) {
            let outcome = decide(&election, rule, &options).unwrap();
            for winner in &outcome.winners {
                let votes = election.support(*winner).votes;
                prop_assert!(votes * 100 >= u64::from(percent) * election.voters());
            }
        }
    }

    /// Whoever more than half put first wins wherever one is chosen; whoever beats everybody else wins by Schulze.
    #[test]
    fn majorities_win(parts in parts(Kind::Ranked, 11, 5)) {
        let election = parts.election();
        let mut lots = Lots::with_seed(SEED);
        let firsts = |project: usize| {
            parts.ballots.iter().filter(|ballot| ballot[0].project == project).count()
        };
        let schulze = gongzhi_ballot::ranked::schulze(&election, 1, &mut lots).unwrap();
        if let Some(winner) = schulze.condorcet {
            prop_assert_eq!(schulze.winners[0], winner);
        }
        for project in 0..election.projects().len() {
            if firsts(project) * 2 > parts.ballots.len() {
                prop_assert_eq!(gongzhi_ballot::ranked::irv(&election, &mut lots).unwrap().winner, project);
                prop_assert_eq!(schulze.winners[0], project);
            }
            for seats in 1..=3_usize {
                if firsts(project) > parts.ballots.len() / (seats + 1) {
                    let scottish = gongzhi_ballot::ranked::stv_scottish(&election, seats, &mut lots).unwrap();
                    let meek = gongzhi_ballot::ranked::stv_meek(&election, seats, &mut lots).unwrap();
                    prop_assert!(scottish.winners.contains(&project) && meek.winners.contains(&project));
                }
            }
        }
        for seats in 1..=5_usize {
            let many = seats.min(election.projects().len());
            prop_assert_eq!(gongzhi_ballot::ranked::stv_scottish(&election, seats, &mut lots).unwrap().winners.len(), many);
            prop_assert_eq!(gongzhi_ballot::ranked::stv_meek(&election, seats, &mut lots).unwrap().winners.len(), many);
        }
    }

    /// People who all put the same candidates above all others get as many of them as they have quotas (Droop).
    #[test]
    fn solid_coalitions_get_their_seats(
        inside in proptest::collection::vec(Just(vec![0_usize, 1, 2]).prop_shuffle(), 1..=12),
        outside in proptest::collection::vec(Just(vec![3_usize, 4, 5]).prop_shuffle(), 0..=12),
        seats in 1..=3_usize,
    ) {
        let (solid, all) = (inside.len(), inside.len() + outside.len());
        let election =
            Election::ranked(1, world::projects(&[1; 6]), 6, inside.into_iter().chain(outside)).unwrap();
        let mut lots = Lots::with_seed(SEED);
        // Rounding may cost a part of a vote: ask for a whole vote more than so many quotas.
        let deserves = (0..=3).rev().find(|many| solid > many * (all / (seats + 1) + 1)).unwrap_or(0).min(seats);
        let of = |winners: &[usize]| winners.iter().filter(|one| **one < 3).count();
        prop_assert!(of(&gongzhi_ballot::ranked::stv_scottish(&election, seats, &mut lots).unwrap().winners) >= deserves);
        prop_assert!(of(&gongzhi_ballot::ranked::stv_meek(&election, seats, &mut lots).unwrap().winners) >= deserves);
    }
}

#[test]
fn a_tie_without_a_seed_is_refused_with_the_tied_named() {
    let election = Election::approval(5, world::projects(&[5, 5]), [vec![0], vec![1]]).unwrap();
    let options = Options::default();
    let refused = decide(&election, Rule::Greedy, &options).unwrap_err();
    assert_eq!(refused, Refused::LotNeeded(vec!["p0".into(), "p1".into()]));
    let outcome = decide(&election, Rule::Greedy, &Options { seed: Some(3), ..options }).unwrap();
    assert_eq!(outcome.lots.len(), 1);
    assert_eq!((outcome.lots[0].seed, outcome.lots[0].fell_on), (3, outcome.winners[0]));
    // Seeds decide: among a few, both are met.
    let fell: BTreeSet<usize> = (0..20)
        .map(|seed| {
            decide(&election, Rule::Greedy, &Options { seed: Some(seed), ..options }).unwrap().winners[0]
        })
        .collect();
    assert_eq!(fell.len(), 2);
    // Where both fit nobody draws.
    let both = Election::approval(10, world::projects(&[5, 5]), [vec![0], vec![1]]).unwrap();
    assert_eq!(
        taken(&gongzhi_ballot::greedy::greedy(&both, &Default::default(), &[], &mut Lots::none()).unwrap())
            .len(),
        2
    );
}

#[test]
fn add1_that_would_not_end_is_refused() {
    let costs = [1 << 40, 1 << 41];
    let election = Election::approval(1 << 41, world::projects(&costs), [vec![0], vec![1], vec![1]]).unwrap();
    let terms = Terms { most_steps: 1000, ..Terms::default() };
    let refused = shares::add_one(&election, &terms, &mut Lots::with_seed(1)).unwrap_err();
    assert_eq!(refused, Refused::TooManySteps(1000));
    let terms = Terms { step: 1 << 36, ..terms };
    assert!(shares::add_one(&election, &terms, &mut Lots::with_seed(1)).is_ok());
    let terms = Terms { step: 0, ..terms };
    assert_eq!(shares::add_one(&election, &terms, &mut Lots::with_seed(1)).unwrap_err(), Refused::NoStep);
}

#[test]
fn the_largest_amounts_are_counted() {
    let most = (1 << 63) - 1;
    let election = Election::approval(most, world::projects(&[most]), [vec![0], vec![0], vec![0]]).unwrap();
    for rule in Rule::ALL.into_iter().filter(|rule| rule.spends()) {
        assert_eq!(decide(&election, rule, &Options::default()).unwrap().winners, [0], "{rule}");
    }
    let split = Election::approval(most, world::projects(&[most / 2, most / 2]), [vec![0], vec![1]]).unwrap();
    for rule in Rule::ALL.into_iter().filter(|rule| rule.spends()) {
        let outcome = decide(&split, rule, &Options { seed: Some(0), ..Options::default() }).unwrap();
        assert_eq!((outcome.winners.len(), outcome.unspent), (2, 1), "{rule}");
    }
}

#[test]
fn the_comparison_counts_voters_with_nothing_and_keeps_equal_shares_on_a_tie() {
    // Three voters: one gets p0 alone, one p1 alone, the third has both.
    let ballots = [vec![0], vec![1], vec![0, 1]];
    let election = Election::approval(10, world::projects(&[4, 4]), ballots).unwrap();
    let by = |shares: &[usize], greedy: &[usize]| {
        let comparison = gongzhi_ballot::compare(&election, &Terms::default(), shares, greedy);
        (comparison.prefer_shares, comparison.prefer_greedy, comparison.greedy_wins())
    };
    assert_eq!(by(&[0], &[1]), (1, 1, false), "a tie stays with equal shares");
    assert_eq!(by(&[], &[0]), (0, 2, true), "who gets nothing from one outcome is asked too");
    assert_eq!(by(&[0, 1], &[0]), (2, 0, false));
}
