//! Codes of an authenticator app (RFC 6238: 30 seconds, 6 digits, HMAC-SHA-1, which is what every app can do).

use gongzhi_kernel::Timestamp;
use ring::hmac;

/// Seconds for which a code is good.
const STEP: i64 = 30;
/// Bytes of a secret: as many as the hash gives (RFC 4226, 4).
pub(crate) const SECRET: usize = 20;

/// The step of a moment.
fn step_of(at: Timestamp) -> i64 {
    at.as_micros().div_euclid(1_000_000).div_euclid(STEP)
}

/// The code of a step (RFC 4226, 5.3).
fn code(secret: &[u8], step: i64) -> u32 {
    let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, secret);
    let hash = hmac::sign(&key, &step.to_be_bytes());
    let hash = hash.as_ref();
    let offset = usize::from(hash.last().copied().unwrap_or(0) & 0xf);
    let four =
        hash.get(offset..offset + 4).and_then(|four| <[u8; 4]>::try_from(four).ok()).unwrap_or_default();
    (u32::from_be_bytes(four) & 0x7fff_ffff) % 1_000_000
}

/// The step whose code was typed: the present one or a neighbour, as clocks differ, and later than the last one that was
/// used, so that nobody can use a code again who has looked over a shoulder.
pub(crate) fn matched(secret: &[u8], typed: &str, now: Timestamp, last: i64) -> Option<i64> {
    let digits: String = typed.chars().filter(|c| !c.is_whitespace()).collect();
    let present = step_of(now);
    let mut found = None;
    // All three are looked at whichever fits.
    for step in present - 1..=present + 1 {
        let right = format!("{:06}", code(secret, step));
        if same(right.as_bytes(), digits.as_bytes()) && step > last {
            found = Some(step);
        }
    }
    found
}

/// Whether two texts are the same, in a time that does not tell where they differ.
pub(crate) fn same(a: &[u8], b: &[u8]) -> bool {
    a.len() == b.len() && a.iter().zip(b).fold(0, |sum, (a, b)| sum | (a ^ b)) == 0
}

/// A secret as apps take it (RFC 4648 base32, without padding).
pub(crate) fn base32(bytes: &[u8]) -> String {
    const ALPHABET: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    let mut text = String::new();
    let (mut held, mut bits) = (0_u32, 0);
    for byte in bytes {
        held = (held << 8) | u32::from(*byte);
        bits += 8;
        while bits >= 5 {
            bits -= 5;
            let place = usize::try_from((held >> bits) & 31).unwrap_or(0);
            text.push(char::from(ALPHABET[place]));
        }
        held &= (1 << bits) - 1;
    }
    if bits > 0 {
        let place = usize::try_from((held << (5 - bits)) & 31).unwrap_or(0);
        text.push(char::from(ALPHABET[place]));
    }
    text
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    const RFC: &[u8] = b"12345678901234567890";

    /// RFC 6238, appendix B (its eight digits end in these six), and RFC 4226, appendix D.
    #[test]
    fn the_published_codes_come_out() {
        for (seconds, wanted) in [
            (59, 287_082),
            (1_111_111_109, 81_804),
            (1_111_111_111, 50_471),
            (1_234_567_890, 5_924),
            (2_000_000_000, 279_037),
            (20_000_000_000, 353_130),
        ] {
            let at = Timestamp::EPOCH + Duration::from_secs(seconds);
            assert_eq!(code(RFC, step_of(at)), wanted, "{seconds}");
        }
        let counted: Vec<u32> = (0..4).map(|step| code(RFC, step)).collect();
        assert_eq!(counted, [755_224, 287_082, 359_152, 969_429]);
    }

    #[test]
    fn a_code_is_good_once_and_for_a_minute_and_a_half() {
        let at = |seconds: u64| Timestamp::EPOCH + Duration::from_secs(seconds);
        assert_eq!(matched(RFC, "287 082", at(59), 0), Some(1));
        assert_eq!(matched(RFC, "287082", at(89), 0), Some(1));
        assert_eq!(matched(RFC, "287082", at(15), 0), Some(1));
        assert_eq!(matched(RFC, "287082", at(90), 0), None);
        assert_eq!(matched(RFC, "287082", at(59), 1), None);
        for bad in ["", "28708", "2870822", "287083", "２８７０８２"] {
            assert_eq!(matched(RFC, bad, at(59), 0), None, "{bad}");
        }
    }

    /// RFC 4648, 10, without padding.
    #[test]
    fn secrets_are_written_as_apps_read_them() {
        for (plain, text) in [
            ("", ""),
            ("f", "MY"),
            ("fo", "MZXQ"),
            ("foo", "MZXW6"),
            ("foob", "MZXW6YQ"),
            ("fooba", "MZXW6YTB"),
        ] {
            assert_eq!(base32(plain.as_bytes()), text);
        }
    }
}
