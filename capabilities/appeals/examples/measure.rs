//! How fast appeals come in, are imported and are found, on the embedded engine:
//! `cargo run --release -p gongzhi-appeals --example measure -- [INTAKE] [IMPORT]`. `KEEP=1` leaves the data behind.
#![allow(clippy::unwrap_used, clippy::print_stdout, clippy::disallowed_methods, clippy::cast_precision_loss)]

use std::time::{Duration, Instant};

use gongzhi_appeals::actions::books::{Books, NewCategory, adopt_catalogue, establish_category};
use gongzhi_appeals::actions::import::{Imported, import_appeals, ready};
use gongzhi_appeals::catalogue::Entry;
use gongzhi_appeals::model::{CategoryId, Channel, Kind, Phase, Reporter, Urgency, Visibility};
use gongzhi_appeals::queries::{Desk, DeskFilter, From, ListFilter};
use gongzhi_appeals::rules::{ImportedAppeal, ImportedState};
use gongzhi_appeals::{Appeals, Submit};
use gongzhi_kernel::{Actor, AppealId, AreaId, Failure, LocalText, Locale, OrganId, World};
use gongzhi_people::{
    AreaLevel, Directory, NewArea, NewOrgan, OrganKind, People, Policies, actions as people,
};
use gongzhi_store::{Location, SqliteOptions, Store};

/// The name of the embedded engine's writer, as the system cuts it.
const WRITER: &str = "sqlite-writer";

const CLAUSES: [&str; 12] = [
    "楼下工地夜里十一点还在施工",
    "路灯坏了三天，晚上看不清路",
    "小区门口的井盖松动，车一过就响",
    "暖气不热，家里只有十四度",
    "垃圾桶好几天没有清运，味道很大",
    "早市占道，救护车进不来",
    "自来水发黄，烧开以后有沉淀",
    "电梯经常停在两层之间，老人不敢坐",
    "树枝压在电线上，刮风时冒火花",
    "公交站牌倒了，没有人管",
    "希望在路口加装红绿灯",
    "请问异地医保怎么备案",
];

fn text(n: usize) -> String {
    let clause = |at: usize| CLAUSES[(n / at + n * at) % CLAUSES.len()];
    format!("{}。{}，{}。已经反映过{}次，请尽快处理。", clause(1), clause(7), clause(31), n % 5)
}

struct City {
    organs: Vec<OrganId>,
    communities: Vec<AreaId>,
    districts: Vec<AreaId>,
    categories: Vec<CategoryId>,
    tops: Vec<CategoryId>,
}

async fn city(store: &Store) -> City {
    let context = store.world().context(Actor::System, Locale::default());
    let seeded: Result<City, Failure> = store
        .write(move |tx| {
            let area = |tx: &mut dyn gongzhi_store::Tx, code: String, level, parent| {
                let name = LocalText::only(format!("区域{code}"));
                let new = NewArea { code, level, name, parent, valid_from: context.now, centre: None };
                people::add_area(tx, &context, &new)
            };
            let (mut districts, mut communities) = (Vec::new(), Vec::new());
            let top = area(tx, "990100000000".into(), AreaLevel::City, None)?;
            for d in 1..=4 {
                let district = area(tx, format!("9901{d:02}000000"), AreaLevel::District, Some(top))?;
                districts.push(district);
                for s in 1..=8 {
                    let street = area(tx, format!("9901{d:02}{s:03}000"), AreaLevel::Street, Some(district))?;
                    for c in 1..=10 {
                        let code = format!("9901{d:02}{s:03}{c:03}");
                        communities.push(area(tx, code, AreaLevel::Community, Some(street))?);
                    }
                }
            }
            let mut organs = Vec::new();
            for n in 0..40 {
                let new = NewOrgan {
                    code: format!("o{n}"),
                    kind: OrganKind::Department,
                    name: LocalText::only(format!("部门{n}")),
                    parent: None,
                    area: None,
                };
                organs.push(people::establish_organ(tx, &context, &new)?);
            }
            let mut books = Books::read(tx)?;
            let (mut tops, mut categories, mut entries) = (Vec::new(), Vec::new(), Vec::new());
            for t in 0..10 {
                let new = |code: String, parent| NewCategory {
                    name: LocalText::only(format!("类{code}")),
                    code,
                    parent,
                    urgency: Urgency::Ordinary,
                    active: true,
                };
                let top = establish_category(tx, &context, &mut books, new(format!("{t}"), None))?;
                tops.push(top);
                for m in 0..5 {
                    let code = format!("{t}.{m}");
                    let leaf = establish_category(tx, &context, &mut books, new(code, Some(top)))?;
                    entries.push(Entry { category: Some(leaf), area: None, organ: organs[(t * 5 + m) % 40] });
                    categories.push(leaf);
                }
            }
            let directory = Directory::read(tx)?;
            adopt_catalogue(tx, &context, &directory, &books.categories, &entries, context.now)?;
            Ok(City { organs, communities, districts, categories, tops })
        })
        .await;
    seeded.unwrap()
}

