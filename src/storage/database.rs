//! The database handle: the only way to a transaction.

use std::sync::Arc;
use std::time::{Duration, Instant};

use diesel::connection::SimpleConnection;
use diesel::sql_types::{Bool, Text};
use diesel::{QueryableByName, RunQueryDsl};

use super::connection::{AnyConn, DatabaseUrl, Manager, Purpose};
use super::pending::{Heads, Recorded};
use super::pool::{Connections, GRACE};
use super::rows::{OrFailure, Statement};
use super::scope::{PlatformScope, TenantScope};
use super::tx::{Directory, PlatformTx, TenantTx};
use super::writer::{Work, Writer};
use crate::model::failure::Failure;

/// How long a request waits for the database before it is answered 503 (P148).
const PATIENCE: Duration = Duration::from_millis(1800);

/// A handle on the database; cloning it is cheap.
#[derive(Clone)]
pub struct Database {
    backend: Arc<Backend>,
    patience: Duration,
}

enum Backend {
    Sqlite { readers: Connections, writer: Writer },
    Postgres(Connections),
}

impl std::fmt::Debug for Database {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match *self.backend {
            Backend::Sqlite { .. } => "Database(sqlite)",
            Backend::Postgres(_) => "Database(postgres)",
        })
    }
}

impl Database {
    /// Opens the database: on SQLite the file is made when it is missing, and WAL is switched on.
    pub fn open(url: &DatabaseUrl, connections: u32) -> Result<Self, Failure> {
        let backend = match url {
            DatabaseUrl::Sqlite(_) => {
                let manager = Manager { url: url.clone(), purpose: Purpose::Write };
                let mut writer = manager
                    .open()
                    .map_err(|error| Failure::unavailable("opening the database").because(error))?;
                writer.batch_execute("PRAGMA journal_mode = WAL").or_failure("switching WAL on")?;
                Backend::Sqlite {
                    readers: Connections::new(url, Purpose::Read, connections)?,
                    writer: Writer::start(writer)?,
                }
            }
            DatabaseUrl::Postgres(_) => {
                Backend::Postgres(Connections::new(url, Purpose::Write, connections)?)
            }
        };
        Ok(Self { backend: Arc::new(backend), patience: PATIENCE })
    }

    /// The same database for work that nobody waits for at a browser: a transaction may take this long.
    #[must_use]
    pub fn with_patience(&self, patience: Duration) -> Self {
        Self { backend: Arc::clone(&self.backend), patience }
    }

    /// Whether this is PostgreSQL, where more nodes may share the data.
    pub fn is_postgres(&self) -> bool {
        matches!(*self.backend, Backend::Postgres(_))
    }

