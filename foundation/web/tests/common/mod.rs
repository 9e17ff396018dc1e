//! A small city for the tests and the gallery: two organs, an official, a resident, and a browser that keeps cookies.
#![allow(dead_code, unreachable_pub, missing_docs, reason = "each test uses its part")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::collections::BTreeMap;

use axum::body::Body;
use gongzhi_kernel::{Actor, Failure, LocalText, Locale, Role};
use gongzhi_people::{NewOrgan, NewPerson, OrganKind, People, Policies, actions, hash_password};
use gongzhi_store::testing::{self, TestStore};
use gongzhi_web::{App, Routes, Site, SiteBuilder, SiteConfig};
use http::{HeaderMap, Method, Request, StatusCode, header};
use http_body_util::BodyExt as _;
use tower::ServiceExt as _;

/// The password of everybody in the test city.
pub const PASSWORD: &str = "green-door-river-7";

/// A city that goes away with the test.
pub struct City {
    pub store: TestStore,
    pub site: Site,
    pub app: App,
}

/// A city with what a capability would add.
pub async fn city(
    add: impl FnOnce(SiteBuilder) -> SiteBuilder,
    parts: impl FnOnce(&Site) -> Vec<Routes>,
) -> City {
    city_with(SiteConfig::local("http://127.0.0.1:8080"), add, parts).await
}

pub async fn city_with(
    config: SiteConfig,
    add: impl FnOnce(SiteBuilder) -> SiteBuilder,
    parts: impl FnOnce(&Site) -> Vec<Routes>,
) -> City {
    let store = testing::sqlite(&[gongzhi_people::MIGRATIONS]).await.unwrap();
    seed(&store).await;
    let people = People::open(store.clone(), Policies::new(&[]).unwrap()).await.unwrap();
    let site = add(Site::builder(store.clone(), people, config)).build().unwrap();
    let parts = parts(&site);
    let app = App::new(&site, parts).unwrap();
    City { store, site, app }
}

/// A city without additions.
pub async fn bare_city() -> City {
    city(|site| site, |_| Vec::new()).await
}

async fn seed(store: &TestStore) {
    let context = store.world().context(Actor::System, Locale::ZhCn);
    let hash = hash_password(PASSWORD, [7; 16]).unwrap();
    store
        .write(move |tx| {
            let organ = |code: &str, kind, zh: &str, en: &str| NewOrgan {
                code: code.to_owned(),
                kind,
                name: LocalText::new(zh, en),
                parent: None,
                area: None,
            };
            let street = organ("street-1", OrganKind::Street, "柳荫街道办事处", "Willow Shade Street Office");
            let street = actions::establish_organ(tx, &context, &street)?;
            let water = organ("dept-water", OrganKind::Department, "市水务局", "City Water Bureau");
            let water = actions::establish_organ(tx, &context, &water)?;
            for (name, login, roles) in [
                ("王芳", "wang", vec![(street, Role::Handler), (water, Role::Head)]),
                ("李明", "li", vec![]),
                ("赵敏", "zhao", vec![(street, Role::Auditor)]),
            ] {
                let new = NewPerson { name: name.to_owned(), login: Some(login.to_owned()), phone: None };
                let person = actions::register_person(tx, &context, &new)?;
                actions::set_password_hash(tx, &context, person, &hash, None)?;
                for (organ, role) in roles {
                    actions::grant(tx, &context, person, organ, role)?;
                }
            }
            Ok::<_, Failure>(())
        })
        .await
        .unwrap();
}

/// An answer with its whole body.
#[derive(Debug)]
pub struct Reply {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: String,
}

impl Reply {
    pub fn header(&self, name: impl header::AsHeaderName) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.body))
    }

    /// The form token in the page.
    pub fn form_token(&self) -> &str {
        let after = self.body.split(r#"name="form_token" value=""#).nth(1).expect("a form");
        after.split('"').next().unwrap()
    }
}

/// A browser: keeps cookies, says its origin.
pub struct Browser<'a> {
    pub city: &'a City,
    pub cookies: BTreeMap<String, String>,
    pub language: &'static str,
}

impl<'a> Browser<'a> {
    pub fn new(city: &'a City) -> Self {
        Self { city, cookies: BTreeMap::new(), language: "zh-CN" }
    }

    pub fn reading(city: &'a City, language: &'static str) -> Self {
        Self { language, ..Self::new(city) }
    }

    pub fn request(&self, method: Method, path: &str) -> http::request::Builder {
        let mut request = Request::builder()
            .method(method)
            .uri(path)
            .header(header::HOST, "127.0.0.1:8080")
            .header(header::ACCEPT, "text/html,*/*;q=0.8")
            .header(header::ACCEPT_LANGUAGE, self.language);
        if !self.cookies.is_empty() {
            let line: Vec<String> =
                self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
            request = request.header(header::COOKIE, line.join("; "));
        }
        request
    }

    pub async fn send(&mut self, request: Request<Body>) -> Reply {
        let response = self.city.app.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = body.collect().await.unwrap().to_bytes();
        for line in parts.headers.get_all(header::SET_COOKIE) {
            let pair = line.to_str().unwrap().split(';').next().unwrap();
            let (name, value) = pair.split_once('=').unwrap();
            if value.is_empty() {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
        Reply {
            status: parts.status,
            headers: parts.headers,
            body: String::from_utf8_lossy(&bytes).into_owned(),
        }
    }

    pub async fn get(&mut self, path: &str) -> Reply {
        let request = self.request(Method::GET, path).body(Body::empty()).unwrap();
        self.send(request).await
    }

    /// Sends a form as a page of this site would, with the token that `page` showed.
    pub async fn post(&mut self, path: &str, token: &str, fields: &[(&str, &str)]) -> Reply {
        let mut pairs = vec![format!("form_token={}", gongzhi_web::url_part(token))];
        pairs.extend(fields.iter().map(|(name, value)| format!("{name}={}", gongzhi_web::url_part(value))));
        let request = self
            .request(Method::POST, path)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header("sec-fetch-site", "same-origin")
            .body(Body::from(pairs.join("&")))
            .unwrap();
        self.send(request).await
    }

    pub async fn sign_in(&mut self, login: &str) {
        let page = self.get("/sign-in").await;
        let reply =
            self.post("/sign-in", page.form_token(), &[("login", login), ("password", PASSWORD)]).await;
        assert_eq!(reply.status, 303, "{}", reply.body);
    }
}
