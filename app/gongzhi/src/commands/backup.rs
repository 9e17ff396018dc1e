//! `gongzhi backup`: a city in one tar archive, taken while it is being served.

use std::fs::File;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};

use futures_util::TryStreamExt;
use gongzhi_store::Store;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::cli::BackupArgs;
use crate::compose;
use crate::config::{Config, Place};
use crate::say::{self, Trouble};

/// The name of the database in an archive.
pub(crate) const DATABASE: &str = "gongzhi.sqlite";
/// The name of the list of files in an archive; its first entry.
pub(crate) const MANIFEST: &str = "manifest.json";
/// What the list of files says about itself.
pub(crate) const FORMAT: u32 = 1;

/// The list of the files of an archive.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Manifest {
    /// [`FORMAT`].
    pub(crate) format: u32,
    /// Which version of the program made it.
    pub(crate) made_by: String,
    /// When.
    pub(crate) made_at: gongzhi_kernel::Timestamp,
    /// All other entries, in their order.
    pub(crate) files: Vec<Entry>,
}

/// A file of an archive.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Entry {
    pub(crate) name: String,
    pub(crate) bytes: u64,
    /// Hexadecimal, small letters.
    pub(crate) sha256: String,
}

/// Removes what is half done, unless it is told to keep it.
pub(crate) struct Unfinished(Vec<PathBuf>);

impl Unfinished {
    pub(crate) fn new(paths: impl IntoIterator<Item = PathBuf>) -> Self {
        Self(paths.into_iter().collect())
    }

    pub(crate) fn keep(mut self) {
        self.0.clear();
    }
}

impl Drop for Unfinished {
    fn drop(&mut self) {
        for path in &self.0 {
            let removed =
                if path.is_dir() { std::fs::remove_dir_all(path) } else { std::fs::remove_file(path) };
            if let Err(error) = removed
                && error.kind() != std::io::ErrorKind::NotFound
            {
                say::aside(format_args!("gongzhi: cannot remove {}: {error}", path.display()));
            }
        }
    }
}

pub(crate) async fn run(config: &Config, args: &BackupArgs, json: bool) -> Result<(), Trouble> {
    let archive = &args.archive;
    if let Place::Database { url, schema, .. } = &config.place {
        return Err(on_a_server(url, schema.as_deref(), archive));
    }
    if archive.exists() {
        return Err(Trouble::new(format!("{} is already there", archive.display()))
            .way_out("name another file; backups are never overwritten"));
    }
    let store = compose::open_existing(config).await?;
    let partial = beside(archive, "partial");
    let (database, blob) = (beside(archive, "database"), beside(archive, "blob"));
    let unfinished = Unfinished::new([partial.clone(), database.clone(), blob.clone()]);
    for path in [&partial, &database, &blob] {
        if path.exists() {
            // Not ours to delete: another backup may be writing it at this moment.
            unfinished.keep();
            return Err(Trouble::new(format!(
                "{} is there: another backup is being written, or one was cut off",
                path.display()
            ))
            .way_out("wait for it, or remove that file"));
        }
    }
    let manifest = write(&store, &partial, &database, &blob).await.map_err(|trouble| {
        let place = archive.display();
        Trouble { sentence: format!("cannot write {place}: {}", trouble.sentence), ..trouble }
    })?;
    // A link fails where the name has been taken meanwhile; a rename would overwrite.
    std::fs::hard_link(&partial, archive)
        .map_err(|error| Trouble::new(format!("cannot name the archive {}: {error}", archive.display())))?;
    sync_folder_of(archive)?;
    drop(unfinished);
    let bytes = std::fs::metadata(archive)?.len();
    if json {
        return say::json(&serde_json::json!({
            "archive": archive, "bytes": bytes, "files": manifest.files.len(), "made_at": manifest.made_at,
        }));
    }
    say::line(format_args!(
        "{}: {} files, {:.1} MB; bring it back with `gongzhi restore {} --data DIR`",
        archive.display(),
        manifest.files.len(),
        megabytes(bytes),
        archive.display(),
    ));
    Ok(())
}

