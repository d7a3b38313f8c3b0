//! A database for each test: a copy of a migrated SQLite file, or a PostgreSQL database made from a migrated template
//! when `SYMBOLON_TEST_POSTGRES` names an administrator. The tests then serve as a plain role, as in production (D24).

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, MutexGuard, OnceLock};

use diesel::connection::SimpleConnection;
use diesel::{Connection, PgConnection};
use symbolon::model::secret::Secret;
use symbolon::storage::{Database, DatabaseUrl, migrate};
use tempfile::TempDir;

const OWNER: &str = "symbolon_test_owner";
/// The plain role that serves.
pub(crate) const SERVER: &str = "symbolon_test_server";
const PASSWORD: &str = "only-for-this-run";

static COUNT: AtomicU32 = AtomicU32::new(0);

/// A migrated, empty database that disappears with this value.
pub(crate) struct TestDatabase {
    /// What the server is given.
    pub(crate) url: DatabaseUrl,
    /// What `migrate` would be given: the owner on PostgreSQL.
    pub(crate) owner_url: DatabaseUrl,
    /// Whom row-level security does not bind, on PostgreSQL.
    pub(crate) admin_url: Option<String>,
    _dir: Option<TempDir>,
    drop_name: Option<String>,
}

/// Whether this run is on PostgreSQL.
pub(crate) fn on_postgres() -> bool {
    admin().is_some()
}

#[expect(clippy::disallowed_methods, reason = "the test command says by this variable which database to use")]
fn admin() -> Option<String> {
    std::env::var("SYMBOLON_TEST_POSTGRES").ok().filter(|url| !url.is_empty())
}

impl TestDatabase {
    /// A new one.
    pub(crate) fn new() -> Self {
        match admin() {
            Some(admin) => Self::postgres(&admin),
            None => Self::sqlite(),
        }
    }

    /// A new one without any table.
    pub(crate) fn unmigrated() -> Self {
        let Some(admin) = admin() else {
            let dir = TempDir::new().expect("a temporary folder");
            let url = sqlite_url(&dir.path().join("symbolon.sqlite3"));
            return Self { owner_url: url.clone(), url, admin_url: None, _dir: Some(dir), drop_name: None };
        };
        // The roles are made with the template.
        drop(template(&admin));
        Self::made(&admin, "")
    }

    /// A handle on it.
    pub(crate) fn open(&self) -> Database {
        Database::open(&self.url, 8).expect("the test database opens")
    }

    fn sqlite() -> Self {
        // In memory: a folder held by a static would stay behind.
        static TEMPLATE: OnceLock<Vec<u8>> = OnceLock::new();
        let template = TEMPLATE.get_or_init(|| {
            let dir = TempDir::new().expect("a temporary folder");
            let path = dir.path().join("template.sqlite3");
            migrate::run(&sqlite_url(&path), None).expect("the schema migrates");
            std::fs::read(&path).expect("the template is read")
        });
        let dir = TempDir::new().expect("a temporary folder");
        let path = dir.path().join("symbolon.sqlite3");
        std::fs::write(&path, template).expect("the template is written");
        let url = sqlite_url(&path);
        Self { owner_url: url.clone(), url, admin_url: None, _dir: Some(dir), drop_name: None }
    }

    fn postgres(admin: &str) -> Self {
        // One at a time: PostgreSQL refuses a template that somebody else reads just now.
        let template = template(admin);
        Self::made(admin, &format!("TEMPLATE {template}"))
    }

    fn made(admin: &str, from: &str) -> Self {
        let name = format!("symbolon_{}_{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        run(admin, &format!("CREATE DATABASE {name} {from} OWNER {OWNER}"));
        Self {
            url: role_url(admin, SERVER, &name),
            owner_url: role_url(admin, OWNER, &name),
            admin_url: Some(in_database(admin, &name).to_string()),
            _dir: None,
            drop_name: Some(name),
        }
    }
}

impl Drop for TestDatabase {
    fn drop(&mut self) {
        if let (Some(name), Some(admin)) = (&self.drop_name, admin())
            && let Ok(mut conn) = PgConnection::establish(&admin)
        {
            let _gone = conn.batch_execute(&format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"));
        }
    }
}

/// The migrated template of this run, with its roles, made when the first test asks.
fn template(admin: &str) -> MutexGuard<'static, String> {
    static TEMPLATE: OnceLock<Mutex<String>> = OnceLock::new();
    TEMPLATE.get_or_init(|| Mutex::new(make_template(admin))).lock().expect("the template's lock")
}

fn make_template(admin: &str) -> String {
    let name = format!("symbolon_template_{}", std::process::id());
    for role in [OWNER, SERVER] {
        run(
            admin,
            &format!(
                "DO $$ BEGIN CREATE ROLE {role} LOGIN PASSWORD '{PASSWORD}' NOSUPERUSER NOBYPASSRLS; \
                 EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$"
            ),
        );
    }
    // A linguistic order, as most deployments have: nothing may depend on it (P153).
    run(
        admin,
        &format!(
            "CREATE DATABASE {name} OWNER {OWNER} TEMPLATE template0 LOCALE_PROVIDER icu ICU_LOCALE 'en-US'"
        ),
    );
    let owner = role_url(admin, OWNER, &name);
    migrate::run(&owner, Some(SERVER)).expect("the schema migrates");
    name
}

fn run(url: &str, statement: &str) {
    let mut conn = PgConnection::establish(url).expect("PostgreSQL answers");
    conn.batch_execute(statement).expect("PostgreSQL does as it is told");
}

fn sqlite_url(path: &std::path::Path) -> DatabaseUrl {
    DatabaseUrl::Sqlite(path.to_string_lossy().into_owned())
}

fn in_database(admin: &str, name: &str) -> url::Url {
    let mut url = url::Url::parse(admin).expect("SYMBOLON_TEST_POSTGRES is a URL");
    url.set_path(name);
    url
}

fn role_url(admin: &str, role: &str, name: &str) -> DatabaseUrl {
    let mut url = in_database(admin, name);
    url.set_username(role).expect("a user name");
    url.set_password(Some(PASSWORD)).expect("a password");
    DatabaseUrl::Postgres(Secret::new(url.to_string()))
}
