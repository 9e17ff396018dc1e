//! `gongzhi demo`: the sample city, made where there is none, served, and how to sign in.

use std::net::SocketAddr;
use std::time::Instant;

use gongzhi_kernel::{Locale, World};
use gongzhi_store::Store;

use crate::cli::DemoArgs;
use crate::compose;
use crate::config::{Config, Place};
use crate::sample::{self, Receipt, Seeded, Seeding};
use crate::say::{self, Trouble};

/// From how many cases on the progress is told.
const MANY: u64 = 20_000;

pub(crate) async fn run(config: &Config, args: &DemoArgs, json: bool) -> Result<(), Trouble> {
    if !args.no_serve {
        // Nobody wants to wait for a large city and then hear that the address is taken.
        drop(compose::listen(config).await?);
    }
    let store = compose::open(config, World::system()).await?;
    let made = if sample::is_empty(&store).await? {
        Some(make(&store, args).await?)
    } else {
        // Printing passwords beside somebody's own city would be wrong, and so would be mixing samples into it.
        let directory = store.read(|tx| gongzhi_people::Directory::read(tx)).await?;
        if !sample::is_sample(&directory) {
            return Err(Trouble::new(format!("{} holds a city that is not the sample", config.place))
                .way_out(
                    "serve it with `gongzhi serve`, or name an empty folder for the sample with --data",
                ));
        }
        None
    };
    if args.no_serve {
        store.leave().await?;
        return told(config, made.as_ref(), json);
    }
    let sign_ins = sample::sign_ins()?;
    let shown = sign_ins.clone();
    super::serve::serve(store, config, sign_ins, |address| {
        if json {
            let outcome = say::json(&serde_json::json!({
                "address": format!("http://{address}"),
                "data": config.place.to_string(),
                "sample": true,
                "sign_ins": shown.iter().map(|sign_in| serde_json::json!({
                    "who": sign_in.who, "login": sign_in.login, "password": sign_in.password,
                })).collect::<Vec<_>>(),
                "receipts": made.iter().flat_map(receipts).map(|(state, receipt)| serde_json::json!({
                    "number": receipt.number.to_string(), "code": receipt.code.to_string(), "state": state,
                })).collect::<Vec<_>>(),
            }));
            if let Err(trouble) = outcome {
                tracing::error!(%trouble, "cannot print the sign-ins");
            }
        } else {
            welcome(config, address, &shown, made.as_ref());
        }
    })
    .await
}

async fn make(store: &Store, args: &DemoArgs) -> Result<Seeded, Trouble> {
    let begun = Instant::now();
    let plan = Seeding { cases: args.cases, seed: args.seed };
    let told = std::cell::Cell::new(0);
    let seeded = sample::seed(store, plan, |kept, all| {
        let tenth = kept * 10 / all.max(1);
        if all >= MANY && tenth > told.get() {
            told.set(tenth);
            say::aside(format_args!("gongzhi: {kept} of {all} sample cases"));
        }
    })
    .await
    .map_err(compose::trouble)?;
    tracing::info!(cases = seeded.cases, seconds = begun.elapsed().as_secs_f64(), "made the sample city");
    Ok(seeded)
}

fn told(config: &Config, made: Option<&Seeded>, json: bool) -> Result<(), Trouble> {
    if json {
        return say::json(&serde_json::json!({
            "data": config.place.to_string(),
            "made": made.is_some(),
            "cases": made.map(|made| made.cases),
            "open": made.map(|made| made.open),
        }));
    }
    match made {
        Some(made) => say::line(format_args!(
            "{}: a sample city with {} cases, {} of them open; serve it with `gongzhi demo --{} {}`",
            config.place,
            made.cases,
            made.open,
            if matches!(config.place, Place::Folder(_)) { "data" } else { "database" },
            config.place
        )),
        None => say::line(format_args!("{}: the sample city is there already", config.place)),
    }
    Ok(())
}

fn receipts(made: &Seeded) -> impl Iterator<Item = (&'static str, &Receipt)> {
    let open = made.last_open.iter().map(|receipt| ("open", receipt));
    open.chain(made.last_answered.iter().map(|receipt| ("answered", receipt)))
}

fn welcome(
    config: &Config,
    address: SocketAddr,
    sign_ins: &[gongzhi_web::DemoSignIn],
    made: Option<&Seeded>,
) {
    let password = sign_ins.first().map_or("", |sign_in| sign_in.password.as_str());
    say::line(format_args!("\n  共治 Gongzhi · {} · {}\n", sample::CITY_ZH, sample::CITY_EN));
    say::line(format_args!("  http://{address}"));
    say::line(format_args!("  data 数据: {}\n", config.place));
    say::line(format_args!("  sign-ins 登录 (password 密码 {password}):"));
    for sign_in in sign_ins {
        let (zh, en) = (sign_in.who.get(Locale::ZhCn), sign_in.who.get(Locale::En));
        say::line(format_args!("    {:<11} {zh} · {en}", sign_in.login));
    }
    if let Some(made) = made {
        say::line(format_args!("\n  {} sample appeals 件示例诉求, {} open 件在办", made.cases, made.open));
        for (state, receipt) in receipts(made) {
            say::line(format_args!("  track 查询: {} · {} ({state})", receipt.number, receipt.code));
        }
    } else {
        say::line("\n  The city was there already and is served as it is. 城市已存在，按原样运行。");
    }
    say::line(
        "\n  Everything here is invented; never enter real personal data. 全部内容均为虚构，请勿填写真实个人信息。",
    );
    say::line("  Ctrl-C to stop 停止.\n");
}
