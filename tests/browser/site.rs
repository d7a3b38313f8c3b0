//! Serves rendered pages as the product does, with its content security policy, and keeps what is posted.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

use symbolon::views::{assets, brand};

const POLICY: &str = "default-src 'none'; base-uri 'none'; frame-ancestors 'none'; style-src 'self'; img-src 'self'; \
                      script-src 'self'; form-action 'self'";

/// A small site on a port of its own. It ends with the tests.
pub(crate) struct Site {
    port: u16,
    pages: Arc<Mutex<BTreeMap<String, String>>>,
    seen: Arc<Mutex<Seen>>,
}

/// What came in.
#[derive(Debug, Clone, Default)]
struct Seen {
    /// The bodies that were posted.
    posted: Vec<String>,
    /// The queries with which a page of its own was asked for.
    queries: Vec<String>,
}

impl Site {
    /// Opens the site without pages.
    pub(crate) fn open() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let site = Self { port, pages: Arc::default(), seen: Arc::default() };
        let (pages, seen) = (Arc::clone(&site.pages), Arc::clone(&site.seen));
        std::thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let (pages, seen) = (Arc::clone(&pages), Arc::clone(&seen));
                std::thread::spawn(move || answer(stream, &pages, &seen));
            }
        });
        site
    }

    /// Puts a page at a path.
    pub(crate) fn put(&self, path: &str, html: String) {
        self.pages.lock().expect("the pages").insert(path.to_owned(), html);
    }

    /// The address of a path.
    pub(crate) fn address(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.port)
    }

    /// The bodies that were posted so far.
    pub(crate) fn posted(&self) -> Vec<String> {
        self.seen.lock().expect("what came in").posted.clone()
    }

    /// The queries of the pages that were asked for with one.
    pub(crate) fn queries(&self) -> Vec<String> {
        self.seen.lock().expect("what came in").queries.clone()
    }
}

fn answer(mut stream: TcpStream, pages: &Mutex<BTreeMap<String, String>>, seen: &Mutex<Seen>) {
    let mut reader = BufReader::new(stream.try_clone().expect("a second handle"));
    let mut line = String::new();
    // A browser opens connections that it may never use.
    if reader.read_line(&mut line).unwrap_or(0) == 0 {
        return;
    }
    let target = line.split(' ').nth(1).unwrap_or("/").to_owned();
    let (path, query) = target.split_once('?').unwrap_or((&target, ""));
    let length = content_length(&mut reader);
    if line.starts_with("POST") {
        let mut body = vec![0; length];
        reader.read_exact(&mut body).expect("the body");
        seen.lock().expect("what came in").posted.push(String::from_utf8(body).expect("text"));
        send(
            &mut stream,
            "text/html",
            b"<!doctype html><title>received</title><main id=\"page-received\"></main>",
        );
        return;
    }
    let name = path.strip_prefix("/assets/");
    if let Some(asset) = name.and_then(assets::Asset::find) {
        send(&mut stream, asset.media_type, asset.bytes);
    } else if name == Some("logo.svg") {
        send(&mut stream, assets::ICON.media_type, assets::ICON.bytes);
    } else if let Some(accent) = name.and_then(brand::of_name) {
        send(&mut stream, "text/css", brand::stylesheet(accent).as_bytes());
    } else if let Some(page) = pages.lock().expect("the pages").get(path) {
        if !query.is_empty() {
            seen.lock().expect("what came in").queries.push(query.to_owned());
        }
        send(&mut stream, "text/html; charset=utf-8", page.as_bytes());
    } else {
        stream.write_all(b"HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\nconnection: close\r\n\r\n").ok();
    }
}

fn content_length(reader: &mut impl BufRead) -> usize {
    let mut length = 0;
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).expect("a header");
        let line = line.trim().to_ascii_lowercase();
        if line.is_empty() {
            return length;
        }
        if let Some(value) = line.strip_prefix("content-length:") {
            length = value.trim().parse().expect("a length");
        }
    }
}

fn send(stream: &mut TcpStream, media_type: &str, body: &[u8]) {
    let head = format!(
        "HTTP/1.1 200 OK\r\ncontent-type: {media_type}\r\ncontent-length: {}\r\ncontent-security-policy: {POLICY}\r\n\
         x-content-type-options: nosniff\r\nconnection: close\r\n\r\n",
        body.len()
    );
    // A browser that goes on to another page hangs up.
    stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(body)).ok();
}
