//! Cross-site requests are refused twice over: by what the browser says of where a request comes from, and by a signed
//! double submit, of which the browser keeps one half in a cookie and the form carries the other (P070, P071).

use actix_web::HttpRequest;
use actix_web::http::Method;
use actix_web::http::header::{HeaderMap, HeaderName, ORIGIN};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use subtle::ConstantTimeEq as _;

use crate::crypto::hmac::KeyedHash;
use crate::effects::Random;
use crate::model::issuer::Issuer;
use crate::web::cookies::CookieKind;
use crate::web::notes::Notes;

/// The name of the form field.
pub const FIELD: &str = "csrf";

const FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// Makes and judges the tokens of one deployment; every node makes the same ones.
#[derive(Debug, Clone)]
pub struct CsrfTokens {
    hash: KeyedHash,
}

/// The request comes from another site, or its form was not made for this browser.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the request comes from another site or another browser")]
pub struct CrossSite;

impl CsrfTokens {
    /// Tokens under this key; its purpose is `Purpose::BrowserTokens`.
    pub const fn new(hash: KeyedHash) -> Self {
        Self { hash }
    }

    /// The token for the forms of this answer. A browser that has no cookie yet gets one with the answer.
    pub fn issue(&self, request: &HttpRequest, issuer: &Issuer, random: &dyn Random) -> String {
        let kept = CookieKind::Csrf.read(request, issuer).filter(|cookie| is_ours(cookie.expose()));
        let fresh = || URL_SAFE_NO_PAD.encode(random.bytes::<32>());
        let cookie = match (kept, Notes::of(request)) {
            (Some(cookie), _) => cookie.expose().clone(),
            (None, Some(notes)) => notes.keep_csrf_cookie(fresh),
            (None, None) => fresh(),
        };
        self.token(&cookie)
    }

    /// Whether this form was made by us for this browser.
    ///
    /// # Errors
    /// [`CrossSite`] where the cookie is missing or repeated, or the field is missing or another's.
    pub fn verify(
        &self,
        request: &HttpRequest,
        issuer: &Issuer,
        field: Option<&str>,
    ) -> Result<(), CrossSite> {
        let cookie = CookieKind::Csrf.read(request, issuer).filter(|cookie| is_ours(cookie.expose()));
        let (Some(cookie), Some(field)) = (cookie, field) else { return Err(CrossSite) };
        let expected = self.token(cookie.expose());
        if expected.as_bytes().ct_eq(field.as_bytes()).into() { Ok(()) } else { Err(CrossSite) }
    }

    fn token(&self, cookie: &str) -> String {
        self.hash.of(&[b"csrf", cookie.as_bytes()])
    }
}

/// Whether the browser's own word allows this request to change something: it comes from our own pages, or from a
/// program that sends neither header. `GET` and `HEAD` change nothing and may come from anywhere.
///
/// # Errors
/// [`CrossSite`] where `Origin` is not ours (`null` is not), or `Sec-Fetch-Site` says another site.
pub fn same_origin(method: &Method, headers: &HeaderMap, issuer: &Issuer) -> Result<(), CrossSite> {
    if matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS) {
        return Ok(());
    }
    if is_from_here(headers, issuer) { Ok(()) } else { Err(CrossSite) }
}

/// Whether no header says that a page of another origin sent the request.
pub fn is_from_here(headers: &HeaderMap, issuer: &Issuer) -> bool {
    let origins_are_ours =
        headers.get_all(ORIGIN).all(|origin| origin.as_bytes() == issuer.as_str().as_bytes());
    let sites_are_ours =
        headers.get_all(FETCH_SITE).all(|site| matches!(site.as_bytes(), b"same-origin" | b"none"));
    origins_are_ours && sites_are_ours
}

/// Whether the cookie has the shape of one that we made.
fn is_ours(cookie: &str) -> bool {
    URL_SAFE_NO_PAD.decode(cookie).is_ok_and(|bytes| bytes.len() == 32)
}
