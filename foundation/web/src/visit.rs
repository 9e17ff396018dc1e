//! One request as the house sees it: who, when, in which language and edition.

use std::borrow::Cow;
use std::sync::{Arc, OnceLock};

use axum::extract::{FromRequestParts, OptionalFromRequestParts};
use axum::response::Response;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use gongzhi_kernel::{Actor, Context, Fault, Locale, Refusal, Timestamp};
use gongzhi_people::Session;
use http::request::Parts;
use http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use sha2::{Digest, Sha256};

use crate::answer::{Answer, Redirect, Tone, WebError, html};
use crate::cookies::Cookie;
use crate::form_token;
use crate::limits::{Address, Peer};
use crate::looks::{Edition, Theme};
use crate::shell::Shell;
use crate::site::Site;
use crate::texts::TextArg;

/// One sentence for the next page, after a redirect.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Flash {
    /// How it sounds.
    pub tone: Tone,
    /// Its key.
    pub key: String,
    /// Values that it names.
    pub args: Vec<(String, String)>,
}

impl Flash {
    fn to_cookie(&self) -> Option<String> {
        let text = URL_SAFE_NO_PAD.encode(serde_json::to_vec(self).ok()?);
        (text.len() <= 1024).then_some(text)
    }

    fn from_cookie(text: &str) -> Option<Self> {
        if text.len() > 1024 {
            return None;
        }
        serde_json::from_slice(&URL_SAFE_NO_PAD.decode(text).ok()?).ok()
    }
}

/// How the caller has shown who they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Credential {
    /// Not at all.
    None,
    /// By the cookie, which a browser sends by itself: unsafe calls need proof of their origin.
    Cookie,
    /// By `Authorization: Bearer`.
    Bearer,
}

/// One request: take it as the argument of a handler. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Visit(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    site: Site,
    context: Context,
    session: Option<Arc<Session>>,
    credential: Credential,
    /// A token was sent and is no longer good: the cookie is taken back.
    stale: bool,
    /// The session's token, for signing out and for form tokens. Never logged: `Secret` prints nothing.
    token: Option<Secret>,
    visitor: Option<Secret>,
    step: Option<Secret>,
    fresh_visitor: OnceLock<Secret>,
    theme: Theme,
    edition: Edition,
    chosen: Chosen,
    flash: Option<Flash>,
    method: Method,
    path: String,
    query: String,
    request_id: Arc<str>,
    address: Option<Address>,
    if_none_match: Option<HeaderValue>,
}

/// What the address asked for with `?lang=`, `?theme=`, `?edition=`: kept in cookies.
#[derive(Debug, Clone, Copy, Default)]
struct Chosen {
    locale: Option<Locale>,
    theme: Option<Theme>,
    edition: Option<Edition>,
}

#[derive(Clone)]
struct Secret(String);

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("…")
    }
}

impl Visit {
    /// Looks at the head of a request. Asks the store only where a token is sent.
    pub(crate) async fn begin(site: &Site, parts: &Parts, request_id: Arc<str>) -> (Self, Result<(), Fault>) {
        let secure = site.config().secure;
        let headers = &parts.headers;
        let now = site.world().clock.now();
        let query = parts.uri.query().unwrap_or_default();
        let chosen = Chosen::from_query(query);

        let bearer = bearer(headers);
        let cookie = Cookie::Session.read(headers, secure);
        let (token, mut credential) = match (bearer, cookie) {
            (Some(token), _) => (Some(token), Credential::Bearer),
            (None, Some(token)) => (Some(token), Credential::Cookie),
            (None, None) => (None, Credential::None),
        };
        let looked_up = match token {
            Some(token) => site.people().session(token, now).await,
            None => Ok(None),
        };
        let (session, outcome) = match looked_up {
            Ok(session) => (session, Ok(())),
            Err(fault) => (None, Err(fault)),
        };
        let stale = credential != Credential::None && session.is_none() && outcome.is_ok();
        if session.is_none() && credential == Credential::Cookie {
            credential = Credential::None;
        }

        let locale = chosen
            .locale
            .or_else(|| Cookie::Lang.read(headers, secure).and_then(Locale::from_tag))
            .or_else(|| accepted_locale(headers))
            .unwrap_or_default();
        let theme = chosen.theme.or_else(|| Cookie::Theme.read(headers, secure).and_then(Theme::from_word));
        let edition =
            chosen.edition.or_else(|| Cookie::Edition.read(headers, secure).and_then(Edition::from_word));
        let actor = session.as_ref().map_or(Actor::Visitor, |session| session.actor.clone());
        let visit = Self(Arc::new(Inner {
            context: site.world().context(actor, locale),
            site: site.clone(),
            token: session.as_ref().and(token).map(|token| Secret(token.to_owned())),
            session,
            credential,
            stale,
            step: Cookie::Step
                .read(headers, secure)
                .filter(|value| is_secret(value))
                .map(|value| Secret(value.to_owned())),
            visitor: Cookie::Visitor
                .read(headers, secure)
                .filter(|value| is_secret(value))
                .map(|value| Secret(value.to_owned())),
            fresh_visitor: OnceLock::new(),
            theme: theme.unwrap_or_default(),
            edition: edition.unwrap_or_default(),
            chosen,
            flash: Cookie::Flash.read(headers, secure).and_then(Flash::from_cookie),
            method: parts.method.clone(),
            path: parts.uri.path().to_owned(),
            query: query.to_owned(),
            request_id,
            address: parts.extensions.get::<Peer>().map(|peer| site.address_of(*peer, headers)),
            if_none_match: headers.get(header::IF_NONE_MATCH).cloned(),
        }));
        (visit, outcome)
    }

