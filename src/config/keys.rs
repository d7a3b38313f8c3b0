//! `[keys]`: the master key that seals what we must use again, and the rotation of the signing keys.

use std::path::{Path, PathBuf};
use std::time::Duration;

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
            "The master key itself, as `symbolon init` writes it into its file: 32 random bytes in base64url, 43 characters. For platforms that hand out secrets in the environment.",
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
            "How long a signing key signs before the next one takes over; not shorter than `keys.publish_ahead`.",
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

/// Where the master key comes from. What it must look like is for `crypto` to say.
#[derive(Debug, Clone)]
pub enum MasterKeySource {
    /// It was given as a setting.
    Given(Secret<String>),
    /// It is in this file.
    File(PathBuf),
}

impl KeysConfig {
    pub(super) fn read(reader: &mut Reader<'_>, data_dir: &Path) -> Self {
        let given = reader.text("keys.master_key").map(Secret::new);
        let file = reader.path("keys.master_key_file");
        if given.is_some() && file.is_some() {
            reader.fault("keys.master_key_file", "give this or keys.master_key, not both");
        }
        let (rotation_interval, publish_ahead) =
            (reader.duration("keys.rotation_interval"), reader.duration("keys.publish_ahead"));
        if rotation_interval < publish_ahead {
            reader.fault(
                "keys.rotation_interval",
                "must not be shorter than keys.publish_ahead: the next key would not be known everywhere in time",
            );
        }
        let own = || MasterKeySource::File(file.unwrap_or_else(|| data_dir.join("master.key")));
        Self { master_key: given.map_or_else(own, MasterKeySource::Given), rotation_interval, publish_ahead }
    }
}
