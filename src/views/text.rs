//! The words of the pages and mails: one file of Fluent messages per language, compiled in, chosen by what the browser or the
//! relying party asks for (OIDC Core §3.1.2.1 `ui_locales`, RFC 9110 §12.5.4 `Accept-Language`).

use std::fmt;
use std::sync::Arc;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use unic_langid::{CharacterDirection, LanguageIdentifier};

use crate::protocol::locales;

// `TAGS`, the language tags (RFC 5646), and `MESSAGES`, the file of each: what `build.rs` found in `locales/`, English first.
include!(concat!(env!("OUT_DIR"), "/languages.rs"));

/// A language that every page and every mail is written in: a file in `locales/`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Locale(&'static str);

impl Locale {
    /// English: where nothing else was asked for, and where another language lacks a message.
    pub const ENGLISH: Self = Self("en");

    /// Every language, English first, as announced in `ui_locales_supported` (OIDC Discovery §3).
    pub fn all() -> impl Iterator<Item = Self> {
        TAGS.into_iter().map(Self)
    }

    /// The language tag (RFC 5646) in its canonical casing.
    pub const fn as_str(self) -> &'static str {
        self.0
    }

    /// The language with this tag, or `None`.
    pub fn parse(tag: &str) -> Option<Self> {
        Self::all().find(|locale| locale.as_str() == tag)
    }

    /// The language for a request: the first of `ui_locales` that exists, else the best of `Accept-Language`, else
    /// English. Unreadable input counts as none.
    pub fn choose(ui_locales: Option<&str>, accept_language: Option<&str>) -> Self {
        let asked = ui_locales.and_then(|wishes| locales::negotiate(wishes, &TAGS));
        let accepted = || accept_language.and_then(|header| locales::negotiate_header(header, &TAGS));
        asked.or_else(accepted).map_or(Self::ENGLISH, Self)
    }
}

impl Default for Locale {
    fn default() -> Self {
        Self::ENGLISH
    }
}

type Bundle = FluentBundle<FluentResource>;

/// The messages of every language, read once at start and shared.
#[derive(Clone)]
pub struct Catalogue {
    english: Arc<Bundle>,
    others: Arc<[(Locale, Bundle)]>,
}

impl Catalogue {
    /// Reads the messages that are compiled in. An error is a broken build; the tests meet it first.
    pub fn embedded() -> Result<Self, BrokenCatalogue> {
        let mut english = None;
        let mut others = Vec::new();
        for (locale, messages) in Locale::all().zip(MESSAGES) {
            let bundle = bundle(locale, messages)?;
            if locale == Locale::ENGLISH {
                english = Some(bundle);
            } else {
                others.push((locale, bundle));
            }
        }
        let broken = || BrokenCatalogue { language: Locale::ENGLISH.as_str(), detail: "no file".to_owned() };
        Ok(Self { english: Arc::new(english.ok_or_else(broken)?), others: others.into() })
    }

    /// The words in this language.
    pub fn text(&self, locale: Locale) -> Text {
        Text { locale, catalogue: self.clone() }
    }

    fn bundle(&self, locale: Locale) -> &Bundle {
        let own = self.others.iter().find(|(other, _)| *other == locale);
        own.map_or(&*self.english, |(_, bundle)| bundle)
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

fn bundle(locale: Locale, messages: &str) -> Result<Bundle, BrokenCatalogue> {
    let broken = |detail: String| BrokenCatalogue { language: locale.as_str(), detail };
    let language: LanguageIdentifier =
        locale.as_str().parse().map_err(|_| broken("language tag".to_owned()))?;
    let mut bundle = FluentBundle::new_concurrent(vec![language]);
    // `isolated` does it for the values that need it; marks around every Latin name would stand in page titles.
    bundle.set_use_isolating(false);
    let resource =
        FluentResource::try_new(messages.to_owned()).map_err(|(_, errors)| broken(format!("{errors:?}")))?;
    bundle.add_resource(resource).map_err(|errors| broken(format!("{errors:?}")))?;
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

    /// The value of the `dir` attribute.
    pub fn dir(&self) -> &'static str {
        let language = self.catalogue.bundle(self.locale).locales.first();
        let direction = language.map_or(CharacterDirection::LTR, LanguageIdentifier::character_direction);
        if direction == CharacterDirection::RTL { "rtl" } else { "ltr" }
    }

    /// Every language with what its speakers call it.
    pub fn languages(&self) -> impl Iterator<Item = (Locale, String)> {
        Locale::all().map(|locale| (locale, self.catalogue.text(locale).get("language-name")))
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
        for locale in [self.locale, Locale::ENGLISH] {
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
        let chosen = |asked, accepted| Locale::choose(asked, accepted).as_str();
        assert_eq!(chosen(Some("xx-CA de-AT en"), Some("en")), "de");
        assert_eq!(chosen(Some("xx"), Some("xx, en;q=0.3, de-CH;q=0.8")), "de");
        assert_eq!(chosen(None, Some("de;q=0, *")), "en");
        assert_eq!(chosen(None, Some("\u{0};q=;;,,")), "en");
        assert_eq!(chosen(None, None), "en");
    }

    #[test]
    fn a_name_that_runs_from_right_to_left_cannot_turn_the_sentence_around() {
        let text = Catalogue::embedded().expect("messages").text(Locale::ENGLISH);
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
