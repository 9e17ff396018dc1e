//! Intake: appeals submitted over HTTP, each durable before it is acknowledged.

use std::path::{Path, PathBuf};
use std::time::Duration;

use gongzhi_tests::appeal::{self, Choices};
use gongzhi_tests::load::{Load, Outcome};
use gongzhi_tests::program::Serving;

use crate::report::{Figure, Goal};
use crate::{Plan, reference};

const MIB: f64 = 1024.0 * 1024.0;

pub(crate) fn run(plan: &Plan) -> Vec<Figure> {
    let folder = plan.folder.join("intake");
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).expect("a folder");
    let data = folder.join("city");
    let log = folder.join("log");
    let place = data.display().to_string();
    let seeded = plan.program.serve(&["demo", "--cases", "300", "--data", &place], &log);
    let choices = Choices::of(seeded.address);
    assert!(seeded.stop().success());
    let before = folder.join("before.sqlite");
    copy_database(&data.join("gongzhi.sqlite"), &before);

    println!("intake: closed loop, 64 connections, {} s", plan.seconds);
    let serving = plan.program.serve(&["serve", "--data", &place], &log);
    // Once round first: dictionaries loaded, statements prepared.
    submit(&serving, "warm", &choices, 64, Duration::from_secs(1), None);
    let warm = count(&data);
    let closed = submit(&serving, "closed", &choices, 64, Duration::from_secs(plan.seconds), None);
    println!(
        "  {} acknowledged, {:.0}/s, median {:.1} ms, p99 {:.1} ms",
        closed.count(201),
        closed.per_second(201),
        closed.percentile(0.5),
        closed.percentile(0.99)
    );
    let resident = serving.resident() as f64 / MIB;
    assert_eq!(
        closed.count(201),
        closed.answered(),
        "all are taken: {:?}; {}",
        closed.statuses,
        serving.said()
    );
    assert!(serving.stop().success());
    let written = count(&data);
    assert!(written >= warm + closed.count(201) as usize, "what was acknowledged is there");

    println!("intake: the same rows by a bare loop");
    let first = count(&before);
    let bare = reference::rate(&before, &data.join("gongzhi.sqlite"), written - first);
    println!("  {bare:.0}/s");

    println!("intake: open loop, 1000/s, {} s", plan.seconds);
    let serving = plan.program.serve(&["serve", "--data", &place], &log);
    submit(&serving, "warm2", &choices, 64, Duration::from_millis(500), None);
    let open = submit(&serving, "open", &choices, 64, Duration::from_secs(plan.seconds), Some(1000.0));
    assert_eq!(open.count(201), open.answered(), "all are taken: {:?}; {}", open.statuses, serving.said());
    println!(
        "  {} acknowledged, median {:.1} ms, p99 {:.1} ms, p99.9 {:.1} ms",
        open.count(201),
        open.percentile(0.5),
        open.percentile(0.99),
        open.percentile(0.999)
    );
    assert!(serving.stop().success());
    let _ = std::fs::remove_dir_all(&folder);

    let rate = closed.per_second(201);
    vec![
        Figure::against("intake, ratio to a bare loop", rate, "appeals/s", bare, Goal::AtLeast(0.5)),
        Figure::new("intake, 64 connections", rate, "appeals/s", Goal::AtLeast(5000.0)),
        Figure::new("intake, p99 at 64 connections", closed.percentile(0.99), "ms", Goal::None),
        Figure::new("intake, p99 at 1000/s open loop", open.percentile(0.99), "ms", Goal::Below(25.0)),
        Figure::new("memory under intake", resident, "MiB", Goal::Below(300.0)),
    ]
}

fn submit(
    serving: &Serving,
    run: &str,
    choices: &Choices,
    connections: usize,
    length: Duration,
    rate: Option<f64>,
) -> Outcome {
    let (choices, run) = (choices.clone(), run.to_owned());
    let load = Load::new(serving.address, connections, length, move |n| appeal::submit(&run, n, &choices));
    match rate {
        None => load.closed(),
        Some(rate) => load.open(rate),
    }
}

fn count(database: &Path) -> usize {
    let file: PathBuf = if database.is_dir() { database.join("gongzhi.sqlite") } else { database.to_owned() };
    let connection = rusqlite::Connection::open(file).expect("the database");
    let count: i64 =
        connection.query_row("SELECT count(*) FROM appeal", [], |row| row.get(0)).expect("appeals");
    usize::try_from(count).expect("a count")
}

fn copy_database(from: &Path, to: &Path) {
    let connection = rusqlite::Connection::open(from).expect("the database");
    connection.execute("VACUUM INTO ?1", [to.display().to_string()]).expect("a copy");
}
