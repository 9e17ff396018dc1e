//! The pages of the house, from outside: both languages, sign-in, account, and what every answer carries.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod common;

use std::sync::Arc;

use axum::body::Body;
use common::{Browser, PASSWORD, bare_city, city, city_with};
use futures_util::future::BoxFuture;
use gongzhi_kernel::{ActorKind, Failure, LocalText};
use gongzhi_web::{
    Access, Answer, DemoSignIn, Door, HomePart, NavItem, Path, Routes, SiteConfig, Tone, Visit,
};
use http::{Method, header};

const READABLE: [&str; 7] =
    ["/", "/help", "/accessibility", "/privacy", "/sign-in", "/api", "/api/problems/error-no-such-page"];

/// A page is whole, in its language, and shows no key in place of a text.
fn assert_page(path: &str, body: &str, language: &str) {
    assert!(body.starts_with("<!DOCTYPE html>"), "{path}");
    assert!(body.contains(&format!("<html lang=\"{language}\"")), "{path} is not in {language}");
    assert_eq!(body.matches("<h1").count(), 1, "{path}: one first heading");
    assert_eq!(body.matches("<main").count(), 1, "{path}: one main");
    assert!(!body.contains("{{") && !body.contains("⟦"), "{path}");
    // Neither scripts nor styles nor handlers inline: the policy would refuse them.
    assert!(!body.contains(" style=") && !body.contains("<style") && !body.contains(" onclick"), "{path}");
    assert_eq!(
        body.matches("<script").count(),
        body.matches("<script type=\"module\" src=").count(),
        "{path}"
    );
}

#[tokio::test]
async fn every_page_is_whole_in_both_languages_and_both_editions() {
    let city = bare_city().await;
    for language in ["zh-CN", "en"] {
        let mut browser = Browser::reading(&city, language);
        for path in READABLE {
            for edition in ["standard", "elder"] {
                let reply = browser.get(&format!("{path}?edition={edition}")).await;
                assert_eq!(reply.status, 200, "{path}");
                assert_page(path, &reply.body, language);
                assert!(reply.body.contains(&format!("data-edition=\"{edition}\"")));
            }
        }
        let mut browser = Browser::reading(&city, language);
        browser.sign_in("wang").await;
        for path in ["/account", "/account/security", "/account/prove", "/account/data"] {
            let reply = browser.get(path).await;
            assert_page(path, &reply.body, language);
        }
        let reply = browser.get("/no-such-page").await;
        assert_eq!(reply.status, 404);
        assert_page("/no-such-page", &reply.body, language);
    }
}

