//! Units of work: whole or not at all, beside one another, and through a restart.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::mpsc::sync_channel;
use std::sync::{Arc, Mutex};

use gongzhi_kernel::{Failure, Fault, Refusal};
use gongzhi_store::{Engine, params};

use crate::{ACCOUNTS, AMOUNT, OPEN_ACCOUNT, SET_AMOUNT, TOTAL, accounts, amount, event, store};

on_both_engines! {
    what_is_answered_is_there_after_a_restart,
    a_refusal_undoes_itself_alone,
    a_panic_undoes_itself_alone,
    a_fault_passed_over_still_undoes_the_whole,
    concurrent_increments_lose_nothing,
    two_that_read_what_the_other_writes_do_not_both_get_through,
    a_reader_sees_one_moment,
    a_reader_cannot_write,
    all_values_come_back_as_they_went,
    values_that_do_not_fit_are_faults,
    many_callers_are_all_served,
    rows_may_be_left_unread,
}

async fn what_is_answered_is_there_after_a_restart(engine: Engine) {
    let store = store(engine).await;
    store.write(|tx| tx.execute(&OPEN_ACCOUNT, params![1_i64, 5_i64])).await.unwrap();
    let store = store.reopen().await.unwrap();
    assert_eq!(amount(&store, 1).await, Some(5));
}

async fn a_refusal_undoes_itself_alone(engine: Engine) {
    let store = store(engine).await;
    let mut tasks = Vec::new();
    for id in 1..=20_i64 {
        let store = (*store).clone();
        tasks.push(tokio::spawn(async move {
            store
                .write(move |tx| {
                    tx.execute(&OPEN_ACCOUNT, params![id, id])?;
                    tx.record(event(id, 1))?;
                    tx.schedule("suite.timer", id, gongzhi_store::testing::start())?;
                    tx.index_text(id, &["token".into()])?;
                    if id % 2 == 0 { Err(Failure::from(Refusal::conflict("suite-even"))) } else { Ok(id) }
                })
                .await
        }));
    }
    let mut done = 0;
    for task in tasks {
        match task.await.unwrap() {
            Ok(_) => done += 1,
            Err(Failure::Refused(refusal)) => assert_eq!(refusal.key, "suite-even"),
            Err(Failure::Fault(fault)) => panic!("{fault:?}"),
        }
    }
    assert_eq!(done, 10);
    let (events, timers, texts) = store
        .read(|tx| {
            let due = tx.due_timers(gongzhi_store::testing::start())?.len();
            Ok::<_, Fault>((tx.journal_length()?, due, tx.find_text(&["token".into()], i64::MAX, 50)?))
        })
        .await
        .unwrap();
    assert_eq!((accounts(&store).await, events, timers), (10, 10, 10));
    assert_eq!(texts, [19, 17, 15, 13, 11, 9, 7, 5, 3, 1]);
}

async fn a_panic_undoes_itself_alone(engine: Engine) {
    let store = store(engine).await;
    let kept = store.write(|tx| tx.execute(&OPEN_ACCOUNT, params![1_i64, 1_i64]));
    let panicked = store.write(|tx| {
        tx.execute(&OPEN_ACCOUNT, params![2_i64, 2_i64])?;
        let row = tx.one(&ACCOUNTS, &[], |row| row.int(0))?;
        assert!(row.is_none(), "on purpose");
        Ok::<_, Fault>(())
    });
    let (kept, panicked) = tokio::join!(kept, panicked);
    kept.unwrap();
    assert_eq!(panicked.unwrap_err().to_string(), "a unit of work panicked");
    // A reader that panics hands its connection back too; there are fewer connections than panics here.
    for _ in 0..12 {
        let read = store.read(|tx| {
            tx.one(&ACCOUNTS, &[], |row| row.int(0))?;
            panic!("on purpose");
            #[expect(unreachable_code, reason = "gives the closure its type")]
            Ok::<(), Fault>(())
        });
        assert!(read.await.is_err());
    }
    assert_eq!(accounts(&store).await, 1);
    store.write(|tx| tx.execute(&OPEN_ACCOUNT, params![2_i64, 2_i64])).await.unwrap();
    assert_eq!(accounts(&store).await, 2);
}

