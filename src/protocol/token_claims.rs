//! The claims of access tokens (RFC 9068 §2.2, docs/verify-tokens.md, D10) and ID tokens (OIDC Core §2).

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Map, Value};

use crate::model::ids::{ContextId, SessionId, Slug, TenantId, UserId, WorkspaceId};
use crate::model::role::Role;

use super::scope::ScopeSet;

/// The `typ` header of an access token (RFC 9068 §2.1).
pub const ACCESS_TOKEN_TYPE: &str = "at+jwt";
/// The most bytes that `entitlements` may take in compact form, that `aud` and `scope` may take together, and from which
/// `workspaces` moves behind `workspaces_ref` (D10).
const CLAIM_BUDGET: usize = 2048;

/// Whether claims keep to the budget of 2048 bytes of compact JSON.
pub fn fits(claims: &impl Serialize) -> bool {
    serde_json::to_vec(claims).is_ok_and(|json| json.len() <= CLAIM_BUDGET)
}

/// Product key to the grants the tenant has in it.
pub type EntitlementClaims = BTreeMap<String, BTreeSet<String>>;
/// Workspace to the contexts that the holder may enter.
pub type WorkspaceClaims = BTreeMap<WorkspaceId, BTreeSet<ContextId>>;

/// The claims of an access token. The shape is the same for a person with one tenant or fifty; what a grant has no use
/// for is absent, never null (D10).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccessTokenClaims {
    /// The issuer.
    pub iss: String,
    /// The user, or the client id of a service account.
    pub sub: String,
    /// The resource servers that shall accept it; always an array.
    #[serde(deserialize_with = "one_or_many")]
    pub aud: Vec<String>,
    /// The client that it was issued to.
    pub client_id: String,
    /// What it allows.
    pub scope: ScopeSet,
    /// Its own id.
    pub jti: String,
    /// The session behind it; absent for service accounts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sid: Option<SessionId>,
    /// When it was issued, in seconds since the epoch.
    pub iat: i64,
    /// When it ends, in seconds since the epoch.
    pub exp: i64,
    /// When a factor was last proved; absent for service accounts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub auth_time: Option<i64>,
    /// How strong the sign-in was; absent for service accounts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub acr: Option<String>,
    /// Which factors were proved; absent for service accounts.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub amr: Vec<String>,
    /// The tenant in which the token is good.
    pub tenant_id: TenantId,
    /// Its slug.
    pub tenant: Slug,
    /// The home tenant of a guest; absent for everyone else.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub home_tenant_id: Option<TenantId>,
    /// The key of the tenant's plan; absent for the platform, which has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub plan: Option<String>,
    /// What the tenant bought, of the products of the token's resource servers (D6).
    #[serde(default)]
    pub entitlements: EntitlementClaims,
    /// The workspaces that the holder may enter; absent where `workspaces_ref` stands, or nothing was granted to a
    /// service account.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub workspaces: Option<WorkspaceClaims>,
    /// Where the workspaces are to be fetched, when they exceed the budget (D10).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub workspaces_ref: Option<String>,
    /// The roles of the holder in the tenant. An unknown one reads as `readonly`.
    #[serde(default, deserialize_with = "lenient_roles")]
    pub roles: BTreeSet<Role>,
    /// The claims that the `claims` parameter asked for at the userinfo endpoint (OIDC Core §5.5), by name; absent
    /// where it asked for none. Resource servers have no use for it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub userinfo_claims: Vec<String>,
    /// Who acts for the subject, in a delegated call (RFC 8693 §4.1).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub act: Option<Box<Actor>>,
    /// The key to which the token is bound (RFC 7800 §3).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cnf: Option<Confirmation>,
}

/// Who acts for the subject (RFC 8693 §4.1); nested for a chain of delegation, the present actor outermost.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Actor {
    /// The acting party.
    pub sub: String,
    /// Who acted before it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub act: Option<Box<Self>>,
}

