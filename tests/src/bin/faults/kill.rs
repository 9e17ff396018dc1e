//! The process is killed: under load, and while it prepares its database.

use std::time::Duration;

use crate::round::{City, pause};
use crate::{Plan, Verdict};

/// `kill -9` at some moment of a load, again and again on the same city.
pub(crate) fn under_load(plan: &Plan) -> Verdict {
    let mut city = City::new(&plan.program);
    let rounds = plan.rounds(3, 25);
    let mut lost = 0;
    for round in 0..rounds {
        let serving = city.serve(&plan.program);
        let load = city.load(&serving, &format!("kill{round}"), Duration::from_millis(1600));
        std::thread::sleep(pause(round, Duration::from_millis(300), Duration::from_millis(1500)));
        serving.kill();
        let outcome = load.join().expect("the load ends");
        city.remember(&outcome);
        plan.program.check(&city.data);
        if !plan.quick {
            lost += city.lost(&plan.program);
        }
    }
    lost += city.lost(&plan.program);
    Verdict::Ran { rounds, acknowledged: city.acknowledged.len() as u64, lost }
}

/// Killed while it makes its tables and fills the sample city; the next start goes on as if nothing had been.
pub(crate) fn migration(plan: &Plan) -> Verdict {
    let rounds = plan.rounds(6, 60);
    let mut acknowledged = 0;
    let mut lost = 0;
    let mut cities = 0;
    let mut round = 0;
    while round < rounds {
        let folder = tempfile::tempdir().expect("a folder");
        let data = folder.path().join("city");
        let log = folder.path().join("log");
        // The same folder is interrupted several times, each time later.
        for step in 0..3 {
            let mut child = plan
                .program
                .command()
                .args(["serve", "--data", &data.display().to_string()])
                .args(["--listen", &gongzhi_tests::program::free_address().to_string()])
                .stdout(std::process::Stdio::null())
                .stderr(std::process::Stdio::null())
                .spawn()
                .expect("the program starts");
            let until = Duration::from_millis(4 + 30 * step);
            std::thread::sleep(pause(round, until, until + Duration::from_millis(40)));
            child.kill().expect("killed");
            child.wait().expect("gone");
            round += 1;
        }
        let serving = plan.program.serve(&["serve", "--data", &data.display().to_string()], &log);
        serving.stop();
        plan.program.check(&data);
        // A city that was interrupted works like any other.
        if cities == 0 {
            let mut city = City::new(&plan.program);
            let serving = city.serve(&plan.program);
            let outcome =
                city.load(&serving, "after", Duration::from_millis(300)).join().expect("the load ends");
            serving.stop();
            acknowledged += city.remember(&outcome);
            lost += city.lost(&plan.program);
        }
        cities += 1;
    }
    Verdict::Ran { rounds, acknowledged, lost }
}
