//! One turn at the token endpoint with something that a person granted earlier, a code or a refresh token: what it
//! names is looked up, and how it ends is recorded.

use std::sync::Arc;

use super::refusal::{GrantFault, TokenRefusal};
use super::{Asking, Issued, Terms, UNPROVED, event};
use crate::flows::call::Call;
use crate::flows::client_auth::AuthenticatedClient;
use crate::flows::known::{KnownClient, KnownTenant};
use crate::flows::registered;
use crate::model::failure::Failure;
use crate::protocol::grant_type::GrantType;
use crate::protocol::opaque::Presented;
use crate::storage::records::change_number;
use crate::storage::{Directory, TenantTx};

/// Who asks, and what it is answered by, all as it stands at this moment.
pub(super) struct Turn<'a> {
    pub(super) call: &'a Call,
    pub(super) terms: &'a Terms,
    pub(super) client: &'a AuthenticatedClient,
    /// The client as the database has it now, whatever this node remembers (D25).
    pub(super) now: Arc<KnownClient>,
    pub(super) tenant: Arc<KnownTenant>,
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
    let Asking { call, terms, client, .. } = asking;
    let mut chain = client.known().scope.clone();
    // One statement for all that is remembered: the rest is read only where something was changed since.
    let number = change_number::read(directory)?;
    let Some(now) = client.known().at_present(directory, number, call.now)? else {
        client.note_unusable(&mut directory.enter(&chain)?, call, &terms.records)?;
        return Ok(Err(UNPROVED));
    };
    let result = match named(directory, (asking, number), &now, (grant, presented))? {
        Err(refusal) => Err(refusal),
        Ok((tenant, hash)) => {
            let scope = tenant.scope.clone();
            let turn = Turn { call, terms, client, now, tenant };
            let result = work(&turn, &mut directory.enter(&scope)?, hash)?;
            if !matches!(result, Err(TokenRefusal::Grant(GrantFault::Unknown | GrantFault::OtherClient))) {
                chain = scope;
            }
            result
        }
    };
    event::record(&mut directory.enter(&chain)?, asking, grant, &result)?;
    Ok(result)
}

/// The tenant in which to look for what was presented, and its stored form.
fn named<'a>(
    directory: &mut Directory<'_>,
    (asking, number): (Asking<'_>, i64),
    now: &KnownClient,
    (grant, presented): (GrantType, Option<&'a Presented>),
) -> Result<Result<(Arc<KnownTenant>, &'a str), TokenRefusal>, Failure> {
    if !registered::grant(&now.client, grant) {
        return Ok(Err(TokenRefusal::UnauthorizedClient));
    }
    let Some(presented) = presented else { return Ok(Err(TokenRefusal::Grant(GrantFault::Unknown))) };
    let tenant = match asking.tenant.filter(|tenant| tenant.scope.id() == presented.tenant) {
        Some(remembered) => remembered.at_present(directory, number, asking.call.now)?,
        None => KnownTenant::find(directory, presented.tenant, asking.call.now)?.map(Arc::new),
    };
    Ok(tenant.map(|tenant| (tenant, presented.hash.as_str())).ok_or(TokenRefusal::Grant(GrantFault::Unknown)))
}
