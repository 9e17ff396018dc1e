//! The second step of a sign-in, on both engines.

use gongzhi_kernel::{Actor, Clock as _, Failure, Refusal, Role};
use gongzhi_people::{Begun, SignIn, SignedIn, actions};

use crate::authenticator::App;
use crate::house::{House, PASSWORD, refused};

impl House {
    async fn begin(&self, login: &str) -> Begun {
        self.people.begin_sign_in(&self.visitor(), SignIn::new(login, PASSWORD)).await.unwrap()
    }

    fn shown(&self, app: &App) -> String {
        app.shows(self.store.clock.now())
    }

    /// Somebody of the office sets up an authenticator at their first sign-in.
    async fn enrolled(&self, login: &str) -> (App, SignedIn, Vec<String>) {
        self.person(login, &[(self.office, Role::Handler)]).await;
        let Begun::SetUpNeeded(step) = self.begin(login).await else { panic!("no set-up was asked for") };
        let set_up = self.people.set_up(&self.visitor(), &step, "云澜市").await.unwrap();
        assert!(
            set_up.address.starts_with("otpauth://totp/%E4%BA%91%E6%BE%9C%E5%B8%82:"),
            "{}",
            set_up.address
        );
        let app = App::with(&set_up.secret);
        let (signed_in, codes) =
            self.people.finish_set_up(&self.visitor(), &step, &self.shown(&app), None).await.unwrap();
        (app, signed_in, codes)
    }

    async fn code(&self, step: &str, typed: &str) -> Result<SignedIn, Refusal> {
        match self.people.finish_sign_in(&self.visitor(), step, typed, None).await {
            Ok(signed_in) => Ok(signed_in),
            Err(Failure::Refused(refusal)) => Err(refusal),
            Err(Failure::Fault(fault)) => panic!("{fault:?}"),
        }
    }
}

pub(crate) async fn staff_set_up_an_authenticator_and_sign_in_with_it(house: House) {
    let house = house.demanding().await;
    let (app, first, codes) = house.enrolled("lin").await;
    assert!(house.lives(&first.token).await && first.session.second);
    assert_eq!(codes.len(), 10);

    // From now on the password alone opens nothing, not to programs either.
    let refusal = refused(house.people.sign_in(&house.visitor(), SignIn::new("lin", PASSWORD)).await);
    assert_eq!((&*refusal.fields[0].field, refusal.fields[0].key), ("code", "people-code-missing-here"));
    let Begun::CodeNeeded(step) = house.begin("lin").await else { panic!("no code was asked for") };
    let used = house.shown(&app);
    assert_eq!(house.code(&step, &used).await.unwrap_err().fields[0].key, "people-code-wrong", "used before");
    house.later(30);
    let shown = house.shown(&app);
    let signed_in = house.code(&step, &shown).await.unwrap();
    assert!(house.lives(&signed_in.token).await && signed_in.session.second);
    // The step is done: neither it nor the code works again.
    assert_eq!(house.code(&step, &shown).await.unwrap_err().key, "people-step-over");
    house.later(30);
    let code = house.shown(&app);
    let attempt = SignIn { code: Some(&code), ..SignIn::new("lin", PASSWORD) };
    house.people.sign_in(&house.visitor(), attempt).await.unwrap();

    // A recovery code works once, however it is typed.
    let typed = codes[3].to_lowercase().replace('-', " ");
    for (worked, typed) in [(true, &typed), (false, &typed), (true, &codes[4])] {
        let Begun::CodeNeeded(step) = house.begin("lin").await else { panic!("no code was asked for") };
        assert_eq!(house.code(&step, typed).await.is_ok(), worked);
    }
    let lin = signed_in.session.person;
    let factors = house.people.factors(lin).await.unwrap();
    assert_eq!((factors.authenticator, factors.recovery_codes, factors.required), (true, 8, true));
    let kinds = house.kinds().await;
    assert_eq!(kinds.iter().filter(|kind| *kind == "person.recovery_code_used").count(), 2);
    house.is_sound().await;
}

pub(crate) async fn a_role_demands_the_second_step_and_residents_choose(house: House) {
    let house = house.demanding().await;
    house.person("resident", &[(house.society, Role::Member)]).await;
    house.sign_in("resident").await;
    house.person("lin", &[(house.office, Role::Handler)]).await;
    let refusal = refused(house.people.sign_in(&house.visitor(), SignIn::new("lin", PASSWORD)).await);
    assert_eq!(refusal.key, "people-second-factor-first");

    // A wrong first code sets nothing up; too many end the sign-in and count as failed ones.
    let Begun::SetUpNeeded(step) = house.begin("lin").await else { panic!("no set-up was asked for") };
    for _ in 0..4 {
        let refusal = refused(house.people.finish_set_up(&house.visitor(), &step, "000000", None).await);
        assert_eq!(refusal.fields[0].key, "people-code-wrong");
    }
    refused(house.people.finish_set_up(&house.visitor(), &step, "000000", None).await);
    let refusal = refused(house.people.set_up(&house.visitor(), &step, "x").await);
    assert_eq!(refusal.key, "people-step-over");
    let refusal = refused(house.people.sign_in(&house.visitor(), SignIn::new("lin", PASSWORD)).await);
    assert_eq!(refusal.key, "people-sign-in-locked");
    house.is_sound().await;
}

