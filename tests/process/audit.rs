//! `audit verify`, `export` and `checkpoint` on chains that somebody with
//! access to the database has changed (P136, P137).

use std::time::Duration;

use serde_json::Value;
use symbolon::model::audit::{ChainedEvent, canonical};
use symbolon::model::digest::sha256_hex;

use super::Home;
use crate::harness::wait::until;

/// The chain that is tampered with, in SQL.
const CHAIN: &str = "tenant_id = (SELECT id FROM tenants WHERE slug = 'platform')";

impl Home {
    fn verify(&self, more: &[&str]) -> (Option<i32>, String) {
        let ended = self.program.run(&[&["audit", "verify", "--tenant", "platform"], more].concat());
        (ended.code, ended.out)
    }

    fn assert_sound(&self, more: &[&str]) {
        let (code, said) = self.verify(more);
        assert!(code == Some(0) && said.contains("platform: ") && said.contains("sound"), "{said}");
    }

    fn assert_tampered(&self, more: &[&str], fault: &str) {
        let (code, said) = self.verify(more);
        assert_eq!(code, Some(1), "{fault}: {said}");
        assert!(said.contains("platform: TAMPERED WITH: ") && said.contains(fault), "{fault}: {said}");
    }

    /// The chain as it is exported; the export is one more event.
    fn exported(&self) -> Vec<ChainedEvent> {
        let lines = self.program.ok(&["audit", "export", "--tenant", "platform"]).out;
        lines.lines().map(|line| serde_json::from_str(line).expect("an event")).collect()
    }
}

#[test]
fn p136_a_changed_missing_inserted_or_reordered_event_is_named() {
    let home = Home::new();
    home.assert_sound(&[]);
    home.tamper("CREATE TABLE saved AS SELECT * FROM audit_events");
    for (what, statements, fault) in [
        ("changed", "UPDATE audit_events SET body = replace(body, 'success', 'denied') WHERE {} AND seq = 3", "event 3 was changed"),
        ("changed with its hash", "UPDATE audit_events SET hash = (SELECT hash FROM saved WHERE {} AND seq = 2) WHERE {} AND seq = 3", "event 3 was changed"),
        ("missing", "DELETE FROM audit_events WHERE {} AND seq = 3", "event 3 is missing"),
        (
            "inserted",
            "UPDATE audit_events SET seq = seq + 1000 WHERE {} AND seq >= 3;
             INSERT INTO audit_events SELECT tenant_id, 3, at, kind, body, hash, user_id FROM saved WHERE {} AND seq = 2;
             UPDATE audit_events SET seq = seq - 999 WHERE {} AND seq > 1000",
            "event 3 was changed",
        ),
        (
            "reordered",
            "UPDATE audit_events SET seq = -3 WHERE {} AND seq = 3; UPDATE audit_events SET seq = 3 WHERE {} AND seq = 4;
             UPDATE audit_events SET seq = 4 WHERE {} AND seq = -3",
            "event 3 was changed",
        ),
        (
            "inserted behind the end",
            "INSERT INTO audit_events SELECT tenant_id, seq + 1000, at, kind, body, hash, user_id FROM saved WHERE {} AND seq = 3",
            "event 1003 was inserted",
        ),
        (
            "inserted before the first",
            "INSERT INTO audit_events SELECT tenant_id, 0, at, kind, body, hash, user_id FROM saved WHERE {} AND seq = 3",
            "event 0 was inserted",
        ),
        ("another kind beside it", "UPDATE audit_events SET kind = 'audit.read' WHERE {} AND seq = 3", "the time or kind beside event 3"),
        ("another time beside it", "UPDATE audit_events SET at = '2020-01-01 00:00:00' WHERE {} AND seq = 3", "the time or kind beside event 3"),
        ("personal facts", "UPDATE audit_personal SET facts = '{}' WHERE tenant_id IN (SELECT id FROM tenants) AND seq = 3", "the personal facts beside event 3"),
    ] {
        let statements = if what == "personal facts" { statements.to_owned() } else { statements.replace("{}", CHAIN) };
        home.tamper(&statements);
        home.assert_tampered(&[], fault);
        if what != "personal facts" {
            home.tamper("DELETE FROM audit_events; INSERT INTO audit_events SELECT * FROM saved");
            home.assert_sound(&[]);
        }
    }
}

