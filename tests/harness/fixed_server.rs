//! A server of somebody else that answers everyone alike: what our outgoing requests meet in tests.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

/// A server that sends the same text to everyone, until it is given another, and counts connections.
pub(crate) struct FixedServer {
    /// Where it listens.
    pub(crate) address: SocketAddr,
    answer: Arc<Mutex<Vec<u8>>>,
    connections: Arc<AtomicUsize>,
}

impl FixedServer {
    /// Sends these bytes to everyone, and then closes the connection or keeps it open for ever.
    pub(crate) async fn start(answer: Vec<u8>, then_hang: bool) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (answer, connections) = (Arc::new(Mutex::new(answer)), Arc::new(AtomicUsize::new(0)));
        let (said, counter) = (Arc::clone(&answer), Arc::clone(&connections));
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                counter.fetch_add(1, Ordering::SeqCst);
                let answer = said.lock().expect("the answer").clone();
                tokio::spawn(async move {
                    let _ = stream.read(&mut [0; 4096]).await;
                    let _ = stream.write_all(&answer).await;
                    if then_hang {
                        std::future::pending::<()>().await;
                    }
                });
            }
        });
        Self { address, answer, connections }
    }

    /// Sends this status line with headers, and this body.
    pub(crate) async fn saying(head: &str, body: impl AsRef<[u8]>) -> Self {
        let server = Self::start(Vec::new(), false).await;
        server.says(head, body);
        server
    }

    /// Sends this status line with headers, and this body, from now on.
    pub(crate) fn says(&self, head: &str, body: impl AsRef<[u8]>) {
        let head = format!("HTTP/1.1 {head}\r\nConnection: close\r\n\r\n");
        *self.answer.lock().expect("the answer") = [head.as_bytes(), body.as_ref()].concat();
    }

    /// How many connections were opened.
    pub(crate) fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }
}
