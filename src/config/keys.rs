//! `[keys]`: the master key that seals what we must use again, and the rotation of the signing keys.

use std::path::{Path, PathBuf};
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};

use super::fault::Fault;
use super::reader::Reader;
use super::registry::{Key, Kind, Section};
use crate::model::secret::Secret;

/// The keys of this section.
pub const SECTION: Section = Section {
    name: "keys",
    doc: "The master key seals signing keys and other secrets in the database. Whoever has it and the database has everything: keep them apart in your backups.",
    keys: &[
        Key::secret(
            "keys.master_key",
            "The master key itself, 32 bytes in base64 or hexadecimal; for platforms that hand out secrets in the environment. `openssl rand -base64 32` makes one.",
        ),
        Key::optional(
            "keys.master_key_file",
            Kind::Path,
            "The file of the master key, readable by the server alone (mode 0600). Left out, it is `master.key` in the data directory, made by `symbolon init`.",
        ),
        Key::new(
            "keys.rotation_interval",
            Kind::Duration { least: 3600, most: 400 * 86400 },
            "90d",
            "How long a signing key signs before the next one takes over.",
        ),
        Key::new(
            "keys.publish_ahead",
            Kind::Duration { least: 60, most: 30 * 86400 },
            "2d",
            "How long a new signing key stands in the key set before it signs, so that every service has fetched it by then.",
        ),
    ],
};

/// See [`SECTION`].
#[derive(Debug, Clone)]
pub struct KeysConfig {
    /// Where the master key comes from.
    pub master_key: MasterKeySource,
    /// Life of a signing key as the active one.
    pub rotation_interval: Duration,
    /// Time between publication and first use.
    pub publish_ahead: Duration,
}

/// Where the master key comes from.
#[derive(Debug, Clone)]
pub enum MasterKeySource {
    /// It was given as a setting.
    Given(Secret<[u8; 32]>),
    /// It is in this file.
    File(PathBuf),
}

impl KeysConfig {
    pub(super) fn read(reader: &mut Reader<'_>, data_dir: &Path) -> Self {
        let given = reader.parse("keys.master_key", |text| decode(text).ok_or_else(|| SHAPE.to_owned()));
        let file = reader.path("keys.master_key_file");
        if given.is_some() && file.is_some() {
            reader.fault("keys.master_key_file", "give this or keys.master_key, not both");
        }
        let own = || MasterKeySource::File(file.unwrap_or_else(|| data_dir.join("master.key")));
        Self {
            master_key: given.map_or_else(own, MasterKeySource::Given),
            rotation_interval: reader.duration("keys.rotation_interval"),
            publish_ahead: reader.duration("keys.publish_ahead"),
        }
    }

    /// The master key; reads its file where it is in one.
    ///
    /// # Errors
    /// A fault that names the file when it cannot be read or does not hold a key.
    pub fn load_master_key(&self) -> Result<Secret<[u8; 32]>, Fault> {
        let path = match &self.master_key {
            MasterKeySource::Given(key) => return Ok(key.clone()),
            MasterKeySource::File(path) => path,
        };
        let text = std::fs::read_to_string(path).map(Secret::new).map_err(|error| {
            let advice = "`symbolon init` makes one";
            Fault::of_key(
                "keys.master_key_file",
                format!("cannot read the master key {}: {} ({advice})", path.display(), error.kind()),
            )
        })?;
        decode(text.expose())
            .ok_or_else(|| Fault::of_key("keys.master_key_file", format!("{}: {SHAPE}", path.display())))
    }
}

const SHAPE: &str = "a master key is 32 bytes in base64 or hexadecimal";

/// The master key in the form that its file holds.
pub fn encode_master_key(key: &Secret<[u8; 32]>) -> Secret<String> {
    Secret::new(format!("{}\n", URL_SAFE_NO_PAD.encode(key.expose())))
}

fn decode(text: &str) -> Option<Secret<[u8; 32]>> {
    let text = text.trim();
    let bytes = if text.len() == 64 {
        hexadecimal(text)
    } else {
        URL_SAFE_NO_PAD.decode(text).or_else(|_| STANDARD.decode(text)).ok()
    };
    bytes?.try_into().ok().map(Secret::new)
}

fn hexadecimal(text: &str) -> Option<Vec<u8>> {
    let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    let (pairs, rest) = text.as_bytes().as_chunks::<2>();
    if !rest.is_empty() {
        return None;
    }
    pairs.iter().map(|[high, low]| Some(digit(*high)? << 4 | digit(*low)?)).collect()
}
