//! The settings of one process: from flags, the environment (`GONGZHI_*`), a TOML file, and defaults, in this order.
//! Each keeps where it came from, for `gongzhi config` and for errors that name the place to mend.

mod keys;

use std::collections::BTreeMap;
use std::fmt;
use std::net::{SocketAddr, ToSocketAddrs};
use std::path::{Path, PathBuf};
use std::str::FromStr;

use gongzhi_kernel::LocalText;
use gongzhi_ledger::signer::{SignerCommand, Signing};
use gongzhi_ledger::witness::{AddressError, WitnessAddress};
use gongzhi_store::KeySource;
use gongzhi_store::blobs::BlobLocation;
use gongzhi_web::LimitRules;

use self::keys::NO_SETTINGS;
pub use self::keys::{KEYS, Key};

/// Most witnesses: a note with more than 64 signatures is read by nobody.
const MOST_WITNESSES: usize = 30;

/// Where a value comes from, the strongest last.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Source {
    /// Nobody set it.
    Default,
    /// The command has its own default.
    Command,
    /// The file.
    File(PathBuf),
    /// The environment.
    Environment(String),
    /// The command line.
    Flag(String),
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Default => f.write_str("default"),
            Self::Command => f.write_str("default of this command"),
            Self::File(path) => write!(f, "{}", path.display()),
            Self::Environment(name) | Self::Flag(name) => f.write_str(name),
        }
    }
}

/// A value with its source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Setting {
    /// As it was written.
    pub value: Option<String>,
    /// Where.
    pub source: Source,
}

/// Why the settings cannot be used; each names the place and the way out.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum ConfigError {
    /// The file cannot be read.
    #[error("cannot read the settings in {}: {why}; mend the file or name another with --config", file.display())]
    File {
        /// Which.
        file: PathBuf,
        /// What is wrong with it.
        why: String,
    },
    /// The file sets something that does not exist.
    #[error("{}: there is no setting `{name}`{}; `gongzhi config` lists all", file.display(), near.as_ref().map(|near| format!(", did you mean `{near}`?")).unwrap_or_default())]
    Unknown {
        /// Which file.
        file: PathBuf,
        /// What it sets.
        name: String,
        /// What it may have meant.
        near: Option<String>,
    },
    /// A value is not as it must be.
    #[error("{source_name}: `{value}` is no {wanted}")]
    Value {
        /// Where it stands.
        source_name: String,
        /// What stands there.
        value: String,
        /// What should stand there.
        wanted: &'static str,
    },
    /// A certificate without a key, or the other way round.
    #[error("tls_cert and tls_key belong together; give both, or neither")]
    HalfTls,
    /// A witness is not as it must be.
    #[error(
        "{source_name}: `{value}`: {why}; write it as witness.example/w+0123abcd+BAAA… https://witness.example"
    )]
    Witness {
        /// Where it stands.
        source_name: String,
        /// What stands there.
        value: String,
        /// What is wrong with it.
        why: String,
    },
    /// Two settings exclude each other.
    #[error("both --data and --database are given; a city lies in one place: leave one of them out")]
    TwoPlaces,
}

/// All settings with their sources.
#[derive(Debug, Clone)]
pub struct Settings {
    values: BTreeMap<&'static str, Setting>,
    /// The file that was read.
    pub file: Option<PathBuf>,
    /// Variables that look like settings and are none.
    pub unknown_variables: Vec<String>,
}

/// What the settings are put together from.
#[derive(Debug, Default)]
pub struct Inputs {
    /// Flags that were given, by the names of the settings.
    pub flags: BTreeMap<&'static str, String>,
    /// Other defaults of this command.
    pub command: BTreeMap<&'static str, &'static str>,
    /// The environment: all `GONGZHI_*` variables.
    pub environment: BTreeMap<String, String>,
    /// The file and its text.
    pub file: Option<(PathBuf, String)>,
}

impl Inputs {
    /// With the environment of this process and the file that it or `--config` names, or `gongzhi.toml` in the
    /// present folder if there is one.
    pub fn of_process(named: Option<&Path>) -> Result<Self, ConfigError> {
        let environment: BTreeMap<String, String> = std::env::vars_os()
            .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
            .filter(|(name, _)| name.starts_with("GONGZHI_"))
            .collect();
        let named =
            named.map(Path::to_owned).or_else(|| environment.get("GONGZHI_CONFIG").map(PathBuf::from));
        let read = |file: PathBuf| match std::fs::read_to_string(&file) {
            Ok(text) => Ok((file, text)),
            Err(error) => Err(ConfigError::File { file, why: error.to_string() }),
        };
        let here = PathBuf::from("gongzhi.toml");
        let file = match named {
            Some(file) => Some(read(file)?),
            None if here.is_file() => Some(read(here)?),
            None => None,
        };
        Ok(Self { environment, file, ..Self::default() })
    }
}

