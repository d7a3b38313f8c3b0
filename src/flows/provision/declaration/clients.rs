//! Clients: what each kind may be and have (docs/declaration.md, RFC 6749 §2.1), whose they are (D8), what they may
//! ask for (D7).

use std::time::Duration;

use super::Reader;
use super::document::{Access, Client, Openness};
use super::fault::{At, unknown};
use super::secrets::SecretSource;
use super::spot::{Fields, Spot};
use super::uris;
use crate::model::client::{AuthMethod, ClientKind, ClientMetadata};
use crate::model::ids::ClientId;
use crate::model::lifetime;
use crate::model::resource_server::OpenTo;
use crate::protocol::api_scope::{is_reserved, reserved};
use crate::protocol::grant_type::GrantType;
use crate::protocol::redirect_uri::{SIGN_IN_ANSWER, SIGN_OUT_ANSWER};
use crate::protocol::token_claims::fits;

const KEYS: [&str; 25] = [
    "client_id",
    "name",
    "kind",
    "status",
    "first_party",
    "first_party_login",
    "tenants",
    "workspaces",
    "grant_types",
    "redirect_uris",
    "post_logout_redirect_uris",
    "allowed_origins",
    "scopes",
    "resources",
    "token_endpoint_auth_method",
    "secret",
    "jwks",
    "jwks_uri",
    "logo_uri",
    "policy_uri",
    "tos_uri",
    "client_uri",
    "require_pkce",
    "default_max_age",
    "lifetimes",
];

/// How a client proves itself, and with what.
struct Proof {
    method: AuthMethod,
    secret: Option<At<SecretSource>>,
    jwks: Option<serde_json::Value>,
    jwks_uri: Option<String>,
}

/// Lives of codes and tokens, in seconds.
#[derive(Default)]
struct Lifetimes {
    code: Option<u64>,
    access_token: Option<u64>,
    id_token: Option<u64>,
    refresh_idle: Option<u64>,
    refresh_absolute: Option<u64>,
}

const TOO_MUCH: &str = "its `resources` and `scopes` make more than 2048 bytes of compact JSON, too many for a token; declare one \
                        client for each part of the application, or use shorter names";

