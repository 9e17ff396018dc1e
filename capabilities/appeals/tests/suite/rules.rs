//! Every command in every state, and what the rulebook says besides.

use gongzhi_appeals::events::Change;
use gongzhi_appeals::model::{Closing, Phase, Stage, State, StateName, Visibility};
use gongzhi_appeals::rulebook::{Period, Rulebook};
use gongzhi_appeals::rules::{Command, Grant, decide, possible};

use crate::samples::{
    Story, answer, appraise, commands, contact, days, dispatch, extend, in_state, merge, minutes, organ,
    pause, reopen, rulebook, send_back, start, submission, submit, transfer, withdraw,
};

fn refused(story: &Story, command: &Command, at: gongzhi_kernel::Timestamp) -> &'static str {
    decide(story.appeal.as_ref(), command, &rulebook(), at).unwrap_err().key
}

/// Which states follow from a command, or a dash where it is refused.
fn outcome(state: StateName, command: &Command) -> String {
    let story = in_state(state);
    match decide(story.appeal.as_ref(), command, &rulebook(), start() + minutes(30)) {
        Ok(events) if events.is_empty() => "=".into(),
        Ok(_) => story.then(command, start() + minutes(30)).appeal().state.name().word().into(),
        Err(refusal) => {
            assert!(
                matches!(
                    refusal.key,
                    "appeal-wrong-state" | "appeal-already-there" | "appeal-not-paused" | "appeal-not-merged"
                ),
                "{state:?} {command:?} {refusal}"
            );
            "-".into()
        }
    }
}

#[test]
fn every_command_in_every_state() {
    let mut table = format!("{:<12}", "");
    for command in commands() {
        table.push_str(&format!("{:<12}", command.word()));
    }
    for state in StateName::ALL {
        table.push_str(&format!("\n{:<12}", state.word()));
        for command in commands() {
            table.push_str(&format!("{:<12}", outcome(state, &command)));
        }
    }
    let table: Vec<&str> = table.lines().map(str::trim_end).collect();
    insta::assert_snapshot!("commands_by_state", table.join("\n"));
}

#[test]
fn nothing_can_be_done_with_what_is_not_there() {
    for command in commands().iter().filter(|command| command.word() != "submit") {
        assert_eq!(refused(&Story::default(), command, start()), "appeal-not-found");
    }
}

#[test]
fn the_clock_of_a_round_starts_with_the_first_dispatch_and_never_moves() {
    let story = Story::of(&[submit(true)]);
    let promised = story.appeal().deadlines;
    assert_eq!(promised.answer, Some(start() + minutes(1) + days(7)));
    let bounced = story
        .then(&send_back(), start() + minutes(60))
        .then(&dispatch(), start() + days(1))
        .then(&Command::Accept, start() + days(1))
        .then(&send_back(), start() + days(2))
        .then(&dispatch(), start() + days(3));
    assert_eq!(bounced.appeal().deadlines, promised);
    assert_eq!(bounced.appeal().dispatched_at, Some(start() + minutes(1)));
    assert_eq!(bounced.appeal().organ(), Some(organ(8)));
    let accepted = bounced.then(&Command::Accept, start() + days(3));
    let Some(Change::Accepted(parts)) = accepted.events.last().map(|event| event.change.clone()) else {
        panic!()
    };
    assert_eq!(
        parts.public.in_time,
        Some(false),
        "three days after the first dispatch it is late, whoever bounced it"
    );
}

