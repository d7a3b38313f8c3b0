//! Every table that names people, in one list: whoever erases a person goes through all of it (R75, P145). A test compares it with
//! the schema, so that a table that comes later joins or does not pass.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::failure::Failure;
use crate::model::user::User;
use crate::storage::TenantTx;
use crate::storage::records::{
    authorization_codes, consents, groups, invitations, links, mails, memberships, passkeys, passwords,
    personal_access_tokens, recovery_codes, refresh_families, remembered_devices, sessions, totp_factors,
    workspaces,
};

/// Somebody who is erased, and the address that goes with them: none where another account has it by now, whose it is.
#[derive(Debug, Clone, Copy)]
pub struct Erased<'a> {
    /// The account as it was.
    pub user: &'a User,
    /// Its address, as it was written.
    pub address: Option<&'a str>,
}

/// A table that names people, and how a person leaves it.
pub struct PersonalTable {
    /// The table.
    pub name: &'static str,
    /// Takes the person out of it.
    pub clear: fn(&mut TenantTx<'_>, Erased<'_>) -> Result<(), Failure>,
}

/// All of them, in the order of the locks.
pub const PERSONAL: &[PersonalTable] = &[
    table("passkeys", |tx, it| {
        for passkey in passkeys::of_user(tx, it.user.id)? {
            passkeys::remove(tx, it.user.id, passkey.id)?;
        }
        Ok(())
    }),
    table("passwords", |tx, it| passwords::remove(tx, it.user.id)),
    table("totp_factors", |tx, it| totp_factors::remove(tx, it.user.id).map(drop)),
    table("recovery_codes", |tx, it| recovery_codes::remove(tx, it.user.id).map(drop)),
    table("remembered_devices", |tx, it| remembered_devices::remove_of_user(tx, it.user.id).map(drop)),
    table("links", |tx, it| links::remove_of_user(tx, it.user.id).map(drop)),
    table("personal_access_tokens", |tx, it| {
        personal_access_tokens::remove_of_user(tx, it.user.id).map(drop)
    }),
    table("group_members", |tx, it| groups::set_of_user(tx, it.user.id, &BTreeSet::new())),
    table("user_workspaces", |tx, it| workspaces::set_of_user(tx, it.user.id, &BTreeMap::new())),
    table("sessions", |tx, it| sessions::remove_of_user(tx, it.user.id)),
    // With its refresh tokens.
    table("refresh_families", |tx, it| refresh_families::remove_of_user(tx, it.user.id)),
    table("authorization_codes", |tx, it| authorization_codes::remove_of_user(tx, it.user.id)),
    table("consents", |tx, it| consents::remove_of_user(tx, it.user.id)),
    table("invitations", |tx, it| invitations::remove_of_person(tx, it.user.id, it.address)),
    table("memberships", |tx, it| memberships::remove(tx, it.user.id).map(drop)),
    table("mails", |tx, it| mails::remove_of_user(tx, it.user.id, it.address)),
];

const fn table(
    name: &'static str,
    clear: fn(&mut TenantTx<'_>, Erased<'_>) -> Result<(), Failure>,
) -> PersonalTable {
    PersonalTable { name, clear }
}
