//! How fast a map is drawn and what it takes, each case in a process of its own so that peaks of memory are its own.
//!
//! `cargo bench -p gongzhi-opinion` measures the planted conversation. With real exports (GONGZHI_TEST_DATA) it also
//! measures those, and with a Python that has `red-dwarf` (GONGZHI_REFERENCE_PYTHON=…/bin/python) both engines side by
//! side in the same run.
#![allow(clippy::print_stdout, clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]
#![allow(clippy::cast_precision_loss)]

use std::path::PathBuf;
use std::process::Command;
use std::time::Instant;

use gongzhi_opinion::{
    Map, Moderation, Options, Session, Stability, Vote, Votes, adjusted_rand_index, polis,
};

/// How large a planted conversation is.
#[derive(Clone, Copy)]
struct Size {
    people: u64,
    statements: u64,
    votes: usize,
}

/// As large as the largest that are known: many people, and many statements.
const LARGE: Size = Size { people: 33_422, statements: 783, votes: 1_920_000 };
const WIDE: Size = Size { people: 18_082, statements: 9_030, votes: 1_000_000 };

fn main() {
    let words: Vec<String> = std::env::args().skip(1).filter(|word| word != "--bench").collect();
    match words.first().map(String::as_str) {
        Some("planted") => planted(LARGE),
        Some("wide") => planted(WIDE),
        Some("real") => real(&words[1]),
        _ => all(),
    }
}

fn all() {
    itself(&["planted"]);
    itself(&["wide"]);
    let data = std::env::var_os("GONGZHI_TEST_DATA").map(PathBuf::from);
    let Some(data) = data else {
        println!("real conversations: skipped, GONGZHI_TEST_DATA is not set");
        return;
    };
    for name in ["scoop-hivemind.biodiversity", "american-assembly.bowling-green"] {
        let folder = data.join("polis").join(name);
        let ours = itself(&["real", folder.to_str().unwrap()]);
        let Some(python) = std::env::var_os("GONGZHI_REFERENCE_PYTHON") else {
            println!("red-dwarf: skipped, GONGZHI_REFERENCE_PYTHON is not set");
            continue;
        };
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/benches/reference.py");
        let find = |text: &str, name: &str| -> f64 {
            let number = text.split(name).nth(1).and_then(|rest| rest.split([' ', ',']).nth(1)?.parse().ok());
            number.unwrap_or_else(|| panic!("no {name} in {text}"))
        };
        // Its linear algebra is faster with one thread on a busy machine, with all on an idle one: the better counts.
        let mut said = String::new();
        for threads in [Some("1"), None] {
            let mut command = Command::new(&python);
            if let Some(threads) = threads {
                command.env("OMP_NUM_THREADS", threads).env("OPENBLAS_NUM_THREADS", threads);
            }
            let output = command.arg(script).arg(&folder).output().unwrap();
            assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
            let now = String::from_utf8_lossy(&output.stdout).into_owned();
            print!("{now}");
            if said.is_empty() || find(&now, "seconds") < find(&said, "seconds") {
                said = now;
            }
        }
        println!(
            "  ratio: {:.0} times as fast, {:.1} times less memory (whole processes), {:.1} times less for votes and map alone",
            find(&said, "seconds") / find(&ours, "seconds"),
            find(&said, "peak MB") / find(&ours, "peak MB"),
            find(&said, "grown MB") / find(&ours, "grown MB"),
        );
    }
}

/// Runs one case in a process of its own and repeats what it says.
fn itself(words: &[&str]) -> String {
    let output = Command::new(std::env::current_exe().unwrap()).args(words).output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    print!("{said}");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    said
}

/// Megabytes: the largest ever resident, and those resident now.
fn memory(field: &str) -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix(field));
    line.and_then(|line| line.split_whitespace().next()?.parse::<f64>().ok()).unwrap_or(0.0) / 1024.0
}

fn peak() -> f64 {
    memory("VmHWM:")
}

/// Median of so many runs, in seconds.
fn median<T>(runs: usize, mut run: impl FnMut() -> T) -> f64 {
    let mut seconds: Vec<f64> = (0..runs)
        .map(|_| {
            let start = Instant::now();
            std::hint::black_box(run());
            start.elapsed().as_secs_f64()
        })
        .collect();
    seconds.sort_by(f64::total_cmp);
    seconds[runs / 2]
}

/// xorshift64*, enough for a planted conversation.
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_F491_4F6C_DD1D)
    }

    fn share(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }
}

