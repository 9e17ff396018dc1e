//! Figures, as a table for people and as JSON for those who compare runs.

use std::path::Path;

use serde_json::json;

/// Which way is good.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Goal {
    /// At least this.
    AtLeast(f64),
    /// Less than this.
    Below(f64),
    /// Only told.
    None,
}

/// One measured figure.
#[derive(Debug)]
pub(crate) struct Figure {
    pub(crate) bench: &'static str,
    pub(crate) figure: f64,
    pub(crate) unit: &'static str,
    /// What it is held against, in the same run and unit.
    pub(crate) reference: Option<f64>,
    /// Whether the goal is for the ratio to the reference (otherwise for the figure itself).
    pub(crate) of_ratio: bool,
    pub(crate) goal: Goal,
}

impl Figure {
    /// A figure with a goal of its own.
    pub(crate) fn new(bench: &'static str, figure: f64, unit: &'static str, goal: Goal) -> Self {
        Self { bench, figure, unit, reference: None, of_ratio: false, goal }
    }

    /// A figure whose goal is for its ratio to another of the same run.
    pub(crate) fn against(
        bench: &'static str,
        figure: f64,
        unit: &'static str,
        reference: f64,
        goal: Goal,
    ) -> Self {
        Self { bench, figure, unit, reference: Some(reference), of_ratio: true, goal }
    }

    fn ratio(&self) -> Option<f64> {
        self.reference.map(|reference| self.figure / reference)
    }

    fn met(&self) -> Option<bool> {
        let value = if self.of_ratio { self.ratio()? } else { self.figure };
        match self.goal {
            Goal::AtLeast(least) => Some(value >= least),
            Goal::Below(limit) => Some(value < limit),
            Goal::None => None,
        }
    }

    fn goal_text(&self) -> String {
        let of = if self.of_ratio { "ratio " } else { "" };
        match self.goal {
            Goal::AtLeast(least) => format!("{of}≥ {least}"),
            Goal::Below(limit) => format!("{of}< {limit}"),
            Goal::None => "–".to_owned(),
        }
    }
}

fn short(value: f64) -> String {
    if value >= 1000.0 { format!("{value:.0}") } else { format!("{value:.3}") }
}

/// The table, in Markdown.
fn table(figures: &[Figure]) -> String {
    let mut text =
        "| bench | figure | unit | reference | ratio | goal | met |\n|---|---:|---|---:|---:|---|---|\n"
            .to_owned();
    for one in figures {
        text += &format!(
            "| {} | {} | {} | {} | {} | {} | {} |\n",
            one.bench,
            short(one.figure),
            one.unit,
            one.reference.map_or("–".to_owned(), short),
            one.ratio().map_or("–".to_owned(), |ratio| format!("{ratio:.2}")),
            one.goal_text(),
            match one.met() {
                Some(true) => "yes",
                Some(false) => "**no**",
                None => "–",
            }
        );
    }
    text
}

/// Prints the table.
pub(crate) fn print(figures: &[Figure]) {
    println!("\n{}", table(figures));
}

/// Adds the table to a document, under the commit and the machine that it is of.
pub(crate) fn keep(figures: &[Figure], document: &Path) {
    let said = |name: &str, arguments: &[&str]| {
        let output = std::process::Command::new(name).args(arguments).output().ok()?;
        let text = String::from_utf8_lossy(&output.stdout).trim().to_owned();
        (output.status.success() && !text.is_empty()).then_some(text)
    };
    let commit = said("git", &["rev-parse", "--short", "HEAD"]).unwrap_or_else(|| "unknown".to_owned());
    let day = said("date", &["+%F"]).unwrap_or_default();
    let processors = std::thread::available_parallelism().map_or(0, std::num::NonZero::get);
    let kind = std::fs::read_to_string("/proc/cpuinfo")
        .unwrap_or_default()
        .lines()
        .find_map(|line| line.strip_prefix("model name")?.split_once(": ").map(|(_, name)| name.to_owned()))
        .unwrap_or_default();
    let old = std::fs::read_to_string(document).unwrap_or_default();
    let new = format!(
        "{}\n\n## {day}, commit {commit}\n\n{processors} cores, {kind}\n\n{}",
        old.trim_end(),
        table(figures)
    );
    std::fs::write(document, new).unwrap_or_else(|error| panic!("{}: {error}", document.display()));
}

/// Writes the figures as JSON.
pub(crate) fn write(figures: &[Figure], to: &Path) {
    let rows: Vec<_> = figures
        .iter()
        .map(|one| {
            json!({
                "bench": one.bench, "figure": one.figure, "unit": one.unit, "reference": one.reference,
                "ratio": one.ratio(), "goal": one.goal_text(), "met": one.met(),
            })
        })
        .collect();
    let text = serde_json::to_string_pretty(&rows).expect("figures as JSON");
    std::fs::write(to, text + "\n").unwrap_or_else(|error| panic!("{}: {error}", to.display()));
    println!("\nwritten to {}", to.display());
}
