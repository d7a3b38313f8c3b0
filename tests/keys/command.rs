//! `symbolon keys`, run as an operator runs it beside a server.

use std::process::{Command, Output};

use serde_json::Value;
use symbolon::crypto::master_key::MasterKey;
use symbolon::effects::SystemRandom;

use super::rig::{Rig, kids};

struct Operator {
    folder: tempfile::TempDir,
    database: String,
    master_key: String,
}

impl Operator {
    fn of(rig: &Rig, master: &MasterKey) -> Self {
        Self {
            folder: tempfile::tempdir().unwrap(),
            database: rig.database_url(),
            master_key: master.to_text().expose().trim().to_owned(),
        }
    }

    fn run(&self, arguments: &[&str]) -> Output {
        Command::new(env!("CARGO_BIN_EXE_symbolon"))
            .arg("keys")
            .args(arguments)
            .current_dir(self.folder.path())
            .env_clear()
            .env("SYMBOLON_DATABASE__URL", &self.database)
            .env("SYMBOLON_KEYS__MASTER_KEY", &self.master_key)
            .output()
            .expect("the program runs")
    }

    fn json(&self, arguments: &[&str]) -> Value {
        let output = self.run(arguments);
        assert!(output.status.success(), "{output:?}");
        serde_json::from_slice(&output.stdout).unwrap()
    }
}

#[tokio::test]
async fn keys_are_listed_rotated_and_revoked_from_the_command_line() {
    let rig = Rig::new().await;
    let node = rig.node().await;
    let operator = Operator::of(&rig, &rig.master);
    let first = rig.keys(&node).tokens().kid().to_owned();

    let listed = operator.json(&["list", "--json"]);
    assert_eq!(listed.as_array().unwrap().len(), 4);
    let active = listed.as_array().unwrap().iter().find(|key| key["kid"] == first).unwrap();
    assert_eq!((&active["state"], &active["purpose"]), (&"active".into(), &"tokens".into()));
    let table = operator.run(&["list"]);
    let table = String::from_utf8(table.stdout).unwrap();
    assert!(table.lines().count() == 5 && table.starts_with("KID") && table.contains(&first), "{table}");

    let rotated = operator.json(&["rotate", "--json"]);
    assert_eq!(rotated["retired"], first);
    rig.poll(&node).await;
    assert_eq!(rotated["active"], rig.keys(&node).tokens().kid());

    let stolen = rotated["active"].as_str().unwrap();
    let revoked = operator.json(&["revoke", stolen, "--json"]);
    assert_eq!(revoked["active"], rotated["next"]);
    rig.poll(&node).await;
    assert!(!kids(&rig.keys(&node)).contains(&stolen.to_owned()));
    assert_eq!(rig.events(9).await, ["key.revoked", "key.activated", "key.created"]);

    for (arguments, code) in [
        (&["revoke", stolen][..], 1),
        (&["revoke", "nobody"], 1),
        (&["revoke", "-dash"], 1),
        (&["revoke"], 64),
    ] {
        assert_eq!(operator.run(arguments).status.code(), Some(code), "{arguments:?}");
    }
    let feed = operator.json(&["rotate", "--purpose", "revocations", "--json"]);
    assert_eq!(feed["purpose"], "revocations");
}

/// A key sealed under another master key would stop every server at its next look.
#[tokio::test]
async fn another_master_key_makes_no_keys() {
    let rig = Rig::new().await;
    let node = rig.node().await;
    let first = rig.keys(&node).tokens().kid().to_owned();
    let stranger = Operator::of(&rig, &MasterKey::generate(&SystemRandom));
    assert_eq!(stranger.run(&["rotate"]).status.code(), Some(78));
    assert_eq!(stranger.run(&["revoke", &first]).status.code(), Some(78));
    rig.poll(&node).await;
    assert_eq!(rig.keys(&node).tokens().kid(), first);
}
