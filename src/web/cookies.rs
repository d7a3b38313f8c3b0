//! The cookies: `__Host-`, `Secure`, `HttpOnly`, `SameSite=Lax`, `Path=/`, no `Domain` (P077). On a plain http
//! issuer, which only this machine may have, browsers refuse the prefix, so there the names go without it.

use actix_web::HttpRequest;
use actix_web::cookie::time::Duration as CookieDuration;
use actix_web::cookie::{Cookie, SameSite};

use crate::model::issuer::Issuer;
use crate::model::secret::Secret;

/// A cookie of ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CookieKind {
    /// The browser session.
    Session,
    /// The half of the double submit that a browser keeps, also before anyone is signed in.
    Csrf,
}

impl CookieKind {
    /// The name under this issuer.
    pub fn name(self, issuer: &Issuer) -> &'static str {
        match (self, issuer.is_https()) {
            (Self::Session, true) => "__Host-symbolon",
            (Self::Session, false) => "symbolon",
            (Self::Csrf, true) => "__Host-symbolon-csrf",
            (Self::Csrf, false) => "symbolon-csrf",
        }
    }

    /// The value that the browser sent. Two cookies of one name are no cookie: one of them was planted.
    pub fn read(self, request: &HttpRequest, issuer: &Issuer) -> Option<Secret<String>> {
        let name = self.name(issuer);
        let cookies = request.cookies_raw().ok()?;
        let mut named = cookies.iter().filter(|cookie| cookie.name() == name);
        let found = named.next()?;
        if named.next().is_some() { None } else { Some(Secret::new(found.value().to_owned())) }
    }

    /// The cookie with a value; it lives as long as the browser's session does.
    pub fn with(self, issuer: &Issuer, value: &str) -> Cookie<'static> {
        Cookie::build(self.name(issuer), value.to_owned())
            .path("/")
            .http_only(true)
            .secure(issuer.is_https())
            .same_site(SameSite::Lax)
            .finish()
    }

    /// The cookie that removes itself.
    pub fn gone(self, issuer: &Issuer) -> Cookie<'static> {
        let mut cookie = self.with(issuer, "");
        cookie.set_max_age(CookieDuration::ZERO);
        cookie
    }
}
