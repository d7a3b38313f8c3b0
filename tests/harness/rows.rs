//! Every row of the database as text, below all scopes: what a test compares to see that nothing changed.

use std::collections::BTreeMap;

use diesel::connection::SimpleConnection as _;
use diesel::sql_types::{BigInt, Text};
use diesel::{Connection, PgConnection, QueryableByName, RunQueryDsl, SqliteConnection};
use symbolon::model::ids::TenantId;
use symbolon::storage::DatabaseUrl;

use super::database::TestDatabase;

/// The rows of each table, sorted.
pub(crate) type Rows = BTreeMap<String, Vec<String>>;

/// A connection that no scope and no row-level security binds.
pub(crate) enum Everything {
    Sqlite(Box<SqliteConnection>),
    Postgres(Box<PgConnection>),
}

#[derive(QueryableByName)]
struct Column {
    #[diesel(sql_type = Text)]
    table_name: String,
    #[diesel(sql_type = Text)]
    column_name: String,
}

#[derive(QueryableByName)]
struct Counted {
    #[diesel(sql_type = BigInt)]
    rows: i64,
}

#[derive(QueryableByName)]
struct Line {
    #[diesel(sql_type = Text)]
    line: String,
}

const OF_SQLITE: &str = "SELECT m.name AS table_name, p.name AS column_name FROM sqlite_master m \
                         JOIN pragma_table_info(m.name) p WHERE m.type = 'table' AND m.name NOT LIKE '\\_\\_%' ESCAPE '\\'";
const OF_POSTGRES: &str = "SELECT table_name::text, column_name::text FROM information_schema.columns \
                           WHERE table_schema = 'public' AND table_name NOT LIKE '\\_\\_%'";

impl Everything {
    /// Opens the database of a test.
    pub(crate) fn open(storage: &TestDatabase) -> Self {
        match (&storage.url, &storage.admin_url) {
            (DatabaseUrl::Sqlite(path), _) => {
                Self::Sqlite(Box::new(SqliteConnection::establish(path).expect("the file opens")))
            }
            (DatabaseUrl::Postgres(_), admin) => {
                let admin = admin.as_ref().expect("an administrator");
                Self::Postgres(Box::new(PgConnection::establish(admin).expect("the administrator signs in")))
            }
        }
    }

    /// Every row of every table.
    pub(crate) fn all(&mut self) -> Rows {
        self.rows(|_, _| Some("1 = 1".to_owned()))
    }

    /// The rows that belong to one tenant, in the tables of tenants and of the deployment alike.
    pub(crate) fn of_tenant(&mut self, tenant: TenantId) -> Rows {
        self.rows(|table, columns| {
            let named =
                ["tenant_id", "owner_tenant_id"].into_iter().find(|own| columns.contains(&(*own).to_owned()));
            let column = if table == "tenants" { Some("id") } else { named };
            column.map(|column| format!("{column} = '{tenant}'"))
        })
    }

    /// How many rows there are in this table, or in this part of it.
    pub(crate) fn count(&mut self, rows: &str) -> i64 {
        let query = diesel::sql_query(format!("SELECT count(*) AS rows FROM {rows}"));
        let counted: Counted = match self {
            Self::Sqlite(conn) => query.get_result(&mut **conn),
            Self::Postgres(conn) => query.get_result(&mut **conn),
        }
        .expect("a count");
        counted.rows
    }

    /// Does to the data what somebody with all rights could do.
    pub(crate) fn tamper(&mut self, statements: &str) {
        match self {
            Self::Sqlite(conn) => {
                let free = "PRAGMA busy_timeout = 5000; PRAGMA foreign_keys = OFF;";
                conn.batch_execute(&format!("{free} {statements}"))
            }
            Self::Postgres(conn) => {
                conn.batch_execute(&format!("SET session_replication_role = replica; {statements}"))
            }
        }
        .expect("done");
    }

    /// Transactions of this database that wait for a lock that another one holds. PostgreSQL only.
    pub(crate) fn locks_waited_for(&mut self) -> i64 {
        self.count("pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'")
    }

    fn rows(&mut self, of: impl Fn(&str, &[String]) -> Option<String>) -> Rows {
        let mut tables: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for column in self.columns() {
            tables.entry(column.table_name).or_default().push(column.column_name);
        }
        assert!(tables.len() > 20, "the tables are found: {tables:?}");
        let mut rows = Rows::new();
        for (table, columns) in tables {
            let Some(condition) = of(&table, &columns) else { continue };
            rows.insert(table.clone(), self.lines(&table, &columns, &condition));
        }
        rows
    }

