//! What a tenant has: brand, workspaces, policy and entitlements.

use symbolon::flows::provision::declaration::Contexts;

use super::{faults, only_fault, parse, tenant_faults, with_tenant};

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
    only_fault(&tenant_faults("    policy: {connections: [okta]}\n"), "12:", "not enforce this rule yet");
    only_fault(&tenant_faults("    policy: {registration: open}\n"), "12:28:", "by the domain");
    for (rule, words) in [
        ("registration: domain", "needs `email_domains`"),
        ("email_domains: [acme]", "must be a domain"),
        ("methods: [totp]", "nobody could sign in"),
        ("methods: [totp, email_code]", "nobody could sign in"),
        ("methods: [password, smoke_signal]", "smoke_signal"),
        ("mfa: {required: perhaps}", "perhaps"),
        ("mfa: {roles: [king]}", "king"),
        ("mfa: {grace_until: tomorrow}", "RFC 3339"),
        ("networks: {sign_in: [10.0.0.1/8]}", "write `10.0.0.0/8`"),
        ("networks: {trusted: [home]}", "home"),
        ("networks: {office: [10.0.0.0/8]}", "office"),
        ("password: {min_length: 11}", "12 to 64"),
        ("password: {min_length: long}", "a whole number"),
        ("tokens: {access: 2h}", "1m to 1h"),
        ("remembered_devices: {days: 31}", "1 to 30"),
        ("remembered_devices: {days: 0}", "1 to 30"),
        ("remembered_devices: 30", "days"),
        ("guests: none", "home_factors"),
        ("guests: {allowed: perhaps}", "true"),
    ] {
        only_fault(&tenant_faults(&format!("    policy: {{{rule}}}\n")), "12:", words);
    }
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
