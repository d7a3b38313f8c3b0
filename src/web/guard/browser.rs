//! Which browser asks: one cookie, of our own making, from the first page on. A value that we did not make is never
//! taken over, and the value changes at each rise of privilege (P069).
//!
//! The next value follows from the old one and from the form that was answered, under a key of ours: when a browser sends a form
//! twice, it never reads the answer to the first, and the second brings it the same cookie.

use actix_web::{HttpRequest, HttpResponse};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use subtle::ConstantTimeEq as _;

use crate::crypto::hmac::KeyedHash;
use crate::effects::Random;
use crate::flows::session::{LiveAccount, live_accounts};
use crate::flows::{Call, cross_site};
use crate::model::digest::sha256;
use crate::model::failure::Failure;
use crate::model::ids::InteractionHandle;
use crate::model::secret::Secret;
use crate::protocol::opaque::{self, PlainKind};
use crate::web::cookies::CookieKind;
use crate::web::edge::Edge;
use crate::web::trouble::Trouble;

/// How many bytes of the cookie's 32 are random; the rest is a keyed hash of them, so that we know our own.
const RANDOM: usize = 16;

/// The browser that asks.
#[derive(Debug, Clone)]
pub struct Browser {
    cookie: Secret<String>,
    hash: String,
    fresh: bool,
}

impl Browser {
    /// The browser of this request. One without a cookie of ours is a new one.
    pub fn of(request: &HttpRequest, edge: &Edge) -> Self {
        let presented = CookieKind::Session.read(request, &edge.issuer);
        match presented.filter(|cookie| is_ours(cookie.expose(), &edge.browser_tokens)) {
            Some(cookie) => Self { hash: hash(&cookie), cookie, fresh: false },
            None => Self::renewed(edge),
        }
    }

    /// The cookie that takes the place of this one when a form of an interaction is answered. It is nobody's guess: a keyed hash
    /// of the form's serial, which only the browser knows that the form was made for. Without one of ours it is random.
    #[must_use]
    pub fn after(&self, serial: Option<&str>, handle: InteractionHandle, edge: &Edge) -> Self {
        let Some(serial) = serial.filter(|serial| is_serial(serial)) else { return Self::renewed(edge) };
        let (cookie, handle) = (self.cookie.expose(), handle.to_string());
        let parts = [b"after", cookie.as_bytes(), handle.as_bytes(), serial.as_bytes()];
        Self::with(&keyed(&edge.browser_tokens, &parts), edge)
    }

    /// A browser that has no cookie yet.
    fn renewed(edge: &Edge) -> Self {
        Self::with(&edge.random.bytes(), edge)
    }

    fn with(nonce: &[u8; RANDOM], edge: &Edge) -> Self {
        let cookie = make(nonce, &edge.browser_tokens);
        Self { hash: hash(&cookie), cookie, fresh: true }
    }

    /// SHA-256 of the cookie in hexadecimal: what sessions and interactions are bound to.
    pub fn hash(&self) -> &str {
        &self.hash
    }

    /// Whether it has not proved anything yet, because it came without a cookie of ours.
    pub const fn is_fresh(&self) -> bool {
        self.fresh
    }

    /// Who is signed in here, the first where there are several.
    ///
    /// # Errors
    /// The database fails.
    pub async fn signed_in(&self, edge: &Edge, call: &Call) -> Result<Option<LiveAccount>, Failure> {
        if self.fresh {
            return Ok(None);
        }
        let (call, cookie) = (call.clone(), self.hash.clone());
        let accounts = edge.database.read_directory(move |tx| live_accounts(tx, &call, &cookie)).await?;
        Ok(accounts.into_iter().next())
    }

    /// Refuses a request that no page of ours sent; where somebody is signed in here, that is recorded.
    pub async fn refuse_cross_site(&self, edge: &Edge, call: &Call) -> Trouble {
        let recorded = async {
            // Asked before, so that strangers make nobody wait to write.
            if self.signed_in(edge, call).await?.is_none() {
                return Ok(());
            }
            let (call, cookie, rules) = (call.clone(), self.hash.clone(), edge.sign_in.records.clone());
            edge.database.write_directory(move |tx| cross_site::note(tx, &call, &rules, &cookie)).await
        };
        match recorded.await {
            Ok(()) => Trouble::CrossSite,
            Err(failure) => Trouble::of_failure(&failure, call.request_id),
        }
    }

    /// Gives the cookie to the browser with this answer, where it does not have it yet.
    pub fn keep(&self, response: &mut HttpResponse, edge: &Edge) {
        if self.fresh {
            let cookie = CookieKind::Session.with(&edge.issuer, self.cookie.expose());
            // The value is base64url of our own making; a cookie of it cannot fail.
            let _infallible = response.add_cookie(&cookie);
        }
    }
}

/// What tells a form from every other that we make.
pub fn serial(random: &dyn Random) -> String {
    URL_SAFE_NO_PAD.encode(random.bytes::<RANDOM>())
}

fn is_serial(text: &str) -> bool {
    URL_SAFE_NO_PAD.decode(text).is_ok_and(|bytes| bytes.len() == RANDOM)
}

fn make(nonce: &[u8; RANDOM], key: &KeyedHash) -> Secret<String> {
    let mut bytes = [0; 32];
    for (place, byte) in bytes.iter_mut().zip(nonce.iter().copied().chain(proof(nonce, key))) {
        *place = byte;
    }
    opaque::issue_plain(PlainKind::SessionCookie, &bytes)
}

fn is_ours(cookie: &str, key: &KeyedHash) -> bool {
    let Some(bytes) = opaque::parse_plain(PlainKind::SessionCookie, cookie) else { return false };
    let Some((nonce, shown)) = bytes.split_first_chunk::<RANDOM>() else { return false };
    proof(nonce, key).ct_eq(shown).into()
}

fn proof(nonce: &[u8; RANDOM], key: &KeyedHash) -> [u8; RANDOM] {
    keyed(key, &[b"browser", nonce])
}

fn keyed(key: &KeyedHash, parts: &[&[u8]]) -> [u8; RANDOM] {
    let keyed = sha256(key.of(parts).as_bytes());
    keyed.first_chunk::<RANDOM>().copied().unwrap_or_default()
}

fn hash(cookie: &Secret<String>) -> String {
    opaque::hash(cookie.expose())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::master_key::{MasterKey, Purpose};
    use crate::effects::SeededRandom;

    #[test]
    fn p069_only_a_value_of_our_own_making_is_a_browser() {
        let random = SeededRandom::new(3);
        let key = KeyedHash::new(&MasterKey::generate(&random), Purpose::BrowserTokens);
        let other = KeyedHash::new(&MasterKey::generate(&random), Purpose::BrowserTokens);
        let cookie = make(&[7; RANDOM], &key);
        assert!(is_ours(cookie.expose(), &key));
        assert!(!is_ours(cookie.expose(), &other));
        let invented = opaque::issue_plain(PlainKind::SessionCookie, &[7; 32]);
        for foreign in [invented.expose().as_str(), "", "syb_", "abc", "syb_\u{e9}"] {
            assert!(!is_ours(foreign, &key), "{foreign}");
        }
    }
}
