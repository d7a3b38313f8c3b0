//! The browser, known by one cookie: who it was before a sign-in, and who is signed in in it after.

use actix_web::{HttpRequest, HttpResponse};

use crate::effects::Random;
use crate::model::audit::hex;
use crate::model::secret::Secret;
use crate::protocol::opaque::{self, PlainKind};
use crate::web::cookies::CookieKind;
use crate::web::edge::Edge;

/// The browser that sent a request. One without a cookie of ours gets one with the answer; a value that we could not
/// have made is never adopted (P069).
pub struct Browser {
    hash: String,
    fresh: Option<Secret<String>>,
}

impl Browser {
    /// The browser behind this request.
    pub fn of(request: &HttpRequest, edge: &Edge) -> Self {
        let known = CookieKind::Session
            .read(request, &edge.issuer)
            .and_then(|cookie| opaque::parse_plain(PlainKind::SessionCookie, cookie.expose()));
        match known {
            Some(hash) => Self { hash: hex(&hash), fresh: None },
            None => Self::renewed(&*edge.random),
        }
    }

    /// A new cookie: at each rise of privilege it takes the place of the old one.
    pub fn renewed(random: &dyn Random) -> Self {
        let cookie = opaque::issue_plain(PlainKind::SessionCookie, &random.bytes());
        Self { hash: hex(&opaque::hash(cookie.expose())), fresh: Some(cookie) }
    }

    /// SHA-256 of the cookie, in hexadecimal: all that is stored of it.
    pub fn hash(&self) -> &str {
        &self.hash
    }

    /// Gives a new cookie to the browser with this answer.
    pub fn keep(&self, response: &mut HttpResponse, edge: &Edge) {
        if let Some(fresh) = &self.fresh {
            // A cookie of our own making always fits into a header.
            let _always_fits = response.add_cookie(&CookieKind::Session.with(&edge.issuer, fresh.expose()));
        }
    }
}
