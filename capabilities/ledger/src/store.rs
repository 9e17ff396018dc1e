//! The SQL of the log.

use gongzhi_kernel::{Fault, Timestamp};
use gongzhi_store::{Param, Tx, params};

use crate::log::tiles::{Edge, TileSource, hashes_of};
use crate::log::tree::Hash;
use crate::model::{Cosigned, Entry, Log, Signed};

gongzhi_store::statements! {
    /// A new log.
    INSERT_LOG = "INSERT INTO ledger_log (log, origin, vkey, opened, size) VALUES ($1, $2, $3, $4, 0)";
    /// The log that grows.
    LAST_LOG = "SELECT log, origin, vkey, opened, size FROM ledger_log ORDER BY log DESC LIMIT 1";
    /// Its new key.
    SET_KEY = "UPDATE ledger_log SET vkey = $2 WHERE log = $1";
    /// How many entries it has now.
    SET_SIZE = "UPDATE ledger_log SET size = $2 WHERE log = $1";
    /// One more entry.
    INSERT_ENTRY = "INSERT INTO ledger_entry (log, seq, event, subject_kind, subject, sealed_at, leaf)
        VALUES ($1, $2, $3, $4, $5, $6, $7)";
    /// The salt of a text in an entry.
    INSERT_SALT = "INSERT INTO ledger_salt (log, seq, field, salt) VALUES ($1, $2, $3, $4)";
    /// The salts of an entry.
    SALTS = "SELECT field, salt FROM ledger_salt WHERE log = $1 AND seq = $2 ORDER BY field";
    /// Forgets the salts of a subject's entries: what they hid can no longer be guessed.
    ERASE_SALTS = "DELETE FROM ledger_salt WHERE EXISTS (SELECT 1 FROM ledger_entry AS e
        WHERE e.log = ledger_salt.log AND e.seq = ledger_salt.seq AND e.subject = $1 AND e.subject_kind = $2)";
    /// A tile, or what it has become.
    PUT_TILE = "INSERT INTO ledger_tile (log, level, number, hashes) VALUES ($1, $2, $3, $4)
        ON CONFLICT (log, level, number) DO UPDATE SET hashes = excluded.hashes";
    /// A tile.
    TILE = "SELECT hashes FROM ledger_tile WHERE log = $1 AND level = $2 AND number = $3";
    /// Some entries in order.
    ENTRIES = "SELECT seq, event, subject_kind, subject, sealed_at, leaf FROM ledger_entry
        WHERE log = $1 AND seq >= $2 AND seq < $3 ORDER BY seq";
    /// The entries of a subject, the oldest first.
    OF_SUBJECT = "SELECT seq, event, subject_kind, subject, sealed_at, leaf FROM ledger_entry
        WHERE subject = $1 AND subject_kind = $2 AND log = $3 ORDER BY seq LIMIT 500";
    /// The last entry of a subject, and how many it has.
    SEAL_OF_SUBJECT = "SELECT max(seq), max(sealed_at), count(*) FROM ledger_entry
        WHERE subject = $1 AND subject_kind = $2 AND log = $3";
    /// The last entry of a subject before a place.
    LAST_OF_SUBJECT = "SELECT max(seq) FROM ledger_entry
        WHERE subject = $1 AND subject_kind = $2 AND log = $3 AND seq < $4";
    /// A signed checkpoint.
    INSERT_CHECKPOINT = "INSERT INTO ledger_checkpoint (log, size, signed_at, note) VALUES ($1, $2, $3, $4)
        ON CONFLICT (log, size) DO NOTHING";
    /// The newest checkpoint.
    LAST_CHECKPOINT = "SELECT size, signed_at, note FROM ledger_checkpoint WHERE log = $1 ORDER BY size DESC LIMIT 1";
    /// Checkpoints that nobody asks for any more: partial tiles of every size can be made from what is kept.
    FORGET_CHECKPOINTS = "DELETE FROM ledger_checkpoint WHERE log = $1 AND size <
        (SELECT min(size) FROM (SELECT size FROM ledger_checkpoint WHERE log = $1 ORDER BY size DESC LIMIT 100) AS kept)
        AND size NOT IN (SELECT max(size) FROM ledger_cosignature WHERE log = $1 GROUP BY witness)";
    /// The signature of a witness.
    INSERT_COSIGNATURE = "INSERT INTO ledger_cosignature (log, size, witness, signed_at, line) VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT (log, size, witness) DO NOTHING";
    /// Signatures of checkpoints that are gone.
    FORGET_COSIGNATURES = "DELETE FROM ledger_cosignature WHERE log = $1
        AND size NOT IN (SELECT size FROM ledger_checkpoint WHERE log = $1)";
    /// Who else has signed a checkpoint.
    COSIGNATURES = "SELECT witness, signed_at, line FROM ledger_cosignature WHERE log = $1 AND size = $2 ORDER BY witness";
    /// What a witness has signed last.
    LAST_COSIGNATURE = "SELECT size, signed_at FROM ledger_cosignature WHERE log = $1 AND witness = $2
        ORDER BY size DESC LIMIT 1";
    /// The newest checkpoint behind an entry that the most witnesses have signed.
    WITNESSED_CHECKPOINT = "SELECT c.size, c.signed_at, c.note FROM ledger_checkpoint AS c WHERE c.log = $1 AND c.size > $2
        ORDER BY (SELECT count(*) FROM ledger_cosignature AS s WHERE s.log = c.log AND s.size = c.size) DESC,
        c.size DESC LIMIT 1";
}

