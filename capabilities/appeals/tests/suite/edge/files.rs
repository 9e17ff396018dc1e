//! Photos and documents: with the report, later, by those in office; who sees them, and what is refused.

use std::io::Cursor;

use gongzhi_kernel::Failure;
use http::{Method, Request, header};
use image::{ImageFormat, Rgb, RgbImage};
use serde_json::json;

use super::{Browser, Reply, Town};

fn photo(shade: u8) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    RgbImage::from_pixel(90, 60, Rgb([shade, 90, 90])).write_to(&mut bytes, ImageFormat::Png).unwrap();
    bytes.into_inner()
}

fn pdf() -> Vec<u8> {
    b"%PDF-1.7\n1 0 obj\nendobj\n%%EOF\n".to_vec()
}

/// A body as a browser sends it.
fn multipart(fields: &[(&str, &str)], files: &[(&str, Vec<u8>)]) -> (String, Vec<u8>) {
    let mut body = Vec::new();
    for (name, value) in fields {
        let head = format!("--edge\r\ncontent-disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
        body.extend(head.into_bytes());
    }
    for (name, bytes) in files {
        let head = format!(
            "--edge\r\ncontent-disposition: form-data; name=\"files\"; filename=\"{name}\"\r\ncontent-type: text/html\r\n\r\n"
        );
        body.extend(head.into_bytes());
        body.extend(bytes);
        body.extend(b"\r\n");
    }
    body.extend(b"--edge--\r\n");
    ("multipart/form-data; boundary=edge".to_owned(), body)
}

async fn send(
    browser: &mut Browser<'_>,
    path: &str,
    fields: &[(&str, &str)],
    files: &[(&str, Vec<u8>)],
) -> Reply {
    let (kind, body) = multipart(fields, files);
    let request = browser.request(Method::POST, path).header(header::CONTENT_TYPE, kind);
    browser.send(request.body(body.into()).unwrap()).await
}

/// The values of all hidden fields of a name.
fn values(reply: &Reply, name: &str) -> Vec<String> {
    let mark = format!(r#"name="{name}" value=""#);
    let parts = reply.body.split(&mark).skip(1);
    parts.map(|part| part.split('"').next().unwrap().to_owned()).collect()
}

/// The addresses of pictures and downloads of a case in a page.
fn links(reply: &Reply) -> Vec<String> {
    let found = reply.body.split("href=\"").skip(1).filter_map(|part| part.split('"').next());
    found.filter(|href| href.contains("/files/")).map(str::to_owned).collect()
}

const FIELDS: [(&str, &str); 3] =
    [("kind", "complaint"), ("text", "楼下路灯坏了三天，晚上看不清路。"), ("visibility", "public")];

/// A report with these files, taken to its end without script: number and code.
async fn report(browser: &mut Browser<'_>, visibility: &str, files: &[(&str, Vec<u8>)]) -> (String, String) {
    let page = browser.page("/appeals/new").await;
    let (token, key) = (page.value("form_token").to_owned(), page.value("key").to_owned());
    let mut fields = vec![("form_token", token.as_str()), ("key", key.as_str()), ("go", "check")];
    fields.extend(FIELDS.iter().filter(|(name, _)| *name != "visibility"));
    fields.push(("visibility", visibility));
    let check = send(browser, "/appeals/new", &fields, files).await;
    assert_eq!(check.status, 200, "{}", check.words());
    let tokens = values(&check, "file");
    assert_eq!(tokens.len(), files.len(), "each file travels on as a token");
    let mut fields: Vec<(&str, &str)> =
        fields.into_iter().filter(|(name, _)| *name != "form_token").collect();
    fields.retain(|(name, _)| *name != "go");
    fields.push(("go", "send"));
    fields.extend(tokens.iter().map(|token| ("file", token.as_str())));
    let sent = browser.post("/appeals/new", &token, &fields).await;
    assert_eq!(sent.status, 303, "{}", sent.words());
    // The button pressed twice: the same report, and its files once.
    let again = browser.post("/appeals/new", &token, &fields).await;
    assert_eq!(again.status, 303, "{}", again.words());
    let receipt = browser.follow(&sent).await;
    let output = |name: &str| {
        let part = receipt.body.split(&format!(r#"data-test="{name}">"#)).nth(1).unwrap();
        part.split('<').next().unwrap().replace(' ', "")
    };
    (output("number"), output("code"))
}

async fn assert_sound(town: &Town) {
    let report = town.house.store.read(|tx| Ok::<_, Failure>(gongzhi_appeals::check(tx)?)).await.unwrap();
    assert!(report.differences.is_empty(), "{:?}", report.differences);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_photo_is_seen_by_all_only_after_somebody_in_office_has_looked_at_it() {
    let town = Town::open().await;
    let mut resident = town.browser("zh-CN");
    let files = [("C:\\DCIM\\我家门口.png", photo(1)), ("account.pdf", pdf())];
    let (number, _) = report(&mut resident, "public", &files).await;
    let case = resident.page("/track/case").await;
    let own = links(&case);
    assert_eq!(own.len(), 2, "{}", case.body);
    assert!(case.words().contains("未公开"), "{}", case.words());
    assert!(!case.body.contains("DCIM"), "a name is no path");

    // Everybody else: neither on the page nor by its address.
    let mut visitor = town.browser("zh-CN");
    let page = visitor.page(&format!("/appeals/{number}")).await;
    assert!(links(&page).is_empty(), "{}", page.body);
    for href in &own {
        assert_eq!(visitor.get(href).await.status, 404, "{href}");
    }
    let mut stranger = town.signed_in("lamps").await;
    assert_eq!(stranger.get(&own[0]).await.status, 404);

    // The bytes come as what they are, and nothing in them may act.
    let picture = resident.get(&own[0]).await;
    assert_eq!((picture.status.as_u16(), picture.header(header::CONTENT_TYPE)), (200, "image/jpeg"));
    let small = resident.get(&format!("{}/small", own[0])).await;
    assert_eq!((small.status.as_u16(), small.header(header::CONTENT_TYPE)), (200, "image/jpeg"));
    let document = resident.get(&own[1]).await;
    assert_eq!(document.header(header::CONTENT_TYPE), "application/pdf");
    assert!(document.header(header::CONTENT_DISPOSITION).starts_with("attachment;"));
    assert!(document.header(header::CONTENT_DISPOSITION).ends_with("UTF-8''account.pdf"));
    for reply in [&picture, &small, &document] {
        assert_eq!(reply.header(header::X_CONTENT_TYPE_OPTIONS), "nosniff");
        assert!(reply.header(header::CONTENT_SECURITY_POLICY).contains("sandbox"));
        assert!(reply.header(header::CACHE_CONTROL).starts_with("private"));
    }
    assert_eq!(resident.get(&format!("{}/small", own[1])).await.status, 404, "a document has no small twin");

    // An operator looks at it and finds it fit; then everybody sees that one.
    let mut operator = town.signed_in("hotline").await;
    let work = operator.page(&format!("/work/{number}")).await;
    let token = work.value("form_token").to_owned();
    let decide = own[0].replace("/appeals/", "/work/");
    let done = operator.post(&decide, &token, &[("shown", "yes")]).await;
    let page = operator.follow(&done).await;
    assert!(page.words().contains("已公开"), "{}", page.words());
    let page = visitor.page(&format!("/appeals/{number}")).await;
    assert_eq!(links(&page), own[..1]);
    assert_eq!(visitor.get(&own[0]).await.status, 200);
    assert_eq!(visitor.get(&own[1]).await.status, 404);
    let listed = visitor.get(&format!("/api/v1/appeals/{number}/files")).await.json();
    assert_eq!(listed["items"].as_array().unwrap().len(), 1);
    assert!(listed["items"][0].get("name").is_none(), "what its sender calls it is theirs");

    // And takes it back.
    operator.post(&decide, &token, &[("shown", "no")]).await;
    assert_eq!(visitor.get(&own[0]).await.status, 404);
    // Auditors see everything and change nothing.
    let mut auditor = town.signed_in("auditor").await;
    let page = auditor.page(&format!("/work/{number}")).await;
    assert_eq!(links(&page).len(), 2);
    let token = auditor.page("/track").await.value("form_token").to_owned();
    assert_eq!(auditor.post(&decide, &token, &[("shown", "yes")]).await.status, 403);
    assert_sound(&town).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn files_of_a_confidential_case_are_never_public() {
    let town = Town::open().await;
    let mut resident = town.browser("en");
    let (number, code) = report(&mut resident, "confidential", &[("a.png", photo(2))]).await;
    let own = links(&resident.page("/track/case").await);
    let mut operator = town.signed_in("hotline").await;
    let work = operator.page(&format!("/work/{number}")).await;
    assert!(!work.body.contains("name=\"shown\""), "there is no such button");
    let token = work.value("form_token").to_owned();
    let refused = operator.post(&own[0].replace("/appeals/", "/work/"), &token, &[("shown", "yes")]).await;
    assert_eq!(refused.status, 409, "{}", refused.words());
    assert_eq!(town.browser("en").get(&own[0]).await.status, 404);
    // The code opens it for a program as well; a wrong one does not say that there is a case.
    let add = format!("/api/v1/appeals/{number}/files");
    let mut program = town.browser("en");
    let wrong = send(&mut program, &add, &[("tracking_code", "AAAAA-AAAAA")], &[("b.png", photo(3))]).await;
    assert_eq!(wrong.status, 404, "{}", wrong.body);
    let added = send(&mut program, &add, &[("tracking_code", &code)], &[("b.png", photo(3))]).await;
    assert_eq!(added.status, 201, "{}", added.body);
    let added = added.json();
    assert_eq!(
        (&added["items"][0]["by"], &added["items"][0]["media"]),
        (&json!("reporter"), &json!("photo"))
    );
    let id = added["items"][0]["id"].as_str().unwrap();
    let shown = operator.call_post(&format!("{add}/{id}/show"), json!({ "shown": true })).await;
    assert_eq!(shown.status, 409, "{}", shown.body);
    assert_sound(&town).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_office_adds_files_and_a_finished_case_takes_none() {
    let town = Town::open().await;
    let mut reporter = town.signed_in("resident").await;
    let page = reporter.page("/appeals/new").await;
    let (token, key) = (page.value("form_token").to_owned(), page.value("key").to_owned());
    let mut fields: Vec<(&str, &str)> = FIELDS.to_vec();
    fields.extend([("key", key.as_str()), ("go", "send")]);
    let sent = reporter.post("/appeals/new", &token, &fields).await;
    reporter.follow(&sent).await;
    let mine = reporter.get("/track").await;
    let number = mine.body.split("/mine/").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let added = send(
        &mut reporter,
        &format!("/mine/{number}/files"),
        &[("form_token", &token)],
        &[("后来拍的.png", photo(4))],
    )
    .await;
    assert_eq!(added.status, 303, "{}", added.words());
    let mut operator = town.signed_in("hotline").await;
    let token_of = operator.page(&format!("/work/{number}")).await.value("form_token").to_owned();
    let add = format!("/work/{number}/files");
    let added = send(&mut operator, &add, &[("form_token", &token_of)], &[("现场.png", photo(5))]).await;
    let page = operator.follow(&added).await;
    assert_eq!(links(&page).len(), 2);
    assert!(page.words().contains("机构12345"), "who added it: {}", page.words());
    // Nothing chosen, a wrong file, and a body without the token of the page.
    let none = send(&mut operator, &add, &[("form_token", &token_of)], &[]).await;
    assert_eq!(none.status, 422);
    assert!(none.words().contains("请先选择照片或文件"), "{}", none.words());
    let html = send(
        &mut operator,
        &add,
        &[("form_token", &token_of)],
        &[("x.png", b"<script>alert(1)</script>".to_vec())],
    )
    .await;
    assert_eq!(html.status, 422);
    assert!(html.words().contains("x.png"), "{}", html.words());
    assert_eq!(send(&mut operator, &add, &[], &[("x.png", photo(6))]).await.status, 403);
    // Taken back by its reporter: finished.
    let revision = reporter.page(&format!("/mine/{number}")).await.value("revision").to_owned();
    let back = reporter.post(&format!("/mine/{number}/withdraw"), &token, &[("revision", &revision)]).await;
    assert_eq!(back.status, 303, "{}", back.words());
    let late = send(&mut operator, &add, &[("form_token", &token_of)], &[("x.png", photo(7))]).await;
    assert_eq!(late.status, 409, "{}", late.words());
    assert_sound(&town).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_wrong_file_keeps_the_report_and_says_which() {
    let town = Town::open().await;
    let mut browser = town.browser("en");
    let page = browser.page("/appeals/new").await;
    assert!(page.body.contains(r#"enctype="multipart/form-data""#));
    let (token, key) = (page.value("form_token").to_owned(), page.value("key").to_owned());
    let mut fields = vec![("form_token", token.as_str()), ("key", key.as_str()), ("go", "check")];
    fields.extend(FIELDS);
    let mut cut = photo(8);
    cut.truncate(60);
    for (name, bytes, said) in [
        ("half.png", cut, "damaged or incomplete"),
        ("page.jpg", b"<html>".to_vec(), "no photo or document"),
        ("zip.docx", b"PK\x03\x04 nothing".to_vec(), "damaged or incomplete"),
        ("\u{1f3ee}.png", vec![1, 2, 3], "\u{1f3ee}.png"),
        ("empty.png", Vec::new(), "empty"),
    ] {
        let reply = send(&mut browser, "/appeals/new", &fields, &[(name, bytes)]).await;
        assert_eq!(reply.status, 422, "{name}: {}", reply.words());
        assert!(reply.words().contains(said), "{name}: {}", reply.words());
        assert!(reply.body.contains("楼下路灯坏了三天"), "what was typed is still there");
    }
    let many: Vec<(&str, Vec<u8>)> = (0..7).map(|at| ("a.png", photo(at))).collect();
    let reply = send(&mut browser, "/appeals/new", &fields, &many).await;
    assert_eq!(reply.status, 422, "{}", reply.words());
    // Good ones travel on; one that is not wanted after all stays behind.
    let reply =
        send(&mut browser, "/appeals/new", &fields, &[("a.png", photo(1)), ("b.png", photo(2))]).await;
    let tokens = values(&reply, "file");
    let small = browser.get(&format!("/appeals/new/files/{}", tokens[0])).await;
    assert_eq!(small.header(header::CONTENT_TYPE), "image/jpeg");
    assert_eq!(browser.get("/appeals/new/files/AAAAAAAAAAAAAAAAAAAAAAAA").await.status, 404);
    let mut back = FIELDS.to_vec();
    back.extend([("key", key.as_str()), ("go", "edit"), ("file", &tokens[0]), ("file", &tokens[1])]);
    let form = browser.post("/appeals/new", &token, &back).await;
    assert_eq!(values(&form, "file").len(), 2, "{}", form.body);
    back.retain(|(name, _)| *name != "go");
    back.extend([("go", "check"), ("drop_file", tokens[0].as_str())]);
    let check = browser.post("/appeals/new", &token, &back).await;
    assert_eq!(values(&check, "file"), tokens[1..]);
    // A token that nobody knows: said so, and gone from the form, so that it can be sent without it.
    let gone = [("key", key.as_str()), ("go", "send"), ("file", "nobody-knows-this-one")];
    let mut lost = FIELDS.to_vec();
    lost.extend(gone);
    let reply = browser.post("/appeals/new", &token, &lost).await;
    assert_eq!(reply.status, 422);
    assert!(reply.words().contains("expired"), "{}", reply.words());
    assert!(values(&reply, "file").is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_no_form_of_ours_is_refused_and_never_a_fault() {
    let town = Town::open().await;
    let mut browser = town.browser("en");
    let token = browser.page("/appeals/new").await.value("form_token").to_owned();
    let cases: [(&str, Vec<u8>, u16); 6] = [
        ("multipart/form-data", b"--edge--".to_vec(), 400),
        ("multipart/form-data; boundary=edge", Vec::new(), 400),
        ("multipart/form-data; boundary=edge", b"--edge\r\nnonsense".to_vec(), 400),
        ("multipart/form-data; boundary=edge", b"--edge--\r\n".to_vec(), 403),
        ("multipart/mixed; boundary=edge", b"--edge--\r\n".to_vec(), 415),
        ("multipart/form-data; boundary=edge", vec![b'a'; 33 * 1024 * 1024], 413),
    ];
    for (kind, body, status) in cases {
        let length = body.len();
        let request = browser.request(Method::POST, "/appeals/new").header(header::CONTENT_TYPE, kind);
        let reply = browser.send(request.body(body.into()).unwrap()).await;
        assert_eq!(reply.status, status, "{kind} {length}: {}", reply.words());
    }
    // More than a usual body, less than the limit of files.
    let fields = [("form_token", token.as_str()), ("go", "check"), ("text", "x")];
    let large = send(&mut browser, "/appeals/new", &fields, &[("a.pdf", vec![b' '; 3 << 20])]).await;
    assert_eq!(large.status, 422, "{}", large.words());
    let elsewhere = Request::post("/track")
        .header(header::CONTENT_TYPE, "multipart/form-data; boundary=edge")
        .header("sec-fetch-site", "same-origin")
        .header(header::CONTENT_LENGTH, 2 << 20)
        .body(vec![b'a'; 2 << 20].into())
        .unwrap();
    assert_eq!(browser.send(elsewhere).await.status, 413, "only forms for files may be long");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_picture_that_a_client_of_open311_sends_is_read_there_once_it_is_shown() {
    let town = Town::open().await;
    let key = super::open311::key(&town, "60").await;
    let mut client = town.browser("en");
    let fields = [
        ("api_key", key.as_str()),
        ("service_code", "1.2"),
        ("lat", "30.41"),
        ("long", "121.08"),
        ("description", "The lamp is out."),
    ];
    let path = "/open311/v2/requests.json";
    let refused = send(&mut client, path, &fields, &[("media.jpg", b"<html>".to_vec())]).await;
    assert_eq!(refused.status, 400, "{}", refused.body);
    assert!(refused.body.contains("media: "), "{}", refused.body);
    let taken = send(&mut client, path, &fields, &[("media.jpg", photo(1))]).await;
    assert_eq!(taken.status, 201, "{}", taken.body);
    let number = taken.json()[0]["service_request_id"].as_str().unwrap().to_owned();
    let read = format!("/open311/v2/requests/{number}.json");
    assert_eq!(client.get(&read).await.json()[0]["media_url"], json!(null));
    let mut operator = town.signed_in("hotline").await;
    let listed = operator.get(&format!("/api/v1/appeals/{number}/files")).await.json();
    let id = listed["items"][0]["id"].as_str().unwrap().to_owned();
    let show = format!("/api/v1/appeals/{number}/files/{id}/show");
    assert_eq!(operator.call_post(&show, json!({ "shown": true })).await.status, 200);
    let url = client.get(&read).await.json()[0]["media_url"].as_str().unwrap().to_owned();
    assert_eq!(url, format!("http://127.0.0.1:8080/appeals/{number}/files/{id}"));
    let picture = client.get(url.strip_prefix("http://127.0.0.1:8080").unwrap()).await;
    assert_eq!(picture.header(header::CONTENT_TYPE), "image/jpeg");
    assert_sound(&town).await;
}
