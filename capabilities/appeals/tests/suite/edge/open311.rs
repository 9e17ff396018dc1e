//! Open311 GeoReport v2: both formats, what clients send wrongly, keys and their limits.

use gongzhi_appeals::Submit;
use gongzhi_appeals::model::{Channel, Visibility};
use gongzhi_kernel::Clock as _;
use gongzhi_web::url_part;
use http::{Method, Request, header};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::{Browser, Reply, Town};

type Fields = Vec<(&'static str, String)>;

/// A key, made in the pages by an administrator.
pub(super) async fn key(town: &Town, per_minute: &str) -> String {
    let mut admin = town.signed_in("admin").await;
    let page = admin.page("/admin/open311").await;
    let token = page.value("form_token").to_owned();
    let fields = [("name", "街景问题随手拍"), ("contact", "app@example.org"), ("per_minute", per_minute)];
    let made = admin.post("/admin/open311", &token, &fields).await;
    assert_eq!(made.status, 201, "{}", made.body);
    let after = made.body.split(r#"<code class="key">"#).nth(1).unwrap();
    after.split('<').next().unwrap().to_owned()
}

/// A program that sends no cookie and says no origin.
async fn send(town: &Town, path: &str, fields: &[(&str, &str)]) -> Reply {
    let body: Vec<String> =
        fields.iter().map(|(name, value)| format!("{}={}", url_part(name), url_part(value))).collect();
    let request = Request::builder()
        .method(Method::POST)
        .uri(path)
        .header(header::ACCEPT_LANGUAGE, "en")
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded; charset=utf-8");
    town.browser("en").send(request.body(body.join("&").into()).unwrap()).await
}

fn lamp(town: &Town) -> Submit {
    Submit {
        category: Some(town.house.lighting),
        visibility: Some(Visibility::Public),
        point: gongzhi_kernel::Point::new(30.41, 121.08),
        ..town.house.noise()
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_protocol_answers_as_it_always_has() {
    let town = Town::open().await;
    let key = key(&town, "60").await;
    let mut program = town.browser("en");
    let fields = [
        ("api_key", key.as_str()),
        ("jurisdiction_id", ""),
        ("service_code", "1.2"),
        ("lat", "30.4100"),
        ("long", "121.0800"),
        ("address_string", "柳荫街 12 号"),
        ("address_id", "990101001001"),
        ("description", "The <lamp> & its neighbour are out."),
        ("first_name", "Ming"),
        ("last_name", "Li"),
        ("email", "ming@example.org"),
        ("phone", "19900000001"),
        ("media_url", "https://pictures.example.org/1.jpg"),
        ("device_id", "x"),
        ("account_id", "7"),
    ];
    let taken = send(&town, "/open311/v2/requests.json", &fields).await;
    assert_eq!(taken.status, 201, "{}", taken.body);
    let receipt = taken.json();
    let number = receipt[0]["service_request_id"].as_str().unwrap().to_owned();
    assert_eq!(number.len(), 16, "a text with its leading zeros");
    assert!(receipt[0]["service_notice"].as_str().unwrap().starts_with("Tracking code "));
    let as_xml = send(&town, "/open311/v2/requests.xml", &fields).await;
    assert_eq!((as_xml.status.as_u16(), as_xml.header("content-type")), (201, "text/xml"));
    assert!(as_xml.body.contains("<service_requests><request><service_request_id>"), "{}", as_xml.body);

    // It is an appeal like any other, with its channel, its reporter, its organ and its dispatch.
    let mut office = town.signed_in("lamps").await;
    let case = office.get(&format!("/api/v1/appeals/{number}")).await.json();
    assert_eq!((&case["channel"], &case["state"]), (&json!("open311"), &json!("dispatched")));
    let page = office.page(&format!("/work/{number}")).await;
    assert!(page.body.contains("https://pictures.example.org/1.jpg"));
    // Of a case whose reporter is anonymous everybody sees the community at most.
    let other = town.house.submit(lamp(&town)).await.number;
    town.house.later(5);
    let handler = town.house.official(town.house.lamps);
    town.house.appeals.accept(&handler, other, None).await.unwrap();
    town.house.appeals.answer(&handler, other, None, "灯已修好，请放心。").await.unwrap();
    town.house.count().await;

    let list = program.get("/open311/v2/requests.json").await;
    assert_eq!(list.status, 200, "{}", list.body);
    let list = list.json();
    assert_eq!(list.as_array().unwrap().len(), 3);
    assert_eq!((&list[2]["lat"], &list[2]["media_url"]), (&Value::Null, &Value::Null));
    assert_eq!(list[2]["address_id"], "990101001001");
    assert!(!list.to_string().contains("ming@example.org"));
    for (name, path) in [
        ("discovery_json", "/open311/v2/discovery.json".to_owned()),
        ("discovery_xml", "/open311/discovery.xml".to_owned()),
        ("services_json", "/open311/v2/services.json".to_owned()),
        ("services_xml", "/open311/v2/services.xml".to_owned()),
        ("definition_json", "/open311/v2/services/1.2.json".to_owned()),
        ("definition_xml", "/open311/v2/services/1.2.xml".to_owned()),
        ("groups_json", "/open311/v2/groups.json".to_owned()),
        ("group_xml", "/open311/v2/groups/1.xml".to_owned()),
        ("requests_json", "/open311/v2/requests.json?extensions=true".to_owned()),
        ("requests_xml", "/open311/v2/requests.xml?status=closed".to_owned()),
        ("request_xml", format!("/open311/v2/requests/{other}.xml?extensions=true")),
        ("token_json", format!("/open311/v2/tokens/{other}.json")),
        ("updates_json", "/open311/v2/servicerequestupdates.json".to_owned()),
        ("updates_xml", "/open311/v2/servicerequestupdates.xml".to_owned()),
        ("errors_xml", "/open311/v2/requests/0000000000000017.xml".to_owned()),
        ("errors_json", "/open311/v2/requests.json?status=nearly".to_owned()),
    ] {
        let reply = program.get(&path).await;
        if path.contains(".xml") {
            assert_eq!(reply.header("content-type"), "text/xml", "{path}");
            for (at, _) in reply.body.match_indices("></") {
                let tag = reply.body[..at].rsplit('<').next().unwrap();
                assert!(tag.starts_with('/'), "an empty element: {path} {tag}");
            }
            insta::assert_snapshot!(format!("open311_{name}"), reply.body.replace("><", ">\n<"));
        } else {
            assert_eq!(reply.header("content-type"), "application/json", "{path}");
            insta::assert_snapshot!(
                format!("open311_{name}"),
                serde_json::to_string_pretty(&reply.json()).unwrap()
            );
        }
    }
    town.house.is_sound().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_asked_is_what_is_answered() {
    let town = Town::open().await;
    let mut program = town.browser("en");
    let mut numbers = Vec::new();
    for days in 0..4_u64 {
        let mut submit = lamp(&town);
        if days % 2 == 1 {
            submit.category = Some(town.house.noise);
        }
        numbers.push(town.house.submit(submit).await.number.to_string());
        town.house.later(24 * 60);
    }
    let secret = Submit { visibility: Some(Visibility::Confidential), ..lamp(&town) };
    let secret = town.house.submit(secret).await.number.to_string();
    let handler = town.house.official(town.house.lamps);
    let oldest = numbers[0].parse().unwrap();
    town.house.appeals.accept(&handler, oldest, None).await.unwrap();
    town.house.appeals.answer(&handler, oldest, None, "灯已修好，请放心。").await.unwrap();
    town.house.count().await;
    let now = town.house.store.clock.now();
    let ago = |days: u64| (now - std::time::Duration::from_secs(days * 24 * 3600)).to_string();
    let [zero, one, two, three] = [&numbers[0], &numbers[1], &numbers[2], &numbers[3]];
    let all = [three, two, one, zero];
    let table: Vec<(String, Vec<&String>)> = vec![
        (String::new(), all.to_vec()),
        ("status=open".into(), vec![three, two, one]),
        ("status=closed&service_code=".into(), vec![zero]),
        ("status=open,closed".into(), all.to_vec()),
        ("service_code=1.1".into(), vec![three, one]),
        ("service_code=1.1,1.2".into(), all.to_vec()),
        ("service_code=9".into(), vec![]),
        (format!("start_date={}", ago(2)), vec![three, two]),
        (format!("end_date={}", ago(2)), vec![two, one, zero]),
        (format!("start_date={}&end_date={}", ago(3), ago(2)), vec![two, one]),
        (format!("service_request_id={two},{zero}&status=open"), vec![two, zero]),
        (format!("service_request_id={secret}"), vec![]),
        ("page_size=3".into(), vec![three, two, one]),
        ("page_size=3&page=2".into(), vec![zero]),
        ("page_size=3&page=3".into(), vec![]),
        (format!("updated_after={}", ago(1)), vec![three, zero]),
        (format!("updated_before={}", ago(2)), vec![two, one]),
        (format!("updated_after={}&page_size=1", ago(1)), vec![three]),
        ("jurisdiction_id=127.0.0.1".into(), all.to_vec()),
        ("jurisdiction_id=990100000000".into(), all.to_vec()),
        ("start_date=2001-01-01".into(), vec![]),
    ];
    let mut wrong = Vec::new();
    for (query, expected) in table {
        let reply = program.get(&format!("/open311/v2/requests.json?{query}")).await;
        assert_eq!(reply.status, 200, "{query}: {}", reply.body);
        let found: Vec<String> = reply
            .json()
            .as_array()
            .unwrap()
            .iter()
            .map(|one| one["service_request_id"].as_str().unwrap().to_owned())
            .collect();
        if found.iter().collect::<Vec<_>>() != expected {
            wrong.push(format!("{query}: {found:?} instead of {expected:?}"));
        }
    }
    assert_eq!(wrong, Vec::<String>::new());

    // Updates of a stretch of time: only what happened in it, and nothing of what is confidential.
    let updates = program.get(&format!("/open311/v2/servicerequestupdates.json?start_date={}", ago(0))).await;
    let updates = updates.json();
    let told: Vec<(&Value, &Value)> = updates
        .as_array()
        .unwrap()
        .iter()
        .map(|update| (&update["service_request_id"], &update["status"]))
        .collect();
    let (number, words) = (json!(zero), ["in_progress", "closed"].map(|word| json!(word)));
    assert_eq!(told, [(&number, &words[0]), (&number, &words[1])]);
    // A rebuilt follower tells the same.
    for follower in town.house.appeals.followers() {
        gongzhi_store::followers::rebuild(&town.house.store, &follower).await.unwrap();
    }
    town.house.count().await;
    let again = program.get(&format!("/open311/v2/servicerequestupdates.json?start_date={}", ago(0))).await;
    assert_eq!(again.json(), updates);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_cannot_be_taken_is_refused_in_both_formats() {
    let town = Town::open().await;
    let key = key(&town, "6000").await;
    let long = "长".repeat(4001);
    let good = [("service_code", "1.2"), ("address_string", "柳荫街"), ("description", "路灯不亮了。")];
    let with = |name: &'static str, value: &str| -> Fields {
        let mut fields: Fields = good.iter().map(|(name, value)| (*name, (*value).to_owned())).collect();
        fields.push(("api_key", key.clone()));
        fields.retain(|(known, _)| *known != name);
        fields.push((name, value.to_owned()));
        fields
    };
    let table: Vec<(Fields, u16, &str)> = vec![
        (with("api_key", ""), 403, "A report needs an api_key."),
        (with("api_key", "wrong"), 403, "The key is wrong"),
        (with("service_code", ""), 400, "service_code"),
        (with("service_code", "no.such"), 400, "no service “no.such”"),
        (with("service_code", "1"), 400, "no service “1”"),
        (with("address_string", ""), 400, "Say where"),
        (with("lat", "30"), 400, "The place is wrong"),
        (with("address_id", "000000000000"), 400, "The place is wrong"),
        (with("description", &long), 400, "description: "),
        (with("description", "灯"), 400, "description: "),
        (with("email", "@"), 400, "email: "),
        (with("phone", "abc"), 400, "phone: "),
        (with("first_name", &"长".repeat(61)), 400, "first_name: "),
        (with("address_string", &"长".repeat(201)), 400, "address_string: "),
        (with("media_url", "javascript:alert(1)"), 400, "media_url"),
        (with("media_url", "https://a b"), 400, "media_url"),
        (with("attribute[WHISHETN]", "1"), 400, "attribute[WHISHETN]"),
        (with("jurisdiction_id", "sfgov.org"), 404, "no jurisdiction “sfgov.org”"),
    ];
    let mut wrong = Vec::new();
    for (fields, status, said) in table {
        let pairs: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let reply = send(&town, "/open311/v2/requests.json", &pairs).await;
        let (code, description) = match serde_json::from_str::<Value>(&reply.body) {
            Ok(body) => (body[0]["code"].clone(), body[0]["description"].to_string()),
            Err(_) => (Value::Null, reply.body.clone()),
        };
        if reply.status != status || code != json!(status) || !description.contains(said) {
            wrong.push(format!("{:?}: {} {}", pairs.last(), reply.status, reply.body));
        }
        let xml = send(&town, "/open311/v2/requests.xml", &pairs).await;
        if xml.status != status || !xml.body.contains(&format!("<errors><error><code>{status}</code>")) {
            wrong.push(format!("{:?} as XML: {} {}", pairs.last(), xml.status, xml.body));
        }
    }
    for (lat, long) in
        [("91", "0"), ("0", "181"), ("nan", "0"), ("inf", "0"), ("north", "east"), ("1e400", "0")]
    {
        let place = [("api_key", key.as_str()), ("service_code", "1.2"), ("lat", lat), ("long", long)];
        let reply = send(&town, "/open311/v2/requests.json", &place).await;
        if reply.status != 400 {
            wrong.push(format!("{lat} {long}: {}", reply.status));
        }
    }
    let mut program = town.browser("en");
    for (path, status) in [
        ("/open311/v2/requests.json?status=nearly", 400),
        ("/open311/v2/requests.json?start_date=yesterday", 400),
        ("/open311/v2/requests.json?start_date=2026-01-01&end_date=2026-06-01", 400),
        ("/open311/v2/requests.json?start_date=2026-01-02&end_date=2026-01-01", 400),
        ("/open311/v2/requests.json?page=0", 400),
        ("/open311/v2/requests.json?page_size=1001", 400),
        ("/open311/v2/requests.json?page=x", 400),
        ("/open311/v2/requests.json?service_code=no.such", 404),
        ("/open311/v2/requests.json?service_request_id=x", 404),
        ("/open311/v2/requests.json?jurisdiction_id=elsewhere", 404),
        ("/open311/v2/requests/0000000000000017.json", 404),
        ("/open311/v2/requests/17", 404),
        ("/open311/v2/requests/.json", 404),
        ("/open311/v2/requests/%ff.json", 404),
        ("/open311/v2/services/no.such.json", 404),
        ("/open311/v2/services.json?group=no.such", 404),
        ("/open311/v2/groups/1.1.json", 404),
        ("/open311/v2/tokens/abc.json", 404),
        ("/open311/v2/nowhere.json", 404),
        ("/open311/v2/a/b/c.json", 404),
        ("/open311/v2/servicerequestupdates.json?start_date=x", 400),
    ] {
        let reply = program.get(path).await;
        let errors = serde_json::from_str::<Value>(&reply.body).unwrap_or_default();
        let in_words = path.ends_with(".json") || path.contains(".json?");
        if reply.status != status || (in_words && errors[0]["code"] != json!(status)) {
            wrong.push(format!("{path}: {} {}", reply.status, reply.body));
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
    for (kind, body, status) in [
        ("multipart/form-data; boundary=x", b"--x--".to_vec(), 403),
        ("multipart/form-data", b"--x--".to_vec(), 400),
        ("application/json", b"{}".to_vec(), 400),
        ("application/x-www-form-urlencoded", b"\xff\xfe%ff=%00".to_vec(), 403),
        ("application/x-www-form-urlencoded", vec![b'a'; 2 * 1024 * 1024], 413),
    ] {
        let request = Request::builder().method(Method::POST).uri("/open311/v2/requests.xml");
        let request = request.header(header::CONTENT_TYPE, kind).body(body.into()).unwrap();
        assert_eq!(town.browser("en").send(request).await.status, status, "{kind}");
    }
    // Nothing of all this has come in.
    assert_eq!(program.get("/open311/v2/requests.json").await.json(), json!([]));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_key_has_its_limit_and_its_end() {
    let town = Town::open().await;
    let (slow, other) = (key(&town, "2").await, key(&town, "2").await);
    let report = |key: &str| {
        [
            ("api_key", key.to_owned()),
            ("service_code", "1.2".into()),
            ("lat", "30".into()),
            ("long", "121".into()),
        ]
    };
    let post = async |key: &str| {
        let fields = report(key);
        let pairs: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
        send(&town, "/open311/v2/requests.json", &pairs).await
    };
    assert_eq!([post(&slow).await.status, post(&slow).await.status], [201, 201]);
    let refused = post(&slow).await;
    assert_eq!((refused.status.as_u16(), refused.header("retry-after")), (429, "30"), "{}", refused.body);
    assert_eq!(refused.json()[0]["code"], 429);
    assert_eq!(post(&other).await.status, 201, "another client is not held up");
    town.house.later(1);
    assert_eq!(post(&slow).await.status, 201);

    // A report may be its service alone.
    let number = post(&other).await.json()[0]["service_request_id"].as_str().unwrap().to_owned();
    let shown = town.browser("en").get(&format!("/open311/v2/requests/{number}.json")).await.json();
    assert_eq!(shown[0]["description"], "Category 1 › Category 1.2");

    let mut admin = town.signed_in("admin").await;
    let page = admin.page("/admin/open311").await;
    assert!(page.words().contains(&format!("…{}", &slow[slow.len() - 4..])));
    assert!(!page.body.contains(&slow), "a key is shown once");
    let token = page.value("form_token").to_owned();
    let place = |page: &Reply, nth: usize| {
        let after = page.body.split(r#"action="/admin/open311/"#).nth(nth).unwrap();
        format!("/admin/open311/{}", after.split('"').next().unwrap())
    };
    // The newest stands first: the second form is that of the slow one.
    let revoke = place(&page, 2);
    let done = admin.post(&revoke, &token, &[]).await;
    let page = admin.follow(&done).await;
    assert!(page.words().contains("已停用"));
    assert_eq!(admin.post(&revoke, &token, &[]).await.status, 409);
    assert_eq!(admin.post("/admin/open311/x/revoke", &token, &[]).await.status, 404);
    assert_eq!(post(&slow).await.status, 403);
    for (name, per_minute) in [("", "60"), ("一", "60"), ("正好", "0"), ("正好", "x"), ("正好", "6001")]
    {
        let fields = [("name", name), ("contact", "电话"), ("per_minute", per_minute)];
        let reply = admin.post("/admin/open311", &token, &fields).await;
        assert_eq!(reply.status, 422, "{name} {per_minute}");
        assert!(reply.body.contains("电话"), "what was typed is kept");
    }
    town.house.is_sound().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_check_finds_a_client_changed_behind_its_back() {
    gongzhi_store::statements! {
        TAMPER = "UPDATE open311_client SET per_minute = 6000";
        STEAL = "UPDATE open311_request SET media_url = 'https://elsewhere.example'";
    }
    let town = Town::open().await;
    let key = key(&town, "2").await;
    let fields = [("api_key", key.as_str()), ("service_code", "1.2"), ("lat", "30"), ("long", "121")];
    assert_eq!(send(&town, "/open311/v2/requests.json", &fields).await.status, 201);
    town.house.is_sound().await;
    let tampered: Result<_, gongzhi_kernel::Failure> = town
        .house
        .store
        .write(|tx| {
            tx.execute(&TAMPER, &[])?;
            tx.execute(&STEAL, &[])?;
            Ok(())
        })
        .await;
    tampered.unwrap();
    let report = town.house.store.read(|tx| gongzhi_appeals::check(tx)).await.unwrap();
    assert_eq!(report.differences.len(), 2, "{:?}", report.differences);
    assert_eq!(statements().len(), 2);
}

#[test]
fn nothing_that_is_asked_breaks_the_protocol() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let (town, key) = runtime.block_on(async {
        let town = Town::open().await;
        town.house.answered().await;
        let mut submit = lamp(&town);
        submit.channel = Channel::Api;
        town.house.submit(submit).await;
        town.house.count().await;
        let key = key(&town, "6000").await;
        (town, key)
    });
    let names = vec![
        "service_request_id",
        "service_code",
        "start_date",
        "end_date",
        "status",
        "page",
        "page_size",
        "extensions",
        "updated_after",
        "updated_before",
        "jurisdiction_id",
        "group",
        "lat",
        "long",
        "address_string",
        "address_id",
        "description",
        "media_url",
        "email",
        "phone",
        "first_name",
        "attribute[a]",
        "api_key",
        "lang",
    ];
    let values = prop_oneof![
        ".{0,60}",
        prop::sample::select(vec![
            "1.2",
            "1.1,9",
            "open",
            "true",
            "1",
            "0",
            "-1",
            "9223372036854775807",
            "1e308",
            "NaN",
            "30.4",
            "121.1",
            "2026-01-01T00:00:00Z",
            "-9999-01-01T00:00:00Z",
            "9999-12-31T23:59:59-23:59",
            "2026-02-30",
            "990101001001",
            "https://a.example/b.jpg",
            "0000000000000017",
            "路灯不亮了，请修一修。",
            "\u{0}\u{fffe}\u{202e}",
        ])
        .prop_map(str::to_owned),
        "[0-9]{4}-[0-9]{2}-[0-9]{2}(T[0-9]{2}:[0-9]{2}:[0-9]{2}(Z|[+-][0-9]{2}:[0-9]{2}| 08:00)?)?",
    ];
    let pairs = prop::collection::vec((prop::sample::select(names), values), 0..8);
    let mut config = ProptestConfig::with_cases(128);
    config.failure_persistence = None;
    let mut runner = proptest::test_runner::TestRunner::new(config);
    let outcome = runner.run(&(pairs, ".{0,40}", any::<bool>()), |(pairs, anything, xml)| {
        runtime.block_on(async {
            let format = if xml { "xml" } else { "json" };
            let query: Vec<String> =
                pairs.iter().map(|(name, value)| format!("{name}={}", url_part(value))).collect();
            let query = query.join("&");
            let part = url_part(&anything);
            let mut browser: Browser<'_> = town.browser("zh-CN");
            for path in [
                format!("requests.{format}?{query}"),
                format!("services.{format}?{query}"),
                format!("servicerequestupdates.{format}?{query}"),
                format!("requests/{part}.{format}?{query}"),
                format!("services/{part}.{format}"),
                format!("groups/{part}.{format}"),
                format!("tokens/{part}.{format}"),
                format!("requests.{format}?{part}"),
                format!("discovery.{format}?{query}"),
                part.clone(),
            ] {
                let path = format!("/open311/v2/{path}");
                if Request::builder().uri(&path).body(()).is_err() {
                    continue;
                }
                let reply = browser.get(&path).await;
                prop_assert!(!reply.status.is_server_error(), "{path}: {} {}", reply.status, reply.body);
            }
            let mut fields = pairs.clone();
            fields.push(("api_key", key.clone()));
            fields.push(("service_code", "1.2".into()));
            fields.push(("address_string", anything.clone()));
            let fields: Vec<(&str, &str)> =
                fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
            let reply = send(&town, &format!("/open311/v2/requests.{format}"), &fields).await;
            prop_assert!(!reply.status.is_server_error(), "{fields:?}: {} {}", reply.status, reply.body);
            Ok(())
        })
    });
    assert!(outcome.is_ok(), "{outcome:?}");
}
