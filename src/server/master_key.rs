//! Takes the master key from where the configuration says it is.

use crate::config::fault::{ConfigFault, in_words};
use crate::config::keys::MasterKeySource;
use crate::config::{Config, boot};
use crate::crypto::master_key::{MasterKey, MasterKeyError};
use crate::crypto::seal::Sealer;
use crate::flows::keys;
use crate::model::signing_key::KeyRecord;

/// The master key of this deployment.
///
/// # Errors
/// A fault with the key that would mend it; it repeats nothing of the secret.
pub fn load(config: &Config) -> Result<MasterKey, ConfigFault> {
    match &config.keys.master_key {
        MasterKeySource::Given(text) => MasterKey::parse(text.expose())
            .map_err(|error| ConfigFault::of_key("keys.master_key", error.to_string())),
        MasterKeySource::File(path) => {
            MasterKey::read(path).map_err(|error| ConfigFault::of_key("keys.master_key_file", advice(&error)))
        }
    }
}

/// Every reason not to start in production, the master key's included (D28, P134).
pub fn refusals(config: &Config) -> Vec<ConfigFault> {
    let mut faults = boot::refusals(config);
    if config.is_production()
        && let Err(fault) = load(config)
    {
        faults.push(fault);
    }
    faults
}

/// Refuses a master key that is not the one which sealed these signing keys: under it nothing could be signed.
///
/// # Errors
/// A fault that says what to do.
pub fn check_opens(keys: &[KeyRecord], sealer: &Sealer) -> Result<(), ConfigFault> {
    let opens = keys.iter().all(|key| keys::check_opens(key, sealer).is_ok());
    let message = "this is not the master key that the signing keys in the database were sealed with; give back the one that was \
                   here when they were made";
    if opens { Ok(()) } else { Err(ConfigFault::of_key("keys.master_key", message)) }
}

/// What is wrong with the master key, in words for the operator.
pub fn advice(error: &MasterKeyError) -> String {
    match error {
        MasterKeyError::Unreadable { source, .. } => {
            format!("{error}: {} (`symbolon init` makes one)", in_words(source))
        }
        MasterKeyError::Unwritable { source, .. } => format!("{error}: {}", in_words(source)),
        MasterKeyError::Malformed | MasterKeyError::Sample | MasterKeyError::ReadableByOthers { .. } => {
            error.to_string()
        }
    }
}
