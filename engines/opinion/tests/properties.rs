//! What holds for every conversation.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use std::collections::BTreeSet;

use gongzhi_opinion::{Map, Moderation, Options, Session, Stability, Vote, Votes, parity, picture, polis};
use proptest::prelude::*;

type Cast = (u64, u64, Vote);

/// Conversations of up to 60 people and 14 statements, with some structure: people lean one way.
fn conversations() -> impl Strategy<Value = Vec<Cast>> {
    let vote = (0_u64..60, 0_u64..14, 0_u8..10);
    prop::collection::vec(vote, 0..500).prop_map(|rows| {
        rows.into_iter()
            .map(|(person, statement, chance)| {
                let leaning = (person + statement) % 2 == 0;
                let vote = match chance {
                    0 => Vote::Pass,
                    1..=7 if leaning => Vote::Agree,
                    1..=7 => Vote::Disagree,
                    8 => Vote::Agree,
                    _ => Vote::Disagree,
                };
                (person, statement, vote)
            })
            .collect()
    })
}

fn table(cast: &[Cast]) -> Votes {
    Votes::collect(cast.iter().copied()).unwrap()
}

fn map(votes: &Votes) -> Map {
    Map::of(votes, &Moderation::default(), &Options::default())
}

/// Bits of all places: equality to the last one.
fn places(map: &Map) -> Vec<(u64, u64, u64, Option<u32>)> {
    map.people.iter().map(|place| (place.person, place.x.to_bits(), place.y.to_bits(), place.group)).collect()
}