#[test]
fn p136_an_exported_chain_is_verified_without_the_database() {
    let home = Home::new();
    let events = home.exported();
    let verdict = |change: &dyn Fn(&mut Vec<ChainedEvent>)| {
        let mut changed = events.clone();
        change(&mut changed);
        let lines: Vec<String> =
            changed.iter().map(|event| serde_json::to_string(event).expect("JSON")).collect();
        home.program.write("chain.jsonl", &lines.join("\n"));
        home.verify(&["--file", "chain.jsonl"])
    };
    let said = |found: (Option<i32>, String), fault: &str| {
        assert!(found.0 == Some(1) && found.1.contains(fault), "{fault}: {found:?}");
    };
    assert_eq!(verdict(&|_| {}).0, Some(0));
    said(verdict(&|chain| chain[2].body = chain[2].body.replace("success", "denied")), "event 3 was changed");
    said(verdict(&|chain| drop(chain.remove(2))), "event 3 is missing");
    said(verdict(&|chain| chain.insert(2, chain[1].clone())), "event 2 stands at the place of event 3");
    said(verdict(&|chain| chain.swap(2, 3)), "event 3 is missing");
    // Without the facts about people the chain still verifies, and says how many were left out.
    let (code, whole) = verdict(&|chain| chain.iter_mut().for_each(|event| event.personal = None));
    assert!(code == Some(0) && whole.contains(" without the facts about people"), "{whole}");
    home.program.write("broken.jsonl", "{\"seq\": 1");
    let broken = home.program.run(&["audit", "verify", "--tenant", "platform", "--file", "broken.jsonl"]);
    assert!(broken.code == Some(1) && broken.err.contains("broken.jsonl:1:"), "{broken:?}");
}

/// The chain built anew with one event told otherwise: every hash is right.
fn rebuilt(events: &[ChainedEvent]) -> Vec<ChainedEvent> {
    let mut prev = events[0].hash.clone();
    let mut forged = vec![events[0].clone()];
    for event in &events[1..] {
        let mut body: Value = serde_json::from_str(&event.body).expect("JSON");
        body["prev"] = prev.into();
        body["result"] = "denied".into();
        let body = canonical(&body).expect("canonical JSON");
        let hash = sha256_hex(body.as_bytes());
        prev = hash.clone();
        forged.push(ChainedEvent { body, hash, ..event.clone() });
    }
    forged
}

#[test]
fn p137_a_checkpoint_kept_elsewhere_finds_a_cut_and_a_rebuilt_chain() {
    let home = Home::new();
    let events = home.exported();
    let last = events.len();
    home.program.ok(&["audit", "checkpoint", "--tenant", "platform", "--output", "kept.jws"]);
    let kept = ["--checkpoint", "kept.jws"];
    home.assert_sound(&kept);
    home.tamper(
        "CREATE TABLE saved AS SELECT * FROM audit_events; CREATE TABLE head AS SELECT * FROM audit_heads",
    );

    // Whoever can write the database moves the head back too.
    let cut = last - 3;
    home.tamper(&format!(
        "DELETE FROM audit_events WHERE {CHAIN} AND seq > {cut}; UPDATE audit_heads SET seq = {cut}, hash = '{}' WHERE {CHAIN}",
        events[cut - 1].hash
    ));
    home.assert_sound(&[]);
    home.assert_tampered(
        &kept,
        &format!("the chain was cut: it has {cut} events, and a signed checkpoint states {last}"),
    );

    home.tamper("DELETE FROM audit_events; INSERT INTO audit_events SELECT * FROM saved");
    for event in rebuilt(&events) {
        home.tamper(&format!(
            "UPDATE audit_events SET body = '{}', hash = '{}' WHERE {CHAIN} AND seq = {}",
            event.body.replace('\'', "''"),
            event.hash,
            event.seq
        ));
    }
    let head = &rebuilt(&events)[last - 1];
    home.tamper(&format!("UPDATE audit_heads SET seq = {last}, hash = '{}' WHERE {CHAIN}", head.hash));
    home.assert_sound(&[]);
    home.assert_tampered(&kept, "the chain was rebuilt: a signed checkpoint states another event");

    // A checkpoint that is not ours is a fault by itself.
    let text = std::fs::read_to_string(home.program.folder().join("kept.jws")).expect("the checkpoint");
    home.program.write("forged.jws", &text.replacen("ey", "eY", 1));
    let forged = home.program.run(&["audit", "verify", "--tenant", "platform", "--checkpoint", "forged.jws"]);
    assert!(
        forged.code == Some(1) && forged.out.contains("no checkpoint that a key of this deployment signed"),
        "{forged:?}"
    );
}

/// Whoever takes every trace of a tenant away takes the head too.
#[test]
fn p136_a_chain_that_is_gone_is_not_sound() {
    let home = Home::new();
    home.tamper(&format!("DELETE FROM audit_personal WHERE {CHAIN}; DELETE FROM audit_events WHERE {CHAIN}"));
    home.assert_tampered(&[], "it has 0 events, and its head counts");
    home.tamper(&format!("DELETE FROM audit_heads WHERE {CHAIN}"));
    home.assert_tampered(&[], "it has no events");
}

/// The head is moved back, and the events behind it stay.
#[test]
fn p136_a_head_that_was_moved_back_is_found() {
    let home = Home::new();
    let events = home.exported();
    home.tamper(&format!("UPDATE audit_heads SET seq = 2, hash = '{}' WHERE {CHAIN}", events[1].hash));
    home.assert_tampered(&[], "event 3 was inserted: the head does not count it");
}

