//! The SQL of files: those of appeals, and those of reports that are still being written.

use gongzhi_kernel::{AppealId, Fault, Timestamp};
use gongzhi_media::DocumentKind;
use gongzhi_store::blobs::BlobId;
use gongzhi_store::{Row, Tx, params};

use super::word;
use crate::model::{AddedBy, AppealFile, FileId, KeptFile, Media, PhotoParts};

/// The columns of what was kept, in the order of [`read_kept`].
macro_rules! kept {
    () => {
        "media, name, blob, length, small, width, height, small_width, small_height"
    };
}

macro_rules! file_columns {
    () => {
        concat!("SELECT ", kept!(), ", id, revision, appeal, added_by, organ, at, shown FROM appeal_file")
    };
}

gongzhi_store::statements! {
    /// The files of an appeal, the oldest first.
    FILES = (concat!(file_columns!(), " WHERE appeal = $1 ORDER BY id"));
    /// One file of an appeal.
    FILE = (concat!(file_columns!(), " WHERE appeal = $1 AND id = $2"));
    /// A page of files, for the check.
    FILES_AFTER = (concat!(file_columns!(), " WHERE id > $1 ORDER BY id LIMIT 500"));
    /// How many files one side has added.
    FILE_COUNT = "SELECT COUNT(*) FROM appeal_file WHERE appeal = $1 AND added_by = $2";
    /// Keeps a file.
    INSERT_FILE = (concat!("INSERT INTO appeal_file (", kept!(), ", id, revision, appeal, added_by, organ, at, shown)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)"));
    /// Keeps whether everybody may see a file.
    SHOW_FILE = "UPDATE appeal_file SET shown = $2, revision = $3 WHERE id = $1";

    /// Keeps a file of a report that is still being written.
    INSERT_WAITING = (concat!("INSERT INTO appeal_waiting_file (", kept!(), ", token, at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)"));
    /// A file that waits.
    WAITING = (concat!("SELECT ", kept!(), " FROM appeal_waiting_file WHERE token = $1"));
    /// It waits no longer.
    TAKE_WAITING = "DELETE FROM appeal_waiting_file WHERE token = $1";
    /// How many wait.
    WAITING_COUNT = "SELECT COUNT(*) FROM appeal_waiting_file";
    /// Those that nobody has sent, some at a time.
    STALE_WAITING = "SELECT token, blob, small FROM appeal_waiting_file WHERE at < $1 ORDER BY at LIMIT 200";
    /// Whether anything still holds a blob.
    BLOB_HELD = "SELECT CAST(1 AS BIGINT) WHERE EXISTS (SELECT 1 FROM appeal_file WHERE blob = $1 OR small = $1)
        OR EXISTS (SELECT 1 FROM appeal_waiting_file WHERE blob = $1 OR small = $1)";
}

fn blob(text: &str) -> Result<BlobId, Fault> {
    text.parse().map_err(|error| Fault::corrupt("a file names no blob").because(error))
}

fn pixels(row: &dyn Row, column: usize) -> Result<u32, Fault> {
    u32::try_from(row.int(column)?).map_err(|error| Fault::corrupt("a photo has no size").because(error))
}

fn read_kept(row: &dyn Row) -> Result<KeptFile, Fault> {
    let media = match row.opt_text(4)? {
        Some(small) => Media::Photo(PhotoParts {
            small: blob(small)?,
            width: pixels(row, 5)?,
            height: pixels(row, 6)?,
            small_width: pixels(row, 7)?,
            small_height: pixels(row, 8)?,
        }),
        None => Media::Document(word(row, 0, DocumentKind::from_ending)?),
    };
    Ok(KeptFile { media, name: row.string(1)?, blob: blob(row.text(2)?)?, length: row.int(3)? })
}

fn read_file(row: &dyn Row) -> Result<AppealFile, Fault> {
    Ok(AppealFile {
        file: read_kept(row)?,
        id: row.id(9)?,
        revision: row.int(10)?,
        appeal: row.id(11)?,
        by: word(row, 12, AddedBy::from_word)?,
        organ: row.opt_id(13)?,
        at: row.time(14)?,
        shown: row.flag(15)?,
    })
}

/// The columns of a photo; nothing for a document.
struct PhotoColumns {
    small: Option<String>,
    sizes: [Option<i64>; 4],
}

