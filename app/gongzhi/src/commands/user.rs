//! `gongzhi user`: who may sign in, and as what.

use std::io::{BufRead, IsTerminal};

use gongzhi_kernel::{Context, Failure, LocalText, OrganId, PersonId, Refusal, Role, World};
use gongzhi_people::{
    NewOrgan, NewPerson, OrganKind, PasswordHash, actions, check_password, fold_login, hash_password,
    store as rows,
};
use gongzhi_store::{Store, Tx};

use super::backup::blocking;
use crate::cli::UserCommand;
use crate::compose;
use crate::config::Config;
use crate::say::{self, Trouble};

pub(crate) async fn run(config: &Config, command: &UserCommand, json: bool) -> Result<(), Trouble> {
    let store = match command {
        UserCommand::Add { .. } => compose::open(config, World::system()).await?,
        UserCommand::Passwd { .. } | UserCommand::Grant { .. } | UserCommand::ResetSecondStep { .. } => {
            compose::open_existing(config).await?
        }
    };
    match command {
        UserCommand::Add { login, name, phone, role, organ, password_stdin } => {
            let new = NewPerson { name: name.clone(), login: Some(login.clone()), phone: phone.clone() };
            let role = role.map(Role::from).zip(organ.clone());
            add(config, &store, new, role, *password_stdin, json).await?;
        }
        UserCommand::Passwd { login, password_stdin } => {
            passwd(&store, login, *password_stdin, json).await?;
        }
        UserCommand::ResetSecondStep { login } => reset_second_step(&store, login, json).await?,
        UserCommand::Grant { login, role, organ } => {
            grant(config, &store, login, (*role).into(), organ, json).await?;
        }
    }
    Ok(store.leave().await?)
}

async fn add(
    config: &Config,
    store: &Store,
    new: NewPerson,
    role: Option<(Role, String)>,
    from_stdin: bool,
    json: bool,
) -> Result<(), Trouble> {
    let login = new.login.clone().unwrap_or_default();
    // Before the password is asked for: nobody wants to type it twice for nothing.
    let (seen, asked, city) = (login.clone(), role.clone(), config.city.clone());
    store
        .read(move |tx| {
            if let Some(login) = fold_login(&seen)
                && rows::person_by_login(tx, &login)?.is_some()
            {
                return Err(Refusal::conflict("people-login-taken").into());
            }
            match asked {
                Some((_, code))
                    if rows::organ_by_code(tx, &code)?.is_none() && first_organ(&code, &city).is_none() =>
                {
                    Err(Failure::from(Refusal::not_found("people-organ-not-found")))
                }
                _ => Ok(()),
            }
        })
        .await
        .map_err(|failure| not_added(failure, role.as_ref()))?;
    let context = compose::context(store);
    let hash = password(&login, from_stdin, &context).await?;
    let (asked, city) = (role.clone(), config.city.clone());
    let id: PersonId = store
        .write(move |tx| {
            let id = actions::register_person(tx, &context, &new)?;
            actions::set_password_hash(tx, &context, id, &hash, None)?;
            if let Some((role, code)) = &asked {
                let organ = organ(tx, &context, code, &city)?;
                actions::grant(tx, &context, id, organ, *role)?;
            }
            Ok::<_, Failure>(id)
        })
        .await
        .map_err(|failure| not_added(failure, role.as_ref()))?;
    let role = role.map(|(role, organ)| (role.word(), organ));
    if json {
        let (role, organ) = role.unzip();
        return say::json(&serde_json::json!({ "person": id, "login": login, "role": role, "organ": organ }));
    }
    match role {
        Some((role, organ)) => say::line(format_args!("{login} may sign in as {role} of {organ}")),
        None => say::line(format_args!("{login} may sign in as a resident")),
    }
    Ok(())
}

async fn passwd(store: &Store, login: &str, from_stdin: bool, json: bool) -> Result<(), Trouble> {
    let id = known(store, login).await?;
    let context = compose::context(store);
    let hash = password(login, from_stdin, &context).await?;
    store
        .write(move |tx| actions::set_password_hash(tx, &context, id, &hash, None))
        .await
        .map_err(compose::trouble)?;
    if json {
        return say::json(&serde_json::json!({ "person": id, "login": login }));
    }
    say::line(format_args!("{login} has a new password; all their sessions have ended"));
    Ok(())
}

