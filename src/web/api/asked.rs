//! A request to the API: who asks, and how it is answered. A handler that takes `Asked<R>` may be mounted only where the URL
//! map declares the right `R`.

use std::future::{Ready, ready};
use std::marker::PhantomData;

use actix_web::dev::Payload;
use actix_web::error::InternalError;
use actix_web::http::StatusCode;
use actix_web::http::header::{ETAG, HeaderValue, IF_MATCH};
use actix_web::web::{Bytes, Data};
use actix_web::{FromRequest, HttpRequest, HttpResponse};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::body;
use super::query::Query;
use super::refused;
use crate::flows::Call;
use crate::flows::access::{self, Authorized, Credential, Refused, Right};
use crate::flows::tokens;
use crate::model::failure::Failure;
use crate::model::ids::PersonalTokenId;
use crate::protocol::scope_headers::TENANT;
use crate::storage::{Directory, TenantTx};
use crate::web::edge::Edge;
use crate::web::family::Family;
use crate::web::guard::bearer::credential;
use crate::web::limits::Door;
use crate::web::oidc::error::Halt;
use crate::web::trouble::Trouble;

/// One request for which the right `R` is needed.
pub struct Asked<R> {
    /// The parts of the server.
    pub edge: Data<Edge>,
    /// What the request brings to every flow.
    pub call: Call,
    request: HttpRequest,
    right: PhantomData<R>,
}

/// Arguments of a handler that asks for the right `R` and no other.
pub trait Asks<R> {}

impl<R> Asks<R> for (Asked<R>,) {}
impl<R> Asks<R> for (Asked<R>, Bytes) {}

/// An answer that is not what was asked for: the way out of a handler by `?`.
pub struct Detour(Box<HttpResponse>);

impl From<HttpResponse> for Detour {
    fn from(answer: HttpResponse) -> Self {
        Self(Box::new(answer))
    }
}

/// What a handler comes to.
pub type Outcome = Result<HttpResponse, Detour>;

/// The answer of a handler.
pub fn answered(outcome: Outcome) -> HttpResponse {
    match outcome {
        Ok(response) => response,
        Err(Detour(response)) => *response,
    }
}

impl<R: 'static> FromRequest for Asked<R> {
    type Error = actix_web::Error;
    type Future = Ready<Result<Self, Self::Error>>;

    fn from_request(request: &HttpRequest, _body: &mut Payload) -> Self::Future {
        let Some(edge) = request.app_data::<Data<Edge>>().cloned() else {
            let broken = HttpResponse::InternalServerError().finish();
            return ready(Err(InternalError::from_response("the server has no parts", broken).into()));
        };
        let call = edge.call(request);
        ready(Ok(Self { edge, call, request: request.clone(), right: PhantomData }))
    }
}

