//! The schema, step by step. Both engines walk through the same steps and end in the same schema.

use sha2::{Digest, Sha256};

/// One step of the schema, once for each engine.
#[derive(Debug)]
pub struct Migration {
    /// Its name, such as `0001_people`; steps are taken in the order in which they are listed.
    pub name: &'static str,
    /// The statements for SQLite, each ending with `;` at the end of a line.
    pub sqlite: &'static str,
    /// The statements for PostgreSQL, likewise.
    pub postgres: &'static str,
}

/// The steps of one crate.
#[derive(Debug, Clone, Copy)]
pub struct Migrations {
    /// The crate, such as `people`.
    pub owner: &'static str,
    /// Its steps, oldest first.
    pub steps: &'static [Migration],
}

/// The steps of this crate: `migrations!("people", "0001_people", …)` reads
/// `migrations/sqlite/0001_people.sql` and `migrations/postgres/0001_people.sql`.
#[macro_export]
macro_rules! migrations {
    ($owner:literal, $($name:literal),+ $(,)?) => {
        $crate::Migrations {
            owner: $owner,
            steps: &[$($crate::Migration {
                name: $name,
                sqlite: include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/migrations/sqlite/", $name, ".sql")),
                postgres: include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/migrations/postgres/", $name, ".sql")),
            }),+],
        }
    };
}

/// The store's own steps; always the first.
pub(crate) const OWN: Migrations = crate::migrations!("store", "0001_store", "0002_vault");

/// A step that a database has already taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Taken {
    pub(crate) owner: String,
    pub(crate) name: String,
    pub(crate) hash: String,
}

/// Why a database cannot be brought to this schema.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SchemaError {
    /// It has taken a step that this version does not know.
    #[error(
        "the data was written by a newer version (step {owner}/{name}); start that version or a later one, or restore a backup made by this one"
    )]
    Newer {
        /// Of which crate.
        owner: String,
        /// The step.
        name: String,
    },
    /// A step that it has taken has been rewritten since.
    #[error(
        "the schema step {owner}/{name} in the data differs from this version's; this binary was not made from a release that continues it"
    )]
    Rewritten {
        /// Of which crate.
        owner: String,
        /// The step.
        name: String,
    },
}

/// The steps still to take, in order, after a comparison with those taken.
pub(crate) fn pending(
    all: &[Migrations],
    taken: &[Taken],
    text: impl Fn(&Migration) -> &'static str,
) -> Result<Vec<(&'static str, &'static Migration)>, SchemaError> {
    let known: Vec<(&'static str, &'static Migration)> =
        all.iter().flat_map(|set| set.steps.iter().map(move |step| (set.owner, step))).collect();
    for old in taken {
        match known.iter().find(|(owner, step)| *owner == old.owner && step.name == old.name) {
            None => return Err(SchemaError::Newer { owner: old.owner.clone(), name: old.name.clone() }),
            Some((_, step)) if hash(text(step)) != old.hash => {
                return Err(SchemaError::Rewritten { owner: old.owner.clone(), name: old.name.clone() });
            }
            Some(_) => {}
        }
    }
    Ok(known
        .into_iter()
        .filter(|(owner, step)| !taken.iter().any(|old| old.owner == *owner && old.name == step.name))
        .collect())
}

/// The statements of a step: each ends with `;` at the end of a line; lines that begin with `--` are passed over.
pub(crate) fn statements(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut current = String::new();
    for line in text.lines().filter(|line| !line.trim_start().starts_with("--") && !line.trim().is_empty()) {
        current.push_str(line);
        current.push('\n');
        if line.trim_end().ends_with(';') {
            found.push(std::mem::take(&mut current));
        }
    }
    if !current.trim().is_empty() {
        found.push(current);
    }
    found
}

/// What is kept of a step, to see whether it has been rewritten.
pub(crate) fn hash(text: &str) -> String {
    Sha256::digest(statements(text).concat().as_bytes())
        .iter()
        .take(16)
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    static STEPS: [Migration; 2] = [
        Migration {
            name: "0001",
            sqlite: "-- a note\nCREATE TABLE a (\n  x BIGINT\n);\nCREATE INDEX i ON a (x);",
            postgres: "",
        },
        Migration { name: "0002", sqlite: "DROP TABLE a;", postgres: "" },
    ];
    const SETS: [Migrations; 1] = [Migrations { owner: "t", steps: &STEPS }];

    fn taken(name: &str, text: &str) -> Taken {
        Taken { owner: "t".into(), name: name.into(), hash: hash(text) }
    }

    #[test]
    fn statements_are_split_at_line_ends() {
        assert_eq!(
            statements(STEPS[0].sqlite),
            ["CREATE TABLE a (\n  x BIGINT\n);\n", "CREATE INDEX i ON a (x);\n"]
        );
    }

    #[test]
    fn only_what_is_missing_is_pending() {
        let open = pending(&SETS, &[taken("0001", STEPS[0].sqlite)], |step| step.sqlite).unwrap();
        assert_eq!(open.iter().map(|(_, step)| step.name).collect::<Vec<_>>(), ["0002"]);
    }

    #[test]
    fn newer_and_rewritten_data_is_refused() {
        let newer = pending(&SETS, &[taken("0003", "x")], |step| step.sqlite);
        assert_eq!(newer.err(), Some(SchemaError::Newer { owner: "t".into(), name: "0003".into() }));
        let rewritten = pending(&SETS, &[taken("0001", "CREATE TABLE b (x BIGINT);")], |step| step.sqlite);
        assert!(matches!(rewritten, Err(SchemaError::Rewritten { .. })));
    }
}
