//! The first second factor of somebody whom an administrator vouches for (D33). The link proves nothing and signs nobody in: it
//! lets this one person, once they have proved their first factor in the browser that opened it, set up a second one where
//! the tenant asks for it and they have none.

use std::time::Duration;

use super::{Held, find, use_up};
use crate::flows::call::Call;
use crate::flows::factors::enrolled;
use crate::flows::interaction::{Enrols, Progress};
use crate::flows::interaction_store;
use crate::flows::login::guests;
use crate::model::failure::Failure;
use crate::model::ids::InteractionHandle;
use crate::model::link::LinkPurpose;
use crate::model::secret::Secret;
use crate::model::session::Factor;
use crate::model::user::User;
use crate::storage::{Directory, TenantTx};

/// The page of ours that the sign-in leads on to.
const THEN: &str = "/account/factors";

/// Whether somebody has a second factor: then nobody else lets them set up one.
pub(super) fn has_second(tx: &mut TenantTx<'_>, user: &User) -> Result<bool, Failure> {
    let has = enrolled(tx, user)?;
    Ok(has.has(Factor::Totp) || has.has(Factor::Passkey))
}

/// The link, where it can be used now; `None` where it is dead.
///
/// # Errors
/// The database fails.
pub fn open(
    directory: &mut Directory<'_>,
    call: &Call,
    token: &Secret<String>,
) -> Result<Option<Held>, Failure> {
    let found = find(directory, call, (LinkPurpose::FirstFactor, token))?;
    let Some(held) = found.filter(Held::is_open) else { return Ok(None) };
    let has = has_second(&mut directory.enter(&held.scope)?, &held.user)?;
    Ok((!has).then_some(held))
}

/// The sign-in that the link begins, and how it goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Begun {
    /// With their password.
    Password(InteractionHandle),
    /// From home: they are a guest, and their account there is signed in in this browser (D4).
    FromHome(InteractionHandle),
    /// The same, once they have signed in there.
    HomeFirst(InteractionHandle),
}

/// Uses the link, once, and begins the sign-in of its person in the browser whose cookie has this hash. `None` where the link is
/// dead by now.
///
/// # Errors
/// The database fails.
pub fn begin(
    directory: &mut Directory<'_>,
    call: &Call,
    token: &Secret<String>,
    (cookie_hash, life): (&str, Duration),
) -> Result<Option<Begun>, Failure> {
    let Some(held) = open(directory, call, token)? else { return Ok(None) };
    let Some(user) = use_up(directory, call, &held)? else { return Ok(None) };
    // Behind the lock on the person: a factor that was set up meanwhile is seen.
    if has_second(&mut directory.enter(&held.scope)?, &user)? {
        return Ok(None);
    }
    let tenant = held.scope.id();
    let progress = Progress {
        identifier: Some(user.email.clone()),
        tenant: Some(tenant),
        enrols: Some(Enrols { tenant, user: user.id }),
        then: Some(THEN.to_owned()),
        ..Progress::default()
    };
    let interaction = interaction_store::begin_plain(directory, call, (cookie_hash, life), progress)?;
    let handle = interaction.handle();
    if !user.is_guest() {
        return Ok(Some(Begun::Password(handle)));
    }
    let here = guests::of_browser(directory, call, cookie_hash)?;
    let is_here = here.iter().any(|guest| guest.user.id == user.id && guest.scope.id() == tenant);
    Ok(Some(if is_here { Begun::FromHome(handle) } else { Begun::HomeFirst(handle) }))
}
