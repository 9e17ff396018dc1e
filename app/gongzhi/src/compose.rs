//! Where everything is put together: store, people, capabilities, site, and what runs behind them.

use std::future::Future;
use std::net::SocketAddr;
use std::path::Path;

use gongzhi_appeals::Appeals;
use gongzhi_kernel::{Actor, Context, Failure, Locale, World};
use gongzhi_ledger::Ledger;
use gongzhi_people::{FactorRules, People, PeopleRules, Policies, Required};
use gongzhi_store::{KeySource, Location, Migrations, PostgresLocation, SqliteOptions, Store, followers};
use gongzhi_web::{App, DemoSignIn, Site, SiteConfig, TextPiece, Texts, Tls};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::config::{Config, Place, SecondFactor};
use crate::say::{self, Trouble};

/// The schemas of all crates that keep rows, each before those that build on it.
pub fn migrations() -> [Migrations; 3] {
    [gongzhi_people::MIGRATIONS, gongzhi_appeals::MIGRATIONS, gongzhi_ledger::MIGRATIONS]
}

/// The sentences of all crates.
pub fn texts() -> [TextPiece; 4] {
    [
        gongzhi_web::TEXTS,
        TextPiece { name: "people", zh: gongzhi_people::TEXTS_ZH, en: gongzhi_people::TEXTS_EN },
        gongzhi_appeals::TEXTS,
        gongzhi_ledger::TEXTS,
    ]
}

/// The policies of all crates.
pub fn policies() -> Result<Policies, Trouble> {
    Policies::new(&[gongzhi_appeals::POLICIES])
        .map_err(|error| Trouble::new(format!("the policies cannot be read: {error}")))
}

/// Opens the city, and makes it where there is none.
pub async fn open(config: &Config, world: World) -> Result<Store, Trouble> {
    let store = Store::open(location(&config.place), world, &migrations()).await?;
    store.unlock(&config.key_source()).await?;
    Ok(store)
}

/// Opens the city, which must be there already: a folder misspelt must not become an empty city.
pub async fn open_existing(config: &Config) -> Result<Store, Trouble> {
    if let Place::Folder(folder) = &config.place
        && !is_city(folder)
    {
        return Err(Trouble::new(format!("there is no city in {}", folder.display())).way_out(
            "name its folder with --data; `gongzhi serve` makes a new one, `gongzhi demo` a sample",
        ));
    }
    open(config, World::system()).await
}

/// Whether a folder holds a city.
pub fn is_city(folder: &Path) -> bool {
    SqliteOptions::new(folder).file().is_file()
}

/// Opens a folder once, to see that this version can.
pub(crate) async fn try_open(folder: &Path) -> Result<(), Trouble> {
    let place = Location::Folder(SqliteOptions::new(folder));
    Store::open(place, World::system(), &migrations()).await?;
    Ok(())
}

fn location(place: &Place) -> Location {
    match place {
        Place::Folder(folder) => {
            let mut options = SqliteOptions::new(folder);
            if std::env::var_os("GONGZHI_UNSAFE_SYNCHRONOUS").is_some_and(|value| value == "normal") {
                say::aside(
                    "gongzhi: GONGZHI_UNSAFE_SYNCHRONOUS is set: a power cut will lose acknowledged work",
                );
                options.durable = false;
            }
            Location::Folder(options)
        }
        Place::Database { url, schema, max_connections, blobs } => {
            let mut location = PostgresLocation::new(url, blobs.clone());
            location.schema.clone_from(schema);
            location.max_connections = *max_connections;
            Location::Postgres(location)
        }
    }
}

/// A city, put together and ready to serve.
#[derive(Debug, Clone)]
pub struct City {
    /// Its store.
    pub store: Store,
    /// Persons, organs, areas.
    pub people: People,
    /// Appeals.
    pub appeals: Appeals,
    /// The public log; none where nobody has said where its key lies.
    pub ledger: Option<Ledger>,
    /// What its pages share.
    pub site: Site,
    /// Its routes and the description of its interface.
    pub app: App,
    /// The master key at hand, to read new keys of the vault with.
    keys: KeySource,
}

