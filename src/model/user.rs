//! A person's account.

use std::collections::BTreeSet;

use super::ids::{TenantId, UserId};
use super::profile::Profile;
use super::role::Role;
use super::status::Status;
use super::time::Timestamp;

/// A person's account. It is owned by its home tenant; a guest's (D4) is let in elsewhere, and has there the address, the claims and
/// at best the state of the account at home, as they stand when it is read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct User {
    /// The tenant that it is an account of: the home, or the host of a guest.
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
    /// Whether the account may be used. A guest's is never better than that of the account at home, and of the home itself: what was
    /// given before the home took proofs back has not stood since.
    pub status: Status,
    /// Nothing that was proved before this counts: the password was changed, or somebody took the ways in away.
    pub proofs_since: Option<Timestamp>,
    /// The owner who may sign in although the policy leaves only an upstream provider, which may be down (R13).
    pub break_glass: bool,
    /// The tenant that owns the account of a guest; none for everybody else.
    pub home_tenant_id: Option<TenantId>,
    /// When it was created.
    pub created_at: Timestamp,
}

impl User {
    /// Whether the account is owned by another tenant.
    pub const fn is_guest(&self) -> bool {
        self.home_tenant_id.is_some()
    }

    /// Whether nothing is left of the account but its id (R75).
    pub const fn is_erased(&self) -> bool {
        self.email.is_empty() && !self.is_guest()
    }
}
