//! A small HTTP/1.1 client: one connection, kept alive, one request at a time. It costs little, so that a load
//! generator on the same machine takes little from what it measures.

use std::io;
use std::net::SocketAddr;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// An answer.
#[derive(Debug, Clone, Default)]
pub struct Answer {
    /// The status code.
    pub status: u16,
    /// Header lines, names in lower case.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
}

impl Answer {
    /// The first header with this name (lower case).
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// The body as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The body as JSON; `Null` where it is none.
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }
}

/// A connection that is opened when it is first needed, and anew when it broke.
#[derive(Debug)]
pub struct Client {
    address: SocketAddr,
    stream: Option<TcpStream>,
    buffer: Vec<u8>,
}

fn broken(what: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, what.to_owned())
}

/// The bytes of a GET.
pub fn get(path: &str) -> Vec<u8> {
    format!("GET {path} HTTP/1.1\r\nhost: localhost\r\naccept: */*\r\n\r\n").into_bytes()
}

/// The bytes of a POST of JSON, with an idempotency key unless it is empty.
pub fn post_json(path: &str, key: &str, body: &str) -> Vec<u8> {
    let key = if key.is_empty() { String::new() } else { format!("idempotency-key: {key}\r\n") };
    format!(
        "POST {path} HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n{key}content-length: {}\r\n\r\n{body}",
        body.len()
    )
    .into_bytes()
}

impl Client {
    /// For the server at this address.
    pub fn new(address: SocketAddr) -> Self {
        Self { address, stream: None, buffer: Vec::with_capacity(16 * 1024) }
    }

    /// Sends a request and reads its answer. After an error the next request opens a new connection; whether the
    /// server has done what was asked is then unknown.
    ///
    /// # Errors
    /// Where the connection cannot be opened, breaks, or says something that is not HTTP.
    pub async fn send(&mut self, request: &[u8]) -> io::Result<Answer> {
        let outcome = self.exchange(request).await;
        if outcome.is_err() {
            self.stream = None;
        }
        outcome
    }

    /// GET.
    ///
    /// # Errors
    /// See [`Client::send`].
    pub async fn get(&mut self, path: &str) -> io::Result<Answer> {
        self.send(&get(path)).await
    }

    async fn exchange(&mut self, request: &[u8]) -> io::Result<Answer> {
        let stream = match &mut self.stream {
            Some(stream) => stream,
            none => {
                let stream = TcpStream::connect(self.address).await?;
                stream.set_nodelay(true)?;
                none.insert(stream)
            }
        };
        stream.write_all(request).await?;
        self.buffer.clear();
        let head_end = loop {
            if let Some(at) = find(&self.buffer, b"\r\n\r\n") {
                break at;
            }
            fill(stream, &mut self.buffer).await?;
        };
        let head = std::str::from_utf8(&self.buffer[..head_end]).map_err(|_| broken("header is not text"))?;
        let mut lines = head.split("\r\n");
        let status = lines
            .next()
            .and_then(|line| line.split(' ').nth(1))
            .and_then(|code| code.parse().ok())
            .ok_or_else(|| broken("no status line"))?;
        let headers: Vec<(String, String)> = lines
            .filter_map(|line| line.split_once(':'))
            .map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned()))
            .collect();
        self.buffer.drain(..head_end + 4);
        let mut answer = Answer { status, headers, body: Vec::new() };
        if answer.header("transfer-encoding").is_some_and(|value| value.eq_ignore_ascii_case("chunked")) {
            answer.body = read_chunks(stream, &mut self.buffer).await?;
        } else {
            let length: usize =
                answer.header("content-length").and_then(|value| value.parse().ok()).unwrap_or(0);
            while self.buffer.len() < length {
                fill(stream, &mut self.buffer).await?;
            }
            answer.body = self.buffer.drain(..length).collect();
        }
        if answer.header("connection").is_some_and(|value| value.eq_ignore_ascii_case("close")) {
            self.stream = None;
        }
        Ok(answer)
    }
}

fn find(bytes: &[u8], what: &[u8]) -> Option<usize> {
    bytes.windows(what.len()).position(|window| window == what)
}

async fn fill(stream: &mut TcpStream, buffer: &mut Vec<u8>) -> io::Result<()> {
    if stream.read_buf(buffer).await? == 0 {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    Ok(())
}

async fn read_chunks(stream: &mut TcpStream, buffer: &mut Vec<u8>) -> io::Result<Vec<u8>> {
    let mut body = Vec::new();
    loop {
        let line_end = loop {
            match find(buffer, b"\r\n") {
                Some(at) => break at,
                None => fill(stream, buffer).await?,
            }
        };
        let size = std::str::from_utf8(&buffer[..line_end])
            .ok()
            .and_then(|text| {
                usize::from_str_radix(text.split(';').next().unwrap_or_default().trim(), 16).ok()
            })
            .ok_or_else(|| broken("bad chunk size"))?;
        buffer.drain(..line_end + 2);
        while buffer.len() < size + 2 {
            fill(stream, buffer).await?;
        }
        body.extend_from_slice(&buffer[..size]);
        buffer.drain(..size + 2);
        if size == 0 {
            return Ok(body);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::net::TcpListener;

    async fn served(answers: Vec<&'static [u8]>) -> SocketAddr {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.unwrap();
            for answer in answers {
                let mut request = [0; 1024];
                assert!(stream.read(&mut request).await.unwrap() > 0);
                // In two pieces, so that the client has to put them together.
                let (first, second) = answer.split_at(answer.len() / 2);
                stream.write_all(first).await.unwrap();
                tokio::time::sleep(std::time::Duration::from_millis(5)).await;
                stream.write_all(second).await.unwrap();
            }
        });
        address
    }

    #[tokio::test]
    async fn answers_with_a_length_and_in_chunks_are_read_on_one_connection() {
        let address = served(vec![
            b"HTTP/1.1 201 Created\r\nContent-Length: 8\r\nX-A: b\r\n\r\n{\"n\": 1}",
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n4;x=y\r\ndefg\r\n0\r\n\r\n",
        ])
        .await;
        let mut client = Client::new(address);
        let first = client.get("/").await.unwrap();
        assert_eq!(
            (first.status, first.header("x-a"), first.json()["n"].as_i64()),
            (201, Some("b"), Some(1))
        );
        let second = client.get("/").await.unwrap();
        assert_eq!((second.status, second.text().as_str()), (200, "abcdefg"));
        assert!(client.get("/").await.is_err(), "the server is gone");
    }
}