#[tokio::test]
async fn the_choice_of_language_theme_and_edition_is_kept() {
    let city = bare_city().await;
    let mut browser = Browser::new(&city);
    let reply = browser.get("/help?lang=en&theme=dark&edition=elder&x=1").await;
    assert!(
        reply.body.contains(r#"<html lang="en" data-theme="dark" data-edition="elder">"#),
        "{}",
        reply.body
    );
    let reply = browser.get("/privacy?x=1&lang=xx").await;
    assert!(reply.body.contains(r#"<html lang="en" data-theme="dark" data-edition="elder">"#));
    // The links keep the rest of the address.
    assert!(reply.body.contains(r#"href="/privacy?x=1&#38;lang=zh-CN""#), "{}", reply.body);
}

#[tokio::test]
async fn every_answer_carries_the_security_headers() {
    let city = bare_city().await;
    let mut browser = Browser::new(&city);
    let asset = city.site.assets().address("app.css").to_owned();
    for path in [
        "/",
        "/no-such-page",
        "/api/openapi.json",
        "/api/v1/me",
        "/healthz",
        "/metrics",
        asset.as_str(),
        "/assets/x/y",
    ] {
        let reply = browser.get(path).await;
        let policy = reply.header(header::CONTENT_SECURITY_POLICY);
        assert!(
            policy.contains("script-src 'self'") && policy.contains("style-src 'self'"),
            "{path}: {policy}"
        );
        assert!(!policy.contains("unsafe"), "{path}");
        assert_eq!(reply.header("x-content-type-options"), "nosniff", "{path}");
        assert_eq!(reply.header("cross-origin-opener-policy"), "same-origin", "{path}");
        assert!(!reply.header(header::CACHE_CONTROL).is_empty(), "{path}");
    }
}

#[tokio::test]
async fn over_https_cookies_are_bound_to_the_host() {
    let config = SiteConfig::local("https://city.example");
    let city = city_with(config, |site| site, |_| Vec::new()).await;
    let mut browser = Browser::new(&city);
    browser.sign_in("li").await;
    assert!(browser.cookies.contains_key("__Host-gz_session"), "{:?}", browser.cookies);
    let reply = browser.get("/help?lang=en").await;
    let line = reply.header(header::SET_COOKIE);
    assert!(
        line.contains("; Secure") && line.contains("; HttpOnly") && line.contains("; SameSite=Lax"),
        "{line}"
    );
    assert_eq!(reply.header(header::STRICT_TRANSPORT_SECURITY), "max-age=31536000");
}

#[tokio::test]
async fn signing_in_leads_back_and_signing_out_ends_it() {
    let city = bare_city().await;
    let mut browser = Browser::new(&city);
    let reply = browser.get("/account?x=1").await;
    assert_eq!(
        (reply.status.as_u16(), reply.header(header::LOCATION)),
        (303, "/sign-in?next=/account%3Fx%3D1")
    );
    let page = browser.get(reply.header(header::LOCATION)).await;
    assert!(page.body.contains("请先登录"), "{}", page.body);
    let wrong = browser
        .post(
            "/sign-in",
            page.form_token(),
            &[("login", "wang"), ("password", "no"), ("next", "/account?x=1")],
        )
        .await;
    assert_eq!(wrong.status, 422);
    assert!(wrong.body.contains(r#"value="wang""#), "what was typed is kept");
    assert!(!wrong.body.contains(r#"value="no""#), "but not the password");
    let right = browser
        .post(
            "/sign-in",
            wrong.form_token(),
            &[("login", "wang"), ("password", PASSWORD), ("next", "/account?x=1")],
        )
        .await;
    assert_eq!((right.status.as_u16(), right.header(header::LOCATION)), (303, "/account?x=1"));
    let page = browser.get("/account").await;
    assert!(page.body.contains("王芳") && page.body.contains("柳荫街道办事处"));
    assert!(page.body.contains("已登录，您好，王芳"), "the sentence of the redirect");
    assert!(!browser.get("/account").await.body.contains("已登录，您好"), "is said once");
    let out = browser.post("/sign-out", page.form_token(), &[]).await;
    assert_eq!(out.status, 303);
    assert_eq!(browser.get("/account").await.status, 303);
}

#[tokio::test]
async fn one_never_leaves_the_site_by_signing_in() {
    let city = bare_city().await;
    for next in
        ["https://evil.example", "//evil.example", "/\\evil.example", "/sign-in", "javascript:alert(1)"]
    {
        let mut browser = Browser::new(&city);
        let page = browser.get(&format!("/sign-in?next={}", gongzhi_web::url_part(next))).await;
        let reply = browser
            .post("/sign-in", page.form_token(), &[("login", "li"), ("password", PASSWORD), ("next", next)])
            .await;
        assert_eq!(reply.header(header::LOCATION), "/", "{next}");
    }
}

#[tokio::test]
async fn somebody_sees_where_they_are_signed_in_and_ends_it() {
    let city = bare_city().await;
    let mut other = Browser::new(&city);
    other.sign_in("wang").await;
    let mut browser = Browser::new(&city);
    browser.sign_in("wang").await;
    let page = browser.get("/account").await;
    let ids: Vec<&str> =
        page.body.split("/account/sessions/").skip(1).filter_map(|rest| rest.split('/').next()).collect();
    assert_eq!(ids.len(), 2);
    // The newest first: the second is the other one.
    let path = format!("/account/sessions/{}/end", ids[1]);
    let reply = browser.post(&path, page.form_token(), &[]).await;
    assert_eq!((reply.status.as_u16(), reply.header(header::LOCATION)), (303, "/account"));
    assert_eq!(other.get("/account").await.status, 303, "the other one is signed out");
    assert_eq!(browser.get("/account").await.status, 200);
    // Somebody else's session is no session at all.
    let mut stranger = Browser::new(&city);
    stranger.sign_in("li").await;
    let page = stranger.get("/account").await;
    let path = format!("/account/sessions/{}/end", ids[0]);
    assert_eq!(stranger.post(&path, page.form_token(), &[]).await.status, 404);
}

#[tokio::test]
async fn somebody_with_two_posts_chooses_the_one_they_act_in() {
    let city = bare_city().await;
    let mut browser = Browser::new(&city);
    browser.sign_in("wang").await;
    let page = browser.get("/account").await;
    let water = page.body.split(r#"name="membership" value=""#).nth(1).unwrap().split('"').next().unwrap();
    let reply = browser.post("/account/acting", page.form_token(), &[("membership", water)]).await;
    assert_eq!(reply.status, 303);
    let me = browser.get("/api/v1/me").await.json();
    assert_eq!(me["kind"], "official");
    let page = browser.get("/account").await;
    assert!(page.body.contains("市水务局"));
    let reply = browser.post("/account/acting", page.form_token(), &[("membership", "")]).await;
    assert_eq!(reply.status, 303);
    assert_eq!(browser.get("/api/v1/me").await.json()["kind"], "resident");
}

#[tokio::test]
async fn the_sample_citys_sign_ins_are_offered() {
    let config = SiteConfig {
        sample: true,
        demo_sign_ins: vec![DemoSignIn {
            who: LocalText::new("街道承办人员", "Street case officer"),
            login: "wang".to_owned(),
            password: PASSWORD.to_owned(),
        }],
        ..SiteConfig::local("http://127.0.0.1:8080")
    };
    let city = city_with(config, |site| site, |_| Vec::new()).await;
    let page = Browser::new(&city).get("/sign-in").await;
    assert!(page.body.contains("街道承办人员") && page.body.contains("虚构的示例城市"));
}

struct Greeting;

impl HomePart for Greeting {
    fn order(&self) -> u16 {
        0
    }
    fn render<'a>(&'a self, _: &'a Visit) -> BoxFuture<'a, Result<Option<String>, Failure>> {
        Box::pin(async { Ok(Some("<section><h1>您好</h1></section>".to_owned())) })
    }
}

#[tokio::test]
async fn capabilities_fill_home_navigation_and_doors() {
    let nav = |key, href, access, order| NavItem { key, href, icon: "list", access, order };
    let city = city(
        |site| {
            site.home(Arc::new(Greeting))
                .nav(nav("help-title", "/work", Access::Kinds(&[ActorKind::Official]), 2))
                .nav(nav("help-report-title", "/appeals", Access::Anyone, 1))
                .door(Door {
                    key: "help-follow-title",
                    hint_key: "help-follow",
                    href: "/track",
                    icon: "search",
                    order: 1,
                })
        },
        |_| Vec::new(),
    )
    .await;
    let mut browser = Browser::new(&city);
    let page = browser.get("/").await;
    assert!(page.body.contains("您好") && page.body.contains(r#"<a href="/appeals">"#));
    assert!(!page.body.contains(r#"<a href="/work">"#), "only officials see the workbench");
    let page = browser.get("/?edition=elder").await;
    assert!(page.body.contains("class=\"door\" href=\"/track\"") && !page.body.contains("您好"));
    browser.sign_in("wang").await;
    assert!(browser.get("/").await.body.contains(r#"<a href="/work">"#));
    // Below an entry that entry is current, and no other.
    let page = browser.get("/appeals/123").await;
    assert!(page.body.contains(r#"href="/appeals" aria-current="page""#), "{}", page.body);
    assert_eq!(page.body.matches("aria-current=\"page\"").count(), 1);
}

#[tokio::test]
async fn public_pages_are_not_sent_again_while_they_have_not_changed() {
    let city = bare_city().await;
    let mut browser = Browser::new(&city);
    let first = browser.get("/help").await;
    let tag = first.header(header::ETAG).to_owned();
    assert!(tag.starts_with("W/\""), "{tag}");
    let again = |path: &str| {
        browser.request(Method::GET, path).header(header::IF_NONE_MATCH, &tag).body(Body::empty()).unwrap()
    };
    let (same, english) = (again("/help"), again("/help?lang=en"));
    let reply = browser.send(same).await;
    assert_eq!((reply.status.as_u16(), reply.body.as_str()), (304, ""));
    assert_eq!(browser.send(english).await.status, 200);
}

#[tokio::test]
async fn head_is_answered_like_get_without_a_body() {
    let city = bare_city().await;
    let mut browser = Browser::new(&city);
    for path in ["/", "/help", "/api/openapi.json", "/healthz"] {
        let request = browser.request(Method::HEAD, path).body(Body::empty()).unwrap();
        let reply = browser.send(request).await;
        assert_eq!((reply.status.as_u16(), reply.body.as_str()), (200, ""), "{path}");
    }
}

#[tokio::test]
async fn large_pages_are_compressed_where_the_browser_takes_it() {
    let city = bare_city().await;
    let mut browser = Browser::new(&city);
    let request = browser
        .request(Method::GET, "/help")
        .header(header::ACCEPT_ENCODING, "gzip, br")
        .body(Body::empty())
        .unwrap();
    assert_eq!(browser.send(request).await.header(header::CONTENT_ENCODING), "br");
    let css = city.site.assets().address("app.css").to_owned();
    let request = browser
        .request(Method::GET, &css)
        .header(header::ACCEPT_ENCODING, "gzip")
        .body(Body::empty())
        .unwrap();
    let reply = browser.send(request).await;
    assert_eq!(reply.header(header::CONTENT_ENCODING), "gzip");
    assert_eq!(reply.header(header::CACHE_CONTROL), "public, max-age=31536000, immutable");
}

#[tokio::test]
async fn health_and_figures_are_there() {
    let city = bare_city().await;
    let mut browser = Browser::new(&city);
    assert_eq!(browser.get("/healthz").await.json()["status"], "ok");
    browser.get("/help").await;
    browser.get("/no-such-page-at-all").await;
    let figures = browser.get("/metrics").await.body;
    assert!(
        figures.contains(r#"gongzhi_http_requests_total{method="GET",route="/help",status="200"}"#),
        "{figures}"
    );
    assert!(figures.contains(r#"route="unmatched",status="404""#));
    assert!(!figures.contains("no-such-page-at-all"), "what people ask for is no label");
    assert!(figures.contains("gongzhi_http_seconds_bucket"));
}

async fn boom() -> Answer {
    panic!("a mistake")
}

async fn named(visit: Visit, Path(name): Path<String>) -> Answer {
    Ok(axum::response::IntoResponse::into_response(visit.see_other("/").saying(Tone::Good, name)))
}

#[tokio::test]
async fn a_mistake_in_a_handler_ends_that_request_alone() {
    let routes = |_: &_| {
        vec![Routes::new().get("/boom", Access::Anyone, boom).get("/named/{name}", Access::Anyone, named)]
    };
    let city = city(|site| site, routes).await;
    let mut browser = Browser::new(&city);
    let reply = browser.get("/boom").await;
    assert_eq!(reply.status, 500);
    assert!(!reply.body.contains("mistake"), "nothing of it is shown");
    assert!(reply.body.contains(reply.header("x-request-id")), "but the number of the request is");
    assert_eq!(browser.get("/help").await.status, 200);
    // A sentence whose key does not exist is not shown.
    assert_eq!(browser.get("/named/no-such-key").await.status, 303);
    assert!(!browser.get("/help").await.body.contains("no-such-key"));
}

#[tokio::test]
async fn a_proxys_request_id_is_kept_when_it_is_sane() {
    let city = bare_city().await;
    let mut browser = Browser::new(&city);
    for (given, kept) in
        [("abcdef-123456", true), ("short", false), ("with blank 1234", false), (&*"a".repeat(65), false)]
    {
        let request =
            browser.request(Method::GET, "/help").header("x-request-id", given).body(Body::empty()).unwrap();
        let reply = browser.send(request).await;
        assert_eq!(reply.header("x-request-id") == given, kept, "{given}");
        assert!(!reply.header("x-request-id").is_empty());
    }
}
