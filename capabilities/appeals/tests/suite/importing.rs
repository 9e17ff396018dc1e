//! Histories of other systems.

use gongzhi_appeals::actions::import::{Imported, import_appeals, ready};
use gongzhi_appeals::model::{Channel, Closing, Kind, StateName, Urgency, Visibility};
use gongzhi_appeals::queries::{From, ListFilter};
use gongzhi_appeals::rules::{ImportedAppeal, ImportedState};
use gongzhi_kernel::{Clock as _, IMPORT_NODE, OrganId, Timestamp};

use crate::house::House;
use crate::samples::{days, minutes};

fn then() -> Timestamp {
    "2015-01-01T05:00:09Z".parse().unwrap()
}

pub(crate) fn told(key: &str, state: ImportedState) -> ImportedAppeal {
    ImportedAppeal {
        source: "elsewhere-311".into(),
        key: key.into(),
        kind: Kind::Help,
        channel: Channel::Phone,
        urgency: Urgency::Ordinary,
        visibility: Visibility::Public,
        category: None,
        area: None,
        address: "12 Gingko Avenue".into(),
        point: gongzhi_kernel::Point::new(42.3, -71.1),
        title: String::new(),
        text: "Street light out for three days. Very dark.".into(),
        reply: "Lamp replaced.".into(),
        organ: OrganId::new(7),
        state,
        submitted_at: then(),
        dispatched_at: None,
        accepted_at: Some(then() + minutes(30)),
        contacted_at: None,
        answered_at: None,
        closed_at: Some(then() + days(2)),
        due: Some(then() + days(1)),
    }
}

async fn import(house: &House, batch: Vec<ImportedAppeal>) -> Vec<Imported> {
    let now = house.store.clock.now();
    let ready: Vec<_> = batch.iter().map(|told| ready(told, now).unwrap()).collect();
    let (books, directory) = (house.appeals.books(), house.appeals.directory());
    house.store.write(move |tx| import_appeals(tx, &books.categories, &directory, &ready)).await.unwrap()
}

pub(crate) async fn a_history_is_told_with_its_own_times_and_only_once(house: House) {
    let here = |key: &str, state| ImportedAppeal {
        organ: Some(house.lamps),
        area: Some(house.community),
        category: Some(house.lighting),
        ..told(key, state)
    };
    let batch = vec![
        here("1", ImportedState::Closed),
        here("2", ImportedState::Open),
        here("1", ImportedState::Closed),
    ];
    let outcome = import(&house, batch.clone()).await;
    let [Imported::New(one), Imported::New(two), Imported::Already(same)] = outcome[..] else {
        panic!("{outcome:?}")
    };
    assert_eq!(same, one);
    assert!(one < two && one.get() % 32 == i64::from(IMPORT_NODE));
    assert_eq!(one.made_at(), then());
    assert_eq!(house.kinds(one).await, ["submitted", "dispatched", "accepted", "answered", "closed"]);
    assert_eq!(
        import(&house, batch).await,
        [Imported::Already(one), Imported::Already(two), Imported::Already(one)]
    );

    let view = house.appeals.case(&house.visitor(), one, None).await.unwrap();
    assert_eq!(
        (view.state, view.title.as_str()),
        (StateName::Closed, "Street light out for three days. Very dark.")
    );
    assert_eq!(view.address.as_deref(), Some("12 Gingko Avenue"));
    let last = view.timeline.last().unwrap();
    assert_eq!((last.closing, last.at), (Some(Closing::AtSource), then() + days(2)));
    let answered = &view.timeline[3];
    assert_eq!(
        (answered.in_time, answered.took, answered.text.as_str()),
        (Some(false), 2 * 86_400, "Lamp replaced.")
    );

    // Open ones go on here: their deadline has passed, and the organ can take the next step.
    while house.strike().await > 0 {}
    assert_eq!(house.kinds(two).await, ["submitted", "dispatched", "accepted", "overdue"]);
    let lamps = house.official(house.lamps);
    house.appeals.answer(&lamps, two, None, "Repaired today.").await.unwrap();

    let filter = ListFilter { words: "light dark".into(), ..ListFilter::default() };
    let page = house.appeals.list(&filter, From::Older(None)).await.unwrap();
    assert_eq!(page.items.iter().map(|item| item.id).collect::<Vec<_>>(), [two, one]);
    // More at one moment than a millisecond has numbers for.
    let many = (0..300).map(|key| here(&format!("m{key}"), ImportedState::Closed)).collect();
    let outcome = import(&house, many).await;
    let mut numbers: Vec<_> = outcome
        .iter()
        .map(|one| if let Imported::New(id) = one { id.get() } else { panic!("{one:?}") })
        .collect();
    numbers.sort_unstable();
    numbers.dedup();
    assert_eq!(numbers.len(), 300);
    house.is_sound().await;
}

pub(crate) async fn what_cannot_be_true_is_rejected_with_its_reason(house: House) {
    let told = |change: fn(&mut ImportedAppeal)| {
        let mut one = told("k", ImportedState::Closed);
        one.organ = None;
        change(&mut one);
        one
    };
    let batch = vec![
        told(|one| one.text = " \n ".into()),
        told(|one| one.closed_at = None),
        told(|one| one.closed_at = Some(then() - minutes(1))),
        told(|one| {
            one.submitted_at = "2031-01-01T00:00:00Z".parse().unwrap();
            one.closed_at = Some(one.submitted_at);
        }),
        told(|one| one.submitted_at = "1999-01-01T00:00:00Z".parse().unwrap()),
        told(|_| {}),
    ];
    let outcome = import(&house, batch).await;
    let keys: Vec<_> = outcome
        .iter()
        .map(|one| if let Imported::Rejected(refusal) = one { refusal.key } else { "imported" })
        .collect();
    assert_eq!(
        keys,
        [
            "import-says-nothing",
            "import-without-time",
            "import-times-out-of-order",
            "import-in-the-future",
            "import-too-early",
            "imported",
        ]
    );
    house.is_sound().await;
}
