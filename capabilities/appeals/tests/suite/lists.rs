//! Lists, desks and figures.

use gongzhi_appeals::Submit;
use gongzhi_appeals::actions::Said;
use gongzhi_appeals::model::{Kind, Phase, Visibility};
use gongzhi_appeals::queries::{Desk, DeskFilter, From, ListFilter};
use gongzhi_kernel::{AppealId, RefusalKind};

use crate::house::{House, refused};

async fn found(house: &House, filter: ListFilter) -> Vec<AppealId> {
    let page = house.appeals.list(&filter, From::Older(None)).await.unwrap();
    page.items.iter().map(|item| item.id).collect()
}

pub(crate) async fn lists_filter_search_and_page_in_both_directions(house: House) {
    let lamp = |text: &str| Submit {
        category: Some(house.lighting),
        area: Some(house.elsewhere),
        text: text.into(),
        kind: Kind::Help,
        ..house.noise()
    };
    let hidden = Submit { visibility: Some(Visibility::Confidential), ..house.noise() };
    let open_place =
        Submit { visibility: Some(Visibility::Public), address: "银杏大道".into(), ..house.noise() };
    let noise = house.submit(house.noise()).await.number;
    let dark = house.submit(lamp("路灯坏了三天，晚上看不清路。")).await.number;
    house.submit(hidden).await;
    let answered = house.answered().await.number;
    let place = house.submit(open_place).await.number;

    let all = ListFilter::default();
    assert_eq!(found(&house, all.clone()).await, [place, answered, dark, noise]);
    for (filter, expected) in [
        (ListFilter { phase: Some(Phase::Open), ..all.clone() }, vec![place, dark, noise]),
        (ListFilter { phase: Some(Phase::Answered), ..all.clone() }, vec![answered]),
        (ListFilter { phase: Some(Phase::Closed), ..all.clone() }, vec![]),
        (ListFilter { category: Some(house.city_life), ..all.clone() }, vec![place, answered, dark, noise]),
        (ListFilter { category: Some(house.lighting), ..all.clone() }, vec![dark]),
        (ListFilter { area: Some(house.district), ..all.clone() }, vec![place, answered, noise]),
        (ListFilter { area: Some(house.street), ..all.clone() }, vec![place, answered, noise]),
        (ListFilter { area: Some(house.community), ..all.clone() }, vec![place, answered, noise]),
        (ListFilter { area: Some(house.grid), ..all.clone() }, vec![place, answered, noise]),
        (ListFilter { area: Some(house.elsewhere), kind: Some(Kind::Help), ..all.clone() }, vec![dark]),
        (ListFilter { organ: Some(house.lamps), ..all.clone() }, vec![dark]),
        (ListFilter { late: true, ..all.clone() }, vec![]),
        (ListFilter { words: "路灯".into(), ..all.clone() }, vec![dark]),
        (ListFilter { words: "施工".into(), phase: Some(Phase::Open), ..all.clone() }, vec![place, noise]),
        (ListFilter { words: "停工".into(), ..all.clone() }, vec![answered]),
        (ListFilter { words: "银杏大道".into(), ..all.clone() }, vec![place]),
        // The place of an anonymous appeal cannot be found out by searching.
        (ListFilter { words: "柳荫街".into(), ..all.clone() }, vec![]),
        (ListFilter { words: "，。".into(), ..all.clone() }, vec![]),
        (ListFilter { words: noise.to_string(), ..all.clone() }, vec![noise]),
    ] {
        assert_eq!(found(&house, filter.clone()).await, expected, "{filter:?}");
    }
    let nowhere = ListFilter { area: gongzhi_kernel::AreaId::new(99), ..all.clone() };
    assert_eq!(refused(house.appeals.list(&nowhere, From::Older(None)).await).key, "list-unknown-area");

    // Two on a page, there and back.
    let two = ListFilter { size: 2, ..all };
    let first = house.appeals.list(&two, From::Older(None)).await.unwrap();
    assert_eq!((first.items.len(), first.newer), (2, None));
    let second = house.appeals.list(&two, From::Older(first.older)).await.unwrap();
    assert_eq!(second.items.iter().map(|item| item.id).collect::<Vec<_>>(), [dark, noise]);
    assert_eq!((second.older, second.newer), (None, Some(dark)));
    let back = house.appeals.list(&two, From::Newer(dark)).await.unwrap();
    assert_eq!((back.items, back.newer, back.older), (first.items, None, first.older));

    let mine = house.appeals.submit(&house.resident(), house.noise(), None).await.unwrap().number;
    let page = house.appeals.mine(&house.resident(), From::Older(None), 10).await.unwrap();
    assert_eq!(page.items.iter().map(|item| item.id).collect::<Vec<_>>(), [mine]);
}

