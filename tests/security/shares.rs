//! What one stranger may use up: never the share of another, and no row without a charge (D31, P132, P133).

use reqwest::Method;

use super::{ADA, CALLBACK, Clients, authorize, furnish};
use crate::harness::TestServer;
use crate::harness::jar::Page;
use crate::harness::seed::PASSWORD;
use crate::harness::tokens::{basic, text};

/// A server behind a proxy of ours, so that the tests come from any address.
async fn server(settings: &[(&str, &str)]) -> TestServer {
    furnished(settings).await.0
}

async fn furnished(settings: &[(&str, &str)]) -> (TestServer, Clients) {
    let all = TestServer::with().set("server.trusted_proxies", "127.0.0.0/8");
    let server = settings.iter().fold(all, |all, (key, value)| all.set(key, *value)).start().await;
    let clients = furnish(&server).await;
    (server, clients)
}

/// A form sent from this address.
async fn send(server: &TestServer, from: &str, path: &str, fields: &[(&str, &str)]) -> Page {
    server.browser().send(Method::POST, path, Some(fields), &[("x-forwarded-for", from)]).await
}

#[tokio::test]
async fn p133_nobody_uses_up_the_share_of_a_public_client_for_others() {
    let server = server(&[("limits.token_client", "3 per 1m"), ("limits.token_address", "100 per 1m")]).await;
    let fields = [("grant_type", "refresh_token"), ("client_id", "spa"), ("refresh_token", "nonsense")];
    for _ in 0..3 {
        assert_eq!(send(&server, "203.0.113.9", "/oauth2/token", &fields).await.status, 400);
    }
    assert_eq!(send(&server, "203.0.113.9", "/oauth2/token", &fields).await.status, 429);
    assert_eq!(send(&server, "203.0.113.10", "/oauth2/token", &fields).await.status, 400);
}

/// A confidential client's share is one, wherever it asks from, and who only says its name takes nothing of it.
#[tokio::test]
async fn p133_a_confidential_clients_share_is_used_by_itself_alone() {
    let (server, Clients { wiki, .. }) =
        furnished(&[("limits.token_client", "3 per 1m"), ("limits.token_address", "100 per 1m")]).await;
    let unproved = [("grant_type", "refresh_token"), ("client_id", "wiki"), ("refresh_token", "nonsense")];
    for n in 0..10 {
        assert_eq!(send(&server, "203.0.113.9", "/oauth2/token", &unproved).await.status, 401, "{n}");
    }
    let proof = basic(wiki.id(), &wiki.secret);
    let fields = [("grant_type", "refresh_token"), ("refresh_token", "nonsense")];
    let mut statuses = Vec::new();
    for from in ["203.0.113.9", "203.0.113.10", "203.0.113.11", "203.0.113.12"] {
        let headers = [("x-forwarded-for", from), ("authorization", &proof)];
        let page = server.browser().send(Method::POST, "/oauth2/token", Some(&fields), &headers).await;
        statuses.push(page.status.as_u16());
    }
    assert_eq!(statuses, [400, 400, 400, 429]);
}

/// A relying party redeems whatever a visitor brings to its callback: it answers for that by its own share, and no visitor
/// shuts the door for the other clients behind the same address.
#[tokio::test]
async fn p133_what_a_client_is_refused_after_it_has_proved_itself_shuts_no_door() {
    let limits = [("limits.token_client", "9 per 1m"), ("limits.token_address", "3 per 1m")];
    let (server, Clients { wiki, .. }) = furnished(&limits).await;
    let (from, proof) = ("203.0.113.9", basic(wiki.id(), &wiki.secret));
    let proved = [("x-forwarded-for", from), ("authorization", proof.as_str())];
    let rubbish = [("grant_type", "authorization_code"), ("code", "rubbish"), ("redirect_uri", CALLBACK)];
    for path in ["/oauth2/token", "/oauth2/introspect", "/oauth2/revoke"] {
        for n in 0..3 {
            let page = server.browser().send(Method::POST, path, Some(&rubbish), &proved).await;
            assert_eq!(page.status, 400, "{path} {n}");
        }
    }
    // Nobody has used up anything of the address; who proves nothing does.
    let unproved = [("grant_type", "refresh_token"), ("client_id", "wiki"), ("refresh_token", "nonsense")];
    for n in 0..3 {
        assert_eq!(send(&server, from, "/oauth2/token", &unproved).await.status, 401, "{n}");
    }
    assert_eq!(send(&server, from, "/oauth2/token", &unproved).await.status, 429);
}

/// A back end that passes on what visitors send is not shut out by one of them: a good token is answered, and bad ones are
/// told to wait.
#[tokio::test]
async fn p133_bad_tokens_shut_no_good_one_out() {
    let (server, Clients { wiki, .. }) = furnished(&[("limits.bearer_address", "3 per 1m")]).await;
    let jar = server.browser();
    let page = jar.open(&authorize("s")).await;
    let page = jar.submit(&page, &[("username", ADA)]).await;
    let answer = jar.submit(&page, &[("password", PASSWORD)]).await.answer();
    let fields =
        [("grant_type", "authorization_code"), ("code", &answer["code"]), ("redirect_uri", CALLBACK)];
    let proof = basic(wiki.id(), &wiki.secret);
    let proof = [("authorization", proof.as_str())];
    let tokens = jar.send(Method::POST, "/oauth2/token", Some(&fields), &proof).await.json();
    let good = format!("Bearer {}", text(&tokens, "access_token"));
    let ask = async |header: &str| {
        jar.send(Method::GET, "/userinfo", None, &[("authorization", header)]).await.status.as_u16()
    };
    let mut statuses = Vec::new();
    for header in ["Bearer bad", "Bearer bad", "Bearer bad", "Bearer bad", &good, "Bearer bad", &good] {
        statuses.push(ask(header).await);
    }
    assert_eq!(statuses, [401, 401, 401, 429, 200, 429, 200]);
}

/// RFC 7009 §2.2: the answer is the same; who tries tokens by the name of a public client is shut out in the end.
#[tokio::test]
async fn p133_revocations_that_change_nothing_count_against_the_address() {
    let server = server(&[("limits.token_address", "3 per 1m")]).await;
    let fields = [("client_id", "spa"), ("token", "nonsense")];
    for _ in 0..3 {
        assert_eq!(send(&server, "203.0.113.9", "/oauth2/revoke", &fields).await.status, 200);
    }
    assert_eq!(send(&server, "203.0.113.9", "/oauth2/revoke", &fields).await.status, 429);
    assert_eq!(send(&server, "203.0.113.10", "/oauth2/revoke", &fields).await.status, 200);
}

/// A plain sign-in is stored like an authorization request, and charged like one.
#[tokio::test]
async fn p132_a_sign_in_that_nobody_asked_for_is_charged_before_it_is_stored() {
    let server = server(&[("limits.authorize_address", "3 per 1m")]).await;
    let browser = server.browser();
    let page = browser.open("/login").await;
    let mut statuses = Vec::new();
    for _ in 0..5 {
        let fields = [("username", "ada@acme.example"), ("organisation", "acme")];
        statuses.push(browser.submit(&page, &fields).await.status.as_u16());
    }
    assert_eq!(statuses, [200, 200, 200, 429, 429]);
    // What is wrong on the page stores nothing and costs nothing; the way through an application is the same share.
    let wiki = server.browser().get(&authorize("s")).await;
    assert_eq!(wiki.status, 429);
}
