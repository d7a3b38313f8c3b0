//! The client credentials grant (RFC 6749 §4.4): a service account for itself. Compiled from what the node remembers
//! (D25); the one transaction asks whether the client may still be used, and writes the event.

use std::collections::BTreeSet;

use super::issue::Issue;
use super::refusal::TokenRefusal;
use super::{Issued, Terms, UNPROVED, event, read_resources, read_scope};
use crate::flows::call::Call;
use crate::flows::client_auth::AuthenticatedClient;
use crate::flows::known::KnownTenant;
use crate::flows::target::Target;
use crate::model::audit::Event;
use crate::model::failure::Failure;
use crate::protocol::api_scope::is_reserved;
use crate::protocol::grant_type::GrantType;
use crate::protocol::params::Params;
use crate::protocol::resource::ResourceIndicator;
use crate::protocol::scope::{Scope, ScopeSet};
use crate::protocol::token_claims::WorkspaceClaims;
use crate::storage::TenantTx;

const GRANT: GrantType = GrantType::ClientCredentials;

/// What the client asks for.
pub struct Request {
    scope: Option<ScopeSet>,
    resources: Vec<ResourceIndicator>,
}

impl Request {
    pub(super) fn read(params: &Params) -> Result<Self, TokenRefusal> {
        Ok(Self { scope: read_scope(params)?, resources: read_resources(params)? })
    }
}

/// Compiles the token of a service account. `tenant` is the client's own (D2).
pub fn prepare(
    call: &Call,
    terms: &Terms,
    client: &AuthenticatedClient,
    tenant: &KnownTenant,
    request: &Request,
) -> Result<Issued, TokenRefusal> {
    // RFC 6749 §4.4: confidential clients only, whatever was registered.
    if !client.is_confidential() || tenant.scope.id() != client.known().scope.id() {
        return Err(TokenRefusal::UnauthorizedClient);
    }
    let target = target(client, tenant, request)?;
    let known = client.known();
    let issue = Issue {
        call,
        tenant,
        client: client.id(),
        target: &target,
        life: terms.lifetimes.access_of(client.client()),
        cut_off: known.cut_off.max(tenant.cut_off),
    };
    let workspaces = workspaces(client);
    let access = issue.access_token(client.id().to_string(), workspaces);
    Ok(Issued { access, id_token: None, refresh_token: None })
}

/// The event of an issue, to be recorded by [`commit`].
pub fn event(call: &Call, client: &AuthenticatedClient, issued: &Issued) -> Event {
    event::issued(call, client, GRANT.as_str(), issued)
}

/// Makes the issue durable, if the client may still be used. The token may leave after that.
pub fn commit(
    tx: &mut TenantTx<'_>,
    call: &Call,
    terms: &Terms,
    client: &AuthenticatedClient,
    event: Event,
) -> Result<Result<(), TokenRefusal>, Failure> {
    if !client.stands(tx, call, &terms.records)? {
        return Ok(Err(UNPROVED));
    }
    tx.record(event);
    Ok(Ok(()))
}

/// Scopes of people (`openid` and its kin, and those of our own API, which asks for the roles of a person) are not for machines. Where no scope is asked for, all that the client
/// has at the resources asked for (RFC 6749 §3.3).
fn target(
    client: &AuthenticatedClient,
    tenant: &KnownTenant,
    request: &Request,
) -> Result<Target, TokenRefusal> {
    let registered = &client.client().metadata.scopes;
    let own: ScopeSet = registered
        .iter()
        .filter(|name| !is_reserved(name))
        .filter_map(|name| name.parse::<Scope>().ok())
        .collect();
    let open: Vec<_> = client.known().resources_for(tenant.scope.id()).collect();
    if open.is_empty() && !client.known().resources.is_empty() {
        // Everything that it was registered for is closed: a token for nothing is none.
        return Err(TokenRefusal::Target);
    }
    match &request.scope {
        Some(asked) if asked.is_subset(&own) => Ok(Target::resolve(open, &request.resources, asked)?),
        Some(_) => Err(TokenRefusal::Scope),
        None => {
            let all: Vec<String> = open.iter().map(|server| server.identifier.clone()).collect();
            Ok(Target::granted(open, &all, &own)?.narrow(&request.resources)?)
        }
    }
}

/// The workspaces that a service account was given; none is no claim (D10).
fn workspaces(client: &AuthenticatedClient) -> Option<WorkspaceClaims> {
    let given = &client.client().metadata.workspaces;
    let parsed: WorkspaceClaims = given
        .iter()
        .filter_map(|(workspace, contexts)| {
            let contexts: BTreeSet<_> = contexts.iter().filter_map(|context| context.parse().ok()).collect();
            Some((workspace.parse().ok()?, contexts))
        })
        .collect();
    (!parsed.is_empty()).then_some(parsed)
}
