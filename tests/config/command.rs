//! `config check` and the exit codes of the command line (D28).

use std::process::{Command, Output};

fn symbolon(folder: &tempfile::TempDir, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_symbolon"))
        .args(arguments)
        .current_dir(folder.path())
        .env_clear()
        .output()
        .expect("the program runs")
}

#[test]
fn exit_codes_tell_wrong_usage_from_wrong_configuration() {
    let folder = tempfile::tempdir().unwrap();
    for (arguments, code) in [
        (&["--help"][..], 0),
        (&["--version"], 0),
        (&["config", "check", "--help"], 0),
        (&["config", "check"], 0),
        (&[], 64),
        (&["nonsense"], 64),
        (&["config", "check", "--nonsense"], 64),
        (&["--set", "server.listen", "config", "check"], 64),
        (&["--set", "server.lisen=127.0.0.1:1", "config", "check"], 78),
        (&["--config", "missing.toml", "config", "check"], 78),
        (&["--set", "server.issuer=https://id.example.com", "config", "check"], 78),
    ] {
        let output = symbolon(&folder, arguments);
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {output:?}");
    }
}

#[test]
fn p134_check_lists_every_reason_and_masks_secrets() {
    let folder = tempfile::tempdir().unwrap();
    let text =
        "[server]\nissuer = \"http://id.example.com\"\n[database]\nurl = \"postgres://u:hunter22@db/x\"\n";
    std::fs::write(folder.path().join("symbolon.toml"), text).unwrap();
    let output = symbolon(&folder, &["config", "check"]);
    let (shown, said) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert_eq!(output.status.code(), Some(78));
    for reason in
        ["server.issuer", "server.trusted_proxies", "mail.transport", "database.url", "server.data_dir"]
    {
        assert!(said.contains(&format!("  {reason}: ")), "{reason}: {said}");
    }
    assert!(shown.contains("url = \"postgres://u:********@db/x\""), "{shown}");
    assert!(!shown.contains("hunter22") && !said.contains("hunter22"));
}
