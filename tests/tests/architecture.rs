//! The plan of the house (docs/ARCHITECTURE.md), held against the code.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use cargo_metadata::{DependencyKind, MetadataCommand, Package};

/// Longest file, in lines. A longer one becomes a folder of the same name.
const LONGEST: usize = 600;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

/// All files under `folder` with one of these endings, without what is built or installed.
fn files(folder: &str, endings: &[&str]) -> Vec<PathBuf> {
    fn walk(folder: &Path, endings: &[&str], found: &mut Vec<PathBuf>) {
        let Ok(entries) = std::fs::read_dir(folder) else { return };
        for entry in entries {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            if path.is_dir() {
                if !["node_modules", "dist", "out", "target", "fuzz"].contains(&name.as_str())
                    && !name.starts_with('.')
                {
                    walk(&path, endings, found);
                }
            } else if endings.iter().any(|ending| name.ends_with(ending)) {
                found.push(path);
            }
        }
    }
    let mut found = Vec::new();
    walk(&root().join(folder), endings, &mut found);
    found.sort();
    found
}

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The path as it is written in the repository.
fn short(path: &Path) -> String {
    path.strip_prefix(root()).unwrap_or(path).display().to_string()
}

/// Rust sources that are not tests.
fn sources() -> Vec<PathBuf> {
    ["app", "capabilities", "engines", "foundation"]
        .into_iter()
        .flat_map(|folder| files(folder, &[".rs"]))
        .filter(|path| path.components().any(|part| part.as_os_str() == "src"))
        .collect()
}

/// A source without its `#[cfg(test)]` module at the end.
fn without_tests(text: &str) -> &str {
    text.split("#[cfg(test)]\nmod ").next().unwrap_or(text)
}

/// Every text literal that directly follows `before` (blanks and line breaks between them are passed over).
fn literals_after(text: &str, before: &str) -> Vec<String> {
    text.match_indices(before)
        .filter_map(|(at, _)| {
            let rest = text[at + before.len()..].trim_start().strip_prefix('"')?;
            rest.split_once('"').map(|(literal, _)| literal.to_owned())
        })
        .collect()
}

/// The text literal that is the second argument of each call, where the first one has no comma.
fn second_literals(text: &str, call: &str) -> Vec<String> {
    text.match_indices(call)
        .filter_map(|(at, _)| {
            let (_, rest) = text[at + call.len()..].split_once(',')?;
            let rest = rest.trim_start().strip_prefix('"')?;
            rest.split_once('"').map(|(literal, _)| literal.to_owned())
        })
        .collect()
}

// ---- who may import whom

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Floor {
    App,
    Capability,
    Engine,
    /// With its place in the order kernel < store < people < web.
    Foundation(usize),
    Tests,
}

const FOUNDATION: [&str; 4] = ["kernel", "store", "people", "web"];

fn floor(package: &Package) -> Floor {
    let manifest = package.manifest_path.as_std_path();
    let place = manifest.parent().unwrap().strip_prefix(root()).unwrap();
    let mut parts = place.iter().map(|part| part.to_str().unwrap());
    match (parts.next().unwrap_or_default(), parts.next().unwrap_or_default()) {
        ("app", _) => Floor::App,
        ("capabilities", _) => Floor::Capability,
        ("engines", _) => Floor::Engine,
        ("tests", _) => Floor::Tests,
        ("foundation", name) => Floor::Foundation(
            FOUNDATION
                .iter()
                .position(|known| *known == name)
                .unwrap_or_else(|| panic!("a new foundation crate, {name}: place it in the order")),
        ),
        (other, _) => panic!("{other} is no floor of the house"),
    }
}

fn may_import(from: Floor, to: Floor, kind: DependencyKind) -> bool {
    match (from, to) {
        // Tests of the whole stand outside and see everything.
        (Floor::Tests, _) | (Floor::App, Floor::Capability | Floor::Engine | Floor::Foundation(_)) => true,
        (Floor::Capability, Floor::Engine | Floor::Foundation(_)) => true,
        (Floor::Foundation(upper), Floor::Foundation(lower)) => lower < upper,
        // The store's conformance suite segments real text; nothing but tests does.
        (Floor::Foundation(_), Floor::Engine) => kind == DependencyKind::Development,
        _ => false,
    }
}

