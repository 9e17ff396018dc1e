//! Pabulib files (`.pb`): participatory budgets as cities publish them, after Faliszewski and others, "Participatory
//! Budgeting: Data, Tools, and Analysis" (2023), and <https://pabulib.org/format>.
//!
//! A file that is wrong is refused with every line that is wrong, up to [`MOST_PROBLEMS`]; what is merely odd is told
//! beside the outcome. What counts as wrong follows the checker of Pabulib where an outcome depends on it.

mod fields;
mod number;
mod problem;
mod read;

pub use problem::{Problem, Section, What};
pub use read::MOST_PROBLEMS;

use std::collections::BTreeMap;

use crate::Election;

/// What a file holds.
#[derive(Debug, Clone)]
pub struct File {
    /// Keys and values of the first section, as they stand.
    pub meta: BTreeMap<String, String>,
    /// Projects, budget and ballots. Money is counted in units of 10^-[`File::decimals`].
    pub election: Election,
    /// Digits after the point that amounts of money have.
    pub decimals: u32,
    /// Digits after the point that points have; on ballots they are counted in units of 10^-`point_decimals`.
    pub point_decimals: u32,
    /// What the projects are called, by place; empty where the file does not say.
    pub names: Vec<String>,
    /// Who voted, in order.
    pub voters: Vec<String>,
    /// What the city chose, by place, where the file says so.
    pub official: Option<Vec<usize>>,
    /// What is odd.
    pub oddities: Vec<Problem>,
}

impl File {
    /// Reads a file.
    ///
    /// # Errors
    /// All lines that are wrong, in order, at least one.
    pub fn parse(bytes: &[u8]) -> Result<Self, Vec<Problem>> {
        read::read(bytes)
    }

    /// An amount as the file would write it.
    #[must_use]
    pub fn money(&self, amount: i64) -> String {
        number::money(amount, self.decimals)
    }

    /// The fewest points with which a project may take part, in the units of points, if the file says so
    /// (`min_project_score_threshold`).
    #[must_use]
    pub fn threshold(&self) -> Option<u64> {
        let whole: u64 = self.meta.get("min_project_score_threshold")?.trim().parse().ok()?;
        whole.checked_mul(10_u64.checked_pow(self.point_decimals)?)
    }
}
