//! Files that people attach: kept by what they hold, so that the same file lies there once and can prove itself.
//!
//! The id of a blob is the SHA-256 of its bytes. Nothing is ever held in memory whole: a blob is streamed in, and
//! streamed out with its hash checked on the way; one that has been changed on the disk never comes to its end.

mod folder;
mod s3;

use std::fmt;
use std::io;
use std::path::PathBuf;
use std::pin::Pin;
use std::str::FromStr;
use std::sync::Arc;
use std::task::{Context, Poll};

use bytes::Bytes;
use futures_util::stream::BoxStream;
use futures_util::{Stream, StreamExt, TryStreamExt};
use gongzhi_kernel::{Fault, FaultKind, World};
use sha2::{Digest, Sha256};
use tokio::io::{AsyncRead, AsyncReadExt};

pub use s3::{S3Key, S3Location};

/// Bytes read at a time.
const CHUNK: usize = 64 << 10;

/// Where blobs lie.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BlobLocation {
    /// In a folder: beside the database, or one that several machines share.
    Folder(PathBuf),
    /// In a bucket of an S3-compatible store.
    S3(S3Location),
}

/// Text that names no place for blobs.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{0}` names no place for files; write a folder, or s3://BUCKET/PREFIX?endpoint=https://HOST&region=REGION"
)]
pub struct BadBlobLocation(String);

impl FromStr for BlobLocation {
    type Err = BadBlobLocation;

    /// A folder, or `s3://bucket/prefix?endpoint=https://s3.example&region=somewhere`; the key comes from the environment.
    fn from_str(text: &str) -> Result<Self, BadBlobLocation> {
        let bad = || BadBlobLocation(text.to_owned());
        let Some(rest) = text.strip_prefix("s3://") else {
            return if text.is_empty() || text.contains("://") {
                Err(bad())
            } else {
                Ok(Self::Folder(text.into()))
            };
        };
        let (path, words) = rest.split_once('?').unwrap_or((rest, ""));
        let (bucket, prefix) = path.split_once('/').unwrap_or((path, ""));
        if bucket.is_empty() {
            return Err(bad());
        }
        let mut location = S3Location {
            bucket: bucket.to_owned(),
            prefix: prefix.trim_matches('/').to_owned(),
            endpoint: None,
            region: None,
            key: None,
        };
        for word in words.split('&').filter(|word| !word.is_empty()) {
            match word.split_once('=') {
                Some(("endpoint", value)) => location.endpoint = Some(decoded(value)),
                Some(("region", value)) => location.region = Some(decoded(value)),
                _ => return Err(bad()),
            }
        }
        Ok(Self::S3(location))
    }
}

/// Text with its `%2F` and the like resolved; what is no such sign stays as it is.
pub(crate) fn decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let sign = match (first, after) {
            (b'%', [high, low, ..]) => std::str::from_utf8(&[*high, *low])
                .ok()
                .filter(|digits| digits.bytes().all(|digit| digit.is_ascii_hexdigit()))
                .and_then(|digits| u8::from_str_radix(digits, 16).ok()),
            _ => None,
        };
        bytes.push(sign.unwrap_or(*first));
        rest = if sign.is_some() { after.get(2..).unwrap_or_default() } else { after };
    }
    String::from_utf8(bytes).unwrap_or_else(|_| text.to_owned())
}

/// The id of a blob: the SHA-256 of its bytes, written as 64 hexadecimal digits in small letters.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BlobId([u8; 32]);

impl BlobId {
    /// The id of these bytes.
    pub fn of(bytes: &[u8]) -> Self {
        Self(Sha256::digest(bytes).into())
    }

    /// The hash itself.
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    fn finish(hash: Sha256) -> Self {
        Self(hash.finalize().into())
    }
}

impl fmt::Display for BlobId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for BlobId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Text that is no id of a blob.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the id of a file has 64 hexadecimal digits in small letters and nothing else")]
pub struct BadBlobId;

impl FromStr for BlobId {
    type Err = BadBlobId;
    fn from_str(text: &str) -> Result<Self, BadBlobId> {
        let digit = |byte: u8| match byte {
            b'0'..=b'9' => Ok(byte - b'0'),
            b'a'..=b'f' => Ok(byte - b'a' + 10),
            _ => Err(BadBlobId),
        };
        let text: &[u8; 64] = text.as_bytes().try_into().map_err(|_| BadBlobId)?;
        let mut bytes = [0; 32];
        for (to, pair) in bytes.iter_mut().zip(text.chunks_exact(2)) {
            *to = pair.iter().try_fold(0, |value, byte| Ok((value << 4) | digit(*byte)?))?;
        }
        Ok(Self(bytes))
    }
}

