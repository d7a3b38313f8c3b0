//! What every handler has at hand: the parts of the server, made once by `server::build`.

use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use actix_web::HttpRequest;
use actix_web::http::header::{ACCEPT_LANGUAGE, USER_AGENT};

use super::cookies;
use super::guard::client_ip::TrustedProxies;
use super::guard::csrf::CsrfTokens;
use super::limits::Limits;
use super::logos::Logos;
use super::middleware::{OriginList, Running};
use super::notes::Notes;
use super::oidc::document::Document;
use super::oidc::known::Known;
use crate::crypto::hmac::KeyedHash;
use crate::crypto::password::PasswordPool;
use crate::effects::http::HttpClient;
use crate::effects::mail::Mailer;
use crate::effects::{Clock, Random};
use crate::flows::authorize::AuthorizeTimes;
use crate::flows::factors::FactorRules;
use crate::flows::factors::passkey::PasskeyRules;
use crate::flows::keys::{KeyRing, Keys};
use crate::flows::links::LinkTerms;
use crate::flows::login::SignInRules;
use crate::flows::mail::MailTerms;
use crate::flows::revocation_feed::RevocationList;
use crate::flows::token::Terms;
use crate::flows::{Call, allowed_origins};
use crate::model::failure::Failure;
use crate::model::issuer::Issuer;
use crate::storage::{Cached, Changes, Database};
use crate::views::Frame;
use crate::views::text::{Catalogue, Locale};

/// The longest `User-Agent` that is kept, in characters.
const LONGEST_AGENT: usize = 200;

/// The parts of a running server.
pub struct Edge {
    /// Our own name.
    pub issuer: Arc<Issuer>,
    /// The data.
    pub database: Database,
    /// What this node knows of the change number (D25).
    pub changes: Arc<Changes>,
    /// Held by whoever reads what changed.
    pub refreshing: tokio::sync::Mutex<()>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Randomness.
    pub random: Arc<dyn Random>,
    /// The guarded client for requests of our own.
    pub http: Arc<dyn HttpClient>,
    /// Password hashing.
    pub passwords: PasswordPool,
    /// How long tokens live, and what seals them.
    pub tokens: Terms,
    /// What queueing a mail needs.
    pub mail: MailTerms,
    /// How long mailed links work, and how they are mailed.
    pub links: LinkTerms,
    /// The way out for mail; only the worker uses it.
    pub mailer: Arc<dyn Mailer>,
    /// What this node remembers of clients and tenants.
    pub known: Known,
    /// The logos of clients that this node remembers.
    pub logos: Logos,
    /// The metadata of the provider, ready to be sent.
    pub metadata: Document,
    /// The document of the JSON API, ready to be sent.
    pub api_document: Document,
    /// The signing keys of this node.
    pub keys: Arc<KeyRing>,
    /// The revocation feed of this node (D14).
    pub revocations: Arc<RevocationList>,
    /// How long codes live and requests wait.
    pub authorize: AuthorizeTimes,
    /// What signing in keeps to (D23, D31).
    pub sign_in: SignInRules,
    /// What passkeys are verified with.
    pub passkeys: PasskeyRules,
    /// Proves that what a browser carries for us is of our own making.
    pub browser_tokens: KeyedHash,
    /// Tokens against cross-site requests.
    pub csrf: CsrfTokens,
    /// The rate limits.
    pub limits: Limits,
    /// The words of the pages.
    pub catalogue: Catalogue,
    /// What the edge itself keeps to.
    pub rules: Rules,
    /// The origins that clients have listed, remembered until the change number moves.
    pub origin_cache: Cached<(), OriginList>,
    /// Whether this node takes requests.
    pub readiness: Readiness,
    /// The requests that it has taken.
    pub running: Running,
    /// Answers of 500 and above that were not 503: each of them is a defect.
    pub defects: AtomicU64,
}

/// Rules of the edge, from the configuration.
#[derive(Debug, Clone)]
pub struct Rules {
    /// What the operator calls this deployment.
    pub deployment: String,
    /// Proxies whose word on the client's address counts.
    pub proxies: TrustedProxies,
    /// Origins of the configuration whose scripts may call us.
    pub allowed_origins: Vec<String>,
    /// Whether any origin may; only on a loopback issuer.
    pub any_origin: bool,
    /// The largest body in bytes.
    pub max_body: usize,
    /// The longest time for a body.
    pub body_timeout: Duration,
    /// Whether each request is logged.
    pub log_requests: bool,
}

/// Whether this node takes requests: switched off when it is asked to stop (D38).
#[derive(Debug, Clone, Default)]
pub struct Readiness(Arc<AtomicBool>);

