//! The database away: every door fails closed and quickly, nothing piles up, and all goes on by itself afterwards (P148).

use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Condvar, Mutex};
use std::time::{Duration, Instant};

use diesel::connection::SimpleConnection;
use diesel::{Connection, SqliteConnection};
use reqwest::header::RETRY_AFTER;
use reqwest::{Client, Method};
use symbolon::model::secret::Secret;
use symbolon::storage::DatabaseUrl;

use super::{Home, report_token};
use crate::harness::jar::client;
use crate::harness::program::{Program, Serving};
use crate::harness::wait::until;

/// An answer must have come by then (P148), and some time for a busy machine.
const ANSWERED: Duration = Duration::from_secs(2 + 2);
/// Connections of the server.
const CONNECTIONS: i64 = 4;
/// Requests at once.
const FLOOD: usize = 150;
/// How long the database is away (P148).
const AWAY: Duration = Duration::from_secs(30);

/// A request that needs the database.
#[derive(Debug)]
struct DoorOf {
    method: &'static str,
    path: &'static str,
    fields: &'static [(&'static str, &'static str)],
    writes: bool,
}

/// One of each kind: none of them may be answered from what the node remembers.
const DOORS: [DoorOf; 5] = [
    DoorOf {
        method: "POST",
        path: "/oauth2/token",
        fields: &[("grant_type", "client_credentials")],
        writes: true,
    },
    DoorOf { method: "POST", path: "/oauth2/introspect", fields: &[], writes: false },
    DoorOf { method: "POST", path: "/oauth2/revoke", fields: &[], writes: true },
    DoorOf { method: "GET", path: "/userinfo", fields: &[], writes: false },
    DoorOf { method: "GET", path: "/login", fields: &[], writes: false },
];

/// What stands between the server and its data, and can stand still.
enum Line {
    /// Somebody else holds the lock of the file.
    Sqlite { path: String, lock: Option<SqliteConnection> },
    /// A proxy that stops forwarding: nothing is refused, nothing comes.
    Postgres(Arc<Valve>),
}

/// A proxy in front of PostgreSQL.
struct Valve {
    open: Mutex<bool>,
    turned: Condvar,
    address: SocketAddr,
}

impl Valve {
    fn before(upstream: String) -> Arc<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a free port");
        let address = listener.local_addr().expect("an address");
        let valve = Arc::new(Self { open: Mutex::new(true), turned: Condvar::new(), address });
        let own = Arc::clone(&valve);
        std::thread::spawn(move || {
            for near in listener.incoming().map_while(Result::ok) {
                let far = TcpStream::connect(&upstream).expect("PostgreSQL listens");
                let (near_back, far_back) =
                    (near.try_clone().expect("a handle"), far.try_clone().expect("a handle"));
                let (there, back) = (Arc::clone(&own), Arc::clone(&own));
                std::thread::spawn(move || there.pass(near, far));
                std::thread::spawn(move || back.pass(far_back, near_back));
            }
        });
        valve
    }

    /// Passes bytes on, while the valve is open.
    fn pass(&self, mut from: TcpStream, mut to: TcpStream) {
        use std::io::{Read as _, Write as _};
        let mut buffer = [0; 16 * 1024];
        while let Ok(count @ 1..) = from.read(&mut buffer) {
            let open = self.open.lock().expect("the valve");
            drop(self.turned.wait_while(open, |open| !*open).expect("the valve"));
            if to.write_all(&buffer[..count]).is_err() {
                break;
            }
        }
        let _gone_already = to.shutdown(std::net::Shutdown::Both);
    }

    fn turn(&self, open: bool) {
        *self.open.lock().expect("the valve") = open;
        self.turned.notify_all();
    }
}

impl Line {
    /// Puts itself between the program and its data.
    fn into(home: &mut Home) -> Self {
        match home.database.url.clone() {
            DatabaseUrl::Sqlite(path) => Self::Sqlite { path, lock: None },
            DatabaseUrl::Postgres(url) => {
                let mut url = url::Url::parse(url.expose()).expect("a URL");
                let upstream = format!("{}:{}", url.host_str().expect("a host"), url.port().unwrap_or(5432));
                let valve = Valve::before(upstream);
                url.set_port(Some(valve.address.port())).expect("a port");
                let program = std::mem::replace(&mut home.program, Program::new());
                home.program = program.on(&DatabaseUrl::Postgres(Secret::new(url.to_string())));
                Self::Postgres(valve)
            }
        }
    }

    fn pause(&mut self) {
        match self {
            Self::Sqlite { path, lock } => {
                let mut conn = SqliteConnection::establish(path).expect("the file opens");
                conn.batch_execute("PRAGMA busy_timeout = 5000; BEGIN IMMEDIATE").expect("the lock");
                *lock = Some(conn);
            }
            Self::Postgres(valve) => valve.turn(false),
        }
    }

