//! Bytes on a socket, for what no well-behaved client sends.

use std::io::{ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

/// Sends the bytes and reads what comes back until the server closes or nothing comes for this long.
pub(crate) fn exchange(address: SocketAddr, bytes: &[u8], patience: Duration) -> Answer {
    let mut stream = TcpStream::connect(address).expect("a connection");
    stream.set_read_timeout(Some(patience)).expect("a time limit");
    // The server may close before it has read everything; that is an answer too.
    let _closed_early = stream.write_all(bytes);
    let mut text = Vec::new();
    let mut buffer = [0; 4096];
    let closed = loop {
        match stream.read(&mut buffer) {
            Ok(0) => break true,
            Ok(count) => text.extend_from_slice(&buffer[..count]),
            Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => break false,
            Err(_) => break true,
        }
    };
    Answer { text: String::from_utf8_lossy(&text).into_owned(), closed }
}

/// Sends one request and reads its one answer; whether the server closes then is not waited for.
pub(crate) fn ask(address: SocketAddr, bytes: &[u8], patience: Duration) -> String {
    let mut stream = TcpStream::connect(address).expect("a connection");
    stream.set_read_timeout(Some(patience)).expect("a time limit");
    let _closed_early = stream.write_all(bytes);
    let (mut text, mut buffer) = (Vec::new(), [0; 4096]);
    while !is_whole(&text, bytes.starts_with(b"HEAD ")) {
        match stream.read(&mut buffer) {
            Ok(count @ 1..) => text.extend_from_slice(&buffer[..count]),
            Ok(0) | Err(_) => break,
        }
    }
    String::from_utf8_lossy(&text).into_owned()
}

/// Whether an answer has its head and as much of a body as the head says; without a length it ends with the connection.
fn is_whole(answer: &[u8], to_head: bool) -> bool {
    let Some(end) = answer.windows(4).position(|window| window == b"\r\n\r\n") else { return false };
    let head = String::from_utf8_lossy(&answer[..end]).to_ascii_lowercase();
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")?.parse::<usize>().ok());
    to_head || length.is_some_and(|length| answer.len() >= end + 4 + length)
}

/// What came back.
#[derive(Debug)]
pub(crate) struct Answer {
    /// All of it.
    pub(crate) text: String,
    /// Whether the server closed the connection.
    pub(crate) closed: bool,
}

impl Answer {
    /// The statuses of all answers.
    pub(crate) fn statuses(&self) -> Vec<u16> {
        let lines = self.text.split("HTTP/1.1 ").skip(1);
        lines.filter_map(|line| line.get(..3)?.parse().ok()).collect()
    }
}
