//! Clients of Open311: a key each, shown once and kept as a hash only; a limit each; every change an event.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use gongzhi_kernel::{
    Context, Event, EventKind, Failure, Fault, FieldError, NewEvent, Refusal, RefusalKind, Subject, Timestamp,
};
use gongzhi_people::Resource;
use gongzhi_store::Tx;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::Appeals;
use super::code::hex;
use crate::rules::text::clean_line;
use crate::store::open311 as sql;

pub use sql::{Client, ClientId};

/// A client has got a key. Public: name, per_minute, hint; sealed: contact, key_hash.
pub const REGISTERED: EventKind = "api_client.registered";
/// Its key is good no longer. Public: nothing.
pub const REVOKED: EventKind = "api_client.revoked";
/// The kind of subject of a client's events.
pub const CLIENT_SUBJECT: &str = "api_client";
/// The most requests a client may be allowed within a minute.
pub const MOST_PER_MINUTE: i64 = 6_000;
/// How many characters of a key are kept to tell it apart.
const HINT: usize = 4;
const MINUTE: i64 = 60_000_000;

/// Who is to get a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewClient {
    /// What it is called: 2 to 60 characters.
    pub name: String,
    /// Whom to write to about it; may be empty.
    pub contact: String,
    /// How many requests it may send within a minute: 1 to [`MOST_PER_MINUTE`].
    pub per_minute: i64,
}

#[derive(Debug, Serialize, Deserialize)]
struct RegisteredPublic {
    name: String,
    per_minute: i64,
    hint: String,
}

#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
struct RegisteredSealed {
    contact: String,
    key_hash: String,
}

/// What a client counts of its minute: the moment at which all that it has sent would have been due, had it been sent
/// evenly. A number for each client, in this process.
#[derive(Debug, Default)]
pub(super) struct Limits(Mutex<HashMap<ClientId, i64>>);

impl Limits {
    /// Counts a request; the seconds to wait where it is one too many.
    fn count(&self, client: &Client, now: Timestamp) -> Result<(), i64> {
        let step = MINUTE / client.per_minute.clamp(1, MOST_PER_MINUTE);
        let now = now.as_micros();
        let mut due = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let due = due.entry(client.id).or_insert(now);
        let next = (*due).max(now) + step;
        let ahead = next - now - MINUTE;
        if ahead > 0 {
            return Err((ahead + 999_999) / 1_000_000);
        }
        *due = next;
        Ok(())
    }
}

fn hash(key: &str) -> String {
    hex(&Sha256::digest(key.as_bytes()))
}

fn value(part: &impl Serialize) -> Result<Value, Fault> {
    serde_json::to_value(part).map_err(|error| Fault::internal("cannot write an event").because(error))
}

fn record(tx: &mut dyn Tx, context: &Context, kind: EventKind, client: &Client) -> Result<(), Fault> {
    let registered = kind == REGISTERED;
    let public = RegisteredPublic {
        name: client.name.clone(),
        per_minute: client.per_minute,
        hint: client.hint.clone(),
    };
    let sealed = RegisteredSealed { contact: client.contact.clone(), key_hash: client.key_hash.clone() };
    tx.record(NewEvent {
        kind,
        subject: Subject::new(CLIENT_SUBJECT, client.id),
        revision: client.revision,
        at: context.now,
        actor: context.actor.clone(),
        public: if registered { value(&public)? } else { Value::Object(serde_json::Map::new()) },
        sealed: if registered { Some(value(&sealed)?) } else { None },
    })?;
    Ok(())
}

/// The client that its events tell of; `None` where they tell of none.
pub(crate) fn fold(events: &[Event]) -> Result<Option<Client>, Fault> {
    let bad = |error| Fault::corrupt("an event of a client is not as its contract says").because(error);
    let mut client: Option<Client> = None;
    for event in events {
        match (event.kind.as_str(), &mut client) {
            (REGISTERED, None) => {
                let public = RegisteredPublic::deserialize(&event.public).map_err(bad)?;
                let sealed = event.sealed.as_ref().map(RegisteredSealed::deserialize).transpose();
                let sealed = sealed.map_err(bad)?.unwrap_or_default();
                let id = ClientId::new(event.subject.id)
                    .ok_or_else(|| Fault::corrupt("an event of a client names none"))?;
                client = Some(Client {
                    id,
                    revision: event.revision,
                    name: public.name,
                    contact: sealed.contact,
                    per_minute: public.per_minute,
                    key_hash: sealed.key_hash,
                    hint: public.hint,
                    revoked_at: None,
                });
            }
            (REVOKED, Some(client)) => {
                client.revision = event.revision;
                client.revoked_at = Some(event.at);
            }
            _ => return Err(Fault::corrupt("the events of a client cannot have happened")),
        }
    }
    Ok(client)
}