#[test]
fn imports_run_down_only() {
    let metadata = MetadataCommand::new().manifest_path(root().join("Cargo.toml")).no_deps().exec().unwrap();
    let house: BTreeMap<String, Floor> =
        metadata.packages.iter().map(|package| (package.name.to_string(), floor(package))).collect();
    assert!(house.len() >= 8, "the house has lost rooms: {house:?}");
    let mut wrong = Vec::new();
    for package in &metadata.packages {
        let from = house[package.name.as_str()];
        for dependency in &package.dependencies {
            let Some(to) = house.get(&dependency.name) else { continue };
            // A crate that names itself asks for one of its own features in its tests.
            if dependency.name == package.name.as_str() && dependency.kind == DependencyKind::Development {
                continue;
            }
            if !may_import(from, *to, dependency.kind) {
                wrong.push(format!("{} ({from:?}) imports {} ({to:?})", package.name, dependency.name));
            }
        }
    }
    assert!(wrong.is_empty(), "arrows run down only (docs/ARCHITECTURE.md):\n{}", wrong.join("\n"));
}

#[test]
fn the_rule_itself_refuses_what_it_should() {
    let normal = DependencyKind::Normal;
    assert!(!may_import(Floor::Capability, Floor::Capability, normal));
    assert!(!may_import(Floor::Engine, Floor::Foundation(0), normal));
    assert!(!may_import(Floor::Foundation(0), Floor::Foundation(1), normal));
    assert!(!may_import(Floor::Foundation(3), Floor::Engine, normal));
    assert!(!may_import(Floor::Foundation(3), Floor::Capability, normal));
    assert!(!may_import(Floor::Capability, Floor::App, normal));
    assert!(may_import(Floor::App, Floor::Capability, normal));
    assert!(may_import(Floor::Foundation(3), Floor::Foundation(2), normal));
}

#[test]
fn engines_do_no_input_or_output() {
    let forbidden =
        ["tokio", "axum", "rusqlite", "tokio-postgres", "object_store", "gongzhi-store", "gongzhi-web"];
    let metadata = MetadataCommand::new().manifest_path(root().join("Cargo.toml")).no_deps().exec().unwrap();
    for package in metadata.packages.iter().filter(|package| floor(package) == Floor::Engine) {
        for dependency in package.dependencies.iter().filter(|one| one.kind == DependencyKind::Normal) {
            assert!(
                !forbidden.contains(&dependency.name.as_str()),
                "{} is pure and may not use {}",
                package.name,
                dependency.name
            );
        }
    }
}

// ---- dependencies

#[test]
fn every_dependency_has_its_reason_beside_it() {
    let text = read(&root().join("Cargo.toml"));
    let section = text.split("[workspace.dependencies]").nth(1).unwrap().split("\n[").next().unwrap();
    let unexplained: Vec<&str> = section
        .lines()
        .filter(|line| line.contains('=') && !line.trim_start().starts_with('#'))
        .filter(|line| !line.contains("path = "))
        .filter(|line| line.rsplit_once("# ").is_none_or(|(_, reason)| reason.trim().len() < 8))
        .collect();
    assert!(unexplained.is_empty(), "say why, in a comment on the same line:\n{}", unexplained.join("\n"));
}

#[test]
fn versions_stand_once_in_the_workspace() {
    let mut wrong = Vec::new();
    for manifest in
        files("", &["Cargo.toml"]).into_iter().filter(|path| path.parent() != Some(root().as_path()))
    {
        let text = read(&manifest);
        let mut in_dependencies = false;
        for line in text.lines() {
            if line.starts_with('[') {
                in_dependencies = line.contains("dependencies");
            } else if in_dependencies
                && line.contains('=')
                && !line.contains("workspace")
                && !line.contains("path = \".\"")
            {
                wrong.push(format!("{}: {line}", short(&manifest)));
            }
        }
    }
    assert!(wrong.is_empty(), "a version belongs into the workspace Cargo.toml:\n{}", wrong.join("\n"));
}

// ---- files

