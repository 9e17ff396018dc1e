//! How something does not happen: a [`Refusal`] is said to the person who asked, a [`Fault`] is ours to mend.

use std::borrow::Cow;
use std::fmt;

/// One field of a form or body that cannot be taken as it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldError {
    /// The field's name in the form and in JSON, such as `text` or `place.lat`.
    pub field: Cow<'static, str>,
    /// Key of the sentence in the locale files, such as `error-text-too-long`.
    pub key: &'static str,
    /// Values that the sentence names.
    pub args: Vec<(&'static str, String)>,
}

/// Why it is refused; decides the HTTP status.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RefusalKind {
    /// The request itself cannot be taken (400, 422 with fields).
    Invalid,
    /// Sign in first (401).
    Unauthenticated,
    /// Not for this actor (403).
    Forbidden,
    /// There is no such thing, or this actor may not know of it (404).
    NotFound,
    /// It no longer is as the request supposes: state, revision, doubled key (409).
    Conflict,
    /// Larger than the rulebook allows (413).
    TooLarge,
    /// Too many requests (429).
    TooMany,
}

/// Something that is not done, with a sentence for the person who asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// Why.
    pub kind: RefusalKind,
    /// Key of the sentence in the locale files; also the `type` of the problem+json, such as `appeal-not-found`.
    pub key: &'static str,
    /// Values that the sentence names.
    pub args: Vec<(&'static str, String)>,
    /// The fields at fault, if the request was a form.
    pub fields: Vec<FieldError>,
}

impl Refusal {
    /// A refusal with a sentence.
    pub fn new(kind: RefusalKind, key: &'static str) -> Self {
        Self { kind, key, args: Vec::new(), fields: Vec::new() }
    }

    /// There is no such thing, or this actor may not know of it.
    pub fn not_found(key: &'static str) -> Self {
        Self::new(RefusalKind::NotFound, key)
    }

    /// It no longer is as the request supposes.
    pub fn conflict(key: &'static str) -> Self {
        Self::new(RefusalKind::Conflict, key)
    }

    /// Not for this actor.
    pub fn forbidden(key: &'static str) -> Self {
        Self::new(RefusalKind::Forbidden, key)
    }

    /// The fields that must be changed.
    pub fn fields(fields: Vec<FieldError>) -> Self {
        Self { fields, ..Self::new(RefusalKind::Invalid, "error-fields") }
    }

    /// With a value that the sentence names.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl fmt::Display) -> Self {
        self.args.push((name, value.to_string()));
        self
    }
}

impl FieldError {
    /// A field and the key of its sentence.
    pub fn new(field: impl Into<Cow<'static, str>>, key: &'static str) -> Self {
        Self { field: field.into(), key, args: Vec::new() }
    }

    /// With a value that the sentence names.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl fmt::Display) -> Self {
        self.args.push((name, value.to_string()));
        self
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.key)?;
        for error in &self.fields {
            write!(f, " [{}: {}]", error.field, error.key)?;
        }
        Ok(())
    }
}

impl std::error::Error for Refusal {}

/// What kind of fault, for those who must act on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FaultKind {
    /// Disk or quota is full: nothing was written; free space and try again (507).
    Full,
    /// Overloaded, or stopping: try again later (503).
    Busy,
    /// The data is not as the code expects.
    Corrupt,
    /// Anything else.
    Internal,
}

/// Something that went wrong on our side. Carries the chain of causes for the log; never shown to people.
pub struct Fault {
    /// What kind.
    pub kind: FaultKind,
    what: Cow<'static, str>,
    cause: Option<Box<dyn std::error::Error + Send + Sync>>,
}

impl Fault {
    /// A fault, in lower case without full stop: what could not be done.
    pub fn new(kind: FaultKind, what: impl Into<Cow<'static, str>>) -> Self {
        Self { kind, what: what.into(), cause: None }
    }

    /// An internal fault: what could not be done.
    pub fn internal(what: impl Into<Cow<'static, str>>) -> Self {
        Self::new(FaultKind::Internal, what)
    }

    /// The data is not as the code expects.
    pub fn corrupt(what: impl Into<Cow<'static, str>>) -> Self {
        Self::new(FaultKind::Corrupt, what)
    }

    /// With what caused it.
    #[must_use]
    pub fn because(mut self, cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        self.cause = Some(cause.into());
        self
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.what)
    }
}

impl fmt::Debug for Fault {
    /// The whole chain on one line.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.what)?;
        let mut next = std::error::Error::source(self);
        while let Some(cause) = next {
            write!(f, ": {cause}")?;
            next = cause.source();
        }
        Ok(())
    }
}

impl std::error::Error for Fault {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.cause.as_ref().map(|cause| &**cause as &(dyn std::error::Error + 'static))
    }
}

/// Either of the two, as actions and queries return it.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// Said to the person who asked.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// Ours to mend.
    #[error(transparent)]
    Fault(#[from] Fault),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_log_sees_the_whole_chain() {
        let inner = Fault::internal("disk says no");
        let outer = Fault::internal("cannot save the appeal").because(inner);
        assert_eq!(format!("{outer:?}"), "cannot save the appeal: disk says no");
        assert_eq!(outer.to_string(), "cannot save the appeal");
    }
}
