//! Units of work: look up, ask the policy, ask the rules, keep the row, record the events, set the clock.
//!
//! [`Appeals`] is what pages, API and command line call; it asks the policy. The functions of this folder that take
//! a `tx` do the same work inside the caller's unit of work without asking: for samples, imports and timers.

pub mod books;
pub mod clients;
mod code;
pub mod files;
pub mod follow;
pub mod import;
mod reporter;
mod steps;
mod submit;
pub mod tasks;

use std::sync::atomic::AtomicI64;
use std::sync::{Arc, PoisonError, RwLock};

use gongzhi_kernel::{Actor, AppealId, Context, Failure, Fault, FieldError, Locale, Refusal, Timestamp};
use gongzhi_people::{Directory, People, Policies, Resource};
use gongzhi_store::{Follower, Store, TimerHandler, Tx};
use tokio::sync::{Notify, watch};

use crate::catalogue::trial::Trial;
use crate::catalogue::{Catalogue, lines};
use crate::figures::{Figures, FiguresFollower};
use crate::indicators::IndicatorsFollower;
use crate::model::{Appeal, CategoryId, Visibility};
use crate::open311::ChangesFollower;
use crate::store::books as sql;
use books::{Books, NewCategory};

pub use code::{BadCode, TrackingCode};
pub use reporter::Reading;
pub use steps::{CLOCK, ClockHandler, Said, carry_out, keep_events};
pub use submit::{Receipt, Submit, search_tokens};
pub use tasks::{Ask, SupervisionHandler};

/// Over how many days back a catalogue is tried out before it is adopted.
pub const TRIAL_DAYS: u32 = 31;

/// Appeals of one city. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Appeals(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    store: Store,
    people: People,
    books: RwLock<Arc<Books>>,
    figures: watch::Sender<Arc<Figures>>,
    counted: Notify,
    swept: AtomicI64,
    limits: clients::Limits,
    intake: files::Intake,
}

impl Appeals {
    /// Opens the appeals of a city. A city without a rulebook adopts the shipped one.
    pub async fn open(store: Store, people: People) -> Result<Self, Fault> {
        let context = store.world().context(Actor::System, Locale::default());
        let books = match store.read(|tx| Books::read(tx)).await {
            Ok(books) if books.rulebooks.newest() > 0 => books,
            Ok(_) => {
                let begun: Result<Books, Failure> = store
                    .write(move |tx| {
                        books::begin(tx, &context)?;
                        Ok(Books::read(tx)?)
                    })
                    .await;
                begun.map_err(as_fault)?
            }
            Err(fault) => return Err(fault),
        };
        let (figures, _) = watch::channel(Arc::new(Figures::default()));
        let inner = Inner {
            store,
            people,
            books: RwLock::new(Arc::new(books)),
            figures,
            counted: Notify::new(),
            swept: AtomicI64::new(0),
            limits: clients::Limits::default(),
            intake: files::Intake::default(),
        };
        let appeals = Self(Arc::new(inner));
        appeals.refresh_figures().await?;
        Ok(appeals)
    }

    /// The store.
    pub fn store(&self) -> &Store {
        &self.0.store
    }

    /// Persons, organs and areas.
    pub fn people(&self) -> &People {
        &self.0.people
    }

    /// The present picture of organs and areas.
    pub fn directory(&self) -> Arc<Directory> {
        self.0.people.directory()
    }

    /// The present picture of rulebook, categories and catalogue.
    pub fn books(&self) -> Arc<Books> {
        Arc::clone(&self.0.books.read().unwrap_or_else(PoisonError::into_inner))
    }

    pub(crate) fn policies(&self) -> &Policies {
        self.0.people.policies()
    }

    /// Reads the books again: after a change by another process or in a unit of work of the caller.
    pub async fn refresh(&self) -> Result<(), Fault> {
        let books = self.0.store.read(|tx| Books::read(tx)).await?;
        *self.0.books.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(books);
        Ok(())
    }

    /// What follows the journal: the counters of the home page, which appeals changed when, and the indicators.
    pub fn followers(&self) -> Vec<Arc<dyn Follower>> {
        vec![
            Arc::new(FiguresFollower::new(self.clone())),
            Arc::new(ChangesFollower),
            Arc::new(IndicatorsFollower::new(self.clone())),
        ]
    }

    /// What answers timers: deadlines that pass, cases that close by themselves.
    pub fn timer_handlers(&self) -> Vec<Arc<dyn TimerHandler>> {
        vec![Arc::new(ClockHandler::new(self.clone())), Arc::new(SupervisionHandler::new(self.clone()))]
    }