#[test]
fn more_time_is_given_by_the_level_above_and_only_within_the_rulebook() {
    let working = in_state(StateName::Accepted);
    let before = working.appeal().deadlines;
    let longer = working.clone().then(&extend(), start() + days(1));
    assert_eq!(longer.appeal().deadlines.answer, before.answer.map(|due| due + days(3)));
    assert_eq!(longer.appeal().deadlines.contact, before.contact, "only the answer may wait");
    let twice = longer.then(&extend(), start() + days(1));
    assert_eq!(refused(&twice, &extend(), start() + days(1)), "appeal-extension-spent");
    assert_eq!(refused(&working, &extend(), start() + days(8)), "appeal-extension-late");
    let long = Command::Extend(Grant { task: 1, ground: None, period: Period::minutes(16 * 1440) });
    assert_eq!(refused(&working, &long, start() + days(1)), "appeal-extension-long");
    let mut without = rulebook();
    without.extensions.pauses.clear();
    let refusal = decide(working.appeal.as_ref(), &pause(), &without, start() + minutes(9)).unwrap_err();
    assert_eq!(refusal.key, "appeal-pause-unnamed");
}

#[test]
fn a_clock_that_stands_still_gives_back_what_it_did_not_use() {
    let working = in_state(StateName::Accepted);
    let before = working.appeal().deadlines;
    let paused = working.then(&pause(), start() + minutes(60));
    assert_eq!(paused.appeal().deadlines.answer, before.answer.map(|due| due + days(10)));
    assert_eq!(refused(&paused, &extend(), start() + days(1)), "appeal-paused");
    let early = paused.clone().then(&Command::Resume, start() + minutes(60) + days(2));
    assert_eq!(early.appeal().deadlines.answer, before.answer.map(|due| due + days(2)));
    // Left alone, it goes on by itself when its time is over.
    let until = start() + minutes(60) + days(10);
    assert!(paused.appeal().next_strike() <= Some(until));
    let struck = paused.clone().then(&Command::Strike, until);
    assert_eq!((struck.appeal().moves.pause, struck.appeal().deadlines), (None, paused.appeal().deadlines));
    assert_eq!(refused(&struck, &Command::Resume, until), "appeal-not-paused");
}

#[test]
fn a_merged_case_is_answered_with_the_other_and_nobody_works_it() {
    let merged = in_state(StateName::Dispatched).then(&merge(), start() + minutes(9));
    for command in [Command::Accept, send_back(), transfer(), extend(), merge()] {
        assert_eq!(refused(&merged, &command, start() + minutes(10)), "appeal-merged");
    }
    assert_eq!(merged.appeal().next_strike(), None, "no deadline passes for it");
    let with = Command::AnswerWith { organ: organ(9), reply: "一并答复：已经修好。".into() };
    let told = merged.clone().then(&with, start() + days(1));
    assert_eq!((told.appeal().state.name(), told.appeal().organ()), (StateName::Answered, Some(organ(9))));
    let alone = merged.then(&Command::Split { reason: "其实是两件事".into() }, start() + minutes(30));
    assert_eq!(refused(&alone, &with, start() + days(1)), "appeal-not-merged");
    assert!(alone.appeal().next_strike().is_some());
    alone.then(&Command::Accept, start() + minutes(31));
}

#[test]
fn hand_overs_are_capped_counted_and_do_not_stop_the_clock() {
    let working = in_state(StateName::Contacted);
    let promised = working.appeal().deadlines;
    let handed = working.then(&transfer(), start() + minutes(30));
    let appeal = handed.appeal();
    assert_eq!((appeal.state.name(), appeal.organ()), (StateName::Dispatched, Some(organ(9))));
    assert_eq!((appeal.deadlines, appeal.moves.transfers), (promised, 1));
    assert_eq!(refused(&handed, &transfer(), start() + minutes(31)), "appeal-transfer-spent");
    let ruled = Story::of(&[submit(true), send_back(), dispatch(), send_back(), dispatch()]);
    assert_eq!(refused(&ruled, &transfer(), start() + minutes(31)), "appeal-transfer-spent");
}

