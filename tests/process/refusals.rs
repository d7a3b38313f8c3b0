//! What a production server does not start with: each reason by its name, exit 78, and nothing listens (D28, P134).

use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt as _;

use crate::harness::program::Program;

/// Settings that may run in production, but for what a test takes away; `init` was run.
fn production() -> Program {
    let program = Program::new()
        .set("server.issuer", "https://id.example.com")
        .set("server.trusted_proxies", "10.0.0.0/8")
        .set("mail.transport", "smtp")
        .set("mail.smtp_host", "mail.example.com")
        .set("mail.from", "id@example.com");
    program.ok(&["init"]);
    program
}

fn refused(program: &Program, reason: &str) {
    let ended = program.run(&["serve", "--listen", "127.0.0.1:0"]);
    assert_eq!(ended.code, Some(78), "{reason}: {ended:?}");
    assert!(ended.err.contains("refusing to start in production:"), "{reason}: {ended:?}");
    assert!(ended.err.contains(&format!("\n  {reason}")), "{reason}: {ended:?}");
    assert!(!ended.err.contains("ready"), "{ended:?}");
    let checked = program.run(&["config", "check"]);
    assert_eq!(checked.code, Some(78), "{checked:?}");
    assert!(checked.err.contains(&format!("  {reason}")), "{reason}: {checked:?}");
}

#[test]
fn p134_sound_settings_start() {
    production().serve().kill();
}

#[test]
fn p134_each_unsafe_setting_is_refused_with_its_reason_and_exit_78() {
    let mut program = production();
    let zeros = "A".repeat(43);
    for (key, value, sound, reason) in [
        (
            "server.issuer",
            "http://id.example.com",
            "https://id.example.com",
            "server.issuer: must begin with https",
        ),
        ("server.trusted_proxies", "", "10.0.0.0/8", "server.trusted_proxies: the listener is plain HTTP"),
        ("cors.allowed_origins", "*", "", "cors.allowed_origins: * would let"),
        ("mail.transport", "none", "smtp", "mail.transport: no mail can be sent"),
        ("mail.smtp_password", "changeme", "", "mail.smtp_password: it is one of those"),
        ("keys.master_key", &zeros, "", "keys.master_key: the master key is a sample"),
        ("keys.master_key", "short", "", "keys.master_key: the master key is not 43 characters"),
    ] {
        program = program
            .set("mail.smtp_user", "symbolon")
            .set("mail.smtp_password", "k3Jf9-sLq2xZ")
            .set(key, value);
        refused(&program, reason);
        let shown = program.run(&["config", "check"]);
        if key.contains("password") || key == "keys.master_key" {
            assert!(!format!("{}{}", shown.out, shown.err).contains(value), "{shown:?}");
        }
        program = if sound.is_empty() { program.unset(key) } else { program.set(key, sound) };
    }
}

#[test]
fn p134_files_that_others_can_read_are_refused() {
    let program = production();
    let allow = |name: &str, mode: u32| {
        let path = program.folder().join(name);
        std::fs::set_permissions(path, Permissions::from_mode(mode)).expect("the mode is set");
    };
    allow("data", 0o755);
    refused(&program, "server.data_dir: data can be read by other users; run chmod 0700 data");
    allow("data", 0o700);
    allow("data/master.key", 0o644);
    refused(&program, "keys.master_key_file: ");
    allow("data/master.key", 0o600);
    program.serve().kill();
}