impl<R: Right> Asked<R> {
    /// Reads in the tenant of whoever asks, if they have the right. What they gave is judged behind that: whoever may do
    /// nothing here learns nothing of what would be right.
    ///
    /// # Errors
    /// What to answer instead. A refusal is recorded, in a transaction of its own: it changed nothing.
    pub async fn read<P: Send + 'static, T: Send + 'static>(
        &self,
        given: Result<P, Refused>,
        work: impl FnOnce(&mut TenantTx<'_>, &Authorized<R>, P) -> Result<Result<T, Refused>, Failure>
        + Send
        + 'static,
    ) -> Result<T, Detour> {
        let credential = self.credential()?;
        let (call, shown) = (self.call.clone(), credential.clone());
        let read = move |directory: &mut Directory<'_>| {
            access::look(directory, &call, &shown, |tx, right| {
                let done = given_to(given, tx, right, work)?;
                Ok(done.map(|value| (value, right.due())))
            })
        };
        match self.edge.database.read_directory(read).await {
            Ok(Ok((value, due))) => {
                self.used(&credential, due).await?;
                Ok(self.noted(&credential, value))
            }
            Ok(Err(refused)) => {
                self.slow_down()?;
                let (call, rules) = (self.call.clone(), self.edge.sign_in.records.clone());
                let (operation, why) = (self.operation(), refused.clone());
                let record = move |directory: &mut Directory<'_>| {
                    access::note(directory, &call, &rules, (&credential, &operation), &why)
                };
                match self.edge.database.write_directory(record).await {
                    Ok(()) => Err(self.refuse(&refused)),
                    Err(failure) => Err(self.failed(&failure)),
                }
            }
            Err(failure) => Err(self.failed(&failure)),
        }
    }

    /// Reads and writes in the tenant of whoever asks, if they have the right; what they gave is judged behind that.
    ///
    /// # Errors
    /// What to answer instead. A refusal is recorded in the same transaction.
    pub async fn write<P: Send + 'static, T: Send + 'static>(
        &self,
        given: Result<P, Refused>,
        work: impl FnOnce(&mut TenantTx<'_>, &Authorized<R>, P) -> Result<Result<T, Refused>, Failure>
        + Send
        + 'static,
    ) -> Result<T, Detour> {
        let credential = self.credential()?;
        let (call, rules) = (self.call.clone(), self.edge.sign_in.records.clone());
        let (operation, shown) = (self.operation(), credential.clone());
        let write = move |directory: &mut Directory<'_>| {
            let done = access::act(directory, &call, &shown, |tx, right| {
                let done = given_to(given, tx, right, work)?;
                if let Some(id) = right.due() {
                    tokens::touch(tx, &call, id)?;
                }
                Ok(done)
            })?;
            if let Err(refused) = &done {
                access::note(directory, &call, &rules, (&shown, &operation), refused)?;
            }
            Ok(done)
        };
        match self.edge.database.write_directory(write).await {
            Ok(Ok(value)) => Ok(self.noted(&credential, value)),
            Ok(Err(refused)) => Err(self.refuse(&refused)),
            Err(failure) => Err(self.failed(&failure)),
        }
    }

    /// The parameters of the URL; those with these names and no other.
    ///
    /// # Errors
    /// Another one, or one twice.
    pub fn query(&self, known: &[(&str, &str)]) -> Result<Query, Refused> {
        Query::read(self.request.query_string(), known)
    }

    /// The body, as JSON of this shape and nothing else, and no parameters of the URL.
    ///
    /// # Errors
    /// Another media type, no JSON, a member twice, an unknown member, a value of another type.
    pub fn body<T: DeserializeOwned>(&self, body: &Bytes) -> Result<T, Refused> {
        self.query(&[])?;
        if body::is_json(self.request.headers()) { body::read(body) } else { Err(Refused::MediaType) }
    }

    /// The body as text of this media type, and no parameters of the URL; `None` where it is of another.
    ///
    /// # Errors
    /// A parameter of the URL, or bytes that are no text.
    pub fn text<'a>(&self, media: &str, body: &'a Bytes) -> Result<Option<&'a str>, Refused> {
        if !body::is(self.request.headers(), media) {
            return Ok(None);
        }
        self.query(&[])?;
        let text = std::str::from_utf8(body).map_err(|_| Refused::invalid("", "The body must be UTF-8."))?;
        Ok(Some(text))
    }

    /// Nothing but the path.
    ///
    /// # Errors
    /// A parameter of the URL.
    pub fn nothing(&self) -> Result<(), Refused> {
        self.query(&[]).map(drop)
    }

    /// The id in the path; `None` for what cannot be one, which is an id that nothing has.
    pub fn id<I: std::str::FromStr>(&self, name: &str) -> Option<I> {
        self.request.match_info().get(name)?.parse().ok()
    }

    /// The version that the caller wants to change, if they say so (RFC 9110 §13.1.1).
    pub fn if_match(&self) -> Option<String> {
        let header = self.request.headers().get(IF_MATCH)?;
        Some(String::from_utf8_lossy(header.as_bytes()).into_owned())
    }

    fn refuse(&self, refused: &Refused) -> Detour {
        refused::answer(refused, self.edge.notes(&self.request).request_id()).into()
    }

    /// Who calls, as far as it can be told without the database. A caller that names a tenant by header must mean its own,
    /// here as at every service (docs/verify-tokens.md): the middleware's check, beside that of the flow.
    fn credential(&self) -> Result<Credential, Detour> {
        let credential =
            credential(&self.request, &self.edge, &self.call).map_err(|halt| self.halted(halt))?;
        let mut named = self.request.headers().get_all(TENANT);
        let own = credential.tenant().to_string();
        if named.any(|value| value.as_bytes() != own.as_bytes()) {
            return Err(self.trouble(Trouble::NotFound));
        }
        Ok(credential)
    }

    /// Which operation it is, in words of the URL map: nothing that was sent.
    fn operation(&self) -> String {
        let pattern = self.request.match_pattern().unwrap_or_default();
        format!("{} {pattern}", self.request.method())
    }

    /// Writes down that a personal access token was used, if that is due.
    async fn used(&self, credential: &Credential, due: Option<PersonalTokenId>) -> Result<(), Detour> {
        let Some(id) = due else { return Ok(()) };
        let (call, tenant) = (self.call.clone(), credential.tenant());
        let touch = move |directory: &mut Directory<'_>| match directory.tenant(tenant)? {
            Some(scope) => tokens::touch(&mut directory.enter(&scope)?, &call, id),
            None => Ok(()),
        };
        self.edge.database.write_directory(touch).await.map_err(|failure| self.failed(&failure))
    }

    /// Notes who asked with a good token (R60).
    fn noted<T>(&self, credential: &Credential, value: T) -> T {
        let Credential::Token(token) = credential else { return value };
        let (notes, claims) = (self.edge.notes(&self.request), token.claims());
        if let Ok(client) = claims.client_id.parse() {
            notes.client(claims.tenant_id, &client);
        }
        if let Ok(user) = claims.sub.parse() {
            notes.user(claims.tenant_id, user);
        }
        value
    }

    /// Whoever was refused too often is told to wait, and is not recorded meanwhile (D23).
    fn slow_down(&self) -> Result<(), Detour> {
        let notes = self.edge.notes(&self.request);
        let Some(knocker) = notes.knocker() else { return Ok(()) };
        let peeked = self.edge.limits.peek(Door::Bearer, &knocker, self.call.now);
        peeked.map_err(|too_many| self.trouble(Trouble::TooMany(too_many)))
    }

    fn halted(&self, halt: Halt) -> Detour {
        let trouble = match halt {
            Halt::Bearer(error) => {
                return refused::unproved(error, self.edge.notes(&self.request).request_id()).into();
            }
            Halt::Refused(_) => Trouble::Malformed,
            Halt::TooMany(too_many) => Trouble::TooMany(too_many),
            Halt::Failed(failure) => return self.failed(&failure),
        };
        self.trouble(trouble)
    }

    fn failed(&self, failure: &Failure) -> Detour {
        self.trouble(Trouble::of_failure(failure, self.call.request_id))
    }

    fn trouble(&self, trouble: Trouble) -> Detour {
        let frame = self.edge.frame(&self.request, None);
        trouble.answer(Family::Api, frame, self.call.request_id).into()
    }
}

/// Goes on with what was given, where it can be taken.
fn given_to<R, P, T>(
    given: Result<P, Refused>,
    tx: &mut TenantTx<'_>,
    right: &Authorized<R>,
    work: impl FnOnce(&mut TenantTx<'_>, &Authorized<R>, P) -> Result<Result<T, Refused>, Failure>,
) -> Result<Result<T, Refused>, Failure> {
    match given {
        Ok(given) => work(tx, right, given),
        Err(refused) => Ok(Err(refused)),
    }
}

/// An answer with a body.
pub fn json(status: StatusCode, body: &impl Serialize) -> HttpResponse {
    HttpResponse::build(status).json(body)
}

/// An answer with a body and its version.
pub fn versioned(status: StatusCode, version: &str, body: &impl Serialize) -> HttpResponse {
    let mut response = json(status, body);
    if let Ok(tag) = HeaderValue::from_str(&format!("\"{version}\"")) {
        response.headers_mut().insert(ETAG, tag);
    }
    response
}