/// The key to which a token is bound.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Confirmation {
    /// The thumbprint of a `DPoP` key (RFC 9449 §6.1).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub jkt: Option<String>,
    /// The SHA-256 thumbprint of a client certificate (RFC 8705 §3.1).
    #[serde(default, rename = "x5t#S256", skip_serializing_if = "Option::is_none")]
    pub x5t_s256: Option<String>,
}

/// The claims of an ID token.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct IdTokenClaims {
    /// The issuer.
    pub iss: String,
    /// The user.
    pub sub: UserId,
    /// The client, alone.
    pub aud: String,
    /// The client again, where another party is in `aud` (OIDC Core §2); else absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub azp: Option<String>,
    /// When it was issued, in seconds since the epoch.
    pub iat: i64,
    /// When it ends, in seconds since the epoch.
    pub exp: i64,
    /// When a factor was last proved, in seconds since the epoch.
    pub auth_time: i64,
    /// The `nonce` of the request, exactly where it had one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nonce: Option<String>,
    /// How strong the sign-in was.
    pub acr: String,
    /// Which factors were proved.
    pub amr: Vec<String>,
    /// The left half of the access token's hash (OIDC Core §3.1.3.6).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at_hash: Option<String>,
    /// The session.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sid: Option<SessionId>,
    /// The tenant that the person is signed in to.
    pub tenant_id: TenantId,
    /// Its slug.
    pub tenant: Slug,
    /// The key of its plan.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub plan: Option<String>,
    /// What the `claims` parameter asked for in the ID token.
    #[serde(flatten)]
    pub extra: Map<String, Value>,
}

fn one_or_many<'de, D: Deserializer<'de>>(input: D) -> Result<Vec<String>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Audience {
        One(String),
        Many(Vec<String>),
    }
    Ok(match Audience::deserialize(input)? {
        Audience::One(one) => vec![one],
        Audience::Many(many) => many,
    })
}

fn lenient_roles<'de, D: Deserializer<'de>>(input: D) -> Result<BTreeSet<Role>, D::Error> {
    let words = Vec::<String>::deserialize(input)?;
    Ok(words.iter().map(|word| Role::parse_or_readonly(word)).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    const EXAMPLE: &str = r#"{"iss":"https://id.example.com","sub":"0191c7b2-7a00-7000-8000-000000000001",
        "aud":["https://notes.example.com"],"client_id":"notes","scope":"notes openid","jti":"j",
        "sid":"0191c7b2-7a00-7000-8000-000000000002","iat":1790000000,"exp":1790000600,"auth_time":1789999990,
        "acr":"urn:symbolon:acr:2","amr":["pwd","otp"],"tenant_id":"0191c7b2-7a00-7000-8000-000000000003",
        "tenant":"acme","plan":"pro","entitlements":{"notes":["export","read","write"]},
        "workspaces":{"0191c7b2-7a00-7000-8000-000000000004":["0191c7b2-7a00-7000-8000-000000000005"]},
        "roles":["owner"]}"#;

    #[test]
    fn the_documented_shape_is_read_and_written_back_unchanged() {
        let claims: AccessTokenClaims = serde_json::from_str(EXAMPLE).unwrap();
        let written = serde_json::to_value(&claims).unwrap();
        assert_eq!(written, serde_json::from_str::<Value>(EXAMPLE).unwrap());
    }

    #[test]
    fn an_unknown_role_reads_as_readonly() {
        let changed = EXAMPLE.replace(r#"["owner"]"#, r#"["emperor"]"#);
        let claims: AccessTokenClaims = serde_json::from_str(&changed).unwrap();
        assert_eq!(claims.roles, BTreeSet::from([Role::ReadOnly]));
    }

    #[test]
    fn p023_a_token_without_exp_aud_or_tenant_is_unreadable() {
        for claim in ["exp", "aud", "iat", "iss", "sub", "jti", "tenant_id", "client_id"] {
            let mut broken: Map<String, Value> = serde_json::from_str(EXAMPLE).unwrap();
            broken.remove(claim);
            assert!(serde_json::from_value::<AccessTokenClaims>(broken.into()).is_err(), "{claim}");
        }
    }
}