#[test]
fn no_file_is_too_long_to_read() {
    let long: Vec<String> = ["app", "capabilities", "engines", "foundation", "tests", "browser"]
        .into_iter()
        .flat_map(|folder| files(folder, &[".rs", ".ts", ".mjs", ".html", ".sql"]))
        .map(|path| (read(&path).lines().count(), path))
        .filter(|(lines, _)| *lines > LONGEST)
        .map(|(lines, path)| format!("{} has {lines} lines", short(&path)))
        .collect();
    assert!(
        long.is_empty(),
        "longer than {LONGEST} lines; make it a folder of the same name:\n{}",
        long.join("\n")
    );
}

#[test]
fn nothing_is_left_to_do_in_the_code() {
    let marks = ["TODO", "FIXME", "XXX", "HACK"];
    let mut left = Vec::new();
    for path in sources() {
        for (number, line) in read(&path).lines().enumerate() {
            if marks
                .iter()
                .any(|mark| line.split(|c: char| !c.is_ascii_alphanumeric()).any(|word| word == *mark))
            {
                left.push(format!("{}:{}: {}", short(&path), number + 1, line.trim()));
            }
        }
    }
    assert!(left.is_empty(), "write an issue instead:\n{}", left.join("\n"));
}

/// Whether a source declares statements on tables. A question without one, as a health check asks, is no SQL to keep apart.
fn asks_tables(text: &str) -> bool {
    let Some((_, declared)) = text.split_once("statements!") else { return false };
    ["FROM ", "INTO ", "UPDATE "].iter().any(|word| declared.contains(word))
}

#[test]
fn sql_stands_in_the_store_only() {
    let outside: Vec<String> = sources()
        .into_iter()
        .filter(|path| !short(path).starts_with("foundation/store/"))
        .filter(|path| {
            !path.components().any(|part| matches!(part.as_os_str().to_str(), Some("store" | "store.rs")))
        })
        .filter(|path| asks_tables(without_tests(&read(path))))
        .map(|path| short(&path))
        .collect();
    assert!(outside.is_empty(), "SQL belongs into store.rs:\n{}", outside.join("\n"));
}

#[test]
fn every_capability_has_the_same_rooms() {
    for capability in std::fs::read_dir(root().join("capabilities")).unwrap() {
        let capability = capability.unwrap().path();
        for room in ["model", "rules", "actions", "queries", "store", "api", "pages"] {
            let file = capability.join("src").join(format!("{room}.rs"));
            let folder = capability.join("src").join(room);
            assert!(file.exists() || folder.exists(), "{} has no {room}", short(&capability));
        }
        // Everything in a public log is for everybody.
        let without_policies = capability.ends_with("ledger");
        for folder in ["templates", "locales", "migrations/sqlite", "migrations/postgres", "policies"] {
            if folder == "policies" && without_policies {
                continue;
            }
            assert!(capability.join(folder).is_dir(), "{} has no {folder}/", short(&capability));
        }
    }
}

// ---- pages

#[test]
fn templates_carry_no_script_style_or_handler_of_their_own() {
    let mut wrong = Vec::new();
    for path in ["foundation", "capabilities", "app"].into_iter().flat_map(|folder| files(folder, &[".html"]))
    {
        for (number, line) in read(&path).lines().enumerate() {
            let inline_script = line.contains("<script") && !line.contains("src=");
            let inline_style = line.contains("<style") || line.contains(" style=\"");
            let handler = [" onclick=", " onload=", " onchange=", " onsubmit=", " onerror=", "javascript:"]
                .iter()
                .any(|mark| line.contains(mark));
            if inline_script || inline_style || handler {
                wrong.push(format!("{}:{}: {}", short(&path), number + 1, line.trim()));
            }
        }
    }
    assert!(wrong.is_empty(), "the content security policy refuses these:\n{}", wrong.join("\n"));
}

/// Message keys of all locale files of one language.
fn message_keys(language: &str) -> BTreeSet<String> {
    files("", &[&format!("{language}.ftl")])
        .iter()
        .flat_map(|path| {
            read(path)
                .lines()
                .filter(|line| line.starts_with(|c: char| c.is_ascii_lowercase()))
                .filter_map(|line| line.split_once('=').map(|(key, _)| key.trim().to_owned()))
                .collect::<Vec<_>>()
        })
        .collect()
}

