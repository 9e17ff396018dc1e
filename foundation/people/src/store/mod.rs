//! The SQL of persons, organs, areas, memberships and sessions, and how rows become types.

pub(crate) mod audit;
pub(crate) mod factors;

use gongzhi_kernel::{AreaId, Fault, LocalText, OrganId, PersonId, Place, Point, Role, SessionId, Timestamp};
use gongzhi_store::{Row, Tx, params};

use crate::events::{GuardRow, SessionRow};
use crate::model::{Area, AreaLevel, Membership, MembershipId, Organ, OrganKind, Person, SignInGuardId};
use crate::password::PasswordHash;

gongzhi_store::statements! {
    /// One person.
    PERSON = "SELECT id, name, login, phone, active, registered_at, password_set_at, revision FROM person WHERE id = $1";
    /// The person with a sign-in name.
    PERSON_BY_LOGIN = "SELECT id, name, login, phone, active, registered_at, password_set_at, revision
        FROM person WHERE login = $1";
    /// Persons with a telephone, the newest first; a household may share one. Found by its keyed hash, or as it stands where
    /// nothing is sealed yet.
    PERSONS_BY_PHONE = "SELECT id, name, login, phone, active, registered_at, password_set_at, revision
        FROM person WHERE phone = $1 OR id IN (SELECT person FROM phone_digest WHERE digest = $2)
        ORDER BY id DESC LIMIT 20";
    /// By what a telephone is found.
    SAVE_PHONE_DIGEST = "INSERT INTO phone_digest (person, digest) VALUES ($1, $2)
        ON CONFLICT (person) DO UPDATE SET digest = excluded.digest";
    /// There is no telephone any more.
    DELETE_PHONE_DIGEST = "DELETE FROM phone_digest WHERE person = $1";
    /// Telephones, a page for sealing anew.
    PHONES = "SELECT id, phone FROM person WHERE id > $1 AND phone IS NOT NULL ORDER BY id LIMIT 200";
    /// The same telephone, sealed anew.
    RESEAL_PHONE = "UPDATE person SET phone = $2 WHERE id = $1";
    /// A page of persons, the newest first.
    PERSONS_BEFORE = "SELECT id, name, login, phone, active, registered_at, password_set_at, revision
        FROM person WHERE id < $1 ORDER BY id DESC LIMIT $2";
    /// Keeps a person.
    SAVE_PERSON = "INSERT INTO person (id, name, login, phone, active, registered_at, password_set_at, revision)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
        ON CONFLICT (id) DO UPDATE SET name = excluded.name, login = excluded.login, phone = excluded.phone,
            active = excluded.active, password_set_at = excluded.password_set_at, revision = excluded.revision";

    /// The password hash of a person.
    CREDENTIAL = "SELECT hash FROM credential WHERE person = $1";
    /// Keeps a password hash.
    SAVE_CREDENTIAL = "INSERT INTO credential (person, hash) VALUES ($1, $2)
        ON CONFLICT (person) DO UPDATE SET hash = excluded.hash";
    /// Takes a password hash away.
    DELETE_CREDENTIAL = "DELETE FROM credential WHERE person = $1";
    /// Persons who have a hash and no event of it, or an event and no hash.
    STRAY_CREDENTIALS = "SELECT p.id FROM person p LEFT JOIN credential c ON c.person = p.id
            WHERE (p.password_set_at IS NULL AND c.person IS NOT NULL)
               OR (p.password_set_at IS NOT NULL AND c.person IS NULL)
        UNION SELECT c.person FROM credential c LEFT JOIN person p ON p.id = c.person WHERE p.id IS NULL";

    /// One organ.
    ORGAN = "SELECT id, code, kind, name_zh, name_en, parent, area, active, revision FROM organ WHERE id = $1";
    /// The organ with a code.
    ORGAN_BY_CODE = "SELECT id, code, kind, name_zh, name_en, parent, area, active, revision FROM organ WHERE code = $1";
    /// All organs, the oldest first.
    ORGANS = "SELECT id, code, kind, name_zh, name_en, parent, area, active, revision FROM organ ORDER BY id";
    /// Keeps an organ.
    SAVE_ORGAN = "INSERT INTO organ (id, code, kind, name_zh, name_en, parent, area, active, revision)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
        ON CONFLICT (id) DO UPDATE SET code = excluded.code, name_zh = excluded.name_zh, name_en = excluded.name_en,
            parent = excluded.parent, area = excluded.area, active = excluded.active, revision = excluded.revision";

    /// One area.
    AREA = "SELECT id, code, level, name_zh, name_en, parent, valid_from, valid_to, lat, lon, revision
        FROM area WHERE id = $1";
    /// The area that has a code and has not ended.
    AREA_BY_CODE = "SELECT id, code, level, name_zh, name_en, parent, valid_from, valid_to, lat, lon, revision
        FROM area WHERE code = $1 AND valid_to IS NULL";
    /// All versions of all areas, the oldest first.
    AREAS = "SELECT id, code, level, name_zh, name_en, parent, valid_from, valid_to, lat, lon, revision
        FROM area ORDER BY id";
    /// Keeps an area.
    SAVE_AREA = "INSERT INTO area (id, code, level, name_zh, name_en, parent, valid_from, valid_to, lat, lon, revision)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
        ON CONFLICT (id) DO UPDATE SET name_zh = excluded.name_zh, name_en = excluded.name_en,
            parent = excluded.parent, valid_to = excluded.valid_to, lat = excluded.lat, lon = excluded.lon,
            revision = excluded.revision";
    /// Who took over from an area.
    SUCCESSORS_OF = "SELECT successor FROM area_successor WHERE area = $1 ORDER BY successor";
    /// Who took over from which area.
    SUCCESSORS = "SELECT area, successor FROM area_successor ORDER BY area, successor";
    /// Keeps a successor.
    SAVE_SUCCESSOR = "INSERT INTO area_successor (area, successor) VALUES ($1, $2) ON CONFLICT (area, successor) DO NOTHING";
    /// Areas in an area that have not ended.
    AREAS_WITHIN = "SELECT count(*) FROM area WHERE parent = $1 AND valid_to IS NULL";

    /// One membership.
    MEMBERSHIP = "SELECT id, person, organ, role, granted_at, revoked_at, revision FROM membership WHERE id = $1";
    /// What a person holds, the oldest first.
    MEMBERSHIPS_OF = "SELECT id, person, organ, role, granted_at, revoked_at, revision
        FROM membership WHERE person = $1 AND revoked_at IS NULL ORDER BY id";
    /// Who holds something in an organ, the oldest first.
    MEMBERSHIPS_IN = "SELECT id, person, organ, role, granted_at, revoked_at, revision
        FROM membership WHERE organ = $1 AND revoked_at IS NULL ORDER BY id";
    /// Whether a person holds a role in an organ.
    HELD = "SELECT id, person, organ, role, granted_at, revoked_at, revision
        FROM membership WHERE person = $1 AND organ = $2 AND role = $3 AND revoked_at IS NULL";
    /// Keeps a membership.
    SAVE_MEMBERSHIP = "INSERT INTO membership (id, person, organ, role, granted_at, revoked_at, revision)
        VALUES ($1, $2, $3, $4, $5, $6, $7)
        ON CONFLICT (id) DO UPDATE SET revoked_at = excluded.revoked_at, revision = excluded.revision";

    /// The session of a token.
    SESSION_BY_TOKEN = "SELECT id, person, membership, device, started_at, revision, last_seen_at
        FROM session WHERE token = $1";
    /// One session.
    SESSION = "SELECT id, person, membership, device, started_at, revision, last_seen_at FROM session WHERE id = $1";
    /// A person's sessions, the newest first.
    SESSIONS_OF = "SELECT id, person, membership, device, started_at, revision, last_seen_at
        FROM session WHERE person = $1 ORDER BY id DESC";
    /// A new session.
    INSERT_SESSION = "INSERT INTO session (id, token, person, membership, device, started_at, last_seen_at, revision)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    /// Another membership in a session.
    SWITCH_SESSION = "UPDATE session SET membership = $2, revision = $3 WHERE id = $1";
    /// A session was seen; never moves back.
    TOUCH_SESSION = "UPDATE session SET last_seen_at = $2 WHERE id = $1 AND last_seen_at < $2";
    /// A session is over.
    DELETE_SESSION = "DELETE FROM session WHERE id = $1";

    /// The failed sign-ins of a sign-in name.
    GUARD = "SELECT id, failures, last_at, locked_until, revision FROM sign_in_guard WHERE login_digest = $1";
    /// One count.
    GUARD_BY_ID = "SELECT id, failures, last_at, locked_until, revision FROM sign_in_guard WHERE id = $1";
    /// Keeps a count.
    SAVE_GUARD = "INSERT INTO sign_in_guard (id, login_digest, failures, last_at, locked_until, revision)
        VALUES ($1, $2, $3, $4, $5, $6)
        ON CONFLICT (id) DO UPDATE SET failures = excluded.failures, last_at = excluded.last_at,
            locked_until = excluded.locked_until, revision = excluded.revision";

    /// Ids for the check, a page at a time.
    PERSON_IDS = "SELECT id FROM person WHERE id > $1 ORDER BY id LIMIT 500";
    /// Likewise.
    ORGAN_IDS = "SELECT id FROM organ WHERE id > $1 ORDER BY id LIMIT 500";
    /// Likewise.
    AREA_IDS = "SELECT id FROM area WHERE id > $1 ORDER BY id LIMIT 500";
    /// Likewise.
    MEMBERSHIP_IDS = "SELECT id FROM membership WHERE id > $1 ORDER BY id LIMIT 500";
    /// Likewise.
    SESSION_IDS = "SELECT id FROM session WHERE id > $1 ORDER BY id LIMIT 500";
    /// Likewise.
    GUARD_IDS = "SELECT id FROM sign_in_guard WHERE id > $1 ORDER BY id LIMIT 500";

    /// How often organs and areas have changed.
    DIRECTORY_VERSION = "SELECT version FROM directory_version WHERE id = 1";
    /// They have changed once more.
    DIRECTORY_CHANGED = "UPDATE directory_version SET version = version + 1 WHERE id = 1";
}

