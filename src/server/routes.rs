//! The whole URL map. Each route declares who may come through, what limits it, and what it takes; what is not here
//! does not exist.

mod administration;
mod check;

use std::rc::Rc;

use actix_web::http::Method;
use actix_web::http::header::{ALLOW, HeaderValue};
use actix_web::middleware::from_fn;
use actix_web::web::{Data, ServiceConfig};
use actix_web::{FromRequest, Handler, HttpRequest, HttpResponse, Resource, Responder, web as actix};

pub use check::check;

use crate::flows::access::{
    AdmitPeople, ChangeRoles, Demand, EndSessions, Invite, MakeToken, ManageInvitations, ManageOwnAccount,
    ManagePeople, ReadInvitations, ReadOwnAccount, ReadPeople, RemovePeople, Right, SeeSessions,
    UnlockPeople,
};
use crate::protocol::metadata::paths;
use crate::web::api::asked::Asks;
use crate::web::api::described::Described;
use crate::web::api::{auth, auth_shapes, invitations, memberships, sessions, tokens, user_actions};
use crate::web::edge::Edge;
use crate::web::family::Family;
use crate::web::limits::Door;
use crate::web::middleware::gate::{Gate, Guard, gate};
use crate::web::trouble::Trouble;
use crate::web::{api, assets, logos, oidc, operations, pages};

const POST: &[Method; 1] = &[Method::POST];
const PUT: &[Method; 1] = &[Method::PUT];
const PATCH: &[Method; 1] = &[Method::PATCH];
const DELETE: &[Method; 1] = &[Method::DELETE];

/// Every route of the server.
pub fn table() -> Vec<Route> {
    let mut all = pages_and_protocol();
    all.extend(api());
    all.extend(administration::routes());
    all.extend(joining());
    all.extend(passkeys());
    all.extend(factors());
    all.extend(console());
    all.extend(links());
    all.extend(account());
    all
}

