//! 这也是我的事: somebody whose matter it is as well follows a case instead of reporting it a second time. They get the
//! case's number and a code of their own, and are counted.

use gongzhi_kernel::{
    Actor, AppealId, Event, EventKind, Fault, Id, NewEvent, PersonId, Refusal, Subject, Timestamp,
};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::model::{Appeal, StateName};

/// Mark of the ids of followers; never made.
#[derive(Debug)]
pub enum FollowerMark {}

/// Id of somebody who follows a case.
pub type FollowerId = Id<FollowerMark>;

/// The kind of subject of a follower's events.
pub const FOLLOWER_SUBJECT: &str = "appeal_follower";
/// 跟进: the matter is theirs as well. Public: appeal; sealed: person, track.
pub const JOINED: EventKind = "appeal_follower.joined";
/// 不再跟进. Public: appeal.
pub const LEFT: EventKind = "appeal_follower.left";

/// Every refusal about followers, by the key of its sentence.
pub const FOLLOW_REFUSALS: [&str; 3] = ["follow-closed", "follow-own", "follow-not-found"];

/// Somebody who follows a case: the fold of their events.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaseFollower {
    /// Their id.
    pub id: FollowerId,
    /// How many events they have.
    pub revision: i64,
    /// Which case.
    pub appeal: AppealId,
    /// Who, if they were signed in.
    pub person: Option<PersonId>,
    /// Salted SHA-256 of their code, hexadecimal.
    pub track: String,
    /// Since when.
    pub at: Timestamp,
    /// Since when no longer.
    pub left_at: Option<Timestamp>,
}

#[derive(Debug, Serialize, Deserialize)]
struct Public {
    appeal: AppealId,
}

#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
struct Sealed {
    #[serde(skip_serializing_if = "Option::is_none")]
    person: Option<PersonId>,
    track: String,
}

/// Whether the case can be followed by this person.
pub fn may_follow(appeal: &Appeal, person: Option<PersonId>) -> Result<(), Refusal> {
    if matches!(appeal.state.name(), StateName::Closed | StateName::Withdrawn) {
        return Err(Refusal::conflict("follow-closed"));
    }
    if person.is_some() && person == appeal.reporter {
        return Err(Refusal::conflict("follow-own"));
    }
    Ok(())
}

fn value(part: impl Serialize) -> Result<Value, Fault> {
    serde_json::to_value(part).map_err(|error| Fault::internal("cannot write an event").because(error))
}

/// The event that made a follower what they are now.
pub fn event(follower: &CaseFollower, actor: &Actor, at: Timestamp) -> Result<NewEvent, Fault> {
    let left = follower.left_at.is_some();
    let sealed = Sealed { person: follower.person, track: follower.track.clone() };
    Ok(NewEvent {
        kind: if left { LEFT } else { JOINED },
        subject: Subject::new(FOLLOWER_SUBJECT, follower.id),
        revision: follower.revision,
        at,
        actor: actor.clone(),
        public: value(Public { appeal: follower.appeal })?,
        sealed: if left { None } else { Some(value(sealed)?) },
    })
}

/// The follower that these events tell of; `None` where they tell of none.
pub fn fold_follower(events: &[Event]) -> Result<Option<CaseFollower>, Fault> {
    let bad = |error| Fault::corrupt("an event of a follower is not as its contract says").because(error);
    let mut follower: Option<CaseFollower> = None;
    for event in events {
        match (event.kind.as_str(), &mut follower) {
            (JOINED, None) => {
                let Public { appeal } = Public::deserialize(&event.public).map_err(bad)?;
                let sealed = event.sealed.as_ref().map(Sealed::deserialize).transpose().map_err(bad)?;
                let Sealed { person, track } = sealed.unwrap_or_default();
                let id = FollowerId::new(event.subject.id)
                    .ok_or_else(|| Fault::corrupt("an event of a follower names none"))?;
                let revision = event.revision;
                follower =
                    Some(CaseFollower { id, revision, appeal, person, track, at: event.at, left_at: None });
            }
            (LEFT, Some(follower)) => {
                follower.revision = event.revision;
                follower.left_at = Some(event.at);
            }
            _ => return Err(Fault::corrupt("the events of a follower cannot have happened")),
        }
    }
    Ok(follower)
}
