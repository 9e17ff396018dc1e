//! Who may do what: Cedar policies, in files that an auditor can read, beside the capability that they speak of.
//!
//! A decision is a pure function of who asks, the action and what is known of the resource. Policies may not name a
//! single organ, person or case (checked when they are built), so a decision depends on *which ids are equal*, not on
//! the ids. Decisions are therefore remembered under the request with its ids numbered by first appearance: a few
//! hundred keys for a whole city, each decided by Cedar once.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::str::FromStr;
use std::sync::{Arc, PoisonError, RwLock};

use cedar_policy::{
    ActionConstraint, Authorizer, Context, Decision, Entities, Entity, EntityId, EntityTypeName, EntityUid,
    Policy, PolicyId, PolicySet, PrincipalConstraint, Request, ResourceConstraint, RestrictedExpression,
    Schema, SchemaFragment, ValidationMode, Validator,
};
use gongzhi_kernel::{Actor, ActorKind, Id, OrganId, PersonId, Refusal, RefusalKind};

/// Decisions that are remembered at most; a thousand times what a city asks.
const REMEMBERED: usize = 65_536;

/// The policies of one crate.
#[derive(Debug, Clone, Copy)]
pub struct PolicySource {
    /// The crate, such as `appeals`.
    pub name: &'static str,
    /// Its actions and resources, in Cedar's schema language: `include_str!("../policies/appeals.cedarschema")`.
    pub schema: &'static str,
    /// Its policies: `include_str!("../policies/appeals.cedar")`.
    pub text: &'static str,
}

/// The policies of this crate: the actors, and who manages persons, organs, areas and sessions. Always part of [`Policies`].
pub const POLICIES: PolicySource = PolicySource {
    name: "people",
    schema: include_str!("../policies/people.cedarschema"),
    text: include_str!("../policies/people.cedar"),
};

/// Why policies cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum PolicyError {
    /// A text is not Cedar.
    #[error("the policies of {name} cannot be read: {what}")]
    Syntax {
        /// Whose.
        name: &'static str,
        /// What Cedar says.
        what: String,
    },
    /// The schemas do not fit together.
    #[error("the policy schemas do not fit together: {0}")]
    Schema(String),
    /// A policy speaks of something that the schema does not have.
    #[error("a policy does not fit the schema: {0}")]
    Invalid(String),
    /// A policy names one thing by its id.
    #[error(
        "policy {policy} names {entity}: policies speak of relations, not of single persons, organs or cases"
    )]
    NamesOne {
        /// Which policy.
        policy: String,
        /// What it names.
        entity: String,
    },
    /// The schema uses what is not supported here.
    #[error("{0}")]
    Unsupported(String),
}

