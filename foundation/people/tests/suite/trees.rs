//! Organs and areas.

use gongzhi_kernel::{LocalText, Locale, Point, Timestamp};
use gongzhi_people::{
    AreaLevel, AreaRow, Directory, NewArea, NewOrgan, OrganChange, OrganKind, People, Policies, RejectedArea,
};
use gongzhi_store::testing::start;
use std::time::Duration;

use crate::house::{House, refused};

fn row(line: u64, code: &str, name: &str) -> AreaRow {
    AreaRow { line, code: code.into(), name: LocalText::only(name), ..AreaRow::default() }
}

fn codes<'a>(areas: impl IntoIterator<Item = &'a gongzhi_people::Area>) -> Vec<&'a str> {
    areas.into_iter().map(|area| area.code.as_str()).collect()
}

pub(crate) async fn organs_stand_in_a_tree(house: House) {
    let system = house.system();
    let new = |code: &str, parent| NewOrgan {
        code: code.into(),
        kind: OrganKind::Department,
        name: LocalText::only(format!("部门 {code}")),
        parent,
        area: None,
    };
    let top = house.people.establish_organ(&system, new("a", None)).await.unwrap();
    let middle = house.people.establish_organ(&system, new("b", Some(top))).await.unwrap();
    let low = house.people.establish_organ(&system, new("c", Some(middle))).await.unwrap();
    assert_eq!(
        refused(house.people.establish_organ(&system, new("a", None)).await).fields[0].key,
        "people-code-taken"
    );

    let directory = house.people.directory();
    assert_eq!(directory.organs_above(low).map(|organ| organ.id).collect::<Vec<_>>(), [middle, top]);
    assert!(directory.organ_is_within(low, top) && !directory.organ_is_within(top, low));
    assert_eq!(directory.organs_below(Some(top)).map(|organ| organ.id).collect::<Vec<_>>(), [middle]);

    // No rings.
    let ring = OrganChange {
        code: "a".into(),
        name: LocalText::only("部门 a"),
        parent: Some(low),
        area: None,
        active: true,
    };
    let refusal = refused(house.people.change_organ(&system, top, ring.clone()).await);
    assert_eq!(refusal.fields[0].key, "people-organ-within-itself");

    // Dissolved: still known, in no list, and nobody is appointed to it.
    let dissolved = OrganChange { parent: None, active: false, ..ring };
    house.people.change_organ(&system, top, dissolved).await.unwrap();
    let directory = house.people.directory();
    assert!(!directory.organ(top).unwrap().active);
    assert!(directory.organs_of_kind(OrganKind::Department).all(|organ| organ.id != top));
    let lin = house.person("lin", &[]).await;
    let refusal = refused(house.people.grant(&system, lin, top, gongzhi_kernel::Role::Handler).await);
    assert_eq!(refusal.key, "people-organ-dissolved");
    house.is_sound().await;
}

pub(crate) async fn areas_are_versions(house: House) {
    let system = house.system();
    let from: Timestamp = "2025-01-01T00:00:00+08:00".parse().unwrap();
    let until: Timestamp = "2026-01-01T00:00:00+08:00".parse().unwrap();
    let new = |code: &str, level, parent, valid_from| NewArea {
        code: code.into(),
        level,
        name: LocalText::new(format!("区域{code}"), format!("Area {code}")),
        parent,
        valid_from,
        centre: Point::new(39.9, 116.4),
    };
    let people = &house.people;
    let district =
        people.add_area(&system, new("110102000000", AreaLevel::District, None, from)).await.unwrap();
    let street =
        people.add_area(&system, new("110102001000", AreaLevel::Street, Some(district), from)).await.unwrap();
    let refusal = refused(people.add_area(&system, new("x", AreaLevel::District, Some(street), from)).await);
    assert_eq!(refusal.fields[0].key, "people-area-parent-not-wider");
    assert_eq!(refused(people.end_area(&system, district, until, vec![]).await).key, "people-area-not-empty");

    // The street is split; the old one is found by its code of then, and its successors by it.
    let north = people
        .add_area(&system, new("110102002000", AreaLevel::Street, Some(district), until))
        .await
        .unwrap();
    let south = people
        .add_area(&system, new("110102003000", AreaLevel::Street, Some(district), until))
        .await
        .unwrap();
    people.end_area(&system, street, until, vec![north, south]).await.unwrap();
    assert_eq!(refused(people.end_area(&system, street, until, vec![]).await).key, "people-area-ended");
    let directory = people.directory();
    assert_eq!(codes(directory.children(Some(district))), ["110102002000", "110102003000"]);
    assert!(directory.area_by_code("110102001000").is_none());
    let then = "2025-06-01T12:00:00+08:00".parse().unwrap();
    assert_eq!(directory.area_by_code_at("110102001000", then).unwrap().id, street);
    assert!(directory.area_by_code_at("110102001000", until).is_none());
    assert_eq!(codes(directory.today(street)), ["110102002000", "110102003000"]);
    assert_eq!(codes(directory.today(north)), ["110102002000"]);

    // The code may be used again.
    let again = people
        .add_area(&system, new("110102001000", AreaLevel::Street, Some(district), until))
        .await
        .unwrap();
    assert_eq!(people.directory().area_by_code("110102001000").unwrap().id, again);
    house.is_sound().await;
}

