//! The SQL of Open311: clients and their keys, what came in through them, and which public appeals changed when.

use gongzhi_kernel::{AppealId, Fault, Id, Timestamp};
use gongzhi_store::{Row, Tx, params};

use super::read_appeal;
use crate::model::{Appeal, CategoryId, FileId};

/// The columns of a client.
macro_rules! client_columns {
    () => {
        "SELECT id, revision, name, contact, per_minute, key_hash, hint, revoked_at FROM open311_client"
    };
}

/// The first photo that somebody in office has found fit for everybody.
macro_rules! first_photo {
    () => {
        "(SELECT min(f.id) FROM appeal_file f WHERE f.appeal = a.id AND f.shown = 1 AND f.small IS NOT NULL)"
    };
}

/// A page of appeals that everybody may see, the newest first.
macro_rules! requests {
    ($from:literal, $also:literal) => {
        concat!(
            "SELECT ",
            super::appeal_columns!(),
            ", r.media_url, ",
            first_photo!(),
            " FROM ",
            $from,
            " LEFT JOIN open311_request r ON r.appeal = a.id
            WHERE a.id >= $1 AND a.id < $2 AND a.public = 1 AND a.submitted_at >= $3 AND a.submitted_at <= $4
            AND (CAST($5 AS TEXT) IS NULL OR CASE WHEN a.phase = 'open' THEN 'open' ELSE 'closed' END = $5)
            AND (CAST($6 AS TEXT) IS NULL OR $6 LIKE ('%,' || CAST(a.category AS TEXT) || ',%'))",
            $also,
            " ORDER BY a.id DESC LIMIT $7 OFFSET $8"
        )
    };
}

gongzhi_store::statements! {
    /// All clients, the newest first.
    CLIENTS = (concat!(client_columns!(), " ORDER BY id DESC"));
    /// One client.
    CLIENT = (concat!(client_columns!(), " WHERE id = $1"));
    /// The client of a key.
    CLIENT_BY_KEY = (concat!(client_columns!(), " WHERE key_hash = $1"));
    /// Keeps a client.
    SAVE_CLIENT = "INSERT INTO open311_client (id, revision, name, contact, per_minute, key_hash, hint, revoked_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
        ON CONFLICT (id) DO UPDATE SET revision = excluded.revision, name = excluded.name,
            contact = excluded.contact, per_minute = excluded.per_minute, key_hash = excluded.key_hash,
            hint = excluded.hint, revoked_at = excluded.revoked_at";
    /// Which client brought an appeal.
    INSERT_REQUEST = "INSERT INTO open311_request (appeal, id, client, media_url) VALUES ($1, $2, $3, $4)";
    /// What came with an appeal.
    REQUEST = "SELECT media_url FROM open311_request WHERE appeal = $1";
    /// Everything that came through clients, for the check.
    ALL_REQUESTS = "SELECT appeal, id, client, media_url FROM open311_request WHERE appeal > $1 ORDER BY appeal LIMIT 1000";

    /// By the time of submission.
    REQUESTS = {
        sqlite: requests!("appeal a NOT INDEXED", ""),
        postgres: requests!("appeal a", ""),
    };
    /// By the time of submission, of those that changed between two moments.
    CHANGED_REQUESTS = {
        sqlite: requests!("open311_change c INDEXED BY open311_change_at CROSS JOIN appeal a ON a.id = c.appeal",
            " AND c.at >= $9 AND c.at <= $10"),
        postgres: requests!("open311_change c JOIN appeal a ON a.id = c.appeal", " AND c.at >= $9 AND c.at <= $10"),
    };
    /// One appeal that everybody may see.
    ONE = (concat!("SELECT ", super::appeal_columns!(), ", r.media_url, ", first_photo!(), "
        FROM appeal a LEFT JOIN open311_request r ON r.appeal = a.id WHERE a.id = $1 AND a.public = 1"));
    /// Public appeals that changed at or after a moment, the longest unchanged first.
    CHANGED_SINCE = "SELECT c.appeal FROM open311_change c JOIN appeal a ON a.id = c.appeal
        WHERE c.at >= $1 AND a.public = 1 ORDER BY c.at, c.appeal LIMIT $2 OFFSET $3";
    /// Keeps when an appeal last changed.
    CHANGED = "INSERT INTO open311_change (appeal, at) VALUES ($1, $2)
        ON CONFLICT (appeal) DO UPDATE SET at = excluded.at WHERE excluded.at > open311_change.at";
    /// Forgets when appeals changed.
    CLEAR_CHANGES = "DELETE FROM open311_change";
}

/// Mark of the ids of clients; never made.
#[derive(Debug)]
pub enum ClientMark {}

/// Id of a client of Open311 (接入方).
pub type ClientId = Id<ClientMark>;

/// A client of Open311.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Client {
    /// Its id.
    pub id: ClientId,
    /// How many events it has.
    pub revision: i64,
    /// What it is called.
    pub name: String,
    /// Whom to write to about it; may be empty.
    pub contact: String,
    /// How many requests it may send within a minute.
    pub per_minute: i64,
    /// SHA-256 of its key, hexadecimal.
    pub key_hash: String,
    /// The last characters of its key.
    pub hint: String,
    /// Since when its key is good no longer.
    pub revoked_at: Option<Timestamp>,
}

fn read_client(row: &dyn Row) -> Result<Client, Fault> {
    Ok(Client {
        id: row.id(0)?,
        revision: row.int(1)?,
        name: row.string(2)?,
        contact: row.string(3)?,
        per_minute: row.int(4)?,
        key_hash: row.string(5)?,
        hint: row.string(6)?,
        revoked_at: row.opt_time(7)?,
    })
}

/// All clients, the newest first.
pub fn clients(tx: &mut dyn Tx) -> Result<Vec<Client>, Fault> {
    tx.all(&CLIENTS, &[], read_client)
}

/// One client.
pub fn client(tx: &mut dyn Tx, id: ClientId) -> Result<Option<Client>, Fault> {
    tx.one(&CLIENT, params![id], read_client)
}

/// The client whose key has this hash, revoked or not.
pub fn client_by_key(tx: &mut dyn Tx, hash: &str) -> Result<Option<Client>, Fault> {
    tx.one(&CLIENT_BY_KEY, params![hash], read_client)
}

/// Keeps a client.
pub fn save_client(tx: &mut dyn Tx, client: &Client) -> Result<(), Fault> {
    tx.execute(
        &SAVE_CLIENT,
        params![
            client.id,
            client.revision,
            &client.name,
            &client.contact,
            client.per_minute,
            &client.key_hash,
            &client.hint,
            client.revoked_at,
        ],
    )
    .map(|_| ())
}

/// What came in through a client.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Brought {
    /// The appeal.
    pub appeal: AppealId,
    /// The subject of its event.
    pub id: i64,
    /// Which client.
    pub client: ClientId,
    /// Where a picture of it lies, as the client said.
    pub media_url: Option<String>,
}

