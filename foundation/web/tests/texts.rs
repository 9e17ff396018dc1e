//! Both languages say the same things, and every text that a template or the code asks for exists.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use std::collections::BTreeSet;
use std::path::Path;

use gongzhi_web::{TEXTS, TextPiece, Texts};

fn texts() -> Texts {
    let people = TextPiece { name: "people", zh: gongzhi_people::TEXTS_ZH, en: gongzhi_people::TEXTS_EN };
    Texts::new(&[TEXTS, people]).unwrap()
}

fn files(folder: &Path, ending: &str, found: &mut Vec<String>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(&path, ending, found);
        } else if path.extension().is_some_and(|found| found == ending) {
            found.push(std::fs::read_to_string(&path).unwrap());
        }
    }
}

#[test]
fn both_languages_have_the_same_texts() {
    assert_eq!(texts().check(), &[] as &[String]);
}

#[test]
fn every_text_asked_for_exists() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut sources = Vec::new();
    files(&root.join("templates"), "html", &mut sources);
    files(&root.join("src"), "rs", &mut sources);
    let mut keys = BTreeSet::new();
    for source in &sources {
        // What stands in test modules asks for texts that must not exist.
        let source = source.split("#[cfg(test)]").next().unwrap();
        for call in [
            ".t(\"",
            ".t1(\"",
            ".t2(\"",
            ".ta(\"",
            ".shell(\"",
            "not_found(\"",
            "forbidden(\"",
            "Invalid, \"",
            "Unauthenticated, \"",
            "TooLarge, \"",
        ] {
            for rest in source.split(call).skip(1) {
                keys.insert(rest.split('"').next().unwrap().to_owned());
            }
        }
    }
    let texts = texts();
    let examples = ["key", "report-title", "report-send", "answered-of", "list-empty"];
    let missing: Vec<&String> =
        keys.iter().filter(|key| !texts.has(key) && !examples.contains(&key.as_str())).collect();
    assert!(keys.len() > 80, "{} keys were found", keys.len());
    assert_eq!(missing, Vec::<&String>::new());
}

#[test]
fn a_text_does_not_shout_and_keeps_chinese_punctuation() {
    for line in TEXTS.zh.lines().chain(TEXTS.en.lines()).filter(|line| !line.starts_with('#')) {
        assert!(!line.contains('!') && !line.contains('！'), "{line}");
    }
    for line in TEXTS.zh.lines() {
        let has_han = |c: char| ('\u{4e00}'..='\u{9fff}').contains(&c);
        let odd = line
            .chars()
            .zip(line.chars().skip(1))
            .find(|(before, mark)| has_han(*before) && matches!(mark, ',' | ';' | '?'));
        assert_eq!(odd, None, "{line}");
    }
}
