//! Verifying a log from outside, from what everybody can fetch: nothing here asks the store.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::log::tiles::{Address, Edge, all_bundles, entries_of};
use crate::log::tree::{Hash, leaf_hash};
use crate::log::{Checkpoint, Note, NoteError, Receipt, ReceiptError, Verified, VerifierKey};
use crate::rules::hex;

/// What is wrong with a log; each names the place.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    /// It could not be fetched.
    #[error("{path} cannot be fetched: {why}")]
    Fetch {
        /// Its address under the log's.
        path: String,
        /// What happened.
        why: String,
    },
    /// The checkpoint cannot be believed.
    #[error("the checkpoint: {0}")]
    Checkpoint(NoteError),
    /// The older checkpoint cannot be believed.
    #[error("the older checkpoint: {0}")]
    OldCheckpoint(NoteError),
    /// A bundle ends before or after its entries.
    #[error("{path} is cut or too long: it has {found} whole entries and should have {wanted}")]
    Bundle {
        /// Its address.
        path: String,
        /// Entries in it.
        found: usize,
        /// Entries that the checkpoint speaks of.
        wanted: usize,
    },
    /// A tile has not as many bytes as it should.
    #[error("{path} is cut or too long: it has {found} bytes and should have {wanted}")]
    TileLength {
        /// Its address.
        path: String,
        /// Bytes in it.
        found: usize,
        /// Bytes that it should have.
        wanted: usize,
    },
    /// An entry is not the one that was signed.
    #[error("entry {seq} is not the one that was sealed: it was changed")]
    Entry {
        /// Where it stands, from 0.
        seq: u64,
    },
    /// A tile does not hold the hashes of the entries.
    #[error("{path} does not fit the entries: the tile was changed")]
    Tile {
        /// Its address.
        path: String,
    },
    /// Too few of the witnesses that were named have signed it.
    #[error("{found} of {named} named witnesses stand behind it, and {wanted} are wanted; missing: {}", missing.join(", "))]
    Witnesses {
        /// How many have signed.
        found: usize,
        /// How many were named.
        named: usize,
        /// How many must have.
        wanted: usize,
        /// Who has not.
        missing: Vec<String>,
    },
    /// Entries and tiles agree with one another and not with what was signed.
    #[error("the entries and tiles make another root than the one that was signed: the log was rewritten")]
    Root,
    /// The newest checkpoint is older than the one that was kept.
    #[error(
        "the log has {size} entries and had {old} before: an old state is shown again, or entries were taken away"
    )]
    Shrunk {
        /// Now.
        size: u64,
        /// Then.
        old: u64,
    },
    /// Both checkpoints are signed and tell different histories.
    #[error(
        "the first {old} entries are not those that the older checkpoint signs: the log was forked; keep both checkpoints, they prove it"
    )]
    Forked {
        /// How many entries the older one has.
        old: u64,
    },
}

/// A log that is as it should be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// The checkpoint that everything was held against.
    pub checkpoint: Checkpoint,
    /// Tiles compared.
    pub tiles: u64,
    /// How many entries the older checkpoint had.
    pub continues: Option<u64>,
    /// The witnesses of those named that stand behind it, each with when it signed, in seconds since 1970.
    pub witnesses: Vec<(String, u64)>,
}

/// Witnesses that somebody trusts, and how many of them must stand behind what is verified.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Quorum {
    /// Their keys.
    pub witnesses: Vec<VerifierKey>,
    /// How many of them.
    pub wanted: usize,
}

impl Quorum {
    /// Whether enough of them are among those that have signed.
    pub fn check(&self, signed: &[(String, u64)]) -> Result<(), Problem> {
        if signed.len() >= self.wanted {
            return Ok(());
        }
        let has_signed = |name: &str| signed.iter().any(|(signer, _)| signer == name);
        let missing = self.witnesses.iter().map(VerifierKey::name).filter(|name| !has_signed(name));
        Err(Problem::Witnesses {
            found: signed.len(),
            named: self.witnesses.len(),
            wanted: self.wanted,
            missing: missing.map(str::to_owned).collect(),
        })
    }

    /// The witnesses that have signed a checkpoint, if they are enough.
    pub fn of(&self, checkpoint: &[u8]) -> Result<Vec<(String, u64)>, Problem> {
        let signed = read_note(checkpoint)
            .and_then(|note| note.witnessed_by(&self.witnesses))
            .map_err(Problem::Checkpoint)?;
        self.check(&signed).map(|()| signed)
    }
}

