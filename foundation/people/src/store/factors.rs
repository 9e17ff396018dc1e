//! The SQL of second factors, recovery codes and sign-ins under way.

use gongzhi_kernel::{Fault, PersonId, Place, SessionId, Timestamp};
use gongzhi_store::{Row, Tx, params};

gongzhi_store::statements! {
    /// The authenticator of a person.
    SECOND_FACTOR = "SELECT secret, last_step FROM second_factor WHERE person = $1";
    /// Keeps an authenticator.
    SAVE_SECOND_FACTOR = "INSERT INTO second_factor (person, secret, last_step) VALUES ($1, $2, $3)
        ON CONFLICT (person) DO UPDATE SET secret = excluded.secret, last_step = excluded.last_step";
    /// A code was used; the same one twice at once only once.
    USE_STEP = "UPDATE second_factor SET last_step = $2 WHERE person = $1 AND last_step < $2";
    /// Takes an authenticator away.
    DELETE_SECOND_FACTOR = "DELETE FROM second_factor WHERE person = $1";
    /// Authenticators, a page for sealing anew.
    SECOND_FACTORS = "SELECT person, secret FROM second_factor WHERE person > $1 ORDER BY person LIMIT 200";
    /// The same secret, sealed anew.
    RESEAL_SECOND_FACTOR = "UPDATE second_factor SET secret = $2 WHERE person = $1";

    /// How many recovery codes are left.
    RECOVERY_CODES = "SELECT count(*) FROM recovery_code WHERE person = $1";
    /// One more.
    SAVE_RECOVERY_CODE = "INSERT INTO recovery_code (person, digest) VALUES ($1, $2)";
    /// Uses one up.
    USE_RECOVERY_CODE = "DELETE FROM recovery_code WHERE person = $1 AND digest = $2";
    /// Takes all away.
    DELETE_RECOVERY_CODES = "DELETE FROM recovery_code WHERE person = $1";

    /// A sign-in under way.
    STEP = "SELECT waits_for, person, login_digest, sealed, code_digest, tries, device, expires_at
        FROM sign_in_step WHERE token = $1";
    /// Keeps a sign-in under way.
    SAVE_STEP = "INSERT INTO sign_in_step (token, waits_for, person, login_digest, sealed, code_digest, tries, device, expires_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
        ON CONFLICT (token) DO UPDATE SET waits_for = excluded.waits_for, person = excluded.person,
            sealed = excluded.sealed, code_digest = excluded.code_digest, tries = excluded.tries";
    /// One more wrong answer.
    COUNT_TRY = "UPDATE sign_in_step SET tries = tries + 1 WHERE token = $1";
    /// It has gone on, or is over.
    DELETE_STEP = "DELETE FROM sign_in_step WHERE token = $1";
    /// Those that nobody finished.
    DELETE_OLD_STEPS = "DELETE FROM sign_in_step WHERE expires_at <= $1";
    /// All of a person.
    DELETE_STEPS_OF = "DELETE FROM sign_in_step WHERE person = $1";

    /// When it was last shown in a session who is there.
    PROOF = "SELECT proven_at, second FROM session_proof WHERE session = $1";
    /// It was shown.
    SAVE_PROOF = "INSERT INTO session_proof (session, proven_at, second) VALUES ($1, $2, $3)
        ON CONFLICT (session) DO UPDATE SET proven_at = excluded.proven_at, second = excluded.second";
    /// The session is over.
    DELETE_PROOF = "DELETE FROM session_proof WHERE session = $1";
}

const SECRET: &str = "second_factor.secret";

/// An authenticator.
pub(crate) struct SecondFactor {
    pub(crate) secret: Vec<u8>,
    pub(crate) last_step: i64,
}

pub(crate) fn second_factor(tx: &mut dyn Tx, person: PersonId) -> Result<Option<SecondFactor>, Fault> {
    let found = tx.one(&SECOND_FACTOR, params![person], |row| Ok((row.string(0)?, row.int(1)?)))?;
    let Some((kept, last_step)) = found else { return Ok(None) };
    let secret = tx.unseal(Place::new(SECRET, person.get()), kept)?;
    Ok(Some(SecondFactor { secret: unhex(&secret)?, last_step }))
}

/// Whether a person has an authenticator, without opening it.
pub(crate) fn has_second_factor(tx: &mut dyn Tx, person: PersonId) -> Result<bool, Fault> {
    Ok(tx.one(&SECOND_FACTOR, params![person], |row| row.int(1))?.is_some())
}

pub(crate) fn save_second_factor(
    tx: &mut dyn Tx,
    person: PersonId,
    secret: &[u8],
    last_step: i64,
) -> Result<(), Fault> {
    let sealed = tx.seal(Place::new(SECRET, person.get()), &hex(secret))?;
    tx.execute(&SAVE_SECOND_FACTOR, params![person, &sealed, last_step]).map(|_| ())
}

/// Whether the code of this step had not been used before.
pub(crate) fn use_step(tx: &mut dyn Tx, person: PersonId, step: i64) -> Result<bool, Fault> {
    Ok(tx.execute(&USE_STEP, params![person, step])? == 1)
}

pub(crate) fn delete_second_factor(tx: &mut dyn Tx, person: PersonId) -> Result<bool, Fault> {
    tx.execute(&DELETE_RECOVERY_CODES, params![person])?;
    Ok(tx.execute(&DELETE_SECOND_FACTOR, params![person])? == 1)
}

