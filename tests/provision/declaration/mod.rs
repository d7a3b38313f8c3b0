//! Reading a declaration: what is accepted, and that every fault of a file is named at once with its place.

mod clients;
mod names;
mod people;
mod reading;
mod tenants;

use symbolon::flows::provision::declaration::{
    Contexts, Declaration, DeclarationFaults, DeclaredDocument, Index, Openness, SecretSource,
};
use symbolon::model::client::{AuthMethod, ClientKind};
use symbolon::model::policy::Registration;
use symbolon::model::role::Role;

use super::sources::{TestSources, examples};

fn parse(text: &str) -> Result<Declaration, DeclarationFaults> {
    parse_with(text, &TestSources::for_acme())
}

fn parse_with(text: &str, sources: &TestSources) -> Result<Declaration, DeclarationFaults> {
    let document = DeclaredDocument::parse("test.yaml", text)?;
    document.read(Index::default(), false, sources).map_err(|refused| refused.faults)
}

/// The faults of a text that has some, as `line:column: path: message`.
fn faults(text: &str) -> Vec<String> {
    let faults = parse(text).expect_err("a file with faults");
    faults.to_string().lines().map(|line| line.trim_start_matches("test.yaml:").to_owned()).collect()
}

/// A small deployment, with a place for more under the tenant.
fn with_tenant(more: &str) -> String {
    format!(
        "apiVersion: symbolon/v1
products: [{{key: notes, name: Notes, grants: [read, write]}}]
plans: [{{key: free, name: Free, entitlements: {{notes: [read]}}}}]
platform:
  resources:
    - {{identifier: \"https://notes.example\", name: Notes API, tenants: all, scopes: [{{name: notes, description: Notes}}]}}
    - {{identifier: \"https://staff.example\", name: Staff API, scopes: [{{name: staff, description: Staff}}]}}
tenants:
  - slug: acme
    name: Acme
    plan: free
{more}"
    )
}

/// The faults of a tenant with these lines, which begin in line 12.
fn tenant_faults(more: &str) -> Vec<String> {
    faults(&with_tenant(more))
}

/// Each fault stands at its place and says these words, and there is no other.
fn in_this_order(found: &[String], expected: &[(&str, &str)]) {
    for (found, (place, words)) in found.iter().zip(expected) {
        assert!(
            found.starts_with(place) && found.contains(words),
            "{found} is not at {place} or lacks {words}"
        );
    }
    assert_eq!(found.len(), expected.len(), "{found:#?}");
}

#[track_caller]
fn only_fault(found: &[String], place: &str, words: &str) {
    assert!(found.len() == 1 && found[0].starts_with(place) && found[0].contains(words), "{found:#?}");
}

#[test]
fn the_example_is_accepted_unchanged() {
    let text = std::fs::read_to_string(examples().join("acme.yaml")).unwrap();
    let declaration = parse(&text).unwrap_or_else(|faults| panic!("{faults}"));
    assert_eq!(declaration.products.as_ref().unwrap().len(), 2);
    assert_eq!(declaration.plans.as_ref().unwrap().len(), 2);
    let platform = declaration.platform.unwrap();
    let notes = &platform.clients.as_ref().unwrap()[0];
    assert_eq!(
        (notes.kind, notes.metadata.first_party, &notes.tenants),
        (ClientKind::Web, true, &Openness::All)
    );
    assert!(matches!(notes.secret.as_ref().unwrap().value, SecretSource::Given(_)));
    let tenants = declaration.tenants.unwrap();
    let acme = &tenants[0];
    assert_eq!(
        (acme.slug.value.as_str(), acme.plan.as_str(), acme.region.as_deref()),
        ("acme", "pro", Some("eu"))
    );
    assert_eq!(acme.domains[0].value, "acme.example");
    assert_eq!(acme.policy.registration, Registration::InviteOnly);
    assert_eq!((acme.policy.session.idle_seconds, acme.policy.session.absolute_seconds), (28_800, 604_800));
    let add_on = acme.add_ons.first().unwrap();
    assert_eq!((add_on.product.as_str(), add_on.grant.as_str()), ("graph", "write"));
    assert_eq!(add_on.expires_at.unwrap().to_string(), "2030-01-01T00:00:00.000000Z");
    let engineering = &acme.groups.as_ref().unwrap()[0];
    assert!(
        matches!(&engineering.workspaces[&"research".parse().unwrap()], Contexts::Only(only) if only.len() == 1)
    );
    let users = acme.users.as_ref().unwrap();
    assert_eq!(users[0].roles.iter().copied().collect::<Vec<_>>(), [Role::Owner]);
    assert!(users[0].email_verified, "the operator vouches for the domain");
    assert!(users[0].workspaces.values().all(|contexts| *contexts == Contexts::All));
    assert!(matches!(users[1].password.as_ref().unwrap().value, SecretSource::Generate));
    let clients = acme.clients.as_ref().unwrap();
    assert_eq!(clients[1].metadata.token_endpoint_auth_method, AuthMethod::None);
    assert_eq!(clients[2].metadata.grant_types, ["client_credentials"]);
    assert!(clients[2].metadata.jwks.as_ref().unwrap()["keys"][0]["n"].is_string());
    assert!(declaration.warnings.iter().all(|warning| warning.message.contains("plain http")));
    assert_eq!(declaration.warnings.len(), 5);
}

#[test]
fn a_minimal_file_is_accepted() {
    assert!(parse("apiVersion: symbolon/v1\n").is_ok());
    assert!(parse(&with_tenant("")).is_ok());
}
