//! The settings that exist.

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
    key(
        "keys",
        None,
        "where the master key lies that seals personal data: a file (made where there is none, 0600, never in a backup), or command:… that prints it; else `master.key` in the data folder",
    ),
    key(
        "second_factor",
        Some("auto"),
        "who must sign in with a second step: staff, nobody, or auto: staff, but not in a sample city",
    ),
    key(
        "ledger_signer",
        None,
        "command that signs the public log in the place of a key file (PKCS#11, KMS); see docs/LEDGER.md",
    ),
    key("ledger_signer_previous", None, "command that signed before it, while both sign"),
    key(
        "witnesses",
        None,
        "who signs the public log beside the city: key and address of each, separated by `;` or on lines of their own",
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
    key("tls_cert", None, "certificate chain (PEM), where no proxy stands in front; needs tls_key"),
    key("tls_key", None, "its private key (PEM)"),
    key(
        "trusted_proxies",
        None,
        "addresses and networks of proxies in front, such as 10.0.0.7, 172.16.0.0/12: whom they ask for (X-Forwarded-For) is believed",
    ),
    key(
        "limit_sign_in",
        Some("3/1m"),
        "sign-ins that fail, from one address: so many in so long, then one at a time; off for no limit",
    ),
    key("limit_writes", Some("600/1m"), "requests that change something, from one address"),
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
pub(super) const NO_SETTINGS: &[&str] =
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
