//! `init`, `migrate` and `serve`: from nothing to a server that answers.

use std::os::unix::fs::PermissionsExt as _;

use symbolon::storage::migrate;

use super::Home;
use crate::harness::database::{SERVER, TestDatabase, on_postgres};
use crate::harness::jar::Jar;
use crate::harness::program::Program;
use crate::harness::server::master_key;

#[tokio::test]
async fn init_prints_a_link_that_makes_the_first_owner_once() {
    let home = Home::empty();
    let said = home.program.ok(&["init"]).out;
    let link = said.split_whitespace().find(|word| word.contains("/setup?token=")).expect("a link");
    assert!(said.contains("within an hour"), "{said}");
    let mode = |name: &str| {
        let data = std::fs::metadata(home.program.folder().join(name)).expect("it is there");
        data.permissions().mode() & 0o777
    };
    assert_eq!((mode("data"), mode("data/master.key")), (0o700, 0o600));

    // Again: the first link is dead, and nothing else changed.
    let key = std::fs::read(home.program.folder().join("data/master.key")).expect("the key");
    let again = home.program.json(&["init", "--json"]);
    assert_eq!(std::fs::read(home.program.folder().join("data/master.key")).expect("the key"), key);
    let fresh = again["setup_url"].as_str().expect("a link");
    assert_ne!(fresh, link);

    let serving = home.program.serve();
    let jar = Jar::at(&serving.url(""), "http://localhost:8080");
    assert_eq!(jar.get("/readyz").await.status, 200);
    let page = jar.open(link).await;
    assert_eq!(page.marker().as_deref(), Some("page-error"), "{page:#?}");
    let page = jar.open(fresh).await;
    assert_eq!(page.marker().as_deref(), Some("page-setup"), "{page:#?}");
    let owner = [("email", "op@symbolon.example"), ("password", "an operator on a green hill")];
    let done = jar.submit(&page, &owner).await;
    assert!(done.status.is_success(), "{done:#?}");
    assert_ne!(done.marker().as_deref(), Some("page-setup"), "{done:#?}");

    let none = home.program.json(&["init", "--json"]);
    assert!(none["setup_url"].is_null(), "there is an owner: {none}");
    drop(serving);
}

#[test]
fn without_init_there_is_nothing_to_serve() {
    let home = Home::empty();
    let refused = home.program.run(&["serve", "--listen", "127.0.0.1:0"]);
    assert_eq!(refused.code, Some(78), "{refused:?}");
    assert!(refused.err.contains("symbolon init"), "{refused:?}");
}

#[test]
fn an_old_schema_is_migrated_or_refused_by_the_command_that_mends_it() {
    let database = TestDatabase::unmigrated();
    let program = Program::new().on(&database.url);
    let check = |program: &Program| program.run(&["migrate", "--check"]).code;
    let owner = Program::new().on(&database.owner_url).set("database.serving_role", SERVER);
    assert_eq!(check(&owner), Some(2));
    if on_postgres() {
        for arguments in [&["init"][..], &["serve", "--listen", "127.0.0.1:0"], &["keys", "list"]] {
            let refused = program.run(arguments);
            assert_eq!(refused.code, Some(78), "{arguments:?}: {refused:?}");
            assert!(refused.err.contains("symbolon migrate"), "{arguments:?}: {refused:?}");
        }
    }
    let applied = owner.ok(&["migrate"]);
    assert!(applied.out.contains("applied: "), "{applied:?}");
    assert_eq!(check(&owner), Some(0));
    assert!(owner.ok(&["migrate"]).out.contains("up to date"));
    assert!(migrate::pending(&database.url).expect("it answers").is_empty());
    program.ok(&["init"]);
    program.serve().kill();
}

/// A program that is older than its data would not be noticed; one that is newer is.
#[test]
fn one_missing_migration_is_enough_to_refuse() {
    if !on_postgres() {
        // On SQLite `serve` migrates by itself; the test above holds that.
        return;
    }
    let home = Home::new();
    home.tamper(
        "DELETE FROM __diesel_schema_migrations WHERE version = (SELECT max(version) FROM __diesel_schema_migrations)",
    );
    let refused = home.program.run(&["serve", "--listen", "127.0.0.1:0"]);
    assert_eq!(refused.code, Some(78), "{refused:?}");
    assert!(refused.err.contains("symbolon migrate") && refused.err.contains("1 to apply"), "{refused:?}");
}

#[test]
fn a_database_that_is_away_is_told_apart_from_a_wrong_setting() {
    // A key of its own, so that nothing but the database is missing.
    let program = Program::new()
        .set("keys.master_key", master_key().to_text().expose().trim())
        .set("database.url", "postgres://u:a-password-of-some-length@127.0.0.1:1/none");
    for arguments in [&["init"][..], &["serve", "--listen", "127.0.0.1:0"], &["keys", "list"], &["migrate"]] {
        let ended = program.run(arguments);
        assert_eq!(ended.code, Some(69), "{arguments:?}: {ended:?}");
        assert!(!ended.err.contains("a-password-of-some-length"), "{ended:?}");
    }
}