async fn write(store: &Store, partial: &Path, database: &Path, blob: &Path) -> Result<Manifest, Trouble> {
    store.copy_to(database.to_owned()).await?;
    // Files of before the copy are all there; later ones do no harm.
    let blobs: Vec<_> = store.blobs().list().try_collect().await?;
    let hashed = database.to_owned();
    let first = blocking(move || entry_of(&hashed)).await?;
    let mut files = vec![first];
    files.extend(blobs.iter().map(|stored| Entry {
        name: format!("blobs/{}", stored.id),
        bytes: stored.length,
        sha256: stored.id.to_string(),
    }));
    let made_at = store.world().clock.now();
    let made_by = concat!("gongzhi ", env!("CARGO_PKG_VERSION")).to_owned();
    let manifest = Manifest { format: FORMAT, made_by, made_at, files };
    let list = serde_json::to_vec_pretty(&manifest).map_err(|error| Trouble::new(error.to_string()))?;

    let (target, copy, when) = (partial.to_owned(), database.to_owned(), made_at);
    let mut builder = blocking(move || {
        let mut builder = tar::Builder::new(std::io::BufWriter::new(File::create_new(target)?));
        let length = u64::try_from(list.len()).unwrap_or(u64::MAX);
        append(&mut builder, MANIFEST, length, when, list.as_slice())?;
        let file = File::open(&copy)?;
        let length = file.metadata()?.len();
        append(&mut builder, DATABASE, length, when, file)?;
        std::fs::remove_file(copy)?;
        Ok(builder)
    })
    .await?;
    for stored in blobs {
        let Some(stream) = store.blobs().get(stored.id).await? else {
            return Err(Trouble::new("a file was deleted while it was being copied").way_out("try again"));
        };
        let mut file = tokio::fs::File::create(blob).await?;
        tokio::io::copy(&mut stream.into_reader(), &mut file).await?;
        file.sync_all().await?;
        let (path, when) = (blob.to_owned(), made_at);
        builder = blocking(move || {
            append(&mut builder, &format!("blobs/{}", stored.id), stored.length, when, File::open(&path)?)?;
            std::fs::remove_file(path)?;
            Ok(builder)
        })
        .await?;
    }
    blocking(move || {
        let mut inner = builder.into_inner()?;
        inner.flush()?;
        inner.get_ref().sync_all()?;
        Ok(manifest)
    })
    .await
}

fn append(
    builder: &mut tar::Builder<impl Write>,
    name: &str,
    length: u64,
    at: gongzhi_kernel::Timestamp,
    content: impl Read,
) -> Result<(), Trouble> {
    let mut header = tar::Header::new_gnu();
    header.set_size(length);
    header.set_mode(0o600);
    header.set_mtime(u64::try_from(at.as_millis() / 1000).unwrap_or(0));
    builder.append_data(&mut header, name, content)?;
    Ok(())
}

/// Hashes the copy of the database.
fn entry_of(path: &Path) -> Result<Entry, Trouble> {
    let (bytes, sha256) = hash(&mut File::open(path)?, &mut std::io::sink())?;
    Ok(Entry { name: DATABASE.to_owned(), bytes, sha256 })
}

/// Copies and hashes: how many bytes, and their SHA-256 in hexadecimal.
pub(crate) fn hash(from: &mut impl Read, to: &mut impl Write) -> std::io::Result<(u64, String)> {
    let mut sum = Sha256::new();
    let mut buffer = vec![0; 1 << 17];
    let mut bytes = 0;
    loop {
        let read = match from.read(&mut buffer) {
            Ok(0) => break,
            Ok(read) => read,
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        sum.update(&buffer[..read]);
        to.write_all(&buffer[..read])?;
        bytes += u64::try_from(read).unwrap_or(0);
    }
    Ok((bytes, sum.finalize().iter().map(|byte| format!("{byte:02x}")).collect()))
}

/// A hidden name for what is half done, beside the finished one.
pub(crate) fn beside(path: &Path, what: &str) -> PathBuf {
    let name = path.file_name().map_or_else(Default::default, std::ffi::OsStr::to_os_string);
    let mut hidden = std::ffi::OsString::from(".");
    hidden.push(name);
    hidden.push(format!(".{what}"));
    path.with_file_name(hidden)
}

/// Makes a new name in a folder survive a power cut.
pub(crate) fn sync_folder_of(path: &Path) -> std::io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    File::open(folder)?.sync_all()
}

pub(crate) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Trouble> + Send + 'static,
) -> Result<T, Trouble> {
    match tokio::task::spawn_blocking(work).await {
        Ok(outcome) => outcome,
        Err(error) => Err(Trouble::new(format!("a task stopped: {error}"))),
    }
}

#[expect(clippy::cast_precision_loss, reason = "shown with one decimal")]
pub(crate) fn megabytes(bytes: u64) -> f64 {
    bytes as f64 / 1e6
}

fn on_a_server(url: &str, schema: Option<&str>, archive: &Path) -> Trouble {
    let schema = schema.map(|schema| format!(" --schema={schema}")).unwrap_or_default();
    Trouble::new("a city in PostgreSQL is not backed up by this command: pg_dump does it consistently while the city is served").way_out(
        format!(
            "pg_dump --format=custom{schema} --file={} '{}', and copy the attached files (see the setting `blobs`) afterwards",
            archive.display(),
            crate::config::masked(url)
        ),
    )
}
