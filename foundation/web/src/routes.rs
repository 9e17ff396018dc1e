//! The route table: every route says who may come and whether it answers people or machines.

use std::convert::Infallible;

use axum::Router;
use axum::extract::Request;
use axum::handler::Handler;
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodFilter, MethodRouter, on};
use gongzhi_kernel::{ActorKind, Refusal};
use http::{HeaderMap, Method, header};
use serde::Serialize;

use crate::answer::WebError;
use crate::visit::{Credential, Visit};

/// Who may come to a route. What they may do with the thing behind it, the policies say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Everyone.
    Anyone,
    /// Whoever is signed in.
    SignedIn,
    /// These kinds of actors.
    Kinds(&'static [ActorKind]),
}

impl Access {
    /// Whether this kind of actor may come.
    pub fn admits(self, kind: ActorKind) -> bool {
        match self {
            Self::Anyone => true,
            Self::SignedIn => !matches!(kind, ActorKind::Visitor | ActorKind::System),
            Self::Kinds(kinds) => kinds.contains(&kind),
        }
    }

    /// In words, for the route table: `anyone`, `signed in`, `official operator`.
    pub fn words(self) -> String {
        match self {
            Self::Anyone => "anyone".to_owned(),
            Self::SignedIn => "signed in".to_owned(),
            Self::Kinds(kinds) => kinds.iter().map(|kind| kind.word()).collect::<Vec<_>>().join(" "),
        }
    }
}

/// Whether a route answers people or machines.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Face {
    /// HTML.
    Page,
    /// JSON; errors as `application/problem+json`.
    Api,
}

/// One line of the route table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Route {
    /// The method.
    pub method: Method,
    /// The path with its parameters: `/appeals/{number}`.
    pub path: &'static str,
    /// Who may come.
    pub access: Access,
    /// Whether it answers people or machines.
    pub face: Face,
    /// Whether it takes files: its body may then be as long as the site lets files be, and take longer to arrive.
    pub files: bool,
}

impl std::fmt::Display for Route {
    /// One line of a golden file: `GET /appeals/{number} page anyone`.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let face = match self.face {
            Face::Page => "page",
            Face::Api => "api",
        };
        write!(f, "{} {} {face} {}", self.method, self.path, self.access.words())
    }
}

/// The routes of one crate, with their state still to come.
pub struct Routes<S = ()> {
    pub(crate) router: Router<S>,
    pub(crate) table: Vec<Route>,
    pub(crate) openapi: Vec<utoipa::openapi::OpenApi>,
}

impl<S: Clone + Send + Sync + 'static> Default for Routes<S> {
    fn default() -> Self {
        Self::new()
    }
}

