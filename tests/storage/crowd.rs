//! The people of the benchmark, more than a million. `make bench` is too long for every run; that its rows still fit the tables is not.

use diesel::connection::SimpleConnection;
use diesel::{Connection, SqliteConnection};
use symbolon::model::secret::Secret;
use symbolon::storage::records::{passwords, users};
use symbolon::storage::{Database, DatabaseUrl, migrate};

use super::{call, count_users, tenant, user};

const CROWD: &str = include_str!("../../benches/speed/crowd.sql");
const COLLEAGUES: &str = include_str!("../../benches/speed/people.sql");

#[tokio::test]
async fn the_rows_that_the_benchmark_fills_in_fit_the_tables() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let file = folder.path().join("symbolon.sqlite3").display().to_string();
    let url = DatabaseUrl::Sqlite(file.clone());
    migrate::run(&url, None).expect("the schema migrates");
    let database = Database::open(&url, 2).expect("the database opens");
    let bench = tenant(&database, "bench").await;
    let ada = user(bench.tenant().id, "ada@bench.example");
    database
        .write(&bench, move |tx| {
            users::insert(tx, &ada)?;
            passwords::put(tx, ada.id, &Secret::new("$argon2id$".to_owned()), call().now)
        })
        .await
        .expect("the one person that is copied");

    for rows in [CROWD, COLLEAGUES] {
        let few = rows.replace("i < 1000", "i < 3");
        assert_ne!(few, rows, "the bound stands in the rows by this text");
        let mut conn = SqliteConnection::establish(&file).expect("the file opens");
        conn.batch_execute(&few).expect("the rows fit the tables");
    }

    assert_eq!(count_users(&database, &bench).await, 1 + 3 + 3, "three of each beside the one who was there");
}
