//! Which hosts are this machine itself (D28, RFC 8252 §7.3).

use url::Host;

/// Whether the host is loopback: `localhost`, 127.0.0.0/8 or `::1` (D28). No other name counts, whatever it resolves
/// to: `127.0.0.1.evil.example` is a stranger (P002).
pub fn is_loopback<S: AsRef<str>>(host: &Host<S>) -> bool {
    match host {
        Host::Domain(name) => name.as_ref() == "localhost",
        Host::Ipv4(address) => address.is_loopback(),
        Host::Ipv6(address) => address.is_loopback(),
    }
}
