//! A person's account as the person sees it.

use super::client_card::monogram;

/// An account that was proved in this browser (D1).
#[derive(Debug, Clone)]
pub struct Person {
    /// The person's name, where one is known.
    pub name: Option<String>,
    /// The e-mail address, in the spelling that was entered when the account was made.
    pub email: String,
    /// The name of the tenant that the account signs in to.
    pub tenant: String,
    /// Whether the account is a guest's there (D4).
    pub guest: bool,
}

impl Person {
    /// The name, or the address of an account without one.
    pub fn title(&self) -> &str {
        self.name.as_deref().unwrap_or(&self.email)
    }

    /// The letter that stands for the person.
    pub fn monogram(&self) -> String {
        monogram(self.title())
    }

    /// A person for tests and for the gallery of pages.
    pub fn sample() -> Self {
        Self {
            name: Some("Ada Lovelace".to_owned()),
            email: "ada@acme.example".to_owned(),
            tenant: "Acme Corp".to_owned(),
            guest: false,
        }
    }
}
