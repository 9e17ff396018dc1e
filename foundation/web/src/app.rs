//! Puts the routes of all crates under the layers of the house.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Router;
use axum::extract::{DefaultBodyLimit, Path, Request, State};
use axum::middleware::{from_fn_with_state, map_response};
use axum::response::{IntoResponse, Response};
use gongzhi_kernel::{Fault, Refusal};
use gongzhi_store::params;
use http::{HeaderMap, HeaderValue, StatusCode, header};
use tokio::sync::Semaphore;
use tower_http::CompressionLevel;
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::{NotForContentType, Predicate, SizeAbove};

use crate::answer::WebError;
use crate::edge::{self, Edge};
use crate::figures;
use crate::openapi;
use crate::pages;
use crate::routes::{Route, Routes};
use crate::site::Site;

gongzhi_store::statements! {
    /// Asked by the health check.
    ALIVE = "SELECT CAST(1 AS BIGINT)";
}

/// The whole site, ready to serve.
#[derive(Clone)]
pub struct App {
    /// What the server runs.
    pub router: Router,
    /// The route table: method, path, who may come.
    pub routes: Vec<Route>,
    /// The description of the whole API.
    pub openapi: Arc<utoipa::openapi::OpenApi>,
}

impl std::fmt::Debug for App {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("App").field("routes", &self.routes.len()).finish_non_exhaustive()
    }
}

impl App {
    /// The site with the routes of this crate and those of each capability.
    pub fn new(site: &Site, parts: impl IntoIterator<Item = Routes>) -> Result<Self, Fault> {
        figures::keep_figures();
        let mut router = Router::new();
        let mut table = Vec::new();
        let mut described = vec![openapi::own(site)];
        let mut all: Vec<Routes> = parts.into_iter().collect();
        for part in &mut all {
            described.append(&mut part.openapi);
        }
        let openapi = Arc::new(openapi::merge(described));
        let own = pages::routes(site, &openapi)?;
        for part in std::iter::once(own).chain(all) {
            router = router.merge(part.router);
            table.extend(part.table);
        }
        table.sort_by(|a, b| (a.path, a.method.as_str()).cmp(&(b.path, b.method.as_str())));

        let allowed = Arc::new(allowed_methods(&table));
        let edge = Edge {
            site: site.clone(),
            seats: Arc::new(Semaphore::new(site.config().max_in_work)),
            uploads: Arc::new(Semaphore::new(site.config().max_uploads)),
            files: Arc::new(table.iter().filter(|route| route.files).map(|route| route.path).collect()),
        };
        let router = router
            .method_not_allowed_fallback(move |request: Request| wrong_method(Arc::clone(&allowed), request))
            .fallback(|| async { WebError::no_such_page() })
            .layer(from_fn_with_state(edge, edge::around))
            .layer(DefaultBodyLimit::max(site.config().max_body))
            .layer(compression())
            .merge(bare(site));
        Ok(Self { router, routes: table, openapi })
    }
}

/// Text is compressed on the way; live events and small answers are not.
fn compression() -> CompressionLayer<impl Predicate> {
    let worth_it = SizeAbove::new(1024)
        .and(NotForContentType::SSE)
        .and(NotForContentType::IMAGES)
        .and(NotForContentType::const_new("application/octet-stream"));
    CompressionLayer::new().quality(CompressionLevel::Precise(4)).compress_when(worth_it)
}

/// What needs no visit: assets, health and figures.
fn bare(site: &Site) -> Router {
    Router::new()
        .route("/assets/{hash}/{name}", axum::routing::get(asset))
        .route("/healthz", axum::routing::get(health))
        .route("/metrics", axum::routing::get(metrics_text))
        .with_state(site.clone())
        .layer(map_response({
            let secure = site.config().secure;
            move |mut response: Response| async move {
                edge::protect(response.headers_mut(), secure);
                response
            }
        }))
}

async fn asset(
    State(site): State<Site>,
    Path((hash, name)): Path<(String, String)>,
    headers: HeaderMap,
) -> Response {
    site.assets().serve(&hash, &name, &headers).unwrap_or_else(|| {
        // An old page asks for a file of another version: it must not be cached as missing.
        (StatusCode::NOT_FOUND, [(header::CACHE_CONTROL, HeaderValue::from_static("no-store"))])
            .into_response()
    })
}

/// Whether the city can be used: reads the store.
async fn health(State(site): State<Site>) -> Response {
    let looked = site.store().read(|tx| tx.one(&ALIVE, params![], |row| row.int(0))).await;
    let (status, body) = match looked {
        Ok(_) => (StatusCode::OK, r#"{"status":"ok"}"#),
        Err(fault) => {
            tracing::error!("health: {fault:?}");
            (StatusCode::SERVICE_UNAVAILABLE, r#"{"status":"the store does not answer"}"#)
        }
    };
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("application/json")),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
    ];
    (status, headers, body).into_response()
}

async fn metrics_text() -> Response {
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("text/plain; version=0.0.4; charset=utf-8")),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
    ];
    (headers, figures::figures()).into_response()
}

fn allowed_methods(table: &[Route]) -> BTreeMap<&'static str, HeaderValue> {
    let mut words: BTreeMap<&'static str, Vec<&str>> = BTreeMap::new();
    for route in table {
        let methods = words.entry(route.path).or_default();
        methods.push(route.method.as_str());
        if route.method == http::Method::GET {
            methods.push("HEAD");
        }
    }
    words
        .into_iter()
        .filter_map(|(path, methods)| Some((path, HeaderValue::from_str(&methods.join(", ")).ok()?)))
        .collect()
}

async fn wrong_method(allowed: Arc<BTreeMap<&'static str, HeaderValue>>, request: Request) -> WebError {
    let path = request.extensions().get::<axum::extract::MatchedPath>();
    let allow = path.and_then(|path| allowed.get(path.as_str()).cloned());
    let mut error = WebError::with_status(
        Refusal::new(gongzhi_kernel::RefusalKind::Invalid, "error-method"),
        StatusCode::METHOD_NOT_ALLOWED,
    );
    error.allow = allow;
    error
}