#[test]
fn a_case_is_taken_in_even_where_the_calendar_ends_and_its_dispatch_names_the_year() {
    let text = gongzhi_appeals::rulebook::DEFAULT.replace("answer = \"7d\"", "answer = \"5wd\"");
    let book = Rulebook::parse(&text).unwrap();
    let late = "2026-12-30T02:00:00Z".parse().unwrap();
    let events = decide(None, &submit(true), &book, late).unwrap();
    assert_eq!(events.len(), 1, "it waits for a dispatcher");
    let appeal = gongzhi_appeals::rules::fold(&events).unwrap();
    let refusal = decide(appeal.as_ref(), &dispatch(), &book, late).unwrap_err();
    assert_eq!(refusal.key, "calendar-year-missing");
    assert!(refusal.args.iter().any(|(name, value)| *name == "year" && *value == "2027"));
}

#[test]
fn returns_are_capped_and_then_a_dispatcher_rules() {
    let story = Story::of(&[submit(true), send_back(), dispatch(), send_back()]);
    assert_eq!(story.appeal().returns, 2);
    let ruled = story.then(&dispatch(), start() + days(1));
    assert!(ruled.appeal().ruled);
    assert_eq!(refused(&ruled, &send_back(), start() + days(1)), "appeal-return-spent");
    let accepted = ruled.then(&Command::Accept, start() + days(1));
    assert_eq!(refused(&accepted, &send_back(), start() + days(1)), "appeal-return-spent");
}

#[test]
fn a_return_comes_within_two_days_of_its_dispatch_accepted_or_not() {
    let late = start() + minutes(1) + days(2) + minutes(1);
    assert_eq!(refused(&in_state(StateName::Dispatched), &send_back(), late), "appeal-return-late");
    assert_eq!(refused(&in_state(StateName::Accepted), &send_back(), late), "appeal-return-late");
    // A second organ has its own two days.
    let again = in_state(StateName::Returned).then(&dispatch(), start() + days(5));
    again.then(&send_back(), start() + days(6));
}

#[test]
fn a_dissatisfied_reporter_may_ask_once_more_and_only_once() {
    let answered = in_state(StateName::Answered);
    assert_eq!(refused(&answered, &appraise(true, 5, true), start() + days(1)), "error-fields");
    let again = answered.then(&appraise(false, 2, true), start() + days(1));
    let appeal = again.appeal();
    assert_eq!(
        (appeal.round, appeal.state.name(), appeal.organ()),
        (2, StateName::Dispatched, Some(organ(7)))
    );
    assert_eq!(appeal.deadlines.answer, Some(start() + days(8)), "the second round has its own clock");
    let second = again.then(&Command::Accept, start() + days(2)).then(&answer(), start() + days(3));
    assert_eq!(refused(&second, &appraise(false, 1, true), start() + days(4)), "appeal-reopen-spent");
    let closed = second.then(&appraise(false, 1, false), start() + days(4));
    assert!(matches!(closed.appeal().state, State::Closed { how: Closing::Appraised, .. }));
    assert_eq!(refused(&closed, &reopen(), start() + days(4)), "appeal-wrong-state");
}

#[test]
fn who_was_dissatisfied_has_some_days_to_ask() {
    let appraised = in_state(StateName::Appraised);
    let until = appraised.appeal().appraise_by.unwrap();
    assert_eq!(refused(&appraised, &reopen(), until + minutes(1)), "appeal-reopen-late");
    let reopened = appraised.clone().then(&reopen(), until);
    assert_eq!((reopened.appeal().round, reopened.appeal().accepted_at), (2, None));
    let lapsed = appraised.then(&Command::Strike, until);
    assert!(matches!(lapsed.appeal().state, State::Closed { how: Closing::Lapsed, .. }));
}

