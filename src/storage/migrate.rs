//! The schema, embedded in the program: `common/` for both databases plus what only one of them has.

use std::collections::BTreeSet;

use diesel::backend::Backend;
use diesel::connection::SimpleConnection;
use diesel::migration::{Migration, MigrationSource};
use diesel::pg::{Pg, PgConnection};
use diesel::sql_types::{Bool, Text};
use diesel::{QueryableByName, RunQueryDsl};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

use super::connection::{AnyConn, DatabaseUrl, Manager, Purpose};
use crate::model::failure::Failure;

const COMMON: EmbeddedMigrations = embed_migrations!("migrations/common");
const POSTGRES: EmbeddedMigrations = embed_migrations!("migrations/postgres");

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

/// Brings the schema up to date and answers with the versions that were applied. Running it twice is harmless. On
/// PostgreSQL it runs as the owner, and `serving_role` is given what `serve` needs and no more (D24).
pub fn run(url: &DatabaseUrl, serving_role: Option<&str>) -> Result<Vec<String>, Failure> {
    let mut conn = open(url)?;
    let applied = match &mut conn {
        AnyConn::Sqlite(sqlite) => {
            sqlite.batch_execute("PRAGMA journal_mode = WAL").map_err(|error| failed(error.into()))?;
            sqlite.run_pending_migrations(COMMON).map_err(failed)?.iter().map(ToString::to_string).collect()
        }
        AnyConn::Pg(pg) => {
            let applied =
                pg.run_pending_migrations(Both).map_err(failed)?.iter().map(ToString::to_string).collect();
            if let Some(role) = serving_role {
                grant(pg, role)?;
            }
            applied
        }
    };
    Ok(applied)
}

/// The versions that are still to be applied; empty when the schema is up to date. On PostgreSQL this only reads, so
/// that the plain role of `serve` may ask (D24).
pub fn pending(url: &DatabaseUrl) -> Result<Vec<String>, Failure> {
    match &mut open(url)? {
        AnyConn::Sqlite(sqlite) => {
            let pending = sqlite.pending_migrations(COMMON).map_err(failed)?;
            Ok(pending.iter().map(|migration| migration.name().to_string()).collect())
        }
        AnyConn::Pg(pg) => {
            let applied = applied(pg).map_err(|error| failed(error.into()))?;
            let all: Vec<Box<dyn Migration<Pg>>> = Both.migrations().map_err(failed)?;
            Ok(all
                .iter()
                .filter(|migration| !applied.contains(&migration.name().version().to_string()))
                .map(|migration| migration.name().to_string())
                .collect())
        }
    }
}

#[derive(QueryableByName)]
struct Applied {
    #[diesel(sql_type = Text)]
    version: String,
}

#[derive(QueryableByName)]
struct Exists {
    #[diesel(sql_type = Bool)]
    there: bool,
}

/// Diesel's own question makes its table when it is missing, which a plain role may not.
fn applied(pg: &mut PgConnection) -> Result<BTreeSet<String>, diesel::result::Error> {
    let table: Exists =
        diesel::sql_query("SELECT to_regclass('__diesel_schema_migrations') IS NOT NULL AS there")
            .get_result(pg)?;
    if !table.there {
        return Ok(BTreeSet::new());
    }
    let rows: Vec<Applied> =
        diesel::sql_query("SELECT version::text AS version FROM __diesel_schema_migrations").load(pg)?;
    Ok(rows.into_iter().map(|row| row.version).collect())
}

fn open(url: &DatabaseUrl) -> Result<AnyConn, Failure> {
    Manager { url: url.clone(), purpose: Purpose::Write }
        .open()
        .map_err(|error| Failure::unavailable("opening the database").because(error))
}

fn failed(error: Box<dyn std::error::Error + Send + Sync>) -> Failure {
    Failure::internal("migrating the schema").because(error)
}

/// What the server adds to and reads: whoever gets hold of its role cannot rewrite the past.
const ONLY_GROW: &str = "audit_events, audit_personal, audit_checkpoints";

/// What the server never deletes: it is marked as gone, or moves on.
const ONLY_CHANGE: &str = "tenants, users, clients, client_directory, client_secrets, resource_servers, policies, \
                           signing_keys, audit_heads";

/// The rows that a migration made, each of which the server changes.
const FIXED: &str = "change_number, leases";

/// Gives the role exactly what `serve` and the commands need, and takes what an earlier release gave over that: all in
/// one transaction, so that a server that runs meanwhile is never without.
fn grant(pg: &mut PgConnection, role: &str) -> Result<(), Failure> {
    let role = format!("\"{}\"", role.replace('"', "\"\""));
    pg.batch_execute(&format!(
        "REVOKE CREATE ON SCHEMA public FROM PUBLIC, {role}; \
         GRANT USAGE ON SCHEMA public TO {role}; \
         REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {role}; \
         GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {role}; \
         REVOKE UPDATE, DELETE ON {ONLY_GROW} FROM {role}; \
         REVOKE DELETE ON {ONLY_CHANGE} FROM {role}; \
         REVOKE INSERT, DELETE ON {FIXED} FROM {role}; \
         REVOKE INSERT, UPDATE, DELETE ON __diesel_schema_migrations FROM {role}"
    ))
    .map_err(|error| Failure::internal("granting rights to the serving role").because(error))
}
