//! The words of the pages: one Fluent catalogue per language, compiled in, chosen by what the browser or the
//! relying party asks for (OIDC Core §3.1.2.1 `ui_locales`, RFC 9110 §12.5.4 `Accept-Language`).

use std::fmt;
use std::sync::Arc;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use unic_langid::LanguageIdentifier;

use crate::protocol::locales;

/// A language that every page is written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Locale {
    /// English: where nothing else was asked for.
    #[default]
    En,
    /// German.
    De,
}

impl Locale {
    /// Every language, as announced in `ui_locales_supported` (OIDC Discovery §3).
    pub const ALL: [Self; 2] = [Self::En, Self::De];

    /// The language tag (RFC 5646) in its canonical casing.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::De => "de",
        }
    }

    /// What its speakers call it.
    pub const fn own_name(self) -> &'static str {
        match self {
            Self::En => "English",
            Self::De => "Deutsch",
        }
    }

    /// The language with this tag, or `None`.
    pub fn parse(tag: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|locale| locale.as_str() == tag)
    }

    /// The language for a request: the first of `ui_locales` that exists, else the best of `Accept-Language`, else
    /// English. Unreadable input counts as none.
    pub fn choose(ui_locales: Option<&str>, accept_language: Option<&str>) -> Self {
        let supported = Self::ALL.map(Self::as_str);
        let asked = ui_locales.and_then(|wishes| locales::negotiate(wishes, &supported));
        let accepted = || accept_language.and_then(|header| locales::negotiate_header(header, &supported));
        asked.or_else(accepted).and_then(Self::parse).unwrap_or_default()
    }

    /// The files of this language. Every language has the same ones; a test compares their messages.
    const fn sources(self) -> [&'static str; 15] {
        macro_rules! files {
            ($dir:literal) => {
                [
                    include_str!(concat!("../../locales/", $dir, "/layout.ftl")),
                    include_str!(concat!("../../locales/", $dir, "/login.ftl")),
                    include_str!(concat!("../../locales/", $dir, "/consent.ftl")),
                    include_str!(concat!("../../locales/", $dir, "/logout.ftl")),
                    include_str!(concat!("../../locales/", $dir, "/error.ftl")),
                    include_str!(concat!("../../locales/", $dir, "/setup.ftl")),
                    include_str!(concat!("../../locales/", $dir, "/invitation.ftl")),
                    include_str!(concat!("../../locales/", $dir, "/oidc.ftl")),
                    include_str!(concat!("../../locales/", $dir, "/home.ftl")),
                    include_str!(concat!("../../locales/", $dir, "/mail.ftl")),
                    include_str!(concat!("../../locales/", $dir, "/account.ftl")),
                    include_str!(concat!("../../locales/", $dir, "/personal.ftl")),
                    include_str!(concat!("../../locales/", $dir, "/code.ftl")),
                    include_str!(concat!("../../locales/", $dir, "/console.ftl")),
                    include_str!(concat!("../../locales/", $dir, "/links.ftl")),
                ]
            };
        }
        match self {
            Self::En => files!("en"),
            Self::De => files!("de"),
        }
    }
}

/// The messages of every language, read once at start and shared.
#[derive(Clone)]
pub struct Catalogue {
    english: Arc<FluentBundle<FluentResource>>,
    german: Arc<FluentBundle<FluentResource>>,
}

impl Catalogue {
    /// Reads the messages that are compiled in. An error is a broken build; the tests meet it first.
    pub fn embedded() -> Result<Self, BrokenCatalogue> {
        Ok(Self { english: Arc::new(bundle(Locale::En)?), german: Arc::new(bundle(Locale::De)?) })
    }

    /// The words in this language.
    pub fn text(&self, locale: Locale) -> Text {
        Text { locale, catalogue: self.clone() }
    }

    fn bundle(&self, locale: Locale) -> &FluentBundle<FluentResource> {
        match locale {
            Locale::En => &self.english,
            Locale::De => &self.german,
        }
    }

    /// Whether the language itself has this message, without falling back to English.
    pub fn has(&self, locale: Locale, id: &str) -> bool {
        self.bundle(locale).get_message(id).is_some_and(|message| message.value().is_some())
    }
}

impl fmt::Debug for Catalogue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Catalogue")
    }
}

/// A compiled-in message file cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the {language} messages are broken: {detail}")]
pub struct BrokenCatalogue {
    language: &'static str,
    detail: String,
}

