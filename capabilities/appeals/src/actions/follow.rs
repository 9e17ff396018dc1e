//! Following a case that is one's own matter as well, without an account if need be.

use gongzhi_kernel::{Actor, AppealId, Context, Failure, Fault, Refusal};
use sha2::{Digest, Sha256};

use super::{Appeals, TrackingCode, find_readable};
use crate::rules::follow as rules;
use crate::rules::follow::{CaseFollower, FollowerId};
use crate::store::follow as sql;

/// What a follower is given. The code is shown this once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Followed {
    /// The case's number.
    pub number: AppealId,
    /// A code of their own: it says that they follow, and opens nothing else.
    pub code: TrackingCode,
}

/// The code that follows from a key which only its sender knows: the same press of a button twice is one follower.
fn code_of(appeal: AppealId, key: &str) -> TrackingCode {
    let mut hash = Sha256::new();
    hash.update(b"gongzhi follower");
    hash.update(appeal.to_string().as_bytes());
    let mut salt = [0; 16];
    for (to, from) in salt.iter_mut().zip(hash.finalize()) {
        *to = from;
    }
    TrackingCode::for_key(&salt, key)
}

impl Appeals {
    /// Follows a public case. `key` is random and known to its sender alone, as of a form that is sent: the same key is the
    /// same follower. Refused with `follow-closed`, `follow-own`, or `appeal-not-found`.
    pub async fn follow(&self, context: &Context, id: AppealId, key: &str) -> Result<Followed, Failure> {
        let (policies, directory) = (self.policies().clone(), self.directory());
        let (context, code) = (context.clone(), code_of(id, key));
        self.store()
            .write(move |tx| {
                let (appeal, resource) = find_readable(tx, &policies, &directory, &context.actor, id, None)?;
                policies.require(&context.actor, "appeal.follow", &resource)?;
                let person = context.actor.person();
                rules::may_follow(&appeal, person)?;
                let new: FollowerId = tx.world().ids.next(context.now);
                // Who is signed in follows once, under the code that they are shown last.
                let known = match person {
                    Some(person) => sql::by_person(tx, id, person)?,
                    None => None,
                };
                let follower = CaseFollower {
                    id: new,
                    revision: 1,
                    appeal: id,
                    person,
                    track: code.hash(id),
                    at: context.now,
                    left_at: None,
                };
                if let Some(known) = known {
                    if known.track == follower.track {
                        return Ok(Followed { number: id, code });
                    }
                    end(tx, &context, known)?;
                }
                if sql::insert(tx, &follower)? {
                    tx.record(rules::event(&follower, &context.actor, context.now)?)?;
                }
                Ok(Followed { number: id, code })
            })
            .await
    }

    /// Follows no longer: by code, or by account. `follow-not-found` where nobody follows so.
    pub async fn unfollow(
        &self,
        context: &Context,
        id: AppealId,
        code: Option<TrackingCode>,
    ) -> Result<(), Failure> {
        let context = context.clone();
        self.store()
            .write(move |tx| {
                let found = find(tx, &context.actor, id, code)?;
                end(tx, &context, found.ok_or_else(|| Refusal::not_found("follow-not-found"))?)?;
                Ok(())
            })
            .await
    }

    /// How many follow a case.
    pub async fn followers_of(&self, id: AppealId) -> Result<i64, Fault> {
        self.store().read(move |tx| sql::count(tx, id)).await
    }

    /// Whether somebody follows the case under this code.
    pub async fn follows_by_code(&self, id: AppealId, code: TrackingCode) -> Result<bool, Fault> {
        let found = self.store().read(move |tx| sql::by_track(tx, id, &code.hash(id))).await?;
        Ok(found.is_some_and(|follower| follower.left_at.is_none()))
    }

    /// Whether whoever asks follows the case, by code or account.
    pub async fn follows(
        &self,
        context: &Context,
        id: AppealId,
        code: Option<TrackingCode>,
    ) -> Result<bool, Fault> {
        let actor = context.actor.clone();
        self.store().read(move |tx| Ok(find(tx, &actor, id, code)?.is_some())).await
    }
}

fn find(
    tx: &mut dyn gongzhi_store::Tx,
    actor: &Actor,
    id: AppealId,
    code: Option<TrackingCode>,
) -> Result<Option<CaseFollower>, Fault> {
    let by_code = match code {
        Some(code) => sql::by_track(tx, id, &code.hash(id))?.filter(|found| found.left_at.is_none()),
        None => None,
    };
    match (by_code, actor.person()) {
        (None, Some(person)) => sql::by_person(tx, id, person),
        (found, _) => Ok(found),
    }
}

fn end(tx: &mut dyn gongzhi_store::Tx, context: &Context, follower: CaseFollower) -> Result<(), Fault> {
    let left = CaseFollower { revision: follower.revision + 1, left_at: Some(context.now), ..follower };
    sql::leave(tx, &left)?;
    tx.record(rules::event(&left, &context.actor, context.now)?)?;
    Ok(())
}