/// What an action is done to, with what a decision may depend on. Names are those of the schema.
///
/// ```
/// # use gongzhi_people::Resource;
/// # use gongzhi_kernel::{AppealId, OrganId, PersonId};
/// # let (id, organ, reporter) = (AppealId::new(1).unwrap(), OrganId::new(2), None::<PersonId>);
/// let appeal = Resource::new("appeal", id).organ("organ", organ).person("reporter", reporter).flag("public", true);
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resource {
    kind: &'static str,
    id: i64,
    attributes: Vec<(&'static str, Attribute)>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Attribute {
    Flag(bool),
    Number(i64),
    Word(Cow<'static, str>),
    One(Kind, i64),
    Many(Kind, Vec<i64>),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Organ,
    Person,
}

impl Resource {
    /// The subject with this id, of a kind that the schema knows in camel case: `appeal` is `Appeal`.
    pub fn new<K>(kind: &'static str, id: Id<K>) -> Self {
        Self { kind, id: id.get(), attributes: Vec::new() }
    }

    /// No subject yet: what is about to be made, or a list as a whole.
    pub fn class(kind: &'static str) -> Self {
        Self { kind, id: 0, attributes: Vec::new() }
    }

    /// The city as a whole: its settings, its journal, its figures.
    pub fn city() -> Self {
        Self::class("city")
    }

    /// An organ, if there is one; the schema declares it optional.
    #[must_use]
    pub fn organ(mut self, name: &'static str, organ: impl Into<Option<OrganId>>) -> Self {
        if let Some(organ) = organ.into() {
            self.attributes.push((name, Attribute::One(Kind::Organ, organ.get())));
        }
        self
    }

    /// Some organs: those that assist, those above.
    #[must_use]
    pub fn organs(mut self, name: &'static str, organs: impl IntoIterator<Item = OrganId>) -> Self {
        self.attributes.push((name, Attribute::Many(Kind::Organ, organs.into_iter().map(Id::get).collect())));
        self
    }

    /// A person, if there is one; the schema declares it optional.
    #[must_use]
    pub fn person(mut self, name: &'static str, person: impl Into<Option<PersonId>>) -> Self {
        if let Some(person) = person.into() {
            self.attributes.push((name, Attribute::One(Kind::Person, person.get())));
        }
        self
    }

    /// Some persons.
    #[must_use]
    pub fn persons(mut self, name: &'static str, persons: impl IntoIterator<Item = PersonId>) -> Self {
        self.attributes
            .push((name, Attribute::Many(Kind::Person, persons.into_iter().map(Id::get).collect())));
        self
    }

    /// Yes or no.
    #[must_use]
    pub fn flag(mut self, name: &'static str, value: bool) -> Self {
        self.attributes.push((name, Attribute::Flag(value)));
        self
    }

    /// A word out of few: a state, a role, a level.
    #[must_use]
    pub fn word(mut self, name: &'static str, value: impl Into<Cow<'static, str>>) -> Self {
        self.attributes.push((name, Attribute::Word(value.into())));
        self
    }

    /// A whole number out of few: a count, a grade.
    #[must_use]
    pub fn number(mut self, name: &'static str, value: i64) -> Self {
        self.attributes.push((name, Attribute::Number(value)));
        self
    }
}

/// The request with its ids numbered by first appearance.
struct Key {
    bytes: Vec<u8>,
    ids: Vec<i64>,
}

impl Key {
    fn of(actor: &Actor, action: u16, resource: &Resource) -> Self {
        let mut key = Self { bytes: Vec::with_capacity(96), ids: Vec::with_capacity(6) };
        key.bytes.extend_from_slice(&action.to_le_bytes());
        key.bytes.push(kind_number(actor.kind()));
        if let Actor::Official { head, .. } = actor {
            key.bytes.push(u8::from(*head));
        }
        key.opt_id(actor.person().map(Id::get));
        key.opt_id(actor.organ().map(Id::get));
        key.text(resource.kind);
        key.id(resource.id);
        for (name, attribute) in &resource.attributes {
            key.text(name);
            match attribute {
                Attribute::Flag(value) => key.bytes.extend_from_slice(&[0, u8::from(*value)]),
                Attribute::Number(value) => {
                    key.bytes.push(1);
                    key.bytes.extend_from_slice(&value.to_le_bytes());
                }
                Attribute::Word(value) => {
                    key.bytes.push(2);
                    key.text(value);
                }
                Attribute::One(kind, id) => {
                    key.bytes.extend_from_slice(&[3, *kind as u8]);
                    key.id(*id);
                }
                Attribute::Many(kind, ids) => {
                    key.bytes.extend_from_slice(&[4, *kind as u8]);
                    key.length(ids.len());
                    for id in ids {
                        key.id(*id);
                    }
                }
            }
        }
        key
    }

    fn length(&mut self, length: usize) {
        self.bytes.extend_from_slice(&length.to_le_bytes());
    }

    fn text(&mut self, text: &str) {
        self.length(text.len());
        self.bytes.extend_from_slice(text.as_bytes());
    }

    fn opt_id(&mut self, id: Option<i64>) {
        self.bytes.push(u8::from(id.is_some()));
        if let Some(id) = id {
            self.id(id);
        }
    }

    /// Ids are unique across kinds, so one numbering serves persons, organs and subjects alike.
    fn id(&mut self, id: i64) {
        let place = self.ids.iter().position(|seen| *seen == id).unwrap_or_else(|| {
            self.ids.push(id);
            self.ids.len() - 1
        });
        self.length(place);
    }
}

fn kind_number(kind: ActorKind) -> u8 {
    match kind {
        ActorKind::Visitor => 0,
        ActorKind::Resident => 1,
        ActorKind::Official => 2,
        ActorKind::OrganisationMember => 3,
        ActorKind::Operator => 4,
        ActorKind::Auditor => 5,
        ActorKind::Administrator => 6,
        ActorKind::System => 7,
    }
}

fn camel(kind: &str) -> String {
    kind.split('_')
        .map(|part| {
            let mut letters = part.chars();
            letters
                .next()
                .map(|first| first.to_ascii_uppercase().to_string() + letters.as_str())
                .unwrap_or_default()
        })
        .collect()
}

/// An action as the schema has it.
struct Action {
    number: u16,
    uid: EntityUid,
    /// The policies that speak of it; the others cannot decide it and need not be looked at.
    policies: PolicySet,
    principals: HashSet<EntityTypeName>,
    resources: HashSet<EntityTypeName>,
}

struct Inner {
    authorizer: Authorizer,
    /// How many there are.
    count: usize,
    schema: Schema,
    actions: BTreeMap<String, Action>,
    actors: [EntityTypeName; ActorKind::ALL.len()],
    /// Types of resources by the word that code uses.
    kinds: HashMap<String, EntityTypeName>,
    organ: EntityTypeName,
    person: EntityTypeName,
    remembered: RwLock<HashMap<Vec<u8>, bool>>,
}

/// All policies of a city, read, joined and validated once. Cheap to clone.
#[derive(Clone)]
pub struct Policies(Arc<Inner>);

impl std::fmt::Debug for Policies {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Policies({} policies, {} actions)", self.0.count, self.0.actions.len())
    }
}

fn type_name(name: &str) -> Result<EntityTypeName, PolicyError> {
    EntityTypeName::from_str(name).map_err(|error| PolicyError::Schema(error.to_string()))
}

fn uid(name: &EntityTypeName, id: i64) -> EntityUid {
    EntityUid::from_type_name_and_id(name.clone(), EntityId::new(id.to_string()))
}

/// Refuses a policy that names a single thing: remembered decisions would not be true for it.
fn check_names_none(policy: &Policy) -> Result<(), PolicyError> {
    let names = |entity: &EntityUid| PolicyError::NamesOne {
        policy: policy.id().to_string(),
        entity: entity.to_string(),
    };
    match policy.principal_constraint() {
        PrincipalConstraint::Any | PrincipalConstraint::Is(_) => {}
        PrincipalConstraint::In(entity)
        | PrincipalConstraint::Eq(entity)
        | PrincipalConstraint::IsIn(_, entity) => {
            return Err(names(&entity));
        }
    }
    match policy.resource_constraint() {
        ResourceConstraint::Any | ResourceConstraint::Is(_) => {}
        ResourceConstraint::In(entity)
        | ResourceConstraint::Eq(entity)
        | ResourceConstraint::IsIn(_, entity) => {
            return Err(names(&entity));
        }
    }
    match policy.entity_literals().into_iter().find(|entity| entity.type_name().basename() != "Action") {
        Some(entity) => Err(names(&entity)),
        None => Ok(()),
    }
}

impl Policies {
    /// Reads, joins and validates the policies of this crate and `others`.
    ///
    /// # Errors
    /// A text that is not Cedar, a policy that does not fit the schema or names a single thing.
    pub fn new(others: &[PolicySource]) -> Result<Self, PolicyError> {
        let sources: Vec<&PolicySource> = std::iter::once(&POLICIES).chain(others).collect();
        let mut fragments = Vec::new();
        let mut policies = PolicySet::new();
        for source in &sources {
            let syntax = |what: String| PolicyError::Syntax { name: source.name, what };
            let (fragment, _) = SchemaFragment::from_cedarschema_str(source.schema)
                .map_err(|error| syntax(error.to_string()))?;
            fragments.push(fragment);
            let own = PolicySet::from_str(source.text).map_err(|error| syntax(error.to_string()))?;
            if own.num_of_templates() > 0 {
                return Err(PolicyError::Unsupported(format!(
                    "the policies of {} hold a template",
                    source.name
                )));
            }
            for policy in own.policies() {
                check_names_none(policy)?;
                let id = PolicyId::new(format!("{}.{}", source.name, policy.id()));
                policies.add(policy.new_id(id)).map_err(|error| syntax(error.to_string()))?;
            }
        }
        let schema = Schema::from_schema_fragments(fragments)
            .map_err(|error| PolicyError::Schema(error.to_string()))?;
        if let Some(group) = schema.action_groups().next() {
            return Err(PolicyError::Unsupported(format!(
                "{group} is a group of actions; name the actions one by one"
            )));
        }
        let validation = Validator::new(schema.clone()).validate(&policies, ValidationMode::Strict);
        if !validation.validation_passed_without_warnings() {
            return Err(PolicyError::Invalid(validation.to_string()));
        }
        let mut actions: BTreeMap<String, Action> = BTreeMap::new();
        let mut kinds = HashMap::new();
        for env in schema.request_envs() {
            let (principal, uid, resource) = (env.principal(), env.action(), env.resource());
            let name = uid.id().unescaped().to_owned();
            let number = u16::try_from(actions.len())
                .map_err(|_| PolicyError::Unsupported("there are more than 65,536 actions".into()))?;
            let action = actions.entry(name).or_insert_with(|| Action {
                number,
                uid: uid.clone(),
                policies: PolicySet::new(),
                principals: HashSet::new(),
                resources: HashSet::new(),
            });
            action.principals.insert(principal.clone());
            action.resources.insert(resource.clone());
            kinds.insert(resource.to_string(), resource.clone());
        }
        for action in actions.values_mut() {
            let speaks_of_it = |policy: &&Policy| match policy.action_constraint() {
                ActionConstraint::Any => true,
                ActionConstraint::Eq(uid) => uid == action.uid,
                ActionConstraint::In(uids) => uids.contains(&action.uid),
            };
            let policies = PolicySet::from_policies(policies.policies().filter(speaks_of_it).cloned());
            action.policies = policies.map_err(|error| PolicyError::Invalid(error.to_string()))?;
        }
        let actors = ActorKind::ALL.map(|kind| type_name(&camel(kind.word())));
        let [a, b, c, d, e, f, g, h] = actors;
        Ok(Self(Arc::new(Inner {
            authorizer: Authorizer::new(),
            count: policies.num_of_policies(),
            schema,
            actions,
            actors: [a?, b?, c?, d?, e?, f?, g?, h?],
            kinds,
            organ: type_name("Organ")?,
            person: type_name("Person")?,
            remembered: RwLock::new(HashMap::new()),
        })))
    }

    /// The names of all actions, sorted.
    pub fn actions(&self) -> impl Iterator<Item = &str> {
        self.0.actions.keys().map(String::as_str)
    }

    /// Whether `actor` may do `action` to `resource`. An action, a kind or an attribute that the schema does not have
    /// is a mistake in the code that asks: it is logged, and nothing is permitted.
    pub fn permits(&self, actor: &Actor, action: &str, resource: &Resource) -> bool {
        let Some(known) = self.0.actions.get(action) else {
            tracing::error!(action, "no policy schema has this action; refused");
            return false;
        };
        let key = Key::of(actor, known.number, resource).bytes;
        if let Some(decision) = self.0.remembered.read().unwrap_or_else(PoisonError::into_inner).get(&key) {
            return *decision;
        }
        match self.decide(actor, known, resource) {
            Ok(decision) => {
                let mut remembered = self.0.remembered.write().unwrap_or_else(PoisonError::into_inner);
                if remembered.len() >= REMEMBERED {
                    remembered.clear();
                }
                remembered.insert(key, decision);
                decision
            }
            Err(error) => {
                tracing::error!(
                    action,
                    resource = resource.kind,
                    error,
                    "a policy question does not fit the schema; refused"
                );
                false
            }
        }
    }

    /// Refuses what `actor` may not do: a visitor is asked to sign in, others are told that it is not for them.
    ///
    /// # Errors
    /// `people-sign-in-first` (401) or `people-not-allowed` (403).
    pub fn require(&self, actor: &Actor, action: &str, resource: &Resource) -> Result<(), Refusal> {
        if self.permits(actor, action, resource) {
            return Ok(());
        }
        Err(match actor {
            Actor::Visitor => Refusal::new(RefusalKind::Unauthenticated, "people-sign-in-first"),
            _ => Refusal::forbidden("people-not-allowed"),
        })
    }

    /// Cedar's own answer, not remembered: for measurements and for the test that both agree.
    ///
    /// # Errors
    /// What does not fit the schema.
    #[doc(hidden)]
    pub fn permits_unremembered(
        &self,
        actor: &Actor,
        action: &str,
        resource: &Resource,
    ) -> Result<bool, String> {
        let known = self.0.actions.get(action).ok_or("no such action")?;
        self.decide(actor, known, resource)
    }

    fn decide(&self, actor: &Actor, action: &Action, resource: &Resource) -> Result<bool, String> {
        let inner = &*self.0;
        let kind = inner
            .kinds
            .get(&camel(resource.kind))
            .filter(|kind| action.resources.contains(kind))
            .ok_or_else(|| format!("{} is not done to {}", action.uid, resource.kind))?;
        let principal_type =
            inner.actors.get(usize::from(kind_number(actor.kind()))).ok_or("an actor of an unknown kind")?;
        if !action.principals.contains(principal_type) {
            return Ok(false);
        }

        let principal = uid(principal_type, actor.person().map_or(0, Id::get));
        let mut principal_attributes = HashMap::new();
        if let Some(person) = actor.person() {
            let person = RestrictedExpression::new_entity_uid(uid(&inner.person, person.get()));
            principal_attributes.insert("person".to_owned(), person);
        }
        if let Some(organ) = actor.organ() {
            let organ = RestrictedExpression::new_entity_uid(uid(&inner.organ, organ.get()));
            principal_attributes.insert("organ".to_owned(), organ);
        }
        if let Actor::Official { head, .. } = actor {
            principal_attributes.insert("head".to_owned(), RestrictedExpression::new_bool(*head));
        }
        let of_kind = |kind: &Kind, id: i64| {
            RestrictedExpression::new_entity_uid(uid(
                if *kind == Kind::Organ { &inner.organ } else { &inner.person },
                id,
            ))
        };
        let attributes = resource
            .attributes
            .iter()
            .map(|(name, attribute)| {
                let value = match attribute {
                    Attribute::Flag(value) => RestrictedExpression::new_bool(*value),
                    Attribute::Number(value) => RestrictedExpression::new_long(*value),
                    Attribute::Word(value) => RestrictedExpression::new_string(value.clone().into_owned()),
                    Attribute::One(kind, id) => of_kind(kind, *id),
                    Attribute::Many(kind, ids) => {
                        RestrictedExpression::new_set(ids.iter().map(|id| of_kind(kind, *id)))
                    }
                };
                ((*name).to_owned(), value)
            })
            .collect();

        let text = |error: &dyn std::fmt::Display| error.to_string();
        let resource_uid = uid(kind, resource.id);
        let request = Request::new(
            principal.clone(),
            action.uid.clone(),
            resource_uid.clone(),
            Context::empty(),
            Some(&inner.schema),
        )
        .map_err(|error| text(&error))?;
        let entities = [
            Entity::new(principal, principal_attributes, HashSet::new()).map_err(|error| text(&error))?,
            Entity::new(resource_uid, attributes, HashSet::new()).map_err(|error| text(&error))?,
        ];
        let entities =
            Entities::from_entities(entities, Some(&inner.schema)).map_err(|error| text(&error))?;
        let response = inner.authorizer.is_authorized(&request, &action.policies, &entities);
        // Cedar passes over a policy that fails; here a `forbid` that fails must not let anybody through.
        if let Some(error) = response.diagnostics().errors().next() {
            return Err(error.to_string());
        }
        Ok(response.decision() == Decision::Allow)
    }
}

#[cfg(test)]
#[path = "policies_tests.rs"]
mod tests;
