//! Who is who: persons, organs, areas, memberships, sign-in and sessions, and the policies that say who may do what.
//!
//! ```text
//! People            what the house calls; asks the policy, does one unit of work
//!   .directory()    an unchanging picture of organs and areas, for look-ups without the store
//!   .sign_in(…)     argon2id on threads of its own; failures counted and slowed down
//!   .session(token) the living session, kept a few seconds in memory; its actor is one of the person's memberships
//! actions::…        the same units of work for a caller who holds the transaction (seeding, imports); no policy
//! Policies          Cedar: `require(actor, action, resource)`; beside each capability its own files
//! matrix::print     who may do what, as a table for golden files
//! check(tx)         replays the journal and compares it with the rows
//! ```
//!
//! | where | what |
//! |---|---|
//! | `model.rs` | the types |
//! | `events.rs` | what events say, and the fold that makes rows of them |
//! | `actions/` | units of work |
//! | `store.rs` | the SQL |
//! | `policies/people.cedar` | who manages accounts, organs and areas |
//!
//! Events: [`EVENT_KINDS`]. Names, sign-in names, telephones and devices are sealed, and so is whose a membership or a
//! session is; organs, areas and roles are public. Rows are the fold of their events, but for password hashes, token
//! hashes and when a session was last seen, which are in no event.

pub mod actions;
pub mod audit;
mod check;
mod directory;
mod easy;
pub mod events;
mod login;
pub mod matrix;
mod model;
mod password;
mod people;
mod policies;
mod reseal;
mod sessions;
pub mod store;
mod totp;

pub use actions::{AreaImport, AreaRow, RejectedArea};
pub use check::{Check, CheckReport, Difference, check};
pub use directory::Directory;
pub use events::{EVENT_KINDS, EndReason};
pub use login::{fold_login, fold_phone};
pub use model::{
    Area, AreaChange, AreaLevel, Membership, MembershipId, NewArea, NewOrgan, NewPerson, Organ, OrganChange,
    OrganKind, Person, PersonChange, Session, SignIn, SignInGuardId, SignedIn, code_above, kinds,
};
pub use password::{PASSWORD_MAX, PASSWORD_MIN, PasswordHash, check_password, hash_password};
pub use people::{
    Begun, EXPORT_MOST, FactorRules, Factors, Found, Held, MyData, NewPassword, People, PeopleRules,
    Required, Seen, SetUp,
};
pub use policies::{POLICIES, Policies, PolicyError, PolicySource, Resource};
pub use reseal::{Resealing, reseal};
pub use sessions::{Limits, LockRules, SessionRules};

/// The schema of this crate.
pub const MIGRATIONS: gongzhi_store::Migrations =
    gongzhi_store::migrations!("people", "0001_people", "0002_factors", "0003_audit");

/// The sentences of this crate's refusals in Chinese (Fluent).
pub const TEXTS_ZH: &str = include_str!("../locales/zh-CN.ftl");
/// The sentences of this crate's refusals in English (Fluent).
pub const TEXTS_EN: &str = include_str!("../locales/en.ftl");
