//! What the events of this crate say, and the fold that makes rows of them.
//!
//! The same [`Folded::apply`] serves the unit of work that writes and the check that replays the journal.
//! Names, sign-in names, telephones, devices and whose membership or session it is are sealed; organs, areas and
//! roles are public. No event holds a password, a hash or a token.

use gongzhi_kernel::{
    AreaId, Event, EventKind, Fault, Id, LocalText, NewEvent, OrganId, PersonId, Point, Role, Subject,
    Timestamp,
};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::model::{Area, AreaLevel, Membership, MembershipId, Organ, OrganKind, Person};

/// Somebody became known.
pub const PERSON_REGISTERED: EventKind = "person.registered";
/// Name, sign-in name or telephone changed.
pub const PERSON_CHANGED: EventKind = "person.changed";
/// A password was set; says nothing about it.
pub const PERSON_PASSWORD_SET: EventKind = "person.password_set";
/// Somebody may not sign in for now.
pub const PERSON_SUSPENDED: EventKind = "person.suspended";
/// Somebody may sign in again.
pub const PERSON_RESTORED: EventKind = "person.restored";
/// An authenticator was set up, or another one in its place.
pub const PERSON_SECOND_FACTOR_SET: EventKind = "person.second_factor_set";
/// The authenticator was taken away.
pub const PERSON_SECOND_FACTOR_REMOVED: EventKind = "person.second_factor_removed";
/// New recovery codes took the place of the old ones.
pub const PERSON_RECOVERY_CODES_MADE: EventKind = "person.recovery_codes_made";
/// Somebody signed in with a recovery code.
pub const PERSON_RECOVERY_CODE_USED: EventKind = "person.recovery_code_used";
/// Somebody took a copy of what is kept of them.
pub const PERSON_DATA_COPIED: EventKind = "person.data_copied";
/// An account was erased: nothing personal of it is left.
pub const PERSON_ERASED: EventKind = "person.erased";
/// An organ was established.
pub const ORGAN_ESTABLISHED: EventKind = "organ.established";
/// An organ's code, name, place in the tree, area or being changed.
pub const ORGAN_CHANGED: EventKind = "organ.changed";
/// A version of an area was added.
pub const AREA_ADDED: EventKind = "area.added";
/// A version of an area was corrected.
pub const AREA_CHANGED: EventKind = "area.changed";
/// A version of an area ended.
pub const AREA_ENDED: EventKind = "area.ended";
/// A role in an organ was given.
pub const MEMBERSHIP_GRANTED: EventKind = "membership.granted";
/// A role in an organ was taken back.
pub const MEMBERSHIP_REVOKED: EventKind = "membership.revoked";
/// Somebody signed in.
pub const SESSION_STARTED: EventKind = "session.started";
/// Somebody signed in acts in another membership.
pub const SESSION_SWITCHED: EventKind = "session.switched";
/// A session is over.
pub const SESSION_ENDED: EventKind = "session.ended";
/// A sign-in failed and was counted.
pub const SIGN_IN_REFUSED: EventKind = "sign_in.refused";
/// A sign-in worked and the count starts again.
pub const SIGN_IN_CLEARED: EventKind = "sign_in.cleared";

/// All kinds, for the contract of the journal.
pub const EVENT_KINDS: [EventKind; 25] = [
    PERSON_REGISTERED,
    PERSON_CHANGED,
    PERSON_PASSWORD_SET,
    PERSON_SUSPENDED,
    PERSON_RESTORED,
    PERSON_SECOND_FACTOR_SET,
    PERSON_SECOND_FACTOR_REMOVED,
    PERSON_RECOVERY_CODES_MADE,
    PERSON_RECOVERY_CODE_USED,
    PERSON_DATA_COPIED,
    PERSON_ERASED,
    ORGAN_ESTABLISHED,
    ORGAN_CHANGED,
    AREA_ADDED,
    AREA_CHANGED,
    AREA_ENDED,
    MEMBERSHIP_GRANTED,
    MEMBERSHIP_REVOKED,
    SESSION_STARTED,
    SESSION_SWITCHED,
    SESSION_ENDED,
    SIGN_IN_REFUSED,
    SIGN_IN_CLEARED,
    crate::audit::AUDIT_SEARCHED,
    crate::audit::AUDIT_EXPORTED,
];

