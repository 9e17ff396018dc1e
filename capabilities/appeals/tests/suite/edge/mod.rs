//! The edge: pages and JSON interface, called as a browser or a program calls them.

mod access;
mod api;
mod bad_input;
mod books;
mod files;
mod follow;
mod open311;
mod pages;
mod texts;
mod watch;

use std::collections::BTreeMap;

use axum::body::Body;
use gongzhi_kernel::{Actor, Failure, Locale, OrganId, Role};
use gongzhi_people::{NewPerson, actions as people, hash_password};
use gongzhi_store::Engine;
use gongzhi_web::{App, Site, SiteConfig, url_part};
use http::{HeaderMap, Method, Request, StatusCode, header};
use http_body_util::BodyExt as _;
use serde_json::Value;
use tower::ServiceExt as _;

use crate::house::{self, House};

/// The password of everybody in the town.
const PASSWORD: &str = "green-door-river-7";

/// A city with its pages, and somebody of each kind who can sign in.
pub(crate) struct Town {
    pub(crate) house: House,
    pub(crate) site: Site,
    pub(crate) app: App,
}

/// Sign-in names: `office` and `lamps` are officials, `hotline` an operator.
const PEOPLE: [(&str, Option<Role>); 7] = [
    ("resident", None),
    ("office", Some(Role::Handler)),
    ("lamps", Some(Role::Head)),
    ("hotline", Some(Role::Operator)),
    ("auditor", Some(Role::Auditor)),
    ("admin", Some(Role::Administrator)),
    ("colleague", Some(Role::Handler)),
];

impl Town {
    pub(crate) async fn open() -> Self {
        let house = house::open(Engine::Sqlite).await;
        let context = house.acting(Actor::System);
        let hash = hash_password(PASSWORD, [7; 16]).unwrap();
        let organ = |login: &str| -> OrganId {
            match login {
                "lamps" => house.lamps,
                "hotline" => house.hotline,
                _ => house.office,
            }
        };
        let all: Vec<_> = PEOPLE.iter().map(|(login, role)| (*login, *role, organ(login))).collect();
        house
            .store
            .write(move |tx| {
                for (login, role, organ) in &all {
                    let new = NewPerson {
                        name: format!("张{login}"),
                        login: Some((*login).to_owned()),
                        phone: None,
                    };
                    let person = people::register_person(tx, &context, &new)?;
                    people::set_password_hash(tx, &context, person, &hash, None)?;
                    if let Some(role) = role {
                        people::grant(tx, &context, person, *organ, *role)?;
                    }
                }
                Ok::<_, Failure>(())
            })
            .await
            .unwrap();
        let people = house.appeals.people().clone();
        let builder = Site::builder(house.store.clone(), people, SiteConfig::local("http://127.0.0.1:8080"));
        let site = gongzhi_appeals::install(builder, &house.appeals).build().unwrap();
        let app = App::new(&site, gongzhi_appeals::routes(&site, &house.appeals)).unwrap();
        Self { house, site, app }
    }

    pub(crate) fn browser(&self, language: &'static str) -> Browser<'_> {
        Browser { town: self, cookies: BTreeMap::new(), language }
    }

    pub(crate) async fn signed_in(&self, login: &str) -> Browser<'_> {
        let mut browser = self.browser("zh-CN");
        browser.sign_in(login).await;
        // The sentence that greets them is read once.
        browser.get("/track").await;
        browser
    }
}

/// An answer with its whole body.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
}

impl Reply {
    pub(crate) fn header(&self, name: impl header::AsHeaderName) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.body))
    }

    /// The value of a field in the page.
    pub(crate) fn value(&self, name: &str) -> &str {
        let after = self.body.split(&format!(r#"name="{name}" value=""#)).nth(1);
        after.unwrap_or_else(|| panic!("no field {name}: {}", self.body)).split('"').next().unwrap()
    }

    /// What people read: without tags, scripts and attributes.
    pub(crate) fn words(&self) -> String {
        let mut words = String::new();
        let mut inside = false;
        for c in self.body.split("<main").nth(1).unwrap_or(&self.body).chars() {
            match c {
                '<' => inside = true,
                '>' => {
                    inside = false;
                    words.push(' ');
                }
                c if !inside => words.push(c),
                _ => {}
            }
        }
        words.split_whitespace().collect::<Vec<_>>().join(" ")
    }
}

/// Keeps cookies, says its origin.
pub(crate) struct Browser<'a> {
    town: &'a Town,
    pub(crate) cookies: BTreeMap<String, String>,
    pub(crate) language: &'static str,
}

