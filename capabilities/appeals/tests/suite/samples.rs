//! Appeals in every state, made by the rules alone.

use std::time::Duration;

use gongzhi_appeals::events::AppealEvent;
use gongzhi_appeals::model::{
    Appeal, Appraisal, AppraisedBy, Channel, ContactWay, Kind, PauseGround, Place, Reporter, StateName,
    Urgency,
};
use gongzhi_appeals::rulebook::{DEFAULT, Period, Rulebook};
use gongzhi_appeals::rules::{Command, Grant, Submission, decide, fold};
use gongzhi_kernel::{AppealId, OrganId, Timestamp};

pub(crate) fn rulebook() -> Rulebook {
    Rulebook { version: 1, ..Rulebook::parse(DEFAULT).unwrap() }
}

pub(crate) fn start() -> Timestamp {
    "2026-03-02T01:00:00Z".parse().unwrap()
}

pub(crate) fn minutes(minutes: u64) -> Duration {
    Duration::from_secs(minutes * 60)
}

pub(crate) fn days(days: u64) -> Duration {
    Duration::from_secs(days * 86_400)
}

pub(crate) fn organ(raw: i64) -> OrganId {
    OrganId::new(raw).unwrap()
}

pub(crate) fn submission(named: bool) -> Submission {
    Submission {
        id: AppealId::new(42).unwrap(),
        kind: Kind::Complaint,
        channel: Channel::Web,
        urgency: Urgency::Ordinary,
        visibility: None,
        category: None,
        place: Place::default(),
        title: String::new(),
        text: "楼下工地夜里十一点还在施工。孩子睡不着。".into(),
        reporter: None,
        contact: Reporter { name: "李".into(), phone: "19900000001".into(), email: String::new() },
        track: "00".into(),
        named: named.then(|| (organ(7), 1)),
    }
}

pub(crate) fn submit(named: bool) -> Command {
    Command::Submit(Box::new(submission(named)))
}

pub(crate) fn dispatch() -> Command {
    Command::Dispatch { organ: organ(8), note: String::new() }
}

pub(crate) fn contact() -> Command {
    Command::Contact { way: ContactWay::Phone, note: "约定明天上门".into() }
}

pub(crate) fn send_back() -> Command {
    Command::Return { reason: "不属于本单位职责".into() }
}

pub(crate) fn answer() -> Command {
    Command::Answer { reply: "已约谈施工单位，夜间停工。".into() }
}

pub(crate) fn appraise(solved: bool, satisfied: u8, again: bool) -> Command {
    Command::Appraise {
        appraisal: Appraisal { solved, satisfied, contacted: Some(true), by: AppraisedBy::Reporter },
        comment: "谢谢".into(),
        again: again.then(|| "昨晚又施工了".into()),
    }
}

pub(crate) fn reopen() -> Command {
    Command::Reopen { reason: "昨晚又施工了".into() }
}

pub(crate) fn withdraw() -> Command {
    Command::Withdraw { reason: "自己解决了".into() }
}

pub(crate) fn transfer() -> Command {
    Command::Transfer { organ: organ(9), reason: "由下属单位直接处理".into() }
}

pub(crate) fn extend() -> Command {
    Command::Extend(Grant { task: 77, ground: None, period: Period::minutes(3 * 1440) })
}

pub(crate) fn pause() -> Command {
    let ground = Some(PauseGround::ExpertReport);
    Command::Extend(Grant { task: 78, ground, period: Period::minutes(10 * 1440) })
}

pub(crate) fn merge() -> Command {
    Command::Merge { into: AppealId::new(43).unwrap(), reason: "同一件事".into() }
}

/// The commands of people and the clock, with words that can be taken.
pub(crate) fn commands() -> Vec<Command> {
    vec![
        submit(true),
        dispatch(),
        Command::Accept,
        contact(),
        send_back(),
        answer(),
        appraise(true, 5, false),
        appraise(false, 1, false),
        appraise(false, 1, true),
        reopen(),
        withdraw(),
        transfer(),
        extend(),
        pause(),
        Command::Resume,
        merge(),
        Command::Split { reason: "其实是两件事".into() },
        Command::Strike,
    ]
}

/// A case and its events.
#[derive(Debug, Clone, Default)]
pub(crate) struct Story {
    pub(crate) appeal: Option<Appeal>,
    pub(crate) events: Vec<AppealEvent>,
}

impl Story {
    pub(crate) fn then(mut self, command: &Command, now: Timestamp) -> Self {
        let events = decide(self.appeal.as_ref(), command, &rulebook(), now).unwrap();
        self.events.extend(events);
        self.appeal = fold(&self.events).unwrap();
        self
    }

    pub(crate) fn of(commands: &[Command]) -> Self {
        let steps = commands.iter().zip(1..);
        steps.fold(Self::default(), |story, (command, minute)| story.then(command, start() + minutes(minute)))
    }

    pub(crate) fn appeal(&self) -> &Appeal {
        self.appeal.as_ref().unwrap()
    }
}

/// A case in this state.
pub(crate) fn in_state(state: StateName) -> Story {
    let story = match state {
        StateName::Submitted => Story::of(&[submit(false)]),
        StateName::Dispatched => Story::of(&[submit(true)]),
        StateName::Returned => Story::of(&[submit(true), send_back()]),
        StateName::Accepted => Story::of(&[submit(true), Command::Accept]),
        StateName::Contacted => Story::of(&[submit(true), Command::Accept, contact()]),
        StateName::Answered => Story::of(&[submit(true), Command::Accept, contact(), answer()]),
        StateName::Appraised => {
            Story::of(&[submit(true), Command::Accept, contact(), answer(), appraise(false, 1, false)])
        }
        StateName::Closed => {
            Story::of(&[submit(true), Command::Accept, contact(), answer(), appraise(true, 5, false)])
        }
        StateName::Withdrawn => Story::of(&[submit(true), withdraw()]),
    };
    assert_eq!(story.appeal().state.name(), state);
    story
}
