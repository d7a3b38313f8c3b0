//! The active client of an active tenant, as it is registered at this moment: what the pages for people are shown for.

use crate::model::client::Client;
use crate::model::failure::Failure;
use crate::model::ids::ClientId;
use crate::model::tenant::PLATFORM_SLUG;
use crate::storage::records::clients;
use crate::storage::{Directory, TenantScope};

/// A client that may be used, with its owner.
#[derive(Debug, Clone)]
pub struct ActiveClient {
    /// Who owns it.
    pub owner: TenantScope,
    /// Its registration.
    pub client: Client,
}

impl ActiveClient {
    /// Reads the client; `None` unless it and its owner are active.
    pub fn find(directory: &mut Directory<'_>, id: &ClientId) -> Result<Option<Self>, Failure> {
        let Some(owner) = directory.client_owner(id)? else { return Ok(None) };
        let client = clients::find(&mut directory.enter(&owner)?, id)?;
        Ok(client.filter(|client| client.status.is_active()).map(|client| Self { owner, client }))
    }

    /// The tenant whose name may stand on a page for it: a tenant's own client tells nothing that its id did not (D1).
    pub fn shown_tenant(&self) -> Option<&TenantScope> {
        (!self.is_platforms()).then_some(&self.owner)
    }

    /// Whether the platform owns it, so that people of several tenants may use it.
    pub fn is_platforms(&self) -> bool {
        self.owner.slug().as_str() == PLATFORM_SLUG
    }
}
