//! The indicators against a plain second computation that looks at whole stories instead of folding them.

use std::collections::BTreeMap;
use std::time::Duration;

use gongzhi_appeals::Submit;
use gongzhi_appeals::actions::Said;
use gongzhi_appeals::events::{AppealEvent, Change, SUBJECT};
use gongzhi_appeals::indicators::{
    Case, Counts, EXCLUSION_REVIEWED, Exclusion, Indicator, LeftOut, Month, Weights, subject_of,
};
use gongzhi_appeals::model::{ContactWay, Kind, Stage};
use gongzhi_appeals::rules::{Command, apply, decide, fold};
use gongzhi_appeals::store::indicators::{self as sql, Dimension};
use gongzhi_kernel::{AppealId, Clock as _, Event, OrganId};
use proptest::prelude::*;

use crate::house::{House, refused};
use crate::samples::{
    answer, appraise, contact, dispatch, organ, reopen, rulebook, send_back, start, submit, withdraw,
};

type Sums = BTreeMap<(Option<OrganId>, Indicator), (i64, i64)>;

fn weights() -> Weights {
    Weights { satisfaction: [0, 25, 50, 75, 100], score: [20, 40, 40] }
}

/// The second computation: hundredths and denominator of one story by organ and indicator.
fn naive(story: &[Change], excluded: bool) -> Sums {
    let mut sums = Sums::new();
    let mut add = |organ, indicator, hundredths, denominator| {
        let sum = sums.entry((organ, indicator)).or_insert((0, 0));
        *sum = (sum.0 + hundredths, sum.1 + denominator);
    };
    let rounds: Vec<&[Change]> = {
        let mut cuts: Vec<usize> = vec![0];
        cuts.extend(
            story
                .iter()
                .enumerate()
                .filter_map(|(at, change)| matches!(change, Change::Reopened(_)).then_some(at)),
        );
        cuts.push(story.len());
        cuts.windows(2).map(|pair| &story[pair[0]..pair[1]]).collect()
    };
    for indicator in [Indicator::Acceptance, Indicator::OnTime] {
        let decided: Vec<(Option<OrganId>, bool)> = rounds
            .iter()
            .filter_map(|round| {
                round.iter().find_map(|change| match (change, indicator) {
                    (Change::Accepted(parts), Indicator::Acceptance) => {
                        Some((Some(parts.public.organ), parts.public.in_time?))
                    }
                    (Change::Answered(parts), Indicator::OnTime) => {
                        Some((parts.public.organ, parts.public.in_time?))
                    }
                    (Change::Overdue(parts), Indicator::Acceptance)
                        if parts.public.stage == Stage::Accept =>
                    {
                        Some((parts.public.organ, false))
                    }
                    (Change::Overdue(parts), Indicator::OnTime) if parts.public.stage == Stage::Answer => {
                        Some((parts.public.organ, false))
                    }
                    _ => None,
                })
            })
            .collect();
        if let Some((organ, _)) = decided.last() {
            add(*organ, indicator, i64::from(decided.iter().all(|(_, kept)| *kept)) * 100, 1);
        }
    }
    for change in story {
        match change {
            Change::Dispatched(parts) => add(Some(parts.public.organ), Indicator::Return, 0, 1),
            Change::Transferred(parts) => add(Some(parts.public.organ), Indicator::Return, 0, 1),
            Change::Reopened(parts) => add(Some(parts.public.organ), Indicator::Return, 0, 1),
            Change::Returned(parts) => add(Some(parts.public.organ), Indicator::Return, 100, 0),
            _ => {}
        }
    }
    let first = story.iter().find_map(|change| match change {
        Change::Answered(parts) => Some(parts.public.organ),
        _ => None,
    });
    if let Some(organ) = first {
        add(organ, Indicator::Repeat, i64::from(rounds.len() > 1) * 100, 1);
    }
    let last = story.iter().rposition(|change| matches!(change, Change::Appraised(_)));
    if let Some(at) = last.filter(|_| !excluded) {
        let Change::Appraised(parts) = &story[at] else { unreachable!() };
        let before: Vec<&Change> =
            story[..at].iter().rev().take_while(|change| !matches!(change, Change::Reopened(_))).collect();
        let recorded = before.iter().find_map(|change| match change {
            Change::Contacted(parts) => Some(parts.public.in_time),
            _ => None,
        });
        let said = parts.public.appraisal;
        if let Some(met) = said.contacted.or(recorded.unwrap_or(Some(false))) {
            add(parts.public.organ, Indicator::Response, i64::from(met) * 100, 1);
        }
        add(parts.public.organ, Indicator::Solution, i64::from(said.solved) * 100, 1);
        let weight = [0, 25, 50, 75, 100][usize::from(said.satisfied) - 1];
        add(parts.public.organ, Indicator::Satisfaction, weight, 1);
    }
    sums.retain(|_, sum| *sum != (0, 0));
    sums
}

