//! Who may come where: every route, asked by every kind of actor.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use gongzhi_web::{Access, Face};
use http::Method;
use serde_json::json;

use super::{Browser, Town};

/// Sign-ins by the word of their kind; a visitor has none.
const KINDS: [(&str, Option<&str>); 6] = [
    ("visitor", None),
    ("resident", Some("resident")),
    ("official", Some("office")),
    ("operator", Some("hotline")),
    ("auditor", Some("auditor")),
    ("administrator", Some("admin")),
];

async fn ask(browser: &mut Browser<'_>, method: &Method, face: Face, path: &str, token: &str) -> u16 {
    let reply = match (method, face) {
        (&Method::GET, _) => browser.get(path).await,
        (_, Face::Page) => browser.post(path, token, &[]).await,
        (method, Face::Api) => browser.call(method.clone(), path, Some(&json!({}))).await,
    };
    assert!(!reply.status.is_server_error(), "{method} {path}: {}", reply.body);
    reply.status.as_u16()
}

/// A case that is not public and that nobody of the askers but its organ, operators and auditors may know of.
async fn secret_case(town: &Town) -> String {
    let mut submit = town.house.noise();
    submit.visibility = Some(gongzhi_appeals::model::Visibility::Confidential);
    town.house.submit(submit).await.number.to_string()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_route_asked_by_everybody() {
    let town = Town::open().await;
    let number = secret_case(&town).await;
    let own = |path: &str| {
        path.starts_with("/appeals")
            || path.starts_with("/api/v1/")
            || path.starts_with("/work")
            || path.starts_with("/track")
            || path.starts_with("/mine")
            || path.starts_with("/books")
            || path.starts_with("/admin")
            || path.starts_with("/open311")
            || path == "/ask"
    };
    let routes: Vec<_> = town.app.routes.iter().filter(|route| own(route.path)).collect();
    assert!(routes.len() > 40, "the route table is there");
    let mut matrix = String::new();
    let mut rows: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (kind, login) in KINDS {
        let mut browser = match login {
            Some(login) => town.signed_in(login).await,
            None => town.browser("zh-CN"),
        };
        let token = browser.get("/track").await.value("form_token").to_owned();
        // What one answer sets must not reach the next question.
        let cookies = browser.cookies.clone();
        for route in &routes {
            // Signing out would end the test's own session.
            if route.path == "/api/v1/session" {
                continue;
            }
            browser.cookies.clone_from(&cookies);
            let path = route.path.replace("{number}", &number).replace("{id}", "17");
            let path = path.replace("{file}", "17.json").replace("{*rest}", "nowhere.json");
            let status = ask(&mut browser, &route.method, route.face, &path, &token).await;
            let admitted = match route.access {
                Access::Anyone => true,
                Access::SignedIn => login.is_some(),
                Access::Kinds(kinds) => kinds.iter().any(|admitted| admitted.word() == kind),
            };
            if !admitted {
                let turned_away =
                    matches!(status, 401 | 403) || (status == 303 && route.method == Method::GET);
                assert!(turned_away, "{kind} came to {} {}: {status}", route.method, route.path);
            } else {
                assert_ne!(status, 401, "{kind} {} {}", route.method, route.path);
            }
            rows.entry(format!("{route}")).or_default().push(format!("{kind} {status}"));
        }
    }
    for (route, answers) in rows {
        writeln!(matrix, "{route}\n    {}", answers.join(" · ")).unwrap();
    }
    insta::assert_snapshot!("who_may_come_where", matrix);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_one_may_not_know_of_is_not_there() {
    let town = Town::open().await;
    let number = secret_case(&town).await;
    let nothing = "0000000000000017";
    for login in [None, Some("resident"), Some("lamps"), Some("admin")] {
        let mut browser = match login {
            Some(login) => town.signed_in(login).await,
            None => town.browser("en"),
        };
        for path in ["/appeals/{}", "/api/v1/appeals/{}", "/api/v1/appeals/{}/timeline"] {
            let (hidden, missing) = (
                browser.get(&path.replace("{}", &number)).await,
                browser.get(&path.replace("{}", nothing)).await,
            );
            assert_eq!((hidden.status.as_u16(), missing.status.as_u16()), (404, 404), "{login:?} {path}");
            let said = |reply: &super::Reply| {
                reply
                    .words()
                    .replace(&number, "")
                    .replace(nothing, "")
                    .replace(reply.header("x-request-id"), "")
            };
            if path.starts_with("/appeals") {
                assert_eq!(said(&hidden), said(&missing), "{login:?} {path}");
            }
        }
        let list = browser.get("/api/v1/appeals").await.json();
        assert_eq!(list["items"].as_array().unwrap().len(), 0, "{login:?}");
    }
    // An official of another organ can neither see nor step.
    let mut lamps = town.signed_in("lamps").await;
    for act in ["accept", "contact", "answer", "return"] {
        let body = json!({ "way": "phone", "reply": "办好了，请放心。", "reason": "不是我们的职责。" });
        let body = match act {
            "accept" => json!({}),
            "contact" => json!({ "way": body["way"] }),
            "answer" => json!({ "reply": body["reply"] }),
            _ => json!({ "reason": body["reason"] }),
        };
        let reply = lamps.call_post(&format!("/api/v1/appeals/{number}/{act}"), body).await;
        assert_eq!(reply.status, 404, "{act}: {}", reply.body);
    }
    // A public case is seen, but only its organ steps.
    let public = town.house.submit(town.house.noise()).await.number.to_string();
    let reply = lamps.call_post(&format!("/api/v1/appeals/{public}/accept"), json!({})).await;
    assert_eq!(reply.status, 403, "{}", reply.body);
}
