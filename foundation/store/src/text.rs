//! The text index: tokens in, subjects out. Segmentation is not the store's business.

use gongzhi_kernel::Fault;

use crate::{Engine, Tx, params};

crate::statements! {
    /// Takes a subject's tokens in, or others in their place.
    PUT = {
        sqlite: "INSERT OR REPLACE INTO text_index (rowid, tokens) VALUES ($1, $2)",
        postgres: "INSERT INTO text_index (subject, tokens) VALUES ($1, array_to_tsvector(string_to_array($2, ' ')))
            ON CONFLICT (subject) DO UPDATE SET tokens = excluded.tokens",
    };
    /// Takes a subject out.
    REMOVE = {
        sqlite: "DELETE FROM text_index WHERE rowid = $1",
        postgres: "DELETE FROM text_index WHERE subject = $1",
    };
    /// Subjects that carry all tokens, newest first.
    FIND = {
        sqlite: "SELECT rowid FROM text_index WHERE text_index MATCH $1 AND rowid < $2 ORDER BY rowid DESC LIMIT $3",
        postgres: "SELECT subject FROM text_index WHERE tokens @@ CAST(CAST($1 AS TEXT) AS tsquery) AND subject < $2
            ORDER BY subject DESC LIMIT $3",
    };
}

/// Characters of a token that are looked at: PostgreSQL refuses very long ones, and nobody searches for them whole.
const LONGEST: usize = 64;

fn cut(token: &str) -> &str {
    token.char_indices().nth(LONGEST).map_or(token, |(end, _)| token.split_at(end).0)
}

impl dyn Tx + '_ {
    /// Indexes the tokens of a subject, in place of those it had. Tokens are letters and digits only.
    ///
    /// On SQLite the index is written at the end of the commit: a unit of work does not find what it has itself indexed.
    pub fn index_text(&mut self, subject: i64, tokens: &[String]) -> Result<(), Fault> {
        let joined =
            tokens.iter().flat_map(|token| token.split_whitespace()).map(cut).collect::<Vec<_>>().join(" ");
        if self.defer_text(subject, Some(&joined)) {
            return Ok(());
        }
        self.execute(&PUT, params![subject, &joined]).map(|_| ())
    }

    /// Takes a subject out of the index.
    pub fn unindex_text(&mut self, subject: i64) -> Result<(), Fault> {
        if self.defer_text(subject, None) {
            return Ok(());
        }
        self.execute(&REMOVE, params![subject]).map(|_| ())
    }

    /// The expression that finds texts with all of these tokens, to be bound where a statement asks the index.
    /// `None` if there is no token: then nothing can be found.
    pub fn text_query(&self, tokens: &[String]) -> Option<String> {
        let clean: Vec<String> = tokens
            .iter()
            .map(|token| cut(&token.chars().filter(|c| c.is_alphanumeric()).collect::<String>()).to_owned())
            .filter(|token| !token.is_empty())
            .collect();
        if clean.is_empty() {
            return None;
        }
        Some(match self.engine() {
            Engine::Sqlite => {
                clean.iter().map(|token| format!("\"{token}\"")).collect::<Vec<_>>().join(" AND ")
            }
            Engine::Postgres => {
                clean.iter().map(|token| format!("'{token}'")).collect::<Vec<_>>().join(" & ")
            }
        })
    }

    /// Subjects older than `before` that carry all tokens, newest first, at most `limit`.
    pub fn find_text(&mut self, tokens: &[String], before: i64, limit: i64) -> Result<Vec<i64>, Fault> {
        let Some(query) = self.text_query(tokens) else { return Ok(Vec::new()) };
        self.all(&FIND, params![&query, before, limit], |row| row.int(0))
    }
}
