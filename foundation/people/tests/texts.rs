//! Every sentence that a refusal names is there, in both languages, with the same values.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use gongzhi_people::{TEXTS_EN, TEXTS_ZH};

/// Keys and the values that their sentences name.
fn sentences(texts: &str) -> BTreeMap<String, BTreeSet<String>> {
    let mut found: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let mut key = String::new();
    for line in texts.lines().filter(|line| !line.starts_with('#') && !line.is_empty()) {
        if !line.starts_with(' ') {
            key = line.split(" = ").next().unwrap().to_owned();
            assert!(found.insert(key.clone(), BTreeSet::new()).is_none(), "{key} stands twice");
        }
        for value in line.split('$').skip(1) {
            let name: String = value.chars().take_while(char::is_ascii_alphanumeric).collect();
            found.get_mut(&key).unwrap().insert(name);
        }
    }
    found
}

fn keys_in(folder: &Path, keys: &mut BTreeSet<String>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            keys_in(&path, keys);
        } else {
            let text = std::fs::read_to_string(&path).unwrap();
            keys.extend(text.split('"').filter(|word| word.starts_with("people-")).map(str::to_owned));
        }
    }
}

#[test]
fn both_languages_say_what_the_code_refuses() {
    let (zh, en) = (sentences(TEXTS_ZH), sentences(TEXTS_EN));
    assert_eq!(zh, en);
    let mut used = BTreeSet::new();
    keys_in(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut used);
    let written: BTreeSet<String> = zh.into_keys().collect();
    assert_eq!(used, written);
}
