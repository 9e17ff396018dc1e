//! What all pages of one running city share.

use std::sync::Arc;
use std::time::Duration;

use futures_util::future::BoxFuture;
use gongzhi_kernel::{Context, Failure, Fault, LocalText, Subject, Timestamp, World};
use gongzhi_people::{People, Policies};
use gongzhi_store::{Store, Tx};

use crate::answer::Tone;
use crate::assets::Assets;
use crate::limits::{Address, LimitRules, Limits, Peer};
use crate::live::Live;
use crate::texts::{TextPiece, Texts, TextsError};
use crate::tls::Tls;
use crate::visit::Visit;

/// What a city sets about its pages.
#[derive(Debug, Clone)]
pub struct SiteConfig {
    /// The address people type, without a slash at the end: `https://city.example`.
    pub base_url: String,
    /// The city's name.
    pub city: LocalText,
    /// The zone in which times are told.
    pub zone: jiff::tz::TimeZone,
    /// Whether it is reached over https: cookies are then `Secure` with the `__Host-` prefix.
    pub secure: bool,
    /// Whether this is an invented sample city: every page says so.
    pub sample: bool,
    /// Sign-ins shown on the sign-in page of a sample city; never set it for a real one.
    pub demo_sign_ins: Vec<DemoSignIn>,
    /// Largest request body, in bytes.
    pub max_body: usize,
    /// Largest body of a request that may carry files, in bytes: all files of one form together.
    pub max_files: usize,
    /// How many requests that may carry files may be in work at once: each is held in memory whole.
    pub max_uploads: usize,
    /// How many requests may be in work at once; more are asked to come again.
    pub max_in_work: usize,
    /// How long a request may take before it is given up.
    pub patience: Duration,
    /// How many live streams may be open at once.
    pub max_streams: usize,
    /// How often one address may do a thing, and which proxies are believed about addresses.
    pub limits: LimitRules,
    /// Certificate and key, where the server itself encrypts.
    pub tls: Option<Tls>,
}

impl SiteConfig {
    /// A city on this machine, reached by plain http.
    pub fn local(base_url: impl Into<String>) -> Self {
        let base_url = base_url.into();
        Self {
            secure: base_url.starts_with("https://"),
            base_url: base_url.trim_end_matches('/').to_owned(),
            city: LocalText::new("示例市", "Sample City"),
            // The zone data travels in the binary; without it times would be told in UTC, which is honest.
            zone: jiff::tz::TimeZone::get("Asia/Shanghai").unwrap_or(jiff::tz::TimeZone::UTC),
            sample: false,
            demo_sign_ins: Vec::new(),
            max_body: 1024 * 1024,
            max_files: 32 * 1024 * 1024,
            max_uploads: 16,
            max_in_work: 1024,
            patience: Duration::from_secs(30),
            max_streams: 4096,
            limits: LimitRules::default(),
            tls: None,
        }
    }
}

/// A sign-in of a sample city.
#[derive(Debug, Clone)]
pub struct DemoSignIn {
    /// Who: "街道承办人员".
    pub who: LocalText,
    /// The sign-in name.
    pub login: String,
    /// The password.
    pub password: String,
}

/// One entry of the navigation.
#[derive(Debug, Clone)]
pub struct NavItem {
    /// Key of its words.
    pub key: &'static str,
    /// Where it leads.
    pub href: &'static str,
    /// Name of its icon.
    pub icon: &'static str,
    /// Who sees it.
    pub access: crate::routes::Access,
    /// Its place; smaller stands first.
    pub order: u16,
}

/// One of the big doors on the home page of the elder edition.
#[derive(Debug, Clone)]
pub struct Door {
    /// Key of its words: 说一件事.
    pub key: &'static str,
    /// Key of the sentence below.
    pub hint_key: &'static str,
    /// Where it leads.
    pub href: &'static str,
    /// Name of its icon.
    pub icon: &'static str,
    /// Its place; smaller stands first.
    pub order: u16,
}

/// A part of the home page, given by a capability.
pub trait HomePart: Send + Sync {
    /// Its place; smaller stands higher. The hero with the main action is 0.
    fn order(&self) -> u16;
    /// Whether the elder edition, which has three doors instead, shows it too.
    fn in_elder_edition(&self) -> bool {
        false
    }
    /// Its HTML (a `<section>` with its own heading), rendered by a template; `None` where there is nothing to show.
    fn render<'a>(&'a self, visit: &'a Visit) -> BoxFuture<'a, Result<Option<String>, Failure>>;
}

/// The card of a subject, as one actor may see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Card {
    /// What it is about.
    pub title: String,
    /// Its state in words.
    pub state: String,
    /// How the state sounds.
    pub tone: Tone,
    /// Where it is read.
    pub href: String,
    /// When it began.
    pub at: Timestamp,
}

/// Gives the cards of one kind of subjects: how capabilities show one another's things without knowing them.
pub trait CardSource: Send + Sync {
    /// The kind in [`Subject`]: `appeal`.
    fn kind(&self) -> &'static str;
    /// The card of one subject for this actor, or `None` where there is no such thing or they may not know of it.
    fn card(&self, tx: &mut dyn Tx, context: &Context, id: i64) -> Result<Option<Card>, Fault>;
}

/// What all pages share. Cheap to clone.
#[derive(Clone)]
pub struct Site(Arc<Inner>);

