//! SQL as named constants, one text for both engines where it can be.

/// A named SQL text. Parameters are `$1`, `$2` …, in any order and as often as needed.
#[derive(Debug)]
pub struct Statement {
    /// Its name in logs and in the test that prepares every statement on both engines.
    pub name: &'static str,
    /// The text for SQLite.
    pub sqlite: &'static str,
    /// The text for PostgreSQL.
    pub postgres: &'static str,
}

/// Declares statements, and a function `statements()` that lists them, so that one test can prepare them all on both engines.
///
/// ```
/// gongzhi_store::statements! {
///     /// One text for both engines.
///     FIND = "SELECT name FROM organ WHERE id = $1";
///     /// Where they must differ, two texts side by side.
///     NOW_IN_ENGINE = {
///         sqlite: "SELECT 1",
///         postgres: "SELECT 2",
///     };
/// }
/// assert_eq!(statements().len(), 2);
/// ```
#[macro_export]
macro_rules! statements {
    ($($(#[$doc:meta])* $name:ident = $text:tt;)+) => {
        $($crate::statements!(@one [$(#[$doc])*] $name $text);)+

        /// All statements of this module, for the test that prepares them on both engines.
        pub fn statements() -> &'static [&'static $crate::Statement] {
            static ALL: &[&$crate::Statement] = &[$(&$name),+];
            ALL
        }
    };
    (@one [$(#[$doc:meta])*] $name:ident { sqlite: $sqlite:expr, postgres: $postgres:expr $(,)? }) => {
        $(#[$doc])*
        pub static $name: $crate::Statement =
            $crate::Statement { name: concat!(module_path!(), "::", stringify!($name)), sqlite: $sqlite, postgres: $postgres };
    };
    (@one [$(#[$doc:meta])*] $name:ident $text:expr) => {
        $(#[$doc])*
        pub static $name: $crate::Statement =
            $crate::Statement { name: concat!(module_path!(), "::", stringify!($name)), sqlite: $text, postgres: $text };
    };
}
