//! People by the thousand, all with the one person's password hash: her colleagues, and a thousand tenants with a thousand each.

use std::error::Error;
use std::path::Path;

use diesel::connection::SimpleConnection;
use diesel::{Connection, SqliteConnection};

const COLLEAGUES: &str = include_str!("people.sql");
const CROWD: &str = include_str!("crowd.sql");

/// The address of one of the colleagues; they come round again.
pub(crate) fn colleague(number: usize) -> String {
    format!("p{}@bench.example", number % 1000 + 1)
}

/// Adds her colleagues to the database of a stopped deployment.
pub(crate) fn add_colleagues(database: &Path) -> Result<(), Box<dyn Error>> {
    execute(database, COLLEAGUES)
}

/// Adds the crowd to the database of a stopped deployment.
pub(crate) fn fill(database: &Path) -> Result<(), Box<dyn Error>> {
    execute(database, CROWD)
}

fn execute(database: &Path, rows: &str) -> Result<(), Box<dyn Error>> {
    let mut connection = SqliteConnection::establish(&database.display().to_string())?;
    connection.batch_execute(rows)?;
    Ok(())
}
