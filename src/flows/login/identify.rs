//! The first step of a sign-in: the address that was typed, and which tenant it leads to (D1). No account is looked up.

use std::time::Duration;

use super::Destination;
use super::visit::Visit;
use crate::flows::call::Call;
use crate::flows::interaction::{Interaction, Progress};
use crate::flows::interaction_store;
use crate::model::email::Email;
use crate::model::failure::Failure;
use crate::model::ids::{InteractionHandle, Slug, TenantId};
use crate::storage::Directory;

/// What stood in the fields.
#[derive(Debug, Clone)]
pub struct Typed {
    /// The e-mail address.
    pub username: String,
    /// The organisation's slug, where it was asked for.
    pub organisation: Option<String>,
}

/// Why the page is shown again. Each follows from what was typed and from public settings alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IdentifyRefusal {
    /// There is no open interaction of this browser with that handle.
    Expired,
    /// It is no e-mail address.
    Username,
    /// The organisation is needed, or is no slug.
    Organisation,
}

/// Takes the address, settles where it leads, and gives the handle for the next page. A plain sign-in gets its
/// interaction here, with this much time.
pub fn identify(
    directory: &mut Directory<'_>,
    call: &Call,
    (handle, cookie_hash): (Option<InteractionHandle>, &str),
    typed: &Typed,
    life: Duration,
) -> Result<Result<InteractionHandle, IdentifyRefusal>, Failure> {
    if let Some(handle) = handle {
        interaction_store::hold(directory, handle)?;
    }
    let Some(visit) = Visit::open(directory, call, handle, cookie_hash)? else {
        return Ok(Err(IdentifyRefusal::Expired));
    };
    let Ok(email) = typed.username.parse::<Email>() else { return Ok(Err(IdentifyRefusal::Username)) };
    let Some(destination) = settle(directory, &visit, cookie_hash, &email, typed)? else {
        return Ok(Err(IdentifyRefusal::Organisation));
    };
    let (tenant, organisation) = match destination {
        Destination::Tenant(tenant) => (Some(tenant), None),
        Destination::Nowhere(given) => (None, Some(given)),
    };
    let progress = Progress {
        identifier: Some(email.spelling().to_owned()),
        tenant,
        organisation,
        signing_in: true,
        ..Progress::default()
    };
    if let Some(mut interaction) = visit.interaction {
        interaction.progress = progress;
        let saved = interaction_store::save_progress(directory, &interaction)?;
        return Ok(if saved { Ok(interaction.handle()) } else { Err(IdentifyRefusal::Expired) });
    }
    let platform = directory.platform()?;
    let interaction = Interaction {
        id: call.id(),
        stored_in: platform.id(),
        client_id: None,
        browser_hash: cookie_hash.to_owned(),
        request: None,
        progress,
        created_at: call.now,
        expires_at: call.now + life,
    };
    interaction_store::start(&mut directory.enter(&platform)?, &interaction)?;
    Ok(Ok(interaction.handle()))
}

/// Where the sign-in goes; `None` where the organisation must still be named. An organisation that was named is followed,
/// and leads nowhere where it does not exist: were it to give way to what the address names, the difference would tell
/// which ones exist (D2).
fn settle(
    directory: &mut Directory<'_>,
    visit: &Visit,
    cookie_hash: &str,
    email: &Email,
    typed: &Typed,
) -> Result<Option<Destination>, Failure> {
    if let Some(destination) = visit.settled() {
        return Ok(Some(destination));
    }
    let slug = typed.organisation.as_deref().and_then(|text| {
        let text = text.trim().to_lowercase();
        text.parse::<Slug>().ok()
    });
    let named: Option<TenantId> = match &slug {
        Some(slug) => directory.tenant_by_slug(slug)?.map(|scope| scope.id()),
        None => None,
    };
    if let Some(tenant) = named.filter(|tenant| visit.admits(*tenant)) {
        return Ok(Some(Destination::Tenant(tenant)));
    }
    if let Some(slug) = slug {
        return Ok(Some(Destination::Nowhere(slug.to_string())));
    }
    Ok(visit.tenant_of_address(directory, cookie_hash, email)?.map(Destination::Tenant))
}
