//! The words everyone in the house uses: ids, time, who acts, what happened, and how a refusal sounds.
//!
//! No I/O beyond the two edges that [`Context`] carries in: a [`Clock`] and an [`Entropy`].

mod actor;
mod context;
mod error;
mod event;
mod geo;
mod ids;
mod locale;
mod time;
mod vault;

pub use actor::{Actor, ActorKind, Role};
pub use context::{Clock, Context, Entropy, FixedClock, OsEntropy, SeededEntropy, SystemClock, World};
pub use error::{Failure, Fault, FaultKind, FieldError, Refusal, RefusalKind};
pub use event::{Event, EventKind, NewEvent, Subject, commitment};
pub use geo::Point;
pub use ids::{
    AppealId, AreaId, BadId, EventId, IMPORT_NODE, Id, IdMaker, NODES, OrganId, PersonId, SessionId, TimerId,
    kinds,
};
pub use locale::{LocalText, Locale};
pub use time::{Timestamp, TimestampError};
pub use vault::{Keyring, Place, Vault};
