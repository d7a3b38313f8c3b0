//! A person's account.

use std::collections::BTreeSet;

use super::ids::{TenantId, UserId};
use super::profile::Profile;
use super::role::Role;
use super::status::Status;
use super::time::Timestamp;

/// A person's account, owned by its home tenant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct User {
    /// The home tenant.
    pub tenant_id: TenantId,
    /// The `sub` claim.
    pub id: UserId,
    /// The address as it was given, for display.
    pub email: String,
    /// The form that decides equality (D3), made by the one rule for addresses.
    pub email_canonical: String,
    /// Whether somebody we trust vouched for the address.
    pub email_verified: bool,
    /// The standard claims.
    pub profile: Profile,
    /// Roles given to the account itself; groups may add more.
    pub roles: BTreeSet<Role>,
    /// Whether the account may be used.
    pub status: Status,
    /// Nothing that was proved before this counts: the password was changed, or somebody took the ways in away.
    pub proofs_since: Option<Timestamp>,
    /// The owner who may sign in although the policy leaves only an upstream provider, which may be down (R13).
    pub break_glass: bool,
    /// When it was created.
    pub created_at: Timestamp,
}