/// P025: the emergency in which a key is revoked is when the trail is needed most.
#[test]
fn p137_checkpoints_of_a_revoked_key_still_find_a_cut_and_stop_nothing() {
    let home = Home::new();
    let last = home.exported().len();
    home.program.ok(&["audit", "checkpoint", "--tenant", "platform", "--output", "kept.jws"]);
    let statement = std::fs::read_to_string(home.program.folder().join("kept.jws")).expect("the checkpoint");
    home.tamper(&format!(
        "INSERT INTO audit_checkpoints SELECT id, {last}, created_at, '{}' FROM tenants WHERE slug = 'platform'",
        statement.trim()
    ));
    let listed = home.program.ok(&["keys", "list", "--json"]).out;
    let keys: Value = serde_json::from_str(&listed).expect("JSON");
    let active = keys.as_array().expect("a list").iter();
    let active = active
        .filter(|key| key["purpose"] == "tokens" && key["state"] == "active")
        .map(|key| key["kid"].as_str().expect("a name").to_owned())
        .next()
        .expect("an active key");
    home.program.ok(&["keys", "revoke", &active]);

    let all = home.program.ok(&["audit", "verify", "--checkpoint", "kept.jws", "--tenant", "platform"]);
    assert!(all.out.contains("sound"), "{all:?}");
    assert_eq!(all.err.matches("was signed by a key that is revoked").count(), 2, "{all:?}");
    home.program.ok(&["audit", "checkpoint", "--tenant", "platform", "--output", "new.jws"]);
    home.assert_sound(&["--checkpoint", "new.jws"]);

    let events = home.exported();
    let cut = last - 1;
    home.tamper(&format!(
        "DELETE FROM audit_events WHERE {CHAIN} AND seq > {cut};
         UPDATE audit_heads SET seq = {cut}, hash = '{}' WHERE {CHAIN}",
        events[cut - 1].hash
    ));
    home.assert_tampered(&[], &format!("a signed checkpoint states {last}"));
}

/// D22: the schedule writes checkpoints to a folder by itself, and `audit verify` looks there.
#[tokio::test]
async fn p137_checkpoints_are_kept_outside_by_themselves() {
    let mut home = Home::new();
    home.program = home.program.set("audit.checkpoint_dir", "kept");
    let folder = home.program.folder().join("kept");
    std::fs::create_dir(&folder).expect("a folder");
    let serving = home.program.serve();
    until(Duration::from_secs(20), "a checkpoint is kept", async || {
        std::fs::read_dir(&folder).expect("the folder").any(|entry| {
            let name = entry.expect("an entry").file_name().into_string().expect("text");
            name.starts_with("platform-")
        })
    })
    .await;
    serving.kill();
    home.assert_sound(&[]);

    // Everything in the database is forged, the stored checkpoints too.
    let events = home.exported();
    let cut = 2;
    home.tamper(&format!(
        "DELETE FROM audit_checkpoints; DELETE FROM audit_events WHERE {CHAIN} AND seq > {cut};
         UPDATE audit_heads SET seq = {cut}, hash = '{}' WHERE {CHAIN}",
        events[cut - 1].hash
    ));
    home.assert_tampered(&[], "the chain was cut: it has 2 events, and a signed checkpoint states");

    let missing = home.program.set("audit.checkpoint_dir", "nowhere");
    let refused = missing.run(&["audit", "verify"]);
    assert!(refused.code == Some(1) && refused.err.contains("nowhere"), "{refused:?}");
}

/// An export holds facts about people: whoever could read what stood under its name, or has that open, cannot read it.
#[test]
fn an_export_is_for_the_operator_alone_whatever_stood_there() {
    use std::os::unix::fs::{PermissionsExt as _, symlink};
    let home = Home::new();
    let at = |name: &str| home.program.folder().join(name);
    std::fs::write(at("old.jsonl"), "old").expect("a file");
    std::fs::set_permissions(at("old.jsonl"), std::fs::Permissions::from_mode(0o644)).expect("a mode");
    let held = std::fs::File::open(at("old.jsonl")).expect("somebody has it open");
    std::fs::write(at("elsewhere"), "kept").expect("a file");
    symlink(at("elsewhere"), at("link.jsonl")).expect("a link");
    for name in ["old.jsonl", "link.jsonl", "new.jsonl"] {
        home.program.ok(&["audit", "export", "--tenant", "platform", "--output", name]);
        let data = std::fs::symlink_metadata(at(name)).expect("an export");
        assert!(data.is_file() && data.len() > 100, "{name}");
        assert_eq!(data.permissions().mode() & 0o777, 0o600, "{name}");
    }
    assert_eq!(std::io::read_to_string(held).expect("what was open"), "old");
    assert_eq!(std::fs::read_to_string(at("elsewhere")).expect("the file"), "kept");
    let piped = home.program.ok(&["audit", "export", "--tenant", "platform", "--output", "/dev/stdout"]).out;
    assert!(piped.lines().count() > 3, "{piped}");
}
