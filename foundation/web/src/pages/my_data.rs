//! What is kept of whoever is signed in: to see, copy, correct and erase.

use askama::Template;
use axum::extract::State;
use axum::response::IntoResponse;
use gongzhi_kernel::{Failure, FieldError, Refusal};
use gongzhi_people::{MyData, PersonChange};
use http::{HeaderValue, StatusCode, header};
use serde::Deserialize;

use super::House;
use super::security::{prove_first, session};
use crate::answer::{Answer, Redirect, Tone};
use crate::extract::{Form, Json, NoFields, Typed};
use crate::shell::Shell;
use crate::visit::Visit;

const HERE: &str = "/account/data";

#[derive(Debug, Template)]
#[template(path = "pages/my_data.html")]
pub(crate) struct MyDataPage {
    pub(crate) shell: Shell,
    pub(crate) data: MyData,
    pub(crate) rows: Vec<(String, String)>,
}

pub(crate) async fn show(visit: Visit, State(house): State<House>) -> Answer {
    page(&visit, &house, None).await
}

async fn page(visit: &Visit, house: &House, again: Option<(Typed, Refusal)>) -> Answer {
    let data = house.site.people().my_data(visit.context(), session(visit)?).await?;
    let status = if again.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let mut shell = visit.shell("my-data-title");
    if let Some((typed, refusal)) = again {
        shell = shell.refill(typed, refusal);
    }
    let missing = || visit.t("my-data-none").into_owned();
    let rows = vec![
        (visit.t("account-name").into_owned(), data.name.clone()),
        (visit.t("sign-in-login").into_owned(), data.login.clone().unwrap_or_else(missing)),
        (visit.t("my-data-phone").into_owned(), data.phone.clone().unwrap_or_else(missing)),
        (visit.t("my-data-since").into_owned(), shell.exact_words(data.registered_at)),
    ];
    visit.page_with(status, &MyDataPage { shell, data, rows })
}

/// A failure, but for that the proof is missing, which leads to the page that asks for it.
fn or_prove(failure: Failure) -> Answer {
    match failure {
        Failure::Refused(refusal) if refusal.key == "people-prove-first" => prove_first(HERE),
        failure => Err(failure.into()),
    }
}

pub(crate) async fn copy(visit: Visit, State(house): State<House>, _form: Form<NoFields>) -> Answer {
    match house.site.people().copy_my_data(visit.context(), session(&visit)?).await {
        Ok(data) => {
            let mut response = Json(data).into_response();
            let name = HeaderValue::from_static("attachment; filename=\"my-data.json\"");
            response.headers_mut().insert(header::CONTENT_DISPOSITION, name);
            Ok(response)
        }
        Err(failure) => or_prove(failure),
    }
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub(crate) struct Correction {
    name: String,
    phone: String,
}

pub(crate) async fn correct(visit: Visit, State(house): State<House>, form: Form<Correction>) -> Answer {
    let Correction { name, phone } = form.value;
    let change = PersonChange { name, login: None, phone: Some(phone) };
    match house.site.people().change_person(visit.context(), session(&visit)?.person, change).await {
        Ok(_) => Ok(Redirect::to(HERE).saying(Tone::Good, "my-data-corrected").into_response()),
        Err(failure) => {
            let refusal = visit.refused(failure)?;
            page(&visit, &house, Some((form.typed, refusal))).await
        }
    }
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub(crate) struct Erasing {
    sure: String,
}

pub(crate) async fn erase(visit: Visit, State(house): State<House>, form: Form<Erasing>) -> Answer {
    if form.value.sure != "yes" {
        let refusal = Refusal::fields(vec![FieldError::new("sure", "my-data-not-sure")]);
        return page(&visit, &house, Some((Typed::default(), refusal))).await;
    }
    match house.site.people().erase_me(visit.context(), session(&visit)?).await {
        Ok(()) => {
            let mut response = Redirect::to("/").saying(Tone::Calm, "my-data-erased").into_response();
            visit.signed_out(&mut response);
            Ok(response)
        }
        Err(failure) => or_prove(failure),
    }
}