async fn a_fault_passed_over_still_undoes_the_whole(engine: Engine) {
    let store = store(engine).await;
    store.write(|tx| tx.execute(&OPEN_ACCOUNT, params![1_i64, 1_i64])).await.unwrap();
    let passed_over = store.write(|tx| {
        tx.execute(&OPEN_ACCOUNT, params![2_i64, 2_i64])?;
        let doubled = tx.execute(&OPEN_ACCOUNT, params![1_i64, 9_i64]);
        assert!(doubled.is_err());
        Ok::<_, Fault>(())
    });
    assert!(passed_over.await.is_err());
    assert_eq!(accounts(&store).await, 1);
    assert_eq!(amount(&store, 1).await, Some(1));
}

async fn concurrent_increments_lose_nothing(engine: Engine) {
    let store = store(engine).await;
    store.write(|tx| tx.execute(&OPEN_ACCOUNT, params![1_i64, 0_i64])).await.unwrap();
    let mut tasks = Vec::new();
    for _ in 0..24 {
        let store = (*store).clone();
        tasks.push(tokio::spawn(async move {
            for _ in 0..10 {
                store
                    .write(|tx| {
                        let now = tx.one(&AMOUNT, params![1_i64], |row| row.int(0))?.unwrap();
                        tx.execute(&SET_AMOUNT, params![1_i64, now + 1])
                    })
                    .await
                    .unwrap();
            }
        }));
    }
    for task in tasks {
        task.await.unwrap();
    }
    assert_eq!(amount(&store, 1).await, Some(240));
}

/// Each takes its own account to zero as long as the other still holds something.
async fn two_that_read_what_the_other_writes_do_not_both_get_through(engine: Engine) {
    let store = store(engine).await;
    for round in 0..20_i64 {
        let (left, right) = (round * 2 + 1, round * 2 + 2);
        store
            .write(move |tx| {
                tx.execute(&OPEN_ACCOUNT, params![left, 1_i64])?;
                tx.execute(&OPEN_ACCOUNT, params![right, 1_i64])
            })
            .await
            .unwrap();
        let empty = |mine: i64, other: i64| {
            store.write(move |tx| {
                let rest = tx.one(&AMOUNT, params![other], |row| row.int(0))?.unwrap();
                if rest > 0 {
                    std::thread::sleep(std::time::Duration::from_millis(1));
                    tx.execute(&SET_AMOUNT, params![mine, 0_i64])?;
                }
                Ok::<_, Fault>(())
            })
        };
        let (a, b) = tokio::join!(empty(left, right), empty(right, left));
        a.unwrap();
        b.unwrap();
        assert_eq!(amount(&store, left).await.unwrap() + amount(&store, right).await.unwrap(), 1);
    }
}

async fn a_reader_sees_one_moment(engine: Engine) {
    let store = store(engine).await;
    store.write(|tx| tx.execute(&OPEN_ACCOUNT, params![1_i64, 1_i64])).await.unwrap();
    let (begun, wait_for_begin) = sync_channel(1);
    let (written, wait_for_write) = sync_channel::<()>(1);
    let reader = (*store).clone();
    let reading = tokio::spawn(async move {
        reader
            .read(move |tx| {
                let before = tx.one(&AMOUNT, params![1_i64], |row| row.int(0))?;
                begun.send(()).unwrap();
                wait_for_write.recv().unwrap();
                let after = tx.one(&AMOUNT, params![1_i64], |row| row.int(0))?;
                let count = tx.one(&ACCOUNTS, &[], |row| row.int(0))?;
                Ok::<_, Fault>((before, after, count))
            })
            .await
    });
    tokio::task::spawn_blocking(move || wait_for_begin.recv().unwrap()).await.unwrap();
    store
        .write(|tx| {
            tx.execute(&SET_AMOUNT, params![1_i64, 2_i64])?;
            tx.execute(&OPEN_ACCOUNT, params![2_i64, 2_i64])
        })
        .await
        .unwrap();
    written.send(()).unwrap();
    assert_eq!(reading.await.unwrap().unwrap(), (Some(1), Some(1), Some(1)));
    assert_eq!(amount(&store, 1).await, Some(2));
}

