//! The server encrypts by itself.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use std::sync::Arc;

use gongzhi_web::{SiteConfig, Tls, serve};
use rustls::pki_types::{CertificateDer, ServerName};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

fn certificate(folder: &std::path::Path) -> (CertificateDer<'static>, Tls) {
    let made = rcgen::generate_simple_self_signed(vec!["city.example".to_owned()]).unwrap();
    let (cert, key) = (folder.join("cert.pem"), folder.join("key.pem"));
    std::fs::write(&cert, made.cert.pem()).unwrap();
    std::fs::write(&key, made.signing_key.serialize_pem()).unwrap();
    (made.cert.der().clone(), Tls::load(cert, key).unwrap())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_encrypted_city_sets_secure_cookies_and_stops_gracefully() {
    let folder = tempfile::tempdir().unwrap();
    let (root, tls) = certificate(folder.path());
    let config = SiteConfig { tls: Some(tls), ..SiteConfig::local("https://city.example") };
    let city = common::city_with(config, |site| site, |_| Vec::new()).await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let (site, router) = (city.site.clone(), city.app.router.clone());
    let serving = tokio::spawn(async move {
        serve(&site, listener, router, async { stopped.await.unwrap_or(()) }).await.unwrap();
    });

    let mut roots = rustls::RootCertStore::empty();
    roots.add(root).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let client = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let connector = tokio_rustls::TlsConnector::from(Arc::new(client));
    let name = ServerName::try_from("city.example").unwrap();
    let stream = TcpStream::connect(address).await.unwrap();
    let mut stream = connector.connect(name, stream).await.unwrap();
    stream
        .write_all(b"GET /sign-in HTTP/1.1\r\nhost: city.example\r\nconnection: close\r\n\r\n")
        .await
        .unwrap();
    let mut said = Vec::new();
    let _closed_without_goodbye = stream.read_to_end(&mut said).await;
    let said = String::from_utf8_lossy(&said);
    assert!(said.starts_with("HTTP/1.1 200"), "{said}");
    assert!(said.contains("__Host-gz_visitor=") && said.contains("; Secure"), "{said}");
    assert!(said.contains("strict-transport-security: max-age="), "{said}");

    // Whoever speaks plainly is not answered, and holds nobody up.
    let mut plain = TcpStream::connect(address).await.unwrap();
    plain.write_all(b"GET / HTTP/1.1\r\nhost: x\r\n\r\n").await.unwrap();
    let mut answer = Vec::new();
    let _refused = plain.read_to_end(&mut answer).await;
    assert!(!String::from_utf8_lossy(&answer).contains("HTTP/"), "{answer:?}");
    drop(stop);
    serving.await.unwrap();
}

#[test]
fn what_cannot_be_served_with_names_its_file() {
    let folder = tempfile::tempdir().unwrap();
    certificate(folder.path());
    let (cert, key) = (folder.path().join("cert.pem"), folder.path().join("key.pem"));
    let missing = folder.path().join("missing.pem");
    assert!(Tls::load(&missing, &key).unwrap_err().to_string().contains("missing.pem"));
    assert!(Tls::load(&cert, &cert).unwrap_err().to_string().contains("cert.pem"));
    std::fs::write(&cert, "not a certificate").unwrap();
    assert!(Tls::load(&cert, &key).unwrap_err().to_string().contains("holds no certificate"));
}
