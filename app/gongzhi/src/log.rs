//! What is logged: to standard error, for people on a terminal, as JSON elsewhere.

use std::io::IsTerminal;

use tracing_subscriber::EnvFilter;

use crate::config::{Config, LogFormat};
use crate::say::Trouble;

/// Starts the log. Commands that end by themselves log warnings only, as their answer is what one reads.
pub(crate) fn start(config: &Config, serves: bool) -> Result<(), Trouble> {
    let filter = if serves || config.log != "info" { config.log.as_str() } else { "warn" };
    let filter = EnvFilter::try_new(filter).map_err(|error| {
        Trouble::asked(format!("--log: `{filter}` is no filter: {error}"))
            .way_out("write error, warn, info, debug or trace, or per crate: info,gongzhi_store=debug")
    })?;
    let human = match config.log_format {
        LogFormat::Auto => std::io::stderr().is_terminal(),
        LogFormat::Human => true,
        LogFormat::Json => false,
    };
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    let started = if human {
        log.with_ansi(std::io::stderr().is_terminal()).with_target(false).try_init()
    } else {
        log.json().flatten_event(true).with_current_span(true).with_span_list(false).try_init()
    };
    started.map_err(|error| Trouble::new(format!("cannot start the log: {error}")))
}
