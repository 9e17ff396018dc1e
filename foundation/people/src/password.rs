//! Passwords: argon2id on a few threads of their own, so that many sign-ins wait for one another and not the city for them.

use std::sync::Arc;

use argon2::password_hash::phc;
use argon2::{Algorithm, Argon2, Params, PasswordHasher, PasswordVerifier, Version};
use gongzhi_kernel::{Failure, Fault, FieldError, Refusal, RefusalKind};
use tokio::sync::Semaphore;

/// Memory for one hash, in KiB: 19 MiB, the first choice of the OWASP password storage cheat sheet.
const MEMORY_KIB: u32 = 19 * 1024;
/// Passes over the memory.
const PASSES: u32 = 2;
/// Lanes.
const LANES: u32 = 1;
/// Sign-ins that may wait for a thread; more are asked to come back.
const WAITING: usize = 256;

/// Fewest characters of a password.
pub const PASSWORD_MIN: usize = 8;
/// Most characters of a password.
pub const PASSWORD_MAX: usize = 128;

/// What is kept of a password: the PHC text of its argon2id hash.
#[derive(Clone, PartialEq, Eq)]
pub struct PasswordHash(String);

impl PasswordHash {
    /// As it was kept.
    pub(crate) fn kept(text: String) -> Self {
        Self(text)
    }

    /// The PHC text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// A hash made elsewhere (a sample city, another system). `None` if it is no argon2id hash in PHC form.
    pub fn parse(text: &str) -> Option<Self> {
        let parsed = phc::PasswordHash::new(text).ok()?;
        (parsed.algorithm.as_str() == "argon2id" && parsed.salt.is_some() && parsed.hash.is_some())
            .then(|| Self(text.to_owned()))
    }

    /// Whether it was made with other parameters than today's; then it is made anew at the next sign-in.
    pub(crate) fn is_outdated(&self) -> bool {
        !self.0.starts_with(&format!("$argon2id$v=19$m={MEMORY_KIB},t={PASSES},p={LANES}$"))
    }
}

impl std::fmt::Debug for PasswordHash {
    /// Not even the hash belongs in a log.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PasswordHash(…)")
    }
}

fn argon() -> Result<Argon2<'static>, Fault> {
    let params = Params::new(MEMORY_KIB, PASSES, LANES, None).map_err(|error| {
        Fault::internal("the parameters of argon2 are out of range").because(error.to_string())
    })?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

/// Hashes a password on this thread: tens of milliseconds. `salt` is 16 random bytes, fresh for each password.
///
/// # Errors
/// A fault of the library.
pub fn hash_password(password: &str, salt: [u8; 16]) -> Result<PasswordHash, Fault> {
    let hash: phc::PasswordHash = argon()?
        .hash_password_with_salt(password.as_bytes(), &salt)
        .map_err(|error| Fault::internal("cannot hash a password").because(error.to_string()))?;
    Ok(PasswordHash(hash.to_string()))
}

fn verify_password(password: &str, hash: &PasswordHash) -> Result<bool, Fault> {
    let parsed = phc::PasswordHash::new(&hash.0)
        .map_err(|error| Fault::corrupt("a kept password hash is not readable").because(error.to_string()))?;
    match argon()?.verify_password(password.as_bytes(), &parsed) {
        Ok(()) => Ok(true),
        Err(argon2::password_hash::Error::PasswordInvalid) => Ok(false),
        Err(error) => Err(Fault::internal("cannot verify a password").because(error.to_string())),
    }
}

/// A hash that no password has, for sign-in names that do not exist: they take as long as others. It is written
/// down, not computed: computing one at start would cost its 19 MiB for as long as the process lives.
fn nobodys_hash() -> PasswordHash {
    let (salt, output) = ("A".repeat(22), "A".repeat(43));
    PasswordHash(format!("$argon2id$v=19$m={MEMORY_KIB},t={PASSES},p={LANES}${salt}${output}"))
}

/// Checks that a new password can be taken: 8 to 128 characters, not the sign-in name, not one of those that are
/// tried first. Kinds of characters are not counted: length and rarity are what helps.
///
/// # Errors
/// A refusal for the field `field`.
pub fn check_password(password: &str, login: Option<&str>, field: &'static str) -> Result<(), Refusal> {
    let length = password.chars().count();
    let error = if length < PASSWORD_MIN {
        FieldError::new(field, "people-password-too-short").with("min", PASSWORD_MIN)
    } else if length > PASSWORD_MAX {
        FieldError::new(field, "people-password-too-long").with("max", PASSWORD_MAX)
    } else if crate::easy::is_too_easy(password, login) {
        FieldError::new(field, "people-password-too-easy")
    } else {
        return Ok(());
    };
    Err(Refusal::fields(vec![error]))
}

