//! Blobs in a bucket of an S3-compatible store.

use std::fmt;
use std::io;
use std::time::Duration;

use bytes::Bytes;
use futures_util::stream::BoxStream;
use futures_util::{StreamExt, TryStreamExt};
use gongzhi_kernel::{Fault, FaultKind, World};
use object_store::aws::{AmazonS3, AmazonS3Builder};
use object_store::path::Path;
use object_store::{MultipartUpload, ObjectStore, ObjectStoreExt, RetryConfig};
use tokio::io::AsyncRead;

use super::{BlobId, Incoming, PutError, Stored, passing_name};

/// A blob up to this size is sent in one request; a larger one in parts of this size, one after the other.
const PART: usize = 8 << 20;
/// How long a request is tried again before its error counts.
const PATIENCE: Duration = Duration::from_secs(30);

/// A bucket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct S3Location {
    /// Its name.
    pub bucket: String,
    /// What the names of all objects of this city begin with, such as `yunlan`.
    pub prefix: String,
    /// The address of the store, such as `https://s3.example`; `None` for Amazon's own.
    pub endpoint: Option<String>,
    /// The region; `None` takes `AWS_REGION`, or `us-east-1`.
    pub region: Option<String>,
    /// The key; `None` takes it from the environment (`AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY`) or the machine's role.
    pub key: Option<S3Key>,
}

/// A key for a bucket.
#[derive(Clone, PartialEq, Eq)]
pub struct S3Key {
    /// Its id.
    pub id: String,
    /// Its secret.
    pub secret: String,
}

impl fmt::Debug for S3Key {
    /// Without the secret.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "S3Key({}, ***)", self.id)
    }
}

pub(super) struct Bucket {
    store: AmazonS3,
    name: String,
    prefix: Path,
    world: World,
}

impl fmt::Display for Bucket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "s3://{}/{}", self.name, self.prefix)
    }
}

fn fault(what: impl Into<std::borrow::Cow<'static, str>>, error: object_store::Error) -> Fault {
    // The store is another machine: what it does not do now it may do later.
    let kind = match &error {
        object_store::Error::Generic { .. } => FaultKind::Busy,
        _ => FaultKind::Internal,
    };
    Fault::new(kind, what).because(error)
}

impl Bucket {
    pub(super) async fn open(location: &S3Location, world: &World) -> Result<Self, Fault> {
        // Another part of the process may have chosen already; then that choice stands.
        let _chosen_already = rustls::crypto::ring::default_provider().install_default();
        let retry = RetryConfig { max_retries: 5, retry_timeout: PATIENCE, ..RetryConfig::default() };
        let mut builder = AmazonS3Builder::from_env().with_bucket_name(&location.bucket).with_retry(retry);
        if let Some(endpoint) = &location.endpoint {
            // Plain HTTP only where the address says so.
            builder = builder.with_endpoint(endpoint).with_allow_http(endpoint.starts_with("http://"));
        }
        if let Some(region) = &location.region {
            builder = builder.with_region(region);
        }
        if let Some(key) = &location.key {
            builder = builder.with_access_key_id(&key.id).with_secret_access_key(&key.secret);
        }
        let store =
            builder.build().map_err(|error| fault("the bucket for blobs is not set up rightly", error))?;
        let bucket = Self {
            store,
            name: location.bucket.clone(),
            prefix: Path::from(location.prefix.as_str()),
            world: world.clone(),
        };
        // One question, so that a wrong address, key or bucket shows at start and not with the first file.
        let mut listed = bucket.store.list(Some(&bucket.prefix));
        if let Some(Err(error)) = listed.next().await {
            return Err(fault(format!("the bucket {} for blobs cannot be used", location.bucket), error));
        }
        Ok(bucket)
    }

    fn path(&self, id: BlobId) -> Path {
        let name = id.to_string();
        self.prefix.clone().join(&name[..2]).join(&name[2..4]).join(name.as_str())
    }

