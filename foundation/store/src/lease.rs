//! Work that one process at a time does: followers, timers, the sealing of the log.
//!
//! On a folder a lock on a file tells who does it: the system gives it back with the process, however that ends. On a
//! server a row does, for a quarter of a minute at a time; its `fence` grows with each holder, so that one who
//! slept too long is found out, in the very unit of work that would come too late.

use std::fs::{File, TryLockError};
use std::time::Duration;

use gongzhi_kernel::Fault;

use crate::{Store, Tx, params};

/// How long a row is held without being renewed.
pub(crate) const TERM: Duration = Duration::from_secs(15);
/// How often it should be renewed.
pub const RENEW: Duration = Duration::from_secs(5);

crate::statements! {
    /// Takes or renews a lease: free ones, those that ran out, one's own. By the server's clock, which all share.
    TAKE = {
        sqlite: "INSERT INTO lease (name, holder, fence, until)
            VALUES ($1, $2, 1, CAST(unixepoch('subsec') * 1000000 AS INTEGER) + $3)
            ON CONFLICT (name) DO UPDATE SET
              fence = lease.fence + (lease.holder <> excluded.holder), holder = excluded.holder, until = excluded.until
            WHERE lease.holder = excluded.holder OR lease.until < CAST(unixepoch('subsec') * 1000000 AS INTEGER)
            RETURNING fence",
        postgres: "INSERT INTO lease (name, holder, fence, until)
            VALUES ($1, $2, 1, CAST(extract(epoch FROM clock_timestamp()) * 1000000 AS BIGINT) + $3)
            ON CONFLICT (name) DO UPDATE SET
              fence = lease.fence + CAST(lease.holder <> excluded.holder AS INT), holder = excluded.holder,
              until = excluded.until
            WHERE lease.holder = excluded.holder
              OR lease.until < CAST(extract(epoch FROM clock_timestamp()) * 1000000 AS BIGINT)
            RETURNING fence",
    };
    /// Whether nobody has taken it since.
    HELD = "SELECT 1 FROM lease WHERE name = $1 AND holder = $2 AND fence = $3";
    /// Gives it back.
    GIVE_BACK = "UPDATE lease SET until = 0 WHERE name = $1 AND holder = $2 AND fence = $3";
}

/// The right to do some work alone. Let go of when dropped or, on a server, a quarter of a minute later.
#[derive(Debug)]
pub struct Lease(Kind);

#[derive(Debug)]
enum Kind {
    File(#[expect(dead_code, reason = "the lock is held as long as the file is open")] File),
    Row { store: Store, row: Row },
}

#[derive(Debug, Clone, Copy)]
struct Row {
    name: &'static str,
    holder: i64,
    fence: i64,
}

impl Store {
    /// Asks for a lease; `None` if another process holds it. `name` is a word of small letters, such as `runners`.
    pub async fn lease(&self, name: &'static str) -> Result<Option<Lease>, Fault> {
        if let Some(folder) = self.folder() {
            let path = folder.join(format!("{name}.lock"));
            let failed = |error| Fault::internal(format!("cannot lock {}", path.display())).because(error);
            let file =
                File::options().create(true).truncate(false).write(true).open(&path).map_err(failed)?;
            return match file.try_lock() {
                Ok(()) => Ok(Some(Lease(Kind::File(file)))),
                Err(TryLockError::WouldBlock) => Ok(None),
                Err(TryLockError::Error(error)) => Err(failed(error)),
            };
        }
        let mut bytes = [0; 8];
        self.world().entropy.fill(&mut bytes);
        // With the node number in it, which no other living process has.
        let holder = (i64::from_be_bytes(bytes) & ((1 << 48) - 1)) | (i64::from(self.node()) << 48);
        let fence = take(self, name, holder).await?;
        Ok(fence.map(|fence| Lease(Kind::Row { store: self.clone(), row: Row { name, holder, fence } })))
    }
}

async fn take(store: &Store, name: &'static str, holder: i64) -> Result<Option<i64>, Fault> {
    let term = i64::try_from(TERM.as_micros()).unwrap_or(i64::MAX);
    store.write(move |tx| tx.one(&TAKE, params![name, holder, term], |row| row.int(0))).await
}

impl Lease {
    /// Holds it for longer; `false` if another process has taken it meanwhile.
    pub async fn renew(&self) -> Result<bool, Fault> {
        match &self.0 {
            Kind::File(_) => Ok(true),
            Kind::Row { store, row } => {
                let Row { name, holder, fence } = *row;
                Ok(take(store, name, holder).await? == Some(fence))
            }
        }
    }

    /// What a unit of work looks at to be sure that it does not come too late.
    pub fn proof(&self) -> Proof {
        match &self.0 {
            Kind::File(_) => Proof(None),
            Kind::Row { row, .. } => Proof(Some(*row)),
        }
    }

    /// Lets another process take it at once.
    pub async fn give_back(self) -> Result<(), Fault> {
        match self.0 {
            Kind::File(_) => Ok(()),
            Kind::Row { store, row } => {
                store
                    .write(move |tx| {
                        tx.execute(&GIVE_BACK, params![row.name, row.holder, row.fence]).map(|_| ())
                    })
                    .await
            }
        }
    }
}

/// What a unit of work looks at to be sure that it does not come too late.
#[derive(Debug, Clone, Copy)]
pub struct Proof(Option<Row>);

impl Proof {
    /// Whether the lease is still held: if so, nobody else can have done this work before this unit of work commits.
    pub fn holds(self, tx: &mut dyn Tx) -> Result<bool, Fault> {
        match self.0 {
            // The system keeps the lock for as long as the process lives.
            None => Ok(true),
            Some(row) => Ok(tx.one(&HELD, params![row.name, row.holder, row.fence], |_| Ok(()))?.is_some()),
        }
    }
}
