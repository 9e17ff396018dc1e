//! Connections: where to, with which settings, encrypted or not.

use std::future::Future;
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::time::Duration;

use deadpool_postgres::{ClientWrapper, Connect};
use tokio::task::JoinHandle;
use tokio_postgres::config::{Host, SslMode};
use tokio_postgres::{Client, Config, NoTls};
use tokio_postgres_rustls::MakeRustlsConnect;

use super::OpenPostgresError;
use crate::blobs::BlobLocation;

/// A city on a PostgreSQL server: one schema.
#[derive(Clone)]
pub struct PostgresLocation {
    /// The address, such as `postgres://gongzhi@db.example/gongzhi?sslmode=verify-full`. Without a password in it,
    /// `PGPASSWORD` serves. Unless `sslmode` is `disable`, an encrypted connection is always to the host that the address
    /// names, by its certificate.
    pub url: String,
    /// The schema of this city; made if it is not there. `None` takes the one that the server gives the user.
    pub schema: Option<String>,
    /// Connections at most, each with one unit of work at a time. One more keeps the node number.
    pub max_connections: usize,
    /// The certificate (PEM) of the authority that the server's own goes back to, where it is not one that this
    /// machine trusts anyway; `sslrootcert` in the address says the same.
    pub root_certificate: Option<PathBuf>,
    /// Where the blobs lie.
    pub blobs: BlobLocation,
}

impl PostgresLocation {
    /// With the usual settings.
    pub fn new(url: impl Into<String>, blobs: BlobLocation) -> Self {
        Self { url: url.into(), schema: None, max_connections: 16, root_certificate: None, blobs }
    }
}

impl std::fmt::Debug for PostgresLocation {
    /// Without the password.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PostgresLocation")
            .field("url", &masked(&self.url))
            .field("schema", &self.schema)
            .field("max_connections", &self.max_connections)
            .field("root_certificate", &self.root_certificate)
            .field("blobs", &self.blobs)
            .finish()
    }
}

/// The address with its password replaced, for logs and for `gongzhi config`.
pub fn masked(url: &str) -> String {
    let mut masked = url.to_owned();
    // user:password@ of the authority part.
    if let Some(start) = masked.find("://").map(|at| at + 3) {
        let end = masked[start..].find(['/', '?']).map_or(masked.len(), |at| start + at);
        if let Some(at) = masked[start..end].rfind('@')
            && let Some(colon) = masked[start..start + at].find(':')
        {
            masked.replace_range(start + colon + 1..start + at, "***");
        }
    }
    // password=… as a parameter or in the form `key=value key=value`.
    if let Some(start) = masked.find("password=").map(|at| at + "password=".len()) {
        let end = masked[start..].find(['&', ' ']).map_or(masked.len(), |at| start + at);
        masked.replace_range(start..end, "***");
    }
    masked
}

/// The address in the driver's words: it knows neither the stricter modes, which are what we do anyway, nor where the
/// authority's certificate lies.
fn with_usual_words(url: &str) -> (String, Option<PathBuf>) {
    let (head, words, between) = match url.split_once('?') {
        Some((head, words)) if url.contains("://") => (format!("{head}?"), words, '&'),
        _ if url.contains("://") => return (url.to_owned(), None),
        _ => (String::new(), url, ' '),
    };
    let mut root = None;
    let kept: Vec<&str> = words
        .split(between)
        .filter_map(|word| match word.split_once('=') {
            Some(("sslrootcert", path)) => {
                root = Some(PathBuf::from(crate::blobs::decoded(path)));
                None
            }
            Some(("sslmode", "verify-ca" | "verify-full")) => Some("sslmode=require"),
            _ => Some(word),
        })
        .collect();
    (head + &kept.join(&between.to_string()), root)
}

/// What a connection is for; decides how long its statements may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Purpose {
    /// Units of work.
    Work,
    /// Changes of the schema, which may take long on a large table.
    Schema,
}

/// Makes connections.
#[derive(Clone)]
pub(super) struct Connector {
    config: Config,
    tls: Option<MakeRustlsConnect>,
    schema: Option<String>,
    purpose: Purpose,
}

/// Names that need no quoting and are not the server's own.
pub(super) fn is_plain_name(name: &str) -> bool {
    name.len() <= 63
        && !name.starts_with("pg_")
        && name.starts_with(|first: char| first.is_ascii_lowercase() || first == '_')
        && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
}

impl Connector {
    pub(super) fn new(location: &PostgresLocation) -> Result<Self, OpenPostgresError> {
        let (address, named_root) = with_usual_words(&location.url);
        let root = location.root_certificate.clone().or(named_root);
        let mut config: Config = address.parse().map_err(|error| OpenPostgresError::Address {
            url: masked(&location.url),
            why: super::trouble::said(&error),
        })?;
        if let Some(schema) = &location.schema
            && !is_plain_name(schema)
        {
            return Err(OpenPostgresError::SchemaName { schema: schema.clone() });
        }
        if config.get_password().is_none()
            && let Ok(password) = std::env::var("PGPASSWORD")
        {
            config.password(password);
        }
        if config.get_application_name().is_none() {
            config.application_name("gongzhi");
        }
        if config.get_connect_timeout().is_none() {
            config.connect_timeout(Duration::from_secs(5));
        }
        if config.get_tcp_user_timeout().is_none() {
            config.tcp_user_timeout(Duration::from_secs(30));
        }
        let tls = match config.get_ssl_mode() {
            SslMode::Disable => None,
            // On the same machine nobody listens in between.
            SslMode::Prefer if is_local(&config) => None,
            _ => Some(encryption(root.as_deref())?),
        };
        if tls.is_none() && config.get_ssl_mode() == SslMode::Prefer {
            config.ssl_mode(SslMode::Disable);
        }
        Ok(Self { config, tls, schema: location.schema.clone(), purpose: Purpose::Work })
    }