fn whole(value: i64) -> Result<u64, Fault> {
    u64::try_from(value).map_err(|_| Fault::corrupt("a number of the log is negative"))
}

/// A number of the log as the store keeps it.
pub fn stored(value: u64) -> Result<i64, Fault> {
    i64::try_from(value).map_err(|_| Fault::internal("the log has outgrown its numbers"))
}

/// The log that grows.
pub fn last_log(tx: &mut dyn Tx) -> Result<Option<Log>, Fault> {
    tx.one(&LAST_LOG, &[], |row| {
        Ok(Log {
            id: row.int(0)?,
            origin: row.string(1)?,
            vkey: row.string(2)?,
            opened: row.time(3)?,
            size: whole(row.int(4)?)?,
        })
    })
}

fn entry(row: &dyn gongzhi_store::Row) -> Result<Entry, Fault> {
    Ok(Entry {
        seq: whole(row.int(0)?)?,
        event: row.int(1)?,
        subject_kind: row.string(2)?,
        subject: row.int(3)?,
        sealed_at: row.time(4)?,
        leaf: row.string(5)?,
    })
}

/// The entries from `first` to before `end`.
pub fn entries(tx: &mut dyn Tx, log: i64, first: u64, end: u64) -> Result<Vec<Entry>, Fault> {
    tx.all(&ENTRIES, params![log, stored(first)?, stored(end)?], entry)
}

/// The entries of a subject, the oldest first; at most 500.
pub fn of_subject(tx: &mut dyn Tx, log: i64, kind: &str, subject: i64) -> Result<Vec<Entry>, Fault> {
    tx.all(&OF_SUBJECT, params![subject, kind, log], entry)
}

/// The last entry of a subject, when it was sealed, and how many it has; `None` where nothing is sealed.
pub fn seal_of(
    tx: &mut dyn Tx,
    log: i64,
    kind: &str,
    subject: i64,
) -> Result<Option<(u64, Timestamp, i64)>, Fault> {
    let row = tx.one(&SEAL_OF_SUBJECT, params![subject, kind, log], |row| {
        Ok((row.opt_int(0)?, row.opt_time(1)?, row.int(2)?))
    })?;
    match row {
        Some((Some(seq), Some(sealed_at), count)) => Ok(Some((whole(seq)?, sealed_at, count))),
        _ => Ok(None),
    }
}

/// The last entry of a subject before `end`; `None` where there is none.
pub fn last_of_subject(
    tx: &mut dyn Tx,
    log: i64,
    kind: &str,
    subject: i64,
    end: u64,
) -> Result<Option<u64>, Fault> {
    let found = tx.one(&LAST_OF_SUBJECT, params![subject, kind, log, stored(end)?], |row| row.opt_int(0))?;
    found.flatten().map(whole).transpose()
}

/// The salts of an entry, by field.
pub fn salts(tx: &mut dyn Tx, log: i64, seq: u64) -> Result<Vec<(String, Vec<u8>)>, Fault> {
    tx.all(&SALTS, params![log, stored(seq)?], |row| Ok((row.string(0)?, row.bytes(1)?.to_vec())))
}

/// Forgets the salts of all entries of a subject; how many. The entries and every proof of them stay as they are, and
/// nobody can guess any more what their commitments stand for. The text itself goes with its record in the journal.
pub fn erase_salts(tx: &mut dyn Tx, kind: &str, subject: i64) -> Result<u64, Fault> {
    tx.execute(&ERASE_SALTS, params![subject, kind])
}

fn signed(row: &dyn gongzhi_store::Row) -> Result<Signed, Fault> {
    Ok(Signed { size: whole(row.int(0)?)?, at: row.time(1)?, note: row.string(2)? })
}

