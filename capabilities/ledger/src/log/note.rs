//! Signed notes (C2SP signed-note) with Ed25519 keys, and the timestamped cosignatures of witnesses (tlog-cosignature).
//! The type of a signature stands in its key, so that further types can be added beside these two.

use std::fmt;
use std::str::FromStr;

use ed25519_dalek::{Signer as _, SigningKey, VerifyingKey};
use sha2::{Digest, Sha256};

use super::{base64, from_base64};

/// Type of an ordinary Ed25519 signature over the text.
const ED25519: u8 = 1;
/// Type of an Ed25519 cosignature with its time.
const COSIGNATURE: u8 = 4;
/// Most signatures that are looked at; a note has to have at least 16 of them accepted.
const SIGNATURES: usize = 64;
/// Largest note that is read, in bytes.
pub const NOTE_LIMIT: usize = 1 << 20;

/// What is wrong with a note or a key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoteError {
    /// It is not written as a note is.
    #[error("this is no signed note: {0}")]
    Malformed(&'static str),
    /// A text that is no key.
    #[error("this is no key of a log or witness: {0}")]
    Key(&'static str),
    /// Nobody whose key is known has signed it.
    #[error("it is not signed by {0}")]
    Unsigned(String),
    /// The signature of a known key is false.
    #[error("the signature of {0} is false: the text was changed, or somebody else signed it")]
    False(String),
}

/// The short mark of a key: SHA-256(name ‖ 0x0A ‖ type ‖ key), the first four bytes.
fn key_id(name: &str, kind: u8, key: &[u8; 32]) -> [u8; 4] {
    let mut hash = Sha256::new();
    hash.update(name.as_bytes());
    hash.update([b'\n', kind]);
    hash.update(key);
    let digest: [u8; 32] = hash.finalize().into();
    [digest[0], digest[1], digest[2], digest[3]]
}

fn hex(id: [u8; 4]) -> String {
    format!("{:08x}", u32::from_be_bytes(id))
}

/// Whether a key may have this name: no spaces, no plus, no control characters.
pub fn is_name(name: &str) -> bool {
    !name.is_empty() && !name.chars().any(|c| c.is_whitespace() || c.is_control() || c == '+')
}

/// The public key of a log or a witness, with its name: `name+id+key`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerifierKey {
    name: String,
    kind: u8,
    key: VerifyingKey,
}

impl VerifierKey {
    /// The key of a log from its 32 bytes.
    pub fn of_log(name: &str, key: &[u8; 32]) -> Result<Self, NoteError> {
        if !is_name(name) {
            return Err(NoteError::Key("its name is empty or has spaces in it"));
        }
        let key = VerifyingKey::from_bytes(key)
            .map_err(|_| NoteError::Key("its bytes are no point of the curve"))?;
        Ok(Self { name: name.to_owned(), kind: ED25519, key })
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Whether it is that of a witness: its signatures carry their time.
    pub fn is_witness(&self) -> bool {
        self.kind == COSIGNATURE
    }

    /// The short mark.
    pub fn id(&self) -> [u8; 4] {
        key_id(&self.name, self.kind, self.key.as_bytes())
    }

    /// The 32 bytes of the key.
    pub fn bytes(&self) -> [u8; 32] {
        self.key.to_bytes()
    }

    /// Verifies this key's signature of a note; for a witness, when it signed, in seconds since 1970.
    pub fn verify(&self, note: &Note) -> Result<Option<u64>, NoteError> {
        let mine = |signature: &&Signature| signature.name == self.name && signature.id == self.id();
        let Some(signature) = note.signatures.iter().find(mine) else {
            return Err(NoteError::Unsigned(self.name.clone()));
        };
        let wrong = || NoteError::False(self.name.clone());
        let (time, bytes) = if self.is_witness() {
            let (time, bytes) = signature.bytes.split_first_chunk::<8>().ok_or_else(wrong)?;
            (Some(u64::from_be_bytes(*time)), bytes)
        } else {
            (None, signature.bytes.as_slice())
        };
        let bytes = ed25519_dalek::Signature::from_slice(bytes).map_err(|_| wrong())?;
        let message = time.map_or_else(|| note.text.clone(), |time| cosigned(time, &note.text));
        self.key.verify_strict(message.as_bytes(), &bytes).map_err(|_| wrong())?;
        Ok(time)
    }
}

impl FromStr for VerifierKey {
    type Err = NoteError;

