//! The second step of a sign-in: a code of the authenticator, or setting one up where the role demands it.

use askama::Template;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use gongzhi_kernel::{Failure, Refusal, RefusalKind};
use gongzhi_people::SetUp;
use http::{StatusCode, header};
use serde::Deserialize;

use super::House;
use super::sign_in::{Next, local, welcome, within_limits};
use crate::answer::{Answer, Redirect, Tone, WebError, wait_of};
use crate::extract::{Form, Query, Typed};
use crate::shell::Shell;
use crate::visit::Visit;

#[derive(Debug, Template)]
#[template(path = "pages/sign_in_code.html")]
pub(crate) struct CodePage {
    pub(crate) shell: Shell,
    pub(crate) next: String,
}

/// Setting up an authenticator: at a sign-in, or from the account.
#[derive(Debug, Template)]
#[template(path = "pages/set_up.html")]
pub(crate) struct SetUpPage {
    pub(crate) shell: Shell,
    /// Where the form goes.
    pub(crate) action: &'static str,
    pub(crate) next: String,
    pub(crate) qr: String,
    pub(crate) secret: String,
    /// Whether a role demands it, which a sentence says.
    pub(crate) demanded: bool,
}

/// Recovery codes, this once.
#[derive(Debug, Template)]
#[template(path = "pages/recovery_codes.html")]
pub(crate) struct RecoveryPage {
    pub(crate) shell: Shell,
    pub(crate) codes: Vec<String>,
    pub(crate) next: String,
}

impl RecoveryPage {
    /// What the button copies.
    fn all(&self) -> String {
        self.codes.join("\n")
    }
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub(crate) struct CodeForm {
    pub(crate) code: String,
    next: String,
}

/// What is said where a step fails: the same form again; from the beginning where the step is over.
pub(crate) fn again(visit: &Visit, failure: Failure, page: impl FnOnce(Refusal) -> Answer) -> Answer {
    let refusal = match failure {
        Failure::Refused(refusal) => refusal,
        failure @ Failure::Fault(_) => return Err(failure.into()),
    };
    match refusal.kind {
        RefusalKind::Unauthenticated => {
            let mut response = Redirect::to("/sign-in").saying(Tone::Warn, refusal.key).into_response();
            visit.stepped(&mut response);
            Ok(response)
        }
        RefusalKind::TooMany => {
            let seconds = wait_of(&refusal);
            let mut response = page(refusal)?;
            *response.status_mut() = StatusCode::TOO_MANY_REQUESTS;
            response.headers_mut().insert(header::RETRY_AFTER, seconds.into());
            Ok(response)
        }
        RefusalKind::Invalid => page(refusal),
        _ => Err(Failure::from(refusal).into()),
    }
}

fn from_the_beginning() -> Response {
    Redirect::to("/sign-in").saying(Tone::Warn, "people-step-over").into_response()
}

pub(crate) async fn show_code(visit: Visit, Query(query): Query<Next>) -> Answer {
    if visit.step().is_none() {
        return Ok(from_the_beginning());
    }
    visit.page(&CodePage { shell: visit.shell("sign-in-code-title"), next: local(&query.next) })
}

pub(crate) async fn send_code(visit: Visit, State(house): State<House>, form: Form<CodeForm>) -> Answer {
    let Some(step) = visit.step() else { return Ok(from_the_beginning()) };
    let CodeForm { code, next } = form.value;
    let next = local(&next);
    let done = house.site.people().finish_sign_in(visit.context(), step, &code, visit.token());
    match within_limits(&visit, done).await {
        Ok(signed_in) => Ok(welcome(&visit, &signed_in, &next)),
        Err(failure) => again(&visit, failure, |refusal| {
            let shell = visit.shell("sign-in-code-title").refill(Typed::default(), refusal);
            visit.page_with(StatusCode::UNPROCESSABLE_ENTITY, &CodePage { shell, next })
        }),
    }
}

/// The page of an authenticator that is being set up.
pub(crate) fn set_up_page(
    shell: Shell,
    set_up: SetUp,
    action: &'static str,
    next: String,
    demanded: bool,
) -> Result<SetUpPage, WebError> {
    let qr = crate::qr::image(&set_up.address)?;
    Ok(SetUpPage { shell, action, next, qr, secret: set_up.secret, demanded })
}

pub(crate) async fn show_set_up(
    visit: Visit,
    State(house): State<House>,
    Query(query): Query<Next>,
) -> Answer {
    set_up(&visit, &house, local(&query.next), None).await
}

async fn set_up(visit: &Visit, house: &House, next: String, refusal: Option<Refusal>) -> Answer {
    let Some(step) = visit.step() else { return Ok(from_the_beginning()) };
    let issuer = visit.site().config().city.get(visit.locale());
    match house.site.people().set_up(visit.context(), step, issuer).await {
        Ok(set_up) => {
            let status = if refusal.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
            let mut shell = visit.shell("set-up-title");
            if let Some(refusal) = refusal {
                shell = shell.refill(Typed::default(), refusal);
            }
            visit.page_with(status, &set_up_page(shell, set_up, "/sign-in/set-up", next, true)?)
        }
        Err(failure) => again(visit, failure, |refusal| Err(Failure::from(refusal).into())),
    }
}

pub(crate) async fn send_set_up(visit: Visit, State(house): State<House>, form: Form<CodeForm>) -> Answer {
    let Some(step) = visit.step() else { return Ok(from_the_beginning()) };
    let next = local(&form.value.next);
    let done = house.site.people().finish_set_up(visit.context(), step, &form.value.code, visit.token());
    match within_limits(&visit, done).await {
        Ok((signed_in, codes)) => {
            let next = if next.is_empty() { "/".to_owned() } else { next };
            let shell = visit.shell("recovery-title");
            let mut response = visit.page(&RecoveryPage { shell, codes, next })?;
            visit.signed_in(&mut response, &signed_in.token);
            visit.stepped(&mut response);
            Ok(response)
        }
        Err(Failure::Refused(refusal)) if refusal.kind == RefusalKind::Invalid => {
            set_up(&visit, &house, next, Some(refusal)).await
        }
        Err(failure) => again(&visit, failure, |refusal| Err(Failure::from(refusal).into())),
    }
}
