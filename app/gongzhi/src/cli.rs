//! The command line: what can be asked, with help that teaches.

mod keys;
mod ledger;

use std::collections::BTreeMap;
use std::path::PathBuf;

use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{Args, Parser, Subcommand, ValueEnum};
use gongzhi_ballot::Rule;
use gongzhi_kernel::Role;

pub use self::keys::KeysCommand;
use crate::config::{ConfigError, Inputs, Settings};
pub use ledger::{LedgerCommand, LedgerIndicatorsArgs, LedgerProveArgs, LedgerVerifyArgs, LedgerWitnessArgs};

/// 共治: the open platform on which a city governs itself together.
///
/// One program, one data folder. Try it with an invented city: `gongzhi demo`.
#[derive(Debug, Parser)]
#[command(name = "gongzhi", version, max_term_width = 100, after_help = TOP)]
pub struct Cli {
    /// Settings that every command understands.
    #[command(flatten)]
    pub global: Global,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

const TOP: &str = "\
Begin:
  gongzhi demo                     an invented city, ready in seconds, on http://127.0.0.1:8080
  gongzhi area import areas.csv --with-offices --data ./city      a city of your own: areas, offices …
  gongzhi user add wang --name 王芳 --role administrator --organ city --data ./city
  gongzhi serve --data ./city --listen 127.0.0.1:8080

Settings come from flags, then GONGZHI_* variables, then gongzhi.toml; `gongzhi config` prints them with their sources.
Every command ends with 0 when it is done, 1 when it could not be done or a check found something, 2 when it was
asked wrongly.";

/// Settings that every command understands.
#[derive(Debug, Args)]
pub struct Global {
    /// Settings file (TOML); else gongzhi.toml in the present folder [env: GONGZHI_CONFIG]
    #[arg(long, global = true, value_name = "FILE", help_heading = "Settings")]
    pub config: Option<PathBuf>,
    /// Folder of the embedded city [default: data/city; env: GONGZHI_DATA]
    #[arg(long, global = true, value_name = "DIR", help_heading = "Settings")]
    pub data: Option<PathBuf>,
    /// PostgreSQL instead of a folder: postgres://user@host/database [env: GONGZHI_DATABASE]
    #[arg(long, global = true, value_name = "URL", help_heading = "Settings")]
    pub database: Option<String>,
    /// Schema of this city in the PostgreSQL database [env: GONGZHI_SCHEMA]
    #[arg(long, global = true, value_name = "NAME", help_heading = "Settings", hide_short_help = true)]
    pub schema: Option<String>,
    /// What is logged: error, warn, info, debug, trace, or per crate [default: info; env: GONGZHI_LOG]
    #[arg(long, global = true, value_name = "FILTER", help_heading = "Settings", hide_short_help = true)]
    pub log: Option<String>,
    /// Log for people or machines: human, json, auto [default: auto; env: GONGZHI_LOG_FORMAT]
    #[arg(long, global = true, value_name = "FORMAT", help_heading = "Settings", hide_short_help = true)]
    pub log_format: Option<String>,
    /// Answer in JSON on standard output
    #[arg(long, global = true, help_heading = "Settings")]
    pub json: bool,
}

/// What can be asked.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Serve a city over HTTP
    #[command(after_help = SERVE)]
    Serve(ServeArgs),
    /// Make an invented sample city, serve it, and print how to sign in
    #[command(after_help = DEMO)]
    Demo(DemoArgs),
    /// Load what another system has kept
    #[command(subcommand)]
    Import(ImportCommand),
    /// Replay the journal and compare it with every row; examine the files
    #[command(after_help = CHECK)]
    Check,
    /// Copy a city into one file, consistent, while it is being served
    #[command(after_help = BACKUP)]
    Backup(BackupArgs),
    /// Make a city out of a backup; never overwrites one
    #[command(after_help = RESTORE)]
    Restore(RestoreArgs),
    /// Who may sign in, and as what
    #[command(subcommand)]
    User(UserCommand),
    /// The keys that seal personal data
    #[command(subcommand)]
    Keys(KeysCommand),
    /// The areas of the city: districts, streets, communities, grids
    #[command(subcommand)]
    Area(AreaCommand),
    /// What a participatory budget (Pabulib, .pb) decides by each rule, and why
    #[command(after_help = BALLOT)]
    Ballot(BallotArgs),
    /// The opinion map of votes on statements (Polis export): groups, what each says, what all share
    #[command(after_help = OPINION)]
    Opinion(OpinionArgs),
    /// The public log of a city: check it from outside, witness it, keep its keys
    #[command(subcommand)]
    Ledger(LedgerCommand),
    /// Print the description of the JSON interface (OpenAPI 3.1)
    #[command(after_help = OPENAPI)]
    Openapi,
    /// Print all settings with where each comes from
    #[command(after_help = CONFIG)]
    Config,
    /// Print the version of this program and of what it carries
    #[command(after_help = "Examples:\n  gongzhi version\n  gongzhi version --json")]
    Version,
}