impl serde::Serialize for BlobId {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> serde::Deserialize<'de> for BlobId {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

/// A blob that has been taken in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stored {
    /// Its id.
    pub id: BlobId,
    /// Its length in bytes.
    pub length: u64,
}

/// Why a blob was not taken in; nothing of it is left.
#[derive(Debug, thiserror::Error)]
pub enum PutError {
    /// It is longer than allowed.
    #[error("the file is longer than {limit} bytes")]
    TooLarge {
        /// What is allowed, in bytes.
        limit: u64,
    },
    /// It could not be read to its end: whoever sent it has stopped.
    #[error("the file was not sent to its end: {0}")]
    Source(#[source] io::Error),
    /// Ours to mend.
    #[error(transparent)]
    Fault(#[from] Fault),
}

enum Backend {
    Folder(folder::Folder),
    S3(s3::Bucket),
}

/// The blobs of one city. Cheap to clone.
#[derive(Clone)]
pub struct Blobs(Arc<Backend>);

impl fmt::Debug for Blobs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &*self.0 {
            Backend::Folder(folder) => write!(f, "Blobs({})", folder.root().display()),
            Backend::S3(bucket) => write!(f, "Blobs({bucket})"),
        }
    }
}

impl Blobs {
    /// Opens the place and looks whether it can be used.
    pub async fn open(location: &BlobLocation, world: &World) -> Result<Self, Fault> {
        Ok(Self(Arc::new(match location {
            BlobLocation::Folder(root) => Backend::Folder(folder::Folder::open(root, world).await?),
            BlobLocation::S3(location) => Backend::S3(s3::Bucket::open(location, world).await?),
        })))
    }

    /// Takes a blob of at most `limit` bytes in. It is durable when this answers; taking in the same bytes again
    /// changes nothing.
    pub async fn put(&self, source: impl AsyncRead + Unpin + Send, limit: u64) -> Result<Stored, PutError> {
        let source = Incoming { source, hash: Sha256::new(), length: 0, limit };
        match &*self.0 {
            Backend::Folder(folder) => folder.put(source).await,
            Backend::S3(bucket) => bucket.put(source).await,
        }
    }

    /// The blob with this id, if there is one.
    pub async fn get(&self, id: BlobId) -> Result<Option<BlobStream>, Fault> {
        let found = match &*self.0 {
            Backend::Folder(folder) => folder.get(id).await?,
            Backend::S3(bucket) => bucket.get(id).await?,
        };
        Ok(found.map(|(length, chunks)| BlobStream { length, chunks: verified(id, chunks) }))
    }

    /// Whether there is such a blob.
    pub async fn exists(&self, id: BlobId) -> Result<bool, Fault> {
        match &*self.0 {
            Backend::Folder(folder) => folder.exists(id).await,
            Backend::S3(bucket) => bucket.exists(id).await,
        }
    }

    /// Takes a blob away, for good; whether there was one. Whoever keeps its id must no longer need it.
    pub async fn delete(&self, id: BlobId) -> Result<bool, Fault> {
        match &*self.0 {
            Backend::Folder(folder) => folder.delete(id).await,
            Backend::S3(bucket) => bucket.delete(id).await,
        }
    }

    /// All blobs, in no particular order: for backups and checks.
    pub fn list(&self) -> BoxStream<'static, Result<Stored, Fault>> {
        match &*self.0 {
            Backend::Folder(folder) => folder.list(),
            Backend::S3(bucket) => bucket.list(),
        }
    }
}

/// The bytes of a blob on their way out. The last chunk comes only when the whole has proved to be what its id says;
/// otherwise the stream ends with an error of the kind `InvalidData`.
pub struct BlobStream {
    length: u64,
    chunks: BoxStream<'static, io::Result<Bytes>>,
}

impl fmt::Debug for BlobStream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "BlobStream({} bytes)", self.length)
    }
}

impl BlobStream {
    /// Its length in bytes.
    pub fn length(&self) -> u64 {
        self.length
    }

    /// The same as a reader.
    pub fn into_reader(self) -> impl AsyncRead + Send + Unpin {
        tokio_util::io::StreamReader::new(self)
    }

    /// The whole, for small ones only: one longer than `limit` is an error.
    pub async fn into_vec(self, limit: u64) -> io::Result<Vec<u8>> {
        if self.length > limit {
            return Err(io::Error::new(
                io::ErrorKind::FileTooLarge,
                format!("the blob is longer than {limit} bytes"),
            ));
        }
        let mut whole = Vec::new();
        let mut chunks = self.chunks;
        while let Some(chunk) = chunks.try_next().await? {
            whole.extend_from_slice(&chunk);
        }
        Ok(whole)
    }
}

