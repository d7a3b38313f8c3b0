//! The address of the client behind our own proxies (P123). `X-Forwarded-For` is read on connections from listed
//! proxies only; every other header of this kind is never read.

use std::net::{IpAddr, SocketAddr};

use actix_web::http::header::{HeaderMap, HeaderName, HeaderValue};
use ipnet::IpNet;

/// The one header that listed proxies append the address of their peer to.
const FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");

/// The most entries looked at, so that a long header costs nothing.
const MOST_HOPS: usize = 32;

/// The proxies of the deployment.
#[derive(Debug, Clone, Default)]
pub struct TrustedProxies(Vec<IpNet>);

impl TrustedProxies {
    /// These networks and no others.
    pub const fn new(networks: Vec<IpNet>) -> Self {
        Self(networks)
    }

    /// The right-most address that is no proxy of ours. Each proxy appends the peer that it saw, so everything left of
    /// that address is hearsay. An entry that is no address ends the walk at the last proxy that can be believed.
    pub fn client_of(&self, peer: SocketAddr, headers: &HeaderMap) -> IpAddr {
        let mut nearest = peer.ip().to_canonical();
        if !self.trusts(nearest) {
            return nearest;
        }
        // Bytes, because what a stranger wrote on the left need not be text, and must not spoil what a proxy appended.
        let lines: Vec<&[u8]> = headers.get_all(FORWARDED_FOR).map(HeaderValue::as_bytes).collect();
        let entries = lines.iter().rev().flat_map(|line| line.rsplit(|byte| *byte == b','));
        for entry in entries.take(MOST_HOPS) {
            let Some(address) = parse(entry) else { return nearest };
            nearest = address;
            if !self.trusts(nearest) {
                break;
            }
        }
        nearest
    }

    fn trusts(&self, address: IpAddr) -> bool {
        self.0.iter().any(|network| network.contains(&address))
    }
}

/// Reads `192.0.2.7`, `192.0.2.7:1234`, `2001:db8::1`, `[2001:db8::1]:1234`.
fn parse(entry: &[u8]) -> Option<IpAddr> {
    let entry = std::str::from_utf8(entry.trim_ascii()).ok()?;
    let bare = entry.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(entry);
    let address = bare.parse::<IpAddr>().ok().or_else(|| entry.parse::<SocketAddr>().ok().map(|it| it.ip()));
    address.map(|it| it.to_canonical())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn client(peer: &str, lines: &[&[u8]]) -> String {
        let proxies = TrustedProxies::new(vec!["10.0.0.0/8".parse().unwrap(), "fd00::/8".parse().unwrap()]);
        let mut headers = HeaderMap::new();
        for line in lines {
            headers.append(FORWARDED_FOR, HeaderValue::from_bytes(line).unwrap());
        }
        proxies.client_of(peer.parse().unwrap(), &headers).to_string()
    }

    #[test]
    fn p123_only_listed_proxies_are_believed_and_only_from_the_right() {
        for (peer, lines, expected) in [
            ("192.0.2.1:1", &[&b"203.0.113.9"[..]][..], "192.0.2.1"),
            ("10.0.0.1:1", &[], "10.0.0.1"),
            ("10.0.0.1:1", &[b"203.0.113.9"], "203.0.113.9"),
            ("10.0.0.1:1", &[b"1.1.1.1, 203.0.113.9, 10.0.0.2"], "203.0.113.9"),
            ("10.0.0.1:1", &[b"1.1.1.1", b"203.0.113.9"], "203.0.113.9"),
            ("10.0.0.1:1", &[b"203.0.113.9, nonsense"], "10.0.0.1"),
            ("10.0.0.1:1", &[b"nonsense, 203.0.113.9"], "203.0.113.9"),
            ("10.0.0.1:1", &[b"203.0.113.9:4711"], "203.0.113.9"),
            ("[::ffff:10.0.0.1]:1", &[b"[2001:db8::1]:1"], "2001:db8::1"),
            ("[fd00::1]:1", &[b"::ffff:203.0.113.9"], "203.0.113.9"),
            ("10.0.0.1:1", &[b"\xff, 203.0.113.9"], "203.0.113.9"),
            ("10.0.0.1:1", &[b"\xff", b"203.0.113.9, 10.0.0.2"], "203.0.113.9"),
            ("10.0.0.1:1", &[b"1.1.1.1\xff,\t203.0.113.9"], "203.0.113.9"),
            ("10.0.0.1:1", &[b"203.0.113.9, \xff"], "10.0.0.1"),
        ] {
            assert_eq!(client(peer, lines), expected, "{peer} {lines:?}");
        }
    }
}
