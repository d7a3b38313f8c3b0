//! What stands around every page: the language, whose page it is, and the brand.

use super::assets;
use super::link::LocalPath;
use super::text::{Catalogue, Locale, Text};

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
    /// The tenant's own look, with the same condition as its name.
    pub brand: Option<Brand>,
}

/// A tenant's look.
#[derive(Debug, Clone)]
pub struct Brand {
    /// A small stylesheet of ours that sets `--accent` and `--on-accent`, for light and for dark; inline style is
    /// forbidden by the CSP. Their contrast is checked when they are set (WCAG 2.2 §1.4.3, §1.4.11).
    pub stylesheet: LocalPath,
    /// The logo, served by us (D30).
    pub logo: Option<LocalPath>,
}

impl Frame {
    /// A frame that belongs to no tenant: the deployment's own pages, and every page before a tenant is settled.
    pub fn of_deployment(text: Text, deployment: &str) -> Self {
        Self { text, deployment: deployment.to_owned(), tenant: None, brand: None }
    }

    /// The same frame for a tenant that the request has settled.
    #[must_use]
    pub fn for_tenant(mut self, name: &str) -> Self {
        self.tenant = Some(name.to_owned());
        self
    }

    /// A frame for tests and for the gallery of pages.
    pub fn sample(catalogue: &Catalogue, locale: Locale) -> Self {
        Self::of_deployment(catalogue.text(locale), "Symbolon").for_tenant("Acme Corp")
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

    /// The tenant's logo.
    pub fn logo(&self) -> Option<&LocalPath> {
        self.brand.as_ref()?.logo.as_ref()
    }

    /// The address of the stylesheet.
    pub fn stylesheet(&self) -> String {
        assets::STYLESHEET.path()
    }

    /// The address of the icon in the browser's tab.
    pub fn icon(&self) -> String {
        assets::ICON.path()
    }

    /// The address of the script that sends a form-post page on.
    pub fn form_post_script(&self) -> String {
        assets::FORM_POST_SCRIPT.path()
    }
}
