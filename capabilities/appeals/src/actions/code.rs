//! The tracking code on the receipt: whoever holds number and code may follow, appraise and withdraw the appeal.

use std::fmt;
use std::str::FromStr;

use gongzhi_kernel::AppealId;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

/// Crockford's alphabet: without I, L, O and U.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const LENGTH: usize = 10;

/// Ten characters of Crockford's base32, 50 random bits. Shown once on the receipt; the store keeps only a hash.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct TrackingCode([u8; LENGTH]);

/// Text that is no tracking code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a tracking code has ten letters and digits")]
pub struct BadCode;

impl TrackingCode {
    /// From random bytes, of which the first fifty bits count.
    pub fn from_bytes(bytes: [u8; 8]) -> Self {
        let mut bits = u64::from_be_bytes(bytes);
        Self(std::array::from_fn(|_| {
            let [top, ..] = bits.to_be_bytes();
            bits <<= 5;
            ALPHABET.get(usize::from(top >> 3)).copied().unwrap_or(b'0')
        }))
    }

    /// The code that follows from an idempotency key: the same key gets the same receipt again, though
    /// neither key nor code is kept. Without the salt nobody can find the code of a key that they guess.
    pub fn for_key(salt: &[u8; 16], key: &str) -> Self {
        let mut hash = Sha256::new();
        hash.update(b"gongzhi tracking code");
        hash.update(salt);
        hash.update(key.as_bytes());
        let mut bytes = [0; 8];
        for (to, from) in bytes.iter_mut().zip(hash.finalize()) {
            *to = from;
        }
        Self::from_bytes(bytes)
    }

    /// What the store keeps: SHA-256, salted with the number.
    pub fn hash(&self, appeal: AppealId) -> String {
        let mut hash = Sha256::new();
        hash.update(appeal.to_string().as_bytes());
        hash.update(self.0);
        hex(&hash.finalize())
    }

    /// Whether it is the code of this appeal; takes the same time for every wrong one.
    pub fn opens(&self, appeal: AppealId, kept: &str) -> bool {
        !kept.is_empty() && bool::from(self.hash(appeal).as_bytes().ct_eq(kept.as_bytes()))
    }
}

/// Hexadecimal, in small letters.
pub(crate) fn hex(bytes: &[u8]) -> String {
    use fmt::Write as _;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        // Writing to a string cannot fail.
        let _written = write!(text, "{byte:02x}");
        text
    })
}

impl fmt::Display for TrackingCode {
    /// As it is printed: two groups of five.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, byte) in self.0.iter().enumerate() {
            if at == LENGTH / 2 {
                f.write_str("-")?;
            }
            write!(f, "{}", char::from(*byte))?;
        }
        Ok(())
    }
}

impl fmt::Debug for TrackingCode {
    /// Never into a log.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TrackingCode(…)")
    }
}

impl FromStr for TrackingCode {
    type Err = BadCode;
    /// As people type it: small letters, blanks, hyphens, full width, and `I`, `L`, `O` for `1`, `1`, `0`.
    fn from_str(text: &str) -> Result<Self, BadCode> {
        let mut code = [0; LENGTH];
        let mut at = 0;
        for c in text.chars().filter(|c| !matches!(c, ' ' | '-' | '\u{3000}' | '－')) {
            let narrow = match u32::from(c) {
                wide @ 0xff01..=0xff5e => char::from_u32(wide - 0xfee0).unwrap_or(c),
                _ => c,
            };
            let known = match narrow.to_ascii_uppercase() {
                'I' | 'L' => b'1',
                'O' => b'0',
                upper => u8::try_from(upper).map_err(|_| BadCode)?,
            };
            if !ALPHABET.contains(&known) {
                return Err(BadCode);
            }
            *code.get_mut(at).ok_or(BadCode)? = known;
            at += 1;
        }
        if at == LENGTH { Ok(Self(code)) } else { Err(BadCode) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_reads_back_however_it_is_typed() {
        let code = TrackingCode::from_bytes([0x01, 0x23, 0x45, 0x67, 0x89, 0xab, 0xcd, 0xef]);
        let printed = code.to_string();
        assert_eq!(printed.len(), 11);
        let swapped = printed.replace('0', "o").replace('1', "l").to_lowercase();
        let wide: String = printed.chars().map(|c| char::from_u32(u32::from(c) + 0xfee0).unwrap()).collect();
        for typed in [&printed, &printed.replace('-', " "), &swapped, &wide] {
            assert_eq!(typed.parse(), Ok(code), "{typed}");
        }
        for wrong in ["", "ABCDE", "ABCDE-FGHJKM", "ABCDE-FGHJU", "ABCDE-FGH!K", "路路路路路路路路路路"]
        {
            assert_eq!(wrong.parse::<TrackingCode>(), Err(BadCode), "{wrong}");
        }
        assert_eq!(format!("{code:?}"), "TrackingCode(…)");
    }

    #[test]
    fn a_code_opens_its_own_appeal_only() {
        let code = TrackingCode::for_key(&[7; 16], "key");
        let [one, two] = [1, 2].map(|raw| AppealId::new(raw).unwrap());
        assert!(code.opens(one, &code.hash(one)));
        assert!(!code.opens(two, &code.hash(one)));
        assert!(!code.opens(one, ""));
        assert_eq!(code, TrackingCode::for_key(&[7; 16], "key"));
        assert_ne!(code, TrackingCode::for_key(&[8; 16], "key"));
    }

    #[test]
    fn all_fifty_bits_count() {
        let codes: std::collections::BTreeSet<String> = (0..50)
            .map(|bit| TrackingCode::from_bytes((1_u64 << (63 - bit)).to_be_bytes()).to_string())
            .collect();
        assert_eq!(codes.len(), 50);
    }
}
