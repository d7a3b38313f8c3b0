//! Keeps interactions between requests. Each answers only to the browser it is bound to.

use std::time::Duration;

use super::call::Call;
use super::interaction::{AuthorizationRequest, Interaction, Progress};
use crate::model::failure::Failure;
use crate::model::ids::{InteractionHandle, InteractionId};
use crate::storage::records::browser_sessions;
use crate::storage::records::interactions::{self, StoredInteraction};
use crate::storage::{Directory, TenantTx};

impl Interaction {
    /// Its name in URLs and forms.
    pub const fn handle(&self) -> InteractionHandle {
        InteractionHandle { tenant: self.stored_in, id: self.id }
    }
}

/// Stores a new interaction in the transaction's tenant, which must be the one that it names.
pub fn start(tx: &mut TenantTx<'_>, interaction: &Interaction) -> Result<(), Failure> {
    if tx.scope().id() != interaction.stored_in {
        return Err(Failure::internal("an interaction belongs to another tenant than its transaction"));
    }
    interactions::insert(
        tx,
        &StoredInteraction {
            id: interaction.id,
            client_id: interaction.client_id.clone(),
            browser_hash: interaction.browser_hash.clone(),
            request: to_json(&interaction.request, "interactions.request")?,
            progress: to_json(&interaction.progress, "interactions.progress")?,
            created_at: interaction.created_at,
            expires_at: interaction.expires_at,
        },
    )
}

/// Begins a sign-in that no client asked for, in the browser whose cookie has this hash.
pub fn begin_plain(
    directory: &mut Directory<'_>,
    call: &Call,
    (cookie_hash, life): (&str, Duration),
    progress: Progress,
) -> Result<Interaction, Failure> {
    let platform = directory.platform()?;
    let interaction = Interaction {
        id: call.id(),
        stored_in: platform.id(),
        client_id: None,
        browser_hash: cookie_hash.to_owned(),
        request: None,
        progress: Progress { signing_in: true, ..progress },
        created_at: call.now,
        expires_at: call.now + life,
    };
    start(&mut directory.enter(&platform)?, &interaction)?;
    Ok(interaction)
}

/// The open interaction with this handle. `None` for one that is unknown, finished, expired, of a tenant that is not
/// active or was switched off since it began, or bound to another browser: nobody learns which.
pub fn load(
    directory: &mut Directory<'_>,
    call: &Call,
    handle: InteractionHandle,
    cookie_hash: &str,
) -> Result<Option<Interaction>, Failure> {
    let Some(scope) = directory.tenant(handle.tenant)? else { return Ok(None) };
    let stored = interactions::find_open(&mut directory.enter(&scope)?, handle.id, call.now)?;
    stored
        .filter(|stored| {
            stored.browser_hash == cookie_hash && scope.tenant().status.stood_at(stored.created_at)
        })
        .map(|stored| {
            Ok(Interaction {
                id: stored.id,
                stored_in: handle.tenant,
                client_id: stored.client_id,
                browser_hash: stored.browser_hash,
                request: from_json::<Option<AuthorizationRequest>>(&stored.request, "interactions.request")?,
                progress: from_json::<Progress>(&stored.progress, "interactions.progress")?,
                created_at: stored.created_at,
                expires_at: stored.expires_at,
            })
        })
        .transpose()
}

/// Holds the browser with this cookie and its open interactions in the tenant of this one, before it is loaded: of two
/// answers sent at once, by one window or by two, the second finds what the first has made of it. A transaction locks them
/// first, in this order, since a sign-in moves all of them to another cookie.
pub fn hold(
    directory: &mut Directory<'_>,
    handle: InteractionHandle,
    cookie_hash: &str,
) -> Result<(), Failure> {
    browser_sessions::hold(directory, cookie_hash)?;
    match directory.tenant(handle.tenant)? {
        Some(scope) => interactions::hold(&mut directory.enter(&scope)?, cookie_hash),
        None => Ok(()),
    }
}

/// Stores how far the interaction came; false when another request finished it meanwhile.
pub fn save_progress(directory: &mut Directory<'_>, interaction: &Interaction) -> Result<bool, Failure> {
    let Some(scope) = directory.tenant(interaction.stored_in)? else { return Ok(false) };
    let progress = to_json(&interaction.progress, "interactions.progress")?;
    interactions::advance(&mut directory.enter(&scope)?, interaction.id, &progress)
}

/// Ends the interaction, once: true for exactly one caller, whatever races.
pub fn finish(tx: &mut TenantTx<'_>, id: InteractionId) -> Result<bool, Failure> {
    interactions::finish(tx, id)
}

fn to_json<T: serde::Serialize>(value: &T, column: &'static str) -> Result<String, Failure> {
    serde_json::to_string(value).map_err(|error| Failure::internal(column).because(error))
}

fn from_json<T: serde::de::DeserializeOwned>(text: &str, column: &'static str) -> Result<T, Failure> {
    serde_json::from_str(text).map_err(|error| Failure::internal(column).because(error))
}
