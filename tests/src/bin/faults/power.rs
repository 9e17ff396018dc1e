//! The power is cut: the file system under a city loses everything that had not been made durable.
//!
//! ext4 on a loop file is shut down without flushing its journal, as if the machine had lost its power, and mounted again.

use std::path::{Path, PathBuf};
use std::time::Duration;

use gongzhi_tests::program::Program;

use crate::round::{City, Mount, have, is_root, pause, tool, try_tool};
use crate::{Plan, Verdict};

/// With the program as it is: nothing may be lost.
pub(crate) fn cut(plan: &Plan) -> Verdict {
    rounds(plan, &plan.program, 20)
}

/// Without fsync at commit: something must be lost, or the power cut does not cut.
pub(crate) fn control(plan: &Plan) -> Verdict {
    rounds(plan, &plan.program.clone().with("GONGZHI_UNSAFE_SYNCHRONOUS", "normal"), 5)
}

fn prepare(folder: &Path) -> Result<PathBuf, String> {
    if !is_root() {
        return Err("mounting a loop file needs root".to_owned());
    }
    for name in ["mkfs.ext4", "xfs_io", "losetup"] {
        if !have(name) {
            return Err(format!("needs {name} (Debian: e2fsprogs, xfsprogs, mount)"));
        }
    }
    let image = folder.join("disk");
    let text = image.display().to_string();
    try_tool("truncate", &["-s", "1G", &text])?;
    try_tool("mkfs.ext4", &["-q", "-F", &text])?;
    Ok(image)
}

fn rounds(plan: &Plan, program: &Program, thorough: u32) -> Verdict {
    let folder = tempfile::tempdir().expect("a folder");
    let image = match prepare(folder.path()) {
        Ok(image) => image.display().to_string(),
        Err(why) => return Verdict::Skipped(why),
    };
    let at = folder.path().join("mounted");
    std::fs::create_dir(&at).expect("a folder");
    let mut mounted = match Mount::new(&["-o", "loop", &image], &at) {
        Ok(mount) => mount,
        Err(said) => return Verdict::Skipped(format!("a loop file cannot be mounted: {said}")),
    };
    let mut city = City::inside(&plan.program, &at, folder.path());
    tool("sync", &[]);
    let rounds = plan.rounds(1, thorough);
    let mut lost = 0;
    let mut acknowledged = 0;
    for round in 0..rounds {
        let serving = city.serve(program);
        let load = city.load(&serving, &format!("power{round}"), Duration::from_millis(2500));
        std::thread::sleep(pause(round, Duration::from_millis(500), Duration::from_millis(2400)));
        tool("xfs_io", &["-x", "-c", "shutdown", &at.display().to_string()]);
        let outcome = load.join().expect("the load ends");
        serving.kill();
        acknowledged += city.remember(&outcome);
        drop(mounted);
        mounted = Mount::new(&["-o", "loop", &image], &at).expect("mounted again after the cut");
        // Asked by the program as it is, in the control run too: only the writing differs.
        lost += city.lost(&plan.program);
        // Each loss is counted once.
        city.acknowledged.clear();
    }
    drop(mounted);
    Verdict::Ran { rounds, acknowledged, lost }
}
