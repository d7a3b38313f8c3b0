//! Redirect URIs: what may be registered, and when a requested one is the registered one (RFC 6749 §3.1.2, RFC 9700
//! §4.1, RFC 8252 §7; P001, P002).

use std::str::FromStr;

use url::{Url, form_urlencoded};

use super::loopback::is_loopback;

/// The longest redirect URI accepted, in bytes.
pub const MAX_LENGTH: usize = 2048;

/// A redirect URI as a client registered it: absolute, printable ASCII, without fragment, user information, backslash
/// or dot segments. It is kept and compared as text, byte for byte (RFC 9700 §4.1.3).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RedirectUri(String);

/// What an answer to a sign-in says in the query: were one of these registered, the application might read that one (RFC 6749
/// §3.1, RFC 9207 §2.4; P005).
pub const SIGN_IN_ANSWER: [&str; 7] =
    ["code", "state", "iss", "error", "error_description", "error_uri", "response"];

/// The same for a sign-out (OIDC RP-Initiated Logout §3).
pub const SIGN_OUT_ANSWER: [&str; 1] = ["state"];

/// The kinds of redirect URI, which differ in who may register them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RedirectKind {
    /// https: any client.
    Https,
    /// http on this machine (RFC 8252 §7.3): any client, with a warning outside of native ones (D28).
    LoopbackHttp,
    /// A private-use scheme in reverse domain form (RFC 8252 §7.1): native clients only.
    PrivateUse,
}

/// Whether the port of a loopback redirect may differ from the registered one (RFC 8252 §7.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LoopbackPort {
    /// It must be the registered one: every client that is not native.
    Registered,
    /// Any port, on a literal loopback address only: native clients.
    Any,
}

impl RedirectUri {
    /// The URI as registered.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether its query says one of these already.
    pub fn says(&self, names: &[&str]) -> bool {
        Url::parse(&self.0).is_ok_and(|url| url.query_pairs().any(|(name, _)| names.contains(&&*name)))
    }

    /// Which kind it is.
    pub fn kind(&self) -> RedirectKind {
        if self.0.starts_with("https://") {
            RedirectKind::Https
        } else if self.0.starts_with("http://") {
            RedirectKind::LoopbackHttp
        } else {
            RedirectKind::PrivateUse
        }
    }
}

fn matches(registered: &str, requested: &str, port: LoopbackPort) -> bool {
    if registered == requested {
        return true;
    }
    match port {
        LoopbackPort::Registered => false,
        LoopbackPort::Any => match (without_loopback_port(registered), without_loopback_port(requested)) {
            (Some(registered), Some(requested)) => registered == requested,
            _ => false,
        },
    }
}

/// Host and remainder of `http://<literal loopback address>[:port]<remainder>`, the port dropped. Works on the text, so
/// that nothing a URL parser forgives can slip through.
fn without_loopback_port(uri: &str) -> Option<(&'static str, &str)> {
    const HOSTS: [&str; 2] = ["http://127.0.0.1", "http://[::1]"];
    let (host, after) = HOSTS.iter().find_map(|host| Some((*host, uri.strip_prefix(host)?)))?;
    let rest = match after.strip_prefix(':') {
        None => after,
        Some(port_and_rest) => {
            let end = port_and_rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(port_and_rest.len());
            let (port, rest) = port_and_rest.split_at_checked(end)?;
            if port.starts_with('0') || port.parse::<u16>().is_err() {
                return None;
            }
            rest
        }
    };
    (rest.is_empty() || rest.starts_with(['/', '?'])).then_some((host, rest))
}

impl FromStr for RedirectUri {
    type Err = RedirectUriError;

    fn from_str(text: &str) -> Result<Self, RedirectUriError> {
        if text.len() > MAX_LENGTH {
            return Err(RedirectUriError::TooLong);
        }
        if !text.bytes().all(|byte| byte.is_ascii_graphic())
            || text.contains(['\\', '"', '<', '>', '`', '^', '{', '|', '}'])
        {
            return Err(RedirectUriError::Characters);
        }
        if text.contains('#') {
            return Err(RedirectUriError::Fragment);
        }
        let url = Url::parse(text).map_err(|_| RedirectUriError::NotAbsolute)?;
        if has_dot_segment(text) {
            return Err(RedirectUriError::DotSegment);
        }
        if matches!(url.scheme(), "https" | "http") {
            check_web(text, &url)?;
        } else if !url.scheme().contains('.') || text.contains('@') || !text.starts_with(url.scheme()) {
            return Err(RedirectUriError::Scheme);
        }
        Ok(Self(text.to_owned()))
    }
}