/// What the counts of some organs come to.
fn rated(counts: impl IntoIterator<Item = (Option<OrganId>, Counts)>) -> Sums {
    let mut sums = Sums::new();
    for (organ, counts) in counts {
        for indicator in Indicator::ALL {
            let rate = counts.rate(indicator, &weights());
            if (rate.hundredths, rate.denominator) != (0, 0) {
                let sum = sums.entry((organ, indicator)).or_insert((0, 0));
                *sum = (sum.0 + rate.hundredths, sum.1 + rate.denominator);
            }
        }
    }
    sums
}

fn case_of(events: &[AppealEvent]) -> Case {
    let parts: Vec<_> =
        events.iter().map(|event| (event.change.kind(), event.at, event.change.split().unwrap().0)).collect();
    Case::fold(parts.iter().map(|(kind, at, public)| (*kind, *at, public))).unwrap()
}

fn command() -> impl Strategy<Value = Command> {
    prop_oneof![
        3 => Just(dispatch()),
        3 => Just(Command::Accept),
        2 => Just(contact()),
        2 => Just(send_back()),
        3 => Just(answer()),
        3 => (any::<bool>(), 1..6_u8, any::<bool>(), any::<Option<bool>>()).prop_map(|(solved, satisfied, again, said)| {
            match appraise(solved, satisfied, again) {
                Command::Appraise { mut appraisal, comment, again } => {
                    appraisal.contacted = said;
                    Command::Appraise { appraisal, comment, again }
                }
                other => other,
            }
        }),
        1 => Just(reopen()),
        1 => Just(withdraw()),
        2 => Just(Command::Strike),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1500, ..ProptestConfig::default() })]

    #[test]
    fn any_story_adds_what_a_plain_count_of_it_says(
        named in any::<bool>(),
        excluded in any::<bool>(),
        steps in prop::collection::vec((command(), 0..4000_u64), 0..40),
    ) {
        let rulebook = rulebook();
        let mut now = start();
        let mut events = decide(None, &submit(named), &rulebook, now).unwrap();
        let mut appeal = fold(&events).unwrap().unwrap();
        for (command, minutes) in steps {
            now = now + Duration::from_secs(minutes * 60);
            let Ok(more) = decide(Some(&appeal), &command, &rulebook, now) else { continue };
            for event in &more {
                appeal = apply(Some(appeal), event).unwrap();
            }
            events.extend(more);
        }
        let mut case = case_of(&events);
        if excluded {
            case.take(EXCLUSION_REVIEWED, &serde_json::json!({ "reason": "unreasonable", "granted": true }));
        }
        let changes: Vec<Change> = events.iter().map(|event| event.change.clone()).collect();
        let expected = naive(&changes, excluded);
        prop_assert_eq!(rated(case.counts()), expected.clone());

        // The contributions one by one are the same sums, and no case counts twice.
        let mut single = Sums::new();
        for indicator in Indicator::ALL {
            match case.contribution(indicator, &weights()) {
                Ok(parts) => {
                    for part in parts {
                        let sum = single.entry((part.organ, indicator)).or_insert((0, 0));
                        *sum = (sum.0 + part.hundredths, sum.1 + part.denominator);
                    }
                }
                Err(LeftOut::Excluded(reason)) => prop_assert!(excluded && reason == Exclusion::Unreasonable),
                Err(LeftOut::NotYet | LeftOut::Unknown) => {}
            }
        }
        single.retain(|_, sum| *sum != (0, 0));
        prop_assert_eq!(single, expected);
        let all: Counts = case.counts().into_iter().map(|(_, counts)| counts).sum();
        prop_assert!(all.received == 1 && all.answered <= 1 && all.repeated <= all.answered);
        prop_assert!(all.accept_due <= 1 && all.answer_due <= 1 && all.solved + all.unsolved <= 1);
        prop_assert!(all.returned <= all.dispatched && all.times.iter().sum::<i64>() == all.answered);
        prop_assert_eq!(case.organ(), appeal.organ());
    }
}

