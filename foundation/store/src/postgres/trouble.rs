//! What an error of the server means for the unit of work.

use gongzhi_kernel::{Fault, FaultKind};
use tokio_postgres::error::SqlState;

/// What to do about an error.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Remedy {
    /// Another unit of work was in the way: run it again.
    Again,
    /// A doubled key. If another unit of work has just taken it, a second run sees that and answers properly.
    AgainOnce,
    /// The connection is gone, and with it all that was not committed.
    Reconnect,
    /// Nothing but to say so.
    Tell(FaultKind),
}

/// What to do about this error, met before the commit was asked for.
pub(super) fn remedy(error: &tokio_postgres::Error) -> Remedy {
    let Some(code) = error.code() else {
        let broken = error.is_closed()
            || std::error::Error::source(error).is_some_and(|cause| cause.is::<std::io::Error>());
        // Else the driver refuses a value that does not fit its parameter.
        return if broken { Remedy::Reconnect } else { Remedy::Tell(FaultKind::Internal) };
    };
    match *code {
        SqlState::T_R_SERIALIZATION_FAILURE | SqlState::T_R_DEADLOCK_DETECTED => Remedy::Again,
        SqlState::UNIQUE_VIOLATION | SqlState::EXCLUSION_VIOLATION => Remedy::AgainOnce,
        SqlState::ADMIN_SHUTDOWN | SqlState::CRASH_SHUTDOWN | SqlState::CANNOT_CONNECT_NOW => {
            Remedy::Reconnect
        }
        _ => Remedy::Tell(match code.code() {
            "53100" => FaultKind::Full,
            // Too many connections, out of memory, lock or statement took too long.
            "53200" | "53300" | "53400" | "55P03" | "57014" => FaultKind::Busy,
            "XX001" | "XX002" => FaultKind::Corrupt,
            code if code.starts_with("08") => return Remedy::Reconnect,
            _ => FaultKind::Internal,
        }),
    }
}

/// Whether an answer to `COMMIT` says for certain that nothing was committed. When the connection breaks, or the
/// server is stopped while it waits for its replicas, nobody can tell.
pub(super) fn surely_not_committed(error: &tokio_postgres::Error) -> bool {
    error.code().is_some_and(|code| !code.code().starts_with("57") && !code.code().starts_with("08"))
}

/// A sentence for the log, without the values: the server's DETAIL names what people wrote.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
struct Said(String);

/// The fault for an error: what could not be done, and why, without personal data.
pub(super) fn fault(what: impl Into<std::borrow::Cow<'static, str>>, error: &tokio_postgres::Error) -> Fault {
    let kind = match remedy(error) {
        Remedy::Again | Remedy::Reconnect => FaultKind::Busy,
        Remedy::AgainOnce => FaultKind::Internal,
        Remedy::Tell(kind) => kind,
    };
    Fault::new(kind, what).because(Said(said(error)))
}

/// What the server or the driver said, on one line.
pub(super) fn said(error: &tokio_postgres::Error) -> String {
    let Some(db) = error.as_db_error() else {
        let mut text = error.to_string();
        let mut next = std::error::Error::source(error);
        while let Some(cause) = next {
            text.push_str(&format!(": {cause}"));
            next = cause.source();
        }
        return text;
    };
    let mut text = format!("{} (SQLSTATE {})", db.message(), db.code().code());
    if let Some(constraint) = db.constraint() {
        text.push_str(&format!(", constraint {constraint}"));
    }
    text
}
