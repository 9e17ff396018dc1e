//! The token that a form carries: proof that a page of this site was shown to whoever sends it.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

/// What only somebody who holds the secret of the cookie can know.
fn proof(secret: &str) -> [u8; 32] {
    let mut hash = Sha256::new();
    hash.update(b"gongzhi form token\0");
    hash.update(secret.as_bytes());
    hash.finalize().into()
}

/// The token, written differently with each mask: a compressed page that repeats what somebody typed must not let it be
/// guessed letter by letter from the length of the answer.
pub(crate) fn write(secret: &str, mask: [u8; 32]) -> String {
    let mut bytes = [0; 64];
    let (head, tail) = bytes.split_at_mut(32);
    head.copy_from_slice(&mask);
    for ((to, proof), mask) in tail.iter_mut().zip(proof(secret)).zip(mask) {
        *to = proof ^ mask;
    }
    URL_SAFE_NO_PAD.encode(bytes)
}

/// Whether a token belongs to this secret.
pub(crate) fn matches(secret: &str, given: &str) -> bool {
    let Ok(bytes) = URL_SAFE_NO_PAD.decode(given) else { return false };
    if bytes.len() != 64 {
        return false;
    }
    let (mask, masked) = bytes.split_at(32);
    let given: Vec<u8> = mask.iter().zip(masked).map(|(mask, masked)| mask ^ masked).collect();
    given.ct_eq(&proof(secret)).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_belongs_to_its_secret_whatever_its_mask() {
        let (one, other) = (write("secret", [1; 32]), write("secret", [2; 32]));
        assert_ne!(one, other);
        assert!(matches("secret", &one) && matches("secret", &other));
        assert!(!matches("another", &one));
        for bad in ["", "x", &one[1..], &one[..84], "%%%", &"A".repeat(86)] {
            assert!(!matches("secret", bad), "{bad}");
        }
    }
}
