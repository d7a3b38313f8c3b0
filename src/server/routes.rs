//! The whole URL map. Each route declares who may come through, what limits it, and what it takes; what is not here
//! does not exist.

use std::collections::BTreeSet;
use std::rc::Rc;

use actix_web::http::Method;
use actix_web::http::header::{ALLOW, HeaderValue};
use actix_web::middleware::from_fn;
use actix_web::web::{Data, ServiceConfig};
use actix_web::{FromRequest, Handler, HttpRequest, HttpResponse, Resource, Responder, web as actix};

use crate::protocol::metadata::paths;
use crate::web::edge::Edge;
use crate::web::family::Family;
use crate::web::limits::Door;
use crate::web::middleware::gate::{Gate, Guard, gate};
use crate::web::trouble::Trouble;
use crate::web::{assets, logos, oidc, operations, pages};

/// Every route of the server.
pub fn table() -> Vec<Route> {
    vec![
        Route::new("/healthz", Guard::Open).get(operations::healthz),
        Route::new("/readyz", Guard::Open).get(operations::readyz),
        Route::new("/oauth2/authorize", Guard::Relay)
            .door(Door::Authorize)
            .acting_get(oidc::authorize::get)
            .post(oidc::authorize::post),
        Route::new("/oauth2/authorize/resume", Guard::Browser)
            .door(Door::Authorize)
            .acting_get(oidc::authorize::resume),
        Route::new("/", Guard::Browser)
            .unlimited("tells a browser what it is signed in to")
            .get(pages::home::get),
        Route::new("/login", Guard::Browser)
            .door(Door::SignIn)
            .get(pages::login::get)
            .post(pages::login::post),
        Route::new("/login/password", Guard::Browser)
            .door(Door::SignIn)
            .get(pages::password::get)
            .post(pages::password::post),
        Route::new("/login/factor", Guard::Browser)
            .unlimited("shows the ways on to whoever has proved a factor, and takes no proof")
            .get(pages::factor::get)
            .post(pages::factor::post),
        Route::new("/login/accounts", Guard::Browser)
            .unlimited("takes accounts that are signed in, and no proof")
            .get(pages::accounts::get)
            .post(pages::accounts::post),
        Route::new("/oauth2/logout", Guard::Relay)
            .door(Door::Logout)
            .acting_get(pages::logout::get)
            .post(pages::logout::post),
        Route::new("/setup", Guard::Browser)
            .door(Door::Setup)
            .get(pages::setup::get)
            .post(pages::setup::post),
        Route::new(paths::OPENID_CONFIGURATION, Guard::Open).cors().get(oidc::discovery::get),
        Route::new(paths::OAUTH_METADATA, Guard::Open).cors().get(oidc::discovery::get),
        Route::new(paths::JWKS, Guard::Open).cors().get(oidc::jwks::get),
        Route::new(paths::REVOCATIONS, Guard::Open).cors().get(oidc::revocations::get),
        Route::new(paths::TOKEN, Guard::Client).door(Door::Token).cors().post(oidc::token::post),
        Route::new(paths::REVOKE, Guard::Client).door(Door::Token).cors().post(oidc::revoke::post),
        Route::new(paths::INTROSPECT, Guard::Client).door(Door::Token).post(oidc::introspect::post),
        Route::new(paths::USERINFO, Guard::Bearer)
            .door(Door::Bearer)
            .cors()
            .get(oidc::userinfo::get)
            .post(oidc::userinfo::post),
        Route::new(paths::WORKSPACES, Guard::Bearer)
            .door(Door::Bearer)
            .cors()
            .get(oidc::userinfo::workspaces),
        Route::new("/consent", Guard::Browser)
            .unlimited("answers a question that was asked of a signed-in person")
            .get(pages::consent::get)
            .post(pages::consent::post),
        Route::new("/assets/{name}", Guard::Open).get(assets::get),
        Route::new("/assets/logos/{client}/{id}", Guard::Open).get(logos::get),
    ]
}

/// One route: a path, what is declared of it, and its handlers by method.
pub struct Route {
    path: &'static str,
    gate: Gate,
    unlimited: Option<&'static str>,
    handlers: Vec<Mount>,
}

type Mount = Box<dyn Fn(Resource) -> Resource>;

impl Route {
    /// A route that lets these callers through.
    pub fn new(path: &'static str, guard: Guard) -> Self {
        Self {
            path,
            gate: Gate { guard, door: None, cors: false, methods: Vec::new() },
            unlimited: None,
            handlers: Vec::new(),
        }
    }

    /// Counts nothing, for this reason.
    #[must_use]
    pub const fn unlimited(mut self, why: &'static str) -> Self {
        self.unlimited = Some(why);
        self
    }

    /// Counts what this door counts.
    #[must_use]
    pub fn door(mut self, door: Door) -> Self {
        self.gate.door = Some(door);
        self
    }

