//! Lets the planned lives happen: each step is decided by the real rules at its own time, and the whole history is
//! kept in batches. Thousands a second, so that large cities for measurements are made the same way.

use std::sync::Arc;
use std::time::Duration;

use futures_util::StreamExt;
use gongzhi_appeals::actions::TrackingCode;
use gongzhi_appeals::actions::books::Books;
use gongzhi_appeals::actions::import::{ReadyCase, keep_case};
use gongzhi_appeals::events::AppealEvent;
use gongzhi_appeals::model::{Appeal, Appraisal, AppraisedBy, Channel, Phase, Place, Reporter, State};
use gongzhi_appeals::rules::{Command, Submission, apply, decide};
use gongzhi_kernel::{
    Actor, AppealId, Context, Failure, Fault, IdMaker, Locale, OrganId, Refusal, RefusalKind, Timestamp,
};
use gongzhi_people::{Directory, OrganKind, hash_password};
use gongzhi_store::Store;

use super::dice::Dice;
use super::found::{Founded, found};
use super::life::{Life, Step, moment_of};
use super::tables::{Leaf, Tables};

/// Cases of one unit of work.
const BATCH: usize = 500;
/// How long before the first appeal the city was founded.
const BEFORE: Duration = Duration::from_secs(400 * 86_400);

/// What the sample city is to be.
#[derive(Debug, Clone, Copy)]
pub struct Seeding {
    /// How many appeals it has.
    pub cases: u64,
    /// The same seed makes the same city.
    pub seed: u64,
}

/// A number with its tracking code, to try the tracking page with.
#[derive(Debug, Clone)]
pub struct Receipt {
    /// The number.
    pub number: AppealId,
    /// Its code.
    pub code: TrackingCode,
}

/// What has been made.
#[derive(Debug, Clone, Default)]
pub struct Seeded {
    /// Appeals kept.
    pub cases: u64,
    /// Of these, those somebody must still act on.
    pub open: u64,
    /// The last appeal that nobody has answered yet.
    pub last_open: Option<Receipt>,
    /// The last appeal that is answered and may be appraised.
    pub last_answered: Option<Receipt>,
}

/// Everything that histories are worked out from.
struct Stage {
    tables: Tables,
    city: Founded,
    books: Books,
    directory: Directory,
    context: Context,
    seed: u64,
}

/// Founds the sample city in an empty store and fills it; `progress` is told after each batch how many of how many
/// cases are kept.
///
/// # Errors
/// A fault of the store, or tables that do not hold together.
pub async fn seed(store: &Store, plan: Seeding, progress: impl Fn(u64, u64)) -> Result<Seeded, Failure> {
    let context = store.world().context(Actor::System, Locale::ZhCn);
    let tables = Arc::new(Tables::read()?);
    let password = hash_password(&tables.people.password, context.random())?;
    let (known, founding) = (Arc::clone(&tables), context.at(context.now - BEFORE));
    let city: Founded = store.write(move |tx| found(tx, &founding, &known, &password, plan.seed)).await?;
    let (books, directory) =
        store.read(|tx| Ok::<_, Fault>((Books::read(tx)?, Directory::read(tx)?))).await?;
    let tables = Arc::try_unwrap(tables).or_else(|_| Tables::read())?;
    let now = context.now;
    let stage = Arc::new(Stage { tables, city, books, directory, context, seed: plan.seed });

    // In the order in which they came in, so that numbers grow with time.
    let mut order: Vec<(Timestamp, u64)> =
        (0..plan.cases).map(|nth| (moment_of(plan.seed, nth, now), nth)).collect();
    order.sort_unstable();
    let ids = IdMaker::new(store.node(), 0);
    let batches: Vec<Vec<(AppealId, u64)>> = order
        .chunks(BATCH)
        .map(|chunk| chunk.iter().map(|(at, nth)| (ids.next(*at), *nth)).collect())
        .collect();
    drop(order);

    // Histories and words are worked out on all processors while the writer keeps the batch before.
    let workers = std::thread::available_parallelism().map_or(2, std::num::NonZeroUsize::get);
    let mut ready = futures_util::stream::iter(batches)
        .map(|batch| {
            let stage = Arc::clone(&stage);
            async move {
                match tokio::task::spawn_blocking(move || stage.work_out(&batch)).await {
                    Ok(worked_out) => worked_out,
                    Err(error) => Err(Fault::internal("working a history out panicked").because(error)),
                }
            }
        })
        .buffered(workers + 1);
    let mut seeded = Seeded::default();
    while let Some(batch) = ready.next().await {
        let batch = batch?;
        for (case, code) in &batch {
            seeded.count(case.appeal(), *code);
        }
        let (kept, stage) = (Arc::new(batch), Arc::clone(&stage));
        store
            .write(move |tx| {
                for (case, _) in kept.iter() {
                    keep_case(tx, &stage.books.categories, &stage.directory, case.clone())?;
                }
                Ok::<_, Fault>(())
            })
            .await?;
        progress(seeded.cases, plan.cases);
    }
    Ok(seeded)
}