/// Rebuilds the tree from all entries and compares every tile, the signed root, and an older checkpoint.
/// `fetch` gives what lies at an address under the log's: `checkpoint`, `tile/0/000`; `each` sees every entry in order.
pub fn verify(
    fetch: &mut dyn FnMut(&str) -> Result<Vec<u8>, String>,
    key: &VerifierKey,
    quorum: &Quorum,
    old: Option<&str>,
    each: &mut dyn FnMut(u64, &[u8]),
) -> Result<Report, Problem> {
    let mut get = |path: &str| fetch(path).map_err(|why| Problem::Fetch { path: path.to_owned(), why });
    let text = get("checkpoint")?;
    let checkpoint = read_checkpoint(&text, key).map_err(Problem::Checkpoint)?;
    let witnesses = quorum.of(&text)?;
    let old =
        old.map(|old| read_checkpoint(old.as_bytes(), key)).transpose().map_err(Problem::OldCheckpoint)?;
    if let Some(old) = old.as_ref().filter(|old| old.size > checkpoint.size) {
        return Err(Problem::Shrunk { size: checkpoint.size, old: old.size });
    }
    let mut edge = Edge::default();
    let mut root_then: Option<Hash> = old.as_ref().filter(|old| old.size == 0).map(|_| edge.root());
    // The first entry whose hash is not the one in its tile: which of the two was changed, the root will tell.
    let mut differs: Option<(u64, String)> = None;
    let mut upper: BTreeMap<(u32, u64), Vec<Hash>> = BTreeMap::new();
    let mut tiles = 0;
    for address in all_bundles(checkpoint.size) {
        let path = format!("tile/{address}");
        let bytes = get(&path)?;
        let entries = entries_of(&bytes).unwrap_or_default();
        if entries.len() != address.width {
            return Err(Problem::Bundle { path, found: entries.len(), wanted: address.width });
        }
        let tile = tile(&mut get, Address { level: Some(0), ..address })?;
        tiles += 1;
        for (entry, expected) in entries.iter().zip(&tile) {
            let (seq, hash) = (edge.size(), leaf_hash(entry));
            if hash != *expected && differs.is_none() {
                differs = Some((seq, format!("tile/0/{}", path.trim_start_matches("tile/entries/"))));
            }
            each(seq, entry);
            edge.push(hash, &mut |level, number, hashes| {
                if level > 0 {
                    upper.insert((level, number), hashes.to_vec());
                }
            });
            if old.as_ref().is_some_and(|old| old.size == edge.size()) {
                root_then = Some(edge.root());
            }
        }
    }
    for (level, number, hashes) in edge.partial().filter(|(level, ..)| *level > 0) {
        upper.insert((level, number), hashes.to_vec());
    }
    if edge.root() != checkpoint.root {
        return Err(differs.map_or(Problem::Root, |(seq, _)| Problem::Entry { seq }));
    }
    if let Some((_, path)) = differs {
        return Err(Problem::Tile { path });
    }
    for ((level, index), hashes) in upper {
        let address = Address { level: Some(level), index, width: hashes.len() };
        tiles += 1;
        if tile(&mut get, address)? != hashes {
            return Err(Problem::Tile { path: format!("tile/{address}") });
        }
    }
    if let Some(old) = &old
        && root_then != Some(old.root)
    {
        return Err(Problem::Forked { old: old.size });
    }
    Ok(Report { checkpoint, tiles, continues: old.map(|old| old.size), witnesses })
}

fn read_checkpoint(text: &[u8], key: &VerifierKey) -> Result<Checkpoint, NoteError> {
    Checkpoint::verified(&read_note(text)?, key)
}

fn read_note(text: &[u8]) -> Result<Note, NoteError> {
    Note::parse(std::str::from_utf8(text).map_err(|_| NoteError::Malformed("it is no text"))?)
}

fn tile(
    get: &mut dyn FnMut(&str) -> Result<Vec<u8>, Problem>,
    address: Address,
) -> Result<Vec<Hash>, Problem> {
    let path = format!("tile/{address}");
    let bytes = get(&path)?;
    let found = bytes.len();
    crate::log::tiles::hashes_of(&bytes, address.width).ok_or(Problem::TileLength {
        path,
        found,
        wanted: address.width * 32,
    })
}

/// What one of our receipts proves.
#[derive(Debug, Clone, PartialEq)]
pub struct Proved {
    /// Who has signed what.
    pub verified: Verified,
    /// The entry.
    pub entry: Value,
    /// The texts that the entry holds as commitments and the receipt tells in full, by field.
    pub texts: Vec<(String, String)>,
}

/// Verifies a receipt of ours: its entry stands in its extra data, with the texts behind the entry's commitments.
pub fn prove(
    receipt: &Receipt,
    log: &VerifierKey,
    witnesses: &[VerifierKey],
) -> Result<Proved, ReceiptError> {
    const NO_ENTRY: ReceiptError = ReceiptError::Malformed("its extra data holds no entry");
    let extra: Value =
        receipt.extra.as_deref().and_then(|extra| serde_json::from_slice(extra).ok()).ok_or(NO_ENTRY)?;
    let text = extra.get("entry").and_then(Value::as_str).ok_or(NO_ENTRY)?;
    let verified = receipt.verify(text.as_bytes(), log, witnesses)?;
    let entry: Value =
        serde_json::from_str(text).map_err(|_| ReceiptError::Malformed("its entry is no JSON"))?;
    let mut texts = Vec::new();
    for (field, opened) in extra.get("texts").and_then(Value::as_object).into_iter().flatten() {
        let told = opened.get("text").and_then(Value::as_str);
        let salt = opened.get("salt").and_then(Value::as_str).and_then(from_hex);
        let sealed = entry.get("public").and_then(|public| public.get(field)?.get("salted_sha256")?.as_str());
        let (Some(told), Some(salt), Some(sealed)) = (told, salt, sealed) else {
            return Err(ReceiptError::Malformed("a text in it has no salt or no commitment in the entry"));
        };
        if gongzhi_kernel::commitment(&salt, told) != sealed {
            return Err(ReceiptError::Malformed(
                "a text in it is not the one that was sealed: it was changed",
            ));
        }
        texts.push((field.clone(), told.to_owned()));
    }
    Ok(Proved { verified, entry, texts })
}

fn from_hex(text: &str) -> Option<Vec<u8>> {
    let (pairs, rest) = text.as_bytes().as_chunks::<2>();
    let byte = |pair: &[u8; 2]| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok();
    let bytes: Vec<u8> = pairs.iter().map(byte).collect::<Option<_>>()?;
    (rest.is_empty() && hex(&bytes) == text).then_some(bytes)
}
