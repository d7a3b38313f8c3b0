//! Passkeys first: whoever signs in without one is offered one, unless they said "not now" in the last thirty days.

use std::time::Duration;

use super::SignedIn;
use crate::crypto::hmac::KeyedHash;
use crate::flows::call::Call;
use crate::flows::session;
use crate::model::failure::Failure;
use crate::model::ids::{SessionId, TenantId, UserId};
use crate::model::session::{Factor, SessionRef};
use crate::storage::Directory;
use crate::storage::records::counters::{self, Begins};
use crate::storage::records::passkeys;

/// What the answer is called in the table of counters.
const KIND: &str = "passkey_declined";

/// How long "not now" is remembered.
const NOT_NOW: Duration = Duration::from_hours(30 * 24);

fn key(names: &KeyedHash, tenant: TenantId, user: UserId) -> String {
    names.of(&[KIND.as_bytes(), tenant.as_bytes(), user.as_bytes()])
}

/// Whether the person of this session, which has just begun, is offered a passkey: the tenant allows them, they have none,
/// and did not say "not now".
///
/// # Errors
/// The database fails.
pub fn is_due(
    directory: &mut Directory<'_>,
    call: &Call,
    names: &KeyedHash,
    account: SessionRef,
) -> Result<bool, Failure> {
    let Some(account) = session::find_live(directory, call, account)? else { return Ok(false) };
    if !account.policy.allows(Factor::Passkey) {
        return Ok(false);
    }
    let declined = counters::find(directory, &key(names, account.scope.id(), account.user.id))?;
    if declined.is_some_and(|declined| call.now < declined.expires_at) {
        return Ok(false);
    }
    Ok(passkeys::of_user(&mut directory.enter(&account.scope)?, account.user.id)?.is_empty())
}

/// Remembers that the person said "not now" who is signed in in this browser, with this session where several are.
///
/// # Errors
/// The database fails.
pub fn decline(
    directory: &mut Directory<'_>,
    call: &Call,
    names: &KeyedHash,
    (cookie_hash, sid): (&str, Option<SessionId>),
) -> Result<(), Failure> {
    let Ok(me) = SignedIn::of_browser(directory, call, cookie_hash, sid)? else { return Ok(()) };
    let key = key(names, me.scope().id(), me.user().id);
    let expires_at = call.now + NOT_NOW;
    let mut declined =
        counters::hold(directory, Begins { key: &key, kind: KIND, now: call.now, expires_at })?;
    declined.expires_at = expires_at;
    counters::put(directory, &declined)
}
