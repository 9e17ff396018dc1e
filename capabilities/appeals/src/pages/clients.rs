//! Clients of Open311: who has a key, a new one, and the end of one.

use askama::Template;
use axum::extract::State;
use axum::response::IntoResponse;
use gongzhi_kernel::{Refusal, Timestamp};
use gongzhi_web::{Answer, Form, NoFields, Path, Shell, Tone, Visit};
use http::StatusCode;
use serde::Deserialize;

use crate::actions::Appeals;
use crate::actions::clients::{Client, ClientId, NewClient};

/// A line of the table.
#[derive(Debug)]
pub(crate) struct ClientRow {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) contact: String,
    pub(crate) hint: String,
    pub(crate) per_minute: i64,
    pub(crate) since: Timestamp,
    pub(crate) revoked_at: Option<Timestamp>,
}

impl From<Client> for ClientRow {
    fn from(client: Client) -> Self {
        Self {
            id: client.id.to_string(),
            since: client.id.made_at(),
            name: client.name,
            contact: client.contact,
            hint: client.hint,
            per_minute: client.per_minute,
            revoked_at: client.revoked_at,
        }
    }
}

/// A key that has just been made: shown on this page and never again.
#[derive(Debug)]
pub(crate) struct FreshKey {
    pub(crate) name: String,
    pub(crate) key: String,
}

#[derive(Debug, Template)]
#[template(path = "appeals/clients.html")]
pub(crate) struct ClientsPage {
    pub(crate) shell: Shell,
    pub(crate) rows: Vec<ClientRow>,
    pub(crate) fresh: Option<FreshKey>,
    pub(crate) address: String,
}

/// What is typed to register a client.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Wanted {
    name: String,
    contact: String,
    per_minute: String,
}

async fn page(visit: &Visit, appeals: &Appeals, shell: Shell) -> Result<ClientsPage, gongzhi_web::WebError> {
    let clients = appeals.clients(visit.context()).await?;
    let address = format!("{}/open311/v2", visit.site().config().base_url);
    Ok(ClientsPage { shell, rows: clients.into_iter().map(Into::into).collect(), fresh: None, address })
}

/// All clients, and the form for another.
pub(crate) async fn show(visit: Visit, State(appeals): State<Appeals>) -> Answer {
    let page = page(&visit, &appeals, visit.shell("clients-title")).await?;
    visit.page(&page)
}

/// Registers a client and shows its key.
pub(crate) async fn register(visit: Visit, State(appeals): State<Appeals>, form: Form<Wanted>) -> Answer {
    let Wanted { name, contact, per_minute } = form.value;
    // What is no number is refused by the action as one that is out of bounds.
    let new = NewClient { name, contact, per_minute: per_minute.trim().parse().unwrap_or(0) };
    match appeals.register_client(visit.context(), new).await {
        Ok((client, key)) => {
            let mut page = page(&visit, &appeals, visit.shell("clients-title")).await?;
            page.fresh = Some(FreshKey { name: client.name, key });
            visit.page_with(StatusCode::CREATED, &page)
        }
        Err(failure) => {
            let refusal = visit.refused(failure)?;
            let shell = visit.shell("clients-title").refill(form.typed, refusal);
            let page = page(&visit, &appeals, shell).await?;
            visit.page_with(StatusCode::UNPROCESSABLE_ENTITY, &page)
        }
    }
}

/// Takes a key back.
pub(crate) async fn revoke(
    visit: Visit,
    State(appeals): State<Appeals>,
    Path(id): Path<String>,
    _: Form<NoFields>,
) -> Answer {
    let id: ClientId = id.parse().map_err(|_| Refusal::not_found("open311-client-not-found"))?;
    let client = appeals.revoke_client(visit.context(), id).await?;
    let done = visit.see_other("/admin/open311").saying(Tone::Good, "clients-revoked");
    Ok(done.with("name", client.name).into_response())
}
