//! `[server]`: the issuer, listeners, TLS, proxies and what one request may take.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

use ipnet::IpNet;

use super::reader::Reader;
use super::registry::{Key, Kind, Section};
use crate::model::issuer::{InvalidIssuer, Issuer};

/// The keys of this section.
pub const SECTION: Section = Section {
    name: "server",
    doc: "Who we are on the network, and what a single connection or request may take.",
    keys: &[
        Key::new(
            "server.issuer",
            Kind::Issuer,
            "http://localhost:8080",
            "The URL that names this deployment in every token: scheme, host and port, nothing behind. Any issuer but `localhost`, `127.0.0.0/8` and `[::1]` is production, where the server refuses to start with unsafe settings.",
        ),
        Key::new(
            "server.name",
            Kind::Text,
            "Symbolon",
            "What people call this deployment: it stands on the pages that belong to no tenant.",
        ),
        Key::new(
            "server.listen",
            Kind::Address,
            "127.0.0.1:8080",
            "Where the server listens. Port 0 takes a free port.",
        ),
        Key::optional(
            "server.metrics_listen",
            Kind::Address,
            "Where `/metrics` is served, on a listener of its own in plain HTTP. Not served at all when left out. Keep it inside your network.",
        ),
        Key::new(
            "server.data_dir",
            Kind::Path,
            "data",
            "The folder of the SQLite database and the master key, made by `symbolon init` with mode 0700.",
        ),
        Key::optional(
            "server.tls_certificate",
            Kind::Path,
            "PEM file with the certificate chain, the server's own first. With `server.tls_key` it makes the listener speak TLS 1.2 and 1.3.",
        ),
        Key::optional("server.tls_key", Kind::Path, "PEM file with the private key of the certificate."),
        Key::new(
            "server.trusted_proxies",
            Kind::Networks,
            "",
            "The addresses of your reverse proxies. `X-Forwarded-For` is read only on connections from them, and the client is its right-most address that is no proxy of yours; from everywhere else the header is ignored. No other header of this kind is ever read.",
        ),
        Key::new(
            "server.workers",
            Kind::Count { least: 0, most: 256 },
            "0",
            "Threads that answer requests; 0 means one for each core.",
        ),
        Key::new(
            "server.max_connections",
            Kind::Count { least: 1, most: 1_000_000 },
            "4096",
            "Open connections for each worker; more wait in the system's queue.",
        ),
        Key::new(
            "server.header_timeout",
            Kind::Duration { least: 1, most: 300 },
            "10s",
            "How long a client may take to send the head of a request before it gets 408.",
        ),
        Key::new(
            "server.body_timeout",
            Kind::Duration { least: 1, most: 300 },
            "20s",
            "How long a client may take to send the body of a request before it gets 408.",
        ),
        Key::new(
            "server.keep_alive",
            Kind::Duration { least: 0, most: 600 },
            "30s",
            "How long an idle connection stays open.",
        ),
        Key::new(
            "server.max_body",
            Kind::Size,
            "64 KiB",
            "The largest body of a form or JSON request; a larger one gets 413.",
        ),
        Key::new(
            "server.drain",
            Kind::Duration { least: 0, most: 600 },
            "30s",
            "After SIGTERM, SIGHUP or Ctrl-C: how long running requests may take to finish. New ones are refused and `/readyz` says so.",
        ),
        Key::new(
            "server.unready",
            Kind::Duration { least: 0, most: 60 },
            "0s",
            "After SIGTERM or SIGHUP: how long the server goes on taking requests while `/readyz` answers 503 already, so that a load balancer can look away first.",
        ),
    ],
};

/// See [`SECTION`].
#[derive(Debug, Clone)]
pub struct ServerConfig {
    /// The issuer.
    pub issuer: Issuer,
    /// What people call this deployment.
    pub name: String,
    /// The listener for everything but metrics.
    pub listen: SocketAddr,
    /// The listener for metrics, where there is one.
    pub metrics_listen: Option<SocketAddr>,
    /// The data directory.
    pub data_dir: PathBuf,
    /// Certificate and key, where we speak TLS ourselves.
    pub tls: Option<TlsFiles>,
    /// Peers whose forwarding headers are believed.
    pub trusted_proxies: Vec<IpNet>,
    /// Worker threads; `None` means one a core.
    pub workers: Option<usize>,
    /// Connections for each worker.
    pub max_connections: usize,
    /// Time for the head of a request.
    pub header_timeout: Duration,
    /// Time for the body of a request.
    pub body_timeout: Duration,
    /// Time an idle connection stays open.
    pub keep_alive: Duration,
    /// Largest body in bytes.
    pub max_body: usize,
    /// Time for running requests after a stop was asked for.
    pub drain: Duration,
    /// Time between unreadiness and the end of accepting.
    pub unready: Duration,
}

/// Where certificate and key are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TlsFiles {
    /// The chain in PEM.
    pub certificate: PathBuf,
    /// The private key in PEM.
    pub key: PathBuf,
}

impl ServerConfig {
    pub(super) fn read(reader: &mut Reader<'_>) -> Self {
        let workers = reader.count("server.workers");
        Self {
            issuer: read_issuer(reader),
            name: reader.text("server.name").unwrap_or_default(),
            listen: reader.address("server.listen").unwrap_or((Ipv4Addr::LOCALHOST, 0).into()),
            metrics_listen: reader.address("server.metrics_listen"),
            data_dir: reader.path("server.data_dir").unwrap_or_else(|| PathBuf::from("data")),
            tls: read_tls(reader),
            trusted_proxies: reader.networks("server.trusted_proxies"),
            workers: (workers > 0).then_some(workers),
            max_connections: reader.count("server.max_connections"),
            header_timeout: reader.duration("server.header_timeout"),
            body_timeout: reader.duration("server.body_timeout"),
            keep_alive: reader.duration("server.keep_alive"),
            max_body: reader.size("server.max_body"),
            drain: reader.duration("server.drain"),
            unready: reader.duration("server.unready"),
        }
    }
}

fn read_issuer(reader: &mut Reader<'_>) -> Issuer {
    let read = |text: &str| text.parse().map_err(|error: InvalidIssuer| error.to_string());
    reader.parse("server.issuer", read).unwrap_or_else(|| Issuer::local(0))
}

fn read_tls(reader: &mut Reader<'_>) -> Option<TlsFiles> {
    match (reader.path("server.tls_certificate"), reader.path("server.tls_key")) {
        (Some(certificate), Some(key)) => Some(TlsFiles { certificate, key }),
        (None, None) => None,
        (Some(_), None) => {
            reader.fault("server.tls_certificate", "needs server.tls_key beside it");
            None
        }
        (None, Some(_)) => {
            reader.fault("server.tls_key", "needs server.tls_certificate beside it");
            None
        }
    }
}
