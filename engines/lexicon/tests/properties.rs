//! The promises of the crate, over random texts.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use gongzhi_lexicon::{fold, segment, tokens_for_index, tokens_for_query};
use proptest::prelude::*;

/// Words as they stand in messages, so that dictionary words, names, particles and numbers meet at all seams.
fn piece() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => prop::sample::select(vec![
            "路灯", "小区", "业主", "垃圾分类", "南京市", "市长", "长江", "大桥", "的", "了", "和", "我们", "张", "伟", "梅溪湖", "街道",
            "物业", "噪音", "扰民", "水", "电", "人民", "政府", "东路", "臺灣", "處理", "請問", "怎么", "好", "不", "一", "个", "大", "里",
        ]).prop_map(str::to_owned),
        3 => "[\u{4E00}-\u{9FA5}]{1,6}",
        1 => "[\u{4E00}-\u{9FFF}\u{3400}-\u{4DBF}〇々\u{20000}-\u{20100}]{1,3}",
        1 => prop::sample::select(vec![
            "，", "。", " ", "-", "GZ-2026", "138 0013 8000", "12345", "A3", "ＡＢ１", "3.5", "don't", "2026-03-01", "\n", "café", "_", "/",
        ]).prop_map(str::to_owned),
    ]
}

fn text() -> impl Strategy<Value = String> {
    prop::collection::vec(piece(), 0..30).prop_map(|pieces| pieces.concat())
}

fn is_han(c: char) -> bool {
    matches!(c, '\u{4E00}'..='\u{9FFF}' | '\u{3400}'..='\u{4DBF}' | '〇' | '々' | '\u{20000}'..='\u{323AF}')
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    /// Any piece of 汉字, cut anywhere, is found in the text.
    #[test]
    fn every_piece_of_han_is_found(text in text(), from in 0usize..200, length in 1usize..20) {
        let index = tokens_for_index(&text);
        let piece: String = text.chars().skip(from).take_while(|c| is_han(*c)).take(length).collect();
        for token in tokens_for_query(&piece) {
            prop_assert!(index.contains(&token), "{token} of {piece} not in {index:?}");
        }
    }

    /// Any stretch between blanks is found in the text, whatever it mixes.
    #[test]
    fn every_stretch_between_blanks_is_found(text in text(), first in 0usize..10, count in 1usize..6) {
        let index = tokens_for_index(&text);
        let stretch: String = text.split_inclusive(char::is_whitespace).skip(first).take(count).collect();
        for token in tokens_for_query(&stretch) {
            prop_assert!(index.contains(&token), "{token} of {stretch} not in {index:?}");
        }
    }

    /// A whole text is found by itself, for any text at all; tokens are letters and figures, short, and each once.
    #[test]
    fn any_text_finds_itself(text in any::<String>()) {
        let index = tokens_for_index(&text);
        for token in tokens_for_query(&text) {
            prop_assert!(index.contains(&token), "{token} not in {index:?}");
        }
        for token in &index {
            prop_assert!(token.chars().all(char::is_alphanumeric), "{token:?}");
            prop_assert!((1..=64).contains(&token.chars().count()));
        }
        let mut once = index.clone();
        once.dedup();
        prop_assert_eq!(once.len(), index.len());
    }

    #[test]
    fn folding_twice_changes_nothing(text in any::<String>()) {
        let once = fold(&text);
        prop_assert_eq!(fold(&once), once);
    }

    /// Width, case and script make no difference.
    #[test]
    fn forms_of_one_text_have_the_same_tokens(text in text()) {
        let wide: String = text.chars().map(|c| if c.is_ascii_graphic() { char::from_u32(u32::from(c) + 0xFEE0).unwrap() } else { c }).collect();
        prop_assert_eq!(tokens_for_index(&wide), tokens_for_index(&text));
        prop_assert_eq!(tokens_for_index(&text.to_uppercase()), tokens_for_index(&text));
    }

    #[test]
    fn cutting_loses_no_character(text in "[\u{4E00}-\u{9FFF}]{0,40}") {
        prop_assert_eq!(segment(&text).concat(), fold(&text));
    }
}
