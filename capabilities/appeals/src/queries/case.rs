//! One case with its story, as this actor may see it.

use gongzhi_kernel::{
    Actor, AppealId, AreaId, Context, Event, EventId, Failure, Fault, OrganId, PersonId, Point, Refusal,
    Subject, Timestamp,
};
use gongzhi_people::{AreaLevel, Directory, Resource};

use crate::actions::{Appeals, TrackingCode, find_readable, is_holder};
use crate::events::{AppealEvent, Change, SUBJECT};
use crate::model::{
    Appeal, Appraisal, CategoryId, Channel, Closing, ContactWay, Deadlines, DispatchedBy, Kind, Moves,
    Overdue, PauseGround, Source, Stage, State, StateName, Urgency, Visibility,
};
use crate::store;

/// Who did a step, as far as it may be shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Who {
    /// Whoever reported.
    Reporter,
    /// An organ; which one stands in [`Knot::organ`] or here.
    Organ(OrganId),
    /// The hotline centre.
    Hotline(OrganId),
    /// Nobody: the catalogue, the clock, another system.
    Gongzhi,
}

/// One knot of a case's thread.
#[derive(Debug, Clone, PartialEq)]
pub struct Knot {
    /// What happened: the kind of the event, such as `appeal.accepted`.
    pub kind: &'static str,
    /// When.
    pub at: Timestamp,
    /// Who did it.
    pub who: Who,
    /// Which person, for those who may see everything of the case.
    pub person: Option<PersonId>,
    /// The organ that it concerns.
    pub organ: Option<OrganId>,
    /// By when it was promised.
    pub promised: Option<Timestamp>,
    /// Seconds it took since the round began.
    pub took: i64,
    /// Whether the promise was kept; `None` where there was none.
    pub in_time: Option<bool>,
    /// Answer, reason, note or comment, as far as this actor may see it; empty where there is none.
    pub text: String,
    /// Of a dispatch: who named the organ.
    pub dispatched_by: Option<DispatchedBy>,
    /// Of a dispatch: whether it is the final ruling.
    pub ruled: bool,
    /// Of a contact: how.
    pub way: Option<ContactWay>,
    /// Of a passed deadline: of what.
    pub stage: Option<Stage>,
    /// Of an appraisal: what was said.
    pub appraisal: Option<Appraisal>,
    /// Of a closing: why.
    pub closing: Option<Closing>,
    /// Of more time: until when; of a standing clock: until when at the latest.
    pub until: Option<Timestamp>,
    /// Of a standing clock: why.
    pub ground: Option<PauseGround>,
    /// Of a merging: the other case, for those who handle it.
    pub other: Option<AppealId>,
    /// Which round it belongs to.
    pub round: u8,
    /// The entry in the journal.
    pub event: EventId,
    /// Commitment to the sealed part, hexadecimal, for the proof in the open log.
    pub commitment: Option<String>,
}

