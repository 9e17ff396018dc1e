//! The settings of one process: from flags, the environment (`GONGZHI_*`), a TOML file, and defaults, in this order.
//! Each keeps where it came from, for `gongzhi config` and for errors that name the place to mend.

use std::collections::BTreeMap;
use std::fmt;
use std::net::{SocketAddr, ToSocketAddrs};
use std::path::{Path, PathBuf};
use std::str::FromStr;

use gongzhi_kernel::LocalText;
use gongzhi_store::blobs::BlobLocation;

/// One setting that exists.
#[derive(Debug, Clone, Copy)]
pub struct Key {
    /// Its name in the file; `GONGZHI_` and the name in capitals in the environment, `--` and hyphens as a flag.
    pub name: &'static str,
    /// What holds where nobody sets it; `None`: nothing.
    pub default: Option<&'static str>,
    /// Whether its value is never printed in full.
    pub secret: bool,
    /// What it does, in one line.
    pub help: &'static str,
}

const fn key(name: &'static str, default: Option<&'static str>, help: &'static str) -> Key {
    Key { name, default, secret: false, help }
}

/// All settings, in the order in which they are printed.
pub const KEYS: &[Key] = &[
    key("data", Some("data/city"), "folder of the embedded city"),
    Key {
        secret: true,
        ..key("database", None, "PostgreSQL instead: postgres://user:password@host/database")
    },
    key("schema", None, "schema of this city in the PostgreSQL database"),
    key("max_connections", Some("10"), "most connections to PostgreSQL"),
    key(
        "blobs",
        None,
        "attached files; only with PostgreSQL: a folder shared by all processes, or s3://bucket/prefix?endpoint=https://host",
    ),
    key(
        "ledger",
        None,
        "folder of the public log's key and fork guard, on one machine, never in a backup; else `ledger` in the data folder",
    ),
    key("listen", Some("127.0.0.1:8080"), "address and port to serve on"),
    key(
        "base_url",
        None,
        "the address people type, such as https://city.example; else http:// and the listen address",
    ),
    key("city", Some("共治"), "name of the city in Chinese"),
    key("city_en", Some("Gongzhi"), "name of the city in English"),
    key("zone", Some("Asia/Shanghai"), "time zone in which times are told"),
    key("max_body", Some("1048576"), "largest request, in bytes"),
    key("max_in_work", Some("1024"), "most requests in work at once; more are asked to come again"),
    key("max_streams", Some("4096"), "most live streams at once"),
    key("patience", Some("30"), "seconds after which a request is given up"),
    key(
        "log",
        Some("info"),
        "what is logged: error, warn, info, debug, trace, or per crate: info,gongzhi_store=debug",
    ),
    key("log_format", Some("auto"), "human, json, or auto: human on a terminal, json elsewhere"),
];

/// Variables of the environment that begin with `GONGZHI_` and are no settings.
const NO_SETTINGS: &[&str] =
    &["GONGZHI_CONFIG", "GONGZHI_UNSAFE_SYNCHRONOUS", "GONGZHI_TEST_POSTGRES", "GONGZHI_TEST_DATA"];

impl Key {
    /// Its name in the environment.
    pub fn variable(&self) -> String {
        format!("GONGZHI_{}", self.name.to_ascii_uppercase())
    }

