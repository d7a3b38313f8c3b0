//! The real server, built by the same function as `serve`, on a free port of this machine, with a clock that the test
//! moves and randomness that repeats. Each test owns its server and its database.

use std::net::{SocketAddr, TcpListener};
use std::sync::atomic::Ordering;
use std::sync::{Arc, OnceLock, mpsc};
use std::thread::JoinHandle;
use std::time::Duration;

use actix_web::dev::ServerHandle;
use actix_web::web::Data;
use symbolon::config::Config;
use symbolon::config::sources::Settings;
use symbolon::crypto::master_key::MasterKey;
use symbolon::crypto::seal::Sealer;
use symbolon::effects::mail::{MailBox, Mailer};
use symbolon::effects::{Clock, Random, SeededRandom, TestClock};
use symbolon::flows::{Call, initialise, keys};
use symbolon::jobs::Schedule;
use symbolon::model::issuer::Issuer;
use symbolon::model::signing_key::KeyRecord;
use symbolon::model::time::Timestamp;
use symbolon::server::build::job_context;
use symbolon::server::initialise::{initialise, operator_call};
use symbolon::server::{Parts, build, mail, run};
use symbolon::storage::records::{change_number, signing_keys};
use symbolon::storage::{Database, DatabaseUrl, PlatformScope};
use symbolon::web::edge::Edge;
use tokio::sync::oneshot;

use super::database::TestDatabase;
use super::jar::Jar;
use super::limits::ASKING;
use super::mails::SentMail;

/// A running server. When it goes out of scope it stops, and the test fails if it answered with an error of its own.
pub(crate) struct TestServer {
    /// The clock of the server. Use [`TestServer::advance`] to move it.
    pub(crate) clock: Arc<TestClock>,
    /// The parts of the server, to look at what a request left behind.
    pub(crate) edge: Data<Edge>,
    /// Where it listens.
    pub(crate) address: SocketAddr,
    /// Its configuration.
    pub(crate) config: Config,
    /// Where its mail ends, unless it was started with [`Builder::mailing`].
    pub(crate) mail_box: Option<MailBox>,
    settings: Vec<(String, String)>,
    handle: ServerHandle,
    term: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
    database: Arc<TestDatabase>,
}

/// What a server is started with.
pub(crate) struct Builder {
    settings: Vec<(String, String)>,
    clock: Arc<TestClock>,
    database: Option<Arc<TestDatabase>>,
    mailer: Option<MailBox>,
    seed: u64,
}

impl Builder {
    /// Sets a key of the configuration.
    pub(crate) fn set(mut self, key: &str, value: impl Into<String>) -> Self {
        self.settings.push((key.to_owned(), value.into()));
        self
    }

    /// Lets everybody ask as often as they like; a limit that the test sets itself stays as it is.
    pub(crate) fn unlimited(mut self) -> Self {
        let limits = ASKING.map(|rate| (format!("limits.{rate}"), "1000000 per 1m".to_owned()));
        self.settings.splice(0..0, limits);
        self
    }

    /// Sends mail as the configuration says, and not into a box.
    pub(crate) fn mailing(mut self) -> Self {
        self.mailer = None;
        self
    }

    /// Sets the clock of the server to this moment, for a test that also runs the program itself.
    pub(crate) fn at(self, now: Timestamp) -> Self {
        self.clock.set(now);
        self
    }

    /// Starts the server.
    pub(crate) async fn start(self) -> TestServer {
        let database = self.database.clone().unwrap_or_else(|| Arc::new(TestDatabase::new()));
        let listener = run::bind(([127, 0, 0, 1], 0).into()).expect("a free port");
        let address = listener.local_addr().expect("an address");
        let config = self.config(address, &database);
        if self.database.is_none() {
            prepare(&database.open(), &*self.clock, &config.server.issuer).await;
        }
        let (clock, settings) = (Arc::clone(&self.clock), self.settings.clone());
        let mail_box = self.mailer.clone();
        let (edge, handle, term, thread) = spawn(self, config.clone(), listener);
        let (term, thread) = (Some(term), Some(thread));
        TestServer { clock, edge, address, config, mail_box, settings, handle, term, thread, database }
    }

    fn config(&self, address: SocketAddr, database: &TestDatabase) -> Config {
        let url = match &database.url {
            DatabaseUrl::Postgres(url) => url.expose().clone(),
            DatabaseUrl::Sqlite(path) => format!("sqlite:{path}"),
        };
        let settings = Settings::none()
            .with("server.issuer", format!("http://localhost:{}", address.port()))
            .with("server.workers", "1")
            .with("server.drain", "1s")
            .with("database.url", url)
            .with("database.pool_size", "4")
            // One after the other, so that they come in the order in which they were queued.
            .with("mail.connections", "1")
            .with("log.requests", "false");
        let settings =
            self.settings.iter().fold(settings, |settings, (key, value)| settings.with(key, value));
        Config::read(&settings).unwrap_or_else(|faults| panic!("{faults}"))
    }
}

impl TestServer {
    /// A server with the default settings.
    pub(crate) async fn start() -> Self {
        Self::with().start().await
    }

    /// A server with settings of its own.
    pub(crate) fn with() -> Builder {
        Builder {
            settings: Vec::new(),
            clock: Arc::new(TestClock::default()),
            database: None,
            mailer: Some(MailBox::default()),
            seed: 1,
        }
    }