/// One case with its story, as this actor may see it.
#[derive(Debug, Clone, PartialEq)]
pub struct CaseView {
    /// Its number.
    pub id: AppealId,
    /// What forms are sent with, so that two people do not act at once without noticing.
    pub revision: i64,
    /// What is asked for.
    pub kind: Kind,
    /// How it came in.
    pub channel: Channel,
    /// How soon it must be answered.
    pub urgency: Urgency,
    /// Who may see it.
    pub visibility: Visibility,
    /// Where it stands.
    pub state: StateName,
    /// Since when.
    pub since: Timestamp,
    /// The organ that has it, or had it last.
    pub organ: Option<OrganId>,
    /// What it is about.
    pub category: Option<CategoryId>,
    /// Where: to the public, of an anonymous appeal, the community at most.
    pub area: Option<AreaId>,
    /// Where, in words; `None` where it is not shown.
    pub address: Option<String>,
    /// Where, on the map; `None` where it is not shown.
    pub point: Option<Point>,
    /// In one line.
    pub title: String,
    /// In full.
    pub text: String,
    /// The last answer; empty before.
    pub reply: String,
    /// When it came in.
    pub submitted_at: Timestamp,
    /// When it was last answered.
    pub answered_at: Option<Timestamp>,
    /// When nothing more would happen.
    pub closed_at: Option<Timestamp>,
    /// The promises of this round.
    pub deadlines: Deadlines,
    /// The next promise; passed or not.
    pub next_due: Option<(Stage, Timestamp)>,
    /// Stages of this round that were not done in time.
    pub overdue: Overdue,
    /// What moves it without changing its state.
    pub moves: Moves,
    /// What the reporter said of the last answer.
    pub appraisal: Option<Appraisal>,
    /// Until when the reporter may appraise or ask again.
    pub appraise_by: Option<Timestamp>,
    /// 1, or 2 after a reopening.
    pub round: u8,
    /// How often organs have sent it back.
    pub returns: u8,
    /// Where it was imported from.
    pub source: Option<Source>,
    /// Where a picture of it lies, as the client that brought it said; `None` where it is not shown.
    pub media_url: Option<String>,
    /// The story, the oldest first.
    pub timeline: Vec<Knot>,
    /// Whether this actor sees everything of the case but who reported.
    pub full: bool,
    /// Whether this actor is the reporter, by account or code.
    pub own: bool,
    /// Whether the reporter left a way to be reached that this actor may read for a purpose.
    pub reporter_readable: bool,
    /// What this actor may do now: the words of [`Appeals::open_to`].
    pub open_to: Vec<&'static str>,
}

impl Appeals {
    /// One case. `appeal-not-found` where there is none or it is not theirs to see.
    pub async fn case(
        &self,
        context: &Context,
        id: AppealId,
        code: Option<TrackingCode>,
    ) -> Result<CaseView, Failure> {
        let (policies, directory, actor) = (self.policies().clone(), self.directory(), context.actor.clone());
        let (appeal, resource, events, has_reporter, media_url) = self
            .store()
            .read(move |tx| {
                let (appeal, resource) = find_readable(tx, &policies, &directory, &actor, id, code.as_ref())?;
                let events = tx.history(&Subject::new(SUBJECT, id))?;
                let has_reporter = store::reporter(tx, id)?.is_some();
                let media_url: Option<String> = match appeal.channel {
                    Channel::Open311 => store::open311::media_url(tx, id)?,
                    _ => None,
                };
                Ok::<_, Failure>((appeal, resource, events, has_reporter, media_url))
            })
            .await?;
        let view = self.view(context, appeal, &resource, &events, code, has_reporter)?;
        let exact = view.full || view.visibility == Visibility::Public;
        Ok(CaseView { media_url: media_url.filter(|_| exact), ..view })
    }

    /// The case of a number and code as they were typed. `appeal-track-wrong` whichever of the two is wrong.
    pub async fn track(&self, context: &Context, number: &str, code: &str) -> Result<CaseView, Failure> {
        let wrong = || Refusal::not_found("appeal-track-wrong");
        let id: AppealId = number.parse().map_err(|_| wrong())?;
        let code: TrackingCode = code.parse().map_err(|_| wrong())?;
        let found = self.store().read(move |tx| store::find(tx, id)).await?;
        if found.is_some_and(|appeal| is_holder(&appeal, Some(&code))) {
            self.case(context, id, Some(code)).await
        } else {
            Err(wrong().into())
        }
    }

