//! Objects in the words of the file: what differences are shown in, and what an export writes. Reading these words
//! gives the same object again.

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::{Map, Value, json};

use super::document::{
    Access, Client, Context, Contexts, DeclaredStatus, Group, Openness, Resource, Tenant, User, Workspace,
};
use crate::model::client::ClientKind;
use crate::model::policy::{Guests, Policy};
use crate::model::profile::{Address, Profile};
use crate::model::rate::format_duration;
use crate::model::tenant::{AddOn, Entitlements, Plan, Product};

/// The keys of an object with their values, in the order in which a file has them, without those that name it and
/// without the objects inside it. A key with its default is `null`, an empty list or an empty group.
pub type Written = Vec<(&'static str, Value)>;

/// A product.
pub fn product(product: &Product) -> Written {
    vec![("name", json!(product.name)), ("grants", json!(product.grants))]
}

/// A plan.
pub fn plan(plan: &Plan) -> Written {
    vec![("name", json!(plan.name)), ("entitlements", entitlements(&plan.entitlements))]
}

fn entitlements(entitlements: &Entitlements) -> Value {
    json!(entitlements)
}

/// A tenant.
pub fn tenant(tenant: &Tenant) -> Written {
    let domains: Vec<&str> = tenant.domains.iter().map(|domain| domain.value.as_str()).collect();
    vec![
        ("name", json!(tenant.name)),
        ("status", standing(tenant.status)),
        ("plan", json!(tenant.plan)),
        ("region", json!(tenant.region)),
        ("brand", json!(tenant.accent.map(|accent| json!({ "accent": accent.to_string() })))),
        ("domains", sorted(domains)),
        ("entitlements", add_ons(tenant.add_ons.iter())),
        ("policy", policy(&tenant.policy)),
    ]
}

fn sorted(mut list: Vec<&str>) -> Value {
    list.sort_unstable();
    json!(list)
}

/// Grants of one product with the same end stand together.
fn add_ons<'a>(all: impl Iterator<Item = &'a AddOn>) -> Value {
    let mut together = BTreeMap::<_, Vec<&str>>::new();
    for add_on in all {
        together.entry((&add_on.product, add_on.expires_at)).or_default().push(&add_on.grant);
    }
    let one = |((product, ends), grants): ((&String, Option<_>), Vec<&str>)| {
        let mut entry = Map::new();
        entry.insert("product".to_owned(), json!(product));
        entry.insert("grants".to_owned(), json!(grants));
        if let Some(ends) = ends {
            entry.insert("expires_at".to_owned(), json!(ends));
        }
        Value::Object(entry)
    };
    together.into_iter().map(one).collect()
}

/// A policy, with every key that is not left to its default by `null`.
pub fn policy(policy: &Policy) -> Value {
    let (mfa, networks) = (&policy.mfa, &policy.networks);
    let second = with_if(
        json!({
            "required": if mfa.everybody { "everybody" } else { "none" },
            "roles": mfa.roles,
            "outside_trusted": mfa.outside_trusted,
        }),
        "grace_until",
        mfa.grace_until.map(|end| json!(end)),
    );
    let written = json!({
        "registration": policy.registration,
        "email_domains": policy.email_domains,
        "methods": policy.methods,
        "mfa": second,
        "networks": {
            "sign_in": networks.sign_in,
            "administration": networks.administration,
            "trusted": networks.trusted,
        },
        "password": {"min_length": policy.password.min_length},
        "session": {
            "idle": format_duration(policy.session.idle()),
            "absolute": format_duration(policy.session.absolute()),
        },
    });
    let tokens = policy.tokens.access_seconds.map(|life| json!({"access": seconds(Some(life))}));
    let days = policy.remembered_devices.days;
    let devices = (days > 0).then(|| json!({"days": days}));
    let guests = &policy.guests;
    let guests = (*guests != Guests::default())
        .then(|| json!({"allowed": guests.allowed, "home_factors": guests.home_factors}));
    let written = with_if(with_if(written, "tokens", tokens), "remembered_devices", devices);
    with_if(written, "guests", guests)
}

/// The same object with this key, where it has a value.
fn with_if(mut object: Value, key: &str, value: Option<Value>) -> Value {
    if let (Value::Object(members), Some(value)) = (&mut object, value) {
        members.insert(key.to_owned(), value);
    }
    object
}

/// A workspace.
pub fn workspace(workspace: &Workspace) -> Written {
    vec![("name", json!(workspace.name))]
}

/// A context.
pub fn context(context: &Context) -> Written {
    vec![("name", json!(context.name))]
}

/// A group.
pub fn group(group: &Group) -> Written {
    vec![("roles", json!(group.roles)), ("workspaces", access(&group.workspaces))]
}