impl Readiness {
    /// The node takes requests.
    pub fn open(&self) {
        self.0.store(true, Ordering::Release);
    }

    /// The node takes no new requests soon.
    pub fn close(&self) {
        self.0.store(false, Ordering::Release);
    }

    /// Whether it does.
    pub fn is_open(&self) -> bool {
        self.0.load(Ordering::Acquire)
    }
}

impl Edge {
    /// What this request brings to every flow.
    pub fn call(&self, request: &HttpRequest) -> Call {
        let notes = self.notes(request);
        // What is no plain text is shown as such, so that one odd byte does not hide the rest.
        let plain = |byte: u8| if matches!(byte, b' '..=b'~') { char::from(byte) } else { '?' };
        let agent =
            request.headers().get(USER_AGENT).map(|value| value.as_bytes().iter().copied().map(plain));
        Call {
            now: notes.now(),
            random: Arc::clone(&self.random),
            request_id: notes.request_id(),
            address: notes.address(),
            user_agent: agent.map(|text| text.take(LONGEST_AGENT).collect()),
            system_user: None,
            devices: cookies::devices(request, &self.issuer),
            issuer: Arc::clone(&self.issuer),
        }
    }

    /// What factors are kept and told of with.
    pub fn factor_rules(&self) -> FactorRules {
        FactorRules { sealer: Arc::clone(&self.tokens.sealer), mail: self.mail.clone() }
    }

    /// The notes of this request; begun here where the outermost middleware is missing, as in a unit test.
    pub fn notes(&self, request: &HttpRequest) -> Notes {
        Notes::of(request).unwrap_or_else(|| self.begin(None))
    }

    /// Notes of a request that just came in.
    pub(super) fn begin(&self, address: Option<IpAddr>) -> Notes {
        let now = self.clock.now();
        Notes::begin(self.random.id(now), now, address)
    }

    /// Whether this node may answer from what it remembers (D25): by the time now, whenever the request began.
    pub fn is_fresh(&self) -> bool {
        self.changes.is_fresh(self.clock.now())
    }

    /// The keys in force now, whenever the request began.
    ///
    /// # Errors
    /// Unavailable: they could not be read for five seconds.
    pub fn current_keys(&self) -> Result<Arc<Keys>, Failure> {
        self.keys.current(self.clock.now())
    }

    /// The origins that clients have listed; none where they cannot be read.
    pub async fn origins(&self) -> Arc<OriginList> {
        let number = self.changes.number();
        if let Some(list) = self.origin_cache.get(number, &()) {
            return list;
        }
        match self.database.read_directory(allowed_origins::listed).await {
            Ok(pairs) => {
                let list: Arc<OriginList> = Arc::new(pairs.into_iter().collect());
                self.origin_cache.put(number, (), Arc::clone(&list));
                list
            }
            Err(failure) => {
                tracing::warn!(context = failure.context, "the origins of clients cannot be read");
                Arc::default()
            }
        }
    }

    /// Reads what moved since the last time: the change number, the keys, the revocations (D25). Called at start and
    /// then at most a second apart.
    ///
    /// # Errors
    /// The database did not answer, or there are no keys; what was read before stays until it is too old.
    pub async fn refresh(&self) -> Result<(), Failure> {
        // One after the other: an older reading must not take the place of a newer one.
        let _turn = self.refreshing.lock().await;
        // The time before the read: what was read then is at least as new.
        let now = self.clock.now();
        let (keys, revocations) = (Arc::clone(&self.keys), Arc::clone(&self.revocations));
        self.changes.refresh(&self.database, now).await?;
        self.database
            .read_directory(move |directory| {
                keys.reload(directory, now)?;
                revocations.reload(directory, now)
            })
            .await
    }

    /// The frame of a page in the language that the browser prefers; `ui_locales` of a waiting request goes first.
    pub fn frame(&self, request: &HttpRequest, ui_locales: Option<&str>) -> Frame {
        let accepted =
            request.headers().get(ACCEPT_LANGUAGE).map(|value| String::from_utf8_lossy(value.as_bytes()));
        self.frame_for(Locale::choose(ui_locales, accepted.as_deref()))
    }

    /// The deployment's own frame in this language.
    pub fn frame_for(&self, locale: Locale) -> Frame {
        Frame::of_deployment(self.catalogue.text(locale), &self.rules.deployment)
    }
}

impl std::fmt::Debug for Edge {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Edge")
            .field("issuer", &self.issuer)
            .field("database", &self.database)
            .finish_non_exhaustive()
    }
}
