//! Any request to a whole city: whatever comes in, the answer is never a server error.
#![no_main]

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::LazyLock;

use arbitrary::Arbitrary;
use axum::Router;
use axum::body::Body;
use axum::http::{HeaderValue, Method, Request, Uri};
use libfuzzer_sys::fuzz_target;
use tower::ServiceExt;

/// A request, mostly of the shape that some route expects: bytes alone would hardly get past the path.
#[derive(Debug, Arbitrary)]
struct Input<'a> {
    method: u8,
    path: u8,
    segment: Option<&'a str>,
    query: Option<&'a str>,
    kind: u8,
    cookie: Option<&'a [u8]>,
    language: Option<&'a [u8]>,
    key: Option<&'a [u8]>,
    body: &'a [u8],
}

struct City {
    runtime: tokio::runtime::Runtime,
    router: Router,
    paths: Vec<String>,
    _folder: tempfile::TempDir,
}

static CITY: LazyLock<City> = LazyLock::new(|| {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let folder = tempfile::tempdir().expect("a folder");
    let (router, paths) = runtime.block_on(async {
        let config = gongzhi::config::Config::for_folder(folder.path());
        let store = gongzhi::compose::open(&config, gongzhi_kernel::World::system()).await.expect("a store");
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, 8080));
        let city = gongzhi::compose::compose(store, &config, address, Vec::new()).await.expect("a city");
        let paths = city.app.table.iter().map(|route| route.path.clone()).collect();
        (city.app.router, paths)
    });
    City { runtime, router, paths, _folder: folder }
});

const METHODS: [Method; 6] =
    [Method::GET, Method::POST, Method::PUT, Method::DELETE, Method::HEAD, Method::PATCH];
const KINDS: [&str; 4] =
    ["application/json", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "text/plain"];

fn request(input: &Input<'_>, paths: &[String]) -> Option<Request<Body>> {
    let template = paths.get(usize::from(input.path) % paths.len())?;
    let segment: String = input.segment.unwrap_or("0110000000000000").chars().filter(|c| !c.is_control()).collect();
    let mut path: String = template
        .split('/')
        .map(|part| if part.starts_with('{') { segment.as_str() } else { part })
        .collect::<Vec<_>>()
        .join("/");
    if let Some(query) = input.query {
        path.push('?');
        path.push_str(query);
    }
    // What no client could put on the wire is no request.
    let uri: Uri = path.parse().ok()?;
    let mut request = Request::builder()
        .method(METHODS[usize::from(input.method) % METHODS.len()].clone())
        .uri(uri)
        .header("content-type", KINDS[usize::from(input.kind) % KINDS.len()])
        .header("host", "127.0.0.1:8080");
    for (name, value) in [("cookie", input.cookie), ("accept-language", input.language), ("idempotency-key", input.key)] {
        if let Some(value) = value.and_then(|bytes| HeaderValue::from_bytes(bytes).ok()) {
            request = request.header(name, value);
        }
    }
    request.body(Body::from(input.body.to_vec())).ok()
}

fuzz_target!(|input: Input<'_>| {
    let city = &*CITY;
    let Some(request) = request(&input, &city.paths) else { return };
    // A live stream never ends by itself; its head is the answer.
    let response = city.runtime.block_on(city.router.clone().oneshot(request)).expect("an answer");
    assert!(response.status().as_u16() < 500, "{} for {input:?}", response.status());
});