    fn from_str(text: &str) -> Result<Self, NoteError> {
        let mut parts = text.splitn(3, '+');
        let (Some(name), Some(id), Some(key)) = (parts.next(), parts.next(), parts.next()) else {
            return Err(NoteError::Key("it has three parts, name+mark+key"));
        };
        if !is_name(name) {
            return Err(NoteError::Key("its name is empty or has spaces in it"));
        }
        let bytes = from_base64(key).ok_or(NoteError::Key("its last part is not base 64"))?;
        let Some((&kind, material)) = bytes.split_first() else {
            return Err(NoteError::Key("its last part is empty"));
        };
        if kind != ED25519 && kind != COSIGNATURE {
            return Err(NoteError::Key("its type is neither Ed25519 (1) nor a cosignature of Ed25519 (4)"));
        }
        let material: &[u8; 32] =
            material.try_into().map_err(|_| NoteError::Key("a key of Ed25519 has 32 bytes"))?;
        let key = VerifyingKey::from_bytes(material)
            .map_err(|_| NoteError::Key("its bytes are no point of the curve"))?;
        let found = Self { name: name.to_owned(), kind, key };
        if hex(found.id()) != id {
            return Err(NoteError::Key("its mark does not fit its name and key: it was copied wrongly"));
        }
        Ok(found)
    }
}

impl fmt::Display for VerifierKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let material = [&[self.kind], self.key.as_bytes().as_slice()].concat();
        write!(f, "{}+{}+{}", self.name, hex(self.id()), base64(&material))
    }
}

/// The secret key of a log or a witness, with its name. Never printed but by [`SignerKey::secret_text`].
#[derive(Clone)]
pub struct SignerKey {
    name: String,
    kind: u8,
    key: SigningKey,
}

impl fmt::Debug for SignerKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SignerKey({})", self.verifier())
    }
}

impl SignerKey {
    /// The key of a log from 32 random bytes.
    pub fn of_log(name: &str, seed: &[u8; 32]) -> Result<Self, NoteError> {
        Self::new(name, ED25519, seed)
    }

    /// The key of a witness from 32 random bytes.
    pub fn of_witness(name: &str, seed: &[u8; 32]) -> Result<Self, NoteError> {
        Self::new(name, COSIGNATURE, seed)
    }

    fn new(name: &str, kind: u8, seed: &[u8; 32]) -> Result<Self, NoteError> {
        if !is_name(name) {
            return Err(NoteError::Key("its name is empty or has spaces in it"));
        }
        Ok(Self { name: name.to_owned(), kind, key: SigningKey::from_bytes(seed) })
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The public half.
    pub fn verifier(&self) -> VerifierKey {
        VerifierKey { name: self.name.clone(), kind: self.kind, key: self.key.verifying_key() }
    }

    /// The secret as it stands in its file: `PRIVATE+KEY+name+mark+key`, the form of Go's note package.
    pub fn secret_text(&self) -> String {
        let material = [&[self.kind], self.key.as_bytes().as_slice()].concat();
        format!("PRIVATE+KEY+{}+{}+{}", self.name, hex(self.verifier().id()), base64(&material))
    }

    /// Signs a text that ends with a line feed. `at` is the time of a witness, in seconds since 1970; a log gives none away.
    pub fn sign(&self, text: &str, at: u64) -> Signature {
        let bytes = if self.kind == COSIGNATURE {
            let signature = self.key.sign(cosigned(at, text).as_bytes());
            [at.to_be_bytes().as_slice(), &signature.to_bytes()].concat()
        } else {
            self.key.sign(text.as_bytes()).to_bytes().to_vec()
        };
        Signature { name: self.name.clone(), id: self.verifier().id(), bytes }
    }
}

impl FromStr for SignerKey {
    type Err = NoteError;

