//! Addresses that a page may hold. Each parses once, so that no template can be given a `javascript:` address.

use std::fmt;

use url::{Url, form_urlencoded};

macro_rules! address {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub struct $name(String);

        impl $name {
            /// The address as it stands in the attribute, before HTML escaping.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

address! {
    /// A page elsewhere that people may open: https, with a host and without credentials.
    HttpsLink
}

address! {
    /// A place on our own origin: an absolute path, perhaps with a query. Nothing that a browser could read as
    /// another host (`//host`, `/\host`).
    LocalPath
}

address! {
    /// Where a form may be sent outside our origin: the redirect URI of a request, spelled exactly as registered.
    /// http and https only; a form cannot be posted to an application's own scheme.
    PostTarget
}

impl HttpsLink {
    /// Reads the address, or `None` where it is not one to show.
    pub fn parse(text: &str) -> Option<Self> {
        let url = Url::parse(text).ok()?;
        let plain = url.scheme() == "https"
            && url.has_host()
            && url.username().is_empty()
            && url.password().is_none();
        plain.then(|| Self(url.into()))
    }
}

impl LocalPath {
    /// The page at this path; home, where it is none.
    pub fn page(path: &'static str) -> Self {
        Self::parse(path).unwrap_or_else(|| Self("/".to_owned()))
    }

    /// The same with a parameter behind those that it has.
    #[must_use]
    pub fn with(self, name: &str, value: &str) -> Self {
        let joint = if self.0.contains('?') { '&' } else { '?' };
        let pair = form_urlencoded::Serializer::new(String::new()).append_pair(name, value).finish();
        Self(format!("{}{joint}{pair}", self.0))
    }

    /// Reads the path, or `None` where it could lead away.
    pub fn parse(text: &str) -> Option<Self> {
        let rest = text.strip_prefix('/')?;
        let stays = !rest.starts_with('/') && text.chars().all(|c| c.is_ascii_graphic() && c != '\\');
        stays.then(|| Self(text.to_owned()))
    }
}

impl PostTarget {
    /// Reads the address, or `None` where a form must not go. The spelling is kept.
    pub fn parse(text: &str) -> Option<Self> {
        let url = Url::parse(text).ok()?;
        let web = matches!(url.scheme(), "http" | "https") && url.has_host();
        (web && text.chars().all(|c| c.is_ascii_graphic())).then(|| Self(text.to_owned()))
    }
}

/// A redirect URI, for samples.
pub(super) fn sample_target() -> PostTarget {
    PostTarget("https://notes.example/callback".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_is_https_and_nothing_else() {
        for bad in [
            "javascript:alert(1)",
            "JavaScript://x/%0aalert(1)",
            "data:text/html,x",
            "http://a.example/",
            "//a.example",
            "https://user:pass@a.example/",
            "https:",
            "",
        ] {
            assert_eq!(HttpsLink::parse(bad), None, "{bad}");
        }
        assert!(HttpsLink::parse("https://a.example/privacy?x=1").is_some());
    }

    #[test]
    fn p003_a_path_stays_on_our_origin() {
        for bad in ["//evil", "/\\evil", "https:evil", "/a\r\nb", "/a\tb", "a", "", "/a b", "/\u{e9}"] {
            assert_eq!(LocalPath::parse(bad), None, "{bad}");
        }
        assert!(LocalPath::parse("/login?interaction=0191").is_some());
        assert_eq!(LocalPath::page("https://evil.example/").as_str(), "/");
        let path = LocalPath::page("/login").with("a", "//evil\r\n").with("b", "1&c=2");
        assert_eq!(path.as_str(), "/login?a=%2F%2Fevil%0D%0A&b=1%26c%3D2");
        assert_eq!(LocalPath::parse(path.as_str()), Some(path));
    }

    #[test]
    fn a_form_goes_to_the_web_only() {
        for bad in ["javascript:alert(1)", "com.example.app:/cb", "data:text/html,x", "https://a.example/ b"]
        {
            assert_eq!(PostTarget::parse(bad), None, "{bad}");
        }
        assert_eq!(
            PostTarget::parse("https://A.example/cb").map(|it| it.to_string()),
            Some("https://A.example/cb".into())
        );
    }
}
