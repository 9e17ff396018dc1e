//! 这也是我的事: following a case instead of reporting it again.

use gongzhi_kernel::Failure;
use serde_json::json;

use super::{Reply, Town};

fn output(reply: &Reply, name: &str) -> String {
    let part = reply.body.split(&format!(r#"data-test="{name}">"#)).nth(1);
    let part = part.unwrap_or_else(|| panic!("no {name}: {}", reply.body));
    part.split('<').next().unwrap().to_owned()
}

async fn count(town: &Town, number: &str) -> i64 {
    let reply = town.browser("en").get(&format!("/api/v1/appeals/{number}/followers")).await;
    reply.json()["followers"].as_i64().unwrap()
}

async fn assert_sound(town: &Town) {
    let report = town.house.store.read(|tx| Ok::<_, Failure>(gongzhi_appeals::check(tx)?)).await.unwrap();
    assert!(report.differences.is_empty(), "{:?}", report.differences);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn somebody_who_was_about_to_report_the_same_follows_it_instead() {
    let town = Town::open().await;
    let mut known = town.house.noise();
    known.visibility = Some(gongzhi_appeals::model::Visibility::Public);
    let text = known.text.clone();
    let number = town.house.submit(known).await.number.to_string();

    let mut visitor = town.browser("en");
    let page = visitor.page("/appeals/new").await;
    let (token, key) = (page.value("form_token").to_owned(), page.value("key").to_owned());
    let street = town.house.street.to_string();
    let mut fields: Vec<(&str, &str)> =
        vec![("key", &key), ("kind", "complaint"), ("text", &text), ("street", &street)];
    fields.push(("go", "check"));
    let check = visitor.post("/appeals/new", &token, &fields).await;
    assert_eq!(check.status, 200, "{}", check.words());
    let same = format!("same-{number}");
    assert!(check.body.contains(&format!(r#"value="{same}""#)), "{}", check.body);
    fields.pop();
    fields.push(("go", &same));
    let sent = visitor.post("/appeals/new", &token, &fields).await;
    let receipt = visitor.follow(&sent).await;
    assert_eq!(output(&receipt, "number").replace(' ', ""), number);
    let code = output(&receipt, "code");
    assert!(receipt.words().contains("1 person follows this"), "{}", receipt.words());
    // The button pressed twice is one follower.
    let again = visitor.post("/appeals/new", &token, &fields).await;
    assert_eq!(output(&visitor.follow(&again).await, "code"), code);
    assert_eq!(count(&town, &number).await, 1);
    let list = visitor.get("/api/v1/appeals").await.json();
    assert_eq!(list["items"].as_array().unwrap().len(), 1, "nothing was reported a second time");

    // With number and code they come back from anywhere; the code opens nothing of the reporter's.
    let mut elsewhere = town.browser("en");
    let token = elsewhere.page("/track").await.value("form_token").to_owned();
    let looked = elsewhere.post("/track", &token, &[("number", &number), ("code", &code)]).await;
    let to = elsewhere.get(looked.header("location")).await;
    assert_eq!(to.header("location"), format!("/appeals/{number}"));
    let page = elsewhere.page(&format!("/appeals/{number}")).await;
    assert!(page.words().contains("You follow this"), "{}", page.words());
    let reading = json!({ "number": number, "tracking_code": code });
    assert_eq!(elsewhere.call_post("/api/v1/appeals/track", reading).await.status, 404);
    let withdraw = json!({ "tracking_code": code });
    let taken = elsewhere.call_post(&format!("/api/v1/appeals/{number}/withdraw"), withdraw).await;
    assert_eq!(taken.status, 401, "{}", taken.body);

    // And stop when they like.
    let token = page.value("form_token").to_owned();
    let ended = elsewhere.post(&format!("/appeals/{number}/unfollow"), &token, &[]).await;
    let page = elsewhere.follow(&ended).await;
    assert!(!page.words().contains("You follow this"), "{}", page.words());
    assert_eq!(count(&town, &number).await, 0);
    assert_sound(&town).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_is_signed_in_is_counted_once_and_never_for_their_own() {
    let town = Town::open().await;
    let mut known = town.house.noise();
    known.visibility = Some(gongzhi_appeals::model::Visibility::Public);
    let number = town.house.submit(known).await.number.to_string();
    let mut resident = town.signed_in("resident").await;
    let path = format!("/api/v1/appeals/{number}/follow");
    let first = resident.call_post(&path, json!({})).await;
    assert_eq!(first.status, 201, "{}", first.body);
    let second = resident.call_post(&path, json!({})).await.json();
    assert_eq!(second["followers"], 1);
    // The page of a case asks first, in words.
    let mut visitor = town.browser("zh-CN");
    let ask = visitor.page(&format!("/appeals/{number}/follow")).await;
    assert!(ask.words().contains("1 人也在跟进"), "{}", ask.words());
    let (token, key) = (ask.value("form_token").to_owned(), ask.value("key").to_owned());
    let done = visitor.post(&format!("/appeals/{number}/follow"), &token, &[("key", &key)]).await;
    visitor.follow(&done).await;
    assert_eq!(count(&town, &number).await, 2);
    let ended = resident.call_post(&format!("/api/v1/appeals/{number}/unfollow"), json!({})).await;
    assert_eq!(ended.json()["followers"], 1);
    let ended = resident.call_post(&format!("/api/v1/appeals/{number}/unfollow"), json!({})).await;
    assert_eq!(ended.status, 404, "{}", ended.body);

    // One's own, a confidential one, one that does not exist.
    let mine = json!({ "kind": "complaint", "text": "楼下工地夜里还在施工。", "visibility": "public" });
    let mine =
        resident.call_post("/api/v1/appeals", mine).await.json()["number"].as_str().unwrap().to_owned();
    let own = resident.call_post(&format!("/api/v1/appeals/{mine}/follow"), json!({})).await;
    assert_eq!(own.status, 409, "{}", own.body);
    let mut secret = town.house.noise();
    secret.visibility = Some(gongzhi_appeals::model::Visibility::Confidential);
    let secret = town.house.submit(secret).await.number.to_string();
    for hidden in [secret.as_str(), "0000000000000017"] {
        let reply = resident.call_post(&format!("/api/v1/appeals/{hidden}/follow"), json!({})).await;
        assert_eq!(reply.status, 404, "{}", reply.body);
        assert_eq!(resident.get(&format!("/appeals/{hidden}/follow")).await.status, 404);
    }
    assert_sound(&town).await;
}
