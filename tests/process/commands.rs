//! What commands print, and what they never print (R62).

use symbolon::protocol::opaque;

use super::Home;
use crate::harness::program::Program;

#[test]
fn p134_config_check_shows_what_is_in_force_and_no_secret() {
    let program = Program::new()
        .set("mail.smtp_password", "an-smtp-password-of-ours")
        .set("mail.smtp_user", "mailer")
        .set("keys.master_key", "bWFzdGVyLWtleS1vZi10aGlzLXRlc3Qtb25seS0xMjM")
        .set("tokens.access_lifetime", "7m")
        .variable("DATABASE_URL", "postgres://u:a-database-password@db/x");
    let checked = program.run(&["config", "check"]);
    let both = format!("{}{}", checked.out, checked.err);
    for secret in
        ["an-smtp-password-of-ours", "bWFzdGVyLWtleS1vZi10aGlzLXRlc3Qtb25seS0xMjM", "a-database-password"]
    {
        assert!(!both.contains(secret), "{secret}: {both}");
    }
    assert!(checked.out.contains("access_lifetime = \"7m\""), "{both}");
    assert!(checked.out.contains("SYMBOLON_TOKENS__ACCESS_LIFETIME"), "where it came from: {both}");
    assert!(checked.out.contains("url = \"postgres://u:********@db/x\""), "{both}");
    assert!(checked.out.matches("********").count() >= 3, "{both}");
}

#[test]
fn no_command_prints_a_secret_of_the_deployment() {
    let home = Home::with_acme();
    let hash = opaque::hash(super::REPORT_SECRET);
    let master = std::fs::read_to_string(home.program.folder().join("data/master.key")).expect("the key");
    for arguments in [
        &["config", "check"][..],
        &["keys", "list", "--json"],
        &["export"],
        &["audit", "export", "--tenant", "acme"],
        &["audit", "export", "--tenant", "platform"],
        &["plan", "acme.yaml", "--json"],
    ] {
        let ended = home.program.ok(arguments);
        let both = format!("{}{}", ended.out, ended.err);
        assert!(ended.out.len() > 100, "{arguments:?} shows something: {both}");
        for secret in [master.trim(), super::REPORT_SECRET, &hash, "stands on a hill", "$argon2", "\"d\""] {
            assert!(!both.contains(secret), "{arguments:?}: {secret}");
        }
    }
}
