//! Cases from report to closing, as people live through them.

use gongzhi_appeals::actions::Said;
use gongzhi_appeals::model::{Closing, ContactWay, Kind, Stage, StateName, Urgency, Visibility};
use gongzhi_appeals::queries::Who;
use gongzhi_appeals::{Submit, TrackingCode};
use gongzhi_kernel::RefusalKind;
use gongzhi_store::params;

use crate::house::{House, refused};

const HAPPY: Said = Said { solved: true, satisfied: 5, contacted: Some(true) };
const UNHAPPY: Said = Said { solved: false, satisfied: 1, contacted: Some(false) };
const REPLY: &str = "已约谈施工单位，夜间停工。";

pub(crate) async fn a_case_from_report_to_closing(house: House) {
    let appeals = &house.appeals;
    let receipt = house.submit(house.noise()).await;
    assert_eq!(receipt.organ, Some(house.office), "the catalogue names the street office");
    assert_eq!(receipt.number.to_string().len(), 16);
    assert_eq!(receipt.dispatch_due, None);
    let answer_due = receipt.deadlines.answer.unwrap();
    assert_eq!(receipt.at.seconds_until(answer_due), 7 * 86_400);

    house.later(30);
    let office = house.official(house.office);
    let seen = appeals.case(&office, receipt.number, None).await.unwrap();
    assert_eq!(seen.open_to, ["accept", "return", "extend", "transfer", "note", "ask"]);
    assert_eq!(seen.next_due.unwrap().0, Stage::Accept);
    let accepted = appeals.accept(&office, receipt.number, Some(seen.revision)).await.unwrap();
    house.later(60);
    appeals
        .contact(
            &house.official(house.office),
            receipt.number,
            Some(accepted.revision),
            ContactWay::Phone,
            "约明天上门",
        )
        .await
        .unwrap();
    house.later(600);
    appeals.answer(&house.official(house.office), receipt.number, None, REPLY).await.unwrap();

    // The public sees the matter and its story, but neither place nor notes nor who acted.
    let public = appeals.case(&house.visitor(), receipt.number, None).await.unwrap();
    assert_eq!((public.state, public.reply.as_str()), (StateName::Answered, REPLY));
    assert_eq!((public.address, public.point, public.area), (None, None, Some(house.community)));
    assert!(!public.full && !public.own && !public.reporter_readable && public.open_to.is_empty());
    assert!(public.timeline.iter().all(|knot| knot.person.is_none()));
    let told: Vec<_> = public.timeline.iter().map(|knot| (knot.kind, knot.who, knot.in_time)).collect();
    assert_eq!(
        told,
        [
            ("appeal.submitted", Who::Reporter, None),
            ("appeal.dispatched", Who::Gongzhi, None),
            ("appeal.accepted", Who::Organ(house.office), Some(true)),
            ("appeal.contacted", Who::Organ(house.office), Some(true)),
            ("appeal.answered", Who::Organ(house.office), Some(true)),
        ]
    );
    assert!(public.timeline.iter().all(|knot| knot.text.is_empty() || knot.text == REPLY));
    assert_eq!(public.timeline.last().unwrap().took, 690 * 60);

    // Whoever holds the code sees all of it and appraises.
    let own = appeals
        .track(&house.visitor(), &receipt.number.to_string(), &receipt.code.to_string())
        .await
        .unwrap();
    assert!(own.own && own.full && own.address.is_some());
    assert_eq!(own.open_to, ["appraise"]);
    let closed = appeals
        .appraise(
            &house.visitor(),
            receipt.number,
            Some(own.revision),
            Some(receipt.code),
            HAPPY,
            "谢谢",
            None,
        )
        .await
        .unwrap();
    assert_eq!(closed.state.name(), StateName::Closed);
    assert_eq!(
        house.kinds(receipt.number).await,
        ["submitted", "dispatched", "accepted", "contacted", "answered", "appraised", "closed"]
    );
    house.later(60 * 24 * 60);
    assert_eq!(house.strike().await, 0, "a closed case has no clock");
    house.is_sound().await;
}

