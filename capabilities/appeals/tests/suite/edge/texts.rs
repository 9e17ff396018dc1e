//! What is said: in both languages, nothing missing, no key ever shown.

use std::collections::BTreeSet;
use std::sync::OnceLock;

use gongzhi_appeals::TEXTS;
use gongzhi_appeals::actions::books;
use gongzhi_appeals::events::KINDS;
use gongzhi_appeals::model::{
    Channel, ContactWay, Exclusion, Happening, Kind, PauseGround, Phase, Stage, StateName, TaskKind,
    TaskState, Urgency, Visibility,
};
use gongzhi_kernel::Locale;
use gongzhi_web::{TextPiece, Texts};

use super::Reply;

fn all() -> Texts {
    let people = TextPiece { name: "people", zh: gongzhi_people::TEXTS_ZH, en: gongzhi_people::TEXTS_EN };
    Texts::new(&[gongzhi_web::TEXTS, people, TEXTS]).unwrap()
}

fn keys(text: &'static str) -> BTreeSet<&'static str> {
    text.lines()
        .filter(|line| !line.starts_with([' ', '#', '}']))
        .filter_map(|line| Some(line.split_once(" =")?.0))
        .collect()
}

/// The page shows no key where words should stand, and no value is missing.
pub(crate) fn assert_no_keys(reply: &Reply) {
    static KEYS: OnceLock<BTreeSet<&'static str>> = OnceLock::new();
    let keys = KEYS.get_or_init(|| keys(TEXTS.zh).into_iter().chain(keys(gongzhi_web::TEXTS.zh)).collect());
    let words = reply.words();
    assert!(!words.contains("{$"), "a value is missing: {words}");
    let shown: Vec<&str> = words.split_whitespace().filter(|word| keys.contains(word)).collect();
    assert_eq!(shown, Vec::<&str>::new(), "keys are shown");
}

#[test]
fn both_languages_say_the_same_things() {
    assert_eq!(all().check(), Vec::<String>::new());
}

#[test]
fn every_word_of_the_model_has_its_words() {
    let texts = all();
    let mut wanted: Vec<String> = Vec::new();
    wanted.extend(Kind::ALL.iter().flat_map(|kind| [format!("kind-{kind}"), format!("kind-{kind}-hint")]));
    wanted.extend(Channel::ALL.iter().map(|one| format!("channel-{one}")));
    wanted.extend(Urgency::ALL.iter().map(|one| format!("urgency-{one}")));
    wanted.extend(
        Visibility::ALL
            .iter()
            .flat_map(|one| [format!("visibility-{one}"), format!("visibility-{one}-hint")]),
    );
    wanted.extend(Stage::ALL.iter().map(|one| format!("stage-{one}")));
    wanted.extend(Phase::ALL.iter().map(|one| format!("phase-{one}")));
    wanted.extend(ContactWay::ALL.iter().map(|one| format!("way-{one}")));
    wanted.extend(
        StateName::ALL
            .iter()
            .flat_map(|one| [format!("state-{}", one.word()), format!("state-{}-say", one.word())]),
    );
    wanted.extend(KINDS.iter().map(|kind| format!("step-{}", kind.trim_start_matches("appeal."))));
    wanted.extend(TaskKind::ALL.iter().map(|kind| format!("task-{kind}")));
    wanted.extend(TaskState::ALL.iter().map(|state| format!("task-state-{state}")));
    wanted.extend(Exclusion::ALL.iter().map(|one| format!("exclusion-{one}")));
    wanted.extend(PauseGround::ALL.iter().map(|one| format!("pause-{one}")));
    let beside = ["assignment", "assist", "whistle", "consultation", "extension", "pause", "transfer"];
    let beside = beside.into_iter().chain(["supervision", "merge", "split", "review", "resume"]);
    wanted.extend(beside.flat_map(|one| [format!("ask-{one}"), format!("ask-{one}-hint")]));
    let acts = Happening::ALL.iter().filter(|what| !["opened", "escalated"].contains(&what.word()));
    wanted.extend(acts.map(|what| format!("task-act-{what}")));
    wanted.extend((1..=5).map(|level| format!("satisfied-{level}")));
    let missing: Vec<String> = wanted.into_iter().filter(|key| !texts.has(key)).collect();
    assert_eq!(missing, Vec::<String>::new());
}

#[test]
fn every_refusal_has_its_sentence() {
    let texts = all();
    let keys = gongzhi_appeals::refusals().chain(books::REFUSALS);
    let missing: BTreeSet<&str> = keys.filter(|key| !texts.has(key)).collect();
    assert_eq!(missing, BTreeSet::new());
}

#[test]
fn every_text_that_templates_and_pages_ask_for_is_there() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut folders =
        vec![root.join("templates"), root.join("src/pages"), root.join("src/api"), root.join("src/open311")];
    let mut files = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() { folders.push(path) } else { files.push(path) }
        }
    }
    let texts = all();
    let mut missing = BTreeSet::new();
    for file in files {
        let text = std::fs::read_to_string(&file).unwrap();
        for call in [
            ".t(\"",
            ".t1(\"",
            ".t2(\"",
            ".ta(\"",
            ".hint(\"",
            "saying(Tone::Good, \"",
            "saying(Tone::Calm, \"",
        ] {
            for after in text.split(call).skip(1) {
                let key = after.split('"').next().unwrap();
                if !key.is_empty() && !texts.has(key) {
                    missing.insert(format!("{key} in {}", file.file_name().unwrap().to_string_lossy()));
                }
            }
        }
        for after in text.split("shell.field(\"").skip(1) {
            let key = after.split('"').nth(2).unwrap();
            if !texts.has(key) {
                missing.insert(format!("{key} in {}", file.file_name().unwrap().to_string_lossy()));
            }
        }
    }
    assert_eq!(missing, BTreeSet::new());
}

#[test]
fn sentences_read_as_sentences() {
    let texts = all();
    for (locale, text) in [(Locale::ZhCn, TEXTS.zh), (Locale::En, TEXTS.en)] {
        for key in keys(text) {
            let said = texts.t(locale, key);
            assert!(!said.trim().is_empty(), "{key} says nothing");
            // House style: nobody is shouted at.
            assert!(!said.contains(['!', '！']), "{key}: {said}");
            if locale == Locale::ZhCn {
                assert!(!said.contains(", ") && !said.contains("..."), "{key} has Latin punctuation: {said}");
            }
        }
    }
}
