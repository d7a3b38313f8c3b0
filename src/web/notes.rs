//! What becomes known about a request on its way: written by guards and handlers, read by the middleware around them.

use std::cell::RefCell;
use std::net::IpAddr;
use std::rc::Rc;

use actix_web::{HttpMessage, HttpRequest};
use url::Host;

use crate::model::ids::{ClientId, RequestId, TenantId, UserId};
use crate::model::time::Timestamp;
use crate::web::knocker::{Knocker, Sender, Who};
use crate::web::meter::Leave;

/// The notes of one request; cloning gives another handle on the same notes.
#[derive(Debug, Clone)]
pub struct Notes(Rc<RefCell<Sheet>>);

#[derive(Debug)]
struct Sheet {
    request: RequestId,
    now: Timestamp,
    address: Option<IpAddr>,
    sender: Sender,
    who: Option<Who>,
    caller: Caller,
    proved: bool,
    failed: bool,
    leave: Option<Leave<Knocker>>,
    csrf_cookie: Option<String>,
    form_targets: Vec<String>,
}

/// Who asked, as far as it was proved (R60).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Caller {
    /// The tenant in which the request works.
    pub tenant: Option<TenantId>,
    /// The client or service account.
    pub client: Option<ClientId>,
    /// The person who is signed in, or on whose behalf the client asks.
    pub user: Option<UserId>,
}

impl Notes {
    /// The notes of a request that just came in.
    pub fn begin(request: RequestId, now: Timestamp, address: Option<IpAddr>) -> Self {
        let sheet = Sheet {
            request,
            now,
            address,
            sender: Sender::Visitor,
            who: address.map(Who::from),
            caller: Caller::default(),
            proved: false,
            failed: false,
            leave: None,
            csrf_cookie: None,
            form_targets: Vec::new(),
        };
        Self(Rc::new(RefCell::new(sheet)))
    }

    /// The notes of this request; `None` only where the outermost middleware is missing.
    pub fn of(request: &HttpRequest) -> Option<Self> {
        request.extensions().get::<Self>().cloned()
    }

    /// The id of the request.
    pub fn request_id(&self) -> RequestId {
        self.0.borrow().request
    }

    /// The one time of the request.
    pub fn now(&self) -> Timestamp {
        self.0.borrow().now
    }

    /// Sets the time anew, when the whole request is here.
    pub(super) fn again(&self, now: Timestamp) {
        self.0.borrow_mut().now = now;
    }

    /// The client's address behind our own proxies (P123).
    pub fn address(&self) -> Option<IpAddr> {
        self.0.borrow().address
    }

    /// Notes who made the request.
    pub(super) fn sent_by(&self, sender: Sender) {
        self.0.borrow_mut().sender = sender;
    }

    /// Notes whose share of a limit the request uses up, and none of its address.
    pub(super) fn counts_for(&self, who: Who) {
        self.0.borrow_mut().who = Some(who);
    }

    /// Whose share of a limit the request uses up.
    pub fn knocker(&self) -> Option<Knocker> {
        let who = self.0.borrow().who.clone();
        who.map(|who| self.knocker_of(who))
    }

    /// The same, where the share is known to be theirs.
    pub(super) fn knocker_of(&self, who: Who) -> Knocker {
        Knocker::new(who, self.0.borrow().sender.clone())
    }

    /// Notes which client asks: one that has proved itself, or a public one that is taken at its word.
    pub fn client(&self, tenant: TenantId, client: &ClientId) {
        let mut sheet = self.0.borrow_mut();
        sheet.caller.tenant = Some(tenant);
        sheet.caller.client = Some(client.clone());
    }

    /// Notes that the caller has proved who it is, and needs no leave any more.
    pub fn proved(&self) {
        self.0.borrow_mut().proved = true;
        if let Some(leave) = self.leave() {
            leave.end(false);
        }
    }

    /// Keeps the leave to try until the outcome is known.
    pub(super) fn keep_leave(&self, leave: Option<Leave<Knocker>>) {
        self.0.borrow_mut().leave = leave;
    }

    /// The leave to try that is kept, once.
    pub(super) fn leave(&self) -> Option<Leave<Knocker>> {
        self.0.borrow_mut().leave.take()
    }

    /// Notes that a person is signed in, or that a client acts for this person.
    pub fn user(&self, tenant: TenantId, user: UserId) {
        let mut sheet = self.0.borrow_mut();
        sheet.caller.tenant = Some(tenant);
        sheet.caller.user = Some(user);
        sheet.proved = true;
    }

    /// Notes that a proof was tried and failed, whatever the status of the answer is: a wrong password on a page.
    pub fn failed(&self) {
        self.0.borrow_mut().failed = true;
    }

    /// Who asked.
    pub fn caller(&self) -> Caller {
        self.0.borrow().caller.clone()
    }

    /// Whether the caller has proved who it is.
    pub fn is_proved(&self) -> bool {
        self.0.borrow().proved
    }

    /// Whether a proof failed.
    pub fn is_failed(&self) -> bool {
        self.0.borrow().failed
    }

    /// Lets the forms of this answer lead on to where this URI is, beside our own origin (D30): the redirect URI of a
    /// waiting request, verified before. Browsers apply `form-action` to redirects after a form, too.
    pub fn allow_form_target(&self, uri: &str) {
        if let Some(source) = form_source(uri) {
            self.0.borrow_mut().form_targets.push(source);
        }
    }

    /// The sources that `form-action` gets beside `'self'`.
    pub(super) fn form_targets(&self) -> Vec<String> {
        self.0.borrow().form_targets.clone()
    }

    /// A fresh cookie against cross-site requests, to be set with the answer.
    pub(super) fn csrf_cookie(&self) -> Option<String> {
        self.0.borrow().csrf_cookie.clone()
    }

    /// Keeps the fresh cookie until the answer is written; the first one of a request stays.
    pub(super) fn keep_csrf_cookie(&self, value: impl FnOnce() -> String) -> String {
        self.0.borrow_mut().csrf_cookie.get_or_insert_with(value).clone()
    }
}

/// The CSP source of a URI: its origin, or the scheme alone for an application's own scheme (RFC 8252 §7.1) and for an
/// IPv6 host, which no source can name (CSP Level 3 §2.3.1, `host-char`).
fn form_source(uri: &str) -> Option<String> {
    let url = url::Url::parse(uri).ok()?;
    match url.scheme() {
        "http" | "https" if matches!(url.host(), Some(Host::Ipv6(_))) => Some(format!("{}:", url.scheme())),
        "http" | "https" => Some(url.origin().ascii_serialization()),
        "javascript" | "data" | "blob" | "about" | "file" => None,
        other => Some(format!("{other}:")),
    }
}

#[cfg(test)]
mod tests {
    use super::form_source;

    #[test]
    fn form_action_gets_an_origin_and_nothing_else() {
        for (uri, source) in [
            ("https://app.example.com/cb?x=1;script-src%20*", Some("https://app.example.com")),
            ("http://127.0.0.1:9090/callback", Some("http://127.0.0.1:9090")),
            ("http://[::1]:9090/callback", Some("http:")),
            ("com.example.app:/callback", Some("com.example.app:")),
            ("javascript:alert(1)", None),
            ("not a uri", None),
        ] {
            assert_eq!(form_source(uri).as_deref(), source, "{uri}");
        }
    }
}
