//! Signing in and out on pages.

use askama::Template;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use gongzhi_kernel::{Failure, FieldError, Refusal, RefusalKind};
use gongzhi_people::{Begun, SignIn, SignedIn};
use http::{HeaderMap, StatusCode, header};
use serde::Deserialize;

use super::House;
use crate::answer::{Answer, Redirect, Tone, is_local, wait_of};
use crate::extract::{Form, NoFields, Query, Typed};
use crate::shell::Shell;
use crate::site::DemoSignIn;
use crate::visit::Visit;

#[derive(Debug, Template)]
#[template(path = "pages/sign_in.html")]
pub(crate) struct SignInPage {
    pub(crate) shell: Shell,
    pub(crate) next: String,
    pub(crate) demo: Vec<DemoSignIn>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Next {
    pub(crate) next: String,
}

#[derive(Deserialize)]
#[serde(default)]
#[derive(Default)]
pub(crate) struct SignInForm {
    login: String,
    password: String,
    next: String,
}

pub(crate) async fn show(visit: Visit, State(house): State<House>, Query(query): Query<Next>) -> Answer {
    let shell = visit.shell("sign-in-title");
    visit.page(&SignInPage {
        shell,
        next: local(&query.next),
        demo: house.site.config().demo_sign_ins.clone(),
    })
}

pub(crate) async fn send(
    visit: Visit,
    State(house): State<House>,
    headers: HeaderMap,
    form: Form<SignInForm>,
) -> Answer {
    let SignInForm { login, password, next } = form.value;
    let next = local(&next);
    let attempt = SignIn {
        login: &login,
        password: &password,
        replaces: visit.token(),
        device: headers.get(header::USER_AGENT).and_then(|value| value.to_str().ok()),
        code: None,
    };
    let missing = missing(&login, &password);
    let outcome = match missing {
        Some(refusal) => Err(Failure::from(refusal)),
        None => within_limits(&visit, house.site.people().begin_sign_in(visit.context(), attempt)).await,
    };
    match outcome {
        Ok(Begun::In(signed_in)) => Ok(welcome(&visit, &signed_in, &next)),
        Ok(Begun::CodeNeeded(token)) => Ok(go_on(&visit, "/sign-in/code", &token, &next)),
        Ok(Begun::SetUpNeeded(token)) => Ok(go_on(&visit, "/sign-in/set-up", &token, &next)),
        Err(Failure::Refused(refusal)) => {
            let status = match refusal.kind {
                RefusalKind::TooMany => StatusCode::TOO_MANY_REQUESTS,
                RefusalKind::Forbidden => StatusCode::FORBIDDEN,
                _ => StatusCode::UNPROCESSABLE_ENTITY,
            };
            let wait = (refusal.kind == RefusalKind::TooMany).then(|| wait_of(&refusal));
            let typed = Typed::new([("login", login)]);
            let shell = visit.shell("sign-in-title").refill(typed, refusal);
            let page = SignInPage { shell, next, demo: house.site.config().demo_sign_ins.clone() };
            let mut response = visit.page_with(status, &page)?;
            if let Some(seconds) = wait {
                response.headers_mut().insert(header::RETRY_AFTER, seconds.into());
            }
            Ok(response)
        }
        Err(Failure::Fault(fault)) => Err(fault.into()),
    }
}

/// Tries a step of a sign-in, counted against the address that it comes from unless it succeeds.
pub(crate) async fn within_limits<T>(
    visit: &Visit,
    attempt: impl Future<Output = Result<T, Failure>>,
) -> Result<T, Failure> {
    let (limits, address) = (visit.site().limits(), visit.address());
    limits.sign_in(address, visit.now())?;
    let done = attempt.await?;
    limits.signed_in(address);
    Ok(done)
}

/// Somebody is in: to where they wanted to go.
pub(crate) fn welcome(visit: &Visit, signed_in: &SignedIn, next: &str) -> Response {
    let to = if next.is_empty() { "/" } else { next };
    let name = &signed_in.session.name;
    let mut response = Redirect::to(to).saying(Tone::Good, "sign-in-done").with("name", name).into_response();
    visit.signed_in(&mut response, &signed_in.token);
    visit.stepped(&mut response);
    response
}

/// To the second step.
fn go_on(visit: &Visit, path: &str, token: &str, next: &str) -> Response {
    let to = if next.is_empty() { path.to_owned() } else { format!("{path}?next={}", crate::url_part(next)) };
    let mut response = Redirect::to(to).into_response();
    visit.stepping(&mut response, token);
    response
}

fn missing(login: &str, password: &str) -> Option<Refusal> {
    let given = [
        ("login", login.trim(), "sign-in-login-missing"),
        ("password", password, "sign-in-password-missing"),
    ];
    let missing = given.into_iter().filter(|(_, value, _)| value.is_empty());
    let fields: Vec<FieldError> = missing.map(|(name, _, key)| FieldError::new(name, key)).collect();
    (!fields.is_empty()).then(|| Refusal::fields(fields))
}

pub(crate) async fn leave(visit: Visit, State(house): State<House>, _form: Form<NoFields>) -> Answer {
    if let Some(token) = visit.token() {
        house.site.people().sign_out(visit.context(), token).await?;
    }
    let mut response = Redirect::to("/").saying(Tone::Calm, "sign-out-done").into_response();
    visit.signed_out(&mut response);
    Ok(response)
}

/// Where to go on; nothing where that is not a page of this site.
pub(crate) fn local(next: &str) -> String {
    if is_local(next) && !next.starts_with("/sign-in") { next.to_owned() } else { String::new() }
}
