//! The machine's clock jumps, forwards and back, while the program runs and while it does not.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::time::Duration;

use crate::round::City;
use crate::{Plan, Verdict};

fn library() -> Option<PathBuf> {
    let folders = std::fs::read_dir("/usr/lib").ok()?;
    folders.flatten().map(|entry| entry.path().join("faketime/libfaketime.so.1")).find(|path| path.exists())
}

/// Appeals before and after each jump: no number twice, none lost, journal and rows agree.
pub(crate) fn jumps(plan: &Plan) -> Verdict {
    let Some(library) = library() else {
        return Verdict::Skipped("needs libfaketime (Debian: faketime)".to_owned());
    };
    let mut city = City::new(&plan.program);
    let folder = tempfile::tempdir().expect("a folder");
    let offset = folder.path().join("offset");
    std::fs::write(&offset, "+0").expect("the offset");
    // Only the calendar jumps: the steady clock, by which timers wait, does not.
    let shifted = plan
        .program
        .clone()
        .with("LD_PRELOAD", library.display().to_string())
        .with("FAKETIME_TIMESTAMP_FILE", offset.display().to_string())
        .with("FAKETIME_NO_CACHE", "1")
        .with("FAKETIME_DONT_FAKE_MONOTONIC", "1");
    let jumps = ["+0", "-1d", "+2d", "+30s", "-3600s", "+400d"];
    let rounds = plan.rounds(1, 4);
    let mut lost = 0;
    for round in 0..rounds {
        let mut serving = city.serve(&shifted);
        for (at, jump) in jumps.iter().enumerate() {
            std::fs::write(&offset, jump).expect("the offset");
            let length = Duration::from_millis(if plan.quick { 200 } else { 600 });
            let outcome =
                city.load(&serving, &format!("clock{round}x{at}"), length).join().expect("the load ends");
            let taken = city.remember(&outcome);
            assert!(
                taken > 0,
                "nothing is taken after a jump by {jump}: {:?}; {}",
                outcome.statuses,
                serving.said()
            );
            // Every other jump also falls between two runs of the program.
            if at % 2 == 1 {
                serving.kill();
                serving = city.serve(&shifted);
            }
        }
        serving.stop();
        std::fs::write(&offset, "+0").expect("the offset");
        lost += city.lost(&plan.program);
    }
    let numbers: BTreeSet<&str> = city.acknowledged.iter().map(|one| one.number.as_str()).collect();
    assert_eq!(numbers.len(), city.acknowledged.len(), "a number was given twice");
    Verdict::Ran { rounds, acknowledged: city.acknowledged.len() as u64, lost }
}
