//! How somebody without a sign-in stays with their appeal for a while: number and tracking code in a short-lived cookie,
//! never in an address. The cookie proves nothing by itself: both are checked again at every page.

use axum::response::Response;
use gongzhi_kernel::{AppealId, Failure};
use gongzhi_web::Visit;
use http::{HeaderMap, HeaderValue, header};

use crate::actions::{Appeals, TrackingCode};
use crate::queries::CaseView;

/// How long a browser keeps it, in seconds: long enough to read and appraise, short enough for a shared computer.
const KEPT: u32 = 30 * 60;

/// Number and code as somebody has typed or kept them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Pair {
    /// The number.
    pub(crate) number: AppealId,
    /// The code.
    pub(crate) code: TrackingCode,
}

impl Pair {
    /// From what was typed: blanks, hyphens, case and width do not matter, O is zero, I and L are one.
    /// `None` where it can be no number or no code.
    pub(crate) fn typed(number: &str, code: &str) -> Option<Self> {
        let code: String = code.chars().filter(|c| !is_gap(*c)).collect();
        Some(Self { number: parse_number(number)?, code: code.parse().ok()? })
    }

    /// The case that they open. Not found whichever of the two is wrong.
    pub(crate) async fn look_up(&self, visit: &Visit, appeals: &Appeals) -> Result<CaseView, Failure> {
        appeals.track(visit.context(), &self.number.to_string(), &self.code.to_string()).await
    }
}

/// A number as it is typed or read out: blanks, hyphens and full-width digits are understood.
pub(crate) fn parse_number(text: &str) -> Option<AppealId> {
    let digits: String = text.chars().map(narrow).filter(|c| !is_gap(*c)).collect();
    digits.parse().ok()
}

/// A number as people read it: four by four.
pub(crate) fn grouped(number: AppealId) -> String {
    group(&number.to_string(), 4)
}

fn group(text: &str, size: usize) -> String {
    let mut grouped = String::with_capacity(text.len() + text.len() / size);
    for (at, c) in text.chars().enumerate() {
        if at > 0 && at % size == 0 {
            grouped.push(' ');
        }
        grouped.push(c);
    }
    grouped
}

/// The narrow form of a full-width character: ０ is 0, Ａ is A.
fn narrow(c: char) -> char {
    match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
        other => other,
    }
}

fn is_gap(c: char) -> bool {
    c.is_whitespace()
        || matches!(c, '-' | '_' | '.' | '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{200b}' | '\u{feff}')
}

fn name(visit: &Visit) -> &'static str {
    if visit.site().config().secure { "__Host-gz_track" } else { "gz_track" }
}

/// What the browser has kept.
pub(crate) fn kept(visit: &Visit, headers: &HeaderMap) -> Option<Pair> {
    let wanted = name(visit);
    let value = headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|line| line.to_str().ok())
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find_map(|(name, value)| (name == wanted).then_some(value))?;
    let (number, code) = value.split_once('.')?;
    Pair::typed(number, code)
}

/// Lets the browser keep it for a while.
pub(crate) fn keep(visit: &Visit, response: &mut Response, pair: &Pair) {
    write(visit, response, &format!("{}.{}", pair.number, pair.code), KEPT);
}

/// Lets the browser forget it.
pub(crate) fn forget(visit: &Visit, response: &mut Response) {
    write(visit, response, "", 0);
}

fn write(visit: &Visit, response: &mut Response, value: &str, age: u32) {
    let flag = if visit.site().config().secure { "; Secure" } else { "" };
    let line = format!("{}={value}; Path=/; HttpOnly; SameSite=Lax{flag}; Max-Age={age}", name(visit));
    // The value is digits, letters and a dot.
    if let Ok(line) = HeaderValue::from_str(&line) {
        response.headers_mut().append(header::SET_COOKIE, line);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn number_and_code_are_understood_as_they_are_typed() {
        let expected = Pair::typed("0012345678901234", "AB1CD0EF1G").unwrap();
        for (number, code) in [
            ("0012 3456 7890 1234", "AB1CD 0EF1G"),
            ("0012-3456-7890-1234", "ab1cd-0ef1g"),
            ("００１２３４５６７８９０１２３４", "ＡＢ１ＣＤ０ＥＦ１Ｇ"),
            ("0012\u{a0}3456\u{3000}7890—1234", "abIcdOeflg"),
        ] {
            assert_eq!(Pair::typed(number, code).as_ref(), Some(&expected), "{number} {code}");
        }
        for (number, code) in [
            ("", "AB1CD0EF1G"),
            ("12a4", "AB1CD0EF1G"),
            ("0012345678901234", ""),
            ("1", "路灯路灯路灯"),
            ("1", "A;B=C D"),
        ] {
            assert_eq!(Pair::typed(number, code), None, "{number} {code}");
        }
    }

    #[test]
    fn a_number_is_read_four_by_four() {
        assert_eq!(grouped("0012345678901234".parse().unwrap()), "0012 3456 7890 1234");
    }

    #[test]
    fn the_code_is_never_printed_for_the_log() {
        let pair = Pair::typed("1", "SECRET1234").unwrap();
        assert!(!format!("{pair:?}").contains("SECRET"));
    }
}
