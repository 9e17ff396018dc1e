//! `gongzhi ledger indicators`: the indicators of a city from its public log alone.

use std::collections::BTreeMap;

use gongzhi_appeals::indicators::Indicator;
use gongzhi_kernel::World;
use gongzhi_ledger::audit::{self, Quorum};
use jiff::tz::TimeZone;
use serde_json::json;

use super::ledger::{Place, key, key_of_log};
use crate::cli::LedgerIndicatorsArgs;
use crate::recount::{MonthOfCity, Recount};
use crate::say::{self, Trouble};

pub(crate) async fn run(args: &LedgerIndicatorsArgs, json: bool) -> Result<(), Trouble> {
    let known = args.key.as_deref().map(key).transpose()?;
    let place = Place::of(&args.log)?;
    let (checkpoint, recount) = super::backup::blocking(move || {
        let key = known.map_or_else(|| key_of_log(&place), Ok)?;
        let mut recount = Recount::default();
        let mut fetch = |path: &str| place.get(path);
        let report =
            audit::verify(&mut fetch, &key, &Quorum::default(), None, &mut |_, entry| recount.take(entry));
        let report = report.map_err(|problem| Trouble::new(problem.to_string()))?;
        Ok((report.checkpoint, recount))
    })
    .await?;
    let now = World::system().clock.now();
    let zone = recount.zone(now).unwrap_or(TimeZone::UTC);
    let months = recount.months(&zone, now);
    if json {
        return say::json(&json!({
            "origin": checkpoint.origin, "entries": checkpoint.size, "cases": recount.cases(), "unread": recount.unread(),
            "months": months.iter().map(as_json).collect::<Vec<_>>(),
        }));
    }
    say::line(format_args!(
        "{}: {} cases in {} entries, all as they were signed",
        checkpoint.origin,
        recount.cases(),
        checkpoint.size
    ));
    if recount.unread() > 0 {
        say::aside(format_args!("{} entries could not be read and are not counted", recount.unread()));
    }
    for month in &months {
        say::line(format_args!("{}  {} came in", month.month, month.counts.received));
        for indicator in Indicator::ALL {
            let Some(rate) = month.weights.as_ref().map(|weights| month.counts.rate(indicator, weights))
            else {
                continue;
            };
            if let Some(percent) = rate.percent() {
                let name = indicator.word();
                say::line(format_args!(
                    "  {name:<13} {percent:>5.1} %   {} of {}",
                    whole(rate.hundredths),
                    rate.denominator
                ));
            }
        }
    }
    Ok(())
}

/// Hundredths as they are read: whole where they are, since only weights make parts.
fn whole(hundredths: i64) -> String {
    match (hundredths / 100, hundredths % 100) {
        (ones, 0) => ones.to_string(),
        (ones, parts) => format!("{ones}.{parts:02}"),
    }
}

fn as_json(month: &MonthOfCity) -> serde_json::Value {
    let counts: BTreeMap<&str, i64> =
        gongzhi_appeals::indicators::Counts::NAMES.iter().copied().zip(month.counts.values()).collect();
    let rates: BTreeMap<&str, serde_json::Value> = Indicator::ALL
        .into_iter()
        .filter_map(|indicator| {
            let rate = month.counts.rate(indicator, month.weights.as_ref()?);
            let value = json!({ "percent": rate.percent(), "numerator_hundredths": rate.hundredths, "denominator": rate.denominator });
            Some((indicator.word(), value))
        })
        .collect();
    json!({ "month": month.month.to_string(), "counts": counts, "rates": rates })
}
