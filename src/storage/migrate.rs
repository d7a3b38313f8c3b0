//! The schema, embedded in the program: `common/` for both databases plus what only one of them has.

use std::collections::BTreeSet;

use diesel::backend::Backend;
use diesel::connection::SimpleConnection;
use diesel::migration::{Migration, MigrationSource};
use diesel::pg::{Pg, PgConnection};
use diesel::sql_types::{Bool, Text};
use diesel::{OptionalExtension, QueryableByName, RunQueryDsl};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

use super::connection::{AnyConn, DatabaseUrl, Manager, Purpose};
use super::rows::OrFailure;
use crate::model::failure::Failure;

const COMMON: EmbeddedMigrations = embed_migrations!("migrations/common");
const POSTGRES: EmbeddedMigrations = embed_migrations!("migrations/postgres");

/// Why the schema was not migrated, or could not be asked about.
#[derive(Debug, thiserror::Error)]
pub enum MigrateError {
    /// `migrate` gave this role no rights, or not to every table; exit code 78 (D24).
    #[error(
        "the database role `{0}` has no rights here: run `symbolon migrate` as the owner of the tables with \
         database.serving_role={0}"
    )]
    NoRights(String),
    /// This role does not own the tables; exit code 78 (D24).
    #[error(
        "the database role `{0}` may not change the schema: run `symbolon migrate` as the owner of the tables with \
         database.serving_role={0}"
    )]
    NotOwner(String),
    /// Nobody could serve as this role; exit code 78.
    #[error(
        "database.serving_role: PostgreSQL has no role `{0}` beside the one that migrates: make it, or name the one \
         that `symbolon serve` signs in as"
    )]
    NoServingRole(String),
    /// The database does not answer, or a migration failed.
    #[error("{0}")]
    Failure(#[from] Failure),
}

/// The migrations of both folders in the order of their versions.
struct Both;

impl<DB: Backend> MigrationSource<DB> for Both {
    fn migrations(&self) -> diesel::migration::Result<Vec<Box<dyn Migration<DB>>>> {
        let mut all: Vec<Box<dyn Migration<DB>>> = MigrationSource::<DB>::migrations(&COMMON)?;
        all.extend(MigrationSource::<DB>::migrations(&POSTGRES)?);
        all.sort_by_key(|migration| migration.name().version().to_string());
        Ok(all)
    }
}

/// Brings the schema up to date and answers with the names of the migrations that were applied. Running it twice is
/// harmless. On PostgreSQL it runs as the owner, and `serving_role` is given what `serve` needs and no more (D24).
///
/// # Errors
/// See [`MigrateError`]; where a role is wrong, nothing was changed.
pub fn run(url: &DatabaseUrl, serving_role: Option<&str>) -> Result<Vec<String>, MigrateError> {
    match &mut open(url)? {
        AnyConn::Sqlite(sqlite) => {
            sqlite.batch_execute("PRAGMA journal_mode = WAL").or_failure(MIGRATING)?;
            Ok(apply(sqlite, COMMON)?)
        }
        AnyConn::Pg(pg) => {
            let standing = standing(pg)?;
            if !standing.may_migrate {
                return Err(MigrateError::NotOwner(standing.role));
            }
            if let Some(role) = serving_role {
                check_serving_role(pg, role)?;
            }
            let applied = apply(pg, Both)?;
            if let Some(role) = serving_role {
                grant(pg, role)?;
            }
            Ok(applied)
        }
    }
}

/// The names of the migrations that are still to be applied; empty when the schema is up to date. On PostgreSQL this
/// only reads, so that the plain role of `serve` may ask (D24).
///
/// # Errors
/// See [`MigrateError`].
pub fn pending(url: &DatabaseUrl) -> Result<Vec<String>, MigrateError> {
    match &mut open(url)? {
        AnyConn::Sqlite(sqlite) => Ok(names(&sqlite.pending_migrations(COMMON).map_err(failed)?)),
        AnyConn::Pg(pg) => {
            let standing = standing(pg)?;
            if !standing.may_read {
                return Err(MigrateError::NoRights(standing.role));
            }
            let mut pending: Vec<Box<dyn Migration<Pg>>> = Both.migrations().map_err(failed)?;
            if standing.there {
                let applied = applied(pg)?;
                pending.retain(|migration| !applied.contains(&migration.name().version().to_string()));
            }
            Ok(names(&pending))
        }
    }
}

const MIGRATING: &str = "migrating the schema";

fn apply<DB: Backend>(
    conn: &mut impl MigrationHarness<DB>,
    source: impl MigrationSource<DB>,
) -> Result<Vec<String>, Failure> {
    let pending = conn.pending_migrations(source).map_err(failed)?;
    conn.run_migrations(&pending).map_err(failed)?;
    Ok(names(&pending))
}

