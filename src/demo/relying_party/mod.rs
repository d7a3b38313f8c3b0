//! The sample relying party: a web application that signs people in with the code flow and PKCE (OIDC Core §3.1),
//! shows the token that it got, calls the sample API with it, and signs out (OIDC RP-Initiated Logout).

mod handlers;
mod http;
mod pages;
mod provider;
mod sessions;

use std::sync::Arc;

use actix_web::web;
use url::Url;

use self::provider::Provider;
pub use self::provider::ProviderError;
use self::sessions::Sessions;
use crate::verify::TimeSource;

/// What the relying party was told when it was registered, and where it stands.
#[derive(Clone)]
pub struct Registration {
    /// Its name, `Sample Notes`.
    pub name: &'static str,
    /// The issuer, `http://localhost:9000`.
    pub issuer: String,
    /// Its client id.
    pub client_id: String,
    /// Its client secret.
    pub client_secret: String,
    /// Its own origin, `http://127.0.0.1:9001`; `/callback` and `/` below it are registered.
    pub origin: Url,
    /// The sample API: its address, and its identifier as a resource.
    pub api: Url,
    /// The identifier that tokens for the API name in `aud`.
    pub resource: String,
    /// The ids of the demo's tenants, to try the door of another one.
    pub tenants: Vec<String>,
}

/// The relying party with its state: one for all workers.
#[derive(Clone)]
pub struct RelyingParty {
    registration: Arc<Registration>,
    provider: Arc<Provider>,
    sessions: Arc<Sessions>,
}

impl RelyingParty {
    /// A relying party with nobody signed in. The provider is asked for its metadata at the first sign-in.
    ///
    /// # Errors
    /// When an address is none, or the HTTP client cannot be set up.
    pub fn new(registration: Registration, time: Arc<dyn TimeSource>) -> Result<Self, ProviderError> {
        let provider = Provider::new(&registration, time)?;
        Ok(Self {
            registration: Arc::new(registration),
            provider: Arc::new(provider),
            sessions: Arc::new(Sessions::default()),
        })
    }

    /// Its routes.
    pub fn routes(self) -> impl FnOnce(&mut web::ServiceConfig) {
        move |config| {
            config
                .app_data(web::Data::new(self))
                .app_data(web::FormConfig::default().limit(4096))
                .route("/", web::get().to(handlers::home))
                .route("/sign-in", web::post().to(handlers::sign_in))
                .route("/callback", web::get().to(handlers::callback))
                .route("/call", web::post().to(handlers::call))
                .route("/sign-out", web::post().to(handlers::sign_out))
                .route("/style.css", web::get().to(handlers::style))
                .default_service(web::to(handlers::nothing));
        }
    }
}
