//! `symbolon keys`, run as an operator runs it beside a server.

use symbolon::crypto::master_key::MasterKey;
use symbolon::effects::SystemRandom;

use super::rig::{Rig, kids};
use crate::harness::program::Program;

/// The command beside this rig's data, under this master key.
fn beside(rig: &Rig, master: &MasterKey) -> Program {
    Program::new()
        .set("database.url", rig.database_url())
        .set("keys.master_key", master.to_text().expose().trim())
}

#[tokio::test]
async fn keys_are_listed_rotated_and_revoked_from_the_command_line() {
    let rig = Rig::new().await;
    let node = rig.node().await;
    let operator = beside(&rig, &rig.master);
    let first = rig.keys(&node).tokens().kid().to_owned();

    let listed = operator.json(&["keys", "list", "--json"]);
    assert_eq!(listed.as_array().unwrap().len(), 4);
    let active = listed.as_array().unwrap().iter().find(|key| key["kid"] == first).unwrap();
    assert_eq!((&active["state"], &active["purpose"]), (&"active".into(), &"tokens".into()));
    let table = operator.ok(&["keys", "list"]).out;
    assert!(table.lines().count() == 5 && table.starts_with("KID") && table.contains(&first), "{table}");

    let rotated = operator.json(&["keys", "rotate", "--json"]);
    assert_eq!(rotated["retired"], first);
    rig.poll(&node).await;
    assert_eq!(rotated["active"], rig.keys(&node).tokens().kid());

    let stolen = rotated["active"].as_str().unwrap();
    let revoked = operator.json(&["keys", "revoke", stolen, "--json"]);
    assert_eq!(revoked["active"], rotated["next"]);
    rig.poll(&node).await;
    assert!(!kids(&rig.keys(&node)).contains(&stolen.to_owned()));
    assert_eq!(rig.events(9).await, ["key.revoked", "key.activated", "key.created"]);

    for (arguments, code) in [
        (&["keys", "revoke", stolen][..], 1),
        (&["keys", "revoke", "nobody"], 1),
        (&["keys", "revoke", "-dash"], 1),
        (&["keys", "revoke"], 64),
    ] {
        assert_eq!(operator.run(arguments).code, Some(code), "{arguments:?}");
    }
    let feed = operator.json(&["keys", "rotate", "--purpose", "revocations", "--json"]);
    assert_eq!(feed["purpose"], "revocations");
}

/// A key sealed under another master key would stop every server at its next look.
#[tokio::test]
async fn another_master_key_makes_no_keys() {
    let rig = Rig::new().await;
    let node = rig.node().await;
    let first = rig.keys(&node).tokens().kid().to_owned();
    let stranger = beside(&rig, &MasterKey::generate(&SystemRandom));
    assert_eq!(stranger.run(&["keys", "rotate"]).code, Some(78));
    assert_eq!(stranger.run(&["keys", "revoke", &first]).code, Some(78));
    rig.poll(&node).await;
    assert_eq!(rig.keys(&node).tokens().kid(), first);
}
