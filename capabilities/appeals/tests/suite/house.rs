//! A small city for the stories.

use std::time::Duration;

use gongzhi_appeals::actions::books::{Books, NewCategory, adopt_catalogue, establish_category};
use gongzhi_appeals::catalogue::Entry;
use gongzhi_appeals::model::{CategoryId, Channel, Kind, Reporter, Urgency};
use gongzhi_appeals::{Appeals, Receipt, Submit};
use gongzhi_kernel::{
    Actor, AppealId, AreaId, Clock as _, Context, Failure, LocalText, Locale, OrganId, PersonId, Refusal,
    Subject,
};
use gongzhi_people::{
    AreaLevel, Directory, NewArea, NewOrgan, NewPerson, OrganKind, People, Policies, actions as people,
};
use gongzhi_store::testing::{self, TestStore};
use gongzhi_store::{Engine, Tx};

pub(crate) struct House {
    pub(crate) store: TestStore,
    pub(crate) appeals: Appeals,
    /// A street office: noise in its street.
    pub(crate) office: OrganId,
    /// A department: lamps everywhere.
    pub(crate) lamps: OrganId,
    pub(crate) hotline: OrganId,
    pub(crate) district: AreaId,
    pub(crate) street: AreaId,
    pub(crate) community: AreaId,
    pub(crate) grid: AreaId,
    pub(crate) elsewhere: AreaId,
    /// Top category of the two.
    pub(crate) city_life: CategoryId,
    pub(crate) noise: CategoryId,
    pub(crate) lighting: CategoryId,
    /// A category that the catalogue names no organ for.
    pub(crate) other: CategoryId,
    pub(crate) official: PersonId,
    pub(crate) operator: PersonId,
    pub(crate) resident: PersonId,
}

gongzhi_store::statements! {
    LAST = "SELECT id FROM journal ORDER BY txn DESC, id DESC LIMIT 1";
}

struct Seed {
    office: OrganId,
    lamps: OrganId,
    hotline: OrganId,
    areas: [AreaId; 5],
    categories: [CategoryId; 4],
    persons: [PersonId; 3],
}

pub(crate) fn area(
    tx: &mut dyn Tx,
    context: &Context,
    code: &str,
    level: AreaLevel,
    parent: Option<AreaId>,
) -> Result<AreaId, Failure> {
    let name = LocalText::new(format!("区域{code}"), format!("Area {code}"));
    let new = NewArea { code: code.into(), level, name, parent, valid_from: context.now, centre: None };
    people::add_area(tx, context, &new)
}

fn seed(tx: &mut dyn Tx, context: &Context) -> Result<Seed, Failure> {
    let city = area(tx, context, "990100000000", AreaLevel::City, None)?;
    let district = area(tx, context, "990101000000", AreaLevel::District, Some(city))?;
    let street = area(tx, context, "990101001000", AreaLevel::Street, Some(district))?;
    let community = area(tx, context, "990101001001", AreaLevel::Community, Some(street))?;
    let grid = area(tx, context, "990101001001-03", AreaLevel::Grid, Some(community))?;
    let elsewhere = area(tx, context, "990102000000", AreaLevel::District, Some(city))?;
    let organ = |tx: &mut dyn Tx, code: &str, kind, area| {
        let name = LocalText::new(format!("机构{code}"), format!("Organ {code}"));
        people::establish_organ(tx, context, &NewOrgan { code: code.into(), kind, name, parent: None, area })
    };
    let office = organ(tx, "office", OrganKind::Street, Some(street))?;
    let lamps = organ(tx, "lamps", OrganKind::Department, None)?;
    let hotline = organ(tx, "12345", OrganKind::HotlineCentre, None)?;
    let person = |tx: &mut dyn Tx, name: &str| {
        people::register_person(tx, context, &NewPerson { name: name.into(), login: None, phone: None })
    };
    let persons = [person(tx, "林")?, person(tx, "赵")?, person(tx, "周")?];
    let mut books = Books::read(tx)?;
    let mut category = |tx: &mut dyn Tx, code: &str, parent, urgency| {
        let name = LocalText::new(format!("类{code}"), format!("Category {code}"));
        let new = NewCategory { code: code.into(), name, parent, urgency, active: true };
        establish_category(tx, context, &mut books, new)
    };
    let city_life = category(tx, "1", None, Urgency::Ordinary)?;
    let noise = category(tx, "1.1", Some(city_life), Urgency::Ordinary)?;
    let lighting = category(tx, "1.2", Some(city_life), Urgency::Utility)?;
    let other = category(tx, "9", None, Urgency::Ordinary)?;
    let directory = Directory::read(tx)?;
    let entries = [
        Entry { category: Some(noise), area: Some(street), organ: office },
        Entry { category: Some(lighting), area: None, organ: lamps },
    ];
    adopt_catalogue(tx, context, &directory, &books.categories, &entries, context.now)?;
    Ok(Seed {
        office,
        lamps,
        hotline,
        areas: [district, street, community, grid, elsewhere],
        categories: [city_life, noise, lighting, other],
        persons,
    })
}