fn finite(map: &Map) -> bool {
    map.people.iter().all(|place| place.x.is_finite() && place.y.is_finite())
        && map.statements.iter().all(|one| {
            [one.centre, one.x, one.y, one.extremity, one.group_consensus, one.bridging, one.priority]
                .iter()
                .all(|value| value.is_finite())
        })
        && map.groups.iter().all(|group| {
            group.silhouette.is_finite() && group.representative.iter().all(|one| one.ratio_z.is_finite())
        })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_conversation_has_a_sound_map(cast in conversations()) {
        let votes = table(&cast);
        for map in [map(&votes), parity::map(&votes, &Moderation::default(), &mut parity::State::default())] {
            prop_assert!(finite(&map));
            prop_assert_eq!(map.people.len(), votes.people().len());
            for group in &map.groups {
                let members = map.people.iter().filter(|place| place.group == Some(group.id)).count();
                prop_assert_eq!(members, usize::try_from(group.size).unwrap());
                prop_assert!(members > 0);
            }
            prop_assert!(map.groups.windows(2).all(|two| two[0].size >= two[1].size) || map.groups.len() > 1);
            for statement in &map.statements {
                let grouped: u32 = statement.by_group.iter().map(|tally| tally.seen()).sum();
                prop_assert!(grouped <= statement.tally.seen());
                prop_assert!((0.0..=1.0).contains(&statement.group_consensus));
            }
            prop_assert!(picture::text(&map, 60).is_ascii());
            let drawing = picture::svg(&map, "a < b & \"c\"");
            prop_assert!(drawing.starts_with("<svg") && drawing.contains("a &lt; b &amp; &quot;c&quot;"));
            prop_assert!(!drawing.contains("NaN") && !drawing.contains("inf"));
        }
    }

    #[test]
    fn the_order_of_votes_changes_not_one_bit(cast in conversations(), turn in 0_usize..500) {
        let votes = table(&cast);
        let mut once: Vec<Cast> = votes.iter().collect();
        let by = turn % once.len().max(1);
        once.rotate_left(by);
        once.reverse();
        let other = table(&once);
        prop_assert_eq!(&votes, &other);
        let (one, other) = (map(&votes), map(&other));
        prop_assert_eq!(places(&one), places(&other));
        prop_assert_eq!(one, other);
    }

    #[test]
    fn other_numbers_for_people_change_no_place_and_no_group(cast in conversations()) {
        let votes = table(&cast);
        // Another order of people, too.
        let renamed: Vec<Cast> = votes.iter().map(|(person, statement, vote)| (1000 - person * 7, statement, vote)).collect();
        let (one, other) = (map(&votes), map(&table(&renamed)));
        let mut back: Vec<_> = places(&other).into_iter().map(|(person, x, y, group)| ((1000 - person) / 7, x, y, group)).collect();
        back.sort_unstable();
        prop_assert_eq!(places(&one), back);
        let consensus = |map: &Map| map.statements.iter().map(|one| one.group_consensus.to_bits()).collect::<Vec<_>>();
        prop_assert_eq!(consensus(&one), consensus(&other));
        prop_assert_eq!(one.consensus, other.consensus);
    }

    #[test]
    fn banned_people_and_moderated_statements_leave_no_trace(
        cast in conversations(),
        banned in prop::collection::btree_set(0_u64..60, 0..10),
        out in prop::collection::btree_set(0_u64..14, 0..5),
    ) {
        let votes = table(&cast);
        let moderation = Moderation { out: out.clone(), meta: BTreeSet::new(), banned: banned.clone() };
        let with = Map::of(&votes, &moderation, &Options::default());
        let kept: Vec<Cast> = votes
            .iter()
            .filter(|(person, statement, _)| !banned.contains(person) && !out.contains(statement))
            .collect();
        let without = map(&table(&kept));
        let voters: Vec<_> = places(&with)
            .into_iter()
            .filter(|place| kept.iter().any(|vote| vote.0 == place.0))
            .collect();
        prop_assert_eq!(voters, places(&without));
        prop_assert!(with.people.iter().all(|place| !banned.contains(&place.person)));
        // A statement that only banned people have answered is still there, empty.
        let answered: Vec<_> = with.statements.iter().filter(|one| one.tally.seen() > 0).map(|one| one.id).collect();
        prop_assert_eq!(answered, without.statements.iter().map(|one| one.id).collect::<Vec<_>>());
        prop_assert!(with.statements.iter().all(|one| !out.contains(&one.id)));
        prop_assert_eq!(with.silhouette.to_bits(), without.silhouette.to_bits());
    }

    #[test]
    fn a_session_has_the_map_of_all_its_votes(
        cast in conversations(),
        begin in 0_usize..400,
        out in prop::collection::btree_set(0_u64..14, 0..3),
        banned in prop::collection::btree_set(0_u64..60, 0..4),
    ) {
        let begin = begin.min(cast.len());
        let mut session = Session::new(table(&cast[..begin]), Moderation::default(), Options::default());
        session.map().unwrap();
        let mut moderation = Moderation::default();
        for (at, chunk) in cast[begin..].chunks(37).enumerate() {
            for (person, statement, vote) in chunk {
                session.vote(*person, *statement, *vote);
            }
            if at == 1 {
                moderation = Moderation { out: out.clone(), meta: BTreeSet::new(), banned: banned.clone() };
                session.moderate(moderation.clone());
            }
            session.map().unwrap();
        }
        let fresh = Map::of(&table(&cast), &moderation, &Options::default());
        prop_assert_eq!(session.map().unwrap(), &fresh);
        prop_assert_eq!(session.votes().unwrap(), &table(&cast));
        session.settle();
        prop_assert_eq!(session.map().unwrap(), &fresh);
    }

    #[test]
    fn reasons_add_up_to_the_place(cast in conversations()) {
        let votes = table(&cast);
        let map = map(&votes);
        for place in &map.people {
            let standing = map.standing(&votes, place.person).unwrap();
            let sum = standing.reasons.iter().fold((0.0, 0.0), |sum, one| (sum.0 + one.x, sum.1 + one.y));
            prop_assert!((sum.0 - place.x).abs() < 1e-9 && (sum.1 - place.y).abs() < 1e-9);
            prop_assert_eq!(standing.reasons.len(), votes.of(place.person).count());
            prop_assert!(standing.reasons.windows(2).all(|two| two[0].pull.abs() >= two[1].pull.abs()));
            prop_assert_eq!(standing.distances.len(), map.groups.len());
        }
        prop_assert!(map.standing(&votes, 1_000_000).is_none());
    }

    #[test]
    fn stability_is_a_share_and_repeats(cast in conversations()) {
        let votes = table(&cast);
        let map = map(&votes);
        let of = || Stability::of(&votes, &Moderation::default(), &Options::default(), &map, 6);
        let found = of();
        prop_assert_eq!(&found, &of());
        prop_assert!((0.0..=1.0).contains(&found.same_number) && (0.0..=1.0).contains(&found.keep_group));
        prop_assert_eq!(found.by_group.len(), map.groups.len());
        prop_assert!(found.silhouette_gap.is_none_or(|gap| gap >= -1e-9));
    }

    #[test]
    fn a_map_faces_as_the_earlier_one(cast in conversations()) {
        let votes = table(&cast);
        let earlier = map(&votes);
        // Turned by hand: mirrored, groups in the other order.
        let mut other = earlier.clone();
        let count = u32::try_from(other.groups.len()).unwrap();
        for place in &mut other.people {
            place.x = -place.x;
            place.group = place.group.map(|group| count - 1 - group);
        }
        let back = earlier.clone().facing(&other);
        let groups = |map: &Map| map.people.iter().map(|place| place.group).collect::<Vec<_>>();
        prop_assert_eq!(groups(&back), groups(&other));
        let along: f64 = back.people.iter().zip(&other.people).map(|(a, b)| a.x * b.x).sum();
        prop_assert!(along >= 0.0);
        prop_assert_eq!(earlier.clone().facing(&earlier), earlier);
    }

    #[test]
    fn any_bytes_are_read_or_refused_with_a_sentence(
        bytes in prop::collection::vec(any::<u8>(), 0..300),
        header in prop::sample::select(vec!["", "timestamp,datetime,comment-id,voter-id,vote\n", "participant,group-id,0,1\n"]),
    ) {
        let mut text = header.as_bytes().to_vec();
        text.extend(bytes);
        match polis::read(&text) {
            Ok(export) => {
                let lines = u64::try_from(text.len()).unwrap() + 1;
                prop_assert!(export.faults.iter().all(|fault| fault.line >= 1 && fault.line <= lines));
                map(&export.votes);
            }
            Err(refused) => prop_assert!(!refused.to_string().is_empty()),
        }
        let _either = polis::read_statements(&text);
    }

    #[test]
    fn the_next_statement_is_one_of_the_open_ones(cast in conversations(), drawn in 0.0_f64..1.0) {
        let map = map(&table(&cast));
        let open: Vec<u64> = (5..25).collect();
        prop_assert!(open.contains(&map.next_statement(&open, drawn).unwrap()));
        prop_assert_eq!(map.next_statement(&[], drawn), None);
    }
}

