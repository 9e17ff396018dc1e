//! Encryption that the server does itself (TLS 1.2 and 1.3 by rustls), where no proxy stands in front.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, SystemTime};

use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio::net::TcpStream;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

/// How long a client may take to agree on the encryption.
const AGREE_TIME: Duration = Duration::from_secs(10);

/// Why a certificate or key cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}: {why}", file.display())]
pub struct TlsError {
    file: PathBuf,
    why: String,
}

/// The certificate and key to serve with. Renewed files are taken up within a minute, without a restart.
#[derive(Clone)]
pub struct Tls(Arc<Inner>);

struct Inner {
    cert: PathBuf,
    key: PathBuf,
    now: RwLock<(Arc<ServerConfig>, Option<SystemTime>)>,
}

impl fmt::Debug for Tls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Tls({})", self.0.cert.display())
    }
}

fn read(cert: &Path, key: &Path) -> Result<Arc<ServerConfig>, TlsError> {
    let failed = |file: &Path, why: String| TlsError { file: file.to_owned(), why };
    let chain = CertificateDer::pem_file_iter(cert)
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .map_err(|error| failed(cert, error.to_string()))?;
    if chain.is_empty() {
        return Err(failed(cert, "holds no certificate in PEM form".to_owned()));
    }
    let private = PrivateKeyDer::from_pem_file(key).map_err(|error| failed(key, error.to_string()))?;
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| failed(cert, error.to_string()))?
        .with_no_client_auth()
        .with_single_cert(chain, private)
        .map_err(|error| failed(cert, format!("does not go with {}: {error}", key.display())))?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(Arc::new(config))
}

fn changed(cert: &Path) -> Option<SystemTime> {
    std::fs::metadata(cert).and_then(|meta| meta.modified()).ok()
}

impl Tls {
    /// Reads certificate chain and key, both PEM.
    ///
    /// # Errors
    /// Which file cannot be used, and why.
    pub fn load(cert: impl Into<PathBuf>, key: impl Into<PathBuf>) -> Result<Self, TlsError> {
        let (cert, key) = (cert.into(), key.into());
        let now = RwLock::new((read(&cert, &key)?, changed(&cert)));
        Ok(Self(Arc::new(Inner { cert, key, now })))
    }

    /// Takes the files up again if they have changed; goes on with the old ones where the new ones cannot be used.
    pub(crate) fn renew(&self) {
        let at = changed(&self.0.cert);
        let known = self.0.now.read().unwrap_or_else(PoisonError::into_inner).1;
        if at == known {
            return;
        }
        match read(&self.0.cert, &self.0.key) {
            Ok(config) => {
                *self.0.now.write().unwrap_or_else(PoisonError::into_inner) = (config, at);
                tracing::info!("a renewed certificate is served from now on");
            }
            // Key and certificate are two files: the other one may come in a moment.
            Err(error) => tracing::warn!(%error, "a renewed certificate cannot be used yet"),
        }
    }

    pub(crate) async fn accept(&self, stream: TcpStream) -> std::io::Result<TlsStream<TcpStream>> {
        let config = Arc::clone(&self.0.now.read().unwrap_or_else(PoisonError::into_inner).0);
        tokio::time::timeout(AGREE_TIME, TlsAcceptor::from(config).accept(stream))
            .await
            .map_err(|_| std::io::Error::from(std::io::ErrorKind::TimedOut))?
    }
}
