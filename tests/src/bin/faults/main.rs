//! What was acknowledged is there afterwards: `make faults`.
//!
//! Each fault starts the real program, loads it, hurts it, and then asks for everything that it had acknowledged. It prints
//! rounds, acknowledged, lost; lost must be 0, and `gongzhi check` must be clean after each round. The control run without
//! full synchronisation must lose something in the power cut: otherwise that test would prove nothing.

mod backup;
mod clock;
mod disk;
mod kill;
mod power;
mod round;

use std::path::PathBuf;
use std::time::Instant;

use gongzhi_tests::program::Program;

/// What came of a fault.
#[derive(Debug)]
pub(crate) enum Verdict {
    /// Rounds, acknowledged, lost.
    Ran { rounds: u32, acknowledged: u64, lost: u64 },
    /// The machine lacks what it needs.
    Skipped(String),
}

/// How hard to try.
#[derive(Debug, Clone)]
pub(crate) struct Plan {
    pub(crate) program: Program,
    /// Fewer rounds, for every run of the tests.
    pub(crate) quick: bool,
}

impl Plan {
    pub(crate) fn rounds(&self, quick: u32, thorough: u32) -> u32 {
        if self.quick { quick } else { thorough }
    }
}

/// A fault: its name, whether it is quick enough for every run, and what it does.
type Fault = (&'static str, bool, fn(&Plan) -> Verdict);

const FAULTS: &[Fault] = &[
    ("kill -9 under load", true, kill::under_load),
    ("migration interrupted", true, kill::migration),
    ("full disk", true, disk::full),
    ("failing fsync", true, disk::failing_fsync),
    ("failing writes", true, disk::failing_writes),
    ("clock jumps", true, clock::jumps),
    ("backup under load, restored", true, backup::under_load),
    ("power cut", false, power::cut),
    ("power cut, control without fsync (must lose)", false, power::control),
];

fn main() {
    let mut binary = None;
    let mut quick = false;
    let mut only = None;
    let mut words = std::env::args().skip(1);
    while let Some(word) = words.next() {
        match word.as_str() {
            "--binary" => binary = words.next().map(PathBuf::from),
            "--quick" => quick = true,
            "--only" => only = words.next(),
            _ => {
                eprintln!(
                    "usage: faults [--binary PATH] [--quick] [--only NAME]\n  --only takes a part of a fault's name"
                );
                std::process::exit(2);
            }
        }
    }
    let binary = binary.unwrap_or_else(|| {
        let exe = std::env::current_exe().expect("the running program");
        exe.with_file_name("gongzhi")
    });
    assert!(binary.exists(), "{} is not built: run `make test` or `make faults`", binary.display());
    let binary = binary.canonicalize().expect("its place");
    let plan = Plan { program: Program::new(binary), quick };
    let (mut passed, mut failed, mut skipped) = (0, 0, 0);
    for (name, fast, run) in FAULTS {
        if (quick && !fast) || only.as_ref().is_some_and(|part| !name.contains(part.as_str())) {
            continue;
        }
        let began = Instant::now();
        let verdict = std::panic::catch_unwind(|| run(&plan));
        let seconds = began.elapsed().as_secs_f64();
        match verdict {
            Ok(Verdict::Skipped(why)) => {
                skipped += 1;
                println!("skip  {name}: {why}");
            }
            Ok(Verdict::Ran { rounds, acknowledged, lost }) => {
                // The control run stands on its head: it must lose.
                let good = if name.contains("must lose") { lost > 0 } else { lost == 0 } && acknowledged > 0;
                if good {
                    passed += 1
                } else {
                    failed += 1
                }
                let word = if good { "ok  " } else { "FAIL" };
                println!(
                    "{word}  {name}: {rounds} rounds, {acknowledged} acknowledged, {lost} lost ({seconds:.1} s)"
                );
            }
            Err(_) => {
                failed += 1;
                println!("FAIL  {name} ({seconds:.1} s), see above");
            }
        }
    }
    println!("faults: {passed} passed, {failed} failed, {skipped} skipped");
    if failed > 0 {
        std::process::exit(1);
    }
}
