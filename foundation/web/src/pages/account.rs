//! The account: as whom one acts, and where one is signed in.

use askama::Template;
use axum::extract::State;
use axum::response::IntoResponse;
use gongzhi_kernel::SessionId;
use gongzhi_people::{Membership, MembershipId};
use serde::Deserialize;

use super::House;
use crate::answer::{Answer, Redirect, Tone, WebError};
use crate::extract::{Form, NoFields, Path};
use crate::shell::Shell;
use crate::visit::Visit;

#[derive(Debug, Template)]
#[template(path = "pages/account.html")]
pub(crate) struct AccountPage {
    pub(crate) shell: Shell,
    pub(crate) rows: Vec<(String, String)>,
    pub(crate) capacities: Vec<Capacity>,
    pub(crate) sessions: Vec<SessionRow>,
}

/// One way to act.
#[derive(Debug)]
pub(crate) struct Capacity {
    /// The membership's id, or empty for oneself.
    pub(crate) value: String,
    pub(crate) name: String,
    pub(crate) current: bool,
}

/// One place where one is signed in.
#[derive(Debug)]
pub(crate) struct SessionRow {
    pub(crate) id: String,
    pub(crate) device: String,
    pub(crate) started_at: gongzhi_kernel::Timestamp,
    pub(crate) last_seen_at: gongzhi_kernel::Timestamp,
    pub(crate) ends_at: gongzhi_kernel::Timestamp,
    pub(crate) this: bool,
}

pub(crate) async fn show(visit: Visit, State(house): State<House>) -> Answer {
    let session = visit.session().ok_or_else(WebError::sign_in_first)?;
    let shell = visit.shell("account-title");
    let acting = session.memberships.iter().find(|held| Some(held.id) == session.acting_in);
    let acting =
        acting.map_or_else(|| shell.acting_as().into_owned(), |held| capacity_name(&shell, &house, held));
    let rows = vec![
        (visit.t("account-name").into_owned(), session.name.clone()),
        (visit.t("account-acting").into_owned(), acting),
    ];
    let mut capacities: Vec<Capacity> = session
        .memberships
        .iter()
        .map(|held| Capacity {
            value: held.id.to_string(),
            name: capacity_name(&shell, &house, held),
            current: Some(held.id) == session.acting_in,
        })
        .collect();
    if !capacities.is_empty() {
        let name = visit.t("account-self").into_owned();
        capacities.push(Capacity { value: String::new(), name, current: session.acting_in.is_none() });
    }
    let sessions = house.site.people().sessions_of(visit.context(), session.person).await?;
    let sessions = sessions
        .into_iter()
        .map(|other| SessionRow {
            id: other.id.to_string(),
            device: other.device.as_deref().map_or_else(|| "–".to_owned(), device_words),
            started_at: other.started_at,
            last_seen_at: other.last_seen_at,
            ends_at: other.ends_at,
            this: other.id == session.id,
        })
        .collect();
    visit.page(&AccountPage { shell, rows, capacities, sessions })
}

fn capacity_name(shell: &Shell, house: &House, held: &Membership) -> String {
    let directory = house.site.people().directory();
    let organ = directory
        .organ(held.organ)
        .map(|organ| organ.name.get(shell.locale()).to_owned())
        .unwrap_or_default();
    let role = shell.t(format!("actor-{}", held.actor().kind().word().replace('_', "-")));
    format!("{organ} · {role}")
}

/// The browser and the system, as people call them; the whole line where neither is known.
fn device_words(agent: &str) -> String {
    const BROWSERS: [(&str, &str); 6] = [
        ("MicroMessenger", "WeChat"),
        ("Edg", "Edge"),
        ("Firefox", "Firefox"),
        ("Chrome", "Chrome"),
        ("Safari", "Safari"),
        ("curl", "curl"),
    ];
    const SYSTEMS: [(&str, &str); 7] = [
        ("HarmonyOS", "HarmonyOS"),
        ("Android", "Android"),
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Windows", "Windows"),
        ("Mac OS", "macOS"),
        ("Linux", "Linux"),
    ];
    let find = |known: &[(&str, &'static str)]| {
        known.iter().find(|(mark, _)| agent.contains(mark)).map(|(_, name)| *name)
    };
    match (find(&BROWSERS), find(&SYSTEMS)) {
        (Some(browser), Some(system)) => format!("{browser} · {system}"),
        (Some(one), None) | (None, Some(one)) => one.to_owned(),
        (None, None) => agent.chars().take(60).collect(),
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Acting {
    membership: String,
}

pub(crate) async fn act_as(visit: Visit, State(house): State<House>, form: Form<Acting>) -> Answer {
    let session = visit.session().ok_or_else(WebError::sign_in_first)?;
    let wanted = match form.value.membership.as_str() {
        "" => None,
        text => Some(text.parse::<MembershipId>().map_err(|_| WebError::no_such_page())?),
    };
    house.site.people().act_as(visit.context(), session.id, wanted).await?;
    Ok(Redirect::to("/account").saying(Tone::Good, "account-switched").into_response())
}

pub(crate) async fn end_session(
    visit: Visit,
    State(house): State<House>,
    Path(id): Path<String>,
    _form: Form<NoFields>,
) -> Answer {
    let session = visit.session().ok_or_else(WebError::sign_in_first)?;
    let id: SessionId = id.parse().map_err(|_| WebError::no_such_page())?;
    let this = id == session.id;
    house.site.people().revoke_session(visit.context(), id).await?;
    let to = if this {
        Redirect::to("/").saying(Tone::Calm, "sign-out-done")
    } else {
        Redirect::to("/account").saying(Tone::Good, "account-session-ended")
    };
    let mut response = to.into_response();
    if this {
        visit.signed_out(&mut response);
    }
    Ok(response)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn devices_are_told_in_two_words() {
        let phone =
            "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 Chrome/120.0 Mobile Safari/537.36";
        assert_eq!(device_words(phone), "Chrome · Android");
        let wechat = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) MicroMessenger/8.0";
        assert_eq!(device_words(wechat), "WeChat · iPhone");
        assert_eq!(device_words("something new"), "something new");
    }
}
