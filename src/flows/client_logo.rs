//! Logos of clients (D30): fetched once for each address that is registered, never while anybody signs in, kept in the
//! database and served by us.

use std::time::Duration;

use super::Call;
use crate::effects::http::{FetchError, OutboundRequest, Response, Target};
use crate::model::failure::Failure;
use crate::model::ids::ClientId;
use crate::model::logo::{LARGEST, Logo};
use crate::protocol::raster;
use crate::storage::records::{change_number, client_logos, clients};
use crate::storage::tx::Transaction as _;
use crate::storage::{Directory, PlatformTx, TenantScope};

/// Logos that are fetched at once.
const AT_ONCE: i64 = 8;

/// When a logo that could not be had is asked for again.
const AGAIN: Duration = Duration::from_hours(1);

/// A logo that is to be fetched.
#[derive(Debug, Clone)]
pub struct Wanted {
    scope: TenantScope,
    client: ClientId,
    source: String,
}

impl Wanted {
    /// The client.
    pub const fn client(&self) -> &ClientId {
        &self.client
    }

    /// Where the logo is, as registered.
    pub fn source(&self) -> &str {
        &self.source
    }
}

/// Why a logo cannot be shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unusable {
    /// It could not be fetched.
    #[error(transparent)]
    Fetch(#[from] FetchError),
    /// The address may not be asked.
    #[error("the address may not be asked")]
    Address,
    /// The bytes are not what is shown here.
    #[error("not a PNG, JPEG or WebP image of at most {} pixels a side", raster::LONGEST_SIDE)]
    Format,
}

/// Takes logos that are due, a few at a time. Their next turn is noted before anybody is asked, so that a fetch that
/// never ends, or a second node, cannot make it two.
pub fn take(tx: &mut PlatformTx<'_>, call: &Call) -> Result<Vec<Wanted>, Failure> {
    let mut wanted = Vec::new();
    for (client, owner) in clients::logos_due(tx, call.now, AT_ONCE)? {
        clients::set_logo_due(tx, &client, Some(call.now + AGAIN))?;
        let Some(scope) = tx.directory().tenant(owner)? else { continue };
        let Some(found) = clients::find(&mut tx.enter(&scope)?, &client)? else { continue };
        match found.metadata.logo_uri {
            Some(source) if found.status.is_active() => wanted.push(Wanted { scope, client, source }),
            // It is asked again when somebody may see it.
            Some(_) => {}
            None => clients::set_logo_due(tx, &client, None)?,
        }
    }
    Ok(wanted)
}

/// The request for a logo.
pub const fn request(target: Target) -> OutboundRequest {
    OutboundRequest::get(target).accept("image/png, image/webp, image/jpeg").at_most(LARGEST)
}

/// What a server answered, drawn anew. The bytes say what it is; nobody believes the header. Works the
/// processor: not for a thread that others wait for.
pub fn read(response: &Response) -> Result<Vec<u8>, Unusable> {
    if response.status != 200 {
        return Err(FetchError::Status(response.status).into());
    }
    raster::redraw(&response.body).ok_or(Unusable::Format)
}

/// Keeps a logo, unless the client has registered another one meanwhile.
pub fn keep(tx: &mut PlatformTx<'_>, call: &Call, wanted: &Wanted, bytes: Vec<u8>) -> Result<bool, Failure> {
    let mut tenant = tx.enter(&wanted.scope)?;
    let current = clients::find(&mut tenant, &wanted.client)?.and_then(|client| client.metadata.logo_uri);
    if current.as_ref() != Some(&wanted.source) {
        return Ok(false);
    }
    client_logos::put(&mut tenant, &wanted.client, &Logo { id: call.id(), bytes }, call.now)?;
    clients::set_logo_due(tx, &wanted.client, None)?;
    change_number::raise(tx)?;
    Ok(true)
}

/// The logo of a tenant's client, if there is one to show.
pub fn of_client(
    directory: &mut Directory<'_>,
    owner: &TenantScope,
    client: &ClientId,
) -> Result<Option<Logo>, Failure> {
    client_logos::find(&mut directory.enter(owner)?, client)
}