const SERVE: &str = "\
Examples:
  gongzhi serve                                    the city in data/city, on http://127.0.0.1:8080
  gongzhi serve --data /var/lib/gongzhi --listen 127.0.0.1:9000 --base-url https://city.example
  GONGZHI_DATABASE=postgres://gongzhi@db/city gongzhi serve --log-format json

The folder is made if it is not there. Put a server that speaks https in front of it and name its address with
--base-url: cookies are then marked secure. /healthz answers when all is well, /metrics speaks to Prometheus.
Stop it with Ctrl-C or SIGTERM: it ends the work at hand first.";

const DEMO: &str = "\
Examples:
  gongzhi demo
  gongzhi demo --data /tmp/city --listen 127.0.0.1:9000
  gongzhi demo --cases 100000 --no-serve           a large city for measurements

The city is invented, its people and numbers too, and it is the same on every machine for one --seed on one day.
A folder that already holds a city is served as it is. Never enter real personal data: everybody knows the password.";

const CHECK: &str = "\
Examples:
  gongzhi check --data ./city
  gongzhi check --json | jq .differences

Nothing is changed. Ends with 1 if a row differs from what the journal tells, or a file is damaged.";

const BACKUP: &str = "\
Examples:
  gongzhi backup --data ./city city-2026-11-23.tar
  gongzhi check --data ./city && gongzhi backup --data ./city /backups/city.tar

The file is a plain tar archive: the database, attached files, and manifest.json with the SHA-256 of each. An existing
file is not overwritten. For PostgreSQL it says how to use pg_dump, which knows that database better.";

const RESTORE: &str = "\
Examples:
  gongzhi restore city-2026-11-23.tar --data ./city-restored
  gongzhi check --data ./city-restored

The folder must be empty or not be there. Every file is compared with the hash in the manifest; if one differs, nothing
is left behind.";

const BALLOT: &str = "\
Examples:
  gongzhi ballot budget.pb                                 by the rule that the file names
  gongzhi ballot budget.pb --rule equal-shares-add1        who paid for what, why the others did not fit
  gongzhi ballot budget.pb --all-rules                     what each rule would have chosen
  gongzhi ballot budget.pb --rule greedy --json

Without --rule the rule of the file is taken (META, `rule`), and equal-shares-add1 where it is none of these. Everything
is decided on whole numbers and exact fractions. Ties: lower cost, then more votes, then a lot with the seed. The last four
rules fill seats, need ranked ballots (schulze takes any) and look at no cost. A file that is wrong is refused with each
wrong line; pabulib.org/format tells how one is written.";

const OPINION: &str = "\
Examples:
  gongzhi opinion votes.csv                                places, groups, what each says, what all share
  gongzhi opinion votes.csv --comments comments.csv --svg map.svg
  gongzhi opinion participants-votes.csv --json | jq .groups
  gongzhi opinion votes.csv --parity                       as the production system of Polis computes it

The file is told by its first line:
  timestamp,datetime,comment-id,voter-id,vote              votes.csv, one vote a row; the latest counts
  participant,group-id,n-comments, … ,0,1,2, …             participants-votes.csv, one person a row