    fn from_str(text: &str) -> Result<Self, NoteError> {
        let rest = text
            .trim_end()
            .strip_prefix("PRIVATE+KEY+")
            .ok_or(NoteError::Key("a secret key begins with PRIVATE+KEY+"))?;
        let mut parts = rest.splitn(3, '+');
        let (Some(name), Some(id), Some(key)) = (parts.next(), parts.next(), parts.next()) else {
            return Err(NoteError::Key("it has three parts, name+mark+key"));
        };
        let bytes = from_base64(key).ok_or(NoteError::Key("its last part is not base 64"))?;
        let (kind, seed) = match bytes.split_first() {
            Some((&kind, seed)) if kind == ED25519 || kind == COSIGNATURE => (kind, seed),
            _ => return Err(NoteError::Key("its type is neither Ed25519 (1) nor a cosignature (4)")),
        };
        let seed: &[u8; 32] = seed.try_into().map_err(|_| NoteError::Key("a key of Ed25519 has 32 bytes"))?;
        let found = Self::new(name, kind, seed)?;
        if hex(found.verifier().id()) != id {
            return Err(NoteError::Key("its mark does not fit its name and key: it was copied wrongly"));
        }
        Ok(found)
    }
}

/// What a witness signs.
fn cosigned(time: u64, text: &str) -> String {
    format!("cosignature/v1\ntime {time}\n{text}")
}

/// One line under a note.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signature {
    /// The name of the key.
    pub name: String,
    /// Its short mark.
    pub id: [u8; 4],
    /// What the key has made of the text; for a cosignature the time stands before it.
    pub bytes: Vec<u8>,
}

impl Signature {
    /// Reads one line, without its line feed.
    pub fn parse(line: &str) -> Result<Self, NoteError> {
        let bad = NoteError::Malformed("a line of a signature is not `— name signature`");
        let Some((name, signature)) = line.strip_prefix("— ").and_then(|rest| rest.split_once(' ')) else {
            return Err(bad);
        };
        let bytes = from_base64(signature).ok_or_else(|| bad.clone())?;
        let Some((id, bytes)) = bytes.split_first_chunk::<4>().filter(|_| is_name(name)) else {
            return Err(bad);
        };
        Ok(Self { name: name.to_owned(), id: *id, bytes: bytes.to_vec() })
    }
}

impl fmt::Display for Signature {
    /// Without a line feed.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "— {} {}", self.name, base64(&[self.id.as_slice(), &self.bytes].concat()))
    }
}

/// A text and who has signed it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// The text, with its last line feed.
    pub text: String,
    /// The lines under it.
    pub signatures: Vec<Signature>,
}

impl Note {
    /// Reads a note; nothing in it is verified yet.
    pub fn parse(note: &str) -> Result<Self, NoteError> {
        if note.len() > NOTE_LIMIT {
            return Err(NoteError::Malformed("it is larger than a megabyte"));
        }
        if note.chars().any(|c| c < ' ' && c != '\n') {
            return Err(NoteError::Malformed("it has control characters in it"));
        }
        let (body, lines) =
            note.rsplit_once("\n\n").ok_or(NoteError::Malformed("no empty line before the signatures"))?;
        let lines =
            lines.strip_suffix('\n').ok_or(NoteError::Malformed("it does not end with a line feed"))?;
        let signatures: Vec<Signature> =
            lines.split('\n').take(SIGNATURES + 1).map(Signature::parse).collect::<Result<_, _>>()?;
        if signatures.len() > SIGNATURES {
            return Err(NoteError::Malformed("it has more than 64 signatures"));
        }
        Ok(Self { text: format!("{body}\n"), signatures })
    }

    /// Which of these witnesses have signed it, each with when, in seconds since 1970. A false signature of one of them is
    /// an error; one that is missing is not.
    pub fn witnessed_by(&self, witnesses: &[VerifierKey]) -> Result<Vec<(String, u64)>, NoteError> {
        let mut seen = Vec::new();
        for witness in witnesses {
            match witness.verify(self) {
                Ok(time) => seen.push((witness.name().to_owned(), time.unwrap_or_default())),
                Err(NoteError::Unsigned(_)) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(seen)
    }
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.text)?;
        for signature in &self.signatures {
            writeln!(f, "{signature}")?;
        }
        Ok(())
    }
}
