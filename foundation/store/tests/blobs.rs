//! Blobs, in a folder and in a bucket: one suite for both.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use std::io;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::pin::Pin;
use std::process::{Child, Command, Stdio};
use std::task::{Context, Poll};

use futures_util::TryStreamExt;
use gongzhi_kernel::World;
use gongzhi_store::blobs::{BlobId, BlobLocation, Blobs, PutError, S3Key, S3Location, Stored};
use gongzhi_store::testing;
use tokio::io::{AsyncRead, AsyncReadExt, ReadBuf};

const ENOUGH: u64 = 1 << 30;

fn world() -> World {
    World::fixed(testing::start(), 1).0
}

async fn folder(root: &Path) -> Blobs {
    Blobs::open(&BlobLocation::Folder(root.to_owned()), &world()).await.unwrap()
}

/// A server for buckets, on this machine only; ends with the test.
struct Server {
    process: Option<Child>,
    endpoint: String,
}

impl Server {
    fn start() -> Self {
        if let Ok(endpoint) = std::env::var("GONGZHI_TEST_S3") {
            return Self { process: None, endpoint };
        }
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/s3");
        assert!(
            folder.join("node_modules").is_dir(),
            "the tests of the blobs need an S3-compatible server: `make test` installs one (npm ci in {}), or name one in GONGZHI_TEST_S3",
            folder.display()
        );
        let mut process = Command::new("node")
            .arg("server.mjs")
            .current_dir(folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut endpoint = String::new();
        BufReader::new(process.stdout.take().unwrap()).read_line(&mut endpoint).unwrap();
        assert!(endpoint.starts_with("http://127.0.0.1:"), "{endpoint}");
        Self { process: Some(process), endpoint: endpoint.trim().to_owned() }
    }

    fn location(&self) -> S3Location {
        S3Location {
            bucket: "city".into(),
            prefix: "yunlan".into(),
            endpoint: Some(self.endpoint.clone()),
            region: Some("us-east-1".into()),
            key: Some(S3Key { id: "S3RVER".into(), secret: "S3RVER".into() }),
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if let Some(mut process) = self.process.take() {
            drop(process.stdin.take());
            process.wait().unwrap();
        }
    }
}

/// Bytes that follow from a seed, in odd pieces; ends in an error where it is told to.
struct Bytes {
    at: usize,
    length: usize,
    seed: u64,
    breaks: bool,
}

impl Bytes {
    fn new(length: usize, seed: u64) -> Self {
        Self { at: 0, length, seed, breaks: false }
    }

    async fn all(mut self) -> Vec<u8> {
        let mut all = Vec::new();
        self.read_to_end(&mut all).await.unwrap();
        all
    }
}

impl AsyncRead for Bytes {
    fn poll_read(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        const BLOCK: usize = 4096;
        if self.at == self.length && self.breaks {
            return Poll::Ready(Err(io::Error::new(io::ErrorKind::ConnectionReset, "gone")));
        }
        let mut piece = (self.length - self.at).min(buffer.remaining()).min(7919);
        while piece > 0 {
            let word = (self.seed + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15).rotate_left(17)
                ^ ((self.at / BLOCK) as u64).wrapping_mul(0x2545_F491_4F6C_DD1D);
            let block = word.to_be_bytes().repeat(BLOCK / 8);
            let begin = self.at % BLOCK;
            let end = (begin + piece).min(BLOCK);
            buffer.put_slice(&block[begin..end]);
            self.at += end - begin;
            piece -= end - begin;
        }
        Poll::Ready(Ok(()))
    }
}

async fn list(blobs: &Blobs) -> Vec<Stored> {
    let mut all: Vec<Stored> = blobs.list().try_collect().await.unwrap();
    all.sort_by_key(|stored| stored.id);
    all
}

async fn whole(blobs: &Blobs, id: BlobId) -> Vec<u8> {
    blobs.get(id).await.unwrap().unwrap().into_vec(ENOUGH).await.unwrap()
}

/// What holds wherever blobs lie.
async fn suite(blobs: &Blobs) {
    // Sizes around the bounds of chunks and parts.
    let mut kept = Vec::new();
    for (seed, length) in [0, 1, 65_535, 65_536, 65_537, (8 << 20) - 1, 8 << 20, (8 << 20) + 1, 17 << 20]
        .into_iter()
        .enumerate()
    {
        let seed = seed as u64;
        let stored = blobs.put(Bytes::new(length, seed), ENOUGH).await.unwrap();
        let expected = Bytes::new(length, seed).all().await;
        assert_eq!(stored, Stored { id: BlobId::of(&expected), length: length as u64 });
        assert!(blobs.exists(stored.id).await.unwrap());
        let found = blobs.get(stored.id).await.unwrap().unwrap();
        assert_eq!(found.length(), stored.length);
        let mut read = Vec::new();
        found.into_reader().read_to_end(&mut read).await.unwrap();
        assert!(read == expected, "{length} bytes came back changed");
        kept.push(stored);
    }
    // Again: the same, and only once.
    assert_eq!(blobs.put(Bytes::new(8 << 20, 6), ENOUGH).await.unwrap(), kept[6]);
    assert_eq!(blobs.put(Bytes::new(17 << 20, 8), ENOUGH).await.unwrap(), kept[8]);
    kept.sort_by_key(|stored| stored.id);
    assert_eq!(list(blobs).await, kept);
    // At the limit, beyond it, and broken off: nothing is left of the last two.
    let small = blobs.put(&b"12345"[..], 5).await.unwrap();
    assert!(matches!(blobs.put(&b"123456"[..], 5).await, Err(PutError::TooLarge { limit: 5 })));
    assert!(matches!(blobs.put(Bytes::new(20 << 20, 77), 18 << 20).await, Err(PutError::TooLarge { .. })));
    for length in [1000, 12 << 20] {
        let broken = blobs.put(Bytes { breaks: true, ..Bytes::new(length, 99) }, ENOUGH).await;
        assert!(matches!(broken, Err(PutError::Source(_))), "{broken:?}");
    }
    assert_eq!(list(blobs).await.len(), kept.len() + 1);
    // Taken away.
    assert!(blobs.delete(small.id).await.unwrap());
    assert!(!blobs.delete(small.id).await.unwrap());
    assert!(!blobs.exists(small.id).await.unwrap());
    assert!(blobs.get(small.id).await.unwrap().is_none());
    assert!(blobs.get(kept[8].id).await.unwrap().unwrap().into_vec(3).await.is_err() || kept[8].length <= 3);
    assert_eq!(list(blobs).await, kept);
    // Many at once, some of them the same.
    let puts = (0..24_u64).map(|nth| blobs.put(Bytes::new(100_000, 1000 + nth % 8), ENOUGH));
    let stored = futures_util::future::try_join_all(puts).await.unwrap();
    for one in stored {
        assert_eq!(BlobId::of(&whole(blobs, one.id).await), one.id);
    }
    assert_eq!(list(blobs).await.len(), kept.len() + 8);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn in_a_folder() {
    let root = tempfile::tempdir().unwrap();
    let blobs = folder(root.path()).await;
    suite(&blobs).await;
    assert_eq!(
        std::fs::read_dir(root.path().join("incoming")).unwrap().count(),
        0,
        "something unfinished is left"
    );
    // Another process sees the same.
    assert_eq!(list(&folder(root.path()).await).await, list(&blobs).await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn in_a_bucket() {
    let server = Server::start();
    let location = server.location();
    let blobs = Blobs::open(&BlobLocation::S3(location.clone()), &world()).await.unwrap();
    suite(&blobs).await;
    // Nothing passing is left, and nothing outside this city's part of the bucket.
    let whole_bucket = S3Location { prefix: String::new(), ..location.clone() };
    let all = Blobs::open(&BlobLocation::S3(whole_bucket), &world()).await.unwrap();
    assert_eq!(list(&all).await, list(&blobs).await);
    let wrong = S3Location { bucket: "nowhere".into(), ..location.clone() };
    let refused = Blobs::open(&BlobLocation::S3(wrong), &world()).await.unwrap_err();
    assert!(refused.to_string().contains("nowhere"), "{refused:?}");
    let stranger =
        S3Location { key: Some(S3Key { id: "NOBODY".into(), secret: "geheim".into() }), ..location };
    let refused = Blobs::open(&BlobLocation::S3(stranger.clone()), &world()).await.unwrap_err();
    assert!(!format!("{refused:?}{stranger:?}").contains("geheim"), "{refused:?}");
}

/// A file changed on the disk never comes to its end.
#[tokio::test]
async fn what_was_changed_is_found_out() {
    let root = tempfile::tempdir().unwrap();
    let blobs = folder(root.path()).await;
    let stored = blobs.put(Bytes::new(300_000, 1), ENOUGH).await.unwrap();
    let name = stored.id.to_string();
    let file = root.path().join(&name[..2]).join(&name[2..4]).join(&name);
    let sound = std::fs::read(&file).unwrap();
    let mut flipped = sound.clone();
    flipped[10] ^= 1;
    for (changed, what) in [
        (flipped, "a flipped bit"),
        (sound[..299_999].to_vec(), "a missing end"),
        (Vec::new(), "an empty file"),
    ] {
        std::fs::write(&file, &changed).unwrap();
        let mut stream = blobs.get(stored.id).await.unwrap().unwrap();
        let mut received = 0;
        let end = loop {
            match stream.try_next().await {
                Ok(Some(chunk)) => received += chunk.len(),
                Ok(None) => panic!("{what} was handed out as if it were sound"),
                Err(error) => break error,
            }
        };
        assert_eq!(end.kind(), io::ErrorKind::InvalidData, "{what}");
        assert!(
            received == 0 || received < changed.len(),
            "{what}: all of it was handed out before the verdict"
        );
    }
    // The same bytes once more mend it.
    blobs.put(Bytes::new(300_000, 1), ENOUGH).await.unwrap();
    assert!(whole(&blobs, stored.id).await == sound);
}

#[tokio::test]
async fn what_a_crash_left_is_swept_away_after_a_day() {
    let root = tempfile::tempdir().unwrap();
    let (world, clock) = World::fixed(testing::start(), 1);
    let location = BlobLocation::Folder(root.path().to_owned());
    drop(Blobs::open(&location, &world).await.unwrap());
    let left = root.path().join("incoming/0123");
    std::fs::write(&left, b"half").unwrap();
    let written = std::fs::metadata(&left).unwrap().modified().unwrap();
    let written = written.duration_since(std::time::UNIX_EPOCH).unwrap();
    let at = gongzhi_kernel::Timestamp::from_micros(i64::try_from(written.as_micros()).unwrap());
    clock.set(at + std::time::Duration::from_secs(3600));
    drop(Blobs::open(&location, &world).await.unwrap());
    assert!(left.exists(), "somebody may still be writing it");
    clock.set(at + std::time::Duration::from_secs(25 * 3600));
    drop(Blobs::open(&location, &world).await.unwrap());
    assert!(!left.exists());
}

#[tokio::test]
async fn a_store_keeps_its_blobs_beside_the_database() {
    let store = testing::sqlite(&[]).await.unwrap();
    let stored = store.blobs().put(&b"a picture"[..], 100).await.unwrap();
    let store = store.reopen().await.unwrap();
    assert_eq!(whole(store.blobs(), stored.id).await, b"a picture");
    assert!(store.folder().unwrap().join("blobs").is_dir());
}

#[tokio::test]
async fn a_place_that_cannot_be_used_is_told_at_once() {
    let root = tempfile::tempdir().unwrap();
    let file = root.path().join("file");
    std::fs::write(&file, b"x").unwrap();
    let refused = Blobs::open(&BlobLocation::Folder(file.join("blobs")), &world()).await.unwrap_err();
    assert!(refused.to_string().contains("blobs"), "{refused:?}");
}