pub(crate) async fn desks_show_what_is_due_first(house: House) {
    let appeals = &house.appeals;
    let slow = house.submit(house.noise()).await.number;
    let unnamed = Submit { category: Some(house.other), ..house.noise() };
    let waiting = house.submit(unnamed.clone()).await.number;
    house.later(10);
    let fast = house.submit(house.noise()).await.number;
    let office = house.official(house.office);
    appeals.accept(&office, slow, None).await.unwrap();
    let back = house.submit(house.noise()).await.number;
    appeals.return_(&house.official(house.office), back, None, "不属于本单位职责").await.unwrap();

    let desk = Desk::Organ(house.office);
    let page = appeals.desk(&office, desk, DeskFilter::All, None, 10).await.unwrap();
    assert_eq!(
        page.items.iter().map(|item| item.id).collect::<Vec<_>>(),
        [fast, slow],
        "acceptance is due before contact"
    );
    assert_eq!(
        (page.counts.all, page.counts.to_accept, page.counts.in_work, page.counts.returned),
        (2, 1, 1, 1)
    );
    assert_eq!(page.counts.due_soon, 2);
    let one = appeals.desk(&office, desk, DeskFilter::All, None, 1).await.unwrap();
    let next = one.next.unwrap().to_string().parse().unwrap();
    let rest = appeals.desk(&office, desk, DeskFilter::All, Some(next), 1).await.unwrap();
    assert_eq!((rest.items[0].id, rest.next), (slow, None));
    for (filter, expected) in [
        (DeskFilter::ToAccept, vec![fast]),
        (DeskFilter::InWork, vec![slow]),
        (DeskFilter::Returned, vec![back]),
        (DeskFilter::Overdue, vec![]),
    ] {
        let page = appeals.desk(&office, desk, filter, None, 10).await.unwrap();
        assert_eq!(page.items.iter().map(|item| item.id).collect::<Vec<_>>(), expected, "{filter:?}");
        assert_eq!(page.counts.of(filter), i64::try_from(expected.len()).unwrap(), "{filter:?}");
    }
    let dispatchers =
        appeals.desk(&house.operator(), Desk::Dispatchers, DeskFilter::All, None, 10).await.unwrap();
    assert_eq!((dispatchers.counts.to_dispatch, dispatchers.counts.returned), (1, 1));
    assert!(dispatchers.items.iter().any(|item| item.id == waiting));

    house.later(125);
    while house.strike().await > 0 {}
    let page = appeals.desk(&office, desk, DeskFilter::Overdue, None, 10).await.unwrap();
    assert_eq!((page.items.len(), page.items[0].id, page.items[0].late), (1, fast, true));
    let late = ListFilter { late: true, ..ListFilter::default() };
    assert_eq!(found(&house, late).await.len(), 3, "two on the dispatchers' desk and one here");

    let stranger = house.official(house.lamps);
    assert_eq!(
        refused(appeals.desk(&stranger, desk, DeskFilter::All, None, 1).await).kind,
        RefusalKind::Forbidden
    );
    let refusal = refused(appeals.desk(&house.visitor(), Desk::Dispatchers, DeskFilter::All, None, 1).await);
    assert_eq!(refusal.kind, RefusalKind::Unauthenticated);
}

pub(crate) async fn figures_follow_the_journal_and_can_be_rebuilt(house: House) {
    let appeals = &house.appeals;
    house.submit(house.noise()).await;
    let receipt = house.submit(house.noise()).await;
    let taken_back = house.submit(house.noise()).await;
    appeals.withdraw(&house.visitor(), taken_back.number, None, Some(taken_back.code), "").await.unwrap();
    house.later(36 * 60);
    let office = house.official(house.office);
    appeals.accept(&office, receipt.number, None).await.unwrap();
    appeals.answer(&office, receipt.number, None, "已处理完毕。").await.unwrap();
    house.count().await;
    let mut watch = appeals.figures();
    let figures = **watch.borrow_and_update();
    assert_eq!((figures.received_today, figures.answered_today), (0, 1), "received yesterday");
    assert_eq!((figures.open, figures.answered, figures.closed), (1, 1, 1));
    assert_eq!((figures.answered_lately, figures.promised_lately, figures.kept_lately), (1, 1, 1));
    assert!((figures.typical_days.unwrap() - 36.5 / 24.0).abs() < 1e-9);

    let unhappy = Said { solved: false, satisfied: 1, contacted: None };
    appeals
        .appraise(&house.visitor(), receipt.number, None, Some(receipt.code), unhappy, "", Some("还没修好"))
        .await
        .unwrap();
    house.count().await;
    assert!(watch.has_changed().unwrap());
    let reopened = **watch.borrow_and_update();
    assert_eq!((reopened.open, reopened.answered, reopened.closed), (2, 0, 1));
    house.count().await;
    assert!(!watch.has_changed().unwrap(), "nothing has happened");
    for follower in appeals.followers() {
        gongzhi_store::followers::rebuild(&house.store, &follower).await.unwrap();
    }
    appeals.refresh_figures().await.unwrap();
    assert_eq!(**watch.borrow_and_update(), reopened);
}
