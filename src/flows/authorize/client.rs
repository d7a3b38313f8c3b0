//! Who asks, and where the answer may go. Until both are known nothing is sent anywhere (RFC 6749 §4.1.2.1, P001).

use crate::model::client::{Client, ClientKind};
use crate::model::failure::Failure;
use crate::model::ids::ClientId;
use crate::protocol::params::Params;
use crate::protocol::redirect_uri::{LoopbackPort, VerifiedRedirect, verify};
use crate::storage::records::clients;
use crate::storage::{Directory, TenantScope};

/// Why the request ends on a page of ours. The texts are fixed: nothing of the request enters them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClientFault {
    /// The parameters cannot be read, and the client cannot be trusted to be meant.
    Unreadable,
    /// There is no `client_id`.
    ClientMissing,
    /// No such client, or it may not be used: the two look alike.
    ClientUnknown,
    /// There is no `redirect_uri`.
    RedirectMissing,
    /// The `redirect_uri` is not one of those registered.
    RedirectUnknown,
}

/// An active client with its owner.
pub(super) struct Found {
    pub(super) owner: TenantScope,
    pub(super) client: Client,
}

/// Finds the active client that `client_id` names.
pub(super) fn find(
    directory: &mut Directory<'_>,
    params: &Params,
) -> Result<Result<Found, ClientFault>, Failure> {
    let Some(text) = params.get("client_id") else { return Ok(Err(ClientFault::ClientMissing)) };
    let Ok(id) = text.parse::<ClientId>() else { return Ok(Err(ClientFault::ClientUnknown)) };
    find_by_id(directory, &id)
}

/// Finds the active client with this id.
pub(super) fn find_by_id(
    directory: &mut Directory<'_>,
    id: &ClientId,
) -> Result<Result<Found, ClientFault>, Failure> {
    let Some(owner) = directory.client_owner(id)? else { return Ok(Err(ClientFault::ClientUnknown)) };
    let client = clients::find(&mut directory.enter(&owner)?, id)?;
    match client.filter(|client| client.status.is_active()) {
        Some(client) => Ok(Ok(Found { owner, client })),
        None => Ok(Err(ClientFault::ClientUnknown)),
    }
}

/// The place to answer to, if the client registered it. It must always be named (OIDC Core §3.1.2.1).
pub(super) fn redirect(client: &Client, params: &Params) -> Result<VerifiedRedirect, ClientFault> {
    let requested = params.get("redirect_uri").ok_or(ClientFault::RedirectMissing)?;
    registered_redirect(client, requested).ok_or(ClientFault::RedirectUnknown)
}

/// The redirect URI, if the client lists it now. A native client's loopback address may differ in its port.
pub fn registered_redirect(client: &Client, requested: &str) -> Option<VerifiedRedirect> {
    let port = match client.kind {
        ClientKind::Native => LoopbackPort::Any,
        ClientKind::Web | ClientKind::Spa | ClientKind::Service => LoopbackPort::Registered,
    };
    verify(&client.metadata.redirect_uris, requested, port)
}
