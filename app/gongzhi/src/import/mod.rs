//! `gongzhi import requests`: a city's history from the files of another system.
//!
//! ```text
//! reader ─► convert (by the mapping) ─► places (areas, organs, categories) ─► ready (events, words) ─► writer
//! └──────── one thread ───────────┘     └── found, or made in one write ──┘   └── another thread ──┘   store
//! ```
//! Every row ends in one of three counts: imported, already there, rejected. A batch is one unit of work: what an
//! interrupted run has counted is there, and the next run goes on behind it.

mod convert;
mod coordinates;
mod job;
mod mapping;
mod places;
mod progress;
mod reader;
mod rejects;
mod times;
mod value;

use std::path::{Path, PathBuf};

use clap::Args;
use gongzhi_appeals::Appeals;
use gongzhi_kernel::World;
use gongzhi_people::People;
use serde::Serialize;

pub use mapping::{Mapping, MappingError, SHIPPED};
pub use value::Unmapped;

use crate::compose;
use crate::config::Config;
use crate::say::{self, Trouble};
use job::{Ended, Job, Report};
use progress::{grouped, rate, spoken};

/// What to import.
#[derive(Debug, Args)]
#[command(after_help = HELP, after_long_help = LONG_HELP)]
pub struct RequestsArgs {
    /// The file: CSV or TSV with a first line of names, gzip too
    #[arg(value_name = "FILE", required_unless_present = "show_mapping")]
    pub file: Option<PathBuf>,
    /// Which column is what: the name of a shipped mapping (boston-311, nyc-311, messages-zh) or a file
    #[arg(long, value_name = "MAPPING")]
    pub mapping: String,
    /// Where rows go that cannot be taken [default: FILE.rejected.tsv]
    #[arg(long, value_name = "PATH")]
    pub rejected: Option<PathBuf>,
    /// Read and check everything, write nothing into the city
    #[arg(long)]
    pub dry_run: bool,
    /// Stop after so many rows
    #[arg(long, value_name = "NUMBER")]
    pub first: Option<u64>,
    /// Print the mapping and end: the beginning of your own
    #[arg(long)]
    pub show_mapping: bool,
}

const HELP: &str = "\
Examples:
  gongzhi import requests boston-2015.csv.gz --mapping boston-311 --data ./boston
  gongzhi import requests calls.csv --mapping calls.toml --dry-run
  gongzhi import requests --mapping boston-311 --show-mapping > calls.toml

--help tells how a mapping is written.";

const LONG_HELP: &str = "\
Examples:
  gongzhi import requests boston-2015.csv.gz --mapping boston-311 --data ./boston
  gongzhi import requests calls.csv --mapping calls.toml --dry-run --first 1000
  gongzhi import requests calls.csv --mapping calls.toml
  gongzhi import requests calls.csv.rejected.tsv --mapping calls.toml        the mended rest
  gongzhi import requests --mapping boston-311 --show-mapping > calls.toml   a mapping to begin with

Original times are kept. Every row ends in one of three counts: imported, already there, rejected. Rejected rows go with
their line and the reason to FILE.rejected.tsv; mend them there and import that file with the same mapping. A second run
imports nothing twice, and a run that was interrupted goes on where it stopped. Ends with 1 if rows were rejected.

