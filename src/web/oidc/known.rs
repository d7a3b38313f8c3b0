//! What this node remembers of clients and tenants, until the change number moves (D25). Only those that exist are
//! remembered: strangers who make up names cannot push them out.

use std::sync::Arc;

use super::client_keys::ClientKeys;
use crate::flows::known::{KnownClient, KnownTenant};
use crate::model::failure::Failure;
use crate::model::ids::{ClientId, TenantId};
use crate::model::time::Timestamp;
use crate::storage::{Cached, Changes, Database, TenantScope};

/// Clients and tenants remembered at most.
const CAPACITY: usize = 4096;

/// The memory of this node.
#[derive(Debug)]
pub struct Known {
    clients: Cached<ClientId, KnownClient>,
    tenants: Cached<TenantId, KnownTenant>,
    /// Keys that clients publish themselves.
    pub keys: ClientKeys,
}

impl Known {
    /// Remembers nothing yet.
    pub fn new(keys: ClientKeys) -> Self {
        Self { clients: Cached::new(CAPACITY), tenants: Cached::new(CAPACITY), keys }
    }

    /// The active client with this id.
    pub async fn client(
        &self,
        database: &Database,
        changes: &Changes,
        id: &ClientId,
        now: Timestamp,
    ) -> Result<Option<Arc<KnownClient>>, Failure> {
        match self.remembered(changes, id) {
            Some(known) => Ok(Some(known)),
            None => self.read(database, changes, id, now).await,
        }
    }

    /// The client with this id, if this node remembers it.
    pub fn remembered(&self, changes: &Changes, id: &ClientId) -> Option<Arc<KnownClient>> {
        self.clients.get(changes.number(), id)
    }

    /// The active client with this id as it is now, whatever this node remembers.
    pub async fn read(
        &self,
        database: &Database,
        changes: &Changes,
        id: &ClientId,
        now: Timestamp,
    ) -> Result<Option<Arc<KnownClient>>, Failure> {
        let number = changes.number();
        let wanted = id.clone();
        let read =
            database.read_directory(move |directory| KnownClient::find(directory, &wanted, now)).await?;
        Ok(read.map(|client| {
            let client = Arc::new(client);
            self.clients.put(number, id.clone(), Arc::clone(&client));
            client
        }))
    }

    /// What this tenant bought.
    pub async fn tenant(
        &self,
        database: &Database,
        changes: &Changes,
        scope: &TenantScope,
        now: Timestamp,
    ) -> Result<Arc<KnownTenant>, Failure> {
        let number = changes.number();
        if let Some(known) = self.tenants.get(number, &scope.id()) {
            return Ok(known);
        }
        let wanted = scope.clone();
        let read =
            database.read_directory(move |directory| KnownTenant::read(directory, &wanted, now)).await?;
        let tenant = Arc::new(read);
        self.tenants.put(number, scope.id(), Arc::clone(&tenant));
        Ok(tenant)
    }
}
