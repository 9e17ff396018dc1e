//! Rules and tokens of sessions, and the few seconds for which they are kept in memory.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use gongzhi_kernel::{Context, PersonId, SessionId, Timestamp};
use sha2::{Digest, Sha256};

use crate::model::{Membership, Session};

/// How long a session lives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Without being seen.
    pub idle: Duration,
    /// At the longest.
    pub absolute: Duration,
}

/// How long sessions live, and how exactly that is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SessionRules {
    /// Of anybody who holds a staff role, whichever they act in: 30 minutes, 12 hours.
    pub staff: Limits,
    /// Of everybody else: 30 days, 90 days.
    pub resident: Limits,
    /// A session that is seen is noted at most this often: every minute.
    pub note_every: Duration,
    /// How long a session read once is taken as read, unless this process has changed it: 5 seconds.
    pub stale_after: Duration,
}

const MINUTE: u64 = 60;
const HOUR: u64 = 60 * MINUTE;
const DAY: u64 = 24 * HOUR;

impl Default for SessionRules {
    fn default() -> Self {
        Self {
            staff: Limits {
                idle: Duration::from_secs(30 * MINUTE),
                absolute: Duration::from_secs(12 * HOUR),
            },
            resident: Limits { idle: Duration::from_secs(30 * DAY), absolute: Duration::from_secs(90 * DAY) },
            note_every: Duration::from_secs(MINUTE),
            stale_after: Duration::from_secs(5),
        }
    }
}

impl SessionRules {
    pub(crate) fn limits(&self, staff: bool) -> Limits {
        if staff { self.staff } else { self.resident }
    }

    /// Whether a session is within its limits.
    pub(crate) fn is_alive(&self, session: &Session, now: Timestamp) -> bool {
        let staff = session.memberships.iter().any(Membership::is_staff);
        now < session.ends_at && now.since(session.last_seen_at) < self.limits(staff).idle
    }
}

/// How failed sign-ins slow down further ones under the same sign-in name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LockRules {
    /// Failures that cost nothing: 4.
    pub free: i64,
    /// The wait after the next one: a minute; it doubles with each further one.
    pub first_wait: Duration,
    /// The longest wait: 15 minutes.
    pub longest_wait: Duration,
    /// Failures longer ago than this are forgotten: 24 hours.
    pub forget_after: Duration,
}

impl Default for LockRules {
    fn default() -> Self {
        Self {
            free: 4,
            first_wait: Duration::from_secs(MINUTE),
            longest_wait: Duration::from_secs(15 * MINUTE),
            forget_after: Duration::from_secs(DAY),
        }
    }
}

impl LockRules {
    /// The wait after so many failures; `None` while they cost nothing.
    pub(crate) fn lock_after(&self, failures: i64) -> Option<Duration> {
        if failures <= self.free {
            return None;
        }
        let doublings = u32::try_from(failures - self.free - 1).unwrap_or(u32::MAX);
        let factor = 2_u32.saturating_pow(doublings);
        Some(self.first_wait.saturating_mul(factor).min(self.longest_wait))
    }
}

/// A new token: 256 random bits, 43 characters.
pub(crate) fn new_token(context: &Context) -> String {
    URL_SAFE_NO_PAD.encode(context.random::<32>())
}

/// What is kept of a token; `None` where the text cannot be one.
pub(crate) fn token_digest(token: &str) -> Option<String> {
    (token.len() == 43).then(|| URL_SAFE_NO_PAD.decode(token).ok()).flatten()?;
    Some(URL_SAFE_NO_PAD.encode(Sha256::digest(token.as_bytes())))
}

/// Sessions that have just been read.
#[derive(Debug, Default)]
pub(crate) struct SessionCache(Mutex<Kept>);

#[derive(Debug, Default)]
struct Kept {
    /// Grows whenever something is forgotten: what was read before that is not kept.
    epoch: u64,
    sessions: HashMap<String, (Arc<Session>, Timestamp)>,
}

const KEPT_AT_MOST: usize = 8192;

impl SessionCache {
    fn kept(&self) -> std::sync::MutexGuard<'_, Kept> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The session under this digest, if it was read within `stale_after`, and the epoch for [`Self::keep`].
    pub(crate) fn get(
        &self,
        digest: &str,
        now: Timestamp,
        stale_after: Duration,
    ) -> (Option<Arc<Session>>, u64) {
        let kept = self.kept();
        let found = kept.sessions.get(digest).filter(|(_, read_at)| {
            // A clock that went back makes everything stale.
            *read_at <= now && now.since(*read_at) < stale_after
        });
        (found.map(|(session, _)| Arc::clone(session)), kept.epoch)
    }

    /// Keeps a session that was read, unless something has been forgotten since `epoch`.
    pub(crate) fn keep(
        &self,
        digest: String,
        session: &Arc<Session>,
        now: Timestamp,
        stale_after: Duration,
        epoch: u64,
    ) {
        let mut kept = self.kept();
        if kept.epoch != epoch {
            return;
        }
        if kept.sessions.len() >= KEPT_AT_MOST {
            kept.sessions.retain(|_, (_, read_at)| *read_at <= now && now.since(*read_at) < stale_after);
            if kept.sessions.len() >= KEPT_AT_MOST {
                kept.sessions.clear();
            }
        }
        kept.sessions.insert(digest, (Arc::clone(session), now));
    }

    /// Forgets one session.
    pub(crate) fn forget(&self, session: SessionId) {
        let mut kept = self.kept();
        kept.epoch += 1;
        kept.sessions.retain(|_, (kept, _)| kept.id != session);
    }

    /// Forgets all sessions of a person.
    pub(crate) fn forget_person(&self, person: PersonId) {
        let mut kept = self.kept();
        kept.epoch += 1;
        kept.sessions.retain(|_, (kept, _)| kept.person != person);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_and_end_at_the_longest() {
        let rules = LockRules::default();
        let minutes = |failures: i64| rules.lock_after(failures).map(|wait| wait.as_secs() / 60);
        assert_eq!(
            [1, 4, 5, 6, 7, 8, 9, 10, 50, i64::MAX].map(minutes),
            [None, None, Some(1), Some(2), Some(4), Some(8), Some(15), Some(15), Some(15), Some(15)]
        );
    }

    #[test]
    fn what_cannot_be_a_token_has_no_digest() {
        assert!(token_digest("").is_none());
        assert!(token_digest(&"!".repeat(43)).is_none());
        assert!(token_digest(&"A".repeat(42)).is_none());
        let digest = token_digest(&"A".repeat(43)).unwrap();
        assert_eq!(digest.len(), 43);
        assert!(!digest.contains("AAAA"));
    }
}
