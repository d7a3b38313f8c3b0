//! Where queries on tenants' tables begin, and how database errors become failures.

use diesel::backend::Backend;
use diesel::connection::SimpleConnection;
use diesel::pg::{Pg, PgConnection};
use diesel::query_builder::{
    AsChangeset, AstPass, IntoUpdateTarget, Query, QueryFragment, QueryId, UpdateTarget,
};
use diesel::query_dsl::LoadQuery;
use diesel::query_dsl::methods::ExecuteDsl;
use diesel::result::{DatabaseErrorKind, Error};
use diesel::sqlite::{Sqlite, SqliteConnection};
use diesel::{Connection, QueryResult, QuerySource, RunQueryDsl};

use super::connection::AnyConn;
use crate::model::failure::Failure;

/// A table whose rows belong to one tenant each. Implemented in `schema` for every such table.
pub(super) trait TenantTable {
    /// The table with the tenant filter already on it.
    type Scoped;

    /// The rows of this tenant.
    fn of(tenant: String) -> Self::Scoped;
}

/// Turns a database error into a failure with these fixed words.
pub(super) trait OrFailure<T> {
    fn or_failure(self, context: &'static str) -> Result<T, Failure>;
}

impl<T> OrFailure<T> for Result<T, Error> {
    fn or_failure(self, context: &'static str) -> Result<T, Failure> {
        self.map_err(|error| failure(error, context))
    }
}

/// A query that the connection keeps prepared, though it names a list of values: diesel prepares those anew each time, since
/// their text may vary without bound.
pub(super) struct Prepared<Q>(Q);

/// Says of a query that its text is one of a few.
pub(super) trait Prepare: Sized {
    /// The query, kept prepared under its text.
    fn prepared(self) -> Prepared<Self> {
        Prepared(self)
    }
}

impl<Q: QueryId> Prepare for Q {}

impl<Q: QueryFragment<DB>, DB: Backend> QueryFragment<DB> for Prepared<Q> {
    fn walk_ast<'b>(&'b self, pass: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        self.0.walk_ast(pass)
    }

    fn is_safe_to_cache_prepared(&self, _backend: &DB) -> QueryResult<bool> {
        Ok(true)
    }
}

impl<Q> QueryId for Prepared<Q> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<Q: Query> Query for Prepared<Q> {
    type SqlType = Q::SqlType;
}

impl<Q, Conn> RunQueryDsl<Conn> for Prepared<Q> {}

/// Runs a query on the connection of the one database or the other, which keeps it prepared by its type. Their common type would
/// write its text anew each time, more than once.
pub(super) trait Ask: Sized {
    /// The one row; [`Error::NotFound`] where there is none.
    fn one<'query, T>(self, conn: &mut AnyConn) -> QueryResult<T>
    where
        Self: LoadQuery<'query, PgConnection, T> + LoadQuery<'query, SqliteConnection, T>,
    {
        match conn {
            AnyConn::Pg(pg) => RunQueryDsl::get_result(self, pg),
            AnyConn::Sqlite(sqlite) => RunQueryDsl::get_result(self, sqlite),
        }
    }

    /// Every row.
    fn every<'query, T>(self, conn: &mut AnyConn) -> QueryResult<Vec<T>>
    where
        Self: LoadQuery<'query, PgConnection, T> + LoadQuery<'query, SqliteConnection, T>,
    {
        match conn {
            AnyConn::Pg(pg) => RunQueryDsl::load(self, pg),
            AnyConn::Sqlite(sqlite) => RunQueryDsl::load(self, sqlite),
        }
    }

    /// Inserts or deletes; says how many rows. For those that change there is [`Update`].
    fn run(self, conn: &mut AnyConn) -> QueryResult<usize>
    where
        Self: ExecuteDsl<PgConnection> + ExecuteDsl<SqliteConnection>,
    {
        match conn {
            AnyConn::Pg(pg) => ExecuteDsl::execute(self, pg),
            AnyConn::Sqlite(sqlite) => ExecuteDsl::execute(self, sqlite),
        }
    }
}

impl<Q: QueryId> Ask for Q {}

/// A statement without parameters, kept prepared.
#[derive(Debug, Clone, Copy)]
pub(super) struct Statement(pub(super) &'static str);

impl<DB: Backend> QueryFragment<DB> for Statement {
    fn walk_ast<'b>(&'b self, mut pass: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        pass.push_sql(self.0);
        Ok(())
    }
}

impl QueryId for Statement {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl Statement {
    /// Does it.
    pub(super) fn execute(self, conn: &mut AnyConn) -> QueryResult<()> {
        match conn {
            // By the simple protocol: a statement more or less to prepare is nothing beside the way there.
            AnyConn::Pg(pg) => pg.batch_execute(self.0),
            AnyConn::Sqlite(sqlite) => sqlite.execute_returning_count(&self).map(|_| ()),
        }
    }
}

/// Rows that change.
pub(super) struct Target<F, W> {
    from: F,
    rows: W,
}

/// An update that the connection keeps prepared under its text, one of a few. Diesel prepares its own anew each time: parsing
/// costs more than the work then, and on PostgreSQL a round trip.
pub(super) struct Update<F, W, V> {
    target: Target<F, W>,
    values: V,
}

/// These rows, to be [`set`](Target::set) to something.
pub(super) fn update_rows<R, T: QuerySource>(rows: R) -> Target<T::FromClause, R::WhereClause>
where
    R: IntoUpdateTarget<Table = T>,
{
    let UpdateTarget { table, where_clause } = rows.into_update_target();
    Target { from: table.from_clause(), rows: where_clause }
}

impl<F, W> Target<F, W> {
    /// What they are set to: something in any case.
    pub(super) fn set<V: AsChangeset>(self, values: V) -> Update<F, W, V::Changeset>
    where
        V::Target: QuerySource<FromClause = F>,
    {
        Update { target: self, values: values.as_changeset() }
    }
}

impl<F, W, V, DB> QueryFragment<DB> for Update<F, W, V>
where
    DB: Backend,
    F: QueryFragment<DB>,
    W: QueryFragment<DB>,
    V: QueryFragment<DB>,
{
    fn walk_ast<'b>(&'b self, mut pass: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        pass.push_sql("UPDATE ");
        self.target.from.walk_ast(pass.reborrow())?;
        pass.push_sql(" SET ");
        self.values.walk_ast(pass.reborrow())?;
        self.target.rows.walk_ast(pass)
    }
}

