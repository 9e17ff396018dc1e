//! What Gongzhi says, in both languages: Fluent files from every crate, assembled once.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use fluent_syntax::ast;
use gongzhi_kernel::{FieldError, Locale, Refusal};

/// The texts of one crate: two Fluent files with the same keys and variables.
#[derive(Debug, Clone, Copy)]
pub struct TextPiece {
    /// Whose, for messages about mistakes: `web`, `people`, `appeals`.
    pub name: &'static str,
    /// The Chinese file's content.
    pub zh: &'static str,
    /// The English file's content.
    pub en: &'static str,
}

/// A Fluent file that cannot be taken: names the crate and what is wrong.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the texts of {piece} in {} cannot be read: {reason}", locale.tag())]
pub struct TextsError {
    /// The name of the piece.
    pub piece: &'static str,
    /// Which of its two files.
    pub locale: Locale,
    /// What is wrong.
    pub reason: String,
}

/// A value that a text names: words, or a number that decides between one and many.
pub trait TextArg {
    /// The value for Fluent.
    fn text_value(&self) -> FluentValue<'_>;
}

macro_rules! number_args {
    ($($kind:ty),+) => {$(
        impl TextArg for $kind {
            fn text_value(&self) -> FluentValue<'_> {
                FluentValue::from(*self)
            }
        }
    )+};
}
number_args!(i64, i32, u64, u32, u16, u8, usize, f64);

impl TextArg for str {
    fn text_value(&self) -> FluentValue<'_> {
        FluentValue::String(Cow::Borrowed(self))
    }
}
impl TextArg for String {
    fn text_value(&self) -> FluentValue<'_> {
        FluentValue::String(Cow::Borrowed(self))
    }
}
impl TextArg for Cow<'_, str> {
    fn text_value(&self) -> FluentValue<'_> {
        FluentValue::String(Cow::Borrowed(self))
    }
}
impl<T: TextArg + ?Sized> TextArg for &T {
    fn text_value(&self) -> FluentValue<'_> {
        (**self).text_value()
    }
}

/// All texts of the running product.
pub struct Texts {
    bundles: [FluentBundle<FluentResource>; 2],
    problems: Vec<String>,
    /// The variables that each text names.
    variables: BTreeMap<String, BTreeSet<String>>,
}

impl fmt::Debug for Texts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Texts").field("problems", &self.problems.len()).finish_non_exhaustive()
    }
}

impl Texts {
    /// Assembles the pieces. A syntax error or a key given twice is refused.
    pub fn new(pieces: &[TextPiece]) -> Result<Self, TextsError> {
        let mut problems = Vec::new();
        let mut variables = BTreeMap::new();
        for piece in pieces {
            let zh = shape(&parse(piece, Locale::ZhCn)?);
            let en = shape(&parse(piece, Locale::En)?);
            compare(piece.name, &zh, &en, &mut problems);
            variables.extend(zh);
        }
        Ok(Self {
            bundles: [bundle(pieces, Locale::ZhCn)?, bundle(pieces, Locale::En)?],
            problems,
            variables,
        })
    }

    /// What differs between the two languages: missing keys, other variables. Empty when all is well.
    pub fn check(&self) -> &[String] {
        &self.problems
    }

    /// Whether there is a text with this key.
    pub fn has(&self, key: &str) -> bool {
        self.bundles.iter().any(|bundle| bundle.has_message(key))
    }

