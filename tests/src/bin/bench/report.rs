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

/// Prints the table, in Markdown, so that it can go into docs/BENCHMARKS.md as it is.
pub(crate) fn print(figures: &[Figure]) {
    println!(
        "\n| bench | figure | unit | reference | ratio | goal | met |\n|---|---:|---|---:|---:|---|---|"
    );
    for one in figures {
        println!(
            "| {} | {} | {} | {} | {} | {} | {} |",
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
