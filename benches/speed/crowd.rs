//! A thousand tenants with a thousand people each, all with the one person's password hash.

use std::error::Error;
use std::path::Path;

use diesel::connection::SimpleConnection;
use diesel::{Connection, SqliteConnection};

const ROWS: &str = include_str!("crowd.sql");

/// Fills the database of a stopped deployment.
pub(crate) fn fill(database: &Path) -> Result<(), Box<dyn Error>> {
    let mut connection = SqliteConnection::establish(&database.display().to_string())?;
    connection.batch_execute(ROWS)?;
    Ok(())
}
