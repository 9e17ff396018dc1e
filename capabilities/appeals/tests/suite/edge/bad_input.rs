//! Whatever is sent, the answer says what to change: 4xx, never 5xx.

use http::{Method, Request, header};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::{Browser, Town};

async fn raw(browser: &mut Browser<'_>, path: &str, kind: &str, body: Vec<u8>) -> super::Reply {
    let request = browser.request(Method::POST, path).header(header::CONTENT_TYPE, kind);
    browser.send(request.body(body.into()).unwrap()).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_bad_body_gets_its_problem() {
    let town = Town::open().await;
    let mut program = town.browser("en");
    let text = "楼下工地夜里还在施工。";
    let long = "长".repeat(5001);
    let table: Vec<(Value, u16, &str, &str)> = vec![
        (json!({}), 422, "error-fields", "kind"),
        (json!({ "kind": "complaint" }), 422, "error-fields", "text"),
        (json!({ "kind": "noise", "text": text }), 422, "error-fields", "kind"),
        (json!({ "kind": "complaint", "text": "" }), 422, "error-fields", "text"),
        (json!({ "kind": "complaint", "text": long }), 422, "error-fields", "text"),
        (json!({ "kind": "complaint", "text": 3 }), 422, "error-fields", "text"),
        (
            json!({ "kind": "complaint", "text": text, "title": "长".repeat(81) }),
            422,
            "error-fields",
            "title",
        ),
        (
            json!({ "kind": "complaint", "text": text, "category": "no.such" }),
            422,
            "error-fields",
            "category",
        ),
        (json!({ "kind": "complaint", "text": text, "area": "000000000000" }), 422, "error-fields", "area"),
        (
            json!({ "kind": "complaint", "text": text, "point": { "lat": 91, "lon": 0 } }),
            422,
            "error-fields",
            "point",
        ),
        (
            json!({ "kind": "complaint", "text": text, "point": { "lat": 9 } }),
            422,
            "error-fields",
            "point.lon",
        ),
        (
            json!({ "kind": "complaint", "text": text, "visibility": "all" }),
            422,
            "error-fields",
            "visibility",
        ),
        (json!({ "kind": "complaint", "text": text, "channel": "import" }), 422, "error-fields", "channel"),
        (
            json!({ "kind": "complaint", "text": text, "reporter": { "phone": "abc" } }),
            422,
            "error-fields",
            "phone",
        ),
        (
            json!({ "kind": "complaint", "text": text, "reporter": { "email": "@" } }),
            422,
            "error-fields",
            "email",
        ),
        (
            json!({ "kind": "complaint", "text": text, "reporter": { "fax": "1" } }),
            422,
            "error-fields",
            "reporter.fax",
        ),
        (json!({ "kind": "complaint", "text": text, "surprise": 1 }), 422, "error-fields", "surprise"),
    ];
    for (body, status, code, field) in table {
        let reply = program.call_post("/api/v1/appeals", body.clone()).await;
        assert_eq!(reply.status, status, "{body}: {}", reply.body);
        let problem = reply.json();
        assert_eq!(problem["code"], code, "{body}");
        assert_eq!(problem["errors"][0]["field"], field, "{body}: {problem}");
        let detail = problem["errors"][0]["detail"].as_str().unwrap();
        assert!(detail.contains(' ') && !detail.contains("{$"), "a sentence: {detail}");
    }
    // Staff channels are for staff.
    let reply = program
        .call_post("/api/v1/appeals", json!({ "kind": "complaint", "text": text, "channel": "phone" }))
        .await;
    assert_eq!(reply.status, 401, "{}", reply.body);

    let mut wrong = Vec::new();
    for (path, kind, body, status) in [
        ("/api/v1/appeals", "application/json", b"{".to_vec(), 400),
        ("/api/v1/appeals", "application/json", b"\xff\xfe".to_vec(), 400),
        ("/api/v1/appeals", "text/plain", b"{}".to_vec(), 415),
        ("/api/v1/appeals", "application/json", vec![b' '; 2 * 1024 * 1024], 413),
        ("/api/v1/appeals/track", "application/json", br#"{"number":"x","tracking_code":"y"}"#.to_vec(), 404),
        ("/api/v1/appeals/track", "application/json", br#"{"number":"1"}"#.to_vec(), 422),
        (
            "/api/v1/appeals/0000000000000017/appraise",
            "application/json",
            br#"{"solved":true,"satisfied":9}"#.to_vec(),
            404,
        ),
        ("/api/v1/appeals/zzz/withdraw", "application/json", b"{}".to_vec(), 404),
        ("/track", "application/x-www-form-urlencoded", b"number=1&code=2".to_vec(), 403),
        ("/appeals/new", "application/x-www-form-urlencoded", b"%".to_vec(), 403),
        ("/appeals/new", "multipart/form-data", b"".to_vec(), 400),
        ("/appeals/new", "text/plain", b"".to_vec(), 415),
        ("/appeals/new", "application/x-www-form-urlencoded", vec![b'a'; 2 * 1024 * 1024], 413),
    ] {
        let reply = raw(&mut program, path, kind, body).await;
        if reply.status != status {
            wrong.push(format!("{path}: {} instead of {status}", reply.status));
        }
    }

    for (path, status) in [
        ("/appeals?status=nearly", 422),
        ("/appeals?kind=x", 422),
        ("/appeals?category=x", 422),
        ("/appeals?area=x", 422),
        ("/appeals?late=perhaps", 422),
        ("/appeals?before=x", 422),
        ("/appeals?before=1&after=2", 422),
        ("/appeals?before=1&before=2", 422),
        ("/appeals?q=%ff", 200),
        ("/appeals?q=%22%20OR%20%28*", 200),
        ("/api/v1/appeals?limit=0", 422),
        ("/api/v1/appeals?limit=999999999999999999999", 422),
        ("/api/v1/appeals?status=nearly", 422),
        ("/api/v1/appeals/12345678901234567", 404),
        ("/api/v1/appeals/-1/timeline", 404),
        ("/appeals/abc", 404),
        ("/appeals/9999999999999999", 404),
        ("/appeals/new/communities?street=x", 200),
        ("/track?number=%00", 200),
        ("/mine/abc", 303),
        ("/work?tab=x", 303),
    ] {
        let reply = program.get(path).await;
        if reply.status != status {
            wrong.push(format!("{path}: {} instead of {status}", reply.status));
        }
    }
    let mut office = town.signed_in("office").await;
    for (path, status) in [
        ("/work?tab=x", 200),
        ("/work?number=12a", 422),
        ("/work?number=0000000000000017", 303),
        ("/work/0000000000000017", 404),
        ("/work?after=x", 422),
        ("/work/abc", 404),
        ("/api/v1/desk?queue=x", 422),
        ("/api/v1/desk?after=x", 422),
    ] {
        let reply = office.get(path).await;
        if reply.status != status {
            wrong.push(format!("{path}: {} instead of {status}", reply.status));
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
}

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(|number| json!(number)),
        ".{0,40}".prop_map(Value::from),
        prop::sample::select(vec![
            "complaint",
            "1.1",
            "990101001000",
            "public",
            "phone",
            "楼下施工，睡不着觉。",
            "\u{0}\u{202e}"
        ])
        .prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 24, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            prop::collection::hash_map("[a-z_]{1,12}", inner, 0..5).prop_map(|map| json!(map)),
        ]
    })
}

/// Bodies that look like an appeal, with anything in their fields.
fn near_appeal() -> impl Strategy<Value = Value> {
    let names = vec![
        "kind",
        "text",
        "title",
        "category",
        "area",
        "address",
        "point",
        "visibility",
        "reporter",
        "channel",
        "urgency",
        "number",
        "tracking_code",
        "organ",
        "reply",
        "reason",
        "revision",
        "solved",
        "satisfied",
        "way",
        "purpose",
    ];
    prop::collection::hash_map(prop::sample::select(names), any_json(), 0..10).prop_map(|map| json!(map))
}

fn any_fields() -> impl Strategy<Value = Vec<(String, String)>> {
    let names = vec![
        "go",
        "key",
        "text",
        "kind",
        "street",
        "community",
        "category",
        "lat",
        "lon",
        "phone",
        "email",
        "visibility",
        "number",
        "code",
        "revision",
        "solved",
        "satisfied",
        "again",
        "organ",
        "way",
        "reply",
        "reason",
        "purpose",
        "tab",
        "nowhere",
    ];
    let values = prop_oneof![
        ".{0,60}",
        prop::sample::select(vec![
            "check",
            "send",
            "edit",
            "area",
            "help",
            "yes",
            "1",
            "-1",
            "0000000000000017",
            "phone",
            "12345678"
        ])
        .prop_map(str::to_owned),
        "[0-9A-Z]{10}",
    ];
    prop::collection::vec((prop::sample::select(names).prop_map(str::to_owned), values), 0..12)
}

#[test]
fn nothing_that_is_sent_breaks_the_house() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let (town, number) = runtime.block_on(async {
        let town = Town::open().await;
        let number = town.house.answered().await.number.to_string();
        (town, number)
    });
    let (office, token) = runtime.block_on(async {
        let mut browser = town.signed_in("office").await;
        let token = browser.get("/track").await.value("form_token").to_owned();
        (browser.cookies, token)
    });
    let mut config = ProptestConfig::with_cases(96);
    config.failure_persistence = None;
    let whatever = (any_json(), near_appeal(), any_fields(), ".{0,80}");
    let mut runner = proptest::test_runner::TestRunner::new(config);
    let outcome = runner.run(&whatever, |(anything, near, fields, query)| {
        runtime.block_on(async {
            let mut browser = town.browser("zh-CN");
            browser.cookies.clone_from(&office);
            let mut bad = Vec::new();
            let mut look = |what: String, reply: &super::Reply| {
                if reply.status.is_server_error() {
                    bad.push(format!("{what}: {} {}", reply.status, reply.body));
                }
            };
            for path in ["/api/v1/appeals", "/api/v1/appeals/track"] {
                for body in [&anything, &near] {
                    look(format!("{path} {body}"), &browser.call_post(path, body.clone()).await);
                }
            }
            for act in ["appraise", "withdraw", "reopen", "contact", "answer", "return", "accept", "reporter"]
            {
                let path = format!("/api/v1/appeals/{number}/{act}");
                look(format!("{path} {near}"), &browser.call_post(&path, near.clone()).await);
            }
            let pairs: Vec<(&str, &str)> =
                fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
            for path in ["/appeals/new", "/appeals/new/similar", "/track", "/track/case/appraise"] {
                look(format!("{path} {pairs:?}"), &browser.post(path, &token, &pairs).await);
            }
            for act in ["contact", "answer", "return", "reporter"] {
                let path = format!("/work/{number}/{act}");
                look(format!("{path} {pairs:?}"), &browser.post(&path, &token, &pairs).await);
            }
            let part = gongzhi_web::url_part(&query);
            for path in [
                "/appeals?q=",
                "/ask?q=",
                "/appeals?before=",
                "/api/v1/appeals?category=",
                "/track?number=",
                "/work?after=",
                "/appeals/",
            ] {
                let request = Request::builder().uri(format!("{path}{part}"));
                if request.body(()).is_ok() {
                    look(format!("{path}{part}"), &browser.get(&format!("{path}{part}")).await);
                }
            }
            prop_assert!(bad.is_empty(), "{bad:?}");
            Ok(())
        })
    });
    assert!(outcome.is_ok(), "{outcome:?}");
}