impl Reader<'_> {
    /// A client of the platform, or of the tenant with this slug.
    pub(super) fn client(&self, spot: &Spot<'_>, owner: Option<&str>) -> Option<Client> {
        let fields = spot.fields(&KEYS)?;
        let client_id = fields.need("client_id").and_then(|spot| client_id(&spot, owner));
        let name = fields.need("name").and_then(|spot| spot.label());
        let kind = fields.need("kind").and_then(|spot| kind_of(&spot));
        let status = fields.read("status", Self::standing);
        let openness = self.client_openness(&fields, owner, kind);
        let workspaces = self.service_workspaces(&fields, owner, kind);
        let (redirect_uris, post_logout_redirect_uris, allowed_origins) = browser_uris(&fields, kind);
        let resources = fields.read("resources", |list| list.set(|item| self.resource_of(item, owner)));
        let resources = values(resources);
        let scopes = fields.read("scopes", |list| list.set(|item| self.scope_of(item, kind, &resources)));
        let scopes = values(scopes);
        if !fits(&(&resources, &scopes)) {
            fields.spot.fault(TOO_MUCH);
        }
        let grant_types = fields.read("grant_types", |list| grant_types(list, kind));
        let proof = self.proof(&fields, kind);
        let lifetimes = fields.read("lifetimes", lifetimes).unwrap_or_default();
        let page = |key: &str| fields.read(key, uris::page);
        let first_party = first_party(&fields, owner);
        let metadata = ClientMetadata {
            token_endpoint_auth_method: proof.method,
            grant_types: grant_types.unwrap_or_else(|| default_grants(kind)),
            redirect_uris,
            post_logout_redirect_uris,
            scopes,
            resources,
            allowed_origins,
            tenants: OpenTo::OwnerOnly,
            first_party,
            first_party_login: first_party_login(&fields, first_party, proof.method),
            jwks: proof.jwks,
            jwks_uri: proof.jwks_uri,
            logo_uri: fields.read("logo_uri", |spot| self.fetched(spot)),
            policy_uri: page("policy_uri"),
            tos_uri: page("tos_uri"),
            client_uri: page("client_uri"),
            require_pkce: require_pkce(&fields, kind),
            default_max_age: fields.read("default_max_age", |spot| seconds(spot, 0, 365 * 86_400)),
            access_token_seconds: lifetimes.access_token,
            id_token_seconds: lifetimes.id_token,
            code_seconds: lifetimes.code,
            refresh_idle_seconds: lifetimes.refresh_idle,
            refresh_absolute_seconds: lifetimes.refresh_absolute,
            workspaces: std::collections::BTreeMap::new(),
        };
        let client_id = client_id?;
        self.once(spot, "client", &client_id);
        let (name, kind, secret) = (name?.value, kind?, proof.secret);
        Some(Client { client_id, name, status, kind, tenants: openness, workspaces, secret, metadata })
    }

    fn client_openness(
        &self,
        fields: &Fields<'_>,
        owner: Option<&str>,
        kind: Option<ClientKind>,
    ) -> Openness {
        let service = kind == Some(ClientKind::Service);
        match (owner, fields.get("tenants")) {
            (Some(_), Some(spot)) => {
                spot.fault("a tenant's client serves that tenant only; leave `tenants` out, or declare it under `platform`");
                Openness::OwnerOnly
            }
            (None, Some(spot)) if service => {
                spot.fault(
                    "a service account of the platform acts for the platform only; leave `tenants` out",
                );
                Openness::OwnerOnly
            }
            (None, Some(spot)) => self.openness(&spot).unwrap_or(Openness::OwnerOnly),
            (_, None) => Openness::OwnerOnly,
        }
    }

    fn service_workspaces(
        &self,
        fields: &Fields<'_>,
        owner: Option<&str>,
        kind: Option<ClientKind>,
    ) -> Access {
        let Some(spot) = fields.get("workspaces") else { return Access::new() };
        let tenant = owner.and_then(|owner| self.index.tenants.get(owner));
        if let (Some(tenant), Some(ClientKind::Service) | None) = (tenant, kind) {
            return Self::access(&spot, tenant).unwrap_or_default();
        }
        spot.fault("only a tenant's service account has workspaces; people bring their own");
        Access::new()
    }

    /// A resource server that is open to the owner of the client. Nobody learns that a foreign one exists (D8).
    fn resource_of(&self, spot: &Spot<'_>, owner: Option<&str>) -> Option<At<String>> {
        let identifier = spot.text()?;
        let owner = owner.unwrap_or("platform");
        let open = self.index.resources.iter().filter(|(_, resource)| resource.is_open_to(owner));
        let open: Vec<&str> = open.map(|(identifier, _)| identifier.as_str()).collect();
        if open.contains(&identifier.value.as_str()) {
            return Some(identifier);
        }
        spot.fault(match self.index.resources.get(&identifier.value) {
            Some(_) => format!(
                "the resource server `{}` is not open to `{owner}`; add it to its `tenants`",
                identifier.value
            ),
            None => unknown("resource server", &identifier.value, open),
        });
        None
    }

    /// A scope of OpenID Connect or of our own API, or one that a resource server of the client defines.
    fn scope_of(
        &self,
        spot: &Spot<'_>,
        kind: Option<ClientKind>,
        resources: &[String],
    ) -> Option<At<String>> {
        let scope = spot.text()?;
        let name = scope.value.as_str();
        if is_reserved(name) {
            if kind == Some(ClientKind::Service) {
                spot.fault(format!(
                    "`{name}` speaks of a person, and a service account has none; leave it out"
                ));
            }
            return Some(scope);
        }
        let of = |identifier: &str| self.index.resources.get(identifier).map(|resource| &resource.scopes);
        let own: Vec<&str> = resources.iter().filter_map(|id| of(id)).flatten().map(String::as_str).collect();
        if own.contains(&name) {
            return Some(scope);
        }
        let definer = self.index.resources.iter().find(|(_, resource)| resource.scopes.contains(name));
        spot.fault(match definer {
            Some((identifier, _)) if !resources.contains(identifier) => {
                format!("the scope `{name}` belongs to `{identifier}`; add that to the client's `resources`")
            }
            Some(_) | None => {
                unknown("scope", name, own.into_iter().chain(reserved().map(|name| -> &str { name })))
            }
        });
        None
    }

    fn proof(&self, fields: &Fields<'_>, kind: Option<ClientKind>) -> Proof {
        let public = matches!(kind, Some(ClientKind::Spa | ClientKind::Native));
        let stated = fields.read("token_endpoint_auth_method", |spot| {
            let method =
                spot.word("way to authenticate", &AuthMethod::ALL.map(|method| (method.as_str(), method)))?;
            let kind = kind?;
            if (method.value == AuthMethod::None) == public {
                return Some(method.value);
            }
            let kind = kind.as_str();
            spot.fault(if public {
                format!("a `{kind}` client is public and cannot keep a secret; use `none`")
            } else {
                format!("a `{kind}` client must authenticate; for a public one use `spa` or `native`")
            });
            None
        });
        let default = if public { AuthMethod::None } else { AuthMethod::ClientSecretBasic };
        let method = stated.unwrap_or(default);
        let secret = fields.read("secret", |spot| self.client_secret(spot));
        let jwks = fields.read("jwks", |spot| self.key_set(spot));
        let jwks_uri = fields.read("jwks_uri", |spot| self.fetched(spot));
        if kind.is_some() {
            check_proof(fields, method);
        }
        Proof { method, secret, jwks, jwks_uri }
    }
}