impl Seeded {
    fn count(&mut self, appeal: &Appeal, code: TrackingCode) {
        self.cases += 1;
        let receipt = || (appeal.reporter.is_none()).then_some(Receipt { number: appeal.id, code });
        match appeal.state.phase() {
            Phase::Open => {
                self.open += 1;
                self.last_open = receipt().or(self.last_open.take());
            }
            Phase::Answered if matches!(appeal.state, State::Answered { .. }) => {
                self.last_answered = receipt().or(self.last_answered.take());
            }
            Phase::Answered | Phase::Closed => {}
        }
    }
}

/// A history while it happens.
struct Story {
    appeal: Appeal,
    events: Vec<(Actor, AppealEvent)>,
}

impl Stage {
    fn work_out(&self, batch: &[(AppealId, u64)]) -> Result<Vec<(ReadyCase, TrackingCode)>, Fault> {
        let leaves: Vec<&Leaf> = self.tables.leaves().collect();
        batch
            .iter()
            .map(|(id, nth)| {
                let life = Life::plan(&self.tables, &leaves, self.seed, *nth, self.context.now);
                let mut dice = Dice::new(self.seed ^ 0x5eed, *nth);
                let code = TrackingCode::from_bytes(self.context.random());
                let story = self.happen(*id, &life, code, &mut dice)?;
                Ok((ReadyCase::new(&story.events)?, code))
            })
            .collect()
    }

    /// Lets a life happen up to now.
    fn happen(
        &self,
        id: AppealId,
        life: &Life<'_>,
        code: TrackingCode,
        dice: &mut Dice,
    ) -> Result<Story, Fault> {
        let now = self.context.now;
        let scene = &life.scene;
        let category = self.city.categories.get(&scene.leaf.code).copied();
        let chosen = category.filter(|_| life.knows_category);
        let spot = (scene.street_index, scene.community_index, scene.grid);
        let area = self.city.place(&self.tables, spot, scene.leaf.at, dice);
        let (actor, reporter) = self.who(life, dice);
        let submission = Submission {
            id,
            kind: life.kind,
            channel: life.channel,
            urgency: chosen.map_or(gongzhi_appeals::model::Urgency::Ordinary, |_| scene.leaf.urgency),
            visibility: life.visibility,
            category: chosen,
            place: Place { area, address: life.words.address.clone(), point: scene.point },
            title: life.words.title.clone(),
            text: life.words.text.clone(),
            reporter: reporter.0,
            contact: reporter.1,
            track: code.hash(id),
            named: self.books.organ_for(&self.directory, chosen, area, life.submitted_at),
        };
        let at = life.submitted_at;
        let rulebook = self.books.rulebook(at)?;
        let events = decide(None, &Command::Submit(Box::new(submission)), rulebook, at).map_err(not_taken)?;
        let mut events = events.into_iter();
        let first = events.next().ok_or_else(|| Fault::internal("a submission made no event"))?;
        let appeal = apply(None, &first).map_err(impossible)?;
        let mut story = Story { appeal, events: vec![(actor, first)] };
        for event in events {
            story.take(Actor::System, event)?;
        }
        for (at, step) in life.steps.iter().take_while(|(at, _)| *at <= now) {
            self.strikes(&mut story, *at)?;
            let Some((actor, command)) = self.command(&story.appeal, life, step) else { continue };
            self.act(&mut story, actor, &command, *at)?;
        }
        self.strikes(&mut story, now)?;
        Ok(story)
    }

    /// Lets the clock strike for every deadline that passes until `until`.
    fn strikes(&self, story: &mut Story, until: Timestamp) -> Result<(), Fault> {
        while let Some(at) = story.appeal.next_strike().filter(|at| *at < until) {
            let before = story.appeal.revision;
            self.act(story, Actor::System, &Command::Strike, at)?;
            if story.appeal.revision == before {
                return Err(Fault::internal("the clock struck and nothing happened"));
            }
        }
        Ok(())
    }

