//! What a hundred sign-ins at once cost, and whether others notice:
//! `cargo run --release -p gongzhi-people --example sign_in_cost`.
#![allow(clippy::print_stdout, clippy::unwrap_used, missing_docs)]

use std::time::{Duration, Instant};

use gongzhi_kernel::{Actor, Failure, Locale};
use gongzhi_people::{MIGRATIONS, NewPerson, People, Policies, SignIn, actions, hash_password};
use gongzhi_store::testing;

const PASSWORD: &str = "kettle-harbour-91";
const SIGN_INS: usize = 100;

fn percentile(sorted: &[Duration], percent: usize) -> Duration {
    sorted
        .get((sorted.len() * percent / 100).min(sorted.len().saturating_sub(1)))
        .copied()
        .unwrap_or_default()
}

#[tokio::main]
async fn main() {
    let store = testing::sqlite(&[MIGRATIONS]).await.unwrap();
    let people = People::open(store.clone(), Policies::new(&[]).unwrap()).await.unwrap();
    let context = store.world().context(Actor::System, Locale::default());
    let seeding = context.clone();
    store
        .write(move |tx| {
            let hash = hash_password(PASSWORD, [3; 16])?;
            for n in 0..SIGN_INS {
                let login = format!("user{n}");
                let new = NewPerson { name: login.clone(), login: Some(login), phone: None };
                let id = actions::register_person(tx, &seeding, &new)?;
                actions::set_password_hash(tx, &seeding, id, &hash, None)?;
            }
            Ok::<_, Failure>(())
        })
        .await
        .unwrap();
    let visitor = context.acting_as(Actor::Visitor);
    let token = people.sign_in(&visitor, SignIn::new("user0", PASSWORD)).await.unwrap().token;

    for (what, login) in [("a known name", "user1"), ("an unknown name", "nobody")] {
        let begin = Instant::now();
        for _ in 0..4 {
            let _refused =
                people.sign_in(&visitor, SignIn::new(login, "not the password")).await.unwrap_err();
        }
        println!("a wrong password for {what}: {:.1} ms", begin.elapsed().as_secs_f64() * 250.0);
    }

    let begin = Instant::now();
    let running: Vec<_> = (0..SIGN_INS)
        .map(|n| {
            let (people, visitor) = (people.clone(), visitor.clone());
            tokio::spawn(async move {
                people.sign_in(&visitor, SignIn::new(&format!("user{n}"), PASSWORD)).await.unwrap();
            })
        })
        .collect();
    let watching = tokio::spawn({
        let (people, store) = (people.clone(), store.clone());
        async move {
            let mut waits = Vec::new();
            loop {
                tokio::time::sleep(Duration::from_millis(2)).await;
                let asked = Instant::now();
                // Past what is kept in memory each time: the store answers.
                let now = store.world().clock.now() + Duration::from_secs(6 * waits.len() as u64 % 60);
                people.session(&token, now).await.unwrap().unwrap();
                waits.push(asked.elapsed());
                if waits.len() >= 400 {
                    return waits;
                }
            }
        }
    });
    for one in running {
        one.await.unwrap();
    }
    let all = begin.elapsed();
    let mut waits = watching.await.unwrap();
    waits.sort_unstable();
    println!(
        "{SIGN_INS} sign-ins at once: {:.2} s in all, {:.1} ms each",
        all.as_secs_f64(),
        all.as_secs_f64() * 10.0
    );
    println!(
        "sessions looked up meanwhile: median {:?}, p99 {:?}, longest {:?}",
        percentile(&waits, 50),
        percentile(&waits, 99),
        percentile(&waits, 100)
    );
}
