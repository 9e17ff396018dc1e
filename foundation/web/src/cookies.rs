//! The cookies of Gongzhi: their names, how they are read and how they are written.

use http::header::{COOKIE, HeaderValue};
use http::{HeaderMap, header};

/// A cookie that Gongzhi sets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Cookie {
    /// The token of a signed-in session.
    Session,
    /// The token of a sign-in between its two steps.
    Step,
    /// The secret behind the form tokens of somebody who is not signed in.
    Visitor,
    /// Which language they read.
    Lang,
    /// Light or dark.
    Theme,
    /// Standard or elder edition.
    Edition,
    /// One sentence for the next page.
    Flash,
}

/// A year, in seconds.
const YEAR: u32 = 31_536_000;

impl Cookie {
    /// The bare name.
    fn bare(self) -> &'static str {
        match self {
            Self::Session => "gz_session",
            Self::Step => "gz_step",
            Self::Visitor => "gz_visitor",
            Self::Lang => "gz_lang",
            Self::Theme => "gz_theme",
            Self::Edition => "gz_edition",
            Self::Flash => "gz_flash",
        }
    }

    /// The name that is sent: over https a browser takes `__Host-` cookies from this host alone.
    pub(crate) fn name(self, secure: bool) -> &'static str {
        match (secure, self) {
            (false, _) => self.bare(),
            (true, Self::Session) => "__Host-gz_session",
            (true, Self::Step) => "__Host-gz_step",
            (true, Self::Visitor) => "__Host-gz_visitor",
            (true, Self::Lang) => "__Host-gz_lang",
            (true, Self::Theme) => "__Host-gz_theme",
            (true, Self::Edition) => "__Host-gz_edition",
            (true, Self::Flash) => "__Host-gz_flash",
        }
    }

    /// How long the browser keeps it, in seconds; `None` until it closes.
    fn age(self) -> Option<u32> {
        match self {
            Self::Lang | Self::Theme | Self::Edition => Some(YEAR),
            Self::Flash => Some(60),
            Self::Step => Some(600),
            // Sessions end by the rules of the house; the cookie may outlive them without harm.
            Self::Session => Some(90 * 86_400),
            Self::Visitor => None,
        }
    }

    /// The value in the request. Of two with the same name the first counts, as browsers send the closest first.
    pub(crate) fn read(self, headers: &HeaderMap, secure: bool) -> Option<&str> {
        let wanted = self.name(secure);
        headers
            .get_all(COOKIE)
            .iter()
            .filter_map(|line| line.to_str().ok())
            .flat_map(|line| line.split(';'))
            .filter_map(|pair| pair.trim().split_once('='))
            .find_map(|(name, value)| (name == wanted && !value.is_empty()).then_some(value))
    }

    /// Sets it on the answer. Values are ours: base64url, words or digits; anything else is left out.
    pub(crate) fn set(self, headers: &mut HeaderMap, secure: bool, value: &str) {
        let age = self.age().map(|seconds| format!("; Max-Age={seconds}")).unwrap_or_default();
        self.write(headers, secure, value, &age);
    }

    /// Takes it back.
    pub(crate) fn clear(self, headers: &mut HeaderMap, secure: bool) {
        self.write(headers, secure, "", "; Max-Age=0");
    }

    fn write(self, headers: &mut HeaderMap, secure: bool, value: &str, age: &str) {
        let flag = if secure { "; Secure" } else { "" };
        let line = format!("{}={value}; Path=/; HttpOnly; SameSite=Lax{flag}{age}", self.name(secure));
        if let Ok(line) = HeaderValue::from_str(&line) {
            headers.append(header::SET_COOKIE, line);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cookies_are_read_from_any_line_and_junk_is_passed_over() {
        let mut headers = HeaderMap::new();
        headers.append(COOKIE, HeaderValue::from_static("a=b; ; =; gz_lang; gz_lang=en"));
        headers.append(COOKIE, HeaderValue::from_static("gz_theme=dark; gz_session="));
        headers.append(COOKIE, HeaderValue::from_bytes(b"gz_edition=\xff").unwrap());
        assert_eq!(Cookie::Lang.read(&headers, false), Some("en"));
        assert_eq!(Cookie::Theme.read(&headers, false), Some("dark"));
        assert_eq!(Cookie::Session.read(&headers, false), None);
        assert_eq!(Cookie::Edition.read(&headers, false), None);
        assert_eq!(Cookie::Lang.read(&headers, true), None);
    }

    #[test]
    fn a_secure_cookie_carries_prefix_and_flag() {
        let mut headers = HeaderMap::new();
        Cookie::Session.set(&mut headers, true, "abc");
        let line = headers.get(header::SET_COOKIE).unwrap().to_str().unwrap();
        assert_eq!(line, "__Host-gz_session=abc; Path=/; HttpOnly; SameSite=Lax; Secure; Max-Age=7776000");
        Cookie::Session.set(&mut headers, false, "abc\r\nx: y");
        assert_eq!(headers.get_all(header::SET_COOKIE).iter().count(), 1);
    }
}
