//! Blobs as files: `ab/cd/abcd…`, written aside, flushed, and only then given their name.

use std::collections::BTreeSet;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use futures_util::StreamExt;
use futures_util::stream::BoxStream;
use gongzhi_kernel::{Fault, Timestamp, World};
use tokio::fs::File;
use tokio::io::{AsyncRead, AsyncWriteExt};

use super::{BlobId, CHUNK, Incoming, PutError, Stored, io_fault, passing_name};

/// Where blobs lie until their id is known.
const INCOMING: &str = "incoming";
/// What still lies there after this time was left behind by a crash.
const LEFT_BEHIND: Duration = Duration::from_secs(24 * 3600);

pub(super) struct Folder {
    root: PathBuf,
    world: World,
    /// The inner folders whose own names this process has flushed to the disk, by the first two bytes of the ids.
    flushed: Arc<Mutex<BTreeSet<[u8; 2]>>>,
}

/// A file that goes away unless it is kept.
struct Passing(Option<PathBuf>);

impl Drop for Passing {
    fn drop(&mut self) {
        if let Some(path) = self.0.take()
            && let Err(error) = std::fs::remove_file(&path)
        {
            tracing::warn!(file = %path.display(), error = %error, "an unfinished blob could not be removed; the next start does it");
        }
    }
}

impl Folder {
    pub(super) async fn open(root: &Path, world: &World) -> Result<Self, Fault> {
        let folder = Self { root: root.to_owned(), world: world.clone(), flushed: Arc::default() };
        let (incoming, now) = (root.join(INCOMING), world.clock.now());
        blocking(move || {
            std::fs::create_dir_all(&incoming)?;
            sweep(&incoming, now)
        })
        .await
        .map_err(|error| io_fault(format!("cannot use the folder {} for blobs", root.display()), error))?;
        Ok(folder)
    }

    pub(super) fn root(&self) -> &Path {
        &self.root
    }

    fn path(&self, id: BlobId) -> PathBuf {
        let name = id.to_string();
        self.root.join(&name[..2]).join(&name[2..4]).join(name)
    }

    pub(super) async fn put<R: AsyncRead + Unpin>(
        &self,
        mut source: Incoming<R>,
    ) -> Result<Stored, PutError> {
        let failed = |error| PutError::Fault(io_fault("a blob could not be written", error));
        let (mut file, mut passing, path) = self.aside().await.map_err(failed)?;
        let mut buffer = Vec::with_capacity(CHUNK);
        while source.read(&mut buffer, CHUNK).await? {
            file.write_all(&buffer).await.map_err(failed)?;
            buffer.clear();
        }
        file.flush().await.map_err(failed)?;
        file.sync_all().await.map_err(failed)?;
        drop(file);
        let stored = source.finish();
        let (root, target, flushed) = (self.root.clone(), self.path(stored.id), Arc::clone(&self.flushed));
        blocking(move || settle(&root, &path, &target, stored.id, &flushed)).await.map_err(failed)?;
        passing.0 = None;
        Ok(stored)
    }

    /// A new file aside.
    async fn aside(&self) -> io::Result<(File, Passing, PathBuf)> {
        loop {
            let path = self.root.join(INCOMING).join(passing_name(&self.world));
            match File::options().write(true).create_new(true).open(&path).await {
                Ok(file) => return Ok((file, Passing(Some(path.clone())), path)),
                // Another process with the same seed: only in tests and samples.
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                Err(error) => return Err(error),
            }
        }
    }

    pub(super) async fn get(
        &self,
        id: BlobId,
    ) -> Result<Option<(u64, BoxStream<'static, io::Result<Bytes>>)>, Fault> {
        let failed = |error| io_fault(format!("the blob {id} cannot be read"), error);
        let file = match File::open(self.path(id)).await {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(failed(error)),
        };
        let length = file.metadata().await.map_err(failed)?.len();
        Ok(Some((length, tokio_util::io::ReaderStream::with_capacity(file, CHUNK).boxed())))
    }

    pub(super) async fn exists(&self, id: BlobId) -> Result<bool, Fault> {
        tokio::fs::try_exists(self.path(id))
            .await
            .map_err(|error| io_fault(format!("cannot look for the blob {id}"), error))
    }