/// Why a session ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EndReason {
    /// The person signed out.
    SignedOut,
    /// Somebody ended it from the list of sessions.
    Revoked,
    /// The person signed in again in the same browser.
    Replaced,
    /// A new password was set.
    PasswordSet,
    /// An authenticator was set up.
    SecondFactorSet,
    /// The person was suspended.
    Suspended,
    /// The membership that they acted in was taken back.
    MembershipRevoked,
    /// It reached its limit.
    Expired,
    /// The account was erased.
    Erased,
}

/// Sealed part of [`PERSON_REGISTERED`].
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct PersonRegistered {
    pub(crate) name: String,
    pub(crate) login: Option<String>,
    pub(crate) phone: Option<String>,
}

/// Sealed part of [`PERSON_CHANGED`].
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct PersonChanged {
    pub(crate) name: String,
    pub(crate) login: Option<String>,
    pub(crate) phone: Option<String>,
}

/// Public part of [`ORGAN_ESTABLISHED`].
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct OrganEstablished {
    pub(crate) code: String,
    pub(crate) kind: OrganKind,
    pub(crate) name: LocalText,
    pub(crate) parent: Option<OrganId>,
    pub(crate) area: Option<AreaId>,
}

/// Public part of [`ORGAN_CHANGED`].
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct OrganChanged {
    pub(crate) code: String,
    pub(crate) name: LocalText,
    pub(crate) parent: Option<OrganId>,
    pub(crate) area: Option<AreaId>,
    pub(crate) active: bool,
}

/// Public part of [`AREA_ADDED`].
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct AreaAdded {
    pub(crate) code: String,
    pub(crate) level: AreaLevel,
    pub(crate) name: LocalText,
    pub(crate) parent: Option<AreaId>,
    pub(crate) valid_from: Timestamp,
    pub(crate) centre: Option<Point>,
}

/// Public part of [`AREA_CHANGED`].
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct AreaChanged {
    pub(crate) name: LocalText,
    pub(crate) parent: Option<AreaId>,
    pub(crate) centre: Option<Point>,
}

/// Public part of [`AREA_ENDED`].
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct AreaEnded {
    pub(crate) valid_to: Timestamp,
    pub(crate) successors: Vec<AreaId>,
}

/// Public part of [`MEMBERSHIP_GRANTED`].
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct MembershipGranted {
    pub(crate) organ: OrganId,
    pub(crate) role: Role,
}

/// Sealed part of [`MEMBERSHIP_GRANTED`], [`MEMBERSHIP_REVOKED`] and, where it is known, [`SIGN_IN_REFUSED`].
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct OfPerson {
    pub(crate) person: PersonId,
}

/// Sealed part of [`SESSION_STARTED`].
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct SessionStarted {
    pub(crate) person: PersonId,
    pub(crate) membership: Option<MembershipId>,
    pub(crate) device: Option<String>,
}

/// Sealed part of [`SESSION_SWITCHED`].
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct SessionSwitched {
    pub(crate) membership: Option<MembershipId>,
}

/// Public part of [`SESSION_ENDED`].
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct SessionEnded {
    pub(crate) reason: EndReason,
}

/// Public part of [`SIGN_IN_REFUSED`].
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct SignInRefused {
    pub(crate) failures: i64,
    pub(crate) locked_until: Option<Timestamp>,
}

/// A session as it is kept. The hash of its token and when it was last seen are not of the journal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SessionRow {
    pub(crate) id: gongzhi_kernel::SessionId,
    pub(crate) person: PersonId,
    pub(crate) membership: Option<MembershipId>,
    pub(crate) device: Option<String>,
    pub(crate) started_at: Timestamp,
    pub(crate) revision: i64,
}

/// The count of failed sign-ins of one sign-in name, known or not. Its name is kept as a digest only: people type
/// passwords into the wrong field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct GuardRow {
    pub(crate) id: crate::model::SignInGuardId,
    pub(crate) failures: i64,
    pub(crate) last_at: Timestamp,
    pub(crate) locked_until: Option<Timestamp>,
    pub(crate) revision: i64,
}

/// An event, whether it is being recorded or read back.
#[derive(Clone, Copy)]
pub(crate) struct Happening<'a> {
    pub(crate) kind: &'a str,
    pub(crate) subject: &'a Subject,
    pub(crate) revision: i64,
    pub(crate) at: Timestamp,
    public: &'a Value,
    sealed: Option<&'a Value>,
}