#[test]
fn a_promise_broken_once_stays_broken_and_belongs_to_who_held_the_case() {
    let at = start();
    let dispatched = serde_json::json!({ "organ": organ(7) });
    let returned = serde_json::json!({ "organ": organ(7), "count": 1 });
    let moved = serde_json::json!({ "organ": organ(8) });
    let overdue = serde_json::json!({ "organ": organ(7), "stage": "accept" });
    let late = serde_json::json!({ "organ": organ(8), "in_time": false });
    let submitted = serde_json::json!({ "kind": "help" });
    let events = [
        ("appeal.submitted", at, &submitted),
        ("appeal.dispatched", at, &dispatched),
        ("appeal.overdue", at, &overdue),
        ("appeal.returned", at, &returned),
        ("appeal.dispatched", at, &moved),
        ("appeal.accepted", at, &late),
    ];
    let case = Case::fold(events).unwrap();
    let counts: BTreeMap<_, _> = case.counts().into_iter().collect();
    let first = counts[&Some(organ(7))];
    assert_eq!((first.accept_due, first.accept_kept, first.dispatched, first.returned), (1, 0, 1, 1));
    let second = counts[&Some(organ(8))];
    assert_eq!((second.accept_due, second.dispatched, second.returned, second.received), (0, 1, 0, 1));
}

/// A small generator: the stories of the store must be the same on both engines.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % sides
    }
}

/// Does something with a case that its state may or may not allow.
async fn step(house: &House, dice: &mut Dice, case: &gongzhi_appeals::Receipt) {
    let (appeals, number) = (&house.appeals, case.number);
    let office = house.official(house.office);
    let lamps = house.official(house.lamps);
    let visitor = house.visitor();
    let said = Said {
        solved: dice.roll(2) == 0,
        satisfied: u8::try_from(dice.roll(5)).unwrap() + 1,
        contacted: [None, Some(true), Some(false)][usize::try_from(dice.roll(3)).unwrap()],
    };
    let organ = if dice.roll(2) == 0 { house.office } else { house.lamps };
    let again = (dice.roll(2) == 0).then_some("昨晚又施工了");
    // What the state does not allow is refused; that is not what is tested here.
    for official in [&office, &lamps] {
        let _refused_or_done = match dice.roll(8) {
            0 => appeals.return_(official, number, None, "不属于本单位职责").await.map(drop),
            1 => appeals.contact(official, number, None, ContactWay::Phone, "").await.map(drop),
            2..=4 => appeals.answer(official, number, None, "已处理完毕。").await.map(drop),
            _ => appeals.accept(official, number, None).await.map(drop),
        };
    }
    let _refused_or_done = match dice.roll(24) {
        0..=7 => appeals.dispatch(&house.operator(), number, None, organ, "").await.map(drop),
        8 => appeals.withdraw(&visitor, number, None, Some(case.code), "").await.map(drop),
        9 | 10 => {
            let reason = Exclusion::ALL[usize::try_from(dice.roll(3)).unwrap()];
            appeals.ask_exclusion(&house.operator(), number, reason, "回访三次未接通").await
        }
        _ => appeals.call_back(&house.operator(), number, None, said, "", again).await.map(drop),
    };
    let _refused_or_done =
        appeals.review_exclusion(&house.another_operator(), number, dice.roll(2) == 0, "情况属实").await;
}

