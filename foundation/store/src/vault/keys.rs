//! Where the master key comes from.

use std::fmt;
use std::io::{Read, Write};
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::str::FromStr;

use gongzhi_kernel::World;

use super::VaultError;

/// 32 bytes that are never printed.
#[derive(Clone)]
pub struct MasterKey([u8; 32]);

impl fmt::Debug for MasterKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MasterKey(…)")
    }
}

impl MasterKey {
    /// These bytes.
    pub fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    pub(super) fn bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// As it stands in a file: one line of 64 hexadecimal digits.
    fn line(&self) -> String {
        self.0.iter().map(|byte| format!("{byte:02x}")).collect::<String>() + "\n"
    }

    fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        if text.len() != 64 || !text.is_ascii() {
            return None;
        }
        let mut bytes = [0; 32];
        for (at, byte) in bytes.iter_mut().enumerate() {
            *byte = u8::from_str_radix(text.get(2 * at..2 * at + 2)?, 16).ok()?;
        }
        Some(Self(bytes))
    }
}

/// Where the master key of a city comes from.
#[derive(Debug, Clone)]
pub enum KeySource {
    /// A file that only its owner may read; made where there is none and nothing is sealed yet.
    File(PathBuf),
    /// What a command prints: the way to a key service or a hardware module.
    Command(String),
    /// A key at hand, for tests and samples in memory.
    Given(MasterKey),
}

impl FromStr for KeySource {
    type Err = std::convert::Infallible;

    /// `command:…`, else a file.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Ok(match text.strip_prefix("command:") {
            Some(command) => Self::Command(command.trim().to_owned()),
            None => Self::File(text.into()),
        })
    }
}

impl fmt::Display for KeySource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(file) => write!(f, "{}", file.display()),
            Self::Command(_) => f.write_str("the key command"),
            Self::Given(_) => f.write_str("the given key"),
        }
    }
}

impl KeySource {
    /// The key. `known` says that the city has sealed data already: then no new key is made.
    pub(super) fn master(&self, known: bool, world: &World) -> Result<MasterKey, VaultError> {
        match self {
            Self::Given(key) => Ok(key.clone()),
            Self::Command(command) => run(command),
            Self::File(file) => {
                let failed = |why: String| VaultError::File { file: file.display().to_string(), why };
                match std::fs::File::open(file) {
                    Ok(mut open) => {
                        use std::os::unix::fs::PermissionsExt as _;
                        let meta = open.metadata().map_err(|error| failed(error.to_string()))?;
                        if meta.permissions().mode() & 0o077 != 0 {
                            return Err(failed(
                                "others may read it; take that away with chmod 600".to_owned(),
                            ));
                        }
                        let mut text = String::new();
                        Read::take(&mut open, 1024)
                            .read_to_string(&mut text)
                            .map_err(|error| failed(error.to_string()))?;
                        MasterKey::parse(&text)
                            .ok_or_else(|| failed("it does not hold 64 hexadecimal digits".to_owned()))
                    }
                    Err(error) if error.kind() == std::io::ErrorKind::NotFound && known => {
                        Err(VaultError::Missing { file: file.display().to_string() })
                    }
                    Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                        make(file, world).map_err(|error| failed(error.to_string()))
                    }
                    Err(error) => Err(failed(error.to_string())),
                }
            }
        }
    }
}

/// Makes a key in a new file. The file and its name are on the disk before anything is sealed with it.
fn make(file: &std::path::Path, world: &World) -> std::io::Result<MasterKey> {
    use std::os::unix::fs::OpenOptionsExt as _;
    let mut bytes = [0; 32];
    world.entropy.fill(&mut bytes);
    let key = MasterKey::new(bytes);
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty());
    let folder = folder.unwrap_or_else(|| std::path::Path::new("."));
    std::fs::create_dir_all(folder)?;
    let mut new = std::fs::File::options().write(true).create_new(true).mode(0o600).open(file)?;
    new.write_all(key.line().as_bytes())?;
    new.sync_all()?;
    std::fs::File::open(folder)?.sync_all()?;
    Ok(key)
}

fn run(command: &str) -> Result<MasterKey, VaultError> {
    let failed = |why: String| VaultError::Command { why };
    let output = Command::new("/bin/sh")
        .args(["-c", command])
        .stdin(Stdio::null())
        .stderr(Stdio::inherit())
        .output()
        .map_err(|error| failed(error.to_string()))?;
    if !output.status.success() {
        return Err(failed(format!("it ended with {}", output.status)));
    }
    std::str::from_utf8(&output.stdout)
        .ok()
        .and_then(MasterKey::parse)
        .ok_or_else(|| failed("it must print 64 hexadecimal digits".to_owned()))
}

/// Bytes as text, in the alphabet that needs no escaping.
pub(super) fn base64(bytes: &[u8]) -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(bytes)
}

pub(super) fn unbase64(text: &str) -> Option<Vec<u8>> {
    use base64::Engine as _;
    base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(text).ok()
}
