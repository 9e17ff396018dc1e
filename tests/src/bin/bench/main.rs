//! Speed and memory, from outside, over HTTP, with the load generator on the same machine: `make bench`.
//!
//! Absolute figures are of this machine and this hour; the ratios are to something measured in the same run.

mod intake;
mod pages;
mod reference;
mod report;

use std::path::PathBuf;

use gongzhi_tests::program::Program;

use report::Figure;

const USAGE: &str =
    "usage: bench [--binary PATH] [--cases N] [--folder DIR] [--only intake|pages] [--seconds N]
  --cases N     appeals in the city whose pages are read (default 1000000)
  --folder DIR  where the cities lie (default: beside the binary); the large one is kept and used again
  --seconds N   length of each load (default 10)
  --keep FILE   adds the table to this document (docs/BENCHMARKS.md)";

/// How this run was asked for.
#[derive(Debug, Clone)]
pub(crate) struct Plan {
    pub(crate) program: Program,
    pub(crate) folder: PathBuf,
    pub(crate) cases: u64,
    pub(crate) seconds: u64,
}

fn main() {
    let exe = std::env::current_exe().expect("the running program");
    let mut binary = exe.with_file_name("gongzhi");
    let mut folder = None;
    let mut cases = 1_000_000;
    let mut seconds = 10;
    let mut only = None;
    let mut keep = None;
    let mut words = std::env::args().skip(1);
    while let Some(word) = words.next() {
        let mut value = || words.next().unwrap_or_else(|| usage());
        match word.as_str() {
            "--binary" => binary = PathBuf::from(value()),
            "--folder" => folder = Some(PathBuf::from(value())),
            "--cases" => cases = value().parse().unwrap_or_else(|_| usage()),
            "--seconds" => seconds = value().parse().unwrap_or_else(|_| usage()),
            "--only" => only = Some(value()),
            "--keep" => keep = Some(PathBuf::from(value())),
            _ => usage(),
        }
    }
    assert!(binary.exists(), "{} is not built: run `make bench`", binary.display());
    let binary = binary.canonicalize().expect("its place");
    let target = exe.parent().and_then(|folder| folder.parent()).expect("target").to_owned();
    let folder = folder.unwrap_or_else(|| target.join("bench"));
    std::fs::create_dir_all(&folder).expect("the folder");
    let plan = Plan { program: Program::new(binary), folder, cases, seconds };

    let mut figures: Vec<Figure> = Vec::new();
    if only.as_deref().is_none_or(|part| part == "intake") {
        figures.extend(intake::run(&plan));
    }
    if only.as_deref().is_none_or(|part| part == "pages") {
        figures.extend(pages::run(&plan));
    }
    report::print(&figures);
    report::write(&figures, &target.join("bench.json"));
    if let Some(document) = keep {
        report::keep(&figures, &document);
    }
}

fn usage() -> ! {
    eprintln!("{USAGE}");
    std::process::exit(2);
}
