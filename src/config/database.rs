//! `[database]`: where the data is.

use std::path::{Path, PathBuf};

use super::reader::Reader;
use super::registry::{Key, Kind, Section};
use crate::model::secret::Secret;

/// The keys of this section.
pub const SECTION: Section = Section {
    name: "database",
    doc: "SQLite inside the data directory by default; PostgreSQL by URL.",
    keys: &[
        Key::secret(
            "database.url",
            "`sqlite:PATH` or `postgres://USER:PASSWORD@HOST/NAME`. Left out, it is `symbolon.sqlite3` in the data directory. The variable `DATABASE_URL` sets it too, over the file and under `SYMBOLON_DATABASE__URL`.",
        ),
        Key::optional(
            "database.url_file",
            Kind::Path,
            "A file that holds the URL, instead of the URL itself.",
        ),
        Key::new(
            "database.pool_size",
            Kind::Count { least: 1, most: 1000 },
            "16",
            "The most connections to the database. On SQLite these only read; one more connection writes.",
        ),
        Key::optional(
            "database.serving_role",
            Kind::Text,
            "On PostgreSQL: the plain role that `symbolon serve` signs in as. `symbolon migrate`, run as the owner of the tables, gives it the rights it needs and no more.",
        ),
    ],
};

/// See [`SECTION`].
#[derive(Debug, Clone)]
pub struct DatabaseConfig {
    /// The URL; may hold a password.
    pub url: Secret<String>,
    /// Most connections.
    pub pool_size: usize,
    /// The role that serves, where another one migrates.
    pub serving_role: Option<String>,
}

impl DatabaseConfig {
    pub(super) fn read(reader: &mut Reader<'_>, data_dir: &Path) -> Self {
        let given = reader.secret("database.url", "database.url_file");
        if given.as_ref().is_some_and(|url| !is_known(url.expose())) {
            reader.fault("database.url", "a database URL begins with sqlite: or postgres://");
        }
        let own = || Secret::new(format!("sqlite:{}", data_dir.join("symbolon.sqlite3").display()));
        Self {
            url: given.unwrap_or_else(own),
            pool_size: reader.count("database.pool_size"),
            serving_role: reader.text("database.serving_role"),
        }
    }

    /// The file of an SQLite database.
    pub fn sqlite_path(&self) -> Option<PathBuf> {
        let rest = self.url.expose().strip_prefix("sqlite:")?;
        let path = rest.strip_prefix("//").unwrap_or(rest);
        Some(PathBuf::from(path.split_once('?').map_or(path, |(path, _)| path)))
    }
}

fn is_known(url: &str) -> bool {
    ["sqlite:", "postgres://", "postgresql://"].iter().any(|scheme| url.starts_with(scheme))
}
