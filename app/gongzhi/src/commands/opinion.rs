//! `gongzhi opinion`: the opinion map of a Polis export.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::{IsTerminal, Read as _};
use std::path::Path;

use gongzhi_opinion::polis::{self, Export, Fault, Statements};
use gongzhi_opinion::{Map, Moderation, Options, Stability, StatementId, Vote, parity, picture};
use serde::Serialize;

use crate::cli::OpinionArgs;
use crate::say::{self, Trouble};

/// How often people are drawn anew to see how stable the groups are.
const RESAMPLES: u32 = 20;
/// Bytes that are read at a time.
const PART: usize = 1 << 18;
/// Most faulty rows that are printed; all are counted.
const SHOWN: usize = 20;
/// Width of the picture on the terminal, in characters.
const WIDTH: usize = 76;
/// Most characters of a statement on a line.
const TEXT: usize = 90;
/// Statements in the list of those that bridge.
const BRIDGING: usize = 5;

#[derive(Serialize)]
struct Answer {
    k: usize,
    people: Vec<Person>,
    groups: Vec<Group>,
    statements: Vec<Statement>,
    consensus: Consensus,
    stability: Steadiness,
}

#[derive(Serialize)]
struct Person {
    id: u64,
    x: f64,
    y: f64,
    group: Option<u32>,
}

#[derive(Serialize)]
struct Group {
    id: u32,
    size: u32,
    silhouette: f64,
    representative: Vec<Representative>,
}

#[derive(Serialize)]
struct Representative {
    statement: StatementId,
    side: &'static str,
}

#[derive(Serialize)]
struct Statement {
    id: StatementId,
    extremity: f64,
    group_consensus: f64,
    bridging: f64,
    priority: f64,
}

#[derive(Serialize)]
struct Consensus {
    agree: Vec<StatementId>,
    disagree: Vec<StatementId>,
}

/// How stable number and groups are. In parity mode nothing is drawn anew.
#[derive(Serialize)]
struct Steadiness {
    silhouette: f64,
    silhouettes: Vec<Tried>,
    silhouette_gap: Option<f64>,
    next_k: Option<usize>,
    resamples: u32,
    same_k: Option<f64>,
    keep_group: Option<f64>,
    keep_by_group: Option<Vec<f64>>,
}

#[derive(Serialize)]
struct Tried {
    k: usize,
    silhouette: f64,
}

pub(crate) fn run(args: &OpinionArgs, json: bool) -> Result<(), Trouble> {
    let export = votes_of(&args.file)?;
    let statements = match &args.comments {
        Some(path) => polis::read_statements(&bytes_of(path)?).map_err(|error| {
            Trouble::new(format!("{}: {error}", path.display()))
                .way_out("name comments.csv of the same export, or leave --comments out")
        })?,
        None => Statements::default(),
    };
    if export.votes.is_empty() {
        tell_faults(&args.file, &export.faults, export.faulty);
        return Err(Trouble::new(format!("there is no vote in {}", args.file.display())));
    }
    let moderation = statements.moderation();
    let options = Options { seed: args.seed, ..Options::default() };
    let (map, resamples) = if args.parity {
        (parity::map(&export.votes, &moderation, &mut parity::State::default()), 0)
    } else {
        (Map::of(&export.votes, &moderation, &options), RESAMPLES)
    };
    let stability = Stability::of(&export.votes, &moderation, &options, &map, resamples);
    if let Some(path) = &args.svg {
        let title =
            args.file.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
        std::fs::write(path, picture::svg(&map, &title))
            .map_err(|error| Trouble::new(format!("cannot write {}: {error}", path.display())))?;
    }
    if json {
        say::json(&answer(&map, &stability))?;
    } else {
        say::line(told(args, &export, &map, &moderation, &stability, &statements.texts).trim_end());
    }
    tell_faults(&args.file, &export.faults, export.faulty);
    if let Some(path) = &args.comments {
        tell_faults(path, &statements.faults, statements.faulty);
    }
    match export.faulty + statements.faulty {
        0 => Ok(()),
        1 => Err(Trouble::new("one row or vote was not taken; the map is drawn without it")
            .way_out("mend the line named above and run the command again")),
        many => {
            Err(Trouble::new(format!("{many} rows or votes were not taken; the map is drawn without them"))
                .way_out("mend the lines named above and run the command again"))
        }
    }
}