    pub(super) async fn delete(&self, id: BlobId) -> Result<bool, Fault> {
        let path = self.path(id);
        let gone = blocking(move || match std::fs::remove_file(&path) {
            Ok(()) => path.parent().map_or(Ok(()), flush_folder).map(|()| true),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
            Err(error) => Err(error),
        });
        gone.await.map_err(|error| io_fault(format!("the blob {id} cannot be deleted"), error))
    }

    pub(super) fn list(&self) -> BoxStream<'static, Result<Stored, Fault>> {
        let (found, mut read) = tokio::sync::mpsc::channel(64);
        let root = self.root.clone();
        let _runs_beside = tokio::task::spawn_blocking(move || {
            if let Err(error) = walk(&root, &found) {
                // The listener may have gone away; then nobody misses the error.
                let _gone = found.blocking_send(Err(io_fault("the blobs cannot be listed", error)));
            }
        });
        futures_util::stream::poll_fn(move |cx| read.poll_recv(cx)).boxed()
    }
}

async fn blocking<T: Send + 'static>(work: impl FnOnce() -> io::Result<T> + Send + 'static) -> io::Result<T> {
    tokio::task::spawn_blocking(work).await.unwrap_or_else(|error| Err(io::Error::other(error)))
}

/// Gives a flushed file its name, so that name and bytes survive a power cut. An older file of the same name is
/// replaced: its bytes are the same, or damaged.
fn settle(
    root: &Path,
    from: &Path,
    to: &Path,
    id: BlobId,
    flushed: &Mutex<BTreeSet<[u8; 2]>>,
) -> io::Result<()> {
    let (Some(inner), Some(outer)) = (to.parent(), to.parent().and_then(Path::parent)) else {
        return Err(io::Error::other("a blob lies two folders deep"));
    };
    let [first, second, ..] = *id.as_bytes();
    let known = || flushed.lock().unwrap_or_else(PoisonError::into_inner);
    let is_new = !known().contains(&[first, second]);
    if is_new {
        std::fs::create_dir_all(inner)?;
    }
    std::fs::rename(from, to)?;
    flush_folder(inner)?;
    if is_new {
        // Even where another has made the folder: it may not have flushed it yet.
        flush_folder(outer)?;
        flush_folder(root)?;
        known().insert([first, second]);
    }
    Ok(())
}

fn flush_folder(path: &Path) -> io::Result<()> {
    std::fs::File::open(path)?.sync_all()
}

/// Removes what a crash has left behind.
fn sweep(incoming: &Path, now: Timestamp) -> io::Result<()> {
    for entry in std::fs::read_dir(incoming)? {
        let entry = entry?;
        let modified = entry.metadata()?.modified()?;
        let age = modified.duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
        let at = Timestamp::from_micros(i64::try_from(age.as_micros()).unwrap_or(i64::MAX));
        if now.since(at) > LEFT_BEHIND {
            match std::fs::remove_file(entry.path()) {
                Ok(()) => tracing::info!(file = %entry.path().display(), "removed an unfinished blob"),
                // Another process sweeps too.
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(error) => return Err(error),
            }
        }
    }
    Ok(())
}

/// Hands over every blob; stops when nobody listens any more.
fn walk(root: &Path, found: &tokio::sync::mpsc::Sender<Result<Stored, Fault>>) -> io::Result<()> {
    for outer in std::fs::read_dir(root)? {
        let outer = outer?;
        if outer.file_name().len() != 2 || !outer.file_type()?.is_dir() {
            continue;
        }
        for inner in std::fs::read_dir(outer.path())? {
            let inner = inner?;
            if !inner.file_type()?.is_dir() {
                continue;
            }
            for file in std::fs::read_dir(inner.path())? {
                let file = file?;
                let Some(id) = file.file_name().to_str().and_then(|name| name.parse().ok()) else { continue };
                let stored = Stored { id, length: file.metadata()?.len() };
                if found.blocking_send(Ok(stored)).is_err() {
                    return Ok(());
                }
            }
        }
    }
    Ok(())
}
