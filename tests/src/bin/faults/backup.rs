//! A backup is taken under load and restored elsewhere.

use std::time::Duration;

use crate::round::City;
use crate::{Plan, Verdict};

/// What had been acknowledged before the backup began is in it; the restored city is sound; `restore` overwrites nothing.
pub(crate) fn under_load(plan: &Plan) -> Verdict {
    let mut city = City::new(&plan.program);
    let rounds = plan.rounds(1, 6);
    let mut lost = 0;
    let mut checked = 0;
    for round in 0..rounds {
        let serving = city.serve(&plan.program);
        let before = city
            .load(&serving, &format!("before{round}"), Duration::from_millis(500))
            .join()
            .expect("the load ends");
        city.remember(&before);
        let load = city.load(&serving, &format!("during{round}"), Duration::from_millis(1500));
        std::thread::sleep(Duration::from_millis(200));

        let folder = tempfile::tempdir().expect("a folder");
        let archive = folder.path().join("backup.tar").display().to_string();
        let restored = folder.path().join("restored");
        let data = city.data_argument();
        let backup = plan.program.run(&["backup", "--data", &data, &archive]);
        assert!(backup.status.success(), "backup: {}", String::from_utf8_lossy(&backup.stderr));
        let during = load.join().expect("the load ends");
        assert!(during.count(201) > 0, "nothing was taken while the backup ran: {:?}", during.statuses);
        serving.stop();

        let place = restored.display().to_string();
        let restore = plan.program.run(&["restore", &archive, "--data", &place]);
        assert!(restore.status.success(), "restore: {}", String::from_utf8_lossy(&restore.stderr));
        // No backup holds the key of its personal data.
        std::fs::copy(city.data.join("master.key"), restored.join("master.key")).expect("the key");
        let again = plan.program.run(&["restore", &archive, "--data", &place]);
        assert!(!again.status.success(), "restore must not overwrite a city");
        let mut copy = city.elsewhere(folder);
        copy.data = restored;
        copy.acknowledged.clone_from(&city.acknowledged);
        checked += copy.acknowledged.len() as u64;
        lost += copy.lost(&plan.program);
        city.remember(&during);
    }
    lost += city.lost(&plan.program);
    checked += city.acknowledged.len() as u64;
    Verdict::Ran { rounds, acknowledged: checked, lost }
}
