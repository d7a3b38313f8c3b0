//! What a person may put into a token of their own: the choices of the page on which one is made.

use super::make::may_put;
use crate::flows::policy::roles_of;
use crate::model::failure::Failure;
use crate::model::resource_server::ResourceServer;
use crate::model::user::User;
use crate::protocol::api_scope::ApiScope;
use crate::storage::TenantTx;
use crate::storage::records::resource_servers;

/// The choices.
#[derive(Debug, Clone)]
pub struct Offered {
    /// Scopes of our own API that their roles open.
    pub api: Vec<ApiScope>,
    /// Resource servers that are open to their tenant, and define something.
    pub servers: Vec<ResourceServer>,
}

/// Reads them.
///
/// # Errors
/// The database fails.
pub fn offered(tx: &mut TenantTx<'_>, user: &User) -> Result<Offered, Failure> {
    let roles = roles_of(tx, user)?;
    let api = ApiScope::ALL.into_iter().filter(|scope| may_put(&roles, *scope)).collect();
    let tenant = tx.scope().id();
    let mut all = resource_servers::all(tx)?;
    all.retain(|server| server.is_open_to(tenant) && !server.scopes.is_empty());
    let named: Vec<String> = all.into_iter().map(|server| server.identifier).collect();
    let servers = resource_servers::usable(tx, &named)?;
    Ok(Offered { api, servers })
}