    fn act(&self, story: &mut Story, actor: Actor, command: &Command, at: Timestamp) -> Result<(), Fault> {
        let rulebook = self.books.rulebook(at)?;
        match decide(Some(&story.appeal), command, rulebook, at) {
            Ok(events) => events.into_iter().try_for_each(|event| story.take(actor.clone(), event)),
            // A plan may ask for what the rules no longer allow, as people do: it does not happen.
            Err(refusal) if refusal.kind == RefusalKind::Conflict => Ok(()),
            Err(refusal) => Err(not_taken(refusal)),
        }
    }

    /// Who reports: the actor, their account and how to reach them.
    fn who(&self, life: &Life<'_>, dice: &mut Dice) -> (Actor, (Option<gongzhi_kernel::PersonId>, Reporter)) {
        let english = life.scene.locale == Locale::En;
        let name = if english {
            dice.pick(&self.tables.people.english_names).clone()
        } else {
            self.tables.people.name(dice)
        };
        let phone = format!("1990000{:04}", dice.below(10_000));
        let contact = match dice.below(20) {
            0 => Reporter::default(),
            1 | 2 => Reporter { phone, ..Reporter::default() },
            _ => Reporter { name, phone, ..Reporter::default() },
        };
        match life.channel {
            Channel::Web | Channel::MiniProgram | Channel::Api if dice.per_mille(420) => {
                // The printed sign-ins come up more often, so that they have something to look at.
                let residents = &self.city.residents;
                let person =
                    if dice.per_mille(60) { residents[dice.place(2)] } else { *dice.pick(residents) };
                (Actor::Resident { person }, (Some(person), contact))
            }
            Channel::Phone | Channel::WalkIn | Channel::Email => {
                (self.operator(dice.place(64)), (None, contact))
            }
            _ => (Actor::Visitor, (None, contact)),
        }
    }

    fn operator(&self, nth: usize) -> Actor {
        let operators = &self.city.operators;
        match self.city.organs.get("hotline") {
            Some(organ) if !operators.is_empty() => {
                Actor::Operator { person: operators[nth % operators.len()], organ: *organ }
            }
            _ => Actor::System,
        }
    }

    /// The official of an organ who takes a step; its head in a second round.
    fn official(&self, organ: OrganId, round: u8) -> Actor {
        let head = round > 1;
        let known = if head { &self.city.heads } else { &self.city.handlers };
        known.get(&organ).map_or(Actor::System, |person| Actor::Official { person: *person, organ, head })
    }

    /// A step as a command, or nothing where it no longer makes sense.
    fn command(&self, appeal: &Appeal, life: &Life<'_>, step: &Step) -> Option<(Actor, Command)> {
        let organ = appeal.organ();
        let named = |text: &str| {
            let organ = organ.and_then(|id| self.directory.organ(id));
            text.replace("{organ}", organ.map_or("我单位", |organ| organ.name(life.scene.locale)))
        };
        let holder = || Some(self.official(organ?, appeal.round));
        let reporter = || appeal.reporter.map_or(Actor::Visitor, |person| Actor::Resident { person });
        let turn = usize::try_from(appeal.id.get() % 7).unwrap_or(0);
        Some(match step {
            Step::Dispatch => {
                let to = match appeal.state {
                    State::Submitted => self.right_organ(life, appeal)?,
                    State::Returned { by, .. } => self.other_organ(appeal, by)?,
                    _ => return None,
                };
                (self.operator(turn), Command::Dispatch { organ: to, note: String::new() })
            }
            Step::Accept => (holder()?, Command::Accept),
            Step::Return { reason } => (holder()?, Command::Return { reason: named(reason) }),
            Step::Contact { way, note } => (holder()?, Command::Contact { way: *way, note: named(note) }),
            Step::Answer { reply } => (holder()?, Command::Answer { reply: named(reply) }),
            Step::Appraise { solved, satisfied, by, comment } => {
                let actor = if *by == AppraisedBy::CallBack { self.operator(turn) } else { reporter() };
                let contacted = Some(appeal.contacted_at.is_some());
                let appraisal = Appraisal { solved: *solved, satisfied: *satisfied, contacted, by: *by };
                (actor, Command::Appraise { appraisal, comment: named(comment), again: None })
            }
            Step::Reopen { reason } => (reporter(), Command::Reopen { reason: named(reason) }),
            Step::Withdraw { reason } => (reporter(), Command::Withdraw { reason: named(reason) }),
        })
    }