    fn view(
        &self,
        context: &Context,
        appeal: Appeal,
        resource: &Resource,
        events: &[Event],
        code: Option<TrackingCode>,
        has_reporter: bool,
    ) -> Result<CaseView, Fault> {
        let holder = is_holder(&appeal, code.as_ref());
        let may = |action: &str| self.policies().permits(&context.actor, action, resource);
        let full = may("appeal.read_full");
        let own = holder || (appeal.reporter.is_some() && context.actor.person() == appeal.reporter);
        let staff = full && !own;
        let exact = full || appeal.visibility == Visibility::Public;
        let open_to = self.open_to(context, &appeal, resource)?;
        let timeline = story(events, full, staff)?;
        let directory = self.directory();
        let area = appeal.place.area.and_then(|id| shown_area(&directory, id, exact));
        Ok(CaseView {
            id: appeal.id,
            revision: appeal.revision,
            kind: appeal.kind,
            channel: appeal.channel,
            urgency: appeal.urgency,
            visibility: appeal.visibility,
            state: appeal.state.name(),
            since: appeal.state.since().unwrap_or(appeal.submitted_at),
            organ: appeal.organ(),
            category: appeal.category,
            area,
            next_due: appeal.next_due(),
            address: Some(appeal.place.address).filter(|address| exact && !address.is_empty()),
            point: appeal.place.point.filter(|_| exact),
            title: appeal.title,
            text: appeal.text,
            reply: appeal.reply,
            submitted_at: appeal.submitted_at,
            answered_at: appeal.answered_at,
            closed_at: appeal.closed_at,
            deadlines: appeal.deadlines,
            overdue: appeal.overdue,
            moves: appeal.moves,
            appraisal: appeal.appraisal,
            appraise_by: appeal.appraise_by,
            round: appeal.round,
            returns: appeal.returns,
            source: appeal.source,
            media_url: None,
            timeline,
            full,
            own,
            reporter_readable: has_reporter && may("appeal.read_reporter"),
            open_to,
        })
    }
}

/// The area as it is shown: to those who may not know the exact place, the community at most.
pub(super) fn shown_area(directory: &Directory, id: AreaId, exact: bool) -> Option<AreaId> {
    match directory.area(id)?.level {
        AreaLevel::Grid if !exact => {
            directory.area_at(id, AreaLevel::Community).map(|community| community.id)
        }
        _ => Some(id),
    }
}

/// The thread of a case. `full`: reasons, notes and comments; `staff`: also which person acted.
pub(super) fn story(events: &[Event], full: bool, staff: bool) -> Result<Vec<Knot>, Fault> {
    let mut appeal: Option<Appeal> = None;
    let mut knots = Vec::with_capacity(events.len());
    for event in events {
        let told = AppealEvent::from_journal(event)?;
        let before = appeal.take();
        let knot = knot(event, &told, before.as_ref(), full, staff);
        let after = crate::rules::apply(before, &told).map_err(|bad| {
            Fault::corrupt(format!("the story of appeal {} is broken", told.appeal)).because(bad)
        })?;
        // A reminder is between Gongzhi and those who must act.
        if staff || !matches!(told.change, Change::Reminded(_)) {
            knots.push(Knot { round: after.round, ..knot });
        }
        appeal = Some(after);
    }
    Ok(knots)
}

