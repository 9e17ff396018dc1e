//! A field of a form: label, hint, error and the control itself, linked so that a screen reader reads them together.

use askama::Template;
use askama::filters::HtmlSafe;

use crate::shell::Shell;

/// One of the answers that a field offers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// What is sent.
    pub value: String,
    /// What is read.
    pub label: String,
    /// A sentence below, or empty.
    pub hint: String,
}

impl Choice {
    /// An answer.
    pub fn new(value: impl Into<String>, label: impl Into<String>) -> Self {
        Self { value: value.into(), label: label.into(), hint: String::new() }
    }

    /// With a sentence below.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = hint.into();
        self
    }
}

/// How a field is filled in.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Control {
    Line(&'static str),
    Area(u8),
    Select(Vec<Choice>),
    Radios(Vec<Choice>),
    Boxes(Vec<Choice>),
    Tick,
}

/// A field. Print it in a template: `{{ shell.field("title", "report-title").limit(80) }}`.
#[derive(Debug, Clone, Template)]
#[template(path = "components/field.html")]
pub struct Field<'a> {
    shell: &'a Shell,
    name: String,
    label: String,
    hint: Option<String>,
    value: String,
    control: Control,
    optional: bool,
    limit: Option<u32>,
    autocomplete: Option<String>,
    input_mode: Option<String>,
    class: String,
    large: bool,
}

impl HtmlSafe for Field<'_> {}

impl<'a> Field<'a> {
    pub(crate) fn new(shell: &'a Shell, name: String, label: String) -> Self {
        let value = shell.typed(&name).unwrap_or_default().to_owned();
        Self {
            shell,
            name,
            label,
            hint: None,
            value,
            control: Control::Line("text"),
            optional: false,
            limit: None,
            autocomplete: None,
            input_mode: None,
            class: String::new(),
            large: false,
        }
    }

    /// With a sentence (a key) that helps to fill it in.
    #[must_use]
    pub fn hint(mut self, key: impl AsRef<str>) -> Self {
        self.hint = Some(self.shell.t(key).into_owned());
        self
    }

    /// With a sentence that helps to fill it in, given in words.
    #[must_use]
    pub fn hint_text(mut self, words: impl Into<String>) -> Self {
        self.hint = Some(words.into());
        self
    }

    /// The value where nothing was typed yet.
    #[must_use]
    pub fn value(mut self, value: impl AsRef<str>) -> Self {
        if self.shell.typed(&self.name).is_none() && !self.shell.is_again() {
            value.as_ref().clone_into(&mut self.value);
        }
        self
    }

    /// An input of this type: `tel`, `email`, `search`, `number`, `date`, `password`, `hidden`.
    #[must_use]
    pub fn kind(mut self, kind: &'static str) -> Self {
        self.control = Control::Line(kind);
        if kind == "password" {
            // A password is never sent back to the page.
            self.value.clear();
        }
        self
    }

    /// A text area of so many lines.
    #[must_use]
    pub fn area(mut self, lines: u8) -> Self {
        self.control = Control::Area(lines);
        self
    }

    /// One of these, from a list that opens.
    #[must_use]
    pub fn select(mut self, choices: &[Choice]) -> Self {
        self.control = Control::Select(choices.to_vec());
        self
    }

    /// One of these, all in sight.
    #[must_use]
    pub fn radios(mut self, choices: &[Choice]) -> Self {
        self.control = Control::Radios(choices.to_vec());
        self
    }

    /// Any of these.
    #[must_use]
    pub fn boxes(mut self, choices: &[Choice]) -> Self {
        self.control = Control::Boxes(choices.to_vec());
        self
    }

    /// A single box: yes, or not said. Sends `yes`.
    #[must_use]
    pub fn tick(mut self) -> Self {
        self.control = Control::Tick;
        self
    }

    /// May be left empty: the label says so.
    #[must_use]
    pub fn optional(mut self) -> Self {
        self.optional = true;
        self
    }

    /// At most so many characters: shown as they are typed, checked by the rules.
    #[must_use]
    pub fn limit(mut self, characters: u32) -> Self {
        self.limit = Some(characters);
        self
    }

    /// What the browser may fill in: `name`, `tel`, `username`, `current-password`.
    #[must_use]
    pub fn autocomplete(mut self, what: impl Into<String>) -> Self {
        self.autocomplete = Some(what.into());
        self
    }

    /// Which keyboard a phone shows: `numeric`, `tel`, `text`.
    #[must_use]
    pub fn keyboard(mut self, mode: impl Into<String>) -> Self {
        self.input_mode = Some(mode.into());
        self
    }

    /// With this class on the whole field.
    #[must_use]
    pub fn class(mut self, class: impl Into<String>) -> Self {
        self.class = class.into();
        self
    }

    /// The one question of its page: the label is large.
    #[must_use]
    pub fn large(mut self) -> Self {
        self.large = true;
        self
    }

    fn error(&self) -> Option<std::borrow::Cow<'_, str>> {
        self.shell.error(&self.name)
    }

    fn is_group(&self) -> bool {
        matches!(self.control, Control::Radios(_) | Control::Boxes(_))
    }

    fn is_tick(&self) -> bool {
        matches!(self.control, Control::Tick)
    }

    /// The ids of hint, counter and error, for `aria-describedby`.
    fn described_by(&self) -> String {
        let mut ids = Vec::new();
        if self.hint.is_some() {
            ids.push(format!("{}-hint", self.name));
        }
        if self.error().is_some() {
            ids.push(format!("{}-error", self.name));
        }
        if self.limit.is_some() {
            ids.push(format!("{}-limit", self.name));
        }
        ids.join(" ")
    }

    fn is_chosen(&self, value: &str) -> bool {
        match self.control {
            Control::Boxes(_) => self.shell.typed_all(&self.name).any(|typed| typed == value),
            _ => self.value == value,
        }
    }
}
