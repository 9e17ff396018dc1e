//! One suite of behaviours, run on both engines.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use gongzhi_store::testing;

#[tokio::test]
async fn opens() {
    let store = testing::postgres(&[]).await.unwrap();
    let n: i64 = store.read(|tx| tx.journal_length()).await.unwrap();
    assert_eq!(n, 0);
}
