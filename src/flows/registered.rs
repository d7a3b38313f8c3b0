//! What a client is registered for at this moment, and what that leaves of a wish or of something granted earlier:
//! asked at every door, for a registration may shrink while a page, a code or a token is out (P015, P016).

use super::authorization::Authorization;
use crate::model::client::Client;
use crate::protocol::claims::scope_of;
use crate::protocol::claims_request::ClaimsRequest;
use crate::protocol::grant_type::GrantType;
use crate::protocol::scope::{OFFLINE_ACCESS, ScopeSet};

/// Whether the client may use this grant (P016).
pub fn grant(client: &Client, grant: GrantType) -> bool {
    client.metadata.grant_types.iter().any(|own| own == grant.as_str())
}

/// The part of a scope that the client may have (RFC 6749 §3.3: the server may ignore a part of it). `offline_access`
/// is worth nothing to one that may not refresh.
pub fn scope(client: &Client, asked: &ScopeSet) -> ScopeSet {
    let may_refresh = grant(client, GrantType::RefreshToken);
    let own = |name: &str| client.metadata.scopes.iter().any(|own| own == name);
    let open =
        asked.iter().filter(|one| own(one.as_str()) && (may_refresh || one.as_str() != OFFLINE_ACCESS));
    open.cloned().collect()
}

/// Whether the client may be told a claim: whoever may not ask for a scope may not ask for its claims one by one.
pub fn claim(client: &Client, name: &str) -> bool {
    scope_of(name).is_none_or(|scope| client.metadata.scopes.iter().any(|own| own == scope))
}

/// The claims among those asked for that the client may be told.
pub fn claims(client: &Client, mut asked: ClaimsRequest) -> ClaimsRequest {
    asked.retain(|name| claim(client, name));
    asked
}

/// What is left of something granted.
pub fn granted(client: &Client, granted: Authorization) -> Authorization {
    Authorization { scope: scope(client, &granted.scope), claims: claims(client, granted.claims), ..granted }
}
