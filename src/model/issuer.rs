//! The issuer: the one URL that names this deployment (OIDC Discovery §3, RFC 8414 §2, D28).

use std::fmt;
use std::net::Ipv6Addr;
use std::str::FromStr;

use serde::{Deserialize, Serialize, Serializer};
use url::{Host, Url};

/// `https://id.example.com` or `http://localhost:8080`: a scheme, a host, perhaps a port, and nothing behind them. It
/// is kept in the one spelling that relying parties compare byte by byte.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Issuer {
    text: String,
    host: Host,
    port: u16,
}

impl Issuer {
    /// The issuer of a run on this machine: `http://localhost:<port>`.
    pub fn local(port: u16) -> Self {
        let text =
            if port == 80 { "http://localhost".to_owned() } else { format!("http://localhost:{port}") };
        Self { text, host: Host::Domain("localhost".to_owned()), port }
    }

    /// The issuer as it stands in `iss`, without a trailing slash.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The absolute URL of a path of ours; `path` begins with a slash.
    pub fn url(&self, path: &str) -> String {
        format!("{}{path}", self.text)
    }

    /// Whether it names this machine only: `localhost`, `127.0.0.0/8` or `::1`. Any other is production (D28).
    pub fn is_loopback(&self) -> bool {
        is_this_machine(&self.host)
    }

    /// Whether browsers reach it over TLS.
    pub fn is_https(&self) -> bool {
        self.text.starts_with("https://")
    }

    /// The host, and the port where it is not the scheme's own: what a browser sends as `Host`.
    pub fn authority(&self) -> &str {
        self.text.split_once("://").map_or("", |(_, rest)| rest)
    }

    /// The host alone.
    pub fn host(&self) -> &Host {
        &self.host
    }

    /// The port that clients connect to.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Whether a URL names this server, by whatever scheme, spelling or other name of this machine.
    pub fn is_at(&self, url: &Url) -> bool {
        let is_usual = |port| matches!(port, 80 | 443);
        let Some(port) = url.port_or_known_default() else { return false };
        let same_port = port == self.port || is_usual(port) && is_usual(self.port);
        same_port && url.host().is_some_and(|host| self.is_named(&host))
    }

    fn is_named(&self, host: &Host<&str>) -> bool {
        match (host, &self.host) {
            // A name with its final dot is the same name (RFC 1034 §3.1).
            (Host::Domain(name), Host::Domain(own)) if name.trim_end_matches('.') == own => true,
            (host, own) => host.to_owned() == *own || self.is_loopback() && is_this_machine(host),
        }
    }
}

fn is_this_machine<S: AsRef<str>>(host: &Host<S>) -> bool {
    match host {
        Host::Domain(name) => name.as_ref() == "localhost",
        Host::Ipv4(address) => address.is_loopback(),
        Host::Ipv6(address) => *address == Ipv6Addr::LOCALHOST,
    }
}

impl FromStr for Issuer {
    type Err = InvalidIssuer;

    fn from_str(text: &str) -> Result<Self, InvalidIssuer> {
        let url = Url::parse(text).map_err(|_| InvalidIssuer::NotAUrl)?;
        if !matches!(url.scheme(), "https" | "http") {
            return Err(InvalidIssuer::Scheme);
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(InvalidIssuer::UserInfo);
        }
        if url.path() != "/" || url.query().is_some() || url.fragment().is_some() || text.ends_with('/') {
            return Err(InvalidIssuer::Path);
        }
        match (url.origin().ascii_serialization() == text, url.host(), url.port_or_known_default()) {
            (true, Some(host), Some(port)) => Ok(Self { text: text.to_owned(), host: host.to_owned(), port }),
            _ => Err(InvalidIssuer::Spelling),
        }
    }
}

impl fmt::Display for Issuer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for Issuer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Issuer({self})")
    }
}

impl Serialize for Issuer {
    fn serialize<S: Serializer>(&self, output: S) -> Result<S::Ok, S::Error> {
        output.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for Issuer {
    fn deserialize<D: serde::Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        String::deserialize(input)?.parse().map_err(serde::de::Error::custom)
    }
}

/// Why a text cannot be an issuer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidIssuer {
    /// No URL at all.
    #[error("not a URL; write it like https://id.example.com")]
    NotAUrl,
    /// Neither https nor http.
    #[error("an issuer begins with https:// (or http:// on this machine)")]
    Scheme,
    /// A user or a password in it.
    #[error("an issuer holds no user name or password")]
    UserInfo,
    /// More than scheme, host and port.
    #[error("an issuer has no path, query, fragment or trailing slash")]
    Path,
    /// Another spelling of a good issuer.
    #[error(
        "write the issuer in lower case, without the scheme's own port, with an international name as xn--"
    )]
    Spelling,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_issuer_is_scheme_host_and_port_alone() {
        for good in
            ["https://id.example.com", "http://localhost:8080", "http://127.0.0.1:9000", "http://[::1]:80"]
        {
            let parsed = good.parse::<Issuer>();
            let spelled = parsed.as_ref().map(Issuer::as_str);
            if good.ends_with(":80") {
                assert_eq!(spelled, Err(&InvalidIssuer::Spelling));
            } else {
                assert_eq!(spelled, Ok(good));
            }
        }
        for (bad, why) in [
            ("id.example.com", InvalidIssuer::NotAUrl),
            ("ftp://id.example.com", InvalidIssuer::Scheme),
            ("https://ann:pw@id.example.com", InvalidIssuer::UserInfo),
            ("https://id.example.com/", InvalidIssuer::Path),
            ("https://id.example.com/a", InvalidIssuer::Path),
            ("https://id.example.com?x=1", InvalidIssuer::Path),
            ("https://ID.example.com", InvalidIssuer::Spelling),
            ("https://id.example.com:443", InvalidIssuer::Spelling),
        ] {
            assert_eq!(bad.parse::<Issuer>(), Err(why), "{bad}");
        }
    }

    #[test]
    fn an_address_of_ours_is_known_by_every_spelling() {
        for (issuer, url, ours) in [
            ("https://id.example.com", "https://id.example.com", true),
            ("https://id.example.com", "http://id.example.com/userinfo", true),
            ("https://id.example.com", "https://ID.example.com.:443/x?y", true),
            ("https://id.example.com", "https://ann@id.example.com/", true),
            ("https://id.example.com", "http://id.example.com:443", true),
            ("https://id.example.com", "https://id.example.com:8443", false),
            ("https://id.example.com", "https://api.example.com", false),
            ("https://id.example.com", "urn:id.example.com", false),
            ("http://localhost:8080", "https://localhost:8080/userinfo", true),
            ("http://localhost:8080", "http://127.0.0.1:8080", true),
            ("http://127.0.0.1:8080", "http://[::1]:8080", true),
            ("http://localhost:8080", "http://localhost:8081", false),
        ] {
            let issuer: Issuer = issuer.parse().unwrap();
            assert_eq!(issuer.is_at(&url.parse().unwrap()), ours, "{issuer} {url}");
        }
    }

    #[test]
    fn only_this_machine_is_not_production() {
        for (text, loopback) in [
            ("http://localhost:8080", true),
            ("http://127.8.0.1:8080", true),
            ("http://[::1]:8080", true),
            ("https://id.example.com", false),
            ("http://localhost.example.com", false),
            ("http://10.0.0.1:8080", false),
        ] {
            assert_eq!(text.parse::<Issuer>().unwrap().is_loopback(), loopback, "{text}");
        }
    }
}