    /// The figures of the home page, with a sign whenever they change.
    pub fn figures(&self) -> watch::Receiver<Arc<Figures>> {
        self.0.figures.subscribe()
    }

    /// Says that the counters have moved.
    pub(crate) fn counted(&self) {
        self.0.counted.notify_one();
    }

    /// Reads the figures of the home page again.
    pub async fn refresh_figures(&self) -> Result<(), Fault> {
        let now = self.0.store.world().clock.now();
        let zone = self.books().rulebook(now)?.time_zone();
        let figures = self.0.store.read(move |tx| Figures::read(tx, &zone, now)).await?;
        self.0.figures.send_if_modified(|known| {
            let changed = **known != figures;
            if changed {
                *known = Arc::new(figures);
            }
            changed
        });
        Ok(())
    }

    /// Keeps books and figures fresh until `stop` turns true: own changes at once, those of other processes and the
    /// turn of the day within moments. A task of the application.
    pub async fn keep_fresh(self, mut stop: watch::Receiver<bool>) {
        let work = async {
            loop {
                // Either the counters moved, or it is time to look for the changes of others.
                let _counted_or_elapsed =
                    tokio::time::timeout(std::time::Duration::from_secs(2), self.0.counted.notified()).await;
                let fresh = async {
                    let stamp = self.0.store.read(|tx| sql::stamp(tx)).await?;
                    if stamp != self.books().stamp {
                        self.refresh().await?;
                    }
                    self.refresh_figures().await
                };
                if let Err(error) = fresh.await {
                    tracing::error!(error = ?error, "books and figures could not be read");
                }
                tokio::time::sleep(std::time::Duration::from_millis(500)).await;
            }
        };
        tokio::select! {
            () = work => {}
            _ = stop.wait_for(|stop| *stop) => {}
        }
    }

    /// Adopts a rulebook (TOML) that holds from `effective`; its version.
    pub async fn adopt_rulebook(
        &self,
        context: &Context,
        text: &str,
        effective: Timestamp,
    ) -> Result<i64, Failure> {
        self.policies().require(&context.actor, "appeal.keep_books", &Resource::city())?;
        require_not_past(context, effective)?;
        let (context, text) = (context.clone(), text.to_owned());
        let version =
            self.0.store.write(move |tx| books::adopt_rulebook(tx, &context, &text, effective)).await?;
        self.refresh().await?;
        Ok(version)
    }

    /// Refuses those who may not read the city's books.
    pub fn may_read_books(&self, context: &Context) -> Result<(), Refusal> {
        self.policies().require(&context.actor, "appeal.read_books", &Resource::city())
    }

    /// Whether somebody may change the city's books.
    pub fn may_keep_books(&self, context: &Context) -> bool {
        self.policies().permits(&context.actor, "appeal.keep_books", &Resource::city())
    }

    /// 试算: what the cases of the last [`TRIAL_DAYS`] days would have met under a catalogue of these lines.
    pub async fn try_catalogue(&self, context: &Context, text: &str) -> Result<Trial, Failure> {
        self.policies().require(&context.actor, "appeal.keep_books", &Resource::city())?;
        let (books, directory, now) = (self.books(), self.directory(), context.now);
        let entries = lines::read(text, &books.categories, &directory)?;
        let candidate = Catalogue::new(0, &entries)?;
        let since = now - TRIAL_DAYS * std::time::Duration::from_secs(86_400);
        let trial =
            self.0.store.read(move |tx| books.try_catalogue(tx, &directory, &candidate, since, now)).await?;
        Ok(trial)
    }

    /// Adopts a dispatch catalogue that holds from `effective`; its version. Refused where cases like those of the last
    /// [`TRIAL_DAYS`] days have an organ now and would have none.
    pub async fn adopt_catalogue(
        &self,
        context: &Context,
        text: &str,
        effective: Timestamp,
    ) -> Result<i64, Failure> {
        self.policies().require(&context.actor, "appeal.keep_books", &Resource::city())?;
        require_not_past(context, effective)?;
        let (context, directory, text) = (context.clone(), self.directory(), text.to_owned());
        let version: Result<i64, Failure> = self
            .0
            .store
            .write(move |tx| {
                let (books, now) = (Books::read(tx)?, context.now);
                let entries = lines::read(&text, &books.categories, &directory)?;
                let candidate = Catalogue::new(0, &entries)?;
                let since = now - TRIAL_DAYS * std::time::Duration::from_secs(86_400);
                let trial = books.try_catalogue(tx, &directory, &candidate, since, now)?;
                if !trial.stranded.is_empty() {
                    return Err(Refusal::conflict("catalogue-strands-cases")
                        .with("count", trial.stranded_cases())
                        .into());
                }
                books::adopt_catalogue(tx, &context, &directory, &books.categories, &entries, effective)
            })
            .await;
        self.refresh().await?;
        version
    }