fn check_proof(fields: &Fields<'_>, method: AuthMethod) {
    let keys = ["jwks", "jwks_uri"];
    match method {
        AuthMethod::None => {
            fields.refuse(&["secret", "jwks", "jwks_uri"], "a public client has none; leave it out");
        }
        AuthMethod::ClientSecretBasic | AuthMethod::ClientSecretPost => {
            fields.refuse(&keys, "is used with `private_key_jwt` only; leave it out");
            if fields.get("secret").is_none() {
                fields.spot.fault(format!(
                    "`secret` is missing: `{}` needs `{{env: NAME}}`, `{{file: path}}`, `{{generate: true}}`, or \
                     `{{keep: true}}` for a client that exists",
                    method.as_str()
                ));
            }
        }
        AuthMethod::PrivateKeyJwt => {
            fields.refuse(&["secret"], "is not used with `private_key_jwt`; leave it out");
            match keys.map(|key| fields.get(key)) {
                [None, None] => {
                    fields.spot.fault("`jwks` is missing: `private_key_jwt` needs the client's public keys");
                }
                [Some(_), Some(uri)] => uri.fault("give either `jwks` or `jwks_uri` (RFC 7591 §2)"),
                [Some(_), None] | [None, Some(_)] => {}
            }
        }
    }
}

/// A client id with the prefix of its owner, or without a dot for the platform (D8).
fn client_id(spot: &Spot<'_>, owner: Option<&str>) -> Option<At<ClientId>> {
    let id = spot.parsed::<ClientId>()?;
    let good = match owner {
        Some(slug) => {
            id.value.as_str().strip_prefix(slug).is_some_and(|rest| rest.len() > 1 && rest.starts_with('.'))
        }
        None => id.value.owner_slug().is_none(),
    };
    if !good {
        spot.fault(match owner {
            Some(slug) => format!("the id of a client of `{slug}` begins with `{slug}.`, as in `{slug}.app`"),
            None => "the id of a client of the platform holds no dot".to_owned(),
        });
    }
    Some(id)
}

fn kind_of(spot: &Spot<'_>) -> Option<ClientKind> {
    let kinds = [ClientKind::Web, ClientKind::Spa, ClientKind::Native, ClientKind::Service];
    Some(spot.word("kind of client", &kinds.map(|kind| (kind.as_str(), kind)))?.value)
}

fn first_party(fields: &Fields<'_>, owner: Option<&str>) -> bool {
    let first_party = fields.get("first_party");
    let flag = first_party.as_ref().and_then(Spot::flag).is_some_and(|flag| flag.value);
    if let (Some(spot), Some(_), true) = (first_party, owner, flag) {
        spot.fault("only a client of the platform can be first-party (it shows no consent page)");
    }
    flag
}

/// Only where nobody would have to be asked for consent, and the client proves itself (D16).
fn first_party_login(fields: &Fields<'_>, first_party: bool, method: AuthMethod) -> bool {
    let stated = fields.get("first_party_login");
    let flag = stated.as_ref().and_then(Spot::flag).is_some_and(|flag| flag.value);
    if let Some(spot) = stated.filter(|_| flag && (!first_party || method == AuthMethod::None)) {
        spot.fault("only a confidential client of the platform that is `first_party` can sign people in by its own forms");
    }
    flag
}

fn require_pkce(fields: &Fields<'_>, kind: Option<ClientKind>) -> bool {
    let stated = fields.get("require_pkce");
    let flag = stated.as_ref().and_then(Spot::flag).is_some_and(|flag| flag.value);
    match (stated, kind) {
        (Some(spot), Some(ClientKind::Spa | ClientKind::Native)) if !flag => {
            spot.fault("a public client always uses PKCE; leave `require_pkce` out");
        }
        (Some(spot), Some(ClientKind::Service)) => {
            spot.fault("a service account has no authorization code to protect");
        }
        _ => {}
    }
    flag
}

