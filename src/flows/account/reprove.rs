//! A sensitive change wants a factor proved now: an interaction begins that leads there and back (D13, P048).

use std::time::Duration;

use super::SignedIn;
use crate::flows::call::Call;
use crate::flows::interaction::{Pending, Progress};
use crate::flows::interaction_store;
use crate::model::failure::Failure;
use crate::model::ids::InteractionHandle;
use crate::model::session::SessionRef;
use crate::protocol::acr::Acr;
use crate::storage::Directory;

/// Where it comes back to, and how long it may take.
#[derive(Debug, Clone)]
pub struct Reprove {
    /// A page of ours, of our own making.
    pub then: String,
    /// How long it waits.
    pub life: Duration,
    /// What the factors have to reach together; none where any factor, proved now, is enough.
    pub aim: Option<Acr>,
}

/// Begins it, in the browser whose cookie has this hash.
///
/// # Errors
/// The database fails.
pub fn reprove(
    directory: &mut Directory<'_>,
    call: &Call,
    (signed_in, cookie_hash): (&SignedIn, &str),
    wanted: Reprove,
) -> Result<InteractionHandle, Failure> {
    let (tenant, user) = (signed_in.scope().id(), signed_in.user());
    let progress = Progress {
        // The password's page asks for the password of this address in this tenant.
        identifier: Some(user.email.clone()),
        tenant: Some(tenant),
        account: Some(SessionRef { tenant_id: tenant, sid: signed_in.session().id }),
        pending: Some(Pending { tenant, user: user.id, proofs: Vec::new(), aim: wanted.aim, anew: true }),
        then: Some(wanted.then),
        ..Progress::default()
    };
    let browser = (cookie_hash, wanted.life);
    let interaction = interaction_store::begin_plain(directory, call, browser, progress)?;
    Ok(interaction.handle())
}
