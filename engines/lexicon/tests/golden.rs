//! What is found by what, in both languages.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use gongzhi_lexicon::{MAX_QUERY_TOKENS, MAX_TOKEN_CHARS, tokens_for_index, tokens_for_query};

fn finds(query: &str, text: &str) -> bool {
    let index = tokens_for_index(text);
    let asked = tokens_for_query(query);
    !asked.is_empty() && asked.iter().all(|token| index.contains(token))
}

#[test]
fn queries_ask_for_few_and_telling_tokens() {
    for (query, tokens) in [
        ("路灯", "路灯"),
        ("垃圾分类", "垃圾分类"),
        ("请问路灯怎么报修", "路灯 报修"),
        ("怎么", "怎么"),
        ("水", "水"),
        ("的", ""),
        ("，。！", ""),
        ("the", ""),
        ("the street light", "street light"),
        ("Street-Light", "street light"),
        ("GZ-2026", "gz2026"),
        ("gz2026", "gz2026"),
        ("138 0013 8000", "13800138000"),
        ("138-0013-8000", "13800138000"),
        ("0042 1234 5678 9012", "0042123456789012"),
        ("2019 2020 2021", "2019 2020 2021"),
        ("2026-03-01", "20260301"),
        ("3.5", "3 5"),
        ("a1-b2-c3-d4-e5-f6", "a1 b2 c3 d4 e5 f6"),
        ("don't", "dont"),
        ("A3区地铁2号线", "a3 区 地铁 2 号线"),
        ("路灯 路灯", "路灯"),
        ("龘靐", "龘靐"),
    ] {
        assert_eq!(tokens_for_query(query).join(" "), tokens, "{query}");
    }
}

#[test]
fn index_of_a_small_text() {
    assert_eq!(tokens_for_index("停水了").join(" "), "停 停水 水");
    assert_eq!(tokens_for_index("GZ-2026").join(" "), "2026 gz gz2026");
    assert_eq!(tokens_for_index("It's the resident's cafe").join(" "), "cafe its resident residents s");
    assert!(tokens_for_index(" ，。 \u{0} ").is_empty());
}

#[test]
fn what_stands_in_a_text_is_found() {
    let zh = "家住梅溪湖街道景蓉华苑３栋２单元的業主張偉（電話138 0013 8000）反映：小區門口渣土車夜間施工，噪音擾民；路燈壞了三個月，\
              多次致電12345未果，工单编号GZ-2026-0301。南京市长江大桥段也一样。";
    for query in [
        "张伟",
        "張偉",
        "景蓉华苑",
        "景蓉",
        "梅溪湖",
        "梅溪湖街道",
        "3栋",
        "2单元",
        "渣土车",
        "噪音扰民",
        "扰民",
        "路灯坏了",
        "路燈",
        "12345",
        "13800138000",
        "138-0013-8000",
        "GZ-2026-0301",
        "gz-2026",
        "2026-0301",
        "市长",
        "长江大桥",
        "业主",
        "水 路灯",
    ] {
        assert_eq!(finds(query, zh), !query.starts_with('水'), "{query}");
    }
    let en = "Resident's e-mail: the street-light at 33 Beacon St (case #101001240734) won't turn on; see GZ-2026. Crème café.";
    for query in [
        "street light",
        "Street-Light",
        "beacon st",
        "33 Beacon",
        "101001240734",
        "won't",
        "resident",
        "email",
        "e-mail",
        "GZ2026",
        "creme cafe",
        "LIGHT",
    ] {
        assert!(finds(query, en), "{query}");
    }
    for query in ["beaco", "streetlamp", "GZ-2027", "stree"] {
        assert!(!finds(query, en), "{query}");
    }
}

#[test]
fn a_name_out_of_the_dictionary_is_not_found_by_its_scattered_characters() {
    assert!(finds("张伟", "业主张伟说"));
    assert!(!finds("张伟", "张先生和伟大的城市"));
}

#[test]
fn tokens_are_bounded() {
    let long = "x".repeat(1000);
    assert_eq!(tokens_for_index(&long), ["x".repeat(MAX_TOKEN_CHARS)]);
    assert_eq!(tokens_for_index(&long), tokens_for_query(&long));
    let many: String = (0..200).map(|n| format!("word{n} ")).collect();
    assert_eq!(tokens_for_query(&many).len(), MAX_QUERY_TOKENS);
}