    /// Where a dispatcher sends a case that the catalogue could not send.
    fn right_organ(&self, life: &Life<'_>, appeal: &Appeal) -> Option<OrganId> {
        let category = self.city.categories.get(&life.scene.leaf.code).copied();
        let named = self.books.organ_for(&self.directory, category, appeal.place.area, appeal.submitted_at);
        named.map(|(organ, _)| organ).or_else(|| self.city.organs.get("hotline").copied())
    }

    /// Where a dispatcher sends a case that an organ has sent back: from a department to the street, and the other way.
    fn other_organ(&self, appeal: &Appeal, by: OrganId) -> Option<OrganId> {
        let street = appeal
            .place
            .area
            .and_then(|area| self.directory.organ_for(area, OrganKind::Street))
            .map(|organ| organ.id);
        let management = self.city.organs.get("city-management").copied();
        let housing = self.city.organs.get("housing").copied();
        [street, management, housing].into_iter().flatten().find(|organ| *organ != by)
    }
}

impl Story {
    fn take(&mut self, actor: Actor, event: AppealEvent) -> Result<(), Fault> {
        self.appeal = apply(Some(self.appeal.clone()), &event).map_err(impossible)?;
        self.events.push((actor, event));
        Ok(())
    }
}

fn not_taken(refusal: Refusal) -> Fault {
    Fault::internal("the rules refuse a sample").because(refusal)
}

fn impossible(bad: gongzhi_appeals::rules::BadHistory) -> Fault {
    Fault::internal("a sample's history cannot be").because(bad)
}

#[cfg(test)]
mod tests {
    use super::*;
    use gongzhi_appeals::model::StateName;
    use gongzhi_store::testing;
    use std::collections::{BTreeMap, BTreeSet};

    gongzhi_store::statements! {
        /// All cases.
        IDS = "SELECT id FROM appeal ORDER BY id";
    }

    /// Title, text, state and revision of each case, in the order of numbers.
    async fn cases(store: &Store) -> Vec<(String, String, StateName, i64)> {
        store
            .read(|tx| {
                let ids: Vec<AppealId> = tx.all(&IDS, &[], |row| row.id(0))?;
                let mut told = Vec::new();
                for id in ids {
                    let appeal = gongzhi_appeals::store::find(tx, id)?.unwrap();
                    told.push((appeal.title, appeal.text, appeal.state.name(), appeal.revision));
                }
                Ok::<_, Fault>(told)
            })
            .await
            .unwrap()
    }

    #[tokio::test]
    async fn the_sample_city_is_the_same_everywhere_and_sound() {
        let plan = Seeding { cases: 1200, seed: 2026 };
        let first = testing::sqlite(&crate::compose::migrations()).await.unwrap();
        let made = seed(&first, plan, |_, _| ()).await.unwrap();
        assert_eq!(made.cases, 1200);
        assert!(made.last_open.is_some() && made.last_answered.is_some());
        let second = testing::sqlite(&crate::compose::migrations()).await.unwrap();
        seed(&second, plan, |_, _| ()).await.unwrap();
        let (one, two) = (cases(&first).await, cases(&second).await);
        assert_eq!(one, two);

        let mut states: BTreeMap<StateName, u32> = BTreeMap::new();
        for (_, _, state, _) in &one {
            *states.entry(*state).or_default() += 1;
        }
        for state in StateName::ALL {
            assert!(states.contains_key(&state), "no case is {}: {states:?}", state.word());
        }
        let texts: BTreeSet<&String> = one.iter().map(|(_, text, _, _)| text).collect();
        assert!(texts.len() > 1150, "{} of 1200 texts differ", texts.len());

        let directory = first.read(|tx| Directory::read(tx)).await.unwrap();
        assert!(crate::sample::is_sample(&directory));
        assert!(!crate::sample::is_empty(&first).await.unwrap());
        for report in [
            first.read(|tx| gongzhi_people::check(tx)).await.unwrap(),
            first.read(|tx| gongzhi_appeals::check(tx)).await.unwrap(),
        ] {
            assert!(report.checked > 200 && report.differences.is_empty(), "{:?}", report.differences);
        }
    }
}
