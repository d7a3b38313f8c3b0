//! Clients in a declaration: what each kind may be and have.

use super::{faults, only_fault, parse, parse_with, tenant_faults, with_tenant};
use crate::provision::sources::{TestSources, examples};

/// A client of the tenant, in flow form; its keys follow the id.
fn client_faults(more: &str) -> Vec<String> {
    tenant_faults(&format!("    clients:\n      - {{client_id: acme.app, name: App, {more}}}\n"))
}

#[test]
fn client_ids_carry_their_owner() {
    for (id, words) in [
        ("app", "begins with `acme.`"),
        ("globex.app", "begins with `acme.`"),
        ("acme.", "begins with `acme.`"),
        ("a b", "letters"),
    ] {
        let found = tenant_faults(&format!(
            "    clients: [{{client_id: \"{id}\", name: A, kind: service, secret: {{generate: true}}}}]\n"
        ));
        only_fault(&found, "12:27:", words);
    }
    let platform = "apiVersion: symbolon/v1\nplatform: {clients: [{client_id: a.b, name: A, kind: service, secret: {generate: true}}]}\n";
    only_fault(&faults(platform), "2:34:", "holds no dot");
}

#[test]
fn kinds_fix_how_a_client_authenticates() {
    let secret = "secret: {generate: true}";
    let uris = "redirect_uris: [\"https://app.example/cb\"]";
    only_fault(&client_faults(&format!("kind: web, {uris}")), "13:9:", "`secret` is missing");
    only_fault(
        &client_faults(&format!("kind: web, {uris}, {secret}, token_endpoint_auth_method: none")),
        "13:",
        "must authenticate",
    );
    only_fault(&client_faults(&format!("kind: spa, {uris}, {secret}")), "13:", "a public client has none");
    only_fault(
        &client_faults(&format!("kind: native, {uris}, token_endpoint_auth_method: client_secret_post")),
        "13:",
        "is public",
    );
    only_fault(
        &client_faults(&format!("kind: robot, {uris}, {secret}")),
        "13:48:",
        "unknown kind of client `robot`",
    );
    only_fault(&client_faults(&format!("kind: web, {secret}")), "13:9:", "`redirect_uris` is missing");
    only_fault(&client_faults(&format!("kind: service, {uris}, {secret}")), "13:", "meets no browser");
    only_fault(
        &client_faults(&format!("kind: service, scopes: [openid], {secret}")),
        "13:",
        "speaks of a person",
    );
    only_fault(
        &client_faults(&format!("kind: service, grant_types: [authorization_code], {secret}")),
        "13:",
        "grant type of a `service` client",
    );
    only_fault(&client_faults(&format!("kind: spa, {uris}, require_pkce: false")), "13:", "always uses PKCE");
}

#[test]
fn keys_of_clients_are_public_ones() {
    let method = "kind: service, token_endpoint_auth_method: private_key_jwt";
    only_fault(&client_faults(method), "13:9:", "`jwks` is missing");
    only_fault(&client_faults(&format!("{method}, jwks: {{file: gone.json}}")), "13:", "cannot be read");
    only_fault(
        &client_faults(&format!("{method}, jwks: {{keys: []}}")),
        "13:",
        "no set of public signature keys",
    );
    only_fault(
        &client_faults(&format!("{method}, jwks: {{keys: [{{kty: oct, k: c2VjcmV0}}]}}")),
        "13:",
        "private members",
    );
    only_fault(&client_faults(&format!("{method}, jwks_uri: \"https://10.0.0.1/keys\"")), "13:", "may not");
    only_fault(
        &client_faults(&format!(
            "{method}, jwks: {{file: nightly-export.jwks.json}}, secret: {{generate: true}}"
        )),
        "13:",
        "not used with",
    );
    let both =
        format!("{method}, jwks: {{file: nightly-export.jwks.json}}, jwks_uri: \"https://keys.example/\"");
    only_fault(&client_faults(&both), "13:", "either `jwks` or `jwks_uri`");
    let whole = std::fs::read(examples().join("nightly-export.jwks.json")).unwrap();
    let mut set: serde_json::Value = serde_json::from_slice(&whole).unwrap();
    set["keys"][0]["d"] = "AQAB".into();
    let mut sources = TestSources::for_acme();
    sources.files.insert("private.json".to_owned(), set.to_string().into_bytes());
    let text = with_tenant(&format!(
        "    clients: [{{client_id: acme.app, name: App, {method}, jwks: {{file: private.json}}}}]\n"
    ));
    let refused = parse_with(&text, &sources).unwrap_err().to_string();
    assert!(refused.contains("holds private members"), "{refused}");
}

