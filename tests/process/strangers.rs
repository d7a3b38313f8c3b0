//! What a stranger can write into the log by bytes that nobody can read: nothing.

use std::time::Duration;

use super::Home;
use crate::harness::program::Program;
use crate::harness::raw;

/// How long an answer may take on a busy machine.
const SOON: Duration = Duration::from_secs(20);

/// The log of a server that was sent these bytes, without its own lines.
fn foreign_lines(program: &Program, bytes: &[u8]) -> Vec<String> {
    let serving = program.serve();
    assert!(raw::exchange(serving.address, bytes, SOON).closed);
    serving.signal("TERM");
    let (code, log) = serving.wait();
    assert_eq!(code, Some(0), "{log}");
    let read = log.lines().map(|line| serde_json::from_str(line).expect("a log of JSON"));
    let lines = read.filter(|line: &serde_json::Value| {
        let target = line["target"].as_str().expect("a target");
        !target.starts_with("symbolon") && matches!(line["level"].as_str(), Some("WARN" | "ERROR"))
    });
    lines.map(|line| line.to_string()).collect()
}

/// A greeting of TLS 1.3 that names two hosts, which none may (RFC 6066 §3).
fn bad_hello() -> Vec<u8> {
    let counted = |width: usize, body: &[u8]| [&body.len().to_be_bytes()[8 - width..], body].concat();
    let hosts = counted(2, b"\0\0\x01a\0\0\x01b");
    let extensions = counted(2, &[b"\0\0".as_slice(), &counted(2, &hosts)].concat());
    let hello = [b"\x03\x03".as_slice(), &[7; 32], b"\0", b"\0\x02\x13\x01", b"\x01\0", &extensions].concat();
    let handshake = [b"\x01".as_slice(), &counted(3, &hello)].concat();
    [b"\x16\x03\x01".as_slice(), &counted(2, &handshake)].concat()
}

#[test]
fn bytes_that_are_no_request_leave_no_line_whatever_the_level() {
    let mut home = Home::new();
    let broken = b"GET / HTTP/1.1\r\nHost: x\r\nno header at all\r\n\r\n";
    assert_eq!(foreign_lines(&home.program, broken), Vec::<String>::new());
    for (level, heard) in [("debug", false), ("symbolon=info,warn", false), ("info,actix_http=error", true)] {
        home.program = home.program.set("log.level", level);
        let lines = foreign_lines(&home.program, broken);
        assert_eq!(lines.iter().any(|line| line.contains("actix_http")), heard, "{level}: {lines:#?}");
        assert_eq!(lines.is_empty(), !heard, "{level}: {lines:#?}");
    }
}

#[test]
fn bytes_that_are_no_tls_leave_no_line_whatever_the_level() {
    let mut home = Home::with_tls();
    assert_eq!(foreign_lines(&home.program, &bad_hello()), Vec::<String>::new());
    home.program = home.program.set("log.level", "info,rustls=warn");
    let lines = foreign_lines(&home.program, &bad_hello());
    assert!(lines.iter().any(|line| line.contains("duplicate host_name")), "{lines:#?}");
}