A mapping is a TOML file:
  source = \"calls\"                              with `key` it tells whether a row is there already
  [time]
  zone = \"Asia/Shanghai\"                        else that of the city
  formats = [\"%Y-%m-%d %H:%M:%S\", \"%Y/%m/%d\"]   as strftime; or \"iso\", \"unix\", \"unix-ms\"
  [row]                                         key, submitted, and title or text are needed
  key = \"{Number}\"
  submitted = \"{Received}\"                      also: dispatched accepted contacted answered closed due
  title = [\"{Title}\", \"{Type}\"]                 the first that says something
  text = \"{Details}[ at {Place}][, {Floor?}]\"   [ ] only where its columns say something, ? if a file may lack it
  reply = \"{Answer}\"                            also: address latitude longitude
  kind = { from = \"{Type}\", contains = [[\"complain\", \"complaint\"]], otherwise = \"help\" }
  state = { from = \"{Status}\", map = { Done = \"closed\", New = \"open\" } }   also: channel urgency visibility
  [organ]                                       found by code or name, else made
  name = \"{Office}\"
  unknown = \"create\"                            or \"reject\" the row, or \"leave\" it without
  [[area.levels]]                               the widest first
  level = \"district\"                            city, district, street, community, grid
  name = \"{District}\"
  code = \"{District code?}\"                     where the file has the codes of the city
  [[category.levels]]                           up to three, the widest first
  name = \"{Type}\"
Also: [file] delimiter quotes escapes encoding (\"gb18030\"), [time] slack, coordinates = \"gcj02\", tables under
[lookup.NAME], and in { }: when, strip_start, ignore, present, lookup.

Words: kind inquiry help complaint report suggestion; state open answered closed; urgency danger utility ordinary complex;
visibility public reporter_anonymous confidential; channel web mini_program phone walk_in grid email open311 api import.";

/// The answer to a machine.
#[derive(Debug, Serialize)]
struct Answer<'a> {
    file: &'a Path,
    source: &'a str,
    dry_run: bool,
    complete: bool,
    #[serde(flatten)]
    report: &'a Report,
    rejected_file: Option<&'a Path>,
    seconds: f64,
    rows_a_second: u64,
}

/// Imports a file.
///
/// # Errors
/// What could not be done and the way out; also where rows were rejected, after all others have been imported.
pub async fn run(config: &Config, args: &RequestsArgs, json: bool) -> Result<(), Trouble> {
    let text = mapping_text(&args.mapping)?;
    let named = |error: MappingError| Trouble::asked(format!("mapping {}: {error}", args.mapping));
    let mapping = Mapping::parse(&text, &config.zone).map_err(|error| {
        named(error).way_out("`gongzhi import requests --help` tells how a mapping is written")
    })?;
    if args.show_mapping {
        say::line(text.trim_end());
        return Ok(());
    }
    let Some(file) = &args.file else {
        return Err(Trouble::asked("name a file to import")
            .way_out("`gongzhi import requests --help` gives examples"));
    };
    let mut job = Job::open(file, mapping, args).map_err(|trouble| match trouble {
        job::CannotBegin::Read(error) => Trouble::new(format!("cannot read {}: {error}", file.display()))
            .way_out("name a CSV or TSV file, packed with gzip or not"),
        job::CannotBegin::Mapping(error) => named(error),
    })?;
    let appeals = if args.dry_run {
        None
    } else {
        let store = compose::open(config, World::system()).await?;
        let people = People::open(store.clone(), compose::policies()?).await?;
        Some(Appeals::open(store, people).await?)
    };
    let ended = job.run(appeals.as_ref(), say::watched() && !json).await;
    if let Some(appeals) = &appeals {
        appeals.store().leave().await?;
    }
    let ended = ended?;
    tell(args, file, &job, &ended, json)
}

fn tell(args: &RequestsArgs, file: &Path, job: &Job, ended: &Ended, json: bool) -> Result<(), Trouble> {
    let report = &ended.report;
    let rejected = report.rejected;
    let side = (rejected > 0).then(|| job.rejected_path());
    let speed = rate(report.read, ended.took);
    if json {
        say::json(&Answer {
            file,
            source: job.source(),
            dry_run: args.dry_run,
            complete: ended.complete,
            report,
            rejected_file: side,
            seconds: ended.took.as_secs_f64(),
            rows_a_second: speed,
        })?;
    } else {
        let done = if args.dry_run { "could be imported" } else { "imported" };
        say::line(format_args!(
            "{} rows read: {} {done}, {} already there, {} rejected; {}, {} rows a second",
            grouped(report.read),
            grouped(report.imported),
            grouped(report.already_there),
            grouped(rejected),
            spoken(ended.took),
            grouped(speed)
        ));
        let made = report.made;
        if made != places::Made::default() {
            say::line(format_args!(
                "made: {} areas, {} organs, {} categories",
                made.areas, made.organs, made.categories
            ));
        }
        for (line, why) in job.first_rejected() {
            say::aside(format_args!("{}:{line}: {why}", file.display()));
        }
    }
    if !ended.complete {
        return Err(Trouble::new("stopped before the end of the file")
            .way_out("run the same command again: it goes on where it stopped"));
    }
    match side {
        None => Ok(()),
        Some(side) => {
            Err(Trouble::new(format!("{} of {} rows were rejected", grouped(rejected), grouped(report.read)))
                .way_out(format!(
                    "they stand with their reasons in {}; mend them there and import that file",
                    side.display()
                )))
        }
    }
}

fn mapping_text(name: &str) -> Result<String, Trouble> {
    if let Some(text) = mapping::shipped(name) {
        return Ok(text.to_owned());
    }
    std::fs::read_to_string(name).map_err(|error| {
        let shipped: Vec<String> =
            mapping::list().iter().map(|(name, about)| format!("{name} ({about})")).collect();
        Trouble::asked(format!("there is no mapping {name}: {error}"))
            .way_out(format!("name a TOML file, or one that is shipped: {}", shipped.join(", ")))
    })
}