#[test]
fn deadlines_pass_once_for_each_stage() {
    let story = in_state(StateName::Dispatched);
    let reminded = story.clone().then(&Command::Strike, start() + minutes(110));
    assert!(matches!(reminded.events.last().unwrap().change, Change::Reminded(_)));
    assert_eq!((reminded.appeal().touched, reminded.appeal().overdue.is_none()), (2, true));
    assert_eq!(reminded.appeal().next_strike(), reminded.appeal().deadlines.accept);
    let early = decide(story.appeal.as_ref(), &Command::Strike, &rulebook(), start() + minutes(2)).unwrap();
    assert!(early.is_empty());
    let story = story.then(&Command::Strike, start() + days(2));
    let overdue: Vec<Stage> = story.appeal().overdue.stages().collect();
    assert_eq!(overdue, [Stage::Accept, Stage::Contact]);
    assert!(story.appeal().is_late());
    assert_eq!(story.appeal().touched, 2, "a deadline that passes is nobody's step");
    assert_eq!(story.appeal().next_strike(), story.appeal().moves.reminders.answer);
    let again = decide(story.appeal.as_ref(), &Command::Strike, &rulebook(), start() + days(3)).unwrap();
    assert!(again.is_empty());
    let accepted = story.then(&Command::Accept, start() + days(3)).then(&contact(), start() + days(3));
    assert!(!accepted.appeal().is_late(), "what was late is done; the answer is not yet due");
    assert!(accepted.appeal().overdue.has(Stage::Accept), "but it is not forgotten");
}

#[test]
fn a_report_of_wrongdoing_is_always_confidential() {
    let mut report = submission(true);
    report.kind = gongzhi_appeals::model::Kind::Report;
    report.visibility = Some(Visibility::Public);
    report.place.area = gongzhi_kernel::AreaId::new(5);
    let story = Story::of(&[Command::Submit(Box::new(report))]).then(&Command::Accept, start() + days(1));
    let story = story.then(&answer(), start() + days(1));
    assert_eq!(story.appeal().visibility, Visibility::Confidential);
    assert_eq!(story.appeal().place.area.map(|id| id.get()), Some(5));
    assert!(story.appeal().reply.starts_with("已约谈"));
    for event in &story.events {
        let (public, _) = event.change.split().unwrap();
        assert!(public.get("area").is_none() && public.get("reply").is_none(), "{public}");
    }
}

#[test]
fn public_parts_hold_no_words_of_people() {
    let story = Story::of(&[
        submit(false),
        dispatch(),
        Command::Accept,
        contact(),
        answer(),
        appraise(false, 1, true),
    ])
    .then(&send_back(), start() + minutes(20))
    .then(&dispatch(), start() + minutes(21))
    .then(&withdraw(), start() + minutes(22));
    for event in &story.events {
        let (public, _) = event.change.split().unwrap();
        let mut public = public;
        if let Some(fields) = public.as_object_mut() {
            fields.remove("reply");
        }
        let text = public.to_string();
        assert!(text.is_ascii(), "{text}");
        assert!(!text.contains("1990000"), "{text}");
    }
}

#[test]
fn what_is_possible_is_what_can_be_done() {
    let now = start() + minutes(30);
    for state in StateName::ALL {
        let story = in_state(state);
        let words = possible(story.appeal(), &rulebook(), now);
        for command in commands() {
            let done = decide(story.appeal.as_ref(), &command, &rulebook(), now);
            if done.is_ok() && command != Command::Strike {
                assert!(words.contains(&command.word()), "{state:?} {}", command.word());
            }
        }
        assert_eq!(words.is_empty(), state.phase() == Phase::Closed, "{state:?}");
    }
}

#[test]
fn limits_are_the_rulebooks() {
    let text = gongzhi_appeals::rulebook::DEFAULT.replace("{ min = 4, max = 5000 }", "{ min = 1, max = 3 }");
    let small = Rulebook::parse(&text).unwrap();
    let refusal = decide(None, &submit(true), &small, start()).unwrap_err();
    assert_eq!((refusal.fields[0].field.as_ref(), refusal.fields[0].key), ("text", "error-too-long"));
    assert_eq!(refusal.fields[0].args[0], ("max", "3".to_owned()));
}