/// Three camps of 50, 30 and 20 %. A third of the statements all receive alike, the others each camp in its own way.
/// Some people answer many statements, most few; early statements are answered more often.
fn conversation(size: Size) -> (Vec<(u64, u64, Vote)>, Vec<u32>) {
    let Size { people, statements, votes: wanted } = size;
    let mut dice = Dice(0x1234_5678_9ABC_DEF1);
    let agree: Vec<[f64; 3]> = (0..statements)
        .map(|statement| {
            if statement % 3 == 0 {
                [0.3 + 0.6 * dice.share(); 3]
            } else {
                [0, 1, 2].map(|_| if dice.next().is_multiple_of(2) { 0.1 } else { 0.9 })
            }
        })
        .collect();
    let camps: Vec<u32> = (0..people)
        .map(|_| match dice.share() {
            ..0.5 => 0,
            ..0.8 => 1,
            _ => 2,
        })
        .collect();
    let wish: Vec<f64> = (0..people).map(|_| 0.35 - (1.0 - dice.share()).ln()).collect();
    let all: f64 = wish.iter().sum();
    let mut votes = Vec::with_capacity(wanted + wanted / 50);
    let mut taken = vec![u64::MAX; usize::try_from(statements).unwrap()];
    for person in 0..people {
        let at = usize::try_from(person).unwrap();
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        let count = (wish[at] / all * wanted as f64).round().clamp(1.0, 700.0) as usize;
        let mut given = 0;
        while given < count {
            #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
            let statement = (dice.share().powf(1.3) * statements as f64) as usize;
            if taken[statement] == person {
                continue;
            }
            taken[statement] = person;
            given += 1;
            let vote = match dice.share() {
                ..0.15 => Vote::Pass,
                _ if dice.share() < agree[statement][camps[at] as usize] => Vote::Agree,
                _ => Vote::Disagree,
            };
            votes.push((person, statement as u64, vote));
        }
    }
    // As they arrive: not sorted.
    for at in (1..votes.len()).rev() {
        let other = usize::try_from(dice.next() % (at as u64 + 1)).unwrap();
        votes.swap(at, other);
    }
    (votes, camps)
}

fn planted(size: Size) {
    let (rows, camps) = conversation(size);
    let options = Options::default();
    println!(
        "planted: {} people, {} statements, {} votes, 3 groups",
        size.people,
        size.statements,
        rows.len()
    );
    let before = peak();
    let start = Instant::now();
    let votes = Votes::collect(rows).unwrap();
    let table = start.elapsed().as_secs_f64();
    let map = Map::of(&votes, &Moderation::default(), &options);
    println!("  table {table:.3} s, votes to map seconds {:.3}", start.elapsed().as_secs_f64());
    println!("  peak MB {:.0} (of which the input {before:.0})", peak());
    let (ours, theirs): (Vec<u32>, Vec<u32>) = map
        .people
        .iter()
        .filter_map(|place| Some((place.group?, camps[usize::try_from(place.person).unwrap()])))
        .unzip();
    println!(
        "  {} groups of {} people, adjusted Rand index {:.4}, silhouettes {:.3?}",
        map.groups.len(),
        ours.len(),
        adjusted_rand_index(&ours, &theirs),
        map.tried
    );
    println!(
        "  map again, median of 5: {:.3} s",
        median(5, || Map::of(&votes, &Moderation::default(), &options))
    );
    let start = Instant::now();
    let stability = Stability::of(&votes, &Moderation::default(), &options, &map, 20);
    println!(
        "  stability (20 resamples) {:.3} s: same number {:.2}, keep their group {:.3}",
        start.elapsed().as_secs_f64(),
        stability.same_number,
        stability.keep_group
    );
    let mut session = Session::new(votes, Moderation::default(), options);
    session.map().unwrap();
    let mut person = 0;
    let one_more = median(21, || {
        person += 997;
        session.vote(person % size.people, person % size.statements, Vote::Pass);
        session.map().unwrap().silhouette
    });
    let mut newcomer = size.people;
    let new_person = median(5, || {
        newcomer += 1;
        session.vote(newcomer, 5, Vote::Agree);
        session.map().unwrap().silhouette
    });
    println!(
        "  one more vote to the current map, median: {:.1} ms; of somebody new: {:.1} ms",
        one_more * 1e3,
        new_person * 1e3
    );
    println!("  peak MB with stability and session {:.0}", peak());
}

fn real(folder: &str) {
    let bytes = std::fs::read(PathBuf::from(folder).join("participants-votes.csv")).unwrap();
    let moderation =
        polis::read_statements(&std::fs::read(PathBuf::from(folder).join("comments.csv")).unwrap()).unwrap();
    let rows: Vec<(u64, u64, Vote)> = polis::read(&bytes).unwrap().votes.iter().collect();
    drop(bytes);
    let moderation = moderation.moderation();
    let before = memory("VmRSS:");
    let first = Instant::now();
    let votes = Votes::collect(rows.iter().copied()).unwrap();
    let map = Map::of(&votes, &moderation, &Options::default());
    let first = first.elapsed().as_secs_f64();
    let (peak, grown) = (peak(), (peak() - before).max(0.1));
    let seconds = median(9, || {
        let votes = Votes::collect(rows.iter().copied()).unwrap();
        Map::of(&votes, &moderation, &Options::default())
    });
    println!(
        "{folder}: {} people, {} statements, {} votes",
        map.people.len(),
        map.statements.len(),
        votes.len()
    );
    println!(
        "  gongzhi-opinion: seconds {seconds:.4} (median of 9, first {first:.4}), peak MB {peak:.1}, grown MB {grown:.1}, k {}",
        map.groups.len()
    );
}
