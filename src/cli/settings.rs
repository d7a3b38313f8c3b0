//! The arguments that every command takes: which file, and settings over it.

use std::path::PathBuf;

use clap::Args;

use super::outcome::Stop;
use crate::config::Config;
use crate::config::sources::Settings;
use crate::model::failure::{Failure, FailureKind};
use crate::server::{BuildError, master_key};
use crate::storage::migrate::MigrateError;

/// Where settings come from.
#[derive(Debug, Clone, Default, Args)]
pub struct SettingsArgs {
    /// The configuration file [default: the one that `SYMBOLON_CONFIG` names, else symbolon.toml if it is there]
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,

    /// Set one key over file and environment, like `server.listen=127.0.0.1:9000`; may be repeated
    #[arg(long = "set", global = true, value_name = "KEY=VALUE")]
    set: Vec<String>,
}

impl SettingsArgs {
    /// File, environment and `--set` put together.
    ///
    /// # Errors
    /// A `--set` without an equals sign is a usage error.
    pub fn collect(&self) -> Result<Settings, Stop> {
        let mut settings = Settings::of_process(self.config.clone());
        for assignment in &self.set {
            let (key, value) = assignment
                .split_once('=')
                .ok_or_else(|| Stop::usage("--set wants KEY=VALUE, like server.listen=127.0.0.1:9000"))?;
            settings.flag("--set", key.trim(), value.trim());
        }
        Ok(settings)
    }

    /// The configuration, for a command that works beside a running server.
    ///
    /// # Errors
    /// Every fault of the settings (exit 78).
    pub fn load(&self) -> Result<Config, Stop> {
        Ok(Config::read(&self.collect()?)?)
    }
}

/// Refuses unsafe settings in production (exit 78), each with its reason.
pub fn check_boot(config: &Config) -> Result<(), Stop> {
    let reasons = master_key::refusals(config);
    if reasons.is_empty() { Ok(()) } else { Err(Stop::refused(&reasons)) }
}

impl From<BuildError> for Stop {
    fn from(error: BuildError) -> Self {
        match error {
            BuildError::Setting(_) | BuildError::Database(_) | BuildError::Schema(_) => {
                Self::configuration(error)
            }
            BuildError::Migrate(error) => error.into(),
            BuildError::Failure(failure) => failure.into(),
            BuildError::Socket(_) | BuildError::Defect(_) => Self::failed(error),
        }
    }
}

impl From<MigrateError> for Stop {
    fn from(error: MigrateError) -> Self {
        match error {
            MigrateError::NoRights(_) | MigrateError::NotOwner(_) | MigrateError::NoServingRole(_) => {
                Self::configuration(error)
            }
            MigrateError::Failure(failure) => failure.into(),
        }
    }
}

impl From<Failure> for Stop {
    fn from(failure: Failure) -> Self {
        let message = failure.in_words();
        match failure.kind {
            FailureKind::Unavailable => Self::unavailable(message),
            FailureKind::Internal => Self::failed(message),
        }
    }
}
