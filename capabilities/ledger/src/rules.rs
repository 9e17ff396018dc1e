//! What of an event becomes an entry of the public log.
//!
//! An entry can never be taken back, so nothing personal may stand in it: of who acted only their kind and organ, of a
//! sealed part only its salted commitment, and free texts in a public part, in which a name may slip by mistake, as salted
//! commitments too. The salts lie beside the log and can be erased.

use std::collections::{BTreeMap, BTreeSet};

use gongzhi_kernel::{Event, Timestamp, World, commitment};
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

use crate::canonical::canonical;
use crate::log::tiles::ENTRY_LIMIT;
use crate::log::{Checkpoint, base64};
use crate::model::KeyChange;

/// A kind of events that is sealed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Public {
    /// The kind.
    pub kind: &'static str,
    /// Fields of its public part that hold free text: the log holds their salted commitments.
    pub texts: &'static [&'static str],
}

/// Which kinds of events go into the log. Every kind is either in it or left out by name; one that is neither is left
/// out and reported, so that nothing gets into a log for ever because nobody thought of it.
#[derive(Debug, Clone, Default)]
pub struct Scope {
    sealed: BTreeMap<&'static str, &'static [&'static str]>,
    left_out: BTreeSet<&'static str>,
}

impl Scope {
    /// These kinds are sealed, those are left out.
    pub fn new(
        sealed: impl IntoIterator<Item = Public>,
        left_out: impl IntoIterator<Item = &'static str>,
    ) -> Self {
        Self {
            sealed: sealed.into_iter().map(|public| (public.kind, public.texts)).collect(),
            left_out: left_out.into_iter().collect(),
        }
    }

    /// Whether somebody has decided about this kind.
    pub fn knows(&self, kind: &str) -> bool {
        self.sealed.contains_key(kind) || self.left_out.contains(kind)
    }

    /// The entry of an event, with the salts of its texts by field; `None` where the event is not sealed.
    pub(crate) fn leaf(&self, event: &Event, world: &World) -> Option<Leaf> {
        let texts = *self.sealed.get(event.kind.as_str())?;
        let mut public = event.public.clone();
        let mut salts = Vec::new();
        if let Value::Object(fields) = &mut public {
            for field in texts {
                if let Some(Value::String(text)) = fields.get(*field) {
                    let mut salt = [0; 16];
                    world.entropy.fill(&mut salt);
                    let hidden = json!({ "salted_sha256": commitment(&salt, text) });
                    fields.insert((*field).to_owned(), hidden);
                    salts.push((*field, salt));
                }
            }
        }
        let mut fields = Map::new();
        fields.insert("at".into(), json!(event.at));
        fields.insert("by".into(), actor(event));
        fields.insert("event".into(), json!(event.id.to_string()));
        fields.insert("kind".into(), json!(event.kind));
        fields.insert("revision".into(), json!(event.revision));
        if let Some(sealed) = &event.commitment {
            fields.insert("sealed".into(), json!({ "salted_sha256": sealed }));
        }
        let subject = json!({ "kind": event.subject.kind, "id": format!("{:016}", event.subject.id) });
        fields.insert("subject".into(), subject);
        fields.insert("v".into(), json!(1));
        let mut text = with_public(&fields, &public);
        if text.len() > ENTRY_LIMIT {
            // What is too long for an entry stands in it by its hash.
            let digest = Sha256::digest(canonical(&public).as_bytes());
            text = with_public(&fields, &json!({ "sha256": hex(&digest) }));
        }
        Some(Leaf { text, salts })
    }
}

fn with_public(fields: &Map<String, Value>, public: &Value) -> String {
    let mut fields = fields.clone();
    fields.insert("public".into(), public.clone());
    canonical(&Value::Object(fields))
}

/// Who acted: their kind and their organ, never the person.
fn actor(event: &Event) -> Value {
    let mut by = json!({ "kind": event.actor.kind().word() });
    if let (Some(organ), Value::Object(fields)) = (event.actor.organ(), &mut by) {
        fields.insert("organ".into(), json!(organ));
    }
    by
}

/// Bytes in hexadecimal.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// An entry that is to be sealed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Leaf {
    /// The canonical text.
    pub(crate) text: String,
    /// The salts of its texts.
    pub(crate) salts: Vec<(&'static str, [u8; 16])>,
}

/// The first entry of a log: its name, and which log it continues.
pub(crate) fn opening(origin: &str, at: Timestamp, continues: Option<&Checkpoint>) -> String {
    let mut entry = json!({ "at": at, "kind": "ledger.opened", "origin": origin, "v": 1 });
    if let (Some(old), Value::Object(fields)) = (continues, &mut entry) {
        let old = json!({ "origin": old.origin, "root": base64(&old.root), "size": old.size });
        fields.insert("continues".into(), old);
    }
    canonical(&entry)
}

/// The entry by which a log tells that it got another key.
pub(crate) fn key_changed(change: &KeyChange, at: Timestamp) -> String {
    let KeyChange { origin, from, to } = change;
    canonical(
        &json!({ "at": at, "from": from, "kind": "ledger.key_changed", "origin": origin, "to": to, "v": 1 }),
    )
}

/// The entry by which a log tells that a key signs no longer.
pub(crate) fn key_ended(origin: &str, key: &str, at: Timestamp) -> String {
    canonical(&json!({ "at": at, "key": key, "kind": "ledger.key_ended", "origin": origin, "v": 1 }))
}
