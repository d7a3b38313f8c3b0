//! One turn at the token endpoint with something that a person granted earlier, a code or a refresh token: what it
//! names is looked up, and how it ends is recorded.

use super::refusal::{GrantFault, TokenRefusal};
use super::{Asking, Issued, Terms, UNPROVED, event};
use crate::flows::call::Call;
use crate::flows::client_auth::AuthenticatedClient;
use crate::flows::known::{KnownClient, KnownTenant};
use crate::flows::registered;
use crate::model::failure::Failure;
use crate::protocol::grant_type::GrantType;
use crate::protocol::opaque::Presented;
use crate::storage::{Directory, TenantScope, TenantTx};

/// Who asks, and what it is answered by, all as it stands at this moment.
pub(super) struct Turn<'a> {
    pub(super) call: &'a Call,
    pub(super) terms: &'a Terms,
    pub(super) client: &'a AuthenticatedClient,
    /// The client as the database has it now, whatever this node remembers (D25).
    pub(super) now: KnownClient,
    pub(super) tenant: KnownTenant,
}

/// Takes the turn of a code or refresh token: `work` is given the turn and the stored form of what was presented.
///
/// The text names a tenant, and anybody can write one. Until something of this client is found there, the tenant has
/// nothing to do with the request: it is recorded on the chain of the client's own.
pub(super) fn take(
    directory: &mut Directory<'_>,
    asking: Asking<'_>,
    grant: GrantType,
    presented: Option<&Presented>,
    work: impl FnOnce(&Turn<'_>, &mut TenantTx<'_>, &str) -> Result<Result<Issued, TokenRefusal>, Failure>,
) -> Result<Result<Issued, TokenRefusal>, Failure> {
    let Asking { call, terms, client } = asking;
    let own = &client.known().scope;
    let Some(now) = KnownClient::find(directory, client.id(), call.now)? else {
        client.note_unusable(&mut directory.enter(own)?, call, &terms.records)?;
        return Ok(Err(UNPROVED));
    };
    let mut chain = own.clone();
    let result = match found(directory, &now, grant, presented)? {
        Err(refusal) => Err(refusal),
        Ok((scope, hash)) => {
            let tenant = KnownTenant::read(directory, &scope, call.now)?;
            let turn = Turn { call, terms, client, now, tenant };
            let result = work(&turn, &mut directory.enter(&scope)?, &hash)?;
            if !matches!(result, Err(TokenRefusal::Grant(GrantFault::Unknown | GrantFault::OtherClient))) {
                chain = scope;
            }
            result
        }
    };
    event::record(&mut directory.enter(&chain)?, asking, grant, &result)?;
    Ok(result)
}

/// Where to look for what was presented, and its stored form.
fn found(
    directory: &mut Directory<'_>,
    now: &KnownClient,
    grant: GrantType,
    presented: Option<&Presented>,
) -> Result<Result<(TenantScope, String), TokenRefusal>, Failure> {
    if !registered::grant(&now.client, grant) {
        return Ok(Err(TokenRefusal::UnauthorizedClient));
    }
    let Some(presented) = presented else { return Ok(Err(TokenRefusal::Grant(GrantFault::Unknown))) };
    let own = Some(&now.scope).filter(|own| own.id() == presented.tenant);
    let scope = match own {
        Some(own) => Some(own.clone()),
        None => directory.tenant(presented.tenant)?,
    };
    Ok(scope.map(|scope| (scope, presented.hash.clone())).ok_or(TokenRefusal::Grant(GrantFault::Unknown)))
}