#[test]
fn groups_speak_for_themselves() {
    // Two camps of 20: all agree with 1, nobody with 6; one camp agrees with the others, the other disagrees.
    let mut state = 88_172_645_463_325_252_u64;
    let mut cast = Vec::new();
    for person in 0..40_u64 {
        for statement in 1..=20_u64 {
            let camp = person % 2 == 0;
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            let slip = state.is_multiple_of(8);
            let vote = match statement {
                1 => Vote::Agree,
                6 => Vote::Disagree,
                _ if camp != slip => Vote::Agree,
                _ => Vote::Disagree,
            };
            cast.push((person, statement, vote));
        }
    }
    let votes = table(&cast);
    let map = map(&votes);
    assert_eq!(map.groups.len(), 2);
    assert_eq!(map.groups.iter().map(|group| group.size).collect::<Vec<_>>(), [20, 20]);
    assert_eq!(map.consensus.agree.iter().map(|one| one.statement).collect::<Vec<_>>(), [1]);
    assert_eq!(map.consensus.disagree.iter().map(|one| one.statement).collect::<Vec<_>>(), [6]);
    assert_eq!((map.consensus.agree[0].count, map.consensus.agree[0].seen), (40, 40));
    let camp = map.place(0).unwrap().group.unwrap();
    for group in &map.groups {
        let listed: BTreeSet<u64> = group.representative.iter().map(|one| one.statement).collect();
        assert_eq!(listed.len(), 5);
        assert!(!listed.contains(&1) && !listed.contains(&6), "group {}", group.id);
        let side = if group.id == camp { Vote::Agree } else { Vote::Disagree };
        assert!(group.representative.iter().all(|one| one.side == side && one.significant));
    }
    // What both camps say bridges; what divides them does not.
    let bridging = |id: u64| map.statement(id).unwrap().bridging;
    assert!((2..=5).all(|id| bridging(1) > bridging(id) + 0.1 && bridging(id) > bridging(6) + 0.1));
    assert!(map.statement(2).unwrap().extremity > map.statement(1).unwrap().extremity);
    // The reasons of a person: the dividing statements pull, the shared ones do not.
    let standing = map.standing(&votes, 2).unwrap();
    assert!(standing.reasons[0].pull > 0.0);
    assert!(![1, 6].contains(&standing.reasons[0].statement));
    let stability = Stability::of(&votes, &Moderation::default(), &Options::default(), &map, 20);
    assert!(stability.keep_group > 0.95, "{stability:?}");
    // Statements about the person shape nothing, and are shown first.
    let moderation = Moderation { meta: BTreeSet::from([2]), ..Moderation::default() };
    let map = Map::of(&votes, &moderation, &Options::default());
    let statement = map.statement(2).unwrap();
    assert_eq!((statement.extremity, statement.priority, statement.meta), (0.0, 49.0, true));
    assert!(map.groups.iter().all(|group| group.representative.iter().all(|one| one.statement != 2)));
}

#[test]
fn a_planted_conversation_is_recovered_in_many_statements_too() {
    // 3,000 statements and few votes: the way through the sparse table.
    let mut cast = Vec::new();
    let mut state = 88_172_645_463_325_252_u64;
    let mut next = |bound: u64| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state % bound
    };
    for person in 0..600_u64 {
        for _ in 0..60 {
            let statement = next(3000) * next(3000) / 3000;
            let stance = (statement.wrapping_mul(2_654_435_761) >> 7) % 2 == 0;
            let vote =
                if (person % 3 == 0) == stance || next(12) == 0 { Vote::Agree } else { Vote::Disagree };
            cast.push((person, statement, vote));
        }
    }
    let map = map(&table(&cast));
    let (ours, theirs): (Vec<u32>, Vec<u32>) =
        map.people.iter().filter_map(|place| Some((place.group?, u32::from(place.person % 3 == 0)))).unzip();
    assert_eq!(map.groups.len(), 2);
    assert!(gongzhi_opinion::adjusted_rand_index(&ours, &theirs) > 0.95);
}
