//! Stands between store and server, and breaks connections when it is told to.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{UnixListener, UnixStream};
use tokio::sync::watch;

const NEVER: u8 = 0;
/// The server still receives the commit; its answer does not come back.
const AFTER_THE_COMMIT: u8 = 1;
/// The commit itself is lost.
const BEFORE_THE_COMMIT: u8 = 2;

pub(crate) struct Proxy {
    folder: tempfile::TempDir,
    rest: String,
    at_commit: Arc<AtomicU8>,
    cuts: watch::Sender<u32>,
}

impl Proxy {
    pub(crate) async fn start(url: &str) -> Self {
        let config: tokio_postgres::Config = url.parse().unwrap();
        let tokio_postgres::config::Host::Unix(host) = &config.get_hosts()[0] else {
            panic!("the tests' server listens on a Unix socket");
        };
        let server: PathBuf = host.join(".s.PGSQL.5432");
        let folder = tempfile::tempdir().unwrap();
        let listener = UnixListener::bind(folder.path().join(".s.PGSQL.5432")).unwrap();
        let at_commit = Arc::new(AtomicU8::new(NEVER));
        let (cuts, _) = watch::channel(0);
        let (mode, told) = (Arc::clone(&at_commit), cuts.clone());
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let server = UnixStream::connect(&server).await.unwrap();
                tokio::spawn(carry(client, server, Arc::clone(&mode), told.subscribe()));
            }
        });
        let rest = format!("user={} dbname={}", config.get_user().unwrap(), config.get_dbname().unwrap());
        Self { folder, rest, at_commit, cuts }
    }

    pub(crate) fn url(&self) -> String {
        format!("host='{}' {} sslmode=disable", self.folder.path().display(), self.rest)
    }

    /// Breaks all connections, now.
    pub(crate) fn cut(&self) {
        self.cuts.send_modify(|count| *count += 1);
    }

    /// Breaks the next connection that commits; the server may still receive the commit, or not.
    pub(crate) fn cut_at_commit(&self, arrives: bool) {
        self.at_commit.store(if arrives { AFTER_THE_COMMIT } else { BEFORE_THE_COMMIT }, Ordering::SeqCst);
    }
}

async fn carry(
    mut client: UnixStream,
    mut server: UnixStream,
    at_commit: Arc<AtomicU8>,
    mut cut: watch::Receiver<u32>,
) {
    let (mut up, mut down) = (vec![0; 65536], vec![0; 65536]);
    loop {
        tokio::select! {
            _ = cut.changed() => return,
            read = client.read(&mut up) => {
                let Ok(read @ 1..) = read else { return };
                // A unit of work ends with this message and nothing else.
                let is_commit = up[..read].windows(7).any(|window| window == b"COMMIT\0");
                let mode = if is_commit { at_commit.swap(NEVER, Ordering::SeqCst) } else { NEVER };
                if mode == BEFORE_THE_COMMIT {
                    return;
                }
                server.write_all(&up[..read]).await.unwrap();
                if mode == AFTER_THE_COMMIT {
                    // The server has answered, so it has committed; nobody hears of it.
                    assert!(server.read(&mut down).await.unwrap() > 0);
                    return;
                }
            }
            read = server.read(&mut down) => {
                let Ok(read @ 1..) = read else { return };
                if client.write_all(&down[..read]).await.is_err() {
                    return;
                }
            }
        }
    }
}
