//! Encrypted connections: to the host that was named, vouched for by the authority that was named, or not at all.

use std::path::PathBuf;
use std::sync::Arc;

use gongzhi_kernel::World;
use gongzhi_store::{Location, OpenError, PostgresLocation, Store, testing};
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use tokio::io::{AsyncReadExt, AsyncWriteExt, copy_bidirectional};
use tokio::net::{TcpListener, UnixStream};
use tokio_rustls::TlsAcceptor;

use crate::place;

/// An authority, and a server that it vouches for.
struct Certificates {
    authority: String,
    server: Vec<u8>,
    key: Vec<u8>,
}

fn certificates(host: &str) -> Certificates {
    let mut authority = CertificateParams::new(Vec::new()).unwrap();
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let authority_key = KeyPair::generate().unwrap();
    let authority_pem = authority.self_signed(&authority_key).unwrap().pem();
    let issuer = Issuer::new(authority, authority_key);
    let key = KeyPair::generate().unwrap();
    let server = CertificateParams::new(vec![host.to_owned()]).unwrap().signed_by(&key, &issuer).unwrap();
    Certificates { authority: authority_pem, server: server.der().to_vec(), key: key.serialize_der() }
}

/// Answers as a server with encryption does, and hands what it decrypts on to the real one. The port.
async fn server(certificates: &Certificates, socket: PathBuf) -> u16 {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(certificates.key.clone()));
    let config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificates.server.clone().into()], key)
        .unwrap();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((mut client, _)) = listener.accept().await {
            let (acceptor, socket) = (acceptor.clone(), socket.clone());
            tokio::spawn(async move {
                // The request for encryption: length 8, code 80877103. Anything else is not encrypted, and refused.
                let mut request = [0; 8];
                client.read_exact(&mut request).await.unwrap();
                if request != [0, 0, 0, 8, 4, 210, 22, 47] {
                    return;
                }
                client.write_all(b"S").await.unwrap();
                // One who does not trust the certificate ends here.
                let Ok(mut client) = acceptor.accept(client).await else { return };
                let mut server = UnixStream::connect(socket).await.unwrap();
                let _ends_with_the_connection = copy_bidirectional(&mut client, &mut server).await;
            });
        }
    });
    port
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn only_the_named_host_with_a_trusted_certificate_is_spoken_to() {
    let store = testing::postgres(&[]).await.unwrap();
    let config: tokio_postgres::Config = place(&store).url.parse().unwrap();
    let tokio_postgres::config::Host::Unix(folder) = &config.get_hosts()[0] else { panic!("a socket") };
    let certificates = certificates("localhost");
    let port = server(&certificates, folder.join(".s.PGSQL.5432")).await;
    let keeping = tempfile::tempdir().unwrap();
    let authority = keeping.path().join("authority.pem");
    std::fs::write(&authority, &certificates.authority).unwrap();
    let stranger = keeping.path().join("stranger.pem");
    std::fs::write(&stranger, crate::encrypted::certificates("localhost").authority).unwrap();
    let nonsense = keeping.path().join("nonsense.pem");
    std::fs::write(&nonsense, "no certificate").unwrap();

    let open = async |host: &str, words: &str| -> Result<Store, OpenError> {
        let url = format!("postgres://gongzhi@{host}:{port}/postgres?{words}");
        let location = PostgresLocation { url, ..place(&store).clone() };
        Store::open(Location::Postgres(location), World::fixed(testing::start(), 5).0, &[]).await
    };
    let trusted = format!("sslmode=verify-full&sslrootcert={}", authority.display());
    let encrypted = open("localhost", &trusted).await.unwrap();
    assert_eq!(encrypted.read(|tx| tx.journal_length()).await.unwrap(), 0);

    let refused = async |host: &str, words: &str, wanted: &str| {
        let sentence = open(host, words).await.unwrap_err().to_string();
        assert!(sentence.contains(wanted), "{sentence}");
    };
    // An authority that the machine does not know, another one, one that is none.
    refused("localhost", "sslmode=require", "sslrootcert").await;
    refused("localhost", &format!("sslmode=require&sslrootcert={}", stranger.display()), "certificate").await;
    refused("localhost", &format!("sslmode=require&sslrootcert={}", nonsense.display()), "nonsense.pem")
        .await;
    // The right authority, for another host.
    refused("127.0.0.1", &trusted, "certificate").await;
    // Without encryption this server says nothing.
    refused("localhost", "sslmode=disable", "cannot connect").await;
}
