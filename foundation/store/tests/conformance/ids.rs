//! Node numbers and the floor of the ids.

use std::time::Duration;

use gongzhi_kernel::{Fault, Id, kinds};
use gongzhi_store::{Engine, Store, params};

use crate::{OPEN_ACCOUNT, store};

on_both_engines! {
    two_processes_have_different_numbers,
    ids_go_on_above_the_floor_when_the_clock_goes_back,
    a_burst_far_ahead_of_the_clock_is_covered_too,
}

async fn make(store: &Store) -> i64 {
    store
        .write(|tx| {
            let id: Id<kinds::Appeal> = tx.world().ids.next(tx.world().clock.now());
            tx.execute(&OPEN_ACCOUNT, params![id, 0_i64])?;
            Ok::<_, Fault>(id.get())
        })
        .await
        .unwrap()
}

async fn two_processes_have_different_numbers(engine: Engine) {
    let first = store(engine).await;
    let (second, _clock) = first.another().await.unwrap();
    assert_ne!(first.node(), second.node());
    // At the same moment by both clocks.
    let mut made = Vec::new();
    for _ in 0..50 {
        let (a, b) = tokio::join!(make(&first), make(&second));
        made.extend([a, b]);
    }
    let distinct: std::collections::BTreeSet<i64> = made.iter().copied().collect();
    assert_eq!(distinct.len(), 100);
}

async fn ids_go_on_above_the_floor_when_the_clock_goes_back(engine: Engine) {
    let first = store(engine).await;
    let before = make(&first).await;
    first.clock.set(gongzhi_store::testing::start() - Duration::from_secs(3600));
    let second = first.reopen().await.unwrap();
    let after = make(&second).await;
    assert!(after > before, "{after} is not above {before}");
    second.leave().await.unwrap();
    second.clock.set(gongzhi_store::testing::start() - Duration::from_secs(7200));
    let third = second.reopen().await.unwrap();
    assert!(make(&third).await > after);
}

async fn a_burst_far_ahead_of_the_clock_is_covered_too(engine: Engine) {
    let first = store(engine).await;
    // Twenty minutes of ids at one moment: far beyond what any floor is raised ahead.
    let highest = first
        .write(|tx| {
            let now = tx.world().clock.now();
            let mut last = 0;
            for _ in 0..(20 * 60 * 1000 * 128 / 1000) {
                last = tx.world().ids.next::<kinds::Appeal>(now).get();
            }
            let far = now + Duration::from_secs(1200);
            let id: Id<kinds::Appeal> = tx.world().ids.next(far);
            tx.execute(&OPEN_ACCOUNT, params![id, 0_i64])?;
            Ok::<_, Fault>(id.get().max(last))
        })
        .await
        .unwrap();
    let second = first.reopen().await.unwrap();
    assert!(make(&second).await > highest);
}
