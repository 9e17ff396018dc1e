//! Sealing anew what this crate keeps sealed outside of the journal.

use gongzhi_kernel::Fault;
use gongzhi_store::Tx;

use crate::store;

/// How far it has come.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Resealing {
    column: usize,
    after: i64,
}

/// Seals a page of one column; the last row of it, and how many were sealed.
type Page = fn(&mut dyn Tx, i64) -> Result<(Option<i64>, u64), Fault>;

/// The columns, each by pages.
const COLUMNS: [Page; 2] = [store::reseal_phones, store::factors::reseal_page];

/// Seals the next page anew, where an older key or none has sealed it; where to go on (`None` at the end), and how many
/// were sealed.
///
/// # Errors
/// A fault of the store.
pub fn reseal(tx: &mut dyn Tx, at: Resealing) -> Result<(Option<Resealing>, u64), Fault> {
    let Some(page) = COLUMNS.get(at.column) else { return Ok((None, 0)) };
    let (last, done) = page(tx, at.after)?;
    let next = match last {
        Some(after) => Resealing { after, ..at },
        None => Resealing { column: at.column + 1, after: 0 },
    };
    Ok((Some(next), done))
}
