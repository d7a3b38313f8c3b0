//! One file per table, with those that belong to it. Only these files name tables, and `pending.rs`, which writes the
//! events. A function on a tenant's table takes a `TenantTx` and begins at its rows; one on a deployment-level table
//! takes any transaction (D5).

pub mod audit;
pub mod authorization_codes;
pub mod browser_sessions;
pub mod catalogue;
pub mod change_number;
pub mod client_assertions;
pub mod client_logos;
pub mod clients;
pub mod consents;
pub mod counters;
pub mod entitlements;
pub mod groups;
pub mod interactions;
pub mod invitations;
pub mod leases;
pub mod links;
pub mod mails;
pub mod memberships;
pub mod passkeys;
pub mod password_floor;
pub mod passwords;
pub mod personal_access_tokens;
pub mod policies;
pub mod recovery_codes;
pub mod refresh_families;
pub mod refresh_tokens;
pub mod remembered_devices;
pub mod resource_servers;
pub mod revocations;
pub mod sessions;
pub mod setup_links;
pub mod signing_keys;
pub mod spent_challenges;
pub mod tenants;
pub mod totp_factors;
pub mod users;
pub mod workspaces;

use std::str::FromStr;

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::model::failure::Failure;

/// Parses a stored id or word. What cannot be read is damage, and named by its column.
fn stored<T: FromStr>(text: &str, column: &'static str) -> Result<T, Failure> {
    text.parse().map_err(|_| Failure::internal(column))
}

/// Parses a stored JSON document.
fn from_json<T: DeserializeOwned>(text: &str, column: &'static str) -> Result<T, Failure> {
    serde_json::from_str(text).map_err(|error| Failure::internal(column).because(error))
}

/// Writes a JSON document for storage.
fn to_json<T: Serialize>(value: &T, column: &'static str) -> Result<String, Failure> {
    serde_json::to_string(value).map_err(|error| Failure::internal(column).because(error))
}