    /// Adds a category.
    pub async fn establish_category(
        &self,
        context: &Context,
        new: NewCategory,
    ) -> Result<CategoryId, Failure> {
        self.policies().require(&context.actor, "appeal.keep_books", &Resource::city())?;
        let context = context.clone();
        let id: Result<CategoryId, Failure> = self
            .0
            .store
            .write(move |tx| {
                let mut books = Books::read(tx)?;
                books::establish_category(tx, &context, &mut books, new.clone())
            })
            .await;
        self.refresh().await?;
        id
    }

    /// Changes a category: all of it but its place in the tree is replaced.
    pub async fn change_category(
        &self,
        context: &Context,
        id: CategoryId,
        change: NewCategory,
    ) -> Result<(), Failure> {
        self.policies().require(&context.actor, "appeal.keep_books", &Resource::city())?;
        let context = context.clone();
        let done: Result<(), Failure> = self
            .0
            .store
            .write(move |tx| {
                let mut books = Books::read(tx)?;
                books::change_category(tx, &context, &mut books, id, change.clone())
            })
            .await;
        self.refresh().await?;
        done
    }
}

/// A book cannot hold from before it was adopted: what was promised in the meantime would change behind people's backs.
fn require_not_past(context: &Context, effective: Timestamp) -> Result<(), Refusal> {
    if effective < context.now {
        return Err(Refusal::fields(vec![FieldError::new("effective", "books-effective-past")]));
    }
    Ok(())
}

fn as_fault(failure: Failure) -> Fault {
    match failure {
        Failure::Fault(fault) => fault,
        Failure::Refused(refusal) => Fault::internal("the shipped books are refused").because(refusal),
    }
}

/// How an actor's organ stands to a case, apart from having it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Standing {
    /// Whoever asks holds the tracking code.
    pub holder: bool,
    /// The organ has been asked for something beside the case.
    pub helper: bool,
    /// The organ is above the one that has the case.
    pub superior: bool,
}

/// What a policy may know of an appeal.
pub fn resource(appeal: &Appeal, standing: Standing) -> Resource {
    Resource::new("appeal", appeal.id)
        .flag("public", appeal.visibility.is_public())
        .flag("confidential", appeal.visibility == Visibility::Confidential)
        .flag("holder", standing.holder)
        .flag("helper", standing.helper)
        .flag("superior", standing.superior)
        .organ("organ", appeal.organ())
        .person("reporter", appeal.reporter)
}

/// How the actor's organ stands to the case.
fn standing(
    tx: &mut dyn Tx,
    directory: &Directory,
    actor: &Actor,
    appeal: &Appeal,
    code: Option<&TrackingCode>,
) -> Result<Standing, Fault> {
    let mut standing = Standing { holder: is_holder(appeal, code), ..Standing::default() };
    if let Actor::Official { organ, .. } = actor {
        let held = appeal.organ();
        if held != Some(*organ) {
            standing.superior = held.is_some_and(|held| directory.organ_is_within(held, *organ));
            standing.helper =
                crate::store::tasks::tasks_of(tx, appeal.id)?.iter().any(|task| task.concerns(*organ));
        }
    }
    Ok(standing)
}

/// Whether the code opens the appeal.
pub(crate) fn is_holder(appeal: &Appeal, code: Option<&TrackingCode>) -> bool {
    code.is_some_and(|code| code.opens(appeal.id, &appeal.track))
}

/// The appeal as far as this actor may know of it: there is no difference between one that is not there and one that
/// is not theirs to see.
pub(crate) fn find_readable(
    tx: &mut dyn Tx,
    policies: &Policies,
    directory: &Directory,
    actor: &Actor,
    id: AppealId,
    code: Option<&TrackingCode>,
) -> Result<(Appeal, Resource), Failure> {
    let not_found = || Refusal::not_found("appeal-not-found");
    let appeal = crate::store::find(tx, id)?.ok_or_else(not_found)?;
    let standing = standing(tx, directory, actor, &appeal, code)?;
    let resource = resource(&appeal, standing);
    if policies.permits(actor, "appeal.read", &resource) {
        Ok((appeal, resource))
    } else {
        Err(not_found().into())
    }
}
