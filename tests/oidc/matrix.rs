//! Every kind of client with every grant, and every way to carry a token at every door of bearers: P016, P020.

use std::time::Duration;

use symbolon::model::client::ClientKind;

use super::party::{CALLBACK, NOTES, VERIFIER, World, assert_error, platform_client, text};
use crate::harness::raw;

/// P016: a client gets by a grant that it was not given neither tokens nor a hint what the grant would have been worth.
#[tokio::test]
async fn p016_no_client_uses_a_grant_that_it_was_not_given() {
    let world = World::new().await;
    let platform = world.server.platform().await;
    let code = world.code(&world.wiki).await;
    let refresh = text(&world.tokens(&world.wiki).await, "refresh_token");
    for given in [&["authorization_code"][..], &["refresh_token"], &["client_credentials"], &[]] {
        let id = format!("only-{}", given.first().unwrap_or(&"nothing"));
        let mut client = platform_client(&id.replace('_', "-"), ClientKind::Web);
        client.metadata.grant_types = given.iter().map(ToString::to_string).collect();
        let client = platform.register(client).await;
        for (grant, fields) in [
            (
                "authorization_code",
                vec![("code", &*code), ("redirect_uri", CALLBACK), ("code_verifier", VERIFIER)],
            ),
            ("refresh_token", vec![("refresh_token", &*refresh)]),
            ("client_credentials", vec![("scope", "notes")]),
        ] {
            let fields: Vec<(&str, &str)> = fields.into_iter().chain([("grant_type", grant)]).collect();
            let page = world.token(&client, &fields).await;
            if given.contains(&grant) {
                // Its own grant, with what was given to somebody else where it takes such a thing.
                match grant {
                    "client_credentials" => assert_eq!(page.status, 200, "{id} {grant}: {page:?}"),
                    _ => assert_error(&page, 400, "invalid_grant"),
                }
            } else {
                assert_error(&page, 400, "unauthorized_client");
            }
        }
        let asked = world.authorize(&world.server.browser(), &client, &[("prompt", "none")]).await;
        let error =
            if given.contains(&"authorization_code") { "login_required" } else { "unauthorized_client" };
        assert_eq!(asked.get("error").map(String::as_str), Some(error), "{id}");
    }
    // What others asked for in vain is still good for the client that it was given to.
    assert_eq!(world.exchange(&world.wiki, &code).await.status, 200);
    assert_eq!(world.refresh(&world.wiki, &refresh).await.status, 200);
}

/// P016: neither a scope nor a resource grows at a refresh, however it is written.
#[tokio::test]
async fn p016_nothing_grows_at_a_refresh() {
    let world = World::new().await;
    let jar = world.server.browser();
    let narrow = world.authorize(&jar, &world.wiki, &[("scope", "openid offline_access")]).await;
    let mut token = text(&world.exchange(&world.wiki, &narrow["code"]).await.json(), "refresh_token");
    for (name, value, error) in [
        ("scope", "openid offline_access notes", "invalid_scope"),
        ("scope", "notes", "invalid_scope"),
        ("scope", "OPENID", "invalid_scope"),
        ("scope", "*", "invalid_scope"),
        ("resource", NOTES, "invalid_target"),
        ("resource", "https://other.example", "invalid_target"),
        ("resource", "not a uri", "invalid_target"),
    ] {
        let fields = [("grant_type", "refresh_token"), ("refresh_token", &*token), (name, value)];
        assert_error(&world.token(&world.wiki, &fields).await, 400, error);
    }
    for _ in 0..2 {
        let next = world.refresh(&world.wiki, &token).await.json();
        assert_eq!(next["scope"], "offline_access openid");
        token = text(&next, "refresh_token");
    }
}

/// P020: odd headers, byte by byte, at all doors that take bearers.
#[tokio::test]
async fn p020_no_door_of_bearers_takes_an_odd_header() {
    let world = World::new().await;
    let token = text(&world.tokens(&world.wiki).await, "access_token");
    let good = format!("Bearer {token}");
    let values: Vec<Vec<u8>> = [
        "",
        " ",
        "Bearer",
        "Bearer ",
        "Bearer  ",
        "Bearer\t",
        "Bearer \t",
        "Bearer,",
        "Bearer =",
        "Bearer null",
        "Bearer undefined",
        "Bearer a.b",
        "Bearer a.b.c.d",
        "Bearer ..",
        "Basic",
        "Digest x",
        "Token x",
        "bearer",
    ]
    .iter()
    .map(|value| value.as_bytes().to_vec())
    .chain([
        format!("Bearer\t{token}").into_bytes(),
        format!("Bearer  {token}").into_bytes(),
        format!("Bearer {token} ").replace(' ', "\u{a0}").into_bytes(),
        format!("Bearer {token},Bearer {token}").into_bytes(),
        format!("Bearer \"{token}\"").into_bytes(),
        format!("Bearer token={token}").into_bytes(),
        format!("BearerX {token}").into_bytes(),
        format!("Bearer {token}\u{e9}").into_bytes(),
        [b"Bearer \xff\xfe".as_slice(), token.as_bytes()].concat(),
        b"Bearer \x80".to_vec(),
    ])
    .collect();
    for (method, path) in [("GET", "/userinfo"), ("POST", "/userinfo"), ("GET", "/userinfo/workspaces")] {
        let ask = |headers: &[&[u8]]| {
            let mut bytes =
                format!("{method} {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n").into_bytes();
            for header in headers {
                bytes.extend_from_slice(b"Authorization: ");
                bytes.extend_from_slice(header);
                bytes.extend_from_slice(b"\r\n");
            }
            bytes.extend_from_slice(b"Content-Length: 0\r\n\r\n");
            raw::exchange(world.server.address, &bytes, Duration::from_secs(3))
        };
        assert_eq!(ask(&[good.as_bytes()]).statuses(), [200], "{method} {path}");
        let twice: [&[u8]; 2] = [good.as_bytes(), good.as_bytes()];
        let with_basic: [&[u8]; 2] = [good.as_bytes(), b"Basic eDp5"];
        let alone = values.iter().map(|value| vec![value.as_slice()]);
        for headers in alone.chain([twice.to_vec(), with_basic.to_vec()]) {
            let answer = ask(&headers);
            let what =
                format!("{method} {path} {:?}: {answer:?}", String::from_utf8_lossy(&headers.concat()));
            assert!(matches!(answer.statuses()[..], [400 | 401]), "{what}");
            assert!(answer.text.to_ascii_lowercase().contains("\r\nwww-authenticate: bearer "), "{what}");
            assert!(!answer.text.contains(&token), "{what}");
        }
    }
}
