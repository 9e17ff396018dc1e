//! The browser's part: embedded files at addresses that carry the hash of their content, cached for ever.

use std::collections::BTreeMap;

use axum::body::Body;
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use rust_embed::Embed;

#[derive(Embed)]
#[folder = "../../browser/dist"]
struct Embedded;

/// One file with its compressed twins.
#[derive(Debug, Clone)]
struct Asset {
    address: String,
    plain: &'static [u8],
    brotli: Option<&'static [u8]>,
    gzip: Option<&'static [u8]>,
    kind: &'static str,
}

/// All files of the browser's part.
#[derive(Debug, Clone)]
pub struct Assets {
    by_name: BTreeMap<String, Asset>,
}

impl Assets {
    /// The files in the binary.
    pub(crate) fn embedded() -> Self {
        let mut by_name = BTreeMap::new();
        for name in Embedded::iter() {
            if name.ends_with(".br") || name.ends_with(".gz") {
                continue;
            }
            let Some(file) = Embedded::get(&name) else { continue };
            let hash: String =
                file.metadata.sha256_hash().iter().take(6).map(|byte| format!("{byte:02x}")).collect();
            let Some(plain) = bytes(&name) else { continue };
            let asset = Asset {
                address: format!("/assets/{hash}/{name}"),
                plain,
                brotli: bytes(&format!("{name}.br")),
                gzip: bytes(&format!("{name}.gz")),
                kind: kind_of(&name),
            };
            by_name.insert(name.into_owned(), asset);
        }
        Self { by_name }
    }

    /// The address of a file, such as `/assets/0123456789ab/app.css`. A name that is not there leads nowhere and is logged.
    pub fn address(&self, name: &str) -> &str {
        match self.by_name.get(name) {
            Some(asset) => &asset.address,
            None => {
                tracing::warn!(name, "there is no such asset");
                "/assets/missing"
            }
        }
    }

    /// The names of all files.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.by_name.keys().map(String::as_str)
    }

    /// The answer to a request for `/assets/{hash}/{name}`. `None` where hash and name do not belong together.
    pub(crate) fn serve(&self, hash: &str, name: &str, headers: &HeaderMap) -> Option<Response> {
        let asset = self.by_name.get(name)?;
        let wanted = asset.address.strip_prefix("/assets/")?.strip_suffix(name)?.strip_suffix('/')?;
        if wanted != hash {
            return None;
        }
        let accepted = accepts(headers);
        let (body, encoding) = match (asset.brotli, asset.gzip) {
            (Some(brotli), _) if accepted.brotli => (brotli, Some("br")),
            (_, Some(gzip)) if accepted.gzip => (gzip, Some("gzip")),
            _ => (asset.plain, None),
        };
        let mut response = (StatusCode::OK, Body::from(body)).into_response();
        let to = response.headers_mut();
        to.insert(header::CONTENT_TYPE, HeaderValue::from_static(asset.kind));
        to.insert(header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=31536000, immutable"));
        to.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
        if let Some(encoding) = encoding {
            to.insert(header::CONTENT_ENCODING, HeaderValue::from_static(encoding));
        }
        Some(response)
    }
}

fn bytes(name: &str) -> Option<&'static [u8]> {
    match Embedded::get(name)?.data {
        std::borrow::Cow::Borrowed(bytes) => Some(bytes),
        // Only without the `debug-embed` feature, which the workspace sets.
        std::borrow::Cow::Owned(_) => None,
    }
}

fn kind_of(name: &str) -> &'static str {
    match name.rsplit('.').next() {
        Some("css") => "text/css; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("svg") => "image/svg+xml",
        Some("json") => "application/json",
        Some("webmanifest") => "application/manifest+json",
        Some("png") => "image/png",
        Some("woff2") => "font/woff2",
        _ => "application/octet-stream",
    }
}

struct Accepted {
    brotli: bool,
    gzip: bool,
}

fn accepts(headers: &HeaderMap) -> Accepted {
    let mut accepted = Accepted { brotli: false, gzip: false };
    for line in headers.get_all(header::ACCEPT_ENCODING) {
        for item in line.to_str().unwrap_or_default().split(',') {
            let mut parts = item.split(';').map(str::trim);
            let name = parts.next().unwrap_or_default();
            let refused = parts.any(|part| matches!(part, "q=0" | "q=0.0" | "q=0.00" | "q=0.000"));
            match name {
                "br" => accepted.brotli = !refused,
                "gzip" => accepted.gzip = !refused,
                _ => {}
            }
        }
    }
    accepted
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn style_and_script_are_embedded_and_found_by_their_hash() {
        let assets = Assets::embedded();
        for name in ["app.css", "app.js"] {
            let address = assets.address(name).to_owned();
            let mut parts = address.trim_start_matches("/assets/").split('/');
            let hash = parts.next().unwrap();
            let response = assets.serve(hash, name, &HeaderMap::new()).unwrap();
            assert_eq!(response.status(), 200);
            assert!(response.headers().get(header::CONTENT_ENCODING).is_none());
            assert!(assets.serve("000000000000", name, &HeaderMap::new()).is_none());
        }
        assert!(assets.serve("x", "../Cargo.toml", &HeaderMap::new()).is_none());
    }

    #[test]
    fn encodings_that_are_refused_are_not_sent() {
        let mut headers = HeaderMap::new();
        headers.insert(header::ACCEPT_ENCODING, HeaderValue::from_static("gzip, deflate, br;q=0"));
        let accepted = accepts(&headers);
        assert!(accepted.gzip && !accepted.brotli);
    }
}
