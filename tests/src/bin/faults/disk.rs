//! The disk fails: full, or its calls return errors.

use std::path::Path;
use std::time::{Duration, Instant};

use gongzhi_tests::appeal;
use gongzhi_tests::program::{Program, Serving};

use crate::round::{City, Mount, have, is_root, pause, try_tool};
use crate::{Plan, Verdict};

/// A small tmpfs fills up under load. Appeals are refused with 507, reading goes on, and when there is room again
/// appeals are taken again without a restart.
pub(crate) fn full(plan: &Plan) -> Verdict {
    if !is_root() {
        return Verdict::Skipped("mounting a small tmpfs needs root".to_owned());
    }
    let logs = tempfile::tempdir().expect("a folder");
    let at = logs.path().join("small");
    std::fs::create_dir(&at).expect("a folder");
    let mount = match Mount::new(&["-t", "tmpfs", "-o", "size=48m", "tmpfs"], &at) {
        Ok(mount) => mount,
        Err(said) => return Verdict::Skipped(format!("tmpfs cannot be mounted: {said}")),
    };
    let mut city = City::inside(&plan.program, &mount.at, logs.path());
    let rounds = plan.rounds(1, 6);
    let ballast = mount.at.join("ballast");
    let mut lost = 0;
    for round in 0..rounds {
        let serving = city.serve(&plan.program);
        leave_free(&ballast, &mount.at, 3 << 20);
        let outcome = city
            .load(&serving, &format!("full{round}"), Duration::from_secs(4))
            .join()
            .expect("the load ends");
        city.remember(&outcome);
        assert!(
            outcome.count(507) > 0,
            "the disk was full and nobody was told: {:?}, {}",
            outcome.statuses,
            serving.said()
        );
        let unexpected: Vec<_> =
            outcome.statuses.keys().filter(|status| ![201, 507, 503].contains(*status)).collect();
        assert!(unexpected.is_empty(), "a full disk answers 507, not {unexpected:?}: {}", serving.said());
        let home = appeal::once(serving.address, gongzhi_tests::http::get("/"));
        assert_eq!(home.status, 200, "reading goes on with a full disk");
        std::fs::remove_file(&ballast).expect("room again");
        let outcome = city
            .load(&serving, &format!("room{round}"), Duration::from_millis(200))
            .join()
            .expect("the load ends");
        assert!(
            city.remember(&outcome) > 0,
            "there is room again, but: {:?}, {}",
            outcome.statuses,
            serving.said()
        );
        serving.kill();
        lost += city.lost(&plan.program);
    }
    Verdict::Ran { rounds, acknowledged: city.acknowledged.len() as u64, lost }
}

/// Fills a file until `free` bytes are left.
fn leave_free(ballast: &Path, at: &Path, free: u64) {
    let output =
        std::process::Command::new("df").args(["--output=avail", "-B1"]).arg(at).output().expect("df");
    let available: u64 = String::from_utf8_lossy(&output.stdout)
        .lines()
        .last()
        .and_then(|line| line.trim().parse().ok())
        .expect("bytes available");
    let file = std::fs::File::create(ballast).expect("ballast");
    let size = available.saturating_sub(free);
    try_tool("fallocate", &["-l", &size.to_string(), &ballast.display().to_string()])
        .expect("room for the ballast");
    drop(file);
}

/// From some moment on no fsync succeeds. The program must end at once: after a failed fsync nobody knows what is on
/// the disk. Nothing may have been acknowledged that is not there.
pub(crate) fn failing_fsync(plan: &Plan) -> Verdict {
    with_fiu(plan, "fsync", plan.rounds(1, 8), |serving, control, _round| {
        for point in ["posix/io/sync/fsync", "posix/io/sync/fdatasync"] {
            control(&format!("enable name={point}"));
        }
        let ended = serving.ended_within(Duration::from_secs(10));
        assert!(
            ended.is_some_and(|status| !status.success()),
            "a failed fsync must end the program; {}",
            serving.said()
        );
    })
}

/// Some writes fail for a while. What was asked then may be refused, but what was acknowledged is there.
pub(crate) fn failing_writes(plan: &Plan) -> Verdict {
    with_fiu(plan, "writes", plan.rounds(1, 8), |serving, control, round| {
        control("enable_random name=posix/io/rw/pwrite,probability=0.02");
        std::thread::sleep(pause(round, Duration::from_millis(300), Duration::from_millis(900)));
        control("disable name=posix/io/rw/pwrite");
        let _ = serving.ended_within(Duration::from_millis(300));
    })
}

fn with_fiu(
    plan: &Plan,
    name: &str,
    rounds: u32,
    hurt: impl Fn(&mut Serving, &dyn Fn(&str), u32),
) -> Verdict {
    if !have("fiu-run") {
        return Verdict::Skipped("needs fiu-run (Debian: fiu-utils)".to_owned());
    }
    let mut city = City::new(&plan.program);
    let pipes = tempfile::tempdir().expect("a folder");
    let base = pipes.path().join("ctrl").display().to_string();
    let fragile: Program = plan.program.clone().wrapped(&["fiu-run", "-x", "-f", &base]);
    let mut lost = 0;
    for round in 0..rounds {
        let mut serving = city.serve(&fragile);
        let load = city.load(&serving, &format!("{name}{round}"), Duration::from_secs(2));
        std::thread::sleep(pause(round, Duration::from_millis(300), Duration::from_millis(1000)));
        let pid = serving.pid().to_string();
        let control = |command: &str| {
            try_tool("fiu-ctrl", &["-f", &base, "-c", command, &pid]).expect("fiu-ctrl reaches the program");
        };
        hurt(&mut serving, &control, round);
        let outcome = load.join().expect("the load ends");
        drop(serving);
        city.remember(&outcome);
        let since = Instant::now();
        lost += city.lost(&plan.program);
        assert!(since.elapsed() < Duration::from_secs(120), "the next start takes too long");
    }
    Verdict::Ran { rounds, acknowledged: city.acknowledged.len() as u64, lost }
}