impl<F, W, V> QueryId for Update<F, W, V> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<F, W, V> Update<F, W, V> {
    /// Changes them; says how many there are.
    pub(super) fn execute(self, conn: &mut AnyConn) -> QueryResult<usize>
    where
        Self: QueryFragment<Pg> + QueryFragment<Sqlite>,
    {
        match conn {
            AnyConn::Pg(pg) => pg.execute_returning_count(&self),
            AnyConn::Sqlite(sqlite) => sqlite.execute_returning_count(&self),
        }
    }
}

/// Whether whoever writes is alone in any case, and no row need be held: on SQLite.
pub(super) const fn is_alone(conn: &AnyConn) -> bool {
    matches!(conn, AnyConn::Sqlite(_))
}

/// Reads one row and keeps it as it is until the transaction ends: on PostgreSQL others who would change it wait; on SQLite
/// the one writer is alone in any case. Rows that refer to it may be added meanwhile.
macro_rules! held_row {
    ($conn:expr, $query:expr) => {
        match $conn {
            $crate::storage::connection::AnyConn::Pg(pg) => $query.for_no_key_update().get_result(pg),
            $crate::storage::connection::AnyConn::Sqlite(sqlite) => $query.get_result(sqlite),
        }
    };
}
pub(super) use held_row;

/// Inserts rows with one statement, which the common type of both databases has no way to write. A single row goes by a
/// statement that the connection has prepared before; none is no statement. `$rows` is a `Vec` of `Insertable` values
/// without defaults: on SQLite, diesel would begin a transaction of its own for those.
macro_rules! insert_rows {
    ($conn:expr, $table:expr, $rows:expr) => {
        match $conn {
            $crate::storage::connection::AnyConn::Pg(pg) => insert_rows!(@into pg, $table, $rows),
            $crate::storage::connection::AnyConn::Sqlite(sqlite) => insert_rows!(@into sqlite, $table, $rows),
        }
    };
    (@into $conn:expr, $table:expr, $rows:expr) => {{
        let mut rows = $rows;
        match rows.len() {
            0 => Ok(0),
            1 => diesel::insert_into($table).values(rows.remove(0)).execute($conn),
            _ => diesel::insert_into($table).values(&rows).execute($conn),
        }
    }};
}
pub(super) use insert_rows;

/// Deletes at most so many of these rows, found by a key that is text; says how many. The rows are asked for twice, since
/// neither database deletes up to a limit, so that one that stays by the second question stays.
macro_rules! delete_some {
    ($tx:expr, $rows:expr, $key:expr, $limit:expr) => {
        $rows.select($key).limit($limit).load::<String>($tx.conn()).and_then(|keys| {
            if keys.is_empty() {
                return Ok(0);
            }
            diesel::delete($rows.filter($key.eq_any(keys))).execute($tx.conn())
        })
    };
}
pub(super) use delete_some;

/// Whether trying again may help: a lock, a lost connection, a full disk.
pub(super) fn failure(error: Error, context: &'static str) -> Failure {
    let passing = matches!(
        error,
        Error::BrokenTransactionManager
            | Error::DatabaseError(
                DatabaseErrorKind::SerializationFailure
                    | DatabaseErrorKind::ClosedConnection
                    | DatabaseErrorKind::ReadOnlyTransaction,
                _,
            )
    ) || matches!(&error, Error::DatabaseError(_, info) if says_busy(info.message()));
    let failure = if passing { Failure::unavailable(context) } else { Failure::internal(context) };
    failure.because(error)
}

/// Does an insert in a savepoint of its own, since PostgreSQL ends the whole transaction at a violated key; false where the
/// row is there already, whatever races.
pub(super) fn insert_once(
    conn: &mut AnyConn,
    context: &'static str,
    insert: impl FnOnce(&mut AnyConn) -> QueryResult<usize>,
) -> Result<bool, Failure> {
    Statement("SAVEPOINT insert_once").execute(conn).or_failure(context)?;
    let new = match insert(conn) {
        Ok(_) => true,
        Err(error) if is_duplicate(&error) => {
            Statement("ROLLBACK TO insert_once").execute(conn).or_failure(context)?;
            false
        }
        Err(error) => return Err(error).or_failure(context),
    };
    Statement("RELEASE insert_once").execute(conn).or_failure(context)?;
    Ok(new)
}

/// Whether an insert met a row that is already there.
pub(super) fn is_duplicate(error: &Error) -> bool {
    matches!(error, Error::DatabaseError(DatabaseErrorKind::UniqueViolation, _))
}

/// Diesel has no kind of its own for these: only the databases' own words tell them.
fn says_busy(message: &str) -> bool {
    const WORDS: [&str; 11] = [
        "locked",
        "deadlock",
        "busy",
        "disk",
        "full",
        "readonly",
        "read-only",
        "terminat",
        "connection",
        "timeout",
        "shutting down",
    ];
    WORDS.iter().any(|word| message.contains(word))
}
