//! The text itself: YAML within bounds, keys that exist and stand once, values of the right type.

use std::fmt::Write as _;

use super::{faults, in_this_order, only_fault, parse, tenant_faults, with_tenant};

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
fn wrong_types_say_what_is_wanted() {
    only_fault(
        &tenant_faults("    region: 49\n"),
        "12:13: tenants[acme].region:",
        "must be text, and is a number; put it in quotes",
    );
    only_fault(&tenant_faults("    users: ada\n"), "12:12: tenants[acme].users:", "must be a list");
    only_fault(&tenant_faults("    policy: [a]\n"), "12:13: tenants[acme].policy:", "must have keys");
}

/// A tag that asks for something else than a plain value is no comment: what it asks for is not done, and so it is refused.
#[test]
fn a_tag_outside_the_core_schema_is_refused_wherever_it_stands() {
    for line in [
        "    region: !include /etc/passwd",
        "    region: !!binary ZXU=",
        "    region: !<tag:example.com,2026:env> HOME",
        "    region: !!timestamp 2026-01-01",
        "    region: !!null eu",
        "    region: ! eu",
        "    workspaces: !include [{slug: one, name: One}]",
        "    policy: !!set {registration}",
        "    policy: !env {registration: invite_only}",
    ] {
        let found = tenant_faults(&format!("{line}\n"));
        let refused =
            |fault: &str| fault.starts_with("12:") && (fault.contains("tag") || fault.contains("!include"));
        assert!(matches!(&found[..], [one] if refused(one)), "{line}: {found:#?}");
    }
    for line in
        ["    !!binary cmVnaW9u: eu", "    !key region: eu", "    policy: {!key registration: invite_only}"]
    {
        let found = tenant_faults(&format!("{line}\n"));
        let refused = |fault: &str| {
            fault.contains("a tag that is not used here") && fault.contains("the key in line 12")
        };
        assert!(matches!(&found[..], [one] if refused(one)), "{line}: {found:#?}");
    }
    let plain = "    region: !!str eu\n    domains: !!seq [!!str acme.example]\n    policy: !!map {session: {idle: 8h}}\n";
    assert!(parse(&with_tenant(plain)).is_ok(), "what YAML itself has");
}
