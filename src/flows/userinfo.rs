//! What the userinfo endpoint tells (OIDC Core §5.3), and the workspaces of
//! a token that carries them by reference (D10).

use serde_json::{Map, Value, json};

use super::bearer::{self, Bearer, Holder};
use super::call::Call;
use super::token::workspaces_of;
use crate::model::failure::Failure;
use crate::protocol::claims::{Person, of_scope};
use crate::protocol::scope::OPENID;
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