fn quantile(times: &mut [Duration], q: f64) -> Duration {
    times.sort_unstable();
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    let at = ((times.len() as f64 - 1.0) * q) as usize;
    times[at]
}

/// Processor time of this process so far, of all its threads: says more than the wall clock on a busy machine.
fn processor() -> Duration {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap();
    let fields: Vec<&str> = stat.rsplit(')').next().unwrap().split_whitespace().collect();
    let ticks: u64 = fields[11].parse::<u64>().unwrap() + fields[12].parse::<u64>().unwrap();
    Duration::from_millis(ticks * 10)
}

/// Processor time of the thread with this name so far.
fn thread(name: &str) -> Duration {
    let mut ticks = 0;
    for task in std::fs::read_dir("/proc/self/task").unwrap() {
        let stat = std::fs::read_to_string(task.unwrap().path().join("stat")).unwrap_or_default();
        if stat.contains(&format!("({name}")) {
            let fields: Vec<&str> = stat.rsplit(')').next().unwrap().split_whitespace().collect();
            ticks += fields[11].parse::<u64>().unwrap() + fields[12].parse::<u64>().unwrap();
        }
    }
    Duration::from_millis(ticks * 10)
}

async fn intake(appeals: &Appeals, city: &City, all: usize, keyed: bool) {
    const TASKS: usize = 64;
    let (began, before, writer) = (Instant::now(), processor(), thread(WRITER));
    let tasks = (0..TASKS).map(|task| {
        let appeals = appeals.clone();
        let (categories, communities) = (city.categories.clone(), city.communities.clone());
        tokio::spawn(async move {
            let mut times = Vec::new();
            for n in (task..all).step_by(TASKS) {
                let context = appeals.store().world().context(Actor::Visitor, Locale::default());
                let submit = Submit {
                    category: Some(categories[n % categories.len()]),
                    area: Some(communities[n % communities.len()]),
                    address: format!("柳荫街 {n} 号"),
                    reporter: Reporter { phone: "19900000001".into(), ..Reporter::default() },
                    ..Submit::new(Kind::Complaint, Channel::Web, text(n))
                };
                let key = format!("key-{n}");
                let at = Instant::now();
                appeals.submit(&context, submit, keyed.then_some(key.as_str())).await.unwrap();
                times.push(at.elapsed());
            }
            times
        })
    });
    let mut times = Vec::new();
    for task in tasks.collect::<Vec<_>>() {
        times.extend(task.await.unwrap());
    }
    let took = began.elapsed().as_secs_f64();
    let label = if keyed { "intake with keys" } else { "intake" };
    println!(
        "{label}: {all} in {took:.2} s, {:.0}/s, processor {:?} each (writer {:?}), p50 {:?}, p99 {:?}",
        all as f64 / took,
        (processor() - before) / u32::try_from(all).unwrap(),
        (thread(WRITER) - writer) / u32::try_from(all).unwrap(),
        quantile(&mut times, 0.5),
        quantile(&mut times, 0.99)
    );
}

