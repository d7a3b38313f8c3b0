//! The metadata document (OIDC Discovery §3, RFC 8414 §2): one struct for both well-known URLs.

use serde::Serialize;

use crate::model::issuer::Issuer;

use super::acr::Acr;
use super::grant_type::GrantType;
use super::prompt::Prompt;
use super::response_mode::ResponseMode;
use super::response_type::ResponseType;
use super::{claims, locales, pkce};

/// The paths of the protocol's endpoints (docs/architecture.md, Addresses).
pub mod paths {
    /// OIDC Discovery §4.
    pub const OPENID_CONFIGURATION: &str = "/.well-known/openid-configuration";
    /// RFC 8414 §3.
    pub const OAUTH_METADATA: &str = "/.well-known/oauth-authorization-server";
    /// RFC 7517 §5.
    pub const JWKS: &str = "/.well-known/jwks.json";
    /// The revocation feed (D14).
    pub const REVOCATIONS: &str = "/.well-known/revocations";
    /// RFC 6749 §3.1.
    pub const AUTHORIZE: &str = "/oauth2/authorize";
    /// RFC 6749 §3.2.
    pub const TOKEN: &str = "/oauth2/token";
    /// RFC 7662 §2.
    pub const INTROSPECT: &str = "/oauth2/introspect";
    /// RFC 7009 §2.
    pub const REVOKE: &str = "/oauth2/revoke";
    /// OIDC RP-Initiated Logout §2.
    pub const LOGOUT: &str = "/oauth2/logout";
    /// OIDC Core §5.3.
    pub const USERINFO: &str = "/userinfo";
    /// Where `workspaces_ref` leads (D10).
    pub const WORKSPACES: &str = "/userinfo/workspaces";
}

/// The algorithm of our own signatures.
pub const SIGNING_ALGS: [&str; 1] = ["RS256"];
/// The algorithms accepted in client assertions (RFC 7523).
pub const ASSERTION_ALGS: [&str; 4] = ["RS256", "PS256", "ES256", "EdDSA"];

/// The metadata of this provider. Members follow the order of OIDC Discovery §3; what it does not define stands last.
#[derive(Debug, Clone, Serialize)]
#[expect(
    missing_docs,
    reason = "each field is the member of the same name in OIDC Discovery §3 or RFC 8414 §2"
)]
pub struct ProviderMetadata {
    pub issuer: String,
    pub authorization_endpoint: String,
    pub token_endpoint: String,
    pub userinfo_endpoint: String,
    pub jwks_uri: String,
    pub scopes_supported: Vec<String>,
    pub response_types_supported: Vec<&'static str>,
    pub response_modes_supported: Vec<&'static str>,
    pub grant_types_supported: Vec<&'static str>,
    pub acr_values_supported: Vec<&'static str>,
    pub subject_types_supported: Vec<&'static str>,
    pub id_token_signing_alg_values_supported: Vec<&'static str>,
    pub token_endpoint_auth_methods_supported: Vec<&'static str>,
    pub token_endpoint_auth_signing_alg_values_supported: Vec<&'static str>,
    pub display_values_supported: Vec<&'static str>,
    pub claim_types_supported: Vec<&'static str>,
    pub claims_supported: Vec<&'static str>,
    pub ui_locales_supported: Vec<String>,
    pub claims_parameter_supported: bool,
    /// Left out, `request_parameter_supported` means false; this one would mean true.
    pub request_uri_parameter_supported: bool,
    /// OIDC Prompt Create §4.1 defines the member.
    pub prompt_values_supported: Vec<&'static str>,
    /// OIDC RP-Initiated Logout §2.1.
    pub end_session_endpoint: String,
    pub revocation_endpoint: String,
    pub revocation_endpoint_auth_methods_supported: Vec<&'static str>,
    pub revocation_endpoint_auth_signing_alg_values_supported: Vec<&'static str>,
    pub introspection_endpoint: String,
    pub introspection_endpoint_auth_methods_supported: Vec<&'static str>,
    pub introspection_endpoint_auth_signing_alg_values_supported: Vec<&'static str>,
    pub code_challenge_methods_supported: Vec<&'static str>,
    /// RFC 9207 §3.
    pub authorization_response_iss_parameter_supported: bool,
}

