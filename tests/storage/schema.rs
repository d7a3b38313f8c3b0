//! The schema as the database has it: what every table of a tenant promises, the ones of tomorrow too (invariant 1,
//! D5, D24).

use std::collections::{BTreeMap, BTreeSet};

use diesel::sql_types::Text;
use diesel::{QueryableByName, RunQueryDsl};

use crate::harness::database::TestDatabase;
use crate::harness::rows::Everything;

/// Tables of the deployment that lead to a tenant (D5).
const LEADING: [&str; 6] = [
    "client_directory",
    "domain_index",
    "browser_session_accounts",
    "mail_queue",
    "memberships",
    "passkey_index",
];

#[derive(QueryableByName, Debug)]
struct Column {
    #[diesel(sql_type = Text)]
    of: String,
    #[diesel(sql_type = Text)]
    name: String,
}

#[derive(QueryableByName, Debug)]
struct Reference {
    #[diesel(sql_type = Text)]
    of: String,
    #[diesel(sql_type = Text)]
    key: String,
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = Text)]
    target: String,
    #[diesel(sql_type = Text)]
    target_name: String,
}

/// A query in the words of each database.
fn ask<T>(home: &TestDatabase, (sqlite, postgres): (&str, &str)) -> Vec<T>
where
    T: QueryableByName<diesel::sqlite::Sqlite> + QueryableByName<diesel::pg::Pg> + 'static,
{
    match Everything::open(home) {
        Everything::Sqlite(mut conn) => diesel::sql_query(sqlite).load(&mut *conn),
        Everything::Postgres(mut conn) => diesel::sql_query(postgres).load(&mut *conn),
    }
    .expect("an answer")
}

const COLUMNS: (&str, &str) = (
    "SELECT m.name AS of, p.name AS name FROM sqlite_master m JOIN pragma_table_info(m.name) p WHERE m.type = 'table'",
    "SELECT table_name::text AS of, column_name::text AS name FROM information_schema.columns \
     WHERE table_schema = 'public'",
);

const FIRST_OF_KEY: (&str, &str) = (
    "SELECT m.name AS of, p.name AS name FROM sqlite_master m JOIN pragma_table_info(m.name) p \
     WHERE m.type = 'table' AND p.pk = 1",
    "SELECT i.indrelid::regclass::text AS of, a.attname::text AS name FROM pg_index i \
     JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0] WHERE i.indisprimary",
);

const REFERENCES: (&str, &str) = (
    "SELECT m.name AS of, CAST(f.id AS TEXT) AS key, f.\"from\" AS name, f.\"table\" AS target, f.\"to\" AS target_name \
     FROM sqlite_master m JOIN pragma_foreign_key_list(m.name) f WHERE m.type = 'table'",
    "SELECT c.conrelid::regclass::text AS of, c.conname::text AS key, a.attname::text AS name, \
     c.confrelid::regclass::text AS target, b.attname::text AS target_name FROM pg_constraint c \
     CROSS JOIN LATERAL unnest(c.conkey, c.confkey) AS k(own, other) \
     JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = k.own \
     JOIN pg_attribute b ON b.attrelid = c.confrelid AND b.attnum = k.other WHERE c.contype = 'f'",
);

const LOCKED: &str = "SELECT c.relname::text AS of, p.qual || ' / ' || p.with_check AS name FROM pg_class c \
     JOIN pg_policies p ON p.tablename = c.relname AND p.schemaname = 'public' \
     WHERE c.relrowsecurity AND c.relforcerowsecurity AND p.permissive = 'PERMISSIVE' AND p.cmd = 'ALL'";

const COLLATED: (&str, &str) = (
    // A column is compared by bytes unless its declaration says otherwise.
    "SELECT name AS of, CASE WHEN sql LIKE '%COLLATE%' THEN 'other' ELSE 'C' END AS name FROM sqlite_master \
     WHERE type = 'table' AND name NOT LIKE '\\_\\_%' ESCAPE '\\' AND name NOT LIKE 'sqlite%'",
    "SELECT c.relname || '.' || a.attname AS of, k.collname::text AS name FROM pg_attribute a \
     JOIN pg_class c ON c.oid = a.attrelid JOIN pg_collation k ON k.oid = a.attcollation \
     WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND a.attnum > 0 \
     AND NOT a.attisdropped AND c.relname NOT LIKE '\\_\\_%'",
);

fn tenants_tables(home: &TestDatabase) -> BTreeSet<String> {
    let columns: Vec<Column> = ask(home, COLUMNS);
    let named = columns.into_iter().filter(|column| column.name == "tenant_id").map(|column| column.of);
    let tables: BTreeSet<String> = named.filter(|table| !LEADING.contains(&table.as_str())).collect();
    assert!(tables.len() > 20, "{tables:?}");
    tables
}

#[test]
fn every_key_of_a_tenants_table_begins_with_the_tenant() {
    let home = TestDatabase::new();
    let first: Vec<Column> = ask(&home, FIRST_OF_KEY);
    let first: BTreeMap<String, String> = first.into_iter().map(|column| (column.of, column.name)).collect();
    for table in tenants_tables(&home) {
        assert_eq!(first.get(&table).map(String::as_str), Some("tenant_id"), "{table}");
    }
}

/// A row of one tenant can't point at a row of another.
#[test]
fn every_reference_between_tenants_tables_carries_the_tenant() {
    let home = TestDatabase::new();
    let tables = tenants_tables(&home);
    let mut keys: BTreeMap<(String, String, String), Vec<(String, String)>> = BTreeMap::new();
    let references: Vec<Reference> = ask(&home, REFERENCES);
    for it in references.into_iter().filter(|it| tables.contains(&it.of) && tables.contains(&it.target)) {
        keys.entry((it.of, it.key, it.target)).or_default().push((it.name, it.target_name));
    }
    assert!(keys.len() > 10, "{keys:?}");
    for (key, columns) in keys {
        let tenant = ("tenant_id".to_owned(), "tenant_id".to_owned());
        assert!(columns.contains(&tenant), "{key:?}: {columns:?}");
    }
}

/// D24: on PostgreSQL no transaction sees rows of a tenant that it did not name, not even the owner's.
#[test]
#[ignore = "PostgreSQL only"]
fn every_tenants_table_has_forced_row_security() {
    let home = TestDatabase::new();
    let locked: Vec<Column> = ask(&home, ("", LOCKED));
    let rule = "(tenant_id = current_setting('symbolon.tenant'::text, true))";
    for lock in &locked {
        assert_eq!(lock.name, format!("{rule} / {rule}"), "{}", lock.of);
    }
    let locked: BTreeSet<String> = locked.into_iter().map(|lock| lock.of).collect();
    assert_eq!(locked, tenants_tables(&home));
}

/// P153: both databases compare and sort by bytes, whatever the collation of the database is.
#[test]
fn p153_every_text_is_compared_by_its_bytes() {
    let home = TestDatabase::new();
    let columns: Vec<Column> = ask(&home, COLLATED);
    assert!(columns.len() > 20, "{columns:?}");
    for column in columns {
        assert_eq!(column.name, "C", "{}", column.of);
    }
}
