//! A small HTTP/1.1 client for loads: connections stay open, requests are
//! bytes prepared beforehand, answers are counted.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::JoinSet;

/// An answer: its status, its head and its body.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    /// The value of a header; names in lower case.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers(name).into_iter().next()
    }

    /// Every value of a header that may stand more than once.
    pub(crate) fn headers(&self, name: &str) -> Vec<&str> {
        let pairs = self.head.lines().filter_map(|line| line.split_once(':'));
        pairs.filter(|(found, _)| found.eq_ignore_ascii_case(name)).map(|(_, value)| value.trim()).collect()
    }

    /// The body as text.
    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
}

/// One open connection.
pub(crate) struct Connection {
    stream: TcpStream,
    buffer: Vec<u8>,
}

impl Connection {
    /// Connects.
    pub(crate) async fn open(address: SocketAddr) -> io::Result<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, buffer: Vec::with_capacity(16 * 1024) })
    }

    /// Sends a request and reads its answer, which must carry its length.
    pub(crate) async fn send(&mut self, request: &[u8]) -> io::Result<Answer> {
        self.stream.write_all(request).await?;
        self.buffer.clear();
        let head_end = loop {
            if let Some(end) = find(&self.buffer, b"\r\n\r\n") {
                break end + 4;
            }
            if self.stream.read_buf(&mut self.buffer).await? == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
        };
        let head = String::from_utf8_lossy(self.buffer.get(..head_end).unwrap_or_default()).into_owned();
        let status = head.split(' ').nth(1).and_then(|code| code.parse().ok()).unwrap_or(0);
        let mut answer = Answer { status, head, body: Vec::new() };
        let length: usize = answer.header("content-length").and_then(|value| value.parse().ok()).unwrap_or(0);
        while self.buffer.len() < head_end + length {
            if self.stream.read_buf(&mut self.buffer).await? == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
        }
        answer.body = self.buffer.get(head_end..head_end + length).unwrap_or_default().to_vec();
        Ok(answer)
    }
}

fn find(haystack: &[u8], needle: &[u8]) -> Option<usize> {
    haystack.windows(needle.len()).position(|window| window == needle)
}

/// The bytes of a GET request.
pub(crate) fn get(path: &str) -> Vec<u8> {
    format!("GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n").into_bytes()
}

/// The bytes of a form that is posted with further header lines, each ended by a line break.
pub(crate) fn post(path: &str, headers: &str, form: &str) -> Vec<u8> {
    post_as("application/x-www-form-urlencoded", (path, headers), form)
}

/// The same with JSON.
pub(crate) fn post_json(path: &str, headers: &str, json: &str) -> Vec<u8> {
    post_as("application/json", (path, headers), json)
}

fn post_as(media_type: &str, (path, headers): (&str, &str), body: &str) -> Vec<u8> {
    format!(
        "POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: {media_type}\r\n\
         Content-Length: {}\r\n{headers}\r\n{body}",
        body.len()
    )
    .into_bytes()
}

/// What a load came to.
pub(crate) struct Load {
    /// Answers with the status that was wanted.
    pub(crate) answered: u64,
    /// Everything else.
    pub(crate) failed: u64,
    /// How long it took.
    pub(crate) took: Duration,
}

impl Load {
    /// Wanted answers a second.
    #[expect(clippy::cast_precision_loss, reason = "counts are far below 2^52")]
    pub(crate) fn rate(&self) -> f64 {
        self.answered as f64 / self.took.as_secs_f64()
    }
}

/// Where the requests of a load come from: one after the other, until there are no more.
pub(crate) type Requests = Arc<dyn Fn() -> Option<Arc<[u8]>> + Send + Sync>;

/// The same request for ever.
pub(crate) fn always(request: Vec<u8>) -> Requests {
    let request: Arc<[u8]> = request.into();
    Arc::new(move || Some(Arc::clone(&request)))
}

/// Sends requests over this many connections until the time is over or there are no more.
pub(crate) async fn load(
    address: SocketAddr,
    connections: usize,
    longest: Duration,
    requests: Requests,
) -> io::Result<Load> {
    let (answered, failed) = (Arc::new(AtomicU64::new(0)), Arc::new(AtomicU64::new(0)));
    let begun = Instant::now();
    let mut tasks = JoinSet::new();
    for _ in 0..connections {
        let (answered, failed, requests) =
            (Arc::clone(&answered), Arc::clone(&failed), Arc::clone(&requests));
        tasks.spawn(async move {
            let mut connection = Connection::open(address).await?;
            while begun.elapsed() < longest
                && let Some(request) = requests()
            {
                let status = connection.send(&request).await?.status;
                let counter = if status == 200 { &answered } else { &failed };
                counter.fetch_add(1, Ordering::Relaxed);
            }
            io::Result::Ok(())
        });
    }
    while let Some(ended) = tasks.join_next().await {
        ended.map_err(io::Error::other)??;
    }
    let took = begun.elapsed();
    Ok(Load { answered: answered.load(Ordering::Relaxed), failed: failed.load(Ordering::Relaxed), took })
}
