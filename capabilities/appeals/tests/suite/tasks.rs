//! What runs beside a case: the pictures, the rules, and whole stories on both engines.

use std::collections::BTreeSet;

use gongzhi_appeals::Submit;
use gongzhi_appeals::actions::Ask;
use gongzhi_appeals::events::TaskEvent;
use gongzhi_appeals::model::{
    Exclusion, Happening, NoteKind, PauseGround, StateName, Task, TaskKind, TaskState, Terms,
};
use gongzhi_appeals::queries::{Desk, DeskFilter};
use gongzhi_appeals::rulebook::Period;
use gongzhi_appeals::rules::{TaskStep, apply_task};
use gongzhi_kernel::{Actor, Context};

use crate::house::{House, refused};

const PICTURES: &str = include_str!("../../../../docs/states/task.md");
const WORDS: &str = "请到现场核实并回复。";

#[test]
fn the_pictures_are_true() {
    for kind in TaskKind::ALL {
        let section = PICTURES.split(&format!("\n## {kind}\n")).nth(1).unwrap_or_else(|| panic!("{kind}"));
        let picture = section.split("```mermaid").nth(1).unwrap().split("```").next().unwrap();
        let drawn: BTreeSet<String> =
            picture.lines().map(str::trim).filter(|line| line.contains("-->")).map(str::to_owned).collect();
        let mut taken = BTreeSet::from(["[*] --> open: opened".to_owned()]);
        for state in TaskState::ALL {
            for what in Happening::ALL {
                if let Some(after) = kind.after(*state, *what) {
                    taken.insert(format!("{state} --> {after}: {what}"));
                }
            }
        }
        assert_eq!(drawn, taken, "{kind}");
    }
}

fn ask_of(organs: &[gongzhi_kernel::OrganId]) -> Ask {
    Ask { organs: organs.to_vec(), text: WORDS.into(), ..Ask::default() }
}

fn days(days: u32, ground: Option<PauseGround>) -> Ask {
    let terms = Some(Terms { ground, period: Period::minutes(days * 1440) });
    Ask { terms, text: "需要等检测结果才能答复。".into(), ..Ask::default() }
}

fn head(house: &House, organ: gongzhi_kernel::OrganId) -> Context {
    house.acting(Actor::Official { person: house.official, organ, head: true })
}

async fn story(house: &House, task: &Task) -> Vec<String> {
    let subject = gongzhi_kernel::Subject::new("appeal_task", task.id);
    let events = house.store.read(move |tx| tx.history(&subject)).await.unwrap();
    let told: Vec<TaskEvent> = events.iter().map(|event| TaskEvent::from_journal(event).unwrap()).collect();
    let folded = told.iter().try_fold(None, |task, event| apply_task(task, event).map(Some)).unwrap();
    assert!(folded.is_some());
    told.iter().map(|event| event.what.word().to_owned()).collect()
}

