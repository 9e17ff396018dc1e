//! The audit trail, as an auditor reads it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use common::{Browser, City};
use gongzhi_store::followers;

async fn caught_up(city: &City) {
    for follower in city.site.people().followers() {
        while followers::catch_up(&city.store, &follower).await.unwrap() > 0 {}
    }
}

#[tokio::test]
async fn an_auditor_searches_and_takes_out() {
    let city = common::bare_city().await;
    let mut wang = Browser::reading(&city, "en");
    wang.sign_in("wang").await;
    let page = wang.get("/sign-in").await;
    wang.post("/sign-in", page.form_token(), &[("login", "li"), ("password", "a wrong guess")]).await;
    let mut zhao = Browser::reading(&city, "en");
    zhao.sign_in("zhao").await;
    caught_up(&city).await;

    let all = zhao.get("/audit").await;
    assert_eq!((all.status.as_u16(), all.header("cache-control")), (200, "no-store"));
    for told in
        ["Signed in", "Sign-in failed", "Role given", "Account registered", "Organ established", "王芳"]
    {
        assert!(all.body.contains(told), "{told}: {}", all.body);
    }
    let some = zhao.get("/audit?section=permission").await;
    assert!(some.body.contains("Role given") && !some.body.contains("Sign-in failed"));
    let none = zhao.get("/audit?from=2030-01-01").await;
    assert!(none.body.contains("Nothing fits"));
    for (query, field) in [("login=nobody", "login"), ("from=yesterday", "from"), ("to=2026-13-01", "to")] {
        let wrong = zhao.get(&format!("/audit?{query}")).await;
        assert_eq!(wrong.status, 422, "{query}");
        assert!(wrong.body.contains(&format!("id=\"{field}-error\"")), "{query}");
    }

    // To look at what one person did is an entry itself, and so is taking entries out.
    let hers = zhao.get("/audit?login=wang").await;
    assert!(hers.body.contains("Signed in") && !hers.body.contains("Account registered"));
    let reply = zhao.post("/audit/export", all.form_token(), &[("section", "sign-in")]).await;
    assert_eq!((reply.status.as_u16(), reply.header("content-type")), (200, "text/csv; charset=utf-8"));
    let lines: Vec<&str> = reply.body.trim_start_matches('\u{feff}').lines().collect();
    assert!(lines[0].starts_with("time,event,section,kind,actor,person,name"));
    assert!(lines.len() >= 4 && lines[1..].iter().all(|line| line.contains(",sign-in,")), "{lines:?}");
    caught_up(&city).await;
    let readings = zhao.get("/audit?section=reading").await;
    for told in ["entries searched", "Entries exported", "赵敏"] {
        assert!(readings.body.contains(told), "{told}");
    }

    // For nobody else.
    assert_eq!(wang.get("/audit").await.status, 403);
    assert_eq!(Browser::new(&city).get("/audit").await.status, 303);
    let page = wang.get("/account").await;
    assert_eq!(wang.post("/audit/export", page.form_token(), &[]).await.status, 403);
}

#[tokio::test]
async fn the_trail_is_made_anew_from_the_journal() {
    let city = common::bare_city().await;
    let mut zhao = Browser::reading(&city, "en");
    zhao.sign_in("zhao").await;
    caught_up(&city).await;
    let before = zhao.get("/audit").await;
    for follower in city.site.people().followers() {
        followers::rebuild(&city.store, &follower).await.unwrap();
    }
    caught_up(&city).await;
    let entries = |body: &str| body.matches("class=\"list-row\"").count();
    assert!(entries(&before.body) > 8);
    assert_eq!(entries(&zhao.get("/audit").await.body), entries(&before.body));
}
