//! Whose share of a limit a request uses up (D31): its address, browser or person, and within it whoever made the browser
//! send it. A page elsewhere has pictures, frames, forms and scripts at hand to make visitors' browsers knock and be
//! refused: that counts, and never against what the visitors themselves, their programs, or other sites do.

use std::net::{IpAddr, Ipv6Addr};

use actix_web::http::header::{HeaderMap, HeaderName};

use crate::model::ids::UserId;

const FETCH_DEST: HeaderName = HeaderName::from_static("sec-fetch-dest");
const PURPOSE: HeaderName = HeaderName::from_static("sec-purpose");

/// What counts as one address: an IPv4 address, or an IPv6 /64, which is what one customer of a provider gets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct AddressKey(IpAddr);

impl From<IpAddr> for AddressKey {
    fn from(address: IpAddr) -> Self {
        match address.to_canonical() {
            IpAddr::V4(four) => Self(four.into()),
            IpAddr::V6(six) => Self(Ipv6Addr::from_bits(six.to_bits() & (u128::MAX << 64)).into()),
        }
    }
}

/// Who made the request, by the browser's own word. The headers are forbidden to scripts; a program that
/// invents them gets one more share for [`Sender::Elsewhere`] and each listed origin, and no more.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Sender {
    /// A program, a person, a page of ours, or a window that another site sends to us for a sign-in.
    Visitor,
    /// A script of this origin, which a client has listed.
    Listed(String),
    /// A page of any other site.
    Elsewhere,
}

/// Whose requests are counted together.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Knocker {
    who: Who,
    sender: Sender,
}

/// Where, or for whom, the requests come from.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Who {
    /// Whoever is at this address.
    Address(AddressKey),
    /// A browser in which somebody has signed in, by the hash of its cookie.
    Browser(String),
    /// Somebody who is signed in, wherever.
    Person(UserId),
}

impl Knocker {
    /// What this sender makes come from there.
    pub const fn new(who: Who, sender: Sender) -> Self {
        Self { who, sender }
    }

    /// Where, or for whom, it comes from.
    pub const fn who(&self) -> &Who {
        &self.who
    }
}

impl From<IpAddr> for Who {
    fn from(address: IpAddr) -> Self {
        Self::Address(address.into())
    }
}

/// Whether another site's request moves a whole window to us, as it does for every sign-in. Pictures and frames do not,
/// nor does a page that is fetched before anybody wants it. Browsers that say nothing of it are given the benefit.
pub fn moves_the_window(headers: &HeaderMap) -> bool {
    let whole = headers.get_all(FETCH_DEST).all(|destination| destination.as_bytes() == b"document");
    whole && !headers.contains_key(PURPOSE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_ipv6_network_is_one_address() {
        let key = |text: &str| AddressKey::from(text.parse::<IpAddr>().unwrap());
        assert_eq!(key("2001:db8:1:2::1"), key("2001:db8:1:2:ffff::9"));
        assert_ne!(key("2001:db8:1:2::1"), key("2001:db8:1:3::1"));
        assert_eq!(key("::ffff:192.0.2.1"), key("192.0.2.1"));
        assert_ne!(key("192.0.2.1"), key("192.0.2.2"));
    }
}