/// The rules for https and http: an authority written out, no user information, plain http on loopback only.
fn check_web(text: &str, url: &Url) -> Result<(), RedirectUriError> {
    let authority = text
        .strip_prefix("https://")
        .or_else(|| text.strip_prefix("http://"))
        .and_then(|rest| rest.split(['/', '?']).next())
        .ok_or(RedirectUriError::NotAbsolute)?;
    if authority.contains('@') {
        return Err(RedirectUriError::UserInfo);
    }
    let host = url.host().ok_or(RedirectUriError::NotAbsolute)?;
    // The host that we read and the host that a browser goes to are the same only where the text is already normal.
    if authority.is_empty() || !authority.starts_with(&host.to_string()) {
        return Err(RedirectUriError::Characters);
    }
    if url.scheme() == "http" && !is_loopback(&host) { Err(RedirectUriError::PlainHttp) } else { Ok(()) }
}

fn has_dot_segment(text: &str) -> bool {
    let path = text.split('?').next().unwrap_or(text);
    path.split('/').any(|segment| {
        let plain = segment.to_ascii_lowercase().replace("%2e", ".");
        plain == "." || plain == ".."
    })
}

impl AsRef<str> for RedirectUri {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

/// Why a text cannot be registered as a redirect URI.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RedirectUriError {
    /// Longer than [`MAX_LENGTH`].
    #[error("a redirect URI has at most 2048 bytes")]
    TooLong,
    /// White space, control characters, non-ASCII, a backslash, or a host that is not in its normal spelling.
    #[error("a redirect URI holds printable ASCII only, without backslash, and its host in lower case")]
    Characters,
    /// RFC 6749 §3.1.2: no fragment.
    #[error("a redirect URI has no fragment")]
    Fragment,
    /// Not an absolute URI.
    #[error("a redirect URI is absolute")]
    NotAbsolute,
    /// A `.` or `..` segment, raw or encoded.
    #[error("a redirect URI has no dot segments")]
    DotSegment,
    /// User information before the host.
    #[error("a redirect URI has no user name or password")]
    UserInfo,
    /// Plain http to another machine (D28).
    #[error("a redirect URI uses https; http is for loopback only")]
    PlainHttp,
    /// A scheme that is neither https nor in reverse domain form (RFC 8252 §7.1).
    #[error(
        "a redirect URI uses https, http on loopback, or a scheme in reverse domain form such as com.example.app"
    )]
    Scheme,
}

/// A place to send the browser that a client has registered. Only [`verify`] makes one, so a redirect to anywhere else
/// cannot be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerifiedRedirect(String);

/// Finds the requested URI among the registered ones: the same text, or on a literal loopback address another port for
/// a native client (RFC 9700 §4.1.3, RFC 8252 §7.3). Serves redirect URIs and post-logout redirect URIs alike.
pub fn verify<U: AsRef<str>>(
    registered: &[U],
    requested: &str,
    port: LoopbackPort,
) -> Option<VerifiedRedirect> {
    registration(registered, requested, port).map(|_| VerifiedRedirect(requested.to_owned()))
}

/// The registered URI that the requested one is, by the rule of [`verify`].
pub fn registration<'a, U: AsRef<str>>(
    registered: &'a [U],
    requested: &str,
    port: LoopbackPort,
) -> Option<&'a str> {
    // What was stored is parsed again: an entry that could not be registered today leads nowhere.
    registered
        .iter()
        .map(AsRef::as_ref)
        .find(|uri| uri.parse::<RedirectUri>().is_ok_and(|uri| matches(uri.as_str(), requested, port)))
}