A vote is 1 (agree), 0 (pass) or -1 (disagree). The order of rows changes nothing, and the same seed gives the same map.
Rows that cannot be taken are named with their line and the reason; the map is drawn without them and the command ends
with 1.";

const OPENAPI: &str = "\
Examples:
  gongzhi openapi > openapi.json

The same document is served at /api/openapi.json, and for reading at /api.";

const CONFIG: &str = "\
Examples:
  gongzhi config
  GONGZHI_LISTEN=127.0.0.1:9000 gongzhi config --json

A settings file is plain TOML, one line for each setting:
  data = \"/var/lib/gongzhi\"
  listen = \"127.0.0.1:8080\"
  base_url = \"https://city.example\"
  city = \"云澜市\"
Passwords are masked.";

/// How to serve.
#[derive(Debug, Args)]
pub struct ServeArgs {
    /// Address and port to serve on; port 0 takes a free one [default: 127.0.0.1:8080; env: GONGZHI_LISTEN]
    #[arg(long, value_name = "ADDR")]
    pub listen: Option<String>,
    /// The address people type, such as https://city.example [env: GONGZHI_BASE_URL]
    #[arg(long, value_name = "URL")]
    pub base_url: Option<String>,
    /// Certificate chain (PEM), to encrypt without a proxy in front; with --tls-key [env: GONGZHI_TLS_CERT]
    #[arg(long, value_name = "FILE", requires = "tls_key")]
    pub tls_cert: Option<String>,
    /// Its private key (PEM) [env: GONGZHI_TLS_KEY]
    #[arg(long, value_name = "FILE", requires = "tls_cert")]
    pub tls_key: Option<String>,
}

/// How to make the sample city.
#[derive(Debug, Args)]
pub struct DemoArgs {
    /// How to serve it.
    #[command(flatten)]
    pub serve: ServeArgs,
    /// How many appeals it has
    #[arg(long, value_name = "NUMBER", default_value_t = 3000, value_parser = clap::value_parser!(u64).range(0..=5_000_000))]
    pub cases: u64,
    /// Another seed makes another city
    #[arg(long, value_name = "NUMBER", default_value_t = 2026)]
    pub seed: u64,
    /// Make the city and end
    #[arg(long)]
    pub no_serve: bool,
}

/// What to decide, and how.
#[derive(Debug, Args)]
pub struct BallotArgs {
    /// The file, in Pabulib's format
    #[arg(value_name = "FILE.pb")]
    pub file: PathBuf,
    /// By which rule
    #[arg(long, value_name = "RULE", value_parser = rules())]
    pub rule: Option<Rule>,
    /// Compare all rules
    #[arg(long, conflicts_with = "rule")]
    pub all_rules: bool,
    /// What a project is worth to a voter: its points times its cost, or its points alone
    #[arg(long, value_enum, default_value_t = UtilityName::Cost)]
    pub utility: UtilityName,
    /// Seats for the rules that fill seats [default: as many as were announced, else 1]
    #[arg(long, value_name = "NUMBER", value_parser = clap::value_parser!(u32).range(1..))]
    pub seats: Option<u32>,
    /// By how many units of money Add1 raises the share of every voter at a time
    #[arg(long, value_name = "NUMBER", default_value_t = 1, value_parser = clap::value_parser!(u64).range(1..))]
    pub step: u64,
    /// The number drawn for lots
    #[arg(long, value_name = "NUMBER", default_value_t = 0)]
    pub seed: u64,
}

/// Rules by name, with the names in the help.
fn rules() -> impl TypedValueParser<Value = Rule> {
    PossibleValuesParser::new(Rule::ALL.map(Rule::name)).try_map(|name| name.parse::<Rule>())
}

/// A utility on the command line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum UtilityName {
    /// Points times cost
    Cost,
    /// Points alone
    Cardinality,
}

