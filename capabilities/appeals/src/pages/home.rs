//! The parts of the home page: the one big action, how the city does today, what was just answered, what was promised.

use askama::Template;
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use gongzhi_kernel::{Failure, Fault};
use gongzhi_web::{HomePart, Shell, Site, Visit};
use tokio::sync::watch;

use super::LIVE;
use super::card_view::CardView;
use super::case_view::seconds_words;
use crate::actions::Appeals;
use crate::api::FiguresBody;
use crate::figures::Figures;

/// How many answered matters stand on the home page.
const RECENT: usize = 4;

#[derive(Debug, Template)]
#[template(path = "appeals/home_hero.html")]
pub(crate) struct HeroPart {
    pub(crate) shell: Shell,
}

#[derive(Debug, Template)]
#[template(path = "appeals/home_figures.html")]
pub(crate) struct FiguresPart {
    pub(crate) shell: Shell,
    pub(crate) received: String,
    pub(crate) answered: String,
    pub(crate) open: String,
    pub(crate) typical: Option<String>,
    pub(crate) typical_base: i64,
}

#[derive(Debug, Template)]
#[template(path = "appeals/home_recent.html")]
pub(crate) struct RecentPart {
    pub(crate) shell: Shell,
    pub(crate) cards: Vec<CardView>,
}

#[derive(Debug, Template)]
#[template(path = "appeals/home_kept.html")]
pub(crate) struct KeptPart {
    pub(crate) shell: Shell,
    pub(crate) share: Option<i64>,
    pub(crate) base: i64,
    pub(crate) kept: i64,
}

impl FiguresPart {
    pub(crate) fn new(shell: Shell, figures: &Figures) -> Self {
        Self {
            received: shell.number(figures.received_today),
            answered: shell.number(figures.answered_today),
            open: shell.number(figures.open),
            typical: figures.typical_days.map(|days| typical(&shell, days)),
            typical_base: figures.answered_lately,
            shell,
        }
    }
}

/// A typical time in words: hours below two days, then days with one decimal.
pub(crate) fn typical(shell: &Shell, days: f64) -> String {
    if days < 2.0 {
        let hours = (days * 24.0).round().clamp(1.0, 48.0);
        #[expect(clippy::cast_possible_truncation, reason = "between 1 and 48")]
        let seconds = hours as i64 * 3600;
        return seconds_words(shell, seconds);
    }
    shell.t1("home-figures-days", "n", (days * 10.0).round() / 10.0).into_owned()
}

impl KeptPart {
    pub(crate) fn new(shell: Shell, figures: &Figures) -> Self {
        let (base, kept) = (figures.promised_lately, figures.kept_lately);
        // Rounded down: 99.6 % kept is not "all kept".
        let share = (base > 0).then(|| kept.saturating_mul(100) / base);
        Self { share, base, kept, shell }
    }
}

/// Which part.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Part {
    Hero,
    Figures,
    Recent,
    Kept,
}

/// One part of the home page.
#[derive(Debug)]
pub(crate) struct Home {
    pub(crate) appeals: Appeals,
    pub(crate) part: Part,
}

fn rendered(template: &impl Template) -> Result<Option<String>, Failure> {
    match template.render() {
        Ok(html) => Ok(Some(html)),
        Err(error) => Err(Fault::internal("cannot render a part of the home page").because(error).into()),
    }
}

impl HomePart for Home {
    fn order(&self) -> u16 {
        match self.part {
            Part::Hero => 0,
            Part::Figures => 10,
            Part::Recent => 20,
            Part::Kept => 30,
        }
    }

    fn render<'a>(&'a self, visit: &'a Visit) -> BoxFuture<'a, Result<Option<String>, Failure>> {
        async move {
            let shell = visit.shell("home-hero-title");
            let figures = self.appeals.figures();
            let figures = **figures.borrow();
            match self.part {
                Part::Hero => rendered(&HeroPart { shell }),
                Part::Figures => rendered(&FiguresPart::new(shell, &figures)),
                Part::Kept => rendered(&KeptPart::new(shell, &figures)),
                Part::Recent => {
                    let names = super::names(&self.appeals);
                    let found = self.appeals.recently_answered(RECENT).await?;
                    let cards = found.iter().map(|item| CardView::new(&shell, &names, item)).collect();
                    rendered(&RecentPart { cards, shell })
                }
            }
        }
        .boxed()
    }
}

/// Tells everybody who looks at the home page when a figure changes, until `stop` turns true. A task of the application.
pub async fn keep_live(site: Site, appeals: Appeals, mut stop: watch::Receiver<bool>) {
    let work = async {
        let mut figures = appeals.figures();
        loop {
            let body = FiguresBody::from(&**figures.borrow_and_update());
            match serde_json::to_string(&body) {
                Ok(json) => site.live().publish(LIVE, json),
                Err(error) => tracing::error!(%error, "the figures cannot be written"),
            }
            if figures.changed().await.is_err() {
                // Nobody counts any more: the city is closing.
                return;
            }
        }
    };
    tokio::select! {
        () = work => {}
        _ = stop.wait_for(|stop| *stop) => {}
    }
}