/// All statements of this crate, for the test that prepares them on both engines.
pub fn all_statements() -> impl Iterator<Item = &'static gongzhi_store::Statement> {
    [statements(), factors::statements(), audit::statements()].into_iter().flatten().copied()
}

fn read_name(row: &dyn Row, column: usize) -> Result<LocalText, Fault> {
    Ok(LocalText { zh: row.string(column)?, en: row.opt_string(column + 1)? })
}

fn read_person(row: &dyn Row) -> Result<Person, Fault> {
    Ok(Person {
        id: row.id(0)?,
        name: row.string(1)?,
        login: row.opt_string(2)?,
        phone: row.opt_string(3)?,
        active: row.flag(4)?,
        registered_at: row.time(5)?,
        password_set_at: row.opt_time(6)?,
        revision: row.int(7)?,
    })
}

fn read_organ(row: &dyn Row) -> Result<Organ, Fault> {
    let kind = row.text(2)?;
    Ok(Organ {
        id: row.id(0)?,
        code: row.string(1)?,
        kind: OrganKind::from_word(kind)
            .ok_or_else(|| Fault::corrupt(format!("unknown kind of organ {kind:?}")))?,
        name: read_name(row, 3)?,
        parent: row.opt_id(5)?,
        area: row.opt_id(6)?,
        active: row.flag(7)?,
        revision: row.int(8)?,
    })
}