    /// Who, when, in which language: what every action and query takes.
    pub fn context(&self) -> &Context {
        &self.0.context
    }

    /// Who.
    pub fn actor(&self) -> &Actor {
        &self.0.context.actor
    }

    /// When the request began.
    pub fn now(&self) -> Timestamp {
        self.0.context.now
    }

    /// In which language.
    pub fn locale(&self) -> Locale {
        self.0.context.locale
    }

    /// The session, if somebody is signed in.
    pub fn session(&self) -> Option<&Session> {
        self.0.session.as_deref()
    }

    /// How they have shown who they are.
    pub fn credential(&self) -> Credential {
        self.0.credential
    }

    /// Whether a token was sent that is no longer good.
    pub fn is_stale(&self) -> bool {
        self.0.stale
    }

    /// The session's token, for signing out.
    pub(crate) fn token(&self) -> Option<&str> {
        self.0.token.as_ref().map(|secret| secret.0.as_str())
    }

    /// From where they come; `None` where the request came over no connection. Personal data: not for the log.
    pub fn address(&self) -> Option<Address> {
        self.0.address
    }

    /// What all pages share.
    pub fn site(&self) -> &Site {
        &self.0.site
    }

    /// Light or dark.
    pub fn theme(&self) -> Theme {
        self.0.theme
    }

    /// Standard or elder.
    pub fn edition(&self) -> Edition {
        self.0.edition
    }

    /// The path of the address.
    pub fn path(&self) -> &str {
        &self.0.path
    }

    /// The query of the address, without the question mark.
    pub fn query(&self) -> &str {
        &self.0.query
    }

    /// The method.
    pub fn method(&self) -> &Method {
        &self.0.method
    }

    /// The number of this request in the log, shown on error pages.
    pub fn request_id(&self) -> &str {
        &self.0.request_id
    }

    pub(crate) fn flash(&self) -> Option<&Flash> {
        self.0.flash.as_ref()
    }

