//! What the program says on the terminal: answers on standard output, everything else on standard error.

use std::fmt;
use std::io::{IsTerminal, Write};
use std::process::ExitCode;
use std::sync::atomic::{AtomicBool, Ordering};

use serde::Serialize;

/// Why a command did not do what was asked: one sentence, and the way out where there is one.
#[derive(Debug)]
pub struct Trouble {
    /// What is the matter, in one sentence without full stop.
    pub sentence: String,
    /// What to do about it.
    pub way_out: Option<String>,
    /// 1: it could not be done, or a check found something; 2: it was asked wrongly.
    pub code: u8,
}

impl Trouble {
    /// It could not be done.
    pub fn new(sentence: impl Into<String>) -> Self {
        Self { sentence: sentence.into(), way_out: None, code: 1 }
    }

    /// It was asked wrongly.
    pub fn asked(sentence: impl Into<String>) -> Self {
        Self { code: 2, ..Self::new(sentence) }
    }

    /// With what to do about it.
    #[must_use]
    pub fn way_out(mut self, way_out: impl Into<String>) -> Self {
        self.way_out = Some(way_out.into());
        self
    }
}

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.sentence)?;
        match &self.way_out {
            Some(way_out) => write!(f, "\n  {way_out}"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for Trouble {}

impl From<gongzhi_kernel::Fault> for Trouble {
    /// A fault shows its whole chain: whoever runs the command is whoever must mend it.
    fn from(fault: gongzhi_kernel::Fault) -> Self {
        let way_out = match fault.kind {
            gongzhi_kernel::FaultKind::Full => {
                Some("nothing was written: free space on the disk and try again")
            }
            gongzhi_kernel::FaultKind::Busy => {
                Some("something else is using the data: wait a moment and try again")
            }
            gongzhi_kernel::FaultKind::Corrupt => {
                Some("look at it with `gongzhi check`; a backup comes back with `gongzhi restore`")
            }
            gongzhi_kernel::FaultKind::Internal => None,
        };
        let trouble = Self::new(format!("{fault:?}"));
        match way_out {
            Some(way_out) => trouble.way_out(way_out),
            None => trouble,
        }
    }
}

impl From<gongzhi_store::OpenError> for Trouble {
    fn from(error: gongzhi_store::OpenError) -> Self {
        // The sentences of the store already say the way out after a semicolon.
        Self::new(error.to_string())
    }
}

impl From<gongzhi_store::VaultError> for Trouble {
    fn from(error: gongzhi_store::VaultError) -> Self {
        match error {
            gongzhi_store::VaultError::Fault(fault) => fault.into(),
            // As above.
            other => Self::new(other.to_string()),
        }
    }
}

impl From<crate::config::ConfigError> for Trouble {
    fn from(error: crate::config::ConfigError) -> Self {
        Self::asked(error.to_string())
    }
}

impl From<std::io::Error> for Trouble {
    fn from(error: std::io::Error) -> Self {
        Self::new(error.to_string())
    }
}

/// Says something to the person at the terminal.
///
/// A closed pipe (`gongzhi openapi | head`) is no reason to fail: nobody reads any more.
pub fn line(text: impl fmt::Display) {
    let _ = writeln!(std::io::stdout(), "{text}");
}

/// Whether this process has answered in JSON: a machine is given one document, never two.
static ANSWERED: AtomicBool = AtomicBool::new(false);

/// Answers a machine.
pub fn json(value: &impl Serialize) -> Result<(), Trouble> {
    let text = serde_json::to_string_pretty(value)
        .map_err(|error| Trouble::new(format!("cannot write the answer as JSON: {error}")))?;
    ANSWERED.store(true, Ordering::Relaxed);
    line(text);
    Ok(())
}

/// Says something beside the answer: progress, warnings.
pub fn aside(text: impl fmt::Display) {
    let _ = writeln!(std::io::stderr(), "{text}");
}

/// Whether a person watches the progress.
pub fn watched() -> bool {
    std::io::stderr().is_terminal()
}

/// Ends with what is the matter.
pub fn end_with(trouble: &Trouble, as_json: bool) -> ExitCode {
    if as_json && !ANSWERED.load(Ordering::Relaxed) {
        let value = serde_json::json!({ "error": trouble.sentence, "way_out": trouble.way_out });
        let _ = json(&value);
    }
    aside(format_args!("gongzhi: {trouble}"));
    ExitCode::from(trouble.code)
}
