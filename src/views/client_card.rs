//! Who asks: the relying party, as its registration describes it (OIDC Dynamic Client Registration §2).

use super::link::{HttpsLink, LocalPath};

/// The relying party as people see it.
#[derive(Debug, Clone)]
pub struct ClientCard {
    /// Its name.
    pub name: String,
    /// Its logo: fetched once and served by us (D30).
    pub logo: Option<LocalPath>,
    /// Whether it has registered a logo, which may not have been fetched yet.
    pub has_logo: bool,
    /// Its privacy policy.
    pub policy: Option<HttpsLink>,
    /// Its terms of service.
    pub tos: Option<HttpsLink>,
}

impl ClientCard {
    /// A client that has registered no more than its name.
    pub fn named(name: &str) -> Self {
        Self { name: name.to_owned(), logo: None, has_logo: false, policy: None, tos: None }
    }

    /// The letter that stands where a logo is missing.
    pub fn monogram(&self) -> String {
        monogram(&self.name)
    }

    /// A client for tests and for the gallery of pages.
    pub fn sample() -> Self {
        Self {
            name: "Notes".to_owned(),
            logo: None,
            has_logo: false,
            policy: HttpsLink::parse("https://notes.example/privacy"),
            tos: HttpsLink::parse("https://notes.example/terms"),
        }
    }
}

/// The first letter or digit of a name, in upper case.
pub(super) fn monogram(name: &str) -> String {
    name.chars().find(|c| c.is_alphanumeric()).map(|c| c.to_uppercase().collect()).unwrap_or_default()
}
