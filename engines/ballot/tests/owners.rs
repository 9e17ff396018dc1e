//! Owners' votes at and beside each bar of art. 278.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use gongzhi_ballot::owners::{Matter, Owner, OwnersRule, Passed, Voice, owners};
use gongzhi_ballot::{Bar, Quorum, Share, Unsound, Verdict};
use proptest::prelude::*;

/// So many owners with so much area each and one voice.
type Group = (usize, u64, Voice);

/// The register of these groups.
fn register(groups: &[Group]) -> Vec<Owner> {
    groups.iter().flat_map(|(many, area, voice)| vec![Owner { area: *area, voice: *voice }; *many]).collect()
}

fn verdict(matter: Matter, groups: &[Group]) -> Verdict {
    owners(&OwnersRule::CIVIL_CODE, matter, &register(groups)).unwrap().verdict
}

#[test]
fn each_bar_is_met_exactly_where_the_law_puts_it() {
    use Matter::{Major, Ordinary};
    use Voice::{Abstained, Against, For, Silent};
    let cases: [(&str, Matter, &[Group], Verdict); 10] = [
        (
            "two thirds take part",
            Ordinary,
            &[(5, 100, For), (3, 100, Against), (4, 100, Silent)],
            Verdict::Passed,
        ),
        ("one short", Ordinary, &[(4, 100, For), (3, 100, Against), (4, 100, Silent)], Verdict::NoQuorum),
        ("by people, not by area", Ordinary, &[(8, 100, For), (4, 150, Silent)], Verdict::NoQuorum),
        ("by area, not by people", Ordinary, &[(7, 400, For), (5, 100, Silent)], Verdict::NoQuorum),
        ("one half is not more than half", Ordinary, &[(4, 100, For), (4, 100, Against)], Verdict::Rejected),
        (
            "abstentions take part",
            Ordinary,
            &[(4, 100, For), (3, 100, Against), (1, 100, Abstained)],
            Verdict::Rejected,
        ),
        ("people yes, area no", Ordinary, &[(5, 10, For), (4, 100, Against)], Verdict::Rejected),
        ("three quarters", Major, &[(9, 100, For), (3, 100, Against)], Verdict::Passed),
        ("less than three quarters", Major, &[(8, 100, For), (3, 100, Against)], Verdict::Rejected),
        (
            "three quarters of those who take part",
            Major,
            &[(6, 100, For), (2, 100, Against), (4, 100, Silent)],
            Verdict::Passed,
        ),
    ];
    for (name, matter, groups, expected) in cases {
        assert_eq!(verdict(matter, groups), expected, "{name}");
    }
}

#[test]
fn matters_are_major_by_their_item() {
    let major: Vec<u8> = (0..=12).filter(|item| Matter::of_item(*item) == Some(Matter::Major)).collect();
    assert_eq!(major, [6, 7, 8]);
    assert_eq!(Matter::of_item(0), None);
    assert_eq!(Matter::of_item(10), None);
}

#[test]
fn the_count_says_what_is_missing() {
    let register = register(&[(3, 8_905, Voice::For), (7, 10_000, Voice::Silent)]);
    let count = owners(&OwnersRule::CIVIL_CODE, Matter::Ordinary, &register).unwrap();
    assert_eq!(count.enough, Passed { people: false, area: false });
    assert_eq!(count.agreed, Passed { people: true, area: true });
    // Two thirds of 10 are 7, of 96,715 parts 64,477.
    assert_eq!((count.lacking.people, count.lacking.area), (4, 64_477 - 26_715));
}

#[test]
fn impossible_registers_are_refused() {
    let rule = OwnersRule::CIVIL_CODE;
    assert_eq!(owners(&rule, Matter::Ordinary, &[]), Err(Unsound::NoBallots));
    let huge = register(&[(3, 1 << 62, Voice::For)]);
    assert_eq!(owners(&rule, Matter::Ordinary, &huge), Err(Unsound::TooMuch("areas")));
    // Units without area on the register: nothing of nothing is no majority.
    let empty = register(&[(3, 0, Voice::For)]);
    assert_eq!(owners(&rule, Matter::Ordinary, &empty).unwrap().verdict, Verdict::NoQuorum);
}

#[test]
fn quorums_count_abstentions_as_taking_part() {
    let half = Bar::MoreThan(Share::new(1, 2).unwrap());
    let quorum = Quorum { take_part: Bar::AtLeast(Share::new(1, 4).unwrap()), in_favour: half };
    assert_eq!(quorum.verdict(100, 25, 13), Verdict::Passed);
    assert_eq!(quorum.verdict(100, 25, 12), Verdict::Rejected);
    assert_eq!(quorum.verdict(100, 24, 24), Verdict::NoQuorum);
    assert_eq!(quorum.verdict(0, 0, 0), Verdict::NoQuorum);
    assert!(Share::new(3, 2).is_none() && Share::new(0, 0).is_none());
}

proptest! {
    /// What a bar needs is the smallest part that passes it.
    #[test]
    fn a_bar_needs_the_least_that_passes(num in 0..=20_u32, more in 0..=20_u32, whole in 1..=2000_u64) {
        let share = Share::new(num, num + more).unwrap_or(Share::new(1, 1).unwrap());
        for bar in [Bar::AtLeast(share), Bar::MoreThan(share)] {
            let least = (1..=whole).find(|part| bar.passed(*part, whole));
            prop_assert_eq!(least.unwrap_or(whole + 1).max(1), u64::try_from(bar.needs(whole)).unwrap());
        }
    }

    /// More voices in favour never turn a passed vote down.
    #[test]
    fn a_voice_in_favour_never_harms(areas in proptest::collection::vec((1..=300_u64, 0..4_u8), 1..30), at in 0..30_usize) {
        let voice = |code: u8| [Voice::For, Voice::Against, Voice::Abstained, Voice::Silent][usize::from(code)];
        let mut register: Vec<Owner> =
            areas.iter().map(|(area, code)| Owner { area: *area, voice: voice(*code) }).collect();
        for matter in [Matter::Ordinary, Matter::Major] {
            let before = owners(&OwnersRule::CIVIL_CODE, matter, &register).unwrap().verdict;
            let at = at % register.len();
            let kept = std::mem::replace(&mut register[at].voice, Voice::For);
            let after = owners(&OwnersRule::CIVIL_CODE, matter, &register).unwrap().verdict;
            prop_assert!(before != Verdict::Passed || after == Verdict::Passed);
            register[at].voice = kept;
        }
    }
}