pub(crate) async fn a_case_that_nobody_is_named_for_waits_for_a_dispatcher(house: House) {
    let appeals = &house.appeals;
    let unnamed = Submit { category: Some(house.other), ..house.noise() };
    let receipt = house.submit(unnamed).await;
    assert_eq!((receipt.organ, receipt.deadlines.answer), (None, None));
    assert_eq!(receipt.at.seconds_until(receipt.dispatch_due.unwrap()), 2 * 3600);

    let office = house.official(house.office);
    assert_eq!(
        refused(appeals.dispatch(&office, receipt.number, None, house.lamps, "").await).kind,
        RefusalKind::Forbidden
    );
    let nowhere = gongzhi_kernel::OrganId::new(77).unwrap();
    let refusal = refused(appeals.dispatch(&house.operator(), receipt.number, None, nowhere, "").await);
    assert_eq!(refusal.fields[0].key, "error-organ");
    let sent =
        appeals.dispatch(&house.operator(), receipt.number, None, house.lamps, "请核实").await.unwrap();
    assert_eq!(sent.organ(), Some(house.lamps));
    let due = sent.deadlines;

    // The wrong organ sends it back; the clock goes on.
    let lamps = house.official(house.lamps);
    let back = appeals.return_(&lamps, receipt.number, None, "施工噪声不属于本单位职责").await.unwrap();
    assert_eq!(back.state.name(), StateName::Returned);
    house.later(45);
    let again = appeals.dispatch(&house.operator(), receipt.number, None, house.office, "").await.unwrap();
    assert_eq!((again.deadlines, again.returns), (due, 1));
    assert_eq!(refused(appeals.accept(&lamps, receipt.number, None).await).kind, RefusalKind::Forbidden);
    appeals.accept(&office, receipt.number, None).await.unwrap();
    house.is_sound().await;
}

pub(crate) async fn a_dissatisfied_reporter_is_heard_once_more(house: House) {
    let appeals = &house.appeals;
    let receipt = house.answered().await;
    let (visitor, number, code) = (house.visitor(), receipt.number, Some(receipt.code));
    let stranger = Some(TrackingCode::from_bytes([9; 8]));
    assert_eq!(
        refused(appeals.appraise(&visitor, number, None, stranger, UNHAPPY, "", None).await).kind,
        RefusalKind::Unauthenticated
    );
    let waiting = appeals.appraise(&visitor, number, None, code, UNHAPPY, "还是很吵", None).await.unwrap();
    assert_eq!(waiting.state.name(), StateName::Appraised);
    let again = appeals.reopen(&visitor, number, None, code, "昨晚又施工了").await.unwrap();
    assert_eq!((again.round, again.state.name()), (2, StateName::Dispatched));

    let office = house.official(house.office);
    appeals.accept(&office, number, None).await.unwrap();
    appeals.answer(&office, number, None, "已责令停工三天并派人夜间值守。").await.unwrap();
    let spent = appeals.appraise(&visitor, number, None, code, UNHAPPY, "", Some("还要再办")).await;
    assert_eq!(refused(spent).key, "appeal-reopen-spent");
    // By phone this time: an operator calls back.
    let closed = appeals.call_back(&house.operator(), number, None, UNHAPPY, "仍不满意", None).await.unwrap();
    assert_eq!(closed.state.name(), StateName::Closed);
    let seen = appeals.case(&office, number, None).await.unwrap();
    assert_eq!(seen.timeline.iter().map(|knot| knot.round).max(), Some(2));
    assert!(seen.timeline.iter().any(|knot| knot.text == "昨晚又施工了" && knot.kind == "appeal.reopened"));
    house.is_sound().await;
}

pub(crate) async fn the_clock_strikes_once_for_each_stage_and_closes_what_nobody_appraises(house: House) {
    let appeals = &house.appeals;
    let receipt = house.submit(house.noise()).await;
    assert_eq!(house.strike().await, 0);
    // Before the deadline, when a fifth of the time is left, those who must act are reminded.
    house.later(97);
    assert_eq!(house.strike().await, 1);
    assert_eq!(house.kinds(receipt.number).await[2..], ["reminded"]);
    house.later(24);
    assert_eq!(house.strike().await, 1);
    assert_eq!(house.strike().await, 0);
    // Another rulebook does not change what has been promised.
    let text = gongzhi_appeals::rulebook::DEFAULT.replace("answer = \"7d\"", "answer = \"5wd\"");
    let context = house.acting(gongzhi_kernel::Actor::System);
    appeals.adopt_rulebook(&context, &text, context.now).await.unwrap();
    house.later(8 * 24 * 60);
    while house.strike().await > 0 {}
    assert_eq!(house.kinds(receipt.number).await[2..], ["reminded", "overdue", "overdue", "overdue"]);

    // What passed meanwhile does not stand in the way of a form that was opened before.
    let official = house.official(house.office);
    appeals.accept(&official, receipt.number, Some(2)).await.unwrap();
    let answered = appeals.answer(&official, receipt.number, None, REPLY).await.unwrap();
    assert!(!answered.is_late());
    house.later(15 * 24 * 60 + 1);
    assert_eq!(house.strike().await, 1);
    let view = appeals.case(&house.visitor(), receipt.number, None).await.unwrap();
    assert_eq!(view.timeline.last().unwrap().closing, Some(Closing::Lapsed));
    assert_eq!(view.timeline.iter().filter(|knot| knot.in_time == Some(false)).count(), 5);
    house.is_sound().await;
}

