//! What every page needs of its request: the parts of the server, the call, the browser, and ways to answer.

use std::future::{Ready, ready};
use std::rc::Rc;

use actix_web::dev::Payload;
use actix_web::error::InternalError;
use actix_web::http::StatusCode;
use actix_web::http::header::{LOCATION, RETRY_AFTER};
use actix_web::web::{Bytes, Data};
use actix_web::{FromRequest, HttpRequest, HttpResponse};
use askama::Template;

use crate::flows::Call;
use crate::flows::session::LiveAccount;
use crate::model::failure::Failure;
use crate::model::ids::{InteractionHandle, TenantId, UserId};
use crate::model::secret::Secret;
use crate::protocol::params::Params;
use crate::protocol::redirect_uri::VerifiedRedirect;
use crate::storage::TenantScope;
use crate::views::error::ErrorKind;
use crate::views::form::Form;
use crate::views::link::LocalPath;
use crate::views::{ErrorPage, Frame};
use crate::web::edge::Edge;
use crate::web::family::Family;
use crate::web::guard::browser::{self, Browser};
use crate::web::knocker::Knocker;
use crate::web::limits::Door;
use crate::web::media_type::is_form;
use crate::web::meter::Leave;
use crate::web::trouble::Trouble;

/// The field and parameter that names the waiting interaction.
pub const INTERACTION: &str = "interaction";

/// The field that tells one form of an interaction from every other.
const SERIAL: &str = "serial";

/// A visit of one of our pages. Cloning is cheap.
#[derive(Clone)]
pub struct Visitor {
    /// The parts of the server.
    pub edge: Data<Edge>,
    /// The request.
    pub request: HttpRequest,
    /// What the request brings to every flow.
    pub call: Call,
    /// Which browser it is.
    pub browser: Rc<Browser>,
}

impl FromRequest for Visitor {
    type Error = actix_web::Error;
    type Future = Ready<Result<Self, Self::Error>>;

    fn from_request(request: &HttpRequest, _body: &mut Payload) -> Self::Future {
        let Some(edge) = request.app_data::<Data<Edge>>().cloned() else {
            let broken = HttpResponse::InternalServerError().finish();
            return ready(Err(InternalError::from_response("the server has no parts", broken).into()));
        };
        let call = edge.call(request);
        let browser = Rc::new(Browser::of(request, &edge));
        ready(Ok(Self { edge, request: request.clone(), call, browser }))
    }
}

/// An answer that is not the page itself: the way out of a handler by `?`.
pub struct Detour(Box<HttpResponse>);

impl From<HttpResponse> for Detour {
    fn from(answer: HttpResponse) -> Self {
        Self(Box::new(answer))
    }
}

/// What a handler comes to.
pub type Outcome = Result<HttpResponse, Detour>;

/// A page of ours that goes on with the waiting interaction.
pub fn going_on(path: &'static str, handle: InteractionHandle) -> LocalPath {
    LocalPath::page(path).with(INTERACTION, &handle.to_string())
}

/// By GET, whatever brought the browser here (P009).
fn see_other(place: &str) -> HttpResponse {
    HttpResponse::SeeOther().insert_header((LOCATION, place)).finish()
}

/// The answer of a handler.
pub fn answered(outcome: Outcome) -> HttpResponse {
    match outcome {
        Ok(response) => response,
        Err(Detour(response)) => *response,
    }
}

impl Visitor {
    /// The parameters of the query. A password there is refused, so that nobody begins to send it that way (P044).
    pub fn query(&self) -> Result<Params, Detour> {
        let params = Params::parse(self.request.query_string().as_bytes());
        match params {
            Ok(params) if !params.has("password") => Ok(params),
            Ok(_) | Err(_) => Err(self.detour(Trouble::Malformed)),
        }
    }

    /// The fields of a form. Nothing else is taken, for other sites can send other kinds of bodies without being asked.
    pub fn form(&self, body: &Bytes) -> Result<Params, Detour> {
        if !is_form(self.request.headers()) {
            return Err(self.detour(Trouble::WrongEncoding));
        }
        Params::parse(body).map_err(|_| self.detour(Trouble::Malformed))
    }

    /// The waiting interaction that the parameters name; none is a plain sign-in.
    pub fn handle(&self, params: &Params) -> Result<Option<InteractionHandle>, Detour> {
        params.get(INTERACTION).map(|text| text.parse().map_err(|_| Detour::from(self.expired()))).transpose()
    }

    /// The waiting interaction, where there has to be one.
    pub fn needed_handle(&self, params: &Params) -> Result<InteractionHandle, Detour> {
        self.handle(params)?.ok_or_else(|| Detour::from(self.expired()))
    }

    /// Refuses a browser in which nobody has signed in, on a page to which only others are led: there is nothing to look up.
    pub fn refuse_unless_signed_in(&self) -> Result<(), Detour> {
        if self.browser.has_signed_in() { Ok(()) } else { Err(self.expired().into()) }
    }

    /// The frame of a page; the wishes of a waiting request go before those of the browser.
    pub fn frame(&self, ui_locales: Option<&str>) -> Frame {
        self.edge.frame(&self.request, ui_locales)
    }

    /// The same for a page of this tenant, which the request has settled.
    pub fn frame_of(&self, tenant: Option<&TenantScope>, ui_locales: Option<&str>) -> Frame {
        let frame = self.frame(ui_locales);
        match tenant {
            Some(scope) => frame.for_tenant(&scope.tenant().name, scope.tenant().accent),
            None => frame,
        }
    }

