//! The records of the token endpoint (R60): who asked, on whose behalf, for what, and how it ended.

use serde_json::json;

use super::{Asking, Issued, TokenRefusal};
use crate::flows::call::Call;
use crate::flows::client_auth::AuthenticatedClient;
use crate::flows::failures::{self, Source};
use crate::model::audit::{Actor, Event, EventKind, EventResult};
use crate::model::failure::Failure;
use crate::protocol::grant_type::GrantType;
use crate::storage::TenantTx;

/// Tokens were issued.
pub(super) fn issued(
    call: &Call,
    client: &AuthenticatedClient,
    grant: &'static str,
    issued: &Issued,
) -> Event {
    let access = &issued.access;
    let mut event = call
        .event(EventKind::TokenIssued, EventResult::Success, actor(client))
        .by_client(client.id())
        .with("grant_type", grant)
        .with("jti", access.jti.as_str())
        .with("aud", json!(access.aud))
        .with("scope", access.scope.to_string());
    if let Ok(user) = access.sub.parse() {
        event = event.for_user(user);
    }
    if let Some(sid) = access.sid {
        event = event.on("session", sid);
    }
    event
}

/// Records how a grant ended, on the chain of the transaction's tenant.
pub(super) fn record(
    tx: &mut TenantTx<'_>,
    asking: Asking<'_>,
    grant: GrantType,
    result: &Result<Issued, TokenRefusal>,
) -> Result<(), Failure> {
    match result {
        Ok(issued) => {
            tx.record(self::issued(asking.call, asking.client, grant.as_str(), issued));
            Ok(())
        }
        Err(refusal) => refused(tx, asking, Some(grant), *refusal),
    }
}

/// Records that tokens were refused. A public client only said its name, so its refusals are those of anybody (D23).
pub(super) fn refused(
    tx: &mut TenantTx<'_>,
    asking: Asking<'_>,
    grant: Option<GrantType>,
    why: TokenRefusal,
) -> Result<(), Failure> {
    let Asking { call, terms, client } = asking;
    let mut event = call
        .event(EventKind::TokenIssued, EventResult::Denied, actor(client))
        .by_client(client.id())
        .with("reason", why.as_str());
    if let Some(grant) = grant {
        event = event.with("grant_type", grant.as_str());
    }
    if client.is_confidential() {
        tx.record(event);
        return Ok(());
    }
    let source = Source { tenant: Some(tx.scope().id()), named: client.id().as_str() };
    failures::record(tx, call, &terms.records, source, event)
}

/// A public client only said its name: that proves nobody.
pub(super) fn actor(client: &AuthenticatedClient) -> Actor {
    if client.is_confidential() { Actor::Client(client.id().clone()) } else { Actor::Anonymous }
}