    fn columns(&mut self) -> Vec<Column> {
        match self {
            Self::Sqlite(conn) => diesel::sql_query(OF_SQLITE).load(&mut **conn),
            Self::Postgres(conn) => diesel::sql_query(OF_POSTGRES).load(&mut **conn),
        }
        .expect("the columns")
    }

    fn lines(&mut self, table: &str, columns: &[String], condition: &str) -> Vec<String> {
        let lines: Vec<Line> = match self {
            Self::Sqlite(conn) => {
                let parts: Vec<String> =
                    columns.iter().map(|column| format!("'{column}=' || quote(\"{column}\")")).collect();
                let line = parts.join(" || ' ' || ");
                diesel::sql_query(format!(
                    "SELECT {line} AS line FROM \"{table}\" WHERE {condition} ORDER BY 1"
                ))
                .load(&mut **conn)
            }
            Self::Postgres(conn) => diesel::sql_query(format!(
                "SELECT row_to_json(t)::text AS line FROM \"{table}\" t WHERE {condition} ORDER BY 1"
            ))
            .load(&mut **conn),
        }
        .expect("the rows");
        lines.into_iter().map(|line| line.line).collect()
    }
}

/// The rows without these tables.
pub(crate) fn without(mut rows: Rows, tables: &[&str]) -> Rows {
    rows.retain(|table, _| !tables.contains(&table.as_str()));
    rows
}

/// Where a record of an action stands, whether it succeeded or not.
pub(crate) const RECORD: [&str; 4] = ["audit_events", "audit_heads", "audit_personal", "audit_checkpoints"];

impl Everything {
    /// Lets every write to this table fail, as on a full disk, until [`Everything::heal`].
    pub(crate) fn fail_writes(&mut self, table: &str) {
        match self {
            Self::Sqlite(conn) => conn.batch_execute(&format!(
                "CREATE TRIGGER fail_insert BEFORE INSERT ON {table} BEGIN SELECT RAISE(ABORT, 'disk full'); END;
                 CREATE TRIGGER fail_update BEFORE UPDATE ON {table} BEGIN SELECT RAISE(ABORT, 'disk full'); END"
            )),
            Self::Postgres(conn) => conn.batch_execute(&format!(
                "CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql
                   AS $$ BEGIN RAISE EXCEPTION 'disk full'; END $$;
                 CREATE TRIGGER fail BEFORE INSERT OR UPDATE ON {table} FOR EACH ROW EXECUTE FUNCTION fail()"
            )),
        }
        .expect("the trap is set");
    }

    /// Whether somebody waits for a row that another transaction holds. On SQLite nobody is seen to: one writer takes its
    /// transactions one after the other.
    pub(crate) fn anybody_waits(&mut self) -> bool {
        match self {
            Self::Sqlite(_) => true,
            Self::Postgres(conn) => {
                let waiting = "SELECT count(*)::text AS line FROM pg_stat_activity \
                               WHERE datname = current_database() AND wait_event_type = 'Lock'";
                let lines: Vec<Line> = diesel::sql_query(waiting).load(&mut **conn).expect("the sessions");
                lines.iter().any(|line| line.line != "0")
            }
        }
    }

    /// Writes something into every row of a column, whatever may stand there.
    pub(crate) fn spoil(&mut self, (table, column): (&str, &str), value: &str) {
        let update = format!("UPDATE \"{table}\" SET \"{column}\" = '{value}'");
        match self {
            Self::Sqlite(conn) => conn.batch_execute(&update),
            Self::Postgres(conn) => conn.batch_execute(&update),
        }
        .expect("the column is spoiled");
    }

    /// Takes a table away.
    pub(crate) fn hide(&mut self, table: &str) {
        let rename = format!("ALTER TABLE \"{table}\" RENAME TO \"hidden_{table}\"");
        match self {
            Self::Sqlite(conn) => conn.batch_execute(&rename),
            Self::Postgres(conn) => conn.batch_execute(&rename),
        }
        .expect("the table is hidden");
    }

    /// Lets the table be written again.
    pub(crate) fn heal(&mut self, table: &str) {
        match self {
            Self::Sqlite(conn) => conn.batch_execute("DROP TRIGGER fail_insert; DROP TRIGGER fail_update"),
            Self::Postgres(conn) => {
                conn.batch_execute(&format!("DROP TRIGGER fail ON {table}; DROP FUNCTION fail()"))
            }
        }
        .expect("the trap is taken away");
    }
}