fn knot(event: &Event, told: &AppealEvent, before: Option<&Appeal>, full: bool, staff: bool) -> Knot {
    let began = before.map_or(told.at, Appeal::round_began);
    let due = |stage| before.and_then(|appeal| appeal.due(stage));
    let secret = |text: &str| if full { text.to_owned() } else { String::new() };
    // What organs write to one another is not for the reporter.
    let inside = |text: &str| if staff { text.to_owned() } else { String::new() };
    let who = match (&event.actor, &told.change) {
        (_, Change::Submitted(_)) => Who::Reporter,
        (Actor::Official { organ, .. }, _) => Who::Organ(*organ),
        (Actor::Operator { organ, .. }, _) => Who::Hotline(*organ),
        (Actor::System, _) => Who::Gongzhi,
        (_, Change::Dispatched(parts)) if parts.public.by == DispatchedBy::Catalogue => Who::Gongzhi,
        _ => Who::Reporter,
    };
    let mut knot = Knot {
        kind: told.change.kind(),
        at: told.at,
        who,
        person: event.actor.person().filter(|_| staff && who != Who::Reporter),
        organ: before.and_then(|appeal| match appeal.state {
            State::Submitted => None,
            state => state.organ(),
        }),
        promised: None,
        took: began.seconds_until(told.at).max(0),
        in_time: None,
        text: String::new(),
        dispatched_by: None,
        ruled: false,
        way: None,
        stage: None,
        appraisal: None,
        closing: None,
        until: None,
        ground: None,
        other: None,
        round: 1,
        event: event.id,
        commitment: event.commitment.clone(),
    };
    match &told.change {
        Change::Submitted(_) => {}
        Change::Dispatched(parts) => {
            let public = &parts.public;
            knot.organ = Some(public.organ);
            knot.dispatched_by = Some(public.by);
            knot.ruled = public.ruled;
            knot.text = inside(&parts.sealed.note);
            if public.by == DispatchedBy::Catalogue {
                knot.who = Who::Gongzhi;
                knot.person = None;
            } else if public.by == DispatchedBy::Dispatcher && public.deadlines.is_some() {
                knot.promised = due(Stage::Dispatch);
            }
        }
        Change::Accepted(parts) => {
            knot.organ = Some(parts.public.organ);
            knot.promised = due(Stage::Accept);
            knot.in_time = parts.public.in_time;
        }
        Change::Contacted(parts) => {
            knot.organ = Some(parts.public.organ);
            knot.promised = due(Stage::Contact);
            knot.in_time = parts.public.in_time;
            knot.way = Some(parts.public.way);
            knot.text = inside(&parts.sealed.note);
        }
        Change::Returned(parts) => {
            knot.organ = Some(parts.public.organ);
            knot.text = inside(&parts.sealed.reason);
        }
        Change::Answered(parts) => {
            knot.organ = parts.public.organ;
            knot.promised = due(Stage::Answer);
            knot.in_time = parts.public.in_time;
            knot.text = if parts.public.reply.is_empty() {
                secret(&parts.sealed.reply)
            } else {
                parts.public.reply.clone()
            };
        }
        Change::Appraised(parts) => {
            knot.organ = parts.public.organ;
            knot.appraisal = Some(parts.public.appraisal);
            knot.text = secret(&parts.sealed.comment);
        }
        Change::Reopened(parts) => {
            knot.organ = Some(parts.public.organ);
            knot.text = secret(&parts.sealed.reason);
        }
        Change::Withdrawn(parts) => {
            knot.organ = parts.public.organ;
            knot.text = secret(&parts.sealed.reason);
        }
        Change::Closed(parts) => {
            knot.organ = parts.public.organ;
            knot.closing = Some(parts.public.how);
        }
        Change::Reminded(parts) => {
            knot.organ = parts.public.organ;
            knot.stage = Some(parts.public.stage);
            knot.promised = Some(parts.public.due);
            knot.in_time = Some(true);
        }
        Change::Transferred(parts) => {
            knot.organ = Some(parts.public.organ);
            knot.text = inside(&parts.sealed.reason);
        }
        Change::Extended(parts) => {
            knot.organ = Some(parts.public.organ);
            knot.until = parts.public.pause.map(|pause| pause.until).or(parts.public.deadlines.answer);
            knot.ground = parts.public.pause.map(|pause| pause.ground);
        }
        Change::Resumed(parts) => {
            knot.organ = parts.public.organ;
            knot.until = parts.public.deadlines.answer;
            knot.ground = Some(parts.public.ground);
        }
        Change::Merged(parts) => {
            knot.other = Some(parts.public.into).filter(|_| staff);
            knot.text = inside(&parts.sealed.reason);
        }
        Change::Split(parts) => {
            knot.other = Some(parts.public.from).filter(|_| staff);
            knot.text = inside(&parts.sealed.reason);
        }
        Change::Overdue(parts) => {
            knot.organ = parts.public.organ;
            knot.stage = Some(parts.public.stage);
            knot.promised = Some(parts.public.due);
            knot.in_time = Some(false);
        }
    }
    if let (None, Some(promised)) = (knot.in_time, knot.promised) {
        knot.in_time = Some(told.at <= promised);
    }
    knot
}