#[test]
fn redirect_uris_are_exact_and_safe() {
    let secret = "kind: web, secret: {generate: true}";
    for (uri, words) in [
        ("http://app.example/cb", "http is for loopback only"),
        ("https://app.example/cb#x", "no fragment"),
        ("https://app.example/*", "wildcards"),
        ("https://u:p@app.example/cb", "no user name"),
        ("https://app.example/a/../b", "dot segments"),
        ("javascript:alert(1)", "uses https"),
        ("com.example.app:/cb", "`native` clients only"),
        ("/cb", "absolute"),
    ] {
        only_fault(&client_faults(&format!("{secret}, redirect_uris: [\"{uri}\"]")), "13:", words);
    }
    let twice = "redirect_uris: [\"https://app.example/cb\", \"https://app.example/cb\"]";
    only_fault(&client_faults(&format!("{secret}, {twice}")), "13:", "twice");
    let loopback = with_tenant(
        "    clients: [{client_id: acme.a, name: A, kind: web, secret: {generate: true}, redirect_uris: [\"http://localhost:3000/cb\"]}]\n",
    );
    let warnings = parse(&loopback).unwrap().warnings;
    assert!(warnings.len() == 1 && warnings[0].message.contains("plain http"), "{warnings:?}");
    let native = with_tenant(
        "    clients: [{client_id: acme.a, name: A, kind: native, redirect_uris: [\"http://127.0.0.1/cb\", \"com.example.app:/cb\"]}]\n",
    );
    assert!(parse(&native).unwrap().warnings.is_empty());
}

/// P005, RFC 9207 §2.4: an answer would say something twice, and the application might read the first.
#[test]
fn p005_a_redirect_uri_says_nothing_that_only_an_answer_says() {
    for query in ["?x=1&code=c", "?st%61te", "?iss=https://evil.example", "?error=x", "?response=x"] {
        let uri = format!("kind: spa, redirect_uris: [\"https://app.example/cb{query}\"]");
        only_fault(&client_faults(&uri), "13:", "leave that out of the query");
    }
    let signed_out = "https://app.example/?error=signed_out";
    let after = format!(
        "kind: spa, redirect_uris: [\"https://app.example/cb?x=1\"], post_logout_redirect_uris: [\"{signed_out}\"]"
    );
    assert!(
        parse(&with_tenant(&format!("    clients: [{{client_id: acme.a, name: A, {after}}}]\n"))).is_ok()
    );
}

#[test]
fn other_uris_of_a_client_are_checked() {
    let base = "kind: spa, redirect_uris: [\"https://app.example/cb\"]";
    for (more, words) in [
        ("allowed_origins: [\"https://app.example/\"]", "must be an origin"),
        ("allowed_origins: [\"http://app.example\"]", "plain http"),
        ("policy_uri: \"http://app.example/p\"", "plain http"),
        ("tos_uri: \"javascript:alert(1)\"", "web address"),
        ("logo_uri: \"https://169.254.169.254/logo\"", "may not"),
        ("logo_uri: \"https://localhost/logo\"", "may not"),
        ("post_logout_redirect_uris: [\"http://app.example/\"]", "loopback only"),
        ("post_logout_redirect_uris: [\"https://app.example/?state=x\"]", "brings state itself"),
        ("lifetimes: {access_token: 2h}", "must be 1s to 1h"),
        ("lifetimes: {id_token: 61m}", "must be 1s to 1h"),
        ("lifetimes: {refresh_idle: 401d}", "must be 1s to 400d"),
        ("lifetimes: {refresh_absolute: 801d}", "must be 1s to 800d"),
        ("lifetimes: {acces_token: 1h}", "did you mean `access_token`?"),
        ("lifetimes: {refresh_idle: 2d, refresh_absolute: 1d}", "not be longer"),
        ("first_party: true", "only a client of the platform"),
        ("tenants: all", "serves that tenant only"),
    ] {
        only_fault(&client_faults(&format!("{base}, {more}")), "13:", words);
    }
}

