//! The client that an operator names.

use crate::model::client::Client;
use crate::model::failure::Failure;
use crate::model::ids::ClientId;
use crate::model::status::Status;
use crate::storage::records::clients;
use crate::storage::{PlatformTx, TenantScope};

/// The client with this id and its owner; a deleted one is none.
///
/// # Errors
/// The database fails.
pub fn named_client(
    tx: &mut PlatformTx<'_>,
    id: &ClientId,
) -> Result<Option<(TenantScope, Client)>, Failure> {
    let Some(owner) = tx.client_owner(id)? else { return Ok(None) };
    let client = clients::find(&mut tx.enter(&owner)?, id)?;
    Ok(client.filter(exists).map(|client| (owner, client)))
}

/// The ids of all clients, for whoever mistyped one.
///
/// # Errors
/// The database fails.
pub fn client_names(tx: &mut PlatformTx<'_>) -> Result<Vec<String>, Failure> {
    let mut names = Vec::new();
    for scope in tx.tenants()? {
        let clients = clients::all(&mut tx.enter(&scope)?)?;
        names.extend(clients.into_iter().filter(exists).map(|client| client.client_id.to_string()));
    }
    Ok(names)
}

pub(super) fn exists(client: &Client) -> bool {
    !matches!(client.status, Status::Deleted { .. })
}