impl<'a> From<&'a NewEvent> for Happening<'a> {
    fn from(event: &'a NewEvent) -> Self {
        Self {
            kind: event.kind,
            subject: &event.subject,
            revision: event.revision,
            at: event.at,
            public: &event.public,
            sealed: event.sealed.as_ref(),
        }
    }
}

impl<'a> From<&'a Event> for Happening<'a> {
    fn from(event: &'a Event) -> Self {
        Self {
            kind: &event.kind,
            subject: &event.subject,
            revision: event.revision,
            at: event.at,
            public: &event.public,
            sealed: event.sealed.as_ref(),
        }
    }
}

impl Happening<'_> {
    fn public<T: DeserializeOwned>(&self) -> Result<T, Fault> {
        T::deserialize(self.public).map_err(|error| self.unreadable("public").because(error))
    }

    fn sealed<T: DeserializeOwned>(&self) -> Result<T, Fault> {
        let sealed = self.sealed.ok_or_else(|| self.unreadable("sealed"))?;
        T::deserialize(sealed).map_err(|error| self.unreadable("sealed").because(error))
    }

    fn id<K>(&self) -> Result<Id<K>, Fault> {
        Id::new(self.subject.id)
            .ok_or_else(|| Fault::corrupt(format!("event of subject {} out of range", self.subject.id)))
    }

    fn unreadable(&self, part: &str) -> Fault {
        Fault::corrupt(format!(
            "the {part} part of {} of {} {} is not as expected",
            self.kind, self.subject.kind, self.subject.id
        ))
    }

    fn out_of_place(&self) -> Fault {
        Fault::corrupt(format!(
            "{} cannot be change {} of {} {}",
            self.kind, self.revision, self.subject.kind, self.subject.id
        ))
    }
}

/// A row that is the fold of its events.
pub(crate) trait Folded: Sized + Clone + PartialEq + std::fmt::Debug {
    /// The kind of its subject in the journal.
    const SUBJECT: &'static str;

    /// Its subject.
    fn subject(&self) -> Subject;

    /// Which change this is.
    fn revision(&self) -> i64;

    /// The row after the event; `None` when the event ends it.
    fn apply(state: Option<Self>, event: Happening<'_>) -> Result<Option<Self>, Fault>;
}

impl Folded for Person {
    const SUBJECT: &'static str = "person";

    fn subject(&self) -> Subject {
        Subject::new(Self::SUBJECT, self.id)
    }

    fn revision(&self) -> i64 {
        self.revision
    }

    fn apply(state: Option<Self>, event: Happening<'_>) -> Result<Option<Self>, Fault> {
        let revision = event.revision;
        Ok(Some(match (state, event.kind) {
            (None, PERSON_REGISTERED) => {
                let PersonRegistered { name, login, phone } = event.sealed()?;
                Self {
                    id: event.id()?,
                    name,
                    login,
                    phone,
                    active: true,
                    registered_at: event.at,
                    password_set_at: None,
                    revision,
                }
            }
            (Some(person), PERSON_CHANGED) => {
                let PersonChanged { name, login, phone } = event.sealed()?;
                Self { name, login, phone, revision, ..person }
            }
            (Some(person), PERSON_PASSWORD_SET) => {
                Self { password_set_at: Some(event.at), revision, ..person }
            }
            (Some(person), PERSON_SUSPENDED) => Self { active: false, revision, ..person },
            (Some(person), PERSON_RESTORED) => Self { active: true, revision, ..person },
            (
                Some(person),
                PERSON_SECOND_FACTOR_SET
                | PERSON_SECOND_FACTOR_REMOVED
                | PERSON_RECOVERY_CODES_MADE
                | PERSON_RECOVERY_CODE_USED
                | PERSON_DATA_COPIED,
            ) => Self { revision, ..person },
            (Some(person), PERSON_ERASED) => Self {
                name: String::new(),
                login: None,
                phone: None,
                active: false,
                password_set_at: None,
                revision,
                ..person
            },
            _ => return Err(event.out_of_place()),
        }))
    }
}

impl Folded for Organ {
    const SUBJECT: &'static str = "organ";

    fn subject(&self) -> Subject {
        Subject::new(Self::SUBJECT, self.id)
    }

    fn revision(&self) -> i64 {
        self.revision
    }

