//! Where secrets come from: never from the file itself (D27), and strong enough to be compared by a fast hash (D9).

use std::io;

use super::fault::At;
use super::spot::Spot;
use super::strength::strong_enough;
use crate::effects::http::AddressRules;
use crate::model::issuer::Issuer;
use crate::model::secret::Secret;

/// What a file may point at. Passed in, so that only the edge reads environment and disk.
pub trait Sources {
    /// The value of an environment variable, when it is set and is text.
    fn variable(&self, name: &str) -> Option<String>;

    /// The content of a file named relative to the declaration.
    ///
    /// # Errors
    /// What the operating system says.
    fn file(&self, path: &str) -> io::Result<Vec<u8>>;

    /// Where requests of ours may go, for URIs that the server will fetch.
    fn rules(&self) -> &AddressRules;

    /// The deployment's issuer, whose addresses nobody else may claim.
    fn issuer(&self) -> &Issuer;
}

/// Where a secret comes from.
#[derive(Debug, Clone)]
pub enum SecretSource {
    /// It was found.
    Given(Secret<String>),
    /// It was not found; this says why. Only a secret that is needed makes this a fault.
    Missing(String),
    /// Make one and show it once.
    Generate,
    /// Leave the one that is there; only an existing object has one.
    Keep,
}

impl super::Reader<'_> {
    /// Reads `{env: NAME}`, `{file: path}`, `{generate: true}` or `{keep: true}`.
    pub(super) fn secret_source(&self, spot: &Spot<'_>) -> Option<At<SecretSource>> {
        const FORMS: &str =
            "must be one of `{env: NAME}`, `{file: path}`, `{generate: true}`, `{keep: true}`";
        if spot.node.text().is_some() {
            spot.fault(format!("a secret never stands in this file; it {FORMS}"));
            return None;
        }
        let fields = spot.fields(&["env", "file", "generate", "keep"])?;
        let [env, file, generate, keep] = ["env", "file", "generate", "keep"].map(|key| fields.get(key));
        let source = match (env, file, generate, keep) {
            (Some(name), None, None, None) => self.variable(&name.text()?.value),
            (None, Some(path), None, None) => self.file(&path.text()?.value),
            (None, None, Some(flag), None) if flag.flag()?.value => SecretSource::Generate,
            (None, None, None, Some(flag)) if flag.flag()?.value => SecretSource::Keep,
            _ => {
                spot.fault(FORMS);
                return None;
            }
        };
        Some(spot.at(source))
    }

    fn variable(&self, name: &str) -> SecretSource {
        match self.sources.variable(name) {
            Some(value) if !value.is_empty() => SecretSource::Given(Secret::new(value)),
            _ => SecretSource::Missing(format!(
                "the environment variable `{name}` is not set; set it and run again"
            )),
        }
    }

    fn file(&self, path: &str) -> SecretSource {
        let text = self.sources.file(path).map(String::from_utf8);
        match text {
            Ok(Ok(text)) => {
                let trimmed = text.strip_suffix('\n').unwrap_or(&text);
                let trimmed = trimmed.strip_suffix('\r').unwrap_or(trimmed);
                if trimmed.is_empty() {
                    SecretSource::Missing(format!("the file `{path}` is empty"))
                } else {
                    SecretSource::Given(Secret::new(trimmed.to_owned()))
                }
            }
            Ok(Err(_)) => SecretSource::Missing(format!("the file `{path}` is not text")),
            Err(error) => SecretSource::Missing(format!("the file `{path}` cannot be read: {error}")),
        }
    }

    /// Reads the secret of a client: it must be there now, and strong.
    pub(super) fn client_secret(&self, spot: &Spot<'_>) -> Option<At<SecretSource>> {
        let source = self.secret_source(spot)?;
        match &source.value {
            SecretSource::Missing(why) => spot.fault(why),
            SecretSource::Given(secret) => {
                if let Err(why) = strong_enough(secret.expose()) {
                    spot.fault(format!(
                        "this secret {why}; use 32 or more random characters, or `{{generate: true}}`"
                    ));
                }
            }
            SecretSource::Generate | SecretSource::Keep => {}
        }
        Some(source)
    }
}
