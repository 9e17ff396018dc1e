//! The frame of every page, and the components that templates ask of it: `{{ shell.t("key") }}`, `{{ shell.field("title", "report-title") }}`.

use std::borrow::Cow;
use std::time::Duration;

use gongzhi_kernel::{LocalText, Locale, Refusal, Timestamp};

use crate::answer::Tone;
use crate::components::{
    Badge, Details, Empty, ErrorSummary, Field, FormToken, Icon, Knot, Moment, Pager, Timeline,
};
use crate::extract::Typed;
use crate::looks::{Edition, Theme};
use crate::texts::{TextArg, group_digits};
use crate::visit::Visit;
use crate::when;

/// A value by copy or by reference: templates hand over either.
pub trait Of<T> {
    /// The value.
    fn of(&self) -> T;
}

macro_rules! of {
    ($($kind:ty),+) => {$(
        impl Of<$kind> for $kind {
            fn of(&self) -> $kind {
                *self
            }
        }
        impl<B: Of<$kind> + ?Sized> Of<$kind> for &B {
            fn of(&self) -> $kind {
                (**self).of()
            }
        }
    )+};
}
of!(Tone, Timestamp, Duration, bool, i64);

/// The frame of one page. Every template has it as its field `shell`.
#[derive(Debug, Clone)]
pub struct Shell {
    visit: Visit,
    title: String,
    description: Option<String>,
    typed: Typed,
    refusal: Option<Refusal>,
    sign_in_to: Option<String>,
}

/// One entry of the navigation as this reader sees it.
#[derive(Debug, Clone)]
pub struct NavView {
    /// Where it leads.
    pub href: &'static str,
    /// Its words.
    pub label: String,
    /// Name of its icon.
    pub icon: &'static str,
    /// Whether it is where the reader is.
    pub current: bool,
}

/// One way to see the same page: another language, theme or edition.
#[derive(Debug, Clone)]
pub struct Switch {
    /// The address of this page, seen that way.
    pub href: String,
    /// Its words.
    pub label: String,
    /// The language that the words are in.
    pub lang: &'static str,
    /// Whether it is seen that way now.
    pub current: bool,
    /// Name of its icon.
    pub icon: &'static str,
}

/// One door of the elder edition's home page, in words.
#[derive(Debug, Clone)]
pub struct DoorView {
    /// Where it leads.
    pub href: &'static str,
    /// Its words.
    pub label: String,
    /// The sentence below.
    pub hint: String,
    /// Name of its icon.
    pub icon: &'static str,
}

/// The sentence that a redirect left for this page.
#[derive(Debug, Clone)]
pub struct FlashView {
    /// How it sounds.
    pub tone: Tone,
    /// The sentence.
    pub text: String,
}

impl Shell {
    pub(crate) fn new(visit: Visit, title: String) -> Self {
        Self { visit, title, description: None, typed: Typed::default(), refusal: None, sign_in_to: None }
    }

    /// With a sentence for search engines and link previews.
    #[must_use]
    pub fn describing(mut self, description: impl Into<String>) -> Self {
        self.description = Some(description.into());
        self
    }

    /// The same form again: fields show what was typed, and each error stands at its field and in the summary.
    #[must_use]
    pub fn refill(mut self, typed: Typed, refusal: Refusal) -> Self {
        self.typed = typed;
        self.refusal = Some(refusal);
        self
    }

    /// Fields show these values, such as those of a draft.
    #[must_use]
    pub fn prefill(mut self, typed: Typed) -> Self {
        self.typed = typed;
        self
    }

    /// Where signing in leads afterwards, if not to this page: for error pages, whose own address is of no use.
    #[must_use]
    pub(crate) fn sign_in_to(mut self, path: impl Into<String>) -> Self {
        self.sign_in_to = Some(path.into());
        self
    }

    /// The request behind this page.
    pub fn visit(&self) -> &Visit {
        &self.visit
    }

