//! The plan RP-Initiated Logout (OIDC RP-Initiated Logout §2, §3).

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::decode_header;
use serde_json::json;
use symbolon::crypto::jwt::{TokenKind, sign};
use symbolon::crypto::signing_key::SigningKey;

use super::automation::Visit;
use super::suite::{Client, LOGGED_OUT, Suite, Tokens, form};
use crate::harness::jar::Jar;

/// A state as long as the suite's, with what a careless echo would spoil.
const STATE: &str =
    "1qA-._~ &=?#%/+\u{fc}1qA-._~1qA-._~1qA-._~1qA-._~1qA-._~1qA-._~1qA-._~1qA-._~1qA-._~1qA-._~1qA-._~";

/// A person who signed in through the first client.
struct Rig {
    suite: Suite,
    jar: Jar,
    tokens: Tokens,
}

impl Rig {
    async fn start() -> Self {
        let suite = Suite::in_the_query().await;
        let jar = suite.server.browser();
        let tokens = suite.flow(&jar, Client::First, &[]).await;
        Self { suite, jar, tokens }
    }

    /// Sends the browser to the end session endpoint, and has it do what the suite's browser does for this module.
    async fn leave(&self, module: &str, parameters: &[(&str, &str)]) -> Visit {
        let query = form(parameters.iter().copied());
        let path =
            if query.is_empty() { "/oauth2/logout".to_owned() } else { format!("/oauth2/logout?{query}") };
        self.suite.browser(module).visit(&self.jar, &path).await
    }

    /// A request with `prompt=none` finds nobody.
    async fn assert_nobody_is_signed_in(&self) {
        let page = self.suite.visit(&self.jar, Client::First, &[("prompt", "none")]).await.page;
        self.suite.refused(&self.jar, &page, &["login_required"]).await;
    }

    /// The browser is not sent back: the person is asked, and then told.
    async fn assert_asked_and_kept(&self, module: &str, parameters: &[(&str, &str)]) {
        let question = self.jar.get(&format!("/oauth2/logout?{}", form(parameters.iter().copied()))).await;
        assert_eq!((question.status.as_u16(), question.location()), (200, None), "{question:#?}");
        assert_eq!(question.marker().as_deref(), Some("page-logout-confirm"));
        assert!(question.has("logout-confirm") && question.has("logout-cancel"));
        let still = self.suite.visit(&self.jar, Client::First, &[("prompt", "none")]).await.page;
        self.suite.code(&self.jar, &still, Some("state-4Q")).await;
        let visit = self.leave(module, parameters).await;
        assert_eq!(visit.pictures, ["page-logout-confirm"]);
        assert_eq!(visit.page.location(), None);
        assert_eq!(visit.page.marker().as_deref(), Some("page-logged-out"));
        self.assert_nobody_is_signed_in().await;
    }
}

#[tokio::test]
async fn oidcc_rp_initiated_logout_discovery_endpoint_verification_holds() {
    let suite = Suite::in_the_query().await;
    let metadata = suite.server.browser().get("/.well-known/openid-configuration").await.json();
    assert_eq!(metadata["end_session_endpoint"], format!("{}/oauth2/logout", suite.server.issuer()));
}

#[tokio::test]
async fn oidcc_rp_initiated_logout_leads_back_with_the_state_alone() {
    let rig = Rig::start().await;
    let request = [
        ("id_token_hint", &*rig.tokens.id_token),
        ("post_logout_redirect_uri", LOGGED_OUT),
        ("state", STATE),
    ];
    let visit = rig.leave("oidcc-rp-initiated-logout", &request).await;
    assert_eq!((visit.done.len(), visit.pictures.len()), (1, 0), "no page of ours comes between");
    let answer: Vec<(String, String)> = visit.page.answer().into_iter().collect();
    assert_eq!(answer, [("state".to_owned(), STATE.to_owned())]);
    assert!(visit.page.location().is_some_and(|place| place.starts_with(&format!("{LOGGED_OUT}?"))));
    rig.assert_nobody_is_signed_in().await;
    assert_eq!(rig.suite.ask(&rig.tokens.access).await.status, 401, "the session's tokens are over too");
}

#[tokio::test]
async fn oidcc_rp_initiated_logout_no_state_echoes_none() {
    let rig = Rig::start().await;
    let request = [("id_token_hint", &*rig.tokens.id_token), ("post_logout_redirect_uri", LOGGED_OUT)];
    let visit = rig.leave("oidcc-rp-initiated-logout-no-state", &request).await;
    assert_eq!(visit.page.location().as_deref(), Some(LOGGED_OUT));
    rig.assert_nobody_is_signed_in().await;
}

#[tokio::test]
async fn oidcc_rp_initiated_logout_bad_post_logout_redirect_uri_asks() {
    let rig = Rig::start().await;
    for bad in [&*format!("{LOGGED_OUT}/jd8Q"), "https://evil.example/", "javascript:alert(1)"] {
        let request =
            [("id_token_hint", &*rig.tokens.id_token), ("post_logout_redirect_uri", bad), ("state", STATE)];
        let page = rig.jar.get(&format!("/oauth2/logout?{}", form(request))).await;
        assert_eq!((page.location(), page.marker().as_deref()), (None, Some("page-logout-confirm")), "{bad}");
    }
    let bad = format!("{LOGGED_OUT}/jd8Q");
    let request =
        [("id_token_hint", &*rig.tokens.id_token), ("post_logout_redirect_uri", &bad), ("state", STATE)];
    rig.assert_asked_and_kept("oidcc-rp-initiated-logout-bad-post-logout-redirect-uri", &request).await;
}

