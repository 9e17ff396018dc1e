//! How long a decision takes on whole real budgets, and how much memory. `cargo bench -p gongzhi-ballot`
//!
//! Reads the Pabulib files in `GONGZHI_TEST_DATA` (by default `../shared/data` beside the workspace). The anchors were
//! measured once on a machine of the same kind: exact Python (pabutools 1.2.3) and a float tool.
#![allow(clippy::print_stdout, clippy::unwrap_used, clippy::panic, missing_docs)]

use std::path::PathBuf;
use std::time::{Duration, Instant};

use gongzhi_ballot::{Options, Rule, decide, pabulib::File};

/// File, and rule with the seconds that are asked for and the reference: its name, seconds, MiB.
type Case = (&'static str, Rule, f64, &'static [(&'static str, f64, f64)]);

const CASES: [Case; 9] = [
    (
        "Poland_Warszawa_2021_Mokotow",
        Rule::EqualSharesAdd1,
        1.0,
        &[("pabutools exact", 819.0, 7680.0), ("float tool", 13.0, 0.0)],
    ),
    ("Poland_Krakow_2024", Rule::EqualSharesAdd1, 1.0, &[]),
    ("Poland_Krakow_2024", Rule::EqualShares, 1.0, &[("pabutools exact", 16.7, 0.0)]),
    ("Poland_Krakow_2024", Rule::Greedy, 1.0, &[("pabutools exact", 32.8, 0.0)]),
    ("Poland_Krakow_2024", Rule::Phragmen, 1.0, &[("pabutools exact", 12.6, 0.0)]),
    ("Poland_Krakow_2024", Rule::StvScottish, 1.0, &[]),
    ("Poland_Krakow_2024", Rule::StvMeek, 1.0, &[]),
    ("Poland_Krakow_2024", Rule::Schulze, 1.0, &[]),
    ("Poland_Warszawa_2021_Mokotow", Rule::Phragmen, 1.0, &[("pabutools exact", 25.5, 0.0)]),
];

fn peak() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    peak.and_then(|text| text.trim().trim_end_matches(" kB").trim().parse::<f64>().ok()).unwrap_or(0.0)
        / 1024.0
}

fn main() {
    let data = std::env::var_os("GONGZHI_TEST_DATA").map_or_else(
        || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data"),
        PathBuf::from,
    );
    let mut last = "";
    let mut read: Option<File> = None;
    for (name, rule, goal, references) in CASES {
        let path = data.join("pabulib").join(format!("{name}.pb"));
        let Ok(bytes) = std::fs::read(&path) else {
            println!("{name}: skipped, there is no {} (set GONGZHI_TEST_DATA)", path.display());
            continue;
        };
        if name != last || read.is_none() {
            let start = Instant::now();
            read = Some(File::parse(&bytes).unwrap());
            println!("{name}: read in {:.3} s", start.elapsed().as_secs_f64());
            last = name;
        }
        drop(bytes);
        let Some(file) = &read else { continue };
        let options = Options { seed: Some(0), seats: 10, ..Options::default() };
        let mut best = Duration::MAX;
        let mut said = String::new();
        for _ in 0..3 {
            let start = Instant::now();
            let outcome = decide(&file.election, rule, &options).unwrap();
            best = best.min(start.elapsed());
            said = format!(
                "{} winners, cost {}",
                outcome.winners.len(),
                file.money(outcome.cost.try_into().unwrap())
            );
            if let gongzhi_ballot::Account::Shares { shares, .. } = &outcome.account
                && shares.steps > 0
            {
                said.push_str(&format!(", {} steps", shares.steps));
            }
        }
        let seconds = best.as_secs_f64();
        println!(
            "{name} {rule}: {seconds:.3} s ({}), peak {:.0} MiB; {said}",
            if seconds <= goal { "met" } else { "NOT met" },
            peak()
        );
        for (reference, of_reference, mib) in references {
            print!("  {reference}: {of_reference} s, {:.0} times as long", of_reference / seconds);
            println!("{}", if *mib > 0.0 { format!("; {mib} MiB") } else { String::new() });
        }
    }
}
