//! The components that pages are made of. Templates ask the shell for them; each renders its own small template.

mod field;
mod icon;
mod parts;

pub use field::{Choice, Field};
pub use icon::Icon;
pub use parts::{Badge, Details, Empty, ErrorSummary, FormToken, Knot, Moment, Pager, Timeline};