/// A person, without the password.
pub fn user(user: &User) -> Written {
    let profile = &user.profile;
    let mut written = vec![
        ("email", json!(user.email.value.spelling())),
        ("email_verified", json!(user.email_verified)),
        ("name", name(profile)),
        ("nickname", json!(profile.nickname)),
        ("preferred_username", json!(profile.preferred_username)),
        ("profile", json!(profile.profile)),
        ("picture", json!(profile.picture)),
        ("website", json!(profile.website)),
        ("gender", json!(profile.gender)),
        ("birthdate", json!(profile.birthdate)),
        ("zoneinfo", json!(profile.zoneinfo)),
        ("locale", json!(profile.locale)),
        ("phone_number", json!(profile.phone_number)),
        ("phone_number_verified", json!(profile.phone_number_verified)),
        ("address", address(profile.address.as_ref())),
    ];
    written.extend([
        ("status", standing(user.status)),
        ("roles", json!(user.roles)),
        ("groups", json!(user.groups)),
        ("workspaces", access(&user.workspaces)),
        ("break_glass", if user.break_glass { Value::Bool(true) } else { Value::Null }),
    ]);
    written
}

fn name(profile: &Profile) -> Value {
    present([
        ("full", &profile.name),
        ("given", &profile.given_name),
        ("family", &profile.family_name),
        ("middle", &profile.middle_name),
    ])
}

fn address(address: Option<&Address>) -> Value {
    let Some(address) = address else { return Value::Null };
    present([
        ("formatted", &address.formatted),
        ("street_address", &address.street_address),
        ("locality", &address.locality),
        ("region", &address.region),
        ("postal_code", &address.postal_code),
        ("country", &address.country),
    ])
}

/// The parts that are there; `null` when there is none.
fn present<'a>(parts: impl IntoIterator<Item = (&'a str, &'a Option<String>)>) -> Value {
    let there = parts.into_iter().filter_map(|(key, part)| Some((key.to_owned(), json!(part.as_ref()?))));
    let there: Map<String, Value> = there.collect();
    if there.is_empty() { Value::Null } else { Value::Object(there) }
}

/// A resource server.
pub fn resource(resource: &Resource) -> Written {
    vec![
        ("name", json!(resource.name)),
        ("status", standing(resource.status)),
        ("product", json!(resource.product)),
        ("tenants", openness(&resource.tenants)),
        ("scopes", json!(resource.scopes)),
    ]
}

/// A client, without its secret.
pub fn client(client: &Client) -> Written {
    let metadata = &client.metadata;
    let usual = super::clients::default_grants(Some(client.kind)) == metadata.grant_types;
    let whether = |flag: bool| if flag { Value::Bool(true) } else { Value::Null };
    vec![
        ("name", json!(client.name)),
        ("kind", json!(client.kind)),
        ("status", standing(client.status)),
        ("first_party", whether(metadata.first_party)),
        ("first_party_login", whether(metadata.first_party_login)),
        ("tenants", openness(&client.tenants)),
        ("workspaces", access(&client.workspaces)),
        ("grant_types", if usual { Value::Null } else { json!(metadata.grant_types) }),
        ("redirect_uris", json!(metadata.redirect_uris)),
        ("post_logout_redirect_uris", json!(metadata.post_logout_redirect_uris)),
        ("allowed_origins", json!(metadata.allowed_origins)),
        ("scopes", json!(metadata.scopes)),
        ("resources", json!(metadata.resources)),
        ("token_endpoint_auth_method", json!(metadata.token_endpoint_auth_method)),
        ("jwks", json!(metadata.jwks)),
        ("jwks_uri", json!(metadata.jwks_uri)),
        ("logo_uri", json!(metadata.logo_uri)),
        ("policy_uri", json!(metadata.policy_uri)),
        ("tos_uri", json!(metadata.tos_uri)),
        ("client_uri", json!(metadata.client_uri)),
        ("require_pkce", whether(metadata.require_pkce && client.kind == ClientKind::Web)),
        ("default_max_age", seconds(metadata.default_max_age)),
        ("lifetimes", lifetimes(client)),
    ]
}

fn lifetimes(client: &Client) -> Value {
    let metadata = &client.metadata;
    let lives = [
        ("code", metadata.code_seconds),
        ("access_token", metadata.access_token_seconds),
        ("id_token", metadata.id_token_seconds),
        ("refresh_idle", metadata.refresh_idle_seconds),
        ("refresh_absolute", metadata.refresh_absolute_seconds),
    ];
    let own = lives.into_iter().filter(|(_, life)| life.is_some());
    let own: Map<String, Value> = own.map(|(key, life)| (key.to_owned(), seconds(life))).collect();
    if own.is_empty() { Value::Null } else { Value::Object(own) }
}

fn seconds(length: Option<u64>) -> Value {
    length.map_or(Value::Null, |length| json!(format_duration(Duration::from_secs(length))))
}

/// What a file says of a status; `null` where it says nothing.
fn standing(standing: Option<DeclaredStatus>) -> Value {
    match standing {
        None => Value::Null,
        Some(DeclaredStatus::Active) => json!("active"),
        Some(DeclaredStatus::Suspended) => json!("suspended"),
    }
}

fn openness(openness: &Openness) -> Value {
    match openness {
        Openness::OwnerOnly => json!([]),
        Openness::All => json!("all"),
        Openness::Some(tenants) => json!(tenants),
    }
}

fn access(access: &Access) -> Value {
    let one = |(workspace, contexts): (&crate::model::ids::Slug, &Contexts)| match contexts {
        Contexts::All => json!(workspace),
        Contexts::Only(contexts) => json!({ workspace.as_str(): contexts }),
    };
    access.iter().map(one).collect()
}
