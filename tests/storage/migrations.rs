//! Migrations: complete, and harmless when they run again.

use symbolon::storage::{DatabaseUrl, migrate};

use crate::harness::database::TestDatabase;

#[test]
fn migrating_twice_changes_nothing() {
    let home = TestDatabase::new();
    assert_eq!(migrate::pending(&home.owner_url).expect("a list"), Vec::<String>::new());
    assert_eq!(migrate::run(&home.owner_url, None).expect("a second run"), Vec::<String>::new());
}

#[test]
fn a_url_names_its_database_by_scheme_and_hides_its_password() {
    let url: DatabaseUrl = "postgres://symbolon:hunter2hunter2@db/id".parse().expect("a URL");
    assert!(matches!(url, DatabaseUrl::Postgres(_)));
    assert!(!format!("{url:?}").contains("hunter2"));
    assert_eq!(url.role().as_deref(), Some("symbolon"));
    assert!(
        matches!("sqlite:data/id.sqlite3".parse(), Ok(DatabaseUrl::Sqlite(path)) if path == "data/id.sqlite3")
    );
    assert!("mysql://x/y".parse::<DatabaseUrl>().is_err());
}

/// The server being away must not open a SQLite file of that name.
#[test]
fn an_unreachable_postgres_is_an_error_and_not_a_file() {
    let url: DatabaseUrl = "postgres://nobody@127.0.0.1:1/nowhere".parse().expect("a URL");
    assert!(migrate::pending(&url).is_err());
    assert!(!std::path::Path::new("postgres:").exists());
}
