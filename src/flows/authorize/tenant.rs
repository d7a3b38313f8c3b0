//! Which tenant a request is for, as far as it says (D1, D2): by the client, the `tenant` parameter, or the hint.

use super::parameters::AuthorizeRefusal;
use crate::flows::active_client::ActiveClient;
use crate::flows::id_token_hint::IdTokenHint;
use crate::model::failure::Failure;
use crate::model::ids::{Slug, TenantId};
use crate::protocol::oauth_error::ErrorCode;
use crate::protocol::opaque;
use crate::protocol::params::Params;
use crate::storage::Directory;

/// What the request says of the tenant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Named {
    /// Nothing: the pages find out.
    Open,
    /// This one.
    Tenant(TenantId),
    /// One that does not exist, is not active, or is not served by this client: the pages look the same, and nobody
    /// can sign in.
    Unknown,
}

/// What is kept of a `tenant` that names none: itself where it is as short as a name may be, else its hash. It is only
/// compared.
pub(super) fn bounded(text: &str) -> String {
    if text.parse::<TenantId>().is_ok() || text.parse::<Slug>().is_ok() {
        text.to_owned()
    } else {
        opaque::hash(text)
    }
}

/// Settles the tenant. A `tenant` parameter that contradicts the client or the hint is `invalid_request`.
pub(super) fn settle(
    directory: &mut Directory<'_>,
    ActiveClient { client, owner }: &ActiveClient,
    params: &Params,
    hint: Option<&IdTokenHint>,
) -> Result<Result<Named, AuthorizeRefusal>, Failure> {
    const CONFLICT: AuthorizeRefusal =
        (ErrorCode::InvalidRequest, "The tenant contradicts the client or the hint.");
    let by_client = client.client_id.owner_slug().map(|_| owner.id());
    let by_hint = hint.map(|hint| hint.tenant);
    if let (Some(client), Some(hint)) = (by_client, by_hint)
        && client != hint
    {
        return Ok(Err((ErrorCode::InvalidRequest, "The id_token_hint is of another tenant.")));
    }
    let known = by_client.or(by_hint);
    let Some(text) = params.get("tenant") else {
        return Ok(Ok(known.map_or(Named::Open, Named::Tenant)));
    };
    let found = match (text.parse::<TenantId>(), text.parse::<Slug>()) {
        (Ok(id), _) => directory.tenant(id)?,
        (_, Ok(slug)) => directory.tenant_by_slug(&slug)?,
        _ => None,
    };
    Ok(match (known, found) {
        (Some(known), Some(found)) if known == found.id() => Ok(Named::Tenant(known)),
        (Some(_), _) => Err(CONFLICT),
        (None, Some(found)) if client.serves(found.id()) => Ok(Named::Tenant(found.id())),
        (None, _) => Ok(Named::Unknown),
    })
}
