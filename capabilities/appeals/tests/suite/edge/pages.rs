//! What people do on the pages, without script.

use http::header;

use super::{Browser, LANGUAGES, Reply, Town};

const TEXT: &str = "文昌巷 12 号门口的路灯三天没亮了，晚上老人走路看不清。";

fn report<'a>(key: &'a str, more: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let mut fields =
        vec![("key", key), ("text", TEXT), ("kind", "help"), ("name", "林女士"), ("phone", "19900001234")];
    fields.extend(more);
    fields
}

/// Number and code from the receipt.
fn receipt(page: &Reply) -> (String, String) {
    let read = |test: &str| {
        let after = page.body.split(&format!(r#"data-test="{test}">"#)).nth(1).expect("on the receipt");
        after.split('<').next().unwrap().to_owned()
    };
    (read("number").replace(' ', ""), read("code"))
}

async fn submitted(browser: &mut Browser<'_>, category: &str, street: &str) -> (String, String) {
    let page = browser.page("/appeals/new").await;
    let (token, key) = (page.value("form_token").to_owned(), page.value("key").to_owned());
    let fields = report(&key, &[("go", "send"), ("category", category), ("street", street)]);
    let sent = browser.post("/appeals/new", &token, &fields).await;
    receipt(&browser.follow(&sent).await)
}

async fn step(browser: &mut Browser<'_>, number: &str, act: &str, fields: &[(&str, &str)]) -> Reply {
    let page = browser.page(&format!("/work/{number}")).await;
    let (token, revision) = (page.value("form_token").to_owned(), page.value("revision").to_owned());
    let mut all = vec![("revision", revision.as_str())];
    all.extend(fields);
    browser.post(&format!("/work/{number}/{act}"), &token, &all).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_appeal_goes_its_way_without_script_in_both_languages() {
    let town = Town::open().await;
    let (noise, street) = (town.house.noise.to_string(), town.house.street.to_string());
    for (language, _) in LANGUAGES {
        let mut visitor = town.browser(language);
        // From the home page: what was typed there is in the form.
        let home = visitor.page("/").await;
        let token = home.value("form_token").to_owned();
        let form = visitor.post("/appeals/new", &token, &[("go", "begin"), ("text", TEXT)]).await;
        assert_eq!(form.status, 200);
        assert!(form.body.contains(TEXT));
        let key = form.value("key").to_owned();

        // Communities of a street, without script; what was typed stays.
        let fields = report(&key, &[("go", "area"), ("street", &street)]);
        let form = visitor.post("/appeals/new", &token, &fields).await;
        assert!(form.body.contains(&town.house.community.to_string()) && form.body.contains("林女士"));

        // The check page says it all again and can send it.
        let community = town.house.community.to_string();
        let more = [("go", "check"), ("street", &street), ("community", &community), ("category", &noise)];
        let check = visitor.post("/appeals/new", &token, &report(&key, &more)).await;
        assert_eq!(check.status, 200, "{}", check.words());
        super::texts::assert_no_keys(&check);
        for said in [TEXT, "林女士", "19900001234"] {
            assert!(check.words().contains(said), "{said}: {}", check.words());
        }
        let edit = [("go", "edit"), ("street", &street), ("community", &community), ("category", &noise)];
        let back = visitor.post("/appeals/new", &token, &report(&key, &edit)).await;
        assert!(back.body.contains(TEXT) && back.body.contains("19900001234"), "going back keeps everything");

        let more = [("go", "send"), ("street", &street), ("community", &community), ("category", &noise)];
        let sent = visitor.post("/appeals/new", &token, &report(&key, &more)).await;
        assert_eq!(sent.header(header::LOCATION), "/track/receipt");
        let page = visitor.follow(&sent).await;
        let (number, code) = receipt(&page);
        assert_eq!(number.len(), 16);
        assert!(page.body.contains("data:image/svg+xml;base64,"), "the receipt has its QR code");

        // The same form again, as a doubled click sends it: the same receipt.
        let doubled = visitor.post("/appeals/new", &token, &report(&key, &more)).await;
        assert_eq!(receipt(&visitor.follow(&doubled).await), (number.clone(), code.clone()));
        // Another matter under the same key is refused, and its words are kept.
        let mut other = report(&key, &more);
        other[1].1 = "楼道里堆满了杂物，消防通道走不通。";
        let refused = visitor.post("/appeals/new", &token, &other).await;
        assert_eq!(refused.status, 409);
        assert!(refused.body.contains(other[1].1));

        // The office takes its steps.
        let mut office = town.browser(language);
        office.sign_in("office").await;
        let bench = office.page("/work").await;
        assert!(bench.body.contains(&format!("/work/{number}")), "{}", bench.words());
        let accepted = step(&mut office, &number, "accept", &[]).await;
        office.follow(&accepted).await;
        let contacted =
            step(&mut office, &number, "contact", &[("way", "phone"), ("note", "约好明天上门")]).await;
        office.follow(&contacted).await;
        let answered =
            step(&mut office, &number, "answer", &[("reply", "路灯已经修好，请您今晚再看看。")]).await;
        office.follow(&answered).await;

        // Who reported is shown for a purpose alone.
        let page = office.page(&format!("/work/{number}")).await;
        assert!(!page.words().contains("19900001234") && !page.words().contains("林女士"));
        let token = page.value("form_token").to_owned();
        let refused = office.post(&format!("/work/{number}/reporter"), &token, &[("purpose", "")]).await;
        assert_eq!(refused.status, 422);
        assert!(!refused.words().contains("19900001234"));
        let shown = office
            .post(&format!("/work/{number}/reporter"), &token, &[("purpose", "联系反映人问清情况")])
            .await;
        assert!(shown.words().contains("19900001234"), "{}", shown.words());

        // Everybody reads the answer; nobody reads who reported, or what was noted.
        let mut anybody = town.browser(language);
        let public = anybody.page(&format!("/appeals/{number}")).await.words();
        assert!(public.contains("路灯已经修好"));
        for secret in ["19900001234", "林女士", "约好明天上门", code.as_str()] {
            assert!(!public.contains(secret), "{secret}");
        }

        // Another browser, by number and code as they are typed.
        let mut reporter = town.browser(language);
        let page = reporter.page("/track").await;
        let token = page.value("form_token").to_owned();
        let typed = format!("{} {}-{} {}", &number[..4], &number[4..8], &number[8..12], &number[12..]);
        let found =
            reporter.post("/track", &token, &[("number", &typed), ("code", &code.to_lowercase())]).await;
        let own = reporter.follow(&found).await;
        assert!(
            own.words().contains("林")
                || own.words().contains("机构office")
                || own.words().contains("Organ office")
        );
        assert!(own.words().contains("联系反映人问清情况"), "the reporter sees who has looked, and why");
        assert!(!own.words().contains("约好明天上门"), "notes of the office stay in the office");
        let revision = own.value("revision").to_owned();
        let missing = reporter.post("/track/case/appraise", &token, &[("revision", &revision)]).await;
        assert_eq!(missing.status, 422);
        assert!(
            missing.body.contains(r##"href="#solved""##) && missing.body.contains(r##"href="#satisfied""##)
        );
        let unhappy = [
            ("solved", "no"),
            ("satisfied", "1"),
            ("comment", "只修好了一盏。"),
            ("again", "yes"),
            ("revision", &revision),
        ];
        let again = reporter.post("/track/case/appraise", &token, &unhappy).await;
        reporter.follow(&again).await;

        // The second round, and the end.
        step(&mut office, &number, "accept", &[]).await;
        step(&mut office, &number, "answer", &[("reply", "第二盏也修好了。")]).await;
        let own = reporter.page("/track/case").await;
        assert!(!own.body.contains(r#"id="again""#), "it is handled again once");
        let revision = own.value("revision").to_owned();
        let happy = [("solved", "yes"), ("satisfied", "5"), ("revision", &revision)];
        let done = reporter.post("/track/case/appraise", &token, &happy).await;
        reporter.follow(&done).await;
        let left = reporter.post("/track/leave", &token, &[]).await;
        reporter.follow(&left).await;
        assert_eq!(
            reporter.get("/track/case").await.status,
            303,
            "the browser has forgotten number and code"
        );
    }
    town.house.is_sound().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_cannot_be_taken_is_said_at_its_field_and_what_was_typed_stays() {
    let town = Town::open().await;
    for (language, _) in LANGUAGES {
        let mut visitor = town.browser(language);
        let page = visitor.page("/appeals/new").await;
        let (token, key) = (page.value("form_token").to_owned(), page.value("key").to_owned());
        let wrong = [
            ("key", key.as_str()),
            ("go", "check"),
            ("address", "文昌巷"),
            ("phone", "电话"),
            ("category", "99"),
            ("street", "77"),
            ("lat", "200"),
            ("lon", "x"),
            ("visibility", "everybody"),
        ];
        let reply = visitor.post("/appeals/new", &token, &wrong).await;
        assert_eq!(reply.status, 422);
        super::texts::assert_no_keys(&reply);
        for field in ["text", "kind", "phone", "category", "area", "visibility"] {
            assert!(reply.body.contains(&format!(r##"href="#{field}""##)), "{field}: {}", reply.words());
            assert!(reply.body.contains(&format!(r#"id="{field}""#)), "{field} can be jumped to");
        }
        assert!(reply.body.contains("文昌巷") && reply.body.contains("电话"));

        // Number and code: which of the two is wrong is not said.
        let (number, _) = submitted(&mut visitor, "", "").await;
        let page = visitor.page("/track").await;
        let token = page.value("form_token").to_owned();
        let wrong_code = visitor.post("/track", &token, &[("number", &number), ("code", "AAAAAAAAAA")]).await;
        let wrong_number =
            visitor.post("/track", &token, &[("number", "0000000000000017"), ("code", "AAAAAAAAAA")]).await;
        assert_eq!(
            (wrong_code.status, wrong_number.status),
            (422.try_into().unwrap(), 422.try_into().unwrap())
        );
        let said = |reply: &Reply| reply.words().replace(&number, "").replace("0000000000000017", "");
        assert_eq!(said(&wrong_code), said(&wrong_number));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_was_slower_sees_what_changed_and_keeps_the_words() {
    let town = Town::open().await;
    let mut visitor = town.browser("zh-CN");
    let (noise, street) = (town.house.noise.to_string(), town.house.street.to_string());
    let (number, _) = submitted(&mut visitor, &noise, &street).await;
    let mut first = town.signed_in("office").await;
    let mut second = town.signed_in("colleague").await;
    step(&mut first, &number, "accept", &[]).await;
    let page = second.page(&format!("/work/{number}")).await;
    let (token, revision) = (page.value("form_token").to_owned(), page.value("revision").to_owned());
    step(&mut first, &number, "answer", &[("reply", "已经修好了，请放心。")]).await;
    let words = "我们明天去修，请您等一等。";
    let late = second
        .post(&format!("/work/{number}/answer"), &token, &[("revision", &revision), ("reply", words)])
        .await;
    assert_eq!(late.status, 409);
    assert!(late.body.contains(words), "what was typed is kept");
    assert!(
        late.words().contains("有人比您快了一步") && late.words().contains("已经修好了，请放心。"),
        "{}",
        late.words()
    );
    super::texts::assert_no_keys(&late);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_return_goes_to_the_dispatcher_who_names_another_organ() {
    let town = Town::open().await;
    let mut visitor = town.browser("zh-CN");
    let (noise, street) = (town.house.noise.to_string(), town.house.street.to_string());
    let (number, _) = submitted(&mut visitor, &noise, &street).await;
    let mut office = town.signed_in("office").await;
    let reason = "路灯由市政部门养护，不是街道的职责。";
    let returned = step(&mut office, &number, "return", &[("reason", reason)]).await;
    office.follow(&returned).await;
    let mut operator = town.signed_in("hotline").await;
    let queue = operator.page("/work?tab=returned").await;
    assert!(queue.body.contains(&format!("/work/{number}")));
    let case = operator.page(&format!("/work/{number}")).await;
    assert!(case.words().contains(reason));
    let unnamed = step(&mut operator, &number, "dispatch", &[("organ", "")]).await;
    assert_eq!(unnamed.status, 422);
    let lamps = town.house.lamps.to_string();
    let dispatched =
        step(&mut operator, &number, "dispatch", &[("organ", &lamps), ("note", "请查线路")]).await;
    operator.follow(&dispatched).await;
    let mut anybody = town.browser("en");
    let public = anybody.page(&format!("/appeals/{number}")).await.words();
    assert!(!public.contains(reason) && public.contains("Organ lamps"), "{public}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn somebody_signed_in_follows_their_own_matters_and_may_take_them_back() {
    let town = Town::open().await;
    let mut resident = town.signed_in("resident").await;
    let (number, _) = submitted(&mut resident, "", "").await;
    let list = resident.page("/track").await;
    assert!(list.body.contains(&format!("/mine/{number}")));
    let case = resident.page(&format!("/mine/{number}")).await;
    let (token, revision) = (case.value("form_token").to_owned(), case.value("revision").to_owned());
    let path = format!("/mine/{number}/withdraw");
    let done =
        resident.post(&path, &token, &[("revision", &revision), ("withdraw_reason", "已经自己修好了")]).await;
    resident.follow(&done).await;
    // Nobody else comes in by this door.
    let mut other = town.signed_in("lamps").await;
    assert_eq!(other.get(&format!("/mine/{number}")).await.status, 404);
    let mut visitor = town.browser("zh-CN");
    assert_eq!(visitor.get(&format!("/mine/{number}")).await.status, 303);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_operator_writes_a_call_down_and_reports_of_wrongdoing_stay_protected() {
    let town = Town::open().await;
    let mut operator = town.signed_in("hotline").await;
    let page = operator.page("/appeals/new").await;
    let (token, key) = (page.value("form_token").to_owned(), page.value("key").to_owned());
    let (noise, street) = (town.house.noise.to_string(), town.house.street.to_string());
    let mut fields = report(
        &key,
        &[
            ("go", "send"),
            ("channel", "phone"),
            ("urgency", "complex"),
            ("category", &noise),
            ("street", &street),
        ],
    );
    fields[2].1 = "report";
    let sent = operator.post("/appeals/new", &token, &fields).await;
    let (number, _) = receipt(&operator.follow(&sent).await);
    let case = operator.page(&format!("/work/{number}")).await.words();
    assert!(case.contains("电话") && case.contains("疑难") && case.contains("不公开"), "{case}");
    // The organ works on it and does not learn who reported.
    let mut office = town.signed_in("office").await;
    let page = office.page(&format!("/work/{number}")).await;
    assert!(page.words().contains("举报人信息受保护"), "{}", page.words());
    let token = page.value("form_token").to_owned();
    let refused =
        office.post(&format!("/work/{number}/reporter"), &token, &[("purpose", "想知道是谁举报的")]).await;
    assert_eq!(refused.status, 403);
    // For everybody else there is no such number.
    let mut visitor = town.browser("zh-CN");
    assert_eq!(visitor.get(&format!("/appeals/{number}")).await.status, 404);
    let mut lamps = town.signed_in("lamps").await;
    assert_eq!(lamps.get(&format!("/work/{number}")).await.status, 404);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn lists_search_filter_and_page_both_ways() {
    let town = Town::open().await;
    for n in 0..25 {
        let mut submit = town.house.noise();
        submit.text = format!("第{n}盏路灯不亮了，晚上看不清路。");
        town.house.submit(submit).await;
        town.house.later(1);
    }
    town.house.answered().await;
    let mut visitor = town.browser("zh-CN");
    let count = |reply: &Reply| reply.body.matches(r#"<article class="card matter">"#).count();
    let first = visitor.page("/appeals").await;
    assert_eq!(count(&first), 20);
    let older = first
        .body
        .split(r#"rel="next" href=""#)
        .nth(1)
        .unwrap()
        .split('"')
        .next()
        .unwrap()
        .replace("&amp;", "&")
        .replace("&#38;", "&");
    let second = visitor.page(&older).await;
    assert_eq!(count(&second), 6);
    assert!(second.body.contains(r#"rel="prev""#) && !second.body.contains(r#"rel="next""#));
    assert_eq!(count(&visitor.page("/appeals?q=路灯&status=open").await), 20);
    assert_eq!(count(&visitor.page("/appeals?status=answered").await), 1);
    assert_eq!(count(&visitor.page("/ask?q=施工").await), 1);
    assert_eq!(count(&visitor.page("/ask?q=路灯").await), 0, "nothing of it has been answered");
    let none = visitor.page("/appeals?q=恐龙").await;
    assert!(none.words().contains("没有找到") && none.body.contains(r#"href="/appeals/new""#));
    // A page that has not changed is not sent again.
    let tag = first.header(header::ETAG).to_owned();
    let request = visitor.request(http::Method::GET, "/appeals").header(header::IF_NONE_MATCH, tag);
    assert_eq!(visitor.send(request.body(axum::body::Body::empty()).unwrap()).await.status, 304);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_home_page_counts_live_and_the_elder_edition_has_three_doors() {
    let town = Town::open().await;
    town.house.answered().await;
    town.house.count().await;
    let (_running, stop) = tokio::sync::watch::channel(false);
    let task = tokio::spawn(gongzhi_appeals::keep_live(town.site.clone(), town.house.appeals.clone(), stop));
    for (language, _) in LANGUAGES {
        let mut visitor = town.browser(language);
        let home = visitor.page("/").await;
        assert!(home.body.contains(r#"data-figure="received_today">1<"#), "{}", home.words());
        assert!(home.words().contains("100%"), "{}", home.words());
        let elder = visitor.page("/?edition=elder").await;
        for door in ["/appeals/new", "/track", "/ask"] {
            assert!(elder.body.contains(&format!(r#"<a class="door" href="{door}">"#)), "{door}");
        }
    }
    // Whoever listens gets the figures at once.
    tokio::task::yield_now().await;
    let response = town.site.live().listen(gongzhi_appeals::LIVE).unwrap();
    let mut body = response.into_body();
    let mut heard = String::new();
    while !heard.contains("received_today") {
        let frame = http_body_util::BodyExt::frame(&mut body).await.unwrap().unwrap();
        heard.push_str(&String::from_utf8_lossy(frame.data_ref().unwrap()));
    }
    assert!(heard.contains(r#""received_today":1"#), "{heard}");
    task.abort();
}