pub(crate) async fn a_street_calls_a_department_and_both_are_scored(house: House) {
    let appeals = &house.appeals;
    let receipt = house.submit(house.noise()).await;
    let (street, lamps) = (house.official(house.office), house.official(house.lamps));
    appeals.accept(&street, receipt.number, None).await.unwrap();
    assert!(!appeals.case(&lamps, receipt.number, None).await.unwrap().full, "not yet theirs to see in full");
    let called =
        appeals.ask(&street, receipt.number, None, TaskKind::Whistle, ask_of(&[house.lamps])).await.unwrap();
    let task = called[0].clone();
    let again = appeals.ask(&street, receipt.number, None, TaskKind::Whistle, ask_of(&[house.lamps])).await;
    assert_eq!(refused(again).key, "task-already-open");
    let wrong = appeals.ask(&street, receipt.number, None, TaskKind::Whistle, ask_of(&[house.office])).await;
    assert_eq!(refused(wrong).fields[0].key, "error-organ", "only departments are called");
    let desk = appeals.desk(&lamps, Desk::Organ(house.lamps), DeskFilter::Whistle, None, 10).await.unwrap();
    assert_eq!((desk.items.len(), desk.counts.whistle), (1, 1));
    assert!(
        appeals.case(&lamps, receipt.number, None).await.unwrap().full,
        "whoever is called sees the case"
    );
    // Only the department reports, only the street scores.
    let report = TaskStep::new(Happening::Reported, "已到场，正在处理。");
    assert_eq!(
        refused(appeals.act(&street, task.id, None, report.clone()).await).kind,
        gongzhi_kernel::RefusalKind::Forbidden
    );
    house.later(60 * 25);
    let (street, lamps) = (house.official(house.office), house.official(house.lamps));
    let reported = appeals.act(&lamps, task.id, Some(1), report.clone()).await.unwrap();
    assert_eq!(reported.in_time, Some(false), "a day was given");
    assert_eq!(refused(appeals.act(&lamps, task.id, Some(1), report).await).key, "task-changed-meanwhile");
    let rate = TaskStep { score: Some(9), ..TaskStep::new(Happening::Rated, "") };
    assert_eq!(refused(appeals.act(&street, task.id, None, rate.clone()).await).fields[0].key, "error-score");
    let rated = appeals.act(&street, task.id, None, TaskStep { score: Some(4), ..rate }).await.unwrap();
    assert_eq!((rated.state, rated.score), (TaskState::Rated, Some(4)));
    assert_eq!(story(&house, &task).await, ["opened", "reported", "rated"]);
    house.is_sound().await;
}

pub(crate) async fn more_time_is_asked_for_and_the_level_above_decides(house: House) {
    let appeals = &house.appeals;
    let receipt = house.submit(house.noise()).await;
    let (street, hotline) = (house.official(house.office), house.operator());
    appeals.accept(&street, receipt.number, None).await.unwrap();
    let before = appeals.case(&street, receipt.number, None).await.unwrap().deadlines;
    let asked = appeals.ask(&street, receipt.number, None, TaskKind::Extension, days(3, None)).await.unwrap();
    assert_eq!(asked[0].organ, house.hotline, "an organ without one above asks the hotline centre");
    let unmoved = appeals.case(&street, receipt.number, None).await.unwrap().deadlines;
    assert_eq!(unmoved, before, "asking moves nothing");
    let approve = TaskStep::new(Happening::Approved, "");
    assert!(appeals.act(&head(&house, house.office), asked[0].id, None, approve.clone()).await.is_err());
    appeals.act(&hotline, asked[0].id, None, approve.clone()).await.unwrap();
    let after = appeals.case(&street, receipt.number, None).await.unwrap();
    assert_eq!(after.deadlines.answer, before.answer.map(|due| due + crate::samples::days(3)));
    // A pause, approved, and ended early.
    let ground = Some(PauseGround::ExpertReport);
    let asked =
        appeals.ask(&street, receipt.number, None, TaskKind::Extension, days(10, ground)).await.unwrap();
    appeals.act(&hotline, asked[0].id, None, approve).await.unwrap();
    let paused = appeals.case(&street, receipt.number, None).await.unwrap();
    assert!(paused.moves.pause.is_some() && paused.open_to.contains(&"resume"));
    house.later(24 * 60);
    let street = house.official(house.office);
    appeals.resume(&street, receipt.number, None).await.unwrap();
    let resumed = appeals.case(&street, receipt.number, None).await.unwrap();
    assert_eq!(resumed.deadlines.answer, after.deadlines.answer.map(|due| due + crate::samples::days(1)));
    let third = appeals.ask(&street, receipt.number, None, TaskKind::Extension, days(1, None)).await;
    assert_eq!(refused(third).key, "appeal-extension-spent");
    house.is_sound().await;
}