/// D10, P018: no door takes a token of any length, so none is issued that no door takes.
#[test]
fn p018_a_client_whose_tokens_would_be_too_long_is_refused() {
    let identifier = |n: usize| format!("https://notes.example/{n:02}/{}", "x".repeat(90));
    let declared = |count: usize| {
        let apis = (0..count).map(|n| format!("{{identifier: \"{}\", name: N, scopes: []}}", identifier(n)));
        let named = (0..count).map(|n| format!("\"{}\"", identifier(n)));
        let (apis, named) = (apis.collect::<Vec<_>>().join(", "), named.collect::<Vec<_>>().join(", "));
        let client = "client_id: acme.job, name: Job, kind: service, secret: {generate: true}";
        with_tenant(&format!("    resources: [{apis}]\n    clients: [{{{client}, resources: [{named}]}}]\n"))
    };
    only_fault(&faults(&declared(18)), "13:", "more than 2048 bytes");
    assert!(parse(&declared(16)).is_ok());
}

#[test]
fn clients_name_only_what_is_open_to_them() {
    let base = "kind: service, secret: {generate: true}";
    only_fault(
        &client_faults(&format!("{base}, resources: [\"https://staff.example\"]")),
        "13:",
        "not open to `acme`",
    );
    only_fault(
        &client_faults(&format!("{base}, resources: [\"https://nots.example\"]")),
        "13:",
        "did you mean `https://notes.example`?",
    );
    only_fault(
        &client_faults(&format!("{base}, scopes: [notes]")),
        "13:",
        "belongs to `https://notes.example`",
    );
    only_fault(
        &client_faults(&format!("{base}, resources: [\"https://notes.example\"], scopes: [note]")),
        "13:",
        "did you mean `notes`?",
    );
}

