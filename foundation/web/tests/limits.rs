//! How often one address may come, and whose word about addresses is believed.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use std::net::IpAddr;
use std::time::Duration;

use axum::body::Body;
use common::{Browser, City, PASSWORD, Reply, city_with};
use gongzhi_kernel::Clock as _;
use gongzhi_web::{Allowance, LimitRules, Peer, SiteConfig};
use http::{Method, header};

async fn limited(limits: LimitRules) -> City {
    let config = SiteConfig { limits, ..SiteConfig::local("http://127.0.0.1:8080") };
    city_with(config, |site| site, |_| Vec::new()).await
}

fn later(city: &City, seconds: u64) {
    city.store.clock.set(city.store.clock.now() + Duration::from_secs(seconds));
}

/// A program asks for a session, from this address, saying that it asks for another.
async fn sign_in(city: &City, from: &str, forwarded: Option<&str>, login: &str, password: &str) -> Reply {
    let mut browser = Browser::new(city);
    let mut request = browser
        .request(Method::POST, "/api/v1/sessions")
        .extension(Peer(from.parse::<IpAddr>().unwrap()))
        .header(header::CONTENT_TYPE, "application/json");
    if let Some(forwarded) = forwarded {
        request = request.header("x-forwarded-for", forwarded);
    }
    let body = serde_json::json!({ "login": login, "password": password }).to_string();
    let request = request.body(Body::from(body)).unwrap();
    browser.send(request).await
}

#[tokio::test]
async fn an_address_guesses_three_times_a_minute() {
    let city = limited(LimitRules::default()).await;
    for login in ["wang", "li", "nobody"] {
        let reply = sign_in(&city, "203.0.113.9", None, login, "guessing away").await;
        assert_eq!(
            (reply.status.as_u16(), &reply.json()["code"]),
            (401, &"people-sign-in-wrong".into()),
            "{login}"
        );
    }
    // Of whoever guesses, the right password is not even looked at; the answer is the same for a name that there is not.
    for login in ["wang", "nobody"] {
        let reply = sign_in(&city, "203.0.113.9", None, login, PASSWORD).await;
        assert_eq!((reply.status.as_u16(), reply.header(header::RETRY_AFTER)), (429, "20"));
        assert_eq!(reply.json()["code"], "error-too-many-sign-ins");
    }
    // Others are not in their way, and after the wait there is one more.
    assert_eq!(sign_in(&city, "198.51.100.1", None, "wang", PASSWORD).await.status, 201);
    later(&city, 20);
    assert_eq!(sign_in(&city, "203.0.113.9", None, "wang", PASSWORD).await.status, 201);
}

#[tokio::test]
async fn an_office_that_signs_in_from_one_address_is_not_held_up() {
    let city = limited(LimitRules::default()).await;
    for _ in 0..8 {
        assert_eq!(sign_in(&city, "203.0.113.9", None, "wang", PASSWORD).await.status, 201);
    }
}

#[tokio::test]
async fn a_forged_forwarded_for_opens_no_door() {
    let city = limited(LimitRules::default()).await;
    for forged in ["10.0.0.1", "10.0.0.2", "10.0.0.3"] {
        let reply = sign_in(&city, "203.0.113.9", Some(forged), "wang", "guessing away").await;
        assert_eq!(reply.status, 401);
    }
    assert_eq!(sign_in(&city, "203.0.113.9", Some("10.0.0.4"), "wang", "guessing on").await.status, 429);

    let proxies = "127.0.0.1".parse().unwrap();
    let city = limited(LimitRules { proxies, ..LimitRules::default() }).await;
    for from in ["198.51.100.1", "198.51.100.2", "198.51.100.3", "198.51.100.4"] {
        let reply = sign_in(&city, "127.0.0.1", Some(from), "nobody", "guessing away").await;
        assert_eq!(reply.status, 401, "each is counted by itself");
    }
    // What the client has written itself stands to the left of what the proxy appends.
    for forged in ["1.1.1.1, 198.51.100.9", "2.2.2.2, 198.51.100.9", "3.3.3.3, 198.51.100.9"] {
        assert_eq!(sign_in(&city, "127.0.0.1", Some(forged), "someone", "x").await.status, 401);
    }
    assert_eq!(sign_in(&city, "127.0.0.1", Some("4.4.4.4, 198.51.100.9"), "someone", "x").await.status, 429);
}

#[tokio::test]
async fn the_sign_in_page_says_the_wait_and_keeps_the_name() {
    let limits = LimitRules { sign_in: Allowance::new(1, 60), ..LimitRules::default() };
    let city = limited(limits).await;
    let mut browser = Browser::reading(&city, "en");
    let page = browser.get("/sign-in").await;
    let token = page.form_token().to_owned();
    for (status, wait) in [(422, ""), (429, "60")] {
        let body = format!("form_token={token}&login=wang&password=guess");
        let request = browser
            .request(Method::POST, "/sign-in")
            .extension(Peer("203.0.113.9".parse().unwrap()))
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header("sec-fetch-site", "same-origin")
            .body(Body::from(body))
            .unwrap();
        let reply = browser.send(request).await;
        assert_eq!((reply.status.as_u16(), reply.header(header::RETRY_AFTER)), (status, wait));
        assert!(reply.body.contains(r#"value="wang""#), "{}", reply.body);
        assert_eq!(reply.body.contains("60 seconds"), status == 429);
    }
}

#[tokio::test]
async fn whoever_sends_too_much_is_asked_to_wait_and_may_go_on_reading() {
    let limits = LimitRules { writes: Allowance::new(5, 10), ..LimitRules::default() };
    let city = limited(limits).await;
    let mut browser = Browser::new(&city);
    let mut statuses = Vec::new();
    for _ in 0..7 {
        let request = browser
            .request(Method::POST, "/sign-out")
            .extension(Peer("2001:db8::1".parse().unwrap()))
            .body(Body::empty())
            .unwrap();
        statuses.push(browser.send(request).await.status.as_u16());
    }
    assert_eq!(statuses, [415, 415, 415, 415, 415, 429, 429]);
    let neighbour = browser
        .request(Method::DELETE, "/api/v1/session")
        .extension(Peer("2001:db8::ffff".parse().unwrap()))
        .body(Body::empty())
        .unwrap();
    let reply = browser.send(neighbour).await;
    assert_eq!((reply.status.as_u16(), reply.header(header::RETRY_AFTER)), (429, "2"), "the same network");
    let read =
        browser.request(Method::GET, "/").extension(Peer("2001:db8::1".parse().unwrap())).body(Body::empty());
    assert_eq!(browser.send(read.unwrap()).await.status, 200);
}