impl Stream for BlobStream {
    type Item = io::Result<Bytes>;
    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.chunks.poll_next_unpin(cx)
    }
}

/// Hands the chunks on one behind, so that the last waits for the verdict.
fn verified(
    id: BlobId,
    chunks: BoxStream<'static, io::Result<Bytes>>,
) -> BoxStream<'static, io::Result<Bytes>> {
    struct State {
        chunks: BoxStream<'static, io::Result<Bytes>>,
        hash: Option<Sha256>,
        held: Option<Bytes>,
    }
    let begin = State { chunks, hash: Some(Sha256::new()), held: None };
    futures_util::stream::try_unfold(begin, move |mut state| async move {
        loop {
            let Some(hash) = &mut state.hash else { return Ok(None) };
            match state.chunks.try_next().await? {
                Some(chunk) if chunk.is_empty() => {}
                Some(chunk) => {
                    hash.update(&chunk);
                    if let Some(before) = state.held.replace(chunk) {
                        return Ok(Some((before, state)));
                    }
                }
                None => {
                    let found = state.hash.take().map(BlobId::finish);
                    if found != Some(id) {
                        tracing::error!(blob = %id, "a blob is no longer what it was");
                        return Err(io::Error::new(
                            io::ErrorKind::InvalidData,
                            format!("the blob {id} has been changed"),
                        ));
                    }
                    return Ok(state.held.take().map(|last| (last, state)));
                }
            }
        }
    })
    .boxed()
}

/// A blob on its way in: counted and hashed as it is read.
struct Incoming<R> {
    source: R,
    hash: Sha256,
    length: u64,
    limit: u64,
}

impl<R: AsyncRead + Unpin> Incoming<R> {
    /// Appends at most `room` bytes to the buffer; `false` at the end.
    async fn read(&mut self, buffer: &mut Vec<u8>, room: usize) -> Result<bool, PutError> {
        let before = buffer.len();
        let mut limited = (&mut self.source).take(u64::try_from(room).unwrap_or(u64::MAX));
        let read = limited.read_buf(buffer).await.map_err(PutError::Source)?;
        self.length += u64::try_from(read).unwrap_or(u64::MAX);
        if self.length > self.limit {
            return Err(PutError::TooLarge { limit: self.limit });
        }
        self.hash.update(&buffer[before..]);
        Ok(read > 0)
    }

    fn finish(self) -> Stored {
        Stored { id: BlobId::finish(self.hash), length: self.length }
    }
}

/// A name that nobody else takes, for a blob whose id is not known yet.
fn passing_name(world: &World) -> String {
    let mut bytes = [0; 16];
    world.entropy.fill(&mut bytes);
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The fault for an error of the file system.
fn io_fault(what: impl Into<std::borrow::Cow<'static, str>>, error: io::Error) -> Fault {
    let kind = match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => FaultKind::Full,
        _ => FaultKind::Internal,
    };
    Fault::new(kind, what).because(error)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_read() {
        let place = |text: &str| text.parse::<BlobLocation>();
        assert!(matches!(place("data/blobs"), Ok(BlobLocation::Folder(folder)) if folder == *"data/blobs"));
        let Ok(BlobLocation::S3(bucket)) =
            place("s3://city/yun/lan/?endpoint=http%3A//127.0.0.1:9000&region=cn-1")
        else {
            panic!("an S3 place")
        };
        assert_eq!((bucket.bucket.as_str(), bucket.prefix.as_str()), ("city", "yun/lan"));
        assert_eq!(bucket.endpoint.as_deref(), Some("http://127.0.0.1:9000"));
        assert_eq!(bucket.region.as_deref(), Some("cn-1"));
        for text in ["", "s3://", "s3:///x", "s3://b?secret=x", "http://x/y", "gs://b"] {
            assert!(place(text).is_err(), "{text}");
        }
        assert_eq!(decoded("a%2Fb%zz%4%e5%9f%8e%"), "a/b%zz%4城%");
    }

    #[test]
    fn ids_are_written_and_read() {
        let id = BlobId::of(b"");
        assert_eq!(id.to_string(), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
        assert_eq!(id.to_string().parse(), Ok(id));
        assert_eq!(serde_json::from_str::<BlobId>(&serde_json::to_string(&id).unwrap()).unwrap(), id);
        for text in
            ["", "..", &"E".repeat(64), &"é".repeat(32), &"g".repeat(64), &"0".repeat(63), &"0".repeat(65)]
        {
            assert_eq!(text.parse::<BlobId>(), Err(BadBlobId), "{text}");
        }
    }
}