/// The newest checkpoint of a log, as the log has signed it.
pub fn last_checkpoint(tx: &mut dyn Tx, log: i64) -> Result<Option<Signed>, Fault> {
    tx.one(&LAST_CHECKPOINT, params![log], signed)
}

/// The newest checkpoint that covers an entry and that the most witnesses have signed, as the log has signed it.
pub fn witnessed_checkpoint(tx: &mut dyn Tx, log: i64, seq: u64) -> Result<Option<Signed>, Fault> {
    tx.one(&WITNESSED_CHECKPOINT, params![log, stored(seq)?], signed)
}

/// A checkpoint with the signatures of witnesses under it.
pub fn with_cosignatures(tx: &mut dyn Tx, log: i64, mut signed: Signed) -> Result<Signed, Fault> {
    for cosigned in cosignatures(tx, log, signed.size)? {
        signed.note.push_str(&cosigned.line);
        signed.note.push('\n');
    }
    Ok(signed)
}

/// Who else has signed a checkpoint.
pub fn cosignatures(tx: &mut dyn Tx, log: i64, size: u64) -> Result<Vec<Cosigned>, Fault> {
    tx.all(&COSIGNATURES, params![log, stored(size)?], |row| {
        Ok(Cosigned { witness: row.string(0)?, at: row.time(1)?, line: row.string(2)? })
    })
}

/// How many entries a witness has signed last, and when.
pub fn last_cosignature(tx: &mut dyn Tx, log: i64, witness: &str) -> Result<Option<(u64, Timestamp)>, Fault> {
    tx.one(&LAST_COSIGNATURE, params![log, witness], |row| Ok((whole(row.int(0)?)?, row.time(1)?)))
}

/// Keeps the signature of a witness.
pub fn keep_cosignature(tx: &mut dyn Tx, log: i64, size: u64, cosigned: &Cosigned) -> Result<(), Fault> {
    let Cosigned { witness, at, line } = cosigned;
    tx.execute(&INSERT_COSIGNATURE, params![log, stored(size)?, witness, *at, line]).map(|_| ())
}

/// Keeps a signed checkpoint, and forgets all but the last hundred and those that a witness has signed last.
pub fn keep_checkpoint(tx: &mut dyn Tx, log: i64, size: u64, at: Timestamp, note: &str) -> Result<(), Fault> {
    tx.execute(&INSERT_CHECKPOINT, params![log, stored(size)?, at, note])?;
    if tx.execute(&FORGET_CHECKPOINTS, params![log])? > 0 {
        tx.execute(&FORGET_COSIGNATURES, params![log])?;
    }
    Ok(())
}

/// Writes a tile.
pub fn put_tile(tx: &mut dyn Tx, log: i64, level: u32, number: u64, bytes: &[u8]) -> Result<(), Fault> {
    tx.execute(&PUT_TILE, params![log, i64::from(level), stored(number)?, Param::Bytes(bytes)]).map(|_| ())
}

/// The tiles of a log as they lie in the store; a partial tile is the beginning of what lies there.
pub struct StoredTiles<'a> {
    /// The unit of work.
    pub tx: &'a mut dyn Tx,
    /// Which log.
    pub log: i64,
}

impl TileSource for StoredTiles<'_> {
    type Error = Fault;

    fn tile(&mut self, level: u32, index: u64, width: usize) -> Result<Vec<Hash>, Fault> {
        let bytes = tile_bytes(self.tx, self.log, level, index, width)?
            .ok_or_else(|| Fault::corrupt(format!("tile {level}/{index} of the log is missing or cut")))?;
        hashes_of(&bytes, width).ok_or_else(|| Fault::corrupt("a tile of the log is cut"))
    }
}

/// The first `width` hashes of a tile; `None` where there are not so many.
pub fn tile_bytes(
    tx: &mut dyn Tx,
    log: i64,
    level: u32,
    number: u64,
    width: usize,
) -> Result<Option<Vec<u8>>, Fault> {
    let bytes = tx.one(&TILE, params![log, i64::from(level), stored(number)?], |row| {
        Ok(row.bytes(0)?.get(..width * 32).map(<[u8]>::to_vec))
    })?;
    Ok(bytes.flatten())
}

/// The right edge of a log of that size.
pub fn edge(tx: &mut dyn Tx, log: i64, size: u64) -> Result<Edge, Fault> {
    Edge::load(size, |level, number, width| StoredTiles { tx: &mut *tx, log }.tile(level, number, width))
}
