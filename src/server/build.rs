//! The composition root: makes the parts of a server from its configuration and starts it. `serve`, `demo` and the
//! tests call the same function.

use std::fs::OpenOptions;
use std::io;
use std::net::{SocketAddr, TcpListener};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::time::Duration;

use actix_web::dev::ServerHandle;
use actix_web::web::Data;
use actix_web::{App, HttpServer, middleware::from_fn};
use tokio::task::JoinHandle;

use super::{mail, master_key, openapi, routes, run, tls};
use crate::config::Config;
use crate::config::fault::{ConfigFault, in_words};
use crate::config::limits::LimitsConfig;
use crate::config::server::ServerConfig;
use crate::crypto::hmac::KeyedHash;
use crate::crypto::master_key::{MasterKey, Purpose};
use crate::crypto::passkey::Passkeys;
use crate::crypto::password::{PasswordPool, PoolLimits};
use crate::crypto::seal::Sealer;
use crate::effects::http::{AddressRules, ClientSettings, GuardedClient, HttpClient};
use crate::effects::mail::Mailer;
use crate::effects::{Clock, Random};
use crate::flows::authorize::AuthorizeTimes;
use crate::flows::factors::passkey::PasskeyRules;
use crate::flows::failures::RecordRules;
use crate::flows::keys::{self, KeyRing, RotationRule};
use crate::flows::links::{LinkLives, LinkTerms};
use crate::flows::login::SignInRules;
use crate::flows::login::stuffing::{Stuffing, StuffingRates};
use crate::flows::mail::{Bell, MailTerms};
use crate::flows::token::{Lifetimes, Terms};
use crate::jobs::{JobContext, Schedule};
use crate::model::failure::Failure;
use crate::storage::database::UnsafeServer;
use crate::storage::migrate::MigrateError;
use crate::storage::{Cached, Database, DatabaseUrl, PlatformScope, migrate};
use crate::views::text::Catalogue;
use crate::web::edge::{Edge, Readiness, Rules};
use crate::web::guard::client_ip::TrustedProxies;
use crate::web::guard::csrf::CsrfTokens;
use crate::web::limits::{Limits, Rates};
use crate::web::logos::Logos;
use crate::web::middleware::{Running, outer, running};
use crate::web::oidc::client_keys::ClientKeys;
use crate::web::oidc::discovery;
use crate::web::oidc::document::Document;
use crate::web::oidc::known::Known;

/// How often the change number is read; at most a second apart (D25).
const CHANGES_EVERY: Duration = Duration::from_millis(500);

/// What a server is made of.
pub struct Parts {
    /// The checked configuration.
    pub config: Config,
    /// The socket, bound already, so that a test or the demo knows its port before the issuer is written.
    pub listener: TcpListener,
    /// The key that opens what is sealed.
    pub master_key: MasterKey,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Randomness.
    pub random: Arc<dyn Random>,
    /// Whether this node takes its turn at the scheduled jobs.
    pub jobs: bool,
    /// Another outbound client than the guarded one of the configuration; for tests.
    pub http: Option<Arc<dyn HttpClient>>,
    /// Another way out for mail than that of the configuration; for tests and the demo.
    pub mailer: Option<Arc<dyn Mailer>>,
}

/// A server that answers.
pub struct Server {
    /// Where it listens.
    pub address: SocketAddr,
    /// Its parts.
    pub edge: Data<Edge>,
    listening: TcpListener,
    drain: Duration,
    handle: ServerHandle,
    running: JoinHandle<io::Result<()>>,
    tasks: Vec<JoinHandle<()>>,
}

