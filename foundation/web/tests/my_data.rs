//! What is kept of somebody, on its page.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use common::{Browser, PASSWORD};

#[tokio::test]
async fn somebody_sees_copies_corrects_and_erases_what_is_kept_of_them() {
    let city = common::bare_city().await;
    let mut li = Browser::reading(&city, "en");
    li.sign_in("li").await;
    let page = li.get("/account/data").await;
    assert_eq!((page.status.as_u16(), page.header("cache-control")), (200, "no-store"));
    assert!(page.body.contains("李明") && page.body.contains("Not given"));

    let wrong = li.post("/account/data/correct", page.form_token(), &[("name", ""), ("phone", "12")]).await;
    assert_eq!(wrong.status, 422);
    for field in ["name", "phone"] {
        assert!(wrong.body.contains(&format!("id=\"{field}-error\"")), "{field}");
    }
    // Nobody changes by this form what it does not show.
    let fields = [
        ("name", "李 明明"),
        ("phone", "138 0000 0000"),
        ("login", "wang"),
        ("active", "0"),
        ("person", "1"),
    ];
    let reply = li.post("/account/data/correct", page.form_token(), &fields).await;
    assert_eq!(reply.header("location"), "/account/data");
    let page = li.get("/account/data").await;
    assert!(
        page.body.contains("李 明明") && page.body.contains("13800000000") && page.body.contains(">li<"),
        "{}",
        page.body
    );

    let copy = li.post("/account/data/copy", page.form_token(), &[]).await;
    assert_eq!(
        (copy.status.as_u16(), copy.header("content-disposition")),
        (200, "attachment; filename=\"my-data.json\"")
    );
    assert_eq!((&copy.json()["name"], &copy.json()["phone"]), (&"李 明明".into(), &"13800000000".into()));

    let unsure = li.post("/account/data/erase", page.form_token(), &[]).await;
    assert_eq!(unsure.status, 422);
    let reply = li.post("/account/data/erase", page.form_token(), &[("sure", "yes")]).await;
    assert_eq!((reply.status.as_u16(), reply.header("location")), (303, "/"));
    assert_eq!(li.get("/account").await.status, 303, "signed out");
    let page = li.get("/sign-in").await;
    let reply = li.post("/sign-in", page.form_token(), &[("login", "li"), ("password", PASSWORD)]).await;
    assert_eq!(reply.status, 422);

    // Whoever holds a role gives it back first.
    let mut wang = Browser::reading(&city, "en");
    wang.sign_in("wang").await;
    let page = wang.get("/account/data").await;
    assert_eq!(wang.post("/account/data/erase", page.form_token(), &[("sure", "yes")]).await.status, 409);
}
