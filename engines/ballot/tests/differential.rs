//! Every rule against its plain twin, on small elections full of ties.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs, unreachable_pub)]

mod naive;
mod world;

use gongzhi_ballot::greedy::taken;
use gongzhi_ballot::{Kind, Options, Rule, Terms, Utility, decide, phragmen, ranked, shares};
use gongzhi_ballot::{Lots, greedy::Greedy};
use naive::{Naive, frac};
use proptest::prelude::*;
use world::{SEED, any_parts, parts};

fn terms(utility: Utility) -> Terms {
    Terms { utility, ..Terms::default() }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 600, ..ProptestConfig::default() })]

    #[test]
    fn equal_shares(parts in any_parts(9, 6)) {
        let election = parts.election();
        let naive = Naive::new(&election, SEED);
        for utility in [Utility::Cost, Utility::Cardinality] {
            let got = shares::equal_shares(&election, &terms(utility), &mut Lots::with_seed(SEED)).unwrap();
            let share = frac(election.budget()) / frac(election.voters());
            prop_assert_eq!(got.winners(), naive.equal_shares(utility, &share));
        }
    }

    #[test]
    fn add_one(parts in any_parts(7, 5)) {
        let election = parts.election();
        let naive = Naive::new(&election, SEED);
        for utility in [Utility::Cost, Utility::Cardinality] {
            let got = shares::add_one(&election, &terms(utility), &mut Lots::with_seed(SEED)).unwrap();
            let mut winners = got.winners();
            let mut plain = naive.add_one(utility, 1);
            // Where everything fits the larger steps lead to another order of the same projects.
            winners.sort_unstable();
            plain.sort_unstable();
            prop_assert_eq!(winners, plain);
        }
    }

    #[test]
    fn greedy(parts in any_parts(9, 6)) {
        let election = parts.election();
        let naive = Naive::new(&election, SEED);
        for utility in [Utility::Cost, Utility::Cardinality] {
            for skip in [true, false] {
                let how = Greedy { utility, skip, ..Greedy::default() };
                let looks = gongzhi_ballot::greedy::greedy(&election, &how, &[], &mut Lots::with_seed(SEED)).unwrap();
                let (mut got, mut plain) = (taken(&looks), naive.greedy(utility, skip, &[]));
                got.sort_unstable();
                plain.sort_unstable();
                prop_assert_eq!(got, plain);
            }
        }
    }

    #[test]
    fn utilitarian_completion(parts in any_parts(9, 6)) {
        let election = parts.election();
        let naive = Naive::new(&election, SEED);
        let options = Options { seed: Some(SEED), ..Options::default() };
        let mut got = decide(&election, Rule::EqualSharesUtilitarian, &options).unwrap().winners;
        let share = frac(election.budget()) / frac(election.voters());
        let mut plain = naive.equal_shares(Utility::Cost, &share);
        plain.extend(naive.greedy(Utility::Cost, true, &plain));
        got.sort_unstable();
        plain.sort_unstable();
        prop_assert_eq!(got, plain);
    }

    #[test]
    fn sequential_phragmen(parts in any_parts(9, 6)) {
        let election = parts.election();
        let got = phragmen::phragmen(&election, &Terms::default(), &mut Lots::with_seed(SEED)).unwrap();
        prop_assert_eq!(got.winners(), Naive::new(&election, SEED).phragmen());
    }

    #[test]
    fn phragmen_completion(parts in any_parts(9, 6)) {
        let election = parts.election();
        let naive = Naive::new(&election, SEED);
        let first = shares::equal_shares(&election, &Terms::default(), &mut Lots::with_seed(SEED)).unwrap();
        let more = phragmen::complete(&election, &Terms::default(), &first, &mut Lots::with_seed(SEED)).unwrap();
        let share = frac(election.budget()) / frac(election.voters());
        let (winners, left) = naive.equal_shares_and_left(Utility::Cost, &share);
        let loads = left.into_iter().map(|left| frac(0) - left).collect();
        let got: Vec<usize> = first.winners().into_iter().chain(more.winners()).collect();
        prop_assert_eq!(got, naive.phragmen_from(winners, loads));
    }

    #[test]
    fn scottish_single_transferable_vote(parts in parts(Kind::Ranked, 14, 6), seats in 1..=4_usize) {
        let election = parts.election();
        let mut got = ranked::stv_scottish(&election, seats, &mut Lots::with_seed(SEED)).unwrap().winners;
        let mut plain = Naive::new(&election, SEED).scottish(seats);
        got.sort_unstable();
        plain.sort_unstable();
        prop_assert_eq!(got, plain);
    }

    #[test]
    fn instant_run_off(parts in parts(Kind::Ranked, 12, 6)) {
        let election = parts.election();
        let got = ranked::irv(&election, &mut Lots::with_seed(SEED)).unwrap();
        prop_assert_eq!(got.winner, Naive::new(&election, SEED).irv());
    }

    #[test]
    fn schulze(parts in any_parts(9, 5)) {
        let election = parts.election();
        let got = ranked::schulze(&election, 1, &mut Lots::with_seed(SEED)).unwrap();
        let unbeaten = Naive::new(&election, SEED).schulze_unbeaten();
        prop_assert!(unbeaten.contains(&got.winners[0]), "{:?} not in {unbeaten:?}", got.winners);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    /// More people and projects, so that money runs out in many ways.
    #[test]
    fn larger_elections(parts in any_parts(20, 8), budget in 1..=5000_u64) {
        let parts = world::Parts { budget, ..parts };
        let election = parts.election();
        let naive = Naive::new(&election, SEED);
        for utility in [Utility::Cost, Utility::Cardinality] {
            let got = shares::equal_shares(&election, &terms(utility), &mut Lots::with_seed(SEED)).unwrap();
            let share = frac(election.budget()) / frac(election.voters());
            prop_assert_eq!(got.winners(), naive.equal_shares(utility, &share));
        }
        let got = phragmen::phragmen(&election, &Terms::default(), &mut Lots::with_seed(SEED)).unwrap();
        prop_assert_eq!(got.winners(), naive.phragmen());
    }

    #[test]
    fn enormous_amounts((parts, bits) in world::enormous()) {
        let election = parts.election();
        let naive = Naive::new(&election, SEED);
        for utility in [Utility::Cost, Utility::Cardinality] {
            let got = shares::equal_shares(&election, &terms(utility), &mut Lots::with_seed(SEED)).unwrap();
            let share = frac(election.budget()) / frac(election.voters());
            prop_assert_eq!(got.winners(), naive.equal_shares(utility, &share));
            let raised = Terms { step: 1 << (bits - 2), ..terms(utility) };
            let mut got = shares::add_one(&election, &raised, &mut Lots::with_seed(SEED)).unwrap().winners();
            let mut plain = naive.add_one(utility, 1 << (bits - 2));
            got.sort_unstable();
            plain.sort_unstable();
            prop_assert_eq!(got, plain);
        }
    }
}
