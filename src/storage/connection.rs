//! Connections: which database a URL names, and what every connection is told before its first query.

use std::fmt;
use std::str::FromStr;

use diesel::connection::SimpleConnection;
use diesel::pg::PgConnection;
use diesel::r2d2::{ManageConnection, R2D2Connection};
use diesel::sqlite::SqliteConnection;
use diesel::{Connection, ConnectionError, MultiConnection};
use url::form_urlencoded;

use crate::model::secret::Secret;

/// A connection to either database.
#[derive(MultiConnection)]
pub(super) enum AnyConn {
    /// PostgreSQL.
    Pg(PgConnection),
    /// SQLite.
    Sqlite(SqliteConnection),
}

/// Where the data is: `postgres://…`, `sqlite:PATH`, or a plain path to a SQLite file. Its `Debug` shows no password.
#[derive(Clone)]
pub enum DatabaseUrl {
    /// A PostgreSQL connection string.
    Postgres(Secret<String>),
    /// The path of a SQLite file.
    Sqlite(String),
}

impl FromStr for DatabaseUrl {
    type Err = UnknownScheme;

    fn from_str(text: &str) -> Result<Self, UnknownScheme> {
        if text.starts_with("postgres://") || text.starts_with("postgresql://") {
            return Ok(Self::Postgres(Secret::new(text.to_owned())));
        }
        let path = text.strip_prefix("sqlite://").or_else(|| text.strip_prefix("sqlite:")).unwrap_or(text);
        if path.is_empty() || path.contains("://") {
            return Err(UnknownScheme);
        }
        Ok(Self::Sqlite(path.to_owned()))
    }
}

/// The database URL is neither PostgreSQL's nor a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a database URL begins with postgres:// or sqlite:, or is the path of a SQLite file")]
pub struct UnknownScheme;

impl DatabaseUrl {
    /// The role that a PostgreSQL URL signs in as.
    pub fn role(&self) -> Option<String> {
        match self {
            Self::Postgres(url) => {
                let url = url::Url::parse(url.expose()).ok()?;
                (!url.username().is_empty()).then(|| url.username().to_owned())
            }
            Self::Sqlite(_) => None,
        }
    }
}

impl fmt::Debug for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Postgres(_) => f.write_str("postgres://(hidden)"),
            Self::Sqlite(path) => write!(f, "sqlite:{path}"),
        }
    }
}

/// What a connection is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Purpose {
    /// Reads only; on SQLite the connection itself refuses writes.
    Read,
    /// Reads and writes.
    Write,
}

/// Opens connections by URL scheme. The derived way tries each database in turn, and would open a SQLite file named
/// like a PostgreSQL URL when the server is away.
pub(super) struct Manager {
    pub(super) url: DatabaseUrl,
    pub(super) purpose: Purpose,
}

/// Milliseconds that a SQLite connection waits for another process's write: below the limit of an answer (P148).
const BUSY_TIMEOUT: u32 = 1500;

impl ManageConnection for Manager {
    type Connection = AnyConn;
    type Error = diesel::r2d2::Error;

    fn connect(&self) -> Result<AnyConn, Self::Error> {
        self.open().map_err(diesel::r2d2::Error::ConnectionError)
    }

    fn is_valid(&self, conn: &mut AnyConn) -> Result<(), Self::Error> {
        match conn {
            AnyConn::Pg(pg) => pg.ping().map_err(diesel::r2d2::Error::QueryError),
            AnyConn::Sqlite(_) => Ok(()),
        }
    }

    fn has_broken(&self, conn: &mut AnyConn) -> bool {
        match conn {
            AnyConn::Pg(pg) => pg.is_broken(),
            AnyConn::Sqlite(sqlite) => sqlite.is_broken(),
        }
    }
}

