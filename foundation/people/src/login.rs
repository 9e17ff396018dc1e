//! Sign-in names and telephones in the one form in which they are kept and compared.

use sha2::{Digest, Sha256};

/// Full-width letters, digits and signs of a Chinese keyboard as their plain ones.
fn narrow(c: char) -> char {
    match c {
        '\u{3000}' => ' ',
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
        _ => c,
    }
}

/// A sign-in name in the form in which it is kept: without blanks around it, narrow, in small letters; letters (汉字
/// too), digits and `. _ - @ +`, 2 to 64 of them. `None` where it cannot be one.
pub fn fold_login(typed: &str) -> Option<String> {
    let folded: String = typed.trim().chars().map(narrow).flat_map(char::to_lowercase).collect();
    let length = folded.chars().count();
    let usable = folded.chars().all(|c| c.is_alphanumeric() || matches!(c, '.' | '_' | '-' | '@' | '+'));
    ((2..=64).contains(&length) && usable).then_some(folded)
}

/// A telephone in the form in which it is kept: 5 to 20 digits, `+` before them if typed. `None` where it cannot be one.
pub fn fold_phone(typed: &str) -> Option<String> {
    let folded: String = typed.chars().map(narrow).filter(|c| !matches!(c, ' ' | '-' | '(' | ')')).collect();
    let digits = folded.strip_prefix('+').unwrap_or(&folded);
    ((5..=20).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit())).then_some(folded)
}

/// What stands for a sign-in name where failures are counted. What was typed may be a password in the wrong field,
/// so it is not kept; even what cannot be a sign-in name is counted.
pub(crate) fn login_digest(typed: &str) -> String {
    let folded: String = typed.trim().chars().take(200).map(narrow).flat_map(char::to_lowercase).collect();
    Sha256::digest(folded.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_login_is_found_however_it_was_typed() {
        for typed in ["Wang.Lei", " wang.lei ", "ＷＡＮＧ．ｌｅｉ"] {
            assert_eq!(fold_login(typed).as_deref(), Some("wang.lei"), "{typed}");
        }
        assert_eq!(fold_login("王磊").as_deref(), Some("王磊"));
        for bad in ["", "x", "two words", "semi;colon", &"a".repeat(65)] {
            assert_eq!(fold_login(bad), None, "{bad}");
        }
        assert_eq!(login_digest(" Wang.Lei"), login_digest("wang.lei"));
    }

    #[test]
    fn a_phone_is_digits() {
        assert_eq!(fold_phone("010-6512 0000").as_deref(), Some("01065120000"));
        assert_eq!(fold_phone("＋86 138 0000 0000").as_deref(), Some("+8613800000000"));
        for bad in ["", "1234", "12345x", "+", "123456789012345678901"] {
            assert_eq!(fold_phone(bad), None, "{bad}");
        }
    }
}
