//! What is kept of somebody: they see it, copy it, correct it and have it erased.

use gongzhi_kernel::{Context, Failure, PersonId, Timestamp};
use serde::Serialize;

use super::People;
use crate::actions::{self, erasure};
use crate::model::{Membership, Session};
use crate::store;
use crate::store::factors;

/// What this crate keeps of a person, as they copy it.
#[derive(Debug, Clone, Serialize)]
pub struct MyData {
    /// The person's id.
    pub person: PersonId,
    /// Their name.
    pub name: String,
    /// Their sign-in name.
    pub login: Option<String>,
    /// Their telephone.
    pub phone: Option<String>,
    /// Since when they are known.
    pub registered_at: Timestamp,
    /// When they last set a password.
    pub password_set_at: Option<Timestamp>,
    /// Whether they have an authenticator.
    pub authenticator: bool,
    /// What they hold.
    pub memberships: Vec<Held>,
    /// Where they are signed in.
    pub sessions: Vec<Seen>,
}

/// A role in an organ.
#[derive(Debug, Clone, Serialize)]
pub struct Held {
    /// The organ's id.
    pub organ: gongzhi_kernel::OrganId,
    /// The role.
    pub role: gongzhi_kernel::Role,
    /// Since when.
    pub granted_at: Timestamp,
}

/// A session.
#[derive(Debug, Clone, Serialize)]
pub struct Seen {
    /// What the browser said of itself.
    pub device: Option<String>,
    /// Since when.
    pub started_at: Timestamp,
    /// When last.
    pub last_seen_at: Timestamp,
}

impl From<&Membership> for Held {
    fn from(held: &Membership) -> Self {
        Self { organ: held.organ, role: held.role, granted_at: held.granted_at }
    }
}

impl People {
    /// What is kept of whoever is signed in. Action `person.read`.
    ///
    /// # Errors
    /// Refused where there is no such person.
    pub async fn my_data(&self, context: &Context, session: &Session) -> Result<MyData, Failure> {
        let id = session.person;
        self.require_of_person(context, "person.read", id).await?;
        self.0
            .store
            .read(move |tx| {
                let person = actions::known_person(tx, id)?;
                let memberships = store::memberships_of(tx, id)?;
                let sessions = store::sessions_of(tx, id)?;
                Ok(MyData {
                    person: id,
                    name: person.name,
                    login: person.login,
                    phone: person.phone,
                    registered_at: person.registered_at,
                    password_set_at: person.password_set_at,
                    authenticator: factors::has_second_factor(tx, id)?,
                    memberships: memberships.iter().map(Held::from).collect(),
                    sessions: sessions
                        .into_iter()
                        .map(|living| Seen {
                            device: living.row.device,
                            started_at: living.row.started_at,
                            last_seen_at: living.last_seen_at,
                        })
                        .collect(),
                })
            })
            .await
    }

    /// As [`Self::my_data`], to take away: needs a recent proof, and is an event.
    ///
    /// # Errors
    /// `people-prove-first` (403).
    pub async fn copy_my_data(&self, context: &Context, session: &Session) -> Result<MyData, Failure> {
        self.require_recent(session, context.now)?;
        let data = self.my_data(context, session).await?;
        let (work, id) = (context.clone(), session.person);
        self.0.store.write(move |tx| erasure::data_copied(tx, &work, id)).await?;
        Ok(data)
    }

    /// Erases the account of whoever is signed in: nothing personal of it is left, neither in its row nor in the sealed
    /// parts of its events. Needs a recent proof. Action `person.erase`.
    ///
    /// # Errors
    /// `people-prove-first` (403), `people-erase-roles` (409) for whoever holds a role.
    pub async fn erase_me(&self, context: &Context, session: &Session) -> Result<(), Failure> {
        self.require_recent(session, context.now)?;
        let id = session.person;
        self.require_of_person(context, "person.erase", id).await?;
        let work = context.clone();
        self.0.store.write(move |tx| actions::erase_person(tx, &work, id)).await?;
        self.0.cache.forget_person(id);
        Ok(())
    }
}
