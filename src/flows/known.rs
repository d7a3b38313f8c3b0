//! What a request names: a client, a tenant, resource servers, as read from the database. Nodes may remember these
//! until the change number moves (D25).

use super::revocation;
use crate::crypto::jwk::{self, Algorithm};
use crate::crypto::jwt::VerificationKeys;
use crate::model::client::{Client, ClientSecret};
use crate::model::failure::Failure;
use crate::model::ids::{ClientId, TenantId};
use crate::model::resource_server::ResourceServer;
use crate::model::tenant::{AddOn, Entitlements};
use crate::model::time::Timestamp;
use crate::protocol::revocation_feed::RevokedKind;
use crate::storage::records::{catalogue, clients, entitlements, resource_servers};
use crate::storage::{Directory, TenantScope};

/// The algorithms that a client may sign its assertions with.
pub const ASSERTION_ALGORITHMS: [Algorithm; 4] = Algorithm::ALL;

/// An active client of an active tenant, with what proves it.
#[derive(Debug)]
pub struct KnownClient {
    /// The tenant that owns it.
    pub scope: TenantScope,
    /// The client.
    pub client: Client,
    /// Its secrets; each still has to be asked whether it has ended.
    pub secrets: Vec<ClientSecret>,
    /// Its registered keys, ready to verify with. Keys behind a `jwks_uri` are not among them.
    pub keys: Option<VerificationKeys>,
    /// The resource servers that it names and that may be used.
    pub resources: Vec<ResourceServer>,
    /// The latest revocation of all its tokens, or of those for itself (D14).
    pub cut_off: Option<Timestamp>,
}

/// A tenant with what it bought.
#[derive(Debug)]
pub struct KnownTenant {
    /// The tenant.
    pub scope: TenantScope,
    /// What its plan gives.
    pub plan: Entitlements,
    /// What it has over its plan, the ended add-ons too.
    pub add_ons: Vec<AddOn>,
    /// The latest revocation of all its tokens (D14).
    pub cut_off: Option<Timestamp>,
}

impl KnownClient {
    /// Reads the client; `None` unless it and its owner are active. One that is not there is looked for with as many
    /// questions as one that is, among what the platform has: nobody learns from the time that a client exists (D8).
    pub fn find(
        directory: &mut Directory<'_>,
        id: &ClientId,
        now: Timestamp,
    ) -> Result<Option<Self>, Failure> {
        let own = [(RevokedKind::Client, id.as_str()), (RevokedKind::Subject, id.as_str())];
        let cut_off = revocation::cut_off(directory, own, now)?;
        let owner = directory.client_owner(id)?;
        let scope = match &owner {
            Some(owner) => owner.clone(),
            // In place of the resource servers.
            None => directory.platform()?,
        };
        let mut tx = directory.enter(&scope)?;
        let client = clients::find(&mut tx, id)?;
        let secrets = clients::live_secrets(&mut tx, id, now)?;
        let (Some(_), Some(client)) = (owner, client) else { return Ok(None) };
        let keys = client.metadata.jwks.as_ref().map(|set| {
            // Checked when it was registered; a set that does not parse today proves nobody.
            let keys = jwk::parse_set(set).unwrap_or_default();
            VerificationKeys::new(&keys, &ASSERTION_ALGORITHMS)
        });
        let resources = resource_servers::usable(&mut tx, &client.metadata.resources)?;
        if !client.status.is_active() {
            return Ok(None);
        }
        Ok(Some(Self { scope, client, secrets, keys, resources, cut_off }))
    }

    /// The resource servers that tokens of this tenant, got through this client, may name (D7).
    pub fn resources_for(&self, tenant: TenantId) -> impl Iterator<Item = &ResourceServer> {
        self.resources.iter().filter(move |server| server.is_open_to(tenant))
    }
}

impl KnownTenant {
    /// Reads what the tenant bought.
    pub fn read(directory: &mut Directory<'_>, scope: &TenantScope, now: Timestamp) -> Result<Self, Failure> {
        let id = scope.id().to_string();
        let cut_off = revocation::cut_off(directory, [(RevokedKind::Tenant, id.as_str())], now)?;
        let plan = match &scope.tenant().plan {
            None => Entitlements::new(),
            Some(key) => {
                catalogue::plan(directory, key)?
                    .ok_or_else(|| Failure::internal("a tenant's plan does not exist"))?
                    .entitlements
            }
        };
        let add_ons = entitlements::all(&mut directory.enter(scope)?)?;
        Ok(Self { scope: scope.clone(), plan, add_ons, cut_off })
    }
}
