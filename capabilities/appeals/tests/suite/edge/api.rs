//! The JSON interface: golden answers, and a description that matches what is served.

use std::collections::BTreeSet;

use gongzhi_web::Face;
use http::Method;
use serde_json::{Value, json};

use super::Town;

fn noise() -> Value {
    json!({
        "kind": "complaint",
        "text": "楼下工地夜里十一点还在施工。孩子睡不着，请尽快处理。",
        "category": "1.1",
        "area": "990101001001-03",
        "address": "柳荫街 12 号楼下",
        "point": { "lat": 30.41, "lon": 121.08 },
        "reporter": { "name": "李明", "phone": "19900000001" },
        "visibility": "reporter_anonymous",
    })
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_interface_answers_as_it_always_has() {
    let town = Town::open().await;
    let mut program = town.browser("en");
    let key = [("idempotency-key", "first-1")];
    let taken = program.call_with(Method::POST, "/api/v1/appeals", Some(&noise()), &key).await;
    assert_eq!(taken.status, 201, "{}", taken.body);
    let receipt = taken.json();
    let number = receipt["number"].as_str().unwrap().to_owned();
    assert_eq!(taken.header("location"), format!("/api/v1/appeals/{number}"));
    insta::assert_json_snapshot!("receipt", receipt);
    // The same again: the same receipt; something else under the same key: refused.
    let again = program.call_with(Method::POST, "/api/v1/appeals", Some(&noise()), &key).await;
    assert_eq!((again.status, again.json()), (201.try_into().unwrap(), receipt.clone()));
    let mut other = noise();
    other["text"] = json!("别的一件事，请看一看。");
    let refused = program.call_with(Method::POST, "/api/v1/appeals", Some(&other), &key).await;
    assert_eq!((refused.status.as_u16(), refused.json()["code"].as_str()), (409, Some("appeal-key-used")));

    // The steps of the office, by the interface.
    let mut office = town.signed_in("office").await;
    town.house.later(2);
    let seen = office.get(&format!("/api/v1/appeals/{number}")).await.json();
    let accepted = office
        .call_post(&format!("/api/v1/appeals/{number}/accept"), json!({ "revision": seen["revision"] }))
        .await;
    assert_eq!((accepted.status.as_u16(), &accepted.json()["state"]), (200, &json!("accepted")));
    let late = office
        .call_post(
            &format!("/api/v1/appeals/{number}/answer"),
            json!({ "revision": seen["revision"], "reply": "已经停工，请放心。" }),
        )
        .await;
    assert_eq!((late.status.as_u16(), late.json()["code"].as_str()), (409, Some("appeal-changed-meanwhile")));
    let said = office
        .call_post(
            &format!("/api/v1/appeals/{number}/contact"),
            json!({ "way": "phone", "note": "约好明天上门" }),
        )
        .await;
    assert_eq!(said.status, 200);
    let reporter = office
        .call_post(&format!("/api/v1/appeals/{number}/reporter"), json!({ "purpose": "约上门的时间" }))
        .await;
    insta::assert_json_snapshot!("reporter", reporter.json());
    town.house.later(3);
    let answered = office
        .call_post(
            &format!("/api/v1/appeals/{number}/answer"),
            json!({ "reply": "已约谈施工单位，夜间停工。" }),
        )
        .await;
    assert_eq!(answered.status, 200, "{}", answered.body);
    insta::assert_json_snapshot!("desk", office.get("/api/v1/desk?queue=in_work").await.json());

    // What everybody reads.
    insta::assert_json_snapshot!(
        "public_appeal",
        program.get(&format!("/api/v1/appeals/{number}")).await.json()
    );
    insta::assert_json_snapshot!(
        "public_timeline",
        program.get(&format!("/api/v1/appeals/{number}/timeline")).await.json()
    );
    insta::assert_json_snapshot!(
        "public_list",
        program.get("/api/v1/appeals?category=1&area=990101001000").await.json()
    );

    // What the reporter reads and says.
    let track = json!({ "number": number, "tracking_code": receipt["tracking_code"] });
    insta::assert_json_snapshot!("tracked", program.call_post("/api/v1/appeals/track", track).await.json());
    let body = json!({ "tracking_code": receipt["tracking_code"], "solved": true, "satisfied": 4, "comment": "谢谢" });
    let closed = program.call_post(&format!("/api/v1/appeals/{number}/appraise"), body).await;
    assert_eq!((closed.status.as_u16(), &closed.json()["state"]), (200, &json!("closed")));

    town.house.count().await;
    insta::assert_json_snapshot!("figures", program.get("/api/v1/figures").await.json());
    insta::assert_json_snapshot!("categories", program.get("/api/v1/categories").await.json());
    let areas = program.get("/api/v1/areas").await.json();
    assert_eq!(areas["items"].as_array().unwrap().len(), 6);
    let organs = program.get("/api/v1/organs").await.json();
    assert_eq!(organs["items"][0]["code"], "12345");
    town.house.is_sound().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pages_of_the_list_lead_to_one_another() {
    let town = Town::open().await;
    for _ in 0..5 {
        town.house.submit(town.house.noise()).await;
        town.house.later(1);
    }
    let mut program = town.browser("en");
    let first = program.get("/api/v1/appeals?limit=2&status=open").await;
    let next = first.json()["next"].as_str().unwrap().to_owned();
    assert!(first.header("link").contains(&format!("<{next}>; rel=\"next\"")), "{}", first.header("link"));
    let second = program.get(&next).await.json();
    let third = program.get(second["next"].as_str().unwrap()).await.json();
    assert_eq!(third["items"].as_array().unwrap().len(), 1);
    assert!(third.get("next").is_none());
    let back = program.get(third["previous"].as_str().unwrap()).await.json();
    assert_eq!(back["items"], second["items"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_description_names_what_is_served_and_nothing_else() {
    let town = Town::open().await;
    let document = serde_json::to_value(&*town.app.openapi).unwrap();
    let described: BTreeSet<String> = document["paths"]
        .as_object()
        .unwrap()
        .iter()
        .flat_map(|(path, item)| {
            let methods = item
                .as_object()
                .unwrap()
                .keys()
                .filter(|key| ["get", "post", "put", "delete"].contains(&key.as_str()));
            methods.map(move |method| format!("{} {path}", method.to_uppercase())).collect::<Vec<_>>()
        })
        .collect();
    let served: BTreeSet<String> = town
        .app
        .routes
        .iter()
        .filter(|route| route.face == Face::Api && route.path.starts_with("/api/v1/"))
        .map(|route| format!("{} {}", route.method, route.path))
        .collect();
    assert_eq!(described, served);
    // Every operation says how it refuses, as a problem.
    for (path, item) in document["paths"].as_object().unwrap() {
        if !path.starts_with("/api/v1/appeals") && path != "/api/v1/desk" {
            continue;
        }
        for (method, operation) in item.as_object().unwrap() {
            let answers = operation["responses"].as_object().unwrap();
            let refusals: Vec<_> = answers.iter().filter(|(status, _)| status.starts_with('4')).collect();
            assert!(!refusals.is_empty(), "{method} {path} says how it refuses");
            for (status, answer) in refusals {
                let body = &answer["content"]["application/problem+json"]["schema"]["$ref"];
                assert_eq!(body, "#/components/schemas/Problem", "{method} {path} {status}");
            }
            if method == "post" {
                for status in ["400", "413", "415", "422"] {
                    assert!(answers.contains_key(status), "{method} {path} answers {status}");
                }
            }
        }
    }
}