/// Seals the next page of secrets anew; the last person of it and how many were sealed.
pub(crate) fn reseal_page(tx: &mut dyn Tx, after: i64) -> Result<(Option<i64>, u64), Fault> {
    let page = tx.all(&SECOND_FACTORS, params![after], |row| Ok((row.int(0)?, row.string(1)?)))?;
    let (mut last, mut done) = (None, 0);
    for (person, kept) in page {
        last = Some(person);
        if tx.world().vault.is_outdated(&kept) {
            let place = Place::new(SECRET, person);
            let plain = tx.unseal(place, kept)?;
            let sealed = tx.seal(place, &plain)?;
            tx.execute(&RESEAL_SECOND_FACTOR, params![person, &sealed])?;
            done += 1;
        }
    }
    Ok((last, done))
}

pub(crate) fn recovery_codes_left(tx: &mut dyn Tx, person: PersonId) -> Result<i64, Fault> {
    Ok(tx.one(&RECOVERY_CODES, params![person], |row| row.int(0))?.unwrap_or(0))
}

pub(crate) fn replace_recovery_codes(
    tx: &mut dyn Tx,
    person: PersonId,
    digests: &[String],
) -> Result<(), Fault> {
    tx.execute(&DELETE_RECOVERY_CODES, params![person])?;
    for digest in digests {
        tx.execute(&SAVE_RECOVERY_CODE, params![person, digest])?;
    }
    Ok(())
}

pub(crate) fn use_recovery_code(tx: &mut dyn Tx, person: PersonId, digest: &str) -> Result<bool, Fault> {
    Ok(tx.execute(&USE_RECOVERY_CODE, params![person, digest])? == 1)
}

/// A sign-in under way.
#[derive(Debug, Clone)]
pub(crate) struct Step {
    pub(crate) waits_for: String,
    pub(crate) person: Option<PersonId>,
    pub(crate) login_digest: String,
    /// What it carries, such as the secret of an authenticator that is being set up.
    pub(crate) carried: Option<String>,
    /// The digest of the code that was sent.
    pub(crate) code_digest: Option<String>,
    pub(crate) tries: i64,
    pub(crate) device: Option<String>,
    pub(crate) expires_at: Timestamp,
}

/// The place of what a step carries: a step has no id, only its token.
fn carried_of(token: &str) -> String {
    format!("sign_in_step {token}")
}

fn read_step(row: &dyn Row) -> Result<Step, Fault> {
    Ok(Step {
        waits_for: row.string(0)?,
        person: row.opt_id(1)?,
        login_digest: row.string(2)?,
        carried: row.opt_string(3)?,
        code_digest: row.opt_string(4)?,
        tries: row.int(5)?,
        device: row.opt_string(6)?,
        expires_at: row.time(7)?,
    })
}

pub(crate) fn step(tx: &mut dyn Tx, token: &str) -> Result<Option<Step>, Fault> {
    let Some(mut step) = tx.one(&STEP, params![token], read_step)? else { return Ok(None) };
    if let Some(kept) = step.carried.take() {
        step.carried = Some(tx.unseal(Place::new(&carried_of(token), 0), kept)?);
    }
    Ok(Some(step))
}

pub(crate) fn save_step(tx: &mut dyn Tx, token: &str, step: &Step, now: Timestamp) -> Result<(), Fault> {
    tx.execute(&DELETE_OLD_STEPS, params![now])?;
    let sealed =
        step.carried.as_deref().map(|plain| tx.seal(Place::new(&carried_of(token), 0), plain)).transpose()?;
    let values = params![
        token,
        &step.waits_for,
        step.person,
        &step.login_digest,
        sealed.as_deref(),
        step.code_digest.as_deref(),
        step.tries,
        step.device.as_deref(),
        step.expires_at,
    ];
    tx.execute(&SAVE_STEP, values).map(|_| ())
}

pub(crate) fn count_try(tx: &mut dyn Tx, token: &str) -> Result<(), Fault> {
    tx.execute(&COUNT_TRY, params![token]).map(|_| ())
}

pub(crate) fn delete_step(tx: &mut dyn Tx, token: &str) -> Result<bool, Fault> {
    Ok(tx.execute(&DELETE_STEP, params![token])? == 1)
}

pub(crate) fn delete_steps_of(tx: &mut dyn Tx, person: PersonId) -> Result<(), Fault> {
    tx.execute(&DELETE_STEPS_OF, params![person]).map(|_| ())
}

pub(crate) fn proof(tx: &mut dyn Tx, session: SessionId) -> Result<Option<(Timestamp, bool)>, Fault> {
    tx.one(&PROOF, params![session], |row| Ok((row.time(0)?, row.flag(1)?)))
}

pub(crate) fn save_proof(
    tx: &mut dyn Tx,
    session: SessionId,
    at: Timestamp,
    second: bool,
) -> Result<(), Fault> {
    tx.execute(&SAVE_PROOF, params![session, at, second]).map(|_| ())
}

pub(crate) fn delete_proof(tx: &mut dyn Tx, session: SessionId) -> Result<(), Fault> {
    tx.execute(&DELETE_PROOF, params![session]).map(|_| ())
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

pub(crate) fn unhex(text: &str) -> Result<Vec<u8>, Fault> {
    let wrong = || Fault::corrupt("a kept secret is not readable");
    (0..text.len())
        .step_by(2)
        .map(|at| text.get(at..at + 2).and_then(|pair| u8::from_str_radix(pair, 16).ok()).ok_or_else(wrong))
        .collect()
}
