//! What is held of a person: shown to them whole and without anybody else's, and gone when they are erased.

use serde_json::Value;

use super::Home;
use super::hashing::{PASSWORD, before_the_password, home as hashing_home};
use crate::harness::rows::Everything;

/// Everything of the database, as one text by table; without the events, whose bodies hold ids alone and are never changed.
fn tables(home: &Home) -> Vec<(String, String)> {
    let rows = Everything::open(&home.database).all();
    rows.into_iter()
        .filter(|(table, _)| table != "audit_events")
        .map(|(table, rows)| (table, format!("{rows:?}").to_lowercase()))
        .collect()
}

fn id_of(home: &Home, email: &str) -> String {
    let exported = home.program.json(&["users", "export", "--tenant", "acme", email]);
    exported["account"]["id"].as_str().expect("an id").to_owned()
}

/// P144: everything of theirs, nothing that opens something, nothing of anybody else.
#[tokio::test]
async fn p144_an_export_holds_no_secret_and_nobody_else() {
    let home = hashing_home();
    let serving = home.program.serve();
    for email in ["ada@acme.example", "nobody@acme.example"] {
        let (jar, page) = before_the_password(&serving, (email, "acme")).await;
        jar.submit(&page, &[("password", PASSWORD)]).await;
    }
    serving.kill();
    let exported = home.program.json(&["users", "export", "--tenant", "acme", "ada@acme.example"]);
    assert_eq!(exported["account"]["email"], "ada@acme.example");
    assert_eq!(exported["factors"]["password"], true);
    assert_eq!(exported["sessions"].as_array().map(Vec::len), Some(1), "{exported}");
    let signed_in = exported["history"].as_array().expect("a list").iter();
    assert!(signed_in.clone().any(|event| event["what"] == "session.sign_in" && event["by"] == "you"));
    let text = exported.to_string();
    for secret in ["argon2", "$2b$", "bob@acme", "cat@acme", "hash", "system_user"] {
        assert!(!text.contains(secret), "{secret}: {text}");
    }
    // Everybody else's id stands nowhere in it.
    let other = "cat@acme.example";
    assert!(!text.contains(&id_of(&home, other)), "{other}");
    let elsewhere = home.program.run(&["users", "export", "--tenant", "platform", "ada@acme.example"]);
    assert_eq!(elsewhere.code, Some(1), "the person of another tenant");
}

/// P145: nothing of the person is left anywhere, and the chain verifies.
#[tokio::test]
async fn p145_an_erased_person_is_nowhere_and_the_record_is_whole() {
    let home = hashing_home();
    home.program.write("people.csv", "email,name,phone_number\nzora@acme.example,Zora Hurston,+1 555 0100\n");
    home.program.ok(&["users", "import", "--tenant", "acme", "people.csv", "--yes"]);
    let id = id_of(&home, "zora@acme.example");
    let mentions = |home: &Home| -> Vec<String> {
        let found = tables(home)
            .into_iter()
            .filter(|(_, text)| ["zora", "hurston", "555 0100"].iter().any(|word| text.contains(word)));
        found.map(|(table, _)| table).collect()
    };
    assert_eq!(mentions(&home), ["audit_personal", "users"]);
    assert_eq!(
        home.program.run(&["users", "erase", "--tenant", "acme", &id]).code,
        Some(64),
        "without --yes"
    );
    let erased: Value =
        home.program.json(&["users", "erase", "--tenant", "acme", "zora@acme.example", "--yes", "--json"]);
    assert_eq!(erased["erased"], true);
    assert_eq!(mentions(&home), Vec::<String>::new());
    for command in ["export", "suspend", "delete"] {
        let again = home.program.run(&["users", command, "--tenant", "acme", "zora@acme.example"]);
        assert_eq!(again.code, Some(1), "{command}");
    }
    let back = home.program.run(&["users", "restore", "--tenant", "acme", &id]);
    assert_eq!(back.code, Some(1), "nothing brings them back");
    // Once more takes nothing from anybody else.
    let facts = home.count("audit_personal");
    assert!(facts > 0);
    home.program.run(&["users", "erase", "--tenant", "acme", &id, "--yes"]);
    assert_eq!(home.count("audit_personal"), facts);
    home.program.ok(&["audit", "verify"]);
    // The address is free: whoever comes with it is a new person.
    home.program.ok(&["users", "import", "--tenant", "acme", "people.csv", "--yes"]);
    assert_ne!(id_of(&home, "zora@acme.example"), id);
}

/// P145: a person who signed in is erased, with sessions and tokens; others stay as they are.
#[tokio::test]
async fn p145_whoever_is_erased_is_signed_out_and_nobody_else_is_touched() {
    let home = hashing_home();
    let last = home.program.run(&["users", "erase", "--tenant", "acme", "ada@acme.example", "--yes"]);
    assert_eq!(last.code, Some(1), "the last owner stays: {last:?}");
    home.program.ok(&["users", "resume", "--tenant", "acme", "bob@acme.example"]);
    let serving = home.program.serve();
    let (jar, page) = before_the_password(&serving, ("bob@acme.example", "acme")).await;
    let inside = jar.submit(&page, &[("password", PASSWORD)]).await;
    assert!(inside.has("page-home"), "{inside:?}");
    let id = id_of(&home, "bob@acme.example");
    let others = home.count("users");
    home.program.ok(&["users", "erase", "--tenant", "acme", "bob@acme.example", "--yes"]);
    assert_eq!((home.count("users"), home.count(&format!("sessions WHERE user_id = '{id}'"))), (others, 0));
    assert_eq!(home.count(&format!("users WHERE id = '{id}' AND email = '' AND status = 'deleted'")), 1);
    let (jar, page) = before_the_password(&serving, ("bob@acme.example", "acme")).await;
    let refused = jar.submit(&page, &[("password", PASSWORD)]).await;
    assert!(refused.has("password-problem"), "{refused:?}");
    let (jar, page) = before_the_password(&serving, ("ada@acme.example", "acme")).await;
    assert!(jar.submit(&page, &[("password", PASSWORD)]).await.has("page-home"));
    serving.kill();
    home.program.ok(&["audit", "verify"]);
}

#[test]
fn a_deleted_account_comes_back_by_its_id_without_anything_that_opens_it() {
    let home = hashing_home();
    let last = home.program.run(&["users", "delete", "--tenant", "acme", "ada@acme.example"]);
    assert_eq!(last.code, Some(1), "the last owner stays");
    let deleted = home.program.json(&["users", "delete", "--tenant", "acme", "bob@acme.example", "--json"]);
    let id = deleted["user"].as_str().expect("an id").to_owned();
    assert_eq!(home.program.run(&["users", "delete", "--tenant", "acme", "bob@acme.example"]).code, Some(1));
    home.program.ok(&["users", "restore", "--tenant", "acme", &id]);
    assert_eq!(home.count(&format!("passwords WHERE user_id = '{id}'")), 0);
    assert_eq!(home.program.run(&["users", "restore", "--tenant", "acme", &id]).code, Some(1), "it is there");
    home.program.ok(&["users", "suspend", "--tenant", "acme", "bob@acme.example"]);
}