impl Settings {
    /// Puts them together.
    pub fn resolve(inputs: Inputs) -> Result<Self, ConfigError> {
        let mut table = toml::Table::new();
        let mut file = None;
        if let Some((path, text)) = inputs.file {
            table = text.parse().map_err(|error: toml::de::Error| ConfigError::File {
                file: path.clone(),
                why: error.to_string().trim().replace('\n', " "),
            })?;
            for name in table.keys() {
                if !KEYS.iter().any(|key| key.name == name) {
                    return Err(ConfigError::Unknown { file: path, name: name.clone(), near: nearest(name) });
                }
            }
            file = Some(path);
        }
        let mut values = BTreeMap::new();
        for key in KEYS {
            let variable = key.variable();
            let mut found = Setting { value: key.default.map(str::to_owned), source: Source::Default };
            if let Some(value) = inputs.command.get(key.name) {
                found = Setting { value: Some((*value).to_owned()), source: Source::Command };
            }
            if let (Some(value), Some(path)) = (table.get(key.name), &file) {
                let value = match value {
                    toml::Value::String(text) => text.clone(),
                    toml::Value::Integer(number) => number.to_string(),
                    other => {
                        return Err(ConfigError::Value {
                            source_name: format!("{}: {}", path.display(), key.name),
                            value: other.to_string(),
                            wanted: "text or whole number",
                        });
                    }
                };
                found = Setting { value: Some(value), source: Source::File(path.clone()) };
            }
            if let Some(value) = inputs.environment.get(&variable).filter(|value| !value.is_empty()) {
                found = Setting { value: Some(value.clone()), source: Source::Environment(variable) };
            }
            if let Some(value) = inputs.flags.get(key.name) {
                found = Setting { value: Some(value.clone()), source: Source::Flag(key.flag()) };
            }
            values.insert(key.name, found);
        }
        let known = |name: &String| {
            KEYS.iter().any(|key| key.variable() == *name) || NO_SETTINGS.contains(&name.as_str())
        };
        let unknown_variables = inputs.environment.keys().filter(|name| !known(name)).cloned().collect();
        Ok(Self { values, file, unknown_variables })
    }

    /// Each setting with its key, secrets masked.
    pub fn listed(&self) -> impl Iterator<Item = (&'static Key, Option<String>, &Source)> {
        KEYS.iter().filter_map(|key| {
            let setting = self.values.get(key.name)?;
            let shown = setting
                .value
                .as_deref()
                .map(|value| if key.secret { masked(value) } else { value.to_owned() });
            Some((key, shown, &setting.source))
        })
    }

    fn get(&self, name: &str) -> (Option<&str>, &Source) {
        self.values
            .get(name)
            .map_or((None, &Source::Default), |setting| (setting.value.as_deref(), &setting.source))
    }

    fn text(&self, name: &str) -> Option<String> {
        self.get(name).0.map(str::to_owned)
    }

    fn parsed<T: FromStr>(&self, name: &str, wanted: &'static str) -> Result<T, ConfigError> {
        let (value, source) = self.get(name);
        let value = value.unwrap_or_default();
        value.parse().map_err(|_| wrong(name, value, source, wanted))
    }