fn pages_and_protocol() -> Vec<Route> {
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

/// The JSON API: each method with the right without which its handler gets nothing.
fn api() -> Vec<Route> {
    vec![
        Route::new("/api/v1/openapi.json", Guard::Open).get(api::openapi::get),
        Route::new("/api/v1/auth/login", Guard::Client)
            .door(Door::Token)
            .serves(&auth_shapes::LOGIN, auth::login),
        Route::new("/api/v1/auth/refresh", Guard::Client)
            .door(Door::Token)
            .serves(&auth_shapes::REFRESH, auth::refresh),
        Route::new("/api/v1/auth/logout", Guard::Client)
            .door(Door::Token)
            .serves(&auth_shapes::LOGOUT, auth::logout),
        Route::new("/api/v1/users", Guard::Api)
            .door(Door::Bearer)
            .reads::<ReadPeople, _, _>(&api::users::LIST, api::users::list)
            .writes::<AdmitPeople, _, _>(POST, &api::users::CREATE, api::users::create),
        Route::new("/api/v1/users/{user}", Guard::Api)
            .door(Door::Bearer)
            .reads::<ReadPeople, _, _>(&api::users::GET, api::users::get)
            .writes::<ManagePeople, _, _>(PATCH, &api::users::CHANGE, api::users::change)
            .writes::<RemovePeople, _, _>(DELETE, &api::users::DELETE, api::users::delete),
        Route::new("/api/v1/users/{user}/roles", Guard::Api).door(Door::Bearer).writes::<ChangeRoles, _, _>(
            PUT,
            &user_actions::ROLES,
            user_actions::roles,
        ),
        Route::new("/api/v1/users/{user}/suspend", Guard::Api)
            .door(Door::Bearer)
            .writes::<RemovePeople, _, _>(POST, &user_actions::SUSPEND, user_actions::suspend),
        Route::new("/api/v1/users/{user}/resume", Guard::Api)
            .door(Door::Bearer)
            .writes::<ManagePeople, _, _>(POST, &user_actions::RESUME, user_actions::resume),
        Route::new("/api/v1/users/{user}/restore", Guard::Api)
            .door(Door::Bearer)
            .writes::<AdmitPeople, _, _>(POST, &user_actions::RESTORE, user_actions::restore),
        Route::new("/api/v1/users/{user}/unlock", Guard::Api)
            .door(Door::Bearer)
            .writes::<UnlockPeople, _, _>(POST, &user_actions::UNLOCK, user_actions::unlock),
        Route::new("/api/v1/users/{user}/sessions", Guard::Api)
            .door(Door::Bearer)
            .reads::<SeeSessions, _, _>(&sessions::OF_USER, sessions::of_user)
            .writes::<EndSessions, _, _>(DELETE, &sessions::END_ALL_OF_USER, sessions::end_all_of_user),
        Route::new("/api/v1/users/{user}/sessions/{session}", Guard::Api)
            .door(Door::Bearer)
            .writes::<EndSessions, _, _>(DELETE, &sessions::END_OF_USER, sessions::end_of_user),
        Route::new("/api/v1/tokens", Guard::Api)
            .door(Door::Bearer)
            .reads::<ReadOwnAccount, _, _>(&tokens::LIST, tokens::list)
            .writes::<MakeToken, _, _>(POST, &tokens::MAKE, tokens::make),
        Route::new("/api/v1/tokens/{token}", Guard::Api).door(Door::Bearer).writes::<ManageOwnAccount, _, _>(
            DELETE,
            &tokens::REVOKE,
            tokens::revoke,
        ),
        Route::new("/api/v1/sessions", Guard::Api)
            .door(Door::Bearer)
            .reads::<ReadOwnAccount, _, _>(&sessions::OWN, sessions::own)
            .writes::<ManageOwnAccount, _, _>(DELETE, &sessions::END_OTHERS, sessions::end_others),
        Route::new("/api/v1/sessions/{session}", Guard::Api)
            .door(Door::Bearer)
            .writes::<ManageOwnAccount, _, _>(DELETE, &sessions::END_OWN, sessions::end_own),
    ]
}

/// Invitations: those who send them, and those who accept.
fn joining() -> Vec<Route> {
    vec![
        Route::new("/invitation", Guard::Browser)
            .door(Door::SignIn)
            .get(pages::invitation::get)
            .post(pages::invitation::post),
        Route::new("/signup", Guard::Browser)
            .door(Door::Mail)
            .get(pages::signup::get)
            .post(pages::signup::post),
        Route::new("/login/enrol", Guard::Browser)
            .door(Door::SignIn)
            .get(pages::enrol::get)
            .post(pages::enrol::post),
        Route::new("/api/v1/memberships", Guard::Api)
            .door(Door::Bearer)
            .reads::<ReadPeople, _, _>(&memberships::LIST, memberships::list),
        Route::new("/api/v1/memberships/{user}", Guard::Api)
            .door(Door::Bearer)
            .reads::<ReadPeople, _, _>(&memberships::GET, memberships::get)
            .writes::<RemovePeople, _, _>(DELETE, &memberships::END, memberships::end),
        Route::new("/api/v1/invitations", Guard::Api)
            .door(Door::Bearer)
            .reads::<ReadInvitations, _, _>(&invitations::LIST, invitations::list)
            .writes::<Invite, _, _>(POST, &invitations::SEND, invitations::send),
        Route::new("/api/v1/invitations/batch", Guard::Api).door(Door::Bearer).writes::<Invite, _, _>(
            POST,
            &invitations::SEND_MANY,
            invitations::send_many,
        ),
        Route::new("/api/v1/invitations/{invitation}", Guard::Api)
            .door(Door::Bearer)
            .reads::<ReadInvitations, _, _>(&invitations::GET, invitations::get),
        Route::new("/api/v1/invitations/{invitation}/resend", Guard::Api)
            .door(Door::Bearer)
            .writes::<Invite, _, _>(POST, &invitations::RESEND, invitations::resend),
        Route::new("/api/v1/invitations/{invitation}/withdraw", Guard::Api)
            .door(Door::Bearer)
            .writes::<ManageInvitations, _, _>(POST, &invitations::WITHDRAW, invitations::withdraw),
    ]
}

/// Codes as a second factor, and the pages on which people look after their factors.
fn factors() -> Vec<Route> {
    vec![
        Route::new("/login/totp", Guard::Browser)
            .door(Door::SignIn)
            .get(pages::code::get_totp)
            .post(pages::code::post_totp),
        Route::new("/login/recovery-code", Guard::Browser)
            .door(Door::SignIn)
            .get(pages::code::get_recovery)
            .post(pages::code::post_recovery),
        Route::new("/login/email-code", Guard::Browser)
            .door(Door::SignIn)
            .get(pages::code::get_email)
            .post(pages::code::post_email),
        Route::new("/account", Guard::Browser)
            .unlimited("leads to what the browser is signed in to")
            .get(pages::account::get),
        Route::new("/account/factors", Guard::Browser)
            .unlimited("shows signed-in people what is theirs")
            .get(pages::account::factors::get),
        Route::new("/account/factors/totp", Guard::Browser)
            .unlimited("takes changes of people who have just proved who they are")
            .get(pages::account::totp::get)
            .post(pages::account::totp::post),
        Route::new("/account/factors/totp/remove", Guard::Browser)
            .unlimited("takes changes of people who have just proved who they are")
            .get(pages::account::totp::get_remove)
            .post(pages::account::totp::post_remove),
        Route::new("/account/factors/recovery-codes", Guard::Browser)
            .unlimited("takes changes of people who have just proved who they are")
            .get(pages::account::recovery_codes::get)
            .post(pages::account::recovery_codes::post),
    ]
}

/// The console. Each of its pages asks for the rights of the API in the transaction of what it does, and for an owner or an
/// admin (`pages::console`).
fn console() -> Vec<Route> {
    vec![
        Route::new("/console", Guard::Browser)
            .unlimited("leads to what the browser is signed in to")
            .get(pages::console::get),
        Route::new("/console/invitations", Guard::Browser)
            .unlimited("is for people who are signed in")
            .get(pages::console::invitations::get)
            .post(pages::console::invitations::post),
        Route::new("/console/people", Guard::Browser)
            .unlimited("is for people who are signed in")
            .get(pages::console::people::get)
            .post(pages::console::people::post),
        Route::new("/console/policy", Guard::Browser)
            .unlimited("is for people who are signed in")
            .get(pages::console::policy::get)
            .post(pages::console::policy::post),
        Route::new("/console/people/person", Guard::Browser)
            .unlimited("is for people who are signed in")
            .get(pages::console::person::get)
            .post(pages::console::person::post),
    ]
}

/// What is asked for by mail, and where the mails lead.
fn links() -> Vec<Route> {
    vec![
        Route::new("/login/link", Guard::Browser)
            .door(Door::Mail)
            .get(pages::links::ask::get_link)
            .post(pages::links::ask::post_link),
        Route::new("/login/reset", Guard::Browser)
            .door(Door::Mail)
            .get(pages::links::ask::get_reset)
            .post(pages::links::ask::post_reset),
        Route::new("/link", Guard::Browser)
            .door(Door::SignIn)
            .get(pages::links::sign_in::get)
            .post(pages::links::sign_in::post),
        Route::new("/reset", Guard::Browser)
            .door(Door::SignIn)
            .get(pages::links::reset::get)
            .post(pages::links::reset::post),
        Route::new("/email", Guard::Browser)
            .door(Door::SignIn)
            .get(pages::links::email::get)
            .post(pages::links::email::post),
    ]
}

/// The other pages on which people look after their own account.
fn account() -> Vec<Route> {
    vec![
        Route::new("/.well-known/change-password", Guard::Open).get(pages::account::password::well_known),
        Route::new("/account/profile", Guard::Browser)
            .unlimited("is for people who are signed in")
            .get(pages::account::profile::get)
            .post(pages::account::profile::post),
        Route::new("/account/email", Guard::Browser)
            .door(Door::Mail)
            .get(pages::account::email::get)
            .post(pages::account::email::post),
        Route::new("/account/password", Guard::Browser)
            .unlimited("takes changes of people who have just proved who they are")
            .get(pages::account::password::get)
            .post(pages::account::password::post),
        Route::new("/account/sessions", Guard::Browser)
            .unlimited("is for people who are signed in")
            .get(pages::account::sessions::get)
            .post(pages::account::sessions::post),
        Route::new("/account/applications", Guard::Browser)
            .unlimited("is for people who are signed in")
            .get(pages::account::applications::get)
            .post(pages::account::applications::post),
        Route::new("/account/organisations", Guard::Browser)
            .door(Door::SignIn)
            .get(pages::account::organisations::get)
            .post(pages::account::organisations::post),
        Route::new("/account/tokens", Guard::Browser)
            .unlimited("is for people who are signed in")
            .get(pages::account::tokens::get)
            .post(pages::account::tokens::post),
        Route::new("/account/tokens/new", Guard::Browser)
            .unlimited("takes changes of people who have just proved who they are")
            .get(pages::account::tokens::get_new)
            .post(pages::account::tokens::post_new),
        Route::new("/account/history", Guard::Browser)
            .unlimited("is for people who are signed in")
            .get(pages::account::history::get),
        Route::new("/account/data", Guard::Browser)
            .unlimited("takes changes of people who have just proved who they are")
            .get(pages::account::data::get)
            .post(pages::account::data::post),
    ]
}

/// Signing in with a passkey, and a person's own passkeys.
fn passkeys() -> Vec<Route> {
    vec![
        Route::new("/login/passkey", Guard::Browser)
            .door(Door::Passkey)
            .get(pages::passkey::get)
            .post(pages::passkey::post),
        Route::new("/login/offer", Guard::Browser)
            .unlimited("is for people who are signed in")
            .get(pages::offer::get)
            .post(pages::offer::post),
        Route::new("/account/passkeys", Guard::Browser)
            .unlimited("is for people who are signed in")
            .get(pages::account::passkeys::get)
            .post(pages::account::passkeys::post),
        Route::new("/account/passkeys/new", Guard::Browser)
            .unlimited("is for people who are signed in")
            .get(pages::account::passkeys::get_new)
            .post(pages::account::passkeys::post_new),
    ]
}

/// One route: a path, what is declared of it, and its handlers by method.
pub struct Route {
    path: &'static str,
    gate: Gate,
    unlimited: Option<&'static str>,
    operations: Vec<Operation>,
    services: Vec<&'static Described>,
    handlers: Vec<Mount>,
}

/// One operation of the JSON API: a method, what it demands of the caller, and what the document says of it.
#[derive(Clone)]
pub struct Operation {
    /// The method.
    pub method: Method,
    /// What is demanded.
    pub demand: Demand,
    /// What is said of it.
    pub described: &'static Described,
}

type Mount = Box<dyn Fn(Resource) -> Resource>;

impl Route {
    /// A route that lets these callers through.
    pub fn new(path: &'static str, guard: Guard) -> Self {
        Self {
            path,
            gate: Gate { guard, door: None, cors: false, methods: Vec::new() },
            unlimited: None,
            operations: Vec::new(),
            services: Vec::new(),
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

    /// An operation of the API that changes nothing: GET, and HEAD. Its handler takes the right `R` and no other.
    #[must_use]
    pub fn reads<R, F, Args>(self, described: &'static Described, handler: F) -> Self
    where
        R: Right,
        F: Handler<Args> + Clone,
        Args: FromRequest + Asks<R> + 'static,
        F::Output: Responder + 'static,
    {
        self.operation::<R>(Method::GET, described).takes(&[Method::GET, Method::HEAD], handler)
    }

    /// An operation of the API that changes something, by one of the other methods.
    #[must_use]
    pub fn writes<R, F, Args>(
        self,
        methods: &'static [Method; 1],
        described: &'static Described,
        handler: F,
    ) -> Self
    where
        R: Right,
        F: Handler<Args> + Clone,
        Args: FromRequest + Asks<R> + 'static,
        F::Output: Responder + 'static,
    {
        let [method] = methods;
        self.operation::<R>(method.clone(), described).takes(methods, handler)
    }

    /// What the API does for a client itself, by POST: no right of a person is asked for.
    #[must_use]
    pub fn serves<F, Args>(mut self, described: &'static Described, handler: F) -> Self
    where
        F: Handler<Args> + Clone,
        Args: FromRequest + 'static,
        F::Output: Responder + 'static,
    {
        self.services.push(described);
        self.post(handler)
    }

    fn operation<R: Right>(mut self, method: Method, described: &'static Described) -> Self {
        self.operations.push(Operation { method, demand: R::DEMAND, described });
        self
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

    /// The operations of the API that it takes.
    pub fn operations(&self) -> &[Operation] {
        &self.operations
    }

    /// What it does for clients, by POST.
    pub fn services(&self) -> &[&'static Described] {
        &self.services
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