fn read_area(row: &dyn Row) -> Result<Area, Fault> {
    let level = row.text(2)?;
    let centre = match (row.opt_real(8)?, row.opt_real(9)?) {
        (Some(lat), Some(lon)) => Some(
            Point::new(lat, lon).ok_or_else(|| Fault::corrupt("the centre of an area is off the earth"))?,
        ),
        _ => None,
    };
    Ok(Area {
        id: row.id(0)?,
        code: row.string(1)?,
        level: AreaLevel::from_word(level)
            .ok_or_else(|| Fault::corrupt(format!("unknown level of area {level:?}")))?,
        name: read_name(row, 3)?,
        parent: row.opt_id(5)?,
        valid_from: row.time(6)?,
        valid_to: row.opt_time(7)?,
        centre,
        successors: Vec::new(),
        revision: row.int(10)?,
    })
}

fn read_membership(row: &dyn Row) -> Result<Membership, Fault> {
    let role = row.text(3)?;
    Ok(Membership {
        id: row.id(0)?,
        person: row.id(1)?,
        organ: row.id(2)?,
        role: Role::from_word(role).ok_or_else(|| Fault::corrupt(format!("unknown role {role:?}")))?,
        granted_at: row.time(4)?,
        revoked_at: row.opt_time(5)?,
        revision: row.int(6)?,
    })
}

/// A living session and when it was last seen.
#[derive(Debug, Clone)]
pub(crate) struct Living {
    pub(crate) row: SessionRow,
    pub(crate) last_seen_at: Timestamp,
}