impl VerifiedRedirect {
    /// The URI without anything added: the action of a form post, or a logout without `state`.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The URI with parameters added to its query; a query of its own stays as it is (RFC 6749 §3.1.2). A space is `%20`:
    /// `+` is one in a form only, and every reader understands the other spelling.
    pub fn with_query<'a>(&self, parameters: impl IntoIterator<Item = (&'a str, &'a str)>) -> String {
        let added = form_urlencoded::Serializer::new(String::new()).extend_pairs(parameters).finish();
        let added = added.replace('+', "%20");
        if added.is_empty() {
            return self.0.clone();
        }
        let joint = match self.0.split_once('?') {
            None => "?",
            Some((_, own)) if own.is_empty() || own.ends_with('&') => "",
            Some(_) => "&",
        };
        format!("{}{joint}{added}", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn registered(uris: &[&str]) -> Vec<RedirectUri> {
        uris.iter().map(|uri| uri.parse().unwrap()).collect()
    }

    #[test]
    fn p001_near_copies_of_a_registered_uri_never_match() {
        let list = registered(&["https://app.example/callback"]);
        assert!(verify(&list, "https://app.example/callback", LoopbackPort::Any).is_some());
        for near in [
            "https://app.example/callback/",
            "https://app.example/callback/x",
            "https://app.example/x/../callback",
            "https://app.example/./callback",
            "https://app.example/%2e/callback",
            "https://app.example/%63allback",
            "https://APP.example/callback",
            "HTTPS://app.example/callback",
            "https://app.example/Callback",
            "https://app.example:443/callback",
            "https://app.example:444/callback",
            "https://app.example./callback",
            "https://app.example@evil.example/callback",
            "https://evil.example/callback",
            "https://app.example/callback?x=1",
            "https://app.example/callback?",
            "https://app.example/callback#",
            "https://app.example/callback#x",
            "https:\\\\app.example\\callback",
            "https://app.example\\callback",
            "http://app.example/callback",
            "//app.example/callback",
            "https://app.example/callback ",
            " https://app.example/callback",
            "https://app.example/callback\r\n",
            "https://app.example/callback\0",
            "",
        ] {
            assert!(verify(&list, near, LoopbackPort::Any).is_none(), "{near:?}");
        }
    }

    #[test]
    fn p002_only_the_port_of_a_literal_loopback_address_of_a_native_client_may_differ() {
        let list = registered(&[
            "http://127.0.0.1/callback",
            "http://[::1]:80/callback",
            "http://localhost:1/callback",
        ]);
        for good in
            ["http://127.0.0.1:51004/callback", "http://127.0.0.1/callback", "http://[::1]:9/callback"]
        {
            assert!(verify(&list, good, LoopbackPort::Any).is_some(), "{good}");
        }
        assert!(verify(&list, "http://127.0.0.1:51004/callback", LoopbackPort::Registered).is_none());
        for bad in [
            "http://127.0.0.1.evil.example/callback",
            "http://127.0.0.1:80.evil.example/callback",
            "http://localhost:2/callback",
            "http://127.0.0.1:1/other",
            "http://127.0.0.1:/callback",
            "http://127.0.0.1:99999/callback",
            "http://127.0.0.2:1/callback",
            "http://127.0.0.1:1@evil.example/callback",
            "https://127.0.0.1:1/callback",
            "http://127.0.0.1:01/callback",
            "http://[::1%25lo]:1/callback",
            "http://127.1:1/callback",
            "http://[::]:1/callback",
        ] {
            assert!(verify(&list, bad, LoopbackPort::Any).is_none(), "{bad}");
        }
    }

    #[test]
    fn what_may_not_be_registered_is_refused() {
        for (text, error) in [
            ("/callback", RedirectUriError::NotAbsolute),
            ("https://a.example/#x", RedirectUriError::Fragment),
            ("https://u@a.example/", RedirectUriError::UserInfo),
            ("https://a.example\\x", RedirectUriError::Characters),
            ("https://A.example/", RedirectUriError::Characters),
            ("https:a.example", RedirectUriError::NotAbsolute),
            ("https://0x7f.1/", RedirectUriError::Characters),
            ("http://a.example/", RedirectUriError::PlainHttp),
            ("http://127.0.0.1.evil.example/", RedirectUriError::PlainHttp),
            ("javascript:alert(1)", RedirectUriError::Scheme),
            ("data:text/html,x", RedirectUriError::Scheme),
            ("https://a.example/a/%2E%2e/b", RedirectUriError::DotSegment),
        ] {
            assert_eq!(text.parse::<RedirectUri>(), Err(error), "{text}");
        }
        assert_eq!("com.example.app:/cb".parse::<RedirectUri>().unwrap().kind(), RedirectKind::PrivateUse);
    }

    #[test]
    fn parameters_are_added_behind_a_query_that_is_there() {
        let list = registered(&["https://a.example/cb?x=1&y=a%20b", "https://a.example/cb"]);
        let with = verify(&list, "https://a.example/cb?x=1&y=a%20b", LoopbackPort::Registered).unwrap();
        assert_eq!(with.with_query([("state", "a b&c")]), "https://a.example/cb?x=1&y=a%20b&state=a%20b%26c");
        let without = verify(&list, "https://a.example/cb", LoopbackPort::Registered).unwrap();
        assert_eq!(
            without.with_query([("code", "1"), ("iss", "https://i")]),
            "https://a.example/cb?code=1&iss=https%3A%2F%2Fi"
        );
        assert_eq!(without.with_query([]), "https://a.example/cb");
    }
}
