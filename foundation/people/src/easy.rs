//! Passwords that are tried first: common words, ways over the keyboard, dates, telephones, repetitions.
//!
//! No rule asks for kinds of characters: they make people write `Password1!`. What helps is that a password is long and
//! that nobody tries it early (NIST SP 800-63B, 3.1.1.2).

/// Common words, one or more a line; `#` begins a comment.
const WORDS: &str = include_str!("../data/easy-words.txt");

/// Ways over the keyboard and through the alphabet.
const WALKS: [&str; 10] = [
    "abcdefghijklmnopqrstuvwxyz",
    "01234567890",
    "qwertyuiop[]",
    "asdfghjkl;'",
    "zxcvbnm,./",
    "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9ol0p",
    "qazwsxedcrfvtgbyhnujmikolp",
    "1q2w3e4r5t6y7u8i9o0p",
    "q1w2e3r4t5y6u7i8o9p0",
    "a1b2c3d4e5f6g7h8i9",
];

/// Numbers that people love: 我爱你一生一世 and the like.
const NUMBERS: [&str; 12] = [
    "5201314",
    "1314520",
    "5211314",
    "147258369",
    "123321",
    "112233",
    "11223344",
    "159357",
    "741852963",
    "789456123",
    "168168168",
    "686868",
];

/// Whether a password is one of those that are tried first, or little more than the sign-in name.
pub(crate) fn is_too_easy(password: &str, login: Option<&str>) -> bool {
    let lower = password.to_lowercase();
    let characters: Vec<char> = lower.chars().collect();
    is_repetition(&characters)
        || is_of_walks(&lower)
        || is_of_digits(&lower)
        || is_word(&lower)
        || login.is_some_and(|login| lower.contains(login) && characters.len() < login.chars().count() + 5)
}

/// Fewer than four different characters, or one short piece over and over.
fn is_repetition(characters: &[char]) -> bool {
    let mut distinct = characters.to_vec();
    distinct.sort_unstable();
    distinct.dedup();
    distinct.len() < 4
        || (1..=4).any(|length| {
            characters.len() >= 2 * length
                && characters.iter().zip(characters.iter().skip(length)).all(|(a, b)| a == b)
        })
}

/// Nothing but ways over the keyboard, forwards or backwards, of three keys and more.
fn is_of_walks(lower: &str) -> bool {
    let backwards: Vec<String> = WALKS.iter().map(|walk| walk.chars().rev().collect()).collect();
    let walks = || WALKS.iter().copied().chain(backwards.iter().map(String::as_str));
    let mut rest = lower;
    while !rest.is_empty() {
        let longest = rest
            .char_indices()
            .map(|(at, c)| at + c.len_utf8())
            .take_while(|end| walks().any(|walk| walk.contains(&rest[..*end])))
            .last()
            .unwrap_or(0);
        if longest < 3 {
            return false;
        }
        rest = &rest[longest..];
    }
    true
}

/// A date, a mobile telephone, or a number that people love, with at most a few letters around it.
fn is_of_digits(lower: &str) -> bool {
    let digits = lower.trim_matches(|c: char| !c.is_ascii_digit());
    let around = lower.chars().count() - digits.len();
    if around > 3 || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return false;
    }
    let number = |from: usize, to: usize| digits.get(from..to).and_then(|text| text.parse::<u32>().ok());
    let is_date = |year: Option<u32>, month: Option<u32>, day: Option<u32>| {
        year.is_some_and(|year| (1900..=2099).contains(&year))
            && month.is_some_and(|month| (1..=12).contains(&month))
            && day.is_some_and(|day| (1..=31).contains(&day))
    };
    let date = digits.len() == 8
        && (is_date(number(0, 4), number(4, 6), number(6, 8))
            || is_date(number(4, 8), number(0, 2), number(2, 4))
            || is_date(number(4, 8), number(2, 4), number(0, 2)));
    let mobile = digits.len() == 11 && digits.starts_with('1');
    let loved = NUMBERS.iter().any(|loved| {
        digits.strip_prefix(loved).or_else(|| digits.strip_suffix(loved)).is_some_and(|rest| rest.len() <= 4)
    });
    date || mobile || loved
}

/// The letter that a digit or sign stands for in `p@ssw0rd`.
fn plain(c: char) -> char {
    match c {
        '@' | '4' => 'a',
        '3' => 'e',
        '1' | '!' => 'i',
        '0' => 'o',
        '$' | '5' => 's',
        '7' => 't',
        _ => c,
    }
}

/// A common word with whatever digits and signs are hung on it, or twice.
fn is_word(lower: &str) -> bool {
    let bare = |text: &str| text.trim_matches(|c: char| !c.is_alphabetic()).to_owned();
    let undone: String = lower.chars().map(plain).collect();
    // What hangs behind may be digits that stand for themselves: take it off before and after undoing.
    let stripped: String = bare(lower).chars().map(plain).collect();
    [bare(lower), bare(&undone), bare(&stripped)].iter().any(|stem| {
        let half = stem.len() / 2;
        let once = match stem.split_at_checked(half) {
            Some((first, second)) if first == second => first,
            _ => stem,
        };
        words().any(|word| word == stem || word == once)
    })
}

fn words() -> impl Iterator<Item = &'static str> {
    WORDS.lines().filter(|line| !line.starts_with('#')).flat_map(str::split_whitespace)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_tried_first_is_too_easy() {
        for easy in [
            "12345678",
            "87654321",
            "aaaaaaaa",
            "abababab",
            "abcabcabc",
            "Password123",
            "p@ssw0rd",
            "P@55w0rd!",
            "admin888!",
            "abcdefgh",
            "1qaz2wsx",
            "1q2w3e4r",
            "qwer1234",
            "asdf1234",
            "zxcvbnm,./",
            "qazwsxedc",
            "a1b2c3d4",
            "woaini1314",
            "woaini520",
            "5201314a",
            "iloveyou!",
            "19900101",
            "w19851224",
            "13800138000",
            "lovelove",
            "gongzhi2026",
            "Welcome@123",
            "administrator",
            "147258369",
            "zhangwei123",
            "0987654321",
            "mnbvcxz123",
        ] {
            assert!(is_too_easy(easy, None), "{easy}");
        }
        assert!(is_too_easy("lin.tao1", Some("lin.tao")));
    }

    #[test]
    fn what_nobody_tries_early_is_taken_whatever_it_is_made_of() {
        for good in [
            "柳荫街的老槐树第三棵",
            "tram 17 at dusk",
            "kettle-harbour-91",
            "correct horse battery",
            "五点半去河边散步",
            "green-door-river-7",
            "83920571640283",
            "lantern bridge volunteers",
        ] {
            assert!(!is_too_easy(good, Some("wanglei")), "{good}");
        }
    }

    #[test]
    fn words_are_folded_and_single() {
        for word in words() {
            assert!(word.chars().all(|c| c.is_ascii_lowercase()), "{word}");
        }
        assert!(words().count() > 350);
    }
}
