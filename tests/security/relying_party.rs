//! The whole main job, judged by a relying party that we did not write.

use super::{ADA, furnish};
use crate::harness::TestServer;
use crate::harness::relying_party::RelyingParty;
use crate::harness::seed::PASSWORD;

/// OIDC Core §3.1, §12, OIDC RP-Initiated Logout §2: discovery, code flow with PKCE and nonce, in the query and by form
/// post, ID token, userinfo, refresh, logout.
#[tokio::test]
async fn an_independent_relying_party_signs_a_person_in_and_out() {
    let server = TestServer::start().await;
    let clients = furnish(&server).await;
    for (registered, by_form) in [(&clients.wiki, true), (&clients.wiki, false), (&clients.spa, false)] {
        let party = RelyingParty::discover(&server, registered).await;
        let begun = party.begin("acme", &["profile", "email"], by_form);
        let jar = server.browser();
        let page = jar.open(&begun.path).await;
        let page = jar.submit(&page, &[("username", ADA)]).await;
        let page = jar.submit(&page, &[("password", PASSWORD)]).await;
        let answer = if by_form { page.form().fields.into_iter().collect() } else { page.answer() };
        let (tokens, claims) = party.finish(begun, &answer).await;
        let person = party.userinfo(&tokens).await;
        assert_eq!(person.subject(), claims.subject());
        assert_eq!(person.email().map(|email| email.as_str()), Some(ADA));
        let (tokens, again) = party.refresh(&tokens).await;
        assert_eq!((again.subject(), again.auth_time()), (claims.subject(), claims.auth_time()));
        let left = jar.get(&party.leave(&tokens, "https://app.example/", "s-9")).await;
        assert_eq!(left.location().as_deref(), Some("https://app.example/?state=s-9"));
        let silent = party.begin("acme", &["profile"], false);
        let refused = jar.get(&format!("{}&prompt=none", silent.path)).await;
        assert_eq!(refused.answer().get("error").map(String::as_str), Some("login_required"));
    }
}
