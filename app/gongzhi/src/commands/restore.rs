//! `gongzhi restore`: a city out of a backup, into an empty place only.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use gongzhi_kernel::World;
use gongzhi_store::blobs::{BlobLocation, Blobs};

use super::backup::{DATABASE, FORMAT, MANIFEST, Manifest, Unfinished, blocking, hash, sync_folder_of};
use crate::cli::RestoreArgs;
use crate::compose;
use crate::config::{Config, Place};
use crate::say::{self, Trouble};

/// Largest list of files that is read: some millions of lines.
const MANIFEST_LIMIT: u64 = 512 << 20;

pub(crate) async fn run(config: &Config, args: &RestoreArgs, json: bool) -> Result<(), Trouble> {
    let Place::Folder(folder) = &config.place else {
        return Err(Trouble::asked(
            "a backup made by `gongzhi backup` is restored into a folder, not into PostgreSQL",
        )
        .way_out("name a folder with --data; for PostgreSQL use pg_restore"));
    };
    if !args.archive.is_file() {
        return Err(Trouble::new(format!("there is no file {}", args.archive.display()))
            .way_out("name the archive that `gongzhi backup` has written"));
    }
    refuse_to_overwrite(folder)?;
    let work = work_folder(folder)?;
    let unfinished = Unfinished::new([work.clone()]);
    let (archive, unpacked) = (args.archive.clone(), work.clone());
    let manifest = blocking(move || unpack(&archive, &unpacked)).await?;
    take_in_blobs(&work, &manifest).await?;
    // Opened once before it gets its name: a backup of a newer version is refused here, not at the next start.
    compose::try_open(&work).await?;
    refuse_to_overwrite(folder)?;
    if folder.is_dir() {
        std::fs::remove_dir(folder)
            .map_err(|error| Trouble::new(format!("cannot put the city at {}: {error}", folder.display())))?;
    }
    std::fs::rename(&work, folder)
        .map_err(|error| Trouble::new(format!("cannot put the city at {}: {error}", folder.display())))?;
    unfinished.keep();
    sync_folder_of(folder)?;
    if json {
        return say::json(&serde_json::json!({
            "data": folder, "files": manifest.files.len(), "made_at": manifest.made_at, "made_by": manifest.made_by,
        }));
    }
    say::line(format_args!(
        "{}: restored as of {}, every file as its hash says; serve it with `gongzhi serve --data {}`",
        folder.display(),
        manifest.made_at,
        folder.display(),
    ));
    Ok(())
}

/// A city is never overwritten: the place must be empty.
fn refuse_to_overwrite(folder: &Path) -> Result<(), Trouble> {
    let taken = match std::fs::read_dir(folder) {
        Ok(mut entries) => entries.next().is_some(),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => false,
        Err(error) => return Err(Trouble::new(format!("cannot look into {}: {error}", folder.display()))),
    };
    if taken {
        return Err(Trouble::new(format!(
            "{} is not empty, and nothing is ever overwritten",
            folder.display()
        ))
        .way_out("name another folder with --data, or move this one away first"));
    }
    Ok(())
}

/// A new folder beside the one that is to be, so that the last step is one rename.
fn work_folder(folder: &Path) -> Result<PathBuf, Trouble> {
    let work = super::backup::beside(folder, &format!("restoring-{}", compose::random_mark()));
    if let Some(parent) = work.parent().filter(|parent| !parent.as_os_str().is_empty()) {
        std::fs::create_dir_all(parent)
            .map_err(|error| Trouble::new(format!("cannot make {}: {error}", parent.display())))?;
    }
    std::fs::create_dir(&work).map_err(|error| {
        Trouble::new(format!("cannot make {}: {error}", work.display()))
            .way_out("name a folder that this user may write to")
    })?;
    Ok(work)
}

fn unpack(archive: &Path, work: &Path) -> Result<Manifest, Trouble> {
    let no_backup = |why: &str| {
        Trouble::new(format!("{} is no backup of a city: {why}", archive.display()))
            .way_out("name an archive that `gongzhi backup` has written")
    };
    let mut tar = tar::Archive::new(std::io::BufReader::new(File::open(archive)?));
    let mut entries = tar.entries().map_err(|error| no_backup(&error.to_string()))?;
    let first = entries
        .next()
        .ok_or_else(|| no_backup("it is empty"))?
        .map_err(|error| no_backup(&error.to_string()))?;
    if first.path_bytes().as_ref() != MANIFEST.as_bytes() {
        return Err(no_backup("its first entry is not manifest.json"));
    }
    let mut list = Vec::new();
    first.take(MANIFEST_LIMIT).read_to_end(&mut list)?;
    let manifest: Manifest = serde_json::from_slice(&list).map_err(|error| no_backup(&error.to_string()))?;
    if manifest.format != FORMAT {
        return Err(Trouble::new(format!(
            "{} was written by {} in a form that this version does not know",
            archive.display(),
            manifest.made_by
        ))
        .way_out("restore it with that version or a later one"));
    }
    let damaged = |why: String| {
        Trouble::new(format!("{} is damaged: {why}", archive.display()))
            .way_out("nothing was restored; use another backup")
    };
    let mut missing: BTreeMap<&str, _> =
        manifest.files.iter().map(|entry| (entry.name.as_str(), entry)).collect();
    for entry in entries {
        let mut entry = entry.map_err(|error| damaged(error.to_string()))?;
        let name = String::from_utf8_lossy(&entry.path_bytes()).into_owned();
        let Some(expected) = missing.remove(name.as_str()) else {
            return Err(damaged(format!("{name} is not in its list")));
        };
        let target =
            inside(work, &name).ok_or_else(|| damaged(format!("{name} is no name of a file in a backup")))?;
        if let Some(parent) = target.parent() {
            std::fs::create_dir_all(parent)?;
        }
        let mut file = File::create_new(&target)?;
        let (bytes, sha256) = hash(&mut entry, &mut file).map_err(|error| damaged(error.to_string()))?;
        if bytes != expected.bytes || sha256 != expected.sha256 {
            return Err(damaged(format!("{name} is not what its hash says")));
        }
        file.sync_all()?;
    }
    if let Some(name) = missing.keys().next() {
        return Err(damaged(format!("{name} is missing")));
    }
    Ok(manifest)
}

/// Where an entry goes: only the two shapes of name that a backup holds.
fn inside(work: &Path, name: &str) -> Option<PathBuf> {
    if name == DATABASE {
        return Some(work.join(DATABASE));
    }
    let id = name.strip_prefix("blobs/")?;
    id.parse::<gongzhi_store::blobs::BlobId>().ok()?;
    Some(work.join("incoming").join(id))
}

/// Lets the store lay the attached files as it keeps them.
async fn take_in_blobs(work: &Path, manifest: &Manifest) -> Result<(), Trouble> {
    let incoming = work.join("incoming");
    if !incoming.is_dir() {
        return Ok(());
    }
    let blobs = Blobs::open(&BlobLocation::Folder(work.join("blobs")), &World::system()).await?;
    for entry in &manifest.files {
        let Some(id) = entry.name.strip_prefix("blobs/") else { continue };
        let file = tokio::fs::File::open(incoming.join(id)).await?;
        blobs
            .put(file, entry.bytes)
            .await
            .map_err(|error| Trouble::new(format!("cannot keep the file {id}: {error}")))?;
    }
    std::fs::remove_dir_all(&incoming)?;
    Ok(())
}