    /// The language tag.
    pub fn lang(&self) -> &'static str {
        self.visit.locale().tag()
    }

    /// The language.
    pub fn locale(&self) -> Locale {
        self.visit.locale()
    }

    /// The page's own title.
    pub fn title(&self) -> &str {
        &self.title
    }

    /// The sentence for search engines and link previews, if there is one.
    pub fn description(&self) -> Option<&str> {
        self.description.as_deref()
    }

    /// The city's name.
    pub fn city(&self) -> &str {
        self.visit.site().config().city.get(self.visit.locale())
    }

    /// Whether this is an invented sample city.
    pub fn is_sample(&self) -> bool {
        self.visit.site().config().sample
    }

    /// A text.
    pub fn t(&self, key: impl AsRef<str>) -> Cow<'_, str> {
        self.visit.t(key.as_ref())
    }

    /// A text that names values.
    pub fn ta(&self, key: impl AsRef<str>, args: &[(&'static str, &dyn TextArg)]) -> Cow<'_, str> {
        self.visit.ta(key.as_ref(), args)
    }

    /// A text that names one value.
    pub fn t1(&self, key: impl AsRef<str>, name: &'static str, value: impl TextArg) -> Cow<'_, str> {
        self.visit.ta(key.as_ref(), &[(name, &value)])
    }

    /// A text that names two values.
    pub fn t2(
        &self,
        key: impl AsRef<str>,
        name: &'static str,
        value: impl TextArg,
        other: &'static str,
        second: impl TextArg,
    ) -> Cow<'_, str> {
        self.visit.ta(key.as_ref(), &[(name, &value), (other, &second)])
    }

    /// A name in the reader's language.
    pub fn name<'a>(&self, text: &'a LocalText) -> &'a str {
        text.get(self.visit.locale())
    }

    /// A figure as it is read: 12,345.
    pub fn number(&self, value: impl Into<Figure>) -> String {
        group_digits(value.into().0)
    }

    /// Light or dark.
    pub fn theme(&self) -> &'static str {
        self.visit.theme().word()
    }

    /// Standard or elder.
    pub fn edition(&self) -> &'static str {
        self.visit.edition().word()
    }

    /// Whether this is the elder edition.
    pub fn is_elder(&self) -> bool {
        self.visit.edition() == Edition::Elder
    }

    /// The address of a file of the browser's part.
    pub fn asset(&self, name: impl AsRef<str>) -> &str {
        self.visit.site().assets().address(name.as_ref())
    }

    /// The path of this page.
    pub fn path(&self) -> &str {
        self.visit.path()
    }

    /// The number of this request in the log.
    pub fn request_id(&self) -> &str {
        self.visit.request_id()
    }

    /// The navigation as this reader sees it. Of two entries that lead towards this page the closer one is current.
    pub fn nav(&self) -> Vec<NavView> {
        let (kind, path) = (self.visit.actor().kind(), self.visit.path());
        let items = || self.visit.site().nav().iter().filter(|item| item.access.admits(kind));
        let leads_here = |href: &str| {
            path == href || (href != "/" && path.strip_prefix(href).is_some_and(|rest| rest.starts_with('/')))
        };
        let closest = items().filter(|item| leads_here(item.href)).map(|item| item.href.len()).max();
        items()
            .map(|item| NavView {
                href: item.href,
                label: self.t(item.key).into_owned(),
                icon: item.icon,
                current: leads_here(item.href) && Some(item.href.len()) == closest,
            })
            .collect()
    }

    /// The doors of the elder edition's home page.
    pub fn doors(&self) -> Vec<DoorView> {
        let doors = self.visit.site().doors().iter();
        doors
            .map(|door| DoorView {
                href: door.href,
                label: self.t(door.key).into_owned(),
                hint: self.t(door.hint_key).into_owned(),
                icon: door.icon,
            })
            .collect()
    }

    /// This page in the other language.
    pub fn languages(&self) -> Vec<Switch> {
        let words = |locale| match locale {
            Locale::ZhCn => "中文",
            Locale::En => "English",
        };
        Locale::ALL
            .into_iter()
            .map(|locale| Switch {
                href: self.visit.address_with("lang", locale.tag()),
                label: words(locale).to_owned(),
                lang: locale.tag(),
                current: locale == self.visit.locale(),
                icon: "globe",
            })
            .collect()
    }

    /// This page in each theme.
    pub fn themes(&self) -> Vec<Switch> {
        [
            (Theme::Auto, "shell-theme-auto", "device"),
            (Theme::Light, "shell-theme-light", "sun"),
            (Theme::Dark, "shell-theme-dark", "moon"),
        ]
        .into_iter()
        .map(|(theme, key, icon)| Switch {
            href: self.visit.address_with("theme", theme.word()),
            label: self.t(key).into_owned(),
            lang: self.lang(),
            current: theme == self.visit.theme(),
            icon,
        })
        .collect()
    }

    /// This page in the other edition.
    pub fn other_edition(&self) -> Switch {
        let (edition, key, icon) = match self.visit.edition() {
            Edition::Standard => (Edition::Elder, "shell-edition-elder", "letters"),
            Edition::Elder => (Edition::Standard, "shell-edition-standard", "letters"),
        };
        Switch {
            href: self.visit.address_with("edition", edition.word()),
            label: self.t(key).into_owned(),
            lang: self.lang(),
            current: false,
            icon,
        }
    }

    /// The name of whoever is signed in.
    pub fn person(&self) -> Option<&str> {
        self.visit.session().map(|session| session.name.as_str())
    }

    /// As what they act: 承办人员, and so on.
    pub fn acting_as(&self) -> Cow<'_, str> {
        self.t(format!("actor-{}", self.visit.actor().kind().word().replace('_', "-")))
    }

    /// Where signing in leads from here.
    pub fn sign_in_href(&self) -> String {
        let next = self.sign_in_to.as_deref().unwrap_or_else(|| match *self.visit.method() {
            http::Method::GET | http::Method::HEAD if self.visit.path() != "/sign-in" => self.visit.path(),
            _ => "/",
        });
        if next == "/" { "/sign-in".to_owned() } else { format!("/sign-in?next={}", crate::url_part(next)) }
    }

    /// The sentence that a redirect left for this page.
    pub fn flash(&self) -> Option<FlashView> {
        let flash = self.visit.flash()?;
        // A key that is not ours would only show itself; somebody has written into their own cookie.
        if !self.visit.site().texts().has(&flash.key) {
            return None;
        }
        let mut args: Vec<(&'static str, &dyn TextArg)> = Vec::new();
        for (name, value) in &flash.args {
            // Names of values are words of our own texts; others cannot occur in them.
            let Some(name) =
                ["n", "name", "number", "organ", "date", "state"].into_iter().find(|known| known == name)
            else {
                continue;
            };
            args.push((name, value));
        }
        Some(FlashView { tone: flash.tone, text: self.ta(&flash.key, &args).into_owned() })
    }

    /// The hidden field that every form carries: `<form method="post">{{ shell.token() }}`.
    pub fn token(&self) -> FormToken {
        FormToken { token: self.visit.form_token() }
    }

    /// A field of a form with its label, hint and error.
    pub fn field(&self, name: impl Into<String>, label_key: impl AsRef<str>) -> Field<'_> {
        Field::new(self, name.into(), self.t(label_key).into_owned())
    }

    /// What was typed into a field, if this is the same form again.
    pub fn typed(&self, name: impl AsRef<str>) -> Option<&str> {
        self.typed.get(name.as_ref())
    }

    /// What was typed into a field with several values.
    pub(crate) fn typed_all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.typed.all(name)
    }

    /// Whether this is the same form again.
    pub fn is_again(&self) -> bool {
        self.refusal.is_some()
    }

    /// The sentence at a field, if it cannot be taken as it is.
    pub fn error(&self, name: impl AsRef<str>) -> Option<Cow<'_, str>> {
        let refusal = self.refusal.as_ref()?;
        let error = refusal.fields.iter().find(|error| error.field == name.as_ref())?;
        Some(self.visit.site().texts().field(self.locale(), error))
    }

    /// What has to be changed, at the top of the form, each with a link to its field. Nothing where nothing is wrong.
    pub fn errors(&self) -> ErrorSummary {
        ErrorSummary::new(self, self.refusal.as_ref())
    }

    /// An icon, drawn with the colour of the text. Unseen by screen readers: words stand beside it.
    pub fn icon(&self, name: impl AsRef<str>) -> Icon {
        Icon::new(name.as_ref())
    }

    /// A state: icon, word and colour.
    pub fn badge(&self, tone: impl Of<Tone>, words: impl Into<String>) -> Badge {
        Badge::new(tone.of(), words.into())
    }

    /// A moment as people say it, the exact one on hover: 3 小时前.
    pub fn time(&self, at: impl Of<Timestamp>) -> Moment {
        let at = at.of();
        Moment::new(self, at, when::relative(self, at))
    }

    /// A moment to the minute: 2026年3月2日 09:00.
    pub fn exact(&self, at: impl Of<Timestamp>) -> Moment {
        let at = at.of();
        Moment::new(self, at, when::exact(self, at))
    }

    /// A moment to the minute, in words alone: for labels and attributes.
    pub fn exact_words(&self, at: impl Of<Timestamp>) -> String {
        when::exact(self, at.of())
    }

    /// A day: 3月2日, with the year where it is another one.
    pub fn day(&self, at: impl Of<Timestamp>) -> Moment {
        let at = at.of();
        Moment::new(self, at, when::day(self, at))
    }

    /// A length of time in its two largest units: 2 天 3 小时.
    pub fn length(&self, length: impl Of<Duration>) -> String {
        when::length(self, length.of())
    }

    /// What is left until a deadline, or by how much it is overdue, with the colour that goes with it.
    pub fn deadline(&self, due: impl Of<Timestamp>) -> Badge {
        when::deadline(self, due.of())
    }

    /// Newer and older: links to the neighbouring pages of a list.
    pub fn pager(&self, newer: Option<&str>, older: Option<&str>) -> Pager {
        Pager::new(self, newer, older)
    }

    /// What stands where a list is empty: what that means and what to do.
    pub fn empty(&self, title_key: impl AsRef<str>, text_key: impl AsRef<str>) -> Empty {
        Empty { title: self.t(title_key).into_owned(), text: self.t(text_key).into_owned() }
    }

    /// A vertical thread of what happened.
    pub fn timeline<'a>(&self, knots: &'a [Knot]) -> Timeline<'a> {
        Timeline { knots }
    }

    /// Pairs of what and how: a description list.
    pub fn details<'a>(&self, rows: &'a [(String, String)]) -> Details<'a> {
        Details { rows }
    }
}

/// A number of any kind that is shown.
#[derive(Debug, Clone, Copy)]
pub struct Figure(f64);

macro_rules! figures {
    ($($kind:ty),+) => {$(
        impl From<$kind> for Figure {
            fn from(value: $kind) -> Self {
                Self(f64::from(value))
            }
        }
        impl From<&$kind> for Figure {
            fn from(value: &$kind) -> Self {
                Self(f64::from(*value))
            }
        }
    )+};
}
figures!(f64, u32, i32, u16, u8);

macro_rules! large_figures {
    ($($kind:ty),+) => {$(
        impl From<$kind> for Figure {
            #[expect(clippy::cast_precision_loss, reason = "shown figures stay far below 2^53")]
            fn from(value: $kind) -> Self {
                Self(value as f64)
            }
        }
        impl From<&$kind> for Figure {
            fn from(value: &$kind) -> Self {
                Self::from(*value)
            }
        }
    )+};
}
large_figures!(i64, u64, usize);