/// What the whole journal adds, by month, street, organ and category, computed from nothing but its public parts.
async fn plain(house: &House) -> (BTreeMap<(Month, i64), Counts>, Sums) {
    let events: Vec<Event> = house
        .store
        .read(|tx| {
            let mut all = Vec::new();
            let mut after = 0;
            while let Some((events, end)) = tx.subjects_after(after)? {
                all.extend(events);
                after = end;
            }
            Ok::<_, gongzhi_kernel::Fault>(all)
        })
        .await
        .unwrap();
    let mut stories: BTreeMap<AppealId, Vec<Event>> = BTreeMap::new();
    for event in events {
        if let Some(appeal) = subject_of(&event.subject, &event.public) {
            stories.entry(appeal).or_default().push(event);
        }
    }
    let zone = rulebook().time_zone();
    let (mut by_organ, mut sums) = (BTreeMap::new(), Sums::new());
    for story in stories.values_mut() {
        story.sort_by_key(|event| event.id);
        let case = Case::fold(story.iter().map(|event| (&*event.kind, event.at, &event.public))).unwrap();
        let month = Month::of(story[0].at, &zone);
        for (organ, counts) in case.counts() {
            *by_organ.entry((month, organ.map_or(0, OrganId::get))).or_insert(Counts::default()) += counts;
        }
        let granted = |event: &Event| event.kind == EXCLUSION_REVIEWED && event.public["granted"] == true;
        let changes: Vec<Change> = story
            .iter()
            .filter(|event| event.subject.kind == SUBJECT)
            .map(|event| AppealEvent::from_journal(event).unwrap().change)
            .collect();
        for (key, (hundredths, denominator)) in naive(&changes, story.iter().any(granted)) {
            let sum = sums.entry(key).or_insert((0, 0));
            *sum = (sum.0 + hundredths, sum.1 + denominator);
        }
    }
    (by_organ, sums)
}

type Kept = (BTreeMap<(Month, i64), Counts>, BTreeMap<(Month, i64), Counts>, Counts, Counts);

/// What the counters hold: totals by organ and by street, and the sums of all cells and of all categories.
async fn kept(house: &House) -> Kept {
    let streets = [0, house.street.get(), house.elsewhere.get()];
    let all = (Month::from_number(0), Month::from_number(100_000));
    house
        .store
        .read(move |tx| {
            let mut of = |dimension| -> Result<BTreeMap<(Month, i64), Counts>, gongzhi_kernel::Fault> {
                let rows = sql::totals(tx, dimension, all.0, all.1)?;
                let rows = rows.into_iter().map(|(month, member, counts)| ((month, member), counts));
                Ok(rows.filter(|(_, counts)| !counts.is_zero()).collect())
            };
            let (organs, by_street) = (of(Dimension::Organ)?, of(Dimension::Street)?);
            let categories: Counts = of(Dimension::Category)?.into_values().sum();
            let mut cells = Counts::default();
            for street in streets {
                cells +=
                    sql::street_cells(tx, street, all.0, all.1)?.into_iter().map(|(_, counts)| counts).sum();
            }
            Ok::<_, gongzhi_kernel::Fault>((organs, by_street, cells, categories))
        })
        .await
        .unwrap()
}