    /// The hidden fields of a form.
    pub fn hidden(&self, interaction: Option<String>) -> Form {
        let csrf = self.edge.csrf.issue(&self.request, &self.edge.issuer, &*self.edge.random);
        let serial = Secret::new(browser::serial(&*self.edge.random));
        Form { csrf: Secret::new(csrf), interaction, serial }
    }

    /// The cookie that the browser gets where this form of an interaction is a rise of privilege (P069): the same one each time
    /// that the very same form is sent.
    pub fn renewed(&self, params: &Params, handle: impl Into<Option<InteractionHandle>>) -> Browser {
        self.browser.after(params.get(SERIAL), handle.into(), &self.edge)
    }

    /// A page.
    pub fn show(&self, status: StatusCode, page: &impl Template) -> HttpResponse {
        let mut response = self.written(status, page);
        self.browser.keep(&mut response, &self.edge);
        response
    }

    /// A page, with the browser's new cookie.
    pub fn show_with(&self, page: &impl Template, renewed: &Browser) -> HttpResponse {
        let mut response = self.written(StatusCode::OK, page);
        renewed.keep(&mut response, &self.edge);
        response
    }

    fn written(&self, status: StatusCode, page: &impl Template) -> HttpResponse {
        match page.render() {
            Ok(html) => HttpResponse::build(status).content_type("text/html; charset=utf-8").body(html),
            Err(error) => self.failed(&Failure::internal("writing a page").because(error)),
        }
    }

    /// On to another place of ours.
    pub fn to(&self, place: &LocalPath) -> HttpResponse {
        self.to_with(place, &self.browser)
    }

    /// The same, without a cookie: for a request that came without one because another site sent it, or with one that has been
    /// renewed since.
    pub fn to_without_cookie(&self, place: &LocalPath) -> HttpResponse {
        see_other(place.as_str())
    }

    /// The same as [`Visitor::to`], with the browser's new cookie.
    pub fn to_with(&self, place: &LocalPath, renewed: &Browser) -> HttpResponse {
        let mut response = see_other(place.as_str());
        renewed.keep(&mut response, &self.edge);
        response
    }

    /// Away from here, to where a client has registered; the only way off our origin.
    pub fn away<'a>(
        &self,
        place: &VerifiedRedirect,
        parameters: impl IntoIterator<Item = (&'a str, &'a str)>,
    ) -> HttpResponse {
        let mut response = see_other(&place.with_query(parameters));
        self.browser.keep(&mut response, &self.edge);
        response
    }

    /// The interaction is over, unknown, or another browser's: nobody learns which.
    pub fn expired(&self) -> HttpResponse {
        self.error(
            StatusCode::BAD_REQUEST,
            ErrorKind::Expired,
            ("invalid_request", "The sign-in has ended, or was begun in another browser."),
        )
    }

    /// An error page with a code and fixed words. Nothing goes on from it, so it brings no cookie: another site's form, with
    /// which a browser sends none, must not take the place of the one that the browser has.
    pub fn error(
        &self,
        status: StatusCode,
        kind: ErrorKind,
        (code, description): (&'static str, &'static str),
    ) -> HttpResponse {
        let request_id = self.call.request_id.to_string();
        self.written(status, &ErrorPage { frame: self.frame(None), kind, code, description, request_id })
    }

    /// What the edge itself refuses.
    pub fn detour(&self, trouble: Trouble) -> Detour {
        trouble.answer(Family::Page, self.frame(None), self.call.request_id).into()
    }

    /// A failure of ours, logged here.
    pub fn failed(&self, failure: &Failure) -> HttpResponse {
        let trouble = Trouble::of_failure(failure, self.call.request_id);
        trouble.answer(Family::Page, self.frame(None), self.call.request_id)
    }

    /// Goes on, or answers a failure of ours.
    pub fn sound<T>(&self, result: Result<T, Failure>) -> Result<T, Detour> {
        result.map_err(|failure| Detour::from(self.failed(&failure)))
    }

    /// Lets the forms of this answer lead on to the place that a waiting request goes back to (D30).
    pub fn may_lead_to(&self, uri: &str) {
        self.edge.notes(&self.request).allow_form_target(uri);
    }

    /// Leave for this address to begin one more interaction without an authorization request; it is stored for somebody who
    /// has proved nothing, and counts where it is (D31).
    pub async fn may_begin(&self) -> Result<Option<Leave<Knocker>>, Detour> {
        let Some(knocker) = self.edge.notes(&self.request).knocker() else { return Ok(None) };
        let leave = self.edge.limits.enter(Door::Authorize, knocker, self.call.now).await;
        leave.map_err(|too_many| self.detour(Trouble::TooMany(too_many)))
    }

    /// Whether not too many failed at this door from where this comes.
    pub fn is_let_in(&self, door: Door) -> bool {
        let knocker = self.edge.notes(&self.request).knocker();
        knocker.is_none_or(|knocker| self.edge.limits.peek(door, &knocker, self.call.now).is_ok())
    }

    /// Notes who is signed in and asks, for the log (R60).
    pub fn note_user(&self, tenant: TenantId, user: UserId) {
        self.edge.notes(&self.request).user(tenant, user);
    }

    /// The same where the request is about these accounts: it names somebody only where there is no doubt.
    pub fn note_account(&self, accounts: &[LiveAccount]) {
        if let [only] = accounts {
            self.note_user(only.scope.id(), only.user.id);
        }
    }

    /// Notes that a proof was tried and failed, for the limits.
    pub fn note_failure(&self) {
        self.edge.notes(&self.request).failed();
    }
}

/// The same answer, to be tried again after so many seconds.
pub fn later(mut response: HttpResponse, seconds: u64) -> HttpResponse {
    response.headers_mut().insert(RETRY_AFTER, seconds.into());
    response
}