    pub(super) fn for_schema_changes(&self) -> Self {
        Self { purpose: Purpose::Schema, ..self.clone() }
    }

    pub(super) fn config(&self) -> &Config {
        &self.config
    }

    pub(super) fn schema(&self) -> Option<&str> {
        self.schema.as_deref()
    }

    /// A connection beside the pool.
    pub(super) async fn connection(&self) -> Result<ClientWrapper, tokio_postgres::Error> {
        let (client, task) = self.open().await?;
        Ok(ClientWrapper::new(client, task))
    }

    async fn open(&self) -> Result<(Client, JoinHandle<()>), tokio_postgres::Error> {
        let (client, task) = match &self.tls {
            Some(tls) => {
                let (client, connection) = self.config.connect(tls.clone()).await?;
                (client, tokio::spawn(drive(connection)))
            }
            None => {
                let (client, connection) = self.config.connect(NoTls).await?;
                (client, tokio::spawn(drive(connection)))
            }
        };
        client.batch_execute(&self.settings()).await?;
        Ok((client, task))
    }

    /// What every connection of this purpose is told first.
    fn settings(&self) -> String {
        let mut settings = String::from(
            "SET default_transaction_isolation = 'serializable'; SET client_min_messages = 'warning'; SET TimeZone = 'UTC';
             SET lock_timeout = '10s'; SET idle_in_transaction_session_timeout = '60s';
             SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off';",
        );
        settings.push_str(match self.purpose {
            Purpose::Work => "SET statement_timeout = '300s';",
            Purpose::Schema => "SET statement_timeout = 0;",
        });
        if let Some(schema) = &self.schema {
            settings.push_str(&format!("SET search_path = \"{schema}\";"));
        }
        settings
    }
}

/// Moves the bytes of one connection until it ends.
async fn drive<S, T>(connection: tokio_postgres::Connection<S, T>)
where
    S: tokio::io::AsyncRead + tokio::io::AsyncWrite + Unpin,
    T: tokio::io::AsyncRead + tokio::io::AsyncWrite + Unpin,
{
    if let Err(error) = connection.await {
        tracing::warn!(error = %super::trouble::said(&error), "a connection to the database ended");
    }
}

impl Connect for Connector {
    fn connect(
        &self,
        _: &Config,
    ) -> Pin<Box<dyn Future<Output = Result<(Client, JoinHandle<()>), tokio_postgres::Error>> + Send + '_>>
    {
        Box::pin(self.open())
    }
}

fn is_local(config: &Config) -> bool {
    config.get_hosts().iter().all(|host| match host {
        Host::Unix(_) => true,
        Host::Tcp(name) => {
            name == "localhost" || name.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
        }
    })
}

fn encryption(root: Option<&Path>) -> Result<MakeRustlsConnect, OpenPostgresError> {
    let bad = |why: String| OpenPostgresError::Certificate { why };
    let mut roots = rustls::RootCertStore::empty();
    match root {
        Some(path) => {
            use rustls::pki_types::CertificateDer;
            use rustls::pki_types::pem::PemObject;
            let read = CertificateDer::pem_file_iter(path)
                .and_then(Iterator::collect::<Result<Vec<_>, _>>)
                .map_err(|error| {
                bad(format!("{} is no certificate in PEM form: {error}", path.display()))
            })?;
            if read.is_empty() {
                return Err(bad(format!("{} holds no certificate in PEM form", path.display())));
            }
            for certificate in read {
                roots.add(certificate).map_err(|error| bad(format!("{}: {error}", path.display())))?;
            }
        }
        None => {
            let found = rustls_native_certs::load_native_certs();
            roots.add_parsable_certificates(found.certs);
        }
    }
    let provider = std::sync::Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| bad(error.to_string()))?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(MakeRustlsConnect::new(config))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passwords_do_not_show() {
        for url in [
            "postgres://city:geheim@db/x",
            "postgres://city:ge@heim@db/x?sslmode=require",
            "host=db user=city password=geheim dbname=x",
            "postgres://db/x?user=city&password=geheim&sslmode=require",
        ] {
            let shown = masked(url);
            assert!(!shown.contains("heim") && shown.contains("***") && shown.contains("db"), "{shown}");
        }
        assert_eq!(masked("postgres://city@db:5432/x"), "postgres://city@db:5432/x");
    }

    #[test]
    fn the_usual_words_are_understood() {
        let (url, root) = with_usual_words(
            "postgres://u@db/x?sslmode=verify-full&sslrootcert=%2Fetc%2Fca.pem&connect_timeout=3",
        );
        assert_eq!(url, "postgres://u@db/x?sslmode=require&connect_timeout=3");
        assert_eq!(root, Some("/etc/ca.pem".into()));
        let (words, root) = with_usual_words("host='/a b' sslrootcert=/ca.pem sslmode=verify-ca user=u");
        assert_eq!((words.as_str(), root), ("host='/a b' sslmode=require user=u", Some("/ca.pem".into())));
        assert_eq!(with_usual_words("postgres://u@db/x"), ("postgres://u@db/x".to_owned(), None));
        assert!(url.parse::<Config>().is_ok() && words.parse::<Config>().is_ok());
    }

    #[test]
    fn schema_names_need_no_quoting() {
        assert!(is_plain_name("city_01"));
        for name in ["", "Stadt", "1st", "pg_city", "a\"b", "a b", "城", &"x".repeat(64)] {
            assert!(!is_plain_name(name), "{name}");
        }
    }
}
