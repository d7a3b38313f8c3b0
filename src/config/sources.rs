//! Collects settings from their sources, the later over the earlier: file, `DATABASE_URL`, `SYMBOLON_` variables, flags
//! (docs/configuration.md, D28).

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

use super::SecretFile;
use super::bounded;
use super::fault::{ConfigFault, ConfigFaults, Origin, in_words};
use super::registry::{self, Key};
use super::toml_file;
use super::values::Raw;

/// The most bytes of a file of settings, or of one that holds a secret.
pub(super) const LARGEST: u64 = 1 << 20;

/// The file that is read when neither `--config` nor `SYMBOLON_CONFIG` names one, if it exists.
pub const DEFAULT_FILE: &str = "symbolon.toml";

/// A value and where it came from.
pub(super) struct Given {
    pub(super) value: Raw,
    pub(super) origin: Origin,
}

/// What was set, by key. Values are unread yet; faults so far are kept for the report.
#[derive(Default)]
pub struct Settings {
    given: BTreeMap<&'static str, Given>,
    faults: Vec<ConfigFault>,
}

/// One variable of this process, for a declaration that points at it. `None` also when it is not text.
pub fn process_variable(name: &str) -> Option<String> {
    std::env::vars_os().find(|(known, _)| known == name).and_then(|(_, value)| value.into_string().ok())
}

impl Settings {
    /// Nothing but the defaults: what a demo or a test begins with.
    pub fn none() -> Self {
        Self::default()
    }

    /// The file and the environment of this process.
    pub fn of_process(file: Option<PathBuf>) -> Self {
        let variables: Vec<(OsString, OsString)> = std::env::vars_os().collect();
        Self::collect(file, variables)
    }

    /// The file and these environment variables. `file` is what `--config` named.
    pub fn collect(file: Option<PathBuf>, variables: Vec<(OsString, OsString)>) -> Self {
        let mut settings = Self::default();
        let named = file.or_else(|| {
            let found = variables.iter().find(|(name, _)| name == "SYMBOLON_CONFIG");
            found.map(|(_, path)| PathBuf::from(path))
        });
        match named {
            Some(path) => settings.file(&path),
            None if Path::new(DEFAULT_FILE).exists() => settings.file(Path::new(DEFAULT_FILE)),
            None => {}
        }
        let (database_url, others): (Vec<_>, Vec<_>) =
            variables.into_iter().partition(|(name, _)| name == "DATABASE_URL");
        for (name, value) in database_url.into_iter().chain(others) {
            settings.variable(&name, &value);
        }
        settings
    }

    /// Sets a key by a flag: `origin` is the flag as it is spelled. A secret is refused, since other users of the
    /// machine can read the arguments of a process.
    pub fn flag(&mut self, origin: &str, key: &str, value: &str) {
        let origin = Origin::Flag(origin.to_owned());
        if registry::find(key).is_some_and(|key| key.secret) {
            let message = "a secret does not belong on a command line, where others can read it; use the file or the environment";
            self.faults.push(ConfigFault::new(origin, key, message));
        } else {
            self.put(key, Raw::One(value.to_owned()), origin);
        }
    }

    /// Sets a key by the program itself.
    #[must_use]
    pub fn with(mut self, key: &str, value: impl Into<String>) -> Self {
        self.put(key, Raw::One(value.into()), Origin::Program);
        self
    }

    pub(super) fn given(&self, key: &Key) -> Option<&Given> {
        self.given.get(key.name)
    }

    /// The secrets that stand in the file of settings itself.
    pub(super) fn secrets_in_files(&self) -> impl Iterator<Item = SecretFile> {
        self.given.iter().filter_map(|(&key, given)| match &given.origin {
            Origin::File { path, .. } if registry::find(key).is_some_and(|known| known.secret) => {
                Some(SecretFile { key, path: path.clone() })
            }
            Origin::File { .. }
            | Origin::Default
            | Origin::Variable(_)
            | Origin::Flag(_)
            | Origin::Program => None,
        })
    }

    pub(super) fn faults(&self) -> &[ConfigFault] {
        &self.faults
    }

    /// The faults of the sources alone: what cannot be read, and unknown keys.
    pub fn check(&self) -> Result<(), ConfigFaults> {
        ConfigFaults::or(self.faults.clone(), ())
    }

    fn put(&mut self, name: &str, value: Raw, origin: Origin) {
        if let Some(key) = registry::find(name) {
            self.given.insert(key.name, Given { value, origin });
        } else {
            self.faults.push(ConfigFault::new(origin, name, registry::unknown(name)));
        }
    }

    fn file(&mut self, path: &Path) {
        match bounded::text(path, LARGEST) {
            Ok(text) => {
                let (leaves, faults) = toml_file::read(path, &text);
                self.faults.extend(faults);
                for leaf in leaves {
                    self.put(&leaf.key, leaf.value, leaf.origin);
                }
            }
            Err(error) => {
                let message =
                    format!("cannot read the configuration file {}: {}", path.display(), in_words(&error));
                self.faults.push(ConfigFault { origin: None, key: String::new(), message });
            }
        }
    }

    fn variable(&mut self, name: &OsString, value: &OsString) {
        let Some(name) = name.to_str() else { return };
        let Some(key) = key_of_variable(name) else { return };
        let origin = Origin::Variable(name.to_owned());
        match (key, value.to_str()) {
            (Ok(key), Some(value)) => self.put(&key, Raw::One(value.to_owned()), origin),
            (Ok(_), None) => self.faults.push(ConfigFault::new(origin, "", "the value is not UTF-8 text")),
            (Err(meant), _) => {
                let message =
                    format!("no setting has this name; the nearest known one is {}", meant.variable());
                self.faults.push(ConfigFault::new(origin, "", message));
            }
        }
    }
}

/// The key that a variable sets. `None` for variables that are none of ours: also for names without a double
/// underscore, since container platforms set `SYMBOLON_PORT` and the like for a service called symbolon. Only a
/// known key with single underscores is taken for the slip it is.
fn key_of_variable(name: &str) -> Option<Result<String, &'static Key>> {
    if name == "DATABASE_URL" {
        return Some(Ok("database.url".to_owned()));
    }
    let rest = name.strip_prefix("SYMBOLON_")?;
    match rest.split_once("__") {
        Some((section, key)) => {
            Some(Ok(format!("{}.{}", section.to_ascii_lowercase(), key.to_ascii_lowercase())))
        }
        None => registry::keys().find(|key| key.name.replace('.', "_").eq_ignore_ascii_case(rest)).map(Err),
    }
}
