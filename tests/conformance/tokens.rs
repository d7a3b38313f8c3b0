//! Codes used twice, and refresh tokens (RFC 6749 §4.1.2, §6, OIDC Core §12).

use std::time::Duration;

use super::in_both_plans;
use super::suite::{Client, Suite, Tokens, assert_token_error};

in_both_plans!(
    oidcc_codereuse_is_refused,
    oidcc_codereuse_30seconds_revokes_the_first_tokens,
    oidcc_refresh_token_keeps_the_person_and_serves_its_client_alone,
);

/// Uses a code a second time after this many seconds; answers with what the first use gave.
async fn reuse(suite: &Suite, seconds: u64) -> Tokens {
    let jar = suite.server.browser();
    let page = suite.visit(&jar, Client::First, &[]).await.page;
    let code = suite.code(&jar, &page, Some("state-4Q")).await;
    let first = suite.tokens(Client::First, &suite.exchange(Client::First, &code, &[]).await).await;
    assert_eq!(suite.ask(&first.access).await.status, 200);
    suite.server.advance(Duration::from_secs(seconds)).await;
    assert_token_error(&suite.exchange(Client::First, &code, &[]).await, "invalid_grant");
    first
}

async fn oidcc_codereuse_is_refused(suite: Suite) {
    reuse(&suite, 0).await;
}

async fn oidcc_codereuse_30seconds_revokes_the_first_tokens(suite: Suite) {
    let first = reuse(&suite, 30).await;
    let refused = suite.ask(&first.access).await;
    assert_eq!(refused.status, 401);
    assert!(refused.header("www-authenticate").is_some_and(|words| words.contains("invalid_token")));
    let fields =
        [("grant_type", "refresh_token"), ("refresh_token", &*first.refresh.expect("a refresh token"))];
    assert_token_error(&suite.token(Client::First, &fields).await, "invalid_grant");
}

/// Signs in for a refresh token and uses it, as the module does for each of its clients.
async fn refreshed(suite: &Suite, client: Client, scope: Option<&str>) -> Tokens {
    let wish = [("scope", "openid offline_access"), ("prompt", "consent")];
    let jar = suite.server.browser();
    let visit = suite.visit(&jar, client, &wish).await;
    assert!(visit.done.contains(&"Consent".to_owned()), "prompt=consent asks");
    let first = suite.redeem(&jar, client, &visit.page, &[]).await;
    let token = first.refresh.as_deref().expect("a refresh token");
    suite.server.advance(Duration::from_secs(1)).await;
    let mut fields = vec![("grant_type", "refresh_token"), ("refresh_token", token)];
    fields.extend(scope.map(|scope| ("scope", scope)));
    let second = suite.tokens(client, &suite.token(client, &fields).await).await;
    for claim in ["iss", "sub", "aud", "auth_time", "sid", "acr"] {
        assert_eq!(first.claims[claim], second.claims[claim], "{claim}");
    }
    assert_eq!(first.claims.get("azp"), second.claims.get("azp"));
    assert!(!second.claims.contains_key("nonce"), "it belongs to the first ID token");
    assert!(second.claims["iat"].as_i64() > first.claims["iat"].as_i64());
    assert_ne!(first.access, second.access);
    assert_ne!(first.refresh, second.refresh, "refresh tokens rotate");
    assert_eq!(suite.ask(&second.access).await.status, 200);
    second
}

async fn oidcc_refresh_token_keeps_the_person_and_serves_its_client_alone(suite: Suite) {
    let metadata = suite.server.browser().get("/.well-known/openid-configuration").await.json();
    assert!(
        metadata["grant_types_supported"]
            .as_array()
            .is_some_and(|all| all.iter().any(|own| own == "refresh_token"))
    );
    refreshed(&suite, Client::First, Some("openid offline_access")).await;
    let second = refreshed(&suite, Client::Second, None).await;
    let token = second.refresh.expect("a refresh token");
    let fields = [("grant_type", "refresh_token"), ("refresh_token", &*token)];
    assert_token_error(&suite.token(Client::First, &fields).await, "invalid_grant");
    let wider = [fields[0], fields[1], ("scope", "openid profile offline_access")];
    assert_token_error(&suite.token(Client::Second, &wider).await, "invalid_scope");
    let narrower = [fields[0], fields[1], ("scope", "openid")];
    let page = suite.token(Client::Second, &narrower).await;
    assert_eq!(page.json()["scope"], "openid");
    suite.tokens(Client::Second, &page).await;
}