/// Puts a city together over an open store. `demo` are the sign-ins that a sample city shows.
pub async fn compose(
    store: Store,
    config: &Config,
    address: SocketAddr,
    demo: Vec<DemoSignIn>,
) -> Result<City, Trouble> {
    let keys = store.unlock(&config.key_source()).await?;
    let directory = store.read(|tx| gongzhi_people::Directory::read(tx)).await?;
    let sample = crate::sample::is_sample(&directory);
    let people = People::open_with(store.clone(), policies()?, people_rules(config, sample)).await?;
    let appeals = Appeals::open(store.clone(), people.clone()).await?;
    let tls = config
        .tls
        .as_ref()
        .map(|(cert, key)| Tls::load(cert, key))
        .transpose()
        .map_err(|error| Trouble::new(format!("cannot encrypt: {error}")))?;
    let scheme = if tls.is_some() { "https" } else { "http" };
    let base_url = config.base_url.clone().unwrap_or_else(|| format!("{scheme}://{address}"));
    let ledger = match &config.ledger {
        Some(home) => {
            let setup = gongzhi_ledger::Setup {
                home: home.clone(),
                origin: log_name(&base_url),
                scope: crate::sealed::scope(),
                witnesses: config.witnesses.clone(),
                signing: config.signing.clone(),
            };
            Some(Ledger::open(store.clone(), setup).await?)
        }
        None => None,
    };
    let site_config = SiteConfig {
        // A sample says so, whatever it is called in the settings.
        city: if sample { crate::sample::city() } else { config.city.clone() },
        zone: config.zone.clone(),
        sample,
        demo_sign_ins: demo,
        max_body: config.max_body,
        max_in_work: config.max_in_work,
        max_streams: config.max_streams,
        patience: config.patience,
        limits: config.limits.clone(),
        tls,
        ..SiteConfig::local(base_url)
    };
    let builder = Site::builder(store.clone(), people.clone(), site_config);
    let builder = gongzhi_appeals::install(builder, &appeals);
    let builder = match &ledger {
        Some(ledger) => gongzhi_ledger::install(builder, ledger)?,
        None => builder.texts(gongzhi_ledger::TEXTS),
    };
    let site = builder.build().map_err(|error| Trouble::new(error.to_string()))?;
    for problem in site.texts().check() {
        tracing::error!(problem, "the two languages differ");
    }
    let mut routes = Vec::from(gongzhi_appeals::routes(&site, &appeals));
    routes.extend(ledger.as_ref().map(gongzhi_ledger::routes));
    let app = App::new(&site, routes)?;
    Ok(City { store, people, appeals, ledger, site, app, keys })
}

/// What the settings say about sign-ins. In a sample city everybody looks around as everybody.
fn people_rules(config: &Config, sample: bool) -> PeopleRules {
    let required = match config.second_factor {
        SecondFactor::Staff => Required::OfStaff,
        SecondFactor::Auto if !sample => Required::OfStaff,
        SecondFactor::Auto | SecondFactor::Nobody => Required::OfNobody,
    };
    let factors = FactorRules { required, ..FactorRules::default() };
    PeopleRules { factors, ..PeopleRules::default() }
}

/// Reads the keys of the vault again and again, so that a new one is known before anybody seals with it.
async fn keep_keys(store: Store, keys: KeySource, mut stop: watch::Receiver<bool>) {
    while !*stop.borrow_and_update() {
        tokio::select! {
            () = tokio::time::sleep(gongzhi_store::vault::LOOK) => {
                if let Err(error) = store.unlock(&keys).await {
                    tracing::error!(%error, "the keys of the city could not be read again");
                }
            }
            changed = stop.changed() => if changed.is_err() { return },
        }
    }
}

/// The name of a city's log: where it is found, without the scheme.
pub(crate) fn log_name(base_url: &str) -> String {
    let place = base_url.split_once("://").map_or(base_url, |(_, place)| place);
    format!("{}/ledger", place.trim_end_matches('/'))
}

/// Serves the city until `stop` is done, with everything that runs behind it.
pub async fn run(
    city: &City,
    listener: TcpListener,
    stop: impl Future<Output = ()> + Send,
) -> Result<(), Trouble> {
    let (stopping, stopped) = watch::channel(false);
    let runners = start_runners(city, &stopped);
    let served = gongzhi_web::serve(&city.site, listener, city.app.router.clone(), stop).await;
    // Nobody listens only where every runner has already ended.
    stopping.send_replace(true);
    for runner in runners {
        if let Err(error) = runner.await {
            tracing::error!(%error, "a runner stopped by itself");
        }
    }
    city.store.leave().await?;
    served.map_err(|error| Trouble::new(format!("the server stopped: {error}")))
}

/// The one list of what follows a commit.
fn start_runners(city: &City, stop: &watch::Receiver<bool>) -> Vec<JoinHandle<()>> {
    let mut followers = city.appeals.followers();
    followers.extend(city.people.followers());
    followers.extend(city.ledger.as_ref().map(Ledger::follower));
    let mut handlers = city.people.timer_handlers();
    handlers.extend(city.appeals.timer_handlers());
    let mut tasks = followers::start(&city.store, followers, handlers, stop);
    if let Some(ledger) = &city.ledger {
        tasks.push(tokio::spawn(ledger.clone().keep_signing(stop.clone())));
        tasks.push(tokio::spawn(ledger.clone().keep_witnessed(stop.clone())));
    }
    tasks.push(tokio::spawn(keep_keys(city.store.clone(), city.keys.clone(), stop.clone())));
    tasks.push(tokio::spawn(city.people.clone().keep_fresh(stop.clone())));
    tasks.push(tokio::spawn(city.appeals.clone().keep_fresh(stop.clone())));
    tasks.push(tokio::spawn(gongzhi_appeals::keep_live(
        city.site.clone(),
        city.appeals.clone(),
        stop.clone(),
    )));
    tasks.push(tokio::task::spawn_blocking(gongzhi_lexicon::warm_up));
    tasks
}

