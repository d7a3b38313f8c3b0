//! What stands around every page: the language, whose page it is, and the brand.

use super::text::{Catalogue, Locale, Text};
use super::{assets, brand};
use crate::model::accent::Accent;

/// The frame of a page.
#[derive(Debug, Clone)]
pub struct Frame {
    /// The words, in the language of this request.
    pub text: Text,
    /// What the operator calls this deployment.
    pub deployment: String,
    /// The tenant's name, only where the request itself has settled it: by the client, or by a proved account. A
    /// name looked up from a `tenant` parameter or an address would tell who is a customer (D1, D2).
    pub tenant: Option<String>,
    /// The colour of the tenant's brand, with the same condition as its name.
    pub accent: Option<Accent>,
}

impl Frame {
    /// A frame that belongs to no tenant: the deployment's own pages, and every page before a tenant is settled.
    pub fn of_deployment(text: Text, deployment: &str) -> Self {
        Self { text, deployment: deployment.to_owned(), tenant: None, accent: None }
    }

    /// The same frame for a tenant that the request has settled.
    #[must_use]
    pub fn for_tenant(mut self, name: &str, accent: Option<Accent>) -> Self {
        self.tenant = Some(name.to_owned());
        self.accent = accent;
        self
    }

    /// A frame for tests and for the gallery of pages.
    pub fn sample(catalogue: &Catalogue, locale: Locale) -> Self {
        Self::of_deployment(catalogue.text(locale), "Symbolon").for_tenant("Acme Corp", None)
    }

    /// The message with this id.
    pub fn say(&self, id: &str) -> String {
        self.text.get(id)
    }

    /// The message with one text in it.
    pub fn say_with(&self, id: &str, name: &str, value: &str) -> String {
        self.text.with(id, name, value)
    }

    /// The name over the card.
    pub fn owner(&self) -> &str {
        self.tenant.as_deref().unwrap_or(&self.deployment)
    }

    /// The address of the stylesheet.
    pub fn stylesheet(&self) -> String {
        assets::STYLESHEET.path()
    }

    /// The address of the stylesheet of the tenant's brand.
    pub fn brand(&self) -> Option<String> {
        self.accent.map(brand::path)
    }

    /// The address of the icon in the browser's tab.
    pub fn icon(&self) -> String {
        assets::ICON.path()
    }

    /// The address of the script that asks for passkeys.
    pub fn passkey_script(&self) -> String {
        assets::PASSKEY_SCRIPT.path()
    }

    /// The address of the script that sends a form-post page on.
    pub fn form_post_script(&self) -> String {
        assets::FORM_POST_SCRIPT.path()
    }
}
