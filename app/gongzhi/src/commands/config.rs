//! `gongzhi config`: all settings with where each comes from.

use serde::Serialize;

use crate::config::Settings;
use crate::say::{self, Trouble};

#[derive(Serialize)]
struct Line<'a> {
    name: &'static str,
    value: Option<String>,
    source: String,
    variable: String,
    help: &'a str,
}

pub(crate) fn run(settings: &Settings, json: bool) -> Result<(), Trouble> {
    let lines: Vec<Line<'_>> = settings
        .listed()
        .map(|(key, value, source)| Line {
            name: key.name,
            value,
            source: source.to_string(),
            variable: key.variable(),
            help: key.help,
        })
        .collect();
    for name in &settings.unknown_variables {
        say::aside(format_args!("gongzhi: {name} is set, but there is no such setting"));
    }
    // Printed even where a value is wrong, so that one sees which; the sentence follows.
    if json {
        say::json(&lines)?;
    } else {
        let wide = |text: fn(&Line<'_>) -> usize| lines.iter().map(text).max().unwrap_or(0);
        let (name, value) = (wide(|line| line.name.len()), wide(|line| shown(line).chars().count()));
        for line in &lines {
            say::line(format_args!("{:name$}  {:value$}  {}", line.name, shown(line), line.source));
        }
        if let Some(file) = &settings.file {
            say::line(format_args!("\nfile read: {}", file.display()));
        }
    }
    settings.config().map(|_| ()).map_err(Trouble::from)
}

fn shown(line: &Line<'_>) -> String {
    line.value.clone().unwrap_or_else(|| "-".to_owned())
}