async fn import(appeals: &Appeals, city: &City, all: usize) {
    const BATCH: usize = 1000;
    let now = appeals.store().world().clock.now();
    let (books, directory) = (appeals.books(), appeals.directory());
    let (sender, mut receiver) = tokio::sync::mpsc::channel(4);
    let (organs, communities, categories) =
        (city.organs.clone(), city.communities.clone(), city.categories.clone());
    let (began, before, writer) = (Instant::now(), processor(), thread(WRITER));
    std::thread::spawn(move || {
        for from in (0..all).step_by(BATCH) {
            let batch: Vec<_> = (from..(from + BATCH).min(all))
                .map(|n| {
                    let age = Duration::from_secs((all - n) as u64 * 30 + 86_400 * 10);
                    let submitted_at = now - age;
                    let told = ImportedAppeal {
                        source: "measure".into(),
                        key: n.to_string(),
                        kind: Kind::Help,
                        channel: Channel::Phone,
                        urgency: Urgency::Ordinary,
                        visibility: Visibility::Public,
                        category: Some(categories[n % categories.len()]),
                        area: Some(communities[(n / 7) % communities.len()]),
                        address: format!("{n} Gingko Avenue"),
                        point: gongzhi_kernel::Point::new(30.0, 121.0),
                        title: String::new(),
                        text: text(n),
                        reply: "已派人到现场处理完毕，感谢您的反映。".into(),
                        organ: Some(organs[n % organs.len()]),
                        state: if n % 20 == 0 { ImportedState::Open } else { ImportedState::Closed },
                        submitted_at,
                        dispatched_at: None,
                        accepted_at: Some(submitted_at + Duration::from_secs(3600)),
                        contacted_at: None,
                        answered_at: None,
                        closed_at: Some(
                            submitted_at
                                + Duration::from_secs(86_400 * (n as u64 % 9))
                                + Duration::from_secs(7200),
                        ),
                        due: Some(now + Duration::from_secs(86_400)),
                    };
                    ready(&told, now).unwrap()
                })
                .collect();
            if sender.blocking_send(batch).is_err() {
                return;
            }
        }
    });
    let mut new = 0;
    while let Some(batch) = receiver.recv().await {
        let (books, directory) = (books.clone(), directory.clone());
        let outcome: Result<Vec<Imported>, gongzhi_kernel::Fault> =
            appeals.store().write(move |tx| import_appeals(tx, &books.categories, &directory, &batch)).await;
        new += outcome.unwrap().iter().filter(|one| matches!(one, Imported::New(_))).count();
    }
    let took = began.elapsed().as_secs_f64();
    println!(
        "import: {new} rows with 5 events in {took:.2} s, {:.0} rows/s, processor {:?} each (writer {:?})",
        new as f64 / took,
        (processor() - before) / u32::try_from(new).unwrap(),
        (thread(WRITER) - writer) / u32::try_from(new).unwrap(),
    );
}