/// The description of the JSON interface: that of a city which is put together for it and goes away again.
pub(crate) async fn openapi(config: &Config) -> Result<utoipa::openapi::OpenApi, Trouble> {
    let mark: String = random_mark();
    let folder = std::env::temp_dir().join(format!("gongzhi-openapi-{mark}"));
    let ledger = Some(folder.join("ledger"));
    let config = Config { place: Place::Folder(folder.clone()), ledger, keys: None, ..config.clone() };
    let _goes_away = crate::commands::backup::Unfinished::new([folder]);
    let store = open(&config, World::system()).await?;
    let city = compose(store, &config, config.listen, Vec::new()).await?;
    Ok((*city.app.openapi).clone())
}

/// Twelve letters that nobody else uses: for names of folders that go away again.
pub(crate) fn random_mark() -> String {
    let context = World::system().context(Actor::System, Locale::En);
    context.random::<6>().iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A city that serves in the background of this process: for tests and measurements.
#[derive(Debug)]
pub struct Running {
    /// Where it listens.
    pub address: SocketAddr,
    /// The city.
    pub city: City,
    stop: watch::Sender<bool>,
    task: JoinHandle<Result<(), Trouble>>,
}

impl Running {
    /// Starts the city of these settings; a port 0 takes a free one.
    pub async fn start(config: &Config, demo: Vec<DemoSignIn>) -> Result<Self, Trouble> {
        let store = open(config, World::system()).await?;
        let listener = listen(config).await?;
        let address = listener.local_addr()?;
        let city = compose(store, config, address, demo).await?;
        let (stop, mut stopped) = watch::channel(false);
        let serving = city.clone();
        let task = tokio::spawn(async move {
            run(&serving, listener, async move {
                // A sender that is gone is a reason to stop as well.
                let _told_or_gone = stopped.wait_for(|stop| *stop).await;
            })
            .await
        });
        Ok(Self { address, city, stop, task })
    }

    /// Stops it gracefully.
    pub async fn stop(self) -> Result<(), Trouble> {
        self.stop.send_replace(true);
        match self.task.await {
            Ok(outcome) => outcome,
            Err(error) => Err(Trouble::new(format!("the server stopped by itself: {error}"))),
        }
    }
}

/// Takes the address to serve on.
pub(crate) async fn listen(config: &Config) -> Result<TcpListener, Trouble> {
    TcpListener::bind(config.listen).await.map_err(|error| {
        Trouble::new(format!("cannot listen on {}: {error}", config.listen))
            .way_out("name another address with --listen, such as 127.0.0.1:8081; port 0 takes a free one")
    })
}

/// The language of whoever sits at the terminal, by the usual variables.
pub(crate) fn language() -> Locale {
    ["LC_ALL", "LC_MESSAGES", "LANG"]
        .into_iter()
        .find_map(|name| std::env::var(name).ok().filter(|value| !value.is_empty()))
        .and_then(|tag| Locale::from_tag(&tag))
        .unwrap_or(Locale::En)
}

/// Whoever holds the machine acts as the system.
pub(crate) fn context(store: &Store) -> Context {
    store.world().context(Actor::System, language())
}

/// The sentence of a failure: that of the locale files for a refusal, the whole chain for a fault.
pub(crate) fn trouble(failure: Failure) -> Trouble {
    let refusal = match failure {
        Failure::Fault(fault) => return fault.into(),
        Failure::Refused(refusal) => refusal,
    };
    let Ok(texts) = Texts::new(&texts()) else { return Trouble::new(refusal.to_string()) };
    let locale = language();
    if refusal.fields.is_empty() {
        return Trouble::new(texts.refusal(locale, &refusal));
    }
    let fields: Vec<String> = refusal
        .fields
        .iter()
        .map(|error| format!("{}: {}", error.field, texts.field(locale, error)))
        .collect();
    Trouble::new(fields.join("; "))
}

/// The sentence of a key of the locale files.
pub(crate) fn sentence(key: &'static str) -> String {
    match Texts::new(&texts()) {
        Ok(texts) => texts.t(language(), key).into_owned(),
        Err(_) => key.to_owned(),
    }
}