fn names<DB: Backend>(migrations: &[Box<dyn Migration<DB>>]) -> Vec<String> {
    migrations.iter().map(|migration| migration.name().to_string()).collect()
}

/// What the role of a connection is to the schema.
#[derive(QueryableByName)]
struct Standing {
    #[diesel(sql_type = Text)]
    role: String,
    /// Whether anything was ever migrated.
    #[diesel(sql_type = Bool)]
    there: bool,
    /// Whether it reads every table that the owner made: `migrate` gives that to a role that serves.
    #[diesel(sql_type = Bool)]
    may_read: bool,
    #[diesel(sql_type = Bool)]
    may_migrate: bool,
}

/// Asked beforehand: diesel does not tell a missing right from other errors.
fn standing(pg: &mut PgConnection) -> Result<Standing, Failure> {
    diesel::sql_query(
        "SELECT current_user::text AS role, m.oid IS NOT NULL AS there, \
         NOT EXISTS (SELECT 1 FROM pg_class c WHERE c.relkind = 'r' AND c.relnamespace = m.relnamespace \
         AND c.relowner = m.relowner AND NOT has_table_privilege(c.oid, 'SELECT')) AS may_read, \
         coalesce(has_schema_privilege(current_schema(), 'CREATE'), false) \
         AND coalesce(pg_has_role(m.relowner, 'USAGE'), true) AS may_migrate \
         FROM (SELECT to_regclass('__diesel_schema_migrations') AS oid) t LEFT JOIN pg_class m ON m.oid = t.oid",
    )
    .get_result(pg)
    .or_failure("asking PostgreSQL about the role")
}

#[derive(QueryableByName)]
struct Named {
    #[diesel(sql_type = Text)]
    name: String,
}

/// Refuses a role that cannot be given rights, before anything is changed. The owner itself would lose its own.
fn check_serving_role(pg: &mut PgConnection, role: &str) -> Result<(), MigrateError> {
    let found: Option<Named> = diesel::sql_query(
        "SELECT rolname::text AS name FROM pg_roles WHERE rolname = $1 AND rolname <> current_user",
    )
    .bind::<Text, _>(role)
    .get_result(pg)
    .optional()
    .or_failure("looking for the serving role")?;
    found.map(|_| ()).ok_or_else(|| MigrateError::NoServingRole(role.to_owned()))
}

/// Diesel's own question makes its table when it is missing, which a plain role may not.
fn applied(pg: &mut PgConnection) -> Result<BTreeSet<String>, Failure> {
    let rows: Vec<Named> = diesel::sql_query("SELECT version::text AS name FROM __diesel_schema_migrations")
        .load(pg)
        .or_failure("reading the version of the schema")?;
    Ok(rows.into_iter().map(|row| row.name).collect())
}

fn open(url: &DatabaseUrl) -> Result<AnyConn, Failure> {
    Manager { url: url.clone(), purpose: Purpose::Write }
        .open()
        .map_err(|error| Failure::unavailable("opening the database").because(error))
}

fn failed(error: Box<dyn std::error::Error + Send + Sync>) -> Failure {
    Failure::internal(MIGRATING).because(error)
}

/// What the server adds to and reads: whoever gets hold of its role cannot rewrite the past.
const ONLY_GROW: &str = "audit_events, audit_checkpoints";

/// What is written once, and erased with the person whom it names (D22).
const ERASABLE: &str = "audit_personal";

/// What the server never deletes: it is marked as gone, or moves on.
const ONLY_CHANGE: &str = "tenants, users, clients, client_directory, client_secrets, resource_servers, policies, \
                           signing_keys, audit_heads";

/// The rows that a migration made, each of which the server changes.
const FIXED: &str = "change_number, leases, password_floor";

/// Gives the role exactly what `serve` and the commands need, and takes what an earlier release gave over that: all in
/// one transaction, so that a server that runs meanwhile is never without.
fn grant(pg: &mut PgConnection, role: &str) -> Result<(), Failure> {
    let role = format!("\"{}\"", role.replace('"', "\"\""));
    pg.batch_execute(&format!(
        "REVOKE CREATE ON SCHEMA public FROM PUBLIC, {role}; \
         GRANT USAGE ON SCHEMA public TO {role}; \
         REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {role}; \
         GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {role}; \
         REVOKE UPDATE, DELETE ON {ONLY_GROW} FROM {role}; REVOKE UPDATE ON {ERASABLE} FROM {role}; \
         REVOKE DELETE ON {ONLY_CHANGE} FROM {role}; \
         REVOKE INSERT, DELETE ON {FIXED} FROM {role}; \
         REVOKE INSERT, UPDATE, DELETE ON __diesel_schema_migrations FROM {role}"
    ))
    .map_err(|error| Failure::internal("granting rights to the serving role").because(error))
}
