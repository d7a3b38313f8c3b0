//! Configuration: a TOML file, then the environment, then flags; one file per section.
//! The only part of the program that reads the environment.

pub mod audit;
pub mod boot;
pub mod bounded;
pub mod cors;
pub mod database;
pub mod effective;
pub mod fault;
pub mod keys;
pub mod limits;
pub mod links;
pub mod log;
pub mod mail;
pub mod outbound;
mod reader;
pub mod reference;
pub mod registry;
pub mod server;
pub mod sources;
pub mod tokens;
mod toml_file;
pub mod values;

use std::path::PathBuf;

use audit::AuditConfig;
use cors::CorsConfig;
use database::DatabaseConfig;
use fault::ConfigFaults;
use keys::KeysConfig;
use limits::LimitsConfig;
use links::LinksConfig;
use log::LogConfig;
use mail::MailConfig;
use outbound::OutboundConfig;
use reader::Reader;
use server::ServerConfig;
use sources::Settings;
use tokens::TokensConfig;

/// The whole configuration, every value checked on its own. Whether the whole may run in production is asked of
/// [`boot::refusals`].
#[derive(Debug, Clone)]
pub struct Config {
    /// Addresses, TLS, proxies, limits of a request.
    pub server: ServerConfig,
    /// Origins that scripts may call us from.
    pub cors: CorsConfig,
    /// Where the data is.
    pub database: DatabaseConfig,
    /// The master key and the rotation of signing keys.
    pub keys: KeysConfig,
    /// How mail leaves.
    pub mail: MailConfig,
    /// How long what we issue lives.
    pub tokens: TokensConfig,
    /// The one table of rate limits (D31).
    pub limits: LimitsConfig,
    /// How long mailed links work.
    pub links: LinksConfig,
    /// What the outbound client may reach.
    pub outbound: OutboundConfig,
    /// Where the record is kept besides the database.
    pub audit: AuditConfig,
    /// What is logged, and how.
    pub log: LogConfig,
    /// The files that secrets were read from, the file of settings among them.
    pub secret_files: Vec<SecretFile>,
}

/// A file that holds a secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SecretFile {
    /// The key that it sets, or that names it.
    pub key: &'static str,
    /// The file.
    pub path: PathBuf,
}

impl Config {
    /// Reads every section and reports every fault at once.
    ///
    /// # Errors
    /// All faults of the settings: unknown keys with a known one that is near, if there is one, values that cannot be read.
    pub fn read(settings: &Settings) -> Result<Self, ConfigFaults> {
        let mut reader = Reader::new(settings);
        let server = ServerConfig::read(&mut reader);
        let config = Self {
            cors: CorsConfig::read(&mut reader),
            database: DatabaseConfig::read(&mut reader, &server.data_dir),
            keys: KeysConfig::read(&mut reader, &server.data_dir),
            mail: MailConfig::read(&mut reader),
            tokens: TokensConfig::read(&mut reader),
            limits: LimitsConfig::read(&mut reader),
            links: LinksConfig::read(&mut reader),
            outbound: OutboundConfig::read(&mut reader),
            audit: AuditConfig::read(&mut reader),
            log: LogConfig::read(&mut reader),
            secret_files: reader.secret_files(),
            server,
        };
        reader.finish(config)
    }

    /// Whether this deployment is in production: its issuer is not this machine (D28).
    pub fn is_production(&self) -> bool {
        !self.server.issuer.is_loopback()
    }
}
