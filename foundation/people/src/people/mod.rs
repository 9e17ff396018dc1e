//! What the rest of the house calls: the policy is asked, then one unit of work is done.

mod audit;
mod factors;
mod my_data;
mod persons;
mod sign_in;
mod trees;

use std::sync::{Arc, RwLock};

use gongzhi_kernel::Fault;
use gongzhi_store::{Store, TimerHandler};

pub use self::audit::{EXPORT_MOST, Found};
pub use self::factors::{Begun, FactorRules, Factors, Required, SetUp};
pub use self::my_data::{Held, MyData, Seen};
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
    factors: FactorRules,
    cache: SessionCache,
    directory: RwLock<Arc<Directory>>,
}

/// What a city has decided about sign-ins.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct PeopleRules {
    /// How long sessions live.
    pub sessions: SessionRules,
    /// How failures slow down.
    pub locks: LockRules,
    /// Of whom a second factor is asked for.
    pub factors: FactorRules,
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
    /// Opens with the usual rules: a second factor of whoever has set one up.
    ///
    /// # Errors
    /// A fault of the store.
    pub async fn open(store: Store, policies: Policies) -> Result<Self, Fault> {
        Self::open_with(store, policies, PeopleRules::default()).await
    }

    /// Opens with rules of the city's own.
    ///
    /// # Errors
    /// A fault of the store.
    pub async fn open_with(store: Store, policies: Policies, rules: PeopleRules) -> Result<Self, Fault> {
        let PeopleRules { sessions, locks, factors } = rules;
        let directory = store.read(|tx| Directory::read(tx)).await?;
        let passwords = PasswordPool::new();
        Ok(Self(Arc::new(Inner {
            store,
            policies,
            passwords,
            sessions,
            locks,
            factors,
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
