//! Takes the master key from where the configuration says it is.

use crate::config::fault::Fault;
use crate::config::keys::MasterKeySource;
use crate::config::{Config, boot};
use crate::crypto::master_key::{MasterKey, MasterKeyError};

/// The master key of this deployment.
///
/// # Errors
/// A fault with the key that would mend it; it repeats nothing of the secret.
pub fn load(config: &Config) -> Result<MasterKey, Fault> {
    match &config.keys.master_key {
        MasterKeySource::Given(text) => MasterKey::parse(text.expose())
            .map_err(|error| Fault::of_key("keys.master_key", error.to_string())),
        MasterKeySource::File(path) => {
            MasterKey::read(path).map_err(|error| Fault::of_key("keys.master_key_file", advice(&error)))
        }
    }
}

/// Every reason not to start in production, the master key's included (D28, P134).
pub fn refusals(config: &Config) -> Vec<Fault> {
    let mut faults = boot::refusals(config);
    if config.is_production()
        && let Err(fault) = load(config)
    {
        faults.push(fault);
    }
    faults
}

fn advice(error: &MasterKeyError) -> String {
    if let MasterKeyError::Unreadable { source, .. } = error {
        format!("{error}: {} (`symbolon init` makes one)", source.kind())
    } else {
        error.to_string()
    }
}
