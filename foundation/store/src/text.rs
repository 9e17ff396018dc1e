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
    /// Takes the tokens of a new subject in.
    PUT_NEW = {
        sqlite: "INSERT INTO text_index (rowid, tokens) VALUES ($1, $2)",
        postgres: "INSERT INTO text_index (subject, tokens) VALUES ($1, array_to_tsvector(string_to_array($2, ' ')))",
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

/// A change of the index.
#[derive(Debug)]
pub enum Text {
    /// The words of a subject that was not there before.
    New(i64, String),
    /// The words of a subject, in place of those it had.
    Put(i64, String),
    /// Nothing more of a subject.
    Remove(i64),
}

/// Characters of a token that are looked at: PostgreSQL refuses very long ones, and nobody searches for them whole.
const LONGEST: usize = 64;

fn cut(token: &str) -> &str {
    token.char_indices().nth(LONGEST).map_or(token, |(end, _)| token.split_at(end).0)
}

/// Tokens as the index takes them, made ready outside the unit of work.
#[derive(Debug, Clone)]
pub struct Words(String);

impl Words {
    /// Of these tokens; each consists of letters and digits only.
    pub fn of<T: AsRef<str>>(tokens: impl IntoIterator<Item = T>) -> Self {
        let mut words = String::with_capacity(512);
        for token in tokens {
            for word in token.as_ref().split_whitespace() {
                if !words.is_empty() {
                    words.push(' ');
                }
                words.push_str(cut(word));
            }
        }
        Self(words)
    }
}

impl dyn Tx + '_ {
    /// Indexes the tokens of a subject, in place of those it had. Tokens are letters and digits only.
    ///
    /// On SQLite the index is written at the end of the commit: a unit of work does not find what it has itself indexed.
    pub fn index_text(&mut self, subject: i64, tokens: &[String]) -> Result<(), Fault> {
        self.index_words(subject, &Words::of(tokens))
    }

    /// The same for tokens that were made ready before.
    pub fn index_words(&mut self, subject: i64, words: &Words) -> Result<(), Fault> {
        self.put_text(Text::Put(subject, words.0.clone()))
    }

    /// The same for a subject that was made in this unit of work, so that nothing has to be looked for and replaced.
    pub fn index_new(&mut self, subject: i64, words: &Words) -> Result<(), Fault> {
        self.put_text(Text::New(subject, words.0.clone()))
    }

    /// Takes a subject out of the index.
    pub fn unindex_text(&mut self, subject: i64) -> Result<(), Fault> {
        self.put_text(Text::Remove(subject))
    }

    fn put_text(&mut self, text: Text) -> Result<(), Fault> {
        let Some(text) = self.defer_text(text) else { return Ok(()) };
        match &text {
            Text::New(subject, words) => self.execute(&PUT_NEW, params![*subject, words])?,
            Text::Put(subject, words) => self.execute(&PUT, params![*subject, words])?,
            Text::Remove(subject) => self.execute(&REMOVE, params![*subject])?,
        };
        Ok(())
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