/// Redirect URIs, post-logout URIs and origins.
fn browser_uris(fields: &Fields<'_>, kind: Option<ClientKind>) -> (Vec<String>, Vec<String>, Vec<String>) {
    let keys = ["redirect_uris", "post_logout_redirect_uris", "allowed_origins"];
    match kind {
        Some(ClientKind::Service) => fields.refuse(&keys, "a service account meets no browser; leave it out"),
        Some(ClientKind::Native) => {
            fields.refuse(&["allowed_origins"], "an installed program sends no origin; leave it out");
        }
        Some(ClientKind::Web | ClientKind::Spa) | None => {}
    }
    let uris = |key: &str, answer: &[&str]| {
        fields.read(key, |list| list.set(|item| uris::redirect(item, kind, answer)))
    };
    let redirects = uris("redirect_uris", &SIGN_IN_ANSWER);
    let empty = fields.get("redirect_uris").is_none_or(|list| list.node.list().is_empty());
    if empty && !matches!(kind, Some(ClientKind::Service) | None) {
        fields.spot.fault("`redirect_uris` is missing: name every URI that may receive a code");
    }
    let origins = fields.read("allowed_origins", |list| list.set(uris::origin));
    (values(redirects), values(uris("post_logout_redirect_uris", &SIGN_OUT_ANSWER)), values(origins))
}

pub(super) fn default_grants(kind: Option<ClientKind>) -> Vec<String> {
    let grants: &[&str] = match kind {
        Some(ClientKind::Service) => &["client_credentials"],
        Some(ClientKind::Web | ClientKind::Spa | ClientKind::Native) | None => {
            &["authorization_code", "refresh_token"]
        }
    };
    grants.iter().map(|grant| (*grant).to_owned()).collect()
}

fn grant_types(list: &Spot<'_>, kind: Option<ClientKind>) -> Option<Vec<String>> {
    let usual = default_grants(kind);
    // Beside the usual ones whoever can keep a secret may exchange personal access tokens (RFC 8693).
    let mut allowed = usual.clone();
    if matches!(kind, Some(ClientKind::Web | ClientKind::Service)) {
        allowed.push(GrantType::TokenExchange.as_str().to_owned());
    }
    let grants = list.set(|item| {
        let grant = item.text()?;
        if !allowed.contains(&grant.value) {
            let kind = kind.map_or("this", ClientKind::as_str);
            item.fault(unknown(
                &format!("grant type of a `{kind}` client"),
                &grant.value,
                allowed.iter().map(String::as_str),
            ));
        }
        Some(grant)
    })?;
    // The first of the usual ones begins; a refresh token alone has nothing to come from.
    let known = grants.iter().all(|grant| allowed.contains(&grant.value));
    let begins = |grant: &str| {
        usual.first().is_some_and(|first| first == grant) || grant == GrantType::TokenExchange.as_str()
    };
    if known && !grants.iter().any(|grant| begins(&grant.value)) {
        list.fault("a client needs a grant type to begin with; leave `grant_types` out for the usual ones");
    }
    Some(values(Some(grants)))
}

fn lifetimes(spot: &Spot<'_>) -> Option<Lifetimes> {
    let fields = spot.fields(&["code", "access_token", "id_token", "refresh_idle", "refresh_absolute"])?;
    let read = |key: &str, most: u64| fields.read(key, |spot| seconds(spot, 1, most));
    let lives = Lifetimes {
        code: read("code", lifetime::CODE),
        access_token: read("access_token", lifetime::ACCESS_TOKEN),
        id_token: read("id_token", lifetime::ID_TOKEN),
        refresh_idle: read("refresh_idle", lifetime::REFRESH_IDLE),
        refresh_absolute: read("refresh_absolute", lifetime::REFRESH_ABSOLUTE),
    };
    if let (Some(idle), Some(absolute)) = (lives.refresh_idle, lives.refresh_absolute)
        && idle > absolute
    {
        spot.fault("`refresh_idle` must not be longer than `refresh_absolute`");
    }
    Some(lives)
}

fn seconds(spot: &Spot<'_>, least: u64, most: u64) -> Option<u64> {
    let length = spot.duration(Duration::from_secs(least), Duration::from_secs(most))?;
    Some(length.value.as_secs())
}

fn values(list: Option<Vec<At<String>>>) -> Vec<String> {
    list.unwrap_or_default().into_iter().map(|item| item.value).collect()
}
