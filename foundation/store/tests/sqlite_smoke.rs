//! A first look at the embedded engine.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use gongzhi_kernel::{Actor, Fault, NewEvent, Subject};
use gongzhi_store::testing;

fn event(subject: i64, revision: i64) -> NewEvent {
    NewEvent {
        kind: "test.done",
        subject: Subject { kind: "test".into(), id: subject },
        revision,
        at: testing::start(),
        actor: Actor::System,
        public: serde_json::json!({"n": revision}),
        sealed: Some(serde_json::json!({"name": "x"})),
    }
}

#[tokio::test]
async fn a_job_that_refuses_or_panics_undoes_itself_alone() {
    let store = testing::sqlite(&[]).await.unwrap();
    let kept = store.write(|tx| tx.record(event(1, 1)));
    let refused = store.write(|tx| {
        tx.record(event(2, 1))?;
        tx.index_text(2, &["gone".into()])?;
        Err::<(), _>(Fault::internal("no"))
    });
    let panicked = store.write(|tx| {
        tx.record(event(3, 1))?;
        assert!(tx.journal_length()? < 0, "on purpose");
        Ok::<_, Fault>(())
    });
    let indexed = store.write(|tx| tx.index_text(4, &["stays".into(), "路灯".into()]));
    let (kept, refused, panicked, indexed) = tokio::join!(kept, refused, panicked, indexed);
    assert!(kept.is_ok() && indexed.is_ok());
    assert_eq!(refused.unwrap_err().to_string(), "no");
    assert_eq!(panicked.unwrap_err().to_string(), "a unit of work panicked");
    let (length, gone, stays) = store
        .read(|tx| {
            Ok::<_, Fault>((
                tx.journal_length()?,
                tx.find_text(&["gone".into()], i64::MAX, 10)?,
                tx.find_text(&["路灯".into(), "stays".into()], i64::MAX, 10)?,
            ))
        })
        .await
        .unwrap();
    assert_eq!((length, gone, stays), (1, vec![], vec![4]));
}

/// The bytes of the write-ahead log of a store in a folder.
fn log_bytes(store: &testing::TestStore) -> u64 {
    let gongzhi_store::Location::Folder(options) = store.location() else { panic!("a folder") };
    std::fs::metadata(options.folder.join("gongzhi.sqlite-wal")).unwrap().len()
}

#[tokio::test]
async fn who_leaves_brings_the_log_in_and_holds_up_nobody_who_stays() {
    let store = testing::sqlite(&[]).await.unwrap();
    store.write(|tx| tx.record(event(1, 1))).await.unwrap();
    assert!(log_bytes(&store) > 0);
    let (other, _clock) = store.another().await.unwrap();
    other.leave().await.unwrap();
    assert_eq!(log_bytes(&store), 0);
    drop(other);
    // What was brought in is there, and who stays goes on.
    store.write(|tx| tx.record(event(1, 2))).await.unwrap();
    assert_eq!(store.read(|tx| tx.journal_length()).await.unwrap(), 2);

    // While somebody reads from the log it stays as it is, and leaving is no fault.
    let (begun, has_begun) = tokio::sync::oneshot::channel();
    let (end, ended) = std::sync::mpsc::channel::<()>();
    let reading = async {
        let length = store.read(move |tx| {
            let length = tx.journal_length()?;
            begun.send(()).unwrap();
            ended.recv().unwrap();
            Ok::<_, Fault>((length, tx.journal_length()?))
        });
        length.await.unwrap()
    };
    let leaving = async {
        has_begun.await.unwrap();
        store.write(|tx| tx.record(event(1, 3))).await.unwrap();
        store.leave().await.unwrap();
        end.send(()).unwrap();
    };
    let (read, ()) = tokio::join!(reading, leaving);
    assert_eq!(read, (2, 2));
    assert!(log_bytes(&store) > 0);
    store.leave().await.unwrap();
    assert_eq!(log_bytes(&store), 0);
}
