//! The records of the token endpoint (R60): who asked, on whose behalf, for what, and how it ended.

use serde_json::json;

use super::{Issued, TokenRefusal};
use crate::flows::call::Call;
use crate::flows::client_auth::AuthenticatedClient;
use crate::model::audit::{Actor, Event, EventKind, EventResult};
use crate::protocol::grant_type::GrantType;

/// Tokens were issued.
pub(super) fn issued(call: &Call, client: &AuthenticatedClient, grant: GrantType, issued: &Issued) -> Event {
    let access = &issued.access;
    let mut event = call
        .event(EventKind::TokenIssued, EventResult::Success, actor(client))
        .by_client(client.id())
        .with("grant_type", grant.as_str())
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

/// Tokens were refused.
pub(super) fn refused(
    call: &Call,
    client: &AuthenticatedClient,
    grant: GrantType,
    why: TokenRefusal,
) -> Event {
    malformed(call, client, why).with("grant_type", grant.as_str())
}

/// A request was refused before its grant was looked at.
pub fn malformed(call: &Call, client: &AuthenticatedClient, why: TokenRefusal) -> Event {
    call.event(EventKind::TokenIssued, EventResult::Denied, actor(client))
        .by_client(client.id())
        .with("reason", why.as_str())
}

/// A public client only said its name: that proves nobody.
pub(super) fn actor(client: &AuthenticatedClient) -> Actor {
    if client.is_confidential() { Actor::Client(client.id().clone()) } else { Actor::Anonymous }
}