pub(crate) async fn codes_cannot_be_guessed_by_whoever_knows_the_password(house: House) {
    let house = house.demanding().await;
    let (app, ..) = house.enrolled("lin").await;
    house.later(30);
    // A sign-in begun again does not start the count again.
    let mut wrong = 0;
    let mut locked = false;
    for _ in 0..3 {
        let begun = house.people.begin_sign_in(&house.visitor(), SignIn::new("lin", PASSWORD)).await;
        let Ok(Begun::CodeNeeded(step)) = begun else {
            locked = true;
            break;
        };
        for _ in 0..3 {
            match house.code(&step, "000000").await {
                Err(refusal) if refusal.key == "people-sign-in-locked" => locked = true,
                Err(_) => wrong += 1,
                Ok(_) => panic!("guessed"),
            }
        }
    }
    assert!(locked && wrong <= 5, "{wrong} guesses");
    // The right one is refused too while it is locked, and works after.
    house.later(61);
    let Begun::CodeNeeded(step) = house.begin("lin").await else { panic!("no code was asked for") };
    house.code(&step, &house.shown(&app)).await.unwrap();
    // A sign-in between its steps is over after ten minutes.
    let Begun::CodeNeeded(step) = house.begin("lin").await else { panic!("no code was asked for") };
    house.later(601);
    assert_eq!(house.code(&step, &house.shown(&app)).await.unwrap_err().key, "people-step-over");
    for junk in ["", "x", &"A".repeat(43), &"!".repeat(43)] {
        assert_eq!(house.code(junk, "000000").await.unwrap_err().key, "people-step-over", "{junk}");
    }
    house.is_sound().await;
}

pub(crate) async fn dangerous_acts_ask_once_more_who_is_there(house: House) {
    let lin = house.person("lin", &[]).await;
    let elsewhere = house.sign_in("lin").await;
    let here = house.sign_in("lin").await;
    house.later(601);
    let own = house.acting(Actor::Resident { person: lin });
    let refusal = refused(house.people.begin_change(&own, &here.session).await);
    assert_eq!(refusal.key, "people-prove-first");
    let own = house.acting(Actor::Resident { person: lin });
    let refusal = refused(house.people.prove(&own, &here.session, "not the password").await);
    assert_eq!((&*refusal.fields[0].field, refusal.fields[0].key), ("password", "people-password-wrong"));
    house.people.prove(&own, &here.session, PASSWORD).await.unwrap();
    let session = house.people.session(&here.token, house.store.clock.now()).await.unwrap().unwrap();
    let step = house.people.begin_change(&own, &session).await.unwrap();

    // The step belongs to the person: in another's session it is none.
    let set_up = house.people.set_up(&own, &step, "x").await.unwrap();
    let app = App::with(&set_up.secret);
    house.person("wu", &[]).await;
    let stranger = house.sign_in("wu").await.session;
    let refusal = refused(house.people.finish_change(&own, &stranger, &step, &house.shown(&app)).await);
    assert_eq!(refusal.key, "people-step-over");
    let codes = house.people.finish_change(&own, &session, &step, &house.shown(&app)).await.unwrap();
    assert_eq!(codes.len(), 10);
    assert!(house.lives(&here.token).await && !house.lives(&elsewhere.token).await);

    // Now the proof is a code. Taking it away is refused only to those whose role demands it.
    house.later(601);
    let own = house.acting(Actor::Resident { person: lin });
    let refusal = refused(house.people.prove(&own, &session, PASSWORD).await);
    assert_eq!(&*refusal.fields[0].field, "code");
    house.people.prove(&own, &session, &house.shown(&app)).await.unwrap();
    let session = house.people.session(&here.token, house.store.clock.now()).await.unwrap().unwrap();
    let newer = house.people.new_recovery_codes(&own, &session).await.unwrap();
    assert!(newer.iter().all(|code| !codes.contains(code)));
    house.people.remove_second_factor(&own, &session).await.unwrap();
    house.sign_in("lin").await;
    let refusal = refused(house.people.remove_second_factor(&own, &session).await);
    assert_eq!(refusal.key, "people-no-second-factor");
    house.is_sound().await;
}

pub(crate) async fn whoever_lost_the_phone_is_helped_at_the_machine(house: House) {
    let house = house.demanding().await;
    let (_, first, _) = house.enrolled("lin").await;
    let (context, lin) = (house.system(), first.session.person);
    house.store.write(move |tx| actions::reset_second_factor(tx, &context, lin)).await.unwrap();
    house
        .people
        .session(&first.token, house.store.clock.now() + std::time::Duration::from_secs(6))
        .await
        .unwrap();
    assert!(matches!(house.begin("lin").await, Begun::SetUpNeeded(_)));
    house.is_sound().await;
}

