//! Dashboards, the numbers down to their cases, exports, the public page, open data and feeds.

use gongzhi_appeals::Submit;
use gongzhi_appeals::actions::Said;
use gongzhi_appeals::model::{Kind, Visibility};
use http::header;

use super::{LANGUAGES, Town};

/// One case solved, one not, one confidential, one that is still open.
async fn fill(town: &Town) -> gongzhi_appeals::Receipt {
    let house = &town.house;
    let said = |solved, satisfied| Said { solved, satisfied, contacted: Some(solved) };
    let good = house.answered().await;
    house.appeals.call_back(&house.operator(), good.number, None, said(true, 5), "", None).await.unwrap();
    let bad = house.answered().await;
    house.appeals.call_back(&house.operator(), bad.number, None, said(false, 1), "", None).await.unwrap();
    house.submit(Submit { kind: Kind::Report, ..house.noise() }).await;
    let public = Submit {
        visibility: Some(Visibility::Public),
        point: gongzhi_kernel::Point::new(30.25371, 120.16999),
        ..house.noise()
    };
    house.submit(public).await;
    house.count().await;
    good
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_number_leads_to_its_cases() {
    let town = Town::open().await;
    let good = fill(&town).await;
    for (language, _) in LANGUAGES {
        let mut auditor = town.signed_in("auditor").await;
        auditor.language = language;
        let dashboard = auditor.page("/watch").await;
        assert!(dashboard.words().contains("50.0%"), "{}", dashboard.words());
        let solved = auditor.page("/watch/cases?indicator=solution").await;
        assert_eq!(solved.body.matches("watch-case-title").count(), 2);
        assert!(solved.body.contains(&good.number.to_string()));
        let missed = auditor.page("/watch/cases?indicator=solution&which=missed").await;
        assert_eq!(missed.body.matches("watch-case-title").count(), 1);
        assert!(!missed.body.contains(&good.number.to_string()));
        for path in [
            "/watch/report",
            "/watch/screen",
            "/watch/exclusions",
            "/watch?month=2020-01",
            "/promises",
            "/open-data",
        ] {
            auditor.page(path).await;
        }
        for indicator in ["response", "satisfaction", "acceptance", "on_time", "return", "repeat"] {
            auditor.page(&format!("/watch/cases?indicator={indicator}")).await;
            auditor.page(&format!("/watch/cases?indicator={indicator}&which=excluded")).await;
        }
        for organ in [town.house.office, town.house.lamps] {
            auditor.page(&format!("/watch?scope=organ-{organ}")).await;
            auditor.page(&format!("/watch/cases?scope=organ-{organ}")).await;
        }
        for area in [town.house.street, town.house.district] {
            let page = auditor.page(&format!("/watch?scope=area-{area}")).await;
            assert!(page.words().contains("50.0%"));
            let cases = auditor.page(&format!("/watch/cases?scope=area-{area}&indicator=solution")).await;
            assert_eq!(cases.body.matches("watch-case-title").count(), 2);
        }
    }
    let mut auditor = town.signed_in("auditor").await;
    for wrong in ["month=x", "month=2026-13", "scope=area-1", "scope=organ-x", "scope=area-999999"] {
        assert_eq!(auditor.get(&format!("/watch?{wrong}")).await.status, 422, "{wrong}");
    }
    for wrong in ["indicator=x", "which=x", "before=x"] {
        assert_eq!(auditor.get(&format!("/watch/cases?{wrong}")).await.status, 422, "{wrong}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn officials_watch_the_city_and_their_own() {
    let town = Town::open().await;
    fill(&town).await;
    let mut office = town.signed_in("office").await;
    let (own, other) = (town.house.office, town.house.lamps);
    let dashboard = office.page("/watch").await;
    assert!(dashboard.body.contains(&format!("value=\"organ-{own}\"")));
    assert!(!dashboard.body.contains(&format!("value=\"organ-{other}\"")), "others cannot be chosen");
    office.page(&format!("/watch?scope=organ-{own}")).await;
    office.page(&format!("/watch?scope=area-{}", town.house.street)).await;
    for path in [
        "/watch",
        "/watch/cases",
        "/watch/report",
        "/watch/screen",
        "/watch/export.csv",
        "/watch/export.xlsx",
    ] {
        assert_eq!(office.get(&format!("{path}?scope=organ-{other}")).await.status, 403, "{path}");
        assert_eq!(
            office.get(&format!("{path}?scope=area-{}", town.house.elsewhere)).await.status,
            403,
            "{path}"
        );
    }
    // Behind a number of the whole city stand cases of others: what is not for this official has no title.
    let cases = office.page("/watch/cases?indicator=acceptance").await;
    assert!(!cases.body.contains("19900000001"));
    assert_eq!(office.get("/watch/exclusions").await.status, 403);
    assert_eq!(town.signed_in("resident").await.get("/watch").await.status, 403);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn tables_are_taken_along() {
    let town = Town::open().await;
    fill(&town).await;
    let mut auditor = town.signed_in("auditor").await;
    auditor.language = "en";
    let csv = auditor.get("/watch/export.csv").await;
    assert_eq!(csv.header(header::CONTENT_TYPE), "text/csv; charset=utf-8");
    assert!(csv.body.starts_with('\u{feff}') && csv.body.contains("Solved rate,1,2,50.0%"), "{}", csv.body);
    let xlsx = auditor.get("/watch/export.xlsx").await;
    assert!(xlsx.header(header::CONTENT_DISPOSITION).ends_with("-city.xlsx\""));
    assert!(xlsx.body.starts_with("PK") && xlsx.body.contains("xl/worksheets/sheet6.xml"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_for_everybody_tells_nothing_of_anybody() {
    let town = Town::open().await;
    let good = fill(&town).await;
    let mut visitor = town.browser("en");
    let promises = visitor.page("/promises").await;
    assert!(promises.words().contains("50.0%") && promises.words().contains("Organ office"));
    let mut bodies = vec![promises.body];
    for format in ["csv", "json", "geojson"] {
        let reply = visitor.get(&format!("/open-data/cases.{format}")).await;
        assert_eq!(reply.status, 200);
        assert_eq!(reply.header(header::ACCESS_CONTROL_ALLOW_ORIGIN), "*");
        bodies.push(reply.body);
    }
    let [_, csv, json, geojson] = &bodies[..] else { unreachable!() };
    assert_eq!(csv.lines().count(), 4, "a head and three cases; the confidential one is not there: {csv}");
    let rows: serde_json::Value = serde_json::from_str(json).unwrap();
    assert_eq!(rows.as_array().unwrap().len(), 3);
    assert_eq!(rows[0]["number"], good.number.to_string());
    assert_eq!((&rows[0]["solved"], &rows[0]["satisfied"]), (&true.into(), &5.into()));
    assert!(
        rows[0]["answered_at"].is_string() && rows[0]["lat"].is_null(),
        "anonymous: no place but the street"
    );
    let map: serde_json::Value = serde_json::from_str(geojson).unwrap();
    assert_eq!(map["type"], "FeatureCollection");
    assert_eq!(map["features"][2]["geometry"]["coordinates"], serde_json::json!([120.165, 30.255]));
    assert!(map["features"][0]["geometry"].is_null());

    let feed = visitor.get(&format!("/feeds/appeals.atom?area={}", town.house.street)).await;
    assert_eq!(feed.header(header::CONTENT_TYPE), "application/atom+xml; charset=utf-8");
    assert_eq!(feed.body.matches("<entry>").count(), 3, "{}", feed.body);
    assert!(feed.body.contains("href=\"http://127.0.0.1:8080/appeals?area="));
    let one = visitor.get(&format!("/feeds/appeals/{}.atom", good.number)).await;
    assert_eq!(one.body.matches("<entry>").count(), 6, "submitted to closed: {}", one.body);
    bodies.extend([feed.body, one.body]);
    for body in &bodies {
        for secret in ["19900000001", "李明", "柳荫街 12 号", "30.25371"] {
            assert!(!body.contains(secret), "{secret} in {body}");
        }
    }
    for body in &bodies[..4] {
        assert!(!body.contains("楼下工地"), "no texts in the open data: {body}");
    }
    for wrong in ["from=x", "from=2020-01-01&to=2026-01-01", "from=2026-02-01&to=2026-01-01", "to=2026-02-30"]
    {
        assert_eq!(visitor.get(&format!("/open-data/cases.csv?{wrong}")).await.status, 422, "{wrong}");
    }
    let earlier = visitor.get("/open-data/cases.json?from=2020-01-01&to=2020-01-31").await;
    assert_eq!(earlier.body, "[]\n");
    assert_eq!(visitor.get("/feeds/appeals/x.atom").await.status, 404);
    assert_eq!(visitor.get(&format!("/feeds/appeals/{}", good.number)).await.status, 404);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_asks_to_leave_a_case_out_and_another_decides() {
    let town = Town::open().await;
    let good = fill(&town).await;
    let mut hotline = town.signed_in("hotline").await;
    let token = hotline.page("/watch/exclusions").await.value("form_token").to_owned();
    let number = good.number.to_string();
    let wrong = [("number", "1"), ("reason", "unreachable"), ("note", "三次未接通")];
    let reply = hotline.post("/watch/exclusions", &token, &wrong).await;
    assert_eq!(reply.status, 422);
    assert!(reply.body.contains("三次未接通"), "what was typed is kept");
    let fields = [("number", number.as_str()), ("reason", "unreachable"), ("note", "三次未接通")];
    let reply = hotline.post("/watch/exclusions", &token, &fields).await;
    let page = hotline.follow(&reply).await;
    assert!(page.words().contains("三次未接通") && !page.body.contains("/watch/exclusions/review"));
    let decide = [("number", number.as_str()), ("decision", "grant"), ("note", "情况属实")];
    let own = hotline.post("/watch/exclusions/review", &token, &decide).await;
    assert_eq!(own.status, 422);
    let other = town.house.another_operator();
    town.house.appeals.review_exclusion(&other, good.number, true, "情况属实").await.unwrap();
    town.house.count().await;
    let excluded = hotline.page("/watch/cases?indicator=solution&which=excluded").await;
    assert!(excluded.body.contains(&number));
    assert!(hotline.page("/watch").await.words().contains("剔除 1 件"));
}