pub(crate) async fn what_is_overdue_is_supervised_by_the_level_above(house: House) {
    let appeals = &house.appeals;
    let receipt = house.submit(house.noise()).await;
    let street = house.official(house.office);
    appeals.accept(&street, receipt.number, None).await.unwrap();
    house.later(8 * 24 * 60);
    while house.strike().await > 0 {}
    let street = house.official(house.office);
    let beside = appeals.beside(&street, receipt.number).await.unwrap();
    let task = beside.tasks[0].task.clone();
    assert_eq!((task.kind, task.from, task.organ), (TaskKind::Supervision, house.hotline, house.office));
    let desk =
        appeals.desk(&street, Desk::Organ(house.office), DeskFilter::Supervised, None, 10).await.unwrap();
    assert_eq!(desk.counts.supervised, 1);
    let reply = TaskStep::new(Happening::Reported, "今天下午答复反映人。");
    appeals.act(&street, task.id, None, reply.clone()).await.unwrap();
    let hotline = house.operator();
    let desk = appeals.desk(&hotline, Desk::Dispatchers, DeskFilter::Supervised, None, 10).await.unwrap();
    assert_eq!(desk.items.len(), 1, "the supervisor looks at the reply");
    appeals
        .act(&hotline, task.id, None, TaskStep::new(Happening::Pressed, "请写明措施和时间。"))
        .await
        .unwrap();
    appeals.act(&street, task.id, None, reply).await.unwrap();
    let lifted = appeals.act(&hotline, task.id, None, TaskStep::new(Happening::Lifted, "")).await.unwrap();
    assert_eq!(lifted.state, TaskState::Lifted);
    house.is_sound().await;
}

pub(crate) async fn one_case_many_reporters_each_answered(house: House) {
    let appeals = &house.appeals;
    let (first, second, third) = (
        house.submit(house.noise()).await,
        house.submit(house.noise()).await,
        house.submit(house.noise()).await,
    );
    let (street, hotline) = (house.official(house.office), house.operator());
    for other in [&second, &third] {
        appeals.merge(&hotline, other.number, None, first.number, "同一工地的噪声").await.unwrap();
    }
    assert_eq!(refused(appeals.accept(&street, second.number, None).await).key, "appeal-merged");
    let chain = appeals.merge(&hotline, first.number, None, second.number, "反过来").await;
    assert_eq!(refused(chain).key, "appeal-merge-lead");
    let desk = appeals.desk(&street, Desk::Organ(house.office), DeskFilter::All, None, 10).await.unwrap();
    assert_eq!(desk.counts.all, 1, "one case is worked");
    appeals.split(&hotline, third.number, None, "其实是另一个工地").await.unwrap();
    appeals.accept(&street, first.number, None).await.unwrap();
    appeals.answer(&street, first.number, None, "已约谈施工单位，夜间停工。").await.unwrap();
    for (receipt, state) in
        [(&first, StateName::Answered), (&second, StateName::Answered), (&third, StateName::Dispatched)]
    {
        let seen = appeals
            .track(&house.visitor(), &receipt.number.to_string(), &receipt.code.to_string())
            .await
            .unwrap();
        assert_eq!(seen.state, state);
    }
    house.is_sound().await;
}

pub(crate) async fn a_case_is_given_to_somebody_and_notes_stay_inside(house: House) {
    let appeals = &house.appeals;
    let receipt = house.submit(house.noise()).await;
    let street = house.official(house.office);
    let ask = Ask { person: Some(house.official), ..Ask::default() };
    appeals.ask(&street, receipt.number, None, TaskKind::Assignment, ask.clone()).await.unwrap();
    appeals.ask(&street, receipt.number, None, TaskKind::Assignment, ask).await.unwrap();
    let mine = appeals.desk(&street, Desk::Organ(house.office), DeskFilter::Mine, None, 10).await.unwrap();
    assert_eq!((mine.items.len(), mine.counts.mine), (1, 1), "another choice replaces the one before");
    appeals
        .write_note(&street, receipt.number, NoteKind::Note, false, "工地负责人电话已记在台账。")
        .await
        .unwrap();
    appeals.write_note(&street, receipt.number, NoteKind::Call, false, "无人接听").await.unwrap();
    appeals.write_note(&street, receipt.number, NoteKind::Draft, false, "草稿一").await.unwrap();
    appeals.write_note(&street, receipt.number, NoteKind::Draft, false, "草稿二").await.unwrap();
    let beside = appeals.beside(&street, receipt.number).await.unwrap();
    assert_eq!((beside.notes.len(), beside.draft.as_str()), (2, "草稿二"));
    let visitor = appeals.beside(&house.visitor(), receipt.number).await.unwrap();
    assert_eq!(visitor, gongzhi_appeals::queries::Beside::default());
    let refusal = refused(
        appeals.write_note(&house.official(house.lamps), receipt.number, NoteKind::Note, false, "看看").await,
    );
    assert_eq!(refusal.kind, gongzhi_kernel::RefusalKind::Forbidden);
    house.is_sound().await;
}

