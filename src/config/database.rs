//! `[database]`: where the data is.

use std::path::{Path, PathBuf};

use url::Url;

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
            "`sqlite:PATH` or `postgres://USER:PASSWORD@HOST/NAME`; in user and password write reserved characters as `%XX`. Left out, it is `symbolon.sqlite3` in the data directory. The variable `DATABASE_URL` sets it too, over the file and under `SYMBOLON_DATABASE__URL`.",
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
        if let Some(Err(fault)) = given.as_ref().map(|url| check_url(url.expose())) {
            reader.fault("database.url", fault);
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

/// The parts of a PostgreSQL URL. The client library takes a user without a host, whose socket the query names; the URL
/// standard does not.
pub(super) fn parse(url: &str) -> Option<Url> {
    Url::parse(url).or_else(|_| Url::parse(&url.replacen("@/", "@localhost/", 1))).ok()
}

/// Everybody who reads the URL of a PostgreSQL database has to see the password in the same place. What is left to the
/// client library comes back in its messages, password and all.
fn check_url(url: &str) -> Result<(), &'static str> {
    if url.starts_with("sqlite:") {
        return Ok(());
    }
    let Some(rest) = ["postgres://", "postgresql://"].iter().find_map(|scheme| url.strip_prefix(scheme))
    else {
        return Err("a database URL begins with sqlite: or postgres://");
    };
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let at = |text: &str| text.matches('@').count();
    let escaped = rest.split('%').skip(1).all(|after| {
        after.as_bytes().get(..2).is_some_and(|hex| hex.iter().all(u8::is_ascii_hexdigit) && hex != b"00")
    });
    let plain = url.bytes().all(|byte| byte.is_ascii_graphic());
    let parsed = parse(url).is_some_and(|url| url.fragment().is_none());
    if parsed && plain && escaped && at(rest) <= 1 && at(rest) == at(authority) {
        return Ok(());
    }
    Err("it cannot be read as postgres://USER:PASSWORD@HOST:PORT/NAME; in user and password write each of \
         % / ? # @ : and every blank as %25 %2F %3F %23 %40 %3A %20, and more hosts than one as ?host=A,B")
}

#[cfg(test)]
mod tests {
    use super::check_url;

    #[test]
    fn a_url_that_two_readers_might_read_differently_is_refused() {
        for good in [
            "sqlite:data/symbolon.sqlite3",
            "postgres://db/x",
            "postgres://ann:p%40ss%2fw%25@db:5432/x",
            "postgresql:///x?user=ann&host=%2Frun%2Fpostgresql&port=5433",
            "postgresql:///x?host=a,b&password=p%40ss",
            "postgres://ann@/x?host=/var/run/postgresql",
            "postgresql://ann:p@/x?host=/cloudsql/project:region:name",
            "postgres://ann:a:b@[::1]/x",
        ] {
            assert_eq!(check_url(good), Ok(()), "{good}");
        }
        for bad in [
            "mysql://db/x",
            "data.sqlite3",
            "postgres://ann:hunter%PW@db/x",
            "postgres://ann:hunter%2@db/x",
            "postgres://ann:hunter%00@db/x",
            "postgres://ann:hun/ter@db/x",
            "postgres://ann:hun/ter@/x",
            "postgres://ann:5432/ter@db/x",
            "postgres://ann:12?ter@db/x",
            "postgres://ann:12#ter@db/x",
            "postgres://ann:p@ss@db/x",
            "postgres://ann:hun ter@db/x",
            "postgres://ann:hun\tter@db/x",
            "postgres://ann:h\u{fc}nter@db/x",
            "postgres://db/x?password=%PW",
            "postgres://a:1,b:2/x",
        ] {
            let fault = check_url(bad).expect_err(bad);
            assert!(!fault.contains("hun"), "{fault}");
        }
    }
}
