//! What a policy decision costs: `cargo run --release -p gongzhi-people --example policy_cost`.
#![allow(clippy::print_stdout, clippy::unwrap_used, clippy::cast_precision_loss, missing_docs)]

use std::hint::black_box;
use std::time::{Duration, Instant};

use gongzhi_kernel::{Actor, AppealId, OrganId, PersonId};
use gongzhi_people::{Policies, PolicySource, Resource};

/// A capability of the size of the largest one: 20 actions, 40 policies.
fn capability() -> PolicySource {
    let mut schema =
        String::from("entity Matter = { organ?: Organ, reporter?: Person, open: Bool, state: String };\n");
    let mut text = String::new();
    for n in 0..20 {
        schema.push_str(&format!(
            "action \"matter.act{n}\" appliesTo {{ principal: [Visitor, Resident, Official, Operator, System], resource: [Matter] }};\n"
        ));
        text.push_str(&format!(
            "permit (principal is Official, action == Action::\"matter.act{n}\", resource) when {{ resource has organ && principal.organ == resource.organ && resource.state != \"closed\" }};\n\
             permit (principal is Resident, action == Action::\"matter.act{n}\", resource) when {{ resource.open || (resource has reporter && principal.person == resource.reporter) }};\n"
        ));
    }
    PolicySource { name: "matters", schema: schema.leak(), text: text.leak() }
}

fn each(what: &str, mut work: impl FnMut(i64) -> bool) {
    let mut rounds = 0_i64;
    let begin = Instant::now();
    while begin.elapsed() < Duration::from_secs(2) {
        for _ in 0..64 {
            black_box(work(rounds));
            rounds += 1;
        }
    }
    let nanoseconds = begin.elapsed().as_nanos() as f64 / rounds as f64;
    println!("{what:<44} {:>9.3} µs", nanoseconds / 1000.0);
}

fn main() {
    let begin = Instant::now();
    let policies = Policies::new(&[capability()]).unwrap();
    println!("{policies:?}, read and validated in {:.1} ms", begin.elapsed().as_secs_f64() * 1000.0);
    // Ids never repeat within thousands of questions: what is remembered is the relation.
    let question = |n: i64| {
        let person = PersonId::new(1 + n % 5000).unwrap();
        let organ = OrganId::new(10_000 + n % 40).unwrap();
        let holder = if n % 3 == 0 { organ } else { OrganId::new(20_000 + n % 40).unwrap() };
        let actor = Actor::Official { person, organ, head: n % 7 == 0 };
        let matter = Resource::new("matter", AppealId::new(1_000_000 + n).unwrap())
            .organ("organ", holder)
            .person("reporter", PersonId::new(6000 + n % 5000).unwrap())
            .flag("open", n % 2 == 0)
            .word("state", "answered");
        (actor, matter)
    };
    each("remembered", |n| {
        let (actor, matter) = question(n);
        policies.permits(&actor, "matter.act7", &matter)
    });
    each("by Cedar, with validation of the question", |n| {
        let (actor, matter) = question(n);
        policies.permits_unremembered(&actor, "matter.act7", &matter).unwrap()
    });
}
