//! Which IP addresses may be asked. Everything that is not plainly a public unicast address is refused: an allow-list
//! of what is public is safer than a list of what is private.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ipnet::IpNet;

/// Which addresses and schemes an outgoing request may use.
#[derive(Debug, Clone, Default)]
pub struct AddressRules {
    allowed: Vec<IpNet>,
    http: bool,
}

impl AddressRules {
    /// Public addresses over https, and these networks besides.
    pub const fn new(allowed: Vec<IpNet>) -> Self {
        Self { allowed, http: false }
    }

    /// Accepts plain http too; for development and tests only.
    #[must_use]
    pub const fn with_http(mut self) -> Self {
        self.http = true;
        self
    }

    /// Whether plain http is accepted.
    pub const fn allows_http(&self) -> bool {
        self.http
    }

    /// Judges one address. An IPv4 address written as IPv6 is judged as what it is.
    pub fn check(&self, address: IpAddr) -> Result<(), ForbiddenAddress> {
        let address = address.to_canonical();
        if self.allowed.iter().any(|network| network.contains(&address)) || is_public(address) {
            Ok(())
        } else {
            Err(ForbiddenAddress)
        }
    }

    /// Whether the loopback interface is on the allow-list, and with it the name `localhost`.
    pub(super) fn allows_loopback(&self) -> bool {
        self.check(Ipv4Addr::LOCALHOST.into()).is_ok() || self.check(Ipv6Addr::LOCALHOST.into()).is_ok()
    }
}

/// The address is private, local, reserved or a cloud's metadata service.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the address is not a public one")]
pub struct ForbiddenAddress;

fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => is_public_v6(address),
    }
}

/// RFC 6890 and the IANA special-purpose registry; 168.63.129.16 is Azure's wire server.
fn is_public_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, d] = address.octets();
    !matches!(
        (a, b, c, d),
        (0 | 10 | 127 | 224..=255, _, _, _)
            | (100, 64..=127, _, _)
            | (169, 254, _, _)
            | (172, 16..=31, _, _)
            | (192, 168, _, _)
            | (192, 0, 0 | 2, _)
            | (192, 88, 99, _)
            | (198, 18 | 19, _, _)
            | (198, 51, 100, _)
            | (203, 0, 113, _)
            | (168, 63, 129, 16)
    )
}

/// Global unicast (`2000::/3`) without `2001::/23` (Teredo and other protocols), documentation and 6to4, which can
/// carry any IPv4 address. NAT64 (`64:ff9b::/96`) is judged by the IPv4 address inside.
fn is_public_v6(address: Ipv6Addr) -> bool {
    match address.segments() {
        [0x64, 0xff9b, 0, 0, 0, 0, high, low] => {
            let [a, b] = high.to_be_bytes();
            let [c, d] = low.to_be_bytes();
            is_public_v4(Ipv4Addr::new(a, b, c, d))
        }
        [0x2001, 0..=0x1ff | 0xdb8, ..] | [0x2002, ..] | [0x3fff, 0..=0xfff, ..] => false,
        [first, ..] => (0x2000..0x4000).contains(&first),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn p126_only_public_addresses_pass() {
        let rules = AddressRules::default();
        for forbidden in [
            "0.0.0.0",
            "10.1.2.3",
            "100.64.0.1",
            "100.100.100.200",
            "127.0.0.1",
            "127.255.0.9",
            "169.254.169.254",
            "172.16.0.1",
            "172.31.255.255",
            "192.0.0.8",
            "192.168.1.1",
            "198.18.0.1",
            "224.0.0.1",
            "255.255.255.255",
            "168.63.129.16",
            "::",
            "::1",
            "::ffff:127.0.0.1",
            "::ffff:10.0.0.1",
            "::127.0.0.1",
            "64:ff9b::7f00:1",
            "fe80::1",
            "fc00::1",
            "fd00:ec2::254",
            "fec0::1",
            "ff02::1",
            "2001::1",
            "2001:db8::1",
            "2002:7f00:1::",
        ] {
            assert!(rules.check(forbidden.parse().unwrap()).is_err(), "{forbidden}");
        }
        for public in [
            "1.1.1.1",
            "172.32.0.1",
            "100.128.0.1",
            "8.8.8.8",
            "2606:4700::1111",
            "2a00:1450::1",
            "64:ff9b::808:808",
        ] {
            assert!(rules.check(public.parse().unwrap()).is_ok(), "{public}");
        }
    }

    #[test]
    fn a_listed_network_passes_and_nothing_beside_it() {
        let rules = AddressRules::new(vec!["127.0.0.1/32".parse().unwrap()]);
        assert!(rules.check("127.0.0.1".parse().unwrap()).is_ok());
        assert!(rules.check("::ffff:127.0.0.1".parse().unwrap()).is_ok());
        assert!(rules.check("127.0.0.2".parse().unwrap()).is_err());
    }
}