async fn a_reader_cannot_write(engine: Engine) {
    let store = store(engine).await;
    let written = store.read(|tx| tx.execute(&OPEN_ACCOUNT, params![1_i64, 1_i64])).await;
    assert!(written.is_err());
    let recorded = store.read(|tx| tx.record(event(1, 1))).await;
    assert!(recorded.is_err());
    assert_eq!(accounts(&store).await, 0);
}

gongzhi_store::statements! {
    /// A row of every type.
    KEEP = "INSERT INTO anything (id, whole, figure, words, raw) VALUES ($1, $2, $3, $4, $5)";
    /// The same row.
    KEPT = "SELECT whole, figure, words, raw FROM anything WHERE id = $1";
    /// Parameters in another order, and one of them twice.
    SWAPPED = "UPDATE anything SET words = $2, whole = $3 WHERE id = $1 AND (whole = $3 OR whole <> $3)";
    /// All ids.
    IDS = "SELECT id FROM account ORDER BY id";
    /// A statement with a parameter that may be nothing.
    AT_MOST = "SELECT count(*) FROM anything WHERE CAST($1 AS BIGINT) IS NULL OR whole <= $1";
}

async fn all_values_come_back_as_they_went(engine: Engine) {
    let store = store(engine).await;
    let wholes = [i64::MIN, -1, 0, 1, i64::MAX];
    let figures = [f64::MIN, -0.5, 0.1, 31.230_416, f64::MAX];
    let words = ["", "诉求 🏮", "O'Reilly \\ \"x\" %_", "line\nline\ttab", "ｆｕｌｌ"];
    let raws: [&[u8]; 5] = [b"", b"\0\x01\xff", &[0xE4, 0xBD], b"'", &[7; 5000]];
    store
        .write(move |tx| {
            for nth in 0..5 {
                let id = i64::try_from(nth).unwrap();
                tx.execute(&KEEP, params![id, wholes[nth], figures[nth], words[nth], raws[nth]])?;
            }
            let nothing: Option<i64> = None;
            tx.execute(&KEEP, params![5_i64, nothing, None::<f64>, None::<&str>, None::<&[u8]>])
        })
        .await
        .unwrap();
    store
        .read(move |tx| {
            for nth in 0..5 {
                let id = i64::try_from(nth).unwrap();
                let found = tx.one(&KEPT, params![id], |row| {
                    Ok((row.int(0)?, row.real(1)?, row.string(2)?, row.bytes(3)?.to_vec()))
                })?;
                assert_eq!(
                    found,
                    Some((wholes[nth], figures[nth], words[nth].to_owned(), raws[nth].to_vec()))
                );
            }
            let nothing = tx.one(&KEPT, params![5_i64], |row| {
                Ok((
                    row.opt_int(0)?,
                    row.opt_real(1)?,
                    row.opt_string(2)?,
                    row.opt_bytes(3)?.map(<[u8]>::to_vec),
                ))
            })?;
            assert_eq!(nothing, Some((None, None, None, None)));
            assert_eq!(tx.one(&AT_MOST, params![None::<i64>], |row| row.int(0))?, Some(6));
            assert_eq!(tx.one(&AT_MOST, params![0_i64], |row| row.int(0))?, Some(3));
            Ok::<_, Fault>(())
        })
        .await
        .unwrap();
    let changed = store.write(|tx| tx.execute(&SWAPPED, params![1_i64, "neu", 77_i64])).await.unwrap();
    assert_eq!(changed, 1);
    let found = store
        .read(|tx| tx.one(&KEPT, params![1_i64], |row| Ok((row.int(0)?, row.string(2)?))))
        .await
        .unwrap();
    assert_eq!(found, Some((77, "neu".to_owned())));
    // Sums and averages.
    let empty = |store: gongzhi_store::Store| async move {
        store
            .read(|tx| {
                tx.one(&TOTAL, &[], |row| Ok((row.int(0)?, row.opt_real(1)?, row.opt_int(2)?, row.flag(3)?)))
            })
            .await
            .unwrap()
    };
    assert_eq!(empty((*store).clone()).await, Some((0, None, None, false)));
    store
        .write(|tx| {
            tx.execute(&OPEN_ACCOUNT, params![1_i64, 4_i64])?;
            tx.execute(&OPEN_ACCOUNT, params![2_i64, 5_i64])
        })
        .await
        .unwrap();
    assert_eq!(empty((*store).clone()).await, Some((9, Some(4.5), Some(5), true)));
}

