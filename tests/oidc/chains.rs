//! Whose chain a record stands on: whoever writes the id of a tenant into what
//! they send leaves no trace there (P024, P135).

use serde_json::Value;
use symbolon::model::client::ClientKind;
use symbolon::model::ids::{InteractionHandle, InteractionId};
use symbolon::protocol::opaque::{self, TenantKind};
use symbolon::storage::records::audit;

use super::party::{CALLBACK, VERIFIER, World, assert_error, text};
use crate::harness::rows::Everything;
use crate::harness::seed::{PASSWORD, client};

/// A code of hank's of globex, for the platform's client that everybody uses.
async fn code_of_hank(world: &World) -> String {
    let jar = world.server.browser();
    let page = jar.open(&World::authorize_path(&world.wiki, &[("tenant", "globex")])).await;
    let page = jar.submit(&page, &[("username", "hank@globex.example")]).await;
    jar.submit(&page, &[("password", PASSWORD)]).await.answer()["code"].clone()
}

/// Why tokens were refused to this client, as the chain of its own tenant tells.
async fn refusals(world: &World, id: &str) -> Vec<String> {
    let scope = world.server.scope_of("acme").await.scope;
    let read = world.server.database().read(&scope, |tx| audit::after(tx, 0, 10_000));
    let bodies = read.await.expect("events").into_iter();
    let bodies = bodies.map(|event| serde_json::from_str::<Value>(&event.body).expect("JSON"));
    let refused = bodies.filter(|body| body["client_id"] == id && body["kind"] == "oauth.token");
    refused.map(|body| body["details"]["reason"].as_str().unwrap_or("none").to_owned()).collect()
}

#[tokio::test]
async fn p024_a_tenant_that_was_only_named_has_no_record_of_it() {
    let world = World::new().await;
    let acme = world.server.scope_of("acme").await;
    let app = acme.register(client("acme.app", ClientKind::Web)).await;
    let globex = world.server.scope_of("globex").await.id();
    let invented = |kind: TenantKind| opaque::issue(kind, globex, &[7; 32]).expose().clone();
    let real = world.exchange(&world.wiki, &code_of_hank(&world).await).await.json();
    let (foreign_code, foreign_refresh) = (code_of_hank(&world).await, text(&real, "refresh_token"));
    let mut below = Everything::open(world.server.storage());
    let before = below.of_tenant(globex);

    for code in [&invented(TenantKind::AuthorizationCode), &foreign_code] {
        let fields = [
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", CALLBACK),
            ("code_verifier", VERIFIER),
        ];
        assert_error(&world.token(&app, &fields).await, 400, "invalid_grant");
    }
    for token in [&invented(TenantKind::RefreshToken), &foreign_refresh] {
        assert_error(&world.refresh(&app, token).await, 400, "invalid_grant");
        assert_eq!(world.ask("/oauth2/revoke", &app, &[("token", token)]).await.status, 200);
        assert_eq!(world.introspect(&app, token).await.json()["active"], false);
    }
    let access = text(&real, "access_token");
    assert_eq!(world.introspect(&app, &access).await.json()["active"], false);
    assert_eq!(world.ask("/oauth2/revoke", &app, &[("token", &access)]).await.status, 200);
    let handle = InteractionHandle { tenant: globex, id: InteractionId::from_bytes([7; 16]) };
    for path in ["/login", "/login/password", "/login/accounts", "/consent", "/oauth2/authorize/resume"] {
        let page = world.server.browser().get(&format!("{path}?interaction={handle}")).await;
        assert!(!page.status.is_server_error(), "{path}: {page:?}");
    }

    assert_eq!(below.of_tenant(globex), before, "what only its id was written for");
    assert_eq!(refusals(&world, "acme.app").await, ["unknown", "other_client", "unknown", "other_client"]);
    assert_eq!(world.exchange(&world.wiki, &foreign_code).await.status, 200, "and nothing was used up");
    assert_eq!(world.refresh(&world.wiki, &foreign_refresh).await.status, 200);
}