struct Inner {
    store: Store,
    people: People,
    texts: Texts,
    assets: Assets,
    live: Live,
    limits: Limits,
    config: SiteConfig,
    nav: Vec<NavItem>,
    doors: Vec<Door>,
    home: Vec<Arc<dyn HomePart>>,
    cards: Vec<Arc<dyn CardSource>>,
}

impl std::fmt::Debug for Site {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Site").field("base_url", &self.0.config.base_url).finish_non_exhaustive()
    }
}

/// Puts a [`Site`] together.
pub struct SiteBuilder {
    store: Store,
    people: People,
    config: SiteConfig,
    pieces: Vec<TextPiece>,
    nav: Vec<NavItem>,
    doors: Vec<Door>,
    home: Vec<Arc<dyn HomePart>>,
    cards: Vec<Arc<dyn CardSource>>,
}

impl SiteBuilder {
    /// Adds the texts of a crate.
    #[must_use]
    pub fn texts(mut self, piece: TextPiece) -> Self {
        self.pieces.push(piece);
        self
    }

    /// Adds an entry to the navigation.
    #[must_use]
    pub fn nav(mut self, item: NavItem) -> Self {
        self.nav.push(item);
        self
    }

    /// Adds a door to the home page of the elder edition.
    #[must_use]
    pub fn door(mut self, door: Door) -> Self {
        self.doors.push(door);
        self
    }

    /// Adds a part to the home page.
    #[must_use]
    pub fn home(mut self, part: Arc<dyn HomePart>) -> Self {
        self.home.push(part);
        self
    }

    /// Adds the cards of a kind of subjects.
    #[must_use]
    pub fn cards(mut self, source: Arc<dyn CardSource>) -> Self {
        self.cards.push(source);
        self
    }

    /// The site; refused where a text file cannot be read.
    pub fn build(mut self) -> Result<Site, TextsError> {
        self.nav.sort_by_key(|item| item.order);
        self.doors.sort_by_key(|door| door.order);
        self.home.sort_by_key(|part| part.order());
        let live = Live::new(self.config.max_streams);
        Ok(Site(Arc::new(Inner {
            store: self.store,
            people: self.people,
            texts: Texts::new(&self.pieces)?,
            assets: Assets::embedded(),
            live,
            limits: Limits::new(&self.config.limits),
            config: self.config,
            nav: self.nav,
            doors: self.doors,
            home: self.home,
            cards: self.cards,
        })))
    }
}

impl Site {
    /// Begins a site. The texts of this crate and of people are there already.
    pub fn builder(store: Store, people: People, config: SiteConfig) -> SiteBuilder {
        SiteBuilder {
            store,
            people,
            config,
            pieces: vec![
                crate::TEXTS,
                TextPiece { name: "people", zh: gongzhi_people::TEXTS_ZH, en: gongzhi_people::TEXTS_EN },
            ],
            nav: vec![NavItem {
                key: "audit-title",
                href: "/audit",
                icon: "document",
                access: crate::routes::Access::Kinds(&[gongzhi_kernel::ActorKind::Auditor]),
                order: 90,
            }],
            doors: Vec::new(),
            home: Vec::new(),
            cards: Vec::new(),
        }
    }

    /// The store.
    pub fn store(&self) -> &Store {
        &self.0.store
    }

    /// Persons, organs, areas, sessions.
    pub fn people(&self) -> &People {
        &self.0.people
    }

    /// Who may do what.
    pub fn policies(&self) -> &Policies {
        self.0.people.policies()
    }

    /// Clock, ids and randomness.
    pub fn world(&self) -> &World {
        self.0.store.world()
    }

    /// What Gongzhi says.
    pub fn texts(&self) -> &Texts {
        &self.0.texts
    }

    /// The browser's part.
    pub fn assets(&self) -> &Assets {
        &self.0.assets
    }

    /// The hub of live events.
    pub fn live(&self) -> &Live {
        &self.0.live
    }

    /// How often somebody has come.
    pub(crate) fn limits(&self) -> &Limits {
        &self.0.limits
    }

    /// From where a request comes. Says once where a proxy seems to stand in front that nobody has named: all the world
    /// would count as one address.
    pub(crate) fn address_of(&self, peer: Peer, headers: &http::HeaderMap) -> Address {
        static SAID: std::sync::Once = std::sync::Once::new();
        let proxies = &self.0.config.limits.proxies;
        if peer.is_near() && headers.contains_key("x-forwarded-for") && !proxies.has(peer.0) {
            SAID.call_once(|| {
                tracing::warn!(
                    "a proxy says for whom it asks (X-Forwarded-For) and is not believed: limits count all that comes \
                     through it as one address; name it with trusted_proxies"
                );
            });
        }
        proxies.client(peer.0, headers)
    }

    /// What the city has set.
    pub fn config(&self) -> &SiteConfig {
        &self.0.config
    }

    /// The entries of the navigation, in order.
    pub fn nav(&self) -> &[NavItem] {
        &self.0.nav
    }

    /// The doors of the elder edition, in order.
    pub fn doors(&self) -> &[Door] {
        &self.0.doors
    }

    /// The parts of the home page, in order.
    pub fn home(&self) -> &[Arc<dyn HomePart>] {
        &self.0.home
    }

    /// The card of a subject, as this actor may see it.
    pub async fn card(&self, context: &Context, subject: &Subject) -> Result<Option<Card>, Fault> {
        let Some(source) = self.0.cards.iter().find(|source| source.kind() == subject.kind).cloned() else {
            return Ok(None);
        };
        let (context, id) = (context.clone(), subject.id);
        self.0.store.read(move |tx| source.card(tx, &context, id)).await
    }
}