/// Which votes to map, and how.
#[derive(Debug, Args)]
pub struct OpinionArgs {
    /// votes.csv or participants-votes.csv of a Polis export
    #[arg(value_name = "VOTES.csv")]
    pub file: PathBuf,
    /// comments.csv of the same export: words of the statements, and which were moderated out
    #[arg(long, value_name = "FILE")]
    pub comments: Option<PathBuf>,
    /// As the production system of Polis computes it, with its quirks
    #[arg(long)]
    pub parity: bool,
    /// Another seed tries other starts
    #[arg(long, value_name = "NUMBER", default_value_t = 1)]
    pub seed: u64,
    /// Write the map as a picture, too
    #[arg(long, value_name = "FILE")]
    pub svg: Option<PathBuf>,
}

/// What can be imported.
#[derive(Debug, Subcommand)]
pub enum ImportCommand {
    /// A history of service requests from CSV or TSV, gzip too
    Requests(crate::import::RequestsArgs),
}

/// Where to back up to.
#[derive(Debug, Args)]
pub struct BackupArgs {
    /// The archive to write
    #[arg(value_name = "FILE.tar")]
    pub archive: PathBuf,
}

/// What to restore.
#[derive(Debug, Args)]
pub struct RestoreArgs {
    /// The archive that `gongzhi backup` has written
    #[arg(value_name = "FILE.tar")]
    pub archive: PathBuf,
}

/// What can be done with those who sign in.
#[derive(Debug, Subcommand)]
pub enum UserCommand {
    /// Add somebody, with a password and, if wanted, a role
    #[command(after_help = "\
Examples:
  gongzhi user add wang --name 王芳                              a resident; asks for the password, unseen
  gongzhi user add li --name 李强 --role handler --organ hotline
  echo \"$PASSWORD\" | gongzhi user add admin --name 管理员 --role administrator --organ city --password-stdin

The first organ of a new city comes into being with the first role in it: --organ city or --organ hotline.")]
    Add {
        /// The name to sign in with: letters, digits and . _ - @ +
        login: String,
        /// How they are called
        #[arg(long)]
        name: String,
        /// Telephone number
        #[arg(long)]
        phone: Option<String>,
        /// What they do in the organ; needs --organ
        #[arg(long, requires = "organ", value_enum)]
        role: Option<RoleName>,
        /// Code of the organ
        #[arg(long, value_name = "CODE", requires = "role")]
        organ: Option<String>,
        /// Read the password from the first line of standard input
        #[arg(long)]
        password_stdin: bool,
    },
    /// Set a new password; ends all their sessions
    #[command(
        after_help = "Examples:\n  gongzhi user passwd wang\n  echo \"$PASSWORD\" | gongzhi user passwd wang --password-stdin"
    )]
    Passwd {
        /// The name they sign in with
        login: String,
        /// Read the password from the first line of standard input
        #[arg(long)]
        password_stdin: bool,
    },
    /// Take the second step of somebody's sign-in away, who has lost phone and recovery codes; ends all their sessions
    #[command(after_help = "Examples:\n  gongzhi user reset-second-step wang")]
    ResetSecondStep {
        /// The name they sign in with
        login: String,
    },
    /// Give somebody a role in an organ
    #[command(after_help = "Examples:\n  gongzhi user grant li --role head --organ 990101001000")]
    Grant {
        /// The name they sign in with
        login: String,
        /// What they do in the organ
        #[arg(long, value_enum)]
        role: RoleName,
        /// Code of the organ
        #[arg(long, value_name = "CODE")]
        organ: String,
    },
}

/// A role on the command line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum RoleName {
    /// Works the organ's cases
    Handler,
    /// Heads the organ and approves
    Head,
    /// Takes calls and dispatches for the hotline centre
    Operator,
    /// Reads everything that is recorded, changes nothing
    Auditor,
    /// Member of a social organisation
    Member,
    /// Keeps the system running; sees no case
    Administrator,
}

impl From<RoleName> for Role {
    fn from(name: RoleName) -> Self {
        match name {
            RoleName::Handler => Self::Handler,
            RoleName::Head => Self::Head,
            RoleName::Operator => Self::Operator,
            RoleName::Auditor => Self::Auditor,
            RoleName::Member => Self::Member,
            RoleName::Administrator => Self::Administrator,
        }
    }
}

