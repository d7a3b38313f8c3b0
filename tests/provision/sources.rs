//! Variables and files that a declaration under test may point at.

use std::collections::HashMap;
use std::io;
use std::path::PathBuf;

use symbolon::effects::http::AddressRules;
use symbolon::flows::provision::declaration::Sources;
use symbolon::model::issuer::Issuer;

/// Variables by name, and the files of `docs/examples/` beside those given here.
pub(crate) struct TestSources {
    pub(crate) variables: HashMap<String, String>,
    pub(crate) files: HashMap<String, Vec<u8>>,
    pub(crate) issuer: Issuer,
    rules: AddressRules,
}

impl Default for TestSources {
    fn default() -> Self {
        Self {
            variables: HashMap::new(),
            files: HashMap::new(),
            issuer: Issuer::local(8080),
            rules: AddressRules::default(),
        }
    }
}

/// The folder of the examples.
pub(crate) fn examples() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("docs/examples")
}

impl TestSources {
    /// These variables.
    pub(crate) fn with<'a>(variables: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        let owned = variables.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned()));
        Self { variables: owned.collect(), ..Self::default() }
    }

    /// What `acme.yaml` needs.
    pub(crate) fn for_acme() -> Self {
        let secret = |name: &str| (name.to_owned(), format!("{name}-9f8Q2xLm7Rk4Zt1Wc6Vb3Nd5Hs0Jp"));
        let password = |name: &str| (name.to_owned(), format!("{name} stands on a hill"));
        let secrets = ["NOTES_SECRET", "ACME_WIKI_SECRET", "GLOBEX_REPORT_SECRET"].map(secret);
        let passwords = ["ACME_ADA_PASSWORD", "GLOBEX_HANK_PASSWORD"].map(password);
        Self { variables: secrets.into_iter().chain(passwords).collect(), ..Self::default() }
    }
}

impl Sources for TestSources {
    fn variable(&self, name: &str) -> Option<String> {
        self.variables.get(name).cloned()
    }

    fn file(&self, path: &str) -> io::Result<Vec<u8>> {
        match self.files.get(path) {
            Some(content) => Ok(content.clone()),
            None => std::fs::read(examples().join(path)),
        }
    }

    fn rules(&self) -> &AddressRules {
        &self.rules
    }

    fn issuer(&self) -> &Issuer {
        &self.issuer
    }
}