async fn values_that_do_not_fit_are_faults(engine: Engine) {
    let store = store(engine).await;
    let few = store.write(|tx| tx.execute(&OPEN_ACCOUNT, params![1_i64])).await;
    assert!(few.is_err(), "a parameter is missing");
    let many = store.write(|tx| tx.execute(&OPEN_ACCOUNT, params![1_i64, 2_i64, 3_i64])).await;
    assert!(many.is_err(), "there is one parameter too many");
    // PostgreSQL cannot keep U+0000 in a text; a city must be able to move there.
    let zero = store.write(|tx| tx.execute(&KEEP, params![1_i64, 1_i64, 1.0, "a\0b", None::<&[u8]>])).await;
    assert!(zero.is_err(), "U+0000 in a text");
    let wrong = store.read(|tx| tx.one(&ACCOUNTS, &[], |row| row.string(0))).await;
    assert!(wrong.is_err(), "a count is no text");
    let beyond = store.read(|tx| tx.one(&ACCOUNTS, &[], |row| row.int(1))).await;
    assert!(beyond.is_err(), "there is no second column");
    assert_eq!(accounts(&store).await, 0);
}

async fn many_callers_are_all_served(engine: Engine) {
    let store = store(engine).await;
    let runs = Arc::new(AtomicU32::new(0));
    let tasks: Vec<_> = (0..200_i64)
        .map(|id| {
            let (store, runs) = ((*store).clone(), Arc::clone(&runs));
            tokio::spawn(async move {
                store
                    .write(move |tx| {
                        runs.fetch_add(1, Ordering::Relaxed);
                        tx.execute(&OPEN_ACCOUNT, params![id, id])
                    })
                    .await
            })
        })
        .collect();
    for task in tasks {
        assert_eq!(task.await.unwrap().unwrap(), 1);
    }
    assert_eq!(accounts(&store).await, 200);
    assert!(runs.load(Ordering::Relaxed) >= 200);
}

async fn rows_may_be_left_unread(engine: Engine) {
    let store = store(engine).await;
    store
        .write(|tx| {
            for id in 0..500_i64 {
                tx.execute(&OPEN_ACCOUNT, params![id, id])?;
            }
            Ok::<_, Fault>(())
        })
        .await
        .unwrap();
    let seen = Arc::new(Mutex::new(Vec::new()));
    let noted = Arc::clone(&seen);
    let total = store
        .write(move |tx| {
            noted.lock().unwrap().clear();
            tx.query(&IDS, &[], &mut |row| {
                noted.lock().unwrap().push(row.int(0)?);
                Ok(noted.lock().unwrap().len() < 3)
            })?;
            let first = tx.one(&IDS, &[], |row| row.int(0))?;
            assert_eq!(first, Some(0));
            // An error in the reading of a row ends it and is handed on.
            let stopped = tx.all(&IDS, &[], |_| Err::<(), _>(Fault::internal("enough")));
            assert_eq!(stopped.unwrap_err().to_string(), "enough");
            tx.one(&ACCOUNTS, &[], |row| row.int(0))
        })
        .await
        .unwrap();
    assert_eq!((total, seen.lock().unwrap().clone()), (Some(500), vec![0, 1, 2]));
}
