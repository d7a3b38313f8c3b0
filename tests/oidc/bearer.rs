//! The userinfo endpoint (OIDC Core §5.3) and how a token may be carried (RFC 6750): P020, P072.

use reqwest::Method;
use serde_json::json;

use super::party::{World, text};

#[tokio::test]
async fn userinfo_tells_every_claim_of_the_scopes_and_no_other() {
    let world = World::new().await;
    let all = "openid profile email address phone";
    for (scope, claims) in [
        ("openid", 0),
        ("openid email", 2),
        ("openid phone", 2),
        ("openid address", 1),
        ("openid profile", 14),
        (all, 19),
    ] {
        let answer = world.authorize(&world.server.browser(), &world.wiki, &[("scope", scope)]).await;
        let tokens = world.exchange(&world.wiki, &answer["code"]).await.json();
        let told = world.userinfo(&text(&tokens, "access_token")).await.json();
        // Besides sub, tenant_id and tenant.
        assert_eq!(told.as_object().unwrap().len(), claims + 3, "{scope}: {told}");
        assert_eq!(told["sub"], world.ada.to_string());
    }
}

#[tokio::test]
async fn a_single_claim_can_be_asked_for() {
    let world = World::new().await;
    let claims =
        r#"{"userinfo":{"name":{"essential":true},"password_hash":null},"id_token":{"nickname":null}}"#;
    let extra = [("scope", "openid"), ("claims", claims)];
    let answer = world.authorize(&world.server.browser(), &world.wiki, &extra).await;
    let tokens = world.exchange(&world.wiki, &answer["code"]).await.json();
    let told = world.userinfo(&text(&tokens, "access_token")).await.json();
    assert_eq!((&told["name"], told.get("password_hash")), (&json!("Ada Lovelace"), None));
    let id = super::party::claims(&text(&tokens, "id_token"));
    assert_eq!((&id["nickname"], id.get("name")), (&json!("Ada"), None));
}

#[tokio::test]
async fn a_token_travels_in_the_header_or_in_a_form() {
    let world = World::new().await;
    let token = text(&world.tokens(&world.wiki).await, "access_token");
    for scheme in ["Bearer", "bearer", "BEARER"] {
        let header = format!("{scheme} {token}");
        for method in [Method::GET, Method::POST] {
            let jar = world.server.browser();
            let page = jar.send(method, "/userinfo", None, &[("authorization", &header)]).await;
            assert_eq!((page.status.as_u16(), page.header("cache-control")), (200, Some("no-store")));
        }
    }
    assert_eq!(world.post("/userinfo", &[("access_token", &token)], &[]).await.status, 200);
}

#[tokio::test]
async fn p020_tokens_carried_wrongly_are_refused_with_a_challenge() {
    let world = World::new().await;
    let token = text(&world.tokens(&world.wiki).await, "access_token");
    let good = format!("Bearer {token}");
    let jar = world.server.browser();
    for (path, headers) in [
        (format!("/userinfo?access_token={token}"), vec![]),
        (format!("/userinfo?access_token={token}"), vec![&*good]),
        ("/userinfo".to_owned(), vec![&*good, &*good]),
        ("/userinfo".to_owned(), vec!["Bearer"]),
        ("/userinfo".to_owned(), vec!["Bearer "]),
        ("/userinfo".to_owned(), vec!["Bearer\ta.b.c"]),
        ("/userinfo".to_owned(), vec!["Bearer a b"]),
        ("/userinfo".to_owned(), vec!["Bearer a.b.c"]),
        ("/userinfo".to_owned(), vec!["Basic YTpi"]),
        ("/userinfo".to_owned(), vec![]),
        ("/userinfo/workspaces".to_owned(), vec!["Bearer a.b.c"]),
    ] {
        let headers: Vec<_> = headers.iter().map(|header| ("authorization", *header)).collect();
        let page = jar.send(Method::GET, &path, None, &headers).await;
        assert!(matches!(page.status.as_u16(), 400 | 401), "{page:?}");
        let challenge = page.header("www-authenticate").expect("a challenge");
        assert!(challenge.starts_with("Bearer ") && !challenge.contains(&token));
    }
    let twice = world.post("/userinfo", &[("access_token", &token)], &[("authorization", &good)]).await;
    assert_eq!(twice.status, 400);
}

/// P020, RFC 6750 §3.1: without credentials of this scheme the answer is a challenge, and no error.
#[tokio::test]
async fn p020_a_request_without_a_token_is_challenged_without_an_error() {
    let world = World::new().await;
    let jar = world.server.browser();
    for (method, path) in
        [(Method::GET, "/userinfo"), (Method::POST, "/userinfo"), (Method::GET, "/userinfo/workspaces")]
    {
        for headers in [&[][..], &[("authorization", "Basic YTpi")], &[("authorization", "DPoP a.b.c")]] {
            let page = jar.send(method.clone(), path, None, headers).await;
            assert_eq!(page.status, 401, "{method} {path} {headers:?}");
            assert_eq!(page.header("www-authenticate"), Some("Bearer realm=\"symbolon\""), "{path}");
            assert_eq!((page.body.as_str(), page.header("cache-control")), ("{}", Some("no-store")));
        }
    }
}

#[tokio::test]
async fn a_token_without_openid_tells_nothing_of_a_person() {
    let world = World::new().await;
    let machine = world.machine_token(&world.job).await;
    let page = world.userinfo(&machine).await;
    assert_eq!(page.status, 403);
    assert!(
        page.header("www-authenticate").is_some_and(|challenge| challenge.contains("insufficient_scope"))
    );
}

#[tokio::test]
async fn an_expired_token_is_refused() {
    let world = World::new().await;
    let token = text(&world.tokens(&world.wiki).await, "access_token");
    world.server.advance(std::time::Duration::from_secs(601)).await;
    assert_eq!(world.userinfo(&token).await.status, 401);
}
