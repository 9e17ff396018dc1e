//! The smaller components.

use askama::Template;
use askama::filters::HtmlSafe;
use gongzhi_kernel::{Refusal, Timestamp};

use crate::answer::Tone;
use crate::components::Icon;
use crate::shell::Shell;
use crate::when;

/// The hidden field that every form carries.
#[derive(Debug, Clone, Template)]
#[template(source = r#"<input type="hidden" name="form_token" value="{{ token }}">"#, ext = "html")]
pub struct FormToken {
    pub(crate) token: String,
}
impl HtmlSafe for FormToken {}

/// A state: icon, word and colour.
#[derive(Debug, Clone, Template)]
#[template(
    source = r#"<span class="badge badge-{{ tone.word() }}">{{ icon }}<span>{{ words }}</span></span>"#,
    ext = "html"
)]
pub struct Badge {
    tone: Tone,
    icon: Icon,
    words: String,
}
impl HtmlSafe for Badge {}

impl Badge {
    /// A state in words.
    pub fn new(tone: Tone, words: String) -> Self {
        Self { tone, icon: Icon::new(tone.icon()), words }
    }

    /// With another icon than that of its tone.
    #[must_use]
    pub fn icon(mut self, name: impl AsRef<str>) -> Self {
        self.icon = Icon::new(name.as_ref());
        self
    }
}

/// A moment: said as people say it, the exact one on hover and for machines.
#[derive(Debug, Clone, Template)]
#[template(source = r#"<time datetime="{{ machine }}" title="{{ exact }}">{{ words }}</time>"#, ext = "html")]
pub struct Moment {
    machine: String,
    exact: String,
    words: String,
}
impl HtmlSafe for Moment {}

impl Moment {
    /// The words alone, for sentences that name the moment.
    pub fn words(&self) -> &str {
        &self.words
    }

    pub(crate) fn new(shell: &Shell, at: Timestamp, words: String) -> Self {
        Self { machine: at.to_string(), exact: when::exact(shell, at), words }
    }
}

/// What has to be changed, at the top of a form.
#[derive(Debug, Clone, Template)]
#[template(path = "components/error_summary.html")]
pub struct ErrorSummary {
    title: String,
    lines: Vec<(String, String)>,
}
impl HtmlSafe for ErrorSummary {}

impl ErrorSummary {
    pub(crate) fn new(shell: &Shell, refusal: Option<&Refusal>) -> Self {
        let Some(refusal) = refusal else { return Self { title: String::new(), lines: Vec::new() } };
        let (site, locale) = (shell.visit().site(), shell.locale());
        let lines = refusal
            .fields
            .iter()
            .map(|error| {
                let said = site.texts().field(locale, error).into_owned();
                // The sentence stands far from its field here, so it says which one it means.
                let name = format!("field-name-{}", error.field);
                let line = if site.texts().has(&name) {
                    shell.t2("error-summary-line", "field", shell.t(&name), "said", &said).into_owned()
                } else {
                    said
                };
                (error.field.to_string(), line)
            })
            .collect();
        Self { title: site.texts().refusal(locale, refusal).into_owned(), lines }
    }
}

/// Links to the neighbouring pages of a list.
#[derive(Debug, Clone, Template)]
#[template(path = "components/pager.html")]
pub struct Pager {
    label: String,
    newer: Option<(String, String)>,
    older: Option<(String, String)>,
    back: Icon,
    next: Icon,
}
impl HtmlSafe for Pager {}

impl Pager {
    pub(crate) fn new(shell: &Shell, newer: Option<&str>, older: Option<&str>) -> Self {
        let link = |href: Option<&str>, key| href.map(|href| (href.to_owned(), shell.t(key).into_owned()));
        Self {
            label: shell.t("pager-label").into_owned(),
            newer: link(newer, "pager-newer"),
            older: link(older, "pager-older"),
            back: Icon::new("back"),
            next: Icon::new("next"),
        }
    }
}

/// What stands where a list is empty.
#[derive(Debug, Clone, Template)]
#[template(path = "components/empty.html")]
pub struct Empty {
    pub(crate) title: String,
    pub(crate) text: String,
}
impl HtmlSafe for Empty {}

/// One knot of a thread: who, what, when.
#[derive(Debug, Clone, Default)]
pub struct Knot {
    /// What happened: 已受理.
    pub title: String,
    /// Who: the organ's name; may be empty.
    pub who: String,
    /// When, as a [`Moment`] printed; may be empty for what is still to come.
    pub when: Option<Moment>,
    /// How it went against the promise; may be empty.
    pub note: String,
    /// What was said; may be empty. Paragraphs are kept.
    pub text: String,
    /// How it sounds.
    pub tone: Option<Tone>,
    /// Whether it is still to come.
    pub ahead: bool,
    /// The address of its proof in the public log, shown as a seal; may be absent.
    pub proof: Option<String>,
}

impl Knot {
    fn icon(&self) -> Icon {
        Icon::new(if self.ahead { "clock" } else { self.tone.unwrap_or(Tone::Good).icon() })
    }

    fn class(&self) -> &'static str {
        if self.ahead { "ahead" } else { self.tone.unwrap_or(Tone::Good).word() }
    }
}

/// A vertical thread of what happened.
#[derive(Debug, Clone, Template)]
#[template(path = "components/timeline.html")]
pub struct Timeline<'a> {
    pub(crate) knots: &'a [Knot],
}
impl HtmlSafe for Timeline<'_> {}

/// Pairs of what and how.
#[derive(Debug, Clone, Template)]
#[template(path = "components/details.html")]
pub struct Details<'a> {
    pub(crate) rows: &'a [(String, String)],
}
impl HtmlSafe for Details<'_> {}
