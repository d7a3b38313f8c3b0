//! The database: connections, scopes, transactions. SQLite and PostgreSQL by one set of queries.
//!
//! Nothing outside `storage` sees a connection or a table. A [`Database`] hands out transactions; a [`TenantTx`] is a
//! connection and a [`TenantScope`] in one value, and each function of `records` starts from it.

pub mod changes;
mod connection;
pub mod database;
pub mod migrate;
mod pending;
mod pool;
pub mod records;
mod rows;
mod schema;
pub mod scope;
pub mod tx;
mod writer;

pub use changes::{Cached, Changes};
pub use connection::DatabaseUrl;
pub use database::Database;
pub use scope::{PlatformScope, TenantScope};
pub use tx::{Directory, PlatformTx, TenantTx};