/// A few threads for passwords.
#[derive(Debug, Clone)]
pub(crate) struct PasswordPool {
    permits: Arc<Semaphore>,
    waiting: Arc<Semaphore>,
}

impl PasswordPool {
    /// Half of the cores, at least one: the other half goes on serving, and memory stays bounded at 19 MiB each.
    pub(crate) fn new() -> Self {
        let cores = std::thread::available_parallelism().map_or(2, std::num::NonZero::get);
        Self {
            permits: Arc::new(Semaphore::new((cores / 2).max(1))),
            waiting: Arc::new(Semaphore::new(WAITING)),
        }
    }

    async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T, Fault> + Send + 'static,
    ) -> Result<T, Failure> {
        let _place = Arc::clone(&self.waiting)
            .try_acquire_owned()
            .map_err(|_| Refusal::new(RefusalKind::TooMany, "people-sign-in-busy"))?;
        let permit = Arc::clone(&self.permits)
            .acquire_owned()
            .await
            .map_err(|error| Fault::internal("the threads for passwords are gone").because(error))?;
        // The permit goes with the work: a caller who leaves does not let a further hash in beside it.
        let done = tokio::task::spawn_blocking(move || {
            let outcome = work();
            drop(permit);
            outcome
        });
        Ok(done.await.map_err(|error| Fault::internal("hashing a password panicked").because(error))??)
    }

    /// Hashes a new password.
    pub(crate) async fn hash(&self, password: String, salt: [u8; 16]) -> Result<PasswordHash, Failure> {
        self.run(move || hash_password(&password, salt)).await
    }

    /// Whether the password is that of the hash; without a hash it is not, after the same time.
    pub(crate) async fn verify(&self, password: String, hash: Option<PasswordHash>) -> Result<bool, Failure> {
        self.run(move || match hash {
            Some(hash) => verify_password(&password, &hash),
            None => {
                verify_password(&password, &nobodys_hash())?;
                Ok(false)
            }
        })
        .await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobodys_hash_costs_what_others_cost_and_fits_no_password() {
        let hash = nobodys_hash();
        assert!(PasswordHash::parse(hash.as_str()).is_some() && !hash.is_outdated());
        assert!(!verify_password("", &hash).unwrap());
    }

    #[test]
    fn a_hash_verifies_its_own_password_only() {
        let hash = hash_password("柳荫街的老槐树", [7; 16]).unwrap();
        assert!(verify_password("柳荫街的老槐树", &hash).unwrap());
        assert!(!verify_password("柳荫街的老榆树", &hash).unwrap());
        assert!(!hash.is_outdated());
        assert!(PasswordHash::parse(hash.as_str()).is_some());
        assert_eq!(format!("{hash:?}"), "PasswordHash(…)");
    }

    #[test]
    fn hashes_of_other_parameters_still_verify_and_are_outdated() {
        let params = Params::new(1024, 1, 1, None).unwrap();
        let old: phc::PasswordHash = Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
            .hash_password_with_salt(b"river by the mill", &[1; 16])
            .unwrap();
        let old = PasswordHash::parse(&old.to_string()).unwrap();
        assert!(old.is_outdated());
        assert!(verify_password("river by the mill", &old).unwrap());
    }

    #[test]
    fn foreign_hashes_are_not_taken() {
        for text in
            ["", "secret", "$2b$12$abcdefghijklmnopqrstuv", "$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHQ"]
        {
            assert!(PasswordHash::parse(text).is_none(), "{text}");
        }
    }

    #[test]
    fn easy_passwords_are_refused_with_their_reason() {
        let key = |password: &str, login: Option<&str>| {
            check_password(password, login, "password").err().map(|refusal| refusal.fields[0].key)
        };
        assert_eq!(key("短", None), Some("people-password-too-short"));
        assert_eq!(key(&"长".repeat(129), None), Some("people-password-too-long"));
        for easy in [
            "12345678",
            "87654321",
            "aaaaaaaa",
            "Password123",
            "admin888!",
            "abcdefgh",
            "1qaz2wsx",
            "wanglei1",
        ] {
            assert_eq!(key(easy, Some("wanglei")), Some("people-password-too-easy"), "{easy}");
        }
        for good in ["柳荫街的老槐树第三棵", "tram 17 at dusk", "kettle-harbour-91"] {
            assert_eq!(key(good, Some("wanglei")), None, "{good}");
        }
    }
}