/// The votes of a file, which is read in parts: an export of millions of votes has hundreds of megabytes.
fn votes_of(path: &Path) -> Result<Export, Trouble> {
    let cannot = |error: std::io::Error| {
        Trouble::new(format!("cannot read {}: {error}", path.display()))
            .way_out("name a file of a Polis export; `gongzhi opinion --help` tells which")
    };
    let unreadable = |error: polis::Unreadable| {
        Trouble::new(format!("{}: {error}", path.display())).way_out(
            "name votes.csv or participants-votes.csv of a Polis export; `gongzhi opinion --help` shows their first lines",
        )
    };
    let mut file = std::fs::File::open(path).map_err(cannot)?;
    let mut reader = polis::Reader::default();
    let mut part = vec![0; PART];
    loop {
        match file.read(&mut part) {
            Ok(0) => return reader.finish().map_err(unreadable),
            Ok(length) => reader.push(part.get(..length).unwrap_or_default()).map_err(unreadable)?,
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
            Err(error) => return Err(cannot(error)),
        }
    }
}

fn bytes_of(path: &Path) -> Result<Vec<u8>, Trouble> {
    std::fs::read(path).map_err(|error| {
        Trouble::new(format!("cannot read {}: {error}", path.display()))
            .way_out("name a file of a Polis export; `gongzhi opinion --help` tells which")
    })
}

fn tell_faults(path: &Path, faults: &[Fault], all: u64) {
    for fault in faults.iter().take(SHOWN) {
        say::aside(format_args!("{}:{}: {}", path.display(), fault.line, fault.reason));
    }
    let shown = u64::try_from(faults.len().min(SHOWN)).unwrap_or(u64::MAX);
    if all > shown {
        say::aside(format_args!("{}: {} more that were not taken", path.display(), all - shown));
    }
}

fn side(vote: Vote) -> &'static str {
    match vote {
        Vote::Agree => "agree",
        Vote::Disagree => "disagree",
        Vote::Pass => "pass",
    }
}

// ---- for machines

fn answer(map: &Map, stability: &Stability) -> Answer {
    let drawn = stability.resamples > 0;
    Answer {
        k: map.groups.len(),
        people: map
            .people
            .iter()
            .map(|place| Person { id: place.person, x: place.x, y: place.y, group: place.group })
            .collect(),
        groups: map
            .groups
            .iter()
            .map(|group| Group {
                id: group.id,
                size: group.size,
                silhouette: group.silhouette,
                representative: group
                    .representative
                    .iter()
                    .map(|one| Representative { statement: one.statement, side: side(one.side) })
                    .collect(),
            })
            .collect(),
        statements: map
            .statements
            .iter()
            .map(|one| Statement {
                id: one.id,
                extremity: one.extremity,
                group_consensus: one.group_consensus,
                bridging: one.bridging,
                priority: one.priority,
            })
            .collect(),
        consensus: Consensus {
            agree: map.consensus.agree.iter().map(|one| one.statement).collect(),
            disagree: map.consensus.disagree.iter().map(|one| one.statement).collect(),
        },
        stability: Steadiness {
            silhouette: map.silhouette,
            silhouettes: map
                .tried
                .iter()
                .map(|(k, silhouette)| Tried { k: *k, silhouette: *silhouette })
                .collect(),
            silhouette_gap: stability.silhouette_gap,
            next_k: stability.next_number,
            resamples: stability.resamples,
            same_k: drawn.then_some(stability.same_number),
            keep_group: drawn.then_some(stability.keep_group),
            keep_by_group: drawn.then(|| stability.by_group.clone()),
        },
    }
}

// ---- for people

/// A share as a whole percentage.
fn percent(share: f64) -> String {
    format!("{:.0} %", share * 100.0)
}

/// A statement with its number, and its text where it is known, on one line.
fn named(id: StatementId, texts: &BTreeMap<StatementId, String>) -> String {
    let Some(text) = texts.get(&id) else { return format!("statement {id}") };
    let words: Vec<&str> = text.split_whitespace().collect();
    let line: String = words.join(" ").chars().filter(|c| !c.is_control()).collect();
    if line.chars().count() > TEXT {
        format!("{id} {}…", line.chars().take(TEXT).collect::<String>().trim_end())
    } else {
        format!("{id} {line}")
    }
}