    /// Reads in this tenant.
    pub async fn read<T, F>(&self, scope: &TenantScope, work: F) -> Result<T, Failure>
    where
        T: Send + 'static,
        F: FnOnce(&mut TenantTx<'_>) -> Result<T, Failure> + Send + 'static,
    {
        let scope = scope.clone();
        self.read_directory(move |directory| work(&mut directory.enter(&scope)?)).await
    }

    /// Reads and writes in this tenant. What the closure wrote and recorded is durable when this answers.
    pub async fn write<T, F>(&self, scope: &TenantScope, work: F) -> Result<T, Failure>
    where
        T: Send + 'static,
        F: FnOnce(&mut TenantTx<'_>) -> Result<T, Failure> + Send + 'static,
    {
        let scope = scope.clone();
        self.write_directory(move |directory| work(&mut directory.enter(&scope)?)).await
    }

    /// Reads, beginning with a look-up of the tenant.
    pub async fn read_directory<T, F>(&self, work: F) -> Result<T, Failure>
    where
        T: Send + 'static,
        F: FnOnce(&mut Directory<'_>) -> Result<T, Failure> + Send + 'static,
    {
        self.run_read(Box::new(move |conn, recorded| work(&mut Directory::new(conn, recorded)))).await
    }

    /// Reads and writes, beginning with a look-up of the tenant.
    pub async fn write_directory<T, F>(&self, work: F) -> Result<T, Failure>
    where
        T: Send + 'static,
        F: FnOnce(&mut Directory<'_>) -> Result<T, Failure> + Send + 'static,
    {
        self.run_write(Box::new(move |conn, recorded| work(&mut Directory::new(conn, recorded)))).await
    }

    /// Reads as the operator.
    pub async fn read_platform<T, F>(&self, _right: &PlatformScope, work: F) -> Result<T, Failure>
    where
        T: Send + 'static,
        F: FnOnce(&mut PlatformTx<'_>) -> Result<T, Failure> + Send + 'static,
    {
        self.run_read(Box::new(move |conn, recorded| work(&mut PlatformTx::new(conn, recorded)))).await
    }

    /// Reads and writes as the operator.
    pub async fn write_platform<T, F>(&self, _right: &PlatformScope, work: F) -> Result<T, Failure>
    where
        T: Send + 'static,
        F: FnOnce(&mut PlatformTx<'_>) -> Result<T, Failure> + Send + 'static,
    {
        self.run_write(Box::new(move |conn, recorded| work(&mut PlatformTx::new(conn, recorded)))).await
    }

    async fn run_read<T: Send + 'static>(&self, work: Work<T>) -> Result<T, Failure> {
        let (Backend::Sqlite { readers: connections, .. } | Backend::Postgres(connections)) = &*self.backend;
        connections
            .run(self.patience, |conn| {
                begin_read(conn).execute(conn).or_failure("beginning a read")?;
                let mut recorded = Recorded::default();
                let result = guarded(|| work(conn, &mut recorded));
                Statement("ROLLBACK").execute(conn).or_failure("ending a read")?;
                result
            })
            .await
    }

    async fn run_write<T: Send + 'static>(&self, work: Work<T>) -> Result<T, Failure> {
        match &*self.backend {
            Backend::Sqlite { writer, .. } => {
                let deadline = Instant::now() + self.patience;
                // What is not done by the deadline is not done at all; a commit that has begun has this long to answer.
                tokio::time::timeout(self.patience + GRACE, writer.write(work, deadline))
                    .await
                    .unwrap_or_else(|_| Err(Failure::unavailable("waiting for the writer")))
            }
            Backend::Postgres(connections) => {
                let patience = self.patience;
                // Whoever asked is told 503 at this moment: what was refused is not done (P138).
                let deadline = Instant::now() + patience + GRACE;
                connections.run(patience, move |conn| write_postgres(conn, work, (patience, deadline))).await
            }
        }
    }

    /// On PostgreSQL: refuses a role that row-level security does not bind or that may rewrite the audit trail, and a server that acknowledges before the
    /// write is durable (D19, D24). Tables are found as every query finds them. On SQLite there is nothing to check.
    pub async fn check_server(&self) -> Result<Result<(), UnsafeServer>, Failure> {
        if !self.is_postgres() {
            return Ok(Ok(()));
        }
        self.run_read(Box::new(|conn, _| {
            let row: ServerFacts = diesel::sql_query(
                "SELECT (r.rolsuper OR r.rolbypassrls) AS bypasses, \
                 EXISTS (SELECT 1 FROM pg_class c WHERE c.oid = to_regclass('users') AND pg_has_role(r.oid, c.relowner, 'MEMBER')) AS owns, \
                 EXISTS (SELECT 1 FROM pg_class c WHERE c.oid IN \
                 (to_regclass('audit_events'), to_regclass('audit_personal'), to_regclass('audit_checkpoints')) \
                 AND (has_table_privilege(c.oid, CASE WHEN c.relname = 'audit_personal' THEN 'TRUNCATE' ELSE 'DELETE, TRUNCATE' END) \
                 OR has_any_column_privilege(c.oid, 'UPDATE') \
                 OR NOT has_table_privilege(c.oid, 'INSERT'))) AS audit_rights, \
                 current_setting('synchronous_commit') AS synchronous_commit \
                 FROM pg_roles r WHERE r.rolname = current_user",
            )
            .get_result(conn)
            .or_failure("asking PostgreSQL about its role")?;
            Ok(if row.bypasses {
                Err(UnsafeServer::RoleBypasses)
            } else if row.owns {
                Err(UnsafeServer::RoleOwns)
            } else if row.audit_rights {
                Err(UnsafeServer::AuditRights)
            } else if row.synchronous_commit == "off" {
                Err(UnsafeServer::NotDurable)
            } else {
                Ok(())
            })
        }))
        .await
    }
}

#[derive(QueryableByName)]
struct ServerFacts {
    #[diesel(sql_type = Bool)]
    bypasses: bool,
    #[diesel(sql_type = Bool)]
    owns: bool,
    #[diesel(sql_type = Bool)]
    audit_rights: bool,
    #[diesel(sql_type = Text)]
    synchronous_commit: String,
}

/// Why `serve` does not start on this PostgreSQL.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum UnsafeServer {
    /// Row-level security does not bind the role (D24).
    #[error(
        "the database role is a superuser or has BYPASSRLS; serve as a plain role and run `symbolon migrate` as the owner"
    )]
    RoleBypasses,
    /// The role owns the tables, or may become the one that does (D24).
    #[error(
        "the database role owns the tables or is a member of the role that does; serve as a plain role and run `symbolon migrate` as the owner"
    )]
    RoleOwns,
    /// The role may change what the audit trail says, or add nothing to it (D24).
    #[error(
        "the database role may change the audit trail, or may not add to it; run `symbolon migrate` as the owner with \
         database.serving_role set"
    )]
    AuditRights,
    /// Acknowledged writes could be lost (D19).
    #[error("PostgreSQL runs with synchronous_commit = off; acknowledged writes could be lost")]
    NotDurable,
}

