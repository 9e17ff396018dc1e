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