    /// Its name as a flag.
    pub fn flag(&self) -> String {
        format!("--{}", self.name.replace('_', "-"))
    }
}

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
        const COUNT: &str = "whole number above 0";
        let count =
            |name| self.parsed::<std::num::NonZeroUsize>(name, COUNT).map(std::num::NonZeroUsize::get);
        let ledger = self.text("ledger").map(PathBuf::from).or_else(|| match &place {
            Place::Folder(folder) => Some(folder.join("ledger")),
            // A server has no folder of its own: the log is kept only where somebody says where its key lies.
            Place::Database { .. } => None,
        });
        Ok(Config {
            ledger,
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
    let source_name = match source {
        Source::Default | Source::Command => name.to_owned(),
        Source::File(path) => format!("{}: {name}", path.display()),
        other => other.to_string(),
    };
    ConfigError::Value { source_name, value: value.to_owned(), wanted }
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

/// The settings, read.
#[derive(Debug, Clone)]
pub struct Config {
    /// Folder of the public log's key and fork guard; none where nobody has named one for a city in PostgreSQL.
    pub ledger: Option<PathBuf>,
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
mod tests {
    use super::*;

    fn inputs(flag: Option<&str>, variable: Option<&str>, file: Option<&str>) -> Inputs {
        let mut inputs = Inputs::default();
        if let Some(value) = flag {
            inputs.flags.insert("listen", value.to_owned());
        }
        if let Some(value) = variable {
            inputs.environment.insert("GONGZHI_LISTEN".to_owned(), value.to_owned());
        }
        inputs.file = file.map(|text| (PathBuf::from("gongzhi.toml"), text.to_owned()));
        inputs
    }

    #[test]
    fn the_command_line_beats_the_environment_beats_the_file() {
        let file = Some("listen = \"127.0.0.1:1\"");
        for (flag, variable, file, port, source) in [
            (Some("127.0.0.1:3"), Some("127.0.0.1:2"), file, 3, "--listen"),
            (None, Some("127.0.0.1:2"), file, 2, "GONGZHI_LISTEN"),
            (None, None, file, 1, "gongzhi.toml"),
            (None, Some(""), file, 1, "gongzhi.toml"),
            (None, None, None, 8080, "default"),
        ] {
            let settings = Settings::resolve(inputs(flag, variable, file)).unwrap();
            assert_eq!(settings.config().unwrap().listen.port(), port);
            let (_, _, from) = settings.listed().find(|(key, _, _)| key.name == "listen").unwrap();
            assert_eq!(from.to_string(), source);
        }
    }

    #[test]
    fn a_misspelt_setting_is_named_with_what_it_may_have_meant() {
        let error = Settings::resolve(inputs(None, None, Some("lisen = \"x\""))).unwrap_err();
        assert!(error.to_string().contains("did you mean `listen`?"), "{error}");
        let error = Settings::resolve(inputs(None, None, Some("listen = ["))).unwrap_err();
        assert!(error.to_string().starts_with("cannot read the settings in gongzhi.toml"), "{error}");
        let settings = Settings::resolve(Inputs {
            environment: [("GONGZHI_LISEN".to_owned(), "x".to_owned())].into(),
            ..Inputs::default()
        });
        assert_eq!(settings.unwrap().unknown_variables, ["GONGZHI_LISEN"]);
    }

    #[test]
    fn a_wrong_value_names_its_place() {
        let at = |flag, variable, file| {
            Settings::resolve(inputs(flag, variable, file)).unwrap().config().unwrap_err().to_string()
        };
        assert!(at(Some("nowhere"), None, None).starts_with("--listen: `nowhere` is no address"));
        assert!(at(None, Some("x"), None).starts_with("GONGZHI_LISTEN: `x`"));
        assert!(at(None, None, Some("max_body = 0")).starts_with("gongzhi.toml: max_body: `0`"));
        assert!(at(None, None, Some("zone = \"Moon\"")).contains("Asia/Shanghai"));
        assert!(at(None, None, Some("base_url = \"city.example\"")).contains("https://city.example"));
    }

    #[test]
    fn the_place_said_more_strongly_holds_and_passwords_stay_hidden() {
        let url = "postgres://u:secret@h/db?password=other&x=1";
        let mut with = Inputs {
            environment: [("GONGZHI_DATABASE".to_owned(), url.to_owned())].into(),
            ..Inputs::default()
        };
        let settings =
            Settings::resolve(Inputs { environment: with.environment.clone(), ..Inputs::default() }).unwrap();
        assert!(matches!(settings.config().unwrap().place, Place::Database { .. }));
        let shown: String = settings.listed().map(|(_, value, _)| value.unwrap_or_default()).collect();
        assert!(
            !shown.contains("secret") && !shown.contains("other") && shown.contains("postgres://u:…@h/db"),
            "{shown}"
        );

        with.flags.insert("data", "here".to_owned());
        let settings = Settings::resolve(Inputs {
            environment: with.environment,
            flags: with.flags.clone(),
            ..Inputs::default()
        });
        assert_eq!(settings.unwrap().config().unwrap().place, Place::Folder("here".into()));

        with.flags.insert("database", url.to_owned());
        let both = Settings::resolve(Inputs { flags: with.flags, ..Inputs::default() }).unwrap();
        assert_eq!(both.config().unwrap_err(), ConfigError::TwoPlaces);
    }
}
