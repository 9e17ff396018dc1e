//! Pages on a large city: list, search and case; how deep one pages must not matter.

use std::time::{Duration, Instant};

use gongzhi_tests::appeal;
use gongzhi_tests::http;
use gongzhi_tests::load::{Load, Outcome};
use gongzhi_tests::program::Serving;

use crate::Plan;
use crate::report::{Figure, Goal};

const MIB: f64 = 1024.0 * 1024.0;

pub(crate) fn run(plan: &Plan) -> Vec<Figure> {
    let data = plan.folder.join(format!("city-{}", plan.cases));
    let log = plan.folder.join("pages.log");
    let place = data.display().to_string();
    if data.join("gongzhi.sqlite").exists() {
        println!("pages: using the city in {place}");
    } else {
        println!("pages: seeding {} appeals into {place}", plan.cases);
        let began = Instant::now();
        let cases = plan.cases.to_string();
        let seeding = plan
            .program
            .try_serve(&["demo", "--cases", &cases, "--data", &place], &log, Duration::from_secs(3600))
            .unwrap_or_else(|said| panic!("seeding: {said}"));
        println!("  {:.0} s", began.elapsed().as_secs_f64());
        // Followers have their turn before anything is measured.
        settle(&seeding);
        assert!(seeding.stop().success());
    }

    // Cold in the process, warm in the operating system: as after an upgrade.
    let starts: Vec<f64> = (0..5)
        .map(|_| {
            let serving = plan.program.serve(&["serve", "--data", &place], &log);
            let took = serving.until_first_answer.as_secs_f64();
            serving.stop();
            took
        })
        .collect();
    let start = median(starts);
    println!("start to first answer: {start:.3} s");

    let serving = plan.program.serve(&["serve", "--data", &place], &log);
    settle(&serving);
    let idle = serving.resident() as f64 / MIB;
    println!("memory, idle: {idle:.1} MiB");

    let list = appeal::once(serving.address, http::get("/api/v1/appeals?limit=50"));
    assert_eq!(list.status, 200, "{}", list.text());
    let numbers = numbers(&list.json());
    assert!(!numbers.is_empty(), "the list names no appeals: {}", list.text());
    let oldest: i64 = numbers[0].parse().expect("a number");

    let seconds = Duration::from_secs(plan.seconds);
    let read = |name: &'static str, paths: Vec<String>| -> Outcome {
        let load = Load::new(serving.address, 4, seconds, move |n| {
            http::get(&paths[usize::try_from(n).unwrap_or(0) % paths.len()])
        });
        let outcome = load.closed();
        assert_eq!(
            outcome.count(200),
            outcome.answered(),
            "{name}: {:?}; {}",
            outcome.statuses,
            serving.said()
        );
        println!(
            "{name}: {:.0}/s, median {:.1} ms, p99 {:.1} ms",
            outcome.per_second(200),
            outcome.percentile(0.5),
            outcome.percentile(0.99)
        );
        outcome
    };

    let first_pages = read(
        "list, first page",
        vec!["/appeals".into(), "/appeals?status=open".into(), "/appeals?status=answered".into()],
    );
    // Cursors spread over the whole year: ids grow with time.
    let year = (365 * 86_400_000_i64) << 12;
    let deep = (1..=40).map(|n| format!("/appeals?before={:016}", oldest - year / 42 * n)).collect();
    let deep_pages = read("list, deep", deep);
    let words = ["路灯", "噪声", "电梯", "垃圾 没人", "停车 小区", "漏水", "暖气", "street light"];
    let searched = words.iter().map(|word| format!("/appeals?q={}", encoded(word))).collect();
    let search = read("search", searched);
    let cases = numbers.iter().map(|number| format!("/appeals/{number}")).collect();
    let case = read("case page", cases);
    let home = read("home page", vec!["/".into()]);
    // The city's figures, of each month of the year: the same counters as the dashboards of staff.
    let promises = appeal::once(serving.address, http::get("/promises"));
    assert_eq!(promises.status, 200, "{}", promises.text());
    let figures = read("figures of the city", months(&promises.text()));
    let loaded = serving.resident() as f64 / MIB;
    println!("memory under that load: {loaded:.1} MiB");
    serving.stop();

    vec![
        Figure::new("start to first answer", start, "s", Goal::Below(0.5)),
        Figure::new("memory, idle", idle, "MiB", Goal::Below(60.0)),
        Figure::new("list page, p99", first_pages.percentile(0.99), "ms", Goal::Below(50.0)),
        Figure::against(
            "list page, deep ÷ first (median)",
            deep_pages.percentile(0.5),
            "ms",
            first_pages.percentile(0.5),
            Goal::Below(1.5),
        ),
        Figure::new("list page, deep, p99", deep_pages.percentile(0.99), "ms", Goal::Below(50.0)),
        Figure::new("search page, p99", search.percentile(0.99), "ms", Goal::Below(50.0)),
        Figure::new("case page, p99", case.percentile(0.99), "ms", Goal::Below(50.0)),
        Figure::new("home page, p99", home.percentile(0.99), "ms", Goal::Below(50.0)),
        Figure::new("figures of the city, p99", figures.percentile(0.99), "ms", Goal::Below(100.0)),
        Figure::new("memory under reading", loaded, "MiB", Goal::Below(300.0)),
    ]
}

/// Waits until the process has nothing more to do: its processor time stands still.
fn settle(serving: &Serving) {
    let used = || {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", serving.pid())).unwrap_or_default();
        let after_name = stat.rsplit_once(") ").map(|(_, rest)| rest.to_owned()).unwrap_or_default();
        let tick =
            |at: usize| after_name.split(' ').nth(at).and_then(|part| part.parse::<u64>().ok()).unwrap_or(0);
        tick(11) + tick(12)
    };
    for _ in 0..600 {
        let before = used();
        std::thread::sleep(Duration::from_secs(1));
        if used() <= before + 2 {
            return;
        }
    }
    panic!("the city does not come to rest: {}", serving.said());
}

fn numbers(list: &serde_json::Value) -> Vec<String> {
    let items = list["items"].as_array().cloned().unwrap_or_default();
    items.iter().filter_map(|item| item["number"].as_str().map(str::to_owned)).collect()
}

/// The pages of the twelve months up to the present one, from the link of the page to the month before.
fn months(page: &str) -> Vec<String> {
    let before = page.split("/promises?month=").nth(1).and_then(|rest| rest.get(..7)).unwrap_or_default();
    let (year, month) = before.split_once('-').expect("the page leads to the month before");
    let last = year.parse::<i64>().expect("a year") * 12 + month.parse::<i64>().expect("a month");
    let earlier = (0..11).map(|back| last - 1 - back);
    let earlier =
        earlier.map(|at| format!("/promises?month={:04}-{:02}", at.div_euclid(12), at.rem_euclid(12) + 1));
    std::iter::once("/promises".to_owned()).chain(earlier).collect()
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}

fn encoded(text: &str) -> String {
    text.bytes()
        .map(
            |byte| {
                if byte.is_ascii_alphanumeric() {
                    char::from(byte).to_string()
                } else {
                    format!("%{byte:02X}")
                }
            },
        )
        .collect()
}
