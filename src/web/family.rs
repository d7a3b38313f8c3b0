//! Families of answers: each part of the URL map speaks to its callers in one shape, also when something is wrong.

/// Who reads the answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Family {
    /// A person in a browser: HTML.
    Page,
    /// An OAuth client: the JSON of RFC 6749 §5.2.
    OAuth,
    /// A program of the JSON API or of operations: RFC 9457.
    Api,
    /// A browser that fetches a static file.
    Asset,
}

impl Family {
    /// Every family.
    pub const ALL: [Self; 4] = [Self::Page, Self::OAuth, Self::Api, Self::Asset];

    /// The family of a path, whether anything stands there or not. Whatever is not a program's path is a page.
    pub fn of_path(path: &str) -> Self {
        const PAGES: [&str; 3] = ["/oauth2/authorize", "/oauth2/authorize/resume", "/oauth2/logout"];
        let below = |prefix: &str| {
            path.strip_prefix(prefix).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        if PAGES.contains(&path) {
            Self::Page
        } else if below("/oauth2") || below("/userinfo") || below("/.well-known") {
            Self::OAuth
        } else if ["/api", "/scim", "/healthz", "/readyz", "/metrics"].into_iter().any(below) {
            Self::Api
        } else if below("/assets") {
            Self::Asset
        } else {
            Self::Page
        }
    }

    /// The name in the log and in metrics.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Page => "page",
            Self::OAuth => "oauth",
            Self::Api => "api",
            Self::Asset => "asset",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Family;

    #[test]
    fn every_path_has_a_family() {
        for (path, family) in [
            ("/", Family::Page),
            ("/login/password", Family::Page),
            ("/oauth2/authorize", Family::Page),
            ("/oauth2/logout", Family::Page),
            ("/oauth2/token", Family::OAuth),
            ("/oauth2/nonsense", Family::OAuth),
            ("/userinfo", Family::OAuth),
            ("/userinfoo", Family::Page),
            ("/.well-known/jwks.json", Family::OAuth),
            ("/api/v1/users", Family::Api),
            ("/healthz", Family::Api),
            ("/assets/style.css", Family::Asset),
            ("/nonsense", Family::Page),
        ] {
            assert_eq!(Family::of_path(path), family, "{path}");
        }
    }
}