pub(crate) async fn counters_say_what_the_journal_says(house: House) {
    let mut seen = Counts::default();
    for seed in 1..=3 {
        let mut dice = Dice(seed);
        let mut cases = Vec::new();
        for _ in 0..8 {
            let category = [Some(house.noise), Some(house.lighting), Some(house.other), None];
            let kind = if dice.roll(5) == 0 { Kind::Report } else { Kind::Complaint };
            let submit = Submit {
                kind,
                category: category[usize::try_from(dice.roll(4)).unwrap()],
                area: [Some(house.grid), Some(house.elsewhere), None][usize::try_from(dice.roll(3)).unwrap()],
                ..house.noise()
            };
            cases.push(house.submit(submit).await);
            house.later(dice.roll(3 * 24 * 60));
            for _ in 0..3 {
                for case in &cases {
                    step(&house, &mut dice, case).await;
                }
            }
            while house.strike().await > 0 {}
            // Several steps of the follower, small and large.
            if dice.roll(2) == 0 {
                house.count().await;
            }
        }
        house.count().await;
        let (by_organ, sums) = plain(&house).await;
        let (organs, streets, cells, categories) = kept(&house).await;
        assert_eq!(organs, by_organ);
        let all: Counts = organs.values().copied().sum();
        assert_eq!(all.received, 8 * i64::try_from(seed).unwrap());
        seen += all;
        assert_eq!((streets.into_values().sum::<Counts>(), cells, categories), (all, all, all));
        let rates = organs.iter().map(|((_, organ), counts)| (OrganId::new(*organ), *counts));
        assert_eq!(rated(rates), sums);
        house.is_sound().await;
    }
    let told = [seen.solved, seen.unsolved, seen.returned, seen.repeated, seen.answer_due - seen.answer_kept];
    assert!(told.iter().all(|count| *count > 0), "the stories say little: {told:?}");
    let before = kept(&house).await;
    for follower in house.appeals.followers() {
        gongzhi_store::followers::rebuild(&house.store, &follower).await.unwrap();
    }
    assert_eq!(kept(&house).await, before, "rebuilt from the journal");
}

pub(crate) async fn a_case_is_left_out_once_two_have_agreed(house: House) {
    let appeals = &house.appeals;
    let open = house.submit(house.noise()).await.number;
    let (operator, other) = (house.operator(), house.another_operator());
    let reason = Exclusion::Unreachable;
    let early = refused(appeals.ask_exclusion(&operator, open, reason, "三次未接通").await);
    assert_eq!(early.key, "exclusion-too-early");
    let number = house.answered().await.number;
    let said = Said { solved: false, satisfied: 1, contacted: Some(true) };
    appeals.call_back(&operator, number, None, said, "", None).await.unwrap();
    house.count().await;
    let month = Month::of(house.store.clock.now(), &rulebook().time_zone());
    let office = house.office;
    let counts = async || -> Counts {
        let found =
            house.store.read(move |tx| sql::member(tx, Dimension::Organ, office.get(), month, month)).await;
        found.unwrap().into_iter().map(|(_, counts)| counts).sum()
    };
    assert_eq!((counts().await.unsolved, counts().await.level_1), (1, 1));

    for stranger in [house.visitor(), house.official(house.office), house.auditor()] {
        refused(appeals.ask_exclusion(&stranger, number, reason, "三次未接通").await);
    }
    let short = refused(appeals.ask_exclusion(&operator, number, reason, "").await);
    assert_eq!(short.fields[0].field, "note");
    appeals.ask_exclusion(&operator, number, Exclusion::Unreasonable, "要求拆除合法建筑").await.unwrap();
    let again = refused(appeals.ask_exclusion(&other, number, reason, "三次未接通").await);
    assert_eq!(again.key, "exclusion-already");
    let own = refused(appeals.review_exclusion(&operator, number, true, "属实").await);
    assert!(own.fields.iter().any(|error| error.field == "note"), "too short a reason");
    let own = refused(appeals.review_exclusion(&operator, number, true, "情况属实").await);
    assert_eq!(own.key, "exclusion-own");
    house.count().await;
    assert_eq!(counts().await.unsolved, 1, "asking changes nothing");
    let waiting = appeals.waiting_exclusions(&other).await.unwrap();
    assert_eq!((waiting.len(), waiting[0].note.as_str()), (1, "要求拆除合法建筑"));
    appeals.review_exclusion(&other, number, true, "情况属实").await.unwrap();
    house.count().await;
    let now = counts().await;
    assert_eq!((now.unsolved, now.level_1, now.response_due, now.excluded_unreasonable), (0, 0, 0, 1));
    assert_eq!((now.answered, now.answer_kept), (1, 1), "only the call-back is left out");
    assert_eq!(appeals.waiting_exclusions(&other).await.unwrap(), []);
    let twice = refused(appeals.review_exclusion(&other, number, false, "情况不实").await);
    assert_eq!(twice.key, "exclusion-not-waiting");
    house.is_sound().await;
}
