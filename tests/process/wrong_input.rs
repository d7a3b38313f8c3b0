//! What an operator reads who gave a command the wrong thing: what was wrong, where, and what to do, in no words of the
//! programming language.

use std::os::unix::fs::PermissionsExt as _;

use super::Home;
use crate::harness::program::{Ended, Program};

/// Words of a debugger, of the standard library and of a crash.
const FOREIGN: [&str; 7] = ["os error", "Some(", "Err(", "kind: ", "panicked", "entity not found", "Error {"];

/// A command, its exit code, and what it must say.
type Case<'a> = (&'a [&'a str], i32, &'a [&'a str]);

fn judge(ended: &Ended, (arguments, code, words): Case<'_>) {
    assert_eq!(ended.code, Some(code), "{arguments:?}: {ended:#?}");
    for word in words {
        assert!(ended.err.contains(word), "{arguments:?} does not say {word:?}: {}", ended.err);
    }
    for word in FOREIGN {
        assert!(!ended.err.contains(word), "{arguments:?} says {word:?}: {}", ended.err);
    }
}

fn all(program: &Program, cases: &[Case<'_>]) {
    for case in cases {
        judge(&program.run(case.0), *case);
    }
}

#[test]
fn a_wrong_setting_is_named_with_its_place_and_the_right_form() {
    let program = Program::new();
    program.write("torn.toml", "[server");
    program.write("wrong.toml", "[server]\nissur = 'x'\nlisten = 5\n[limts]\nsign_in_account = '5 in 3'\n");
    std::fs::create_dir(program.folder().join("folder")).expect("a folder");
    std::fs::write(program.folder().join("bytes.toml"), [0xff, 0xfe]).expect("a file");
    all(
        &program,
        &[
            (&["config", "check", "--config", "none.toml"], 78, &["none.toml: there is no such file"]),
            (&["config", "check", "--config", "folder"], 78, &["folder: it is a folder"]),
            (&["config", "check", "--config", "bytes.toml"], 78, &["bytes.toml: it is not UTF-8 text"]),
            (&["config", "check", "--config", "torn.toml"], 78, &["torn.toml:1: "]),
            (
                &["config", "check", "--config", "wrong.toml"],
                78,
                &[
                    "wrong.toml:2: server.issur: unknown key; the nearest known one is server.issuer",
                    "wrong.toml:3: server.listen: write an IP address and a port",
                    "wrong.toml:5: limts.sign_in_account: unknown key; the nearest known one is limits.sign_in_account",
                ],
            ),
            (&["config", "check", "--set", "server.listen"], 64, &["KEY=VALUE"]),
            (&["config", "check", "--set", "keys.master_key=x"], 78, &["does not belong on a command line"]),
            (&["serv"], 64, &["'serve'"]),
            (&["keys", "list"], 78, &["data/symbolon.sqlite3", "symbolon init", "--config"]),
            (&["serve"], 78, &["data/master.key", "there is no such file", "symbolon init"]),
            (&["serve", "--issuer", "https://id.example/x"], 78, &["--issuer: server.issuer: ", "no path"]),
            (&["token", "verify"], 64, &["no token was given", "--help"]),
            (&["demo", "--port", "65535"], 64, &["65535"]),
        ],
    );
}

#[test]
fn what_cannot_be_opened_is_named_with_the_reason() {
    let home = Home::new();
    let program = &home.program;
    program.write("empty.pem", "");
    let tls = |file: &str| {
        let program = Program::new().on(&home.database.url).set("server.tls_key", file);
        program.set("server.tls_certificate", file).set("keys.master_key_file", "data/master.key")
    };
    let key = std::fs::read_to_string(program.folder().join("data/master.key")).expect("the key");
    for (file, words) in
        [("none.pem", "none.pem: there is no such file"), ("empty.pem", "empty.pem: it is not PEM")]
    {
        let program = tls(file).unset("keys.master_key_file").set("keys.master_key", key.trim());
        program.write("empty.pem", "");
        let ended = program.run(&["serve", "--listen", "127.0.0.1:0"]);
        judge(&ended, (&["serve", file], 78, &["server.tls_", words]));
    }
    let taken = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = taken.local_addr().expect("its address").to_string();
    all(
        program,
        &[
            (
                &["serve", "--listen", &address],
                1,
                &["server.listen: ", &address, "another program listens there"],
            ),
            (&["plan", "none.yaml"], 65, &["none.yaml: there is no such file"]),
            (&["apply", "data"], 65, &["data: it is a folder"]),
            (
                &["audit", "verify", "--tenant", "platform", "--checkpoint", "none.jws"],
                1,
                &["none.jws: there is no such file"],
            ),
            (&["audit", "verify", "--tenant", "platfrom"], 1, &["`platfrom`", "did you mean `platform`?"]),
            (&["keys", "revoke", "none"], 1, &["`none`", "symbolon keys list"]),
            (&["clients", "rotate-secret", "acme.none"], 1, &["`acme.none`"]),
            (&["users", "suspend", "--tenant", "platform", "eve"], 1, &["`eve`", "`platform`"]),
        ],
    );
}

#[test]
fn another_master_key_is_a_setting_to_mend_and_no_database_that_is_away() {
    let home = Home::new();
    let other = "w9BFAMzFqAjYXbflgNSc_ewOJ3Px1gwWPdECxreNOeo";
    let program = home.program.set("keys.master_key", other);
    for arguments in [&["serve", "--listen", "127.0.0.1:0"][..], &["keys", "rotate"]] {
        judge(&program.run(arguments), (arguments, 78, &["keys.master_key: ", "sealed with"]));
    }
}

/// The folder is for its owner alone, and so are the files in it: a copy of them may lie elsewhere.
#[test]
fn a_new_database_file_is_its_owners_alone() {
    let program = Program::new();
    program.ok(&["init"]);
    let serving = program.serve();
    for file in ["symbolon.sqlite3", "symbolon.sqlite3-wal", "symbolon.sqlite3-shm", "master.key"] {
        let data = std::fs::metadata(program.folder().join("data").join(file)).expect(file);
        assert_eq!(data.permissions().mode() & 0o777, 0o600, "{file}");
    }
    drop(serving);
}

/// What is named by mistake may never end, or keep whoever opens it waiting.
#[test]
fn a_device_or_a_pipe_in_place_of_a_file_is_refused_at_once() {
    let home = Home::new();
    let pipe = home.program.folder().join("pipe");
    let made = std::process::Command::new("mkfifo").arg(&pipe).status().expect("mkfifo runs");
    assert!(made.success());
    home.program.write(
        "piped.yaml",
        "apiVersion: symbolon/v1\nplans: [{key: free, name: Free}]\ntenants: [{slug: initech, name: Initech, plan: free, users: [{email: a@initech.example, password: {file: pipe}}]}]\n",
    );
    all(
        &home.program,
        &[
            (&["config", "check", "--config", "/dev/zero"], 78, &["/dev/zero: it is larger than 1 MiB"]),
            (&["plan", "/dev/zero"], 65, &["/dev/zero: it is larger than 64 MiB"]),
            (&["plan", "piped.yaml"], 65, &["piped.yaml:3:", "it is no regular file"]),
        ],
    );
}

/// A script that keeps what a command prints must learn that nothing was kept.
#[test]
fn a_full_disk_under_the_output_is_a_failure() {
    let home = Home::with_acme();
    for arguments in [&["export"][..], &["keys", "list"], &["plan", "acme.yaml"], &["config", "check"]] {
        let full = std::fs::OpenOptions::new().write(true).open("/dev/full").expect("the device");
        let ended = home.program.command(arguments).stdout(full).output().expect("the program runs");
        let said = String::from_utf8(ended.stderr).expect("text");
        assert_eq!(ended.status.code(), Some(1), "{arguments:?}: {said}");
        assert!(said.contains("cannot write to standard output: "), "{arguments:?}: {said}");
        assert!(!said.contains("os error"), "{said}");
    }
}

/// What comes from a file, an argument or a name is shown, and obeyed by no terminal.
#[test]
fn no_message_brings_an_escape_sequence_to_the_terminal() {
    let home = Home::new();
    let program = &home.program;
    let clean = |ended: &Ended, what: &str| {
        let obeyed = |text: &str| text.chars().any(|c| c.is_control() && c != '\n' && c != '\t');
        assert!(!obeyed(&ended.out) && !obeyed(&ended.err), "{what}: {ended:#?}");
    };
    let escape = "\u{1b}]0;owned\u{7}\u{9b}31m";
    program.write("keys.yaml", "apiVersion: symbolon/v1\n\"\\e]0;owned\\a\\x9b31m\": 1\ntenants: [{slug: \"a\\e[2J\", name: \"x\\e[2J\"}]\n");
    program.write("set.toml", "[server]\n\"\\u001b[2J\" = 1\n");
    for arguments in [
        &["plan", "keys.yaml"][..],
        &["apply", "keys.yaml", "--json"],
        &["config", "check", "--config", "set.toml"],
        &["plan", &format!("{escape}.yaml")],
        &["apply", "--config", escape, "x.yaml"],
        &[escape],
        &["keys", escape],
        &["--set", escape, "plan", "x.yaml"],
        &["keys", "revoke", escape],
        &["clients", "rotate-secret", escape],
        &["users", "suspend", "--tenant", "platform", escape],
        &["users", "suspend", "--tenant", escape, "ada@acme.example"],
        &["audit", "verify", "--file", escape, "--tenant", "platform"],
        &["audit", "export", "--tenant", "platform", "--output", &format!("{escape}/x")],
        &["token", "verify", escape],
    ] {
        let ended = program.run(arguments);
        assert_ne!(ended.code, Some(0), "{arguments:?}: {ended:#?}");
        clean(&ended, &format!("{arguments:?}"));
    }
    let shown = program.run(&["plan", "keys.yaml"]).err;
    assert!(shown.contains("\\u001b]0;owned\\u0007\\u009b31m"), "{shown}");
}