impl PhotoColumns {
    fn of(media: Media) -> Self {
        match media {
            Media::Photo(parts) => Self {
                small: Some(parts.small.to_string()),
                sizes: [parts.width, parts.height, parts.small_width, parts.small_height]
                    .map(|size| Some(i64::from(size))),
            },
            Media::Document(_) => Self { small: None, sizes: [None; 4] },
        }
    }
}

/// The files of an appeal, the oldest first.
pub fn files(tx: &mut dyn Tx, appeal: AppealId) -> Result<Vec<AppealFile>, Fault> {
    tx.all(&FILES, params![appeal], read_file)
}

/// One file of an appeal.
pub fn file(tx: &mut dyn Tx, appeal: AppealId, id: FileId) -> Result<Option<AppealFile>, Fault> {
    tx.one(&FILE, params![appeal, id], read_file)
}

/// A page of files after an id, for the check.
pub fn files_after(tx: &mut dyn Tx, after: i64) -> Result<Vec<AppealFile>, Fault> {
    tx.all(&FILES_AFTER, params![after], read_file)
}

/// How many files one side has added to an appeal.
pub fn file_count(tx: &mut dyn Tx, appeal: AppealId, by: AddedBy) -> Result<usize, Fault> {
    let count = tx.one(&FILE_COUNT, params![appeal, by.word()], |row| row.int(0))?.unwrap_or(0);
    Ok(usize::try_from(count).unwrap_or(0))
}

/// Keeps a new file.
pub fn insert_file(tx: &mut dyn Tx, file: &AppealFile) -> Result<(), Fault> {
    let PhotoColumns { small, sizes: [width, height, small_width, small_height] } =
        PhotoColumns::of(file.file.media);
    let held = file.file.blob.to_string();
    tx.execute(
        &INSERT_FILE,
        params![
            file.file.media.word(),
            &file.file.name,
            &held,
            file.file.length,
            small.as_deref(),
            width,
            height,
            small_width,
            small_height,
            file.id,
            file.revision,
            file.appeal,
            file.by.word(),
            file.organ,
            file.at,
            file.shown,
        ],
    )?;
    Ok(())
}

/// Keeps whether everybody may see a file.
pub fn save_shown(tx: &mut dyn Tx, file: &AppealFile) -> Result<(), Fault> {
    tx.execute(&SHOW_FILE, params![file.id, file.shown, file.revision]).map(|_| ())
}

/// Keeps a file of a report that is still being written, under a token that only its writer knows.
pub fn insert_waiting(tx: &mut dyn Tx, token: &str, file: &KeptFile, at: Timestamp) -> Result<(), Fault> {
    let PhotoColumns { small, sizes: [width, height, small_width, small_height] } =
        PhotoColumns::of(file.media);
    let held = file.blob.to_string();
    tx.execute(
        &INSERT_WAITING,
        params![
            file.media.word(),
            &file.name,
            &held,
            file.length,
            small.as_deref(),
            width,
            height,
            small_width,
            small_height,
            token,
            at,
        ],
    )?;
    Ok(())
}

/// A file that waits for its report.
pub fn waiting(tx: &mut dyn Tx, token: &str) -> Result<Option<KeptFile>, Fault> {
    tx.one(&WAITING, params![token], read_kept)
}

/// Takes a waiting file to its report.
pub fn take_waiting(tx: &mut dyn Tx, token: &str) -> Result<Option<KeptFile>, Fault> {
    let found = waiting(tx, token)?;
    if found.is_some() {
        tx.execute(&TAKE_WAITING, params![token])?;
    }
    Ok(found)
}

/// How many files wait for their reports.
pub fn waiting_count(tx: &mut dyn Tx) -> Result<i64, Fault> {
    Ok(tx.one(&WAITING_COUNT, &[], |row| row.int(0))?.unwrap_or(0))
}

/// Forgets files that nobody has sent since `before`, some at a time; the blobs that nothing holds any more.
pub fn forget_waiting(tx: &mut dyn Tx, before: Timestamp) -> Result<Vec<BlobId>, Fault> {
    let stale = tx.all(&STALE_WAITING, params![before], |row| {
        Ok((row.string(0)?, row.string(1)?, row.opt_string(2)?))
    })?;
    for (token, ..) in &stale {
        tx.execute(&TAKE_WAITING, params![token])?;
    }
    let mut free = Vec::new();
    for held in stale.iter().flat_map(|(_, large, small)| std::iter::once(large).chain(small)) {
        if tx.one(&BLOB_HELD, params![held], |row| row.int(0))?.is_none() {
            free.push(blob(held)?);
        }
    }
    Ok(free)
}