/// A panic inside a closure must not leave the connection in an open transaction.
pub(super) fn guarded<T>(work: impl FnOnce() -> Result<T, Failure>) -> Result<T, Failure> {
    std::panic::catch_unwind(std::panic::AssertUnwindSafe(work))
        .unwrap_or_else(|_| Err(Failure::internal("a database closure panicked")))
}

fn write_postgres<T>(
    conn: &mut AnyConn,
    work: Work<T>,
    (patience, deadline): (Duration, Instant),
) -> Result<T, Failure> {
    conn.batch_execute(&begin(patience)).or_failure("beginning a write")?;
    let result = guarded(|| {
        let mut recorded = Recorded::until(deadline);
        let value = work(conn, &mut recorded)?;
        let mut heads = Heads::default();
        heads.write(conn, recorded)?;
        heads.store(conn)?;
        Ok((value, heads))
    });
    let stored = result.and_then(|(value, heads)| {
        // After an error that the closure passed over, COMMIT alone would roll back and call that done.
        Statement("SELECT 1; COMMIT").execute(conn).or_failure("committing")?;
        heads.committed();
        Ok(value)
    });
    if stored.is_err() {
        let _ = Statement("ROLLBACK").execute(conn);
    }
    stored
}

/// One state of the data for all that a closure reads, and no write. On SQLite a transaction sees one state anyway, and the
/// connections that read may not write.
const fn begin_read(conn: &AnyConn) -> Statement {
    match conn {
        AnyConn::Pg(_) => Statement("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"),
        AnyConn::Sqlite(_) => Statement("BEGIN"),
    }
}

/// Patient work also waits longer for the locks of others.
fn begin(patience: Duration) -> String {
    if patience <= PATIENCE {
        return "BEGIN".to_owned();
    }
    let wait = patience.as_millis();
    format!(
        "BEGIN; SET LOCAL statement_timeout = {wait}; SET LOCAL lock_timeout = {wait}; \
         SET LOCAL idle_in_transaction_session_timeout = {wait}"
    )
}