    /// May be called by scripts of listed origins.
    #[must_use]
    pub const fn cors(mut self) -> Self {
        self.gate.cors = true;
        self
    }

    /// Answers GET, and HEAD without the body.
    #[must_use]
    pub fn get<F, Args>(self, handler: F) -> Self
    where
        F: Handler<Args> + Clone,
        Args: FromRequest + 'static,
        F::Output: Responder + 'static,
    {
        self.takes(&[Method::GET, Method::HEAD], handler)
    }

    /// Answers GET alone: here it issues a code or ends a session, as the protocol has it, and HEAD must not (RFC 9110
    /// §9.2.1).
    #[must_use]
    pub fn acting_get<F, Args>(self, handler: F) -> Self
    where
        F: Handler<Args> + Clone,
        Args: FromRequest + 'static,
        F::Output: Responder + 'static,
    {
        self.takes(&[Method::GET], handler)
    }

    /// Answers POST.
    #[must_use]
    pub fn post<F, Args>(self, handler: F) -> Self
    where
        F: Handler<Args> + Clone,
        Args: FromRequest + 'static,
        F::Output: Responder + 'static,
    {
        self.takes(&[Method::POST], handler)
    }

    fn takes<F, Args>(mut self, methods: &'static [Method], handler: F) -> Self
    where
        F: Handler<Args> + Clone,
        Args: FromRequest + 'static,
        F::Output: Responder + 'static,
    {
        self.gate.methods.extend_from_slice(methods);
        self.handlers.push(Box::new(move |resource| {
            methods.iter().fold(resource, |resource, method| {
                resource.route(actix::method(method.clone()).to(handler.clone()))
            })
        }));
        self
    }

    /// Its path, with names in braces where anything may stand.
    pub const fn path(&self) -> &'static str {
        self.path
    }

    /// What is declared of it.
    pub const fn gate(&self) -> &Gate {
        &self.gate
    }

    /// The family of its answers.
    pub fn family(&self) -> Family {
        Family::of_path(self.path)
    }

    fn mount(self, config: &mut ServiceConfig) {
        let allowed: Vec<&str> = self.gate.methods.iter().map(Method::as_str).collect();
        let allowed = allowed.join(", ");
        let shared = Rc::new(self.gate);
        let resource = self
            .handlers
            .iter()
            .fold(actix::resource(self.path), |resource, mount| mount(resource))
            .default_service(actix::to(move |request: HttpRequest, edge: Data<Edge>| {
                std::future::ready(wrong_method(&request, &edge, &allowed))
            }))
            .wrap(from_fn(move |request, next| gate(Rc::clone(&shared), request, next)));
        config.service(resource);
    }
}

/// Mounts every route.
pub fn mount(config: &mut ServiceConfig) {
    for route in table() {
        route.mount(config);
    }
}

/// Answers for every path that is not in the map.
pub async fn nowhere(request: HttpRequest, edge: Data<Edge>) -> HttpResponse {
    refuse(&request, &edge, Trouble::NotFound)
}

fn wrong_method(request: &HttpRequest, edge: &Edge, allowed: &str) -> HttpResponse {
    let mut answer = refuse(request, edge, Trouble::WrongMethod);
    if let Ok(allowed) = HeaderValue::from_str(allowed) {
        answer.headers_mut().insert(ALLOW, allowed);
    }
    answer
}

fn refuse(request: &HttpRequest, edge: &Edge, trouble: Trouble) -> HttpResponse {
    let family = Family::of_path(request.path());
    trouble.answer(family, edge.frame(request, None), edge.notes(request).request_id())
}

/// Checks the map before anything listens: what does not fit together does not start.
///
/// # Errors
/// Every breach, one a line.
pub fn check(table: &[Route]) -> Result<(), String> {
    let mut seen = BTreeSet::new();
    let mut breaches = Vec::new();
    for route in table {
        let mut breach = |what: &str| breaches.push(format!("{}: {what}", route.path));
        let (gate, page) = (&route.gate, route.family() == Family::Page);
        if !seen.insert(route.path) {
            breach("stands twice");
        }
        if gate.methods.is_empty() {
            breach("takes no method");
        }
        let changes = gate.methods.iter().any(|method| !matches!(*method, Method::GET | Method::HEAD));
        match gate.guard {
            Guard::Open if changes => {
                breach("takes a method that changes something, and anybody may come through");
            }
            Guard::Browser | Guard::Relay if !page => breach("is for people, and not a page"),
            Guard::Client | Guard::Bearer if page => breach("is for programs, and a page"),
            Guard::Open | Guard::Browser | Guard::Relay | Guard::Client | Guard::Bearer => {}
        }
        if gate.cors && page {
            breach("is a page, and open to scripts of other origins");
        }
        if gate.guard != Guard::Open && gate.door.is_some() == route.unlimited.is_some() {
            breach("has neither a limit nor a reason to have none, or both");
        }
    }
    if breaches.is_empty() { Ok(()) } else { Err(breaches.join("\n")) }
}
