//! The web origins whose scripts may call the protocol's endpoints (R73, P035).

use crate::model::failure::Failure;
use crate::model::ids::ClientId;
use crate::storage::Directory;
use crate::storage::records::clients;

/// Every origin that an active client of an active tenant lists, with the client.
pub fn listed(directory: &mut Directory<'_>) -> Result<Vec<(String, ClientId)>, Failure> {
    clients::allowed_origins(directory)
}
