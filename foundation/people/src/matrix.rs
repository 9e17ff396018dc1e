//! Who may do what, as a table for golden files: every action and sample of a resource against every kind of actor.
//!
//! The samples are made of fixed ids, so that a relation ("their own organ") is told by equal ids:
//!
//! ```
//! use gongzhi_people::{Policies, Resource, matrix};
//! let policies = Policies::new(&[]).unwrap();
//! let table = matrix::print(&policies, &[matrix::Case::new("journal.read", "the city", Resource::city())]);
//! assert!(table.contains("journal.read"));
//! ```

use std::fmt::Write as _;

use gongzhi_kernel::{Actor, Id, OrganId, PersonId};

use crate::policies::{Policies, Resource};

/// The organ that the sample actors of [`actors`] act for.
pub fn own_organ() -> OrganId {
    fixed(101)
}

/// An organ that none of them acts for.
pub fn other_organ() -> OrganId {
    fixed(102)
}

/// The organ above [`own_organ`].
pub fn organ_above() -> OrganId {
    fixed(103)
}

/// The person that the sample actors are.
pub fn oneself() -> PersonId {
    fixed(201)
}

/// Somebody else.
pub fn somebody() -> PersonId {
    fixed(202)
}

/// An id for a subject, such as a case.
pub fn subject<K>() -> Id<K> {
    fixed(301)
}

fn fixed<K>(raw: i64) -> Id<K> {
    // Within the range of ids; the fallback is the earliest one.
    Id::new(raw).unwrap_or_else(|| Id::first_at(gongzhi_kernel::Timestamp::EPOCH))
}

/// The columns: every kind of actor, an official as handler and as head.
pub fn actors() -> Vec<(&'static str, Actor)> {
    let (person, organ) = (oneself(), own_organ());
    vec![
        ("visitor", Actor::Visitor),
        ("resident", Actor::Resident { person }),
        ("member", Actor::OrganisationMember { person, organ }),
        ("handler", Actor::Official { person, organ, head: false }),
        ("head", Actor::Official { person, organ, head: true }),
        ("operator", Actor::Operator { person, organ }),
        ("auditor", Actor::Auditor { person, organ }),
        ("admin", Actor::Administrator { person, organ }),
        ("system", Actor::System),
    ]
}

/// A row: an action on a sample of a resource.
#[derive(Debug, Clone)]
pub struct Case {
    action: &'static str,
    sample: &'static str,
    resource: Resource,
}

impl Case {
    /// An action on a sample that is told in a few words, such as `case of own organ`.
    pub fn new(action: &'static str, sample: &'static str, resource: Resource) -> Self {
        Self { action, sample, resource }
    }
}

/// The table: `yes` or a dot for each actor. At its end the actions that no case speaks of, so that none is forgotten.
pub fn print(policies: &Policies, cases: &[Case]) -> String {
    let actors = actors();
    let width = |text: fn(&Case) -> &str| cases.iter().map(|case| text(case).len()).max().unwrap_or(0).max(6);
    let (action_width, sample_width) = (width(|case| case.action), width(|case| case.sample));
    let mut table = format!("{:action_width$}  {:sample_width$}", "action", "on");
    for (name, _) in &actors {
        let _infallible = write!(table, "  {name:^8}");
    }
    table.truncate(table.trim_end().len());
    table.push('\n');
    let mut last = "";
    for case in cases {
        let action = if case.action == last { "" } else { case.action };
        last = case.action;
        let mut line = format!("{action:action_width$}  {:sample_width$}", case.sample);
        for (_, actor) in &actors {
            let cell = if policies.permits(actor, case.action, &case.resource) { "yes" } else { "·" };
            let _infallible = write!(line, "  {cell:^8}");
        }
        table.push_str(line.trim_end());
        table.push('\n');
    }
    let missing: Vec<&str> =
        policies.actions().filter(|action| !cases.iter().any(|case| case.action == *action)).collect();
    if !missing.is_empty() {
        let _infallible = writeln!(table, "\nwithout a case: {}", missing.join(", "));
    }
    table
}

/// The cases of this crate's own actions.
pub fn cases() -> Vec<Case> {
    let person = |id: PersonId| Resource::new("person", id).flag("guarded", false);
    let guarded = |id: PersonId| Resource::new("person", id).flag("guarded", true);
    let membership = |person: PersonId, organ: OrganId, role: &'static str| {
        Resource::class("membership").person("person", person).organ("organ", organ).word("role", role)
    };
    let mut cases = Vec::new();
    for action in
        ["person.sign_up", "person.register", "person.list", "organ.establish", "organ.change", "area.manage"]
    {
        cases.push(Case::new(action, "the city", Resource::city()));
    }
    for action in [
        "person.read",
        "person.change",
        "person.set_password",
        "person.suspend",
        "person.restore",
        "person.erase",
        "session.list",
        "session.end",
    ] {
        cases.push(Case::new(action, "oneself", person(oneself())));
        cases.push(Case::new(action, "somebody", person(somebody())));
        cases.push(Case::new(action, "an auditor or administrator", guarded(somebody())));
    }
    for action in ["membership.grant", "membership.revoke"] {
        for role in gongzhi_kernel::Role::ALL {
            let (own, other) = match role.word() {
                "handler" => ("handler in own organ", "handler in another organ"),
                "head" => ("head in own organ", "head in another organ"),
                "operator" => ("operator in own organ", "operator in another organ"),
                "auditor" => ("auditor in own organ", "auditor in another organ"),
                "member" => ("member in own organ", "member in another organ"),
                _ => ("administrator in own organ", "administrator in another organ"),
            };
            cases.push(Case::new(action, own, membership(somebody(), own_organ(), role.word())));
            cases.push(Case::new(action, other, membership(somebody(), other_organ(), role.word())));
        }
        cases.push(Case::new(action, "handler, to oneself", membership(oneself(), own_organ(), "handler")));
    }
    cases.push(Case::new("membership.list", "own organ", Resource::new("organ", own_organ())));
    cases.push(Case::new("membership.list", "another organ", Resource::new("organ", other_organ())));
    cases.push(Case::new("journal.read", "the city", Resource::city()));
    cases.push(Case::new("system.operate", "the city", Resource::city()));
    cases
}
