//! A real server: live events arrive, a stop ends the streams and lets requests in work finish.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod common;

use std::time::Duration;

use common::{City, city};
use gongzhi_web::{Access, Answer, Routes, serve};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;

async fn slow() -> Answer {
    tokio::time::sleep(Duration::from_millis(300)).await;
    Ok(axum::response::IntoResponse::into_response("done"))
}

struct Server {
    city: City,
    address: std::net::SocketAddr,
    stop: Option<oneshot::Sender<()>>,
    task: tokio::task::JoinHandle<std::io::Result<()>>,
}

async fn start() -> Server {
    let city = city(|site| site, |_| vec![Routes::new().get("/slow", Access::Anyone, slow)]).await;
    city.site.live().declare("city");
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (stop, stopped) = oneshot::channel::<()>();
    let (site, router) = (city.site.clone(), city.app.router.clone());
    let task = tokio::spawn(async move {
        serve(&site, listener, router, async {
            stopped.await.unwrap();
        })
        .await
    });
    Server { city, address, stop: Some(stop), task }
}

async fn ask(address: std::net::SocketAddr, path: &str) -> TcpStream {
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream
        .write_all(format!("GET {path} HTTP/1.1\r\nHost: test\r\nAccept-Encoding: br\r\n\r\n").as_bytes())
        .await
        .unwrap();
    stream
}

/// Reads until the words have come.
async fn until(stream: &mut TcpStream, words: &str) -> String {
    let mut text = String::new();
    let mut buffer = [0; 4096];
    tokio::time::timeout(Duration::from_secs(10), async {
        while !text.contains(words) {
            let read = stream.read(&mut buffer).await.unwrap();
            assert!(read > 0, "ended before {words:?}: {text}");
            text.push_str(&String::from_utf8_lossy(&buffer[..read]));
        }
    })
    .await
    .unwrap_or_else(|_| panic!("{words:?} did not come"));
    text
}

#[tokio::test(flavor = "multi_thread")]
async fn live_events_arrive_and_end_with_the_server() {
    let mut server = start().await;
    server.city.site.live().publish("city", r#"{"open":1}"#);
    let mut stream = ask(server.address, "/live/city").await;
    let text = until(&mut stream, r#"data: {"open":1}"#).await;
    assert!(text.contains("content-type: text/event-stream") && text.contains("retry: 5000"), "{text}");
    assert!(!text.contains("content-encoding"), "events are not held back by compression");
    server.city.site.live().publish("city", r#"{"open":2}"#);
    until(&mut stream, r#"data: {"open":2}"#).await;
    server.stop.take().unwrap().send(()).unwrap();
    let mut rest = Vec::new();
    tokio::time::timeout(Duration::from_secs(5), stream.read_to_end(&mut rest))
        .await
        .expect("the stream ends")
        .unwrap();
    tokio::time::timeout(Duration::from_secs(5), server.task)
        .await
        .expect("the server ends")
        .unwrap()
        .unwrap();
    assert_eq!(server.city.site.live().open(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn requests_in_work_are_finished_before_the_stop() {
    let mut server = start().await;
    let mut stream = ask(server.address, "/slow").await;
    tokio::time::sleep(Duration::from_millis(100)).await;
    server.stop.take().unwrap().send(()).unwrap();
    let text = until(&mut stream, "done").await;
    assert!(text.starts_with("HTTP/1.1 200"), "{text}");
    server.task.await.unwrap().unwrap();
    assert!(TcpStream::connect(server.address).await.is_err(), "nobody is let in afterwards");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_topic_is_no_stream() {
    let server = start().await;
    let mut stream = ask(server.address, "/live/nothing").await;
    assert!(until(&mut stream, "\r\n\r\n").await.starts_with("HTTP/1.1 404"));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_http_ends_that_connection_alone() {
    let server = start().await;
    for bytes in [&b"\x16\x03\x01\x02"[..], b"GET\r\n\r\n", b"GET / HTTP/9\r\n\r\n", &[b'a'; 100_000]] {
        let mut stream = TcpStream::connect(server.address).await.unwrap();
        // The server may close while we still write.
        let _written_or_closed = stream.write_all(bytes).await;
        let mut answer = Vec::new();
        let _read_or_closed =
            tokio::time::timeout(Duration::from_millis(500), stream.read_to_end(&mut answer)).await;
        let answer = String::from_utf8_lossy(&answer);
        assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 4"), "{answer}");
    }
    let mut stream = ask(server.address, "/healthz").await;
    assert!(until(&mut stream, "ok").await.starts_with("HTTP/1.1 200"));
}
