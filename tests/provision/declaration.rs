//! Reading a declaration: what is accepted, and that every fault of a file is named at once with its place.

use std::fmt::Write as _;

use symbolon::flows::provision::declaration::{
    Contexts, Declaration, DeclarationFaults, DeclaredStatus, Index, Openness, SecretSource, read,
};
use symbolon::model::client::{AuthMethod, ClientKind};
use symbolon::model::policy::Registration;
use symbolon::model::role::Role;

use super::sources::{TestSources, examples};

pub(super) fn parse(text: &str) -> Result<Declaration, DeclarationFaults> {
    read(("test.yaml", text), Index::default(), false, &TestSources::for_acme())
        .map_err(|refused| refused.faults)
}

/// The faults of a text that has some, as `line:column: path: message`.
pub(super) fn faults(text: &str) -> Vec<String> {
    let faults = parse(text).expect_err("a file with faults");
    faults.to_string().lines().map(|line| line.trim_start_matches("test.yaml:").to_owned()).collect()
}

/// A small deployment, with a place for more under the tenant.
pub(super) fn with_tenant(more: &str) -> String {
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
pub(super) fn tenant_faults(more: &str) -> Vec<String> {
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
pub(super) fn only_fault(found: &[String], place: &str, words: &str) {
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

#[test]
fn a_text_that_is_no_yaml_has_one_fault_with_its_place() {
    let found = faults("apiVersion: symbolon/v1\ntenants: [\n");
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].contains("not readable as YAML"), "{found:?}");
    assert!(!faults("").is_empty());
    assert!(!faults("- a\n- b\n").is_empty());
    assert!(!faults("apiVersion: symbolon/v1\n---\napiVersion: symbolon/v1\n").is_empty());
}

#[test]
fn depth_and_aliases_are_bounded() {
    let deep = format!("apiVersion: {}1{}", "[".repeat(200), "]".repeat(200));
    assert!(faults(&deep)[0].contains("not readable as YAML"));
    let mut bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
    for level in 1..12 {
        let before = format!("*a{}, ", level - 1).repeat(10);
        writeln!(bomb, "a{level}: &a{level} [{}]", before.trim_end_matches(", ")).unwrap();
    }
    assert!(faults(&bomb)[0].contains("not readable as YAML"));
}

#[test]
fn anchors_and_aliases_work_within_the_bounds() {
    let declared = parse(&with_tenant(
        "    users:
      - {email: ada@acme.example, roles: &all [owner, admin]}
      - {email: grace@acme.example, roles: *all}
",
    ))
    .unwrap();
    let users = declared.tenants.unwrap().remove(0).users.unwrap();
    assert_eq!(users[0].roles, users[1].roles);
}

#[test]
fn every_fault_of_a_file_is_named_at_once_in_order() {
    let found = faults(
        "apiVersion: symbolon/v2
products:
  - {key: Notes, name: Notes, grants: [read]}
plans:
  - {key: free, name: Free, entitlements: {nots: [read]}}
tenants:
  - slug: Admin
    plan: fre
    colour: red
    users:
      - email: nobody
        roles: [ownr]
",
    );
    let expected = [
        ("1:13: apiVersion:", "this release reads `symbolon/v1`"),
        ("3:11: products[Notes].key:", "lower-case"),
        ("5:44: plans[free].entitlements.nots:", "unknown product `nots`"),
        ("7:5: tenants[Admin]:", "`name` is missing"),
        ("7:11: tenants[Admin].slug:", "lower-case"),
        ("8:11: tenants[Admin].plan:", "did you mean `free`?"),
        ("9:5: tenants[Admin].colour:", "unknown key `colour`"),
        ("11:16: tenants[Admin].users[nobody].email:", "e-mail address"),
        ("12:17: tenants[Admin].users[nobody].roles[0]:", "did you mean `owner`?"),
    ];
    in_this_order(&found, &expected);
}

#[test]
fn unknown_keys_are_refused_with_the_nearest_name() {
    only_fault(&tenant_faults("    polcy: {}\n"), "12:5: tenants[acme].polcy:", "did you mean `policy`?");
    only_fault(
        &faults("apiVersion: symbolon/v1\ntennants: []\n"),
        "2:1: tennants:",
        "did you mean `tenants`?",
    );
}

#[test]
fn repeated_keys_are_refused_with_both_lines() {
    only_fault(
        &tenant_faults("    region: eu\n    region: us\n"),
        "13:5: tenants[acme].region:",
        "twice; it is already in line 12",
    );
}

#[test]
fn an_accent_that_cannot_be_read_is_refused() {
    let brand = |accent: &str| tenant_faults(&format!("    brand: {{accent: \"{accent}\"}}\n"));
    for (accent, words) in
        [("#ffcc00", "4.5 : 1 is needed"), ("red", "must be a colour"), ("#fff;}*{", "must be a colour")]
    {
        only_fault(&brand(accent), "12:21: tenants[acme].brand.accent:", words);
    }
    only_fault(&tenant_faults("    brand: {}\n"), "12:12: tenants[acme].brand:", "`accent` is missing");
}

#[test]
fn wrong_types_say_what_is_wanted() {
    only_fault(
        &tenant_faults("    region: 49\n"),
        "12:13: tenants[acme].region:",
        "must be text, and is a number; put it in quotes",
    );
    only_fault(&tenant_faults("    users: ada\n"), "12:12: tenants[acme].users:", "must be a list");
    only_fault(&tenant_faults("    policy: [a]\n"), "12:13: tenants[acme].policy:", "must have keys");
}

#[test]
fn slugs_are_checked_and_reserved_ones_refused() {
    for (slug, words) in
        [("platform", "reserved"), ("Acme", "lower-case"), ("a", "2 to 40"), ("-a", "hyphen")]
    {
        let text = format!(
            "apiVersion: symbolon/v1\nplans: [{{key: p, name: P}}]\ntenants: [{{slug: {slug}, name: N, plan: p}}]\n"
        );
        only_fault(&faults(&text), "3:18:", words);
    }
}

#[test]
fn names_are_unique_where_they_must_be() {
    let twice = tenant_faults("  - {slug: acme, name: Acme, plan: free}\n");
    only_fault(
        &twice,
        "12:12: tenants[acme]:",
        "the tenant `acme` is declared twice; it is already in line 9",
    );
    only_fault(
        &tenant_faults("    users: [{email: ada@acme.example}, {email: ADA@Acme.Example}]\n"),
        "12:48:",
        "the user of `acme` `ada@acme.example` is declared twice",
    );
    only_fault(
        &tenant_faults("    resources: [{identifier: \"https://notes.example\", name: Mine}]\n"),
        "12:30:",
        "the resource server `https://notes.example` is declared twice",
    );
    only_fault(
        &tenant_faults(
            "    domains: [acme.example]\n  - {slug: globex, name: G, plan: free, domains: [Acme.Example]}\n",
        ),
        "13:51:",
        "the e-mail domain `acme.example` is declared twice",
    );
    only_fault(
        &tenant_faults("    workspaces: [{slug: sales, name: A}, {slug: sales, name: B}]\n"),
        "12:49:",
        "already in line 12",
    );
    only_fault(&tenant_faults("    groups: [{name: a}, {name: a}]\n"), "12:32:", "already in line 12");
}

#[test]
fn p062_one_person_in_six_spellings_is_declared_six_times() {
    let spellings = [
        "jürgen@bücher.example",
        "JÜRGEN@BÜCHER.EXAMPLE",
        "Ju\u{308}rgen@xn--bcher-kva.example",
        "ｊürgen@bücher.example",
        "jürgen＠bücher.example",
        "jürgen@BU\u{308}CHER.example",
    ];
    let users = spellings.map(|email| format!("      - email: {email}\n")).concat();
    let found = tenant_faults(&format!("    users:\n{users}"));
    assert_eq!(found.len(), 5, "{found:#?}");
    assert!(found.iter().all(|fault| fault.contains("already in line 13")), "{found:#?}");
}

/// P019, D7: whoever named an API like us would be told of every token that is for ourselves.
#[test]
fn p019_no_resource_server_is_named_like_the_issuer() {
    let resource = |identifier: &str| {
        format!("    resources: [{{identifier: \"{identifier}\", name: API, scopes: []}}]\n")
    };
    for ours in [
        "http://localhost:8080",
        "http://localhost:8080/",
        "https://localhost:8080/userinfo",
        "http://127.0.0.1:8080",
        "http://[::1]:8080/oauth2/introspect",
        "http://LOCALHOST:8080/",
    ] {
        only_fault(
            &tenant_faults(&resource(ours)),
            "12:30: tenants[acme].resources",
            "identity provider itself",
        );
    }
    only_fault(&tenant_faults(&resource("http://api.example")), "12:30", "plain http");
    only_fault(&tenant_faults(&resource("ftp://api.example")), "12:30", "https URL or a urn");
    for other in ["http://localhost:8081", "https://api.example/v1", "urn:example:api"] {
        assert!(parse(&with_tenant(&resource(other))).is_ok(), "{other}");
    }
}

#[test]
fn references_must_lead_somewhere() {
    let found = tenant_faults(
        "    workspaces: [{slug: research, name: R, contexts: [{slug: eu, name: E}]}]
    groups: [{name: engineering, roles: [membr], workspaces: [researh]}]
    entitlements: [{product: notez, grants: [read]}, {product: notes, grants: [red]}]
    users:
      - {email: ada@acme.example, groups: [engineerin], workspaces: [research: [us], sales]}
",
    );
    let expected = [
        ("13:42:", "did you mean `member`?"),
        ("13:63:", "did you mean `research`?"),
        ("14:30:", "did you mean `notes`?"),
        ("14:80:", "unknown grant of `notes` `red`; did you mean `read`?"),
        ("16:44:", "did you mean `engineering`?"),
        ("16:81:", "unknown context of `research` `us`"),
        ("16:86:", "unknown workspace `sales`; known are `research`"),
    ];
    in_this_order(&found, &expected);
}

#[test]
fn workspaces_may_be_given_with_some_contexts_only() {
    let declared = parse(&with_tenant(
        "    workspaces:
      - {slug: sales, name: S, contexts: [{slug: crm, name: C}, {slug: erp, name: E}]}
      - {slug: research, name: R}
    users:
      - email: ada@acme.example
        workspaces:
          - sales: [crm]
          - research
      - {email: bob@acme.example, workspaces: [sales: [crm, erp]]}
",
    ))
    .unwrap();
    let users = declared.tenants.unwrap().remove(0).users.unwrap();
    let contexts = |user: usize, workspace: &str| users[user].workspaces[&workspace.parse().unwrap()].clone();
    assert!(matches!(contexts(0, "sales"), Contexts::Only(only) if only.len() == 1));
    assert_eq!(contexts(0, "research"), Contexts::All);
    assert!(matches!(contexts(1, "sales"), Contexts::Only(only) if only.len() == 2));
    only_fault(
        &tenant_faults(
            "    workspaces: [{slug: sales, name: S}]\n    users: [{email: a@b.example, workspaces: [sales: []]}]\n",
        ),
        "13:54:",
        "name one context at least",
    );
    only_fault(
        &tenant_faults(
            "    workspaces: [{slug: sales, name: S}]\n    users: [{email: a@b.example, workspaces: [sales, sales]}]\n",
        ),
        "13:54:",
        "twice",
    );
}

#[test]
fn rules_that_would_not_be_enforced_are_refused() {
    for key in ["mfa: required", "methods: [passkey]", "networks: [10.0.0.0/8]", "password: {min_length: 20}"]
    {
        only_fault(&tenant_faults(&format!("    policy: {{{key}}}\n")), "12:", "not enforce this rule yet");
    }
    only_fault(&tenant_faults("    policy: {registration: open}\n"), "12:28:", "no sign-up yet");
    only_fault(&tenant_faults("    policy: {session: {idle: 2d, absolute: 1d}}\n"), "12:", "longer");
    only_fault(&tenant_faults("    policy: {session: {idle: soon}}\n"), "12:", "length of time");
}

#[test]
fn entitlements_must_fit_into_a_token() {
    let grants: Vec<String> = (0..200).map(|n| format!("grant-{n:04}")).collect();
    let text = format!(
        "apiVersion: symbolon/v1\nproducts: [{{key: big, name: Big, grants: [{0}]}}]\nplans: [{{key: all, name: All, entitlements: {{big: [{0}]}}}}]\n",
        grants.join(", ")
    );
    only_fault(&faults(&text), "3:", "more than 2048 bytes");
    only_fault(
        &tenant_faults("    entitlements: [{product: notes, grants: [write], expires_at: tomorrow}]\n"),
        "12:",
        "RFC 3339",
    );
    only_fault(
        &tenant_faults("    entitlements: [{product: notes, grants: [write, write]}]\n"),
        "12:",
        "twice",
    );
}

#[test]
fn people_have_every_standard_claim() {
    let declared = parse(&with_tenant(
        "    users:
      - email: Ada@Acme.example
        email_verified: true
        name: {full: Ada Lovelace, given: Ada, middle: King, family: Lovelace}
        nickname: ada
        preferred_username: ada
        profile: https://people.example/ada
        picture: https://people.example/ada.png
        website: https://ada.example
        gender: female
        birthdate: 1815-12-10
        zoneinfo: Europe/London
        locale: en-GB
        phone_number: \"+44 20 7946 0000\"
        phone_number_verified: true
        address:
          formatted: |
            12 St James's Square
            London
          street_address: 12 St James's Square
          locality: London
          region: England
          postal_code: SW1Y 4LB
          country: UK
        status: suspended
",
    ))
    .unwrap();
    let ada = declared.tenants.unwrap().remove(0).users.unwrap().remove(0);
    let claims = serde_json::to_value(&ada.profile).unwrap();
    assert_eq!(claims.as_object().unwrap().len(), 16, "all but updated_at: {claims}");
    assert_eq!(claims["address"]["formatted"], "12 St James's Square\nLondon");
    assert_eq!(
        (ada.email.value.spelling(), ada.email.value.canonical()),
        ("Ada@Acme.example", "ada@acme.example")
    );
    assert_eq!(ada.status, Some(DeclaredStatus::Suspended));
}

#[test]
fn standard_claims_are_checked() {
    for (more, words) in [
        ("phone_number: +4420", "put it in quotes"),
        ("phone_number: \"020 7946\"", "country code"),
        ("birthdate: 1815-13-10", "must be a date"),
        ("locale: English", "language tag"),
        ("zoneinfo: \"Europe London\"", "time zone"),
        ("picture: ada.png", "web address"),
        ("name: Ada", "must have keys"),
        ("phone_number_verified: true", "no `phone_number`"),
        ("status: gone", "unknown status"),
        ("address: {city: London}", "unknown key `city`"),
    ] {
        only_fault(
            &tenant_faults(&format!("    users: [{{email: ada@acme.example, {more}}}]\n")),
            "12:",
            words,
        );
    }
}

#[test]
fn a_missing_password_is_no_fault_yet() {
    let declared =
        parse(&with_tenant("    users: [{email: ada@acme.example, password: {env: NOT_SET}}]\n")).unwrap();
    let ada = declared.tenants.unwrap().remove(0).users.unwrap().remove(0);
    assert!(matches!(ada.password.unwrap().value, SecretSource::Missing(why) if why.contains("NOT_SET")));
}
