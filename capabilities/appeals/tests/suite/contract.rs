//! Golden samples of what other capabilities, the open log and auditors rely on.

use gongzhi_appeals::events::{AppealEvent, KINDS};
use gongzhi_appeals::model::{AddedBy, AppealFile, FileId, KeptFile, Media, PhotoParts, Place, StateName};
use gongzhi_appeals::rules::follow::{CaseFollower, FollowerId};
use gongzhi_appeals::rules::{Command, ImportedState, files, follow, history};
use gongzhi_kernel::{Actor, AppealId, AreaId, PersonId, Point};
use gongzhi_people::{Policies, matrix};
use gongzhi_store::blobs::BlobId;

use crate::importing::told;
use crate::samples::{
    Story, answer, appraise, contact, days, dispatch, extend, in_state, merge, minutes, pause, send_back,
    start, submission, transfer, withdraw,
};

/// One event of each kind.
fn samples() -> Vec<AppealEvent> {
    let mut submission = submission(false);
    submission.place =
        Place { area: AreaId::new(5), address: "柳荫街 12 号".into(), point: Point::new(30.25, 121.5) };
    submission.reporter = PersonId::new(9);
    submission.category = gongzhi_appeals::model::CategoryId::new(3);
    let story = Story::of(&[
        Command::Submit(Box::new(submission)),
        Command::Dispatch { organ: crate::samples::organ(8), note: "请现场核实".into() },
        send_back(),
        dispatch(),
        Command::Accept,
        contact(),
        answer(),
        appraise(false, 1, true),
        withdraw(),
    ]);
    let mut events = story.events;
    let closed = in_state(StateName::Answered).then(&Command::Strike, start() + days(30));
    let overdue = in_state(StateName::Dispatched).then(&Command::Strike, start() + days(1));
    events.extend(closed.events.last().cloned());
    events.extend(overdue.events.last().cloned());
    let working = || in_state(StateName::Accepted);
    let at = start() + days(1);
    for story in [
        in_state(StateName::Dispatched).then(&Command::Strike, start() + minutes(110)),
        working().then(&transfer(), at),
        working().then(&extend(), at),
        working().then(&pause(), at),
        working().then(&pause(), at).then(&Command::Resume, start() + days(3)),
        working().then(&merge(), at),
        working().then(&merge(), at).then(&Command::Split { reason: "其实是两件事".into() }, at),
    ] {
        events.extend(story.events.last().cloned());
    }
    events
}

#[test]
fn every_kind_of_event_has_its_golden_sample() {
    let mut seen: Vec<&str> = Vec::new();
    let mut golden = Vec::new();
    for event in samples() {
        let kind = event.change.kind();
        if seen.contains(&kind) && !["appeal.dispatched", "appeal.extended"].contains(&kind) {
            continue;
        }
        seen.push(kind);
        let new = event.to_journal(Actor::System).unwrap();
        golden.push(serde_json::json!({ "kind": new.kind, "public": new.public, "sealed": new.sealed }));
    }
    for kind in KINDS {
        assert!(seen.contains(&kind), "{kind} has no sample");
    }
    insta::assert_json_snapshot!("events", golden);
}

#[test]
fn files_and_followers_have_their_golden_samples() {
    let (id, actor) = (AppealId::new(42).unwrap(), Actor::System);
    let blob = |text: &str| BlobId::of(text.as_bytes());
    let parts =
        PhotoParts { small: blob("small"), width: 2048, height: 1536, small_width: 360, small_height: 270 };
    let photo = KeptFile {
        media: Media::Photo(parts),
        name: "路灯.jpg".into(),
        blob: blob("photo"),
        length: 300_000,
    };
    let file = files::attached(FileId::new(7).unwrap(), id, photo, AddedBy::Reporter, &actor, start());
    let shown = AppealFile { shown: true, revision: 2, ..file.clone() };
    let hidden = AppealFile { shown: false, revision: 3, ..file.clone() };
    let track = "00".repeat(32);
    let person = PersonId::new(9);
    let joined = CaseFollower {
        id: FollowerId::new(8).unwrap(),
        revision: 1,
        appeal: id,
        person,
        track,
        at: start(),
        left_at: None,
    };
    let left = CaseFollower { revision: 2, left_at: Some(start() + days(1)), ..joined.clone() };
    let events = [
        files::event(&file, &actor, start()),
        files::event(&shown, &actor, start()),
        files::event(&hidden, &actor, start()),
        follow::event(&joined, &actor, start()),
        follow::event(&left, &actor, start() + days(1)),
    ];
    let golden: Vec<_> = events
        .into_iter()
        .map(|event| {
            let event = event.unwrap();
            serde_json::json!({ "kind": event.kind, "public": event.public, "sealed": event.sealed })
        })
        .collect();
    insta::assert_json_snapshot!("files_and_followers", golden);
}

#[test]
fn an_imported_history_has_its_golden_sample() {
    let id = AppealId::new(42).unwrap();
    let events = history(id, &told("1", ImportedState::Closed), start() + days(30)).unwrap();
    let golden: Vec<_> = events
        .iter()
        .map(|event| {
            let (public, sealed) = event.change.split().unwrap();
            serde_json::json!({ "kind": event.change.kind(), "at": event.at, "public": public, "sealed": sealed })
        })
        .collect();
    insta::assert_json_snapshot!("imported", golden);
}

#[test]
fn who_may_do_what() {
    let policies = Policies::new(&[gongzhi_appeals::POLICIES]).unwrap();
    let mut cases = matrix::cases();
    cases.extend(gongzhi_appeals::matrix_cases());
    let table = matrix::print(&policies, &cases);
    assert!(!table.contains("without a case"), "{table}");
    let own = matrix::print(&policies, &gongzhi_appeals::matrix_cases());
    let own = own.split("\nwithout a case").next().unwrap_or_default();
    insta::assert_snapshot!("policies", own);
}
