//! What the faults share: a seeded city, load on it, and the question what is left.

use std::path::{Path, PathBuf};
use std::thread::JoinHandle;
use std::time::Duration;

use gongzhi_tests::appeal::{self, Acknowledged, Choices};
use gongzhi_tests::load::{Load, Outcome};
use gongzhi_tests::program::{Program, Serving};

/// A folder with a small sample city, removed at the end.
pub(crate) struct City {
    _folder: Option<tempfile::TempDir>,
    /// The city's data.
    pub(crate) data: PathBuf,
    /// What the program has said.
    pub(crate) log: PathBuf,
    /// What appeals may name.
    pub(crate) choices: Choices,
    /// All that has been acknowledged so far.
    pub(crate) acknowledged: Vec<Acknowledged>,
}

impl City {
    /// In a folder of its own.
    pub(crate) fn new(program: &Program) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let place = folder.path().to_owned();
        Self { _folder: Some(folder), ..Self::inside(program, &place, &place) }
    }

    /// With its data in `place` and its log in `logs`.
    pub(crate) fn inside(program: &Program, place: &Path, logs: &Path) -> Self {
        let data = place.join("city");
        let log = logs.join("log");
        let serving = program.serve(&["demo", "--cases", "50", "--data", &data.display().to_string()], &log);
        let choices = Choices::of(serving.address);
        let status = serving.stop();
        assert!(status.success(), "asked to stop, it ended with {status}");
        Self { _folder: None, data, log, choices, acknowledged: Vec::new() }
    }

    /// The same city's words for a copy whose files lie in `folder`.
    pub(crate) fn elsewhere(&self, folder: tempfile::TempDir) -> Self {
        Self {
            data: folder.path().join("city"),
            log: folder.path().join("log"),
            _folder: Some(folder),
            choices: self.choices.clone(),
            acknowledged: Vec::new(),
        }
    }

    pub(crate) fn data_argument(&self) -> String {
        self.data.display().to_string()
    }

    /// Serves the city.
    pub(crate) fn serve(&self, program: &Program) -> Serving {
        program.serve(&["serve", "--data", &self.data_argument()], &self.log)
    }

    /// Appeals from 16 connections for so long, in the background.
    pub(crate) fn load(&self, serving: &Serving, run: &str, length: Duration) -> JoinHandle<Outcome> {
        let (choices, name, kept_as) = (self.choices.clone(), run.to_owned(), run.to_owned());
        let load = Load::new(serving.address, 16, length, move |n| appeal::submit(&name, n, &choices))
            .keeping(move |n, answer| appeal::keep(&kept_as, n, answer));
        std::thread::spawn(move || load.closed())
    }

    /// Remembers what a load was told, and returns how many.
    pub(crate) fn remember(&mut self, outcome: &Outcome) -> u64 {
        let new = appeal::acknowledged(&outcome.kept);
        let count = new.len() as u64;
        self.acknowledged.extend(new);
        count
    }

    /// Starts the city once more, asks for all that has been acknowledged, stops it and replays its journal.
    pub(crate) fn lost(&self, program: &Program) -> u64 {
        let serving = self.serve(program);
        let lost = appeal::lost(serving.address, &self.choices, &self.acknowledged);
        serving.stop();
        program.check(&self.data);
        lost
    }
}

/// A pause that differs from round to round, the same in every run.
pub(crate) fn pause(round: u32, from: Duration, to: Duration) -> Duration {
    let share = f64::from((round.wrapping_mul(2_654_435_761)) >> 16 & 0x3ff) / 1024.0;
    from + (to - from).mul_f64(share)
}

/// Whether we are root.
pub(crate) fn is_root() -> bool {
    std::fs::read_to_string("/proc/self/status")
        .unwrap_or_default()
        .lines()
        .find_map(|line| line.strip_prefix("Uid:")?.split_whitespace().nth(1).map(str::to_owned))
        .is_some_and(|effective| effective == "0")
}

/// Whether a program can be run here.
pub(crate) fn have(tool: &str) -> bool {
    let path = std::env::var("PATH").unwrap_or_default() + ":/usr/sbin:/sbin";
    path.split(':').any(|folder| Path::new(folder).join(tool).exists())
}

/// Runs a tool that must succeed.
pub(crate) fn tool(name: &str, arguments: &[&str]) {
    try_tool(name, arguments).unwrap_or_else(|said| panic!("{name} {arguments:?}: {said}"));
}

/// Runs a tool; what it said where it failed.
pub(crate) fn try_tool(name: &str, arguments: &[&str]) -> Result<(), String> {
    let path = std::env::var("PATH").unwrap_or_default() + ":/usr/sbin:/sbin";
    let output = std::process::Command::new(name)
        .args(arguments)
        .env("PATH", path)
        .output()
        .map_err(|error| error.to_string())?;
    if output.status.success() {
        return Ok(());
    }
    Err(format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr)))
}

/// Something mounted, unmounted at the end.
#[derive(Debug)]
pub(crate) struct Mount {
    pub(crate) at: PathBuf,
}

impl Mount {
    /// `mount ARGUMENTS AT`.
    pub(crate) fn new(arguments: &[&str], at: &Path) -> Result<Self, String> {
        let at_text = at.display().to_string();
        let all: Vec<&str> = arguments.iter().copied().chain([at_text.as_str()]).collect();
        try_tool("mount", &all)?;
        Ok(Self { at: at.to_owned() })
    }
}

impl Drop for Mount {
    fn drop(&mut self) {
        let at = self.at.display().to_string();
        for _ in 0..50 {
            if try_tool("umount", &[&at]).is_ok() {
                return;
            }
            std::thread::sleep(Duration::from_millis(100));
        }
        eprintln!("cannot unmount {at}");
    }
}