/// Why a server does not start.
#[derive(Debug, thiserror::Error)]
pub enum BuildError {
    /// A setting is wrong; exit code 78.
    #[error("{0}")]
    Setting(ConfigFault),
    /// The database is not as `serve` needs it; exit code 78.
    #[error("{0}")]
    Database(UnsafeServer),
    /// The schema is older than this program; exit code 78.
    #[error(
        "the database schema is out of date: run `symbolon migrate` as the owner of the tables ({0} to apply)"
    )]
    Schema(usize),
    /// The role is not the one that this needs (exit code 78), or the database does not answer (69).
    #[error("{0}")]
    Migrate(#[from] MigrateError),
    /// The database does not answer; exit code 69.
    #[error("{0}")]
    Failure(#[from] Failure),
    /// The socket cannot be used.
    #[error("cannot listen: {0}")]
    Socket(#[from] io::Error),
    /// The messages or the URL map are broken: a defect of this build.
    #[error("{0}")]
    Defect(String),
}

/// Makes the parts and starts to answer.
///
/// # Errors
/// See [`BuildError`]; nothing listens then.
pub async fn build(parts: Parts) -> Result<Server, BuildError> {
    routes::check(&routes::table()).map_err(BuildError::Defect)?;
    let database = open_database(&parts.config).await?;
    let tls = parts.config.server.tls.as_ref().map(tls::load).transpose().map_err(BuildError::Setting)?;
    check_master_key(&parts.master_key, &database).await?;
    let edge = Data::new(edge(&parts, database)?);
    edge.refresh().await?;

    let listening = parts.listener.try_clone()?;
    let server = &parts.config.server;
    let drain = server.drain;
    let app_edge = edge.clone();
    let mut http = HttpServer::new(move || {
        App::new()
            .app_data(app_edge.clone())
            .configure(routes::mount)
            .default_service(actix_web::web::to(routes::nowhere))
            .wrap(from_fn(outer::outer))
            .wrap(from_fn(running::to_its_end))
    })
    .max_connections(server.max_connections)
    .client_request_timeout(server.header_timeout)
    .client_disconnect_timeout(Duration::from_secs(2))
    .keep_alive(server.keep_alive)
    .shutdown_timeout(drain.as_secs())
    .disable_signals();
    if let Some(workers) = server.workers {
        http = http.workers(workers);
    }
    let address = parts.listener.local_addr()?;
    let http = match tls {
        Some(tls) => http.listen_rustls_0_23(parts.listener, tls)?,
        None => http.listen(parts.listener)?,
    };
    let server = http.run();
    let handle = server.handle();
    let running = tokio::spawn(server);
    let mut tasks = vec![tokio::spawn(follow_changes(edge.clone()))];
    if parts.jobs {
        let schedule = Schedule::new(job_context(&edge, &parts.config));
        tasks.push(tokio::spawn(async move { schedule.run().await }));
        let mails = mail::worker(&edge, &parts.config);
        tasks.push(tokio::spawn(async move { mails.run().await }));
    }
    edge.readiness.open();
    Ok(Server { address, edge, listening, drain, handle, running, tasks })
}

/// How long the thread that accepts connections may take until it is paused.
const LETS_GO: Duration = Duration::from_millis(50);

impl Server {
    /// Stops. Gracefully means: no new connection, and running requests may finish within the configured time.
    pub async fn stop(self, gracefully: bool) {
        self.edge.readiness.close();
        let finished = gracefully && {
            // A worker ends with its last connection, and takes along what still runs without one.
            self.handle.pause().await;
            // The answer comes before the thread that accepts has let go of the listener.
            tokio::time::sleep(LETS_GO).await;
            run::refuse_newcomers(self.listening);
            tokio::time::timeout(self.drain, self.edge.running.none()).await.is_ok()
        };
        self.handle.stop(finished).await;
        for task in &self.tasks {
            task.abort();
        }
    }

    /// A handle that can stop it from anywhere.
    pub fn handle(&self) -> ServerHandle {
        self.handle.clone()
    }

    /// Waits until the server ends by itself, which it does only after an error.
    ///
    /// # Errors
    /// The error that ended it.
    pub async fn ended(&mut self) -> io::Result<()> {
        (&mut self.running).await.unwrap_or_else(|join| Err(io::Error::other(join)))
    }
}

/// Opens the database as `serve` does: on SQLite its schema is brought up to date; on PostgreSQL it must be already,
/// and the role must be a plain one (D24).
///
/// # Errors
/// See [`BuildError`].
pub async fn open_database(config: &Config) -> Result<Database, BuildError> {
    let url = database_url(config)?;
    if let DatabaseUrl::Sqlite(path) = &url {
        make_private(Path::new(path)).map_err(BuildError::Setting)?;
    }
    let schema = url.clone();
    let step = move || match &schema {
        DatabaseUrl::Sqlite(_) => migrate::run(&schema, None).map(|_| 0),
        DatabaseUrl::Postgres(_) => migrate::pending(&schema).map(|pending| pending.len()),
    };
    let pending = tokio::task::spawn_blocking(step)
        .await
        .map_err(|join| Failure::internal("migrating the schema").because(join))??;
    if pending > 0 {
        return Err(BuildError::Schema(pending));
    }
    let database = Database::open(&url, u32::try_from(config.database.pool_size).unwrap_or(u32::MAX))?;
    database.check_server().await?.map_err(BuildError::Database)?;
    Ok(database)
}

/// Makes the file of a new SQLite database for its owner alone; SQLite gives the files beside it the same mode.
fn make_private(path: &Path) -> Result<(), ConfigFault> {
    match OpenOptions::new().write(true).create_new(true).mode(0o600).open(path) {
        Ok(_) => Ok(()),
        Err(there) if there.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        Err(error) => {
            let message = format!("cannot make {}: {}", path.display(), in_words(&error));
            Err(ConfigFault::of_key("database.url", message))
        }
    }
}

/// A master key that opens nothing is a setting to mend, not a part that is away.
async fn check_master_key(master: &MasterKey, database: &Database) -> Result<(), BuildError> {
    let keys = database.read_platform(&PlatformScope::operator(), |tx| keys::list(tx)).await?;
    let sealer = Sealer::new(master.clone(), Vec::new());
    master_key::check_opens(&keys, &sealer).map_err(BuildError::Setting)
}

/// Where the configuration says that the data is.
///
/// # Errors
/// The URL is of no known database.
pub fn database_url(config: &Config) -> Result<DatabaseUrl, BuildError> {
    let read = config.database.url.expose().parse::<DatabaseUrl>();
    read.map_err(|error| BuildError::Setting(ConfigFault::of_key("database.url", error.to_string())))
}

fn edge(parts: &Parts, database: Database) -> Result<Edge, BuildError> {
    let config = &parts.config;
    let http = match &parts.http {
        Some(http) => Arc::clone(http),
        None => outbound(config)?,
    };
    let mailer = match &parts.mailer {
        Some(mailer) => Arc::clone(mailer),
        None => mail::mailer(config).map_err(BuildError::Setting)?,
    };
    let catalogue = Catalogue::embedded().map_err(|error| BuildError::Defect(error.to_string()))?;
    let (tokens, mail) = (terms(parts), mail_terms(parts));
    Ok(Edge {
        issuer: Arc::new(config.server.issuer.clone()),
        database,
        changes: Arc::default(),
        refreshing: tokio::sync::Mutex::default(),
        clock: Arc::clone(&parts.clock),
        random: Arc::clone(&parts.random),
        http,
        passwords: PasswordPool::new(pool_limits(&config.limits), Arc::clone(&parts.random)),
        passkeys: PasskeyRules::new(
            Passkeys::of(&config.server.issuer),
            Arc::clone(&tokens.sealer),
            mail.clone(),
        ),
        tokens,
        links: LinkTerms { lives: link_lives(config), mail: mail.clone() },
        mail: mail.clone(),
        mailer,
        known: Known::new(ClientKeys::new(config.outbound.key_refetch_delay)),
        logos: Logos::default(),
        metadata: discovery::document(&config.server.issuer)?,
        api_document: api_document()?,
        keys: Arc::new(KeyRing::new(Sealer::new(parts.master_key.clone(), Vec::new()))),
        revocations: Arc::default(),
        authorize: AuthorizeTimes { code: config.tokens.code, interaction: config.tokens.interaction },
        sign_in: SignInRules {
            account: config.limits.sign_in_account,
            records: record_rules(parts),
            stuffing: Stuffing::new(&*parts.random, stuffing_rates(&config.limits)),
            mail,
        },
        browser_tokens: KeyedHash::new(&parts.master_key, Purpose::BrowserTokens),
        csrf: CsrfTokens::new(KeyedHash::new(&parts.master_key, Purpose::BrowserTokens)),
        limits: Limits::new(&rates(&config.limits)),
        catalogue,
        rules: Rules {
            deployment: config.server.name.clone(),
            proxies: TrustedProxies::new(config.server.trusted_proxies.clone()),
            allowed_origins: config.cors.allowed_origins.clone(),
            any_origin: config.cors.any_origin && !config.is_production(),
            max_body: config.server.max_body,
            body_timeout: config.server.body_timeout,
            log_requests: config.log.requests,
        },
        origin_cache: Cached::new(1),
        readiness: Readiness::default(),
        running: Running::new(most_running(&config.server)),
        defects: AtomicU64::new(0),
    })
}

/// The document of the JSON API (`docs/openapi.json`).
fn api_document() -> Result<Document, Failure> {
    let text = openapi::text(&routes::table())?;
    Ok(Document::new(text))
}

/// As many requests as there may be connections, at all workers together.
fn most_running(server: &ServerConfig) -> usize {
    let own = || std::thread::available_parallelism().map_or(1, std::num::NonZeroUsize::get);
    server.max_connections.saturating_mul(server.workers.unwrap_or_else(own))
}

fn record_rules(parts: &Parts) -> RecordRules {
    RecordRules {
        names: KeyedHash::new(&parts.master_key, Purpose::AccountNames),
        one_by_one: parts.config.limits.recorded_failures,
        platform: parts.config.limits.platform_events,
    }
}

fn terms(parts: &Parts) -> Terms {
    let times = &parts.config.tokens;
    Terms {
        lifetimes: Lifetimes {
            access: times.access,
            id_token: times.id_token,
            refresh_idle: times.refresh_idle,
            refresh_absolute: times.refresh_absolute,
        },
        sealer: Arc::new(Sealer::new(parts.master_key.clone(), Vec::new())),
        records: record_rules(parts),
    }
}

pub(crate) const fn link_lives(config: &Config) -> LinkLives {
    let times = &config.links;
    LinkLives {
        magic_link: times.magic_link,
        email_code: times.email_code,
        password_reset: times.password_reset,
        verify_email: times.verify_email,
        first_factor: times.first_factor,
    }
}

fn mail_terms(parts: &Parts) -> MailTerms {
    MailTerms {
        sealer: Arc::new(Sealer::new(parts.master_key.clone(), Vec::new())),
        names: KeyedHash::new(&parts.master_key, Purpose::AccountNames),
        per_recipient: parts.config.limits.mail_recipient,
        bell: Bell::default(),
    }
}

fn outbound(config: &Config) -> Result<Arc<dyn HttpClient>, BuildError> {
    let fault = |message: String| BuildError::Setting(ConfigFault::of_key("outbound.root_ca_file", message));
    let rules = AddressRules::new(config.outbound.allow_private.clone());
    let extra_roots = match &config.outbound.root_ca_file {
        None => None,
        Some(path) => Some(
            std::fs::read(path)
                .map_err(|error| fault(format!("cannot read {}: {}", path.display(), in_words(&error))))?,
        ),
    };
    let settings = ClientSettings {
        rules: if config.is_production() { rules } else { rules.with_http() },
        extra_roots,
        timeout: config.outbound.timeout,
    };
    Ok(Arc::new(GuardedClient::new(settings).map_err(|error| fault(error.to_string()))?))
}

fn pool_limits(limits: &LimitsConfig) -> PoolLimits {
    let own = PoolLimits::default();
    PoolLimits { parallel: limits.hash_workers.unwrap_or(own.parallel), waiting: limits.hash_queue }
}

fn stuffing_rates(limits: &LimitsConfig) -> StuffingRates {
    StuffingRates { password: limits.stuffing_password, address: limits.stuffing_address }
}

fn rates(limits: &LimitsConfig) -> Rates {
    Rates {
        sign_in_address: limits.sign_in_address,
        authorize_address: limits.authorize_address,
        authorize_person: limits.authorize_person,
        token_address: limits.token_address,
        token_client: limits.token_client,
        bearer_address: limits.bearer_address,
        setup_address: limits.setup_address,
        mail_address: limits.mail_address,
        logout_address: limits.logout_address,
        logout_browser: limits.logout_browser,
    }
}

/// What the jobs of a node have at hand; the tests run them by hand.
pub fn job_context(edge: &Edge, config: &Config) -> JobContext {
    JobContext {
        database: edge.database.clone(),
        clock: Arc::clone(&edge.clock),
        random: Arc::clone(&edge.random),
        http: Arc::clone(&edge.http),
        issuer: Arc::clone(&edge.issuer),
        keys: Arc::clone(&edge.keys),
        rotation: RotationRule {
            interval: config.keys.rotation_interval,
            publish_ahead: config.keys.publish_ahead,
        },
        checkpoint_dir: config.audit.checkpoint_dir.clone(),
    }
}

/// Reads the change number again and again. A failure is not logged each time: readiness and 503 tell of it.
async fn follow_changes(edge: Data<Edge>) {
    let mut was_well = true;
    loop {
        tokio::time::sleep(CHANGES_EVERY).await;
        let outcome = edge.refresh().await;
        match (&outcome, was_well) {
            (Err(failure), true) => tracing::warn!(context = failure.context, "the database does not answer"),
            (Ok(()), false) => tracing::info!("the database answers again"),
            (Ok(()), true) | (Err(_), false) => {}
        }
        was_well = outcome.is_ok();
    }
}
