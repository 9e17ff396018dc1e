//! The application: command line, settings, composition root, background runners, sample city.
//!
//! | where | what |
//! |---|---|
//! | `cli.rs` | what can be asked on the command line |
//! | `config.rs` | settings from flags, environment, file and defaults, each with its source |
//! | `compose.rs` | where store, people, capabilities and site are put together; what runs behind them |
//! | `recount.rs` | the indicators of a city from its public log alone |
//! | `sealed.rs` | which events go into the public log |
//! | `commands/` | one file for each command |
//! | `import/` | histories of other systems |
//! | `sample/` | the invented city |
//! | `say.rs` | what is printed |
//! | `log.rs` | what is logged |
//!
//! Tests and measurements start a city in their own process with [`Running::start`].

pub mod cli;
pub(crate) mod commands;
pub mod compose;
pub mod config;
pub mod import;
mod log;
mod offices;
pub mod recount;
pub mod sample;
pub mod say;
mod sealed;

use std::ffi::OsString;
use std::process::ExitCode;

use clap::Parser;

pub use compose::{City, Running};
pub use say::Trouble;

use cli::{AreaCommand, Cli, Command, ImportCommand, LedgerCommand};

/// Runs the program with these words, the first of which is its name.
pub fn run(words: Vec<OsString>) -> ExitCode {
    let cli = match Cli::try_parse_from(words) {
        Ok(cli) => cli,
        Err(error) => {
            // Help and version are answers, everything else a wrong question; clap knows the stream and the code.
            // Where even that cannot be printed, the code still tells.
            let _nobody_reads = error.print();
            return ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(2));
        }
    };
    let json = cli.global.json;
    let outcome = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| Trouble::new(format!("cannot start: {error}")))
        .and_then(|runtime| runtime.block_on(answer(cli)));
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(trouble) => say::end_with(&trouble, json),
    }
}

async fn answer(cli: Cli) -> Result<(), Trouble> {
    let json = cli.global.json;
    let settings = cli.settings()?;
    match &cli.command {
        Command::Config => return commands::config::run(&settings, json),
        Command::Version => return commands::version::run(json),
        Command::Ballot(args) => return commands::ballot::run(args, json),
        Command::Opinion(args) => return commands::opinion::run(args, json),
        Command::Ledger(LedgerCommand::Verify(args)) => return commands::ledger::verify(args, json).await,
        Command::Ledger(LedgerCommand::Prove(args)) => return commands::ledger::prove(args, json),
        Command::Ledger(LedgerCommand::Indicators(args)) => {
            return commands::indicators::run(args, json).await;
        }
        Command::Ledger(LedgerCommand::Witness(args)) => {
            log::start(&settings.config()?, true)?;
            return commands::witness::run(args, json).await;
        }
        _ => {}
    }
    let config = settings.config()?;
    let serves = matches!(cli.command, Command::Serve(_) | Command::Demo(_));
    log::start(&config, serves)?;
    for name in &settings.unknown_variables {
        tracing::warn!(name, "this variable is set, but there is no such setting");
    }
    match &cli.command {
        Command::Serve(_) => commands::serve::run(&config).await,
        Command::Demo(args) => commands::demo::run(&config, args, json).await,
        Command::Import(ImportCommand::Requests(args)) => import::run(&config, args, json).await,
        Command::Check => commands::check::run(&config, json).await,
        Command::Backup(args) => commands::backup::run(&config, args, json).await,
        Command::Restore(args) => commands::restore::run(&config, args, json).await,
        Command::User(command) => commands::user::run(&config, command, json).await,
        Command::Keys(command) => commands::keys::run(&config, command, json).await,
        Command::Area(AreaCommand::Import(args)) => commands::area::import(&config, args, json).await,
        Command::Openapi => commands::openapi::run(&config).await,
        Command::Ledger(LedgerCommand::Rotate { end }) => commands::ledger::rotate(&config, *end, json).await,
        Command::Ledger(LedgerCommand::Successor) => commands::ledger::successor(&config, json).await,
        Command::Config
        | Command::Version
        | Command::Ballot(_)
        | Command::Opinion(_)
        | Command::Ledger(_) => Ok(()),
    }
}
