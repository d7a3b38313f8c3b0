//! A database on a PostgreSQL that the script started, with an owner and a serving role (D24).

use std::error::Error;

use diesel::connection::SimpleConnection;
use diesel::{Connection, PgConnection};
use url::Url;

use crate::deployment::SECRET;

/// The role that `serve` signs in as.
pub(crate) const SERVING_ROLE: &str = "bench_serving";

/// How the owner and the serving role connect.
pub(crate) struct Urls {
    pub(crate) owner: String,
    pub(crate) serving: String,
}

/// Makes them as the superuser of this URL.
pub(crate) fn roles_and_database(admin: &str) -> Result<Urls, Box<dyn Error>> {
    let mut connection = PgConnection::establish(admin)?;
    connection.batch_execute(&format!("CREATE ROLE bench_owner LOGIN PASSWORD '{SECRET}'"))?;
    connection.batch_execute(&format!("CREATE ROLE {SERVING_ROLE} LOGIN PASSWORD '{SECRET}'"))?;
    connection.batch_execute("CREATE DATABASE bench OWNER bench_owner")?;
    let url = |role: &str| -> Result<String, Box<dyn Error>> {
        let mut url = Url::parse(admin)?;
        url.set_path("/bench");
        url.set_username(role).map_err(|()| "a URL without a user")?;
        url.set_password(Some(SECRET)).map_err(|()| "a URL without a password")?;
        Ok(url.into())
    };
    Ok(Urls { owner: url("bench_owner")?, serving: url(SERVING_ROLE)? })
}
