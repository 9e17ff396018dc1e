//! What clients of Open311 read: appeals that everybody may see, as everybody may see them.

use gongzhi_kernel::{AppealId, EventId, Failure, Fault, Subject, Timestamp};
use gongzhi_people::Directory;
use gongzhi_store::Tx;

use super::case::{Knot, shown_area, story};
use crate::actions::Appeals;
use crate::events::SUBJECT;
use crate::model::{Appeal, Visibility};
use crate::store::open311::{self as sql, Asked, Picture};

/// An appeal as everybody may see it.
#[derive(Debug, Clone, PartialEq)]
pub struct PublicAppeal {
    /// Without what is not for everybody: reporter, tracking code and, unless it is public altogether, the exact place.
    pub appeal: Appeal,
    /// Where a picture of it lies that everybody may see.
    pub picture: Option<Picture>,
    /// What happened, the oldest first; empty unless it was asked for.
    pub story: Vec<Knot>,
}

/// Something that happened to an appeal that everybody may see.
#[derive(Debug, Clone, PartialEq)]
pub struct PublicStep {
    /// Its entry in the journal.
    pub event: EventId,
    /// To which appeal.
    pub appeal: AppealId,
    /// What.
    pub knot: Knot,
}

impl PublicAppeal {
    fn of(mut appeal: Appeal, picture: Option<Picture>, directory: &Directory) -> Self {
        let exact = appeal.visibility == Visibility::Public;
        appeal.place.area = appeal.place.area.and_then(|id| shown_area(directory, id, exact));
        if !exact {
            appeal.place.address.clear();
            appeal.place.point = None;
        }
        appeal.reporter = None;
        appeal.track.clear();
        // Nobody has looked at what lies elsewhere.
        let picture = picture.filter(|picture| exact || matches!(picture, Picture::Shown(_)));
        Self { appeal, picture, story: Vec::new() }
    }

    /// When something last happened to it.
    pub fn updated_at(&self) -> Timestamp {
        let appeal = &self.appeal;
        let moments = [
            appeal.state.since(),
            appeal.dispatched_at,
            appeal.last_dispatch,
            appeal.reopened_at,
            appeal.accepted_at,
            appeal.contacted_at,
            appeal.answered_at,
            appeal.closed_at,
        ];
        moments.into_iter().flatten().max().unwrap_or(appeal.submitted_at).max(appeal.submitted_at)
    }
}

fn told(tx: &mut dyn Tx, id: AppealId) -> Result<Vec<Knot>, Fault> {
    let events = tx.history(&Subject::new(SUBJECT, id))?;
    story(&events, false, false)
}

impl Appeals {
    /// Appeals that everybody may see, the newest first.
    pub async fn public_appeals(&self, asked: Asked, with_story: bool) -> Result<Vec<PublicAppeal>, Failure> {
        let directory = self.directory();
        let found: Result<_, Fault> = self
            .store()
            .read(move |tx| {
                let mut found = Vec::new();
                for (appeal, picture) in sql::requests(tx, &asked)? {
                    let mut one = PublicAppeal::of(appeal, picture, &directory);
                    if with_story {
                        one.story = told(tx, one.appeal.id)?;
                    }
                    found.push(one);
                }
                Ok(found)
            })
            .await;
        Ok(found?)
    }

    /// Those of these appeals that everybody may see, in the order in which they are named.
    pub async fn public_appeals_named(
        &self,
        ids: Vec<AppealId>,
        with_story: bool,
    ) -> Result<Vec<PublicAppeal>, Failure> {
        let directory = self.directory();
        let found: Result<_, Fault> = self
            .store()
            .read(move |tx| {
                let mut found = Vec::new();
                for &id in &ids {
                    if let Some((appeal, picture)) = sql::request(tx, id)? {
                        let mut one = PublicAppeal::of(appeal, picture, &directory);
                        if with_story {
                            one.story = told(tx, id)?;
                        }
                        found.push(one);
                    }
                }
                Ok(found)
            })
            .await;
        Ok(found?)
    }

    /// What happened between two moments to appeals that everybody may see, the oldest first. A page is counted in
    /// appeals that changed since `from`.
    pub async fn public_steps(
        &self,
        from: Timestamp,
        to: Timestamp,
        limit: i64,
        offset: i64,
    ) -> Result<Vec<PublicStep>, Failure> {
        let found: Result<Vec<PublicStep>, Fault> = self
            .store()
            .read(move |tx| {
                let mut found = Vec::new();
                for appeal in sql::changed_since(tx, from, limit, offset)? {
                    for knot in told(tx, appeal)? {
                        if knot.at >= from && knot.at <= to {
                            found.push(PublicStep { event: knot.event, appeal, knot });
                        }
                    }
                }
                Ok(found)
            })
            .await;
        let mut found = found?;
        found.sort_by_key(|step| (step.knot.at, step.event));
        Ok(found)
    }
}