pub(crate) async fn hand_overs_consultations_and_help_have_their_rules(house: House) {
    let appeals = &house.appeals;
    let lamp = Submit { category: Some(house.lighting), ..house.noise() };
    let receipt = house.submit(lamp).await;
    let (lamps, street) = (house.official(house.lamps), house.official(house.office));
    let pushed = appeals.transfer(&lamps, receipt.number, None, house.office, "请街道办理此事").await;
    assert_eq!(refused(pushed).key, "appeal-transfer-down", "a department pushes nothing down");
    let whistle = appeals.ask(&lamps, receipt.number, None, TaskKind::Whistle, ask_of(&[house.lamps])).await;
    assert_eq!(refused(whistle).key, "task-not-street");
    let help =
        appeals.ask(&lamps, receipt.number, None, TaskKind::Assist, ask_of(&[house.office])).await.unwrap();
    appeals
        .act(&street, help[0].id, None, TaskStep::new(Happening::Reported, "已现场查看，灯杆倾斜。"))
        .await
        .unwrap();
    let nobody = appeals.ask(&lamps, receipt.number, None, TaskKind::Consultation, ask_of(&[])).await;
    assert_eq!(refused(nobody).fields[0].key, "error-invited");
    let met = appeals
        .ask(&lamps, receipt.number, None, TaskKind::Consultation, ask_of(&[house.office]))
        .await
        .unwrap();
    let invited =
        appeals.desk(&street, Desk::Organ(house.office), DeskFilter::Asked, None, 10).await.unwrap();
    assert_eq!(invited.counts.asked, 1, "the invited find it on their desk");
    let minutes = TaskStep::new(Happening::Reported, "会商纪要：由市政更换灯杆，街道围挡。");
    appeals.act(&lamps, met[0].id, None, minutes).await.unwrap();
    // What is over lies on nobody's desk.
    appeals.ask(&lamps, receipt.number, None, TaskKind::Assist, ask_of(&[house.office])).await.unwrap();
    appeals.accept(&lamps, receipt.number, None).await.unwrap();
    appeals.answer(&lamps, receipt.number, None, "灯杆已更换。").await.unwrap();
    let after = appeals.desk(&street, Desk::Organ(house.office), DeskFilter::Asked, None, 10).await.unwrap();
    assert_eq!(after.counts.asked, 0);
    let late = appeals.ask(&lamps, receipt.number, None, TaskKind::Assist, ask_of(&[house.office])).await;
    assert_eq!(refused(late).key, "task-case-over");
    house.is_sound().await;
}

pub(crate) async fn whoever_cannot_be_called_is_not_counted_and_says_why(house: House) {
    let appeals = &house.appeals;
    let receipt = house.answered().await;
    let hotline = house.operator();
    let (calls, _) = appeals.calls(&hotline, None, 10).await.unwrap();
    assert_eq!(calls.len(), 1);
    appeals.call_log(&hotline, receipt.number, TaskStep::new(Happening::Tried, "")).await.unwrap();
    let (calls, _) = appeals.calls(&hotline, None, 10).await.unwrap();
    assert_eq!(calls[0].tried, 1);
    let bare = TaskStep::new(Happening::Excluded, "三次未接通，短信未回复。");
    assert_eq!(
        refused(appeals.call_log(&hotline, receipt.number, bare.clone()).await).fields[0].key,
        "error-exclusion"
    );
    let step = TaskStep { exclusion: Some(Exclusion::Unreachable), ..bare };
    let task = appeals.call_log(&hotline, receipt.number, step).await.unwrap();
    assert_eq!((task.state, task.exclusion), (TaskState::Excluded, Some(Exclusion::Unreachable)));
    assert!(appeals.calls(&hotline, None, 10).await.unwrap().0.is_empty());
    assert!(appeals.calls(&house.official(house.office), None, 10).await.is_err());
    house.is_sound().await;
}
