//! `gongzhi check`: the journal is replayed and every row compared with what it tells.

use serde::Serialize;

use crate::compose;
use crate::config::Config;
use crate::say::{self, Trouble};

/// Most differences that are printed; all are counted.
const SHOWN: usize = 50;

#[derive(Serialize)]
struct Report {
    /// Subjects compared.
    checked: u64,
    /// What differs, at most [`SHOWN`] of them.
    differences: Vec<Difference>,
    /// How many differ in all.
    differing: usize,
    /// What is wrong with the files.
    damage: Vec<String>,
}

#[derive(Serialize)]
struct Difference {
    kind: String,
    id: i64,
    what: String,
}

pub(crate) async fn run(config: &Config, json: bool) -> Result<(), Trouble> {
    let store = compose::open_existing(config).await?;
    let damage = store.integrity().await?;
    let people = store.read(gongzhi_people::check).await?;
    let appeals = store.read(gongzhi_appeals::check).await?;
    store.leave().await?;
    let mut differences: Vec<Difference> = people
        .differences
        .into_iter()
        .map(|found| Difference {
            kind: found.subject.kind.into_owned(),
            id: found.subject.id,
            what: found.what,
        })
        .chain(appeals.differences.into_iter().map(|found| Difference {
            kind: found.subject.kind.into_owned(),
            id: found.subject.id,
            what: found.what,
        }))
        .collect();
    let differing = differences.len();
    differences.truncate(SHOWN);
    let report = Report { checked: people.checked + appeals.checked, differences, differing, damage };
    let sound = report.differing == 0 && report.damage.is_empty();
    if json {
        say::json(&report)?;
    } else {
        for found in &report.damage {
            say::line(format_args!("damaged: {found}"));
        }
        for found in &report.differences {
            say::line(format_args!("{} {:016}: {}", found.kind, found.id, found.what));
        }
        if sound {
            say::line(format_args!(
                "{}: {} subjects replayed, every row as the journal tells",
                config.place, report.checked
            ));
        }
    }
    if sound {
        return Ok(());
    }
    let sentence = match (report.differing, report.damage.len()) {
        (0, _) => format!("the files in {} are damaged", config.place),
        (n, _) => format!("{n} of {} subjects are not as the journal tells", report.checked),
    };
    Err(Trouble::new(sentence).way_out("keep this copy, bring the last sound backup back with `gongzhi restore`, and report what is printed above"))
}