/// What the document depends on besides the code.
#[derive(Debug, Clone, Copy)]
pub struct Offered<'a> {
    /// Who we are.
    pub issuer: &'a Issuer,
    /// The languages of the pages.
    pub ui_locales: &'a [&'a str],
    /// The client authentication methods of the token endpoint.
    pub auth_methods: &'a [&'static str],
}

impl ProviderMetadata {
    /// The document for this deployment. Scopes of resource servers are not announced: they are a tenant's business.
    pub fn new(offered: Offered<'_>) -> Self {
        let url = |path: &str| offered.issuer.url(path);
        let methods = offered.auth_methods.to_vec();
        let confidential: Vec<_> = methods.iter().copied().filter(|method| *method != "none").collect();
        Self {
            issuer: offered.issuer.as_str().to_owned(),
            authorization_endpoint: url(paths::AUTHORIZE),
            token_endpoint: url(paths::TOKEN),
            userinfo_endpoint: url(paths::USERINFO),
            jwks_uri: url(paths::JWKS),
            scopes_supported: super::api_scope::reserved().map(str::to_owned).collect(),
            response_types_supported: ResponseType::ALL.map(ResponseType::as_str).to_vec(),
            response_modes_supported: ResponseMode::ALL.map(ResponseMode::as_str).to_vec(),
            grant_types_supported: GrantType::ALL.map(GrantType::as_str).to_vec(),
            acr_values_supported: Acr::reachable().map(Acr::as_str).collect(),
            subject_types_supported: vec!["public"],
            id_token_signing_alg_values_supported: SIGNING_ALGS.to_vec(),
            token_endpoint_auth_methods_supported: methods.clone(),
            token_endpoint_auth_signing_alg_values_supported: ASSERTION_ALGS.to_vec(),
            display_values_supported: vec!["page"],
            claim_types_supported: vec!["normal"],
            claims_supported: claims::supported(),
            ui_locales_supported: offered
                .ui_locales
                .iter()
                .filter_map(|tag| locales::canonical(tag))
                .collect(),
            claims_parameter_supported: true,
            request_uri_parameter_supported: false,
            prompt_values_supported: Prompt::ALL.map(Prompt::as_str).to_vec(),
            end_session_endpoint: url(paths::LOGOUT),
            revocation_endpoint: url(paths::REVOKE),
            revocation_endpoint_auth_methods_supported: methods,
            revocation_endpoint_auth_signing_alg_values_supported: ASSERTION_ALGS.to_vec(),
            introspection_endpoint: url(paths::INTROSPECT),
            introspection_endpoint_auth_methods_supported: confidential,
            introspection_endpoint_auth_signing_alg_values_supported: ASSERTION_ALGS.to_vec(),
            code_challenge_methods_supported: vec![pkce::METHOD],
            authorization_response_iss_parameter_supported: true,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_document_announces_what_the_specifications_demand() {
        let issuer = "https://id.example.com".parse().unwrap();
        let document = ProviderMetadata::new(Offered {
            issuer: &issuer,
            ui_locales: &["en", "de-at"],
            auth_methods: &["none", "client_secret_basic"],
        });
        let json = serde_json::to_value(&document).unwrap();
        assert_eq!(json["issuer"], "https://id.example.com");
        assert_eq!(json["ui_locales_supported"], serde_json::json!(["en", "de-AT"]));
        assert_eq!(
            json["introspection_endpoint_auth_methods_supported"],
            serde_json::json!(["client_secret_basic"])
        );
        assert_eq!(json["code_challenge_methods_supported"], serde_json::json!(["S256"]));
        assert_eq!(json["authorization_response_iss_parameter_supported"], true);
    }
}
