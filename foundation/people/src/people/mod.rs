//! What the rest of the house calls: the policy is asked, then one unit of work is done.

mod persons;
mod sign_in;
mod trees;

use std::sync::{Arc, RwLock};

use gongzhi_kernel::Fault;
use gongzhi_store::{Store, TimerHandler};

pub use self::persons::NewPassword;
use crate::actions::sessions::SessionExpiry;
use crate::directory::Directory;
use crate::password::PasswordPool;
use crate::policies::Policies;
use crate::sessions::{LockRules, SessionCache, SessionRules};

struct Inner {
    store: Store,
    policies: Policies,
    passwords: PasswordPool,
    sessions: SessionRules,
    locks: LockRules,
    cache: SessionCache,
    directory: RwLock<Arc<Directory>>,
}

/// Persons, organs, areas, memberships and sessions of one city. Cheap to clone.
#[derive(Clone)]
pub struct People(Arc<Inner>);

impl std::fmt::Debug for People {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("People").field("policies", &self.0.policies).finish_non_exhaustive()
    }
}

impl People {
    /// Opens with the usual rules for sessions and locks.
    ///
    /// # Errors
    /// A fault of the store.
    pub async fn open(store: Store, policies: Policies) -> Result<Self, Fault> {
        Self::open_with(store, policies, SessionRules::default(), LockRules::default()).await
    }

    /// Opens with rules of the city's own.
    ///
    /// # Errors
    /// A fault of the store.
    pub async fn open_with(
        store: Store,
        policies: Policies,
        sessions: SessionRules,
        locks: LockRules,
    ) -> Result<Self, Fault> {
        let directory = store.read(|tx| Directory::read(tx)).await?;
        let passwords = PasswordPool::new();
        Ok(Self(Arc::new(Inner {
            store,
            policies,
            passwords,
            sessions,
            locks,
            cache: SessionCache::default(),
            directory: RwLock::new(Arc::new(directory)),
        })))
    }

    /// The policies that it was opened with.
    pub fn policies(&self) -> &Policies {
        &self.0.policies
    }

    /// The handlers of this crate's timers, for the runners of the application.
    pub fn timer_handlers(&self) -> Vec<Arc<dyn TimerHandler>> {
        vec![Arc::new(SessionExpiry)]
    }
}