fn read_session(row: &dyn Row) -> Result<Living, Fault> {
    Ok(Living {
        row: SessionRow {
            id: row.id(0)?,
            person: row.id(1)?,
            membership: row.opt_id(2)?,
            device: row.opt_string(3)?,
            started_at: row.time(4)?,
            revision: row.int(5)?,
        },
        last_seen_at: row.time(6)?,
    })
}

fn read_guard(row: &dyn Row) -> Result<GuardRow, Fault> {
    Ok(GuardRow {
        id: row.id(0)?,
        failures: row.int(1)?,
        last_at: row.time(2)?,
        locked_until: row.opt_time(3)?,
        revision: row.int(4)?,
    })
}

/// The place of a telephone.
const PHONE: &str = "person.phone";

/// Opens what is sealed of a person.
fn opened(tx: &dyn Tx, mut person: Person) -> Result<Person, Fault> {
    if let Some(kept) = person.phone.take() {
        person.phone = Some(tx.unseal(Place::new(PHONE, person.id.get()), kept)?);
    }
    Ok(person)
}

fn all_opened(tx: &dyn Tx, persons: Vec<Person>) -> Result<Vec<Person>, Fault> {
    persons.into_iter().map(|person| opened(tx, person)).collect()
}

/// One person.
pub fn person(tx: &mut dyn Tx, id: PersonId) -> Result<Option<Person>, Fault> {
    let found = tx.one(&PERSON, params![id], read_person)?;
    found.map(|person| opened(tx, person)).transpose()
}

/// The person with this sign-in name, folded ([`crate::fold_login`]).
pub fn person_by_login(tx: &mut dyn Tx, login: &str) -> Result<Option<Person>, Fault> {
    let found = tx.one(&PERSON_BY_LOGIN, params![login], read_person)?;
    found.map(|person| opened(tx, person)).transpose()
}

/// Persons with this telephone, folded ([`crate::fold_phone`]), the newest first, at most 20.
pub fn persons_by_phone(tx: &mut dyn Tx, phone: &str) -> Result<Vec<Person>, Fault> {
    let digest = tx.find_by(PHONE, phone);
    let found = tx.all(&PERSONS_BY_PHONE, params![phone, &digest], read_person)?;
    all_opened(tx, found)
}

/// A page of persons before an id, the newest first.
pub(crate) fn persons_before(tx: &mut dyn Tx, before: i64, limit: i64) -> Result<Vec<Person>, Fault> {
    let found = tx.all(&PERSONS_BEFORE, params![before, limit], read_person)?;
    all_opened(tx, found)
}

pub(crate) fn save_person(tx: &mut dyn Tx, person: &Person) -> Result<(), Fault> {
    let phone = match person.phone.as_deref() {
        Some(plain) => {
            let digest = tx.find_by(PHONE, plain);
            tx.execute(&SAVE_PHONE_DIGEST, params![person.id, &digest])?;
            Some(tx.seal(Place::new(PHONE, person.id.get()), plain)?)
        }
        None => {
            tx.execute(&DELETE_PHONE_DIGEST, params![person.id])?;
            None
        }
    };
    let values = params![
        person.id,
        &person.name,
        person.login.as_deref(),
        phone.as_deref(),
        person.active,
        person.registered_at,
        person.password_set_at,
        person.revision,
    ];
    tx.execute(&SAVE_PERSON, values).map(|_| ())
}

/// Seals the next page of telephones anew; the last person of it and how many were sealed.
pub(crate) fn reseal_phones(tx: &mut dyn Tx, after: i64) -> Result<(Option<i64>, u64), Fault> {
    let page = tx.all(&PHONES, params![after], |row| Ok((row.int(0)?, row.string(1)?)))?;
    let (mut last, mut done) = (None, 0);
    for (person, kept) in page {
        last = Some(person);
        if tx.world().vault.is_outdated(&kept) {
            let place = Place::new(PHONE, person);
            let plain = tx.unseal(place, kept)?;
            let (sealed, digest) = (tx.seal(place, &plain)?, tx.find_by(PHONE, &plain));
            tx.execute(&RESEAL_PHONE, params![person, &sealed])?;
            tx.execute(&SAVE_PHONE_DIGEST, params![person, &digest])?;
            done += 1;
        }
    }
    Ok((last, done))
}

pub(crate) fn credential(tx: &mut dyn Tx, person: PersonId) -> Result<Option<PasswordHash>, Fault> {
    tx.one(&CREDENTIAL, params![person], |row| row.string(0).map(PasswordHash::kept))
}