    /// The text of a key.
    pub fn t(&self, locale: Locale, key: &str) -> Cow<'_, str> {
        self.format(locale, key, None)
    }

    /// The text of a key that names values.
    pub fn ta<'a>(
        &'a self,
        locale: Locale,
        key: &str,
        args: &[(&'static str, &dyn TextArg)],
    ) -> Cow<'a, str> {
        let mut values = FluentArgs::with_capacity(args.len());
        for (name, value) in args {
            values.set(*name, value.text_value());
        }
        self.format(locale, key, Some(&values))
    }

    /// The sentence of a refusal.
    pub fn refusal(&self, locale: Locale, refusal: &Refusal) -> Cow<'_, str> {
        self.named(locale, refusal.key, &refusal.args)
    }

    /// The sentence about a field.
    pub fn field(&self, locale: Locale, error: &FieldError) -> Cow<'_, str> {
        self.named(locale, error.key, &error.args)
    }

    /// The sentence of a key with its values left open (`…`): for pages that explain error codes.
    pub(crate) fn outline(&self, locale: Locale, key: &str) -> String {
        let bundle = &self.bundles[usize::from(locale == Locale::En)];
        let Some(pattern) = bundle.get_message(key).and_then(|message| message.value()) else {
            return key.to_owned();
        };
        let mut values = FluentArgs::new();
        for name in self.variables.get(key).into_iter().flatten() {
            values.set(name.as_str(), "…");
        }
        bundle.format_pattern(pattern, Some(&values), &mut Vec::new()).into_owned()
    }

    fn named(&self, locale: Locale, key: &str, args: &[(&'static str, String)]) -> Cow<'_, str> {
        let mut values = FluentArgs::with_capacity(args.len());
        for (name, value) in args {
            // Kernel values travel as text; a whole number is handed on as one, so that it decides the plural.
            match value.parse::<i64>() {
                Ok(number) if number.to_string() == *value && value.len() < 16 => values.set(*name, number),
                _ => values.set(*name, value.as_str()),
            }
        }
        self.format(locale, key, Some(&values))
    }

    fn format(&self, locale: Locale, key: &str, args: Option<&FluentArgs<'_>>) -> Cow<'_, str> {
        let bundle = &self.bundles[usize::from(locale == Locale::En)];
        let Some(pattern) = bundle.get_message(key).and_then(|message| message.value()) else {
            metrics::counter!("gongzhi_texts_missing_total", "locale" => locale.tag()).increment(1);
            tracing::warn!(key, locale = locale.tag(), "there is no text with this key");
            return Cow::Owned(key.to_owned());
        };
        let mut errors = Vec::new();
        // The arguments do not outlive the call, so a text that names values is owned.
        let text = match args {
            None => bundle.format_pattern(pattern, None, &mut errors),
            Some(args) => Cow::Owned(bundle.format_pattern(pattern, Some(args), &mut errors).into_owned()),
        };
        if let Some(error) = errors.first() {
            metrics::counter!("gongzhi_texts_broken_total", "locale" => locale.tag()).increment(1);
            tracing::warn!(key, locale = locale.tag(), %error, "a text lacks a value");
        }
        text
    }
}

fn source(piece: &TextPiece, locale: Locale) -> &'static str {
    match locale {
        Locale::ZhCn => piece.zh,
        Locale::En => piece.en,
    }
}

fn parse(piece: &TextPiece, locale: Locale) -> Result<FluentResource, TextsError> {
    FluentResource::try_new(source(piece, locale).to_owned()).map_err(|(_, errors)| TextsError {
        piece: piece.name,
        locale,
        reason: errors.first().map_or_else(|| "unknown".to_owned(), ToString::to_string),
    })
}

fn bundle(pieces: &[TextPiece], locale: Locale) -> Result<FluentBundle<FluentResource>, TextsError> {
    let tag = match locale {
        Locale::ZhCn => unic_langid::langid!("zh-CN"),
        Locale::En => unic_langid::langid!("en"),
    };
    let mut bundle = FluentBundle::new_concurrent(vec![tag]);
    // Both languages run left to right; the marks would only end up in copied text.
    bundle.set_use_isolating(false);
    bundle.set_formatter(Some(|value, _| match value {
        FluentValue::Number(number) if number.options.minimum_fraction_digits.is_none() => {
            Some(group_digits(number.value))
        }
        _ => None,
    }));
    for piece in pieces {
        bundle.add_resource(parse(piece, locale)?).map_err(|errors| TextsError {
            piece: piece.name,
            locale,
            reason: errors.first().map_or_else(|| "unknown".to_owned(), ToString::to_string),
        })?;
    }
    Ok(bundle)
}

/// A figure as it is read: groups of three from 10,000 on, at most two decimals.
pub(crate) fn group_digits(value: f64) -> String {
    let plain = format!("{value:.2}");
    let plain = plain.trim_end_matches('0').trim_end_matches('.');
    let (sign, digits) = plain.strip_prefix('-').map_or(("", plain), |digits| ("-", digits));
    let (whole, fraction) =
        digits.split_once('.').map_or((digits, ""), |(whole, fraction)| (whole, fraction));
    let mut text = String::with_capacity(plain.len() + 4);
    text.push_str(sign);
    for (index, digit) in whole.chars().enumerate() {
        if index > 0 && whole.len() > 4 && (whole.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    if !fraction.is_empty() {
        text.push('.');
        text.push_str(fraction);
    }
    text
}

/// The keys of a file, each with the variables that its text names.
fn shape(resource: &FluentResource) -> BTreeMap<String, BTreeSet<String>> {
    let mut keys = BTreeMap::new();
    for entry in resource.entries() {
        let (name, pattern) = match entry {
            ast::Entry::Message(message) => (message.id.name.to_owned(), message.value.as_ref()),
            ast::Entry::Term(term) => (format!("-{}", term.id.name), Some(&term.value)),
            _ => continue,
        };
        let mut variables = BTreeSet::new();
        if let Some(pattern) = pattern {
            variables_of(pattern, &mut variables);
        }
        keys.insert(name, variables);
    }
    keys
}

fn variables_of(pattern: &ast::Pattern<&str>, found: &mut BTreeSet<String>) {
    for element in &pattern.elements {
        if let ast::PatternElement::Placeable { expression } = element {
            variables_of_expression(expression, found);
        }
    }
}

fn variables_of_expression(expression: &ast::Expression<&str>, found: &mut BTreeSet<String>) {
    match expression {
        ast::Expression::Inline(inline) => variables_of_inline(inline, found),
        ast::Expression::Select { selector, variants } => {
            variables_of_inline(selector, found);
            for variant in variants {
                variables_of(&variant.value, found);
            }
        }
    }
}

fn variables_of_inline(inline: &ast::InlineExpression<&str>, found: &mut BTreeSet<String>) {
    match inline {
        ast::InlineExpression::VariableReference { id } => {
            found.insert(id.name.to_owned());
        }
        ast::InlineExpression::Placeable { expression } => variables_of_expression(expression, found),
        ast::InlineExpression::FunctionReference { arguments, .. } => {
            for argument in &arguments.positional {
                variables_of_inline(argument, found);
            }
        }
        _ => {}
    }
}

fn compare(
    piece: &str,
    zh: &BTreeMap<String, BTreeSet<String>>,
    en: &BTreeMap<String, BTreeSet<String>>,
    problems: &mut Vec<String>,
) {
    for (key, variables) in zh {
        match en.get(key) {
            None => problems.push(format!("{piece}: {key} is missing in en")),
            Some(others) if others != variables => {
                problems.push(format!("{piece}: {key} names {variables:?} in zh-CN and {others:?} in en"));
            }
            Some(_) => {}
        }
    }
    for key in en.keys().filter(|key| !zh.contains_key(*key)) {
        problems.push(format!("{piece}: {key} is missing in zh-CN"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PIECE: TextPiece = TextPiece {
        name: "sample",
        zh: "hello = 您好，{ $name }\ncount = 共 { $n } 件\nplain = 首页\n",
        en: "hello = Hello, { $name }\ncount = { $n ->\n    [one] One matter\n   *[other] { $n } matters\n }\nplain = Home\n",
    };

    #[test]
    fn texts_name_their_values_without_invisible_marks() {
        let texts = Texts::new(&[PIECE]).unwrap();
        assert!(texts.check().is_empty(), "{:?}", texts.check());
        assert_eq!(texts.ta(Locale::ZhCn, "hello", &[("name", &"王芳")]), "您好，王芳");
        assert_eq!(texts.ta(Locale::En, "count", &[("n", &1_i64)]), "One matter");
        assert_eq!(texts.ta(Locale::En, "count", &[("n", &12_345_i64)]), "12,345 matters");
        assert!(matches!(texts.t(Locale::ZhCn, "plain"), Cow::Borrowed("首页")));
    }

    #[test]
    fn a_missing_key_is_seen() {
        let texts = Texts::new(&[PIECE]).unwrap();
        assert_eq!(texts.t(Locale::En, "no-such-key"), "no-such-key");
    }

    #[test]
    fn differences_between_the_languages_are_found() {
        let texts = Texts::new(&[TextPiece {
            name: "odd",
            zh: "a = { $x }\nb = 二\n",
            en: "a = { $y }\nc = three\n",
        }])
        .unwrap();
        assert_eq!(texts.check().len(), 3, "{:?}", texts.check());
    }

    #[test]
    fn a_key_given_twice_or_broken_syntax_is_refused() {
        assert!(Texts::new(&[PIECE, PIECE]).is_err());
        assert!(Texts::new(&[TextPiece { name: "broken", zh: "a = { $", en: "a = b\n" }]).is_err());
    }

    #[test]
    fn numbers_in_refusals_decide_the_plural() {
        let texts = Texts::new(&[PIECE]).unwrap();
        let refusal = Refusal::not_found("count").with("n", 1);
        assert_eq!(texts.refusal(Locale::En, &refusal), "One matter");
    }

    #[test]
    fn figures_are_grouped_from_ten_thousand_on() {
        for (value, text) in [
            (0.0, "0"),
            (2026.0, "2026"),
            (12_345.0, "12,345"),
            (-1_234_567.5, "-1,234,567.5"),
            (0.126, "0.13"),
        ] {
            assert_eq!(group_digits(value), text);
        }
    }
}
