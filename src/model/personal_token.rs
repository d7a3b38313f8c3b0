//! Personal access tokens: what people give to their programs (D34).

use std::collections::BTreeSet;

use super::ids::{PersonalTokenId, UserId};
use super::session::Factor;
use super::time::Timestamp;

/// A token as it is kept: without itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PersonalToken {
    /// Its id, the `sid` of the access tokens that it is exchanged for.
    pub id: PersonalTokenId,
    /// Whose it is.
    pub user_id: UserId,
    /// What its owner calls it.
    pub name: String,
    /// What it may be used for: scopes of our own API and of the resource servers.
    pub scopes: BTreeSet<String>,
    /// The resource servers that it may be exchanged for.
    pub resources: BTreeSet<String>,
    /// What was proved in the session in which it was made.
    pub proofs: Vec<Factor>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it ends.
    pub expires_at: Timestamp,
    /// When it was used last, to an hour.
    pub last_used_at: Option<Timestamp>,
}