#[test]
fn secrets_come_from_outside_and_are_strong() {
    let base = "kind: service";
    only_fault(&client_faults(&format!("{base}, secret: hunter2")), "13:", "never stands in this file");
    only_fault(&client_faults(&format!("{base}, secret: {{env: NOT_SET}}")), "13:", "`NOT_SET` is not set");
    only_fault(&client_faults(&format!("{base}, secret: {{file: gone}}")), "13:", "cannot be read");
    only_fault(&client_faults(&format!("{base}, secret: {{generate: false}}")), "13:", "must be one of");
    only_fault(&client_faults(&format!("{base}, secret: {{env: A, keep: true}}")), "13:", "must be one of");
    for weak in [
        "tiny-one",
        &"a".repeat(64),
        &"abcd".repeat(16),
        "0123456789abcdefghijklmnopqrstuvwxyz",
        "pässwörd-pässwörd-pässwörd-pässwörd",
        "5f4dcc3b5aa765d61d8327deb882cf99",
        "D41D8CD98F00B204E9800998ECF8427E",
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "your-client-secret-goes-here-please",
        "insecure-secret-for-testing-only-123",
        "secret-secret-secret-secret-acme.q",
        "qwertyuiopasdfghjklzxcvbnm123456",
        "this is a secret with spaces in it",
        "SuperSecretClientSecret1234567890!!",
        "my-super-secret-client-secret-for-oauth",
        // Sentences, in one word or in several.
        "thisisaverysecretsecretfortheapp",
        "ThisIsMySuperSecretClientSecret1",
        "PleaseChangeThisSecretBeforeYouGoLive",
        "theclientsecretofournotesapplication",
        "rememberthatthedatabaseisinthebasement",
        "dasistmeinsehrgeheimesclientgeheimnis",
        "violet-tram-forgets-nine-spoons-near-rome",
        "a1b2c3d4e5f6a7b8c9d0e1f2a3b4c5d6",
        "ZGVmYXVsdC1zZWNyZXQtY2hhbmdlLW1l",
        // Words in hexadecimal, base64 and base32, and one in the other.
        "636f727265637420686f7273652062617474657279",
        "44656661756C742D5365637265742D4368616E67652D4D65",
        "74:68:65:20:73:65:63:72:65:74:20:6f:66:20:74:68:65:20:77:69:6b:69",
        "67656865696d6573206b656e6e77c3b67274",
        "ZGVmYXVsdC1zZWNyZXQtY2hhbmdlLW1lCg==",
        "MRSWMYLVNR2C243FMNZGK5BNMNUGC3THMUWW2ZI=",
        "NzM2NTYzNzI2NTc0MjA2ZjY2MjA3NDY4NjUyMDc3Njk2YjY5",
        "6332566a636d56304947396d4948526f5a53423361577470",
    ] {
        let mut sources = TestSources::default();
        sources.variables.insert("WEAK".to_owned(), weak.to_owned());
        let text =
            with_tenant("    clients: [{client_id: acme.a, name: A, kind: service, secret: {env: WEAK}}]\n");
        let refused = parse_with(&text, &sources).unwrap_err().to_string();
        assert!(refused.contains("this secret ") && !refused.contains(weak), "{refused}");
    }
    for strong in [
        "h+Jh8mTs/C8bwAw/pnOgGNZ/k8y2C/gD",
        "88823315-ddd7-4531-b13a-1ba97a712021",
        "d57aaa5b7e260018bbbb6cb52340d109",
        "7d3f0c1b9a8e4f62b5d7c3a1e9f04862",
        "acme-wiki-secret-0123456789abcdef01234567",
        "N2QzZjBjMWI5YThlNGY2MmI1ZDdjM2ExZTlmMDQ4NjIK",
        "682b4a68386d54732f4338627741772f706e4f67474e5a2f6b387932432f6744",
        "7D:3F:0C:1B:9A:8E:4F:62:B5:D7:C3:A1:E9:F0:48:62",
        "ABJ7Q2WKXZ5M3TYN6LVD4HSGR2PCFUEO",
        "qzvkhwmxjrtgnbcypdlfzkqwvxmhgjtr",
    ] {
        assert_eq!(symbolon::flows::provision::declaration::strong_enough(strong), Ok(()));
    }
}

/// Of two values under one name, other programs take the other one.
#[test]
fn a_key_set_that_says_something_twice_is_refused() {
    let set = std::fs::read_to_string(examples().join("nightly-export.jwks.json")).unwrap();
    let service = "kind: service, token_endpoint_auth_method: private_key_jwt";
    for (from, to) in [("{", "{\"keys\": [], "), ("\"kty\"", "\"kty\": \"RSA\", \"kty\"")] {
        let twice = set.replacen(from, to, 1);
        let mut sources = TestSources::for_acme();
        sources.files.insert("twice.json".to_owned(), twice.clone().into_bytes());
        let named = with_tenant(&format!(
            "    clients: [{{client_id: acme.app, name: App, {service}, jwks: {{file: twice.json}}}}]\n"
        ));
        let refused = parse_with(&named, &sources).unwrap_err().to_string();
        assert!(refused.contains("says something twice"), "{refused}");
        let inline = twice.replace('\n', " ");
        let inside = with_tenant(&format!(
            "    clients: [{{client_id: acme.app, name: App, {service}, jwks: {inline}}}]\n"
        ));
        let refused = parse_with(&inside, &sources).unwrap_err().to_string();
        assert!(refused.contains("twice"), "{refused}");
    }
    let inline = with_tenant(&format!(
        "    clients: [{{client_id: acme.app, name: App, {service}, jwks: {}}}]\n",
        set.replace('\n', " ")
    ));
    assert!(parse_with(&inline, &TestSources::for_acme()).is_ok());
}

/// P021: a key with which everybody can sign would let everybody be this client.
#[test]
fn p021_a_key_that_is_anybodys_is_no_clients() {
    let weak = "{kty: OKP, crv: Ed25519, x: AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA}";
    let text =
        format!("kind: service, token_endpoint_auth_method: private_key_jwt, jwks: {{keys: [{weak}]}}");
    only_fault(&client_faults(&text), "13:", "too weak");
}