pub(crate) async fn open(engine: Engine) -> House {
    let migrations = [gongzhi_people::MIGRATIONS, gongzhi_appeals::MIGRATIONS];
    let store = testing::on(engine, &migrations).await.unwrap();
    let policies = Policies::new(&[gongzhi_appeals::POLICIES]).unwrap();
    let people = People::open(store.clone(), policies).await.unwrap();
    let appeals = Appeals::open(store.clone(), people.clone()).await.unwrap();
    let context = store.world().context(Actor::System, Locale::default());
    let seed = store.write(move |tx| seed(tx, &context)).await.unwrap();
    people.refresh().await.unwrap();
    appeals.refresh().await.unwrap();
    let [district, street, community, grid, elsewhere] = seed.areas;
    let [city_life, noise, lighting, other] = seed.categories;
    let [official, operator, resident] = seed.persons;
    let Seed { office, lamps, hotline, .. } = seed;
    House {
        store,
        appeals,
        office,
        lamps,
        hotline,
        district,
        street,
        community,
        grid,
        elsewhere,
        city_life,
        noise,
        lighting,
        other,
        official,
        operator,
        resident,
    }
}

impl House {
    pub(crate) fn acting(&self, actor: Actor) -> Context {
        self.store.world().context(actor, Locale::default())
    }

    pub(crate) fn visitor(&self) -> Context {
        self.acting(Actor::Visitor)
    }

    pub(crate) fn official(&self, organ: OrganId) -> Context {
        self.acting(Actor::Official { person: self.official, organ, head: false })
    }

    pub(crate) fn operator(&self) -> Context {
        self.acting(Actor::Operator { person: self.operator, organ: self.hotline })
    }

    pub(crate) fn another_operator(&self) -> Context {
        self.acting(Actor::Operator { person: self.official, organ: self.hotline })
    }

    pub(crate) fn auditor(&self) -> Context {
        self.acting(Actor::Auditor { person: self.operator, organ: self.hotline })
    }

    pub(crate) fn resident(&self) -> Context {
        self.acting(Actor::Resident { person: self.resident })
    }

    pub(crate) fn later(&self, minutes: u64) {
        self.store.clock.set(self.store.clock.now() + Duration::from_secs(minutes * 60));
    }

    /// A complaint about noise in the street that has an office.
    pub(crate) fn noise(&self) -> Submit {
        Submit {
            category: Some(self.noise),
            area: Some(self.grid),
            address: "柳荫街 12 号楼下".into(),
            reporter: Reporter { name: "李明".into(), phone: "19900000001".into(), email: String::new() },
            ..Submit::new(
                Kind::Complaint,
                Channel::Web,
                "楼下工地夜里十一点还在施工。孩子睡不着，请尽快处理。",
            )
        }
    }

    pub(crate) async fn submit(&self, submit: Submit) -> Receipt {
        self.appeals.submit(&self.visitor(), submit, None).await.unwrap()
    }

    /// An appeal about noise that has been answered.
    pub(crate) async fn answered(&self) -> Receipt {
        let receipt = self.submit(self.noise()).await;
        let official = self.official(self.office);
        self.appeals.accept(&official, receipt.number, None).await.unwrap();
        self.appeals.answer(&official, receipt.number, None, "已约谈施工单位，夜间停工。").await.unwrap();
        receipt
    }

    /// Fires every timer that is due; how many.
    pub(crate) async fn strike(&self) -> usize {
        let handlers = std::sync::Arc::new(self.appeals.timer_handlers());
        gongzhi_store::followers::fire_due(&self.store, &handlers).await.unwrap()
    }

    /// Lets the counters catch up.
    pub(crate) async fn count(&self) {
        let last = self.store.read(|tx| tx.one(&LAST, &[], |row| row.int(0))).await.unwrap();
        for follower in self.appeals.followers() {
            // A server shows an event to followers once no transaction of any city on it can still precede it.
            let name = follower.name();
            while last != Some(self.store.read(move |tx| tx.cursor(name)).await.unwrap().id) {
                gongzhi_store::followers::catch_up(&self.store, &follower).await.unwrap();
            }
        }
        self.appeals.refresh_figures().await.unwrap();
    }

    /// Kinds of the events of an appeal.
    pub(crate) async fn kinds(&self, id: AppealId) -> Vec<String> {
        let subject = Subject::new("appeal", id);
        let events = self.store.read(move |tx| tx.history(&subject)).await.unwrap();
        events.into_iter().map(|event| event.kind.trim_start_matches("appeal.").to_owned()).collect()
    }

    /// Nothing differs, and something was looked at.
    pub(crate) async fn is_sound(&self) {
        let report = self.store.read(|tx| gongzhi_appeals::check(tx)).await.unwrap();
        assert!(report.checked > 0);
        assert_eq!(report.differences, []);
    }
}

pub(crate) fn refused<T: std::fmt::Debug>(outcome: Result<T, Failure>) -> Refusal {
    match outcome {
        Err(Failure::Refused(refusal)) => refusal,
        other => panic!("not refused: {other:?}"),
    }
}

pub(crate) async fn every_statement_can_be_prepared(house: House) {
    let all = gongzhi_appeals::store::all_statements().chain(statements().iter().copied());
    let unprepared = testing::unprepared(&house.store, all).await.unwrap();
    assert_eq!(unprepared, Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn both_trees_end_in_the_same_schema() {
    let migrations = [gongzhi_people::MIGRATIONS, gongzhi_appeals::MIGRATIONS];
    let differences = testing::schema_differences(&migrations).await.unwrap();
    assert_eq!(differences, Vec::<String>::new());
}
