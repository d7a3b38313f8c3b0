//! Which browser asks: one cookie, of our own making, from the first page on. A value that we did not make is never
//! taken over, and the value changes at each rise of privilege (P069).
//!
//! The value itself tells whether it was given at a sign-in: where nobody ever signed in, there is nobody to look up.
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
use crate::web::knocker::Who;
use crate::web::limits::Door;
use crate::web::trouble::Trouble;

/// How many bytes of the cookie's 32 are random; the rest is a keyed hash of them and of when the cookie was given, so that
/// we know our own.
const RANDOM: usize = 16;

/// The browser that asks.
#[derive(Debug, Clone)]
pub struct Browser {
    cookie: Secret<String>,
    hash: String,
    given: Given,
    fresh: bool,
}

/// When a browser gets a cookie. Only the second kind is ever signed in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Given {
    /// With the first page.
    AtFirst,
    /// At a rise of privilege.
    AtSignIn,
}

impl Browser {
    /// The browser of this request. One without a cookie of ours is a new one.
    pub fn of(request: &HttpRequest, edge: &Edge) -> Self {
        let presented = CookieKind::Session.read(request, &edge.issuer);
        let ours = presented.and_then(|cookie| Some((given(cookie.expose(), &edge.browser_tokens)?, cookie)));
        match ours {
            Some((given, cookie)) => Self { hash: hash(&cookie), cookie, given, fresh: false },
            None => Self::with(&edge.random.bytes(), Given::AtFirst, edge),
        }
    }

    /// The cookie that takes the place of this one when a form of an interaction is answered. It is nobody's guess: a keyed hash
    /// of the form's serial, which only the browser knows that the form was made for. Without one of ours, or without an interaction, it is random.
    #[must_use]
    pub fn after(&self, serial: Option<&str>, handle: Option<InteractionHandle>, edge: &Edge) -> Self {
        let nonce = match serial.filter(|serial| is_serial(serial)).zip(handle) {
            None => edge.random.bytes(),
            Some((serial, handle)) => {
                let (cookie, handle) = (self.cookie.expose(), handle.to_string());
                let parts = [b"after", cookie.as_bytes(), handle.as_bytes(), serial.as_bytes()];
                keyed(&edge.browser_tokens, &parts)
            }
        };
        Self::with(&nonce, Given::AtSignIn, edge)
    }

    fn with(nonce: &[u8; RANDOM], given: Given, edge: &Edge) -> Self {
        let cookie = make(nonce, given, &edge.browser_tokens);
        Self { hash: hash(&cookie), cookie, given, fresh: true }
    }

    /// The secret by which the device is remembered that gets this cookie: it follows from it, so that a form that is sent twice
    /// brings the same one twice, and nobody knows it before.
    pub fn device(&self, edge: &Edge) -> Secret<String> {
        let secret = sha256(edge.browser_tokens.of(&[b"device", self.cookie.expose().as_bytes()]).as_bytes());
        opaque::issue_plain(PlainKind::Device, &secret)
    }

    /// SHA-256 of the cookie in hexadecimal: what sessions and interactions are bound to.
    pub fn hash(&self) -> &str {
        &self.hash
    }

    /// Whether it came without a cookie of ours.
    pub const fn is_fresh(&self) -> bool {
        self.fresh
    }

    /// Whether somebody has signed in here, and may still be.
    pub const fn has_signed_in(&self) -> bool {
        matches!(self.given, Given::AtSignIn)
    }

    /// Whose share of a limit its requests use up, if not that of their address: strangers take nothing away from a browser
    /// in which somebody has signed in, and it costs a sign-in to have one (D31).
    pub fn own_share(&self) -> Option<Who> {
        self.has_signed_in().then(|| Who::Browser(self.hash.clone()))
    }

    /// Who is signed in here, the first where there are several.
    ///
    /// # Errors
    /// The database fails.
    pub async fn signed_in(&self, edge: &Edge, call: &Call) -> Result<Option<LiveAccount>, Failure> {
        if !self.has_signed_in() {
            return Ok(None);
        }
        let (call, cookie) = (call.clone(), self.hash.clone());
        let accounts = edge.database.read_directory(move |tx| live_accounts(tx, &call, &cookie)).await?;
        Ok(accounts.into_iter().next())
    }

    /// Refuses a request that no page of ours sent; where somebody is signed in here, that is recorded. Only so often, for
    /// it is looked up, and never for strangers (R71).
    pub async fn refuse_cross_site(&self, request: &HttpRequest, edge: &Edge) -> Trouble {
        let (call, notes) = (&edge.call(request), edge.notes(request));
        let Some(who) = self.own_share() else { return Trouble::CrossSite };
        if let Err(too_many) = edge.limits.take(Door::Logout, &notes.knocker_of(who), call.now) {
            return Trouble::TooMany(too_many);
        }
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

fn make(nonce: &[u8; RANDOM], given: Given, key: &KeyedHash) -> Secret<String> {
    let mut bytes = [0; 32];
    for (place, byte) in bytes.iter_mut().zip(nonce.iter().copied().chain(proof(nonce, given, key))) {
        *place = byte;
    }
    opaque::issue_plain(PlainKind::SessionCookie, &bytes)
}

/// When we gave this cookie; `None` where it is not ours.
fn given(cookie: &str, key: &KeyedHash) -> Option<Given> {
    let bytes = opaque::parse_plain(PlainKind::SessionCookie, cookie)?;
    let (nonce, shown) = bytes.split_first_chunk::<RANDOM>()?;
    [Given::AtFirst, Given::AtSignIn].into_iter().find(|given| proof(nonce, *given, key).ct_eq(shown).into())
}

fn proof(nonce: &[u8; RANDOM], given: Given, key: &KeyedHash) -> [u8; RANDOM] {
    // `browser` as before there were two: of the cookies that are out, any may be of somebody who is signed in.
    let label: &[u8] = match given {
        Given::AtFirst => b"visitor",
        Given::AtSignIn => b"browser",
    };
    keyed(key, &[label, nonce])
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
        for when in [Given::AtFirst, Given::AtSignIn] {
            let cookie = make(&[7; RANDOM], when, &key);
            assert_eq!(given(cookie.expose(), &key), Some(when));
            assert_eq!(given(cookie.expose(), &other), None);
        }
        let invented = opaque::issue_plain(PlainKind::SessionCookie, &[7; 32]);
        for foreign in [invented.expose().as_str(), "", "syb_", "abc", "syb_\u{e9}"] {
            assert_eq!(given(foreign, &key), None, "{foreign}");
        }
    }
}
