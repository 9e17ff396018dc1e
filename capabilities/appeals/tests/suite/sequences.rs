//! Whatever is done in whatever order.

use std::time::Duration;

use gongzhi_appeals::events::{AppealEvent, Change};
use gongzhi_appeals::model::{Appeal, PauseGround, Stage, State};
use gongzhi_appeals::rulebook::Period;
use gongzhi_appeals::rules::{Command, Grant, apply, decide, fold};
use proptest::prelude::*;

use crate::samples::{
    answer, appraise, contact, dispatch, merge, organ, reopen, rulebook, send_back, start, submit, transfer,
    withdraw,
};

fn command() -> impl Strategy<Value = Command> {
    prop_oneof![
        3 => Just(dispatch()),
        3 => Just(Command::Accept),
        2 => Just(contact()),
        2 => Just(send_back()),
        3 => Just(answer()),
        3 => (any::<bool>(), 0..7_u8, any::<bool>())
            .prop_map(|(solved, satisfied, again)| appraise(solved, satisfied, again)),
        1 => Just(reopen()),
        1 => Just(withdraw()),
        2 => Just(transfer()),
        2 => Just(Command::Resume),
        1 => Just(merge()),
        1 => Just(Command::Split { reason: "其实是两件事".into() }),
        3 => (0..20_u32, prop::sample::select(vec![None, Some(PauseGround::Weather), Some(PauseGround::ExpertReport)]))
            .prop_map(|(days, ground)| {
                Command::Extend(Grant { task: 7, ground, period: Period::minutes(days * 1440) })
            }),
        1 => Just(Command::AnswerWith { organ: organ(8), reply: "一并答复：已经修好。".into() }),
        3 => Just(Command::Strike),
        1 => any::<String>().prop_map(|reply| Command::Answer { reply }),
        1 => any::<String>().prop_map(|reason| Command::Return { reason }),
    ]
}

/// What the states themselves say of a step, against what the fold makes of its event.
fn stepped(before: State, merged: bool, event: &AppealEvent) -> Option<State> {
    let at = event.at;
    match &event.change {
        Change::Submitted(_)
        | Change::Overdue(_)
        | Change::Reminded(_)
        | Change::Extended(_)
        | Change::Resumed(_)
        | Change::Merged(_)
        | Change::Split(_) => Some(before),
        Change::Transferred(parts) => before.transfer(parts.public.organ, at).ok(),
        Change::Answered(parts) if merged => before.answer_with(parts.public.organ.unwrap(), at).ok(),
        Change::Dispatched(parts) => before.dispatch(parts.public.organ, at).ok(),
        Change::Accepted(_) => before.accept(at).ok(),
        Change::Contacted(_) => before.contact(at).ok(),
        Change::Returned(_) => before.send_back(at).ok(),
        Change::Answered(_) => before.answer(at).ok(),
        Change::Appraised(_) => before.appraise(at).ok(),
        Change::Reopened(_) => before.reopen(at).ok(),
        Change::Withdrawn(_) => before.withdraw(at).ok(),
        Change::Closed(parts) => before.close(parts.public.how, at).ok(),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, ..ProptestConfig::default() })]

    #[test]
    fn promises_are_kept_whatever_is_done(
        named in any::<bool>(),
        steps in prop::collection::vec((command(), 0..5000_u64), 0..40),
    ) {
        let rulebook = rulebook();
        let mut now = start();
        let mut events = decide(None, &submit(named), &rulebook, now).unwrap();
        let mut appeal: Appeal = fold(&events).unwrap().unwrap();
        for (command, minutes) in steps {
            now = now + Duration::from_secs(minutes * 60);
            let Ok(more) = decide(Some(&appeal), &command, &rulebook, now) else { continue };
            for event in &more {
                let expected = stepped(appeal.state, appeal.moves.merged_into.is_some(), event);
                let after = apply(Some(appeal.clone()), event).unwrap();
                prop_assert_eq!(Some(after.state), expected);
                if after.round == appeal.round && appeal.dispatched_at.is_some() {
                    let approved = matches!(event.change, Change::Extended(_));
                    for stage in Stage::ALL {
                        let (then, now) = (appeal.due(*stage), after.due(*stage));
                        prop_assert!(now <= then || approved, "{stage} was moved later by {:?}", event.change);
                    }
                    if !matches!(event.change, Change::Extended(_) | Change::Resumed(_)) {
                        prop_assert_eq!(after.deadlines, appeal.deadlines, "only the level above moves a deadline");
                    }
                }
                prop_assert!(after.deadlines.accept <= after.deadlines.contact);
                prop_assert!(after.deadlines.contact <= after.deadlines.answer);
                appeal = after;
            }
            // A clock that has struck has said everything there was to say.
            if command == Command::Strike {
                prop_assert!(decide(Some(&appeal), &Command::Strike, &rulebook, now).unwrap().is_empty());
            }
            events.extend(more);
        }
        let reopened = events.iter().filter(|event| matches!(event.change, Change::Reopened(_))).count();
        prop_assert!(reopened <= 1 && appeal.round <= 2);
        prop_assert!(appeal.returns <= rulebook.returns.cap);
        let mut overdue: Vec<_> = events.iter().filter_map(|event| match &event.change {
            Change::Overdue(parts) => Some((parts.public.stage, parts.public.due)),
            _ => None,
        }).collect();
        let all = overdue.len();
        overdue.sort_by_key(|(stage, due)| (*stage, *due));
        overdue.dedup();
        prop_assert_eq!(overdue.len(), all, "a deadline passes once");

        // Through the journal and back: nothing is lost, and the fold is the same.
        let told: Vec<AppealEvent> = events
            .iter()
            .map(|event| {
                let (public, sealed) = event.change.split().unwrap();
                let change = Change::join(event.change.kind(), &public, sealed.as_ref()).unwrap();
                AppealEvent { change, ..event.clone() }
            })
            .collect();
        prop_assert_eq!(&told, &events);
        prop_assert_eq!(fold(&told).unwrap().unwrap(), appeal);
    }

    #[test]
    fn histories_out_of_order_are_refused_and_never_panic(order in prop::collection::vec(0..6_usize, 1..8)) {
        let story = crate::samples::in_state(gongzhi_appeals::model::StateName::Closed);
        let shuffled: Vec<_> = order.iter().filter_map(|at| story.events.get(*at)).collect();
        let in_order = order.iter().copied().eq(0..order.len());
prop_assert_eq!(fold(shuffled).is_ok(), in_order);
    }

    #[test]
    fn any_text_is_taken_or_refused_with_its_field(text in any::<String>(), phone in any::<String>(), email in any::<String>()) {
        let mut submission = crate::samples::submission(true);
        submission.text = text;
        submission.contact.phone = phone;
        submission.contact.email = email;
        match decide(None, &Command::Submit(Box::new(submission)), &rulebook(), start()) {
            Ok(events) => {
                let appeal = fold(&events).unwrap().unwrap();
                prop_assert!(!appeal.title.is_empty() && !appeal.text.contains('\0'));
            }
            Err(refusal) => prop_assert!(!refusal.fields.is_empty()),
        }
    }
}