impl<S: Clone + Send + Sync + 'static> Routes<S> {
    /// No routes.
    pub fn new() -> Self {
        Self { router: Router::new(), table: Vec::new(), openapi: Vec::new() }
    }

    /// A page that is read.
    #[must_use]
    pub fn get<H: Handler<T, S>, T: 'static>(self, path: &'static str, access: Access, handler: H) -> Self {
        self.add(Method::GET, path, access, Face::Page, handler)
    }

    /// A form that is sent and may carry files.
    #[must_use]
    pub fn post_with_files<H: Handler<T, S>, T: 'static>(
        self,
        path: &'static str,
        access: Access,
        handler: H,
    ) -> Self {
        self.add(Method::POST, path, access, Face::Page, handler).taking_files()
    }

    /// An operation of the API that takes files.
    #[must_use]
    pub fn api_post_files<H: Handler<T, S>, T: 'static>(
        self,
        path: &'static str,
        access: Access,
        handler: H,
    ) -> Self {
        self.add(Method::POST, path, access, Face::Api, handler).taking_files()
    }

    fn taking_files(mut self) -> Self {
        if let Some(route) = self.table.last_mut() {
            route.files = true;
        }
        self
    }

    /// A form that is sent.
    #[must_use]
    pub fn post<H: Handler<T, S>, T: 'static>(self, path: &'static str, access: Access, handler: H) -> Self {
        self.add(Method::POST, path, access, Face::Page, handler)
    }

    /// An operation of the API that reads.
    #[must_use]
    pub fn api_get<H: Handler<T, S>, T: 'static>(
        self,
        path: &'static str,
        access: Access,
        handler: H,
    ) -> Self {
        self.add(Method::GET, path, access, Face::Api, handler)
    }

    /// An operation of the API that creates or acts.
    #[must_use]
    pub fn api_post<H: Handler<T, S>, T: 'static>(
        self,
        path: &'static str,
        access: Access,
        handler: H,
    ) -> Self {
        self.add(Method::POST, path, access, Face::Api, handler)
    }

    /// An operation of the API that replaces.
    #[must_use]
    pub fn api_put<H: Handler<T, S>, T: 'static>(
        self,
        path: &'static str,
        access: Access,
        handler: H,
    ) -> Self {
        self.add(Method::PUT, path, access, Face::Api, handler)
    }

    /// An operation of the API that takes away.
    #[must_use]
    pub fn api_delete<H: Handler<T, S>, T: 'static>(
        self,
        path: &'static str,
        access: Access,
        handler: H,
    ) -> Self {
        self.add(Method::DELETE, path, access, Face::Api, handler)
    }

    fn add<H: Handler<T, S>, T: 'static>(
        mut self,
        method: Method,
        path: &'static str,
        access: Access,
        face: Face,
        handler: H,
    ) -> Self {
        let filter = match method {
            Method::POST => MethodFilter::POST,
            Method::PUT => MethodFilter::PUT,
            Method::DELETE => MethodFilter::DELETE,
            _ => MethodFilter::GET,
        };
        let guarded: MethodRouter<S, Infallible> = on(filter, handler)
            .route_layer(from_fn(move |request: Request, next: Next| guard(access, face, request, next)));
        self.router = self.router.route(path, guarded);
        self.table.push(Route { method, path, access, face, files: false });
        self
    }

    /// The part of the OpenAPI document that describes these routes.
    #[must_use]
    pub fn openapi(mut self, part: utoipa::openapi::OpenApi) -> Self {
        self.openapi.push(part);
        self
    }

    /// Gives the handlers their state.
    #[must_use]
    pub fn with_state(self, state: S) -> Routes {
        Routes { router: self.router.with_state(state), table: self.table, openapi: self.openapi }
    }

    /// The lines of the route table.
    pub fn table(&self) -> &[Route] {
        &self.table
    }
}

/// Marks a response with the face of its route, for errors on their way out.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Marked(pub(crate) Face);

async fn guard(access: Access, face: Face, request: Request, next: Next) -> Response {
    let mut response = match admitted(access, face, &request) {
        Ok(()) => next.run(request).await,
        Err(error) => error.into_response(),
    };
    response.extensions_mut().insert(Marked(face));
    response
}

fn admitted(access: Access, face: Face, request: &Request) -> Result<(), WebError> {
    let Some(visit) = request.extensions().get::<Visit>() else {
        return Err(gongzhi_kernel::Fault::internal("a route runs outside of the site's layers").into());
    };
    if !access.admits(visit.actor().kind()) {
        return Err(if visit.session().is_none() {
            WebError::sign_in_first()
        } else {
            WebError::not_for_you()
        });
    }
    if request.method().is_safe() {
        return Ok(());
    }
    let proof = own_origin(visit, request.headers());
    let accepted = match (face, visit.credential()) {
        // A form also carries its token, which the extractor demands.
        (Face::Page, _) => proof != Some(false),
        (Face::Api, Credential::Cookie) => proof == Some(true),
        // Nothing travels by itself that could be abused.
        (Face::Api, Credential::None | Credential::Bearer) => true,
    };
    if accepted { Ok(()) } else { Err(Refusal::forbidden("error-other-origin").into()) }
}

/// Whether the request comes from a page of this site; `None` where the browser does not say.
fn own_origin(visit: &Visit, headers: &HeaderMap) -> Option<bool> {
    if let Some(site) = headers.get("sec-fetch-site") {
        return Some(matches!(site.as_bytes(), b"same-origin" | b"none"));
    }
    let origin = headers.get(header::ORIGIN)?.to_str().unwrap_or("null");
    if origin == visit.site().config().base_url {
        return Some(true);
    }
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok());
    let named = origin.split_once("://").map(|(_, host)| host);
    Some(named.is_some() && named == host)
}