fn division() -> Vec<AreaRow> {
    vec![
        // The order of a file does not matter.
        row(2, "110102001003", "白塔社区"),
        row(3, "110102001000", "柳荫街道"),
        AreaRow { name: LocalText::new("西城区", "West District"), ..row(4, "110102000000", "") },
        row(5, "110100000000", "京安市"),
        AreaRow {
            level: Some(AreaLevel::Grid),
            parent: Some("110102001003".into()),
            centre: Point::new(39.91, 116.37),
            ..row(6, "110102001003-07", "第七网格")
        },
    ]
}

pub(crate) async fn a_division_is_taken_in_and_a_second_time_changes_nothing(house: House) {
    let system = house.system();
    let mut rows = division();
    rows.extend([
        row(7, "110102001003", "白塔社区"),
        row(8, "somewhere", "某处"),
        row(9, "110199001000", "无处街道"),
    ]);
    let report = house.people.import_areas(&system, rows.clone(), start(), false).await.unwrap();
    assert_eq!((report.added, report.changed, report.ended, report.unchanged), (5, 0, 0, 0));
    let rejected = |line, code: &str, key| RejectedArea { line, code: code.into(), key };
    assert_eq!(
        report.rejected,
        [
            rejected(8, "somewhere", "people-area-level-unknown"),
            rejected(9, "110199001000", "people-area-parent-missing"),
            rejected(7, "110102001003", "people-area-twice"),
        ]
    );

    let directory = house.people.directory();
    let grid = directory.area_by_code("110102001003-07").unwrap();
    assert_eq!(directory.address(grid.id, Locale::ZhCn), "西城区柳荫街道白塔社区第七网格");
    assert_eq!(directory.address(grid.id, Locale::En), "第七网格, 白塔社区, 柳荫街道, West District");
    let city = directory.area_by_code("110100000000").unwrap();
    assert_eq!(
        codes(directory.descendants(city.id)),
        ["110102000000", "110102001000", "110102001003", "110102001003-07"]
    );
    assert_eq!(directory.area_at(grid.id, AreaLevel::District).unwrap().code, "110102000000");
    assert!(directory.area_is_within(grid.id, city.id));

    let before = house.kinds().await.len();
    let again = house.people.import_areas(&system, rows, start(), true).await.unwrap();
    assert_eq!((again.added, again.changed, again.ended, again.unchanged), (0, 0, 0, 5));
    assert_eq!(house.kinds().await.len(), before);

    // A street office is found for whatever lies in its street.
    let street = directory.area_by_code("110102001000").unwrap().id;
    let change = OrganChange {
        code: "lyj".into(),
        name: LocalText::only("柳荫街道办事处"),
        parent: None,
        area: Some(street),
        active: true,
    };
    house.people.change_organ(&system, house.office, change).await.unwrap();
    let directory = house.people.directory();
    assert_eq!(directory.organ_for(grid.id, OrganKind::Street).unwrap().id, house.office);
    assert!(directory.organ_for(city.id, OrganKind::Street).is_none());
    house.is_sound().await;
}

pub(crate) async fn a_new_division_ends_what_it_replaces(house: House) {
    let system = house.system();
    house.people.import_areas(&system, division(), start(), false).await.unwrap();
    let old = house.people.directory().area_by_code("110102001003").unwrap().id;
    let old_grid = house.people.directory().area_by_code("110102001003-07").unwrap().id;
    let next = start() + Duration::from_secs(86_400);
    let mut rows = division();
    rows.retain(|row| !row.code.starts_with("110102001003"));
    rows.push(AreaRow { former: vec!["110102001003".into()], ..row(10, "110102001008", "白塔一社区") });
    rows.push(AreaRow { former: vec!["110102001003".into()], ..row(11, "110102001009", "白塔二社区") });
    let report = house.people.import_areas(&system, rows, next, true).await.unwrap();
    assert_eq!((report.added, report.ended, report.unchanged), (2, 2, 3));
    assert_eq!(report.rejected, []);
    let directory = house.people.directory();
    assert_eq!(codes(directory.today(old)), ["110102001008", "110102001009"]);
    assert!(directory.today(old_grid).is_empty());
    assert_eq!(directory.area(old).unwrap().valid_to, Some(next));
    house.is_sound().await;
}

pub(crate) async fn other_processes_see_changes(house: House) {
    let other = People::open(house.store.clone(), Policies::new(&[]).unwrap()).await.unwrap();
    let (stop, stopped) = tokio::sync::watch::channel(false);
    let keeping = tokio::spawn(other.clone().keep_fresh(stopped));
    let new = NewOrgan {
        code: "new".into(),
        kind: OrganKind::Court,
        name: LocalText::only("人民法院"),
        parent: None,
        area: None,
    };
    house.people.establish_organ(&house.system(), new).await.unwrap();
    assert!(house.people.directory().organ_by_code("new").is_some());
    let seen = async {
        while other.directory().organ_by_code("new").is_none() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), seen).await.unwrap();
    stop.send(true).unwrap();
    keeping.await.unwrap();
    let read = house.store.read(|tx| Directory::read(tx)).await.unwrap();
    assert_eq!(read.version(), other.directory().version());
}