/// What can be done with areas.
#[derive(Debug, Subcommand)]
pub enum AreaCommand {
    /// Load areas from a CSV file; what is already there stays as it is
    #[command(after_help = "\
The file is UTF-8 with a first line of names:
  code,name,name_en
  990100000000,云澜市,Yunlan
  990101000000,松照区,Songzhao District
  990101001000,梧桐里街道,Wutongli Subdistrict
  990101001001,文昌社区,Wenchang Community

`code` is the statistical division code of twelve digits: its level and the area above follow from it. Grids have a
code of the city's own and need two more columns: `level` (grid) and `parent` (the code of the community). `lat` and
`lon`, a point in the middle in WGS-84, and `name_en` may be left out. Lines in any order; a second run adds nothing
twice. Lines that cannot be taken are named with their number and the reason, and the command ends with 1.

With --with-offices each area gets its office (政府、街道办事处、居委会) under that of the area around it; the code of the
office is that of the area, so that `gongzhi user grant li --role handler --organ 990101001000` works at once.

Examples:
  gongzhi area import areas.csv --with-offices --data ./city
  gongzhi area import areas.csv --valid-from 2026-01-01 --json")]
    Import(AreaArgs),
}

/// Which areas to load.
#[derive(Debug, Args)]
pub struct AreaArgs {
    /// The file
    pub file: PathBuf,
    /// From which day the division holds
    #[arg(long, value_name = "DATE", default_value = "2000-01-01")]
    pub valid_from: jiff::civil::Date,
    /// Establish the office of each area too: governments, street offices, residents' committees
    #[arg(long)]
    pub with_offices: bool,
}

impl Cli {
    /// The settings of this call.
    pub fn settings(&self) -> Result<Settings, ConfigError> {
        let mut inputs = Inputs::of_process(self.global.config.as_deref())?;
        let mut flags = BTreeMap::new();
        let mut put = |name, value: &Option<String>| {
            if let Some(value) = value {
                flags.insert(name, value.clone());
            }
        };
        put("data", &self.global.data.as_ref().map(|path| path.display().to_string()));
        put("database", &self.global.database);
        put("schema", &self.global.schema);
        put("log", &self.global.log);
        put("log_format", &self.global.log_format);
        let serve = match &self.command {
            Command::Serve(serve) => Some(serve),
            Command::Demo(demo) => Some(&demo.serve),
            _ => None,
        };
        if let Some(serve) = serve {
            put("listen", &serve.listen);
            put("base_url", &serve.base_url);
            put("tls_cert", &serve.tls_cert);
            put("tls_key", &serve.tls_key);
        }
        if matches!(self.command, Command::Demo(_)) {
            inputs.command = BTreeMap::from([("data", "data/demo")]);
        }
        inputs.flags = flags;
        Settings::resolve(inputs)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn every_command_has_help_and_an_example() {
        fn walk(command: &clap::Command, path: &str) {
            assert!(command.get_about().is_some(), "{path} says nothing about itself");
            if command.get_subcommands().next().is_none() {
                let after = command.get_after_help().map(ToString::to_string).unwrap_or_default();
                assert!(after.contains("Examples:"), "{path} gives no example");
                for argument in command.get_arguments() {
                    assert!(argument.get_help().is_some(), "{path} {} is not explained", argument.get_id());
                }
            }
            for below in command.get_subcommands() {
                walk(below, &format!("{path} {}", below.get_name()));
            }
        }
        Cli::command().debug_assert();
        walk(&Cli::command(), "gongzhi");
    }

    #[test]
    fn settings_may_stand_before_or_after_the_command() {
        for words in [["gongzhi", "--data", "x", "check"], ["gongzhi", "check", "--data", "x"]] {
            let cli = Cli::try_parse_from(words).unwrap();
            assert_eq!(cli.global.data, Some("x".into()));
        }
    }
}
