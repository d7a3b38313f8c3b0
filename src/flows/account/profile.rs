//! What people say of themselves: to change it they have to be signed in, and no more (P063).

use std::collections::{BTreeMap, BTreeSet};

use super::SignedIn;
use crate::flows::call::Call;
use crate::flows::provision;
use crate::model::audit::Actor;
use crate::model::failure::Failure;
use crate::model::own_claims::OwnClaim;
use crate::model::profile::Profile;
use crate::storage::Directory;
use crate::storage::records::{tenants, users};

/// What somebody says of themselves. What is missing they do not say.
pub type Said = BTreeMap<OwnClaim, String>;

/// What this profile says now.
pub fn said(profile: &Profile) -> Said {
    let mut profile = profile.clone();
    OwnClaim::ALL.into_iter().filter_map(|claim| Some((claim, claim.of(&mut profile).take()?))).collect()
}

/// What breaks its rule.
pub fn faults(said: &Said) -> BTreeSet<OwnClaim> {
    said.iter().filter(|(claim, text)| !(claim.rule().holds)(text)).map(|(claim, _)| *claim).collect()
}

/// Stores what somebody says of themselves, in place of what they said before. Everything else of the account stays.
///
/// # Errors
/// What breaks its rule; then nothing has changed. The database fails.
pub fn change(
    directory: &mut Directory<'_>,
    call: &Call,
    who: &SignedIn,
    mut said: Said,
) -> Result<Result<(), BTreeSet<OwnClaim>>, Failure> {
    let faults = faults(&said);
    if !faults.is_empty() {
        return Ok(Err(faults));
    }
    let tx = &mut directory.enter(who.scope())?;
    // Whoever changes the account otherwise holds the tenants too: what they changed is read here.
    tenants::hold(tx)?;
    let Some(user) = users::find(tx, who.user().id)?.filter(|user| user.status.is_active()) else {
        return Ok(Ok(()));
    };
    let mut profile = user.profile.clone();
    for claim in OwnClaim::ALL {
        *claim.of(&mut profile) = said.remove(&claim);
    }
    provision::change_profile(tx, call, &Actor::User(user.id), (&user, profile))?;
    Ok(Ok(()))
}
