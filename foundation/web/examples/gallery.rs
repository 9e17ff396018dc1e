//! All components on one page, in both languages: `cargo run -p gongzhi-web --example gallery`, then open the address that
//! it prints. The city behind it is the one of the tests and goes away with the process.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stdout, missing_docs)]

#[path = "../tests/common/mod.rs"]
mod common;

use std::time::Duration;

use askama::Template;
use axum::extract::State;
use common::{PASSWORD, city_with};
use gongzhi_kernel::{FieldError, LocalText, Refusal, Timestamp};
use gongzhi_web::{
    Access, Answer, Choice, DemoSignIn, Door, Form, Knot, NavItem, NoFields, Routes, Shell, Site, SiteConfig,
    Tone, Typed, Visit, asked_to_stop, serve,
};
use tokio::net::TcpListener;

#[derive(Template)]
#[template(path = "gallery.html")]
struct Gallery {
    shell: Shell,
    again: Shell,
    now: Timestamp,
    soon: Timestamp,
    past: Timestamp,
    kinds: Vec<Choice>,
    knots: Vec<Knot>,
    rows: Vec<(String, String)>,
}

async fn gallery(visit: Visit) -> Answer {
    let typed = Typed::new([("text", "路灯坏了"), ("phone", "12")]);
    let refusal = Refusal::fields(vec![
        FieldError::new("text", "error-field-missing"),
        FieldError::new("kind", "error-field-missing"),
        FieldError::new("phone", "error-field-unreadable").with("said", "5–20"),
    ]);
    let shell = visit.shell("welcome-heading");
    let again = visit.shell("welcome-heading").refill(typed, refusal);
    let hour = Duration::from_secs(3600);
    let now = visit.now();
    let knot = |title: &str, who: &str, at: Timestamp, tone, text: &str| Knot {
        title: title.to_owned(),
        who: who.to_owned(),
        when: Some(shell.time(at)),
        tone: Some(tone),
        text: text.to_owned(),
        ..Knot::default()
    };
    let knots = vec![
        knot("已收到", "网页", now - hour * 50, Tone::Good, ""),
        knot("已派单", "12345 热线中心", now - hour * 49, Tone::Good, ""),
        knot("已签收", "柳荫街道办事处", now - hour * 30, Tone::Warn, ""),
        knot("已答复", "柳荫街道办事处", now - hour * 2, Tone::Good, "您好，路灯已经修好。\n请今晚再看看。"),
        Knot {
            title: "等待评价".to_owned(), ahead: true, note: "最迟 3月9日".to_owned(), ..Knot::default()
        },
    ];
    let kinds = vec![
        Choice::new("help", "求助").hint("东西坏了，或者需要帮忙"),
        Choice::new("complaint", "投诉"),
        Choice::new("inquiry", "咨询"),
        Choice::new("suggestion", "建议"),
    ];
    let rows = vec![
        (shell.t("account-name").into_owned(), "王芳".to_owned()),
        (shell.t("time-date").into_owned(), "2026-03-02".to_owned()),
    ];
    let page = Gallery { again, now, soon: now + hour * 5, past: now - hour * 27, kinds, knots, rows, shell };
    visit.page(&page)
}

async fn send(visit: Visit, State(site): State<Site>, _form: Form<NoFields>) -> Answer {
    site.live()
        .publish("gallery", serde_json::json!({ "open": visit.now().as_millis() % 100_000 }).to_string());
    Ok(axum::response::IntoResponse::into_response(
        visit.see_other("/gallery").saying(Tone::Good, "account-switched"),
    ))
}

#[tokio::main]
async fn main() {
    let address = std::env::args().nth(1).unwrap_or_else(|| "127.0.0.1:8090".to_owned());
    let listener = TcpListener::bind(&address).await.unwrap();
    let config = SiteConfig {
        sample: true,
        demo_sign_ins: [
            ("街道承办人员", "Street case officer", "wang"),
            ("居民", "Resident", "li"),
            ("监督人员", "Auditor", "zhao"),
        ]
        .map(|(zh, en, login)| DemoSignIn {
            who: LocalText::new(zh, en),
            login: login.to_owned(),
            password: PASSWORD.to_owned(),
        })
        .to_vec(),
        ..SiteConfig::local(format!("http://{address}"))
    };
    let nav = |key, href, icon, order| NavItem { key, href, icon, access: Access::Anyone, order };
    let door = |key, hint_key, icon, order| Door { key, hint_key, href: "/gallery", icon, order };
    let city = city_with(
        config,
        |site| {
            site.nav(nav("welcome-title", "/", "home", 0))
                .nav(nav("help-report-title", "/gallery", "pen", 1))
                .nav(nav("help-follow-title", "/help", "search", 2))
                .door(door("help-report-title", "help-report", "pen", 0))
                .door(door("help-follow-title", "help-follow", "search", 1))
                .door(door("help-appraise-title", "help-appraise", "question", 2))
        },
        |site| {
            site.live().declare("gallery");
            let routes =
                Routes::new().get("/gallery", Access::Anyone, gallery).post("/gallery", Access::Anyone, send);
            vec![routes.with_state(site.clone())]
        },
    )
    .await;
    println!("http://{address}/gallery");
    serve(&city.site, listener, city.app.router.clone(), async { asked_to_stop().await.unwrap() })
        .await
        .unwrap();
}
