//! The deployment as commands see it that work beside a running server: its
//! database, its keys, and the operator's right.

use std::future::Future;
use std::sync::Arc;

use tokio::runtime::Runtime;

use super::outcome::Stop;
use super::settings::SettingsArgs;
use super::system_user;
use crate::config::Config;
use crate::config::fault::in_words;
use crate::crypto::hmac::KeyedHash;
use crate::crypto::master_key::{MasterKey, Purpose};
use crate::crypto::seal::Sealer;
use crate::effects::{Random, SystemClock, SystemRandom};
use crate::flows::Call;
use crate::flows::keys::{KeyRing, Keys};
use crate::flows::mail::{Bell, MailTerms};
use crate::model::failure::Failure;
use crate::model::ids::Slug;
use crate::model::issuer::Issuer;
use crate::model::nearest::did_you_mean;
use crate::server::build::database_url;
use crate::server::master_key;
use crate::storage::{Database, DatabaseUrl, PlatformScope, TenantScope, migrate};

/// A file of SQLite must be there: opening one that is not would make it.
fn find(path: &str) -> Result<(), Stop> {
    match std::path::Path::new(path).try_exists() {
        Ok(true) => Ok(()),
        Ok(false) => Err(Stop::configuration(format_args!(
            "there is no database {path}: run `symbolon init` first, or say where it is with --config or `database.url`"
        ))),
        Err(error) => Err(Stop::configuration(format_args!("cannot look at {path}: {}", in_words(&error)))),
    }
}

/// An opened deployment.
pub(super) struct Deployment {
    /// The configuration.
    pub(super) config: Config,
    /// The data.
    pub(super) database: Database,
    /// Whoever runs a command on this machine is the operator.
    pub(super) right: PlatformScope,
    issuer: Arc<Issuer>,
    random: Arc<dyn Random>,
    runtime: Runtime,
}

impl Deployment {
    /// Opens what the configuration names. It must have been made by `symbolon init`, and its schema be up to date.
    ///
    /// # Errors
    /// Exit 78 where something is missing, 69 where the database does not answer.
    pub(super) fn open(settings: &SettingsArgs) -> Result<Self, Stop> {
        let config = settings.load()?;
        let url = database_url(&config)?;
        if let DatabaseUrl::Sqlite(path) = &url {
            find(path)?;
        }
        if !migrate::pending(&url)?.is_empty() {
            return Err(Stop::configuration(
                "the database schema is out of date: run `symbolon migrate` first",
            ));
        }
        let runtime =
            tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(Stop::failed)?;
        Ok(Self {
            database: Database::open(&url, 2)?,
            right: PlatformScope::operator(),
            issuer: Arc::new(config.server.issuer.clone()),
            random: Arc::new(SystemRandom),
            runtime,
            config,
        })
    }

    /// Waits for something, and turns our failures into an exit code.
    pub(super) fn wait<T>(&self, work: impl Future<Output = Result<T, Failure>>) -> Result<T, Stop> {
        self.runtime.block_on(work).map_err(Stop::from)
    }

    /// One call of the operator's: now, and a name for its events.
    pub(super) fn call(&self) -> Call {
        let call = Call::of_process(&SystemClock, Arc::clone(&self.random), Arc::clone(&self.issuer));
        call.by_system_user(system_user::name())
    }

    /// What seals private keys.
    pub(super) fn sealer(&self) -> Result<Sealer, Stop> {
        Ok(Sealer::new(self.master_key()?, Vec::new()))
    }

    /// The keyed hash under which failed sign-ins are counted. Under another master key than that of the servers nothing
    /// would be found, so that is refused.
    pub(super) fn account_names(&self) -> Result<KeyedHash, Stop> {
        self.keys()?;
        Ok(KeyedHash::new(&self.master_key()?, Purpose::AccountNames))
    }

    /// What queueing a mail needs. A running server sends it.
    pub(super) fn mail_terms(&self) -> Result<MailTerms, Stop> {
        Ok(MailTerms {
            sealer: Arc::new(self.sealer()?),
            names: self.account_names()?,
            per_recipient: self.config.limits.mail_recipient,
            bell: Bell::default(),
        })
    }

    fn master_key(&self) -> Result<MasterKey, Stop> {
        master_key::load(&self.config).map_err(|fault| Stop::configuration(format_args!("{fault}")))
    }

    /// The signing keys in force.
    pub(super) fn keys(&self) -> Result<Arc<Keys>, Stop> {
        let ring = Arc::new(KeyRing::new(self.sealer()?));
        let (now, loaded) = (self.call().now, Arc::clone(&ring));
        self.wait(self.database.read_platform(&self.right, move |tx| loaded.reload(tx, now)))?;
        Ok(ring.current(now)?)
    }

    /// The tenant with this slug, whatever its status.
    pub(super) fn tenant(&self, slug: &Slug) -> Result<TenantScope, Stop> {
        let wanted = slug.clone();
        let found =
            self.wait(self.database.read_platform(&self.right, move |tx| tx.tenant_by_slug(&wanted)))?;
        match found {
            Some(scope) => Ok(scope),
            None => Err(self.no_tenant(slug)),
        }
    }

    /// There is no such tenant; names the one that was perhaps meant.
    pub(super) fn no_tenant(&self, slug: &Slug) -> Stop {
        let tenants = self.tenants().unwrap_or_default();
        let hint = did_you_mean(slug.as_str(), tenants.iter().map(|scope| scope.slug().as_str()));
        Stop::failed(format_args!("there is no tenant `{slug}`{hint}"))
    }

    /// Every tenant, the suspended and deleted ones too.
    #[expect(clippy::redundant_closure_for_method_calls, reason = "the method alone is not general enough")]
    pub(super) fn tenants(&self) -> Result<Vec<TenantScope>, Stop> {
        self.wait(self.database.read_platform(&self.right, |tx| tx.tenants()))
    }
}