    /// A second node on the same data, the same clock and the same settings, with a port of its own.
    pub(crate) async fn another_node(&self) -> Self {
        let mut builder = Self::with();
        builder.clock = Arc::clone(&self.clock);
        builder.database = Some(Arc::clone(&self.database));
        builder.mailer.clone_from(&self.mail_box);
        builder.seed = 2;
        builder.settings.clone_from(&self.settings);
        builder.set("server.issuer", self.config.server.issuer.as_str()).start().await
    }

    /// Moves the clock, and lets the node see what changed meanwhile.
    pub(crate) async fn advance(&self, by: Duration) {
        self.clock.advance(by);
        self.refresh().await;
    }

    /// Lets the node see at once what another node or the test itself changed.
    pub(crate) async fn refresh(&self) {
        self.edge.refresh().await.expect("the node reads what changed");
    }

    /// Asks the server to stop as `serve` does upon SIGTERM, and does not wait for it.
    pub(crate) fn terminate(&mut self) {
        self.term.take().expect("it was not asked before").send(()).expect("the server runs");
    }

    /// Runs every scheduled job once.
    pub(crate) async fn run_jobs(&self) {
        for report in Schedule::new(job_context(&self.edge, &self.config)).run_all().await {
            report.outcome.unwrap_or_else(|failure| panic!("{}: {failure:?}", report.job));
        }
        self.deliver_mails().await;
        self.refresh().await;
    }

    /// Sends the mails that are due now; says how many left.
    pub(crate) async fn deliver_mails(&self) -> u64 {
        mail::worker(&self.edge, &self.config).deliver().await.expect("the mails are tried")
    }

    /// Every mail that left, the oldest first, those that are due now too.
    pub(crate) async fn mails(&self) -> Vec<SentMail> {
        self.deliver_mails().await;
        let sent = self.mail_box.as_ref().expect("a server whose mail ends in a box").messages();
        sent.into_iter().map(SentMail::from).collect()
    }

    /// The data, as the server sees it.
    pub(crate) fn database(&self) -> &Database {
        &self.edge.database
    }

    /// The same data, as its owner and its administrator see it.
    pub(crate) fn storage(&self) -> &TestDatabase {
        &self.database
    }

    /// The time now.
    pub(crate) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// A call of the operator.
    pub(crate) fn operator(&self) -> Call {
        operator_call(&*self.clock, Arc::clone(&self.edge.random), &self.edge.issuer)
    }

    /// The issuer, which is also the origin.
    pub(crate) fn issuer(&self) -> &str {
        self.edge.issuer.as_str()
    }

    /// The absolute URL of a path.
    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// A new browser without cookies.
    pub(crate) fn browser(&self) -> Jar {
        Jar::new(self)
    }
}

impl Drop for TestServer {
    fn drop(&mut self) {
        // The command is sent when `stop` is called; the thread ends once it is done.
        drop(self.handle.stop(false));
        if let Some(thread) = self.thread.take() {
            let _panicked = thread.join();
        }
        let defects = self.edge.defects.load(Ordering::Relaxed);
        if !std::thread::panicking() {
            assert_eq!(defects, 0, "answers of 500 or more");
        }
    }
}

/// The master key of every test.
pub(crate) fn master_key() -> MasterKey {
    MasterKey::generate(&SeededRandom::new(1))
}

/// Runs the server on a thread with a runtime of its own, so that it outlives no test and no test blocks it.
fn spawn(
    builder: Builder,
    config: Config,
    listener: TcpListener,
) -> (Data<Edge>, ServerHandle, oneshot::Sender<()>, JoinHandle<()>) {
    let (send, receive) = mpsc::channel();
    let (term, asked) = oneshot::channel();
    let parts = Parts {
        config,
        listener,
        master_key: master_key(),
        clock: builder.clock,
        random: Arc::new(SeededRandom::new(builder.seed)) as Arc<dyn Random>,
        jobs: false,
        http: None,
        mailer: builder.mailer.map(|mailer| Arc::new(mailer) as Arc<dyn Mailer>),
    };
    let thread = std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        runtime.block_on(async move {
            let mut server = match build(parts).await {
                Ok(server) => server,
                Err(error) => {
                    let _nobody_waits = send.send(Err(error.to_string()));
                    return;
                }
            };
            let _nobody_waits = send.send(Ok((server.edge.clone(), server.handle())));
            tokio::select! {
                _ended = server.ended() => return,
                Ok(()) = asked => {}
            }
            server.stop(true).await;
        });
    });
    let (edge, handle) =
        receive.recv().expect("the server's thread answers").unwrap_or_else(|error| panic!("{error}"));
    (edge, handle, term, thread)
}

/// What `init` does. The keys are made once for all tests: that is slow, and the tests want the same ones.
async fn prepare(database: &Database, clock: &dyn Clock, issuer: &Issuer) {
    static KEYS: OnceLock<Vec<KeyRecord>> = OnceLock::new();
    // Far from the server's own seeds, so that no id comes twice.
    let call = operator_call(clock, Arc::new(SeededRandom::new(1000)), issuer);
    let right = PlatformScope::operator();
    if let Some(keys) = KEYS.get() {
        let prepared = database.write_platform(&right, move |tx| {
            initialise::platform(tx, &call)?;
            for key in keys {
                signing_keys::insert(tx, key)?;
            }
            change_number::raise(tx)
        });
        prepared.await.expect("the data is prepared");
        return;
    }
    initialise(database, &Sealer::new(master_key(), Vec::new()), &call).await.expect("the data is prepared");
    let made = database.read_platform(&right, |tx| keys::list(tx)).await.expect("the keys");
    let _another_test_was_faster = KEYS.set(made);
}
