//! Where a witness is asked, and what comes of it.

use std::fmt;
use std::str::FromStr;

use gongzhi_kernel::Timestamp;

use crate::log::{NoteError, VerifierKey};

/// A witness that a city asks: its key, and the address before `/add-checkpoint`. No other host is ever asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WitnessAddress {
    /// Its public key.
    pub key: VerifierKey,
    /// Its address, without a slash at the end.
    pub url: String,
}

/// Why a text names no witness.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AddressError {
    /// It is not a key and an address.
    #[error("a witness is written as its key, a space, and its address")]
    Parts,
    /// The key is none.
    #[error(transparent)]
    Key(#[from] NoteError),
    /// The key is that of a log.
    #[error("this is the key of a log; that of a witness signs with its time (type 4)")]
    OfLog,
    /// The address is none.
    #[error("the address of a witness begins with https:// or http:// and has no user, query or fragment")]
    Url,
}

impl FromStr for WitnessAddress {
    type Err = AddressError;

    fn from_str(text: &str) -> Result<Self, AddressError> {
        let (key, url) = text.trim().split_once(char::is_whitespace).ok_or(AddressError::Parts)?;
        let key: VerifierKey = key.parse()?;
        if !key.is_witness() {
            return Err(AddressError::OfLog);
        }
        let url = url.trim().trim_end_matches('/');
        let host = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"));
        let plain = host.is_some_and(|host| {
            !host.is_empty() && !host.starts_with('/') && !host.contains(['@', '?', '#', ' ', '\t'])
        });
        if plain { Ok(Self { key, url: url.to_owned() }) } else { Err(AddressError::Url) }
    }
}

impl fmt::Display for WitnessAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.key, self.url)
    }
}

/// Why a witness does not stand behind the newest checkpoint. None of it holds the log up.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Trouble {
    /// No answer in time.
    #[error("it has not answered within {0} seconds")]
    Silent(u64),
    /// No connection.
    #[error("it cannot be reached: {0}")]
    Unreachable(String),
    /// 404.
    #[error("it does not follow this log: give it the key of the log")]
    UnknownLog,
    /// 403.
    #[error("it knows this log by another key")]
    UnknownKey,
    /// 409 with a size beyond ours.
    #[error(
        "it has signed {theirs} entries of this log, and only {ours} were signed here: an older state was restored, or somebody else signs with the key of this log"
    )]
    Ahead {
        /// How many it has signed.
        theirs: u64,
        /// How many were signed here.
        ours: u64,
    },
    /// 409 with the very size that was sent.
    #[error("it has signed another root for the same {size} entries: this log was forked")]
    OtherRoot {
        /// How many entries.
        size: u64,
    },
    /// 422.
    #[error(
        "it says that the first {size} entries are not those that it has signed: this log was forked, or it lies"
    )]
    OtherHistory {
        /// How many it has signed.
        size: u64,
    },
    /// 200 without its signature.
    #[error("it has answered without a signature of its own")]
    Unsigned,
    /// A signature that is false.
    #[error("its signature is false: it lies, or somebody answers in its place")]
    False,
    /// A signature from the future.
    #[error("its signature is dated {0} seconds ahead of the clock here")]
    Early(u64),
    /// A signature older than the one before.
    #[error("its signature is older than the one that it gave before: an old answer is shown again")]
    Late,
    /// Another status.
    #[error("it answers with status {0}")]
    Status(u16),
    /// Not what the protocol says.
    #[error("its answer cannot be read: {0}")]
    Unreadable(&'static str),
}

impl Trouble {
    /// A short word for metrics.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Silent(_) => "silent",
            Self::Unreachable(_) => "unreachable",
            Self::UnknownLog => "unknown_log",
            Self::UnknownKey => "unknown_key",
            Self::Ahead { .. } => "ahead",
            Self::OtherRoot { .. } => "other_root",
            Self::OtherHistory { .. } => "other_history",
            Self::Unsigned => "unsigned",
            Self::False => "false",
            Self::Early(_) => "early",
            Self::Late => "late",
            Self::Status(_) => "status",
            Self::Unreadable(_) => "unreadable",
        }
    }
}

/// How a witness stands to the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WitnessStanding {
    /// Its name.
    pub name: String,
    /// How many entries it has signed.
    pub size: u64,
    /// When it signed them.
    pub at: Option<Timestamp>,
    /// What keeps it from signing more.
    pub trouble: Option<Trouble>,
}