impl Appeals {
    /// Registers a client; it and its key, which is shown this once. Refused with the fields `name`, `contact`,
    /// `per_minute`, or by the policy.
    pub async fn register_client(
        &self,
        context: &Context,
        new: NewClient,
    ) -> Result<(Client, String), Failure> {
        self.policies().require(&context.actor, "appeal.keep_clients", &Resource::city())?;
        let limits = self.books().rulebook(context.now)?.limits;
        let (name, contact) = (clean_line(&new.name), clean_line(&new.contact));
        let mut errors = Vec::new();
        crate::rulebook::Limit { min: 2, max: 60 }.check("name", &name, &mut errors);
        limits.contact.check("contact", &contact, &mut errors);
        if !(1..=MOST_PER_MINUTE).contains(&new.per_minute) {
            errors.push(FieldError::new("per_minute", "open311-per-minute").with("most", MOST_PER_MINUTE));
        }
        if !errors.is_empty() {
            return Err(Refusal::fields(errors).into());
        }
        let key = URL_SAFE_NO_PAD.encode(context.random::<24>());
        let client = Client {
            id: context.id(),
            revision: 1,
            name,
            contact,
            per_minute: new.per_minute,
            key_hash: hash(&key),
            hint: key.chars().skip(key.len() - HINT).collect(),
            revoked_at: None,
        };
        let (context, kept) = (context.clone(), client.clone());
        self.store()
            .write(move |tx| {
                sql::save_client(tx, &kept)?;
                record(tx, &context, REGISTERED, &kept)?;
                Ok::<_, Failure>(())
            })
            .await?;
        Ok((client, key))
    }

    /// Takes a client's key back. Refused with `open311-client-not-found` or `open311-client-revoked`.
    pub async fn revoke_client(&self, context: &Context, id: ClientId) -> Result<Client, Failure> {
        self.policies().require(&context.actor, "appeal.keep_clients", &Resource::city())?;
        let context = context.clone();
        self.store()
            .write(move |tx| {
                let known =
                    sql::client(tx, id)?.ok_or_else(|| Refusal::not_found("open311-client-not-found"))?;
                if known.revoked_at.is_some() {
                    return Err(Refusal::conflict("open311-client-revoked").into());
                }
                let revision = known.revision + 1;
                let client = Client { revision, revoked_at: Some(context.now), ..known };
                sql::save_client(tx, &client)?;
                record(tx, &context, REVOKED, &client)?;
                Ok::<_, Failure>(client)
            })
            .await
    }

    /// All clients, the newest first.
    pub async fn clients(&self, context: &Context) -> Result<Vec<Client>, Failure> {
        self.policies().require(&context.actor, "appeal.keep_clients", &Resource::city())?;
        Ok(self.store().read(|tx| sql::clients(tx)).await?)
    }

    /// The client of a key, with one request counted. Refused with `open311-key` where the key is none or is good no
    /// longer, with `open311-too-many` (seconds to wait) where it is one request too many.
    pub(crate) async fn client_of(&self, key: &str, now: Timestamp) -> Result<Client, Failure> {
        let hash = hash(key);
        let found = self.store().read(move |tx| sql::client_by_key(tx, &hash)).await?;
        let client = found
            .filter(|client| client.revoked_at.is_none())
            .ok_or_else(|| Refusal::forbidden("open311-key"))?;
        self.0.limits.count(&client, now).map_err(|seconds| {
            Refusal::new(RefusalKind::TooMany, "open311-too-many").with("seconds", seconds)
        })?;
        Ok(client)
    }
}

/// What may be refused here, by the key of its sentence.
pub const REFUSALS: [&str; 5] = [
    "open311-per-minute",
    "open311-client-not-found",
    "open311-client-revoked",
    "open311-key",
    "open311-too-many",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_minute_holds_so_many_requests_and_then_one_after_another() {
        let client = Client {
            id: ClientId::new(7).unwrap(),
            revision: 1,
            name: "a".into(),
            contact: String::new(),
            per_minute: 3,
            key_hash: String::new(),
            hint: String::new(),
            revoked_at: None,
        };
        let limits = Limits::default();
        let at = |seconds: i64| Timestamp::from_millis(1_800_000_000_000 + seconds * 1000);
        for _ in 0..3 {
            assert_eq!(limits.count(&client, at(0)), Ok(()));
        }
        assert_eq!(limits.count(&client, at(0)), Err(20));
        assert_eq!(limits.count(&client, at(19)), Err(1));
        assert_eq!(limits.count(&client, at(20)), Ok(()));
        assert_eq!(limits.count(&client, at(20)), Err(20));
        for _ in 0..3 {
            assert_eq!(limits.count(&client, at(200)), Ok(()));
        }
        assert_eq!(limits.count(&client, at(200)), Err(20));
    }
}