pub(crate) fn save_credential(tx: &mut dyn Tx, person: PersonId, hash: &PasswordHash) -> Result<(), Fault> {
    tx.execute(&SAVE_CREDENTIAL, params![person, hash.as_str()]).map(|_| ())
}

pub(crate) fn delete_credential(tx: &mut dyn Tx, person: PersonId) -> Result<(), Fault> {
    tx.execute(&DELETE_CREDENTIAL, params![person]).map(|_| ())
}

pub(crate) fn stray_credentials(tx: &mut dyn Tx) -> Result<Vec<PersonId>, Fault> {
    tx.all(&STRAY_CREDENTIALS, &[], |row| row.id(0))
}

/// One organ, as this unit of work sees it; pages ask the [`crate::Directory`].
pub fn organ(tx: &mut dyn Tx, id: OrganId) -> Result<Option<Organ>, Fault> {
    tx.one(&ORGAN, params![id], read_organ)
}

/// The organ with this code.
pub fn organ_by_code(tx: &mut dyn Tx, code: &str) -> Result<Option<Organ>, Fault> {
    tx.one(&ORGAN_BY_CODE, params![code], read_organ)
}

/// All organs, dissolved ones too, the oldest first.
pub fn organs(tx: &mut dyn Tx) -> Result<Vec<Organ>, Fault> {
    tx.all(&ORGANS, &[], read_organ)
}

pub(crate) fn save_organ(tx: &mut dyn Tx, organ: &Organ) -> Result<(), Fault> {
    let values = params![
        organ.id,
        &organ.code,
        organ.kind.word(),
        &organ.name.zh,
        organ.name.en.as_deref(),
        organ.parent,
        organ.area,
        organ.active,
        organ.revision,
    ];
    tx.execute(&SAVE_ORGAN, values)?;
    tx.execute(&DIRECTORY_CHANGED, &[]).map(|_| ())
}

fn with_successors(tx: &mut dyn Tx, area: Option<Area>) -> Result<Option<Area>, Fault> {
    let Some(mut area) = area else { return Ok(None) };
    if area.valid_to.is_some() {
        area.successors = tx.all(&SUCCESSORS_OF, params![area.id], |row| row.id(0))?;
    }
    Ok(Some(area))
}

/// One version of an area, as this unit of work sees it; pages ask the [`crate::Directory`].
pub fn area(tx: &mut dyn Tx, id: AreaId) -> Result<Option<Area>, Fault> {
    let found = tx.one(&AREA, params![id], read_area)?;
    with_successors(tx, found)
}

/// The area that has this code and has not ended.
pub fn area_by_code(tx: &mut dyn Tx, code: &str) -> Result<Option<Area>, Fault> {
    tx.one(&AREA_BY_CODE, params![code], read_area)
}

/// All versions of all areas, the oldest first.
pub fn areas(tx: &mut dyn Tx) -> Result<Vec<Area>, Fault> {
    let mut areas = tx.all(&AREAS, &[], read_area)?;
    let pairs: Vec<(AreaId, AreaId)> = tx.all(&SUCCESSORS, &[], |row| Ok((row.id(0)?, row.id(1)?)))?;
    for (ended, successor) in pairs {
        // `areas` is in the order of ids.
        if let Ok(place) = areas.binary_search_by_key(&ended, |area| area.id)
            && let Some(area) = areas.get_mut(place)
        {
            area.successors.push(successor);
        }
    }
    Ok(areas)
}

pub(crate) fn areas_within(tx: &mut dyn Tx, area: AreaId) -> Result<i64, Fault> {
    Ok(tx.one(&AREAS_WITHIN, params![area], |row| row.int(0))?.unwrap_or(0))
}

pub(crate) fn save_area(tx: &mut dyn Tx, area: &Area) -> Result<(), Fault> {
    let values = params![
        area.id,
        &area.code,
        area.level.word(),
        &area.name.zh,
        area.name.en.as_deref(),
        area.parent,
        area.valid_from,
        area.valid_to,
        area.centre.map(|point| point.lat),
        area.centre.map(|point| point.lon),
        area.revision,
    ];
    tx.execute(&SAVE_AREA, values)?;
    for successor in &area.successors {
        tx.execute(&SAVE_SUCCESSOR, params![area.id, *successor])?;
    }
    tx.execute(&DIRECTORY_CHANGED, &[]).map(|_| ())
}

/// One membership, past or present.
pub fn membership(tx: &mut dyn Tx, id: MembershipId) -> Result<Option<Membership>, Fault> {
    tx.one(&MEMBERSHIP, params![id], read_membership)
}

