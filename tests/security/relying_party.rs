//! The whole main job, judged by a relying party that we did not write.

use super::{ADA, furnish};
use crate::harness::TestServer;
use crate::harness::relying_party::RelyingParty;
use crate::harness::seed::PASSWORD;

/// OIDC Core §3.1: discovery, code flow with PKCE and nonce, ID token, userinfo.
#[tokio::test]
async fn an_independent_relying_party_signs_a_person_in() {
    let server = TestServer::start().await;
    let clients = furnish(&server).await;
    for registered in [&clients.wiki, &clients.spa] {
        let party = RelyingParty::discover(&server, registered).await;
        let begun = party.begin("acme", &["profile", "email"]);
        let jar = server.browser();
        let page = jar.open(&begun.path).await;
        let page = jar.submit(&page, &[("username", ADA)]).await;
        let page = jar.submit(&page, &[("password", PASSWORD)]).await;
        let (tokens, claims) = party.finish(begun, &page.answer()).await;
        let person = party.userinfo(&tokens).await;
        assert_eq!(person.subject(), claims.subject());
        assert_eq!(person.email().map(|email| email.as_str()), Some(ADA));
    }
}
