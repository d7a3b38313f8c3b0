//! `config check` and the exit codes of the command line (D28).

use crate::harness::program::Program;

#[test]
fn exit_codes_tell_wrong_usage_from_wrong_configuration() {
    let program = Program::new();
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
        let ended = program.run(arguments);
        assert_eq!(ended.code, Some(code), "{arguments:?}: {ended:?}");
    }
}

#[test]
fn p134_check_lists_every_reason_and_masks_secrets() {
    let program = Program::new();
    let text =
        "[server]\nissuer = \"http://id.example.com\"\n[database]\nurl = \"postgres://u:hunter22@db/x\"\n";
    program.write("symbolon.toml", text);
    let ended = program.run(&["config", "check"]);
    let (shown, said) = (ended.out, ended.err);
    assert_eq!(ended.code, Some(78));
    for reason in
        ["server.issuer", "server.trusted_proxies", "mail.transport", "database.url", "server.data_dir"]
    {
        assert!(said.contains(&format!("  {reason}: ")), "{reason}: {said}");
    }
    assert!(shown.contains("url = \"postgres://u:********@db/x\""), "{shown}");
    assert!(!shown.contains("hunter22") && !said.contains("hunter22"));
}
