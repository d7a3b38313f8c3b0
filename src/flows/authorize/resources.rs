//! Which resource servers a token is for (RFC 8707 §2, D7).

use std::collections::BTreeSet;

use super::consent;
use super::parameters::AuthorizeRefusal;
use crate::flows::interaction::AuthorizationRequest;
use crate::flows::session::LiveAccount;
use crate::flows::target::{Target, TargetRefusal};
use crate::model::client::Client;
use crate::model::failure::Failure;
use crate::protocol::oauth_error::ErrorCode;
use crate::protocol::params::Params;
use crate::protocol::resource::ResourceIndicator;
use crate::storage::Directory;
use crate::storage::records::resource_servers;

/// The identifiers that a request names, if this client may name them all. `None` is `invalid_target`.
pub(super) fn named(
    directory: &mut Directory<'_>,
    client: &Client,
    params: &Params,
) -> Result<Option<Vec<String>>, Failure> {
    let mut asked = BTreeSet::new();
    for text in params.all("resource") {
        let Ok(resource) = text.parse::<ResourceIndicator>() else { return Ok(None) };
        if !client.metadata.resources.iter().any(|own| own == resource.as_str()) {
            return Ok(None);
        }
        asked.insert(resource.as_str().to_owned());
    }
    let asked: Vec<String> = asked.into_iter().collect();
    let usable = resource_servers::usable(directory, &asked)?;
    Ok((usable.len() == asked.len()).then_some(asked))
}

/// Whether what was asked for is open to the tenant of the person who answers, at this moment: every resource that was
/// named, and one of the scopes at least.
pub(super) fn open(
    directory: &mut Directory<'_>,
    client: &Client,
    request: &AuthorizationRequest,
    account: &LiveAccount,
) -> Result<Result<(), AuthorizeRefusal>, Failure> {
    const CLOSED: AuthorizeRefusal =
        (ErrorCode::InvalidTarget, "The resource is not open to the organisation of this person.");
    const NOTHING: AuthorizeRefusal =
        (ErrorCode::InvalidScope, "The scope holds nothing that is open to the organisation of this person.");
    let servers = consent::servers(directory, client, request, account)?;
    if !request.resources.iter().all(|named| servers.iter().any(|server| server.identifier == *named)) {
        return Ok(Err(CLOSED));
    }
    let meant: Vec<String> = servers.iter().map(|server| server.identifier.clone()).collect();
    Ok(match Target::granted(&servers, &meant, &request.scope) {
        Ok(target) if target.scopes.is_empty() => Err(NOTHING),
        Ok(_) => Ok(()),
        Err(TargetRefusal::Resource | TargetRefusal::Scope) => Err(CLOSED),
    })
}