    /// A text in the reader's language.
    pub fn t(&self, key: &str) -> Cow<'_, str> {
        self.site().texts().t(self.locale(), key)
    }

    /// A text that names values.
    pub fn ta(&self, key: &str, args: &[(&'static str, &dyn TextArg)]) -> Cow<'_, str> {
        self.site().texts().ta(self.locale(), key, args)
    }

    /// The token that a form of this visitor carries. Bound to their session or visitor cookie, which is set if need be.
    pub fn form_token(&self) -> String {
        form_token::write(self.token_secret().unwrap_or_else(|| self.fresh_secret()), self.context().random())
    }

    /// Whether a form carried the right token.
    pub(crate) fn is_form_token(&self, given: &str) -> bool {
        // Without a cookie no form of ours can have been shown.
        self.token_secret().is_some_and(|secret| form_token::matches(secret, given))
    }

    fn token_secret(&self) -> Option<&str> {
        self.0.token.as_ref().or(self.0.visitor.as_ref()).map(|secret| secret.0.as_str())
    }

    fn fresh_secret(&self) -> &str {
        let fresh = self.0.fresh_visitor.get_or_init(|| {
            let bytes: [u8; 18] = self.context().random();
            Secret(URL_SAFE_NO_PAD.encode(bytes))
        });
        &fresh.0
    }

    /// The frame of a page with this title (a key).
    pub fn shell(&self, title_key: &str) -> Shell {
        Shell::new(self.clone(), self.t(title_key).into_owned())
    }

    /// The frame of a page whose title is a name or number.
    pub fn shell_titled(&self, title: impl Into<String>) -> Shell {
        Shell::new(self.clone(), title.into())
    }

    /// A page.
    pub fn page(&self, template: &impl askama::Template) -> Answer {
        self.page_with(StatusCode::OK, template)
    }

    /// A page with another status: the same form again (422, 409).
    pub fn page_with(&self, status: StatusCode, template: &impl askama::Template) -> Answer {
        let mut response = html(status, template.render()?);
        response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        Ok(response)
    }

    /// A page that is the same for everyone who reads in this language: may be kept by the browser and is not sent again
    /// while it has not changed. Somebody who is signed in gets an ordinary page.
    pub fn public_page(&self, template: &impl askama::Template) -> Answer {
        if self.0.session.is_some() || self.0.flash.is_some() {
            return self.page(template);
        }
        self.unless_known(html(StatusCode::OK, String::new()), template.render()?)
    }

    /// A public answer to machines: with an ETag, and 304 where the caller has it already.
    pub fn public_json(&self, value: &impl serde::Serialize) -> Answer {
        let body = serde_json::to_string(value)
            .map_err(|error| Fault::internal("cannot write the answer").because(error))?;
        let mut response = Response::new(axum::body::Body::empty());
        response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
        self.unless_known(response, body)
    }

    fn unless_known(&self, mut response: Response, body: String) -> Answer {
        let hash = Sha256::digest(body.as_bytes());
        let tag = format!("W/\"{}\"", URL_SAFE_NO_PAD.encode(&hash[..12]));
        let known = self.0.if_none_match.as_ref().and_then(|value| value.to_str().ok()).is_some_and(|sent| {
            sent.split(',').map(str::trim).any(|candidate| candidate == "*" || candidate == tag)
        });
        let headers = response.headers_mut();
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
        headers.insert(header::VARY, HeaderValue::from_static("cookie, accept-language, authorization"));
        if let Ok(tag) = HeaderValue::from_str(&tag) {
            headers.insert(header::ETAG, tag);
        }
        if known {
            *response.status_mut() = StatusCode::NOT_MODIFIED;
            response.headers_mut().remove(header::CONTENT_TYPE);
        } else {
            *response.body_mut() = axum::body::Body::from(body);
        }
        Ok(response)
    }

    /// After a form: look at this page instead.
    pub fn see_other(&self, path: impl Into<String>) -> Redirect {
        Redirect::to(path)
    }

    /// The refusal of a failed action, to show the same form again; a fault goes on as an error page, and so does a
    /// refusal that another try with the same form cannot mend (not found, forbidden, sign in first).
    pub fn refused(&self, failure: impl Into<WebError>) -> Result<Refusal, WebError> {
        use gongzhi_kernel::RefusalKind::{Conflict, Invalid, TooLarge, TooMany};
        let error: WebError = failure.into();
        match &*error.failure {
            gongzhi_kernel::Failure::Refused(refusal)
                if matches!(refusal.kind, Invalid | Conflict | TooLarge | TooMany) =>
            {
                error.into_refusal()
            }
            _ => Err(error),
        }
    }

    /// Sets the session's cookie: somebody has signed in.
    pub(crate) fn signed_in(&self, response: &mut Response, token: &str) {
        let secure = self.site().config().secure;
        Cookie::Session.set(response.headers_mut(), secure, token);
        // The secret behind the form tokens changes with the person.
        Cookie::Visitor.clear(response.headers_mut(), secure);
    }

    /// The token of the sign-in that is between its two steps.
    pub(crate) fn step(&self) -> Option<&str> {
        self.0.step.as_ref().map(|secret| secret.0.as_str())
    }

    /// Remembers a sign-in between its two steps, in the browser that began it.
    pub(crate) fn stepping(&self, response: &mut Response, token: &str) {
        Cookie::Step.set(response.headers_mut(), self.site().config().secure, token);
    }

    /// The two steps are done.
    pub(crate) fn stepped(&self, response: &mut Response) {
        Cookie::Step.clear(response.headers_mut(), self.site().config().secure);
    }

    /// Takes the session's cookie back.
    pub(crate) fn signed_out(&self, response: &mut Response) {
        Cookie::Session.clear(response.headers_mut(), self.site().config().secure);
    }

    /// Sets the cookies that this visit asked for.
    pub(crate) fn finish(&self, response: &mut Response) {
        let secure = self.site().config().secure;
        let flash = response.extensions_mut().remove::<Flash>();
        let is_page = response
            .headers()
            .get(header::CONTENT_TYPE)
            .is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"));
        let headers = response.headers_mut();
        let Chosen { locale, theme, edition } = self.0.chosen;
        if let Some(locale) = locale {
            Cookie::Lang.set(headers, secure, locale.tag());
        }
        if let Some(theme) = theme {
            Cookie::Theme.set(headers, secure, theme.word());
        }
        if let Some(edition) = edition {
            Cookie::Edition.set(headers, secure, edition.word());
        }
        if let Some(Secret(fresh)) = self.0.fresh_visitor.get() {
            Cookie::Visitor.set(headers, secure, fresh);
        }
        match flash.as_ref().and_then(Flash::to_cookie) {
            Some(text) => Cookie::Flash.set(headers, secure, &text),
            None if self.0.flash.is_some() && is_page => Cookie::Flash.clear(headers, secure),
            None => {}
        }
        if self.0.stale
            && !headers
                .get_all(header::SET_COOKIE)
                .iter()
                .any(|line| line.as_bytes().starts_with(Cookie::Session.name(secure).as_bytes()))
        {
            Cookie::Session.clear(headers, secure);
        }
    }

    /// The same address with another language, theme or edition: `?lang=en`. Works without script.
    pub(crate) fn address_with(&self, name: &str, value: &str) -> String {
        let mut address = String::with_capacity(self.0.path.len() + self.0.query.len() + 16);
        address.push_str(&self.0.path);
        let mut mark = '?';
        for pair in self.0.query.split('&').filter(|pair| !pair.is_empty()) {
            let key = pair.split('=').next().unwrap_or_default();
            if matches!(key, "lang" | "theme" | "edition") {
                continue;
            }
            address.push(mark);
            address.push_str(pair);
            mark = '&';
        }
        address.push(mark);
        address.push_str(name);
        address.push('=');
        address.push_str(value);
        address
    }
}

impl Chosen {
    fn from_query(query: &str) -> Self {
        let mut chosen = Self::default();
        for (name, value) in query.split('&').filter_map(|pair| pair.split_once('=')) {
            match name {
                "lang" => chosen.locale = Locale::from_tag(value),
                "theme" => chosen.theme = Theme::from_word(value),
                "edition" => chosen.edition = Edition::from_word(value),
                _ => {}
            }
        }
        chosen
    }
}

/// The bearer token; empty where there is one that cannot be read, so that it is refused and not passed over.
fn bearer(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get(header::AUTHORIZATION)?;
    let scheme = value.as_bytes().get(..6)?;
    if !scheme.eq_ignore_ascii_case(b"bearer") {
        return None;
    }
    Some(value.to_str().ok().and_then(|text| text.get(6..)).map_or("", str::trim))
}

fn is_secret(value: &str) -> bool {
    (20..=64).contains(&value.len())
        && value.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
}

/// The first language of `Accept-Language`, by its weight, that there is.
fn accepted_locale(headers: &HeaderMap) -> Option<Locale> {
    let line = headers.get(header::ACCEPT_LANGUAGE)?.to_str().ok()?;
    let mut best: Option<(f32, Locale)> = None;
    for item in line.split(',').take(16) {
        let mut parts = item.split(';').map(str::trim);
        let Some(locale) = parts.next().and_then(Locale::from_tag) else { continue };
        let weight = parts
            .find_map(|part| part.strip_prefix("q="))
            .map_or(1.0, |text| text.parse::<f32>().unwrap_or(0.0));
        if weight > 0.0 && best.is_none_or(|(other, _)| weight > other) {
            best = Some((weight, locale));
        }
    }
    best.map(|(_, locale)| locale)
}

impl<S: Send + Sync> FromRequestParts<S> for Visit {
    type Rejection = WebError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, WebError> {
        parts
            .extensions
            .get::<Self>()
            .cloned()
            .ok_or_else(|| Fault::internal("a handler runs outside of the site's layers").into())
    }
}

impl<S: Send + Sync> OptionalFromRequestParts<S> for Visit {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Option<Self>, Self::Rejection> {
        Ok(parts.extensions.get::<Self>().cloned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn language(line: &'static str) -> Option<Locale> {
        let mut headers = HeaderMap::new();
        headers.insert(header::ACCEPT_LANGUAGE, HeaderValue::from_static(line));
        accepted_locale(&headers)
    }

    #[test]
    fn the_language_with_the_most_weight_wins() {
        assert_eq!(language("en-GB,en;q=0.9,zh;q=0.8"), Some(Locale::En));
        assert_eq!(language("fr, zh-TW;q=0.5, en;q=0.4"), Some(Locale::ZhCn));
        assert_eq!(language("fr"), None);
        assert_eq!(language("en;q=0, zh;q=x, ;;;,"), None);
    }

    #[test]
    fn a_sentence_for_the_next_page_reads_back() {
        let flash = Flash { tone: Tone::Good, key: "saved".into(), args: vec![("n".into(), "3".into())] };
        assert_eq!(Flash::from_cookie(&flash.to_cookie().unwrap()), Some(flash));
        for junk in ["", "%%%", "e30", &"a".repeat(5000)] {
            assert_eq!(Flash::from_cookie(junk), None);
        }
    }
}