    fn resume(&mut self) {
        match self {
            Self::Sqlite { lock, .. } => {
                lock.take().expect("a lock").batch_execute("ROLLBACK").expect("the lock goes");
            }
            Self::Postgres(valve) => valve.turn(true),
        }
    }
}

/// Threads of a process.
fn threads(serving: &Serving) -> usize {
    std::fs::read_dir(format!("/proc/{}/task", serving.id())).expect("a process").count()
}

/// One request for a token: the status, whether it says when to come again, and how long it took.
async fn ask(http: &Client, url: &str) -> (u16, bool, Duration) {
    let form = [("grant_type", "client_credentials"), ("scope", "notes")];
    let request = http.post(url).basic_auth("globex.report", Some(super::REPORT_SECRET)).form(&form);
    let begun = Instant::now();
    let answer = request.send().await.expect("an answer");
    (answer.status().as_u16(), answer.headers().contains_key(RETRY_AFTER), begun.elapsed())
}

/// One request of a client with a token that was good when the database was there.
async fn knock(serving: &Serving, door: &DoorOf, token: &str) -> (u16, bool, Duration) {
    let method = Method::from_bytes(door.method.as_bytes()).expect("a method");
    let request = client().request(method, serving.url(door.path));
    let request = match door.path {
        "/userinfo" => request.bearer_auth(token),
        "/login" => request,
        _ => {
            let fields: Vec<(&str, &str)> = door.fields.iter().copied().chain([("token", token)]).collect();
            request.basic_auth("globex.report", Some(super::REPORT_SECRET)).form(&fields)
        }
    };
    let begun = Instant::now();
    let answer = request.send().await.expect("an answer");
    (answer.status().as_u16(), answer.headers().contains_key(RETRY_AFTER), begun.elapsed())
}

#[tokio::test]
async fn p148_a_paused_database_is_503_at_once_and_recovers_alone() {
    let mut home = Home::with_acme();
    let mut line = Line::into(&mut home);
    home.program = std::mem::replace(&mut home.program, Program::new())
        .set("database.pool_size", CONNECTIONS.to_string())
        .set("limits.token_client", "100000 per 1m");
    let serving = home.program.serve();
    assert_eq!(report_token(&serving).await.0, 200);
    let (before, recorded) = (threads(&serving), tokens(&home));

    let token = report_token(&serving).await.1["access_token"].as_str().expect("a token").to_owned();
    let recorded = recorded + 1;
    let begun = Instant::now();
    line.pause();
    // Two waves: one that the node meets unprepared, one after it knows (D25). Half a minute passes between them, in
    // which the limits of PostgreSQL and of the client library for statements and idle transactions end too.
    for wave in 0..2 {
        if wave == 1 {
            let mut next = DOORS.iter().cycle();
            until(AWAY * 2, "half a minute is over", async || {
                let door = next.next().expect("a door");
                let (status, says_when, took) = knock(&serving, door, &token).await;
                // A write lock on SQLite stops no reader; a line that is cut stops everybody.
                let reads = home.database.admin_url.is_none() && !door.writes;
                assert!(reads || (status, says_when) == (503, true), "{door:?}: {status}");
                assert!(took < ANSWERED, "{door:?}: {took:?}");
                begun.elapsed() >= AWAY
            })
            .await;
        }
        let asked: Vec<_> = (0..FLOOD)
            .map(|_| (client(), serving.url("/oauth2/token")))
            .map(|(http, url)| tokio::spawn(async move { ask(&http, &url).await }))
            .collect();
        let mut slowest = Duration::ZERO;
        for task in asked {
            let (status, says_when, took) = task.await.expect("no panic");
            assert_eq!((status, says_when), (503, true), "wave {wave}");
            slowest = slowest.max(took);
        }
        assert!(slowest < ANSWERED, "wave {wave}: {slowest:?}");
        let now = threads(&serving);
        assert!(now <= before + 16, "wave {wave}: {now} threads, {before} before");
        let alive = client().get(serving.url("/healthz")).send().await.expect("an answer");
        assert_eq!(alive.status(), 200, "an outage of the database restarts nothing");
    }

    line.resume();
    let mut given = 0;
    until(Duration::from_secs(10), "it recovers alone", async || {
        given += i64::from(report_token(&serving).await.0 == 200);
        given > 0
    })
    .await;
    assert_eq!(client().get(serving.url("/readyz")).send().await.expect("an answer").status(), 200);
    let sound = home.program.ok(&["audit", "verify"]).out;
    assert!(sound.lines().all(|line| line.contains("sound")), "{sound}");
    // What was refused was not done, but for what each connection had under way when its line stood still (P138).
    let done = tokens(&home) - recorded - given;
    assert!((0..=CONNECTIONS).contains(&done), "{done} tokens were recorded that nobody got");
    serving.kill();
}

/// Tokens on record.
fn tokens(home: &Home) -> i64 {
    home.count("audit_events WHERE kind = 'oauth.token'")
}
