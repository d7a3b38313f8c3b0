//! The `prompt` parameter (OIDC Core §3.1.2.1).

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// One value of `prompt`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Prompt {
    /// No page may be shown; alone or not at all.
    None,
    /// A factor must be proved again.
    Login,
    /// The consent page must be shown.
    Consent,
    /// The account chooser must be shown.
    SelectAccount,
}

impl Prompt {
    /// Every value.
    pub const ALL: [Self; 4] = [Self::None, Self::Login, Self::Consent, Self::SelectAccount];

    /// The word in requests and metadata.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Login => "login",
            Self::Consent => "consent",
            Self::SelectAccount => "select_account",
        }
    }
}

/// The values that one request asks for; empty where the parameter is missing.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PromptSet(BTreeSet<Prompt>);

impl PromptSet {
    /// Whether this value was asked for.
    pub fn contains(&self, prompt: Prompt) -> bool {
        self.0.contains(&prompt)
    }

    /// The set without one value: what is left to do after it was done.
    #[must_use]
    pub fn without(&self, done: Prompt) -> Self {
        Self(self.0.iter().copied().filter(|prompt| *prompt != done).collect())
    }
}

impl FromStr for PromptSet {
    type Err = PromptError;

    fn from_str(text: &str) -> Result<Self, PromptError> {
        let mut set = BTreeSet::new();
        for word in text.split(' ').filter(|word| !word.is_empty()) {
            let prompt = Prompt::ALL.into_iter().find(|prompt| prompt.as_str() == word);
            set.insert(prompt.ok_or(PromptError::Unknown)?);
        }
        if set.contains(&Prompt::None) && set.len() > 1 {
            Err(PromptError::NoneWithOthers)
        } else {
            Ok(Self(set))
        }
    }
}

impl fmt::Display for PromptSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let words: Vec<&str> = self.0.iter().map(|prompt| prompt.as_str()).collect();
        f.write_str(&words.join(" "))
    }
}

/// Why the parameter is refused, with `invalid_request`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PromptError {
    /// A value that we don't know: it may have demanded something, so it is not ignored.
    #[error("prompt holds an unknown value")]
    Unknown,
    /// OIDC Core §3.1.2.1: `none` with any other value is an error.
    #[error("prompt=none stands alone")]
    NoneWithOthers,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn none_stands_alone() {
        assert!("login consent".parse::<PromptSet>().unwrap().contains(Prompt::Consent));
        assert_eq!("none login".parse::<PromptSet>(), Err(PromptError::NoneWithOthers));
        assert_eq!("dance".parse::<PromptSet>(), Err(PromptError::Unknown));
        assert_eq!(
            "login consent".parse::<PromptSet>().unwrap().without(Prompt::Login).to_string(),
            "consent"
        );
    }
}