pub(crate) async fn the_same_key_gives_the_same_receipt(house: House) {
    let appeals = &house.appeals;
    let first = appeals.submit(&house.visitor(), house.noise(), Some("key-1")).await.unwrap();
    house.later(5);
    let second = appeals.submit(&house.visitor(), house.noise(), Some("key-1")).await.unwrap();
    assert!(second.repeated && !first.repeated);
    assert_eq!(
        (second.number, second.code, second.deadlines, second.at),
        (first.number, first.code, first.deadlines, first.at)
    );
    let other = Submit { text: "另一件事，路灯坏了。".into(), ..house.noise() };
    assert_eq!(
        refused(appeals.submit(&house.visitor(), other.clone(), Some("key-1")).await).key,
        "appeal-key-used"
    );
    // Another person's same key is another key.
    let third = appeals.submit(&house.resident(), other, Some("key-1")).await.unwrap();
    assert_ne!(third.number, first.number);
    assert_ne!(first.code, third.code);
    let many = futures_util::future::join_all((0..8).map(|_| {
        let appeals = appeals.clone();
        let (context, submit) = (house.visitor(), house.noise());
        async move { appeals.submit(&context, submit, Some("key-2")).await.unwrap() }
    }))
    .await;
    assert!(many.iter().all(|receipt| receipt.number == many[0].number && receipt.code == many[0].code));
    assert_eq!(many.iter().filter(|receipt| !receipt.repeated).count(), 1);
    // After a day a key is forgotten.
    house.later(25 * 60);
    appeals.submit(&house.visitor(), house.noise(), None).await.unwrap();
    let fresh = appeals.submit(&house.visitor(), house.noise(), Some("key-1")).await.unwrap();
    assert_ne!(fresh.number, first.number);
    house.is_sound().await;
}

pub(crate) async fn two_officials_at_once_get_one_step_and_one_conflict(house: House) {
    let appeals = &house.appeals;
    let receipt = house.submit(house.noise()).await;
    let (one, other) = (house.official(house.office), house.official(house.office));
    let (first, second) = tokio::join!(
        appeals.accept(&one, receipt.number, Some(2)),
        appeals.return_(&other, receipt.number, Some(2), "不属于本单位职责"),
    );
    assert!(first.is_ok() != second.is_ok());
    let refusal = refused(if first.is_ok() { second } else { first });
    assert_eq!((refusal.kind, refusal.key), (RefusalKind::Conflict, "appeal-changed-meanwhile"));
    assert_eq!(refusal.args[0].0, "state");
    assert_eq!(house.kinds(receipt.number).await.len(), 3);
    house.is_sound().await;
}

pub(crate) async fn what_is_confidential_stays_so(house: House) {
    let appeals = &house.appeals;
    let report = Submit { kind: Kind::Report, visibility: Some(Visibility::Public), ..house.noise() };
    let receipt = house.submit(report).await;
    assert_eq!(receipt.visibility, Visibility::Confidential);
    let number = receipt.number;
    for stranger in [house.visitor(), house.resident(), house.official(house.lamps)] {
        assert_eq!(refused(appeals.case(&stranger, number, None).await).key, "appeal-not-found");
        assert_eq!(refused(appeals.accept(&stranger, number, None).await).key, "appeal-not-found");
    }
    let nobody = gongzhi_kernel::AppealId::new(1).unwrap();
    assert_eq!(refused(appeals.case(&house.visitor(), nobody, None).await).key, "appeal-not-found");
    let office = house.official(house.office);
    assert!(!appeals.case(&office, number, None).await.unwrap().reporter_readable);
    assert_eq!(
        refused(appeals.read_reporter(&office, number, "联系反映人核实").await).kind,
        RefusalKind::Forbidden
    );
    assert_eq!(
        appeals.read_reporter(&house.operator(), number, "联系反映人核实").await.unwrap().name,
        "李明"
    );
    for (number, code) in
        [("1", receipt.code.to_string()), (&*number.to_string(), "AAAAA-AAAAA".into()), ("x", "y".into())]
    {
        assert_eq!(refused(appeals.track(&house.visitor(), number, &code).await).key, "appeal-track-wrong");
    }
    let list = appeals.list(&Default::default(), gongzhi_appeals::queries::From::Older(None)).await.unwrap();
    assert_eq!(list.items, []);
    house.is_sound().await;
}