impl Browser<'_> {
    fn request(&self, method: Method, path: &str) -> http::request::Builder {
        let mut request = Request::builder()
            .method(method)
            .uri(path)
            .header(header::HOST, "127.0.0.1:8080")
            .header(header::ACCEPT, "text/html,*/*;q=0.8")
            .header("sec-fetch-site", "same-origin")
            .header(header::ACCEPT_LANGUAGE, self.language);
        if !self.cookies.is_empty() {
            let line: Vec<String> =
                self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
            request = request.header(header::COOKIE, line.join("; "));
        }
        request
    }

    pub(crate) async fn send(&mut self, request: Request<Body>) -> Reply {
        let response = self.town.app.router.clone().oneshot(request).await.unwrap();
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
        let body = String::from_utf8_lossy(&bytes).into_owned();
        Reply { status: parts.status, headers: parts.headers, body }
    }

    pub(crate) async fn get(&mut self, path: &str) -> Reply {
        let request = self.request(Method::GET, path).body(Body::empty()).unwrap();
        self.send(request).await
    }

    /// A page that is there, in words alone.
    pub(crate) async fn page(&mut self, path: &str) -> Reply {
        let reply = self.get(path).await;
        assert_eq!(reply.status, 200, "{path}: {}", reply.body);
        texts::assert_no_keys(&reply);
        reply
    }

    /// Sends a form as a page of this site would.
    pub(crate) async fn post(&mut self, path: &str, token: &str, fields: &[(&str, &str)]) -> Reply {
        let mut pairs = vec![format!("form_token={}", url_part(token))];
        pairs.extend(fields.iter().map(|(name, value)| format!("{name}={}", url_part(value))));
        self.post_raw(path, pairs.join("&")).await
    }

    pub(crate) async fn post_raw(&mut self, path: &str, body: String) -> Reply {
        let request = self
            .request(Method::POST, path)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(Body::from(body))
            .unwrap();
        self.send(request).await
    }

    /// Follows the redirect of an answer.
    pub(crate) async fn follow(&mut self, reply: &Reply) -> Reply {
        assert_eq!(reply.status, 303, "{}", reply.words());
        let place = reply.header(header::LOCATION).to_owned();
        self.page(&place).await
    }

    pub(crate) async fn sign_in(&mut self, login: &str) {
        let page = self.get("/sign-in").await;
        let token = page.value("form_token").to_owned();
        let reply = self.post("/sign-in", &token, &[("login", login), ("password", PASSWORD)]).await;
        assert_eq!(reply.status, 303, "{}", reply.body);
    }

    /// A call of the interface.
    pub(crate) async fn call(&mut self, method: Method, path: &str, body: Option<&Value>) -> Reply {
        self.call_with(method, path, body, &[]).await
    }

    pub(crate) async fn call_with(
        &mut self,
        method: Method,
        path: &str,
        body: Option<&Value>,
        headers: &[(&str, &str)],
    ) -> Reply {
        let mut request = self.request(method, path);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = match body {
            Some(body) => request
                .header(header::CONTENT_TYPE, "application/json")
                .body(Body::from(serde_json::to_vec(body).unwrap())),
            None => request.body(Body::empty()),
        };
        self.send(request.unwrap()).await
    }

    pub(crate) async fn call_post(&mut self, path: &str, body: Value) -> Reply {
        self.call(Method::POST, path, Some(&body)).await
    }
}

/// The languages that pages are read in.
pub(crate) const LANGUAGES: [(&str, Locale); 2] = [("zh-CN", Locale::ZhCn), ("en", Locale::En)];