/// What a person holds now, the oldest first.
pub fn memberships_of(tx: &mut dyn Tx, person: PersonId) -> Result<Vec<Membership>, Fault> {
    tx.all(&MEMBERSHIPS_OF, params![person], read_membership)
}

/// Who holds something in an organ now, the oldest first.
pub fn memberships_in(tx: &mut dyn Tx, organ: OrganId) -> Result<Vec<Membership>, Fault> {
    tx.all(&MEMBERSHIPS_IN, params![organ], read_membership)
}

pub(crate) fn held(
    tx: &mut dyn Tx,
    person: PersonId,
    organ: OrganId,
    role: Role,
) -> Result<Option<Membership>, Fault> {
    tx.one(&HELD, params![person, organ, role.word()], read_membership)
}

pub(crate) fn save_membership(tx: &mut dyn Tx, membership: &Membership) -> Result<(), Fault> {
    let values = params![
        membership.id,
        membership.person,
        membership.organ,
        membership.role.word(),
        membership.granted_at,
        membership.revoked_at,
        membership.revision,
    ];
    tx.execute(&SAVE_MEMBERSHIP, values).map(|_| ())
}

pub(crate) fn session_by_token(tx: &mut dyn Tx, token: &str) -> Result<Option<Living>, Fault> {
    tx.one(&SESSION_BY_TOKEN, params![token], read_session)
}

pub(crate) fn session(tx: &mut dyn Tx, id: SessionId) -> Result<Option<Living>, Fault> {
    tx.one(&SESSION, params![id], read_session)
}

pub(crate) fn sessions_of(tx: &mut dyn Tx, person: PersonId) -> Result<Vec<Living>, Fault> {
    tx.all(&SESSIONS_OF, params![person], read_session)
}

pub(crate) fn insert_session(tx: &mut dyn Tx, session: &SessionRow, token: &str) -> Result<(), Fault> {
    let values = params![
        session.id,
        token,
        session.person,
        session.membership,
        session.device.as_deref(),
        session.started_at,
        session.started_at,
        session.revision,
    ];
    tx.execute(&INSERT_SESSION, values).map(|_| ())
}

pub(crate) fn switch_session(tx: &mut dyn Tx, session: &SessionRow) -> Result<(), Fault> {
    tx.execute(&SWITCH_SESSION, params![session.id, session.membership, session.revision]).map(|_| ())
}

pub(crate) fn touch_session(tx: &mut dyn Tx, session: SessionId, at: Timestamp) -> Result<(), Fault> {
    tx.execute(&TOUCH_SESSION, params![session, at]).map(|_| ())
}

pub(crate) fn delete_session(tx: &mut dyn Tx, session: SessionId) -> Result<(), Fault> {
    tx.execute(&DELETE_SESSION, params![session]).map(|_| ())
}

pub(crate) fn guard(tx: &mut dyn Tx, login_digest: &str) -> Result<Option<GuardRow>, Fault> {
    tx.one(&GUARD, params![login_digest], read_guard)
}

pub(crate) fn save_guard(tx: &mut dyn Tx, guard: &GuardRow, login_digest: &str) -> Result<(), Fault> {
    let values =
        params![guard.id, login_digest, guard.failures, guard.last_at, guard.locked_until, guard.revision];
    tx.execute(&SAVE_GUARD, values).map(|_| ())
}

pub(crate) fn guard_by_id(tx: &mut dyn Tx, id: SignInGuardId) -> Result<Option<GuardRow>, Fault> {
    tx.one(&GUARD_BY_ID, params![id], read_guard)
}

macro_rules! id_pages {
    ($($name:ident = $statement:ident;)+) => {
        $(pub(crate) fn $name(tx: &mut dyn Tx, after: i64) -> Result<Vec<i64>, Fault> {
            tx.all(&$statement, params![after], |row| row.int(0))
        })+
    };
}
id_pages! {
    person_ids = PERSON_IDS;
    organ_ids = ORGAN_IDS;
    area_ids = AREA_IDS;
    membership_ids = MEMBERSHIP_IDS;
    session_ids = SESSION_IDS;
    guard_ids = GUARD_IDS;
}

/// How often organs and areas have changed.
pub(crate) fn directory_version(tx: &mut dyn Tx) -> Result<i64, Fault> {
    tx.one(&DIRECTORY_VERSION, &[], |row| row.int(0))?
        .ok_or_else(|| Fault::corrupt("the table directory_version is empty"))
}
