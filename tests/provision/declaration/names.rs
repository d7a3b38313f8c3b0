//! Names: what may be one, that it stands once, and that a reference leads to one.

use super::{faults, in_this_order, only_fault, parse, tenant_faults, with_tenant};

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
    for odd in [
        "https://API.example",
        "https://api.example:443/v1",
        "https://api.example/a/../v1",
        "https://api.example/%7ev1/./",
        "https://u:p@api.example",
        "https://api.example/v1 2",
        "https://api.example./v1",
        "https://api.example/v1?",
        "https://api.example/%61",
        "https://api.example/a%2fb",
        "https://api.example/a%2",
        "https://api.example/%+1",
        "HTTPS://api.example/",
        "https:api.example",
    ] {
        let found = tenant_faults(&resource(odd));
        assert!(found.len() == 1 && found[0].starts_with("12:30"), "{odd}: {found:?}");
    }
    let twins = tenant_faults(&resource("https://notes.example/"));
    assert!(
        twins.len() == 2 && twins.iter().all(|fault| fault.contains("the slash at its end")),
        "{twins:?}"
    );
    for other in
        ["http://localhost:8081", "https://api.example/", "https://api.example/a%2Fb", "urn:example:api"]
    {
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