async fn find(appeals: &Appeals, city: &City) {
    let all = ListFilter::default;
    let filters = [
        ("all", all()),
        ("open", ListFilter { phase: Some(Phase::Open), ..all() }),
        ("closed", ListFilter { phase: Some(Phase::Closed), ..all() }),
        ("district", ListFilter { area: Some(city.districts[0]), ..all() }),
        ("community", ListFilter { area: Some(city.communities[9]), ..all() }),
        ("top category", ListFilter { category: Some(city.tops[3]), ..all() }),
        ("category", ListFilter { category: Some(city.categories[7]), ..all() }),
        ("organ", ListFilter { organ: Some(city.organs[3]), ..all() }),
        ("organ, open", ListFilter { organ: Some(city.organs[20]), phase: Some(Phase::Open), ..all() }),
        (
            "district, category",
            ListFilter { area: Some(city.districts[2]), category: Some(city.categories[7]), ..all() },
        ),
        ("words", ListFilter { words: "路灯".into(), ..all() }),
        ("three words", ListFilter { words: "电梯 老人 红绿灯".into(), ..all() }),
        ("words, community", ListFilter { words: "暖气".into(), area: Some(city.communities[9]), ..all() }),
    ];
    for (name, filter) in filters {
        let (mut times, mut from, mut pages) = (Vec::new(), From::Older(None), 0);
        let mut deepest = Duration::ZERO;
        for _ in 0..200 {
            let at = Instant::now();
            let page = appeals.list(&filter, from).await.unwrap();
            deepest = at.elapsed();
            times.push(deepest);
            pages += 1;
            match page.older {
                Some(older) => from = From::Older(Some(older)),
                None => break,
            }
        }
        println!(
            "list {name:<20} {pages:>4} pages, p50 {:?}, p99 {:?}, last {deepest:?}",
            quantile(&mut times, 0.5),
            quantile(&mut times, 0.99)
        );
    }
    let newest = appeals.list(&all(), From::Older(None)).await.unwrap().items[0].id;
    let context = appeals.store().world().context(Actor::Visitor, Locale::default());
    let mut times: Vec<Duration> = Vec::new();
    for n in 0..500_i64 {
        let near = AppealId::new(newest.get() - n * 1_000_000_000).unwrap();
        let page = appeals.list(&ListFilter { size: 1, ..all() }, From::Older(Some(near))).await.unwrap();
        let Some(item) = page.items.first() else { break };
        let at = Instant::now();
        appeals.case(&context, item.id, None).await.unwrap();
        times.push(at.elapsed());
    }
    println!("case: p50 {:?}, p99 {:?}", quantile(&mut times, 0.5), quantile(&mut times, 0.99));
    let auditor = Actor::Auditor { person: gongzhi_kernel::PersonId::new(1).unwrap(), organ: city.organs[0] };
    let context = appeals.store().world().context(auditor, Locale::default());
    for filter in [DeskFilter::All, DeskFilter::Overdue, DeskFilter::InWork] {
        let mut times = Vec::new();
        let mut waiting = 0;
        for organ in &city.organs {
            let at = Instant::now();
            let page = appeals.desk(&context, Desk::Organ(*organ), filter, None, 20).await.unwrap();
            times.push(at.elapsed());
            waiting = page.counts.all;
        }
        println!(
            "desk {:<8} of {waiting}: p50 {:?}, p99 {:?}",
            filter.word(),
            quantile(&mut times, 0.5),
            quantile(&mut times, 0.99)
        );
    }
}

#[tokio::main]
async fn main() {
    let mut wanted = std::env::args().skip(1).map(|text| text.parse::<usize>().unwrap());
    let (taken, imported) = (wanted.next().unwrap_or(50_000), wanted.next().unwrap_or(50_000));
    let folder = std::env::temp_dir().join(format!("gongzhi-measure-{taken}-{imported}"));
    let _left_over = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).unwrap();
    let location = Location::Folder(SqliteOptions::new(&folder));
    let migrations = [gongzhi_people::MIGRATIONS, gongzhi_appeals::MIGRATIONS];
    let store = Store::open(location, World::system(), &migrations).await.unwrap();
    let policies = Policies::new(&[gongzhi_appeals::POLICIES]).unwrap();
    let people = People::open(store.clone(), policies).await.unwrap();
    let appeals = Appeals::open(store.clone(), people.clone()).await.unwrap();
    let city = city(&store).await;
    people.refresh().await.unwrap();
    appeals.refresh().await.unwrap();
    gongzhi_lexicon::warm_up();

    import(&appeals, &city, imported).await;
    intake(&appeals, &city, taken, false).await;
    intake(&appeals, &city, taken, true).await;
    find(&appeals, &city).await;
    let (at, before) = (Instant::now(), processor());
    let mut counted = 0;
    for follower in appeals.followers() {
        counted += gongzhi_store::followers::rebuild(&store, &follower).await.unwrap();
    }
    println!("figures: {counted} events counted in {:?}, processor {:?}", at.elapsed(), processor() - before);
    let (at, before) = (Instant::now(), processor());
    let report = store.read(|tx| gongzhi_appeals::check(tx)).await.unwrap();
    println!(
        "check: {} appeals in {:?}, processor {:?}, {} differences",
        report.checked,
        at.elapsed(),
        processor() - before,
        report.differences.len()
    );
    drop((appeals, people, store));
    if std::env::var_os("KEEP").is_none() {
        std::fs::remove_dir_all(&folder).unwrap();
    }
}
