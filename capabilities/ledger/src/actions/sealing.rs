//! Sealing: events become entries and tiles, in one unit of work with the follower's cursor.

use gongzhi_kernel::{Event, Fault, Subject, Timestamp};
use gongzhi_store::{Follower, Tx, params};

use super::{Ledger, State};
use crate::log::leaf_hash;
use crate::log::tiles::{Edge, bytes_of};
use crate::store as sql;

/// Appends entries in one unit of work.
pub(crate) struct Append<'a> {
    tx: &'a mut dyn Tx,
    log: i64,
    edge: Edge,
    full: Vec<(u32, u64, Vec<u8>)>,
}

impl<'a> Append<'a> {
    pub(crate) fn new(tx: &'a mut dyn Tx, log: i64, size: u64) -> Result<Self, Fault> {
        let edge = sql::edge(tx, log, size)?;
        Ok(Self { tx, log, edge, full: Vec::new() })
    }

    pub(crate) fn push(
        &mut self,
        event: i64,
        subject: &Subject,
        now: Timestamp,
        leaf: &str,
        salts: &[(&'static str, [u8; 16])],
    ) -> Result<(), Fault> {
        let seq = sql::stored(self.edge.size())?;
        let row = params![self.log, seq, event, &*subject.kind, subject.id, now, leaf];
        self.tx.execute(&sql::INSERT_ENTRY, row)?;
        for (field, salt) in salts {
            self.tx.execute(&sql::INSERT_SALT, params![self.log, seq, *field, salt.as_slice()])?;
        }
        let full = &mut self.full;
        self.edge.push(leaf_hash(leaf.as_bytes()), &mut |level, number, hashes| {
            full.push((level, number, bytes_of(hashes)));
        });
        Ok(())
    }

    pub(crate) fn finish(mut self) -> Result<(), Fault> {
        self.put_tiles()?;
        let size = sql::stored(self.edge.size())?;
        self.tx.execute(&sql::SET_SIZE, params![self.log, size]).map(|_| ())
    }

    pub(crate) fn put_tiles(&mut self) -> Result<(), Fault> {
        for (level, number, bytes) in &self.full {
            sql::put_tile(self.tx, self.log, *level, *number, bytes)?;
        }
        for (level, number, hashes) in self.edge.partial() {
            sql::put_tile(self.tx, self.log, level, number, &bytes_of(hashes))?;
        }
        Ok(())
    }
}

/// Seals the journal: each event of the scope becomes an entry, in the order of the journal.
#[derive(Debug)]
pub(crate) struct Sealing(pub(crate) Ledger);

impl Follower for Sealing {
    fn name(&self) -> &'static str {
        "ledger"
    }

    fn follow(&self, tx: &mut dyn Tx, events: &[Event]) -> Result<(), Fault> {
        let State { log, refused, .. } = self.0.state().clone();
        if let Some(refused) = refused {
            return Err(Fault::internal(format!("nothing is sealed: {refused}")));
        }
        let scope = self.0.scope();
        let now = tx.world().clock.now();
        let world = tx.world().clone();
        let Some(row) = sql::last_log(tx)?.filter(|row| row.id == log) else {
            return Err(Fault::internal("another log has begun: start this process again"));
        };
        let mut sealing = Append::new(tx, log, row.size)?;
        for event in events {
            if !scope.knows(&event.kind) {
                metrics::counter!("gongzhi_ledger_unknown_kinds").increment(1);
                tracing::error!(
                    kind = event.kind,
                    "nobody has said whether such events are sealed; this one is not"
                );
            }
            if let Some(leaf) = scope.leaf(event, &world) {
                sealing.push(event.id.get(), &event.subject, now, &leaf.text, &leaf.salts)?;
            }
        }
        sealing.finish()?;
        if let Some(oldest) = events.first() {
            let waited = now.since(oldest.id.made_at()).as_secs_f64();
            metrics::histogram!("gongzhi_ledger_seconds_to_seal").record(waited);
        }
        Ok(())
    }

    fn reset(&self, _: &mut dyn Tx) -> Result<(), Fault> {
        Err(Fault::internal("what is sealed cannot be rebuilt: it is there to stay"))
    }

    fn moved(&self) {
        self.0.has_grown();
    }
}