/// Keeps which client brought an appeal.
pub fn insert_request(tx: &mut dyn Tx, brought: &Brought) -> Result<(), Fault> {
    let Brought { appeal, id, client, media_url } = brought;
    tx.execute(&INSERT_REQUEST, params![*appeal, *id, *client, media_url.as_ref()]).map(|_| ())
}

/// Where a picture of an appeal lies, as its client said.
pub fn media_url(tx: &mut dyn Tx, appeal: AppealId) -> Result<Option<String>, Fault> {
    Ok(tx.one(&REQUEST, params![appeal], |row| row.opt_string(0))?.flatten())
}

/// Everything that came through clients after a number, some at a time.
pub fn requests_after(tx: &mut dyn Tx, after: i64) -> Result<Vec<Brought>, Fault> {
    tx.all(&ALL_REQUESTS, params![after], |row| {
        Ok(Brought { appeal: row.id(0)?, id: row.int(1)?, client: row.id(2)?, media_url: row.opt_string(3)? })
    })
}

/// What a page of requests asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// Submitted at this moment or later.
    pub from: Timestamp,
    /// Submitted at this moment or earlier.
    pub to: Timestamp,
    /// Only open ones, or only closed ones.
    pub open: Option<bool>,
    /// Of one of these categories.
    pub categories: Option<Vec<CategoryId>>,
    /// Changed between these moments.
    pub changed: Option<(Timestamp, Timestamp)>,
    /// How many.
    pub limit: i64,
    /// How many are passed over.
    pub offset: i64,
}

/// Where a picture of an appeal lies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Picture {
    /// Elsewhere, as its client said.
    Linked(String),
    /// Here: a photo that everybody may see.
    Shown(FileId),
}

fn read_request(row: &dyn Row) -> Result<(Appeal, Option<Picture>), Fault> {
    let picture = match row.opt_id(44)? {
        Some(photo) => Some(Picture::Shown(photo)),
        None => row.opt_string(43)?.map(Picture::Linked),
    };
    Ok((read_appeal(row)?, picture))
}

/// Appeals that everybody may see, the newest first, with where a picture lies.
pub fn requests(tx: &mut dyn Tx, asked: &Asked) -> Result<Vec<(Appeal, Option<Picture>)>, Fault> {
    let until = Timestamp::from_micros(asked.to.as_micros().saturating_add(1_000));
    let status = asked.open.map(|open| if open { "open" } else { "closed" });
    let categories = asked
        .categories
        .as_ref()
        .map(|ids| ids.iter().fold(",".to_owned(), |text, id| format!("{text}{id},")));
    let mut given = params![
        AppealId::first_at(asked.from),
        AppealId::first_at(until),
        asked.from,
        asked.to,
        status,
        categories.as_ref(),
        asked.limit,
        asked.offset,
    ]
    .to_vec();
    match asked.changed {
        None => tx.all(&REQUESTS, &given, read_request),
        Some((from, to)) => {
            given.extend(params![from, to].iter().cloned());
            tx.all(&CHANGED_REQUESTS, &given, read_request)
        }
    }
}

/// One appeal that everybody may see.
pub fn request(tx: &mut dyn Tx, id: AppealId) -> Result<Option<(Appeal, Option<Picture>)>, Fault> {
    tx.one(&ONE, params![id], read_request)
}

/// Public appeals that changed at or after a moment.
pub fn changed_since(
    tx: &mut dyn Tx,
    from: Timestamp,
    limit: i64,
    offset: i64,
) -> Result<Vec<AppealId>, Fault> {
    tx.all(&CHANGED_SINCE, params![from, limit, offset], |row| row.id(0))
}