fn told(
    args: &OpinionArgs,
    export: &Export,
    map: &Map,
    moderation: &Moderation,
    stability: &Stability,
    texts: &BTreeMap<StatementId, String>,
) -> String {
    let mut told = String::new();
    // Writing into a String cannot fail.
    let mut line = |text: std::fmt::Arguments| {
        let _never = told.write_fmt(format_args!("{text}\n"));
    };
    let grouped: u32 = map.groups.iter().map(|group| group.size).sum();
    line(format_args!(
        "{} people, {} statements, {} votes{}",
        map.people.len(),
        map.statements.len(),
        export.votes.len(),
        if args.parity { ", as the production system of Polis computes it" } else { "" }
    ));
    let known = export.votes.statements();
    let out = known.iter().filter(|id| moderation.out.contains(id)).count();
    if out > 0 {
        let what = if args.parity { "moderated out and counted as 0" } else { "moderated out and left out" };
        let who = if out == 1 { "1 statement was".to_owned() } else { format!("{out} statements were") };
        line(format_args!("{who} {what}"));
    }
    line(format_args!(
        "The map shows {} and {} of all differences along its two axes.\n",
        percent(map.explained[0]),
        percent(map.explained[1])
    ));
    for row in picture::text(map, WIDTH).lines() {
        line(format_args!("{row}"));
    }
    line(format_args!(
        "\n{} of {grouped} people{}; silhouette {:.2}",
        if map.groups.len() == 1 { "1 group".to_owned() } else { format!("{} groups", map.groups.len()) },
        match map.people.len() - usize::try_from(grouped).unwrap_or(0) {
            0 => String::new(),
            few => format!(" ({few} have voted too little for a group)"),
        },
        map.silhouette
    ));
    if let (Some(gap), Some(next)) = (stability.silhouette_gap, stability.next_number) {
        line(format_args!(
            "next best: {next} groups, {gap:.3} behind{}",
            if gap < 0.02 { ": nearly as good" } else { "" }
        ));
    }
    if stability.resamples > 0 {
        line(format_args!(
            "with people drawn anew {} times: {} groups come out best in {} of them, and {} of the people keep their group",
            stability.resamples,
            map.groups.len(),
            percent(stability.same_number),
            percent(stability.keep_group)
        ));
    }
    for group in &map.groups {
        let keep = stability.by_group.get(group.id as usize).filter(|_| stability.resamples > 0);
        line(format_args!(
            "\n{} · {} people · silhouette {:.2}{}",
            picture::letter(group.id),
            group.size,
            group.silhouette,
            keep.map_or_else(String::new, |keep| format!(" · {} keep it", percent(*keep)))
        ));
        for one in &group.representative {
            line(format_args!(
                "  {} {}: {} of {}, {:.1} times as often as others{}",
                if one.side == Vote::Agree { '+' } else { '-' },
                named(one.statement, texts),
                one.count,
                one.seen,
                one.ratio,
                if one.significant { "" } else { " (not significant)" }
            ));
        }
    }
    line(format_args!(
        "\nWhat all share (most of all people, and the share in the group where it is lowest)"
    ));
    if map.consensus.agree.is_empty() && map.consensus.disagree.is_empty() {
        line(format_args!("  nothing yet"));
    }
    for (sign, list) in [('+', &map.consensus.agree), ('-', &map.consensus.disagree)] {
        for one in list {
            line(format_args!(
                "  {sign} {}: {} of {}; at least {} in every group",
                named(one.statement, texts),
                one.count,
                one.seen,
                percent(one.lowest)
            ));
        }
    }
    let mut bridging: Vec<_> =
        map.statements.iter().filter(|one| !one.meta && one.tally.seen() > 0).collect();
    bridging.sort_by(|a, b| b.bridging.total_cmp(&a.bridging));
    line(format_args!("\nWhat bridges best (received well beyond what camps explain)"));
    for one in bridging.into_iter().take(BRIDGING) {
        line(format_args!("  {:+.2} {}", one.bridging, named(one.id, texts)));
    }
    if let Some(path) = &args.svg {
        line(format_args!("\nThe map is in {}", path.display()));
    }
    if std::io::stdout().is_terminal() && texts.is_empty() {
        line(format_args!(
            "\nWith --comments comments.csv statements are shown with their words, and moderation counts."
        ));
    }
    told
}
