//! The server: accepts connections, and stops gracefully.

use std::future::Future;
use std::io;
use std::time::Duration;

use axum::Router;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use tokio::net::TcpListener;
use tower::ServiceExt as _;

use crate::figures;
use crate::limits::Peer;
use crate::site::Site;
use crate::tls::Tls;

/// How long a client may take to send the head of a request, and a connection may stay idle.
const HEAD_TIME: Duration = Duration::from_secs(30);
/// How long requests in work may take after the stop has been asked for.
const DRAIN_TIME: Duration = Duration::from_secs(10);
/// How often a renewed certificate is looked for.
const RENEW_TIME: Duration = Duration::from_secs(60);
/// How often figures are folded.
const FOLD_TIME: Duration = Duration::from_secs(5);

/// Serves until `stop` is done; then takes no new connection, ends the live streams, and lets requests in work finish
/// (10 seconds at most). Returns an error only where the listener itself fails.
pub async fn serve(
    site: &Site,
    listener: TcpListener,
    router: Router,
    stop: impl Future<Output = ()> + Send,
) -> io::Result<()> {
    serve_router(listener, router, site.config().tls.as_ref(), || site.live().close(), stop).await
}

/// Serves routes that need no site, in the same way, encrypted where there is `tls`; `stopping` is called between the last new connection and the end of
/// those that are open.
pub async fn serve_router(
    listener: TcpListener,
    router: Router,
    tls: Option<&Tls>,
    stopping: impl FnOnce() + Send,
    stop: impl Future<Output = ()> + Send,
) -> io::Result<()> {
    let graceful = GracefulShutdown::new();
    let mut stop = std::pin::pin!(stop);
    let mut fold = tokio::time::interval(FOLD_TIME);
    let mut renew = tokio::time::interval(RENEW_TIME);
    let mut builder = http1::Builder::new();
    builder.timer(TokioTimer::new()).header_read_timeout(HEAD_TIME).max_headers(100).max_buf_size(64 * 1024);
    loop {
        let (stream, peer) = tokio::select! {
            () = &mut stop => break,
            _ = fold.tick() => { figures::fold(); continue }
            _ = renew.tick() => { if let Some(tls) = tls { tls.renew() } continue }
            accepted = listener.accept() => match accepted {
                Ok((stream, from)) => (stream, Peer(from.ip())),
                // The connection ended before it was accepted; the listener is well.
                Err(error) if is_of_connection(&error) => continue,
                Err(error) if is_of_files(&error) => {
                    tracing::error!(%error, "no more connections can be accepted for the moment");
                    tokio::time::sleep(Duration::from_millis(200)).await;
                    continue;
                }
                Err(error) => return Err(error),
            },
        };
        if let Err(error) = stream.set_nodelay(true) {
            tracing::debug!(%error, "cannot send small answers at once");
        }
        let service = TowerToHyperService::new(router.clone().map_request(
            move |mut request: http::Request<hyper::body::Incoming>| {
                request.extensions_mut().insert(peer);
                request.map(axum::body::Body::new)
            },
        ));
        let (watcher, builder, tls) = (graceful.watcher(), builder.clone(), tls.cloned());
        tokio::spawn(async move {
            let served = match tls {
                None => watcher.watch(builder.serve_connection(TokioIo::new(stream), service)).await,
                Some(tls) => match tls.accept(stream).await {
                    Ok(stream) => {
                        watcher.watch(builder.serve_connection(TokioIo::new(stream), service)).await
                    }
                    Err(error) => {
                        tracing::debug!(%error, "a client and the server did not agree on the encryption");
                        return;
                    }
                },
            };
            if let Err(error) = served {
                // A client that goes away or sends no HTTP is no fault of ours.
                tracing::debug!(%error, "a connection ended early");
            }
        });
    }
    drop(listener);
    stopping();
    tracing::info!(connections = graceful.count(), "stopping: requests in work are finished first");
    if tokio::time::timeout(DRAIN_TIME, graceful.shutdown()).await.is_err() {
        tracing::warn!("some requests were still in work after 10 seconds and are given up");
    }
    Ok(())
}

/// Done when the process is asked to stop: Ctrl-C or SIGTERM.
pub async fn asked_to_stop() -> io::Result<()> {
    let mut terminate = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())?;
    tokio::select! {
        outcome = tokio::signal::ctrl_c() => outcome,
        _ = terminate.recv() => Ok(()),
    }
}

fn is_of_connection(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::ConnectionRefused | io::ErrorKind::ConnectionAborted | io::ErrorKind::ConnectionReset
    )
}

/// Too many open files, in this process or the system: goes away when connections end.
fn is_of_files(error: &io::Error) -> bool {
    matches!(error.raw_os_error(), Some(23 | 24))
}
