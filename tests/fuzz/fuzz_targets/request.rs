//! No bytes that a stranger can send make the city answer 5xx, panic or hang: the whole router over a small city.
//!
//! The first line of the input is method, address and kind of body; the rest is the body.
#![no_main]

use std::sync::LazyLock;

use axum::Router;
use axum::body::Body;
use axum::http::{Request, StatusCode};
use gongzhi::compose::Running;
use gongzhi::config::{Inputs, Settings};
use http_body_util::BodyExt;
use libfuzzer_sys::fuzz_target;
use tokio::runtime::Runtime;
use tower::ServiceExt;

struct City {
    runtime: Runtime,
    router: Router,
    cookie: String,
    token: String,
    _running: Running,
    _folder: tempfile::TempDir,
}

static CITY: LazyLock<City> = LazyLock::new(|| {
    let folder = tempfile::tempdir().expect("a folder");
    let runtime = Runtime::new().expect("a runtime");
    let flags = [("data", folder.path().display().to_string()), ("listen", "127.0.0.1:0".to_owned())];
    let inputs = Inputs { flags: flags.into_iter().collect(), ..Inputs::default() };
    let config = Settings::resolve(inputs).and_then(|settings| settings.config()).expect("settings");
    let running = runtime.block_on(Running::start(&config, Vec::new())).expect("a city");
    let router = running.city.app.router.clone();
    // A form is read only with the token of its visitor: take one, so that the fuzzer comes behind that door.
    let page = Request::get("/appeals/new").body(Body::empty()).expect("a request");
    let (cookie, token) = runtime.block_on(async {
        let answer = router.clone().oneshot(page).await.expect("an answer");
        let cookies: Vec<String> = answer
            .headers()
            .get_all("set-cookie")
            .iter()
            .filter_map(|value| value.to_str().ok()?.split(';').next().map(str::to_owned))
            .collect();
        let body = answer.into_body().collect().await.expect("a page").to_bytes();
        let text = String::from_utf8_lossy(&body).into_owned();
        let field = text.split("<input type=\"hidden\" name=\"").nth(1).expect("a token in the form");
        let (name, rest) = field.split_once('"').expect("its name");
        let value = rest.split("value=\"").nth(1).and_then(|rest| rest.split('"').next()).expect("its value");
        (cookies.join("; "), format!("{name}={value}&"))
    });
    City { runtime, router, cookie, token, _running: running, _folder: folder }
});

fuzz_target!(|data: &[u8]| {
    let city = &*CITY;
    let mut parts = data.splitn(2, |byte| *byte == b'\n');
    let Ok(head) = std::str::from_utf8(parts.next().unwrap_or_default()) else { return };
    let body = parts.next().unwrap_or_default();
    let mut words = head.splitn(3, ' ');
    let (Some(method), Some(address)) = (words.next(), words.next()) else { return };
    let kind = words.next().unwrap_or("application/json");
    // A live stream does not end.
    if address.starts_with("/live") {
        return;
    }
    let form = kind.starts_with("application/x-www-form-urlencoded");
    let bytes = if form { [city.token.as_bytes(), body].concat() } else { body.to_vec() };
    let request = Request::builder()
        .method(method)
        .uri(address)
        .header("host", "127.0.0.1")
        .header("content-type", kind)
        .header("cookie", &city.cookie)
        .header("sec-fetch-site", "same-origin")
        .body(Body::from(bytes));
    // What is no request at all never reaches the router.
    let Ok(request) = request else { return };
    let status = city.runtime.block_on(async {
        let answer = city.router.clone().oneshot(request).await.expect("an answer");
        let status = answer.status();
        answer.into_body().collect().await.expect("a whole answer");
        status
    });
    assert!(
        !status.is_server_error() || status == StatusCode::NOT_IMPLEMENTED,
        "{status} for {}",
        String::from_utf8_lossy(data)
    );
});
