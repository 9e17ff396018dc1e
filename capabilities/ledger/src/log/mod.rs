//! The formats of a transparency log, pure: no clock, no store, no network. Others' tools read and write the same ones.
//!
//! | module | source |
//! |---|---|
//! | `tree` | RFC 6962 section 2.1: hashes and proofs; RFC 9162 sections 2.1.3.2 and 2.1.4.2: how they are verified |
//! | `tiles` | C2SP tlog-tiles: tiles, their addresses, entry bundles |
//! | `note` | C2SP signed-note and the Ed25519 cosignatures of tlog-cosignature |
//! | `checkpoint` | C2SP tlog-checkpoint |
//! | `proof` | C2SP tlog-proof: a receipt that is verified offline |
//! | `submission` | C2SP tlog-witness: what a log sends to a witness, and what comes back |

pub mod checkpoint;
pub mod note;
pub mod proof;
pub mod submission;
pub mod tiles;
pub mod tree;

pub use checkpoint::Checkpoint;
pub use note::{Note, NoteError, Signature, SignerKey, VerifierKey};
pub use proof::{Receipt, ReceiptError, Verified};
pub use submission::Submission;
pub use tiles::{Address, Edge, TILE_WIDTH};
pub use tree::{Hash, Hashes, Mismatch, leaf_hash};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// Base 64 with padding, as all formats of C2SP write it.
pub fn base64(bytes: &[u8]) -> String {
    STANDARD.encode(bytes)
}

/// The bytes of such a text.
pub fn from_base64(text: &str) -> Option<Vec<u8>> {
    STANDARD.decode(text).ok()
}

/// The hash that a text of base 64 stands for.
pub fn hash_from_base64(text: &str) -> Option<Hash> {
    from_base64(text)?.try_into().ok()
}

/// A whole number without sign and leading zeroes, as the formats demand it.
pub(crate) fn decimal(text: &str) -> Option<u64> {
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    (digits && (text == "0" || !text.starts_with('0'))).then(|| text.parse().ok()).flatten()
}
