//! A URL that may be asked, as far as its text can tell. DNS has its say when the request is sent.

use std::fmt;

use url::{Host, Url};

use super::AddressRules;

/// A URL of the right scheme whose host is a name, or an address that [`AddressRules`] accept.
#[derive(Clone, PartialEq, Eq)]
pub struct Target(Url);

impl Target {
    /// Reads a URL as a careful person would: no user part, no white space, no backslash, and an IPv4 address only in
    /// its four decimal numbers (P126).
    pub fn parse(text: &str, rules: &AddressRules) -> Result<Self, InvalidTarget> {
        if text.len() > 2048 || text.contains(|c: char| c <= ' ' || c == '\\' || c == '\u{7f}') {
            return Err(InvalidTarget::Malformed);
        }
        let url = Url::parse(text).map_err(|_| InvalidTarget::Malformed)?;
        let scheme_allowed = url.scheme() == "https" || (url.scheme() == "http" && rules.allows_http());
        if !scheme_allowed {
            return Err(InvalidTarget::Scheme);
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(InvalidTarget::Malformed);
        }
        let (address, canonical) = match url.host().ok_or(InvalidTarget::Malformed)? {
            Host::Domain(name) => return check_name(name, rules).map(|()| Self(url)),
            Host::Ipv4(address) => (address.into(), address.to_string()),
            Host::Ipv6(address) => (address.into(), format!("[{address}]")),
        };
        let written_plainly = text
            .get(url.scheme().len()..)
            .and_then(|rest| rest.strip_prefix("://"))
            .and_then(|rest| rest.strip_prefix(canonical.as_str()))
            .is_some_and(|rest| rest.is_empty() || rest.starts_with([':', '/', '?', '#']));
        let plain = written_plainly || canonical.starts_with('[');
        if !plain || rules.check(address).is_err() {
            return Err(InvalidTarget::Address);
        }
        Ok(Self(url))
    }

    /// The URL.
    pub const fn url(&self) -> &Url {
        &self.0
    }
}

impl fmt::Debug for Target {
    /// Shows the host only: paths and queries may carry secrets.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Target({})", self.0.host_str().unwrap_or_default())
    }
}

/// Names that never leave the machine or the site (RFC 6761, RFC 6762, RFC 9476).
fn check_name(name: &str, rules: &AddressRules) -> Result<(), InvalidTarget> {
    const LOCAL: [&str; 6] = ["localhost", "local", "internal", "localdomain", "home.arpa", "onion"];
    let name = name.trim_end_matches('.');
    let is_under = |suffix: &str| {
        name.strip_suffix(suffix).is_some_and(|before| before.is_empty() || before.ends_with('.'))
    };
    if name == "localhost" && rules.allows_loopback() {
        Ok(())
    } else if name.is_empty() || LOCAL.into_iter().any(is_under) {
        Err(InvalidTarget::Address)
    } else {
        Ok(())
    }
}

/// Why a URL may not be asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidTarget {
    /// Not a URL of the plain form.
    #[error("not an absolute URL without user name and white space")]
    Malformed,
    /// Another scheme than https.
    #[error("only https is accepted")]
    Scheme,
    /// The host is private or local, or an address in an unusual spelling.
    #[error("the host is not a public one")]
    Address,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn p126_hosts_in_disguise_are_refused_by_their_text() {
        let rules = AddressRules::default();
        for text in [
            "http://example.com/",
            "ftp://example.com/",
            "file:///etc/passwd",
            "//example.com",
            "example.com",
            "",
            "https://127.0.0.1/",
            "https://2130706433/",
            "https://134744072/",
            "https://0x7f.1/",
            "https://0177.0.0.1/",
            "https://8.8.2056/",
            "https://0x08080808/",
            "https://010.8.8.8/",
            "https://[::1]/",
            "https://[::ffff:7f00:1]/",
            "https://localhost/",
            "https://a.localhost./",
            "https://printer.local/",
            "https://metadata.google.internal/",
            "https://example.com@127.0.0.1/",
            "https://user@example.com/",
            "https://example.com\\@127.0.0.1/",
            "https://exa\tmple.com/",
            " https://example.com/",
            "https://169.254.169.254/latest/",
            "https://１２７.0.0.1/",
            "https://8.8.8.8./",
            "https://%31%32%37.0.0.1/",
        ] {
            assert!(Target::parse(text, &rules).is_err(), "{text}");
        }
        for text in [
            "https://example.com/jwks?x=1",
            "https://8.8.8.8:8443/",
            "HTTPS://Example.com",
            "https://bücher.example/",
        ] {
            assert!(Target::parse(text, &rules).is_ok(), "{text}");
        }
    }

    #[test]
    fn a_listed_loopback_also_opens_its_name() {
        let rules = AddressRules::new(vec!["127.0.0.0/8".parse().unwrap()]).with_http();
        assert!(Target::parse("http://localhost:8080/", &rules).is_ok());
        assert!(Target::parse("http://127.0.0.1:8080/", &rules).is_ok());
        assert!(Target::parse("http://127.1:8080/", &rules).is_err());
        assert!(Target::parse("http://10.0.0.1/", &rules).is_err());
    }
}
