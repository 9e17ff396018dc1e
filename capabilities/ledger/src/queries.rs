//! What pages and others' tools read.

use gongzhi_kernel::{Fault, Subject};
use gongzhi_store::Tx;
use serde_json::{Map, Value, json};

use crate::actions::{Ledger, State};
use crate::canonical::canonical;
use crate::log::tiles::{self, Address, Tiles};
use crate::log::{Note, Receipt, tree};
use crate::model::{Entry, Given, Signed, Standing, SubjectSeal};
use crate::rules::hex;
use crate::store as sql;

impl Ledger {
    /// How it stands.
    pub async fn standing(&self) -> Result<Standing, Fault> {
        let State { log, origin, vkey, previous, refused, .. } = self.state().clone();
        let keys = self.witness_keys();
        let read = move |tx: &mut dyn Tx| {
            let newest = match sql::last_checkpoint(tx, log)? {
                Some(signed) => Some(sql::with_cosignatures(tx, log, signed)?),
                None => None,
            };
            let mut last = Vec::new();
            for key in &keys {
                last.push(sql::last_cosignature(tx, log, key)?);
            }
            Ok::<_, Fault>((newest, last))
        };
        let (newest, last) = self.store().read(read).await?;
        Ok(Standing { origin, vkey, previous, newest, witnesses: self.witnesses_with(last), refused })
    }

    /// The newest signed checkpoint, with the signatures of witnesses that have come in.
    pub async fn newest(&self) -> Result<Option<Signed>, Fault> {
        let log = self.log();
        let read = move |tx: &mut dyn Tx| match sql::last_checkpoint(tx, log)? {
            Some(signed) => sql::with_cosignatures(tx, log, signed).map(Some),
            None => Ok(None),
        };
        self.store().read(read).await
    }

    /// A tile or a bundle of entries, as far as a checkpoint covers it; `None` where the log has none there.
    pub async fn tile(&self, address: Address) -> Result<Option<Vec<u8>>, Fault> {
        let log = self.log();
        let read = move |tx: &mut dyn Tx| {
            let size = sql::last_checkpoint(tx, log)?.map_or(0, |signed| signed.size);
            let level = address.level.unwrap_or(0);
            if tiles::width_at(level, address.index, size) < address.width {
                return Ok(None);
            }
            if address.level.is_some() {
                return sql::tile_bytes(tx, log, level, address.index, address.width);
            }
            let first = address.index * tiles::WIDTH;
            let width = u64::try_from(address.width).unwrap_or(tiles::WIDTH);
            let mut bytes = Vec::new();
            for entry in sql::entries(tx, log, first, first + width)? {
                if !tiles::bundle(&mut bytes, entry.leaf.as_bytes()) {
                    return Err(Fault::corrupt(format!("entry {} of the log is too long", entry.seq)));
                }
            }
            Ok::<_, Fault>(Some(bytes))
        };
        self.store().read(read).await
    }

    /// Entries that a checkpoint covers, from `first` to before `end`.
    pub async fn entries(&self, first: u64, end: u64) -> Result<Vec<Entry>, Fault> {
        let log = self.log();
        self.store()
            .read(move |tx| {
                let size = sql::last_checkpoint(tx, log)?.map_or(0, |signed| signed.size);
                sql::entries(tx, log, first, end.min(size))
            })
            .await
    }

    /// The entries of a subject, the oldest first; at most 500.
    pub async fn of_subject(&self, kind: String, id: i64) -> Result<Vec<Entry>, Fault> {
        let log = self.log();
        self.store().read(move |tx| sql::of_subject(tx, log, &kind, id)).await
    }

    /// The last entry of a subject that a checkpoint covers; `None` where there is none.
    pub async fn last_signed_of(&self, kind: String, id: i64) -> Result<Option<u64>, Fault> {
        let log = self.log();
        let read = move |tx: &mut dyn Tx| {
            let size = sql::last_checkpoint(tx, log)?.map_or(0, |signed| signed.size);
            sql::last_of_subject(tx, log, &kind, id, size)
        };
        self.store().read(read).await
    }

    /// What stands sealed about a subject, in a unit of work of the caller's.
    pub fn seal_of(&self, tx: &mut dyn Tx, kind: &str, id: i64) -> Result<Option<SubjectSeal>, Fault> {
        let log = self.log();
        let Some((seq, sealed_at, count)) = sql::seal_of(tx, log, kind, id)? else { return Ok(None) };
        let mut witnesses = 0;
        for key in self.witness_keys() {
            let signed = sql::last_cosignature(tx, log, &key)?;
            witnesses += usize::from(signed.is_some_and(|(size, _)| size > seq));
        }
        Ok(Some(SubjectSeal { seq, sealed_at, count, witnesses }))
    }

    /// The receipt of an entry under the newest checkpoint that the most witnesses have signed; `None` where no checkpoint
    /// covers such an entry yet.
    pub async fn receipt(&self, seq: u64) -> Result<Option<Given>, Fault> {
        let log = self.log();
        self.store().read(move |tx| receipt(tx, log, seq)).await
    }
}

fn receipt(tx: &mut dyn Tx, log: i64, seq: u64) -> Result<Option<Given>, Fault> {
    let Some(signed) = sql::witnessed_checkpoint(tx, log, seq)? else { return Ok(None) };
    let signed = sql::with_cosignatures(tx, log, signed)?;
    let Some(entry) = sql::entries(tx, log, seq, seq + 1)?.into_iter().next() else {
        return Err(Fault::corrupt(format!("entry {seq} of the log is missing")));
    };
    let mut hashes = Tiles::new(sql::StoredTiles { tx: &mut *tx, log }, signed.size);
    let Some(path) = tree::inclusion(&mut hashes, seq, signed.size)? else { return Ok(None) };
    let mut extra = Map::new();
    extra.insert("entry".into(), json!(entry.leaf));
    let texts = texts(tx, log, &entry)?;
    if !texts.is_empty() {
        extra.insert("texts".into(), Value::Object(texts));
    }
    let checkpoint = Note::parse(&signed.note)
        .map_err(|error| Fault::corrupt("a checkpoint in the store cannot be read").because(error))?;
    let extra = Some(canonical(&Value::Object(extra)).into_bytes());
    Ok(Some(Given { seq, receipt: Receipt { extra, index: seq, path, checkpoint } }))
}

/// The texts that stand in an entry as commitments, with their salts, as far as both are still there.
fn texts(tx: &mut dyn Tx, log: i64, entry: &Entry) -> Result<Map<String, Value>, Fault> {
    let salts = sql::salts(tx, log, entry.seq)?;
    if salts.is_empty() {
        return Ok(Map::new());
    }
    let subject = Subject { kind: entry.subject_kind.clone().into(), id: entry.subject };
    let events = tx.history(&subject)?;
    let Some(event) = events.into_iter().find(|event| event.id.get() == entry.event) else {
        return Ok(Map::new());
    };
    Ok(salts
        .into_iter()
        .filter_map(|(field, salt)| {
            let text = event.public.get(&field)?.as_str()?;
            let opened = json!({ "salt": hex(&salt), "text": text });
            Some((field, opened))
        })
        .collect())
}