impl Manager {
    pub(super) fn open(&self) -> Result<AnyConn, ConnectionError> {
        match &self.url {
            DatabaseUrl::Postgres(url) => {
                let mut pg = PgConnection::establish(with_timeouts(url).expose())?;
                pg.batch_execute(
                    "SET TIME ZONE 'UTC'; SET statement_timeout = '5s'; SET lock_timeout = '2s'; \
                     SET idle_in_transaction_session_timeout = '10s'",
                )
                .map_err(ConnectionError::CouldntSetupConfiguration)?;
                Ok(AnyConn::Pg(pg))
            }
            DatabaseUrl::Sqlite(path) => {
                let mut sqlite = SqliteConnection::establish(path)?;
                // busy_timeout first: the pragmas after it may already have to wait.
                let query_only = self.purpose == Purpose::Read;
                sqlite
                    .batch_execute(&format!(
                        "PRAGMA busy_timeout = {BUSY_TIMEOUT}; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; \
                         PRAGMA temp_store = MEMORY; PRAGMA cache_size = -4000; PRAGMA trusted_schema = OFF; \
                         PRAGMA query_only = {query_only}"
                    ))
                    .map_err(ConnectionError::CouldntSetupConfiguration)?;
                Ok(AnyConn::Sqlite(sqlite))
            }
        }
    }
}

/// What libpq is told of time where the URL says nothing of it: a server that is away must not hold us up (P148).
const TIMEOUTS: [(&str, &str); 5] = [
    ("connect_timeout", "2"),
    ("keepalives_idle", "10"),
    ("keepalives_interval", "5"),
    ("keepalives_count", "3"),
    ("tcp_user_timeout", "10000"),
];

/// The URL with [`TIMEOUTS`], added to the text as it is: libpq reads more forms than the URL standard.
fn with_timeouts(url: &Secret<String>) -> Secret<String> {
    let mut text = url.expose().clone();
    let query = text.split_once('?').map(|(_, query)| query.to_owned());
    let mut joint = match query.as_deref() {
        None => "?",
        Some(query) if query.is_empty() || query.ends_with('&') => "",
        Some(_) => "&",
    };
    for (name, value) in TIMEOUTS {
        let mut given = form_urlencoded::parse(query.as_deref().unwrap_or_default().as_bytes());
        if !given.any(|(known, _)| known == name) {
            text.extend([joint, name, "=", value]);
            joint = "&";
        }
    }
    Secret::new(text)
}

#[cfg(test)]
mod tests {
    use diesel::sql_types::Text;
    use diesel::sqlite::SqliteConnection;
    use diesel::{Connection, QueryableByName, RunQueryDsl};

    use super::{Secret, with_timeouts};

    #[derive(QueryableByName)]
    struct CompileOption {
        #[diesel(sql_type = Text)]
        compile_options: String,
    }

    /// `.cargo/config.toml` reached the library: a build without it is slower, and nothing else would tell.
    #[test]
    fn sqlite_is_built_as_the_product_wants_it() {
        let mut sqlite = SqliteConnection::establish(":memory:").expect("a database");
        let options: Vec<CompileOption> =
            diesel::sql_query("PRAGMA compile_options").load(&mut sqlite).expect("options");
        let has = |name: &str| options.iter().any(|option| option.compile_options == name);
        assert!(has("DEFAULT_MEMSTATUS=0"));
        assert!(!has("ENABLE_QPSG"));
        assert!(!has("ENABLE_MEMORY_MANAGEMENT"));
    }

    #[test]
    fn timeouts_are_added_where_none_are_given() {
        let read = |url: &str| with_timeouts(&Secret::new(url.to_owned())).expose().clone();
        let plain = read("postgres://u:p%40x@db/x");
        assert!(plain.starts_with("postgres://u:p%40x@db/x?connect_timeout=2&keepalives_idle=10"), "{plain}");
        let own = read("postgres://u@db/x?connect_timeout=7&sslmode=require");
        assert!(
            own.starts_with("postgres://u@db/x?connect_timeout=7&sslmode=require&keepalives_idle"),
            "{own}"
        );
        let socket = read("postgres://ann@/x?host=/run/postgresql");
        assert!(socket.starts_with("postgres://ann@/x?host=/run/postgresql&connect_timeout=2&"), "{socket}");
        assert!(read("postgres://db/x?").starts_with("postgres://db/x?connect_timeout=2&"));
    }
}
