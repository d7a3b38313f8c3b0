//! The database: connection, scope, rows.
