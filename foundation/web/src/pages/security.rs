//! Sign-in and security of one's account: password, authenticator, recovery codes, and showing once more who one is.

use askama::Template;
use axum::extract::State;
use axum::response::IntoResponse;
use gongzhi_kernel::{Failure, Refusal, RefusalKind};
use gongzhi_people::{Factors, NewPassword, Session};
use http::StatusCode;
use serde::Deserialize;

use super::House;
use super::second_step::{CodeForm, RecoveryPage, again, set_up_page};
use super::sign_in::{Next, local};
use crate::answer::{Answer, Redirect, Tone, WebError};
use crate::extract::{Form, NoFields, Query, Typed};
use crate::shell::Shell;
use crate::visit::Visit;

const HERE: &str = "/account/security";

#[derive(Debug, Template)]
#[template(path = "pages/security.html")]
pub(crate) struct SecurityPage {
    pub(crate) shell: Shell,
    pub(crate) factors: Factors,
}

/// Asks to show once more who is there.
#[derive(Debug, Template)]
#[template(path = "pages/prove.html")]
pub(crate) struct ProvePage {
    pub(crate) shell: Shell,
    pub(crate) by_code: bool,
    pub(crate) next: String,
}

pub(crate) fn session(visit: &Visit) -> Result<&Session, WebError> {
    visit.session().ok_or_else(WebError::sign_in_first)
}

/// To the page that asks for the proof, and back to this one.
pub(crate) fn prove_first(next: &str) -> Answer {
    let to = format!("/account/prove?next={}", crate::url_part(next));
    Ok(Redirect::to(to).saying(Tone::Calm, "people-prove-first").into_response())
}

/// A failure, but for that the proof is missing, which leads to the page that asks for it.
fn or_prove(failure: Failure) -> Answer {
    match failure {
        Failure::Refused(refusal) if refusal.key == "people-prove-first" => prove_first(HERE),
        failure => Err(failure.into()),
    }
}

pub(crate) async fn show(visit: Visit, State(house): State<House>) -> Answer {
    let factors = house.site.people().factors(session(&visit)?.person).await?;
    visit.page(&SecurityPage { shell: visit.shell("security-title"), factors })
}

pub(crate) async fn ask_proof(visit: Visit, State(house): State<House>, Query(query): Query<Next>) -> Answer {
    let by_code = house.site.people().factors(session(&visit)?.person).await?.authenticator;
    visit.page(&ProvePage { shell: visit.shell("prove-title"), by_code, next: local(&query.next) })
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub(crate) struct ProofForm {
    code: String,
    password: String,
    next: String,
}

pub(crate) async fn prove(visit: Visit, State(house): State<House>, form: Form<ProofForm>) -> Answer {
    let session = session(&visit)?;
    let by_code = house.site.people().factors(session.person).await?.authenticator;
    let ProofForm { code, password, next } = form.value;
    let next = local(&next);
    let typed = if by_code { code } else { password };
    match house.site.people().prove(visit.context(), session, &typed).await {
        Ok(()) => {
            let to = if next.is_empty() { HERE.to_owned() } else { next };
            Ok(Redirect::to(to).saying(Tone::Good, "prove-done").into_response())
        }
        Err(failure) => again(&visit, failure, |refusal| {
            let shell = visit.shell("prove-title").refill(Typed::default(), refusal);
            visit.page_with(StatusCode::UNPROCESSABLE_ENTITY, &ProvePage { shell, by_code, next })
        }),
    }
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub(crate) struct PasswordForm {
    present: String,
    password: String,
}

pub(crate) async fn set_password(
    visit: Visit,
    State(house): State<House>,
    form: Form<PasswordForm>,
) -> Answer {
    let session = session(&visit)?;
    let new =
        NewPassword { new: &form.value.password, present: Some(&form.value.present), keep: Some(session.id) };
    match house.site.people().set_password(visit.context(), session.person, new).await {
        Ok(()) => Ok(Redirect::to(HERE).saying(Tone::Good, "security-password-set").into_response()),
        Err(failure) => {
            let factors = house.site.people().factors(session.person).await?;
            let refusal = visit.refused(failure)?;
            let shell = visit.shell("security-title").refill(Typed::default(), refusal);
            visit.page_with(StatusCode::UNPROCESSABLE_ENTITY, &SecurityPage { shell, factors })
        }
    }
}

pub(crate) async fn begin_change(visit: Visit, State(house): State<House>, _form: Form<NoFields>) -> Answer {
    match house.site.people().begin_change(visit.context(), session(&visit)?).await {
        Ok(token) => {
            let mut response = Redirect::to("/account/authenticator").into_response();
            visit.stepping(&mut response, &token);
            Ok(response)
        }
        Err(failure) => or_prove(failure),
    }
}

pub(crate) async fn show_change(visit: Visit, State(house): State<House>) -> Answer {
    change(&visit, &house, None).await
}

async fn change(visit: &Visit, house: &House, refusal: Option<Refusal>) -> Answer {
    let Some(step) = visit.step() else { return Ok(Redirect::to(HERE).into_response()) };
    let issuer = visit.site().config().city.get(visit.locale());
    let set_up = match house.site.people().set_up(visit.context(), step, issuer).await {
        Ok(set_up) => set_up,
        Err(Failure::Refused(_)) => {
            return Ok(Redirect::to(HERE).saying(Tone::Warn, "security-begin-again").into_response());
        }
        Err(failure) => return Err(failure.into()),
    };
    let status = if refusal.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let mut shell = visit.shell("set-up-title");
    if let Some(refusal) = refusal {
        shell = shell.refill(Typed::default(), refusal);
    }
    let page = set_up_page(shell, set_up, "/account/authenticator/code", String::new(), false)?;
    visit.page_with(status, &page)
}

pub(crate) async fn finish_change(visit: Visit, State(house): State<House>, form: Form<CodeForm>) -> Answer {
    let Some(step) = visit.step() else { return Ok(Redirect::to(HERE).into_response()) };
    let session = session(&visit)?;
    match house.site.people().finish_change(visit.context(), session, step, &form.value.code).await {
        Ok(codes) => {
            let page = RecoveryPage { shell: visit.shell("recovery-title"), codes, next: HERE.to_owned() };
            let mut response = visit.page(&page)?;
            visit.stepped(&mut response);
            Ok(response)
        }
        Err(Failure::Refused(refusal)) if refusal.kind == RefusalKind::Invalid => {
            change(&visit, &house, Some(refusal)).await
        }
        Err(Failure::Refused(refusal)) if refusal.kind == RefusalKind::Unauthenticated => {
            Ok(Redirect::to(HERE).saying(Tone::Warn, "security-begin-again").into_response())
        }
        Err(failure) => Err(failure.into()),
    }
}

pub(crate) async fn remove(visit: Visit, State(house): State<House>, _form: Form<NoFields>) -> Answer {
    match house.site.people().remove_second_factor(visit.context(), session(&visit)?).await {
        Ok(()) => Ok(Redirect::to(HERE).saying(Tone::Good, "security-removed").into_response()),
        Err(failure) => or_prove(failure),
    }
}

pub(crate) async fn new_recovery_codes(
    visit: Visit,
    State(house): State<House>,
    _form: Form<NoFields>,
) -> Answer {
    match house.site.people().new_recovery_codes(visit.context(), session(&visit)?).await {
        Ok(codes) => {
            let shell = visit.shell("recovery-title");
            visit.page(&RecoveryPage { shell, codes, next: HERE.to_owned() })
        }
        Err(failure) => or_prove(failure),
    }
}