#[tokio::test]
async fn oidcc_rp_initiated_logout_query_added_to_post_logout_redirect_uri_asks() {
    let rig = Rig::start().await;
    let added = format!("{LOGGED_OUT}?foo=bar");
    let request =
        [("id_token_hint", &*rig.tokens.id_token), ("post_logout_redirect_uri", &added), ("state", STATE)];
    rig.assert_asked_and_kept("oidcc-rp-initiated-logout-query-added-to-post-logout-redirect-uri", &request)
        .await;
}

#[tokio::test]
async fn oidcc_rp_initiated_logout_modified_id_token_hint_asks() {
    let rig = Rig::start().await;
    let payload = rig.tokens.id_token.split('.').nth(1).expect("a payload");
    let none = format!("{}.{payload}.", URL_SAFE_NO_PAD.encode(r#"{"alg":"none"}"#));
    let request = [("id_token_hint", &*none), ("post_logout_redirect_uri", LOGGED_OUT), ("state", STATE)];
    rig.assert_asked_and_kept("oidcc-rp-initiated-logout-modified-id-token-hint", &request).await;
}

#[tokio::test]
async fn oidcc_rp_initiated_logout_bad_id_token_hint_asks() {
    let rig = Rig::start().await;
    let claims = json!({
        "iss": rig.suite.server.issuer(), "sub": rig.tokens.claims["sub"], "aud": Client::First.id(),
        "iat": rig.suite.server.now().unix(), "exp": rig.suite.server.now().unix() + 300,
        "tenant_id": rig.tokens.claims["tenant_id"], "sid": rig.tokens.claims["sid"],
    });
    let forged = sign(&SigningKey::generate().expect("a key"), TokenKind::IdToken, &claims).expect("a token");
    let request = [("id_token_hint", &*forged), ("post_logout_redirect_uri", LOGGED_OUT), ("state", STATE)];
    rig.assert_asked_and_kept("oidcc-rp-initiated-logout-bad-id-token-hint", &request).await;
}

#[tokio::test]
async fn oidcc_rp_initiated_logout_no_id_token_hint_asks() {
    let rig = Rig::start().await;
    let request = [("post_logout_redirect_uri", LOGGED_OUT), ("state", STATE)];
    rig.assert_asked_and_kept("oidcc-rp-initiated-logout-no-id-token-hint", &request).await;
}

#[tokio::test]
async fn a_client_id_is_no_hint() {
    let rig = Rig::start().await;
    let request =
        [("client_id", Client::First.id()), ("post_logout_redirect_uri", LOGGED_OUT), ("state", STATE)];
    rig.assert_asked_and_kept("oidcc-rp-initiated-logout-no-id-token-hint", &request).await;
}

#[tokio::test]
async fn oidcc_rp_initiated_logout_no_params_ends_on_a_page_of_ours() {
    let rig = Rig::start().await;
    let visit = rig.leave("oidcc-rp-initiated-logout-no-params", &[]).await;
    assert_eq!(visit.pictures, ["page-logged-out"]);
    rig.assert_nobody_is_signed_in().await;
}

#[tokio::test]
async fn oidcc_rp_initiated_logout_only_state_ends_on_a_page_of_ours() {
    let rig = Rig::start().await;
    let visit = rig.leave("oidcc-rp-initiated-logout-only-state", &[("state", STATE)]).await;
    assert_eq!(visit.pictures, ["page-logged-out"]);
    assert!(!visit.page.body.contains("1qA-"), "the state goes nowhere");
    rig.assert_nobody_is_signed_in().await;
}

#[tokio::test]
async fn oidcc_rp_initiated_logout_no_post_logout_redirect_uri_ends_on_a_page_of_ours() {
    let rig = Rig::start().await;
    let request = [("id_token_hint", &*rig.tokens.id_token), ("state", STATE)];
    let visit = rig.leave("oidcc-rp-initiated-logout-no-post-logout-redirect-uri", &request).await;
    assert_eq!(visit.pictures, ["page-logged-out"], "the hint is proof enough");
    rig.assert_nobody_is_signed_in().await;
}

#[tokio::test]
async fn an_expired_hint_still_says_who_leaves_also_after_its_key_was_rotated() {
    let rig = Rig::start().await;
    let server = &rig.suite.server;
    server.advance(Duration::from_hours(3)).await;
    let request = [("id_token_hint", &*rig.tokens.id_token), ("post_logout_redirect_uri", LOGGED_OUT)];
    let visit = rig.leave("oidcc-rp-initiated-logout", &request).await;
    assert_eq!(visit.page.location().as_deref(), Some(LOGGED_OUT), "the token has expired");
    rig.assert_nobody_is_signed_in().await;

    server.advance(Duration::from_hours(91 * 24)).await;
    let again = rig.suite.flow(&rig.jar, Client::First, &[]).await;
    server.run_jobs().await;
    let kid = |token: &str| decode_header(token).expect("a header").kid;
    let elsewhere = rig.suite.flow(&server.browser(), Client::First, &[]).await;
    assert_ne!(kid(&elsewhere.id_token), kid(&again.id_token));
    let request = [("id_token_hint", &*again.id_token), ("post_logout_redirect_uri", LOGGED_OUT)];
    let visit = rig.leave("oidcc-rp-initiated-logout", &request).await;
    assert_eq!(visit.page.location().as_deref(), Some(LOGGED_OUT), "its key does not sign any more");
    rig.assert_nobody_is_signed_in().await;
}