    pub(super) async fn put<R: AsyncRead + Unpin>(
        &self,
        mut source: Incoming<R>,
    ) -> Result<Stored, PutError> {
        let failed = |error| PutError::Fault(fault("a blob could not be sent to the bucket", error));
        let mut part = Vec::with_capacity(super::CHUNK);
        let more = fill(&mut source, &mut part).await?;
        if !more {
            let stored = source.finish();
            if !self.exists(stored.id).await? {
                self.store.put(&self.path(stored.id), part.into()).await.map_err(failed)?;
            }
            return Ok(stored);
        }
        // The id, and with it the name, is known only at the end: a passing name first, then a copy inside the bucket.
        let passing = self.prefix.clone().join("incoming").join(passing_name(&self.world).as_str());
        let mut upload = self.store.put_multipart(&passing).await.map_err(failed)?;
        match send_parts(&mut *upload, part, &mut source).await {
            Ok(()) => {}
            Err(error) => {
                if let Err(error) = upload.abort().await {
                    tracing::warn!(error = %error, "an unfinished upload could not be given up; a lifecycle rule of the bucket should remove it");
                }
                return Err(error);
            }
        }
        let stored = source.finish();
        let settled = async {
            if !self.exists(stored.id).await? {
                self.store.copy(&passing, &self.path(stored.id)).await.map_err(failed)?;
            }
            Ok::<_, PutError>(stored)
        }
        .await;
        if let Err(error) = self.store.delete(&passing).await {
            tracing::warn!(object = %passing, error = %error, "a passing object could not be removed; a lifecycle rule for incoming/ should do it");
        }
        settled
    }

    pub(super) async fn get(
        &self,
        id: BlobId,
    ) -> Result<Option<(u64, BoxStream<'static, io::Result<Bytes>>)>, Fault> {
        match self.store.get(&self.path(id)).await {
            Ok(found) => Ok(Some((found.meta.size, found.into_stream().map_err(io::Error::other).boxed()))),
            Err(object_store::Error::NotFound { .. }) => Ok(None),
            Err(error) => Err(fault(format!("the blob {id} cannot be read"), error)),
        }
    }

    pub(super) async fn exists(&self, id: BlobId) -> Result<bool, Fault> {
        match self.store.head(&self.path(id)).await {
            Ok(_) => Ok(true),
            Err(object_store::Error::NotFound { .. }) => Ok(false),
            Err(error) => Err(fault(format!("cannot look for the blob {id}"), error)),
        }
    }

    pub(super) async fn delete(&self, id: BlobId) -> Result<bool, Fault> {
        // S3 does not say whether there was something to delete.
        let there = self.exists(id).await?;
        match self.store.delete(&self.path(id)).await {
            Ok(()) | Err(object_store::Error::NotFound { .. }) => Ok(there),
            Err(error) => Err(fault(format!("the blob {id} cannot be deleted"), error)),
        }
    }

    pub(super) fn list(&self) -> BoxStream<'static, Result<Stored, Fault>> {
        self.store
            .list(Some(&self.prefix))
            .map_err(|error| fault("the blobs cannot be listed", error))
            .try_filter_map(|object| async move {
                let id = object.location.filename().and_then(|name| name.parse().ok());
                Ok(id.map(|id| Stored { id, length: object.size }))
            })
            .boxed()
    }
}

/// Fills a part; `false` if the source came to its end.
async fn fill<R: AsyncRead + Unpin>(source: &mut Incoming<R>, part: &mut Vec<u8>) -> Result<bool, PutError> {
    while part.len() < PART {
        if !source.read(part, super::CHUNK.min(PART - part.len())).await? {
            return Ok(false);
        }
    }
    Ok(true)
}

async fn send_parts<R: AsyncRead + Unpin>(
    upload: &mut dyn MultipartUpload,
    mut part: Vec<u8>,
    source: &mut Incoming<R>,
) -> Result<(), PutError> {
    let failed = |error| PutError::Fault(fault("a part of a blob could not be sent to the bucket", error));
    loop {
        upload.put_part(std::mem::take(&mut part).into()).await.map_err(failed)?;
        let more = fill(source, &mut part).await?;
        if !more {
            if !part.is_empty() {
                upload.put_part(part.into()).await.map_err(failed)?;
            }
            upload.complete().await.map_err(failed)?;
            return Ok(());
        }
    }
}