    /// As the parts of the program need them.
    pub fn config(&self) -> Result<Config, ConfigError> {
        let place = self.place()?;
        let (listen, source) = self.get("listen");
        let listen_text = listen.unwrap_or_default();
        let listen =
            listen_text.to_socket_addrs().ok().and_then(|mut found| found.next()).ok_or_else(|| {
                wrong(
                    "listen",
                    listen_text,
                    source,
                    "address to listen on; write host:port such as 127.0.0.1:8080",
                )
            })?;
        let (base, source) = self.get("base_url");
        if let Some(base) = base
            && !((base.starts_with("http://") || base.starts_with("https://")) && base.len() > 8)
        {
            return Err(wrong("base_url", base, source, "web address; write it as https://city.example"));
        }
        let (zone, source) = self.get("zone");
        let zone_text = zone.unwrap_or_default();
        let zone = jiff::tz::TimeZone::get(zone_text)
            .map_err(|_| wrong("zone", zone_text, source, "time zone; write it as Asia/Shanghai"))?;
        const ALLOWANCE: &str = "limit; write how many in how long, such as 3/1m, or off";
        const COUNT: &str = "whole number above 0";
        let count =
            |name| self.parsed::<std::num::NonZeroUsize>(name, COUNT).map(std::num::NonZeroUsize::get);
        let ledger = self.text("ledger").map(PathBuf::from).or_else(|| match &place {
            Place::Folder(folder) => Some(folder.join("ledger")),
            // A server has no folder of its own: the log is kept only where somebody says where its key lies.
            Place::Database { .. } => None,
        });
        let command = |name| match self.get(name) {
            (None, _) => Ok(None),
            (Some(_), _) => self.parsed::<SignerCommand>(name, "command").map(Some),
        };
        let signing =
            Signing { command: command("ledger_signer")?, previous: command("ledger_signer_previous")? };
        let (witnesses, source) = self.get("witnesses");
        let witnesses = witnesses.unwrap_or_default();
        let lines = witnesses.split([';', '\n']).map(str::trim).filter(|line| !line.is_empty());
        let witnesses: Vec<WitnessAddress> = lines
            .map(|line| {
                line.parse().map_err(|error: AddressError| ConfigError::Witness {
                    source_name: source_name("witnesses", source),
                    value: line.to_owned(),
                    why: error.to_string(),
                })
            })
            .collect::<Result<_, _>>()?;
        if witnesses.len() > MOST_WITNESSES {
            let count = witnesses.len().to_string();
            return Err(wrong("witnesses", &count, source, "list of at most 30 witnesses"));
        }
        Ok(Config {
            keys: self.text("keys").map(|text| text.parse().unwrap_or_else(|never| match never {})),
            second_factor: self.parsed("second_factor", "choice: staff, nobody or auto")?,
            ledger,
            witnesses,
            signing,
            place,
            listen,
            base_url: base.map(str::to_owned),
            city: LocalText { zh: self.text("city").unwrap_or_default(), en: self.text("city_en") },
            zone,
            max_body: count("max_body")?,
            max_in_work: count("max_in_work")?,
            max_streams: count("max_streams")?,
            patience: std::time::Duration::from_secs(
                self.parsed::<std::num::NonZeroU64>("patience", COUNT)?.get(),
            ),
            tls: match (self.text("tls_cert"), self.text("tls_key")) {
                (Some(cert), Some(key)) => Some((PathBuf::from(cert), PathBuf::from(key))),
                (None, None) => None,
                _ => return Err(ConfigError::HalfTls),
            },
            limits: LimitRules {
                sign_in: self.parsed("limit_sign_in", ALLOWANCE)?,
                writes: self.parsed("limit_writes", ALLOWANCE)?,
                proxies: self.parsed(
                    "trusted_proxies",
                    "list of addresses and networks; write 10.0.0.7, 172.16.0.0/12",
                )?,
            },
            log: self.text("log").unwrap_or_default(),
            log_format: self.parsed("log_format", "log format: human, json or auto")?,
        })
    }

    fn place(&self) -> Result<Place, ConfigError> {
        let (url, url_source) = self.get("database");
        let (folder, folder_source) = self.get("data");
        let given = |source: &Source| matches!(source, Source::Flag(_));
        if url.is_some() && given(url_source) && given(folder_source) {
            return Err(ConfigError::TwoPlaces);
        }
        // Whichever was said more strongly; the database where both stand in the same place, as data has a default.
        match url {
            Some(url) if strength(url_source) >= strength(folder_source) => {
                if !(url.starts_with("postgres://") || url.starts_with("postgresql://")) {
                    return Err(wrong(
                        "database",
                        &masked(url),
                        url_source,
                        "database; write it as postgres://user:password@host/database",
                    ));
                }
                Ok(Place::Database {
                    url: url.to_owned(),
                    schema: self.text("schema"),
                    max_connections: self
                        .parsed::<std::num::NonZeroUsize>("max_connections", "whole number above 0")?
                        .get(),
                    blobs: match self.text("blobs") {
                        None => BlobLocation::Folder("data/blobs".into()),
                        Some(_) => self.parsed(
                            "blobs",
                            "place for files; write a folder, or s3://bucket/prefix?endpoint=https://host&region=name",
                        )?,
                    },
                })
            }
            _ => Ok(Place::Folder(PathBuf::from(folder.unwrap_or_default()))),
        }
    }
}

fn strength(source: &Source) -> u8 {
    match source {
        Source::Default | Source::Command => 0,
        Source::File(_) => 1,
        Source::Environment(_) => 2,
        Source::Flag(_) => 3,
    }
}

fn wrong(name: &str, value: &str, source: &Source, wanted: &'static str) -> ConfigError {
    let source_name = source_name(name, source);
    ConfigError::Value { source_name, value: value.to_owned(), wanted }
}

fn source_name(name: &str, source: &Source) -> String {
    match source {
        Source::Default | Source::Command => name.to_owned(),
        Source::File(path) => format!("{}: {name}", path.display()),
        other => other.to_string(),
    }
}