fn bundle(locale: Locale) -> Result<FluentBundle<FluentResource>, BrokenCatalogue> {
    let broken = |detail: String| BrokenCatalogue { language: locale.as_str(), detail };
    let language: LanguageIdentifier =
        locale.as_str().parse().map_err(|_| broken("language tag".to_owned()))?;
    let mut bundle = FluentBundle::new_concurrent(vec![language]);
    // `isolated` does it for the values that need it; marks around every Latin name would stand in page titles.
    bundle.set_use_isolating(false);
    for source in locale.sources() {
        let resource = FluentResource::try_new(source.to_owned())
            .map_err(|(_, errors)| broken(format!("{errors:?}")))?;
        bundle.add_resource(resource).map_err(|errors| broken(format!("{errors:?}")))?;
    }
    Ok(bundle)
}

/// The words of one language. Values put into a message are plain text; the template escapes the whole.
#[derive(Debug, Clone)]
pub struct Text {
    locale: Locale,
    catalogue: Catalogue,
}

impl Text {
    /// The value of the `lang` attribute.
    pub const fn lang(&self) -> &'static str {
        self.locale.as_str()
    }

    /// The message with this id. A language that lacks it falls back to English, and that to the id itself.
    pub fn get(&self, id: &str) -> String {
        self.format(id, None)
    }

    /// The message with one named text in it.
    pub fn with(&self, id: &str, name: &str, value: &str) -> String {
        let mut args = FluentArgs::new();
        args.set(name.to_owned(), isolated(value));
        self.format(id, Some(&args))
    }

    /// The message with one number in it, so that the language can choose its plural.
    pub fn count(&self, id: &str, name: &str, value: u32) -> String {
        let mut args = FluentArgs::new();
        args.set(name.to_owned(), FluentValue::from(value));
        self.format(id, Some(&args))
    }

    /// The message with these texts in it, and this number where there is one.
    pub fn filled(&self, id: &str, texts: &[(&str, &str)], number: Option<(&str, u32)>) -> String {
        let mut args = FluentArgs::new();
        for (name, value) in texts {
            args.set((*name).to_owned(), isolated(value));
        }
        if let Some((name, value)) = number {
            args.set(name.to_owned(), FluentValue::from(value));
        }
        self.format(id, Some(&args))
    }

    fn format(&self, id: &str, args: Option<&FluentArgs<'_>>) -> String {
        for locale in [self.locale, Locale::En] {
            let bundle = self.catalogue.bundle(locale);
            if let Some(pattern) = bundle.get_message(id).and_then(|message| message.value()) {
                let mut errors = Vec::new();
                let text = bundle.format_pattern(pattern, args, &mut errors);
                if errors.is_empty() {
                    return text.into_owned();
                }
            }
        }
        id.to_owned()
    }
}

/// Wraps text that may run from right to left, or holds direction marks, so that it cannot reorder the sentence
/// around it (Unicode UAX #9 §2.4: FIRST STRONG ISOLATE, POP DIRECTIONAL ISOLATE).
fn isolated(value: &str) -> String {
    if value.chars().any(|c| c >= '\u{590}') { format!("\u{2068}{value}\u{2069}") } else { value.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_language_follows_the_relying_party_then_the_browser() {
        assert_eq!(Locale::choose(Some("fr-CA de-AT en"), Some("en")), Locale::De);
        assert_eq!(Locale::choose(Some("fr"), Some("fr, en;q=0.3, de-CH;q=0.8")), Locale::De);
        assert_eq!(Locale::choose(None, Some("de;q=0, *")), Locale::En);
        assert_eq!(Locale::choose(None, Some("\u{0};q=;;,,")), Locale::En);
        assert_eq!(Locale::choose(None, None), Locale::En);
    }

    #[test]
    fn a_name_that_runs_from_right_to_left_cannot_turn_the_sentence_around() {
        let text = Catalogue::embedded().expect("messages").text(Locale::En);
        assert_eq!(
            text.with("page-title", "page", "Notes"),
            "page-title",
            "a missing value is never half a title"
        );
        assert_eq!(text.with("login-lead", "tenant", "Acme"), "Use your Acme account.");
        let turned = text.with("login-lead", "tenant", "\u{202e}emcA");
        assert_eq!(turned, "Use your \u{2068}\u{202e}emcA\u{2069} account.");
    }
}
