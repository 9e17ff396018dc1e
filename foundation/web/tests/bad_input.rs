//! Whatever is sent, the answer is a sentence that says what to change: 4xx, never 5xx, page or problem as it belongs.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod common;

use axum::body::Body;
use axum::extract::State;
use axum::response::IntoResponse;
use common::{Browser, City, PASSWORD, Reply, city, city_with};
use gongzhi_kernel::{ActorKind, Failure, Fault, FaultKind, Refusal, RefusalKind};
use gongzhi_web::{Access, Answer, Form, IdempotencyKey, Json, Path, Query, Routes, Site, SiteConfig, Visit};
use http::{Method, Request, header};
use proptest::prelude::*;
use serde::{Deserialize, Serialize};

#[derive(Debug, Deserialize, Serialize)]
struct Report {
    text: String,
    #[serde(default)]
    place: Option<Place>,
}

#[derive(Debug, Deserialize, Serialize)]
struct Place {
    lat: f64,
    lon: f64,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Filter {
    before: Option<i64>,
    tag: Vec<String>,
}

async fn submit(_: Visit, IdempotencyKey(key): IdempotencyKey, Json(report): Json<Report>) -> Answer {
    Ok(Json(serde_json::json!({ "key": key, "text": report.text })).into_response())
}

async fn list(visit: Visit, Query(filter): Query<Filter>) -> Answer {
    visit.public_json(&serde_json::json!({ "before": filter.before, "tags": filter.tag }))
}

async fn one(_: Visit, Path(number): Path<i64>) -> Answer {
    Ok(Json(number).into_response())
}

async fn typed(_: Visit, form: Form<Filter>) -> Answer {
    Ok(format!("{:?} {}", form.value, form.typed.all("tag").count()).into_response())
}

async fn fails(State(_): State<Site>, Path(how): Path<String>) -> Answer {
    let failure: Failure = match how.as_str() {
        "conflict" => Refusal::conflict("error-fields").into(),
        "many" => Refusal::new(RefusalKind::TooMany, "error-fields").with("seconds", 9).into(),
        "forbidden" => Refusal::forbidden("error-not-for-you").into(),
        "full" => Fault::new(FaultKind::Full, "disk of 王芳 is full").into(),
        "busy" => Fault::new(FaultKind::Busy, "queue is long").into(),
        _ => Fault::internal("cannot read").because("secret cause").into(),
    };
    Err(failure.into())
}

async fn staff(visit: Visit) -> Answer {
    Ok(visit.actor().kind().word().into_response())
}

fn routes(site: &Site) -> Vec<Routes> {
    let routes = Routes::new()
        .api_post("/api/v1/reports", Access::Anyone, submit)
        .api_get("/api/v1/reports", Access::Anyone, list)
        .api_get("/api/v1/reports/{number}", Access::Anyone, one)
        .api_get("/api/v1/fails/{how}", Access::Anyone, fails)
        .get("/fails/{how}", Access::Anyone, fails)
        .post("/form", Access::Anyone, typed)
        .get("/list", Access::Anyone, list)
        .get("/staff", Access::Kinds(&[ActorKind::Auditor]), staff)
        .api_get("/api/v1/staff", Access::Kinds(&[ActorKind::Auditor]), staff)
        .api_post("/api/v1/act", Access::SignedIn, staff);
    vec![routes.with_state(site.clone())]
}

async fn sample() -> City {
    city(|site| site, routes).await
}

fn api(method: Method, path: &str) -> http::request::Builder {
    Request::builder()
        .method(method)
        .uri(path)
        .header(header::HOST, "127.0.0.1:8080")
        .header(header::ACCEPT, "application/json")
}

fn json(body: impl Into<Body>) -> Request<Body> {
    api(Method::POST, "/api/v1/reports")
        .header(header::CONTENT_TYPE, "application/json")
        .body(body.into())
        .unwrap()
}

/// A problem with this status, code and field; in words, and without anything of ours.
fn assert_problem(reply: &Reply, status: u16, code: &str, field: Option<&str>) {
    assert_eq!(reply.status, status, "{}", reply.body);
    assert_eq!(reply.header(header::CONTENT_TYPE), "application/problem+json", "{}", reply.body);
    let problem = reply.json();
    assert_eq!(problem["status"], status);
    assert_eq!(problem["code"], code, "{}", reply.body);
    assert!(problem["type"].as_str().unwrap().ends_with(&format!("/api/problems/{code}")));
    assert_eq!(problem["instance"], reply.header("x-request-id"));
    let detail = problem["detail"].as_str().unwrap();
    assert!(detail.chars().count() > 5 && detail != code, "{detail}");
    if let Some(field) = field {
        assert_eq!(problem["errors"][0]["field"], field, "{}", reply.body);
        assert!(!problem["errors"][0]["detail"].as_str().unwrap().is_empty());
    }
}

#[tokio::test]
async fn bad_json_is_answered_with_a_problem_that_says_where() {
    let city = sample().await;
    let mut caller = Browser::new(&city);
    for (body, status, code, field) in [
        ("", 400, "error-json-unreadable", None),
        ("{", 400, "error-json-unreadable", None),
        ("\u{0}", 400, "error-json-unreadable", None),
        (r#"{"text":"a"} x"#, 400, "error-json-unreadable", None),
        ("[]", 400, "error-json-shape", None),
        ("null", 400, "error-json-shape", None),
        ("{}", 422, "error-fields", Some("text")),
        (r#"{"text":1}"#, 422, "error-fields", Some("text")),
        (r#"{"text":"a","place":{"lat":"x","lon":1}}"#, 422, "error-fields", Some("place.lat")),
        (r#"{"text":"a","place":{"lat":1}}"#, 422, "error-fields", Some("place.lon")),
    ] {
        let reply = caller.send(json(body.to_owned())).await;
        assert_problem(&reply, status, code, field);
    }
    let deep = "[".repeat(100_000);
    assert_problem(&caller.send(json(deep)).await, 422, "error-fields", None);
    assert_problem(&caller.send(json(vec![0xff, 0xfe])).await, 400, "error-json-unreadable", None);
    let good = caller.send(json(r#"{"text":"路灯"}"#)).await;
    assert_eq!((good.status.as_u16(), good.json()["text"].as_str()), (200, Some("路灯")));
}

#[tokio::test]
async fn the_wrong_kind_of_body_and_too_much_of_it() {
    let city = sample().await;
    let mut caller = Browser::new(&city);
    for kind in ["text/plain", "application/x-www-form-urlencoded", "", "application/jsonx", "\u{1}"] {
        let mut request = json("{}");
        request.headers_mut().remove(header::CONTENT_TYPE);
        if let Ok(kind) = http::HeaderValue::from_str(kind) {
            request.headers_mut().insert(header::CONTENT_TYPE, kind);
        }
        assert_problem(&caller.send(request).await, 415, "error-json-kind", None);
    }
    let huge = format!(r#"{{"text":"{}"}}"#, "a".repeat(1_100_000));
    let mut declared = json(huge.clone());
    declared.headers_mut().insert(header::CONTENT_LENGTH, huge.len().into());
    assert_problem(&caller.send(declared).await, 413, "error-too-large", None);
    // Sent in pieces, without saying how much will come.
    let pieces = futures_util::stream::iter((0..12).map(|_| Ok::<_, std::io::Error>("x".repeat(100_000))));
    assert_problem(&caller.send(json(Body::from_stream(pieces))).await, 413, "error-too-large", None);
    // Broken off.
    let broken = futures_util::stream::iter([Ok("{".to_owned()), Err(std::io::Error::other("gone"))]);
    assert_problem(&caller.send(json(Body::from_stream(broken))).await, 400, "error-body-broken", None);
}

#[tokio::test]
async fn unknown_addresses_and_methods_are_answered_in_the_right_form() {
    let city = sample().await;
    let mut browser = Browser::new(&city);
    assert_problem(
        &browser.send(api(Method::GET, "/api/v1/nothing").body(Body::empty()).unwrap()).await,
        404,
        "error-no-such-page",
        None,
    );
    let reply = browser.send(api(Method::PATCH, "/api/v1/reports").body(Body::empty()).unwrap()).await;
    assert_problem(&reply, 405, "error-method", None);
    assert_eq!(reply.header(header::ALLOW), "GET, HEAD, POST");
    let reply = browser
        .send(api(Method::from_bytes(b"SURPRISE").unwrap(), "/list").body(Body::empty()).unwrap())
        .await;
    assert_problem(&reply, 405, "error-method", None);
    let page = browser.get("/nothing").await;
    assert_eq!(page.status, 404);
    assert!(page.body.contains("没有找到") && page.body.contains(r#"href="/""#), "the way out");
    let request = browser.request(Method::POST, "/help").body(Body::empty()).unwrap();
    let page = browser.send(request).await;
    assert_eq!((page.status.as_u16(), page.header(header::ALLOW)), (405, "GET, HEAD"));
    for number in ["x", "1.5", "-", "99999999999999999999", "%FF", "%00", "٣"] {
        let reply = browser
            .send(
                api(Method::GET, &format!("/api/v1/reports/{}", number.replace('٣', "%D9%A3")))
                    .body(Body::empty())
                    .unwrap(),
            )
            .await;
        assert_problem(&reply, 404, "error-no-such-page", None);
    }
}

#[tokio::test]
async fn queries_name_the_field_that_cannot_be_read() {
    let city = sample().await;
    let mut browser = Browser::new(&city);
    let reply = browser.send(api(Method::GET, "/api/v1/reports?before=x").body(Body::empty()).unwrap()).await;
    assert_problem(&reply, 422, "error-fields", Some("before"));
    let page = browser.get("/list?before=99999999999999999999").await;
    assert_eq!(page.status, 422);
    assert!(page.body.contains("before"));
    let reply = browser.get("/list?before=&tag=a&tag=b&unknown=1&%FF=%zz").await;
    assert_eq!(reply.json(), serde_json::json!({ "before": null, "tags": ["a", "b"] }));
}

#[tokio::test]
async fn a_form_needs_its_token_and_its_origin() {
    let city = sample().await;
    let mut browser = Browser::new(&city);
    let page = browser.get("/sign-in").await;
    let token = page.form_token().to_owned();
    let next = browser.get("/sign-in").await;
    assert_ne!(token, next.form_token(), "the token is written differently each time");
    let good = browser.post("/form", &token, &[("tag", "a"), ("tag", "b")]).await;
    assert_eq!((good.status.as_u16(), good.body.ends_with(" 2")), (200, true), "{}", good.body);
    for bad in ["", "x", &token[1..], "路灯"] {
        let reply = browser.post("/form", bad, &[]).await;
        assert_eq!(reply.status, 403);
        assert!(reply.body.contains("表单放得太久了"));
    }
    // Somebody else's token.
    let mut other = Browser::new(&city);
    let others = other.get("/sign-in").await.form_token().to_owned();
    assert_eq!(browser.post("/form", &others, &[]).await.status, 403);
    // Without cookies there is no token that would do.
    let mut bare = Browser::new(&city);
    assert_eq!(bare.post("/form", &token, &[]).await.status, 403);
    // From another site, although everything else is right.
    for (name, value) in [
        ("sec-fetch-site", "cross-site"),
        ("sec-fetch-site", "same-site"),
        ("origin", "https://evil.example"),
        ("origin", "null"),
    ] {
        let request = browser
            .request(Method::POST, "/form")
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header(name, value)
            .body(Body::from(format!("form_token={token}")))
            .unwrap();
        let reply = browser.send(request).await;
        assert_eq!(reply.status, 403, "{name}: {value}");
        assert!(reply.body.contains("不是从本站页面发出"), "{}", reply.body);
    }
    for kind in ["application/json", "multipart/form-data; boundary=x", ""] {
        let request = browser
            .request(Method::POST, "/form")
            .header(header::CONTENT_TYPE, kind)
            .body(Body::from("{}"))
            .unwrap();
        assert_eq!(browser.send(request).await.status, 415);
    }
    let reply = browser.post("/form", &token, &[("before", "x")]).await;
    assert_eq!(reply.status, 422);
}

#[tokio::test]
async fn the_api_takes_a_cookie_only_with_proof_of_origin_and_a_bearer_without() {
    let city = sample().await;
    let mut browser = Browser::new(&city);
    browser.sign_in("zhao").await;
    let act = |browser: &Browser<'_>| browser.request(Method::POST, "/api/v1/act");
    let request = act(&browser).body(Body::empty()).unwrap();
    assert_problem(&browser.send(request).await, 403, "error-other-origin", None);
    for (name, value, status) in [
        ("sec-fetch-site", "same-origin", 200),
        ("origin", "http://127.0.0.1:8080", 200),
        ("origin", "https://evil.example", 403),
        ("sec-fetch-site", "cross-site", 403),
    ] {
        let request = act(&browser).header(name, value).body(Body::empty()).unwrap();
        assert_eq!(browser.send(request).await.status, status, "{name}: {value}");
    }
    let mut program = Browser::new(&city);
    let body = serde_json::json!({ "login": "zhao", "password": PASSWORD }).to_string();
    let request = api(Method::POST, "/api/v1/sessions")
        .header(header::CONTENT_TYPE, "application/json")
        .body(body.into())
        .unwrap();
    let reply = program.send(request).await;
    assert_eq!(reply.status, 201, "{}", reply.body);
    assert!(program.cookies.is_empty(), "a program gets no cookie");
    let token = reply.json()["token"].as_str().unwrap().to_owned();
    let bearer = |method: Method, path: &str, token: &str| {
        api(method, path)
            .header(header::AUTHORIZATION, format!("Bearer {token}"))
            .body(Body::empty())
            .unwrap()
    };
    assert_eq!(program.send(bearer(Method::POST, "/api/v1/act", &token)).await.body, "auditor");
    assert_eq!(program.send(bearer(Method::GET, "/api/v1/me", &token)).await.json()["name"], "赵敏");
    assert_eq!(program.send(bearer(Method::DELETE, "/api/v1/session", &token)).await.status, 204);
    for bad in [token.as_str(), "x", "路灯", ""] {
        let Ok(value) = http::HeaderValue::from_str(&format!("Bearer {bad}")) else { continue };
        let mut request = bearer(Method::GET, "/api/v1/reports", "x");
        request.headers_mut().insert(header::AUTHORIZATION, value);
        let reply = program.send(request).await;
        assert_problem(&reply, 401, "error-token-stale", None);
        assert_eq!(reply.header(header::WWW_AUTHENTICATE), "Bearer");
    }
    let wrong = serde_json::json!({ "login": "zhao", "password": "wrong" }).to_string();
    let request = api(Method::POST, "/api/v1/sessions")
        .header(header::CONTENT_TYPE, "application/json")
        .body(wrong.into())
        .unwrap();
    assert_problem(&program.send(request).await, 401, "people-sign-in-wrong", None);
}

#[tokio::test]
async fn the_wrong_role_is_led_to_the_sign_in_or_told_so() {
    let city = sample().await;
    let mut browser = Browser::new(&city);
    assert_eq!(browser.get("/staff").await.header(header::LOCATION), "/sign-in?next=/staff");
    assert_problem(&browser.get("/api/v1/staff").await, 401, "error-sign-in-first", None);
    browser.sign_in("li").await;
    let page = browser.get("/staff").await;
    assert_eq!(page.status, 403);
    assert_problem(&browser.get("/api/v1/staff").await, 403, "error-not-for-you", None);
    browser.sign_in("zhao").await;
    assert_eq!(browser.get("/staff").await.body, "auditor");
}

#[tokio::test]
async fn odd_cookies_and_headers_change_nothing() {
    let city = sample().await;
    let mut browser = Browser::new(&city);
    let long = "x".repeat(5000);
    for cookie in [
        "gz_session=x",
        "gz_session=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        "gz_lang=xx; gz_theme=; gz_edition=\"; gz_flash=%%%; gz_visitor=;;;",
        "gz_flash=bnVsbA; gz_lang",
        "=; ====; \u{7f}",
        long.as_str(),
    ] {
        let Ok(value) = http::HeaderValue::from_str(cookie) else { continue };
        let mut request = browser.request(Method::GET, "/help").body(Body::empty()).unwrap();
        request.headers_mut().insert(header::COOKIE, value);
        let reply = browser.send(request).await;
        assert_eq!(reply.status, 200, "{cookie}");
    }
    for (name, value) in [
        ("accept-language", ";;;,q=,*;q=x"),
        ("if-none-match", "\"\u{1}"),
        ("content-length", "-5"),
        ("authorization", "Bearer"),
        ("authorization", "Basic eA=="),
        ("accept", "\u{e9}"),
    ] {
        let Ok(value) = http::HeaderValue::from_str(value) else { continue };
        let mut request = browser.request(Method::GET, "/help").body(Body::empty()).unwrap();
        request.headers_mut().insert(name, value);
        assert_eq!(browser.send(request).await.status, 200, "{name}");
    }
}

#[tokio::test]
async fn each_failure_is_said_in_both_faces_and_both_languages() {
    let city = sample().await;
    for language in ["zh-CN", "en"] {
        let mut browser = Browser::reading(&city, language);
        for (how, status, wait) in [
            ("conflict", 409, ""),
            ("many", 429, "9"),
            ("forbidden", 403, ""),
            ("full", 507, "60"),
            ("busy", 503, "2"),
            ("internal", 500, ""),
        ] {
            let page = browser.get(&format!("/fails/{how}")).await;
            assert_eq!((page.status.as_u16(), page.header(header::RETRY_AFTER)), (status, wait), "{how}");
            assert!(page.body.contains(&format!("<html lang=\"{language}\"")) && page.body.contains("<h1>"));
            let problem = browser.get(&format!("/api/v1/fails/{how}")).await;
            assert_eq!(
                (problem.status.as_u16(), problem.header(header::RETRY_AFTER)),
                (status, wait),
                "{how}"
            );
            assert_eq!(problem.header(header::CONTENT_LANGUAGE), language);
            for body in [&page.body, &problem.body] {
                assert!(
                    !body.contains("secret") && !body.contains("disk of"),
                    "nothing of the cause is shown: {body}"
                );
            }
        }
    }
}

#[tokio::test]
async fn more_at_once_than_can_be_served_is_asked_to_come_again() {
    let config = SiteConfig { max_in_work: 0, ..SiteConfig::local("http://127.0.0.1:8080") };
    let city = city_with(config, |site| site, routes).await;
    let mut browser = Browser::new(&city);
    let reply = browser.get("/").await;
    assert_eq!((reply.status.as_u16(), reply.header(header::RETRY_AFTER)), (503, "2"));
    assert_problem(&browser.send(json("{}")).await, 503, "error-busy", None);
    assert_eq!(browser.get("/healthz").await.status, 200, "health is asked all the same");
}

#[tokio::test]
async fn the_route_table_lists_every_way_in() {
    let city = common::bare_city().await;
    let table: Vec<String> = city.app.routes.iter().map(ToString::to_string).collect();
    insta::assert_snapshot!(table.join("\n"));
    for route in &city.app.routes {
        if route.path.starts_with("/api/v1/") {
            let described = city.app.openapi.paths.paths.contains_key(route.path);
            assert!(described, "{route} is not described");
        }
    }
    let document = Browser::new(&city).get("/api/openapi.json").await.json();
    assert!(document["openapi"].as_str().unwrap().starts_with("3.1"), "{}", document["openapi"]);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]
    #[test]
    fn nothing_that_is_sent_breaks_the_server(
        bodies in proptest::collection::vec(proptest::collection::vec(any::<u8>(), 0..400), 12),
        query in "[ -~]{0,80}",
        cookie in "[ -~]{0,80}",
        path in "[a-zA-Z0-9%/{}._~-]{0,40}",
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let city = sample().await;
            let mut browser = Browser::new(&city);
            for body in bodies {
                let status = browser.send(json(body.clone())).await.status;
                assert!(status.as_u16() < 500, "{status} for {body:?}");
                let mut form = browser.request(Method::POST, "/form").body(Body::from(body)).unwrap();
                form.headers_mut().insert(header::CONTENT_TYPE, http::HeaderValue::from_static("application/x-www-form-urlencoded"));
                assert!(browser.send(form).await.status.as_u16() < 500);
            }
            let encoded = gongzhi_web::url_part(&query);
            for address in [format!("/list?{encoded}"), format!("/list?before={encoded}&{encoded}"), format!("/{path}?{encoded}")] {
                let Ok(uri) = address.parse::<http::Uri>() else { continue };
                let mut request = browser.request(Method::GET, "/").body(Body::empty()).unwrap();
                *request.uri_mut() = uri;
                if let Ok(value) = http::HeaderValue::from_str(&cookie) {
                    request.headers_mut().insert(header::COOKIE, value);
                }
                let status = browser.send(request).await.status;
                assert!(status.as_u16() < 500, "{status} for {address}");
            }
        });
    }
}