/// Without the password: what stands between `user:` and `@`, and any `password=` among the parameters.
pub(crate) fn masked(url: &str) -> String {
    let mut shown = url.to_owned();
    if let (Some(start), Some(end)) = (url.find("://"), url.rfind('@'))
        && let Some(colon) = url.get(start + 3..end).and_then(|who| who.find(':'))
    {
        shown = format!("{}:…{}", &url[..start + 3 + colon], &url[end..]);
    }
    if let Some(start) = shown.find("password=") {
        let from = start + "password=".len();
        let to = shown[from..].find('&').map_or(shown.len(), |length| from + length);
        shown.replace_range(from..to, "…");
    }
    shown
}

/// The setting that a misspelt name may have meant.
fn nearest(name: &str) -> Option<String> {
    KEYS.iter()
        .map(|key| (distance(name, key.name), key.name))
        .min()
        .filter(|(far, _)| *far <= 3)
        .map(|(_, near)| near.to_owned())
}

/// How many letters must change (Levenshtein).
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, y) in b.iter().enumerate() {
            let change = diagonal + usize::from(x != *y);
            diagonal = row[j + 1];
            row[j + 1] = change.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row.last().copied().unwrap_or(0)
}

/// How the log looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogFormat {
    /// Human on a terminal, JSON elsewhere.
    Auto,
    /// For people.
    Human,
    /// One JSON object a line.
    Json,
}

impl FromStr for LogFormat {
    type Err = ();
    fn from_str(text: &str) -> Result<Self, ()> {
        match text {
            "auto" => Ok(Self::Auto),
            "human" => Ok(Self::Human),
            "json" => Ok(Self::Json),
            _ => Err(()),
        }
    }
}

/// Where the city lies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// In a folder of this machine.
    Folder(PathBuf),
    /// In PostgreSQL.
    Database {
        /// Where; may hold a password.
        url: String,
        /// The schema of this city.
        schema: Option<String>,
        /// Most connections.
        max_connections: usize,
        /// Where attached files lie.
        blobs: BlobLocation,
    },
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Folder(folder) => write!(f, "{}", folder.display()),
            Self::Database { url, .. } => f.write_str(&masked(url)),
        }
    }
}

/// Who must sign in with a second step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SecondFactor {
    /// Staff, but not in a sample city.
    Auto,
    /// Staff.
    Staff,
    /// Nobody who has not set one up.
    Nobody,
}

impl FromStr for SecondFactor {
    type Err = ();
    fn from_str(text: &str) -> Result<Self, ()> {
        match text {
            "auto" => Ok(Self::Auto),
            "staff" => Ok(Self::Staff),
            "nobody" => Ok(Self::Nobody),
            _ => Err(()),
        }
    }
}

impl Config {
    /// Where the master key comes from.
    pub fn key_source(&self) -> KeySource {
        match (&self.keys, &self.place) {
            (Some(source), _) => source.clone(),
            (None, Place::Folder(folder)) => KeySource::File(folder.join("master.key")),
            (None, Place::Database { .. }) => KeySource::File("data/master.key".into()),
        }
    }
}

/// The settings, read.
#[derive(Debug, Clone)]
pub struct Config {
    /// Where the master key comes from, if somebody has said.
    pub keys: Option<KeySource>,
    /// Who must sign in with a second step.
    pub second_factor: SecondFactor,
    /// Folder of the public log's key and fork guard; none where nobody has named one for a city in PostgreSQL.
    pub ledger: Option<PathBuf>,
    /// Which commands sign the public log, if none of the keys in that folder.
    pub signing: Signing,
    /// Who is asked to sign the public log beside the city.
    pub witnesses: Vec<WitnessAddress>,
    /// Where the city lies.
    pub place: Place,
    /// Where to serve.
    pub listen: SocketAddr,
    /// The address people type, if it is another.
    pub base_url: Option<String>,
    /// The city's name.
    pub city: LocalText,
    /// The zone in which times are told.
    pub zone: jiff::tz::TimeZone,
    /// Largest request, in bytes.
    pub max_body: usize,
    /// Certificate and key, where the server itself encrypts.
    pub tls: Option<(PathBuf, PathBuf)>,
    /// How often one address may do a thing, and which proxies are believed.
    pub limits: LimitRules,
    /// Most requests in work at once.
    pub max_in_work: usize,
    /// Most live streams at once.
    pub max_streams: usize,
    /// How long a request may take.
    pub patience: std::time::Duration,
    /// What is logged.
    pub log: String,
    /// How the log looks.
    pub log_format: LogFormat,
}

#[cfg(test)]
mod tests;
