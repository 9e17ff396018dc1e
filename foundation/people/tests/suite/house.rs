//! A small city for the stories.

use gongzhi_kernel::{
    Actor, Clock as _, Context, Event, LocalText, Locale, OrganId, PersonId, Refusal, Role,
};
use gongzhi_people::{
    Check, CheckReport, FactorRules, MIGRATIONS, NewOrgan, NewPerson, OrganKind, PasswordHash, People,
    PeopleRules, Policies, Required, SignIn, SignedIn, actions, check, hash_password,
};
use gongzhi_store::Engine;
use gongzhi_store::testing::{self, TestStore};
use gongzhi_store::vault::{KeySource, MasterKey};
use std::sync::OnceLock;
use std::time::Duration;

pub(crate) struct House {
    pub(crate) store: TestStore,
    pub(crate) people: People,
    pub(crate) office: OrganId,
    pub(crate) hotline: OrganId,
    pub(crate) society: OrganId,
}

pub(crate) const PASSWORD: &str = "kettle-harbour-91";

/// One hash for all stories: each costs a good part of a second without optimisation.
pub(crate) fn hash() -> PasswordHash {
    static HASH: OnceLock<PasswordHash> = OnceLock::new();
    HASH.get_or_init(|| hash_password(PASSWORD, [3; 16]).unwrap()).clone()
}

/// The master key of the house.
fn master() -> KeySource {
    KeySource::Given(MasterKey::new([9; 32]))
}

pub(crate) async fn open(engine: Engine) -> House {
    let store = testing::on(engine, &[MIGRATIONS]).await.unwrap();
    store.unlock(&master()).await.unwrap();
    let people = People::open(store.clone(), Policies::new(&[]).unwrap()).await.unwrap();
    let context = store.world().context(Actor::System, Locale::default());
    let organ = |code: &str, kind, zh: &str, en: &str| NewOrgan {
        code: code.into(),
        kind,
        name: LocalText::new(zh, en),
        parent: None,
        area: None,
    };
    let office = people
        .establish_organ(&context, organ("lyj", OrganKind::Street, "柳荫街道办事处", "Willow Street Office"))
        .await
        .unwrap();
    let hotline = people
        .establish_organ(&context, organ("12345", OrganKind::HotlineCentre, "热线中心", "Hotline Centre"))
        .await
        .unwrap();
    let society = people
        .establish_organ(
            &context,
            organ("dq", OrganKind::SocialOrganisation, "灯桥志愿队", "Lantern Bridge Volunteers"),
        )
        .await
        .unwrap();
    House { store, people, office, hotline, society }
}

impl House {
    /// The same house, where roles demand a second step.
    pub(crate) async fn demanding(self) -> Self {
        let factors = FactorRules { required: Required::OfStaff, ..FactorRules::default() };
        let rules = PeopleRules { factors, ..PeopleRules::default() };
        let policies = Policies::new(&[]).unwrap();
        let people = People::open_with(self.store.clone(), policies, rules).await.unwrap();
        Self { people, ..self }
    }

    /// Another key, and everything sealed anew with it.
    pub(crate) async fn rotate(&self) {
        self.store.new_key(&master(), Duration::ZERO).await.unwrap();
        self.store.unlock(&master()).await.unwrap();
        let mut place = Some(gongzhi_store::Position::default());
        while let Some(after) = place {
            place = self.store.reseal_journal(after).await.unwrap().0;
        }
        let mut place = Some(gongzhi_people::Resealing::default());
        while let Some(after) = place {
            place = self.store.write(move |tx| gongzhi_people::reseal(tx, after)).await.unwrap().0;
        }
    }

    pub(crate) fn acting(&self, actor: Actor) -> Context {
        self.store.world().context(actor, Locale::default())
    }

    pub(crate) fn system(&self) -> Context {
        self.acting(Actor::System)
    }

    pub(crate) fn visitor(&self) -> Context {
        self.acting(Actor::Visitor)
    }

    /// Somebody with a password and roles.
    pub(crate) async fn person(&self, login: &str, roles: &[(OrganId, Role)]) -> PersonId {
        let (context, login, roles) = (self.system(), login.to_owned(), roles.to_vec());
        self.store
            .write(move |tx| {
                let new = NewPerson { name: format!("名 {login}"), login: Some(login.clone()), phone: None };
                let id = actions::register_person(tx, &context, &new)?;
                actions::set_password_hash(tx, &context, id, &hash(), None)?;
                for (organ, role) in &roles {
                    actions::grant(tx, &context, id, *organ, *role)?;
                }
                Ok::<_, gongzhi_kernel::Failure>(id)
            })
            .await
            .unwrap()
    }

    pub(crate) async fn sign_in(&self, login: &str) -> SignedIn {
        self.people.sign_in(&self.visitor(), SignIn::new(login, PASSWORD)).await.unwrap()
    }

    /// Whether a token is good now.
    pub(crate) async fn lives(&self, token: &str) -> bool {
        self.people.session(token, self.store.clock.now()).await.unwrap().is_some()
    }

    pub(crate) fn later(&self, seconds: u64) {
        self.store.clock.set(self.store.clock.now() + Duration::from_secs(seconds));
    }

    pub(crate) async fn check(&self) -> CheckReport {
        self.store.read(|tx| check(tx)).await.unwrap()
    }

    /// Nothing differs, and something was looked at.
    pub(crate) async fn is_sound(&self) {
        let report = self.check().await;
        assert!(report.checked > 0);
        assert_eq!(report.differences, []);
    }

    /// All events. Not as a follower reads them: on PostgreSQL it waits for transactions of other tests too.
    pub(crate) async fn journal(&self) -> Vec<Event> {
        let read = self.store.read(|tx| {
            let (mut journal, mut after) = (Vec::new(), 0);
            while let Some((events, last)) = tx.subjects_after(after)? {
                journal.extend(events);
                after = last;
            }
            Ok::<_, gongzhi_kernel::Fault>(journal)
        });
        read.await.unwrap()
    }

    /// Kinds of all events.
    pub(crate) async fn kinds(&self) -> Vec<String> {
        self.journal().await.into_iter().map(|event| event.kind).collect()
    }
}

pub(crate) fn refused<T: std::fmt::Debug>(outcome: Result<T, gongzhi_kernel::Failure>) -> Refusal {
    match outcome {
        Err(gongzhi_kernel::Failure::Refused(refusal)) => refusal,
        other => panic!("not refused: {other:?}"),
    }
}

pub(crate) async fn every_statement_can_be_prepared(house: House) {
    let unprepared =
        testing::unprepared(&house.store, gongzhi_people::store::all_statements()).await.unwrap();
    assert_eq!(unprepared, Vec::<String>::new());
    let _also_in_pages = Check::default();
}