pub(crate) async fn whoever_reads_a_reporter_is_seen(house: House) {
    let appeals = &house.appeals;
    let receipt = house.submit(house.noise()).await;
    let office = house.official(house.office);
    assert_eq!(
        refused(appeals.read_reporter(&office, receipt.number, " 看 ").await).fields[0].field,
        "purpose"
    );
    let stranger = house.official(house.lamps);
    assert_eq!(
        refused(appeals.read_reporter(&stranger, receipt.number, "想看一看").await).kind,
        RefusalKind::Forbidden
    );
    for purpose in ["上门前联系", "再次联系核实"] {
        let reporter = appeals.read_reporter(&office, receipt.number, purpose).await.unwrap();
        assert_eq!(reporter.phone, "19900000001");
        house.later(1);
    }
    let read = appeals.readings(&house.visitor(), receipt.number, Some(receipt.code)).await.unwrap();
    assert_eq!(
        read.iter().map(|reading| reading.purpose.as_str()).collect::<Vec<_>>(),
        ["再次联系核实", "上门前联系"]
    );
    assert_eq!(read[0].actor, office.actor);
    assert_eq!(appeals.readings(&house.auditor(), receipt.number, None).await.unwrap().len(), 2);
    assert!(appeals.readings(&house.visitor(), receipt.number, None).await.is_err());
    // A reading is not a step of the case.
    appeals.accept(&office, receipt.number, Some(2)).await.unwrap();
    let anonymous = Submit { reporter: Default::default(), ..house.noise() };
    let receipt = house.submit(anonymous).await;
    assert_eq!(
        refused(appeals.read_reporter(&office, receipt.number, "上门前联系").await).key,
        "appeal-no-reporter"
    );
    house.is_sound().await;
}

pub(crate) async fn bad_words_name_their_fields(house: House) {
    let gone = gongzhi_kernel::AreaId::new(99).unwrap();
    let bad = Submit {
        category: gongzhi_appeals::model::CategoryId::new(98),
        area: Some(gone),
        reporter: gongzhi_appeals::model::Reporter {
            name: String::new(),
            phone: "call me".into(),
            email: "@".into(),
        },
        ..Submit::new(Kind::Help, gongzhi_appeals::model::Channel::Web, " \u{0} ")
    };
    let refusal = refused(house.appeals.submit(&house.visitor(), bad, None).await);
    let fields: Vec<_> = refusal.fields.iter().map(|error| (&*error.field, error.key)).collect();
    assert_eq!(
        fields,
        [
            ("text", "error-required"),
            ("phone", "error-phone"),
            ("email", "error-email"),
            ("category", "error-category"),
            ("area", "error-area"),
        ]
    );
    // Only staff write down for another, and only theirs is the urgency.
    let call = Submit {
        channel: gongzhi_appeals::model::Channel::Phone,
        urgency: Some(Urgency::Danger),
        ..house.noise()
    };
    let refusal = refused(house.appeals.submit(&house.visitor(), call.clone(), None).await);
    assert_eq!(refusal.kind, RefusalKind::Unauthenticated);
    let receipt = house.appeals.submit(&house.operator(), call, None).await.unwrap();
    assert_eq!(receipt.at.seconds_until(receipt.deadlines.answer.unwrap()), 2 * 3600);
    let hasty = Submit { urgency: Some(Urgency::Danger), ..house.noise() };
    let receipt = house.submit(hasty).await;
    assert_eq!(receipt.at.seconds_until(receipt.deadlines.answer.unwrap()), 7 * 86_400);
    let lamp = Submit { category: Some(house.lighting), ..house.noise() };
    let receipt = house.submit(lamp).await;
    assert_eq!(
        (receipt.organ, receipt.at.seconds_until(receipt.deadlines.answer.unwrap())),
        (Some(house.lamps), 86_400)
    );
}

gongzhi_store::statements! {
    MEDDLE = "UPDATE appeal SET title = 'x', desk = NULL WHERE id = $1";
    LOSE = "DELETE FROM appeal WHERE id = $1";
    FORGE = "UPDATE appeal_reporter SET phone = '1' WHERE appeal = $1";
}

pub(crate) async fn the_check_finds_what_was_changed_behind_its_back(house: House) {
    let _declared = statements();
    let [changed, lost, forged] = [
        house.submit(house.noise()).await,
        house.submit(house.noise()).await,
        house.submit(house.noise()).await,
    ];
    house.is_sound().await;
    let numbers = [changed.number, lost.number, forged.number];
    house
        .store
        .write(move |tx| {
            let [changed, lost, forged] = numbers;
            tx.execute(&MEDDLE, params![changed])?;
            tx.execute(&LOSE, params![lost])?;
            tx.execute(&FORGE, params![forged]).map(|_| ())
        })
        .await
        .map_err(|fault: gongzhi_kernel::Fault| fault)
        .unwrap();
    let report = house.store.read(|tx| gongzhi_appeals::check(tx)).await.unwrap();
    let found: Vec<_> = report
        .differences
        .iter()
        .map(|difference| (difference.subject.id, difference.what.as_str()))
        .collect();
    assert_eq!(
        found,
        [
            (changed.number.get(), "its row differs from its events in `title`"),
            (changed.number.get(), "its column `desk` is not what it repeats"),
            (lost.number.get(), "has events and no row"),
            (forged.number.get(), "its reporter's record differs from its events"),
        ]
    );
}
