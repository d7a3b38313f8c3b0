//! Signing in: identifier first, then a factor. Before a factor is proved, no answer tells whether or where an account
//! exists, in content, headers or time (D1, P036).

pub mod choose;
pub mod code;
pub mod enrol;
pub mod first_party;
pub mod guests;
pub mod identify;
pub mod lockout;
pub mod magic_link;
mod notices;
pub mod passkey;
pub mod password;
pub mod proved;
pub mod second;
pub mod stuffing;
pub mod visit;

use crate::crypto::hmac::KeyedHash;
use crate::flows::failures::RecordRules;
use crate::flows::mail::MailTerms;
use crate::model::ids::TenantId;
use crate::model::rate::Rate;

/// What the flows of signing in keep to, from the configuration (D23, D31).
#[derive(Debug, Clone)]
pub struct SignInRules {
    /// Failures of one account name before it is locked for the window.
    pub account: Rate,
    /// How failures are recorded, and under which keyed hash names are counted.
    pub records: RecordRules,
    /// What this process saw of lists of passwords.
    pub stuffing: stuffing::Stuffing,
    /// With what people are told of sign-ins and locks.
    pub mail: MailTerms,
}

/// Where a sign-in goes: a tenant, or something that was named and is none. Failures are counted under both alike, so
/// that counting tells nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Destination {
    /// A tenant.
    Tenant(TenantId),
    /// Nothing that exists: what was given for it.
    Nowhere(String),
}

impl SignInRules {
    /// The key of an account's lock counter. `canonical` is the address in the form that decides equality (D3).
    pub fn account_key(&self, destination: &Destination, canonical: &str) -> String {
        destination.account_key(&self.records.names, canonical)
    }
}

impl Destination {
    /// The same, under this keyed hash.
    pub fn account_key(&self, names: &KeyedHash, canonical: &str) -> String {
        match self {
            Self::Tenant(tenant) => {
                names.of(&[b"account", b"tenant", tenant.as_bytes(), canonical.as_bytes()])
            }
            Self::Nowhere(given) => {
                names.of(&[b"account", b"nowhere", given.as_bytes(), canonical.as_bytes()])
            }
        }
    }
}
