//! What the userinfo endpoint tells (OIDC Core §5.3), and the workspaces of
//! a token that carries them by reference (D10).

use serde_json::{Map, Value, json};

use super::bearer::{self, Bearer, Holder};
use super::call::Call;
use super::failures::{self, RecordRules, Source};
use super::token::workspaces_of;
use crate::model::audit::{Actor, EventKind, EventResult};
use crate::model::failure::Failure;
use crate::protocol::claims::{Person, of_scope};
use crate::protocol::scope::OPENID;
use crate::protocol::token_claims::AccessTokenClaims;
use crate::storage::Directory;

/// Why it tells nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UserinfoRefusal {
    /// `invalid_token` (RFC 6750 §3.1).
    InvalidToken,
    /// `insufficient_scope` (RFC 6750 §3.1): the token lacks `openid`.
    LacksOpenid,
    /// The token is of a service account, or of nobody with workspaces.
    NotAPerson,
}

impl UserinfoRefusal {
    /// The word in the record.
    const fn as_str(self) -> &'static str {
        match self {
            Self::InvalidToken => "not_live",
            Self::LacksOpenid => "scope",
            Self::NotAPerson => "no_person",
        }
    }
}

/// Notes that a token which we signed, and which has not expired, was refused. Who holds it proves nothing more than the
/// token does, and is named by it: its client, and the person or service it was issued for. Noted on the chain of its
/// tenant, or where that is switched off on the platform's, one by one up to the limit (D23).
///
/// # Errors
/// The database fails.
pub fn note_refusal(
    directory: &mut Directory<'_>,
    call: &Call,
    rules: &RecordRules,
    claims: &AccessTokenClaims,
    why: UserinfoRefusal,
) -> Result<(), Failure> {
    let mut event = call
        .event(EventKind::AccessDenied, EventResult::Denied, Actor::Anonymous)
        .on("access_token", &claims.jti)
        .with("at", "userinfo")
        .with("reason", why.as_str());
    if let Ok(client) = claims.client_id.parse() {
        event = event.by_client(&client);
    }
    if let Ok(user) = claims.sub.parse() {
        event = event.for_user(user);
    }
    let tenant = directory.tenant(claims.tenant_id)?.map(|scope| scope.id());
    failures::record(directory, call, rules, Source { tenant, named: &claims.sub }, event)
}

/// The claims about the person: those of the scopes, and those that were asked for one by one.
pub fn userinfo(
    directory: &mut Directory<'_>,
    call: &Call,
    token: Bearer,
) -> Result<Result<Map<String, Value>, UserinfoRefusal>, Failure> {
    let Some(token) = bearer::live(directory, call, token)? else {
        return Ok(Err(UserinfoRefusal::InvalidToken));
    };
    if !token.claims.scope.contains(OPENID) {
        return Ok(Err(UserinfoRefusal::LacksOpenid));
    }
    let Holder::Person(user) = &token.holder else { return Ok(Err(UserinfoRefusal::NotAPerson)) };
    let by_scope = token.claims.scope.iter().flat_map(|scope| of_scope(scope.as_str()));
    let wanted =
        by_scope.map(|name| (*name).to_owned()).chain(token.claims.userinfo_claims.clone()).collect();
    let person = Person { profile: &user.profile, email: &user.email, email_verified: user.email_verified };
    let mut claims = Map::new();
    claims.insert("sub".into(), json!(user.id));
    claims.insert("tenant_id".into(), json!(token.scope.id()));
    claims.insert("tenant".into(), json!(token.scope.slug()));
    claims.extend(person.select(&wanted));
    Ok(Ok(claims))
}

/// The workspaces that the holder of this token may enter at this moment: where `workspaces_ref` leads.
pub fn workspaces(
    directory: &mut Directory<'_>,
    call: &Call,
    token: Bearer,
) -> Result<Result<Value, UserinfoRefusal>, Failure> {
    let Some(token) = bearer::live(directory, call, token)? else {
        return Ok(Err(UserinfoRefusal::InvalidToken));
    };
    let Holder::Person(user) = &token.holder else { return Ok(Err(UserinfoRefusal::NotAPerson)) };
    let mut tx = directory.enter(&token.scope)?;
    let workspaces = workspaces_of(&mut tx, user)?;
    Ok(Ok(json!({"tenant_id": token.scope.id(), "workspaces": workspaces})))
}
