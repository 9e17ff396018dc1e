//! A case from another system, told as the events that it would have had here, with its own times.

use std::time::Duration;

use gongzhi_kernel::{AppealId, AreaId, OrganId, Point, Refusal, RefusalKind, Timestamp};
use serde::{Deserialize, Serialize};

use super::{area_parts, in_time, reply_parts, text};
use crate::events::{
    AcceptedPublic, AnsweredPublic, AppealEvent, Change, ClosedPublic, ContactedPublic, DispatchedPublic,
    NoteSealed, Nothing, Parts, SubmittedPublic, SubmittedSealed,
};
use crate::model::{
    CategoryId, Channel, Closing, ContactWay, Deadlines, DispatchedBy, Kind, Phase, Reminders, Reporter,
    Source, Urgency, Visibility,
};

/// Where the case stands in the system that it comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ImportedState {
    /// Somebody must still act.
    Open,
    /// Answered; the source does not say whether it is closed.
    Answered,
    /// Nothing more will happen.
    Closed,
}

/// A case from another system. Steps whose time is not known are left out of its history, never invented.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ImportedAppeal {
    /// The system, such as `boston-311`. With `key` it tells whether the case has been imported already.
    pub source: String,
    /// Its number there.
    pub key: String,
    /// What is asked for.
    pub kind: Kind,
    /// How it came in.
    pub channel: Channel,
    /// How soon it had to be answered.
    pub urgency: Urgency,
    /// Who may see it.
    pub visibility: Visibility,
    /// What it is about.
    pub category: Option<CategoryId>,
    /// Where.
    pub area: Option<AreaId>,
    /// Where, in words.
    pub address: String,
    /// Where, on the map.
    pub point: Option<Point>,
    /// In one line; empty: the first sentence of the text.
    pub title: String,
    /// In full.
    pub text: String,
    /// The answer; empty where there is none.
    pub reply: String,
    /// The organ that handled it.
    pub organ: Option<OrganId>,
    /// Where it stands.
    pub state: ImportedState,
    /// When it came in.
    pub submitted_at: Timestamp,
    /// When it was sent to the organ; `None` with an organ: when it came in.
    pub dispatched_at: Option<Timestamp>,
    /// When the organ accepted it.
    pub accepted_at: Option<Timestamp>,
    /// When the organ spoke with the reporter.
    pub contacted_at: Option<Timestamp>,
    /// When it was answered; `None` with an answer: when it was closed.
    pub answered_at: Option<Timestamp>,
    /// When it was closed; `None` where it is closed: when it was answered.
    pub closed_at: Option<Timestamp>,
    /// By when it had to be answered.
    pub due: Option<Timestamp>,
}

/// Clocks of other systems may go a little before ours.
const AHEAD: Duration = Duration::from_secs(24 * 3600);

fn rejected(key: &'static str) -> Refusal {
    Refusal::new(RefusalKind::Invalid, key)
}

/// The events of an imported case. Refused where its times cannot be true or it says nothing.
pub fn history(id: AppealId, told: &ImportedAppeal, now: Timestamp) -> Result<Vec<AppealEvent>, Refusal> {
    let body = text::clean_text(&told.text);
    let mut title = text::clean_line(&told.title);
    if title.is_empty() {
        title = text::title_of(&body, 60);
    }
    if title.is_empty() {
        return Err(rejected("import-says-nothing"));
    }
    let reply = text::clean_text(&told.reply);
    let answered_at = match told.state {
        ImportedState::Open => None,
        ImportedState::Answered => {
            Some(told.answered_at.or(told.closed_at).ok_or_else(|| rejected("import-without-time"))?)
        }
        ImportedState::Closed if reply.is_empty() => told.answered_at,
        ImportedState::Closed => told.answered_at.or(told.closed_at),
    };
    let closed_at = match told.state {
        ImportedState::Closed => {
            Some(told.closed_at.or(answered_at).ok_or_else(|| rejected("import-without-time"))?)
        }
        ImportedState::Open | ImportedState::Answered => None,
    };
    let dispatched_at = told.organ.map(|_| told.dispatched_at.unwrap_or(told.submitted_at));
    let accepted_at = told.organ.and(told.accepted_at);
    let contacted_at = told.organ.and(told.contacted_at);
    let steps = [Some(told.submitted_at), dispatched_at, accepted_at, contacted_at, answered_at, closed_at];
    let known: Vec<Timestamp> = steps.into_iter().flatten().collect();
    if known.windows(2).any(|pair| matches!(pair, [earlier, later] if later < earlier)) {
        return Err(rejected("import-times-out-of-order"));
    }
    if known.iter().any(|at| *at > now + AHEAD) {
        return Err(rejected("import-in-the-future"));
    }

    let mut events = Vec::with_capacity(5);
    let mut happened = |at: Timestamp, change: Change| {
        let revision = i64::try_from(events.len()).unwrap_or(i64::MAX) + 1;
        events.push(AppealEvent { appeal: id, revision, at, change });
    };
    happened(told.submitted_at, submitted(told, title, body));
    let mut phase_before_closing = Phase::Open;
    if let (Some(organ), Some(at)) = (told.organ, dispatched_at) {
        let deadlines = Deadlines { accept: None, contact: None, answer: told.due };
        let public = DispatchedPublic {
            organ,
            by: DispatchedBy::Source,
            ruled: false,
            deadlines: Some(deadlines),
            reminders: Reminders::default(),
            catalogue: None,
        };
        happened(at, Change::Dispatched(Parts { public, sealed: NoteSealed::default() }));
        if let Some(at) = accepted_at {
            let public = AcceptedPublic { organ, in_time: None };
            happened(at, Change::Accepted(Parts { public, sealed: Nothing {} }));
        }
        if let Some(at) = contacted_at {
            let public = ContactedPublic { organ, way: ContactWay::Message, in_time: None };
            happened(at, Change::Contacted(Parts { public, sealed: NoteSealed::default() }));
        }
    }
    if let Some(at) = answered_at {
        let (reply, sealed) = reply_parts(told.visibility, reply);
        let public = AnsweredPublic {
            organ: told.organ,
            round: 1,
            seconds: told.submitted_at.seconds_until(at).max(0),
            in_time: in_time(told.due, at),
            appraise_by: None,
            reply,
        };
        happened(at, Change::Answered(Box::new(Parts { public, sealed })));
        phase_before_closing = Phase::Answered;
    }
    if let Some(at) = closed_at {
        let public = ClosedPublic { organ: told.organ, how: Closing::AtSource, from: phase_before_closing };
        happened(at, Change::Closed(Parts { public, sealed: Nothing {} }));
    }
    Ok(events)
}

fn submitted(told: &ImportedAppeal, title: String, body: String) -> Change {
    let (open_area, sealed_area) = area_parts(told.visibility, told.area);
    let public = SubmittedPublic {
        kind: told.kind,
        channel: told.channel,
        urgency: told.urgency,
        visibility: told.visibility,
        category: told.category,
        area: open_area,
        dispatch_due: None,
        reminders: Reminders::default(),
        rulebook: 0,
        source: Some(Source { name: told.source.clone(), key: told.key.clone() }),
    };
    let sealed = SubmittedSealed {
        title,
        text: body,
        address: text::clean_line(&told.address),
        point: told.point,
        area: sealed_area,
        reporter: None,
        contact: Reporter::default(),
        track: String::new(),
    };
    Change::Submitted(Box::new(Parts { public, sealed }))
}
