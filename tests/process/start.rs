//! `init`, `migrate` and `serve`: from nothing to a server that answers.

use std::os::unix::fs::PermissionsExt as _;

use symbolon::storage::migrate;

use super::Home;
use crate::harness::database::{SERVER, TestDatabase, on_postgres};
use crate::harness::jar::Jar;
use crate::harness::program::Program;
use crate::harness::rows::Everything;
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
    let announced = owner.run(&["migrate", "--check"]).out;
    let applied = owner.ok(&["migrate"]).out;
    if on_postgres() {
        assert_eq!(announced.replace("to apply: ", "applied: "), applied);
    }
    assert!(applied.starts_with("applied: ") && applied.contains("-000001_initial\n"), "{applied}");
    for again in [&["migrate"][..], &["migrate", "--check"]] {
        assert_eq!(owner.ok(again).out, "the schema is up to date\n");
    }
    assert!(migrate::pending(&database.url).expect("it answers").is_empty());
    program.ok(&["init"]);
    program.serve().kill();
}

/// D24: who migrates without `database.serving_role` has not given anybody rights. Each command says who gives them, and
/// a supervisor does not try again.
#[test]
fn d24_a_role_without_rights_is_told_who_gives_them() {
    let database = TestDatabase::unmigrated();
    let plain =
        Program::new().on(&database.url).set("keys.master_key", master_key().to_text().expose().trim());
    let owner = Program::new().on(&database.owner_url);
    let serve = &["serve", "--listen", "127.0.0.1:0"][..];
    let refused = |arguments: &[&str], words: &str| {
        let ended = plain.run(arguments);
        assert_eq!(ended.code, Some(78), "{arguments:?}: {ended:?}");
        let remedy = format!("database.serving_role={SERVER}");
        for words in [words, SERVER, "symbolon migrate", "owner of the tables", &remedy] {
            assert!(ended.err.contains(words), "{arguments:?} does not say {words}: {ended:?}");
        }
        assert!(!ended.err.contains("permission denied"), "{ended:?}");
    };
    if !on_postgres() {
        // No roles: whoever has the file migrates it, and the setting changes nothing.
        plain.ok(&["migrate", "--set", "database.serving_role=nobody"]);
        plain.ok(&["init"]);
        return;
    }
    refused(&["migrate"], "may not change the schema");
    // The owner would take its own rights.
    for role in ["no-such-role", &database.owner_url.role().expect("the owner")] {
        let nobody = owner.run(&["migrate", "--set", &format!("database.serving_role={role}")]);
        assert_eq!(nobody.code, Some(78), "{nobody:?}");
        let words = format!("database.serving_role: PostgreSQL has no role `{role}` beside");
        assert!(nobody.err.contains(&words), "{nobody:?}");
    }
    assert_eq!(owner.run(&["migrate", "--check"]).code, Some(2), "nothing was changed");

    assert!(owner.ok(&["migrate"]).err.contains("database.serving_role"));
    for arguments in [serve, &["init"], &["keys", "list"], &["migrate", "--check"], &["export"]] {
        refused(arguments, "has no rights here");
    }
    refused(&["migrate"], "may not change the schema");
    let serving = format!("database.serving_role={SERVER}");
    let granting = &["migrate", "--set", &serving][..];
    owner.ok(granting);
    plain.ok(&["init"]);

    // A later release brings a table, and is migrated without the setting; and a role that was made for looking on.
    for (taken, arguments, words) in [
        (format!("REVOKE ALL ON leases FROM {SERVER}"), &["migrate", "--check"][..], "has no rights here"),
        (format!("REVOKE INSERT ON ALL TABLES IN SCHEMA public FROM {SERVER}"), serve, "may not add to it"),
    ] {
        Everything::open(&database).tamper(&taken);
        let ended = plain.run(arguments);
        assert_eq!(ended.code, Some(78), "{taken}: {ended:?}");
        assert!(
            ended.err.contains(words) && ended.err.contains("database.serving_role"),
            "{taken}: {ended:?}"
        );
        owner.ok(granting);
        plain.ok(&["keys", "list"]);
    }
    plain.serve().kill();
}

/// A program that is older than its data would not be noticed; one that is newer is. On SQLite `serve` migrates by itself, as
/// the test above holds.
#[test]
#[ignore = "PostgreSQL only"]
fn one_missing_migration_is_enough_to_refuse() {
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
