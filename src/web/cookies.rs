//! The cookies: `__Host-`, `Secure`, `HttpOnly`, `SameSite=Lax`, `Path=/`, no `Domain` (P077). On a plain http
//! issuer, which only this machine may have, browsers refuse the prefix, so there the names go without it.

use std::time::Duration;

use actix_web::HttpRequest;
use actix_web::cookie::time::Duration as CookieDuration;
use actix_web::cookie::{Cookie, SameSite};
use actix_web::http::header::{COOKIE, HeaderValue};

use crate::model::ids::{TenantId, UserId};
use crate::model::issuer::Issuer;
use crate::model::secret::Secret;
use crate::protocol::opaque::{self, PlainKind};

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
        // Bytes, pair by pair: a cookie that another application planted need not be text, and must not hide ours.
        let lines = request.headers().get_all(COOKIE).map(HeaderValue::as_bytes);
        let pairs = lines.flat_map(|line| line.split(|byte| *byte == b';')).filter_map(pair);
        let mut named = pairs.filter(|(own, _)| *own == name.as_bytes());
        let (_, found) = named.next()?;
        if named.next().is_some() { None } else { Some(Secret::new(str::from_utf8(found).ok()?.to_owned())) }
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

/// The most devices that one request may name: as many as a browser has accounts, and no more work for whoever invents some.
const MOST_DEVICES: usize = 10;

/// The beginning of the name of a device's cookie. Each account has one of its own, since each stands in for another secret.
fn device_prefix(issuer: &Issuer) -> &'static str {
    if issuer.is_https() { "__Host-symbolon-device-" } else { "symbolon-device-" }
}

/// The hashes of the secrets by which this browser may be remembered (D33).
pub fn devices(request: &HttpRequest, issuer: &Issuer) -> Vec<String> {
    let prefix = device_prefix(issuer).as_bytes();
    let lines = request.headers().get_all(COOKIE).map(HeaderValue::as_bytes);
    let pairs = lines.flat_map(|line| line.split(|byte| *byte == b';')).filter_map(pair);
    let values = pairs.filter(|(name, _)| name.starts_with(prefix)).filter_map(|(_, value)| {
        let text = str::from_utf8(value).ok()?;
        opaque::parse_plain(PlainKind::Device, text).map(|_| opaque::hash(text))
    });
    values.take(MOST_DEVICES).collect()
}

/// The cookie of a device that is remembered for this account, for so long.
pub fn device(
    issuer: &Issuer,
    (tenant, user): (TenantId, UserId),
    (secret, life): (&Secret<String>, Duration),
) -> Cookie<'static> {
    let account = opaque::hash(&format!("{tenant} {user}"));
    let name = format!("{}{}", device_prefix(issuer), account.get(..16).unwrap_or_default());
    Cookie::build(name, secret.expose().clone())
        .path("/")
        .http_only(true)
        .secure(issuer.is_https())
        .same_site(SameSite::Lax)
        .max_age(CookieDuration::seconds(i64::try_from(life.as_secs()).unwrap_or(0)))
        .finish()
}

/// Name and value of one pair of a `Cookie` header (RFC 6265 §5.4).
fn pair(text: &[u8]) -> Option<(&[u8], &[u8])> {
    let equals = text.iter().position(|byte| *byte == b'=')?;
    let (name, value) = text.split_at_checked(equals)?;
    Some((name.trim_ascii(), value.strip_prefix(b"=")?.trim_ascii()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::test::TestRequest;

    fn read(lines: &[&[u8]]) -> Option<String> {
        let mut request = TestRequest::get();
        for line in lines {
            request = request.append_header((COOKIE, HeaderValue::from_bytes(line).unwrap()));
        }
        let issuer: Issuer = "https://id.example.com".parse().unwrap();
        CookieKind::Session.read(&request.to_http_request(), &issuer).map(|value| value.expose().clone())
    }

    #[test]
    fn p069_what_others_plant_beside_our_cookie_does_not_hide_it() {
        for lines in [
            &[&b"__Host-symbolon=a"[..]][..],
            &[b"x=\xe9; __Host-symbolon=a; y"],
            &[b"\xff", b"=; ;;__Host-symbolon = a ;=b"],
            &[b"__Host-symbolon-csrf=b; __Host-symbolon=a", b"symbolon=c"],
        ] {
            assert_eq!(read(lines).as_deref(), Some("a"), "{lines:?}");
        }
        for lines in [
            &[&b"__Host-symbolon=a; __Host-symbolon=a"[..]][..],
            &[b"__Host-symbolon=a", b"__Host-symbolon=\xe9"],
            &[b"__Host-symbolon=\xe9"],
            &[b"__Host-symbolon; __host-symbolon=a"],
            &[b"x=__Host-symbolon=a"],
            &[],
        ] {
            assert_eq!(read(lines), None, "{lines:?}");
        }
    }
}
