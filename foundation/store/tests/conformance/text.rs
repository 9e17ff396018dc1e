//! The text index finds the same on both engines.

use gongzhi_store::{Engine, Store};

use crate::store;

on_both_engines! {
    both_engines_find_the_same,
    what_is_replaced_or_taken_out_is_not_found,
    pages_go_on_where_they_ended,
    odd_tokens_do_no_harm,
}

fn tokens(text: &str) -> Vec<String> {
    text.split_whitespace().map(str::to_owned).collect()
}

async fn find(store: &Store, query: &str) -> Vec<i64> {
    let wanted = tokens(query);
    store.read(move |tx| tx.find_text(&wanted, i64::MAX, 100)).await.unwrap()
}

async fn both_engines_find_the_same(engine: Engine) {
    let store = store(engine).await;
    store
        .write(|tx| {
            tx.index_text(1, &tokens("小区 门口 路灯 坏 三天"))?;
            tx.index_text(2, &tokens("3号楼 电梯 坏 b2 1e5 007 12345"))?;
            tx.index_text(3, &tokens("street light broken near café the not and"))?;
            tx.index_text(4, &tokens("路灯 路灯 路灯 电梯"))?;
            tx.index_text(5, &[])?;
            tx.index_text(6, &tokens("mp3 v2ray 2号线 5g 𠮷 ß i̇"))
        })
        .await
        .unwrap();
    for (query, expected) in [
        ("路灯", vec![4, 1]),
        ("路灯 坏", vec![1]),
        ("坏 路灯", vec![1]),
        ("坏", vec![2, 1]),
        ("电梯", vec![4, 2]),
        ("路", vec![]),
        ("3号楼", vec![2]),
        ("3", vec![]),
        ("号楼", vec![]),
        ("1e5", vec![2]),
        ("007", vec![2]),
        ("7", vec![]),
        ("b2 12345", vec![2]),
        ("the", vec![3]),
        ("not and", vec![3]),
        ("café", vec![3]),
        ("cafe", vec![]),
        ("broken 路灯", vec![]),
        ("mp3", vec![6]),
        ("2号线 5g", vec![6]),
        ("𠮷", vec![6]),
        ("ß", vec![6]),
        // What is no letter or digit asks nothing, and never breaks the question.
        ("路灯 & ! ' \" ( ) * :", vec![4, 1]),
        ("' OR 1=1 --", vec![]),
        ("", vec![]),
        ("&", vec![]),
    ] {
        assert_eq!(find(&store, query).await, expected, "{query}");
    }
}

async fn what_is_replaced_or_taken_out_is_not_found(engine: Engine) {
    let store = store(engine).await;
    store
        .write(|tx| {
            tx.index_text(1, &tokens("alt"))?;
            tx.index_text(2, &tokens("alt"))?;
            tx.index_text(3, &tokens("alt"))
        })
        .await
        .unwrap();
    store
        .write(|tx| {
            tx.index_text(1, &tokens("neu"))?;
            tx.unindex_text(2)?;
            tx.unindex_text(99)?;
            // The last word in a unit of work counts.
            tx.index_text(3, &tokens("erst"))?;
            tx.index_text(3, &tokens("dann"))
        })
        .await
        .unwrap();
    assert_eq!(find(&store, "alt").await, Vec::<i64>::new());
    assert_eq!(find(&store, "erst").await, Vec::<i64>::new());
    assert_eq!((find(&store, "neu").await, find(&store, "dann").await), (vec![1], vec![3]));
}

async fn pages_go_on_where_they_ended(engine: Engine) {
    let store = store(engine).await;
    store
        .write(|tx| (1..=25).try_for_each(|subject| tx.index_text(subject, &tokens("水 电"))))
        .await
        .unwrap();
    let mut before = i64::MAX;
    let mut all = Vec::new();
    loop {
        let page = store.read(move |tx| tx.find_text(&tokens("水"), before, 10)).await.unwrap();
        let Some(last) = page.last() else { break };
        before = *last;
        all.extend(page);
    }
    assert_eq!(all, (1..=25).rev().collect::<Vec<_>>());
}

async fn odd_tokens_do_no_harm(engine: Engine) {
    let store = store(engine).await;
    let long = "字".repeat(5000);
    let odd = vec![String::new(), " ".to_owned(), "a b".to_owned(), long.clone(), "'; DROP".to_owned()];
    store.write(move |tx| tx.index_text(1, &odd)).await.unwrap();
    assert_eq!(find(&store, "a").await, [1]);
    assert_eq!(find(&store, "b").await, [1]);
    assert_eq!(find(&store, &long).await, [1]);
    assert_eq!(find(&store, &"字".repeat(63)).await, Vec::<i64>::new());
}
