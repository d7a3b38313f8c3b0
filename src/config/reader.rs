//! Reads typed values out of the settings and gathers the faults.

use std::fmt::Display;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::time::Duration;

use ipnet::IpNet;

use super::SecretFile;
use super::bounded;
use super::fault::{ConfigFault, ConfigFaults, Origin, in_words};
use super::registry::{self, Key, Kind};
use super::sources::{LARGEST, Settings};
use super::values::{self, Raw};
use crate::model::rate::Rate;
use crate::model::secret::Secret;

/// What the sections read from. A value that cannot be read is recorded, and something harmless stands in for it until
/// [`Reader::finish`] refuses the whole.
pub(super) struct Reader<'a> {
    settings: &'a Settings,
    faults: Vec<ConfigFault>,
    secret_files: Vec<SecretFile>,
}

impl<'a> Reader<'a> {
    pub(super) fn new(settings: &'a Settings) -> Self {
        Self {
            settings,
            faults: settings.faults().to_vec(),
            secret_files: settings.secrets_in_files().collect(),
        }
    }

    /// The value, or every fault.
    pub(super) fn finish<T>(self, value: T) -> Result<T, ConfigFaults> {
        ConfigFaults::or(self.faults, value)
    }

    /// Where the secrets stand that were read from files.
    pub(super) fn secret_files(&mut self) -> Vec<SecretFile> {
        std::mem::take(&mut self.secret_files)
    }

    /// Records a fault of this key at the place where it was set.
    pub(super) fn fault(&mut self, name: &str, message: impl Into<String>) {
        let origin =
            registry::find(name).and_then(|key| self.settings.given(key)).map(|given| given.origin.clone());
        self.faults.push(ConfigFault { origin, key: name.to_owned(), message: message.into() });
    }

    /// The value of a key through its reader; `None` where nothing was given and nothing is the default.
    pub(super) fn parse<T>(&mut self, name: &str, read: impl Fn(&str) -> Result<T, String>) -> Option<T> {
        let text = self.one(name)?;
        match read(&text) {
            Ok(value) => Some(value),
            Err(message) => {
                self.fault(name, message);
                None
            }
        }
    }

    /// The value of a key through its type.
    pub(super) fn typed<T: FromStr<Err: Display>>(&mut self, name: &str) -> Option<T> {
        self.parse(name, |text| text.parse().map_err(|error: T::Err| error.to_string()))
    }

    pub(super) fn text(&mut self, name: &str) -> Option<String> {
        self.parse(name, |text| Ok(text.to_owned())).filter(|text| !text.is_empty())
    }

    pub(super) fn path(&mut self, name: &str) -> Option<PathBuf> {
        self.text(name).map(PathBuf::from)
    }

    pub(super) fn address(&mut self, name: &str) -> Option<SocketAddr> {
        self.parse(name, values::address)
    }

    pub(super) fn switch(&mut self, name: &str) -> bool {
        self.parse(name, values::switch).unwrap_or_default()
    }

    pub(super) fn size(&mut self, name: &str) -> usize {
        self.parse(name, values::size).unwrap_or_default()
    }

    pub(super) fn duration(&mut self, name: &str) -> Duration {
        let (least, most) = bounds(name);
        self.parse(name, |text| values::duration(text, least, most)).unwrap_or_default()
    }

    pub(super) fn count(&mut self, name: &str) -> usize {
        let (least, most) = bounds(name);
        let read = self.parse(name, |text| values::count(text, least, most)).unwrap_or_default();
        usize::try_from(read).unwrap_or(usize::MAX)
    }

    pub(super) fn rate(&mut self, name: &str) -> Rate {
        self.typed(name).unwrap_or(Rate { count: std::num::NonZeroU32::MIN, window: Duration::from_secs(1) })
    }

    /// One of the words of a [`Kind::Choice`]; the empty word after a fault.
    pub(super) fn choice(&mut self, name: &str) -> String {
        let words: &[&str] = match registry::find(name).map(|key| key.kind) {
            Some(Kind::Choice(words)) => words,
            _ => &[],
        };
        let read = |text: &str| {
            let known = words.contains(&text).then(|| text.to_owned());
            known.ok_or_else(|| format!("write one of: {}", words.join(", ")))
        };
        self.parse(name, read).unwrap_or_default()
    }

    pub(super) fn networks(&mut self, name: &str) -> Vec<IpNet> {
        self.list(name, values::network)
    }

    /// Every item of a list through its reader.
    pub(super) fn list<T>(&mut self, name: &str, read: impl Fn(&str) -> Result<T, String>) -> Vec<T> {
        let Some((raw, _)) = self.raw(name) else { return Vec::new() };
        let mut found = Vec::new();
        for item in raw.items() {
            match read(item) {
                Ok(value) => found.push(value),
                Err(message) => self.fault(name, message),
            }
        }
        found
    }

    /// A secret, given itself or as the name of a file that holds it.
    pub(super) fn secret(&mut self, name: &str, file_name: &str) -> Option<Secret<String>> {
        let value = self.one(name).map(Secret::new);
        let Some(path) = self.path(file_name) else { return value };
        if value.is_some() {
            self.fault(file_name, format!("give this or {name}, not both"));
        }
        self.read_secret(file_name, &path)
    }

    fn read_secret(&mut self, name: &str, path: &Path) -> Option<Secret<String>> {
        match bounded::text(path, LARGEST) {
            Ok(text) => {
                let key = registry::find(name).map(|key| key.name);
                self.secret_files.extend(key.map(|key| SecretFile { key, path: path.to_owned() }));
                Some(Secret::new(text.trim_end().to_owned()))
            }
            Err(error) => {
                self.fault(name, format!("cannot read {}: {}", path.display(), in_words(&error)));
                None
            }
        }
    }

    fn one(&mut self, name: &str) -> Option<String> {
        match self.raw(name)? {
            (Raw::One(text), _) => Some(text),
            (Raw::Many(_), _) => {
                self.fault(name, "takes one value, not a list");
                None
            }
        }
    }

    fn raw(&self, name: &str) -> Option<(Raw, Origin)> {
        let key: &Key = registry::find(name)?;
        match self.settings.given(key) {
            Some(given) => Some((given.value.clone(), given.origin.clone())),
            None => key.default.map(|text| (Raw::One(text.to_owned()), Origin::Default)),
        }
    }
}

fn bounds(name: &str) -> (u64, u64) {
    match registry::find(name).map(|key| key.kind) {
        Some(Kind::Duration { least, most } | Kind::Count { least, most }) => (least, most),
        _ => (0, u64::MAX),
    }
}
