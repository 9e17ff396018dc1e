//! Signing in with two steps, on pages.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "../../people/tests/authenticator/mod.rs"]
mod authenticator;
mod common;

use authenticator::App;
use common::{Browser, City, PASSWORD};
use gongzhi_kernel::Clock as _;
use gongzhi_people::{FactorRules, People, PeopleRules, Policies, Required};
use gongzhi_web::{Site, SiteConfig};
use std::time::Duration;

/// A city whose roles demand a second step.
async fn city() -> City {
    let City { store, .. } = common::bare_city().await;
    let factors = FactorRules { required: Required::OfStaff, ..FactorRules::default() };
    let rules = PeopleRules { factors, ..PeopleRules::default() };
    let people = People::open_with(store.clone(), Policies::new(&[]).unwrap(), rules).await.unwrap();
    let config = SiteConfig::local("http://127.0.0.1:8080");
    let site = Site::builder(store.clone(), people, config).build().unwrap();
    let app = gongzhi_web::App::new(&site, Vec::new()).unwrap();
    City { store, site, app }
}

fn later(city: &City, seconds: u64) {
    city.store.clock.set(city.store.clock.now() + Duration::from_secs(seconds));
}

async fn password(browser: &mut Browser<'_>, login: &str, next: &str) -> String {
    let page = browser.get("/sign-in").await;
    let fields = [("login", login), ("password", PASSWORD), ("next", next)];
    let reply = browser.post("/sign-in", page.form_token(), &fields).await;
    assert_eq!(reply.status, 303, "{}", reply.body);
    reply.header("location").to_owned()
}

#[tokio::test]
async fn an_official_sets_up_an_authenticator_and_signs_in_with_it() {
    let city = city().await;
    let mut browser = Browser::reading(&city, "en");
    let to = password(&mut browser, "wang", "/account").await;
    assert_eq!(to, "/sign-in/set-up?next=/account");
    assert_eq!(browser.get("/account").await.status, 303, "nobody is signed in yet");
    let page = browser.get(&to).await;
    assert!(page.body.contains("data:image/svg+xml;base64,"));
    assert_eq!(page.header("cache-control"), "no-store");
    let secret = page.body.split("Key for the authenticator\">").nth(1).unwrap().split('<').next().unwrap();
    let app = App::with(secret);
    let wrong = browser.post("/sign-in/set-up", page.form_token(), &[("code", "000000")]).await;
    assert_eq!(wrong.status, 422);
    assert!(wrong.body.contains(secret), "the same secret, to try again");
    let shown = app.shows(city.store.clock.now());
    let fields = [("code", shown.as_str()), ("next", "/account")];
    let codes = browser.post("/sign-in/set-up", wrong.form_token(), &fields).await;
    assert_eq!(codes.status, 200, "{}", codes.body);
    assert_eq!(codes.body.matches("<li><code>").count(), 10);
    assert!(codes.body.contains(r#"href="/account""#));
    assert_eq!(browser.get("/account").await.status, 200);

    // In another browser: password, then the code.
    later(&city, 30);
    let mut other = Browser::reading(&city, "en");
    let to = password(&mut other, "wang", "").await;
    assert_eq!(to, "/sign-in/code");
    let page = other.get(&to).await;
    let shown = app.shows(city.store.clock.now());
    let reply = other.post("/sign-in/code", page.form_token(), &[("code", &shown)]).await;
    assert_eq!((reply.status.as_u16(), reply.header("location")), (303, "/"));
    assert_eq!(other.get("/account/security").await.status, 200);

    // The step belongs to the browser that began it, and is over when it is done.
    let mut stranger = Browser::new(&city);
    let reply = stranger.get("/sign-in/code").await;
    assert_eq!((reply.status.as_u16(), reply.header("location")), (303, "/sign-in"));
}

#[tokio::test]
async fn what_concerns_the_account_asks_once_more() {
    let city = city().await;
    let mut browser = Browser::reading(&city, "en");
    browser.sign_in("li").await;
    later(&city, 601);
    let page = browser.get("/account/security").await;
    assert!(page.body.contains("Two-step sign-in") && page.body.contains("Change your password"));
    let reply = browser.post("/account/authenticator", page.form_token(), &[]).await;
    assert_eq!(reply.header("location"), "/account/prove?next=/account/security");
    let page = browser.get("/account/prove?next=/account/security").await;
    let wrong = browser.post("/account/prove", page.form_token(), &[("password", "not this")]).await;
    assert_eq!(wrong.status, 422);
    let fields = [("password", PASSWORD), ("next", "//evil.example")];
    let reply = browser.post("/account/prove", page.form_token(), &fields).await;
    assert_eq!((reply.status.as_u16(), reply.header("location")), (303, "/account/security"));
    let page = browser.get("/account/security").await;
    let reply = browser.post("/account/authenticator", page.form_token(), &[]).await;
    assert_eq!(reply.header("location"), "/account/authenticator");
    let page = browser.get("/account/authenticator").await;
    let secret = page.body.split("Key for the authenticator\">").nth(1).unwrap().split('<').next().unwrap();
    let shown = App::with(secret).shows(city.store.clock.now());
    let reply = browser.post("/account/authenticator/code", page.form_token(), &[("code", &shown)]).await;
    assert_eq!(reply.status, 200);
    let page = browser.get("/account/security").await;
    assert!(page.body.contains("10 recovery codes are left"), "{}", page.body);
    let reply = browser.post("/account/authenticator/remove", page.form_token(), &[]).await;
    assert_eq!(reply.header("location"), "/account/security");
    assert!(browser.get("/account/security").await.body.contains("Turn on two-step sign-in"));
}

#[tokio::test]
async fn a_password_is_changed_by_whoever_knows_the_present_one() {
    let city = city().await;
    let (mut here, mut elsewhere) = (Browser::reading(&city, "en"), Browser::reading(&city, "en"));
    here.sign_in("li").await;
    elsewhere.sign_in("li").await;
    let page = here.get("/account/security").await;
    for (present, new, status) in [
        ("not this", "tram 17 at dusk", 422),
        (PASSWORD, "short", 422),
        (PASSWORD, "password123", 422),
        (PASSWORD, "tram 17 at dusk", 303),
    ] {
        let fields = [("present", present), ("password", new)];
        let reply = here.post("/account/password", page.form_token(), &fields).await;
        assert_eq!(reply.status.as_u16(), status, "{present} {new}");
        assert!(!reply.body.contains(&format!("value=\"{new}\"")), "what was typed is not sent back");
    }
    later(&city, 6);
    assert_eq!(here.get("/account").await.status, 200);
    assert_eq!(elsewhere.get("/account").await.status, 303);
}