gongzhi_store::statements! {
    /// All that is kept of secrets and telephones, as it stands.
    AS_IT_STANDS = "SELECT secret FROM second_factor UNION ALL SELECT phone FROM person WHERE phone IS NOT NULL
        UNION ALL SELECT sealed FROM journal WHERE sealed IS NOT NULL UNION ALL SELECT digest FROM recovery_code";
    /// What the journal holds of persons.
    OF_PERSON = "SELECT sealed, salt, commitment FROM journal WHERE subject_kind = 'person' AND commitment IS NOT NULL";
}

pub(crate) async fn nothing_personal_stands_open_in_the_tables(house: House) {
    let house = house.demanding().await;
    let (app, _, codes) = house.enrolled("lin").await;
    let (context, new) = (
        house.system(),
        gongzhi_people::NewPerson { name: "林静".into(), login: None, phone: Some("13800000000".into()) },
    );
    let someone = house.people.register_person(&context, new).await.unwrap();
    let read = || house.store.read(|tx| tx.all(&AS_IT_STANDS, &[], |row| row.string(0)));
    let before: Vec<String> = read().await.unwrap();
    assert!(before.len() > 12);
    for kept in &before {
        assert!(
            !kept.contains("13800000000") && !kept.contains("林静") && !kept.contains("\"name\""),
            "{kept}"
        );
        assert!(!codes.iter().any(|code| kept.contains(&code.replace('-', ""))), "{kept}");
    }
    let found =
        house.store.read(|tx| gongzhi_people::store::persons_by_phone(tx, "13800000000")).await.unwrap();
    assert_eq!((found.len(), found[0].id, found[0].phone.as_deref()), (1, someone, Some("13800000000")));

    // Another key: everything is sealed anew, says the same, and the journal still proves it.
    house.rotate().await;
    let after: Vec<String> = read().await.unwrap();
    let sealed = |all: &[String]| all.iter().filter(|kept| kept.starts_with('\u{1}')).count();
    assert_eq!(sealed(&after), sealed(&before));
    assert!(after.iter().filter(|kept| kept.starts_with('\u{1}')).all(|kept| !before.contains(kept)));
    let found =
        house.store.read(|tx| gongzhi_people::store::persons_by_phone(tx, "13800000000")).await.unwrap();
    assert_eq!(found.len(), 1);
    house.later(60);
    let Begun::CodeNeeded(step) = house.begin("lin").await else { panic!("no code was asked for") };
    house.code(&step, &house.shown(&app)).await.unwrap();
    house.is_sound().await;
}

pub(crate) async fn an_erased_account_leaves_nothing_and_the_journal_verifies(house: House) {
    let lin = house.person("lin", &[]).await;
    let wu = house.person("wu", &[(house.society, Role::Member)]).await;
    let signed_in = house.sign_in("lin").await;
    let own = house.acting(Actor::Resident { person: lin });
    let data = house.people.copy_my_data(&own, &signed_in.session).await.unwrap();
    assert_eq!((data.login.as_deref(), data.sessions.len()), (Some("lin"), 1));

    // Not somebody else, not without a recent proof, not whoever holds a role.
    let member = house.sign_in("wu").await;
    let theirs = house.acting(Actor::Resident { person: wu });
    assert_eq!(refused(house.people.erase_me(&theirs, &signed_in.session).await).key, "people-not-allowed");
    assert_eq!(refused(house.people.erase_me(&theirs, &member.session).await).key, "people-erase-roles");
    house.later(601);
    let own = house.acting(Actor::Resident { person: lin });
    assert_eq!(refused(house.people.erase_me(&own, &signed_in.session).await).key, "people-prove-first");
    house.people.prove(&own, &signed_in.session, PASSWORD).await.unwrap();
    let session = house.people.session(&signed_in.token, house.store.clock.now()).await.unwrap().unwrap();
    house.people.erase_me(&own, &session).await.unwrap();

    assert!(!house.lives(&signed_in.token).await);
    let refusal = refused(house.people.sign_in(&house.visitor(), SignIn::new("lin", PASSWORD)).await);
    assert_eq!(refusal.key, "people-sign-in-wrong", "as if there had never been such a name");
    let kept = house.people.person(&house.system(), lin).await.unwrap();
    assert_eq!((kept.name.as_str(), kept.login, kept.phone, kept.active), ("", None, None, false));
    type Kept = (Option<String>, Option<Vec<u8>>, Option<String>);
    let of_persons: Vec<Kept> = house
        .store
        .read(|tx| {
            tx.all(&OF_PERSON, &[], |row| {
                Ok((row.opt_string(0)?, row.opt_bytes(1)?.map(<[u8]>::to_vec), row.opt_string(2)?))
            })
        })
        .await
        .unwrap();
    let erased = of_persons.iter().filter(|(sealed, salt, _)| sealed.is_none() && salt.is_none()).count();
    assert_eq!((erased, of_persons.len()), (1, 2), "hers is gone, the other's stays");
    house.is_sound().await;
    // The name is free again.
    house.person("lin", &[]).await;
    house.is_sound().await;
}