    fn apply(state: Option<Self>, event: Happening<'_>) -> Result<Option<Self>, Fault> {
        let revision = event.revision;
        Ok(Some(match (state, event.kind) {
            (None, ORGAN_ESTABLISHED) => {
                let OrganEstablished { code, kind, name, parent, area } = event.public()?;
                Self { id: event.id()?, code, kind, name, parent, area, active: true, revision }
            }
            (Some(organ), ORGAN_CHANGED) => {
                let OrganChanged { code, name, parent, area, active } = event.public()?;
                Self { code, name, parent, area, active, revision, ..organ }
            }
            _ => return Err(event.out_of_place()),
        }))
    }
}

impl Folded for Area {
    const SUBJECT: &'static str = "area";

    fn subject(&self) -> Subject {
        Subject::new(Self::SUBJECT, self.id)
    }

    fn revision(&self) -> i64 {
        self.revision
    }

    fn apply(state: Option<Self>, event: Happening<'_>) -> Result<Option<Self>, Fault> {
        let revision = event.revision;
        Ok(Some(match (state, event.kind) {
            (None, AREA_ADDED) => {
                let AreaAdded { code, level, name, parent, valid_from, centre } = event.public()?;
                Self {
                    id: event.id()?,
                    code,
                    level,
                    name,
                    parent,
                    valid_from,
                    valid_to: None,
                    centre,
                    successors: Vec::new(),
                    revision,
                }
            }
            (Some(area), AREA_CHANGED) => {
                let AreaChanged { name, parent, centre } = event.public()?;
                Self { name, parent, centre, revision, ..area }
            }
            (Some(area), AREA_ENDED) => {
                let AreaEnded { valid_to, successors } = event.public()?;
                Self { valid_to: Some(valid_to), successors, revision, ..area }
            }
            _ => return Err(event.out_of_place()),
        }))
    }
}

impl Folded for Membership {
    const SUBJECT: &'static str = "membership";

    fn subject(&self) -> Subject {
        Subject::new(Self::SUBJECT, self.id)
    }

    fn revision(&self) -> i64 {
        self.revision
    }

    fn apply(state: Option<Self>, event: Happening<'_>) -> Result<Option<Self>, Fault> {
        let revision = event.revision;
        Ok(Some(match (state, event.kind) {
            (None, MEMBERSHIP_GRANTED) => {
                let MembershipGranted { organ, role } = event.public()?;
                let OfPerson { person } = event.sealed()?;
                Self {
                    id: event.id()?,
                    person,
                    organ,
                    role,
                    granted_at: event.at,
                    revoked_at: None,
                    revision,
                }
            }
            (Some(membership), MEMBERSHIP_REVOKED) => {
                Self { revoked_at: Some(event.at), revision, ..membership }
            }
            _ => return Err(event.out_of_place()),
        }))
    }
}

impl Folded for SessionRow {
    const SUBJECT: &'static str = "session";

    fn subject(&self) -> Subject {
        Subject::new(Self::SUBJECT, self.id)
    }

    fn revision(&self) -> i64 {
        self.revision
    }

    fn apply(state: Option<Self>, event: Happening<'_>) -> Result<Option<Self>, Fault> {
        let revision = event.revision;
        match (state, event.kind) {
            (None, SESSION_STARTED) => {
                let SessionStarted { person, membership, device } = event.sealed()?;
                Ok(Some(Self { id: event.id()?, person, membership, device, started_at: event.at, revision }))
            }
            (Some(session), SESSION_SWITCHED) => {
                let SessionSwitched { membership } = event.sealed()?;
                Ok(Some(Self { membership, revision, ..session }))
            }
            (Some(_), SESSION_ENDED) => Ok(None),
            _ => Err(event.out_of_place()),
        }
    }
}

impl Folded for GuardRow {
    const SUBJECT: &'static str = "sign_in";

    fn subject(&self) -> Subject {
        Subject::new(Self::SUBJECT, self.id)
    }

    fn revision(&self) -> i64 {
        self.revision
    }

    fn apply(state: Option<Self>, event: Happening<'_>) -> Result<Option<Self>, Fault> {
        let revision = event.revision;
        Ok(Some(match (state, event.kind) {
            (_, SIGN_IN_REFUSED) => {
                let SignInRefused { failures, locked_until } = event.public()?;
                Self { id: event.id()?, failures, last_at: event.at, locked_until, revision }
            }
            (Some(guard), SIGN_IN_CLEARED) => {
                Self { failures: 0, last_at: event.at, locked_until: None, revision, ..guard }
            }
            _ => return Err(event.out_of_place()),
        }))
    }
}