async fn reset_second_step(store: &Store, login: &str, json: bool) -> Result<(), Trouble> {
    let id = known(store, login).await?;
    let context = compose::context(store);
    store.write(move |tx| actions::reset_second_factor(tx, &context, id)).await.map_err(compose::trouble)?;
    if json {
        return say::json(&serde_json::json!({ "person": id, "login": login }));
    }
    say::line(format_args!(
        "{login} signs in with the password alone and sets up a second step if the role asks for one"
    ));
    Ok(())
}

async fn grant(
    config: &Config,
    store: &Store,
    login: &str,
    role: Role,
    code: &str,
    json: bool,
) -> Result<(), Trouble> {
    let id = known(store, login).await?;
    let context = compose::context(store);
    let (organ_code, city) = (code.to_owned(), config.city.clone());
    store
        .write(move |tx| {
            let organ = organ(tx, &context, &organ_code, &city)?;
            actions::grant(tx, &context, id, organ, role).map(|_| ())
        })
        .await
        .map_err(|failure| not_added(failure, Some(&(role, code.to_owned()))))?;
    if json {
        return say::json(
            &serde_json::json!({ "person": id, "login": login, "role": role.word(), "organ": code }),
        );
    }
    say::line(format_args!("{login} is now {} of {code}", role.word()));
    Ok(())
}

async fn known(store: &Store, login: &str) -> Result<PersonId, Trouble> {
    let folded = fold_login(login);
    let found = match folded {
        Some(folded) => store.read(move |tx| rows::person_by_login(tx, &folded)).await?,
        None => None,
    };
    found.map(|person| person.id).ok_or_else(|| {
        Trouble::new(format!("nobody signs in as {login}"))
            .way_out(format!("add them with `gongzhi user add {login} --name NAME`"))
    })
}

/// The organ with this code; the city's government and its hotline centre come into being with their first role.
fn organ(tx: &mut dyn Tx, context: &Context, code: &str, city: &LocalText) -> Result<OrganId, Failure> {
    if let Some(organ) = rows::organ_by_code(tx, code)? {
        return Ok(organ.id);
    }
    match first_organ(code, city) {
        Some(new) => actions::establish_organ(tx, context, &new),
        None => Err(Refusal::not_found("people-organ-not-found").into()),
    }
}

fn first_organ(code: &str, city: &LocalText) -> Option<NewOrgan> {
    let english = city.en.as_deref().unwrap_or(&city.zh);
    let (kind, name) = match code {
        "city" => (
            OrganKind::City,
            LocalText::new(format!("{}人民政府", city.zh), format!("{english} Municipal Government")),
        ),
        "hotline" => (
            OrganKind::HotlineCentre,
            LocalText::new(format!("{}12345热线中心", city.zh), format!("{english} 12345 Hotline Centre")),
        ),
        _ => return None,
    };
    Some(NewOrgan { code: code.to_owned(), kind, name, parent: None, area: None })
}

fn not_added(failure: Failure, role: Option<&(Role, String)>) -> Trouble {
    let unknown_organ =
        matches!(&failure, Failure::Refused(refusal) if refusal.key == "people-organ-not-found");
    match role {
        Some((_, code)) if unknown_organ => Trouble::new(format!("there is no organ with the code {code}"))
            .way_out("`city` and `hotline` come into being by themselves; others are established by an administrator or come with an import"),
        _ => compose::trouble(failure),
    }
}

/// Asks for a password, checks it, and hashes it.
async fn password(login: &str, from_stdin: bool, context: &Context) -> Result<PasswordHash, Trouble> {
    let salt = context.random();
    let login = login.to_owned();
    blocking(move || {
        let password = if from_stdin { first_line()? } else { typed(&login)? };
        check_password(&password, fold_login(&login).as_deref(), "password")
            .map_err(|refusal| compose::trouble(refusal.into()))?;
        Ok(hash_password(&password, salt)?)
    })
    .await
}

fn first_line() -> Result<String, Trouble> {
    let mut line = String::new();
    std::io::stdin().lock().read_line(&mut line)?;
    Ok(line.trim_end_matches(['\r', '\n']).to_owned())
}

fn typed(login: &str) -> Result<String, Trouble> {
    if !std::io::stdin().is_terminal() {
        return Err(Trouble::asked("there is no terminal to ask for the password")
            .way_out("give it with --password-stdin: echo \"$PASSWORD\" | gongzhi user …"));
    }
    let ask = |prompt: &str| {
        rpassword::prompt_password(prompt).map_err(|error| {
            Trouble::new(format!("cannot ask for the password: {error}"))
                .way_out("give it with --password-stdin")
        })
    };
    let first = ask(&format!("password for {login}: "))?;
    if ask("once more: ")? != first {
        return Err(Trouble::new("the two passwords differ").way_out("try again"));
    }
    Ok(first)
}
