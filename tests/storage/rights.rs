//! What the role that serves may do to the tables on PostgreSQL (D24): what the server does, and no more.

use std::collections::BTreeMap;

use diesel::connection::SimpleConnection;
use diesel::sql_types::Text;
use diesel::{Connection, PgConnection, QueryableByName, RunQueryDsl};
use symbolon::storage::database::UnsafeServer;
use symbolon::storage::{DatabaseUrl, migrate};

use crate::harness::database::{SERVER, TestDatabase};

fn connect(url: &DatabaseUrl) -> PgConnection {
    let DatabaseUrl::Postgres(url) = url else { panic!("a PostgreSQL URL") };
    PgConnection::establish(url.expose()).expect("a connection")
}

#[derive(QueryableByName)]
struct Held {
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = Text)]
    rights: String,
}

/// Tables with what the role may do to each, those left out that it may add to, change and delete from.
fn restricted(conn: &mut PgConnection) -> BTreeMap<String, String> {
    let held: Vec<Held> = diesel::sql_query(
        "SELECT c.relname::text AS name, concat_ws(' ', \
         CASE WHEN has_table_privilege(c.oid, 'SELECT') THEN 'select' END, \
         CASE WHEN has_table_privilege(c.oid, 'INSERT') THEN 'insert' END, \
         CASE WHEN has_any_column_privilege(c.oid, 'UPDATE') THEN 'update' END, \
         CASE WHEN has_table_privilege(c.oid, 'DELETE') THEN 'delete' END, \
         CASE WHEN has_table_privilege(c.oid, 'TRUNCATE, REFERENCES, TRIGGER') THEN 'more' END) AS rights \
         FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND c.relkind = 'r'",
    )
    .load(conn)
    .expect("the rights");
    assert!(held.len() > 30, "{} tables", held.len());
    let all = "select insert update delete";
    held.into_iter().filter(|held| held.rights != all).map(|held| (held.name, held.rights)).collect()
}

/// What somebody would try who has the server's role.
const TAMPERING: [&str; 12] = [
    "UPDATE audit_events SET kind = 'x'",
    "UPDATE audit_events SET body = '{}' WHERE seq = 1",
    "DELETE FROM audit_events",
    "TRUNCATE audit_events CASCADE",
    "UPDATE audit_personal SET facts = '{}'",
    "TRUNCATE audit_personal",
    "UPDATE audit_checkpoints SET statement = 'x'",
    "DELETE FROM audit_checkpoints",
    "DELETE FROM audit_heads",
    "ALTER TABLE audit_events DISABLE ROW LEVEL SECURITY",
    "CREATE TABLE here (n INTEGER)",
    "CREATE FUNCTION here() RETURNS INTEGER LANGUAGE sql AS 'SELECT 1'",
];

fn assert_refused(conn: &mut PgConnection) {
    for statement in TAMPERING {
        let refused = conn.batch_execute(statement).expect_err(statement).to_string();
        assert!(
            refused.contains("permission denied") || refused.contains("must be owner"),
            "{statement}: {refused}"
        );
    }
}

// SQLite has no roles: who has the file has it all.
#[tokio::test]
#[ignore = "PostgreSQL only"]
async fn d24_the_serving_role_cannot_rewrite_the_audit_trail_nor_the_schema() {
    let home = TestDatabase::new();
    let mut conn = connect(&home.url);
    assert_refused(&mut conn);
    let kept = "select insert update";
    let mut expected: BTreeMap<String, String> = BTreeMap::new();
    for table in ["audit_events", "audit_checkpoints"] {
        expected.insert(table.to_owned(), "select insert".to_owned());
    }
    // What names a person is erased with them (D22).
    expected.insert("audit_personal".to_owned(), "select insert delete".to_owned());
    for table in [
        "tenants",
        "users",
        "clients",
        "client_directory",
        "client_secrets",
        "resource_servers",
        "policies",
        "signing_keys",
        "audit_heads",
    ] {
        expected.insert(table.to_owned(), kept.to_owned());
    }
    for table in ["change_number", "leases", "password_floor"] {
        expected.insert(table.to_owned(), "select update".to_owned());
    }
    expected.insert("__diesel_schema_migrations".to_owned(), "select".to_owned());
    assert_eq!(restricted(&mut conn), expected);
}

/// Another schema of the same database is no concern of ours, whoever has it and whatever its tables are called.
#[tokio::test]
#[ignore = "PostgreSQL only"]
async fn d24_tables_of_the_same_name_in_another_schema_keep_no_server_from_starting() {
    let home = TestDatabase::new();
    connect(&home.owner_url)
        .batch_execute(&format!("CREATE SCHEMA elsewhere; GRANT ALL ON SCHEMA elsewhere TO {SERVER}"))
        .expect("another schema");
    for table in ["users", "audit_events", "audit_personal", "audit_checkpoints"] {
        connect(&home.url)
            .batch_execute(&format!("CREATE TABLE elsewhere.{table} (n INTEGER)"))
            .expect(table);
        assert_eq!(home.open().check_server().await.expect("an answer"), Ok(()), "{table}");
    }
}

/// A database that an earlier release set up: the server says what to do, and `migrate` takes back what was too much.
#[tokio::test]
#[ignore = "PostgreSQL only"]
async fn d24_migrate_takes_back_what_an_earlier_release_granted() {
    let home = TestDatabase::new();
    let as_before = [
        format!("GRANT ALL ON ALL TABLES IN SCHEMA public TO {SERVER}"),
        format!("GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {SERVER}"),
        format!("GRANT UPDATE (facts) ON audit_personal TO {SERVER}"),
        format!("GRANT TRUNCATE ON audit_checkpoints TO {SERVER}"),
    ];
    for grant in as_before {
        connect(&home.owner_url).batch_execute(&grant).expect("a grant");
        let refused = home.open().check_server().await.expect("an answer");
        assert_eq!(refused, Err(UnsafeServer::AuditRights), "{grant}");
        migrate::run(&home.owner_url, Some(SERVER)).expect("nothing to apply, and the rights set");
        assert_eq!(home.open().check_server().await.expect("an answer"), Ok(()), "{grant}");
        assert_refused(&mut connect(&home.url));
    }
}