#[test]
fn every_text_that_is_named_exists_in_both_languages() {
    let (chinese, english) = (message_keys("zh-CN"), message_keys("en"));
    assert!(!chinese.is_empty(), "no locale files found");
    let missing: Vec<_> = chinese.symmetric_difference(&english).collect();
    assert!(missing.is_empty(), "in one language only: {missing:?}");

    let mut unknown = Vec::new();
    let templates =
        ["foundation", "capabilities", "app"].into_iter().flat_map(|folder| files(folder, &[".html"]));
    for path in templates {
        let text = read(&path);
        for before in ["shell.t(", "shell.ta("] {
            for key in literals_after(&text, before).into_iter().filter(|key| !chinese.contains(key)) {
                unknown.push(format!("{}: {key}", short(&path)));
            }
        }
    }
    for path in sources() {
        let text = read(&path);
        let text = without_tests(&text);
        let mut keys: Vec<String> = ["Refusal::not_found(", "Refusal::conflict(", "Refusal::forbidden("]
            .iter()
            .flat_map(|before| literals_after(text, before))
            .collect();
        keys.extend(second_literals(text, "Refusal::new("));
        keys.extend(second_literals(text, "FieldError::new("));
        unknown.extend(
            keys.into_iter()
                .filter(|key| !chinese.contains(key))
                .map(|key| format!("{}: {key}", short(&path))),
        );
    }
    assert!(unknown.is_empty(), "no such message:\n{}", unknown.join("\n"));
}

// ---- words

/// Kinds of events that the code records, such as `appeal.submitted`: they stand in the `events.rs` (or `events/mod.rs`) of each crate, or
/// as constants of type `EventKind`.
fn event_kinds() -> BTreeSet<String> {
    let mut kinds = BTreeSet::new();
    for path in sources() {
        let text = read(&path);
        let text = without_tests(&text);
        kinds.extend(literals_after(text, "EventKind ="));
        let contract =
            path.file_name().is_some_and(|name| name == "events.rs") || path.ends_with("events/mod.rs");
        if contract {
            let code = text.lines().filter(|line| !line.trim_start().starts_with("//"));
            kinds.extend(
                code.flat_map(|line| {
                    line.split('"').skip(1).step_by(2).map(str::to_owned).collect::<Vec<_>>()
                }),
            );
        }
    }
    let word = |part: &str| !part.is_empty() && part.chars().all(|c| c.is_ascii_lowercase() || c == '_');
    kinds.retain(|kind| kind.split_once('.').is_some_and(|(subject, what)| word(subject) && word(what)));
    kinds
}

#[test]
fn the_glossary_knows_every_kind_of_event() {
    let glossary = read(&root().join("docs/GLOSSARY.md"));
    let unknown: Vec<String> =
        event_kinds().into_iter().filter(|kind| !glossary.contains(&format!("`{kind}`"))).collect();
    assert!(unknown.is_empty(), "docs/GLOSSARY.md does not know: {unknown:?}");
}

#[test]
fn the_glossary_speaks_of_the_code_only() {
    let glossary = read(&root().join("docs/GLOSSARY.md"));
    let kinds = event_kinds();
    let section = glossary.split("## Events").nth(1).expect("docs/GLOSSARY.md has a section Events");
    let unknown: Vec<&str> = section
        .split("\n## ")
        .next()
        .unwrap()
        .lines()
        .filter_map(|line| line.strip_prefix("| `")?.split('`').next())
        .filter(|kind| !kinds.contains(*kind))
        .collect();
    assert!(unknown.is_empty(), "docs/GLOSSARY.md names events that nothing records: {unknown:?}");
}

#[test]
fn links_in_the_documents_lead_somewhere() {
    let mut broken = Vec::new();
    let documents = files("docs", &[".md"])
        .into_iter()
        .chain(["README.md", "README.zh-CN.md", "CONTRIBUTING.md"].map(|name| root().join(name)))
        .chain(
            ["capabilities", "engines", "foundation"]
                .into_iter()
                .flat_map(|folder| files(folder, &["README.md"])),
        );
    for path in documents {
        let text = read(&path);
        for (at, _) in text.match_indices("](") {
            let target = text[at + 2..].split([')', '#', ' ']).next().unwrap_or_default();
            if target.is_empty() || target.contains("://") || target.starts_with("mailto:") {
                continue;
            }
            if !path.parent().unwrap().join(target).exists() {
                broken.push(format!("{}: {target}", short(&path)));
            }
        }
    }
    assert!(broken.is_empty(), "links that lead nowhere:\n{}", broken.join("\n"));
}
